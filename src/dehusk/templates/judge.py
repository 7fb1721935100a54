"""Which kept blocks of a page are its site's template: repetition is evidence, weighed with the labels and the place.

Husk stands at the edge of the text, in runs of blocks that repeat together; a law, a quotation or a heading that
repeats stands between blocks that do not, and a row of a table beside rows that do not.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.native import find_address, load_kernels
from dehusk.nets import read_arrays
from dehusk.templates.look import Found
from dehusk.templates.prints import KINDS, MASKED, SENTENCE, Prints, find_start
from dehusk.templates.table import LEAST_COUNT, LEAST_PAGES

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
_OWN_SHARE = 0.05
"""Of an article's characters: so much of it does not repeat, or it is a copy of another page."""
_LEFT_SHARE = 0.1
_LEFT_ENOUGH = 1_000
"""Of an article's characters such a share must be left, or so many, or nothing of it goes: manuals have the contents of
the whole book beside each page."""
_LEFT_CHARS = 250
"""And so many: where less is left, what repeats may be all that the page has to say, as an offer in a shop."""
_UNIQUE_CHARS = 25
_DUMP_SHARE = 0.5
"""Of a template's articles in one text. Little chrome is left in it, so that less may be a law that many cite."""
_KIN_MOST = 20
"""More of them say no more."""
_ALIKE_RATIO = 1.1051709180756477
"""Of how often two blocks repeat, with which they still count as repeating together: a tenth in logarithms."""
_PLAIN = 21
_LOGARITHMS = [1, 2, 5]
"""Of the plain features: how often, how many kin, how long."""


class Repeats(NamedTuple):
    """Which of a page's blocks go."""

    gone: Flags
    found: Found

    def indices(self) -> list[int]:
        found: list[int] = np.flatnonzero(self.gone).tolist()
        return found

    def reason(self, i: int) -> str:
        return f"on {self.found.counts[i]} of {self.found.pages} pages of this site"


def find_repeats(prints: Prints, found: Found) -> Repeats | None:
    """The kept blocks of a page that are its site's template; None where there are none."""
    if found.pages < LEAST_PAGES or not np.any((prints.rows["part"] > 0) & (found.counts >= LEAST_COUNT)):
        return None
    rows = prints.rows
    judged, columns = describe_repeats(rows, found)
    weights, bar = _load_weights()
    going = judged[columns.T @ weights > bar]
    if not len(going):
        return None
    gone = np.zeros(len(rows), np.bool_)
    gone[going] = True
    _spare_articles(rows, gone)
    return Repeats(gone, found) if gone.any() else None


@cache
def _load_weights() -> tuple[Floats, float]:
    arrays = read_arrays("dehusk.templates", "weights.npz")
    return arrays["weights"], float(arrays["bar"])


def _spare_articles(rows: NDArray[np.void], gone: Flags) -> None:
    """Give back what goes of an article of which too little would be left."""
    chars = rows["chars"].astype(np.float64)
    whole = np.bincount(rows["part"], chars)
    lost = np.bincount(rows["part"], chars * gone, len(whole))
    least = np.clip(_LEFT_SHARE * whole, _LEFT_CHARS, _LEFT_ENOUGH)
    gone &= (whole - lost >= least)[rows["part"]]


def describe_repeats(rows: NDArray[np.void], found: Found) -> tuple[Ints, Floats]:
    """The kept blocks of which there is evidence, and what is known of them: features by blocks."""
    describe = _describe_here if load_kernels() is None else _describe_compiled
    judged, plain = describe(rows, found)
    plain[_LOGARITHMS] = np.log(plain[_LOGARITHMS])
    crossed = plain[0] * plain[2:]
    return judged, np.concatenate([np.ones((1, len(judged))), plain, crossed])


def _describe_compiled(rows: NDArray[np.void], found: Found) -> tuple[Ints, Floats]:
    """`_describe_here` by one kernel."""
    n, parts = len(rows), int(rows["part"].max()) + 1
    copies, edges = np.ones(parts), np.tile(np.array([n, -1]), parts)
    room, judged, columns = np.empty(5 * n + 2, np.uint64), np.empty(n, np.int64), np.empty((_PLAIN, n))
    count = load_kernels().describe_repeats(
        find_start(rows), n, parts, *map(find_address, (found.counts, found.kin, found.made)), found.pages,
        *map(find_address, (copies, edges, room, judged, columns)),
    )  # fmt: skip
    return judged[:count], columns[:, :count]


def _describe_here(rows: NDArray[np.void], found: Found) -> tuple[Ints, Floats]:
    """The features before their logarithms are taken."""
    copies = _count_copies(rows, found.counts)
    counts, pages = found.counts / copies, found.pages / copies
    kept, repeats = rows["part"] > 0, counts >= LEAST_COUNT
    share = np.minimum(1.0, found.counts / np.maximum(1, found.made))
    may_go = kept & repeats & (pages >= LEAST_PAGES)
    if rows["part"].max() > 1:
        may_go &= share > _DUMP_SHARE
    judged = np.flatnonzero(may_go)
    unique = kept & ~repeats & (rows["chars"] >= _UNIQUE_CHARS)
    often = np.maximum(counts, 1)
    kin = np.stack([np.minimum(found.kin, _KIN_MOST) + 1.0, found.kin == 0])
    own, around = _describe_blocks(rows), _look_around(repeats, unique, often)
    near = np.concatenate([around, _find_edges(rows["part"], unique), _look_into_tables(rows, repeats)])
    return judged, np.concatenate([np.stack([share, often]), kin, own, near])[:, judged]


def _count_copies(rows: NDArray[np.void], counts: NDArray[np.int64]) -> Floats:
    """For each block how many pages there are like its article: 1, but for what was fetched more than once.

    What an article repeats least, _OWN_SHARE of its characters, is its own; where that stands on five pages, the
    five are one page, and everything is counted five times.
    """
    parts, chars = rows["part"], rows["chars"].astype(np.float64)
    order = np.lexsort((counts, parts))
    whole = np.bincount(parts, chars)
    before = np.concatenate(([0.0], np.cumsum(whole)))[parts[order]]
    share = (np.cumsum(chars[order]) - before) / np.maximum(whole[parts[order]], 1)
    first = order[share >= _OWN_SHARE]
    copies = np.ones(len(whole))
    copies[parts[first][::-1]] = np.maximum(1, counts[first][::-1])
    copies[0] = 1
    found: Floats = copies[parts]
    return found


def _describe_blocks(rows: NDArray[np.void]) -> Floats:
    signs, kinds, odds = rows["signs"], rows["kind"], rows["odds"].astype(np.float64)
    is_kind = [kinds == KINDS.index(kind) for kind in ("heading", "item", "row", "code")]
    flags = [(signs & MASKED) > 0, (signs & SENTENCE) > 0, *is_kind]
    return np.stack([np.clip(odds, -3, 5), rows["chars"] + 1.0, *flags])


def _look_around(repeats: Flags, unique: Flags, often: Floats) -> Floats:
    """Of the blocks near each: how many repeat, as often as it does, and how many are the page's own."""
    n = len(repeats)
    out = []
    for values, outside in ((repeats, 1.0), (unique, 0.0)):
        padded = np.full(n + 6, outside)
        padded[3:-3] = values
        sums = np.concatenate(([0.0], np.cumsum(padded)))
        for reach in (1, 3):
            out.append((sums[3 + reach + 1 :][:n] - sums[3 - reach :][:n] - values) / (2 * reach))
    alike = np.zeros(n)
    less, more = np.minimum(often[1:], often[:-1]), np.maximum(often[1:], often[:-1])
    same = repeats[1:] & repeats[:-1] & (more < _ALIKE_RATIO * less)
    alike[1:] += same
    alike[:-1] += same
    return np.stack([*out, alike / 2])


def _look_into_tables(rows: NDArray[np.void], repeats: Flags) -> Floats:
    """Of a row: how many of the blocks next to it are rows, and how many of its table's rows do not repeat.

    A table of facts has rows that are equal on many pages, beside others that are the page's own.
    """
    is_row = rows["kind"] == KINDS.index("row")
    padded = np.zeros(len(rows) + 2)
    padded[1:-1] = is_row
    table = np.cumsum(np.concatenate(([False], is_row[1:] != is_row[:-1])))
    own = np.bincount(table, ~repeats) / np.bincount(table)
    found: Floats = np.stack([(padded[2:] + padded[:-2]) / 2, own[table]]) * is_row
    return found


def _find_edges(parts: NDArray[np.uint32], unique: Flags) -> Floats:
    """Whether all that is its article's own stands behind a block, or before it."""
    size = int(parts.max()) + 1
    at = np.arange(len(parts))
    first, last = np.full(size, len(parts)), np.full(size, -1)
    own = np.flatnonzero(unique)
    np.minimum.at(first, parts[own], own)
    np.maximum.at(last, parts[own], own)
    return np.stack([at < first[parts], at > last[parts]]).astype(np.float64)
