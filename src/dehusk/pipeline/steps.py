"""The steps of a directory run, each over files in OUT/.work, so that any machine can take any of them.

plan, clean a shard, learn, cut a shard, decide, filter a shard, finish: a local run takes them in a row, a
cluster's jobs one by one (`clean stage`). A step that is done already is not done again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dehusk.engines import Begin, map_ordered
from dehusk.errors import RunRefused
from dehusk.pipeline.index import Judged, refuse_useless_index
from dehusk.pipeline.lock import locked_folder
from dehusk.pipeline.manifest import (
    SAMPLE_PAGES,
    TIMES,
    RunFolder,
    begin_work,
    check_finished,
    clear_work,
    describe_input,
    name_some,
    open_shards,
    prepare_run,
    read_index,
    refuse_foreign,
)
from dehusk.pipeline.plan import Plan, stdin_spooled
from dehusk.records import TEMPORARY, atomic_file, read_json, to_json, write_json, write_lines
from dehusk.stages import Books, warm_up
from dehusk.stages.cleaning import clean_shard, cut_shard
from dehusk.stages.shards import (
    Shard,
    ShardNews,
    filter_shard,
    merge_samples,
    read_books,
    read_found_file,
    read_news,
)
from dehusk.stages.signs import decide
from dehusk.stages.timing import merge_timings
from dehusk.templates import merge_files, save_templates


def plan_step(plan: Plan, out: Path, *, keep_stripped: bool = False) -> int:
    """List the inputs and cut them into shards; gives how many there are, numbered from 0.

    Of a run that is finished it gives how many there were.

    Raises:
        RunRefused: `out` belongs to something else, or to another run, or what is in it is damaged.
        BadOptions: as `refuse_useless_index`.
    """
    refuse_useless_index(plan, out)
    with locked_folder(out):
        refuse_foreign(out)
        folder = RunFolder(out.resolve(), keep_stripped)
        if folder.stats.exists():
            with stdin_spooled(plan) as spooled:
                return int(check_finished(plan, folder, spooled)["run"]["shards"])
        begin_work(folder)
        with stdin_spooled(plan, folder.work) as spooled:
            return len(prepare_run(plan, folder, spooled))


def remove_left_over(out: Path) -> None:
    """What a run that was killed had not finished writing."""
    for left_over in out.rglob(TEMPORARY):
        left_over.unlink(missing_ok=True)


def clean_step(shard: Shard) -> ShardNews:
    """Clean a shard in a process of its own, which is stopped where a page takes too long."""
    if shard.is_cleaned:
        return read_news(shard)
    seconds = shard.options.limits.seconds
    (news,) = map_ordered(clean_one, [shard], jobs=1, seconds=seconds, warm=warm_up)
    return news


def clean_one(shard: Shard, begin: Begin) -> Iterator[ShardNews]:
    """`clean_shard` as an engine's work."""
    yield clean_shard(shard, begin)


def learn_step(shards: list[Shard]) -> None:
    """Add up what the shards have counted of their sites.

    Raises:
        RunRefused: a shard is not cleaned yet.
    """
    _refuse_undone([shard.number for shard in shards if not shard.is_cleaned], "cleaned")
    if not shards or not shards[0].learns or shards[0].templates.exists():
        return
    table = merge_files([shard.file("evidence", "templates") for shard in shards])
    with atomic_file(shards[0].templates) as file:
        save_templates(table, file)


def cut_step(shard: Shard) -> None:
    """Cut what repeats on its sites out of a shard's pages.

    Raises:
        RunRefused: it is not learnt yet what repeats.
    """
    if shard.is_cut:
        return
    if not shard.templates.exists():
        raise RunRefused(f"it is not learnt yet what repeats on the sites of shard {shard.number}")
    cut_shard(shard)


def cut_one(shard: Shard, begin: Begin) -> Iterator[None]:
    """`cut_step` as an engine's work."""
    begin()
    cut_step(shard)
    yield None


def decide_step(shards: list[Shard]) -> None:
    """Judge which articles of all shards repeat others. Shards that are not cut yet are cut before.

    Raises:
        RunRefused: a shard is not cleaned yet.
        UnreadableIndex: the run's index is damaged, or was made with other signatures.
    """
    learn_step(shards)
    for shard in shards:
        cut_step(shard)
    if not shards or not shards[0].options.dedup:
        return
    judged = open_judged(shards[0].work)
    if judged.is_valid():
        return
    for shard in shards:  # what another index decided
        shard.file("filter", "json").unlink(missing_ok=True)
    before, judge = judged.open_judge(shards[0].options)
    verdicts = [shard.file("verdicts", "json") for shard in shards]
    decide([shard.file("signs", "npy") for shard in shards], verdicts, shards[0].options, judge=judge)
    judged.save(judge, before)


def open_judged(work: Path) -> Judged:
    return Judged(work, read_index(RunFolder(work.parent)))


def filter_step(shard: Shard) -> Books:
    """Write what stays of a shard, and what does not.

    Raises:
        RunRefused: it is not decided yet what repeats what.
    """
    if shard.is_filtered:
        return read_books(shard)
    if not shard.is_cut or (shard.options.dedup and not shard.file("verdicts", "json").exists()):
        raise RunRefused(f"shard {shard.number} is not decided yet")
    return filter_shard(shard)


def filter_one(shard: Shard, begin: Begin) -> Iterator[Books]:
    """`filter_step` as an engine's work."""
    begin()
    yield filter_step(shard)


def finish_step(folder: RunFolder, shards: list[Shard], timing: Mapping[str, Any]) -> Books:
    """Sum the books up, give the index what was kept, and clear the work away.

    Raises:
        RunRefused: a shard is not filtered yet, or another run has changed the index meanwhile.
    """
    _refuse_undone([shard.number for shard in shards if not shard.is_filtered], "filtered")
    books = Books()
    for shard in shards:
        books.add(read_books(shard))
    judged = open_judged(folder.work)
    books.counts.update(judged.read_counts())
    _write_supersets(judged.read_supersets(), folder.out / "supersets" / "00000.jsonl.gz")
    _write_inputs(shards, folder.inputs)
    samples = [shard.file("sample") for shard in shards]
    merge_samples(samples, folder.out / "sample" / "00000.jsonl.gz", SAMPLE_PAGES)
    pages = merge_timings(shard.file("timing", "json") for shard in shards)
    manifest = read_json(folder.manifest)
    write_json(folder.timing, {**timing, **pages, TIMES: manifest.pop(TIMES, "")})
    stats = {
        "run": manifest,
        "seed": manifest["options"]["seed"],
        "books": books.summary(),
        "counts": dict(sorted(books.counts.items())),
        "files": {path.relative_to(folder.out).as_posix(): _describe(path) for path in _outputs(folder.out)},
    }
    if shards:  # else nothing was judged
        judged.commit()
    write_json(folder.stats, stats)
    clear_work(folder.work)
    return books


def _write_supersets(supersets: Mapping[str, str], path: Path) -> None:
    """Which records contain another one that is kept: they are news, and stay."""
    if not supersets:
        return
    path.parent.mkdir(exist_ok=True)
    with write_lines(path) as write:
        for identifier, contained in supersets.items():
            write(to_json({"id": identifier, "contains": contained}))


def _write_inputs(shards: list[Shard], path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    with write_lines(path) as write:
        for shard in shards:
            for found in read_found_file(shard.file("inputs")):
                write(json.dumps(describe_input(found)))  # names need not be UTF-8


def _refuse_undone(numbers: list[int], what: str) -> None:
    if numbers:
        raise RunRefused(f"{len(numbers)} shards are not {what} yet: {name_some(numbers)}")


def _outputs(out: Path) -> list[Path]:
    folders = ("", "dropped", "inputs", "sample", "stripped", "supersets")
    return sorted(path for folder in folders for path in (out / folder).glob("*.jsonl.gz"))


def _describe(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"bytes": path.stat().st_size, "sha256": digest}


def open_step(out: Path, number: int) -> Shard:
    """A shard of a run that was planned.

    Raises:
        RunRefused: there is no such run or shard.
    """
    shards = open_shards(out)
    if not 0 <= number < len(shards):
        raise RunRefused(f"the run in {out} has shards 0 to {len(shards) - 1}, and none of number {number}")
    return shards[number]
