"""What is compared of a shard's articles, in a file; and the one pass that judges them all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.dedupe import Deduplicator, Signed, sign_texts
from dehusk.dedupe.signatures import Sets
from dehusk.model import Article, Options
from dehusk.records import atomic_file, write_json

_BATCH = 128


class Signs(NamedTuple):
    """The articles of a shard, as the judge needs them."""

    ids: list[str]
    chars: NDArray[np.int64]
    """Length of each text."""
    signed: Signed


class SignWriter:
    """Signs articles as they come, a batch at a time, and saves what came of it."""

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._chars: list[int] = []
        self._texts: list[str] = []
        self._parts: list[Signed] = []

    def add(self, articles: Iterable[Article]) -> None:
        for article in articles:
            self._ids.append(article.id)
            self._chars.append(len(article.text))
            self._texts.append(article.text)
            if len(self._texts) == _BATCH:
                self._sign()

    def _sign(self) -> None:
        self._parts.append(sign_texts(self._texts))
        self._texts = []

    def save(self, path: Path) -> None:
        self._sign()
        arrays = dict(_name_arrays(_concatenate(self._parts)))
        ids, chars = np.array(self._ids, "U"), np.array(self._chars, np.int64)
        with atomic_file(path) as file:
            np.savez(file, ids=ids, chars=chars, **arrays)


def _name_arrays(signed: Signed) -> Iterator[tuple[str, Any]]:
    for name, column in zip(Signed._fields, signed, strict=True):
        if isinstance(column, Sets):
            yield f"{name}.values", column.values
            yield f"{name}.bounds", column.bounds
        else:
            yield name, column


def read_signs(path: Path) -> Signs:
    with np.load(path, allow_pickle=False) as held:
        columns: list[Any] = [
            held[name] if name in held else Sets(held[f"{name}.values"], held[f"{name}.bounds"])
            for name in Signed._fields
        ]
        return Signs(held["ids"].tolist(), held["chars"], Signed(*columns))


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
    """Judge the articles of all shards in one order, and write each shard's verdicts.

    With `keep` "longest", longer texts are judged first; of equally long ones, and with "first", those
    that come first in the input.
    """
    held = [read_signs(path) for path in signs]
    judge = judge or Deduplicator(options.threshold)
    copies: list[dict[str, Any]] = [{} for _ in held]
    for batch in _batches(held, options):
        articles = [_named(held[shard].ids[row]) for shard, row in batch]
        signed = _concatenate([_take_row(held[shard].signed, row) for shard, row in batch])
        for (shard, _), dropped in zip(batch, judge.judge(articles, signed), strict=True):
            if dropped and dropped.article:
                copies[shard][dropped.article.id] = [
                    dropped.reason,
                    dropped.duplicate_of,
                    dropped.similarity,
                    dropped.containment,
                ]
    for path, signs_of, copies_of in zip(verdicts, held, copies, strict=True):
        counts = {id: judge.counts[id] for id in signs_of.ids if judge.counts[id]}
        write_json(path, {"copies": copies_of, "counts": counts})


def _batches(held: Sequence[Signs], options: Options) -> Iterator[list[tuple[int, int]]]:
    """(shard, row) of every article in the order of judging."""
    places = [(shard, row) for shard, signs in enumerate(held) for row in range(len(signs.ids))]
    if options.keep == "longest":
        places.sort(key=lambda place: -int(held[place[0]].chars[place[1]]))
    for start in range(0, len(places), _BATCH):
        yield places[start : start + _BATCH]


def _named(identifier: str) -> Article:
    """An article for the judge, who goes by signatures: nothing but its id."""
    return Article(identifier, "", "", "", "", "", 0.0, "", "", "", 1, "text", "", 0, (), 0.0)
