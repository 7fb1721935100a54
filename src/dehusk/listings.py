"""What in a text names other pages: search listings, lists of teasers, and headings of such lists.

Line by line the cut off sentences of a listing read like an article.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.words import NUMBER, WordHashes, find_first_words, fold_ascii, list_ascii

_NUMBER_RE = re.compile(r"(?:- )?(\d{1,3})[.)]\s")
_ELLIPSES = ("...", "…", ". .", "[...]", "[…]")
_LASTS = np.unique([ord(mark[-1]) for mark in _ELLIPSES]).astype(np.uint32)
_FEWEST, _CUT_OFF_SHARE = 5, 0.6
_FEWEST_TEASERS, _TITLE_WORDS = 3, 25
_APART = 4  # blocks from one entry to the next: a title, a snippet, an address, a date
_FREQUENT_SHARE, _SHARED_WORDS = 0.3, 3
"""Words that stand in so many of a listing's titles; so many of them show that a list is of the same search."""

_HEADING_WORD_RE = re.compile(r"[\w'’]+")
_HEADING_WORDS = list_ascii("_'")


class Entry(NamedTuple):
    """What is said of a page: a title in one of the blocks [first, snippet), a snippet in those of [snippet, end)."""

    first: int
    snippet: int
    end: int
    is_numbered: bool


def find_entries(texts: Sequence[str], words: WordHashes) -> list[Entry]:
    """The entries, in order, of numbered lists most of whose entries end cut off; `words` are those of their texts.

    Numbered lists right above such a one, most of whose titles have its titles' words, are of it: images and videos. On
    dumps-dev/train no block of such a list is kept in the gold texts; lists of teasers without numbers (18 % kept) are
    left to the model.
    """
    found: list[Entry] = []
    runs = _find_runs(texts, words)
    begin = 0  # the first of the runs that stand below the last listing found
    for number, firsts in enumerate(runs):
        if len(firsts) >= _FEWEST:
            end = _find_end(texts, firsts)
            cut_off = sum(any(map(is_cut_off, texts[first:stop])) for first, stop in pairwise([*firsts, end]))
            if cut_off >= _CUT_OFF_SHARE * len(firsts):
                while found and runs[begin][0] < found[-1].end and begin < number:
                    begin += 1
                edges = [*_find_lists_above(runs[begin:number], firsts, words), *firsts, end]
                found += [Entry(first, first + 1, stop, True) for first, stop in pairwise(edges)]
    return found


def _find_end(texts: Sequence[str], firsts: Sequence[int]) -> int:
    """The last entry ends cut off, or is as long as the one before."""
    end = min(len(texts), 2 * firsts[-1] - firsts[-2])
    return next((i + 1 for i in range(firsts[-1] + 1, end) if is_cut_off(texts[i])), end)


def _find_lists_above(runs: Sequence[list[int]], firsts: list[int], words: WordHashes) -> list[int]:
    """The entries of the lists right above a listing that are of it."""
    begin, top = len(runs), firsts[0]
    while begin and top - runs[begin - 1][-1] <= _APART:
        begin -= 1
        top = runs[begin][0]
    above = list(chain.from_iterable(runs[begin:]))
    counts = Counter(word for first in firsts for word in _list_words(first, words))
    frequent = {word for word, count in counts.items() if count >= _FREQUENT_SHARE * len(firsts)}
    alike = sum(len(frequent & _list_words(first, words)) >= _SHARED_WORDS for first in above)
    return above if 2 * alike >= len(above) else []


def _list_words(block: int, words: WordHashes) -> set[int]:
    return set(words.values[words.bounds[block] : words.bounds[block + 1]].tolist())


def find_teasers(texts: Sequence[str], words: WordHashes, lasts: NDArray[np.uint32]) -> list[Entry]:
    """`find_entries`, and cut off snippets right below a title, three or more close together; in order.

    `lasts` are the last characters of the texts.

    Two lines may stand between title and snippet, a date and an address. These may be content, for all it knows.
    """
    cut_off = find_cut_off(texts, lasts)
    if len(cut_off) < _FEWEST_TEASERS:
        return []
    entries = find_entries(texts, words)
    may_be_title = np.diff(words.bounds)
    may_be_title = (may_be_title > 0) & (may_be_title <= _TITLE_WORDS)
    may_be_title[cut_off] = False
    is_taken = np.zeros(len(texts), np.bool_)
    for entry in entries:
        is_taken[entry.first : entry.end] = True
    may_be_title &= ~is_taken
    snippets = [i for i in cut_off if i and may_be_title[i - 1] and not is_taken[i]]
    for run in _chain(snippets):
        if len(run) >= _FEWEST_TEASERS:
            entries += [Entry(_find_top(may_be_title, i), i, i + 1, False) for i in run]
    return sorted(entries)


def _find_top(may_be_title: NDArray[np.bool_], snippet: int) -> int:
    """The uppermost line above a snippet that may be its title."""
    top = snippet - 1
    while top > max(0, snippet - _APART + 1) and may_be_title[top - 1]:
        top -= 1
    return top


def find_cut_off(texts: Sequence[str], lasts: NDArray[np.uint32]) -> list[int]:
    """Which texts `is_cut_off`; `lasts` are their last characters."""
    return [i for i in np.flatnonzero(np.isin(lasts, _LASTS)).tolist() if is_cut_off(texts[i])]


def is_cut_off(text: str) -> bool:
    return text.endswith(_ELLIPSES)


def _find_runs(texts: Sequence[str], words: WordHashes) -> list[list[int]]:
    """Blocks numbered one after another, close together."""
    numbered = find_numbered(words, apart=_APART, fewest=_FEWEST)  # of a list, or near one
    numbers = {i: int(match[1]) for i in numbered if (match := _NUMBER_RE.match(texts[i]))}
    return _chain(list(numbers), numbers)


def find_numbered(words: WordHashes, *, apart: int, fewest: int) -> list[int]:
    """The texts that begin with a number, where so many do and are no further apart; `words` are theirs."""
    has, firsts = find_first_words(words)
    numbered = has[words.flags[firsts] & NUMBER != 0]
    edges = np.flatnonzero(np.diff(numbered, prepend=-1 - apart, append=len(words.bounds) + apart) > apart)
    counts = np.diff(edges)
    found: list[int] = numbered[np.repeat(counts >= fewest, counts)].tolist()
    return found


def _chain(blocks: Sequence[int], numbers: dict[int, int] | None = None) -> list[list[int]]:
    """Blocks that are close together and, if they have numbers, follow one another."""
    runs = [[i] for i in blocks[:1]]
    for before, here in pairwise(blocks):
        if here - before <= _APART and (numbers is None or numbers[here] == numbers[before] + 1):
            runs[-1].append(here)
        else:
            runs.append([here])
    return runs


def fold_heading(text: str) -> str:
    """Its words in small letters; in Turkish capitals dots are lost, so that i and ı are one.

    >>> fold_heading("Most READ:"), fold_heading("İlgili"), fold_heading("YAZILAR") == fold_heading("yazılar")
    ('most read', 'ilgili', True)
    """
    if text.isascii():
        return fold_ascii(text, _HEADING_WORDS)
    folded = text.casefold().replace("\u0307", "").replace("ı", "i")
    return " ".join(_HEADING_WORD_RE.findall(folded))


_LIST_HEADS = (
    "most read; most popular; most viewed; most shared; most commented; most read stories; "
    "most popular stories; trending now; related articles; related stories; related posts; related news; "
    "popular posts; popular articles; you may also like; you might also like; meistgelesen; "
    "meistgelesene artikel; am meisten gelesen; mehr zum thema; ähnliche artikel; ähnliche beiträge; "
    "das könnte sie auch interessieren; das könnte dich auch interessieren; lesen sie auch; "
    "auch interessant; les plus lus; à lire aussi; sur le même sujet; dans la même rubrique; "
    "articles similaires; vous aimerez aussi; lo más leído; más leídas; lo más visto; "
    "te puede interesar; también te puede interesar; le puede interesar; artículos relacionados; "
    "noticias relacionadas; lea también; lee también; i più letti; più letti; articoli correlati; "
    "leggi anche; potrebbe interessarti; mais lidas; mais lidos; leia também; artigos relacionados; "
    "notícias relacionadas; você também pode gostar; meest gelezen; lees ook; gerelateerde artikelen; "
    "najczęściej czytane; czytaj także; czytaj też; самое читаемое; читайте также; сейчас читают; "
    "похожие статьи; материалы по теме; популярные статьи; популярное; читайте також; популярні статті; "
    "関連記事; あわせて読みたい; 人気記事; 人気の記事; アクセスランキング; 相关文章; 相关阅读; 相关新闻; "
    "推荐阅读; 热门文章; 热门推荐; 猜你喜欢; 延伸阅读; 點擊排行; 点击排行; 相關文章; 相關新聞; 延伸閱讀; "
    "推薦閱讀; 猜你喜歡; اقرأ أيضا; اقرأ أيضاً; الأكثر قراءة; مقالات ذات صلة; مواضيع ذات صلة; "
    "أخبار ذات صلة; 관련 기사; 관련기사; 많이 본 뉴스; 인기 글; 인기 기사; 추천 기사; çok okunanlar; "
    "ilgili haberler; benzer yazılar; بیشتر بخوانید; مطالب مرتبط"
)
_FOLDED_HEADS = frozenset(map(fold_heading, _LIST_HEADS.split(";")))
_MOST_READ = (
    "most read; most commented; meistgelesene; meistgelesen; les plus lus; lo más leído; i più letti; mais lidas; "
    "mais lidos; meest gelezen; najczęściej czytane; самое читаемое; çok okunan"
)
_FOLDED_MOST_READ = tuple(f"{fold_heading(words)} " for words in _MOST_READ.split(";"))
_HEAD_CHARS, _HEAD_WORDS = 60, 5


def is_list_head(text: str) -> bool:
    """Whether a line is the heading of a list of other pages, as they stand in the middle of articles, too.

    >>> [is_list_head(text) for text in ("Most read:", "Most Read in Sport", "Most readers know the old bridge")]
    [True, True, False]
    """
    if len(text) > _HEAD_CHARS:
        return False
    folded = fold_heading(text)
    is_most_read = folded.startswith(_FOLDED_MOST_READ) and folded.count(" ") < _HEAD_WORDS
    return folded in _FOLDED_HEADS or is_most_read
