"""The index of kept records in a file: numpy arrays in an uncompressed zip, checked when read.

Nothing in it is ever unpickled. Besides the band table it holds, for each record, its id, 128 bytes of
signature, and 4 bytes for each of its shingles and words.
"""

from __future__ import annotations

import json
import struct
import tokenize
import zipfile
import zlib
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from dehusk.dedupe.bands import BandTable
from dehusk.dedupe.kept import Kept
from dehusk.dedupe.signatures import PERMUTATIONS, SCHEME

_DTYPES = {
    "slots": np.uint64, "scheme": np.uint8, "ids": np.uint8, "keys": np.uint64, "signatures": np.uint8,
    "shingles": np.uint32, "shingle_ends": np.int64, "words": np.uint32, "word_ends": np.int64,
}  # fmt: skip
_DAMAGES = (
    zipfile.BadZipFile, zlib.error, struct.error, tokenize.TokenError,
    ValueError, KeyError, TypeError, EOFError, NotImplementedError, RuntimeError, SyntaxError, MemoryError,
)  # fmt: skip
"""What numpy and zipfile raise for bytes that are no archive of arrays."""
_COLUMNS = ("keys", "signatures", "shingles", "shingle_ends", "words", "word_ends")


def write_index(file: BinaryIO, kept: Kept, bands: BandTable) -> None:
    """Write the index; the caller gives the file its name when it is whole."""
    arrays = {name: getattr(kept, name).values for name in _COLUMNS}
    np.savez(file, slots=bands.slots, scheme=_to_bytes(SCHEME), ids=_to_bytes(kept.ids), **arrays)


def read_index(path: Path) -> tuple[Kept, BandTable]:
    """The index that `write_index` wrote.

    Raises:
        ValueError: it is no index, is damaged, or was made with other signatures.
        OSError: it cannot be read.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
            arrays = {name: held[name] for name in _DTYPES}
        scheme, ids = (json.loads(arrays[name].tobytes()) for name in ("scheme", "ids"))
    except _DAMAGES as error:
        raise ValueError(f"{path}: not an index of near-duplicates, or damaged: {error}") from error
    if scheme != SCHEME:
        raise ValueError(
            f"{path}: the index was made with {scheme}, this version uses {SCHEME}: make a new one"
        )
    if fault := _find_fault(arrays, ids):
        raise ValueError(f"{path}: the index is damaged: {fault}")
    return _rebuild(arrays, ids)


def _rebuild(arrays: dict[str, NDArray[Any]], ids: list[str]) -> tuple[Kept, BandTable]:
    kept, bands = Kept(), BandTable(1)
    kept.ids = ids
    for name in _COLUMNS:
        getattr(kept, name).extend(arrays[name])
    bands.slots = arrays["slots"]
    bands.used = bands.count_taken()
    return kept, bands


def _find_fault(arrays: dict[str, NDArray[Any]], ids: Any) -> str:
    """What would lead a look-up astray; "" when all is well."""
    if not isinstance(ids, list) or not all(isinstance(id, str) for id in ids):
        return "ids"
    if any(arrays[name].dtype != dtype for name, dtype in _DTYPES.items()):
        return "types"
    if any(arrays[name].ndim != (2 if name == "signatures" else 1) for name in _DTYPES):
        return "shapes"
    if arrays["signatures"].shape != (len(ids), PERMUTATIONS) or len(arrays["keys"]) != len(ids):
        return "lengths"
    for name in ("shingle", "word"):
        ends, values = arrays[f"{name}_ends"], arrays[f"{name}s"]
        bounds = np.concatenate(([0], ends, [len(values)]))
        if len(ends) != len(ids) or (np.diff(bounds) < 0).any() or (len(ids) and ends[-1] != len(values)):
            return f"{name}s"
    bands = BandTable(1)
    bands.slots = arrays["slots"]
    return "" if bands.is_sound(len(ids)) else "bands"


def _to_bytes(value: Any) -> NDArray[np.uint8]:
    return np.frombuffer(json.dumps(value).encode("utf-8"), np.uint8)
