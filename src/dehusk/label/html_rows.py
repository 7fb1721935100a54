"""A page's features by the kernel where there is one; by numpy elsewhere."""

from __future__ import annotations

import ctypes
from functools import cache

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
from dehusk.label.marks import TEXT_BITS, TEXT_KINDS, read_element_bits
from dehusk.model import Columns, Document
from dehusk.native import find_address, load_kernels
from dehusk.native.tables import hash_table, lower_codes

_FEATURES = 13 + 21 + 2 * len(TEXT_KINDS) + 2 + 2 * HINT_KINDS + 48 + 5 + 22 + 5 + 13
_SAID = 13 + 21
"""The row at which those of `PageRows.said` begin."""
_WORD_SLOTS = 1 << 12
_NO_MEMORY, _DESCRIBED, _ASK_PYTHON = range(3)
_POINTER, _NUMBER = ctypes.c_void_p, ctypes.c_int64


class _Page(ctypes.Structure):
    """As in html.c, field by field."""

    _fields_ = (
        ("blocks", _NUMBER), ("elements", _NUMBER), ("columns", _POINTER), ("parents", _POINTER), ("looks", _POINTER),
        ("bits", _POINTER), ("tag_counts", _POINTER), ("texts", ctypes.c_char_p), ("hints", ctypes.c_char_p),
        ("title", ctypes.c_char_p), ("title_size", _NUMBER), ("lower", _POINTER), ("char_kinds", _POINTER), ("wide_from", _NUMBER),
        ("sentence_ends", _POINTER), ("sentence_end_count", _NUMBER), ("is_stripped", _POINTER),
        ("word_keys", _POINTER), ("word_bits", _POINTER), ("word_slots", _NUMBER), ("text_kinds", _NUMBER),
        ("hint_kinds", _NUMBER), ("features", _POINTER), ("words", _POINTER), ("near", _POINTER), ("around", _POINTER),
        ("ranges", _POINTER), ("groups", _POINTER),
    )  # fmt: skip


def read_page(document: Document) -> PageRows:
    """The features of a document of one block or more."""
    return measure_page(document) if load_kernels() is None else _describe_page(document)


def _describe_page(document: Document) -> PageRows:
    columns = document.columns or _gather_columns(document)
    n, elements = columns.blocks.shape[1], len(columns.parents) - 1
    bits = np.array([*(read_element_bits(*look) for look in columns.look_names), 0])[columns.looks]
    title = "".join([f"{word}\n" for word in set(document.head.title.lower().split())])
    encoded_title = title.encode("utf-8", "surrogatepass")
    features, words = np.empty((_FEATURES, n), np.float32), np.empty(n, np.float32)
    near, around, groups = np.empty((3, n), np.int64)
    ranges = np.empty((2, LEVELS, n), np.int64)
    tag_counts = _count_tags(columns)
    arrays = (columns.blocks, columns.parents, columns.looks, bits, tag_counts)
    is_stripped, keys, word_bits = _tables()
    page = _Page(
        n, elements, *map(find_address, arrays), columns.texts, None, encoded_title, len(encoded_title),
        find_address(lower_codes()), find_address(CHAR_TABLE), len(CHAR_TABLE), find_address(SENTENCE_ENDS),
        len(SENTENCE_ENDS), *map(find_address, (is_stripped, keys, word_bits)), _WORD_SLOTS, len(TEXT_KINDS),
        HINT_KINDS, *map(find_address, (features, words, near, around, ranges, groups)),
    )  # fmt: skip
    status = load_kernels().describe_blocks(ctypes.byref(page))
    if status == _ASK_PYTHON:
        page.hints = _encode_hints(document)
        status = load_kernels().describe_blocks(ctypes.byref(page))
    if status == _NO_MEMORY:
        raise MemoryError
    said = features[_SAID : _SAID + len(TEXT_KINDS)]
    lengths, is_heading = columns.blocks[3].astype(np.float32), columns.blocks[0] == KINDS["heading"]
    return PageRows(features, lengths, words, said, near, around, ranges, groups, is_heading)


def _gather_columns(document: Document) -> Columns:
    """Of a document whose blocks were made by Python."""
    whole, kinds, levels, _, _, owners, link_chars, links, _ = zip(*document.blocks, strict=True)
    encoded = [text.encode("utf-8", "surrogatepass") for text in whole]
    blocks = [
        list(map(KINDS.__getitem__, kinds)), levels, owners, list(map(len, whole)), link_chars, links,
        find_repeated(cut_code(whole, kinds)), list(map(len, encoded)),
    ]  # fmt: skip
    elements, names = read_elements(document.elements), [(tag, marks) for tag, _, marks in document.elements]
    look_names = list(dict.fromkeys(names))
    return Columns(np.array(blocks), b"\0".join([*encoded, b""]), elements.parents, elements.looks, look_names)


def _count_tags(columns: Columns) -> NDArray[np.int64]:
    """How many elements have each of COUNTED_TAGS."""
    sizes = np.bincount(columns.looks, minlength=len(columns.look_names)).tolist()
    counts = dict.fromkeys(COUNTED_TAGS, 0)
    for (tag, _), size in zip(columns.look_names, sizes, strict=False):
        if tag in counts:
            counts[tag] += size
    return np.array(list(counts.values()))


def _encode_hints(document: Document) -> bytes:
    """How each text begins, in lower case, a line feed after each."""
    hints = "\n".join([block.text[:HINT_CHARS].replace("\n", " ") for block in document.blocks]).lower()
    return f"{hints}\n".encode("utf-8", "surrogatepass")


@cache
def _tables() -> tuple[NDArray[np.uint8], NDArray[np.uint64], NDArray[np.int64]]:
    """What is stripped from words, by code point; the hashes of the words that tell, each in its slot; their bits."""
    is_stripped = np.zeros(1 << 16, np.uint8)
    is_stripped[list(map(ord, STRIPPED))] = 1
    is_stripped.setflags(write=False)
    return is_stripped, *hash_table(TEXT_BITS, _WORD_SLOTS)
