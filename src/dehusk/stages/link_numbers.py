"""The numbers that lynx writes before each link of a page ("[15]the budget"), for a list of addresses at its end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from dehusk.model import Labelled
from dehusk.stages.windows import Worked

_NUMBER_RE = re.compile(r"(?<![^\s(\"'“‘«„–—/|])\[(\d{1,4})\](?=[\w\"'“‘«„($€£#@&])")
"""Right before what it is of; a number behind a word is a note's or a source's."""
_FEWEST, _STEP_SHARE = 6, 0.8
"""So many numbers, and such a share of them one more than the one before, or the first of another page."""


def has_link_numbers(text: str) -> bool:
    """Whether the links of a text are numbered through.

    >>> has_link_numbers(" ".join(f"[{i}]link and [7] or so" for i in range(1, 9)))
    True
    """
    if "[1]" not in text and "[2]" not in text:
        return False
    numbers = [int(match[1]) for match in _NUMBER_RE.finditer(text)]
    steps = sum(below in (above + 1, 1) for above, below in pairwise(numbers))
    return len(numbers) >= _FEWEST and steps >= _STEP_SHARE * (len(numbers) - 1)


def drop_link_numbers(worked: Worked) -> Worked:
    """The same blocks, without their numbers."""
    without = {
        id(item.block): item.block._replace(text=text)
        for item in worked.labels.blocks
        if "[" in item.block.text and (text := _NUMBER_RE.sub("", item.block.text))
    }

    def drop(items: Sequence[Labelled]) -> list[Labelled]:
        return [
            item._replace(block=without[id(item.block)]) if id(item.block) in without else item
            for item in items
        ]

    blocks = drop(worked.labels.blocks)
    document = replace(worked.document, blocks=[item.block for item in blocks], words=None, table=None)
    return Worked(document, worked.labels._replace(blocks=blocks), list(map(drop, worked.groups)))
