"""The few facts that JSON-LD states about a page. It is hostile input: any shape, any type, any size."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

MAX_NODES = 3_000
MAX_NAMES = 12
_ARTICLE_TYPES = (("article", "posting", "report"), ("recipe", "question", "howto"), ("page",))
"""Parts of schema.org's type names, in order of trust. A Review is most often a customer's."""
_OPENER_RE = re.compile(r"\s*(?:(?://|/\*)?\s*(?:<!\[CDATA\[|<!--)\s*(?:\*/)?)?\s*")
_DECODER = json.JSONDecoder(strict=False)  # line breaks inside strings are common


@dataclass(frozen=True, slots=True)
class Facts:
    """Raw strings, "" where JSON-LD does not say."""

    headline: str = ""
    author: str = ""
    published: str = ""
    created: str = ""
    modified: str = ""
    publisher: str = ""
    website: str = ""


Node = dict[str, Any]


def read_facts(texts: Iterable[str]) -> Facts:
    """What the JSON-LD texts of a page say of its article, else of the page.

    A text that is no JSON, or nested too deeply to parse, says nothing.

    >>> read_facts(['{"@type": "NewsArticle", "headline": "Rain", "author": [{"name": "A. Roth"}]}'])
    Facts(headline='Rain', author='A. Roth', published='', created='', modified='', publisher='', website='')
    >>> read_facts(["[" * 100_000, "null", '{"author": 7}'])
    Facts(headline='', author='', published='', created='', modified='', publisher='', website='')
    """
    typed = [(_type_of(node), node) for node in _iterate_nodes(texts)]
    nodes = [node for _, node in typed]
    by_id = {ref: node for node in nodes if (ref := _text(node.get("@id"))) and "name" in node}
    ranked = [node for words in _ARTICLE_TYPES for kind, node in typed if any(word in kind for word in words)]
    return Facts(
        headline=_first(_text(node.get("headline")) for node in ranked),
        author=_first(_names(node.get("author") or node.get("creator"), by_id) for node in ranked),
        published=_first(_text(node.get("datePublished") or node.get("datePosted")) for node in ranked),
        created=_first(_text(node.get("dateCreated") or node.get("uploadDate")) for node in ranked),
        modified=_first(_text(node.get("dateModified")) for node in ranked),
        publisher=_first(_names(node.get("publisher"), by_id) for node in nodes),
        website=_first(_text(node.get("name")) for kind, node in typed if kind == "website"),
    )


def _iterate_nodes(texts: Iterable[str]) -> Iterator[Node]:
    """The objects of all texts in document order, without recursion, at most MAX_NODES."""
    stack = [value for text in texts for value in _load(text)][::-1]
    for _ in range(MAX_NODES):
        if not stack:
            return
        value = stack.pop()
        if isinstance(value, dict):
            yield value
            stack.extend(list(value.values())[::-1])
        elif isinstance(value, list):
            stack.extend(value[::-1])


def _load(text: str) -> list[Any]:
    """The first JSON value of a text; what wraps it (CDATA, a comment) or trails it is passed over."""
    opener = _OPENER_RE.match(text)
    try:
        return [_DECODER.raw_decode(text, opener.end() if opener else 0)[0]]
    except (ValueError, RecursionError):
        return []


def _type_of(node: Node) -> str:
    kind = node.get("@type")
    kinds = kind if isinstance(kind, list) else [kind]
    return " ".join(kind.lower() for kind in kinds[:10] if isinstance(kind, str))


def _names(value: Any, by_id: dict[str, Node]) -> str:
    """The names of people or organisations: a string, an object, a reference or a list of these."""
    values = value if isinstance(value, list) else [value]
    names = (_name(item, by_id) for item in values[:MAX_NAMES])
    return ", ".join(dict.fromkeys(filter(None, names)))


def _name(value: Any, by_id: dict[str, Node]) -> str:
    if isinstance(value, dict):
        value = value.get("name") or by_id.get(_text(value.get("@id")), {}).get("name")
        if isinstance(value, list):
            value = value[0] if value else ""
    return _text(value)


def _text(value: Any) -> str:
    return " ".join(resolve(value[:2_000]).split()) if isinstance(value, str) else ""


def resolve(text: str) -> str:
    """The text with characters for its references to them: what software writes into JSON and metas was escaped before.

    >>> resolve("Tom &amp; Ann O&#039;Brien"), resolve("R&D; AT&T")
    ("Tom & Ann O'Brien", 'R&D; AT&T')
    """
    return unescape(text) if "&" in text and ";" in text else text


def _first(values: Iterable[str]) -> str:
    return next((value for value in values if value), "")
