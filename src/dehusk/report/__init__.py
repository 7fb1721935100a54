"""What a person sees of a run: text made safe to show, and a page that tells what happened."""

from __future__ import annotations

from dehusk.report.escape import escape_controls
from dehusk.report.explained import write_explained
from dehusk.report.page import write_report

__all__ = ["escape_controls", "write_explained", "write_report"]
