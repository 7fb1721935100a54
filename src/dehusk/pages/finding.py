"""One page by its source: a file, `archive!member`, `rows.jsonl#3`, `crawl.warc.gz#1024`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote_to_bytes

from dehusk.errors import UnreadablePage
from dehusk.model import Dropped, Limits, Page
from dehusk.pages.listing import Input, as_utf_8, name_bytes, name_source
from dehusk.pages.reading import read_found

_MARK_RE = re.compile(r"[!#]")
_OFFSET_RE = re.compile(r"#(\d{1,18})(?:\+\d+)?$")


def find_page(
    path: str,
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> Page | Dropped:
    """The page that a record's `source` names, `path` being that source below the working folder; or what became of it.

    Its own source is that of a run over the file alone, which leaves out the folder where that lies. Of a file that
    holds several pages, the first. A record of a crawl is read from where it begins; to any other place in an archive
    or table, what stands before it is read too.

    Raises:
        UnreadablePage: "not-found", or why the file cannot be read.

    >>> find_page("no-such.zip!page.html")
    Traceback (most recent call last):
    ...
    dehusk.errors.UnreadablePage: no-such.zip!page.html: not-found: No such file or directory
    """
    file, end = _split_source(path)
    named = Input(file, name_bytes(as_utf_8(path[:end])))
    offset = _OFFSET_RE.fullmatch(path, end)
    found = _find_first(_read_from(named, int(offset.group(1)), limits), path, named) if offset else None
    found = found or _find_first(read_found(named, limits), path, named)
    if found is None:
        raise UnreadablePage(path, "not-found", f"{file} holds no such page")
    folder = name_bytes(as_utf_8(path[: len(path[:end]) - len(Path(path[:end]).name)]))
    return replace(found, source=found.source.removeprefix(folder))


def find_file(path: str) -> str:
    """The file that a record's `source` is from: its longest beginning that is one, else all of it.

    "!" and "#" may stand in names; what a source writes with "%" may be written so.
    """
    return _split_source(path)[0]


def _split_source(path: str) -> tuple[str, int]:
    """The file, and where its name ends in the source."""
    ends = [len(path), *(mark.start() for mark in reversed(list(_MARK_RE.finditer(path))))]
    for end in ends:
        for file in (_unquote(path[:end]), path[:end]):
            if Path(file).is_file():
                return file, end
    return path, len(path)


def _unquote(source: str) -> str:
    """What `name_source` made the source of; as it is, where that is none of its making."""
    if "%" not in source:
        return source
    try:
        name = os.fsdecode(unquote_to_bytes(os.fsencode(source)))
    except UnicodeError:  # no file has such a name here
        return source
    return name if name_source(as_utf_8(name)) == as_utf_8(source) else source


def _read_from(named: Input, offset: int, limits: Limits) -> Iterator[Page | Dropped]:
    try:
        for found in read_found(named, limits, start=offset):
            if isinstance(found, Page):
                yield found
    except UnreadablePage:  # no crawl, nothing begins there, or it needs what stands at the start
        return


def _find_first(found: Iterator[Page | Dropped], path: str, named: Input) -> Page | Dropped | None:
    wanted = name_bytes(as_utf_8(path))
    is_any = wanted == named.source
    return next((one for one in found if one.source == wanted or (is_any and isinstance(one, Page))), None)
