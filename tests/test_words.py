from __future__ import annotations

import time
import unicodedata

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dehusk import words

TRICKY_TEXTS = (
    "a|B|ß|İ|ǰ|J̌|é|é|ﬁ|½|²|℃|™|ｶﾞ|ﾞ|東|ー|ก|ำ|้|ខ្មែរ|नी|ك|ـ|ᾳ|\u0345|\u00ad|\u200b|\ufeff|\ud800"
    "|’|“|–|•|´|…|\n|12|3.5|Ⓐ|한|ᄒ|ᅡ|\ufc5e"
)
TRICKY = st.sampled_from(TRICKY_TEXTS.split("|"))
ANY_TEXT = st.text(st.characters()) | st.lists(TRICKY | st.just(" ")).map("".join)


def split_words(text: str) -> list[str]:
    """The words of `text` after `normalise`, in order: what `hash_words` is held to."""
    normal = words.normalise(text)
    return normal.split() if normal.isascii() else words._WORD_RE.findall(normal)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("one", 1),
        ("don't - 3.5%", 4),
        ("über naïve Ελλάδα", 3),
        ("नमस्ते दुनिया", 2),
        ("日本語とカタカナー", 9),
        ("ภาษา", 4),
        ("ລາວ ខ្មែរ", 8),
        ("東京2020年", 4),
        ("한국어 단어", 2),
        ("❤️ 1️⃣", 1),
        ("_a_b_", 2),
    ],
)
def test_words_are_counted_as_the_contract_says(text: str, expected: int) -> None:
    assert words.count_words(text) == expected
    assert words.count_words(f"{text} " * 200) == expected * 200


@pytest.mark.parametrize("letter", ["a", "é", "e\u0301", "ぁa"])
def test_a_word_counts_once_however_long_it_is(letter: str) -> None:
    times = 3 * words.PIECE_CHARS // 2
    per_letter = 2 if letter == "ぁa" else 0
    assert words.count_words(f"é {letter * times}") == 2 + per_letter * times - (per_letter > 0)


@given(ANY_TEXT)
def test_long_and_short_texts_are_counted_alike(text: str) -> None:
    assert words.count_words(text) * 300 == words.count_words(f"{text} " * 300)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("• First\n• Second", "First Second"),
        ("“It’s” — so…", '"it\'s" - so...'),
        ("ﬁne ＡＢＣ", "fine abc"),
        ("soft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth"),
        ("STRASSE", "straße"),
        ("caf\u00e9", "CAFE\u0301"),
    ],
)
def test_normalise_makes_equal(left: str, right: str) -> None:
    assert words.normalise(left) == words.normalise(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [("rose", "rosé"), ("3.5", "35"), ("the rapist", "therapist"), ("कि", "की"), ("が", "か")],
)
def test_normalise_keeps_apart(left: str, right: str) -> None:
    assert words.normalise(left) != words.normalise(right)


@given(ANY_TEXT)
def test_normalise_is_idempotent(text: str) -> None:
    assert words.normalise(words.normalise(text)) == words.normalise(text)


def test_words_of_several_scripts_are_split() -> None:
    assert split_words("Tokyo (東京), 2020") == ["tokyo", "東", "京", "2020"]


@given(st.lists(ANY_TEXT))
@example(["\u0130\u3099", "\u0130\u30990", "\u304b\u0307abc"])
def test_hashes_are_those_of_the_split_words(texts: list[str]) -> None:
    hashes = words.hash_words(texts)
    split = [split_words(text) for text in texts]
    assert np.diff(hashes.bounds).tolist() == [len(found) for found in split]
    flat = [word for found in split for word in found]
    assert len(set(zip(flat, hashes.values.tolist(), strict=True))) == len(set(flat))
    assert len(set(hashes.values.tolist())) == len(set(flat))


@given(st.lists(ANY_TEXT))
def test_a_text_hashes_alike_in_any_company(texts: list[str]) -> None:
    together = words.hash_words(texts)
    for text, start, stop in zip(texts, together.bounds, together.bounds[1:], strict=False):
        alone = words.hash_words([text])
        assert np.array_equal(alone.values, together.values[start:stop])
        assert np.array_equal(alone.flags, together.flags[start:stop])


def test_hashes_are_the_same_on_every_machine() -> None:
    values = words.hash_words(["The quick brown fox, 1234.", "東京 Ελλάδα"]).values
    assert [f"{value:016x}" for value in values[[0, 4, 5, 7]]] == [
        "ffd7dd4c1384c670",
        "b836d95421bb18b8",
        "c5685a1e10310bce",
        "f8f68310cfa2e8c7",
    ]


@pytest.mark.parametrize(
    ("text", "names", "numbers"),
    [
        ("The man saw Paris. Then London fell.", ["paris", "london"], []),
        ("In 2020 it cost 3.50", [], ["2020", "3", "50"]),
        ("Heading\nAnother line of Rome", ["rome"], []),
        ("• Item by Élan", ["élan"], []),
    ],
)
def test_flags_tell_names_and_numbers(text: str, names: list[str], numbers: list[str]) -> None:
    flags = words.hash_words([text]).flags
    split = split_words(text)
    assert [w for w, f in zip(split, flags, strict=True) if f == words.CAPITAL] == names
    assert [w for w, f in zip(split, flags, strict=True) if f & words.NUMBER] == numbers


MARKS = st.sampled_from("\u0301\u0323\u0327\u0344\u0f73\u0f71\uff9e\u3099\u094d\u093f\u0345\u20dd")
MARKED = st.tuples(st.sampled_from("eếｶक한ﬁ "), st.lists(MARKS, max_size=80).map("".join)).map("".join)


@given(st.lists(MARKED, max_size=4).map("".join) | ANY_TEXT)
@example("ế" + "\u0301\u0323" * 16)
def test_normal_forms_are_those_of_unicodedata(text: str) -> None:
    assert words.unify(text) == unicodedata.normalize("NFC", text)
    assert words.unify(text, "NFKC") == unicodedata.normalize("NFKC", text)


@pytest.mark.parametrize("marks", ["\u0323\u0301", "\uff9e\u0323", "\u0f73"])
def test_many_marks_on_a_letter_take_hardly_more_time(marks: str) -> None:
    start = time.process_time()
    text = "e" + marks * 200_000
    words.unify(text)
    words.normalise(text)
    words.hash_words([text])
    assert time.process_time() - start < 4


@pytest.mark.parametrize(
    "unit", ["x", "x ", "\u0301", "e\u0323", "\u200b", "ก", "ﷺ", "\ud800", " \u0301", "™\n"]
)
def test_long_texts_take_linear_time(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    start = time.process_time()
    assert len(words.hash_words([text, "end"]).bounds) == 3
    assert len(words.normalise(text)) < 20 * len(text)
    assert time.process_time() - start < 3


def test_the_short_table_is_the_beginning_of_the_whole() -> None:
    assert np.array_equal(
        words.fold_table(words.LOW_CODES), words.fold_table(words.ALL_CODES)[: words.LOW_CODES]
    )
