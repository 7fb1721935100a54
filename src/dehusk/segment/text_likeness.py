"""A place to cut beside the surest ones of its file: does an article begin alike there, and do both sides share words?

One file's articles mostly begin alike, with a heading and a date, say, or right after a blank line; and what two
articles of this file share, what one shares with itself, only the file can tell.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.nets import Rows
from dehusk.segment.text_links import Chains, cumulate, pair_words, pick_names

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

SURE_ODDS = (-1.0, 1.5)
_LEAST_WORDS = 5
"""Added to the words of a stretch: short ones prove little."""


def compare_beginnings(blocks: Rows, before: Ints, after: Ints, *, share: Floats) -> list[Floats]:
    """How far each place is from the likely beginnings of the file, itself left out, and from the unlikely ones.

    `blocks` are the rows of all blocks, `before` and `after` those around each place, `share` how likely each is. Eight
    columns: the blocks above, right above, at and below the place, of each the distances to both.
    """
    if not len(before):
        return [np.zeros(0)] * 8
    last, columns = len(blocks) - 1, []
    for at in (before, after - 1, after, after + 1):
        rows = blocks[np.clip(at, 0, last)].astype(np.float64)
        rows /= rows.std(axis=0) + 0.2
        for weights in (share, 1 - share):
            columns.append(np.log1p(((rows - _average_others(rows, weights)) ** 2).mean(axis=1)))
    return columns


def _average_others(rows: Floats, weights: Floats) -> Floats:
    """For each row the mean of the others; the mean of all counts a tenth of one of them."""
    total = weights @ rows
    prior = 0.1 * rows.mean(axis=0)
    rest = np.maximum(weights.sum() - weights, 0) + 0.1
    return np.asarray((total - weights[:, None] * rows + prior) / rest[:, None])


def compare_sides(chains: Chains, at: Ints, odds: Floats) -> list[Floats]:
    """What the articles that would come out on both sides of each place share of words, twelve columns.

    `at` are the places' gaps. An article ends where the nearest place is sure enough, for two bars.
    """
    if not len(at):
        return [np.zeros(0)] * 12
    kinds = [_gather_words(chains), _gather_words(pick_names(chains))]
    columns = []
    for bar in SURE_ODDS:
        sure = odds > bar
        for words in kinds:
            shared = _share_words(words, at, sure)
            usual = shared[sure].mean() if sure.any() else 0.1
            columns += [shared, shared - usual]
        columns += [np.log1p(side) for side in _measure_sides(kinds[0].sums, at, sure)]
    return columns


class _Words(NamedTuple):
    """The words of some chains."""

    low: Ints
    high: Ints
    """Units of two that are neighbours in a chain."""
    sums: Floats
    """How many stand in the first 0, 1, 2 ... units."""


def _gather_words(chains: Chains) -> _Words:
    pairs = pair_words(chains)
    sums = cumulate(np.bincount(chains.units, minlength=chains.kept))
    return _Words(np.take(chains.units, pairs - 1), np.take(chains.units, pairs), sums)


def _share_words(words: _Words, at: Ints, sure: NDArray[np.bool_]) -> Floats:
    """Of the words of the shorter side, those that the other one has too."""
    ends, n = at[sure], len(words.sums) - 1
    stretch = np.searchsorted(ends, np.arange(n))  # of each unit
    first, last = np.take(stretch, words.low), np.take(stretch, words.high)
    inside, next_to = np.flatnonzero(first == last), np.flatnonzero(last - first == 1)
    steps = np.bincount(np.take(words.low, inside), minlength=n)
    steps -= np.bincount(np.take(words.high, inside), minlength=n)
    crossing = np.cumsum(steps)[at].astype(np.float64)
    crossing[sure] = np.bincount(np.take(first, next_to), minlength=len(ends))[: len(ends)]
    sides = _measure_sides(words.sums, at, sure)
    return np.asarray(crossing / (np.minimum(*sides) + _LEAST_WORDS))


def _measure_sides(sums: Floats, at: Ints, sure: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """What comes from each place up and down to the next sure one, or to the end of the text; `sums` are cumulated."""
    first, middle, end = find_stretches(at, sure, len(sums) - 1).T
    return sums[middle] - sums[first], sums[end] - sums[middle]


def find_stretches(at: Ints, sure: NDArray[np.bool_], kept: int) -> Ints:
    """(places, 3): the kept blocks with which the article above each place begins, that below it, and the next one.

    `at` are the places' gaps; an article ends where the nearest place is `sure`, or the text does.
    """
    ends = np.concatenate(([0], at[sure] + 1, [kept]))
    first = ends[np.searchsorted(ends, at + 1, "left") - 1]
    end = ends[np.minimum(np.searchsorted(ends, at + 1, "right"), len(ends) - 1)]
    return np.column_stack([first, at + 1, end])
