"""House style: glyphs and spellings that a publisher keeps to, and where they change."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from dehusk.nets import Rows

Floats = NDArray[np.float64]

STYLE = 27
"""Columns of `measure_style`."""
_GROUPS = (
    ("’", "'"), ("“", '"'), ("—", "–", " - "), ("…", "..."), ("  ", "\u00a0"), ("%", " percent"), ("U.S.", " US "),
    ("Mr.", "Mr "),
)  # fmt: skip
_MARKS = [mark for group in _GROUPS for mark in group]
_MEMBERS = np.array([[mark in group for group in _GROUPS] for mark in _MARKS], np.float64)
_REACHES = (6, 15, 40)


def measure_style(texts: list[str]) -> Rows:
    """(gaps, STYLE): log likelihood ratios that the two sides of each gap differ, by group and together.

    For each reach: so many texts on both sides count.
    """
    n = len(texts)
    if n < 2:
        return np.zeros((0, STYLE), np.float32)
    sums = np.zeros((n + 1, len(_MARKS)))
    np.cumsum(np.minimum(_count_marks(texts), 3), axis=0, out=sums[1:])
    at = np.arange(1, n)
    parts = []
    for reach in _REACHES:
        left, right = sums[at] - sums[np.maximum(at - reach, 0)], sums[np.minimum(at + reach, n)] - sums[at]
        ratios = _entropy(left) + _entropy(right) - _entropy(left + right)
        parts.append(np.log1p(np.maximum(np.column_stack([ratios, ratios.sum(1)]), 0)).astype(np.float32))
    return np.concatenate(parts, axis=1)


def _count_marks(texts: list[str]) -> Floats:
    """How often each text has each of _MARKS."""
    whole = "\n".join(texts)
    ends = np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)) + 1)
    counts = np.zeros((len(texts), len(_MARKS)))
    codes = np.frombuffer(whole.encode("utf-32-le", "surrogatepass"), "<u4")
    for column, mark in enumerate(_MARKS):
        if len(mark) == 1:
            found = np.flatnonzero(codes == ord(mark))
        else:
            found = np.fromiter(_find_all(whole, mark), np.int64)
        counts[:, column] = np.bincount(np.searchsorted(ends, found, "right"), minlength=len(texts))
    return counts


def _find_all(whole: str, mark: str) -> Iterator[int]:
    at = whole.find(mark)
    while at >= 0:
        yield at
        at = whole.find(mark, at + len(mark))


def _entropy(counts: Floats) -> Floats:
    """Log likelihood of the counts in each of _GROUPS, given their shares."""
    total = counts @ _MEMBERS
    own = (counts * np.log(np.maximum(counts, 1e-9))) @ _MEMBERS
    return np.asarray(own - total * np.log(np.maximum(total, 1e-9)))
