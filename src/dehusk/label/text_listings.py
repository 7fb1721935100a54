"""Search listings in texts: cut off sentences of other pages, which line by line read like an article."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from dehusk.words import NUMBER, WordHashes, find_first_words

_NUMBER_RE = re.compile(r"(?:- )?(\d{1,3})[.)]\s")
_ELLIPSES = ("...", "…", ". .", "[...]", "[…]")
_FEWEST = 5
_APART = 4  # blocks from one entry to the next: a title, a snippet, an address, a date


def find_listings(texts: Sequence[str], words: WordHashes) -> set[int]:
    """The blocks of numbered lists whose entries, most of them, end cut off; `words` are those of their texts.

    On dumps-dev/train no block of such a list is kept in the gold texts; lists of teasers without numbers
    (18 % kept) are left to the model.
    """
    found: set[int] = set()
    for entries in _find_runs(texts, words):
        stops = [*entries[1:], min(len(texts), 2 * entries[-1] - entries[-2])]
        cut_off = sum(
            any(text.endswith(_ELLIPSES) for text in texts[start:stop])
            for start, stop in zip(entries, stops, strict=True)
        )
        if cut_off >= 0.6 * len(entries):
            found.update(range(entries[0], stops[-1]))
    return found


def _find_runs(texts: Sequence[str], words: WordHashes) -> list[list[int]]:
    """Entries numbered one after another, close together: five or more."""
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
    return [run for run in runs if len(run) >= _FEWEST]
