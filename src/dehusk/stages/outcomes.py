"""What became of each input and page, and the books that count it.

Everything found is one file: a file on disk, or in place of an archive its members, of a crawl or table
its records and rows. Each file is a page, or was skipped, or failed; an archive that breaks off is one
failed file besides those that were read. Each page is kept (at least one article of it is), dropped or
failed; each article is kept or dropped. A text too large to be held comes in pieces, and is one page: failed
if one of them did, kept if something of any is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any

from dehusk.model import Article, Dropped, Labelled, make_id
from dehusk.stages.spares import Spare
from dehusk.templates import Prints


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
    rules: Mapping[str, int] = field(default_factory=dict)
    """The same for "label: reason" of those that were stripped."""
    size: int = 0
    """Its bytes, unpacked; its characters where it came as text."""
    prints: Prints | None = field(default=None, repr=False)
    """What tells what repeats on its site; None where it is not asked for, or was judged already."""
    spares: tuple[Spare, ...] = field(default=(), repr=False)
    """What may come back then."""
    is_more: bool = field(default=False, repr=False)
    """Whether it is a further piece of the text before it, which is too large for one."""

    def __reduce__(self) -> tuple[type[PageOutcome], tuple[object, ...]]:
        """As an article does."""
        return PageOutcome, _read_fields(self)


_read_fields = attrgetter(*PageOutcome.__slots__)


Outcome = PageOutcome | Dropped
"""A page; or a file that gave none: skipped, failed, or empty."""


def list_articles(outcomes: Iterable[Outcome]) -> list[Article]:
    """All articles that are kept so far, in order."""
    return [article for page in outcomes if isinstance(page, PageOutcome) for article in page.articles]


def name_rule(label: str, reason: str) -> str:
    """What the books call it: "label: reason"; a reason that gives numbers without them.

    >>> name_rule("menu", "mostly links"), name_rule("template", "on 41 of 44 pages of this site")
    ('menu: mostly links', 'template: repeats across the site')
    """
    return "template: repeats across the site" if label == "template" else f"{label}: {reason}"


def count_labels(labelled: Iterable[Labelled]) -> tuple[Counter[str], Counter[str]]:
    """How many blocks have which label; and of those that were stripped, how many go by which rule."""
    labels: Counter[str] = Counter()
    rules: Counter[str] = Counter()
    for (label, reason), count in Counter(map(_read_label, labelled)).items():
        labels[label] += count
        if label != "content":
            rules[name_rule(label, reason)] += count
    return labels, rules


_read_label = attrgetter("label", "reason")


class PartCounter:
    """Numbers the articles of a source through, where it comes as several pages because it is too large.

    Outcomes are to be given in order.
    """

    def __init__(self) -> None:
        self._source, self._parts = "", 0

    def number(self, outcome: Outcome) -> Outcome:
        return self.number_page(outcome) if isinstance(outcome, PageOutcome) else outcome

    def number_page(self, page: PageOutcome) -> PageOutcome:
        if page.source != self._source or not page.is_more:
            self._source, self._parts = page.source, 0
        before = self._parts
        found = page.articles + [one.article for one in page.dropped if one.article]
        self._parts += max((article.part for article in found), default=0)
        return _number_on(page, before) if before else page


def _number_on(page: PageOutcome, before: int) -> PageOutcome:
    numbered: dict[str, str] = {}

    def renumber(article: Article) -> Article:
        part = article.part + before
        numbered[article.id] = make_id(article.source, part, article.text)
        return replace(article, part=part, id=numbered[article.id])

    articles = list(map(renumber, page.articles))
    dropped = [replace(one, article=one.article and renumber(one.article)) for one in page.dropped]
    return replace(page, articles=articles, dropped=redirect_copies(dropped, numbered))


def redirect_copies(dropped: Iterable[Dropped], ids: Mapping[str, str]) -> list[Dropped]:
    """The same, but what was dropped for an article of `ids` names the one that takes its place.

    >>> copy = Dropped("a", "dropped", "contained", duplicate_of="1")
    >>> [one.duplicate_of for one in redirect_copies([copy], {"1": "2"})]
    ['2']
    """
    return [
        replace(one, duplicate_of=ids[one.duplicate_of]) if one.duplicate_of in ids else one
        for one in dropped
    ]


def count_copies(page: PageOutcome) -> Counter[str]:
    """How many articles were dropped for each of the page's own."""
    return Counter(dropped.duplicate_of for dropped in page.dropped)


def settle(outcomes: Iterable[Outcome], judged: Iterable[Dropped | None]) -> Iterator[Outcome]:
    """The outcomes once it is known which of their articles repeat another.

    `judged` has a value for each article of `list_articles(outcomes)`, in order: None where it stays.

    >>> list(settle([PageOutcome("a", [], [])], []))
    [PageOutcome(source='a', articles=[], dropped=[], labels={}, rules={}, size=0)]
    """
    verdicts = iter(judged)
    for outcome in outcomes:
        if isinstance(outcome, PageOutcome):
            pairs = list(zip(outcome.articles, verdicts, strict=False))
            kept = [article for article, copy in pairs if copy is None]
            copies = [copy for _, copy in pairs if copy is not None]
            dropped = add_copies(outcome.dropped, copies)
            yield replace(outcome, articles=kept, dropped=dropped) if copies else outcome
        else:
            yield outcome


def add_copies(dropped: Iterable[Dropped], copies: list[Dropped]) -> list[Dropped]:
    """What is dropped of a page, and articles of it that turned out to be copies.

    What was dropped for one of these is dropped for the record that is kept.
    """
    kept_ones = {copy.article.id: copy.duplicate_of for copy in copies if copy.article}
    return redirect_copies(dropped, kept_ones) + copies


@dataclass(slots=True)
class Books:
    """How many of what, under names like "pages/dropped/no-article"; two sets of books add up.

    Outcomes are to be counted in order, the pieces of a text by one set of books.

    >>> books = Books()
    >>> books.count(Dropped("a.png", "skipped", "image"))
    >>> books.summary()["files"]
    {'all': 1, 'pages': 0, 'skipped': 1, 'failed': 0}
    """

    counts: Counter[str] = field(default_factory=Counter)
    _fate: str = field(default="", compare=False, repr=False)
    """Of the page that was counted last: a further piece may change it."""

    def count(self, outcome: Outcome) -> None:
        """Enter an outcome. Whatever is found is counted as it comes, and apart from it what became of it."""
        if isinstance(outcome, PageOutcome) and outcome.is_more and self._fate:
            self._count_piece(outcome)
            return
        self.counts["files"] += 1
        if isinstance(outcome, PageOutcome):
            self.counts["pages"] += 1
            self._fate = _page_fate(outcome)
            self.counts[f"pages/{self._fate}"] += 1
            self._count_page(outcome)
        elif outcome.stage == "dropped":  # an empty file is a page with nothing in it
            self.counts["pages"] += 1
            self.counts[f"pages/dropped/{outcome.reason}"] += 1
        else:
            self.counts[f"files/{outcome.stage}/{outcome.reason}"] += 1

    def _count_piece(self, page: PageOutcome) -> None:
        before = f"pages/{self._fate}"
        self._fate = min(self._fate, _page_fate(page), key=_rank_fate)
        self.counts[before] -= 1
        self.counts[f"pages/{self._fate}"] += 1
        if not self.counts[before]:
            del self.counts[before]
        self._count_page(page)

    def _count_page(self, page: PageOutcome) -> None:
        self.counts["bytes"] += page.size
        for label, count in page.labels.items():
            self.counts[f"blocks/{label}"] += count
        for rule, count in page.rules.items():
            self.counts[f"rules/{rule}"] += count
        for dropped in page.dropped:
            if dropped.article or is_stated(dropped):
                self.counts["articles"] += 1
                self.counts[f"articles/dropped/{dropped.reason}"] += 1
        for article in page.articles:
            self.counts["articles"] += 1
            self.counts["articles/kept/"] += 1
            self.counts[f"languages/{article.language}"] += 1
            self.counts[f"page_types/{article.page_type}"] += 1
            self.counts["words"] += article.words
            self.counts[f"lengths/{article.words.bit_length():02}"] += 1
            self.counts[f"confidences/{min(int(article.confidence * 20), 19):02}"] += 1

    def add(self, other: Books) -> None:
        self.counts.update(other.counts)

    def total(self, name: str) -> int:
        """The sum of all that is counted below `name`, as in "pages/dropped"."""
        return sum(count for key, count in self.counts.items() if key.startswith(f"{name}/"))

    @property
    def failed(self) -> int:
        return self.total("files/failed") + self.total("pages/failed")

    def summary(self) -> dict[str, Any]:
        """The books as plain values in one order; each `all` should equal the sum of what follows it."""
        stages = {"files": ("skipped", "failed"), "pages": ("kept", "dropped", "failed"),
                  "articles": ("kept", "dropped")}  # fmt: skip
        summary: dict[str, Any] = {"files": {"all": self.counts["files"], "pages": self.counts["pages"]}}
        for name, fates in stages.items():
            summary.setdefault(name, {"all": self.counts[name]})
            summary[name] |= {fate: self.total(f"{name}/{fate}") for fate in fates}
        summary["reasons"] = {
            name: {fate: self._below(f"{name}/{fate}") for fate in fates if fate != "kept"}
            for name, fates in stages.items()
        }
        summary["words"], summary["bytes"] = self.counts["words"], self.counts["bytes"]
        names = ("languages", "page_types", "blocks", "rules", "near_duplicates")
        return summary | {name: self._below(name) for name in names} | self._histograms()

    def _histograms(self) -> dict[str, dict[str, int]]:
        """Articles by words (those below a power of two) and by confidence (those from a twentieth on)."""
        lengths, confidences = self._below("lengths"), self._below("confidences")
        return {
            "lengths": {str(1 << int(bits)): lengths[bits] for bits in sorted(lengths)},
            "confidences": {f"{int(n) / 20:.2f}": confidences[n] for n in sorted(confidences)},
        }

    def _below(self, name: str) -> dict[str, int]:
        """Most frequent first, then by name: the same for any order of counting."""
        found = {key[len(name) + 1 :]: n for key, n in self.counts.items() if key.startswith(f"{name}/")}
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def is_stated(dropped: Dropped) -> bool:
    """Whether it is a page that its dump says it has, beside others: it counts as an article that is not there."""
    return dropped.reason == "no-article" and dropped.detail != ""


def _rank_fate(fate: str) -> int:
    return ("failed", "kept", "dropped").index(fate.partition("/")[0])


def _page_fate(page: PageOutcome) -> str:
    """A page goes by the reason of the first thing that was dropped."""
    if page.articles:
        return "kept/"
    first = page.dropped[0]
    return f"{'failed' if first.stage == 'failed' else 'dropped'}/{first.reason}"
