"""An article among headlines is one: by its sentences, which follow one another."""

import numpy as np
import pytest

from dehusk.blocks import read_blocks
from dehusk.label.html_model import keep_content
from dehusk.label.html_prose import find_run, is_one_text
from dehusk.label.html_rows import read_page
from dehusk.label.page_type import PAGE_TYPES, correct_page_type
from dehusk.model import Page

SENTENCE = (
    "<p>The council of the small town by the river decided on Monday to mend the old bridge after all.</p>"
)
CHINESE = f"<p>{'河边小镇的议会周一决定还是要修复那座老桥' * 2}。</p>"
UNENDED = f"<p>{'the old bridge by the river ' * 8}</p>"
TITLE = "<li><a href=x>A bridge that nobody had asked for</a></li>"
TITLES = f"<ul>{TITLE * 12}</ul>"
ENTRY = f"<div><h3><a href=x>A bridge that nobody had asked for</a></h3>{SENTENCE}</div>"
BUTTONS = "<div><p>like</p><p>share</p><p>print</p></div>" * 4
NAMES = f"<ul>{''.join(f'<li><a href=x>nobody {name}</a></li>' for name in 'abcdefgh' * 9)}</ul>"


def judge(html: str, *, prose: float = 0.9, rest: float = 0.7) -> bool:
    """By one chance of all that is no link, and one of links."""
    document = read_blocks(Page(html, kind="html"))
    chances = [rest if block.link_chars else prose for block in document.blocks]
    return is_one_text(np.array(chances, np.float32), read_page(document))


@pytest.mark.parametrize(
    "html",
    [
        pytest.param(SENTENCE * 3 + TITLES, id="headlines below"),
        pytest.param(CHINESE * 3 + TITLES, id="in Chinese"),
        pytest.param(TITLE * 4 + SENTENCE * 3 + TITLES * 9, id="many of them, some above"),
        pytest.param(SENTENCE + UNENDED + SENTENCE + TITLES, id="a paragraph that ends in no stop"),
        pytest.param(SENTENCE * 3 + "<p>share</p>" + SENTENCE + TITLES, id="a button between"),
        pytest.param(SENTENCE * 3, id="nothing else"),
    ],
)
def test_sentences_that_follow_one_another_are_a_text(html: str) -> None:
    assert judge(html)


@pytest.mark.parametrize(
    "html",
    [
        pytest.param(ENTRY * 9, id="a sentence below each title"),
        pytest.param(TITLES, id="no sentence"),
        pytest.param(SENTENCE * 2 + TITLES, id="a notice"),
        pytest.param(SENTENCE * 3 + ENTRY * 9, id="more sentences elsewhere"),
        pytest.param(TITLES * 2 + SENTENCE * 3, id="more above"),
    ],
)
def test_entries_with_sentences_are_none(html: str) -> None:
    assert not judge(html)


def test_a_listing_has_entries_as_sure_as_its_sentences() -> None:
    html = SENTENCE * 3 + TITLES
    assert judge(html, rest=0.6)
    assert not judge(html, rest=0.9)
    assert not judge(html, rest=0.87)


@pytest.mark.parametrize("page_type", PAGE_TYPES)
def test_only_listings_are_taken_for_articles(page_type: str) -> None:
    document = read_blocks(Page(SENTENCE * 3, kind="html"))
    found = correct_page_type(page_type, np.ones(3, np.float32), read_page(document))
    assert found == ("article" if page_type == "listing" else page_type)


def test_a_page_without_likely_sentences_has_no_run() -> None:
    page = read_page(read_blocks(Page(SENTENCE * 3, kind="html")))
    assert find_run(np.full(3, 0.1, np.float32), page) is None


def test_a_run_ends_at_a_linked_title() -> None:
    page = read_page(read_blocks(Page(SENTENCE + TITLE + SENTENCE * 2 + TITLES, kind="html")))
    run = find_run(np.full(16, 0.9, np.float32), page)
    assert run is not None
    assert (run.first, run.end, run.share) == (2, 4, pytest.approx(2 / 3))


def keep(html: str, *, headline: float = 0.7, mode: str = "balanced") -> list[str]:
    document = read_blocks(Page(html, kind="html"))
    chances = [
        headline if "nobody" in block.text else 0.05 + 0.9 * (len(block.text) > 9)
        for block in document.blocks
    ]
    kept, _ = keep_content(np.array(chances, np.float32), read_page(document), mode=mode, page_type="article")
    return [block.text for block, is_kept in zip(document.blocks, kept, strict=True) if is_kept]


FAR = BUTTONS + TITLES * 4


@pytest.mark.parametrize("mode", ["balanced", "precision"])
@pytest.mark.parametrize(
    "husk",
    [
        pytest.param(FAR, id="titles"),
        pytest.param(BUTTONS + NAMES, id="names"),
        pytest.param(f"{BUTTONS}<h2>More of nobody</h2>{TITLES * 4}", id="below a heading"),
    ],
)
def test_headlines_far_below_an_article_go(husk: str, mode: str) -> None:
    assert keep(SENTENCE * 3 + husk, mode=mode) == keep(SENTENCE * 3)


@pytest.mark.parametrize(
    "html",
    [
        pytest.param(SENTENCE * 3 + TITLES * 4, id="right below: a listing with a lead"),
        pytest.param(SENTENCE * 3 + BUTTONS + TITLE * 2, id="a few: references"),
        pytest.param(SENTENCE + FAR, id="a notice"),
        pytest.param(SENTENCE * 3 + FAR + SENTENCE * 20, id="a text behind them"),
    ],
)
def test_what_looks_like_headlines_stays(html: str) -> None:
    assert any("nobody" in text for text in keep(html))


def test_headlines_as_sure_as_the_sentences_stay() -> None:
    assert any("nobody" in text for text in keep(SENTENCE * 3 + FAR, headline=0.95))


def test_recall_keeps_headlines() -> None:
    assert any("nobody" in text for text in keep(SENTENCE * 3 + FAR, mode="recall"))
