"""blocks.markdown: what Markdown shows, and where each character of it stands."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dehusk.blocks.markdown import is_markdown, show_markdown
from dehusk.blocks.text import read_text
from dehusk.model import Page

LINKS = "[One](https://site.example/1) [two](/2)\n\n"


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("[Home](https://site.example/)", "Home"),
        ('[Home](/ "The first page")', "Home"),
        ('[Home](/ "The "first" page")', "Home"),
        ("[Home](<https://site.example/a b>)", "Home"),
        ("[Home](https://site.example/<docs/a/>) [b](https://site.example/b/>)", "Home b"),
        ("[a](https://site.example/b_(c)_d) e", "a e"),
        ("[[1]](#note-1)", "[1]"),
        ("![A dog](dog.png)Text", "Text"),
        ('[![A dog](dog.png "Dog")](/dogs) Text', " Text"),
        ("![](data:image/png;base64,AAAA//==)", ""),
        ("[A card\n\nof some lines\n](/card)", "A card\n\nof some lines\n"),
        ("[a](https://site.example/some-\nlong-path)", "a"),
        ("glued[Share](https://site.example/s)[Print](/p)", "gluedSharePrint"),
        ("so](https://site.example/) it ends", "so it ends"),
        ("[the rules][1], [terms][] and [Terms]\n\n[1]: /rules\n[terms]: <https://site.example/t> 'T'", None),
        ("**bold** *and* _so_ ***on*** ~~gone~~", "bold and so on gone"),
        ("这是**粗体**文字", "这是粗体文字"),
        ("**_both_**", "both"),
        ("the**payment method** filter", "thepayment method filter"),
        ("we ** strongly** recommend", "we  strongly recommend"),
        ("online**in just a few clicks** —even", "onlinein just a few clicks —even"),
        ("[LICENSE](LICENSE) [t](https://a.example/My File.pdf)", "LICENSE t"),
        ("![x](data:image/svg+xml,%3Csvg xmlns='a' viewBox='0 0 3 2'%3E)Text", "Text"),
        (r"\[[edit](/e)\] \<10\> \'a\'", "[edit] <10> 'a'"),
        ("**So: **it is", "So: it is"),
        ("**A head **\nText", "A head \nText"),
        ("of results**** rather", "of results rather"),
        ("Menu __\n__\n", "Menu \n\n"),
        (r"1\. Not \*a\* list \[1\] \_ \- \+", "1. Not *a* list [1] _ - +"),
        ("a hard\\\nbreak", "a hard\nbreak"),
        ("So it was. [1] [a]\n\n[1]: https://x.example/a\n[a]: /b", "So it was. [1] a\n\n\n"),
        ("[So it was][1]\n\n[1]: https://x.example/a", "So it was\n\n"),
        (
            "Type ``` once.\n\nA [link](/a).\n\nType ``` again.",
            "Type ``` once.\n\nA link.\n\nType ``` again.",
        ),
        ("use `a_b` and ``c`d``", "use a_b and c`d"),
        ("> quoted\n> > twice\n>\n", "quoted\ntwice\n\n"),
    ],
)
def test_marks_go(source: str, shown: str | None) -> None:
    expected = "the rules, terms and Terms\n\n\n" if shown is None else shown
    assert show_markdown(source).text == expected


@pytest.mark.parametrize(
    "text",
    [
        "```py\nx = a[i](/b) ** 2 ** 3\n```",
        "    x = a[i](e.target) *p *q*\n",
        "  - ```\n    a[i](/b)\n    ```",
        "> ```\n> a[i](/b)\n> ```".replace("> ", "  "),
        "callbacks[i](event)",
        "handlers[i](e.target)",
        "he said [sic](see the note)",
        "snake_case and other_name",
        "def __init__(self, *args, **kwargs):",
        "2 * 3 * 4 and 5 ** 6",
        "x**n + y**n",
        "```\n> SELECT 2;\n[a]: https://x.example/a\n```",
        "Let $f^*$ be the dual of $g^*$ here.",
        "exclude: ['**/node_modules/**', '**/dist/**']",
        "https://x.example/_foo_/bar and https://x.example/*b*/",
        "\\[ x^2 = y \\]",
        "f(**some, **more)",
        "2**3**4",
        ">>> print(1)",
        "x > 5",
        "an array[1][2] and [3]",
        "`not closed",
        r"C:\new\table and \alpha",
        "* item\n- other\n+ third",
    ],
)
def test_what_is_no_mark_stays(text: str) -> None:
    assert show_markdown(text).text == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (LINKS, True),
        ("# Head\n\nSome [link](/a).", True),
        ("**Note** and **more**", True),
        ("[a]: https://site.example/a\n[b]: https://site.example/b", True),
        ("One [link](/a) alone.", False),
        ("# a comment\n# another\nx = 1", False),
        ("f[i](x) and g[j](y)", False),
        ("", False),
        (LINKS + "A line of a text without any marks.\n" * 500, False),
    ],
)
def test_what_markdown_is(text: str, expected: bool) -> None:
    assert is_markdown(text) is expected


PIECES = st.sampled_from(
    [
        *("[", "](", "](/a)", ")", "![", "a", " ", "\n", "\n\n", "*", "**", "_", "`", "```", "\\", "> "),
        *("[x]: /y", "中", "](https://b.c)", "    "),
    ]
)


@given(st.lists(PIECES, max_size=60).map("".join), st.lists(st.integers(0, 60), max_size=4))
@settings(max_examples=400, deadline=None)
def test_every_character_stands_where_it_is_said_to(text: str, cuts: list[int]) -> None:
    shown = show_markdown(text, [(at, min(at + 2, len(text))) for at in cuts if at < len(text)])
    places = shown.locate(np.arange(len(shown.text)))
    assert [text[i] for i in places.tolist()] == list(shown.text)
    assert (np.diff(places) > 0).all()


@given(st.lists(PIECES, max_size=60).map("".join))
@settings(max_examples=300, deadline=None)
def test_blocks_hold_the_letters_of_their_places_in_order(text: str) -> None:
    text = LINKS + text
    for block in read_text(Page(text, kind="text")).blocks:
        rest = iter(text[block.start : block.end])
        assert all(char in rest for char in block.text if char.isalnum())


def test_wrapped_markdown_is_unwrapped_by_the_width_of_its_source() -> None:
    """Broken at 78 columns, addresses included, as some tools do by themselves."""
    source = (
        "The [county council](https://news.example/topics/county-council) voted on\n"
        "Tuesday to close the old stone bridge over the [Avon](https://news.example/a)\n"
        "for nine months while engineers replace its bearings, and drivers will be sent\n"
        "round by the [ring road](https://news.example/topics/the-ring-road-and-its-\n"
        "traffic), a detour of about six miles that nobody on the east bank has asked\n"
        "for, said the council.\n\n# Other\n"
    )
    first = read_text(Page(source, kind="text")).blocks[0]
    assert first.text == (
        "The county council voted on Tuesday to close the old stone bridge over the Avon for nine months while "
        "engineers replace its bearings, and drivers will be sent round by the ring road, a detour of about six "
        "miles that nobody on the east bank has asked for, said the council."
    )
    assert (first.start, source[: first.end][-12:]) == (0, "the council.")


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("* Handwriting is not read. We\n  tried, in vain.", ["- Handwriting is not read. We tried, in vain."]),
        ("1. First step of **this**\n   procedure.\n2. Second.", ["1. First step of this procedure.", "2. Second."]),
        ("Each receipt is a file that has\na name, its date.", ["Each receipt is a file that has a name, its date."]),
        ("> A quotation that\n> goes on here.", ["A quotation that goes on here."]),
        ("A hard break stands below this line  \nand here.", ["A hard break stands below this line", "and here."]),
        ("A hard break stands below this line\\\nand here.", ["A hard break stands below this line", "and here."]),
        ("Council closes the old stone bridge\nby Ann Lee", ["Council closes the old stone bridge", "by Ann Lee"]),
        ("[Home page of the council](/home)\n[about us](/about)", ["Home page of the council", "about us"]),
        ("An article on bridges in the north\nresearch", ["An article on bridges in the north", "research"]),
        ("```\nwhile the river has not risen yet\ndo wait\n```", ["while the river has not risen yet", "do wait"]),
        ("Council closes the old stone bridge\nSchool opens", ["Council closes the old stone bridge", "School opens"]),
    ],
)  # fmt: skip
def test_breaks_inside_paragraphs_do_not_show(source: str, shown: list[str]) -> None:
    text = f"{LINKS}\n\n{source}\n"
    found = [block for block in read_text(Page(text, kind="text")).blocks if block.start >= len(LINKS)]
    assert [block.text for block in found] == shown
    assert text[found[0].start : found[-1].end].strip() in source


HOSTILE = [
    *(
        "[",
        "![",
        "](",
        '](a "',
        " *a",
        " `a` ``",
        "> ",
        "\\*",
        "](a(",
        "[a][b]",
        "\n[a]: /x ",
        "[[x]](/a)",
        "_a_",
    ),
    "](" + " " * 3000,
    "\n[a]: /x\n" + "[" * 2000 + "ﬃ" * 990_000 + "]" * 2000,
]


def test_what_ends_no_code_takes_linear_time() -> None:
    prose = "The council has closed the bridge again, and nobody in the whole town knows why it did so.\n"
    start = time.process_time()
    show_markdown(f"{LINKS}\n```\n" + f"{prose}``` a `\n" * 20_000)
    assert time.process_time() - start < 10


@pytest.mark.parametrize("piece", HOSTILE)
def test_time_and_room_are_linear(piece: str) -> None:
    text = LINKS + piece * (1_000_000 // len(piece))
    start = time.process_time()
    shown = show_markdown(text)
    assert time.process_time() - start < 10
    assert len(shown.text) <= len(text)
