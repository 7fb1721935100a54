"""A second look at text in which no English is near: boosted trees over what the line labeller says of it.

The nets learned from English pages, as they are or in other scripts. Real pages in other languages read differently: in
Chinese ones what looks like content by half is husk, in Polish or Russian ones whole articles look like none. The trees
learned from such pages, and add to the labeller's odds.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from dehusk.label.text_features import Measures
from dehusk.label.text_model import find_near
from dehusk.nets import Rows, read_arrays
from dehusk.trees import Trees, run_trees, unpack_trees

_READING, _ENDS, _STOP_WITHIN = 0, 33, 42
"""Columns of `Measures.rows`: the logarithm of a block's letters; the first of what it ends
with, a stop, a colon; a stop within brackets or quotes."""
_PROSE = np.log1p(60).astype(np.float32)
_REACHES, _BOTH_REACHES, _FAR = (1, 3, 8, 20, 60), (3, 10, 40), (30, 150)
_NEAREST, _SURE = 60, (0.0, 1.4)
"""Blocks beyond which a paragraph is no nearer than none; log odds above which prose is one."""


@cache
def load_trees() -> Trees:
    """Those that ship, read once."""
    return unpack_trees(read_arrays("dehusk.label", "text_foreign.npz"), "trees")


def look_again(measures: Measures, odds: Rows) -> None:
    """Add to the log odds of being content, the first column of `odds`, where no English is near."""
    where = find_foreign(measures.is_english)
    if where.any():
        odds[where, 0] += run_trees(load_trees(), describe(measures, odds)[where].T)


def find_foreign(is_english: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The blocks that the labeller judges without word tables, since no English is within its sight."""
    return ~find_near(is_english, 300)


def describe(measures: Measures, odds: Rows) -> Rows:
    """What the trees see of each block: its features, the labeller's odds, and both of what is around it."""
    rows, content = measures.rows, np.clip(odds[:, 0], -8, 8)
    n, at = len(rows), np.arange(len(rows))
    letters = np.expm1(rows[:, _READING]) + np.float32(1e-3)
    chance = 1 / (1 + np.exp(-content))
    ends = rows[:, _ENDS : _ENDS + 2].any(axis=1) | (rows[:, _STOP_WITHIN] > 0)
    is_prose = ends & (rows[:, _READING] > _PROSE)
    said = np.stack(
        [letters, letters * chance, letters * chance * is_prose, content, np.ones(n, np.float32)], axis=1
    )
    sums = np.concatenate((np.zeros((1, said.shape[1])), np.cumsum(said, axis=0, dtype=np.float64)))

    def add_up(low: NDArray[np.int64], high: NDArray[np.int64]) -> Rows:
        found: Rows = (sums[np.clip(high, 0, n)] - sums[np.clip(low, 0, n)]).astype(np.float32)
        return found

    columns = [odds, is_prose[:, None]]
    for reach in _REACHES:
        for low, high in ((at - reach, at), (at + 1, at + 1 + reach)):
            side = add_up(low, high)
            columns.append(side[:, 1:3] / (side[:, :1] + 1e-3))
    for reach in _BOTH_REACHES:
        around = add_up(at - reach, at + 1 + reach)
        columns += [np.log1p(around[:, 2:3]), around[:, 3:4] / around[:, 4:]]
    for reach in _FAR:
        above, below = (
            add_up(low, high)[:, 2:3] for low, high in ((at - reach, at), (at + 1, at + 1 + reach))
        )
        columns += [
            np.log1p(above),
            np.log1p(below),
            above / (above + below + 30),
            below / (above + below + 30),
        ]
    for bar in _SURE:
        columns.append(_find_nearest(is_prose & (content > bar)))
    return np.concatenate([rows, *columns], axis=1, dtype=np.float32)


def _find_nearest(marked: NDArray[np.bool_]) -> Rows:
    """How far above and below each block the next one that is marked stands, in blocks; the nearer, the farther."""
    at = np.arange(len(marked))
    last = np.maximum.accumulate(np.where(marked, at, -_NEAREST))
    coming = np.minimum.accumulate(np.where(marked, at, len(marked) + _NEAREST)[::-1])[::-1]
    above = np.minimum(at - np.concatenate(([-_NEAREST], last[:-1])), _NEAREST)
    below = np.minimum(np.concatenate((coming[1:], [len(marked) + _NEAREST])) - at, _NEAREST)
    found: Rows = np.stack(
        [above, below, np.minimum(above, below), np.maximum(above, below)], axis=1, dtype=np.float32
    )
    return found
