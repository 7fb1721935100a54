"""The model of web pages: the probability of each block to be content, and which blocks to keep.

Two stages. The first is the mean of boosted trees and a small net; the second, boosted trees, sees besides the
features what the first thinks of a block's neighbours, of the elements around it and of the blocks that look like it.
The mean of both stages is better than the second alone.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.label.html_features import Doubles, Floats, PageRows, distances, running_sum
from dehusk.label.page_type import TypeWeights, unpack_type_weights
from dehusk.nets import Net, read_arrays, run_net, unpack_net
from dehusk.trees import Trees, run_trees, unpack_trees

CAUTION = {"balanced": 1.2, "precision": 5.0, "recall": 0.4}
"""By mode: kept words count this many times in the expected F1; above 1 buys precision, below 1 recall."""
_WEIGHTS = "html.npz"
_LOG_ODDS_MAX = 9.0
# Shares of 0, .3, .5 and 1: word F1 .874, .880, .876, .865, one stage cross-validated on WCXB.
_NET_SHARE = np.float32(0.3)


class First(NamedTuple):
    """The first stage."""

    trees: Trees
    net: Net


class Weights(NamedTuple):
    first: First
    second: Trees
    types: TypeWeights


@cache
def load_weights() -> Weights:
    """The weights in the package, read once a process."""
    arrays = read_arrays("dehusk.label", _WEIGHTS)
    first = First(unpack_trees(arrays, "first"), unpack_net(arrays, "net"))
    return Weights(first, unpack_trees(arrays, "second"), unpack_type_weights(arrays))


def estimate(page: PageRows, weights: Weights) -> Floats:
    """For each block the probability, 0..1, that it is content: the mean of both stages."""
    first = estimate_first(weights.first, page.features)
    rows = np.concatenate([page.features, second_features(page, first)])
    return sigmoid(np.float32(0.5) * (first + run_trees(weights.second, rows)))


def estimate_first(first: First, features: Floats) -> Floats:
    """The first stage's log odds, one a block."""
    trees, net = run_trees(first.trees, features), run_net(first.net, features.T)
    mean: Floats = trees + _NET_SHARE * (net - trees)
    return mean


def sigmoid(log_odds: Floats) -> Floats:
    return (1 / (1 + np.exp(-np.clip(log_odds, -30, 30)))).astype(np.float32)


def second_features(page: PageRows, log_odds: Floats) -> Floats:
    """What the first stage thinks of what is near, features by blocks."""
    odds = np.clip(log_odds, -_LOG_ODDS_MAX, _LOG_ODDS_MAX).astype(np.float32)
    content = sigmoid(odds)
    sums = running_sum(content * page.lengths, page.lengths, odds)
    everything = max(1e-6, float(sums[0, -1]))
    first, end = page.ranges
    inside, size, vote = sums[:, end] - sums[:, first]
    rows: list[NDArray[Any]] = [
        *_neighbours(odds), *_windows(sums), *(inside / size), *(vote / (end - first)), *(inside / everything),
        *_group_means(page, content * page.lengths, odds), sums[0, :-1] / everything, *distances(content > 0.5),
    ]  # fmt: skip
    whole = [everything / sums[1, -1], np.log1p(everything), float(content.max())]
    out = np.empty((len(rows) + len(whole), len(odds)), np.float32)
    out[: len(rows)] = rows
    out[len(rows) :] = np.array(whole)[:, None]
    return out


def _neighbours(odds: Floats) -> list[Floats]:
    """Its own, and those of the three before and after."""
    padded = np.full(len(odds) + 6, -6, np.float32)
    padded[3:-3] = odds
    return [padded[by : by + len(odds)] for by in range(7)]


def _windows(sums: Doubles) -> list[Doubles]:
    n = sums.shape[1] - 1
    at = np.arange(n)
    rows = []
    for reach in (4, 10):
        lo, hi = np.maximum(0, at - reach), np.minimum(n, at + reach + 1)
        inside, size, vote = sums[:, hi] - sums[:, lo]
        rows += [inside / size, vote / (hi - lo)]
    return rows


def _group_means(page: PageRows, content_chars: Floats, odds: Floats) -> list[Doubles]:
    """Over the blocks that look alike: the share of content, and the mean log odds."""
    groups = page.groups
    share = np.bincount(groups, content_chars) / np.bincount(groups, page.lengths)
    return [share[groups], (np.bincount(groups, odds) / np.bincount(groups))[groups]]


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
