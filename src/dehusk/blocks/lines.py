"""The lines of a text as they stand in it: where each begins, how wide it is, what it looks like at a glance."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.native import find_address, load_kernels
from dehusk.words import measure_texts

Ints = NDArray[np.int64]

BULLETS = "•●▪■◦‣⁃∙·○☆★□◆◇►▸▶*+–—-"
INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060\u00ad\u200e\u200f"
RULE_ENDS = frozenset("=-_─━═—*~#+")
HUSKS = "-*+|_=~#. "
"""A line of nothing else says nothing."""
_MARKED_STARTS = RULE_ENDS | frozenset(INVISIBLE + "W")
_ODD_STARTS = frozenset(BULLETS + "o#<>$})]`~|_=.")
WIDE_RE = re.compile(
    "[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6"
    "\U00020000-\U0003fffd]"
)
"""Characters that take two columns."""
FEED, MARKED, ODD, ENTRY, FOREIGN, LATE = (1 << bit for bit in range(6))
"""Looks of a line: it ends with a form feed; begins as rules, WET headers and invisible characters do; may be no
paragraph; is a bullet, a space and ASCII characters of which some say something; is not ASCII; ends like a line of code
that has a word to begin with."""


class Scanned(NamedTuple):
    """All lines of a text, in columns; those that hold nothing have no size."""

    starts: Ints
    """Code points before each line's text, without the white space around it."""
    sizes: Ints
    """Its code points."""
    indents: Ints
    """Columns of white space before it."""
    columns: Ints
    """Columns that it takes: wide East Asian characters count two."""
    looks: NDArray[np.uint8]


def scan_lines(text: str) -> Scanned:
    """Every line that `str.splitlines` gives, empty ones too."""
    return (_scan_lines if load_kernels() is None else _scan_lines_compiled)(text)


def _scan_lines(text: str) -> Scanned:
    raws = text.splitlines(keepends=True)
    bares = list(map(str.strip, raws))
    ends = np.cumsum(measure_texts(raws))
    sizes = measure_texts(bares)
    leads = measure_texts(
        [raw[: len(raw) - len(raw.lstrip())] if bare else "" for raw, bare in zip(raws, bares, strict=True)]
    )
    starts = ends - measure_texts(raws) + leads
    indents = measure_texts(
        [raw[:lead].expandtabs(8) for raw, lead in zip(raws, leads.tolist(), strict=True)]
    )
    columns = sizes + measure_texts([WIDE_RE.findall(bare) for bare in bares])
    looks = [_look_at(bare) if bare else 0 for bare in bares]
    feeds = [FEED * (raw[-1] == "\f") for raw in raws]
    return Scanned(starts, sizes, indents, columns, np.array(looks, np.uint8) | np.array(feeds, np.uint8))


def _look_at(bare: str) -> int:
    first, last, is_foreign = bare[0], bare[-1], not bare.isascii()
    is_odd = (
        first in _ODD_STARTS
        or last in ";{}"
        or "  " in bare
        or "\t" in bare
        or "|" in bare
        or (is_foreign and " ".join(bare.split()) != bare)
    )
    is_entry = (
        first in BULLETS
        and bare[1:2] == " "
        and bare[2:].isascii()
        and "  " not in bare
        and bare[2:].strip(HUSKS) != ""
    )
    looks = (first in _MARKED_STARTS, MARKED), (is_odd, ODD), (is_entry, ENTRY), (is_foreign, FOREIGN)
    return sum(bit for is_so, bit in (*looks, (last in ":()", LATE)) if is_so)


def _scan_lines_compiled(text: str) -> Scanned:
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    kernels, where = load_kernels(), (find_address(codes), len(codes), find_address(_kind_table()))
    columns = np.empty((4, kernels.count_lines(*where)), np.int64)
    looks = np.empty(columns.shape[1], np.uint8)
    kernels.read_lines(*where, *map(find_address, (*columns, looks)))
    starts, sizes, indents, widths = columns
    return Scanned(starts, sizes, indents, widths, looks)


@cache
def _kind_table() -> NDArray[np.uint16]:
    """For each code point below 0x10000 what it may be: white space, a line break, a bullet, ..."""
    chars = "".join(map(chr, range(1 << 16)))
    spaces = list(filter(str.isspace, chars))
    breaks = [char for char in spaces if len(f"a{char}a".splitlines()) > 1]
    solid, foreign = [char for char in chars if char not in HUSKS], chars[128:]
    members = (
        spaces, breaks, BULLETS, _ODD_STARTS, _MARKED_STARTS, HUSKS, WIDE_RE.findall(chars),
        solid, [char for char in spaces if char != " "], foreign, "\t|",
    )  # fmt: skip
    table = np.zeros(len(chars), np.uint16)
    for bit, some in enumerate(members):
        table[list(map(ord, some))] |= np.uint16(1 << bit)
    table.setflags(write=False)
    return table
