"""What a run is made of: the functions that an engine places, over values and over files."""

from __future__ import annotations

from dehusk.stages.inputs import Batch, Found, clean_batch, clean_input, warm_up
from dehusk.stages.outcomes import Books, Outcome, PageOutcome, settle, sum_books
from dehusk.stages.page import clean_page, explain_page

__all__ = [
    "Batch",
    "Books",
    "Found",
    "Outcome",
    "PageOutcome",
    "clean_batch",
    "clean_input",
    "clean_page",
    "explain_page",
    "settle",
    "sum_books",
    "warm_up",
]
