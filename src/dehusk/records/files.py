"""Files that are whole when they carry their name, and lines of text in them, compressed or not."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import secrets
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, cast

from dehusk.errors import DehuskError, RecordWriteError, UnreadablePage
from dehusk.records.locks import take_lock
from dehusk.zstd import ZSTD_BYTES, load_zstandard

TEMPORARY = ".dehusk-*.part"
"""The names of files that are not whole yet; of a process that was killed they are left."""
_STANDARD = {"/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2}
_STREAM_RE = re.compile(r"/dev/std(?:in|out|err)|(?:/dev|/proc/(self|thread-self|\d+))/fd/(\d+)")
_MOST_LINKS = 40


@contextmanager
def atomic_file(path: str | Path) -> Iterator[BinaryIO]:
    """A binary file for writing that takes its name when the block ends well, and is gone if it does not.

    A device, FIFO or socket (`/dev/null`) is written to as it is, and so is a file that is open already, by the name
    of its descriptor (`/dev/stdout`, `/dev/fd/63`); a symbolic link stays and its target is replaced.

    Raises:
        RecordWriteError: the file cannot be made, written, synced or renamed.
    """
    if "\0" in str(path):
        raise RecordWriteError(f"cannot write {path}: a NUL in its name")
    stream = find_stream(path)
    target = Path(path).resolve()
    with as_write_error(path):
        if stream:
            with _open_stream(stream) as file:
                yield file
            return
        if target.exists() and not target.is_file():
            with target.open("wb") as file:
                yield file
            return
        temporary = target.with_name(TEMPORARY.replace("*", secrets.token_hex(6)))
        try:
            with temporary.open("xb") as file:
                take_lock(file.fileno())  # for list_left_over
                yield file
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(target)
            sync_folder(target.parent)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise


def list_left_over(folder: Path) -> list[Path]:
    """Files in it that are not whole, and that nobody writes any more; without locks, all that are not whole."""
    return [path for path in sorted(folder.glob(TEMPORARY)) if _is_left(path)]


def _is_left(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return take_lock(file.fileno())
    except OSError:
        return False


def find_stream(path: str | Path) -> str:
    """The name of an open file's descriptor that a path is, or leads to by links; "" for any other path.

    >>> find_stream("/dev/stdout"), find_stream("/dev/fd/63"), find_stream("/dev/null")
    ('/dev/stdout', '/dev/fd/63', '')
    """
    name = os.path.abspath(path)  # noqa: PTH100 - resolved it would be the file behind the descriptor
    for _ in range(_MOST_LINKS):
        if _STREAM_RE.fullmatch(name):
            return name
        if not os.path.islink(name):  # noqa: PTH114
            break
        name = os.path.abspath(Path(name).parent / os.readlink(name))  # noqa: PTH100, PTH115
    return ""


def _open_stream(name: str) -> BinaryIO:
    """At its end, wherever that is: opened anew, a log would be cut off and written from its start."""
    of_process, number = cast("re.Match[str]", _STREAM_RE.fullmatch(name)).groups()
    if of_process not in (None, "self", "thread-self", str(os.getpid())):
        return Path(name).open("ab")
    return os.fdopen(os.dup(int(number or _STANDARD[name])), "wb")


@contextmanager
def as_write_error(path: str | Path) -> Iterator[None]:
    """Errors of the system in the block come as those of writing `path`."""
    try:
        yield
    except OSError as error:
        # An error that names another file is the caller's own: it reads while we write.
        is_foreign = error.filename is not None and Path(error.filename).parent != Path(path).resolve().parent
        if isinstance(error, (BrokenPipeError, DehuskError)) or is_foreign:
            raise
        raise RecordWriteError(f"cannot write {path}: {error.strerror or error}") from error


def sync_folder(folder: Path) -> None:
    """Make renames in `folder` survive a power cut, where the system can (not on Windows)."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def write_lines(path: str | Path) -> Iterator[Callable[[str], object]]:
    """A function that writes one line to `path`, which is compressed if its name ends in .gz or .zst.

    Equal lines give equal bytes: the gzip header bears neither time nor name.

    Raises:
        RecordWriteError: the file cannot be written.
        MissingExtra: the name ends in .zst and no zstandard package is installed.
    """
    with atomic_file(path) as raw, _compressed(raw, find_ending(path)) as file:
        yield lambda line: file.write(line.encode() + b"\n")


def _compressed(raw: BinaryIO, ending: str) -> AbstractContextManager[BinaryIO]:
    if ending == ".gz":
        gzip_file, level, _ = _choose_gzip()
        packed = gzip_file(filename="", mode="wb", compresslevel=level, fileobj=raw, mtime=0)
        return cast("AbstractContextManager[BinaryIO]", packed)
    if ending == ".zst":
        return cast("AbstractContextManager[BinaryIO]", load_zstandard().open(raw, "wb", closefd=False))
    return _left_open(raw)


@cache
def _choose_gzip() -> tuple[Any, int, Any]:
    """The class of packed files, the level at which they are packed, and what is raised for damaged ones.

    isal's level 3 takes a third of the time of zlib's level 4, that two fifths of its level 6; each makes files grow
    by 5 %.
    """
    try:
        from isal.igzip import IGzipFile
        from isal.igzip_lib import IsalError
    except ImportError:
        return gzip.GzipFile, 4, zlib.error
    return IGzipFile, 3, IsalError


@contextmanager
def _left_open(raw: BinaryIO) -> Iterator[BinaryIO]:
    yield raw


class _ZstdFrames(io.RawIOBase):
    """What zstd frames hold, one after another; the package's own file takes one that is cut off for whole."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw, self._unpacked = raw, memoryview(b"")
        self._make_frame = load_zstandard().ZstdDecompressor().decompressobj
        self._frame: Any = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        while not self._unpacked:
            if is_between := self._frame is None or self._frame.eof:
                data = (self._frame.unused_data if self._frame else b"") or self._raw.read(ZSTD_BYTES)
                self._frame = self._make_frame() if data else self._frame
            else:
                data = self._raw.read(ZSTD_BYTES)
            if not data:
                if is_between:
                    return 0
                raise EOFError("its last frame ends early")
            self._unpacked = memoryview(self._frame.decompress(data))
        size = min(len(buffer), len(self._unpacked))
        buffer[:size], self._unpacked = self._unpacked[:size], self._unpacked[size:]
        return size


@contextmanager
def open_lines(path: str | Path) -> Iterator[Iterator[bytes]]:
    """The lines of a file, as bytes, packed or not; only \\n ends one.

    Raises:
        UnreadablePage: "corrupt", from the lines too: the file is damaged, cut off, or not packed as its name says.
        MissingExtra: the name ends in .zst and no zstandard package is installed.
        OSError: the file cannot be opened.
    """
    ending = find_ending(path)
    with Path(path).open("rb") as raw:
        if ending in (".gz", ".zst") and not os.fstat(raw.fileno()).st_size:
            raise UnreadablePage(str(path), "corrupt", "it is empty: packed, even no lines are some bytes")
        if ending == ".gz":
            gzip_file, _, damage = _choose_gzip()
            with as_corrupt(path, EOFError, gzip.BadGzipFile, damage), gzip_file(fileobj=raw) as file:
                yield iter(file)
        elif ending == ".zst":
            damage = load_zstandard().ZstdError
            with as_corrupt(path, EOFError, damage), io.BufferedReader(_ZstdFrames(raw)) as lines:
                yield iter(lines)
        else:
            yield iter(raw)


@contextmanager
def as_corrupt(path: str | Path, *kinds: type[Exception]) -> Iterator[None]:
    """Errors of these kinds in the block come as that of a damaged `path`: every package has its own."""
    try:
        yield
    except UnreadablePage:  # a ValueError that says what it is
        raise
    except kinds as error:
        why = f"it has no {error}" if isinstance(error, KeyError) else error
        raise UnreadablePage(str(path), "corrupt", f"it is damaged or cut off: {why}") from error


def find_ending(path: str | Path) -> str:
    """What the name says of how a file is packed or laid out, in small letters.

    >>> find_ending("CORPUS.JSONL.GZ")
    '.gz'
    """
    return Path(path).suffix.lower()


def write_json(path: str | Path, value: Any) -> None:
    """One JSON document, indented for people, keys in the order given."""
    try:
        data = json.dumps(value, ensure_ascii=False, indent=1).encode()
    except UnicodeEncodeError:  # a path or pattern of bytes that are not UTF-8
        data = json.dumps(value, indent=1).encode()
    with atomic_file(path) as file:
        file.write(data + b"\n")


def read_json(path: str | Path) -> Any:
    """What `write_json` wrote.

    Raises:
        UnreadablePage: "corrupt": it is no JSON.
        OSError: the file cannot be opened.
    """
    with as_corrupt(path, ValueError, RecursionError):
        return json.loads(Path(path).read_bytes())
