"""Judge records in order: whoever comes first stays, what repeats a kept one goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from dehusk.dedupe.batch import Candidates
from dehusk.dedupe.kept import Kept
from dehusk.dedupe.rule import CONTAINED_SHARE, HALF_SHARE, Likeness, compare
from dehusk.dedupe.signatures import Signed, sign_texts
from dehusk.dedupe.store import open_index, write_index
from dehusk.dedupe.table import BandTable
from dehusk.model import Article, Dropped, check_articles, check_threshold

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
    records that contain an earlier kept one, with that one's id. `full_buckets` counts how often a kept
    record stands where 16 others share a band already, so that it is not found by that one of its bands.

    Raises:
        BadOptions: the threshold lies outside (0, 1].

    >>> judge = Deduplicator()
    >>> judge.judge([])
    []
    """

    def __init__(self, threshold: float = 0.8) -> None:
        check_threshold(threshold)
        self.threshold = threshold
        self.counts: Counter[str] = Counter()
        self.supersets: dict[str, str] = {}
        self.full_buckets = 0
        self._kept = Kept()
        self._table = BandTable(self._kept.hashes_of)
        self._of_index = 0  # so many of the kept records are those of an earlier run
        self._met: set[int] = set()  # and these of them came again in this one

    @classmethod
    def from_index(cls, path: Path, threshold: float = 0.8) -> Deduplicator:
        """One that knows the records of earlier runs; they count as earlier than all it will judge.

        Where there is no such file yet, it knows none. The file is mapped: it may be replaced while this
        is in use, but not written to.

        Raises:
            UnreadableIndex: the file is no index, is damaged, or was made with other signatures.
            OSError: it cannot be read.
        """
        judge = cls(threshold)
        if not path.exists():
            return judge
        judge._kept, judge._table = open_index(path)
        judge._of_index = len(judge._kept)
        return judge

    def write_index(self, file: BinaryIO) -> None:
        """Write everything that is kept, for `from_index`; nothing of it is ever unpickled."""
        write_index(file, self._kept, self._table)

    def report(self, counts: Counter[str]) -> None:
        """Enter into a run's counts what a corpus should be judged by, besides what was dropped."""
        found = {
            "supersets": len(self.supersets),
            "full_buckets": self.full_buckets,
            "known": len(self._met),
        }
        counts.update({f"near_duplicates/{name}": count for name, count in found.items() if count})

    @property
    def added(self) -> int:
        """How many records were kept that the index did not hold."""
        return len(self._kept) - self._of_index

    @property
    def nbytes(self) -> int:
        """Bytes of memory that the kept records take, what is mapped or spilled not among them."""
        return self._kept.nbytes + self._table.nbytes

    def judge(self, articles: Sequence[Article], signed: Signed | None = None) -> list[Dropped | None]:
        """For each article in order: None where it is kept, else why it is dropped and for whom.

        A record of the index that comes again is kept, for none is a duplicate of itself. A second
        article with its id in the same run is a copy.

        `signed` is `sign_texts` of the articles' texts, where that was done elsewhere.
        """
        signed = signed or sign_texts([article.text for article in articles])
        batch = Candidates(self._kept, self._table, signed)
        names = [article.id for article in articles]
        judged = [self._judge_one(article, i, batch=batch, names=names) for i, article in enumerate(articles)]
        self.full_buckets += batch.commit([names[i] for i in batch.admitted])
        return judged

    def _judge_one(
        self, article: Article, i: int, *, batch: Candidates, names: Sequence[str]
    ) -> Dropped | None:
        equal = batch.find_equal(i)
        if equal >= 0 and self._is_itself(article, equal):
            self._met.add(equal)
            return None
        numbers = np.array([equal]) if equal >= 0 else batch.find(i)
        found = self._find_kept(article, i, batch=batch, numbers=numbers) if len(numbers) else None
        if found:
            number, likeness = found
            identifier = self._identify(number, batch=batch, names=names)
            if likeness.reason:
                self.counts[identifier] += 1
                return _drop(article, identifier, likeness=likeness)
            if likeness.contained >= CONTAINED_SHARE:
                self.supersets[article.id] = identifier
        batch.keep(i)
        return None

    def _is_itself(self, article: Article, number: int) -> bool:
        """Whether it is a record of the index that this run has not met yet."""
        is_new = number < self._of_index and number not in self._met
        return is_new and self._kept.identify(number) == article.id

    def _identify(self, number: int, *, batch: Candidates, names: Sequence[str]) -> str:
        if number < len(self._kept):
            return self._kept.identify(number)
        return names[batch.admitted[number - len(self._kept)]]

    def _find_kept(
        self, article: Article, i: int, *, batch: Candidates, numbers: NDArray[np.int64]
    ) -> tuple[int, Likeness] | None:
        """The kept record that text i repeats, or else the one it has most in common with."""
        new = batch.compared(i)
        best: tuple[int, Likeness] | None = None
        for number in self._choose(numbers, i, batch=batch):
            if self._is_itself(article, number):  # an earlier text of the same id
                continue
            likeness = compare(new, batch.compared_kept(number), threshold=self.threshold)
            if best is None or _rank(likeness) > _rank(best[1]):
                best = number, likeness
        return best

    def _choose(self, numbers: NDArray[np.int64], i: int, *, batch: Candidates) -> list[int]:
        """The candidates that can still turn out to be duplicates by their estimates, likeliest first."""
        shingles = batch.count_own(i)
        if shingles == 0 or len(numbers) == 1:
            return list(map(int, numbers[:_VERIFIED]))
        estimates = batch.estimate(i, numbers)
        highest = np.minimum(estimates + _ESTIMATE_ERROR, 1)
        sizes = batch.count_shingles(numbers)
        containment = highest / (1 + highest) * (sizes + shingles) / shingles
        possible = np.flatnonzero(containment >= HALF_SHARE)
        order = np.argsort(-estimates[possible], kind="stable")[:_VERIFIED]
        return list(map(int, numbers[possible[order]]))


def drop_near_duplicates(
    articles: Iterable[Article],
    *,
    threshold: float = 0.8,
    on_drop: Callable[[Dropped], object] | None = None,
    on_superset: Callable[[Article, str], object] | None = None,
) -> Iterator[Article]:
    """Yield the articles that repeat no earlier kept one, lazily and in order.

    Whoever comes first stays; the kept ones pass unchanged. `on_drop` is called with every article that
    is dropped, the id it repeats (`duplicate_of`), their Jaccard similarity over word 5-grams, the
    share of the dropped one that the kept one contains, and the reason: "same" (equal but for case,
    space and punctuation), "contained" (at least 0.9 of it) or "near" (similarity of at least
    `threshold`, or about as long, half contained and hardly a number or name that is not in the kept one).
    Pages from one template with other facts stay. So does a longer text that contains a kept one, for it has news in
    it: `on_superset` hears of it, with the id of the one contained. Up to 128 articles are read ahead of the one that
    is given; where `articles` raises, what was read before comes first, and then the error.

    Raises:
        BadOptions: `threshold` lies outside (0, 1], or what is given are no articles.

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
    return _drop_each(check_articles(articles), judge, on_drop=on_drop, on_superset=on_superset)


def _drop_each(
    articles: Iterable[Article],
    judge: Deduplicator,
    *,
    on_drop: Callable[[Dropped], object] | None,
    on_superset: Callable[[Article, str], object] | None,
) -> Iterator[Article]:
    for batch in _read_batches(articles):
        for article, dropped in zip(batch, judge.judge(batch), strict=True):
            if dropped is None:
                if on_superset and article.id in judge.supersets:
                    on_superset(article, judge.supersets[article.id])
                yield article
            elif on_drop:
                on_drop(dropped)


def _read_batches(articles: Iterable[Article]) -> Iterator[list[Article]]:
    """What was read before an error is not lost with it."""
    stream, batch = iter(articles), list[Article]()
    try:
        for article in stream:
            batch.append(article)
            if len(batch) == _BATCH:
                ready, batch = batch, []
                yield ready
    except Exception:
        yield batch
        raise
    yield batch


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
