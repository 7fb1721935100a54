"""`clean learn`: what repeats across the sites of some pages, in a file for `clean --templates`."""

from __future__ import annotations

import time
from argparse import Namespace

from dehusk.cli.clean import make_options, make_plan, warn_of_nothing
from dehusk.cli.status import GOOD, SOME_FAILED
from dehusk.cli.terminal import Reporter, say_summary
from dehusk.pipeline.learn import learn_sites


def run_learn(wanted: Namespace) -> int:
    """Learn, and say what was read; returns the exit status."""
    plan = make_plan(wanted, make_options(wanted))
    started = time.monotonic()
    reporter = Reporter(is_quiet=wanted.quiet, is_verbose=False, progress=wanted.progress)
    try:
        books = learn_sites(plan, wanted.out, on_outcome=reporter.hear_outcome)
    finally:
        reporter.close()
    if not books.counts["files"]:
        warn_of_nothing(wanted)
    if wanted.json or not wanted.quiet:
        say_summary(books, seconds=time.monotonic() - started, is_json=wanted.json)
    return SOME_FAILED if books.failed else GOOD
