"""blocks.text: logical lines, joined where a fixed width broke them, with offsets into the source."""

from __future__ import annotations

import textwrap
import time
import unicodedata
from itertools import islice, pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dehusk.block_table import tabulate
from dehusk.blocks.text import read_text
from dehusk.model import Block, Page

PROSE = (
    "The river had risen overnight, and by the morning the lower fields were under a hand of brown water. "
    "Nobody in the village remembered it higher, though the marks on the mill said otherwise, and the miller "
    "was asked about them more than once. He shrugged every time and went on carrying sacks up the stairs."
)
CHINESE = (
    "这座古老的城市坐落在河流的北岸，每年春天都会有成千上万的游客来到这里参观博物馆和寺庙，当地居民为此感到自豪。"
    * 4
)

REFERENCES = """\
Adair, T. (1998). Rivers and their shadows: riparian light in England. London: Weir Press.
Bennet, L. & Fox, R. (2004). The uptake of nitrate by aufwuchs. Freshwater Notes 12, 33-41.
Crewe, H. (2011). A field guide to the ditches of the lower Ouse. Ely: Fen Books.
Dalloway, M. (1987). On the supposed antiquity of the Sluice at Denver. Ely: Fen Books.
Ersatz, K. (2015). Stream metabolism from single-station oxygen curves. Limnos 44, 101-19.
Fry, S. (2019). Leaves, light and loss: what shade does to a chalk stream. Limnos 48, 7-22."""
SENTENCES = """\
The ferry came back on Monday morning, eleven weeks after a cracked shaft had put it out of use.
About forty people stood on the slipway at seven to watch it leave for the first of its trips.
Nobody on the island had been glad of the fishing boat that had carried their post and bread.
Share"""
VERSE = """\
Sing to me, kettle, of the long black winter mornings when the frost had sealed the pane,
and my mother in her apron with the flour on her elbows set the oats to soak again,
and the dog beside the fender dreaming rabbits in the bracken gave a whimper and lay still,
and the milk-cart and the pony and the lantern and the driver went like ghosts along the hill,
till the window slowly brightened from a slate to something softer and the robin on the wall
put a question to the daylight which the daylight never answered, for it never does at all,
and I think if I were granted one more morning out of thousands it would not be any feast,
but the kettle and the lantern and my mother and the pony and the greyness in the east."""
LOG = [
    f"2024-05-14T08:00:{n:02}Z worker-{n % 4} INFO finished job {1000 + 7 * n} in {13 * n} ms, memory {200 + n} MB"
    for n in range(12)
]
STAY = "I think|A man|O Romeo|Y la|E poi|À la|И вот|В доме|Я иду|О том|T cells and T shirts|C compilers in C".split(
    "|"
)
KOREAN = "이 오래된 도시는 강의 북쪽 기슭에 자리 잡고 있으며 봄마다 수많은 사람들이 박물관과 절을 보러 온다."


def wrap_for_terminal(text: str, width: int) -> str:
    """Lines of whole words, as a terminal counts columns."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        columns = sum(
            0 if unicodedata.category(c) in ("Mn", "Cf") else 1 + (unicodedata.east_asian_width(c) in "WF")
            for c in longer
        )
        if columns > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return "\n".join(lines)


def blocks(text: str) -> list[Block]:
    return read_text(Page(text, kind="text")).blocks


def texts(text: str) -> list[str]:
    return [block.text for block in blocks(text)]


def letters(text: str) -> str:
    return "".join(sorted(c for c in text if c.isalnum()))


@pytest.mark.parametrize("width", [70, 72, 80, 100, 120, 132])
def test_lines_of_a_fixed_width_become_paragraphs(width: int) -> None:
    paragraphs = [PROSE, PROSE[::1].replace("river", "brook"), PROSE.replace("miller", "keeper")]
    wrapped = "\n\n".join("\n".join(textwrap.wrap(p, width)) for p in paragraphs)
    assert texts(wrapped) == paragraphs


def test_chinese_of_a_fixed_width_is_joined_without_spaces() -> None:
    lines = [CHINESE[i : i + 40] for i in range(0, len(CHINESE), 40)]
    assert texts("\n".join(lines)) == [CHINESE]


@pytest.mark.parametrize("size", [35, 40, 50, 72, 80, 100])
def test_chinese_is_joined_at_any_number_of_characters_or_columns(size: int) -> None:
    """Text browsers count two columns a character or one; what may not begin a line goes down with the one before."""
    text, lines = CHINESE * 3, list[str]()
    while text:
        end = size - (text[size : size + 1] in "，。") if text[size:] else size
        lines.append(text[:end])
        text = text[end:]
    assert texts("\n".join(lines)) == [CHINESE * 3]


def test_chinese_is_joined_where_it_was_broken_at_spaces_alone() -> None:
    """As lynx does it."""
    names = ["outer_attribute", "inner", "crate_type", "Vec", "main", "println", "timezone", "skip"]
    phrases = [
        "属性的形式为",
        "可用于告诉编译器一个是二进制文件还是库，甚至是哪种类型的库，而",
        "紧随其后的条目的例子包括函数",
        "从而",
    ]
    paragraph = " ".join(f"{phrases[n * 7 % 4][n % 2 :]} {name}" for n, name in enumerate(names * 3))
    assert texts("\n".join(textwrap.wrap(paragraph, 72))) == [paragraph]


def test_lines_of_code_say_nothing_of_the_width_of_prose() -> None:
    wrapped = "\n".join(textwrap.wrap(PROSE[:230], 72))
    code = "fn main() {\n" + "".join(f"    let x{n} = {'a' * (60 + 7 * n)};\n" for n in range(4)) + "}"
    assert texts(f"{code}\n\n{wrapped}\n\n{code}")[6] == " ".join(wrapped.split("\n"))


@pytest.mark.parametrize("columns", [72, 80, 100])
def test_korean_is_broken_at_its_spaces(columns: int) -> None:
    words = KOREAN.split()  # the whole again and again would make lines of one sentence each
    paragraph = " ".join(" ".join(words[i:] + words[:i]) for i in (3, 6, 9, 2))
    assert texts(wrap_for_terminal(paragraph, columns)) == [paragraph]


@pytest.mark.parametrize("marked", ["हिन्दी में लिखा हुआ लेख यहाँ पढ़ा जाता है और", "نَصٌّ عَرَبِيٌّ مُشَكَّلٌ يُقْرَأُ هُنَا كُلَّ يَوْمٍ"])
def test_marks_on_letters_take_no_columns_on_a_terminal(marked: str) -> None:
    paragraph = " ".join([marked] * 12)
    assert texts(wrap_for_terminal(paragraph, 72)) == [paragraph]
    assert texts("\n".join(textwrap.wrap(paragraph, 72))) == [paragraph]


@pytest.mark.parametrize("width", [48, 55, 64])
def test_narrow_columns_are_joined_too(width: int) -> None:
    paragraph = f"{PROSE} {PROSE}"
    assert texts("\n".join(textwrap.wrap(paragraph, width))) == [paragraph]


@pytest.mark.parametrize("indent", [2, 4])
def test_lines_below_a_paragraph_s_first_may_be_set_in(indent: int) -> None:
    paragraphs = [PROSE, PROSE.replace("river", "brook"), PROSE.replace("miller", "keeper")]
    wrapped = ["\n".join(textwrap.wrap(p, 72, subsequent_indent=" " * indent)) for p in paragraphs]
    assert texts("\n\n".join(wrapped)) == texts("\n".join(wrapped)) == paragraphs


def test_what_is_set_in_below_a_sentence_s_end_is_its_own() -> None:
    lines = textwrap.wrap(f"{PROSE} {PROSE}", 76)
    last = next(i for i, line in enumerate(lines) if line[-1] == ".")
    wrapped = "\n".join([*lines[: last + 1], "  Reply", *lines[last + 1 :]])
    assert "Reply" in texts(wrapped)


def test_blank_lines_below_all_lines_part_no_paragraphs() -> None:
    paragraphs = [PROSE, PROSE.replace("river", "brook"), PROSE.replace("miller", "keeper")]
    wrapped = ["\n\n".join(textwrap.wrap(p, 72)) for p in paragraphs]
    assert texts("\n\n\n".join(wrapped)) == paragraphs


@pytest.mark.parametrize(
    ("rest", "is_one"), [("estuaries".center(79).rstrip(), True), ("   estuaries", False), ("", False)]
)
def test_a_title_s_rest_may_be_centred_below_it(rest: str, is_one: bool) -> None:
    first = "Seasonal retention of fine silt behind the restored reefs of oysters in shallow"
    prose = "\n".join(f"   {line}" for line in textwrap.wrap(f"{PROSE} {PROSE}", 75))
    title = texts(f"{prose}\n\n{first}\n{rest}\n\n{prose}")[1]
    assert title == (f"{first} estuaries" if is_one else first)


def test_rows_of_a_drawn_table_are_no_paragraph() -> None:
    rows = ["│ Supplement facts, as the law of the land has them │ amount in every serving │"] * 12
    assert len(blocks("\n".join(rows))) == 12


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("database", " mill  | sacks | is_open\n-------+-------+---------\n upper |    12 | t\n lower |     7 | f"),
        ("lines", " mill  │ sacks │ is_open\n───────┼───────┼─────────\n upper │    12 │ t\n lower │     7 │ f"),
        ("box", "╔═══════╤═══════╤═════════╗\n║ mill  │ sacks │ is_open ║\n╠═══════╪═══════╪═════════╣\n"
                "║ upper │ 12    │ t       ║\n║ lower │ 7     │ f       ║\n╚═══════╧═══════╧═════════╝"),
        ("grid", "+-------+-------+---------+\n| mill  | sacks | is_open |\n+=======+=======+=========+\n"
                 "| upper | 12    | t       |\n+-------+-------+---------+\n| lower | 7     | f       |"),
    ],
)  # fmt: skip
def test_a_drawn_table_has_rows_and_no_rules(name: str, table: str) -> None:
    found = [block for block in blocks(f"{PROSE}\n\n{table}\n\n{PROSE}") if block.kind == "row"]
    assert [block.text for block in found] == ["mill | sacks | is_open", "upper | 12 | t", "lower | 7 | f"], (
        name
    )
    assert len(blocks(f"{PROSE}\n\n{table}\n\n{PROSE}")) == 5


def test_short_paragraphs_without_blank_lines_show_their_width() -> None:
    paragraphs = [PROSE[:100], PROSE[101:], PROSE] * 4
    wrapped = "\n".join("\n".join(textwrap.wrap(paragraph, 80)) for paragraph in paragraphs)
    assert texts(wrapped) == paragraphs


@pytest.mark.parametrize(
    ("sentence", "at"),
    [
        ("We protect your rights with two steps: they (1) copyright the software, and (2) offer you this.", "(2)"),
        ("For it were nineteen members of the council, against it were 14. They left the house at once.", "14."),
        ("Вера, которой было тридцать лет, сказала — ей уже девять лет, и мы с ней идём домой.", "—"),
    ],
)  # fmt: skip
def test_a_number_or_dash_inside_a_sentence_begins_no_item(sentence: str, at: str) -> None:
    paragraph, seen = f"{PROSE} {sentence} {PROSE}", 0
    for width in range(64, 90):
        lines = textwrap.wrap(paragraph, width)
        if any(line.startswith(f"{at} ") for line in lines):
            assert texts("\n".join(lines)) == [paragraph]
            seen += 1
    assert seen


def test_items_below_a_full_line_stay_items() -> None:
    item = "apples of the old sorts that keep until the spring of the next year, and"
    lists = [
        [f"{sign} {item}" for sign in signs]
        for signs in (("1.", "2.", "3."), ("—", "—", "—"), ("(a)", "(b)"))
    ]
    prose = "\n".join(textwrap.wrap(PROSE, 76))
    for lines in lists:
        assert len(blocks(f"{prose}\n\n" + "\n".join(lines) + f"\n\n{prose}")) == 2 + len(lines)


def test_line_breaks_are_as_long_however_they_are_written() -> None:
    wrapped = "\n".join(textwrap.wrap(f"{PROSE} {PROSE}", 70))
    tables = [read_text(Page(text, kind="text")).table for text in (wrapped, wrapped.replace("\n", "\r\n"))]
    assert [[column.tolist() for column in table or ()] for table in tables] == [
        [column.tolist() for column in tables[0] or ()]
    ] * 2


def test_a_wrapped_list_keeps_its_items() -> None:
    items = [
        "\n".join(textwrap.wrap(PROSE, 76, initial_indent="  • ", subsequent_indent="    ")) for _ in range(3)
    ]
    assert texts("\n".join(items)) == ["- " + PROSE] * 3


@pytest.mark.parametrize(
    "lines",
    [
        ["Home", "News", "Sport", "About us"],
        [
            f"A headline of about sixty letters or so, the {n} of a list{'!' * (n * 5 % 17)}"
            for n in range(12)
        ],
        [f"A headline of about fifty letters, the {n} of them{' x' * (n % 4)}" for n in range(100, 140)],
        [f"{n * 7919:032x}" * 2 for n in range(400)],
        [PROSE, PROSE, PROSE],
        ["for i in range(10):", "print(i)", "x = {1: 2}"],
        REFERENCES.split("\n"),
        SENTENCES.split("\n"),
        VERSE.split("\n"),
        LOG,
    ],
)
def test_lines_that_no_width_broke_stay(lines: list[str]) -> None:
    assert texts("\n".join(lines)) == texts("\n\n".join(lines)) == lines


@pytest.mark.parametrize(
    ("text", "gaps"),
    [
        ("one\ntwo", [0, 0]),
        ("one\n\n\ntwo", [0, 2]),
        ("one\f\ntwo", [0, -1]),
        ("one\n\n=====\n\ntwo", [0, -1]),
        ("one\n\n----------\ntwo", [0, -1]),
        ("Title\n=====\ntwo", [0, 1]),
        ("one\n\nhttps://example.org/a\n\ntwo", [0, -1, 1]),
        ("WARC/1.0\r\nWARC-Type: conversion\r\n\r\none", [-1]),
        ("one\nWARC/1.1\nContent-Length: 9\nWARC-Date: \n  2020\n\ntwo", [0, -1]),
        ("one\n  WARC/1.0\ntwo", [0, 0, 0]),
    ],
)
def test_gaps_and_hard_boundaries(text: str, gaps: list[int]) -> None:
    assert [block.gap for block in blocks(text)] == gaps


@pytest.mark.parametrize(
    ("line", "kind", "text"),
    [
        ("• one", "item", "- one"),
        ("    * one", "item", "- one"),
        ("## Head", "heading", "Head"),
        ("a\tb\tc", "row", "a | b | c"),
        ("| a | b |", "row", "a | b"),
        ("│ a │ b │", "row", "a | b"),
        ("a │ b", "row", "a | b"),
        ("| a | --- | :---: | - |", "row", "a | -"),
        ("A  plain\u00a0 line", "paragraph", "A plain line"),
        ("  return total;", "code", "  return total;"),
        ("  color: red;", "code", "  color: red;"),
        ("  return a * b;", "code", "  return a * b;"),
        ("  And father lights the light;", "paragraph", "And father lights the light;"),
        ("Était-ce  vrai;", "paragraph", "Était-ce vrai;"),
        (
            "(a) enter the premises,  if he must (by day);",
            "paragraph",
            "(a) enter the premises, if he must (by day);",
        ),
        ("use of it, e.g.  the 3.5 million;", "paragraph", "use of it, e.g. the 3.5 million;"),
        ("-\n\nLone bullet", "item", "- Lone bullet"),
    ],
)
def test_kinds(line: str, kind: str, text: str) -> None:
    (block,) = blocks(line)
    assert (block.kind, block.text) == (kind, text)


@pytest.mark.parametrize(
    "lines",
    [
        ["— Вы слышали, что мост открыли? — спросила Вера.", "— Слышала, — ответил голос.", "— И что?"],
        ["—\u00a0Où vas-tu ?", "—\u00a0Chez moi."],
        ["– Nie wiem – powiedziała Ania."],
        ["No man is an island.", "— John Donne"],
        ["Она не ответила.", "", "— Да — сказал он, и все, кто был в доме, встали", "из-за стола."],
    ],
)
def test_a_dash_of_who_speaks_stays(lines: list[str]) -> None:
    found = blocks("\n".join(lines))
    assert [block.text for block in found] == [line.replace("\u00a0", " ") for line in lines if line]
    assert {block.kind for block in found} == {"paragraph"}


@pytest.mark.parametrize("sign", ["—", "–"])
def test_dashes_before_short_items_make_a_list(sign: str) -> None:
    found = blocks("\n".join(f"{sign} {line}" for line in ["яблоки;", "two pears", "сливы."]))
    assert [block[:2] for block in found] == [
        ("- яблоки;", "item"),
        ("- two pears", "item"),
        ("- сливы.", "item"),
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("W hen the rain stopped, we went out.", "When the rain stopped, we went out."),
        ("I n the rain nobody went out.", "In the rain nobody went out."),
        ("I f it rains, we stay.", "I f it rains, we stay."),  # "if" is nowhere else
        ("T cells attack the virus.", "T cells attack the virus."),
        ("A man came in.", "A man came in."),
        ("I was there.", "I was there."),
        ("Ж ители ждали моста. Как ждали жители?", "Жители ждали моста. Как ждали жители?"),
        ("É tant donné cela, étant là.", "Étant donné cela, étant là."),
        ("Ü ber das Bad, über die Stadt.", "Über das Bad, über die Stadt."),
        ("W henever " + PROSE[4:], "Whenever " + PROSE[4:]),
        ("F ermé depuis 1974, " + PROSE, "Fermé depuis 1974, " + PROSE),
        ("W henever it came.", "W henever it came."),  # too short a paragraph
        ("W domu i w lesie nie był " + PROSE, "W domu i w lesie nie był " + PROSE),
        *((f"{line} {PROSE}", f"{line} {PROSE}") for line in STAY),
    ],
)
def test_drop_capitals_are_mended(line: str, expected: str) -> None:
    assert texts(f"{line}\n\nNobody knew when it began in cells: a man.")[0] == expected


def test_a_drop_capital_is_mended_where_its_rest_is_as_frequent_besides() -> None:
    """It begins the word itself once."""
    for times, expected in ((1, "When it was"), (2, "W hen it was")):
        assert texts(f"W hen it was\n\nNobody knew when{', a hen' * times}.")[0] == expected


@pytest.mark.parametrize("sign", list("\u200f\u200e\u200b\u2060\ufeff\u202a\u202c\u2069"))
def test_what_is_invisible_around_lines_changes_nothing(sign: str) -> None:
    lines = ["القرية", "عادت المياه إلى نبع القرية.", "", "  - item", "\tset in", "====", "x;", "end."]
    marked = [f"{sign}{line}{sign}" for line in lines]
    plain, found = blocks("\n".join(lines)), blocks("\n".join(marked))
    assert [block[:3] for block in found] == [block[:3] for block in plain]
    assert [block.gap for block in found] == [block.gap for block in plain]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Donau\u00addampf\u2060schiff\ufeff und \u200bMeer", "Donaudampfschiff und Meer"),
        ("ที่นี่\u200bคือบ้าน", "ที่นี่\u200bคือบ้าน"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("an emoji \U0001f469\u200d\U0001f680 here", "an emoji \U0001f469\u200d\U0001f680 here"),
    ],
)
def test_what_is_invisible_inside_words_goes_if_it_says_nothing(text: str, expected: str) -> None:
    assert texts(text) == [expected]


def test_a_soft_hyphen_at_a_line_end_is_no_end_of_a_word() -> None:
    lines = textwrap.wrap(f"{PROSE} {PROSE}", 70)
    k = next(k for k, line in enumerate(lines) if len(line) < 67 and lines[k + 1][:3].isalpha())
    lines[k : k + 2] = [f"{lines[k]} {lines[k + 1][:2]}\u00ad", lines[k + 1][2:]]
    assert texts("\n".join(lines)) == [f"{PROSE} {PROSE}"]


@pytest.mark.parametrize(
    ("above", "below", "expected"),
    [
        (
            "T",
            "he passenger ferry went back. The ferry is old.",
            ["The passenger ferry went back. The ferry is old."],
        ),
        ("Ж", "ители обоих берегов ждали моста много лет.", ["Жители обоих берегов ждали моста много лет."]),
        ("I", "diversified my technical interests that year.", None),
        ("V", "the car's engine, or the value of the car's engine", None),
        ("X", "click to close this window", None),
        ("T", "The passenger ferry went back. The ferry is old.", None),
    ],
)
def test_a_capital_on_its_own_line_begins_the_word_below(
    above: str, below: str, expected: list[str] | None
) -> None:
    assert texts(f"Title\n{above}\n{below}")[1:] == (expected or [above, below])


@given(
    st.lists(
        st.sampled_from(
            [
                "- an item",
                "•",
                "para " * 30,
                "T hen",
                "  indented",
                "a | b | c",
                "# Head",
                "```",
                "x;",
                "====",
            ]
        )
        | st.text(max_size=40)
    ).map("\n".join)
)
def test_a_text_comes_with_the_table_of_its_blocks(text: str) -> None:
    document = read_text(Page(text, kind="text"))
    table = tabulate(document.blocks)
    assert document.table is not None
    assert [column.tolist() for column in document.table] == [column.tolist() for column in table]


@given(st.text(st.sampled_from("ab 中。\n\r\f\t•-#|=é\u2028\u200b\u200f\u00ad."), max_size=300))
@settings(max_examples=300, deadline=None)
def test_spans_hold_the_letters_of_their_blocks(text: str) -> None:
    found = blocks(text)
    for block in found:
        assert block.text
        assert letters(block.text) == letters(text[block.start : block.end])
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert letters("".join(b.text for b in found)) == letters(text)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("WARC/1.0\nis a format\nof archives.", ["WARC/1.0", "is a format", "of archives."]),
        ("WARC/1.0\nNote: it is old.\nSo it is.", ["WARC/1.0", "Note: it is old.", "So it is."]),
        ("WARC/1.0\n\n  one", ["WARC/1.0", "one"]),
        ("WARC/1.0\nWARC-Type: conversion\nIt is old.", ["It is old."]),
        ("WARC/1.0\nWARC-Type: conversion\nhttps://a.example/", ["https://a.example/"]),
        ("one\nWARC/1.0", ["one", "WARC/1.0"]),
    ],
)
def test_only_fields_are_of_a_wet_header(text: str, left: list[str]) -> None:
    assert texts(text) == left


def test_in_a_wet_file_nothing_but_its_headers_parts_pages() -> None:
    wet = "WARC/1.0\nWARC-Type: conversion\nContent-Length: 300\n\n"
    for text, marks in (
        (f"{wet}one\n\n=====\n\ntwo\n\n{wet}three", ["wet", "wet"]),
        ("one\n\n=====\n\ntwo", ["rule"]),
    ):
        assert [start.mark for start in read_text(Page(text, kind="text")).starts] == marks


def test_a_column_of_letters_is_some_blocks() -> None:
    assert [len(text) for text in texts("x\n" * 650)] == [199] * 6 + [99]
    assert len(texts("x\n" * 400)) == 400


@pytest.mark.parametrize(
    ("line", "is_rule"),
    [("- - - -", True), ("=-  ----", True), ("- - - x -", False), ("+-+ -", True)],
)
def test_rules(line: str, is_rule: bool) -> None:
    assert len(texts(f"one\n\n{line}\n\ntwo")) == (2 if is_rule else 3)


@pytest.mark.parametrize(
    "text",
    [
        "x" * 3_000_000, "same line\n" * 300_000, "word " * 400_000, "\n" * 500_000, "- " * 200_000 + "x -",
        "e" + "\u0323\u0301" * 200_000, "WARC/1.0\n" * 100_000, "WARC/1.0\nA: b\n" * 100_000,
        # lines that may part pages, different ones in thousands
        "\n".join(3 * f"{''.join(signs)}\n" for signs in islice(product("<>@", repeat=10), 25_000)),
        "\n".join(f"{''.join(signs)}\nab" for signs in islice(product("*•·~-=_—–", repeat=5), 25_000)) * 3,
        # each line is a page, and one holds nothing but white space for long
        f"{'The road to Carrow is closed until noon. ' * 30}\n" * 30 + "word" + " " * 60_000 + "word",
    ],
)  # fmt: skip
def test_time_is_linear(text: str) -> None:
    start = time.process_time()
    blocks(text)
    assert time.process_time() - start < 10


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("History[edit]", "History"),
        ("History[edit source]", "History"),
        ("Geschichte [Bearbeiten | Quelltext bearbeiten]", "Geschichte"),
        ("История[править | править код]", "История"),
        ("歴史[編集]", "歴史"),
        ("[edit]", "[edit]"),
        ("So he said in a letter [edited]", "So he said in a letter [edited]"),
        ("He called it [edit] the book", "He called it [edit] the book"),
    ],
)
def test_headings_are_without_a_wiki_s_link_to_edit_them(line: str, shown: str) -> None:
    text = f"The pier was built of oak.\n{line}\nIt was built in spring."
    blocks = read_text(Page(text, kind="text")).blocks
    assert blocks[1].text == shown
    assert text[blocks[1].start : blocks[1].end] == line
