"""segment.text_scripts: pages in another script than the one above are another article."""

from __future__ import annotations

import pytest

from dehusk import Page, clean_page
from dehusk.segment.text_scripts import Change, find_script_changes, name_script

TEXTS = {
    "Latin": "The ferry was repaired and goes again from the old pier, which last winter's storms had damaged.",
    "Cyrillic": "Паром отремонтирован и снова отходит от старого причала, которому зимой навредили штормы.",
    "Arabic": "أُصلحت العبارة وعادت تنطلق من الرصيف القديم الذي ألحقت به عواصف الشتاء الماضي أضرارا كبيرة هناك.",
    "Devanagari": "नाव की मरम्मत हो गई है और वह फिर पुराने घाट से चलती है, जहाँ पिछली सर्दियों के तूफ़ानों ने बहुत नुक़सान किया था।",
    "Han": "渡船已经修好，重新从旧码头出发，去年冬天的风暴曾使那里受到很大的破坏，市议会决定在春季继续修理栏杆。",
    "Hangul": "나룻배는 수리를 마치고 지난겨울 폭풍으로 큰 피해를 입은 옛 부두에서 다시 떠나며 봄에는 난간도 고친다.",
}


@pytest.mark.parametrize("script", TEXTS)
def test_the_script_of_most_letters(script: str) -> None:
    assert name_script(TEXTS[script]) == script
    assert name_script(TEXTS[script][:4]) == ""


@pytest.mark.parametrize(
    ("line", "changes"),
    [
        ("LLLHHHH", [Change(2, 3)]),
        ("LLLhHHHH", [Change(2, 3)]),
        ("LLLlHHHH", [Change(2, 4)]),
        ("LLLHHLLL", []),
        ("LHLHLHLH", []),
        ("LLLHHHHCCC", [Change(2, 3), Change(6, 7)]),
        ("LLL", []),
        ("LLLPPPPPLLL", []),
        ("LLLHLLLHLLLHLLLHHHHLLLHLLLHLLLHLLL", []),
    ],
    ids=[
        "two",
        "a short title",
        "a short end",
        "a quotation",
        "side by side",
        "three",
        "one",
        "no prose",
        "half translated",
    ],
)
def test_it_changes_for_good(line: str, changes: list[Change]) -> None:
    """L, H, C: paragraphs in three scripts, P: what a program printed; small letters: short lines."""
    long = {
        "L": TEXTS["Latin"],
        "H": TEXTS["Devanagari"],
        "C": TEXTS["Cyrillic"],
        "P": TEXTS["Cyrillic"][:-1],
    }
    ends = {"P": " 200 OK"}
    texts = [
        f"{sign} {long[sign]}{ends.get(sign, '')}" if sign in long else {"h": "नाव", "l": "Ferry"}[sign]
        for sign in line
    ]
    assert find_script_changes([text * 2 if len(text) > 9 else text for text in texts]) == changes


@pytest.mark.parametrize("other", ["Cyrillic", "Arabic", "Devanagari", "Han", "Hangul"])
def test_a_dump_is_cut_where_it_does(other: str) -> None:
    pages = [[f"{TEXTS[script][:-1]}, {i}." for i in range(6)] for script in ("Latin", other)]
    articles = clean_page(Page("\n".join(map("\n".join, pages)), kind="text"))
    assert [article.text.splitlines() for article in articles] == pages


def test_a_tutorial_in_another_script_is_not_cut_at_what_a_program_printed() -> None:
    printed = [
        f"Downloading part-{n}.tar.gz from the old mirror ({n}00 kB, 3 of them left)" for n in range(1, 9)
    ]
    lines = [f"{TEXTS['Han'][:-1]}{n}。" for n in range(12)]
    text = "\n".join([*lines[:6], *printed, *lines[6:]])
    (article,) = clean_page(Page(text, kind="text"))
    assert lines[0] in article.text
    assert lines[-1] in article.text
