"""What stands between two kept blocks of a text, in numbers: one row a gap, a gap being a place to cut.

Cohesion and house style are measured over kept blocks only: junk between two articles is no topic.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.model import Labelled
from dehusk.words import CAPITAL, NUMBER, OPENING, WordHashes, hash_words

Rows = NDArray[np.float32]
Tables = NDArray[np.int8]

TABLE_BITS = 14
_LABELS = (
    "menu",
    "cookies",
    "newsletter",
    "related",
    "share",
    "comments",
    "footer",
    "search",
    "byline",
    "caption",
)
_LABEL_NUMBERS = {label: i for i, label in enumerate(_LABELS)}
_STOPS = tuple('.!?…。！？؟।"”’»)')
_BUCKETS = 1 << 18
_STYLES = (
    "’",
    "'",
    "“",
    '"',
    "—",
    "–",
    "…",
    "...",
    " - ",
    "  ",
    "\u00a0",
    "%",
    " percent",
    "U.S.",
    " US ",
    "Mr.",
    "Mr ",
)
_STYLE_GROUPS = ((0, 1), (2, 3), (4, 5, 8), (6, 7), (9, 10), (11, 12), (13, 14), (15, 16))
_ENGLISH = (
    "the of and to in a is that for it was on with as be at by this have are not from or had his".split()
)


class Gaps(NamedTuple):
    """The places where a text may be cut."""

    before: NDArray[np.int64]
    """The last kept block above each gap, as an index into the labelled blocks."""
    after: NDArray[np.int64]
    """The kept block below it, with which a new article would begin."""
    rows: Rows
    chars: NDArray[np.int64]
    """Kept characters from the top of the text to each gap."""
    blocks: Rows
    """What each block is, alone."""
    words: WordHashes
    frequent: NDArray[np.bool_]
    """Whether each word is one of the window's most frequent: a function word, whatever the language."""


def describe_gaps(labelled: list[Labelled], tables: Tables, words: WordHashes | None = None) -> Gaps:
    """Every gap between kept blocks; `tables` holds the words that begin and end pages, (3, 2**TABLE_BITS).

    `words` are the words of all blocks, if they were hashed already.
    """
    kept = np.flatnonzero(np.fromiter((item.is_kept for item in labelled), np.bool_, len(labelled)))
    before, after = kept[:-1], kept[1:]
    words = words or hash_words([item.block.text for item in labelled])
    buckets = (words.values & np.uint64(_BUCKETS - 1)).astype(np.int64)
    counts = np.bincount(buckets, minlength=_BUCKETS)[buckets]
    frequent = counts > max(5.0, 0.002 * len(buckets))
    blocks = _describe_blocks(labelled, words, tables)
    sizes = np.fromiter((len(labelled[i].block.text) for i in kept.tolist()), np.int64, len(kept))
    if not len(before):
        return Gaps(before, after, np.zeros((0, 1), np.float32), sizes[:0], blocks, words, frequent)
    parts = [
        _describe_edges(blocks, before, after),
        _describe_junk(labelled, blocks, before, after),
        _describe_cohesion(words, kept, sizes),
        _describe_style(labelled, kept),
    ]
    return Gaps(before, after, np.concatenate(parts, axis=1), np.cumsum(sizes)[:-1], blocks, words, frequent)


def look_up(words: WordHashes, tables: Tables) -> Rows:
    """What each block's words say for each table: (blocks, 3), zero where the text is not English."""
    counts = np.diff(words.bounds)
    out = np.zeros((len(counts), len(tables)), np.float32)
    is_english = find_english(words)
    has = np.flatnonzero((counts > 0) & is_english)
    if not len(has):
        return out
    places = (words.values & np.uint64((1 << TABLE_BITS) - 1)).astype(np.int64)
    for column, table in enumerate(tables):
        sums = np.concatenate(([0], np.cumsum(table[places], dtype=np.int64)))
        out[has, column] = (sums[words.bounds[has + 1]] - sums[words.bounds[has]]) / np.sqrt(counts[has]) / 16
    return out


@cache
def _english_hashes() -> NDArray[np.uint64]:
    return np.unique(hash_words(_ENGLISH).values)


def find_english(words: WordHashes) -> NDArray[np.bool_]:
    """Whether the blocks around each block are English."""
    members = _english_hashes()
    at = np.minimum(np.searchsorted(members, words.values), len(members) - 1)
    sums = np.concatenate(([0], np.cumsum(members[at] == words.values)))
    n = len(words.bounds) - 1
    where = np.arange(n)
    low, high = words.bounds[np.maximum(where - 12, 0)], words.bounds[np.minimum(where + 13, n)]
    return np.asarray(sums[high] - sums[low] > 0.12 * (high - low) + 1)


def _describe_blocks(labelled: list[Labelled], words: WordHashes, tables: Tables) -> Rows:
    """(blocks, about 30): what each block is, alone."""
    n = len(labelled)
    counts = np.maximum(np.diff(words.bounds), 1)
    owners = np.repeat(np.arange(n), np.diff(words.bounds))
    buckets = (words.values & np.uint64(_BUCKETS - 1)).astype(np.int64)
    frequency = np.bincount(buckets, minlength=_BUCKETS)[buckets]
    capital = words.flags & CAPITAL != 0
    marks = (
        frequency > max(5.0, 0.002 * len(owners)), capital & (words.flags & OPENING == 0),
        words.flags & NUMBER != 0, words.flags & OPENING != 0, frequency == 1,
    )  # fmt: skip
    shares = [np.bincount(owners, weights=mark, minlength=n) / counts for mark in marks]
    labels = np.zeros((n, len(_LABELS)), np.float32)
    for i, item in enumerate(labelled):
        if item.label in _LABEL_NUMBERS:
            labels[i, _LABEL_NUMBERS[item.label]] = 1
    scores = np.clip(np.fromiter((item.score for item in labelled), np.float64, n), 1e-3, 1 - 1e-3)
    rest = [
        [
            len(b.text), b.text[-1] in _STOPS, b.text[0].isupper(), b.kind == "heading", b.kind == "item",
            b.kind == "row", b.gap == 0, b.gap < 0, b.text.isupper(), b.text[-1] == ":",
        ]
        for b, *_ in labelled
    ]  # fmt: skip
    rest_rows = np.array(rest, np.float32)
    rest_rows[:, 0] = np.log1p(rest_rows[:, 0])
    columns = [*shares, np.log1p(counts), np.log(scores / (1 - scores))]
    return np.concatenate(
        [rest_rows, np.column_stack(columns).astype(np.float32), labels, look_up(words, tables)], axis=1
    )


def _describe_edges(blocks: Rows, before: NDArray[np.int64], after: NDArray[np.int64]) -> Rows:
    """The blocks on both sides of each gap, and means of a few more."""
    n = len(blocks)
    places = (before - 1, before, before + 1, before + 2, after - 2, after - 1, after, after + 1, after + 2)
    parts = [blocks[np.clip(place, 0, n - 1)] for place in places]
    next_kept = np.append(after[1:], after[-1])
    last_kept = np.append(before[0], before[:-1])
    parts += [blocks[next_kept], blocks[last_kept]]
    sums = _cumulate(blocks)
    for low, high in (
        (before - 8, before + 1),
        (after, after + 9),
        (before - 30, before + 1),
        (after, after + 31),
    ):
        parts.append(_average_sums(sums, np.maximum(low, 0), np.minimum(high, n)))
    return np.concatenate(parts, axis=1)


def _cumulate(rows: Rows) -> NDArray[np.float64]:
    sums = np.zeros((len(rows) + 1, rows.shape[1]))
    np.cumsum(rows, axis=0, out=sums[1:], dtype=np.float64)
    return sums


def _average(rows: Rows, low: NDArray[np.int64], high: NDArray[np.int64]) -> Rows:
    """Means of the rows from `low` to before `high`, zero where there are none."""
    return _average_sums(_cumulate(rows), low, high)


def _average_sums(sums: NDArray[np.float64], low: NDArray[np.int64], high: NDArray[np.int64]) -> Rows:
    means: Rows = ((sums[high] - sums[low]) / np.maximum(high - low, 1)[:, None]).astype(np.float32)
    return means


def _describe_junk(
    labelled: list[Labelled], blocks: Rows, before: NDArray[np.int64], after: NDArray[np.int64]
) -> Rows:
    """What lies between: how much, of what kinds, and the strongest word for a page's end or beginning."""
    sizes = np.concatenate(([0], np.cumsum([len(item.block.text) for item in labelled])))
    count = after - before - 1
    chars = sizes[after] - sizes[before + 1]
    gaps = np.fromiter((item.block.gap for item in labelled), np.int64, len(labelled))
    blank = np.concatenate(([0], np.cumsum(gaps != 0)))
    hard = np.concatenate(([0], np.cumsum(gaps < 0)))
    bounds = np.column_stack([before, np.minimum(after + 1, len(blocks) - 1)]).ravel()
    strongest = np.maximum.reduceat(blocks[:, -3:], bounds, axis=0)[::2]
    columns = [
        np.log1p(count), np.log1p(chars), count == 0, count > 5, count > 15,
        blank[after + 1] - blank[before + 1] > 0, np.minimum(hard[after + 1] - hard[before + 1], 2),
        (blank[after + 1] - blank[before + 1]) / (count + 1),
    ]  # fmt: skip
    return np.concatenate(
        [np.column_stack(columns).astype(np.float32), _average(blocks, before + 1, after), strongest], axis=1
    )


def _describe_cohesion(words: WordHashes, kept: NDArray[np.int64], sizes: NDArray[np.int64]) -> Rows:
    """Lexical chains across each gap, of content words and of names, against their surroundings.

    Source: the idea of TextTiling's lexical chains (Hearst, 1997), counted over kept blocks.
    """
    n = len(kept)
    unit_of_block = np.full(len(words.bounds) - 1, -1, np.int64)
    unit_of_block[kept] = np.arange(n)
    owners = np.repeat(unit_of_block, np.diff(words.bounds))
    use = (owners >= 0) & (words.flags & NUMBER == 0)
    owners = owners[use]
    values = (words.values[use] & np.uint64(_BUCKETS - 1)).astype(np.int64)
    is_name = (words.flags[use] & (CAPITAL | OPENING)) == CAPITAL
    frequency = np.bincount(values, minlength=_BUCKETS)[values]
    rare = frequency <= max(4.0, 0.003 * len(values))
    parts = []
    for chosen in (rare, rare & is_name):
        parts += _count_chains(values[chosen], owners[chosen], frequency[chosen], n=n)
    lengths = np.log1p(np.minimum(sizes, 2000))[:, None].astype(np.float32)
    parts.append(_average(lengths, np.maximum(np.arange(n - 1) - 4, 0), np.arange(1, n)))
    parts.append(_average(lengths, np.arange(1, n), np.minimum(np.arange(1, n) + 5, n)))
    return np.concatenate(parts, axis=1)


def _count_chains(
    values: NDArray[np.int64], units: NDArray[np.int64], frequency: NDArray[np.int64], *, n: int
) -> list[Rows]:
    """For reaches of 3, 8 and 25 units: chains over each gap, per word nearby, and the depth of its dip."""
    order = np.lexsort((units, values))
    values, units, frequency = values[order], units[order], frequency[order]
    linked = (values[1:] == values[:-1]) & (units[1:] > units[:-1])
    low, high = units[:-1][linked], units[1:][linked]
    weight = np.log1p(len(values) / np.maximum(frequency[1:][linked], 1))
    mass = np.bincount(units, minlength=n).astype(np.float64)
    parts = []
    for reach in (3, 8, 25):
        near = high - low <= reach
        steps = np.bincount(low[near] + 1, weight[near], n + 1) - np.bincount(
            high[near] + 1, weight[near], n + 1
        )
        crossing = np.cumsum(steps)[1:n]  # over gap g, between units g and g + 1
        around = _average(mass[:, None].astype(np.float32), *_around(n, reach))[:, 0] * reach
        density = crossing / (around + 5)
        smooth = _average(density[:, None].astype(np.float32), *_around(n, 3 * reach, gaps=True))[:, 0]
        peak_before, peak_after = _side_means(density, 2 * reach)
        dip = np.minimum(peak_before, peak_after) - density
        starts = np.bincount(high[near], minlength=n)
        share_old = _average(
            np.column_stack([starts, mass]).astype(np.float32),
            np.arange(1, n),
            np.minimum(np.arange(1, n) + 3, n),
        )
        parts.append(
            np.column_stack([
                np.log1p(crossing), density, density / (smooth + 0.05), dip, dip / (smooth + 0.05),
                share_old[:, 0] / (share_old[:, 1] + 1), np.log1p(starts[1:]),
            ]).astype(np.float32)
        )  # fmt: skip
    return parts


def _around(n: int, reach: int, *, gaps: bool = False) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    at = np.arange(n - 1)
    return np.maximum(at - reach + 1, 0), np.minimum(at + reach + 1, n - 1 if gaps else n)


def _side_means(values: NDArray[np.float64], reach: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    sums = np.concatenate(([0.0], np.cumsum(values)))
    at = np.arange(len(values))
    low, high = np.maximum(at - reach, 0), np.minimum(at + 1 + reach, len(values))
    before = (sums[at] - sums[low]) / np.maximum(at - low, 1)
    after = (sums[high] - sums[at + 1]) / np.maximum(high - at - 1, 1)
    return before, after


def _describe_style(labelled: list[Labelled], kept: NDArray[np.int64]) -> Rows:
    """Log likelihood ratios that the two sides of a gap differ in glyphs and spelling, for three reaches."""
    n = len(kept)
    sums = np.zeros((n + 1, len(_STYLES)))
    counts = _count_styles([labelled[i].block.text for i in kept.tolist()])
    np.cumsum(np.minimum(counts, 3), axis=0, out=sums[1:])
    at = np.arange(1, n)
    parts = []
    for reach in (6, 15, 40):
        left, right = sums[at] - sums[np.maximum(at - reach, 0)], sums[np.minimum(at + reach, n)] - sums[at]
        columns = [_likelihood_ratio(left[:, group], right[:, group]) for group in _STYLE_GROUPS]
        columns.append(np.sum(columns, axis=0))
        parts.append(np.log1p(np.maximum(np.column_stack(columns), 0)).astype(np.float32))
    return np.concatenate(parts, axis=1)


def _count_styles(texts: list[str]) -> NDArray[np.int64]:
    """How often each text has each of _STYLES."""
    whole = "\n".join(texts)
    ends = np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)) + 1)
    columns = []
    for mark in _STYLES:
        found = np.fromiter((match.start() for match in re.finditer(re.escape(mark), whole)), np.int64)
        columns.append(np.bincount(np.searchsorted(ends, found, "right"), minlength=len(texts)))
    return np.column_stack(columns)


def _likelihood_ratio(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    def entropy(x: NDArray[np.float64]) -> NDArray[np.float64]:
        total = x.sum(axis=1, keepdims=True)
        return np.asarray((x * np.log((x + 1e-9) / (total + 1e-9))).sum(axis=1))

    return entropy(a) + entropy(b) - entropy(a + b)
