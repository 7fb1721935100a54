"""MHTML and mails -> their page: what browsers save "as a single file" is a mail of parts, packed as mails are."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import replace
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import Any

from dehusk.errors import UnreadablePage
from dehusk.model import Dropped, Page
from dehusk.page_headers import decode_words, read_mail
from dehusk.pages.bare_crawls import BLANK_LINE_RE, CHARSET_RE, HEAD_BYTES, read_fields

_MAIL_HEAD_BYTES = 32_768
"""Servers that a mail passes through write signatures of several thousand bytes into its header."""
_WEB_TYPES = frozenset(("text/html", "application/xhtml+xml"))
_TEXT_TYPES = frozenset(("text/plain",))
_PACKED = frozenset(("base64", "quoted-printable"))
_BOUNDARY_RE = re.compile(r"boundary\s{0,9}=\s{0,9}(?:\"([^\"]{1,200})\"|([^\s;\"]{1,200}))", re.IGNORECASE)
_DEEP = 5
"""Parts in parts, of a signed mail with a file and pictures."""
_MOST_PARTS = 1000
"""Looked at; the page is the first one, in files of all browsers."""


def is_mhtml(head: bytes) -> bool:
    r"""Whether the header of a mail stands at the start that is a web page, has parts, or whose text is packed.

    Other mails are plain text, and so are files of many, which a line "From ..." opens.

    >>> is_mhtml(b"MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\tboundary=x\r\n\r\n--x")
    True
    >>> is_mhtml(b"From: Ann\nSubject: Content-Type: multipart/related\n\nMIME-Version: 1.0")
    False
    """
    head = head[:_MAIL_HEAD_BYTES]
    if b"mime-version" not in head.lower() or head.startswith(b"From "):
        return False
    fields, _ = _part_head(head)
    if "mime-version" not in fields:
        return False
    kind = _tell_type(fields)
    is_packed_text = kind in _TEXT_TYPES and _tell_packing(fields) in _PACKED
    return kind.startswith("multipart/") or kind in _WEB_TYPES or is_packed_text


def read_mhtml(data: bytes, page: Page) -> Page | Dropped:
    """The page, which is the first part that is one, others being its frames; of a mail without one its text.

    Raises:
        UnreadablePage: "corrupt".
    """
    head, body = _part_head(data)
    web = _find_part(head, body, types=_WEB_TYPES)
    found = web or _find_part(head, body, types=_TEXT_TYPES)
    if not found:
        return Dropped(page.source, "skipped", "mhtml", "neither a web page nor a text is in it")
    fields, packed = found
    content = _unpack(fields, packed, page)
    if not content.strip():
        return Dropped(page.source, "dropped", "empty")
    charset = CHARSET_RE.search(fields["content-type"])
    url = page.url or _find_url(fields) or _find_url(head)
    read = replace(page, content=content, charset=charset[1] if charset else "", url=url)
    if not web:
        return replace(read, kind="text", is_single=True, **_tell_facts(head))
    facts = {"crawled": page.crawled or _read_date(head.get("date", ""))} if url else _tell_facts(head)
    return replace(read, kind="html", **facts)


def _tell_facts(head: dict[str, str]) -> dict[str, Any]:
    """What the header of a mail says of it. In that of a page with an address it tells of who saved the page."""
    lines = [
        f"{name.title()}: {' '.join(decode_words(head[name]).split())}"
        for name in ("from", "subject", "date")
        if head.get(name)
    ]
    return read_mail(lines, [0] * len(lines), 0)[0] if lines else {}


def _part_head(data: bytes) -> tuple[dict[str, str], bytes]:
    """The header fields at the start, none if they have no end, and what is behind them."""
    blank = BLANK_LINE_RE.search(data, 0, HEAD_BYTES)
    if not blank:
        return {}, b""
    return read_fields(b"\n" + data[: blank.start()]), data[blank.end() :]


def _tell_type(fields: dict[str, str]) -> str:
    return fields.get("content-type", "").partition(";")[0].strip().lower()


def _tell_packing(fields: dict[str, str]) -> str:
    return fields.get("content-transfer-encoding", "").lower()


def _find_part(
    fields: dict[str, str], body: bytes, *, types: frozenset[str], deep: int = _DEEP
) -> tuple[dict[str, str], bytes] | None:
    """The first part of one of these types that is no attached file."""
    if _tell_type(fields) in types:
        is_attached = fields.get("content-disposition", "").lower().startswith("attachment")
        return None if is_attached else (fields, body)
    boundary = _BOUNDARY_RE.search(fields.get("content-type", ""))
    if not boundary or not deep or not _tell_type(fields).startswith("multipart/"):
        return None
    mark = b"\n--" + (boundary[1] or boundary[2]).encode()
    for part in islice(_split(b"\n" + body, mark), _MOST_PARTS):
        if found := _find_part(*_part_head(part), types=types, deep=deep - 1):
            return found
    return None


def _split(body: bytes, mark: bytes) -> Iterator[bytes]:
    """What stands behind each line of the mark, up to the next one or the end."""
    at = body.find(mark)
    while at >= 0:
        start = body.find(b"\n", at + 1)
        at = body.find(mark, start) if start >= 0 else -1
        if start >= 0:
            yield body[start + 1 : at if at >= 0 else None].removesuffix(b"\r")


def _unpack(fields: dict[str, str], content: bytes, page: Page) -> bytes:
    encoding = _tell_packing(fields)
    try:
        if encoding == "quoted-printable":
            return binascii.a2b_qp(content)
        return binascii.a2b_base64(content) if encoding == "base64" else content
    except binascii.Error as error:
        raise UnreadablePage(page.source, "corrupt", f"its page is no whole {encoding}: {error}") from error


def _find_url(fields: dict[str, str]) -> str:
    for name in ("snapshot-content-location", "content-location"):
        url = "".join(fields.get(name, "").split())  # long ones are folded
        if url.startswith(("http://", "https://")):
            return url
    return ""


def _read_date(date: str) -> str:
    """When it was saved."""
    try:
        return parsedate_to_datetime(date).isoformat()
    except (ValueError, OverflowError):
        return ""
