"""One article's blocks -> the record."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from dehusk.articles import _add_header, add_left_out, cut_article, join_blocks, join_spans, make_articles
from dehusk.blocks import read_blocks
from dehusk.model import Article, Block, Labelled, Page, PageLabels, PageStart, make_id
from dehusk.words import count_words

HTML = "<title>A day</title><h1>A day at sea</h1><p>The boat left at dawn.</p><ul><li>Nets<li>Bread</ul>"


def make(page: Page, *sizes: int) -> list[Article]:
    """Articles of a page whose blocks are all kept, cut into groups of the given sizes."""
    document = read_blocks(page)
    kept = [Labelled(block, "content", "test", 0.5) for block in document.blocks]
    groups, at = [], 0
    for size in sizes or (len(kept),):
        groups.append(kept[at : at + size])
        at += size
    return make_articles(groups, document, page, labels=PageLabels(kept, "article", 0.5)).articles


def test_html_article() -> None:
    (article,) = make(Page(HTML, source="a.html", url="https://example.org/a", kind="html"))
    assert article.text == "A day at sea\nThe boat left at dawn.\n- Nets\n- Bread"
    assert (article.part, article.kind, article.words, article.spans) == (1, "html", 11, ((0, len(HTML)),))
    assert (article.url, article.confidence) == ("https://example.org/a", 0.5)


def test_what_a_row_says_is_one_line() -> None:
    (article,) = make(Page(HTML, kind="html", title=" A day\n at  Orle\u0301ans ", author="Ann\r\nRoe"))
    assert (article.title, article.author) == ("A day at Orl\u00e9ans", "Ann Roe")


def test_what_was_left_out_near_the_first_blocks_is_known() -> None:
    """Not all of it, where it is very much: whoever looks through it takes a time for each line."""
    texts = [*("x" * 40), "title", *("y" * 1000), "text", *("z" * 9)]
    blocks = [Block(text, "paragraph", 0, at, at + 1) for at, text in enumerate(texts)]
    labelled = [Labelled(b, "content" if len(b.text) > 1 else "menu", "", 0.5) for b in blocks]
    group = [item for item in labelled if item.is_kept]
    found = "".join(item.block.text[0] for item in add_left_out(group, labelled, 0))
    assert found == f"{'x' * 24}t{'y' * 300}tzz"


@settings(deadline=None)  # the language model is loaded once
@given(st.data())
def test_an_article_that_is_cut_is_that_of_the_blocks_left(data: st.DataObject) -> None:
    """Its text, words, id and spans; these count from the start of the whole source."""
    lines = data.draw(st.lists(st.sampled_from(["Rain.", "- Nets", "A | B", "東京"]), min_size=2, max_size=9))
    source = "\n \n".join(lines)
    blocks = read_blocks(Page(source, kind="text")).blocks
    gone = data.draw(
        st.lists(st.booleans(), min_size=len(blocks), max_size=len(blocks)).filter(lambda g: not all(g))
    )
    (whole,) = make(Page(source, kind="text"), len(blocks))
    spans = tuple((start + 100, end + 100) for start, end in whole.spans)
    cut = cut_article(
        replace(whole, spans=spans),
        gone,
        lines=[len(join_blocks([block])) for block in blocks],
        places=[(block.start, block.end) for block in blocks],
    )
    left = [block for block, is_gone in zip(blocks, gone, strict=True) if not is_gone]
    assert cut.text == join_blocks(left)
    assert cut.spans == tuple((start + 100, end + 100) for start, end in join_spans(left, source))
    assert (cut.words, cut.id) == (count_words(cut.text), make_id(cut.source, cut.part, cut.text))


@settings(deadline=None)
@given(st.data())
def test_blocks_come_into_an_article_at_their_places(data: st.DataObject) -> None:
    """Of the lines of a text some are in the article and stay, some go, some are new in it."""
    fates = data.draw(
        st.lists(st.sampled_from(["stays", "goes", "comes"]), min_size=1, max_size=9).filter(
            lambda fates: "stays" in fates
        )
    )
    texts = [f"Line {i} {fate}" for i, fate in enumerate(fates)]
    blocks = read_blocks(Page("\n\n".join(texts), kind="text")).blocks
    whole = next(iter(make(Page("\n\n".join(texts), kind="text"), len(blocks))))
    members = [block for block, fate in zip(blocks, fates, strict=True) if fate != "comes"]
    before = replace(whole, text=join_blocks(members), spans=join_spans(members, "\n\n".join(texts)))
    cut = cut_article(
        before,
        [fate == "goes" for fate in fates],
        lines=[text if fate == "comes" else len(text) for text, fate in zip(texts, fates, strict=True)],
        places=[(block.start, block.end) for block in blocks],
    )
    left = [text for text, fate in zip(texts, fates, strict=True) if fate != "goes"]
    assert cut.text == "\n".join(left)
    source = "\n\n".join(texts)
    assert " ".join(source[start:end] for start, end in cut.spans).split() == cut.text.split()


def test_spans_that_meet_are_one() -> None:
    """Of lines right below each other, and of one that comes back between two."""
    (whole,) = make(Page("One\n\nTwo", kind="text"), 2)
    apart = replace(whole, spans=((0, 3), (3, 8)))
    assert cut_article(apart, [False, False], lines=[3, 3], places=[(0, 3), (3, 8)]).spans == ((0, 8),)
    apart = replace(whole, spans=((0, 3), (9, 12)))
    places = [(0, 3), (2, 8), (9, 12)]
    assert cut_article(apart, [False] * 3, lines=[3, "new", 3], places=places).spans == ((0, 8), (9, 12))


def test_an_article_that_runs_over_the_next_header_has_no_page_of_its_own() -> None:
    page = Page("x" * 200, kind="text")
    starts = [PageStart(at, at, at + 5, title=title) for at, title in ((10, "A"), (100, "B"))]
    blocks = [Block("x", "paragraph", 0, at, at + 1) for at in (0, 20, 90, 110)]
    titles = [
        _add_header(page, starts, blocks[first:end]).title
        for first, end in ((0, 1), (1, 3), (3, 4), (1, 4), (0, 4), (0, 0))
    ]
    assert titles == ["", "A", "B", "", "", ""]
    assert _add_header(page, starts, blocks[2:3], end=21).title == ""  # another article stands between


def test_the_id_tells_source_part_and_text_apart() -> None:
    pages = [
        Page(HTML, source="a", kind="html"),
        Page(HTML, source="b", kind="html"),
        Page(HTML + "x", "a", kind="html"),
    ]
    ids = {article.id for page in pages for article in make(page)}
    assert len(ids) == 3
    assert {article.id for article in make(pages[0])} <= ids


def test_parts_have_titles_of_their_own() -> None:
    html = "<title>Blog</title><h2>First</h2><p>One.</p><h2>Second</h2><p>Two.</p>"
    articles = make(Page(html, kind="html"), 2, 2)
    assert [(a.part, a.title) for a in articles] == [(1, "First"), (2, "Second")]


def test_item_markers_are_not_doubled() -> None:
    item = Block("- one", "item", 1, 0, 5)
    assert join_blocks([item, item._replace(text="two")]) == "- one\n- two"


@given(st.lists(st.sampled_from(["ab", "\n", "x", " "]), max_size=30))
def test_spans_hold_the_blocks_and_nothing_else(pieces: list[str]) -> None:
    source = "".join(pieces)
    blocks, at = [], 0
    for piece in pieces:
        if piece == "ab":
            blocks.append(Block(piece, "paragraph", 0, at, at + 2))
        at += len(piece)
    spans = join_spans(blocks, source)
    assert "".join(source[a:b] for a, b in spans).replace(" ", "").replace("\n", "") == "ab" * len(blocks)
    assert all(a[1] < b[0] for a, b in pairwise(spans))
