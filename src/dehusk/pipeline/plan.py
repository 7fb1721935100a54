"""What a run reads and how: the listing, in one order, cut into tasks that do not depend on the workers."""

from __future__ import annotations

import os
import re
import select
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, Literal

from dehusk.errors import BadOptions, RecordWriteError, UnreadablePage
from dehusk.model import Dropped, Options, Page
from dehusk.pages import Input, list_inputs, open_stdin, read_input
from dehusk.records import as_write_error
from dehusk.stages import Batch, Found

BATCH_INPUTS = 16
BATCH_BYTES = 4_000_000
SPOOLED_BYTES = 1 << 20
"""Of standard input, read at a time."""
_HEARD_SECONDS = 0.5
"""A signal that comes right before something blocks is heard of when that ends, which on a pipe may be never."""
OUTPUTS = (1, 2)
"""Standard output and error: where a shell leads them may lie among the inputs."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A run. `options` and the globs decide what comes out, `jobs` only how soon.

    Raises:
        BadOptions: no worker, or a limit below 0.
    """

    paths: tuple[str, ...]
    options: Options = field(default_factory=Options)
    jobs: int = 1
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    limit: int = 0
    """How many inputs to read, of those listed; 0 for all."""
    ignore: tuple[Path, ...] = ()
    """Outputs that may lie among the inputs."""
    index: Path | None = None
    """The index of near-duplicates of earlier runs, which this one is judged against and added to."""
    templates: Path | None = None
    """What repeats on sites, as `clean learn` wrote it; without it a run learns from its own pages."""
    engine: Literal["local", "ray"] = "local"
    """What places the shards of a directory run."""
    ray_address: str = ""
    """Of a cluster that is there already; without it Ray is started on this machine, for `jobs` processes."""

    def __post_init__(self) -> None:
        if self.jobs < 1:
            raise BadOptions(f"jobs must be 1 or more, not {self.jobs}")
        if self.limit < 0:
            raise BadOptions(f"limit must be 0 or more, not {self.limit}")


def list_found(plan: Plan) -> Iterator[Found]:
    """What the plan names, in order: inputs, and in their places those that are none."""
    events: list[Dropped] = []
    inputs = list_inputs(
        plan.paths,
        include=plan.include,
        exclude=plan.exclude,
        limit=plan.limit,
        on_drop=events.append,
        ignore=plan.ignore,
        ignore_open=OUTPUTS,
    )
    for found in inputs:
        yield from events
        events.clear()
        yield found
    yield from events


@contextmanager
def stdin_spooled(plan: Plan, folder: Path | None = None) -> Iterator[Path | None]:
    """Standard input as a file, if the plan reads it: workers have no standard input of their own.

    It lies in `folder`, or in a temporary one for as long as the block lasts.

    Raises:
        UnreadablePage: it is closed, or cannot be read.
        RecordWriteError: the file or the temporary folder cannot be written.
    """
    if "-" not in plan.paths:
        yield None
    elif folder:
        yield _spool(folder)
    else:
        with _make_temporary() as temporary:
            yield _spool(Path(temporary))


def _make_temporary() -> AbstractContextManager[str]:
    try:
        return tempfile.TemporaryDirectory(prefix="dehusk-")
    except OSError as error:
        raise RecordWriteError(f"cannot make a temporary folder: {error.strerror or error}") from error


def _spool(folder: Path) -> Path:
    path, stdin = folder / "stdin", open_stdin()
    with as_write_error(path), path.open("wb") as file:
        while piece := _read_piece(stdin):
            file.write(piece)
    return path


def _read_piece(stdin: BinaryIO) -> bytes:
    handle = _find_handle(stdin)
    try:
        if handle is None:
            return stdin.read(SPOOLED_BYTES)
        while not select.select([handle], [], [], _HEARD_SECONDS)[0]:
            pass
        return os.read(handle, SPOOLED_BYTES)
    except OSError as error:
        raise UnreadablePage("-", "unreadable", error.strerror or str(error)) from error


def _find_handle(stdin: BinaryIO) -> int | None:
    """The number of what can be waited for: not on Windows, nor of a stream that is no file."""
    try:
        return None if os.name == "nt" else stdin.fileno()
    except OSError:
        return None


def with_stdin(found: Iterator[Found], spooled: Path | None) -> Iterator[Found]:
    """The listing with the spooled file in the place of standard input."""
    for one in found:
        if spooled and isinstance(one, Input) and one.path == "-":
            yield replace(one, path=str(spooled), size=spooled.stat().st_size)
        else:
            yield one


def make_batches(found: Iterator[Found], options: Options) -> Iterator[Batch]:
    """Small batches first: all workers have something to do at once, and the first records come soon."""
    held: list[Found] = []
    held_bytes = count = 0
    for one in found:
        held.append(one)
        held_bytes += one.size if isinstance(one, Input) else 0
        if len(held) >= min(BATCH_INPUTS, 1 + count // 4) or held_bytes >= BATCH_BYTES:
            yield Batch(tuple(held), options)
            held, held_bytes, count = [], 0, count + 1
    if held:
        yield Batch(tuple(held), options)


_MANY_RE = re.compile(r"\.(warc|wet|zip|tar|tgz|tbz2?|txz|parquet|jsonl|ndjson)(\.(gz|zst|bz2|xz))?$", re.I)


def count_found(plan: Plan) -> int | None:
    """How many files the plan names; None if there is one among them that, by its name, holds many pages."""
    count = 0
    for one in list_found(plan):
        if _MANY_RE.search(one.source):
            return None
        count += 1
    return count


def list_kinds(plan: Plan) -> Iterator[tuple[str, str, bool]]:
    """(source, kind, whether it failed) of everything that the plan names; reads, but cleans nothing.

    An archive gives a row for each page in it, a text one, in however many pieces it comes.
    """
    for one in list_found(plan):
        events: list[Dropped] = []
        if isinstance(one, Dropped):
            events.append(one)
        else:
            pages = _read_quietly(one, plan.options, events)
            yield from ((page.source, page.kind, False) for page in pages if not page.offset)
        for event in events:
            yield event.source, f"{event.stage}: {event.reason}", event.stage == "failed"


def _read_quietly(found: Input, options: Options, events: list[Dropped]) -> Iterator[Page]:
    try:
        yield from read_input(found, options.limits, on_drop=events.append)
    except UnreadablePage as error:
        events.append(Dropped(error.source, "failed", error.reason, error.detail))
