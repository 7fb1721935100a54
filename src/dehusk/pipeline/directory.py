"""A directory run: stages over shards in OUT/.work, resumed where it was interrupted.

What is done is known by the files that are there; what the work folder belongs to, by its manifest.
"""

from __future__ import annotations

import hashlib
import math
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from dehusk.engines import Begin, map_ordered
from dehusk.errors import RunRefused
from dehusk.model import Dropped
from dehusk.pages import Input
from dehusk.pipeline.lock import locked_folder
from dehusk.pipeline.plan import Plan, list_found, read_version, stdin_spooled, with_stdin
from dehusk.records import TEMPORARY, read_json, write_json
from dehusk.stages import Books, Found, warm_up
from dehusk.stages.cleaning import clean_shard
from dehusk.stages.shards import (
    Shard,
    ShardNews,
    filter_shard,
    merge_samples,
    read_books,
    read_news,
    write_found,
)
from dehusk.stages.signs import decide
from dehusk.stages.timing import merge_timings

SAMPLE_PAGES = 200
LEAST_INPUTS, MOST_INPUTS = 64, 1024
SHARDS = 64
"""About so many, between the least and the most inputs of one: enough for any machine to share out."""
MOST_BYTES = 256_000_000
FILTERED_A_WORKER = 16
STAGES = ("inputs", "clean", "sample", "timing", "signs", "verdicts", "filter")

T = TypeVar("T")
OnNews = Callable[[Dropped | None, Books], object]


@dataclass(frozen=True, slots=True)
class Finished:
    """A run that is done: by this call, or before it."""

    books: Books
    was_done: bool
    pages_seen: int = 0
    """Pages that were cleaned by this call, the rest by an interrupted one before it."""


@dataclass(slots=True)
class _Run:
    plan: Plan
    out: Path
    keep_stripped: bool
    on_news: OnNews | None
    work: Path = field(init=False)
    seconds: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.work = self.out / ".work"


def run_directory(
    plan: Plan, out: Path, *, keep_stripped: bool = False, on_news: OnNews | None = None
) -> Finished:
    """Clean a plan's inputs into the folder `out`, or take up the run that was interrupted there.

    `on_news` hears of failures and of what is no page, as they are met, and after each shard (with None)
    of the books so far, in which near-duplicates still count as kept.

    Raises:
        RunRefused: `out` belongs to something else, to a run with other options or inputs, or to one
            that is still at work.
        RecordWriteError: an output cannot be written.
    """
    with locked_folder(out):
        _refuse_foreign(out)
        run = _Run(plan, out, keep_stripped, on_news)
        if (out / "stats.json").exists():
            with stdin_spooled(plan) as spooled:
                return _check_finished(run, spooled)
        run.work.mkdir(exist_ok=True)
        with stdin_spooled(plan, run.work) as spooled:
            return _work(run, spooled)


def _refuse_foreign(out: Path) -> None:
    is_ours = (out / "stats.json").exists() or (out / ".work").exists()
    if not is_ours and any(out.iterdir()):
        raise RunRefused(f"{out} is not empty and holds no run of ours: choose another folder")


def _work(run: _Run, spooled: Path | None) -> Finished:
    for left_over in run.out.rglob(TEMPORARY):  # by a run that was killed
        left_over.unlink()
    shards = _prepare(run, spooled)
    seen = _clean(run, shards)
    _timed(run, "decide", lambda: _decide(run, shards))
    books = _filter(run, shards)
    _finish(run, shards, books)
    return Finished(books, was_done=False, pages_seen=seen)


def _timed(run: _Run, name: str, act: Callable[[], T]) -> T:
    started = time.monotonic()
    result = act()
    run.seconds[name] = round(time.monotonic() - started, 3)
    return result


def _prepare(run: _Run, spooled: Path | None) -> list[Shard]:
    """List the inputs; begin the work folder, or see that the one that is there is ours to resume."""
    manifest = _timed(run, "list", lambda: _make_manifest(run, spooled))
    path = run.work / "manifest.json"
    if path.exists():
        _refuse_other(run, read_json(path), manifest)
    else:
        _begin(run, spooled, manifest)
    return [
        Shard(
            number,
            work=run.work,
            out=run.out,
            options=run.plan.options,
            sample_pages=_sample_share(manifest["shards"]),
            keep_stripped=run.keep_stripped,
        )
        for number in range(manifest["shards"])
    ]


def _begin(run: _Run, spooled: Path | None, manifest: dict[str, Any]) -> None:
    for stage in STAGES:
        shutil.rmtree(run.work / stage, ignore_errors=True)
        (run.work / stage).mkdir()
    for folder in ("dropped", "sample", *(["stripped"] if run.keep_stripped else [])):
        (run.out / folder).mkdir(exist_ok=True)
    digest = _Digest()
    found = digest.watch(_list(run, spooled))
    for number, part in enumerate(_cut(found, manifest["inputs"])):
        write_found(run.work / "inputs" / f"{number:05}.jsonl", part)
    if digest.value() != manifest["inputs_digest"]:
        raise RunRefused("the inputs changed while they were listed: run the command again")
    write_json(run.work / "manifest.json", manifest)


def _list(run: _Run, spooled: Path | None) -> Iterator[Found]:
    return with_stdin(list_found(run.plan), spooled)


class _Digest:
    """Counts a listing and sums it up: names, sizes, and what is none."""

    def __init__(self) -> None:
        self.count = 0
        self._hash = hashlib.sha256()

    def watch(self, found: Iterable[Found]) -> Iterator[Found]:
        for one in found:
            self.count += 1
            size, reason = (one.size, "") if isinstance(one, Input) else (0, one.reason)
            self._hash.update(f"{one.source}\0{size}\0{reason}\n".encode("utf-8", "surrogatepass"))
            yield one

    def value(self) -> str:
        return self._hash.hexdigest()


def _make_manifest(run: _Run, spooled: Path | None) -> dict[str, Any]:
    digest = _Digest()
    total = sum(1 for _ in digest.watch(_list(run, spooled)))
    shards = sum(1 for _ in _cut(_list(run, spooled), total))
    options = asdict(run.plan.options)
    return {
        "version": read_version(),
        "options": options | {"languages": sorted(options["languages"])},
        "include": list(run.plan.include),
        "exclude": list(run.plan.exclude),
        "limit": run.plan.limit,
        "keep_stripped": run.keep_stripped,
        "inputs": total,
        "inputs_digest": digest.value(),
        "shards": shards,
    }


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
    """How many pages each shard offers: twice its share, for chance deals them out unevenly."""
    return SAMPLE_PAGES if shards == 1 else max(8, math.ceil(2 * SAMPLE_PAGES / max(shards, 1)))


def _refuse_other(run: _Run, theirs: dict[str, Any], ours: dict[str, Any]) -> None:
    """A run is taken up only by the command that began it."""
    names = [name for name in ours if name != "options" and theirs.get(name) != ours[name]]
    options = theirs.get("options", {})
    names += [name for name, value in ours["options"].items() if options.get(name) != value]
    if names:
        listed = ", ".join(name for name in names if name not in ("inputs_digest", "shards")) or "inputs"
        raise RunRefused(
            f"the run in {run.out} has other {listed}: choose another folder, or delete it to begin anew"
        )


def _check_finished(run: _Run, spooled: Path | None) -> Finished:
    stats = read_json(run.out / "stats.json")
    _refuse_other(run, stats["run"], _make_manifest(run, spooled))
    shutil.rmtree(run.work, ignore_errors=True)
    books = Books()
    books.counts.update(stats["counts"])
    return Finished(books, was_done=True)


def _clean(run: _Run, shards: list[Shard]) -> int:
    """Clean the shards that are not done; the number of pages that this took in."""
    started = time.monotonic()
    books, seen = Books(), 0
    todo = [shard for shard in shards if not shard.file("clean").exists()]
    for shard in shards:
        if shard.file("clean").exists():
            _tell(run, read_news(shard), books)
    for news in map_ordered(
        _clean_one,
        todo,
        jobs=run.plan.jobs,
        seconds=run.plan.options.limits.seconds,
        queue=1,
        warm=warm_up,
    ):
        _tell(run, news, books)
        seen += news.books.counts["pages"]
    run.seconds["clean"] = round(time.monotonic() - started, 3)
    return seen


def _clean_one(shard: Shard, begin: Begin) -> Iterator[ShardNews]:
    yield clean_shard(shard, begin)


def _filter_one(shard: Shard, begin: Begin) -> Iterator[Books]:
    begin()
    yield filter_shard(shard)


def _tell(run: _Run, news: ShardNews, books: Books) -> None:
    books.add(news.books)
    if run.on_news:
        for dropped in news.notable:
            run.on_news(dropped, books)
        run.on_news(None, books)


def _decide(run: _Run, shards: list[Shard]) -> None:
    if not run.plan.options.dedup or all(shard.file("filter", "json").exists() for shard in shards):
        return
    verdicts = [shard.file("verdicts", "json") for shard in shards]
    if not all(path.exists() for path in verdicts):
        decide([shard.file("signs", "npz") for shard in shards], verdicts, run.plan.options)


def _filter(run: _Run, shards: list[Shard]) -> Books:
    started = time.monotonic()
    todo = [shard for shard in shards if not shard.file("filter", "json").exists()]
    # A worker costs as much to start as a few shards to filter.
    jobs = min(run.plan.jobs, len(todo) // FILTERED_A_WORKER)
    if jobs > 1:
        for _ in map_ordered(_filter_one, todo, jobs=jobs, seconds=math.inf):
            pass
    else:
        for shard in todo:
            filter_shard(shard)
    books = Books()
    for shard in shards:
        books.add(read_books(shard))
    run.seconds["filter"] = round(time.monotonic() - started, 3)
    return books


def _finish(run: _Run, shards: list[Shard], books: Books) -> None:
    merge_samples(
        [shard.file("sample") for shard in shards], run.out / "sample" / "00000.jsonl.gz", SAMPLE_PAGES
    )
    pages = merge_timings(shard.file("timing", "json") for shard in shards)
    write_json(run.out / "timing.json", {"seconds": run.seconds, "jobs": run.plan.jobs, **pages})
    stats = {
        "run": read_json(run.work / "manifest.json"),
        "seed": run.plan.options.seed,
        "books": books.summary(),
        "counts": dict(sorted(books.counts.items())),
        "files": {path.relative_to(run.out).as_posix(): _describe(path) for path in _list_outputs(run.out)},
    }
    write_json(run.out / "stats.json", stats)
    shutil.rmtree(run.work)


def _list_outputs(out: Path) -> list[Path]:
    return sorted(
        path for folder in ("", "dropped", "sample", "stripped") for path in (out / folder).glob("*.jsonl.gz")
    )


def _describe(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"bytes": path.stat().st_size, "sha256": digest}
