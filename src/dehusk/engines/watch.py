"""What the work tells its engine, and the other way round, while a task is under way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

TaskT = TypeVar("TaskT", contravariant=True)
ResultT = TypeVar("ResultT", covariant=True)

TIMEOUT = "timeout"
WORKER_KILLED = "worker-killed"


class Watch:
    """Counts the items of one task aloud, and knows which of them the engine has given up.

    Work that is run again after its worker was killed must start the same items in the same order.

    >>> watch = Watch({2: "timeout"})
    >>> watch.start(), watch.start()
    ('', 'timeout')
    """

    def __init__(
        self, given_up: Mapping[int, str] | None = None, tell: Callable[[int], object] | None = None
    ) -> None:
        self._given_up = given_up or {}
        self._tell = tell
        self._item = 0

    def start(self) -> str:
        """Begin the next item; the reason for which it must be passed over, or ""."""
        self._item += 1
        if self._tell:
            self._tell(self._item)
        return self._given_up.get(self._item, "")


class Work(Protocol[TaskT, ResultT]):
    """A function at the top of a module: it pickles by name."""

    def __call__(self, task: TaskT, watch: Watch, /) -> ResultT: ...
