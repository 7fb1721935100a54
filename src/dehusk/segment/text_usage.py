"""Usage: how often a text's commonest words come, how it is punctuated, how long its paragraphs are.

A writer keeps to these, whatever the topic, and in any language: where they change, another article begins. That the
commonest words tell writers apart: Mosteller and Wallace, Inference in an Authorship Problem (1963).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dehusk.native import find_address, load_kernels, make_once
from dehusk.nets import Rows
from dehusk.segment.text_likeness import SURE_ODDS, find_stretches
from dehusk.segment.text_ratios import (
    REACHES,
    Counts,
    Floats,
    Ints,
    Sums,
    compare_near,
    compare_stretches,
    sum_counts,
)
from dehusk.words import JoinedTexts, WordHashes

_SIGNS = (",", ";", "(", "!", "?", ":", "-", "\"'“”‘’«»「」", "0123456789")
_LENGTHS = (40, 100, 200, 350, 600)
"""Characters at which a longer kind of paragraph begins."""
_WORDS, _LEAST, _BITS = 48, 5, 14
"""So many of the commonest words are told apart, of those that come so often, by so many bits of their hashes."""
_GROUPS = (_WORDS + 1, len(_SIGNS) + 1, len(_LENGTHS) + 1)
"""Columns of what a text uses: its words, the others last; the signs, and behind them all words; its length."""
_SIGNS_AT, _LENGTH_AT = _GROUPS[0], _GROUPS[0] + _GROUPS[1]
_MOST = 1000  # that often a paragraph's word or sign counts
USAGE = 2 * len(REACHES) * len(_GROUPS)
"""Columns of `measure_usage`."""


def count_usage(words: WordHashes, kept: Ints, texts: JoinedTexts) -> Sums:
    """What the first 0, 1, 2 ... kept blocks use, as `sum_counts` has it by _GROUPS.

    `words` are those of all blocks, `texts` the kept ones.
    """
    usage = np.zeros((len(kept), sum(_GROUPS)), np.int32)
    (_count_words if load_kernels() is None else _count_words_compiled)(words, kept, usage)
    (_count_signs if load_kernels() is None else _count_signs_compiled)(texts, usage)
    usage[:, _LENGTH_AT - 1] = np.diff(words.bounds)[kept]
    sizes = np.diff(texts.ends, prepend=0) - 1
    usage[np.arange(len(kept)), _LENGTH_AT + np.searchsorted(_LENGTHS, sizes, "right")] = 1
    return sum_counts(usage, _GROUPS, most=_MOST)


def measure_usage(usage: Sums) -> Rows:
    """(gaps, USAGE): log likelihood ratios that usage differs on both sides, and how far they are above those around.

    For each reach: so many blocks on both sides count.
    """
    n = len(usage) - 1
    if n < 2:
        return np.zeros((0, USAGE), np.float32)
    ratios, at = compare_near(usage, _GROUPS), np.arange(n - 1)
    columns = np.empty((n - 1, 2, *ratios.shape[1:]), np.float32)
    columns[:, 0] = np.log1p(ratios)
    turned = np.ascontiguousarray(np.moveaxis(ratios, 0, -1))  # numpy is slow in rows of three
    sums = np.zeros((*turned.shape[:-1], n))
    np.cumsum(turned, axis=-1, out=sums[..., 1:])
    for own, own_sums, reach in zip(turned, sums, REACHES, strict=True):
        low, high = np.maximum(at - 2 * reach, 0), np.minimum(at + 1 + 2 * reach, n - 1)
        usual = (np.take(own_sums, high, axis=1) - np.take(own_sums, low, axis=1)) / (high - low)
        own /= usual + 1
    columns[:, 1] = np.moveaxis(turned, -1, 0)
    return columns.reshape(n - 1, USAGE)


def compare_usage(usage: Sums, at: Ints, odds: Floats) -> list[Floats]:
    """How usage differs in the articles that would come out on both sides of each place, 18 columns.

    `at` are the places' gaps. An article ends where the nearest place is sure enough, for two bars.
    """
    stretches = [find_stretches(at, odds > bar, len(usage) - 1) for bar in SURE_ODDS]
    ratios = np.split(compare_stretches(usage, _GROUPS, np.concatenate(stretches)), len(stretches))
    columns = list[Floats]()
    for bar, (first, middle, end), found in zip(SURE_ODDS, map(np.transpose, stretches), ratios, strict=True):
        sure, sizes = odds > bar, np.minimum(middle - first, end - middle)
        usual = found[sure].mean(axis=0) if sure.any() else np.zeros(len(_GROUPS))
        logs = np.log1p(found)
        by_size = logs / np.log1p(sizes)[:, None]
        for group in zip(logs.T, (found / (usual + 1)).T, by_size.T, strict=True):
            columns += group
    return columns


def _choose_words(counts: Ints) -> NDArray[np.uint8]:
    """By the bits of a word's hash, given how often each comes: its column, or that of all others."""
    table = np.full(1 << _BITS, _WORDS, np.uint8)
    often = np.flatnonzero(counts >= _LEAST)
    often = often[np.argsort(-counts[often], kind="stable")][:_WORDS]
    table[often] = np.arange(len(often))
    return table


def _count_words(words: WordHashes, kept: Ints, usage: Counts) -> None:
    """Write how many words of each kept block are each of the commonest words of all of these, and how many others."""
    owners = np.repeat(np.arange(len(kept)), np.diff(words.bounds)[kept])
    is_kept = np.zeros(len(words.bounds) - 1, np.bool_)
    is_kept[kept] = True
    buckets = (words.choose(is_kept).values & np.uint64((1 << _BITS) - 1)).astype(np.int64)
    table = _choose_words(np.bincount(buckets, minlength=1 << _BITS))
    places = owners * _SIGNS_AT + table[buckets]
    usage[:, :_SIGNS_AT] = np.bincount(places, minlength=len(kept) * _SIGNS_AT).reshape(-1, _SIGNS_AT)


def _count_words_compiled(words: WordHashes, kept: Ints, usage: Counts) -> None:
    values, _, bounds = words
    totals = np.zeros(1 << _BITS, np.int64)
    place = find_address(values), find_address(bounds), find_address(kept), len(kept), _BITS
    load_kernels().count_buckets(*place, find_address(totals))
    table = _choose_words(totals)
    load_kernels().count_columns(*place, find_address(table), usage.shape[1], find_address(usage))


def _count_signs(texts: JoinedTexts, usage: Counts) -> None:
    """Write how often each text has one of each group of signs."""
    columns = _sign_table()[np.minimum(texts.codes, len(_sign_table()) - 1)]
    at = np.flatnonzero(columns)
    np.add.at(
        usage, (np.searchsorted(texts.ends, at, "right"), _SIGNS_AT + columns[at].astype(np.int64) - 1), 1
    )


def _count_signs_compiled(texts: JoinedTexts, usage: Counts) -> None:
    table, first = _sign_table(), find_address(usage) + _SIGNS_AT * usage.itemsize
    load_kernels().count_signs(
        find_address(texts.codes), find_address(texts.ends), len(usage), find_address(table), len(table),
        usage.shape[1], first,
    )  # fmt: skip


@make_once
def _sign_table() -> NDArray[np.uint8]:
    """By character the number of its group of signs from 1 on; 0 for none, as for the last one and what is above it."""
    table = np.zeros(max(ord(sign) for sign in "".join(_SIGNS)) + 2, np.uint8)
    for number, signs in enumerate(_SIGNS, 1):
        table[[ord(sign) for sign in signs]] = number
    return table
