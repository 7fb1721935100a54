"""stages.stated: pages that a dump says it has are records, or named."""

from __future__ import annotations

import pytest

from dehusk import Dropped, Options, Page, clean_page
from dehusk.stages.outcomes import Books, PageOutcome
from dehusk.stages.page import work_page

ARTICLE = (
    "The council of {town} voted on Tuesday to repair the old pier, which storms had damaged last winter. "
    "Work on it is to begin in spring and will cost what the town takes from its visitors in a year.\n"
) * 3
MENU = "Home\nNews\nSport\nContact us\nLog in\n"
FACTS = "The bridge\n• It is 412 metres long and has 23 arches of stone\n• The last train crossed it in January 1966\n"
ADDRESS = "https://site.example/{}"


def write_dump(*bodies: str) -> str:
    return "".join(f"URL: {ADDRESS.format(i)}\n\n{MENU}{body}\n" for i, body in enumerate(bodies))


def clean(text: str, **how: bool) -> tuple[list[str], list[Dropped]]:
    dropped: list[Dropped] = []
    page = Page(text, kind="text", source="a.txt", **how)  # type: ignore[arg-type]
    articles = clean_page(page, Options(min_words=1), on_drop=dropped.append)
    return [article.url for article in articles], dropped


def test_a_page_of_which_nothing_is_kept_is_named() -> None:
    text = write_dump(ARTICLE.format(town="Carrow"), "", ARTICLE.format(town="Halden"), "")
    urls, dropped = clean(text)
    assert urls == [ADDRESS.format(0), ADDRESS.format(2)]
    assert [(one.stage, one.reason, one.article) for one in dropped] == [("dropped", "no-article", None)] * 2
    starts = [text.index(f"URL: {ADDRESS.format(i)}") for i in range(4)]
    places = [(starts[1], starts[2]), (starts[3], len(text))]
    expected = [
        f"the page at characters {first:,} to {end:,}, {ADDRESS.format(i)}"
        for i, (first, end) in zip((1, 3), places, strict=True)
    ]
    assert [one.detail for one in dropped] == expected


def test_a_page_comes_out_as_it_does_alone() -> None:
    text = write_dump(ARTICLE.format(town="Carrow"), FACTS, ARTICLE.format(town="Halden"))
    alone = bool(clean_page(Page(MENU + FACTS, kind="text"), Options(min_words=1)))
    assert (ADDRESS.format(1) in clean(text)[0]) == alone


@pytest.mark.parametrize("text", [MENU, write_dump(ARTICLE.format(town="Carrow")), write_dump("", "")])
def test_nothing_is_named_twice(text: str) -> None:
    urls, dropped = clean(text)
    assert len(urls) + len(dropped) == 1


def test_the_books_balance() -> None:
    text = write_dump(ARTICLE.format(town="Carrow"), "", ARTICLE.format(town="Halden"))
    cleaned = work_page(Page(text, kind="text", source="a.txt"), Options(min_words=1))
    books = Books()
    books.count(PageOutcome("a.txt", cleaned.articles, cleaned.dropped))
    summary = books.summary()
    assert summary["articles"] == {"all": 3, "kept": 2, "dropped": 1}
    assert summary["pages"] == {"all": 1, "kept": 1, "dropped": 0, "failed": 0}
    assert summary["reasons"]["articles"] == {"dropped": {"no-article": 1}}
