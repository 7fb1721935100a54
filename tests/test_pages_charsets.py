"""Character sets: declared, detected, wrong, and hostile."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dehusk.model import Page
from dehusk.pages import decode_page
from dehusk.pages.charsets import choose_codec, find_declared
from dehusk.pages.detect import BLOCK_BYTES, SAMPLE_BYTES, sample_bytes
from dehusk.pages.labels import CODECS, find_codec
from dehusk.pages.utf16 import guess_utf_16

TEXTS = {
    "en": "It’s a long way – “they said” – from the café to the bridge… and it’s raining.",
    "de": "Die Bäckerei öffnet früh; überall in der Straße riecht es nach süßen Brötchen.",
    "fr": "Les élèves ont déjà été reçus à la mairie où la fête avait été préparée.",
    "es": "Mañana habrá más información sobre la situación económica del país.",
    "pt": "Todos os seres humanos nascem livres e iguais em dignidade; são dotados de razão e consciência.",
    "it": "La libertà è di tutti: perché la città cresca, più gente dovrà restare, e così sarà.",
    "pl": "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw.",
    "cs": "Všichni lidé rodí se svobodní a sobě rovní co do důstojnosti a práv.",
    "hu": "Minden emberi lény szabadon születik és egyenlő méltósága és joga van, ő is.",
    "tr": "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar, akıl ve vicdan sahibidirler.",
    "lt": "Visi žmonės gimsta laisvi ir lygūs savo orumu ir teisėmis; jiems suteiktas protas ir sąžinė.",
    "ru": "Все люди рождаются свободными и равными в своём достоинстве и правах.",
    "uk": "Всі люди народжуються вільними і рівними у своїй гідності та правах.",
    "el": "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα.",
    "he": "כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם.",
    "ar": "يولد جميع الناس أحرارا متساوين في الكرامة والحقوق.",
    "th": "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ",
    "zh": "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。",
    "tw": "人人生而自由，在尊嚴和權利上一律平等。他們賦有理性和良心，並應以兄弟關係的精神相對待。",
    "ja": "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。",
    "ko": "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다.",
}
UNDECLARED = [
    *((language, "windows-1252") for language in ("en", "de", "fr", "es")),
    *((language, "windows-1250") for language in ("pl", "cs", "hu")),
    *((language, charset) for language in ("ru", "uk") for charset in ("windows-1251", "koi8-u")),
    *((language, "mac_roman") for language in ("en", "de", "fr", "es", "pt", "it")),
    ("ru", "ibm866"), ("ru", "iso8859-5"), ("tr", "windows-1254"), ("lt", "windows-1257"),
    ("el", "windows-1253"), ("he", "windows-1255"), ("ar", "windows-1256"), ("th", "cp874"),
    ("zh", "gb18030"), ("zh", "gb2312"), ("tw", "big5"), ("ja", "shift_jis"), ("ja", "euc-jp"),
    ("ja", "iso-2022-jp"), ("ko", "euc-kr"),
    *((language, charset) for language in TEXTS for charset in ("utf-8", "utf-16-le", "utf-16-be", "utf-16")),
]  # fmt: skip


@pytest.mark.parametrize(("language", "charset"), UNDECLARED)
@pytest.mark.parametrize("form", ["{}\n", "<html><body><h1>News</h1>\n<p class='a'>{}</p></body></html>"])
def test_undeclared_charsets_come_out_right(language: str, charset: str, form: str) -> None:
    text = form.format(TEXTS[language])
    assert decode_page(Page(text.encode(charset))).content == text


FEW_MARKS = [
    "We don’t know yet. " * 30,
    "They met in 1990 – and again in 1995 – by chance. " * 9,
    "Tickets cost £5 for adults and £3 for children. Groups of ten pay £25.",
    "The table is 60 × 80 cm, the shelf 20 × 80 cm. © The Workshop",
    "Installing¶\n" * 9 + "It is “easy” – or so they said.",
]


@pytest.mark.parametrize("text", FEW_MARKS)
def test_a_mark_that_comes_again_and_again_is_one(text: str) -> None:
    assert decode_page(Page(text.encode("cp1252"), kind="text")).content == text


DECLARED = [
    ("header", TEXTS["ru"], "koi8-r", "koi8-r", ""),
    ("header wins over meta", "Iskän žba", "windows-1250", "windows-1250", "windows-1252"),
    ("meta", "Žluťoučký", "iso8859-2", "", "iso-8859-2"),
    ("latin1 means windows-1252", "“so”…", "cp1252", "iso-8859-1", ""),
    ("gb2312 means gb18030", "朱镕基𠀀", "gb18030", "GB2312", ""),
    ("utf-8 that calls itself latin1", "Straße, süß", "utf-8", "iso-8859-1", "latin1"),
    ("utf-16 in a meta means utf-8", "Straße", "utf-8", "", "utf-16"),
    ("a header that does not fit", TEXTS["ja"], "euc-jp", "utf-8", "shift_jis"),
    ("utf-7 is no label", "Hi +ADw-b+AD4-", "ascii", "utf-7", "utf-7"),
    ("unicode_escape is no label", r"\u0041\x42", "ascii", "unicode_escape", "unicode_escape"),
    ("idna is no label", "xn--bcher-kva", "ascii", "idna", "idna"),
    ("unknown label", TEXTS["ru"], "cp1251", "x-user-defined", "nonsense"),
]


@pytest.mark.parametrize(
    ("text", "codec", "header", "meta"), [d[1:] for d in DECLARED], ids=[d[0] for d in DECLARED]
)
def test_declared_charsets(text: str, codec: str, header: str, meta: str) -> None:
    page = f'<!-- x --><meta charset="{meta}"><p>{text}'
    assert decode_page(Page(page.encode(codec), charset=header)).content == page


@pytest.mark.parametrize(
    ("head", "label"),
    [
        (b'<meta charset="utf-8">', "utf-8"),
        (b"<META CHARSET=gbk >", "gbk"),
        (b"<meta http-equiv='Content-Type' content='text/html; charset=koi8-r'>", "koi8-r"),
        (b'<?xml version="1.0" encoding="windows-1251"?><html>', "windows-1251"),
        (b'<!-- <meta charset="utf-8"> --><meta charset=big5>', "big5"),
        (b" " * 2000 + b"<meta charset=big5>", "big5"),
        (b"<metal charset=big5>", ""),
    ],
)
def test_find_declared(head: bytes, label: str) -> None:
    assert find_declared(head) == label


def test_every_label_has_a_codec_and_python_names_that_are_weapons_have_none() -> None:
    for codec in CODECS.values():
        b"a".decode(codec, "replace")
    for name in (
        "utf-7",
        "idna",
        "punycode",
        "unicode_escape",
        "raw_unicode_escape",
        "rot13",
        "zlib",
        "mbcs",
        "",
    ):
        assert find_codec(name) == ""


def decode_bytes(data: bytes, charset: str = "") -> str:
    return str(decode_page(Page(data, kind="html", charset=charset)).content)


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\0\0"])
def test_a_byte_order_mark_is_not_text(mark: bytes) -> None:
    codec = {3: "utf-8", 4: "utf-32-le"}.get(len(mark), "utf-16-le" if mark[0] == 0xFF else "utf-16-be")
    assert decode_bytes(mark + "Grüße".encode(codec)) == "Grüße"


def test_a_few_broken_bytes_leave_utf_8_utf_8() -> None:
    data = ("<p>" + TEXTS["zh"] * 20).encode() + b"\xe4\xba"
    assert decode_bytes(data) == "<p>" + TEXTS["zh"] * 20 + "\ufffd"
    assert decode_bytes(("Bäcker " * 40).encode() + b"\xff").startswith("Bäcker Bäcker")


@pytest.mark.parametrize(
    "text", ["more grain to come…\nThen he went home.", "Nobody knows the café", "– no –"]
)
def test_a_last_byte_of_a_line_is_not_cut_off(text: str) -> None:
    assert decode_bytes(text.encode("cp1252")) == text


def test_a_long_line_that_is_foreign_at_its_end_is_told_by_that() -> None:
    text = "word " * 4000 + "café au lait, déjà vu"
    assert decode_page(Page(text.encode("cp1252"), kind="text")).content == text


def test_the_last_character_of_a_sample_may_be_cut_off() -> None:
    data = b"a" * (SAMPLE_BYTES - 1) + "é".encode() + b"\n" + b"a" * 100
    assert choose_codec(data) == "utf-8"


@pytest.mark.parametrize(
    ("text", "codec"), [("“", "utf-8"), ("漢字", "utf-8"), ("😀", "utf-8"), ("汉字", "gb18030")]
)
def test_no_character_is_cut_between_blocks(text: str, codec: str) -> None:
    raw = text.encode(codec)
    for before in range(len(raw) + 1):
        data = b"\n".ljust(BLOCK_BYTES - before, b"-")[::-1] + raw + b"\n"
        assert sample_bytes(data).pieces == (raw,)


@given(st.binary(max_size=300), st.sampled_from(["", "gbk", "utf-16le", "big5", "shift_jis", "utf-7", "x"]))
def test_any_bytes_decode(data: bytes, charset: str) -> None:
    assert isinstance(decode_bytes(data, charset=charset), str)


@pytest.mark.parametrize("piece", [b"\xe9", b"caf\xe9 ", b"\xc4\xe3", b"<meta ", b"<!--\xe9", b"<\xe9"])
def test_a_large_page_decodes_in_linear_time(piece: bytes) -> None:
    data = piece * (8_000_000 // len(piece))
    start = time.process_time()
    decode_bytes(data)
    assert time.process_time() - start < 2


def test_random_bytes_are_not_utf_16() -> None:
    assert {guess_utf_16(random.Random(seed).randbytes(600)) for seed in range(200)} == {""}


def test_short_cells_tell_their_charset() -> None:
    page = "<td>你好世界的人</td>" * 50
    assert decode_bytes(page.encode("gb18030")) == page


@pytest.mark.parametrize("codec", ["cp1252", "gb18030"])
def test_what_is_mostly_utf_8_is_read_as_such(codec: str) -> None:
    """Files run together, one of which is in another charset."""
    lines = [f"Le café {i} était fermé à midi, et personne ne savait où aller." for i in range(40)]
    data = "\n".join(lines).encode() + (12 * "\nÀ bientôt, au café.").encode(codec)
    content = decode_page(Page(data, kind="text")).content
    assert isinstance(content, str) and content.startswith("\n".join(lines))


PAGES = [
    ("fr", "windows-1252"), ("pl", "windows-1250"), ("ru", "windows-1251"), ("ru", "koi8-u"), ("el", "windows-1253"),
    ("he", "windows-1255"), ("ar", "windows-1256"), ("th", "cp874"), ("zh", "gb18030"), ("tw", "big5"),
    ("ja", "shift_jis"), ("ko", "euc-kr"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "charset"), PAGES)
@pytest.mark.parametrize("between", ["", "Read more at example.org\n", "• Menu\n"])
def test_each_page_of_a_dump_is_in_its_own_charset(language: str, charset: str, between: str) -> None:
    utf_8 = f"{TEXTS['es']}\n{between}{TEXTS['cs']}\n" * 3
    other = f"{TEXTS[language]}\n" * 5
    for parts in ((utf_8, other), (other, utf_8), (utf_8, other, utf_8)):
        data = b"".join(part.encode(charset if part == other else "utf-8") for part in parts)
        assert decode_page(Page(data, kind="text")).content == "".join(parts)


def test_lines_of_several_other_charsets_are_told_apart_by_those_between() -> None:
    parts = [
        (TEXTS["ru"], "koi8-u"),
        (TEXTS["es"], "utf-8"),
        (TEXTS["de"], "cp1252"),
        (TEXTS["cs"], "utf-8"),
    ] * 2
    data = b"".join(f"{text}\n".encode(charset) * 8 for text, charset in parts)
    assert decode_page(Page(data, kind="text")).content == "".join(f"{text}\n" * 8 for text, _ in parts)


def test_pages_in_other_charsets_that_stand_together_are_told_apart() -> None:
    parts = [
        (TEXTS["es"], "utf-8"),
        (TEXTS["ru"], "cp1251"),
        (TEXTS["zh"], "gb18030"),
        (TEXTS["fr"], "cp1252"),
    ]
    data = b"".join(f"{text}\n".encode(charset) * 20 for text, charset in parts)
    lines = str(decode_page(Page(data, kind="text")).content).split("\n")
    assert sum(lines.count(text) for text, _ in parts) >= 76  # but for one or two at each border


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("Так\nНі\n" * 6 + TEXTS["uk"], "cp1251"),
        ("L’équipe\nL’école\nL’église\nL’île\nL’étang\nL’écran\n" + TEXTS["fr"], "mac_roman"),
        ("BEYONCÉ’S\n" * 6 + TEXTS["en"], "cp1252"),
        ("MUŞ’TA\n" * 7 + TEXTS["tr"], "cp1254"),
        ("ці\n" * 8 + TEXTS["uk"], "koi8-u"),
    ],
)
def test_two_bytes_that_look_like_a_character_are_no_utf_8(text: str, codec: str) -> None:
    assert decode_bytes(text.encode(codec)) == text
    assert decode_page(Page(text.encode(codec), kind="text")).content == text


@pytest.mark.parametrize(
    "text",
    [
        "Casa\nși\nȘcoală\nLocuitorii orașului au protestat împotriva creșterii prețurilor.\n",
        "Tư\nđơn\nTất cả mọi người sinh ra đều được tự do và bình đẳng.\nlưu\n",
    ],
)
def test_short_lines_in_letters_of_no_old_charset_are_utf_8_beside_longer_ones(text: str) -> None:
    assert decode_page(Page((text * 9).encode() + b"It\x92s.", kind="text")).content == text * 9 + "It’s."


@pytest.mark.parametrize(
    ("text", "end", "shown"),
    [
        ("Die Straße führt über die Brücke.\n", b"Tragen Sie f\xc3", "Tragen Sie f\ufffd"),
        ("これは日本語の文章です。\n", b"\xe3\x81", "\ufffd"),
        ("이것은 한국어 문장입니다.\n", b"\x88\xeb\x8b\xa4.", "\ufffd다."),
        ("Le café était fermé à midi.\n", b"Hello\xa7", "Hello\ufffd"),
        ("Le café était fermé à midi.\n", b"Le caf\xe9", "Le café"),
    ],
)
def test_a_character_that_is_cut_or_damaged_is_no_other_charset(text: str, end: bytes, shown: str) -> None:
    assert decode_page(Page((text * 5).encode() + end, kind="text")).content == text * 5 + shown


def test_a_file_with_a_byte_order_mark_may_go_on_with_another_one() -> None:
    data = b"\xef\xbb\xbf" + (TEXTS["es"] + "\n").encode() * 3 + TEXTS["fr"].encode("cp1252")
    assert decode_page(Page(data, kind="text")).content == f"{TEXTS['es']}\n" * 3 + TEXTS["fr"]


def test_random_bytes_are_read_in_no_time() -> None:
    """In time: they are not taken for lines in many charsets."""
    data = random.Random(1).randbytes(3_000_000)
    start = time.process_time()
    decode_page(Page(data, kind="text"))
    assert time.process_time() - start < 5


def test_damaged_bytes_are_no_other_charset() -> None:
    rng = random.Random(5)
    text = "\n".join(TEXTS[language] for language in ("en", "de", "fr", "es", "cs", "el", "zh")) + "\n"
    data = bytearray((text * 40).encode())
    for _ in range(300):
        data[rng.randrange(len(data))] = rng.randrange(128, 256)
    content = str(decode_page(Page(bytes(data), kind="text")).content)
    assert content == bytes(data).decode("utf-8", "replace")


def test_a_line_whose_last_character_is_cut_off_is_utf_8_still() -> None:
    line = "Größe und Maß".encode()
    data = b"\n".join([line, line + "ß".encode()[:1], line, line])
    assert decode_page(Page(data, kind="text")).content == "\n".join(
        ["Größe und Maß", "Größe und Maß\ufffd"] + ["Größe und Maß"] * 2
    )


def test_short_lines_of_double_bytes_are_no_utf_8() -> None:
    """A pair of these bytes in four has the form of a character of UTF-8."""
    chance = [
        pair
        for pair in ("中", "国", "新", "闻", "体", "育", "财", "经", "谩", "脨")
        if _is_utf_8(pair.encode("gb18030"))
    ]
    assert chance
    text = "\n".join([*chance, *[TEXTS["zh"]] * 3]) + "\n"
    assert decode_page(Page(text.encode("gb18030"), kind="text")).content == text


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def test_a_web_page_is_in_one_charset() -> None:
    page = f"<p>{TEXTS['es']}</p>\n".encode() * 6 + f"<p>{TEXTS['fr']}</p>".encode("cp1252")
    assert str(decode_page(Page(page, kind="html")).content).count("\ufffd") > 0
