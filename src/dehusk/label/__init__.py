"""Document -> PageLabels: what each block is, and why."""

from __future__ import annotations

from dehusk.label.html import label_html
from dehusk.label.html_model import choose_blocks, find_aim, sigmoid
from dehusk.label.text import label_text
from dehusk.model import Document, Options, PageLabels, mean_score

__all__ = ["choose_blocks", "find_aim", "label_blocks", "sigmoid"]


def label_blocks(document: Document, options: Options) -> PageLabels:
    """One Labelled a block, in order; `is_kept` says whether it stays, `reason` why. And the page's type."""
    if document.kind == "html":
        return label_html(document, options)
    labelled = label_text(document, options)
    kept = [item for item in labelled if item.label == "content"]
    return PageLabels(labelled, "article" if kept else "other", mean_score(kept))
