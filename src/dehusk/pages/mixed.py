"""Where the lines of a text are in several charsets, as files of several sites run together are.

A line that is UTF-8 is read as that, the others, run by run, in the charset that is likeliest for them. For texts only:
a web page is in one charset.

Of 200 texts of two to six pages (52 pages in 21 languages and 50 in English), half of the pages in one of 14 other
charsets, .985 of the lines that are more than ASCII come out right, where all is read in one charset .690.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, groupby
from operator import itemgetter
from typing import NamedTuple

from dehusk.pages.detect import HIGH, WIDE_CODECS, Sample, is_likely, is_mostly_utf_8, sample_bytes

_DENSE = frozenset((*WIDE_CODECS, "cp874", "cp866"))
"""Charsets in which short lines may look like UTF-8: one pair of double bytes in four does, and letters of Thai do."""
_SURE = 5
"""So many bytes behind the first ones of a line's characters of UTF-8 are no chance even there."""
_LEAST, _DENSE_TIMES, _DENSE_SHARE = 6, 3, 0.01
"""So many of them, in all lines, prove that there is UTF-8 beside another charset; beside a dense one so many times
as many, in so many sure lines for each other one."""
TOLD_BYTES = 30
"""So many bytes above 127 tell the charset of a run of lines; runs of fewer are all in the same one."""
_NO_THAI_RE = re.compile(rb"[\x80-\xa0]")
"""Bytes of cp874 that are none of its letters."""
_BROKEN, _CUT = -1, -2
"""In place of the number of such bytes: of a line that is no UTF-8, and of one that is but for its last character."""
_PLAIN, _UTF_8, _UNSURE, _OTHER = range(4)


class Run(NamedTuple):
    """Lines in one charset; the end of the last one is left out."""

    codec: str
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
    if sum(n for n in more if n > 0) < least:  # as nearly always, and quickly told
        return [Run(codec, data)]
    other = _choose_for_all(lines, more, codec, choose=choose)
    if not _has_utf_8(_tell(lines, more, other), more, other, least=least):
        return [Run(codec, data)]
    more = [
        _CUT if n == _BROKEN and is_mostly_utf_8(sample_bytes(line)) else n
        for line, n in zip(lines, more, strict=True)
    ]
    other = _choose_for_all(
        lines, more, codec, choose=choose
    )  # without lines that are UTF-8 but for a few bytes
    kinds = _tell(lines, more, other)
    parts = [
        (kind, [(own, line) for _, own, line in part])
        for kind, part in groupby(zip(_settle(kinds), kinds, lines, strict=True), itemgetter(0))
    ]
    samples = [_sample_others(part) for _, part in parts]
    few = b"\n".join(
        chain.from_iterable(sample.pieces for sample in samples if sample.high_bytes < TOLD_BYTES)
    )
    of_few = _choose_likely(sample_bytes(few), choose)
    runs = list[Run]()
    for (kind, part), sample in zip(parts, samples, strict=True):
        if kind == _UTF_8:
            runs += _split(part, "utf-8")
        elif sample.high_bytes < TOLD_BYTES:
            runs += _split(part, of_few)
        else:
            runs += _split_likely(part, sample, choose)
    return runs


def is_utf_8(data: bytes, known: str) -> bool:
    """Whether a valid text of UTF-8 is no chance in the codec `known` of what stands above it."""
    if known == "utf-8":
        return True
    lines = data.split(b"\n")
    more = list(map(_count_more, lines))
    return _has_utf_8(_tell(lines, more, known), more, known, least=_LEAST)


def _count_more(line: bytes) -> int:
    """How many bytes of a line's characters of UTF-8 are behind their first ones; _BROKEN or _CUT."""
    if line.isascii():
        return 0
    try:
        return len(line) - len(line.decode())
    except UnicodeDecodeError as error:
        is_cut = error.reason == "unexpected end of data" and not line[: error.start].isascii()
        return _CUT if is_cut else _BROKEN


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


def _has_utf_8(kinds: Sequence[int], more: Sequence[int], other: str, *, least: int) -> bool:
    """Whether some lines are UTF-8 beyond doubt, though other ones are in the codec `other`."""
    if other not in _DENSE:
        return sum(n for n in more if n > 0) >= least
    sure = [n for kind, n in zip(kinds, more, strict=True) if kind == _UTF_8 and n > 0]
    return sum(sure) >= _DENSE_TIMES * least and len(sure) >= _DENSE_SHARE * kinds.count(_OTHER)


def _sample_others(lines: Sequence[tuple[int, bytes]]) -> Sample:
    return sample_bytes(b"\n".join(line for kind, line in lines if kind == _OTHER))


def _choose_likely(sample: Sample, choose: Callable[[Sample], str]) -> str:
    """The codec of some lines, or "utf-8" if they do not look like any: they are damaged."""
    codec = choose(sample)
    return codec if is_likely(sample, codec) else "utf-8"


def _split_likely(
    lines: Sequence[tuple[int, bytes]], sample: Sample, choose: Callable[[Sample], str]
) -> Iterator[Run]:
    """A run of lines, or if they do not look like any one charset, of pages in several ones, some lines at a time."""
    codec = choose(sample)
    if is_likely(sample, codec):
        yield from _split(lines, codec)
        return
    first = high_bytes = 0
    for end, (_, line) in enumerate(lines, 1):
        high_bytes += len(line) - len(line.translate(None, HIGH))
        if high_bytes >= TOLD_BYTES or end == len(lines):
            some = lines[first:end]
            yield from _split(some, _choose_likely(_sample_others(some), choose))
            first, high_bytes = end, 0


def _split(lines: Sequence[tuple[int, bytes]], codec: str) -> Iterator[Run]:
    """A run of lines in a codec, without those that are UTF-8 after all."""
    codecs = ("utf-8" if kind == _UNSURE and not _may_be(line, codec) else codec for kind, line in lines)
    for own, part in groupby(zip(codecs, lines, strict=True), itemgetter(0)):
        yield Run(own, b"\n".join(line for _, (_, line) in part))


def _may_be(line: bytes, codec: str) -> bool:
    """Whether a line that is valid UTF-8 may be in a codec all the same."""
    if codec not in _DENSE or (codec == "cp874" and _NO_THAI_RE.search(line)):
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
