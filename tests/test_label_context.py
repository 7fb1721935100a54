"""What a first opinion says of the blocks around a block, for the second."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dehusk.blocks import read_blocks
from dehusk.label.html_context import context_features
from dehusk.label.html_features import PageRows
from dehusk.label.html_rows import read_page
from dehusk.model import Page

POSTS = "".join(f"<div class=post><b>name</b><p>Post number {i} has some words</div>" for i in range(3))
PAGE = f"<body><nav><a href=/>Home</a></nav><main><h2>Posts</h2>{POSTS}</main><footer>Legal</footer>"
OWN, BEFORE, AFTER, HEADING = 0, 2, 3, 5
"""Rows."""


def read(html: str) -> PageRows:
    return read_page(read_blocks(Page(html, kind="html")))


def test_a_block_sees_its_neighbours_and_its_heading() -> None:
    page = read(PAGE)
    odds = np.arange(len(page.words), dtype=np.float32) - 3
    rows = context_features(page, odds)
    assert rows[OWN].tolist() == odds.tolist()
    assert rows[BEFORE].tolist() == [-8, *odds[:-1]]
    assert rows[AFTER].tolist() == [*odds[1:], -8]
    heading = int(np.flatnonzero(page.is_heading)[0])
    assert rows[HEADING].tolist() == [-8] * heading + [odds[heading]] * (len(odds) - heading)


def test_posts_that_look_alike_share_their_mean() -> None:
    page = read(PAGE)
    texts = [block.text for block in read_blocks(Page(PAGE, kind="html")).blocks]
    posts = [i for i, text in enumerate(texts) if text.startswith("Post number")]
    odds = np.where(np.isin(np.arange(len(texts)), posts), [*range(len(texts))], -5).astype(np.float32)
    mean = np.float32(odds[posts].mean())
    shared = [row for row in context_features(page, odds) if (row[posts] == mean).all()]
    assert any(row[0] == row[-1] == -5 for row in shared)


@pytest.mark.parametrize("odds", [-1e9, 0, 1e9])
def test_a_page_of_one_block_has_features(odds: float) -> None:
    rows = context_features(read("<p>one"), np.array([odds], np.float32))
    assert np.isfinite(rows).all()


@given(st.lists(st.floats(-50, 50, width=32), min_size=1, max_size=30))
def test_features_are_finite_and_as_many_for_every_page(odds: list[float]) -> None:
    page = read("".join(f"<p>{'w ' * (i % 7 + 1)}<h3>h</h3>" for i in range(len(odds))))
    rows = context_features(page, np.repeat(np.array(odds, np.float32), 2))
    assert rows.shape == (context_features(read("<p>one"), np.zeros(1, np.float32)).shape[0], 2 * len(odds))
    assert np.isfinite(rows).all()
