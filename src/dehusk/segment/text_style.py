"""House style: glyphs and spellings that a publisher keeps to, and where they change."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from dehusk.native import find_address, load_kernels, make_once
from dehusk.nets import Rows
from dehusk.segment.text_ratios import REACHES, Counts, Ints, compare_near, sum_counts
from dehusk.words import JoinedTexts

_GROUPS = (
    ("’", "'"), ("“", '"'), ("—", "–", " - "), ("…", "..."), ("  ", "\u00a0"), ("%", " percent"), ("U.S.", " US "),
    ("Mr.", "Mr "),
)  # fmt: skip
_MARKS = [mark for group in _GROUPS for mark in group]
STYLE = len(REACHES) * (len(_GROUPS) + 1)
"""Columns of `measure_style`."""
_MOST = 3  # that often a text's mark counts


def measure_style(texts: JoinedTexts) -> Rows:
    """(gaps, STYLE): log likelihood ratios that the two sides of each gap differ, by group and together.

    For each reach: so many texts on both sides count.
    """
    n = len(texts.ends)
    if n < 2:
        return np.zeros((0, STYLE), np.float32)
    count_marks = _count_marks if load_kernels() is None else _count_marks_compiled
    groups = [*map(len, _GROUPS)]
    ratios = compare_near(sum_counts(count_marks(texts), groups, most=_MOST), groups)
    columns = np.empty((n - 1, len(REACHES), len(groups) + 1), np.float32)
    columns[..., :-1], columns[..., -1] = np.log1p(ratios), np.log1p(ratios.sum(axis=2))
    return columns.reshape(n - 1, STYLE)


def _count_marks(texts: JoinedTexts) -> Counts:
    """How often each text has each of _MARKS."""
    counts = np.zeros((len(texts.ends), len(_MARKS)), np.int32)
    for column, mark in enumerate(_MARKS):
        found = np.fromiter(_find_all(texts.whole, mark), np.int64)
        counts[:, column] = np.bincount(np.searchsorted(texts.ends, found, "right"), minlength=len(counts))
    return counts


def _find_all(whole: str, mark: str) -> Iterator[int]:
    at = whole.find(mark)
    while at >= 0:
        yield at
        at = whole.find(mark, at + len(mark))


def _count_marks_compiled(texts: JoinedTexts) -> Counts:
    counts = np.zeros((len(texts.ends), len(_MARKS)), np.int32)
    letters, bounds, firsts, seconds = map(find_address, _list_letters())
    load_kernels().count_marks(
        find_address(texts.codes), len(texts.codes), find_address(texts.ends), len(counts), letters, bounds,
        len(_MARKS), firsts, seconds, find_address(counts),
    )  # fmt: skip
    return counts


@make_once
def _list_letters() -> tuple[NDArray[np.uint32], Ints, NDArray[np.uint32], NDArray[np.uint32]]:
    """The letters of all of _MARKS, where each mark begins among them, and by the last eight bits of a letter, which
    marks may begin with it, and which may have it as their second one or have none."""
    letters = np.frombuffer("".join(_MARKS).encode("utf-32-le"), "<u4")
    firsts, seconds = np.zeros((2, 256), np.uint32)
    for bit, mark in enumerate(_MARKS):
        firsts[ord(mark[0]) & 255] |= np.uint32(1 << bit)
        seconds[ord(mark[1]) & 255 if len(mark) > 1 else slice(None)] |= np.uint32(1 << bit)
    return letters, np.cumsum([0, *map(len, _MARKS)]), firsts, seconds
