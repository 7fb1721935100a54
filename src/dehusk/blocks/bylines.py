"""The texts of elements that are marked as an author's name or a byline."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode

from dehusk.blocks.head import BYLINE_ELEMENTS, LINE_END
from dehusk.blocks.walk import find_tag_role, is_block_role, is_break_role, is_silent_role

_CSS = "[rel~=author i],[itemprop~=author i],[class*=author],[class*=byline]"
_TEXT_TAG_ID = 2
_WIDE = "\U00010000"


def find_bylines_here(tree: LexborHTMLParser) -> Iterator[str]:
    """The texts of the first few elements that may hold a byline: an avatar picture or a stylesheet is none.

    LINE_END stands between what is not in one line.

    >>> tree = LexborHTMLParser("<div class=author><h4>Ann <b>Roe</b></h4><a>Follow</a><a>3K</a></div>")
    >>> list(find_bylines_here(tree))
    ['Ann Roe\\x01Follow 3K']
    """
    found = {node.mem_id: node for node in tree.css(_CSS)}  # an element once for each selector
    others = ("img", "meta", "link", "script", "style", "body", "html")
    fit = (node for node in found.values() if node.tag not in others)
    return (_gather(node) for node in islice(fit, BYLINE_ELEMENTS))


def _gather(root: LexborNode) -> str:
    parts: list[str] = []
    line = -1  # the block that the last text is in
    before = ""
    for node in _iterate_texts(root):
        text = node.text_content or "" if node.tag_id == _TEXT_TAG_ID else LINE_END
        if text == LINE_END:
            before = ""
        elif text and not text.isspace():
            block = _find_block(node, root)
            if line not in (-1, block):
                parts.append(LINE_END)
            elif _are_two_words(before, text):
                parts.append(" ")
            line, before = block, text
        else:
            before = ""
        parts.append(text)
    return "".join(parts)


def _iterate_texts(root: LexborNode) -> Iterator[LexborNode]:
    """The text nodes and line breaks of a subtree, but for those of scripts and controls."""
    waiting = [root.first_child]
    while waiting:
        node = waiting.pop()
        if node is None:
            continue
        waiting.append(node.next)
        role = 0 if node.tag_id == _TEXT_TAG_ID else find_tag_role(node)
        if role == 0 or is_break_role(role):
            yield node
        elif not is_silent_role(role):
            waiting.append(node.first_child)


def _find_block(node: LexborNode, root: LexborNode) -> int:
    parent = node.parent
    while parent is not None and parent.mem_id != root.mem_id and not is_block_role(find_tag_role(parent)):
        parent = parent.parent
    return parent.mem_id if parent is not None else 0


def _are_two_words(before: str, text: str) -> bool:
    """As blocks part what stands in two inline elements; here two links are no case of their own."""
    if len(before) < 2 or len(text) < 2 or max(before[-1], text[0]) >= _WIDE:
        return False
    return before[-1].isalnum() and text[0].isalnum() and not (before[-1].islower() and text[0].islower())
