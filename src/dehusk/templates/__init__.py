"""What repeats across a site: counted page by page, and weighed against what a page keeps.

    Labelled -> Prints -> Templates -> Found -> Repeats
                prints    table        look     judge

Counting needs nothing but the prints of each page; so does judging. A page is read and labelled once, and decided
again when its site is known.
"""

from __future__ import annotations

from dehusk.templates.files import holds_templates, merge_files, open_templates, save_templates
from dehusk.templates.judge import Repeats, find_repeats
from dehusk.templates.learner import Learner
from dehusk.templates.look import Found, count_parts, look_up
from dehusk.templates.prints import Prints, make_prints
from dehusk.templates.sites import find_site, hash_site
from dehusk.templates.table import LEAST_COUNT, LEAST_PAGES, Templates, count_prints

__all__ = [
    "LEAST_COUNT",
    "LEAST_PAGES",
    "Found",
    "Learner",
    "Prints",
    "Repeats",
    "Templates",
    "count_parts",
    "count_prints",
    "find_repeats",
    "find_site",
    "hash_site",
    "holds_templates",
    "look_up",
    "make_prints",
    "merge_files",
    "open_templates",
    "save_templates",
]
