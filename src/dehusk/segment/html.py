"""Pages that hold several whole articles: a blog's front page, a digest. Most pages hold one.

The evidence is the markup: <article> elements, or elements marked as posts, next to each other, each with a heading
of its own that no other has, and enough running text. A forum's posts and a listing's teasers have one or the
other, not both. On a front page the heading is a link to the post, and may have been left out as one: it comes back.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np

from dehusk.model import Block, Document, Element, Labelled, Options

_ARTICLE_CHARS = 600  # kept characters of running text; teasers have fewer
_POST_RE = re.compile(r"comment|reply|message|answer|thread|forum|topic-post|review|product")
# Microformats (hentry, h-entry), schema.org types, and the class that most blog software gives a post.
_MARKED_RE = re.compile(r"(?<![a-z-])(?:hentry|h-entry|post|blog-?post)(?![a-z-])|blogposting|newsarticle")
_MARKED_TAGS = frozenset({"div", "section", "li"})
_HEAD_REASON = "the heading of the article that it is in"
_LETTERS_RE = re.compile(r"[^\W\d_].*[^\W\d_]")
_REPLY_RE = re.compile(r"^re\s*:\s*", re.IGNORECASE)


def split_html(labelled: list[Labelled], document: Document, options: Options) -> list[list[Labelled]]:
    """One group a page, or one an <article> where several whole ones stand side by side."""
    kept = [item for item in labelled if item.label == "content"]  # is_kept, without the calls
    if not kept:
        return []
    if not options.split or sum(len(item.block.text) for item in kept) < 2 * _ARTICLE_CHARS:
        return [kept]  # too little for two articles
    marked = _find_articles(document)
    if len(marked) < 2:
        return [kept]
    owners = _find_owners(document.elements, marked)
    with_heads = _restore_heads(labelled, owners)
    groups: defaultdict[int, list[Labelled]] = defaultdict(list)
    for item in with_heads:
        groups[owners[item.block.element]].append(item)
    whole = sorted(owner for owner, items in groups.items() if owner >= 0 and _is_whole(items))
    if len(whole) < 2 or not _are_siblings(whole, document.elements) or _share_titles(groups, whole):
        return [kept]
    if any(_is_page_title(item) for owner, items in groups.items() if owner not in whole for item in items):
        return [kept]  # they are the sections of one article
    return _gather(with_heads, owners, whole)


def _restore_heads(labelled: list[Labelled], owners: list[int]) -> list[Labelled]:
    """The kept blocks, and what was left out of the headings that articles begin with."""
    begun: set[int] = {-1}
    found = []
    for item in labelled:
        owner = owners[item.block.element]
        if item.label == "content":
            found.append(item)
        elif owner not in begun and _is_title(item.block):
            found.append(item._replace(label="content", reason=_HEAD_REASON))
        else:
            continue
        begun.add(owner)
    return found


def _find_articles(document: Document) -> set[int]:
    """The numbers of the elements that are articles by their looks."""
    columns = document.columns
    if columns is None:
        return set(_list_articles((tag, marks) for tag, _, marks in document.elements))
    if not any(word in columns.look_names for word in (b"article", b"post", b"entry")):
        return set()
    names = columns.look_names.decode().split("\0")
    fit = _list_articles(zip(names[::2], names[1::2], strict=False))
    is_fit = np.zeros(len(names), np.bool_)
    is_fit[fit] = True
    return set(np.flatnonzero(is_fit[columns.looks]).tolist()) if fit else set()


def _list_articles(looks: Iterable[tuple[str, str]]) -> list[int]:
    """The numbers of the tags and marks that are an article's; few pass the look that saves the call."""
    return [
        i
        for i, (tag, marks) in enumerate(looks)
        if (tag == "article" or "post" in marks or "entry" in marks or "newsarticle" in marks)
        and _is_article(tag, marks)
    ]


def _find_owners(elements: Sequence[Element], marked: set[int]) -> list[int]:
    """For each element the outermost of the marked ones around it, or -1; the last entry is for no element."""
    owners = [-1] * (len(elements) + 1)
    for i, (_, parent, _) in enumerate(elements):
        owner = owners[parent]
        owners[i] = i if owner < 0 and i in marked else owner
    return owners


@lru_cache(maxsize=1 << 14)
def _is_article(tag: str, marks: str) -> bool:
    is_marked = tag == "article" or (tag in _MARKED_TAGS and _MARKED_RE.search(marks) is not None)
    return is_marked and not _POST_RE.search(marks)


def _is_title(block: Block) -> bool:
    return block.kind == "heading" and block.level <= 3 and bool(_LETTERS_RE.search(block.text))


def _find_title(items: list[Labelled]) -> str:
    """The heading that an article begins with, or ""."""
    return next((item.block.text for item in items[:4] if _is_title(item.block)), "")


def _is_whole(items: list[Labelled]) -> bool:
    running = sum(len(item.block.text) for item in items if item.block.kind != "heading")
    return bool(_find_title(items)) and running >= _ARTICLE_CHARS


def _is_page_title(item: Labelled) -> bool:
    return item.block.kind == "heading" and item.block.level == 1


def _share_titles(groups: dict[int, list[Labelled]], owners: list[int]) -> bool:
    """The posts of a thread are called what the thread is called."""
    titles = {_REPLY_RE.sub("", _find_title(groups[owner])).casefold() for owner in owners}
    return len(titles) < len(owners)


def _gather(kept: list[Labelled], owners: list[int], whole: list[int]) -> list[list[Labelled]]:
    """One group an article; what stands between two goes to the one before, what comes first to the first."""
    groups: list[list[Labelled]] = [[] for _ in whole]
    number = {owner: at for at, owner in enumerate(whole)}
    at = 0
    for item in kept:
        at = number.get(owners[item.block.element], at)
        groups[at].append(item)
    return groups


def _are_siblings(owners: list[int], elements: Sequence[Element]) -> bool:
    return len({elements[owner].parent for owner in owners}) == 1
