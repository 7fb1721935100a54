"""Pages of a dump that would go whole: where each begins and ends, so that it can be judged once more by itself.

The nets learned from long pages. Of a few short ones, run together with what their site has around each, the first
looks like the page and the others like teasers behind it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.english import has_english
from dehusk.label.text_rules import Rule
from dehusk.language import identify_language
from dehusk.listings import is_cut_off
from dehusk.model import Document
from dehusk.page_headers import MENU_LINES
from dehusk.sentences import may_end_prose
from dehusk.words import count_bytes, hash_grams

Mask = NDArray[np.bool_]

_REACH = 150  # blocks above and below in which a page's edges are looked for
_FOOTER_CHARS, _FOOTER_STEP = 200, 3
"""A footer's lines are shorter, and so many blocks apart at most."""
_LEAST_PROSE, _LOST_SHARE = 2, 0.25
"""Blocks, where only a footer parts a page from the one above: what stands alone behind a footer is a notice; and how
much goes, in shares of what stays."""
LEAST_CHARS, _PROSE_BYTES, _LONG_BYTES = 20, 60, 150
_NOTES_RE, _NOTE_CHARS = re.compile(r"(?:\^?\[[\w ]{1,20}\])+$"), 60
"""Behind a sentence, "[12]", "^[a]" or "[citation needed]", among so many characters."""
_STATED = ("header", "break", "wet")
"""What says that a page begins, wherever it stands."""
_FRAME_LINES, _FRAME_TIMES, _FRAME_REACH = 10, 3, 40
"""So many different lines in a row that go and come so often are what a site has around pages; brief ones are near."""
_BASE, _SHIFT = 0x9E3779B97F4A7C15, np.uint64(50)


class FirstView(NamedTuple):
    """What is known of each block of a text once the nets have judged it."""

    texts: Sequence[str]
    sizes: NDArray[np.int64]
    """Characters."""
    is_low: Mask
    """Whether it is below its bar."""
    is_english: Mask
    """Whether it stands in English."""
    asks: Mask
    """Whether a rule may name it."""
    find_rule: Callable[[int], Rule | None]
    """The rule that names it."""
    count_texts: Callable[[], Mapping[str, int]]
    """How often each text comes, counted once."""


def find_lost_pages(view: FirstView, document: Document) -> Iterator[tuple[int, int]]:
    """The blocks [first, stop) of pages of which so much prose goes that they were not seen as pages.

    They are those below headers, of which all would go, and what stands between menus that open pages, or frames that
    come again, and footers. Where there are only footers, those are looked for that are not in English: English pages
    are known to the nets, and sentences behind their footers are husk (of dumps-dev, .95 of the characters).
    """
    yield from _find_stated(view, document)
    menus = _find_openings(view, document)
    frames = _find_frames(view)
    opens = menus | frames
    is_lost, done = _find_lost_prose(view, menus, frames), 0
    may_end = ((view.sizes < _FOOTER_CHARS) & view.asks).tolist() if is_lost.any() else []

    def is_footer(i: int) -> bool:
        rule = view.find_rule(i) if may_end[i] else None
        return rule is not None and rule.label == "footer"

    for i in np.flatnonzero(is_lost).tolist():
        if i < done:
            continue
        first = _find_first(i, opens, is_footer)
        done = stop = _find_stop(i, opens, is_footer, end=len(view.texts))
        if first < 0 or stop - first == len(view.texts):
            continue
        page = slice(first, stop)
        lost, sizes = is_lost[page], view.sizes[page]
        if sizes[lost].sum() < _LOST_SHARE * sizes[~view.is_low[page]].sum():
            continue
        if (
            not menus.isdisjoint((first, stop))
            or (not opens.isdisjoint((first, stop)) and _says_more(view, first, lost))
            or (lost.sum() >= _LEAST_PROSE and _is_foreign(view.texts[page], lost))
        ):
            yield first, stop


def _find_stated(view: FirstView, document: Document) -> Iterator[tuple[int, int]]:
    """The pages below headers of which nothing would stay: each is to come out as it does alone."""
    found = [start.page for start in document.starts if start.mark in _STATED]
    places = [block.start for block in document.blocks] if found else []
    edges = [*(bisect_left(places, page) for page in found), len(view.texts)]
    for first, stop in pairwise(edges):
        if stop > first and view.is_low[first:stop].all():
            yield first, stop


def is_sentence(text: str) -> bool:
    """Whether a text of some length ends as a sentence does, but for notes. (Thai and Lao have no full stop.)"""
    last = text[-1] if text[-1] != "]" else _NOTES_RE.sub("", text[-_NOTE_CHARS:])[-1:]
    return may_end_prose(last) and len(text) >= LEAST_CHARS and count_bytes(text) >= _PROSE_BYTES


def _is_prose(text: str) -> bool:
    is_whole = is_sentence(text) or (len(text) >= _LONG_BYTES // 3 and count_bytes(text) >= _LONG_BYTES)
    return is_whole and not is_cut_off(text)


def _find_openings(view: FirstView, document: Document) -> set[int]:
    """The blocks with which menus begin that open pages, and those below what a site has between its pages."""
    found = [start for start in document.starts if start.mark == "menu"]
    places = [block.start for block in document.blocks] if found else []
    at = (bisect_left(places, start.end) for start in found)
    return {
        i
        for i, start in zip(at, found, strict=True)
        if start.has_lines or view.is_low[i : i + MENU_LINES].all()
    }


def _find_frames(view: FirstView) -> set[int]:
    """The blocks with which rows of lines begin that go and come again and again."""
    kept = np.cumsum(np.concatenate(([0], ~view.is_low)))
    at = np.flatnonzero(kept[_FRAME_LINES:] == kept[:-_FRAME_LINES])
    sizes = view.sizes.astype(np.uint64)  # what is as long in each line may be the same
    keys = (hash_grams(sizes, _FRAME_LINES, _BASE)[at] >> _SHIFT).astype(np.int64)
    often = at[np.bincount(keys, minlength=1)[keys] >= _FRAME_TIMES].tolist()
    rows = {i: tuple(view.texts[i : i + _FRAME_LINES]) for i in often}
    times = Counter(rows.values())
    return {i for i, row in rows.items() if times[row] >= _FRAME_TIMES and len(set(row)) == _FRAME_LINES}


def _says_more(view: FirstView, first: int, lost: Mask) -> bool:
    """Whether a page loses more in sentences of its own than it keeps, and a long one or some."""
    page = slice(first, first + len(lost))
    least = max(_LONG_BYTES, int(view.sizes[page][~view.is_low[page]].sum()))
    said = [view.texts[i] for i in (first + np.flatnonzero(lost)).tolist() if is_sentence(view.texts[i])]
    if sum(map(len, said)) < least:
        return False
    counts = view.count_texts()
    return sum(len(text) for text in said if counts[text] == 1) >= least


def _find_lost_prose(view: FirstView, menus: set[int], frames: set[int]) -> Mask:
    """Which blocks are below their bar and sentences, and not English, or near menus that open pages or frames."""
    is_near = _mark_near(menus, _REACH, len(view.texts))
    may_be = view.is_low & (view.sizes >= LEAST_CHARS)
    at = np.flatnonzero(may_be & (~view.is_english | is_near)).tolist()
    at = [i for i in at if _is_prose(view.texts[i]) and (is_near[i] or not has_english(view.texts[i]))]
    if frames:
        is_close = _mark_near(frames, _FRAME_REACH, len(view.texts))
        is_near |= is_close
        close = np.flatnonzero(may_be & is_close & (view.sizes >= _PROSE_BYTES)).tolist()
        at = sorted({*at, *(i for i in close if is_sentence(view.texts[i]))})
    prose = np.array(at, np.int64)
    has_more = np.searchsorted(prose, prose + _REACH) - np.searchsorted(prose, prose - _REACH) >= _LEAST_PROSE
    is_lost = np.zeros(len(view.texts), np.bool_)
    is_lost[prose[has_more | is_near[prose]]] = True
    return is_lost


def _mark_near(places: set[int], reach: int, size: int) -> Mask:
    """Which of so many blocks are within reach of one of the places."""
    is_near = np.zeros(size, np.bool_)
    for i in places:
        is_near[max(0, i - reach) : i + reach] = True
    return is_near


def _find_first(i: int, opens: set[int], is_footer: Callable[[int], bool]) -> int:
    """Where the page begins that the block `i` is of, -1 where that is far above."""
    above = range(i, max(-1, i - _REACH), -1)
    return next((k for k in above if k in opens or k == 0 or is_footer(k - 1)), -1)


def _find_stop(i: int, opens: set[int], is_footer: Callable[[int], bool], *, end: int) -> int:
    """Where it ends: with its footer, or where another begins."""
    stop = 0
    for k in range(i + 1, min(end, i + _REACH)):
        if k in opens:
            return k
        if is_footer(k):
            stop = k + 1
        elif stop and k - stop >= _FOOTER_STEP:
            return stop
    return stop or min(end, i + _REACH)


def _is_foreign(texts: Sequence[str], lost: Mask) -> bool:
    prose = " ".join(text for text, is_lost in zip(texts, lost.tolist(), strict=True) if is_lost)
    return identify_language(prose)[0] not in ("en", "")
