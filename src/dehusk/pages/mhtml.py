"""MHTML -> its page: what browsers save "as a single file" is a mail of parts, and the page is packed as mails are."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import replace
from email.utils import parsedate_to_datetime
from itertools import islice

from dehusk.errors import UnreadablePage
from dehusk.model import Dropped, Page
from dehusk.pages.bare_crawls import BLANK_LINE_RE, CHARSET_RE, HEAD_BYTES, read_fields

_MAIL_HEAD_BYTES = 8192
_WEB_TYPES = frozenset(("text/html", "application/xhtml+xml"))
_BOUNDARY_RE = re.compile(r"boundary\s{0,9}=\s{0,9}(?:\"([^\"]{1,200})\"|([^\s;\"]{1,200}))", re.IGNORECASE)
_DEEP = 3
_MOST_PARTS = 1000
"""Looked at; the page is the first one, in files of all browsers."""


def is_mhtml(head: bytes) -> bool:
    r"""Whether the header of a mail stands at the start, of related parts.

    >>> is_mhtml(b"MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\tboundary=x\r\n\r\n--x")
    True
    >>> is_mhtml(b"From: Ann\nSubject: Content-Type: multipart/related\n\nMIME-Version: 1.0")
    False
    """
    fields, _ = _part_head(head[:_MAIL_HEAD_BYTES])
    return "mime-version" in fields and _tell_type(fields).startswith("multipart/related")


def read_mhtml(data: bytes, page: Page) -> Page | Dropped:
    """The page, which is the first part that is one; others are its frames.

    Raises:
        UnreadablePage: "corrupt".
    """
    head, body = _part_head(data)
    found = _find_page(head, body, _DEEP)
    if not found:
        return Dropped(page.source, "skipped", "mhtml", "no web page is in it")
    fields, packed = found
    content = _unpack(fields, packed, page)
    if not content.strip():
        return Dropped(page.source, "dropped", "empty")
    charset = CHARSET_RE.search(fields["content-type"])
    return replace(
        page,
        content=content,
        kind="html",
        charset=charset[1] if charset else "",
        url=page.url or _find_url(fields) or _find_url(head),
        crawled=page.crawled or _read_date(head.get("date", "")),
    )


def _part_head(data: bytes) -> tuple[dict[str, str], bytes]:
    """The header fields at the start, none if they have no end, and what is behind them."""
    blank = BLANK_LINE_RE.search(data, 0, HEAD_BYTES)
    if not blank:
        return {}, b""
    return read_fields(b"\n" + data[: blank.start()]), data[blank.end() :]


def _tell_type(fields: dict[str, str]) -> str:
    return fields.get("content-type", "").partition(";")[0].strip().lower()


def _find_page(fields: dict[str, str], body: bytes, deep: int) -> tuple[dict[str, str], bytes] | None:
    boundary = _BOUNDARY_RE.search(fields.get("content-type", ""))
    if not boundary or not deep:
        return None
    mark = b"\n--" + (boundary[1] or boundary[2]).encode()
    for part in islice(_split(b"\n" + body, mark), _MOST_PARTS):
        head, content = _part_head(part)
        if _tell_type(head) in _WEB_TYPES:
            return head, content
        if _tell_type(head).startswith("multipart/") and (found := _find_page(head, content, deep - 1)):
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
    encoding = fields.get("content-transfer-encoding", "").lower()
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
