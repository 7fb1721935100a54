"""What scripts write below each page: "--- END ---", its address, its tags. It is of the header of the next one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from dehusk.page_headers.fields import FIELDS, is_known, read_address, read_field, take
from dehusk.page_headers.shapes import is_end
from dehusk.sentences import PROSE_ENDS

_MOST_LINES, _SHARE, _FEWEST = 4, 0.9, 2
"""So many lines at most are a page's tail, of so many pages all but a few, and of so many pages at least."""
_MOST_CHARS = {"url": 1000, "author": 60, "date": 60}
"""Of what such a field says; names and days are no sentences."""
_NOTE_CHARS = 150
_NOTES = frozenset(
    "sentiment|polarity|metadata|tags|keywords|category|categories|word count|length|score|highlight scores|image"
    "|images|image url|image source|videos|timestamp|crawled|crawled at|fetched at|scraped|scraped at|date scraped"
    "|depth|fingerprint|id|article id|document id|doc id|page id|chunk id|post id|slug|imagen|imagem|immagine"
    "|categoría|categoria|kategorie|kategori|catégorie|etiquetas|palabras clave|mots-clés"
    "|schlagworte".split("|")
)
"""Other fields that a page may end with. (A summary, a warning or a status may be its last sentence.)"""
_SOURCES = frozenset("source|fuente|quelle|fonte|источник|来源|來源|出典|출처".split("|"))
"""Those that name a paper, and no address."""


class Tail(NamedTuple):
    """What a line may be that ends a page."""

    kind: str
    """"" for none."""
    name: str = ""
    value: str = ""


def find_tails(headers: Sequence[tuple[int, int]], facts: frozenset[str], texts: Sequence[str]) -> list[str]:
    """The kinds of lines that nearly all pages end with: `headers` are the lines [first, end) of each header.

    `facts` is what these say; what they do not say the tails may. The last page may be cut, or read on later.

    >>> find_tails([(0, 1), (3, 4), (6, 7)], frozenset({"title"}), ["Title: Ash", "Words.", "--- END ---"] * 3)
    ['end']
    """
    pages = [(end, first) for (_, end), (first, _) in pairwise(headers) if first > end + 1]
    above = _read_tail(texts[headers[0][0] - 1], facts).kind if headers[0][0] else ""
    kinds = list[str]()
    for depth in range(1, _MOST_LINES + 1):
        tails = [_read_tail(texts[end - depth], facts).kind for first, end in pages if end - depth > first]
        kind, count = Counter(tails).most_common(1)[0] if tails else ("", 0)
        if not kind or kind == above or count < max(_FEWEST, _SHARE * len(pages)):
            break
        kinds.append(kind)
    return kinds


def measure_tail(
    first: int, end: int, *, kinds: frozenset[str], texts: Sequence[str]
) -> tuple[int, dict[str, str]]:
    """How many of the lines [first, end) of a page are its tail, and what it says; its first line is never of it."""
    depth, said = 0, dict[str, str]()
    while depth < _MOST_LINES and end - depth - 1 > first:
        tail = _read_tail(texts[end - depth - 1], frozenset())
        if tail.kind not in kinds:
            break
        take(said, tail.name, tail.value)
        depth += 1
    return depth, said


def _read_tail(text: str, facts: frozenset[str]) -> Tail:
    if is_end(text):
        return Tail("end")
    if read_address(text):
        return Tail("") if "url" in facts else Tail("address", "url", text)
    name, value = read_field(text)
    fact = FIELDS.get(name, "") if is_known(name, value) else ""
    most = _MOST_CHARS.get(fact, 0) if fact not in facts else 0
    is_short = 0 < len(value) <= most and (fact == "url" or value[-1] not in PROSE_ENDS)
    is_note = name in _NOTES and len(value) <= _NOTE_CHARS
    is_source = name in _SOURCES and 0 < len(value) <= _MOST_CHARS["author"] and value[-1] not in PROSE_ENDS
    is_note |= is_source and "url" not in facts
    return Tail(f"field {name}", name, value) if is_short or is_note else Tail("")
