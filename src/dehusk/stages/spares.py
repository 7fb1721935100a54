"""What a page nearly kept: it may come back once it is known how much of what was kept is its site's template.

Blocks are chosen by the F1 that may be expected of all of them. Husk that passed for text counts as text there, and
with so much of it nothing doubtful seems worth the risk; without it, it may be what the page is about.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dehusk.articles import write_block
from dehusk.label import choose_blocks, find_aim, sigmoid
from dehusk.model import Label, Labelled, Mode, PageKind
from dehusk.records import clean_value
from dehusk.templates import LEAST_COUNT, Prints, Repeats

RETURN_REASON = "doubtful, but of the page's own text, when what repeats on its site is gone"
_LEAST_SCORES: dict[PageKind, float] = {"html": 0.4, "text": 0.3}
"""Of a spare block. In a text all that is above .4 is kept; of a web page what comes back from below is half prices and
names of other offers, which are new on every page."""
_LEAST_GONE_SHARE = 0.1
"""Of an article's characters: with less of it gone the choice would be what it was."""
_CAUTION_SHARE, _MOST_CAUTION = 2 / 3, 2.0
"""Of the caution with which a page alone is judged, and no more than so much but where purity is asked for: much of the
husk that it is meant for is known here."""


class Spare(NamedTuple):
    """A block that was left out, and would have a place in the text."""

    at: int
    """Its index in the page."""
    line: str
    """What would be written of it."""
    label: Label
    reason: str
    """Why it was left out."""


def find_spares(labelled: Sequence[Labelled], kind: PageKind) -> tuple[Spare, ...]:
    """The blocks of a page of one article that may come back. In a text what a rule named as husk does not."""
    least = _LEAST_SCORES[kind]
    return tuple(
        Spare(i, clean_value(write_block(item.block)), item.label, item.reason)
        for i, item in enumerate(labelled)
        if item.score > least
        and (item.label == "boilerplate" if kind == "text" else item.label not in ("content", "copy"))
    )


def choose_spares(
    spares: Sequence[Spare], prints: Prints, repeats: Repeats, *, mode: Mode, page_type: str
) -> dict[int, Spare]:
    """Those that come back to a page's only article, by their index: no text that repeats is among them."""
    rows, counts = prints.rows, repeats.found.counts
    is_in, chars = rows["part"] > 0, rows["chars"].astype(np.float32)
    if not spares or chars[repeats.gone].sum() < _LEAST_GONE_SHARE * chars[is_in].sum():
        return {}
    chances = sigmoid(rows["odds"].astype(np.float64))
    chances[repeats.gone | (~is_in & (counts >= LEAST_COUNT))] = 0
    aim = find_aim(mode, page_type)
    caution = _CAUTION_SHARE * aim.caution
    if not aim.purity:
        caution = min(caution, _MOST_CAUTION)
    keep = choose_blocks(chances, chars, aim._replace(caution=caution))
    return {one.at: one for one in spares if keep[one.at] and counts[one.at] < LEAST_COUNT}
