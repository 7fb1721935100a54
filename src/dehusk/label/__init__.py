"""Document -> PageLabels: what each block is, and why."""

from __future__ import annotations

from dehusk.label.html import label_html
from dehusk.label.text import label_text
from dehusk.model import Document, Labelled, Options, PageLabels

__all__ = ["label_blocks", "label_html", "label_text"]


def label_blocks(document: Document, options: Options) -> PageLabels:
    """One Labelled a block, in order; `is_kept` says whether it stays, `reason` why. And the page's type."""
    if document.kind == "html":
        return label_html(document, options)
    labelled = label_text(document, options)
    return PageLabels(
        labelled, "article" if any(item.is_kept for item in labelled) else "other", mean_score(labelled)
    )


def mean_score(labelled: list[Labelled]) -> float:
    """The scores of the kept blocks, weighted by characters; 0 when none is kept."""
    kept = [item for item in labelled if item.is_kept]
    chars = sum(len(item.block.text) for item in kept)
    return sum(item.score * len(item.block.text) for item in kept) / chars if chars else 0.0
