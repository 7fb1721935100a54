"""The line labeller: two small nets in a row, evaluated with numpy.

The first sees a block and its neighbours; the second sees what the first thought of everything around.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.label.text_features import Measures, Rows, cumulate, shift_rows, sum_window
from dehusk.nets import Net, read_arrays, run_net, unpack_net
from dehusk.words import WordHashes

WORD_BITS, PAIR_BITS = 15, 16
TABLE_COLUMNS = 7
_STRETCH, _MARGIN = 32_768, 450
_PAIR_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_NEAR_SHIFTS = (-3, -2, -1, 1, 2, 3)
_SHARES = (0, 6, 7, 8, 10, 12, 16, 22, 26, 31, 35, 40, 44, 45, 46, 48, 50, 51, 52, 53, 55, 57, 58, 60, 61)
_JUDGED_WINDOWS = ((4, -1), (-1, 4), (12, -1), (-1, 12), (30, -1), (-1, 30), (3, 3), (100, 100), (400, 400))
_WINDOWS = ((2, 2), (6, -1), (-1, 6), (15, 15), (40, 40))


class Weights(NamedTuple):
    words: NDArray[np.int8]
    pairs: NDArray[np.int8]
    first: Net
    second: Net


@cache
def load_weights() -> Weights:
    """The weights that ship, read once; all arrays are read-only."""
    return unpack_weights(read_arrays("dehusk.label", "text_weights.npz"))


def unpack_weights(arrays: dict[str, NDArray[Any]]) -> Weights:
    return Weights(
        arrays["words"], arrays["pairs"], unpack_net(arrays, "first"), unpack_net(arrays, "second")
    )


def score_measures(measures: Measures, weights: Weights, *, with_words: bool = True) -> Rows:
    """Log odds that each block is content.

    The nets' inputs are wide, so a long text is judged in stretches, each with what is around it: memory
    stays bounded, and the stretches depend on nothing but the text.
    """
    n = len(measures.rows)
    if with_words:
        table = look_up_tables(measures, weights.words, weights.pairs)
    else:
        table = np.zeros((n, TABLE_COLUMNS), np.float32)
    odds = np.empty(n, np.float32)
    for start in range(0, n, _STRETCH):
        stop = min(n, start + _STRETCH)
        low, high = max(0, start - _MARGIN), min(n, stop + _MARGIN)
        rows, words = measures.rows[low:high], table[low:high]
        first = run_net(weights.first, add_context(rows, words))
        second = run_net(weights.second, add_judgements(rows, words, first))
        odds[start:stop] = second[start - low : stop - low]
    return odds


def find_pairs(words: WordHashes) -> NDArray[np.uint64]:
    """A hash of each word with the one before it; the first word of the batch with nothing."""
    before = np.concatenate((np.zeros(1, np.uint64), words.values[:-1]))
    return (words.values ^ (before * _PAIR_FACTOR)) * _PAIR_FACTOR >> np.uint64(64 - PAIR_BITS)


def look_up_tables(measures: Measures, words: NDArray[np.int8], pairs: NDArray[np.int8]) -> Rows:
    """(blocks, TABLE_COLUMNS): what an English block's words and pairs of words speak for; zeros elsewhere."""
    hashes, bounds = measures.words, measures.words.bounds
    n = len(measures.rows)
    out = np.zeros((n, TABLE_COLUMNS), np.float32)
    if not len(hashes.values) or not measures.is_english.any():
        return out
    single = words[(hashes.values & np.uint64((1 << WORD_BITS) - 1)).astype(np.int64)].astype(np.float32) / 16
    double = pairs[find_pairs(hashes).astype(np.int64)].astype(np.float32) / 16
    starts = bounds[:-1]
    double[np.minimum(starts, len(double) - 1)] = 0
    has = np.flatnonzero(np.diff(bounds))
    counts = np.diff(bounds)[has]
    at = starts[has]
    out[has, 0] = np.add.reduceat(single, at) / np.sqrt(counts)
    out[has, 1] = np.add.reduceat(double, at) / np.sqrt(counts)
    out[has, 2] = np.minimum.reduceat(single, at)
    out[has, 3] = np.maximum.reduceat(single, at)
    out[has, 4] = single[at] + double[np.minimum(at + 1, len(double) - 1)]
    out[has, 5] = single[at + counts - 1]
    out[:, 6] = 1
    out[~measures.is_english] = 0
    return out


def add_context(rows: Rows, table: Rows | None) -> Rows:
    """The first net's input: each block's features, its neighbours' and means over what is around."""
    n = len(rows)
    if table is None:
        table = np.zeros((n, TABLE_COLUMNS), np.float32)
    some = np.concatenate([rows[:, _SHARES], table[:, :2], np.ones((n, 1), np.float32)], axis=1)
    parts = [rows, table]
    parts += [shift_rows(some, by) for by in _NEAR_SHIFTS]
    parts += _average_windows(some, np.exp(rows[:, :1]) - 1)
    return np.concatenate(parts, axis=1)


def _average_windows(some: Rows, sizes: Rows) -> list[Rows]:
    """Means over windows: of blocks each alike, and of blocks by their size."""
    both = np.concatenate([some, some[:, :-1] * np.minimum(sizes, 400), np.minimum(sizes, 400)], axis=1)
    k = some.shape[1]
    cumulated = cumulate(both)
    parts: list[Rows] = []
    for before, after in _WINDOWS:
        sums = sum_window(cumulated, before=before, after=after)
        parts.append(_divide(sums[:, : k - 1], sums[:, k - 1 : k]))
        parts.append(_divide(sums[:, k:-1], sums[:, -1:]))
        parts.append(np.log1p(sums[:, -1:]))
    return parts


def _divide(sums: Rows, counts: Rows) -> Rows:
    means: Rows = (sums / np.maximum(counts, 1)).astype(np.float32)
    return means


def add_judgements(rows: Rows, table: Rows | None, first: Rows) -> Rows:
    """The second net's input: a block's features and the first net's log odds all around it."""
    n = len(rows)
    if table is None:
        table = np.zeros((n, TABLE_COLUMNS), np.float32)
    odds = np.clip(first, -8, 8)[:, None]
    share: Rows = (1 / (1 + np.exp(-odds))).astype(np.float32)
    sizes: Rows = np.minimum(np.exp(rows[:, :1]) - 1, 400).astype(np.float32)
    both = np.concatenate([share, share * sizes, sizes, np.ones((n, 1), np.float32)], axis=1)
    cumulated = cumulate(both)
    parts = [rows, table, odds]
    parts += [
        shift_rows(np.concatenate([odds, rows[:, :1]], axis=1), by) for by in (*range(-6, 0), *range(1, 7))
    ]
    for before, after in _JUDGED_WINDOWS:
        sums = sum_window(cumulated, before=before, after=after)
        parts.append(_divide(sums[:, :1], sums[:, 3:]))
        parts.append(_divide(sums[:, 1:2], sums[:, 2:3]))
        parts.append(np.log1p(sums[:, 1:2]))
    parts += [_measure_runs(share[:, 0], sizes[:, 0])]
    return np.concatenate(parts, axis=1)


def _measure_runs(share: Rows, sizes: Rows) -> Rows:
    """Blocks to the nearest long and sure one above and below, and how much junk lies between."""
    n = len(share)
    anchors = (share > 0.8) & (sizes > 80)
    at = np.arange(n)
    above = np.maximum.accumulate(np.where(anchors, at, -500))
    below = np.minimum.accumulate(np.where(anchors, at, n + 500)[::-1])[::-1]
    runs: Rows = np.log1p(np.column_stack([at - above, below - at, below - above])).astype(np.float32)
    return runs
