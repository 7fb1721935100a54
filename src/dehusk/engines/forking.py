"""A process that has loaded all that work needs, and forks the workers: each of them is ready in milliseconds.

Why not the standard library's: it is one for the whole program, whose user may have his own in it, and the time
that its processes took is nobody's when it ends. Where forking is not safe (macOS, Windows) there is none, and
each worker loads all for itself.
"""

from __future__ import annotations

import ctypes
import gc
import mmap
import os
import pickle
import pkgutil
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import get_context, reduction, resource_tracker
from multiprocessing.connection import Connection
from typing import Any, NamedTuple, NoReturn

from dehusk.errors import WorkerLost

CAN_FORK = sys.platform == "linux"
PR_SET_PDEATHSIG = 1
_COUNTER_BYTES = 8


class Forked(NamedTuple):
    """A worker, with the methods of a process that an engine calls."""

    pid: int
    parent: int | None
    """The process that forked it; once that is dead, so is this one."""
    server: ForkServer

    def kill(self) -> None:
        if self.server.is_by(self.parent):
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def join(self) -> None:
        """Forget it: only now may its number be given to another process."""
        if self.server.is_by(self.parent):
            self.server.reap(self.pid)

    def close(self) -> None:
        """It holds nothing."""


class ForkServer:
    """The process that forks, started by the first call and again when it was killed.

    `warm` names what is called in it first, as "module:function"; an error in that is none here, since a worker
    calls it too.
    """

    def __init__(self, warm: str) -> None:
        self._warm = warm
        self._lock = threading.Lock()
        self.owner = os.getpid()
        self.resting: list[Any] = []
        """Workers that whoever started them needs no more, for the next who asks."""
        self._launch()

    def start(self, serve: Callable[..., object], **options: Any) -> tuple[Forked, Connection, Any]:
        """A new process that does `serve(pipe, counter, **options)`; the other end of the pipe, and the counter.

        The counter is a number of 64 bits that both see, `value`.

        Raises:
            WorkerLost: no process can be had.
        """
        body = pickle.dumps((serve, options))
        context = get_context("spawn")
        for is_last in (False, True):
            ours, theirs = context.Pipe()
            shared = os.memfd_create("counter")
            try:
                os.truncate(shared, _COUNTER_BYTES)
                pid = self._ask(body, (theirs.fileno(), shared))
                return Forked(pid, self._process.pid, self), ours, _map_counter(shared)
            except (EOFError, OSError) as error:  # it was killed
                ours.close()
                if is_last:
                    raise WorkerLost(f"no worker can be started: {error or 'killed at once'}") from error
                self.stop()
                self._launch()
            finally:
                theirs.close()  # so that the worker's death ends the pipe
                os.close(shared)
        raise AssertionError("unreachable")

    def take_resting(self) -> Any:
        """A worker that rests, or None."""
        if self.resting and not self.is_by(self._process.pid):
            self.resting.clear()  # they died with it
        return self.resting.pop() if self.resting else None

    def is_by(self, process: int | None) -> bool:
        """Whether that process is the one that forks, and alive."""
        return self._process.pid == process and self._process.is_alive()

    def reap(self, pid: int) -> None:
        with suppress(EOFError, OSError):
            self._ask(pid)

    def stop(self) -> None:
        """End it, and all workers that are left; those that rest one by one, so that their time is counted here."""
        for worker in self.resting:
            worker.kill()
        self.resting.clear()
        self._process.kill()
        self._process.join()
        self._process.close()
        self._control.close()

    def _launch(self) -> None:
        context = get_context("spawn")
        self._control, theirs = context.Pipe()
        self._process = context.Process(
            target=_serve_forks, args=(theirs, self._warm, os.getpid()), daemon=True
        )
        with one_thread_each(), interrupts_held():
            self._process.start()
        theirs.close()

    def _ask(self, request: bytes | int, handles: tuple[int, ...] = ()) -> int:
        with self._lock:
            try:
                self._control.send(request)
                for handle in handles:
                    reduction.send_handle(self._control, handle, self._process.pid)
                return int(self._control.recv())
            except BaseException:  # interrupted, say: the next answer would be taken for another's
                self._process.kill()
                raise


_shared: list[ForkServer] = []
_holders = 0
_lock = threading.Lock()


@contextmanager
def fork_server(warm: Callable[[], None] | str | None) -> Iterator[ForkServer | None]:
    """This process's server: started for the first who asks, stopped after the last. None where nothing forks.

    `warm`, of the first who asks, is called in it before anything else; "module:function" need not be loaded here.
    """
    if not CAN_FORK:
        yield None
        return
    global _holders
    with _lock:
        if not _shared or _shared[0].owner != os.getpid():  # a forked process has none of its own
            _shared[:], _holders = [ForkServer(_name(warm))], 0
        _holders += 1
        (server,) = _shared
    try:
        yield server
    finally:
        with _lock:
            _holders -= 1
            if not _holders:
                _shared.clear()
                server.stop()


def _name(function: Callable[[], None] | str | None) -> str:
    return f"{function.__module__}:{function.__qualname__}" if callable(function) else function or ""


def _serve_forks(control: Connection, warm: str, parent: int) -> None:
    """The server's life. Each request is a process to fork, or the number of one that is dead."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    die_with(parent)
    os.dup2(2, 1)  # standard output is the corpus: nothing that a library prints may get into it
    with suppress(Exception):  # a worker will try again, and be heard
        pkgutil.resolve_name(warm)()
    gc.freeze()  # what is here already is nobody's garbage, and its pages stay shared
    with suppress(EOFError, OSError):
        while True:
            control.send(_answer(control, control.recv()))


def _answer(control: Connection, request: bytes | int) -> int:
    if isinstance(request, int):
        return os.waitpid(request, 0)[1]
    pipe, shared = reduction.recv_handle(control), reduction.recv_handle(control)
    with suppress(Exception):  # load it once for all of them; who cannot, dies of it
        pickle.loads(request)
    server = os.getpid()
    pid = os.fork()
    if not pid:
        control.close()
        _be_forked(request, Connection(pipe), shared, server=server)
    os.close(pipe)
    os.close(shared)
    return pid


def _be_forked(request: bytes, pipe: Connection, shared: int, *, server: int) -> NoReturn:
    status = 1
    try:
        die_with(server)
        serve, options = pickle.loads(request)
        serve(pipe, _map_counter(shared), **options)
        status = 0
    except BaseException:  # noqa: BLE001 - a process's edge: what is behind us on the stack is the server's
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _map_counter(handle: int) -> Any:
    return ctypes.c_int64.from_buffer(mmap.mmap(handle, _COUNTER_BYTES))


def die_with(parent: int) -> None:
    """A parent that was killed leaves no process at work in its folder, nor one that is lost in C for ever."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before we could ask for that
            os._exit(1)


@contextmanager
def one_thread_each() -> Iterator[None]:
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
def interrupts_held() -> Iterator[None]:
    """Ctrl-C goes to the whole group: a process that is still starting would print a traceback.

    The first process that is started starts multiprocessing's tracker too, which lets interrupts through again when
    it is there: it has to be there before.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
