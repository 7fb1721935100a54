"""WARC and WET whose lines end in bare line feeds, as a text editor or a Git checkout leaves them.

FastWARC takes such a file for one record of no type. Content-Length comes first here too; but where what follows
is no record, the line ends of the content were changed after it was counted (or its charset was), and the record
goes on until the next one begins.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from dehusk.pages.unpack import PIECE_BYTES, Source

HEAD_BYTES: Final = 65_536
"""Of the headers of one record, or of one HTTP message."""
_START_RE = re.compile(rb"WARC/\d\.\d{1,3}\r?\n[\w-]{1,80}:")
_START_BYTES = 100
_GAP_RE = re.compile(rb"[\r\n]{1,64}")
"""Between a record and the next one: there are two empty lines."""
_EMPTY_LINES_RE = re.compile(rb"[\r\n]*")
BARE_RE: Final = re.compile(rb"\s{0,64}WARC/\d\.\d{1,3}\n")
CHARSET_RE: Final = re.compile(r"charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w.:-]{1,40})", re.IGNORECASE)
BLANK_LINE_RE: Final = re.compile(rb"\n\r?\n")
_FOLD_RE = re.compile(rb"\r?\n[ \t]+")


@dataclass(frozen=True, slots=True)
class BareRecord:
    """What FastWARC gives for a record, as far as it is used."""

    stream_pos: int
    headers: dict[str, str]
    """Their names in lower case."""
    reader: io.BytesIO
    """The content; of one that is too long its start."""
    content_length: int
    """What it ought to have: more than there is in one that is cut off."""

    @property
    def is_http(self) -> bool:
        return self.headers.get("content-type", "").lower().startswith("application/http")


def read_fields(head: bytes) -> dict[str, str]:
    r"""The header lines behind the first one, with either line end: the first of each name, in lower case.

    >>> read_fields(b"HTTP/1.1 200 OK\nContent-Type: text/html;\n charset=utf-8\r\nAge: 1")
    {'content-type': 'text/html; charset=utf-8', 'age': '1'}
    """
    fields: dict[str, str] = {}
    for line in _FOLD_RE.sub(b" ", head[:HEAD_BYTES]).split(b"\n")[1:]:
        name, colon, value = line.partition(b":")
        if colon:
            fields.setdefault(_decode(name).lower(), _decode(value))
    return fields


def _decode(value: bytes) -> str:
    return value.strip().decode("utf-8", "replace")


def read_bare_records(source: Source, most: int) -> Iterator[BareRecord]:
    """The records from the start of `source` to its end, of every type; of each content `most` + 1 bytes at most.

    Raises:
        ValueError: no record begins where one should, or its header has no end.
        EOFError: it ends inside a header.
    """
    held = _Held(source)
    while held.skip_empty_lines():
        start = held.at
        headers = read_fields(held.take(_find_head_end(held)))
        length = headers.get("content-length", "")[:20]
        size = int(length) if length.isdecimal() else 0
        content, is_whole = _take_content(held, size, most)
        yield BareRecord(start, headers, io.BytesIO(content), len(content) if is_whole else size)


def _find_head_end(held: _Held) -> int:
    """Where the content of the record begins that stands there."""
    is_more = held.fill(_START_BYTES)
    if (is_more or b"\n\n" in held.data) and not _START_RE.match(held.data):
        raise ValueError("no record begins where one should")
    size = 0
    while size < HEAD_BYTES:
        size = min(HEAD_BYTES, max(1024, 4 * size))
        is_more = held.fill(size)
        if blank := BLANK_LINE_RE.search(held.data, 0, size):
            return blank.end()
        if not is_more:
            raise EOFError
    raise ValueError(f"a header of more than {HEAD_BYTES:,} bytes")


def _take_content(held: _Held, size: int, most: int) -> tuple[bytes, bool]:
    """The content, and whether it is whole."""
    if size <= most and _does_end(held, size):
        return held.take(size), True
    end = _find_end(held, most)
    if end < 0:  # too long, whatever its length
        content = held.peek(most + 1)
        held.drop_to_start()
        return content, True
    content = held.take(end)
    is_whole = size <= len(content) + content.count(b"\n")  # each of its line feeds may have been two bytes
    return content.rstrip(b"\r\n"), is_whole


def _does_end(held: _Held, size: int) -> bool:
    """Whether a record's content may end there: the file does, or empty lines and another record follow."""
    held.fill(size + 2 * _START_BYTES)
    if len(held.data) <= size:
        return len(held.data) == size
    gap = _GAP_RE.match(held.data, size)
    if not gap:
        return False
    return gap.end() == len(held.data) or _START_RE.match(held.data, gap.end()) is not None


def _find_end(held: _Held, most: int) -> int:
    """Where the next record begins, or the file ends; -1 if that is more than `most` bytes away."""
    at = size = 0
    while size <= most:
        size = min(most + _START_BYTES, size + PIECE_BYTES)
        is_more = held.fill(size)
        if (start := held.find_start(at)) >= 0:
            return start if start <= most else -1
        if not is_more:
            return len(held.data) if len(held.data) <= most else -1
        at = max(0, len(held.data) - _START_BYTES)
    return -1


class _Held:
    """What was read of a source and is still to be used."""

    def __init__(self, source: Source) -> None:
        self._source, self.data, self.at = source, bytearray(), 0

    def fill(self, size: int) -> bool:
        """Whether so much is there."""
        while len(self.data) < size:
            more = self._source.read(PIECE_BYTES)
            if not more:
                return False
            self.data += more
        return True

    def peek(self, size: int) -> bytes:
        with memoryview(self.data) as view:
            return bytes(view[:size])

    def take(self, size: int) -> bytes:
        taken = self.peek(size)
        del self.data[:size]
        self.at += len(taken)
        return taken

    def skip_empty_lines(self) -> bool:
        """Whether anything stands behind them."""
        while self.fill(1):
            if lines := _EMPTY_LINES_RE.match(self.data):
                self.take(lines.end())
            if self.data:
                return True
        return False

    def find_start(self, at: int) -> int:
        """Where the first record begins of those behind a line end from `at` on; -1 without one."""
        while (at := self.data.find(b"\nWARC/", at) + 1) > 0:
            if _START_RE.match(self.data, at):
                return at
        return -1

    def drop_to_start(self) -> None:
        """Drop all before the next record, or the end."""
        while (start := self.find_start(0)) < 0:
            self.take(max(0, len(self.data) - _START_BYTES))
            if not self.fill(len(self.data) + 1):
                start = len(self.data)
                break
        self.take(start)
