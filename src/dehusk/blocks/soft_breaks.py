"""Line breaks of Markdown's source that do not show: inside paragraphs, quotations and below a list's items.

CommonMark shows none of them as a break. Scrapers that write for language models put menus, headlines and bylines on
lines of their own all the same, so only those are believed beside which sentences go on.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from dehusk.blocks.code import find_fences, has_fences
from dehusk.blocks.lines import Lines

_LEAST_CHARS = 30  # of a line that was not ended by who wrote it
_DEEPEST = 6  # columns that what continues an item is set in, at most
_ITEM_RE = re.compile(r"(?:[*+-]|\d{1,3}[.)])\s+")
QUOTE_RE = re.compile(r"(?:>[ \t]*)+")
_APART_RE = re.compile(
    r"#{1,6}\s|\||```|~~~|<|!?\[[^\]]*\](?:\([^()]*\)|:.*)$|(?:[*+-]|\d{1,3}[.)])(?:\s|$)|[\w-]+:\s"
)
"""How lines begin that continue nothing, and links that are lines."""
_OPENING_MARKS = "*_`[("
_ENDED_RE = re.compile(r"[.!?…:;|][*_`\"'”’»)\]]*$|\\$")
_BYLINE_RE = re.compile(r"(?:by|von|par|por|di|da|door|av|de) \W*[A-Z]")


def find_soft_breaks(lines: Lines, text: str, is_code: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """For each line, whether the next one goes on with it, if half the breaks of its paragraph are inside sentences."""
    joins, run = np.zeros(len(lines.texts), np.bool_), list[int]()
    is_close = ~is_code[:-1] & ~is_code[1:] & (lines.gaps[1:] == 0)
    if has_fences(lines):
        _, inside = find_fences(lines.texts)
        is_close &= ~inside[:-1]
    is_close = is_close.tolist()
    for i in range(len(lines.texts) - 1):
        if is_close[i] and _may_go_on(lines, i):
            run.append(i)
        if not run or run[-1] != i or i + 2 == len(lines.texts):
            joins[_believe(lines, text, run)] = True
            run = []
    return joins


def _believe(lines: Lines, text: str, run: list[int]) -> list[int]:
    """Of the breaks of one paragraph those that do not show."""
    inside = sum(_is_inside_sentence(lines, i) for i in run)
    if not run or 2 * inside < len(run) or any(_is_short(lines.texts[i]) for i in run):
        return []
    ends = ((i, int(lines.starts[i] + lines.sizes[i])) for i in run)
    return [i for i, end in ends if text[end : end + 2] != "  " and lines.texts[i][-1] != "\\"]


def _may_go_on(lines: Lines, i: int) -> bool:
    text, below = lines.texts[i], lines.texts[i + 1]
    quote, quote_below = QUOTE_RE.match(text), QUOTE_RE.match(below)
    text, below = text[quote.end() if quote else 0 :], below[quote_below.end() if quote_below else 0 :]
    if bool(quote) != bool(quote_below) or not text or not below or _APART_RE.match(below):
        return False
    deeper = int(lines.indents[i + 1] - lines.indents[i])
    if _ITEM_RE.match(text):
        return 0 < deeper <= _DEEPEST
    return deeper == 0 and not _APART_RE.match(text)


def _is_inside_sentence(lines: Lines, i: int) -> bool:
    text, below = (QUOTE_RE.sub("", line, count=1) for line in lines.texts[i : i + 2])
    if _ITEM_RE.match(text):  # what is set in below goes on with it
        return True
    starts_small = below.lstrip(_OPENING_MARKS)[:1].islower() and not _BYLINE_RE.match(below)
    is_label = " " not in below and below[-1] not in ".!?"
    return starts_small and not is_label and not _ENDED_RE.search(text)


def _is_short(text: str) -> bool:
    """Whether a line has so little that who wrote it ended it there, if it does not show what it is of."""
    return len(text) < _LEAST_CHARS and text[0] != ">" and not _ITEM_RE.match(text)
