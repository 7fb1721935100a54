"""A search listing as a table of contents: a dump of search results often holds the pages that its listing names.

Where an entry's snippet stands in the text, its page does. Two pages have a border between them, and the title of the
entry above the snippet is where its page begins.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.listings import Entry, find_cut_off, find_teasers
from dehusk.segment.text_echoes import EchoFinder, Manner, Place
from dehusk.segment.text_features import Gaps, Ints
from dehusk.segment.text_model import Candidates
from dehusk.segment.text_rivals import Floats
from dehusk.sentences import CLOSING_QUOTES, SENTENCE_ENDS
from dehusk.words import NUMBER, WordHashes, read_lasts

_TITLE = Manner(3, 0.6, 1.5)
"""It may be cut, or name its site."""
_SNIPPET = Manner(4, 0.2, 3)
"""It is cut, and joined of pieces."""
_SURE_SHARE = 0.5
"""Of a snippet's grams. With less of them its title must stand near, or the place must be where the order of the
entries has it."""
_TITLE_REACH = 150  # words from a title to its snippet
_SHORTEST_SNIPPET = 8  # words
_LONG_TITLE, _LONG_LINE, _LINE_TIMES = 5, 60, 2
"""Words. A title stands alone, on a line of at most so many times its words; a long one in a line that is no sentence,
too, as menus are run together."""
_SENTENCE_RE = re.compile(rf"[{SENTENCE_ENDS}]['{CLOSING_QUOTES})]*\s*$")
_FEWEST_TITLES, _TITLED_SHARE = 2, 0.3
"""So many pages, and such a share of them, must have a title."""
_LONG_SHARE, _LONG_TIMES = 0.5, 2
"""Such a share of the pages must be so many times as long as their snippets."""
_FEWEST_IN_ORDER = 5  # pages that must stand in the order of their entries to prove that all do
_FEWEST_ALONE, _SHORTEST_ALONE = 3, 45
"""So many titled pages prove a dump which no model sees, and half of them must hold so many words of sure content."""
_NEAR_WORDS = 60
"""Of text that is surely content: what is less is no article of its own."""
_HUSK_BLOCKS, _HUSK_TIMES = 12, 3
"""What stands between two titles of a page is husk if it is so many blocks, and so many times as many as were kept, and
no sentence was."""
_SENTENCE_CHARS, _SENTENCE_SCORE = 60, 0.6
_MOST_ENTRIES = 300  # those beyond are not looked for: the time is bounded


class NamedPage(NamedTuple):
    """A page of the text that an entry of a listing names."""

    titles: list[int]
    """The blocks that may be its title: above `snippet`, below that of the page before."""
    snippet: int
    """The block in which its snippet begins."""
    is_near: bool
    """Whether the last title is near the snippet."""


class Contents(NamedTuple):
    """What listings say of a text."""

    pages: list[NamedPage]
    """In the text's order."""
    is_listed: NDArray[np.bool_]
    """Of each block, whether it is of a listing."""
    is_search: bool
    """Whether there is a numbered one, which is no part of a page."""


class Cuts(NamedTuple):
    """Where a text is cut; all are blocks."""

    at: Ints
    """With which articles begin, but for the first."""
    titles: dict[int, int]
    """Of articles that listings name, by their first kept block."""
    scraps: set[int]
    """With which something begins that is no article: the menus between a page's title and the same title again."""


class _Sighting(NamedTuple):
    """What of an entry stands in the text."""

    snippets: list[Place]
    """Where much of its snippet does."""
    titles: list[int]
    """Where its title begins, or a line between that and the snippet, as words."""
    words: int
    """Of its snippet."""


def find_contents(
    texts: Sequence[str], words: WordHashes, lasts: NDArray[np.uint32] | None = None
) -> Contents:
    """The pages that listings in a text name; `words` are those of `texts`, its blocks, and so are `lasts`, if there.

    An entry names one page at most, and no page is named twice: of a page's copies as many are found as there are
    entries for it. None are found where hardly any has a title or most are as short as their entries: what is
    offered on one page may be offered there twice.
    """
    lasts = read_lasts(texts) if lasts is None else lasts
    entries = find_teasers(texts, words, lasts)
    is_listed = np.zeros(len(texts), np.bool_)
    if not entries:
        return Contents([], is_listed, is_search=False)
    for entry in entries:
        is_listed[entry.first : entry.end] = True
    is_left_out = is_listed.copy()
    is_left_out[find_cut_off(texts, lasts)] = True
    sightings = _look_for(texts, words, entries[:_MOST_ENTRIES], is_left_out=is_left_out)
    found: dict[int, Place] = {}
    for number, seen in enumerate(sightings):
        places = [
            (place.share >= _SURE_SHARE, _has_title(place, seen.titles), place)
            for place in seen.snippets
            if all(abs(place.first - other.first) > seen.words for other in found.values())
        ]
        places = [one for one in places if one[0] or one[1]]
        if places:
            found[number] = max(places, key=lambda one: (*one[:2], one[2].share, -one[2].first))[2]
    _add_in_order(found, sightings)
    pages = _make_pages(found, sightings, words)
    return Contents(pages, is_listed, is_search=any(entry.is_numbered for entry in entries))


def _look_for(
    texts: Sequence[str], words: WordHashes, entries: Sequence[Entry], *, is_left_out: NDArray[np.bool_]
) -> list[_Sighting]:
    """What of each entry stands in the text without the blocks that are left out; nothing, if hardly any title does."""
    left_out = np.repeat(is_left_out, np.diff(words.bounds))
    lines = [(number, line) for number, entry in enumerate(entries) for line in _list_lines(words, entry)]
    finder = EchoFinder(words, [line for _, line in lines], manner=_TITLE, is_left_out=left_out)
    titles: list[set[int]] = [set() for _ in entries]
    for i, (number, (low, high)) in enumerate(lines):
        titles[number] |= {
            at.first for at in finder.find(i) if _is_headline(texts, words, at.first, size=high - low)
        }
    if sum(map(bool, titles)) < _FEWEST_TITLES:
        return []
    ranges = [words.bounds[[entry.snippet, entry.end]].tolist() for entry in entries]
    finder = EchoFinder(words, ranges, manner=_SNIPPET, is_left_out=left_out)
    return [
        _Sighting(
            finder.find(number) if high - low >= _SHORTEST_SNIPPET else [], sorted(titles[number]), high - low
        )
        for number, (low, high) in enumerate(ranges)
    ]


def _list_lines(words: WordHashes, entry: Entry) -> list[tuple[int, int]]:
    """The lines that may be an entry's title, as words; its date, author or address may stand below it in the text."""
    lines = [tuple(words.bounds[block : block + 2].tolist()) for block in range(entry.first, entry.snippet)]
    return [
        (low + (entry.is_numbered and low < high and bool(words.flags[low] & NUMBER)), high)
        for low, high in lines
    ]


def _is_headline(texts: Sequence[str], words: WordHashes, at: int, *, size: int) -> bool:
    """Whether a title of so many words stands there as a title, and is not said in a sentence."""
    block = _find_block(at, words)
    count = int(words.bounds[block + 1] - words.bounds[block])
    is_in_menu = size >= _LONG_TITLE and count <= _LONG_LINE and not _SENTENCE_RE.search(texts[block])
    return is_in_menu or count <= _LINE_TIMES * size


def _has_title(place: Place, titles: Sequence[int]) -> bool:
    return any(0 <= place.first - title <= _TITLE_REACH for title in titles)


def _add_in_order(found: dict[int, Place], sightings: Sequence[_Sighting]) -> None:
    """Where pages stand in the order of their entries, those of which less is seen, but where it should be."""
    if len(found) < _FEWEST_IN_ORDER:
        return
    numbers = sorted(found)
    if any(found[one].first >= found[next_one].first for one, next_one in pairwise(numbers)):
        return
    for number, seen in enumerate(sightings):
        if number in found:
            continue
        low = max((found[other].end for other in found if other < number), default=0)
        high = min((found[other].first for other in found if other > number), default=None)
        places = [
            place for place in seen.snippets if low <= place.first and (high is None or place.end <= high)
        ]
        if places:
            found[number] = max(places, key=lambda place: (place.share, -place.first))


def _make_pages(
    found: dict[int, Place], sightings: Sequence[_Sighting], words: WordHashes
) -> list[NamedPage]:
    """In the text's order; none if they are none."""
    order = sorted((place.first, number) for number, place in found.items())
    pages = []
    for (before, _), (at, number) in pairwise([(-1, -1), *order]):
        snippet = _find_block(at, words)
        above = [title for title in sightings[number].titles if before < title < words.bounds[snippet]]
        is_near = bool(above) and at - above[-1] <= _TITLE_REACH
        pages.append(NamedPage([_find_block(title, words) for title in above], snippet, is_near))
    titled = sum(bool(page.titles) for page in pages)
    is_long = [
        stop - at > _LONG_TIMES * sightings[number].words for (at, number), (stop, _) in pairwise(order)
    ]
    are_titled = titled >= max(_FEWEST_TITLES, _TITLED_SHARE * len(pages))
    return pages if are_titled and sum(is_long) >= _LONG_SHARE * len(is_long) else []


def _find_block(at: int, words: WordHashes) -> int:
    return int(np.searchsorted(words.bounds, at, "right")) - 1


def cut_named_pages(cuts: Ints, candidates: Candidates, gaps: Gaps, *, contents: Contents) -> Cuts:
    """`cuts` and one between every two pages that are named, if the text is a dump.

    A page without a title begins with the likeliest of the candidates down to its snippet, if there is one and no cut.
    Cuts near a page's beginning, or between its title and its snippet, give way.
    """
    if not contents.pages:
        return Cuts(cuts, {}, set())
    view = _view(gaps, contents)
    starts, last = [], -1
    for page in contents.pages:
        start = _find_start(page, last, view, cuts=cuts, candidates=candidates)
        starts += [start] if start else []
        last = page.snippet
    if not starts or not (len(cuts) or _is_dump(starts, view, contents)):
        return Cuts(cuts, {}, set())
    above = view.words[np.searchsorted(view.kept, cuts)]
    gives_way = np.zeros(len(cuts), np.bool_)
    for start in starts:
        gives_way |= np.abs(above - view.words[start.top]) < _NEAR_WORDS
        gives_way |= (cuts > view.kept[start.top]) & (cuts <= start.end)
    if view.is_sentence[: starts[0].top].any() and view.words[starts[0].top] < _NEAR_WORDS:
        starts[0] = starts[0]._replace(top=0, begin=0)
    at = np.union1d(cuts[~gives_way], view.kept[[place for start in starts for place in start[:2]]])
    titles = {int(view.kept[start.begin]): start.title for start in starts if start.title >= 0}
    scraps = {int(view.kept[start.top]) for start in starts if start.top < start.begin}
    return Cuts(at[at > view.kept[0]], titles, scraps)


class _View(NamedTuple):
    """The kept blocks of a text."""

    kept: Ints
    words: Floats
    """What is surely content above each of them, without listings; the last one's own words are not counted."""
    is_sentence: NDArray[np.bool_]
    is_sure: NDArray[np.bool_]
    """Whether a sentence is likely to be content, too."""


class _Start(NamedTuple):
    """Where a page begins; numbers of kept blocks but for the last two."""

    top: int
    begin: int
    """Where its text does: not at the top if menus stand between."""
    title: int
    """The block, -1 if there is none."""
    end: int
    """The block to which nothing else begins."""


def _view(gaps: Gaps, contents: Contents) -> _View:
    kept = gaps.kept
    sure = np.diff(gaps.sure, prepend=0, append=gaps.sure[-1:])
    is_content = sure >= _SENTENCE_SCORE * np.diff(gaps.words.bounds)[kept]
    is_long = [len(text) >= _SENTENCE_CHARS and bool(_SENTENCE_RE.search(text)) for text in gaps.own]
    is_sentence = np.array(is_long) & ~contents.is_listed[kept]
    sure[contents.is_listed[kept]] = 0
    return _View(kept, np.concatenate(([0.0], np.cumsum(sure))), is_sentence, is_content & is_sentence)


def _find_start(
    page: NamedPage, last: int, view: _View, *, cuts: Ints, candidates: Candidates
) -> _Start | None:
    """`last` is the block with the snippet of the page before, -1 for the first."""

    def is_cut_below(block: int) -> bool:
        return bool(np.any((cuts > block) & (cuts <= page.snippet)))

    if page.titles and (page.is_near or not is_cut_below(page.titles[-1])):
        return _find_titled(page, view)
    if last < 0 or is_cut_below(last):
        return None
    place = _find_likeliest(candidates, view.kept, above=last, below=page.snippet)
    return None if place is None else _Start(place, place, -1, -1)


def _find_titled(page: NamedPage, view: _View) -> _Start | None:
    """With the first of its titles that hardly any text parts from the last; at the last, if menus stand between."""
    titles, places = page.titles, np.searchsorted(view.kept, page.titles).tolist()
    first = len(titles) - 1
    while first and view.words[places[first]] - view.words[places[first - 1]] < _NEAR_WORDS:
        first -= 1
    top, begin = places[first], places[-1]
    if top == len(view.kept):
        return None
    is_husk = titles[-1] - titles[first] > max(_HUSK_BLOCKS, _HUSK_TIMES * (begin - top))
    if begin < len(view.kept) and is_husk and not view.is_sure[top:begin].any():
        return _Start(top, begin, titles[-1], page.snippet)
    return _Start(top, top, titles[first], page.snippet)


def _find_likeliest(candidates: Candidates, kept: Ints, *, above: int, below: int) -> int | None:
    """The number among the kept blocks of the likeliest candidate between two blocks, if there is one."""
    end = kept[min(int(np.searchsorted(kept, below)), len(kept) - 1)]
    may_be = np.flatnonzero((candidates.after > above) & (candidates.after <= end))
    if not len(may_be):
        return None
    return int(np.searchsorted(kept, candidates.after[may_be[np.argmax(candidates.odds[may_be])]]))


def _is_dump(starts: Sequence[_Start], view: _View, contents: Contents) -> bool:
    """Whether the named pages are the text's where no model sees a border, and not boxes or sections of one page."""
    titled = sum(start.title >= 0 for start in starts)
    is_long = np.diff(view.words[[start.top for start in starts]]) >= _SHORTEST_ALONE
    is_apart = contents.is_search or contents.pages[0].snippet < int(np.argmax(contents.is_listed))
    begins_above = bool(view.words[starts[0].top] < _NEAR_WORDS)
    return (
        titled >= _FEWEST_ALONE and is_apart and begins_above and sum(is_long) >= _LONG_SHARE * len(is_long)
    )
