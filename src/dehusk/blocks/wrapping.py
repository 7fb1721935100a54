"""Where text was broken at a fixed width: which line ends are a wrapper's and which the author's."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from dehusk.blocks.lines import WIDE_RE, Lines
from dehusk.native import find_address, load_kernels

WIDTHS = np.arange(60, 111, dtype=np.int16)
_NARROWEST, _WIDEST = 40, int(WIDTHS[-1])
_NEAR = 40  # lines before or behind that may testify to a width
_STRETCH = 4096  # lines at a time, so that what is counted for every width fits the cache
_LEAST_VOTES = 3
_SLACK = 25  # columns that a wrapper may have left free
_STARTS_RE = re.compile(
    r"(?:[•●▪■◦‣⁃∙○☆★□◆◇►▸▶*+–—-]|o(?=  ?\S)|#{1,6}|\(?(?:\d{1,3}|[a-zA-Z])[.)]|>+|\|)(?:\s|$)"
)


def find_joins(lines: Lines) -> NDArray[np.bool_]:
    """For each line, whether the next one continues it.

    A greedy wrapper of width W leaves lines of at most W columns that could not have taken the next line's
    first word. Where the lines nearby (forty before, or forty behind) show one such width, and few lines that
    are longer or that break early, line ends of that kind are joined. Wide East Asian characters count two.
    """
    texts = lines.texts
    joins = np.zeros(len(texts), np.bool_)
    widths = lines.indents + lines.columns
    close = np.flatnonzero((widths >= _NARROWEST) & (widths <= _WIDEST) & (np.append(lines.gaps[1:], 1) == 0))
    close = close[[_continues(texts[i + 1]) for i in close.tolist()]]
    if np.count_nonzero(widths[close] >= WIDTHS[0] - 15) < _LEAST_VOTES:
        return joins
    filled = np.zeros(len(texts), np.int64)
    filled[close] = [_measure_first(texts[i], texts[i + 1]) for i in close.tolist()]
    filled[close] += widths[close] + 1
    best = _choose_widths(widths, filled)
    for i in np.flatnonzero((best > 0) & (widths <= best) & (filled > best)).tolist():
        joins[i] = _indents_agree(lines, i, is_after_join=i > 0 and bool(joins[i - 1]))
    return joins


def _choose_widths(widths: NDArray[np.int64], filled: NDArray[np.int64]) -> NDArray[np.int64]:
    """The width that the lines around each line show; 0 where they show none.

    `filled` is the columns of a line with the next one's first word, 0 where the next line begins anew.
    """
    n = len(widths)
    columns, room = (np.minimum(values, 2 * _WIDEST).astype(np.int16) for values in (widths, filled))
    best = np.zeros(n, np.int64)
    count_votes = _count_votes if load_kernels() is None else _count_votes_compiled
    for start in range(0, n, _STRETCH):
        low, high = max(0, start - _NEAR), min(n, start + _STRETCH + _NEAR)
        if np.count_nonzero(room[low:high]) >= _LEAST_VOTES:
            stop = min(n, start + _STRETCH)
            votes = count_votes(columns[low:high], room[low:high])
            best[start:stop] = votes[start - low : stop - low]
    return best


def _count_votes(columns: NDArray[np.int16], room: NDArray[np.int16]) -> NDArray[np.int64]:
    """The width for which most lines of one stretch speak, at each of them."""
    width = WIDTHS[:, None]
    is_short = columns <= width
    fits = is_short & (room > width) & (columns >= width - _SLACK)
    votes = fits.view(np.int8) - ((room > 0) & (room <= width)).view(np.int8)
    votes -= 2 * (~is_short).view(np.int8)
    n = len(columns)
    sums = np.zeros((len(WIDTHS), n + 1), np.int16)
    np.cumsum(votes, axis=1, out=sums[:, 1:], dtype=np.int16)
    at = np.flatnonzero(room)
    behind = sums[:, np.minimum(at + _NEAR, n)] - sums[:, at]
    before = sums[:, at + 1] - sums[:, np.maximum(at + 1 - _NEAR, 0)]
    scores = np.where(fits.any(axis=1, keepdims=True), np.maximum(behind, before), 0)
    top = scores.argmax(axis=0)
    best = np.zeros(n, np.int64)
    best[at] = np.where(scores[top, np.arange(len(at))] >= _LEAST_VOTES, WIDTHS[top], 0)
    return best


def _count_votes_compiled(columns: NDArray[np.int16], room: NDArray[np.int16]) -> NDArray[np.int64]:
    columns, room = np.ascontiguousarray(columns), np.ascontiguousarray(room)
    n, at = len(columns), np.flatnonzero(room)
    sums, scores, found = np.empty(n + 1, np.int32), np.empty(len(at), np.int32), np.empty(len(at), np.int64)
    load_kernels().count_votes(
        find_address(columns), find_address(room), n, find_address(at), len(at), find_address(WIDTHS), len(WIDTHS),
        _NEAR, _SLACK, _LEAST_VOTES, *map(find_address, (sums, scores, found)),
    )  # fmt: skip
    best = np.zeros(n, np.int64)
    best[at] = found
    return best


def _continues(text: str) -> bool:
    """Whether a line may continue the one above: it begins nothing new of its own."""
    return (text[0].isalpha() and text[1:2] not in (".", ")", " ")) or not _STARTS_RE.match(text)


def _indents_agree(lines: Lines, i: int, *, is_after_join: bool) -> bool:
    here, below = int(lines.indents[i]), int(lines.indents[i + 1])
    if here == below:
        return True
    if is_after_join:
        return False
    if _STARTS_RE.match(lines.texts[i]):
        return below >= here
    return 0 < here - below <= 8  # a paragraph's first line, set in


def _measure(text: str) -> int:
    if text.isascii():
        return len(text)
    return len(text) + len(WIDE_RE.findall(text))


def _measure_first(text: str, below: str) -> int:
    """Columns of the least that a wrapper would have moved up: a word, or a character of CJK text."""
    word = below[:120].split(None, 1)[0]
    if word.isascii():
        return len(word)
    if WIDE_RE.match(word):
        return 2 if not WIDE_RE.match(text[-1]) else 1
    return _measure(word)
