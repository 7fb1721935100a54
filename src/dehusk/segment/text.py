"""list[Labelled] -> the articles' kept blocks: where one article ends and the next begins."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dehusk.model import Document, Labelled, Options
from dehusk.nets import run_net
from dehusk.segment.text_features import describe_gaps
from dehusk.segment.text_heads import describe_heads
from dehusk.segment.text_model import Candidates, Weights, judge_gaps, load_weights

_CUT_ODDS = 0.5
"""A false cut halves an article: cut where the second net is surer than that (chosen for precision .95)."""
_HEAD_ODDS = -0.5
_CLOSE_CHARS = 200
"""Borders closer than that are one border, seen twice: the stronger counts."""


def split_text(labelled: list[Labelled], document: Document, options: Options) -> list[list[Labelled]]:
    """The kept blocks, in order, grouped by article; one group where a text is a single page.

    Headlines that the labeller left among the junk above an article come back as its first blocks.

    >>> split_text([], Document("text", [], 0), Options())
    []
    """
    if not any(item.is_kept for item in labelled):
        return []
    is_one = document.is_single or not options.split
    return split_with(labelled, weights=load_weights(), is_one=is_one)


def split_with(
    labelled: list[Labelled], *, weights: Weights, is_one: bool = False, bar: float = _CUT_ODDS
) -> list[list[Labelled]]:
    """`split_text` with other weights than those that ship."""
    gaps = describe_gaps(labelled, weights.tables)
    first = next(i for i, item in enumerate(labelled) if item.is_kept)
    cuts = np.array([first], np.int64)
    if not is_one:
        cuts = np.concatenate((cuts, choose_cuts(judge_gaps(gaps, weights), bar=bar)))
    heads = describe_heads(gaps, cuts)
    odds = run_net(weights.heads, heads.rows)
    found = dict(zip(heads.at[odds > _HEAD_ODDS].tolist(), heads.below[odds > _HEAD_ODDS].tolist(), strict=True))
    starts = set(cuts.tolist())
    groups: list[list[Labelled]] = [[]]
    waiting: list[Labelled] = []
    for i, item in enumerate(labelled):
        if i in found:
            waiting.append(item._replace(label="content", reason="the head of the article below it"))
        elif item.is_kept:
            if i in starts:
                groups.append(waiting)
                waiting = []
            groups[-1].append(item)
    return [group for group in groups if group]


def choose_cuts(candidates: Candidates, *, bar: float) -> NDArray[np.int64]:
    """The blocks with which articles begin: candidates above the bar, of close ones the strongest."""
    chosen: list[int] = []
    strong = np.flatnonzero(candidates.odds > bar).tolist()
    for i in strong:
        if chosen and candidates.chars[i] - candidates.chars[chosen[-1]] < _CLOSE_CHARS:
            if candidates.odds[i] > candidates.odds[chosen[-1]]:
                chosen[-1] = i
        else:
            chosen.append(i)
    return candidates.after[np.array(chosen, np.int64)]
