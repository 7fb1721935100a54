"""Where a text says that its pages begin: at headers as `page_headers` reads them, or at rules, menus and the like."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from itertools import accumulate, compress
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from dehusk.blocks.lines import (
    FEED,
    FEED_MARK,
    HARD,
    HEADING_RE,
    ODD,
    RULE_MARK,
    UNEVEN,
    WET_MARK,
    WIDE_RE,
    Ints,
    Lines,
    look_at,
)
from dehusk.model import Block, Page, PageMark, PageStart
from dehusk.page_headers import (
    FACTS,
    Header,
    are_husked,
    find_content,
    find_first_rule,
    find_form,
    find_headers,
    find_numbered,
    find_regular_rules,
    find_ruled_form,
    is_below,
    is_menu,
    is_ruled,
    is_seam,
    is_title,
    part_dated_pages,
    read_numbers,
    take_filled,
)
from dehusk.words import write_codes

_MARKS: dict[int, PageMark] = {FEED_MARK: "feed", RULE_MARK: "rule", WET_MARK: "wet"}


_HEAD_CHARS = 4000
"""Among so many the first header's rule is."""
_LEAST_STRETCH, _LEAST_BLANK = 6, 3
"""Characters that the shortest rule has, with the breaks around it; and blank lines that may part pages."""
_SHORT_CHARS, _SHORT_SIGNS = (3, 5), "*•·~-=_—– "
"""Of such a line as "* * *"."""
_BELOW_HEADING, _TITLED_SHARE = 2, 0.25
"""Blank lines, at most, of a header below its page's title; and as many headers have one, if the first has."""
_FEWEST_UNDERLINED, _UNDERLINED_SHARE = 2, 0.9
"""So many rules that part pages, and such a share of them, underline a title, and each another."""
_SHEET_RE = re.compile(r"(?:^|\s)(\d{1,4}) ?(?:/|of|von|de|sur|di|из) ?(\d{1,4})$")
"""The foot of a printed sheet: its number, and that of the last one."""


class Start(NamedTuple):
    """A PageStart, in lines."""

    page: int
    first: int
    end: int
    mark: PageMark
    facts: dict[str, str]


def find_starts(lines: Lines, text: str, page: Page) -> tuple[list[Start], str]:
    """The headers above the pages, and their form; the lines of each are set apart from others (in `lines.gaps`).

    `text` is what they are the lines of. Without any headers, what else parts pages; only WET headers where the text
    begins with one.
    """
    if not lines.texts:
        return [], page.header_form
    gaps, is_wet = lines.gaps.tolist(), _begins_with_wet(lines)
    firsts, lasts = write_codes(lines.firsts), write_codes(lines.lasts)
    form, ruled = page.header_form, _Ruled.read(text) if is_ruled(page.header_form) else None
    if not (form or page.offset or is_wet):
        ruled = None if page.is_single or not _begins_with_rule(text) else _Ruled.read(text)
        above = find_ruled_form(ruled.texts, ruled.gaps) if ruled else ""
        form = find_form(lines.texts, gaps, ruled=above, firsts=firsts, lasts=lasts, sizes=lines.sizes)
    if ruled and is_ruled(form):
        headers = ruled.find_headers(lines, form)
    else:
        headers = find_headers(lines.texts, gaps, form)
    if is_menu(form):
        at = [i for i, *_ in headers]
        _part_from_above(lines, at)
        below_title = at[:1] == [1]  # as that of the first page
        found = [Start(i - (below_title and is_title(lines.texts[i - 1])), i, i, "menu", {}) for i in at]
    else:
        headers = (_shift(headers) if is_below(form) else headers)[: 1 if page.is_single else None]
        found = _set_apart(headers, lines, mark="menu" if is_seam(form) else "header")
    if found and found[0].mark == "header":
        return found, form
    if page.is_single or is_wet:
        numbered = []
    else:
        numbered = find_numbered(lines.texts, gaps, goes_on=page.offset > 0, lasts=lasts)
    marked = [] if found and is_seam(form) else _find_marked(lines, text)
    starts = [*found, *_set_apart(numbered, lines, mark="menu"), *marked]
    return sorted(starts, key=attrgetter("page")), form


def _part_from_above(lines: Lines, at: Sequence[int]) -> None:
    """Have nothing go on in some lines."""
    lines.gaps[at] = np.where(lines.gaps[at] == 0, 1, lines.gaps[at])


def have_lines_below(starts: Sequence[Start], lines: Lines) -> bool:
    """Whether the page below each header is one line, its husk and all."""
    if not starts or starts[0].mark != "header":
        return False
    is_own = np.ones(len(lines.texts), np.bool_)
    for start in starts:
        is_own[start.first : start.end] = False
    return are_husked(list(compress(lines.texts, is_own.tolist())), lines.sizes[is_own])


def _begins_with_rule(text: str) -> bool:
    return find_first_rule([bare for line in text[:_HEAD_CHARS].splitlines() if (bare := line.strip())]) >= 0


class _Ruled(NamedTuple):
    """All lines of a text that hold something, rules too."""

    texts: list[str]
    gaps: list[int]
    """Blank lines above each."""
    starts: list[int]
    """Characters above each."""

    @classmethod
    def read(cls, text: str) -> _Ruled:
        raws = text.splitlines(keepends=True)
        at, texts, gaps = take_filled(list(map(str.strip, raws)))
        starts = list(accumulate(map(len, raws), initial=0))
        return cls(texts, gaps, [starts[i] for i in at])

    def find_headers(self, lines: Lines, form: str) -> list[Header]:
        """The headers of a form, in lines without the rules."""
        found = find_headers(self.texts, self.gaps, form)
        places = np.append(np.searchsorted(lines.starts, self.starts), len(lines.starts)).tolist()
        return [
            header._replace(first=places[header.first], end=places[header.end])
            for header in found
            if places[header.first] < len(lines.starts)
        ]


def _set_apart(headers: Sequence[Header], lines: Lines, *, mark: PageMark) -> list[Start]:
    """Where the pages of headers begin, each set apart from what is above and below."""
    found, gaps = list[Start](), lines.gaps.copy()
    below = [
        first > 0
        and 0 <= gaps[first] <= _BELOW_HEADING
        and HEADING_RE.match(lines.texts[first - 1]) is not None
        for first, *_ in headers
    ]
    if sum(below[1:]) < _TITLED_SHARE * (len(below) - 1):
        below[:1] = [False]  # the whole file's
    labels = [
        find_content(lines.texts[end]) if facts and end < len(lines.texts) else 0
        for _, end, facts, *_ in headers
    ]
    are_labelled = 2 * sum(map(bool, labels)) > len(labels)
    for (first, end, facts, *_), has_title, label in zip(headers, below, labels, strict=True):
        begin = first - has_title
        lines.gaps[first : end + 1] = np.maximum(lines.gaps[first : end + 1], 1)
        lines.gaps[begin] = HARD
        if are_labelled and label:
            _cut_label(lines, end, label)
        found.append(Start(begin, first, end, mark, facts))
    return found


def _cut_label(lines: Lines, i: int, size: int) -> None:
    """Leave out the first characters of a line: "Text: "."""
    label, text = lines.texts[i][:size], lines.texts[i][size:]
    lines.texts[i] = text
    lines.starts[i] += size
    lines.sizes[i] -= size
    lines.columns[i] -= size + len(WIDE_RE.findall(label))
    lines.firsts[i], lines.heads[i] = ord(text[0]), len(text.split(None, 1)[0])
    lines.looks[i] = look_at(text) | (lines.looks[i] & (FEED | UNEVEN))


def _shift(headers: list[Header]) -> list[Header]:
    """The headers of which each says what the page above is, with what is said of the page below."""
    facts = [*(header.facts for header in headers), {}]
    top = Header(0, 0, {}, False, "")
    return [header._replace(facts=said) for header, said in zip([top, *headers], facts, strict=True)]


def _find_marked(lines: Lines, text: str) -> list[Start]:
    """Where rules, form feeds or WET headers stand; below rules that come again and again nothing goes on."""
    begins_with_wet = _begins_with_wet(lines)
    stretches = [] if begins_with_wet else _find_stretches(lines, text)
    rules = find_regular_rules(text, stretches)
    breaks = np.unique(np.searchsorted(lines.starts, rules))
    if not rules and not begins_with_wet:
        breaks = np.array(_find_dated(lines, text, stretches), np.int64)
    breaks = breaks[breaks < len(lines.starts)]
    lines.gaps[breaks] = HARD
    at = np.flatnonzero(lines.marks >= (WET_MARK if begins_with_wet else min(_MARKS))).tolist()
    marks = dict(zip(at, map(_MARKS.__getitem__, lines.marks[at].tolist()), strict=True))
    marks = {i: mark for i, mark in marks.items() if mark != "feed" or not _has_sheets(lines.texts[i - 1])}
    marks |= dict.fromkeys(breaks.tolist(), "break")
    starts = [Start(i, i, i, marks[i], {}) for i in sorted(marks)]
    return _take_titles(starts, lines, text) or _take_numbers(starts, lines)


def _take_titles(starts: Sequence[Start], lines: Lines, text: str) -> list[Start]:
    """The same with the titles that the rules underline, if nearly all do: blank lines stand above these and below the
    rules. Else none."""
    found = [start for start in starts if start.page and _is_underlined(start.page, lines, text)]
    titles = {lines.texts[start.page - 1] for start in found}
    if len(found) < _FEWEST_UNDERLINED or min(len(found), len(titles)) < _UNDERLINED_SHARE * len(starts):
        return []
    below = [start.page for start in found]
    above = [i - 1 for i in below]
    lines.gaps[below] = np.maximum(lines.gaps[below], 1)
    lines.gaps[above] = HARD
    raised = dict(zip(below, above, strict=True))
    places = (raised.get(start.page, start.page) for start in starts)
    return [Start(i, i, i, start.mark, {}) for i, start in zip(places, starts, strict=True)]


def _is_underlined(i: int, lines: Lines, text: str) -> bool:
    """Whether right above a line, but for blank ones, stands a rule, right above that a title, and none above that."""
    end = int(lines.starts[i - 1] + lines.sizes[i - 1])
    between = text[end : int(lines.starts[i])].splitlines()
    is_apart = len(between) > 2 and between[1].strip() != "" and not between[2].strip()
    return is_apart and (i == 1 or lines.gaps[i - 1] != 0) and is_title(lines.texts[i - 1])


def _take_numbers(starts: list[Start], lines: Lines) -> list[Start]:
    """The same with the line below each, where these are numbers of pages, "### Article 7", and the first line's."""
    below = [lines.texts[start.page] for start in starts]
    numbers = read_numbers(below) if len(starts) > 1 else []
    if not numbers:
        return starts
    if starts[0].page and read_numbers([lines.texts[0], below[0]]):
        starts = [Start(0, 0, 0, starts[0].mark, {}), *starts]
    after = [start.page + 1 for start in starts if start.page + 1 < len(lines.texts)]
    _part_from_above(lines, after)
    return [start._replace(end=start.page + 1) for start in starts]


def _begins_with_wet(lines: Lines) -> bool:
    return WET_MARK in lines.marks[:1]


def _has_sheets(foot: str) -> bool:
    """Whether more sheets of a page follow below a line.

    >>> _has_sheets("https://site.example/a 1/2"), _has_sheets("2/2")
    (True, False)
    """
    found = _SHEET_RE.search(foot)
    return found is not None and int(found[1]) < int(found[2])


def _find_stretches(lines: Lines, text: str) -> list[tuple[int, int]]:
    """What stands between lines and is no space: rules, to which the whole text need not be searched."""
    tops, bottoms = np.append(-1, lines.starts + lines.sizes), np.append(lines.starts, len(text) + 1)
    wide = (bottoms - tops >= _LEAST_STRETCH) & (np.append(lines.gaps, HARD) != 0)
    pairs = zip(tops[wide].tolist(), bottoms[wide].tolist(), strict=True)
    return [(max(0, top), bottom) for top, bottom in pairs if not text[max(0, top) : bottom].isspace()]


def _find_dated(lines: Lines, text: str, stretches: Sequence[tuple[int, int]]) -> list[int]:
    """The lines below what comes again and again above titles with a date: rules of any sign, short ones, blank lines.

    Of blank lines there are more than ever else, and inside of pages one at a time.
    """
    found = defaultdict[str, list[int]](list)
    places = np.searchsorted(lines.starts, [high for _, high in stretches]).tolist()
    for (low, high), below in zip(stretches, places, strict=True):
        for rule in set(map(str.strip, text[low:high].splitlines())) - {""}:
            found[rule].append(below)
    is_short = (lines.sizes >= _SHORT_CHARS[0]) & (lines.sizes <= _SHORT_CHARS[1]) & (lines.looks & ODD != 0)
    for i in np.flatnonzero(is_short).tolist():
        if not lines.texts[i].strip(_SHORT_SIGNS):
            found[lines.texts[i]].append(i + 1)
    most = int(lines.gaps.max(initial=0))
    if most >= _LEAST_BLANK and not np.any((lines.gaps > 1) & (lines.gaps < most)):
        found[""] = np.flatnonzero(lines.gaps == most).tolist()
    at = ([i for i in below if 0 < i < len(lines.texts)] for below in found.values())
    ends = np.cumsum(lines.sizes).tolist() if found else []
    return sorted({i for below in at if part_dated_pages(lines.texts, below, ends) for i in below})


def move_starts(starts: Sequence[Start], places: Ints, count: int) -> list[Start]:
    """The same in lines that were parted into so many: `places` says where each now begins, in order."""
    moved = [*places.tolist(), count]
    return [
        start._replace(page=moved[start.page], first=moved[start.first], end=moved[start.end])
        for start in starts
    ]


def place_starts(
    starts: Sequence[Start], lines: Lines, *, blocks: Sequence[Block], placed: Sequence[Block]
) -> tuple[PageStart, ...]:
    """The same in offsets: `placed` are the blocks of these lines with their places in the source."""
    found, places = list[PageStart](), [block.start for block in blocks] if starts else []
    for page, first, end, mark, facts in starts:
        of_page, of_first = (bisect_left(places, int(lines.starts[i])) for i in (page, first))
        of_end = bisect_left(places, int(lines.starts[end])) if end < len(lines.starts) else len(places)
        beside = [block.kind for block in blocks[max(0, of_page - 1) : of_page + 1]]
        if of_page < len(places) and not (mark in ("rule", "break") and beside == ["code", "code"]):
            start = placed[min(of_first, len(placed) - 1)].start
            stop = placed[of_end - 1].end if of_end > of_first else start
            known = (facts.get(name, "") for name in FACTS)
            found.append(PageStart(placed[of_page].start, start, stop, mark, *known))
    return tuple(found)
