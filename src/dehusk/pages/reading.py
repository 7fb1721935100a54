"""Input -> Page: open, unpack, tell the kind, and hand on what is a page.

The law of this file: whatever the bytes, the only error is UnreadablePage; no file stays open; a page is
never held with more than `Limits.bytes`.
"""

from __future__ import annotations

import os
import re
import stat
import sys
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, BinaryIO, Literal, cast

from dehusk.errors import BadOptions, MissingExtra, UnreadablePage
from dehusk.model import Dropped, Limits, Page
from dehusk.pages.archives import read_tar, read_zip
from dehusk.pages.charsets import decode_other, decode_utf8
from dehusk.pages.crawls import read_crawl
from dehusk.pages.joined import part_joined
from dehusk.pages.kinds import (
    HEAD_BYTES,
    SUFFIX_HINTS,
    TABLE_SUFFIXES,
    guess_wide,
    is_crawl,
    tell_kind,
    tell_text_kind,
)
from dehusk.pages.listing import Input, OnDrop, list_inputs, raise_failed
from dehusk.pages.mhtml import read_mhtml
from dehusk.pages.pieces import read_pieces
from dehusk.pages.rows import CORPUS_DETAIL, Recoded, is_record, may_begin_record, read_rows
from dehusk.pages.tables import read_table
from dehusk.pages.unpack import DECODERS, PIECE_BYTES, Counted, Meter, Source, Unpacked, read_up_to

MAX_LAYERS = 3
"""Of compression, one in the other: servers and people compress twice, bombs a hundred times."""
TEXT_PIECE_BYTES = 6_000_000
"""A text longer than this, or than `Limits.bytes`, is handed on in pieces of about this size: each has its own
`Limits.seconds`, and some 100 MB of memory hold it."""
CONTAINER_KINDS = frozenset(("zip", "tar", "warc", "parquet"))
MANY_KINDS = frozenset(("jsonl", "tar", "warc"))
"""Of what is read from front to end: what stands before a damage is read, however soon that comes."""
MAX_DEPTH = 3
"""Of archives in archives."""
MEMBERS_TRIED = 3
"""Behind a damaged one, for the start of a crawl: bytes inside it may look like the start of another one."""
IN_CRAWL = MAX_DEPTH + 2
"""The depth of a response: an archive that somebody downloaded is no page of a site."""
SPOOL_BYTES = 16_000_000
"""Held in memory, of a zip inside something else; more of it goes to an unnamed file."""
_ARRAY_RE = re.compile(rb"\s*\[\s*\{")
_PACKED_RE = re.compile(r"\.(?:gz|bz2|xz|zst)$", re.IGNORECASE)


@dataclass(slots=True)
class Peeked:
    """A source whose first bytes were looked at and are still to be read."""

    head: bytes
    rest: Source

    def read(self, size: int, /) -> bytes:
        if self.head:
            given, self.head = self.head[:size], self.head[size:]
            return given
        return self.rest.read(size)

    def peek_line(self, most: int) -> bytes:
        """The first line, or more than `most` bytes of it."""
        pieces = [self.head]
        held = len(self.head)
        while b"\n" not in pieces[-1] and held <= most and (data := self.rest.read(PIECE_BYTES)):
            pieces.append(data)
            held += len(data)
        self.head = b"".join(pieces)
        return self.head.partition(b"\n")[0]


def read_pages(
    paths: Iterable[str | Path] | str | Path,
    *,
    on_failure: Callable[[UnreadablePage], object] | None = None,
    on_drop: Callable[[Dropped], object] | None = None,
    include: Iterable[str] | str = (),
    exclude: Iterable[str] | str = (),
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> Iterator[Page]:
    """Every page below `paths`, or below a single one, in order: files, folders, and "-" for standard input.

    `include` and `exclude` are globs, one or several, of what to read and what not: "*" stands for any characters, "/"
    among them, and a folder that is matched for all below it.
    `on_failure` hears of each input that cannot be read (its `source`, `reason` and `detail`), `on_drop`
    of what is skipped or empty.

    Raises:
        UnreadablePage: an input cannot be read, and there is no `on_failure`.
        BadOptions: a path is neither a text nor a Path.

    >>> list(read_pages(["no-such-folder"], on_failure=print))
    no-such-folder: not-found: No such file or directory
    []
    """

    def report(dropped: Dropped) -> None:
        if dropped.stage == "failed":
            fail(UnreadablePage(dropped.source, dropped.reason, dropped.detail))
        elif on_drop:
            on_drop(dropped)

    def fail(error: UnreadablePage) -> None:
        if not on_failure:
            raise error
        on_failure(error)

    for found in list_inputs(_list_paths(paths), include=include, exclude=exclude, on_drop=report):
        try:
            yield from read_input(found, limits, on_drop=report)
        except UnreadablePage as error:
            fail(error)


def _list_paths(paths: object) -> list[str | Path]:
    given = [paths] if isinstance(paths, str | Path) else paths  # letters of a path would be paths, too: "/"
    if not isinstance(given, Iterable) or isinstance(given, bytes):
        raise BadOptions(f"paths must be texts or Paths, not {given!r}")
    listed = list(given)
    for path in listed:
        if not isinstance(path, str | Path):
            raise BadOptions(f"a path must be a text or a Path, not {path!r}")
    return listed


def read_input(
    input: Input,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    *,
    on_drop: OnDrop | None = None,
) -> Iterator[Page]:
    """The pages of one input: `read_found` for those who want pages alone.

    `on_drop` hears of what is skipped (its kind; "empty" for an archive, crawl or table without a page) or
    dropped ("empty" for a file, member or row), and of members and rows that failed; without it these raise.

    Raises:
        UnreadablePage: as `read_found` does.

    >>> list(read_input(Input("no-such-file", "a.html")))
    Traceback (most recent call last):
    ...
    dehusk.errors.UnreadablePage: a.html: not-found: No such file or directory
    """
    report = on_drop or raise_failed
    for found in read_found(input, limits):
        if isinstance(found, Page):
            yield found
        else:
            report(found)


def read_found(
    input: Input,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    *,
    start: int = 0,
) -> Iterator[Page | Dropped]:
    """What is in one input, in order: one page for a file of HTML or text, one a row, record or member.

    `Page.kind` is set. HTML and text are bytes still (`decode_page`), but for a text above 6 MB or
    `limits.bytes`: it comes as consecutive decoded pages of one source, cut where a page seems to begin,
    each with the code points before it as `Page.offset`. `start` is the byte of a crawl with which to begin.

    Raises:
        UnreadablePage: the input as a whole cannot be read, or no further: "not-found", "unreadable",
            "truncated", "corrupt", "ratio", "unpacked", "too-large", "missing-extra".
    """
    with _open_input(input) as file:
        meter = Meter(input.source, limits)
        reader = _Reader(limits, meter, start=start, is_found=input.is_found)
        counted = Counted(file, meter)
        try:
            if start:
                file.seek(start)
            yield from reader.read(counted, Page(b"", source=input.source), input.path, file=file)
        except OSError as error:
            raise UnreadablePage(input.source, "unreadable", error.strerror or str(error)) from error
        except MissingExtra as error:
            raise UnreadablePage(input.source, "missing-extra", str(error)) from error


def open_stdin(source: str = "-") -> BinaryIO:
    """Standard input.

    Raises:
        UnreadablePage: it was closed before the program began.
    """
    if sys.stdin is None:
        raise UnreadablePage(source, "unreadable", "standard input is closed")
    return sys.stdin.buffer


@contextmanager
def _open_input(input: Input) -> Iterator[BinaryIO]:
    """The file, if it is a plain one still: between listing and reading it may have become a FIFO."""
    if input.path == "-":
        yield open_stdin(input.source)
        return
    try:
        handle = os.open(input.path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except OSError as error:
        reason = "not-found" if isinstance(error, FileNotFoundError) else "unreadable"
        raise UnreadablePage(input.source, reason, error.strerror or str(error)) from error
    except ValueError as error:  # a NUL in the name
        raise UnreadablePage(input.source, "not-found", str(error)) from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):  # a folder would not even be taken by fdopen
        os.close(handle)
        raise UnreadablePage(input.source, "unreadable", "it is no longer a plain file")
    with os.fdopen(handle, "rb", buffering=0) as file:
        yield file


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads a source of any kind; a member of an archive is read by another one, a level deeper."""

    limits: Limits
    meter: Meter
    depth: int = 0
    start: int = 0
    """Where in its file the source begins."""
    is_found: bool = False
    """Whether the source is a file that nobody named."""

    def read(
        self, source: Source, page: Page, name: str, *, file: BinaryIO | None = None
    ) -> Iterator[Page | Dropped]:
        """`file` is the same bytes as `source`, if they can be searched."""
        kind, packed = "", None
        peeked = Peeked(b"", source)
        for layer in range(MAX_LAYERS + 1):
            if packed and packed.stops:
                head, source = yield from self._begin_packed(packed, page, name)
            else:
                head = read_up_to(source, HEAD_BYTES)
            if packed and not is_crawl(head):  # members matter in a crawl alone
                packed.stops, packed = False, None
                head, source = _fill(head, source, name)
            kind = tell_kind(head, name)
            source = peeked = Peeked(head, source)
            if kind not in DECODERS or layer == MAX_LAYERS:
                break
            source = packed = Unpacked(source, kind, meter=self.meter, name=page.source, stops=layer == 0)
            name, file = _name_unpacked(name), None
        if kind == "jsonl" and (codec := guess_wide(peeked.head)):
            recoded = Recoded(peeked, codec)
            peeked = Peeked(read_up_to(recoded, HEAD_BYTES), recoded)
        yield from self._read_kind(kind, peeked, page, packed=packed, file=file)

    def _begin_packed(
        self, packed: Unpacked, page: Page, name: str
    ) -> Generator[Dropped, None, tuple[bytes, Source]]:
        """The first bytes, and what gives those behind them.

        Of a crawl whose first member is damaged these are of a later one, if there are none before the damage.
        """
        head, error = _peek(packed)
        if not error:
            return head, packed
        if tell_kind(head, name) in MANY_KINDS:
            return head, _Broken(error)
        damaged = packed.member_start
        for _ in range(MEMBERS_TRIED if error.reason == "corrupt" and not head else 0):
            if not packed.find_next():
                break
            head, later = _peek(packed)
            if is_crawl(head):
                yield Dropped(f"{page.source}#{self.start + damaged}", "failed", "corrupt", error.detail)
                return head, _Broken(later) if later else packed
        raise error

    def _read_kind(
        self, kind: str, source: Peeked, page: Page, *, packed: Unpacked | None, file: BinaryIO | None
    ) -> Iterator[Page | Dropped]:
        if self.start and kind != "warc":
            raise UnreadablePage(page.source, "not-found", "no record of a crawl begins there")
        if kind == "empty":
            yield Dropped(page.source, "dropped", "empty")
        elif kind == "html":
            yield from part_joined(_read_whole(source, page, self.limits), page)
        elif kind == "mhtml":
            yield read_mhtml(_read_whole(source, page, self.limits), page)
        elif kind == "text":
            yield from _read_text(source, page, self.limits)
        elif kind == "jsonl" and self.is_found and _is_corpus(source, self.limits):
            yield Dropped(page.source, "skipped", "corpus", CORPUS_DETAIL)
        elif kind == "jsonl":
            yield from _or_empty(read_rows(source, page, self.limits), page)
        elif kind in CONTAINER_KINDS and self.depth <= MAX_DEPTH:
            yield from _or_empty(self._read_container(kind, source, page, packed=packed, file=file), page)
        elif kind in CONTAINER_KINDS and self.depth == MAX_DEPTH + 1:
            yield Dropped(page.source, "failed", "too-deep", f"archives in archives, {MAX_DEPTH} deep")
        else:
            yield Dropped(page.source, "skipped", kind, _tell_mend(kind, source.head))

    def _read_container(
        self, kind: str, source: Source, page: Page, *, packed: Unpacked | None, file: BinaryIO | None
    ) -> Iterator[Page | Dropped]:
        deeper = replace(self, depth=self.depth + 1, start=0, is_found=False)
        if kind == "tar":
            yield from read_tar(source, page, deeper)
        elif kind == "warc":
            body_reader = replace(self, depth=IN_CRAWL, start=0, is_found=False)
            yield from read_crawl(source, page, body_reader, packed=packed, start=self.start)
        else:
            with _searchable(source, file, self.meter) as whole:
                if kind == "zip":
                    yield from read_zip(whole, page, deeper)
                else:
                    yield from read_table(whole, page, self.meter, is_found=self.is_found)


def _tell_mend(kind: str, head: bytes) -> str:
    """How it can be read, where it is rows or a crawl of another form."""
    if kind == "arc":
        return "convert it to WARC to have it read"
    is_rows = kind in TABLE_SUFFIXES or (kind == "json" and _ARRAY_RE.match(head) is not None)
    return "write its rows as JSONL or Parquet to have them read" if is_rows else ""


def _is_corpus(source: Peeked, limits: Limits) -> bool:
    """Whether its first row is one that a run wrote."""
    return may_begin_record(source.head) and is_record(source.peek_line(limits.bytes))


@dataclass(frozen=True, slots=True)
class _Broken:
    """A source that ends in an error."""

    error: UnreadablePage

    def read(self, size: int, /) -> bytes:
        raise self.error


def _peek(source: Source, size: int = HEAD_BYTES) -> tuple[bytes, UnreadablePage | None]:
    """The first bytes, and why there are no more of them if that is an error."""
    head = b""
    try:
        while len(head) < size and (piece := source.read(size - len(head))):
            head += piece
    except UnreadablePage as error:
        return head, error
    return head, None


def _fill(head: bytes, source: Source, name: str) -> tuple[bytes, Source]:
    """The first bytes, and what gives those behind them, from fewer of the first."""
    more, error = _peek(source, HEAD_BYTES - len(head))
    if error and tell_kind(head + more, name) not in MANY_KINDS:
        raise error
    return head + more, _Broken(error) if error else source


def _name_unpacked(name: str) -> str:
    """Without its last suffix, but where that tells what is inside, too (a.tgz)."""
    stem, _, suffix = name.rpartition(".")
    return name if not stem or suffix.lower() in SUFFIX_HINTS["tar"] else stem


def _or_empty(found: Iterator[Page | Dropped], page: Page) -> Iterator[Page | Dropped]:
    """What is found; where that is nothing, the source itself: the books name every input."""
    first = next(found, None)
    if first is None:
        yield Dropped(page.source, "skipped", "empty", "nothing in it is a page")
        return
    ready = [first]
    del first  # a piece of a text is not to be held while the next one is read
    yield ready.pop()
    yield from found


@contextmanager
def _searchable(source: Source, file: BinaryIO | None, meter: Meter) -> Iterator[IO[bytes]]:
    """The file itself, or what a zip or table has to be copied to where it is packed in something else."""
    if file is not None and file.seekable():
        meter.taken_bytes = file.seek(0, os.SEEK_END)
        file.seek(0)
        yield cast("IO[bytes]", file)
        return
    with tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES) as spooled:
        while data := source.read(PIECE_BYTES):
            spooled.write(data)
        spooled.seek(0)
        yield cast("IO[bytes]", spooled)


def _read_whole(source: Source, page: Page, limits: Limits) -> bytes:
    data = read_up_to(source, limits.bytes + 1)
    if len(data) > limits.bytes:
        raise UnreadablePage(page.source, "too-large", f"more than {limits.bytes:,} bytes in one page")
    return data


def _read_text(source: Source, page: Page, limits: Limits) -> Iterator[Page]:
    most = min(TEXT_PIECE_BYTES, limits.bytes)
    data = read_up_to(source, most + 1)
    if len(data) <= most:
        yield replace(page, content=data, kind="text")
        return
    pieces = read_pieces(data, source, page, most=most)
    del data  # else it is held until the text ends
    yield from pieces


def decode_page(page: Page) -> Page:
    """The page with `content` as text and `kind` set; offsets of everything later count in this text.

    Charset: byte-order mark (not part of the text), `page.charset`, the page's own word, detection. What
    cannot be decoded becomes U+FFFD. Text that was decoded by the caller is taken as it is.

    Raises:
        UnreadablePage: the content is no page; the reason is its kind ("image", "json", "gzip" ...).

    >>> decode_page(Page("<p>Привет, мир".encode("utf-16")))
    Page(content='<p>Привет, мир', source='', url='', kind='html', charset='', title='', author='', date='', \
is_single=False, offset=0, crawled='', header_form='')
    """
    return decode_keeping_bytes(page)[0]


def decode_keeping_bytes(page: Page) -> tuple[Page, bytes | None]:
    """`decode_page`, and the text in UTF-8 where that is what the page came as: a parser need not encode it again."""
    name = _read_name(page)
    if isinstance(page.content, str):
        kind = page.kind or tell_text_kind(page.content[:HEAD_BYTES], name) or "text"
        return replace(page, kind=_page_kind(kind, page)), None
    # Type checkers let a bytearray pass for bytes, the kernels do not.
    data = page.content if isinstance(page.content, bytes) else memoryview(page.content).tobytes()
    kind = page.kind or _page_kind(tell_kind(data[:HEAD_BYTES], name), page)
    text = decode_utf8(data)
    if text is not None:
        return replace(page, content=text, kind=kind), data
    text = decode_other(data, charset=page.charset, is_html=kind == "html")
    return replace(page, content=text, kind=kind), None


def _read_name(page: Page) -> str:
    """What its file would be called once it is unpacked: a hint at its kind, as where `read_found` opens the file."""
    name = page.source
    if name == page.url:
        name = re.split(r"[?#]", name, maxsplit=1)[0]
    for _ in range(MAX_LAYERS):
        name = _PACKED_RE.sub("", name)
    return name


def _page_kind(kind: str, page: Page) -> Literal["html", "text"]:
    if kind == "html":
        return "html"
    if kind in ("text", "empty"):
        return "text"
    raise UnreadablePage(page.source, kind, "neither HTML nor text")
