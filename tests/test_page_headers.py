"""page_headers: where a dump says itself that its pages begin."""

from __future__ import annotations

import json
import time
from bisect import bisect_right
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dehusk.blocks.text import read_text
from dehusk.label.text import label_text
from dehusk.model import Options, Page
from dehusk.page_headers import FACTS, find_form, find_headers, find_numbered, find_regular_rules, read_form
from dehusk.page_headers.mail import read_mail
from dehusk.page_headers.seams import find_seam, find_seams
from dehusk.stages.page import clean_page
from dehusk.stages.windows import work_windows

ARTICLES = [
    *json.loads((Path(__file__).parent / "cases" / "label_text.json").read_text(encoding="utf-8")).values()
]
BRIDGE = (
    "The county council voted on Tuesday to close the old stone bridge over the Avon for nine months while engineers "
    "replace its bearings. Drivers will be sent round by the ring road, a detour of about six miles.\n\n"
    'Residents of the east bank said the closure would cut them off. "Nobody asked us," said Maria Holt.'
)
BEES = (
    "A team at the university has found that bees learn to open puzzle boxes by watching others. The insects kept the "
    "trick for weeks, even where an easier one was on offer.\n\n"
    'The result was a surprise. "It may need only a crowd," said Dr Lena Okafor, who led the work.'
)
TITLES = ("Old bridge to close for nine months", "Bees learn tricks from each other")
HEADERS = {
    "field title: date+title+url": "Title: {t}\n\nURL Source: https://news.example/{n}\n\n"
    "Date: 2024-05-0{n}\n\nMarkdown Content:\n",
    "field url: date+title+url": "URL: https://news.example/{n}\nTitle: {t}\nDate: 2024-05-0{n}\n\n",
    "address ": "https://news.example/{n}\n\n",
    "front ---": "---\ntitle: {t}\nurl: https://news.example/{n}\ndate: 2024-05-0{n}\ntags:\n- a\n- b\n---\n\n",
    "tag <doc": '<doc id="{n}" url="https://news.example/{n}" title="{t}">\n',
    "frame =====": "===== https://news.example/{n} =====\n\n",
    "frame ---": "--- Document {n} ---\n\n",
    "frame ###": "### pages/{n}.html ###\n",
    "frame ==": "==> pages/{n}.txt <==\n",
    "count ### document ": "### Document {n} ###\n",
    "count [doc. ": "[Doc. {n}]\n\n",
    "count ===== dokument ": "===== Dokument {n} von 2\n",
    "count ": "{n} of 2 DOCUMENTS\n\n",
    "field [0] title: title+url": "[{n}] Title: {t}\nURL: https://news.example/{n}\nScore: 0.{n}\n\n",
    "field titel: author+date+title+url": "Titel: {t}\nAutor: Jana Roh\nDatum: {n}. Mai 2024\n"
    "Quelle: https://news.example/{n}\n\n",
    "field 标题: date+title+url": "标题：{t}\n日期:2024-05-0{n}\n链接：https://news.example/{n}\n\n",
    "mail from:": "From: Ann Roe <ann@news.example>\nDate: Wed, {n} May 2024 09:12:44 +0100\n"
    "Subject: Re: {t}\nMessage-ID: <{n}@site.example>\n\n",
    "mail from ": "From ann@site.example Wed May  1 09:12:44 2024\nFrom: Ann Roe <ann@site.example>\n"
    "Date: Wed, {n} May 2024 09:12:44 +0100\nSubject: {t}\n\n",
}  # fmt: skip


def test_addresses_may_stand_in_brackets() -> None:
    articles = clean_page(Page(make_dump("[https://news.example/{n}]\n"), kind="text"))
    assert [article.url for article in articles] == ["https://news.example/1", "https://news.example/2"]


BOATS = (
    "Two fishing boats were towed into the harbour on Monday night after their nets had caught a sunken buoy and held "
    "them both. Nobody was hurt, the coast guard said, and the buoy is to be lifted before the season begins."
)
THREE = dict(zip((*TITLES, "Boats towed in"), (BRIDGE, BEES, BOATS), strict=True))


@pytest.mark.parametrize("header", ["Title: {}", "Titre : {}", "Заголовок: {}", " = {} = "])
def test_titles_alone_are_headers_if_there_are_three(header: str) -> None:
    dump = "\n\n".join(f"{header.format(title)}\n{text}" for title, text in THREE.items())
    assert [article.title for article in clean_page(Page(dump, kind="text"))] == list(THREE)


SHAPES = {
    "[0] {title}": "[{n}] {t}\n{u}\n\n",
    "Scraped from {address} on 0-0-0 0:0": "Scraped from {u} on 2024-05-0{n} 10:1{n}\n\n",
    "Scraped from {address} on 0": "Scraped from {u} on May {n}, 2024\n\n",
    "{address} 0 OK text/html": "{u} 200 OK text/html\n",
    '{"url": "{address}", "status": 0}': '{{"url": "{u}", "status": 200}}\n',
    "0\t{address}": "{n}\t{u}\n",
    "ruled 0 ************": "************\n* {u}\n************\n",
    "ruled 0 ==========": "==========\nFile: pages/{n}.html\n==========\n",
    "{file} 0-0-0": "bridge-{n}.html 2024-05-0{n}\n",
}


def make_three(header: str, end: str = "") -> str:
    pages = enumerate(THREE.items(), 1)
    return "\n\n".join(
        header.format(t=title, n=n, u=f"https://news.example/{n}")
        + f"{title}\n{text}"
        + end.format(n=n, u=f"https://news.example/{n}")
        for n, (title, text) in pages
    )


@pytest.mark.parametrize(
    "banner",
    [
        "",
        "# Scraped Content\n\n",
        "---\n\n",
        "# Docs\n\n3 pages\nof one site\n\n",
        "# Docs\n\n**Source URL:** https://other.example/\n\n**Scraped Date:** 2024-05-01\n\n---\n\n",
    ],
)
@pytest.mark.parametrize(
    ("form", "header"),
    [
        ("frame ##", "## {u}\n\n"),
        ("field ## source: url", "## Source: {u}\n\n"),
        ("field # url: url", "---\n\n# URL: {u}\n\n"),
        ("field ### quelle: url", "### Quelle: {u}\n"),
        ("frame ###", "### Page {n}: {u}\n\n"),
        ("frame ===", "=== PAGE: {u} ===\n"),
    ],
)
def test_headings_with_an_address_are_headers_below_a_banner(banner: str, form: str, header: str) -> None:
    more = "".join(
        f"\n\nIn the {season} of page {{n}} the council said that the work would take longer, and that it would pay."
        for season in ("spring", "summer", "autumn", "winter")
    )
    dump = banner + make_three(header, more)
    assert read_form(dump) == form
    articles = list(clean_page(Page(dump, kind="text")))
    assert [article.url for article in articles] == [f"https://news.example/{n}" for n in (1, 2, 3)]
    assert [article.text.split("\n")[0] for article in articles] == list(THREE)


@pytest.mark.parametrize("header", ["# {t}\nURL: {u}\n\n", "# {t}\nURL: /docs/{n}\nSource: {u}\n\n"])
def test_addresses_below_titles_are_found_below_a_banner(header: str) -> None:
    dump = "# Docs\n\nLanguage: en\nGenerated: 2024-05-01\n\n" + make_three(header)
    articles = list(clean_page(Page(dump, kind="text")))
    assert [article.url for article in articles] == [f"https://news.example/{n}" for n in (1, 2, 3)]
    assert [article.title for article in articles] == list(THREE)
    assert not any("/docs/" in article.text for article in articles)


STATED = (
    "This file contains all documentation content in a single document following the llmstxt.org standard."
)
RULE = "\n\n---\n\n"


def make_pages(header: str, banner: str = "", between: str = "\n\n") -> str:
    """Pages with a section each, in whose code a comment stands."""
    section = "\n\n## Notes\n\n```\n# how to install\n\nmake\n```\n\nThe council of page {n} will say more next week."
    pages = enumerate(THREE.items(), 1)
    return banner + between.join(
        header.format(t=title, n=n) + text + section.format(n=n) for n, (title, text) in pages
    )


@pytest.mark.parametrize(
    ("form", "header", "banner", "between"),
    [
        (
            "headings ruled #",
            "# {t}\n\n",
            f"# Moor\n\n- [a](/a.md){RULE}# Full Documentation Content\n\n",
            RULE,
        ),
        ("headings ruled ##", "## {t}\n\n", f"# Moor\n\n> The moor.\n\n{STATED}\n\n", RULE),
        (
            "headings stated #",
            "# {t}\n\n",
            "<SYSTEM>This is the full developer documentation for Moor</SYSTEM>\n\n",
            "\n\n",
        ),
        ("headings path #", "# {t} (/docs/{n})\n\n", "", "\n\n"),
        ("headings path #", "# {t} (https://site.example/{n})\n\n", "# Moor\n\n", "\n\n"),
        ("headings file ###", "### File: docs/{n}.md\n\n# {t}\n\n", "# Moor\n\nAll files.\n\n", RULE),
    ],
)
def test_headings_head_the_pages_of_documentation(form: str, header: str, banner: str, between: str) -> None:
    dump = make_pages(header, banner, between)
    if "file" in form:  # as long as pages are
        dump = dump.replace("\n\n## Notes", f"\n\n{BOATS} {BOATS}\n\n## Notes")
    assert read_form(dump) == form
    articles = list(clean_page(Page(dump, kind="text"), Options(dedup=False)))[-3:]
    assert [article.title for article in articles] == list(THREE)
    for n, article in enumerate(articles, 1):
        assert f"The council of page {n} will say more" in article.text
        assert "File: docs" not in article.text
        assert article.url == f"https://site.example/{n}" * ("(https:" in header)


@pytest.mark.parametrize(
    ("header", "banner", "between"),
    [
        ("## {t}\n\n\n", "# Moor\n\n> The moor.\n\n", RULE),
        ("# {t}\n\n", "", RULE),
        ("# {t}\n\n> About it.\n\n", "", "\n\n"),
        ("# {t}\n\n", f"Moor\n\n{STATED}\n\n", RULE),
        ("### File: app/{n}.html\n\n", "# Moor\n\n", "\n\n"),
        ("## {t} (/api/{n})\n\n", "# Moor\n\n", "\n\n"),
        ("# {n}. {t} (https://site.example/{n})\n\n", "# Moor\n\n", "\n\n"),
        ("# {t} (https://site{n}.example/)\n\n", "# Moor\n\n", "\n\n"),
    ],
)
def test_a_page_s_own_headings_head_no_pages(header: str, banner: str, between: str) -> None:
    assert read_form(make_pages(header, banner, between)) == ""


def test_the_first_heading_of_a_later_piece_is_a_section_s() -> None:
    dump = make_pages("## {t}\n\n", f"# Moor\n\n{STATED}\n\n", RULE)
    texts = list(filter(None, dump[dump.index("## Notes") :].splitlines()))
    found = find_headers(texts, [1] * len(texts), "headings ruled ##")
    assert [texts[header.end] for header in found] == [f"## {title}" for title in list(THREE)[1:]]


@pytest.mark.parametrize(
    ("lead", "facts"),
    [
        ("{t}", {"title"}),
        ("{n}. {t}", {"title"}),
        ("**{n}. {t}**", {"title"}),
        ("Company {n}: {t}", {"title"}),
        ("{t}\nBy Ann Roe", {"title", "author"}),
        ("{n}. Title: {t}", {"title"}),
        ("Article {n}\nTitle: {t}\nAuthor: Ann Roe", {"title", "author"}),
        ("Artículo {n}:\nTítulo: {t}", {"title"}),
        ("News #{n}\nTitle: {t}", {"title"}),
        ("Title:", set[str]()),
        ("Article {n}", set[str]()),
    ],
)
def test_what_stands_above_fields_is_of_their_page(lead: str, facts: set[str]) -> None:
    dump = "\n\n".join(
        f"{lead.format(t=title, n=n)}\nURL: https://news.example/{n}\n\n{text}"
        for n, (title, text) in enumerate(THREE.items(), 1)
    )
    articles = list(clean_page(Page(dump, kind="text"), Options(dedup=False)))
    assert [article.url for article in articles] == [f"https://news.example/{n}" for n in (1, 2, 3)]
    assert [article.text for article in articles] == [text.replace("\n\n", "\n") for text in THREE.values()]
    assert [article.title for article in articles] == [title * ("title" in facts) for title in THREE]
    assert {article.author for article in articles} == {"Ann Roe" * ("author" in facts)}


@pytest.mark.parametrize("last", ["Share this on Facebook {n}", "Photo: Ada van Ortiz {n}", "Serves {n}0"])
@pytest.mark.parametrize("title", ["", "Title: {t}\n"])
def test_a_page_s_last_line_is_not_of_the_next_one(last: str, title: str) -> None:
    dump = "A crawl of the moor\n" + "".join(
        f"URL: https://news.example/{n}\n{title.format(t=name)}\n{name}\n\n{text}\n\n{last.format(n=n)}\n"
        for n, (name, text) in enumerate(THREE.items(), 1)
    )
    articles = list(clean_page(Page(dump, kind="text"), Options(dedup=False)))[-3:]
    assert [article.title for article in articles] == list(THREE)


@pytest.mark.parametrize(
    ("header", "end"),
    [
        ("<doc>\n<title>{t}</title>\n<text>\n", "\n</text>\n</doc>"),
        ("<DOC>\n<DOCNO> AP-{n} </DOCNO>\n<TITLE>{t}</TITLE>\n<TEXT>\n", "\n</TEXT>\n</DOC>"),
        ("<noticia> {n} </noticia>\n\n<titulo>{t}</titulo>\n\n<cuerpo>\n\n", "\n\n</cuerpo>"),
        ('<news id="{n}">\n<title>{t}</title>\n<url>{u}</url>\n', "\n</news>"),
    ],
)
def test_elements_may_stand_around_pages(header: str, end: str) -> None:
    dump = make_three(header, end).replace(f"{TITLES[0]}\n{BRIDGE}", BRIDGE)
    articles = list(clean_page(Page(dump, kind="text"), Options(dedup=False)))
    assert [article.title for article in articles] == list(THREE)
    assert articles[0].text == BRIDGE.replace("\n\n", "\n")
    assert not any("<" in article.text for article in articles)


def test_an_element_around_all_pages_is_none() -> None:
    doc = make_three('<doc id="{n}" url="{u}" title="{t}">\n', "\n</doc>")
    articles = list(clean_page(Page(f"<corpus>\n{doc}\n</corpus>", kind="text"), Options(dedup=False)))
    assert [article.url for article in articles] == [f"https://news.example/{n}" for n in (1, 2, 3)]


@pytest.mark.parametrize(
    "page",
    [
        '<Steps>\n<Step title="{t}">\n{p}\n</Step>\n',
        "<details>\n<summary>{t}</summary>\n{p}\n</details>\n",
        "<user>\n{p}\n</user>\n",
        "<section>\n{p}\n</section>\n",
    ],
)
def test_elements_of_a_page_itself_part_none(page: str) -> None:
    assert read_form("\n".join(page.format(t=title, p=text) for title, text in THREE.items())) == ""


def test_what_stands_in_elements_stays() -> None:
    words = "The road over the moor is closed until noon on Thursday, and nobody knows why."
    dump = make_three(f'<doc id="{{n}}">\n<s>{words} {{n}}</s>\n<lead>{words}</lead>\n', "\n</doc>")
    articles = list(clean_page(Page(dump, kind="text"), Options(dedup=False)))
    assert [article.text.count(words) for article in articles] == [2, 2, 2]


def test_closing_tags_in_code_end_no_page() -> None:
    page = "<document>\n<source>a.md</source>\n{p}\n\n<dependency>\n<scope>\n</scope>\n</dependency>\n"
    texts = "".join(page.format(p=text) for text in THREE.values()).splitlines()
    texts = [text for text in texts if text]
    found = find_headers(texts, [0] * len(texts), "tag <document")
    assert [texts[header.first] for header in found] == ["<document>"] * 3


@pytest.mark.parametrize(
    "names",
    [
        ("عنوان", "لینک", "متن"),
        ("शीर्षक", "लिंक", "सामग्री"),
        ("Başlık", "Link", "İçerik"),
        ("Título", "Enlace", "Resumen"),
        ("Tytuł", "Link", "Treść"),
        ("Τίτλος", "Σύνδεσμος", "Κείμενο"),
    ],
)
def test_fields_are_named_in_many_languages(names: tuple[str, str, str]) -> None:
    title, link, text = names
    articles = list(clean_page(Page(make_three(f"{title}: {{t}}\n{link}: {{u}}\n{text}: "), kind="text")))
    assert [article.title for article in articles] == list(THREE)
    assert [article.url for article in articles] == [f"https://news.example/{n}" for n in (1, 2, 3)]
    assert [article.text.split("\n")[0] for article in articles] == list(THREE)


@pytest.mark.parametrize("name", ["Cím", "عنوان"])
def test_names_of_titles_that_are_of_addresses_need_more(name: str) -> None:
    assert read_form(make_three(f"{name}: {{t}}\n\n")) == ""


@pytest.mark.parametrize(
    "header",
    [
        "<|firecrawl-page-{n}-lllmstxt|>\n",
        "Article_{n}\n",
        '<!-- PAGE_START url="{u}" title="{t}" -->\n',
        "URL: {u}\nTITLE: {t}\nHEADINGS:\n  H2: {t}\n  H3: Also\n  H3: More\n\nCONTENT:\n",
        "Category: world\nArticle title: {t}\nWord Count: 90 words\nText: ",
        "Fonte: {u}\nContenuto: ",
        "Article ID: {n}\nTitle: {t}\nDivision/Serie: RES\nText: ",
        "标题：{t}\n内容：",
    ],
)
def test_what_scripts_write_above_pages_is_no_text(header: str) -> None:
    articles = list(clean_page(Page(make_three(header), kind="text")))
    assert [article.text.split("\n")[0] for article in articles] == list(THREE)
    assert [article.title for article in articles] == list(THREE)
    if "{u}" in header:
        assert [article.url for article in articles] == [f"https://news.example/{n}" for n in (1, 2, 3)]


@pytest.mark.parametrize(
    ("end", "has_url"),
    [
        ("\n--- END OF ARTICLE ---", False),
        ("\nSentiment: Positive\n", False),
        ("\nArticle Link: {u}", True),
        ("\nTags: bridge, bees\nLink: {u}\n---END---", True),
    ],
)
def test_what_all_pages_end_with_belongs_to_their_headers(end: str, has_url: bool) -> None:
    articles = list(clean_page(Page(make_three("Title: {t}\nDate: 2024-05-0{n}\n\n", end), kind="text")))
    assert [article.text for article in articles] == [
        f"{title}\n{text}".replace("\n\n", "\n") for title, text in THREE.items()
    ]
    assert [article.url for article in articles] == [f"https://news.example/{n}" * has_url for n in (1, 2, 3)]


@pytest.mark.parametrize(
    "line",
    [
        "Source: the county council.",
        "Summary: the bridge is closed, the bees are clever, and nobody on the boats was hurt that night.",
        "Warning: the bearings are old.",
        "Author: Ann Roe, who lives by the river and has seen the bridge closed before, wrote this.",
        "https://youtu.be/{n}",
    ],
)
def test_a_page_s_own_last_line_stays(line: str) -> None:
    dump = make_three("URL: {u}\nTitle: {t}\n\n", f"\n\n{line}")
    articles = list(clean_page(Page(dump, kind="text"), Options(dedup=False)))
    assert [article.url for article in articles] == [f"https://news.example/{n}" for n in (1, 2, 3)]
    assert all(line.format(n=n) in article.text for n, article in enumerate(articles, 1))


@pytest.mark.parametrize("window", [10_000, 4_000_000])
def test_a_long_rest_without_a_header_is_read(window: int) -> None:
    rest = "\n".join(f"{n}. {BRIDGE}" for n in range(200))
    for header in ("{t}\n" + "=" * 60 + "\n", "URL: {u}\n"):
        articles = clean_page(Page(f"{make_three(header)}\n\n{rest}", kind="text"), Options(window=window))
        assert [article.title for article in articles][:2] == list(THREE)[:2]


@pytest.mark.parametrize(
    "fields", ["tags:\n- a\n- b\ntitle: {t}\nurl: {u}", "title: {t}\ntags:\n- a\nurl: {u}"]
)
def test_fields_below_a_list_are_said(fields: str) -> None:
    articles = list(clean_page(Page(make_three(f"---\n{fields}\n---\n"), kind="text")))
    assert [article.title for article in articles] == list(THREE)
    assert [article.url for article in articles] == [f"https://news.example/{n}" for n in (1, 2, 3)]


def test_what_stands_below_a_name_is_of_it() -> None:
    text = make_three("---\nauthor:\n  title: Dr\n  url: {u}\ntitle: {t}\n---\n")
    assert [article.title for article in clean_page(Page(text, kind="text"))] == list(THREE)


@pytest.mark.parametrize("end", ["\r\n", "\r", "\x85", "\u2028", "\u2029"])
def test_any_line_break_parts_lines(end: str) -> None:
    for dump in (
        f"\n{'~' * 20}\n".join(f"{title}\n{text}" for title, text in THREE.items()),
        make_three("[{t}]({u}) **now**\n\n```\nx = 1\n    y = 2\n```\n\n> "),
    ):
        even, broken = (
            [article.text for article in clean_page(Page(text, kind="text"), Options(dedup=False))]
            for text in (dump, dump.replace("\n", end))
        )
        assert broken == even


FORMS = [
    *HEADERS,
    *("lines", "menu a", "seam 1\na\nb", "below address", "break [SEP]", "shape {address}", "shape {file}"),
    *(f"ruled {count} {rule}" for count in "-012" for rule in ("=" * 30, "─" * 30)),
]


@pytest.mark.parametrize("form", [*FORMS, "headings path #"])
@pytest.mark.parametrize("rest", ["", "\n" * 100, "\ufeff", "- - - -\n"])
def test_a_part_of_a_text_in_which_nothing_stands_has_no_page(form: str, rest: str) -> None:
    document = read_text(Page(rest, kind="text", offset=9000, header_form=form))
    assert (document.starts, list(document.blocks)) == ((), [])


@pytest.mark.parametrize("number", ["Article {n}", "### 기사 {n}", "[{n}]", "News #{n}:", "{n}"])
def test_numbers_below_rules_are_of_no_page(number: str) -> None:
    pages = (f"{number.format(n=n)}\n{title}\n\n{text}" for n, (title, text) in enumerate(THREE.items(), 1))
    articles = list(clean_page(Page(f"\n\n{'=' * 60}\n\n".join(pages), kind="text"), Options(dedup=False)))
    assert [article.text.split("\n")[0] for article in articles] == list(THREE)


def test_titles_that_rules_underline_are_of_the_page_below() -> None:
    dump = "\n\n".join(f"{title}\n{'-' * (len(title) + 9)}\n\n{text}\n" for title, text in THREE.items())
    articles = list(clean_page(Page(dump.replace("-" * 23, "-" * 33), kind="text"), Options(dedup=False)))
    assert [article.title for article in articles] == list(THREE)
    assert [article.text.split("\n")[0] for article in articles] == list(THREE)


def test_a_footer_above_a_rule_is_of_the_page_above() -> None:
    dump = f"\n{'-' * 40}\n\n".join(f"{title}\n\n{text}\n\nPrivacy" for title, text in THREE.items())
    articles = list(clean_page(Page(dump, kind="text"), Options(dedup=False)))
    assert [article.title for article in articles[:2]] == list(THREE)[:2]


def test_brief_pages_of_titles_that_end_alike_are_cut() -> None:
    brief = "Authorities are offering a reward to anyone who knows what it was."
    pages = [
        f"Title:Story {word} of the moor\n\n{brief} {word}.\n\nSource:The {word} Post" for word in "ABCDEF"
    ]
    articles = list(clean_page(Page("\n\n\n".join(pages), kind="text"), Options(dedup=False)))
    assert [article.title for article in articles] == [f"Story {word} of the moor" for word in "ABCDEF"]
    assert [article.text for article in articles] == [f"{brief} {word}." for word in "ABCDEF"]
    assert read_form("\n\n".join(page.split("\n\nSource")[0] for page in pages)) == ""


def test_other_lines_below_rules_stay() -> None:
    pages = (f"Figure {n * n}\n{title}\n\n{text}" for n, (title, text) in enumerate(THREE.items(), 1))
    dump = f"\n\n{'=' * 60}\n\n".join(pages)
    starts = read_text(Page(dump, kind="text")).starts
    assert [(start.mark, start.has_lines) for start in starts] == [("rule", False)] * 2


def test_fields_above_the_first_header_are_of_the_page_below() -> None:
    dump = make_three("Author: Writer {n}\n=== {u} ===\n")
    first, *_ = clean_page(Page(dump, kind="text"))
    assert first.author != "Writer 2"


@pytest.mark.parametrize("window", [10_000, 20_000, 4_000_000])
def test_what_pages_end_with_is_told_alike_in_all_windows(window: int) -> None:
    body = " ".join(f"The council of {{n}} voted on item {k} and moved on to the next." for k in range(30))
    dump = "".join(
        f"Title: Story {n} of the moor\n{body.format(n=n)}\nURL: https://site.example/{n}\n\n"
        for n in range(40)
    )
    articles = clean_page(Page(dump, kind="text"), Options(dedup=False, window=window))
    assert [article.url for article in articles] == [f"https://site.example/{n}" for n in range(40)]


@pytest.mark.parametrize(
    "header",
    [
        "# Links of the week\n\nThings that we read and liked.\n\n## {u}\n\n",
        "# Install\n\n```bash\n# {u}\n```\n\n",
        "# Mietrecht\n\nEin Überblick.\n\n## Quelle: {u}\n\n",
        "# Title: {t}\n\n",
    ],
)
def test_sections_of_a_page_are_no_pages(header: str) -> None:
    first, *others = make_three(header).split(f"\n\n{header.split('{', 1)[0]}")
    dump = f"\n\n{header.rsplit(chr(10) * 2, 2)[-2].split('{', 1)[0]}".join([first, *others])
    assert read_form(dump) == ""


@pytest.mark.parametrize("name", ["Category", "Status", "Author"])
def test_a_heading_below_a_header_is_the_page_s(name: str) -> None:
    articles = list(clean_page(Page(make_three(f"URL: {{u}}\n\n# {name}: Rivers\n\n"), kind="text")))
    assert [article.text.split("\n")[0] for article in articles] == [f"{name}: Rivers"] * 3


def test_a_page_s_own_header_stands_over_links_below_its_headings() -> None:
    sections = "\n\n".join(
        f"## {title}\nWebsite: https://{n}.example/\n\n{text}"
        for n, (title, text) in enumerate(THREE.items())
    )
    (article,) = clean_page(
        Page(f"Source URL: https://uni.example/staff\nTitle: Staff\n\n{sections}", kind="text")
    )
    assert (article.url, article.title) == ("https://uni.example/staff", "Staff")


def test_questions_are_no_fields() -> None:
    talk = "\nInterviewer: How did you come to the river?\nAnn Lee: By boat.\n"
    dump = make_three("URL: {u}\n").replace("\n", talk, 1)
    assert "How did you come to the river?" in next(iter(clean_page(Page(dump, kind="text")))).text


@pytest.mark.parametrize("text", ["Text: The road is closed.", "内容：道路は閉鎖されている。"])
def test_a_name_for_the_text_goes_below_a_header_alone(text: str) -> None:
    assert [block.text for block in read_text(Page(text, kind="text")).blocks] == [text]


@pytest.mark.parametrize(("shape", "header"), SHAPES.items())
def test_lines_of_one_shape_that_name_pages_are_headers(shape: str, header: str) -> None:
    dump = make_three(header)
    assert read_form(dump).removeprefix("shape ") == shape
    articles = list(clean_page(Page(dump, kind="text")))
    assert [article.title for article in articles] == list(THREE)
    has_url = "{u}" in header
    assert [article.url for article in articles] == [f"https://news.example/{n}" * has_url for n in (1, 2, 3)]
    assert [article.text.split("\n")[0] for article in articles] == list(THREE)


@pytest.mark.parametrize("end", ["", "<<< END >>>\n"])
def test_what_says_that_a_page_ends_is_no_text(end: str) -> None:
    dump = make_three("<<< BEGIN {u} >>>\n").replace("\n\n<<<", f"\n{end}<<<") + f"\n{end}"
    articles = list(clean_page(Page(dump, kind="text")))
    assert [article.url for article in articles] == [f"https://news.example/{n}" for n in (1, 2, 3)]
    assert [article.title for article in articles] == list(THREE)
    assert not any("END" in article.text for article in articles)


@pytest.mark.parametrize(
    "text",
    [
        make_three("IFRAME: https://maps.example/{n}\n"),
        make_three("# https://news.example/1\n"),
        make_three("You will find all that was said of this, and more, on https://news.example/{n} today\n"),
        make_three("Article {n}\n"),
        make_three("<!-- Page {n} -->\n").replace("buoy and held", "buoy\n\n<!-- Page 4 -->\nand held"),
        make_three("Page {n}\n").replace("buoy and held", "buoy\n\nPage 4\nand held"),
    ],
)
def test_other_lines_of_one_shape_are_not(text: str) -> None:
    assert read_form(text) == ""


@pytest.mark.parametrize(
    ("form", "header"), [("count page ", "PAGE {n}\n\n"), ("count article ", "Article {n} of 3\n\n")]
)
def test_numbers_of_pages_are_headers_where_no_sentence_runs_on(form: str, header: str) -> None:
    dump = make_three(header)
    assert read_form(dump) == form
    assert [article.title for article in clean_page(Page(dump, kind="text"))] == list(THREE)


DATED = [f"{title}\nBy Ann Roe\n{n} May 2024\n{text}" for n, (title, text) in enumerate(THREE.items(), 1)] * 2
MARKS = ["* * *", "• • •", "_" * 40, "─" * 40, "═" * 40, "***", "\n"]


@pytest.mark.parametrize("mark", MARKS)
def test_any_mark_that_comes_again_above_titles_with_dates_parts_pages(mark: str) -> None:
    document = read_text(Page(f"\n\n{mark}\n\n".join(DATED), kind="text"))
    texts = [
        next(block.text for block in document.blocks if block.start >= at.page) for at in document.starts
    ]
    assert texts == [text.split("\n")[0] for text in DATED[1:]]


@pytest.mark.parametrize("mark", MARKS)
def test_it_parts_no_sections_without_dates(mark: str) -> None:
    sections = [f"{title}\n{text}" for title, text in THREE.items()] * 2
    assert read_text(Page(f"\n\n{mark}\n\n".join(sections), kind="text")).starts == ()


@pytest.mark.parametrize(
    "line",
    ["--- END OF DOCUMENT ---", "<<< END >>>", "<|endoftext|>", "[SEP]", "<<<<<<<<>>>>>>>>", "%%%%%%%%%%"],
)
def test_a_line_that_comes_again_between_texts_parts_them(line: str) -> None:
    texts = [f"{title}\n{text}" for title, text in THREE.items()] * 2
    dump = f"\n{line}\n".join(texts)
    assert read_form(dump) == f"break {line}"
    articles = list(clean_page(Page(dump, kind="text"), Options(dedup=False)))
    assert [article.text for article in articles] == [text.replace("\n\n", "\n") for text in texts]
    assert [article.title for article in articles] == list(THREE) * 2


@pytest.mark.parametrize(
    "line", ["★★★★★", "});", "[       ]", "^^^^^^^^", "* * *", "------", "…………………", "!!", ":::::::"]
)
def test_a_line_that_pages_have_themselves_parts_nothing(line: str) -> None:
    assert read_form(f"\n{line}\n".join([*THREE.values()] * 2)) == ""


def test_an_odd_line_comes_three_times_at_least() -> None:
    assert read_form("\n<<<<<<<<\n".join(THREE.values())) == ""


@pytest.mark.parametrize("line", ["https://news.example/{}", "Source: https://news.example/{}"])
def test_an_address_below_each_page_is_that_page_s(line: str) -> None:
    pages = enumerate(THREE.items(), 1)
    dump = "".join(f"{title}\n{text}\n{line.format(n)}\n\n" for n, (title, text) in pages)
    articles = list(clean_page(Page(dump, kind="text")))
    assert [article.title for article in articles] == list(THREE)
    assert [article.url for article in articles] == [f"https://news.example/{n}" for n in (1, 2, 3)]
    assert not any("news.example" in article.text for article in articles)


def test_addresses_in_a_page_are_below_no_pages() -> None:
    """One comes twice, one is of another site, the last one is not at the end."""
    same, other, inside = (
        "\n".join(f"{text}\n{url}" for text, url in zip(THREE.values(), urls, strict=True))
        for urls in (
            ["https://a.example/1", "https://a.example/1", "https://a.example/2"],
            ["https://a.example/1", "https://b.example/1", "https://a.example/2"],
            [
                "https://a.example/1",
                "https://a.example/2",
                "https://a.example/3\nSo it was said.\nAnd so it is.",
            ],
        )
    )
    assert [read_form(same), read_form(other), read_form(inside)] == [""] * 3


MAIL = "From: {name}\nDate: Wed, 1 May 2024 09:12:44 +0100\nSubject: {subject}\nTo: sluice@site.example\n\n"


@pytest.mark.parametrize(
    ("name", "author"),
    [
        ("Ann Roe <ann@site.example>", "Ann Roe"),
        ('"Roe, Ann" <ann@site.example>', "Roe, Ann"),
        ("ann at site.example (Ann Roe)", "Ann Roe"),
        ("=?utf-8?q?J=C3=BCrgen_Roh?= <j@site.example>", "Jürgen Roh"),
        ("=?ISO-8859-1?q?J=FCrgen_Roh?= <j@site.example>", "Jürgen Roh"),
        ("=?unicode_escape?q?J=5Cu0041rgen?= <j@site.example>", "=?unicode_escape?q?J=5Cu0041rgen?="),
        ("=?utf-7?q?J+AGE-rgen?= <j@site.example>", "=?utf-7?q?J+AGE-rgen?="),
        ("ann@site.example", ""),
    ],
)
def test_who_wrote_a_mail(name: str, author: str) -> None:
    (article,) = clean_page(
        Page(MAIL.format(name=name, subject="AW: Re: [sluice] The bridge") + BRIDGE, kind="text")
    )
    assert (article.title, article.author, article.date) == ("[sluice] The bridge", author, "2024-05-01")
    assert article.text == BRIDGE.replace("\n\n", "\n")


@pytest.mark.parametrize(
    "subject", ["Software: what to do", "Fire: what to do", "Re: Aw: Adventure: what to do"]
)
def test_a_word_that_ends_as_a_reply_begins(subject: str) -> None:
    (article,) = clean_page(Page(MAIL.format(name="a@b.example", subject=subject) + BRIDGE, kind="text"))
    assert article.title == subject.removeprefix("Re: Aw: ")


def test_blanks_in_the_name_of_a_sender_take_linear_time() -> None:
    blanks = f"{' ' * 900}x"
    lines = [
        f"From: Ann{blanks}",
        blanks,
        blanks,
        "Date: Wed, 1 May 2024 09:12:44 +0100",
        "Subject: The bridge",
    ]
    start = time.process_time()
    for _ in range(500):
        assert read_mail(lines, [0] * len(lines), 0)[0]["title"] == "The bridge"
    assert time.process_time() - start < 2


def test_a_mail_that_another_quotes_is_part_of_it() -> None:
    head = MAIL.format(name="Ann Roe <ann@site.example>", subject="The bridge")
    quoted = "\n".join(f"> {line}" for line in f"{head}{BEES}".split("\n"))
    sent = head.replace("Date:", "Sent:")
    mail = f"{head}{BRIDGE}\n\n{quoted}\n\n-----Original Message-----\n{head}{BOATS}\n\n{sent}{BOATS}"
    (article,) = clean_page(Page(mail, kind="text"), Options(dedup=False))
    assert "bees learn to open puzzle boxes" in article.text


def make_dump(header: str) -> str:
    pages = zip(TITLES, (BRIDGE, BEES), strict=True)
    return "\n\n".join(header.format(t=title, n=n) + text for n, (title, text) in enumerate(pages, 1))


@pytest.mark.parametrize(("form", "header"), HEADERS.items())
def test_two_pages_below_headers_are_two_articles(form: str, header: str) -> None:
    dump = make_dump(header)
    assert read_form(dump) == form
    articles = clean_page(Page(dump, kind="text"))
    assert [article.text for article in articles] == [
        BRIDGE.replace("\n\n", "\n"),
        BEES.replace("\n\n", "\n"),
    ]
    if "news.example/{n}" in header:
        assert [article.url for article in articles] == ["https://news.example/1", "https://news.example/2"]
    if "{t}" in header:
        assert tuple(article.title for article in articles) == TITLES
    if "2024" in header:
        assert [article.date for article in articles] == ["2024-05-01", "2024-05-02"]


FROST = (
    "A late frost has cost the growers of the valley half of their cherries. In some orchards the thermometer fell to "
    "six degrees below zero on Sunday night, and fires between the rows were of no use.\n\n"
    '"We have not seen this for thirty years," said Jan Hove, who has forty acres above the river.'
)
RULED_TITLES = (*TITLES, "Frost: half of the cherries in the valley are lost")
RULED = {
    "over": "{t}\n{r}\n{b}\n\n",
    "over, blank lines": "{t}\n{r}\n\n{b}\n\n\n",
    "over, with another below": "{t}\n{r}\n\n{b}\n\n{r}\n\n",
    "over, numbered": "{n}. {t}\n{r}\n{b}\n\n",
    "over, with an address": "{t}\nhttps://news.example/{n}\n{r}\n{b}\n",
    "over, with fields below": "{t}\n{r}\nDate: 2024-05-0{n}\nURL: https://news.example/{n}\n\n{b}\n\n",
    "over, with a line of some shape": "{t}\n# https://news.example/{n} (200)\n{r}\n\n{b}\n\n",
    "between": "{r}\n{t}\n{r}\n\n{b}\n\n",
    "between, with fields": "{r}\nARTICLE {n}\nTitle: {t}\nURL: https://news.example/{n}\n{r}\n{b}\n",
}


def make_ruled(form: str, rule: str) -> str:
    pages = zip(RULED_TITLES, (BRIDGE, BEES, FROST), strict=True)
    return "".join(
        RULED[form].format(t=title, n=n, r=rule, b=text) for n, (title, text) in enumerate(pages, 1)
    )


@pytest.mark.parametrize("rule", ["=" * 80, "-" * 60, "_" * 70, "─" * 80, "*" * 60, "#" * 25])
@pytest.mark.parametrize("form", RULED)
def test_a_rule_shows_the_lines_above_it_or_between_two(form: str, rule: str) -> None:
    articles = clean_page(Page(make_ruled(form, rule), kind="text"))
    assert [article.text for article in articles] == [
        text.replace("\n\n", "\n") for text in (BRIDGE, BEES, FROST)
    ]
    assert tuple(article.title for article in articles) == RULED_TITLES
    if "news.example" in RULED[form]:
        assert [article.url for article in articles] == [f"https://news.example/{n}" for n in (1, 2, 3)]


@pytest.mark.parametrize("rule", ["─" * 40, "═" * 12, "-" * 40])
def test_a_rule_opens_pages_of_which_each_has_one(rule: str) -> None:
    pages = zip(RULED_TITLES, (BRIDGE, BEES, FROST), strict=True)
    dump = "".join(f"{rule}\n{title}\n\n{text}\n\n" for title, text in pages)
    assert tuple(article.title for article in clean_page(Page(dump, kind="text"))) == RULED_TITLES


def underline(length: int | None) -> str:
    pages = zip(RULED_TITLES, (BRIDGE, BEES, FROST), strict=True)
    return "".join(f"{title}\n{'=' * (length or len(title))}\n\n{text}\n\n" for title, text in pages)


@pytest.mark.parametrize(
    "text",
    [
        underline(None),  # each as long as its heading
        underline(10),
        underline(40).removesuffix(f"{FROST}\n\n"),
        f".. _top:\n\n.. note:: New.\n\n{underline(40)}",
        underline(40).replace(BEES, "Soon."),
        "Name            Share\n------------------------------\nOak  4\n" * 20,
    ],
)
def test_underlines_of_headings_and_tables_are_no_headers(text: str) -> None:
    assert not read_form(text).startswith("ruled")


def test_headings_of_restructured_text_may_all_have_long_underlines() -> None:
    section = ".. _part-{n}:\n\n{t}\n{r}\n\n{b}\n\n"
    pages = zip(RULED_TITLES, (BRIDGE, BEES, FROST), strict=True)
    text = "".join(section.format(t=title, n=n, r="-" * 100, b=text) for n, (title, text) in enumerate(pages))
    (article,) = clean_page(Page(f"News\n****\n\n{text}", kind="text"))
    assert all(title in article.text for title in RULED_TITLES)


ENTRIES = {
    "shape {title}": "{t}\n{u}\n\n",
    "shape 📰 {title}": "📰 {t}\n🔗 {u}\n\n",
    "entry source ": "Source {n}: {t}\n\n",
    "entry ### source ": "### Source {n} - {t}\n{u}\n",
    "entry [": "[{n}] {t}\n",
    "entry [source ": "[Source {n}: {t}]\n{u}\n\n",
    "count source ": "Source {n}\n{u}\n\n{t}\n\n",
    "count result ": "Result {n}:\n{u}\n{t}\n",
    "shape === {title}": "=== {t} ===\n{u}\n\n",
}


def make_entries(header: str, *, size: int) -> str:
    texts = (BRIDGE, BEES, FROST)
    pages = [f"{text}\n\n{'He said so. ' * 20}"[:size] for text in texts]
    return "\n\n".join(
        header.format(t=title, n=n, u=f"https://news.example/{n}") + page
        for n, (title, page) in enumerate(zip(RULED_TITLES, pages, strict=True), 1)
    )


@pytest.mark.parametrize(("form", "header"), ENTRIES.items())
def test_titles_with_a_number_or_an_address_are_headers(form: str, header: str) -> None:
    dump = make_entries(header, size=2000)
    assert read_form(dump) == form
    articles = clean_page(Page(dump, kind="text"))
    assert tuple(article.title for article in articles) == RULED_TITLES
    urls = [f"https://news.example/{n}" if "{u}" in header else "" for n in (1, 2, 3)]
    assert [article.url for article in articles] == urls


@pytest.mark.parametrize("header", [ENTRIES["shape {title}"], ENTRIES["entry ["], ENTRIES["entry source "]])
def test_so_are_entries_of_listings_which_are_brief(header: str) -> None:
    assert read_form(make_entries(header, size=150)) == ""


def test_an_address_in_a_page_is_below_no_title() -> None:
    """Where blank lines stand above the titles."""
    dump = make_entries(ENTRIES["shape {title}"], size=2000)
    dump = dump.replace(
        "Maria Holt.", "Maria Holt.\nThe plans are on its site\nhttps://council.example/plans"
    )
    assert tuple(article.title for article in clean_page(Page(dump, kind="text"))) == RULED_TITLES


@pytest.mark.parametrize("rule", ["-" * 40, "=" * 12])
@pytest.mark.parametrize("note", ["^[{n}] The mayor, in a letter.", "[^{n}]: The mayor, in a letter."])
def test_a_rule_above_footnotes_parts_no_pages(rule: str, note: str) -> None:
    texts = (BRIDGE, BEES, FROST, BRIDGE.replace("bridge", "tunnel"))
    text = "\n\n".join(f"{text}\n\n{rule}\n\n{note.format(n=n)}" for n, text in enumerate(texts, 1))
    (article,) = clean_page(Page(text, kind="text"))
    assert BEES.splitlines()[0] in article.text


@pytest.mark.parametrize("header", ["===== {n}.txt =====\n", "https://news.example/{n}\n"])
def test_a_line_of_a_header_is_no_title(header: str) -> None:
    """Lines that were left out right above an article may else be its title."""
    titles = ["Bridge", "Bees", "Phones"]
    phones = "On the first of January I put my phone in a drawer and left it there.\nBy March I had read eleven books."
    pages = zip(titles, (BRIDGE, BEES, phones), strict=True)
    dump = "\n\n".join(f"{header.format(n=n)}{title}\n{text}" for n, (title, text) in enumerate(pages, 1))
    assert [article.title for article in clean_page(Page(dump, kind="text"))] == titles


@pytest.mark.parametrize("header", HEADERS.values())
def test_what_stands_in_headers_is_labelled_so(header: str) -> None:
    document = read_text(Page(make_dump(header), kind="text"))
    labelled = label_text(document, Options())
    for item in labelled:
        is_header = any(start.start <= item.block.start < start.end for start in document.starts)
        assert is_header == (item.label == "byline" and "header" in item.reason)
    assert len(document.starts) == 2


@pytest.mark.parametrize(
    "number",
    [
        "Document {n} of 3\n",
        "Message: {n}\nDate: Tue, {n} Mar 2008 19:21:40 +0000\nFrom: Ann Roe <ann@site.example>\nSubject: A bridge\n",
    ],
)
def test_numbered_pages_need_not_begin_a_text(number: str) -> None:
    pages = (BRIDGE, BEES, BRIDGE.replace("bridge", "tunnel"))
    numbered = "\n\n".join(f"{number.format(n=n)}\n{page}" for n, page in enumerate(pages, 1))
    opening = "The ferry to the islands will run again from Monday, said its owner in the hall of the town on Friday."
    texts = [
        article.text
        for article in clean_page(Page(f"{opening * 3}\n\n{numbered}", kind="text"), Options(dedup=False))
    ]
    assert len(texts) == 4
    assert not any(line in text for text in texts for line in number.format(n=2).splitlines())
    gone = numbered.replace(number.format(n=2), "")  # then they are no numbers of pages
    assert len(list(clean_page(Page(f"{opening * 3}\n\n{gone}", kind="text"), Options(dedup=False)))) == 1


def test_a_site_s_menu_opens_a_page_below_one_of_another_site() -> None:
    menu, footer = ["The Courier", "Home", "News", "Sport", "Weather"], ["About us", "Privacy policy"]
    says = "is shut for nine months, and nobody in town was asked about it at all."
    pages = [[*menu, f"The {what} {says}", *footer] for what in ("bridge", "mill", "pier", "school")]
    other = ["A day at the mill, and what we ate there, is told here by one who was hungry."]
    texts = [line for page in [*pages[:3], other, pages[3]] for line in page]
    form = find_seam(texts)
    assert form
    assert [first for first, _ in find_seams(texts, form)] == [0, 6, 14, 25]


@pytest.mark.parametrize(("lines", "seams"), [(5, 3), (4, 0)])
def test_a_long_seam_stands_among_pages_of_another_site(lines: int, seams: int) -> None:
    """Twice, and though none of its lines is known to be of a site; a shorter one tells nothing."""
    top, end = ([f"{what} {i}" for i in range(lines)] for what in ("Oben", "Unten"))
    pages = [
        [*top, f"The {what} is shut for nine months, and nobody in town was asked about it.", *end]
        for what in ("bridge", "mill", "pier")
    ]
    texts = [
        line for page in [*pages, ["A day at the mill is told here by one who was hungry."]] for line in page
    ]
    form = find_seam(texts)
    assert len(find_seams(texts, form) if form else []) == seams


@pytest.mark.parametrize(
    ("top", "end", "say"),
    [
        (["首页", "新闻"], ["关于我们", "联系我们"], "{}渡口最后一班船昨天退役，镇上为老船工办了送别会。"),
        (["ホーム", "動画"], ["会社案内", "採用"], "{}渡し場の最後の船が昨日引退し、町が送別会を開いた。"),
        (
            ["홈", "뉴스"],
            ["회사소개", "이용약관", "고객센터"],
            "{} 나루터의 마지막 배가 어제 은퇴했고 마을이 송별회를 열었다.",
        ),
        (
            ["หน้าแรก", "ข่าว"],
            ["เกี่ยวกับเรา", "ติดต่อเรา"],
            "เรือข้ามฟากลำสุดท้ายของ {} หยุดให้บริการแล้วเมื่อวานนี้และชาวบ้านก็มาส่ง",
        ),
        (
            ["होम", "समाचार"],
            ["हमारे बारे में", "संपर्क करें"],
            "{} घाट की आख़िरी नाव कल सेवा से हट गई और पूरे गाँव ने मल्लाह को विदाई दी।",
        ),
    ],
    ids=["zh", "ja", "ko", "th", "hi"],
)
def test_seams_may_be_short_where_a_character_says_more(top: list[str], end: list[str], say: str) -> None:
    texts = [line for name in "甲乙丙" for line in (*top, say.format(name), *end)]
    form = find_seam(texts)
    size = len(texts) // 3
    assert [end for _, end in find_seams(texts, form)] == [i * size + len(top) for i in range(3)]


@pytest.mark.parametrize("header", ["===== {n:03}.txt =====", "Document {n} of 5"])
def test_pages_below_headers_have_fewer_characters_where_one_says_more(header: str) -> None:
    brief = (
        "渡口最后一班船昨天退役，镇上为老船工办了送别会。他撑船过河已经四十三年，对岸的小学送来一面锦旗，上面有八个字。"
        * 2
    )
    texts = [line for n in range(1, 6) for line in (header.format(n=n), brief)]
    assert find_form(texts, [0] * 10) or len(find_numbered(texts, [0] * 10)) == 5


def test_a_heading_above_a_header_is_its_pages() -> None:
    dump = "\n\n".join(
        f"# {title}\nSource: https://news.example/{n}\n\n{text}"
        for n, (title, text) in enumerate(zip(TITLES, (BRIDGE, BEES), strict=True))
    )
    articles = clean_page(Page(dump, kind="text"))
    assert [article.text.splitlines()[0] for article in articles] == list(TITLES)


def test_below_a_preface_headers_have_a_heading_above() -> None:
    preface = "# All pages\n\n> About them.\n\n## Contents\n\n- [One](https://news.example/0)\n- [Two](https://news.example/1)\n"
    pages = zip(TITLES, (BRIDGE, BEES), strict=True)
    dump = "\n\n".join(
        f"# {title}\nSource: https://news.example/{n}\n\n{text}" for n, (title, text) in enumerate(pages)
    )
    articles = clean_page(Page(f"{preface}\n{dump}", kind="text"))
    assert [article.url for article in articles] == ["https://news.example/0", "https://news.example/1"]


@pytest.mark.parametrize(
    "text",
    [
        BRIDGE,
        f"Old bridge to close\n\nSource: Reuters\n\n{BRIDGE}\n\nSource: BBC\n\n{BEES}",
        f"By: Ann Roe\n\n{BRIDGE}\n\nBy: Ann Roe\n\n{BEES}",
        f"{BRIDGE}\n\nURL: https://news.example/1\n\n{BEES}",
        f"=== Early life ===\n\n{BRIDGE}\n\n=== Later life ===\n\n{BEES}",
        f"https://news.example/1\n\n{BRIDGE}",
        "https://a.example/1\nhttps://a.example/2\nhttps://a.example/3\n" * 5,
        f"---\n{BRIDGE}\n---\n{BEES}",
        f"Address: 5 Main Street\n{BRIDGE}\nAddress: 6 Main Street\n{BEES}",
        f"https://news.example/1\n\n{BRIDGE}\n\nhttps://video.example/watch\n\n{BEES}",
        f"--- Page 1 ---\n{BRIDGE[:-30]}\n\n--- Page 2 ---\n{BRIDGE[-30:]}\n{BEES}",
        f"====== Council ======\n\n{BRIDGE}\n\n===== The bridge =====\n\n{BEES}",
        f"### 1. Council ###\n\n{BRIDGE}\n\n### 2. The bridge ###\n\n{BEES}",
        f"Document 4\n\n{BRIDGE}\n\nDocument 7\n\n{BEES}",
        f"Title: A book\n\n{BRIDGE}\n\nTitle: A book\n\n{BEES}\n\nTitle: A book\n\n{BRIDGE}",
        f"Note: it is late\nFrom: the council\n\n{BRIDGE}\n\nFrom: the council\n\n{BEES}",
    ],
)
def test_what_pages_have_themselves_is_no_header(text: str) -> None:
    assert read_form(text) == ""


def test_a_page_with_a_header_of_its_own_is_one_page() -> None:
    (article,) = clean_page(Page(f"Title: {TITLES[0]}\nURL: https://news.example/1\n\n{BRIDGE}", kind="text"))
    assert (article.title, article.url) == (TITLES[0], "https://news.example/1")
    assert article.text == BRIDGE.replace("\n\n", "\n")


@pytest.mark.parametrize("page", [{"is_single": True}, {}])
def test_where_nothing_is_to_be_cut_nothing_is(page: dict[str, bool]) -> None:
    dump = make_dump(HEADERS["field url: date+title+url"])
    (article,) = clean_page(Page(dump, kind="text", **page), Options(split=bool(page)))
    assert BRIDGE.splitlines()[0] in article.text
    assert BEES.splitlines()[0] in article.text


def test_what_the_container_knew_wins() -> None:
    page = Page(
        make_dump(HEADERS["field url: date+title+url"]),
        kind="text",
        url="https://other.example/",
        title="Other",
    )
    assert {(article.url, article.title) for article in clean_page(page)} == {
        ("https://other.example/", "Other")
    }


@pytest.mark.parametrize("form", ["front ---", "frame =====", "address ", "field url: date+title+url"])
def test_later_windows_know_the_form(form: str) -> None:
    """None of them but the first begins with a header."""
    pages = ["\n\n".join(f"{line} ({1200 + n})" for line in lines) for n, lines in enumerate(ARTICLES * 4)]
    dump = "\n\n".join(HEADERS[form].format(t=f"Page {n}", n=n) + page for n, page in enumerate(pages))
    found = work_windows(Page(dump, kind="text"), Options(window=10_000))
    assert len(found.document.starts) == len(pages) > 30
    begins = [start.page for start in found.document.starts]
    places = [{bisect_right(begins, item.block.start) for item in group} for group in found.groups]
    assert all(len(place) == 1 for place in places)
    assert len(set.union(*places)) == len(places) >= 0.9 * len(pages)  # of some nothing is sure to be content


def test_later_windows_know_the_rule() -> None:
    pages = ["\n\n".join(f"{line} ({1200 + n})" for line in lines) for n, lines in enumerate(ARTICLES * 4)]
    dump = "".join(f"Page {n} of the dump\n{'=' * 60}\n{page}\n\n" for n, page in enumerate(pages))
    found = work_windows(Page(dump, kind="text"), Options(window=10_000))
    assert len(found.document.starts) == len(pages)
    assert {start.title for start in found.document.starts} == {
        f"Page {n} of the dump" for n in range(len(pages))
    }


def test_continued_texts_know_the_form_from_their_beginning() -> None:
    text = f"{BRIDGE}\n\n{make_dump(HEADERS['frame ====='])}"
    page = Page(text, kind="text", offset=9, header_form="frame =====")
    assert len(read_text(page).starts) == 2
    assert read_text(Page(make_dump(HEADERS["frame ====="]), kind="text", offset=9)).starts == ()


LINES = st.sampled_from(
    [
        *(
            "URL: https://a.example/1",
            "Title: a",
            "https://a.example/2",
            "---",
            "+++",
            "=== a.txt ===",
            "url:",
        ),
        *(
            "<doc url='x'>",
            "</doc>",
            "Text: b",
            "Date: 2024-05-01",
            "A line of words.",
            "[[1]]",
            "tags:",
            "- a",
        ),
        *(
            "[SEP]",
            "From: Ann Roe <a@a.example>",
            "Date: Wed, 1 May 2024 09:12:44 +0100",
            "Document 1",
            "Document 2",
            "= a =",
            "<<<<<<<<",
            "# https://a.example/1",
            "# https://a.example/2",
            "[1] a",
            "[2] b",
            "<<< END >>>",
            "Page 1",
        ),
    ]
)


@given(st.lists(LINES, max_size=30), st.integers(-1, 2), st.sampled_from(FORMS) | st.just(""))
def test_any_lines_give_headers_in_order(texts: list[str], gap: int, of_another: str) -> None:
    gaps = [gap] * len(texts)
    found = find_headers(texts, gaps, of_another or find_form(texts, gaps))
    if of_another.startswith(
        ("lines", "menu", "seam")
    ):  # where pages begin, which may be nothing of a header
        assert [header.first for header in found] == sorted({header.first for header in found})
        return
    ends = [0, *(header.end for header in found)]
    assert all(end <= header.first < header.end for end, header in zip(ends, found, strict=False))
    assert all(header.facts.keys() <= set(FACTS) for header in found)
    assert ends[-1] <= len(texts)


@pytest.mark.parametrize(
    ("header", "facts"),
    [
        (
            "Title: A\nSource: BBC News\nURL: https://a.example/1\n",
            {"title": "A", "url": "https://a.example/1"},
        ),
        ("URL: https://a.example/1\nScore: 12\nTitle: A\n", {"title": "A", "url": "https://a.example/1"}),
        ("URL: https://a.example/1\nAuthor: null\nTitle: N/A\n", {"url": "https://a.example/1"}),
        ("URL: https://a.example/1\nBy: Ann Lee\n", {"url": "https://a.example/1", "author": "Ann Lee"}),
        (
            "<doc url='https://a.example/?a=1&amp;b=2' title=\"Ann's > 1\">",
            {"url": "https://a.example/?a=1&b=2", "title": "Ann's > 1"},
        ),
        ("---\nsource: Reuters\nimage:\nurl: https://a.example/0.png\ntitle: A\n---", {"title": "A"}),
        ("---\ntitle: A\nauthors: [Ann Lee, Bo Li]\n---", {"title": "A", "author": "Ann Lee, Bo Li"}),
        ("---\ntitle: '**A**'\nauthor: \"Ann Lee\"\n---", {"title": "A", "author": "Ann Lee"}),
        ('---\ntitle: He said "No"\n---', {"title": 'He said "No"'}),
        ('---\ntitle: "He said \\"No\\""\n---', {"title": 'He said "No"'}),
        ('---\ntitle: "Yes" and "No"\n---', {"title": '"Yes" and "No"'}),
        ("---\ntitle: A storm [video]\n---", {"title": "A storm [video]"}),
        ("---\ntitle: '[Update] The storm'\n---", {"title": "[Update] The storm"}),
    ],
)
def test_facts(header: str, facts: dict[str, str]) -> None:
    texts = [*header.strip().split("\n"), BRIDGE]
    (found,) = find_headers(texts, [0] * len(texts), find_form(texts, [0] * len(texts)))
    assert (found.facts, found.end) == (facts, len(texts) - 1)


@pytest.mark.parametrize(("is_single", "pages"), [(False, 2), (True, 1)])
def test_one_page_has_one_header(is_single: bool, pages: int) -> None:
    text = make_dump(HEADERS["field url: date+title+url"])
    assert len(read_text(Page(text, kind="text", is_single=is_single)).starts) == pages


@pytest.mark.parametrize(
    "body",
    [
        f"Warning: {BRIDGE[:290]}\n\n{BEES}",
        f"{BRIDGE}\n\nTitle: A book\nAuthor: Bo Li\n\n{BEES}",
        f"{BRIDGE}\n\nURL: https://other.example/1\n\n{BEES}",
    ],
)
def test_what_pages_say_below_their_headers_stays(body: str) -> None:
    (article,) = clean_page(
        Page(f"{HEADERS['field title: date+title+url'].format(t='T', n=1)}{body}", kind="text")
    )
    assert article.title == "T"
    assert article.url == "https://news.example/1"
    assert BEES.split("\n")[-1] in article.text
    assert body.split("\n")[0] in article.text


@pytest.mark.parametrize(
    "address",
    ["http://[host]:8080/", "http://[a", "http://a]b/", "http://\u2100.x/", "<http://[a>"],
)
def test_an_address_that_is_none_begins_a_text(address: str) -> None:
    text = f"{address}\n\n{BRIDGE}\n\n{address}2\n\n{BEES}\n"
    assert read_form(text) == ""  # of two hosts, and not of four
    (article, *_) = clean_page(Page(text, kind="text"))
    assert BEES.split("\n")[-1] in article.text


@pytest.mark.parametrize(("count", "parts"), [(3, True), (2, False)])
def test_a_line_above_three_rules_is_no_heading(count: int, parts: bool) -> None:
    """Footers end alike, and may be as long as an underline."""
    page = "Snow on the moor\nThe road is closed until noon on Thursday, as far as is known.\n© The Courier\nPrivacy\n"
    other = "Rain in the vale\nThe bridge is closed until noon on Friday, as far as is known.\nFooter {}\nContact\n"
    pages = (
        [page] * count + [other.format(i) for i in range(count - 1)] + [page.replace("Privacy", "Imprint")]
    )
    assert bool(find_regular_rules("==========\n".join(pages))) == parts


BRIEF = (
    "The council has closed the old bridge on Mill Street after cracks were found in its third pier.",
    "A farmer found a chest of coins while ploughing a field near Ludworth early on Monday.",
    "The ferry company will raise its fares in May, and the school board asked for an exception.",
)


@pytest.mark.parametrize(
    "header",
    [
        "URL: https://site.example/{0}",
        "https://site.example/page-{0}",
        "=== https://site.example/{0} ===",
        '<doc id="{0}" url="https://site.example/{0}">',
        "---\ntitle: Page {0}\nurl: https://site.example/{0}\n---",
        "From ann@site.example Mon May  6 10:0{0}:00 2024\nFrom: Ann <ann@site.example>\nSubject: Bridge {0}\n"
        "Date: Mon, 6 May 2024 10:0{0}:00 +0000\n",
    ],
)
def test_pages_of_one_sentence_are_told_apart_by_their_headers(header: str) -> None:
    text = "\n".join(f"{header.format(i)}\n{brief}\n" for i, brief in enumerate(BRIEF))
    assert [article.text for article in clean_page(Page(text, kind="text"))] == list(BRIEF)


def test_a_list_of_addresses_with_a_few_words_each_is_one_page() -> None:
    text = "\n".join(f"https://site.example/{name}\nAbout the {name}.\n" for name in ("mill", "quay", "moor"))
    assert read_form(text) == ""
