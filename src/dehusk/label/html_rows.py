"""A page's features by the kernel where there is one; by numpy elsewhere."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dehusk.label.html_features import (
    CHAR_TABLE,
    COUNTED_TAGS,
    HINT_CHARS,
    HINT_KINDS,
    KINDS,
    LEVELS,
    SENTENCE_ENDS,
    STRIPPED,
    PageRows,
    cut_code,
    find_repeated,
    measure_page,
    read_elements,
)
from dehusk.label.marks import TEXT_BITS, TEXT_KINDS
from dehusk.model import Document
from dehusk.native import find_address, load_kernels

_FEATURES = 13 + 21 + 2 * len(TEXT_KINDS) + 2 + 2 * HINT_KINDS + 48 + 5 + 22 + 5 + 13
_SAID = 13 + 21
"""The row at which those of `PageRows.said` begin."""
_WORD_SLOTS = 1 << 12
_POINTER, _NUMBER = ctypes.c_void_p, ctypes.c_int64


class _Page(ctypes.Structure):
    """As in html.c, field by field."""

    _fields_ = (
        ("blocks", _NUMBER), ("elements", _NUMBER), ("columns", _POINTER), ("parents", _POINTER), ("looks", _POINTER),
        ("bits", _POINTER), ("tag_counts", _POINTER), ("texts", ctypes.c_char_p), ("hints", ctypes.c_char_p),
        ("title", ctypes.c_char_p), ("title_size", _NUMBER), ("char_kinds", _POINTER), ("wide_from", _NUMBER),
        ("sentence_ends", _POINTER), ("sentence_end_count", _NUMBER), ("is_stripped", _POINTER),
        ("word_keys", _POINTER), ("word_bits", _POINTER), ("word_slots", _NUMBER), ("text_kinds", _NUMBER),
        ("hint_kinds", _NUMBER), ("features", _POINTER), ("words", _POINTER), ("near", _POINTER), ("around", _POINTER),
        ("ranges", _POINTER), ("groups", _POINTER),
    )  # fmt: skip


def read_page(document: Document) -> PageRows:
    """The features of a document of one block or more."""
    return measure_page(document) if load_kernels() is None else _describe_page(document)


def _describe_page(document: Document) -> PageRows:
    whole, kinds, levels, _, _, owners, link_chars, links, _ = zip(*document.blocks, strict=True)
    lengths, texts = list(map(len, whole)), cut_code(whole, kinds)
    columns = np.array(
        [list(map(KINDS.__getitem__, kinds)), levels, owners, lengths, link_chars, links, find_repeated(texts)]
    )  # fmt: skip
    elements = read_elements(document.elements)
    counts = np.array(list(map(elements.tags.count, COUNTED_TAGS)))
    hints = "\n".join([text[:HINT_CHARS].replace("\n", " ") for text in texts]).lower()
    title = "".join([f"{word}\n" for word in set(document.head.title.lower().split())])
    n = len(texts)
    features, words = np.empty((_FEATURES, n), np.float32), np.empty(n, np.float32)
    near, around, groups = np.empty((3, n), np.int64)
    ranges = np.empty((2, LEVELS, n), np.int64)
    tables = _tables()
    encoded = _encode("\n".join(texts)), _encode(hints), title.encode("utf-8", "surrogatepass")
    arrays: list[NDArray[Any]] = [columns, elements.parents, elements.looks, elements.bits, counts]
    page = _Page(
        n, len(document.elements), *map(find_address, arrays),
        *encoded, len(encoded[2]), find_address(CHAR_TABLE), len(CHAR_TABLE), find_address(SENTENCE_ENDS),
        len(SENTENCE_ENDS), *map(find_address, tables), _WORD_SLOTS, len(TEXT_KINDS), HINT_KINDS,
        *map(find_address, (features, words, near, around, ranges, groups)),
    )  # fmt: skip
    if not load_kernels().describe_blocks(ctypes.byref(page)):
        raise MemoryError
    said = features[_SAID : _SAID + len(TEXT_KINDS)]
    lengths, is_heading = columns[3].astype(np.float32), columns[0] == KINDS["heading"]
    return PageRows(features, lengths, words, said, near, around, ranges, groups, is_heading)


def _encode(text: str) -> bytes:
    return f"{text}\n".encode("utf-8", "surrogatepass")


@cache
def _tables() -> tuple[NDArray[np.uint8], NDArray[np.uint64], NDArray[np.int64]]:
    """What is stripped from words, by code point; the hashes of the words that tell, each in its slot; their bits."""
    is_stripped = np.zeros(1 << 16, np.uint8)
    is_stripped[list(map(ord, STRIPPED))] = 1
    keys, bits = np.zeros(_WORD_SLOTS, np.uint64), np.zeros(_WORD_SLOTS, np.int64)
    for word, kinds in TEXT_BITS.items():
        key = load_kernels().hash_word(word.encode(), len(word.encode()))
        slot = key % _WORD_SLOTS
        while keys[slot]:
            slot = (slot + 1) % _WORD_SLOTS
        keys[slot], bits[slot] = key, kinds
    made: tuple[Any, ...] = is_stripped, keys, bits
    for table in made:
        table.setflags(write=False)
    return is_stripped, keys, bits
