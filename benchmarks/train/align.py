"""Which blocks of a page stand in its gold text: ordered alignment of two word streams.

Anchors are word n-grams that occur once in both streams, the longest increasing run of them; what lies between
two anchors is aligned again with shorter n-grams. A block that stands elsewhere in the gold (an order of its
own) is found by its 4-grams afterwards, if they were not used yet.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

WORD_RE = re.compile(r"\w+")


def read_words(text: str) -> list[str]:
    """Lower-cased words as the WCXB benchmark counts them."""
    return WORD_RE.findall(text.lower())


def cover_blocks(texts: Sequence[str], gold: str) -> list[float]:
    """For each text the share, 0..1, of its words that the gold text has in the same order; 0 for no words.

    >>> cover_blocks(["Home", "The cat sat on the mat.", "Share"], "The cat sat on the mat.")
    [0.0, 1.0, 0.0]
    """
    words = [read_words(text) for text in texts]
    page = [word for block in words for word in block]
    gold_words = read_words(gold)
    matched = align_words(page, gold_words)
    shares, at = [], 0
    for block in words:
        hit = sum(matched[i] >= 0 for i in range(at, at + len(block)))
        shares.append(hit / len(block) if block else 0.0)
        at += len(block)
    return _cover_moved(words, gold_words, matched, shares)


def _cover_moved(
    words: list[list[str]], gold: list[str], matched: list[int], shares: list[float]
) -> list[float]:
    """Blocks of 6 words or more that the gold has in another place."""
    used = set(matched)
    free = Counter(
        tuple(gold[i : i + 4]) for i in range(len(gold) - 3) if not used & {i, i + 1, i + 2, i + 3}
    )
    out = list(shares)
    for k, block in enumerate(words):
        if len(block) >= 6 and shares[k] < 0.5:
            grams = Counter(tuple(block[i : i + 4]) for i in range(len(block) - 3))
            found = grams & free
            if found.total() >= 0.7 * grams.total():
                out[k] = found.total() / grams.total()
                free -= found
    return out


def align_words(a: list[str], b: list[str]) -> list[int]:
    """For each word of `a` the index of its partner in `b`, increasing, or -1."""
    partner = [-1] * len(a)
    stack = [(0, len(a), 0, len(b), 8)]
    while stack:
        a0, a1, b0, b1, n = stack.pop()
        while a0 < a1 and b0 < b1 and n < 8 and a[a0] == b[b0]:
            partner[a0] = b0
            a0, b0 = a0 + 1, b0 + 1
        while a0 < a1 and b0 < b1 and n < 8 and a[a1 - 1] == b[b1 - 1]:
            a1, b1 = a1 - 1, b1 - 1
            partner[a1] = b1
        if a0 >= a1 or b0 >= b1:
            continue
        anchors = _find_anchors(a, b, (a0, a1, b0, b1), n)
        if not anchors:
            if n > 1:
                stack.append((a0, a1, b0, b1, n // 2))
            continue
        for i, j in anchors:
            for k in range(n):
                partner[i + k] = j + k
        last_a, last_b = a0, b0
        for i, j in [*anchors, (a1, b1)]:
            if i > last_a and j > last_b:
                stack.append((last_a, i, last_b, j, max(1, n // 2)))
            last_a, last_b = max(last_a, i + n), max(last_b, j + n)
    return partner


def _find_anchors(
    a: list[str], b: list[str], window: tuple[int, int, int, int], n: int
) -> list[tuple[int, int]]:
    """Pairs of places of n-grams that occur once in both windows: the longest run that increases in both."""
    a0, a1, b0, b1 = window
    in_a = _unique_grams(a, a0, a1, n)
    in_b = _unique_grams(b, b0, b1, n)
    pairs = sorted((i, in_b[gram]) for gram, i in in_a.items() if gram in in_b)
    return _longest_increasing(pairs)


def _unique_grams(words: list[str], start: int, end: int, n: int) -> dict[tuple[str, ...], int]:
    places: dict[tuple[str, ...], int] = {}
    for i in range(start, end - n + 1):
        gram = tuple(words[i : i + n])
        places[gram] = -1 if gram in places else i
    return {gram: i for gram, i in places.items() if i >= 0}


def _longest_increasing(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Source: patience sorting, as in C. Schensted 1961."""
    tails: list[int] = []
    tail_at: list[int] = []
    before = [-1] * len(pairs)
    for k, (_, j) in enumerate(pairs):
        pile = bisect_left(tails, j)
        if pile == len(tails):
            tails.append(j)
            tail_at.append(k)
        else:
            tails[pile], tail_at[pile] = j, k
        before[k] = tail_at[pile - 1] if pile else -1
    chain, k = [], tail_at[-1] if tail_at else -1
    while k >= 0:
        chain.append(pairs[k])
        k = before[k]
    return chain[::-1]
