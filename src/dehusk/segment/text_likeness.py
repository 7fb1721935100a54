"""A place to cut beside the surest ones of its file: does an article begin alike there, and do both sides share words?

One file's articles mostly begin alike, with a heading and a date, say, or right after a blank line; and what two
articles of this file share, what one shares with itself, only the file can tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.nets import Rows
from dehusk.segment.text_links import Crossing

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
    at = np.clip((before, after - 1, after, after + 1), 0, len(blocks) - 1)
    rows = np.take(blocks, at, axis=0).astype(np.float64)
    rows /= rows.std(axis=1, keepdims=True) + 0.2
    prior = 0.1 * rows.mean(axis=1, keepdims=True)
    distances = [np.log1p(_measure_distances(rows, weights, prior)) for weights in (share, 1 - share)]
    return [column for both in zip(*distances, strict=True) for column in both]


def _measure_distances(rows: Floats, weights: Floats, prior: Floats) -> Floats:
    """For each row how far it is from the mean of the others of its matrix, among which `prior` is one more."""
    total = (weights @ rows)[:, None]
    rest = np.maximum(weights.sum() - weights, 0) + 0.1
    others = (total - weights[:, None] * rows + prior) / rest[:, None]
    return np.asarray(((rows - others) ** 2).mean(axis=2))


def compare_sides(crossings: Sequence[Crossing], at: Ints, odds: Floats) -> list[Floats]:
    """What the articles that would come out on both sides of each place share of words, twelve columns.

    `crossings` are those of all words and of names, `at` the places' gaps, ascending. An article ends where the nearest
    place is sure enough, for two bars.
    """
    if not len(at):
        return [np.zeros(0)] * 12
    kinds = [_gather_words(crossing, at) for crossing in crossings]
    columns = []
    for bar in SURE_ODDS:
        sure = odds > bar
        stretches = find_stretches(at, sure, len(kinds[0].sums) - 1)
        sides = [_measure_sides(words.sums, stretches) for words in kinds]
        for words, own in zip(kinds, sides, strict=True):
            shared = _share_words(words, sure, own)
            usual = shared[sure].mean() if sure.any() else 0.1
            columns += [shared, shared - usual]
        columns += map(np.log1p, sides[0])
    return columns


class _Words(NamedTuple):
    """The pairs of words that stand on two sides of some place; all others say nothing of any."""

    low: Ints
    """How many places lie above each pair's first word."""
    high: Ints
    sums: Floats
    """How many words of chains stand in the first 0, 1, 2 ... units."""


def _gather_words(crossing: Crossing, at: Ints) -> _Words:
    above = np.searchsorted(at, np.arange(len(crossing.mass) - 1))  # each unit
    low, high = np.take(above, crossing.low), np.take(above, crossing.high)
    apart = np.flatnonzero(low < high)
    return _Words(np.take(low, apart), np.take(high, apart), crossing.mass)


def _share_words(words: _Words, sure: NDArray[np.bool_], sides: tuple[Floats, Floats]) -> Floats:
    """Of the words of the shorter side, those that the other one has too."""
    places, ends = len(sure), np.concatenate(([0], np.cumsum(sure)))  # above 0, 1 ... places
    first, last = np.take(ends, words.low), np.take(ends, words.high)
    inside, next_to = np.flatnonzero(first == last), np.flatnonzero(last - first == 1)
    steps = np.bincount(np.take(words.low, inside), minlength=places + 1)
    steps -= np.bincount(np.take(words.high, inside), minlength=places + 1)
    crossing = np.cumsum(steps[:places]).astype(np.float64)
    crossing[sure] = np.bincount(np.take(first, next_to), minlength=ends[-1])[: ends[-1]]
    return np.asarray(crossing / (np.minimum(*sides) + _LEAST_WORDS))


def _measure_sides(sums: Floats, stretches: Ints) -> tuple[Floats, Floats]:
    """What comes from each place up and down to the next sure one, or to the end of the text; `sums` are cumulated."""
    first, middle, end = (sums[at] for at in stretches.T)
    return middle - first, end - middle


def find_stretches(at: Ints, sure: NDArray[np.bool_], kept: int) -> Ints:
    """(places, 3): the kept blocks with which the article above each place begins, that below it, and the next one.

    `at` are the places' gaps; an article ends where the nearest place is `sure`, or the text does.
    """
    ends = np.concatenate(([0], at[sure] + 1, [kept]))
    first = ends[np.searchsorted(ends, at + 1, "left") - 1]
    end = ends[np.minimum(np.searchsorted(ends, at + 1, "right"), len(ends) - 1)]
    return np.column_stack([first, at + 1, end])
