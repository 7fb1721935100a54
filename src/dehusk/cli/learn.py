"""`clean learn`: what repeats across the sites of some pages, in a file for `clean --templates`."""

from __future__ import annotations

import time
from argparse import Namespace

from dehusk.cli.clean import make_options
from dehusk.cli.terminal import Reporter, say, summarise
from dehusk.errors import BadOptions
from dehusk.pipeline import Books, Outcome, Plan, list_dropped
from dehusk.pipeline.learn import learn_sites


def learn_templates(wanted: Namespace) -> int:
    """Learn, and say what was read; returns the exit status."""
    if not wanted.learns:
        raise BadOptions("--no-templates leaves nothing to learn")
    plan = Plan(
        tuple(wanted.paths),
        options=make_options(wanted),
        jobs=wanted.jobs,
        include=tuple(wanted.include),
        exclude=tuple(wanted.exclude),
        limit=wanted.limit,
        ignore=(wanted.out,),
    )
    started = time.monotonic()
    reporter = Reporter(is_quiet=wanted.quiet, is_verbose=False, progress=wanted.progress)

    def on_outcome(outcome: Outcome, books: Books) -> None:
        for dropped in list_dropped(outcome):
            reporter.hear(dropped)
        reporter.show(books)

    try:
        books = learn_sites(plan, wanted.out, on_outcome=on_outcome)
    finally:
        reporter.close()
    if wanted.json or not wanted.quiet:
        for line in summarise(books, seconds=time.monotonic() - started, is_json=wanted.json).splitlines():
            say(line)
    return 1 if books.failed else 0
