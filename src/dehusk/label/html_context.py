"""What a first opinion of a page's blocks says of each of them: the opinions of those around it, and of the page.

It is what a second opinion sees besides the features: a heading is content if what follows is, a post if posts like
it are.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.label.html_features import Doubles, Floats, Ints, PageRows, distances, running_sum
from dehusk.native import find_address, load_kernels

Bools = NDArray[np.bool_]

_ODDS_MAX = 8.0  # as good as sure
_FEATURES = 35
_LEVELS = 5  # of the ancestors in PageRows.ranges
_REACHES = (2, 5, 12)  # blocks on both sides
_CAUTION = 1.4  # of what the first opinion alone would keep


class _Opinion(NamedTuple):
    """One value a block."""

    odds: Doubles
    words: Doubles
    right: Doubles
    """Words that are content, as far as one may expect."""


def context_features(page: PageRows, log_odds: Floats) -> Floats:
    """Rows by blocks, for the first opinion's log odds of each block.

    Means weigh a block by its words where they are of probabilities, and all blocks alike where they are of log odds.
    """
    opinion, kernels = _weigh(page, log_odds), load_kernels()
    return _gather(page, opinion) if kernels is None else _gather_compiled(page, opinion, kernels)


def _weigh(page: PageRows, log_odds: Floats) -> _Opinion:
    odds = np.clip(log_odds, -_ODDS_MAX, _ODDS_MAX).astype(np.float64)
    words = page.words.astype(np.float64)
    return _Opinion(odds, words, right=1 / (1 + np.exp(-odds)) * words)


def _gather(page: PageRows, opinion: _Opinion) -> Floats:
    odds, words, right = opinion
    sums = running_sum(right, words, odds, np.ones(len(odds)))
    parts = [
        _look_around(odds, page.is_heading),
        _average_ranges(sums, page.ranges[:, :_LEVELS]),
        _average_groups(opinion, page.groups),
        _average_groups(opinion, np.cumsum(page.is_heading)),
        _average_near(sums),
        _compare_with_page(opinion),
    ]
    return np.concatenate(parts, dtype=np.float32, casting="same_kind")


def _gather_compiled(page: PageRows, opinion: _Opinion, kernels: Any) -> Floats:
    n = len(opinion.odds)
    ranges, groups = (np.ascontiguousarray(numbers, np.int64) for numbers in (page.ranges, page.groups))
    is_heading = np.ascontiguousarray(page.is_heading).view(np.uint8)
    out = np.empty((_FEATURES, n), np.float32)
    arrays = (*opinion, is_heading, ranges[0], ranges[1], groups, out)
    if not kernels.add_context(n, *map(find_address, arrays)):
        raise MemoryError
    return out


def _look_around(odds: Doubles, is_heading: Bools) -> Doubles:
    """A block's own, those of the two before and the two after, that of the last heading."""
    n = len(odds)
    padded = np.pad(odds, 2, constant_values=-_ODDS_MAX)
    last = np.maximum.accumulate(np.where(is_heading, np.arange(n), -1))
    headed = np.where(last >= 0, odds[last], -_ODDS_MAX)
    return np.stack([odds, *(padded[by : by + n] for by in (0, 1, 3, 4)), headed])


def _average_ranges(sums: Doubles, ranges: Ints) -> Doubles:
    """Of the blocks of each of the nearest ancestors."""
    first, end = ranges
    right, words, odds, blocks = sums[:, end] - sums[:, first]
    return np.concatenate([right / words, odds / blocks])


def _average_groups(opinion: _Opinion, groups: Ints) -> Doubles:
    """Of the blocks that have the same number."""
    right, words, odds = (np.bincount(groups, row) for row in (opinion.right, opinion.words, opinion.odds))
    means = np.stack([right / np.maximum(words, 1e-9), odds / np.maximum(np.bincount(groups), 1)])
    return means[:, groups]


def _average_near(sums: Doubles) -> Doubles:
    """Of the blocks on both sides."""
    n = sums.shape[1] - 1
    at = np.arange(n)
    rows = []
    for reach in _REACHES:
        right, words = (sums[:, np.minimum(n, at + reach + 1)] - sums[:, np.maximum(0, at - reach)])[:2]
        rows.append(right / words)
    return np.stack(rows)


def _compare_with_page(opinion: _Opinion) -> Doubles:
    """Where a block stands among all by rank, and against what the first opinion alone would keep of the page."""
    odds, words, rights = opinion
    n = len(odds)
    order = np.argsort(-odds, kind="stable")
    ranked_words, ranked_right = np.cumsum(words[order]), np.cumsum(rights[order])
    right = ranked_right[-1] + 1e-9
    gain = 2 * ranked_right / (_CAUTION * ranked_words + right)
    last = int(np.argmax(gain))
    is_kept = np.zeros(n, np.bool_)
    is_kept[order[: last + 1]] = True
    ranks = np.empty((2, n))
    ranks[:, order] = ranked_words / ranked_words[-1], ranked_right / right
    bar, kept_share = odds[order[last]], ranked_words[last] / ranked_words[-1]
    page = [np.log1p(right), odds.max(), right / words.sum(), gain[last], bar, kept_share]
    rows = [*ranks, odds - bar, (np.cumsum(rights) - rights) / right, *distances(is_kept)]
    return np.concatenate([rows, np.repeat(np.array(page)[:, None], n, axis=1)])
