"""Where a dump says itself that a page begins: addresses, "URL: ..." and "Title: ...", front matter, "=== a.txt ===".

Whoever pours pages into one file writes such lines above each of them, above the first one, too. So the text's first
lines show the form of its headers, and headers are what has this form. Where nobody wrote any, the menu of the site may
open each page.
"""

from dehusk.page_headers.fields import FACTS
from dehusk.page_headers.forms import MENU_LINES, Header, find_form, find_headers, is_menu, read_form

HEADING_RULE, HEADING_CHARS = 30, 100
"""A rule that parts pages has so many signs at least right below a line of fewer characters that is no sentence: a
shorter one may be a heading's, or that of a table's heads."""
__all__ = [
    "FACTS",
    "HEADING_CHARS",
    "HEADING_RULE",
    "MENU_LINES",
    "Header",
    "find_form",
    "find_headers",
    "is_menu",
    "read_form",
]
