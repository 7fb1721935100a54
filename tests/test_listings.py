"""listings: what in a text is a search listing, and what names other pages."""

from __future__ import annotations

import time

import pytest

from dehusk.listings import Entry, find_entries, find_teasers
from dehusk.words import hash_words, read_lasts

DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
TITLES = [f"{number}. Title of a page" for number in range(1, 7)]
SNIPPETS = [f"The council voted on {day} to close the bridge for repairs that will ..." for day in DAYS]
ENTRIES = list(zip(TITLES, SNIPPETS, strict=True))
LISTING = [text for entry in ENTRIES for text in entry]
STEPS = [f"{number}. Turn the key on {day}." for number, day in enumerate(DAYS, 1)]
IMAGES = ["IMAGES", *(f"{number}. Title of a page on {day}" for number, day in enumerate(DAYS, 1)), "PAGES"]
SOUP = [
    f"{number}. A cup of {what}" for number, what in enumerate(("water", "salt", "oats", "milk", "butter"), 1)
]


def list_blocks(entries: list[Entry]) -> list[int]:
    return [block for entry in entries for block in range(entry.first, entry.end)]


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        ([], []),
        (LISTING, range(12)),
        (["Results", *LISTING, "The end"], range(1, 13)),
        (
            [*(text for title, cut in ENTRIES[:5] for text in (title, "x.org", cut)), *ENTRIES[5], "An end"],
            range(17),
        ),
        (LISTING[:8], []),  # too few
        (STEPS, []),
        ([*STEPS, *LISTING], range(6, 18)),
        ([*SOUP, "Serves six.", *LISTING], range(6, 18)),
        ([*IMAGES, *LISTING], range(1, 20)),
        ([*IMAGES, "2. Title of a page of videos", "PAGES", *LISTING], range(1, 22)),
        ([*IMAGES, "Below is a paragraph", "", "", "", *LISTING], range(12, 24)),
        (IMAGES, []),
    ],
)
def test_what_is_a_listing(texts: list[str], found: range | list[int]) -> None:
    assert list_blocks(find_entries(texts, hash_words(texts))) == list(found)


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        ([], []),
        (SNIPPETS, []),  # no titles
        (["A title", SNIPPETS[0], "Another", SNIPPETS[1]], []),  # too few
        (["A title", SNIPPETS[0], "Another", SNIPPETS[1], "A third", SNIPPETS[2]], [(0, 1), (2, 3), (4, 5)]),
        (
            [
                "A title",
                "2 May",
                SNIPPETS[0],
                "Another",
                "By me",
                "x.org",
                SNIPPETS[1],
                "A third",
                SNIPPETS[2],
            ],
            [(0, 2), (3, 6), (7, 8)],
        ),
        (["A title", SNIPPETS[0], *DAYS, "Another", SNIPPETS[1], *DAYS, "A third", SNIPPETS[2]], []),
        (["A title " * 20, SNIPPETS[0], "Another", SNIPPETS[1], "A third", SNIPPETS[2]], []),
        (LISTING, [(first, first + 1) for first in range(0, 12, 2)]),
        (
            [*LISTING, "A title", SNIPPETS[0], "Another", SNIPPETS[1], "A third", SNIPPETS[2]],
            [(first, first + 1) for first in range(0, 18, 2)],
        ),
    ],
)
def test_what_names_other_pages(texts: list[str], found: list[tuple[int, int]]) -> None:
    assert [
        (entry.first, entry.snippet) for entry in find_teasers(texts, hash_words(texts), read_lasts(texts))
    ] == found


@pytest.mark.parametrize(
    ("label", "texts"),
    [
        ("lists above one", ["1. abc"] * 200_000 + LISTING),
        ("many listings", [f"{number}. a..." for number in range(1, 6)] * 20_000),
    ],
)
def test_time_is_linear(label: str, texts: list[str]) -> None:
    words = hash_words(texts)
    start = time.process_time()
    assert find_entries(texts, words)[-1].end == len(texts)
    assert time.process_time() - start < 5
