"""One page by its source: a file, `archive!member`, `rows.jsonl#3`, `crawl.warc.gz#1024`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from dehusk.errors import UnreadablePage
from dehusk.model import Dropped, Limits, Page
from dehusk.pages.listing import Input, name_source
from dehusk.pages.reading import read_found

_MARK_RE = re.compile(r"[!#]")
_OFFSET_RE = re.compile(r"#(\d{1,18})(?:\+\d+)?$")


def find_page(
    path: str,
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> Page:
    """The page that a record's `source` names, `path` being that source below the working folder.

    Of a file that holds several pages, the first. A record of a crawl is read from where it begins; to any
    other place in an archive or table, what stands before it is read too.

    Raises:
        UnreadablePage: "not-found", or why the page cannot be read.

    >>> find_page("no-such.zip!page.html")
    Traceback (most recent call last):
    ...
    dehusk.errors.UnreadablePage: no-such.zip!page.html: not-found: No such file or directory
    """
    file = find_file(path)
    offset = _OFFSET_RE.fullmatch(path, len(file))
    found = _find_first(_read_from(file, int(offset.group(1)), limits), path, file) if offset else None
    found = found or _find_first(read_found(Input(file, file), limits), path, file)
    if found is None:
        raise UnreadablePage(path, "not-found", f"{file} holds no such page")
    return found


def find_file(path: str) -> str:
    """The file that a record's `source` is from: its longest beginning that is one, else all of it.

    "!" and "#" may stand in names.
    """
    ends = [len(path), *(mark.start() for mark in reversed(list(_MARK_RE.finditer(path))))]
    return next((path[:end] for end in ends if Path(path[:end]).is_file()), path)


def _read_from(file: str, offset: int, limits: Limits) -> Iterator[Page | Dropped]:
    try:
        for found in read_found(Input(file, file), limits, start=offset):
            if isinstance(found, Page):
                yield found
    except UnreadablePage:  # no crawl, nothing begins there, or it needs what stands at the start
        return


def _find_first(found: Iterator[Page | Dropped], path: str, file: str) -> Page | None:
    for one in found:
        if one.source == name_source(path) or (path == file and isinstance(one, Page)):
            if isinstance(one, Page):
                return one
            raise UnreadablePage(one.source, one.reason, one.detail)
    return None
