"""The index of near-duplicates that outlives a run: one writer at a time, changed when a run completes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dehusk.dedupe import Deduplicator
from dehusk.errors import BadOptions
from dehusk.pipeline.lock import locked_file
from dehusk.pipeline.plan import Plan
from dehusk.records import atomic_file


@contextmanager
def locked_index(plan: Plan) -> Iterator[None]:
    """Hold the plan's index, if it has one, against other writers until the block ends.

    Raises:
        RunRefused: another run holds it.
        BadOptions: near-duplicates are not removed at all, or the index is a folder.
        RecordWriteError: its folder cannot be written to.
    """
    if not plan.index:
        yield
        return
    if not plan.options.dedup:
        raise BadOptions(
            "an index is for near-duplicates, and the options keep them: leave one of the two out"
        )
    if plan.index.is_dir():
        raise BadOptions(f"{plan.index} is a folder: the index is a file")
    with locked_file(plan.index):
        yield


@contextmanager
def held_judge(plan: Plan) -> Iterator[Deduplicator]:
    """The judge of a streaming run. What it kept is added to the plan's index when the block ends well.

    Raises:
        UnreadableIndex: the index is none, is damaged, or was made with other signatures.
        RunRefused, BadOptions, RecordWriteError: as `locked_index`.
    """
    with locked_index(plan):
        threshold = plan.options.threshold
        judge = Deduplicator.from_index(plan.index, threshold) if plan.index else Deduplicator(threshold)
        yield judge
        if plan.index and (judge.added or not plan.index.exists()):
            with atomic_file(plan.index) as file:
                judge.write_index(file)
