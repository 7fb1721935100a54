"""The title of a page among its headings, its <title> and what it tells others its title is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

MAX_CHARS = 400
_SEPARATOR_RE = re.compile(r"\s*[|｜¦]\s*|\s+(?:[-–—·•:»«›‹/~]|::|--)\s+|\s*[»«]\s*|(?<=\w):\s+")
_STRONG_SEPARATOR_RE = re.compile(r"\s*[|｜¦»«·•›‹]\s*|\s+[-–—]\s+")
_WORD_RE = re.compile(r"\w+")
_TRAILING_RE = re.compile(r"[\s¶#§]+$")


def choose_title(headings: Sequence[str], stated: Sequence[str], sites: Sequence[str]) -> str:
    """The heading that a stated title (<title>, og:title, headline) agrees with, else the best stated one.

    `headings` are the page's first-level headings in order, `stated` the titles in order of trust, `sites`
    the names that the page's site goes by. "" where all are empty.

    >>> choose_title(["ACME", "Rain today"], ["Rain today | ACME News"], ["ACME News"])
    'Rain today'
    >>> choose_title([], ["Storm – Daily Post"], ["Daily Post"])
    'Storm'
    """
    site_keys = {key for key in map(fold, sites) if key}
    titles = [clean for title in stated if (clean := strip_site(_tidy(title), site_keys))]
    heads = [clean for heading in headings if (clean := _tidy(heading))]
    agreed = _most_agreed([head for head in heads if fold(head) not in site_keys], titles)
    if agreed:
        return agreed[:MAX_CHARS]
    if titles:
        return titles[0][:MAX_CHARS]
    return heads[0][:MAX_CHARS] if heads else ""


def strip_site(title: str, site_keys: Iterable[str]) -> str:
    """A title without the site's name before or after a separator; as it was when nothing would be left."""
    keys = set(site_keys)
    while True:
        first, last = _SEPARATOR_RE.search(title), _last_separator(title)
        if last and fold(title[last.end() :]) in keys:
            title = title[: last.start()]
        elif first and fold(title[: first.start()]) in keys:
            title = title[first.end() :]
        else:
            return title


def fold(text: str) -> str:
    """Letters and digits alone, lower-cased: what two spellings of one name have in common."""
    return "".join(_WORD_RE.findall(unicodedata.normalize("NFKC", text).casefold()))


def _last_separator(title: str) -> re.Match[str] | None:
    return next(iter([*_SEPARATOR_RE.finditer(title)][::-1]), None)


def _tidy(text: str) -> str:
    return _TRAILING_RE.sub("", " ".join(text.split()))


def _most_agreed(heads: Sequence[str], titles: Sequence[str]) -> str:
    best, best_share = "", 0.0
    for head in heads[:12]:
        share = max((_agreement(head, title) for title in titles), default=0.0)
        if share > best_share:
            best, best_share = head, share
    if best_share >= 0.5 or (len(heads) == 1 and best_share > 0.2):
        return best
    return ""


def _agreement(head: str, title: str) -> float:
    """Share of the heading's words that the title has too, and a little of the other way round, 0..1."""
    head_words, title_words = _words(head), _words(title)
    common = len(head_words & title_words)
    if not common:
        return 0.0
    return 0.7 * common / len(head_words) + 0.3 * common / len(title_words)


def _words(text: str) -> set[str]:
    words = _WORD_RE.findall(text.casefold())
    if len(words) <= 2 and len(text) > 8:  # a script without spaces: pairs of characters
        return {text[i : i + 2] for i in range(len(text) - 1)}
    return set(words)
