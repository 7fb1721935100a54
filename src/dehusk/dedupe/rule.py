"""The rule by which one text is a duplicate of another: what is shared, and whether facts differ."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.dedupe.signatures import FACT, FLAG_BITS, OPENER

CONTAINED_SHARE = 0.9
HALF_SHARE = 0.5
MISSING_FACTS_SHARE = 0.05
MISSING_FACTS = 3
"""Of the shorter text's facts, what may be missing in the other: a share, and at most so many."""
EDITED_FACTS_SHARE = 0.25
FACTS_OF_MISSING_SHARE = 0.5
"""More may be missing, up to a quarter, where facts are at most half of the words that are missing. Of
two pages of one template they are 0.75 and more (99 % of 3,480 pairs of bench_dedupe's templates); of
a copy with 5 % of its words edited 0.6 and less (90 % of 75)."""
LEAST_OPENERS_SHARE = 0.005
"""Of a text's words, those with a capital only where sentences begin: fewer, and it shows no names, as in scripts
without capitals (0 to .003 of 30 articles in nine languages; of 1,269 English texts .012 and more), so that no word
that is missing is known to be none."""
LEAST_FACTS, LEAST_FACTS_SHARE = 3, 0.02
MISSING_WORDS_SHARE = 0.3
"""Half contained is enough only where facts can tell: of the words of each text at least so many, and such a
share, are facts (not so where a script has no capitals), and of the shorter text's words at most
such a share is missing in the other."""
LEAST_SHINGLES = 100
"""Of two texts, half of which is the same, the longer one has so many: in shorter ones it may be what the pages of a
template have in common."""
LONGER_RATIO = 1.1
"""A text longer than this times the kept one has news in it, unless the two are alike as a whole. One that was only
worded differently is not shorter by more either (98 % of 130 pairs of bench_dedupe); of 1,796 pages of manuals half
were that shared half of their words with one about another thing."""

_FLAGS = np.uint32((1 << FLAG_BITS) - 1)
Reason = Literal["", "same", "contained", "near"]
HashSet = NDArray[np.uint32]


class Likeness(NamedTuple):
    """How a new text relates to a kept one."""

    reason: Reason
    """Why the new one is dropped; "" when it stays."""
    similarity: float
    """Jaccard of the shingle sets, 0..1."""
    containment: float
    """Share of the new text's shingles that the kept one has, 0..1."""
    contained: float
    """Share of the kept text's shingles that the new one has, 0..1."""


class Compared(NamedTuple):
    """What is compared of one text; both sets are sorted and hold each hash once."""

    key: int
    shingles: HashSet
    words: HashSet
    """With their flags, FACT and OPENER, in the lowest bits; words are compared without them."""


def compare(new: Compared, kept: Compared, *, threshold: float) -> Likeness:
    """Decide by the sets themselves, not by an estimate, whether `new` repeats `kept`."""
    shared = count_shared(new.shingles, kept.shingles)
    union = len(new.shingles) + len(kept.shingles) - shared
    if new.key == kept.key and shared == union:
        return Likeness("same", 1.0, 1.0, 1.0)
    if not shared:
        return Likeness("", 0.0, 0.0, 0.0)
    likeness = Likeness("", shared / union, shared / len(new.shingles), shared / len(kept.shingles))
    return likeness._replace(reason=_find_reason(new, kept, likeness=likeness, threshold=threshold))


def count_shared(left: HashSet, right: HashSet) -> int:
    """Size of the intersection of two sorted sets."""
    if len(left) > len(right):
        left, right = right, left
    if not len(left):
        return 0
    places = np.searchsorted(right, left)
    places[places == len(right)] = 0
    return int(np.count_nonzero(right[places] == left))


def _find_reason(new: Compared, kept: Compared, *, likeness: Likeness, threshold: float) -> Reason:
    shorter, longer = (new, kept) if len(new.shingles) <= len(kept.shingles) else (kept, new)
    is_contained = likeness.containment >= CONTAINED_SHARE
    is_near = likeness.similarity >= threshold
    is_half = (
        likeness.containment >= HALF_SHARE
        and are_of_a_size(new, kept)
        and can_tell(shorter.words, longer.words)
    )
    if not (is_contained or is_near or is_half) or not has_facts(longer.words, of=shorter.words):
        return ""
    if is_contained:
        return "contained"
    if is_near or shorter is new or has_facts(kept.words, of=new.words):
        return "near"
    return ""


def are_of_a_size(new: Compared, kept: Compared) -> bool:
    """Whether the one may be the other in other words, by their lengths."""
    shorter, longer = sorted((len(new.shingles), len(kept.shingles)))
    return LEAST_SHINGLES <= longer <= LONGER_RATIO * shorter


def can_tell(shorter: HashSet, longer: HashSet) -> bool:
    """Whether facts that are the same say that the rest, which is not, is only worded differently."""
    has_facts = all(
        np.count_nonzero(words & np.uint32(FACT)) >= max(LEAST_FACTS, LEAST_FACTS_SHARE * len(words))
        for words in (shorter, longer)
    )
    return has_facts and len(_find_missing(longer, of=shorter)) <= MISSING_WORDS_SHARE * len(shorter)


def _find_missing(words: HashSet, *, of: HashSet) -> HashSet:
    """The words of the one text that the other has not."""
    if not len(words):
        return of
    places = np.minimum(np.searchsorted(words, of | _FLAGS, "right") - 1, len(words) - 1)
    return of[(words[places] ^ of) > _FLAGS]


def has_facts(words: HashSet, *, of: HashSet) -> bool:
    """Whether nearly all facts of the one text are words of the other.

    What is missing and begins a sentence with a capital is taken for a name; in a text without capitals only
    numbers are facts, and whatever else is missing may be a name.
    """
    missing = _find_missing(words, of=of)
    facts = np.count_nonzero(of & np.uint32(FACT))
    missing_facts = np.count_nonzero(missing & _FLAGS)
    if missing_facts <= FACTS_OF_MISSING_SHARE * len(missing) and shows_names(words):
        return bool(missing_facts <= EDITED_FACTS_SHARE * facts)
    return bool(missing_facts <= min(MISSING_FACTS_SHARE * facts, MISSING_FACTS))


def shows_names(words: HashSet) -> bool:
    """Whether names can be told from other words: by their capitals."""
    openers = np.count_nonzero(words & _FLAGS == np.uint32(OPENER))
    return bool(openers >= LEAST_OPENERS_SHARE * len(words))
