"""Boosted oblivious trees, evaluated with numpy.

In an oblivious tree all nodes of one depth ask the same question, so that the answers, read as a binary number,
are the leaf. Source: R. Kohavi and C.-H. Li 1995; as boosted trees in CatBoost, L. Prokhorenkova et al. 2018.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.native import find_address, load_kernels

Floats = NDArray[np.float32]
_LANES = 32  # rows that the kernel asks at a time


class Trees(NamedTuple):
    """T trees of depth D, at most 8."""

    features: NDArray[np.int64]
    """D by T: the feature that each question is about."""
    borders: Floats
    """D by T: the answer is whether the feature is above it."""
    leaves: Floats
    """T by 2**D, log odds; the first depth's answer is the lowest bit."""
    bias: float


def unpack_trees(arrays: Mapping[str, NDArray[Any]], name: str) -> Trees:
    """The trees whose arrays are called `name`.features, .borders, .leaves and .bias."""
    features, borders, leaves, bias = (
        arrays[f"{name}.{part}"] for part in ("features", "borders", "leaves", "bias")
    )
    return Trees(
        features.astype(np.int64), borders.astype(np.float32), leaves.astype(np.float32), float(bias)
    )


def run_trees(trees: Trees, rows: Floats) -> Floats:
    """Log odds, one a column of `rows`, which has a row for each feature.

    >>> stump = Trees(np.array([[0]]), np.array([[0.5]], np.float32), np.array([[-1, 2]], np.float32), 0.0)
    >>> run_trees(stump, np.array([[0.0, 1.0]], np.float32)).tolist()
    [-1.0, 2.0]
    """
    # A single column numpy adds up in another order.
    is_compiled = rows.shape[1] > 1 and load_kernels() is not None
    total = (_run_trees_compiled if is_compiled else _run_trees)(trees, rows)
    return total + np.float32(trees.bias)


def _run_trees(trees: Trees, rows: Floats) -> Floats:
    depth, count = trees.features.shape
    answers = _ask(trees, depth - 1, rows)
    for level in range(depth - 2, -1, -1):
        answers += answers
        answers += _ask(trees, level, rows)
    leaf = answers + (np.arange(count, dtype=np.int32) << depth)[:, None]
    total: Floats = trees.leaves.ravel().take(leaf).sum(axis=0, dtype=np.float32)
    return total


def _run_trees_compiled(trees: Trees, rows: Floats) -> Floats:
    depth, count = trees.features.shape
    columns = np.ascontiguousarray(rows.T, np.float32)
    parts = [np.ascontiguousarray(part) for part in trees[:3]]
    total = np.empty(len(columns), np.float32)
    room = np.empty((columns.shape[1], _LANES), np.float32)
    load_kernels().run_trees(
        find_address(columns), *columns.shape, *map(find_address, parts), depth, count,
        find_address(room), find_address(total),
    )  # fmt: skip
    return total


def _ask(trees: Trees, level: int, rows: Floats) -> NDArray[np.uint8]:
    """The answers at one depth, trees by blocks, 0 or 1."""
    answers: NDArray[np.uint8] = (rows[trees.features[level]] > trees.borders[level][:, None]).view(np.uint8)
    return answers
