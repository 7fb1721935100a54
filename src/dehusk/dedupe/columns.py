"""Columns of numbers that grow at their end, in memory, over a mapped file, or spilled to a temporary one."""

from __future__ import annotations

import tempfile
import weakref
from itertools import pairwise
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from dehusk.errors import RecordWriteError

_LEAST = 64
_SPILLED = 1 << 24
"""Values of a stream that stay in memory: 64 MB; more of them go to a temporary file."""


class Column:
    """A numpy array that grows at its end, and may begin with a part that is only mapped.

    >>> column = Column(np.int64, base=np.arange(3))
    >>> column.extend(np.array([7, 8]))
    >>> len(column), column.take(np.array([4, 0, 2])).tolist()
    (5, [8, 0, 2])
    """

    def __init__(self, dtype: Any, *, width: int = 0, base: NDArray[Any] | None = None) -> None:
        shape = (0, width) if width else (0,)
        self._base = np.zeros(shape, dtype) if base is None else base
        self._own = np.zeros((_LEAST, *shape[1:]), dtype)
        self._used = 0

    def __len__(self) -> int:
        return len(self._base) + self._used

    @property
    def nbytes(self) -> int:
        """Bytes in memory, what is mapped not among them."""
        return self._own.nbytes

    def parts(self) -> list[NDArray[Any]]:
        """Views of all values in order; not to be held while the column grows."""
        return [self._base, self._own[: self._used]]

    def extend(self, values: NDArray[Any]) -> None:
        needed = self._used + len(values)
        if needed > len(self._own):
            rows = max(needed, len(self._own) * 9 // 8)
            # In place, where the system can: a copy would double the memory for as long as it takes.
            self._own.resize((rows, *self._own.shape[1:]), refcheck=False)
        self._own[self._used : needed] = values
        self._used = needed

    def take(self, places: NDArray[Any]) -> NDArray[Any]:
        """The values (or rows) at these places."""
        mapped = len(self._base)
        if not mapped:
            return np.asarray(self._own.take(places, axis=0))
        taken = np.empty((len(places), *self._own.shape[1:]), self._own.dtype)
        is_own = places >= mapped
        taken[is_own] = self._own.take(places[is_own] - mapped, axis=0)
        taken[~is_own] = self._base[places[~is_own]]
        return taken

    def pick(self, places: NDArray[Any], columns: NDArray[Any]) -> NDArray[Any]:
        """Of rows: the value in one column of each."""
        mapped, width = len(self._base), self._own.shape[1]
        if not mapped:
            return np.asarray(self._own.reshape(-1).take(places * width + columns))
        picked = np.empty(len(places), self._own.dtype)
        is_own = places >= mapped
        picked[is_own] = self._own[places[is_own] - mapped, columns[is_own]]
        picked[~is_own] = self._base[places[~is_own], columns[~is_own]]
        return picked

    def clear(self) -> None:
        """Forget what was added."""
        self._used = 0


class Spill:
    """32-bit values that are added in pieces and read again piece by piece.

    The last 16 million are in memory, those before them in a temporary file without a name, and before
    all of them may stand values that are only mapped.

    >>> spill = Spill(np.arange(3, dtype=np.uint32))
    >>> spill.add(np.array([5, 6], np.uint32))
    >>> len(spill), spill.read(0, 2).tolist(), spill.read(3, 5).tolist()
    (5, [0, 1], [5, 6])
    """

    def __init__(self, base: NDArray[np.uint32] | None = None) -> None:
        self._base = np.zeros(0, np.uint32) if base is None else base
        self._file: IO[bytes] | None = None
        self._filed = 0
        self._recent = Column(np.uint32)

    def __len__(self) -> int:
        return len(self._base) + self._filed + len(self._recent)

    @property
    def nbytes(self) -> int:
        return self._recent.nbytes

    def add(self, values: NDArray[np.uint32]) -> None:
        """Add pieces; none of them is ever torn apart.

        Raises:
            RecordWriteError: there is no room for the temporary file.
        """
        self._recent.extend(values)
        if len(self._recent) > _SPILLED:
            try:
                self._spill()
            except OSError as error:  # the disk of TMPDIR is full; else it would be called that of the output
                detail = f"cannot write a temporary file: {error.strerror or error}"
                raise RecordWriteError(f"{detail}; TMPDIR says where") from error

    def _spill(self) -> None:
        self._file = self._file or self._open()
        self._file.seek(0, 2)
        self._recent.parts()[1].tofile(self._file)
        self._filed += len(self._recent)
        self._recent.clear()

    def _open(self) -> IO[bytes]:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as this
        weakref.finalize(self, file.close)
        return file

    def read(self, start: int, stop: int) -> NDArray[np.uint32]:
        """One piece, as it was added."""
        if stop <= len(self._base):
            return np.array(self._base[start:stop])
        start, stop = start - len(self._base), stop - len(self._base)
        if self._file is None or start >= self._filed:
            return self._recent.parts()[1][start - self._filed : stop - self._filed].copy()
        self._file.seek(4 * start)
        return np.fromfile(self._file, np.uint32, stop - start)

    def bounds(self, values: int = 1 << 20) -> list[tuple[int, int]]:
        """Bounds by which all of it can be read in order, so many values at most at a time."""
        edges = [0, len(self._base), len(self._base) + self._filed, len(self)]
        return [
            (start, min(start + values, last))
            for first, last in pairwise(edges)
            for start in range(first, last, values)
        ]
