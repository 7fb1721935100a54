"""Words and phrases that husk is made of, in many languages, counted in a text's blocks.

Single words are those of `marks.py`; phrases come from `text_hints.json`: kind, language, phrases. They hold no name of
a site, and are matched as words are hashed, so that case, punctuation and spaces between CJK characters do not count.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.label.marks import TEXT_BITS, TEXT_KINDS
from dehusk.native import find_address, load_kernels
from dehusk.words import WordHashes, find_members, hash_grams, hash_words

_PHRASE_GROUPS = (
    "cookie newsletter share related legal search account shop cta advert menu old lead section contact".split(),
    ["byline", "credit"],
    ["comment", "forum", "reaction"],
    ["paywall", "pitch"],
    ["bio", "note"],
)
HINTS = len(TEXT_KINDS) + len(_PHRASE_GROUPS) + 1
"""Columns of `count_hints`: of each kind of single words, then of each group of phrases; last of all the phrase that a
block begins with. With a column for each kind of phrases a model learned them by heart: better on foreign pages,
worse on English ones (see benchmarks/train)."""
_WORD_BITS = (1 << len(TEXT_KINDS)) - 1
LONGEST = 24
"""Words that the longest phrase has; every character is one in Chinese, Japanese and Thai."""
_RAREST = 20
"""Fewer than one word in so many do not count: a menu's words in an article that was run together with them to one line
say little of the line."""
_LOOK_BITS, _SHELF_BITS = 18, 14
_BASE = 0xD6E8FEB86659FD93


class _Hints(NamedTuple):
    looks: NDArray[np.uint8]
    """By the last `_LOOK_BITS` bits of a run's hash: 1 where a longer hint may begin with it, 2 where it may be one."""
    values: NDArray[np.uint64]
    """The hash of each hint, ascending: of several words that of their run (`hash_grams`)."""
    shelves: NDArray[np.int32]
    """By the first `_SHELF_BITS` bits of a hash: how many of the values have lesser ones. One more at the end."""
    sizes: NDArray[np.int64]
    """How many words each has."""
    bits: NDArray[np.int64]
    """Of the columns."""


@cache
def load_phrases() -> dict[str, dict[str, list[str]]]:
    """Kind -> language -> phrases, in lower case."""
    found: dict[str, dict[str, list[str]]] = json.loads(
        files("dehusk.label").joinpath("text_hints.json").read_text(encoding="utf-8")
    )
    return found


@cache
def _list_hints() -> _Hints:
    bits_of = {word.replace("-", " "): bits for word, bits in TEXT_BITS.items()}
    for number, group in enumerate(_PHRASE_GROUPS, len(TEXT_KINDS)):
        for phrases in chain.from_iterable(load_phrases()[kind].values() for kind in group):
            for phrase in phrases:
                bits_of[phrase] = bits_of.get(phrase, 0) | 1 << number
    hashed = hash_words(list(bits_of))
    counts, firsts, bits = (
        np.diff(hashed.bounds),
        hashed.bounds[:-1],
        np.array(list(bits_of.values()), np.int64),
    )
    looks = np.zeros(1 << _LOOK_BITS, np.uint8)
    runs, sizes, kinds = [], [], []
    for size in range(1, LONGEST + 1):
        grams = hash_grams(hashed.values, size, _BASE)
        for at, flag in (((counts > size) & (counts <= LONGEST), 1), (counts == size, 2)):
            looks[grams[firsts[at]] & np.uint64(len(looks) - 1)] |= np.uint8(flag)
        runs.append(grams[firsts[at]])
        sizes.append(np.full(len(runs[-1]), size))
        kinds.append(bits[at])
    values, where = np.unique(np.concatenate(runs), return_inverse=True)
    hint_sizes, hint_bits = np.zeros((2, len(values)), np.int64)
    hint_sizes[where] = np.concatenate(sizes)
    np.bitwise_or.at(hint_bits, where, np.concatenate(kinds))
    edges = np.arange(1 << _SHELF_BITS, dtype=np.uint64) << np.uint64(64 - _SHELF_BITS)
    shelves = np.append(np.searchsorted(values, edges), len(values)).astype(np.int32)
    return _Hints(looks, values, shelves, hint_sizes, hint_bits)


def describe_hints(words: WordHashes) -> NDArray[np.float32]:
    """(blocks, HINTS): the shares of `count_hints` in each block's words, and 1 where it begins with a phrase."""
    return (_describe_hints if load_kernels() is None else _describe_hints_compiled)(words)


def _describe_hints(words: WordHashes) -> NDArray[np.float32]:
    counts, sizes = count_hints(words), np.maximum(np.diff(words.bounds), 1)[:, None]
    shares = (counts / sizes).astype(np.float32)
    shares *= counts * _RAREST >= sizes
    shares[:, -1] = counts[:, -1] > 0
    return shares


def count_hints(words: WordHashes) -> NDArray[np.int64]:
    """(blocks, HINTS): how many words of each block are in hints at each kind; the words of the phrase it begins with.

    Of several hints that begin at one word, the longest of `marks.py` and the longest phrase count. A block begins with
    a phrase of two words or more.
    """
    hints = _list_hints()
    values, bounds = words.values, words.bounds
    n = len(bounds) - 1
    owners = np.repeat(np.arange(n), np.diff(bounds))
    sizes, bits = np.zeros((2, 2, len(values)), np.int64)
    for size in range(1, LONGEST + 1):
        at = find_members(hash_grams(values, size, _BASE), hints.values)
        here = np.flatnonzero(at >= 0)
        here = here[(hints.sizes[at[here]] == size) & (owners[here] == owners[here + size - 1])]
        for which, mask in enumerate((_WORD_BITS, ~_WORD_BITS)):
            own = here[hints.bits[at[here]] & mask != 0]
            sizes[which, own], bits[which, own] = size, hints.bits[at[own]] & mask
    columns = [np.bincount(owners, (sizes * (bits >> kind & 1)).sum(axis=0), n) for kind in range(HINTS - 1)]
    has = bounds[1:] > bounds[:-1]
    begins = np.zeros(n, np.int64)
    begins[has] = sizes[1, bounds[:-1][has]]
    return np.column_stack([*columns, np.where(begins > 1, begins, 0)]).astype(np.int64)


def _describe_hints_compiled(words: WordHashes) -> NDArray[np.float32]:
    hints, room = _list_hints(), np.zeros(HINTS, np.int64)
    shares = np.zeros((len(words.bounds) - 1, HINTS), np.float32)
    load_kernels().describe_hints(
        find_address(words.values), find_address(words.bounds), len(shares), find_address(hints.looks),
        find_address(hints.values), find_address(hints.shelves), find_address(hints.sizes), find_address(hints.bits),
        HINTS, _WORD_BITS, _RAREST, find_address(room), find_address(shares),
    )  # fmt: skip
    return shares
