"""On how many pages of each site a text stands: sorted arrays, which add up in any order.

Pages are counted, not occurrences: a refrain is one. Source of the bound: lossy counting, G. Manku and R. Motwani,
Approximate frequency counts over data streams, 2002.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.templates.prints import Hashes, Prints
from dehusk.words import mix

Counts = NDArray[np.uint32]
LEAST_PAGES = 5
"""A site of fewer pages shows nothing: its pages come out as if each stood alone."""
LEAST_COUNT = 3
"""A text on fewer pages is a coincidence, or a copy."""
LEAST_SHARE = 0.001
"""A text on a smaller share of a site's pages is forgotten: a site has at most 1,000 times as many entries as a page
of it has blocks, however many pages it has."""
_SITE = np.uint64(0xC2B2AE3D27D4EB4F)


class Templates(NamedTuple):
    """What was counted. Nothing of a text can be read from it."""

    sites: Hashes
    """Ascending."""
    pages: Counts
    """How many were counted of each site."""
    keys: Hashes
    """Ascending; a hash of site and text."""
    counts: Counts
    """On how many of its site's pages each stands."""
    owners: Counts
    """Index of the site of each."""


class Found(NamedTuple):
    """What a page's site shows of the page."""

    pages: int
    """How many pages of the site were counted; 0 for a site that is not known."""
    counts: NDArray[np.int64]
    """For each block of the page, on how many of them it stands; 0 for one on too few to be known."""


def empty_templates() -> Templates:
    keys, counts = np.zeros(0, np.uint64), np.zeros(0, np.uint32)
    return Templates(keys, counts, keys, counts, counts)


def count_prints(prints: Iterable[Prints]) -> Templates:
    """All pages counted together; a page without a site does not count."""
    return sum_templates([_count_page(one) for one in prints if one.site])


def _count_page(prints: Prints) -> Templates:
    hashes = np.unique(prints.rows["hash"])
    keys = np.sort(make_keys(prints.site, hashes[hashes != 0]))
    ones = np.ones(len(keys), np.uint32)
    return Templates(
        np.array([prints.site], np.uint64), np.ones(1, np.uint32), keys, ones, np.zeros(len(keys), np.uint32)
    )


def make_keys(site: int, hashes: Hashes) -> Hashes:
    return mix(hashes + np.array([site], np.uint64) * _SITE)


def sum_templates(tables: Sequence[Templates]) -> Templates:
    """One table of several, exact; the order makes no difference."""
    if not tables:
        return empty_templates()
    sites, at = np.unique(np.concatenate([table.sites for table in tables]), return_inverse=True)
    pages = np.bincount(at, np.concatenate([table.pages for table in tables]), len(sites)).astype(np.uint32)
    keys = np.concatenate([table.keys for table in tables])
    owners = np.concatenate([np.searchsorted(sites, table.sites)[table.owners] for table in tables])
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    starts = np.flatnonzero(np.concatenate((np.ones(min(1, len(keys)), np.bool_), keys[1:] != keys[:-1])))
    if not len(starts):
        return Templates(sites, pages, keys, empty_templates().counts, empty_templates().owners)
    counts = np.add.reduceat(np.concatenate([table.counts for table in tables])[order], starts)
    return Templates(
        sites, pages, keys[starts], counts.astype(np.uint32), owners[order][starts].astype(np.uint32)
    )


def prune_templates(table: Templates, least: int = LEAST_COUNT) -> Templates:
    """Without what stands on fewer than `least` pages, or on too small a share of its site's."""
    keep = table.counts >= np.maximum(least, LEAST_SHARE * table.pages[table.owners])
    return table._replace(keys=table.keys[keep], counts=table.counts[keep], owners=table.owners[keep])


def look_up(tables: Iterable[Templates], prints: Prints) -> Found:
    """What all tables together show of a page."""
    hashes = prints.rows["hash"]
    keys = make_keys(prints.site, hashes)
    pages, counts = 0, np.zeros(len(keys), np.int64)
    for table in tables:
        at = _find(table.sites, np.array([prints.site], np.uint64))
        if at[0] >= 0:
            pages += int(table.pages[at[0]])
            places = _find(table.keys, keys)
            hit = places >= 0
            counts[hit] += table.counts[places[hit]]
    counts[hashes == 0] = 0
    return Found(pages, counts)


def count_parts(prints: Prints) -> Found:
    """A text of many pages is a site of its own: each of its articles, with what stands behind it, is a page."""
    rows = prints.rows
    firsts = np.unique(rows["part"], return_index=True)[1]
    starts = np.sort(firsts[1:] if (rows["part"] == 0).any() else firsts)
    page = np.maximum(np.searchsorted(starts, np.arange(len(rows)), "right"), 1)
    hashes, at = np.unique(rows["hash"], return_inverse=True)
    pairs = np.unique(at * (len(starts) + 1) + page)
    counts = np.bincount(pairs // (len(starts) + 1), minlength=len(hashes))[at]
    counts[rows["hash"] == 0] = 0
    return Found(len(starts), counts)


def _find(held: Hashes, sought: Hashes) -> NDArray[np.int64]:
    """The place of each in an ascending array, or -1."""
    if not len(held):
        return np.full(len(sought), -1)
    at = np.minimum(np.searchsorted(held, sought), len(held) - 1)
    return np.where(held[at] == sought, at, -1)
