"""Labels of web pages: what a reader would keep stays, and what goes has a name and a reason."""

from __future__ import annotations

import importlib
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dehusk.blocks import read_blocks
from dehusk.label import html_rows, label_blocks
from dehusk.label.html import _Evidence, _name_husk
from dehusk.label.html_features import measure_page
from dehusk.label.html_model import Aim, add_company, choose_blocks, expect_f1, find_aim, keep_content
from dehusk.label.html_rows import read_page
from dehusk.label.marks import MARK_KINDS, TAG_KINDS, TEXT_BITS, TEXT_KINDS, UNSPACED_RE
from dehusk.label.page_type import PAGE_TYPES, TypeWeights, find_page_type, type_features
from dehusk.model import Head, Labelled, Options, Page

SENTENCE = "The ferry left the harbour at noon, and by evening nobody spoke of the storm any more. "
PAGE = f"""<title>The ferry and the storm</title>
<body><div class="cookie-banner"><p>We use cookies to improve your experience.</p><button>Accept all</button></div>
<header><nav><ul><li><a href=/>Home</a></li><li><a href=/n>News</a></li><li><a href=/s>Sport</a></li></ul></nav>
</header>
<main><article><h1>The ferry and the storm</h1>{f"<p>{SENTENCE * 4}</p>" * 6}
<h2>What the crew said</h2>{f"<p>{SENTENCE * 3}</p>" * 5}</article>
<div class="newsletter-signup"><p>Subscribe to our newsletter</p></div></main>
<aside class="related"><h3>Related articles</h3>
<ul><li><a href=/1>Ten boats to see</a></li><li><a href=/2>Rain</a></li></ul></aside>
<footer><p>Copyright 2024 Harbour News. All rights reserved.</p><a href=/p>Privacy policy</a></footer></body>"""
HUSK = {
    "We use cookies to improve your experience.": "cookies",
    "Home": "menu",
    "Subscribe to our newsletter": "newsletter",
    "Ten boats to see": "related",
    "Copyright 2024 Harbour News. All rights reserved.": "footer",
}


def label(html: str, options: Options = Options()) -> list[Labelled]:  # noqa: B008
    return label_blocks(read_blocks(Page(html, kind="html")), options).blocks


def import_training(monkeypatch: pytest.MonkeyPatch, *names: str) -> list[Any]:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "benchmarks" / "train"))
    return [importlib.import_module(name) for name in names]


def test_running_text_and_its_heading_stay() -> None:
    kept = [item.block.text for item in label(PAGE) if item.is_kept]
    assert sum(text.startswith("The ferry left") for text in kept) == 11
    assert "What the crew said" in kept


@pytest.mark.parametrize("text", HUSK)
def test_husk_goes_with_a_name_and_a_reason(text: str) -> None:
    (item,) = (item for item in label(PAGE) if item.block.text == text)
    assert item.label == HUSK[text]
    assert item.reason


@pytest.mark.parametrize(
    ("marks", "reason"),
    [
        ("navheader", "marked nav"),
        ("navfooter", "marked nav"),
        ("sphinxsidebar", "marked side"),
        ("box", "mostly"),
    ],
)
def test_generators_of_manuals_name_their_navigation_in_words_of_their_own(marks: str, reason: str) -> None:
    links = "<table><tr><td><a href=a>Trimming a sail</a><td><a href=b>Reefing it</a></table>"
    (row,) = (
        item
        for item in label(PAGE.replace("<main>", f"<div class={marks}>{links}</div><main>"))
        if item.block.text == "Trimming a sail | Reefing it"
    )
    assert row.label != "content"
    assert reason in row.reason


@pytest.mark.parametrize("marks", ["class=et_pb_footer_columns4", "id=cookie-page"])
def test_no_reason_is_given_by_the_name_of_the_page_itself(marks: str) -> None:
    """The label stays what it was."""
    page = PAGE.replace("</aside>", "</aside><div><p>A few words</p></div>")
    named = label(page.replace("<body>", f"<body {marks}>", 1))
    found = {item.block.text: (item.label, item.reason) for item in named}
    assert found["A few words"] == ("footer" if "footer" in marks else "cookies", "the model drops it")
    assert found["Rain"] == ("related", "in <aside>")


def test_precision_keeps_no_more_and_recall_no_less() -> None:
    kept = {
        mode: {i.block for i in label(PAGE, Options(mode=mode)) if i.is_kept}
        for mode in ("precision", "balanced", "recall")
    }
    assert kept["precision"] <= kept["balanced"] <= kept["recall"]


CHAPTER = f"""<title>The Frost</title><body class=calibre><section epub:type=chapter>
<h2><a href=contents.xhtml#c3>3</a></h2><p>The frost came on a Sunday.<a href=#n1>1</a></p>
{f"<p>{SENTENCE * 4}</p>" * 6}
<div class=stanza><p>Salt for the king,</p><p>salt for the cow.</p></div>
<aside id=n1><p>By the old calendar.</p></aside>
</section></body>"""


def test_all_of_a_page_that_is_nothing_but_a_text_stays() -> None:
    assert [item.block.text for item in label(CHAPTER) if not item.is_kept] == []


@pytest.mark.parametrize(
    "part",
    [
        "<p><a href=c4.xhtml>The thaw</a></p>",
        "<div class=site-footer><p>Printed in the old town</p></div>",
        f"<div>{'<p>12 copies</p>' * 200}</div>",
        "<p>Copyright 2024, all rights reserved</p>",
    ],
    ids=["links", "a part of a site", "mostly husk", "telling words"],
)
def test_where_there_is_more_than_a_text_not_all_stays(part: str) -> None:
    kept = [
        item.block.text for item in label(CHAPTER.replace("</section>", f"</section>{part}")) if item.is_kept
    ]
    assert not {"The thaw", "Printed in the old town", "12 copies", "Copyright 2024, all rights reserved"} & {
        *kept
    }


def test_a_page_without_blocks_has_no_labels() -> None:
    assert label("<script>1</script>") == []


def test_time_is_linear() -> None:
    start = time.process_time()
    assert len(label("<div class=a><p>word word</div>" * 60_000)) == 60_000
    assert time.process_time() - start < 60


@pytest.mark.parametrize("unit", [" ", '"@type": ', '"@type":[ '])
def test_json_ld_is_read_in_linear_time(unit: str) -> None:
    head = Head(json_ld=('{"@type":' + unit * (250_000 // len(unit)) + "1}",))
    document = replace(read_blocks(Page(PAGE, kind="html")), head=head)
    start = time.process_time()
    label_blocks(document, Options())
    assert time.process_time() - start < 5


@given(
    st.lists(
        st.sampled_from(
            ["<p>", "<li>", "<a href=x>", "</a>", "</p>", "<h1>", "text ", "日本語。", "<pre>", "<td>"]
        ),
        max_size=40,
    )
)
def test_one_label_a_block_in_order(pieces: list[str]) -> None:
    document = read_blocks(Page("".join(pieces), kind="html"))
    labelled = label_blocks(document, Options()).blocks
    assert [item.block for item in labelled] == document.blocks
    assert all(0 <= item.score <= 1 for item in labelled)


def test_the_nearest_elements_name_husk_before_those_around() -> None:
    share = 1 << MARK_KINDS.index("share")
    nav = 1 << len(MARK_KINDS) + TAG_KINDS.index("nav")
    around = share | nav
    assert _name_husk(_Evidence("", share, around, around, False, "")) == (
        "share",
        "in an element marked share",
    )
    assert _name_husk(_Evidence("", 0, around, around, False, "")) == ("menu", "inside <nav>")
    assert _name_husk(_Evidence("", 0, 0, 0, True, "share")) == ("menu", "mostly links")


def test_purity_keeps_the_surest_core_of_a_doubtful_page() -> None:
    content, words = np.array([0.9, 0.6, 0.5, 0.2], np.float32), np.full(4, 20, np.float32)
    assert choose_blocks(content, words, Aim()).tolist() == [True, True, True, False]
    assert choose_blocks(content, words, Aim(purity=10)).tolist() == [True, False, False, False]


def test_a_block_goes_by_its_section_too() -> None:
    html = (
        "<div><section>"
        + "<p>one two three" * 4
        + "</section><aside>"
        + "<p>one two three" * 4
        + "</aside></div>"
    )
    page = read_page(read_blocks(Page(html, kind="html")))
    content = np.array([0.9, 0.45, 0.9, 0.9, 0.1, 0.45, 0.1, 0.1], np.float32)
    chances = add_company(content, page)
    assert chances.dtype == np.float32
    assert chances[1] > chances[5]
    assert ((chances > 0) & (chances < 1)).all()
    assert (add_company(np.ones_like(content), page) == 1).all()
    by_type = [keep_content(content, page, mode="balanced", page_type=kind) for kind in ("forum", "listing")]
    assert find_aim("balanced", "forum") == find_aim("balanced", "listing")
    assert [keep.tolist() for keep, _ in by_type] == [
        [True, False, True, True, False, False, False, False],  # a post goes by itself
        [True, True, True, True, False, False, False, False],
    ]


BETWEEN = "<p>What stands in the middle of the text.</p>"


@pytest.mark.parametrize(
    ("middle", "mode", "page_type", "is_kept"),
    [
        pytest.param(BETWEEN, "balanced", "article", True, id="likelier content than not"),
        pytest.param("<pre>x = 1</pre>", "balanced", "forum", True, id="code"),
        pytest.param(BETWEEN, "precision", "article", False, id="with --precision"),
        pytest.param(BETWEEN, "balanced", "collection", False, id="among the products of a shop"),
        pytest.param("<p>Subscribe to our newsletter</p>", "balanced", "article", False, id="telling words"),
        pytest.param("<p><a href=x>Another text</a></p>", "balanced", "article", False, id="a link"),
        pytest.param("<button>Answer</button>", "balanced", "article", False, id="a control"),
    ],
)
def test_caution_is_not_for_the_middle_of_an_article(
    middle: str, mode: str, page_type: str, is_kept: bool
) -> None:
    html = f"<div>{'<p>one two three' * 9}</p>{middle}{'<p>one two three' * 9}</p></div><nav>{BETWEEN}</nav>"
    page = read_page(read_blocks(Page(html, kind="html")))
    content = np.array([0.99] * 9 + [0.5] + [0.99] * 9 + [0.5], np.float32)
    keep, _ = keep_content(content, page, mode=mode, page_type=page_type)
    assert keep.tolist() == [True] * 9 + [is_kept] + [True] * 9 + [False]


PROSE = f"<p>{'one two three four ' * 5}end.</p>"
MENU = "<nav>Harbour news</nav>"
QUOTE = f"<blockquote class=twitter-post>{PROSE}<p><a href=x>Ann Roe, May 3</a></p></blockquote>"


@pytest.mark.parametrize(
    ("middle", "chances", "page_type", "is_kept"),
    [
        pytest.param("<pre>x = 1</pre>", [0.2], "article", True, id="code"),
        pytest.param("<pre>x = 1</pre>", [0.1], "article", False, id="hardly code of the text"),
        pytest.param("<div class=share><pre>x = 1</pre></div>", [0.2], "article", False, id="code to share"),
        pytest.param(QUOTE, [0.45, 0.4], "article", True, id="a quoted post"),
        pytest.param(QUOTE, [0.45, 0.4], "forum", False, id="a post that a post quotes"),
        pytest.param(
            QUOTE.replace("blockquote", "div"), [0.45, 0.4], "article", False, id="buttons to share"
        ),
    ],
)
def test_code_and_quotations_come_back_into_the_middle(
    middle: str, chances: list[float], page_type: str, is_kept: bool
) -> None:
    page = read_page(
        read_blocks(Page(f"<div>{PROSE * 9}</div>{middle}<div>{PROSE * 9}</div>{MENU}", kind="html"))
    )
    content = np.array([*[0.99] * 9, *chances, *[0.99] * 9, 0.01], np.float32)
    keep, _ = keep_content(content, page, mode="balanced", page_type=page_type)
    assert keep.tolist() == [*[True] * 9, *[is_kept] * len(chances), *[True] * 9, False]


ROWS = "<tr><td>Boat</td><td>Year</td></tr>" * 4
ITEMS = "<li>The old ferry</li>" * 4


@pytest.mark.parametrize(
    ("table", "chances", "is_whole"),
    [
        pytest.param(ROWS, [0.7, 0.35, 0.35, 0.35], True, id="a row is kept"),
        pytest.param(
            f"{ROWS}<tr><td colspan=2>Ferries</td></tr>{ROWS}",
            [0.7, *[0.38] * 8],
            True,
            id="a row of one cell",
        ),
        pytest.param(ITEMS, [0.99, 0.99, 0.45, 0.45], True, id="items are kept"),
        pytest.param(ITEMS, [0.99, 0.45, 0.45, 0.35], False, id="few items are"),
        pytest.param(ROWS, [0.35] * 4, False, id="none is"),
        pytest.param(ROWS, [0.7, 0.1, 0.1, 0.1], False, id="the others are husk"),
    ],
)
def test_a_table_or_list_in_the_text_is_kept_whole(table: str, chances: list[float], is_whole: bool) -> None:
    tag = "ul" if table == ITEMS else "table"
    page = read_page(read_blocks(Page(f"{PROSE * 9}<{tag}>{table}</{tag}>{PROSE * 9}{MENU}", kind="html")))
    content = np.array([*[0.99] * 9, *chances, *[0.99] * 9, 0.01], np.float32)
    keep, _ = keep_content(content, page, mode="balanced", page_type="documentation")
    assert keep[9:-10].all() == is_whole
    assert keep[:9].all()


@pytest.mark.parametrize(
    ("head", "chance", "is_kept"),
    [
        pytest.param(f"<div>{PROSE}", 0.36, True, id="right above, in its element"),
        pytest.param(f"{PROSE}<div>", 0.36, False, id="in another element"),
        pytest.param(f"{PROSE}<p>By Ann Roe</p><div>", 0.51, True, id="further up, likelier than not"),
        pytest.param("<div><p>By Ann Roe</p>", 0.36, False, id="a name"),
        pytest.param(f"<div class=caption>{PROSE}</div><div>", 0.6, False, id="below a picture"),
        pytest.param(f"<div>{PROSE.replace('end.', '')}", 0.36, False, id="no sentence"),
    ],
)
def test_the_first_paragraph_of_a_text_comes_back(head: str, chance: float, is_kept: bool) -> None:
    document = read_blocks(Page(f"{head}{PROSE * 9}</div>{MENU}", kind="html"))
    content = np.full(len(document.blocks), 0.99, np.float32)
    content[:-10], content[-1] = 0.1, 0.01
    content[0] = chance
    keep, _ = keep_content(content, read_page(document), mode="balanced", page_type="article")
    assert keep[0] == is_kept
    assert keep[-10:-1].all()


@pytest.mark.parametrize(
    ("sections", "mode", "stays"),
    [
        pytest.param(60, "balanced", True, id="long"),
        pytest.param(40, "balanced", False, id="short"),
        pytest.param(60, "precision", False, id="with --precision"),
    ],
)
def test_a_long_manual_is_kept_to_its_end(sections: int, mode: str, stays: bool) -> None:
    tail = "<h2><a href=#top>Colours</a></h2><p>one two three</p><div class=comments><p>four five</p></div><p>six</p>"
    text = f"<p>{'one two ' * 60}</p>"
    html = f"<main>{text * sections}{tail}</main><footer>{BETWEEN}</footer>"
    page = read_page(read_blocks(Page(html, kind="html")))
    content = np.array([*[0.9] * sections, 0.12, 0.12, 0.12, 0.05, 0.12], np.float32)
    keep, _ = keep_content(content, page, mode=mode, page_type="documentation")
    assert keep.tolist() == [*[True] * sections, stays, stays, False, False, False]


def test_an_article_runs_on_in_its_own_element() -> None:
    html = (
        f"{BETWEEN}<div>{'<p>one two three' * 9}</p><ul>{'<li>four' * 4}</ul><pre>x = 1</pre></div>{BETWEEN}"
    )
    page = read_page(read_blocks(Page(html, kind="html")))
    content = np.array([0.4, *[0.99] * 9, 0.4, 0.4, 0.3, 0.4, 0.4, 0.4], np.float32)
    keep, _ = keep_content(content, page, mode="balanced", page_type="article")
    assert keep.tolist() == [False, *[True] * 11, *[False] * 4]


@pytest.mark.parametrize(
    ("text", "kind", "share"),
    [
        pytest.param("相关新闻", "related", 1.0, id="one listed word"),
        pytest.param("相关新闻：古镇石桥", "related", 0.25, id="the longest, then a mark and pairs"),
        pytest.param("上一篇下一篇", "related", 1.0, id="two listed words"),
        pytest.param("钟楼的夜", "prose", 1 / 3, id="a listed word parts others"),
        pytest.param("時計台は2024年", "prose", 0.2, id="digits are a word"),
    ],
)
def test_words_without_spaces_are_found(text: str, kind: str, share: float) -> None:
    features = measure_page(read_blocks(Page(f"<p>{text}</p>", kind="html"))).features
    shares_from = html_rows._SAID + len(TEXT_KINDS)
    assert features[shares_from + TEXT_KINDS.index(kind), 0] == pytest.approx(share)


def test_unspaced_words_are_short_enough_for_the_kernel() -> None:
    listed = [word for word in TEXT_BITS if UNSPACED_RE.match(word)]
    assert max(map(len, listed)) <= 16
    assert all(UNSPACED_RE.sub("", word) == "" for word in listed)


def test_an_aged_page_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    samples, aged_samples = import_training(monkeypatch, "samples", "aged_samples")
    rng = np.random.default_rng(1)
    sample = samples.make_sample(
        "a", read_blocks(Page(PAGE, kind="html")), SENTENCE, known={"page_type": "article", "domain": "x"}
    )
    for _ in range(20):
        aged = aged_samples.age_sample(sample, rng)
        assert {element.marks for element in aged.document.elements} == {""}
        assert len(aged.document.blocks) == len(aged.truth) == aged.page.features.shape[1]
        assert aged.truth.sum() == sample.truth.sum()
        assert aged.sizes.sum() == pytest.approx(sample.sizes.sum())
        assert aged.weight.sum() == pytest.approx(120)


def test_short_husk_becomes_lines_of_one_paragraph(monkeypatch: pytest.MonkeyPatch) -> None:
    (aged_samples,) = import_training(monkeypatch, "aged_samples")
    document = read_blocks(Page("<ul><li>Home</li><li>News</li></ul><p>Text</p><p>More</p>", kind="html"))
    truth = np.array([False, False, True, True])
    broken, runs = aged_samples.break_lines(document, truth, np.random.default_rng(1))
    assert runs == [[0, 1], [2], [3]]
    assert broken.blocks[0].text in ("Home | News", "Home\nNews")
    assert {block.kind for block in broken.blocks} == {"paragraph"}


def test_training_describes_a_cut_page_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    (samples,) = import_training(monkeypatch, "samples")
    known = {"page_type": "article", "domain": "example.org"}
    whole = samples.make_sample("1", read_blocks(Page(PAGE, kind="html")), SENTENCE * 4, known=known)
    kept = np.array([5, 6, 7])
    document = replace(whole.document, blocks=[whole.document.blocks[i] for i in kept])
    cut = samples.make_up(whole, document, "cropped", truth=whole.truth[kept], sizes=whole.sizes[kept])
    assert np.array_equal(cut.page.features, measure_page(cut.document).features)


ITEM_LIST = '<script type="application/ld+json">{"@type": "ItemList"}</script>'


@pytest.mark.parametrize(
    ("head", "page_type"),
    [
        ("", "listing"),
        ("<meta property=og:type content=website>", "listing"),
        ("<meta property=og:type content=article>", "article"),
        ("<meta property=article:published_time content=2024-05-06>", "article"),
        ('<script type="application/ld+json">{"@type": "NewsArticle"}</script>', "article"),
        (f"<meta property=og:type content=article>{ITEM_LIST}", "listing"),
    ],
)
def test_what_says_that_it_is_an_article_is_no_listing(head: str, page_type: str) -> None:
    document = read_blocks(Page(f"<head>{head}</head><body>{PAGE}", kind="html"))
    row = type_features(document, read_page(document))
    zeros = np.zeros(len(row), np.float32)
    bias = np.array([kind == "listing" for kind in PAGE_TYPES], np.float32)
    weights = TypeWeights(zeros, zeros, np.zeros((len(row), len(PAGE_TYPES)), np.float32), bias)
    assert find_page_type(row, weights) == page_type


@pytest.mark.parametrize("page_type", PAGE_TYPES)
def test_modes_are_in_order_for_every_type(page_type: str) -> None:
    precision, balanced, recall = (find_aim(mode, page_type) for mode in ("precision", "balanced", "recall"))
    assert precision.caution >= balanced.caution >= recall.caution
    assert precision.purity > balanced.purity == recall.purity == 0


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(1, 50)), min_size=1, max_size=12))
def test_no_other_choice_by_probability_expects_more(rows: list[tuple[float, int]]) -> None:
    content, words = (np.array(column, np.float32) for column in zip(*rows, strict=True))
    keep = choose_blocks(content, words, Aim())
    expected = expect_f1(keep, content, words)
    right = float((content * words).sum())
    for k in range(1, len(rows) + 1):
        best = np.argsort(-content, kind="stable")[:k]
        f1 = 2 * float((content * words)[best].sum()) / (float(words[best].sum()) + right + 1e-9)
        assert f1 <= expected + 1e-4
    assert keep.any()
