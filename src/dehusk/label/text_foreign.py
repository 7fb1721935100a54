"""A second look at text in which no English is near: boosted trees over what the line labeller says of it.

The nets learned from English pages, as they are or in other scripts. Real pages in other languages read differently: in
Chinese ones what looks like content by half is husk, in Polish or Russian ones whole articles look like none. The trees
learned from such pages, and add to the labeller's odds.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from dehusk.label.text_features import Measures
from dehusk.label.text_model import find_near
from dehusk.nets import Rows, read_arrays
from dehusk.trees import Trees, run_trees, unpack_trees

_READING, _ENDS, _STOP_WITHIN = 0, 33, 42
"""Columns of `Measures.rows`: the logarithm of how much a block says; first of two, whether it ends with a stop, with a
colon; whether with a stop within quotes or brackets."""
_PROSE_LETTERS = 60
"""So many letters that end so are prose, or fewer of a script that says more with each."""
_SIDES, _AROUND, _FAR = (1, 3, 8, 20, 60), (3, 10, 40), (30, 150)
"""Blocks to look at: on either side, on both together, and for how much prose stands above and below."""
_MOST = max(*_SIDES, *_AROUND, *_FAR) + 1
"""The furthest that sums reach."""
_SURE, _NEAREST = (0.0, 1.4), 60
"""Log odds above which prose is an article's; so far away as this it might as well be nowhere."""
_ENGLISH_REACH = 300
"""Blocks: a page in English may have long tables, and code, in which there is no word of it."""
_LITTLE = 30.0
"""Letters, added where shares of prose would be of hardly any."""


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
    """The blocks near which nothing is in English; the labeller's tables of words say nothing of them."""
    return ~find_near(is_english, _ENGLISH_REACH)


def describe(measures: Measures, odds: Rows) -> Rows:
    """What the trees see of each block: its features, the labeller's odds, and both of what is around it.

    `odds` are (blocks, 3), the first of them of being content.
    """
    rows, content = measures.rows, np.clip(odds[:, 0], -8, 8)
    letters, chance = np.expm1(rows[:, _READING]), 1 / (1 + np.exp(-content))
    ends = rows[:, _ENDS : _ENDS + 2].any(axis=1) | (rows[:, _STOP_WITHIN] > 0)
    is_prose = ends & (letters > _PROSE_LETTERS)
    likely = letters * chance
    sums = _Sums([letters + 1e-3, likely, likely * is_prose, content, np.ones(len(rows))])
    columns = list[Rows]()
    for reach in _SIDES:
        for side in sums.add_sides(reach):
            columns.append(side[1:3] / (side[:1] + 1e-3))
    for reach in _AROUND:
        around = sums.add_up(-reach, reach + 1)
        columns += [np.log1p(around[2:3]), around[3:4] / around[4:]]
    for reach in _FAR:
        prose = np.stack([side[2] for side in sums.add_sides(reach)])
        columns += [np.log1p(prose), prose / (prose.sum(axis=0) + _LITTLE)]
    nearest = [_find_nearest(is_prose & (content > bar)) for bar in _SURE]
    parts = [rows, odds, is_prose[:, None], np.concatenate(columns).T, *nearest]
    return np.concatenate(parts, axis=1, dtype=np.float32)


class _Sums:
    """Sums of some values near each block."""

    def __init__(self, values: Sequence[NDArray[np.floating]]) -> None:
        self._size = len(values[0])
        self._sums = np.zeros(
            (len(values), _MOST + 1 + self._size + _MOST)
        )  # of none before the first, of all behind
        inner = self._sums[:, _MOST + 1 : _MOST + 1 + self._size]
        np.cumsum(values, axis=1, dtype=np.float64, out=inner)
        self._sums[:, _MOST + 1 + self._size :] = inner[:, -1:]

    def add_up(self, first: int, end: int) -> Rows:
        """Of the blocks from so many behind each one to before so many behind it, a row for each value."""
        low, high = (self._sums[:, _MOST + step : _MOST + step + self._size] for step in (first, end))
        return (high - low).astype(np.float32)

    def add_sides(self, reach: int) -> tuple[Rows, Rows]:
        """Of so many above each block, and of so many below it."""
        return self.add_up(-reach, 0), self.add_up(1, reach + 1)


def _find_nearest(marked: NDArray[np.bool_]) -> Rows:
    """How many blocks above each one, and how many below it, the next stands that is marked; the less, the more of it.

    >>> _find_nearest(np.array([True, False, False, True])).tolist()
    [[60.0, 3.0, 3.0, 60.0], [1.0, 2.0, 1.0, 2.0], [2.0, 1.0, 1.0, 2.0], [3.0, 60.0, 3.0, 60.0]]
    """
    above, below = _count_back(marked), _count_back(marked[::-1])[::-1]
    both = above, below, np.minimum(above, below), np.maximum(above, below)
    return np.stack(both, axis=1).astype(np.float32)


def _count_back(marked: NDArray[np.bool_]) -> NDArray[np.int64]:
    at = np.arange(len(marked))
    last = np.maximum.accumulate(np.where(marked, at, -_NEAREST))
    before = np.concatenate(([-_NEAREST], last[:-1]))
    return np.minimum(at - before, _NEAREST)
