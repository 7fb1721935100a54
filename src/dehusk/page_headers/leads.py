"""Lines right above the fields or the address of each header: a title, a byline, "Article 7", "Title:" with nothing.

Where they are not taken, each page ends with the title of the next. A page's own last line may stand there, too, so
that they must count up, or have their words in the page below.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from dehusk.page_headers.fields import FIELDS, read_address, read_field, take
from dehusk.sentences import PROSE_ENDS

_MOST_LINES, _LINE_CHARS = 3, 150
_FEWEST, _SHARE = 3, 0.9
"""So many headers, such a share of which have what the first one has above it, and nearly each another."""
_NEAR_LINES, _NEAR_CHARS = 12, 500
"""In so many lines of a page, and characters of each, the words of its title come again; in scripts without spaces
pairs of characters."""
_BELOW_SHARE, _BELOW_TIMES = 0.2, 2
"""Such a share of them does, and so many times as many as in the page above."""
_WORD_RE = re.compile(r"[^\W\d_]{4,}")
_COUNTED_RE = re.compile(
    r"[^\w\s]{0,3} ?(?:[^\W\d_]{2,12} ?)?(?:№|no\. ?|nr\. ?|#)?(?P<number>\d{1,6})(?:[.):\]]{1,2}|(?= ?[|–—-] )|$)"
    r"[^\w\s]{0,3}\s*",
    re.IGNORECASE,
)
"""The number of a page, alone or with a title behind: "Article 7", "**7. Snow on the moor**", "Company #7: Ash"."""
_NAME_RE = re.compile(r"[^\W\d_][^\W\d]{1,20}\s?[:：]$")
"""A field that says nothing."""
_SIGNS = "*_#= "
_BY_RE = re.compile(r"(?:by|von|par|por|di|автор)[ :]+(\S.{1,60})$", re.IGNORECASE)


def find_lead(
    headers: Sequence[tuple[int, int]], texts: Sequence[str], gaps: Sequence[int], *, are_titled: bool
) -> int:
    """How many lines above each header belong to it, above the first one too; `headers` are the lines [first, end) of
    each, `are_titled` says whether these tell titles.

    >>> texts = ["1. Snow", "URL: a", "Words.", "2. Hail", "URL: b", "Words.", "3. Fog", "URL: c", "Words."]
    >>> find_lead([(1, 2), (4, 5), (7, 8)], texts, [0, 0, 0, 1, 0, 0, 1, 0, 0], are_titled=False)
    1
    """
    sizes = range(_MOST_LINES, 0, -1) if len(headers) >= _FEWEST else ()
    for size in sizes:
        found = [edges for edges in headers if has_lead(edges[0], size, texts=texts, gaps=gaps)]
        is_all = found[:1] == [*headers[:1]] and len(found) >= _SHARE * len(headers)
        if is_all and _are_leads(found, size, texts, are_titled=are_titled):
            return size
    return 0


def _are_leads(
    found: Sequence[tuple[int, int]], size: int, texts: Sequence[str], *, are_titled: bool
) -> bool:
    leads = [tuple(texts[first - size : first]) for first, _ in found]
    if all(_NAME_RE.match(text) for lead in leads for text in lead) or any(
        map(_count_up, zip(*leads, strict=True))
    ):
        return True
    are_others = len(set(leads)) >= _SHARE * len(leads)
    return are_others and not are_titled and _say_what_is_below(found, leads, texts)


def _count_up(lines: Sequence[str]) -> bool:
    """Whether the lines at one place of the leads are numbered, each after the one above."""
    matches = [_COUNTED_RE.match(text.strip(_SIGNS)) for text in lines]
    numbers = [int(match["number"]) for match in matches if match]
    return len(numbers) >= _SHARE * len(lines) and count_steps(numbers) >= _SHARE * (len(numbers) - 1)


def count_steps(numbers: Sequence[int]) -> int:
    """How many numbers are each the one after that above."""
    return sum(below == above + 1 for above, below in pairwise(numbers))


def read_numbers(texts: Sequence[str]) -> list[int]:
    """The numbers of pages that lines are, each one after the one above; none where one is more, or no such number.

    >>> read_numbers(["### Article 1", "### Article 2"]), read_numbers(["1. Snow", "2. Hail"])
    ([1, 2], [])
    """
    matches = [_COUNTED_RE.fullmatch(text.strip(_SIGNS)) for text in texts]
    numbers = [int(match["number"]) for match in matches if match]
    are_steps = count_steps(numbers) == len(numbers) - 1
    return numbers if are_steps and len(numbers) == len(texts) else []


def _say_what_is_below(
    found: Sequence[tuple[int, int]], leads: Sequence[Sequence[str]], texts: Sequence[str]
) -> bool:
    """Whether the words of leads come again in the page below, and not in the one above."""
    tops = [first - len(lead) for (first, _), lead in zip(found, leads, strict=True)]
    edges = zip(leads, tops, [0, *(end for _, end in found)], [*tops[1:], len(texts)], strict=False)
    counts = list[tuple[int, int, int]]()
    for (_, end), (lead, top, page_above, page_end) in zip(found, edges, strict=True):
        words = _list_words(lead)
        below = words & _list_words(texts[end : min(page_end, end + _NEAR_LINES)])
        above = words & _list_words(texts[max(page_above, top - _NEAR_LINES) : top])
        counts.append((len(words), len(below), len(above)))
    of_all, of_below, of_above = map(sum, zip(*counts, strict=True))
    are_most = 2 * sum(below > 0 for _, below, _ in counts) > len(counts)
    return are_most and of_below >= max(_BELOW_SHARE * of_all, _BELOW_TIMES * of_above)


def _list_words(lines: Sequence[str]) -> set[str]:
    """Words, cut to their first letters: endings differ."""
    text = " ".join(line[:_NEAR_CHARS] for line in lines)
    spaced = {word[:6].lower() for word in _WORD_RE.findall(text)}
    return spaced | {a + b for a, b in pairwise(text) if a >= "\u2e80" and b >= "\u2e80"}


def has_lead(first: int, size: int, *, texts: Sequence[str], gaps: Sequence[int]) -> bool:
    """Whether such lines stand above a header, apart from the page above and not from the header."""
    top = first - size
    if top < 0 or any(gaps[top + 1 : first + 1]):
        return False
    is_apart = top == 0 or gaps[top] != 0 or not any(map(str.isalnum, texts[top - 1]))
    return is_apart and all(map(_may_lead, texts[top:first]))


def _may_lead(text: str) -> bool:
    is_counted = _COUNTED_RE.fullmatch(text) is not None
    return len(text) <= _LINE_CHARS and (is_counted or text[-1] not in PROSE_ENDS) and not read_address(text)


def read_lead(lines: Sequence[str]) -> dict[str, str]:
    """What the lines above a header say: the title of its page, and who wrote it.

    >>> read_lead(["**7. Snow on the moor**", "By Ann Roe"]), read_lead(["Article 7"])
    ({'title': 'Snow on the moor', 'author': 'Ann Roe'}, {})
    """
    facts: dict[str, str] = {}
    for text in lines:
        bare = text.strip(_SIGNS)
        number = _COUNTED_RE.match(bare)
        title = bare[number.end() if number else 0 :].strip(_SIGNS).lstrip("|–— ")
        if len(lines) > 1 and (byline := _BY_RE.match(title)):  # alone it may be "By the numbers"
            facts.setdefault("author", byline[1])
        elif title and (field := read_field(title))[0] in FIELDS:
            take(facts, *field)
        elif title and not _NAME_RE.match(title):
            facts.setdefault("title", title)
    return facts
