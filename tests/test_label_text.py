"""label.text: what stays of a text, and the names of what goes."""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pytest

from dehusk.block_table import tabulate
from dehusk.blocks.text import read_text
from dehusk.label.marks import TEXT_KINDS
from dehusk.label.text import _drop_ruled, _view, find_choices, find_echoes, find_listed, label_text
from dehusk.label.text_adverts import find_adverts
from dehusk.label.text_bars import (
    BARS,
    Bars,
    Slacks,
    choose_bars,
    find_long_prose,
    find_torn,
    find_torn_numbers,
    keep_prose,
)
from dehusk.label.text_features import count_chains, measure_blocks
from dehusk.label.text_hints import count_hints, load_phrases
from dehusk.label.text_model import load_weights, score_measures
from dehusk.label.text_pages import is_sentence
from dehusk.label.text_rules import find_rule, wake_rules
from dehusk.model import Block, BlockKind, Document, Labelled, Options, Page
from dehusk.words import WordHashes, hash_words

MENU = "Home\nNews\nSport\nContact us\nLog in\n"
FOOTER = "Privacy Policy\nTerms of Use\n© 2024 Example Media. All rights reserved.\n"
ARTICLES = json.loads((Path(__file__).parent / "cases" / "label_text.json").read_text(encoding="utf-8"))
"""A short article a language, one paragraph a string."""


def label(text: str, **options: str) -> list[Labelled]:
    return label_text(read_text(Page(text, kind="text")), Options(**options))  # type: ignore[arg-type]


@pytest.mark.parametrize("language", ARTICLES)
def test_the_article_stays_and_the_menu_goes_in_any_language(language: str) -> None:
    text = f"{MENU}\n" + "\n\n".join(ARTICLES[language]) + f"\n\n{FOOTER}"
    kept = [item.block.text for item in label(text) if item.is_kept]
    assert set(ARTICLES[language]) <= set(kept)
    assert not {"Home", "Sport", "Privacy Policy"} & set(kept)


@pytest.mark.parametrize("language", ARTICLES)
def test_husk_of_its_own_language_goes(language: str) -> None:
    def say(*kinds: str) -> list[str]:
        named = "zh-Hans" if language == "zh" else language
        return [phrase for kind in kinds for phrase in load_phrases()[kind][named][:3]]

    head, tail = say("menu", "account", "search"), say("share", "related", "legal", "cookie")
    text = "\n".join(head) + "\n\n" + "\n\n".join(ARTICLES[language]) + "\n\n" + "\n".join(tail)
    kept = [item.block.text for item in label(text) if item.is_kept]
    assert set(ARTICLES[language][1:]) <= set(kept)  # a title may come back later, see segment.text_heads
    assert len(set(kept) & {*head, *tail}) <= 1


@pytest.mark.parametrize(
    ("heading", "items"),
    [
        ("Most read", "1. Ten pubs you must visit this spring\n2. House prices fall\n3) Man held after fire"),
        ("Mehr zum Thema:", "- Stadtrat streitet über Parkgebühren\n- Brücke bleibt bis Mai gesperrt"),
        ("САМОЕ ЧИТАЕМОЕ", "1 Мост закрыт до весны\n2 Совет обсудит бюджет"),
        ("Most Read Business Stories", "- Airline leaves four airports\n- Inside the crisis at the radio"),
        ("相关阅读", "1. 老桥今年不再开放\n2. 市议会讨论停车收费"),
        ("BENZER YAZILAR", "- Köprü bahara kadar kapalı\n- Belediye otoparkları görüşüyor"),
    ],
)
def test_a_list_of_other_pages_goes_from_an_article(heading: str, items: str) -> None:
    paragraphs = ARTICLES["en"]
    middle = f"{heading}\n{items}".strip()
    labelled = label("\n".join([*paragraphs[:2], middle, *paragraphs[2:]]))
    kept = [item.block.text for item in labelled if item.is_kept]
    assert set(paragraphs) <= set(kept)
    assert not set(kept) & {item.block.text for item in labelled if item.block.text.lstrip("- ") in items}
    related = [item for item in labelled if item.label == "related"]
    assert len(related) > items.count("\n")
    assert all(item.score <= 0.1 for item in related if item.block.text != heading)


def test_a_list_below_another_heading_is_left_to_the_model() -> None:
    texts = ["What you need", "1. Two eggs and a cup of milk", "2. A pound of flour", "The end."]
    document = read_text(Page("\n".join(texts), kind="text"))
    assert document.table is not None
    assert list(find_listed(texts, hash_words(texts), document.table)) == []
    texts[0] = "Most popular"
    assert list(find_listed(texts, hash_words(texts), document.table)) == [1, 2]
    document = read_text(Page("\n".join([*texts[:2], texts[3]]), kind="text"))
    assert document.table is not None
    alone = [block.text for block in document.blocks]  # one item is no list
    assert list(find_listed(alone, hash_words(alone), document.table)) == []


def test_no_bar_of_recall_is_higher_and_none_of_precision_lower() -> None:
    recall, balanced, precision = (BARS[mode] for mode in ("recall", "balanced", "precision"))
    assert all(low <= middle <= high for low, middle, high in zip(recall, balanced, precision, strict=True))


def test_two_sentences_in_much_husk_stay_in_most_languages() -> None:
    lost = []
    for language, lines in ARTICLES.items():
        kept = [item.block.text for item in label("\n\n".join([MENU, *lines[:2], FOOTER])) if item.is_kept]
        if not set(lines[:2]) <= set(kept):
            lost.append(language)
    assert len(lost) <= 1


@pytest.mark.parametrize(
    ("text", "words", "phrases"),
    [
        ("Read more", {"related": 2}, [2, 0, 0, 0, 0, 2]),
        ("ALLE RECHTE VORBEHALTEN!", {"legal": 1}, [3, 0, 0, 0, 0, 3]),
        ("Hier sind alle Rechte vorbehalten", {"legal": 1}, [3, 0, 0, 0, 0, 0]),
        ("関連記事", {"related": 4}, [4, 0, 0, 0, 0, 4]),
        ("Leave a reply", {"comment": 1}, [0, 0, 3, 0, 0, 3]),
        ("- Réservé à nos abonnés", {}, [0, 0, 0, 4, 0, 4]),
        ("Obituaries", {}, [1, 0, 0, 0, 0, 0]),
        ("Ähnliche Jobs", {}, [2, 0, 0, 0, 0, 2]),
        ("Быстрый ответ", {}, [0, 0, 2, 0, 0, 2]),
        ("Añadir a la cesta", {}, [4, 0, 0, 0, 0, 4]),
        ("by all rights a free man", {"byline": 1, "legal": 1}, [0, 0, 0, 0, 0, 0]),
    ],
)
def test_hints_are_words_and_whole_phrases(text: str, words: dict[str, int], phrases: list[int]) -> None:
    counts = count_hints(hash_words([text]))[0].tolist()
    assert {kind: counts[TEXT_KINDS.index(kind)] for kind in words} == words
    assert counts[len(TEXT_KINDS) :] == phrases  # by group, and those of the phrase that it begins with


def test_every_language_has_hints_of_every_kind() -> None:
    phrases = load_phrases()
    languages = set(phrases["menu"])
    assert len(languages) >= 30
    for said in phrases.values():
        assert set(said) == languages
        for some in said.values():
            assert len(some) >= 5 and all(phrase == phrase.lower().strip() for phrase in some)


@pytest.mark.parametrize(
    ("line", "label_", "comment"),
    [
        ("We use cookies to improve your experience.", "cookies", ""),
        ("Sign up for our newsletter", "newsletter", ""),
        ("Share on Facebook", "share", ""),
        ("© 2024 Example Media", "footer", ""),
        ("Leave a Reply", "comments", ""),
        ("No comments yet", "comments", ""),
        ("[3] 12 comments", "comments", "numbers before the word that wakes it"),
        ("You may also like", "related", ""),
        ("Search results for bridges", "search", ""),
        ("Skip to main content", "menu", ""),
        ("Advertisement", "advert", ""),
        ("By Anna Smith", "byline", ""),
        ("- [12]Share", "share", "a list item with a text browser's reference"),
        ("版权所有", "footer", "no ASCII word triggers it"),
        ("สงวนลิขสิทธิ์ พ.ศ. 2567 หนังสือพิมพ์ริมคลอง", "footer", ""),
        ("جميع الحقوق محفوظة لصحيفة الميناء", "footer", ""),
        ("무단전재 및 재배포 금지", "footer", ""),
        ("सर्वाधिकार सुरक्षित: घाट समाचार", "footer", ""),
        ("【字体：大 中 小】 【打印】", "form", ""),
        ("文字サイズ 小 中 大", "form", ""),
        ("Сообщений: 342", "comments", ""),
        ("1.204 reviews", "comments", ""),
        ("4.9 112 verified reviews", "comments", "with the mean"),
        ("Modelo de solicitud (DOCX, 58 KB)", "related", "a file"),
        ("Bases (1,2 Mo - PDF)", "related", "a file"),
        ("Was this page helpful? Yes No", "form", ""),
        ("1 out of 2 found this helpful", "comments", ""),
        ("12 people found this helpful", "comments", ""),
        ("Usuarios a los que les pareció útil: 1 de 2", "comments", ""),
        ("2人中1人がこの記事が役に立ったと言っています", "comments", ""),
        ("Article is closed for comments.", "comments", ""),
        ("Recently viewed articles", "related", ""),
        ("Return to top", "menu", ""),
        ("From Wikipedia, the free encyclopedia", "menu", ""),
        ("Материал из Википедии — свободной энциклопедии", "menu", ""),
        ('Retrieved from "https://wiki.example/index.php?title=Pier&oldid=1"', "footer", ""),
        ("Have more questions? Submit a request", "menu", ""),
        ("Cette réponse vous a-t-elle été utile ?", "form", ""),
        ("この情報はお役に立ちましたか？", "form", ""),
        ("Czytaj także: Pięć spacerów na wietrzną niedzielę", "related", ""),
        ("あわせて読みたい：風の日曜日に歩く五つの道", "related", ""),
        ("İLGİLİ HABER: Rüzgârlı bir pazar için beş yürüyüş", "related", ""),
        ("(AP Photo/Anna Smith)", "caption", "signs first"),
        ("The bridge in January (Photo: Anna Smith).", "caption", ""),
        ("Anna Smith/Getty Images", "caption", ""),
        ("([bridge-2.jpg])", "caption", ""),
        ("- [ ] (button) Send", "form", ""),
        ("Loading... *", "form", ""),
    ],
)
def test_rules_name_what_goes(line: str, label_: str, comment: str) -> None:
    rule = find_rule(line)
    assert rule is not None and rule.label == label_, comment
    assert find_rule(line, int(wake_rules(hash_words([line]))[0])) == rule, "its words wake it"


@pytest.mark.parametrize(
    "line",
    [
        "The bridge will be closed until the autumn.",
        "He used to share a flat with his brother in the old town.",
        "The cookies were still warm when she came home.",
        "She asked whether they would sign up for the newsletter" + ", and then asked them again" * 9 + ".",
        "The comments: 12 people wrote that they liked it, and nobody else said a word.",
        "She found this useful, and said so.",
        "The file had 3 MB of pictures in it.",
        "They read on: the letter had no end.",
        "字号大的报纸卖得更好，老人们都这么说。",
        "x" * 10_000,
    ],
)
def test_prose_has_no_rule(line: str) -> None:
    assert find_rule(line) is None


@pytest.mark.parametrize(
    "line",
    [
        "." * 180 + "photo x", "." * 180 + "(photo x", "(photo " * 26 + ")))x", "[" + " " * 60 + "loading x",
        "filter by" + ". " * 50 + "x", "updated" + ")" * 100 + "x", "[ ]" * 25 + "submit x",
    ],
)  # fmt: skip
def test_lines_of_signs_take_hardly_more_time(line: str) -> None:
    start = time.process_time()
    for _ in range(2000):
        find_rule(line)
    assert time.process_time() - start < 1.5


@pytest.mark.parametrize(
    "line", ["Image: The bridge in January. Photo: Getty Images", "Advertisement", "Most read"]
)
def test_husk_that_a_rule_names_goes_from_the_middle_of_an_article(line: str) -> None:
    lines = [*ARTICLES["en"][:2], line, *ARTICLES["en"][2:]]
    kept = [item.block.text for item in label("\n\n".join(lines)) if item.is_kept]
    assert kept == ARTICLES["en"]


@pytest.mark.parametrize(("mode", "drops"), [("precision", True), ("balanced", True), ("recall", False)])
def test_recall_asks_no_rule_what_goes(mode: str, drops: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dehusk.label.text._drop_ruled", lambda view, odds, kept: kept.fill(False))
    labelled = label("\n\n".join(ARTICLES["en"]), mode=mode)
    assert any(item.is_kept for item in labelled) != drops


def test_a_rule_takes_what_is_doubtful_for_its_label() -> None:
    lines = [
        "Advertisement",
        "Advertisement",
        "Search results for bridges",
        "Search",
        "By Anna Smith",
        "A line",
    ]
    odds = np.array([1.4, 1.6, 0.6, 0.4, -2.0, -2.0], np.float32)
    kept = np.ones(len(lines), np.bool_)
    blocks = [Block(line, "paragraph", 0, i, i + 1) for i, line in enumerate(lines)]
    _drop_ruled(_view(Document("text", blocks, len(lines))), odds, kept)
    assert kept.tolist() == [False, True, True, False, True, True]


def is_aside(_: int) -> bool:
    return False


def test_a_sentence_below_a_teaser_inside_of_an_article_stays() -> None:
    sentence = "제분소는 육백 년이 넘도록 계곡의 곡식을 빻아 왔으며 지금도 그 일을 이어 가고 있다."
    texts, slacks = [sentence, "관련 기사: 제분소 이야기", sentence], Slacks(np.full(3, 3.0), 3.0)
    sizes = np.array(list(map(len, texts)))
    for names, stays in (([1], True), ([], False)):
        kept = keep_prose(
            texts, 100 * sizes, np.array([1.0, -9.0, -2.0]), slacks=slacks, is_aside=names.__contains__
        )
        assert kept.tolist() == [True, False, stays]


def test_a_doubtful_line_between_two_that_stay_does() -> None:
    """Where little stays around; no sentence stands there, which may stay beside one."""
    texts = ["It was so.", "A line", "It was so."]
    sizes, slacks = np.array([10, 6, 10]), Slacks(np.full(3, 1.35), 1.35)
    for doubt, stays in ((-1.3, True), (-1.4, False)):
        kept = keep_prose(texts, sizes, np.array([1.0, doubt, 1.0]), slacks=slacks, is_aside=is_aside)
        assert kept.tolist() == [True, stays, True]
    for size, below, expected in ((100, 1.0, [True, False, True]), (1, -9.0, [True, False, False])):
        kept = keep_prose(texts, size * sizes, np.array([1.0, -1.3, below]), slacks=slacks, is_aside=is_aside)
        assert kept.tolist() == expected


def test_a_sentence_right_below_one_that_stays_does() -> None:
    sentence = "The mill has ground the grain of the valley for more than six hundred years."
    texts, slacks = [sentence, sentence, sentence[:-1], sentence], Slacks(np.full(4, 1.35), 1.35)
    sizes = np.array(list(map(len, texts)))
    kept = keep_prose(texts, 100 * sizes, np.array([1.0, -2.9, -2.9, -2.9]), slacks=slacks, is_aside=is_aside)
    assert kept.tolist() == [True, True, False, False]
    kept = keep_prose(texts, 100 * sizes, np.array([1.0, -3.1, 0.5, -2.9]), slacks=slacks, is_aside=is_aside)
    assert kept.tolist() == [True, False, True, False]


@pytest.mark.parametrize(
    ("kept", "found"), [([1, 0, 1], {1}), ([1, 0, 0], set()), ([0, 0, 1], set()), ([0, 0, 0], set())]
)
def test_long_prose_has_content_on_both_sides(kept: list[int], found: set[int]) -> None:
    texts = ["Above.", "The mill has ground the grain of the valley for years. " * 20, "Below."]
    sizes = np.array(list(map(len, texts)))
    assert find_long_prose(texts, sizes, np.array(kept, np.bool_)) == found


def test_bullets_that_a_text_browser_left_stay_in_an_article() -> None:
    items = ["a footbridge wide enough for prams", "parking on the quay while the road is closed"]
    lines = [*ARTICLES["en"][:3], "Residents ask for two things:", *(f"  • {item}" for item in items)]
    text = f"{MENU}\n" + "\n\n".join([*lines, *ARTICLES["en"][3:]]) + f"\n\n{FOOTER}"
    kept = [item.block.text for item in label(text) if item.is_kept]
    assert {f"- {item}" for item in items} <= set(kept)


def test_an_essay_with_an_advert_below_each_picture_stays_whole() -> None:
    places = "quay mill ferry school market chapel orchard station bakery quarry library weir".split()
    paragraphs = [
        f"The {place} was drawn in the third winter, when the painter had moved to the {other} and walked down every "
        f"morning before it was light. She kept the sheet of the {place} for years, and only when the {other} was sold "
        "did she let anybody look at it."
        for place, other in zip(places, places[1:] + places[:1], strict=True)
    ]
    parts = [f"(Drawing: M. Ode)\n\n{paragraph}\n\nAdvertisement\n" for paragraph in paragraphs]
    found = label(f"{MENU}\nTwelve winters by the river\n\n" + "\n".join(parts) + f"\n{FOOTER}")
    assert set(paragraphs) <= {item.block.text for item in found if item.is_kept}
    assert {item.label for item in found if item.block.text == "Advertisement"} == {"advert"}


@pytest.mark.parametrize(
    ("lines", "adverts"),
    [
        ("Advertisement|a|Advertisement", [0, 2]),
        ("- ADVERTISEMENT -|a|b|advertisement", [0, 3]),
        (
            "Story continues below advertisement|a|Anzeige|b|Story continues below advertisement|Anzeige",
            [0, 2, 4, 5],
        ),
        ("реклама|a|Реклама", [0, 2]),
        ("スポンサーリンク|a|スポンサーリンク", [0, 2]),
        ("Advertisement|a|Paid partnership|b|Affiliate links", []),
        ("Anuncio|a|Anuncio|b|Anuncio", []),
        ("En partenariat avec Arte|a|En partenariat avec Arte", []),
        ("إعلان|a|إعلان", [0, 2]),
        ("Advertisement|a|b", []),
        ("|".join(["Advertisement", *"abcdefghijkl", "Advertisement"]), []),
        ("Advertisement paid for the second stand|a|Advertisement was what the club lived by", []),
        ("Annonces|a|Werbungskosten", []),
        ("", []),
    ],
)
def test_adverts_are_lines_that_say_so_and_have_another_near(lines: str, adverts: list[int]) -> None:
    assert find_adverts(hash_words(lines.split("|"))) == adverts


@pytest.mark.parametrize(
    ("language", "advert", "last"),
    [
        ("en", "Advertisement", "Next year they all want to come back, she says, and to bring more people with them."),
        ("de", "Anzeige", "Im nächsten Jahr wollen alle wiederkommen, sagen sie, und noch mehr Leute mitbringen."),
        ("fr", "Publicité", "L’année prochaine, ils veulent tous revenir, dit-elle, et amener plus de monde."),
        ("es", "Publicidad", "El año que viene quieren volver todos, dice, y traer a más gente con ellos."),
        ("ru", "Реклама", "В следующем году все они хотят вернуться сюда и привести с собой ещё больше людей."),
        ("pl", "REKLAMA", "Wszyscy mówią, że za rok spotkają się tu znowu, jak co roku od dawna."),
        ("ja", "広告", "来年もまた同じ場所に集まり、みんなで桜の木を植えるつもりだという。"),
    ],
)  # fmt: skip
def test_the_last_sentence_below_an_advert_stays(language: str, advert: str, last: str) -> None:
    paragraphs = ARTICLES[language]
    article = [" ".join(paragraphs[i:] + paragraphs[:i]) for i in range(4)]
    below = f"Share on Facebook\nRead more\n{FOOTER}"
    found = label(f"{MENU}\n" + "\n\n".join([*article, advert, last, below]))
    assert [item.is_kept for item in found if item.block.text in (advert, last)] == [False, True]


def test_modes_keep_more_or_less() -> None:
    doubtful = ["A short line", "Another one here:", "I have lived here for years and nobody asked us."]
    text = f"{MENU}\n" + "\n\n".join([*ARTICLES["en"], *doubtful]) + f"\n\n{FOOTER}"
    kept = [
        sum(item.is_kept for item in label(text, mode=mode)) for mode in ("precision", "balanced", "recall")
    ]
    assert kept == sorted(kept) and kept[0] < kept[-1]


@pytest.mark.parametrize("kind", ["item", "row"])
@pytest.mark.parametrize(
    ("kept", "found"),
    [([1, 0, 1], [1]), ([1, 0, 0, 1], [1, 2]), ([1, 0, 0], []), ([1, 0], []), ([1] * 16 + [0] * 15, [])],
)
def test_a_list_of_which_half_stays_is_not_torn(kind: BlockKind, kept: list[int], found: list[int]) -> None:
    def find(above: int, below: int) -> list[int]:
        kinds: list[BlockKind] = ["paragraph", *[kind] * len(kept), "paragraph"]
        blocks = [Block("Words", kind, 1, 10 * i, 10 * i + 5) for i, kind in enumerate(kinds)]
        return find_torn(tabulate(blocks), np.array([above, *kept, below], np.bool_))

    assert find(1, 1) == [1 + i for i in found]
    assert find(0, 1) == find(1, 0) == []


@pytest.mark.parametrize(
    ("first", "entries", "kept", "is_whole", "comment"),
    [
        (1, 24, range(6), True, "a fourth of the references stay"),
        (1, 24, range(3), False, "an eighth"),
        (1, 16, range(6), False, "a short list may be of other pages"),
        (61, 24, range(6), True, "the rest of a list"),
    ],
)
def test_a_long_numbered_list_is_not_torn(
    first: int, entries: int, kept: range, is_whole: bool, comment: str
) -> None:
    lines = [f"{first + i}. ^ Ode, M. (1999). Winters. Retrieved 3 May 2013." for i in range(entries)]
    texts = ["References", *lines, "2013", "1. Home"]
    is_kept = np.array([i - 1 in kept for i in range(len(texts))])
    found = find_torn_numbers(texts, hash_words(texts), is_kept)
    assert found == ([i for i in range(1, entries + 1) if i - 1 not in kept] if is_whole else []), comment


@pytest.mark.parametrize("below", ["Share this paragraph", "Section"])
def test_what_comes_again_between_numbered_entries_stays_away(below: str) -> None:
    texts = [line for i in range(25) for line in (f"{i}. The court holds that this is so.", below)]
    assert find_torn_numbers(texts, hash_words(texts), np.arange(50) % 4 == 0) == list(range(2, 49, 4))


def test_names_above_comments_and_bare_numbers_are_no_list() -> None:
    comments = [
        line for i in range(25) for line in (f"{i}. anna{i} says:", f"I should like {i} of these, please.")
    ]
    assert find_torn_numbers(comments, hash_words(comments), np.arange(50) % 2 == 1) == []
    numbers = [f"{i}." for i in range(30)]
    assert find_torn_numbers(numbers, hash_words(numbers), np.arange(30) < 20) == []


@pytest.mark.parametrize("line", ["{0}{0}. A line of a table", "[{0}]: images/post_{0}.gif"])
def test_numbers_that_do_not_count_on_are_no_list(line: str) -> None:
    texts = [line.format(i) for i in range(40)]
    assert find_torn_numbers(texts, hash_words(texts), np.arange(40) < 20) == []


def test_the_choices_of_a_form_are_told_by_their_order() -> None:
    states = (
        "Alabama Alaska Arizona Arkansas California Colorado Connecticut Delaware Florida Georgia Hawaii "
    )
    choices = (states + "Idaho Illinois Indiana Iowa Submit").split()
    texts = ["State", "- Zebra", *choices]
    sizes = np.array(list(map(len, texts)))
    found = find_choices(texts, sizes, np.ones(len(texts), np.bool_))
    assert [text for text, is_choice in zip(texts, found, strict=True) if is_choice] == choices
    assert not find_choices(texts, sizes, np.zeros(len(texts), np.bool_)).any()
    assert not find_choices(texts[:14], sizes[:14], np.ones(14, np.bool_)).any()
    assert not find_choices(texts[::-1], sizes[::-1], np.ones(len(texts), np.bool_)).any()
    years = list(map(str, range(1900, 1920)))  # a table's
    assert not find_choices(years, np.full(20, 4), np.ones(20, np.bool_)).any()


def test_what_is_doubtful_has_a_lower_bar_than_what_is_sure() -> None:
    """Two articles of ten lines, each among 600 lines of husk."""
    odds = np.array(
        [-6.0] * 600 + [5.0] * 10 + [-6.0] * 600 + [-6.0] * 600 + [-0.2] * 10 + [-6.0] * 600, np.float32
    )
    aim = Bars(0.55, 0.2, 0.5)
    bars = choose_bars(odds, np.full(len(odds), 80), aim).tolist()
    sure, doubtful = bars[605], bars[1815]
    assert 0.2 <= doubtful < 1 / (1 + np.exp(0.2)) < sure <= 0.5
    assert choose_bars(odds, np.full(len(odds), 80), aim._replace(share=0.5)).tolist()[1815] < doubtful
    assert choose_bars(odds[:0], np.zeros(0, np.int64), aim).tolist() == []


def test_every_block_has_one_label_with_a_reason_and_a_score() -> None:
    document = read_text(Page(f"{MENU}\n{ARTICLES['en'][0]}\n{FOOTER}", kind="text"))
    found = label_text(document, Options())
    assert [item.block for item in found] == document.blocks
    assert all(item.reason and 0 <= item.score <= 1 for item in found)


def test_nothing_to_label() -> None:
    assert label_text(Document("text", [], 0), Options()) == []


@pytest.mark.parametrize("text", ["-", "...", "\ud800 lone", "a", "\u200b x \x00", "•", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 🎉"])
def test_odd_texts_are_no_trouble(text: str) -> None:
    assert len(label(text)) <= 1


def test_features_do_not_depend_on_the_dialect_of_line_ends() -> None:
    one, two = (
        measure_blocks(document.blocks, document.words).rows
        for document in (
            read_text(Page(text, kind="text"))
            for text in (MENU + FOOTER, (MENU + FOOTER).replace("\n", "\r\n"))
        )
    )
    np.testing.assert_array_equal(one, two)


def test_words_that_come_again_nearby_are_chains() -> None:
    words = hash_words(["Kestrel nests", *["filler"] * 3, "a kestrel", *["more"] * 40, "kestrel"])
    owners = np.repeat(np.arange(46), np.diff(words.bounds))
    said = np.arange(len(owners))
    counts = count_chains(words, said, owners, n=46)
    before_near, after_near, before, after, never, near, names, every = counts.T
    assert (after_near[0], before_near[0], never[0], near[0], every[0]) == (1, 0, 1, 1, 2)
    assert (before_near[4], after[4]) == (1, 0)
    assert (before[45], never[45]) == (0, 0)
    assert not names.any()  # the first of a line may be anything


def test_a_block_is_judged_the_same_however_far_the_text_goes_on() -> None:
    """Beyond 127 blocks nothing is seen but counts, which are of the whole here."""
    document = read_text(Page("\n\n".join(ARTICLES["en"] + ARTICLES["ru"]) * 300, kind="text"))
    assert document.words is not None
    measures = measure_blocks(document.blocks, document.words)
    odds = score_measures(measures, load_weights())
    part = measures._replace(rows=measures.rows[:600], is_english=measures.is_english[:600])
    bounds = document.words.bounds[:601]
    part = part._replace(
        words=WordHashes(document.words.values[: bounds[-1]], document.words.flags[: bounds[-1]], bounds)
    )
    np.testing.assert_allclose(score_measures(part, load_weights())[:300], odds[:300], atol=1e-3)


def test_weights_are_small_and_read_only() -> None:
    weights = load_weights()
    with pytest.raises(ValueError):
        weights.words[0] = 1


def test_a_line_that_is_said_twice_beside_prose_is_said_once() -> None:
    title, prose = (
        "The mill by the weir",
        "The mill has ground the grain of the valley for more than six hundred years now. ",
    )
    texts = [
        title,
        title,
        prose.strip(),
        prose.strip(),
        "A song:",
        "A refrain, a refrain",
        "A refrain, a refrain",
        "and on",
    ]
    table = read_text(Page("\n\n".join(texts), kind="text")).table
    assert table is not None
    assert find_echoes(texts, table, np.ones(8, np.bool_)) == [1, 3]
    assert find_echoes(texts, table, np.array([1, 0, 1, 0, 1, 1, 1, 1], np.bool_)) == []
    assert find_echoes(texts[:1], table.cut(0, 1), np.ones(1, np.bool_)) == []


@pytest.mark.parametrize(
    "text",
    [
        "The ferry was repaired and goes again from the old pier at noon.",
        "“The ferry was repaired and goes again from the old pier at noon.”",
        "یہ کشتی ٹھیک کر دی گئی ہے اور دوپہر کو پرانے گھاٹ سے چلتی ہے۔",
        "Լաստանավը վերանորոգվել է և կրկին մեկնում է հին նավամատույցից։",
        "渡船已经修好，从今天中午起重新从旧码头出发，每小时一班。",
        "The ferry was repaired and goes again from the old pier at noon.[12]^[a][citation needed]",
        "เรือข้ามฟากซ่อมเสร็จแล้วและออกจากท่าเรือเก่าตอนเที่ยง",
    ],
)
def test_what_ends_like_a_sentence_is_one_in_any_script(text: str) -> None:
    assert is_sentence(text)
    assert not is_sentence(text[:-1] + "-")
    assert not is_sentence(text[:-1] + "-[12]")
