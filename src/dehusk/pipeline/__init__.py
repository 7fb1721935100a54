"""From paths to a corpus: streaming and directory runs, and the same for library users."""

from __future__ import annotations

from dehusk.pages import read_pages
from dehusk.pipeline.library import clean_pages
from dehusk.pipeline.plan import Plan, count_found, list_kinds, read_version
from dehusk.pipeline.stream import list_dropped, run_stream
from dehusk.records import is_records_file
from dehusk.stages import Books, Outcome, PageOutcome, clean_page, explain_page

__all__ = [
    "Books",
    "Outcome",
    "PageOutcome",
    "Plan",
    "clean_page",
    "clean_pages",
    "count_found",
    "explain_page",
    "is_records_file",
    "list_dropped",
    "list_kinds",
    "read_pages",
    "read_version",
    "run_stream",
]
