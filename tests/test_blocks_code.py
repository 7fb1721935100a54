"""blocks.code: code in plain text keeps its indentation and stays together."""

from __future__ import annotations

import textwrap
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dehusk import Page, clean_page
from dehusk.blocks.code import find_code
from dehusk.blocks.lines import split_lines
from dehusk.blocks.text import read_text
from dehusk.label.text import label_text
from dehusk.label.text_bars import find_pieces, level_pieces
from dehusk.model import Options

PYTHON = """\
import asyncio

async def fetch(n):
    await asyncio.sleep(n / 10)
    if n == 3:
        raise ValueError(f"bad page {n}")

    # the rest is as it was
    print("done", n)

asyncio.run(fetch(3))"""
RUBY = """\
class Mill < Building
  def grind(grain)
    grain.husk!
    puts grain
  end
end"""
YAML = """\
services:
  web:
    image: shop
    ports:
      - "80:80"
  store:
    image: redis"""
JSON = """\
{
  "id": "word-count",
  "permissions": [
    "editor.read"
  ]
}"""
SHELL = """\
for f in *.txt; do
    wc -l "$f"
done"""
SQL = """\
WITH cut AS (
    SELECT
        mill,
        sum(sacks) AS sacks
    FROM
        grain
    GROUP BY
        mill
)
SELECT *
FROM cut
WHERE sacks > 12;"""
ABOVE = "A short note on how the pages are fetched, and what happens when one of them cannot be read at all."
BELOW = "It uses little memory, since only one page is held at any time, and that is all there is to it."


def read(text: str) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in read_text(Page(text, kind="text")).blocks]


@pytest.mark.parametrize("code", [PYTHON, RUBY, YAML, JSON, SHELL, SQL])
@pytest.mark.parametrize("margin", ["", "    ", "\t"])
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_code_keeps_its_indentation(code: str, margin: str, gap: str) -> None:
    blocks = read(gap.join([ABOVE, textwrap.indent(code, margin), BELOW]))
    assert blocks[0] == ("paragraph", ABOVE)
    assert blocks[-1] == ("paragraph", BELOW)
    assert blocks[1:-1] == [("code", line) for line in code.split("\n") if line]


def test_lines_between_fences_keep_their_places_beside_each_other() -> None:
    """Some of them alone read as code that is set in."""
    lines = ["Usage of it all", "if x:", "    y = 1", "    z = 2", "that was all of it"]
    blocks = read(textwrap.indent("\n".join(["```", *lines, "```"]), "    "))
    assert blocks == [("code", f"    {line}") for line in lines]


def test_prose_set_in_below_code_is_none() -> None:
    """Text browsers set prose in, and code not."""
    prose = textwrap.fill(f"{ABOVE} {BELOW}", 70, initial_indent="   ", subsequent_indent="   ")
    blocks = read(f"{prose}\n\n{PYTHON}\n\n{prose}")
    assert [kind for kind, _ in blocks] == ["paragraph", *["code"] * 8, "paragraph"]


@pytest.mark.parametrize(
    "text",
    [
        "Opening hours:\n   Monday to Friday: 9 to 5\n   Saturday: 10 to 2",
        "For example:\n    the keeper of the mill\n    the miller himself",
        "Ingredients:\n  * two eggs\n  * a cup of milk\n  * salt",
        "while it lasts\n    and it does not last\n    as nothing does",
        "contact:\n   Phone 123\n   Fax 456",
        "for more information:\n    call: 555\n    mail: ann at mill\n    web: mill",
        "for further details on the festival, which\n    takes place in May, call us; or write;\n"
        "    come by and see us; we are open till six;",
        "FROM THE EDITOR\n   Dear readers, this month we look at mills\n   and at the people who keep them",
        "Where the river bends\n   the mill stands\n   and has stood",
        "if you can keep your head when all about you\n    are losing theirs and blaming it on you;\n"
        "if you can trust yourself when all men doubt you,\n    but make allowance for their doubting too;",
    ],
)
def test_what_is_set_in_below_a_colon_or_a_word_is_no_code_for_that(text: str) -> None:
    assert find_code(split_lines(text)) == []


def test_a_hostile_line_is_read_in_linear_time() -> None:
    """Half a minute where white space may be read in three ways."""
    started = time.process_time()
    assert find_code(split_lines("if x:\n" + ("        a:" + " " * 280 + "!\n") * 340)) == []
    assert time.process_time() - started < 5


def test_code_stays_whole_in_an_article() -> None:
    text = "\n\n".join([ABOVE, BELOW, ABOVE.replace("pages", "feeds"), PYTHON, BELOW.replace("page", "feed")])
    (article,) = clean_page(Page(text, kind="text"))
    assert "\n".join(line for line in PYTHON.split("\n") if line) in article.text


def test_lines_of_one_piece_are_labelled_alike() -> None:
    labelled = label_text(read_text(Page(f"{ABOVE}\n\n{PYTHON}\n\n{BELOW}", kind="text")), Options())
    code = [item for item in labelled if item.block.kind == "code"]
    assert len(code) == 8
    assert len({(item.label, item.score) for item in code}) == 1


def test_pieces_are_levelled_by_their_mean() -> None:
    document = read_text(Page(f"{ABOVE}\n\n{SHELL}\n\n{BELOW}", kind="text"))
    assert document.table is not None
    pieces = find_pieces(document.table)
    assert pieces.tolist() == [-1, 0, 0, 0, -1]
    values = [1.0, 2.0, 3.0, 7.0, 5.0]
    assert level_pieces(document.table.sizes * 0 + values, pieces).tolist() == [1.0, 4.0, 4.0, 4.0, 5.0]


LINES = st.lists(
    st.tuples(
        st.integers(0, 9),
        st.sampled_from(
            ["def f(x):", "x = 1", "return x", "{", "}", "key:", "- a", "A line of prose.", "", "```", "..."]
        ),
    ),
    max_size=30,
)


@given(LINES)
def test_any_lines_keep_their_letters_and_places(lines: list[tuple[int, str]]) -> None:
    text = "\n".join(" " * indent + line for indent, line in lines)
    for block in read_text(Page(text, kind="text")).blocks:
        said = [char for char in block.text if char.isalnum()]
        assert said == [char for char in text[block.start : block.end] if char.isalnum()]


PROSE = "The tide went out past the third post, and nobody on the pier said a word about it all morning."


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["```py", "x", "```", PROSE], ["x"]),
        (["````md", "```", "x", "```", "````"], ["```", "x", "```"]),
        (["~~~", "$ make", "cc a.c", "~~~"], ["$ make", "cc a.c"]),
        (["~~~ {.sh}", "x", "~~~"], ["x"]),
        (["~~~", PROSE, PROSE], []),  # a scene's end
        (["~~~", "“No.”", "~~~", "“Yes,” he said.", "~~~"], []),
        (["~~~ The Sea ~~~", "“No.”", "~~~ The Pier ~~~", "“Yes.”"], []),
        (["```py", "x", PROSE, PROSE, "```", "y", "```", PROSE], ["y"]),  # the first is not closed
        (["```py", "x", "```py", "y", "```"], ["y"]),
        (["```", "x"], []),
    ],
)
def test_fences_are_closed(lines: list[str], code: list[str]) -> None:
    """If not, the pages below would be code."""
    blocks = read_text(Page("\n\n".join(lines), kind="text")).blocks
    assert [block.text for block in blocks if block.kind == "code"] == code
    assert {line for line in lines if line[0] not in "`~"} <= {block.text for block in blocks}
    assert any("The Sea" in block.text for block in blocks) == any("The Sea" in line for line in lines)


def test_scenes_of_a_markdown_text_show_their_links_and_stresses() -> None:
    text = f"[A](/a) **tale**\n\n~~~\n\n{PROSE} [So](/b) *it* goes.\n\n~~~\n\n{PROSE}"
    assert f"{PROSE} So it goes." in [block.text for block in read_text(Page(text, kind="text")).blocks]
