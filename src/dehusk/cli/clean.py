"""`clean`: the run that was asked for, and what is said about it."""

from __future__ import annotations

import time
from argparse import Namespace
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Literal

from dehusk.cli.terminal import Reporter, say, summarise
from dehusk.errors import BadOptions
from dehusk.model import Limits, Options
from dehusk.pipeline import (
    Books,
    Outcome,
    Plan,
    count_found,
    is_records_file,
    list_dropped,
    list_kinds,
    run_stream,
)
from dehusk.report import escape_controls


def make_options(wanted: Namespace, *, keep: Literal["first", "longest"] = "first") -> Options:
    """The options of a command line.

    Raises:
        BadOptions: a value lies outside its range.
    """
    given = {field.name: getattr(wanted, f"max_{field.name}") for field in fields(Limits)}
    return Options(
        mode=wanted.mode,
        min_words=wanted.min_words,
        split=wanted.split,
        dedup=wanted.dedup,
        threshold=wanted.threshold,
        keep=wanted.keep or keep,
        languages=wanted.language,
        extractor=wanted.extractor,
        limits=Limits(**{name: value for name, value in given.items() if value is not None}),
    )


def make_plan(wanted: Namespace, options: Options) -> Plan:
    return Plan(
        tuple(wanted.paths),
        options=options,
        jobs=wanted.jobs,
        include=tuple(wanted.include),
        exclude=tuple(wanted.exclude),
        limit=wanted.limit,
        ignore=tuple(Path(path) for path in (wanted.out, wanted.dropped) if path),
    )


def run_clean(wanted: Namespace) -> int:
    """A streaming run or a directory run; returns the exit status."""
    out = Path(wanted.out) if wanted.out and wanted.out != "-" else None
    if out and _is_folder(out):
        raise BadOptions("no folder yet")
    if wanted.keep_stripped:
        raise BadOptions("--keep-stripped needs a folder to write to: -o FOLDER")
    if wanted.keep == "longest":
        raise BadOptions("--keep longest needs a folder to write to: -o FOLDER")
    plan = make_plan(wanted, make_options(wanted))
    reporter, started = Reporter(is_quiet=wanted.quiet, is_verbose=wanted.verbose), time.monotonic()
    if "-" not in plan.paths:
        reporter.expect(partial(count_found, plan))

    def on_outcome(outcome: Outcome, books: Books) -> None:
        for dropped in list_dropped(outcome):
            reporter.hear(dropped)
        reporter.show(books)

    try:
        books = run_stream(plan, out=out, dropped=wanted.dropped, on_outcome=on_outcome)
    finally:
        reporter.close()
    if wanted.json or not wanted.quiet:
        say_lines(summarise(books, seconds=time.monotonic() - started, is_json=wanted.json))
    return 1 if books.failed else 0


def say_lines(text: str) -> None:
    for line in text.splitlines():
        say(line)


def _is_folder(out: Path) -> bool:
    """A name with no ending of a records file is a folder, unless there is a device or FIFO of that name."""
    return out.is_dir() or not (is_records_file(out) or out.exists())


def dry_run(wanted: Namespace) -> int:
    """List the inputs with their kinds; nothing is cleaned."""
    plan = make_plan(wanted, make_options(wanted))
    has_failed = False
    for source, kind, is_failed in list_kinds(plan):
        has_failed |= is_failed
        print(f"{kind}\t{escape_controls(source)}")
    return 1 if has_failed else 0
