"""English text as it would look in another script: what models need to learn to do without case, spaces and words.

A word is always written the same way, by its own letters or by its hash. Words that are listed as hints (`marks.py`)
become words that are listed as hints at the same in that script, or, as in a language of which none are known, do not.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from zlib import crc32

from make_text_dumps import ARABIC, CYRILLIC, FULL_WIDTH, LATIN

from dehusk.label.marks import TEXT_BITS, TEXT_KINDS
from dehusk.label.text_hints import load_phrases

SCRIPTS = (
    "latin", "cyrillic", "greek", "hebrew", "arabic", "devanagari", "thai", "hangul", "han", "kana",
)  # fmt: skip
_NAMES = {"CJK": "han", "HIRAGANA": "kana", "KATAKANA": "kana"}
_LETTERS = {
    "latin": "opcvagxkejqmlsubhtnrifwyzd",
    "cyrillic": CYRILLIC,
    "greek": "αβκδεφγηιχκλμνοπθρστυβωξυζ",
    "hebrew": "אבקדעפגהיחכלמנוסצרשתטבוזיז",
    "arabic": ARABIC,
    "devanagari": "ाबकदेफगहिजखलमनोपतरसटुवयझचड",
    "thai": "ากขคเงจชิซดตทนอบปผพมุยรลวส",
}
_ACCENTS = str.maketrans("aeiouncs", "äéíöüñçš")
_MARKS = {
    "arabic": str.maketrans(",?;", "،؟؛"),
    "han": FULL_WIDTH,
    "kana": {**FULL_WIDTH, ord(","): "、"},
    "devanagari": str.maketrans(".", "।"),
    "thai": str.maketrans(".,;", "   "),
}
_KANA, _KANJI, _SYLLABLES = (0x30A2, 74), (0x4E00, 3000), (0xAC00, 11_000)
_HIRAGANA = "のにはをたがでてとしれさあるいるもすことから"
_TOKEN_RE = re.compile(r"\x02[^\x03]*\x03|\S*(?:://|@|www\.)\S*|[A-Za-z]+(?:['’][a-z]+)?")
_MARK_RE = re.compile(r"[.,?!:;](?=[\s”\"’)]|$)|[()]")
_UNSPACED = "\u0e00-\u0e7f\u3040-\u30ff\u4e00-\u9fff。，、？！：；（）"
_SPACE_RE = re.compile(rf"(?<=[{_UNSPACED}]) (?=[{_UNSPACED}])")
_LATIN_SHARE = 16  # one capitalised word in so many is a name that all the world writes in Latin letters


def transcribe(text: str, script: str, *, with_hints: bool = True) -> str:
    """`text` in one of SCRIPTS; addresses stay as they are."""
    if with_hints:
        text = _phrase_pattern().sub(lambda match: _say(match[0], script), text)
    words = _TOKEN_RE.sub(lambda match: _write(match[0], script, with_hints), text)
    if script in ("thai", "han", "kana"):
        words = _SPACE_RE.sub("", words)
    if script in _MARKS:
        words = _MARK_RE.sub(lambda match: match[0].translate(_MARKS[script]), words)
    return words if words.strip() or not text.strip() else text


@cache
def _phrase_pattern() -> re.Pattern[str]:
    phrases = sorted({p for kind in load_phrases().values() for p in kind["en"]}, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, phrases))})\b", re.IGNORECASE)


@cache
def _say(phrase: str, script: str) -> str:
    """A phrase of the same kind in a language that is written so; guarded against being spelled by letters."""
    lower = phrase.lower()
    kind = next(kind for kind, said in load_phrases().items() if lower in said["en"])
    said = [p for language, some in sorted(load_phrases()[kind].items()) if language != "en" for p in some]
    said = [p for p in said if _find_script(p) == script]
    if not said:
        return phrase
    found = said[crc32(lower.encode()) % len(said)]
    return f"\x02{_set_case(found, phrase)}\x03"


@cache
def _write(word: str, script: str, with_hints: bool) -> str:
    if word[0] == "\x02":
        return word[1:-1]
    if not word.replace("'", "").replace("’", "").isalpha():
        return word
    lower, value = word.lower(), crc32(word.lower().encode())
    if word[0].isupper() and value % _LATIN_SHARE == 0:
        return word
    bits = TEXT_BITS.get(lower, 0) if with_hints else 0
    hints = _list_hints()[script].get(bits & -bits, [])
    found = hints[value % len(hints)] if hints else _spell(lower, value, script)
    return _set_case(found, word)


def _set_case(found: str, like: str) -> str:
    if not like[0].isupper():
        return found
    return found.upper() if like.isupper() and len(like) > 1 else found[0].upper() + found[1:]


def _spell(word: str, value: int, script: str) -> str:
    size = len(word)
    if script == "hangul":
        count = 1 + (size > 3) + (size > 6) + (size > 10)
        return "".join(chr(_SYLLABLES[0] + (value >> 3 * i) * 7919 % _SYLLABLES[1]) for i in range(count))
    if script in ("han", "kana"):
        base, most = _KANA if script == "kana" and value % 4 == 0 else _KANJI
        count = (1 + (size > 3) + (size > 8)) * (1 + (base == _KANA[0]))
        tail = _HIRAGANA[value % 20 : value % 20 + 1 + value % 2] if script == "kana" and value % 3 else ""
        return "".join(chr(base + (value >> 5 * i) % most) for i in range(count)) + tail
    letters = word.replace("'", "").replace("’", "")
    if script in ("hebrew", "arabic"):  # short vowels are not written
        letters = letters[0] + re.sub("[aeiou]" if script == "hebrew" else "[eiu]", "", letters[1:])
    found = letters.translate(str.maketrans(LATIN, _LETTERS[script]))
    if script == "latin" and value % 3 == 0:
        found = found[:1] + found[1:].translate(_ACCENTS)
    if script == "devanagari" and unicodedata.category(found[0]) in ("Mc", "Mn"):
        found = "अ" + found[1:]
    return found


@cache
def _list_hints() -> dict[str, dict[int, list[str]]]:
    """By script and bit of a kind, the listed words."""
    found: dict[str, dict[int, list[str]]] = {script: {} for script in SCRIPTS}
    for word, bits in TEXT_BITS.items():
        script = _find_script(word)
        for kind in range(len(TEXT_KINDS)):
            is_prose = TEXT_KINDS[kind] == "prose"
            if bits >> kind & 1 and script in found and not (script == "han" and is_prose and len(word) > 1):
                found[script].setdefault(1 << kind, []).append(word.replace("-", " "))
                if script == "han" and not is_prose:
                    found["kana"].setdefault(1 << kind, []).append(word)
    return found


def _find_script(word: str) -> str:
    """By the first letter, but that text with kana in it is Japanese."""
    names = [
        _NAMES.get(name, name.lower()) for char in word if (name := unicodedata.name(char, " ").split(" ")[0])
    ]
    return "kana" if "kana" in names else next((name for name in names if name in SCRIPTS), "")
