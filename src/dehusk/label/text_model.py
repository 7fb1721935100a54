"""The line labeller: small dilated convolutions over the blocks of a text, evaluated with numpy.

Each block is seen with 127 blocks before and behind it. One net reads everything by its shape and by hints in many
languages; another reads English, with tables of what its words and pairs of words speak for. Where English is near both
judge, and the mean of their log odds is better than either (see benchmarks/train/TRIED.md).

Source: F. Yu and V. Koltun, Multi-scale context aggregation by dilated convolutions, 2016.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.label.text_features import Measures, sum_near
from dehusk.label.text_hints import describe_hints
from dehusk.native import find_address, load_kernels
from dehusk.nets import LIMIT, Rows, multiply, read_arrays, scale_rows
from dehusk.words import WordHashes

WORD_BITS, PAIR_BITS = 15, 16
TABLE_COLUMNS = 7
DILATIONS = (1, 2, 4, 8, 16, 32, 64)
_STRETCH, _MARGIN = 4096, sum(DILATIONS)
_PAIR_FACTOR = np.uint64(0x9E3779B97F4A7C15)


class Convolutions(NamedTuple):
    """A net over rows: each layer but the first sees three rows, `dilation` apart, and adds what it finds."""

    mean: Rows
    scale: Rows
    first: tuple[Rows, Rows]
    """Weights (columns, channels) and bias."""
    layers: tuple[tuple[Rows, Rows], ...]
    """For each of DILATIONS weights (channels, 3 * channels), for what a row says of the one below it, of itself and
    of the one above, and bias."""
    out: tuple[Rows, Rows]
    """Weights (channels, 3) and bias."""


class Weights(NamedTuple):
    words: NDArray[np.int8]
    pairs: NDArray[np.int8]
    reader: Convolutions
    """Sees the features of each block and what the tables say of it."""
    plain: Convolutions
    """Sees the features and the hints."""


@cache
def load_weights() -> Weights:
    """The weights that ship, read once; all arrays are read-only."""
    return unpack_weights(read_arrays("dehusk.label", "text_weights.npz"))


def unpack_weights(arrays: Mapping[str, NDArray[Any]]) -> Weights:
    nets = (_unpack_net(arrays, name) for name in ("reader", "plain"))
    return Weights(arrays["words"], arrays["pairs"], *nets)


def _unpack_net(arrays: Mapping[str, NDArray[Any]], name: str) -> Convolutions:
    def get(part: str) -> Rows:
        # Those that are not contiguous cost BLAS a third more time.
        return np.ascontiguousarray(arrays[f"{name}.{part}"], np.float32)

    layers = tuple((np.hstack(tuple(get(f"w{i + 1}"))), get(f"b{i + 1}")) for i in range(len(DILATIONS)))
    return Convolutions(get("mean"), get("scale"), (get("w0"), get("b0")), layers, (get("out"), get("bias")))


def score_measures(measures: Measures, weights: Weights, *, with_words: bool = True) -> Rows:
    """Log odds, (blocks, 3): it is content; an article begins with it; a page begins with it.

    `with_words`, or by the shape of things and by hints alone.
    """
    rows, words, is_english = measures
    every = np.ones(len(rows), np.bool_)
    odds = _judge(weights.plain, rows, every, describe=lambda low, high: describe_hints(words.cut(low, high)))
    is_near = find_near(is_english & with_words)
    if is_near.any():
        table = look_up_tables(words, is_english, (weights.words, weights.pairs))
        others = _judge(weights.reader, rows, is_near, describe=lambda low, high: table[low:high])
        odds = np.where(is_near[:, None], (odds + others) / 2, odds)
    return odds


def find_near(is_english: NDArray[np.bool_], reach: int = _MARGIN) -> NDArray[np.bool_]:
    """Which blocks have English within sight."""
    return np.asarray(sum_near(is_english, reach) > 0)


def _judge(
    net: Convolutions, rows: Rows, where: NDArray[np.bool_], *, describe: Callable[[int, int], Rows]
) -> Rows:
    """The odds of the rows `where` says, a stretch at a time, with what is around them; elsewhere they mean nothing.

    `describe` gives the columns that the net sees besides, of the rows from one number to before another.
    """
    odds = np.zeros((len(rows), 3), np.float32)
    for start in range(0, len(rows), _STRETCH):
        wanted = start + np.flatnonzero(where[start : start + _STRETCH])
        apart = np.flatnonzero(np.diff(wanted) > 2 * _MARGIN) + 1
        for part in np.split(wanted, apart) if len(wanted) else ():
            first, stop = int(part[0]), int(part[-1]) + 1
            low, high = max(0, first - _MARGIN), min(len(rows), stop + _MARGIN)
            found = run_convolutions(net, rows[low:high], describe(low, high))
            odds[first:stop] = found[first - low : stop - low]
    return odds


def run_convolutions(net: Convolutions, *parts: Rows) -> Rows:
    """Log odds, three a row; outside of the rows there are zeros. `parts` are the rows' columns."""
    kernels = load_kernels()
    is_wide = kernels is not None and kernels.has_wide()
    state = (_run_layers_wide if is_wide else _run_layers)(net, parts)
    weight, bias = net.out
    odds: Rows = multiply(state, weight) + bias
    return odds


def _run_layers(net: Convolutions, parts: Sequence[Rows]) -> Rows:
    """(rows, channels): what all layers but the last make of the rows."""
    weight, bias = net.first
    state: Rows = multiply(scale_rows(parts, net.mean, net.scale), weight)
    state += bias
    np.maximum(state, 0, out=state)
    add_layer = _add_layer if load_kernels() is None else _add_layer_compiled
    for (weight, bias), dilation in zip(net.layers, DILATIONS, strict=True):
        add_layer(state, multiply(state, weight), bias, dilation=dilation)
    return state


def _run_layers_wide(net: Convolutions, parts: Sequence[Rows]) -> Rows:
    """The same where a processor has registers of 64 bytes: twice as fast where BLAS does not use these."""
    parts = [np.ascontiguousarray(part, np.float32) for part in parts]
    state: Rows = np.empty((len(parts[0]), len(net.first[1])), np.float32)
    widths, steps = (
        np.array(sizes, np.int64) for sizes in ([part.shape[1] for part in parts], [0, *DILATIONS])
    )
    lists = (parts, *zip(net.first, *net.layers, strict=True))
    given, weights, biases = (np.array(list(map(find_address, arrays)), np.uint64) for arrays in lists)
    is_done = load_kernels().run_layers(
        find_address(given), find_address(widths), len(parts), len(state), find_address(net.mean),
        find_address(net.scale), LIMIT, find_address(weights), find_address(biases), find_address(steps), len(steps),
        state.shape[1], find_address(state),
    )  # fmt: skip
    if not is_done:
        raise MemoryError
    return state


def _add_layer(state: Rows, said: Rows, bias: Rows, *, dilation: int) -> None:
    """Add to each row what it, the one `dilation` above it and the one as far below it say of it.

    `said` is (rows, 3 * channels), as the weights are.
    """
    below, own, above = np.split(said, 3, axis=1)
    found = own + bias
    found[dilation:] += below[:-dilation]
    found[:-dilation] += above[dilation:]
    state += np.maximum(found, 0, out=found)


def _add_layer_compiled(state: Rows, said: Rows, bias: Rows, *, dilation: int) -> None:
    load_kernels().add_layer(*map(find_address, (state, said, bias)), *state.shape, dilation)


def find_pairs(words: WordHashes) -> NDArray[np.uint64]:
    """A hash of each word with the one before it; the first word of the batch with nothing."""
    before = np.concatenate((np.zeros(1, np.uint64), words.values[:-1]))
    return (words.values ^ (before * _PAIR_FACTOR)) * _PAIR_FACTOR >> np.uint64(64 - PAIR_BITS)


def look_up_tables(
    words: WordHashes, is_english: NDArray[np.bool_], tables: Sequence[NDArray[np.int8]]
) -> Rows:
    """(blocks, TABLE_COLUMNS): what an English block's words and pairs of words speak for; zeros elsewhere.

    `tables` are that of words and that of pairs.
    """
    counts = np.diff(words.bounds)
    out = np.zeros((len(counts), TABLE_COLUMNS), np.float32)
    out[is_english, -1] = 1
    asked = np.flatnonzero(is_english & (counts > 0))
    if len(asked):
        ask = _ask_tables if load_kernels() is None else _ask_tables_compiled
        said = np.ones((len(asked), TABLE_COLUMNS), np.float32)
        said[:, :-1] = ask(words, asked, tables)
        said[:, :-1] /= 16
        said[:, :2] /= np.sqrt(counts[asked])[:, None]
        out[asked] = said
    return out


def _ask_tables(
    words: WordHashes, blocks: NDArray[np.int64], tables: Sequence[NDArray[np.int8]]
) -> NDArray[np.int64]:
    """(blocks, 6): what the words, and the pairs, of some blocks say together; of single words the least and the most;
    the first word and the pair behind it; the last word. None of the blocks is empty."""
    of_words, of_pairs = tables
    single = of_words[(words.values & np.uint64((1 << WORD_BITS) - 1)).astype(np.int64)].astype(np.int64)
    double = of_pairs[find_pairs(words).astype(np.int64)].astype(np.int64)
    has = np.flatnonzero(np.diff(words.bounds))
    at, lasts = words.bounds[has], words.bounds[has + 1] - 1
    double[at] = 0
    columns = [
        np.add.reduceat(single, at),
        np.add.reduceat(double, at),
        np.minimum.reduceat(single, at),
        np.maximum.reduceat(single, at),
        single[at] + double[np.minimum(at + 1, len(double) - 1)],
        single[lasts],
    ]
    return np.stack(columns, axis=1)[np.searchsorted(has, blocks)]


def _ask_tables_compiled(
    words: WordHashes, blocks: NDArray[np.int64], tables: Sequence[NDArray[np.int8]]
) -> NDArray[np.int64]:
    values, _, bounds = words
    said = np.empty((len(blocks), TABLE_COLUMNS - 1), np.int64)
    load_kernels().ask_tables(
        find_address(values), find_address(bounds), find_address(blocks), len(blocks), *map(find_address, tables),
        WORD_BITS, PAIR_BITS, int(_PAIR_FACTOR), find_address(said),
    )  # fmt: skip
    return said
