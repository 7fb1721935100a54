"""Two corpora side by side: which records stayed, went, came or changed, and in which lines."""

from __future__ import annotations

from dehusk.compare.lines import Row, align_lines
from dehusk.compare.runs import Comparison, Difference, compare_records

__all__ = ["Comparison", "Difference", "Row", "align_lines", "compare_records"]
