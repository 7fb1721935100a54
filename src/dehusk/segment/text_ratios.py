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

REACHES = (6, 15, 40)
"""So many units on both sides of a gap count."""


def compare_near(counts: Ints, groups: Sequence[int]) -> Floats:
    """(units - 1, reaches, groups): the ratios of each gap, given what each of two units or more counts.

    `groups` are how many columns each group has; within a group the shares of its columns are compared.
    """
    totals = _sum_groups(counts, groups)
    sums, most = _cumulate(totals), 2 * max(REACHES)
    terms = _list_terms(int((sums[most:] - sums[:-most] if len(sums) > most else sums).max()).bit_length())
    compare = _compare if load_kernels() is None else _compare_compiled
    return np.maximum(compare(np.concatenate([counts, totals], axis=1), groups, terms), 0)


def compare_stretches(counts: Ints, groups: Sequence[int], stretches: Ints) -> Floats:
    """(stretches, groups): the same of stretches of units, rows of [first, middle, end), each cut in the middle."""
    sums = _cumulate(np.concatenate([counts, _sum_groups(counts, groups)], axis=1))
    first, middle, end = (sums[at] for at in stretches.T)
    above, below, both = map(_weigh, (middle - first, end - middle, end - first))
    return np.maximum(_sum_terms(above, groups) + _sum_terms(below, groups) - _sum_terms(both, groups), 0)


def _sum_groups(counts: Ints, groups: Sequence[int]) -> Ints:
    return np.asarray(np.add.reduceat(counts, np.cumsum([0, *groups[:-1]]), axis=1))


def _cumulate(counts: Ints) -> Ints:
    """The sums of the first 0, 1, 2 ... units."""
    sums = np.zeros((len(counts) + 1, counts.shape[1]), np.int64)
    np.cumsum(counts, axis=0, out=sums[1:])
    return sums


def _compare(counts: Ints, groups: Sequence[int], terms: Floats) -> Floats:
    """`counts` are of columns, then of groups."""
    sums, at, parts = _cumulate(counts), np.arange(1, len(counts)), []
    for reach in REACHES:
        above, below = sums[np.maximum(at - reach, 0)], sums[np.minimum(at + reach, len(counts))]
        sides = _sum_terms(np.take(terms, sums[at] - above), groups)
        sides += _sum_terms(np.take(terms, below - sums[at]), groups)
        parts.append(sides - _sum_terms(np.take(terms, below - above), groups))
    return np.stack(parts, axis=1)


def _compare_compiled(counts: Ints, groups: Sequence[int], terms: Floats) -> Floats:
    bounds, reaches = np.cumsum([0, *groups]), np.array(REACHES)
    sums = np.empty((len(counts) + 1, counts.shape[1]), np.uint32)  # which may go round: differences count
    ratios = np.empty((len(counts) - 1, len(REACHES), len(groups)))
    load_kernels().compare_counts(
        find_address(counts), len(counts), find_address(bounds), len(groups), find_address(terms),
        find_address(reaches), len(reaches), find_address(sums), find_address(ratios),
    )  # fmt: skip
    return ratios


def _sum_terms(terms: Floats, groups: Sequence[int]) -> Floats:
    """Log likelihood of each group's counts, given their shares, by the terms of columns, then of groups."""
    bounds = np.cumsum([0, *groups])
    sums = np.zeros((len(terms), len(groups)))
    for group, (first, end) in enumerate(pairwise(bounds.tolist())):
        for column in range(first, end):  # in the kernel's order, which a sum of numpy's has not
            sums[:, group] += terms[:, column]
    return sums - terms[:, bounds[-1] :]


@lru_cache
def _list_terms(bits: int) -> Floats:
    """What a count below 2**bits adds to the log likelihood; to look it up takes a quarter of the time of its
    logarithm."""
    return _weigh(np.arange(1 << bits))


def _weigh(counts: Ints) -> Floats:
    return np.asarray(counts * np.log(np.maximum(counts, 1)))
