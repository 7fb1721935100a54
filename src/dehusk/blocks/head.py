"""What a parsed page says about itself outside its text: `read_head(tree) -> Head`.

Everything is kept as found, and bounded, for the page is not to be trusted: `dehusk.metadata` judges it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from dehusk.model import Head

NOTED_TAGS = frozenset({"title", "meta", "link", "script", "time"})
NOTED_ATTRIBUTES = frozenset(
    "name http-equiv property itemprop content rel href type datetime class pubdate".split()
)
MAX_METAS = 300
MAX_VALUE_CHARS = 2_000
MAX_SCRIPTS = 300
MAX_JSON_LD_CHARS = 300_000
"""Of all JSON-LD scripts of a page together; real ones of articles have 1 to 20 thousand."""
MAX_TIMES = 40
MAX_BYLINES = 12
MAX_BYLINE_CHARS = 200
BYLINE_ELEMENTS = 48
"""So many are looked at."""
LINE_END = "\x01"
"""Between the lines of what may be a byline."""

_HTML_PARENTS = frozenset({"head", "body", "html", "noscript"})
_AUTHOR_METAS = (
    "author",
    "article:author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
)
_REPEATED_METAS = frozenset(
    ("author", "article:author", "citation_author", "dc.creator", "dcterms.creator", "parsely-author")
)
"""Each of several authors has one of these."""
AUTHORS_APART = "; "


class Noted(NamedTuple):
    """An element that says something about the page: a title, meta, canonical link, time, or JSON-LD script."""

    tag: str
    text: str
    """"" for a meta element."""
    attributes: Mapping[str, str]
    """Those of NOTED_ATTRIBUTES that it has."""


def note(node: LexborNode) -> Noted | None:
    """What `read_head` wants of an element; None if nothing."""
    tag = node.tag or ""
    if tag not in NOTED_TAGS:
        return None
    attributes = {name: value or "" for name, value in node.attributes.items() if name in NOTED_ATTRIBUTES}
    if tag == "title":
        parent = node.parent
        if parent is None or parent.tag not in _HTML_PARENTS:  # an <svg> has titles of its own
            return None
    elif tag == "link":
        if "canonical" not in attributes.get("rel", "").lower().split():
            return None
    elif tag == "script" and "ld+json" not in attributes.get("type", "").lower():
        return None
    return Noted(tag, "" if tag == "meta" else node.text(), attributes)


def read_head(
    tree: LexborHTMLParser, noted: Iterable[Noted], find_bylines: Callable[[LexborHTMLParser], Iterable[str]]
) -> Head:
    """The title, language, link, meta, JSON-LD, time and byline values of a parsed page.

    `noted` is what the walk noted, for it meets all elements anyway: each search of the whole tree costs a tenth of
    the parse. What may be a byline is looked for only where neither a meta element nor JSON-LD names an author, since
    that takes one. A page without a head gives an empty Head.

    >>> tree = LexborHTMLParser('<html lang="de"><title>Tag</title><meta name="Author" content="A. Roth">')
    >>> noted = [noted for node in tree.head.traverse() if (noted := note(node))]
    >>> head = read_head(tree, noted, lambda _: ())
    >>> head.title, head.language, head.metas
    ('Tag', 'de', {'author': 'A. Roth'})
    """
    found: dict[str, list[Noted]] = {tag: [] for tag in NOTED_TAGS}
    for one in noted:
        found[one.tag].append(one)
    metas = _read_metas(found["meta"])
    json_ld = tuple(_read_json_ld(found["script"]))
    named = any(name in metas for name in _AUTHOR_METAS) or any('"author"' in text for text in json_ld)
    titles, links = found["title"], found["link"]
    return Head(
        title=_bounded(titles[0].text) if titles else "",
        language=_read_language(tree) or metas.get("content-language", ""),
        canonical=_bounded(links[0].attributes.get("href")) if links else "",
        metas=metas,
        json_ld=json_ld,
        times=tuple(_read_times(found["time"])),
        bylines=() if named else tuple(_choose_bylines(find_bylines(tree))),
    )


def _bounded(text: str | None, limit: int = MAX_VALUE_CHARS) -> str:
    """Whitespace folded, cut to `limit` characters."""
    return " ".join(text[: 4 * limit].split())[:limit] if text else ""


def _bounded_lines(text: str, limit: int) -> str:
    lines = (" ".join(line.split()) for line in text[: 4 * limit].split(LINE_END))
    return "\n".join(filter(None, lines))[:limit]


def _read_language(tree: LexborHTMLParser) -> str:
    root = tree.root
    if root is None:
        return ""
    attributes = root.attributes
    return _bounded(attributes.get("lang") or attributes.get("xml:lang"), 35)


def _read_metas(nodes: list[Noted]) -> dict[str, str]:
    found: dict[str, str] = {}
    for _, _, attributes in nodes[:MAX_METAS]:
        content = _bounded(attributes.get("content"))
        if content:
            for name in _meta_names(attributes):
                known = found.setdefault(name, content)
                if name in _REPEATED_METAS and content not in known.split(AUTHORS_APART):
                    found[name] = f"{known}{AUTHORS_APART}{content}"[:MAX_VALUE_CHARS]
    return found


def _meta_names(attributes: Mapping[str, str]) -> list[str]:
    """Lower-cased; `property` and `itemprop` may hold several, divided by spaces."""
    one = (attributes.get("name") or attributes.get("http-equiv", "")).strip().lower()[:100]
    names = [one] if one else []
    if "property" in attributes or "itemprop" in attributes:
        several = f"{attributes.get('property', '')} {attributes.get('itemprop', '')}"
        names[:0] = several.lower()[:200].split()
    return names


def _read_json_ld(nodes: list[Noted]) -> Iterator[str]:
    room = MAX_JSON_LD_CHARS
    for _, text, _ in nodes[:MAX_SCRIPTS]:
        if 0 < len(text) <= room:  # half a JSON text is none: take it whole or not at all
            room -= len(text)
            yield text


def _read_times(nodes: list[Noted]) -> list[str]:
    """Times marked as published come first; those marked as modified are left out."""
    published: list[str] = []
    others: list[str] = []
    for _, text, attributes in nodes[:MAX_TIMES]:
        marks = f"{attributes.get('itemprop', '')} {attributes.get('class', '')}".lower()
        value = _bounded(attributes.get("datetime") or text, 100)
        if not value or (("modif" in marks or "updated" in marks) and "publish" not in marks):
            continue
        is_published = "publish" in marks or "pubdate" in attributes
        (published if is_published else others).append(value)
    return published + others


def _choose_bylines(texts: Iterable[str]) -> list[str]:
    bounded = (_bounded_lines(text, MAX_BYLINE_CHARS + 1) for text in texts)
    short = (text for text in bounded if 0 < len(text) <= MAX_BYLINE_CHARS)
    return list(islice(dict.fromkeys(short), MAX_BYLINES))
