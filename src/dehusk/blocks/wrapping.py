"""Where text was broken at a fixed width: which line ends are a wrapper's and which the author's."""

from __future__ import annotations

import math
import re
from functools import cache
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from dehusk.blocks.lines import ODD, UNEVEN, WIDE_RE, ZERO_RE, Codes, Lines, is_unspaced
from dehusk.native import find_address, load_kernels
from dehusk.sentences import SENTENCE_ENDS

Ints = NDArray[np.int64]

WIDTHS = np.array([*range(45, 111), *range(115, 121), *range(128, 133)], np.int16)
"""Of wide windows the usual ones."""
_NARROWEST, _WIDEST = 40, int(WIDTHS[-1])
_NEAR = 40  # lines before or behind that may testify to a width
_STRETCH = 4096  # lines at a time, so that what is counted for every width fits the cache
_SLACK = 25  # columns that a wrapper may have left free
_FULL, _SPREAD = 0.65, 60
"""Of a wrapper's lines with a line below so many are full, the rest end paragraphs; without a wrapper a line ends
anywhere within so many columns."""
_UNIT = 8  # of evidence, log odds
GAINS = np.array(
    [0, *(max(0, round(_UNIT * math.log(_FULL * _SPREAD / need))) for need in range(1, _WIDEST + 1))],
    np.int16,
)
"""What a full line says for a width, by the columns of what it had no room for: the more, the less surprising."""
_SHORT, _LONG = round(_UNIT * math.log(0.9 / (1 - _FULL))), 5 * _UNIT
"""What says against it a line that had room for more, as 9 of 10 have by chance, and one that is wider."""
_SMALL, _CAPITAL = _UNIT, 12
"""What it says for a wrapper that the next line begins with a small letter, and against one that it begins with a
capital where no sentence ends above: as in lists, whose lines may be of like lengths."""
_ENDED = 18
"""What it says against one that a full line ends a sentence above what may begin one: of those that a wrapper filled a
tenth do so, of lines that hold one sentence each nearly all."""
_PAUSED = 20
"""And that it ends with a mark above a small letter beside another line that ends with one: of a wrapper's lines one in
thirty does, of verses most."""
_LEAST_GAIN = 4
_CLOSE_SHARE, _DOUBLE_SHARE = 0.02, 0.6
"""Where there is none above so few lines, and one above so many, blank lines do not part paragraphs."""
_MARGIN, _HANGING = 3, range(2, 5)
"""Columns that lynx leaves free beside a text, and not beside titles; those that all lines of a paragraph but its first
may be set in."""
_CELLS = " " * 3
"""Stands between the cells of a table."""
_STOPS = frozenset('.!?…:;"”»')
_ENDS = frozenset(SENTENCE_ENDS)
_PAUSES = _ENDS | frozenset(",;:—–،؛")
_CLOSERS = "\"'”’»“)]』」）】"
_BAR = 44
"""So much must be said for one of 66 widths: higher bars leave short paragraphs broken (bench_wrapping.py)."""
HANDICAPS = (6 * np.maximum(0, 60 - WIDTHS)).astype(np.int32)
"""Lists have lines of like lengths, too, and most are short."""
_PHRASE = 12  # columns, at most, that speak where words are not parted by spaces but phrases are
_PHRASE_LETTERS = "".join(map(chr, (*range(0xE00, 0xF00), *range(0x1000, 0x10A0), *range(0x1780, 0x1800))))
_OPENING = frozenset("「『（［｛〔〈《【〖“‘(")
_CLOSING = frozenset(
    "、。，．）」』！？：；］｝〕〉》】〗”’…‥・ー々)!?.,:;っゃゅょぁぃぅぇぉッャュョァィゥェォ"
)
_UNIT_CHARS = 4  # of CJK text that a wrapper moves down at once, at most
_FIRST_UNSPACED = 0x2E80
_DIGITS_RE = re.compile(r"\d+")
_HEAD_CHARS = 120
"""Of a line's first word so many characters count."""
_WORD_CHARS = 3
"""A first word that begins with a letter and has so many characters is no number of an item."""
_NUMBER_CHARS = len("(100)")
"""The longest number of an item; signs that begin one make a line odd."""
_LOWER, _UPPER, _LETTER, _DIGIT, _STOP, _END, _PAUSE, _CLOSER, _PHRASES = (1 << bit for bit in range(9))
"""What a character may be."""
_STARTS_RE = re.compile(
    r"(?:[•●▪■◦‣⁃∙○☆★□◆◇►▸▶*+–—-]|o(?=  ?\S)|#{1,6}|\(?(?:\d{1,3}|[a-zA-Z])[.)]|>+|\|)(?:\s|$)"
    "|[\u2500-\u257f]"
)


_Way = Literal["columns", "chars", "words"]
_WAYS: tuple[_Way, ...] = get_args(_Way)


_MARK_RE = re.compile(
    r"(?:(?P<dash>[—–])|(?P<open>\(?)(?P<value>[0-9]{1,3}|[a-zA-Z])(?P<close>[.)]))(?:\s|$)"
)
"""What may stand in a sentence, though a line of a list may begin with it."""


class _Room(NamedTuple):
    """Of each line, in one way to count."""

    columns: NDArray[np.int16]
    """Which it takes, with the white space before it."""
    filled: NDArray[np.int16]
    """With what the next line begins with, which a wrapper would have moved up; 0 where the next begins anew."""
    gains: NDArray[np.int16]
    """What it says for a width that it fills."""


def find_joins(lines: Lines, is_code: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """For each line, whether the next one continues it; lines of code do not, and say nothing of others.

    A greedy wrapper of width W leaves lines of at most W columns that could not have taken the next line's
    first word. Where the lines nearby (forty before, forty behind, or both) show one such width, and few lines that
    are longer or that break early, line ends of that kind are joined. What they show is the log odds that there is a
    wrapper, of how the lines below begin, too. Wide East Asian characters count two and marks on letters none, as on
    a terminal, or each character one, as for a program; some of these break Chinese and Japanese at spaces alone. Of
    the three ways counts the one that shows most.
    """
    lines = lines._replace(gaps=_close_gaps(lines.gaps))
    is_full, widths, marked = _find_full(lines, ~is_code)
    is_even = np.diff(lines.indents, append=-1) == 0
    joins: NDArray[np.bool_] = is_full & is_even
    for i in np.flatnonzero(is_full & ~is_even).tolist():
        joins[i] = _indents_agree(lines, i, is_after_join=i > 0 and bool(joins[i - 1]))
    may_go_on = is_even[marked] & (_sort_chars(lines.lasts[marked]) & _STOP == 0)
    for i in marked[may_go_on].tolist():
        joins[i] = _goes_on(lines, i, joins=joins, widths=widths)
    centred = _find_centred(lines, widths)
    joins[centred] = ~is_code[centred + 1]
    return joins


def _close_gaps(gaps: Ints) -> Ints:
    """The blank lines above each, one less where there is one above nearly every line."""
    none, one = (np.count_nonzero(gaps[1:] == count) for count in (0, 1))
    is_double = none <= _CLOSE_SHARE * len(gaps) and one >= _DOUBLE_SHARE * len(gaps)
    return np.where(gaps > 0, gaps - 1, gaps) if is_double else gaps


def _find_centred(lines: Lines, widths: Ints) -> Ints:
    """The lines from the margin on that one is centred below, with nothing else above and below the two: titles."""
    here, below = lines.indents[:-1], lines.indents[1:]
    apart = np.append(lines.gaps, 1) != 0
    middles = 2 * lines.indents + lines.columns
    at = np.flatnonzero(
        (here <= _MARGIN) & (below > here + 2 * _MARGIN) & apart[:-2] & ~apart[1:-1] & apart[2:]
    )
    at = at[np.abs(middles[at] - middles[at + 1]) <= 2]
    columns = lines.indents[at] + lines.columns[at]
    return at[(widths[at] > 0) & (columns > widths[at] - _SLACK) & (columns <= widths[at] + _MARGIN)]


def _find_full(lines: Lines, is_prose: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], Ints, Ints]:
    """Which lines had no room for more, the width that the lines around each show, 0 for none, and which lines have one
    below that begins as an item does."""
    close = np.flatnonzero(is_prose[:-1] & is_prose[1:] & (lines.gaps[1:] == 0))
    marked = np.zeros(0, np.int64)
    most, best = np.zeros(len(is_prose), np.int32), np.zeros(len(is_prose), np.int64)
    is_full = np.zeros(len(is_prose), np.bool_)
    uneven = lines.columns - lines.sizes
    for way in _WAYS if np.any(uneven) else _WAYS[:1]:
        columns = (lines.indents + (lines.columns if way == "columns" else lines.sizes)) * is_prose
        taken = columns[close]
        here = close[(taken >= _NARROWEST) & (taken <= _WIDEST)]
        if way != "columns":
            here = here[_are_near(here, uneven > 0 if way == "words" else uneven != 0)]
        continues = _find_continuing(lines, here + 1)
        marked = here[~continues] if way == "columns" else marked
        here = here[continues]
        if not len(here):
            continue
        # What is far from these says nothing of them.
        part = slice(max(0, int(here[0]) - _NEAR), int(here[-1]) + _NEAR + 1)
        room = _measure_room(lines, here, way, columns=columns, part=part)
        widths, odds = _choose_widths(room)
        is_better = odds > most[part]
        most[part][is_better] = odds[is_better]
        best[part][is_better] = widths[is_better]
        is_full[part][is_better] = ((room.columns <= widths) & (room.filled > widths))[is_better]
    return is_full, best, marked


def _goes_on(lines: Lines, i: int, *, joins: NDArray[np.bool_], widths: Ints) -> bool:
    """Whether a sentence goes on in the next line, set in as far, though that begins with a number or dash, as an item
    does."""
    below = lines.texts[i + 1]
    if not (mark := _MARK_RE.match(below)):
        return False
    width = widths[i - 1] if i and joins[i - 1] else widths[i + 1] if joins[i + 1] else 0
    columns = int(lines.indents[i] + lines.columns[i])
    if not columns <= width < columns + 1 + _measure(below.split(None, 1)[0]):
        return False
    if mark["dash"]:
        return i > 0 and bool(joins[i - 1])  # a list's items are lines of their own
    return not _is_in_sequence(mark, lines.texts[max(0, i - _NEAR) : i + 2 + _NEAR])


def _is_in_sequence(mark: re.Match[str], texts: list[str]) -> bool:
    """Whether one of some lines begins with the number or letter before or behind one."""
    value, is_letter = mark["value"], mark["value"].isalpha()
    beside = [chr(ord(value) + step) if is_letter else str(int(value) + step) for step in (-1, 1)]
    return any(
        text.startswith(tuple(f"{mark['open']}{other}{mark['close']}" for other in beside)) for text in texts
    )


def _are_near(at: Ints, is_one: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which of some lines have one of these among those that testify to their width."""
    sums = np.concatenate(([0], np.cumsum(is_one)))
    near: NDArray[np.bool_] = sums[np.minimum(at + _NEAR, len(is_one))] > sums[np.maximum(at + 1 - _NEAR, 0)]
    return near


def _measure_room(lines: Lines, close: Ints, way: _Way, *, columns: Ints, part: slice) -> _Room:
    """Of a part of the lines; `close` are those in it that the next one may continue."""
    needs = _measure_firsts(lines, close, way=way)
    gains = GAINS[np.minimum(needs, _WIDEST)]
    is_phrase = (needs > _PHRASE) & (_sort_chars(lines.firsts[close + 1]) & _PHRASES != 0)
    gains[is_phrase] = GAINS[_PHRASE]
    _weigh_edges(lines, close, gains)
    widths = np.minimum(columns[part], 2 * _WIDEST).astype(np.int16)
    room = _Room(widths, np.zeros_like(widths), np.zeros_like(widths))
    room.filled[close - part.start] = np.minimum(columns[close] + needs, 2 * _WIDEST)
    room.gains[close - part.start] = gains
    return room


def _weigh_edges(lines: Lines, close: Ints, gains: NDArray[np.int16]) -> None:
    """Add to the gains of some lines what the last and the first characters at line ends say."""
    texts, above, below = lines.texts, lines.firsts[close], lines.firsts[close + 1]
    lasts, firsts = _sort_chars(lines.lasts[close]), _sort_chars(below)
    is_small, is_capital = firsts & _LOWER != 0, firsts & _UPPER != 0
    gains[is_small & (gains >= _LEAST_GAIN)] += np.int16(_SMALL)
    gains[is_capital & (lasts & _STOP == 0)] -= np.int16(_CAPITAL)
    has_ended, has_closed = lasts & _END != 0, lasts & _CLOSER != 0
    has_ended[has_closed] = [texts[i].rstrip(_CLOSERS)[-1:] in _ENDS for i in close[has_closed].tolist()]
    gains[has_ended & ~is_small] -= np.int16(_ENDED)
    in_row = _find_rows(lasts & _PAUSE != 0, close)
    gains[in_row & is_small] -= np.int16(_PAUSED)
    # As in a log or a list: where a wrapper chose the place, one in a hundred begins alike.
    may_be_alike = np.flatnonzero((above == below) | (_sort_chars(above) & _DIGIT != 0))
    are_alike = [_begin_alike(texts[i], texts[i + 1]) for i in close[may_be_alike].tolist()]
    at = may_be_alike[np.array(are_alike, np.bool_)]
    gains[at] = np.minimum(gains[at], 0)


def _sort_chars(codes: Codes) -> NDArray[np.uint16]:
    """What each character is, in bits."""
    table = _char_table()
    bits = table.take(codes, mode="clip")
    if len(rare := np.flatnonzero(codes >= len(table))):
        bits[rare] = _ask_chars(list(map(chr, codes[rare].tolist())))
    return bits


@cache
def _char_table() -> NDArray[np.uint16]:
    """That of each code point below 0x10000, the last of which is none of these."""
    table = _ask_chars(list(map(chr, range(1 << 16))))
    signs = (
        (_STOP, _STOPS),
        (_END, _ENDS),
        (_PAUSE, _PAUSES),
        (_CLOSER, _CLOSERS),
        (_PHRASES, _PHRASE_LETTERS),
    )
    for bit, chars in signs:
        table[list(map(ord, chars))] |= np.uint16(bit)
    table.setflags(write=False)
    return table


def _ask_chars(chars: list[str]) -> NDArray[np.uint16]:
    bits = np.zeros(len(chars), np.uint16)
    for bit, test in (
        (_LOWER, str.islower),
        (_UPPER, str.isupper),
        (_LETTER, str.isalpha),
        (_DIGIT, str.isdigit),
    ):
        bits |= np.fromiter(map(test, chars), np.uint16, len(chars)) * np.uint16(bit)
    return bits


def _find_rows(is_marked: NDArray[np.bool_], close: Ints) -> NDArray[np.bool_]:
    """Which of some lines end with a mark, as does one of them right above or below."""
    both = is_marked[1:] & is_marked[:-1] & (np.diff(close) == 1)
    in_row = np.append(both, np.zeros(min(1, len(close)), np.bool_))
    in_row[1:] |= both
    return in_row


def _begin_alike(text: str, below: str) -> bool:
    """Whether two lines begin with the same word, or with numbers or times that are written alike."""
    first, second = text[:_HEAD_CHARS].split(None, 1)[0], below[:_HEAD_CHARS].split(None, 1)[0]
    return first == second or _DIGITS_RE.sub("0", first) == _DIGITS_RE.sub("0", second)


def _choose_widths(room: _Room) -> tuple[Ints, NDArray[np.int32]]:
    """The width that the lines around each line show and the log odds for it; 0 where they show none."""
    n = len(room.columns)
    widths, odds = np.zeros(n, np.int64), np.zeros(n, np.int32)
    count_votes = _count_votes if load_kernels() is None else _count_votes_compiled
    for start in range(0, n, _STRETCH):
        low, stop = max(0, start - _NEAR), min(n, start + _STRETCH)
        nearby = _Room(*(values[low : stop + _NEAR] for values in room))
        if np.any(nearby.filled):
            here = slice(start - low, stop - low)
            votes = count_votes(nearby)
            widths[start:stop], odds[start:stop] = votes[0][here], votes[1][here]
    return widths, odds


class _Witnesses(NamedTuple):
    """The lines that speak for a width or against it: others are shorter than any, and not continued."""

    room: _Room
    lines: Ints
    """Of the stretch, those that the next may continue."""
    places: Ints
    """Their numbers among the witnesses."""
    lows: Ints
    """The first witness near each, before it."""
    highs: Ints
    """One more than the last one near each, behind it."""


def _call_witnesses(room: _Room) -> _Witnesses:
    lines = np.flatnonzero(room.filled)
    called = np.flatnonzero((room.filled > 0) | (room.columns > WIDTHS[0]))
    found = (np.searchsorted(called, at) for at in (lines, lines + 1 - _NEAR, lines + _NEAR))
    return _Witnesses(_Room(*(values[called] for values in room)), lines, *found)


def _count_votes(room: _Room) -> tuple[Ints, NDArray[np.int32]]:
    """The width for which the lines of one stretch speak most, at each of them, and how much."""
    (columns, filled, gains), lines, places, lows, highs = _call_witnesses(room)
    width = WIDTHS[:, None]
    is_short = columns <= width
    is_full = is_short & (filled > width) & (columns >= width - _SLACK)
    had_room = (filled > 0) & (filled <= width)
    votes = np.where(is_full, gains.astype(np.int32), 0) - np.where(had_room, _SHORT, 0)
    votes -= np.where(is_short, 0, _LONG)
    sums = np.zeros((len(WIDTHS), len(columns) + 1), np.int32)
    np.cumsum(votes, axis=1, out=sums[:, 1:])
    behind, before = sums[:, highs] - sums[:, places], sums[:, places + 1] - sums[:, lows]
    around = behind + before - votes[:, places]
    scores = np.maximum(around, np.maximum(behind, before)) - HANDICAPS[:, None]
    top = scores.argmax(axis=0)
    most = scores[top, np.arange(len(lines))]
    best, odds = np.zeros(len(room.columns), np.int64), np.zeros(len(room.columns), np.int32)
    best[lines], odds[lines] = np.where(most >= _BAR, WIDTHS[top], 0), np.where(most >= _BAR, most, 0)
    return best, odds


def _count_votes_compiled(room: _Room) -> tuple[Ints, NDArray[np.int32]]:
    called, lines, *places = _call_witnesses(room)
    n, size = len(called.columns), len(lines)
    sums, scores, found = np.empty(n + 1, np.int32), np.empty(size, np.int32), np.empty(size, np.int64)
    load_kernels().count_votes(
        *map(find_address, called), n, *map(find_address, places), size, find_address(WIDTHS), find_address(HANDICAPS),
        len(WIDTHS), _SLACK, _SHORT, _LONG, _BAR, *map(find_address, (sums, scores, found)),
    )  # fmt: skip
    best, odds = np.zeros(len(room.columns), np.int64), np.zeros(len(room.columns), np.int32)
    best[lines], odds[lines] = found, np.where(found, scores, 0)
    return best, odds


def _find_continuing(lines: Lines, at: Ints) -> NDArray[np.bool_]:
    """Which of some lines may continue the ones above: they begin nothing new of their own."""
    heads = lines.heads[at]
    is_word = (_sort_chars(lines.firsts[at]) & _LETTER != 0) & (heads >= _WORD_CHARS)
    continues: NDArray[np.bool_] = is_word | ((lines.looks[at] & ODD == 0) & (heads > _NUMBER_CHARS))
    continues[~continues] = [not _STARTS_RE.match(lines.texts[i]) for i in at[~continues].tolist()]
    return continues


def _indents_agree(lines: Lines, i: int, *, is_after_join: bool) -> bool:
    """Whether the next line, set in otherwise than one, may go on with it."""
    here, below = int(lines.indents[i]), int(lines.indents[i + 1])
    if is_after_join:
        return False
    if _STARTS_RE.match(lines.texts[i]):
        return below >= here
    return _hangs(lines, i) if below > here else here - below <= 8  # a paragraph's first line, set in


def _hangs(lines: Lines, i: int) -> bool:
    """Whether the next line, set in, goes on with one: it is no row of a table, and no sentence alone."""
    text, below = lines.texts[i], lines.texts[i + 1]
    has_more = i + 2 < len(lines.texts) and lines.gaps[i + 2] == 0
    goes_on = has_more and lines.indents[i + 2] == lines.indents[i + 1] and below[0].isalnum()
    is_alone = text[-1] in _STOPS and not below[0].islower() and not goes_on
    is_set_in = int(lines.indents[i + 1] - lines.indents[i]) in _HANGING
    return is_set_in and not is_alone and _CELLS not in text + below


def _measure(text: str) -> int:
    if text.isascii():
        return len(text)
    return len(text) + len(WIDE_RE.findall(text)) - len(ZERO_RE.findall(text))


def _measure_firsts(lines: Lines, close: Ints, *, way: _Way) -> Ints:
    """What `_measure_first` says of each of some lines and the one below."""
    below = close + 1
    needs = 1 + np.minimum(lines.heads[below], _HEAD_CHARS)
    if way != "words":  # there, what is said is true of any line
        is_hard = lines.firsts[below] >= _FIRST_UNSPACED
        if way == "columns":
            is_hard |= lines.looks[below] & UNEVEN != 0
        hard = close[is_hard].tolist()
        needs[is_hard] = [_measure_first(lines.texts[i], lines.texts[i + 1], way) for i in hard]
    return needs


def _measure_first(text: str, below: str, way: _Way) -> int:
    """Columns of the least that a wrapper would have moved up to `text`: a space and a word, or in text without spaces
    a character, with those that may not be parted from it at the end of a line."""
    word = below[:_HEAD_CHARS].split(None, 1)[0]
    if way == "words" or not is_unspaced(word[0]):
        return 1 + (_measure(word) if way == "columns" else len(word))
    size = 1 + (word[0] in _OPENING)
    while word[size : size + 1] in _CLOSING and size < _UNIT_CHARS:
        size += 1
    return (_measure(word[:size]) if way == "columns" else size) + (not is_unspaced(text[-1]))
