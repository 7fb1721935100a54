"""Document -> list[Labelled]: what each block is, and why."""

from __future__ import annotations

from dehusk.label.html import label_html
from dehusk.label.text import label_text
from dehusk.model import Document, Labelled, Options

__all__ = ["label_blocks", "label_html", "label_text"]


def label_blocks(document: Document, options: Options) -> list[Labelled]:
    """One Labelled a block, in order; `is_kept` says whether it stays, `reason` why."""
    return (label_text if document.kind == "text" else label_html)(document, options)
