"""The lines of a text as they stand in it: where each begins, how wide it is, what it looks like at a glance."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

import numpy as np
import regex
from numpy.typing import NDArray

from dehusk.native import find_address, load_kernels, make_once
from dehusk.page_headers import HEADING_CHARS, HEADING_RULE, NOTE_STARTS, PARTING_RULES
from dehusk.words import measure_texts, read_codes

Ints = NDArray[np.int64]
Codes = NDArray[np.uint32]

BULLETS = "•●▪■◦‣⁃∙·○☆★□◆◇►▸▶*+–—-"
TRIMMED = (
    "\ufeff\u200b\u200c\u200d\u2060\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
"""Invisible characters that go from both ends of lines as white space does: a mark of direction behind a full stop hid
that a sentence ends. A soft hyphen says there that a word goes on."""
INVISIBLE = TRIMMED + "\u00ad"
HIDDEN = "\u00ad\u200b\u2060\ufeff"
"""Those that go from the middle of words, too (`drop_hidden`)."""
RULE_ENDS = frozenset("=-_─━═—*~#+")
BARS = "|│┃║"
"""What stands between the cells of drawn tables."""
_BAR_SET = frozenset(BARS)
_DRAWN = "".join(map(chr, range(0x2500, 0x2580)))
HUSKS = "-*+|_=~#. " + _DRAWN
"""A line of nothing else says nothing."""
_WET_START = "WARC/"
_MARKED = RULE_ENDS | frozenset(INVISIBLE + _WET_START[0])
_ODD_STARTS = frozenset(BULLETS + "o#<>$})]`~|_=." + _DRAWN)
WIDE_RE = re.compile(
    "[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6"
    "\U00020000-\U0003fffd]"
)
"""Characters that take two columns."""
ZERO_RE = regex.compile(r"[[\p{Mn}\p{Me}\p{Cf}]--[\U00010000-\U0010ffff]]", regex.V1)
"""Characters that take none: marks on letters, and what is invisible."""
_LOOSE_RE = regex.compile(r"[\p{M}\p{hst=V}\p{hst=T}\p{NFC_QC=N}\U00010000-\U0010ffff]")
"""Texts that NFC may change have one: what can join the letter before it, what never stays, or one beyond U+FFFF, which
may be either."""
_RULE_SIGNS = "=-_─━═—*~#+ "
_RULE_END_RE = re.compile(r"(?:[=\-_─━═—*~#+] ?){4}$")
_HARD_RULE_RE = re.compile(r"[=─━═]{4,}$|-{4,}$")
_RST_RE = re.compile(r"^\.\. (?:_[^\n:]{1,100}:|[\w-]{1,40}::)", re.MULTILINE)
_RST_MARKS = 2
"""Targets and directives of reStructuredText, whose headings may all be underlined by rules of one length."""
_EDGES = "".join(filter(str.isspace, map(chr, range(1 << 16)))) + TRIMMED
_NO_COLUMNS = dict.fromkeys(map(ord, TRIMMED))
_HIDDEN_RE = re.compile(f"[{HIDDEN}]")
_NEEDLESS_RE = re.compile(
    "[\u00ad\u2060\ufeff]|(?<![\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff])\u200b(?![\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff])"
)
_URL_RE = re.compile(r"<?(?:https?://|www\.)\S+$")
_URL_FIRSTS = "hw<"
_WET_RE = re.compile(r"WARC/1\.\d$")
_WET_FIELD_RE = re.compile(r"[\w.-]{1,80}:(?:\s|$)", re.ASCII)
_LEAST_CHARS = 8
"""A line has more on average, blank ones too."""
HARD = -1
LINE_MARK, FEED_MARK, RULE_MARK, WET_MARK = range(1, 5)
"""Boundaries: a rule as pages have them, too; a form feed; a rule that parts pages; a WET header."""
HEADING_RE = re.compile(r"(#{1,6})\s+(?=\S)")
_NEVER = 1 << 30
FEED, MARKED, ODD, ENTRY, LOOSE, LATE, UNEVEN = (1 << bit for bit in range(7))
"""Looks of a line: it ends with a form feed; begins as WET headers do, or begins and ends as rules do and what is
invisible; may be no paragraph; is a bullet, a space and ASCII characters of which some say something; may be no NFC;
ends like a line of code that has a word to begin with; has characters that take two columns or none."""


class Scanned(NamedTuple):
    """All lines of a text, in columns; those that hold nothing have no size."""

    starts: Ints
    """Code points before each line's text, without the white space and what is invisible around it."""
    sizes: Ints
    """Its code points."""
    heads: Ints
    """Those of its first word."""
    indents: Ints
    """Columns of white space before it."""
    columns: Ints
    """Columns that it takes: wide East Asian characters count two, marks on letters none."""
    looks: NDArray[np.uint8]


def scan_lines(text: str, codes: Codes) -> Scanned:
    """Every line that `str.splitlines` gives, empty ones too; `codes` are the text's code points."""
    return _scan_lines(text) if load_kernels() is None else _scan_lines_compiled(codes)


def _scan_lines(text: str) -> Scanned:
    raws = text.splitlines(keepends=True)
    bares = [raw.strip(_EDGES) for raw in raws]
    ends = np.cumsum(measure_texts(raws))
    sizes = measure_texts(bares)
    heads = measure_texts([bare.split(None, 1)[0] if bare else "" for bare in bares])
    leads = measure_texts(
        [
            raw[: len(raw) - len(raw.lstrip(_EDGES))] if bare else ""
            for raw, bare in zip(raws, bares, strict=True)
        ]
    )
    starts = ends - measure_texts(raws) + leads
    indents = measure_texts(
        [
            raw[:lead].translate(_NO_COLUMNS).expandtabs(8)
            for raw, lead in zip(raws, leads.tolist(), strict=True)
        ]
    )
    wide, zero = (measure_texts([sign.findall(bare) for bare in bares]) for sign in (WIDE_RE, ZERO_RE))
    looks = [look_at(bare) if bare else 0 for bare in bares]
    feeds = [FEED * (raw[-1] == "\f") for raw in raws]
    uneven = UNEVEN * ((wide > 0) | (zero > 0))
    all_looks = np.array(looks, np.uint8) | np.array(feeds, np.uint8) | uneven.astype(np.uint8)
    return Scanned(starts, sizes, heads, indents, sizes + wide - zero, all_looks)


def look_at(bare: str) -> int:
    """The looks of a line, but UNEVEN and what its end is."""
    first, last, is_foreign = bare[0], bare[-1], not bare.isascii()
    is_marked = first in _MARKED and (last in _MARKED or bare.startswith(_WET_START))
    is_odd = (
        first in _ODD_STARTS
        or last in ";{}"
        or "  " in bare
        or "\t" in bare
        or not _BAR_SET.isdisjoint(bare)
        or (is_foreign and (" ".join(bare.split()) != bare or _HIDDEN_RE.search(bare) is not None))
    )
    is_entry = (
        first in BULLETS
        and bare[1:2] == " "
        and bare[2:].isascii()
        and "  " not in bare
        and bare[2:].strip(HUSKS) != ""
    )
    is_loose = is_foreign and _LOOSE_RE.search(bare) is not None
    looks = (is_marked, MARKED), (is_odd, ODD), (is_entry, ENTRY), (is_loose, LOOSE)
    return sum(bit for is_so, bit in (*looks, (last in ":()", LATE)) if is_so)


def _scan_lines_compiled(codes: Codes, room: int = 0) -> Scanned:
    """`room` is that for lines: few texts have more than they are given at first."""
    room = room or len(codes) // _LEAST_CHARS + 1
    columns, looks = np.empty((5, room), np.int64), np.empty(room, np.uint8)
    addresses = map(find_address, (*columns, looks))
    found = load_kernels().read_lines(
        find_address(codes), len(codes), find_address(_kind_table()), room, *addresses
    )
    if found > room:
        return _scan_lines_compiled(codes, found)
    starts, sizes, heads, indents, widths = columns[:, :found]
    return Scanned(starts, sizes, heads, indents, widths, looks[:found])


@make_once
def _kind_table() -> NDArray[np.uint16]:
    """For each code point below 0x10000 what it may be: white space, a line break, a bullet, ..."""
    chars = "".join(map(chr, range(1 << 16)))
    spaces = list(filter(str.isspace, chars))
    breaks = [char for char in spaces if len(f"a{char}a".splitlines()) > 1]
    solid, foreign = [char for char in chars if char not in HUSKS], chars[128:]
    members = (
        spaces, breaks, BULLETS, _ODD_STARTS, _MARKED, HUSKS, WIDE_RE.findall(chars),
        solid, [char for char in spaces if char != " "], foreign, "\t" + BARS + HIDDEN, ZERO_RE.findall(chars), TRIMMED,
        _LOOSE_RE.findall(chars),
    )  # fmt: skip
    table = np.zeros(len(chars), np.uint16)
    for bit, some in enumerate(members):
        table[list(map(ord, some))] |= np.uint16(1 << bit)
    table.setflags(write=False)
    return table


class Lines(NamedTuple):
    """The physical lines that hold something, in columns; those that are not described as in `Scanned`."""

    texts: list[str]
    """Without the white space and what is invisible around them."""
    firsts: Codes
    """The first character of each, and the last one."""
    lasts: Codes
    starts: Ints
    sizes: Ints
    heads: Ints
    indents: Ints
    columns: Ints
    looks: NDArray[np.uint8]
    gaps: Ints
    """Blank lines before each, or -1 after a hard boundary."""
    marks: NDArray[np.uint8]
    """What stands between each and the one above it: a boundary, 0 for none."""


def split_lines(text: str, codes: Codes | None = None) -> Lines:
    """The lines that hold something; rules and WET headers only make gaps. `codes` are the text's code points, if they
    were read already."""
    codes = read_codes(text) if codes is None else codes
    scanned = scan_lines(text, codes)
    is_line, below = _sort_lines(text, codes, scanned)
    at = np.flatnonzero(is_line)
    starts, sizes = scanned.starts[at], scanned.sizes[at]
    ends = starts + sizes
    firsts = codes[starts]
    texts = [text[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
    gaps, marks = _measure_gaps(at, below)
    for k in np.flatnonzero(are_any(firsts, _URL_FIRSTS) & (gaps != 0)).tolist():
        if _URL_RE.match(texts[k]):
            gaps[k] = HARD
    return Lines(
        texts, firsts, codes[ends - 1], starts, sizes, scanned.heads[at], scanned.indents[at],
        scanned.columns[at], scanned.looks[at], gaps, marks,
    )  # fmt: skip


def _sort_lines(text: str, codes: Codes, lines: Scanned) -> tuple[NDArray[np.bool_], NDArray[np.uint8]]:
    """Which lines hold something, and at which there is a boundary (behind one that holds something), of which sort."""
    is_line = lines.sizes > 0
    boundary = (lines.looks & FEED != 0) * np.uint8(FEED_MARK)

    def read(i: int) -> str:
        return text[lines.starts[i] : lines.starts[i] + lines.sizes[i]]

    def is_above_note(i: int) -> bool:
        below = next((j for j in range(i + 1, len(is_line)) if lines.sizes[j]), i)
        return read(below)[:2] in NOTE_STARTS

    @cache
    def is_rst() -> bool:
        starts = lines.starts[lines.sizes > 0]
        dots = starts[codes[starts] == ord(".")].tolist()  # all of them begin with one
        return sum(_RST_RE.match(text, dot) is not None for dot in dots) >= _RST_MARKS

    in_header = 0
    for i in np.flatnonzero(lines.looks & MARKED).tolist():
        bare = read(i)
        if bare[0] == "W":
            if i >= in_header and bare.startswith(_WET_START) and _WET_RE.match(bare):
                in_header, is_header = i + 1, False
                while in_header < len(is_line) and (
                    _WET_FIELD_RE.match(field := read(in_header))
                    or (field and in_header > i + 1 and lines.indents[in_header])
                ):
                    is_header |= field[:5].upper() == "WARC-"
                    in_header += 1
                if is_header:  # a text that speaks of the format has none of its fields below
                    is_line[i:in_header], boundary[i:in_header] = False, WET_MARK
        elif bare[0] in INVISIBLE and not bare.strip(INVISIBLE):
            is_line[i] = False
        elif i >= in_header and bare[-1] in RULE_ENDS and _is_rule(bare):
            above = lines.sizes[i - 1] if i and is_line[i - 1] else 0
            underlines = above and abs(above - len(bare)) <= 3
            is_line[i] = False
            if _HARD_RULE_RE.match(bare) and not (underlines or is_above_note(i) or (above and is_rst())):
                is_below = 0 < above < max(len(bare), HEADING_CHARS) and read(i - 1)[-1] not in ".!?"
                least = max(PARTING_RULES.get(bare[0], _NEVER), HEADING_RULE * is_below)
                boundary[i] = max(boundary[i], RULE_MARK if len(bare) >= least else LINE_MARK)
    return is_line, boundary


def _is_rule(bare: str) -> bool:
    """Whether a line holds signs of rules alone, and four or more at its end; linear in its length."""
    return not bare.strip(_RULE_SIGNS) and _RULE_END_RE.search(bare[-8:]) is not None


def _measure_gaps(
    at: NDArray[np.int64], boundary: NDArray[np.uint8]
) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Lines between each line and the one above it, -1 where one of them, or the end of that one, is a boundary; and
    the surest sort of boundary between the two."""
    before = np.concatenate((np.full(min(1, len(at)), -1), at[:-1]))
    if not len(at):
        return before, boundary[:0]
    marks = np.maximum.reduceat(boundary, np.append(np.maximum(before, 0), at[-1]))[:-1]
    marks[0] = boundary[: at[0]].max(initial=0)
    return np.where(marks > 0, HARD, at - before - 1), marks


def are_any(codes: Codes, chars: str) -> NDArray[np.bool_]:
    """Which code points are those of some few characters."""
    found: NDArray[np.bool_] = codes == ord(chars[0])
    for char in chars[1:]:
        found |= codes == ord(char)
    return found


def drop_hidden(text: str) -> str:
    """Without what is invisible inside words; in scripts of South East Asia a space without width parts words.

    >>> drop_hidden("Donau\\u00addampf\\u200bschiff")
    'Donaudampfschiff'
    """
    return _NEEDLESS_RE.sub("", text) if _HIDDEN_RE.search(text) else text


def is_unspaced(char: str) -> bool:
    """Whether a character belongs to a script that is written without spaces between words: Chinese or Japanese."""
    return char >= "\u2e80" and (
        char <= "\u9fff"
        or "\uf900" <= char <= "\ufaff"
        or "\uff00" <= char <= "\uffef"
        or "\U00020000" <= char <= "\U0003fffd"
    )
