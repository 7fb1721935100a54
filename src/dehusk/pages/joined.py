"""Web pages one right behind the other in one file, as `cat` and scripts that append what they fetch leave them.

Of 1,462 pages (WCXB's development set, 125 of another maker) none is parted: one has documents inside its body.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from dehusk.model import Page

_COMMENT = rb"<!--(?>[^<]{0,1000}?-->)"
_START = rb"(?:<!doctype\s+html|<html[\s>])"
_BEGIN_RE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*+(?:(?:<\?xml[^<>]{0,200}>|<!doctype[^<>]{0,500}>|"
    + _COMMENT
    + rb")\s*+){0,6}<html[\s>]",
    re.IGNORECASE,
)
"""How a file begins that may hold several: a sample of HTML in another text is no page."""
_START_RE = re.compile(_START, re.IGNORECASE)
_EDGE_RE = re.compile(rb"<!--|-->|<(/?)(html|body|script|style|textarea)(?=[\s/>])", re.IGNORECASE)
_END_RE = re.compile(rb"[^<>]{0,100}>")
_BETWEEN_RE = re.compile(rb"\s*+(?:" + _COMMENT + rb"\s*+){0,4}(?=" + _START + rb")", re.IGNORECASE)
"""What may stand between a page's end and the next page: no text, which would be lost."""
_CLOSING = (b"</html", b"</HTML")
_DOCTYPE_RE = re.compile(rb"<!(doctype)\s", re.IGNORECASE)
_HEAD_BYTES = 5000


def part_joined(data: bytes, page: Page) -> Iterator[Page]:
    """The web pages of one file: of several each bears the byte with which it begins (`a.html#51240`).

    >>> two = b"<html><body>Ash</html><html><body>Elm</html>"
    >>> [found.source for found in part_joined(two, Page(b"", source="a"))]
    ['a#0', 'a#22']
    """
    starts = [0, *_find_starts(data), len(data)]
    for start, end in pairwise(starts):
        source = f"{page.source}#{start}" if len(starts) > 2 else page.source
        yield replace(page, content=data[start:end], kind="html", source=source)


def _may_hold_more(data: bytes) -> bool:
    """Whether another page may begin behind the first one's end: told quickly, as nearly always there is none.

    From the end, and for letters that are rare, bytes look for a word in a quarter of the time. So it is the first
    page's doctype, as that is written; where the first page has none, the others need have none.
    """
    if not _BEGIN_RE.match(data):
        return False
    if begun := _DOCTYPE_RE.search(data, 0, _HEAD_BYTES):
        return data.rfind(begun[1]) > begun.end()
    first = next((at for at in map(data.find, _CLOSING) if at >= 0), len(data))
    return _START_RE.search(data, first) is not None


def _find_starts(data: bytes) -> Iterator[int]:
    """Where another page begins behind the end of one that has a body: what a page holds inside is none."""
    if not _may_hold_more(data):
        return
    opened, has_body, awaited = 0, False, b""
    for edge in _EDGE_RE.finditer(data):
        is_end, name = bool(edge[1]), (edge[2] or edge[0]).lower()
        if awaited:  # in a comment or a script nothing else counts
            awaited = b"" if name == awaited and (is_end or name == b"-->") else awaited
        elif name == b"<!--":
            awaited = b"-->"
        elif name == b"body":
            has_body = True
        elif name == b"html":
            opened += -1 if is_end else 1
            end = _END_RE.match(data, edge.end()) if is_end and has_body and opened == 0 else None
            if end and (between := _BETWEEN_RE.match(data, end.end())):
                yield between.end()
                has_body = False
        elif not is_end and name != b"-->":
            awaited = name
