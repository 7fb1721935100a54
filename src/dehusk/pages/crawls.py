"""WARC and WET -> pages: a response or a conversion is a page, where its record begins the end of its source.

FastWARC parses the records. Unpacking them is ours: it stops bombs, tells a cut-off archive from a whole
one, knows where each record begins, and goes on behind a damaged one.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from dehusk.errors import MissingExtra, UnreadablePage
from dehusk.model import Dropped, Limits, Page
from dehusk.pages.unpack import FEED_BYTES, RATIO_FREE_BYTES, Source, Unpacked

ReadBody = Callable[[Source, Page, str], Iterator[Page | Dropped]]
"""The body of a response, a page with what the headers said, and its URL -> what it is."""

_CHUNK_RE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,1000})?\r?\n")
_CHARSET_RE = re.compile(r"charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w.:-]{1,40})", re.IGNORECASE)
_GOOD_STATUS = range(200, 300)


def read_crawl(
    source: Source,
    page: Page,
    limits: Limits,
    read_body: ReadBody,
    *,
    packed: Unpacked | None,
    start: int = 0,
) -> Iterator[Page | Dropped]:
    """The pages of a crawl, in order; requests, metadata, redirects and the like are passed over.

    `source` begins with the first record. With `packed`, the same bytes as members of one record each (or
    of several), which end `source` and are started one by one; `start` is where in the file it all begins.
    A page's source is `#offset` of its record in the file, `#member+offset` inside a packed member.

    Raises:
        UnreadablePage: "truncated" or "corrupt", after the pages before the damage.
        MissingExtra: the package that reads crawls is not installed.
    """
    warc = _load_fastwarc()
    member = _Member(source, start + (packed.member_start if packed else 0), packed is not None)
    while True:
        try:
            for record in _open_records(warc, member, page):
                is_text = record.record_type == warc.WarcRecordType.conversion
                yield from _read_record(record, member, page, limits, None if is_text else read_body)
            member.finish(page)
            has_next = packed is not None and packed.start_next()
        except UnreadablePage as error:
            if packed is None or (error.source, error.reason) != (page.source, "corrupt"):
                raise
            yield Dropped(f"{page.source}#{member.start}", "failed", "corrupt", error.detail)
            has_next = packed.find_next()
        if packed is None or not has_next:
            return
        source = packed
        member = _Member(source, start + packed.member_start, True)


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
    at: int = 0
    last: bytes = b"\n"

    def read(self, size: int = FEED_BYTES, /) -> bytes:
        data = self.source.read(size if size >= 0 else FEED_BYTES)
        self.at += len(data)
        self.last = data[-1:] or self.last
        return data

    def finish(self, page: Page) -> None:
        """Read what is left. Every record ends in empty lines: a header that is cut off does not."""
        while self.read():
            pass
        if self.last != b"\n":
            raise _truncated(page)

    def tell(self) -> int:
        return self.at

    def name(self, offset: int) -> str:
        if not self.is_packed:
            return str(self.start + offset)
        return f"{self.start}+{offset}" if offset else str(self.start)


def _open_records(warc: Any, member: _Member, page: Page) -> Iterator[Any]:
    kinds = warc.WarcRecordType.response | warc.WarcRecordType.conversion
    try:
        yield from warc.ArchiveIterator(member, record_types=kinds, parse_http=False, stream_detect=False)
    except (OSError, ValueError, EOFError) as error:
        if isinstance(error, UnreadablePage):
            raise
        raise UnreadablePage(page.source, "corrupt", f"not a whole WARC: {error}") from error


def _truncated(page: Page) -> UnreadablePage:
    return UnreadablePage(page.source, "truncated", "it ends inside its last record")


def _read_record(
    record: Any, member: _Member, page: Page, limits: Limits, read_body: ReadBody | None
) -> Iterator[Page | Dropped]:
    """A conversion where there is no `read_body`."""
    archive = page
    url, crawled = (record.headers.get(name) or "" for name in ("WARC-Target-URI", "WARC-Date"))
    page = replace(
        page,
        source=f"{page.source}#{member.name(record.stream_pos)}",
        url=url.strip().removeprefix("<").removesuffix(">"),
        crawled=crawled.strip(),
    )
    if "Content-Length" not in record.headers:
        raise _truncated(archive)
    if read_body:
        if not record.is_http:  # DNS, and the like
            return
        record.parse_http()
    body = _read_up_to(record.reader, limits.bytes + 1)
    if len(body) > limits.bytes:
        yield Dropped(page.source, "failed", "too-large", f"more than {limits.bytes:,} bytes in one record")
        return
    if len(body) < record.content_length:
        raise _truncated(archive)
    if read_body:
        yield from _read_response(record.http_headers, body, page, read_body)
    else:
        yield _make_text(body, page)


def _read_up_to(reader: Any, size: int) -> bytes:
    pieces: list[bytes] = []
    while size > 0 and (piece := reader.read(min(size, FEED_BYTES * 16))):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def _make_text(body: bytes, page: Page) -> Page | Dropped:
    """A conversion is one page as plain text in UTF-8: nobody is to look for several articles in it."""
    if not body.strip():
        return Dropped(page.source, "dropped", "empty")
    return replace(page, content=body, kind="text", charset="utf-8", is_single=True)


def _read_response(headers: Any, body: bytes, page: Page, read_body: ReadBody) -> Iterator[Page | Dropped]:
    if headers.status_code not in _GOOD_STATUS:
        yield Dropped(page.source, "skipped", "http-status", f"status {headers.status_code}")
        return
    charset = _CHARSET_RE.search(headers.get("Content-Type") or "")
    page = replace(page, charset=charset.group(1) if charset else "")
    try:
        body = _decode_body(headers, body, page)
        yield from read_body(io.BytesIO(body), page, page.url.partition("?")[0])
    except UnreadablePage as error:
        if not error.source.startswith(page.source):
            raise
        yield Dropped(error.source, "failed", error.reason, error.detail)


def _decode_body(headers: Any, body: bytes, page: Page) -> bytes:
    """Out of its transfer and content encodings, unless the crawler has taken it out already.

    gzip and zstd are told by their first bytes, as in any file.
    """
    if "chunked" in (headers.get("Transfer-Encoding") or "").lower():
        body = join_chunks(body)
    encodings = (headers.get("Content-Encoding") or "").lower().replace(",", " ").split()
    for encoding in reversed(encodings):
        if encoding == "deflate":
            body = _inflate(body)
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


def _inflate(body: bytes) -> bytes:
    """With a zlib header or, as some servers have it, without; a page at most, whatever it claims."""
    most = max(RATIO_FREE_BYTES, 100 * len(body))
    for wbits in (15, -15):
        try:
            return zlib.decompressobj(wbits).decompress(body, most)
        except zlib.error:
            continue
    return body


def _unpack_brotli(body: bytes, page: Page) -> bytes:
    """Brotli has no first bytes to know it by: what is text already is left alone."""
    from fastwarc.stream_io import BrotliReader

    if body.lstrip()[:1] == b"<":
        return body
    try:
        return _read_up_to(BrotliReader(io.BytesIO(body)), max(RATIO_FREE_BYTES, 100 * len(body)))
    except (OSError, ValueError) as error:
        raise UnreadablePage(page.source, "corrupt", f"not a whole brotli stream: {error}") from error
