"""Local processes: results in order, a limit on the seconds of an item, and dead workers replaced.

Why not the standard pool: one killed worker breaks it whole, and it cannot stop a worker that is lost
inside a C function. Here the parent watches a counter that each worker writes to shared memory; a worker
that stays on one item for too long is killed, its task is taken up by another behind what it has delivered,
and that item is passed over with a reason.

A task may be of any size: its results are taken as they come, and a worker that is ahead of its turn has to
wait once it has delivered `HELD_BYTES`.
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
import time
import traceback
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from functools import cached_property
from multiprocessing import connection, get_context
from typing import Any, Generic, NamedTuple, TypeVar

from dehusk.engines.forking import ForkServer, die_with, fork_server, interrupts_held, one_thread_each
from dehusk.errors import WorkerLost

T = TypeVar("T")
R = TypeVar("R")


class Start(NamedTuple):
    """What is known of an item that is begun."""

    is_delivered: bool
    """Its results were delivered by a worker that died later: they are not to be given again."""
    given_up: str
    """The reason for which it must be passed over, or ""."""


Begin = Callable[[], Start]
"""Begins the next item of a task."""
Work = Callable[[T, Begin], Iterator[R]]
"""A function at the top of a module, so that it pickles by name: a task -> results, each of items that are
finished, no two at the same item. Run again after its worker was killed, it must begin the same items in the same
order; what it gives at an item whose result was delivered is passed over."""

TIMEOUT = "timeout"
WORKER_KILLED = "worker-killed"

DEATHS = 3
"""So often may a worker die over one item before the item is given up: once may be the machine's fault."""
POLL_SECONDS = 0.2
AHEAD = 4
"""Tasks a worker that may be done or under way before the oldest result is taken."""
HELD_BYTES = 32_000_000
"""What a task may have delivered before its turn."""
ITEM_BITS = 32
RESTING = 1 << 31
"""Set while a worker waits for the parent to take what it delivers: that is not the item's time."""
_HEAD = struct.Struct("<BQ")
"""Of a message to the parent: its kind, the last item that was begun."""
_RESULT, _OVER, _RAISED = range(3)


class Pickled(NamedTuple):
    """A value as it came from a process, for another one: it is not unpickled on the way."""

    body: bytes


@dataclass(slots=True, eq=False)
class _Task:
    number: int
    value: bytes
    """Pickled: a text takes up to four times as much as an object."""
    deaths: Counter[int] = field(default_factory=Counter)
    given_up: dict[int, str] = field(default_factory=dict)
    delivered: int = -1
    """The last item whose results are here; a result may come before the first item."""
    held: deque[bytes] = field(default_factory=deque)
    """Results that wait for their turn, pickled still."""
    held_bytes: int = 0
    is_over: bool = False

    def hold(self, item: int, result: bytes) -> None:
        self.delivered = item
        self.held.append(result)
        self.held_bytes += len(result)

    def take(self) -> bytes:
        result = self.held.popleft()
        self.held_bytes -= len(result)
        return result

    def blame(self, item: int, reason: str) -> None:
        """Item 0 is the time before the first one: nothing can be passed over there."""
        self.deaths[item] += 1
        if reason == WORKER_KILLED and self.deaths[item] < DEATHS:
            return
        if item == 0:
            raise WorkerLost(f"workers were killed {DEATHS} times before they began to work: out of memory?")
        self.given_up[item] = reason


@dataclass(slots=True, eq=False)
class _Worker:
    process: Any
    pipe: Any
    counter: Any
    """Shared with the process: the number of its task, from 1, and in the low bits the item; 0 at rest."""
    task: _Task | None = None
    at: int = 0
    """The counter as last seen."""
    seconds: float = 0.0
    """How long it stood at `at` while we watched: a suspended machine or a busy parent adds little."""

    def look(self, passed: float) -> None:
        if (seen := self.counter.value) != self.at:
            self.at, self.seconds = seen, 0.0
        elif seen and not seen & RESTING:
            self.seconds += min(passed, 5 * POLL_SECONDS)

    def kill(self) -> None:
        self.process.kill()
        self.process.join()
        self.process.close()
        self.pipe.close()

    def item(self) -> int:
        """The item of the task that is under way; 0 if it has begun none."""
        number, item = divmod(self.counter.value & ~RESTING, 1 << ITEM_BITS)
        return item if self.task and number == self.task.number + 1 else 0

    def must_wait(self, turn: int) -> bool:
        """Whether it has delivered enough of a task whose turn has not come."""
        task = self.task
        return task is not None and task.number != turn and task.held_bytes > HELD_BYTES


def map_ordered(
    work: Work[T, R],
    tasks: Iterable[T | Pickled],
    *,
    jobs: int,
    seconds: float,
    warm: Callable[[], None] | None = None,
) -> Generator[R, None, None]:
    """The results of `work(task, begin)` for every task, in the order of the tasks, done by `jobs` processes.

    Tasks are taken from their iterator a few ahead of the results, so that memory stays flat. An item
    that takes longer than `seconds` has its worker killed and is given up as "timeout"; one over which a
    worker dies three times is given up as "worker-killed". In both cases the task is done again, and the
    work finds in what `begin()` gives which items are given up, and which it need not do again. `warm` is
    called in each process.

    Raises:
        WorkerLost: workers die before they begin an item.
        Exception: whatever `work` raised; the other processes are stopped.
    """
    results = map_pickled(work, tasks, jobs=jobs, seconds=seconds, warm=warm)
    with closing(results):
        for result in results:
            yield pickle.loads(result.body)


def map_pickled(
    work: Work[T, R],
    tasks: Iterable[T | Pickled],
    *,
    jobs: int,
    seconds: float,
    warm: Callable[[], None] | None = None,
) -> Generator[Pickled, None, None]:
    """`map_ordered`, but that its results are not unpickled: for tasks of other workers."""
    crew: _Crew[T, R] = _Crew(work, jobs=jobs, seconds=seconds, warm=warm)
    try:
        yield from map(Pickled, crew.run(tasks))
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
        warm: Callable[[], None] | None,
    ) -> None:
        self._work, self._warm, self._seconds = work, warm, seconds
        self._jobs = jobs
        self._held = ExitStack()
        self._workers: list[_Worker] = []
        self._again: deque[_Task] = deque()
        self._open: deque[_Task] = deque()
        """Taken, and not given to the last result: the first one has its turn."""
        self._taken = 0
        self._looked = time.monotonic()

    def run(self, tasks: Iterable[T | Pickled]) -> Iterator[bytes]:
        source = iter(tasks)
        while True:
            self._feed(source)
            if not self._open:
                return
            first = self._open[0]
            if first.held:
                yield first.take()
            elif first.is_over:
                self._open.popleft()
            else:
                self._wait(turn=first.number)

    def stop(self) -> None:
        for worker in self._workers:
            if worker.task is None and self._server:
                self._server.resting.append(worker)
            else:
                worker.kill()
        self._workers.clear()
        self._held.close()

    @cached_property
    def _server(self) -> ForkServer | None:
        """Asked for with the first worker: no tasks start no process."""
        return self._held.enter_context(fork_server(self._warm))

    def _feed(self, source: Iterator[T | Pickled]) -> None:
        while self._has_room() and (task := self._next_task(source)):
            worker = self._free_worker()
            worker.task = task
            # Only to a worker that waits for one: to send to a busy one, while it sends to us, would block both.
            with suppress(OSError):  # a dead worker is found by the next wait
                worker.pipe.send((self._work, task.number + 1, task.given_up, task.delivered))
                worker.pipe.send_bytes(task.value)

    def _has_room(self) -> bool:
        return len(self._workers) < self._jobs or any(worker.task is None for worker in self._workers)

    def _next_task(self, source: Iterator[T | Pickled]) -> _Task | None:
        if self._again:
            return self._again.popleft()
        if len(self._open) >= self._jobs * AHEAD:
            return None
        for value in source:
            body = value.body if isinstance(value, Pickled) else pickle.dumps(value)
            self._open.append(_Task(self._taken, body))
            self._taken += 1
            return self._open[-1]
        return None

    def _free_worker(self) -> _Worker:
        worker = next((worker for worker in self._workers if worker.task is None), None)
        if worker is None:
            rested = self._server.take_resting() if self._server else None
            worker = rested or _start_worker(self._warm, self._server)
            self._workers.append(worker)
        return worker

    def _wait(self, turn: int) -> None:
        pipes = {worker.pipe: worker for worker in self._workers if not worker.must_wait(turn)}
        for pipe in connection.wait(list(pipes), timeout=POLL_SECONDS):
            self._receive(pipes[pipe])
        now = time.monotonic()
        passed, self._looked = now - self._looked, now
        for worker in list(self._workers):
            worker.look(passed)
            if worker.seconds > self._seconds:
                self._bury(worker, TIMEOUT)

    def _receive(self, worker: _Worker) -> None:
        try:
            message = worker.pipe.recv_bytes()
        except (EOFError, OSError):
            self._bury(worker, WORKER_KILLED)
            return
        kind, item = _HEAD.unpack_from(message)
        if kind == _RAISED:
            raise pickle.loads(message[_HEAD.size :])
        assert worker.task is not None  # it tells of nothing else
        if kind == _RESULT:
            worker.task.hold(item, message[_HEAD.size :])
        else:
            worker.task.is_over = True
            worker.task = None

    def _bury(self, worker: _Worker, reason: str) -> None:
        self._workers.remove(worker)
        seen = worker.at
        worker.kill()
        if worker.task is None:
            return
        # A worker that went on between our look and its death was not lost in the item it was at.
        if reason != TIMEOUT or worker.counter.value == seen:
            worker.task.blame(worker.item(), reason)
        self._again.appendleft(worker.task)


def _start_worker(warm: Callable[[], None] | None, server: ForkServer | None) -> _Worker:
    if server:
        return _Worker(*server.start(_serve, warm=warm, parent=0))
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    counter = context.RawValue("q", 0)
    options = {"warm": warm, "parent": os.getpid()}
    process = context.Process(target=_serve, args=(theirs, counter), kwargs=options, daemon=True)
    with one_thread_each(), interrupts_held():
        process.start()
    theirs.close()  # so that the worker's death ends the pipe
    return _Worker(process, ours, counter)


def _serve(pipe: Any, counter: Any, *, warm: Callable[[], None] | None, parent: int) -> None:
    """A worker's life. It ends when the parent closes the pipe, or dies; 0: whoever forked it has seen to that."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if parent:
        die_with(parent)
    os.dup2(2, 1)  # standard output is the corpus: nothing that a library prints may get into it
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        _telling(pipe, lambda: warm() if warm else None)
        while True:
            head = pipe.recv()
            _telling(pipe, lambda: _do_task(pipe, counter, head))  # noqa: B023 - called at once


def _telling(pipe: Any, act: Callable[[], object]) -> None:
    """Errors of the work are the parent's to raise; that it is gone is none."""
    try:
        act()
    except (BrokenPipeError, ConnectionResetError):
        raise
    except Exception as error:  # noqa: BLE001 - a worker's edge
        error.add_note(f"in a worker:\n{traceback.format_exc()}")
        _send(pipe, _RAISED, error)


def _do_task(pipe: Any, counter: Any, head: tuple[Work[T, R], int, dict[int, str], int]) -> None:
    work, number, given_up, delivered = head
    counter.value = number << ITEM_BITS

    def begin() -> Start:
        """Counts the items aloud, and knows which of them are given up or delivered."""
        counter.value += 1
        item = counter.value - (number << ITEM_BITS)
        return Start(item <= delivered, given_up.get(item, ""))

    for result in work(pickle.loads(pipe.recv_bytes()), begin):
        item = counter.value - (number << ITEM_BITS)
        if item <= delivered:  # its worker died before it could tell that this was the last
            continue
        counter.value |= RESTING
        _send(pipe, _RESULT, result, item=item)
        del result  # before the next one is made
        counter.value &= ~RESTING
    counter.value = 0
    _send(pipe, _OVER, None)


def _send(pipe: Any, kind: int, value: Any, *, item: int = 0) -> None:
    try:
        body = pickle.dumps(value)
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        text = f"cannot send back what the work gave ({error}): {value!r:.500}"
        kind, body = _RAISED, pickle.dumps(WorkerLost(text))
    pipe.send_bytes(_HEAD.pack(kind, item) + body)
