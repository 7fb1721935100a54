"""What a person sees of a run: text made safe to show, and a page that tells what happened."""

from __future__ import annotations

from dehusk.report.escape import escape_controls
from dehusk.report.explained import (
    find_borders,
    list_facts,
    tell_why_dropped,
    tell_why_stripped,
    write_explained,
)
from dehusk.report.frame import is_page
from dehusk.report.page import write_report

__all__ = [
    "escape_controls",
    "find_borders",
    "is_page",
    "list_facts",
    "tell_why_dropped",
    "tell_why_stripped",
    "write_explained",
    "write_report",
]
