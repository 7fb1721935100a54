"""JSON lines -> pages: a row with `html`, `text` or `markdown` is a page, its line number the end of its source."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from itertools import islice
from typing import Any

from dehusk.model import Article, Dropped, Limits, Page
from dehusk.page_headers import FACTS
from dehusk.pages.unpack import Source

READ_BYTES = 1_048_576
CONTENT_FIELDS = ("html", "text", "markdown")
"""The first of them that says something is the page."""
_MOST_NAMES, _NAME_CHARS = 6, 30
"""Fields that a row without any of these is said to have; as much of their names is told."""
RECORD_FIELDS = frozenset(Article.__slots__)
_DROPPED_FIELDS = frozenset(("source", "stage", "reason", "detail"))
_FIRST_KEY_RE = re.compile(rb'\s*\{\s*"([a-z_]{1,20})"')
_COPY_FIELDS = frozenset(("duplicate_of", "similarity", "containment"))
CORPUS_DETAIL = "it holds what a run wrote, no pages; give it as a path of its own to read it"


def read_rows(source: Source, page: Page, limits: Limits) -> Iterator[Page | Dropped]:
    """One page for each line that holds one, and what is to be said of the others but empty lines."""
    for number, line in enumerate(_read_lines(source, limits.bytes), 1):
        name = f"{page.source}#{number}"
        if len(line) > limits.bytes:
            yield Dropped(name, "failed", "too-large", f"more than {limits.bytes:,} bytes in one row")
        elif line.strip():
            yield _make_page(line, replace(page, source=name))


class Recoded:
    """A source in UTF-16 or UTF-32 as UTF-8: there alone a line ends where a byte says so."""

    def __init__(self, source: Source, codec: str) -> None:
        self._source, self._decoder = source, codecs.getincrementaldecoder(codec)("replace")

    def read(self, size: int, /) -> bytes:
        while data := self._source.read(size):
            if text := self._decoder.decode(data):
                return text.encode()
        return self._decoder.decode(b"", final=True).encode()


def may_begin_record(head: bytes) -> bool:
    """Whether the first key is one that a record has: of other rows the first one need not be read to its end."""
    found = _FIRST_KEY_RE.match(head)
    return found is not None and found[1].decode() in RECORD_FIELDS


def is_record(line: bytes) -> bool:
    """Whether a run wrote the line: a record, or what it dropped.

    >>> is_record(b'{"source":"a.png","stage":"skipped","reason":"image","detail":""}'), is_record(b'{"text":"a"}')
    (True, False)
    """
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return False
    if not isinstance(row, dict):
        return False
    return row.keys() == RECORD_FIELDS or (
        _DROPPED_FIELDS <= row.keys() <= RECORD_FIELDS | _DROPPED_FIELDS | _COPY_FIELDS
    )


def _read_lines(source: Source, limit: int) -> Iterator[bytes]:
    """The lines, without holding more than `limit` bytes of one: of a longer one the start."""
    pieces: list[bytes] = []
    held = 0
    while data := source.read(READ_BYTES):
        *ended, left = data.split(b"\n")
        for part in ended:
            yield b"".join((*pieces, part))
            pieces, held = [], 0
        if held <= limit:
            pieces.append(left)
            held += len(left)
    if held:
        yield b"".join(pieces)


def _make_page(line: bytes, page: Page) -> Page | Dropped:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Dropped(page.source, "failed", "corrupt", f"not a line of JSON: {error}")
    held = {field: row[field] for field in CONTENT_FIELDS if field in row} if isinstance(row, dict) else {}
    field = next((name for name, value in held.items() if isinstance(value, str) and value), "")
    if field:
        return take_row(row, page, field=field, content=held[field])
    if any(value == "" or value is None for value in held.values()):
        return Dropped(page.source, "dropped", "empty")
    if held:
        return Dropped(page.source, "skipped", "json", f"its {next(iter(held))} is no text")
    detail = f"a row without {', '.join(CONTENT_FIELDS[:-1])} or {CONTENT_FIELDS[-1]}"
    if isinstance(row, dict) and row:
        names = ", ".join(name[:_NAME_CHARS] for name in islice(row, _MOST_NAMES))
        detail += (
            f"; it has {names}{', ...' if len(row) > _MOST_NAMES else ''}: rename the one that is the page"
        )
    return Dropped(page.source, "skipped", "json", detail)


def take_row(row: Mapping[str, Any], page: Page, *, field: str, content: str | bytes) -> Page:
    """The page whose content is in a field of a row, with what others tell of it: a text is one page."""
    is_html = field == "html"
    facts: dict[str, Any] = {name: _as_text(row.get(name)) for name in FACTS}
    return replace(page, content=content, kind="html" if is_html else "text", is_single=not is_html, **facts)


def _as_text(value: Any) -> str:
    if isinstance(value, date | datetime):  # of a table
        return value.isoformat()
    return value if isinstance(value, str) else ""
