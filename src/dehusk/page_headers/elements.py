"""Elements around and above pages, as in "<noticia>", "<title>Snow on the moor</title>", "<text>", "</text>".

What stands in elements may be the page itself: only what says something of it, or is an id, is of its header.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from dehusk.page_headers.fields import CONTENTS, FIELDS, take
from dehusk.sentences import PROSE_ENDS

_ELEMENT_RE = re.compile(
    r"<([a-z][a-z0-9_.:-]{0,40}|[A-Z][A-Z0-9_.:-]{0,40})(?:\s[^<>]{0,1000})?>(?:([^<>]{0,1000})</\1>)?$"
)
"""One that opens, or one on one line; names in small and capital letters are those of components in code."""
_CLOSING_RE = re.compile(r"</([a-z][a-z0-9_.:-]{0,40}|[A-Z][A-Z0-9_.:-]{0,40})>$")
_OF_PAGES = frozenset(
    "a abbr address aside b blockquote br button center code dd div dl dt em figure font footer form h1 h2 h3 h4 h5 h6"
    " hr html i iframe img input label li link meta nav ol option p pre q s script select small span strong style sub"
    " sup svg table tbody td th thead tr tt u ul video".split()
)
"""Elements of a page itself."""
_PAGES = frozenset(
    "article artikel artikul articulo artigo articolo doc document documento dokument documents entry item news noticia"
    " notizia nachricht page post record story text reuters".split()
)
"""What a page is called."""
_MOST_LINES, _ID_WORDS = 12, 3


def read_start(text: str) -> str:
    """The name of the element with which a header may begin, in small letters; "" for another line."""
    element = _ELEMENT_RE.match(text) if text[0] == "<" else None
    name = element[1].lower() if element else ""
    return "" if name in _OF_PAGES else name


def read_elements(texts: Sequence[str], first: int) -> tuple[dict[str, str], int]:
    """What the elements say that stand together from a line on, and the line behind them.

    >>> read_elements(["<id>7</id>", "<title>Snow on the moor</title>", "<text>", "The road is closed."], 0)
    ({'title': 'Snow on the moor'}, 3)
    """
    facts, seen = dict[str, str](), set[str]()
    for i in range(first, min(len(texts), first + _MOST_LINES)):
        element = _ELEMENT_RE.match(texts[i])
        name, value = (element[1].lower(), (element[2] or "").strip()) if element else ("", "")
        is_id = len(value.split()) <= _ID_WORDS and value[-1:] not in PROSE_ENDS
        is_known = name in FIELDS and name not in CONTENTS
        if not name or name in _OF_PAGES or name in seen or not (is_known or is_id):
            return facts, i
        seen.add(name)
        take(facts, name, value)
    return facts, min(len(texts), first + _MOST_LINES)


def list_names(texts: Sequence[str]) -> set[str]:
    """The names of the elements that begin in some lines."""
    return set(filter(None, map(read_start, texts)))


def name_pages(texts: Sequence[str]) -> bool:
    """Whether one of the elements that begin in these lines is called as pages are."""
    return not _PAGES.isdisjoint(list_names(texts))


def find_closing(texts: Sequence[str], end: int, names: Iterable[str]) -> int:
    """The first of the lines right above the line `end` that close elements, of these names one at least; or `end`."""
    first, closed = end, set[str]()
    while first > 0 and (closing := _CLOSING_RE.match(texts[first - 1])):
        closed.add(closing[1].lower())
        first -= 1
    return end if closed.isdisjoint(names) else first
