"""A copied page is a page by itself, and what is left around it none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dehusk.model import Block, Labelled
from dehusk.segment import cut_around_copies


def item(text: str, score: float = 1.0, *, start: int = 0, begins: float = 0.0) -> Labelled:
    block = Block(text, "paragraph", 0, start, start + len(text))
    return Labelled(block, "content", "test", score, begins)


def lay_out(*rows: tuple[str, float, int, float]) -> list[Labelled]:
    """Blocks of a text, score, characters of husk above and `begins`."""
    group: list[Labelled] = []
    for text, score, husk, begins in rows:
        start = (group[-1].block.end if group else 0) + husk
        group.append(item(text, score, start=start, begins=begins))
    return group


def test_a_short_copy_ends_no_article() -> None:
    group = [item("before"), item("copied " * 100), item("after")]
    assert cut_around_copies([[], group], group[1:2], [0]) == ([group], [])


def test_a_copied_page_may_hold_lines_of_its_own() -> None:
    group = [item("before"), item("copied " * 200), item("a caption"), item("copied " * 200), item("after")]
    parts = cut_around_copies([[], group], [group[1], group[3]], [0, 0])
    assert parts == ([group[:1], group[1:4], group[4:]], [])


def test_a_copied_page_may_be_chinese() -> None:
    group = [item("before"), item("渡口最后一班船昨天退役。" * 50), item("after")]
    assert cut_around_copies([[], group], group[1:2], [0]).groups == [group[:1], group[1:2], group[2:]]


def test_what_is_copied_to_two_thirds_is_no_page() -> None:
    group = [
        item("before"),
        item("copied " * 200),
        item("its own " * 200),
        item("copied " * 200),
        item("after"),
    ]
    assert cut_around_copies([[], group], [group[1], group[3]], [0, 0]) == ([group], [])


COPY, ARTICLE = ("copied " * 150, 0.9, 0, -1.0), ("word " * 200, 0.9, 0, -5.0)
MASTHEAD, SPONSOR = ("A masthead", 0.5, 0, -2.0), ("Sponsored", 0.5, 20, -5.0)


@pytest.mark.parametrize(
    ("label", "rows", "kept", "copied", "scraps"),
    [
        ("alone", [MASTHEAD, COPY, SPONSOR], [], [1], [0, 2]),
        ("above an article", [MASTHEAD, COPY, SPONSOR, ("A title", 0.8, 60, -2.0), ARTICLE], [3, 4], [1], [0, 2]),
        ("husk parts them", [MASTHEAD, COPY, ("A title", 0.8, 60, -2.0), ARTICLE], [2, 3], [1], [0]),
        ("below an article", [ARTICLE, ("Reposts", 0.5, 60, -2.0), COPY, SPONSOR], [0], [2], [1, 3]),
        ("the next title begins the article", [COPY, ("A title", 0.5, 60, -1.0), ("By Roe", 0.5, 60, -4.0), ARTICLE],
         [1, 2, 3], [0], []),
        ("the next title is hardly likelier to begin it than what is left of the copy",
         [COPY, ("Reposts", 0.5, 60, -1.5), ("By Roe", 0.5, 60, -1.0), ARTICLE], [1, 2, 3], [0], []),
        ("a passage that an article begins with", [("A title", 0.9, 0, 1.0), COPY, ARTICLE], [0, 1, 2], [], []),
        ("a passage between husk in an article",
         [ARTICLE, ("copied " * 150, 0.9, 60, -5.0), ("word " * 200, 0.9, 60, -5.0)], [0, 1, 2], [], []),
        ("lines that are surely content",
         [ARTICLE, ("Its end", 0.9, 60, -5.0), ("copied " * 300, 0.9, 0, -1.0), SPONSOR], [0, 1], [2], [3]),
    ],
)  # fmt: skip
def test_what_is_left_around_a_copied_page_joins_no_article(
    label: str,
    rows: list[tuple[str, float, int, float]],
    kept: list[int],
    copied: list[int],
    scraps: list[int],
) -> None:
    group = lay_out(*rows)
    stripped = [entry for entry in group if entry.block.text.startswith("copied")]
    parts, left = cut_around_copies([[], group], stripped, [0] * len(stripped))
    assert left == [group[i] for i in scraps]
    assert [entry for part in parts if not (copied and part[0] in stripped) for entry in part] == [
        group[i] for i in kept
    ]
    assert [part for part in parts if copied and part[0] in stripped] == [[group[i]] for i in copied]


def test_what_an_article_repeats_of_itself_is_no_page() -> None:
    group = lay_out(MASTHEAD, COPY, SPONSOR)
    assert cut_around_copies([group], group[1:2], [0]) == ([group], [])


@given(st.lists(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=1, max_size=8), max_size=5))
def test_nothing_is_lost_moved_or_empty(rows: list[list[tuple[bool, float]]]) -> None:
    groups = [[item("copied " * 300 if flag else "own", score) for flag, score in row] for row in rows]
    copied = [entry for group in groups for entry in group if len(entry.block.text) > 3]
    parts, scraps = cut_around_copies(groups, copied, [-1] * len(copied))
    left = {id(entry) for entry in scraps}
    assert [entry for part in parts for entry in part] == [
        entry for group in groups for entry in group if id(entry) not in left
    ]
    assert all(parts)
    assert not left & set(map(id, copied))
