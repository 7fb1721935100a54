"""Borders that copies show: a long passage that stood earlier in a dump is a page by itself."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from dehusk.model import Labelled
from dehusk.segment.scraps import is_scrap
from dehusk.words import count_bytes, count_letters

_RUN_CHARS = 1500  # shorter ones are quotations and boxes, which do not end an article
_PAGE_CHARS = 600  # nor do shorter ones that are parted from both sides by husk
_GAP_BLOCKS = 3  # blocks of its own that a copied page may have in a row: a caption, a source line
_COPIED_SHARE = 0.8  # of a run's characters
_SCRAP_BYTES, _SCRAP_SCORE = 250, 0.6
"""What is less, and more doubtful line by line, is no article and no part of one."""
_HUSK_CHARS = 40  # left out between two pages
_BEGINS = 1.0  # the log odds by which an article begins rather below what is left of a copy than with it


class Parted(NamedTuple):
    """Articles cut around copies."""

    groups: list[list[Labelled]]
    scraps: list[Labelled]
    """What stood around a copy and is too little for an article."""


class _Side(NamedTuple):
    """What is above or below a copy in its group."""

    scraps: int
    """So many blocks next to it go with it."""
    is_border: bool
    is_edge: bool
    """Nothing else is there."""


_NONE = _Side(0, False, False)


def cut_around_copies(
    groups: Sequence[list[Labelled]], stripped: Sequence[Labelled], origins: Sequence[int]
) -> Parted:
    """The groups, cut before and after each long run of blocks that `stripped` holds; `origins` are their groups.

    A shorter one of another group is a page, too, where husk or the group's end is above it and below it. What is left
    right around such a page, doubtful and little up to where husk parts it from more, is no part of the articles next
    to it.

    >>> from dehusk.model import Block
    >>> def block(text: str) -> Labelled:
    ...     return Labelled(Block(text, "paragraph", 0, 0, len(text)), "content", "", 1.0)
    >>> before, copy, after = block("before"), block("copied " * 300), block("after")
    >>> [len(group) for group in cut_around_copies([[before, copy, after]], [copy], [0]).groups]
    [1, 1, 1]
    """
    copied = {id(item.block): of for item, of in zip(stripped, origins, strict=True)}
    parts: list[list[Labelled]] = []
    scraps: list[Labelled] = []
    for g, group in enumerate(groups):
        at = 0
        runs = _find_runs(group, [id(item.block) in copied for item in group])
        for (start, end), (stop, _) in pairwise([*runs, (len(group), 0)]):
            above, below = _NONE, _NONE
            if copied[id(group[start].block)] != g:
                above, below = _look_up(group[at : start + 1]), _look_down(group[end - 1 : stop])
            is_page = above.is_border and below.is_border and (above.is_edge or below.is_edge)
            if not is_page and _count_chars(group[start:end]) < _RUN_CHARS:
                continue
            parts += [group[at : start - above.scraps], group[start:end]]
            at = end + below.scraps
            scraps += group[start - above.scraps : start] + group[end:at]
        parts.append(group[at:])
    return Parted([part for part in parts if part], scraps)


def _look_up(group: list[Labelled]) -> _Side:
    """What is above the last block of a group, which is copied."""
    if len(group) == 1 or is_scrap(group[:-1], least=_SCRAP_BYTES, score=_SCRAP_SCORE):
        return _Side(len(group) - 1, True, True)
    last = len(group) - 1
    lowest = last - _count_scraps(group[-2:0:-1])
    found = [i for i in range(last - 1, lowest - 1, -1) if _has_husk(group[i - 1], group[i])]
    if found:
        return _Side(last - max(found, key=lambda i: group[i].begins), True, False)
    return _Side(0, _has_husk(group[-2], group[-1]), False)


def _look_down(group: list[Labelled]) -> _Side:
    """What is below the first block of a group, which is copied."""
    if len(group) == 1 or is_scrap(group[1:], least=_SCRAP_BYTES, score=_SCRAP_SCORE):
        return _Side(len(group) - 1, True, True)
    least = group[1].begins + _BEGINS
    found = [
        i
        for i in range(2, 2 + _count_scraps(group[1:-1]))
        if group[i].begins >= least and _has_husk(group[i - 1], group[i])
    ]
    if found:
        return _Side(max(found, key=lambda i: group[i].begins) - 1, True, False)
    return _Side(0, _has_husk(group[0], group[1]), False)


def _count_scraps(group: list[Labelled]) -> int:
    """How many blocks from the first on are little and doubtful: each number of them, down to one."""
    size = doubtless = 0.0
    for i, item in enumerate(group):
        own = count_bytes(item.block.text)
        size += own
        doubtless += own * item.score
        if size >= _SCRAP_BYTES or doubtless >= _SCRAP_SCORE * size:
            return i
    return len(group)


def _has_husk(above: Labelled, below: Labelled) -> bool:
    return below.block.start - above.block.end >= _HUSK_CHARS


def _find_runs(group: list[Labelled], is_copied: list[bool]) -> list[tuple[int, int]]:
    """Ranges [start, end) that begin and end with a copied block and are long, and copied nearly throughout."""
    runs: list[tuple[int, int]] = []
    for i in (i for i, copied in enumerate(is_copied) if copied):
        if runs and i - runs[-1][1] <= _GAP_BLOCKS:
            runs[-1] = (runs[-1][0], i + 1)
        else:
            runs.append((i, i + 1))
    return [(start, end) for start, end in runs if _is_long(group[start:end], is_copied[start:end])]


def _is_long(run: list[Labelled], is_copied: list[bool]) -> bool:
    copied = sum(count_letters(item.block.text) for item, flag in zip(run, is_copied, strict=True) if flag)
    return copied >= _PAGE_CHARS and copied >= _COPIED_SHARE * _count_chars(run)


def _count_chars(run: list[Labelled]) -> int:
    return sum(count_letters(item.block.text) for item in run)
