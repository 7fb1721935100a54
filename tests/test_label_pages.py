"""label.text_pages: pages of which all goes are found between what their site has around each."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from dehusk.label.text_pages import FirstView, find_lost_pages
from dehusk.model import Document

FRAME = [f"The site's line {i}" for i in range(10)]
NEWS = [
    f"The {what} will be shut until the end of June, as the council of the town has said on Monday, and those who "
    "want to cross the river walk to the old weir and back again on the other side of it."
    for what in ("bridge", "tunnel", "ferry")
]


def find(pages: list[list[str]], kept: str = "") -> list[list[str]]:
    """What is found of pages with a frame above each, where nothing stays but lines that begin with some words."""
    texts = [line for page in pages for line in [*FRAME, *page]]
    is_low = np.array([not (kept and text.startswith(kept)) for text in texts])
    view = FirstView(
        texts,
        np.array(list(map(len, texts))),
        is_low,
        np.ones(len(texts), np.bool_),
        np.zeros(len(texts), np.bool_),
        lambda _: None,
        lambda: Counter(texts),
    )
    return [texts[first:stop] for first, stop in find_lost_pages(view, Document("text", [], 0))]


@pytest.mark.parametrize(
    ("pages", "kept", "count"),
    [
        ([[line] for line in NEWS], "", 3),
        ([[line] for line in NEWS[:2]], "", 0),
        ([[NEWS[0]]] * 3, "", 0),
        ([[line.split(",")[0]] for line in NEWS], "", 0),
        ([[line] for line in NEWS], "The ferry", 2),
    ],
    ids=["three pages", "two", "one and the same", "too brief", "one that stays"],
)
def test_pages_between_lines_that_come_again(pages: list[list[str]], kept: str, count: int) -> None:
    found = find(pages, kept)
    assert len(found) == count
    assert all(any(line in page for page in found) for line in NEWS[:count] if count)
