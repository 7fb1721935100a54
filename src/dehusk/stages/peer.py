"""Another extractor in place of our own blocks and labels, for comparison: the record stays the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dehusk.blocks import check_page
from dehusk.model import Block, Document, Head, Labelled, Limits, Page, PageLabels


def read_with_trafilatura(page: Page, limits: Limits) -> tuple[Page, Document, PageLabels]:
    """The decoded page with what trafilatura says about it, and its text as blocks that are all kept.

    A line of its text is a block; a page in which it finds nothing has none.

    Raises:
        UnreadablePage: the page is over a limit of what a parser is given.
    """
    check_page(str(page.content), limits, source=page.source)
    from trafilatura import bare_extraction  # 0.6 s, and only for those who ask for it

    found: Any = bare_extraction(page.content, url=page.url or None, with_metadata=True)
    lines = (found.text or "").splitlines() if found else []
    blocks = [Block(line, "paragraph", 0, 0, len(page.content)) for line in map(_fold, lines) if line]
    described = replace(
        page,
        url=page.url or _text(found, "url"),
        title=page.title or _text(found, "title"),
        author=page.author or _text(found, "author"),
        date=page.date or _text(found, "date"),
    )
    head = Head(metas={"og:site_name": _text(found, "sitename")})
    document = Document("html", blocks, len(page.content), head=head, source=page.source)
    kept = [Labelled(block, "content", "trafilatura", 1.0) for block in blocks]
    return described, document, PageLabels(kept, "other", 0.0)


def _fold(line: str) -> str:
    return " ".join(line.split())


def _text(found: Any, name: str) -> str:
    return str(getattr(found, name, None) or "")
