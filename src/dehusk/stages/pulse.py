"""How far a shard is, told once a second in a file, so that a run of few large inputs can be watched."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from dehusk.stages.outcomes import Books

SECONDS = 1.0


class Pulse:
    """Writes the books of a shard at times. What it cannot write is not missed."""

    def __init__(self, path: Path) -> None:
        self._path, self._told = path, time.monotonic()

    def tell_at_times(self, books: Books) -> None:
        if time.monotonic() - self._told >= SECONDS:
            self.tell(books)

    def tell(self, books: Books) -> None:
        self._told = time.monotonic()
        part = self._path.with_suffix(".part")
        with suppress(OSError):
            part.write_text(json.dumps(books.counts), encoding="utf-8")
            part.replace(self._path)


def read_pulses(folder: Path) -> Books:
    """The books of all shards under way; a file that goes while it is read counts nothing."""
    books = Books()
    for counts in _read_each(folder):
        books.counts.update(counts)
    return books


def _read_each(folder: Path) -> Iterator[dict[str, int]]:
    for path in folder.glob("*.json"):
        with suppress(OSError, ValueError):
            yield json.loads(path.read_bytes())
