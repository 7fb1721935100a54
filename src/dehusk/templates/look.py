"""What a page's site shows of it: on how many pages its blocks stand, and which of its husk stands on just the same.

A template's texts stand on the same pages, whatever else is on them; a law, a refrain or a quotation stands on pages
of its own choice. That is told by the marks of their pages, not by their number, which can be the same by chance.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.native import find_address, load_kernels
from dehusk.templates.prints import Prints, find_start
from dehusk.templates.table import LEAST_COUNT, LEAST_PAGES, Counts, Templates, find_rows, make_keys
from dehusk.words import list_distinct, mix

Ints = NDArray[np.int64]
_ALIKE_TEXTS = 10
"""Husk that stands on the same pages, before these are the pages of a template."""
_ALIKE_SHARE = 0.9
_LEAST_TEMPLATE = 0.25
"""Of the largest template around an article of a text: what stands on fewer articles is a thread's, or a series'."""


class Found(NamedTuple):
    """What a page's site shows of the page."""

    pages: int
    """How many pages of the site were counted; 0 for a site that is not known."""
    counts: Ints
    """For each block of the page, on how many of them it stands; 0 for one on too few to be known."""
    kin: Ints
    """For each block, how many of the texts that were dropped from the page stand on just the pages that it is on; 0
    where nothing that was kept repeats."""
    made: Ints
    """For each block, how many pages are made from its page's template: of a site with several, not all of them, if
    anything that was kept repeats."""


def look_up(tables: Iterable[Templates], prints: Prints) -> Found:
    """What all tables together show of a page."""
    rows = prints.rows
    pages, sums = 0, _Sums(np.zeros(len(rows), np.int64), np.zeros(len(rows), np.uint32))
    for table in tables:
        at = int(find_rows(table.sites, np.array([prints.site], np.uint64))[0])
        if at >= 0:
            pages += int(table.pages[at])
            _add_found(prints, table, sums)
    counts = sums.counts
    if not np.any((counts >= LEAST_COUNT) & (rows["part"] > 0)):
        return _show_nothing(counts, pages)
    return Found(pages, counts, *_find_kin(rows, sums, pages))


def _show_nothing(counts: Ints, pages: int) -> Found:
    """Where nothing that was kept repeats."""
    return Found(pages, counts, np.zeros_like(counts), np.full_like(counts, pages))


class _Sums(NamedTuple):
    """Of each block, over the tables: on how many pages it stands, and the marks of these."""

    counts: Ints
    marks: Counts


def _add_found(prints: Prints, table: Templates, sums: _Sums) -> None:
    """Add what a table has of each block."""
    rows, kernels = prints.rows, load_kernels()
    if kernels is None:
        places = find_rows(table.keys, make_keys(prints.site, rows["hash"]))
        hit = (places >= 0) & (rows["hash"] != 0)
        sums.counts[hit] += table.counts[places[hit]]
        sums.marks[hit] += table.marks[places[hit]]
        return
    held = map(find_address, (table.keys, table.counts, table.marks))
    kernels.look_up(
        find_start(rows),
        len(rows),
        prints.site,
        *held,
        len(table.keys),
        *map(find_address, sums),
    )


def _find_kin(rows: NDArray[np.void], sums: _Sums, pages: int) -> tuple[Ints, Ints]:
    """`Found.kin` and `Found.made`."""
    counts, marks = sums
    kernels = load_kernels()
    if kernels is None:
        husk = _list_husk(rows, counts)
        return _count_equal(marks[husk], marks), _count_made(counts, counts[husk], pages)
    room, kin, made = np.empty(4 * len(rows), np.uint64), np.empty_like(counts), np.empty_like(counts)
    kernels.find_kin(
        find_start(rows), len(rows), *map(find_address, sums), pages,
        *map(find_address, (room, kin, made)),
    )  # fmt: skip
    return kin, made


def _list_husk(rows: NDArray[np.void], counts: Ints) -> Ints:
    """A block for each text that was dropped and repeats."""
    husk = np.flatnonzero((rows["part"] == 0) & (counts >= LEAST_COUNT))
    first: Ints = husk[np.unique(rows["hash"][husk], return_index=True)[1]]
    return first


def _count_equal(held: Counts, sought: Counts) -> Ints:
    """For each that is sought, how many of those held are the same."""
    held = np.sort(held)
    return np.searchsorted(held, sought, "right") - np.searchsorted(held, sought, "left")


def _count_made(counts: Ints, husk: Ints, pages: int) -> Ints:
    """The most pages on which enough husk agrees, give or take a tenth; all pages where none does.

    What stands on more pages than that is not of this template alone: it is measured by all pages. Texts that were
    kept do not count: those of an article that was fetched more than once agree too.
    """
    husk = np.sort(husk[husk >= LEAST_PAGES])[::-1]
    last = min(_ALIKE_TEXTS - 1, len(husk))
    agree = np.flatnonzero(husk[last:] >= _ALIKE_SHARE * husk[: len(husk) - last])
    made = int(husk[agree[0]]) if len(agree) else pages
    return np.where(_ALIKE_SHARE * counts <= made, made, pages)


def count_parts(prints: Prints) -> Found:
    """A text of many pages is a site of its own: each of its articles, with what stands behind it, is a page.

    Where chrome stands before the article, what stands behind one is the next one's: both ways are looked at.
    """
    rows = prints.rows
    firsts = np.unique(rows["part"], return_index=True)[1]
    starts = np.sort(firsts[1:] if (rows["part"] == 0).any() else firsts)
    page = np.maximum(np.searchsorted(starts, np.arange(len(rows)), "right") - 1, 0)
    is_before = (rows["part"] == 0) & (np.arange(len(rows)) > starts[0])
    hashes, at = np.unique(rows["hash"], return_inverse=True)
    ways = [_stand(at, page)]
    counts = ways[0].counts * (hashes != 0)
    if not np.any((counts[at] >= LEAST_COUNT) & (rows["part"] > 0)):
        return _show_nothing(counts[at], len(starts))
    ways.append(_stand(at, np.minimum(page + is_before, len(starts) - 1)))
    is_husk = (2 * np.bincount(at, rows["part"] == 0) > np.bincount(at)) & (counts >= LEAST_PAGES)
    differs = is_husk & (ways[0].marks != ways[1].marks)
    husk = np.concatenate([ways[0].marks[is_husk], ways[1].marks[differs]])
    kin = np.maximum(*(_count_equal(husk, way.marks) for way in ways))
    most = np.zeros(len(starts), np.int64)
    for way in ways:
        of_template = (is_husk & (_count_equal(husk, way.marks) >= _ALIKE_TEXTS))[way.texts]
        np.maximum.at(most, way.pages[of_template], way.counts[way.texts[of_template]])
    has_template = (kin[at] >= _ALIKE_TEXTS) & (counts[at] >= _LEAST_TEMPLATE * most[page])
    return Found(len(starts), counts[at], kin[at], np.where(has_template, counts[at], len(starts)))


class _Stands(NamedTuple):
    """Which texts stand on which pages, in pairs, each once; for each text their number and the sum of their marks."""

    texts: Ints
    pages: Ints
    counts: Ints
    marks: Counts


def _stand(texts: Ints, pages: Ints) -> _Stands:
    size = int(pages.max()) + 1
    pairs = list_distinct(texts * size + pages)
    texts, pages = pairs // size, pairs % size
    marks = mix(np.arange(1, size + 1, dtype=np.uint64)).astype(np.uint32)
    firsts = np.flatnonzero(np.concatenate(([True], texts[1:] != texts[:-1])))
    return _Stands(texts, pages, np.bincount(texts), np.add.reduceat(marks[pages], firsts, dtype=np.uint32))
