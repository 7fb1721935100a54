"""The numbers that text browsers write before a page's links ("[15]the budget"), for a list of addresses at its end."""

from __future__ import annotations

import re
from itertools import pairwise

REFERENCE_RE = re.compile(r"\[\d{1,4}\]")
"""Such a number, or that of a note or source."""
LINK_NUMBER_RE = re.compile(r"\[(?<![^\s(\"'“‘«„–—/|]\[)(\d{1,4})\](?=[\w\"'“‘«„($€£#@&])")
"""Right before what it is of; a number behind a word is a note's or a source's. (It looks back from behind the bracket,
for which alone is searched fast.)"""
_LOW_NUMBER_RE = re.compile(r"\[[12]\]")
"""One of which is among numbers that begin with the first: found in a twentieth of the time of `in`, twice."""
_FEWEST, _STEP_SHARE = 6, 0.8
"""So many numbers, and such a share of them one more than the one before, or the first of another page."""


def has_link_numbers(text: str) -> bool:
    """Whether the links of a text are numbered through.

    >>> has_link_numbers(" ".join(f"[{i}]link and [7] or so" for i in range(1, 9)))
    True
    """
    if not _LOW_NUMBER_RE.search(text):
        return False
    numbers = [int(match[1]) for match in LINK_NUMBER_RE.finditer(text)]
    steps = sum(below in (above + 1, 1) for above, below in pairwise(numbers))
    return len(numbers) >= _FEWEST and steps >= _STEP_SHARE * (len(numbers) - 1)
