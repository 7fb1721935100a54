"""What is too little, and too doubtful, to be an article."""

from __future__ import annotations

from collections.abc import Sequence

from dehusk.model import Labelled
from dehusk.words import count_bytes


def is_scrap(blocks: Sequence[Labelled], *, least: int, score: float) -> bool:
    """Whether blocks hold fewer bytes of UTF-8 than `least` and are, by these, less sure than `score`; none are not.

    >>> is_scrap([], least=400, score=0.4)
    False
    """
    sizes, size = list[int](), 0
    for item in blocks:
        sizes.append(count_bytes(item.block.text))
        size += sizes[-1]
        if size >= least:  # as most have after a few lines
            return False
    return sum(own * item.score for own, item in zip(sizes, blocks, strict=True)) < score * size
