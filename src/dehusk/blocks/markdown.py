"""Markdown -> the text that it shows: links, images, emphasis and escapes taken out, every place still known.

Scrapers that write for language models give pages so. A menu is a list of links there, and most of its characters are
addresses. What is code stays as it is.

Source: J. MacFarlane, CommonMark specification 0.31.2, 2024; of it is read what such scrapers write.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import chain, compress, islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.blocks.code import are_fenced
from dehusk.words import read_codes

_LEAST_MARKS, _MARK_CHARS = 2, 3000
"""So many links, words in bold and headings show that a text is Markdown, and one for so many characters."""
_ENDS = frozenset(".:!?;)")
_FORMULA = frozenset("^$/")
"""Beside a star or an underscore: a formula, or a path."""
_ADDRESS_CHARS = 200
_FENCE = 3
"""Backticks or tildes that begin lines of code."""
_INDENT_CHARS = 60
_INDENT_RE = re.compile(r"[ \t>]*+(?:(?:[*+-]|\d{1,3}[.)])[ \t]++)?+\Z")
"""What a line of code's marks may begin with, which is no longer than that."""
_LONGEST_LINK, _LONGEST_SPAN = 2000, 2000
"""Characters of what a link shows, and of words that are stressed, or of code inside a line."""
_LONGEST_NAME = 300
"""Characters of what names an address: 100, each of which may be written as three."""
_ADDRESS = r"[^\s()<>]*+(?:(?:\([^\s()]*\)|(?<=[-/])[\n ][ \t]*(?=[^\s()\"'<>]))[^\s()<>]*+)*+"
_TARGET = (
    rf"\(\s*+(?P<address><[^<>\n]{{0,2000}}>|{_ADDRESS}(?:<[^<>\n]{{0,2000}}>|>)?(?=[\s)])|data:[^()\n]*(?:\([^()\n]*\)[^()\n]*)*"
    r"|(?:https?://|mailto:|/)[^()<>\n\"']{1,300})"
    r"(?:\s++(?:\"[^\"]{0,200}\"|'[^']{0,200}'|\"[^\n]{0,200}?\"(?=\)|\s\))))?\s{0,9}\)"
)
"""Of crawlers one puts the page's address before that in brackets: "](https://site.example/<docs/a/>)"."""
_TOKEN_RE = re.compile(
    rf"(?=[][!\\`~*_])(?:(?P<close>\](?:{_TARGET}|\[(?P<name>[^\[\]\n]{{0,100}})\])?)"
    r"|(?P<open>!?\[)"
    r"|(?P<escape>\\(?:[\\`*_#+.!<>~|'\"@&-]|\[(?=[^\n\\^=]{0,200}\\\])|\]|$))"
    r"|(?P<code>`+|~{3,})"
    r"|(?P<stress>\*+|_+|~~))",
    re.MULTILINE,
)
_QUOTE_RE = re.compile(r"^[ \t]*+((?:>{1,2}(?:[ \t]|$)){1,50}+)", re.MULTILINE)
_MORE_TICKS_RE = re.compile(r"[^`\n]*`")
_CODE_RE = re.compile(r"\\.|(`+|~{3,})")
_LINK_RE = re.compile(
    r"\]\((?:<?(?:[a-z][a-z0-9+.-]{1,20}:|[/#])|(?=[^\s()]{1,200}?[/.])[^\s()]{1,400}[)\s])", re.IGNORECASE
)
_NAMED_ADDRESS_RE = re.compile(r"\]:[ \t]{1,9}<?(?:https?:|/|#|www\.)")
_HEADINGS = tuple(f"\n{'#' * level} " for level in range(1, 7))
_BOLD_RE = re.compile(r"\*\*(?<![\w*]\*\*)[^\s*/](?:[^\n*]{0,200}[^\s*/])?\*\*(?![\w*])")
_DEFINITION_RE = re.compile(
    r"^[ \t]{0,9}\[([^\[\]\n]{1,100})\]:[ \t]{1,9}<?(?:[a-z][a-z0-9+.-]{1,20}:|[/#.]|www\.)\S*"
    r"(?:[ \t]{1,9}[\"'(][^\n]{0,200})?$",
    re.MULTILINE | re.IGNORECASE,
)
_SURE_RE = re.compile(r"<|[a-z][a-z0-9+.-]{1,20}:|\S{0,200}?[/#]", re.IGNORECASE)
_INDENTED_RE = re.compile(r"(?: {4}|\t)[ \t]*+(?![*+>-] |\d{1,3}[.)] )")


class Shown(NamedTuple):
    """What a Markdown text shows."""

    text: str
    starts: NDArray[np.int64]
    """Where each stretch of `text` begins that stands in the source as it is, ascending from 0."""
    sources: NDArray[np.int64]
    """Where each of them begins in the source."""

    def locate(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where characters of `text` stand in the source."""
        at = np.searchsorted(self.starts, places, "right") - 1
        return places - self.starts[at] + self.sources[at]


def is_markdown(text: str, codes: NDArray[np.uint32] | None = None) -> bool:
    """Whether a text has links or words in bold as Markdown writes them, and enough of these and of headings.

    Headings alone may be comments in code, one mark a line of it, and a few of a large text's many pages. `codes` are
    the text's code points, if they were read already.
    """
    least = max(_LEAST_MARKS, len(text) // _MARK_CHARS)
    codes = read_codes(text) if codes is None else codes
    # Quick looks come first: each pattern holds its sign, and code points are counted in a fifth of the time.
    signs = ("]", "(", _LINK_RE), ("]", ":", _NAMED_ADDRESS_RE), ("*", "*", _BOLD_RE)
    behind = {sign: codes[np.flatnonzero(codes[:-1] == ord(sign)) + 1] for sign in "]*"}
    counts = [np.count_nonzero(behind[first] == ord(second)) for first, second, _ in signs]
    if not any(counts) or sum(counts) + np.count_nonzero(codes == ord("#")) < least:
        return False
    there = compress((pattern for *_, pattern in signs), counts)
    marks = chain.from_iterable(pattern.finditer(text) for pattern in there)
    found = len(list(islice(marks, least)))
    if 0 < found < least:
        found += sum(map(text.count, _HEADINGS)) + text.startswith("#")
    return found >= least


def show_markdown(text: str, cuts: Sequence[tuple[int, int]] = ()) -> Shown:
    """The text that Markdown shows, without what stands in `cuts`, [start, end) each; other line breaks stay.

    >>> show_markdown("* [Home](https://site.example/) **now** ![logo](a.png)").text
    '* Home now '
    """
    edges = np.array(_merge([*cuts, *_Reader(text).read()]), np.int64).reshape(-1, 2)
    removed = np.concatenate(([0], np.cumsum(edges[:, 1] - edges[:, 0])))
    sources = np.concatenate(([0], edges[:, 1]))
    pieces = [text[a:b] for a, b in zip(sources.tolist(), [*edges[:, 0].tolist(), len(text)], strict=True)]
    return Shown("".join(pieces), sources - removed, sources)


class _Reader:
    """Reads the marks of one text from its beginning to its end, once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._definitions = list(_DEFINITION_RE.finditer(text)) if "]:" in text else []
        self._names = {match[1].casefold() for match in self._definitions}
        self._code = self._find_code()
        self._code_starts = list(self._code)
        self._cuts: list[tuple[int, int]] = []
        self._openings: list[tuple[int, int]] = []
        self._stresses: dict[str, int] = {}
        """Where what is stressed in each way may have begun."""

    def read(self) -> list[tuple[int, int]]:
        """What does not show: [start, end) in the text, in no order."""
        indents, skip_to, escaped = _Indents(self._text), 0, 0
        ends = dict(self._code)
        for definition in self._definitions:
            if not self._is_code(definition.start()):
                self._cuts.append(definition.span())
                ends[definition.start(1) - 1] = definition.end()
        if ">" in self._text:
            quotes = (quote.span(1) for quote in _QUOTE_RE.finditer(self._text))
            self._cuts += [quote for quote in quotes if not self._is_code(quote[0])]
        for token in _TOKEN_RE.finditer(self._text):
            start, kind = token.start(), token.lastgroup
            if start < skip_to:
                continue
            if end := ends.get(start):
                skip_to, size = end, len(token[0])
                if kind == "code" and (size < _FENCE or "\n" not in self._text[start:end]):
                    self._cuts += (start, start + size), (end - size, end)
            elif kind == "open":
                self._openings.append(token.span())
                if len(self._openings) > _LONGEST_LINK:  # those above are too far away
                    del self._openings[: _LONGEST_LINK // 2]
            elif token["close"]:
                self._close(token, is_code=indents.are_code(start))
            elif kind == "code" or indents.are_code(start):
                continue
            elif kind == "stress":
                self._stress(token)
            elif token[0] == "\\]":  # the end of what is a formula, if no escaped bracket is open
                if escaped:
                    self._cuts.append((start, start + 1))
                    escaped -= 1
            elif token[0] != "\\\\":
                self._cuts.append((start, start + 1))
                escaped += token[0] == "\\["
        return self._cuts

    def _find_code(self) -> dict[int, int]:
        """Of each mark that code begins with, where the one that ends it ends; in order, none in another."""
        ends: dict[int, int] = {}
        above: dict[str, int] = {}
        fence = ""
        for token in _CODE_RE.finditer(self._text):
            mark, first = token[1] or "", token.start()
            if not mark or (fence and not mark.startswith(fence)):
                continue
            is_fence = len(mark) >= _FENCE and self._begins_line(first)
            if fence and is_fence:
                if self._are_fenced(above[fence], first):
                    ends[above.pop(fence)], fence = token.end(), ""
                    continue
                fence, above = "", {}  # nor is it one as far as any other below
            if is_fence and not _MORE_TICKS_RE.match(self._text, token.end()):
                fence = mark
                above = {fence: first}  # a line ends what was begun
            elif not fence:
                start = above.pop(mark, None)
                if start is not None and self._are_near(start, first):
                    ends[start] = token.end()
                    above = {}
                else:
                    above[mark] = first
        return ends

    def _are_fenced(self, first: int, end: int) -> bool:
        """Whether what a fence begins is code as far as another one."""
        fence, *lines = self._text[first:end].splitlines()
        return are_fenced(fence, list(filter(None, map(str.strip, lines))))

    def _begins_line(self, place: int) -> bool:
        """Whether only white space, and marks of quotes and lists, stand in the line before a place."""
        low = max(0, place - _INDENT_CHARS)
        above = self._text.rfind("\n", low, place)
        return (above >= 0 or not low) and _INDENT_RE.match(self._text, above + 1, place) is not None

    def _is_code(self, place: int) -> bool:
        """Whether a place is in code between ticks or fences."""
        at = bisect_right(self._code_starts, place) - 1
        return at >= 0 and place < self._code[self._code_starts[at]]

    def _are_near(self, first: int, second: int) -> bool:
        return second - first <= _LONGEST_SPAN and "\n\n" not in self._text[first:second]

    def _close(self, token: re.Match[str], *, is_code: bool) -> None:
        """End a link, an image or a bracket of the text; in code only what is surely an address makes a link."""
        opening = self._openings.pop() if self._openings else None
        start, end, address, name = token.start(), token.end(), token["address"], token["name"]
        if address is not None:
            above = self._text[opening[0] - 1] if opening and opening[0] else " "
            is_call = is_code or not opening or above.isalnum() or above in "_)]"
            if is_call and not _SURE_RE.match(address):
                return
        elif not opening or not self._names:
            return
        else:
            shown = self._text[opening[1] : start] if start - opening[1] <= _LONGEST_NAME else ""
            if (name or shown).casefold() not in self._names or (name is None and shown.isdigit()):
                return
        if not opening or start - opening[1] > _LONGEST_LINK:
            self._cuts.append((start + (opening is not None), end))
        elif self._text[opening[0]] == "!":
            self._cuts.append((opening[0], end))
        else:
            self._cuts += opening, (start, end)

    def _stress(self, token: re.Match[str]) -> None:
        """Pair a mark with the one above it as CommonMark does, bold words more freely: scrapers misplace spaces."""
        text, mark, (start, end) = self._text, token[0], token.span()
        before, after = text[start - 1 : start] or " ", text[end : end + 1] or " "
        if before in _FORMULA or after in _FORMULA or self._is_in_address(start):
            return
        is_apart = before.isspace() and after.isspace()
        if (mark == "__" and is_apart) or (mark == "****" and not (_is_word(before) and _is_word(after))):
            self._cuts.append((start, end))  # of an icon, and of nothing
        elif mark == "**" or not (is_apart or (mark[0] == "_" and len(mark) > 1)):  # __init__ is no stress
            first = self._stresses.pop(mark, None)
            if first is not None and self._are_near(first, start) and self._may_end(mark, first, start):
                self._cuts += (first, first + len(mark)), (start, end)
            elif mark == "**" or not (after.isspace() or _is_word(before)):
                self._stresses[mark] = start

    def _is_in_address(self, place: int) -> bool:
        """Whether the word that a place is in has an address before it."""
        before = self._text[max(0, place - _ADDRESS_CHARS) : place]
        return "://" in before and not before[-1].isspace() and "://" in before.split()[-1]

    def _may_end(self, mark: str, first: int, end: int) -> bool:
        """Whether what began with the mark at `first` may end with that at `end`."""
        text, stop = self._text, end + len(mark)
        outside, inside = text[first - 1 : first] or " ", text[first + len(mark)]
        after = text[stop : stop + 1] or " "
        is_loose = mark == "**" and not (_is_word(outside) or (outside.isspace() and inside.isspace()))
        if text[end - 1].isspace():  # "**So: **it is"
            last = text[first:end][-8:].rstrip()[-1:]
            return is_loose and not inside.isspace() and (after.isspace() or last in _ENDS)
        return is_loose or not _is_word(after)


class _Indents:
    """Which lines are set in as code is; asked from the first to the last."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._place, self._are_code = 0, bool(_INDENTED_RE.match(text))

    def are_code(self, place: int) -> bool:
        """Whether the line of a place, not above the one asked for before, is code by its indent."""
        if start := self._text.rfind("\n", self._place, place) + 1:
            self._are_code = bool(_INDENTED_RE.match(self._text, start))
        self._place = place
        return self._are_code


def _is_word(char: str) -> bool:
    """Whether a letter or digit of a script with spaces between words."""
    return char.isalnum() and char < "\u2e80"


def _merge(cuts: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(cuts):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged
