"""Pages that a dump says it has, and of which nothing is kept: they are named, as files without an article are."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from dehusk.model import Document, Dropped, Labelled, Page

_STATED = ("header", "wet")
"""Marks of pages that begin nowhere else."""


def find_empty_pages(document: Document, groups: Sequence[Sequence[Labelled]], page: Page) -> list[Dropped]:
    """The pages below headers of which nothing is in an article, if there are articles; in order."""
    starts = document.starts
    is_stated = bool(starts) and (starts[0].mark in _STATED or starts[0].has_lines)
    if not is_stated or not groups or page.is_single:
        return []
    places = sorted(item.block.start for group in groups for item in group)
    edges = [*(start.page for start in starts), len(page.content)]
    return [
        Dropped(
            page.source, "dropped", "no-article", _describe(start.url, first + page.offset, end + page.offset)
        )
        for start, (first, end) in zip(starts, pairwise(edges), strict=True)
        if bisect_left(places, first) == bisect_left(places, end)
    ]


def _describe(url: str, first: int, end: int) -> str:
    return f"the page at characters {first:,} to {end:,}" + (f", {url}" if url else "")
