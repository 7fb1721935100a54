"""segment.text_contents: the pages of a dump that a listing in it names, and the cuts that follow."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dehusk
from dehusk.model import Block, Labelled
from dehusk.segment import text_contents
from dehusk.segment.text_contents import cut_named_pages, find_contents
from dehusk.segment.text_echoes import EchoFinder, Manner
from dehusk.segment.text_features import describe_gaps
from dehusk.segment.text_model import Candidates, load_weights
from dehusk.words import hash_words

PAGES = {
    "Harbour gets a second crane": [
        "The harbour board has ordered a second crane for the timber quay, to be delivered before the autumn.",
        "It lifts forty tonnes, twice what the old one does, and runs on rails that were laid in the spring.",
        "Skippers had complained for years of waiting a whole tide for their cargo to be unloaded.",
        "The crane is paid for by a levy on every tonne of timber; the mills have agreed to that in writing now.",
        "Two men will be trained to work it, and nobody will lose his place, the board says.",
    ],
    "Ferry timetable to change in June": [
        "From the first of June the ferry leaves at ten past the hour instead of on the hour, the line says.",
        "The captain expects that trains and boats will meet again, as they did until two years ago.",
        "Season tickets stay valid, and nobody has to change them at the counter, he added.",
        "On Sundays the first boat will go at eight, an hour earlier, for those who walk on the island.",
        "The last one back waits for the concert in the chapel to end.",
    ],
    "Who owns the old lighthouse?": [
        "Three families claim the old lighthouse, and none of them can show a deed for the island.",
        "The county archive burned in 1921, and with it the register in which all sales had been written.",
        "A judge will hear all three of them in November, unless they settle before that.",
        "One family has a key, one has paid the taxes for sixty years, and one was born in the keeper's room.",
        "The light itself belongs to the coast guard, which has asked to be left out of the quarrel.",
    ],
    "Herring are back in the bay": [
        "For the first time in eleven years herring have been caught in the bay in large numbers.",
        "Biologists believe that the water has become colder again since the winter of last year.",
        "A quota will be set in August; until then boats may land two tonnes a week each.",
        "The smokehouse on the south pier, shut since 2016, has hired back its last foreman and bought alder wood.",
        "Old people remember years when the whole town smelled of it from the end of August to Christmas.",
    ],
}
STRANGE = [
    ("A page that is elsewhere", "Nothing of what is written here stands in any of the pages of this dump")
]


def cut_off(text: str, words: int = 14) -> str:
    return " ".join(text.split()[:words]) + " ..."


def list_pages(pages: list[tuple[str, str]], *, numbered: bool = True) -> list[str]:
    lines = []
    for number, (title, snippet) in enumerate(pages, 1):
        lines += [f"{number}. {title}" if numbered else title, cut_off(snippet)]
    return lines


LISTED = [(title, lines[0]) for title, lines in PAGES.items()]
BLOCKS = [text for title, lines in PAGES.items() for text in (title, *lines)]


def find(texts: list[str]) -> list[tuple[list[int], int]]:
    return [(page.titles, page.snippet) for page in find_contents(texts, hash_words(texts)).pages]


@pytest.mark.parametrize(
    "listing",
    [list_pages(LISTED, numbered=False), list_pages(LISTED + STRANGE), list_pages(STRANGE + LISTED)],
)
def test_pages_are_found_below_and_above_their_listing(listing: list[str]) -> None:
    found = [([6 * page], 6 * page + 1) for page in range(4)]
    assert find(BLOCKS + listing) == found
    above = len(listing)
    assert find(listing + BLOCKS) == [
        ([title + above for title in titles], at + above) for titles, at in found
    ]


def test_pages_without_title_are_found_between_others() -> None:
    listing = list_pages([*LISTED[:1], ("Boats and trains", LISTED[1][1]), *LISTED[2:], *STRANGE])
    assert find(BLOCKS + listing) == [([0], 1), ([], 7), ([12], 13), ([18], 19)]


def test_a_faint_trace_counts_in_the_order_of_the_entries_alone() -> None:
    words = "the water of the bay was colder"
    faint = ("Cold water", f"{words} than in any other year of this one")
    trace = (
        f"Experts say that {words} last year, and will be warmer in the next one, or that is what they hope."
    )
    fifth = ("A fifth page", "Here is a fifth page whose text has nothing to do with boats or water or fish.")
    goes_on = "It goes on for a while, so that it is longer than what the listing says of it, by far."
    texts = [*BLOCKS[:18], "Cold", trace, *BLOCKS[18:], *fifth, goes_on]
    in_order = [*LISTED[:3], faint, *LISTED[3:], fifth]
    assert ([], 19) in find(texts + list_pages(in_order))
    assert ([], 19) not in find(texts + list_pages([faint, *LISTED, fifth]))
    assert ([], 19) not in find(texts + list_pages(in_order[:-1] + STRANGE))  # four do not prove an order


def test_copies_are_as_many_pages_as_there_are_entries_for_them() -> None:
    first = LISTED[0]
    texts = [*BLOCKS, *BLOCKS[:6]]
    assert [at for _, at in find(texts + list_pages(LISTED + STRANGE))] == [1, 7, 13, 19]
    assert [at for _, at in find(texts + list_pages([*LISTED, first]))] == [1, 7, 13, 19, 25]


@pytest.mark.parametrize(
    "texts",
    [
        [],
        BLOCKS,
        BLOCKS + list_pages(STRANGE * 5),
        BLOCKS[:6] + list_pages(LISTED[:1] + STRANGE * 4),  # one page is no dump
        list_pages(LISTED + STRANGE) * 2,  # a listing is no page of another
        [text for pair in LISTED for text in pair]
        + list_pages(LISTED + STRANGE),  # nor are its whole sentences
        [text for title, lines in PAGES.items() for text in lines]
        + list_pages(LISTED + STRANGE),  # no titles
    ],
)
def test_what_is_no_table_of_contents(texts: list[str]) -> None:
    assert find(texts) == []


def test_lines_may_stand_between_a_title_and_its_snippet() -> None:
    texts, listing = [], []
    for number, (title, lines) in enumerate(PAGES.items(), 1):
        between = [
            "News, Harbour",
            f"{number} May 2025",
            f"https://courier.example/news/{number}/harbour/a-story",
        ]
        texts += [title, *between, *lines]
        listing += [title, *between[1:], cut_off(lines[0])]
    tops = [9 * page for page in range(4)]
    assert find(texts + listing) == [([top, top + 2, top + 3], top + 4) for top in tops]


def test_a_title_said_in_a_sentence_is_none() -> None:
    texts = [
        *BLOCKS[:6],
        "As we wrote in the spring, herring are back in the bay, and so are the boats.",
        *BLOCKS[6:],
    ]
    assert find(texts + list_pages(LISTED))[-1] == ([19], 20)
    in_menu = "Home, Harbour, Herring are back in the bay, Subscribe, Log in"  # there it may be one
    assert find([*BLOCKS[:18], in_menu, *BLOCKS[19:], *list_pages(LISTED)])[-1] == ([18], 19)


@pytest.mark.parametrize(
    "title", ["The 10 best lanterns of 2025", "« Une cloche fausse » : rencontre", "Ellermouth 3-2 Saltby"]
)
@pytest.mark.parametrize("numbered", [True, False])
def test_any_title_is_looked_for(title: str, numbered: bool) -> None:
    texts = [title, *BLOCKS[1:]]
    assert find(texts + list_pages([(title, LISTED[0][1]), *LISTED[1:]], numbered=numbered))[0] == ([0], 1)


def test_the_time_for_a_long_listing_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_contents, "_MOST_ENTRIES", 3)
    assert find(BLOCKS + list_pages(LISTED)) == [([6 * page], 6 * page + 1) for page in range(3)]


def test_no_page_is_cut_between_its_title_and_its_snippet() -> None:
    """Lines of a page, 100 words, stand between the two."""
    texts = [
        *BLOCKS[:7],
        *(line for line in BLOCKS[13:18]),
        *BLOCKS[7:12],
        *BLOCKS[18:],
        *list_pages([*LISTED[:2], LISTED[3]]),
    ]
    labelled = [
        Labelled(Block(text, "paragraph", 0, i, i + 1), "content", "", 1.0) for i, text in enumerate(texts)
    ]
    gaps = describe_gaps(labelled, load_weights().tables)
    contents = find_contents(gaps.texts, gaps.words)
    assert [(page.titles, page.snippet) for page in contents.pages] == [([0], 1), ([6], 12), ([17], 18)]
    candidates = Candidates(gaps.after, np.zeros(len(gaps.after), np.float32))
    cuts = np.array([4, 11, 12, 13])
    assert cut_named_pages(cuts, candidates, gaps, contents=contents).at.tolist() == [6, 13, 17]


def clean(*lines: str, split: bool = True) -> list[dehusk.Article]:
    return dehusk.clean_page(dehusk.Page("\n".join(lines), kind="text"), dehusk.Options(split=split))


@pytest.mark.parametrize("numbered", [True, False])
@pytest.mark.parametrize("menu", [0, 3, 11, 14, 30])
def test_a_dump_is_cut_where_its_listing_says(numbered: bool, menu: int) -> None:
    """Without a menu no husk is between the pages; with one a title stands above it, too."""
    links = [f"Section {number}" for number in range(menu)]
    pages = [
        text
        for title, lines in PAGES.items()
        for text in (*([f"{title} | The Courier"] if menu else []), *links, title, *lines)
    ]
    articles = clean(*pages, "Search results", *list_pages(LISTED + STRANGE, numbered=numbered))
    for title, lines in PAGES.items():
        (article,) = [article for article in articles if lines[0] in article.text]
        assert article.text.startswith(title)
        assert [line for line in BLOCKS if line in article.text] == [title, *lines]
    assert (
        len(clean(*pages, "Search results", *list_pages(LISTED + STRANGE, numbered=numbered), split=False))
        == 1
    )


def test_boxes_of_one_page_are_no_pages() -> None:
    """Each box has another page's title and all that the list below the article says of it."""
    host, *boxes = PAGES.items()
    more_of_host = (
        "The old crane stays for another year, since the board would not be left with a single one in winter."
    )
    lines = [host[0], *host[1], more_of_host]
    for (title, box), (_, more) in zip(boxes, [*boxes[1:], boxes[0]], strict=True):
        lines += ["Also on this site", title, box[0], *more[1:]]
    listing = list_pages(LISTED[1:], numbered=False)
    assert len(clean(*lines, "Most read", *listing)) == len(clean(*lines)) == 1


@given(st.lists(st.sampled_from("abcd"), max_size=60), st.integers(0, 20), st.integers(0, 20))
def test_echoes_are_where_the_same_grams_are(letters: list[str], first: int, size: int) -> None:
    words = hash_words([" ".join(letters)])
    first, end = min(first, len(letters)), min(first + size, len(letters))
    is_left_out = np.zeros(len(letters), np.bool_)
    is_left_out[first:end] = True
    finder = EchoFinder(words, [(first, end)], manner=Manner(2, 0.5, 1.5), is_left_out=is_left_out)
    pairs = list(pairwise(letters))
    own = set(pairs[first : max(first, end - 1)])
    outside = [at for at, pair in enumerate(pairs) if pair in own and not is_left_out[at : at + 2].any()]
    times = Counter(pairs[at] for at in outside)
    hits = [at for at in outside if times[pairs[at]] <= 10]
    reach = 1.5 * (end - first)
    best = max(
        (len({pairs[at] for at in hits if start <= at < start + reach}) / len(own) for start in hits),
        default=0,
    )
    places = finder.find(0)
    assert max((place.share for place in places), default=0) == (best if best >= 0.5 else 0)
    last = 0
    for place in places:
        assert last <= place.first < place.end
        assert place.share >= 0.5
        assert place.share <= len(own & set(pairs[place.first : place.end])) / len(own)
        last = place.end


def test_what_stands_above_the_first_page_is_not_lost() -> None:
    letter = [
        "Letter from the coast",
        "Dear readers, the summer was long and the boats were full, and here is what we wrote.",
    ]
    articles = clean(*letter, "In this letter", *list_pages(LISTED + STRANGE), *BLOCKS)
    assert letter[1] in "\n".join(article.text for article in articles)
    assert [article.text.count("Skippers had complained") for article in articles] == [1, 0, 0, 0]


def test_short_items_of_one_page_stay_together() -> None:
    items = [(title, " ".join(lines[:2])) for title, lines in PAGES.items()]
    lines = ["Help centre", *(text for item in items for text in item)]
    listing = list_pages([(title, text) for title, text in items], numbered=False)
    assert len(clean(*lines, "Popular questions", *listing)) == len(clean(*lines)) == 1
