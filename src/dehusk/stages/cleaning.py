"""Clean a shard: page by page into a log that outlives its writer, then what is made of the whole of it.

A worker that died over one page costs that page: the next one takes up the log and goes on behind it.
"""

from __future__ import annotations

import hashlib
import heapq
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, NamedTuple

from dehusk.model import Labelled, Page
from dehusk.records import (
    RowLog,
    atomic_file,
    block_to_dict,
    clean_value,
    read_json,
    relabel_blocks,
    to_json,
    write_json,
    write_lines,
)
from dehusk.stages.inputs import Begin, clean_found
from dehusk.stages.outcomes import Books, Outcome, PageOutcome, PartCounter, count_copies
from dehusk.stages.pulse import Pulse
from dehusk.stages.shards import (
    Shard,
    ShardNews,
    list_notable,
    open_cutter,
    outcome_from_dict,
    outcome_to_dict,
    read_found_file,
    read_news,
    read_rows,
)
from dehusk.stages.signs import SignWriter
from dehusk.stages.timing import Clock
from dehusk.templates import Learner, save_templates


def clean_shard(shard: Shard, begin: Begin) -> ShardNews:
    """Clean the inputs of a shard, or those that are left of it."""
    with RowLog(shard.file("clean")) as log:
        if shard.is_cleaned:  # by another process, while we waited for the log
            return read_news(shard)
        news = _grow(log, shard, begin)
        if not shard.options.templates:
            _derive(((row, outcome_from_dict(row)) for row in log.rows()), shard)
        log.finish()
    return news


def cut_shard(shard: Shard) -> None:
    """Cut what repeats on their sites out of the pages of a cleaned shard; the rest is derived from what stays."""
    changed: list[int] = []
    with write_lines(shard.file("cut")) as write:
        _derive(_cut_rows(shard, changed, write), shard)
    write_json(shard.file("cut", "json"), {"rows": changed})


def _cut_rows(
    shard: Shard, changed: list[int], write: Callable[[str], object]
) -> Iterator[tuple[dict[str, Any], Outcome]]:
    """All rows of a log and their outcomes; those that the cut changes are noted and written."""
    cutter = open_cutter(shard)
    for number, row in enumerate(read_rows(shard.file("clean"))):
        outcome, change = cutter.cut(outcome_from_dict(row, has_prints=True))
        if change:
            changed.append(number)
            write(to_json(outcome_to_dict(outcome)))
            if "blocks" in row:
                row["blocks"] = relabel_blocks(row["blocks"], change.names())
        yield row, outcome


def _grow(log: RowLog, shard: Shard, begin: Begin) -> ShardNews:
    """Add to the log what it does not hold yet; what all of it tells."""
    items, teller = _Items(begin), _Teller(shard)
    sample = _open_sample(shard)
    for row in log.take_up():
        items.delivered = row["items"]
        teller.hear(outcome := outcome_from_dict(row, has_prints=shard.learns))
        _may_show(outcome, sample)
    clock = Clock(items.begin)
    desk: list[tuple[int, list[Labelled]]] = []

    def hear(page: Page, labelled: list[Labelled]) -> None:
        clock.hear(page.source, labelled)
        desk[:] = [(page.offset, labelled)]

    found = read_found_file(shard.file("inputs"))
    for outcome in clean_found(found, shard.options, begin=clock.begin, on_labelled=hear):
        row = outcome_to_dict(outcome)
        if _is_worked(outcome) and (_may_show(outcome, sample) or shard.keep_stripped):
            # As text: whoever reads the log again needs few of them, and need not parse the others.
            offset, labelled = desk[0]
            row["blocks"] = to_json([block_to_dict(item, offset) for item in labelled])
        log.add(to_json(row | {"items": items.count}))
        teller.hear(outcome)
    clock.save(shard.file("timing", "json"))
    write_json(_ranks_file(shard), sample.lowest())
    return teller.finish()


class _Teller:
    """Hears the outcomes of a shard as they come: the books, what to name, and the evidence of its sites."""

    def __init__(self, shard: Shard) -> None:
        self._evidence = shard.file("evidence", "templates") if shard.learns else None
        self._news, self._pulse = ShardNews(Books(), []), Pulse(shard.file("pulse", "json"))
        self._learner = Learner()

    def hear(self, outcome: Outcome) -> None:
        self._news.books.count(outcome)
        self._news.notable.extend(list_notable(outcome))
        self._pulse.tell_at_times(self._news.books)
        if self._evidence and isinstance(outcome, PageOutcome) and outcome.prints:
            self._learner.add(outcome.prints)

    def finish(self) -> ShardNews:
        self._pulse.tell(self._news.books)
        if self._evidence:
            with atomic_file(self._evidence) as file:
                save_templates(self._learner.count(), file)
        return self._news


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


def _may_show(outcome: Outcome, sample: _Sample) -> bool:
    """Whether a page belongs to the sample as far as is known; of a text in pieces the first one may."""
    is_whole = isinstance(outcome, PageOutcome) and _is_worked(outcome) and not outcome.is_more
    return is_whole and sample.accepts(outcome.source)


def _derive(rows: Iterable[tuple[dict[str, Any], Outcome]], shard: Shard) -> None:
    """Signatures, sample and stripped blocks, from the log alone: the same however often it was taken up."""
    signs, parts, sample = SignWriter(), PartCounter(), _open_sample(shard)
    with ExitStack() as stack:
        write_stripped = (
            stack.enter_context(write_lines(shard.result("stripped"))) if shard.keep_stripped else None
        )
        write_sample = stack.enter_context(write_lines(shard.file("sample")))
        for row, outcome in rows:
            if shard.options.dedup and isinstance(outcome, PageOutcome):
                page = parts.number_page(outcome)
                signs.add(page.articles, count_copies(page))
            if not _is_worked(outcome):
                continue
            source = to_json(clean_value(outcome.source))
            if _may_show(outcome, sample) and "blocks" in row:  # without, others proved to be lower
                rank = sample.rank(outcome.source)
                write_sample(f'{{"rank":{rank},"source":{source},"blocks":{row["blocks"]}}}')
            if write_stripped:
                for block in json.loads(row["blocks"]):
                    if block["label"] != "content":
                        write_stripped(to_json({"source": clean_value(outcome.source), **block}))
    if shard.options.dedup:
        signs.save(shard.file("signs", "npy"))


RANKS_READ = 8
"""Of other shards, each of which knows what those knew that it had read."""


def _ranks_file(shard: Shard) -> Path:
    return shard.file("sample", "ranks")


def _open_sample(shard: Shard) -> _Sample:
    known: set[int] = set()
    for path in sorted(_ranks_file(shard).parent.glob("*.ranks"))[-RANKS_READ:]:
        with suppress(OSError, ValueError):
            known.update(read_json(path))
    return _Sample(shard.sample_pages, shard.options.seed, known)


class _Ranked(NamedTuple):
    negated_rank: int
    negated_place: int


class _Sample:
    """The pages with the smallest hashes of seed and source: a random choice that no worker changes.

    Which of a shard's pages are among those of the whole run, nobody knows before its end. A shard may offer as many as
    the run needs, for all the others may have none; `known` are ranks of pages that shards have met before, and a page
    above the last that these leave a place for is never needed. So who is later writes down the fewer.
    """

    def __init__(self, pages: int, seed: int, known: Iterable[int] = ()) -> None:
        self._pages, self._seed = pages, seed
        self._known = sorted(set(known))[:pages]
        self._highest = self._known[-1] if pages and len(self._known) == pages else 1 << 64
        self._heap: list[_Ranked] = []
        self._seen = 0

    def accepts(self, source: str) -> bool:
        """Whether the next page belongs to the sample as far as is known."""
        self._seen += 1
        rank = self.rank(source)
        if rank > self._highest:
            return False
        one = _Ranked(-rank, -self._seen)
        heapq.heappush(self._heap, one)
        return len(self._heap) <= self._pages or heapq.heappop(self._heap) != one

    def rank(self, source: str) -> int:
        key = f"{self._seed}\0{source}".encode("utf-8", "surrogatepass")
        return int.from_bytes(hashlib.blake2b(key, digest_size=8).digest())

    def lowest(self) -> list[int]:
        """The lowest ranks of all pages that are known, those of the shard among them."""
        return sorted({*self._known, *(-one.negated_rank for one in self._heap)})[: self._pages]
