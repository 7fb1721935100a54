"""Judge records in order: whoever comes first stays, what repeats a kept one goes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from dehusk.dedupe.bands import BUCKET_CAP, BandTable, find_repeated, hash_bands
from dehusk.dedupe.kept import Kept
from dehusk.dedupe.rule import CONTAINED_SHARE, HALF_SHARE, Compared, Likeness, compare
from dehusk.dedupe.signatures import Signed, sign_texts
from dehusk.dedupe.store import read_index, write_index
from dehusk.model import Article, Dropped

_BATCH = 128
_ESTIMATE_ERROR = 0.17
"""Four standard deviations of an estimate from 128 values: candidates further off are not verified."""
_VERIFIED = 16
"""Candidates of one text that are verified, the likeliest first."""


class Deduplicator:
    """The index of the kept records, and the judge of new ones.

    Records are judged in the order in which they come, in batches of any size: the batches make no
    difference to the result. Only kept records are remembered; a record is dropped only for one of
    them, after their shingle sets have been compared, never through a chain of others.

    `counts` holds, for each kept id, how many were dropped for it. `supersets` holds the ids of kept
    records that contain an earlier kept one, with that one's id. `full_buckets` counts how often a band
    had more than 16 kept records under it and the rest went unseen there.

    >>> judge = Deduplicator()
    >>> judge.judge([])
    []
    """

    def __init__(self, threshold: float = 0.8) -> None:
        self.threshold = threshold
        self.counts: Counter[str] = Counter()
        self.supersets: dict[str, str] = {}
        self.full_buckets = 0
        self._kept = Kept()
        self._bands = BandTable()
        self._known: set[str] = set()  # ids of the index that this run has not met yet

    @classmethod
    def from_index(cls, path: Path, threshold: float = 0.8) -> Deduplicator:
        """One that knows the records of an earlier run; they count as earlier than all it will judge.

        Raises:
            ValueError: the file is no index, is damaged, or was made with other signatures.
            OSError: it cannot be read.
        """
        judge = cls(threshold)
        judge._kept, judge._bands = read_index(path)
        judge._known.update(judge._kept.ids)
        return judge

    def write_index(self, file: BinaryIO) -> None:
        """Write everything that is kept, for `from_index`; nothing of it is ever unpickled."""
        write_index(file, self._kept, self._bands)

    def judge(self, articles: Sequence[Article], signed: Signed | None = None) -> list[Dropped | None]:
        """For each article in order: None where it is kept, else why it is dropped and for whom.

        The first article that bears the id of a record of the index is that record and is kept: none is a
        duplicate of itself. A second one in the same run is a copy, even if it bears the same id.

        `signed` is `sign_texts` of the articles' texts, where that was done elsewhere.
        """
        signed = signed or sign_texts([article.text for article in articles])
        batch = _Batch(self._bands, signed)
        judged = [self._judge_one(article, i, batch=batch) for i, article in enumerate(articles)]
        batch.commit()
        return judged

    def _judge_one(self, article: Article, i: int, *, batch: _Batch) -> Dropped | None:
        if article.id in self._known:
            self._known.discard(article.id)
            return None
        found = self._find_kept(i, batch=batch)
        if found and found[1].reason:
            identifier, likeness = found
            self.counts[identifier] += 1
            return _drop(article, identifier, likeness=likeness)
        if found and found[1].contained >= CONTAINED_SHARE:
            self.supersets[article.id] = found[0]
        self.full_buckets += batch.keep(i, self._kept.add(article.id, batch.signed, i))
        return None

    def _find_kept(self, i: int, *, batch: _Batch) -> tuple[str, Likeness] | None:
        """The kept record that text i repeats, or else the one it has most in common with."""
        numbers = batch.find_candidates(i)
        if not len(numbers):
            return None
        new = batch.compared(i)
        best: tuple[str, Likeness] | None = None
        for number in self._choose(numbers, new, row=batch.signed.rows[i]):
            likeness = compare(new, self._kept[number], threshold=self.threshold)
            if best is None or _rank(likeness) > _rank(best[1]):
                best = self._kept.ids[number], likeness
        return best

    def _choose(self, numbers: NDArray[np.int64], new: Compared, *, row: NDArray[np.uint32]) -> list[int]:
        """The candidates that can still turn out to be duplicates by their estimates, likeliest first."""
        if len(new.shingles) == 0:
            return list(map(int, numbers[:_VERIFIED]))
        estimates = self._kept.estimate(row, numbers)
        highest = np.minimum(estimates + _ESTIMATE_ERROR, 1)
        sizes = self._kept.count_shingles(numbers)
        containment = highest / (1 + highest) * (sizes + len(new.shingles)) / len(new.shingles)
        possible = np.flatnonzero(containment >= HALF_SHARE)
        order = np.argsort(-estimates[possible], kind="stable")[:_VERIFIED]
        return list(map(int, numbers[possible[order]]))


class _Batch:
    """Candidates of one batch: from the table as it was before, and from among the batch itself.

    Keys and what belongs to them are flat arrays; those of text i are [bounds[i], bounds[i + 1]).
    """

    def __init__(self, bands: BandTable, signed: Signed) -> None:
        self.signed = signed
        self._bands = bands
        self._keys, self._bounds = hash_bands(signed)
        bands.reserve(len(self._keys))
        places, numbers, self._slots = bands.find(self._keys)
        self._hits = np.bincount(places, minlength=len(self._keys))
        self._numbers = numbers[np.argsort(places, kind="stable")]
        self._ends = np.concatenate(([0], np.cumsum(self._hits)))[self._bounds]
        self._is_repeated = find_repeated(self._keys)
        self._has_repeated = np.diff(np.concatenate(([0], np.cumsum(self._is_repeated)))[self._bounds]) > 0
        self._fresh: defaultdict[int, list[int]] = defaultdict(list)
        self._admitted = np.zeros(len(self._keys), np.bool_)
        self._given = np.zeros(len(self._keys), np.uint32)

    def compared(self, i: int) -> Compared:
        return Compared(int(self.signed.keys[i]), self.signed.shingles.at(i), self.signed.words.at(i))

    def find_candidates(self, i: int) -> NDArray[np.int64]:
        """Numbers of the kept records that share a band with text i, each once, in order."""
        known = self._numbers[self._ends[i] : self._ends[i + 1]]
        if not (len(known) or self._has_repeated[i]):
            return known
        fresh = [number for key in self._repeated_keys(i) for number in self._fresh[key]]
        return np.unique(np.concatenate((known, np.array(fresh, np.int64))))

    def keep(self, i: int, number: int) -> int:
        """Enter text i under its keys as that number; says how many of the buckets were full."""
        span = slice(self._bounds[i], self._bounds[i + 1])
        room = BUCKET_CAP - self._hits[span]
        repeated = np.flatnonzero(self._is_repeated[span]).tolist() if self._has_repeated[i] else []
        for place in repeated:
            bucket = self._fresh[int(self._keys[span][place])]
            room[place] -= len(bucket)
            if room[place] > 0:
                bucket.append(number)
        self._admitted[span] = room > 0
        self._given[span] = number
        return int(np.count_nonzero(room <= 0))

    def commit(self) -> None:
        """Enter into the table what was kept."""
        admitted = np.flatnonzero(self._admitted)
        self._bands.add(self._keys[admitted], self._given[admitted], self._slots[admitted])

    def _repeated_keys(self, i: int) -> list[int]:
        span = slice(self._bounds[i], self._bounds[i + 1])
        repeated: list[int] = self._keys[span][self._is_repeated[span]].tolist()
        return repeated


def drop_near_duplicates(
    articles: Iterable[Article],
    *,
    threshold: float = 0.8,
    on_drop: Callable[[Dropped], None] | None = None,
) -> Iterator[Article]:
    """Yield the articles that repeat no earlier kept one, lazily and in order.

    Whoever comes first stays; the kept ones pass unchanged. `on_drop` is called with every article that
    is dropped, the id it repeats (`duplicate_of`), their Jaccard similarity over word 5-grams, the
    share of the dropped one that the kept one contains, and the reason: "same" (equal but for case,
    space and punctuation), "contained" (at least 0.9 of it) or "near" (similarity of at least
    `threshold`, or half contained and hardly a number or name that is not in the kept one). Pages from
    one template with other facts stay. Up to 128 articles are read ahead.

    >>> from dehusk.model import Article
    >>> def article(id: str, text: str) -> Article:
    ...     return Article(id, text, "", "", "", "en", 1.0, "", "", "", 1, "text", "other", 3, ((0, 9),), 1.0)
    >>> articles = [article("a", "Over and out."), article("b", "over -- and OUT"), article("c", "Other")]
    >>> dropped = []
    >>> [kept.id for kept in drop_near_duplicates(articles, on_drop=dropped.append)]
    ['a', 'c']
    >>> dropped[0].reason, dropped[0].duplicate_of
    ('same', 'a')
    """
    judge = Deduplicator(threshold)
    stream = iter(articles)
    while batch := list(islice(stream, _BATCH)):
        for article, dropped in zip(batch, judge.judge(batch), strict=True):
            if dropped is None:
                yield article
            elif on_drop:
                on_drop(dropped)


def _rank(likeness: Likeness) -> tuple[bool, bool, float, float]:
    return likeness.reason == "same", likeness.reason != "", likeness.containment, likeness.similarity


def _drop(article: Article, identifier: str, *, likeness: Likeness) -> Dropped:
    return Dropped(
        source=article.source,
        stage="dropped",
        reason=likeness.reason,
        article=article,
        duplicate_of=identifier,
        similarity=round(likeness.similarity, 4),
        containment=round(likeness.containment, 4),
    )
