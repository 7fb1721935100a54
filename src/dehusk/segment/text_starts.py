"""Where a text says that its pages begin -> where it is cut: at headers and nowhere else, at other marks besides."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.model import Labelled, PageMark, PageStart
from dehusk.segment.text_features import Gaps, Ints

_LEAST_CHARS, _APART_CHARS = 200, 400
"""Characters kept on both sides of a rule or form feed that parts pages; and between it and a border of the models."""
_SHORT_CHARS, _STOPS = 60, frozenset('.!?…。！？؟।"”»’)')
_NO_PLACES = np.zeros((0, 3), np.int64)


class Starts(NamedTuple):
    """Where pages are said to begin, in blocks."""

    places: Ints = _NO_PLACES
    """(starts, 3): with which the page begins; the lines of its header, [start, end)."""
    marks: tuple[PageMark, ...] = ()

    @property
    def are_all(self) -> bool:
        """Whether no page begins elsewhere."""
        return bool(self.marks) and (
            self.marks[0] == "header" or (self.marks[0] == "wet" and self.places[0, 0] == 0)
        )


def number_starts(starts: Sequence[PageStart], labelled: Sequence[Labelled]) -> Starts:
    """The same in numbers of the blocks `labelled`."""
    places = [
        [bisect_left(labelled, place, key=_find_start) for place in (start.page, start.start, start.end)]
        for start in starts
    ]
    return Starts(np.array(places, np.int64).reshape(-1, 3), tuple(start.mark for start in starts))


def _find_start(item: Labelled) -> int:
    return item.block.start


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


def add_marked(cuts: Ints, starts: Starts, gaps: Gaps) -> Marked:
    """The cuts of the models and those at rules, form feeds and WET headers, in order.

    A page that begins there has some text, and so has what stands above; over a form feed, the end of a printed page,
    no sentence runs on.
    """
    kept = gaps.kept
    last = gaps.chars[-1:] + len(gaps.texts[kept[-1]])
    sums = np.concatenate(([0], gaps.chars, last))
    marked, pages, done = list[int](), list[int](), 0
    firsts = np.searchsorted(kept, starts.places[:, 0]).tolist()
    for k, page, mark in zip(firsts, starts.places[:, 0].tolist(), starts.marks, strict=True):
        if not 0 < k < len(kept):
            continue
        above, below = gaps.texts[kept[k - 1]], gaps.texts[kept[k]]
        is_far = min(sums[k] - sums[done], sums[-1] - sums[k]) >= _LEAST_CHARS
        runs_on = below[0].islower() or (
            mark == "feed" and len(above) > _SHORT_CHARS and above[-1] not in _STOPS
        )
        if marked and marked[-1] == k:
            pages[-1] = page
        elif mark == "wet" or (is_far and not runs_on):
            marked.append(k)
            pages.append(page)
            done = k
    own = np.searchsorted(kept, cuts)
    places = np.concatenate(([-_APART_CHARS], sums[marked], sums[-1:] + _APART_CHARS))
    below = np.searchsorted(places, sums[own])
    apart = np.minimum(places[below] - sums[own], sums[own] - places[below - 1]) >= _APART_CHARS
    at = np.concatenate((own[apart], np.array(marked, np.int64)))
    order = np.argsort(at)
    of_page = np.append(np.zeros(apart.sum(), np.int64), pages)[order]
    return Marked(kept[at[order]], np.append(0, of_page).astype(np.int64))


def are_in_headers(starts: Starts, blocks: Ints) -> NDArray[np.bool_]:
    """Whether blocks are lines of headers."""
    _, start, end = starts.places.T
    found: NDArray[np.bool_] = np.searchsorted(start, blocks, "right") != np.searchsorted(
        end, blocks, "right"
    )
    return found
