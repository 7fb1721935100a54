"""Page -> Document: the page as blocks in reading order, with what the labeller needs to know of each."""

from __future__ import annotations

from dehusk.blocks.html import check_page, read_html
from dehusk.blocks.text import read_text
from dehusk.model import Document, Limits, Page

__all__ = ["check_page", "read_blocks"]

_DEFAULT_LIMITS = Limits()


def read_blocks(page: Page, limits: Limits = _DEFAULT_LIMITS, *, utf8: bytes | None = None) -> Document:
    """The blocks of a decoded page (`page.content` a str, `page.kind` set); `utf8` is its content as bytes, if known.

    Raises:
        UnreadablePage: an HTML page is over a limit that the parser needs.
    """
    return read_text(page) if page.kind == "text" else read_html(page, limits, utf8=utf8)
