"""Compressed bytes -> bytes, a piece at a time and never more than was asked for.

Every reader here counts what went in and what came out, so that a bomb is found while it is small.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable
from typing import Any, Protocol

from dehusk.errors import MissingExtra, UnreadablePage
from dehusk.model import Limits

FEED_BYTES = 16_384
"""Compressed bytes at a time: what follows a member is copied, and a hostile file has many tiny ones."""
PIECE_BYTES = 262_144
RATIO_FREE_BYTES = 10_000_000
"""Below so much output a ratio says nothing: a page of white space may well be 1:1,000."""


class Source(Protocol):
    """What bytes are read from; at its end it gives b""."""

    def read(self, size: int, /) -> bytes: ...


class _Decoder(Protocol):
    """One compressed stream (a gzip member, a frame) as zlib, bz2 and lzma have it."""

    eof: bool
    unused_data: bytes

    def pull(self, data: bytes, size: int) -> bytes: ...

    def has_more(self) -> bool: ...


class _Gzip:
    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)

    eof = property(lambda self: self._inner.eof)
    unused_data = property(lambda self: self._inner.unused_data)

    def pull(self, data: bytes, size: int) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, size)

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
    """Fed 1,024 bytes at a time, which give 32 MB at most: the package takes no limit of its own."""

    FEED_BYTES = 1024

    def __init__(self) -> None:
        try:
            import zstandard
        except ImportError as error:
            raise MissingExtra("reading .zst needs a package: pip install 'dehusk[zstd]'") from error
        self._inner = zstandard.ZstdDecompressor().decompressobj()
        self._error: type[Exception] = zstandard.ZstdError
        self._left = b""

    eof = property(lambda self: self._inner.eof)
    unused_data = property(lambda self: self._inner.unused_data + self._left)

    def pull(self, data: bytes, size: int) -> bytes:
        waiting = self._left + data
        feed, self._left = waiting[: self.FEED_BYTES], waiting[self.FEED_BYTES :]
        try:
            return bytes(self._inner.decompress(feed))
        except self._error as error:
            raise ValueError(str(error)) from error

    def has_more(self) -> bool:
        return bool(self._left) and not self._inner.eof


DECODERS: dict[str, Callable[[], _Decoder]] = {
    "gzip": _Gzip,
    "bzip2": lambda: _Buffered(bz2.BZ2Decompressor()),
    "xz": lambda: _Buffered(lzma.LZMADecompressor()),
    "zstd": _Zstd,
}
MAGIC = {"gzip": b"\x1f\x8b", "bzip2": b"BZh", "xz": b"\xfd7zXZ\x00", "zstd": b"\x28\xb5\x2f\xfd"}
DECODE_ERRORS = (zlib.error, OSError, lzma.LZMAError, ValueError, EOFError)


class Unpacked:
    """A compressed source as a plain one: members one after another, what follows the last is ignored.

    `read` raises UnreadablePage: "truncated", "corrupt", or "ratio" for a bomb.
    """

    def __init__(self, source: Source, kind: str, *, name: str, limits: Limits) -> None:
        self._source, self._kind, self._name, self._ratio = source, kind, name, limits.ratio
        self._decoder = DECODERS[kind]()
        self._taken_bytes = self._given_bytes = 0
        self._pending = b""
        self._is_done = False

    def read(self, size: int, /) -> bytes:
        """About `size` bytes (never more but for zstd), b"" only at the end."""
        while not self._is_done:
            if self._decoder.eof:
                self._start_next_member()
                continue
            had_more = self._decoder.has_more()
            data = b"" if had_more else self._take()
            given = self._pull(data, min(size, PIECE_BYTES))
            if given:
                return given
            if not data and not had_more and not self._decoder.eof:
                raise UnreadablePage(self._name, "truncated", f"the {self._kind} stream ends early")
        return b""

    def _take(self) -> bytes:
        data = self._pending or self._source.read(FEED_BYTES)
        self._pending = b""
        self._taken_bytes += len(data)
        return data

    def _pull(self, data: bytes, size: int) -> bytes:
        try:
            given = self._decoder.pull(data, size)
        except DECODE_ERRORS as error:
            raise UnreadablePage(
                self._name, "corrupt", f"not a whole {self._kind} stream: {error}"
            ) from error
        self._given_bytes += len(given)
        if self._given_bytes > max(RATIO_FREE_BYTES, self._ratio * self._taken_bytes):
            raise UnreadablePage(
                self._name, "ratio", f"unpacks to more than {self._ratio:g} times its {self._kind} bytes"
            )
        return given

    def _start_next_member(self) -> None:
        """Another member may follow, after zeros that pad a block; other bytes are ignored, as gzip does."""
        rest = self._decoder.unused_data.lstrip(b"\x00")
        self._taken_bytes -= len(self._decoder.unused_data)
        while len(rest) < len(MAGIC[self._kind]):
            more = self._source.read(FEED_BYTES)
            if not more:
                break
            rest = (rest + more).lstrip(b"\x00")
        if rest.startswith(MAGIC[self._kind]):
            self._decoder, self._pending = DECODERS[self._kind](), rest
        else:
            self._is_done = True
