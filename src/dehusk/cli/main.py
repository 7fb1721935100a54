"""Which command it is, and what a run that ended early says and returns.

Everything that takes time to load is imported by the function that needs it.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from argparse import Namespace
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from io import RawIOBase, TextIOWrapper
from types import FrameType
from typing import NoReturn

from dehusk.cli.arguments import clean_parser, diff_parser, explain_parser, learn_parser, report_parser
from dehusk.cli.config import parse_with_config
from dehusk.cli.parser import did_you_mean
from dehusk.cli.status import CLOSED_PIPE, GOOD, INTERRUPTED, SOME_FAILED, TERMINATED, USAGE
from dehusk.errors import BadOptions, DehuskError

_OPEN_FILES = 65_536, 10_240
"""How many may be open at once: enough for sixty thousand shards, and what a Mac grants."""


class _Terminated(KeyboardInterrupt):
    """SIGTERM, SIGHUP: what an interrupted run does, a terminated one does, too."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    try:
        return _flush(_run_to_end(list(sys.argv[1:] if argv is None else argv)))
    except SystemExit as end:  # of a parser
        raise SystemExit(_flush(GOOD if end.code in (None, GOOD) else USAGE)) from None
    except OSError:  # standard error takes no more: what is left to tell with is the status
        _discard(2)
        return USAGE


def _run_to_end(arguments: list[str]) -> int:
    try:
        with_signals()
        with_streams()
        with_any_text()
        with_many_files()
        return _run(arguments)
    except KeyboardInterrupt as error:
        is_terminated = isinstance(error, _Terminated)
        # Without an import: one may be what was interrupted.
        name = "terminated" if is_terminated else "interrupted"
        print(": ".join(filter(None, (name, str(error)))), file=sys.stderr)
        return TERMINATED if is_terminated else INTERRUPTED
    except BrokenPipeError:
        _discard(sys.stdout.fileno())
        return CLOSED_PIPE
    except DehuskError as error:
        return _end(f"clean: {error}", USAGE)
    except OSError as error:
        return _end(f"clean: {_describe(error)}", USAGE)


def _flush(status: int) -> int:
    """Write what is held of the output; the status is another if that fails, and Python does not try again."""
    try:
        sys.stdout.flush()
    except OSError as error:
        _discard(sys.stdout.fileno())
        if status not in (GOOD, SOME_FAILED):
            return status
        if isinstance(error, BrokenPipeError):
            return CLOSED_PIPE
        return _end(f"clean: cannot write standard output: {_describe(error)}", USAGE)
    return status


def _describe(error: OSError) -> str:
    """Without its number, which tells a person nothing."""
    if error.errno == errno.EMFILE:
        return f"{error.strerror}: raise the limit (ulimit -n), and give the same command again"
    if error.filename is None or error.strerror is None:
        return error.strerror or str(error)
    return f"{os.fsdecode(error.filename)}: {error.strerror}"


def _discard(handle: int) -> None:
    """What is left in a stream's buffer cannot be written: keep the interpreter from trying at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), handle)


def with_signals() -> None:
    """A terminated run cleans up as an interrupted one does: no temporary files, no workers left."""

    def end(number: int, frame: FrameType | None) -> NoReturn:
        raise _Terminated

    for name in ("SIGTERM", "SIGHUP"):  # the second, which Windows lacks: a terminal or a connection is gone
        number = getattr(signal, name, None)
        if number and signal.getsignal(number) != signal.SIG_IGN:  # nohup has the run go on
            signal.signal(number, end)


def with_streams() -> None:
    """What was closed (`>&-`) stays so: no file that is opened later may take its number and get messages.

    Without standard error they go nowhere (`print` to None writes to standard output, where the records go).
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # it gets the lowest number that is free
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - for as long as we live
    if sys.stdout is None:
        sys.stdout = TextIOWrapper(_Closed(), write_through=True)


class _Closed(RawIOBase):
    """Standard output that was closed: who writes to it hears of that at once."""

    def writable(self) -> bool:
        return True

    def write(self, data: object, /) -> NoReturn:
        raise OSError("standard output is closed")


def with_any_text() -> None:
    """What a terminal's character set lacks is printed as an escape, as on standard error; records are bytes."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def with_many_files() -> None:
    """A folder run maps a file of each shard at once, which may be more than the usual soft limit, 1,024 or 256."""
    try:
        import resource
    except ImportError:  # Windows
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for most in _OPEN_FILES:
        wanted = most if hard == resource.RLIM_INFINITY else min(most, hard)
        if soft == resource.RLIM_INFINITY or soft >= wanted:
            return
        with suppress(ValueError, OSError):  # more than the system gives
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            return


def _end(message: str, status: int) -> int:
    from dehusk.cli.terminal import say

    say(message)
    return status


def _run(arguments: list[str]) -> int:
    if arguments[:1] and arguments[0] in SUBCOMMANDS:
        return SUBCOMMANDS[arguments[0]](arguments[1:])
    parser = clean_parser()
    wanted = parse_with_config(parser, arguments)
    if wanted.version:
        print(f"dehusk {_version()}")
        return GOOD
    if not wanted.paths:
        if sys.stdin is None or sys.stdin.isatty():
            parser.print_help(sys.stderr)
            return USAGE
        wanted.paths = ["-"]
    first = wanted.paths[0]
    if not os.path.lexists(first) and (hint := did_you_mean(first, SUBCOMMANDS)):
        raise BadOptions(f"there is no {first}{hint}")
    return _clean(wanted)


def _explain(arguments: list[str]) -> int:
    wanted = parse_with_config(explain_parser(), arguments)
    from dehusk.cli.explain import explain_file

    return explain_file(wanted)


def _learn(arguments: list[str]) -> int:
    wanted = parse_with_config(learn_parser(), arguments)
    from dehusk.cli.learn import run_learn

    return run_learn(wanted)


def _diff(arguments: list[str]) -> int:
    wanted = diff_parser().parse_args(arguments)
    from dehusk.cli.diff import diff_runs

    return diff_runs(wanted)


def _report(arguments: list[str]) -> int:
    wanted = report_parser().parse_args(arguments)
    from dehusk.cli.report import remake_report

    return remake_report(wanted)


def _stage(arguments: list[str]) -> int:
    from dehusk.cli.stage import run_stage

    return run_stage(arguments)


SUBCOMMANDS = {"explain": _explain, "learn": _learn, "diff": _diff, "report": _report, "stage": _stage}


def _version() -> str:
    from dehusk.version import read_version

    return read_version()


def _clean(wanted: Namespace) -> int:
    if wanted.dry_run:
        from dehusk.cli.clean import dry_run

        return dry_run(wanted)
    with _workers(wanted):
        from dehusk.cli.clean import run_clean

        return run_clean(wanted)


def _workers(wanted: Namespace) -> AbstractContextManager[object]:
    """What the workers need is loaded while this process still loads what it needs."""
    from dehusk.engines import fork_server

    return fork_server("dehusk.stages:warm_up") if wanted.engine == "local" else nullcontext()
