"""What a directory run is: its listing cut into shards, and the manifest by which it is known again."""

from __future__ import annotations

import hashlib
import json
import math
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NoReturn

from dehusk.errors import RunRefused, UnreadablePage
from dehusk.model import Limits, Options
from dehusk.pages import Input
from dehusk.pipeline.plan import Plan, list_found, read_version, with_stdin
from dehusk.records import as_write_error, find_damage, open_lines, read_json, read_stats, write_json
from dehusk.stages import Found
from dehusk.stages.shards import Shard, read_found_file, write_found
from dehusk.templates import open_templates

SAMPLE_PAGES = 200
LEAST_INPUTS, MOST_INPUTS = 64, 1024
SHARDS = 64
"""About so many, between the least and the most inputs of one: enough for any machine to share out."""
MOST_BYTES = 256_000_000
NAMED = 10
STAGES = ("inputs", "clean", "sample", "timing", "pulse", "signs", "evidence", "cut", "verdicts", "filter")


@dataclass(frozen=True, slots=True)
class RunFolder:
    """Where a run writes, and in which the work is that is not done yet."""

    out: Path
    keep_stripped: bool = False

    @property
    def work(self) -> Path:
        return self.out / ".work"

    def make_work(self) -> None:
        with as_write_error(self.work):
            self.work.mkdir(exist_ok=True)

    @property
    def stats(self) -> Path:
        """Written last of all: a run that has it is finished."""
        return self.out / "stats.json"

    @property
    def inputs(self) -> Path:
        """What was read, by name and size: another run in this folder is told what is new."""
        return self.out / "inputs" / "00000.jsonl.gz"

    @property
    def manifest(self) -> Path:
        return self.work / "manifest.json"


def prepare_run(plan: Plan, folder: RunFolder, spooled: Path | None) -> list[Shard]:
    """List the inputs; begin the work folder, or see that the one that is there is ours to resume.

    Raises:
        RunRefused: the folder holds a run of other options or inputs.
    """
    manifest = make_manifest(plan, folder, spooled)
    if folder.manifest.exists():
        refuse_other(folder, read_json(folder.manifest), manifest, wanted=list_wanted(plan, spooled))
    else:
        _begin(plan, folder, spooled, manifest)
    return open_shards(folder.out)


def open_shards(out: Path) -> list[Shard]:
    """The shards of a run that was begun, by its manifest alone.

    Raises:
        RunRefused: no run was begun there.
    """
    folder = RunFolder(out.resolve())
    if not folder.manifest.exists():
        raise RunRefused(f"{out} holds no run that was begun: plan one first")
    manifest = read_json(folder.manifest)
    options = _read_options(manifest["options"])
    return [
        Shard(
            number,
            work=folder.work,
            out=folder.out,
            options=options,
            sample_pages=_sample_share(manifest["shards"]),
            keep_stripped=manifest["keep_stripped"],
            learns=options.templates and not manifest["templates"],
        )
        for number in range(manifest["shards"])
    ]


def _read_options(held: Mapping[str, Any]) -> Options:
    limits = Limits(**held["limits"])
    return Options(**{**held, "limits": limits, "languages": frozenset(held["languages"])})


def _begin(plan: Plan, folder: RunFolder, spooled: Path | None, manifest: dict[str, Any]) -> None:
    for stage in STAGES:
        shutil.rmtree(folder.work / stage, ignore_errors=True)
        (folder.work / stage).mkdir()
    for name in ("dropped", "sample", *(["stripped"] if folder.keep_stripped else [])):
        (folder.out / name).mkdir(exist_ok=True)
    digest = _Digest()
    found = digest.watch(list_wanted(plan, spooled))
    for number, part in enumerate(_cut(found, manifest["inputs"])):
        write_found(folder.work / "inputs" / f"{number:05}.jsonl", part)
    if digest.value() != manifest["inputs_digest"]:
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


class _Digest:
    """Counts a listing and sums it up: names, sizes, and what is none."""

    def __init__(self) -> None:
        self.count = 0
        self._hash = hashlib.sha256()

    def watch(self, found: Iterable[Found]) -> Iterator[Found]:
        for one in found:
            self.count += 1
            source, size, reason = identify_input(one)
            self._hash.update(f"{source}\0{size}\0{reason}\n".encode("utf-8", "surrogatepass"))
            yield one

    def value(self) -> str:
        return self._hash.hexdigest()


def make_manifest(plan: Plan, folder: RunFolder, spooled: Path | None) -> dict[str, Any]:
    """What a run is, as plain values: a run is taken up only where they are the same."""
    digest = _Digest()
    total = sum(1 for _ in digest.watch(list_wanted(plan, spooled)))
    shards = sum(1 for _ in _cut(list_wanted(plan, spooled), total))
    options = asdict(plan.options)
    return {
        "version": read_version(),
        "options": options | {"languages": sorted(options["languages"])},
        "include": list(plan.include),
        "exclude": list(plan.exclude),
        "limit": plan.limit,
        "index": plan.index.as_posix() if plan.index else "",
        "templates": _digest_templates(plan.templates) if plan.templates else "",
        "keep_stripped": folder.keep_stripped,
        "inputs": total,
        "inputs_digest": digest.value(),
        "shards": shards,
    }


def _digest_templates(path: Path) -> str:
    """Raises UnreadableTemplates where the file is none."""
    open_templates(path)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _cut(found: Iterator[Found], total: int) -> Iterator[list[Found]]:
    """The listing in shards, by number and bytes of the inputs alone."""
    most = min(MOST_INPUTS, max(LEAST_INPUTS, math.ceil(total / SHARDS)))
    held: list[Found] = []
    held_bytes = 0
    for one in found:
        held.append(one)
        held_bytes += one.size if isinstance(one, Input) else 0
        if len(held) == most or held_bytes >= MOST_BYTES:
            yield held
            held, held_bytes = [], 0
    if held:
        yield held


def _sample_share(shards: int) -> int:
    """How many pages each shard offers: half as many again as its share, for chance deals them out unevenly."""
    return SAMPLE_PAGES if shards == 1 else max(8, math.ceil(1.5 * SAMPLE_PAGES / max(shards, 1)))


def refuse_other(
    folder: RunFolder, theirs: dict[str, Any], ours: dict[str, Any], *, wanted: Iterator[Found]
) -> None:
    """A run is taken up only by the command that began it; `wanted` is what this one names."""
    names = [name for name in ours if name != "options" and theirs.get(name) != ours[name]]
    options = theirs.get("options", {})
    names += [name for name, value in ours["options"].items() if options.get(name) != value]
    others = [name for name in names if name not in ("inputs", "inputs_digest", "shards")]
    if others:
        raise RunRefused(
            f"the run in {folder.out} has other {', '.join(others)}: "
            "choose another folder, or delete it to begin anew"
        )
    if names:
        raise RunRefused(
            f"the run in {folder.out} has other inputs{_tell_change(folder, wanted)}: "
            "choose another folder, or delete it to begin anew; "
            "to clean only what is new each time, give all runs an --index FILE"
        )


def _tell_change(folder: RunFolder, wanted: Iterator[Found]) -> str:
    """The first input of which one of the runs knows nothing, or something else; "" if that cannot be told."""
    theirs = {row["source"]: (row["source"], row["size"], row["reason"]) for row in _read_inputs(folder)}
    if not theirs:
        return ""
    for found in wanted:
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


def read_finished(out: Path) -> dict[str, Any]:
    """The stats of a finished run.

    Raises:
        RunRefused: they are damaged.
    """
    try:
        stats = read_stats(out)
    except UnreadablePage as error:
        _refuse_damaged(out, [f"stats.json: {error.detail}"])
    if lacking := [name for name in ("run", "counts", "files") if name not in stats]:
        _refuse_damaged(out, [f"stats.json lacks {name}" for name in lacking])
    return stats


def refuse_damaged(out: Path, stats: Mapping[str, Any]) -> None:
    """A finished run is done only for as long as all that it wrote is there."""
    if damage := find_damage(out, stats):
        _refuse_damaged(out, damage)


def _refuse_damaged(out: Path, damage: Sequence[str]) -> NoReturn:
    raise RunRefused(
        f"the run in {out} is finished but damaged: {name_some(damage)}; "
        "put these files back, or delete the folder to begin anew"
    )


def name_some(names: Sequence[object]) -> str:
    """As many as a line can hold."""
    return ", ".join(map(str, names[:NAMED])) + (" ..." if len(names) > NAMED else "")
