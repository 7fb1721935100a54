"""The band table: which kept records share a band of their signatures with a new one.

Open addressing in two flat arrays, a slot of 8 bytes an entry: the band's 32-bit key and the record's
number. It can grow, be written to a file as it is, and be mapped.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dehusk.dedupe.signatures import Signed
from dehusk.words import mix

BANDS, BAND_ROWS = 32, 4
BUCKET_CAP = 16
"""Records under one key; later ones are not found by it, so that a bucket of 100,000 stays linear."""

_FREE = np.uint32(0xFFFFFFFF)
_FULLEST = 0.75
_GROWTH = 1.6


class BandTable:
    """Key -> the numbers of the records entered under it, up to `BUCKET_CAP`, in no order.

    >>> table = BandTable()
    >>> table.add(np.array([7, 9, 7], np.uint32), np.array([0, 1, 2], np.uint32))
    >>> places, numbers = table.find(np.array([9, 7], np.uint32))
    >>> sorted(zip(places.tolist(), numbers.tolist()))
    [(0, 1), (1, 0), (1, 2)]
    """

    def __init__(self, capacity: int = 1 << 12) -> None:
        self.keys = np.zeros(capacity, np.uint32)
        self.numbers = np.full(capacity, _FREE)
        self.used = 0

    def find(self, keys: NDArray[np.uint32]) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
        """The places in `keys` that have entries and, beside them, the numbers entered."""
        places = np.arange(len(keys))
        slots = self._home(keys)
        found: list[tuple[NDArray[np.int64], NDArray[np.uint32]]] = []
        while len(places):
            numbers = self.numbers[slots]
            taken = numbers != _FREE
            places, slots, numbers = places[taken], slots[taken], numbers[taken]
            equal = self.keys[slots] == keys[places]
            found.append((places[equal], numbers[equal]))
            slots = (slots + 1) % len(self.keys)
        if not found:
            return np.zeros(0, np.int64), np.zeros(0, np.uint32)
        return np.concatenate([p for p, _ in found]), np.concatenate([n for _, n in found])

    def add(self, keys: NDArray[np.uint32], numbers: NDArray[np.uint32]) -> None:
        """Enter numbers under keys; the caller minds `BUCKET_CAP`."""
        self._reserve(self.used + len(keys))
        self._fill(keys, numbers)
        self.used += len(keys)

    @property
    def nbytes(self) -> int:
        return self.keys.nbytes + self.numbers.nbytes

    def _home(self, keys: NDArray[np.uint32]) -> NDArray[np.int64]:
        return ((keys.astype(np.uint64) * np.uint64(len(self.keys))) >> np.uint64(32)).astype(np.int64)

    def _fill(self, keys: NDArray[np.uint32], numbers: NDArray[np.uint32]) -> None:
        slots = self._home(keys)
        while len(keys):
            free = np.flatnonzero(self.numbers[slots] == _FREE)
            self.numbers[slots[free]] = free.astype(np.uint32)  # who is last wins the slot
            won = free[self.numbers[slots[free]] == free]
            self.keys[slots[won]] = keys[won]
            self.numbers[slots[won]] = numbers[won]
            waiting = np.ones(len(keys), np.bool_)
            waiting[won] = False
            keys, numbers, slots = keys[waiting], numbers[waiting], slots[waiting]
            slots = (slots + 1) % len(self.keys)

    def _reserve(self, entries: int) -> None:
        if entries <= len(self.keys) * _FULLEST:
            return
        taken = np.flatnonzero(self.numbers != _FREE)
        keys, numbers = self.keys[taken], self.numbers[taken]
        capacity = int(max(len(self.keys) * _GROWTH, entries / _FULLEST)) + 1
        self.keys = np.zeros(capacity, np.uint32)
        self.numbers = np.full(capacity, _FREE)
        for start in range(0, len(keys), 1 << 20):
            self._fill(keys[start : start + (1 << 20)], numbers[start : start + (1 << 20)])


def hash_bands(signed: Signed) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """The keys of each text, one text after another, and their bounds.

    One a band and one for the whole text; a text without shingles has only the latter.
    """
    bands = np.zeros((len(signed.keys), BANDS + 1), np.uint64)
    for row in range(BAND_ROWS):
        bands[:, 1:] *= np.uint64(0x9E3779B97F4A7C15)
        bands[:, 1:] += signed.rows[:, row : BANDS * BAND_ROWS : BAND_ROWS]
    bands[:, 0] = signed.keys
    bands += np.arange(BANDS + 1, dtype=np.uint64) * np.uint64(0xD1B54A32D192ED03)
    keys = (mix(bands) >> np.uint64(32)).astype(np.uint32)
    usable = np.ones(keys.shape, np.bool_)
    usable[np.diff(signed.shingles.bounds) == 0, 1:] = False
    return keys[usable], np.concatenate(([0], np.cumsum(usable.sum(axis=1))))


def find_repeated(keys: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Which keys of a batch occur in it more than once."""
    order = np.argsort(keys, kind="stable")
    equal = keys[order][1:] == keys[order][:-1]
    repeated = np.zeros(len(keys), np.bool_)
    repeated[order[1:][equal]] = True
    repeated[order[:-1][equal]] = True
    return repeated
