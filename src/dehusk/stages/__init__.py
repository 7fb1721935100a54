"""What a run is made of: the functions that an engine places, over values and over files.

`stages.page`, a page from bytes to articles, is imported by its own name: it loads the parsers and models,
which the process that only hands out work does not need.
"""

from __future__ import annotations

from dehusk.stages.inputs import Batch, CleanedBatch, Found, clean_batch, clean_found, read_batch, warm_up
from dehusk.stages.outcomes import Books, Outcome, PageOutcome, PartCounter, list_articles, settle

__all__ = [
    "Batch",
    "Books",
    "CleanedBatch",
    "Found",
    "Outcome",
    "PageOutcome",
    "PartCounter",
    "clean_batch",
    "clean_found",
    "list_articles",
    "read_batch",
    "settle",
    "warm_up",
]
