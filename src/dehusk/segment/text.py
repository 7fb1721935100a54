"""list[Labelled] -> the articles' kept blocks: where one article ends and the next begins."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.model import BlockTable, Document, Labelled, Options
from dehusk.segment.scraps import is_scrap
from dehusk.segment.text_contents import Cuts, cut_named_pages, find_contents
from dehusk.segment.text_features import Gaps, describe_gaps
from dehusk.segment.text_heads import HEAD_ODDS, describe_heads
from dehusk.segment.text_model import Candidates, Weights, judge_gaps, load_weights
from dehusk.segment.text_rivals import estimate
from dehusk.segment.text_starts import (
    Starts,
    add_anchored,
    add_cuts,
    add_footed,
    add_framed,
    add_marked,
    add_openings,
    add_scripts,
    are_in_headers,
    find_anchors,
    find_firsts,
    find_long,
    find_opened,
    number_starts,
)
from dehusk.trails import find_trails
from dehusk.trees import run_trees
from dehusk.words import WordHashes

_SURE_ODDS, _PROOF_ODDS, _PROOF_SUM = 2.5, 1.25, 2.0
"""A text is a dump once one border is surer than the first; or than the second, and so many borders are expected of all
its candidates.

Of single pages 2 % are cut (dumps-dev/train, models of one half of the pages on the other half's).
"""
_BRIEF_SURE_ODDS, _BRIEF_CHARS, _LONG_CHARS = 1.0, 2_000, 10_000
"""The first of these in a text of so many kept characters or fewer, rising with their logarithm: the more there are,
the more places may look like a border by chance. Of all kinds of single pages .020 are cut so, not .016, but of 938
dumps of less than the latter 633, not 571."""
_FOREIGN_EASE = 1.5
"""Where there is no English, odds so much lower prove as much, though not below even chances: which words begin and end
pages is known of English.

Of 52 pages in other languages, flattened in seven ways, none has a candidate above 0, of 16 others one above 1 and of
244 in English 10; dumps of the former have .88 of their borders above 0.
"""
_CAUTION, _STRICTNESS = 0.6, 1.25
"""Then a border counts whose probability is above the one times the F1 expected of the file's borders to the other.

At half of that F1 the expected F1 is highest, but it would cost precision on ordinary dumps, and a false border halves
an article. From .55 to .75, and from 1 to 1.5, the F1 of what is cross-validated hardly moves: where husk is left
between articles more caution is a little better, where it is not, less.
"""
_BRIEF_CAUTION, _BRIEF_PAGE_CHARS, _PAGE_CHARS = 0.3, 1_000, 2_500
"""The first of these where so few kept characters come to an expected article, rising with their logarithm: odds are
too low there, as the trees learned from longer pages.

Of 200 dumps of val's and another maker's pages, cut to 2 to 8 of their lines, 793 of 1,870 articles have F1 .8,
not 720, and 8 more are cut; of other dumps no border is another.
"""
_BRIEF_PROOF_ODDS = 0.5
"""There less proves a dump, too, where several borders are expected: of 1,371 single pages one more is cut."""
_MANUAL_CHARS, _MANUAL_ODDS = (25_000, 50_000), 5.0
"""Where so many kept characters come to an expected article the proof rises up to these odds, in any language: in a
long text some place always looks like a border. (In dumps-dev no dump has more than 25,000, and none of 100,000
characters in all has less than 4 as its highest odds; of 45 manuals in 25 languages nearly all have both.)"""
_LISTED_CAUTION = 0.7
"""Where a listing names half of the pages that are expected: what is left is more often no border."""
_MOST_KEPT = 300_000
"""More lines than that in one window are words or numbers, and would cost a gigabyte to judge: one group."""
_FEWEST_SURE = 2
"""What stands below a header is more than its page if so many borders in it are sure, or in all stretches one each. (Of
2,777 single pages 65 would be cut, and 3 have two sure borders.)"""
HEAD_REASON = "the head of the article below it"
_FEW_GROUPS = 3
_SCRAP, _FEW_SCRAP = (400, 0.4), (1000, 0.5)
"""Fewer bytes, by an estimate that is lower, are no article; more are none where a text without headers is cut in a
few: what is cut off of one page is husk, mostly. (Of 4,277 texts made of real pages, one each, 243 were cut, with the
latter 217, and nothing of any article went.)"""
_NO_STARTS = Starts()


def split_text(labelled: list[Labelled], document: Document, options: Options) -> list[list[Labelled]]:
    """The kept blocks, in order, grouped by article; one group where a text is a single page.

    Headlines that the labeller left among the junk above an article come back as its first blocks.

    >>> split_text([], Document("text", [], 0), Options())
    []
    """
    if not any(item.is_kept for item in labelled):
        return []
    if len(labelled) > _MOST_KEPT and sum(item.is_kept for item in labelled) > _MOST_KEPT:
        return [[item for item in labelled if item.is_kept]]
    is_one = document.is_single or not options.split
    return split_with(
        labelled,
        weights=load_weights(),
        words=document.words,
        table=document.table,
        starts=number_starts(document.starts, labelled),
        is_one=is_one,
        is_part=document.is_part,
    )


def split_with(
    labelled: list[Labelled],
    *,
    weights: Weights,
    words: WordHashes | None = None,
    table: BlockTable | None = None,
    starts: Starts = _NO_STARTS,
    is_one: bool = False,
    is_part: bool = False,
) -> list[list[Labelled]]:
    """`split_text` with other weights than those that ship; `starts` is where pages are said to begin.

    `is_part` is of a window that is not the text's first one.
    """
    gaps = describe_gaps(labelled, weights.tables, words=words, block_table=table)
    borders = _find_borders(labelled, gaps, weights, starts=starts, is_one=is_one, is_part=is_part)
    heads = _find_heads(gaps, weights, borders)
    first = borders.cuts[0]
    kept = np.concatenate(([first], gaps.after))
    groups = [
        [labelled[i]._replace(label="content", reason=HEAD_REASON) for i in above]
        + [labelled[i] for i in part]
        for above, part in zip(heads, _split_at(kept, kept, borders.cuts), strict=True)
    ]
    if len(groups) == 1:
        return groups
    named = borders.found.titles.keys() | find_opened(borders.starts, kept)
    least, score = _choose_scrap(groups, borders.starts)
    are_scraps = [
        cut in borders.found.scraps or (cut not in named and is_scrap(group, least=least, score=score))
        for cut, group in zip(borders.cuts.tolist(), groups, strict=True)
    ]
    return [group for group, goes in zip(groups, are_scraps, strict=True) if not goes]


def _split_at(
    values: NDArray[np.int64], places: NDArray[np.int64], cuts: NDArray[np.int64]
) -> list[list[int]]:
    """Of the values, a list for each cut: those whose places, ascending, are at it or behind, before the next one."""
    listed = values.tolist()
    edges = [0, *np.searchsorted(places, cuts[1:]).tolist(), len(listed)]
    return [listed[first:end] for first, end in pairwise(edges)]


def _choose_scrap(groups: Sequence[Sequence[Labelled]], starts: Starts) -> tuple[int, float]:
    """How little, by which estimate, is no article: more beside one that is one, if headers say nothing."""
    if len(groups) > _FEW_GROUPS or not {"wet", "header"}.isdisjoint(starts.marks):
        return _SCRAP
    least, score = _FEW_SCRAP
    return _SCRAP if all(is_scrap(group, least=least, score=score) for group in groups) else _FEW_SCRAP


class _Borders(NamedTuple):
    """Where articles begin."""

    cuts: NDArray[np.int64]
    """The kept blocks that they begin with; the first is the first that is kept."""
    pages: NDArray[np.int64]
    """For each cut the block that its page begins with, where that is said; else 0."""
    found: Cuts
    """What models and listings say of the cuts but the first."""
    starts: Starts


def _find_borders(
    labelled: list[Labelled], gaps: Gaps, weights: Weights, *, starts: Starts, is_one: bool, is_part: bool
) -> _Borders:
    first = next(i for i, item in enumerate(labelled) if item.is_kept)
    may_cut = not is_one and len(gaps.after)
    found = Cuts(np.zeros(0, np.int64), {}, set())
    if may_cut and not starts.are_all:
        anchors = find_anchors(starts, gaps)
        found = find_cuts(gaps, weights, is_dump=bool(anchors))
        starts = add_anchored(add_footed(starts, gaps), found.at, anchors)
        starts = add_scripts(starts, found.at, gaps)
        starts = add_framed(starts, found.at, gaps)
        starts = add_openings(starts, found.at, gaps, is_part=is_part)
    pages = np.zeros(1 + len(found.at), np.int64)
    if may_cut and starts.marks:
        if starts.are_all:
            marked = find_firsts(starts, gaps)
            is_wet = starts.marks[0] == "wet"  # which holds pages that were told apart by the crawler
            found = _cut_long([] if is_wet else find_long(marked, gaps), gaps, weights)
            marked = add_cuts(marked, found.at, gaps)
        else:
            marked = add_marked(found.at, starts, gaps)
        left = set(marked.at.tolist())  # what stands above an article is a scrap if it is cut off from it
        scraps = {
            top
            for top, below in pairwise([first, *found.at.tolist()])
            if top in found.scraps and below in left
        }
        pages, found = marked.pages, found._replace(at=marked.at, scraps=scraps)
    return _Borders(np.concatenate(([first], found.at)), pages, found, starts)


def _cut_long(stretches: list[tuple[int, int]], gaps: Gaps, weights: Weights) -> Cuts:
    """Where stretches that have one header each are cut all the same: each as a text of its own."""
    if not stretches:
        return Cuts(np.zeros(0, np.int64), {}, set())
    after, odds = judge_gaps(gaps, weights)
    own = [(after > first) & (after < end) for first, end in stretches]
    sure = [np.count_nonzero(odds[use] > _SURE_ODDS) for use in own]
    fewest = 0 if sum(sure) >= max(_FEWEST_SURE, len(sure)) else _FEWEST_SURE
    chosen = [
        choose_cuts(Candidates(after[use], odds[use]))
        for use, count in zip(own, sure, strict=True)
        if count >= fewest
    ]
    return Cuts(np.concatenate([*chosen, after[:0]]), {}, set())


def _find_heads(gaps: Gaps, weights: Weights, borders: _Borders) -> list[list[int]]:
    """For each cut the blocks above it that are its article's headline."""
    cuts, titles = borders.cuts, borders.found.titles
    heads = describe_heads(gaps, cuts)
    is_head = run_trees(weights.heads, heads.rows.T) > HEAD_ODDS
    trails = find_trails(gaps.texts, heads.at[is_head].tolist(), are_husk=True)
    is_head[np.searchsorted(heads.at, trails)] = False  # which end with the title, or with what it is of
    if borders.starts.marks:  # where a header's line is the likeliest, its page needs no other
        of_page = borders.pages[np.searchsorted(cuts, heads.below)]
        is_head &= (heads.at >= of_page) & ~are_in_headers(borders.starts, heads.at)
    for cut, title in titles.items():
        is_head[(heads.below == cut) & (heads.at < title)] = False
        is_head[(heads.below == cut) & (heads.at == title)] = True
    return _split_at(heads.at[is_head], heads.below[is_head], cuts)


def find_cuts(gaps: Gaps, weights: Weights, *, is_dump: bool = False) -> Cuts:
    """By the models, and by the listings of the text; `is_dump` where it is known to be one."""
    candidates, contents = judge_gaps(gaps, weights), find_contents(gaps.texts, gaps.words, gaps.lasts)
    pages = estimate(candidates.odds).sum() + 1
    page_chars = float(gaps.chars[-1] / pages)
    caution = _LISTED_CAUTION if 2 * len(contents.pages) >= pages else _choose_caution(page_chars)
    proofs = (-np.inf, -np.inf) if is_dump else _choose_proofs(gaps, page_chars)
    cuts = choose_cuts(candidates, caution, proofs=proofs)
    return cut_named_pages(cuts, candidates, gaps, contents=contents)


def _choose_caution(page_chars: float) -> float:
    """By how many kept characters an article is expected to have."""
    lengths = np.log((_BRIEF_PAGE_CHARS, _PAGE_CHARS))
    return float(np.interp(np.log(page_chars), lengths, (_BRIEF_CAUTION, _CAUTION)))


def _choose_proofs(gaps: Gaps, page_chars: float) -> tuple[float, float]:
    """The odds that prove a dump: of one candidate alone, and of one among others."""
    lengths, odds = np.log((_BRIEF_CHARS, _LONG_CHARS)), (_BRIEF_SURE_ODDS, _SURE_ODDS)
    alone = float(np.interp(np.log(gaps.chars[-1]), lengths, odds))
    among_others = _BRIEF_PROOF_ODDS if page_chars < _PAGE_CHARS else _PROOF_ODDS
    ease = 0.0 if gaps.has_english else _FOREIGN_EASE
    lengths, odds = np.log(_MANUAL_CHARS), (0.0, _MANUAL_ODDS)
    least = float(np.interp(np.log(page_chars), lengths, odds))
    return max(least, alone - ease), max(least, among_others - ease)


def choose_cuts(
    candidates: Candidates,
    caution: float = _CAUTION,
    *,
    proofs: tuple[float, float] = (_SURE_ODDS, _PROOF_ODDS),
) -> NDArray[np.int64]:
    """The blocks with which articles begin: those whose odds are high, and the higher, the easier the file is.

    None where neither one candidate nor all of them prove that the text is a dump: `proofs` are the odds that one must
    have alone, and where more are expected.

    >>> odds = np.array([3.0, -1.0, -2.0], np.float32)
    >>> choose_cuts(Candidates(np.array([10, 20, 30]), odds)).tolist()
    [10]
    >>> choose_cuts(Candidates(np.array([20, 30]), odds[1:])).tolist()
    []
    """
    share = estimate(candidates.odds)
    alone, among_others = proofs
    if candidates.odds.max(initial=-np.inf) <= (alone if share.sum() < _PROOF_SUM else among_others):
        return candidates.after[:0]
    best = np.sort(share)[::-1]
    expected = 2 * np.cumsum(best) / (np.arange(1, len(best) + 1) + best.sum())
    chosen: NDArray[np.int64] = candidates.after[share > caution * expected.max() ** _STRICTNESS]
    return chosen
