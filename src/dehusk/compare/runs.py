"""Records of two runs, matched: by source and text, then by likeness, then by source and part.

The records are read as streams; in memory there are 8 bytes a record, and those that differ as hashes of
their sentences. What differs is kept in a temporary file, to be shown in order.
"""

from __future__ import annotations

import re
import tempfile
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import IO, Literal, NamedTuple

import numpy as np

from dehusk.model import Article
from dehusk.records import article_from_json, article_to_json

FIELDS = ("title", "author", "date", "language", "url", "site", "page_type")
"""What counts as a change besides the text; scores do not, nor the number of the part."""
LIKE, SOMEWHAT_LIKE = 0.5, 0.2
"""Share of the longer text's sentences from which two records are the same article, changed."""
MOST_HOLDERS = 50
"""A sentence in more records than these is no sign of likeness, nor of the reverse: the small print of a site."""
_SENTENCE_RE = re.compile(r"[^\n.!?。！？]{12,}")

Read = Callable[[], Iterable[Article]]


class Difference(NamedTuple):
    """A record that is not the same in both: `old` is None where it is new, `new` where it is lost."""

    old: Article | None
    new: Article | None

    @property
    def kind(self) -> Literal["lost", "new", "changed"]:
        return "new" if self.old is None else "lost" if self.new is None else "changed"

    @property
    def fields(self) -> list[str]:
        """The names of the fields that changed, of those in FIELDS."""
        if self.old is None or self.new is None:
            return []
        return [name for name in FIELDS if getattr(self.old, name) != getattr(self.new, name)]


@dataclass(slots=True)
class Comparison:
    """Counts, and the differences in the order of the sources; to be closed, for it holds a file."""

    counts: dict[str, int]
    _pairs: list[tuple[int | None, int | None]]
    _old: _Rest
    _new: _Rest

    @property
    def has_differences(self) -> bool:
        return bool(self._pairs)

    def __iter__(self) -> Iterator[Difference]:
        for old, new in self._pairs:
            yield Difference(self._old.read(old), self._new.read(new))

    def close(self) -> None:
        self._old.file.close()
        self._new.file.close()


def compare_records(read_old: Read, read_new: Read) -> Comparison:
    """What became of the records of one run in another. Each is read twice: the arguments open them anew.

    `counts` has "same", "changed", "lost" and "new", and the words of each run as "words_old" and "words_new".

    Raises:
        UnreadablePage: a line is no record.

    >>> from contextlib import closing
    >>> from dehusk.model import Article
    >>> def record(text):
    ...     return Article("1", text, "", "", "", "en", 1.0, "", "", "a", 1, "html", "article", 3, ((0, 1),), 1.0)
    >>> with closing(compare_records(lambda: [record("a")], lambda: [record("a"), record("b")])) as compared:
    ...     compared.counts
    {'same': 1, 'changed': 0, 'lost': 0, 'new': 1, 'words_old': 3, 'words_new': 6}
    """
    old_prints, old_words = _list_prints(read_old())
    new_prints, new_words = _list_prints(read_new())
    shared = _count_shared(old_prints, new_prints)
    same = sum(shared.values())
    old, new = _set_apart(read_old(), dict(shared)), _set_apart(read_new(), shared)
    pairs = _match(old, new)
    counts = {"same": same} | dict.fromkeys(("changed", "lost", "new"), 0)
    for left, right in pairs:
        counts["new" if left is None else "lost" if right is None else "changed"] += 1
    return Comparison(counts | {"words_old": old_words, "words_new": new_words}, pairs, old, new)


def _list_prints(articles: Iterable[Article]) -> tuple[array[int], int]:
    prints, words = array("Q"), 0
    for article in articles:
        prints.append(_print(article))
        words += article.words
    return prints, words


def _print(article: Article) -> int:
    """Equal for records that count as the same."""
    values = (article.source, article.text, *(getattr(article, name) for name in FIELDS))
    return _hash("\0".join(values))


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest())


def _count_shared(old: array[int], new: array[int]) -> dict[int, int]:
    """How many records of a print are in both."""
    ours, our_counts = np.unique(np.frombuffer(old, np.uint64), return_counts=True)
    theirs, their_counts = np.unique(np.frombuffer(new, np.uint64), return_counts=True)
    both, left, right = np.intersect1d(ours, theirs, assume_unique=True, return_indices=True)
    counts = np.minimum(our_counts[left], their_counts[right])
    return dict(zip(both.tolist(), counts.tolist(), strict=True))


@dataclass(slots=True)
class _Rest:
    """The records of one side that the other does not have, in a file, and what they are matched by."""

    file: IO[bytes] = field(default_factory=tempfile.TemporaryFile)
    offsets: list[int] = field(default_factory=list)
    places: list[tuple[int, int]] = field(default_factory=list)
    """Hash of the source, and the part."""
    sentences: list[frozenset[int]] = field(default_factory=list)

    def add(self, article: Article) -> None:
        self.offsets.append(self.file.tell())
        self.places.append((_hash(article.source), article.part))
        self.sentences.append(
            frozenset(hash(piece.strip().casefold()) for piece in _SENTENCE_RE.findall(article.text))
        )
        self.file.write(article_to_json(article).encode() + b"\n")

    def read(self, number: int | None) -> Article | None:
        if number is None:
            return None
        self.file.seek(self.offsets[number])
        return article_from_json(self.file.readline())


def _set_apart(articles: Iterable[Article], shared: dict[int, int]) -> _Rest:
    rest = _Rest()
    for article in articles:
        mark = _print(article)
        if shared.get(mark, 0):
            shared[mark] -= 1
        else:
            rest.add(article)
    return rest


def _match(old: _Rest, new: _Rest) -> list[tuple[int | None, int | None]]:
    partner: dict[int, int] = {}  # new -> old
    likeness = sorted(_list_likeness(old, new), reverse=True)
    _pair(partner, [pair[1:] for pair in likeness if pair[0] >= LIKE])
    by_place = {place: number for number, place in enumerate(old.places)}
    _pair(partner, [(by_place[p], n) for n, p in enumerate(new.places) if p in by_place])
    _pair(partner, [pair[1:] for pair in likeness])
    pairs: list[tuple[int | None, int | None]] = [(o, n) for n, o in partner.items()]
    taken = set(partner.values())
    pairs += [(number, None) for number in range(len(old.places)) if number not in taken]
    pairs += [(None, number) for number in range(len(new.places)) if number not in partner]
    return sorted(pairs, key=_order(old, new))


def _pair(partner: dict[int, int], candidates: Iterable[tuple[int, int]]) -> None:
    taken = set(partner.values())
    for old, new in candidates:
        if new not in partner and old not in taken:
            partner[new] = old
            taken.add(old)


def _list_likeness(old: _Rest, new: _Rest) -> Iterator[tuple[float, int, int]]:
    """(share of sentences, old, new) of the pairs that have some in common."""
    holders: defaultdict[int, list[int]] = defaultdict(list)
    for number, sentences in enumerate(old.sentences):
        for sentence in sentences:
            holders[sentence].append(number)
    common = {sentence for sentence, those in holders.items() if len(those) > MOST_HOLDERS}
    sizes = [len(sentences - common) for sentences in old.sentences]
    for number, sentences in enumerate(new.sentences):
        votes: defaultdict[int, int] = defaultdict(int)
        own = sentences - common
        for sentence in own:
            for holder in holders.get(sentence, ()):
                votes[holder] += 1
        for holder, count in votes.items():
            share = count / max(len(own), sizes[holder])
            if share >= SOMEWHAT_LIKE:
                yield share, holder, number


def _order(old: _Rest, new: _Rest) -> Callable[[tuple[int | None, int | None]], tuple[int, int, int]]:
    """By the first record of the same source, so that what became of a page stands together."""
    first: dict[int, int] = {}
    for source, _ in [*old.places, *new.places]:
        first.setdefault(source, len(first))

    def key(pair: tuple[int | None, int | None]) -> tuple[int, int, int]:
        left, right = pair
        source, part = new.places[right] if left is None and right is not None else old.places[left or 0]
        return first[source], part, left is None

    return key
