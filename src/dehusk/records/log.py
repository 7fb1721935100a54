"""Rows that survive the death of their writer: JSON lines that are added one by one and taken up again."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson

from dehusk.errors import RecordWriteError
from dehusk.records.files import sync_folder
from dehusk.records.locks import take_lock

WAIT_SECONDS = 5.0
"""For whoever holds a log: a writer that was killed may take a moment to be gone."""


class RowLog:
    """A file of rows that grows under `path` + ".part" and takes its name when it is finished.

    One process at a time writes to it: the rows of two would stand between each other. Use as a context manager.
    `take_up` first: it gives the rows that are there and cuts off a torn end; then `add` rows, each of which is with
    the system at once.

    Raises:
        RecordWriteError: from any of its methods, where the file cannot be written or read back, or another process is
            at work on it.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._part = path, path.with_name(path.name + ".part")
        with self._writing():
            self._file = self._part.open("ab", buffering=0)
        self._hold()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def take_up(self) -> Iterator[dict[str, Any]]:
        """The rows that were added before; an end that is no row, left by a crash, is cut off."""
        whole_bytes = 0
        with self._writing():
            with self._part.open("rb") as lines:
                for line in lines:
                    row = _parse(line)
                    if row is None:
                        break
                    whole_bytes += len(line)
                    yield row
            self._file.truncate(whole_bytes)

    def _hold(self) -> None:
        deadline = time.monotonic() + WAIT_SECONDS
        while not take_lock(self._file.fileno()):
            if time.monotonic() > deadline:
                self._file.close()
                raise RecordWriteError(
                    f"cannot write {self._path}: another process is at work on it: wait for its end"
                )
            time.sleep(0.05)

    def add(self, line: str) -> None:
        left = memoryview(line.encode() + b"\n")
        with self._writing():
            while left:
                left = left[self._file.write(left) :]

    def finish(self) -> None:
        """Make it whole: the rows are on the disk, and the file has its name."""
        with self._writing():
            os.fsync(self._file.fileno())
            self._part.replace(self._path)
            sync_folder(self._path.parent)

    def rows(self) -> Iterator[dict[str, Any]]:
        """All rows so far."""
        with self._writing(), self._part.open("rb") as file:
            yield from map(orjson.loads, file)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise RecordWriteError(f"cannot write {self._path}: {error.strerror or error}") from error


def _parse(line: bytes) -> dict[str, Any] | None:
    try:
        row = orjson.loads(line)
    except ValueError:
        return None
    return row if line.endswith(b"\n") and isinstance(row, dict) else None
