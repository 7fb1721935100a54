"""Cleaning for library users: in their process, from any iterator of pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from dehusk.dedupe import drop_near_duplicates
from dehusk.errors import UnreadablePage
from dehusk.model import Article, Dropped, Options, Page
from dehusk.stages.outcomes import PageOutcome, PartCounter
from dehusk.stages.page import clean_page, explain_page, work_page

__all__ = ["clean_page", "clean_pages", "explain_page"]

_DEFAULT = Options()


def clean_pages(
    pages: Iterable[Page],
    *,
    options: Options = _DEFAULT,
    on_drop: Callable[[Dropped], None] | None = None,
    on_failure: Callable[[UnreadablePage], object] | None = None,
) -> Iterator[Article]:
    """The articles of the pages, lazily and in order.

    With `options.dedup`, an article that repeats an earlier one is dropped, and up to 128 are read ahead.
    `on_drop` hears of every page
    and article that is not kept, `on_failure` of each page that cannot be cleaned.

    Raises:
        UnreadablePage: a page cannot be cleaned, and there is no `on_failure`.

    >>> page = Page("<p>" + "Grain is kept, and the husk is gone with the wind. " * 3)
    >>> [article.words for article in clean_pages([page])]
    [33]
    """
    articles = _clean_each(pages, options, on_drop=on_drop, on_failure=on_failure)
    if not options.dedup:
        return articles
    return drop_near_duplicates(articles, threshold=options.threshold, on_drop=on_drop)


def _clean_each(
    pages: Iterable[Page],
    options: Options,
    *,
    on_drop: Callable[[Dropped], None] | None,
    on_failure: Callable[[UnreadablePage], object] | None,
) -> Iterator[Article]:
    parts = PartCounter()
    for page in pages:
        try:
            cleaned = work_page(page, options)
        except UnreadablePage as error:
            if not on_failure:
                raise
            on_failure(error)
            continue
        parts = parts if page.offset else PartCounter()
        outcome = parts.number_page(PageOutcome(page.source, cleaned.articles, cleaned.dropped))
        for dropped in outcome.dropped if on_drop else ():
            on_drop(dropped)  # type: ignore[misc]
        yield from outcome.articles
