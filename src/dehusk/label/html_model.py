"""The model of web pages: the probability of each block to be content, and which blocks to keep.

Two stages of boosted trees. The second sees, besides the features, what the first thinks of a block's
neighbours, of the elements around it and of the blocks that look like it.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.label.html_features import Floats, PageRows, running_sum
from dehusk.label.page_type import TypeWeights, unpack_type_weights
from dehusk.label.trees import Trees, run_trees, unpack_trees
from dehusk.nets import read_arrays

_WEIGHTS = "html.npz"
_LOG_ODDS_MAX = 9.0


class Weights(NamedTuple):
    first: Trees
    second: Trees
    types: TypeWeights


@cache
def load_weights() -> Weights:
    """The weights in the package, read once a process; the arrays are read-only."""
    arrays = read_arrays("dehusk.label", _WEIGHTS)
    weights = Weights(
        unpack_trees(arrays, "first"), unpack_trees(arrays, "second"), unpack_type_weights(arrays)
    )
    for part in weights:
        for array in part:
            if isinstance(array, np.ndarray):
                array.setflags(write=False)
    return weights


def estimate(page: PageRows, weights: Weights) -> Floats:
    """For each block the probability, 0..1, that it is content."""
    first = run_trees(weights.first, page.features)
    rows = np.concatenate([page.features, second_features(page, first)], axis=1, dtype=np.float32)
    return sigmoid(run_trees(weights.second, rows))


def sigmoid(log_odds: Floats) -> Floats:
    return (1 / (1 + np.exp(-np.clip(log_odds, -30, 30)))).astype(np.float32)


def second_features(page: PageRows, log_odds: Floats) -> Floats:
    """What the first stage thinks of what is near, blocks by features."""
    odds = np.clip(log_odds, -_LOG_ODDS_MAX, _LOG_ODDS_MAX).astype(np.float32)
    content = sigmoid(odds)
    chars = page.lengths
    sums = running_sum(np.stack([content * chars, chars, odds], axis=1))
    everything = max(1e-6, float(sums[-1, 0]))
    columns: list[NDArray[Any]] = [odds, *_neighbours(odds), *_windows(sums)]
    for first, end in page.ranges.transpose(0, 2, 1):
        inside, size, vote = (sums[end] - sums[first]).T
        columns += [inside / size, vote / (end - first), inside / everything]
    count = np.bincount(page.groups)
    columns.append((np.bincount(page.groups, content * chars) / np.bincount(page.groups, chars))[page.groups])
    columns.append((np.bincount(page.groups, odds) / count)[page.groups])
    columns.append(sums[:-1, 0] / everything)
    columns += _distances(content > 0.5)
    whole = [everything / sums[-1, 1], np.log1p(everything), content.max()]
    columns += [np.full(len(odds), value) for value in whole]
    return np.stack(columns, axis=1).astype(np.float32)


def _neighbours(odds: Floats) -> list[Floats]:
    padded = np.pad(odds, 3, constant_values=-6)
    return [padded[3 + by : 3 + by + len(odds)] for by in (-3, -2, -1, 1, 2, 3)]


def _windows(sums: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    n = len(sums) - 1
    at = np.arange(n)
    columns = []
    for reach in (4, 10):
        lo, hi = np.maximum(0, at - reach), np.minimum(n, at + reach + 1)
        inside, size, vote = (sums[hi] - sums[lo]).T
        columns += [inside / size, vote / (hi - lo)]
    return columns


def _distances(is_content: NDArray[np.bool_]) -> list[NDArray[np.float64]]:
    """Blocks since the last and until the next one that the first stage would keep, as logarithms."""
    n = len(is_content)
    at = np.arange(n)
    before = np.maximum.accumulate(np.where(is_content, at, -n))
    after = np.minimum.accumulate(np.where(is_content, at, 2 * n)[::-1])[::-1]
    return [np.log1p(at - before), np.log1p(after - at)]


def choose_blocks(content: Floats, words: Floats, *, caution: float = 1.0) -> tuple[NDArray[np.bool_], float]:
    """Which blocks to keep so that the expected word F1 is best, and that F1 (0..1).

    The k most probable blocks are kept, for the best k. `caution` above 1 counts kept words as more than they are:
    it buys precision. Source: the plug-in rule for F measures, e.g. N. Ye et al. 2012.
    """
    order = np.argsort(-content, kind="stable")
    kept_words = np.cumsum(words[order])
    right_words = np.cumsum((content * words)[order])
    expected = 2 * right_words / (caution * kept_words + right_words[-1] + 1e-9)
    best = int(np.argmax(expected)) + 1
    keep = np.zeros(len(content), np.bool_)
    keep[order[:best]] = True
    f1 = 2 * right_words[best - 1] / (kept_words[best - 1] + right_words[-1] + 1e-9)
    return keep, float(min(1.0, f1))
