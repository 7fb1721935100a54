"""Words that come again: what links the blocks of a text with each other, and where the links are few.

Source: the idea of TextTiling's lexical chains (Hearst, 1997), counted over kept blocks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.native import find_address, load_kernels
from dehusk.nets import Rows, stack_columns
from dehusk.words import CAPITAL, NUMBER, OPENING, WordHashes

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

COHESION = 44
"""Columns of `measure_cohesion`."""
_BUCKET_BITS, _PLACE_BITS = 18, 40
_REACHES = (3, 8, 25)
_ECHO_UNITS = 12
"""A word of a heading comes again within so many kept blocks, if it is one of the article below it."""


class Pairs(NamedTuple):
    """Of chains, the rare words of kept blocks that come more than once: two neighbours in two units are a pair."""

    low: Ints
    """The unit of each pair's first word."""
    high: Ints
    times: Ints
    """How often the word comes in the text."""
    sizes: Ints
    """How many words each unit has in chains."""


class Crossing(NamedTuple):
    """Pairs, and how much each counts."""

    low: Ints
    """The unit of each pair's first word."""
    high: Ints
    weight: Floats
    mass: Floats
    """How many words of chains stand in the first 0, 1, 2 ... units."""


class Links(NamedTuple):
    """The words of a text and where they come again; a unit is a kept block."""

    units: int
    traits: Ints
    """(blocks, 5): how many of each block's words are among the text's most frequent (function words, whatever the
    language), names, numbers, first of a sentence, and how many come but once."""
    ahead: Rows
    """Share of each block's rare words that come again in the kept blocks right below it."""
    behind: Rows
    """Share of them that stand in the kept blocks right above it."""
    crossings: tuple[Crossing, Crossing]
    """Of all words, and of names alone."""


class _Counted(NamedTuple):
    traits: Ints
    rare: Ints
    """Rare words of each block."""
    ahead: Ints
    behind: Ints
    pairs: Pairs
    names: Pairs
    """Those of chains of names alone."""


def link_words(words: WordHashes, kept: Ints) -> Links:
    """The words of all blocks; `kept` are the numbers of those that are kept."""
    count = _count_links if load_kernels() is None else _count_links_compiled
    traits, rare, ahead, behind, *pairs = count(words, kept)
    size = np.maximum(rare, 1)
    shares = (ahead / size).astype(np.float32), (behind / size).astype(np.float32)
    return Links(len(kept), traits, *shares, (_weigh_pairs(pairs[0]), _weigh_pairs(pairs[1])))


def _weigh_pairs(pairs: Pairs) -> Crossing:
    """The rarer a word, the more it counts."""
    mass = cumulate(pairs.sizes)
    return Crossing(pairs.low, pairs.high, np.log1p(mass[-1] / pairs.times), mass)


def _find_bars(words: WordHashes) -> tuple[float, float]:
    """A word that comes no more often is rare; one that comes more often is frequent."""
    return max(4.0, 0.003 * len(words.values)), max(5.0, 0.002 * len(words.values))


def _find_units(kept: Ints, n: int) -> tuple[NDArray[np.bool_], Ints]:
    """Whether each of `n` blocks is kept, and its unit: of a block that is not kept, the unit below it."""
    is_kept = np.zeros(n, np.bool_)
    is_kept[kept] = True
    return is_kept, np.cumsum(is_kept) - is_kept


def _count_links(words: WordHashes, kept: Ints) -> _Counted:
    n = len(words.bounds) - 1
    rare_bar, frequent_bar = _find_bars(words)
    buckets = (words.values & np.uint64((1 << _BUCKET_BITS) - 1)).astype(np.int64)
    counts = np.bincount(buckets, minlength=1 << _BUCKET_BITS)[buckets]
    is_rare = (counts <= rare_bar) & (words.flags & NUMBER == 0)
    use = np.flatnonzero(is_rare & (counts > 1))
    keys = (buckets[use] << _PLACE_BITS) | use
    keys.sort()
    use, values = keys & ((1 << _PLACE_BITS) - 1), keys >> _PLACE_BITS
    owners = np.repeat(np.arange(n), np.diff(words.bounds))
    is_kept, units = _find_units(kept, n)
    owner = owners[use]
    unit, solid = units[owner], is_kept[owner]
    is_name = words.flags & (CAPITAL | OPENING) == CAPITAL
    traits = (
        counts > frequent_bar, is_name, words.flags & NUMBER != 0, words.flags & OPENING != 0, counts == 1, is_rare
    )  # fmt: skip
    sums = np.column_stack([np.bincount(owners[trait], minlength=n) for trait in traits])
    pairs = [
        _pair_words(values[some], unit[some], counts[use][some], kept=len(kept))
        for some in (solid, solid & is_name[use])
    ]
    echoes = _count_echoes(values, unit, solid, owner=owner, n=n)
    return _Counted(sums[:, :5], sums[:, 5], *echoes, *pairs)


def _pair_words(values: Ints, units: Ints, times: Ints, *, kept: int) -> Pairs:
    """The pairs of words, sorted by value, then by place."""
    at = np.flatnonzero((values[1:] == values[:-1]) & (units[1:] > units[:-1]))
    return Pairs(units[at], units[at + 1], times[at], np.bincount(units, minlength=kept))


def _count_links_compiled(words: WordHashes, kept: Ints) -> _Counted:
    values, flags, bounds = words
    n, size = len(bounds) - 1, len(values)
    is_kept, units = _find_units(kept, n)
    frequency, keys = np.zeros(1 << _BUCKET_BITS, np.int32), np.empty((2, size), np.uint64)
    counts, pairs = np.zeros((8, n), np.int64), np.empty((2, 3, size), np.int64)
    sizes, found = np.zeros((2, len(kept)), np.int64), np.empty(2, np.int64)
    load_kernels().link_words(
        find_address(values), find_address(flags), find_address(bounds), n, find_address(is_kept), find_address(units),
        len(kept), *map(int, _find_bars(words)), *map(find_address, (frequency, *keys, counts, pairs, sizes, found)),
    )  # fmt: skip
    all_words, names = (
        Pairs(low[:count], high[:count], times[:count], own)
        for (low, high, times), count, own in zip(pairs, found.tolist(), sizes, strict=True)
    )
    return _Counted(counts[:5].T, counts[5], counts[6], counts[7], all_words, names)


def _count_echoes(
    values: Ints, unit: Ints, solid: NDArray[np.bool_], *, owner: Ints, n: int
) -> tuple[Ints, Ints]:
    """How many words of each block come again in kept blocks right below it, and stood right above it."""
    m = len(values)
    if not m:
        return np.zeros(n, np.int64), np.zeros(n, np.int64)
    at = np.arange(m)
    next_kept = np.minimum.accumulate(np.where(solid, at, m)[::-1])[::-1]
    next_kept = np.append(next_kept[1:], m)  # the next kept occurrence after each
    last_kept = np.maximum.accumulate(np.where(solid, at, -1))
    last_kept = np.insert(last_kept[:-1], 0, -1)
    down, up = np.minimum(next_kept, m - 1), np.maximum(last_kept, 0)
    ahead = (next_kept < m) & (values[down] == values) & (owner[down] != owner)
    ahead &= unit[down] - unit <= _ECHO_UNITS
    behind = (last_kept >= 0) & (values[up] == values) & (owner[up] != owner)
    behind &= unit - unit[up] <= _ECHO_UNITS
    return np.bincount(owner[ahead], minlength=n), np.bincount(owner[behind], minlength=n)


def measure_cohesion(links: Links, sizes: Ints) -> Rows:
    """(gaps, COHESION): chains of rare words and of names across each gap, against their surroundings.

    `sizes` are the characters of each kept block.
    """
    n = links.units
    if n < 2:
        return np.zeros((0, COHESION), np.float32)
    parts = [_count_chains(crossing) for crossing in links.crossings]
    lengths = cumulate(np.log1p(np.minimum(sizes, 2000)))
    at = np.arange(1, n)
    parts.append(_average(lengths, np.maximum(at - 5, 0), at))
    parts.append(_average(lengths, at, np.minimum(at + 5, n)))
    return stack_columns(parts)


def _count_chains(crossing: Crossing) -> Floats:
    """For each reach: chains over each gap, per word nearby, and the depth of its dip."""
    measure = _measure_crossing if load_kernels() is None else _measure_crossing_compiled
    columns = measure(crossing, _REACHES)
    columns[..., 0] = np.log1p(np.maximum(columns[..., 0], 0))
    columns[..., -1] = np.log1p(columns[..., -1])
    return columns.reshape(len(columns), -1)


def _measure_crossing(crossing: Crossing, reaches: Sequence[int]) -> Floats:
    """(gaps, reaches, 7): the pairs over each gap, by weight; these by the words nearby; this by what is usual around;
    how much less it is than on both sides, and that by the usual; of the words right below the share that came before,
    and how many of the unit below did."""
    return np.stack([_measure_reach(crossing, reach) for reach in reaches], axis=1)


def _measure_reach(crossing: Crossing, reach: int) -> Floats:
    """Pairs count whose units are so far apart, or less."""
    low, high, weight, mass = crossing
    n = len(mass) - 1
    near = np.flatnonzero(high - low <= reach)
    first, last, weights = np.take(low, near), np.take(high, near), np.take(weight, near)
    steps = np.bincount(first + 1, weights, n + 1) - np.bincount(last + 1, weights, n + 1)
    crossed = np.cumsum(steps)[1:n]  # over gap g, between units g and g + 1
    at = np.arange(1, n)
    end = np.minimum(at + 3, n)
    around = _average(mass, np.maximum(at - reach, 0), np.minimum(at + reach, n)) * reach
    density = crossed / (around + 5)
    sums = cumulate(density)
    usual = _average(sums, np.maximum(at - 3 * reach, 0), np.minimum(at + 3 * reach, n - 1)) + 0.05
    dip = np.minimum(*_average_sides(sums, 2 * reach)) - density
    starts = np.bincount(last, minlength=n)
    share_old = _average(cumulate(starts), at, end) / (_average(mass, at, end) + 1)
    columns = [crossed, density, density / usual, dip, dip / usual, share_old, starts[1:]]
    return np.column_stack(columns)


def _measure_crossing_compiled(crossing: Crossing, reaches: Sequence[int]) -> Floats:
    """The same by the kernel."""
    n, reach_array = len(crossing.mass) - 1, np.array(reaches, np.int64)
    columns, room = np.empty((n - 1, len(reaches), 7)), np.empty((4, n + 1))
    low, high, weight, mass = map(find_address, crossing)
    load_kernels().count_chains(
        low, high, weight, len(crossing.low), mass, n, find_address(reach_array), len(reaches), find_address(room),
        find_address(columns),
    )  # fmt: skip
    return columns


def cumulate(values: NDArray[np.generic]) -> Floats:
    """The sums of the first 0, 1, 2 ... values."""
    sums = np.zeros(len(values) + 1)
    np.cumsum(values, dtype=np.float64, out=sums[1:])
    return sums


def _average(sums: Floats, low: Ints, high: Ints) -> Floats:
    """Means of the values from `low` to before `high`, zero where there are none; `sums` are cumulated."""
    found = np.take(sums, high)
    found -= np.take(sums, low)
    found /= np.maximum(high - low, 1)
    return found


def _average_sides(sums: Floats, reach: int) -> tuple[Floats, Floats]:
    """Means of so many values before and after each; `sums` are cumulated."""
    n = len(sums) - 1
    at = np.arange(n)
    before = _average(sums, np.maximum(at - reach, 0), at)
    after = _average(sums, at + 1, np.minimum(at + 1 + reach, n))
    return before, after
