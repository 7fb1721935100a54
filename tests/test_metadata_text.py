"""Author, date and title in the forms that many sites give them in plain text."""

from __future__ import annotations

import time

import pytest

from dehusk.metadata import read_text_metadata
from dehusk.metadata.authors import read_byline, read_names
from dehusk.metadata.datelines import find_release_day, read_dateline
from dehusk.metadata.dates import find_day
from dehusk.model import Block, Label, Labelled, Metadata, Options, Page
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
    ("2024. 3. 9.", "2024-03-09"),
    ("입력 2024. 03. 09 10:15", "2024-03-09"),
    ("9 آذار 2024", "2024-03-09"),
    ("12 كانون الأول 2023", "2023-12-12"),
    ("By Nell Ashdown, Senior International Development Correspondent | 9 March 2024", "2024-03-09"),
    # none
    ("June 3, 1931 - February 8, 2020", ""),
    ('parse_data("seg., 3 de fev. de 2020")', ""),
    ("The fair was opened by the mayor on 5 May 2020 with a long speech", ""),
    ("Join Date: 5 May 2020", ""),
    ("Version 2024. 3. 9 new functions", ""),
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


BYLINES = [
    # what the writer is, or where to write to, behind the name
    ("By Nell Ashdown, Staff Writer", "Nell Ashdown"),
    ("By Nell Ashdown, Senior Science Correspondent | 9 March 2024", "Nell Ashdown"),
    ("By Nell Ashdown, Staff Writer, and Bo Li, Sports Editor", "Nell Ashdown and Bo Li"),
    ("By Nell Ashdown and Bo Li, Staff Writers", "Nell Ashdown and Bo Li"),
    ("By Nell Ashdown, Special to the Valley Post", "Nell Ashdown"),
    ("Guide by Nell Ashdown Former Deputy Garden Editor", "Nell Ashdown"),
    ("By NELL ASHDOWN nell.ashdown@paper.example", "NELL ASHDOWN"),
    ("By Nell Ashdown @nellash on the coast", "Nell Ashdown"),
    ("Von Frieda Lorenz, Redakteurin", "Frieda Lorenz"),
    ("Par Maud Tessier, journaliste à Rennes", "Maud Tessier"),
    ("Por Lucía Prado, corresponsal en París", "Lucía Prado"),
    ("Автор: Вера Лукина, корреспондент", "Вера Лукина"),
    ("By Nell Ashdown, MD", "Nell Ashdown, MD"),
    ("By Nell Ashdown, Bo Li and Jo Editor", "Nell Ashdown, Bo Li and Jo Editor"),
    ("By Nell Ashdown for The Valley Post", "Nell Ashdown"),
    ("By National Center for Tides", "National Center for Tides"),
    ("Reporting by Nell Ashdown; Editing by Bo Li", "Nell Ashdown"),
    ("Tekst: Ewa Zalewska, zdjęcia: Jan Kos", "Ewa Zalewska"),
    ("记者 陈思远 通讯员 李红", "陈思远"),
    ("글 한지우 사진 김민수", "한지우"),
    # words before it
    ("Words and pictures by Nell Ashdown", "Nell Ashdown"),
    ("Von unserer Redakteurin Frieda Lorenz", "Frieda Lorenz"),
    ("De nuestra corresponsal Lucía Prado", "Lucía Prado"),
    ("Von unserer Redaktion geprüft", ""),
    ("記者陳思遠／台北報導", "陳思遠"),
    ("〔記者陳思遠／台北報導〕", "陳思遠"),
    ("撰文／陳思遠", "陳思遠"),
    ("作者 | 陈思远", "陈思远"),
    ("한지우·김민수 기자", "한지우"),
    ("글 | 댓글", ""),
    ("Analysis by Nell Ashdown", "Nell Ashdown"),
    ("Ein Gastbeitrag von Frieda Lorenz", "Frieda Lorenz"),
    ("Eine Kolumne von Frieda Lorenz | Stand: 09.03.2024", "Frieda Lorenz"),
    ("Aufgezeichnet von Frieda Lorenz", "Frieda Lorenz"),
    ("Une chronique de Maud Tessier", "Maud Tessier"),
    ("Un articolo di Nina Gallo", "Nina Gallo"),
    ("A cura di Nina Gallo, pubblicato il 09/03/2024", "Nina Gallo"),
    ("Reportagem: Rita Falcão", "Rita Falcão"),
    ("Escribe: Lucía Prado", "Lucía Prado"),
    ("oprac. Ewa Zalewska", "Ewa Zalewska"),
    ("Rozmawiała Ewa Zalewska", "Ewa Zalewska"),
    ("Připravila Hana Vlčková", "Hana Vlčková"),
    ("Подготовила Вера Лукина", "Вера Лукина"),
    ("Авторы: Вера Лукина, Глеб Орлов", "Вера Лукина, Глеб Орлов"),
    ("Haber: Selin AKSOY", "Selin AKSOY"),
    ("Haber: Selin Aksoy, Can Tunç", "Selin Aksoy, Can Tunç"),
    ("Selin Aksoy tarafından", "Selin Aksoy"),
    ("Γράφει η Δανάη Λαμπρού", "Δανάη Λαμπρού"),
    ("Penulis: Dewi Lestari", "Dewi Lestari"),
    ("كتبت - هالة منصور", "هالة منصور"),
    ("लेखक: कविता नेगी", "कविता नेगी"),
    ("लेखिका : कविता नेगी प्रकाशित 9 मार्च 2024", "कविता नेगी"),
    ("द्वारा कविता नेगी", "कविता नेगी"),
    ("कविता नेगी द्वारा | 9 मार्च 2024", "कविता नेगी"),
    ("文・小林春菜", "小林春菜"),
    ("投稿者: 小林春菜 投稿日: 2024年3月9日", "小林春菜"),
    ("글 한지우", "한지우"),
    ("글·사진 한지우", "한지우"),
    ("[강릉=한지우 기자]", "한지우"),
    ("기자명 한지우 기자", "한지우"),
    ("이수정 인턴기자 입력 2024.03.09", "이수정"),
    # no bylines
    ("Nell Ashdown, a nurse from Leeds, said that she had seen it.", ""),
    ("Nell Ashdown, editor of the Valley Post", ""),
    ("Eine Analyse von tausend Fällen", ""),
    ("An essay by the sea", ""),
    ("Une enquête de Sherlock Holmes", ""),
    ("Ein Porträt von Frieda Lorenz", ""),
    ("Haber: Yangın söndürüldü", ""),
    ("Haber: Ankara", ""),
    ("Připravil jsem koláč", ""),
    ("Подготовил к печати", ""),
    ("Oleh Kovalenko", ""),
    ("भारत सरकार द्वारा 2024 में शुरू की गई योजना", ""),
    ("द्वारा जारी किया गया था और सब ने उसे देखा", ""),
    ("Sağlık Bakanlığı tarafından 9 Mart 2024 tarihinde açıklandı", ""),
    ("文・理融合の研究が進む", ""),
    ("글 목록", ""),
    ("글 남기기", ""),
]


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
        *BYLINES,
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


def test_a_long_word_beside_a_name_costs_little() -> None:
    """Seconds where it may be parted anywhere into several names."""
    start = time.process_time()
    assert read_names(f"Ann Roe, B {'b' * 280}!") == ""
    assert time.process_time() - start < 1


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
        ([TITLE, "NELL ASHDOWN", "9 MARCH 2024", "5 MIN READ"], "NELL ASHDOWN"),
        ([TITLE, "A gale and its damage.", "LUCÍA PRADO", "Madrid - 09 MAR 2024 - 10:15 CET"], "LUCÍA PRADO"),
        ([TITLE, "Nell Ashdown", "@nellash", "Mar 9 2024 10:15am"], "Nell Ashdown"),
        ([TITLE, "Nell Ashdown", "Health correspondent", "nell@paper.example", "9 March 2024"], "Nell Ashdown"),
        ([TITLE, "Saturday, 9 March 2024, 10:15 GMT", "Nell Ashdown, Health Correspondent"], "Nell Ashdown"),
        ([TITLE, "Frieda Lorenz, 9. März 2024"], "Frieda Lorenz"),
        ([TITLE, "Rita Falcão, 9 de março de 2024"], "Rita Falcão"),
        ([TITLE, "Written by", "Nell Ashdown", "14 January 2023"], "Nell Ashdown"),
        ([TITLE, "Pubblicato da", "Nina Gallo", "14 gennaio 2023"], "Nina Gallo"),
        ([TITLE, "Written by (BUTTON) Nell Ashdown"], "Nell Ashdown"),
        ([TITLE, "Written by [ Nell Ashdown ]"], "Nell Ashdown"),
        ([TITLE, "9 March 2024 by Nell Ashdown, Candidate for the Council of the Northern Coast"],
         "Nell Ashdown, Candidate for the Council of the Northern Coast"),
        ([TITLE, "Saturday 9 March 2024, 6:08 PM GMT by Nell Ashdown"], "Nell Ashdown"),
        ([TITLE, "9. März 2024, 18:08 Uhr, von Frieda Lorenz"], "Frieda Lorenz"),
        ([TITLE, "By Nell Ashdown5 minute read"], "Nell Ashdown"),
        ([TITLE, "Nell Ashdown", "Nell Ashdown nellash", "March 9, 2024 — 5:00 AM EST"], "Nell Ashdown"),
        ([TITLE, "Opened on 9 March 2024 at 6:30 by the river and its banks"], ""),
        ([TITLE, "It was opened on 9 March 2024 by Queen Matilda, who had come from the other end of the country"], ""),
        ([TITLE, "LOCAL NEWS", "9 MARCH 2024"], ""),
        ([TITLE, "LOS ANGELES", "9 MARCH 2024"], ""),
        ([TITLE, "Share", "NELL ASHDOWN", "9 MARCH 2024"], ""),
        ([TITLE, "THE STORM", "9 MARCH 2024"], ""),
        ([TITLE, "Buenos Aires, 9 de marzo de 2024"], ""),
        ([TITLE, "Frankfurt am Main, 9. März 2024"], ""),
        ([TITLE, "Berlin, 9. März 2024"], ""),
        ([TITLE, "Foto: Bo Li", "Frieda Lorenz, 9. März 2024"], ""),  # a caption
        ([TITLE, "Nell Ashdown, a nurse, 9 March 2024"], ""),
        ([TITLE, "ताज़ा खबर", "9 मार्च 2024"], ""),  # a name without capitals is not told from a section
        ([TITLE, "新闻中心", "2024年3月9日"], ""),
        ([TITLE, "2024-03-09 08:12 来源：江城晚报 记者 陈思远 责任编辑：李红"], "陈思远"),
        ([TITLE, "来源：江城晚报 作者：陈思远"], "陈思远"),
        ([TITLE, "2024-03-09 来源：江城晚报 责任编辑：李红"], ""),
        ([TITLE, "입력 2024.03.09 10:11 한지우 기자"], "한지우"),
        ([TITLE, "입력 2024.03.09 10:11 사회부 기자"], ""),
        (
            [TITLE, "por Ana Sousa — publicado 22/08/2019 10h05, última modificação 23/08/2019 09h12 por outra pessoa"],
            "Ana Sousa",
        ),
    ],
)  # fmt: skip
def test_an_author_is_found_below_the_title(texts: list[str], author: str) -> None:
    found = read(*texts)
    assert (found.title, found.author) == (TITLE, author)


def read_around(*texts: str, above: tuple[str, ...] = ("Home", "News"), is_alone: bool = True) -> Metadata:
    """Of an article with some lines right below its text, and others far above."""
    lines = [
        *(line(text, "byline") for text in above),
        *(line("Menu", "menu") for _ in range(6)),
        *map(line, (TITLE, PROSE, PROSE)),
        *(line(text, "byline") for text in texts),
    ]
    return read_text_metadata(lines, Page(""), is_alone=is_alone)


def read_below(*texts: str, above: tuple[str, ...] = ("Home", "News")) -> str:
    return read_around(*texts, above=above).author


def test_a_day_is_found_far_above_a_text() -> None:
    assert read_around(above=("Home", "News", "May 5, 2024")).date == "2024-05-05"
    assert (
        read_around(above=("Home", "News", "May 5, 2024"), is_alone=False).date == ""
    )  # of the page above, perhaps
    assert read_around(above=("May 5, 2024", "News")).date == ""  # right below another article, perhaps
    assert read_around(above=("Home", "News", "May 5, 2024", "June 6, 2024")).date == ""  # of other stories
    assert read_around("May 5, 2024").date == ""  # of a comment


def test_an_author_is_found_below_the_text_or_far_above_it() -> None:
    assert read_below("Written by Ann Roe") == "Ann Roe"
    assert read_below("By", "Ann Roe") == "Ann Roe"
    assert read_below("Share this", "Posted by Ann Roe") == "Ann Roe"
    assert read_below("Snow closes the pass", "By Ann Roe") == ""  # a teaser
    assert read_below("By Ann Roe", "Snow closes the pass at noon") == ""
    assert read_below(above=("Home", "News", "By Brand", "By Event Type")) == ""  # a menu
    assert read_below("Published by Harbour Publishing") == ""  # no person
    assert read_below("by Cecil from the hills") == ""
    assert read_below(above=("Home", "News", "By Ann Roe")) == "Ann Roe"
    assert read_below(above=("By Ann Roe", "News")) == ""  # right below another article, perhaps
    assert read_below(above=("Home", "News", "By Ann Roe", "By Bo Li")) == ""  # of other stories
    page = Page("\n".join([TITLE, "", PROSE, "", PROSE, "", "Written by Ann Roe", "", "Share", "Print"]))
    (article,) = clean_page(page, Options())
    assert (article.author, "Ann Roe" in article.text) == ("Ann Roe", False)


def test_a_name_before_a_day_that_the_article_speaks_of_is_no_author() -> None:
    lines = [TITLE, "Campo Largo, 9 de março de 2024", f"Campo Largo saw it first. {PROSE}"]
    assert read_text_metadata([*map(line, lines), line(PROSE)], Page("")).author == ""
    assert read(TITLE, lines[1].replace("Campo Largo", "Vera Largo")).author == "Vera Largo"


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
        (["Title:Vise jaw won't stay parallel"], "Vise jaw won't stay parallel"),
        (["[Título] La presa se cierra en otoño"], "La presa se cierra en otoño"),
        (["Review: The Tallow Room in Bristol"], "Review: The Tallow Room in Bristol"),
        (["pool.acquire()"], "pool.acquire()"),
        (["About Us"], "About Us"),
        (
            ["Where homes sell fastest in the U.S.", "By Ann Roe", "May 5, 2024"],
            "Where homes sell fastest in the U.S.",
        ),
    ],
)
def test_the_title_of_a_text(texts: list[str], title: str) -> None:
    assert read_text_metadata([*map(line, texts), line(PROSE)], Page("")).title == title


def test_a_title_has_no_bullet_and_no_button() -> None:
    for text in (f"- {TITLE}", f"- # {TITLE}", f"{TITLE}¶", f"{TITLE} (BUTTON) Copy the link"):
        assert read(text, "By Ann Roe").title == TITLE
    assert read("(BUTTON) Copy the link", "By Ann Roe").title == ""


def test_a_title_behind_a_button_and_a_long_byline() -> None:
    assert read(f"(BUTTON) {TITLE}", "By Ann Roe").title == TITLE
    found = read(TITLE, "Posted by Greta Holm on the morning of March 2, 2024")
    assert (found.title, found.author, found.date) == (TITLE, "Greta Holm", "2024-03-02")
    assert read("Posted by Greta Holm on March 2, 2024").title == ""


def test_what_a_writer_is_is_no_title() -> None:
    found = read("By Ann Roe", "Editor at Large", "May 5, 2024")
    assert (found.title, found.author, found.date) == ("", "Ann Roe", "2024-05-05")
    assert read("Staff Writer", "May 5, 2024").title == "Staff Writer"  # an advertised job


def test_the_name_of_a_poster_is_no_title() -> None:
    texts = ["Посоветуйте палатку для Хибин в сентябре", "Лешак", "Участник"]
    assert read_text_metadata([*map(line, texts), line(PROSE)], Page("")).title == texts[0]


@pytest.mark.parametrize(
    "line_of_file",
    [
        "--- Page 2 ---",
        "<text>",
        "<title>Snow</title>",
        "https://site.example/a",
        "Source: The Ludworth Courier",
    ],
)
def test_what_whoever_made_the_file_wrote_is_no_title(line_of_file: str) -> None:
    assert read(line_of_file, "By Ann Roe").title == ""
    assert read(line_of_file, TITLE, "By Ann Roe").title == TITLE


@pytest.mark.parametrize(
    "head", ["Trending Topics", "Most read", "Editor's Picks", "Mehr zum Thema", "相关新闻"]
)
def test_the_heading_of_a_list_is_no_title(head: str) -> None:
    prose = "The council of the valley met on Monday to speak about the bridge that was closed in the spring."
    lines = [head, "Bridge in the valley to stay closed", prose, prose.replace("Monday", "Friday")]
    (article,) = clean_page(Page("\n\n".join(lines), kind="text"))
    assert article.title != head


@pytest.mark.parametrize(
    ("head", "day"),
    [
        ("NEW YORK, March 5, 2024 (NEWSWIRE) --", "2024-03-05"),
        ("San Francisco, CA – March 5, 2024 –", "2024-03-05"),
        ("Łódź, 12. März 2024 –", "2024-03-12"),
        ("Saint-Denis (La Réunion), le 3 juin 2023 -", "2023-06-03"),
        ("München (dpa) - 3. Mai 2024 -", "2024-05-03"),
        ("Madrid, 9 de abril de 2024 (EFE).-", "2024-04-09"),
        ("Born in Leeds, May 3, 1995 -", ""),
        ("In Paris, May 5, 2014 –", ""),
        ("The deal of May 4, 2024 –", ""),
        ("May 5, 2024 –", ""),
        ("Leeds, May 5, 2024:", ""),
    ],
)
def test_the_day_of_a_dateline(head: str, day: str) -> None:
    assert (
        find_release_day(f"{head} Calder Optics has named a new head of sales for all of its shops.") == day
    )


def test_a_story_has_the_day_of_its_dateline() -> None:
    prose = (
        "LEEDS, England, Sept. 12, 2023 -- Calder Optics, a maker of lenses, has named a new head of sales. "
        * 2
    )
    texts = ["Calder Optics names a new head of sales", prose, "The company has shops in all of the country."]
    lines = [Labelled(Block(text, "paragraph", 0, 0, 0), "content", "", 1.0) for text in texts]
    assert read_text_metadata(lines, Page("")).date == "2023-09-12"
    lines.insert(1, Labelled(Block("Published 14 September 2023", "paragraph", 0, 0, 0), "byline", "", 0.1))
    assert read_text_metadata(lines, Page("")).date == "2023-09-14"
