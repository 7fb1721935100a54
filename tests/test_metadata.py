"""Title, author, date, site and url: of HTML pages and of articles in a text."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dehusk
from dehusk.metadata import find_metadata, read_text_metadata
from dehusk.metadata.authors import clean_author, clean_stated_author, find_name_beside_day, read_byline
from dehusk.metadata.dates import find_day, find_day_in_url, split_at_day
from dehusk.metadata.json_ld import Facts, read_facts
from dehusk.metadata.text_titles import FEATURES, describe_titles
from dehusk.metadata.titles import choose_title
from dehusk.model import Block, Document, Element, Head, Labelled, Metadata, Page


def paragraph(text: str, element: int = -1) -> Block:
    return Block(text, "paragraph", 0, 0, len(text), element)


def kept(text: str) -> Labelled:
    return Labelled(paragraph(text), "content", "", 1.0)


def heading(text: str) -> Block:
    return Block(text, "heading", 1, 0, len(text))


def found(*blocks: Block, head: Head | None = None, page: Page | None = None, marks: str = "") -> Metadata:
    document = Document("html", list(blocks), 0, [Element("div", -1, marks)], head or Head())
    return find_metadata(document, page or Page(""))


DAYS = [
    ("2024-05-06T23:59:00+02:00", "2024-05-06"),
    ("2024/5/6", "2024-05-06"),
    ("20240506", "2024-05-06"),
    ("Mon, 06 May 2024 10:00:00 GMT", "2024-05-06"),
    ("Mon May 06 10:00:00 CEST 2024", "2024-05-06"),
    ("Mon May 06 10:00:00 +0200 2024", "2024-05-06"),
    ("May 6, 2024", "2024-05-06"),
    ("Sept. 6th, 2024", "2024-09-06"),
    ("6th of May, 2024", "2024-05-06"),
    ("06. Mai 2024", "2024-05-06"),
    ("6 de mayo de 2024", "2024-05-06"),
    ("le 1er août 2024", "2024-08-01"),
    ("6 maja 2024", "2024-05-06"),
    ("6. května 2024", "2024-05-06"),
    ("6 мая 2024 г.", "2024-05-06"),
    ("6 травня 2024", "2024-05-06"),
    ("6 Mayıs 2024", "2024-05-06"),
    ("6. toukokuuta 2024", "2024-05-06"),
    ("2024. május 6.", "2024-05-06"),
    ("6 Μαΐου 2024", "2024-05-06"),
    ("6 مايو 2024", "2024-05-06"),
    ("6 मई 2024", "2024-05-06"),
    ("٦ مايو ٢٠٢٤", "2024-05-06"),
    ("६ मई २०२४", "2024-05-06"),
    ("৬ মে ২০২৪", "2024-05-06"),
    ("２０２４年５月６日", "2024-05-06"),
    ("6 במאי 2024", "2024-05-06"),
    ("6 พ.ค. 2567 10:30 น.", "2024-05-06"),
    ("6 พฤษภาคม 2024", "2024-05-06"),
    ("Ngày 6 tháng 5 năm 2024", "2024-05-06"),
    ("6. svibnja 2024.", "2024-05-06"),
    ("2024 m. gegužės 6 d.", "2024-05-06"),
    ("6 май 2024 г.", "2024-05-06"),
    ("order 2567 of 6 May", ""),
    ("2024年5月6日", "2024-05-06"),
    ("2024년 5월 6일", "2024-05-06"),
    ("06.05.2024", "2024-05-06"),
    ("31/12/2023", "2023-12-31"),
    ("12/31/2023", "2023-12-31"),
    ("first 5 May 2020, then 6 June 2021", "2020-05-05"),
    ("Ann Roe·May 6, 2024·11 min read", "2024-05-06"),
    ("05.06.2024, updated 2024-07-01", "2024-06-05"),
    ("05/06/2024, updated 2024-07-01", "2024-06-05"),
    ("2024年5月6日, 2024-07-01", "2024-05-06"),
    # an impossible one before it
    ("2024-13-01 and 05.06.2024", "2024-06-05"),
    ("2024-02-30 2024-03-01", "2024-03-01"),
    ("31.02.2024 or 01.03.2024", "2024-03-01"),
    ("1955-11-05 and 2024年5月6日", "2024-05-06"),
    # no days
    ("", ""),
    ("May 2024", ""),
    ("5 people in 2024", ""),
    ("30 February 2024", ""),
    ("2024-13-01", ""),
    ("1955-11-05", ""),
    ("1970-01-01T00:00:00Z", ""),
    ("10.0.2024.1", ""),
    ("call 555-2024-0101", ""),
    ("tel 120240506", ""),
]


@pytest.mark.parametrize(("text", "day"), DAYS)
def test_find_day(text: str, day: str) -> None:
    assert find_day(text) == day


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("On 6 May 2024, Ann", ("On ", ", Ann")),
        ("2024年5月6日 | Ann", ("", " | Ann")),
        (
            "30 people in 2024 | 2024-02-30 | 2024-03-01 | Ann",
            ("30 people in 2024 | 2024-02-30 | ", " | Ann"),
        ),
        ("2024-02-30", ("2024-02-30", "")),
        ("", ("", "")),
    ],
)
def test_a_text_is_split_at_the_day_that_is_found(text: str, parts: tuple[str, str]) -> None:
    assert split_at_day(text) == parts


def test_a_day_far_to_come_is_none_and_no_clock_is_asked() -> None:
    assert find_day("2030-12-31") == "2030-12-31"
    assert find_day("2031-01-01") == ""


def test_month_first_where_the_page_says_so() -> None:
    assert find_day("05/06/2024") == "2024-06-05"
    assert find_day("05/06/2024", month_first=True) == "2024-05-06"


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://a.example/2024/05/06/x", "2024-05-06"),
        ("https://a.example/n/2024-05-06-x", "2024-05-06"),
        ("https://a.example/20240506/x", "2024-05-06"),
        ("https://a.example/2024/05/x", ""),
        ("https://a.example/p/202405061234", ""),
    ],
)
def test_find_day_in_url(url: str, day: str) -> None:
    assert find_day_in_url(url) == day


NAMES = [
    ("By Ann Roe", "Ann Roe"),
    ("Written by: Ann Roe, MD | Updated May 5, 2024", "Ann Roe, MD"),
    ("Von Eva Groß", "Eva Groß"),
    ("作者：王小明", "王小明"),
    ("BySummer Swann-June 12, 2025", "Summer Swann"),
    ("Posted by jdoe42 on 07/03/24 02:57 PM", "jdoe42"),
    ("This post was written by Ann Roe", "Ann Roe"),
    ("Ann Roe 19311 silver badge", "Ann Roe"),
    ("Jeffrey A. Slotnick CPP, PSP", "Jeffrey A. Slotnick CPP, PSP"),
    ("Byron Blanche", "Byron Blanche"),
    ("Ann Roe. She writes about rain", "Ann Roe"),
    ("https://example.org/ann", ""),
    ("@annroe", ""),
    ("ann@example.org", ""),
    ("admin", ""),
    ("Super User", ""),
    ("Email to Author", ""),
    ("9:39AM BST", ""),
    ("by", ""),
    ("{{author.name}}", ""),
    ("", ""),
]


@pytest.mark.parametrize(("text", "name"), NAMES)
def test_clean_author(text: str, name: str) -> None:
    assert clean_author(text) == name


@pytest.mark.parametrize(
    "name",
    [
        *("Di Wu", "De Niro", "Von Miller", "Par Lindh", "Da Costa, Eva", "文 在寅"),
        *("In Sook Kim", "Kim In Sook", "On Lee", "Sun Mario Chen", "Sunday Oliseh"),
    ],
)
def test_a_stated_name_keeps_its_first_words(name: str) -> None:
    assert clean_stated_author(name) == name
    assert found(head=Head(metas={"author": name})).author == name
    text = json.dumps({"@type": "Article", "author": {"name": name}})
    assert found(head=Head(json_ld=(text,))).author == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        *(pair for pair in NAMES if pair[0] != "Von Eva Groß"),
        ("Von: Eva Groß", "Eva Groß"),
        ("Written by Di Wu", "Di Wu"),
        ("Ann Roe, Sun May 5", "Ann Roe"),
        ("Ann Roe Sunday", "Ann Roe"),
    ],
)
def test_what_is_no_name_goes_from_a_stated_one(text: str, name: str) -> None:
    assert clean_stated_author(text) == name


def test_a_name_in_a_byline_is_cleaned_once() -> None:
    assert found(heading("Rain"), paragraph("By Di Wu")).author == "Di Wu"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("By Ann Roe and Bo Li", "Ann Roe and Bo Li"),
        ("Par Zoé Blanc, Paris", "Zoé Blanc, Paris"),
        ("Autor: Jan Nowak", "Jan Nowak"),
        ("Words: Fern Dacre", "Fern Dacre"),
        ("Text: Miriam Adler  Fotos: Lukas Brehm", "Miriam Adler"),
        ("Texte et photos Camille Thouvenin | 5 juillet 2022", "Camille Thouvenin"),
        ("Propos recueillis par Julien Maréchal — 7 février 2024", "Julien Maréchal"),
        ("Текст: Павел Ломов. Фото: Анна Ким", "Павел Ломов"),
        ("记者 林晓岚", "林晓岚"),
        ("文＝小野寺はるか　写真＝堤一郎", "小野寺はるか"),
        ("كتبت: سلمى عبد الرحيم", "سلمى عبد الرحيم"),
        ("מאת: נועה ברק", "נועה ברק"),
        ("โดย สมชาย ใจดี", "สมชาย ใจดี"),
        ("โดยคนส่วนใหญ่อยากให้เป็นอย่างนั้นต่อไป", ""),
        ("Par Zoé Blanc avec AFP", "Zoé Blanc"),
        ("Por Marta Gil con agencias", "Marta Gil"),
        ("By Ann Roe and agencies", "Ann Roe"),
        ("By Con Agnew", "Con Agnew"),
        ("Das Gespräch führten Ann Roe und Bo Li.", "Ann Roe und Bo Li"),
        ("Text: it begins where the last one ended and goes on.", ""),
        ("By the time we left, it rained.", ""),
        ("Von der Brücke aus sieht man den Fluss.", ""),
        ("Ann Roe", ""),
        ("By " + "x" * 400, ""),
    ],
)
def test_read_byline(line: str, name: str) -> None:
    assert read_byline(line) == name


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Oct 20, 2025 • Ann Roe", "Ann Roe"),
        ("20.10.2025 | by Bo Li", "Bo Li"),
        ("Latest news, Oct 20, 2025", ""),
        ("OCT 20, 2025 SPORTS", ""),
        ("Ann Roe •October 20, 2025", "Ann Roe"),
        ("Ann Roe – Oct 20, 2025 9:05 pm UTC", "Ann Roe"),
        ("Marta Gil 4 OCT 2025 - 05:00 CET", "Marta Gil"),
        ("Ann Roe", ""),
        ("Latest Issue: November 2025", ""),
        ("Content Copyright 2018 - 2019", ""),
    ],
)
def test_find_name_beside_day(line: str, name: str) -> None:
    assert find_name_beside_day(line) == name


TITLES = [
    ("the heading that the title holds", ["Menu", "Rain today"], ["Rain today - Post"], [], "Rain today"),
    ("the site's name behind it goes", [], ["Rain today | The Post"], ["The Post"], "Rain today"),
    ("the site's name before it goes", [], ["The Post: x » Rain today", ], ["The Post: x"], "Rain today"),
    ("the site's name in a longer form", [], ["Rain today | Post Online"], ["Post"], "Rain today"),
    ("an unknown name behind it goes", [], ["Rain today | Somebody"], [], "Rain today"),
    ("a shorter stated title", [], ["Rain today - News - Post", "Rain today"], [], "Rain today"),
    ("a heading of other words loses", ["Subscribe now"], ["Rain today"], [], "Rain today"),
    ("what phpBB writes before a topic", ["Loom Talk"], ["Loom Talk • View topic - Warp tension"], [], "Warp tension"),
    ("a single word is not cut", [], ["Docker - Home"], [], "Docker - Home"),
    ("hyphens within words stay", [], ["Follow-up e-mails"], [], "Follow-up e-mails"),
    ("a separator in brackets", [], ["Rain song (Regen - 雨)"], [], "Rain song (Regen - 雨)"),
    ("no spaces between words", ["天气预报"], ["天气预报_新闻网"], [], "天气预报"),
    ("the site alone stays", [], ["Post"], ["Post"], "Post"),
    ("a heading where nothing is stated", ["Rain¶"], [], [], "Rain"),
    ("a title that an editor wrote", ["Rain"], ["Untitled Document"], [], "Rain"),
    ("a place that a template left unfilled", ["Rain"], ["*|MC:SUBJECT|*"], [], "Rain"),
    ("a file's name", ["Rain"], ["rain_v2.final.docx", "Rain today"], [], "Rain"),
    ("a file's name in a title", [], ["How to read robots.html"], [], "How to read robots.html"),
    ("nothing", [], [], [], ""),
]  # fmt: skip


@pytest.mark.parametrize("case", TITLES, ids=[case[0] for case in TITLES])
def test_choose_title(case: tuple[str, list[str], list[str], list[str], str]) -> None:
    _, headings, stated, sites, title = case
    assert choose_title(headings, stated, sites) == title


def test_json_ld_follows_references_and_graphs() -> None:
    graph = [
        {"@type": "WebSite", "name": "Post"},
        {"@type": "Person", "@id": "#ann", "name": "Ann Roe"},
        {"@type": ["Article", "X"], "author": [{"@id": "#ann"}, "Bo Li"], "datePublished": "2024-05-06"},
    ]
    facts = read_facts([json.dumps({"@graph": graph})])
    assert (facts.author, facts.published, facts.website) == ("Ann Roe, Bo Li", "2024-05-06", "Post")


def test_the_day_of_a_posted_job_is_read() -> None:
    assert read_facts(['{"@type": "JobPosting", "datePosted": "2024-02-20"}']).published == "2024-02-20"


def test_json_ld_may_be_escaped_as_html() -> None:
    facts = read_facts(
        ['{"@type": "Article", "headline": "Salt &#8211; &amp; fish", "author": "Seán O&#039;Dea"}']
    )
    assert (facts.headline, facts.author) == ("Salt – & fish", "Seán O'Dea")


def test_json_ld_article_comes_before_page_and_review_does_not_count() -> None:
    nodes = [
        {"@type": "Review", "author": "Customer", "datePublished": "2001-01-01"},
        {"@type": "WebPage", "datePublished": "2002-02-02"},
        {"@type": "NewsArticle", "author": "Ann Roe", "datePublished": "2024-05-06"},
    ]
    facts = read_facts(json.dumps(node) for node in nodes)
    assert (facts.author, facts.published) == ("Ann Roe", "2024-05-06")


@pytest.mark.parametrize("wrapped", ["<![CDATA[{}]]>", "//<![CDATA[\n{}\n//]]>", "<!--{}-->", "{};"])
def test_json_ld_in_a_wrapper(wrapped: str) -> None:
    assert read_facts([wrapped.replace("{}", '{"@type": "Article", "headline": "H"}')]).headline == "H"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[" * 100_000,
        '{"a":' * 50_000,
        "1" * 10_000,
        '{"@type": "Article", "author": NaN}',
        "\x00",
        "[[[]]]",
    ],
)
def test_hostile_json_ld_says_nothing(text: str) -> None:
    assert read_facts([text]) == Facts()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["@type", "@id", "@graph", "author", "name", "datePublished", "publisher", "headline"]
            ),
            inner | st.just("Article") | st.just("2024-05-06"),
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(json_values)
def test_json_ld_of_any_shape_never_raises(value: object) -> None:
    facts = read_facts([json.dumps(value)])
    assert all(isinstance(getattr(facts, name), str) for name in Facts.__slots__)


def test_page_fields_win() -> None:
    page = Page("", url="https://a.example/x", title=" T ", author="A", date="2020-02-02")
    head = Head(title="Other", canonical="https://b.example/", metas={"author": "B", "date": "2024-05-06"})
    assert found(head=head, page=page) == Metadata("T", "A", "2020-02-02", "a.example", "https://a.example/x")


@pytest.mark.parametrize(
    ("stated", "url"),
    [
        (("https://a.example/x", ""), "https://a.example/x"),
        (("/x", "https://a.example/y"), "https://a.example/x"),
        (("/x", ""), ""),
        (("javascript:alert(1)", "ftp://a.example/"), ""),
        (("https:///x", "https://a.example/y"), "https://a.example/x"),
        (("http://[::1", ""), ""),
    ],
)
def test_url_is_of_the_web_and_absolute(stated: tuple[str, str], url: str) -> None:
    assert found(head=Head(canonical=stated[0], metas={"og:url": stated[1]})).url == url


def test_an_address_of_no_scheme_that_came_with_a_page_is_not_joined() -> None:
    head = Head(canonical="https://a.example/dir/x")
    assert found(head=head, page=Page("", url="site.example/p")).url == "https://a.example/dir/x"


def test_names_of_the_site_are_the_last_to_be_authors() -> None:
    head = Head(metas={"og:site_name": "Daily Post", "author": "Daily Post"})
    assert found(head=head).author == "Daily Post"
    assert found(heading("Rain"), paragraph("By Ann Roe"), head=head).author == "Ann Roe"


@pytest.mark.parametrize(
    ("name", "value", "author"),
    [
        ("citation_author", "Brae, Olin; Brock, Edda", "Olin Brae, Edda Brock"),
        ("citation_author", "Ann B. Roe; Bo Li", "Ann B. Roe, Bo Li"),
        ("dc.creator", "Quill, Mara, 1851-1920; Brae, O. (Olin), 1849?-", "Mara Quill, O. Brae"),
        ("dc.creator", "Roe, Ann", "Ann Roe"),
        ("dc.creator", "Ann Roe, PhD", "Ann Roe, PhD"),
        ("author", "Roe, Ann", "Roe, Ann"),
        ("article:author", "https://a.example/ann; Ann Roe", "Ann Roe"),
        ("author", "Maria &amp; Sean O&#039;Brien", "Maria & Sean O'Brien"),
        ("article:author", "Blogs | Island Notes | Ann Roe", "Ann Roe"),
    ],
)
def test_authors_in_the_head(name: str, value: str, author: str) -> None:
    assert found(head=Head(metas={"og:site_name": "Blogs | Island Notes", name: value})).author == author


def test_a_day_that_the_page_hides_is_the_last_to_count() -> None:
    bar, line = paragraph("09 Aug 1999 - 02 Feb 2021", 0), paragraph("Posted May 6, 2004")
    assert found(bar, line, marks="toolbar -hidden").date == "2004-05-06"
    assert found(bar, line, marks="toolbar").date == "2004-05-06"
    plain = paragraph("May 6, 2004")
    assert [found(bar, plain, marks=marks).date for marks in ("bar -hidden", "bar")] == [
        "2004-05-06",
        "1999-08-09",
    ]
    assert found(bar, marks="bar -hidden").date == "1999-08-09"


def test_author_from_a_marked_block() -> None:
    assert found(heading("Rain"), paragraph("Ann Roe", 0), marks="post-author").author == "Ann Roe"
    assert found(heading("Rain"), paragraph("Ann Roe", 0), marks="post-author-bio").author == ""
    assert found(heading("Rain"), paragraph("Ann Roe", 0), marks="intro").author == ""


@pytest.mark.parametrize(
    ("bylines", "author"),
    [
        (("Ann Roe Senior Editor, Island Post", "Ann Roe"), "Ann Roe"),
        (("Ann Roe Island Post", "Island Post"), "Ann Roe Island Post"),
        (("Ann Roe and Bo Li", "Ann Roe"), "Ann Roe and Bo Li"),
        (("Ann Roe, Bo Li", "Ann Roe"), "Ann Roe, Bo Li"),
        (("Ann Roe", "Ann"), "Ann Roe"),
        (("Author interviews", "Ann Roe"), "Ann Roe"),
        (("Photograph by Bo Li", "Ann Roe"), "Ann Roe"),
    ],
)
def test_author_from_marked_elements(bylines: tuple[str, ...], author: str) -> None:
    assert found(heading("Rain"), head=Head(bylines=bylines)).author == author


def test_whose_the_rights_are_is_no_author() -> None:
    assert found(heading("Rain"), paragraph("© by Bo Li")).author == ""


def test_names_that_are_stated_stand_apart() -> None:
    assert found(head=Head(metas={"author": "Ann Roe,Bo Li"})).author == "Ann Roe, Bo Li"


def test_a_site_that_names_its_address_is_its_host() -> None:
    assert found(head=Head(metas={"og:site_name": "https://www.example.org/"})).site == "example.org"


def test_a_title_that_begins_with_a_heading_is_that() -> None:
    stated = Head(title="The night | Tales | Old Diary", metas={"og:title": "The night | Tales"})
    assert found(heading("The night")._replace(level=2), head=stated).title == "The night"
    assert found(heading("The rain")._replace(level=2), head=stated).title == "The night | Tales"


def test_a_title_that_ends_in_another_that_a_heading_says_is_that() -> None:
    head = Head(title="Old Diary: The night", metas={"og:title": "The night"})
    assert found(heading("The night")._replace(level=3), head=head).title == "The night"
    assert found(heading("The rain")._replace(level=3), head=head).title == "Old Diary: The night"


DATES = [
    (
        "published before modified",
        {"article:published_time": "2024-05-06", "date": "2020-01-01"},
        "",
        "2024-05-06",
    ),
    ("a line near the title", {}, "Posted on 6 May 2024", "2024-05-06"),
    ("the first of two in a line", {}, "May 6, 2024 - Updated July 9, 2025", "2024-05-06"),
    ("an update where there is nothing else", {}, "Updated July 9, 2025", "2025-07-09"),
    ("a copyright line is no date", {}, "© Post, 1 January 2025", ""),
    ("UTC a day ahead of the shown day", {"date": "2024-05-07T01:00:00Z"}, "May 6, 2024", "2024-05-06"),
    ("another shown day", {"date": "2024-05-09T01:00:00Z"}, "May 6, 2024", "2024-05-09"),
    ("a change of something that is no article", {"article:modified_time": "2024-05-06"}, "", ""),
    (
        "a change of an article",
        {"article:modified_time": "2024-05-06", "og:type": "article"},
        "",
        "2024-05-06",
    ),
]


@pytest.mark.parametrize(
    ("metas", "line", "day"), [case[1:] for case in DATES], ids=[case[0] for case in DATES]
)
def test_date(metas: dict[str, str], line: str, day: str) -> None:
    blocks = [heading("Rain"), paragraph(line or "Text.")]
    assert found(*blocks, head=Head(language="en", metas=metas)).date == day


@pytest.mark.parametrize(
    ("crawled", "day"),
    [
        ("2024-05-06T12:00:00Z", "2024-05-06"),
        ("Mon, 03 Feb 2020 <i>", "2020-02-03"),
        ("x" * 90, ""),
        ("", ""),
    ],
)
def test_the_day_of_the_crawl_is_a_day(crawled: str, day: str) -> None:
    page = Page("", crawled=crawled)
    assert found(heading("Rain"), paragraph("Text."), page=page).date == day
    assert read_text_metadata([kept("Text.")], page).date == day


@pytest.mark.parametrize(
    ("language", "day"),
    [
        ("en-US", "2024-05-06"),
        ("en_US", "2024-05-06"),
        ("en", "2024-05-06"),
        ("en_GB", "2024-06-05"),
        ("de", "2024-06-05"),
    ],
)
def test_the_month_comes_first_in_america(language: str, day: str) -> None:
    assert found(head=Head(language=language, metas={"date": "05/06/2024"})).date == day


def test_a_made_up_day_of_publication_gives_way_to_the_shown_one() -> None:
    ld = '{"@type": "Article", "datePublished": "Jun 24, 2025", "dateModified": "Jun 24, 2025"}'
    page = [heading("Rain"), paragraph("August 25, 2024")]
    assert found(*page, head=Head(json_ld=(ld,))).date == "2024-08-25"


texts = st.text(max_size=60) | st.sampled_from(
    ["By ", "2024-05-06", "| Post", "https://[", "9" * 50, "May 99, 2024"]
)


BESIDE_SITES = [
    ("a forum's name is the main heading", "Loom Talk", "Warp tension - Loom Talk", "Warp tension"),
    ("... and its part is named too", "Loom Talk", "Warp tension - Looms - Loom Talk", "Warp tension"),
    ("a blog's name before a colon", "Old Diary", "Old Diary: The night", "The night"),
    ("a section is no title", "The night", "The night - Old Diary", "The night"),
    ("low lines in Chinese", "织机日报", "经线的张力_手工_织机日报", "经线的张力"),
    ("a word of the title is no site", "night", "The night", "night"),
    ("a site without another heading", "Old Diary", "Unknown - Old Diary", "Old Diary"),
]


LINKED = [
    (
        "a link to what it is a part of",
        ["[Loom Weaver]", "class Heddle"],
        "Class Loom::Weaver::Heddle",
        "class Heddle",
    ),
    (
        "a link to the book that the title ends in",
        ["[Old Manual]", "The code of looms.oak"],
        "looms.oak - Old Manual",
        "The code of looms.oak",
    ),
    ("... and no heading has the rest", ["[Old Manual]", "Index"], "looms - Old Manual", "Old Manual"),
    (
        "no link: the site's name may come first",
        ["Looms", "About Old Weavers"],
        "Old Weavers - Looms",
        "Looms",
    ),
    (
        "the same text, no link",
        ["[Loom Weaver]", "Loom Weaver", "class Heddle"],
        "Class Loom::Weaver::Heddle",
        "Loom Weaver",
    ),
    (
        "a logo's one word",
        ["[Weft]", "Subscribe"],
        "How weft and warp meet on a hand loom",
        "How weft and warp meet on a hand loom",
    ),
    ("no other heading", ["[How weft and warp meet]"], "Weft, warp meet", "How weft and warp meet"),
    ("a link that is the title", ["[Warp tension]", "Read on"], "Warp tension", "Warp tension"),
    (
        "no main heading, a post behind the site",
        ["2 [How weft meets warp]"],
        "Old Loom | How weft meets warp",
        "How weft meets warp",
    ),
    ("... and a link to a part of it", ["2 [How weft]"], "Old Loom | How weft meets warp", "Old Loom"),
]


@pytest.mark.parametrize("case", LINKED, ids=[case[0] for case in LINKED])
def test_a_heading_that_is_a_link(case: tuple[str, list[str], str, str]) -> None:
    """[In brackets] it is one from end to end; a number is its level."""
    _, headings, stated, title = case
    blocks = [
        heading(text.strip("[] 2"))._replace(
            link_chars=len(text.strip("[] 2")) if "[" in text else 0, level=2 if text[0] == "2" else 1
        )
        for text in headings
    ]
    assert found(*blocks, head=Head(title=stated)).title == title


def test_a_line_that_is_marked_as_the_title() -> None:
    """Above all headings, as documentation of code has it; below one it may be a figure's."""
    line, head = paragraph("Heddle Member List", 0), Head(title="Loom: Member List")
    assert found(line, head=head, marks="title").title == "Heddle Member List"
    assert found(line._replace(link_chars=18), head=head, marks="title").title == "Loom: Member List"
    assert found(heading("x")._replace(level=2), line, head=head, marks="title").title == "Loom: Member List"
    assert found(line, head=head, marks="subtitle").title == "Loom: Member List"


BOOKS = [
    (
        "a book's name comes first",
        [(3, "46 Warp Looms")],
        "WEAVE (ref) - Chapter 46: Warp Looms",
        "46 Warp Looms",
    ),
    ("... and a word is no heading of it", [(3, "Looms")], "All of it - Chapter 46: Warp Looms", "All of it"),
    (
        "a section's name comes last",
        [(3, "News"), (3, "Warp looms")],
        "Warp looms today - News",
        "Warp looms today",
    ),
    ("the site's name comes last", [(3, "Warp Looms")], "Warp Looms today - Old Manual", "Warp Looms today"),
]


@pytest.mark.parametrize("case", BOOKS, ids=[case[0] for case in BOOKS])
def test_a_title_beside_a_books_name(case: tuple[str, list[tuple[int, str]], str, str]) -> None:
    _, headings, stated, title = case
    blocks = [heading(text)._replace(level=level) for level, text in headings]
    assert found(*blocks, head=Head(title=stated)).title == title


@pytest.mark.parametrize("case", BESIDE_SITES, ids=[case[0] for case in BESIDE_SITES])
def test_a_title_beside_a_sites_name(case: tuple[str, str, str, str]) -> None:
    _, main, stated, title = case
    lower = [main, "Warp tension", "The", "The night", "Old Diary", "经线的张力"]
    assert choose_title([main], [stated], [], lower=lower) == title


@given(texts, texts, st.dictionaries(st.sampled_from(["author", "date", "og:url", "og:title"]), texts), texts)
def test_any_head_and_blocks_never_raise(title: str, line: str, metas: dict[str, str], date: str) -> None:
    head = Head(title=title, canonical=line, metas=metas, json_ld=(title,), times=(line,), bylines=(line,))
    result = found(heading(title or "x"), paragraph(line or "x", 0), head=head, page=Page("", date=date))
    assert all(isinstance(value, str) for value in (result.title, result.author, result.site, result.url))
    assert result.date == "" or len(result.date) == 10


NIGHT = "It was night, and nobody on the coast had seen a storm like it. "
LINES = [
    (
        "headline, byline, dateline",
        ["Storm hits coast", "By Ann Roe", "May 6, 2024", "It was night."],
        Metadata("Storm hits coast", "Ann Roe", "2024-05-06"),
    ),
    ("a text that begins at once", [NIGHT * 4, "By Ann Roe"], Metadata("", "Ann Roe", "")),
    ("a sentence is no headline", ["It was night.", "The wind rose."], Metadata()),
    ("the end of a sentence is no headline", ["the night of the storm", NIGHT], Metadata()),
    ("a rule is no headline", ["____________", "It was night."], Metadata()),
    ("a heading of every text is no headline", ["Introduction", "It was night."], Metadata()),
    ("the end of a trail", ["Home > News > Storm hits coast", "It was night."], Metadata("Storm hits coast")),
    ("a text browser's numbers", ["[12]Storm hits coast", "It was night."], Metadata("Storm hits coast")),
    (
        "a date in a sentence",
        ["On May 6, 2024 it rained on the whole of the northern coast.", NIGHT],
        Metadata(),
    ),
    ("a date deep in the text", [*["It was night."] * 9, "May 6, 2024", *["The end."] * 9], Metadata()),
    ("a copyright line", ["It was night.", "© 1 May 2024 Post"], Metadata()),
    (
        "a date in the last line",
        ["Storm hits coast", *["It was night."] * 9, "Posted 6 May 2024"],
        Metadata("Storm hits coast", "", "2024-05-06"),
    ),
    (
        "a byline in small letters",
        ["Storm hits coast", "von Eva Groß", NIGHT],
        Metadata("Storm hits coast", "Eva Groß"),
    ),
    (
        "a bare name beside a date",
        ["Storm hits coast", "Ann Roe", "Published May 6, 2024", NIGHT],
        Metadata("Storm hits coast", "Ann Roe", "2024-05-06"),
    ),
    (
        "a name and a date in one line",
        ["Storm hits coast", "30 October 2022 | Jill Sandford", NIGHT],
        Metadata("Storm hits coast", "Jill Sandford", "2022-10-30"),
    ),
    (
        "a place before a date",
        ["Storm hits coast", "New York, May 5, 2024", NIGHT],
        Metadata("Storm hits coast", "", "2024-05-05"),
    ),
    (
        "a section beside a date",
        ["Storm hits coast", "May 5, 2024 | World News", NIGHT],
        Metadata("Storm hits coast", "", "2024-05-05"),
    ),
    (
        "sizes of letters",
        ["Storm hits coast", "Text: Small Medium Large", NIGHT],
        Metadata("Storm hits coast"),
    ),
    (
        "buttons beside a date",
        ["Storm hits coast", "Kommentare Drucken", "May 6, 2024", NIGHT],
        Metadata("Storm hits coast", "", "2024-05-06"),
    ),
    (
        "since when somebody is a member",
        ["Storm hits coast", "Registriert: 6. Mai 2023", NIGHT],
        Metadata("Storm hits coast"),
    ),
    (
        "a short title without spaces",
        ["番茄牛腩", "这道菜是很多人从小吃到大的味道，做法其实很简单，只要肯花时间就行。"],
        Metadata("番茄牛腩"),
    ),
    ("no lines", [], Metadata()),
]


@pytest.mark.parametrize(("lines", "expected"), [case[1:] for case in LINES], ids=[case[0] for case in LINES])
def test_read_text_metadata(lines: list[str], expected: Metadata) -> None:
    assert read_text_metadata([kept(line) for line in lines], Page("")) == expected


def test_bylines_that_were_left_out_count() -> None:
    lines = [
        Labelled(paragraph("Sport"), "menu", "", 0.1),
        kept("Storm hits coast"),
        Labelled(paragraph("By Ann Roe"), "byline", "", 0.2),
        Labelled(paragraph("May 6, 2024"), "boilerplate", "", 0.2),
        Labelled(paragraph("By Bo Li"), "related", "", 0.1),
        kept(NIGHT),
    ]
    assert read_text_metadata(lines, Page("")) == Metadata("Storm hits coast", "Ann Roe", "2024-05-06")
    assert read_text_metadata(lines[:1], Page("")) == Metadata()


@pytest.mark.parametrize(
    "site", ["The Western Gazette", "旅と文房具と、ときどき猫", "Home » News » Environment"]
)
def test_a_masthead_is_no_title(site: str) -> None:
    title = "Beavers return to the upper Wend after two hundred years"
    texts = [
        title,
        *["The beavers of the upper Wend were seen again on Monday, and the council was glad."] * 3,
    ]
    (article,) = dehusk.clean_page(Page("\n\n".join([site, *texts]), kind="text"))
    assert article.title == title


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("Home News Sport Weather Storm hits the coast Share Tweet Email", "Storm hits the coast"),
        ("Startseite | Politik | Kultur | Sturm trifft die Küste Teilen Drucken", "Sturm trifft die Küste"),
        ("A Guide to Climate Science Education", "A Guide to Climate Science Education"),
        ("How to Use Facebook Live Video", "How to Use Facebook Live Video"),
        ("Home Business World Records Broken in May", "Home Business World Records Broken in May"),
        ("Home Business stays closed after the storm", "Home Business stays closed after the storm"),
        ("Why the weather is no news: Share", "Why the weather is no news: Share"),
    ],
)
def test_a_title_is_found_in_the_middle_of_a_menu(line: str, title: str) -> None:
    assert read_text_metadata([kept(line), kept("By Ann Roe"), kept(NIGHT)], Page("")).title == title


def test_echoes_of_a_title_are_counted() -> None:
    texts = [
        "Home > Storm hits coast",
        "Storm hits coast - The Post",
        "Storm hits coast",
        "Storm, hits coast!",
        NIGHT,
    ]
    rows = describe_titles([kept(text) for text in texts]).rows
    columns = [FEATURES.index("echoes"), FEATURES.index("longer echoes")]
    assert rows[:, columns].tolist() == [[2, 1], [0, 0], [1, 2], [1, 2]]


def test_what_was_left_out_of_an_article_costs_linear_time() -> None:
    """A minute or two where each line is compared with all others."""
    husk = [Labelled(paragraph(f"words {i}"), "menu", "", 0.1) for i in range(40_000)]
    start = time.process_time()
    assert len(describe_titles([kept("Storm hits coast"), *husk, kept(NIGHT)]).titles) == 40_002
    assert time.process_time() - start < 20


def test_text_page_fields_win() -> None:
    page = Page("", url="https://a.example/x", title="T", author="A", date="2020-02-02")
    lines = [kept("Storm hits coast"), kept("By Ann Roe"), kept("May 6, 2024")]
    assert read_text_metadata(lines, page) == Metadata("T", "A", "2020-02-02", "", "https://a.example/x")


@pytest.mark.parametrize("unit", ["x : ", "a | ", "- ", "[", "by ", "May 1 ", "1.1."])
def test_hostile_repetition_costs_little(unit: str) -> None:
    """Each was seconds or hundreds of milliseconds once; 1 s leaves room for a busy machine."""
    text = unit * 500
    metas = {"og:title": text, "og:site_name": unit.strip(), "author": text, "date": text}
    blocks = [heading(text)] * 50 + [paragraph(text[:160], 0)] * 2_000
    start = time.process_time()
    found(*blocks, head=Head(title=text, metas=metas, bylines=(text[:200],) * 12), marks="author")
    assert time.process_time() - start < 1.0


@pytest.mark.parametrize("line", ["Écrit par Jeanne Roux", "écrit par Jeanne Roux"])
def test_a_writer_is_found_far_from_the_title(line: str) -> None:
    blocks = [heading("Le phare"), *[paragraph("Il se dresse au bout de la jetée.")] * 60, paragraph(line)]
    assert found(*blocks, head=Head(title="Le phare")).author == "Jeanne Roux"
