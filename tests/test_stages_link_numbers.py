"""stages.link_numbers: what lynx writes before each link goes from articles, notes and sources stay."""

from __future__ import annotations

import re

import pytest

from dehusk.link_numbers import has_link_numbers
from dehusk.model import Options, Page
from dehusk.stages.page import clean_page

MENU = "[1]Home [2]News [3]Sport\n\n"
STORY = [
    "The council of [4]Wiesenbruck has put off the new [5]swimming hall by a year, after a debate of four hours.",
    "Its price had risen from eleven to seventeen million since the [6]first draft, as [7]steel became dearer.",
    "Nobody was hurt when the ceiling of the old one came down in February, said [8]the mayor's office [sic].",
    "Schools take the bus to ([9]Oberlauheim) since then, which costs the town nine thousand a month [10, 11].",
]
END = "\n\n[12]Imprint [13]Contact\n\nReferences\n\n   1. https://courier.example/\n   2. https://courier.example/news\n"


def test_the_numbers_of_links_go() -> None:
    text = MENU + "\n\n".join(STORY) + END
    (article,) = clean_page(Page(text, kind="text"))
    assert article.text.split("\n")[:4] == [re.sub(r"\[\d\](?=\w)", "", line) for line in STORY]
    assert text[article.spans[0][0] :].startswith("The council of [4]Wiesenbruck")


def test_copies_are_told_whatever_their_links_are_called() -> None:
    again = [re.sub(r"\[(\d)\]", lambda match: f"[{int(match[1]) + 40}]", line) for line in STORY]
    pages = [MENU + "\n\n".join(lines) + END for lines in (STORY, again)]
    articles = [
        clean_page(Page(page, kind="text", source=name))[0] for name, page in zip("ab", pages, strict=True)
    ]
    assert articles[0].text == articles[1].text


@pytest.mark.parametrize(
    "line",
    [
        "So it was shown in[1] the first study,[2] and then[3] in the second[4] one,[5] by others[6] too.[7]",
        "[1] Smith, The mill. [2] Jones, The weir. [3] Brown, The bridge. [4] Green, The quay. [5] Black. [6] Gray.",
        "x[1] = x[2] + x[3] + x[4] + x[5] + x[6] + x[7]",
        "as [3]Smith says, and [1]Jones, [9]Brown, [4]Green, [2]Black, [8]Gray and [5]White",
        "[1]Home [2]News [3]Sport",
    ],
)
def test_notes_sources_and_indices_are_none(line: str) -> None:
    assert not has_link_numbers(line)


def test_a_few_numbers_stay() -> None:
    (article,) = clean_page(Page("\n\n".join(STORY[1:]), kind="text"), Options(min_words=1))
    assert "[8]the mayor" in article.text
