"""Ray: the same functions as tasks of a cluster, or of a Ray that is started on this machine."""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from dehusk.errors import MissingExtra, WorkerLost

T = TypeVar("T")
R = TypeVar("R")
TRIES = 3
AHEAD = 2
"""Tasks a core that are handed over before the oldest result is taken."""


def map_on_ray(act: Callable[[T], R], tasks: Sequence[T], *, jobs: int, address: str = "") -> Iterator[R]:
    """`act(task)` of every task, in the order of the tasks.

    `act` is a function at the top of a module that the machines of the cluster can import, and what it reads
    and writes lies where all of them see it. A task whose worker dies is done again, three times in all.
    `jobs` counts for a Ray that is started here, not for a cluster at `address`.

    Raises:
        MissingExtra: Ray is not installed.
        WorkerLost: a task's workers died three times.
        Exception: whatever `act` raised.
    """
    if not tasks:
        return
    with _connected(jobs, address) as ray:
        run = ray.remote(max_retries=TRIES - 1)(act)
        most = AHEAD * max(1, int(ray.cluster_resources().get("CPU", 1)))
        waiting: deque[Any] = deque()
        for task in tasks:
            if len(waiting) == most:
                yield _take(ray, waiting.popleft())
            waiting.append(run.remote(task))
        while waiting:
            yield _take(ray, waiting.popleft())


def _take(ray: Any, result: Any) -> Any:
    try:
        return ray.get(result)
    except ray.exceptions.RayTaskError as error:
        raise (error.cause if isinstance(error.cause, Exception) else error) from error
    except ray.exceptions.RayError as error:
        raise WorkerLost(f"Ray lost a task {TRIES} times: {error}"[:1000]) from error


@contextmanager
def _connected(jobs: int, address: str) -> Iterator[Any]:
    ray = load_ray()
    was_connected = ray.is_initialized()
    if not was_connected:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        try:
            ray.init(log_to_driver=False, logging_level="ERROR", **_choose_place(jobs, address))
        except (ConnectionError, ValueError, RuntimeError) as error:
            raise WorkerLost(f"no Ray at {address or 'this machine'}: {error}") from error
    try:
        yield ray
    finally:
        if not was_connected:
            ray.shutdown()


def _choose_place(jobs: int, address: str) -> dict[str, Any]:
    """A cluster has its own environment; workers that are started here find what we find."""
    if address:
        return {"address": address}
    path = os.pathsep.join(folder for folder in sys.path if folder)
    environment = {"env_vars": {"PYTHONPATH": path}}
    return {"num_cpus": jobs, "include_dashboard": False, "runtime_env": environment}


def load_ray() -> Any:
    """The package, loaded.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        import ray
    except ImportError:
        raise MissingExtra("--engine ray needs a package: pip install 'dehusk[ray]'") from None
    return ray
