"""Pages explained one after another, near-duplicates among them included. Loads parsers and models."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from dehusk.dedupe import Deduplicator
from dehusk.errors import UnreadablePage
from dehusk.model import Article, Dropped, Explained, Options, Page
from dehusk.stages import PartCounter
from dehusk.stages.explain import explain_whole
from dehusk.stages.outcomes import add_copies
from dehusk.templates import open_templates


def explain_pages(
    pages: Iterable[Page],
    options: Options,
    *,
    templates: Path | None = None,
    on_failure: Callable[[UnreadablePage], object] | None = None,
) -> Iterator[Explained]:
    """Each page with its blocks and articles, lazily; an article that repeats an earlier page's says which.

    Articles and blocks of a text that comes as several pages are numbered and placed as in the whole of it.

    `on_failure` hears of each page that cannot be cleaned.

    Raises:
        UnreadablePage: a page cannot be cleaned, and there is no `on_failure`.
    """
    held = open_templates(templates) if templates else None
    judge, counter = Deduplicator(options.threshold), PartCounter()
    names: dict[str, str] = {}
    for page in pages:
        try:
            explained = explain_whole(page, options, templates=held, counter=counter)
        except UnreadablePage as error:
            if not on_failure:
                raise
            on_failure(error)
            continue
        kept = [article for article in explained.articles if article.part not in explained.dropped]
        names |= {article.id: name_article(article) for article in explained.articles}
        copies = [copy for copy in judge.judge(kept) if copy] if options.dedup else []
        dropped = add_copies(explained.dropped.values(), copies)
        yield replace(
            explained,
            dropped={
                drop.article.part if drop.article else 0: _name_partner(drop, names) for drop in dropped
            },
        )


def _name_partner(dropped: Dropped, names: dict[str, str]) -> Dropped:
    if not dropped.duplicate_of:
        return dropped
    return replace(dropped, detail=f"a copy of {names.get(dropped.duplicate_of, dropped.duplicate_of)}")


def name_article(article: Article) -> str:
    """An article as a person may look for it: its place and its title."""
    title = f' "{article.title}"' if article.title else ""
    return f"article {article.part} of {article.source or '-'}{title}"
