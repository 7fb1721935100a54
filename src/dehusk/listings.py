"""Search listings in texts: cut off sentences of other pages, which line by line read like an article."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from dehusk.words import NUMBER, WordHashes, find_first_words

_NUMBER_RE = re.compile(r"(?:- )?(\d{1,3})[.)]\s")
_ELLIPSES = ("...", "…", ". .", "[...]", "[…]")
_LAST = {ellipsis[-1] for ellipsis in _ELLIPSES}
_ENDS_RE = re.compile(r"[.!?。！？؟।]['\"”’»)]*\s*$")
_FEWEST, _CUT_OFF_SHARE, _SENTENCES_SHARE = 5, 0.6, 0.3
_FEWEST_TEASERS, _TITLE_WORDS = 3, 25
_APART = 4  # blocks from one entry to the next: a title, a snippet, an address, a date


class Entry(NamedTuple):
    """A result in a search listing: its blocks are [first, end), the numbered title and the snippet below."""

    first: int
    end: int


def find_entries(texts: Sequence[str], words: WordHashes) -> list[Entry]:
    """The entries, in order, of numbered lists most of whose entries end cut off; `words` are those of their texts.

    Numbered lists right above such a one that hold hardly a sentence, of images and videos, are of it. On
    dumps-dev/train no block of such a list is kept in the gold texts; lists of teasers without numbers (18 % kept) are
    left to the model.
    """
    found: list[Entry] = []
    below = len(texts) + _APART + 1  # where the part of a listing begins that was found last
    for firsts in reversed(_find_runs(texts, words)):
        entries = [Entry(first, end) for first, end in pairwise([*firsts, _find_end(firsts, len(texts))])]
        if below - firsts[-1] <= _APART and _holds_titles(texts[firsts[0] : below]):
            entries[-1] = Entry(firsts[-1], below)
        elif len(firsts) < _FEWEST or _count_cut_off(texts, entries) < _CUT_OFF_SHARE * len(entries):
            continue
        found += reversed(entries)
        below = firsts[0]
    return found[::-1]


def find_teasers(texts: Sequence[str], words: WordHashes) -> list[Entry]:
    """`find_entries`, and titles with a cut off snippet right below, three or more close together; in order.

    Of these it does not say that they are no content.
    """
    cut_off = [i for i, text in enumerate(texts) if text[-1] in _LAST and is_cut_off(text)]
    if len(cut_off) < _FEWEST_TEASERS:
        return []
    entries = find_entries(texts, words)
    sizes = np.diff(words.bounds)
    is_taken = np.zeros(len(texts), np.bool_)
    for entry in entries:
        is_taken[slice(*entry)] = True
    titles = [
        i - 1
        for i in cut_off
        if i
        and 0 < sizes[i - 1] <= _TITLE_WORDS
        and not (is_taken[i - 1 : i + 1].any() or is_cut_off(texts[i - 1]))
    ]
    runs = [run for run in _chain(titles) if len(run) >= _FEWEST_TEASERS]
    return sorted(entries + [Entry(i, i + 2) for run in runs for i in run])


def is_cut_off(text: str) -> bool:
    return text.endswith(_ELLIPSES)


def _find_end(firsts: Sequence[int], most: int) -> int:
    """The last entry is as long as the one before it."""
    return min(most, 2 * firsts[-1] - firsts[-2]) if len(firsts) > 1 else firsts[-1] + 1


def _holds_titles(texts: Sequence[str]) -> bool:
    return sum(_ENDS_RE.search(text) is not None for text in texts) < _SENTENCES_SHARE * len(texts)


def _count_cut_off(texts: Sequence[str], entries: Sequence[Entry]) -> int:
    return sum(any(map(is_cut_off, texts[slice(*entry)])) for entry in entries)


def _find_runs(texts: Sequence[str], words: WordHashes) -> list[list[int]]:
    """Blocks numbered one after another, close together."""
    has, firsts = find_first_words(words)
    numbers = [
        (i, int(match[1]))
        for i in has[words.flags[firsts] & NUMBER != 0].tolist()
        if (match := _NUMBER_RE.match(texts[i]))
    ]
    runs = [[i] for i, _ in numbers[:1]]
    for (before, last), (here, number) in pairwise(numbers):
        if number == last + 1 and here - before <= _APART:
            runs[-1].append(here)
        else:
            runs.append([here])
    return runs


def _chain(blocks: Sequence[int]) -> list[list[int]]:
    """Blocks that are close together."""
    runs = [[i] for i in blocks[:1]]
    for before, here in pairwise(blocks):
        if here - before <= _APART:
            runs[-1].append(here)
        else:
            runs.append([here])
    return runs
