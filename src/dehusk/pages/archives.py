"""Zip and tar -> their members, each read as a file of its own: `archive!member`.

Nothing is written to disk but an unnamed temporary file, where a zip lies inside something that cannot be
searched. What a member is called decides nothing but its source.
"""

from __future__ import annotations

import hashlib
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import IO, Self, cast

from dehusk.errors import UnreadablePage
from dehusk.model import Dropped, Page
from dehusk.pages.listing import name_source
from dehusk.pages.unpack import FEED_BYTES, RATIO_FREE_BYTES, Meter, Reader, Source

HEADER_BYTES = 4_000_000
"""Of a tar, before one member's content: long names take 100 bytes to some 10,000."""
DIRECTORY_BYTES = 64_000_000
"""Of a zip's list of members, which is held whole: some 700,000 of them, and 400 MB."""
ZIP_TAIL_BYTES = 65_557
"""A zip's end record, with the longest comment that it may have."""
TAR_ERRORS = (tarfile.TarError, OSError, ValueError, RecursionError, OverflowError)
TAR_CUTS = ("unexpected end", "truncated header", "empty header")
"""What is said of a tar that ends too early."""
ZIP_ERRORS = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, ValueError, EOFError, RuntimeError,
    OverflowError, LookupError,
)  # fmt: skip


def read_tar(source: Source, page: Page, reader: Reader) -> Iterator[Page | Dropped]:
    """What is in each member of a tar, in order; links and devices are skipped, hidden members passed over.

    A sparse member, whose gaps take no bytes, is a compressed one: "ratio" if it claims too many.

    Raises:
        UnreadablePage: "corrupt" or "truncated", after the members before the damage.
    """
    fence = _Fence(source, page.source)
    names = _Names(page.source)
    opened = partial(tarfile.open, mode="r|", encoding="utf-8", errors="surrogateescape", tarinfo=_Header)
    try:
        with opened(fileobj=cast("IO[bytes]", fence)) as archive:
            while (member := archive.next()) is not None:
                fence.open()
                found = replace(page, source=names.take(member.name))
                yield from _read_tar_member(archive, member, found, reader=reader)
                _skip_content(archive)
                archive.members.clear()  # type: ignore[attr-defined]
                fence.close()
            fence.open()
            _refuse_more(archive)
    except TAR_ERRORS as error:
        if isinstance(error, UnreadablePage):
            raise
        reason = "truncated" if any(words in str(error) for words in TAR_CUTS) else "corrupt"
        raise UnreadablePage(page.source, reason, f"not a whole tar: {error}") from error


class _Header(tarfile.TarInfo):
    """Only zeros end a tar: to the reader of tars a damaged header, or none, is the end, too."""

    @classmethod
    def fromtarfile(cls, archive: tarfile.TarFile) -> Self:  # its name there
        try:
            return super().fromtarfile(archive)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined]
            raise
        except tarfile.HeaderError as error:
            raise tarfile.ReadError(f"a damaged header: {error}") from error


def _refuse_more(archive: tarfile.TarFile) -> None:
    """Behind its end stand zeros, or what stands there would be lost in silence."""
    file = cast("IO[bytes]", archive.fileobj)
    while data := file.read(FEED_BYTES):
        if data.strip(b"\0"):
            raise tarfile.ReadError(
                "something stands behind its end (of several run together, give each by itself)"
            )


def _skip_content(archive: tarfile.TarFile) -> None:
    """Go to the next header, so that what follows is headers alone, whoever read how much of the member before it.

    Left to itself the reader of tars would ask for as many pieces as a header claims, though the file has ended.
    """
    file = cast("IO[bytes]", archive.fileobj)
    while (left := archive.offset - 1 - file.tell()) > 0:
        if not file.read(min(left, FEED_BYTES)):
            raise tarfile.ReadError("unexpected end of data")


def _read_tar_member(
    archive: tarfile.TarFile, member: tarfile.TarInfo, page: Page, *, reader: Reader
) -> Iterator[Page | Dropped]:
    if member.isdir() or is_hidden(member.name):
        return
    if not member.isreg():
        kind = "link" if member.issym() or member.islnk() else "device"
        yield Dropped(page.source, "skipped", kind, "no file of its own in the archive")
        return
    content = archive.extractfile(member)
    if content is None:
        return
    source: Source = content
    if member.issparse():
        held_bytes = archive.offset - member.offset_data
        if member.size > max(RATIO_FREE_BYTES, reader.meter.limits.ratio * held_bytes):
            yield Dropped(page.source, "failed", "ratio", f"{member.size:,} bytes, nearly all of them gaps")
            return
        source = _Given(content, reader.meter)
    yield from failing_alone(reader.read(source, page, member.name), page)


class _Given:
    """A source whose bytes count as unpacked ones."""

    def __init__(self, content: IO[bytes], meter: Meter) -> None:
        self._content, self._meter = content, meter

    def read(self, size: int, /) -> bytes:
        data = self._content.read(size)
        self._meter.give(len(data))
        return data


def failing_alone(found: Iterator[Page | Dropped], page: Page) -> Iterator[Page | Dropped]:
    """What is found in a member: if it cannot be read, it fails by itself. What ends the archive goes on up."""
    try:
        yield from found
    except UnreadablePage as error:
        if not error.source.startswith(page.source):
            raise
        yield Dropped(error.source, "failed", error.reason, error.detail)


class _Fence:
    """Lets headers take only so many bytes: a reader of tars holds whatever length they claim."""

    def __init__(self, source: Source, name: str) -> None:
        self._source, self._name, self._left, self._is_open = source, name, HEADER_BYTES, False

    def open(self) -> None:
        self._is_open = True

    def close(self) -> None:
        self._left, self._is_open = HEADER_BYTES, False

    def read(self, size: int, /) -> bytes:
        if not self._is_open:
            if self._left <= 0:
                raise UnreadablePage(self._name, "corrupt", f"a header of more than {HEADER_BYTES:,} bytes")
            size = min(size, self._left)
        data = self._source.read(size)
        while len(data) < size and (more := self._source.read(size - len(data))):
            data += more
        self._left -= len(data)
        return data


def read_zip(file: IO[bytes], page: Page, reader: Reader) -> Iterator[Page | Dropped]:
    """What is in each member of a zip, in the order of its list; hidden members are passed over.

    Raises:
        UnreadablePage: "corrupt", after what its list of members holds, or "too-large" where that list is.
    """
    _refuse_long_list(file, page)
    try:
        archive = zipfile.ZipFile(file)
    except ZIP_ERRORS as error:
        raise UnreadablePage(page.source, "corrupt", f"not a whole zip: {error}") from error
    names = _Names(page.source)
    with archive:
        for member in archive.infolist():
            name = _decode_name(member)
            if not name.endswith("/") and not is_hidden(name):  # is_dir() fails for no name at all
                found = replace(page, source=names.take(name))
                yield from _read_zip_member(archive, member, found, reader=reader)
        _refuse_unlisted(archive, file, page)


def _refuse_unlisted(archive: zipfile.ZipFile, file: IO[bytes], page: Page) -> None:
    """The list of members is the last one: of zips run together, it knows the members of the last of them."""
    file.seek(0)
    first = min((member.header_offset for member in archive.infolist()), default=0)
    if first > 0 and file.read(4) == b"PK\x03\x04":
        raise UnreadablePage(
            page.source,
            "corrupt",
            "members at its start are not in its list (of several run together, give each by itself)",
        )


def _refuse_long_list(file: IO[bytes], page: Page) -> None:
    """A list of members is held whole, and at 46 bytes each it can be made of nothing."""
    size = file.seek(0, 2)
    file.seek(max(0, size - ZIP_TAIL_BYTES))
    tail = file.read(ZIP_TAIL_BYTES)
    # Readers look at the very end first, and for the last mark only if there is none.
    listed_bytes = max(_read_list_size(tail, at, file) for at in (len(tail) - 22, tail.rfind(b"PK\x05\x06")))
    if listed_bytes > DIRECTORY_BYTES:
        raise UnreadablePage(page.source, "too-large", f"its list of members has {listed_bytes:,} bytes")


def _read_list_size(tail: bytes, at: int, file: IO[bytes]) -> int:
    """The largest size of the list of members that the end record at `at` may stand for.

    A record for large archives before it wins where there is one, whatever the end record says; it stands right
    before its locator, or where that says.
    """
    if at < 0 or tail[at : at + 4] != b"PK\x05\x06":
        return 0
    sizes = [int.from_bytes(tail[at + 12 : at + 16], "little")]
    locator = tail[max(0, at - 20) : at]
    if locator.startswith(b"PK\x06\x07"):
        file.seek(min(int.from_bytes(locator[8:16], "little"), file.seek(0, 2)))
        for large in (tail[max(0, at - 20 - 56) : at - 20], file.read(56)):
            if large.startswith(b"PK\x06\x06"):
                sizes.append(int.from_bytes(large[40:48], "little"))
    return max(sizes)


def _read_zip_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, page: Page, *, reader: Reader
) -> Iterator[Page | Dropped]:
    if member.flag_bits & 1:
        yield Dropped(page.source, "failed", "encrypted", "it needs a password")
        return
    try:
        with archive.open(member) as content:
            source = _Member(content, page.source, reader.meter)
            yield from failing_alone(reader.read(source, page, _decode_name(member)), page)
    except ZIP_ERRORS as error:
        if isinstance(error, UnreadablePage):
            raise
        reason = "unsupported" if isinstance(error, NotImplementedError) else "corrupt"
        yield Dropped(page.source, "failed", reason, str(error))


class _Member:
    """A zip's member as a source; what is wrong with it is its own."""

    def __init__(self, content: IO[bytes], name: str, meter: Meter) -> None:
        self._content, self._name, self._meter = content, name, meter

    def read(self, size: int, /) -> bytes:
        try:
            data = self._content.read(size)
        except ZIP_ERRORS as error:
            raise UnreadablePage(self._name, "corrupt", f"not a whole member: {error}") from error
        self._meter.give(len(data))
        return data


def _decode_name(member: zipfile.ZipInfo) -> str:
    """Names are UTF-8 more often than they say so; what is not is the old code page."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return member.filename.encode("cp437").decode()
    except UnicodeError:
        return member.filename


def is_hidden(name: str) -> bool:
    """Hidden members are passed over as hidden files are; a Mac's copies of file attributes with them."""
    parts = name.split("/")
    return any(part.startswith(".") and part not in (".", "..") for part in parts) or "__MACOSX" in parts


class _Names:
    """The sources of an archive's members: no two the same, though an archive may hold a name twice."""

    def __init__(self, archive: str) -> None:
        self._archive, self._made = archive, dict[bytes, int]()

    def take(self, name: str) -> str:
        wanted = source = f"{self._archive}!{name_source(name.removeprefix('./'))}"
        while (key := _digest(source)) in self._made:
            count = self._made[_digest(wanted)] = self._made[_digest(wanted)] + 1
            source = f"{wanted}~{count}"
        self._made[key] = 1
        return source


def _digest(source: str) -> bytes:
    return hashlib.blake2b(source.encode("utf-8", "surrogatepass"), digest_size=8).digest()
