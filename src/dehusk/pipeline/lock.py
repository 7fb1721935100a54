"""One run at a time in one folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dehusk.errors import RecordWriteError, RunRefused


@contextmanager
def locked_folder(folder: Path) -> Iterator[None]:
    """Make the folder, and hold it until the block ends or the process dies.

    The lock is on the folder itself: nothing is left behind. Where the system or the file system has no
    such locks (Windows, some network folders), nothing is held.

    Raises:
        RunRefused: another run holds it, or there is a file of that name.
        RecordWriteError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise RunRefused(f"{folder} is a file: choose another name for the folder") from None
    except OSError as error:
        raise RecordWriteError(f"cannot make {folder}: {error.strerror}") from error
    try:
        import fcntl
    except ImportError:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise RunRefused(f"another run is at work in {folder}: wait, or choose another folder") from None
    except OSError:
        pass  # a file system without locks
    try:
        yield
    finally:
        os.close(handle)
