"""What a parsed page says about itself outside its text: `read_head(tree) -> Head`.

Everything is kept as found, and bounded, for the page is not to be trusted: `dehusk.metadata` judges it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice

from selectolax.lexbor import LexborHTMLParser, LexborNode

from dehusk.model import Head

NOTED_TAGS = frozenset({"title", "meta", "link", "script", "time"})
MAX_METAS = 300
MAX_VALUE_CHARS = 2_000
MAX_SCRIPTS = 300
MAX_JSON_LD_CHARS = 300_000
"""Of all JSON-LD scripts of a page together; real ones of articles have 1 to 20 thousand."""
MAX_TIMES = 40
MAX_BYLINES = 12
MAX_BYLINE_CHARS = 200

_HTML_PARENTS = frozenset({"head", "body", "html", "noscript"})
_BYLINE_CSS = "[rel~=author],[itemprop~=author],[class*=author],[class*=byline]"
_AUTHOR_METAS = (
    "author",
    "article:author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
)


def read_head(tree: LexborHTMLParser, noted: Iterable[LexborNode]) -> Head:
    """The title, language, link, meta, JSON-LD, time and byline values of a parsed page.

    `noted` are the elements of the body with a tag of NOTED_TAGS: who walks the body meets them, and each search of
    the whole tree costs a tenth of the parse. Bylines are looked for only where neither a meta element nor JSON-LD
    names an author, since that takes one. A page without a head gives an empty Head.

    >>> tree = LexborHTMLParser('<html lang="de"><title>Tag</title><meta name="Author" content="A. Roth">')
    >>> read_head(tree, []).title, read_head(tree, []).language, read_head(tree, []).metas
    ('Tag', 'de', {'author': 'A. Roth'})
    """
    found: defaultdict[str | None, list[LexborNode]] = defaultdict(list)
    for node in chain(tree.head.traverse() if tree.head is not None else (), noted):
        found[node.tag].append(node)
    metas = _read_metas(found["meta"])
    json_ld = tuple(_read_json_ld(found["script"]))
    named = any(name in metas for name in _AUTHOR_METAS) or any('"author"' in text for text in json_ld)
    return Head(
        title=_read_title(found["title"]),
        language=_read_language(tree) or metas.get("content-language", ""),
        canonical=_read_canonical(found["link"]),
        metas=metas,
        json_ld=json_ld,
        times=tuple(_read_times(found["time"])),
        bylines=() if named else tuple(_read_bylines(tree)),
    )


def _bounded(text: str | None, limit: int = MAX_VALUE_CHARS) -> str:
    """Whitespace folded, cut to `limit` characters."""
    return " ".join(text[: 4 * limit].split())[:limit] if text else ""


def _read_title(nodes: list[LexborNode]) -> str:
    for node in nodes[:20]:
        parent = node.parent
        if parent is not None and parent.tag in _HTML_PARENTS:  # an <svg> has titles of its own
            return _bounded(node.text())
    return ""


def _read_language(tree: LexborHTMLParser) -> str:
    root = tree.css_first("html")
    if root is None:
        return ""
    attributes = root.attributes
    return _bounded(attributes.get("lang") or attributes.get("xml:lang"), 35)


def _read_canonical(nodes: list[LexborNode]) -> str:
    for node in nodes[:MAX_METAS]:
        attributes = node.attributes
        if "canonical" in (attributes.get("rel") or "").lower().split():
            return _bounded(attributes.get("href"))
    return ""


def _read_metas(nodes: list[LexborNode]) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in nodes[:MAX_METAS]:
        attributes = node.attributes
        content = _bounded(attributes.get("content"))
        if content:
            for name in _meta_names(attributes):
                found.setdefault(name, content)
    return found


def _meta_names(attributes: Mapping[str, str | None]) -> list[str]:
    """Lower-cased; `property` and `itemprop` may hold several, divided by spaces."""
    several = f"{attributes.get('property') or ''} {attributes.get('itemprop') or ''}"
    one = attributes.get("name") or attributes.get("http-equiv") or ""
    return [*several.lower()[:200].split(), *filter(None, [one.strip().lower()[:100]])]


def _read_json_ld(nodes: list[LexborNode]) -> Iterator[str]:
    room = MAX_JSON_LD_CHARS
    for node in nodes[:MAX_SCRIPTS]:
        if "ld+json" in (node.attributes.get("type") or "").lower():
            text = node.text()
            if 0 < len(text) <= room:  # half a JSON text is none: take it whole or not at all
                room -= len(text)
                yield text


def _read_times(nodes: list[LexborNode]) -> list[str]:
    """Times marked as published come first; those marked as modified are left out."""
    published: list[str] = []
    others: list[str] = []
    for node in nodes[:MAX_TIMES]:
        attributes = node.attributes
        marks = f"{attributes.get('itemprop') or ''} {attributes.get('class') or ''}".lower()
        value = _bounded(attributes.get("datetime") or node.text(), 100)
        if not value or (("modif" in marks or "updated" in marks) and "publish" not in marks):
            continue
        is_published = "publish" in marks or "pubdate" in attributes
        (published if is_published else others).append(value)
    return published + others


def _read_bylines(tree: LexborHTMLParser) -> list[str]:
    texts = (_bounded(node.text(), MAX_BYLINE_CHARS + 1) for node in _elements(tree.css(_BYLINE_CSS)))
    short = (text for text in texts if 0 < len(text) <= MAX_BYLINE_CHARS)
    return list(islice(dict.fromkeys(short), MAX_BYLINES))


def _elements(nodes: Iterable[LexborNode]) -> Iterator[LexborNode]:
    """The first few that may hold a byline: an avatar picture or a stylesheet is none."""
    fit = (
        node for node in nodes if node.tag not in ("img", "meta", "link", "script", "style", "body", "html")
    )
    return islice(fit, 4 * MAX_BYLINES)
