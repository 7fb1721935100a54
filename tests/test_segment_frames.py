"""segment.text_frames: what stands around one page of a site stands around the next."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from dehusk.segment.text_frames import find_framed
from dehusk.words import measure_texts, read_lasts

ROWS = {
    "M": [f"The menu's line {i} of this site" for i in range(6)],
    "F": [f"The footer's line {i} of this site" for i in range(6)],
    "L": [f"A long footer's line {i}, of this site" for i in range(12)],
    "r": [f"Another page, {i}" for i in range(20)],
    "o": ["A line that stands here alone"],
    "z": [f"栏目{sign}页" for sign in "甲乙丙丁戊己"],
    "Z": [f"页脚{sign}行" for sign in "甲乙丙丁戊己"],
}


def describe(parts: str) -> tuple[Any, dict[int, int]]:
    """A text of such parts, "K" a page's own text, "k" a short one, and for each of these its block."""
    texts, kept, at = list[str](), list[int](), dict[int, int]()
    for i, part in enumerate(parts):
        if part in "Kk":
            at[i] = len(texts)
            kept.append(len(texts))
        own = f"{i}. The council has closed the bridge. " * (8 if part == "K" else 1)
        texts += [f"{line}{i if part in 'ro' else ''}" for line in ROWS.get(part, [own])]
    gaps = SimpleNamespace(
        texts=texts,
        own=[texts[i] for i in kept],
        kept=np.array(kept, np.int64),
        sizes=measure_texts(texts),
        lasts=read_lasts(texts),
    )
    return cast(Any, gaps), at


@pytest.mark.parametrize(
    ("parts", "known", "found"),
    [
        ("MKFMKFMKF", [4], [7]),
        ("MKFMKoFMKF", [4], [8]),
        ("zKZzKZzKZ", [4], [7]),
        ("oKLoKLoKLoK", [4, 10], [7]),
        ("oKLoKLoKrK", [4], []),
        ("KoFMKFoKMrK", [], []),
        ("KoKFMKrrFMKFoK", [5], []),
        ("oKLoKLoKLoKLoKLoKrK", [16, 18], []),
        ("MKFMkFMKF", [4], []),
        ("MKFMKFMKF", [4, 7], []),
    ],
    ids=[
        "menu and footer",
        "with a line between",
        "in Chinese",
        "a footer alone, at two borders",
        "at one border",
        "none known",
        "among much else",
        "as posts have it",
        "little text",
        "all known",
    ],
)
def test_pages_begin_below_the_same_lines(parts: str, known: list[int], found: list[int]) -> None:
    gaps, at = describe(parts)
    starts = find_framed(gaps, np.array([at[i] for i in known], np.int64))
    assert [gaps.kept[np.searchsorted(gaps.kept, start)] for start in starts] == [at[i] for i in found]


def test_a_page_begins_behind_the_frame() -> None:
    gaps, at = describe("MKFMKFMoKF")
    assert find_framed(gaps, np.array([at[4]])) == [at[8] - 1]


@pytest.mark.parametrize("count", range(4))
def test_texts_that_are_short(count: int) -> None:
    gaps, at = describe("K" * count)
    assert find_framed(gaps, np.array(list(at.values())[1:], np.int64)) == []
