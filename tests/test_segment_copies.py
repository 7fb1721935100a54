"""A long copied run is a page by itself."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dehusk.model import Block, Labelled
from dehusk.segment import cut_around_copies


def item(text: str) -> Labelled:
    return Labelled(Block(text, "paragraph", 0, 0, len(text)), "content", "test", 1.0)


def test_a_short_copy_ends_no_article() -> None:
    group = [item("before"), item("copied " * 100), item("after")]
    assert cut_around_copies([group], group[1:2]) == [group]


def test_a_copied_page_may_hold_lines_of_its_own() -> None:
    group = [item("before"), item("copied " * 200), item("a caption"), item("copied " * 200), item("after")]
    parts = cut_around_copies([group], [group[1], group[3]])
    assert parts == [group[:1], group[1:4], group[4:]]


@given(st.lists(st.lists(st.booleans(), min_size=1, max_size=8), max_size=5))
def test_nothing_is_lost_moved_or_empty(flags: list[list[bool]]) -> None:
    groups = [[item("copied " * 300 if flag else "own") for flag in row] for row in flags]
    copied = [entry for group in groups for entry in group if len(entry.block.text) > 3]
    parts = cut_around_copies(groups, copied)
    assert [entry for part in parts for entry in part] == [entry for group in groups for entry in group]
    assert all(parts)
