"""The index of kept records in a file: a header, and arrays that are mapped as they are.

A line says what it is; then come the header's length and checksum, the header (JSON: what signatures it
is of, and the type, shape and checksum of each array) and the arrays, each from a multiple of 64 on.
Nothing is ever unpickled; lengths, places and checksums are compared before anything is used.
"""

from __future__ import annotations

import json
import math
import mmap
import struct
import zlib
from collections.abc import Callable, Iterable
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, NoReturn

import numpy as np
from numpy.typing import NDArray

from dehusk.dedupe.bands import BAND_ROWS, BANDS, COLUMNS, KEYS_A_TAG
from dehusk.dedupe.columns import Column, Spill
from dehusk.dedupe.kept import Kept
from dehusk.dedupe.signatures import SCHEME
from dehusk.dedupe.table import WIDTH, BandTable
from dehusk.errors import UnreadableIndex

MAGIC = b"dehusk index\n"
MADE_WITH = {
    "format": 1,
    **SCHEME,
    "bands": BANDS,
    "band_rows": BAND_ROWS,
    "tag_keys": KEYS_A_TAG,
    "row": WIDTH,
}
"""What an index must have been made with to be used."""

_LENGTHS = struct.Struct("<II")
_LONGEST_HEADER = 1 << 16
_ALIGNED = 64
_PIECE = 1 << 24  # bytes summed up at a time
_KINDS: dict[str, tuple[set[str], tuple[int, ...]]] = {
    "slots": ({"<u4", "<u8"}, (WIDTH,)),
    "keys": ({"<u8"}, ()),
    "bands": ({"<u4"}, (BANDS,)),
    "ends": ({"<i8"}, ()),
    "counts": ({"<u4"}, (2,)),
    "spill": ({"<u4"}, ()),
}
"""Of each array: the types it may have, and the shape of one of its rows."""

Pieces = Callable[[], Iterable[NDArray[Any]]]


class _Section(NamedTuple):
    """An array in the file, as the header describes it."""

    name: str
    dtype: str
    rows: int
    crc: int

    @property
    def nbytes(self) -> int:
        return self.rows * math.prod(_KINDS[self.name][1]) * np.dtype(self.dtype).itemsize


def write_index(file: BinaryIO, kept: Kept, table: BandTable) -> None:
    """Write the index; the caller gives the file its name when it is whole."""
    pieces = _list_pieces(kept, table)
    sections = [_describe(name, pieces[name]) for name in _KINDS]
    header = {"made_with": MADE_WITH, "homes": table.homes, "sections": sections}
    content = json.dumps(header).encode()
    at = _pad(file, file.write(MAGIC + _LENGTHS.pack(len(content), zlib.crc32(content)) + content))
    for name in _KINDS:
        at = sum(file.write(_to_bytes(piece)) for piece in pieces[name]())
        _pad(file, at)


def open_index(path: Path) -> tuple[Kept, BandTable]:
    """The index that `write_index` wrote, mapped: what is added to it stays with this process.

    All of the file is read once, to be sure of it.

    Raises:
        UnreadableIndex: it is no index, is damaged, or was made with other signatures.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        header, start = _read_header(file, path)
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    try:
        homes, sections = int(header["homes"]), [_Section(*section) for section in header["sections"]]
        arrays = _map(mapped, sections, start=start)
        kept, table = _rebuild(arrays, homes, path=path)
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        _refuse(path, f"it is damaged: {error}")
    return kept, table


def read_state(path: Path) -> str:
    """What tells the content of an index from any other's; "" where there is none.

    Raises:
        UnreadableIndex: there is something else, or an index made with other signatures.
    """
    if not path.exists():
        return ""
    with path.open("rb") as file:
        header, _ = _read_header(file, path)
    return blake2b(json.dumps(header).encode(), digest_size=16).hexdigest()


def _list_pieces(kept: Kept, table: BandTable) -> dict[str, Pieces]:
    spill = kept.spill
    return {
        "slots": lambda: [table.slots],
        "keys": kept.keys.parts,
        "bands": kept.bands.parts,
        "ends": kept.ends.parts,
        "counts": kept.counts.parts,
        "spill": lambda: (spill.read(start, stop) for start, stop in spill.bounds()),
    }


def _describe(name: str, pieces: Pieces) -> _Section:
    dtypes, _ = _KINDS[name]
    dtype, rows, crc = min(dtypes), 0, 0
    for piece in pieces():
        dtype, rows, crc = (
            piece.dtype.newbyteorder("<").str,
            rows + len(piece),
            zlib.crc32(_to_bytes(piece), crc),
        )
    return _Section(name, dtype, rows, crc)


def _to_bytes(piece: NDArray[Any]) -> memoryview:
    ordered = np.ascontiguousarray(piece, piece.dtype.newbyteorder("<"))
    return ordered.reshape(-1).view(np.uint8).data


def _pad(file: BinaryIO, written: int) -> int:
    return written + file.write(bytes(-written % _ALIGNED))


def _read_header(file: BinaryIO, path: Path) -> tuple[dict[str, Any], int]:
    """What the header says, and where the arrays begin."""
    if file.read(len(MAGIC)) != MAGIC:
        _refuse(path, "it is no index of near-duplicates")
    lengths = file.read(_LENGTHS.size)
    length, crc = _LENGTHS.unpack(lengths) if len(lengths) == _LENGTHS.size else (0, 0)
    content = file.read(length) if length <= _LONGEST_HEADER else b""
    if len(content) < length or not content or zlib.crc32(content) != crc:
        _refuse(path, "it is damaged: its header is not whole")
    try:
        header = json.loads(content)
        made_with = header["made_with"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        _refuse(path, f"it is damaged: {error}")
    if made_with != MADE_WITH:
        _refuse(path, f"it was made with {made_with}, this version uses {MADE_WITH}")
    return header, _align(file.tell())


def _align(offset: int) -> int:
    return -(-offset // _ALIGNED) * _ALIGNED


def _map(mapped: mmap.mmap, sections: list[_Section], *, start: int) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {}
    if [section.name for section in sections] != list(_KINDS):
        raise ValueError("other arrays than expected")
    for section in sections:
        dtypes, row = _KINDS[section.name]
        if section.dtype not in dtypes or not isinstance(section.rows, int) or section.rows < 0:
            raise ValueError(f"{section.name} of another kind")
        if start + section.nbytes > len(mapped):
            raise ValueError(f"{section.name} is not whole")
        content = memoryview(mapped)[start : start + section.nbytes]
        crc = 0
        for first in range(0, section.nbytes, _PIECE):
            crc = zlib.crc32(content[first : first + _PIECE], crc)
        if crc != section.crc:
            raise ValueError(f"the checksum of {section.name}")
        arrays[section.name] = np.frombuffer(content, section.dtype).reshape(section.rows, *row)
        start = _align(start + section.nbytes)
    if start != len(mapped):
        raise ValueError("another length than expected")
    return arrays


def _rebuild(arrays: dict[str, NDArray[Any]], homes: int, *, path: Path) -> tuple[Kept, BandTable]:
    ends, counts = arrays["ends"], arrays["counts"]
    lengths = np.diff(ends, prepend=np.int64(0))
    if not len(arrays["keys"]) == len(arrays["bands"]) == len(ends) == len(counts):
        raise ValueError("lengths that differ")
    # Below 0 an end would make lengths that wrap around.
    if (
        (ends < 0).any()
        or (lengths <= counts.sum(axis=1, dtype=np.int64)).any()
        or (len(ends) and ends[-1] != len(arrays["spill"]))
    ):
        raise ValueError("bounds that do not fit")
    columns = {name: Column(np.uint64 if name == "keys" else arrays[name].dtype, base=arrays[name],
                            width=math.prod(_KINDS[name][1]) if _KINDS[name][1] else 0)
               for name in ("keys", "bands", "ends", "counts")}  # fmt: skip
    kept = Kept(**columns, spill=Spill(arrays["spill"]), path=str(path))
    table = BandTable(kept.hashes_of, slots=arrays["slots"], homes=homes)
    if not table.is_sound(len(kept), tags=COLUMNS * KEYS_A_TAG):
        raise ValueError("entries that lead astray")
    return kept, table


def _refuse(path: Path, why: str) -> NoReturn:
    raise UnreadableIndex(f"{path}: {why}: give another file, or delete it to make a new index")
