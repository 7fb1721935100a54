"""Which stretches of a text are English, told by how many of its commonest words they have.

Labels and borders ask it, and must agree: both have tables of English words that say nothing of another language.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ENGLISH_WORDS = (
    "the of and to in a is that for it was on with as be at by this have are not from or had his".split()
)
_ALONE = frozenset("the and that with this from you your our".split())
_AROUND_BLOCKS = 12
_LEAST_SHARE = 0.12


def find_english(english: NDArray[np.int64], words: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each block stands in English, by the 12 above and below it, too.

    `words` has how many words each block has, `english` how many of them are ENGLISH_WORDS.

    >>> [find_english(np.array([0, count]), np.array([2, 9])).tolist() for count in (2, 3)]
    [[False, False], [True, True]]
    """
    at = np.arange(len(words))
    low, high = np.maximum(at - _AROUND_BLOCKS, 0), np.minimum(at + _AROUND_BLOCKS + 1, len(words))
    near = []
    for counts in (english, words):
        sums = np.concatenate(([0], np.cumsum(counts)))
        near.append(sums[high] - sums[low])
    return np.asarray(near[0] > _LEAST_SHARE * near[1] + 1)


def has_english(text: str) -> bool:
    """Whether a sentence has a word that English ones have and those of other languages have not: a quick look."""
    return not _ALONE.isdisjoint(text.split())
