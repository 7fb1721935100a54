"""Where the lines of a text are in several charsets, as files of several sites run together are.

A line that is UTF-8 is read as that, the others, run by run, in the charset that is likeliest for them. For texts only:
a web page is in one charset.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from dehusk.pages.detect import WIDE_CODECS, Sample, does_fit, is_mostly_utf_8, sample_bytes

_DENSE = frozenset((*WIDE_CODECS, "cp874", "cp866"))
"""Charsets in which short lines may look like UTF-8: one pair of double bytes in four does, and letters of Thai do."""
_SURE = 5
"""So many bytes behind the first ones of a line's characters of UTF-8 are no chance even there."""
_LEAST, _LEAST_DENSE, _DENSE_SHARE = 10, 20, 0.01
"""So many of them, in all lines, prove that there is UTF-8 beside another charset; beside a dense one so many, in so
many sure lines for each other one."""
TOLD_BYTES = 200
"""So many bytes above 127 tell the charset of a run of lines; fewer are in that of all such lines, if they fit it."""
_NO_THAI_RE = re.compile(rb"[\x80-\xa0]")
"""Bytes of cp874 that are none of its letters."""
_PLAIN, _UTF_8, _UNSURE, _OTHER = range(4)


class _Told(NamedTuple):
    kind: int
    more: int
    """Bytes of its characters of UTF-8 behind their first ones."""


class Run(NamedTuple):
    """Lines in one charset; the end of the last one is left out."""

    codec: str
    data: bytes


def find_runs(data: bytes, codec: str, choose: Callable[[Sample], str]) -> list[Run]:
    """A text by its charsets: one run in `codec`, unless some of its lines are UTF-8 and others are not.

    `choose` names the codec of a sample that is no UTF-8.

    >>> mixed = ("Désolé, l'été est passé.\\n" * 3).encode() + "Le café a été fermé.".encode("cp1252")
    >>> [run.codec for run in find_runs(mixed, "utf-8", lambda sample: "cp1252")]
    ['utf-8', 'cp1252']
    """
    lines = data.split(b"\n")
    told = list(map(_tell, lines))
    others = [line for line, (kind, _) in zip(lines, told, strict=True) if kind == _OTHER]
    other = choose(sample_bytes(b"\n".join(others))) if others else codec
    told = _make_sure(told, lines, other)
    if not _has_utf_8(told, other):
        return [Run(codec, data)]
    kinds = _settle(kind for kind, _ in told)
    runs = list[Run]()
    for kind, part in groupby(zip(kinds, told, lines, strict=True), itemgetter(0)):
        if kind == _UTF_8:
            runs.append(Run("utf-8", b"\n".join(line for _, _, line in part)))
        else:
            runs += _split([(own.kind, line) for _, own, line in part], other, choose)
    return runs


def _split(lines: Sequence[tuple[int, bytes]], other: str, choose: Callable[[Sample], str]) -> Iterator[Run]:
    """A run of lines in another charset, likely `other`, without those that are UTF-8 after all."""
    sample = sample_bytes(b"\n".join(line for kind, line in lines if kind == _OTHER))
    is_told = sample.high_bytes >= TOLD_BYTES or not does_fit(sample, other)
    codec = choose(sample) if is_told else other
    codecs = ("utf-8" if kind == _UNSURE and not _may_be(line, codec) else codec for kind, line in lines)
    for own, part in groupby(zip(codecs, lines, strict=True), itemgetter(0)):
        yield Run(own, b"\n".join(line for _, (_, line) in part))


def is_utf_8(data: bytes, known: str) -> bool:
    """Whether a valid text of UTF-8 is no chance in the codec `known` of what stands above it."""
    lines = data.split(b"\n")
    return known == "utf-8" or _has_utf_8(_make_sure(list(map(_tell, lines)), lines, known), known)


def _has_utf_8(told: Sequence[_Told], other: str) -> bool:
    """Whether some lines are UTF-8 beyond doubt, though other ones are in the codec `other`."""
    if other not in _DENSE:
        return sum(line.more for line in told) >= _LEAST
    sure = [line.more for line in told if line.kind == _UTF_8]
    others = sum(line.kind == _OTHER for line in told)
    return sum(sure) >= _LEAST_DENSE and len(sure) >= _DENSE_SHARE * others


def _tell(line: bytes) -> _Told:
    if line.isascii():
        return _Told(_PLAIN, 0)
    try:
        more = len(line) - len(line.decode())
    except UnicodeDecodeError as error:
        is_cut = error.reason == "unexpected end of data" and not line[: error.start].isascii()
        return _Told(_UTF_8 if is_cut or is_mostly_utf_8(sample_bytes(line)) else _OTHER, 0)
    return _Told(_UTF_8 if more >= _SURE else _UNSURE, more)


def _make_sure(told: Sequence[_Told], lines: Sequence[bytes], other: str) -> list[_Told]:
    """The same, and lines that cannot be in the codec `other` are sure to be UTF-8."""
    return [
        own._replace(kind=_UTF_8) if own.kind == _UNSURE and not _may_be(line, other) else own
        for own, line in zip(told, lines, strict=True)
    ]


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
