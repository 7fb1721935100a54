"""What is compared of a shard's articles, in a file; and the one pass that judges them all."""

from __future__ import annotations

import math
import mmap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.lib.format import (
    header_data_from_array_1_0,
    read_array_header_1_0,
    read_magic,
    write_array_header_1_0,
)
from numpy.typing import NDArray

from dehusk.dedupe import Deduplicator, Signed, sign_texts
from dehusk.dedupe.columns import Column, Spill
from dehusk.dedupe.signatures import PERMUTATIONS, Sets
from dehusk.model import Article, Options
from dehusk.records import atomic_file, write_json

_BATCH = 128


class Signs(NamedTuple):
    """The articles of a shard, as the judge needs them."""

    ids: NDArray[np.str_]
    chars: NDArray[np.int64]
    """Length of each text."""
    signed: Signed
    copies: NDArray[np.int64]
    """How many articles were dropped for each because they stood in it before, in the same source."""


class SignWriter:
    """Signs articles as they come, a batch at a time, and saves what came of it.

    A text of gigabytes is one shard: what is long for each article is spilled.
    """

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._chars: list[int] = []
        self._copies: list[int] = []
        self._texts: list[str] = []
        self._keys = Column(np.uint64)
        self._rows, self._shingles, self._words = Spill(), _SpilledSets(), _SpilledSets()

    def add(self, articles: Iterable[Article], copies: Mapping[str, int]) -> None:
        """Articles, and how many were dropped for some of them in their source.

        Raises:
            RecordWriteError: there is no room for a temporary file.
        """
        for article in articles:
            self._ids.append(article.id)
            self._chars.append(len(article.text))
            self._copies.append(copies.get(article.id, 0))
            self._texts.append(article.text)
            if len(self._texts) == _BATCH:
                self._sign()

    def _sign(self) -> None:
        signed = sign_texts(self._texts)
        self._rows.add(signed.rows.ravel())
        self._keys.extend(signed.keys)
        self._shingles.add(signed.shingles)
        self._words.add(signed.words)
        self._texts = []

    def save(self, path: Path) -> None:
        self._sign()
        with atomic_file(path) as file:
            _write_array(file, np.array(self._ids, "U"))
            _write_array(file, np.array(self._chars, np.int64))
            _write_spill(file, self._rows, (len(self._ids), PERMUTATIONS))
            _write_array(file, self._keys.parts()[1])
            for sets in (self._shingles, self._words):
                _write_spill(file, sets.values, (len(sets.values),))
                _write_array(file, np.cumsum(sets.sizes, dtype=np.int64))
            _write_array(file, np.array(self._copies, np.int64))


class _SpilledSets:
    """Sets whose values are read again once, in order."""

    def __init__(self) -> None:
        self.values, self.sizes = Spill(), [0]

    def add(self, sets: Sets) -> None:
        self.values.add(sets.values)
        self.sizes += np.diff(sets.bounds).tolist()


def _write_array(file: BinaryIO, array: NDArray[Any]) -> None:
    write_array_header_1_0(file, header_data_from_array_1_0(array))
    file.write(array.tobytes())


def _write_spill(file: BinaryIO, spill: Spill, shape: tuple[int, ...]) -> None:
    """As an array of that shape."""
    write_array_header_1_0(file, {"shape": shape, "fortran_order": False, "descr": np.dtype(np.uint32).str})
    for start, stop in spill.bounds():
        file.write(spill.read(start, stop).tobytes())


def read_signs(path: Path) -> Signs:
    """What a `SignWriter` saved, mapped: of a thousand shards only what is looked at need be in memory."""
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        ids, chars, rows, keys, *sets, copies = _map_arrays(file, mapped)
    return Signs(ids, chars, Signed(rows, keys, Sets(*sets[:2]), Sets(*sets[2:])), copies)


def _map_arrays(file: BinaryIO, mapped: mmap.mmap) -> Iterator[NDArray[Any]]:
    while file.tell() < len(mapped):
        read_magic(file)
        shape, _, dtype = read_array_header_1_0(file)
        start = file.tell()
        file.seek(start + math.prod(shape) * dtype.itemsize)
        flat = (
            np.frombuffer(mapped, dtype, math.prod(shape), start) if math.prod(shape) else np.zeros(0, dtype)
        )
        yield flat.reshape(shape)


def _concatenate(parts: Sequence[Signed]) -> Signed:
    """Several batches as one."""
    columns: list[Any] = [
        _join_sets(column) if isinstance(column[0], Sets) else np.concatenate(column)
        for column in zip(*parts, strict=True)
    ]
    return Signed(*columns)


def _join_sets(parts: Sequence[Sets]) -> Sets:
    sizes = np.concatenate([np.diff(part.bounds) for part in parts])
    bounds = np.concatenate(([0], np.cumsum(sizes)))
    return Sets(np.concatenate([part.values for part in parts]), bounds)


def _take_row(signed: Signed, row: int) -> Signed:
    columns: list[Any] = [
        Sets(column.at(row), np.array([0, len(column.at(row))]))
        if isinstance(column, Sets)
        else column[row : row + 1]
        for column in signed
    ]
    return Signed(*columns)


def decide(
    signs: Sequence[Path], verdicts: Sequence[Path], options: Options, *, judge: Deduplicator | None = None
) -> None:
    """Judge the articles of all shards in one order, and write each shard's verdicts by row: ids may be the same.

    With `keep` "longest", longer texts are judged first; of equally long ones, and with "first", those
    that come first in the input. What was dropped for an article in its own source counts for the record for which
    that one is dropped.
    """
    held = [read_signs(path) for path in signs]
    judge = judge or Deduplicator(options.threshold)
    copies: list[dict[str, Any]] = [{} for _ in held]
    led_on: Counter[str] = Counter()
    for batch in _batches(held, options):
        articles = [_named(str(held[shard].ids[row])) for shard, row in batch]
        signed = _concatenate([_take_row(held[shard].signed, row) for shard, row in batch])
        for (shard, row), dropped in zip(batch, judge.judge(articles, signed), strict=True):
            if dropped:
                led_on[dropped.duplicate_of] += int(held[shard].copies[row])
                copies[shard][str(row)] = [
                    dropped.reason,
                    dropped.duplicate_of,
                    dropped.similarity,
                    dropped.containment,
                ]
    counts = judge.counts + led_on
    for path, signs_of, copies_of in zip(verdicts, held, copies, strict=True):
        counts_of = {id: counts[id] for id in signs_of.ids.tolist() if id in counts}
        write_json(path, {"copies": copies_of, "counts": counts_of})


def _batches(held: Sequence[Signs], options: Options) -> Iterator[list[tuple[int, int]]]:
    """(shard, row) of every article in the order of judging."""
    sizes = [len(signs.ids) for signs in held]
    shards = np.repeat(np.arange(len(held)), sizes)
    rows = np.concatenate([np.arange(size) for size in sizes])
    order = np.arange(len(rows))
    if options.keep == "longest":
        order = np.argsort(-np.concatenate([signs.chars for signs in held]), kind="stable")
    for start in range(0, len(order), _BATCH):
        places = order[start : start + _BATCH]
        yield list(zip(shards[places].tolist(), rows[places].tolist(), strict=True))


def _named(identifier: str) -> Article:
    """An article for the judge, who goes by signatures: nothing but its id."""
    return Article(identifier, "", "", "", "", "", 0.0, "", "", "", 1, "text", "", 0, (), 0.0)
