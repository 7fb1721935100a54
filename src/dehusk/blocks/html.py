"""HTML -> blocks: lexbor's parse, the walk over its tree, and what the page says of itself."""

from __future__ import annotations

import re
from itertools import accumulate, chain

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser

from dehusk.blocks.empty_elements import close_empty_elements
from dehusk.blocks.guard import check_markup
from dehusk.blocks.head import read_head
from dehusk.blocks.page_data import MOST_SHOWN, find_data_article
from dehusk.blocks.shadow import open_shadow_roots
from dehusk.blocks.stated_text import find_stated, write_markup
from dehusk.blocks.walk import Walked
from dehusk.blocks.walk_native import find_bylines, walk_tree
from dehusk.errors import UnreadablePage
from dehusk.model import Document, Head, Limits, Page

_FRAMES_RE = re.compile(rb"</?(?:frameset|frame|noframes)(?=[\s/>])[^<>]*>", re.IGNORECASE)
"""Without these tags a page of frames shows what it says to those who cannot see frames."""

_SCRIPTS = 'script:not([src]):not([type="application/ld+json"])'
_PROPS = "data-page"  # where Inertia, of the frameworks' bridges the one that is common, puts a page's JSON


def read_html(page: Page, limits: Limits, *, utf8: bytes | None = None) -> Document:
    """The blocks of an HTML page in document order; the text of `<noscript>` too when there is little else, and the
    article of its JSON-LD, or of the JSON for its scripts, where it shows none.

    Raises:
        UnreadablePage: bytes, tags, nesting, attributes or open formatting tags are over a limit.
    """
    content = page.content if isinstance(page.content, str) else page.content.decode("utf-8", "replace")
    markup = check_page(content, limits, source=page.source, utf8=utf8)
    tree = LexborHTMLParser(markup, options=LexborDocumentOptions.WO_EVENTS)
    if tree.body is None and _FRAMES_RE.search(markup):
        markup = check_page(_FRAMES_RE.sub(b" ", markup).decode(), limits, source=page.source)
        tree = LexborHTMLParser(markup, options=LexborDocumentOptions.WO_EVENTS)
    walked = Walked([], [], [])
    if tree.body is not None:
        walked = walk_tree(tree, len(content), max_depth=limits.depth, source=page.source)
    head = read_head(tree, walked.noted, find_bylines)
    if added := _find_added(tree, head, walked):
        walked = _add_markup(added, markup, length=len(content), limits=limits) or walked
    return Document(
        kind="html",
        blocks=walked.blocks,
        length=len(content),
        elements=walked.elements,
        head=head,
        source=page.source,
        columns=walked.columns,
    )


def _find_added(tree: LexborHTMLParser, head: Head, walked: Walked) -> str:
    """The article, as markup, that the page states and its own scripts would show."""
    if stated := find_stated(head.json_ld, walked.blocks):
        return write_markup(stated)
    totals = accumulate(len(block.text) for block in walked.blocks)
    if any(total > MOST_SHOWN for total in totals):
        return ""
    shown = [block.text for block in walked.blocks]
    props = (node.attributes.get(_PROPS) or "" for node in tree.css(f"[{_PROPS}]"))
    return find_data_article(chain(props, (script.text() for script in tree.css(_SCRIPTS))), shown)


def _add_markup(added: str, markup: bytes, *, length: int, limits: Limits) -> Walked | None:
    """The walk over the page with the article below it that it only states; None where a parser may not have that."""
    try:
        whole = check_page(markup.decode() + added, limits, source="")
        tree = LexborHTMLParser(whole, options=LexborDocumentOptions.WO_EVENTS)
        return walk_tree(tree, length, max_depth=limits.depth, source="")
    except UnreadablePage:
        return None


def check_page(content: str, limits: Limits, *, source: str, utf8: bytes | None = None) -> bytes:
    """The page as any parser may have it.

    Raises:
        UnreadablePage: as `check_markup`.
    """
    markup = close_empty_elements(open_shadow_roots(_encode(content) if utf8 is None else utf8))
    check_markup(markup, limits, source=source)
    return markup


def _encode(content: str) -> bytes:
    """The parser takes UTF-8, which has no lone surrogates."""
    try:
        return content.encode()
    except UnicodeEncodeError:
        return content.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
