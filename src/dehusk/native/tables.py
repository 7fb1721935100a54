"""What the kernels know of characters and words: tables that are made once a process."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from dehusk.native import load_kernels, make_once

_CHARS = 1 << 16
NORMS, SECOND, CHANGES, PARTED = 0x3100, 1 << 8, 1 << 9, 1 << 10
_JAMO = (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3))
"""Letters of Hangul that join what is before them by rule, not in pairs."""
_NO_LOWER = 0xFFFF


@cache
def char_bits() -> NDArray[np.uint8]:
    """By code point below 1 << 16: 1 for a letter or digit, 2 for a small letter."""
    chars = list(map(chr, range(_CHARS)))
    table = np.fromiter(map(str.isalnum, chars), np.uint8, _CHARS)
    table |= np.fromiter(map(str.islower, chars), np.uint8, _CHARS) << np.uint8(1)
    table.setflags(write=False)
    return table


@make_once
def lower_codes() -> NDArray[np.uint16]:
    """By code point below 1 << 16: that of its small letter, or 0xFFFF where that is not one character by itself."""
    lower = list(map(str.lower, map(chr, range(_CHARS))))
    codes = np.fromiter(map(ord, map(itemgetter(0), lower)), np.uint16, _CHARS)
    codes[np.fromiter(map(len, lower), np.int64, _CHARS) > 1] = _NO_LOWER
    codes[ord("Σ")] = _NO_LOWER  # another one at the end of a word
    codes.setflags(write=False)
    return codes


@cache
def norm_codes() -> tuple[NDArray[np.uint16], NDArray[np.uint64]]:
    """What NFC does with the characters below NORMS, as far as walk.c asks.

    By code point: the rank of a combining mark (its canonical combining class), and three bits: SECOND where it joins
    some character before it, CHANGES where it never stays as it is, PARTED where it is made of others. And the pairs
    that join, first << 32 | second, ascending. Source: Unicode Standard Annex #15.
    """
    chars = list(map(chr, range(NORMS)))
    table = np.fromiter(map(unicodedata.combining, chars), np.uint16, NORMS)
    changes = [code for code, char in enumerate(chars) if not unicodedata.is_normalized("NFC", char)]
    table[[*changes, *_JAMO]] |= CHANGES
    pairs = []
    for char, parts in zip(chars, map(unicodedata.decomposition, chars), strict=True):
        if " " not in parts or parts[0] == "<":
            continue
        first, second = (int(part, 16) for part in parts.split())
        table[ord(char)] |= PARTED
        if unicodedata.normalize("NFC", chr(first) + chr(second)) == char:
            pairs.append(first << 32 | second)
            table[second] |= SECOND
    table.setflags(write=False)
    return table, np.array(sorted(pairs), np.uint64)


def hash_table(values: Mapping[str, int], slots: int) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Words by the hashes of their UTF-8, each in its slot or one of the next, 0 where none is; and their values.

    `slots` is a power of 2, and more than there are words.
    """
    assert len(values) < slots, "whoever looks for a word would look for ever"
    keys, found = np.zeros(slots, np.uint64), np.zeros(slots, np.int64)
    for word, value in values.items():
        key = load_kernels().hash_word(word.encode(), len(word.encode()))
        slot = key % slots
        while keys[slot]:
            slot = (slot + 1) % slots
        keys[slot], found[slot] = key, value
    keys.setflags(write=False)
    found.setflags(write=False)
    return keys, found
