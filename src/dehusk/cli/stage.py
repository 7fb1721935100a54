"""`clean stage NAME`: a directory run step by step, for batch systems and engines that we know nothing of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from dehusk.cli.arguments import plan_parser, stage_parser
from dehusk.cli.clean import (
    is_folder_name,
    make_options,
    make_plan,
    refuse_mistaken,
    tell_done,
    warn_of_nothing,
)
from dehusk.cli.config import parse_with_config
from dehusk.cli.status import GOOD, SOME_FAILED
from dehusk.cli.terminal import describe_dropped, say, say_summary
from dehusk.errors import BadOptions
from dehusk.pipeline import Books
from dehusk.pipeline.index import hold_index
from dehusk.pipeline.manifest import RunFolder, open_shards, read_finished, read_index, refuse_damaged
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


def run_stage(arguments: Sequence[str]) -> int:
    """Take one step; returns the exit status."""
    if arguments[:1] == ["plan"]:
        return _plan(arguments[1:])
    wanted = stage_parser().parse_args(arguments)
    if wanted.name in ("learn", "decide", "finish") and wanted.numbers:
        raise BadOptions(f"{wanted.name} is for all shards at once: leave the numbers out")
    if RunFolder(wanted.out).stats.exists():
        return _tell_finished(wanted.out)
    return ACTS[wanted.name](wanted.out, wanted.numbers)


def _tell_finished(out: Path) -> int:
    """Every step is done: whoever takes all once more, as after a failure, gets to the end."""
    folder = RunFolder(out.resolve())
    stats = read_finished(folder)
    refuse_damaged(folder, stats)
    if not (out / "report.html").exists():
        write_report(out)
    say(tell_done(out, Books(Counter(stats["counts"])).failed))
    return GOOD


def _plan(arguments: Sequence[str]) -> int:
    wanted = parse_with_config(plan_parser(), arguments)
    out = Path(wanted.out)
    if not is_folder_name(wanted.out):
        raise BadOptions(f"{out} is a file's name: a plan needs a folder")
    refuse_mistaken(wanted.out, is_folder=True)
    plan = make_plan(wanted, make_options(wanted, keep="longest"))
    shards = plan_step(plan, out, keep_stripped=wanted.keep_stripped)
    if not shards:
        warn_of_nothing(wanted)
    print(shards)
    return GOOD


def _clean(out: Path, numbers: list[int]) -> int:
    failed = 0
    for number in numbers or [shard.number for shard in open_shards(out) if not shard.is_cleaned]:
        news = clean_step(open_step(out, number))
        failed += news.books.failed
        for dropped in news.notable:
            if dropped.stage == "failed":
                say(describe_dropped(dropped))
    return SOME_FAILED if failed else GOOD


def _learn(out: Path, numbers: list[int]) -> int:
    learn_step(open_shards(out))
    return GOOD


def _cut(out: Path, numbers: list[int]) -> int:
    for number in numbers or [shard.number for shard in open_shards(out) if not shard.is_cut]:
        cut_step(open_step(out, number))
    return GOOD


def _decide(out: Path, numbers: list[int]) -> int:
    shards = open_shards(out)
    with hold_index(read_index(RunFolder(out.resolve()))):
        decide_step(shards)
    return GOOD


def _filter(out: Path, numbers: list[int]) -> int:
    for number in numbers or [shard.number for shard in open_shards(out) if not shard.is_filtered]:
        filter_step(open_step(out, number))
    return GOOD


def _finish(out: Path, numbers: list[int]) -> int:
    folder = RunFolder(out.resolve())
    shards = open_shards(out)
    with hold_index(read_index(folder)):
        books = finish_step(folder, shards, {})
    write_report(out)
    say_summary(books, seconds=0.0)
    return SOME_FAILED if books.failed else GOOD


ACTS = {
    "clean": _clean, "learn": _learn, "cut": _cut, "decide": _decide, "filter": _filter, "finish": _finish
}  # fmt: skip
