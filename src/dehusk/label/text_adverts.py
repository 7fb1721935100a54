"""The lines that say where an advertisement stood: between the paragraphs of an article they come again and again.

To the models, what stands between lines that come again reads like comments or teasers: of an essay with such a line
below each of its pictures half of the paragraphs went. So these lines are taken out before the models look.
"""

from __future__ import annotations

from functools import cache
from itertools import chain, pairwise

import numpy as np

from dehusk.label.text_hints import load_phrases
from dehusk.words import WordHashes, find_first_words, find_members, hash_words

_NEAR = 12
"""Blocks at most from one to the next: one alone is a line as others are."""
_MORE_PHRASES = (
    "ad", "ads", "advertisements", "advertising", "sponsored", "promoted", "article continues after",
    "advertisement continue reading below", "advertisement scroll to continue", "continue reading the main story",
)  # fmt: skip
_OPEN_WORDS, _MORE_WORDS = 3, 2
"""A phrase of so many words or more may have so many behind it: they say what it is that the story continues below."""


def find_adverts(words: WordHashes) -> list[int]:
    """The numbers of the texts that say no more, in any language of the hints, and have another such near.

    >>> find_adverts(hash_words(["Advertisement", "The dam broke at noon.", "- ADVERTISEMENT -", "Advertising pays."]))
    [0, 2]
    """
    phrases = _list_phrases()
    has, firsts = find_first_words(words)
    may_be = has[find_members(words.values[firsts], np.array(sorted(phrases), np.uint64)) >= 0]
    bounds = words.bounds
    found = np.array(
        [i for i in may_be.tolist() if _says_so(words.values[bounds[i] : bounds[i + 1]].tolist())], np.int64
    )
    is_near = np.diff(found) <= _NEAR
    near: list[int] = (
        found[np.append(is_near, False) | np.append(False, is_near)].tolist() if len(found) else []
    )
    return near


def _says_so(said: list[int]) -> bool:
    phrases = _list_phrases()[said[0]]
    longest = max(map(len, phrases))
    if len(said) > longest + _MORE_WORDS:
        return False
    return tuple(said) in phrases or any(
        tuple(said[:size]) in phrases
        for size in range(_OPEN_WORDS, len(said))
        if size + _MORE_WORDS >= len(said)
    )


@cache
def _list_phrases() -> dict[int, set[tuple[int, ...]]]:
    """The phrases, as the hashes of their words, by the first word's."""
    hashed = hash_words([*_MORE_PHRASES, *chain.from_iterable(load_phrases()["advert"].values())])
    values, bounds = hashed.values.tolist(), hashed.bounds.tolist()
    found = dict[int, set[tuple[int, ...]]]()
    for first, end in pairwise(bounds):
        found.setdefault(values[first], set()).add(tuple(values[first:end]))
    return found
