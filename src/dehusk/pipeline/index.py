"""The index of near-duplicates that outlives a run: one writer at a time, changed when a run completes."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dehusk.dedupe import Deduplicator, read_state
from dehusk.errors import BadOptions, RunRefused
from dehusk.model import Options
from dehusk.pipeline.lock import locked_file
from dehusk.pipeline.plan import Plan
from dehusk.records import atomic_file, read_json, write_json


@contextmanager
def locked_index(plan: Plan) -> Iterator[None]:
    """Hold the plan's index, if it has one, against other writers until the block ends.

    Raises:
        RunRefused: another run holds it.
        BadOptions: as `refuse_useless_index`.
        RecordWriteError: its folder cannot be written to.
    """
    refuse_useless_index(plan)
    if not plan.index:
        yield
        return
    with locked_file(plan.index):
        yield


def refuse_useless_index(plan: Plan, out: Path | None = None) -> None:
    """Say so before anything is done, where the plan's index would be of no use.

    Raises:
        BadOptions: near-duplicates are not removed at all, the index is a folder, or it lies in that of the run.
    """
    if plan.index and not plan.options.dedup:
        raise BadOptions(
            "an index is for near-duplicates, and the options keep them: leave one of the two out"
        )
    if plan.index and plan.index.is_dir():
        raise BadOptions(f"{plan.index} is a folder: the index is a file")
    if plan.index and out and plan.index.resolve().is_relative_to(out.resolve()):
        raise BadOptions(
            f"{plan.index} lies in the folder of this run: the index is for later ones, keep it elsewhere"
        )


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


@dataclass(frozen=True, slots=True)
class Judged:
    """What a directory run knows once it has decided, and the index it will leave, in its work folder."""

    work: Path
    index: Path | None

    @property
    def _notes(self) -> Path:
        return self.work / "decided.json"

    @property
    def _next(self) -> Path:
        return self.work / "index"

    def open_judge(self, options: Options) -> tuple[str, Deduplicator]:
        """The state of the index, and who judges by it."""
        if not self.index:
            return "", Deduplicator(options.threshold)
        return read_state(self.index), Deduplicator.from_index(self.index, options.threshold)

    def save(self, judge: Deduplicator, before: str) -> None:
        """Keep what was decided besides the verdicts: written after them, it says that all are there."""
        counts: Counter[str] = Counter()
        judge.report(counts)
        notes: dict[str, Any] = {"counts": counts, "supersets": judge.supersets}
        if self.index:
            with atomic_file(self._next) as file:
                judge.write_index(file)
            notes |= {"before": before, "after": read_state(self._next)}
        write_json(self._notes, notes)

    def is_valid(self) -> bool:
        """Whether all was decided, and by the index as it is now (or as this run made it)."""
        if not self._notes.exists():
            return False
        notes = read_json(self._notes)
        return self.index is None or read_state(self.index) in (notes["before"], notes["after"])

    def read_counts(self) -> Counter[str]:
        return Counter(read_json(self._notes)["counts"]) if self._notes.exists() else Counter()

    def read_supersets(self) -> dict[str, str]:
        """Ids of kept records that contain an earlier kept one, and whom."""
        return dict(read_json(self._notes)["supersets"]) if self._notes.exists() else {}

    def commit(self) -> None:
        """Give the index what this run kept; done twice it does nothing.

        Raises:
            RunRefused: another run has changed the index since it was decided.
        """
        if not self.index:
            return
        notes = read_json(self._notes)
        state = read_state(self.index)
        if state == notes["after"]:
            return
        if state != notes["before"]:
            raise RunRefused(f"{self.index} was changed by another run meanwhile: run the command again")
        with self._next.open("rb") as made, atomic_file(self.index) as file:
            shutil.copyfileobj(made, file, 1 << 20)
