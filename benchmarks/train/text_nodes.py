"""Pages as texts with a line for every text node, and which of their line breaks are inside paragraphs."""

from __future__ import annotations

import gzip
import json
import re
from bisect import bisect_right
from collections.abc import Container, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import numpy as np
from lxml import etree
from lxml import html as lxml_html

from dehusk.blocks.text import read_text
from dehusk.model import Document, Page
from dehusk.pages.reading import decode_page

BLOCK_TAGS = frozenset(
    "address article aside audio blockquote body br button canvas center dd details dialog dir div dl dt"
    " fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html iframe img"
    " input legend li main menu nav noframes ol optgroup option p pre search section select summary table"
    " tbody td textarea tfoot th thead title tr ul video".split()
)
UNSEEN_TAGS = frozenset("script style noscript template head svg".split())
LEAST_LETTERS = 20
"""Shorter paragraphs stand in the gold of any page."""
INSIDE, BETWEEN, UNKNOWN = 1, 0, -1


class Node(NamedTuple):
    """A text node, or one line of it."""

    text: str
    begins: bool
    """Whether it is the first of a paragraph."""
    is_code: bool
    is_spaced: bool
    """Whether white space stands before it."""


class NodeText(NamedTuple):
    """A page with its breaks: a number for each block but the last, of the break behind it."""

    site: str
    text: str
    document: Document
    breaks: np.ndarray
    """INSIDE a paragraph, BETWEEN two, or UNKNOWN."""
    gold: np.ndarray
    """How many of the two blocks are of paragraphs that the gold text has."""


def read_node_texts(folder: Path, chosen: Container[str] | None = None) -> Iterator[NodeText]:
    """The pages of a folder laid out as WCXB is, all or those of the chosen keys, in order of these."""
    for path in sorted((folder / "html").glob("*")):
        key = path.name.split(".")[0]
        truth = folder / "ground-truth" / f"{key}.json"
        if not truth.exists() or (chosen is not None and key not in chosen):
            continue
        gold = json.loads(truth.read_text(encoding="utf-8"))
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        nodes = read_nodes(str(decode_page(Page(raw, kind="html")).content))
        if nodes:
            url = urlsplit(gold.get("url") or "")
            yield make_text(url.netloc, nodes, gold["ground_truth"]["main_content"] or "")


def read_nodes(markup: str) -> list[Node]:
    """The lines of what get_text("\\n", strip=True) of BeautifulSoup gives of a page's body."""
    try:
        tree = lxml_html.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", markup))
    except (etree.ParserError, ValueError):
        return []
    nodes, begins, is_spaced = list[Node](), True, True
    body = tree.find(".//body")
    for text, is_break, is_code in walk(tree if body is None else body, is_code=False):
        begins |= is_break
        if bare := text.strip():
            for line in filter(None, map(str.strip, bare.splitlines())):
                nodes.append(Node(line, begins, is_code, is_spaced or text[0].isspace()))
                begins, is_spaced = False, True
            is_spaced = text[-1].isspace()
        else:
            is_spaced |= is_break or text != ""
    return nodes


def walk(element: etree._Element, *, is_code: bool) -> Iterator[tuple[str, bool, bool]]:
    """The texts inside an element, whether a block begins or ends before each, and whether it is code."""
    if not isinstance(element.tag, str) or element.tag in UNSEEN_TAGS:
        return
    is_block, is_code = element.tag in BLOCK_TAGS, is_code or element.tag in ("pre", "code-block")
    yield element.text or "", is_block, is_code
    for child in element:
        yield from walk(child, is_code=is_code)
        yield child.tail or "", False, is_code
    yield "", is_block, is_code


def make_text(site: str, nodes: list[Node], gold: str) -> NodeText:
    text = "\n".join(node.text for node in nodes)
    document = read_text(Page(text, kind="text"))
    starts = np.cumsum([0, *(len(node.text) + 1 for node in nodes)]).tolist()
    firsts = [bisect_right(starts, block.start) - 1 for block in document.blocks]
    lasts = [bisect_right(starts, block.end - 1) - 1 for block in document.blocks]
    is_gold = np.array(find_gold(nodes, "".join(gold.split())), np.int64)
    breaks = [judge_break(nodes[last : first + 1]) for last, first in zip(lasts, firsts[1:])]
    return NodeText(
        site, text, document, np.array(breaks, np.int64), is_gold[lasts[:-1]] + is_gold[firsts[1:]]
    )


def find_gold(nodes: list[Node], gold: str) -> list[bool]:
    """Whether each node is of a paragraph that is in the gold text, which is given without white space."""
    found, first = list[bool](), 0
    for stop in range(1, len(nodes) + 1):
        if stop == len(nodes) or nodes[stop].begins:
            letters = "".join("".join(node.text for node in nodes[first:stop]).split())
            found += [len(letters) >= LEAST_LETTERS and letters in gold] * (stop - first)
            first = stop
    return found


def judge_break(nodes: list[Node]) -> int:
    """Of the break before the last of some nodes. What is set apart without white space or a block is so by a style."""
    above, *below = nodes
    if any(node.begins for node in below):
        return BETWEEN
    is_apart = (
        not below[-1].is_spaced and nodes[-2].text[-1].isalnum() and below[-1].text[0].isalnum()
        if below
        else True
    )
    return UNKNOWN if above.is_code or is_apart or any(node.is_code for node in below) else INSIDE
