"""House style: glyphs and spellings that a publisher keeps to, and where they change."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray

from dehusk.native import find_address, load_kernels, make_once
from dehusk.nets import Rows, multiply
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
_MOST = 3  # that often a text's mark counts


def measure_style(texts: list[str]) -> Rows:
    """(gaps, STYLE): log likelihood ratios that the two sides of each gap differ, by group and together.

    For each reach: so many texts on both sides count.
    """
    n = len(texts)
    if n < 2:
        return np.zeros((0, STYLE), np.float32)
    count_marks = _count_marks if load_kernels() is None else _count_marks_compiled
    marks = np.minimum(count_marks(texts), _MOST)
    counts = np.concatenate([marks, multiply(marks, _MEMBERS)], axis=1).astype(np.int64)
    compare = _compare if load_kernels() is None else _compare_compiled
    ratios = compare(counts)
    ratios = np.concatenate([ratios, ratios.sum(axis=2, keepdims=True)], axis=2).reshape(n - 1, STYLE)
    return np.log1p(np.maximum(ratios, 0)).astype(np.float32)


def _compare(counts: Ints) -> Floats:
    """(gaps, reaches, groups): log likelihood ratios that both sides differ, given the counts of _MARKS and _GROUPS."""
    n, most = len(counts), max(_REACHES)
    sums = np.zeros(
        (n + 1 + 2 * most, counts.shape[1]), np.int64
    )  # from `most` on; before and behind nothing is added
    np.cumsum(counts, axis=0, out=sums[most + 1 : most + n + 1])
    sums[most + n + 1 :] = sums[most + n]
    parts = []
    for reach in _REACHES:
        first, end = most + 1, most + n
        sides = _entropy(sums[first : end + reach] - sums[first - reach : end])  # above each place
        both = _entropy(sums[first + reach : end + reach] - sums[first - reach : end - reach])
        parts.append(sides[: n - 1] + sides[reach:] - both)
    return np.stack(parts, axis=1)


def _compare_compiled(counts: Ints) -> Floats:
    bounds, reaches, terms = np.cumsum([0, *map(len, _GROUPS)]), np.array(_REACHES), _list_terms()
    sums = np.empty((len(counts) + 1, counts.shape[1]), np.int32)
    ratios = np.empty((len(counts) - 1, len(_REACHES), len(_GROUPS)))
    load_kernels().compare_marks(
        find_address(counts), len(counts), find_address(bounds), len(_GROUPS), find_address(terms),
        find_address(reaches), len(reaches), find_address(sums), find_address(ratios),
    )  # fmt: skip
    return ratios


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
    letters, bounds, firsts, seconds = map(find_address, _list_letters())
    load_kernels().count_marks(
        find_address(codes), len(codes), find_address(ends), len(texts), letters, bounds, len(_MARKS), firsts, seconds,
        find_address(counts),
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


def _entropy(counts: Ints) -> Floats:
    """Log likelihood of the counts in each of _GROUPS, given their shares; `counts` are of _MARKS, then of _GROUPS."""
    terms = np.take(_list_terms(), counts)
    sums = np.zeros((len(counts), len(_GROUPS)))
    for mark, group in enumerate(
        _MEMBERS.argmax(axis=1).tolist()
    ):  # in the kernel's order, which BLAS has not
        sums[:, group] += terms[:, mark]
    return sums - terms[:, len(_MARKS) :]


@cache
def _list_terms() -> Floats:
    """What a count adds to the log likelihood; looking it up takes a quarter of the time of its logarithm."""
    counts = np.arange(1 + 2 * max(_REACHES) * _MOST * max(map(len, _GROUPS)), dtype=np.float64)
    return np.asarray(counts * np.log(np.maximum(counts, 1e-9)))
