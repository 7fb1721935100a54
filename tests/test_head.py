"""read_head: what a page says about itself, as found and bounded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dehusk.blocks import read_blocks
from dehusk.blocks.head import (
    MAX_BYLINE_CHARS,
    MAX_JSON_LD_CHARS,
    MAX_METAS,
    MAX_TIMES,
    MAX_VALUE_CHARS,
)
from dehusk.model import Head, Page


def head_of(html: str) -> Head:
    return read_blocks(Page(html, kind="html")).head


def test_reads_each_of_the_fields() -> None:
    head = head_of(
        '<html lang="pt-BR"><head><title> A &amp;\n B </title><link rel="alternate canonical" href="/a">'
        '<meta property="og:title" content="T"><meta NAME="Date" content="2024-01-02">'
        '<script type="application/ld+json">{"a": 1}</script></head>'
        '<body><time datetime="2024-05-05">yesterday</time><p class="byline">By <b>Ann</b> Roe</p></body>'
    )
    assert head == Head(
        title="A & B",
        language="pt-BR",
        canonical="/a",
        metas={"og:title": "T", "date": "2024-01-02"},
        json_ld=('{"a": 1}',),
        times=("2024-05-05",),
        bylines=("By Ann Roe",),
    )


CASES = [
    ("the first meta of a name stays", '<meta name=a content=1><meta name=a content=2>', {"a": "1"}),
    ("an empty content is none", '<meta name=a content=" "><meta name=a content=2>', {"a": "2"}),
    ("property takes several names", '<meta property="a og:b" content=T>', {"a": "T", "og:b": "T"}),
    ("a name with a space is one name", '<meta name="Last Updated" content=T>', {"last updated": "T"}),
    ("several authors", '<meta name=citation_author content="Roe, A."><meta name=citation_author content="Li, B.">'
        '<meta name=citation_author content="Roe, A.">', {"citation_author": "Roe, A.; Li, B."}),
    ("itemprop in the body counts", "<body><div><meta itemprop=aB content=2024>", {"ab": "2024"}),
]  # fmt: skip


@pytest.mark.parametrize(("html", "metas"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_metas(html: str, metas: dict[str, str]) -> None:
    assert head_of(html).metas == metas


def test_title_of_a_picture_is_not_the_pages() -> None:
    assert head_of("<body><svg><title>Menu</title></svg><p>x").title == ""


def test_language_from_a_meta_where_the_root_has_none() -> None:
    assert head_of('<meta http-equiv="Content-Language" content="fr">').language == "fr"


def test_published_times_come_first_and_modified_ones_are_left_out() -> None:
    times = (
        '<time class="updated" datetime="2025-01-01"></time><time>5 May 2023</time>'
        '<time class="entry-date published updated" datetime="2022-02-02"></time>'
    )
    assert head_of(f"<body>{times}").times == ("2022-02-02", "5 May 2023")


@pytest.mark.parametrize(
    "named",
    ['<meta name="author" content="X">', '<script type="application/ld+json">{"author": "X"}</script>'],
)
def test_bylines_are_not_looked_for_where_the_head_names_an_author(named: str) -> None:
    byline = '<p class="byline">By Ann Roe</p>'
    assert head_of(byline).bylines == ("By Ann Roe",)
    assert head_of(named + byline).bylines == ()


def test_bylines_skip_pictures_boxes_and_repeats() -> None:
    html = (
        '<img class="author"><div class="author-box">' + "about her life " * 30 + "</div>"
        '<a rel="author">Ann</a><span class="author">Ann</span>'
    )
    assert head_of(html).bylines == ("Ann",)


@pytest.mark.parametrize(
    ("html", "byline"),
    [
        pytest.param("<h4>Ann Roe</h4><div>Editor</div>", "Ann Roe\nEditor", id="blocks are lines"),
        pytest.param(
            "<div>\n Ann\n Roe </div><script>x</script>", "Ann Roe", id="lines of the source are none"
        ),
        pytest.param("Ann Roe<br>3 May", "Ann Roe\n3 May", id="a break"),
        pytest.param("<a>Ann Roe</a><span>Editor</span>", "Ann Roe Editor", id="two words"),
        pytest.param("<b>A</b>nn Roe<sup>1</sup>", "Ann Roe1", id="pieces of one"),
        pytest.param("<svg><title>User</title></svg>Ann Roe", "Ann Roe", id="a picture says nothing"),
    ],
)
def test_the_lines_of_a_byline(html: str, byline: str) -> None:
    assert head_of(f'<div class="author">{html}</div>').bylines == (byline,)


def test_sizes_are_bounded() -> None:
    html = (
        "<title>" + "t" * 10_000 + "</title>"
        + "".join(f'<meta name="m{i}" content="x">' for i in range(2 * MAX_METAS))
        + '<script type="application/ld+json">"' + "x" * MAX_JSON_LD_CHARS + '"</script>'
        + "<time>2024</time>" * (2 * MAX_TIMES)
        + '<p class="byline">' + "b" * (MAX_BYLINE_CHARS + 1)
    )  # fmt: skip
    head = head_of(html)
    assert len(head.title) == MAX_VALUE_CHARS
    assert len(head.metas) == MAX_METAS
    assert head.json_ld == ()
    assert len(head.times) == MAX_TIMES
    assert head.bylines == ()


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_any_text_has_a_head(text: str) -> None:
    assert isinstance(head_of(text), Head)


def test_empty_page_has_an_empty_head() -> None:
    assert head_of("") == Head()
