"""Plain text -> Document: logical lines, each with the place it came from.

Text that was broken at a fixed width is put together again; everything else stays a block a line.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from itertools import pairwise
from typing import NamedTuple

from dehusk.blocks.wrapping import find_joins
from dehusk.model import Block, BlockKind, Document, Page

MARKER_RE = re.compile(r"(?:[•●▪■◦‣⁃∙·○☆★□◆◇►▸▶*+–—-]|o(?=  ?\S))(?:\s+|$)|[•●▪■◦‣⁃∙·]")
"""A bullet as text browsers and people write it: what follows is a list item."""
NUMBER_RE = re.compile(r"\(?(?:\d{1,3}|[a-zA-Z])[.)]\s")
RULE_RE = re.compile(r"[=\-_─━═—*~#+ ]*(?:[=\-_─━═—*~#+] ?){4,}$")
_HARD_RULE_RE = re.compile(r"[=─━═]{4,}$|-{4,}$")
_URL_RE = re.compile(r"<?(?:https?://|www\.)\S+$")
_WET_RE = re.compile(r"WARC/1\.\d$")
_HEADING_RE = re.compile(r"(#{1,6})\s+(?=\S)")
_FENCE_RE = re.compile(r"(?:```|~~~)")
_CODE_RE = re.compile(
    r"[;{}]$|^(?:[}\])]+[;,]?|(?:def|class|import|from|return|function|public|private|const|var|let|#include)\b.*[:;({)]"
    r"|</?[a-z][\w-]*(?: [^>]*)?>.*|>>> .*|\$ [a-z].*)$"
)
_CELLS_RE = re.compile(r"\s*\t\s*|\s*\|\s*")
_COLUMNS_RE = re.compile(r"\S {3,}\S")
_DROPPED_RE = re.compile(r"([B-HJ-Z]) ([a-z]+)\b")
_WORD_RE = re.compile(r"[a-z]+")
_INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060\u00ad\u200e\u200f"
HARD = -1


class Line(NamedTuple):
    """A physical line that is not blank."""

    text: str
    """Without the white space around it."""
    start: int
    indent: int
    gap: int
    """Blank lines before it, or -1 after a hard boundary."""


def read_text(page: Page) -> Document:
    """The logical lines of a decoded text as blocks; `start` and `end` are offsets into `page.content`.

    Lines broken at a fixed width (text browsers, mail, old files) are one block where the breaks show that
    width. A form feed, a rule of `=` or `-`, a WET header or a line that is a bare address makes the next
    block's `gap` -1; rules and WET headers are no blocks.

    >>> [b.text for b in read_text(Page("One\\n\\n  • two\\n", kind="text")).blocks]
    ['One', '- two']
    """
    text = page.content if isinstance(page.content, str) else page.content.decode("utf-8", "replace")
    lines = split_lines(text)
    joins = find_joins(lines)
    blocks = mend_capitals(_make_blocks(lines, joins, text), text)
    return Document(
        kind="text", blocks=blocks, length=len(text), source=page.source, is_single=page.is_single
    )


def split_lines(text: str) -> list[Line]:
    """The lines that hold something, rules and WET headers left out, in order."""
    lines: list[Line] = []
    at = gap = 0
    in_header = False
    for raw in text.splitlines(keepends=True):
        bare = raw.strip()
        if not bare or not bare.strip(_INVISIBLE):
            gap = HARD if gap == HARD or raw.endswith("\f") else gap + 1
            in_header = False
        elif in_header or (bare[:5] == "WARC/" and _WET_RE.match(bare)):
            in_header, gap = True, HARD
        elif not bare[0].isalnum() and bare[-1] in "=-_─━═—*~#+" and RULE_RE.match(bare):
            gap = _after_rule(bare, lines, gap)
        else:
            if bare[:4] in ("http", "www.", "<htt") and gap and _URL_RE.match(bare):
                gap = HARD
            lead = raw.find(bare[0])
            indent = lead if raw.isascii() and "\t" not in raw[:lead] else len(raw[:lead].expandtabs(8))
            lines.append(Line(bare, at + lead, indent, gap))
            gap = HARD if raw.endswith("\f") else 0
        at += len(raw)
    return lines


def _after_rule(rule: str, lines: list[Line], gap: int) -> int:
    """The gap that a rule leaves: none where it underlines the heading above it."""
    underlines = gap == 0 and lines and abs(len(lines[-1].text) - len(rule)) <= 3
    if gap == HARD or (_HARD_RULE_RE.match(rule) and not underlines):
        return HARD
    return gap + 1


def _make_blocks(lines: list[Line], joins: list[bool], text: str) -> list[Block]:
    blocks: list[Block] = []
    in_fence = False
    i, n = 0, len(lines)
    while i < n:
        first = lines[i]
        last = i
        while last + 1 < n and joins[last]:
            last += 1
        if _FENCE_RE.match(first.text):
            in_fence = not in_fence and last == i
            i += 1
            continue
        if len(first.text) == 1 and MARKER_RE.match(first.text):  # a bullet on a line of its own
            if last + 1 < n and lines[last + 1].gap in (0, 1):
                last += 1
                while last + 1 < n and joins[last]:
                    last += 1
            else:
                i += 1
                continue
        end = lines[last].start + len(lines[last].text)
        block = _make_block(lines[i : last + 1], end, in_fence=in_fence)
        if block.text.strip("-*+|_=~#. "):
            blocks.append(block)
        i = last + 1
    return blocks


def _make_block(lines: list[Line], end: int, *, in_fence: bool) -> Block:
    first = lines[0]
    kind, level = _kind_of(first.text, in_fence=in_fence)
    text = first.text if len(lines) == 1 else join_lines([line.text for line in lines])
    is_plain = text.isascii() and "  " not in text and "\t" not in text
    if kind == "paragraph" and is_plain:
        return Block(text, kind, level, first.start, end, gap=first.gap)
    if kind == "code":
        text = " " * first.indent + text
    elif kind == "row":
        text = " | ".join(cell for cell in _CELLS_RE.split(" ".join(text.split(" "))) if cell)
        text = " ".join(text.split())
    else:
        text = " ".join(text.split())
    if kind == "item":
        text = "- " + MARKER_RE.sub("", text, count=1).lstrip()
        level = 1 + first.indent // 4
    elif kind == "heading":
        text = _HEADING_RE.sub("", text, count=1)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return Block(text, kind, level, first.start, end, gap=first.gap)


def _kind_of(text: str, *, in_fence: bool) -> tuple[BlockKind, int]:
    if in_fence:
        return "code", 0
    first = text[0]
    if first == "#" and (heading := _HEADING_RE.match(text)):
        return "heading", len(heading[1])
    if (first == "o" or not first.isalnum()) and MARKER_RE.match(text):
        return "item", 1
    if (
        "\t" in text
        or text.count("|") > 1
        or ("   " in text[:300] and len(_COLUMNS_RE.findall(text[:300])) > 1)
    ):
        return "row", 0
    if (text[-1] in ";{}:()" or first in "<>$})]") and _CODE_RE.search(text):
        return "code", 0
    return "paragraph", 0


def mend_capitals(blocks: list[Block], text: str) -> list[Block]:
    """The blocks with drop capitals put back on their words ("W hen" -> "When").

    Only where the whole word occurs elsewhere in the text and its rest does not begin a word there as often:
    "T cells" and "C compilers" stay.
    """
    found = [(i, match) for i, block in enumerate(blocks) if (match := _DROPPED_RE.match(block.text))]
    if not found:
        return blocks
    counts = Counter(_WORD_RE.findall(text.lower()))
    mended = list(blocks)
    for i, match in found:
        whole, rest = (match[1] + match[2]).lower(), match[2].lower()
        if counts[whole] > 0 and counts[whole] >= counts[rest] - 1:
            mended[i] = blocks[i]._replace(text=match[1] + blocks[i].text[match.start(2) :])
    return mended


def join_lines(texts: list[str]) -> str:
    """A wrapped paragraph's lines as one: no space inside CJK text, nor after a hyphen."""
    parts = [texts[0]]
    for before, after in pairwise(texts):
        a, b = before[-1], after[0]
        if (_is_unspaced(a) and _is_unspaced(b)) or (
            a == "-" and len(before) > 1 and before[-2].isalpha() and b.islower()
        ):
            parts.append(after)
        else:
            parts.append(" " + after)
    return "".join(parts)


def _is_unspaced(char: str) -> bool:
    """Whether a character belongs to a script that is written without spaces between words."""
    return "\u2e80" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff" or "\uff00" <= char <= "\uffef"
