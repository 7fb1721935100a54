"""A text whose articles have each sentence in one piece, where every text node of a page had a line of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import compress
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.blocks.text_nodes import (
    NodeBreak,
    find_node_joins,
    find_stops,
    join_pieces,
    may_take_stop,
    read_break,
)
from dehusk.model import Block, Document, Labelled, mean_score
from dehusk.stages.windows import Worked
from dehusk.words import replace_texts


class _Sentence(NamedTuple):
    """Blocks [first, stop) of a document, as one."""

    first: int
    stop: int
    block: Block


def join_nodes(worked: Worked, text: str) -> Worked:
    """The same, but that blocks of one article which go on in one another are one; husk between two of them, too.

    The labels and the borders are of the lines as they stood: fewer were right of lines that were joined before.
    """
    document, labels, groups = worked
    stops = find_stops(document.blocks, text)
    breaks = _read_breaks(document, find_node_joins(document, stops), text)
    if not breaks:
        return worked
    goes_on = np.zeros(len(document.blocks), np.bool_)
    goes_on[list(breaks)] = True
    parts = _fill_parts(_find_parts(document, groups), goes_on)
    goes_on[:-1] &= (parts[:-1] == parts[1:]) & (parts[1:] >= 0)
    stops[parts < 0] = 0
    sentences = list(_find_sentences(document.blocks, goes_on, stops=stops, breaks=breaks))
    changed, gone = dict[int, Labelled](), set[int]()
    for first, stop, block in sentences:
        own = labels.blocks[first:stop]
        changed[id(own[0].block)] = _join_items(block, own)
        gone.update(id(item.block) for item in own[1:])

    def join(items: Sequence[Labelled]) -> list[Labelled]:
        keys = [id(item.block) for item in items]
        return [changed.get(key, item) for key, item in zip(keys, items, strict=True) if key not in gone]

    joined = labels._replace(blocks=join(labels.blocks))
    return Worked(_join_document(document, sentences), joined, list(map(join, groups)))


def _read_breaks(document: Document, goes_on: NDArray[np.bool_], text: str) -> dict[int, NodeBreak]:
    """What stands behind each block that goes on, but for those below which a page is known to begin."""
    blocks, pages = document.blocks, {known.page for known in document.starts}
    found = {
        i: read_break(text[blocks[i].end : blocks[i + 1].start])
        for i in np.flatnonzero(goes_on).tolist()
        if blocks[i + 1].start not in pages
    }
    return {i: between for i, between in found.items() if between}


def _find_parts(document: Document, groups: Sequence[Sequence[Labelled]]) -> NDArray[np.int64]:
    """The number of the article that each block is in, -1 for none."""
    owners = {id(item[0]): part for part, group in enumerate(groups) for item in group}
    return np.array([owners.get(key, -1) for key in map(id, document.blocks)], np.int64)


def _fill_parts(parts: NDArray[np.int64], goes_on: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The same, with those of no article that are inside a sentence of one.

    >>> goes_on = np.array([True, True, False, True, False])
    >>> _fill_parts(np.array([2, -1, 2, -1, 2]), goes_on).tolist()
    [2, 2, 2, -1, 2]
    """
    at, is_in = np.arange(len(parts)), parts >= 0
    above = np.maximum.accumulate(np.where(is_in, at, 0))
    below = np.minimum.accumulate(np.where(is_in, at, len(parts) - 1)[::-1])[::-1]
    sentence = np.cumsum(~goes_on) + goes_on  # the last block of one does not go on
    is_inside = (sentence[above] == sentence[below]) & (parts[above] == parts[below])
    return np.where(is_inside, parts[above], parts)


def _find_sentences(
    blocks: Sequence[Block],
    goes_on: NDArray[np.bool_],
    *,
    stops: NDArray[np.int64],
    breaks: dict[int, NodeBreak],
) -> Iterator[_Sentence]:
    """Runs of blocks that go on in one another, with a stop that stands on a line of its own."""
    last = -1
    for i in np.flatnonzero(goes_on | (stops > 0)).tolist():
        if i <= last:
            continue
        last = i
        while goes_on[last]:
            last += 1
        pieces, end = [block.text for block in blocks[i : last + 1]], blocks[last].end
        if stops[last] and may_take_stop(pieces[-1]):
            pieces[-1] += "."
            end = int(stops[last])
        if end > blocks[i].end:
            whole = join_pieces(pieces, [breaks[k] for k in range(i, last)])
            yield _Sentence(i, last + 1, blocks[i]._replace(text=whole, end=end))


def _join_items(block: Block, items: Sequence[Labelled]) -> Labelled:
    longest = max((item for item in items if item.is_kept), key=lambda item: len(item.block.text))
    return items[0]._replace(block=block, reason=longest.reason, score=mean_score(items))


def _join_document(document: Document, sentences: Sequence[_Sentence]) -> Document:
    """The document with its words, but without its table."""
    blocks, is_left = list(document.blocks), np.ones(len(document.blocks), np.bool_)
    for first, stop, block in sentences:
        blocks[first] = block
        is_left[first + 1 : stop] = False
    at, texts = [one.first for one in sentences], [one.block.text for one in sentences]
    words = document.words and replace_texts(document.words, at, texts).choose(is_left)
    return replace(document, blocks=list(compress(blocks, is_left.tolist())), words=words, table=None)
