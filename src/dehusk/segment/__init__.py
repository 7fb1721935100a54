"""list[Labelled] -> the kept blocks of each article: the borders."""

from __future__ import annotations

from dehusk.model import Document, Labelled, Options
from dehusk.segment.copies import cut_around_copies
from dehusk.segment.html import split_html
from dehusk.segment.text import HEAD_REASON, split_text

__all__ = ["HEAD_REASON", "cut_around_copies", "split_articles", "split_html", "split_text"]


def split_articles(labelled: list[Labelled], document: Document, options: Options) -> list[list[Labelled]]:
    """The kept blocks in order, grouped by article; no empty group, and no group when nothing is kept.

    A lone block has no borders, and to look for them is a third of what it costs.
    """
    if len(labelled) < 2:
        return [labelled] if labelled and labelled[0].is_kept else []
    return (split_text if document.kind == "text" else split_html)(labelled, document, options)
