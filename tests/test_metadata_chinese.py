"""Titles, bylines and days of Chinese pages, whose parts no spaces tell apart."""

from __future__ import annotations

import time

import pytest

from dehusk.metadata import find_metadata
from dehusk.metadata.authors import clean_author
from dehusk.metadata.chinese import read_field, read_lead, read_line
from dehusk.metadata.titles import choose_title
from dehusk.model import Block, Document, Element, Head, Metadata, Page

HEADLINE = "河边小镇的老桥终于修好了"


def paragraph(text: str, *, links: int = 0) -> Block:
    return Block(text, "paragraph", 0, 0, len(text), 0, links)


def found(
    *lines: str, title: str = HEADLINE, metas: dict[str, str] | None = None, marks: str = ""
) -> Metadata:
    blocks = [Block(HEADLINE, "heading", 2, 0, 0), *map(paragraph, lines)]
    head = Head(title=title, metas=metas or {})
    return find_metadata(Document("html", blocks, 0, [Element("div", -1, marks)], head), Page(""))


@pytest.mark.parametrize(
    "stated",
    [
        f"{HEADLINE}-江城网",
        f"{HEADLINE}_江城网",
        f"{HEADLINE}--文化--江城网",
        f"{HEADLINE}-EDN 江城技术",
        f"{HEADLINE} 江城县人民政府",
        f"江城快讯--{HEADLINE}",
    ],
)
def test_a_site_goes_from_a_title_that_a_line_says(stated: str) -> None:
    assert choose_title([], [stated], [], lower=[HEADLINE]) == HEADLINE
    assert choose_title([], [stated], [], lines=["江城快讯", HEADLINE]) == HEADLINE


@pytest.mark.parametrize(
    ("stated", "line"),
    [
        pytest.param(f"{HEADLINE}-江城网", "河边小镇", id="a section"),
        pytest.param(f"{HEADLINE}-江城网", "河边小镇的老桥", id="a part of a word"),
        pytest.param(f"{HEADLINE}（图）-江城网", HEADLINE, id="brackets"),
        pytest.param("The old bridge-Post", "The old bridge", id="a script with spaces"),
    ],
)
def test_other_lines_cut_no_title(stated: str, line: str) -> None:
    assert choose_title([], [stated], [], lines=[line]) == stated


def test_a_linked_heading_that_is_the_site_is_no_title() -> None:
    site = "江城县人民政府网站"
    stated = [f"{HEADLINE} - 江城县人民政府门户网站"]
    assert choose_title([site], stated, [], lower=[site, HEADLINE], linked={site}) == HEADLINE
    assert choose_title([site], stated, [], lower=[site, HEADLINE]) == site


def test_a_line_without_links_may_be_the_title() -> None:
    blocks = [paragraph(HEADLINE, links=12), paragraph("何思远"), paragraph(HEADLINE)]
    head = Head(title=f"{HEADLINE}-江城网")
    for lines, title in ((blocks, HEADLINE), (blocks[:2], head.title)):
        assert (
            find_metadata(Document("html", lines, 0, [Element("div", -1, "")], head), Page("")).title == title
        )


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("作者：未知 责任编辑：何思远", ""),
        ("责任编辑：何思远", ""),
        ("编辑 何思远", "编辑 何思远"),
        ("版权声明 来源：江城晚报 时间：2019-09-23", ""),
        ("发布于", ""),
        ("网络整理", ""),
        ("本站原创", ""),
        ("请登录后评论", ""),
        ("by Taboola", ""),
        ("何思远 来源：江城晚报", "何思远"),
        ("作者：何思远 编辑：吴敏", "何思远"),
        ("小编何思远", "小编何思远"),
        ("未知数", "未知数"),
    ],
)
def test_what_stands_for_a_name_is_none(text: str, name: str) -> None:
    assert clean_author(text) == name


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("澎江新闻记者 何思远 吴敏", "何思远, 吴敏"),
        ("采写：江都记者 何思远、吴敏", "何思远, 吴敏"),
        ("采写：江都见习记者 何思远", "何思远"),
        ("《江镜》作者 何思远", "何思远"),
        ("【文/江城网专栏作者 何思远】", "何思远"),
        ("本报记者何思远", "何思远"),
        ("记者 何思远 通讯员 吴敏", "何思远"),
        ("記者 張小明", "張小明"),
        ("何思远/江城青年报", "何思远"),
        ("江城记者 阿依古丽·买买提", "阿依古丽·买买提"),
        ("江城晚报记者 何思远 摄", ""),
        ("图片来源：江城晚报记者 何思远 摄", ""),
        ("记者手记", ""),
        ("作者简介", ""),
        ("作者最新文章", ""),
        ("原作者 何思远", ""),
        ("责任编辑 何思远", ""),
        ("何思远说，记者 昨天来过", ""),
        ("河流/山川", ""),
        ("By a reporter / Post", ""),
    ],
)
def test_lines_of_reporters(line: str, names: str) -> None:
    assert read_line(line) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("江城社3月9日电（记者何思远）昨夜起了大风。", "何思远"),
        ("江城晚报讯（记者 何思远 吴敏）昨夜起了大风。", "何思远, 吴敏"),
        ("江城网3月9日讯（记者何思远 整合） 昨夜起了大风。", "何思远"),
        ("（职工通讯员 何思远）昨夜起了大风。", ""),
        ("昨夜（记者了解到）起了大风。", ""),
        (f"{'昨夜起了大风。' * 20}（记者何思远）", ""),
    ],
)
def test_reporters_in_brackets(text: str, names: str) -> None:
    assert read_lead(text) == names


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("2019-09-26 12:11来源：江城网 作者：何思远", "何思远"),
        ("来源：本站原创 作者：江城党支部\n时间：2019年10月31日", "江城党支部"),
        ("发表于2014-08-24| 来源江城| 0 条评论| 作者何思远", "何思远"),
        ("出处：江城网 作者：何思远 吴敏 编辑：吴敏 人气：5380", "何思远 吴敏"),
        ("时间：2019-09-25 作者： 阅读：1644", ""),
        ("本文作者不详", ""),
        ("来源江城| 作者其他文章", ""),
    ],
)
def test_the_author_among_other_fields(line: str, name: str) -> None:
    assert read_field(line) == name


@pytest.mark.parametrize(
    ("lines", "author"),
    [
        (["时间：2019-09-25 作者：网络整理 阅读：1644"], ""),
        (["2019-09-26 来源：江城网 作者：何思远", "吴敏/江城青年报"], "何思远"),
        (["江城社3月9日电（记者何思远）昨夜起了大风。"], "何思远"),
        ([*["昨夜起了大风。"] * 40, "江城晚报记者 何思远"], "何思远"),
    ],
)
def test_authors_of_a_page(lines: list[str], author: str) -> None:
    assert found(*lines).author == author


def test_whoever_owns_the_rights_is_the_last_to_be_the_author() -> None:
    metas = {"author": "江城网", "copyright": "江城网版权所有"}
    assert found("2019-09-26 作者：何思远", "来源：江城网 作者：何思远", metas=metas).author == "何思远"
    assert found(metas=metas).author == "江城网"


@pytest.mark.parametrize(
    ("lines", "day"),
    [
        (["2019-09-09 19:32:27 字号", "新桥发布首张照片 2019-09-06"], "2019-09-09"),
        (["2019-09-01 大风", "发布时间：2019-09-09"], "2019-09-09"),
        (["2019-09-01 大风", "2019年9月9日 发布"], "2019-09-09"),
    ],
)
def test_a_day_is_one_of_publication_where_the_word_stands_beside_it(lines: list[str], day: str) -> None:
    assert found(*lines).date == day


@pytest.mark.parametrize("name", ["apub:time", "og:time", "firstpublishedtime", "dateupdate"])
def test_days_in_the_head(name: str) -> None:
    assert found(metas={name: "2019-9-7 21:30:50"}).date == "2019-09-07"
    assert found(metas={name: "2019-9-7 21:30:50", "pubdate": "2019-09-05"}).date == "2019-09-05"


@pytest.mark.parametrize("unit", ["记者 何", "作者：何", "何思远 ", "（记者", "《作者", "何/"])
def test_repetition_costs_little(unit: str) -> None:
    start = time.process_time()
    for read in (read_line, read_lead, read_field, clean_author):
        read(unit * 20_000)
        for count in range(40):
            read(unit * count)
    assert time.process_time() - start < 1
