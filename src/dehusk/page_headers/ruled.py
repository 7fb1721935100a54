"""Headers that a rule shows: the lines right above one, or between two, with which a text begins.

So a page is headed "Snow on the moor" above "========================" by whoever writes its title and a rule first.
Underlines of headings are about as long as these.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from dehusk.page_headers.fields import LONGEST_LINE, is_known, read_field, read_fields, take
from dehusk.page_headers.rules import CELLS_RE, NEAR_CHARS
from dehusk.page_headers.shapes import is_number, read_shape

RULED = "ruled "
"""With which the forms begin; behind it stands how many lines are above the rule (0: as many as between two of them, -:
none, it opens the page), and the rule."""
_SIGNS, _ALONE = "=-_─━═—*~#+", "─═"
"""Of rules, and of those that open a page alone (`find_regular_rules` knows others): no browser draws them."""
_LEAST_FRAME, _LEAST_BELOW = 10, 20
"""A rule of so many signs may be a frame's, of so many a line below a title; and not of as many as the title has."""
_MOST_LINES, _LINE_CHARS = 4, 200
_FEWEST, _APART_CHARS, _BRIEF_SHARE, _NAMES_SHARE = 3, 200, 0.1, 0.5
"""So many headers, between them so much text but for a few, and so many of their lines are different ones."""
_NUMBERED_RE = re.compile(r"[\[(#]?(\d{1,6})[\]).:]{1,2}\s+(?=\S)")


def find_ruled_form(texts: Sequence[str], gaps: Sequence[int]) -> str:
    """The form of such headers if the first lines show one that comes again; "" if not.

    `texts` are the lines that hold something, rules too, `gaps` the blank lines above each.

    >>> page = ["Snow on the moor", "=" * 40, "The road is closed until noon on Thursday, they say. " * 4]
    >>> find_ruled_form([*page, "No coal", *page[1:], "Ash", *page[1:]], [0] * 9)[:10]
    'ruled 1 =='
    """
    first = find_first_rule(texts)
    if first < 0:
        return ""
    rule = texts[first]
    if len(rule) < (_LEAST_BELOW if first else _LEAST_FRAME):
        return ""
    for form in (
        f"{RULED}{first} {rule}",
        *([f"{RULED}- {rule}"] if not first and rule[0] in _ALONE else []),
    ):
        found = find_ruled(texts, gaps, form)
        if found and found[0][0] == 0 and _are_headers(texts, found, rule):
            return form
    return ""


def find_first_rule(texts: Sequence[str]) -> int:
    """Which of the first lines is a rule; -1 if none is."""
    return next((i for i, text in enumerate(texts[: _MOST_LINES + 1]) if _is_rule(text)), -1)


def _is_rule(text: str) -> bool:
    return text[0] in _SIGNS and _LEAST_FRAME <= len(text) <= LONGEST_LINE and text == text[0] * len(text)


def find_ruled(texts: Sequence[str], gaps: Sequence[int], form: str) -> list[tuple[int, int]]:
    """The lines [first, end) of the headers of a form, with their rules: of such as have something below."""
    count, rule = form.removeprefix(RULED).split(" ", 1)
    at = [i for i, text in enumerate(texts) if text == rule]
    if not at:  # in a later part of the text
        return []
    if count == "-":
        return [(i, i + 1) for i in at if i + 1 < len(texts)]
    if count == "0":
        return list(_pair(at, texts, gaps))
    above = [(i - int(count), i + 1) for i in at]
    return [
        (first, end)
        for (first, end), below in zip(above, [*(first for first, _ in above[1:]), len(texts)], strict=True)
        if first >= 0 and end < below and _are_heads(texts, gaps, first=first, end=end - 1)
    ]


def _pair(at: Sequence[int], texts: Sequence[str], gaps: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Rules with a few lines between them."""
    done = 0
    for above, below in pairwise(at):
        if above >= done and above + 1 < below and _are_heads(texts, gaps, first=above + 1, end=below):
            yield above, below + 1
            done = below + 1


def _are_heads(texts: Sequence[str], gaps: Sequence[int], *, first: int, end: int) -> bool:
    """Whether lines are few and short, with no blank one between them and the rule below."""
    return (
        end - first <= _MOST_LINES
        and not any(gaps[first + 1 : end + 1])
        and all(len(text) <= _LINE_CHARS and not _is_rule(text) for text in texts[first:end])
    )


def _are_headers(texts: Sequence[str], found: Sequence[tuple[int, int]], rule: str) -> bool:
    """Whether what has a form is of headers, not of headings or tables."""
    sizes = [sum(map(len, texts[above:below])) for (_, above), (below, _) in pairwise(found)]
    lines = [[text for text in texts[first : max(end, first + 2)] if text != rule] for first, end in found]
    names = list(map(" ".join, lines))
    near = sum(len(own) == 1 and abs(len(own[0]) - len(rule)) <= NEAR_CHARS for own in lines)
    return (
        len(found) >= _FEWEST
        and median(sizes) >= _APART_CHARS
        and sum(size < _APART_CHARS for size in sizes) <= max(1, _BRIEF_SHARE * len(sizes))
        and len(set(names)) >= _NAMES_SHARE * len(names)
        and 2 * near < len(names)
        and not any(map(CELLS_RE.search, names))
    )


def read_ruled(
    texts: Sequence[str], gaps: Sequence[int], found: Sequence[tuple[int, int]]
) -> list[tuple[dict[str, str], int]]:
    """What the lines of each header say, and those of fields below it, and the line behind these.

    >>> read_ruled(["1. Ash", "=====", "Words.", "2. Oak", "====="], [0] * 5, [(0, 2), (3, 5)])
    [({'title': 'Ash'}, 2), ({'title': 'Oak'}, 5)]
    """
    facts = [_read_lines(texts[first:end]) for first, end in found]
    numbers = [_NUMBERED_RE.match(said.get("title", "")) for said in facts]
    if [number and int(number[1]) for number in numbers] == list(range(1, len(facts) + 1)):
        for said, number in zip(facts, numbers, strict=True):
            said["title"] = said["title"][number.end() if number else 0 :]
    below = [read_fields(texts, gaps, end) for _, end in found]
    return [(more | said, end) for said, (more, end) in zip(facts, below, strict=True)]


def _read_lines(texts: Sequence[str]) -> dict[str, str]:
    """Fields, addresses and, in a line that is none of these, the title."""
    facts: dict[str, str] = {}
    for text in texts:
        name, value = read_field(text)
        named = read_shape([text], 0)
        if named.url:
            facts.setdefault("url", named.url)
        elif is_known(name, value):
            take(facts, name, value)
        elif not (named.name in (text, value or text) or _is_rule(text) or is_number(text)):
            facts.setdefault("title", text)
    return facts
