"""The lines that say where an advertisement stood: between the paragraphs of an article they come again and again.

To the models, what stands between lines that come again reads like comments or teasers: of an essay with such a line
below each of its pictures half of the paragraphs went. So these lines are taken out before the models look.
"""

from __future__ import annotations

from functools import cache
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from dehusk.label.text_hints import LONGEST, load_phrases
from dehusk.words import WordHashes, find_first_words, find_members, hash_words

_NEAR = 12
"""Blocks at most from one to the next that says the same: one alone is a line as others are."""
_MORE_PHRASES = (
    "ad", "ads", "advertisements", "sponsored", "promoted", "story continues below advertisement",
    "story continues below this ad", "article continues after advertisement", "article continues below advertisement",
    "article continues after this advertisement", "article continues below this ad", "advertisement scroll to continue",
    "advertisement continue reading below", "continue reading the main story",
)  # fmt: skip
_NOTICES = frozenset(
    "annonce anuncio anúncio annunci oglas оглас ogłoszenie ilmoitus آگهی מודעה advertorial adverteren".split()
)
"""What also stands above what a school or a parish makes known, or is a heading of its own."""


def find_adverts(words: WordHashes) -> list[int]:
    """The numbers of the texts that say no more, in any language of the hints, and the same as another one near.

    >>> find_adverts(hash_words(["Advertisement", "The dam broke at noon.", "- ADVERTISEMENT -", "Advertising pays."]))
    [0, 2]
    """
    has, firsts = find_first_words(words)
    found, last = set[int](), dict[tuple[int, ...], int]()
    for i in has[find_members(words.values[firsts], _list_firsts()) >= 0].tolist():
        if phrase := _read_phrase(words, i):
            if i - last.get(phrase, -_NEAR - 1) <= _NEAR:
                found |= {last[phrase], i}
            last[phrase] = i
    return sorted(found)


def is_advert(words: WordHashes, i: int) -> bool:
    """Whether the text of that number says no more, one alone too."""
    return bool(_read_phrase(words, i))


def _read_phrase(words: WordHashes, i: int) -> tuple[int, ...]:
    """The phrase that a text is, as the hashes of its words; empty where it is none."""
    first, end = words.bounds[i : i + 2].tolist()
    phrase = tuple(words.values[first : min(end, first + LONGEST + 1)].tolist())
    return phrase if phrase in _list_phrases() else ()


@cache
def _list_phrases() -> frozenset[tuple[int, ...]]:
    """The phrases, as the hashes of their words."""
    listed = chain.from_iterable(load_phrases()["advert"].values())
    hashed = hash_words([*_MORE_PHRASES, *(phrase for phrase in listed if phrase not in _NOTICES)])
    values = hashed.values.tolist()
    return frozenset(tuple(values[first:end]) for first, end in pairwise(hashed.bounds.tolist()))


@cache
def _list_firsts() -> NDArray[np.uint64]:
    return np.unique(np.array([phrase[0] for phrase in _list_phrases()], np.uint64))
