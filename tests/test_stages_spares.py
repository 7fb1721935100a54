"""Spares: what a page nearly kept comes back when most of what it did keep is its site's."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest
from test_templates_runs import make_page

import dehusk
from dehusk.articles import join_blocks, make_articles
from dehusk.model import Block, Document, Dropped, Label, Labelled, Options, Page, PageKind, PageLabels
from dehusk.records import to_json
from dehusk.stages import spares as spares_room
from dehusk.stages.outcomes import PageOutcome, count_labels
from dehusk.stages.page import work_page
from dehusk.stages.repeats import Cutter
from dehusk.stages.shards import outcome_from_dict, outcome_to_dict
from dehusk.stages.spares import Spare, find_spares
from dehusk.templates import count_prints, look_up, make_prints

PAGES = 8
OWN = "The barge {} came down the river at noon and left its stone at quay {}, where {} men unloaded it all."
HUSK = [f"Our {word} have told the valley what it needs to know for longer than anyone can say." for word in
        "editors reporters printers readers owners drivers founders clerks keepers writers".split()]  # fmt: skip
MENU = [
    f"All about the {word}"
    for word in "barge bridge ferry council mayor storm market flood keeper quarry".split()
]
BEFORE, BETWEEN = "Doubtful words about barge {} stand first", "Others about barge {} stand between its lines"


def name(number: int) -> str:
    return "".join("abcdefghij"[int(digit)] for digit in f"{number:03}")


def make_outcome(number: int, *, husk: list[str], doubtful: dict[str, float], kind: PageKind) -> PageOutcome:
    """A page: a doubtful line, its own text with another in the middle, and sentences that its site repeats."""
    own = [OWN.format(name(number), name(20 + k), name(40 + k)) for k in range(4)]
    first, second = (text.format(name(number)) for text in doubtful)
    texts = [*MENU, first, *own[:2], second, *own[2:], *husk]
    scores = dict.fromkeys(MENU, 0.01) | dict(zip((first, second), doubtful.values(), strict=True))
    source, labelled = "\n\n".join(texts), []
    for text in texts:
        at = source.index(text)
        span = (at, at + len(text)) if kind == "text" else (0, len(source))
        label: Label = "boilerplate" if text in scores else "content"
        labelled.append(Labelled(Block(text, "paragraph", 0, *span), label, "so", scores.get(text, 0.55)))
    kept = [item for item in labelled if item.is_kept]
    page = Page(source, f"site/{number}", kind=kind)
    document = Document(kind, [item.block for item in labelled], len(source))
    articles = make_articles([kept], document, page, labels=PageLabels(labelled, "article", 0.8)).articles
    prints = make_prints(
        labelled,
        [int(item.is_kept) for item in labelled],
        list(map(len, texts)),
        site=7,
        words=None,
        columns=None,
    )
    labels, rules = count_labels(labelled)
    return PageOutcome(
        page.source, articles, [], labels, rules, prints=prints, spares=find_spares(labelled, kind)
    )


def cut_first(outcomes: list[PageOutcome], **options: Any) -> PageOutcome:
    tables = [count_prints([one.prints for one in outcomes if one.prints])]
    cut, _ = Cutter(partial(look_up, tables), Options(**options)).cut(outcomes[0])
    assert isinstance(cut, PageOutcome)
    return cut


def make_site(**how: Any) -> list[PageOutcome]:
    asked = {"husk": HUSK, "doubtful": {BEFORE: 0.52, BETWEEN: 0.52}, "kind": "html"} | how
    return [make_outcome(number, **asked) for number in range(PAGES)]


def lines_back(outcome: PageOutcome) -> list[str]:
    lines = outcome.articles[0].text.split("\n")
    return [text for text in (BEFORE, BETWEEN) if text.format(name(0)) in lines]


@pytest.mark.parametrize(
    ("label", "how", "back"),
    [
        ("most of the article goes", {}, [BEFORE, BETWEEN]),
        ("as a text", {"kind": "text"}, [BEFORE, BETWEEN]),
        ("one is not worth it", {"doubtful": {BEFORE: 0.05, BETWEEN: 0.52}}, [BETWEEN]),
        ("little goes", {"husk": ["Good day to you."]}, []),
        ("it repeats too", {"doubtful": {"We hope you like it, all of us": 0.52, BETWEEN: 0.52}}, [BETWEEN]),
        ("nothing repeats", {"husk": []}, []),
    ],
)
def test_when_a_doubtful_line_comes_back(label: str, how: dict[str, Any], back: list[str]) -> None:
    assert lines_back(cut_first(make_site(**how))) == back


def test_precision_keeps_them_out() -> None:
    assert lines_back(cut_first(make_site(), mode="precision")) == []


@pytest.mark.parametrize(
    ("mode", "caution"), [("balanced", 2.0), ("recall", 0.55 * 2 / 3), ("precision", 3.0)]
)
def test_how_cautiously_lines_come_back(mode: str, caution: float, monkeypatch: pytest.MonkeyPatch) -> None:
    aims = list[Any]()

    def choose(chances: Any, words: Any, aim: Any) -> Any:
        aims.append(aim.caution)
        return np.zeros(len(chances), np.bool_)

    monkeypatch.setattr(spares_room, "choose_blocks", choose)
    cut_first(make_site(), mode=mode)
    assert aims == [pytest.approx(caution)]


def test_what_comes_back_has_its_place_in_text_and_spans() -> None:
    (article,) = cut_first(make_site(kind="text")).articles
    own = [OWN.format(name(0), name(20 + k), name(40 + k)) for k in range(4)]
    wanted = [BEFORE.format(name(0)), *own[:2], BETWEEN.format(name(0)), *own[2:]]
    assert article.text == "\n".join(wanted)
    source = "\n\n".join([*MENU, *wanted, *HUSK])
    assert " ".join(source[start:end] for start, end in article.spans).split() == article.text.split()
    assert list(article.spans) == sorted(article.spans)


def test_the_books_say_what_came_back() -> None:
    outcomes = make_site()
    cut = cut_first(outcomes)
    assert cut.labels == {"content": 6, "template": len(HUSK), "boilerplate": len(MENU)}
    assert cut.rules == {"template: repeats across the site": len(HUSK), "boilerplate: so": len(MENU)}
    assert sum(cut.labels.values()) == sum(outcomes[0].labels.values())


def test_a_copy_names_the_article_as_it_is_cut() -> None:
    first, *others = make_site()
    copy = Dropped(first.source, "dropped", "contained", duplicate_of=first.articles[0].id)
    cut = cut_first([replace(first, dropped=[copy]), *others])
    assert cut.articles[0].id != copy.duplicate_of
    assert cut.dropped == [replace(copy, duplicate_of=cut.articles[0].id)]


@pytest.mark.parametrize(
    ("kind", "label", "score", "is_spare"),
    [
        ("html", "menu", 0.41, True),
        ("html", "menu", 0.39, False),
        ("html", "copy", 0.9, False),
        ("html", "content", 0.9, False),
        ("text", "boilerplate", 0.31, True),
        ("text", "boilerplate", 0.29, False),
        ("text", "share", 0.7, False),
    ],
)
def test_what_is_spare(kind: PageKind, label: Label, score: float, is_spare: bool) -> None:
    item = Labelled(Block("Share this\x00", "item", 1, 0, 9), label, "so", score)
    wanted = (Spare(1, "- Share this\ufffd", label, "so"),)
    assert find_spares([item._replace(score=0.0), item], kind) == (wanted if is_spare else ())


def test_pages_and_their_logs_come_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever comes back, cleaning with a file of templates and cutting what was logged give one record."""
    monkeypatch.setattr(spares_room, "_LEAST_SCORES", {"html": 0.0, "text": 0.0})
    monkeypatch.setattr(spares_room, "_LEAST_GONE_SHARE", 0.0)
    monkeypatch.setattr(spares_room, "choose_blocks", lambda chances, *_: np.ones(len(chances), np.bool_))
    pages = [
        Page(make_page(number).replace("reserved", f"reserved by {name(number)}"), f"site/{number}")
        for number in range(PAGES)
    ]
    templates, options = dehusk.learn_templates(pages), Options()
    alone = work_page(pages[0], options)
    labels, rules = count_labels(alone.labelled)
    outcome = PageOutcome(
        "site/0", alone.articles, alone.dropped, labels, rules, prints=alone.prints, spares=alone.spares
    )
    logged = outcome_from_dict(json.loads(to_json(outcome_to_dict(outcome))), has_prints=True)
    cut, change = Cutter(partial(look_up, [templates]), options).cut(logged)
    assert isinstance(cut, PageOutcome)
    assert change
    cleaned = work_page(pages[0], options, templates)
    footer = f"All rights reserved by {name(0)}"
    assert footer not in alone.articles[0].text
    assert footer in cleaned.articles[0].text
    assert [one.text for one in cut.articles] == [one.text for one in cleaned.articles]
    blocks = [item.block for item in cleaned.labelled if item.is_kept]
    assert join_blocks(blocks) == cleaned.articles[0].text
    assert Counter(cut.labels) == Counter(item.label for item in cleaned.labelled)
    assert [item.block for item in cleaned.groups[0]] == blocks
