"""Borders that copies show: a long passage that stood earlier in a dump is a page by itself."""

from __future__ import annotations

from collections.abc import Sequence

from dehusk.model import Labelled

_RUN_CHARS = 1500  # shorter ones are quotations and boxes, which do not end an article
_GAP_BLOCKS = 3  # blocks of its own that a copied page may have in a row: a caption, a source line
_COPIED_SHARE = 0.8  # of a run's characters


def cut_around_copies(groups: Sequence[list[Labelled]], stripped: Sequence[Labelled]) -> list[list[Labelled]]:
    """The groups, cut before and after each long run of blocks that `stripped` holds; nothing is lost.

    >>> from dehusk.model import Block
    >>> def block(text: str) -> Labelled:
    ...     return Labelled(Block(text, "paragraph", 0, 0, len(text)), "content", "", 1.0)
    >>> before, copy, after = block("before"), block("copied " * 300), block("after")
    >>> [len(group) for group in cut_around_copies([[before, copy, after]], [copy])]
    [1, 1, 1]
    """
    copied = {id(item.block) for item in stripped}
    parts: list[list[Labelled]] = []
    for group in groups:
        at = 0
        for start, end in _find_runs(group, [id(item.block) in copied for item in group]):
            parts += [group[at:start], group[start:end]]
            at = end
        parts.append(group[at:])
    return [part for part in parts if part]


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
    lengths = [len(item.block.text) for item in run]
    copied = sum(length for length, flag in zip(lengths, is_copied, strict=True) if flag)
    return copied >= _RUN_CHARS and copied >= _COPIED_SHARE * sum(lengths)
