"""Copies inside one source: passages of a dump that stood in it before.

They are found in the stream of kept words, so neither line breaks and bullets nor the borders between
articles matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain, compress, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.dedupe.rule import CONTAINED_SHARE, LEAST_FACTS_SHARE, count_shared, has_facts
from dehusk.dedupe.signatures import SHINGLE_WORDS, make_word_sets, shingle_texts
from dehusk.model import Labelled
from dehusk.words import CAPITAL, NUMBER, WordHashes, count_letters, hash_grams, hash_words, list_distinct

COPY_CHARS = 300
"""A repeated passage of fewer letters stays (see `count_letters`): refrains, slogans, quotations."""
SELF_CHARS = 3000
"""The same where it repeats its own article: code shown in steps, posts quoted, choruses stay."""
TWICE_SHARE = 0.7
"""Of an article's words: where so many are a passage and its copy, with husk between, it is a page and its copy."""
DROP_SHARE = 0.9
BLOCK_SHARE = 0.5
GRAM_WORDS = 8
_HUSK_CHARS = 100  # left out between a page and its copy
_TARGET_GAP = 6  # words of its own that a copy may hold between two matches: a reference, an edit
_SOURCE_GAP = 150  # words that a copy may leave out: a caption, a table
_FACTLESS_CHARS = 1500  # a run in which facts differ is a copy between two of them, where it is so long
_DENSITY = 0.8  # share of a run's words that match
_VARIETY = 0.5  # share of a run's grams that differ from each other: columns of zeros repeat themselves
_OTHER_WORDS = 12  # a source has in place of a copy's own: more are left out
_FACT_BITS = np.uint8(NUMBER | CAPITAL)
_as_labelled = partial(tuple.__new__, Labelled)
"""Half the time of `_replace`."""
_BASE = 0x8CB92BA72F3D8DD7


class CopiedArticle(NamedTuple):
    """An article that is nearly all a copy of what stood before it in the same source."""

    group: int
    """Which of the groups given."""
    of: int
    """The earlier, kept group that it repeats."""
    similarity: float
    """Jaccard of the two articles' word 5-grams, 0..1."""
    containment: float
    """Share of its characters that are copied, 0..1."""


class StrippedCopies(NamedTuple):
    """What is left of a source's articles, and what was taken out."""

    groups: list[list[Labelled]]
    """As given, without the copied blocks; empty for an article that was dropped."""
    stripped: list[Labelled]
    """The copied blocks, in order, labelled "copy"; those of dropped articles too."""
    dropped: list[CopiedArticle]
    origins: list[int]
    """For each stripped block the group in which most of its copied words stood first."""


class Shingles:
    """The shingles of a source's articles; those of articles that were copied are kept: a large one may be often."""

    def __init__(self, groups: Sequence[Sequence[Labelled]]) -> None:
        self._groups = groups
        self._kept: dict[int, NDArray[np.uint32]] = {}

    def describe(self, group: int, *, of: int, containment: float) -> CopiedArticle:
        if of not in self._kept:
            self._kept[of] = self._read(of)
        own, other = self._read(group), self._kept[of]
        shared = count_shared(own, other)
        union = len(own) + len(other) - shared
        return CopiedArticle(group, of, round(shared / union if union else 1.0, 4), round(containment, 4))

    def _read(self, group: int) -> NDArray[np.uint32]:
        return shingle_texts(["\n".join(item.block.text for item in self._groups[group])]).at(0)


class _Match(NamedTuple):
    """`words` words from `target` on are those from `source` on, which come before."""

    target: int
    source: int
    words: int


def strip_copies(groups: Sequence[Sequence[Labelled]], stream: Stream | None = None) -> StrippedCopies:
    """Take out of a source's articles what stood earlier in the same source.

    `groups` holds the kept blocks of each article, in order, `stream` the words of all of them if they were read
    already. A copy is a run of at least 300 letters whose words, in order, occurred before (up to a few of its own
    among them); 3,000 where they occurred in the same article, unless that is a page and its copy with husk between.
    Where numbers or names stand in place of others, as in pages of one template, only the 1,500 characters or more
    between two of them are a copy. An article is dropped when copies of earlier ones make up 0.9 of its characters;
    else the blocks that lie for at least half in a copy are stripped. The first occurrence always stays, and the block
    that it is in: one that says something twice is whole.

    >>> from dehusk.model import Block
    >>> def group(*texts):
    ...     return [Labelled(Block(text, "paragraph", 0, 0, 9), "content", "", 1.0) for text in texts]
    >>> passage = " ".join(f"word{i}" for i in range(60))
    >>> news = group("News of today: " * 20, passage.upper())
    >>> result = strip_copies([group(passage), news, group(passage)])
    >>> [len(group) for group in result.groups], [(copy.group, copy.of) for copy in result.dropped]
    ([1, 1, 0], [(2, 0)])
    """
    copies, shingles = _Copies(groups, stream or Stream(groups)), Shingles(groups)
    stripped: list[Labelled] = []
    dropped: list[CopiedArticle] = []
    left: list[list[Labelled]] = []
    origins: list[int] = []
    for g, group in enumerate(groups):
        if not copies.has_matches(g):
            left.append(list(group))
            continue
        copied, is_copy = copies.copied_share(g), copies.take_copied(g)
        if copied >= DROP_SHARE:
            copies.take_all(g)
            is_copy = [True] * len(group)
            dropped.append(shingles.describe(g, of=copies.main_origin(g), containment=copied))
        if any(is_copy):
            origins += compress(copies.block_origins(g), is_copy)
        stripped += [relabel(block) for block, copy in zip(group, is_copy, strict=True) if copy]
        left.append([block for block, copy in zip(group, is_copy, strict=True) if not copy])
    return StrippedCopies(left, stripped, dropped, origins)


class Stream:
    """All words of a source's kept blocks, one after another, and the runs of them that stood there before.

    Where articles begin makes no difference; `words` are those of the blocks' texts, if they are known.
    """

    def __init__(self, groups: Sequence[Sequence[Labelled]], words: WordHashes | None = None) -> None:
        self.blocks = [item.block for group in groups for item in group]
        texts = [block.text for block in self.blocks]
        self.values, self.flags, self.bounds = words or hash_words(texts)
        counts = np.diff(self.bounds)
        lengths = np.array(list(map(count_letters, texts)), np.float64)
        self.chars = np.repeat(lengths / np.maximum(counts, 1), counts)
        self.grams = hash_grams(self.values, GRAM_WORDS, _BASE)
        self.runs = list(_chain(self._find_matches()))

    def _find_matches(self) -> Iterator[_Match]:
        """The longest match at each place whose gram occurred before, from left to right."""
        grams = self.grams
        order, *repeated = _rank_repeated(grams)
        place, last = 0, _Match(0, 0, 0)
        for seen, rank, first in zip(*(column.tolist() for column in repeated), strict=True):
            if seen < place:
                continue
            sources = {int(order[r]) for r in (first, first + 1, rank - 2, rank - 1) if first <= r < rank}
            follow = last.source + seen - last.target
            if 0 <= follow < seen and grams[follow] == grams[seen]:
                sources.add(follow)
            match = max((self._extend(seen, source) for source in sorted(sources)), key=lambda m: m.words)
            if match.words >= GRAM_WORDS:
                yield match
                place, last = seen + match.words, match

    def _extend(self, target: int, source: int) -> _Match:
        """The match from these places on as far as it goes without overlapping itself."""
        limit = min(target - source, len(self.values) - target)
        words, step = 0, 64
        while words < limit:
            stop = min(words + step, limit)
            left = self.values[target + words : target + stop]
            differs = np.flatnonzero(left != self.values[source + words : source + stop])
            if len(differs):
                return _Match(target, source, words + int(differs[0]))
            words, step = stop, step * 4
        return _Match(target, source, words)


class _Copies:
    """Which words of a stream, and which blocks of some articles, are copies."""

    def __init__(self, groups: Sequence[Sequence[Labelled]], stream: Stream) -> None:
        self._stream, self._blocks = stream, stream.blocks
        self._values, self._flags, self._chars = stream.values, stream.flags, stream.chars
        self._block_bounds = stream.bounds
        self._group_blocks = np.concatenate(([0], np.cumsum([len(group) for group in groups]))).astype(
            np.int64
        )
        self._group_bounds = stream.bounds[self._group_blocks]
        self._char_sums = np.concatenate(([0.0], np.cumsum(self._chars)))
        self._is_gone = np.zeros(len(self._values), np.bool_)
        self._origins = self._find_origins()

    def has_matches(self, group: int) -> bool:
        """Whether any word of a group is in a copy."""
        return bool((self._origins[slice(*self._group_bounds[group : group + 2])] >= 0).any())

    def copied_share(self, group: int) -> float:
        """How much of a group stood in those before it."""
        span = slice(*self._group_bounds[group : group + 2])
        chars = self._chars[span]
        return float(chars[self._is_copied_from_above(span)].sum() / chars.sum()) if len(chars) else 0.0

    def take_copied(self, group: int) -> list[bool]:
        """Take out the blocks of a group that lie for at least half in a copy, and say which they are.

        One without words never does. What a later text repeats of a block that is gone, and of nothing else, is no
        copy: blocks are judged in their order, for one may repeat another of its group.
        """
        first, last = self._group_blocks[group : group + 2]
        bounds = self._block_bounds[first : last + 1]
        whole = slice(bounds[0], bounds[-1])
        copied = np.diff(np.concatenate(([0], np.cumsum(self._is_copied(whole))))[bounds - whole.start])
        counts = np.diff(bounds)
        is_copy = (copied >= BLOCK_SHARE * counts) & (counts > 0)
        self._is_gone[whole] = np.repeat(is_copy, counts)
        if (self._origins[whole] >= whole.start).any():  # seldom does a block repeat another of its group
            for i in np.flatnonzero(is_copy).tolist():
                span = slice(bounds[i], bounds[i + 1])
                is_copy[i] = np.count_nonzero(self._is_copied_from_above(span)) >= BLOCK_SHARE * counts[i]
                self._is_gone[span] = is_copy[i]
        found: list[bool] = is_copy.tolist()
        return found

    def take_all(self, group: int) -> None:
        self._is_gone[slice(*self._group_bounds[group : group + 2])] = True

    def main_origin(self, group: int) -> int:
        """The group where most of a copied group's words stood first."""
        _, owners = self._find_owners(group)
        return int(np.bincount(owners).argmax()) if len(owners) else 0

    def block_origins(self, group: int) -> list[int]:
        """The same for each of its blocks; the group's where none of its words stood before (dropped with it)."""
        places, owners = self._find_owners(group)
        first, last = self._group_blocks[group : group + 2]
        found = np.full(last - first, self.main_origin(group), np.int64)
        blocks = np.searchsorted(self._block_bounds[first : last + 1], places, "right") - 1
        pairs, counts = np.unique(blocks * len(self._group_bounds) + owners, return_counts=True)
        blocks, owners = np.divmod(pairs, len(self._group_bounds))
        order = np.lexsort((-owners, counts))  # the last one is taken: of owners of as many words the first
        found[blocks[order]] = owners[order]
        origins: list[int] = found.tolist()
        return origins

    def _find_owners(self, group: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The places of a group's copied words, and the groups where they stood first."""
        span = slice(*self._group_bounds[group : group + 2])
        copied = np.flatnonzero(self._is_copied(span)) + span.start
        return copied, np.searchsorted(self._group_bounds, self._origins[copied], "right") - 1

    def _is_copied(self, span: slice) -> NDArray[np.bool_]:
        origins = self._origins[span]
        return (origins >= 0) & ~self._is_gone[origins]

    def _is_copied_from_above(self, span: slice) -> NDArray[np.bool_]:
        """Not of what stands in the same span."""
        return np.asarray(self._is_copied(span) & (self._origins[span] < span.start))

    def _find_origins(self) -> NDArray[np.int64]:
        """For each word of a copy, where it stood first; -1 for the others."""
        origins = np.full(len(self._values), -1, np.int64)
        runs, grams = self._stream.runs, self._stream.grams
        twice = self._find_twice([match for run in runs for match in run])
        long = (run for run in runs if self._count_chars(run) >= COPY_CHARS)  # one in eight
        for run in chain.from_iterable(map(self._part_facts, long)):
            if self._is_copy(run, grams, twice):
                for target, source, words in run:
                    own = origins[source : source + words]
                    places = np.arange(source, source + words)
                    origins[target : target + words] = np.where(own >= 0, own, places)
        return origins

    def _part_facts(self, run: list[_Match]) -> Iterator[list[_Match]]:
        """The run; where it says other facts than its source, as pages of one template do, what is long without one."""
        changes = [i for i in range(1, len(run)) if self._is_replaced(run[i - 1], run[i])]
        if not changes or self._says_the_same(run, changes):
            yield run
            return
        parts = [run[first:last] for first, last in pairwise([0, *changes, len(run)])]
        if self._count_chars(run) >= _FACTLESS_CHARS * len(parts):
            parts = [run]
        yield from (part for part in parts if self._count_chars(part) >= _FACTLESS_CHARS)

    def _count_chars(self, run: list[_Match]) -> float:
        sums = self._char_sums
        return sum(float(sums[m.target + m.words] - sums[m.target]) for m in run)

    def _is_replaced(self, match: _Match, following: _Match) -> bool:
        """Whether between two matches a number, a name or, without capitals, a word stands in place of others.

        What a copy has more than its source is a reference, which says nothing else; what it has less is left out.
        """
        span = slice(match.target + match.words, following.target)
        source = self._values[match.source + match.words : following.source]
        if not 0 < len(source) <= _OTHER_WORDS or set(source.tolist()) <= set(self._values[span].tolist()):
            return False
        around = self._flags[match.target : following.target + following.words]
        return bool((self._flags[span] & _FACT_BITS).any()) or is_caseless(around)

    def _says_the_same(self, run: list[_Match], changes: list[int]) -> bool:
        """Whether nearly all facts of a run, those that were put in place of others among them, are in its source.

        Where there are no capitals any word may be a name: shingles decide, too, of which each change breaks some.
        """
        spans = [slice(match.target, match.target + match.words) for match in run]
        spans += [slice(run[i - 1].target + run[i - 1].words, run[i].target) for i in changes]
        source = slice(run[0].source, run[-1].source + run[-1].words)
        words = sum(span.stop - span.start for span in spans)
        if is_caseless(self._flags[run[0].target : run[-1].target + run[-1].words]):
            changed = sum(span.stop - span.start + SHINGLE_WORDS - 1 for span in spans[len(run) :])
            if changed > (1 - CONTAINED_SHARE) * words:
                return False
        values = np.concatenate([self._values[span] for span in (*spans, source)])
        flags = np.concatenate([self._flags[span] for span in (*spans, source)])
        sets = make_word_sets(WordHashes(values, flags, np.array([0, words, len(values)])))
        return has_facts(sets.at(1), of=sets.at(0))

    def _find_twice(self, matches: list[_Match]) -> frozenset[int]:
        """The groups that are a page and its copy."""
        own: dict[int, list[_Match]] = {}
        sources = self._find_groups([match.source for match in matches])
        targets = self._find_groups([match.target for match in matches])
        for match, source, target in zip(matches, sources, targets, strict=True):
            if source == target:
                own.setdefault(target, []).append(match)
        return frozenset(group for group, found in own.items() if self._is_twice(group, found))

    def _is_twice(self, group: int, matches: list[_Match]) -> bool:
        """Whether a stretch of husk parts most of the group's words into a passage and its copy.

        Without husk between it is one page that says something twice.
        """
        first, last = self._group_bounds[group : group + 2]
        steps = np.zeros(last - first + 1, np.int64)
        for match in matches:
            steps[match.source + match.words - first] += match.words
            steps[match.target + 1 - first] -= match.words
        spanned = np.cumsum(steps)  # at each place, the words above it that stand again below
        start = int(spanned.argmax())
        if 2 * spanned[start] < TWICE_SHARE * (last - first):
            return False
        stop = start + int(np.argmax(np.append(spanned[start:] < spanned[start], True))) - 1
        above, below = np.searchsorted(self._block_bounds, [first + start - 1, first + stop], "right") - 1
        between = pairwise(self._blocks[above : below + 1])
        return sum(lower.start - upper.end for upper, lower in between) >= _HUSK_CHARS

    def _find_groups(self, words: list[int]) -> list[int]:
        """The group of each word."""
        groups: list[int] = (np.searchsorted(self._group_bounds, words, "right") - 1).tolist()
        return groups

    def _is_copy(self, run: list[_Match], grams: NDArray[np.uint64], twice: frozenset[int]) -> bool:
        words = sum(m.words for m in run)
        start, stop = run[0].target, run[-1].target + run[-1].words
        if self._count_chars(run) < self._least_chars(run, twice) or words < _DENSITY * (stop - start):
            return False
        own = grams[start:stop]
        return len(list_distinct(own)) >= _VARIETY * len(own)

    def _least_chars(self, run: list[_Match], twice: frozenset[int]) -> int:
        source, target = self._find_groups([run[0].source, run[0].target])
        return SELF_CHARS if source == target and target not in twice else COPY_CHARS


def is_caseless(flags: NDArray[np.uint8]) -> bool:
    """Whether words bear hardly a capital, so that names cannot be told."""
    return bool(np.count_nonzero(flags & np.uint8(CAPITAL)) < LEAST_FACTS_SHARE * len(flags))


def _chain(matches: Iterator[_Match]) -> Iterator[list[_Match]]:
    """Matches that follow one another closely, in the copy and where they come from."""
    run: list[_Match] = []
    for match in matches:
        if run:
            target_gap = match.target - run[-1].target - run[-1].words
            source_gap = match.source - run[-1].source - run[-1].words
            if target_gap > _TARGET_GAP or not 0 <= source_gap <= _SOURCE_GAP:
                yield run
                run = []
        run.append(match)
    if run:
        yield run


def _rank_repeated(grams: NDArray[np.uint64]) -> tuple[NDArray[np.int64], ...]:
    """An order that puts equal grams together; the places, ascending, whose grams occurred before, their ranks in that
    order and the first ranks of their equals."""
    order = _sort_places(grams)
    ordered = grams[order]
    ranks = np.flatnonzero(ordered[1:] == ordered[:-1]) + 1
    runs = np.flatnonzero(np.diff(ranks, prepend=-1) > 1)  # no rank is 0
    firsts = np.repeat(ranks[runs] - 1, np.diff(runs, append=len(ranks)))
    seen = order[ranks]
    by_place = np.argsort(seen)
    return order, seen[by_place], ranks[by_place], firsts[by_place]


def _sort_places(grams: NDArray[np.uint64]) -> NDArray[np.int64]:
    """What `argsort(kind="stable")` gives, in a tenth of the time: places stand below the first bits of their grams."""
    bits = np.uint64(len(grams).bit_length())
    keys = (grams >> bits << bits) | np.arange(len(grams), dtype=np.uint64)
    keys.sort()
    places = (keys & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.int64)
    ordered = grams[places]
    if (ordered[1:] < ordered[:-1]).any():  # two that differ in their last bits only
        return np.argsort(grams, kind="stable")
    return places


def relabel(labelled: Labelled) -> Labelled:
    block, _, _, *numbers = labelled
    return _as_labelled((block, "copy", "stood earlier in the same source", *numbers))
