"""A directory run: stages over shards in OUT/.work, resumed where it was interrupted.

What is done is known by the files that are there; what the work folder belongs to, by its manifest.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from dehusk.engines import fork_server, load_ray, map_on_ray, map_ordered
from dehusk.model import Dropped
from dehusk.pipeline.index import locked_index, refuse_useless_index
from dehusk.pipeline.lock import locked_folder
from dehusk.pipeline.manifest import (
    RunFolder,
    begin_work,
    check_finished,
    clear_work,
    prepare_run,
    refuse_foreign,
)
from dehusk.pipeline.plan import Plan, stdin_spooled
from dehusk.pipeline.steps import (
    clean_one,
    clean_step,
    cut_one,
    cut_step,
    decide_step,
    filter_one,
    filter_step,
    finish_step,
    learn_step,
    remove_left_over,
)
from dehusk.records import read_json
from dehusk.stages import Books, warm_up
from dehusk.stages.pulse import read_pulses
from dehusk.stages.shards import Shard, ShardNews, read_news

SHARDS_A_WORKER = 2
"""Of fewer shards to cut or to filter, the rest of the workers are not worth their start."""


T = TypeVar("T")
OnNews = Callable[[Dropped | None, Books], object]


@dataclass(frozen=True, slots=True)
class Finished:
    """A run that is done: by this call, or before it."""

    books: Books
    was_done: bool


@dataclass(slots=True)
class _Run:
    plan: Plan
    folder: RunFolder
    on_news: OnNews | None
    seconds: dict[str, float] = field(default_factory=dict)


def run_directory(
    plan: Plan, out: Path, *, keep_stripped: bool = False, on_news: OnNews | None = None
) -> Finished:
    """Clean a plan's inputs into the folder `out`, or take up the run that was interrupted there.

    `on_news` hears of failures and of what is no page, as they are met, and after each shard (with None)
    of the books so far, in which near-duplicates still count as kept.

    Raises:
        RunRefused: `out` belongs to something else, to a run with other options or inputs, to one that is still at
            work, or to a finished one of which files are missing or damaged.
        RecordWriteError: an output cannot be written.
        MissingExtra: the engine is not installed.
    """
    if plan.engine == "ray":
        load_ray()  # before anything is begun
    refuse_useless_index(plan, out)
    with locked_folder(out), locked_index(plan):
        refuse_foreign(out)
        run = _Run(plan, RunFolder(out.resolve(), keep_stripped), on_news)
        remove_left_over(run.folder.out)  # of a run that was done too: its report comes last
        if run.folder.stats.exists():
            with stdin_spooled(plan) as spooled:
                return _check_finished(run, spooled)
        begin_work(run.folder)
        with stdin_spooled(plan, run.folder.work) as spooled, _workers(plan):
            return _work(run, spooled)


def read_under_way(out: Path) -> tuple[Books, int]:
    """What the shards of a run have come to that `on_news` has not told yet, and how many there are in all.

    May be called from a thread, at any time: 0 before the shards are known and after the run.
    """
    folder, shards = RunFolder(out), 0
    with suppress(OSError, ValueError, LookupError, TypeError):
        shards = read_json(folder.manifest)["shards"]
    return read_pulses(folder.work / "pulse"), shards


def _workers(plan: Plan) -> AbstractContextManager[object]:
    """The same process forks the workers of all stages."""
    return fork_server(warm_up) if plan.engine == "local" else nullcontext()


def _work(run: _Run, spooled: Path | None) -> Finished:
    shards = _timed(run, "list", lambda: prepare_run(run.plan, run.folder, spooled))
    _clean(run, shards)
    _timed(run, "learn", lambda: learn_step(shards))
    _timed(run, "cut", lambda: _cut(run, shards))
    _timed(run, "decide", lambda: decide_step(shards))
    _filter(run, shards)
    books = finish_step(run.folder, shards, {"seconds": run.seconds, "jobs": run.plan.jobs})
    return Finished(books, was_done=False)


def _timed(run: _Run, name: str, act: Callable[[], T]) -> T:
    started = time.monotonic()
    result = act()
    run.seconds[name] = round(time.monotonic() - started, 3)
    return result


def _check_finished(run: _Run, spooled: Path | None) -> Finished:
    stats = check_finished(run.plan, run.folder, spooled)
    clear_work(run.folder.work)
    return Finished(Books(Counter(stats["counts"])), was_done=True)


def _clean(run: _Run, shards: list[Shard]) -> None:
    """Clean the shards that are not done."""
    started = time.monotonic()
    books = Books()
    todo = [shard for shard in shards if not shard.is_cleaned]
    for shard in shards:
        if shard.is_cleaned:
            _tell(run, read_news(shard), books)
    for shard, news in zip(todo, _clean_shards(run, todo), strict=True):
        shard.file("pulse", "json").unlink(missing_ok=True)
        _tell(run, news, books)
    run.seconds["clean"] = round(time.monotonic() - started, 3)


def _clean_shards(run: _Run, shards: list[Shard]) -> Iterator[ShardNews]:
    if run.plan.engine == "ray":
        return map_on_ray(clean_step, shards, jobs=run.plan.jobs, address=run.plan.ray_address)
    seconds = run.plan.options.limits.seconds
    return map_ordered(clean_one, shards, jobs=run.plan.jobs, seconds=seconds, warm=warm_up)


def _cut(run: _Run, shards: list[Shard]) -> None:
    todo = [shard for shard in shards if not shard.is_cut]
    jobs = min(run.plan.jobs, len(todo) // SHARDS_A_WORKER)
    if jobs < 2:
        done: Iterator[None] = map(cut_step, todo)
    elif run.plan.engine == "ray":
        done = map_on_ray(cut_step, todo, jobs=run.plan.jobs, address=run.plan.ray_address)
    else:
        done = map_ordered(cut_one, todo, jobs=jobs, seconds=math.inf)
    for _ in done:
        pass


def _filter_shards(run: _Run, shards: list[Shard]) -> Iterator[Books]:
    jobs = min(run.plan.jobs, len(shards) // SHARDS_A_WORKER)
    if jobs < 2:
        return map(filter_step, shards)
    if run.plan.engine == "ray":
        return map_on_ray(filter_step, shards, jobs=run.plan.jobs, address=run.plan.ray_address)
    return map_ordered(filter_one, shards, jobs=jobs, seconds=math.inf)


def _tell(run: _Run, news: ShardNews, books: Books) -> None:
    books.add(news.books)
    if run.on_news:
        for dropped in news.notable:
            run.on_news(dropped, books)
        run.on_news(None, books)


def _filter(run: _Run, shards: list[Shard]) -> None:
    started = time.monotonic()
    todo = [shard for shard in shards if not shard.is_filtered]
    for _ in _filter_shards(run, todo):
        pass
    run.seconds["filter"] = round(time.monotonic() - started, 3)
