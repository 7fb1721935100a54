"""What a place to cut is among the others of its file: how strong, how far from stronger ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dehusk.nets import Rows, stack_columns
from dehusk.segment.text_features import Gaps, Ints
from dehusk.segment.text_likeness import compare_beginnings, compare_sides
from dehusk.segment.text_usage import compare_usage

Floats = NDArray[np.float64]

_NEAR_WORDS = 30.0
"""Of text that is surely content: of places closer than that only the strongest is a candidate.

What lies between them is no article, but junk between two articles that passed as text, or a heading.
"""


def estimate(odds: NDArray[np.floating]) -> Floats:
    return np.asarray(1 / (1 + np.exp(-odds.astype(np.float64))))


def thin_out(sure: Floats, odds: Rows) -> tuple[Ints, Floats]:
    """Which places are the strongest near them, and the sum of the estimates of all that gave way to each.

    `sure` are the words above each place, counted with the estimate that they are content.
    """
    low = np.searchsorted(sure, sure - _NEAR_WORDS, "left").tolist()
    high = np.searchsorted(sure, sure + _NEAR_WORDS, "right").tolist()
    share = estimate(odds)
    alive, total = np.ones(len(odds), np.bool_), np.zeros(len(odds))
    for i in np.argsort(-odds, kind="stable").tolist():
        if alive[i]:
            near = slice(low[i], high[i])
            total[i] = share[near][alive[near]].sum()
            alive[near] = False
            alive[i] = True
    at = np.flatnonzero(alive)
    return at, total[at]


def describe_rivals(gaps: Gaps, at: Ints, votes: list[Rows], *, mass: Floats) -> Rows:
    """(places, columns), given the numbers of their gaps, the odds that several models gave and thin_out's sums."""
    odds: Floats = np.asarray(np.mean(votes, axis=0), np.float64)
    share = estimate(odds)
    chars, total = gaps.chars[at].astype(np.float64), float(gaps.chars[-1])
    columns = [odds, mass, *_rank(odds, share), np.log1p(chars), np.log1p(total - chars)]
    for bar in (-2.0, -1.0, 0.0, 1.5):
        columns += _measure_stretches(chars, odds > bar, total)
    columns += _measure_stronger(chars, odds)
    for vote in votes:
        columns += [vote, vote - odds]
    columns += _measure_mass(chars, share)
    for step in (1, -1, 2, -2):
        columns.append(_shift(odds, step))
    columns.append(_describe_file(share, len(gaps.chars), total))
    among = compare_beginnings(gaps.blocks, gaps.before[at], gaps.after[at], share=share)
    among += compare_sides(gaps.crossings, at, odds) + compare_usage(gaps.usage, at, odds)
    return stack_columns([*columns, gaps.glances[at], *among])


def _rank(odds: Floats, share: Floats) -> list[Floats]:
    rank = np.empty(len(odds))
    rank[np.argsort(-odds, kind="stable")] = np.arange(len(odds))
    best = np.sort(share)[::-1]
    behind = [_pick(best, k) - share for k in (1, 2, 3, 5, 10)]
    return [np.log1p(rank), rank / max(1, len(odds)), *behind]


def _pick(best: Floats, k: int) -> float:
    return float(best[k - 1]) if len(best) >= k else 0.0


def _describe_file(share: Floats, gaps: int, total: float) -> NDArray[np.float64]:
    """The same for all places of a file, a row each."""
    best, per = np.sort(share)[::-1], 3000 / (total + 3000)
    values = [np.log1p(gaps), np.log1p(total), share.sum() * per]
    values += [np.log1p(np.count_nonzero(share > bar)) for bar in (0.1, 0.3, 0.5, 0.8, 0.95)]
    values += [np.count_nonzero(share > bar) * per for bar in (0.2, 0.5, 0.8)]
    values += [_pick(best, k) for k in (1, 2, 4)]
    return np.broadcast_to(values, (len(share), len(values)))


def _measure_stretches(chars: Floats, strong: NDArray[np.bool_], total: float) -> list[Floats]:
    """Characters to the last and the next strong place: the articles that would come out."""
    numbers, at = np.flatnonzero(strong), np.arange(len(chars))
    before = np.concatenate(([0.0], chars[numbers]))
    after = np.concatenate((chars[numbers], [total]))
    left = chars - before[np.searchsorted(numbers, at, "left")]
    right = after[np.searchsorted(numbers, at, "right")] - chars
    return [np.log1p(left), np.log1p(right), np.log1p(np.minimum(left, right)), np.log1p(left + right)]


def _measure_stronger(chars: Floats, odds: Floats) -> list[Floats]:
    """How far it is to a stronger place on either side, and how much stronger that one is."""
    n = len(odds)
    left, right = np.full(n, -1), np.full(n, -1)
    stack: list[int] = []
    for i, value in enumerate(odds.tolist()):
        while stack and odds[stack[-1]] <= value:
            right[stack.pop()] = i
        left[i] = stack[-1] if stack else -1
        stack.append(i)
    columns = []
    for side in (left, right):
        columns.append(np.log1p(np.where(side >= 0, np.abs(chars - chars[side]), 1e5)))
        columns.append(np.where(side >= 0, odds[side] - odds, 9.0))
    return columns


def _measure_mass(chars: Floats, share: Floats) -> list[Floats]:
    """The sum of the other places' estimates within so many characters."""
    sums = np.concatenate(([0.0], np.cumsum(share)))
    return [
        sums[np.searchsorted(chars, chars + reach, "right")]
        - sums[np.searchsorted(chars, chars - reach)]
        - share
        for reach in (1000, 3000, 8000)
    ]


def _shift(odds: Floats, step: int) -> Floats:
    """The odds of the place so many further on; -9 where there is none."""
    out = np.full(len(odds), -9.0)
    if step > 0:
        out[:-step] = odds[step:]
    else:
        out[-step:] = odds[:step]
    return out
