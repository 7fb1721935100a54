"""Author, date and title in the forms that many sites give them in plain text."""

from __future__ import annotations

import pytest

from dehusk.metadata import read_text_metadata
from dehusk.metadata.authors import read_byline, read_names
from dehusk.metadata.datelines import read_dateline
from dehusk.metadata.dates import find_day
from dehusk.model import Block, Label, Labelled, Metadata, Page
from dehusk.stages.page import clean_page

TITLE = "Storm hits the northern coast"
PROSE = (
    "It was night, and nobody on the coast had seen a storm like it, nor would they forget the wind and the water. "
    * 2
)


def line(text: str, label: Label = "content") -> Labelled:
    return Labelled(Block(text, "paragraph", 0, 0, len(text)), label, "", 1.0 if label == "content" else 0.2)


def read(*texts: str) -> Metadata:
    """Of an article whose first line and prose are kept and whose other lines are not."""
    labels: list[Label] = ["content", *["boilerplate"] * (len(texts) - 1)]  # type: ignore[list-item]
    return read_text_metadata([*map(line, texts, labels), line(PROSE), line(PROSE)], Page(""))


DATELINES = [
    ("By Harriet Oduya · Published January 17, 2023 · Updated March 2, 2024", "2023-01-17"),
    (
        "por Assessoria de Imprensa — publicado 22/08/2019 10h05, última modificação 23/08/2019 09h12",
        "2019-08-22",
    ),
    ("Words by Fenella Marsh-Okoro  Photography by Tim Ludd  9th November 2022", "2022-11-09"),
    ("Received: 14 March 2019 / Accepted: 30 August 2019 / Published: 5 November 2019", "2019-11-05"),
    ("Поступила в редакцию 11.09.2018. Опубликована 20.12.2018", "2018-12-20"),
    ("Veröffentlicht am 3. Mai 2021, zuletzt aktualisiert am 5. Juni 2022 um 10:30 Uhr", "2021-05-03"),
    ("公開日：2022年10月12日　最終更新日：2023年1月5日", "2022-10-12"),
    ("Tourenbericht von Korbinian Aschauer, 19. Juli 2020", "2020-07-19"),
    ("03-08-2016, 07:41 PM", "2016-03-08"),
    # none
    ("June 3, 1931 - February 8, 2020", ""),
    ('parse_data("seg., 3 de fev. de 2020")', ""),
    ("The fair was opened by the mayor on 5 May 2020 with a long speech", ""),
    ("Join Date: 5 May 2020", ""),
]


@pytest.mark.parametrize(("text", "day"), DATELINES)
def test_read_dateline(text: str, day: str) -> None:
    found = read_dateline(text)
    assert (found.day if found else "") == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("03-08-2016, 07:41 PM", "2016-03-08"),
        ("13/08/2016 7:41pm", "2016-08-13"),
        ("03/08/2016, 19:41", "2016-08-03"),
        ("03/08/2016 amended", "2016-08-03"),
    ],
)
def test_a_clock_of_twelve_hours_puts_the_month_first(text: str, day: str) -> None:
    assert find_day(text) == day


def test_a_page_that_says_it_puts_the_day_first_is_believed() -> None:
    assert find_day("03/08/2016, 07:41 PM", month_first=False) == "2016-08-03"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Por Tereza Galvani em 12/03/2020", "Tereza Galvani"),
        ("Words by Fenella Marsh-Okoro Photography by Tim Ludd 9th November 2022", "Fenella Marsh-Okoro"),
        ("Tourenbericht von Korbinian Aschauer, 19. Juli 2020", "Korbinian Aschauer"),
        ("By Ann RoePublished: Dec 20, 2023", "Ann Roe"),
        ("ByAnn RoeMar 5, 2025 | 6 comments", "Ann Roe"),
        ("投稿者:広報委員会", "広報委員会"),
        ("文責：鈴木", "鈴木"),
        ("ライター：佐藤花子", "佐藤花子"),
        ("取材・文=山田太郎", "山田太郎"),
        ("김민수 기자", "김민수"),
        ("Автор: Марфа Ильинична", "Марфа Ильинична"),
        ("Bericht von der Hauptversammlung", ""),
        ("Kritik von unten", ""),
        ("Artículo de opinión", ""),
    ],
)
def test_read_byline(text: str, name: str) -> None:
    assert read_byline(text) == name


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "Ines Barcelar, Tomasz Wilk and Deborah N. Achebe",
            "Ines Barcelar, Tomasz Wilk and Deborah N. Achebe",
        ),
        ("Р. А. Тухватуллин, Е. С. Гордиенко", "Р. А. Тухватуллин, Е. С. Гордиенко"),
        ("Eva Groß1,2 und Jan van der Berg2", "Eva Groß und Jan van der Berg"),
        ("Orgelbau Thielemann GmbH & Co. KG", ""),
        ("Home, About Us, Contact", ""),
        ("Ann Roe", ""),
    ],
)
def test_read_names(text: str, names: str) -> None:
    assert read_names(text) == names


SHARE = ["Facebook", "Twitter", "WhatsApp", "Telegram", "Copy link", "Save", "Print", "0"]


@pytest.mark.parametrize(
    ("texts", "author"),
    [
        ([TITLE, *SHARE, "By Ann Roe"], "Ann Roe"),
        ([TITLE, "di", "Ottavio Brusaferri", "18 Ottobre 2021"], "Ottavio Brusaferri"),
        ([TITLE, "Автор:", "Марфа Ильинична"], "Марфа Ильинична"),
        ([TITLE, "von", "gartenfee_77"], "gartenfee_77"),
        ([TITLE, "DE", "IT Service"], ""),
        ([TITLE, "Weronika Mól, 7.10.2020, 12:45"], "Weronika Mól"),
        ([TITLE, "San Antonio, 7.10.2020"], ""),
        ([TITLE, "Morag Petticrew at Ashgate Park", "Sunday 28 October 2018 17.22 GMT"], "Morag Petticrew"),
        ([TITLE, "Redacción", "26/05/2019 22:41 h"], "Redacción"),
        ([TITLE, "Ines Barcelar, Tomasz Wilk and Deborah Achebe"], "Ines Barcelar, Tomasz Wilk and Deborah Achebe"),
        ([TITLE, "5 May 2020", "sawdust_pete", "Senior Member"], "sawdust_pete"),
        ([TITLE, "Thread Tools", "5 May 2020"], ""),
        ([TITLE, "Water Weekend", "5 May 2020"], ""),  # the article has "water"
        (
            [TITLE, "por Ana Sousa — publicado 22/08/2019 10h05, última modificação 23/08/2019 09h12 por outra pessoa"],
            "Ana Sousa",
        ),
    ],
)  # fmt: skip
def test_an_author_is_found_below_the_title(texts: list[str], author: str) -> None:
    found = read(*texts)
    assert (found.title, found.author) == (TITLE, author)


def test_a_day_of_publication_comes_before_one_of_a_change_above_it() -> None:
    assert read(TITLE, "Last updated: 4 May 2022", "Posted 3 April 2021").date == "2021-04-03"
    assert read(TITLE, "Last updated: 4 May 2022").date == "2022-05-04"


@pytest.mark.parametrize(
    ("texts", "title"),
    [
        (["Thread: Vise jaw won't stay parallel"], "Vise jaw won't stay parallel"),
        (["Тема: Посоветуйте палатку для похода"], "Посоветуйте палатку для похода"),
        (["Sujet : Quelle tente pour septembre"], "Quelle tente pour septembre"),
        (
            ["HomeParentsLettersYear 4 Residential: what to pack", "Year 4 Residential: what to pack"],
            "Year 4 Residential: what to pack",
        ),
        (["Review: The Tallow Room in Bristol"], "Review: The Tallow Room in Bristol"),
        (["pool.acquire()"], "pool.acquire()"),
        (["About Us"], "About Us"),
    ],
)
def test_the_title_of_a_text(texts: list[str], title: str) -> None:
    assert read_text_metadata([*map(line, texts), line(PROSE)], Page("")).title == title


def test_the_name_of_a_poster_is_no_title() -> None:
    texts = ["Посоветуйте палатку для Хибин в сентябре", "Лешак", "Участник"]
    assert read_text_metadata([*map(line, texts), line(PROSE)], Page("")).title == texts[0]


@pytest.mark.parametrize(
    "head", ["Trending Topics", "Most read", "Editor's Picks", "Mehr zum Thema", "相关新闻"]
)
def test_the_heading_of_a_list_is_no_title(head: str) -> None:
    prose = "The council of the valley met on Monday to speak about the bridge that was closed in the spring."
    lines = [head, "Bridge in the valley to stay closed", prose, prose.replace("Monday", "Friday")]
    (article,) = clean_page(Page("\n\n".join(lines), kind="text"))
    assert article.title != head
