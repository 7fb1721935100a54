"""list[Labelled] -> the articles' kept blocks: where one article ends and the next begins."""

from __future__ import annotations

from dehusk.model import Document, Labelled, Options

_LONG_JUNK = 40


def split_text(labelled: list[Labelled], document: Document, options: Options) -> list[list[Labelled]]:
    """The kept blocks, in order, grouped by article; one group where a text is a single page."""
    kept = [item for item in labelled if item.is_kept]
    if not kept:
        return []
    if document.is_single or not options.split:
        return [kept]
    groups: list[list[Labelled]] = [[]]
    junk = 0
    for item in labelled:
        if not item.is_kept:
            junk += 1
            continue
        if groups[-1] and junk >= _LONG_JUNK:
            groups.append([])
        junk = 0
        groups[-1].append(item)
    return groups
