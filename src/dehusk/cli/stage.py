"""`clean stage NAME`: a directory run step by step, for batch systems and engines that we know nothing of."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from dehusk.cli.arguments import clean_parser
from dehusk.cli.clean import make_options, make_plan, refuse_mistaken
from dehusk.cli.config import parse_with_config
from dehusk.cli.terminal import say, summarise
from dehusk.errors import BadOptions
from dehusk.model import Dropped
from dehusk.pipeline.manifest import RunFolder, open_shards
from dehusk.pipeline.steps import (
    clean_step,
    cut_step,
    decide_step,
    filter_step,
    finish_step,
    learn_step,
    open_step,
    plan_step,
)
from dehusk.report import write_report

STEPS = """\
steps, in order; a step that is done is not done again:
  clean stage plan PATH... -o OUT [options of clean]    cut the inputs into shards, print how many
  clean stage clean OUT N...                            clean shards (from 0); any number at a time, anywhere
  clean stage learn OUT                                 add up what repeats on sites, when all are cleaned
  clean stage cut OUT N...                              cut it out of shards; any number at a time
  clean stage decide OUT                                find which articles repeat others
  clean stage filter OUT N...                           write what stays of shards; any number at a time
  clean stage finish OUT                                sum up, and clear the work away

Without N, clean, cut and filter take all shards that are not done. Decide takes learn and cut too, where they
are not done. OUT and the inputs must be on a disk that all
machines see under the same path.
"""


def run_stage(arguments: Sequence[str]) -> int:
    """Take one step; returns the exit status."""
    if arguments[:1] == ["plan"]:
        return _plan(arguments[1:])
    parser = argparse.ArgumentParser(
        prog="clean stage",
        description="Take one step of a directory run.",
        epilog=STEPS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("name", choices=["plan", *STEP_NAMES], metavar="NAME")
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("numbers", type=int, nargs="*", metavar="N")
    wanted = parser.parse_args(arguments)
    if wanted.name in ("learn", "decide", "finish") and wanted.numbers:
        raise BadOptions(f"{wanted.name} is for all shards at once: leave the numbers out")
    return STEP_NAMES[wanted.name](wanted.out, wanted.numbers)


def _plan(arguments: Sequence[str]) -> int:
    wanted = parse_with_config(clean_parser(), arguments)
    if not wanted.paths or not wanted.out:
        raise BadOptions("a plan needs its inputs and a folder: clean stage plan PATH... -o OUT")
    refuse_mistaken(Path(wanted.out), wanted.paths, is_folder=True)
    plan = make_plan(wanted, make_options(wanted, keep="longest"))
    print(plan_step(plan, Path(wanted.out), keep_stripped=wanted.keep_stripped))
    return 0


def _clean(out: Path, numbers: list[int]) -> int:
    failed = 0
    for number in numbers or [shard.number for shard in open_shards(out) if not shard.is_cleaned]:
        news = clean_step(open_step(out, number))
        failed += news.books.failed
        for dropped in news.notable:
            if dropped.stage == "failed":
                say(_describe(dropped))
    return 1 if failed else 0


def _describe(dropped: Dropped) -> str:
    detail = f" ({dropped.detail})" if dropped.detail else ""
    return f"failed: {dropped.source}: {dropped.reason}{detail}"


def _learn(out: Path, numbers: list[int]) -> int:
    learn_step(open_shards(out))
    return 0


def _cut(out: Path, numbers: list[int]) -> int:
    for number in numbers or [shard.number for shard in open_shards(out) if not shard.is_cut]:
        cut_step(open_step(out, number))
    return 0


def _decide(out: Path, numbers: list[int]) -> int:
    decide_step(open_shards(out))
    return 0


def _filter(out: Path, numbers: list[int]) -> int:
    for number in numbers or [shard.number for shard in open_shards(out) if not shard.is_filtered]:
        filter_step(open_step(out, number))
    return 0


def _finish(out: Path, numbers: list[int]) -> int:
    folder = RunFolder(out.resolve())
    books = finish_step(folder, open_shards(out), {})
    write_report(out)
    for line in summarise(books, seconds=0.0, is_json=False).splitlines():
        say(line)
    return 1 if books.failed else 0


STEP_NAMES = {
    "clean": _clean, "learn": _learn, "cut": _cut, "decide": _decide, "filter": _filter, "finish": _finish
}  # fmt: skip
