"""trails: lines that say where in its site a page stands."""

from __future__ import annotations

import pytest

from dehusk.blocks.text import read_text
from dehusk.label.text import label_text
from dehusk.model import Block, Document, Label, Labelled, Options, Page
from dehusk.segment.text import split_text
from dehusk.trails import is_trail


@pytest.mark.parametrize(
    "line",
    [
        "Home > News",
        "Inicio » Áreas » Comercio » Ayudas",
        "Форум → Снаряжение → Палатки",
        "ホーム > 煮物 > 里芋と鶏ひき肉のとろみ煮",
        "Sie sind hier: Startseite / Rathaus / Amtliche Bekanntmachungen",
        "You are here: Home › News",
        "- Board index › Gear › Tents »",
    ],
)
def test_trails(line: str) -> None:
    assert is_trail([line, "Words."], 0)


@pytest.mark.parametrize(
    "line",
    [
        "Go to File > New > Page.",
        "If a > b and b > c then a > c",
        "14 May 2024 » Ann Roe » Sport",
        "Home is where the heart is",
        "Home improvement / gardening",
        "We drove from Home > the sea, and nobody had thought of bread or apples, so we ate > all the fish.",
        "> > quoted twice",
        "→ →",
    ],
)
def test_what_is_no_trail(line: str) -> None:
    assert not is_trail([line, "Words."], 0)


def test_a_trail_may_end_with_the_title_below() -> None:
    trail = "All games > Forza Horizon 5"
    assert is_trail([trail, "Menu", "FORZA HORIZON 5!"], 0)
    assert not is_trail([trail, "Menu", "Forza Horizon 4"], 0)


@pytest.mark.parametrize("trail", ["Home » Sport » Rowing", "For sale > Wiltshire > Cottages"])
def test_no_trail_comes_back_as_a_head(trail: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dehusk.segment.text.HEAD_ODDS", -100.0)  # all else comes back
    lines = [
        trail,
        "Rowing club wins",
        "The club won all its races on Sunday, and nobody was more surprised than it.",
    ]
    blocks = [Block(line, "paragraph", 0, at, at + 1) for at, line in enumerate(lines)]
    labels: list[Label] = ["menu", "boilerplate", "content"]
    labelled = [Labelled(block, label, "", 0.5) for block, label in zip(blocks, labels, strict=True)]
    (group,) = split_text(labelled, Document("text", blocks, 3), Options())
    assert [item.block.text for item in group] == lines[1:]


def test_a_trail_goes_from_an_article() -> None:
    title, trail = (
        "How to price plumbing jobs",
        "Home » Resources » Marketing » How To » How to price plumbing jobs",
    )
    text = "Most plumbers price a job by the hour, and most of them lose money by it. Here is what to do."
    page = Page(f"{trail}\n\n{title}\n\n{text}\n\n{text.replace('Most', 'Some')}\n", kind="text")
    labelled = label_text(read_text(page), Options())
    assert [item.label for item in labelled][:2] == ["menu", "content"]
