"""Place any callable somewhere, limit its time, replace a worker that died.

An engine takes tasks and work, a function `(task, begin) -> results`. It knows nothing of pages: a task is
a run of items, and the work says where each begins, so that the engine knows which one to blame.
"""

from __future__ import annotations

from dehusk.engines.forking import fork_server
from dehusk.engines.local import Begin, Pickled, map_ordered, map_pickled
from dehusk.engines.ray import load_ray, map_on_ray

__all__ = [
    "Begin",
    "Pickled",
    "fork_server",
    "load_ray",
    "map_on_ray",
    "map_ordered",
    "map_pickled",
]
