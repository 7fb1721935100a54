"""What kind of page it is, from the average of its blocks and what its head says of itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.label.html_features import Floats, PageRows
from dehusk.label.html_prose import is_one_text
from dehusk.model import Document, Head
from dehusk.nets import multiply

PAGE_TYPES = ("article", "forum", "product", "collection", "listing", "documentation", "service")
# schema.org types that tell; others are too common or too rare.
_LD_TYPES = tuple(
    "newsarticle article blogposting product faqpage itemlist collectionpage discussionforumposting qapage service"
    " organization localbusiness webpage techarticle recipe breadcrumblist offer aggregaterating softwareapplication"
    " course event".split()
)
_LD_TYPE_RE = re.compile(r'"@type"\s*+:\s*+(?:\[\s*+)?"([A-Za-z]+)"')
_OG_TYPES = ("article", "website", "product", "product.item", "blog")
_ARTICLE_HINTS = [
    *map(_LD_TYPES.index, ("newsarticle", "article", "blogposting")),
    len(_LD_TYPES) + _OG_TYPES.index("article"),
    len(_LD_TYPES) + len(_OG_TYPES),
]
_LIST_HINTS = [*map(_LD_TYPES.index, ("itemlist", "collectionpage"))]
_HINTS = len(_LD_TYPES) + len(_OG_TYPES) + 6
"""So many are in a row, behind the averages."""
_FORUM_ENGINES = ("discourse", "xenforo", "phpbb", "vbulletin", "mybb")
_DOCUMENTATION_ENGINES = ("sphinx", "docusaurus", "mkdocs", "hugo", "gitbook", "javadoc")


class TypeWeights(NamedTuple):
    mean: Floats
    scale: Floats
    weight: Floats
    """Features by PAGE_TYPES."""
    bias: Floats


def unpack_type_weights(arrays: Mapping[str, NDArray[Any]]) -> TypeWeights:
    return TypeWeights(*(arrays[f"type.{name}"].astype(np.float32) for name in TypeWeights._fields))


def type_features(document: Document, page: PageRows) -> Floats:
    """One row: the mean over blocks, the mean over characters, and the head's hints."""
    shares = np.empty((len(page.lengths), 2), np.float32)
    shares[:, 0], shares[:, 1] = 1 / len(page.lengths), page.lengths / page.lengths.sum()
    hints = np.array(_head_hints(document.head), np.float32)
    return np.concatenate([*multiply(page.features, shares).T, hints])


def find_page_type(row: Floats, weights: TypeWeights) -> str:
    """The most probable of PAGE_TYPES; but what says that it is an article, and of no list, is no listing.

    A short piece of news among its site's headlines looks like one.
    """
    scaled = np.clip((row - weights.mean) * weights.scale, -5, 5)
    found = PAGE_TYPES[int(np.argmax(scaled @ weights.weight + weights.bias))]
    hints = row[-_HINTS:]
    is_article = found == "listing" and hints[_ARTICLE_HINTS].any() and not hints[_LIST_HINTS].any()
    return "article" if is_article else found


def correct_page_type(page_type: str, content: Floats, page: PageRows) -> str:
    """The type that was found, but of a listing whose content is one text, by its blocks' chances: an article."""
    return "article" if page_type == "listing" and is_one_text(content, page) else page_type


def _head_hints(head: Head) -> list[float]:
    kinds = {kind.lower() for data in head.json_ld for kind in _LD_TYPE_RE.findall(data)}
    metas = head.metas
    og_type, engine = metas.get("og:type", "").lower(), metas.get("generator", "").lower()
    return [
        *(float(kind in kinds) for kind in _LD_TYPES),
        *(float(og_type == kind) for kind in _OG_TYPES),
        float("article:published_time" in metas),
        float(min(3, len(head.times))),
        float(bool(head.bylines)),
        float(any(name in engine for name in _FORUM_ENGINES)),
        float(any(name in engine for name in _DOCUMENTATION_ENGINES)),
        float("product:price:amount" in metas or "og:price:amount" in metas),
    ]
