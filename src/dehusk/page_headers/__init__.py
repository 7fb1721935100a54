"""Where a dump says itself that a page begins: addresses, "URL: ..." and "Title: ...", front matter, "=== a.txt ===",
a title above a rule.

Whoever pours pages into one file writes such lines above each of them, above the first one, too. So the text's first
lines show the form of its headers, and headers are what has this form. Where nobody wrote any, the menu of the site may
open each page, or its footer's end and its masthead stand between two, and a part of the text may number its own.
"""

from dehusk.page_headers.fields import FACTS, find_content
from dehusk.page_headers.forms import (
    Header,
    are_lines,
    find_form,
    find_headers,
    is_below,
    is_menu,
    is_ruled,
    is_seam,
    read_form,
    take_filled,
)
from dehusk.page_headers.leads import read_numbers
from dehusk.page_headers.mail import decode_words, read_mail
from dehusk.page_headers.numbered import find_numbered
from dehusk.page_headers.page_lines import are_husked
from dehusk.page_headers.ruled import find_first_rule, find_ruled_form
from dehusk.page_headers.rules import (
    HEADING_CHARS,
    HEADING_RULE,
    NOTE_STARTS,
    PARTING_RULES,
    even_breaks,
    find_regular_rules,
    is_title,
    part_dated_pages,
)
from dehusk.page_headers.seams import MENU_LINES

__all__ = [
    "FACTS",
    "HEADING_CHARS",
    "HEADING_RULE",
    "MENU_LINES",
    "NOTE_STARTS",
    "PARTING_RULES",
    "Header",
    "are_husked",
    "are_lines",
    "decode_words",
    "even_breaks",
    "find_content",
    "find_first_rule",
    "find_form",
    "find_headers",
    "find_numbered",
    "find_regular_rules",
    "find_ruled_form",
    "is_below",
    "is_menu",
    "is_ruled",
    "is_seam",
    "is_title",
    "part_dated_pages",
    "read_form",
    "read_mail",
    "read_numbers",
    "take_filled",
]
