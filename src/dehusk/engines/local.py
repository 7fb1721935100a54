"""Local processes: results in order, a limit on the seconds of an item, and dead workers replaced.

Why not the standard pool: one killed worker breaks it whole, and it cannot stop a worker that is lost
inside a C function. Here the parent watches a counter that each worker writes to shared memory; a worker
that stays on one item for too long is killed, its task is done again by another, and that item is passed
over with a reason.
"""

from __future__ import annotations

import ctypes
import os
import pickle
import signal
import sys
import time
import traceback
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import connection, get_context
from typing import Any, Generic, TypeVar

from dehusk.errors import WorkerLost

T = TypeVar("T")
R = TypeVar("R")
Begin = Callable[[], str]
"""Begins the next item of a task; gives the reason for which it must be passed over, or ""."""
Work = Callable[[T, Begin], R]
"""A function at the top of a module, so that it pickles by name. Run again after its worker was killed, it
must begin the same items in the same order."""

TIMEOUT = "timeout"
WORKER_KILLED = "worker-killed"

DEATHS = 3
"""So often may a worker die over one item before the item is given up: once may be the machine's fault."""
POLL_SECONDS = 0.2
AHEAD = 4
"""Tasks a worker that may be done or under way before the oldest result is taken."""
ITEM_BITS = 32
PR_SET_PDEATHSIG = 1


@dataclass(slots=True, eq=False)
class _Task(Generic[T]):
    number: int
    value: T
    deaths: Counter[int] = field(default_factory=Counter)
    given_up: dict[int, str] = field(default_factory=dict)

    def blame(self, item: int, reason: str) -> None:
        """Item 0 is the time before the first one: nothing can be passed over there."""
        self.deaths[item] += 1
        if reason == WORKER_KILLED and self.deaths[item] < DEATHS:
            return
        if item == 0:
            raise WorkerLost(f"workers were killed {DEATHS} times before they began to work: out of memory?")
        self.given_up[item] = reason


@dataclass(slots=True, eq=False)
class _Worker(Generic[T]):
    process: Any
    pipe: Any
    counter: Any
    """Shared with the process: the number of its task, from 1, and in the low bits the item; 0 at rest."""
    tasks: deque[_Task[T]] = field(default_factory=deque)
    at: int = 0
    """The counter as last seen."""
    seconds: float = 0.0
    """How long it stood at `at` while we watched: a suspended machine or a busy parent adds little."""

    def look(self, passed: float) -> None:
        if (seen := self.counter.value) != self.at:
            self.at, self.seconds = seen, 0.0
        elif seen:
            self.seconds += min(passed, 5 * POLL_SECONDS)

    def kill(self) -> None:
        self.process.kill()
        self.process.join()
        self.process.close()
        self.pipe.close()

    def item(self) -> int:
        """The item under way in the first task; 0 if it has begun none."""
        number, item = divmod(self.counter.value, 1 << ITEM_BITS)
        return item if number == self.tasks[0].number + 1 else 0


def map_ordered(
    work: Work[T, R],
    tasks: Iterable[T],
    *,
    jobs: int,
    seconds: float,
    queue: int = 2,
    warm: Callable[[], object] | None = None,
) -> Generator[R, None, None]:
    """`work(task, begin)` of every task, in the order of the tasks, done by `jobs` processes.

    Tasks are taken from their iterator a few ahead of the results, so that memory stays flat. An item
    that takes longer than `seconds` has its worker killed and is given up as "timeout"; one over which a
    worker dies three times is given up as "worker-killed". In both cases the task is done again, and the
    work finds the reason in what `begin()` gives. A worker holds up to `queue` tasks, so that it need not
    wait for the parent between two; let it be 1 where tasks are long. `warm` is called in each process.

    Raises:
        WorkerLost: workers die before they begin an item.
        Exception: whatever `work` raised; the other processes are stopped.
    """
    crew: _Crew[T, R] = _Crew(work, jobs=jobs, seconds=seconds, queue=queue, warm=warm)
    try:
        yield from crew.run(tasks)
    finally:
        crew.stop()


class _Crew(Generic[T, R]):
    """The workers, the tasks that they have, and the results that wait for their turn."""

    def __init__(
        self,
        work: Work[T, R],
        *,
        jobs: int,
        seconds: float,
        queue: int,
        warm: Callable[[], object] | None,
    ) -> None:
        self._work, self._warm, self._seconds = work, warm, seconds
        self._jobs, self._queue = jobs, queue
        self._workers: list[_Worker[T]] = []
        self._again: deque[_Task[T]] = deque()
        self._done: dict[int, R] = {}
        self._taken = 0
        self._looked = time.monotonic()

    def run(self, tasks: Iterable[T]) -> Iterator[R]:
        source, given = iter(tasks), 0
        while True:
            self._feed(source, before=given + self._jobs * AHEAD)
            if given in self._done:
                yield self._done.pop(given)
                given += 1
            elif any(worker.tasks for worker in self._workers):
                self._wait()
            else:
                return

    def stop(self) -> None:
        for worker in self._workers:
            worker.kill()
        self._workers.clear()

    def _feed(self, source: Iterator[T], *, before: int) -> None:
        while self._has_room() and (task := self._next_task(source, before)):
            worker = self._free_worker()
            worker.tasks.append(task)
            with suppress(OSError):  # a dead worker is found by the next wait
                worker.pipe.send((task.number + 1, task.value, task.given_up))

    def _has_room(self) -> bool:
        return len(self._workers) < self._jobs or any(len(w.tasks) < self._queue for w in self._workers)

    def _next_task(self, source: Iterator[T], before: int) -> _Task[T] | None:
        if self._again:
            return self._again.popleft()
        if self._taken >= before:
            return None
        for value in source:
            self._taken += 1
            return _Task(self._taken - 1, value)
        return None

    def _free_worker(self) -> _Worker[T]:
        least = min(self._workers, key=lambda worker: len(worker.tasks), default=None)
        if least is None or (least.tasks and len(self._workers) < self._jobs):
            least = _start_worker(self._work, self._warm)
            self._workers.append(least)
        return least

    def _wait(self) -> None:
        pipes = {worker.pipe: worker for worker in self._workers}
        for pipe in connection.wait(list(pipes), timeout=POLL_SECONDS):
            self._receive(pipes[pipe])
        now = time.monotonic()
        passed, self._looked = now - self._looked, now
        for worker in list(self._workers):
            worker.look(passed)
            if worker.seconds > self._seconds:
                self._bury(worker, TIMEOUT)

    def _receive(self, worker: _Worker[T]) -> None:
        try:
            is_result, value = worker.pipe.recv()
        except (EOFError, OSError):
            self._bury(worker, WORKER_KILLED)
            return
        if not is_result:
            raise value
        self._done[worker.tasks.popleft().number] = value

    def _bury(self, worker: _Worker[T], reason: str) -> None:
        self._workers.remove(worker)
        seen = worker.at
        worker.kill()
        # A worker that went on between our look and its death is not to blame for the item it was at.
        if worker.tasks and (reason != TIMEOUT or worker.counter.value == seen):
            worker.tasks[0].blame(worker.item(), reason)
        self._again.extendleft(reversed(worker.tasks))


def _start_worker(work: Work[T, R], warm: Callable[[], object] | None) -> _Worker[T]:
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    counter = context.RawValue("q", 0)
    process = context.Process(target=_serve, args=(theirs, counter, work), kwargs={"warm": warm}, daemon=True)
    with _one_thread_each(), _interrupts_held():
        process.start()
    theirs.close()  # so that the worker's death ends the pipe
    return _Worker(process, ours, counter)


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Numpy's libraries read these when they are loaded: one process a core is all the threads we want."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Ctrl-C goes to the whole group: a worker that is still starting would print a traceback."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(pipe: Any, counter: Any, work: Work[T, R], *, warm: Callable[[], object] | None) -> None:
    """A worker's life. It ends when the parent closes the pipe, or dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _die_with_parent()
    os.dup2(2, 1)  # standard output is the corpus: nothing that a library prints may get into it
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        is_warm, error = _do_task(_call_warm, warm, str)
        if not is_warm:
            pipe.send((False, error))
        while True:
            number, value, given_up = pipe.recv()
            _answer(pipe, _do_task(work, value, _beginner(counter, number, given_up)), counter)


def _die_with_parent() -> None:
    """A parent that was killed leaves no worker at work in its folder, nor one that is lost in C for ever."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _call_warm(warm: Callable[[], object] | None, begin: Begin) -> None:
    if warm:
        warm()


def _beginner(counter: Any, number: int, given_up: Mapping[int, str]) -> Begin:
    """Counts the items aloud, and knows which of them the engine has given up."""
    counter.value = number << ITEM_BITS

    def begin() -> str:
        counter.value += 1
        return given_up.get(counter.value - (number << ITEM_BITS), "")

    return begin


def _do_task(work: Work[T, R], value: T, begin: Begin) -> tuple[bool, Any]:
    try:
        return True, work(value, begin)
    except Exception as error:  # noqa: BLE001 - a worker's edge: the parent raises it
        error.add_note(f"in a worker:\n{traceback.format_exc()}")
        return False, error


def _answer(pipe: Any, answer: tuple[bool, Any], counter: Any) -> None:
    counter.value = 0
    try:
        pipe.send(answer)
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        pipe.send((False, WorkerLost(f"cannot send back what the work gave ({error}): {answer[1]!r:.500}")))
