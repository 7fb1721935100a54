"""What an article begins with, looked at again once it is known that one begins: the headline in the junk above."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.nets import Rows
from dehusk.segment.text_features import Gaps

_REACH = 40
"""Blocks above an article's first kept one that are looked at."""
_ECHO_UNITS = 14


class Heads(NamedTuple):
    """Blocks that may belong to the article below them."""

    at: NDArray[np.int64]
    below: NDArray[np.int64]
    """The first kept block of that article."""
    rows: Rows


def describe_heads(gaps: Gaps, cuts: NDArray[np.int64]) -> Heads:
    """The blocks left out right above each of `cuts` (indices of blocks that begin articles)."""
    kept = np.concatenate((gaps.before[:1], gaps.after))
    places: list[int] = []
    belows: list[int] = []
    tops: list[int] = []
    for cut in cuts.tolist():
        place = int(np.searchsorted(kept, cut))
        last = int(kept[place - 1]) if place else -1
        above = range(max(last + 1, cut - _REACH), cut)
        places += above
        belows += [cut] * len(above)
        tops += [last] * len(above)
    at, below, top = (np.array(values, np.int64) for values in (places, belows, tops))
    blocks = gaps.blocks
    n = len(blocks)
    if not len(at):
        return Heads(at, below, np.zeros((0, 1), np.float32))
    echoes = _measure_echoes(gaps, cuts, kept, places, belows)
    columns = [
        np.log1p(below - at),
        np.log1p(at - top),
        (below - at) / (below - top),
        below - at == 1,
        top < 0,
    ]
    around = [blocks[np.clip(at + by, 0, n - 1)] for by in (0, -1, 1, -2, 2)] + [
        blocks[below],
        blocks[np.maximum(top, 0)],
    ]
    return Heads(
        at, below, np.concatenate([np.column_stack(columns).astype(np.float32), echoes, *around], axis=1)
    )


def _measure_echoes(
    gaps: Gaps, cuts: NDArray[np.int64], kept: NDArray[np.int64], places: list[int], belows: list[int]
) -> Rows:
    """How much of each block's words come again in the article below, and in the one above."""
    values, bounds, flags = gaps.words.values, gaps.words.bounds, gaps.frequent

    def words_of(block: int) -> set[int]:
        part = slice(bounds[block], bounds[block + 1])
        return set(values[part][~flags[part]][:400].tolist())

    below_words: dict[int, tuple[set[int], set[int]]] = {}
    for cut in cuts.tolist():
        place = int(np.searchsorted(kept, cut))
        after = set().union(*(words_of(int(i)) for i in kept[place : place + _ECHO_UNITS]))
        before = set().union(*(words_of(int(i)) for i in kept[max(0, place - _ECHO_UNITS) : place]))
        below_words[cut] = (after, before)
    out = np.zeros((len(places), 5), np.float32)
    for row, (at, cut) in enumerate(zip(places, belows, strict=True)):
        mine = words_of(at)
        after, before = below_words[cut]
        new, old = len(mine & after), len(mine & before)
        size = max(1, len(mine))
        out[row] = (len(mine), new, new / size, old / size, (new - old) / size)
    return out
