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
    marks: Counts
    """Sum of the marks of these pages: texts on just the same pages have the same one, whatever order they came in."""


def empty_templates() -> Templates:
    keys, counts = np.zeros(0, np.uint64), np.zeros(0, np.uint32)
    return Templates(keys, counts, keys, counts, counts, counts)


def count_prints(prints: Iterable[Prints]) -> Templates:
    """All pages counted together; a page without a site does not count."""
    some = [one for one in prints if one.site]
    if not some:
        return empty_templates()
    hashes = [np.unique(one.rows["hash"]) for one in some]
    marks = mix(np.array([np.add.reduce(held) for held in hashes], np.uint64)).astype(np.uint32)
    hashes = [held[1:] if held[:1] == 0 else held for held in hashes]
    sites, sizes = np.array([one.site for one in some], np.uint64), list(map(len, hashes))
    keys = mix(np.concatenate(hashes) + np.repeat(sites * _SITE, sizes))
    pages, owners = np.ones(len(some), np.uint32), np.repeat(np.arange(len(some), dtype=np.uint32), sizes)
    ones = np.ones(len(keys), np.uint32)
    return sum_templates([Templates(sites, pages, keys, ones, owners, marks[owners])])


def make_keys(site: int, hashes: Hashes) -> Hashes:
    return mix(hashes + np.array([site], np.uint64) * _SITE)


def sum_templates(tables: Sequence[Templates]) -> Templates:
    """One table of several, exact; the order makes no difference, neither theirs nor that of their entries."""
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
        return empty_templates()._replace(sites=sites, pages=pages)
    counts, marks = (
        np.add.reduceat(np.concatenate(held)[order], starts, dtype=np.uint32)
        for held in ([table.counts for table in tables], [table.marks for table in tables])
    )
    return Templates(sites, pages, keys[starts], counts, owners[order][starts].astype(np.uint32), marks)


def prune_templates(table: Templates, least: int = LEAST_COUNT) -> Templates:
    """Without what stands on fewer than `least` pages, or on too small a share of its site's."""
    keep = table.counts >= np.maximum(least, LEAST_SHARE * table.pages[table.owners])
    return take_entries(table, keep)


def take_entries(table: Templates, which: slice | NDArray[np.bool_]) -> Templates:
    """All its sites, and some of its entries."""
    return table._replace(
        keys=table.keys[which],
        counts=table.counts[which],
        owners=table.owners[which],
        marks=table.marks[which],
    )


def find_rows(held: Hashes, sought: Hashes) -> NDArray[np.int64]:
    """The place of each in an ascending array, or -1."""
    if not len(held):
        return np.full(len(sought), -1)
    at = np.minimum(np.searchsorted(held, sought), len(held) - 1)
    return np.where(held[at] == sought, at, -1)
