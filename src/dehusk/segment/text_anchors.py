"""Where pages of one site begin: between two of them stand lines with which the whole text begins or ends."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import accumulate

import numpy as np

from dehusk.segment.text_features import Gaps
from dehusk.words import count_bytes, count_letters

_EDGE_LINES = 10
"""Of the text's first and last lines: the head and foot of the site's pages are among them."""
_LEAST_LINES, _LEAST_LETTERS, _LEAST_NAME = 3, 30, 3
"""So many different ones, of so many letters in all and each, stand between two kept blocks."""
_FEWEST, _SPREAD = 2, 2
"""There are so many such places, and a line stands at most so often for each page: bars of a page's own sections or
posts are more, or not at the edges of the text."""
_TITLE_CHARS = 150
"""Of what stands above the head's first line that comes again: a title."""
_LEAST_BYTES = 300
"""Of UTF-8 that are kept on both sides."""
_KEYS = 1 << 16  # hardly any two kinds of lines have the same one


def find_anchored(gaps: Gaps) -> list[tuple[int, int]]:
    """The blocks with which pages begin behind such lines, kept or not, and below them the first that are kept and are
    none of these lines; none where fewer than two do."""
    texts, kept = gaps.texts, gaps.kept
    first, last = range(len(texts))[:_EDGE_LINES], range(len(texts))[-_EDGE_LINES:]
    stays = set(kept[kept < _EDGE_LINES].tolist() + kept[kept >= len(texts) - _EDGE_LINES].tolist())
    top, end = ({texts[i] for i in at if i not in stays and _is_name(texts[i])} for at in (first, last))
    at = _find_same(gaps, [i for i in (*first, *last) if texts[i] in top or texts[i] in end])
    counts = Counter(texts[i] for i in at)
    at = [i for i in at if counts[texts[i]] > 1]
    if not at:
        return []
    is_edge = np.zeros(len(texts), np.bool_)
    is_edge[at] = True
    kept = kept[~is_edge[kept]]
    between = defaultdict[int, set[str]](set)
    for i, k in zip(at, np.searchsorted(kept, at).tolist(), strict=True):
        between[k].add(texts[i])
    found = [k for k, lines in between.items() if 0 < k < len(kept) and _are_enough(lines)]
    most = _SPREAD * (len(found) + 1)
    found = [k for k in found if min(counts[line] for line in between[k]) <= most]
    if len(found) < _FEWEST:
        return []
    places = _choose_apart([texts[i] for i in kept.tolist()], found)
    if len(places) < _FEWEST:
        return []
    return [
        (_find_begin(texts, int(kept[k - 1]) + 1, int(kept[k]), top=top, end=end), int(kept[k]))
        for k in places
    ]


def _is_name(text: str) -> bool:
    return count_letters(text) >= _LEAST_NAME


def _find_same(gaps: Gaps, blocks: Sequence[int]) -> list[int]:
    """All blocks with the texts of some: those that are as long and have the same last character are looked at."""
    keys = (gaps.sizes << 8 ^ gaps.lasts) & (_KEYS - 1)
    may_be = np.zeros(_KEYS, np.bool_)
    may_be[keys[blocks]] = True
    wanted = {gaps.texts[i] for i in blocks}
    return [i for i in np.flatnonzero(may_be[keys]).tolist() if gaps.texts[i] in wanted]


def _are_enough(lines: set[str]) -> bool:
    return len(lines) >= _LEAST_LINES and sum(map(count_letters, lines)) >= _LEAST_LETTERS


def _choose_apart(texts: Sequence[str], places: Sequence[int]) -> list[int]:
    """Those of the places, among texts that are kept, that have some of it on both sides; the first ones win."""
    sums = list(accumulate(map(count_bytes, texts), initial=0))
    chosen, last = list[int](), 0
    for k in places:
        if min(sums[k] - sums[last], sums[-1] - sums[k]) >= _LEAST_BYTES:
            chosen.append(k)
            last = k
    return chosen


def _find_begin(texts: Sequence[str], first: int, stop: int, *, top: set[str], end: set[str]) -> int:
    """The block with which the page begins: behind the last line of a foot, or where the head does."""
    head = next((i for i in range(first, stop) if texts[i] in top and texts[i] not in end), stop)
    feet = [i for i in range(first, head) if texts[i] in end and texts[i] not in top]
    if feet:
        return feet[-1] + 1
    head = next(i for i in range(first, stop) if texts[i] in top)
    begin = max(0, head - texts.index(texts[head]))
    return begin if all(len(text) <= _TITLE_CHARS for text in texts[begin:head]) else head
