"""Dumps whose lines are whole pages: each is cut into pieces, which are labelled as other texts' lines are.

All cuts are at spaces: behind sentences, around words of scripts without spaces, and, where there is no full stop for
long, as in menus, before capitals behind small letters. (See bench_page_lines.py. Of 235 pages, by
themselves, the word F1 was .83 so, and .76 with cuts behind sentences alone.)
"""

from __future__ import annotations

from operator import itemgetter

import numpy as np
import regex

from dehusk.blocks.lines import Ints, Lines, look_at
from dehusk.sentences import CLOSING_QUOTES, SENTENCE_ENDS
from dehusk.words import measure_texts, read_codes, read_lasts

_LONG_CHARS, _UNCASED_WORDS = 120, 6
"""A piece that is longer is cut at capitals; where the script has none, into so many words."""
_UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\u3001-\u303f\uff00-\uff60]"
"""In scripts whose words no spaces part, one parts more than words."""
_SENTENCE_RE = regex.compile(
    rf"(?<=[{SENTENCE_ENDS}][{CLOSING_QUOTES})]*)\s+|(?<={_UNSPACED})\s+|(?<!\s)\s+(?={_UNSPACED})"
)
_CAPITAL_RE = regex.compile(r"(?<=[\p{Ll}\p{N})\]|:])(?<!(?<!\w)\p{Ll}{1,3})\s+(?=[\p{Lu}©|])")
"""Behind a short word a sentence goes on: "the council of Carrow"."""
_CASED_RE = regex.compile(r"\p{Ll}")
_SPACE_RE = regex.compile(r"\s+")


def part_pages(lines: Lines) -> tuple[Lines, Ints]:
    """The pieces of the lines, without a blank line above all but the first of each; and which these first are."""
    owners, texts, starts = list[int](), list[str](), list[int]()
    for i, text in enumerate(lines.texts):
        for first, end in _find_pieces(text):
            owners.append(i)
            texts.append(text[first:end])
            starts.append(int(lines.starts[i]) + first)
    at = np.array(owners, np.int64)
    is_first = np.diff(at, prepend=-1) != 0
    sizes = measure_texts(texts)
    pieces = Lines(
        texts,
        read_codes("".join(map(itemgetter(0), texts))),
        read_lasts(texts),
        np.array(starts, np.int64),
        sizes,
        measure_texts([text.split(None, 1)[0] for text in texts]),
        np.where(is_first, lines.indents[at], 0),
        np.where(sizes == lines.sizes[at], lines.columns[at], sizes),
        np.array(list(map(look_at, texts)), np.uint8),
        np.where(is_first, np.where(lines.gaps[at] == 0, 1, lines.gaps[at]), 0),
        np.where(is_first, lines.marks[at], 0).astype(np.uint8),
    )
    return pieces, np.flatnonzero(is_first)


def _find_pieces(text: str) -> list[tuple[int, int]]:
    """Where the pieces of a line stand in it."""
    found = list[tuple[int, int]]()
    for sentence in _part(text, (0, len(text)), _SENTENCE_RE):
        first, end = sentence
        if end - first <= _LONG_CHARS:
            found.append(sentence)
        elif _CASED_RE.search(text, first, end):
            found += _part(text, sentence, _CAPITAL_RE)
        else:
            words = _part(text, sentence, _SPACE_RE)
            some = (words[i : i + _UNCASED_WORDS] for i in range(0, len(words), _UNCASED_WORDS))
            found += [(part[0][0], part[-1][1]) for part in some]
    return found


def _part(text: str, stretch: tuple[int, int], cut: regex.Pattern[str]) -> list[tuple[int, int]]:
    """A stretch of a text without what `cut` finds in it."""
    first, end = stretch
    cuts = [match.span() for match in cut.finditer(text, first, end)]
    edges = [first, *(edge for pair in cuts for edge in pair), end]
    return [(low, high) for low, high in zip(edges[::2], edges[1::2], strict=True) if low < high]
