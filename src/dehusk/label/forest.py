"""Boosted trees of any shape, evaluated with numpy for all blocks of a page at once.

The blocks' answers to a question are packed into bits: which of 64 blocks arrive at a node is then one AND. All
questions of one depth, whatever their trees, are worked together. Bits in the place of branches are the idea of
QuickScorer, C. Lucchese et al. 2015; there a bit is a leaf, here it is a block.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.native import find_address, load_kernels

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Bits = NDArray[np.uint64]
_WORD = 64
_BATCH = 16 * _WORD  # blocks at a time
_QUESTIONS = 256  # at a time
LEAVES_MAX = 256
"""As in forest.c: what it has room for."""


class Depth(NamedTuple):
    """The N nodes of one depth that ask, and the 2 N nodes below them: those for "no" first, then those for "yes"."""

    questions: Ints
    """Which question each asks."""
    asking: Ints
    """Which of the nodes below ask again: the next depth's, in order."""
    ending: Ints
    """Which of them are leaves."""
    places: Ints
    """For each of those leaves its number within its tree, times T, plus its tree's number."""


class Nodes(NamedTuple):
    """The same trees, a node an entry, one tree after the other, its root first and each node before those below it."""

    firsts: NDArray[np.int32]
    """(T + 1,): the nodes of tree t are [firsts[t], firsts[t + 1])."""
    asked: NDArray[np.int32]
    """Which question each node asks."""
    below: NDArray[np.int32]
    """(nodes, 2): where "no" leads, and "yes": a leaf's number, or L and that of a node within the tree."""
    leaves: Floats
    """T by L."""


class Forest(NamedTuple):
    """T trees of at most L leaves each, L a power of 2, that ask Q different questions."""

    features: Ints
    borders: Floats
    """The answer is whether the feature is above it."""
    depths: tuple[Depth, ...]
    leaves: Floats
    """L by T, log odds; 0 where a tree has fewer leaves."""
    nodes: Nodes
    """For the kernel."""


def chain_nodes(depths: Sequence[Depth], leaves: Floats) -> Nodes:
    """The nodes of all depths, each with what follows it; `leaves` are L by T."""
    count = len(depths[0].questions)
    owners = [np.arange(count)]
    for depth in depths:
        owners.append(np.tile(owners[-1], 2)[depth.asking])
    trees = np.concatenate(owners)
    order = np.argsort(trees, kind="stable")
    firsts = np.searchsorted(trees[order], np.arange(count + 1))
    numbers, below, start = np.empty_like(trees), [], count
    numbers[order] = np.arange(len(trees)) - firsts[trees[order]]
    for depth in depths:
        follows, stop = np.empty(2 * len(depth.questions), np.int64), start + len(depth.asking)
        follows[depth.asking] = len(leaves) + numbers[start:stop]
        follows[depth.ending] = depth.places // count
        below.append(follows.reshape(2, -1).T)
        start = stop
    asked = np.concatenate([depth.questions for depth in depths])[order]
    return Nodes(
        firsts.astype(np.int32),
        asked.astype(np.int32),
        np.concatenate(below)[order].astype(np.int32),
        np.ascontiguousarray(leaves.T),
    )


def unpack_forest(arrays: Mapping[str, NDArray[Any]], name: str) -> Forest:
    """The forest whose arrays are called `name`.features and .borders (the questions), .counts (how many nodes of each
    depth ask), and, one depth after the other, .asked (which question), .asks (for each node below, whether it asks
    again), .places and .leaves (log odds)."""
    parts = ("features", "borders", "counts", "asked", "asks", "places", "leaves")
    features, borders, counts, asked, asks, places, leaves = (arrays[f"{name}.{part}"] for part in parts)
    depths, first, used = [], 0, 0
    for end in np.cumsum(counts).tolist():
        asking, ending = (np.flatnonzero(asks[2 * first : 2 * end] == is_asking) for is_asking in (1, 0))
        numbers = places[used : used + len(ending)].astype(np.int64)
        depths.append(Depth(asked[first:end].astype(np.int64), asking, ending, numbers))
        first, used = end, used + len(ending)
    count = int(counts[0])
    size = 1 << int(places.max() // count).bit_length()
    if size > LEAVES_MAX:
        raise ValueError(f"trees of the forest {name} have {size} leaves: kernels have room for {LEAVES_MAX}")
    table = np.zeros((size, count), np.float32)
    table.ravel()[places] = leaves
    questions = features.astype(np.int64), borders.astype(np.float32)
    return Forest(*questions, tuple(depths), table, chain_nodes(depths, table))


def run_forest(forest: Forest, rows: Floats) -> Floats:
    """Log odds, one a column of `rows`, which has a row for each feature.

    >>> first = np.array([0])
    >>> stump = Depth(first, first[:0], np.array([0, 1]), np.array([0, 1]))
    >>> leaves = np.array([[-1], [2]], np.float32)
    >>> forest = Forest(first, np.array([0.5], np.float32), (stump,), leaves, chain_nodes([stump], leaves))
    >>> run_forest(forest, np.array([[0, 1]], np.float32)).tolist()
    [-1.0, 2.0]
    """
    run_batch = _run_batch if load_kernels() is None else _run_batch_compiled
    if rows.shape[1] <= _BATCH:
        return run_batch(forest, rows)
    batches = (rows[:, at : at + _BATCH] for at in range(0, rows.shape[1], _BATCH))
    return np.concatenate([run_batch(forest, np.ascontiguousarray(batch)) for batch in batches])


def _run_batch_compiled(forest: Forest, rows: Floats) -> Floats:
    blocks, questions, nodes = rows.shape[1], len(forest.features), forest.nodes
    answers = np.empty((questions, blocks // _WORD + 1), np.uint64)
    total = np.zeros(_WORD * (blocks // _WORD + 1), np.float32)
    load_kernels().run_batch(
        find_address(rows), blocks, find_address(forest.features), find_address(forest.borders), questions,
        *nodes.leaves.shape, *map(find_address, (*nodes, answers, total)),
    )  # fmt: skip
    return total[:blocks]


def _run_batch(forest: Forest, rows: Floats) -> Floats:
    size, count = forest.leaves.shape
    answers = _ask(forest, rows)
    words = answers.shape[1]
    arrived = np.zeros((size * count, words), np.uint64)
    reached = np.full((count, words), ~np.uint64(0))
    for depth in forest.depths:
        below = np.empty((2 * len(reached), words), np.uint64)
        no, yes = below[: len(reached)], below[len(reached) :]
        np.bitwise_and(answers[depth.questions], reached, out=yes)
        np.bitwise_xor(reached, yes, out=no)
        arrived[depth.places] = below[depth.ending]
        reached = below[depth.asking]
    leaf = _number_leaves(arrived.reshape(size, -1), count, rows.shape[1])
    total: Floats = forest.leaves.ravel().take(leaf).sum(axis=0, dtype=np.float32)
    return total


def _ask(forest: Forest, rows: Floats) -> Bits:
    """The answers to all questions, questions by words of 64 blocks; some at a time, to stay in the cache."""
    words = rows.shape[1] // _WORD + 1
    octets = np.zeros((len(forest.features), 8 * words), np.uint8)
    for at in range(0, len(octets), _QUESTIONS):
        some = slice(at, at + _QUESTIONS)
        packed = np.packbits(rows[forest.features[some]] > forest.borders[some, None], axis=1)
        octets[some, : packed.shape[1]] = packed
    return octets.view(np.uint64)


def _number_leaves(arrived: Bits, count: int, blocks: int) -> NDArray[np.int32]:
    """Where each tree's leaf for each block stands in Forest.leaves, from `arrived`, leaf numbers by trees' words.

    A bit of the number is set where the block arrived at one of the leaves whose numbers have it.
    """
    size, columns = arrived.shape
    places = np.repeat(np.arange(count, dtype=np.int32)[:, None], blocks, axis=1)
    for bit in range(size.bit_length() - 1):
        having = arrived.reshape(-1, 2, 1 << bit, columns)[:, 1]
        octets = np.bitwise_or.reduce(having, axis=(0, 1)).view(np.uint8).reshape(count, -1)
        places += np.unpackbits(octets, axis=1, count=blocks) * np.int32(count << bit)
    return places
