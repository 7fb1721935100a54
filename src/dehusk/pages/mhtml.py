"""MHTML -> its page: what browsers save "as a single file" is a mail of parts, and the page is packed as mails are."""

from __future__ import annotations

import email
from dataclasses import replace
from email.message import Message
from email.utils import parsedate_to_datetime

from dehusk.errors import UnreadablePage
from dehusk.model import Dropped, Page
from dehusk.pages.bare_crawls import BLANK_LINE_RE, read_fields

_HEAD_BYTES = 8192
_WEB_TYPES = frozenset(("text/html", "application/xhtml+xml"))


def is_mhtml(head: bytes) -> bool:
    r"""Whether the header of a mail stands at the start, of related parts.

    >>> is_mhtml(b"MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\tboundary=x\r\n\r\n--x")
    True
    >>> is_mhtml(b"From: Ann\nSubject: Content-Type: multipart/related\n\nMIME-Version: 1.0")
    False
    """
    head = head[:_HEAD_BYTES]
    blank = BLANK_LINE_RE.search(head)
    if not blank:
        return False
    fields = read_fields(b"\n" + head[: blank.start()])
    return "mime-version" in fields and fields.get("content-type", "").lower().startswith("multipart/related")


def read_mhtml(data: bytes, page: Page) -> Page | Dropped:
    """The page, which is the first part that is one; others are its frames.

    Raises:
        UnreadablePage: "corrupt".
    """
    try:
        message = email.message_from_bytes(data)
        part = next((one for one in message.walk() if one.get_content_type() in _WEB_TYPES), None)
        content = part.get_payload(decode=True) if part else None
    except (ValueError, LookupError, RecursionError) as error:
        raise UnreadablePage(page.source, "corrupt", f"not a whole MHTML: {error}") from error
    if part is None or not isinstance(content, bytes):
        return Dropped(page.source, "skipped", "mhtml", "no web page is in it")
    if not content.strip():
        return Dropped(page.source, "dropped", "empty")
    return replace(
        page,
        content=content,
        kind="html",
        charset=str(part.get_content_charset("")),
        url=page.url or _find_url(part) or _find_url(message),
        crawled=page.crawled or _find_date(message),
    )


def _find_url(message: Message) -> str:
    for name in ("Snapshot-Content-Location", "Content-Location"):
        url = "".join(str(message.get(name, "")).split())  # long ones are folded
        if url.startswith(("http://", "https://")):
            return url
    return ""


def _find_date(message: Message) -> str:
    """When it was saved."""
    try:
        return parsedate_to_datetime(str(message.get("Date", ""))).isoformat()
    except (ValueError, OverflowError):
        return ""
