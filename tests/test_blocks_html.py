"""HTML -> blocks."""

from __future__ import annotations

import contextlib
import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from dehusk import clean_page
from dehusk.blocks import read_blocks
from dehusk.blocks.walk import fold_whitespace
from dehusk.errors import DehuskError, UnreadablePage
from dehusk.model import Block, Document, Page

CASES = json.loads((Path(__file__).parent / "cases" / "blocks_html.json").read_text(encoding="utf-8"))
TAGS = [
    "p",
    "div",
    "b",
    "a",
    "span",
    "li",
    "ul",
    "table",
    "tr",
    "td",
    "pre",
    "br",
    "h1",
    "noscript",
    "svg",
    "script",
]


def read(html: str) -> Document:
    return read_blocks(Page(html, kind="html"))


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_cases(case: dict[str, object]) -> None:
    assert [block.text for block in read(str(case["input"])).blocks] == case["expected"]


def kinds(html: str) -> list[tuple[str, int]]:
    return [(block.kind, block.level) for block in read(html).blocks]


def test_kinds_and_levels() -> None:
    html = (
        "<h2>a</h2><p>b</p><ul><li><p>c</p><p>d</p><ol><li>e</li></ol>f</li></ul><figcaption>g</figcaption>h"
    )
    assert kinds(html) == [
        ("heading", 2), ("paragraph", 0), ("item", 1), ("paragraph", 0), ("item", 2), ("paragraph", 0), ("caption", 0),
        ("paragraph", 0),
    ]  # fmt: skip


def test_link_characters_are_counted_across_blocks_of_one_link() -> None:
    blocks = read(
        "<p>see <a href=x>the page</a></p><a href=y><div>one</div><div>two</div></a><p>end</p>"
    ).blocks
    assert [(block.link_chars, block.links) for block in blocks] == [(8, 1), (3, 1), (3, 1), (0, 0)]


def test_elements_carry_what_they_call_themselves() -> None:
    document = read(
        '<nav class="Main-Menu" aria-hidden=true><p>a</p></nav><div style="display: none">b</div>'
    )
    a, b = (document.elements[block.element] for block in document.blocks)
    assert document.elements[a.parent].tag == "nav"
    assert document.elements[a.parent].marks == "main-menu -hidden"
    assert b.marks == "-hidden"


def test_spans_are_the_whole_source() -> None:
    assert read("<p>äöü</p>").blocks[0][3:5] == (0, 10)


def test_deep_but_allowed_nesting_and_time() -> None:
    start = time.process_time()
    document = read("<div>" * 1900 + "text" + "<p>more" * 100_000)
    assert document.blocks[0].text.startswith("text")
    assert len(document.blocks) == 100_001
    assert time.process_time() - start < 30


UNENDING = {
    "templates": "<p>x<template shadow" + "<template " * 60_000,
    "shadow trees in each other": "<template shadowroot>" * 60_000 + "</template>x" * 60_000,
    "frames in a value": '<frameset></frameset><frame a="' + "<frame " * 120_000,
}


@pytest.mark.parametrize("markup", UNENDING.values(), ids=UNENDING)
def test_tags_that_do_not_end_take_no_time(markup: str) -> None:
    start = time.process_time()
    with contextlib.suppress(UnreadablePage):
        read(markup)
    assert time.process_time() - start < 5


@given(st.text())
def test_any_text_gives_clean_blocks(html: str) -> None:
    try:
        blocks = read(html).blocks
    except DehuskError:
        return
    check_blocks(blocks)


PIECES = st.one_of(st.sampled_from([f"<{t}>" for t in TAGS] + [f"</{t}>" for t in TAGS]), st.text(max_size=4))


@given(st.lists(PIECES))
def test_any_tags_give_clean_blocks(pieces: list[str]) -> None:
    check_blocks(read("".join(pieces)).blocks)


def check_blocks(blocks: list[Block]) -> None:
    for block in blocks:
        assert block.text.strip()
        assert 0 <= block.link_chars <= len(block.text)
        if block.kind != "code":
            assert all(line == " ".join(line.split()) for line in block.text.split("\n"))


@given(st.lists(st.text("abcdefg ", min_size=1), max_size=20))
def test_no_text_is_lost_or_said_twice(texts: list[str]) -> None:
    html = "".join(f"<p>{text}</p><div>{text}<b>{text}</b></div>" for text in texts)
    expected = "".join(3 * text for text in texts).replace(" ", "")
    assert "".join(block.text for block in read(html).blocks).replace(" ", "") == expected


HIDDEN = ["script", "svg", "style", "select"]
VISIBLE = ["p", "div", "b", "a", "span", "li", "ul", "table", "tr", "td", "pre", "br", "h1", "time", "sup"]
MARKUP = st.one_of(
    st.sampled_from([f"<{end}{tag}>" for tag in VISIBLE + HIDDEN for end in ("", "/")]),
    st.text("abcDEF \n\u00a0\u00e9", max_size=5),
)


@given(st.lists(MARKUP, max_size=40))
def test_blocks_hold_all_text_that_a_reader_sees(pieces: list[str]) -> None:
    html = "".join(pieces)
    tree = LexborHTMLParser(html)
    tree.strip_tags(HIDDEN)
    assert tree.body is not None
    seen = "".join(tree.body.text().split())
    assert "".join("".join(block.text for block in read(html).blocks).replace(" | ", "").split()) == seen


@settings(deadline=None)  # the first call loads models
@given(st.binary())
def test_any_bytes_are_cleaned_or_refused_by_name(content: bytes) -> None:
    with contextlib.suppress(DehuskError):
        clean_page(Page(content, kind="html"))


def test_white_space_of_any_kind_is_folded() -> None:
    for space in map(chr, range(0x3001)):
        if space.isspace():
            assert fold_whitespace(f"{space}a{space}b{space} c ") == "a b c"
    assert fold_whitespace("e\u0301 a\u200bb\u00ad") == "\u00e9 ab"
