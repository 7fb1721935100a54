"""Rules that part pages: all the places where one stands tell it from the underlines of headings."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain, pairwise
from typing import NamedTuple

from dehusk.sentences import PROSE_ENDS

HEADING_RULE, HEADING_CHARS = 30, 100
"""A rule that parts pages has so many signs at least right below a line of fewer characters that is no sentence: a
shorter one may be a heading's, or that of a table's heads. (Unless it comes again, see `find_regular_rules`.)"""
PARTING_RULES = {"=": 4, "-": 10}
"""So many of a sign part pages by themselves: other rules, and shorter dashes, are what browsers and Markdown have for
one of the page itself."""
_RULES = PARTING_RULES | dict.fromkeys("~#*+", 10)
"""So many of a sign: shorter ones, and those of other signs, are what browsers and Markdown have on a page."""
_FEWEST, _FEWEST_BELOW_SAME, _HEADING_SHARE = 3, 2, 0.5
"""A rule parts pages that stands so often (or below the same line), less than that share of them below what may be a
heading."""
_BRIEF_CHARS, _BRIEF_SHARE = 60, 0.1
"""Between two of them there is so much text, but for a few: the lines of a box stand around its title."""
NEAR_CHARS = 3
"""An underline is about as long as its heading."""
NOTE_STARTS = ("^[", "[^")
"""Footnotes below a rule are their page's: "^[1]", "[^1]"."""
_ENDS = PROSE_ENDS | {")"}
_TITLE_CHARS, _TITLED_SHARE = 100, 0.9
_DATED_LINES, _DATED_CHARS, _DATED_SHARE, _PAGE_CHARS = 3, 60, 0.5, 200
"""Below so many marks stands a title of so many characters, and among so many lines below it, below so many titles, a
date or byline; of pages of so many characters. (Of 1,278 single pages of dumps-dev 42 have rules that come again so
often; below most of them stand titles in 24, dates too in none.)"""
_TITLE_ENDS = PROSE_ENDS | frozenset(",;:")
_OPENING = frozenset("\"'“„«‘「『《【¿¡(")
_DATE_RE = re.compile(
    r".*?(?<!\d)(?:19|20)\d\d(?!\d)|(?:(?:written|posted|words) )?by\b"
    r"|(?:von|par|por|di|da|door|текст|автор|作者|文)\b",
    re.IGNORECASE,
)
_LINE_RE = re.compile(r"\S.*")
_RARE_BREAKS = dict.fromkeys(map(ord, "\x85\u2028\u2029"), "\n")
CELLS_RE = re.compile(r"\S {2,}\S|[\t|]")
"""Between the cells of a table."""


class _Place(NamedTuple):
    """What stands around a rule, without the white space around it; "" for a blank line or none."""

    before: str
    """Above the line above."""
    above: str
    below: str
    """The next line that holds something."""


def even_breaks(text: str) -> str:
    """A text whose lines all end with a line feed, or with one behind a carriage return; every place stays.

    >>> even_breaks("Ash\\rElm\\r"), even_breaks("Ash\\u2028Elm\\r\\n")
    ('Ash\\nElm\\n', 'Ash\\nElm\\r\\n')
    """
    if "\r" in text and "\n" not in text:  # of an old Mac
        text = text.replace("\r", "\n")
    is_even = text.isascii() or not any(map(text.__contains__, "\x85\u2028\u2029"))
    return text if is_even else text.translate(_RARE_BREAKS)


def find_regular_rules(text: str, stretches: Sequence[tuple[int, int]] | None = None) -> list[int]:
    """Where the rules stand that come again and again between texts, and below no heading: their offsets, in order.

    `stretches` is where rules are looked for, in the whole text otherwise.

    >>> brief = "Snow on the moor\\nThe road is closed until noon on Thursday, they say.\\nLudworth, 3 May\\n"
    >>> find_regular_rules("====\\n".join([brief] * 3))
    [86, 177]
    """
    groups = defaultdict[str, list[int]](list)
    stretches = [(0, len(text))] if stretches is None else stretches
    for sign, least in _RULES.items():
        for start, line in chain.from_iterable(
            _iterate_lines(text, sign * least, stretch) for stretch in stretches
        ):
            if not (rule := line.strip()).strip(sign):
                groups[rule].append(start + line.index(rule))
    return sorted(at for rule, found in groups.items() if _are_regular(text, rule, found) for at in found)


def are_apart(sizes: Sequence[int]) -> bool:
    """Whether there is some text, of so many characters, between most marks of pages."""
    return sum(size < _BRIEF_CHARS for size in sizes) <= _BRIEF_SHARE * len(sizes)


def part_dated_pages(texts: Sequence[str], at: Sequence[int], ends: Sequence[int]) -> bool:
    """Whether pages begin at these lines of a text, as what stands there shows: a title, and a date or byline below it.

    So any mark may part pages, what stands between a page's own sections too. `ends` are the characters to the end of
    each line.

    >>> page = ["Snow on the moor", "By Ann Roe, 3 May 2024", "The road is closed until noon on Thursday. " * 5]
    >>> ends = range(100, 1300, 100)
    >>> part_dated_pages(page * 4, [3, 6, 9], ends), part_dated_pages(page[::2] * 4, [2, 4, 6], ends)
    (True, False)
    """
    if len(at) < _FEWEST:
        return False
    titled = sum(is_title(texts[i]) for i in at)
    dated = sum(any(map(_may_date, texts[i + 1 : i + 1 + _DATED_LINES])) for i in at)
    sizes = [ends[below - 1] - ends[above - 1] for above, below in pairwise([*at, len(texts)])]
    brief = sum(size < _PAGE_CHARS for size in sizes)
    return (
        titled >= _TITLED_SHARE * len(at)
        and dated >= _DATED_SHARE * len(at)
        and brief <= _BRIEF_SHARE * len(at)
    )


def is_title(text: str) -> bool:
    """Whether a line may be the title of a page."""
    is_opened = text[0].isalnum() or text[0] in _OPENING
    return is_opened and not text[0].islower() and len(text) <= _TITLE_CHARS and text[-1] not in _TITLE_ENDS


def _may_date(text: str) -> bool:
    return len(text) <= _DATED_CHARS and _DATE_RE.match(text) is not None


def _iterate_lines(text: str, signs: str, stretch: tuple[int, int]) -> Iterator[tuple[int, str]]:
    """The lines of a stretch with these signs, and where each begins: several times as fast as a pattern."""
    first, end = stretch
    at = text.find(signs, first, end)
    while at >= 0:
        start, stop = text.rfind("\n", 0, at) + 1, text.find("\n", at)
        stop = len(text) if stop < 0 else stop
        yield start, text[start:stop]
        at = text.find(signs, stop, end)


def _are_regular(text: str, rule: str, found: Sequence[int]) -> bool:
    if len(found) < _FEWEST_BELOW_SAME:
        return False
    stretches = [len(text[above + len(rule) : below].strip()) for above, below in pairwise(found)]
    if not are_apart(stretches):
        return False
    places = [_look_around(text, at, at + len(rule)) for at in found]
    if any(place.below[:2] in NOTE_STARTS for place in places):
        return False
    if all(_ends_same(place, places[0].above, len(rule)) for place in places):
        return True
    counts = Counter(place.above for place in places if place.before and not CELLS_RE.search(place.above))
    headings = sum(
        _may_be_heading(place, len(rule)) and counts[place.above] < _FEWEST for place in places
    )  # no page has one heading so often
    return len(found) >= _FEWEST and headings < _HEADING_SHARE * len(found)


def _look_around(text: str, start: int, end: int) -> _Place:
    top = text.rfind("\n", 0, start)
    above = text.rfind("\n", 0, max(0, top))
    before = text.rfind("\n", 0, max(0, above))
    lines = text[above + 1 : max(0, top)], text[before + 1 : max(0, above)]
    below = _LINE_RE.search(text, end)
    return _Place(lines[1].strip(), lines[0].strip(), below[0].strip() if below else "")


def _ends_same(place: _Place, above: str, size: int) -> bool:
    """Whether a rule stands below the last line of a text, and always the same: a page has no heading twice.

    A table's head of one word stands above rules of one length, too, and comes again in a copy.
    """
    is_underlined = abs(len(above) - size) <= NEAR_CHARS
    return place.above == above and " " in above and place.before != "" and not is_underlined


def _may_be_heading(place: _Place, size: int) -> bool:
    """Whether the line right above a rule of that size is a heading, or the head of a table."""
    above, below = place.above, place.below
    if not above or len(above) >= HEADING_CHARS:
        return False
    if CELLS_RE.search(above) or abs(len(above) - size) <= NEAR_CHARS:
        return True
    is_text = len(below) >= HEADING_CHARS or below[-1:] in _ENDS or below[:1].islower()
    return above[-1] not in _ENDS and (is_text or not place.before)
