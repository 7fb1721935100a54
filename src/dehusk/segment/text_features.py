"""What stands between two kept blocks of a text, in numbers; a gap between two kept blocks is a place to cut.

A few numbers are taken of every gap, all of them only of those that may be borders. Cohesion, house style and usage are
measured over kept blocks: junk between two articles is no topic.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from dehusk.block_table import KIND_NUMBERS, tabulate
from dehusk.english import ENGLISH_WORDS, find_english
from dehusk.model import BlockTable, Label, Labelled
from dehusk.native import find_address, load_kernels, make_once
from dehusk.nets import Rows, stack_columns
from dehusk.segment.text_links import Crossing, Links, link_words, measure_cohesion
from dehusk.segment.text_press import describe_press
from dehusk.segment.text_ratios import Sums
from dehusk.segment.text_scripts import find_mixed
from dehusk.segment.text_style import measure_style
from dehusk.segment.text_usage import count_usage, measure_usage
from dehusk.sentences import PROSE_ENDS
from dehusk.words import WordHashes, count_bytes, hash_words, join_texts, read_lasts

Tables = NDArray[np.int8]
Ints = NDArray[np.int64]

TABLE_BITS = 14
_LABELS = (
    "menu", "cookies", "newsletter", "related", "share", "comments", "footer", "search", "byline", "caption",
)  # fmt: skip
_CONTENT = len(_LABELS)
_LABEL_NUMBERS = dict.fromkeys(get_args(Label), -1) | {
    label: i for i, label in enumerate((*_LABELS, "content"))
}
_KINDS = [KIND_NUMBERS[kind] for kind in ("heading", "item", "row")]
_KIND_ROWS = np.eye(len(KIND_NUMBERS), dtype=np.float32)[:, _KINDS]
_LABEL_ROWS = np.eye(_CONTENT + 2, _CONTENT, dtype=np.float32)
"""What is said of a block by the number of its kind, and of its label, of which the last one is -1."""
_ENDS = [ord(char) for char in (*PROSE_ENDS, ")")]
FOOTERS, ODDS, BEGINS, TOPS = -10, -6, -5, -4
"""Columns of the blocks' rows: the labeller's word; the last three are those of the tables."""
_LEAST_ODDS = -12
_ENGLISH_SHARE = 0.25
"""Of kept blocks. (One page in another language is no reason to ask for the proof that holds of English.)"""


class Gaps(NamedTuple):
    """The places where a text may be cut."""

    before: Ints
    """The last kept block above each gap, as an index into the labelled blocks."""
    after: Ints
    """The kept block below it, with which a new article would begin."""
    kept: Ints
    """The kept blocks; none where there is no gap between two."""
    chars: Ints
    """Kept characters from the top of the text to each gap."""
    sure: NDArray[np.float64]
    """Kept words to each gap, each block's weighted by the estimate that it is content."""
    glances: Rows
    """What is worth knowing of every gap; the last columns are of usage, of style and of cohesion."""
    blocks: Rows
    """What each block is, alone."""
    crossings: tuple[Crossing, Crossing]
    """Where the kept blocks share words, and names alone."""
    words: WordHashes
    """Of all blocks."""
    texts: Sequence[str]
    """Of all blocks, too."""
    own: Sequence[str]
    """Those of the kept blocks."""
    mixed: Sequence[int]
    """Which of these have letters of other scripts than the Latin one."""
    sizes: Ints
    """The characters of each text of all blocks."""
    lasts: NDArray[np.uint32]
    """The last one of each."""
    usage: Sums
    """What the kept blocks use, by `count_usage`."""

    @property
    def has_english(self) -> bool:
        """Whether enough of it is English, of whose words it is known what they say of pages' edges."""
        begins, ends, goes_on = self.blocks[self.kept, TOPS + 1 :].T != 0
        return bool((begins | ends | goes_on).mean() > _ENGLISH_SHARE)


def sum_bytes(gaps: Gaps) -> Ints:
    """The bytes above each kept block, and of all."""
    return np.cumsum([0, *map(count_bytes, gaps.own)])


def describe_gaps(
    labelled: list[Labelled],
    tables: Tables,
    *,
    words: WordHashes | None = None,
    block_table: BlockTable | None = None,
) -> Gaps:
    """Every gap between kept blocks; `tables` holds the words that begin and end pages, (3, 2**TABLE_BITS).

    `words` are the words of all blocks, `block_table` is their table, if these are there already.
    """
    view = _read(labelled, block_table)
    words = words or hash_words(view.texts)
    kept = np.flatnonzero(view.labels == _CONTENT)
    links = link_words(words, kept)
    blocks = stack_columns([*_describe_blocks(view, words, links), look_up(words, tables)])
    before, after, sizes = kept[:-1], kept[1:], view.sizes[kept]
    own = [view.texts[i] for i in kept.tolist()]
    joined = join_texts(own)
    usage = count_usage(words, kept, joined)
    parts = [
        *_glance(blocks, view, before=before, after=after),
        measure_usage(usage),
        measure_style(joined),
        measure_cohesion(links, sizes),
    ]
    sure = np.cumsum(np.diff(words.bounds)[kept] * view.scores[kept])[:-1]
    return Gaps(
        before, after, kept if len(after) else after, np.cumsum(sizes)[:-1], sure, stack_columns(parts), blocks,
        links.crossings, words, view.texts, own, find_mixed(joined), view.sizes, view.lasts, usage,
    )  # fmt: skip


class _View(NamedTuple):
    """The labelled blocks, a column each."""

    texts: tuple[str, ...]
    sizes: Ints
    lasts: NDArray[np.uint32]
    """The last character of each."""
    kinds: Ints
    gaps: Ints
    labels: Ints
    scores: NDArray[np.float64]
    begins: NDArray[np.float64]
    tops: NDArray[np.float64]


def _read(labelled: list[Labelled], table: BlockTable | None) -> _View:
    blocks, labels, _, scores, begins, tops = zip(*labelled, strict=True)
    table, texts = table or tabulate(blocks), tuple(map(itemgetter(0), blocks))
    n = len(texts)
    return _View(
        texts,
        table.sizes,
        read_lasts(texts),
        table.kinds,
        table.gaps,
        np.fromiter(map(_LABEL_NUMBERS.__getitem__, labels), np.int64, n),
        *(np.fromiter(column, np.float64, n) for column in (scores, begins, tops)),
    )


def describe_places(gaps: Gaps, at: Ints) -> Rows:
    """All there is to know of the gaps with these numbers; the last columns are those of `gaps.glances`."""
    before, after = gaps.before[at], gaps.after[at]
    sums, odds = _cumulate(gaps.blocks), gaps.blocks[:, BEGINS : TOPS + 1]
    parts = [
        _describe_edges(gaps, before, after),
        *_describe_around(sums, before, after),
        *_describe_peaks(odds, before, after),
        _count_likely(odds, before, after),
        _average(sums, before + 1, after),
        describe_press(gaps.texts, before, after),
        gaps.glances[at],
    ]
    return np.concatenate(parts, axis=1)


def look_up(words: WordHashes, tables: Tables) -> Rows:
    """What each block's words say for each table: (blocks, 3), zero where the text is not English."""
    counts = np.diff(words.bounds)
    sums = (_sum_tables if load_kernels() is None else _sum_tables_compiled)(words, tables)
    has = (counts > 0) & find_english(sums[:, -1], counts)
    found = sums[:, :-1] / (16 * np.sqrt(np.maximum(counts, 1)))[:, None]
    return np.where(has[:, None], found, 0).astype(np.float32)


def _sum_tables(words: WordHashes, tables: Tables) -> Ints:
    """(blocks, 4): the sums of what each table says of a block's words, and how many of them look English."""
    places = (words.values & np.uint64((1 << TABLE_BITS) - 1)).astype(np.int64)
    columns = [*(table[places] for table in tables), _english_table()[words.values & np.uint64(0xFFFF)]]
    sums = [np.concatenate(([0], np.cumsum(column, dtype=np.int64))) for column in columns]
    return np.column_stack([one[words.bounds[1:]] - one[words.bounds[:-1]] for one in sums])


def _sum_tables_compiled(words: WordHashes, tables: Tables) -> Ints:
    values, _, bounds = words
    sums = np.zeros((len(bounds) - 1, len(tables) + 1), np.int64)
    load_kernels().sum_tables(
        find_address(values), find_address(bounds), len(sums), find_address(tables), len(tables), TABLE_BITS,
        find_address(_english_table()), find_address(sums),
    )  # fmt: skip
    return sums


@make_once
def _english_table() -> NDArray[np.bool_]:
    """By the last bits of a word's hash: one word in two thousand that is none of these passes."""
    table = np.zeros(1 << 16, np.bool_)
    table[hash_words(ENGLISH_WORDS).values & np.uint64(0xFFFF)] = True
    return table


def _describe_blocks(view: _View, words: WordHashes, links: Links) -> list[NDArray[Any]]:
    """29 columns: what each block is, alone."""
    counts = np.diff(words.bounds)
    share = np.clip(view.scores, 1e-3, 1 - 1e-3)
    is_end = _end_table()[np.minimum(view.lasts, len(_end_table()) - 1)]
    return [
        np.log1p(view.sizes), is_end, view.lasts == ord(":"), np.take(_KIND_ROWS, view.kinds, axis=0),
        view.gaps == 0, view.gaps < 0,
        links.traits / np.maximum(counts, 1)[:, None], links.ahead, links.behind, np.log1p(counts),
        np.take(_LABEL_ROWS, view.labels, axis=0), np.log(share / (1 - share)), view.begins, view.tops,
    ]  # fmt: skip


@cache
def _end_table() -> NDArray[np.bool_]:
    """By character whether a sentence ends with it; the last entry is that of what is above it, too."""
    table = np.zeros(max(_ENDS) + 2, np.bool_)
    table[_ENDS] = True
    return table


def _glance(blocks: Rows, view: _View, *, before: Ints, after: Ints) -> list[NDArray[Any]]:
    """What tells at once that a gap may be a border: both sides of it and the strongest of what lies between."""
    count = after - before - 1
    chars, blank, hard = (
        np.concatenate(([0], np.cumsum(x))) for x in (view.sizes, view.gaps != 0, view.gaps < 0)
    )
    blank, hard = blank[after + 1] - blank[before + 1], hard[after + 1] - hard[before + 1]
    # The kept block below a gap is the last that is of it: gaps have all blocks in turn.
    peaks = np.maximum.reduceat(blocks[: after.max(initial=-1) + 1, ODDS + 1 :], before + 1, axis=0)
    return [
        np.log1p(count), np.log1p(chars[after] - chars[before + 1]), count == 0, count > 5, count > 15,
        blank > 0, np.minimum(hard, 2), blank / (count + 1), peaks,
        np.take(blocks, before, axis=0), np.take(blocks, after, axis=0),
    ]  # fmt: skip


def _describe_edges(gaps: Gaps, before: Ints, after: Ints) -> Rows:
    """The blocks on both sides of each gap."""
    kept = gaps.kept
    place = np.searchsorted(kept, after)
    next_kept, last_kept = kept[np.minimum(place + 1, len(kept) - 1)], kept[np.maximum(place - 2, 0)]
    near = (before - 1, before + 1, before + 2, after - 2, after - 1, after + 1, after + 2)
    return gather_blocks(gaps.blocks, (*near, next_kept, last_kept))


def gather_blocks(blocks: Rows, places: Sequence[Ints]) -> Rows:
    """The rows of several blocks side by side; where there is none above or below, those of the first or last one."""
    rows = np.take(blocks, np.column_stack(places), axis=0, mode="clip")
    return rows.reshape(len(rows), len(places) * blocks.shape[1])


def _describe_peaks(odds: Rows, before: Ints, after: Ints) -> list[Rows]:
    """How strong the strongest beginnings are that lie above and below."""
    padded, parts = np.concatenate([odds, np.full((1, odds.shape[1]), _LEAST_ODDS, np.float32)]), []
    for reach in (5, 20):
        parts.append(_find_peaks(padded, np.maximum(before - reach, 0), before))
        parts.append(_find_peaks(padded, after + 1, np.minimum(after + 1 + reach, len(odds))))
    return parts


def _describe_around(sums: NDArray[np.float64], before: Ints, after: Ints) -> list[Rows]:
    """Means of the blocks above each gap, of those below it, and how they differ."""
    parts = []
    for reach in (8, 30):
        above = _average(sums, np.maximum(before - reach, 0), before + 1)
        below = _average(sums, after, np.minimum(after + reach + 1, len(sums) - 1))
        parts += [above, below, below - above]
    return parts


def _find_peaks(padded: Rows, low: Ints, high: Ints) -> Rows:
    """The highest of the rows from `low` to before `high`, which may be the number of the last one, a row of
    _LEAST_ODDS; these where there are none."""
    found = np.maximum.reduceat(padded, np.column_stack([low, high]).ravel(), axis=0)[::2]
    found[low >= high] = _LEAST_ODDS
    return found


def _cumulate(rows: Rows) -> NDArray[np.float64]:
    """The sums of the first 0, 1, 2 ... rows."""
    return (_cumulate_here if load_kernels() is None else _cumulate_compiled)(rows)


def _cumulate_here(rows: Rows) -> NDArray[np.float64]:
    sums = np.zeros((len(rows) + 1, rows.shape[1]))
    np.cumsum(rows, axis=0, out=sums[1:], dtype=np.float64)
    return sums


def _cumulate_compiled(rows: Rows) -> NDArray[np.float64]:
    rows = np.ascontiguousarray(rows, np.float32)
    sums = np.empty((len(rows) + 1, rows.shape[1]))
    load_kernels().cumulate(find_address(rows), *rows.shape, find_address(sums))
    return sums


def _average(sums: NDArray[np.float64], low: Ints, high: Ints) -> Rows:
    """Means of the rows from `low` to before `high`, zero where there are none."""
    means: Rows = ((sums[high] - sums[low]) / np.maximum(high - low, 1)[:, None]).astype(np.float32)
    return means


def _count_likely(odds: Rows, before: Ints, after: Ints) -> Rows:
    """How many articles and pages are likely to begin between."""
    share = 1 / (1 + np.exp(-odds))
    likely = _cumulate(share.astype(np.float32, copy=False))
    return (likely[after + 1] - likely[before + 1]).astype(np.float32)
