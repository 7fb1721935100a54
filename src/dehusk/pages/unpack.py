"""Compressed bytes -> bytes, a piece at a time and never more than was asked for.

Every reader here counts what went in and what came out, so that a bomb is found while it is small.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from dehusk.errors import UnreadablePage
from dehusk.model import Dropped, Limits, Page
from dehusk.zstd import ZSTD_BYTES, load_zstandard

FEED_BYTES = 16_384
"""Compressed bytes at a time: what follows a member is copied, and a hostile file has many tiny ones."""
PIECE_BYTES = 262_144
RATIO_FREE_BYTES = 10_000_000
"""Below so much output a ratio says nothing: a page of white space may well be 1:1,000."""
DICTIONARY_MAGIC = b"\x5d\x2a\x4d\x18"
MAX_DICTIONARY_BYTES = 16_000_000


class Source(Protocol):
    """What bytes are read from; at its end it gives b""."""

    def read(self, size: int, /) -> bytes: ...


def read_up_to(source: Source, size: int) -> bytes:
    """`size` bytes, fewer only at the end: one read of a pipe gives what there is just then.

    A piece at a time: some readers make room for all that is asked for, which for a small record is most of its cost.
    """
    pieces: list[bytes] = []
    while size > 0 and (piece := source.read(min(size, PIECE_BYTES))):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


@dataclass(slots=True)
class Meter:
    """What one input has cost so far, over all layers of archives and compression in it.

    Every layer is held to `Limits.ratio` by itself, with the member that is over it failing alone; this is
    for bombs of many layers or many members, and ends the input.
    """

    name: str
    limits: Limits
    taken_bytes: int = 0
    """Read from the file."""
    given_bytes: int = 0
    """Unpacked, by any layer."""

    def give(self, count: int) -> None:
        self.given_bytes += count
        if self.given_bytes > max(10 * RATIO_FREE_BYTES, self.limits.ratio * self.taken_bytes):
            detail = f"unpacks to more than {self.limits.ratio:g} times its bytes"
            raise UnreadablePage(self.name, "ratio", detail)
        if self.given_bytes > self.limits.unpacked:
            detail = f"unpacks to more than {self.limits.unpacked:,} bytes"
            raise UnreadablePage(self.name, "unpacked", detail)


class Reader(Protocol):
    """Reads what is inside an archive or a crawl, on the account of the input that holds it."""

    @property
    def meter(self) -> Meter: ...

    def read(self, source: Source, page: Page, name: str) -> Iterator[Page | Dropped]:
        """What a source is: `page` has what is known of it, `name` is a member's, or the URL of a body."""
        ...


class Counted:
    """A source that counts for the meter what is read from it."""

    def __init__(self, source: Source, meter: Meter) -> None:
        self._source, self._meter = source, meter

    def read(self, size: int, /) -> bytes:
        data = self._source.read(size)
        self._meter.taken_bytes += len(data)
        return data


class _Decoder(Protocol):
    """One compressed stream (a gzip member, a frame) as zlib, bz2 and lzma have it."""

    eof: bool
    unused_data: bytes

    def pull(self, data: bytes, size: int) -> bytes: ...

    def has_more(self) -> bool: ...


def _load_inflate() -> Any:
    """What unpacks as zlib does in half the time; zlib itself on processors for which that is not made."""
    try:
        from isal import isal_zlib
    except ImportError:
        return zlib
    return isal_zlib


_INFLATE = _load_inflate()


class _Gzip:
    def __init__(self) -> None:
        self._inner = _INFLATE.decompressobj(wbits=31)

    eof = property(lambda self: self._inner.eof)
    unused_data = property(lambda self: self._inner.unused_data)

    def pull(self, data: bytes, size: int) -> bytes:
        return bytes(self._inner.decompress(self._inner.unconsumed_tail + data, size))

    def has_more(self) -> bool:
        return bool(self._inner.unconsumed_tail)


class _Buffered:
    """bz2 and lzma keep what they did not use themselves."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    eof = property(lambda self: self._inner.eof)
    unused_data = property(lambda self: self._inner.unused_data)

    def pull(self, data: bytes, size: int) -> bytes:
        return bytes(self._inner.decompress(data, size))

    def has_more(self) -> bool:
        return not self._inner.needs_input and not self._inner.eof


class _Zstd:
    def __init__(self, dictionary: bytes = b"") -> None:
        zstandard = load_zstandard()
        self._error: type[Exception] = zstandard.ZstdError
        held = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
        self._inner = zstandard.ZstdDecompressor(dict_data=held).decompressobj()
        self._left = b""
        self._ready = memoryview(b"")
        """What was unpacked and is not given yet: it cannot be told to stop."""

    eof = property(lambda self: self._inner.eof and not self._ready)
    unused_data = property(lambda self: self._inner.unused_data + self._left)

    def pull(self, data: bytes, size: int) -> bytes:
        waiting = self._left + data
        if self._ready:
            self._left = waiting
            return self._give(size)
        feed, self._left = waiting[:ZSTD_BYTES], waiting[ZSTD_BYTES:]
        try:
            self._ready = memoryview(self._inner.decompress(feed))
            return self._give(size)
        except self._error as error:
            if "too much memory" in str(error):
                raise NotImplementedError(_LONG_WINDOW) from error
            raise ValueError(str(error)) from error

    def _give(self, size: int) -> bytes:
        given, self._ready = self._ready[:size], self._ready[size:]
        return bytes(given)

    def has_more(self) -> bool:
        return bool(self._ready) or (bool(self._left) and not self._inner.eof)


_LONG_WINDOW = "it was packed with a window of more than 128 MB: unpack it first, with zstd -d --long=31"


DECODERS: dict[str, Callable[[], _Decoder]] = {
    "gzip": _Gzip,
    "bzip2": lambda: _Buffered(bz2.BZ2Decompressor()),
    "xz": lambda: _Buffered(lzma.LZMADecompressor()),
    "zstd": _Zstd,
}
MAGIC: dict[str, tuple[bytes, ...]] = {
    "gzip": (b"\x1f\x8b",),
    "bzip2": (b"BZh",),
    "xz": (b"\xfd7zXZ\x00",),
    # Frames that a reader must skip may stand between the others.
    "zstd": (b"\x28\xb5\x2f\xfd", *(bytes([0x50 + n]) + b"\x2a\x4d\x18" for n in range(16))),
}
MEMBER_STARTS = {kind: magics[0] for kind, magics in MAGIC.items()} | {"gzip": b"\x1f\x8b\x08"}
"""For what is sought among other bytes: two of them stand everywhere."""
DECODE_ERRORS = (
    zlib.error, _INFLATE.error, OSError, lzma.LZMAError, ValueError, EOFError, NotImplementedError,
)  # fmt: skip


class Unpacked:
    """A compressed source as a plain one: members one after another, what follows the last is ignored.

    With `stops` it ends with each member, and `start_next` goes on to the one after it; `member_start` is
    where in the source the current one begins. `read` raises UnreadablePage: "truncated", "corrupt", or
    "ratio" for a bomb.
    """

    def __init__(self, source: Source, kind: str, *, meter: Meter, name: str, stops: bool = False) -> None:
        self._source, self._kind, self._name, self._meter = source, kind, name, meter
        self.stops, self.member_start = stops, 0
        self._taken_bytes = self._given_bytes = 0
        self._fed = b""
        self._is_done = False
        self._make_decoder = DECODERS[kind]
        self._pending = self._begin_dictionary() if kind == "zstd" else b""
        self._decoder = self._make_decoder()

    def read(self, size: int, /) -> bytes:
        """About `size` bytes, never more, b"" only at the end."""
        while not self._is_done:
            if self._decoder.eof:
                if self.stops or not self.start_next():
                    return b""
                continue
            had_more = self._decoder.has_more()
            data = b"" if had_more else self._take()
            given = self._pull(data, min(size, PIECE_BYTES))
            if given:
                return given
            if not data and not had_more and not self._decoder.eof:
                raise UnreadablePage(self._name, "truncated", f"the {self._kind} stream ends early")
        return b""

    def start_next(self) -> bool:
        """Whether another member follows the one that was read, after zeros that pad a block.

        Other bytes are ignored, as gzip does, where they are all that is left; but what stands between members, or
        where each of them is a record, is damage.
        """
        rest = self._decoder.unused_data.lstrip(b"\x00")
        while len(rest) < len(MAGIC[self._kind][0]):
            more = self._fetch()
            if not more:
                break
            rest = (rest + more).lstrip(b"\x00")
        if rest.startswith(MAGIC[self._kind]):
            return self._start(rest)
        self._fed, self.member_start = rest, self._taken_bytes - len(rest)
        if rest and (self.stops or self.find_next()):
            raise UnreadablePage(
                self._name, "corrupt", f"something else stands where a {self._kind} member should"
            )
        return self._end()

    def find_next(self) -> bool:
        """Whether another member begins somewhere behind one that proved corrupt."""
        magic = MEMBER_STARTS[self._kind]
        rest = self._fed[1:] if self._fed.startswith(magic) else self._fed
        while (at := rest.find(magic)) < 0:
            more = self._fetch()
            if not more:
                return self._end()
            rest = rest[1 - len(magic) :] + more
        return self._start(rest[at:])

    def _start(self, rest: bytes) -> bool:
        self.member_start = self._taken_bytes - len(rest)
        self._decoder, self._pending = self._make_decoder(), rest
        return True

    def _end(self) -> bool:
        self._is_done = True
        return False

    def _fetch(self) -> bytes:
        data = self._source.read(FEED_BYTES)
        self._taken_bytes += len(data)
        return data

    def _take(self) -> bytes:
        self._fed = self._pending or self._fetch()
        self._pending = b""
        return self._fed

    def _pull(self, data: bytes, size: int) -> bytes:
        try:
            given = self._decoder.pull(data, size)
        except DECODE_ERRORS as error:
            if isinstance(error, NotImplementedError):
                raise UnreadablePage(self._name, "unsupported", str(error)) from error
            raise UnreadablePage(
                self._name, "corrupt", f"not a whole {self._kind} stream: {error}"
            ) from error
        self._given_bytes += len(given)
        ratio = self._meter.limits.ratio
        if self._given_bytes > max(RATIO_FREE_BYTES, ratio * self._taken_bytes):
            raise UnreadablePage(
                self._name, "ratio", f"unpacks to more than {ratio:g} times its {self._kind} bytes"
            )
        self._meter.give(len(given))
        return given

    def _begin_dictionary(self) -> bytes:
        """Take in the dictionary that the first frame of a packed crawl may be; gives what was read beyond.

        Source: https://iipc.github.io/warc-specifications/specifications/warc-zstd/
        """
        data = b""
        while len(data) < 8 and (more := self._fetch()):
            data += more
        if not data.startswith(DICTIONARY_MAGIC):
            return data
        end = 8 + int.from_bytes(data[4:8], "little")
        while len(data) < end <= MAX_DICTIONARY_BYTES and (more := self._fetch()):
            data += more
        if len(data) < end:
            raise UnreadablePage(self._name, "corrupt", "its zstd dictionary is cut off or too large")
        self._make_decoder = partial(_Zstd, self._unpack_dictionary(data[8:end]))
        self.member_start = end
        return data[end:]

    def _unpack_dictionary(self, data: bytes) -> bytes:
        if not data.startswith(MAGIC["zstd"][0]):
            return data
        decoder, dictionary = _Zstd(), b""
        try:
            while len(dictionary) < MAX_DICTIONARY_BYTES and (data or decoder.has_more()):
                dictionary, data = dictionary + decoder.pull(data, FEED_BYTES), b""
        except DECODE_ERRORS as error:
            raise UnreadablePage(self._name, "corrupt", f"its zstd dictionary: {error}") from error
        return dictionary
