"""A page's features by the kernel where there is one; by numpy elsewhere."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dehusk.block_table import KIND_NUMBERS
from dehusk.label.html_features import (
    CHAR_TABLE,
    COUNTED_TAGS,
    END_CODES,
    HINT_CHARS,
    HINT_KINDS,
    LEVELS,
    STRIPPED,
    PageRows,
    cut_code,
    find_repeated,
    measure_page,
    read_elements,
)
from dehusk.label.marks import MARK_BITS, TAG_BITS, TEXT_BITS, TEXT_KINDS, UNSPACED_RE
from dehusk.model import Columns, Document
from dehusk.native import find_address, load_kernels, make_once
from dehusk.native.tables import hash_table, lower_codes

_FEATURES = 13 + 21 + 2 * len(TEXT_KINDS) + 2 + 2 * HINT_KINDS + 48 + 5 + 22 + 5 + 13
_SAID = 13 + 21
"""The row at which those of `PageRows.said` begin."""
_WORD_SLOTS, _TAG_SLOTS = 1 << 12, 1 << 6
_COUNTED_SHIFT = 60  # above the bits of a tag
_STRIPPED, _BEGINS_WORD = 1, 2
_NO_MEMORY, _ASK_PYTHON = 0, 2  # 1: it is described
_POINTER, _NUMBER = ctypes.c_void_p, ctypes.c_int64


class _Page(ctypes.Structure):
    """As in html.c, field by field."""

    _fields_ = (
        ("blocks", _NUMBER), ("elements", _NUMBER), ("columns", _POINTER), ("parents", _POINTER), ("looks", _POINTER),
        ("look_names", ctypes.c_char_p), ("mark_keys", _POINTER), ("mark_bits", _POINTER), ("tag_keys", _POINTER),
        ("tag_bits", _POINTER), ("mark_slots", _NUMBER), ("tag_slots", _NUMBER), ("texts", ctypes.c_char_p),
        ("hints", ctypes.c_char_p), ("title", ctypes.c_char_p), ("title_size", _NUMBER), ("lower", _POINTER),
        ("char_kinds", _POINTER), ("wide_from", _NUMBER), ("sentence_ends", _POINTER), ("sentence_end_count", _NUMBER),
        ("char_roles", _POINTER), ("word_keys", _POINTER), ("word_bits", _POINTER), ("word_slots", _NUMBER),
        ("text_kinds", _NUMBER), ("hint_kinds", _NUMBER), ("features", _POINTER), ("words", _POINTER),
        ("near", _POINTER), ("around", _POINTER), ("inner", _POINTER), ("ranges", _POINTER), ("groups", _POINTER),
    )  # fmt: skip


def read_page(document: Document) -> PageRows:
    """The features of a document of one block or more."""
    return measure_page(document) if load_kernels() is None else _describe_page(document)


def _describe_page(document: Document) -> PageRows:
    columns = document.columns or _gather_columns(document)
    n, elements = columns.blocks.shape[1], len(columns.parents) - 1
    title = "".join([f"{word}\n" for word in set(document.head.title.lower().split())])
    encoded_title = title.encode("utf-8", "surrogatepass")
    features, words = np.empty((_FEATURES, n), np.float32), np.empty(n, np.float32)
    near, around, inner, groups = np.empty((4, n), np.int64)
    ranges = np.empty((2, LEVELS, n), np.int64)
    page = _Page(
        n, elements, *map(find_address, (columns.blocks, columns.parents, columns.looks)), columns.look_names,
        *_mark_tables(), columns.texts, None, encoded_title, len(encoded_title), *_text_tables(),
        *map(find_address, (features, words, near, around, inner, ranges, groups)),
    )  # fmt: skip
    status = load_kernels().describe_blocks(ctypes.byref(page))
    if status == _ASK_PYTHON:
        page.hints = _encode_hints(document)
        status = load_kernels().describe_blocks(ctypes.byref(page))
    if status == _NO_MEMORY:
        raise MemoryError
    said = features[_SAID : _SAID + len(TEXT_KINDS)]
    lengths, is_heading = columns.blocks[3].astype(np.float32), columns.blocks[0] == KIND_NUMBERS["heading"]
    return PageRows(features, lengths, words, said, near, around, inner, ranges, groups, is_heading)


def _gather_columns(document: Document) -> Columns:
    """Of a document whose blocks were made by Python."""
    whole, kinds, levels, _, _, owners, link_chars, links, _ = zip(*document.blocks, strict=True)
    encoded = [text.encode("utf-8", "surrogatepass") for text in whole]
    blocks = [
        list(map(KIND_NUMBERS.__getitem__, kinds)), levels, owners, list(map(len, whole)), link_chars, links,
        find_repeated(cut_code(whole, kinds)), list(map(len, encoded)),
    ]  # fmt: skip
    elements = read_elements(document.elements)
    looks = dict.fromkeys((tag, marks) for tag, _, marks in document.elements)
    look_names = "".join(f"{tag}\0{marks}\0" for tag, marks in looks).encode("utf-8", "replace")
    return Columns(
        np.array(blocks), b"\0".join([*encoded, b""]), elements.parents, elements.looks, look_names
    )


def _encode_hints(document: Document) -> bytes:
    """How each text begins, in lower case, a line feed after each."""
    hints = "\n".join([block.text[:HINT_CHARS].replace("\n", " ") for block in document.blocks]).lower()
    return f"{hints}\n".encode("utf-8", "surrogatepass")


@make_once
def _kept_tables() -> tuple[NDArray[Any], ...]:
    """What is stripped from words and what begins an unspaced one, by code point; the bits of words, of marks, and of
    tags, by hash."""
    char_roles = np.zeros(1 << 16, np.uint8)
    char_roles[list(map(ord, STRIPPED))] = _STRIPPED
    char_roles[[ord(word[0]) for word in TEXT_BITS if UNSPACED_RE.match(word)]] |= _BEGINS_WORD
    char_roles.setflags(write=False)
    counted = {tag: number << _COUNTED_SHIFT for number, tag in enumerate(COUNTED_TAGS, start=1)}
    tags = {tag: TAG_BITS.get(tag, 0) | counted.get(tag, 0) for tag in (*TAG_BITS, *counted)}
    return (
        char_roles, *hash_table(TEXT_BITS, _WORD_SLOTS), *hash_table(MARK_BITS, _WORD_SLOTS),
        *hash_table(tags, _TAG_SLOTS),
    )  # fmt: skip


@cache
def _text_tables() -> tuple[int, ...]:
    """The fields of _Page about what is known of characters and words."""
    char_roles, keys, bits = map(find_address, _kept_tables()[:3])
    return (
        find_address(lower_codes()), find_address(CHAR_TABLE), len(CHAR_TABLE), find_address(END_CODES),
        len(END_CODES), char_roles, keys, bits, _WORD_SLOTS, len(TEXT_KINDS), HINT_KINDS,
    )  # fmt: skip


@cache
def _mark_tables() -> tuple[int, ...]:
    """The fields of _Page about what is known of tags and marks."""
    return (*map(find_address, _kept_tables()[3:]), _WORD_SLOTS, _TAG_SLOTS)
