"""Candidates of one batch: from the table as it was before it, and from among the batch itself.

What is kept of a batch is entered at its end, all at once. That the batches make no difference to the
result is seen to here: texts of one batch find each other as if each had been entered at once.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from dehusk.dedupe.bands import WHOLE, BandKeys, find_repeated, make_keys, shorten
from dehusk.dedupe.kept import Kept, estimate
from dehusk.dedupe.rule import Compared
from dehusk.dedupe.signatures import Signed
from dehusk.dedupe.table import BandTable

BUCKET_CAP = 16
"""Records under one key; later ones are not found by it, so that a bucket of 100,000 stays linear."""


class Candidates:
    """The numbers of the kept records that share a key with each text of a batch.

    A text of the batch that is kept has a number too: the next one after those that are kept already.
    """

    def __init__(self, kept: Kept, table: BandTable, signed: Signed) -> None:
        self.signed = signed
        self.admitted: list[int] = []
        """The texts kept so far, in order."""
        self._kept, self._table = kept, table
        self._before = len(kept)
        self._bands = shorten(signed)
        self._keys = make_keys(signed, self._bands)
        self._look_up()
        self._group_repeated()

    def _look_up(self) -> None:
        keys, texts = self._keys, len(self.signed.keys)
        self._table.reserve(len(keys.hashes), records=self._before + texts)
        places, numbers, self._ends = self._table.find(keys.hashes, keys.tags)
        is_right = self._kept.words_of(numbers, keys.columns[places]) == keys.words[places]
        places, numbers = places[is_right], numbers[is_right]
        self._hits = np.bincount(places, minlength=len(keys.hashes))
        self._whole = self._find_equal(places, numbers)
        owners = keys.texts[places]
        order = np.argsort(owners, kind="stable")
        self._numbers = numbers[order]
        self._bounds = np.searchsorted(owners[order], np.arange(texts + 1)).tolist()

    def _find_equal(self, places: NDArray[np.int64], numbers: NDArray[np.int64]) -> dict[int, int]:
        """Text -> the kept record with the same whole text."""
        whole = np.flatnonzero(self._keys.columns[places] == WHOLE)
        texts, numbers = self._keys.texts[places[whole]], numbers[whole]
        is_equal = self._kept.keys.take(numbers) == self.signed.keys[texts]
        pairs = zip(texts[is_equal].tolist(), numbers[is_equal].tolist(), strict=True)
        return dict(sorted(pairs, reverse=True))  # of several the first

    def _group_repeated(self) -> None:
        """Keys that several texts of the batch have, and for each text which of its keys these are."""
        repeated = find_repeated(self._keys)
        self._repeated: defaultdict[int, list[int]] = defaultdict(list)
        self._buckets: dict[int, list[int]] = {}
        self._is_shut = self._hits >= BUCKET_CAP
        last = None
        for place, key in zip(repeated.tolist(), _name_keys(self._keys, repeated), strict=True):
            if key != last:
                bucket: list[int] = []
                last = key
            self._buckets[place] = bucket
            self._repeated[int(self._keys.texts[place])].append(place)

    def find_equal(self, i: int) -> int:
        """The kept record with the same words in the same order as text i; -1 if there is none."""
        number = self._whole.get(i, -1)
        if number >= 0:
            return number
        for place in self._repeated.get(i, ()):
            if self._keys.columns[place] == WHOLE:
                for number in self._buckets[place]:
                    if self.signed.keys[self._text_of(number)] == self.signed.keys[i]:
                        return number
        return -1

    def find(self, i: int) -> NDArray[np.int64]:
        """All numbers that share a key with text i, each once, in order."""
        known: NDArray[np.int64] = self._numbers[self._bounds[i] : self._bounds[i + 1]]
        fresh = [number for place in self._repeated.get(i, ()) for number in self._buckets[place]]
        if not (len(known) or fresh):
            return known
        return np.unique(np.concatenate((known, np.array(fresh, np.int64))))

    def keep(self, i: int) -> None:
        """Text i is kept: from now on the later ones of the batch find it."""
        number = self._before + len(self.admitted)
        self.admitted.append(i)
        for place in self._repeated.get(i, ()):
            bucket = self._buckets[place]
            if self._hits[place] + len(bucket) < BUCKET_CAP:
                bucket.append(number)
            else:
                self._is_shut[place] = True

    def commit(self, identifiers: list[str]) -> int:
        """Enter what was kept, under these ids; says how many of its buckets were full before."""
        self._kept.add(identifiers, self.signed, texts=self.admitted, bands=self._bands)
        numbers = np.full(len(self.signed.keys), -1, np.int64)
        numbers[self.admitted] = np.arange(self._before, self._before + len(self.admitted))
        given = numbers[self._keys.texts]
        entered = np.flatnonzero((given >= 0) & ~self._is_shut)
        self._table.add(self._ends[entered], given[entered], self._keys.tags[entered])
        return int(np.count_nonzero((given >= 0) & self._is_shut))

    def compared(self, i: int) -> Compared:
        return Compared(int(self.signed.keys[i]), self.signed.shingles.at(i), self.signed.words.at(i))

    def compared_kept(self, number: int) -> Compared:
        if number < self._before:
            return self._kept.compared(number)
        return self.compared(self._text_of(number))

    def estimate(self, i: int, numbers: NDArray[np.int64]) -> NDArray[np.float64]:
        """Estimated Jaccard of text i with kept records."""
        known, fresh = self._part(numbers)
        return estimate(self._bands[i], np.concatenate((self._kept.bands.take(known), self._bands[fresh])))

    def count_own(self, i: int) -> int:
        """The shingles of text i."""
        return len(self.signed.shingles.at(i))

    def count_shingles(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        known, fresh = self._part(numbers)
        sizes = np.diff(self.signed.shingles.bounds)[fresh]
        return np.concatenate((self._kept.count_shingles(known), sizes))

    def _part(self, numbers: NDArray[np.int64]) -> tuple[NDArray[np.int64], list[int]]:
        """Sorted numbers: those kept before the batch, and the texts of those of the batch."""
        count = int(np.searchsorted(numbers, self._before))
        return numbers[:count], [self._text_of(number) for number in numbers[count:].tolist()]

    def _text_of(self, number: int) -> int:
        return self.admitted[number - self._before]


def _name_keys(keys: BandKeys, places: NDArray[np.int64]) -> list[int]:
    """One number for each distinct key."""
    wide = keys.columns[places].astype(np.uint64) << np.uint64(32) | keys.words[places]
    names: list[int] = wide.tolist()
    return names
