"""Text as words: counted, brought to one form for comparing, and hashed by the batch.

A word is a run of letters, marks and digits. Han, Kana, Thai, Lao and Khmer are written without spaces:
there every character is a word of its own. The hashes depend on nothing but the text (no seed, no
machine), so they can be stored; `TOKENISER` changes when they do.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence, Sized
from functools import cache
from itertools import chain, groupby, pairwise
from operator import itemgetter
from typing import Any, Literal, NamedTuple, TypeVar

import numpy as np
import regex
from numpy.typing import NDArray

from dehusk.native import find_address, load_kernels

TOKENISER = 1
"""Version of the word hashes: stored hashes of another version cannot be compared with them."""

NUMBER, CAPITAL, OPENING = 1, 2, 4
"""Bits of `WordHashes.flags`: begins with a digit; with a capital; first of its sentence or line."""

_SINGLE = r"[\p{Han}\p{scx=Hira}\p{scx=Kana}\p{Thai}\p{Lao}\p{Khmer}]&&[\p{L}\p{M}\p{N}]"
_JOINED = rf"[\p{{L}}\p{{M}}\p{{N}}]--[{_SINGLE}]"
_WORD_RE = regex.compile(rf"[{_SINGLE}]|[[{_JOINED}]--\p{{M}}][{_JOINED}]*", regex.V1)
_GAP_RE = regex.compile(r"(?:^|[^\p{L}\p{M}\p{N}])[^\p{L}\p{N}]*")  # marks in a gap have lost their letter
_IGNORED_RE = regex.compile(r"[\p{Cf}\p{Default_Ignorable_Code_Point}]+")
_CLUSTER_RE = regex.compile(  # letters with marks, and those that fold to more than one
    r"\p{L}\p{M}+|[\u00df\u0130\u0149\u01f0\u0390\u03b0\u0587\u1e96-\u1e9a\u1e9e\u1f50-\u1ffc]|\u0345"
)
_STRAY_MARK_RE = (
    regex.compile(  # no word begins with a mark: not in a gap, nor behind a character that is a word
        rf"(^|[^\p{{L}}\p{{M}}\p{{N}}])\p{{M}}+|(?<=[{_SINGLE}])[\p{{M}}--[{_SINGLE}]]+", regex.V1
    )
)
_MANY_MARKS = 30
"""Marks on one letter: more are in no language, says UAX 15."""
_MARKS = r"[\p{M}\uff9e\uff9f]"  # the last two become marks
_MARK_RE = regex.compile(_MARKS)
_MANY_MARKS_RE = regex.compile(rf"{_MARKS}{{{_MANY_MARKS + 1},}}+")
_STOPS = ".!?:;\n\r\f\u2028\u2029。！？：；।॥؟۔…•◦▪·*|"

# The fold table has a row for every code point: the folded code point in the low 21 bits (0 for what
# separates words), flags above.
_CODE = np.uint32(0x1FFFFF)
_DIGIT_BIT, _UPPER_BIT, _SINGLE_BIT, _HARD_BIT, _STOP_BIT, _WORD_BIT, _MARK_BIT = (
    np.uint32(1 << bit) for bit in range(21, 28)
)
_FLAG_SHIFT = np.uint32(21)  # brings the first two bits to those of NUMBER and CAPITAL
_BIT_PATTERNS = {
    _DIGIT_BIT: r"\p{N}+",
    _UPPER_BIT: r"[\p{Lu}\p{Lt}]+",
    _SINGLE_BIT: rf"[{_SINGLE}]+",
    _HARD_BIT: r"[\p{M}\p{Cf}\p{Default_Ignorable_Code_Point}\p{hst=V}\p{hst=T}]+",
    _WORD_BIT: r"[\p{L}\p{M}\p{N}]+",
    _MARK_BIT: r"\p{M}+",
}
_MAY_FOLD = (  # not ideographs, Hangul syllables, private use
    *range(0x3400), *range(0xA000, 0xAC00), *range(0xF900, 0x20000), *range(0x2F800, 0x2FA20)
)  # fmt: skip
_BASE = 0x9E3779B97F4A7C15  # odd, so that it has an inverse modulo 2**64
_WIDE_LEADS, _HAN_LEADS = bytes(range(0xE3, 0xEE)), bytes(range(0xE4, 0xEA))
"""With which UTF-8 begins what stands from Kana to Hangul, and the ideographs among it: no other byte is like these."""
_SHORT_CHARS = 80  # below it, a regular expression is quicker than starting up numpy
_SPARSE = 50
"""Of texts that have more than one hard character in so many, all is eased."""
PIECE_CHARS = 1 << 16  # what is hashed at a time fits the caches


def list_ascii(besides: str = "") -> bytes:
    """A table for `fold_ascii`: letters in small, digits, and signs that are in words `besides`; else spaces."""
    return bytes(c if c < 128 and (chr(c).isalnum() or chr(c) in besides) else 32 for c in range(256)).lower()


def fold_ascii(text: str, table: bytes) -> str:
    """The words of ASCII text in small letters, one space between: in a fraction of a regular expression's time.

    >>> fold_ascii("It's -- LATE", list_ascii("'"))
    "it's late"
    """
    return b" ".join(text.encode().translate(table).split()).decode()


_ASCII_WORDS = list_ascii()


class WordHashes(NamedTuple):
    """The words of a batch of texts, one after another."""

    values: NDArray[np.uint64]
    """One hash a word, of its form after `normalise`."""
    flags: NDArray[np.uint8]
    """NUMBER, CAPITAL and OPENING of each word."""
    bounds: NDArray[np.int64]
    """The words of text i are [bounds[i], bounds[i + 1]); one longer than the batch."""

    def cut(self, first: int, end: int) -> WordHashes:
        """The words of the texts [first, end) alone."""
        bounds = self.bounds[first : end + 1]
        part = slice(bounds[0], bounds[-1])
        return WordHashes(self.values[part], self.flags[part], bounds - bounds[0])

    def choose(self, chosen: NDArray[np.bool_]) -> WordHashes:
        """The words of the chosen texts alone."""
        counts = np.diff(self.bounds)
        here = np.repeat(chosen, counts)
        bounds = np.concatenate(([0], np.cumsum(counts[chosen])))
        return WordHashes(self.values[here], self.flags[here], bounds)


def count_words(text: str) -> int:
    """How many words `text` has.

    Runs of letters or digits; every Han, Kana, Thai, Lao or Khmer character counts one.

    >>> count_words("It's 5 o'clock."), count_words("東京タワー"), count_words("नमस्ते दुनिया")
    (5, 5, 2)
    """
    if text.isascii():
        return len(text.encode().translate(_ASCII_WORDS).split())
    if len(text) < _SHORT_CHARS:
        return len(_WORD_RE.findall(text))
    words, last = 0, ""
    for piece in _cut(text):
        words += _count_starts(last + piece) - len(
            _WORD_RE.findall(last)
        )  # one may go on from the piece before
        last = next((char for char in reversed(piece) if unicodedata.category(char)[0] != "M"), last)
    return words


def unify(text: str, form: Literal["NFC", "NFKC"] = "NFC") -> str:
    """`text` in a Unicode normal form: what `unicodedata.normalize` gives, whose time is quadratic in the marks on one
    letter, in n log n.

    >>> [ascii(unify(text)[0]) for text in ("e\\u0301", "e" + 1_000_000 * "\\u0301\\u0323")]
    ["'\\\\xe9'", "'\\\\u1eb9'"]
    """
    # A run of 31 marks has one at every 31st place: a thirtieth of the text shows that it has none.
    sample = text[_MANY_MARKS :: _MANY_MARKS + 1]
    if not sample.isascii() and _MARK_RE.search(sample):
        kind: Literal["NFD", "NFKD"] = "NFKD" if form == "NFKC" else "NFD"
        text = str(_MANY_MARKS_RE.sub(lambda match: _sort_marks(match[0], kind), text))
    return unicodedata.normalize(form, text)


def _sort_marks(marks: str, form: Literal["NFD", "NFKD"]) -> str:
    """Marks taken apart, and in the order that normal forms put them in; those of class 0 stay in their places.

    Source: Unicode Standard 15.0, 3.11, D109, canonical ordering.
    """
    parts = {mark: unicodedata.normalize(form, mark) for mark in set(marks)}
    apart = "".join(map(parts.__getitem__, marks))
    orders = {mark: unicodedata.combining(mark) for mark in set(apart)}
    runs = groupby(apart, lambda mark: orders[mark] > 0)
    return "".join(
        chain.from_iterable(sorted(run, key=orders.__getitem__) if moves else run for moves, run in runs)
    )


def normalise(text: str) -> str:
    """`text` in the form in which two texts are compared; applying it twice changes nothing.

    NFKC, case folded; invisible characters go; spaces, punctuation and symbols of any kind become one
    space, so that quotes, dashes, bullets and line breaks make no difference. What holds no letter and
    no digit becomes "": compare such texts as they are.

    >>> normalise("•  The “ﬁrst” LINE –\\n it’s") == normalise('* the "first" line - it\\'s')
    True
    """
    if text.isascii():
        return fold_ascii(text, _ASCII_WORDS)
    return str(_GAP_RE.sub(" ", _fold(_IGNORED_RE.sub("", text)))).strip()


def hash_words(texts: Sequence[str], sizes: NDArray[np.int64] | None = None) -> WordHashes:
    """Hash the words of many texts at once: those of each after `normalise`, in order, 64 bits each.

    A polynomial in the code points modulo 2**64, then mixed. A text's hashes do not depend on what
    else is in the batch. Time is linear in the characters; a word longer than 65,536 characters is
    hashed in pieces. `sizes` are the code points of the texts, if they were counted already.

    >>> hashes = hash_words(["Two words", "", "words"])
    >>> hashes.bounds.tolist(), bool(hashes.values[1] == hashes.values[2])
    ([0, 2, 2, 3], True)
    """
    sizes = measure_texts(texts) if sizes is None else sizes
    ends = np.cumsum(sizes + 1)
    counts = np.zeros(len(texts) + 1, np.int64)
    if len(ends) and ends[-1] <= PIECE_CHARS:  # as most pages are: one group as it is
        values, flags, counts[1:] = _hash_group(texts, ends)
        return WordHashes(values, flags, np.cumsum(counts))
    if len(sizes) and sizes.max() > PIECE_CHARS:
        pieces = [list(_cut(text)) for text in texts]
        parts = hash_words(list(chain.from_iterable(pieces)))
        return parts._replace(bounds=parts.bounds[np.append(0, np.cumsum(measure_texts(pieces)))])
    hashed = [(np.zeros(0, np.uint64), np.zeros(0, np.uint8), counts[:1])]
    for start, stop in _find_groups(ends):
        hashed.append(_hash_group(texts[start:stop], ends[start:stop] - (ends[start - 1] if start else 0)))
    values, flags, counts = map(np.concatenate, zip(*hashed, strict=True))
    return WordHashes(values, flags, np.cumsum(counts))


def replace_texts(words: WordHashes, at: Sequence[int], texts: Sequence[str]) -> WordHashes:
    """The words of a batch in which the texts with the numbers `at`, ascending, read otherwise.

    >>> words = replace_texts(hash_words(["a b", "c d e"]), [0], ["f"])
    >>> words.bounds.tolist(), bool((words.values == hash_words(["f", "c d e"]).values).all())
    ([0, 1, 4], True)
    """
    own, counts = hash_words(texts), np.diff(words.bounds)
    is_own = np.zeros(len(counts), np.bool_)
    is_own[at] = True
    stays = np.repeat(~is_own, counts)
    counts[at] = np.diff(own.bounds)
    is_new = np.repeat(is_own, counts)
    return WordHashes(
        _merge(is_new, own.values, words.values[stays]),
        _merge(is_new, own.flags, words.flags[stays]),
        np.concatenate(([0], np.cumsum(counts))),
    )


def find_first_words(words: WordHashes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The numbers of the texts that have words, and where the first word of each stands."""
    has = np.flatnonzero(words.bounds[1:] > words.bounds[:-1])
    return has, words.bounds[has]


def hash_grams(values: NDArray[np.uint64], size: int, base: int) -> NDArray[np.uint64]:
    """A hash for each run of `size` words, in order: their polynomial in `base` modulo 2**64.

    >>> hash_grams(np.array([1, 2, 3], np.uint64), 2, 10).tolist()
    [12, 23]
    """
    count = max(0, len(values) - size + 1)
    grams = np.zeros(count, np.uint64)
    for offset in range(size if count else 0):
        grams *= np.uint64(base)
        grams += values[offset : offset + count]
    return grams


def find_members(hashes: NDArray[np.uint64], members: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Where each hash stands in `members` (sorted, few), -1 where it does not."""
    low_bits = np.uint64((1 << 16) - 1)
    may_be = np.zeros(1 << 16, np.bool_)
    may_be[(members & low_bits).view(np.int64)] = True
    found = np.full(len(hashes), -1, np.int64)
    where = np.flatnonzero(may_be[(hashes & low_bits).view(np.int64)])
    at = np.minimum(np.searchsorted(members, hashes[where]), len(members) - 1)
    found[where] = np.where(members[at] == hashes[where], at, -1)
    return found


_Int = TypeVar("_Int", np.int64, np.uint64)


def list_distinct(values: NDArray[_Int]) -> NDArray[_Int]:
    """The different values of some, ascending."""
    return np.unique(values, return_counts=True)[0]  # without counts numpy hashes them, ten times as slowly


def measure_texts(texts: Sequence[Sized]) -> NDArray[np.int64]:
    """How many code points each has; of lists, how many values."""
    return np.fromiter(map(len, texts), np.int64, len(texts))


class JoinedTexts(NamedTuple):
    """Some texts run together, a line break behind each but the last."""

    whole: str
    codes: NDArray[np.uint32]
    """Its code points."""
    ends: NDArray[np.int64]
    """Where each text ends, the break and all."""


def join_texts(texts: Sequence[str]) -> JoinedTexts:
    whole = "\n".join(texts)
    return JoinedTexts(whole, read_codes(whole), np.cumsum(measure_texts(texts) + 1))


def count_bytes(text: str) -> int:
    """How much a text says in any script, in bytes of UTF-8: a Chinese character as much as three letters."""
    return len(text) if text.isascii() else len(text.encode(errors="replace"))


def count_letters(text: str) -> int:
    """How much a text says, in letters of an alphabet: an ideograph as much as three, Kana and Hangul as two each.

    >>> count_letters("tower"), count_letters("タワー"), count_letters("東京")
    (5, 6, 6)
    """
    if text.isascii():
        return len(text)
    data = text.encode(errors="replace")
    wide = len(data) - len(data.translate(None, _WIDE_LEADS))
    return len(text) + (wide and wide + len(data) - len(data.translate(None, _HAN_LEADS)))


def read_codes(text: str) -> NDArray[np.uint32]:
    """The code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def write_codes(codes: NDArray[np.uint32]) -> str:
    """The text of some code points."""
    return codes.tobytes().decode("utf-32-le", "surrogatepass")


def read_lasts(texts: Iterable[str]) -> NDArray[np.uint32]:
    """The last character of each of some texts that are not empty."""
    return read_codes("".join(map(itemgetter(-1), texts)))


def mix(hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread the bits of 64-bit hashes, in place: every bit of the result hangs on every bit given.

    Source: the finalizer of MurmurHash3 (Appleby, 2011, public domain).
    """
    for multiplier in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        hashes ^= hashes >> np.uint64(33)
        hashes *= np.uint64(multiplier)
    hashes ^= hashes >> np.uint64(33)
    return hashes


def _fold(text: str) -> str:
    return unify(unify(text, "NFKC").casefold(), "NFKC")


def _cut(text: str) -> Iterator[str]:
    """Pieces of at most `PIECE_CHARS`, cut at white space where the second half of a piece has any."""
    start = 0
    while len(text) - start > PIECE_CHARS:
        stop = start + PIECE_CHARS
        space = max(text.rfind(" ", start, stop), text.rfind("\n", start, stop))
        stop = space if space > start + PIECE_CHARS // 2 else stop
        yield text[start:stop]
        start = stop
    yield text[start:]


def _find_groups(ends: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Texts that end there as [start, stop), in groups of about a cache's size."""
    firsts = np.searchsorted(ends, np.arange(1, ends[-1] + 1, PIECE_CHARS)) if len(ends) else ends
    return pairwise([*np.unique(firsts).tolist(), len(ends)])


_Hashed = tuple[NDArray[np.uint64], NDArray[np.uint8], NDArray[np.int64]]
"""The words' values and flags, and how many words each piece has: -1, and none here, where it must be eased first."""


def _hash_group(pieces: Sequence[str], ends: NDArray[np.int64]) -> _Hashed:
    """`ends` says where each piece ends with all of them run together, a line break after each."""
    hash_codes = _hash_codes if load_kernels() is None else _hash_codes_compiled
    values, flags, counts = hash_codes(_join_pieces(pieces), ends)
    hard = np.flatnonzero(counts < 0)
    if not len(hard):
        return values, flags, counts
    eased = [_ease_piece(pieces[i]) for i in hard.tolist()]
    own = hash_codes(_join_pieces(eased), np.cumsum(measure_texts(eased) + 1), is_eased=True)
    is_hard, counts[hard] = counts < 0, own[2]
    is_own = np.repeat(is_hard, counts)
    return _merge(is_own, own[0], values), _merge(is_own, own[1], flags), counts


def _merge(is_own: NDArray[np.bool_], own: NDArray[Any], others: NDArray[Any]) -> NDArray[Any]:
    """The values of both, in order: `is_own` says which are whose."""
    merged = np.empty(len(is_own), others.dtype)
    merged[is_own], merged[~is_own] = own, others
    return merged


def _hash_codes(codes: NDArray[np.uint32], ends: NDArray[np.int64], *, is_eased: bool = False) -> _Hashed:
    folded = _fold_codes(codes)
    is_hard = np.zeros(len(ends), np.bool_)
    if not is_eased:
        is_hard[np.searchsorted(ends, np.flatnonzero(folded & _HARD_BIT), "right")] = True
        folded[np.flatnonzero(np.repeat(is_hard, np.diff(ends, prepend=0)))] = _STOP_BIT
    letters = folded & _CODE
    starts = _find_starts(letters != 0, folded)
    counts = np.searchsorted(starts, ends)
    counts[1:] -= counts[:-1].copy()
    counts[is_hard] = -1
    if not len(starts):
        return np.zeros(0, np.uint64), np.zeros(0, np.uint8), counts
    return mix(_sum_words(letters, starts)), _find_flags(folded, starts), counts


def _hash_codes_compiled(
    codes: NDArray[np.uint32], ends: NDArray[np.int64], *, is_eased: bool = False
) -> _Hashed:
    table = _find_table(codes)
    values, flags = np.empty(len(codes), np.uint64), np.empty(len(codes), np.uint8)
    counts = np.empty(len(ends), np.int64)
    words = load_kernels().hash_pieces(
        find_address(codes), find_address(table), find_address(ends), len(ends), int(is_eased),
        find_address(values), find_address(flags), find_address(counts),
    )  # fmt: skip
    return values[:words].copy(), flags[:words].copy(), counts


def _sum_words(codes: NDArray[np.uint32], starts: NDArray[np.int64]) -> NDArray[np.uint64]:
    """The polynomial of each word: what the running sum gains over the word, moved to power 0."""
    powers, inverses = _powers(len(codes).bit_length())
    sums = codes * powers[: len(codes)]
    np.cumsum(sums, out=sums)
    values = np.empty(len(starts), np.uint64)
    values[:-1] = sums[starts[1:] - 1]
    values[-1] = sums[-1]
    values[1:] -= values[:-1].copy()
    values *= inverses[starts]
    return values


def _ease_piece(piece: str) -> str:
    if len(piece) < _SPARSE:
        return _ease(piece)
    hard = np.flatnonzero(_fold_codes(read_codes(piece)) & _HARD_BIT)
    return _ease_tokens(piece, hard=hard.tolist())


def _join_pieces(pieces: Sequence[str]) -> NDArray[np.uint32]:
    """All characters' code points, a line break after each piece."""
    return read_codes("\n".join([*pieces, ""]))


def _fold_codes(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The fold table's entry for every character."""
    return np.take(_find_table(codes), codes)


def _find_table(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    return fold_table(LOW_CODES if not len(codes) or codes.max() < LOW_CODES else ALL_CODES)


def _count_starts(text: str) -> int:
    """What `_WORD_RE` counts in `text`, without a step of Python a word."""
    folded = _fold_codes(read_codes(text))
    if np.bitwise_or.reduce(folded) & _MARK_BIT:
        folded = folded[folded & (_MARK_BIT | _SINGLE_BIT) != _MARK_BIT]
    return len(_find_starts(folded & _WORD_BIT != 0, folded))


def _find_starts(inside: NDArray[np.bool_], folded: NDArray[np.uint32]) -> NDArray[np.int64]:
    """Where words start, given which characters are in words."""
    starts = inside.copy()
    starts[1:] &= ~inside[:-1]
    if np.bitwise_or.reduce(folded) & _SINGLE_BIT:
        single = folded & _SINGLE_BIT != 0
        starts |= single & inside
        starts[1:] |= inside[1:] & single[:-1]
    return np.flatnonzero(starts)


def _find_flags(folded: NDArray[np.uint32], starts: NDArray[np.int64]) -> NDArray[np.uint8]:
    first = folded[starts]
    flags = (first >> _FLAG_SHIFT).astype(np.uint8) & np.uint8(NUMBER | CAPITAL)
    stops = np.cumsum(folded & _STOP_BIT != 0, dtype=np.int32)[starts]
    flags[1:] |= (stops[1:] != stops[:-1]) * np.uint8(OPENING)
    flags[0] |= np.uint8(OPENING)
    return flags


def _ease_tokens(text: str, *, hard: Sequence[int]) -> str:
    """`text` with the stretches between spaces that hold its hard characters eased."""
    if len(hard) > len(text) // _SPARSE:
        return _ease(text)
    done, parts = 0, []
    for position in hard:
        if position >= done:
            start = max(text.rfind(" ", done, position), text.rfind("\n", done, position)) + 1 or done
            stop = text.find(" ", position)
            stop = len(text) if stop < 0 else stop
            parts += [text[done:start], _ease(text[start:stop])]
            done = stop
    return "".join([*parts, text[done:]])


def _ease(text: str) -> str:
    """`text` such that the fold table alone folds it: invisible characters and stray marks gone, and
    letters with marks, or with more than one letter as their folded form, folded already."""
    text = unify(_IGNORED_RE.sub("", text), "NFKC")
    text = _CLUSTER_RE.sub(lambda match: _fold(match[0]), text)
    return str(_STRAY_MARK_RE.sub(lambda match: match[1] or "", text))


@cache
def _powers(bits: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """The powers 0 .. 2**bits of the base, and of its inverse, modulo 2**64."""
    tables = []
    for base in (_BASE, pow(_BASE, -1, 1 << 64)):
        factors = np.full(1 << bits, base, np.uint64)
        factors[0] = 1
        tables.append(np.multiply.accumulate(factors))
        tables[-1].flags.writeable = False
    return tables[0], tables[1]


# Code points that may be letters, marks or numbers: no others are assigned, and a search of all takes twice the time.
_ASSIGNED = ((0, 0x40000), (0xE0000, 0xE1000))
LOW_CODES, ALL_CODES = 0x2E80, 0x110000
"""All alphabets and signs, before the first ideographs: their table is made in a tenth of the time."""


@cache
def fold_table(size: int) -> NDArray[np.uint32]:
    """For code points below `size`, made at first use (0.15 s for all) from this Python's own Unicode tables."""
    everything = np.arange(size, dtype="<u4")
    everything[0xD800:0xE000] = 32  # a lone surrogate separates words
    table = np.zeros(size, np.uint32)
    for first, end in _ASSIGNED:
        text = everything[first:end].tobytes().decode("utf-32-le")
        part, same = table[first:end], everything[first:end]
        for match in regex.finditer(r"[\p{L}\p{M}\p{N}]+", text):
            part[slice(*match.span())] = same[slice(*match.span())]
        for bit, pattern in _BIT_PATTERNS.items():
            for match in regex.finditer(pattern, text, regex.V1):
                part[slice(*match.span())] |= bit
    for code in _MAY_FOLD:
        if code < size:
            _set_folded(table, chr(code))
    table[[ord(char) for char in _STOPS if ord(char) < size]] |= _STOP_BIT
    table.flags.writeable = False
    return table


def _set_folded(table: NDArray[np.uint32], char: str) -> None:
    """Enter what becomes of a character that changes; what becomes several characters is hard."""
    folded = _fold(char)
    if folded == char:
        return
    normal, entry = normalise(char), table[ord(char)]
    if len(folded) == 1 and bool(normal) == bool(entry & _CODE):
        table[ord(char)] = np.uint32(ord(folded) if normal else 0) | (entry & ~_CODE)
    elif len(folded) == 1 and normal:
        table[ord(char)] = np.uint32(ord(folded)) | (table[ord(normal)] & _SINGLE_BIT) | entry
    elif normal or entry & _CODE:
        table[ord(char)] |= _HARD_BIT
