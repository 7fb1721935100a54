"""`clean`: the run that was asked for, and what is said about it."""

from __future__ import annotations

import json
import os
import re
import stat
import time
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Literal

from dehusk.cli.status import GOOD, SOME_FAILED
from dehusk.cli.terminal import Reporter, say, say_summary
from dehusk.errors import BadOptions
from dehusk.model import Dropped, Limits, Options
from dehusk.pipeline import (
    Books,
    Finished,
    Plan,
    count_found,
    is_records_file,
    list_kinds,
    run_directory,
    run_stream,
)
from dehusk.records import find_stream, holds_dropped, holds_records, list_left_over
from dehusk.report import escape_controls, write_report

FILE_ENDINGS = frozenset(
    {".txt", ".json", ".ndjson", ".jl", ".csv", ".tsv", ".html", ".xml", ".md", ".gz", ".zst", ".zip", ".arrow",
     ".bz2", ".xz", ".lz4", ".br", ".tar", ".tgz", ".7z", ".parq", ".pq", ".feather"}
)  # fmt: skip
"""Of names that are no folder's, whatever else they are."""
DESTS = {
    "mode": "mode", "min_words": "min_words", "split": "split", "dedup": "dedup", "templates": "learns",
    "threshold": "threshold", "languages": "language", "extractor": "extractor",
}  # fmt: skip
"""What the command line calls the options."""
FILES = {"out": "-o", "dropped": "--dropped", "index": "--index", "templates": "--templates"}
"""Files besides the inputs, and the options that name them."""
STANDARD = {"standard output": 1, "standard error": 2}


def make_options(wanted: Namespace, *, keep: Literal["first", "longest"] = "first") -> Options:
    """The options of a command line; the usual ones where its command has no such option.

    Raises:
        BadOptions: a value lies outside its range, or two contradict each other.
    """
    given = vars(wanted)
    if given.get("templates") and not given["learns"]:
        raise BadOptions("--templates and --no-templates contradict each other: leave one of the two out")
    if given.get("threshold") is not None and not given["dedup"] and not given.get("quiet"):
        say("warning: a threshold is for near-duplicates, and --no-dedup keeps them: it has no effect")
    limits = {field.name: given.get(f"max_{field.name}") for field in fields(Limits)}
    with _as_options():
        return Options(
            **{name: given[dest] for name, dest in DESTS.items() if given.get(dest) is not None},
            keep=given.get("keep") or keep,
            limits=Limits(**{name: value for name, value in limits.items() if value is not None}),
        )


@contextmanager
def _as_options() -> Iterator[None]:
    """What is wrong with a value is said of the option that gave it."""
    try:
        yield
    except BadOptions as error:
        message = re.sub(r"^the limit of (\w+)", r"--max-\1", str(error)).replace("jobs must", "-j must")
        name = message.partition(" must")[0]
        option = f"--{DESTS[name].replace('_', '-')}" if name in DESTS else name
        raise BadOptions(message.replace(name, option, 1)) from None


def make_plan(wanted: Namespace, options: Options) -> Plan:
    """The run of a command line.

    Raises:
        BadOptions: a value lies outside its range, a file has two uses, or no input is there.
    """
    given = vars(wanted)
    files = {
        name: Path(given[dest]) for dest, name in FILES.items() if given.get(dest) and given[dest] != "-"
    }
    refuse_same_files(wanted.paths, files)
    if wanted.limit is not None and wanted.limit < 1:
        raise BadOptions(f"--limit must be 1 or more, not {wanted.limit}")
    names = ("jobs", "index", "templates", "engine", "ray_address")
    with _as_options():
        plan = Plan(
            tuple(wanted.paths),
            options=options,
            include=tuple(wanted.include),
            exclude=tuple(wanted.exclude),
            limit=wanted.limit or 0,
            ignore=tuple(files.values()),
            **{name: given[name] for name in names if name in given},
        )
    refuse_missing(plan.paths)
    return plan


def run_clean(wanted: Namespace) -> int:
    """A streaming run or a directory run; returns the exit status."""
    out = Path(wanted.out) if wanted.out and wanted.out != "-" else None
    is_folder = out is not None and is_folder_name(wanted.out)
    _refuse_mixed(wanted, is_folder=is_folder)
    if out:
        refuse_mistaken(wanted.out, is_folder=is_folder)
    plan = make_plan(wanted, make_options(wanted, keep="longest" if is_folder else "first"))
    if not is_folder:
        _look_at_files(wanted, out)
    started = time.monotonic()
    reporter = Reporter(is_quiet=wanted.quiet, is_verbose=wanted.verbose, progress=wanted.progress)
    if "-" not in plan.paths:
        reporter.expect(partial(count_found, plan))
    try:
        if out and is_folder:
            done = _fill_folder(plan, wanted, reporter, out=out)
            books, was_done = done.books, done.was_done
        else:
            books = run_stream(plan, out=out, dropped=wanted.dropped, on_outcome=reporter.hear_outcome)
            was_done = False
    except KeyboardInterrupt as error:
        if is_folder:
            error.args = ("the same command resumes",)
        raise
    finally:
        reporter.close()
    if not books.counts["files"]:
        warn_of_nothing(wanted)
    seconds = 0.0 if was_done else time.monotonic() - started
    if wanted.json or not wanted.quiet:
        say_summary(books, seconds=seconds, is_json=wanted.json)
    if out and is_folder and not wanted.json and not wanted.quiet:
        say(f"report: {out / 'report.html'}")
    return SOME_FAILED if books.failed and not was_done else GOOD


def _look_at_files(wanted: Namespace, out: Path | None) -> None:
    """What is there where a stream is to write."""
    if out:
        refuse_foreign_file("-o", out, holds=holds_records, what="records")
    if wanted.dropped:
        refuse_foreign_file("--dropped", wanted.dropped, holds=holds_dropped, what="rows of what was dropped")
    if not wanted.quiet:
        warn_of_left_over([file for file in (out, wanted.dropped) if file])


def _refuse_mixed(wanted: Namespace, *, is_folder: bool) -> None:
    """Options that would be passed over in silence, or done otherwise than meant."""
    if is_folder and wanted.dropped:
        raise BadOptions("--dropped is for a stream: a folder has what was dropped beside its shards")
    if wanted.dropped and (str(wanted.dropped) == "-" or wanted.dropped.suffix.lower() == ".parquet"):
        raise BadOptions(
            f"cannot write --dropped {wanted.dropped}: it is a file of JSON lines, as x.jsonl.gz"
        )
    if not is_folder and wanted.keep_stripped:
        raise BadOptions("--keep-stripped needs a folder to write to: -o FOLDER")
    if not is_folder and wanted.engine != "local":
        raise BadOptions(f"--engine {wanted.engine} needs a folder to write to: -o FOLDER")
    if wanted.engine == "local" and wanted.ray_address:
        raise BadOptions("--ray-address is for --engine ray")
    if not is_folder and wanted.keep == "longest":
        raise BadOptions("--keep longest needs a folder to write to: -o FOLDER")


def refuse_mistaken(name: str, *, is_folder: bool) -> None:
    """What would leave something behind that nobody wanted, as a folder x.txt, unless it is written x.txt/."""
    out = Path(name)
    has_ending = out.suffix.lower() in FILE_ENDINGS and not name.endswith("/")
    if is_folder and has_ending and not out.exists():
        raise BadOptions(f"cannot write {out}: a file ends in .jsonl, .jsonl.gz, .jsonl.zst or .parquet")
    if not is_folder and not out.parent.is_dir():
        raise BadOptions(f"there is no folder {out.parent}: make it first")


def refuse_foreign_file(option: str, path: Path, *, holds: Callable[[Path], bool], what: str) -> None:
    """A file that no run of ours wrote is not replaced: its name may be a slip, and nothing brings it back."""
    is_there = path.is_file() and not find_stream(path) and path.stat().st_size > 0
    if is_there and not holds(path):
        raise BadOptions(f"{path} is there and holds no {what}: give {option} another name, or delete it")
    if is_there and not os.access(path, os.W_OK):  # its folder lets it be replaced all the same
        raise BadOptions(f"{path} is write-protected: give {option} another name")


def refuse_missing(paths: Sequence[str]) -> None:
    """A run of nothing. Where one of the paths is there, the others are failed inputs."""
    if not any(path == "-" or os.path.lexists(path) for path in paths):
        raise BadOptions(f"there is no {' and no '.join(paths[:3])}: nothing to clean")


def warn_of_left_over(outputs: Sequence[Path]) -> None:
    """Hidden, and as large as a corpus may be: a run that is killed cannot remove them."""
    for folder in dict.fromkeys(path.parent for path in outputs if not find_stream(path)):
        for path in list_left_over(folder):
            say(f"warning: {path} is left of a run that was killed: delete it")


def warn_of_nothing(wanted: Namespace) -> None:
    """Nothing was found, which is no failure, but hardly what was meant."""
    globs = [f"--{name} {glob}" for name in ("include", "exclude") for glob in getattr(wanted, name)]
    if not getattr(wanted, "quiet", False):  # a plan has no such option
        where = ", ".join(wanted.paths[:3])
        say(f"warning: no file in {where}" + (f" is left by {' '.join(globs)}" if globs else ""))


def refuse_same_files(paths: Sequence[str], files: Mapping[str, Path]) -> None:
    """An input that would be passed over and overwritten, and two outputs of which the later one would be all there is.

    `files` are named by their options; standard output and error may be led to files, too. A file below a folder that
    is given is none of the inputs meant here.
    """
    keys = {name: _identify(file) for name, file in files.items()}
    keys |= {name: _identify(number) for name, number in STANDARD.items()}
    names = {key: name for name, key in keys.items() if key}
    for path in paths:
        key = None if path == "-" else _identify(path)
        if key in names:
            raise BadOptions(
                f"{path} is an input and the file of {names[key]}: give {names[key]} another one"
            )
    for one, other in combinations(files, 2):
        if keys[one] and keys[one] == keys[other]:
            raise BadOptions(f"{one} and {other} name the same file, {files[other]}: give one another name")


def _identify(path: str | Path | int) -> tuple[int, int] | str | None:
    """What is the same for all names of a file or folder; None for a device, which nothing replaces."""
    try:
        status = os.stat(path)  # noqa: PTH116 - a path as given
    except OSError:
        return None if isinstance(path, int) else os.path.realpath(path)
    is_plain = stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)
    return (status.st_dev, status.st_ino) if is_plain else None


def _fill_folder(plan: Plan, wanted: Namespace, reporter: Reporter, *, out: Path) -> Finished:
    with reporter.following(out) as tell:

        def on_news(dropped: Dropped | None, books: Books) -> None:
            if dropped:
                reporter.hear(dropped)
            else:
                tell(books)

        done = run_directory(plan, out, keep_stripped=wanted.keep_stripped, on_news=on_news)
    if done.was_done and (done.books.failed or not wanted.quiet):
        reporter.say(tell_done(out, done.books.failed))
    if not (done.was_done and (out / "report.html").exists()):
        write_report(out)
    return done


def tell_done(out: Path, failed: int) -> str:
    """Nothing failed in this call, which ends well; what had failed is told all the same, with -q too."""
    said = f"{out} holds this run already: nothing to do"
    if not failed:
        return said
    return f'{said}; {failed:,} of its inputs failed, see "stage":"failed" in {out / "dropped"}'


def is_folder_name(name: str) -> bool:
    """A name with no ending of a records file is a folder, unless there is a device or FIFO of that name."""
    out = Path(name)
    return (
        name.endswith("/") or out.is_dir() or not (is_records_file(out) or out.exists() or find_stream(out))
    )


def dry_run(wanted: Namespace) -> int:
    """List the inputs with their kinds; nothing is cleaned."""
    plan = make_plan(wanted, make_options(wanted))
    has_failed = has_any = False
    for source, kind, is_failed in list_kinds(plan):
        has_any, has_failed = True, has_failed or is_failed
        if wanted.json:
            print(json.dumps({"kind": kind, "source": source}))
        else:
            print(f"{kind}\t{escape_controls(source)}")
    if not has_any:
        warn_of_nothing(wanted)
    return SOME_FAILED if has_failed else GOOD
