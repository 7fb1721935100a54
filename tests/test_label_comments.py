"""label.text_comments: readers' comments below an article go, in any language; posts and news with a time stay."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dehusk.blocks.text import read_text
from dehusk.label.text import label_text
from dehusk.label.text_comments import find_comments, read_moment
from dehusk.model import Options, Page
from dehusk.words import hash_words

ARTICLES = json.loads((Path(__file__).parent / "cases" / "label_text.json").read_text(encoding="utf-8"))
READERS = ("Heike", "radfahrer77", "Dr. Mabuse", "Mia und Jo", "Anton", "K. W.")
REMARKS = (
    "Das habe ich in meiner Straße genauso erlebt, und geändert hat sich seitdem nichts daran.",
    "Mich würde interessieren, was das alles gekostet hat und wer am Ende dafür bezahlen muss.",
    "Ein sehr lesenswerter Bericht, vielen Dank dafür! Die Bilder hätten gern größer sein dürfen.",
    "So einfach ist es leider nicht: Ohne die Gemeinden geht an dieser Stelle überhaupt nichts.",
    "Ich war vor Ort dabei und kann bestätigen, dass es anders war, als es hier beschrieben wird.",
    "Und morgen ist alles vergessen, wie immer, wenn die Kameras wieder abgebaut worden sind.",
)


def make_article(language: str, least: int = 1700) -> list[str]:
    """Its paragraphs, and those of the same again with other numbers, until there are so many characters."""
    lines = list[str]()
    for turn in range(50):
        for paragraph in ARTICLES[language]:
            if sum(map(len, lines)) >= least:
                return lines
            lines.append(paragraph if not turn else f"{paragraph} ({turn})")
    return lines


def find(lines: list[str]) -> list[tuple[int, int]]:
    sizes = np.array([len(line) for line in lines], np.int64)
    return list(find_comments(lines, hash_words(lines), sizes, kept=np.ones(len(lines), np.bool_)))


def write(moments: list[str], answer: str) -> list[str]:
    """A comment below each moment."""
    return [
        line
        for name, moment, remark in zip(READERS, moments, REMARKS, strict=False)
        for line in (name, moment, remark, answer)
        if line
    ]


GERMAN = [f"{day}. Juni 2019 um {day}:{day + 20} Uhr" for day in range(11, 17)]
FORMS = {
    "de": (GERMAN, "Antworten"),
    "fr": ([f"{day} juin 2019 à {day}h{day + 20}" for day in range(11, 17)], "Répondre"),
    "es": ([f"hace {day} días" for day in range(2, 8)], "Responder"),
    "ru": ([f"{day}.06.2019 в {day}:{day + 20}" for day in range(11, 17)], "Ответить"),
    "zh": ([f"2019年6月{day}日 {day}:{day + 20}" for day in range(11, 17)], "回复"),
    "ja": ([f"{day}日前" for day in range(2, 8)], "返信"),
    "en": ([f"June {day}, 2019 at {day - 10}:{day + 20} pm" for day in range(11, 17)], "Reply"),
}


@pytest.mark.parametrize("language", FORMS)
def test_comments_below_an_article_go(language: str) -> None:
    article, comments = make_article(language), write(*FORMS[language])
    first, stop = find([*article, *comments])[0]
    assert (first, stop) == (len(article), len(article) + len(comments))


def test_what_goes_is_called_comments_and_what_is_below_stays() -> None:
    article, comments = make_article("de"), write(*FORMS["de"])
    text = "\n".join([*article, *comments, "Impressum", "Datenschutz", *ARTICLES["de"]])
    labelled = label_text(read_text(Page(text, kind="text")), Options())
    kept = [item.block.text for item in labelled if item.is_kept]
    assert not set(REMARKS) & set(kept)
    assert set(ARTICLES["de"]) <= set(kept)
    assert {item.label for item in labelled if item.block.text in REMARKS} == {"comments"}


def test_below_a_heading_the_article_may_be_far() -> None:
    article, comments = make_article("de"), write(*FORMS["de"])
    lines = [*article, *["Mehr aus dem Ressort"] * 90, "6 Kommentare", *comments]
    kept = np.array([line != "Mehr aus dem Ressort" for line in lines])
    sizes = np.array([len(line) for line in lines], np.int64)
    assert list(find_comments(lines, hash_words(lines), sizes, kept=kept)) == [
        (len(article) + 91, len(lines))
    ]
    lines[-len(comments) - 1] = "Mehr aus dem Ressort"
    assert not list(find_comments(lines, hash_words(lines), sizes, kept=kept))


def test_what_can_be_quoted_is_a_comment_where_they_are_counted() -> None:
    article, comments = make_article("de"), write(GERMAN, "Antworten Zitieren")
    assert find([*article, "6 Kommentare", *comments])
    assert not find([*article, *comments])


def test_a_heading_says_what_follows_where_no_word_asks_for_an_answer() -> None:
    article, comments = make_article("de"), write(GERMAN, "")
    assert find([*article, "6 Kommentare", *comments])
    assert not find([*article, *comments])


def test_a_long_comment_is_one_of_them() -> None:
    article, comments = make_article("de"), write(*FORMS["de"])
    comments[10] = " ".join([*REMARKS] * 4)
    assert find([*article, *comments]) == [(len(article), len(article) + len(comments))]


def test_an_article_right_below_comments_stays() -> None:
    article, comments = make_article("de"), write(GERMAN, "")
    lines = [*article, "6 Kommentare", *comments, *article, "Impressum"]
    kept = np.array([line != "Impressum" for line in lines])
    sizes = np.array([len(line) for line in lines], np.int64)
    (_, stop), *_ = find_comments(lines, hash_words(lines), sizes, kept=kept)
    assert stop <= len(article) + 1 + len(comments) + 1


def test_nothing_goes_on_over_the_beginning_of_a_page() -> None:
    article, comments = make_article("de"), write(*FORMS["de"])
    lines = [*article, "6 Kommentare", *comments, *comments]
    sizes, kept = np.array(list(map(len, lines))), np.ones(len(lines), np.bool_)
    page = len(article) + 1 + len(comments)
    found = list(find_comments(lines, hash_words(lines), sizes, kept=kept, starts=[0, page]))
    assert found == [(len(article) + 1, page)]
    assert not list(find_comments(lines, hash_words(lines), sizes, kept=kept, starts=[0, len(article) + 1]))


def test_an_article_between_comments_stays() -> None:
    article, comments = make_article("de"), write(*FORMS["de"])
    lines = [*article, *comments, "Ein neuer Anfang", *article, *comments]
    gone = {i for first, stop in find(lines) for i in range(first, stop)}
    assert not gone & set(range(len(article) + len(comments), len(lines) - len(comments) - 1))


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(
            ["Thema: Radwege", "Heike", GERMAN[0], *make_article("de"), *write(GERMAN[1:], "Zitieren")],
            id="a thread, whose first post has a moment of its form",
        ),
        pytest.param(
            [*make_article("de"), *write(GERMAN, "Weiterlesen")], id="news with a time, that nobody answers"
        ),
        pytest.param(
            [*make_article("de"), "Kommentare", *write(GERMAN, "3 Kommentare")],
            id="entries that have comments themselves",
        ),
        pytest.param([*ARTICLES["de"], *write(*FORMS["de"])], id="below a short post"),
        pytest.param(
            [*make_article("de"), *write(GERMAN, "Antworten mit Zitat")], id="a thread below another page"
        ),
        pytest.param(
            [*make_article("de"), "Forum", "Radwege", *write(*FORMS["de"])], id="a thread that is called one"
        ),
        pytest.param([*make_article("de"), *write(GERMAN[:3], "Antworten")], id="three"),
        pytest.param(
            ["12 Kommentare", *make_article("de"), *write(GERMAN, "")], id="a heading above the article"
        ),
        pytest.param(
            [*make_article("de"), *write(GERMAN, ""), "Kommentar schreiben"], id="a form below, no comment"
        ),
        pytest.param(
            [*make_article("de"), "Kommentar schreiben", *write(GERMAN, "")], id="a form above other pages"
        ),
        pytest.param([*make_article("de"), "Comments are turned off", *write(GERMAN, "")], id="below none"),
        pytest.param(
            [
                *make_article("de"),
                *[
                    line
                    for moment, remark in zip(GERMAN, REMARKS, strict=True)
                    for line in (moment, remark, "Antwort:", remark * 2)
                ],
            ],
            id="questions with answers",
        ),
        pytest.param(
            [
                *make_article("de"),
                *[line for moment in GERMAN for line in (moment, *make_article("de", 900), "Antworten")],
            ],
            id="posts, as long as posts are",
        ),
    ],
)
def test_posts_and_news_stay(lines: list[str]) -> None:
    assert find(lines) == []


@pytest.mark.parametrize(
    ("line", "form"),
    [
        ("Ann Roe on April 8, 2019 at 11:40 am", "0,0a0:0"),
        ("2019-04-08 11:40:22", "0-0-00:0:0"),
        ("vor 3 Wochen", "a0a"),
        ("gartenfee77 8. April 2019, 11:40", "0.a0,0:0"),
        ("3 weeks ago", ""),
        ("Date: Fri, 1 Feb 2002 11:53:40 -0500", ""),
        ("On 8 April 2019 at 11:40 the dam broke and the water came down to the village by the river.", ""),
        ("8 April 2019", ""),
        ("00:00:41,200 --> 00:00:43,900", ""),
        ("Ann Roe 00:12:31", ""),
        ("2019-04-08T11:40:22+02:00", "0-0-0a0:0:0+0:0"),
        ("Chapter 3.1.4, page 20", ""),
    ],
)
def test_moments(line: str, form: str) -> None:
    assert read_moment(line) == form


@given(
    st.lists(
        st.sampled_from([*REMARKS, *GERMAN, *READERS, *make_article("de"), "Antworten", "", "0:00"]),
        max_size=60,
    )
)
def test_stretches_lie_inside(lines: list[str]) -> None:
    assert all(0 <= first < stop <= len(lines) for first, stop in find(lines))
