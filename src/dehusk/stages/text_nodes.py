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
    """The same, but that blocks of one article which go on in one another are one.

    The labels and the borders are of the lines as they stood: fewer were right of lines that were joined before.
    """
    document, labels, groups = worked
    stops = find_stops(document.blocks, text)
    goes_on = find_node_joins(document, stops)
    if not goes_on.any():
        return worked
    parts = _find_parts(document, groups)
    goes_on[:-1] &= (parts[:-1] == parts[1:]) & (parts[1:] >= 0)
    stops[parts < 0] = 0
    sentences = list(_find_sentences(document.blocks, goes_on, stops=stops, text=text))
    if not sentences:
        return worked
    items = {id(item.block): item for group in groups for item in group}
    changed, gone = dict[int, Labelled](), set[int]()
    for first, stop, block in sentences:
        ids = list(map(id, document.blocks[first:stop]))
        changed[ids[0]] = _join_items(block, list(map(items.__getitem__, ids)))
        gone.update(ids[1:])

    def join(items: Sequence[Labelled]) -> list[Labelled]:
        keys = [id(item.block) for item in items]
        return [changed.get(key, item) for key, item in zip(keys, items, strict=True) if key not in gone]

    return Worked(
        _join_document(document, sentences),
        labels._replace(blocks=join(labels.blocks)),
        list(map(join, groups)),
    )


def _find_parts(document: Document, groups: Sequence[Sequence[Labelled]]) -> NDArray[np.int64]:
    """The number of the article that each block is in, -1 for none."""
    numbers = {id(block): i for i, block in enumerate(document.blocks)}
    parts = np.full(len(numbers), -1)
    for part, group in enumerate(groups):
        parts[[numbers[id(item.block)] for item in group]] = part
    return parts


def _find_sentences(
    blocks: Sequence[Block], goes_on: NDArray[np.bool_], *, stops: NDArray[np.int64], text: str
) -> Iterator[_Sentence]:
    """Runs of blocks that go on in one another, with a stop that stands on a line of its own."""
    done = 0
    for i in np.flatnonzero(goes_on | (stops > 0)).tolist():
        if i < done:
            continue
        pieces, breaks, done = [blocks[i].text], list[NodeBreak](), i + 1
        while goes_on[done - 1] and (between := read_break(text[blocks[done - 1].end : blocks[done].start])):
            pieces.append(blocks[done].text)
            breaks.append(between)
            done += 1
        end = blocks[done - 1].end
        if stops[done - 1] and may_take_stop(pieces[-1]):
            end = int(stops[done - 1])
            pieces[-1] += "."
        if done > i + 1 or end > blocks[i].end:
            yield _Sentence(i, done, blocks[i]._replace(text=join_pieces(pieces, breaks), end=end))


def _join_items(block: Block, items: Sequence[Labelled]) -> Labelled:
    longest = max(items, key=lambda item: len(item.block.text))
    return items[0]._replace(block=block, reason=longest.reason, score=mean_score(items))


def _join_document(document: Document, sentences: Sequence[_Sentence]) -> Document:
    """The document with its words and its table."""
    blocks, is_left = list(document.blocks), np.ones(len(document.blocks), np.bool_)
    for first, stop, block in sentences:
        blocks[first] = block
        is_left[first + 1 : stop] = False
    at, texts = [one.first for one in sentences], [one.block.text for one in sentences]
    words = document.words and replace_texts(document.words, at, texts).choose(is_left)
    return replace(
        document,
        blocks=list(compress(blocks, is_left.tolist())),
        words=words,
        table=None,
    )
