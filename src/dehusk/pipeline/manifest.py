"""What a directory run is: its listing cut into shards, and the manifest by which it is known again."""

from __future__ import annotations

import hashlib
import json
import math
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NoReturn

from dehusk.errors import RunRefused, UnreadablePage
from dehusk.model import Limits, Options
from dehusk.pages import Input
from dehusk.pipeline.plan import Plan, list_found, with_stdin
from dehusk.records import (
    TEMPORARY,
    as_corrupt,
    as_write_error,
    find_damage,
    open_lines,
    read_json,
    read_stats,
    write_json,
)
from dehusk.stages import Found
from dehusk.stages.shards import Shard, read_found_file, write_found
from dehusk.templates import open_templates
from dehusk.version import read_version

SAMPLE_PAGES = 200
LEAST_INPUTS, MOST_INPUTS = 64, 1024
LEAST_BYTES, MOST_BYTES = 32_000_000, 256_000_000
SHARDS = 64
"""About so many, between the least and the most inputs and bytes of one: enough for any machine to share out."""
NAMED = 10
_TOLD_CHARS = 30
"""Of an option's value in a message."""
STAGES = ("inputs", "clean", "sample", "timing", "pulse", "signs", "evidence", "cut", "verdicts", "filter")
FILES = ("stdin", "templates", "index", "decided.json", "manifest.json")
"""Of the work folder, besides the stages."""
BYTES = "inputs_bytes"
TIMES = "inputs_times"
"""In the manifest, and of a finished run in timing.json: what a run writes is the same for a copy of its inputs."""
MARK = "run-of-dehusk"
"""An empty file that says whose the work folder is: first to come and last to go."""
INPUTS = frozenset({"inputs", BYTES, "inputs_digest", "shards", TIMES})
"""In the manifest, what the inputs decide."""
SHAPE_ERRORS = (LookupError, ValueError, TypeError, AttributeError)
"""Of JSON that holds something else than what a run wrote."""


@dataclass(frozen=True, slots=True)
class RunFolder:
    """Where a run writes, and in which the work is that is not done yet."""

    out: Path
    keep_stripped: bool = False

    @property
    def work(self) -> Path:
        return self.out / ".work"

    @property
    def stats(self) -> Path:
        """Written last of all: a run that has it is finished."""
        return self.out / "stats.json"

    @property
    def timing(self) -> Path:
        return self.out / "timing.json"

    @property
    def inputs(self) -> Path:
        """What was read, by name and size: another run in this folder is told what is new."""
        return self.out / "inputs" / "00000.jsonl.gz"

    @property
    def manifest(self) -> Path:
        return self.work / "manifest.json"


def refuse_foreign(out: Path) -> None:
    """Refuse a folder that holds something else than a run.

    Raises:
        RunRefused: it does, or there is a `.work` in it that no run made: it would be cleared away at the end.
    """
    work = RunFolder(out).work
    _refuse_foreign_work(work)
    is_ours = RunFolder(out).stats.exists() or _is_marked(work)
    if not is_ours and any(entry != work for entry in out.iterdir()):
        raise RunRefused(f"{out} is not empty and holds no run of ours: choose another folder")


def _refuse_foreign_work(work: Path) -> None:
    is_ours = not work.is_symlink() and work.is_dir() and (_is_marked(work) or not any(work.iterdir()))
    if not is_ours and os.path.lexists(work):
        raise RunRefused(f"{work} is not the work folder of a run: choose another folder, or move it away")


def _is_marked(work: Path) -> bool:
    return any((work / name).is_file() for name in (MARK, "manifest.json"))


def begin_work(folder: RunFolder) -> None:
    """Make the work folder of a run, if it is not there."""
    with as_write_error(folder.work):
        folder.work.mkdir(exist_ok=True)
        (folder.work / MARK).touch()


def clear_work(work: Path) -> None:
    """Remove what a run has put into its work folder, and that folder if nothing else is in it.

    No link is followed. The mark goes last: whoever is stopped here can be followed by another.
    """
    for stage in STAGES:
        _remove_stage(work / stage)
    for path in (*work.glob(TEMPORARY), *(work / name for name in (*FILES, MARK))):
        path.unlink(missing_ok=True)
    with suppress(OSError):
        work.rmdir()


def _remove_stage(path: Path) -> None:
    if path.is_symlink():
        path.unlink()
    else:
        shutil.rmtree(path, ignore_errors=True)


def prepare_run(plan: Plan, folder: RunFolder, spooled: Path | None) -> list[Shard]:
    """List the inputs; begin the work folder, or see that the one that is there is ours to resume.

    Raises:
        RunRefused: the folder holds a run of other options or inputs.
    """
    manifest = make_manifest(plan, folder, spooled)
    if folder.manifest.exists():
        refuse_other(folder, _read_manifest(folder), manifest, wanted=list_wanted(plan, spooled))
    else:
        _begin(plan, folder, spooled, manifest=manifest)
    return open_shards(folder.out)


def open_shards(out: Path) -> list[Shard]:
    """The shards of a run that was begun, by its manifest alone.

    Raises:
        RunRefused: no run was begun there, its manifest is damaged, or its work folder is somewhere else.
    """
    folder = RunFolder(out.resolve())
    _refuse_foreign_work(folder.work)
    if not folder.manifest.exists():
        raise RunRefused(f"{out} holds no run that was begun: plan one first")
    manifest = _read_manifest(folder)
    with _as_refused(folder.manifest):
        return _list_shards(folder, manifest)


def _list_shards(folder: RunFolder, manifest: Mapping[str, Any]) -> list[Shard]:
    options = _read_options(manifest["options"])
    return [
        Shard(
            number,
            work=folder.work,
            out=folder.out,
            options=options,
            sample_pages=SAMPLE_PAGES,
            keep_stripped=manifest["keep_stripped"],
            learns=options.templates and not manifest["templates"],
        )
        for number in range(manifest["shards"])
    ]


def read_index(folder: RunFolder) -> Path | None:
    """The index that a run was begun with."""
    manifest = _read_manifest(folder)
    with _as_refused(folder.manifest):
        return Path(manifest["index"]) if manifest["index"] else None


def _read_manifest(folder: RunFolder) -> dict[str, Any]:
    """What a run that is under way is.

    Raises:
        RunRefused: its manifest is damaged, or no run's.
    """
    with _as_refused(folder.manifest):
        return _as_manifest(read_json(folder.manifest))


def _as_manifest(held: Any) -> dict[str, Any]:
    return {**held, "options": dict(held["options"])}


@contextmanager
def _as_refused(path: Path) -> Iterator[None]:
    """A file that is read in the block, and proves to be none of a run, is refused, whatever fails first."""
    try:
        yield
    except SHAPE_ERRORS as error:
        raise RunRefused(
            f"{path} is damaged, or of something else than a run of this version: choose another folder, or "
            "delete it to begin anew"
        ) from error


def read_finished(folder: RunFolder) -> dict[str, Any]:
    """The stats of a finished run; in `run`, the times of its inputs too.

    Raises:
        RunRefused: its stats.json or timing.json is damaged, or no run's.
    """
    try:
        stats = read_stats(folder.out)
        if lacking := [name for name in ("run", "counts", "files") if name not in stats]:
            _refuse_damaged(folder.out, [f"stats.json lacks {name}" for name in lacking])
        with as_corrupt(folder.stats, *SHAPE_ERRORS):
            counts = {name: int(count) for name, count in stats["counts"].items()}
            run = _as_manifest(stats["run"])
        return {**stats, "counts": counts, "run": run | _read_times(folder)}
    except UnreadablePage as error:
        _refuse_damaged(folder.out, [f"{Path(error.source).name}: {error.detail}"])


def check_finished(plan: Plan, folder: RunFolder, spooled: Path | None) -> dict[str, Any]:
    """The stats of a finished run, if it is the plan's and all that it wrote is there.

    Raises:
        RunRefused: it is not.
    """
    stats = read_finished(folder)
    ours = make_manifest(plan, folder, spooled)
    refuse_other(folder, stats["run"], ours, wanted=list_wanted(plan, spooled))
    refuse_damaged(folder, stats)
    return stats


def _read_times(folder: RunFolder) -> dict[str, str]:
    if not folder.timing.exists():
        return {}
    with as_corrupt(folder.timing, *SHAPE_ERRORS):
        return {name: value for name, value in read_json(folder.timing).items() if name == TIMES}


def _read_options(held: Mapping[str, Any]) -> Options:
    limits = Limits(**held["limits"])
    return Options(**{**held, "limits": limits, "languages": frozenset(held["languages"])})


def _begin(plan: Plan, folder: RunFolder, spooled: Path | None, *, manifest: dict[str, Any]) -> None:
    for stage in STAGES:
        _remove_stage(folder.work / stage)
        (folder.work / stage).mkdir()
    for name in ("dropped", "sample", *(["stripped"] if folder.keep_stripped else [])):
        (folder.out / name).mkdir(exist_ok=True)
    digest = _Digest()
    found = digest.watch(list_wanted(plan, spooled))
    for number, part in enumerate(_cut(found, manifest["inputs"], manifest[BYTES])):
        write_found(folder.work / "inputs" / f"{number:05}.jsonl", part)
    if manifest | digest.values() != manifest:
        raise RunRefused("the inputs changed while they were listed: run the command again")
    (folder.work / "templates").unlink(missing_ok=True)
    if plan.templates:
        shutil.copyfile(plan.templates, folder.work / "templates")
    write_json(folder.manifest, manifest)


def list_wanted(plan: Plan, spooled: Path | None) -> Iterator[Found]:
    """What the plan names, in order."""
    return with_stdin(list_found(plan), spooled)


def identify_input(found: Found) -> tuple[str, int, str]:
    """By what inputs are known again: source, size, and what is none."""
    return (found.source, found.size, "") if isinstance(found, Input) else (found.source, 0, found.reason)


def is_input(found: Found) -> bool:
    """What a run wrote below the inputs is none of them: another OUT in their folder changes no run."""
    return isinstance(found, Input) or found.reason != "corpus"


class _Digest:
    """Counts a listing and sums it up: names, sizes, and what is none; the times of changes by themselves."""

    def __init__(self) -> None:
        self.count = self.bytes = 0
        self._hash, self._times = hashlib.sha256(), hashlib.sha256()

    def watch(self, found: Iterable[Found]) -> Iterator[Found]:
        for one in found:
            if is_input(one):
                self._add(one)
            yield one

    def _add(self, one: Found) -> None:
        self.count += 1
        source, size, reason = identify_input(one)
        self.bytes += size
        self._hash.update(f"{source}\0{size}\0{reason}\n".encode("utf-8", "surrogatepass"))
        self._times.update(f"{one.mtime_ns if isinstance(one, Input) else 0}\n".encode())

    def values(self) -> dict[str, str]:
        return {"inputs_digest": self._hash.hexdigest(), TIMES: self._times.hexdigest()}


def make_manifest(plan: Plan, folder: RunFolder, spooled: Path | None) -> dict[str, Any]:
    """What a run is, as plain values: a run is taken up only where they are the same."""
    digest = _Digest()
    for _ in digest.watch(list_wanted(plan, spooled)):
        pass
    shards = sum(1 for _ in _cut(list_wanted(plan, spooled), digest.count, digest.bytes))
    options = asdict(plan.options)
    return {
        "version": read_version(),
        "options": options | {"languages": sorted(options["languages"])},
        "include": list(plan.include),
        "exclude": list(plan.exclude),
        "limit": plan.limit,
        "index": plan.index.absolute().as_posix() if plan.index else "",
        "templates": _digest_templates(plan.templates) if plan.templates else "",
        "keep_stripped": folder.keep_stripped,
        "inputs": digest.count,
        BYTES: digest.bytes,
        **digest.values(),
        "shards": shards,
    }


def _digest_templates(path: Path) -> str:
    """Raises UnreadableTemplates where the file is none."""
    open_templates(path)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _cut(found: Iterator[Found], total: int, total_bytes: int) -> Iterator[list[Found]]:
    """The listing in shards, by number and bytes of the inputs alone: a few crawls are as much work as many pages."""
    most = min(MOST_INPUTS, max(LEAST_INPUTS, math.ceil(total / SHARDS)))
    most_bytes = min(MOST_BYTES, max(LEAST_BYTES, math.ceil(total_bytes / SHARDS)))
    held: list[Found] = []
    held_bytes = held_inputs = 0
    for one in found:
        if is_input(one) and (held_inputs == most or held_bytes >= most_bytes):
            yield held
            held, held_bytes, held_inputs = [], 0, 0
        held.append(one)
        held_inputs += is_input(one)
        held_bytes += one.size if isinstance(one, Input) else 0
    if held:
        yield held


def _tell_value(name: str, theirs: dict[str, Any], ours: dict[str, Any]) -> str:
    """An option's name, with its two values where these are short."""
    values = [json.dumps(options.get(name)) for options in (theirs, ours)]
    is_short = max(map(len, values)) <= _TOLD_CHARS
    return f"{name} ({values[0]} there, {values[1]} here)" if is_short else name


def refuse_other(
    folder: RunFolder, theirs: dict[str, Any], ours: dict[str, Any], *, wanted: Iterator[Found]
) -> None:
    """A run is taken up only by the command that began it; `wanted` is what this one names."""
    theirs = {TIMES: ours[TIMES]} | theirs  # whose timing.json is gone
    names = [name for name in ours if name != "options" and theirs.get(name) != ours[name]]
    told = [_tell_value(name, theirs, ours) for name in names if name not in INPUTS]
    options = theirs["options"]
    changed = [name for name, value in ours["options"].items() if options.get(name) != value]
    told += [_tell_value(name, options, ours["options"]) for name in changed]
    way_out = "choose another folder, or delete it to begin anew"
    if told:
        raise RunRefused(f"the run in {folder.out} has other {', '.join(told)}: {way_out}")
    if names:
        told_inputs = _tell_other_inputs(folder, names, wanted)
        raise RunRefused(f"{told_inputs}: {way_out}; of two folders, clean diff tells what is new")


def _tell_other_inputs(folder: RunFolder, names: Sequence[str], wanted: Iterator[Found]) -> str:
    if names == [TIMES]:
        return f"inputs of the run in {folder.out} were changed, or copied without their times"
    return f"the run in {folder.out} has other inputs{_tell_change(folder, wanted)}"


def _tell_change(folder: RunFolder, wanted: Iterator[Found]) -> str:
    """The first input of which one of the runs knows nothing, or something else; "" if that cannot be told."""
    theirs: dict[str, tuple[str, int, str]] = {}
    with suppress(OSError, *SHAPE_ERRORS):  # a damaged listing tells nothing
        rows = (row for row in _read_inputs(folder) if row["reason"] != "corpus")
        theirs = {row["source"]: (row["source"], row["size"], row["reason"]) for row in rows}
    if not theirs:
        return ""
    for found in filter(is_input, wanted):
        if (known := theirs.pop(found.source, None)) != identify_input(found):
            return f", {found.source} {'is new' if known is None else 'has changed'}"
    return f", {next(iter(theirs))} is missing" if theirs else ""


def _read_inputs(folder: RunFolder) -> Iterator[dict[str, Any]]:
    """The inputs of a run that is finished, or under way."""
    if folder.inputs.exists():
        with open_lines(folder.inputs) as lines:
            yield from map(json.loads, lines)  # orjson refuses the escapes of names that are not UTF-8
        return
    for part in sorted((folder.work / "inputs").glob("*.jsonl")):
        yield from map(describe_input, read_found_file(part))


def describe_input(found: Found) -> dict[str, Any]:
    return dict(zip(("source", "size", "reason"), identify_input(found), strict=True))


def refuse_damaged(folder: RunFolder, stats: Mapping[str, Any]) -> None:
    """A finished run is done only for as long as all that it wrote is there."""
    if damage := find_damage(folder.out, stats):
        _refuse_damaged(folder.out, damage)


def _refuse_damaged(out: Path, damage: Sequence[str]) -> NoReturn:
    raise RunRefused(
        f"the run in {out} is finished but damaged: {name_some(damage)}; "
        "put these files back, or delete the folder to begin anew"
    )


def name_some(names: Sequence[object]) -> str:
    """As many as a line can hold."""
    return ", ".join(map(str, names[:NAMED])) + (" ..." if len(names) > NAMED else "")
