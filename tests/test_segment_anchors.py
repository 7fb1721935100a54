"""segment.text_anchors: lines with which a text begins or ends stand between the pages of its site."""

from __future__ import annotations

import pytest

from dehusk import Page, clean_page
from dehusk.blocks.text import read_text
from dehusk.label.text import label_text
from dehusk.model import Options
from dehusk.segment.text_anchors import find_anchored
from dehusk.segment.text_features import describe_gaps
from dehusk.segment.text_model import load_weights

TOP = ["{t} | Weir Toolkit 6.8", "Weir 6.8", "Weir Toolkit", "All Classes"]
END = [
    "© 2024 The Weir Company Ltd.",
    "Documentation contributions are copyrighted",
    "in Finland and other countries",
]
PROSE = (
    "A {t} keeps the values of a series and draws them as soon as the view is shown. It is made by the chart that owns "
    "it, and is deleted with it. Where a {t} has no values it draws nothing, and says so in the log of the program.",
    "Each {t} can be given a colour, a width and a label. The label is shown beside the last value unless the view is "
    "too narrow for it; then it is left out, and the reader sees it when the pointer is above the line.",
    "Values may be added at any time. The {t} is drawn again when control returns to the event loop, so that many of "
    "them can be added at once without any cost. To draw it at once, call the method that updates the whole view.",
)
NAMES = ("LineSeries", "AreaSeries", "PieSlice", "BarSet")


def make_page(name: str, *, top: list[str], end: list[str]) -> str:
    prose = [line.replace("{t}", f"{{t}} {part}") for part in ("view", "model", "legend") for line in PROSE]
    return "\n".join(line.format(t=name) for line in (*top, f"{name} Class", *prose, *end))


def find(text: str) -> list[str]:
    """The first lines of the pages that are found."""
    document = read_text(Page(text, kind="text"))
    gaps = describe_gaps(label_text(document, Options()), load_weights().tables)
    return [gaps.texts[begin] for begin, _ in find_anchored(gaps)]


@pytest.mark.parametrize(("top", "end"), [(TOP, END), (TOP[:1], END), (TOP, END[:1])])
def test_pages_begin_behind_the_foot_of_the_text(top: list[str], end: list[str]) -> None:
    dump = "\n".join(make_page(name, top=top, end=end) for name in NAMES)
    assert find(dump) == [top[0].format(t=name) for name in NAMES[1:]]


def test_below_no_foot_they_begin_as_far_above_the_head_as_the_text_does() -> None:
    top = [*TOP, "Contents of the manual, and its index"]
    dump = "\n".join(make_page(name, top=top, end=[]) for name in NAMES)
    assert find(dump) == [top[0].format(t=name) for name in NAMES[1:]]


@pytest.mark.parametrize(
    ("names", "top", "end"),
    [
        (NAMES[:2], TOP, END),  # once it may be a second menu of the page
        (NAMES, TOP[:1], END[:2]),
    ],
)
def test_too_few_lines_or_places_say_nothing(names: tuple[str, ...], top: list[str], end: list[str]) -> None:
    assert find("\n".join(make_page(name, top=top, end=end) for name in names)) == []


def test_bars_between_the_posts_of_a_page_are_not_at_its_edges() -> None:
    bar = ["Reply to this post", "Quote the whole post", "Report to a moderator"]
    head = [f"Menu item {n} of the forum" for n in range(10)]
    foot = [f"Rule {n} of the forum, as all know" for n in range(10)]
    posts = "\n".join(make_page(name, top=[], end=bar) for name in NAMES)
    assert find("\n".join([*head, posts, *foot])) == []


def test_a_dump_of_manual_pages_is_cut() -> None:
    dump = "\n".join(make_page(name, top=TOP, end=END) for name in NAMES)
    articles = list(clean_page(Page(dump, kind="text")))
    assert len(articles) == len(NAMES)
    assert all(name in article.text for name, article in zip(NAMES, articles, strict=True))
