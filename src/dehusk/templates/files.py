"""Templates in a file: a head of fixed size and six arrays, mapped and never unpickled.

magic, version of the word hashes, number of sites, number of keys; sites, keys, pages, counts, owners, marks
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np

from dehusk.errors import UnreadableTemplates
from dehusk.templates.table import Templates, prune_templates, sum_templates, take_entries
from dehusk.words import TOKENISER

MAGIC: Final = b"dehusk templates\n"
_HEAD = struct.Struct("<24sQQQ")
_ORDER = ("sites", "keys", "pages", "counts", "owners", "marks")
_TYPES = {"sites": "<u8", "keys": "<u8", "pages": "<u4", "counts": "<u4", "owners": "<u4", "marks": "<u4"}
PART_ENTRIES = 4_000_000
"""Entries of all files that are added up at a time."""


def save_templates(table: Templates, file: BinaryIO) -> None:
    """Write a table in the form that `open_templates` reads."""
    file.write(_HEAD.pack(MAGIC, TOKENISER, len(table.sites), len(table.keys)))
    for name in _ORDER:
        file.write(np.ascontiguousarray(getattr(table, name), _TYPES[name]).tobytes())


def holds_templates(path: Path) -> bool:
    """Whether it begins as a file of templates does, of whatever version."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def open_templates(path: Path) -> Templates:
    """The table in a file, mapped and read-only.

    Raises:
        UnreadableTemplates: it is none, is cut short or damaged, or was made with other word hashes.
    """
    table = _map_table(path)
    if not _is_sound(table):
        raise UnreadableTemplates(f"{path} is damaged: learn it anew")
    return table


def _map_table(path: Path) -> Templates:
    """Once for all its arrays: a mapping keeps its file open as long as it lives."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD.size)
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if head else b""
    except (OSError, ValueError) as error:  # ValueError: a NUL in its name
        raise UnreadableTemplates(f"cannot read {path}: {getattr(error, 'strerror', '') or error}") from error
    if len(head) < _HEAD.size or not head.startswith(MAGIC):
        raise UnreadableTemplates(f"{path} is no file of templates: make one with clean learn")
    _, tokeniser, sites, keys = _HEAD.unpack(head)
    if tokeniser != TOKENISER:
        raise UnreadableTemplates(f"{path} was made by another version: learn it anew")
    lengths = {"sites": sites, "pages": sites, "keys": keys, "counts": keys, "owners": keys, "marks": keys}
    if len(mapped) != _HEAD.size + sites * 12 + keys * 20:
        raise UnreadableTemplates(f"{path} is cut short or damaged: learn it anew")
    arrays: dict[str, Any] = {}
    at = _HEAD.size
    for name in _ORDER:
        length = lengths[name]  # of nothing there is no view
        arrays[name] = (
            np.frombuffer(mapped, _TYPES[name], length, at) if length else np.zeros(0, _TYPES[name])
        )
        at += arrays[name].nbytes
    return Templates(**arrays)


def _is_sound(table: Templates) -> bool:
    """Whether what a look-up relies on is so, and no count can be more than it may."""
    ascending = all(bool(np.all(held[1:] > held[:-1])) for held in (table.sites, table.keys))
    if not ascending or (len(table.keys) and int(table.owners.max()) >= len(table.sites)):
        return False
    return bool(np.all(table.counts >= 1) and np.all(table.counts <= table.pages[table.owners]))


def merge_files(paths: Sequence[Path]) -> Templates:
    """The sum of all files, exact but for what is too rare to matter.

    A range of keys is taken at a time, so that memory holds PART_ENTRIES entries and what stays of the rest. One file
    is open at a time: a run has as many as it has shards.

    Raises:
        UnreadableTemplates: as `open_templates`.
    """
    total = sum(len(open_templates(path).keys) for path in paths)
    parts = total // PART_ENTRIES + 1
    merged = []
    for part in range(parts):
        low, high = (1 << 64) * part // parts, (1 << 64) * (part + 1) // parts
        merged.append(prune_templates(sum_templates([_read_part(path, low, high) for path in paths])))
    if not merged[0].sites.size:
        return merged[0]
    names = ("keys", "counts", "owners", "marks")
    return merged[0]._replace(
        **{name: np.concatenate([getattr(one, name) for one in merged]) for name in names}
    )


def _read_part(path: Path, low: int, high: int) -> Templates:
    """All its sites, and its entries with low <= key < high, copied."""
    table = _map_table(path)
    first = int(np.searchsorted(table.keys, np.uint64(low)))
    end = int(np.searchsorted(table.keys, np.uint64(high))) if high < 1 << 64 else len(table.keys)
    cut = take_entries(table, slice(first, end))
    return cut._replace(**{name: getattr(cut, name).copy() for name in _ORDER})
