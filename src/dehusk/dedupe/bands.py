"""The band table: which kept records share a band of their signatures with a new one.

Open addressing in two flat arrays, a slot of 8 bytes an entry: the band's 32-bit key and the record's
number. It can grow, be written to a file as it is, and be mapped.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.dedupe.signatures import Signed
from dehusk.words import mix

BANDS, BAND_ROWS = 32, 4
BUCKET_CAP = 16
"""Records under one key; later ones are not found by it, so that a bucket of 100,000 stays linear."""

_FREE = np.uint64(0xFFFFFFFFFFFFFFFF)
_FULLEST = 0.65  # share of the slots that is taken before the table grows
_GROWTH = 1.7
_KEY_SHIFT = np.uint64(32)


class Found(NamedTuple):
    """What a look-up of many keys finds."""

    places: NDArray[np.int64]
    """Which of the keys have entries, one place an entry."""
    numbers: NDArray[np.int64]
    """The numbers entered, beside `places`."""
    ends: NDArray[np.int64]
    """For every key, the slot where looking ended: a free one."""


class BandTable:
    """Key -> the numbers of the records entered under it, in no order.

    >>> table = BandTable()
    >>> table.add(np.array([7, 9, 7], np.uint32), np.array([0, 1, 2], np.uint32))
    >>> found = table.find(np.array([9, 7], np.uint32))
    >>> sorted(zip(found.places.tolist(), found.numbers.tolist()))
    [(0, 1), (1, 0), (1, 2)]
    """

    def __init__(self, capacity: int = 1 << 12) -> None:
        self.slots = np.full(capacity, _FREE)
        """A key in the upper half, a number in the lower."""
        self.used = 0

    def find(self, keys: NDArray[np.uint32]) -> Found:
        """Everything entered under each of the keys."""
        ends = self._home(keys)
        held = self.slots[ends]
        places = np.flatnonzero(held != _FREE)
        found: list[tuple[NDArray[np.int64], NDArray[np.uint64]]] = []
        while len(places):
            held = held[places] if len(held) == len(keys) else held
            equal = np.flatnonzero((held >> _KEY_SHIFT) == keys[places])
            if len(equal):
                found.append((places[equal], held[equal]))
            slots = ends[places] + 1
            slots[slots == len(self.slots)] = 0
            ends[places] = slots
            held = self.slots[slots]
            going = np.flatnonzero(held != _FREE)
            places, held = places[going], held[going]
        return Found(*_join(found), ends)

    def add(
        self, keys: NDArray[np.uint32], numbers: NDArray[np.uint32], ends: NDArray[np.int64] | None = None
    ) -> None:
        """Enter numbers under keys; `ends` as `find` gave them, if nothing was added since."""
        if self.reserve(len(keys)) or ends is None:
            ends = self._home(keys)
        self._fill((keys.astype(np.uint64) << _KEY_SHIFT) | numbers, ends)
        self.used += len(keys)

    def reserve(self, entries: int) -> bool:
        """Make room for more entries; says whether that moved the ones there are."""
        needed = self.used + entries
        if needed <= len(self.slots) * _FULLEST:
            return False
        held = self.slots[self.slots != _FREE]
        self.slots = np.full(int(max(len(self.slots) * _GROWTH, needed / _FULLEST)) + 1, _FREE)
        for start in range(0, len(held), 1 << 14):  # in the order of the slots, so the cache is hit
            entered = held[start : start + (1 << 14)]
            self._fill(entered, self._home((entered >> _KEY_SHIFT).astype(np.uint32)))
        return True

    def count_taken(self) -> int:
        return int(np.count_nonzero(self.slots != _FREE))

    def is_sound(self, records: int) -> bool:
        """Whether every look-up ends and finds only numbers below `records`."""
        numbers = self.slots[self.slots != _FREE] & np.uint64(0xFFFFFFFF)
        return len(numbers) < len(self.slots) and not (numbers >= np.uint64(records)).any()

    def _home(self, keys: NDArray[np.uint32]) -> NDArray[np.int64]:
        return ((keys.astype(np.uint64) * np.uint64(len(self.slots))) >> _KEY_SHIFT).astype(np.int64)

    def _fill(self, entries: NDArray[np.uint64], slots: NDArray[np.int64]) -> None:
        while len(entries):
            free = np.flatnonzero(self.slots[slots] == _FREE)
            self.slots[slots[free]] = entries[free]  # of several for one slot the last stays
            waiting = np.flatnonzero(self.slots[slots] != entries)
            entries, slots = entries[waiting], slots[waiting] + 1
            slots[slots == len(self.slots)] = 0


def _join(
    found: list[tuple[NDArray[np.int64], NDArray[np.uint64]]],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    if not found:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    numbers = np.concatenate([held for _, held in found]) & np.uint64(0xFFFFFFFF)
    return np.concatenate([places for places, _ in found]), numbers.astype(np.int64)


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
