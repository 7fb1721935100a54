"""A search listing as a table of contents: a dump of search results often holds the pages that its listing names.

Where an entry's snippet stands in the text, its page does. Two pages have a border between them, and the title of the
entry above the snippet is where its page begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.listings import Entry, find_teasers, is_cut_off
from dehusk.segment.text_echoes import EchoFinder, Manner, Place
from dehusk.segment.text_features import Gaps, Ints
from dehusk.segment.text_model import Candidates
from dehusk.segment.text_rivals import Floats
from dehusk.words import NUMBER, WordHashes

_TITLE = Manner(3, 0.6, 1.5)
"""It may be cut, or name its site."""
_SNIPPET = Manner(4, 0.2, 3)
"""It is cut, and joined of pieces."""
_SURE_SHARE = 0.5
"""Of a snippet's grams. With less of them its title must stand near, or the place must be where the order of the
entries has it."""
_TITLE_REACH = 150  # words from a title to its snippet
_SHORTEST_SNIPPET, _LONG_TITLE = 8, 5  # words
_FEWEST_TITLES, _MOST, _LEAST_TIMES = 2, 0.5, 2
"""So many pages, and such a share of them, must have a title; such a share must be so many times as long as their
snippets."""
_FEWEST_IN_ORDER = 5  # pages that must stand in the order of their entries to prove that all do
_NEAR_WORDS = 60
"""Of text that is surely content: of a border of a named page from one that the models find, or of its title from the
same title again."""
_HUSK_BLOCKS, _HUSK_TIMES = 12, 3
"""What stands between two titles of a page is husk if it is so many blocks, and so many times as many as were kept."""
_MOST_ENTRIES = 300  # those beyond are not looked for: the time is bounded


class NamedPage(NamedTuple):
    """A page of the text that an entry of a listing names."""

    titles: list[int]
    """The blocks that may be its title, none of them above the snippet of the page before."""
    snippet: int
    """The block in which its snippet begins."""


class _Sighting(NamedTuple):
    """What of an entry stands in the text."""

    snippets: list[Place]
    """Where much of its snippet does."""
    titles: list[int]
    """The words with which its title begins."""
    words: int
    """Of its snippet."""


def find_named_pages(texts: Sequence[str], words: WordHashes) -> list[NamedPage]:
    """The pages that listings in a text name, in the text's order; `words` are those of `texts`, its blocks.

    An entry names one page at most, and no page is named twice: of a page's copies as many are found as there are
    entries for it. None are found where most have no title or are hardly longer than their entries: what is offered
    on one page may be offered there twice.
    """
    entries = find_teasers(texts, words)
    if not entries:
        return []
    is_teaser = np.fromiter(map(is_cut_off, texts), np.bool_, len(texts))
    for entry in entries:
        is_teaser[slice(*entry)] = True
    sightings = _look_for(words, entries[:_MOST_ENTRIES], np.repeat(is_teaser, np.diff(words.bounds)))
    found: dict[int, Place] = {}
    for number, seen in enumerate(sightings):
        places = [
            place
            for place in seen.snippets
            if (place.share >= _SURE_SHARE or _has_title(place, seen.titles))
            and all(abs(place.first - other.first) > seen.words for other in found.values())
        ]
        if places:
            found[number] = max(places, key=lambda place: (place.share, -place.first))
    _add_in_order(found, sightings)
    order = sorted((place.first, number) for number, place in found.items())
    pages = []
    for (before, _), (at, number) in pairwise([(-1, -1), *order]):
        titles = [_find_block(title, words) for title in sightings[number].titles if before < title <= at]
        pages.append(NamedPage(titles, _find_block(at, words)))
    titled = sum(bool(page.titles) for page in pages)
    lengths = [
        stop - at > _LEAST_TIMES * sightings[number].words for (at, number), (stop, _) in pairwise(order)
    ]
    is_contents = titled >= max(_FEWEST_TITLES, _MOST * len(pages)) and sum(lengths) >= _MOST * len(lengths)
    return pages if is_contents else []


def _look_for(words: WordHashes, entries: Sequence[Entry], is_left_out: NDArray[np.bool_]) -> list[_Sighting]:
    """What of each entry stands in the text, but for the words that are left out; nothing, if hardly any title does."""
    edges = [words.bounds[[first, first + 1, end]].tolist() for first, end in entries]
    for edge in edges:
        edge[0] += edge[0] < edge[1] and bool(words.flags[edge[0]] & NUMBER)  # of the entry, not of its title
    finder = EchoFinder(words, [edge[:2] for edge in edges], manner=_TITLE, is_left_out=is_left_out)
    titles = [
        [place.first for place in finder.find(number) if _is_headline(place.first, middle - first, words)]
        for number, (first, middle, _) in enumerate(edges)
    ]
    if sum(map(bool, titles)) < _FEWEST_TITLES:
        return []
    finder = EchoFinder(words, [edge[1:] for edge in edges], manner=_SNIPPET, is_left_out=is_left_out)
    return [
        _Sighting(
            finder.find(number) if end - middle >= _SHORTEST_SNIPPET else [], titles[number], end - middle
        )
        for number, (_, middle, end) in enumerate(edges)
    ]


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


def _is_headline(at: int, size: int, words: WordHashes) -> bool:
    """Whether a title of so many words stands there as a title: it is long, or there is little else on the line."""
    block = _find_block(at, words)
    return size >= _LONG_TITLE or bool(words.bounds[block + 1] - words.bounds[block] <= 2 * size)


def _find_block(at: int, words: WordHashes) -> int:
    return int(np.searchsorted(words.bounds, at, "right")) - 1


class Cuts(NamedTuple):
    """Where a text is cut; all are blocks."""

    at: Ints
    """With which articles begin, but for the first."""
    titles: dict[int, int]
    """Of articles that listings name, by their first kept block."""
    scraps: set[int]
    """With which something begins that is no article: the menus between a page's title and the same title again."""


def cut_named_pages(cuts: Ints, candidates: Candidates, gaps: Gaps, pages: Sequence[NamedPage]) -> Cuts:
    """`cuts` and one between every two of `pages`.

    A page without a title begins with the likeliest of the candidates above its snippet, if there is one. Other cuts
    near by, or between a page's beginning and its snippet, give way.
    """
    kept = np.concatenate((gaps.before[:1], gaps.after))
    words = np.concatenate(([0.0], gaps.sure, gaps.sure[-1:]))
    found = Cuts(np.zeros(0, np.int64), {}, set())
    begins: list[int] = []
    gives_way, last = np.zeros(len(cuts), np.bool_), -1
    for page in pages:
        places = np.searchsorted(kept, page.titles).tolist()
        if places:
            places = places[_find_first(words[places]) :]
        elif last >= 0:
            places = [_find_likeliest(candidates, kept, last, page.snippet)]
        last = page.snippet
        if not places or places[-1] == len(kept):
            continue
        top = begin = int(kept[places[0]])
        titles = page.titles[-len(places) :]
        if titles and titles[-1] - titles[0] > max(_HUSK_BLOCKS, _HUSK_TIMES * (places[-1] - places[0])):
            found.scraps.add(top)
            begin = int(kept[places[-1]])
            titles = titles[-1:]
        begins += [top, begin]
        if titles:
            found.titles[begin] = titles[0]
        gives_way |= np.abs(words[np.searchsorted(kept, cuts)] - words[places[0]]) < _NEAR_WORDS
        gives_way |= (cuts > top) & (cuts <= page.snippet)
    at = np.union1d(cuts[~gives_way], np.array(begins, np.int64))
    return found._replace(at=at[at > kept[0]])


def _find_first(words: Floats) -> int:
    """The number of the first title that no more than little text parts from the last; `words` are those to each."""
    first = len(words) - 1
    while first and words[first] - words[first - 1] < _NEAR_WORDS:
        first -= 1
    return first


def _find_likeliest(candidates: Candidates, kept: Ints, last: int, snippet: int) -> int:
    """The number among the kept blocks of the likeliest candidate between two blocks, or else their count."""
    end = kept[min(int(np.searchsorted(kept, snippet)), len(kept) - 1)]
    may_be = np.flatnonzero((candidates.after > last) & (candidates.after <= end))
    if not len(may_be):
        return len(kept)
    return int(np.searchsorted(kept, candidates.after[may_be[np.argmax(candidates.odds[may_be])]]))
