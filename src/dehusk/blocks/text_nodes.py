"""Line breaks inside sentences: what takes the text out of a page often gives every text node a line of its own.

A link or a bold word in the middle of a sentence then stands alone on its line, and what follows begins with its comma
or stop. Boosted trees find such breaks by what the lines look like; they know no word.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.block_table import KIND_NUMBERS, tabulate
from dehusk.blocks.lines import is_unspaced
from dehusk.model import Block, BlockTable, Document
from dehusk.nets import Rows, read_arrays
from dehusk.trees import Trees, run_trees, unpack_trees
from dehusk.words import join_texts

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.uint32]

_BAR = 1.75
"""Log odds."""
_SIGNS = ",.、。，،"
"""With these a sentence goes on or ends behind a link; other lines hardly ever begin so."""
_LEAST_SIGNS = 2
_REACH = 100
"""Blocks around a sure sign in which breaks are looked for: other parts of a dump may be of other making."""
_NEAR = (3, 15, _REACH)
_PIECE_ROWS = 1 << 14
"""What is judged at a time fits the caches."""
_STOPS, _COMMAS, _COLONS = ".!?…。！？؟।", ",;،؛、，；", ":：；"
_OPENING, _CLOSING, _QUOTES, _TIES = "([{«“‘„「『（<¿¡", ")]}»」』）>", "\"”’'", "-–—/&|+"
_SMALL, _CAPITAL, _DIGIT, _LETTER, _STOP, _COMMA, _COLON, _OPEN, _CLOSE, _QUOTE, _TIE, _OTHER = range(12)
_ALONE, _BLANK, _NONE = 12, 13, -1
"""Classes of characters; of what stands behind a line's first one, that it is nothing or a blank; of no line."""
_CLASSES = {
    char: kind
    for chars, kind in (
        (_TIES, _TIE), (_QUOTES, _QUOTE), (_CLOSING, _CLOSE), (_OPENING, _OPEN), (_COLONS, _COLON), (_COMMAS, _COMMA),
        (_STOPS, _STOP),
    )
    for char in chars
}  # fmt: skip
_BEFORE_SIGNS = (_SMALL, _CAPITAL, _DIGIT, _LETTER, _CLOSE, _QUOTE)
_WIDE = 0x2E80
"""From here on no blank follows a stop."""
_PLAIN = KIND_NUMBERS["paragraph"]
_FIRSTS = (_PLAIN, KIND_NUMBERS["item"])
"""What may go on in the next line."""
_SPACE = r"[^\S\r\n]*"
_STOP_RE = re.compile(rf"(?:\r\n?|\n){_SPACE}(\.){_SPACE}(?=[\r\n]|\Z)")
"""A stop alone on its line, of which no block is made. (Three are of code and of menus, too.)"""
_BREAK_RE = re.compile(rf"({_SPACE})(?:\r\n?|\n)({_SPACE})(?:(\.){_SPACE}(?:\r\n?|\n){_SPACE})?")
"""What may stand in the source between a block and what it goes on in."""
_MARK_RE = re.compile(
    r"[,.;:!?؛،؟](?![^\W_])|['’](?:s|t|re|ve|ll|d|m)\b|’(?![^\W_])|[…)\]}%™®°”、。，．；：！？）】》」』।]|-(?=[^\W\d_])"
)
"""Before what no blank stands: marks that close something, but for those of what follows (".NET")."""
_OPENER_RE = re.compile(r"[(\[{¿¡„‘「『（《【]$|^(?:[$£#@]|(?:\w{1,2}|\w{0,4}ll|un|qu\w*)['’])$")
"""A last word behind which none stands: an elided article ("l'") is one."""
_PARTNERS = {'"': '"', "“": "„", "«": "»", "»": "«"}
"""Marks that close what these have opened; if these have not, they open something."""
_MARKS = "".join({*_PARTNERS, *_PARTNERS.values()})


@cache
def load_trees() -> Trees:
    """Those that ship, read once."""
    return unpack_trees(read_arrays("dehusk.blocks", "text_nodes.npz"), "trees")


def may_have_nodes(text: str) -> bool:
    """Whether lines of a text begin with a comma or stop, twice at least: told fast, and true of hardly any other text.

    >>> may_have_nodes("Read\\nthe guide\\n, or ask\\nus\\n."), may_have_nodes("One.\\nTwo, three.")
    (True, False)
    """
    end = "\n" if "\n" in text else "\r"
    return sum(text.count(end + sign) for sign in _SIGNS) >= _LEAST_SIGNS


class Shapes(NamedTuple):
    """What the lines of a text look like, a row or number for each block."""

    firsts: Ints
    """The class of the first character."""
    seconds: Ints
    """That of the next one."""
    lasts: Ints
    words: Ints
    """That of the last word's first character."""
    counts: Rows
    """A row for each of COUNTS."""
    has_stop: Bools
    """Whether a stop stands alone on the line right below."""
    kinds: Ints
    gaps: Ints


COUNTS = ("chars", "blanks", "first word", "last word", "stops", "times", "small", "capital")
"""Characters in all, of these blanks, those of the first word and of the last one; stops inside; how often the line
comes; the shares of its words that begin with small letters and with capitals."""


def find_node_joins(document: Document, stops: Ints) -> Bools:
    """Which blocks of a text go on in the next one, inside a sentence; `stops` as `find_stops` has them."""
    blocks = document.blocks
    shapes = read_shapes(blocks, document.table or tabulate(blocks), stops)
    signs = find_signs(shapes)
    joins = np.zeros(len(blocks), np.bool_)
    at = find_places(shapes, signs)
    for first in range(0, len(at), _PIECE_ROWS):
        some = at[first : first + _PIECE_ROWS]
        joins[some] = run_trees(load_trees(), describe(shapes, signs, some)) > _BAR
    return joins


def find_stops(blocks: Sequence[Block], text: str) -> Ints:
    """Where the stop ends that stands alone on the line right below each block, 0 where there is none."""
    found = np.zeros(len(blocks), np.int64)
    ends = np.fromiter((block.end for block in blocks), np.int64, len(blocks))
    for match in _STOP_RE.finditer(text):
        i = int(np.searchsorted(ends, match.start(), "right")) - 1
        if i >= 0 and not text[ends[i] : match.start()].strip(" \t\xa0"):
            found[i] = match.end(1)
    return found


def read_shapes(blocks: Sequence[Block], table: BlockTable, stops: Ints) -> Shapes:
    """The shapes of all blocks at once."""
    texts = [block.text for block in blocks]
    _, codes, ends = join_texts(texts)
    kinds = _classify(codes)
    is_blank = np.append(codes == ord(" "), True)
    is_blank[ends - 1] = True  # the break behind each
    starts, lasts = ends - table.sizes - 1, ends - 2
    is_word = ~is_blank[:-1]
    is_word[1:] &= is_blank[:-2]
    at = np.arange(len(is_blank))
    word_ends = np.minimum.accumulate(np.where(is_blank, at, len(at))[::-1])[::-1][starts]
    word_starts = np.maximum.accumulate(np.where(is_word, at[:-1], 0))[lasts]
    is_stop = (kinds == _STOP) & (is_blank[1:] | (codes >= _WIDE))
    times = Counter(texts)
    words = np.maximum(1, _add_up(is_word, starts))
    counts = (
        table.sizes,
        _add_up(is_blank[:-1], starts),
        word_ends - starts,
        lasts + 1 - word_starts,
        _add_up(is_stop, starts),
        list(map(times.__getitem__, texts)),
        *(_add_up(is_word & (kinds == kind), starts) / words for kind in (_SMALL, _CAPITAL)),
    )
    follows = np.minimum(starts + 1, len(kinds) - 1)
    seconds = np.where(codes[follows] == ord(" "), _BLANK, kinds[follows])
    return Shapes(
        kinds[starts], np.where(table.sizes == 1, _ALONE, seconds), kinds[lasts], kinds[word_starts],
        np.array(counts, np.float32), stops > 0, table.kinds, table.gaps,
    )  # fmt: skip


def find_signs(shapes: Shapes) -> Bools:
    """Which blocks surely go on: the next line is a comma or stop, or begins with one and a blank."""
    may_end, signs = np.isin(shapes.lasts, _BEFORE_SIGNS), np.zeros(len(shapes.firsts), np.bool_)
    is_wide = np.isin(shapes.seconds, (_LETTER, _OPEN, _QUOTE))  # as without blanks; "،" has one
    is_sign = np.isin(shapes.firsts, (_STOP, _COMMA)) & (np.isin(shapes.seconds, (_ALONE, _BLANK)) | is_wide)
    signs[:-1] = is_sign[1:]
    signs &= _may_join(shapes)
    return (signs | shapes.has_stop) & may_end


def find_places(shapes: Shapes, signs: Bools) -> Ints:
    """The blocks that are to be judged, if there are signs enough."""
    if signs.sum() < _LEAST_SIGNS:
        return np.zeros(0, np.int64)
    return np.flatnonzero(_may_join(shapes) & (_count_near(signs, _REACH) > 0))


def _may_join(shapes: Shapes) -> Bools:
    """Whether the next block is a paragraph right below, and the block none that must not go on."""
    may = np.isin(shapes.kinds, _FIRSTS)
    may[:-1] &= (shapes.kinds[1:] == _PLAIN) & (shapes.gaps[1:] == 0)
    may[-1:] = False
    return may


def describe(shapes: Shapes, signs: Bools, at: Ints) -> Rows:
    """What the trees see of the breaks behind some blocks: a row for each feature."""
    above, below, next_below = at - 1, at + 1, at + 2
    chars, blanks, first_word, last_word, inner_stops, times, small, capital = shapes.counts
    return np.stack(
        [
            *(_look(column, above) for column in (shapes.firsts, shapes.lasts, chars, small)),
            *(column[at] for column in (shapes.firsts, shapes.lasts, shapes.words, shapes.has_stop)),
            *(column[at] for column in (chars, blanks, last_word, inner_stops, times, small, capital)),
            *(column[below] for column in (shapes.firsts, shapes.seconds, shapes.lasts, shapes.has_stop)),
            *(column[below] for column in (chars, blanks, first_word, inner_stops, times, small, capital)),
            *(_look(column, next_below) for column in (shapes.firsts, shapes.lasts, chars, small, capital)),
            *(_count_near(signs, reach)[at] for reach in _NEAR),
            np.full(len(at), signs.mean()),
        ],
        dtype=np.float32,
    )


def _look(column: NDArray[np.generic], at: Ints) -> NDArray[np.generic]:
    """The values of some blocks, -1 where there is no such block."""
    is_there = (at >= 0) & (at < len(column))
    return np.where(is_there, column[np.clip(at, 0, len(column) - 1)], _NONE)


def _count_near(signs: Bools, reach: int) -> Ints:
    """How many blocks surely go on, of those around each."""
    sums = np.concatenate(([0], np.cumsum(signs)))
    at = np.arange(len(signs))
    return sums[np.minimum(at + reach + 1, len(signs))] - sums[np.maximum(at - reach, 0)]


def _classify(codes: Codes) -> Ints:
    """The class of each code point."""
    table = np.zeros(int(codes.max(initial=0)) + 1, np.int64)
    table[codes] = 1
    there = np.flatnonzero(table)
    table[there] = [_classify_char(chr(code)) for code in there.tolist()]
    return table[codes]


def _classify_char(char: str) -> int:
    if char.islower():
        return _SMALL
    if char.isupper() or char.istitle():
        return _CAPITAL
    if char.isdigit():
        return _DIGIT
    return _LETTER if char.isalpha() else _CLASSES.get(char, _OTHER)


def _add_up(marks: Bools, starts: Ints) -> Ints:
    """How many characters of each line are marked."""
    return np.add.reduceat(marks, starts, dtype=np.int64) if len(starts) else np.zeros(0, np.int64)


class NodeBreak(NamedTuple):
    """What the source has between two pieces of a sentence."""

    stop: str
    """One that stands on a line of its own, or nothing."""
    is_blank: bool
    """Whether there is a blank besides the line break."""


def read_break(between: str) -> NodeBreak | None:
    """What a block and what it goes on in have between them, or None where that is more than a line break.

    >>> read_break("\\n"), read_break("\\r\\n.\\r\\n"), read_break("\\n\\n")
    (NodeBreak(stop='', is_blank=False), NodeBreak(stop='.', is_blank=False), None)
    """
    match = _BREAK_RE.fullmatch(between)
    if not match:
        return None
    behind, before, stop = match.groups()
    return NodeBreak(stop or "", not stop and 1 in (len(behind), len(before)))


def may_take_stop(piece: str) -> bool:
    """Whether a stop on the next line may be its own."""
    return piece[-1].isalnum() or piece[-1] in _CLOSING + _QUOTES


def join_pieces(pieces: Sequence[str], breaks: Sequence[NodeBreak]) -> str:
    """The sentence that some pieces are, with what stands behind each but the last one.

    >>> join_pieces(["Read", "the guide", ", or (", "better", ") ask."], [NodeBreak("", False)] * 4)
    'Read the guide, or (better) ask.'
    """
    parts, counts = [pieces[0]], Counter[str]()
    for before, after, between in zip(pieces, pieces[1:], breaks, strict=False):
        counts.update({mark: before.count(mark) for mark in _MARKS})
        is_blank = between.is_blank or between.stop or _is_blank(before, after, counts)
        parts += between.stop, " " if is_blank else "", after
    return "".join(parts)


def _is_blank(before: str, after: str, counts: Counter[str]) -> bool:
    """Whether a blank stands between two pieces; `counts` are the marks up to there."""
    a, b = before[-1], after[0]
    if _MARK_RE.match(after) or (b in _PARTNERS and _is_open(_PARTNERS[b], b, counts)):
        return False
    if _OPENER_RE.search(before[before.rfind(" ") + 1 :]) or (
        a in _PARTNERS and _is_open(a, _PARTNERS[a], counts)
    ):
        return False
    if a == "-":
        return not (before[-2:-1].isalpha() and b.islower())
    is_wide = (is_unspaced(a) and not (b.isalnum() and not is_unspaced(b))) or (
        is_unspaced(b) and not a.isalnum()
    )
    return not is_wide


def _is_open(mark: str, partner: str, counts: Counter[str]) -> bool:
    """Whether more was opened by a mark than its partner has closed."""
    return counts[mark] % 2 == 1 if mark == partner else counts[mark] > counts[partner]
