"""Comments and feeds: where nearly all between lines that come again goes, the rest goes too.

One long comment, or a teaser of whole sentences, reads like an article. What stands around it tells it: the same short
line again and again, a button's or a name's, and between them prose of which hardly any stays.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from dehusk.label.text_features import cumulate, sum_around

_MARK_CHARS, _FEWEST, _STEP = 24, 4, 12
"""A line of so many characters at most that comes so often, so many blocks below itself at most, parts comments."""
_REACH = 60
"""Blocks above and below within which there is some of both."""
_PROSE_CHARS, _FEWEST_PROSE, _SHARE = 80, 2, 0.4
"""Blocks of so many characters say what they are: there are so many, and less than such a share of their characters
stays. Those that come twice, as notices of a site do, say nothing."""


def find_strays(texts: Sequence[str], sizes: NDArray[np.int64], kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which of the kept blocks are of comments that go; `sizes` are those of the texts."""
    is_stray = np.zeros(len(texts), np.bool_)
    near = _find_near(sizes >= _PROSE_CHARS, kept)
    runs = list(_find_runs(texts, np.flatnonzero(near & ~kept & (sizes <= _MARK_CHARS)).tolist()))
    if runs:
        long = np.flatnonzero(sizes >= _PROSE_CHARS)
        counts = Counter(map(texts.__getitem__, long.tolist()))
        prose = long[[counts[texts[i]] == 1 for i in long.tolist()]]
        sums = (
            np.concatenate(([0], np.cumsum(sizes[prose]))),
            np.concatenate(([0], np.cumsum((sizes * kept)[prose]))),
        )
        for first, last in runs:
            low, high = np.searchsorted(prose, (first, last))
            everything, staying = (column[high] - column[low] for column in sums)
            if high - low >= _FEWEST_PROSE and staying < _SHARE * everything:
                is_stray[first:last] = True
    return is_stray & kept


def _find_near(is_long: NDArray[np.bool_], kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What has prose near that stays, and more that goes: few lines need to be read."""
    stays, goes = (
        sum_around(cumulate(is_one[:, None].astype(np.float32)), before=_REACH, after=_REACH)[:, 0]
        for is_one in (is_long & kept, is_long & ~kept)
    )
    near: NDArray[np.bool_] = (stays > 0) & (goes >= _FEWEST_PROSE)
    return near


def _find_runs(texts: Sequence[str], short: list[int]) -> Iterator[tuple[int, int]]:
    """The first and the last of each of the lines that come again and again, one line's after another's."""
    counts = Counter(map(texts.__getitem__, short))
    places = defaultdict[str, list[int]](list)
    for i in short:
        if counts[texts[i]] >= _FEWEST:
            places[texts[i]].append(i)
    for at in places.values():
        edges = np.flatnonzero(np.diff(at) > _STEP) + 1
        for run in np.split(at, edges):
            if len(run) >= _FEWEST:
                yield int(run[0]), int(run[-1])
