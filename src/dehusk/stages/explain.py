"""What cleaning a page came to, put together for a person: blocks, articles, and what became of each."""

from __future__ import annotations

from dehusk.model import Explained, Options, Page
from dehusk.pages import decode_page
from dehusk.stages.page import Cleaned, work_page
from dehusk.templates import Templates


def explain_whole(page: Page, options: Options, *, templates: Templates | None = None) -> Explained:
    """The page with all its blocks and articles: nothing but what `clean_page` found on its way.

    Raises:
        UnreadablePage: as `clean_page` does.

    >>> explain_whole(Page("<p>" + "Grain is kept, and the husk is gone with the wind. " * 3), Options()).parts
    [1]
    """
    page = decode_page(page)
    cleaned = work_page(page, options, templates)
    part_of = {id(item.block): part for part, group in enumerate(cleaned.groups, 1) for item in group}
    blocks = cleaned.labelled
    articles = cleaned.articles + [dropped.article for dropped in cleaned.dropped if dropped.article]
    return Explained(
        page.source,
        "text" if page.kind == "text" else "html",
        blocks,
        [part_of.get(id(item.block), 0) for item in blocks],
        sorted(articles, key=lambda article: article.part),
        {dropped.article.part if dropped.article else 0: dropped for dropped in cleaned.dropped},
        _find_origins(cleaned),
    )


def _find_origins(cleaned: Cleaned) -> dict[int, int]:
    return {
        number: cleaned.origins[id(item.block)]
        for number, item in enumerate(cleaned.labelled)
        if id(item.block) in cleaned.origins
    }
