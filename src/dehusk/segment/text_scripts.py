"""Where the script changes for good: one article is not written half in Cyrillic and half in Latin letters."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import numpy as np
import regex

from dehusk.sentences import PROSE_ENDS
from dehusk.words import JoinedTexts, count_bytes, join_texts

_LEAST_BYTES, _LEAST_BLOCKS, _PROSE_BYTES = 400, 3, 60
"""Of a stretch in one script, in paragraphs that end with a sentence and have so many bytes each: a quotation is
shorter, what a program prints is no prose, and of two translations side by side no paragraph is so long."""
_ASIDES, _LEAST_ASIDES = 2, 3
"""So many shorter stretches in another script for each change, and more than so many, are of a text that is not
translated whole: manuals had 2.8 to 78, dumps up to 1."""
_SCRIPTS = (
    "Latin",
    "Cyrillic",
    "Greek",
    "Arabic",
    "Hebrew",
    "Devanagari",
    "Bengali",
    "Tamil",
    "Thai",
    "Hangul",
)
_LETTERS = tuple(regex.compile(rf"\p{{{name}}}") for name in _SCRIPTS)
_IDEOGRAPHS_RE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_OTHERS = (0x370, 0x1DFF), (0x1F00, 0x1FFF), (0x2E80, 0xD7FF), (0xF900, 0xFAFF)
"""Letters of other scripts than the Latin one, nearly all of them, from the one to the other."""
_LOOK_CHARS, _LEAST_LETTERS, _SHARE = 120, 20, 0.7
"""Of a block so much is looked at; so many letters say what it is written in, if most of them agree."""


class Change(NamedTuple):
    """Where another script begins, in numbers of texts."""

    above: int
    """The last long text in the script before."""
    below: int
    """The first text in the new one, with which a page begins if no other place between is known."""


def find_script_changes(texts: Sequence[str], mixed: Sequence[int] | None = None) -> list[Change]:
    """Where the script of texts, kept blocks of articles, changes for good; `mixed` is their `find_mixed`, if known.

    >>> english, greek = "The mill has ground the grain of the valley.", "Ο μύλος άλεθε το σιτάρι της κοιλάδας."
    >>> find_script_changes([english * 4] * 3 + ["Μύλος"] + [greek * 4] * 3)
    [Change(above=2, below=3)]
    >>> find_script_changes([english * 4] * 3 + [greek * 4] + [english * 4] * 3)
    []
    """
    mixed = find_mixed(join_texts(texts)) if mixed is None else mixed
    names = {i: name_script(texts[i]) for i in mixed}
    if sum(name not in ("", "Latin") for name in names.values()) < _LEAST_BLOCKS:
        return []  # nearly always, and quickly told
    named = [
        (i, name) for i, text in enumerate(texts) if (name := names[i] if i in names else name_script(text))
    ]
    found, last, script, asides = list[Change](), -1, "", 0
    for name, run in groupby(named, itemgetter(1)):
        at = [i for i, _ in run]
        prose = sum(count_bytes(texts[i]) for i in at if name == "Thai" or _is_prose(texts[i]))
        if len(at) >= _LEAST_BLOCKS and prose >= _LEAST_BYTES:
            if script and name != script:
                found.append(Change(last, _find_top(texts, name, at[0], last=last)))
            script, last = name, at[-1]
        else:
            asides += bool(script) and name != script
    return [] if asides > max(_LEAST_ASIDES, _ASIDES * len(found)) else found


def find_mixed(texts: JoinedTexts) -> list[int]:
    """The texts that have letters of other scripts than the Latin one."""
    at = np.flatnonzero(texts.codes >= _OTHERS[0][0])
    codes = texts.codes[at]
    is_other = np.logical_or.reduce([(first <= codes) & (codes <= last) for first, last in _OTHERS])
    found: list[int] = np.flatnonzero(np.diff(np.searchsorted(at[is_other], texts.ends), prepend=0)).tolist()
    return found


def _is_prose(text: str) -> bool:
    return text[-1] in PROSE_ENDS and count_bytes(text) >= _PROSE_BYTES


def _find_top(texts: Sequence[str], script: str, first: int, *, last: int) -> int:
    """The first text behind `last` from which on all are in the script, however short."""
    while first - 1 > last and name_script(texts[first - 1], 1) == script:
        first -= 1
    return first


def name_script(text: str, least: int = _LEAST_LETTERS) -> str:
    """The script of most of the letters of a text; "" where they are mixed, or fewer than `least`."""
    text = text[:_LOOK_CHARS]
    if text.isascii():
        return "Latin" if sum(map(str.isalpha, text)) >= least else ""
    counts = {name: len(letters.findall(text)) for name, letters in zip(_SCRIPTS, _LETTERS, strict=True)}
    counts["Han"] = 2 * len(_IDEOGRAPHS_RE.findall(text))
    name, most = max(counts.items(), key=itemgetter(1))
    return name if most >= least and most >= _SHARE * sum(counts.values()) else ""
