"""A page's blocks as a matrix: one row a feature, one column a block, float32, computed for the whole page at once.

This is the law; `html_rows` does the same by a kernel, where there is one.

A feature's values stand next to each other, as the trees read them. Sums over ranges of blocks are differences
of running sums: an element's blocks stand next to each other too.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.block_table import KIND_NUMBERS
from dehusk.label.marks import MARK_KINDS, TAG_KINDS, TEXT_KINDS, read_element_bits, read_token_bits
from dehusk.model import Block, Document, Element
from dehusk.sentences import SENTENCE_ENDS

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

LEVELS = 6  # ancestors of a block that are looked at, each with more blocks than the one before
_GOOD_CHARS = 80
LINK_SHARE = 8
"""The row of the features that says how much of a block is link text."""
LINKED_SHARE = 0.5
"""What has more of it is mostly links."""
ENDS_SENTENCE = 28
"""The row that says whether it ends as a sentence does; the first rows are of KIND_NUMBERS."""
COUNTED_TAGS = ("article", "form", "li", "p")
CODE_TEXT_MAX = 2000  # characters of a <pre> that are counted
HINT_CHARS = 240  # of each text's beginning: what gives husk away stands in short texts
_TITLE_CHARS = 200  # a longer text is not the page's title
STRIPPED = ".,;:!?()[]\"'«»“”|·•→›…：，。、！？（）【】「」《》؛،؟"
_CHAR_KINDS = (
    "space", "letter", "upper", "digit", "comma", "stop", "colon", "bar", "quote", "bracket", "wide", "other",
)  # fmt: skip
HINT_KINDS = len(MARK_KINDS) + len(TAG_KINDS)


class PageRows(NamedTuple):
    """A page as the model sees it, and what else is known of its blocks."""

    features: Floats
    """Features by blocks."""
    lengths: Floats
    """Characters of each block."""
    words: Floats
    """Words of each block, about: a space more is a word more, and so are two characters of a script without."""
    said: Floats
    """TEXT_KINDS by blocks: how many words of the kind (log)."""
    near: Ints
    """Bits of MARK_KINDS, then TAG_KINDS: those of the three elements nearest to each block."""
    around: Ints
    """The same of all elements around it."""
    inner: Ints
    """Of these but <body>, whose names are about the page and not about its parts."""
    ranges: Ints
    """2 by levels by blocks: the first block, and the end, of each of a block's ancestors; see _find_ranges."""
    groups: Ints
    """Blocks that look alike share a number."""
    is_heading: NDArray[np.bool_]


def _char_table() -> NDArray[np.uint8]:
    """Code point below 0x3000 -> index in _CHAR_KINDS; what is above is "wide"."""
    table = np.full(0x3000, _CHAR_KINDS.index("other"), np.uint8)
    for code in range(0x3000):
        char = chr(code)
        if char.isspace():
            kind = "space"
        elif char.isupper():
            kind = "upper"
        elif char.isalpha():
            kind = "letter"
        elif char.isdigit():
            kind = "digit"
        elif char in ",،":
            kind = "comma"
        elif char in ".!?;…؟":
            kind = "stop"
        elif char == ":":
            kind = "colon"
        elif char in "|/\\>»›→·•-–—":
            kind = "bar"
        elif char in "\"'“”‘’«»":
            kind = "quote"
        elif char in "()[]{}<":
            kind = "bracket"
        else:
            continue
        table[code] = _CHAR_KINDS.index(kind)
    table.setflags(write=False)
    return table


CHAR_TABLE = _char_table()
END_CODES = np.array(sorted(map(ord, SENTENCE_ENDS)), np.uint32)


class _Blocks(NamedTuple):
    """A page's blocks as columns."""

    texts: list[str]
    kinds: Ints
    levels: Ints
    owners: Ints
    lengths: Floats
    link_chars: Floats
    links: Floats
    is_long: NDArray[np.bool_]
    """Long enough for prose, and not mostly links."""

    @property
    def number(self) -> int:
        return len(self.texts)


def measure_page(document: Document) -> PageRows:
    """The features of a document of one block or more."""
    blocks = _read_blocks(document.blocks)
    shape, words = _text_shape(blocks)
    said, hints = _text_hints(blocks, document.head.title)
    elements = read_elements(document.elements)
    near, around = _inherit_bits(elements, blocks.owners)
    _, inner = _inherit_bits(_leave_out_body(elements), blocks.owners)
    ranges, groups = _find_ranges(elements, blocks.owners), _find_signatures(elements, blocks)
    parts: list[NDArray[Any]] = [
        _own_features(blocks),
        shape,
        hints,
        _unpack_bits(near),
        _unpack_bits(around),
        _range_features(ranges, blocks),
        _group_features(groups, blocks),
        _neighbour_features(blocks, ends_sentence=shape[-6]),
        _place_features(blocks),
        _page_features(blocks, elements.tags),
    ]
    features = np.concatenate(parts, dtype=np.float32, casting="same_kind")
    is_heading = blocks.kinds == KIND_NUMBERS["heading"]
    return PageRows(features, blocks.lengths, words, said, near, around, inner, ranges, groups, is_heading)


def _read_blocks(blocks: Sequence[Block]) -> _Blocks:
    texts, kinds, levels, _, _, owners, link_chars, links, _ = zip(*blocks, strict=True)
    lengths = np.array(list(map(len, texts)), np.float32)
    linked = np.array(link_chars, np.float32)
    return _Blocks(
        cut_code(texts, kinds),
        np.array([KIND_NUMBERS[kind] for kind in kinds]),
        np.array(levels),
        np.array(owners),
        lengths,
        linked,
        np.array(links, np.float32),
        (lengths >= _GOOD_CHARS) & (linked < 0.33 * lengths),
    )


def cut_code(texts: Sequence[str], kinds: Sequence[str]) -> list[str]:
    """The blocks' texts, as much of them as is counted."""
    return [text if kind != "code" else text[:CODE_TEXT_MAX] for text, kind in zip(texts, kinds, strict=True)]


def find_repeated(texts: Sequence[str]) -> list[bool]:
    """Whether each text was said before."""
    seen: dict[str, int] = {}
    return [seen.setdefault(text, i) < i for i, text in enumerate(texts)]


def running_sum(*rows: NDArray[np.floating]) -> Doubles:
    """One row for each: the sum before each place, and the whole at the end."""
    sums = np.zeros((len(rows), len(rows[0]) + 1))
    np.cumsum(rows, axis=1, dtype=np.float64, out=sums[:, 1:])
    return sums


def _log(values: NDArray[Any]) -> Floats:
    """log(1 + x), in doubles: in single precision libraries differ in the last bit of every tenth."""
    logs: Floats = np.log1p(values, dtype=np.float64).astype(np.float32)
    return logs


def _own_features(blocks: _Blocks) -> Floats:
    n = blocks.number
    at = np.arange(n)
    out = np.zeros((len(KIND_NUMBERS) + 7, n), np.float32)
    out[blocks.kinds, at] = 1
    out[-7] = blocks.levels
    lengths = blocks.lengths.astype(np.float64)
    out[-6] = _log(lengths)
    out[-5] = blocks.link_chars / blocks.lengths
    out[-4] = _log(blocks.links)
    out[-3] = at / n
    out[-2] = (np.cumsum(lengths) - lengths) / max(1.0, float(lengths.sum()))
    out[-1] = _log(at)
    return out


def _read_codes(text: str) -> tuple[NDArray[np.integer], NDArray[np.uint8]]:
    """Code points, and for each the index of its kind in _CHAR_KINDS."""
    if text.isascii():
        ascii_codes = np.frombuffer(text.encode("ascii"), np.uint8)
        return ascii_codes, CHAR_TABLE[ascii_codes]
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    kinds = CHAR_TABLE[np.minimum(codes, len(CHAR_TABLE) - 1)]
    kinds[codes >= len(CHAR_TABLE)] = _CHAR_KINDS.index("wide")
    return codes, kinds


def _text_shape(blocks: _Blocks) -> tuple[Floats, Floats]:
    """Shares of kinds of characters, mean word length, how the text begins and ends; and the words."""
    codes, kinds = _read_codes("\n".join(blocks.texts))
    lengths = np.fromiter(map(len, blocks.texts), np.int64, blocks.number)
    ends = np.cumsum(lengths + 1) - 1
    width = len(_CHAR_KINDS)
    base = np.repeat(np.arange(0, width * blocks.number, width), lengths + 1)[: len(codes)]
    cells = np.bincount(base + kinds, minlength=blocks.number * width)
    counts = cells.reshape(blocks.number, width).T.astype(np.float32)
    counts[0, :-1] -= 1  # the line ends between texts
    words = counts[0] + 1 + counts[10] / 2
    last, first = codes[ends - 1], kinds[ends - lengths]
    out = np.empty((width + 9, blocks.number), np.float32)
    out[: width - 1] = counts[1:] / lengths.astype(np.float32)
    out[-10] = _log(words)
    out[-9] = lengths / words
    out[-8] = counts[5] / words
    out[-7] = counts[4] / words
    out[-6] = (last[:, None] == END_CODES).any(axis=1)
    out[-5] = last == ord(":")
    out[-4] = first == _CHAR_KINDS.index("upper")
    out[-3] = first == _CHAR_KINDS.index("digit")
    out[-2] = first == _CHAR_KINDS.index("letter")
    out[-1] = counts[2] / np.maximum(1, counts[2] + counts[1])
    return out, words


def _text_hints(blocks: _Blocks, title: str) -> tuple[Floats, Floats]:
    """How many words are of each of TEXT_KINDS (log); that and their shares, and how much of the title is said.

    Each text's beginning is looked at.
    """
    width = len(TEXT_KINDS)
    title_words = set(title.lower().split())
    tokens = " \n ".join([text[:HINT_CHARS].replace("\n", " ") for text in blocks.texts]).lower().split(" ")
    known = {word: read_token_bits(word.strip(STRIPPED)) for word in set(tokens)}
    for word in title_words.intersection(known):
        first, *rest = known[word]
        known[word] = [first | 1 << width, *rest]
    known[""] = [0]
    known["\n"] = [1 << (width + 1)]
    bits = np.fromiter(chain.from_iterable(map(known.__getitem__, tokens)), np.int64)
    hit = np.flatnonzero(bits)
    row = np.cumsum(bits[hit] >> (width + 1))
    at, kind = np.nonzero(bits[hit, None] >> np.arange(width + 1) & 1)
    cells = np.bincount(kind * blocks.number + row[at], minlength=(width + 1) * blocks.number)
    counts = cells.reshape(width + 1, blocks.number).astype(np.float32)
    borders = np.concatenate([[-1], hit[bits[hit] >> (width + 1) == 1], [len(bits)]])
    sizes = np.diff(borders) - 1
    said = _log(counts[:width])
    in_title = np.where(blocks.lengths < _TITLE_CHARS, counts[width], 0)
    told = np.minimum(1, np.stack([in_title / max(1, len(title_words)), in_title / sizes]))
    return said, np.concatenate([said, counts[:width] / sizes, told], dtype=np.float32, casting="same_kind")


class _Elements(NamedTuple):
    """A page's elements as columns; the last entry is for no element, which has no looks and is its own parent."""

    tags: tuple[str, ...]
    parents: Ints
    looks: Ints
    """Elements of one tag with the same marks share a number."""
    bits: Ints
    """Of MARK_KINDS, then TAG_KINDS."""


def read_elements(elements: Sequence[Element]) -> _Elements:
    tags, parents, marks = zip(*elements, Element("", -1, ""), strict=True)
    numbers: dict[tuple[str, str], int] = {}
    looks = np.array([numbers.setdefault(look, len(numbers)) for look in zip(tags, marks, strict=True)])
    bits = np.array([read_element_bits(*look) for look in numbers])
    return _Elements(tags, np.array(parents), looks, bits[looks])


def _leave_out_body(elements: _Elements) -> _Elements:
    bits = elements.bits.copy()
    bits[:1] *= elements.tags[0] != "body"
    return elements._replace(bits=bits)


def _inherit_bits(elements: _Elements, owners: Ints) -> tuple[Ints, Ints]:
    """For each block the bits of its element, that one's parent and grandparent; and of all ancestors."""
    own, parent = elements.bits, elements.parents
    near = own | own[parent] | own[parent[parent]]
    every, ancestor = own, parent
    while (ancestor >= 0).any():  # each round doubles how far up an element has looked
        every, ancestor = every | every[ancestor], ancestor[ancestor]
    return near[owners], every[owners]


def _unpack_bits(bits: Ints) -> NDArray[np.uint8]:
    """HINT_KINDS by blocks: a row for each bit."""
    octets = bits.astype("<u8").view(np.uint8).reshape(len(bits), 8)
    return np.unpackbits(octets.T, axis=0, count=HINT_KINDS, bitorder="little")


def _find_ranges(elements: _Elements, owners: Ints) -> Ints:
    """Where the blocks of each of a block's ancestors begin, and end: 2 by LEVELS by blocks.

    Each level is the next ancestor that holds more blocks, the last the whole page.
    """
    parents = elements.parents.tolist()[:-1]
    firsts, ends = _block_ranges(parents, owners)
    wider = [-1] * (len(parents) + 1)  # for each element the nearest ancestor with more blocks, -1 for none
    for i, parent in enumerate(parents):
        if parent >= 0:
            same = firsts[parent] == firsts[i] and ends[parent] == ends[i]
            wider[i] = wider[parent] if same else parent
    climb, bounds = np.array(wider), np.array([[*firsts, 0], [*ends, len(owners)]])
    at = [owners]
    for _ in range(LEVELS - 1):
        at.append(climb[at[-1]])
    return bounds[:, np.stack(at)]


def _block_ranges(parents: list[int], owners: Ints) -> tuple[list[int], list[int]]:
    """For each element the range [first, end) of the blocks inside it."""
    firsts, ends = [len(owners)] * len(parents), [0] * len(parents)
    for block, owner in enumerate(owners.tolist()):
        if owner >= 0:
            ends[owner] = block + 1
            if firsts[owner] > block:
                firsts[owner] = block
    for i in range(len(parents) - 1, 0, -1):
        parent = parents[i]
        if parent >= 0:
            if firsts[i] < firsts[parent]:
                firsts[parent] = firsts[i]
            if ends[i] > ends[parent]:
                ends[parent] = ends[i]
    return firsts, ends


def _range_features(ranges: Ints, blocks: _Blocks) -> Floats:
    sums = running_sum(blocks.lengths, blocks.link_chars, blocks.lengths * blocks.is_long)
    first, end = ranges
    count = end - first
    chars, linked, running = sums[:, end] - sums[:, first]
    chars = np.maximum(chars, 1)
    columns = [
        _log(count), _log(chars), linked / chars, running / chars, _log(chars / count),
        chars / sums[0, -1], running / max(1.0, float(sums[2, -1])), (np.arange(blocks.number) - first) / count,
    ]  # fmt: skip
    return np.concatenate(columns, dtype=np.float32, casting="same_kind")


def _find_signatures(elements: _Elements, blocks: _Blocks) -> Ints:
    """Blocks of one kind whose elements and their parents look the same share a number, the first ones' being 0."""
    own, above = elements.looks[blocks.owners], elements.looks[elements.parents[blocks.owners]]
    looks = len(elements.looks)
    keys = (blocks.kinds * looks + own) * looks + above
    _, first, groups = np.unique(keys, return_index=True, return_inverse=True)
    numbers: Ints = np.argsort(np.argsort(first))
    return numbers[groups]


def _group_features(groups: Ints, blocks: _Blocks) -> Floats:
    count, chars = np.bincount(groups), np.bincount(groups, blocks.lengths)
    mean = chars / count
    squares = np.bincount(groups, blocks.lengths.astype(np.float64) ** 2)
    spread = np.sqrt(np.maximum(0, squares / count - mean**2)) / mean
    linked = np.bincount(groups, blocks.link_chars) / chars
    columns = np.stack([_log(count), _log(mean), linked, chars / chars.sum(), spread])
    return columns.astype(np.float32)[:, groups]


def _neighbour_features(blocks: _Blocks, *, ends_sentence: Floats) -> Floats:
    """Of the two blocks before and after: length, share of links, whether a heading, whether a sentence ends;
    what the 4 and 12 blocks on both sides hold."""
    n = blocks.number
    basic = np.zeros((4, n + 4), np.float32)
    basic[0, 2:-2] = _log(blocks.lengths)
    basic[1, 2:-2] = blocks.link_chars / blocks.lengths
    basic[2, 2:-2] = blocks.kinds == KIND_NUMBERS["heading"]
    basic[3, 2:-2] = ends_sentence
    near = [basic[:, by : by + n] for by in (0, 1, 3, 4)]
    sums = running_sum(blocks.lengths, blocks.link_chars, blocks.lengths * blocks.is_long)
    at = np.arange(n)
    for reach in (4, 12):
        chars, linked, running = (
            sums[:, np.minimum(n, at + reach + 1)] - sums[:, np.maximum(0, at - reach)]
        ).astype(np.float32)
        near.append(np.stack([_log(chars), linked / chars, running / chars]))
    return np.concatenate(near)


def _place_features(blocks: _Blocks) -> Floats:
    """How far from the page's title, from the last heading, from long texts; whether it was said before."""
    n = blocks.number
    at = np.arange(n)
    is_heading = blocks.kinds == KIND_NUMBERS["heading"]
    titles = np.flatnonzero(is_heading & (blocks.levels == 1))
    out = np.empty((5, n), np.float32)
    out[0] = (at - (titles[0] if len(titles) else 0)) / n
    out[1] = _log(at - np.maximum.accumulate(np.where(is_heading, at, -1)))
    out[2:4] = distances(blocks.is_long)
    out[4] = find_repeated(blocks.texts)
    return out


def distances(marked: NDArray[np.bool_]) -> Floats:
    """Two rows: blocks since the last marked one, and until the next, as logarithms."""
    n = len(marked)
    at = np.arange(n)
    before = np.maximum.accumulate(np.where(marked, at, -n))
    after = np.minimum.accumulate(np.where(marked, at, 2 * n)[::-1])[::-1]
    return _log(np.stack([at - before, after - at]))


def _page_features(blocks: _Blocks, tags: tuple[str, ...]) -> Floats:
    """The same values for every block."""
    n = blocks.number
    chars = float(blocks.lengths.sum(dtype=np.float64))
    kinds = np.bincount(blocks.kinds, minlength=len(KIND_NUMBERS))
    counts = [
        n,
        chars,
        blocks.is_long.sum(),
        kinds[KIND_NUMBERS["code"]],
        *map(tags.count, COUNTED_TAGS),
    ]
    row = [
        *np.log1p(counts).tolist(),
        float(blocks.link_chars.sum(dtype=np.float64)) / chars,
        float(blocks.lengths[blocks.is_long].sum(dtype=np.float64)) / chars,
        *(kinds[[KIND_NUMBERS["item"], KIND_NUMBERS["row"], KIND_NUMBERS["heading"]]] / n).tolist(),
    ]
    return np.repeat(np.array(row, np.float32)[:, None], n, axis=1)
