"""What became of each input and page, and the books that count it.

Everything found is one file: a file on disk, or in place of an archive its members, of a crawl or table
its records and rows. Each file is a page, or was skipped, or failed; an archive that breaks off is one
failed file besides those that were read. Each page is kept (at least one article of it is), dropped or
failed; each article is kept or dropped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dehusk.model import Article, Dropped


@dataclass(frozen=True, slots=True)
class PageOutcome:
    """One page that was read."""

    source: str
    articles: list[Article]
    """Kept so far."""
    dropped: list[Dropped]
    """Articles that were not, and the page itself if it failed or holds none."""
    labels: Mapping[str, int] = field(default_factory=dict)
    """How many of its blocks have which label."""


Outcome = PageOutcome | Dropped
"""A page; or a file that gave none: skipped, failed, or empty."""


def list_articles(outcomes: Iterable[Outcome]) -> list[Article]:
    """All articles that are kept so far, in order."""
    return [article for page in outcomes if isinstance(page, PageOutcome) for article in page.articles]


def settle(outcomes: Iterable[Outcome], judged: Iterable[Dropped | None]) -> Iterator[Outcome]:
    """The outcomes once it is known which of their articles repeat another.

    `judged` has a value for each article of `list_articles(outcomes)`, in order: None where it stays.

    >>> list(settle([PageOutcome("a", [], [])], []))
    [PageOutcome(source='a', articles=[], dropped=[], labels={})]
    """
    verdicts = iter(judged)
    for outcome in outcomes:
        if isinstance(outcome, PageOutcome):
            pairs = list(zip(outcome.articles, verdicts, strict=False))
            kept = [article for article, copy in pairs if copy is None]
            copies = [copy for _, copy in pairs if copy is not None]
            yield PageOutcome(outcome.source, kept, outcome.dropped + copies, outcome.labels)
        else:
            yield outcome


def _counters(*names: str) -> dict[str, Counter[str]]:
    return {name: Counter() for name in names}


@dataclass(slots=True)
class Books:
    """How many of what; two sets of books can be added up.

    >>> books = Books()
    >>> books.count(Dropped("a.png", "skipped", "image"))
    >>> books.summary()["files"]
    {'all': 1, 'pages': 0, 'skipped': 1, 'failed': 0}
    """

    found: Counter[str] = field(default_factory=Counter)
    """Files, pages and articles, counted as they come."""
    files: dict[str, Counter[str]] = field(default_factory=lambda: _counters("skipped", "failed"))
    pages: dict[str, Counter[str]] = field(default_factory=lambda: _counters("kept", "dropped", "failed"))
    articles: dict[str, Counter[str]] = field(default_factory=lambda: _counters("kept", "dropped"))
    languages: Counter[str] = field(default_factory=Counter)
    page_types: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    words: int = 0

    def count(self, outcome: Outcome) -> None:
        """Enter a settled outcome."""
        self.found["files"] += 1
        if isinstance(outcome, PageOutcome):
            self.found["pages"] += 1
            self._count_page(outcome)
        elif outcome.stage == "dropped":  # an empty file is a page with nothing in it
            self.found["pages"] += 1
            self.pages["dropped"][outcome.reason] += 1
        else:
            self.files[outcome.stage][outcome.reason] += 1

    def _count_page(self, page: PageOutcome) -> None:
        fate, reason = _page_fate(page)
        self.pages[fate][reason] += 1
        self.labels.update(page.labels)
        judged = [dropped for dropped in page.dropped if dropped.article]
        self.found["articles"] += len(page.articles) + len(judged)
        self.articles["dropped"].update(dropped.reason for dropped in judged)
        for article in page.articles:
            self.articles["kept"][""] += 1
            self.languages[article.language] += 1
            self.page_types[article.page_type] += 1
            self.words += article.words

    def add(self, other: Books) -> None:
        self.found.update(other.found)
        for ours, theirs in (
            (self.files, other.files),
            (self.pages, other.pages),
            (self.articles, other.articles),
        ):
            for stage, reasons in theirs.items():
                ours[stage].update(reasons)
        self.languages.update(other.languages)
        self.page_types.update(other.page_types)
        self.labels.update(other.labels)
        self.words += other.words

    @property
    def failed(self) -> int:
        return self.files["failed"].total() + self.pages["failed"].total()

    def summary(self) -> dict[str, Any]:
        """The books as plain values, in one order; `all` was counted apart from what it should equal."""
        return {
            "files": {"all": self.found["files"], "pages": self.found["pages"], **_totals(self.files)},
            "pages": {"all": self.found["pages"], **_totals(self.pages)},
            "articles": {"all": self.found["articles"], **_totals(self.articles)},
            "reasons": {
                name: {stage: _ordered(reasons) for stage, reasons in ledger.items() if stage != "kept"}
                for name, ledger in (
                    ("files", self.files),
                    ("pages", self.pages),
                    ("articles", self.articles),
                )
            },
            "words": self.words,
            "languages": _ordered(self.languages),
            "page_types": _ordered(self.page_types),
            "blocks": _ordered(self.labels),
        }


def _page_fate(page: PageOutcome) -> tuple[str, str]:
    """A page goes by the reason of the first thing that was dropped."""
    if page.articles:
        return "kept", ""
    first = page.dropped[0]
    return ("failed" if first.stage == "failed" else "dropped"), first.reason


def _totals(ledger: Mapping[str, Counter[str]]) -> dict[str, int]:
    return {stage: reasons.total() for stage, reasons in ledger.items()}


def _ordered(counts: Counter[str]) -> dict[str, int]:
    """Most frequent first, then by name: the same for any order of counting."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def sum_books(many: Iterable[Books]) -> Books:
    total = Books()
    for books in many:
        total.add(books)
    return total
