"""What a run is made of: the functions that an engine places, over values and over files.

`stages.page`, a page from bytes to articles, is imported by its own name: it loads the parsers and models,
which the process that only hands out work does not need.
"""

from __future__ import annotations

from dehusk.stages.inputs import Batch, CleanedBatch, Found, clean_batch, clean_input, warm_up
from dehusk.stages.outcomes import Books, Outcome, PageOutcome, list_articles, settle

__all__ = [
    "Batch",
    "Books",
    "CleanedBatch",
    "Found",
    "Outcome",
    "PageOutcome",
    "clean_batch",
    "clean_input",
    "list_articles",
    "settle",
    "warm_up",
]
