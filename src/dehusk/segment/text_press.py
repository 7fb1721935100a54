"""How newspapers begin an article: a dateline, a byline, a date; looked for only where a border may be."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import regex
from numpy.typing import NDArray

from dehusk.nets import Rows

Ints = NDArray[np.int64]

_HEAD_CHARS, _LINE_CHARS = 80, 90
"""A dateline stands within the first; a longer line is no byline."""
_NAME_WORDS = 6
_ABOVE, _BELOW = 6, 3
"""Blocks above and below a place that are looked at."""
_MORE = r"(?:,\ [\w.'’\ -]{2,25}){0,2}\s?"  # a country, a date
_AGENCY = r"\([^()]{2,40}\)\s?"
_DATELINE_RE = regex.compile(
    rf"""[\p{{Lu}}][\p{{Lu}}.'’\ -]{{2,40}}{_MORE}(?:{_AGENCY})?(?:[—–:|]|--|-(?=\s))\s?\S
    |[\p{{Lu}}][\w.'’\ -]{{2,30}}{_MORE}(?:{_AGENCY}(?:[—–:]|-{{1,2}}(?=\s))|[—–]\s)
    |\([\p{{Lu}}][^()]{{1,25}}\)\s?[-—–.]?\s
    |[\p{{Lu}}]{{3,20}},\ \d{{1,2}}\ \p{{L}}{{3,9}}\W
    |[（(【]?[\p{{Han}}]{{2,12}}\d{{1,2}}月\d{{1,2}}日[电電讯訊]
    |【[^】]{{2,20}}】""",
    regex.VERBOSE,
)
_PARTS = r"(?:,\ [\w.'’\ -]{2,25})"
_WIRE = r"(?:\ ?(?:\([^()]{2,40}\)|/[^/]{2,30}/)\.?)"
_SURE_DATELINE_RE = regex.compile(
    rf"""[\p{{Lu}}][\p{{Lu}}.'’/\ -]{{2,40}}{_PARTS}{{0,4}}(?:{_WIRE}\s?:|{_WIRE}?\s?(?:[—–]|--|-\s))
    |[\p{{Lu}}][\w.'’/\ -]{{2,30}}(?:\ \([^()]{{2,25}}\))?{_PARTS}{{0,4}}{_WIRE}\s?[—–:-]
    |[\p{{Lu}}][\w.'’/\ -]{{2,30}}{_PARTS}{{2,4}}\ (?:--|—|–)\s
    |\([\p{{Lu}}][^()]{{1,25}}\)\s?[-—–]\s
    |[（(【]?[\p{{Han}}]{{2,12}}\d{{1,2}}月\d{{1,2}}日[电電讯訊]|【[^】]{{2,20}}】""",
    regex.VERBOSE,
)
"""As above, and those of press releases ("LEEDS, England, Sept. 12, 2023 /Wire/ --"), but nothing that may be a
sentence's beginning: before a dash are capitals, an agency, or two commas; before a colon who speaks may be."""
_BYLINES = (
    "written by", "story by", "words by", "text by", "analysis by", "opinion by", "posted by", "by", "von", "par",
    "por", "di", "door", "autore", "autor", "author", "auteur", "reporting from", "source", "quelle", "автор",
    "текст", "作者", "文", "记者", "記者", "来源", "بقلم",
)  # fmt: skip
_BYLINE_RE = regex.compile(
    rf"(?:{'|'.join(_BYLINES)})\b[ :：/／|]*[\p{{Lu}}\p{{Han}}\p{{Arabic}}]", regex.IGNORECASE
)
_BYLINE_STARTS = frozenset(words[:2] for words in _BYLINES)
_NAME_RE = regex.compile(
    r"[\p{Lu}][\p{L}.'’-]+(?:\ (?:[\p{Lu}][\p{L}.'’-]*|de|van|von|bin|al|and|&|und|et|y)){1,5}", regex.VERBOSE
)  # at most _NAME_WORDS
_DATED_RE = regex.compile(
    r"""\b\d{1,2}\.?\ ?(?:de\ )?\p{L}{3,10}\.?,?\ (?:de\ )?(?:19|20)\d\d\b
    |\b\p{L}{3,9}\.?\ \d{1,2}(?:st|nd|rd|th)?,?\ (?:19|20)\d\d\b
    |\b(?:19|20)\d\d[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,2}|\b\d{1,2}[/.]\d{1,2}[/.](?:19|20)?\d\d\b
    |\b\d{1,2}:\d\d\s?(?:[ap]\.?m|uhr|gmt)|\b\d{1,2}\ (?:min|minutes|hours|days)\ (?:read|ago)\b""",
    regex.VERBOSE | regex.IGNORECASE,
)
_CLOCK_RE = regex.compile(
    r"(?:\d{1,2}\.?\ \p{L}{3,10}\.?|\p{L}{3,10}\.?\ \d{1,2}),?(?:\ \p{L}{1,3})?\ \d{1,2}[:.h]\d\d(?:\ ?\p{L}{1,4})?"
)
"""A day without its year, and a time."""
_REPORTER_RE = regex.compile(r"\p{Hangul}{2,4}\ ?(?:기자|특파원|인턴기자)(?:\W.*)?")
# Quick looks: most lines have nothing that a dateline, or a date, must have.
_DATELINE_SIGN_RE = re.compile(r"[—–:|(（【月\d]|-[-\s]")
_DATED_SIGN_RE = re.compile(r"\d(?:[09]\d\d|[/.]\d\d?[/.]\d|:\d|\ [mhd])", re.IGNORECASE)
_DATELINE, _BYLINE, _NAME, _DATED = 1, 2, 4, 8


def is_press_line(text: str) -> bool:
    """Whether a line is a byline or has a date, and is so short.

    >>> [is_press_line(text) for text in ("By Ada Ortiz", "4 May 2024", "4 мая, 10:32", "Ada Ortiz")]
    [True, True, True, False]
    """
    return _read_line(text) & (_BYLINE | _DATED) > 0


def is_byline(text: str) -> bool:
    """Whether a line says who wrote, or who says so.

    >>> [is_byline(text) for text in ("By Ada Ortiz, 4 May 2024", "이서연 기자")]
    [True, True]
    """
    return _read_line(text) & _BYLINE > 0


def is_name_line(text: str) -> bool:
    """Whether a line may be somebody's name, or is a title in capitals.

    >>> is_name_line("Ada Ortiz")
    True
    """
    return _read_line(text) & _NAME > 0


def _read_line(text: str) -> int:
    """The bits of a short line, of more forms than the models learned from; 0 for a longer one."""
    if len(text) > _LINE_CHARS:
        return 0
    bits = read_bits(text)
    bits |= _DATED * (_CLOCK_RE.fullmatch(text) is not None)
    return bits | _BYLINE * (_REPORTER_RE.fullmatch(text) is not None)


def has_dateline(text: str) -> bool:
    """Whether a paragraph begins with what can only be a dateline.

    >>> rest = 15 * "The mayor "
    >>> lines = ("ROME (AP) — ", "Lisboa, 9 abr (EFE).- ", "LEEDS, England, Sept. 12, 2023 /Wire/ -- ", "The mayor — ")
    >>> [has_dateline(line + rest) for line in lines]
    [True, True, True, False]
    """
    return len(text) > _LINE_CHARS and _SURE_DATELINE_RE.match(text[:_HEAD_CHARS]) is not None


def describe_press(texts: Sequence[str], before: Ints, after: Ints) -> Rows:
    """(places, 8): what is found around places between two kept blocks, whose numbers are given."""
    n = len(texts)
    steps = np.arange(-_ABOVE, _BELOW + 1)
    near = after[:, None] + steps
    is_there = (near >= np.maximum(before - 1, 0)[:, None]) & (near < n)
    is_near = np.zeros(n, np.bool_)
    is_near[near[is_there]] = True
    blocks, bits = np.flatnonzero(is_near), np.zeros(n, np.uint8)
    bits[blocks] = np.fromiter(map(read_bits, map(texts.__getitem__, blocks.tolist())), np.uint8, len(blocks))
    found = np.where(is_there, bits[np.clip(near, 0, n - 1)], 0)
    here, is_above = found[:, _ABOVE], near <= before[:, None]
    below, above, between = (
        np.bitwise_or.reduce(some, axis=1)
        for some in (found[:, _ABOVE + 1 :], found * is_above, found * ~is_above)
    )
    columns = [
        here & _DATELINE, below & _DATELINE, between & _BYLINE, between & _NAME, between & _DATED,
        above & _DATELINE, above & (_BYLINE | _DATED), above & _NAME,
    ]  # fmt: skip
    return (np.column_stack(columns) > 0).astype(np.float32)


def read_bits(text: str) -> int:
    """Bits of dateline, byline, name, date.

    >>> [read_bits(text) for text in ("ROME (AP) — " + 20 * "The mayor ", "By Ada Ortiz", "4 May 2024", "So he said.")]
    [1, 2, 8, 0]
    """
    if len(text) > _LINE_CHARS:
        head = text[:_HEAD_CHARS]
        # As in most lines: a city's name that goes on so has a dash or an agency behind it.
        if head[1].islower():
            is_likely = "—" in head or "–" in head or "(" in head or head[0] == "【"
        else:
            is_likely = _DATELINE_SIGN_RE.search(head) is not None
        return _DATELINE if is_likely and _DATELINE_RE.match(head) else 0
    bits, first = 0, text[0]  # quick looks come first
    may_be_name = first >= "A" and not first.islower() and 0 < text.count(" ") < _NAME_WORDS
    if (text[:2].lower() in _BYLINE_STARTS or first in _BYLINE_STARTS) and _BYLINE_RE.match(text):
        bits = _BYLINE
    elif may_be_name and _NAME_RE.fullmatch(text):
        bits = _NAME
    if _DATED_SIGN_RE.search(text) and _DATED_RE.search(text):
        bits |= _DATED
    return bits
