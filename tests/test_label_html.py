"""Labels of web pages: what a reader would keep stays, and what goes has a name and a reason."""

from __future__ import annotations

import importlib
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dehusk.blocks import read_blocks
from dehusk.label import label_blocks
from dehusk.label.html_features import measure_page
from dehusk.label.html_model import Aim, add_company, choose_blocks, expect_f1, find_aim
from dehusk.label.html_rows import read_page
from dehusk.label.page_type import PAGE_TYPES
from dehusk.model import Labelled, Options, Page

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


def test_running_text_and_its_heading_stay() -> None:
    kept = [item.block.text for item in label(PAGE) if item.is_kept]
    assert sum(text.startswith("The ferry left") for text in kept) == 11
    assert "What the crew said" in kept


@pytest.mark.parametrize("text", HUSK)
def test_husk_goes_with_a_name_and_a_reason(text: str) -> None:
    (item,) = (item for item in label(PAGE) if item.block.text == text)
    assert item.label == HUSK[text]
    assert item.reason


def test_precision_keeps_no_more_and_recall_no_less() -> None:
    kept = {
        mode: {i.block for i in label(PAGE, Options(mode=mode)) if i.is_kept}
        for mode in ("precision", "balanced", "recall")
    }
    assert kept["precision"] <= kept["balanced"] <= kept["recall"]


def test_a_page_without_blocks_has_no_labels() -> None:
    assert label("<script>1</script>") == []


def test_time_is_linear() -> None:
    start = time.process_time()
    assert len(label("<div class=a><p>word word</div>" * 60_000)) == 60_000
    assert time.process_time() - start < 60


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
    content = np.array([0.9, 0.5, 0.9, 0.9, 0.1, 0.5, 0.1, 0.1], np.float32)
    chances = add_company(content, page)
    assert chances.dtype == np.float32
    assert chances[1] > chances[5]
    assert ((chances > 0) & (chances < 1)).all()
    assert (add_company(np.ones_like(content), page) == 1).all()


def test_training_describes_a_cut_page_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "benchmarks" / "train"))
    samples = importlib.import_module("samples")
    known = {"page_type": "article", "domain": "example.org"}
    whole = samples.make_sample("1", read_blocks(Page(PAGE, kind="html")), SENTENCE * 4, known=known)
    kept = np.array([5, 6, 7])
    document = replace(whole.document, blocks=[whole.document.blocks[i] for i in kept])
    cut = samples.make_up(whole, document, truth=whole.truth[kept], sizes=whole.sizes[kept])
    assert np.array_equal(cut.page.features, measure_page(cut.document).features)


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
