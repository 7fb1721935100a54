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
from dehusk.words import measure_texts, replace_texts

_LEAST_SHARE = 0.5
"""Of a sentence's characters are kept where all of it comes to be."""


class _Sentence(NamedTuple):
    """Blocks [first, stop) of a document, as one."""

    first: int
    stop: int
    block: Block


def join_nodes(worked: Worked, text: str) -> Worked:
    """The same, but that blocks which go on in one another are one, where half of a sentence or more is in an article.

    The labels and the borders are of the lines as they stood: fewer were right of lines that were joined before.
    """
    document, labels, groups = worked
    stops = find_stops(document.blocks, text)
    breaks = _read_breaks(document, find_node_joins(document, stops), text)
    goes_on = np.zeros(len(document.blocks), np.bool_)
    goes_on[list(breaks)] = True
    parts = _fill_parts(_find_parts(document, groups), goes_on, _measure(document))
    goes_on[:-1] &= (parts[:-1] == parts[1:]) & (parts[1:] >= 0)
    stops[parts < 0] = 0
    sentences = list(_find_sentences(document.blocks, goes_on, stops=stops, breaks=breaks))
    if not sentences:
        return worked
    joined = dict[int, Labelled]()
    for first, stop, block in sentences:
        own = labels.blocks[first:stop]
        joined.update(dict.fromkeys([id(item.block) for item in own], _join_items(block, own)))

    def join(items: Sequence[Labelled]) -> list[Labelled]:
        known = [joined.get(id(item.block), item) for item in items]
        return [item for item, above in zip(known, [None, *known], strict=False) if item is not above]

    return Worked(
        _join_document(document, sentences),
        labels._replace(blocks=join(labels.blocks)),
        list(map(join, groups)),
    )


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


def _measure(document: Document) -> NDArray[np.int64]:
    return measure_texts([block.text for block in document.blocks])


def _fill_parts(
    parts: NDArray[np.int64], goes_on: NDArray[np.bool_], sizes: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The same, but that the whole of a sentence is in the one article that half of it is in.

    >>> goes_on, sizes = np.array([True, True, False, True, False]), np.array([9, 5, 9, 5, 4])
    >>> _fill_parts(np.array([2, -1, 2, -1, 2]), goes_on, sizes).tolist()
    [2, 2, 2, -1, 2]
    """
    sentence = np.cumsum(~goes_on) + goes_on  # the last block of one does not go on
    is_in = parts >= 0
    lowest, highest = np.full(len(parts) + 2, len(parts)), np.full(len(parts) + 2, -1)
    np.minimum.at(lowest, sentence[is_in], parts[is_in])
    np.maximum.at(highest, sentence, parts)
    shares = np.bincount(sentence, sizes * is_in) / np.maximum(1, np.bincount(sentence, sizes))
    fills = (shares[sentence] >= _LEAST_SHARE) & (lowest == highest)[sentence]
    return np.where(fills, highest[sentence], parts)


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
    longest = max(items, key=lambda item: (item.is_kept, len(item.block.text)))
    return items[0]._replace(block=block, label="content", reason=longest.reason, score=mean_score(items))


def _join_document(document: Document, sentences: Sequence[_Sentence]) -> Document:
    """The document with its words, but without its table."""
    blocks, is_left = list(document.blocks), np.ones(len(document.blocks), np.bool_)
    for first, stop, block in sentences:
        blocks[first] = block
        is_left[first + 1 : stop] = False
    at, texts = [one.first for one in sentences], [one.block.text for one in sentences]
    words = document.words and replace_texts(document.words, at, texts).choose(is_left)
    return replace(document, blocks=list(compress(blocks, is_left.tolist())), words=words, table=None)
