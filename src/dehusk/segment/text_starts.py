"""Where a text says that its pages begin -> where it is cut: at headers, hardly elsewhere; at other marks besides."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import compress
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.english import has_english
from dehusk.model import Labelled, PageMark, PageStart
from dehusk.page_headers import MENU_LINES
from dehusk.segment.text_anchors import find_anchored
from dehusk.segment.text_features import FOOTERS, Gaps, Ints, sum_bytes
from dehusk.segment.text_frames import find_framed
from dehusk.segment.text_openings import find_openings
from dehusk.segment.text_scripts import find_script_changes
from dehusk.sentences import PROSE_ENDS
from dehusk.words import count_bytes, count_letters

_LEAST_BYTES, _BRIEF_BYTES, _APART_BYTES = 200, 60, 400
"""Bytes of UTF-8 kept on both sides of a mark that parts pages (all but WET headers); of one that comes again between
all of them; and between it and a border of the models. (A Chinese character says as much as three letters.)"""
_SHORT_CHARS, _ENDS = 60, PROSE_ENDS | {")"}
_SOME_MENUS, _FOOTER_LINES = 2, 2
"""So many menus besides the text's first one open pages, if there is some text between them, and more do in any case;
one alone does below so many lines of a footer, or below one that says whose the page is."""
_RIGHTS_RE = re.compile(
    r"©|\(c\) ?(?:19|20)\d\d|\b(?:rights reserved|droits réservés|derechos reservados|direitos reservados"
    r"|diritti riservati|rechte vorbehalten|rechten voorbehouden|prawa zastrzeżone|hakları? saklıdır"
    r"|все права защищены|сетевое издание)\b|無断転載|特定商取引法|版权所有|版權所有|ICP备|حقوق|सर्वाधिकार|무단"
    r"|สงวนลิขสิทธิ์|כל הזכויות",
    re.IGNORECASE,
)
_FOOTER_CHARS, _FOOTER_APART, _PROSE_BYTES, _SIDE = 200, 3, 60, 5
"""A copyright line is shorter; so many blocks below it the next page's prose begins at the least; what has so many
bytes is prose; by so many kept blocks on either side it is told that a text is not English."""
_UNEVEN, _PAGES_BYTES = 4, 5_000
"""What a header stands above may be more than its page if it is so many times as long as the others' median, and any
if that is so long."""
_NO_PLACES = np.zeros((0, 3), np.int64)


class Starts(NamedTuple):
    """Where pages are said to begin, in blocks."""

    places: Ints = _NO_PLACES
    """(starts, 3): with which the page begins; the lines of its header, [start, end)."""
    marks: tuple[PageMark, ...] = ()
    """"menu" too where the footer of another page ends, or its script."""

    @property
    def are_all(self) -> bool:
        """Whether no page begins elsewhere, if they cover the text (see `find_long`)."""
        return bool(self.marks) and (
            self.marks[0] == "header" or (self.marks[0] == "wet" and self.places[0, 0] == 0)
        )


def number_starts(starts: Sequence[PageStart], labelled: Sequence[Labelled]) -> Starts:
    """The same in numbers of the blocks `labelled`, without menus that open no page."""
    blocks = np.array([item.block.start for item in labelled] if starts else [], np.int64)
    sought = np.array([(start.page, start.start, start.end) for start in starts], np.int64).reshape(-1, 3)
    places: Ints = np.searchsorted(blocks, sought)
    may_be = np.array([start.mark == "menu" and not start.has_lines for start in starts], np.bool_)
    use = ~may_be
    if may_be.any():
        use[may_be] = _find_opening(places[may_be], labelled)
    return Starts(places[use], tuple(start.mark for start in compress(starts, use.tolist())))


def _find_opening(places: Ints, labelled: Sequence[Labelled]) -> NDArray[np.bool_]:
    """Which menus open a page, given the blocks with which their pages and they themselves begin.

    Nothing of them is kept. If they are few, both pages have some text: sites have one menu for wide screens and one
    for small ones. And above a single one there is a footer's end.
    """
    kept = np.flatnonzero([item[1] == "content" for item in labelled])
    pages, menus = places[:, 0], places[:, 1]
    above, below = np.searchsorted(kept, pages), np.searchsorted(kept, menus)
    is_so = (above > 0) & (below < len(kept)) & (np.append(kept, 0)[below] >= menus + MENU_LINES)
    if len(np.unique(below[is_so])) > _SOME_MENUS:
        return is_so
    sums = np.cumsum([0, *(count_bytes(labelled[i].block.text) for i in kept.tolist())])
    is_so &= np.minimum(sums[above], sums[-1] - sums[below]) >= _LEAST_BYTES
    some = np.unique(above[is_so])
    if len(some) == _SOME_MENUS and np.all(np.diff(sums[some]) >= _LEAST_BYTES):
        return is_so
    for i in np.flatnonzero(is_so).tolist():
        left_out = labelled[kept[above[i] - 1] + 1 : pages[i]]
        is_so[i] = _ends_page([item.block.text for item in left_out if item.label == "footer"])
    return is_so


def _ends_page(footer: Sequence[str]) -> bool:
    """Whether lines of a footer end a page: menus have "About us" or "Privacy" as well."""
    return len(footer) >= _FOOTER_LINES or any(map(_RIGHTS_RE.search, footer))


def add_footed(starts: Starts, gaps: Gaps) -> Starts:
    """The same, and the pages that begin behind the copyright line of another, where nothing is English.

    Of the borders in English the models find nearly all (of dumps-dev/val's that have such a line .93, of train's .98),
    and of what else is kept below such lines half is no page.
    """
    texts, kept = gaps.texts, gaps.kept
    footers = np.flatnonzero(gaps.blocks[:, FOOTERS]).tolist()
    lines = [i for i in footers if len(texts[i]) < _FOOTER_CHARS and _RIGHTS_RE.search(texts[i])]
    below = np.searchsorted(kept, lines).tolist()
    found = [
        line + 1
        for line, k in zip(lines, below, strict=True)
        if _are_foreign(texts, kept, k) and not _is_prose_near(texts, kept[k:], line)
    ]
    return starts if starts.are_all else _add(starts, found)


def add_scripts(starts: Starts, cuts: Ints, gaps: Gaps) -> Starts:
    """The same, and the pages with which another script begins, where neither starts nor the models' cuts say so."""
    kept = gaps.kept.tolist()
    changes = find_script_changes(gaps.own, gaps.mixed)
    if not changes:
        return starts
    known = np.sort(np.concatenate((starts.places[:, 0], cuts)))
    edges = [(kept[change.above], kept[change.below]) for change in changes]
    return _add(starts, [below for above, below in edges if not _has_between(known, above, below)])


def find_anchors(starts: Starts, gaps: Gaps) -> list[tuple[int, int]]:
    """Where pages begin below lines with which the text begins or ends, if no menus say more: see `find_anchored`."""
    return [] if "menu" in starts.marks else find_anchored(gaps)


def add_anchored(starts: Starts, cuts: Ints, anchors: Sequence[tuple[int, int]]) -> Starts:
    """The same, and the pages of the anchors, but for those at which there is a cut."""
    return _add(starts, [begin for begin, below in anchors if not _has_between(cuts, begin - 1, below)])


def add_framed(starts: Starts, cuts: Ints, gaps: Gaps) -> Starts:
    """The same, and the pages that begin as one does that begins at a cut, or where a start says so."""
    kept, is_sure = gaps.kept, [mark not in ("rule", "feed") for mark in starts.marks]
    at = np.searchsorted(kept, starts.places[is_sure, 0])
    known = np.unique(np.concatenate((cuts, kept[at[(at > 0) & (at < len(kept))]])))
    return _add(starts, find_framed(gaps, known)) if len(known) else starts


def add_openings(starts: Starts, cuts: Ints, gaps: Gaps, *, is_part: bool = False) -> Starts:
    """The same, and the stories that begin as the text's first one does, where no starts say so.

    Where one of the cuts is, the story begins there: marks near it would win otherwise. `is_part` is of
    `find_openings`.
    """
    openings = find_openings(gaps, is_part=is_part)
    if not openings:
        return starts
    firsts = np.searchsorted(gaps.kept, [begin for begin, _ in openings])
    found = list[int]()
    for (begin, body), last in zip(openings, np.append(gaps.kept, -1)[firsts - 1].tolist(), strict=True):
        if not _has_between(starts.places[:, 0], last, body):
            at = _find_between(cuts, last, body)
            found.append(begin if at is None else int(cuts[at]))
    return _add(starts, found)


def _has_between(values: Ints, above: int, below: int) -> bool:
    """Whether one of the ascending values is in (above, below]."""
    return _find_between(values, above, below) is not None


def _find_between(values: Ints, above: int, below: int) -> int | None:
    """The number of the first of the ascending values in (above, below]."""
    first, stop = np.searchsorted(values, (above, below), "right").tolist()
    return first if stop > first else None


def _add(starts: Starts, found: Sequence[int]) -> Starts:
    """The same, and the pages that begin with the blocks `found`."""
    if not found:
        return starts
    places = np.concatenate((starts.places, np.repeat(np.array(found, np.int64)[:, None], 3, axis=1)))
    order = np.argsort(places[:, 0], kind="stable")
    marks = (*starts.marks, *["menu"] * len(found))
    return Starts(places[order], tuple(marks[i] for i in order.tolist()))


def _are_foreign(texts: Sequence[str], kept: Ints, k: int) -> bool:
    """Whether there is some text above the kept block of that number and from it on, and none of it is English."""
    sides = ([texts[i] for i in side.tolist()] for side in (kept[max(0, k - _SIDE) : k], kept[k : k + _SIDE]))
    return all(
        not any(map(has_english, side)) and sum(map(count_bytes, side)) >= _LEAST_BYTES for side in sides
    )


def _is_prose_near(texts: Sequence[str], kept: Ints, line: int) -> bool:
    """Whether the next prose that is kept stands right below a line: a notice, not a page with its menu above."""
    return any(
        count_bytes(texts[i]) >= _PROSE_BYTES
        for i in kept.tolist()[:_FOOTER_APART]
        if i - line <= _FOOTER_APART
    )


def find_opened(starts: Starts, kept: Ints) -> set[int]:
    """The first kept block of each page that a menu or header opens, the text's first one too."""
    signs = ("menu", "header", "wet") if starts.are_all else ("menu",)
    places = zip(starts.places[:, 0].tolist(), starts.marks, strict=True)
    opened = [at for at, mark in places if mark in signs]
    firsts = np.searchsorted(kept, [0, *opened]).tolist() if opened else []
    return {int(kept[at]) for at in firsts if at < len(kept)}


class Marked(NamedTuple):
    """Where a text is cut, in blocks, ascending."""

    at: Ints
    """The first kept block of each article, but for the text's first."""
    pages: Ints
    """With which block the page of the text's first article begins, and those of the others; 0 where none is marked."""


def find_firsts(starts: Starts, gaps: Gaps) -> Marked:
    """The first block of each page that is kept."""
    kept = gaps.kept
    firsts = np.searchsorted(kept, starts.places[:, 0])
    has_own = np.append(firsts[1:] != firsts[:-1], True)  # before the next page begins
    use = has_own & (firsts > 0) & (firsts < len(kept))
    first = starts.places[firsts == 0, 0].max(initial=0)
    return Marked(kept[firsts[use]], np.append(first, starts.places[use, 0]))


def find_long(marked: Marked, gaps: Gaps) -> list[tuple[int, int]]:
    """The stretches [first, end) in blocks that may be more than the page of one header, which was all that was found.

    Headers come again above every page. So does no single one, and none of a few that stand in a dump of other pages.
    """
    kept = gaps.kept
    edges = np.concatenate(([0], np.searchsorted(kept, marked.at), [len(kept)]))
    sizes = np.diff(sum_bytes(gaps)[edges])
    usual = float(np.median(sizes))
    is_long = sizes > (0 if len(sizes) == 1 or usual > _PAGES_BYTES else _UNEVEN * usual)
    ends = np.append(kept[edges[1:-1]], kept[-1] + 1)
    return [
        (first, end)
        for first, end, long in zip(kept[edges[:-1]].tolist(), ends.tolist(), is_long.tolist(), strict=True)
        if long
    ]


def add_marked(cuts: Ints, starts: Starts, gaps: Gaps) -> Marked:
    """The cuts of the models and those at rules, form feeds, menus and WET headers, in order.

    A page that begins at one of the first two has some text, and so has what stands above, less of it where the rule
    comes again between all pages; over a form feed, the end
    of a printed page, no sentence runs on.
    """
    kept = gaps.kept
    sums = sum_bytes(gaps)
    marked, pages, done = list[int](), list[int](), 0
    firsts = np.searchsorted(kept, starts.places[:, 0]).tolist()
    for k, page, mark in zip(firsts, starts.places[:, 0].tolist(), starts.marks, strict=True):
        if not 0 < k < len(kept):
            continue
        above, below = gaps.texts[kept[k - 1]], gaps.texts[kept[k]]
        least = _BRIEF_BYTES if mark == "break" else _LEAST_BYTES
        is_far = min(sums[k] - sums[done], sums[-1] - sums[k]) >= least
        runs_on = (mark != "break" and below[0].islower()) or (
            mark == "feed" and count_letters(above) > _SHORT_CHARS and above[-1] not in _ENDS
        )
        if marked and marked[-1] == k:
            pages[-1] = page
        elif mark in ("wet", "menu") or (is_far and not runs_on):
            marked.append(k)
            pages.append(page)
            done = k
    return _add_apart(Marked(kept[marked], np.array([0, *pages], np.int64)), cuts, kept, sums=sums)


def add_cuts(marked: Marked, cuts: Ints, gaps: Gaps) -> Marked:
    """The same, and the cuts of the models that are not near one of them, nor near the text's ends."""
    return _add_apart(marked, cuts, gaps.kept, sums=sum_bytes(gaps)) if len(cuts) else marked


def _add_apart(marked: Marked, cuts: Ints, kept: Ints, *, sums: Ints) -> Marked:
    at, own = np.searchsorted(kept, marked.at), np.searchsorted(kept, cuts)
    places = np.concatenate(([-_APART_BYTES], sums[at], sums[-1:] + _APART_BYTES))
    below = np.searchsorted(places, sums[own])
    apart = np.minimum(places[below] - sums[own], sums[own] - places[below - 1]) >= _APART_BYTES
    at = np.concatenate((own[apart], at))
    order = np.argsort(at)
    of_page = np.append(np.zeros(apart.sum(), np.int64), marked.pages[1:])[order]
    return Marked(kept[at[order]], np.append(marked.pages[:1], of_page))


def are_in_headers(starts: Starts, blocks: Ints) -> NDArray[np.bool_]:
    """Whether blocks are lines of headers."""
    _, start, end = starts.places.T
    found: NDArray[np.bool_] = np.searchsorted(start, blocks, "right") != np.searchsorted(
        end, blocks, "right"
    )
    return found
