"""How much likelier what both sides of a gap count is apart than together: log likelihood ratios.

Source: Dunning, Accurate Methods for the Statistics of Surprise and Coincidence (1993).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dehusk.native import find_address, load_kernels

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Counts = NDArray[np.int32]
Sums = NDArray[np.uint32]

REACHES = (6, 15, 40)
"""So many units on both sides of a gap count."""


def compare_near(sums: Sums, groups: Sequence[int]) -> Floats:
    """(units - 1, reaches, groups): the ratios of each gap between two units or more; `sums` are of `sum_counts`.

    `groups` are how many columns each group has; within a group the shares of its columns are compared.
    """
    totals, most = sums[:, -len(groups) :], 2 * max(REACHES)
    terms = _list_terms(
        int((totals[most:] - totals[:-most] if len(sums) > most else totals).max()).bit_length()
    )
    compare = _compare if load_kernels() is None else _compare_compiled
    return np.maximum(compare(sums, groups, terms), 0)


def compare_stretches(sums: Sums, groups: Sequence[int], stretches: Ints) -> Floats:
    """(stretches, groups): the same of stretches of units, rows of [first, middle, end), each cut in the middle.

    `sums` are those of `sum_counts`.
    """
    first, middle, end = (sums[at] for at in stretches.T)
    sides = _sum_terms(_weigh(np.concatenate((middle - first, end - middle, end - first))), groups)
    above, below, both = np.split(sides, 3)
    return np.maximum(above + below - both, 0)


def sum_counts(counts: Counts, groups: Sequence[int], *, most: int) -> Sums:
    """(units + 1, columns + groups): what the first 0, 1, 2 ... units count, and of each group together.

    Of a unit no count is more than `most`. Sums go round at 2**32: differences count.
    """
    return (_sum_counts if load_kernels() is None else _sum_counts_compiled)(counts, groups, most=most)


def _sum_counts(counts: Counts, groups: Sequence[int], *, most: int) -> Sums:
    counts = np.minimum(counts, most)
    totals = np.add.reduceat(counts, np.cumsum([0, *groups[:-1]]), axis=1)
    sums = np.zeros((len(counts) + 1, counts.shape[1] + len(groups)), np.int64)
    np.cumsum(np.concatenate([counts, totals], axis=1), axis=0, out=sums[1:])
    return sums.astype(np.uint32)


def _sum_counts_compiled(counts: Counts, groups: Sequence[int], *, most: int) -> Sums:
    bounds, sums = (
        np.cumsum([0, *groups]),
        np.empty((len(counts) + 1, counts.shape[1] + len(groups)), np.uint32),
    )
    counts = np.ascontiguousarray(counts, np.int32)
    load_kernels().sum_counts(
        find_address(counts), len(counts), most, find_address(bounds), len(groups), find_address(sums)
    )
    return sums


def _compare(sums: Sums, groups: Sequence[int], terms: Floats) -> Floats:
    units, parts = len(sums) - 1, []
    at = np.arange(1, units)
    for reach in REACHES:
        above, below = sums[np.maximum(at - reach, 0)], sums[np.minimum(at + reach, units)]
        sides = _sum_terms(np.take(terms, sums[at] - above), groups)
        sides += _sum_terms(np.take(terms, below - sums[at]), groups)
        parts.append(sides - _sum_terms(np.take(terms, below - above), groups))
    return np.stack(parts, axis=1)


def _compare_compiled(sums: Sums, groups: Sequence[int], terms: Floats) -> Floats:
    bounds, reaches, units = np.cumsum([0, *groups]), np.array(REACHES), len(sums) - 1
    room, ratios = np.empty((units + 1, len(groups))), np.empty((units - 1, len(REACHES), len(groups)))
    load_kernels().compare_counts(
        find_address(sums), units, find_address(bounds), len(groups), find_address(terms), find_address(reaches),
        len(reaches), find_address(room), find_address(ratios),
    )  # fmt: skip
    return ratios


def _sum_terms(terms: Floats, groups: Sequence[int]) -> Floats:
    """Log likelihood of each group's counts, given their shares, by the terms of columns, then of groups."""
    bounds = np.cumsum([0, *groups])
    sums = np.zeros((len(terms), len(groups)))
    for group, (first, end) in enumerate(pairwise(bounds.tolist())):
        # One after another, as the kernel adds them and a sum of numpy's does not.
        sums[:, group] = np.cumsum(terms[:, first:end], axis=1)[:, -1]
    return sums - terms[:, bounds[-1] :]


@lru_cache
def _list_terms(bits: int) -> Floats:
    """What a count below 2**bits adds to the log likelihood; to look it up takes a quarter of the time of its
    logarithm."""
    return _weigh(np.arange(1 << bits))


def _weigh(counts: NDArray[np.integer]) -> Floats:
    return np.asarray(counts * np.log(np.maximum(counts, 1)))
