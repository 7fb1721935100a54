"""Texts as sets of shingles (hashes of five words in a row) and as MinHash signatures of those sets.

The signatures are datasketch's: its `affine32` scheme, seed 1, 128 permutations. They are computed here
for a whole batch at once and without importing datasketch, which takes 1.7 seconds and scipy.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from hashlib import blake2b
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.errors import BadOptions
from dehusk.model import Article
from dehusk.words import CAPITAL, NUMBER, OPENING, TOKENISER, WordHashes, hash_grams, hash_words, mix

if TYPE_CHECKING:
    from datasketch import LeanMinHash

SHINGLE_WORDS = 5
PERMUTATIONS = 128
SEED = 1
SCHEME = {"scheme": "affine32", "seed": SEED, "permutations": PERMUTATIONS, "shingle_words": SHINGLE_WORDS,
          "tokeniser": TOKENISER}  # fmt: skip
"""What two signatures must have in common to be compared; written into every stored index."""

FACT, OPENER = 2, 1
"""Flags of a word in `Signed.words`: a number, or written with a capital inside a sentence; with a
capital only at the beginning of sentences, where it may be a name or not."""
FLAG_BITS = 2

_BASE = 0xD6E8FEB86659FD93
_EMPTY = np.uint32(0xFFFFFFFF)
_BLOCK = 1 << 15  # shingles permuted at a time: 128 KB, so that the passes over them stay in the cache
_BATCH = 128


class Sets(NamedTuple):
    """Sets of 32-bit hashes, one a text: sorted, each value once, all in one array."""

    values: NDArray[np.uint32]
    bounds: NDArray[np.int64]
    """Set i is values[bounds[i] : bounds[i + 1]]."""

    def at(self, i: int) -> NDArray[np.uint32]:
        return self.values[self.bounds[i] : self.bounds[i + 1]]


class Signed(NamedTuple):
    """What is compared of a batch of texts; pickles, so it can be made in another process."""

    rows: NDArray[np.uint32]
    """(texts, 128): the MinHash signatures; all ones for a text of fewer than five words."""
    keys: NDArray[np.uint64]
    """One a text: equal where the normalised texts are equal."""
    shingles: Sets
    words: Sets
    """Hashes of the words, 30 bits each, and two flags below them: FACT and OPENER."""


def sign_texts(texts: Sequence[str]) -> Signed:
    """Signatures, shingle sets and words of `texts`, each independent of the others in the batch.

    >>> signed = sign_texts(["one two three four five six", "too short"])
    >>> signed.rows.shape, len(signed.shingles.at(0)), len(signed.shingles.at(1))
    ((2, 128), 2, 0)
    """
    words = hash_words(texts)
    shingles, bounds = _hash_shingles(words)
    rows = _permute(shingles, bounds)
    return Signed(rows, _hash_texts(words, texts), _make_sets(shingles, bounds), make_word_sets(words))


def shingle_texts(texts: Sequence[str]) -> Sets:
    """The shingle sets of `texts` alone, in a fraction of the time.

    >>> len(shingle_texts(["one two three four five six"]).at(0))
    2
    """
    return _make_sets(*_hash_shingles(hash_words(texts)))


def sign(articles: Iterable[Article | str]) -> list[LeanMinHash]:
    """datasketch signatures of articles (or texts), for a datasketch index of one's own.

    128 permutations, seed 1, scheme "affine32", over word 5-grams. A text of fewer than five words has
    the signature of the empty set, which is like every other such text: leave those out of an index.

    Raises:
        BadOptions: a single one is given.
    """
    if isinstance(articles, Article | str):  # letters of a text would be texts, too
        raise BadOptions("sign takes several articles or texts, as a list or a generator")
    from datasketch import LeanMinHash

    texts = [article if isinstance(article, str) else article.text for article in articles]
    return [
        LeanMinHash(seed=SEED, hashvalues=row, scheme="affine32")
        for start in range(0, len(texts), _BATCH)
        for row in sign_rows(texts[start : start + _BATCH])
    ]


def sign_rows(texts: Sequence[str]) -> NDArray[np.uint32]:
    """The signatures alone, one row of 128 a text: `hashvalues` of a datasketch LeanMinHash."""
    return _permute(*_hash_shingles(hash_words(texts)))


def _hash_shingles(words: WordHashes) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Hashes of the five words from each word on, text by text, in order; and the texts' bounds."""
    counts = np.maximum(np.diff(words.bounds) - (SHINGLE_WORDS - 1), 0)
    bounds = np.concatenate(([0], np.cumsum(counts)))
    grams = hash_grams(words.values, SHINGLE_WORDS, _BASE)
    hashes = (mix(grams) >> np.uint64(32)).astype(np.uint32)
    firsts = np.repeat(words.bounds[:-1] - bounds[:-1], counts)
    return hashes[firsts + np.arange(bounds[-1])], bounds


def _permute(shingles: NDArray[np.uint32], bounds: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Per text and permutation, the smallest of its shingles' permuted hashes."""
    rows = np.full((len(bounds) - 1, PERMUTATIONS), _EMPTY)
    filled = np.flatnonzero(np.diff(bounds))
    firsts = bounds[:-1][filled]
    for start in range(0, len(shingles), _BLOCK):
        stop = min(start + _BLOCK, len(shingles))
        first, last = np.searchsorted(firsts, [start, stop - 1], "right")
        inside = filled[first - 1 : last]
        offsets = np.maximum(bounds[inside] - start, 0)
        smallest = _permute_block(shingles[start:stop], offsets)
        rows[inside] = np.minimum(rows[inside], smallest.T)
    return rows


def _permute_block(shingles: NDArray[np.uint32], offsets: NDArray[np.int64]) -> NDArray[np.uint32]:
    hashes = _premix(shingles)
    permuted = np.empty_like(hashes)
    smallest = np.empty((PERMUTATIONS, len(offsets)), np.uint32)
    for out, factor, term in zip(smallest, *_permutations(), strict=True):
        np.multiply(hashes, factor, out=permuted)
        np.add(permuted, term, out=permuted)
        np.minimum.reduceat(permuted, offsets, out=out)
    return smallest


def _premix(hashes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The 32-bit finalizer of MurmurHash3, which the affine32 scheme applies before its permutations."""
    hashes = hashes ^ (hashes >> np.uint32(16))
    hashes *= np.uint32(0x85EBCA6B)
    hashes ^= hashes >> np.uint32(13)
    hashes *= np.uint32(0xC2B2AE35)
    hashes ^= hashes >> np.uint32(16)
    return hashes


@cache
def _permutations() -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Factors and terms of datasketch's affine32 permutations for our seed."""
    generator = np.random.RandomState(SEED)
    factors = generator.randint(0, 1 << 31, PERMUTATIONS, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    terms = generator.randint(0, 1 << 32, PERMUTATIONS, dtype=np.uint32)
    factors.flags.writeable = terms.flags.writeable = False
    return factors, terms


def _hash_texts(words: WordHashes, texts: Sequence[str]) -> NDArray[np.uint64]:
    """A key for the words of a text in order; for a text without words, for its characters."""
    keys = np.empty(len(texts), np.uint64)
    for i, text in enumerate(texts):
        content = words.values[words.bounds[i] : words.bounds[i + 1]].tobytes()
        content = content or " ".join(text.split()).encode("utf-8", "surrogatepass") + b"\0"
        keys[i] = int.from_bytes(blake2b(content, digest_size=8).digest(), "little")
    return keys


def make_word_sets(words: WordHashes) -> Sets:
    """The words of texts with their flags, as they stand in `Signed.words`."""
    is_number = words.flags & np.uint8(NUMBER) != 0
    is_name = words.flags & np.uint8(CAPITAL | OPENING) == CAPITAL
    is_opener = words.flags & np.uint8(CAPITAL | OPENING) == CAPITAL | OPENING
    hashes = (words.values >> np.uint64(34)).astype(np.uint32) << np.uint32(FLAG_BITS)
    hashes |= (is_number | is_name) * np.uint32(FACT) + is_opener * np.uint32(OPENER)
    return _make_sets(hashes, words.bounds, shift=FLAG_BITS)


def _make_sets(values: NDArray[np.uint32], bounds: NDArray[np.int64], *, shift: int = 0) -> Sets:
    """Sort each text's values and leave in the greatest of those that are equal but for `shift` bits."""
    values = values.copy()
    for start, stop in pairwise(bounds.tolist()):
        values[start:stop].sort()
    compared = values >> np.uint32(shift)
    is_last = np.ones(len(values), np.bool_)
    is_last[:-1] = compared[1:] != compared[:-1]
    is_last[bounds[1:][np.diff(bounds) > 0] - 1] = True
    return Sets(values[is_last], np.concatenate(([0], np.cumsum(is_last)))[bounds])
