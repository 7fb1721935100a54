"""Dashes at the beginnings of lines: of who speaks, as in Russian, French, Spanish and Polish, or of a list's items."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dehusk.blocks.lines import Lines, are_any

_DASHES = ("— ", "– ", "—\u00a0", "–\u00a0", "—\u2009", "–\u2009", "—\u202f", "–\u202f")
_STOPS = frozenset('.!?…:»”"')
_ITEM_CHARS = 120


def find_speeches(lines: Lines, joins: NDArray[np.bool_]) -> list[int]:
    """The lines that begin with a long dash but no item.

    Items stand beside others, are short, and only the last one ends as a sentence does. A dash by itself speaks, or
    says who was quoted.
    """
    texts = lines.texts
    at = np.flatnonzero(are_any(lines.firsts, "—–")).tolist()
    at = [i for i in at if texts[i].startswith(_DASHES) and not (i and joins[i - 1])]
    found, run, are_items = list[int](), list[int](), True
    for i, below in pairwise([*at, len(texts)]):
        last = i
        while joins[last]:
            last += 1
        run.append(i)
        if last + 1 == below < len(texts) and 0 <= lines.gaps[below] <= 1:
            are_items &= texts[last][-1] not in _STOPS and len(texts[i]) <= _ITEM_CHARS
            continue
        if len(run) == 1 or not are_items:
            found += run
        run, are_items = [], True
    return found
