"""One run at a time in one folder, and one at a time that writes to one file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dehusk.errors import RecordWriteError, RunRefused
from dehusk.records import load_locks, take_lock


@contextmanager
def locked_folder(folder: Path) -> Iterator[None]:
    """Make the folder, and hold it until the block ends or the process dies.

    The lock is on the folder itself: nothing is left behind. Where the system or the file system has no
    such locks (Windows, some network folders), nothing is held.

    Raises:
        RunRefused: another run holds it, or there is a file of that name.
        RecordWriteError: it cannot be made, or not be opened.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise RunRefused(f"{folder} is a file: choose another name for the folder") from None
    except OSError as error:
        raise RecordWriteError(f"cannot make {folder}: {error.strerror}") from error
    if load_locks() is None:  # Windows, where no folder can be opened, either
        yield
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise RecordWriteError(f"cannot open {folder}: {error.strerror}") from error
    with _held(handle, f"another run is at work in {folder}: wait, or choose another folder"):
        yield


@contextmanager
def locked_file(path: Path) -> Iterator[None]:
    """Hold a file that is replaced as a whole, until the block ends or the process dies.

    The lock is on a hidden file beside it, which is removed at the end; one that a killed run left behind
    holds nobody up. Where there are no such locks, nothing is held.

    Raises:
        RunRefused: another run holds it.
        RecordWriteError: its folder cannot be written to.
    """
    real = Path(os.path.realpath(path))  # whoever comes through a link wants the same file
    beside = real.with_name(f".{real.name}.lock")
    refusal = f"another run is writing to {path}: wait until it is done, or give another index"
    while True:
        try:
            handle = os.open(beside, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise RecordWriteError(f"cannot write beside {path}: {error.strerror}") from error
        with _held(handle, refusal):
            if not _is_at(handle, beside):  # the run before us removed it while we waited for nothing
                continue
            try:
                yield
            finally:
                with suppress(OSError):
                    beside.unlink()
            return


def _is_at(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except OSError:
        return False


@contextmanager
def _held(handle: int, refusal: str) -> Iterator[None]:
    """Hold a lock on an open file or folder, and close it at the end."""
    try:
        if not take_lock(handle):
            raise RunRefused(refusal)
        yield
    finally:
        os.close(handle)
