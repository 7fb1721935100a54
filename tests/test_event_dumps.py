"""Pages about one event, run together with nothing between them, come out as articles of their own.

The cases are pages of dumps in `benchmarks/event_dumps`, which nothing is trained on: each line with its tag, `P` where
a page begins, `K` and `H` for what stays, `J` for husk.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import dehusk

CASES = sorted((Path(__file__).parent / "cases" / "events").glob("*.txt"))
PROSE_CHARS = 40


class Pages:
    """The lines of each page with their tags."""

    def __init__(self, path: Path) -> None:
        parts = f"\n{path.read_text(encoding='utf-8')}".split("\nP\n")[1:]
        self.pages = [[line.partition(" ")[::2] for line in part.splitlines()] for part in parts]
        self.text = "\n".join(line for page in self.pages for _, line in page)

    def list_prose(self, page: int) -> list[str]:
        return [squeeze(line) for tag, line in self.pages[page] if tag == "K" and len(line) > PROSE_CHARS]


def squeeze(text: str) -> str:
    return "".join(text.split())


def count_alone(case: Pages) -> int:
    """Pages of which nine tenths of the prose are in one article that holds no prose of another page."""
    articles = [squeeze(a.text) for a in dehusk.clean_page(dehusk.Page(case.text, kind="text"))]
    prose = [case.list_prose(page) for page in range(len(case.pages))]
    alone = 0
    for page, own in enumerate(prose):
        others = [line for other, lines in enumerate(prose) if other != page for line in lines]
        alone += any(
            sum(line in article for line in own) >= 0.9 * len(own) and not any(o in article for o in others)
            for article in articles
        )
    return alone


def test_most_pages_about_one_event_are_articles_of_their_own() -> None:
    cases = [Pages(path) for path in CASES]
    alone = [count_alone(case) for case in cases]
    assert sum(alone) >= 0.6 * sum(len(case.pages) for case in cases)
    assert min(alone) >= 2  # in every language


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_a_page_by_itself_is_one_article(path: Path) -> None:
    for page in Pages(path).pages:
        text = "\n".join(line for _, line in page)
        assert len(dehusk.clean_page(dehusk.Page(text, kind="text"))) == 1
