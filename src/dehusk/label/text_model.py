"""The line labeller: small dilated convolutions over the blocks of a text, evaluated with numpy.

Each block is seen with 128 blocks before and behind it. The words of English text speak for themselves: by tables
of words and of pairs, and by a few learned numbers a word. In other languages these are zero, as they were in part of
the training.

Source: F. Yu and V. Koltun, Multi-scale context aggregation by dilated convolutions, 2016.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.label.text_features import Measures
from dehusk.nets import Rows, read_arrays, scale_rows
from dehusk.words import WordHashes

WORD_BITS, PAIR_BITS = 15, 16
TABLE_COLUMNS = 7
EDGE_WORDS = 12
"""Of a long block so many first and last words are looked up one by one."""
DILATIONS = (1, 2, 4, 8, 16, 32, 64)
_STRETCH, _MARGIN = 4096, 1 + sum(DILATIONS)
_PAIR_FACTOR = np.uint64(0x9E3779B97F4A7C15)


class Convolutions(NamedTuple):
    """A net over rows: each layer sees three rows, `dilation` apart, and adds what it finds."""

    mean: Rows
    scale: Rows
    first: tuple[Rows, Rows]
    """Weights (3, columns, channels) and bias."""
    layers: tuple[tuple[Rows, Rows], ...]
    """For each of DILATIONS weights (3, channels, channels) and bias."""
    out: tuple[Rows, Rows]
    """Weights (channels, 3) and bias."""


class Weights(NamedTuple):
    words: NDArray[np.int8]
    pairs: NDArray[np.int8]
    meanings: NDArray[np.int8]
    """(2**WORD_BITS, k): what was learned of each word, in 64ths."""
    reader: Convolutions
    """Sees the features of each block, its tables and its words' meanings."""


@cache
def load_weights() -> Weights:
    """The weights that ship, read once; all arrays are read-only."""
    return unpack_weights(read_arrays("dehusk.label", "text_weights.npz"))


def unpack_weights(arrays: Mapping[str, NDArray[Any]]) -> Weights:
    return Weights(arrays["words"], arrays["pairs"], arrays["meanings"], _unpack_net(arrays, "reader"))


def _unpack_net(arrays: Mapping[str, NDArray[Any]], name: str) -> Convolutions:
    def get(part: str) -> Rows:
        return np.asarray(arrays[f"{name}.{part}"], np.float32)

    layers = tuple((get(f"w{i + 1}"), get(f"b{i + 1}")) for i in range(len(DILATIONS)))
    return Convolutions(get("mean"), get("scale"), (get("w0"), get("b0")), layers, (get("out"), get("bias")))


def score_measures(measures: Measures, weights: Weights, *, with_words: bool = True) -> Rows:
    """Log odds, (blocks, 3): it is content; an article begins with it; a page begins with it.

    `with_words`, or by the shape of things alone.
    """
    n = len(measures.rows)
    if with_words and measures.is_english.any():
        table = look_up_tables(measures, weights.words, weights.pairs)
        meanings = look_up_meanings(measures, weights.meanings)
    else:
        table = np.zeros((n, TABLE_COLUMNS), np.float32)
        meanings = np.zeros((n, weights.meanings.shape[1]), np.float32)
    odds = np.empty((n, 3), np.float32)
    for start in range(0, n, _STRETCH):
        stop = min(n, start + _STRETCH)
        low, high = max(0, start - _MARGIN), min(n, stop + _MARGIN)
        rows = np.concatenate([measures.rows[low:high], table[low:high], meanings[low:high]], axis=1)
        odds[start:stop] = run_convolutions(weights.reader, rows)[start - low : stop - low]
    return odds


def run_convolutions(net: Convolutions, rows: Rows) -> Rows:
    """Log odds, three a row; outside of the rows there are zeros."""
    state = np.maximum(_convolve(scale_rows(rows, net.mean, net.scale), *net.first, 1), 0)
    for (weight, bias), dilation in zip(net.layers, DILATIONS, strict=True):
        state += np.maximum(_convolve(state, weight, bias, dilation), 0)
    weight, bias = net.out
    found: Rows = state @ weight + bias
    return found


def _convolve(rows: Rows, weight: Rows, bias: Rows, dilation: int) -> Rows:
    """What each row, the one `dilation` above it and the one as far below it come to."""
    found: Rows = rows @ weight[1]
    found += bias
    if dilation < len(rows):
        found[dilation:] += rows[:-dilation] @ weight[0]
        found[:-dilation] += rows[dilation:] @ weight[2]
    return found


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


def find_edge_words(measures: Measures) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The first and last EDGE_WORDS words of each English block as rows of the table, and the block of each."""
    bounds = measures.words.bounds
    place = np.arange(len(measures.owners)) - bounds[:-1][measures.owners]
    left = bounds[1:][measures.owners] - bounds[:-1][measures.owners] - place
    use = measures.is_english[measures.owners] & ((place < EDGE_WORDS) | (left <= EDGE_WORDS))
    ids = (measures.words.values[use] & np.uint64((1 << WORD_BITS) - 1)).astype(np.int64)
    return ids, measures.owners[use]


def look_up_meanings(measures: Measures, meanings: NDArray[np.int8]) -> Rows:
    """(blocks, k): the sum of the learned numbers of each block's words, over the root of how many they are."""
    ids, owners = find_edge_words(measures)
    n = len(measures.rows)
    out = np.zeros((n, meanings.shape[1]), np.float32)
    if not len(ids):
        return out
    firsts = np.flatnonzero(np.diff(owners, prepend=-1))
    counts = np.diff(np.append(firsts, len(owners)))
    sums = np.add.reduceat(np.take(meanings, ids, axis=0), firsts, axis=0, dtype=np.int32)
    out[owners[firsts]] = sums / (64 * np.sqrt(counts + 1.0))[:, None]
    return out
