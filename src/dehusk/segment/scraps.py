"""What is too little, and too doubtful, to be an article."""

from __future__ import annotations

from collections.abc import Sequence

from dehusk.model import Labelled


def is_scrap(blocks: Sequence[Labelled], *, chars: int, score: float) -> bool:
    """Whether blocks hold fewer characters than `chars` and are, by these, less sure than `score`; none are not.

    >>> is_scrap([], chars=400, score=0.4)
    False
    """
    size = 0
    for item in blocks:
        size += len(item.block.text)
        if size >= chars:  # as most have after a few lines
            return False
    return sum(len(item.block.text) * item.score for item in blocks) < score * size
