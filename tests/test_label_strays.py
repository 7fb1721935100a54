"""What is not of an article goes from it, and what looks like that stays."""

from itertools import compress

import numpy as np
import pytest

from dehusk.blocks import read_blocks
from dehusk.label.html_model import keep_content
from dehusk.label.html_rows import read_page
from dehusk.label.html_strays import find_strays
from dehusk.model import Page

TEXT = f"<div class=text>{'<p>one two three four five six seven eight nine ten</p>' * 12}</div>"
HUSK = "<div><p>husk</p><p>more husk</p><p>husk</p></div>"
COMMENTS = f"<ol class=comment-list>{'<li><p>I thought so too.</p></li>' * 3}</ol>"
NOTE = "<div class=author-box><p>Ann Roe keeps bees and writes about them.</p></div>"
TEASER = "<li><h3><a href=x>A bridge for the river</a></h3><p>Nobody had asked for it, and it came.</p></li>"
TEASERS = f"<ul>{TEASER * 4}</ul>"
STRAYS = {
    "comments": COMMENTS,
    "a note": NOTE,
    "teasers": TEASERS,
    "two lists of them": f"{TEASERS}<h2>More</h2>{TEASERS}",
    "titles": f"<ul>{'<li><a href=x>A bridge for the river</a></li>' * 4}</ul>",
}
SECTION = (
    "<div><h3><a href=x>A bridge for the river</a></h3><p>Nobody had asked for it, and it came.</p></div>"
)
ANSWERS = SECTION.replace("<div>", "<div class=accordion>")


def keep(html: str, *, page_type: str = "article", mode: str = "balanced") -> tuple[list[str], list[str]]:
    """The kept texts, and those that the model would keep: all but husk and titles."""
    document = read_blocks(Page(f"<nav>husk</nav>{html}", kind="html"))
    likely = ["husk" not in block.text and block.kind != "heading" for block in document.blocks]
    content = np.where(likely, 0.9, 0.05).astype(np.float32)
    kept, _ = keep_content(content, read_page(document), mode=mode, page_type=page_type)
    texts = [block.text for block in document.blocks]
    return list(compress(texts, kept)), list(compress(texts, likely))


@pytest.mark.parametrize("mode", ["balanced", "precision"])
@pytest.mark.parametrize("strays", STRAYS.values(), ids=STRAYS)
def test_what_is_not_of_an_article_goes(strays: str, mode: str) -> None:
    kept, _ = keep(TEXT + HUSK + strays, mode=mode)
    assert kept == keep(TEXT)[1]


@pytest.mark.parametrize("strays", STRAYS.values(), ids=STRAYS)
def test_recall_keeps_it(strays: str) -> None:
    kept, likely = keep(TEXT + HUSK + strays, mode="recall")
    assert {*likely} <= {*kept}


@pytest.mark.parametrize("page_type", ["forum", "listing", "documentation", "service"])
@pytest.mark.parametrize("strays", STRAYS.values(), ids=STRAYS)
def test_on_other_pages_the_same_stays(strays: str, page_type: str) -> None:
    kept, likely = keep(TEXT + HUSK + strays, page_type=page_type)
    assert kept == likely


@pytest.mark.parametrize(
    "html",
    [
        pytest.param(f"<div class=no-comments>{TEXT}</div>", id="a name around all of it"),
        pytest.param(NOTE + TEXT, id="a note above the text"),
        pytest.param(TEXT + SECTION * 4, id="sections with linked headings"),
        pytest.param(TEXT + HUSK + ANSWERS * 4, id="answers that open"),
        pytest.param(TEXT + HUSK + SECTION * 2, id="two of them"),
        pytest.param(TEXT + HUSK + TEASERS + TEXT, id="in the middle"),
        pytest.param("<p>one two three</p>" + HUSK + f"<ul>{TEASER * 9}</ul>", id="nearly all there is"),
    ],
)
def test_what_looks_like_it_stays(html: str) -> None:
    kept, likely = keep(html)
    assert kept == likely


def test_what_goes_counts_for_nothing_in_the_confidence() -> None:
    document = read_blocks(Page(TEXT + HUSK + TEASERS, kind="html"))
    page = read_page(document)
    content = np.where(["husk" in block.text for block in document.blocks], 0.01, 0.9).astype(np.float32)
    article, listing = (
        keep_content(content, page, mode="balanced", page_type=kind)[1] for kind in ("article", "listing")
    )
    assert article == pytest.approx(listing, abs=0.01)


def test_nothing_kept_has_no_strays() -> None:
    page = read_page(read_blocks(Page(TEXT, kind="html")))
    assert not find_strays(np.zeros(12, np.bool_), np.zeros(12, np.float32), page).any()
