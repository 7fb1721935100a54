"""An open-addressing table: from keys to the numbers of records, many at a time.

A slot holds a number and, above it, a tag of 8 bits by which most that is not sought is passed over. The
whole key is not there: it is that of the record, which is looked at to be sure. A row of 16 slots is a
line of the processor's cache: a key's row follows from its hash, and what does not fit goes to the next.
Rows fill from their left and nothing is ever taken out, so a search ends at the first row with room.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

WIDTH = 16
NARROW_RECORDS = 1 << 24
"""With so many records, slots grow from 4 bytes to 8."""

_FULLEST = 0.9  # share of the slots that is taken before the table grows
_GROWTH = 2  # 1.5 takes a sixth less memory on average, but growing is then half of all the time
_FIRST_HOMES = 2280  # 146 KB, for the first 900 records
_SPARE = 8  # rows after the last home row; the last of them stays free, else the table grows
_PIECE = 1 << 9  # rows moved at a time, and sifted at a time: what is made of them stays so small
_SIFTED = 1 << 12  # that memory does not come fresh from the system each time, which takes 3 times as long
_FEW = 512  # rows below which counting all tags is quicker
_ONES, _HIGHS = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)

HashesOf = Callable[[NDArray[np.int64], NDArray[np.uint32]], NDArray[np.uint32]]
"""The hashes of entries, from their numbers and tags."""


class Found(NamedTuple):
    """What a look-up of many keys finds: all with the same tag in the rows searched, right or not."""

    places: NDArray[np.int64]
    """Which of the keys, one place an entry."""
    numbers: NDArray[np.int64]
    """The numbers entered, beside `places`."""
    ends: NDArray[np.int64]
    """For every key, the row where looking ended: one with room."""


class BandTable:
    """Hash and tag -> the numbers of the records entered under them, in no order.

    `hashes_of` tells the hashes of what was entered before: the table does not hold them, but needs them
    when it grows.

    >>> hashes, tags = np.array([7, 9, 7], np.uint32), np.array([1, 2, 1], np.uint32)
    >>> table = BandTable(lambda numbers, tags: hashes[numbers])
    >>> table.add(table.find(hashes, tags).ends, np.arange(3), tags)
    >>> found = table.find(hashes[1:], tags[1:])
    >>> sorted(zip(found.places.tolist(), found.numbers.tolist()))
    [(0, 1), (1, 0), (1, 2)]
    """

    def __init__(self, hashes_of: HashesOf, *, slots: NDArray[Any] | None = None, homes: int = 0) -> None:
        self._hashes_of = hashes_of
        if slots is None:
            self._clear(_FIRST_HOMES, np.uint32)
        else:
            self.homes, self.slots = homes, slots
            self._count_rows()
        self.used = int(self._fills.sum(dtype=np.int64))

    def _clear(self, homes: int, dtype: Any) -> None:
        rows = homes + _SPARE + homes // 256
        self.homes = homes
        self.slots = np.zeros((rows, WIDTH), dtype)
        """Tag and number of each entry; 0 where there is room."""
        self._fills = np.zeros(rows, np.uint8)

    @property
    def nbytes(self) -> int:
        return self.slots.nbytes + self._fills.nbytes

    @property
    def shift(self) -> Any:
        """By how many bits a tag stands above the number."""
        return self.slots.dtype.type(8 * self.slots.dtype.itemsize - 8)

    def find(self, hashes: NDArray[np.uint32], tags: NDArray[np.uint32]) -> Found:
        """Everything entered under each of the keys."""
        ends = self._home(hashes)
        sought = tags.astype(self.slots.dtype)
        slots, hits = self._match(ends, sought)
        found = [(hits, slots)]
        places = np.flatnonzero(self._fills.take(ends) == WIDTH)
        while len(places):
            rows = ends[places] + 1
            ends[places] = rows
            slots, hits = self._match(rows, sought[places])
            found.append((places[hits], slots))
            places = places[self._fills.take(rows) == WIDTH]
        numbers = self._numbers(np.concatenate([slots for _, slots in found]))
        return Found(np.concatenate([hits for hits, _ in found]), numbers, ends)

    def _match(self, rows: NDArray[np.int64], tags: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.int64]]:
        """The entries with the right tags, each in the row given for it; and which of the tags theirs are."""
        if len(rows) > _FEW:
            hit = np.concatenate([self._sift(rows[i : i + _SIFTED], tags[i : i + _SIFTED]) + i
                                  for i in range(0, len(rows), _SIFTED)])  # fmt: skip
            rows, tags = rows[hit], tags[hit]
        else:
            hit = np.arange(len(rows))
        held = self.slots.take(rows, axis=0)
        slots = np.flatnonzero(held >> self.shift == tags[:, None])
        return held.reshape(-1)[slots], hit[slots >> 4]

    def _sift(self, rows: NDArray[np.int64], tags: NDArray[Any]) -> NDArray[np.int64]:
        """Which of the rows may have the tag sought: all that have it, and hardly another."""
        # Eight tags at a time, each a byte: one is equal where the difference has a byte of zero.
        eights = (self.slots.take(rows, axis=0) >> self.shift).astype(np.uint8).view(np.uint64)
        eights ^= (tags * _ONES)[:, None]
        zeros = (eights - _ONES) & ~eights & _HIGHS
        hit = np.flatnonzero(zeros) >> 1
        is_new = np.ones(len(hit), np.bool_)
        is_new[1:] = hit[1:] != hit[:-1]
        return np.asarray(hit[is_new])

    def reserve(self, entries: int, *, records: int) -> bool:
        """Make room for more entries, of so many records in all; says whether the rows changed."""
        needed = self.used + entries
        is_wide = records > NARROW_RECORDS or self.slots.dtype == np.uint64
        dtype = np.uint64 if is_wide else np.uint32
        if needed <= self.homes * WIDTH * _FULLEST and self.slots.dtype == dtype:
            return False
        homes = self.homes
        while needed > homes * WIDTH * _FULLEST:
            homes = int(homes * _GROWTH)
        self._move(homes, dtype)
        return True

    def add(self, rows: NDArray[np.int64], numbers: NDArray[np.int64], tags: NDArray[np.uint32]) -> None:
        """Enter numbers under their tags, from these rows on: the `ends` that `find` gave for the keys.

        Valid are those found since the table last grew, also if something was added since.
        """
        self.used += len(numbers)
        entries = self._entries(numbers, tags)
        rows, flat, last = rows.copy(), self.slots.reshape(-1), len(self.slots) - 1
        is_over = bool(len(rows)) and int(rows.max()) == last
        while len(entries):
            if is_over:
                self._overflow(entries)
                return
            fills = self._fills.take(rows)
            shut = np.flatnonzero(fills == WIDTH)
            if len(shut):
                rows[shut] += 1
                is_over = int(rows[shut].max()) == last
                continue
            # Of several for one slot the last stays; the others look again.
            slots = rows * WIDTH + fills
            flat[slots] = entries
            has_won = flat.take(slots) == entries
            self._fills[rows[has_won]] = fills[has_won] + np.uint8(1)
            entries, rows = entries[~has_won], rows[~has_won]

    def _overflow(self, entries: NDArray[Any]) -> None:
        """The last rows are full: grow, and enter what is left there."""
        self.used -= len(entries)
        self._move(int(self.homes * _GROWTH), self.slots.dtype)
        numbers, tags = self._numbers(entries), self._tags(entries)
        ends = self.find(self._hashes_of(numbers, tags), tags).ends
        self.add(ends, numbers, tags)

    def _move(self, homes: int, dtype: Any) -> None:
        """Make the table anew with more rows, a piece of the old ones after another.

        Homes rise with the hashes, so entries stay nearly in order and their old and new places are read
        and written from one end to the other.
        """
        old, fills, shift = self.slots, self._fills, self.shift
        self._clear(homes, dtype)
        start, last = 0, -1
        left: list[NDArray[Any]] = []
        while start < len(old):
            stop = min(start + _PIECE, len(old))
            while stop < len(old) and fills[stop - 1] == WIDTH:  # beyond it may lie what belongs before it
                stop += 1
            piece = old[start:stop].ravel()
            entries = piece[np.flatnonzero(piece)]
            numbers, tags = _split(entries, shift)
            last = self._lay(numbers, tags, last=last, left=left)
            start = stop
        self._count_rows()
        for entries in left:
            self._overflow(entries)

    def _lay(
        self, numbers: NDArray[np.int64], tags: NDArray[np.uint32], *, last: int, left: list[NDArray[Any]]
    ) -> int:
        """Lay entries into the slots after `last`, each into its home or the first free slot behind it."""
        if not len(numbers):
            return last
        homes = self._home(self._hashes_of(numbers, tags))
        order = _order_near(homes)
        slots = homes[order] * WIDTH
        ranks = np.arange(len(slots))
        slots -= ranks
        slots[0] = max(int(slots[0]), last + 1)
        np.maximum.accumulate(slots, out=slots)
        slots += ranks
        entries = self._entries(numbers, tags)[order]
        fitting = int(np.searchsorted(slots, self.slots.size - WIDTH))
        self.slots.reshape(-1)[slots[:fitting]] = entries[:fitting]
        if fitting < len(entries):
            left.append(entries[fitting:])
        return int(slots[-1])

    def _count_rows(self) -> None:
        self._fills = np.empty(len(self.slots), np.uint8)
        for start in range(0, len(self.slots), 1 << 12):
            part = slice(start, start + (1 << 12))
            self._fills[part] = np.count_nonzero(self.slots[part], axis=1)

    def is_sound(self, records: int, *, tags: int) -> bool:
        """Whether it can grow, and a look-up ends and finds only numbers below `records`, under tags up to `tags`."""
        if self.homes < 1 or len(self.slots) != self.homes + _SPARE + self.homes // 256 or self._fills[-1]:
            return False
        for start in range(0, len(self.slots), 1 << 14):
            piece = self.slots[start : start + (1 << 14)].ravel()
            numbers, found = _split(piece[np.flatnonzero(piece)], self.shift)
            if len(found) and (numbers.max() >= records or found.min() < 1 or found.max() > tags):
                return False
        return True

    def _home(self, hashes: NDArray[np.uint32]) -> NDArray[np.int64]:
        homes = np.multiply(hashes, np.uint64(self.homes), dtype=np.uint64)
        homes >>= np.uint64(32)
        return homes.view(np.int64)

    def _entries(self, numbers: NDArray[np.int64], tags: NDArray[np.uint32]) -> NDArray[Any]:
        return np.asarray(tags.astype(self.slots.dtype) << self.shift | numbers.astype(self.slots.dtype))

    def _numbers(self, entries: NDArray[Any]) -> NDArray[np.int64]:
        return _split(entries, self.shift)[0]

    def _tags(self, entries: NDArray[Any]) -> NDArray[np.uint32]:
        return _split(entries, self.shift)[1]


def _split(entries: NDArray[Any], shift: Any) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    mask = entries.dtype.type((1 << int(shift)) - 1)
    return (entries & mask).astype(np.int64), (entries >> shift).astype(np.uint32)


def _order_near(homes: NDArray[np.int64]) -> NDArray[np.int64]:
    """What sorts homes that lie near each other; equal ones keep their order."""
    if len(homes) > 1 << 16 or int(homes.max() - homes.min()) >= 1 << 16:
        return np.asarray(np.argsort(homes, kind="stable"))
    packed = (homes - homes.min()).astype(np.uint32)
    packed <<= np.uint32(16)
    packed |= np.arange(len(homes), dtype=np.uint32)
    packed.sort()  # sorting 32 bits takes a fifth of the time that sorting places by them does
    return np.asarray((packed & np.uint32(0xFFFF)).astype(np.int64))
