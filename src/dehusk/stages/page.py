"""One page, from bytes to articles: the whole of what dehusk does, in the order in which it does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dehusk.articles import make_articles
from dehusk.blocks import read_blocks
from dehusk.label import label_blocks
from dehusk.model import Article, Dropped, Labelled, Options, Page
from dehusk.pages import decode_page
from dehusk.segment import split_articles
from dehusk.stages.peer import read_with_trafilatura

_DEFAULT = Options()


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What a page came to, with the middle value that explains it."""

    articles: list[Article]
    labelled: list[Labelled]
    """Every block in reading order, with its label and reason."""
    dropped: list[Dropped]
    """The articles that were not kept; the page itself, if it has none."""


def clean_page(
    page: Page, options: Options = _DEFAULT, *, on_drop: Callable[[Dropped], None] | None = None
) -> list[Article]:
    """The articles of one page, in order; none if it holds none (`on_drop` then hears why).

    Raises:
        UnreadablePage: the content is neither HTML nor text, or over one of `options.limits`. Their
            `seconds` are held by the command's worker processes, not by this call.
    """
    cleaned = work_page(page, options)
    for dropped in cleaned.dropped if on_drop else ():
        on_drop(dropped)  # type: ignore[misc]
    return cleaned.articles


def explain_page(page: Page, options: Options = _DEFAULT) -> list[Labelled]:
    """Every block of a page in reading order, with its label and the reason for it.

    It is `clean_page`'s own middle value: what is labelled "content" is what `clean_page` gives.

    Raises:
        UnreadablePage: as `clean_page` does.
    """
    return work_page(page, options).labelled


def work_page(page: Page, options: Options) -> Cleaned:
    """Both of them: the one path there is."""
    page = decode_page(page)
    if options.extractor == "trafilatura" and page.kind == "html":
        page, document, labelled = read_with_trafilatura(page)
        groups = [labelled] if labelled else []
    else:
        document = read_blocks(page, options.limits)
        labelled = label_blocks(document, options)
        groups = split_articles(labelled, document, options)
    return _sift(make_articles(groups, document, page, options), labelled, page, options)


def _sift(articles: list[Article], labelled: list[Labelled], page: Page, options: Options) -> Cleaned:
    kept: list[Article] = []
    dropped: list[Dropped] = []
    for article in articles:
        if reason := _why_unwanted(article, options):
            dropped.append(Dropped(article.source, "dropped", reason, article=article))
        else:
            kept.append(article)
    if not articles:
        dropped.append(Dropped(page.source, "dropped", "no-article"))
    return Cleaned(kept, labelled, dropped)


def _why_unwanted(article: Article, options: Options) -> str:
    if article.words < options.min_words:
        return "too-short"
    if options.languages and article.language.partition("-")[0] not in options.languages:
        return "language"
    return ""
