"""Pages that hold several whole articles: a blog's front page, a digest. Most pages hold one.

The evidence is the markup: <article> elements next to each other, each with a heading of its own and enough
running text. A forum's posts and a listing's teasers have one or the other, not both.
"""

from __future__ import annotations

import re
from collections import defaultdict

from dehusk.model import Document, Element, Labelled, Options

_ARTICLE_CHARS = 900  # kept characters of running text; teasers have fewer
_POST_RE = re.compile(r"comment|reply|message|answer|thread|forum|topic-post|review|product")


def split_html(labelled: list[Labelled], document: Document, options: Options) -> list[list[Labelled]]:
    """One group a page, or one an <article> where several whole ones stand side by side."""
    kept = [item for item in labelled if item.is_kept]
    if not kept:
        return []
    if not options.split:
        return [kept]
    owners = _find_owners(document.elements)
    groups: defaultdict[int, list[Labelled]] = defaultdict(list)
    for item in kept:
        groups[owners[item.block.element]].append(item)
    whole = [owner for owner, items in groups.items() if owner >= 0 and _is_whole(items)]
    if len(whole) < 2 or not _are_siblings(whole, document.elements):
        return [kept]
    return [groups[owner] for owner in sorted(whole)]


def _find_owners(elements: list[Element]) -> list[int]:
    """For each element the outermost <article> around it, or -1; the last entry is for no element."""
    owners = [-1] * (len(elements) + 1)
    for i, element in enumerate(elements):
        owners[i] = owners[element.parent] if element.parent >= 0 else -1
        if owners[i] < 0 and element.tag == "article" and not _POST_RE.search(element.marks):
            owners[i] = i
    return owners


def _is_whole(items: list[Labelled]) -> bool:
    has_heading = any(item.block.kind == "heading" and item.block.level <= 3 for item in items[:4])
    running = sum(len(item.block.text) for item in items if item.block.kind != "heading")
    return has_heading and running >= _ARTICLE_CHARS


def _are_siblings(owners: list[int], elements: list[Element]) -> bool:
    return len({elements[owner].parent for owner in owners}) == 1
