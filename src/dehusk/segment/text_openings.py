"""Where stories begin that follow each other with nothing between them: each below a title and the same lines of press.

Short stories of an agency or a local paper have no junk to be told apart by, and too few words each for cohesion. But
all begin alike: with a title above, or below, a byline and a date, or with a title and a dateline.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise, takewhile
from statistics import median
from typing import NamedTuple

import numpy as np

from dehusk.segment.text_features import Gaps, sum_bytes
from dehusk.segment.text_press import has_dateline, is_byline, is_name_line, is_press_line
from dehusk.sentences import CLOSING_QUOTES, is_stopless, may_end_prose
from dehusk.words import count_bytes, count_letters, count_words

_PROSE_BYTES, _SHORT_CHARS, _STOPS = 60, 120, (".", "。", "．", "।", "۔")
"""A paragraph that ends with a sentence has so many bytes; so short a line must end with a stop: titles ask, too."""
_HEAD_LINES, _SUBTITLES = 6, 2
"""So many lines above a paragraph are looked at; so many stand at most between its press lines and it."""
_TITLE_CHARS, _TITLE_LETTERS, _TITLE_WORDS, _SIGNED_WORDS, _BARS = 150, 8, 3, 2, 2
"""A title has so many words, or above a byline so many, and is no row of so many bars."""
_MOST_ABOVE_TITLE = 2
"""Lines right above it that may be of the story."""
_CUT_ENDS = ("…", "...")
"""With these most of what an index shows of its posts ends."""
_MOST_ABOVE = 3
"""Lines kept above the first story: more are what the text is about, and reviews stand below it."""
_TITLE_START_RE = re.compile(r"""["“”„«'‘¿¡]?(?:[^\W\d_]|\d[\d.,:%]*\s\w+\s\S|\d[^\W\d_])""")
"""How a title begins that is no item of a list, no count ("22 Likes"), and nothing that is heard ("(Laughter)")."""
_COUNT_RE = re.compile(r"^(?:re: ?|\d+[.)] ?)+")
"""What is put before the title of a thread in its answers."""
_NUMBER_RE = re.compile(r"[\d.]*\d")
_DATELINE = "dateline"
_FEWEST, _SHARE = 2, 0.75
"""So many stories prove that others begin so, if so many of all lines of this form, and of their titles, are right."""
_LEAST_BYTES, _USUAL_BYTES = 100, 250
"""Of UTF-8 kept of each story, and of most: an index of posts has less of them.

Of 4,383 texts of single pages 5 are cut by this: three pages, all of them lists of whole stories.
"""
_UNEVEN = 5
"""So many times as long as the others, the first one is an article, and they are what readers say of it."""


class _Head(NamedTuple):
    """What stands above the first paragraph of what may be a story."""

    prose: int
    """That paragraph, in blocks, as all that follows."""
    top: int
    """The first line that may be of the head."""
    start: int
    """Its press lines, [start, end): bylines and dates; none where the paragraph has a dateline."""
    end: int
    forms: tuple[str, ...]
    """How the press lines are put, whoever and whatever day they name."""


class _Story(NamedTuple):
    head: _Head
    begin: int
    title: int


def find_openings(gaps: Gaps, *, is_part: bool = False) -> list[tuple[int, int]]:
    """The blocks with which such stories begin, and their first paragraphs, but for the text's first one.

    None where the text does not begin with one: reviews and answers, too, have a name and a day above each of them.
    But if it is a part of one (`is_part`), a story may end first.
    """
    texts, kept = gaps.texts, gaps.kept.tolist()
    first = next((i for i in kept if _is_prose(texts[i])), -1)
    if first < 0 or not (is_part or _read_head(texts, first, 0)):
        return []
    prose = [-1, *(i for i in kept if i >= first and _is_prose(texts[i]))]
    found = (_read_head(texts, at, above + 1) for above, at in pairwise(prose) if at > above + 1)
    heads = [head for head in found if head]
    same = [head for head in heads if not set(head.forms).isdisjoint(heads[0].forms)]
    for stories in sorted((_list_stories(texts, same, find) for find in _WAYS), key=len, reverse=True):
        if len(stories) >= max(_FEWEST, _SHARE * len(same)) and _are_alike(texts, stories, heads[0]):
            return _choose_apart(gaps, _begin_above(texts, stories), first=first, is_part=is_part)
    return []


def _is_prose(text: str) -> bool:
    if not may_end_prose(text[-1]) or count_bytes(text) < _PROSE_BYTES:
        return False
    return len(text) > _SHORT_CHARS or is_stopless(text[-1]) or text.rstrip(CLOSING_QUOTES).endswith(_STOPS)


def _read_head(texts: Sequence[str], prose: int, top: int) -> _Head | None:
    """The head of a paragraph, of lines from `top` on."""
    top = max(top, prose - _HEAD_LINES)
    last = next((i for i in range(prose - 1, top - 1, -1)[: _SUBTITLES + 1] if is_press_line(texts[i])), -1)
    if last >= 0:
        start = last
        while start > top and is_press_line(texts[start - 1]):
            start -= 1
        return _Head(prose, top, start, last + 1, tuple(map(_find_form, texts[start : last + 1])))
    has_one = prose > top and has_dateline(texts[prose])
    return _Head(prose, top, prose, prose, (_DATELINE,)) if has_one else None


def _find_form(text: str) -> str:
    """A line with one sign for a word, for several, and for any number.

    >>> _find_form("By Ada van Ortiz, 4 May 2024")
    'aa, 0 a 0'
    """
    text = re.sub(r"[—–-]+", "-", re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "0", text)))
    return re.sub(r"a(?:[ .'’-]*a)+", "aa", text)


def _list_stories(
    texts: Sequence[str], heads: Sequence[_Head], find: Callable[[Sequence[str], _Head], tuple[int, int]]
) -> list[_Story]:
    """Those that have a title, by one way to find it."""
    return [_Story(head, *at) for head in heads if (at := find(texts, head)) != _NOWHERE]


_NOWHERE = (-1, -1)


def _find_above_name(texts: Sequence[str], head: _Head) -> tuple[int, int]:
    """With which block a story begins and which is its title, if that is above a bare name, or an office."""
    title = head.start - 2
    if title < head.top or head.start == head.end:
        return _NOWHERE
    has_name = is_name_line(texts[title + 1]) or count_letters(texts[title + 1]) < _TITLE_LETTERS
    return (title, title) if has_name and _may_be_title(texts[title]) else _NOWHERE


def _find_above(texts: Sequence[str], head: _Head) -> tuple[int, int]:
    title = head.start - 1
    return (title, title) if title >= head.top and _may_be_title(texts[title]) else _NOWHERE


def _find_below(texts: Sequence[str], head: _Head) -> tuple[int, int]:
    title = head.end
    return (head.start, title) if title < head.prose and _may_be_title(texts[title]) else _NOWHERE


_WAYS = (_find_above_name, _find_above, _find_below)
"""Where several find as many, the first one is asked first."""


def _may_be_title(text: str) -> bool:
    return len(text) <= _TITLE_CHARS and text[-1] not in ",;:" and count_letters(text) >= _TITLE_LETTERS


def _are_alike(texts: Sequence[str], stories: Sequence[_Story], first: _Head) -> bool:
    """Whether stories have titles, names or days of their own below the same kind of head as the text's first one."""
    if sum(story.head.forms == first.forms for story in stories) < _FEWEST:
        return False
    titles = [texts[story.title] for story in stories]
    words = _SIGNED_WORDS if any(map(is_byline, texts[first.start : first.end])) else _TITLE_WORDS
    if sum(_is_title(title, words) for title in titles) < _SHARE * len(titles):
        return False
    begins = Counter(
        " ".join(_NUMBER_RE.sub("0", _COUNT_RE.sub("", title.casefold())).split()[:2]) for title in titles
    )
    if max(begins.values()) > len(titles) / 2:  # "Review by", "Day 2"
        return False
    return len(stories) > _FEWEST or all(_has_source(texts, story) for story in stories)


def _has_source(texts: Sequence[str], story: _Story) -> bool:
    """Whether it says who wrote, or from where: a day alone is above an event, too."""
    start, end = story.head.start, story.head.end
    return start == end or story.title == start - 2 or any(map(is_byline, texts[start:end]))


def _is_title(text: str, words: int) -> bool:
    starts_small = text[0].islower() and text[:2].islower()
    is_row = text.count("|") >= _BARS
    return (
        not starts_small
        and not is_row
        and count_words(text) >= words
        and _TITLE_START_RE.match(text) is not None
    )


def _begin_above(texts: Sequence[str], stories: Sequence[_Story]) -> list[_Story]:
    """The same with what is above their titles, or what was taken for these: a kicker, a title above a standfirst.

    Not what comes again, as "Read more" does below each story.
    """
    above = [
        list(takewhile(lambda i: _is_title(texts[i], 1), range(story.begin - 1, story.head.top - 1, -1)))
        for story in stories
    ]
    lines = {texts[i] for own in above for i in own[:_MOST_ABOVE_TITLE]}
    counts = Counter(filter(lines.__contains__, texts))
    begins = [
        min(takewhile(lambda i: counts[texts[i]] == 1, own[:_MOST_ABOVE_TITLE]), default=story.begin)
        for story, own in zip(stories, above, strict=True)
    ]
    return [story._replace(begin=begin) for story, begin in zip(stories, begins, strict=True)]


def _choose_apart(
    gaps: Gaps, stories: Sequence[_Story], *, first: int, is_part: bool
) -> list[tuple[int, int]]:
    """Those behind the first that have some text, and so has what stands above; none where most of them have little."""
    kept = gaps.kept
    sums = sum_bytes(gaps).tolist()
    begins = np.searchsorted(kept, [story.begin for story in stories]).tolist()
    bodies = np.searchsorted(kept, [story.head.prose for story in stories]).tolist()
    ends = [*begins[1:], len(kept)]
    first_size, *sizes = [sums[end] - sums[body] for body, end in zip(bodies, ends, strict=True)]
    usual = median((first_size, *sizes))
    above = int(np.searchsorted(kept, min(stories[0].title, stories[0].head.start)))
    is_below_some = sums[above] > _UNEVEN * usual if is_part else above > _MOST_ABOVE
    if is_below_some or usual < _USUAL_BYTES or first_size > _UNEVEN * median(sizes):
        return []
    if 2 * sum(gaps.own[end - 1].endswith(_CUT_ENDS) for end in ends) > len(ends):
        return []
    chosen, last = list[tuple[int, int]](), 0
    for story, begin, body in zip(stories, begins, bodies, strict=True):
        if story.head.prose > first and min(sums[begin] - sums[last], sums[-1] - sums[body]) >= _LEAST_BYTES:
            chosen.append((story.begin, story.head.prose))
            last = body
    return chosen
