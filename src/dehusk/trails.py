"""Trails ("breadcrumbs"): lines that say where in its site a page stands, step by step."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from dehusk.words import fold_ascii, list_ascii

_STEP_RE = re.compile(r"\s+[>»›→]\s+|\s*[»›→]\s*")
_SLASH_RE = re.compile(r"\s+/\s+|\s*[>»›→]\s*")
_GUILLEMET_RE = re.compile(r"\s[»›]\s")
_HERE_RE = re.compile(
    r"(?:you are here|sie sind hier|vous êtes ici|usted está aquí|estás aquí|está aquí|ti trovi (?:qui|in)|sei in"
    r"|você está (?:aqui|em)|вы (?:находитесь )?здесь|jesteś tutaj|u bent hier|buradasınız|anda di sini|現在位置|現在地"
    r"|当前位置|您的位置|您现在的位置|현재 위치)\s*[:：]\s*",
    re.IGNORECASE,
)
_HOMES = frozenset(
    "home;homepage;home page;start;startseite;accueil;inicio;início;página inicial;página principal;главная;головна"
    ";главная страница;首页;首頁;ホーム;トップ;トップページ;홈;strona główna;anasayfa;ana sayfa;beranda;forside"
    ";forsiden;etusivu;hem;hjem;úvod;domů;kezdőlap;acasă;الرئيسية;الصفحة الرئيسية;صفحه اصلی;หน้าแรก;trang chủ;होम;forum"
    ";forums;foren;foros;foro;форум;форумы;index;board index".split(";")
)
"""With which a trail begins."""
_DAY_RE = re.compile(r"\b(?:19|20)\d\d\b|\d[./]\d{1,2}[./]\d|\b\d{1,2}:\d\d\b")
"""Bylines have such signs, too."""
LONGEST, _STEP_CHARS, _FEWEST_STEPS = 240, 60, 3
_NEAR, _LEAST_ECHO = 6, 6
"""So many lines below the title stands that a trail ends with, of so many characters at least."""
_WORD_RE = re.compile(r"\w+")
_ASCII_WORDS = list_ascii("_")


def find_trails(texts: Sequence[str], at: Iterable[int], *, are_husk: bool = False) -> list[int]:
    """Which of the lines of these numbers are trails (see `is_trail`): most have none of the signs between steps."""
    found = (
        i
        for i in at
        if (">" in (text := texts[i]) and " > " in text)  # one character is looked for faster than three
        or ("/" in text and " / " in text)
        or (not text.isascii() and ("»" in text or "›" in text or "→" in text))
    )
    return [i for i in found if is_trail(texts, i, is_husk=are_husk)]


def is_trail(texts: Sequence[str], at: int, *, is_husk: bool = False) -> bool:
    """Whether a line is a trail.

    It has two steps or more from the site's first page on ("Home > News", "You are here: ..."), three or more
    parted by » or ›, or a last one that stands by itself within six lines below. What holds a day is none.

    Of 67 such lines on dumps-dev/train one is content, and none of 23 on val; of those of three steps parted by >
    alone, as in "Go to File > New > Page", every fifth is.

    If the line is known for husk (`is_husk`), three steps are enough whatever parts them.

    >>> is_trail(["Home » Sport » Rowing"], 0), is_trail(["Go to File > New > Page"], 0)
    (True, False)
    """
    text = texts[at]
    if len(text) > LONGEST or _DAY_RE.search(text):
        return False
    here = _HERE_RE.match(text)
    text = text[here.end() if here else 0 :].strip("»›> -•*")
    steps = _STEP_RE.split(text)
    root, *others = _SLASH_RE.split(text, maxsplit=1)
    if here or (others and fold_line(root) in _HOMES):
        return all(len(step) <= _STEP_CHARS for step in steps[:-1])
    if len(steps) < 2 or not all(0 < len(step) <= _STEP_CHARS for step in steps[:-1]):
        return False
    if (
        len(steps) >= _FEWEST_STEPS
        and len(steps[-1]) <= _STEP_CHARS
        and (is_husk or _GUILLEMET_RE.search(text))
    ):
        return True
    title = fold_line(steps[-1])
    return len(title) >= _LEAST_ECHO and any(
        fold_line(below) == title for below in texts[at + 1 : at + 1 + _NEAR]
    )


def fold_line(text: str) -> str:
    """Its words in small letters, with one space between.

    >>> fold_line("It's -- LATE"), fold_line("«It’s» LATE")
    ('it s late', 'it s late')
    """
    if text.isascii():
        return fold_ascii(text, _ASCII_WORDS)
    return " ".join(_WORD_RE.findall(text.casefold()))
