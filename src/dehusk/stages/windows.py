"""A text of any size, window by window: what is worked at a time is bounded, and where it is cut is no worker's choice.

A window ends where a page seems to begin, in the last 250,000 characters of what was read: at the header of a page,
else at a hard boundary, else among husk, else at a blank line. What lies behind is read again, with the end of the
window before it as context. Labels at the cut are those of a text in one piece, but for what is counted over the whole
of it (how often a line or word comes again) and for how much is expected of some hundred blocks around. An article is
cut in two only where so many characters hold neither husk nor a hard boundary.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Set
from functools import partial
from itertools import chain
from operator import attrgetter, itemgetter
from typing import NamedTuple

from dehusk.blocks import read_blocks
from dehusk.label import label_blocks
from dehusk.model import Block, Document, Labelled, Options, Page, PageLabels, PageStart, mean_score
from dehusk.segment import HEAD_REASON, split_articles

_SCRAP = "a scrap between articles"
_CONTEXT_CHARS = 20_000
_SEARCHED_SHARE, _SEARCHED_CHARS = 0.25, 250_000
"""Of a window, but no more than so much: its end, in which the next one may begin, and which is then read twice."""

_BREAKS = "\n\r\f\u2028\u2029\x85\v"
"""Of lines; the next one is looked for where there is none of the one before it."""


class Worked(NamedTuple):
    """A page's blocks, labelled and grouped by article."""

    document: Document
    labels: PageLabels
    groups: list[list[Labelled]]


def work_windows(page: Page, options: Options, *, utf8: bytes | None = None) -> Worked:
    """The blocks of a decoded page; those of a text longer than `options.window` are worked a window at a time.

    `utf8` is the page's content as bytes, if known.
    """
    if page.kind != "text" or len(page.content) <= options.window:
        return _work_whole(page, options, utf8)
    labelled: list[Labelled] = []
    groups: list[list[Labelled]] = []
    starts: list[PageStart] = []
    are_pieces = False
    for document, own in read_windows(page, options):
        found = split_articles(own, document, options)
        labelled += _agree(own, found)
        groups += found
        starts += document.starts
        are_pieces |= document.are_pieces
    if groups and (page.is_single or not options.split):
        groups = [list(chain.from_iterable(groups))]
    kept = [item for item in labelled if item.is_kept]
    blocks = [item.block for item in labelled]
    whole = Document(
        "text", blocks, len(page.content), source=page.source, starts=tuple(starts), are_pieces=are_pieces
    )
    labels = PageLabels(labelled, "article" if kept else "other", mean_score(kept))
    return Worked(whole, labels, groups)


def _work_whole(page: Page, options: Options, utf8: bytes | None) -> Worked:
    document = read_blocks(page, options.limits, utf8=utf8)
    labels = label_blocks(document, options)
    groups = split_articles(labels.blocks, document, options)
    if document.kind == "text" or len(groups) > 1:
        labels = labels._replace(blocks=_agree(labels.blocks, groups))
    return Worked(document, labels, groups)


def _agree(labelled: list[Labelled], groups: list[list[Labelled]]) -> list[Labelled]:
    """All blocks as the articles have them: headlines came back, and scraps between articles went."""
    own = list(chain.from_iterable(groups))
    came_back = [item for item in own if item[2] == HEAD_REASON]
    if list(map(itemgetter(1), labelled)).count("content") + len(came_back) == len(own):  # nothing is a scrap
        agreed = list(labelled)
        for item in came_back:
            agreed[bisect_left(labelled, item.block.start, key=attrgetter("block.start"))] = item
        return agreed
    kept = dict(zip(_identify(own), own, strict=True))
    agreed = list(map(kept.get, _identify(labelled), labelled))
    return [
        item._replace(label="boilerplate", reason=_SCRAP) if item.label == "content" and not is_own else item
        for is_own, item in zip(map(kept.__contains__, _identify(agreed)), agreed, strict=True)
    ]


def _identify(labelled: list[Labelled]) -> Iterator[int]:
    """Whose block each item is."""
    return map(id, map(itemgetter(0), labelled))


def read_windows(page: Page, options: Options) -> Iterator[tuple[Document, list[Labelled]]]:
    """Each window's own blocks, those of the context before and behind left out."""
    text = page.content
    assert isinstance(text, str)
    searched = min(int(_SEARCHED_SHARE * options.window), _SEARCHED_CHARS)
    start = low = 0
    form = page.header_form
    while start < len(text):
        stop = _find_stop(text, start, start + options.window)
        part = Page(
            text[low:stop], kind="text", is_single=page.is_single, offset=page.offset + low, header_form=form
        )
        document = read_blocks(part, options.limits)
        form = document.header_form
        labelled = label_blocks(document, options).blocks
        first = next((i for i, item in enumerate(labelled) if item.block.start >= start - low), len(labelled))
        end = len(labelled)
        if stop < len(text):
            pages = {known.page for known in document.starts}
            end = _find_cut(labelled, first, least=stop - low - searched, pages=pages)
        # Behind the last block: what is Markdown here may be none in the next window, and the block begin at its marks.
        start = stop if end == len(labelled) else low + labelled[end - 1].block.end
        yield (
            _cut_document(document, first, end, low=low),
            [shift_item(item, low) for item in labelled[first:end]],
        )
        low = start if end == len(labelled) else _find_context(text, start)


def _find_stop(text: str, start: int, stop: int) -> int:
    """After the last line that ends in the window, or its last word if it is all one line."""
    if stop >= len(text):
        return len(text)
    for mark in (*_BREAKS, " "):
        at = text.rfind(mark, (start + stop) // 2, stop)
        if at >= 0:
            return at + 1
    return stop


def _find_context(text: str, start: int) -> int:
    """Where to begin reading for a window that begins at `start`: a line well before it."""
    low = max(0, start - _CONTEXT_CHARS)
    if not low:
        return 0
    ends = (text.find(mark, low, start) for mark in _BREAKS)
    return next((end + 1 for end in ends if end >= 0), start)


def _find_cut(labelled: list[Labelled], first: int, *, least: int, pages: Set[int]) -> int:
    """The block with which the next window begins, of those that start at `least` or later; their number for none.

    `pages` is where pages are known to begin. Only a block with a blank line before it is sure to begin there whatever
    was read before it.
    """
    ranks = [
        (
            (
                item.block.start in pages,
                item.block.gap < 0,
                not (item.is_kept and labelled[i - 1].is_kept),
                item.tops,
            ),
            i,
        )
        for i, item in enumerate(labelled[first + 1 :], first + 1)
        if item.block.start >= least and item.block.gap
    ]
    return max(ranks)[1] if ranks else len(labelled)


def _cut_document(document: Document, first: int, end: int, *, low: int) -> Document:
    """The document of the blocks [first, end) alone; the starts of its pages count from `low` characters before."""
    places = [block.start for block in document.blocks[first:end]]
    words = document.words and document.words.cut(first, end)
    table = document.table and document.table.cut(first, end)
    return Document(
        "text",
        document.blocks[first:end],
        document.length,
        is_single=document.is_single,
        is_part=document.is_part or first > 0,
        words=words,
        table=table,
        are_pieces=document.are_pieces,
        starts=tuple(
            known._replace(page=known.page + low, start=known.start + low, end=known.end + low)
            for known in document.starts
            if places and places[0] <= known.page <= places[-1]
        ),
    )


def shift_item(item: Labelled, by: int) -> Labelled:
    """The item with its block's offsets counted from `by` characters before."""
    block = item.block
    moved = _as_block((*block[:3], block.start + by, block.end + by, *block[5:]))
    return _as_labelled((moved, *item[1:]))


_as_block = partial(tuple.__new__, Block)
_as_labelled = partial(tuple.__new__, Labelled)
