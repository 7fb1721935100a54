"""House style: glyphs and spellings that a publisher keeps to, and where they change."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray

from dehusk.native import find_address, load_kernels
from dehusk.nets import Rows
from dehusk.words import measure_texts

Ints = NDArray[np.int64]
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
    count_marks = _count_marks if load_kernels() is None else _count_marks_compiled
    sums = np.zeros((n + 1, len(_MARKS)))
    np.cumsum(np.minimum(count_marks(texts), 3), axis=0, out=sums[1:])
    at = np.arange(1, n)
    parts = []
    for reach in _REACHES:
        left, right = sums[at] - sums[np.maximum(at - reach, 0)], sums[np.minimum(at + reach, n)] - sums[at]
        ratios = _entropy(left) + _entropy(right) - _entropy(left + right)
        parts.append(np.log1p(np.maximum(np.column_stack([ratios, ratios.sum(1)]), 0)).astype(np.float32))
    return np.concatenate(parts, axis=1)


def _read_texts(texts: list[str]) -> tuple[str, Ints]:
    """The texts run together with a line break between two, and where each ends, the break and all."""
    return "\n".join(texts), np.cumsum(measure_texts(texts) + 1)


def _count_marks(texts: list[str]) -> Floats:
    """How often each text has each of _MARKS."""
    whole, ends = _read_texts(texts)
    counts = np.zeros((len(texts), len(_MARKS)))
    for column, mark in enumerate(_MARKS):
        found = np.fromiter(_find_all(whole, mark), np.int64)
        counts[:, column] = np.bincount(np.searchsorted(ends, found, "right"), minlength=len(texts))
    return counts


def _find_all(whole: str, mark: str) -> Iterator[int]:
    at = whole.find(mark)
    while at >= 0:
        yield at
        at = whole.find(mark, at + len(mark))


def _count_marks_compiled(texts: list[str]) -> Floats:
    whole, ends = _read_texts(texts)
    codes = np.frombuffer(whole.encode("utf-32-le", "surrogatepass"), "<u4")
    counts = np.zeros((len(texts), len(_MARKS)))
    load_kernels().count_marks(
        find_address(codes), len(codes), find_address(ends), len(texts), *map(find_address, _list_letters()[:2]),
        len(_MARKS), find_address(_list_letters()[2]), find_address(counts),
    )  # fmt: skip
    return counts


@cache
def _list_letters() -> tuple[NDArray[np.uint32], Ints, NDArray[np.uint32]]:
    """The letters of all of _MARKS, where each mark begins among them, and by the last eight bits of a letter, which
    marks may begin with it."""
    letters = np.frombuffer("".join(_MARKS).encode("utf-32-le"), "<u4")
    firsts = np.zeros(256, np.uint32)
    for bit, mark in enumerate(_MARKS):
        firsts[ord(mark[0]) & 255] |= np.uint32(1 << bit)
    return letters, np.cumsum([0, *map(len, _MARKS)]), firsts


def _entropy(counts: Floats) -> Floats:
    """Log likelihood of the counts in each of _GROUPS, given their shares."""
    total = counts @ _MEMBERS
    own = (counts * np.log(np.maximum(counts, 1e-9))) @ _MEMBERS
    return np.asarray(own - total * np.log(np.maximum(total, 1e-9)))
