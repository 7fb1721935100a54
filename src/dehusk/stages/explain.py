"""What cleaning a page came to, put together for a person: blocks, articles, and what became of each."""

from __future__ import annotations

from dehusk.model import Article, Explained, Options, Page
from dehusk.pages import decode_page
from dehusk.stages.outcomes import PageOutcome, PartCounter, is_stated
from dehusk.stages.page import Cleaned, work_page
from dehusk.stages.windows import shift_item
from dehusk.templates import Templates


def explain_whole(
    page: Page, options: Options, *, templates: Templates | None = None, counter: PartCounter | None = None
) -> Explained:
    """The page with all its blocks and articles: nothing but what `clean_page` found on its way.

    `counter` numbers the articles of a text through that comes as several pages.

    Raises:
        UnreadablePage: as `clean_page` does.

    >>> explain_whole(Page("<p>" + "Grain is kept, and the husk is gone with the wind. " * 3), Options()).parts
    [1]
    """
    page = decode_page(page)
    cleaned = work_page(page, options, templates)
    found = PageOutcome(page.source, cleaned.articles, cleaned.dropped, is_more=page.offset > 0)
    numbered = counter.number_page(found) if counter else found
    articles = _list_all(numbered)
    before = articles[0].part - _list_all(found)[0].part if articles else 0
    part_of = {
        id(item.block): part for part, group in enumerate(cleaned.groups, before + 1) for item in group
    }
    blocks = cleaned.labelled
    return Explained(
        page.source,
        "text" if page.kind == "text" else "html",
        [shift_item(item, page.offset) for item in blocks] if page.offset else blocks,
        [part_of.get(id(item.block), 0) for item in blocks],
        sorted(articles, key=lambda article: article.part),
        {
            dropped.article.part if dropped.article else 0: dropped
            for dropped in numbered.dropped
            if not is_stated(dropped)
        },
        {number: before + part for number, part in _find_origins(cleaned).items()},
    )


def _list_all(outcome: PageOutcome) -> list[Article]:
    """Its articles, and those that were dropped."""
    return outcome.articles + [dropped.article for dropped in outcome.dropped if dropped.article]


def _find_origins(cleaned: Cleaned) -> dict[int, int]:
    return {
        number: cleaned.origins[id(item.block)]
        for number, item in enumerate(cleaned.labelled)
        if id(item.block) in cleaned.origins
    }
