"""What is remembered of the kept records, compactly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dehusk.dedupe.bands import BANDS, WHOLE, hash_keys, read_columns
from dehusk.dedupe.columns import Column, Spill
from dehusk.dedupe.rule import Compared
from dehusk.dedupe.signatures import PERMUTATIONS, Signed
from dehusk.errors import UnreadableIndex

_CHANCE = 1 / 256  # two 8-bit values are equal for no reason
_END = b"\xff"  # ends an id; no byte of UTF-8


class Kept:
    """Of every kept record: its id, key, words and shingles, and 8 bits of each signature value.

    In memory 152 bytes a record. Its id, and 4 bytes for each of its shingles and words, go to `spill`:
    mapped from the index, or in a temporary file where they are many.
    """

    def __init__(
        self,
        *,
        keys: Column | None = None,
        bands: Column | None = None,
        ends: Column | None = None,
        counts: Column | None = None,
        spill: Spill | None = None,
        path: str = "",
    ) -> None:
        self.keys = keys or Column(np.uint64)
        self.bands = bands or Column(np.uint32, width=BANDS)
        """The 8-bit signatures, a word a band."""
        self.ends = ends or Column(np.int64)
        """Where each record ends in `spill`."""
        self.counts = counts or Column(np.uint32, width=2)
        """Its shingles and its words, which stand there in this order, before the id."""
        self.spill = spill or Spill()
        self._path = path
        """Of the index that it was read from, for messages."""

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def nbytes(self) -> int:
        columns = (self.keys, self.bands, self.ends, self.counts, self.spill)
        return sum(column.nbytes for column in columns)

    def add(
        self, identifiers: list[str], signed: Signed, *, texts: list[int], bands: NDArray[np.uint32]
    ) -> None:
        """Remember these texts of a signed batch, in order."""
        ends, counts = [], []
        pieces: list[NDArray[np.uint32]] = []
        end = len(self.spill)
        for identifier, i in zip(identifiers, texts, strict=True):
            pieces += [signed.shingles.at(i), signed.words.at(i), _pack(identifier)]
            counts.append((len(pieces[-3]), len(pieces[-2])))
            end += len(pieces[-3]) + len(pieces[-2]) + len(pieces[-1])
            ends.append(end)
        if texts:
            self.keys.extend(signed.keys[texts])
            self.bands.extend(bands[texts])
            self.ends.extend(np.array(ends))
            self.counts.extend(np.array(counts, np.uint32))
            self.spill.add(np.concatenate(pieces))

    def identify(self, number: int) -> str:
        """The id of a record.

        Raises:
            UnreadableIndex: it is none, as no index has it that was written by `write_index`.
        """
        try:
            return _unpack(self._read(number)[int(self._counts(number).sum()) :])
        except ValueError as error:
            raise UnreadableIndex(
                f"{self._path}: it is damaged: the id of record {number}: give another file, or delete it to make a "
                "new index"
            ) from error

    def compared(self, number: int) -> Compared:
        """What of a record is compared with another."""
        shingles, words = self._counts(number).tolist()
        values = self._read(number)
        key = int(self.keys.take(np.array([number]))[0])
        return Compared(key, values[:shingles], values[shingles : shingles + words])

    def estimate(self, bands: NDArray[np.uint32], numbers: NDArray[np.int64]) -> NDArray[np.float64]:
        """Estimated Jaccard of a short signature with those of records."""
        return estimate(bands, self.bands.take(numbers))

    def count_shingles(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        return self.counts.take(numbers)[:, 0].astype(np.int64)

    def words_of(self, numbers: NDArray[np.int64], columns: NDArray[np.uint32]) -> NDArray[np.uint32]:
        """The words by which records stand under a column's key."""
        words = self.bands.pick(numbers, np.maximum(columns, 1) - np.uint32(1))
        is_whole = np.flatnonzero(columns == WHOLE)
        words[is_whole] = self.keys.take(numbers[is_whole]).astype(np.uint32)
        return words

    def hashes_of(self, numbers: NDArray[np.int64], tags: NDArray[np.uint32]) -> NDArray[np.uint32]:
        """The hashes under which records stand in the band table."""
        columns = read_columns(tags)
        return hash_keys(self.words_of(numbers, columns), columns)

    def _counts(self, number: int) -> NDArray[np.uint32]:
        return np.asarray(self.counts.take(np.array([number]))[0])

    def _read(self, number: int) -> NDArray[np.uint32]:
        stop = int(self.ends.take(np.array([number]))[0])
        start = int(self.ends.take(np.array([number - 1]))[0]) if number else 0
        return self.spill.read(start, stop)


def estimate(bands: NDArray[np.uint32], others: NDArray[np.uint32]) -> NDArray[np.float64]:
    """Estimated Jaccard of a short signature with others: shares of equal bytes, less what is by chance."""
    equal = np.count_nonzero(np.ascontiguousarray(others).view(np.uint8) == bands.view(np.uint8), axis=-1)
    shares = equal / PERMUTATIONS
    return np.asarray(np.clip((shares - _CHANCE) / (1 - _CHANCE), 0, 1))


def _pack(identifier: str) -> NDArray[np.uint32]:
    """An id as 32-bit values."""
    content = identifier.encode("utf-8", "surrogatepass") + _END
    return np.frombuffer(content.ljust(-(-len(content) // 4) * 4, b"\0"), np.uint32)


def _unpack(values: NDArray[np.uint32]) -> str:
    content = values.tobytes()
    return content[: content.rindex(_END)].decode("utf-8", "surrogatepass")
