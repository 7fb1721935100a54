"""A page's blocks as a matrix: one row a block, float32, computed for the whole page at once.

Sums over ranges of blocks are differences of running sums: an element's blocks stand next to each other.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.label.marks import MARK_KINDS, TAG_KINDS, TEXT_BITS, TEXT_KINDS, read_mark_bits, read_tag_bits
from dehusk.model import Block, Document, Element

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

LEVELS = 6
"""How many ancestors of a block are looked at, each with more blocks than the one before."""
_GOOD_CHARS = 80
_CODE_TEXT_MAX = 2000  # characters of a <pre> that are counted
_STRIPPED = ".,;:!?()[]\"'«»“”|·•→›…"
_CHAR_KINDS = (
    "space",
    "letter",
    "upper",
    "digit",
    "comma",
    "stop",
    "colon",
    "bar",
    "quote",
    "bracket",
    "wide",
    "other",
)
_KINDS = ("paragraph", "heading", "item", "row", "code", "caption")


class PageRows(NamedTuple):
    """What the second stage needs besides the first stage's features."""

    features: Floats
    """Blocks by features."""
    lengths: Floats
    """Characters of each block."""
    words: Floats
    """Words of each block, about: a space more is a word more, and so are two characters of a script without."""
    said: Floats
    """Blocks by TEXT_KINDS: how many words of the kind (log)."""
    near: Ints
    """Bits of MARK_KINDS, then TAG_KINDS: those of the three elements nearest to each block."""
    around: Ints
    """The same of all elements around it."""
    ranges: Ints
    """LEVELS by blocks by 2: the range of blocks [first, end) of each of a block's ancestors."""
    groups: Ints
    """For each block the number of its signature (tag, marks and parent's tag)."""


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
    return table


_CHAR_TABLE = _char_table()
_CHAR_TABLE.setflags(write=False)
_SENTENCE_ENDS = frozenset(map(ord, ".!?…。！？؟।"))


def read_page(document: Document) -> PageRows:
    """The features of a document of one block or more."""
    blocks, elements = document.blocks, document.elements
    texts = [block.text if block.kind != "code" else block.text[:_CODE_TEXT_MAX] for block in blocks]
    lengths = np.array([len(block.text) for block in blocks], np.float32)
    owner = np.array([block.element for block in blocks], np.int64)
    link_chars = np.array([block.link_chars for block in blocks], np.float32)
    shape, words = _text_shape(texts)
    hints = _text_hints(texts)
    tree = _Tree(elements, owner)
    own = _own_features(blocks, lengths, link_chars)
    long = (lengths >= _GOOD_CHARS) & (link_chars < 0.33 * lengths)
    groups = _signatures(blocks, elements)
    parts = [
        own,
        shape,
        hints,
        tree.hints(),
        _range_features(tree.ranges, lengths=lengths, link_chars=link_chars, good=lengths * long),
        _group_features(groups, lengths=lengths, link_chars=link_chars),
        _neighbour_features(lengths, link_chars, long, shape, blocks=blocks),
        _title_features(texts, document),
        _page_features(blocks, elements, lengths=lengths, link_chars=link_chars, long=long),
    ]
    return PageRows(
        np.concatenate(parts, axis=1, dtype=np.float32),
        lengths,
        words,
        hints[:, : len(TEXT_KINDS)],
        tree.near,
        tree.around,
        tree.ranges,
        groups,
    )


def _own_features(blocks: list[Block], lengths: Floats, link_chars: Floats) -> Floats:
    n = len(blocks)
    out = np.zeros((n, len(_KINDS) + 7), np.float32)
    kind = {name: i for i, name in enumerate(_KINDS)}
    out[np.arange(n), [kind[block.kind] for block in blocks]] = 1
    before = np.cumsum(lengths) - lengths
    out[:, -7] = [block.level for block in blocks]
    out[:, -6] = np.log1p(lengths)
    out[:, -5] = link_chars / lengths
    out[:, -4] = np.log1p(np.array([block.links for block in blocks], np.float32))
    out[:, -3] = np.arange(n) / n
    out[:, -2] = before / max(1.0, float(lengths.sum()))
    out[:, -1] = np.log1p(np.arange(n))
    return out


def _text_shape(texts: list[str]) -> tuple[Floats, Floats]:
    """Shares of kinds of characters, mean word length, how the text begins and ends; and the words."""
    joined = "\n".join(texts).encode("utf-32-le", "surrogatepass")
    codes = np.frombuffer(joined, np.uint32)
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    ends = np.cumsum(lengths + 1) - 1
    starts = ends - lengths
    kinds = np.full(len(codes), _CHAR_KINDS.index("wide"), np.uint8)
    low = codes < 0x3000
    kinds[low] = _CHAR_TABLE[codes[low]]
    width = len(_CHAR_KINDS)
    row = np.repeat(np.arange(len(texts)), lengths + 1)[: len(codes)]
    cells = np.bincount(row * width + kinds, minlength=len(texts) * width)
    counts = cells.reshape(len(texts), width).astype(np.float32)
    counts[:-1, 0] -= 1  # the line ends between texts
    size = lengths.astype(np.float32)
    words = (counts[:, 0] + 1 + counts[:, 10] / 2).astype(np.float32)
    last = codes[ends - 1]
    first = kinds[starts]
    extra = np.stack(
        [
            np.log1p(words),
            size / words,
            counts[:, 5] / words,
            counts[:, 4] / words,
            np.isin(last, list(_SENTENCE_ENDS)),
            last == ord(":"),
            first == _CHAR_KINDS.index("upper"),
            first == _CHAR_KINDS.index("digit"),
            first == _CHAR_KINDS.index("letter"),
            counts[:, 2] / np.maximum(1, counts[:, 2] + counts[:, 1]),
        ],
        axis=1,
    )
    return np.concatenate([counts[:, 1:] / size[:, None], extra], axis=1, dtype=np.float32), words


def _text_hints(texts: list[str]) -> Floats:
    """For each of TEXT_KINDS how many words of the text are of it: their number (log) and share."""
    folded = [" ".join(text.split()) if "  " in text or "\n" in text else text for text in texts]
    words = " ".join(folded).lower().split(" ")
    sizes = np.fromiter((text.count(" ") + 1 for text in folded), np.int64, len(folded))
    get = TEXT_BITS.get
    known = {word: get(word.strip(_STRIPPED), 0) for word in set(words)}
    bits = np.fromiter(map(known.__getitem__, words), np.int64, len(words))
    hit = np.flatnonzero(bits)
    row = np.searchsorted(np.cumsum(sizes), hit, "right")
    width = len(TEXT_KINDS)
    at, kind = np.nonzero(bits[hit, None] >> np.arange(width) & 1)
    cells = np.bincount(row[at] * width + kind, minlength=len(texts) * width)
    counts = cells.reshape(len(texts), width).astype(np.float32)
    return np.concatenate([np.log1p(counts), counts / sizes[:, None]], axis=1, dtype=np.float32)


class _Tree:
    """The elements around each block: what they call themselves and which blocks they hold."""

    def __init__(self, elements: list[Element], owner: Ints) -> None:
        parents = np.fromiter((element.parent for element in elements), np.int64, len(elements))
        near, around = _inherit_bits(elements, parents)
        self.near, self.around = near[owner], around[owner]
        first, end = _block_ranges(elements, owner)
        self.ranges = _ancestor_ranges(owner, first=first, end=end, parents=parents)

    def hints(self) -> Floats:
        """The bits of `near` and `around`, a column each."""
        shifts = np.arange(len(MARK_KINDS) + len(TAG_KINDS))
        bits = [values[:, None] >> shifts & 1 for values in (self.near, self.around)]
        return np.concatenate(bits, axis=1).astype(np.float32)


def _inherit_bits(elements: list[Element], parents: Ints) -> tuple[Ints, Ints]:
    """For each element the bits of itself, its parent and grandparent, and of itself and all ancestors.

    The last entry is for no element, which has no bits and is its own parent.
    """
    shift = len(MARK_KINDS)
    seen: dict[str, int] = {}
    bits = []
    for tag, _, marks in elements:
        of_marks = seen.get(marks)
        if of_marks is None:
            of_marks = seen[marks] = read_mark_bits(marks)
        bits.append(of_marks | read_tag_bits(tag) << shift)
    own = np.array([*bits, 0], np.int64)
    parent = np.append(parents, -1)
    near = own | own[parent] | own[parent[parent]]
    every, ancestor = own, parent
    while (ancestor >= 0).any():  # each round doubles how far up an element has looked
        every, ancestor = every | every[ancestor], ancestor[ancestor]
    return near, every


def _block_ranges(elements: list[Element], owner: Ints) -> tuple[Ints, Ints]:
    """For each element the range [first, end) of the blocks inside it."""
    n = len(elements)
    first = np.full(n, len(owner), np.int64)
    end = np.zeros(n, np.int64)
    inside = owner >= 0
    np.minimum.at(first, owner[inside], np.flatnonzero(inside))
    np.maximum.at(end, owner[inside], np.flatnonzero(inside) + 1)
    firsts, ends = first.tolist(), end.tolist()
    for i in range(n - 1, -1, -1):
        parent = elements[i].parent
        if parent >= 0:
            if firsts[i] < firsts[parent]:
                firsts[parent] = firsts[i]
            if ends[i] > ends[parent]:
                ends[parent] = ends[i]
    return np.array(firsts, np.int64), np.array(ends, np.int64)


def _ancestor_ranges(owner: Ints, *, first: Ints, end: Ints, parents: Ints) -> Ints:
    """LEVELS by blocks by 2; each level is the next ancestor that holds more blocks, the last the whole page."""
    n = len(owner)
    wider = _wider_ancestors(first, end, parents)
    out = np.empty((LEVELS, n, 2), np.int64)
    first = np.append(first, 0)
    end = np.append(end, n)
    at = owner
    for level in range(LEVELS):
        out[level, :, 0], out[level, :, 1] = first[at], end[at]
        at = wider[at]
    return out


def _wider_ancestors(first: Ints, end: Ints, parents: Ints) -> Ints:
    """For each element the nearest ancestor with more blocks, -1 for none; the last entry is for no element."""
    wider = [-1] * (len(parents) + 1)
    firsts, ends = first.tolist(), end.tolist()
    for i, parent in enumerate(parents.tolist()):
        if parent >= 0:
            same = firsts[parent] == firsts[i] and ends[parent] == ends[i]
            wider[i] = wider[parent] if same else parent
    return np.array(wider, np.int64)


def running_sum(values: Floats) -> NDArray[np.float64]:
    """One longer than the values: the sum before each place, along the first axis."""
    return np.concatenate([np.zeros((1, *values.shape[1:])), np.cumsum(values, axis=0, dtype=np.float64)])


def _range_features(ranges: Ints, *, lengths: Floats, link_chars: Floats, good: Floats) -> Floats:
    sums = running_sum(np.stack([lengths, link_chars, good], axis=1))
    total = float(sums[-1, 0])
    columns = []
    for first, end in ranges.transpose(0, 2, 1):
        count = (end - first).astype(np.float64)
        chars, linked, running = (sums[end] - sums[first]).T
        chars = np.maximum(chars, 1)
        columns += [
            np.log1p(count), np.log1p(chars), linked / chars, running / chars, np.log1p(chars / count), chars / total,
            running / max(1.0, float(sums[-1, 2])), (np.arange(len(lengths)) - first) / count,
        ]  # fmt: skip
    return np.stack(columns, axis=1).astype(np.float32)


def _signatures(blocks: list[Block], elements: list[Element]) -> Ints:
    """Blocks whose element and its parent look the same share a number."""
    numbers: dict[object, int] = {}
    by_element: dict[tuple[int, str], int] = {}
    out = []
    for block in blocks:
        here = (block.element, block.kind)
        number = by_element.get(here)
        if number is None:
            key: object = here
            if block.element >= 0:
                element = elements[block.element]
                parent = elements[element.parent] if element.parent >= 0 else element
                key = (block.kind, element.tag, element.marks, parent.tag, parent.marks)
            number = by_element[here] = numbers.setdefault(key, len(numbers))
        out.append(number)
    return np.array(out, np.int64)


def _group_features(groups: Ints, *, lengths: Floats, link_chars: Floats) -> Floats:
    count = np.bincount(groups)
    chars = np.bincount(groups, lengths)
    linked = np.bincount(groups, link_chars)
    squares = np.bincount(groups, lengths.astype(np.float64) ** 2)
    mean = chars / count
    spread = np.sqrt(np.maximum(0, squares / count - mean**2)) / mean
    columns = [np.log1p(count), np.log1p(mean), linked / chars, chars / chars.sum(), spread]
    return np.stack(columns, axis=1)[groups].astype(np.float32)


def _shift(values: Floats, by: int) -> Floats:
    """Row i holds what row i + by held; zeros beyond the ends."""
    out = np.zeros_like(values)
    if by > 0:
        out[:-by] = values[by:]
    else:
        out[-by:] = values[:by]
    return out


def _neighbour_features(
    lengths: Floats, link_chars: Floats, long: NDArray[np.bool_], shape: Floats, *, blocks: list[Block]
) -> Floats:
    heading = np.array([block.kind == "heading" for block in blocks], np.float32)
    sentence = shape[:, -6]
    basic = np.stack([np.log1p(lengths), link_chars / lengths, heading, sentence], axis=1)
    near = [_shift(basic, by) for by in (-2, -1, 1, 2)]
    sums = running_sum(np.stack([lengths, link_chars, lengths * long], axis=1))
    n = len(lengths)
    at = np.arange(n)
    for reach in (4, 12):
        lo, hi = np.maximum(0, at - reach), np.minimum(n, at + reach + 1)
        chars, linked, running = (sums[hi] - sums[lo]).T
        near.append(np.stack([np.log1p(chars), linked / chars, running / chars], axis=1).astype(np.float32))
    first_heading = np.flatnonzero([block.kind == "heading" and block.level == 1 for block in blocks])
    from_title = (at - (first_heading[0] if len(first_heading) else 0)) / n
    since = at - np.maximum.accumulate(np.where(heading > 0, at, -1))
    prose_before = np.maximum.accumulate(np.where(long, at, -n))
    prose_after = np.minimum.accumulate(np.where(long, at, 2 * n)[::-1])[::-1]
    places = np.stack(
        [from_title, np.log1p(since), np.log1p(at - prose_before), np.log1p(prose_after - at)], axis=1
    )
    return np.concatenate([*near, places], axis=1, dtype=np.float32)


def _title_features(texts: list[str], document: Document) -> Floats:
    """Whether a short block says what the page's title says, and whether it stood on the page before."""
    title = set(document.head.title.lower().split())
    seen: set[str] = set()
    out = np.zeros((len(texts), 3), np.float32)
    for i, text in enumerate(texts):
        if len(text) < 200:
            words = text.lower().split()
            if shared := len(title.intersection(words)):
                out[i, 0] = shared / len(title)
                out[i, 1] = shared / len(set(words))
            out[i, 2] = text in seen
            seen.add(text)
    return out


def _page_features(
    blocks: list[Block],
    elements: list[Element],
    *,
    lengths: Floats,
    link_chars: Floats,
    long: NDArray[np.bool_],
) -> Floats:
    chars = float(lengths.sum())
    tags = [element.tag for element in elements]
    kinds = [block.kind for block in blocks]
    n = len(blocks)
    row = [
        np.log1p(n), np.log1p(chars), float(link_chars.sum()) / chars, float((lengths * long).sum()) / chars,
        np.log1p(int(long.sum())), kinds.count("item") / n, kinds.count("row") / n, kinds.count("heading") / n,
        np.log1p(kinds.count("code")), np.log1p(tags.count("article")), np.log1p(tags.count("form")),
        np.log1p(tags.count("li")), np.log1p(tags.count("p")),
    ]  # fmt: skip
    return np.tile(np.array(row, np.float32), (n, 1))
