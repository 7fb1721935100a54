"""From paths to a corpus: streaming and directory runs, and the same for library users.

`pipeline.library` is imported by its own name: it loads the parsers and models, which a run loads in its
workers only.
"""

from __future__ import annotations

from dehusk.pages import find_file, find_page, read_pages
from dehusk.pipeline.directory import Finished, read_under_way, run_directory
from dehusk.pipeline.plan import Plan, count_found, list_kinds
from dehusk.pipeline.stream import list_dropped, run_stream
from dehusk.records import is_records_file
from dehusk.stages import Books, Outcome

__all__ = [
    "Books",
    "Finished",
    "Outcome",
    "Plan",
    "count_found",
    "find_file",
    "find_page",
    "is_records_file",
    "list_dropped",
    "list_kinds",
    "read_pages",
    "read_under_way",
    "run_directory",
    "run_stream",
]
