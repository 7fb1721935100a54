"""What copies inside one source leave: the rest of a page that was copied, and what comes back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from functools import cached_property
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from dehusk.dedupe.copies import (
    BLOCK_SHARE,
    DROP_SHARE,
    CopiedArticle,
    Shingles,
    StrippedCopies,
    is_caseless,
    relabel,
)
from dehusk.dedupe.rule import HALF_SHARE, can_tell, has_facts
from dehusk.dedupe.signatures import SHINGLE_WORDS, make_word_sets
from dehusk.model import Labelled
from dehusk.words import (
    NUMBER,
    WordHashes,
    hash_grams,
    hash_words,
    list_distinct,
    measure_texts,
    normalise,
)

REMNANT_SHARE = 0.9
"""Of an article: where so much stands in the page that it copied, husk or not, what the copy left of it goes too."""
_GRAM_WORDS = 4
_PAGE_SEARCHES, _SEARCHED_CHARS = 200, 20_000_000
"""So many texts are looked for in a page, and as many more as make so many characters to be searched."""
_BASE = 0x8CB92BA72F3D8DD7


class _Page:
    """What an article's page says, its husk too."""

    def __init__(self, text: str) -> None:
        self._written, self._hashed = text, hash_words([text])
        self._grams = list_distinct(hash_grams(self._hashed.values, _GRAM_WORDS, _BASE))
        self._answers: dict[str, bool] = {}
        self._searches = _PAGE_SEARCHES + _SEARCHED_CHARS // max(1, len(text))

    @cached_property
    def _text(self) -> str:
        """Seldom asked for, and most of the time that a page takes."""
        return normalise(self._written)

    @cached_property
    def _words(self) -> NDArray[np.uint32]:
        return make_word_sets(self._hashed).at(0)

    def find_grams(self, grams: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Which of some runs of four words it has."""
        if not len(self._grams):
            return np.zeros(0, np.int64)
        places = np.minimum(np.searchsorted(self._grams, grams), len(self._grams) - 1)
        return np.flatnonzero(self._grams[places] == grams)

    def has_facts(self, words: WordHashes) -> bool:
        """Whether nearly all facts of a text are in it."""
        return has_facts(self._words, of=make_word_sets(words).at(0))

    def can_tell(self, items: Sequence[Labelled]) -> bool:
        """Whether facts that are the same say that the rest of an article is only worded differently."""
        return can_tell(
            make_word_sets(hash_words(["\n".join(item.block.text for item in items)])).at(0), self._words
        )

    def holds(self, text: str) -> bool:
        """Whether a text stands in it; not looked for where very many were, so that time stays linear."""
        text = normalise(text)
        if text not in self._answers and len(self._answers) < self._searches:
            self._answers[text] = text in self._text
        return self._answers.get(text, False)


class _Pages:
    """The pages of a source's articles, read when asked for: each with all that is between it and its neighbours."""

    def __init__(self, groups: Sequence[Sequence[Labelled]], labelled: Sequence[Labelled]) -> None:
        self._groups, self._labelled = groups, labelled
        self._place = {id(item.block): i for i, item in enumerate(labelled)}
        self._read: dict[int, _Page] = {}

    def read(self, group: int) -> _Page:
        """That of any article but the last."""
        if group not in self._read:
            groups, place = self._groups, self._place
            first = place[id(groups[group - 1][-1].block)] + 1 if group else 0
            last = place[id(groups[group + 1][0].block)]
            self._read[group] = _Page("\n".join(item.block.text for item in self._labelled[first:last]))
        return self._read[group]


def drop_remnants(
    left: StrippedCopies, groups: Sequence[Sequence[Labelled]], labelled: Sequence[Labelled]
) -> StrippedCopies:
    """What `strip_copies` left, without the articles whose rest stood as husk in the very page that they repeat.

    Two copies of a page, flattened differently, are not labelled alike to the line: what is left of the second then
    is what was husk in the first. `labelled` are all blocks of the source, `groups` its articles, in order. Dropped is
    an article of whose characters at least 0.9 (`containment`) stand in the page of one earlier article, kept or not,
    in runs of four words or more or as whole blocks, a copied passage among them or in the article right above or
    below it, and whose facts do; where nothing was left, half of one, as of files. What does not stand there is whole
    again if nothing was left of it, or if it was dropped as a copy of such a rest.
    """
    if not left.stripped:
        return left
    origins = {id(item.block): of for item, of in zip(left.stripped, left.origins, strict=True)}
    dropped = {copy.group: copy for copy in left.dropped}
    rest = list(left.groups)
    pages, shingles = _Pages(groups, labelled), Shingles(groups)
    for g, group in enumerate(groups):
        near = [item for other in groups[max(0, g - 1) : g + 2] for item in other]
        source = group if len(rest[g]) < len(group) else near
        if g in dropped or not any(id(item.block) in origins for item in source):
            continue
        of = _find_origin(source, origins)
        if of >= g - (source is near):
            continue
        is_copied = [origins.get(id(item.block), g) not in (g, of) for item in group]
        share = _find_share(group, pages.read(of), is_copied=is_copied)
        is_near = not rest[g] and share >= HALF_SHARE and pages.read(of).can_tell(group)
        if share >= REMNANT_SHARE or is_near:
            dropped[g] = shingles.describe(g, of=of, containment=share)
            origins |= {id(item.block): origins.get(id(item.block), of) for item in group}
            rest[g] = []
        elif not rest[g]:
            rest[g] = _take_back(group, origins)
    for g in sorted(dropped):
        of = dropped[g].of
        if of in dropped:  # the rest of what it repeats was dropped after it
            of = dropped[of].of
            share = _find_share(groups[g], pages.read(of), is_copied=[False] * len(groups[g]))
            dropped[g] = shingles.describe(g, of=of, containment=share)
            if share < REMNANT_SHARE:
                del dropped[g]
                rest[g] = _take_back(groups[g], origins)
    taken = [item for group in groups for item in group if id(item.block) in origins]
    firsts = [origins[id(item.block)] for item in taken]
    return StrippedCopies(
        rest,
        [relabel(item) for item in taken],
        [copy for _, copy in sorted(dropped.items())],
        [dropped[of].of if of in dropped else of for of in firsts],
    )


def _take_back(group: Sequence[Labelled], origins: dict[int, int]) -> list[Labelled]:
    """All blocks of an article, which are no copies any more."""
    for item in group:
        origins.pop(id(item.block), None)
    return list(group)


def put_back(
    left: StrippedCopies, groups: Sequence[Sequence[Labelled]], *, unwanted: Container[int]
) -> StrippedCopies:
    """What is left, and what was taken out because it stood first in articles that are not kept.

    An article of which 0.9 and more stood in others that are kept stays dropped.
    """
    own = {id(item.block): g for g, group in enumerate(groups) for item in group}
    origins = {id(item.block): of for item, of in zip(left.stripped, left.origins, strict=True)}
    dropped: list[CopiedArticle] = []
    for copy in left.dropped:
        group = groups[copy.group]
        held = [item for item in group if origins[id(item.block)] not in unwanted]
        if copy.of not in unwanted and _count_chars(held) >= DROP_SHARE * _count_chars(group):
            dropped.append(copy)
    gone = {copy.group for copy in dropped}
    stays = [own[key] in gone or of == own[key] or of not in unwanted for key, of in origins.items()]
    stripped = list(compress(left.stripped, stays))
    taken = {id(item.block) for item in stripped}
    rest = [[item for item in group if id(item.block) not in taken] for group in groups]
    return StrippedCopies(rest, stripped, dropped, list(compress(left.origins, stays)))


def _count_chars(items: Sequence[Labelled]) -> int:
    return sum(len(item.block.text) for item in items)


def _find_origin(group: Sequence[Labelled], origins: Mapping[int, int]) -> int:
    """The article that most of a group's copied characters stood in."""
    chars: Counter[int] = Counter()
    for item in group:
        if id(item.block) in origins:
            chars[origins[id(item.block)]] += len(item.block.text)
    return chars.most_common(1)[0][0]


def _find_share(items: Sequence[Labelled], page: _Page, *, is_copied: Sequence[bool]) -> float:
    """How much of some blocks' characters stand in a page: copied, in runs of words or as whole blocks.

    None where it is less than half, which makes no difference, or where the page has not their facts. Of what stands
    there in no part only numbers are facts: a line of names is husk more often than not.
    """
    texts = [item.block.text for item in items]
    words = hash_words(texts)
    counts = np.diff(words.bounds)
    is_found = np.repeat(np.array(is_copied, np.bool_), counts)
    grams = hash_grams(words.values, _GRAM_WORDS, _BASE)
    is_found[(page.find_grams(grams)[:, None] + np.arange(_GRAM_WORDS)).ravel()] = True
    found = np.diff(np.concatenate(([0], np.cumsum(is_found)))[words.bounds])
    shares = np.where(counts, (found - _count_broken(words, is_found)) / np.maximum(counts, 1), is_copied)
    # Of a block that stands there runs show all words, but for the first and the last, which may be parts of others.
    may_stand = (shares < 1) & ((counts < _GRAM_WORDS + 2) | (found >= counts - 2))
    chars = measure_texts(texts)
    if np.where(may_stand, 1.0, shares).clip(0) @ chars < HALF_SHARE * chars.sum():
        return 0.0
    for i in np.flatnonzero(may_stand).tolist():
        if page.holds(texts[i]):
            shares[i] = 1.0
    is_told = np.repeat(shares >= BLOCK_SHARE, counts) | (words.flags & np.uint8(NUMBER) != 0)
    told = WordHashes(words.values[is_told], words.flags[is_told], np.array([0, np.count_nonzero(is_told)]))
    if not page.has_facts(told):
        return 0.0
    return float(shares.clip(0) @ chars / chars.sum())


def _count_broken(words: WordHashes, is_found: NDArray[np.bool_]) -> NDArray[np.int64]:
    """How much less than the words found in each block its shingles count, where any other word may be a name."""
    if not is_caseless(words.flags):
        return np.zeros(len(words.bounds) - 1, np.int64)
    blocks = np.repeat(np.arange(len(words.bounds) - 1), np.diff(words.bounds))
    is_break = is_found[:-1] & ~is_found[1:] & (blocks[:-1] == blocks[1:])
    return np.bincount(blocks[1:][is_break], minlength=len(words.bounds) - 1) * (SHINGLE_WORDS - 1)
