"""Headings of Markdown that head pages, as those who pour the documentation of a site into one file write them.

A page's own headings look like them, and READMEs have rules between their sections. So each form has what sections
have not: first lines that say what the file is, or a path or a file's name in each heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from dehusk.page_headers.breaks import read_host
from dehusk.page_headers.fields import read_address, read_fields
from dehusk.words import count_letters

HEADINGS = "headings "
"""With which the forms begin; then what shows the headings, and their marks."""
_RULE = "---"
_HEADING_RE = re.compile(r"(#{1,4}) +(\S.*)$")
_FENCE_RE = re.compile(r"(`{3,}|~{3,})\s*(\S?)")
_NUMBERED_RE = re.compile(r"\d{1,3}[.)] ")
"""So a page counts what it lists."""
_NAMES = {
    "path": re.compile(r"(.{1,200}?) \(((?:https?://\S|/)[^\s()]*)\)$"),
    "file": re.compile(
        r"()(?:file|path|page|doc): +[`*]{0,2}(\S{1,200}\.(?:mdx?|markdown|rst))[`*]{0,2}$", re.I
    ),
}
"""The title of a page, and its address, path or file."""
_LEVELS = {"path": (1,), "file": (1, 2, 3, 4)}
_STATED = {
    "stated #": re.compile(r"<system>.{0,200}\bdocumentation\b.{0,200}</system>$", re.IGNORECASE),
    "ruled #": re.compile(r"# full documentation content$", re.IGNORECASE),
    "ruled ##": re.compile(r"this file contains all documentation content\b.{0,200}$", re.IGNORECASE),
}
"""What a line says above the first page where headings head pages: all of their level, or those below a rule."""
_TOP_LINES = {"stated #": 1, "ruled #": 1000, "ruled ##": 5}
"""It is among the first so many: links to all pages may stand above."""
_FEWEST, _SHARE = 3, 0.9
"""So many headings, and such a share of them says something else than others, or of their level has an address."""
_APART_CHARS, _NAMED_CHARS = 200, 500
"""Between most of them there is so much, and so much between those with a file's name."""


class _Heading(NamedTuple):
    line: int
    level: int
    text: str
    is_code: bool
    """Whether fences stand around it."""


class Headed(NamedTuple):
    """The lines [first, end) that go with a heading's page above its text, and what they say of it."""

    first: int
    end: int
    facts: dict[str, str]


def find_heading_form(texts: Sequence[str], gaps: Sequence[int]) -> str:
    """The form of the headings that head the pages of a text, "" for a text without.

    `texts` are its lines that hold something, stripped, `gaps` the blank lines above each (or -1).

    >>> words = "The road over the moor is closed until noon on Thursday, they say. " * 9
    >>> lines = [line for title in ("Ash", "Elm", "Oak") for line in (f"# {title} (/{title})", words)]
    >>> find_heading_form(lines, [1] * 6)
    'headings path #'
    """
    if not texts or texts[0][0] not in "#<":
        return ""
    shown = [
        form for form, stated in _STATED.items() if any(map(stated.match, texts[: _TOP_LINES[form]]))
    ] + [
        f"{kind} {'#' * level}" for kind, levels in _LEVELS.items() for level in levels if texts[0][0] == "#"
    ]
    if not shown:
        return ""
    headings = list(_read_headings(texts, gaps))
    forms = (f"{HEADINGS}{form}" for form in shown)
    return next((form for form in forms if _are_of_pages(headings, texts, form)), "")


def find_headed(texts: Sequence[str], gaps: Sequence[int], form: str) -> Iterator[Headed]:
    """The headers of a form, in order."""
    kind, _ = _part_form(form)
    for heading in _choose(list(_read_headings(texts, gaps)), texts, form):
        first = heading.line - _is_ruled(heading, texts)
        if named := _NAMES[kind].match(heading.text) if kind in _NAMES else None:
            facts, end = read_fields(texts, gaps, heading.line + 1)
            said = {"title": named[1], "url": read_address(named[2])}
            yield Headed(first, end, {fact: value for fact, value in said.items() if value} | facts)
        else:
            yield Headed(first, heading.line, {})


def _read_headings(texts: Sequence[str], gaps: Sequence[int]) -> Iterator[_Heading]:
    """The headings of a text: with a blank line, or a rule, above, or a name."""
    are_code = _find_code(texts)
    for i, text in enumerate(texts):
        if text[0] == "#" and (heading := _HEADING_RE.match(text)):
            is_apart = i == 0 or gaps[i] != 0 or texts[i - 1] == _RULE
            if is_apart or any(pattern.match(heading[2]) for pattern in _NAMES.values()):
                yield _Heading(i, len(heading[1]), heading[2], are_code[i])


def _find_code(texts: Sequence[str]) -> list[bool]:
    """Which lines stand between fences; none where a fence is missing, so that all below would be turned round."""
    inside, fence = list[bool](), ""
    for text in texts:
        mark = _FENCE_RE.match(text) if text[0] in "`~" else None
        if mark and fence and mark[2] and mark[1][0] == fence[0]:  # one begins inside of another
            return [False] * len(texts)
        inside.append(bool(fence))
        if mark and not (fence and mark[1][: len(fence)] != fence):
            fence = "" if fence else mark[1]
    return [False] * len(texts) if fence else inside


def _part_form(form: str) -> tuple[str, int]:
    """What shows the headings, and their level."""
    kind, marks = form.removeprefix(HEADINGS).split(" ")
    return kind, len(marks)


def _are_of_pages(headings: Sequence[_Heading], texts: Sequence[str], form: str) -> bool:
    kind, level = _part_form(form)
    chosen = _choose(headings, texts, form)
    if len(chosen) < _FEWEST or len({heading.text for heading in chosen}) < _SHARE * len(chosen):
        return False
    if kind == "path":  # of one site
        like = sum(h.level == level and h.line > 0 and not h.is_code for h in headings)
        named = (_NAMES[kind].match(heading.text) for heading in chosen)
        hosts = {read_host(read_address(name[2])) for name in named if name}
        numbered = sum(_NUMBERED_RE.match(heading.text) is not None for heading in chosen)
        if len(hosts) > 1 or len(chosen) < _SHARE * like or 2 * numbered > len(chosen):
            return False
    sizes = [sum(map(count_letters, texts[above.line + 1 : low.line])) for above, low in pairwise(chosen)]
    return median(sizes) >= (_NAMED_CHARS if kind == "file" else _APART_CHARS)


def _choose(headings: Sequence[_Heading], texts: Sequence[str], form: str) -> list[_Heading]:
    """The headings that have what the form says."""
    kind, level = _part_form(form)
    found = [heading for heading in headings if heading.level == level]
    if kind in _NAMES:
        return [heading for heading in found if _NAMES[kind].match(heading.text)]
    if kind == "stated":  # others are none in code
        return [heading for heading in found if not heading.is_code]
    is_top = level > 1 and texts[0].startswith("# ")  # below which the first page has no rule
    return [heading for k, heading in enumerate(found) if _is_ruled(heading, texts) or (is_top and k == 0)]


def _is_ruled(heading: _Heading, texts: Sequence[str]) -> bool:
    return heading.line > 0 and texts[heading.line - 1] == _RULE
