"""Pages that are lines: texts in which every line is a whole page, its breaks taken out.

No first lines show it: nearly all of the text stands in long lines, and a paragraph of an article hardly ever has so
many characters.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import accumulate
from statistics import median_high

import numpy as np
from numpy.typing import NDArray

from dehusk.words import count_letters, measure_texts

LINES = "lines"
"""The form of such a text."""
_PAGE_CHARS = 300
"""Lines that are shorter are of the page below, as a title is, or of the one above."""
_FEWEST, _USUAL_CHARS, _SHORT_CHARS, _LONG_SHARE = 5, 1000, 500, 0.95
"""So many long lines at least, most of them so long, hold such a share of the text; shorter ones if their site shows.
(None of the 1,382 texts of dumps-dev is taken for one; of the gold texts of WCXB's 1,337 pages four are, whose
paragraphs or sections are so long.)"""
_ALIKE_CHARS, _HUSK_SHARE = 15, 0.5
"""A line that begins with so many characters as another does, or has a copyright sign, shows its site."""
_EDGE_CHARS, _MENU_WORDS, _CAPITAL_SHARE = 500, 15, 0.8
"""Fewer long lines are pages if most show it, within so many characters of an end: by a copyright sign, or by so many
words in a row of which most begin with a capital, if there are none such in the middle. (Of 217 pages that nobody had
looked at, each in one line, 202 do, of the gold texts of 699 articles of WCXB 13.)"""
_STOP_RE = re.compile(r"[.!?…;:,]+\s")
_UNSPACED_MENU_RE = re.compile(r"(?:[一-鿿぀-ヿ]{1,6}[\s|｜]+){8}")
"""The same where no spaces stand between words."""


def are_pages(texts: Sequence[str], chars: NDArray[np.int64] | None = None) -> bool:
    """Whether the lines of a text, those that hold something, are pages; `chars` are their sizes, if known.

    >>> are_pages(["Words. " * 150] * 5), are_pages(["Words. " * 30] * 50)
    (True, False)
    """
    own, sizes = _find_long(texts, chars)
    if len(own) < _FEWEST:
        return _show_edges(own, sizes, _shows_edge)
    usual = median_high(sizes)
    return usual >= _USUAL_CHARS or (usual >= _SHORT_CHARS and _show_site(texts))


def are_husked(texts: Sequence[str], chars: NDArray[np.int64] | None = None) -> bool:
    """Whether the lines below headers are pages with their menus, and not articles: most of them show it.

    An article may have a © at its end, and would lose more of its text than that is worth, but begins as no other does.

    >>> are_husked(["Words. " * 150] * 5), are_husked(["Home About Us Shop " * 9 + "Words. " * 150] * 2)
    (False, True)
    """
    own, sizes = _find_long(texts, chars)
    if not own:
        return False
    firsts = Counter(_read_first(text) for text in texts if len(text) >= _PAGE_CHARS)
    firsts[""] = 0

    def shows(text: str) -> bool:
        is_of_site = firsts[_read_first(text)] > 1 and "©" in text[-_EDGE_CHARS:]
        return is_of_site or _has_edge_menu(text)

    return _show_edges(own, sizes, shows)


def _find_long(texts: Sequence[str], chars: NDArray[np.int64] | None) -> tuple[list[str], list[int]]:
    """The long lines and the letters of each; none if these are not nearly all of the text."""
    chars = measure_texts(texts) if chars is None else chars
    if chars[chars >= _PAGE_CHARS // 3].sum() < _LONG_SHARE**3 * max(chars.sum(), _USUAL_CHARS // 3):
        return [], []  # nearly always, and quickly told, though a character may count as three
    sizes = list(map(count_letters, texts))
    long = [size for size in sizes if size >= _PAGE_CHARS]
    if sum(long) < _LONG_SHARE * sum(sizes):
        return [], []
    return [text for text, size in zip(texts, sizes, strict=True) if size >= _PAGE_CHARS], long


def _show_edges(own: Sequence[str], sizes: Sequence[int], shows: Callable[[str], bool]) -> bool:
    """Whether most long lines, whose letters are `sizes`, begin or end as pages do: `shows` says so of one."""
    if not own or median_high(sizes) < _USUAL_CHARS:
        return False
    return sum(map(shows, own)) >= _HUSK_SHARE * len(own)


def _show_site(texts: Sequence[str]) -> bool:
    """Whether most long lines have something of a site's husk."""
    long = [text for text in texts if count_letters(text) >= _PAGE_CHARS // 2]
    firsts = Counter(map(_read_first, long))
    firsts[""] = 0
    shown = sum("©" in text or firsts[_read_first(text)] > 1 for text in long)
    return shown >= _HUSK_SHARE * len(long)


def _read_first(text: str) -> str:
    """How a line begins, if that has some letters: a day and blanks are of no site."""
    first = text[:_ALIKE_CHARS]
    return first if 2 * count_letters(first) >= _ALIKE_CHARS else ""


def find_page_lines(texts: Sequence[str]) -> list[int]:
    """The lines with which pages begin: long ones, or the short ones above, where the text begins with one.

    >>> page = "Words. " * 90
    >>> find_page_lines([page, page]), find_page_lines(["A title", page, "Another", page])
    ([0, 1], [0, 2])
    """
    has_titles = bool(texts) and count_letters(texts[0]) < _PAGE_CHARS
    found, is_long_above = list[int](), True
    for i, text in enumerate(texts):
        is_long = count_letters(text) >= _PAGE_CHARS
        if is_long_above if has_titles else is_long:
            found.append(i)
        is_long_above = is_long
    return found


def _shows_edge(text: str) -> bool:
    """Whether a line begins or ends as a page does: with a menu, or with whose it is."""
    return "©" in text[-_EDGE_CHARS:] or _has_edge_menu(text)


def _has_edge_menu(text: str) -> bool:
    """Whether a line begins or ends with a menu. A list is none: the middle is one as well."""
    first, last = text[:_EDGE_CHARS], text[-_EDGE_CHARS:]
    middle = text[(len(text) - _EDGE_CHARS) // 2 :][:_EDGE_CHARS]
    return (_has_menu(first) or _has_menu(last)) and not _has_menu(middle)


def _has_menu(text: str) -> bool:
    for stretch in _STOP_RE.split(text):
        sums = [0, *accumulate(word[0].isupper() for word in stretch.split())]
        counts = (below - above for above, below in zip(sums, sums[_MENU_WORDS:], strict=False))
        if max(counts, default=0) >= _CAPITAL_SHARE * _MENU_WORDS:
            return True
    return _UNSPACED_MENU_RE.search(text) is not None
