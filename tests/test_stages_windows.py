"""stages.windows: a text too large for one window comes to the same blocks, and is cut where a page begins."""

from __future__ import annotations

import gc
import json
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dehusk.blocks import read_blocks
from dehusk.model import Block, Document, Labelled, Limits, Options, Page
from dehusk.pages import decode_page, read_pages
from dehusk.stages.page import clean_page, work_page
from dehusk.stages.windows import _find_cut, read_windows, work_windows

ARTICLES = json.loads((Path(__file__).parent / "cases" / "label_text.json").read_text(encoding="utf-8"))
MENU = "Skip to main content\nHome\nNews\nOpinion\nSport\nWeather\nLog in\nSubscribe\nSearch\n\n"
FOOTER = "\n\nShare on Facebook\nTweet\nPrivacy Policy\nTerms of Use\n© 2023 Example Media. All rights reserved.\n\n"
SMALL = Options(window=10_000)


def make_dump(pages: int) -> str:
    """Pages in all the languages by turns, told apart by a number in each line."""
    texts = list(ARTICLES.values())
    return "".join(
        MENU + "\n\n".join(f"{line} ({1200 + number})" for line in texts[number % len(texts)]) + FOOTER
        for number in range(pages)
    )


def letters(text: str) -> str:
    return "".join(sorted(c for c in text if c.isalnum()))


@pytest.mark.parametrize("text", [make_dump(40), make_dump(40).replace("\n\n", "\n\n=====\n\n")])
def test_windows_lose_and_repeat_nothing(text: str) -> None:
    found = work_windows(Page(text, kind="text"), SMALL)
    assert [item.block for item in found.labels.blocks] == found.document.blocks
    assert all(a.end <= b.start for a, b in pairwise(found.document.blocks))
    assert all(letters(b.text) == letters(text[b.start : b.end]) for b in found.document.blocks)
    assert letters("".join(b.text for b in found.document.blocks)) == letters(text)


PIECES = ["word ", "line\n", "\n\n", "•", "=====\n", "x" * 997, "中。", "\f"]


@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
@settings(max_examples=60, deadline=None)
def test_any_text_comes_through_whole(text: str) -> None:
    found = work_windows(Page(text * 40, kind="text"), SMALL)
    assert letters("".join(b.text for b in found.document.blocks)) == letters(text * 40)


PAGES = [
    f"{header}The council has closed the bridge, and nobody in town knows why.\n{end}\n"
    for header, end in (
        ("URL: https://a.example/{n}\nTitle: Story {n}\n\n", ""),
        ("Story {n}\nURL: https://a.example/{n}\n\n", "--- END ---\n"),
        ("Story {n}\n" + "=" * 40 + "\n", ""),
        ("https://a.example/{n}\n\n", "Tags: a, b\n"),
        ("", "Link: https://a.example/{n}\n"),
        ("<doc id={n}>\n<title>Story {n}</title>\n", "</doc>\n"),
        ("# Story {n} (/docs/{n})\n\n", ""),
        ("", "[SEP]\n"),
        ("WARC/1.0\nWARC-Type: conversion\nContent-Length: 9\n\n", ""),
        ("Home\nNews\nSport\nWeather\nLog in\n", "Privacy policy\n"),
        ("-" * 30 + "\n", "\f"),
    )
]
BREAKS = ["\n", "\r\n", "\r", "\x85", "\u2028"]


@given(st.data(), st.sampled_from(PAGES), st.sampled_from(BREAKS), st.integers(500, 3000))
@settings(max_examples=60, deadline=None)
def test_any_dump_is_read_in_any_pieces(data: st.DataObject, page: str, end: str, most: int) -> None:
    """Later pieces may hold nothing, or none of what the first shows."""
    between = st.sampled_from([page] * 6 + ["\n" * 7000, "word " * 100 + "\n", "# A\n", "```\n", PAGES[0]])
    pages = data.draw(st.lists(between, min_size=3, max_size=30))
    text = "".join(page.replace("{n}", str(n)) for n, page in enumerate([page, page, page, *pages]))
    with TemporaryDirectory() as folder:
        (path := Path(folder) / "a.txt").write_bytes(text.replace("\n", end).encode())
        for piece in map(decode_page, read_pages([path], limits=Limits(bytes=most), on_failure=print)):
            for article in clean_page(piece, SMALL):
                spans = ((start - piece.offset, end - piece.offset) for start, end in article.spans)
                source = iter("".join(str(piece.content)[start:end] for start, end in spans))
                assert all(c in source for c in article.text if c.isalnum())


def test_no_window_ends_inside_an_article_that_has_husk_around_it() -> None:
    """A page here is a tenth of a window: a window's last quarter has some husk."""
    windows = [own for _, own in read_windows(Page(make_dump(40), kind="text"), SMALL)]
    assert len(windows) > 2
    assert not any(above[-1].is_kept and below[0].is_kept for above, below in pairwise(windows))


def test_a_window_is_read_with_what_is_above_it(monkeypatch: pytest.MonkeyPatch) -> None:
    offsets = list[int]()

    def read(page: Page, limits: Limits) -> Document:
        offsets.append(page.offset)
        return read_blocks(page, limits)

    monkeypatch.setattr("dehusk.stages.windows.read_blocks", read)
    text = make_dump(150)
    firsts = [own[0].block.start for _, own in read_windows(Page(text, kind="text"), Options(window=30_000))]
    above = [first - offset for first, offset in zip(firsts, offsets, strict=True)]
    assert len(above) > 2
    assert all(19_000 < chars <= 20_100 for chars in above[1:])


@pytest.mark.parametrize(
    ("label", "kept", "gaps", "tops", "pages", "cut"),
    [
        ("where a page is likeliest to begin", [0, 0, 0, 0], [1, 1, 1, 1], [9, 1, 3, 2], [], 2),
        ("among husk before an article's lines", [1, 1, 1, 0], [1, 1, 1, 1], [0, 3, 2, 1], [], 3),
        ("between husk and an article", [0, 1, 1, 1], [1, 1, 1, 1], [0, 1, 3, 2], [], 1),
        ("at a hard boundary before husk", [1, 1, 1, 0], [1, 1, -1, 1], [0, 3, 1, 2], [], 2),
        ("at a header before all", [1, 1, 1, 0], [1, 1, -1, 1], [0, 1, 3, 2], [1], 1),
        ("below a blank line", [0, 0, 0, 0], [1, 1, 0, 1], [0, 1, 3, 0], [], 1),
        ("nowhere", [0, 0, 0, 0], [1, 0, 0, 0], [3, 3, 3, 3], [], 4),
    ],
)
def test_where_a_window_ends(
    label: str, kept: list[int], gaps: list[int], tops: list[float], pages: list[int], cut: int
) -> None:
    labelled = [
        Labelled(
            Block("x", "paragraph", 0, i, i + 1, gap=gap), "content" if keep else "menu", "", 0.5, 0.0, top
        )
        for i, (keep, gap, top) in enumerate(zip(kept, gaps, tops, strict=True))
    ]
    assert _find_cut(labelled, 0, least=0, pages=set(pages)) == cut


def test_a_single_page_stays_one_however_long() -> None:
    page = Page(make_dump(40), kind="text", is_single=True)
    assert len(work_windows(page, SMALL).groups) == 1
    assert len(work_windows(Page(page.content, kind="text"), Options(window=10_000, split=False)).groups) == 1


def test_parts_are_numbered_through_and_spans_lead_back() -> None:
    text = make_dump(40)
    articles = clean_page(Page(text, kind="text"), Options(window=10_000, dedup=False))
    assert [article.part for article in articles] == list(range(1, len(articles) + 1))
    assert len(articles) > 10
    for article in articles:
        assert letters(article.text) == letters("".join(text[start:end] for start, end in article.spans))


@pytest.mark.parametrize("text", ["word " * 20_000, "x" * 100_000])
def test_one_long_line_is_cut(text: str) -> None:
    found = work_windows(Page(text, kind="text"), SMALL)
    assert 10 <= len(found.document.blocks) <= 20
    assert letters("".join(b.text for b in found.document.blocks)) == letters(text)


@pytest.mark.parametrize("break_", ["\r", "\u2028"])
def test_other_ends_of_lines_than_usual_are_seen(break_: str) -> None:
    text = break_.join(f"Words of line {number} in a list" for number in range(2000))
    found = work_windows(Page(text, kind="text"), SMALL)
    assert [block.text for block in found.document.blocks] == text.split(break_)


def test_the_collector_is_as_it_was() -> None:
    for switch in (gc.disable, gc.enable):
        switch()
        was_on = gc.isenabled()
        work_page(Page("A line.", kind="text"), Options())
        assert gc.isenabled() == was_on


@pytest.mark.parametrize("options", [Options(), SMALL])
def test_what_is_labelled_content_is_what_articles_hold(
    options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Headlines that came back are content, and scraps that went are not; articles of one window or more."""
    monkeypatch.setattr("dehusk.segment.text.HEAD_ODDS", -3.0)  # else none of this text's would
    found = work_windows(Page(make_dump(40), kind="text"), options)
    held = [item for group in found.groups for item in group]
    assert [item for item in found.labels.blocks if item.is_kept] == held
    assert any(item.reason == "the head of the article below it" for item in held)
