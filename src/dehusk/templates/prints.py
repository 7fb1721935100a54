"""What is kept of a page to tell what repeats on its site: for each block a hash of its text and a few numbers.

Numbers and dates do not count in the hash: "3 comments, 4 May" and "12 comments, 9 June" are one line.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from dehusk.model import Block, BlockKind, Columns, Labelled
from dehusk.native import find_address, load_kernels
from dehusk.sentences import PROSE_ENDS
from dehusk.words import (
    ALL_CODES,
    LOW_CODES,
    NUMBER,
    PIECE_CHARS,
    WordHashes,
    fold_table,
    hash_words,
    mix,
)

Hashes = NDArray[np.uint64]
KINDS: tuple[BlockKind, ...] = get_args(BlockKind)
ROW = np.dtype(
    [("hash", "<u8"), ("start", "<u4"), ("end", "<u4"), ("chars", "<u4"), ("odds", "<f4"), ("part", "<u4"),
     ("kind", "u1"), ("signs", "u1")]
)  # fmt: skip
"""One block: `hash` is 0 where its text has no words but numbers; `chars` are those of its line in the article's
text, or in the page; `part` is the article that it is in, 0 for none; `signs` are bits of MASKED, SENTENCE."""
MASKED, SENTENCE = 1, 2
"""It holds a number; it ends as a sentence does."""
_ODDS_MAX = 9.0
_KIND_CODES = {kind: code for code, kind in enumerate(KINDS)}
_POSITION = np.uint64(0x9E3779B97F4A7C15)
_DATE_WORDS = """
january february march april may june july august september october november december
jan feb mar apr jun jul aug sep sept oct nov dec
monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun
januar februar märz mai juni juli oktober dezember okt dez
montag dienstag mittwoch donnerstag freitag samstag sonntag
janvier février mars avril juin juillet août septembre octobre novembre décembre
lundi mardi mercredi jeudi vendredi samedi dimanche
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
lunes martes miércoles jueves viernes sábado domingo
gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre
janeiro fevereiro março maio junho julho setembro outubro novembro dezembro
januari februari maart mei augustus
января февраля марта апреля мая июня июля августа сентября октября ноября декабря
stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia
am pm st nd rd th
""".split()


class Prints(NamedTuple):
    """The blocks of a page in reading order, packed so that they travel and are stored as they are."""

    site: int
    data: bytes

    @property
    def rows(self) -> NDArray[np.void]:
        """An array of ROW, read-only."""
        return np.frombuffer(self.data, ROW)


def find_start(rows: NDArray[np.void]) -> int:
    """Where rows stand, by their first column: numpy takes ten times as long to tell it of all of them."""
    return find_address(rows["hash"])


def make_prints(
    labelled: Sequence[Labelled],
    parts: Sequence[int],
    chars: Sequence[int],
    *,
    site: int,
    words: WordHashes | None,
    columns: Columns | None,
) -> Prints:
    """The prints of a page of one block or more.

    `parts` and `chars` are as in ROW, `words` and `columns` those of the blocks if they are known.
    """
    rows = np.zeros(len(labelled), ROW)
    rows["chars"] = chars
    rows["odds"] = _read_odds([item.score for item in labelled])
    rows["part"] = parts
    blocks = [item.block for item in labelled]
    if columns and load_kernels() is not None:
        rows["hash"], rows["signs"] = _print_columns(columns, blocks)
        rows["start"], rows["end"] = blocks[0].start, blocks[0].end  # the whole page is the source of each
        rows["kind"] = columns.blocks[0]
    else:
        rows["hash"], rows["signs"] = _print_texts([block.text for block in blocks], words)
        rows["start"] = [block.start for block in blocks]
        rows["end"] = [block.end for block in blocks]
        rows["kind"] = [_KIND_CODES[block.kind] for block in blocks]
    return Prints(site, rows.tobytes())


_Printed = tuple[Hashes, NDArray[np.uint8]]
"""Hash and signs of each text."""


def _print_texts(texts: Sequence[str], words: WordHashes | None) -> _Printed:
    words = words or hash_words(texts)
    sentences = np.fromiter(map(PROSE_ENDS.__contains__, map(itemgetter(-1), texts)), np.uint8, len(texts))
    return hash_masked(words), _has_number(words) * np.uint8(MASKED) | sentences * np.uint8(SENTENCE)


def _print_columns(columns: Columns, blocks: Sequence[Block]) -> _Printed:
    """`_print_texts` by one kernel, but for the texts that must be eased first, or are cut where they are hashed."""
    kernels, longest = load_kernels(), int(columns.blocks[3].max())
    names, ends, size = _date_hashes(), _end_codes(), columns.blocks.shape[1]
    values, masked = np.empty(longest, np.uint64), np.empty(longest, np.uint8)
    found, signs = np.empty(size, np.uint64), np.empty(size, np.uint8)
    arrays: tuple[NDArray[Any], ...] = values, masked, found, signs
    for table in map(fold_table, (LOW_CODES, ALL_CODES)):
        is_done = kernels.print_texts(
            columns.texts, size, find_address(table), len(table), find_address(names), len(names),
            find_address(ends), len(ends), *map(find_address, arrays),
        )  # fmt: skip
        if is_done:
            break
    left = np.flatnonzero((signs > (MASKED | SENTENCE)) | (columns.blocks[3] > PIECE_CHARS))
    if len(left):
        found[left], signs[left] = _print_texts([blocks[i].text for i in left.tolist()], None)
    return found, signs


@cache
def _end_codes() -> NDArray[np.uint32]:
    """What a sentence ends with, the likeliest first."""
    return np.array(list(map(ord, sorted(PROSE_ENDS, key=lambda end: (end != ".", end)))), np.uint32)


def _read_odds(scores: Sequence[float]) -> NDArray[np.float64]:
    content = np.clip(np.array(scores, np.float64), 1e-6, 1 - 1e-6)
    return np.clip(np.log(content / (1 - content)), -_ODDS_MAX, _ODDS_MAX)


def _has_number(words: WordHashes) -> NDArray[np.uint8]:
    sums = np.concatenate(([0], np.cumsum(words.flags & NUMBER != 0)))
    return (sums[words.bounds[1:]] > sums[words.bounds[:-1]]).astype(np.uint8)


def hash_masked(words: WordHashes) -> Hashes:
    """For each text a hash of its words, runs of numbers and dates being one word; 0 if it has no others.

    >>> same = hash_masked(hash_words(["Posted on 3 May 2024", "posted on 12 June 2023"]))
    >>> bool(same[0] == same[1]), hash_masked(hash_words(["12 | 1,300"])).tolist()
    (True, [0])
    """
    kernels = load_kernels()
    if kernels is None:
        return _hash_masked_here(words)
    found = np.empty(len(words.bounds) - 1, np.uint64)
    names, room = _date_hashes(), np.empty(len(words.values), np.uint8)
    arrays: tuple[NDArray[Any], ...] = words.values, words.flags, words.bounds
    kernels.hash_masked(
        *map(find_address, arrays), len(found), find_address(names), len(names), find_address(room), find_address(found)
    )  # fmt: skip
    return found


def _hash_masked_here(words: WordHashes) -> Hashes:
    counts = words.bounds[1:] - words.bounds[:-1]
    owners = np.repeat(np.arange(len(counts)), counts)
    masked = _find_masked(words, owners)
    is_first = np.ones(len(masked), np.bool_)
    is_first[1:] = ~(masked[1:] & masked[:-1] & (owners[1:] == owners[:-1]))
    values = np.where(masked, np.uint64(1), words.values)[is_first]
    owners, masked = owners[is_first], masked[is_first]
    found = np.zeros(len(counts), np.uint64)
    if not len(values):
        return found
    starts = np.flatnonzero(np.concatenate((owners[:1] == owners[:1], owners[1:] != owners[:-1])))
    sizes = np.concatenate((starts[1:], [len(owners)])) - starts
    place = np.arange(1, len(owners) + 1) - np.repeat(starts, sizes)
    sums = np.add.reduceat(mix(values ^ (place.astype(np.uint64) * _POSITION)), starts)
    has_words = np.add.reduceat(~masked, starts) > 0
    found[owners[starts]] = np.where(has_words, np.maximum(mix(sums), np.uint64(1)), np.uint64(0))
    return found


def _find_masked(words: WordHashes, owners: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Numbers, and names of months and days that stand beside one."""
    masked: NDArray[np.bool_] = words.flags & NUMBER != 0
    names, new = _date_hashes(), np.flatnonzero(masked)
    for _ in range(2):  # "Monday, May 4": the second round reaches the day
        beside = np.concatenate((new[new > 0] - 1, new[new + 1 < len(masked)] + 1))
        of = np.concatenate((new[new > 0], new[new + 1 < len(masked)]))
        beside = beside[owners[beside] == owners[of]]
        at = np.minimum(np.searchsorted(names, words.values[beside]), len(names) - 1)
        new = beside[names[at] == words.values[beside]]
        if not len(new):
            break
        masked[new] = True
    return masked


@cache
def _date_hashes() -> Hashes:
    """Sorted; the last is no word's, so that a search never passes the end."""
    found = np.append(np.unique(hash_words(_DATE_WORDS).values), ~np.uint64(0))
    found.setflags(write=False)
    return found
