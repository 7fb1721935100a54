"""Notes on their authors leave articles in plain text; what an article says of whoever wrote it stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dehusk
from dehusk.metadata import find_notes
from dehusk.model import Block, Labelled, Page

PROSE = (
    "The wind came at night and took all that lay on the shore, and nobody knew where the boats had gone by morning.",
    "Fishermen went out at first light and found two of them far behind the point, bottom up and without their oars.",
    "The council wants a wall of stone, but the harbour master says that no wall has ever held at this place for long.",
)
HEAD = ("Storm takes the boats of the harbour", "By Ann Roe", "May 5, 2024")
NOTE = "Ann Roe is a reporter at the Harbour Gazette and has written about the sea since 2009."


def find(*texts: str, author: str = "Ann Roe", kind: str = "paragraph") -> list[str]:
    """The texts that are notes, of an article that begins with these paragraphs and ends with `texts`."""
    lines = [
        *(Labelled(Block(text, "paragraph", 0, 0, 0), "content", "", 1.0) for text in (*PROSE, *PROSE)),
        *(Labelled(Block(text, kind, 0, 0, 0), "content", "", 1.0) for text in texts),
    ]
    return [lines[at].block.text for at in find_notes(lines, author)]


def test_note_leaves_the_record() -> None:
    page = Page("\n\n".join((*HEAD, *PROSE, *PROSE[::-1], NOTE)), kind="text")
    (article,) = dehusk.clean_page(page)
    assert article.author == "Ann Roe"
    assert NOTE not in article.text
    assert article.text.endswith(PROSE[0])
    assert article.spans[-1][1] == page.content.index(NOTE) - 2
    last = dehusk.explain_page(page)[-1]
    assert (last.block.text, last.label, last.reason) == (NOTE, "byline", "says who the author is")


def test_note_goes_with_what_belongs_to_it() -> None:
    more = "Before that Ann sailed on freighters for eleven years, mostly between Rotterdam and Durban."
    where = "ann@gazette.example"
    assert find("Ann Roe", NOTE, more, where) == ["Ann Roe", NOTE, more, where]
    other = "Bo Li, who took the photographs, teaches at the school of arts."
    assert find(NOTE, other, author="Ann Roe and Bo Li") == [NOTE, other]


@pytest.mark.parametrize(
    ("author", "note"),
    [
        ("Eva Groß", "Eva Groß arbeitet seit 2011 als freie Journalistin in Hamburg."),
        ("Léa Roy", "Léa Roy, journaliste à Lyon, a publié trois livres sur la Méditerranée."),
        ("Пётр Лаптев", "Пётр Лаптев — журналист, живёт в Мурманске и пишет о море."),
        ("ليلى حداد", "ليلى حداد، صحفية مقيمة في بيروت تكتب عن البحر والموانئ منذ سنوات."),
        ("Nguyễn Thị Hoa", "Nguyễn Thị Hoa (sinh năm 1984) là nhà báo ở Đà Nẵng, chuyên viết về biển."),
    ],
)
def test_notes_in_other_languages(author: str, note: str) -> None:
    assert find(note, author=author) == [note]


@pytest.mark.parametrize(
    "texts",
    [
        ("Ann Roe is a reporter, says the card on the door.", PROSE[1]),  # prose behind it
        ("Ann Roe: And what did you do when the boats were gone?",),
        (
            "Ann Roe — What did you do when they were gone?",
            PROSE[0],
            "Ann Roe — And when it was light, what then?",
        ),
        ("Ann Roe has thought of this for years. Nobody else on the shore did.", PROSE[1], NOTE),
        (
            NOTE,
            "Monday: cold and clear",
            "Tuesday: snow from the west",
            "Wednesday: a storm, and calm at night again",
        ),
        ("Ann Roe is here.",),
    ],
)
def test_text_that_begins_with_the_name_stays(texts: tuple[str, ...]) -> None:
    assert find(*texts) == []


def test_who_an_article_is_about_stays() -> None:
    for who in ("Ann", "Ann Roe"):
        about = f"Nobody asked {who} about the boats before the council met for the third time in that long winter."
        assert find(about, PROSE[1], NOTE) == []
    other = (
        "Mr. Roe of the council wants a wall of stone, whatever the harbour master and all others say of it."
    )
    assert find(other, PROSE[1], NOTE) == [NOTE]


@pytest.mark.parametrize(
    "note",
    [
        NOTE,
        "Marlene Gutbrod ist seit 2011 freie Journalistin in Hamburg.",
        "Benedito Sampaio é professor aposentado de biologia e colunista.",
        "Пётр Лаптев — журналист, живёт в Мурманске и пишет о море.",
    ],
)
def test_a_note_on_somebody_who_writes_needs_no_byline(note: str) -> None:
    assert find(note, author="") == [note]


@pytest.mark.parametrize(
    "text",
    [
        "Ann Roe told reporters that the wall would come, whatever the council said.",
        "Ann Roe, an editor at the Gazette, said that nobody had asked the paper.",
        "Ann Roe is a captain, and knows the point as few others on this shore do.",
        "Harbour News is a magazine for writers, and comes out on every Thursday.",
    ],
)
def test_others_stay_without_a_byline(text: str) -> None:
    assert find(text, author="") == []


def test_what_else_has_an_address_stays() -> None:
    tickets = "Tickets for the harbour museum: www.museum.example"
    assert find(NOTE, tickets) == [NOTE]
    assert find(NOTE, "Follow: https://social.example/ann") == [NOTE, "Follow: https://social.example/ann"]


def test_names_with_vowel_signs() -> None:
    note = "नेहा कमल मुंबई में रहती हैं और समुद्र, नावों और मछुआरों के बारे में लिखती हैं, जब भी समय मिलता है।"
    about = "जब तूफ़ान आया तब नेहा कमल तट पर थीं और उन्होंने सबसे पहले नावों को खोजा, जैसा कि सब लोग आज भी बताते हैं।"
    assert find(note, author="नेहा कमल") == [note]
    assert find(about, PROSE[0], note, author="नेहा कमल") == []


def test_lists_and_long_texts_stay() -> None:
    assert find(NOTE, kind="item") == []
    assert find(NOTE + 8 * " She writes of the sea, of boats and of those who build them there.") == []


def test_only_people_have_notes() -> None:
    for author in ("admin", "Harbour News", "The Gazette", "Al Jazeera", ""):
        assert (
            find(f"{author} has approached the ministry for comment, but nobody was there.", author=author)
            == []
        )


@given(st.lists(st.sampled_from([*PROSE, NOTE, "Ann Roe", "Share", "ann@gazette.example"])), st.text())
def test_notes_are_near_the_end_and_never_all(texts: list[str], author: str) -> None:
    lines = [Labelled(Block(text, "paragraph", 0, 0, 0), "content", "", 1.0) for text in texts]
    for name in ("Ann Roe", author):
        found = find_notes(lines, name)
        assert found == sorted({*found})
        assert sum(len(texts[at]) for at in found) <= 0.6 * sum(map(len, texts))
        assert all(texts[at] not in PROSE for at in found if name == "Ann Roe")
