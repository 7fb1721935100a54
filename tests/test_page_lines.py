"""Dumps whose lines are whole pages: found, cut line by line, and stripped piece by piece."""

from __future__ import annotations

import time

import numpy as np
import pytest
from numpy.typing import NDArray

from dehusk import Options, Page, clean_page, explain_page
from dehusk.blocks.lines import split_lines
from dehusk.blocks.page_lines import part_pages
from dehusk.blocks.text import read_text
from dehusk.page_headers import find_form

MENU = "Home News Sport Business Opinion Weather Contact us Log in Subscribe"
FOOTER = "Privacy Policy Terms of Use © 2024 Harbour Courier. All rights reserved."
TOWNS = ("Vaubrun", "Halden", "Ostermoor", "Lindqvist", "Carrow", "Marlow")


DAYS = {"first": "decking", "second": "railings", "third": "lamps", "fourth": "steps", "fifth": "piles"}


def write_page(town: str, *, husk: bool = True) -> str:
    body = " ".join(
        f"The council of {town} voted on the {day} to repair the old pier, which storms had damaged last winter. "
        f"Work on the {part} is to begin in spring and will cost what the town takes from its visitors in a year."
        for day, part in DAYS.items()
    )
    return f"{MENU} {town} mends its pier {body} {FOOTER}" if husk else f"{town} mends its pier {body}"


@pytest.mark.parametrize("gap", ["\n", "\n\n", "\r\n"])
@pytest.mark.parametrize("husk", [True, False])
def test_every_line_is_a_record(gap: str, husk: bool) -> None:
    lines = [write_page(town, husk=husk) for town in TOWNS]
    text = gap.join(lines) + gap
    articles = clean_page(Page(text, kind="text"))
    assert len(articles) == len(TOWNS)
    for article, town, line in zip(articles, TOWNS, lines, strict=True):
        assert article.text.count(f"The council of {town} voted") == 5
        assert "All rights reserved" not in article.text
        assert "\n" not in article.text.partition("The council")[2]  # its pieces stand together again
        start, end = article.spans[0][0], article.spans[-1][1]
        assert text.index(line) <= start < end <= text.index(line) + len(line)


@pytest.mark.parametrize(
    "above",
    [
        "URL: https://harbour.example/{}\n",
        "--- PAGE: https://harbour.example/{} ---\nText: ",
        "# {}\n\nSource: https://harbour.example/{}\n\n",
    ],
)
@pytest.mark.parametrize("rounds", [1, 3])
def test_pages_in_one_line_below_headers_are_stripped(above: str, rounds: int) -> None:
    text = "\n\n".join(above.format(i, i) + write_page(town) for i, town in enumerate(TOWNS * rounds))
    articles = clean_page(Page(text, kind="text"), Options(window=10_000, dedup=False))
    assert [article.url for article in articles] == [
        f"https://harbour.example/{i}" for i in range(len(TOWNS) * rounds)
    ]
    for article, town in zip(articles, TOWNS * rounds, strict=True):
        assert article.text.count(f"The council of {town} voted") == 5
        assert "All rights reserved" not in article.text
        assert "Log in" not in article.text
        assert "\n" not in article.text.partition("The council")[2]


@pytest.mark.parametrize("end", ["", " © 2024 Harbour Media"])
def test_articles_in_one_line_below_headers_stay_as_they_are(end: str) -> None:
    pages = [write_page(town, husk=False) + end for town in TOWNS]
    text = "\n\n".join(f"URL: https://harbour.example/{i}\n{page}" for i, page in enumerate(pages))
    assert [article.text for article in clean_page(Page(text, kind="text"))] == pages


def test_what_a_header_says_of_a_page_in_one_line_is_the_record_s() -> None:
    text = "\n\n".join(
        f"URL: https://harbour.example/{i}\nTitle: The Long Bridge {i}\nAuthor: Reuters\n{write_page(town)}"
        for i, town in enumerate(TOWNS)
    )
    articles = clean_page(Page(text, kind="text"), Options(dedup=False))
    assert [article.title for article in articles] == [f"The Long Bridge {i}" for i in range(len(TOWNS))]
    assert {article.author for article in articles} == {"Reuters"}


def test_pages_of_many_lines_stay_so_in_windows_beside_pages_of_one() -> None:
    def write(i: int, town: str) -> str:
        page = write_page(town) if i < 12 else write_page(town, husk=False).replace(". ", ".\n")
        return f"URL: https://harbour.example/{i}\n\n{page}"

    text = "\n\n".join(write(i, town) for i, town in enumerate(TOWNS * 5))
    articles = clean_page(Page(text, kind="text"), Options(window=10_000, dedup=False))
    assert len(articles) == 5 * len(TOWNS)
    assert all(article.text.count("\n") == 9 for article in articles[18:24])


@pytest.mark.parametrize("count", [1, 2])
def test_one_page_or_two_are_stripped_too(count: int) -> None:
    lines = [write_page(town) for town in TOWNS[:count]]
    articles = clean_page(Page("\n".join(lines), kind="text"), Options(dedup=False))
    assert [
        article.text.count(f"The council of {town}") for article, town in zip(articles, TOWNS, strict=False)
    ] == [5] * count
    assert not any("All rights reserved" in article.text or "Log in" in article.text for article in articles)


def test_a_page_in_one_line_of_chinese_is_stripped() -> None:
    body = "甲鎮決定修復舊碼頭。" + "工程將於春季開始，費用由遊客稅支付，鎮長在會議上這樣說。" * 15
    text = f"首頁 新聞 體育 天氣 財經 生活 旅遊 聯絡我們 登入 {body} 關於我們 隱私政策 © 2024 海港日報"
    (article,) = clean_page(Page(text, kind="text"))
    assert "工程將於春季開始" in article.text
    assert not {"首頁", "隱私政策"} & set(article.text.split())


@pytest.mark.parametrize("count", [1, 2, 4])
def test_long_paragraphs_without_husk_stay_whole(count: int) -> None:
    text = "\n".join(write_page(town, husk=False) for town in TOWNS[:count])
    assert len(read_text(Page(text, kind="text")).blocks) == count
    assert (
        "".join(article.text for article in clean_page(Page(text, kind="text"))).count("The council")
        == 5 * count
    )


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(
            "最后 一家 印刷厂 关门 了 工人 们 收拾 东西 离开 " * 60, id="Chinese with spaces between words"
        ),
        pytest.param(
            "THE COUNCIL HAS VOTED TO REPAIR THE OLD PIER BEFORE THE SPRING TIDES COME IN. " * 20,
            id="capitals",
        ),
        pytest.param(" ".join(f"Ann Roe ({i}) Bo Li ({i + 1})" for i in range(120)), id="names"),
        pytest.param("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 " * 40, id="numbers"),
    ],
)
def test_a_list_in_one_line_stays_whole(line: str) -> None:
    assert len(read_text(Page(line, kind="text")).blocks) == 1


def test_a_title_has_its_line_above() -> None:
    text = "\n".join(f"{town} mends its pier\n{write_page(town, husk=False)}" for town in TOWNS)
    articles = clean_page(Page(text, kind="text"))
    assert [article.title for article in articles] == [f"{town} mends its pier" for town in TOWNS]


def test_a_page_has_fewer_characters_where_one_says_more() -> None:
    lines = [
        f"首頁 新聞 體育 天氣 財經 生活 {town}決定修復舊碼頭 " + "工程將於春季開始，費用由遊客稅支付。" * 12
        for town in ("甲鎮", "乙鎮", "丙鎮", "丁鎮", "戊鎮")
    ]
    assert len(clean_page(Page("\n".join(lines), kind="text"), Options(dedup=False))) == len(lines)


def test_one_page_is_not_cut() -> None:
    text = "\n".join(write_page(town) for town in TOWNS)
    assert len(clean_page(Page(text, kind="text", is_single=True))) == 1
    assert len(clean_page(Page(text, kind="text"), Options(split=False))) == 1


@pytest.mark.parametrize(
    ("lines", "form"),
    [
        ([write_page(town) for town in TOWNS], "lines"),
        ([write_page(town) for town in TOWNS[:1]], "lines"),
        ([write_page(town, husk=False) for town in TOWNS[:4]], ""),
        ([write_page(town)[:700] for town in TOWNS], "lines"),
        ([f"{town} {write_page(town)[:700]}" for town in TOWNS], ""),
        (["新聞 " + "市議會週二決定修復舊碼頭，工程將於春季開始。" * 17] * 5, "lines"),
        (["新聞 " + "市議會週二決定修復舊碼頭，工程將於春季開始。" * 12] * 5, "lines"),
        (["市議會週二決定修復舊碼頭，工程將於春季開始。" * 7] * 5, ""),
        ([write_page(town) for town in TOWNS] + ["A short line of a page."] * 60, ""),
        ([], ""),
    ],
    ids=[
        "pages",
        "one page",
        "a few paragraphs",
        "short, one site",
        "short, no site",
        "Chinese",
        "short, Chinese",
        "Chinese paragraphs",
        "many short lines",
        "nothing",
    ],
)
def test_which_texts_are_such_dumps(lines: list[str], form: str) -> None:
    assert find_form(lines, [0] * len(lines)) == form


def test_pieces_are_the_line_without_the_spaces_between() -> None:
    lines = [write_page(town) for town in TOWNS]
    lines[2] = "首页 新闻 体育 " + "市议会周二决定修复旧码头。 工程将于春季开始。" * 40
    lines[3] = "الرئيسية أخبار رياضة " + "قرر المجلس يوم الثلاثاء إصلاح الرصيف القديم بعد العواصف " * 30
    text = "\n".join(lines)
    blocks = read_text(Page(text, kind="text")).blocks
    assert "".join(block.text for block in blocks).replace(" ", "") == text.replace(" ", "").replace("\n", "")
    assert all(text[block.start : block.end] == block.text for block in blocks)
    assert max(len(block.text) for block in blocks) < 200


def test_a_korean_sentence_is_one_piece() -> None:
    first, second = (
        "서울의 오래된 목욕탕이 이달 말 문을 닫는다.",
        "손님들은 수건과 대야를 들고 마지막으로 줄을 섰다.",
    )
    lines, _ = part_pages(split_lines(f"{first} {second}"))
    assert lines.texts == [first, second]


def test_no_word_goes_from_the_middle_of_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def find_prose(texts: list[str], *_: object, **__: object) -> NDArray[np.bool_]:
        return np.array([text not in ("Defence", "Share") for text in texts])

    monkeypatch.setattr("dehusk.label.text.keep_prose", find_prose)
    body = "Word of it came early. " * 60
    hole = (
        "Those who know the ministry called Defence Ministry matters with care have said nothing of the pier"
    )
    line = f"{body}{hole} of {{}}, though Share Pages were full of it. {body}"
    articles = clean_page(
        Page("\n".join(map(line.format, TOWNS)), kind="text"), Options(dedup=False, templates=False)
    )
    assert len(articles) == len(TOWNS)
    for article in articles:
        assert "called Defence Ministry" in article.text
        assert "though Share" not in article.text


def test_days_in_front_show_no_site() -> None:
    lines = [f"0{n}.05.2024    {write_page(town, husk=False)[:900]}" for n, town in enumerate(TOWNS, 1)]
    assert find_form(lines, [0] * len(lines)) == ""
    named = [f"The Courier of the moor {line}" for line in lines]
    assert find_form(named, [0] * len(lines)) == "lines"


def test_what_goes_is_named() -> None:
    text = "\n".join(write_page(town) for town in TOWNS)
    gone = [item for item in explain_page(Page(text, kind="text")) if not item.is_kept]
    assert any("All rights reserved" in item.block.text and item.label == "footer" for item in gone)


def test_time_is_linear() -> None:
    seconds = []
    for count in (8, 64):
        text = "\n".join((write_page("Carrow", husk=False) + " ") * 100 for _ in range(count))
        start = time.process_time()
        read_text(Page(text, kind="text"))
        seconds.append(time.process_time() - start)
    assert seconds[1] < 20 * seconds[0]  # a quadratic one takes 64 times


def test_a_window_of_nothing_has_no_page() -> None:
    lines = [" ".join(write_page(f"{town} {n}", husk=False) for n in range(4)) for town in TOWNS]
    text = "\n".join(lines) + "\n" * 200_000
    assert len(list(clean_page(Page(text, kind="text"), Options(window=50_000)))) == len(TOWNS)


@pytest.mark.parametrize(
    "tail",
    ["Keywords: the old pier of the town. The council and its storms. The visitors of a year. Works of {}."],
)
def test_the_last_line_of_a_header_is_of_no_page(tail: str) -> None:
    pages = (
        f"URL: https://site.example/{n}\n{write_page(town)}\n{tail.format(town)}"
        for n, town in enumerate(TOWNS)
    )
    articles = list(clean_page(Page("\n\n".join(pages), kind="text"), Options(dedup=False)))
    assert len(articles) == len(TOWNS)
    assert not any("its storms" in article.text for article in articles)


def test_no_author_is_half_a_name() -> None:
    lines = [
        write_page(town, husk=False).replace("pier The", "pier By Ines Marrable, 2024-03-02 The", 1)
        for town in TOWNS
    ]
    articles = clean_page(Page("\n".join(lines), kind="text"))
    assert len(articles) == len(TOWNS)
    assert {article.author for article in articles} <= {"", "Ines Marrable"}
