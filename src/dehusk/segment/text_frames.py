"""Where pages begin below what a site has around each: where one of its pages begins so, another one does, too."""

from __future__ import annotations

from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from itertools import accumulate, chain
from statistics import median_high

import numpy as np

from dehusk.page_headers import MENU_LINES
from dehusk.segment.text_features import Gaps, Ints
from dehusk.words import count_bytes, count_letters, hash_grams

_LEAST_LINES, _LEAST_CHARS, _LEAST_SHARE = 10, 100, 0.4
"""So many lines, of so many characters in all, part pages if they stand at other borders as well, and are such a share
of the lines between two kept blocks."""
_FEWEST_BORDERS, _BORDERS_SHARE = 2, 0.5
"""Most of them stand at so many borders, and hardly at more other places: between the posts of a page stand
the same lines, too. Or some stand at one border and others at another one: a footer, and the next page's menu."""
_LEAST_BYTES = 200
"""Of UTF-8 on both sides that are kept once: what comes again is of the site."""
_BITS = 16
_SHIFT = np.uint64(64 - _BITS)
_BASE = 0x9E3779B97F4A7C15

_Row = tuple[str, ...]


def find_framed(gaps: Gaps, known: Ints) -> list[int]:
    """The blocks with which pages begin besides those that the kept blocks `known` are the first of."""
    texts, kept = gaps.texts, gaps.kept
    borders = {0, len(kept), *np.searchsorted(kept, known).tolist()}
    found = list[tuple[int, int, int]]()
    for below, at in _find_frames(texts, kept, _find_rows(gaps, borders), borders=borders).items():
        lines = sorted({i for first in at for i in range(first, first + MENU_LINES)})
        is_long = sum(count_letters(texts[i]) for i in lines) >= _LEAST_CHARS
        between = int(kept[below] - kept[below - 1]) - 1
        are_many = len({texts[i] for i in lines}) >= _LEAST_LINES and len(lines) >= _LEAST_SHARE * between
        if is_long and are_many:
            found.append((-len(lines), below, _find_end(lines)))
    ends = {below: end for _, below, end in sorted(found)}
    return [ends[below] for below in _choose_apart(gaps, list(ends), borders)] if ends else []


def _find_rows(gaps: Gaps, borders: Collection[int]) -> Ints:
    """The blocks with which rows of MENU_LINES begin that go and may be said both at a border and in a wide gap."""
    is_kept = np.zeros(len(gaps.texts), np.int64)
    is_kept[gaps.kept] = 1
    above = np.concatenate(([0], np.cumsum(is_kept)))
    at = np.flatnonzero(above[MENU_LINES:] == above[:-MENU_LINES])
    # In rows of so many lines hardly any others are as long and end alike: their words need not be looked at.
    lines = (gaps.sizes << 21 | gaps.lasts).astype(np.uint64) * np.uint64(_BASE)
    keys = (hash_grams(lines, MENU_LINES, _BASE)[at] >> _SHIFT).astype(np.int64)
    kinds = np.zeros(len(gaps.kept) + 1, np.int8)
    kinds[1:-1] = np.diff(gaps.kept) > _LEAST_LINES
    kinds[list(borders)] = 2
    of_kind = kinds[above[at]]
    use = np.ones(len(at), np.bool_)
    for kind in (2, 1):
        is_said = np.zeros(1 << _BITS, np.bool_)
        is_said[keys[of_kind == kind]] = True
        use &= is_said[keys]
    rows: Ints = at[use]
    return rows


def _find_frames(
    texts: Sequence[str], kept: Ints, rows: Ints, *, borders: Collection[int]
) -> dict[int, list[int]]:
    """The rows that stand at borders as well, by the kept block below, where they show that it is a border."""
    places, inside = defaultdict[_Row, set[int]](set), defaultdict[int, dict[int, _Row]](dict)
    for first, below in zip(rows.tolist(), np.searchsorted(kept, rows).tolist(), strict=True):
        row = tuple(texts[first : first + MENU_LINES])
        places[row].add(below)
        if below not in borders:
            inside[below][first] = row
    known = {row: here for row, at in places.items() if (here := at.intersection(borders))}
    found = dict[int, list[int]]()
    for below, own in inside.items():
        same = known.keys() & own.values()
        if same and _is_border([(known[row], len(places[row])) for row in same]):
            found[below] = [first for first, row in own.items() if row in same]
    return found


def _is_border(windows: Sequence[tuple[set[int], int]]) -> bool:
    """Whether windows are of the frame of pages: at which borders each stands, and at how many places in all."""
    numbers = [len(at) for at, _ in windows]
    shares = [len(at) / count for at, count in windows]
    if median_high(numbers) >= _FEWEST_BORDERS and median_high(shares) >= _BORDERS_SHARE:
        return True
    times = Counter(chain.from_iterable(at for at, _ in windows))
    return len(windows) - max(times.values()) >= MENU_LINES


def _find_end(lines: Sequence[int]) -> int:
    """The block behind the longest run among some blocks."""
    runs = np.split(np.array(lines), np.flatnonzero(np.diff(lines) > 1) + 1)
    return int(max(runs, key=len)[-1]) + 1


def _choose_apart(gaps: Gaps, places: Sequence[int], borders: Collection[int]) -> list[int]:
    """Those of the places, among kept blocks, that have some text of their page on both sides; the first ones win."""
    counts = Counter(gaps.own)
    sums = list(accumulate((count_bytes(text) * (counts[text] == 1) for text in gaps.own), initial=0))
    edges, chosen = sorted(borders), list[int]()
    for k in places:
        i = bisect(edges, k)
        if min(sums[k] - sums[edges[i - 1]], sums[edges[i]] - sums[k]) >= _LEAST_BYTES:
            edges.insert(i, k)
            chosen.append(k)
    return sorted(chosen)
