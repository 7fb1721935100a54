"""HTML -> blocks: articles that stand only in the JSON for a page's scripts."""

from __future__ import annotations

import json
import re
import time
from html import escape
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dehusk.blocks import read_blocks
from dehusk.blocks.page_data import find_data_article
from dehusk.model import Page

PARAGRAPHS = [
    f"In the {nth} winter the ice reached the old pier, and {count} sheep crossed the sound on it in one night. The"
    f" keeper of the light counted them twice, and wrote {count} into his book both times."
    for nth, count in (("first", 40), ("second", 51), ("third", 62), ("fourth", 73))
]
HTML = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
POST = {
    "id": "a-7",
    "title": "Sheep on the ice",
    "author": {"bio": PARAGRAPHS[0]},
    "url": "/sheep-on-the-ice",
}
TEASERS = [{"title": f"No. {i}", "excerpt": f"{i} times it froze."} for i in range(9)]
SHELL = "<title>Sheep</title><body><nav><a href=/>Home</a></nav><div id=app>Loading …</div>"


def script(value: object, before: str = "", after: str = "") -> str:
    text = json.dumps(value).replace("</", "<\\/")
    return f"<script>{before}{text}{after}</script>"


def read(html: str) -> list[str]:
    return [block.text for block in read_blocks(Page(html, kind="html")).blocks]


PLAIN = {"props": {"pageProps": {"related": TEASERS, "post": {**POST, "body": HTML}}}}
CASES: dict[str, str] = {
    "a script of JSON": script(PLAIN).replace("<script", "<script id=__NEXT_DATA__ type=application/json"),
    "a value given to a name": script(PLAIN, "window.__INITIAL_STATE__ = ", "; start(window)"),
    "behind code with braces": script(PLAIN, "function a(){b={};return c={d:1}} window['s']= ", ";"),
    "a string that is parsed": script(json.dumps(PLAIN), "window._state = JSON.parse(", ")"),
    "percent signs": f"<script type=application/json>{quote(json.dumps(PLAIN))}</script>",
    "JSON in a string of JSON": script({"cache": {"17": json.dumps(PLAIN)}}),
    "an attribute": f'<div id=app data-page="{escape(json.dumps(PLAIN))}"></div>',
    "plain text with line breaks": script({"post": {**POST, "text": "\n\n".join(PARAGRAPHS)}}),
    "text that begins like JSON": script({"post": {**POST, "text": "\n".join(PARAGRAPHS).replace("In", "[In]", 1)}}),
    "text that begins with the number of a note": script({"post": {**POST, "text": "[7] " + "\n".join(PARAGRAPHS)}}),
    "behind a block of code": f"<script>{{ let a = 1; {' ' * 600} }}</script>" + script(PLAIN, "a = "),
    "a list of blocks": script(
        {"post": {**POST, "body": [{"id": f"k{i}", "type": "p", "text": text} for i, text in enumerate(PARAGRAPHS)]}}
    ),
    "blocks of pieces": script(
        {"article": POST | {"blocks": [
            {"_type": "block", "style": "normal", "children": [
                {"text": a + " the "}, {"marks": ["em"], "text": b}, {"text": " the " + c},
            ]}
            for a, b, c in (text.split(" the ", 2) for text in PARAGRAPHS)
        ]}}
    ),
    "the same text twice": script({"post": {**POST, "html": HTML, "amp": HTML}}) + script({"post": POST}),
    "blocks that say their text twice": script(
        {"post": {**POST, "parts": [{"text": text, "raw": text + " "} for text in PARAGRAPHS]}}
    ),
}  # fmt: skip


@pytest.mark.parametrize("data", CASES.values(), ids=CASES)
def test_an_article_in_data_is_read(data: str) -> None:
    found = [text.replace("[In]", "In").removeprefix("[7] ") for text in read(SHELL + data)]
    assert found == ["Home", "Loading …", "Sheep on the ice", *PARAGRAPHS]


def test_headings_and_items_stay_what_they_are() -> None:
    body = [
        {"type": "heading", "text": "Ice"}, *({"type": "paragraph", "text": text} for text in PARAGRAPHS),
        {"type": "h3", "text": "Sheep & lambs"}, {"type": "list-item", "text": "40 < 51"},
        {"type": "list", "items": ["One sheep", "Two sheep"]},
    ]  # fmt: skip
    blocks = read_blocks(Page(SHELL + script({"body": body}), kind="html")).blocks[2:]
    assert [(block.kind, block.level) for block in blocks if len(block.text) < 60] == [
        ("heading", 2), ("heading", 3), ("item", 1), ("item", 1), ("item", 1),
    ]  # fmt: skip
    assert [block.text for block in blocks if len(block.text) < 60] == [
        "Ice", "Sheep & lambs", "40 < 51", "One sheep", "Two sheep",
    ]  # fmt: skip


LEFT_AS_THEY_ARE = {
    "shown as well": HTML + script(PLAIN),
    "a short one shown": f"<p>{PARAGRAPHS[0]}</p>" + script({**PLAIN, "next": [{"body": HTML[250:]}] * 9}),
    "something else shown": f"<p>{'It snowed on the hill. ' * 60}</p>" + script(PLAIN),
    "short": script({"post": {"body": PARAGRAPHS[0]}}),
    "teasers": script({"related": TEASERS * 20}),
    "code": script({"css": "a { color: red; } .b { top: 0. } " * 60}, "window.x="),
    "no JSON": script(PLAIN, "run(function(a){return ", "})"),
    "a template of scripts": "<template>" + script(PLAIN) + "</template>",
}


@pytest.mark.parametrize("page", LEFT_AS_THEY_ARE.values(), ids=LEFT_AS_THEY_ARE)
def test_other_data_are_left(page: str) -> None:
    assert read(page) == read(re.sub("<script.*</script>", "", page, flags=re.DOTALL))


HOSTILE = {
    "deep": "x=" + '{"a":' * 100_000,
    "deep lists": "[" * 100_000,
    "openers": "x={" * 300_000,
    "long and broken": ('x={"a":"' + "It rains. " * 1000) * 100,
    "a long number": '{"a": ' + "9" * 10_000 + "}",
    "half a pair": '{"body": "' + "It rained. \\ud800 " * 100 + '"}',
    "tags that do not end": '{"a": "' + "It rained. " * 100 + "\\u003c" * 400_000 + '"}',
    "a chain of strings": json.dumps({"a": json.dumps({"a": json.dumps({"a": "It rains. " * 100})})}),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_data_end_soon(text: str) -> None:
    start = time.perf_counter()
    read(f"{SHELL}<script>{text}</script>")
    assert time.perf_counter() - start < 5


@given(
    st.recursive(
        st.text() | st.none() | st.floats() | st.just(HTML),
        lambda v: st.lists(v) | st.dictionaries(st.text(), v),
    )
)
def test_data_of_any_shape_never_raise(value: object) -> None:
    assert isinstance(find_data_article([json.dumps(value).ljust(600)], []), str)
