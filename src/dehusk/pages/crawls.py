"""WARC and WET -> pages: a response, a resource or a conversion is one, where its record begins the end of its source.

FastWARC parses the records, but those with bare line feeds. Unpacking them is ours: it stops bombs, tells a
cut-off archive from a whole one, knows where each record begins, and goes on behind a damaged one. So is the HTTP
in them, for servers and text editors end its lines as they like.
"""

from __future__ import annotations

import io
import re
import zlib
from collections import deque
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from dehusk.errors import MissingExtra, UnreadablePage
from dehusk.model import Dropped, Limits, Page
from dehusk.pages.archives import failing_alone
from dehusk.pages.bare_crawls import (
    BARE_RE,
    BLANK_LINE_RE,
    CHARSET_RE,
    HEAD_BYTES,
    BareRecord,
    read_bare_records,
    read_fields,
)
from dehusk.pages.unpack import FEED_BYTES, RATIO_FREE_BYTES, Reader, Source, Unpacked, read_up_to

_CHUNK_RE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,1000})?\r?\n")
_CONTROLS = frozenset(range(9)) | frozenset(range(14, 27))
"""Bytes that no text has, and that a stretch of 64 packed ones lacks once in 300."""
_STATUS_RE = re.compile(rb"HTTP/\d(?:\.\d)? +(\d{3})\b")
_GOOD_STATUS = range(200, 300)
_NEXT_RECORD = b"\r\n\r\nWARC/1."
"""What stands between a record and the next one, and with what that begins."""
_RECENT_BYTES = 200_000
"""The parser reads 64 KB ahead, and as much of one header."""
_RESUMED_BYTES = 1_000_000_000
"""As much is read twice, at most, to go on behind damaged records: a hostile crawl has nothing else."""


def read_crawl(
    source: Source, page: Page, reader: Reader, *, packed: Unpacked | None, start: int = 0
) -> Iterator[Page | Dropped]:
    """The pages of a crawl, in order: responses, conversions, and resources of the web; all else is passed over.

    A response that is no page is skipped: "http-status" for a redirect or an error, else its kind.
    `source` begins with the first record. With `packed`, the same bytes as members of one record each (or
    of several), which end `source` and are started one by one; `start` is where in the file it all begins.
    A page's source is `#offset` of its record in the file, `#member+offset` inside a packed member.
    Damage is named, and reading goes on with the next member, or the next record behind an empty line.

    Raises:
        UnreadablePage: "truncated" or "corrupt", after the pages before the damage.
        MissingExtra: the package that reads crawls is not installed.
    """
    crawl = _Crawl(_load_fastwarc(), page, reader)
    member = _Member(source, start + (packed.member_start if packed else 0), packed is not None)
    while True:
        try:
            going: _Member | None = member
            while going:
                going = yield from _read_run(crawl, going)
            has_next = packed is not None and packed.start_next()
        except UnreadablePage as error:
            if packed is None or (error.source, error.reason) != (page.source, "corrupt"):
                raise
            yield Dropped(f"{page.source}#{start + packed.member_start}", "failed", "corrupt", error.detail)
            has_next = packed.find_next()
        if packed is None or not has_next:
            return
        source = packed
        member = _Member(source, start + packed.member_start, True)


@dataclass(frozen=True, slots=True)
class _Crawl:
    """What all records of a crawl have in common."""

    warc: Any
    """The package that parses them."""
    page: Page
    """What is known of every page in it; its source is the crawl's."""
    reader: Reader
    """Of bodies."""


def _read_run(crawl: _Crawl, member: _Member) -> Generator[Page | Dropped, None, _Member | None]:
    """The pages of a member up to its end or to a damaged record; returns what of it is behind that."""
    page, end = crawl.page, 0
    try:
        for record in _open_records(crawl, member):
            end = record.stream_pos + record.content_length
            content = yield from _read_record(crawl, member, record)
            if content is not None:
                rest = member.resume_inside(content)
                if rest is None:
                    raise _truncated(page)
                yield Dropped(page.source, "failed", "corrupt", "a record is shorter than its header says")
                return rest
    except _NoRecord as error:
        rest = member.resume_behind(end)
        if rest is None:
            raise
        if end or not member.base:  # else it was met, and named, once more
            yield Dropped(page.source, "failed", "corrupt", error.detail)
        return rest
    member.finish(page)
    return None


class _NoRecord(UnreadablePage):
    """The bytes come well, but they are no records."""


def _load_fastwarc() -> Any:
    try:
        import fastwarc.warc
    except ImportError:
        raise MissingExtra("reading WARC needs a package: pip install 'dehusk[warc]'") from None
    return fastwarc.warc


@dataclass(slots=True)
class _Member:
    """A run of records as the parser reads it: a stream that knows where it is."""

    source: Source
    start: int
    is_packed: bool
    base: int = 0
    """Where in the member it begins, behind damage."""
    resumed_bytes: int = 0
    at: int = 0
    last: bytes = b"\n"
    held: bytes = b""
    """Was looked at, and is still to be read."""
    recent: deque[bytes] = field(default_factory=deque)
    recent_bytes: int = 0

    def is_bare(self) -> bool:
        """Whether the first line ends in a bare line feed."""
        self.held += read_up_to(self.source, 128 - len(self.held))
        return BARE_RE.match(self.held) is not None

    def read(self, size: int = FEED_BYTES, /) -> bytes:
        size = size if size >= 0 else FEED_BYTES
        data, self.held = self.held[:size], self.held[size:]
        data = data or self.source.read(size)
        self.at += len(data)
        self.last = data[-1:] or self.last
        self.recent.append(data)
        self.recent_bytes += len(data)
        while self.recent_bytes - len(self.recent[0]) > _RECENT_BYTES:
            self.recent_bytes -= len(self.recent.popleft())
        return data

    def resume_behind(self, end: int) -> _Member | None:
        """What is left from the next record on that begins at `end` or later, a place that was read lately."""
        rest, skip = b"".join(self.recent), max(0, end - self.at + self.recent_bytes)
        self.resumed_bytes += len(rest)
        while (found := rest.find(_NEXT_RECORD, skip)) < 0:
            data = self.read()
            if not data:
                return None
            rest, skip = rest[max(skip, len(rest) - len(_NEXT_RECORD) + 1) :] + data, 0
        start = found + 4
        return self._resume(self.source, self.at - len(rest) + start, rest[start:] + self.held)

    def resume_inside(self, content: bytes) -> _Member | None:
        """What is left from the next record on that begins in the content of one to which the member ended."""
        found = content.find(_NEXT_RECORD) + 4
        self.resumed_bytes += len(content)
        if found < 4:
            return None
        return self._resume(io.BytesIO(content[found:]), self.at - len(content) + found, b"")

    def _resume(self, source: Source, at: int, held: bytes) -> _Member | None:
        if self.resumed_bytes > _RESUMED_BYTES:
            return None
        base, resumed = self.base + at, self.resumed_bytes
        return _Member(source, self.start, self.is_packed, base=base, resumed_bytes=resumed, held=held)

    def finish(self, page: Page) -> None:
        """Read what is left. Every record ends in empty lines: a header that is cut off does not."""
        while self.read():
            pass
        if self.last != b"\n":
            raise _truncated(page)

    def tell(self) -> int:
        return self.at

    def name(self, offset: int) -> str:
        offset += self.base
        if not self.is_packed:
            return str(self.start + offset)
        return f"{self.start}+{offset}" if offset else str(self.start)


def _open_records(crawl: _Crawl, member: _Member) -> Iterator[Any]:
    """The records of a member, of every type: one without a type is not to be passed over."""
    try:
        if member.is_bare():
            yield from read_bare_records(member, crawl.reader.meter.limits.bytes + HEAD_BYTES)
            member.last = b"\n"  # where the empty lines are gone, nothing of a record is
            return
        for record in crawl.warc.ArchiveIterator(member, parse_http=False, stream_detect=False):
            if any("\n" in value for value in record.headers.values()):
                raise ValueError("header lines with bare line feeds behind others")
            yield record
    except EOFError as error:
        raise _truncated(crawl.page) from error
    except (OSError, ValueError) as error:
        if isinstance(error, UnreadablePage):
            raise
        raise _NoRecord(crawl.page.source, "corrupt", f"not a whole WARC: {error}") from error


def _truncated(page: Page) -> UnreadablePage:
    return UnreadablePage(page.source, "truncated", "it ends inside its last record")


def _read_record(
    crawl: _Crawl, member: _Member, record: Any
) -> Generator[Page | Dropped, None, bytes | None]:
    """What a record holds; returns its content where the member ends inside it."""
    kind, url, crawled = (
        (record.headers.get(name) or "").strip() for name in ("warc-type", "warc-target-uri", "warc-date")
    )
    limits, is_bare = crawl.reader.meter.limits, isinstance(record, BareRecord)
    page = replace(
        crawl.page,
        source=f"{crawl.page.source}#{member.name(record.stream_pos)}",
        url=url.removeprefix("<").removesuffix(">"),
        crawled=crawled,
    )
    # Tools that make a crawl of saved files have resources for responses; notes of crawlers have other addresses.
    is_resource = kind.lower() == "resource" and page.url.startswith(("http://", "https://"))
    if not is_resource and kind.lower() not in ("", "response", "conversion"):
        return None
    if "content-length" not in record.headers and not is_bare:
        raise _truncated(crawl.page)
    if not kind:
        yield Dropped(page.source, "failed", "corrupt", "a record without WARC-Type")
        return None
    is_response = kind.lower() == "response"
    head, body = _read_content(record.reader, limits, is_response=is_response)
    if len(body) > limits.bytes:
        yield Dropped(page.source, "failed", "too-large", f"more than {limits.bytes:,} bytes in one record")
    elif len(head) + len(body) < record.content_length:
        if not is_bare:
            return head + body
        yield Dropped(page.source, "failed", "truncated", "another record begins inside it, or the file ends")
    elif is_resource:
        headers = {"content-type": record.headers.get("content-type") or ""}
        yield from _read_entity(headers, body, page, reader=crawl.reader)
    elif not is_response:
        yield _make_text(body, page)
    elif head or record.is_http:  # and not DNS or the like
        yield from _read_response(head, body, page, reader=crawl.reader)
    return None


def _read_content(reader: Source, limits: Limits, *, is_response: bool) -> tuple[bytes, bytes]:
    """The head of an HTTP message, with the empty line behind it, and its body; b"" where there is no such head.

    Of a body that is too long its start.
    """
    data, blank = b"", None
    while is_response and not blank and len(data) < HEAD_BYTES and (piece := reader.read(FEED_BYTES)):
        data += piece
        blank = BLANK_LINE_RE.search(data)
    end = blank.end() if blank else len(data) if len(data) < HEAD_BYTES else 0
    end = end if data.startswith(b"HTTP/") else 0
    start = data[end:]
    return data[:end], start + read_up_to(reader, limits.bytes + 1 - len(start))


def _make_text(body: bytes, page: Page) -> Page | Dropped:
    """A conversion is one page as plain text in UTF-8: nobody is to look for several articles in it."""
    if not body.strip():
        return Dropped(page.source, "dropped", "empty")
    return replace(page, content=body, kind="text", charset="utf-8", is_single=True)


def _read_response(head: bytes, body: bytes, page: Page, *, reader: Reader) -> Iterator[Page | Dropped]:
    status = _STATUS_RE.match(head)
    if not status or int(status.group(1)) not in _GOOD_STATUS:
        detail = f"status {int(status.group(1))}" if status else "no HTTP header that says one"
        yield Dropped(page.source, "skipped", "http-status", detail)
        return
    yield from _read_entity(read_fields(head), body, page, reader=reader)


def _read_entity(
    headers: dict[str, str], body: bytes, page: Page, *, reader: Reader
) -> Iterator[Page | Dropped]:
    charset = CHARSET_RE.search(headers.get("content-type", ""))
    page = replace(page, charset=charset.group(1) if charset else "")
    yield from failing_alone(_read_body(headers, body, page, reader=reader), page)


def _read_body(
    headers: dict[str, str], body: bytes, page: Page, *, reader: Reader
) -> Iterator[Page | Dropped]:
    body = _decode_body(headers, body, page)
    yield from reader.read(io.BytesIO(body), page, page.url.partition("?")[0])


def _decode_body(headers: dict[str, str], body: bytes, page: Page) -> bytes:
    """Out of its transfer and content encodings, unless the crawler has taken it out already.

    gzip and zstd are told by their first bytes, as in any file.
    """
    if "chunked" in headers.get("transfer-encoding", "").lower():
        body = join_chunks(body)
    encodings = headers.get("content-encoding", "").lower().replace(",", " ").split()
    for encoding in reversed(encodings):
        if encoding == "deflate":
            body = _inflate(body, page)
        elif encoding == "br":
            body = _unpack_brotli(body, page)
    return body


def join_chunks(body: bytes) -> bytes:
    """The body that came in chunks; as it is, if it does not begin with one; as far as it goes, if it is cut.

    >>> join_chunks(b"3\\r\\nabc\\r\\n2;x=y\\r\\nde\\r\\n0\\r\\n\\r\\n"), join_chunks(b"<p>")
    (b'abcde', b'<p>')
    """
    pieces: list[bytes] = []
    at = 0
    while chunk := _CHUNK_RE.match(body, at):
        size = int(chunk.group(1), 16)
        if size == 0:
            return b"".join(pieces)
        pieces.append(body[chunk.end() : chunk.end() + size])
        at = chunk.end() + size
        at += 2 if body[at : at + 2] == b"\r\n" else 1
    return b"".join(pieces) if pieces and at >= len(body) else body


def _inflate(body: bytes, page: Page) -> bytes:
    """With a zlib header or, as some servers have it, without; as it is, if it is neither."""
    most = _most_bytes(body)
    cut: list[int] = []
    for wbits in (15, -15):
        decoder = zlib.decompressobj(wbits)
        try:
            data = decoder.decompress(body, most + 1)
        except zlib.error:
            continue
        if len(data) > most:
            raise _too_much(page, "deflate")
        if decoder.eof:
            return data
        cut.append(wbits)
    # Text may begin as bytes without a header do, and then there is never an end to them.
    if cut and not (cut == [-15] and not _CONTROLS.intersection(body[:64])):
        raise UnreadablePage(page.source, "truncated", "the deflate stream ends early")
    return body


def _most_bytes(body: bytes) -> int:
    return max(RATIO_FREE_BYTES, 100 * len(body))


def _too_much(page: Page, kind: str) -> UnreadablePage:
    return UnreadablePage(page.source, "ratio", f"unpacks to more than 100 times its {kind} bytes")


def _unpack_brotli(body: bytes, page: Page) -> bytes:
    """Brotli has no first bytes to know it by: what is text already is left alone."""
    from fastwarc.stream_io import BrotliReader

    if body.lstrip()[:1] == b"<":
        return body
    try:
        data = read_up_to(BrotliReader(io.BytesIO(body)), _most_bytes(body) + 1)
    except (OSError, ValueError) as error:
        raise UnreadablePage(page.source, "corrupt", f"not a whole brotli stream: {error}") from error
    if len(data) > _most_bytes(body):
        raise _too_much(page, "brotli")
    return data
