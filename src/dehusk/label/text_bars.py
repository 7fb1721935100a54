"""What of a text stays: the bar that a block's odds must pass, and what is below its bar and stays all the same."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.block_table import KIND_NUMBERS
from dehusk.english import has_english
from dehusk.label.text_features import sum_near
from dehusk.label.text_pages import LEAST_CHARS, is_sentence
from dehusk.listings import find_numbered
from dehusk.model import BlockKind, BlockTable, Mode
from dehusk.sentences import SENTENCE_ENDS
from dehusk.words import WordHashes, measure_texts


class Bars(NamedTuple):
    """A block stays above a share of the F1 that is expected around it, within limits."""

    share: float
    """Half is right for chances that are true."""
    least: float
    most: float


BARS = {
    "balanced": Bars(0.5, 0.005, 0.5),
    "precision": Bars(0.8, 0.5, 0.75),
    "recall": Bars(0.28, 0.003, 0.25),
}
"""Of the probability that a block is content; borders were trained on what stays above them."""
_AROUND, _ROUNDS = 300, 3
"""Blocks before and behind of which F1 is expected; bars hardly move after so many rounds."""
_SLACK, _SHORT_CHARS, _NEAR = 1.35, 800, 100
"""Log odds below its bar that prose may be beside what is kept; fewer characters than that, within so many blocks, are
little."""
_FOREIGN_SLACKS = {"balanced": 3.0, "precision": _SLACK, "recall": 3.0}
"""The same where there is no English: the last sentences of an article are doubtful there."""
_BELOW_SLACK = 3.0
"""The same for a sentence right below another one that is kept, which may be an article's last."""
_SHORT_SLACKS = {"balanced": 4.5, "precision": _SLACK, "recall": 4.5}
"""What it may be below its bar there."""
_FEWEST_TORN, _MOST_TORN = 3, 30
"""Items or rows: longer lists of which half stays are two."""
_FEWEST_NUMBERED, _NUMBERED_SHARE, _BETWEEN, _ENTRY_CHARS = 20, 0.2, 2, 20
"""Entries of a numbered list that stays whole where such a share of their characters does, as references do: menus have
no numbers, and "most read" has few. Between two may stand so many blocks that are parts of the upper one; entries have
so many characters in the mean."""
_HOLE_WORDS = 3
"""Of a sentence may be lost where a line was cut before capitals: a name, a product."""
_LONG_CHARS = 1000
_SENTENCE_CHARS = 400
_LOWER_SHARE = 0.6
_NUMBERED_RE = re.compile(r"(?:- )?[\[(]?(\d{1,4})[\]).:](?!:)")  # "[1]: a.html" is an address of Markdown
_SENTENCE_END_RE = re.compile(r"[^\W\d_A-Z](?:[.!?][\"'”’)]?(?:\s|$)|[。！？।؟])")


class Slacks(NamedTuple):
    """Log odds below its bar that prose may be."""

    usual: NDArray[np.float64]
    """Of each block, beside what is kept."""
    short: float
    """Of those around which little is kept."""


def choose_slacks(is_english: NDArray[np.bool_], mode: Mode) -> Slacks:
    """The slacks of blocks of which `is_english` says whether they stand in English."""
    return Slacks(np.where(is_english, _SLACK, _FOREIGN_SLACKS[mode]), _SHORT_SLACKS[mode])


def find_pieces(table: BlockTable) -> NDArray[np.int64]:
    """Of each block the number of the piece of code, of two lines or more, that it is of, -1 where it is of none."""
    pieces = np.full(len(table.kinds), -1)
    for number, (start, stop) in enumerate(_find_runs(table, "code")):
        pieces[start:stop] = number
    return pieces


def _find_runs(table: BlockTable, kind: BlockKind) -> list[tuple[int, int]]:
    """Two blocks or more of one kind, [start, stop), with a blank line between two of them at most."""
    is_so = table.kinds == KIND_NUMBERS[kind]
    if not is_so.any():
        return []
    goes_on = is_so[1:] & is_so[:-1] & (table.gaps[1:] >= 0) & (table.gaps[1:] <= 1)
    edges = np.flatnonzero(np.diff(goes_on, prepend=False, append=False)).reshape(-1, 2)
    return [(start, last + 1) for start, last in edges.tolist()]


def level_pieces(values: NDArray[Any], pieces: NDArray[np.int64]) -> NDArray[Any]:
    """The values, those of a piece their mean: code stays or goes as a whole."""
    is_piece = pieces >= 0
    numbers = pieces[is_piece]
    means = np.bincount(numbers, values[is_piece]) / np.maximum(np.bincount(numbers), 1)
    levelled = values.copy()
    levelled[is_piece] = means[numbers]
    return levelled


def choose_bars(odds: NDArray[np.float32], sizes: NDArray[np.int64], aim: Bars) -> NDArray[np.float64]:
    """The probability above which each block stays.

    What is above half of the best expected F1 is the set of which just that is expected. Here it is the F1 of what is
    within 300 blocks, by characters: sure pages and doubtful ones, as those in a language of which little is known, by
    their own. `odds` are log odds, `sizes` characters.

    Source: Z. Lipton, C. Elkan and B. Naryanaswamy, Optimal thresholding of classifiers to maximize F1 measure, 2014.
    """
    chance = 1 / (1 + np.exp(-odds.astype(np.float64)))
    wanted = sum_near(chance * sizes, _AROUND)
    bars = np.full(len(odds), aim.most)
    for _ in range(_ROUNDS):
        taken = (chance > bars) * sizes
        found, whole = sum_near(chance * taken, _AROUND), sum_near(taken, _AROUND) + wanted
        expected = 2 * found / np.maximum(whole, 1e-9)
        bars = np.clip(aim.share * expected, aim.least, aim.most)
    return bars


def keep_prose(
    texts: list[str],
    sizes: NDArray[np.int64],
    margins: NDArray[np.floating],
    *,
    slacks: Slacks,
    is_aside: Callable[[int], bool],
) -> NDArray[np.bool_]:
    """Which blocks are above their bar, or below it, whole sentences, and next to one that is kept.

    Where little is kept around they may be far below and a block apart, and what is little below between two that are
    kept stays: of a short article little would be left. A teaser or an advert inside of an article, an aside, parts
    nothing. `margins` are the blocks' log odds above those of their bars, `sizes` those of the texts.
    """
    kept: NDArray[np.bool_] = margins >= 0
    is_short = sum_near(kept * sizes, _NEAR) < _SHORT_CHARS
    may_stay = (margins > np.where(is_short, -slacks.short, -slacks.usual)) & ~kept & (sizes >= LEAST_CHARS)
    doubtful = [
        i
        for i in np.flatnonzero(may_stay).tolist()
        if is_sentence(texts[i]) and (margins[i] > -_SLACK or is_short[i] or not has_english(texts[i]))
    ]
    reaches = (1 + is_short).tolist()
    for i in doubtful:
        if i and not kept[i - 1] and is_aside(i - 1):
            reaches[i] = 2
    stays = kept.tolist()
    for i in doubtful + doubtful[::-1]:
        stays[i] = any(stays[max(0, i - reaches[i]) : i + 1 + reaches[i]])
    kept[:] = stays
    below = ~kept[1:] & kept[:-1] & (margins[1:] > -_BELOW_SLACK) & (sizes[1:] >= LEAST_CHARS)
    for i in (np.flatnonzero(below) + 1).tolist():
        kept[i] = is_sentence(texts[i - 1]) and is_sentence(texts[i])
    kept[1:-1] |= is_short[1:-1] & (margins[1:-1] > -_SLACK) & kept[:-2] & kept[2:]
    return kept


def find_torn(table: BlockTable, kept: NDArray[np.bool_]) -> list[int]:
    """The items and rows that go out of lists and tables inside of articles, of which half or more stays."""
    found, stays = list[int](), kept.tolist()
    for start, stop in chain(_find_runs(table, "item"), _find_runs(table, "row")):
        is_inside = start and stays[start - 1] and stop < len(stays) and stays[stop]
        if is_inside and _FEWEST_TORN <= stop - start <= _MOST_TORN:
            goes = [i for i in range(start, stop) if not stays[i]]
            found += goes if 2 * len(goes) <= stop - start else []
    return found


def find_holes(texts: Sequence[str], table: BlockTable, kept: NDArray[np.bool_]) -> list[int]:
    """The pieces of a few words that go from the middle of a line which was cut into pieces, inside of a sentence.

    >>> from dehusk.block_table import tabulate
    >>> from dehusk.model import Block
    >>> texts = ["The ministry of", "Defence", "said so."]
    >>> table = tabulate([Block(text, "paragraph", 0, 0, 9) for text in texts])
    >>> find_holes(texts, table, np.array([True, False, True]))
    [1]
    """
    is_hole = ~kept[1:-1] & kept[:-2] & kept[2:] & (table.gaps[1:-1] == 0) & (table.gaps[2:] == 0)
    return [
        i
        for i in (np.flatnonzero(is_hole) + 1).tolist()
        if len(texts[i].split()) <= _HOLE_WORDS and texts[i - 1][-1] not in SENTENCE_ENDS
    ]


def find_torn_numbers(texts: list[str], words: WordHashes, kept: NDArray[np.bool_]) -> list[int]:
    """What goes out of long numbered lists of whose entries a part stays: entries, and once what stands below one.

    What comes again between them is a button's. Names above comments are numbered, too, and hardly any stays.
    """
    found = list[int]()
    for entries in _find_numbered(texts, words):
        part, sizes = kept[entries], measure_texts([texts[i] for i in entries])
        if sizes.sum() >= _ENTRY_CHARS * len(entries) and sizes[part].sum() >= _NUMBERED_SHARE * sizes.sum():
            inside = range(entries[0], entries[-1] + 1)
            counts = Counter(texts[i] for i in inside)
            found += [i for i in inside if not kept[i] and counts[texts[i]] == 1]
    return found


def _find_numbered(texts: list[str], words: WordHashes) -> Iterator[list[int]]:
    """The lists, as the blocks that are numbered one by one."""
    entries, number = list[int](), -1
    for i in [*find_numbered(words, apart=_BETWEEN + 1, fewest=_FEWEST_NUMBERED), len(texts)]:
        match = _NUMBERED_RE.match(texts[i]) if i < len(texts) else None
        if match and entries and int(match[1]) == number + 1 and i - entries[-1] <= _BETWEEN + 1:
            entries.append(i)
        else:
            if len(entries) >= _FEWEST_NUMBERED:
                yield entries
            entries = [i]
        number = int(match[1]) if match else -1


def find_long_prose(texts: list[str], sizes: NDArray[np.int64], kept: NDArray[np.bool_]) -> set[int]:
    """Blocks of 1,000 characters or more of whole sentences, with content within two blocks on both sides.

    The model has seen few lines so long that are not a page's flattened menus. `sizes` are those of the texts.
    """
    return {
        i
        for i in np.flatnonzero(sizes >= _LONG_CHARS).tolist()
        if kept[max(0, i - 2) : i].any() and kept[i + 1 : i + 3].any() and _reads_as_prose(texts[i])
    }


def _reads_as_prose(text: str) -> bool:
    words = text.split()
    sentences = len(_SENTENCE_END_RE.findall(text))
    lower = sum(word[0].isalpha() and not word[0].isupper() for word in words)  # or of a script without cases
    return sentences * _SENTENCE_CHARS >= len(text) and lower >= _LOWER_SHARE * len(words)
