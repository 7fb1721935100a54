"""list[Labelled] -> the articles' kept blocks: where one article ends and the next begins."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dehusk.model import Document, Labelled, Options
from dehusk.nets import run_net
from dehusk.segment.text_features import describe_gaps
from dehusk.segment.text_heads import describe_heads
from dehusk.segment.text_model import Candidates, Weights, judge_gaps, load_weights
from dehusk.words import WordHashes

_PROOF_ODDS, _CUT_ODDS = 2.0, 0.5
"""A text is a dump once one border is surer than the first; then weaker ones count too, down to the second.

Set by hand for the labels of the convolutions, with a look at dumps-dev/val: at 1.75 of its single pages 3.6 %
were cut, at 2 3.0 %. To be chosen anew, on train alone, when the nets are trained on these labels.
"""
_MOST_KEPT = 300_000
"""More lines than that in one window are words or numbers, and would cost a gigabyte to judge: one group."""
_HEAD_ODDS = -0.5
_CLOSE_CHARS, _CLOSE_COST = 200.0, 8.0
"""An article of fewer characters is hardly one: the borders around it are the same, seen twice."""
_LONG_CHARS, _LONG_COST = 16_000.0, 0.5
"""Longer articles are ever less likely (chosen on synthetic dumps of dumps-dev/train)."""
_SCRAP_CHARS, _SCRAP_SCORE = 400, 0.6
_WEAKEST, _LOOK_BACK = 4.0, 64


def split_text(labelled: list[Labelled], document: Document, options: Options) -> list[list[Labelled]]:
    """The kept blocks, in order, grouped by article; one group where a text is a single page.

    Headlines that the labeller left among the junk above an article come back as its first blocks.

    >>> split_text([], Document("text", [], 0), Options())
    []
    """
    kept = [item for item in labelled if item.is_kept]
    if not kept:
        return []
    if len(kept) > _MOST_KEPT:
        return [kept]
    is_one = document.is_single or not options.split
    return split_with(labelled, weights=load_weights(), words=document.words, is_one=is_one)


def split_with(
    labelled: list[Labelled],
    *,
    weights: Weights,
    words: WordHashes | None = None,
    is_one: bool = False,
    bar: float = _CUT_ODDS,
) -> list[list[Labelled]]:
    """`split_text` with other weights than those that ship."""
    gaps = describe_gaps(labelled, weights.tables, words)
    first = next(i for i, item in enumerate(labelled) if item.is_kept)
    cuts = np.array([first], np.int64)
    total = sum(len(item.block.text) for item in labelled if item.is_kept)
    if not is_one:
        cuts = np.concatenate((cuts, choose_cuts(judge_gaps(gaps, weights), bar=bar, total=total)))
    heads = describe_heads(gaps, cuts)
    odds = run_net(weights.heads, heads.rows)
    found = dict(
        zip(heads.at[odds > _HEAD_ODDS].tolist(), heads.below[odds > _HEAD_ODDS].tolist(), strict=True)
    )
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
    groups = [group for group in groups if group]
    return [group for group in groups if not _is_scrap(group)] if len(groups) > 1 else groups


def _is_scrap(group: list[Labelled]) -> bool:
    """Whether what stands between two borders is little, and doubtful line by line: no article of its own."""
    chars = sum(len(item.block.text) for item in group)
    sure = sum(len(item.block.text) * item.score for item in group)
    return chars < _SCRAP_CHARS and sure < _SCRAP_SCORE * chars


def choose_cuts(candidates: Candidates, *, bar: float, total: int) -> NDArray[np.int64]:
    """The blocks with which articles begin: the cuts whose odds above the bar, and articles' lengths, sum highest.

    Borders closer than a few lines are one border, seen twice; the longer an article would be, the weaker a
    border in it may be. `total` is the kept characters of the text.
    """
    if not np.any(candidates.odds > _PROOF_ODDS):
        return candidates.after[:0]
    at = np.flatnonzero(candidates.odds > bar - _WEAKEST)
    gains = candidates.odds[at] - bar
    places = np.concatenate(([0.0], candidates.chars[at], [float(total)]))
    best, last = [0.0], [0]
    for i in range(1, len(places)):
        low = max(0, i - _LOOK_BACK)
        values = np.array(best[low:i]) + _judge_length(places[i] - places[low:i])
        pick = int(np.argmax(values))
        best.append(float(values[pick]) + (float(gains[i - 1]) if i <= len(gains) else 0.0))
        last.append(low + pick)
    chosen = []
    i = last[-1]
    while i > 0:
        chosen.append(i - 1)
        i = last[i]
    return candidates.after[at[chosen[::-1]]] if chosen else candidates.after[:0]


def _judge_length(chars: NDArray[np.float64]) -> NDArray[np.float64]:
    """What the length of an article says for or against it, in log odds."""
    long = np.log2(np.maximum(chars, 1) / _LONG_CHARS)
    return -_LONG_COST * np.maximum(long, 0) ** 2 - np.where(chars < _CLOSE_CHARS, _CLOSE_COST, 0.0)
