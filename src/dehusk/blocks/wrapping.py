"""Where text was broken at a fixed width: which line ends are a wrapper's and which the author's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from dehusk.blocks.text import Line

WIDTHS = np.arange(60, 111)
_NEAR = 40  # lines before or behind that may testify to a width
_STARTS_RE = re.compile(
    r"(?:[•●▪■◦‣⁃∙○☆★□◆◇►▸▶*+–—-]|o(?=  ?\S)|#{1,6}|\(?(?:\d{1,3}|[a-zA-Z])[.)]|>+|\|)(?:\s|$)"
)
_WIDE_RE = re.compile(
    "[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6"
    "\U00020000-\U0003fffd]"
)


def find_joins(lines: list[Line]) -> list[bool]:
    """For each line, whether the next one continues it.

    A greedy wrapper of width W leaves lines of at most W columns that could not have taken the next line's
    first word. Where the lines nearby (forty before, or forty behind) show one such width, and few lines that
    are longer or that break early, line ends of that kind are joined. Wide East Asian characters count two.
    """
    n = len(lines)
    joins = [False] * n
    widths = np.array([line.indent + _measure(line.text) for line in lines], dtype=np.int32)
    nexts = _find_continuable(lines)
    close = np.flatnonzero(nexts & (widths >= 40) & (widths <= WIDTHS[-1]))
    if np.count_nonzero(widths[close] >= WIDTHS[0] - 15) < 3:
        return joins
    filled = widths + 1
    for i in close.tolist():
        filled[i] += _measure_first(lines[i], lines[i + 1])
    best = _choose_widths(widths, filled, close)
    is_joined = np.zeros(n, dtype=bool)
    is_joined[close] = (widths[close] <= best[close]) & (filled[close] > best[close]) & (best[close] > 0)
    for i in np.flatnonzero(is_joined).tolist():
        joins[i] = _indents_agree(lines, i, is_after_join=i > 0 and joins[i - 1])
    return joins


def _choose_widths(widths: np.ndarray, filled: np.ndarray, close: np.ndarray) -> np.ndarray:
    """The width that the lines around each line show; 0 where they show none."""
    n = len(widths)
    best_score = np.full(n, 2.5, dtype=np.float32)
    best = np.zeros(n, dtype=np.int32)
    close_widths, close_filled = widths[close], filled[close]
    for width in WIDTHS.tolist():
        fits = (close_widths <= width) & (close_filled > width) & (close_widths >= width - 25)
        if not fits.any():
            continue
        votes = np.where(widths > width, np.float32(-2), np.float32(0))
        votes[close] += np.where(fits, np.float32(1), np.float32(0))
        votes[close[close_filled <= width]] -= 1
        sums = np.concatenate(([0.0], np.cumsum(votes, dtype=np.float64)))
        at = np.arange(n)
        behind = sums[np.minimum(at + _NEAR, n)] - sums[at]
        before = sums[at + 1] - sums[np.maximum(at + 1 - _NEAR, 0)]
        score = np.maximum(behind, before)
        better = score > best_score
        best_score[better] = score[better]
        best[better] = width
    return best


def _find_continuable(lines: list[Line]) -> np.ndarray:
    """Whether the next line stands right below and begins nothing new of its own."""
    n = len(lines)
    found = np.zeros(n, dtype=bool)
    for i in range(n - 1):
        below = lines[i + 1]
        if below.gap == 0:
            first = below.text[0]
            found[i] = (first.isalpha() and below.text[1:2] not in (".", ")")) or not _STARTS_RE.match(
                below.text
            )
    return found


def _indents_agree(lines: list[Line], i: int, *, is_after_join: bool) -> bool:
    here, below = lines[i].indent, lines[i + 1].indent
    if here == below:
        return True
    if is_after_join:
        return False
    if _STARTS_RE.match(lines[i].text):
        return below >= here
    return 0 < here - below <= 8  # a paragraph's first line, set in


def _measure(text: str) -> int:
    if text.isascii():
        return len(text)
    return len(text) + len(_WIDE_RE.findall(text))


def _measure_first(line: Line, below: Line) -> int:
    """Columns of the least that a wrapper would have moved up: a word, or a character of CJK text."""
    word = below.text[:120].split(None, 1)[0]
    if word.isascii():
        return len(word)
    if _WIDE_RE.match(word):
        return 2 if not _WIDE_RE.match(line.text[-1]) else 1
    return _measure(word)
