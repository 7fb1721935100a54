"""Locks on open files, where the system and the file system have them."""

from __future__ import annotations

from typing import Any


def take_lock(handle: int) -> bool:
    """Hold an open file or folder until it is closed or the process dies; False if another holds it.

    Where there are no such locks (Windows, some network folders), nothing is held, and it is True.
    """
    locks = load_locks()
    if locks is None:
        return True
    try:
        locks.flock(handle, locks.LOCK_EX | locks.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # a file system without locks
    return True


def load_locks() -> Any:
    """The module that has them; None where the system has none."""
    try:
        import fcntl
    except ImportError:
        return None
    return fcntl
