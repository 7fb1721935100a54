"""Where what some words of a text say stands again in it, whole or in part: by their grams, in any order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.words import WordHashes, find_members, hash_grams

_BASE = 0x9E3779B97F4A7C15
_MOST_WORDS, _MOST_TIMES = 100, 10
"""Words beyond, and grams that stand more often, are not looked for: the time is bounded."""


class Manner(NamedTuple):
    """How words are looked for."""

    gram_words: int
    least_share: float
    """Of their grams, what must stand together."""
    spread: float
    """Among how many words, for each of them."""


class Place(NamedTuple):
    """Where this share of what was looked for stands: its grams begin with words of the text in [first, end)."""

    share: float
    first: int
    end: int


class EchoFinder:
    """Looks for ranges of words, each a first one and an end, in the text that they are from."""

    def __init__(
        self,
        words: WordHashes,
        ranges: Sequence[Sequence[int]],
        *,
        manner: Manner,
        is_left_out: NDArray[np.bool_],
    ) -> None:
        """No gram of a word that is left out is found: those of the ranges should be."""
        self._manner = manner
        grams = hash_grams(words.values, manner.gram_words, _BASE)
        self._sizes = [min(high - low, _MOST_WORDS) for low, high in ranges]
        self._grams = [
            np.unique(grams[low : max(low, low + size - manner.gram_words + 1)])
            for (low, _), size in zip(ranges, self._sizes, strict=True)
        ]
        members = np.unique(np.concatenate([grams[:0], *self._grams]))
        hits = np.flatnonzero(find_members(grams, members) >= 0) if len(members) else np.zeros(0, np.int64)
        left_out = np.cumsum(np.concatenate(([False], is_left_out)))
        hits = hits[left_out[hits + manner.gram_words] == left_out[hits]]
        self._hits = hits[np.argsort(grams[hits], kind="stable")]
        self._keys = grams[self._hits]

    def find(self, number: int) -> list[Place]:
        """The places, in order and apart from each other, that have enough of the range with this number."""
        grams = self._grams[number]
        firsts, ends = (np.searchsorted(self._keys, grams, side) for side in ("left", "right"))
        hits = sorted(
            (at, gram)
            for gram, (first, end) in enumerate(zip(firsts.tolist(), ends.tolist(), strict=True))
            if end - first <= _MOST_TIMES
            for at in self._hits[first:end].tolist()
        )
        reach = self._manner.spread * self._sizes[number]
        places = [
            place for place in _slide(hits, reach, len(grams)) if place.share >= self._manner.least_share
        ]
        chosen: list[Place] = []
        for place in sorted(places, key=lambda place: (-place.share, place.end - place.first, place.first)):
            if all(place.end <= other.first or other.end <= place.first for other in chosen):
                chosen.append(place)
        return sorted(chosen, key=lambda place: place.first)


def _slide(hits: Sequence[tuple[int, int]], reach: float, count: int) -> Iterator[Place]:
    """What begins with each hit (the word, and which gram it is): the share of `count` grams within reach of it."""
    seen: Counter[int] = Counter()
    stop = 0
    for first, gram in hits:
        while stop < len(hits) and hits[stop][0] < first + reach:
            seen[hits[stop][1]] += 1
            stop += 1
        yield Place(len(seen) / count, first, hits[stop - 1][0] + 1)
        seen[gram] -= 1
        if not seen[gram]:
            del seen[gram]
