"""Plain text -> Document: logical lines, each with the place it came from.

Text that was broken at a fixed width is put together again; everything else stays a block a line.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, partial
from itertools import compress, pairwise, repeat
from string import ascii_lowercase
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.block_table import KIND_NUMBERS, tabulate
from dehusk.blocks.lines import (
    BULLETS,
    ENTRY,
    FEED,
    FOREIGN,
    HUSKS,
    INVISIBLE,
    LATE,
    MARKED,
    ODD,
    RULE_ENDS,
    Scanned,
    scan_lines,
)
from dehusk.blocks.markdown import Shown, is_markdown, show_markdown
from dehusk.blocks.wrapping import find_joins
from dehusk.model import Block, BlockKind, BlockTable, Document, Page, PageMark, PageStart
from dehusk.page_headers import FACTS, find_form, find_headers
from dehusk.words import WordHashes, find_first_words, find_members, hash_words, measure_texts

MARKER_RE = re.compile(r"(?:[•●▪■◦‣⁃∙·○☆★□◆◇►▸▶*+–—-]|o(?=  ?\S))(?:\s+|$)|[•●▪■◦‣⁃∙·]")
"""A bullet as text browsers and people write it: what follows is a list item."""
RULE_RE = re.compile(r"[=\-_─━═—*~#+ ]*(?:[=\-_─━═—*~#+] ?){4,}$")
_HARD_RULE_RE = re.compile(r"[=─━═]{4,}$|-{4,}$")
_URL_RE = re.compile(r"<?(?:https?://|www\.)\S+$")
_URL_STARTS = frozenset(("http", "www.", "<htt"))
_WET_RE = re.compile(r"WARC/1\.\d$")
_HEADING_RE = re.compile(r"(#{1,6})\s+(?=\S)")
_FENCES = ("```", "~~~")
_CODE_RE = re.compile(
    r"[;{}]$|^(?:[}\])]+[;,]?|(?:def|class|import|from|return|function|public|private|const|var|let|#include)\b.*[:;({)]"
    r"|</?[a-z][\w-]*(?: [^>]*)?>.*|>>> .*|\$ [a-z].*)$"
)
_COLUMNS_RE = re.compile(r"\S {3,}\S")
_DROPPED_RE = re.compile(r"([B-HJ-Z]|[AI](?= [b-hj-z]\b)) ([a-z]+)\b")  # "A" is a word: only "A n" is mended
_CODE_STARTS = tuple("def class import from return function public private const var let #include".split())
_as_block = partial(tuple.__new__, Block)
"""A third of the time of Block()."""
_HARD = -1
_LINE, _FEED, _RULE, _WET = range(1, 5)
_MARKS: dict[int, PageMark] = {_FEED: "feed", _RULE: "rule", _WET: "wet"}
_PARTS = min(_MARKS)
_PARTING_RULES, _HEADING_RULE, _NEVER = {"=": 4, "-": 10}, 30, 1 << 30
"""Rules of so many of these part pages; right below a shorter line, as under the heads of a table's columns, only of so
many. Other lines and shorter dashes are what browsers and Markdown have for a rule of the page itself."""
_TINY_CHARS, _COLUMN_LINES, _COLUMN_PIECE = 2, 500, 100


class Lines(NamedTuple):
    """The physical lines that hold something, in columns; all but two as in `Scanned`."""

    texts: list[str]
    """Without the white space around them."""
    starts: NDArray[np.int64]
    sizes: NDArray[np.int64]
    indents: NDArray[np.int64]
    columns: NDArray[np.int64]
    looks: NDArray[np.uint8]
    gaps: NDArray[np.int64]
    """Blank lines before each, or -1 after a hard boundary."""
    marks: NDArray[np.uint8]
    """What stands between each and the one above it: _LINE and so on."""


def read_text(page: Page) -> Document:
    """The logical lines of a decoded text as blocks; `start` and `end` are offsets into `page.content`.

    Lines broken at a fixed width (text browsers, mail, old files) are one block where the breaks show that
    width. A form feed, a rule of `=` or `-`, a WET header or a line that is a bare address makes the next
    block's `gap` -1; rules and WET headers are no blocks.

    >>> [b.text for b in read_text(Page("One\\n\\n  • two\\n", kind="text")).blocks]
    ['One', '- two']
    """
    text = page.content if isinstance(page.content, str) else page.content.decode("utf-8", "replace")
    shown = _show(text) if is_markdown(text) else None
    plain = shown.text if shown else text
    has_fences = any(fence in plain for fence in _FENCES)
    lines = split_lines(plain)
    starts, form = _find_starts(lines, page)
    blocks, table = _make_blocks(lines, has_fences=has_fences)
    words = hash_words([block.text for block in blocks], table.sizes)
    mended = mend_capitals(blocks, words)
    if mended is not blocks:
        texts = [block.text for block in mended]
        table = table._replace(sizes=measure_texts(texts))
        blocks, words = mended, hash_words(texts, table.sizes)
    if shown:
        blocks = _place_blocks(blocks, shown)
        places = shown.locate(np.array([start[:3] for start in starts], np.int64).reshape(-1, 3)).tolist()
        starts = [PageStart(*three, *old[3:]) for old, three in zip(starts, places, strict=True)]  # type: ignore[call-arg]
    return Document(
        kind="text",
        blocks=blocks,
        length=len(text),
        source=page.source,
        is_single=page.is_single,
        words=words,
        table=table,
        starts=tuple(starts),
        header_form=form,
    )


def _find_starts(lines: Lines, page: Page) -> tuple[list[PageStart], str]:
    """Where a text says that pages begin, and the form of their headers; these lines are set apart from others."""
    gaps: list[int] = lines.gaps.tolist()
    form = page.header_form or ("" if page.offset else find_form(lines.texts, gaps))
    found = list[PageStart]()
    for first, end, facts, *_ in find_headers(lines.texts, gaps, form)[: 1 if page.is_single else None]:
        has_title = (
            first > 0 and gaps[first] in (0, 1) and _HEADING_RE.match(lines.texts[first - 1]) is not None
        )
        lines.gaps[first : end + 1] = np.maximum(lines.gaps[first : end + 1], 1)
        lines.gaps[first - has_title] = _HARD
        start, stop = int(lines.starts[first]), int(lines.starts[end - 1] + lines.sizes[end - 1])
        page_start = int(lines.starts[first - has_title])
        found.append(PageStart(page_start, start, stop, "header", *(facts.get(name, "") for name in FACTS)))
    if found:
        return found, form
    at = np.flatnonzero(lines.marks >= _PARTS)
    places = zip(lines.starts[at].tolist(), lines.marks[at].tolist(), strict=True)
    return [PageStart(start, start, start, _MARKS[mark]) for start, mark in places], form


def _show(text: str) -> Shown:
    """What a Markdown text shows; where it was broken at a fixed width, without those breaks.

    Only the source shows the width: its addresses were counted.
    """
    lines = split_lines(text)
    at = np.flatnonzero(find_joins(lines)).tolist()
    pieces, cuts, done = list[str](), list[tuple[int, int]](), 0
    for i in at:
        end, start = int(lines.starts[i] + lines.sizes[i]), int(lines.starts[i + 1])
        space = join_lines([lines.texts[i][-2:], lines.texts[i + 1][0]])[-2] == " "
        pieces += text[done:end], " " * (start - end)
        cuts.append((end + space, start))
        done = start
    return show_markdown("".join([*pieces, text[done:]]), cuts)


def _place_blocks(blocks: list[Block], shown: Shown) -> list[Block]:
    """The blocks of what a Markdown text shows, with their places in its source."""
    starts = shown.locate(np.array([block.start for block in blocks], np.int64))
    ends = shown.locate(np.array([block.end for block in blocks], np.int64) - 1) + 1
    places = zip(starts.tolist(), ends.tolist(), strict=True)
    return [block._replace(start=start, end=end) for block, (start, end) in zip(blocks, places, strict=True)]


def split_lines(text: str) -> Lines:
    """The lines that hold something; rules and WET headers only make gaps."""
    scanned = scan_lines(text)
    is_line, below = _sort_lines(text, scanned)
    at = np.flatnonzero(is_line)
    starts, sizes, looks = scanned.starts[at], scanned.sizes[at], scanned.looks[at]
    texts = list(map(str.strip, compress(text.splitlines(), is_line.tolist())))
    gaps, marks = _measure_gaps(at, below)
    for k in np.flatnonzero(gaps).tolist():
        if texts[k][:4] in _URL_STARTS and _URL_RE.match(texts[k]):
            gaps[k] = _HARD
    return Lines(texts, starts, sizes, scanned.indents[at], scanned.columns[at], looks, gaps, marks)


def _sort_lines(text: str, lines: Scanned) -> tuple[NDArray[np.bool_], NDArray[np.uint8]]:
    """Which lines hold something, and at which there is a boundary (behind one that holds something), of which sort."""
    is_line, boundary = lines.sizes > 0, np.where(lines.looks & FEED != 0, np.uint8(_FEED), np.uint8(0))

    def read(i: int) -> str:
        return text[lines.starts[i] : lines.starts[i] + lines.sizes[i]]

    in_header = -1
    for i in np.flatnonzero(lines.looks & MARKED).tolist():
        bare = read(i)
        if bare[0] == "W":
            if i > in_header and bare[:5] == "WARC/" and _WET_RE.match(bare):
                in_header = i
                while in_header < len(is_line) and read(in_header).strip(INVISIBLE):
                    is_line[in_header], boundary[in_header] = False, _WET
                    in_header += 1
        elif bare[0] in INVISIBLE and not bare.strip(INVISIBLE):
            is_line[i] = False
        elif i > in_header and bare[-1] in RULE_ENDS and RULE_RE.match(bare):
            above = lines.sizes[i - 1] if i and is_line[i - 1] else 0
            underlines = above and abs(above - len(bare)) <= 3
            is_line[i] = False
            if not underlines and _HARD_RULE_RE.match(bare):
                least = max(_PARTING_RULES.get(bare[0], _NEVER), _HEADING_RULE * (0 < above < len(bare)))
                boundary[i] = max(boundary[i], _RULE if len(bare) >= least else _LINE)
    return is_line, boundary


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
    return np.where(marks > 0, _HARD, at - before - 1), marks


class _Rows(NamedTuple):
    """Lines in lists: numbers that are read one by one are read four times as fast as from arrays."""

    texts: list[str]
    starts: list[int]
    ends: list[int]
    indents: list[int]
    gaps: list[int]


def _make_blocks(lines: Lines, *, has_fences: bool) -> tuple[list[Block], BlockTable]:
    """All lines become paragraphs or items; then those that are joined or may be something else are made anew."""
    texts = lines.texts
    numbers = (lines.starts, lines.starts + lines.sizes, lines.indents, lines.gaps)
    rows = _Rows(texts, *(values.tolist() for values in numbers))
    joins = find_joins(lines) | _join_columns(lines)
    is_entry = _find_entries(lines.looks, joins)
    shaped, kinds = list(texts), ["paragraph"] * len(texts)
    for i in np.flatnonzero(is_entry).tolist():
        shaped[i], kinds[i] = "- " + texts[i][2:], "item"
    levels = np.where(is_entry, 1 + lines.indents // 4, 0)
    places = rows.starts, rows.ends, repeat(-1), repeat(0), repeat(0), rows.gaps
    blocks: list[Block | None] = list(
        map(_as_block, zip(shaped, kinds, levels.tolist(), *places, strict=False))
    )
    odd = (joins | _find_odd(lines)) & ~is_entry
    is_odd, follows, done, in_fence = odd.tolist(), joins.tolist(), 0, False
    is_there, anew = np.ones(len(texts), np.bool_), list[int]()
    for i in range(len(texts)) if has_fences else np.flatnonzero(odd).tolist():
        if i < done or not (in_fence or is_odd[i]):
            continue
        last = _find_last(follows, i)
        done = last + 1
        anew.append(i)
        if has_fences and texts[i].startswith(_FENCES):
            in_fence, done = not in_fence and last == i, i + 1
            blocks[i] = None
            if last > i:
                is_odd[done] = True
        elif len(texts[i]) == 1 and MARKER_RE.match(texts[i]):  # a bullet on a line of its own
            if done < len(texts) and rows.gaps[done] in (0, 1):
                done = _find_last(follows, done) + 1
            blocks[i] = _make_block(rows, i, done, in_fence=in_fence) if done > i + 1 else None
        else:
            blocks[i] = _make_block(rows, i, done, in_fence=in_fence)
        if done > i + 1:
            is_there[i + 1 : done] = False
    table = BlockTable(
        lines.sizes, np.where(is_entry, KIND_NUMBERS["item"], 0), levels, lines.sizes.copy(), lines.gaps
    )
    made = [(i, block) for i in anew if (block := blocks[i])]
    is_there[anew], at = False, [i for i, _ in made]
    is_there[at] = True
    for column, values in zip(table, tabulate([block for _, block in made]), strict=True):
        column[at] = values
    found: list[Block] = list(compress(blocks, is_there.tolist()))  # type: ignore[arg-type]
    return found, BlockTable(*(column[is_there] for column in table))


def _find_entries(looks: NDArray[np.uint8], joins: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which lines are plain items that stand alone."""
    is_alone: NDArray[np.bool_] = (looks & ENTRY != 0) & ~joins
    is_alone[1:] &= ~joins[:-1]
    return is_alone


def _join_columns(lines: Lines) -> NDArray[np.bool_]:
    """Joins of a column of single letters or digits: as blocks of their own, lines would cost a kilobyte each."""
    is_tiny = lines.sizes <= _TINY_CHARS
    joins: NDArray[np.bool_] = is_tiny & np.append(
        is_tiny[1:] & (lines.gaps[1:] == 0), np.zeros(min(1, len(is_tiny)), np.bool_)
    )
    edges = np.flatnonzero(np.diff(joins, prepend=False, append=False)).reshape(-1, 2)
    for start, stop in edges.tolist():
        if stop - start < _COLUMN_LINES:
            joins[start:stop] = False
        else:
            joins[start + _COLUMN_PIECE - 1 : stop : _COLUMN_PIECE] = False
    return joins


def _find_last(follows: list[bool], line: int) -> int:
    """The last of the lines that continue `line`."""
    while follows[line]:
        line += 1
    return line


def _find_odd(lines: Lines) -> NDArray[np.bool_]:
    """Which lines may be anything but a paragraph as they stand."""
    texts = lines.texts
    odd: NDArray[np.bool_] = lines.looks & ODD != 0
    for i in np.flatnonzero(~odd & (lines.looks & LATE != 0)).tolist():
        odd[i] = texts[i].startswith(_CODE_STARTS)
    for i in np.flatnonzero(~odd & (lines.looks & FOREIGN != 0)).tolist():
        odd[i] = not unicodedata.is_normalized("NFC", texts[i])
    return odd


def _make_block(rows: _Rows, first: int, stop: int, *, in_fence: bool) -> Block | None:
    """The block of the lines [first, stop), or None where there is nothing but marks."""
    text = rows.texts[first] if stop == first + 1 else join_lines(rows.texts[first:stop])
    kind: BlockKind
    if not in_fence and text[0] in BULLETS and text[1:2] == " " and text[2:].isascii() and "  " not in text:
        kind, level, text = "item", 1, "- " + text[2:]
    else:
        kind, level, text = _shape_text(rows.texts[first], text, in_fence=in_fence)
    if not text.strip(HUSKS):
        return None
    if kind == "item":
        level = 1 + rows.indents[first] // 4
    elif kind == "code":
        text = " " * rows.indents[first] + text
    return _as_block((text, kind, level, rows.starts[first], rows.ends[stop - 1], -1, 0, 0, rows.gaps[first]))


def _shape_text(first: str, text: str, *, in_fence: bool) -> tuple[BlockKind, int, str]:
    """What a text is that begins with the line `first`, and how it reads as that."""
    kind, level = _kind_of(first, in_fence=in_fence)
    if kind == "row":
        cells = map(str.strip, text.replace("|", "\t").split("\t"))
        text = " ".join(" | ".join(filter(None, cells)).split())
    elif kind != "code" and ("  " in text or not text.isascii() or not text.isprintable()):
        text = " ".join(text.split())
    if kind == "item":
        text = "- " + MARKER_RE.sub("", text, count=1).lstrip()
    elif kind == "heading":
        text = _HEADING_RE.sub("", text, count=1)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return kind, level, text


def _kind_of(text: str, *, in_fence: bool) -> tuple[BlockKind, int]:
    if in_fence:
        return "code", 0
    first = text[0]
    if first == "#" and (heading := _HEADING_RE.match(text)):
        return "heading", len(heading[1])
    if (first == "o" or not first.isalnum()) and MARKER_RE.match(text):
        return "item", 1
    if (
        "\t" in text
        or text.count("|") > 1
        or ("   " in text[:300] and len(_COLUMNS_RE.findall(text[:300])) > 1)
    ):
        return "row", 0
    if (text[-1] in ";{}:()" or first in "<>$})]") and _CODE_RE.search(text):
        return "code", 0
    return "paragraph", 0


def mend_capitals(blocks: list[Block], words: WordHashes) -> list[Block]:
    """The blocks with drop capitals put back on their words ("W hen" -> "When").

    Only where the whole word occurs elsewhere in the text and its rest does not begin a word there as often:
    "T cells" and "C compilers" stay. `words` are those of the blocks.
    """
    has, firsts = find_first_words(words)
    is_letter = find_members(words.values[firsts], _letter_hashes()) >= 0
    found = [(i, match) for i in has[is_letter].tolist() if (match := _DROPPED_RE.match(blocks[i].text))]
    if not found:
        return blocks
    sought = hash_words([part for _, match in found for part in (match[1] + match[2], match[2])]).values
    values = np.sort(words.values)
    counts = np.searchsorted(values, sought, "right") - np.searchsorted(values, sought, "left")
    mended = list(blocks)
    for (i, match), whole, rest in zip(found, counts[::2].tolist(), counts[1::2].tolist(), strict=True):
        if whole > 0 and whole >= rest - 1:
            mended[i] = blocks[i]._replace(text=match[1] + blocks[i].text[match.start(2) :])
    return mended


@cache
def _letter_hashes() -> NDArray[np.uint64]:
    return np.unique(hash_words(list(ascii_lowercase)).values)


def join_lines(texts: list[str]) -> str:
    """A wrapped paragraph's lines as one: no space inside CJK text, nor after a hyphen."""
    parts = [texts[0]]
    for before, after in pairwise(texts):
        a, b = before[-1], after[0]
        if (_is_unspaced(a) and _is_unspaced(b)) or (
            a == "-" and len(before) > 1 and before[-2].isalpha() and b.islower()
        ):
            parts.append(after)
        else:
            parts.append(" " + after)
    return "".join(parts)


def _is_unspaced(char: str) -> bool:
    """Whether a character belongs to a script that is written without spaces between words."""
    return "\u2e80" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff" or "\uff00" <= char <= "\uffef"
