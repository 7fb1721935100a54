"""English: a block is of the language of the blocks around it."""

from __future__ import annotations

import numpy as np
import pytest

from dehusk.english import find_english


@pytest.mark.parametrize(
    ("english", "words", "expected"),
    [
        ([], [], []),
        ([1], [2], [False]),  # too few to tell
        ([2], [2], [True]),
        ([4], [25], [False]),  # one more than .12 of the words
        ([5], [25], [True]),
        ([9, *[0] * 14], [9] * 15, [False] * 15),
        ([90, *[0] * 14], [99] * 15, [False] * 15),
        ([300, *[0] * 14], [99] * 15, [*[True] * 13, False, False]),
        ([*[0] * 14, 300], [99] * 15, [False, False, *[True] * 13]),
    ],
)
def test_the_blocks_around_tell(english: list[int], words: list[int], expected: list[bool]) -> None:
    assert find_english(np.array(english, np.int64), np.array(words, np.int64)).tolist() == expected
