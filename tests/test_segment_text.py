"""segment.text: where a text is cut into articles."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dehusk.blocks.text import read_text
from dehusk.label.text import label_text
from dehusk.model import Block, Document, Labelled, Options, Page, PageStart
from dehusk.page_headers import find_regular_rules
from dehusk.segment import text as text_room
from dehusk.segment.text import choose_cuts, find_cuts, split_text
from dehusk.segment.text_contents import Contents, Cuts, NamedPage
from dehusk.segment.text_features import TABLE_BITS, describe_gaps
from dehusk.segment.text_heads import describe_heads
from dehusk.segment.text_likeness import compare_beginnings, compare_sides
from dehusk.segment.text_links import COHESION, link_words, measure_cohesion
from dehusk.segment.text_model import Candidates, load_weights
from dehusk.segment.text_press import _LINE_CHARS, describe_press, read_bits
from dehusk.segment.text_rivals import thin_out
from dehusk.segment.text_starts import Starts, add_marked, find_firsts, number_starts
from dehusk.segment.text_style import STYLE, measure_style
from dehusk.segment.text_usage import USAGE, compare_usage, count_usage, measure_usage
from dehusk.words import hash_words, join_texts

JUNK_ABOVE = "Skip to main content\nHome\nNews\nOpinion\nSport\nWeather\nLog in\nSubscribe\nSearch\n"
JUNK_BELOW = (
    "Share on Facebook\nTweet\nRelated articles\nLeave a comment\nPrivacy Policy\nTerms of Use\nContact us\n"
    "© 2023 Example Media. All rights reserved.\n"
)
ARTICLES = json.loads((Path(__file__).parent / "cases" / "label_text.json").read_text(encoding="utf-8"))


def page_of(language: str) -> str:
    return f"{JUNK_ABOVE}\n" + "\n\n".join(ARTICLES[language]) + f"\n\n{JUNK_BELOW}"


def split(text: str, **page: bool) -> list[list[Labelled]]:
    document = read_text(Page(text, kind="text", is_single=page.get("is_single", False)))
    options = Options(split=page.get("split", True))
    return split_text(label_text(document, options), document, options)


@pytest.mark.parametrize(
    ("doubtful", "sure", "groups"),
    [
        pytest.param(700, 1, 1, id="below one page"),
        pytest.param(1200, 1, 2, id="of some length"),
        pytest.param(700, 4, 5, id="below many"),
        pytest.param(350, 4, 4, id="a little"),
    ],
)
def test_what_is_little_and_doubtful_is_no_article(doubtful: int, sure: int, groups: int) -> None:
    """Above it stand so many articles that are sure, each below a rule."""
    prose = "The council has voted to repair the old pier before the spring tides come in. "
    rows = [*[(prose * 20, 0.9)] * sure, (prose * (doubtful // len(prose)), 0.38 if doubtful < 400 else 0.45)]
    labelled = [
        Labelled(Block(text, "paragraph", 0, i * 5000, i * 5000 + len(text)), "content", "", score)
        for i, (text, score) in enumerate(rows)
    ]
    places = np.repeat(np.arange(1, len(rows))[:, None], 3, axis=1)
    starts = Starts(places, ("rule",) * len(places))
    assert len(text_room.split_with(labelled, weights=load_weights(), starts=starts)) == groups


def test_a_dump_is_cut_into_its_pages() -> None:
    """Some of them: the articles here, of three to five sentences, are far shorter than those of real dumps."""
    languages = [language for language, lines in ARTICLES.items() if len(lines[0]) > 40]
    groups = split("\n".join(map(page_of, languages)))
    texts = ["\n".join(item.block.text for item in group) for group in groups]
    found = 0
    for text in texts:
        shares = [sum(line in text for line in lines) / len(lines) for lines in map(ARTICLES.get, languages)]
        found += sorted(shares)[-2:] == [0, 1]
    assert found >= 2


@pytest.mark.parametrize("language", ARTICLES)
def test_a_page_is_not_cut(language: str) -> None:
    assert len(split(page_of(language))) == 1


@pytest.mark.parametrize("how", [{"is_single": True}, {"split": False}])
def test_a_text_that_is_one_page_stays_one(how: dict[str, bool]) -> None:
    assert len(split("\n".join(map(page_of, ARTICLES)), **how)) == 1


@pytest.mark.parametrize(
    ("text", "articles"),
    [("", 0), ("x", 0), ("\n\n", 0), ("Home\nNews", 1), ("A short line.\n\n\n\nAnother short line.", 1)],
)
def test_little_texts(text: str, articles: int) -> None:
    assert list(map(bool, split(text))) == [True] * articles


@settings(deadline=None)  # the first call loads weights
@given(
    st.lists(
        st.tuples(st.booleans(), st.sampled_from(["One line.", "Log in", "The end of it all", "中文。"])),
        max_size=40,
    )
)
def test_kept_blocks_stay_in_order_and_none_is_lost(rows: list[tuple[bool, str]]) -> None:
    labelled = [
        Labelled(
            Block(text, "paragraph", 0, i, i + 1), "content" if keep else "menu", "", 0.9 if keep else 0.1
        )
        for i, (keep, text) in enumerate(rows)
    ]
    groups = split_text(labelled, Document("text", [item.block for item in labelled], len(rows)), Options())
    starts = [item.block.start for group in groups for item in group]
    assert starts == sorted(set(starts))
    assert {item.block.start for item in labelled if item.is_kept} <= set(starts)
    assert all(item.is_kept for group in groups for item in group)


def test_of_close_places_the_strongest_is_a_candidate() -> None:
    """And it knows what gave way to it; 30 words that are surely content part two candidates."""
    at, mass = thin_out(np.array([90.0, 110, 130, 170]), np.array([0.0, 3.0, 0.0, -3.0], np.float32))
    assert at.tolist() == [1, 3]
    assert mass.round(2).tolist() == [1.95, 0.05]


@pytest.mark.parametrize(
    ("odds", "cut"),
    [
        ([2.1, 0.0, 0.0], []),  # none is sure enough to prove that the text is a dump
        ([1.2, 1.2, 1.2, 1.2], []),
        ([1.3, 1.3, 1.3, 1.3], [0, 1, 2, 3]),  # but several quite sure ones are
        ([6.0, 6.0, 6.0, 0.0], [0, 1, 2]),  # where borders are plain, a doubtful one is none
        ([2.3, 0.0, 0.0, -1.5, -1.5, -1.5, -1.5, -1.5], [0, 1, 2]),  # where they are not, it is one
        ([2.6, -0.65, -0.65, -0.65, -1.5, -1.5, -1.5, -1.5], [0, 1, 2, 3]),  # more than by as much
    ],
)
def test_how_sure_a_border_must_be_hangs_on_the_file(odds: list[float], cut: list[int]) -> None:
    found = choose_cuts(Candidates(np.arange(len(odds)), np.array(odds, np.float32)))
    assert found.tolist() == cut


@pytest.mark.parametrize(
    ("odds", "chars", "has_english", "cut"),
    [
        ([1.2, 0.6, -2.0], 2_000, True, [0, 1]),
        ([1.2, 0.6, -2.0], 6_000, True, []),  # the longer a text, the more may look like a border by chance
        ([2.4, 0.6, -2.0], 6_000, True, [0, 1]),
        ([2.4, -1.0, -2.0], 60_000, True, []),
        ([1.2, 0.6, -2.0], 6_000, False, [0, 1]),  # of other languages less is known
        ([-0.1, -0.1, -0.2], 2_000, False, []),
        (
            [0.7, 0.7, 0.7, 0.7],
            7_000,
            True,
            [0, 1, 2, 3],
        ),  # where several brief pages are expected, less is proof
        ([0.7, 0.7, 0.7, 0.7], 20_000, True, []),
        ([2.6, -0.9, -0.9, -3.0], 3_000, True, [0, 1, 2]),  # and there, a doubtful border is one
        ([2.6, -0.9, -0.9, -3.0], 20_000, True, [0]),
        ([4.0, 0.6, -2.0], 200_000, False, []),  # a manual
        ([5.5, 0.6, -2.0], 200_000, True, [0, 1]),
    ],
)
def test_what_proves_a_dump_hangs_on_its_length_and_language(
    odds: list[float], chars: int, *, has_english: bool, cut: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    candidates = Candidates(np.arange(len(odds)), np.array(odds, np.float32))
    gaps: Any = SimpleNamespace(texts=[], words=None, lasts=None, chars=[chars], has_english=has_english)
    monkeypatch.setattr(text_room, "judge_gaps", lambda *_: candidates)
    contents = Contents([], np.zeros(0, np.bool_), is_search=False)
    monkeypatch.setattr(text_room, "find_contents", lambda *_: contents)
    assert find_cuts(gaps, load_weights()).at.tolist() == cut


def test_what_is_known_to_be_a_dump_needs_no_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    candidates = Candidates(np.arange(3), np.array([-0.5, -1.0, -4.0], np.float32))
    gaps: Any = SimpleNamespace(texts=[], words=None, lasts=None, chars=[20_000], has_english=True)
    monkeypatch.setattr(text_room, "judge_gaps", lambda *_: candidates)
    contents = Contents([], np.zeros(0, np.bool_), is_search=False)
    monkeypatch.setattr(text_room, "find_contents", lambda *_: contents)
    assert find_cuts(gaps, load_weights()).at.tolist() == []
    assert find_cuts(gaps, load_weights(), is_dump=True).at.tolist() == [0, 1]


@pytest.mark.parametrize(("german", "has_english"), [(0, True), (2, True), (4, False)])
def test_one_english_page_among_others_does_not_make_a_dump_english(
    german: int, *, has_english: bool
) -> None:
    document = read_text(Page("\n".join(map(page_of, ["en", *["de"] * german])), kind="text"))
    assert describe_gaps(label_text(document, Options()), load_weights().tables).has_english is has_english


def test_a_border_must_be_surer_where_a_listing_names_the_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    odds = np.array([2.6, -0.45, -0.45, -1.5, -1.5, -1.5, -1.5], np.float32)
    gaps: Any = SimpleNamespace(texts=[], words=None, lasts=None, chars=[20_000], has_english=True)
    monkeypatch.setattr(text_room, "judge_gaps", lambda *_: Candidates(np.arange(len(odds)), odds))
    monkeypatch.setattr(text_room, "cut_named_pages", lambda cuts, *_, **__: Cuts(cuts, {}, set()))
    for pages, cut in ((1, [0, 1, 2]), (2, [0])):  # of two and a half that are expected, and the first
        contents = Contents([NamedPage([], 0, False)] * pages, np.zeros(0, np.bool_), is_search=False)
        monkeypatch.setattr(text_room, "find_contents", lambda *_, found=contents: found)
        assert find_cuts(gaps, load_weights()).at.tolist() == cut


@pytest.mark.parametrize(("mark", "left"), [("", [0, 2]), ("header", [0, 1, 2])])
def test_a_scrap_between_articles_goes_but_for_a_page_that_a_header_names(
    mark: Any, left: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    texts, scores = (
        ["The mill has ground grain. " * 20, "Odds and ends", "The bridge is shut. " * 20],
        [0.9, 0.1, 0.9],
    )
    places = [0, 600, 700]
    labelled = [
        Labelled(Block(text, "paragraph", 0, at, at + len(text)), "content", "", score)
        for text, at, score in zip(texts, places, scores, strict=True)
    ]
    starts = tuple(PageStart(at, at, at, mark) for at in places if mark)
    monkeypatch.setattr(text_room, "find_cuts", lambda *_, **__: Cuts(np.array([1, 2]), {}, set()))
    document = Document("text", [item.block for item in labelled], 2000, starts=starts)
    groups = split_text(labelled, document, Options())
    assert [labelled.index(group[0]) for group in groups] == left


@pytest.mark.parametrize(
    ("headers", "odds", "first"),
    [
        ([0], [3, 3, 1], [0, 3, 6, 9]),
        ([0], [3, 1, 1], [0]),  # a page now and then has one such place
        ([0, 1, 2], [3, 3, 1], [0, 1, 2, 3, 6, 9]),
        ([0, 3, 6, 9], [3, 3, 3], [0, 3, 6, 9]),
        ([0, 5, 10], [3, 3, 1], [0, 5, 10]),
    ],
)
def test_what_is_long_below_a_header_is_cut_where_borders_are_sure(
    headers: list[int], odds: list[float], first: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = [Block("The mill has ground grain. " * 20, "paragraph", 0, i, i + 1) for i in range(12)]
    labelled = [Labelled(block, "content", "", 0.9) for block in blocks]
    starts = tuple(PageStart(i, i, i) for i in headers)
    candidates = Candidates(np.array([3, 6, 9]), np.array(odds, np.float32))
    monkeypatch.setattr(text_room, "judge_gaps", lambda *_: candidates)
    groups = split_text(labelled, Document("text", blocks, 12, starts=starts), Options())
    assert [labelled.index(group[0]) for group in groups] == first


@pytest.mark.parametrize(
    ("menus", "bytes_between", "opens"),
    [(2, 300, [True, True]), (2, 60, [False, False]), (1, 300, [False]), (3, 60, [True] * 3)],
)
def test_how_often_a_menu_stands_that_opens_pages(menus: int, bytes_between: int, opens: list[bool]) -> None:
    texts = ["x" * 300, *(["Home"] * 5 + ["x" * bytes_between]) * (menus - 1), *["Home"] * 5, "x" * 300]
    labelled = [
        Labelled(Block(text, "paragraph", 0, i, i + 1), "menu" if text == "Home" else "content", "", 0.5)
        for i, text in enumerate(texts)
    ]
    starts = [PageStart(i, i, i, "menu") for i in range(1, 6 * menus, 6)]
    found = number_starts(starts, labelled).places[:, 0].tolist()
    assert [start.page in found for start in starts] == opens


@pytest.mark.parametrize(
    ("line", "opens"),
    [
        ("(c) 2024 The Courier", True),
        ("無断転載を禁じます。", True),
        ("Все права защищены", True),
        ("About us", False),
    ],
)
def test_one_menu_opens_a_page_below_a_footer_s_end(line: str, opens: bool) -> None:
    labels = ["content", "footer", *["menu"] * 5, "content"]
    texts = ["x" * 300, line, *["Home"] * 5, "x" * 300]
    rows = zip(texts, labels, strict=True)
    labelled = [
        Labelled(Block(text, "paragraph", 0, i, i + 1), label, "", 0.5)
        for i, (text, label) in enumerate(rows)
    ]
    assert bool(number_starts([PageStart(2, 2, 2, "menu")], labelled).marks) == opens


def test_of_headers_above_one_text_the_last_is_its_pages() -> None:
    starts = Starts(np.array([[0, 0, 1], [2, 2, 3], [3, 3, 4], [7, 7, 8]]), ("header",) * 4)
    gaps: Any = SimpleNamespace(kept=np.array([1, 5, 6]))
    found = find_firsts(starts, gaps)
    assert (found.at.tolist(), found.pages.tolist()) == ([5], [0, 3])


def test_a_border_of_the_models_near_a_mark_gives_way() -> None:
    """Each line has 150 characters: two are little, three are not."""
    texts = ["The mill has ground the grain of the valley." + "." * 106] * 12
    gaps: Any = SimpleNamespace(kept=np.arange(12), chars=150 * np.arange(1, 12), texts=texts, own=texts)
    starts = Starts(np.array([[5, 5, 5]]), ("rule",))
    assert add_marked(np.array([2, 3, 7, 8]), starts, gaps).at.tolist() == [2, 5, 8]


def test_words_that_come_again_link_a_heading_to_what_is_below_it() -> None:
    """Below, not above: a heading that stands alone between two articles belongs to the second."""
    texts = [
        "Gulls nest on cliffs",
        "Trains at night",
        "The night is long for trains",
        "They stop at every halt",
    ]
    links = link_words(hash_words(texts), np.array([0, 2, 3]))
    assert links.ahead[1] > 0.6
    assert links.behind.tolist()[:2] == [0, 0]
    assert links.units == 3


def test_a_change_of_quotes_is_a_change_of_style() -> None:
    texts = ["“One,” she said. “Two.”"] * 8 + ['"One," she said. "Two."'] * 8
    style = measure_style(join_texts(texts))
    assert style.shape == (15, STYLE)
    assert int(style[:, 8].argmax()) == 7


@pytest.mark.parametrize("count", [0, 1])
def test_fewer_than_two_texts_have_no_gaps(count: int) -> None:
    texts = join_texts(["Text"] * count)
    assert measure_style(texts).shape == (0, STYLE)
    words = hash_words(["Text"] * count)
    assert measure_usage(count_usage(words, np.arange(count), texts)).shape == (0, USAGE)
    assert measure_cohesion(link_words(words, np.arange(count)), np.ones(count, np.int64)).shape == (
        0,
        COHESION,
    )


def test_a_change_of_common_words_signs_and_lengths_is_one_of_usage() -> None:
    texts = ["of the sea and of the shore, of the land and of the hills, of all of it"] * 8
    texts += ["She said that she would, if she could! Then she did." * 4] * 8
    usage = count_usage(hash_words(texts), np.arange(16), join_texts(texts))
    near = measure_usage(usage)
    assert near.shape == (15, USAGE)
    assert near.argmax(axis=0).tolist() == [7] * USAGE
    at = np.array([3, 7, 11])
    for odds in ([-3.0, 3.0, -3.0], [-3.0, -3.0, -3.0]):
        ratios = np.array(compare_usage(usage, at, np.array(odds))[::3])
        assert ratios.argmax(axis=1).tolist() == [1] * 6


def test_two_articles_share_fewer_words_than_one_with_itself() -> None:
    texts = ["boats in the harbour"] * 4 + ["votes of a senate"] * 4
    crossings = link_words(hash_words(texts), np.arange(8)).crossings
    at = np.array([1, 3, 5])
    for odds in ([-3.0, 3.0, -3.0], [-3.0, -3.0, -3.0]):
        shared = compare_sides(crossings, at, np.array(odds))[0]
        assert shared[1] < min(shared[0], shared[2])


def test_what_begins_as_the_likely_places_do_is_near_them() -> None:
    blocks = np.zeros((50, 4), np.float32)
    after = np.arange(5, 50, 5)
    blocks[after[:7], 0] = 1
    share = np.array([0.9] * 6 + [0.1] * 3)
    likely, unlikely = compare_beginnings(blocks, after - 1, after, share=share)[4:6]
    assert likely[6] < likely[8] and unlikely[8] < unlikely[6]


def test_titles_that_come_again_above_an_article_are_echoes() -> None:
    lines = ["Storm hits the coast", "Home", "Storm hits the coast | News", "The storm came."]
    labelled = [
        Labelled(
            Block(text, "paragraph", 0, i, i + 1),
            "content" if i in (0, 4) else "menu",
            "",
            0.9 if i in (0, 4) else 0.1,
        )
        for i, text in enumerate(["An end.", *lines])
    ]
    gaps = describe_gaps(labelled, np.zeros((3, 1 << TABLE_BITS), np.int8))
    heads = describe_heads(gaps, np.array([0, 4]))
    assert heads.at.tolist() == [1, 2, 3]
    assert heads.rows[:, -2].tolist() == pytest.approx([1.0, 0.0, 0.8])


PRESS = {
    "ROME (AP) — The mayor of the town said on Monday that the bridge would be closed until the end of May.": 1,
    "BERLIN, 4. Mai (dpa) - Der Bürgermeister sagte am Montag, die Brücke bleibe bis zum Ende des Mais zu.": 1,
    "МОСКВА, 5 мая. Мэр сказал в понедельник, что мост будет закрыт до конца мая, а может быть, и дольше.": 1,
    "新华社北京4月26日电 市长星期一说，这座桥将关闭到五月底，也许更久。居民们说，他们已经习惯了绕路，"
    "孩子们每天走半个小时的山路去上学，"
    "老人们则等着有人开车来接。他们说去年冬天也是这样，雪落在桥面上，三天没有人来扫。": 1,
    "The mayor of the town said on Monday that the bridge would be closed until the end of May, or longer.": 0,
    "By Ada Ortiz and Wei Zhang": 2,
    "Von Jana Becker": 2,
    "作者：顾望舒": 2,
    "Ada Ortiz": 4,
    "Updated 4 May 2024, 6:21 a.m.": 8,
    "2024年5月4日": 8,
    "The mayor said so.": 0,
}


@pytest.mark.parametrize("text", PRESS)
def test_what_newspapers_begin_with_is_known(text: str) -> None:
    assert read_bits(text) == PRESS[text]
    assert read_bits(text[: _LINE_CHARS + 1]) == PRESS[text]  # no more is looked at


def test_a_place_sees_the_press_marks_around_it() -> None:
    prose, dateline, byline, date = list(PRESS)[4], next(iter(PRESS)), "By Ada Ortiz", "4 May 2024"
    texts = [prose, prose, "Bridge to stay shut", byline, date, dateline, prose, prose]
    before, after = np.array([1, 4, 5]), np.array([2, 5, 6])
    assert describe_press(texts, before, after).tolist() == [
        [0, 1, 1, 0, 1, 0, 0, 0],
        [1, 0, 0, 0, 0, 0, 1, 0],
        [0, 0, 0, 0, 0, 1, 1, 0],
    ]


@given(st.lists(st.text(min_size=1), min_size=2, max_size=12), st.data())
def test_any_texts_have_press_marks(texts: list[str], data: st.DataObject) -> None:
    before = data.draw(st.integers(0, len(texts) - 2))
    after = data.draw(st.integers(before + 1, len(texts) - 1))
    found = describe_press(texts, np.array([before]), np.array([after]))
    assert found.shape == (1, 8)
    assert set(found.ravel().tolist()) <= {0.0, 1.0}


RAILWAY = (
    "Heavy rain has washed out three miles of railway near the pass, and trains will not run before June, the operator "
    "said.\n\nEngineers found that a culvert built in 1911 had collapsed. The cost is put at four million pounds."
)
BOATS = "镇上准备把旧渡船修好放进码头边的院子，让过路的人歇脚时能看看。" * 3
MILL = (
    "The last mill on the river stopped on Friday after two hundred years, and its forty workers went home at noon.\n\n"
    "The owner said that cheaper flour from abroad had made it impossible to go on. The building is to become a museum."
)


@pytest.mark.parametrize(
    "between",
    [
        "\n====\n",
        "\n\n" + "=" * 80 + "\n\n",
        "\n\n----------\n\n",
        "\n" + "-" * 40 + "\n",
        "\f",
        "\n\f\n",
        "\n\nWARC/1.0\nWARC-Type: conversion\nContent-Length: 300\n\n",
        "\n1/1\n\f\n",
        "\n\nMore of this was written in the paper of the same day and of the next\n\n=====\n\n",  # no feed
    ],
)
@pytest.mark.parametrize("title", ["", "The mill on the river has stopped\n\n"])
def test_what_is_put_between_pages_parts_them(between: str, title: str) -> None:
    groups = split(RAILWAY + between + title + MILL)
    assert [group[0].block.text for group in groups] == [
        RAILWAY.split("\n")[0],
        (title + MILL).split("\n")[0],
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"{RAILWAY}\n\n----\n\n{MILL}",  # as Markdown writes a rule of the page itself
        f"{RAILWAY}\n\n{'━' * 80}\n\n{MILL}",
        f"{RAILWAY}\n\nThe mill\n========\n\n{MILL}",
        f"{RAILWAY}\n\n name of it\n----------------\n one\n two\n\n{MILL}",
        f"{RAILWAY}\n\n=====\n\nAsked later, nobody knew.",
        f"{RAILWAY}\n\nWhat was said of the mill\n---------------\n\n{MILL}",
        f"{RAILWAY}\n\n```\n$ run\n\n====================\n bob\n```\n\n{MILL}",
        f"{RAILWAY}\n\n=====\n\nand {MILL}",
        f"{RAILWAY}\nhttps://site.example/a 1/2\n\f\n{MILL}\n2/2",  # two sheets of one page
        f"{BOATS}\n\n渡口的老船工说，他撑船过河已经四十三年，桥通车以后就要\n\f\n退休。{BOATS}",
        f"{RAILWAY} So it was said in the town on the morning of the day\n\f\nThe same who had seen it. {MILL}",
    ],
)
def test_rules_and_feeds_inside_of_pages_part_nothing(text: str) -> None:
    assert len(split(text)) == 1


BRIEFS = [
    f"{title}\n{text}"
    for title, text in {
        "Library closed on Friday": "The library will be closed for stocktaking. Books may be put through the door.",
        "Lost cat found": "A ginger cat was found on Monday near the weir in Ludworth. It answers to Biscuit.",
        "Snow closes moor road": "The road to Thornley is closed because of snow. It is to open on Thursday.",
        "Choir wins silver": "The choir came second at the festival on Saturday, one point behind the winners.",
    }.items()
]


def test_a_rule_that_comes_again_parts_briefs() -> None:
    groups = split("\n========\n".join(BRIEFS))
    assert [group[0].block.text for group in groups] == [text.split("\n")[0] for text in BRIEFS]


@pytest.mark.parametrize("rule", ["========", "~" * 20])
@pytest.mark.parametrize(
    "ends",
    [["Ludworth, 3 May"] * 3, ["Ludworth, 3 May", "By Ann Roe", "The Dunmorrow Courier, page 4", "15 March"]],
)
def test_a_rule_that_comes_again_is_no_underline(rule: str, ends: list[str]) -> None:
    """Below one line each time, or below lines of differing lengths with titles below it."""
    pages = [f"The pass\n{RAILWAY}", f"The mill\n{MILL}"] * 2
    text = f"\n{rule}\n".join(f"{page}\n{end}" for page, end in zip(pages, ends, strict=False))
    assert len(split(text.replace("\n\n", "\n"))) == len(ends)


TABLE = "name  no  what it is of all\n------------\na two  a  three and more of it, of this\n"


@pytest.mark.parametrize(
    "text",
    [
        "\n\n".join(f"{name}\n========\n\n{RAILWAY}" for name in ("What", "A long story", "So it was")),
        "\n\n".join(f"{'=' * 20}\n{name}\n{'=' * 20}\n{MILL}" for name in ("What", "Why", "So it was")),
        f"{RAILWAY}\n\n" + TABLE * 4,
        f"{RAILWAY}\nSELECT n;\n n\n----------\n 2\n\n" * 2,
    ],
)
def test_headings_boxes_and_tables_have_rules_that_part_nothing(text: str) -> None:
    assert find_regular_rules(text) == []


@pytest.mark.parametrize("page", [{"is_single": True}, {"split": False}])
def test_a_rule_does_not_part_what_is_to_be_one(page: dict[str, bool]) -> None:
    assert len(split(f"{RAILWAY}\n\n=====\n\n{MILL}", **page)) == 1


@given(st.lists(st.sampled_from(["====", "-" * 12, "\f", RAILWAY, MILL, "Menu", "A title"]), max_size=12))
@settings(max_examples=60, deadline=None)
def test_marks_lose_and_repeat_nothing(parts: list[str]) -> None:
    text = "\n\n".join(parts)
    document = read_text(Page(text, kind="text"))
    labelled = label_text(document, Options())
    places = [item.block.start for group in split_text(labelled, document, Options()) for item in group]
    assert places == sorted(set(places))


def test_a_text_that_begins_with_a_wet_header_is_cut_at_these_alone() -> None:
    """Whatever menus its pages have: here each record holds two of them."""
    wet = "WARC/1.0\nWARC-Type: conversion\nWARC-Target-URI: https://example.org/\n\n"
    languages = ["en", "de", "fr", "es", "ru", "pl"]
    records = ["\n".join(map(page_of, pair)) for pair in zip(languages[::2], languages[1::2], strict=True)]
    groups = split("\n\n".join(wet + record for record in records))
    firsts = [group[0].block.text for group in groups]
    assert firsts == [ARTICLES[language][0] for language in languages[::2]]


def test_where_two_marks_meet_there_is_one_cut() -> None:
    wet = "\n\nWARC/1.0\nWARC-Type: conversion\n\n"
    groups = split(f"{RAILWAY}{wet}We use cookies. Accept all cookies{wet}{MILL}")
    places = [item.block.start for group in groups for item in group]
    assert len(groups) == 2
    assert places == sorted(set(places))
