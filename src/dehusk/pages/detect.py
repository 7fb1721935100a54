"""The charset of bytes that say nothing about it, from a bounded sample of their non-ASCII parts.

Each charset is asked how likely the sample's bytes are under each language that was written in it; the
likeliest wins. Single bytes are judged by their counts and by what stands before them, double bytes
character by character. Letters come in the variety of their language, but of marks a text may have one alone,
a hundred times: that is no Spanish in Mac Roman.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Container
from dataclasses import dataclass
from functools import cache

from dehusk.pages.letters import HAN, HAN_OLD, HANGUL, KANA, KANJI, LATIN, MARKS, OTHER

SAMPLE_BYTES = 16_384
BLOCK_BYTES = 65_536
ERROR_SHARE = 0.02
"""Of the bytes above 127 that may be undecodable: pages are cut, joined and mixed."""
UTF_8_SHARE = 0.8
"""Of the bytes above 127 that are characters of UTF-8, at least, in texts that are it but for some pieces. Of texts in
other charsets up to .63 do, but for two that hold UTF-8 read wrongly (980 texts in 15 charsets, November 2026)."""
WIDE_CODECS = ("gb18030", "cp932", "euc_jp", "big5hkscs", "cp949")
NARROW_CODECS = {
    "cp1252": "en fr de es pt it sv da fi is nl ca",
    "cp1251": "ru uk bg",
    "cp1250": "pl cs sk hu ro hr",
    "iso8859-2": "pl cs sk hu ro hr",
    "koi8-u": "ru uk",
    "cp1254": "tr",
    "cp1253": "el",
    "iso8859-7": "el",
    "cp1255": "he",
    "cp1256": "ar fa",
    "iso8859-6": "ar",
    "cp874": "th",
    "cp1257": "lt lv et",
    "cp866": "ru",
    "iso8859-5": "ru bg",
    "mac_roman": "en fr de es pt it",
}
RARE_CODECS = frozenset(("iso8859-2", "iso8859-5", "iso8859-6", "iso8859-7", "cp866", "mac_roman", "cp1257"))
RARE_COST = 3.0
"""What a charset that is hardly met must win by, in all: a dozen bytes are not to be read as Mac Roman."""
MARKS_WEIGHT = 3.0
"""As so many marks that were met before, shared out as in MARKS, weighs what is known of marks in general. Of 1,620
pieces of 2,000 bytes of English texts in windows-1252 51 are read wrongly with 2, 53 with 3, 59 with 4; with 2 a pair
of quotation marks becomes Japanese (November 2026)."""
FLOOR = math.log(1e-5)
ERROR_COST = math.log(1e-6)
LEAST_LIKELY = -5.5
"""For a byte above 127: of 52 pages in 21 languages in 7 charsets the least is -5.2, of those that were overwritten at
random in texts in UTF-8 three quarters have less than -6.7."""
PREVIOUS_SHARES = {
    # what stands before a byte above 127: another one, an ASCII letter, something else
    "latin": (math.log(0.06), math.log(0.72), math.log(0.22)),
    "other": (math.log(0.8), math.log(0.003), math.log(0.197)),
}
_LEAD_BYTES = 64  # before the first that is not ASCII
_PIECE_RE = re.compile(rb"[<>\r\n]+")
HIGH = bytes(range(128, 256))
_HIGH_RE = re.compile(rb"[\x80-\xff]+")
_AFTER_LETTER_RE = re.compile(rb"[A-Za-z][\x80-\xff]")
_WIDE_RE = re.compile(r"[^\x00-\x7f]")


@dataclass(frozen=True, slots=True)
class Sample:
    """Pieces of running text that hold a byte above 127, free of tags, bounded in size."""

    pieces: tuple[bytes, ...]
    is_cut: bool = False
    """Whether the last piece goes on."""

    @property
    def high_bytes(self) -> int:
        return sum(map(count_high, self.pieces))


def count_high(data: bytes) -> int:
    """How many bytes are above 127."""
    return len(data) - len(data.translate(None, HIGH))


def sample_bytes(data: bytes, *, goes_on: bool = False) -> Sample:
    """What of `data`, which may be the start of more, tells its charset; the rest is passed over at the speed of
    `isascii`."""
    pieces: list[bytes] = []
    size, is_cut, end = 0, False, 0
    while end < len(data):
        start, end = end, _find_block_end(data, end + BLOCK_BYTES)
        block = data[start:end]
        if block.isascii():
            continue
        for piece in _PIECE_RE.split(block):
            if (high := _HIGH_RE.search(piece)) and size < SAMPLE_BYTES:
                # A line may be long, and foreign at its end alone.
                piece = piece[max(0, high.start() - _LEAD_BYTES) :]
                is_cut = len(piece) > SAMPLE_BYTES - size
                pieces.append(piece[: SAMPLE_BYTES - size])
                size += len(pieces[-1])
        if size >= SAMPLE_BYTES:
            break
    is_cut |= goes_on and bool(pieces) and data.endswith(pieces[-1])
    return Sample(tuple(pieces), is_cut)


def _find_block_end(data: bytes, least: int) -> int:
    """Behind the bytes above 127 at `least`, in any charset: between two of them a character may be cut."""
    run = _HIGH_RE.match(data, least, least + SAMPLE_BYTES)
    return run.end() if run else least


def does_fit(sample: Sample, codec: str) -> bool:
    """Whether the sample decodes with hardly an error; that its last character is cut off with it is none."""
    return _decode(sample, codec).count("\ufffd") <= ERROR_SHARE * sample.high_bytes


def is_mostly_utf_8(sample: Sample) -> bool:
    """Whether the sample is of texts of which most are UTF-8, though others are not: files run together.

    >>> mixed = "Le café était fermé à midi.\\n".encode() * 9 + "Le café.\\n".encode("cp1252")
    >>> is_mostly_utf_8(sample_bytes(mixed)), is_mostly_utf_8(sample_bytes("Привет, мир".encode("cp1251")))
    (True, False)
    """
    valid = (char for char in _WIDE_RE.findall(_decode(sample, "utf-8")) if char != "\ufffd")
    return sum(len(char.encode()) for char in valid) >= UTF_8_SHARE * sample.high_bytes


def _decode(sample: Sample, codec: str) -> str:
    text = b"\n".join(sample.pieces).decode(codec, "replace")
    return text.removesuffix("\ufffd") if sample.is_cut else text


def detect_codec(sample: Sample) -> str:
    """The likeliest Python codec for the sample, "cp1252" where nothing tells.

    >>> detect_codec(sample_bytes("Привет, как дела?".encode("koi8-r")))
    'koi8-u'
    """
    scores = _score_narrow(sample) | {codec: _score_wide(sample, codec) for codec in WIDE_CODECS}
    return max(scores, key=scores.__getitem__)


def is_likely(sample: Sample, codec: str) -> bool:
    """Whether the sample looks like a text in this codec, and not like bytes that were damaged.

    >>> is_likely(sample_bytes("Le café où il était né.".encode("cp1252")), "cp1252")
    True
    >>> is_likely(sample_bytes("Le caf¶ o\x81 il ªtait n×.".encode("latin-1")), "cp1252")
    False
    """
    if codec in WIDE_CODECS:
        score = _score_wide(sample, codec)
    elif codec in NARROW_CODECS:
        score = _score_narrow(sample, (codec,))[codec]
    else:
        return True
    return score >= LEAST_LIKELY * sample.high_bytes


@cache
def load_letters() -> frozenset[str]:
    """What is more than ASCII in the languages that were written in charsets of single bytes, and their marks."""
    letters = {letter for text in (*LATIN.values(), *OTHER.values(), MARKS) for letter in _parse_shares(text)}
    return frozenset(letters | {letter.upper() for letter in letters})


def _score_narrow(sample: Sample, codecs: Container[str] = NARROW_CODECS) -> dict[str, float]:
    data = b" ".join(sample.pieces)
    counts = Counter(data.translate(None, bytes(range(128))))
    runs = len(_HIGH_RE.findall(data))
    after_letter = len(_AFTER_LETTER_RE.findall(data))
    previous = (sum(counts.values()) - runs, after_letter, runs - after_letter)
    best: dict[str, float] = {}
    marks = {codec: _score_marks(counts, codec) for codec in NARROW_CODECS if codec in codecs}
    for codec, script, costs in _load_narrow():
        if codec not in codecs:
            continue
        score = marks[codec] + sum(n * costs[byte] for byte, n in counts.items())
        score += sum(n * cost for n, cost in zip(previous, PREVIOUS_SHARES[script], strict=True))
        best[codec] = max(best.get(codec, -math.inf), score - RARE_COST * (codec in RARE_CODECS))
    return best


def _score_marks(counts: Counter[int], codec: str) -> float:
    """How likely the marks are these and not others: of each that is met more are expected (Polya's urn)."""
    weights = _load_marks(codec)
    found = [(weights[byte], n) for byte, n in counts.items() if byte in weights]
    return sum(_log_rising(*one) for one in found) - _log_rising(MARKS_WEIGHT, sum(n for _, n in found))


def _log_rising(weight: float, n: int) -> float:
    """The logarithm of weight * (weight + 1) * ... (weight + n - 1)."""
    return math.lgamma(weight + n) - math.lgamma(weight)


@cache
def _load_marks(codec: str) -> dict[int, float]:
    """The weight of each byte that is one of MARKS."""
    weights = _scale(_parse_shares(MARKS), MARKS_WEIGHT)
    letters = {byte: bytes([byte]).decode(codec, "replace") for byte in range(128, 256)}
    return {byte: weights[letter] for byte, letter in letters.items() if letter in weights}


@cache
def _load_narrow() -> tuple[tuple[str, str, tuple[float, ...]], ...]:
    """(codec, script, log share by byte) for every charset of single bytes and each of its languages.

    The share of a mark is that of all marks.
    """
    tables = []
    for codec, languages in NARROW_CODECS.items():
        letters = [bytes([byte]).decode(codec, "replace") for byte in range(256)]
        for language in languages.split():
            shares = _letter_shares(language)
            costs = tuple(_narrow_cost(letter, shares) for letter in letters)
            tables.append((codec, "latin" if language in LATIN else "other", costs))
    return tuple(tables)


def _narrow_cost(letter: str, shares: dict[str, float]) -> float:
    if letter == "\ufffd" or "\x80" <= letter < "\xa0":
        return ERROR_COST
    return math.log(shares[letter]) if letter in shares else FLOOR


def _letter_shares(language: str) -> dict[str, float]:
    marks_share = 0.6 if language == "en" else 0.12 if language in LATIN else 0.03
    letters = _parse_shares(LATIN.get(language) or OTHER[language])
    for letter, share in list(letters.items()):
        letters.setdefault(letter.upper() if len(letter.upper()) == 1 else letter, share / 20)
    return _scale(letters, 1 - marks_share) | dict.fromkeys(_parse_shares(MARKS), marks_share)


def _parse_shares(text: str) -> dict[str, float]:
    pairs = (pair.rsplit(":", 1) for pair in text.split(" "))
    return {letter: float(share) for letter, share in pairs}


def _scale(shares: dict[str, float], total: float) -> dict[str, float]:
    factor = total / sum(shares.values())
    return {letter: share * factor for letter, share in shares.items()}


def _score_wide(sample: Sample, codec: str) -> float:
    counts = Counter(_WIDE_RE.findall(_decode(sample, codec)))
    common = _load_wide(codec)
    return sum(n * (common.get(char) or _wide_cost(char, codec)) for char, n in counts.items())


@cache
def _load_wide(codec: str) -> dict[str, float]:
    """Log shares of the characters that carry a language: rank shares for the common ones, then a level."""
    common = {
        "gb18030": ((HAN, 0.55), ("，。、：；（）“”《》？！", 0.12)),
        "big5hkscs": ((HAN_OLD, 0.55), ("，。、：；（）「」《》？！", 0.12)),
        "cp949": ((HANGUL, 0.75),),
        "cp932": ((KANA, 0.62), (KANJI, 0.12), ("、。「」・（）！？", 0.08)),
    }
    common["euc_jp"] = common["cp932"]
    shares: dict[str, float] = {}
    for letters, total in common[codec]:
        ranks = {letter: 1 / (rank + 10) for rank, letter in enumerate(dict.fromkeys(letters))}
        shares |= _scale(ranks, total)
    return {letter: math.log(share) for letter, share in shares.items()}


LEVELS = {
    # lead bytes of the everyday characters, and the share of each of them that is not among the commonest
    "gb18030": (0xB0, 0xD7, math.log(0.3 / 3500)),
    "big5hkscs": (0xA4, 0xC6, math.log(0.3 / 5000)),
    "cp949": (0xB0, 0xC8, math.log(0.2 / 2200)),
    "cp932": (0x88, 0x97, math.log(0.15 / 2800)),
    "euc_jp": (0xB0, 0xCF, math.log(0.15 / 2800)),
}


@cache
def _wide_cost(char: str, codec: str) -> float:
    if char == "\ufffd":
        return 2 * ERROR_COST
    raw = char.encode(codec, "replace")
    low, high, level_cost = LEVELS[codec]
    if len(raw) == 2 and low <= raw[0] <= high:
        is_extension = codec in ("gb18030", "cp949") and raw[1] < 0xA1
        return math.log(1e-7) if is_extension else level_cost
    return math.log(1e-6) if len(raw) == 2 else math.log(1e-7)
