"""Which pages took longest and which are largest: for people, and no part of what is the same each time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from heapq import nlargest
from pathlib import Path
from typing import Any

from dehusk.model import Labelled
from dehusk.records import read_json, write_json

NAMED = 10
_EMPTY: dict[str, list[dict[str, Any]]] = {"slowest": [], "largest": []}


class Clock:
    """Measures each page of a shard from the moment at which it was begun."""

    def __init__(self, begin: Callable[[], tuple[bool, str]]) -> None:
        self._begin = begin
        self._rows: dict[str, list[dict[str, Any]]] = {name: [] for name in _EMPTY}
        self._began = time.monotonic()

    def begin(self) -> tuple[bool, str]:
        self._began = time.monotonic()
        return self._begin()

    def hear(self, source: str, labelled: list[Labelled]) -> None:
        """A page is done; `labelled` are its blocks."""
        chars = max((item.block.end for item in labelled), default=0)
        row = {"source": source, "seconds": round(time.monotonic() - self._began, 4), "characters": chars}
        for rows in self._rows.values():
            rows.append(row)
        if len(self._rows["slowest"]) > 50 * NAMED:
            self._rows = _choose(self._rows)

    def save(self, path: Path) -> None:
        write_json(path, _choose(self._rows))


def merge_timings(paths: Iterable[Path]) -> dict[str, list[dict[str, Any]]]:
    """The slowest and the largest pages of all shards whose clocks were saved, the most first."""
    found = [read_json(path) for path in paths if path.exists()]
    return _choose({name: list(_chain(found, name)) for name in _EMPTY})


def _chain(found: list[dict[str, list[dict[str, Any]]]], name: str) -> Iterator[dict[str, Any]]:
    for rows in found:
        yield from rows[name]


def _choose(rows: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    return {
        "slowest": nlargest(NAMED, rows["slowest"], key=lambda row: row["seconds"]),
        "largest": nlargest(NAMED, rows["largest"], key=lambda row: row["characters"]),
    }
