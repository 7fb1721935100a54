"""A streaming run: inputs in, records out in their order, as soon as they are known."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

from dehusk.dedupe import Deduplicator
from dehusk.engines import map_ordered
from dehusk.model import Article, Dropped, Options
from dehusk.pipeline.plan import Plan, list_found, make_batches, stdin_spooled, with_stdin
from dehusk.records import dropped_to_json, stream_records, write_lines, write_records
from dehusk.stages import (
    Books,
    CleanedBatch,
    Outcome,
    PageOutcome,
    clean_batch,
    list_articles,
    settle,
    warm_up,
)

OnOutcome = Callable[[Outcome, Books], object]


def run_stream(
    plan: Plan, *, out: Path | None = None, dropped: Path | None = None, on_outcome: OnOutcome | None = None
) -> Books:
    """Write the records of a plan's inputs to `out` (standard output if None), what is dropped to `dropped`.

    `on_outcome` hears of every input and page, in order, with the books up to it.

    Raises:
        RecordWriteError: an output cannot be written.
        BrokenPipeError: nobody reads standard output any more.
    """
    books = Books()
    with ExitStack() as stack:
        write = stack.enter_context(write_lines(dropped)) if dropped else None
        outcomes = stack.enter_context(closing(stream_outcomes(plan)))
        articles = _count_through(outcomes, books, write_dropped=write, on_outcome=on_outcome)
        if out:
            write_records(articles, out)
        else:
            stream_records(articles, sys.stdout.buffer)
            sys.stdout.buffer.flush()
    return books


def stream_outcomes(plan: Plan) -> Generator[Outcome, None, None]:
    """What became of each input and page, in order."""
    with stdin_spooled(plan) as spooled:
        batches = make_batches(with_stdin(list_found(plan), spooled), plan.options)
        seconds = plan.options.limits.seconds
        done = map_ordered(clean_batch, batches, jobs=plan.jobs, seconds=seconds, warm=warm_up)
        with closing(done):
            yield from _judge(done, plan.options)


def _judge(done: Iterable[CleanedBatch], options: Options) -> Iterator[Outcome]:
    """Drop near-duplicates here, in the one process that sees all records in their order."""
    judge = Deduplicator(options.threshold)
    for outcomes, signed in done:
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
