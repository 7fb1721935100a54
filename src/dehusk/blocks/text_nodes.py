"""Line breaks inside sentences: what takes the text out of a page often gives every text node a line of its own.

A link or a bold word in the middle of a sentence then stands alone on its line, and what follows begins with its comma
or stop. Boosted trees find such breaks by what the lines look like; they know no word.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import islice
from operator import itemgetter
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
Classes = NDArray[np.uint8]

_BAR = 1.5
"""Log odds."""
_SIGN_RES = [re.compile(rf"{end}(?:[,.،](?!\S)|[、。，])") for end in ("\r", "\n")]
"""With these a sentence goes on or ends behind a link; other lines hardly ever begin so."""
_LEAST_SIGNS = 2
_REACH = 100
"""Blocks around a sure sign in which breaks are looked for: other parts of a dump may be of other making."""
_NEAR = (3, 15, _REACH)
_LONG_CHARS = 40
"""Of one line of a sentence, if no sign shows that it is one; a character of a script without blanks is two."""
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
_WIDE = 0x2E80
"""From here on no blank follows a stop."""
_PLAIN, _ITEM = KIND_NUMBERS["paragraph"], KIND_NUMBERS["item"]
_SPACE = r"[^\S\n-\r\x1c-\x1e\x85\u2028\u2029]*"
_STOP_RE = re.compile(rf"(?:\r\n?|\n){_SPACE}(\.){_SPACE}(?=[\r\n]|\Z)")
"""A stop alone on its line, of which no block is made. (Three are of code and of menus, too.)"""
_MOST_BLANKS = 8
"""Between the end of a line and the break before such a stop."""
_BREAK_RE = re.compile(rf"({_SPACE})(?:\r\n?|\n)({_SPACE})(?:(\.){_SPACE}(?:\r\n?|\n){_SPACE})?")
"""What may stand in the source between a block and what it goes on in."""
_MARK_RE = re.compile(
    r"[\"”’“«»](?=[,.;:!?)\]\s])|[,.;:!?؛،؟](?![^\W_])|['’](?:s|t|re|ve|ll|d|m)\b|’(?![^\W_])|\(\)|[…)\]}%™®°”、。，．；：！？）】》」』।]"
)
"""Before what no blank stands: marks that close something, but for those of what follows (".NET")."""
_ORDINAL_RE = re.compile(r"(?:st|nd|rd|th)\b|(?:er|re|e|ère|ème|º|ª)$")
"""What stands raised behind a number, at the beginning of what comes or as all of it."""
_OPENER_RE = re.compile(r"[(\[{¿¡„‘「『（《【]$|^(?:[$£#@]|(?:\w{1,2}|\w{0,4}ll|un|qu\w*)['’])$")
"""A last word behind which none stands: an elided article ("l'") is one."""
_PARTNERS = {'"': '"', "“": "„", "«": "»", "»": "«"}
"""Marks that close what these have opened; if these have not, they open something."""
_MARKS = frozenset({*_PARTNERS, *_PARTNERS.values()})


def _choose(*classes: int) -> Bools:
    """For each class whether it is one of some."""
    chosen = np.zeros(_BLANK + 1, np.bool_)
    chosen[list(classes)] = True
    chosen.setflags(write=False)
    return chosen


_IS_SIGN = _choose(_STOP, _COMMA)
_MAY_FOLLOW = _choose(_ALONE, _BLANK, _LETTER, _OPEN, _QUOTE)
"""What stands behind a sign that goes on with what is above; letters, where no blanks are written."""
_MAY_BEGIN = _choose(_CAPITAL, _DIGIT, _LETTER, _OPEN, _QUOTE)
"""With which another paragraph begins below one that ends in speech."""
_MAY_GO_ON = _choose(_SMALL, _CAPITAL, _DIGIT, _LETTER, _CLOSE, _QUOTE)
"""The last of a line above a sign."""


@cache
def load_trees() -> Trees:
    """Those that ship, read once."""
    return unpack_trees(read_arrays("dehusk.blocks", "text_nodes.npz"), "trees")


def may_have_nodes(text: str) -> bool:
    """Whether lines of a text begin with a comma or stop, twice at least: told fast, and true of hardly any other text.

    >>> may_have_nodes("Read\\nthe guide\\n, or ask\\nus\\n."), may_have_nodes("One.\\nTwo, three.")
    (True, False)
    """
    found = _SIGN_RES["\n" in text].finditer(text)
    return len(list(islice(found, _LEAST_SIGNS))) == _LEAST_SIGNS


class Shapes(NamedTuple):
    """What the lines of a text look like, a row or number for each block."""

    firsts: Classes
    """The class of the first character."""
    seconds: Classes
    """That of the next one."""
    lasts: Classes
    words: Classes
    """That of the last word's first character."""
    counts: Rows
    """A row for each of COUNTS."""
    is_said: Bools
    """Whether it ends with a stop and a quotation mark."""
    has_stop: Bools
    """Whether a stop stands alone on the line right below."""
    kinds: Ints
    gaps: Ints


COUNTS = ("chars", "blanks", "first word", "last word", "stops", "small", "capital")
"""Characters in all, of these blanks, those of the first word and of the last one; stops inside; the shares of its
words that begin with small letters and with capitals."""


def find_node_joins(document: Document, stops: Ints) -> Bools:
    """Which blocks of a text go on in the next one, inside a sentence; `stops` as `find_stops` has them."""
    blocks, joins = document.blocks, np.zeros(len(document.blocks), np.bool_)
    if not blocks:
        return joins
    shapes = read_shapes(blocks, document.table or tabulate(blocks), stops)
    signs = find_signs(shapes)
    at = find_places(shapes, signs)
    for first in range(0, len(at), _PIECE_ROWS):
        some = at[first : first + _PIECE_ROWS]
        joins[some] = run_trees(load_trees(), describe(shapes, signs, some)) > _BAR
    _part_short(joins, shapes, signs)
    return joins


def _part_short(joins: Bools, shapes: Shapes, signs: Bools) -> None:
    """Take back the joins of short lines alone that no sign and no stop at the end shows to be a sentence.

    So are lists, verses and chats in small letters.
    """
    at = np.flatnonzero(joins)
    is_wide = (shapes.counts[1] == 0) & (shapes.firsts == _LETTER)
    chars = np.append(shapes.counts[0] * np.where(is_wide, 2, 1), 0)
    runs = np.cumsum(np.diff(at, prepend=-2) > 1) - 1
    longest = np.zeros(len(at))
    np.maximum.at(longest, runs, np.maximum(chars[at], chars[at + 1]))
    may_end = np.append((shapes.lasts == _STOP) | shapes.has_stop, False)
    is_last = np.append(np.diff(runs) > 0, True)[: len(at)]
    shown = np.bincount(runs, signs[at] | (is_last & may_end[at + 1]), minlength=1)
    joins[at] = (longest[runs] >= _LONG_CHARS) | (shown[runs] > 0)


def find_stops(blocks: Sequence[Block], text: str) -> Ints:
    """Where the stop ends that stands alone on the line right below each block, 0 where there is none."""
    found = np.zeros(len(blocks), np.int64)
    spans = [(match.start(), match.end(1)) for match in _STOP_RE.finditer(text)]
    if not spans:
        return found
    ends = list(map(_read_end, blocks))
    above = np.searchsorted(ends, [start for start, _ in spans], "right") - 1
    for i, (start, end) in zip(above.tolist(), spans, strict=True):
        is_below = i >= 0 and start - ends[i] <= _MOST_BLANKS and not text[ends[i] : start].strip(" \t\xa0")
        if is_below and not _STOP_RE.match(text, end):  # two of them are ornaments
            found[i] = end
    return found


_read_text, _read_end = itemgetter(0), itemgetter(4)
"""Of a block: in a third of the time of their names."""


def read_shapes(blocks: Sequence[Block], table: BlockTable, stops: Ints) -> Shapes:
    """The shapes of all blocks at once."""
    texts = list(map(_read_text, blocks))
    _, codes, ends = join_texts(texts)
    classes = _classify(codes)
    starts, lasts = ends - table.sizes - 1, ends - 2
    is_blank = np.append(codes == ord(" "), True)
    is_blank[ends - 1] = True  # the break behind each text
    blanks = np.flatnonzero(is_blank)
    first, last = (
        np.searchsorted(blanks, starts),
        np.searchsorted(blanks, ends - 1),
    )  # words, as numbered by their ends
    begins = np.concatenate(([0], blanks[:-1] + 1))
    initials = classes[np.minimum(begins, len(codes) - 1)]
    inner_stops = np.flatnonzero((classes == _STOP) & (is_blank[1:] | (codes >= _WIDE)))
    counts = (
        table.sizes,
        last - first,
        blanks[first] - starts,
        ends - 1 - begins[last],
        np.searchsorted(inner_stops, ends) - np.searchsorted(inner_stops, starts),
        *(_find_shares(initials == kind, first, last) for kind in (_SMALL, _CAPITAL)),
    )
    seconds = np.where(is_blank[starts + 1], _BLANK, classes[np.minimum(starts + 1, len(codes) - 1)])
    is_said = (table.sizes > 1) & (classes[lasts] == _QUOTE) & (classes[lasts - 1] == _STOP)
    return Shapes(
        classes[starts], np.where(table.sizes == 1, _ALONE, seconds), classes[lasts], initials[last],
        np.array(counts, np.float32), is_said, stops > 0, table.kinds, table.gaps,
    )  # fmt: skip


def _find_shares(marked: Bools, first: Ints, last: Ints) -> NDArray[np.float64]:
    """Of the words from the first to the last of each line the share that is marked."""
    sums = np.concatenate(([0], np.cumsum(marked)))
    shares: NDArray[np.float64] = (sums[last + 1] - sums[first]) / (last + 1 - first)
    return shares


def find_signs(shapes: Shapes) -> Bools:
    """Which blocks surely go on: the next line is a comma or stop, or begins with one and a blank."""
    signs = np.zeros(len(shapes.firsts), np.bool_)
    signs[:-1] = (_IS_SIGN[shapes.firsts] & _MAY_FOLLOW[shapes.seconds])[1:]
    found: Bools = ((signs & _may_join(shapes)) | shapes.has_stop) & _MAY_GO_ON[shapes.lasts]
    return found


def find_places(shapes: Shapes, signs: Bools) -> Ints:
    """The blocks that are to be judged, if there are signs enough."""
    if signs.sum() < _LEAST_SIGNS:
        return np.zeros(0, np.int64)
    return np.flatnonzero(_may_join(shapes) & (_count_near(signs, _REACH) > 0))


def _may_join(shapes: Shapes) -> Bools:
    """Whether the next block is a paragraph right below, and the block none that must not go on."""
    may: Bools = (shapes.kinds == _PLAIN) | (shapes.kinds == _ITEM)
    may[:-1] &= (shapes.kinds[1:] == _PLAIN) & (shapes.gaps[1:] == 0) & ~_find_columns(shapes)[1:]
    may[:-1] &= ~(shapes.is_said[:-1] & _MAY_BEGIN[shapes.firsts[1:]])
    may[-1:] = False
    return may


def _find_columns(shapes: Shapes) -> Bools:
    """The lines that begin with a comma next to others that do: some write so the columns that a query asks for."""
    is_led: Bools = (shapes.firsts == _COMMA) & (shapes.seconds == _BLANK)
    beside = np.zeros_like(is_led)
    beside[1:] = is_led[:-1]
    beside[:-1] |= is_led[1:]
    return is_led & beside


def describe(shapes: Shapes, signs: Bools, at: Ints) -> Rows:
    """What the trees see of the breaks behind some blocks: a row for each feature."""
    above, below, next_below = at - 1, at + 1, at + 2
    chars, blanks, first_word, last_word, inner_stops, small, capital = shapes.counts
    return np.stack(
        [
            *(_look(column, above) for column in (shapes.firsts, shapes.lasts, chars, small)),
            *(column[at] for column in (shapes.firsts, shapes.lasts, shapes.words, shapes.has_stop)),
            *(column[at] for column in (chars, blanks, last_word, inner_stops, small, capital)),
            *(column[below] for column in (shapes.firsts, shapes.seconds, shapes.lasts, shapes.has_stop)),
            *(column[below] for column in (chars, blanks, first_word, inner_stops, small, capital)),
            *(_look(column, next_below) for column in (shapes.firsts, shapes.lasts, chars, small, capital)),
            *(_count_near(signs, reach)[at] for reach in _NEAR),
        ],
        dtype=np.float32,
    )


def _look(column: NDArray[np.generic], at: Ints) -> Rows:
    """The values of some blocks, -1 where there is no such block."""
    is_there = (at >= 0) & (at < len(column))
    found = column[np.clip(at, 0, len(column) - 1)].astype(np.float32)
    return np.where(is_there, found, np.float32(_NONE))


def _count_near(signs: Bools, reach: int) -> Ints:
    """How many blocks surely go on, of those around each."""
    sums = np.concatenate(([0], np.cumsum(signs)))
    at = np.arange(len(signs))
    return sums[np.minimum(at + reach + 1, len(signs))] - sums[np.maximum(at - reach, 0)]


def _classify(codes: Codes) -> Classes:
    """The class of each code point."""
    table = np.zeros(int(codes.max(initial=0)) + 1, np.uint8)
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
    return piece[-1].isalpha() or piece[-1] in _CLOSING + _QUOTES or " " in piece


def join_pieces(pieces: Sequence[str], breaks: Sequence[NodeBreak]) -> str:
    """The sentence that some pieces are, with what stands behind each but the last one.

    >>> join_pieces(["Read", "the guide", ", or (", "better", ") ask."], [NodeBreak("", False)] * 4)
    'Read the guide, or (better) ask.'
    """
    parts, counts = [pieces[0]], Counter[str]()
    has_marks = not _MARKS.isdisjoint("".join(pieces))
    for before, after, between in zip(pieces, pieces[1:], breaks, strict=False):
        if has_marks:
            counts.update(filter(_MARKS.__contains__, before))
        is_blank = between.is_blank or between.stop or _is_blank(before, after, counts)
        parts += between.stop, " " if is_blank else "", after
    return "".join(parts)


def _is_blank(before: str, after: str, counts: Counter[str]) -> bool:
    """Whether a blank stands between two pieces; `counts` are the marks up to there."""
    a, b = before[-1], after[0]
    if a.isdecimal() and _ORDINAL_RE.match(after):
        return False
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
