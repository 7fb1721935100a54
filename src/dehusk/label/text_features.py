"""What the models see of a text: one row of numbers a block.

All of it is counted over a stretch of the window at once. Nothing here depends on a language but the word tables,
which count only where their language is recognised.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.block_table import KIND_NUMBERS, tabulate
from dehusk.english import ENGLISH_WORDS, find_english
from dehusk.model import Block, BlockTable
from dehusk.native import find_address, load_kernels, make_once
from dehusk.nets import Rows, stack_columns
from dehusk.sentences import SENTENCE_ENDS
from dehusk.words import CAPITAL, NUMBER, OPENING, WordHashes, find_members, hash_words, measure_texts

Column = NDArray[Any]
"""One number a block, or a row of some."""
_Counts = NDArray[np.int32]
"""Half as large as numpy's own: what is counted of all blocks leaves the caches."""

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
_MARKS = {
    **dict.fromkeys(SENTENCE_ENDS, STOP), **dict.fromkeys(",、，،", COMMA), **dict.fromkeys(":;：；؛", COLON),
    **dict.fromkeys("\"'“”‘’«»„‚「」『』", QUOTE), **dict.fromkeys("()[]{}（）【】", BRACKET),
    **dict.fromkeys("-–—_", DASH), **dict.fromkeys("|/\\·•", BAR), **dict.fromkeys(">›→©®™+=*#@&~", ARROW),
}  # fmt: skip
_KINDS = ("heading", "item", "row", "code")
_FREQUENT_SHARE = 0.002  # of a window's words: such a word is a function word, whatever the language
_BUCKETS = 1 << 18
_REACHES, _FAR = (6, 30), np.int32(1 << 20)
"""Blocks within which a word may come again to be near; more than a window has."""
_COPIED_CHARS, _COPIED_REACH = 80, 12
"""What comes twice and is so long is of an article that does; so are those that come twice within so many blocks. (Of
long ones that come three times or more many are notices on every page of a site.)"""
_ENGLISH_COLUMN = 7
"""Of `_count_words`."""


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
        **dict.fromkeys(("Lu", "Lt"), UPPER),
        **dict.fromkeys(("Ll",), LOWER),
        **dict.fromkeys(("Lm", "Lo", "Mn", "Mc", "Me"), LETTER),
        **dict.fromkeys(("Nd", "Nl", "No"), DIGIT),
        **dict.fromkeys(("Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po"), MARK),
        **dict.fromkeys(("Zs", "Cc"), SPACE),
    }
    categories = map(unicodedata.category, map(chr, range(0x20000)))
    table = np.fromiter((by_category.get(one, SYMBOL) for one in categories), np.uint8, 0x20000)
    for first, end in ((0x2E80, 0xA4D0), (0xAC00, 0xD7B0), (0xF900, 0xFB00), (0x1B000, 0x20000)):
        table[first:end][table[first:end] == LETTER] = WIDE
    for char, kind in _MARKS.items():
        table[ord(char)] = kind
    table.setflags(write=False)
    return table


def _contains(hashes: NDArray[np.uint64], members: NDArray[np.uint64]) -> NDArray[np.bool_]:
    return find_members(hashes, members) >= 0


def measure_blocks(blocks: list[Block], words: WordHashes, table: BlockTable | None = None) -> Measures:
    """The features of each block alone; `blocks` must not be empty, `words` and, if it is there, `table` are theirs."""
    texts, table = list(map(itemgetter(0), blocks)), table or tabulate(blocks)
    code = np.flatnonzero(table.kinds == KIND_NUMBERS["code"]).tolist()
    if code:  # of which what it says counts, not where it stands
        for i in code:
            texts[i] = texts[i].lstrip()
        table = table._replace(sizes=measure_texts(texts))
    is_compiled = load_kernels() is not None
    classes, marks, edges = (_count_chars_compiled if is_compiled else _count_chars)(texts, table.sizes)
    counts = (_count_words_compiled if is_compiled else _count_words)(words)
    parts = [
        *_describe_letters(classes, table.sizes),
        *_describe_edges(edges),
        *_describe_layout(texts, table, marks),
        *_describe_words(np.diff(words.bounds), counts),
    ]
    is_english = find_english(counts[:, _ENGLISH_COLUMN].astype(np.int64), np.diff(words.bounds))
    return Measures(stack_columns(parts), words, is_english)


class _Chars(NamedTuple):
    """The characters of all blocks, run together with a line break between two."""

    codes: NDArray[np.uint32]
    starts: NDArray[np.int64]

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


def _read_chars(texts: Sequence[str], sizes: NDArray[np.int64]) -> _Chars:
    codes = np.frombuffer("\n".join(texts).encode("utf-32-le", "surrogatepass"), "<u4")
    return _Chars(codes, np.cumsum(sizes + 1) - sizes - 1)


def _classify(codes: NDArray[np.uint32]) -> NDArray[np.uint8]:
    return np.take(_class_table(), codes, mode="clip")


_Counted = tuple[_Counts, NDArray[np.bool_], NDArray[np.uint8]]
"""Characters by class, (blocks, 16); which of six marks each block holds, (blocks, 6); and the classes of its first
character, of its last one and of the one before, (blocks, 3)."""


def _count_chars(texts: Sequence[str], sizes: NDArray[np.int64]) -> _Counted:
    n, chars = len(texts), _read_chars(texts, sizes)
    keys = np.repeat(np.arange(0, n * 16, 16, dtype=np.int32), sizes + 1)[:-1]
    keys += _classify(chars.codes)
    marks = [
        chars.find("://"), chars.find("@"), chars.find("...") | chars.find("…"), chars.find("["),
        chars.find("]", within=6), chars.find("  "),
    ]  # fmt: skip
    lasts = chars.starts + sizes - 1
    places = np.stack([chars.starts, lasts, np.maximum(lasts - 1, chars.starts)], axis=1)
    counts = np.bincount(keys, minlength=n * 16).reshape(n, 16).astype(np.int32)
    return counts, np.column_stack(marks), _classify(chars.codes[places])


def _count_chars_compiled(texts: Sequence[str], sizes: NDArray[np.int64]) -> _Counted:
    n, table, text = len(texts), _class_table(), "\n".join(texts).encode("utf-8", "surrogatepass")
    counts, marks, edges = np.zeros((n, 16), np.int32), np.zeros((n, 6), np.bool_), np.empty((n, 3), np.uint8)
    load_kernels().count_chars(
        text, len(text), find_address(table), len(table), find_address(sizes), n, find_address(counts),
        find_address(marks), find_address(edges),
    )  # fmt: skip
    return counts, marks, edges


def _describe_edges(edges: NDArray[np.uint8]) -> list[Column]:
    """What each block begins and ends with."""
    first, last, before = edges.T
    columns = [first == c for c in (UPPER, LOWER, WIDE, DIGIT, QUOTE, BRACKET, DASH)]
    columns += [last == c for c in (STOP, COLON, COMMA, LOWER, UPPER, DIGIT, WIDE, BRACKET, QUOTE)]
    columns += [(before == STOP) & ((last == QUOTE) | (last == BRACKET)), (before == STOP) & (last == STOP)]
    return columns


def _describe_letters(counts: _Counts, sizes: NDArray[np.int64]) -> list[Column]:
    sizes = sizes + 1  # the line break behind each
    sizes[-1:] -= 1
    reading = sizes + 1.5 * counts[:, WIDE]  # a Chinese character says as much as some letters
    logs = [np.log1p(counts[:, kind]) for kind in (STOP, COMMA, QUOTE, BRACKET, BAR)]
    shares = counts / np.maximum(sizes, 1)[:, None]
    per_stop = np.log1p(reading / (1 + counts[:, STOP]))
    return [np.log1p(reading), *logs, shares, *(reading > size for size in (60, 120, 250)), per_stop]


def _describe_words(sizes: NDArray[np.int64], counts: _Counts) -> list[Column]:
    """`sizes` are the words of each block, `counts` as `_count_words` gives them."""
    sizes = np.maximum(sizes, 1)
    traits, chains, linked = counts[:, :_ENGLISH_COLUMN], counts[:, 8:13], counts[:, 13:]
    shares = traits / sizes[:, None]
    logs = np.log1p(sizes), np.log1p(shares[:, 0] * sizes)
    return [shares, *logs, chains / np.maximum(counts[:, 15:], 1), np.log1p(linked)]


def _count_words(words: WordHashes) -> _Counts:
    """(blocks, 16): how many words of each block are frequent in the window, capitals, names, numbers, first of a
    sentence, single, years, frequent ones of English; and then what `count_chains` gives."""
    n = len(words.bounds) - 1
    owners = np.repeat(np.arange(n), np.diff(words.bounds))
    buckets = (words.values & np.uint64(_BUCKETS - 1)).astype(np.int64)
    frequency = np.bincount(buckets, minlength=_BUCKETS)[buckets]
    is_number = words.flags & NUMBER != 0
    is_frequent = (frequency > _find_bar(words)) & ~is_number
    capital, opening = words.flags & CAPITAL != 0, words.flags & OPENING != 0
    traits = [
        is_frequent, capital, capital & ~opening, is_number, opening, frequency == 1,
        _contains(words.values, _year_hashes()), _contains(words.values, _english_hashes()),
    ]  # fmt: skip
    sums = np.column_stack([np.bincount(owners[trait], minlength=n) for trait in traits])
    said = np.flatnonzero(~(is_frequent | is_number))
    return np.concatenate([sums, count_chains(words, said, owners[said], n=n)], axis=1, dtype=np.int32)


def _count_words_compiled(words: WordHashes) -> _Counts:
    values, flags, bounds = words
    n, size = len(bounds) - 1, len(values)
    listed, members = _list_members()
    frequency, lasts = np.zeros(_BUCKETS, np.int32), np.empty(1 << 16, np.int32)
    room = np.empty((2, size), np.int32)
    counts = np.zeros((n, 16), np.int32)
    load_kernels().count_words(
        find_address(values), find_address(flags), find_address(bounds), n, int(_find_bar(words)),
        find_address(listed), find_address(members), len(_year_hashes()), find_address(frequency), find_address(lasts),
        *map(find_address, room), find_address(counts),
    )  # fmt: skip
    return counts


def _find_bar(words: WordHashes) -> float:
    """A word that comes more often is a frequent one."""
    return max(5.0, _FREQUENT_SHARE * len(words.values))


@cache
def _year_hashes() -> NDArray[np.uint64]:
    return np.unique(hash_words([str(year) for year in range(1990, 2035)]).values)


@cache
def _english_hashes() -> NDArray[np.uint64]:
    return np.unique(hash_words(ENGLISH_WORDS).values)


@make_once
def _list_members() -> tuple[NDArray[np.uint8], NDArray[np.uint64]]:
    """By the last bits of a word's hash the number, from 1, of the year or frequent word of English that it may be; and
    their hashes."""
    members = np.concatenate((_year_hashes(), _english_hashes()))
    lows, numbers = members & np.uint64(0xFFFF), np.arange(1, len(members) + 1, dtype=np.uint8)
    assert len(np.unique(lows)) == len(members), "of two with the same bits one would not be found"
    listed = np.zeros(1 << 16, np.uint8)
    listed[lows] = numbers
    return listed, members


def count_chains(
    words: WordHashes, said: NDArray[np.int64], owners: NDArray[np.int64], *, n: int
) -> NDArray[np.int64]:
    """How many words of each block come again nearby: what belongs together speaks of the same things.

    (blocks, 8): those that stood a few blocks before, or come a few blocks behind, the same for many blocks, those that
    come nowhere else; those that are near either way, and the names among them; all that say something.

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
    near = ((back > 0) & (back <= _REACHES[1])) | ((ahead > 0) & (ahead <= _REACHES[1]))
    chosen = [(side > 0) & (side <= reach) for reach in _REACHES for side in (back, ahead)]
    chosen += [(back == _FAR) & (ahead == _FAR), near, near & is_name, np.ones(len(said), np.bool_)]
    return np.column_stack([np.bincount(owners[one], minlength=n) for one in chosen])


def _describe_layout(texts: Sequence[str], table: BlockTable, marks: NDArray[np.bool_]) -> list[Column]:
    after = np.append(table.gaps[1:], 1)
    return [
        *(table.kinds == KIND_NUMBERS[kind] for kind in _KINDS),
        np.minimum(table.levels, 4),
        table.gaps == 0, after == 0, table.gaps < 0,
        np.log1p(_count_repeats(texts, table.sizes)),
        marks, np.log1p(table.lengths) - np.log1p(table.sizes),
    ]  # fmt: skip


def _count_repeats(texts: Sequence[str], sizes: NDArray[np.int64]) -> NDArray[np.float64]:
    """How often each text comes; what comes twice near a long one that does is of an article's copy, and counts once.

    As what comes again is husk, both copies lost their headings, lists and last paragraphs, and short ones went whole.
    """
    firsts = np.fromiter(map(dict[str, int]().setdefault, texts, range(len(texts))), np.int64, len(texts))
    repeats = np.bincount(firsts)[firsts].astype(np.float64)
    is_twice = repeats == 2
    is_long = is_twice & (sizes >= _COPIED_CHARS)
    if is_long.any():
        repeats[is_twice & (sum_near(is_long, _COPIED_REACH) > 0)] = 1
    return repeats


def sum_near(values: NDArray[Any], reach: int) -> NDArray[np.float64]:
    """For each value the sum of those that are no more than `reach` before or behind it.

    >>> sum_near(np.array([1, 2, 4, 8]), 1).tolist()
    [3.0, 7.0, 14.0, 12.0]
    """
    n, first = len(values), reach + 1
    sums = np.zeros(first + n + reach)  # of none before the first value, of all behind the last one
    np.cumsum(values, out=sums[first : first + n])
    sums[first + n :] = sums[first + n - 1]
    return sums[first + reach :] - sums[:n]
