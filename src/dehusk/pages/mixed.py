"""Where the lines of a text are in several charsets, as files of several sites run together are.

A line that is UTF-8 is read as that, the others, run by run, in the charset that is likeliest for them. For texts only:
a web page is in one charset.

Of 200 texts of two to six pages (52 pages in 21 languages and 50 in English), half of the pages in one of 14 other
charsets, .989 of the lines that are more than ASCII come out right, where all is read in one charset .690.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from dehusk.pages.detect import (
    WIDE_CODECS,
    Sample,
    count_high,
    is_likely,
    is_mostly_utf_8,
    load_letters,
    sample_bytes,
)

_DENSE = frozenset((*WIDE_CODECS, "cp874", "cp866"))
"""Charsets in which short lines may look like UTF-8: one pair of double bytes in four does, and letters of Thai do."""
_SURE = 5
"""So many bytes behind the first ones of a line's characters of UTF-8 are no chance even there."""
_LEAST, _MOST_TIMES, _DENSE_TIMES, _SHARE = 6, 3, 3, 0.01
"""So many of them, in all lines, each counted so many times at most, prove that there is UTF-8 beside another charset,
beside a dense one so many times as many, if there are so many sure lines for each other one."""
TOLD_BYTES, _FEW_BYTES = 30, 12
"""So many bytes above 127 tell the charset of a run of lines. Runs of fewer are all in the same one; if they have fewer
than the latter in all, in one of the larger runs, or in the commonest charset: else a character of UTF-8 is damaged."""
_PIECE_BYTES, _MOST_PIECES = 60, 200
"""So many bytes above 127 at a time tell where a run goes on in another charset, in so many pieces at most."""
_LEAST_MOSTLY = 5
"""Fewer bytes above 127 are never most of them of UTF-8, and not all."""
_NO_THAI_RE = re.compile(rb"[\x80-\xa0]")
"""Bytes of cp874 that are none of its letters."""
_CUT_STARTS = (b"\xc2", b"\xc3")
_REST_RE = re.compile(rb"[\x80-\xbf]{1,3}")
"""What a line may end with, and begin with, where it was cut in a character."""
_BROKEN, _CUT = -1, -2
"""In place of the number of such bytes: of a line that is no UTF-8, and of one that is but for a few characters."""
_PLAIN, _UTF_8, _UNSURE, _OTHER = range(4)


class Run(NamedTuple):
    """Lines in one charset; the end of the last one is left out."""

    codec: str
    data: bytes


class _Line(NamedTuple):
    kind: int
    data: bytes


def find_runs(
    data: bytes, codec: str, choose: Callable[[Sample], str], *, is_below_utf_8: bool = False
) -> list[Run]:
    """A text by its charsets: one run in `codec`, unless some of its lines are UTF-8 and others are not.

    `choose` names the codec of a sample that is no UTF-8. Below a text in UTF-8 (`is_below_utf_8`) few lines prove it.

    >>> mixed = ("Désolé, l'été est passé.\\n" * 3).encode() + "Le café a été fermé.".encode("cp1252")
    >>> [run.codec for run in find_runs(mixed, "utf-8", lambda sample: "cp1252")]
    ['utf-8', 'cp1252']
    """
    lines = data.split(b"\n")
    more = list(map(_count_more, lines))
    least = 1 if is_below_utf_8 else _LEAST
    if not any(n > 0 for n in more):  # as nearly always, and quickly told
        return [Run(codec, data)]
    other = _choose_for_all(lines, more, codec, choose=choose)
    if not _has_utf_8(lines, more, other=other, least=least):
        return [Run(codec, data)]
    more = [_CUT if n == _BROKEN and _is_mostly(line) else n for line, n in zip(lines, more, strict=True)]
    kinds = _tell(lines, more, _choose_for_all(lines, more, codec, choose=choose))
    told = list(map(_Line, kinds, lines))
    parts = [
        (kind, [line for _, line in part])
        for kind, part in groupby(zip(_settle(kinds), told, strict=True), itemgetter(0))
    ]
    return list(_choose_runs(parts, choose))


def is_utf_8(data: bytes, known: str) -> bool:
    """Whether a valid text of UTF-8 is no chance in the codec `known` of what stands above it."""
    if known == "utf-8":
        return True
    lines = data.split(b"\n")
    return _has_utf_8(lines, list(map(_count_more, lines)), other=known, least=_LEAST)


def _count_more(line: bytes) -> int:
    """How many bytes of a line's characters of UTF-8 are behind their first ones; _BROKEN or _CUT."""
    if line.isascii():
        return 0
    try:
        return len(line) - len(line.decode())
    except UnicodeDecodeError as error:
        return _CUT if _is_cut(line, error) else _BROKEN


def _is_cut(line: bytes, error: UnicodeDecodeError) -> bool:
    """Whether a line is UTF-8 but for a character that is cut off at its end, or at its beginning."""
    if error.reason == "unexpected end of data":
        cut = line[error.start :]
        return len(cut) > 1 or cut in _CUT_STARTS or not line[: error.start].isascii()
    rest = _REST_RE.match(line)
    return rest is not None and _count_more(line[rest.end() :]) > 0


def _is_mostly(line: bytes) -> bool:
    return count_high(line) >= _LEAST_MOSTLY and is_mostly_utf_8(sample_bytes(line))


def _choose_for_all(
    lines: Sequence[bytes], more: Sequence[int], codec: str, *, choose: Callable[[Sample], str]
) -> str:
    """What lines that are not UTF-8 are in; `codec` if there are none."""
    others = [line for line, n in zip(lines, more, strict=True) if n == _BROKEN]
    return choose(sample_bytes(b"\n".join(others))) if others else codec


def _tell(lines: Sequence[bytes], more: Sequence[int], other: str) -> list[int]:
    """What each line is: sure to be UTF-8 with many characters of it, or where it cannot be in the codec `other`."""

    def tell(line: bytes, n: int) -> int:
        if n in (0, _BROKEN):
            return _OTHER if n else _PLAIN
        return _UNSURE if 0 < n < _SURE and _may_be(line, other) else _UTF_8

    return list(map(tell, lines, more))


def _has_utf_8(lines: Sequence[bytes], more: Sequence[int], *, other: str, least: int) -> bool:
    """Whether some lines are UTF-8 beyond doubt, though other ones are in the codec `other`."""
    kinds = _tell(lines, more, other)
    sure = [(line, n) for line, n, kind in zip(lines, more, kinds, strict=True) if kind == _UTF_8 and n > 0]
    found = sum(n * min(times, _MOST_TIMES) for (_, n), times in Counter(sure).items())
    is_proof = found >= least * (_DENSE_TIMES if other in _DENSE else 1)
    return is_proof and len(sure) >= _SHARE * kinds.count(_OTHER)


def _choose_runs(
    parts: Sequence[tuple[int, Sequence[_Line]]], choose: Callable[[Sample], str]
) -> Iterator[Run]:
    """The runs of parts that are _UTF_8 or _OTHER by turns."""
    found, few = dict[int, list[Run]](), list[bytes]()
    for number, (kind, part) in enumerate(parts):
        others = [line.data for line in part if line.kind == _OTHER] if kind == _OTHER else []
        if sum(map(count_high, others)) >= TOLD_BYTES:
            found[number] = list(_split_told(part, choose))
        else:
            few += others
    of_few = _choose_for_few(few, {run.codec for runs in found.values() for run in runs}, choose)
    for number, (kind, part) in enumerate(parts):
        yield from found.get(number) or _split(part, "utf-8" if kind == _UTF_8 else of_few)


def _choose_for_few(lines: Sequence[bytes], known: Set[str], choose: Callable[[Sample], str]) -> str:
    sample = sample_bytes(b"\n".join(lines))
    codec = choose(sample)
    is_told = sample.high_bytes >= _FEW_BYTES or codec == "cp1252" or codec in known
    return codec if is_told and is_likely(sample, codec) else "utf-8"


def _split_told(lines: Sequence[_Line], choose: Callable[[Sample], str]) -> Iterator[Run]:
    """A run of lines in other charsets: as long as they look like the one above, in that, or in none if damaged."""
    sizes = [count_high(line.data) for line in lines]
    least = max(_PIECE_BYTES, sum(sizes) // _MOST_PIECES)
    first, high_bytes, codec = 0, 0, ""
    for end, size in enumerate(sizes, 1):
        high_bytes += size
        if high_bytes >= least or end == len(lines):
            some = lines[first:end]
            sample = sample_bytes(b"\n".join(line.data for line in some if line.kind == _OTHER))
            if not codec or not is_likely(sample, codec):
                codec = choose(sample)
            yield from _split(some, codec if is_likely(sample, codec) else "utf-8")
            first, high_bytes = end, 0


def _split(lines: Sequence[_Line], codec: str) -> Iterator[Run]:
    """A run of lines in a codec, without those that are UTF-8 after all."""
    codecs = ("utf-8" if kind == _UNSURE and not _may_be(line, codec) else codec for kind, line in lines)
    for own, part in groupby(zip(codecs, lines, strict=True), itemgetter(0)):
        yield Run(own, b"\n".join(line.data for _, line in part))


def _may_be(line: bytes, codec: str) -> bool:
    """Whether a line that is valid UTF-8 may be in a codec all the same.

    In a dense one if it is valid there; in others if what it is in UTF-8 are two bytes each, and no letters or marks of
    the languages that had such charsets: hardly those of another text.
    """
    if codec not in _DENSE:
        known = load_letters()
        return not any(char >= "\u0800" or char in known for char in line.decode() if char > "\x7f")
    if codec == "cp874" and _NO_THAI_RE.search(line):
        return False
    try:
        line.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _settle(kinds: Iterable[int]) -> Iterator[int]:
    """_UTF_8 or _OTHER for each line: one that does not tell is as the one above; the first ones are as the first below
    them that tells."""
    last, waiting = -1, 0
    for kind in kinds:
        if kind in (_UTF_8, _OTHER):
            yield from [kind] * (waiting + 1)
            last, waiting = kind, 0
        elif last < 0:
            waiting += 1
        else:
            yield last
