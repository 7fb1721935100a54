"""segment.text_openings: stories that follow each other with nothing between them all begin alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dehusk import Options, Page, clean_page
from dehusk.blocks.text import read_text
from dehusk.label.text import label_text
from dehusk.segment.text_features import describe_gaps
from dehusk.segment.text_model import load_weights
from dehusk.segment.text_openings import find_openings

STORIES = (
    (
        "Council approves new bridge over the Wend",
        "Ada Ortiz",
        "4 May 2024",
        "LINDFORD",
        "The town council voted on Tuesday night to build a second bridge over the Wend, ending nine years of "
        "dispute. Work is to begin in the spring and to take two summers, the mayor said, and one lane of the "
        "old bridge stays open.",
        "The bridge costs eleven million, of which the region pays half. Shopkeepers in the old town had "
        "asked for a later start, but were told that the money has to be spent before the end of next year.",
    ),
    (
        "Ferry strike enters its second week",
        "Ben Keller",
        "5 May 2024",
        "PORT HALE",
        "Ferries to the islands stayed in port for an eighth day on Wednesday after talks about night shifts "
        "broke down. The company offered a bonus for crews that sail after ten, which the union called an "
        "insult to those who do it now.",
        "About four hundred people are waiting on the larger island, most of them guests of the music "
        "festival. Bakers and chemists there said that they have stocks for three more days.",
    ),
    (
        "School garden wins the regional prize",
        "Carla Novak",
        "7 May 2024",
        "UPPER MARCH",
        "A garden that pupils laid out on the roof of their gym has won this year's prize for schools in the "
        "region. The jury praised the barrels that catch rain, and the hives, whose honey is sold for the "
        "school library.",
        "The prize of five thousand is to pay for a greenhouse. Every class has a bed of its own, and since "
        "last autumn the canteen has bought all of its herbs upstairs.",
    ),
    (
        "Museum finds a lost letter behind a frame",
        "Dmitri Walsh",
        "9 May 2024",
        "SANDHOLM",
        "Restorers at the town museum have found a letter from 1871 behind the frame of a portrait that had "
        "hung there for a century. It is from the painter to his sister and complains about the sitter, who "
        "never paid for the picture.",
        "The letter can be seen from Sunday on. The museum hopes that it will help to date two more works "
        "which so far have been thought to be by a pupil of the painter.",
    ),
)
HEADS: dict[str, Callable[[str, str, str, str], list[str]]] = {
    "title, byline": lambda title, name, day, city: [title, f"By {name}"],
    "title, day": lambda title, name, day, city: [title, day],
    "title, name, day": lambda title, name, day, city: [title, name, day],
    "title, name and day": lambda title, name, day, city: [title, f"{name} | {day}"],
    "title, byline, day": lambda title, name, day, city: [title, f"By {name}", f"Published: {day}"],
    "byline, title": lambda title, name, day, city: [f"By {name}", title],
    "day, title": lambda title, name, day, city: [day, title],
    "title, dateline": lambda title, name, day, city: [title],
}


def write(head: str, *, between: Sequence[str] = (), top: Sequence[str] = ()) -> str:
    lines = [*top]
    for title, name, day, city, first, second in STORIES:
        opening = f"{city} (AP) — {first}" if head.endswith("dateline") else first
        lines += [*HEADS[head](title, name, day, city), opening, second, *between]
    return "\n".join(lines) + "\n"


def find(text: str) -> list[str]:
    """The lines with which the stories begin that are found."""
    document = read_text(Page(text, kind="text"))
    gaps = describe_gaps(label_text(document, Options()), load_weights().tables)
    return [gaps.texts[begin] for begin, _ in find_openings(gaps)]


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize(
    ("between", "top"), [((), ()), (("",), ()), ((), ("The Wend Courier",)), (("Read more",), ())]
)
def test_stories_begin_with_the_first_line_of_their_heads(
    head: str, between: Sequence[str], top: Sequence[str]
) -> None:
    assert find(write(head, between=between, top=top)) == [
        HEADS[head](*story[:4])[0] for story in STORIES[1:]
    ]


@pytest.mark.parametrize("head", HEADS)
def test_each_is_an_article(head: str) -> None:
    articles = list(clean_page(Page(write(head), kind="text")))
    assert [article.title for article in articles] == [story[0] for story in STORIES]
    for article, story in zip(articles, STORIES, strict=True):
        assert all(paragraph in article.text for paragraph in story[4:])
        assert sum(other[5] in article.text for other in STORIES) == 1


def test_two_stories_need_somebody_who_wrote_them() -> None:
    def cut(head: str) -> str:
        text = write(head)
        return text[: text.index(HEADS[head](*STORIES[2][:4])[0])]

    assert find(cut("title, byline")) == [STORIES[1][0]]
    assert find(cut("title, dateline")) == [STORIES[1][0]]
    assert find(cut("title, day")) == []  # as a calendar has


def test_a_text_that_begins_with_something_else_is_one() -> None:
    first, second = (
        "The shop sells pumps of all sizes, and has done so since the days of steam and coal.",
        STORIES[0][4],
    )
    assert find(write("title, byline, day", top=["Pumps", first, second])) == []


def test_below_a_long_article_they_are_what_readers_say() -> None:
    body = [paragraph for story in STORIES for paragraph in story[4:]] * 2
    article = ["The pump that does not stop", "By Omar Hale", "Published: 2 May 2024", *body]
    assert find(write("title, byline, day", top=article)) == []


def test_posts_without_titles_of_their_own_are_no_stories() -> None:
    posts = [
        line
        for title, name, day, _, first, second in STORIES
        for line in ("Re: Which pump for a deep well", f"By {name}", day, first, second)
    ]
    assert find("\n".join(posts)) == []
    listed = [
        f"Answer to all of {number} questions" if line.startswith("Re:") else line
        for number, line in enumerate(posts)
    ]
    assert find("\n".join(listed)) == []


def test_stories_of_one_day_by_one_hand_are_some() -> None:
    lines = [
        line
        for title, *_, first, second in STORIES
        for line in (title, "By Ada Ortiz, 4 May 2024", first, second)
    ]
    assert find("\n".join(lines)) == [story[0] for story in STORIES[1:]]


def test_datelines_are_of_one_form() -> None:
    places = (
        "CHARLESTON, S.C. (AP) —",
        "LEEDS, England, Sept. 12, 2023 /Newswire/ --",
        "Lisboa (Portugal), 9 abr (EFE).-",
        "Mainz/Worms (dpa) -",
    )
    lines = [
        line
        for (title, *_, first, second), place in zip(STORIES, places, strict=True)
        for line in (title, f"{place} {first}", second)
    ]
    assert find("\n".join(lines)) == [story[0] for story in STORIES[1:]]


@pytest.mark.parametrize(
    "heads",
    [
        [["В Пскове отреставрируют башню", "4 мая, 10:32"], ["Учёные нашли древний лес", "3 мая, 16:20"]],
        [
            ["구도심 버스 노선 다음 달 조정", "김민수 기자"],
            ["시립도서관 야간 개방에 시민 호응", "이서연 기자"],
        ],
        [["Freibad öffnet", "Von Ada Keller"], ["Sattelzug umgekippt", "Von Jens Brück"]],
    ],
)
def test_heads_in_other_languages(heads: list[list[str]]) -> None:
    third = [heads[0][0][::-1].title(), heads[1][1]]
    stories = zip([*heads, third], STORIES, strict=False)
    lines = [line for head, story in stories for line in (*head, *story[4:])]
    assert find("\n".join(lines)) == [heads[1][0], third[0]]


@pytest.mark.parametrize(
    "title", ["Day {}: along the river", "Tidepool 3.{}: what is new", "{}. Re: What is a good pump"]
)
def test_numbered_parts_are_of_one_text(title: str) -> None:
    lines = [
        line
        for number, (_, name, day, _, first, second) in enumerate(STORIES, 2)
        for line in (title.format(number), f"By {name}", day, first, second)
    ]
    assert find("\n".join(lines)) == []


def test_reviews_below_a_product_are_no_stories() -> None:
    product = [
        "Kestrel 20 litre rucksack",
        "Recycled nylon",
        "Colours: moss, slate, rust",
        "What buyers say of it",
    ]
    text = write("title, byline, day", top=product)
    labelled = label_text(read_text(Page(text, kind="text")), Options())
    kept = [item._replace(label="content") for item in labelled]
    gaps = describe_gaps(kept, load_weights().tables)
    assert find_openings(gaps) == []


def test_teasers_are_no_stories() -> None:
    lines = [
        line
        for title, name, day, _, first, _ in STORIES
        for line in (title, f"By {name}", day, first[:120] + ".")
    ]
    assert find("\n".join(lines)) == []


def test_no_split_leaves_them_one_record() -> None:
    articles = list(clean_page(Page(write("title, byline, day"), kind="text"), Options(split=False)))
    assert len(articles) == 1


@given(
    st.lists(
        st.sampled_from([*(line for story in STORIES for line in story), "By Ada Ortiz", ""]), max_size=25
    )
)
def test_what_begins_is_kept_text_below_the_first_paragraph(lines: list[str]) -> None:
    document = read_text(Page("\n".join(lines), kind="text"))
    labelled = label_text(document, Options())
    if sum(item.is_kept for item in labelled) < 2:
        return
    gaps = describe_gaps(labelled, load_weights().tables)
    found = find_openings(gaps)
    assert all(begin < body for begin, body in found)
    assert [begin for begin, _ in found] == sorted({begin for begin, _ in found})
    assert {body for _, body in found} <= set(gaps.kept.tolist()[1:])


def test_kickers_and_standfirsts_stay_with_their_stories() -> None:
    kickers = ("Town hall", "Transport", "Schools", "Art")
    lines = list[str]()
    for kicker, (title, name, day, _, first, second) in zip(kickers, STORIES, strict=True):
        lines += [
            kicker,
            title,
            f"What {name} says of it, and why",
            f"By {name}",
            day,
            first,
            second,
            "Read more",
        ]
    assert find("\n".join(lines)) == [*kickers[1:]]


def test_a_part_of_a_text_may_begin_in_a_story() -> None:
    text = "\n".join([*STORIES[0][4:], write("title, byline, day")])
    titles = [story[0] for story in STORIES]
    assert [article.title for article in clean_page(Page(text, kind="text"), Options(dedup=False))] != titles
    part = list(clean_page(Page(text, kind="text", offset=1_000), Options(dedup=False)))
    assert [article.title for article in part[1:]] == titles


def test_all_windows_are_cut() -> None:
    numbers = range(2, 22)
    lines = list[str]()
    for number in numbers:
        for title, name, day, _, first, second in STORIES:
            lines += [f"{title} for the {number}th time", f"By {name}", day, first, second]
    articles = list(clean_page(Page("\n".join(lines), kind="text"), Options(dedup=False, window=10_000)))
    wanted = {f"{story[0]} for the {number}th time" for number in numbers for story in STORIES}
    found = wanted & {article.title for article in articles}
    assert len(found) >= 0.8 * len(
        wanted
    )  # at four edges a story is torn, and its paragraphs come again and again


def test_an_index_of_what_is_cut_off_is_one() -> None:
    lines = list[str]()
    for title, name, day, _, first, second in STORIES:
        lines += [title, f"By {name}", day, first, f"{second[:-1]}…"]
    assert find("\n".join(lines)) == []


def test_who_speaks_is_no_place() -> None:
    lines = list[str]()
    for _, name, _, _, first, second in STORIES:
        lines += [f"Sound of {name} and a crowd", f"{name.split()[1].upper()}: {first}", second]
    assert find("\n".join(lines)) == []
