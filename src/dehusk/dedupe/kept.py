"""What is remembered of the kept records, compactly: columns that grow."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dehusk.dedupe.rule import Compared
from dehusk.dedupe.signatures import PERMUTATIONS, Signed


class Column:
    """A numpy array that grows at its end.

    >>> column = Column(np.int64)
    >>> column.extend(np.arange(3))
    >>> column.values.tolist()
    [0, 1, 2]
    """

    def __init__(self, dtype: Any, *, width: int = 0) -> None:
        self._array = np.zeros((16, width) if width else 16, dtype)
        self._used = 0

    @property
    def values(self) -> NDArray[Any]:
        return self._array[: self._used]

    def extend(self, values: NDArray[Any]) -> None:
        needed = self._used + len(values)
        if needed > len(self._array):
            grown = np.zeros(
                (max(needed, len(self._array) * 3 // 2), *self._array.shape[1:]), self._array.dtype
            )
            grown[: self._used] = self.values
            self._array = grown
        self._array[self._used : needed] = values
        self._used = needed


class Kept:
    """Of every kept record: its id, key, words and shingles, and 8 bits of each signature value.

    About 4 bytes a shingle and a word, each counted once, and 150 a record besides its id.
    """

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.keys = Column(np.uint64)
        self.signatures = Column(np.uint8, width=PERMUTATIONS)
        self.shingles = Column(np.uint32)
        self.shingle_ends = Column(np.int64)
        self.words = Column(np.uint32)
        self.word_ends = Column(np.int64)

    def __len__(self) -> int:
        return len(self.ids)

    def add(self, identifier: str, signed: Signed, i: int) -> int:
        """Remember text i of a signed batch; its number comes back."""
        self.ids.append(identifier)
        self.keys.extend(signed.keys[i : i + 1])
        self.signatures.extend(signed.rows[i : i + 1].astype(np.uint8))
        for column, ends, values in (
            (self.shingles, self.shingle_ends, signed.shingles.at(i)),
            (self.words, self.word_ends, signed.words.at(i)),
        ):
            column.extend(values)
            ends.extend(np.array([len(column.values)]))
        return len(self.ids) - 1

    def __getitem__(self, number: int) -> Compared:
        return Compared(
            int(self.keys.values[number]),
            _take(self.shingles, self.shingle_ends, number),
            _take(self.words, self.word_ends, number),
        )

    def estimate(self, row: NDArray[np.uint32], numbers: NDArray[np.int64]) -> NDArray[np.float64]:
        """Estimated Jaccard of a signature with those of kept records, from 8 bits a value."""
        matching = np.mean(self.signatures.values[numbers] == row.astype(np.uint8), axis=1)
        chance = 1 / 256
        return np.asarray(np.clip((matching - chance) / (1 - chance), 0, 1))

    def count_shingles(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        ends = self.shingle_ends.values
        return np.asarray(ends[numbers] - np.where(numbers > 0, ends[numbers - 1], 0))


def _take(column: Column, ends: Column, number: int) -> NDArray[np.uint32]:
    start = int(ends.values[number - 1]) if number else 0
    return column.values[start : int(ends.values[number])]
