"""The per-shard functions of a directory run: clean a shard, decide over all, filter a shard.

They exchange files in a work folder, so that any engine on any machine can place them. Each file appears
when it is whole; the last one that a function writes says that it is done, and doing it again gives the
same bytes.

    inputs/N.jsonl -> clean_shard -> evidence/N, clean/N.jsonl
    evidence/*     -> templates: what repeats on which site
    clean/N, templates  -> cut_shard    -> cut/N.jsonl (the rows that it changes), cut/N.json
    what comes last of these two -> sample/N.jsonl, signs/N.npy (and OUT/stripped/N)
    signs/*        -> decide      -> verdicts/N.json for every shard
    clean/N, cut/N, verdicts/N -> filter_shard -> OUT/N.jsonl.gz, OUT/dropped/N.jsonl.gz, filter/N.json
"""

from __future__ import annotations

import base64
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import count, starmap
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from dehusk.model import Article, Dropped, Options
from dehusk.pages import Input
from dehusk.records import (
    article_from_dict,
    article_to_dict,
    article_to_json,
    dropped_from_dict,
    dropped_to_dict,
    dropped_to_json,
    open_lines,
    read_json,
    write_json,
    write_lines,
)
from dehusk.stages.inputs import Found
from dehusk.stages.outcomes import (
    Books,
    Outcome,
    PageOutcome,
    PartCounter,
    count_copies,
    list_articles,
    settle,
)
from dehusk.stages.repeats import Cutter
from dehusk.stages.spares import Spare
from dehusk.templates import Prints, look_up, open_templates


@dataclass(frozen=True, slots=True)
class Shard:
    """A part of a directory run, fixed by the listing and not by the workers."""

    number: int
    work: Path
    out: Path
    options: Options
    sample_pages: int = 0
    keep_stripped: bool = False
    learns: bool = False
    """Whether what repeats on its sites is learnt from the run's own pages, not from a file."""

    def file(self, stage: str, ending: str = "jsonl") -> Path:
        return self.work / stage / f"{self.number:05}.{ending}"

    @property
    def is_cleaned(self) -> bool:
        return self.file("clean").exists()

    @property
    def templates(self) -> Path:
        """What repeats on the sites of all shards, once it is there."""
        return self.work / "templates"

    @property
    def is_cut(self) -> bool:
        return not self.options.templates or self.file("cut", "json").exists()

    @property
    def is_filtered(self) -> bool:
        return self.file("filter", "json").exists()

    def result(self, folder: str = "") -> Path:
        return self.out / folder / f"{self.number:05}.jsonl.gz"


class ShardNews(NamedTuple):
    """What the parent hears of a shard at once: counts before duplicates are known, and what to name."""

    books: Books
    notable: list[Dropped]


def write_found(path: Path, found: Iterable[Found]) -> None:
    """The listing of one shard. Paths are bytes that need not be UTF-8: JSON holds them as escapes."""
    with write_lines(path) as write:
        for one in found:
            write(json.dumps(_found_to_dict(one)))


def _found_to_dict(found: Found) -> dict[str, Any]:
    """Paths are made absolute: a worker on another machine may begin in another folder."""
    if isinstance(found, Dropped):
        return dropped_to_dict(found)
    return asdict(found) | {"path": os.path.abspath(found.path)}  # noqa: PTH100 - bytes as they are


def read_found_file(path: Path) -> Iterator[Found]:
    with open_lines(path) as lines:
        for row in map(json.loads, lines):  # orjson refuses the escapes of bytes that are not UTF-8
            yield Input(**row) if "path" in row else dropped_from_dict(row)


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    with open_lines(path) as lines:
        yield from map(orjson.loads, lines)


def list_notable(outcome: Outcome) -> list[Dropped]:
    """What a run names while it goes on: failures, and things that are no pages."""
    found = outcome.dropped if isinstance(outcome, PageOutcome) else [outcome]
    return [dropped for dropped in found if dropped.stage != "dropped"]


def read_news(shard: Shard) -> ShardNews:
    """What `clean_shard` gave when it was done, in a run before this one."""
    books, notable = Books(), []
    for outcome in read_outcomes(shard):
        books.count(outcome)
        notable += list_notable(outcome)
    return ShardNews(books, notable)


def filter_shard(shard: Shard) -> Books:
    """Write what stays of a shard, and what does not, once it is known which articles repeat others."""
    verdicts = _Verdicts.read(shard.file("verdicts", "json"))
    books = Books()
    with write_lines(shard.result()) as keep, write_lines(shard.result("dropped")) as drop:
        for outcome in _settle_each(read_outcomes(shard), verdicts):
            books.count(outcome)
            for dropped in outcome.dropped if isinstance(outcome, PageOutcome) else [outcome]:
                drop(dropped_to_json(dropped))
            for article in list_articles([outcome]):
                keep(article_to_json(article))
    if not books.counts["articles/kept/"]:
        shard.result().unlink()  # readers of a folder of shards stumble over one with no rows
    write_json(shard.file("filter", "json"), dict(sorted(books.counts.items())))
    return books


def read_books(shard: Shard) -> Books:
    """What `filter_shard` counted."""
    books = Books()
    books.counts.update(read_json(shard.file("filter", "json")))
    return books


@dataclass(frozen=True, slots=True)
class _Verdicts:
    copies: dict[str, list[Any]]
    """Row of the article among the shard's -> reason, id of the kept one, similarity, containment."""
    counts: dict[str, int]
    """Article id -> how many were judged to repeat it, with those that were dropped for these in their sources."""

    @classmethod
    def read(cls, path: Path) -> _Verdicts:
        return cls(**read_json(path)) if path.exists() else cls({}, {})

    def judge(self, article: Article, row: int) -> Dropped | None:
        if str(row) not in self.copies:
            return None
        reason, duplicate_of, similarity, containment = self.copies[str(row)]
        return Dropped(
            article.source,
            "dropped",
            reason,
            article=article,
            duplicate_of=duplicate_of,
            similarity=similarity,
            containment=containment,
        )


def _settle_each(outcomes: Iterable[Outcome], verdicts: _Verdicts) -> Iterator[Outcome]:
    rows = count()
    for outcome in outcomes:
        (settled,) = settle([outcome], map(verdicts.judge, list_articles([outcome]), rows))
        if isinstance(settled, PageOutcome) and isinstance(outcome, PageOutcome):
            own = count_copies(outcome)
            counted = [_enter_count(article, own, verdicts) for article in settled.articles]
            yield replace(settled, articles=counted)
        else:
            yield settled


def _enter_count(article: Article, own: Counter[str], verdicts: _Verdicts) -> Article:
    duplicates = own[article.id] + verdicts.counts.get(article.id, 0)
    return replace(article, duplicates=duplicates) if duplicates else article


def outcome_to_dict(outcome: Outcome) -> dict[str, Any]:
    if isinstance(outcome, Dropped):
        return dropped_to_dict(outcome)
    return {
        **(_pack_evidence(outcome.prints, outcome.spares) if outcome.prints else {}),
        **({"is_more": True} if outcome.is_more else {}),
        "source": outcome.source,
        "articles": [article_to_dict(article) for article in outcome.articles],
        "dropped": [dropped_to_dict(dropped) for dropped in outcome.dropped],
        "labels": outcome.labels,
        "rules": outcome.rules,
        "size": outcome.size,
    }


def _pack_evidence(prints: Prints, spares: Iterable[Spare]) -> dict[str, Any]:
    packed = [prints.site, base64.b64encode(prints.data).decode("ascii")]
    return {"prints": packed, "spares": list(map(tuple, spares))}  # orjson takes no NamedTuple


def _unpack_prints(packed: list[Any]) -> Prints:
    return Prints(packed[0], base64.b64decode(packed[1]))


def outcome_from_dict(row: Mapping[str, Any], *, has_prints: bool = False) -> Outcome:
    """An outcome of a log; with its prints for who counts or cuts."""
    if "stage" in row:
        return dropped_from_dict(row)
    articles = [article_from_dict(article) for article in row["articles"]]
    dropped = [dropped_from_dict(one) for one in row["dropped"]]
    has_prints = has_prints and "prints" in row
    return PageOutcome(
        row["source"],
        articles,
        dropped,
        row["labels"],
        row["rules"],
        size=row["size"],
        prints=_unpack_prints(row["prints"]) if has_prints else None,
        spares=tuple(starmap(Spare, row["spares"])) if has_prints else (),
        is_more=row.get("is_more", False),
    )


def read_outcomes(shard: Shard) -> Iterator[Outcome]:
    """A shard's outcomes in order; without what repeats on their sites once that was cut."""
    path = shard.file("cut", "json")
    changed = frozenset(read_json(path)["rows"] if path.exists() else [])
    with ExitStack() as stack:
        lines = stack.enter_context(open_lines(shard.file("clean")))
        cut = stack.enter_context(open_lines(shard.file("cut"))) if changed else iter(())
        rows = (next(cut) if number in changed else line for number, line in enumerate(lines))
        parts = PartCounter()
        for row in map(orjson.loads, rows):
            yield parts.number(outcome_from_dict(row))


def open_cutter(shard: Shard) -> Cutter:
    return Cutter(partial(look_up, [open_templates(shard.templates)]), shard.options)


def merge_samples(paths: Iterable[Path], out: Path, pages: int) -> None:
    """The `pages` pages of the lowest ranks of all shards, in the order of the inputs.

    Rows are long, and begin with their rank: they are not parsed.
    """
    paths = list(paths)
    ranks = sorted(rank for path in paths for rank, _ in _read_ranked(path))
    highest = ranks[:pages][-1] if ranks else 0
    with write_lines(out) as write:
        for path in paths:
            for rank, row in _read_ranked(path):
                if rank <= highest:
                    write("{" + row.decode())


def _read_ranked(path: Path) -> Iterator[tuple[int, bytes]]:
    """Rank of each row of a shard's sample, and what stands behind it."""
    with open_lines(path) as lines:
        for line in lines:
            rank, _, rest = line.rstrip(b"\n").partition(b",")
            yield int(rank.removeprefix(b'{"rank":')), rest
