"""Short pages of one site, or of several, run together: each comes out whole, as an article of its own."""

from __future__ import annotations

import json
from itertools import permutations, product
from pathlib import Path

import pytest

from dehusk.blocks.text import read_text
from dehusk.model import Options, Page
from dehusk.stages.page import clean_page, explain_page

SITES = json.loads((Path(__file__).parent / "cases" / "short_pages.json").read_text(encoding="utf-8"))
OPTIONS = Options(dedup=False)
ENGLISH_MENU = ["Skip to content", "Home", "News", "Sport", "Weather", "Log in", "Search"]
ENGLISH_FOOTER = [
    "- Related stories",
    "Share",
    "About us",
    "Terms of use",
    "Privacy policy",
    "© 2024 The Courier",
]
NOTICES = {
    "Ferry to Kelmsby returns": [
        "The passenger ferry between the harbour and the island went back into service on Monday morning.",
        "About forty people stood on the slipway before seven to watch her leave for the first crossing.",
        "A replacement shaft had to be forged abroad, since the first supplier had gone out of business.",
    ],
    "Library opens on Sundays": [
        "From the first of May the town library will be open on Sundays between ten and four o'clock.",
        "The council voted for the change after more than two thousand people had signed a petition.",
        "Two librarians have been hired for it, and the reading room gets new lamps and heating.",
    ],
    "Bridge closed until autumn": [
        "The old bridge over the mill stream stays closed until autumn, the county engineer said on Friday.",
        "Divers had found that two of its five piers stand on timber that has rotted since the last survey.",
        "Buses take the road through the valley, and those who walk may use the weir beside the mill.",
    ],
}


def make_page(site: dict, page: dict) -> str:
    return "\n".join([*site["menu"], page["title"], *page["paragraphs"], *site["footer"]]) + "\n"


def check(text: str, pages: list[tuple[str, list[str]]]) -> None:
    articles = clean_page(Page(text, kind="text"), OPTIONS)
    assert len(articles) == len(pages)
    for article, (title, paragraphs) in zip(articles, pages, strict=True):
        assert [line for line in article.text.split("\n") if line != title] == paragraphs


@pytest.mark.parametrize("order", [*permutations(range(3), 2), (0, 1, 2), (2, 1, 0)])
@pytest.mark.parametrize("site", SITES, ids=lambda site: site["language"])
def test_pages_of_one_site_in_any_order(site: dict, order: tuple[int, ...]) -> None:
    pages = [site["pages"][i] for i in order]
    text = "".join(make_page(site, page) for page in pages)
    check(text, [(page["title"], page["paragraphs"]) for page in pages])


def test_pages_of_several_sites() -> None:
    for number in range(3):
        pages = [(site, site["pages"][number]) for site in SITES]
        text = "".join(make_page(site, page) for site, page in pages)
        check(text, [(page["title"], page["paragraphs"]) for _, page in pages])


@pytest.mark.parametrize("times", [1, 5])
def test_english_pages_of_one_site(times: int) -> None:
    site = {"menu": ENGLISH_MENU, "footer": ENGLISH_FOOTER}
    pages = list(NOTICES.items()) * times
    text = "".join(make_page(site, {"title": title, "paragraphs": lines}) for title, lines in pages)
    check(text, pages)


BRIEF_MENUS = {
    "one line": ["Home | News | Sport | Weather | Log in"],
    "a name": ["The Courier"],
    "a name and a line": ["The Courier", "Home | News | Sport | Weather"],
    "three lines": ["Skip to content", "The Courier", "Menu"],
}
BRIEF_FOOTERS = {
    "one line": ["© 2024 The Courier. All rights reserved."],
    "three": ENGLISH_FOOTER[-3:],
    "none": [],
}


BRIEF = [
    (menu, footer, count)
    for menu, footer, count in product(BRIEF_MENUS, BRIEF_FOOTERS, (2, 3, 12))
    if (
        footer != "none" or menu != "a name"
    )  # so little says nothing, as do two pages with a line on one side
    and (count > 2 or (footer == "three" and len(BRIEF_MENUS[menu]) > 1))
]


@pytest.mark.parametrize(("menu", "footer", "count"), BRIEF)
def test_pages_of_a_site_with_a_short_menu(menu: str, footer: str, count: int) -> None:
    site = {"menu": BRIEF_MENUS[menu], "footer": BRIEF_FOOTERS[footer]}
    pages = [(f"{title}, {i}", lines) for i in range(4) for title, lines in NOTICES.items()][:count]
    check("".join(make_page(site, {"title": title, "paragraphs": lines}) for title, lines in pages), pages)


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"The Mill\n{lines[0]}\n{lines[1]}" for lines in NOTICES.values()),  # a book's running head
        "\n".join(f"Ann\n{lines[0]}\nReply" for lines in NOTICES.values()),  # a thread
        "\n".join(["The Courier", *NOTICES["Ferry to Kelmsby returns"], "The Courier", "Privacy policy"]),
        "\n".join(
            f"Row, brothers, row, the tide is low\n{lines[0]}\nAnd all the lamps are burning on the shore."
            for lines in NOTICES.values()
        ),
        "\n".join(
            f"My dear brother,\n{lines[0]}\n{lines[1]}\nYour Charlotte\nLudworth"
            for lines in NOTICES.values()
        ),
        "\n".join(  # a printed document
            f"Harbour Board\n{lines[0]} It was said that the\n© Harbour Board, all rights reserved"
            f"\nHarbour Board\nharbour fund held little.\n{lines[1]}\n© Harbour Board, all rights reserved"
            for lines in NOTICES.values()
        ),
    ],
)
def test_lines_that_come_again_may_be_a_page_s_own(text: str) -> None:
    assert read_text(Page(text, kind="text")).starts == ()


def test_they_are_found_across_windows_too() -> None:
    site = {"menu": ENGLISH_MENU, "footer": ENGLISH_FOOTER}
    pages = [(f"{title}, {i}", lines) for i in range(60) for title, lines in NOTICES.items()]
    text = "".join(make_page(site, {"title": title, "paragraphs": lines}) for title, lines in pages)
    for window in (10_000, 15_000):
        articles = clean_page(Page(text, kind="text"), Options(dedup=False, window=window))
        assert [article.text.split("\n")[-3:] for article in articles] == [lines for _, lines in pages]


def test_a_menu_for_small_screens_opens_no_page() -> None:
    title, lines = next(iter(NOTICES.items()))
    text = "\n".join([*ENGLISH_MENU, "Ferry news every day.", *ENGLISH_MENU, title, *lines, *ENGLISH_FOOTER])
    assert len(clean_page(Page(text, kind="text"), OPTIONS)) == 1


def test_a_refrain_is_no_menu() -> None:
    refrain = [
        "Blow the wind over the harbour",
        "Blow the wind over the sea",
        "Bring the herring boats",
        "Home to me",
        "Home",
    ]
    verse = ["The lamps were lit along the quay that night,", "and every mother stood there with her light;"]
    text = "\n\n".join(["\n".join([*refrain, *verse])] * 4)
    assert len(clean_page(Page(text, kind="text"), OPTIONS)) == 1


def test_one_page_is_judged_once() -> None:
    """A page that is known to be one may have sentences behind its footer."""
    site = SITES[0]
    first, second, _ = site["pages"]
    text = make_page(site, first) + "\n".join(second["paragraphs"])
    kept = [
        item.block.text
        for item in explain_page(Page(text, kind="text", is_single=True), OPTIONS)
        if item.is_kept
    ]
    assert first["paragraphs"][0] in kept
    assert second["paragraphs"][0] not in kept


def test_the_menu_that_opens_pages_is_marked() -> None:
    text = "\n".join([*ENGLISH_MENU, "Words.", *ENGLISH_MENU, "More words.", *ENGLISH_MENU[1:], "And more."])
    document = read_text(Page(text, kind="text"))
    assert [start.mark for start in document.starts] == ["menu", "menu"]
    assert [document.blocks[0].start, text.index("Words.") + 7] == [start.page for start in document.starts]


def test_a_footer_says_whose_the_page_is_in_thai() -> None:
    menu, footer = ["หน้าแรก", "ข่าว", "กีฬา", "ตลาดนัด", "ติดต่อเรา"], "สงวนลิขสิทธิ์ หนังสือพิมพ์ริมคลอง"
    first, second = (
        "เรือข้ามฟากลำสุดท้ายของตำบลหยุดให้บริการแล้วเมื่อเย็นวานนี้ หลังจากสะพานข้ามคลองเปิดใช้",
        "ฝนที่ตกหนักสองคืนทำให้ทุ่งนาริมแม่น้ำจมน้ำเกือบทั้งหมด ชาวบ้านต้องย้ายวัวขึ้นไปบนถนน",
    )
    articles = clean_page(
        Page("\n".join([*menu, first, footer, *menu, second, footer]), kind="text"), OPTIONS
    )
    assert [article.text.split("\n")[-1] for article in articles] == [first, second]
