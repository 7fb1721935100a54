"""What an article begins with, looked at again once it is known that one begins: the headline in the junk above."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dehusk.nets import Rows
from dehusk.segment.text_features import Gaps, Ints

_REACH = 40
"""Blocks above an article's first kept one that are looked at."""


class Heads(NamedTuple):
    """Blocks that may belong to the article below them."""

    at: Ints
    below: Ints
    """The first kept block of that article."""
    rows: Rows


def describe_heads(gaps: Gaps, cuts: Ints) -> Heads:
    """The blocks left out right above each of `cuts` (indices of blocks that begin articles)."""
    kept = np.concatenate((gaps.before[:1], gaps.after))
    place = np.searchsorted(kept, cuts)
    last = np.where(place > 0, kept[np.maximum(place - 1, 0)] if len(kept) else -1, -1)
    first = np.maximum(last + 1, cuts - _REACH)
    counts = cuts - first
    at = np.arange(counts.sum()) + np.repeat(first - np.cumsum(counts) + counts, counts)
    below, top = np.repeat(cuts, counts), np.repeat(last, counts)
    columns = [
        np.log1p(below - at), np.log1p(at - top), (below - at) / np.maximum(below - top, 1), below - at == 1, top < 0,
    ]  # fmt: skip
    places = (at, at - 1, at + 1, at - 2, at + 2, below, top)
    around = [gaps.blocks[np.clip(i, 0, len(gaps.blocks) - 1)] for i in places]
    return Heads(at, below, np.concatenate([np.column_stack(columns).astype(np.float32), *around], axis=1))
