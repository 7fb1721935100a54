"""What an article begins with, looked at again once it is known that one begins: the headline in the junk above."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.nets import Rows, stack_columns
from dehusk.segment.text_features import BEGINS, ODDS, TOPS, Gaps, Ints, gather_blocks
from dehusk.words import WordHashes

HEAD_ODDS = 0.0
"""Log odds above which a block comes back: no line of husk is wanted for a headline that most articles have anyway.

By models of one half of the pages of train .88 of the other half's articles begin no later than they should, and .61 of
what comes back is right; at -1 it is .93 and .45.
"""
_ODD = np.uint64(0x9E3779B97F4A7C15)
_REACH = 40
"""Blocks above an article's first kept one that are looked at."""


class Heads(NamedTuple):
    """Blocks that may belong to the article below them."""

    at: Ints
    below: Ints
    """The first kept block of that article."""
    rows: Rows


def describe_heads(gaps: Gaps, cuts: Ints) -> Heads:
    """The blocks left out right above each of `cuts` (indices of blocks that begin articles)."""
    kept = gaps.kept
    place = np.searchsorted(kept, cuts)
    last = np.where(place > 0, kept[np.maximum(place - 1, 0)] if len(kept) else -1, -1)
    first = np.maximum(last + 1, cuts - _REACH)
    counts = cuts - first
    at = np.arange(counts.sum()) + np.repeat(first - np.cumsum(counts) + counts, counts)
    below, top = np.repeat(cuts, counts), np.repeat(last, counts)
    columns = [
        np.log1p(below - at), np.log1p(at - top), (below - at) / np.maximum(below - top, 1), below - at == 1, top < 0,
    ]  # fmt: skip
    around = gather_blocks(gaps.blocks, (at, at - 1, at + 1, at - 2, at + 2, below, top))
    odds = around[:, : gaps.blocks.shape[1]][:, [ODDS, BEGINS, TOPS]]
    rows = [*columns, around, *_compare(odds, counts), *_find_echoes(gaps.words, at, counts)]
    return Heads(at, below, stack_columns(rows))


def _compare(odds: Rows, counts: Ints) -> list[Rows]:
    """How far each block is behind the strongest above its article, and behind the strongest between them."""
    table = np.full((len(counts), _REACH + 1, odds.shape[1]), -12, np.float32)
    is_there = np.arange(_REACH + 1) >= _REACH - counts[:, None]
    is_there[:, _REACH] = False  # the article itself
    table[is_there] = odds
    between = np.maximum.accumulate(table[:, ::-1], axis=1)[:, ::-1]
    best = np.repeat(between[:, 0], counts, axis=0)
    return [odds - best, odds - between[:, 1:][is_there[:, :-1]]]


def _find_echoes(words: WordHashes, at: Ints, counts: Ints) -> list[NDArray[np.float64]]:
    """The share of each block's words that another one above the same article has too: titles come more than once."""
    sizes = np.diff(words.bounds)[at]
    found: NDArray[np.generic] = np.zeros(len(at))
    if sizes.sum():
        place = np.arange(sizes.sum()) + np.repeat(words.bounds[at] - np.cumsum(sizes) + sizes, sizes)
        block = np.repeat(np.arange(len(at)), sizes)
        article = np.repeat(np.repeat(np.arange(len(counts)), counts), sizes)
        keys = words.values[place] ^ (article.astype(np.uint64) * _ODD)
        order = np.argsort(keys)  # in any order of the same words: a stable one takes four times as long
        keys, block = keys[order], block[order]
        starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
        again = np.minimum.reduceat(block, starts) < np.maximum.reduceat(block, starts)
        found = np.bincount(block, np.repeat(again, np.diff(starts, append=len(keys))), len(at))
    return [found / np.maximum(sizes, 1), np.log1p(found)]
