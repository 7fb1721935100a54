"""What the models see of a text: one row of numbers a block.

All of it is counted over the whole window at once. Nothing here depends on a language but the word tables,
which count only where their language is recognised.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.model import Block
from dehusk.words import CAPITAL, NUMBER, OPENING, WordHashes, hash_words

Rows = NDArray[np.float32]

(
    UPPER,
    LOWER,
    LETTER,
    WIDE,
    DIGIT,
    SPACE,
    STOP,
    COMMA,
    COLON,
    QUOTE,
    BRACKET,
    DASH,
    BAR,
    ARROW,
    SYMBOL,
    MARK,
) = range(16)
_STOPS = ".!?…。！？؟।．"
_MARKS = {
    **dict.fromkeys(_STOPS, STOP), **dict.fromkeys(",、，،", COMMA), **dict.fromkeys(":;：；؛", COLON),
    **dict.fromkeys("\"'“”‘’«»„‚「」『』", QUOTE), **dict.fromkeys("()[]{}（）【】", BRACKET),
    **dict.fromkeys("-–—_", DASH), **dict.fromkeys("|/\\·•", BAR), **dict.fromkeys(">›→©®™+=*#@&~", ARROW),
}  # fmt: skip
_KINDS = ("heading", "item", "row", "code")
_FREQUENT_SHARE = 0.002  # of a window's words: such a word is a function word, whatever the language
_BUCKETS = 1 << 18
_REACHES, _FAR = (6, 30), np.int32(1 << 20)
"""Blocks within which a word may come again to be near; more than a window has."""
_ENGLISH = (
    "the of and to in a is that for it was on with as be at by this have are not from or had his".split()
)


class Measures(NamedTuple):
    """A window's blocks in numbers."""

    rows: Rows
    """(blocks, BASE) features of each block alone."""
    words: WordHashes
    is_english: NDArray[np.bool_]
    """Whether the blocks around each block are English."""


@cache
def _class_table() -> NDArray[np.uint8]:
    """A character class for every code point below 0x20000; what lies above is WIDE."""
    by_category = {
        "Lu": UPPER,
        "Lt": UPPER,
        "Ll": LOWER,
        "Nd": DIGIT,
        "Nl": DIGIT,
        "No": DIGIT,
        "Zs": SPACE,
        "Cc": SPACE,
    }
    table = np.full(0x20000, SYMBOL, np.uint8)
    for code in range(0x20000):
        category = unicodedata.category(chr(code))
        if category in by_category:
            table[code] = by_category[category]
        elif category[0] in "LM":
            table[code] = (
                WIDE if 0x2E80 <= code < 0xA4D0 or 0xF900 <= code < 0xFB00 or code >= 0x1B000 else LETTER
            )
        elif category[0] == "P":
            table[code] = MARK
    for char, kind in _MARKS.items():
        table[ord(char)] = kind
    table.setflags(write=False)
    return table


@cache
def _hash_set(words: tuple[str, ...]) -> NDArray[np.uint64]:
    return np.unique(hash_words(words).values)


def find_members(hashes: NDArray[np.uint64], members: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Where each hash stands in `members` (sorted, few), -1 where it does not."""
    low_bits = np.uint64((1 << 16) - 1)
    may_be = np.zeros(1 << 16, np.bool_)
    may_be[(members & low_bits).astype(np.int64)] = True
    found = np.full(len(hashes), -1, np.int64)
    where = np.flatnonzero(may_be[(hashes & low_bits).astype(np.int64)])
    at = np.minimum(np.searchsorted(members, hashes[where]), len(members) - 1)
    found[where] = np.where(members[at] == hashes[where], at, -1)
    return found


def _contains(hashes: NDArray[np.uint64], members: NDArray[np.uint64]) -> NDArray[np.bool_]:
    return find_members(hashes, members) >= 0


def measure_blocks(blocks: list[Block], words: WordHashes) -> Measures:
    """The features of each block alone; `blocks` must not be empty, `words` are theirs."""
    columns = list(zip(*blocks, strict=True))
    counts = np.diff(words.bounds)
    owners = np.repeat(np.arange(len(blocks)), counts)
    chars = _read_chars(columns[0])
    parts = [
        _describe_letters(_count_classes(chars)),
        _describe_edges(chars),
        _describe_layout(columns, chars),
        _describe_words(words, owners, len(blocks)),
    ]
    english = _sum_by(owners, _contains(words.values, _hash_set(tuple(_ENGLISH))), len(blocks))
    near = np.column_stack([english, counts]).astype(np.float32)
    near = sum_window(cumulate(near), before=12, after=12)
    return Measures(np.concatenate(parts, axis=1), words, near[:, 0] > 0.12 * near[:, 1] + 1)


class _Chars(NamedTuple):
    """The characters of all blocks, run together with a line break between two."""

    codes: NDArray[np.uint32]
    classes: NDArray[np.uint8]
    starts: NDArray[np.int64]
    sizes: NDArray[np.int64]

    def find(self, mark: str, *, within: int = 0) -> NDArray[np.bool_]:
        """Which blocks hold a mark of one character or more, if `within` is given among so many first ones."""
        codes = self.codes
        is_there = codes[: len(codes) - len(mark) + 1] == ord(mark[0])
        for i, char in enumerate(mark[1:], 1):
            is_there &= codes[i : len(is_there) + i] == ord(char)
        at = np.flatnonzero(is_there)
        owners = np.searchsorted(self.starts, at, "right") - 1
        found = np.zeros(len(self.starts), np.bool_)
        found[owners if not within else owners[at - self.starts[owners] < within]] = True
        return found


def _read_chars(texts: Sequence[str]) -> _Chars:
    codes = np.frombuffer("\n".join(texts).encode("utf-32-le", "surrogatepass"), "<u4")
    classes = np.take(_class_table(), codes, mode="clip")
    sizes = np.fromiter(map(len, texts), np.int64, len(texts))
    return _Chars(codes, classes, np.cumsum(sizes + 1) - sizes - 1, sizes)


def _count_classes(chars: _Chars) -> NDArray[np.int64]:
    """Characters by class, (blocks, 16)."""
    n = len(chars.sizes)
    keys = np.repeat(np.arange(0, n * 16, 16, dtype=np.int32), chars.sizes + 1)[:-1]
    keys += chars.classes
    return np.bincount(keys, minlength=n * 16).reshape(n, 16)


def _describe_edges(chars: _Chars) -> Rows:
    """What each block begins and ends with."""
    lasts = chars.starts + chars.sizes - 1
    first, last = chars.classes[chars.starts], chars.classes[lasts]
    before = chars.classes[np.maximum(lasts - 1, chars.starts)]
    edges = [first == c for c in (UPPER, LOWER, WIDE, DIGIT, QUOTE, BRACKET, DASH)]
    edges += [last == c for c in (STOP, COLON, COMMA, LOWER, UPPER, DIGIT, WIDE, BRACKET, QUOTE)]
    edges += [(before == STOP) & ((last == QUOTE) | (last == BRACKET)), (before == STOP) & (last == STOP)]
    return np.column_stack(edges).astype(np.float32)


def _describe_letters(counts: NDArray[np.int64]) -> Rows:
    sizes = counts.sum(axis=1)
    reading = sizes + 1.5 * counts[:, WIDE]  # a Chinese character says as much as some letters
    shares = counts / np.maximum(sizes, 1)[:, None]
    logs = np.log1p(np.column_stack([reading, counts[:, [STOP, COMMA, QUOTE, BRACKET, BAR]]]))
    long = np.column_stack([reading > 60, reading > 120, reading > 250])
    per_stop = np.log1p(reading / (1 + counts[:, STOP]))[:, None]
    return np.concatenate([logs, shares, long, per_stop], axis=1).astype(np.float32)


def _describe_words(words: WordHashes, owners: NDArray[np.int64], n: int) -> Rows:
    counts = np.maximum(np.diff(words.bounds), 1)
    buckets = (words.values & np.uint64(_BUCKETS - 1)).astype(np.int64)
    frequency = np.bincount(buckets, minlength=_BUCKETS)[buckets]
    is_number = words.flags & NUMBER != 0
    is_frequent = (frequency > max(5.0, _FREQUENT_SHARE * len(owners))) & ~is_number
    capital = words.flags & CAPITAL != 0
    opening = words.flags & OPENING != 0
    years = _hash_set(tuple(str(year) for year in range(1990, 2035)))
    marks = [
        is_frequent, capital, capital & ~opening, is_number, opening, frequency == 1,
        _contains(words.values, years),
    ]  # fmt: skip
    sums = [_sum_by(owners, mark, n) / counts for mark in marks]
    frequent = sums[0] * counts
    rows = np.column_stack([*sums, np.log1p(counts), np.log1p(frequent)]).astype(np.float32)
    said = np.flatnonzero(~(is_frequent | is_number))
    return np.concatenate([rows, describe_chains(words, said, owners[said], n=n)], axis=1)


def describe_chains(words: WordHashes, said: NDArray[np.int64], owners: NDArray[np.int64], *, n: int) -> Rows:
    """How many words of each block come again nearby: what belongs together speaks of the same things.

    `said` are the words that say something, numbers and function words left out. Two that fall into one of 65,536
    buckets may hide each other; sorting by the whole hash would take six times as long.
    """
    values, is_name = words.values[said], words.flags[said] & (CAPITAL | OPENING) == CAPITAL
    order = np.argsort((values & np.uint64(0xFFFF)).astype(np.uint16), kind="stable")
    values, places = values[order], owners[order].astype(np.int32)
    steps = np.where(values[1:] == values[:-1], places[1:] - places[:-1], _FAR)
    ahead, back = np.full(len(said), _FAR, np.int32), np.full(len(said), _FAR, np.int32)
    back[order[1:]] = steps
    ahead[order[:-1]] = steps
    total = np.bincount(owners, minlength=n)
    near = ((back > 0) & (back <= _REACHES[1])) | ((ahead > 0) & (ahead <= _REACHES[1]))

    def count(chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        return np.bincount(owners[chosen], minlength=n)

    shares = [count((side > 0) & (side <= reach)) for reach in _REACHES for side in (back, ahead)]
    shares.append(count((back == _FAR) & (ahead == _FAR)))
    logs = np.log1p(np.column_stack([count(near), count(near & is_name), total]))
    return np.column_stack([np.column_stack(shares) / np.maximum(total, 1)[:, None], logs]).astype(np.float32)


def _sum_by(owners: NDArray[np.int64], values: NDArray[np.generic], n: int) -> NDArray[np.float64]:
    return np.bincount(owners, weights=values, minlength=n).astype(np.float64)


def _describe_layout(columns: Sequence[tuple[Any, ...]], chars: _Chars) -> Rows:
    """`columns` are those of the blocks."""
    texts, kind_names, levels, starts, ends, *_, gap_lines = columns
    n = len(texts)
    repeats = Counter(texts)
    kinds = np.fromiter(map(_KIND_NUMBERS.__getitem__, kind_names), np.int64, n)
    gaps = np.fromiter(gap_lines, np.int64, n)
    lengths = np.fromiter(ends, np.int64, n) - np.fromiter(starts, np.int64, n)
    after = np.append(gaps[1:], 1)
    rows = [
        *(kinds == i for i in range(1, 5)),
        np.minimum(np.fromiter(levels, np.int64, n), 4),
        gaps == 0, after == 0, gaps < 0,
        np.log1p(np.fromiter(map(repeats.__getitem__, texts), np.float64, n)),
        chars.find("://"), chars.find("@"), chars.find("...") | chars.find("…"),
        chars.find("["), chars.find("]", within=6), chars.find("  "),
        np.log1p(lengths) - np.log1p(chars.sizes),
    ]  # fmt: skip
    return np.column_stack(rows).astype(np.float32)


_KIND_NUMBERS = {"paragraph": 0, "heading": 1, "item": 2, "row": 3, "code": 4, "caption": 0}


def cumulate(rows: Rows) -> NDArray[np.float64]:
    """The sums of the first 0, 1, 2 ... rows."""
    sums = np.zeros((len(rows) + 1, rows.shape[1]), np.float64)
    np.cumsum(rows, axis=0, out=sums[1:], dtype=np.float64)
    return sums


def sum_window(sums: NDArray[np.float64], *, before: int, after: int) -> Rows:
    """For each row, the sum of the rows from `before` above it to `after` below it; `sums` are cumulated."""
    n = len(sums) - 1
    at = np.arange(n)
    high, low = np.clip(at + after + 1, 0, n), np.clip(at - before, 0, n)
    return (np.take(sums, high, axis=0) - np.take(sums, low, axis=0)).astype(np.float32)
