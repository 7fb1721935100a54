"""stages.text_nodes: where every text node of a page stands on a line of its own, sentences come out in one piece."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dehusk.blocks.text_nodes import NodeBreak, find_stops, join_pieces, may_have_nodes, read_break
from dehusk.model import Options, Page
from dehusk.stages.page import clean_page
from dehusk.stages.text_nodes import join_nodes
from dehusk.stages.windows import Worked, work_windows

ENGLISH = """Connecting to the cluster
You connect to the cluster using a
secure shell
program to initiate a session and to
sign in to the cluster
.
Learn how to use
Website Content Crawler
. This is a tool that reads pages and stores what they say, in a few minutes, for whoever needs it later.
The
login nodes
, which are shared, must not be used to run
long jobs
; use the
scheduler
(“
Slurm
”) instead, as the
user's guide
says.
Every user has a home of 20 GB and a scratch of 2 TB that is emptied after thirty days without being used.
"""
JOINED = {
    "English": (
        ENGLISH,
        [
            "Connecting to the cluster",
            "You connect to the cluster using a secure shell program to initiate a session and to sign in to the"
            " cluster.",
            "Learn how to use Website Content Crawler. This is a tool that reads pages and stores what they say, in a"
            " few minutes, for whoever needs it later.",
            "The login nodes, which are shared, must not be used to run long jobs; use the scheduler (“Slurm”) instead,"
            " as the user's guide says.",
        ],
    ),
    "German": (
        """Die Mühle am Wehr
Seit dem Frühjahr mahlt die alte Mühle wieder, und am Samstag kamen mehr als
dreihundert Besucher
, um das erste Mehl zu kaufen.
Der Müller,
Jakob Behrens
, hat drei Jahre an den Steinen gearbeitet und dafür nach eigenen Worten „
kein einziges Wochenende
“ frei gehabt.
""",
        [
            "Die Mühle am Wehr",
            "Seit dem Frühjahr mahlt die alte Mühle wieder, und am Samstag kamen mehr als dreihundert Besucher, um das"
            " erste Mehl zu kaufen.",
            "Der Müller, Jakob Behrens, hat drei Jahre an den Steinen gearbeitet und dafür nach eigenen Worten „kein"
            " einziges Wochenende“ frei gehabt.",
        ],
    ),
    "Chinese": (
        """河边的老磨坊
今年春天，河边的老磨坊重新开工了，周六来了三百多位客人，都是为了买第一批面粉。
磨坊主
王守田
，今年六十二岁，用了三年时间修理石磨，他说自己没有休息过一个周末。
秋天的时候，旁边还会建一座
面包房
，开放时间请看
网站
。
""",
        [
            "磨坊主王守田，今年六十二岁，用了三年时间修理石磨，他说自己没有休息过一个周末。",
        ],
    ),
    "Arabic": (
        """الطاحونة القديمة
منذ الربيع عادت الطاحونة القديمة على ضفة النهر إلى العمل، وجاء يوم السبت أكثر من ثلاثمئة زائر لشراء أول دقيق.
قال صاحبها
سامي الخطيب
، وهو في الثانية والستين من عمره، إنه عمل ثلاث سنوات على إصلاح الحجارة.
دفعت البلدية أربعين ألفا من
صندوق التراث
، وجمعت الباقي جمعية من أهل القرية.
""",
        [
            "دفعت البلدية أربعين ألفا من صندوق التراث، وجمعت الباقي جمعية من أهل القرية.",
        ],
    ),
}
INTRO = "The query below lists what every customer has paid in the last year, with the names of the towns.\n"
STAYS = {
    "columns of a query": INTRO
    + "SELECT\nc.name\n, c.town\n, c.country\n, SUM(o.total) AS paid\nFROM customers c\n"
    + "GROUP BY c.name\n, c.town\n, c.country\n",
    "a poem": "The mill\nThe wheel goes round,\nthe water falls,\nthe miller sleeps,\nhis daughter counts\n"
    "the sacks of grain;\nthe night is long\nand no one comes,\nno cart, no man\n" * 2,
    "names": INTRO + "Anna Berg\nJan Dahl\nEva Lund\nPer Holm\nIda Falk\nNils Ek\nOve Strand\nLise Vik\n" * 2,
    "cells": INTRO + "Name\nTown\nPaid\nAnna Berg\nKiel\n20\nJan Dahl\nOslo\n35\nEva Lund\nBergen\n12\n",
    "a chat": "anna: hello\njan: hi, are you there\nanna: yes\njan: good\nanna: what do you think of the mill\njan: ,\n"
    * 2,
    "items": INTRO + "- the mill\n- , the weir\n- . the bridge\n- the quay\n",
    "code": INTRO + "    x = [a\n    , b\n    , c\n    . d\n    ]\n    y = x\n",
    "one sign only": INTRO
    + "Read\nthe guide\n, it is long and good, and says what is to be done with the mill.\n",
    "blank lines": ENGLISH.replace("\n", "\n\n"),
}


def read_lines(text: str, **options: object) -> list[str]:
    articles = clean_page(Page(text, kind="text"), Options(**{"min_words": 1, **options}))  # type: ignore[arg-type]
    return [line for article in articles for line in article.text.split("\n")]


@pytest.mark.parametrize("language", JOINED)
def test_sentences_are_put_together(language: str) -> None:
    text, sentences = JOINED[language]
    lines = read_lines(text)
    assert [sentence for sentence in sentences if sentence not in lines] == []


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_breaks_may_be_written_otherwise(end: str) -> None:
    assert read_lines(ENGLISH.replace("\n", end)) == read_lines(ENGLISH)


@pytest.mark.parametrize("name", STAYS)
def test_other_lines_stay_as_they_are(name: str) -> None:
    worked = work_windows(Page(STAYS[name], kind="text"), Options(mode="recall"))
    assert join_nodes(worked, STAYS[name]) is worked


def test_what_is_said_stays_a_paragraph_each() -> None:
    said = ["“Is that the mill?”", "“It is, and the old one.”", "“And the weir beside it?”", "They went on."]
    lines = read_lines("\n".join([ENGLISH.strip(), *said]), mode="recall")
    assert lines[-len(said) :] == said


def test_blocks_words_and_articles_stay_one_and_the_same() -> None:
    page = Page(ENGLISH, kind="text")
    document, labels, groups = join_nodes(work_windows(page, Options()), ENGLISH)
    assert [item.block for item in labels.blocks] == document.blocks
    assert all(item is labels.blocks[labels.blocks.index(item)] for group in groups for item in group)
    assert document.words is not None and len(document.words.bounds) == len(document.blocks) + 1
    assert [block.kind for block in document.blocks] == ["paragraph"] * len(document.blocks)
    assert ENGLISH[document.blocks[1].start : document.blocks[1].end].endswith("the cluster\n.")


def test_a_piece_that_was_left_out_comes_back_inside_its_sentence() -> None:
    document, labels, groups = work_windows(Page(ENGLISH, kind="text"), Options())
    at = next(i for i, item in enumerate(labels.blocks) if item.block.text == "secure shell")
    blocks = [*labels.blocks]
    blocks[at] = blocks[at]._replace(label="menu")
    left = [[item for item in group if item.block.text != "secure shell"] for group in groups]
    joined = join_nodes(Worked(document, labels._replace(blocks=blocks), left), ENGLISH)
    assert any("using a secure shell program" in item.block.text for group in joined.groups for item in group)


def test_texts_of_many_windows_are_joined_too() -> None:
    text = "".join(ENGLISH.replace("cluster", f"cluster {i}") + "\n\n" for i in range(30))
    windows = work_windows(Page(text, kind="text"), Options(window=10_000))
    assert windows.document.table is None
    joined = join_nodes(windows, text)
    assert any("using a secure shell program" in block.text for block in joined.document.blocks)
    assert [item.block for item in joined.labels.blocks] == joined.document.blocks


@pytest.mark.parametrize(
    ("pieces", "sentence"),
    [
        (["the mill", "'s wheel"], "the mill's wheel"),
        (["See", "[", "4", "]", "and (", "there", ")", "."], "See [4] and (there)."),
        (["He said “", "yes", "”", ", and", '"', "no", '"', ", too"], 'He said “yes”, and "no", too'),
        (["Er sagte „", "ja", "“", "und »", "nein", "«", "."], "Er sagte „ja“ und »nein«."),
        (["au bord de l’", "eau", ": «", "oui", "»"], "au bord de l’eau: «oui»"),
        (["使用", "网站", "，或者", "React", "框架", "。"], "使用网站，或者 React 框架。"),
        (["Written in", ".NET", ", run with", "-v", "!"], "Written in .NET, run with -v!"),
        (["call", "run", "()", "for $", "20", "%"], "call run() for $20%"),
        (["on the", "19", "th", "of May"], "on the 19th of May"),
        (["au", "XIX", "e", "siècle, le", "1", "er", "mai"], "au XIX e siècle, le 1er mai"),
        (["5", "e più", "thanks"], "5 e più thanks"),
        (["vitamin", "C", "is"], "vitamin C is"),
        (["a well-", "known", "sign ¿", "no", "?"], "a well-known sign ¿no?"),
    ],
)
def test_marks_stand_where_they_belong(pieces: list[str], sentence: str) -> None:
    assert join_pieces(pieces, [NodeBreak("", False)] * (len(pieces) - 1)) == sentence


def test_a_blank_of_the_source_stays() -> None:
    between = read_break(" \n")
    assert between == NodeBreak("", True)
    assert join_pieces(["le mot", ": la suite"], [between]) == "le mot : la suite"


@pytest.mark.parametrize("between", ["\n\n", "\n---\n", "", " ", "\n.\n\n", "\n...\n", "\f\n"])
def test_what_is_more_than_a_line_break_parts(between: str) -> None:
    assert read_break(between) is None


def test_stops_below_blocks_are_found() -> None:
    text = "One\n.\nTwo\n\n.\nThree"
    blocks = work_windows(Page(text, kind="text"), Options()).document.blocks
    assert find_stops(blocks, text).tolist() == [5, 0, 0]


LINES = [
    *ENGLISH.split("\n"),
    *JOINED["Chinese"][0].split("\n"),
    ", and",
    ". Then",
    "- an item",
    "# Head",
    "a\tb",
    "…",
]
PIECES = st.sampled_from([*LINES, *',;.()»"-#2'])
ENDS = st.sampled_from(["\n", "\r\n", "\r", " \n", "\n "])
TEXTS = st.builds(str.join, ENDS, st.lists(PIECES | st.text(max_size=12), max_size=60))


@given(TEXTS)
def test_the_letters_of_a_record_stand_in_its_spans_in_order(text: str) -> None:
    for article in clean_page(Page(text, kind="text"), Options(min_words=0, mode="recall")):
        source = "".join(text[start:end] for start, end in article.spans)
        assert is_within(filter(is_plain, article.text), filter(is_plain, source))


def is_plain(char: str) -> bool:
    """Whether it is no sign, and the same in every normal form."""
    return char.isalnum() and char.isascii()


def is_within(letters: Iterable[str], source: Iterable[str]) -> bool:
    rest = iter(source)
    return all(letter in rest for letter in letters)


@given(TEXTS)
def test_blocks_of_articles_are_joined_and_nothing_else_changes(text: str) -> None:
    worked = work_windows(Page(text, kind="text"), Options(mode="recall"))
    joined = join_nodes(worked, text)
    assert [item.block for item in joined.labels.blocks] == joined.document.blocks
    own = {id(item.block) for item in joined.labels.blocks if item.is_kept}
    assert all(id(item.block) in own for group in joined.groups for item in group)
    left_out = [item for item in joined.labels.blocks if not item.is_kept]
    assert set(left_out) <= set(worked.labels.blocks)


@given(st.text(alphabet=st.sampled_from("ab,. \n\r")))
def test_the_gate_is_what_it_says(text: str) -> None:
    end = "\n" if "\n" in text else "\r"
    assert may_have_nodes(text) == (len(re.findall(rf"{end}[,.](?=\s|\Z)", text)) > 1)


def test_stops_come_back_where_nothing_else_is_joined() -> None:
    said = [
        "The mill by the river has ground the grain of the whole valley for three hundred years",
        "Its wheel was taken away in the spring",
        "It came back in the autumn, with new paddles of oak that a carpenter of the town had made",
    ]
    assert read_lines("\n.\n".join([*said, "They went on."]))[:3] == [line + "." for line in said]


@pytest.mark.parametrize(
    "lines",
    [
        ["support for the old gate", "faster start of the wheel", "fixed a crash with empty sacks"],
        [
            "the river runs down to the sea",
            "and takes the leaves along with it",
            "but here i stay beside the tree",
        ],
        ["anna", "is the mill open", "ben", "yes, since nine i think", "anna", "ok see you there"],
    ],
)
def test_short_lines_in_small_letters_stay_as_they_are(lines: list[str]) -> None:
    text = "\n".join([ENGLISH.strip(), *lines, ENGLISH.strip()])
    kept = read_lines(text)
    assert [line for line in kept if any(part in line for part in lines)] == [
        line for line in kept if line in lines
    ]


def test_stops_that_are_ornaments_stay_away() -> None:
    text = f"{ENGLISH}\nSoup at the Blue Door\n.\n.\nSwipe left for more\n.\n.\n"
    assert not any(line.endswith(("Door.", "more.")) for line in read_lines(text))


def test_a_column_of_stops_takes_no_longer_than_its_lines() -> None:
    text = "a line\n" + ".\n" * 300_000
    blocks = work_windows(Page(text, kind="text"), Options()).document.blocks
    assert find_stops(blocks, text).tolist() == [0]  # ornaments


@pytest.mark.parametrize("text", ["", "\n.\n.\n", ".\n.", ",\n,\n,", "\n,", "a\n.\n.\n.\n,\n,\n"])
def test_texts_of_hardly_anything_do_no_harm(text: str) -> None:
    assert clean_page(Page(text, kind="text"), Options(min_words=50)) == []
