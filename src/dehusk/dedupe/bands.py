"""What two signatures are looked up by: their bands, four values each, and the text as a whole."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.dedupe.signatures import Signed

BANDS, BAND_ROWS = 32, 4
"""datasketch's parameters for a threshold of 0.4 and 128 permutations: two texts that share half of
their shingles meet in a band with a probability of 0.87."""
COLUMNS = BANDS + 1
"""Keys of a text: one for the whole of it, then one a band."""
WHOLE = 0
KEYS_A_TAG = 7

_SALTS = (np.arange(COLUMNS, dtype=np.uint64) * np.uint64(0xD1B54A32D192ED03) >> np.uint64(32)).astype(
    np.uint32
)


class BandKeys(NamedTuple):
    """The keys of a batch of texts, column by column: what they are hashed to and compared by."""

    texts: NDArray[np.int64]
    """Which text each is of."""
    columns: NDArray[np.uint32]
    words: NDArray[np.uint32]
    """The 8-bit signature's four bytes of the band; for the whole, the lower half of its key."""
    hashes: NDArray[np.uint32]
    tags: NDArray[np.uint32]
    """1..255, of the column and the hash: what the table holds beside a number."""


def shorten(signed: Signed) -> NDArray[np.uint32]:
    """(texts, 32): the signatures with 8 bits a value, four values a word: a word is a band."""
    return signed.rows.astype(np.uint8).view(np.uint32)


def make_keys(signed: Signed, bands: NDArray[np.uint32]) -> BandKeys:
    """The keys by which texts are found; one without shingles has only that of the whole."""
    words = np.empty((COLUMNS, len(bands)), np.uint32)
    words[WHOLE] = signed.keys.astype(np.uint32)
    words[1:] = bands.T
    texts = np.tile(np.arange(len(bands)), COLUMNS)
    columns = np.repeat(np.arange(COLUMNS, dtype=np.uint32), len(bands))
    usable = np.ones(words.shape, np.bool_)
    usable[1:, np.diff(signed.shingles.bounds) == 0] = False
    flat = words.ravel()
    if not usable.all():
        kept = np.flatnonzero(usable)
        texts, columns, flat = texts[kept], columns[kept], flat[kept]
    hashes = hash_keys(flat, columns)
    return BandKeys(texts, columns, flat, hashes, make_tags(hashes, columns))


def hash_keys(words: NDArray[np.uint32], columns: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Spread bits: each word of a column has a hash of its own, and each bit of it hangs on all."""
    hashes = words ^ _SALTS.take(columns)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        hashes ^= hashes >> np.uint32(shift)
        hashes *= np.uint32(factor)
    hashes ^= hashes >> np.uint32(16)
    return hashes


def make_tags(hashes: NDArray[np.uint32], columns: NDArray[np.uint32]) -> NDArray[np.uint32]:
    parts = (hashes & np.uint32(0xFFFF)) * np.uint32(KEYS_A_TAG) >> np.uint32(16)
    return columns * np.uint32(KEYS_A_TAG) + parts + np.uint32(1)


def read_columns(tags: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The columns that tags were made of."""
    return np.asarray((tags - np.uint32(1)) // np.uint32(KEYS_A_TAG))


def find_repeated(keys: BandKeys) -> NDArray[np.int64]:
    """Places of the keys that occur more than once in a batch, equal ones together."""
    places = np.arange(len(keys.hashes))
    slots = (keys.hashes >> np.uint32(16)).astype(np.int64)
    last = np.empty(1 << 16, np.int64)
    last[slots] = places
    overwritten = np.flatnonzero(last.take(slots) != places)
    if not len(overwritten):
        return overwritten
    # Whoever shares a slot may be equal: few enough to sort.
    shared = np.unique(np.concatenate((overwritten, last[slots[overwritten]])))
    wide = keys.columns[shared].astype(np.uint64) << np.uint64(32) | keys.words[shared]
    order = np.argsort(wide, kind="stable")
    equal = wide[order][1:] == wide[order][:-1]
    is_repeated = np.zeros(len(shared), np.bool_)
    is_repeated[1:] |= equal
    is_repeated[:-1] |= equal
    return np.asarray(shared[order[is_repeated]])
