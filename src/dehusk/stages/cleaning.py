"""Clean a shard: page by page into a log that outlives its writer, then what is made of the whole of it.

A worker that died over one page costs that page: the next one takes up the log and goes on behind it.
"""

from __future__ import annotations

import hashlib
import heapq
import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import Any, NamedTuple

from dehusk.model import Labelled
from dehusk.records import RowLog, atomic_file, block_to_dict, to_json, write_json, write_lines
from dehusk.stages.inputs import Begin, clean_found
from dehusk.stages.outcomes import Books, Outcome, PageOutcome, PartCounter, list_articles
from dehusk.stages.pulse import Pulse
from dehusk.stages.repeats import Cutter
from dehusk.stages.shards import (
    Shard,
    ShardNews,
    list_notable,
    open_cutter,
    outcome_from_dict,
    outcome_to_dict,
    read_found_file,
    read_prints,
    read_rows,
)
from dehusk.stages.signs import SignWriter
from dehusk.stages.timing import Clock
from dehusk.templates import Learner, save_templates


def clean_shard(shard: Shard, begin: Begin) -> ShardNews:
    """Clean the inputs of a shard, or those that are left of it."""
    sample = _Sample(shard.sample_pages, shard.options.seed)
    with RowLog(shard.file("clean")) as log:
        _grow(log, shard, sample, begin)
        news = _derive(_number(log.rows()), shard, sample)
        log.finish()
    return news


def cut_shard(shard: Shard) -> None:
    """Find the pages of a cleaned shard in which there is what repeats on their sites, and cut it out of them."""
    path, cutter = shard.file("clean"), open_cutter(shard)
    changed = [number for number, prints in enumerate(read_prints(path)) if cutter.find(prints)]
    if changed:
        sample = _Sample(shard.sample_pages, shard.options.seed)
        for outcome in map(outcome_from_dict, read_rows(path)):
            if _is_worked(outcome):
                sample.accepts(outcome.source)
        _derive(_cut_rows(shard, cutter), shard, sample)
    write_json(shard.file("cut", "json"), {"rows": changed})


def _cut_rows(shard: Shard, cutter: Cutter) -> Iterator[tuple[dict[str, Any], Outcome]]:
    parts = PartCounter()
    for row in read_rows(shard.file("clean")):
        outcome, repeats = cutter.cut(outcome_from_dict(row))
        if repeats and "blocks" in row:
            blocks = json.loads(row["blocks"])
            for i in repeats.indices():
                blocks[i] |= {"label": "template", "reason": repeats.reason(i)}
            row["blocks"] = to_json(blocks)
        yield row, parts.number(outcome)


def _grow(log: RowLog, shard: Shard, sample: _Sample, begin: Begin) -> None:
    items, pulse = _Items(begin), Pulse(shard.file("pulse", "json"))
    for row in log.take_up():
        items.delivered = row["items"]
        pulse.count(outcome := outcome_from_dict(row))
        if _is_worked(outcome):
            sample.accepts(outcome.source)
    clock = Clock(items.begin)
    desk: list[list[Labelled]] = []

    def hear(source: str, labelled: list[Labelled]) -> None:
        clock.hear(source, labelled)
        desk[:] = [labelled]

    found = read_found_file(shard.file("inputs"))
    for outcome in clean_found(found, shard.options, begin=clock.begin, on_labelled=hear):
        row = outcome_to_dict(outcome)
        if _is_worked(outcome) and (sample.accepts(outcome.source) or shard.keep_stripped):
            # As text: whoever reads the log again needs few of them, and need not parse the others.
            row["blocks"] = to_json([block_to_dict(item) for item in desk[0]])
        log.add(to_json(row | {"items": items.count}))
        pulse.count(outcome)
    pulse.tell()
    clock.save(shard.file("timing", "json"))


class _Items:
    """Counts the items of a shard, and knows which of them are in its log already."""

    def __init__(self, begin: Begin) -> None:
        self._begin, self.count, self.delivered = begin, 0, 0

    def begin(self) -> tuple[bool, str]:
        self.count += 1
        return self.count <= self.delivered, self._begin()[1]


def _is_worked(outcome: Outcome) -> bool:
    """Whether it is a page that came to blocks: not one that failed."""
    return isinstance(outcome, PageOutcome) and not any(one.stage == "failed" for one in outcome.dropped)


def _derive(rows: Iterable[tuple[dict[str, Any], Outcome]], shard: Shard, sample: _Sample) -> ShardNews:
    """Signatures, evidence, sample and stripped blocks, from the log alone: the same however often it was taken up."""
    news, signs, chosen, worked = ShardNews(Books(), []), SignWriter(), sample.chosen(), 0
    learner = Learner()
    with ExitStack() as stack:
        write_sample = stack.enter_context(write_lines(shard.file("sample")))
        write_stripped = (
            stack.enter_context(write_lines(shard.result("stripped"))) if shard.keep_stripped else None
        )
        for row, outcome in rows:
            news.books.count(outcome)
            news.notable.extend(list_notable(outcome))
            if shard.options.dedup:
                signs.add(list_articles([outcome]))
            if shard.learns and isinstance(outcome, PageOutcome) and outcome.prints:
                learner.add(outcome.prints)
            if not _is_worked(outcome):
                continue
            worked += 1
            if rank := chosen.get(worked):
                write_sample(f'{{"rank":{rank},"source":{to_json(outcome.source)},"blocks":{row["blocks"]}}}')
            for block in json.loads(row["blocks"]) if write_stripped else []:
                if block["label"] != "content":
                    write_stripped(to_json({"source": outcome.source, **block}))  # type: ignore[misc]
    if shard.options.dedup:
        signs.save(shard.file("signs", "npy"))
    if shard.learns:
        with atomic_file(shard.file("evidence", "templates")) as file:
            save_templates(learner.count(), file)
    return news


def _number(rows: Iterator[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], Outcome]]:
    parts = PartCounter()
    for row in rows:
        yield row, parts.number(outcome_from_dict(row))


class _Ranked(NamedTuple):
    negated_rank: int
    negated_place: int


class _Sample:
    """The pages with the smallest hashes of seed and source: a random choice that no worker changes."""

    def __init__(self, pages: int, seed: int) -> None:
        self._pages, self._seed = pages, seed
        self._heap: list[_Ranked] = []
        self._seen = 0

    def accepts(self, source: str) -> bool:
        """Whether the next page belongs to the sample as far as is known."""
        self._seen += 1
        key = f"{self._seen}\0{source}".encode("utf-8", "surrogatepass")
        rank = int.from_bytes(hashlib.blake2b(key, digest_size=8).digest())
        one = _Ranked(-rank, -self._seen)
        heapq.heappush(self._heap, one)
        return len(self._heap) <= self._pages or heapq.heappop(self._heap) != one

    def chosen(self) -> dict[int, int]:
        """The place of each page in the shard, from 1 -> its rank."""
        return {-one.negated_place: -one.negated_rank for one in self._heap}
