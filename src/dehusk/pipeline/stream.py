"""A streaming run: inputs in, records out in their order, as soon as they are known."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack, closing
from itertools import chain
from pathlib import Path

from dehusk.dedupe import Deduplicator, sign_texts
from dehusk.engines import Pickled, fork_server, map_ordered, map_pickled
from dehusk.model import Article, Dropped, Options
from dehusk.pages import Input
from dehusk.pipeline.index import held_judge
from dehusk.pipeline.plan import Plan, list_found, make_batches, stdin_spooled, with_stdin
from dehusk.records import dropped_to_json, stream_records, write_lines, write_records
from dehusk.stages import (
    Batch,
    Books,
    CleanedBatch,
    Outcome,
    PageOutcome,
    PartCounter,
    clean_batch,
    list_articles,
    read_batch,
    settle,
    warm_up,
)
from dehusk.stages.repeats import StreamCutter
from dehusk.templates import open_templates

LARGE_BYTES = 2_000_000
OnOutcome = Callable[[Outcome, Books], object]


def run_stream(
    plan: Plan, *, out: Path | None = None, dropped: Path | None = None, on_outcome: OnOutcome | None = None
) -> Books:
    """Write the records of a plan's inputs to `out` (standard output if None), what is dropped to `dropped`.

    `on_outcome` hears of every input and page, in order, with the books up to it. The plan's index, if it
    has one, changes once everything is written.

    Raises:
        RunRefused: another run is writing to the index.
        UnreadableIndex: it is damaged, or was made with other signatures.
        RecordWriteError: an output cannot be written.
        BrokenPipeError: nobody reads standard output any more.
    """
    books = Books()
    with held_judge(plan) as judge, ExitStack() as stack:
        stack.callback(judge.report, books.counts)
        write = stack.enter_context(write_lines(dropped)) if dropped else None
        outcomes = stack.enter_context(closing(stream_outcomes(plan, judge)))
        articles = _count_through(outcomes, books, write_dropped=write, on_outcome=on_outcome)
        if out:
            write_records(articles, out)
        else:
            stream_records(articles, sys.stdout.buffer)
    return books


def stream_outcomes(plan: Plan, judge: Deduplicator) -> Generator[Outcome, None, None]:
    """What became of each input and page, in order."""
    cutter = StreamCutter(plan.options, open_templates(plan.templates) if plan.templates else None)
    with closing(clean_batches(plan)) as done:
        yield from _judge(done, plan.options, judge=judge, cutter=cutter)


def clean_batches(plan: Plan) -> Generator[CleanedBatch, None, None]:
    """Each input and page cleaned by itself, in order."""
    with fork_server(warm_up), stdin_spooled(plan) as spooled:
        batches = make_batches(with_stdin(list_found(plan), spooled), plan.options)
        seconds = plan.options.limits.seconds
        spread = _spread(batches, seconds) if plan.jobs > 1 else batches
        done = map_ordered(clean_batch, spread, jobs=plan.jobs, seconds=seconds, warm=warm_up)
        with closing(done):
            yield from done


def _spread(batches: Iterator[Batch], seconds: float) -> Iterator[Batch | Pickled]:
    """The batches, those that are large read by a process of its own: the workers are to share their pages.

    From the first of them on all go that way; before it no process is started.
    """
    for batch in batches:
        if sum(one.size for one in batch.found if isinstance(one, Input)) >= LARGE_BYTES:
            reader = map_pickled(read_batch, chain([batch], batches), jobs=1, seconds=seconds)
            with closing(reader):
                yield from reader
        else:
            yield batch


def _judge(
    done: Iterable[CleanedBatch], options: Options, *, judge: Deduplicator, cutter: StreamCutter
) -> Iterator[Outcome]:
    """Cut what repeats on sites and drop near-duplicates here, where all records are seen in their order."""
    parts = PartCounter()
    for cleaned, signed in done:
        cut = list(map(cutter.cut, cleaned))
        outcomes = list(map(parts.number, cut))
        if options.dedup and any(one is not other for one, other in zip(cut, cleaned, strict=True)):
            signed = sign_texts([article.text for article in list_articles(outcomes)])
        if options.dedup:
            yield from settle(outcomes, judge.judge(list_articles(outcomes), signed))
        else:
            yield from outcomes


def _count_through(
    outcomes: Iterable[Outcome],
    books: Books,
    *,
    write_dropped: Callable[[str], object] | None,
    on_outcome: OnOutcome | None,
) -> Iterator[Article]:
    for outcome in outcomes:
        books.count(outcome)
        if write_dropped:
            for dropped in list_dropped(outcome):
                write_dropped(dropped_to_json(dropped))
        if on_outcome:
            on_outcome(outcome, books)
        if isinstance(outcome, PageOutcome):
            yield from outcome.articles


def list_dropped(outcome: Outcome) -> list[Dropped]:
    return outcome.dropped if isinstance(outcome, PageOutcome) else [outcome]
