"""`clean learn`: what repeats across the sites of some pages, in a file for later runs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from dehusk.errors import BadOptions
from dehusk.pipeline.plan import Plan
from dehusk.pipeline.stream import clean_batches
from dehusk.records import atomic_file
from dehusk.stages import Books, Outcome, PageOutcome
from dehusk.templates import Learner, holds_templates, save_templates


def learn_sites(
    plan: Plan, out: Path, *, on_outcome: Callable[[Outcome, Books], object] | None = None
) -> Books:
    """Count the plan's pages by site and write what repeats to `out`; the books of what was read.

    Raises:
        BadOptions: `out` is there, and is none: of a pattern for pages the shell makes the first one so.
        RecordWriteError: `out` cannot be written.
    """
    if out.is_file() and out.stat().st_size and not holds_templates(out):
        raise BadOptions(f"{out} is there and holds no templates: give -o another name, or delete it")
    books, learner = Books(), Learner()
    plan = replace(plan, options=replace(plan.options, dedup=False))  # nothing is compared: no signatures
    with closing(clean_batches(plan)) as done, atomic_file(out) as file:
        for outcomes, _ in done:
            for outcome in outcomes:
                books.count(outcome)
                if isinstance(outcome, PageOutcome) and outcome.prints:
                    learner.add(outcome.prints)
                if on_outcome:
                    on_outcome(outcome, books)
        save_templates(learner.finish(), file)
    return books
