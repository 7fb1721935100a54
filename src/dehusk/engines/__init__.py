"""Place any callable somewhere, limit its time, replace a worker that died.

An engine takes work, a function `(task, watch) -> result` that it can pickle by name, and tasks. It knows
nothing of pages: a task is a run of items, and the work says where one begins (`watch.start()`), so that
the engine knows which one to blame.
"""

from __future__ import annotations

from dehusk.engines.local import map_ordered
from dehusk.engines.watch import Watch, Work

__all__ = ["Watch", "Work", "map_ordered"]
