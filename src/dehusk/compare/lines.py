"""Two texts, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Literal, NamedTuple

MOST_CELLS = 1_000_000
"""Lines times lines that are aligned exactly: a matcher's worst case is quadratic, and texts are hostile."""


class Row(NamedTuple):
    """A line of the one text beside that of the other; None where one has none."""

    kind: Literal["same", "changed"]
    left: str | None
    right: str | None


def align_lines(left: Sequence[str], right: Sequence[str]) -> list[Row]:
    """Both texts in order, equal lines beside each other.

    Texts of more than a thousand lines that differ all over are compared as sets of lines.

    >>> align_lines(["a", "b"], ["b", "c"])
    [Row(kind='changed', left='a', right=None), Row(kind='same', left='b', right='b'), \
Row(kind='changed', left=None, right='c')]
    """
    head = _count_equal(left, right)
    tail = _count_equal(left[head:][::-1], right[head:][::-1])
    inner_left, inner_right = left[head : len(left) - tail], right[head : len(right) - tail]
    return [
        *(Row("same", line, line) for line in left[:head]),
        *_align_inner(inner_left, inner_right),
        *(Row("same", line, line) for line in left[len(left) - tail :]),
    ]


def _count_equal(left: Sequence[str], right: Sequence[str]) -> int:
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count


def _align_inner(left: Sequence[str], right: Sequence[str]) -> Iterator[Row]:
    if len(left) * len(right) > MOST_CELLS:
        yield from _align_sets(left, right)
        return
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    for kind, i, j, k, m in matcher.get_opcodes():
        for one, other in zip_longest(left[i:j], right[k:m]):
            yield Row("same" if kind == "equal" else "changed", one, other)


def _align_sets(left: Sequence[str], right: Sequence[str]) -> Iterator[Row]:
    ours, theirs = set(left), set(right)
    yield from (Row("changed", line, None) for line in left if line not in theirs)
    yield from (Row("same", line, line) if line in ours else Row("changed", None, line) for line in right)
