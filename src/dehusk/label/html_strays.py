"""What the model keeps around an article that is not of it: readers' comments, notes on its author behind it, and the
titles and openings of other stories below it.

A forum's posts and a listing's entries look the same, and are what the page is about: this is for articles alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from dehusk.label.html_features import LINK_SHARE, LINKED_SHARE, Floats, PageRows, running_sum
from dehusk.label.html_prose import find_linked, find_run, is_long, is_surer
from dehusk.label.marks import find_bits

Range = tuple[int, int]
"""The first of some blocks, and their end."""

_COMMENT_BITS, _BYLINE_BITS, _FAQ_BITS = (find_bits([kind], ()) for kind in ("comment", "byline", "faq"))
_COMMENT_SHARE, _BYLINE_SHARE, _TEASER_SHARE = 0.9, 0.3, 0.7
"""Of the kept words: what is more of them is not around the article, but the article."""
_LEAST_TEASERS = 3
_TITLE_PLACE = 4
"""A teaser's title is one of its first blocks: a picture's caption, a label or a date may stand above it."""
_GAP = 3
"""So many blocks right above the first teaser are not kept: the sections of an article have linked headings, too, and
follow one another."""
_BEHIND_SHARE = 0.1
"""Of the kept words, at most, that stand behind the first of some teasers and are in none."""
_WIDE_GAP = 10
"""Where so many blocks are not kept below its sentences an article is over."""
_HEADLINES_SHARE, _LINKED_REST = 0.3, 0.8
"""Lists of links are so much of the kept words, at least, and so much of what is kept behind the gap: a few links below
an article are its references as often as not."""


def find_strays(keep: NDArray[np.bool_], content: Floats, page: PageRows) -> NDArray[np.bool_]:
    """Of the kept blocks of an article those that are not of it, by their chances to be content."""
    words = page.words * keep
    comments = keep & ((page.inner & _COMMENT_BITS) > 0)
    strays = _limit(comments, words, most=_COMMENT_SHARE)
    strays |= _limit(_find_notes(keep, page), words, most=_BYLINE_SHARE)
    strays |= _limit(keep & _find_teasers(words, page), words, most=_TEASER_SHARE)
    return strays | _find_headlines(keep & ~strays, content, page)


def _limit(strays: NDArray[np.bool_], words: Floats, *, most: float) -> NDArray[np.bool_]:
    """These, or none where they are more than so much of the kept words."""
    return strays if words[strays].sum() <= most * words.sum() else np.zeros_like(strays)


def _find_notes(keep: NDArray[np.bool_], page: PageRows) -> NDArray[np.bool_]:
    """The kept blocks at the end that are marked as the author's."""
    others = np.flatnonzero(keep & ((page.inner & _BYLINE_BITS) == 0))
    found = keep.copy()
    found[: int(others[-1]) + 1 if len(others) else len(keep)] = False
    return found


def _find_teasers(words: Floats, page: PageRows) -> NDArray[np.bool_]:
    """The blocks of teasers, by the words that are kept of each block: behind the article, and behind a gap or other
    teasers."""
    found, inside = np.zeros((2, len(words)), np.bool_)
    kept = np.flatnonzero(words)
    if not (np.diff(kept) > _GAP).any():
        return found
    lists = sorted(_list_teasers(page, int(kept[0])))
    for first, end in chain.from_iterable(lists):
        inside[first:end] = True
    others = running_sum(words * ~inside)[0]
    for regions in lists:
        start = regions[0][0]
        above = slice(max(0, start - _GAP), start)
        is_apart = not (words[above] * ~found[above]).any()
        if is_apart and others[-1] - others[start] <= _BEHIND_SHARE * words.sum():
            for first, end in regions:
                found[first:end] = True
    return found


def _list_teasers(page: PageRows, start: int) -> Iterator[list[Range]]:
    """Below a block: what is around titles that are links and look alike, where some such stand in one element."""
    is_title = find_linked(page)
    is_title[:start] = False
    titles = np.flatnonzero(is_title & ((page.inner & _FAQ_BITS) == 0))
    if len(titles) < _LEAST_TEASERS:
        return
    alike: defaultdict[int, list[int]] = defaultdict(list)
    for title, group in zip(titles.tolist(), page.groups[titles].tolist(), strict=True):
        alike[group].append(title)
    for group_titles in alike.values():
        if len(group_titles) < _LEAST_TEASERS:
            continue
        regions: defaultdict[Range, list[Range]] = defaultdict(list)
        for region, around in _find_regions(group_titles, page):
            regions[around].append(region)
        yield from (found for found in regions.values() if len(found) >= _LEAST_TEASERS)


def _find_regions(titles: list[int], page: PageRows) -> Iterator[tuple[Range, Range]]:
    """The widest element around each title that holds no other one, and the next around that."""
    for before, title, after in zip([-1, *titles], titles, [*titles[1:], len(page.words)], strict=False):
        firsts, ends = page.ranges[:, :, title].tolist()
        ranges = list(zip(firsts, ends, strict=True))
        alone = sum(before < first and end <= after for first, end in ranges)
        if not 0 < alone < len(ranges):
            continue
        first, end = ranges[alone - 1]
        if title - first < _TITLE_PLACE:
            yield (first, end), ranges[alone]


def _find_headlines(keep: NDArray[np.bool_], content: Floats, page: PageRows) -> NDArray[np.bool_]:
    """What is kept behind a wide gap below the article's sentences, if nearly all of it is links and it is less sure
    than the sentences are; it may be nearly all that is kept."""
    none, kept = np.zeros_like(keep), np.flatnonzero(keep)
    wide = kept[1:][np.diff(kept) >= _WIDE_GAP]
    run = find_run(content, page) if len(wide) else None
    if run is None or not is_long(run):
        return none
    words = page.words * keep
    behind, linked = (
        rows[-1] - rows[wide]
        for rows in running_sum(words, words * (page.features[LINK_SHARE] > LINKED_SHARE))
    )
    are_links = (behind >= _HEADLINES_SHARE * words.sum()) & (linked >= _LINKED_REST * behind)
    fit = wide[are_links & (wide >= run.end)]
    if not len(fit):
        return none
    found = none.copy()
    found[fit[0] :] = keep[fit[0] :]
    return found if is_surer(run, found, content, words=page.words) else none
