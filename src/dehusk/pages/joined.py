"""Web pages one behind the other in one file, as scripts append what they fetch, each below its address or not.

Of 1,462 pages (WCXB's development set, 125 of another maker) none is parted: one has documents inside its body.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

from dehusk.model import Page
from dehusk.page_headers import read_facts

_START = r"(?:<!doctype\s+html|<html[\s>])"
_LINE = r"[^<\n]{0,300}\n"
HEADED_RE = re.compile(
    rf"(?:{_LINE}){{0,8}}?[^<\n]{{0,60}}(?:https?://|www\.){_LINE}(?:{_LINE}){{0,8}}?[^\S\n]*(?={_START})",
    re.IGNORECASE,
)
"""What stands above a web page: a few lines, an address among them."""
_HEADED_BYTES_RE = re.compile(HEADED_RE.pattern.encode(), re.IGNORECASE)
_START_RE = re.compile(_START.encode(), re.IGNORECASE)
_EDGE_RE = re.compile(rb"<!--|-->|<(/?)(html|script|style|textarea)(?=[\s/>])", re.IGNORECASE)
_END_RE = re.compile(rb"[^<>]{0,100}>")
_BETWEEN_RE = re.compile(
    rb"([^<]{0,1000}(?:<!--[^<]{0,1000}-->[^<]{0,1000}){0,3})(?=" + _START.encode() + rb")", re.IGNORECASE
)
"""What stands between a page's end and the next page."""
_CLOSING = (b"</html", b"</HTML")
_DOCTYPE_RE = re.compile(rb"<!(doctype)\s", re.IGNORECASE)
_HEAD_BYTES = 5000


def part_joined(data: bytes, page: Page) -> Iterator[Page]:
    """The web pages of one file: of several each bears the byte with which it begins (`a.html#51240`).

    >>> [found.source for found in part_joined(b"<html>Ash</html><html>Elm</html>", Page(b"", source="a"))]
    ['a#0', 'a#16']
    """
    headed = _HEADED_BYTES_RE.match(data) if data[:1] != b"<" else None
    edges = [(0, headed.end() if headed else 0), *_find_joints(data), (len(data), len(data))]
    for (above, start), (end, _) in pairwise(edges):
        facts = read_facts(data[above:start].decode("utf-8", "replace").splitlines())
        known: dict[str, Any] = {name: getattr(page, name) or said for name, said in facts.items()}
        source = f"{page.source}#{start}" if len(edges) > 2 else page.source
        yield replace(page, content=data[start:end], kind="html", source=source, **known)


def _may_hold_more(data: bytes) -> bool:
    """Whether another page may begin behind the first one's end: told quickly, as nearly always there is none.

    From the end, and for letters that are rare, bytes look for a word in a quarter of the time. So it is the first
    page's doctype, as that is written; where the first page has none, the others need have none.
    """
    if begun := _DOCTYPE_RE.search(data, 0, _HEAD_BYTES):
        return data.rfind(begun[1]) > begun.end()
    first = next((at for at in map(data.find, _CLOSING) if at >= 0), len(data))
    return _START_RE.search(data, first) is not None


def _find_joints(data: bytes) -> Iterator[tuple[int, int]]:
    """Where a page ends, and the next one begins: one that another holds inside is none."""
    if not _may_hold_more(data):
        return
    opened, awaited = 0, b""
    for edge in _EDGE_RE.finditer(data):
        is_end, name = bool(edge[1]), (edge[2] or edge[0]).lower()
        if awaited:  # in a comment or a script nothing else counts
            awaited = b"" if name == awaited and (is_end or name == b"-->") else awaited
        elif name == b"<!--":
            awaited = b"-->"
        elif name == b"html":
            opened += -1 if is_end else 1
            end = _END_RE.match(data, edge.end()) if is_end and opened <= 0 else None
            if end and (between := _BETWEEN_RE.match(data, end.end())):
                yield end.end(), between.end()
                opened = 0
        elif not is_end:
            awaited = name if name != b"-->" else b""
