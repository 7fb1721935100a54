"""The article that a page states in its JSON-LD and does not show: its own scripts would put it in its place."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from dehusk.model import Block

_KEY = "articleBody"
_LEAST_CHARS = 250
_TIMES = 2  # as long as all that is shown but for links; then it is not a part of that
_MAX_NODES = 3_000
_DECODER = json.JSONDecoder(strict=False)  # line breaks inside strings are common


def find_stated(texts: Iterable[str], blocks: Iterable[Block]) -> str:
    """The longest article body in JSON-LD, "" where there is none or where the page shows as much itself.

    >>> body = "It rained. " * 30
    >>> find_stated(['{"@graph": [{"articleBody": "%s"}]}' % body], []) == body
    True
    >>> find_stated(['{"articleBody": "%s"}' % body], [Block(body, "paragraph", 0, 0, 0)])
    ''
    """
    likely = [text for text in texts if _KEY in text and len(text) > _LEAST_CHARS]
    if not likely:
        return ""
    least = max(_LEAST_CHARS, _TIMES * sum(len(block.text) - block.link_chars for block in blocks))
    bodies = [body for text in likely if len(text) > least for body in _read_bodies(text)]
    longest = max(bodies, key=len, default="")
    return longest if len(longest) >= least else ""


def write_markup(stated: str) -> str:
    """It may hold tags and entities; where it does not, its lines are paragraphs."""
    lines = (line.strip() for line in stated.split("\n"))
    return f"<article itemprop={_KEY}>{''.join(f'<p>{line}' for line in lines if line)}</article>"


def _read_bodies(text: str) -> Iterator[str]:
    start = text.find("{"), text.find("[")
    try:
        waiting: list[Any] = [_DECODER.raw_decode(text, min(at for at in start if at >= 0))[0]]
    except (ValueError, RecursionError):
        return
    for _ in range(_MAX_NODES):
        if not waiting:
            return
        node = waiting.pop()
        if isinstance(node, dict):
            if isinstance(body := node.get(_KEY), str):
                yield body
            node = list(node.values())
        if isinstance(node, list):
            waiting += [child for child in node if isinstance(child, dict | list)]
