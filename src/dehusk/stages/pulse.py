"""How far a shard is, told once a second in a file, so that a run of few large inputs can be watched."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from dehusk.stages.outcomes import Books, Outcome

SECONDS = 1.0


class Pulse:
    """Counts the outcomes of a shard, and writes the books so far. What it cannot write is not missed."""

    def __init__(self, path: Path) -> None:
        self._path, self._books, self._told = path, Books(), time.monotonic()

    def count(self, outcome: Outcome) -> None:
        self._books.count(outcome)
        if time.monotonic() - self._told >= SECONDS:
            self.tell()

    def tell(self) -> None:
        self._told = time.monotonic()
        part = self._path.with_suffix(".part")
        with suppress(OSError):
            part.write_text(json.dumps(self._books.counts), encoding="utf-8")
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
