"""Plain text -> Document: logical lines, each with the place it came from.

Text that was broken at a fixed width is put together again; everything else stays a block a line.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Set
from functools import cache
from itertools import compress, islice, pairwise, repeat
from typing import NamedTuple

import numpy as np
import regex
from numpy.typing import NDArray

from dehusk.block_table import KIND_NUMBERS
from dehusk.blocks.code import find_code, find_fences, has_fences, is_statement
from dehusk.blocks.lines import (
    BARS,
    BULLETS,
    ENTRY,
    HEADING_RE,
    HUSKS,
    LATE,
    LOOSE,
    ODD,
    Codes,
    Lines,
    drop_hidden,
    is_unspaced,
    split_lines,
)
from dehusk.blocks.markdown import Shown, is_markdown, show_markdown
from dehusk.blocks.page_lines import part_pages
from dehusk.blocks.soft_breaks import QUOTE_RE, find_soft_breaks
from dehusk.blocks.speech import find_speeches
from dehusk.blocks.starts import find_starts, have_lines_below, move_starts, place_starts
from dehusk.blocks.wrapping import find_joins
from dehusk.model import Block, BlockKind, BlockTable, Document, Page
from dehusk.page_headers import are_lines, even_breaks
from dehusk.words import (
    WordHashes,
    find_first_words,
    find_members,
    hash_words,
    measure_texts,
    read_codes,
    replace_texts,
    unify,
)

MARKER_RE = re.compile(r"(?:[•●▪■◦‣⁃∙·○☆★□◆◇►▸▶*+–—-]|o(?=  ?\S))(?:\s+|$)|[•●▪■◦‣⁃∙·]")
"""A bullet as text browsers and people write it: what follows is a list item."""
_CODE_RE = re.compile(
    r"[{}]$|^(?:[}\])]+[;,]?|(?:def|class|import|from|return|function|public|private|const|var|let|#include)\b.*[:;({)]"
    r"|</?[a-z][\w-]*(?: [^>]*)?>.*|>>> .*|\$ [a-z].*)$"
)
_CELLS_RE = re.compile(rf"[\t{BARS}]")
_RULED_CELL_RE = re.compile(r":?-{3,}:?$")
"""Between the head of a Markdown table and its rows."""
_CLOSING_RE = re.compile(r"(?<=\S) +#+$")
_COLUMNS_RE = re.compile(r"\S {3,}\S")
_DROPPED_RE = regex.compile(
    r"([\p{Lu}--[AIАВЗИІЙКОСУЯ]]|[AI](?= [b-hj-z]\b)|[АВЗИІЙКОСУЯ](?= [\p{Ll}--[авзиійкосуя]]\b)) (\p{Ll}+)\b",
    regex.V1,
)  # "A" is a word: only "A n" is mended
_LONE_CAPITALS = frozenset("AEIOUYÀÈÉÒÓÔÁÍÅÖÜАВЗИІЙКОСУЯЄΗΉΟ")
"""Words of one letter in one language or another."""
_OPENING_PARAGRAPHS, _DROPPED_CHARS, _LEAST_REST = 3, 80, 3
"""Drop capitals stand so early in a text, or below a heading, in paragraphs of so many characters; words that do not
come again have so many letters beside them."""
_EDITS = (
    "edit bearbeiten Bearbeiten modifier modifica editar bewerken edytuj redigera rediger muokkaa değiştir sửa править "
    "редагувати 編集 编辑 編輯 편집 تعديل ویرایش"
).split()
_EDITS_RE = re.compile(rf"\[(?:{'|'.join(_EDITS)})")
_EDIT_RE = re.compile(
    rf"\s?\[(?:{'|'.join(_EDITS)})(?: (?!\d)[^\[\]|]{{1,30}})?(?:\s?\|\s?[^\[\]|]{{1,30}})?\]$"
)
_HEADING_CHARS = 150
"""Of a heading with such a link behind it: "History[edit]", "Geschichte [Bearbeiten | Quelltext bearbeiten]"."""
_CODE_STARTS = tuple("def class import from return function public private const var let #include".split())
_WORD_RE = re.compile(r"\w+")
_BELOW_CAPITAL = 40  # characters of the line below a drop capital
_FOREIGN_LETTERS = 0x530
"""Below are those of Latin, Greek and Cyrillic scripts."""
_TINY_CHARS, _COLUMN_LINES, _COLUMN_PIECE = 2, 500, 100


def read_text(page: Page) -> Document:
    """The logical lines of a decoded text as blocks; `start` and `end` are offsets into `page.content`.

    Lines broken at a fixed width (text browsers, mail, old files) are one block where the breaks show that
    width. A form feed, a rule of `=` or `-`, a WET header or a line that is a bare address makes the next
    block's `gap` -1; rules and WET headers are no blocks.

    >>> [b.text for b in read_text(Page("One\\n\\n  • two\\n", kind="text")).blocks]
    ['One', '- two']
    """
    text = page.content if isinstance(page.content, str) else page.content.decode("utf-8", "replace")
    lines, plain, shown = _read_lines(even_breaks(text))
    starts, form = find_starts(lines, plain, page)
    are_pieces = are_lines(form) or have_lines_below(starts, lines)
    if are_pieces:
        lines, firsts = part_pages(lines)
        starts = move_starts(starts, firsts, len(lines.texts))
    blocks, texts, table = _make_blocks(lines, may_fence=has_fences(lines), may_join=not are_pieces)
    if "\r" in plain and "\r\n" in plain:  # one character is looked for faster than two
        for i in np.flatnonzero(table.lengths > table.sizes).tolist():
            table.lengths[i] -= plain.count("\r\n", blocks[i].start, blocks[i].end)
    words = hash_words(texts, table.sizes)
    if mended := mend_capitals(blocks, words) | _drop_edits(blocks, plain):
        at, whole = list(mended), list(mended.values())
        for i, text in mended.items():
            blocks[i] = blocks[i]._replace(text=text)
        table.sizes[at] = measure_texts(whole)
        words = replace_texts(words, at, whole)
    placed = _place_blocks(blocks, shown) if shown else blocks
    return Document(
        kind="text",
        blocks=placed,
        length=len(text),
        source=page.source,
        is_single=page.is_single,
        is_part=page.offset > 0,
        words=words,
        table=table,
        starts=place_starts(starts, lines, blocks=blocks, placed=placed),
        header_form=form,
        are_pieces=are_pieces,
    )


def _read_lines(text: str) -> tuple[Lines, str, Shown | None]:
    """The lines of what a text shows, that itself, and how it was read if the text is Markdown."""
    codes = read_codes(text)
    if not is_markdown(text, codes):
        return split_lines(text, codes), text, None
    shown = _show(text, codes)
    return split_lines(shown.text), shown.text, shown


def _show(text: str, codes: Codes) -> Shown:
    """What a Markdown text shows; where it was broken inside a paragraph or at a fixed width, without those breaks.

    Only the source shows the width: its addresses were counted.
    """
    lines = split_lines(text, codes)
    is_code = _find_margins(lines) >= 0
    is_soft = find_soft_breaks(lines, text, is_code)
    at = np.flatnonzero(find_joins(lines, is_code) | is_soft).tolist()
    pieces, cuts, done = list[str](), list[tuple[int, int]](), 0
    for i in at:
        end, start = int(lines.starts[i] + lines.sizes[i]), int(lines.starts[i + 1])
        if is_soft[i] and (quote := QUOTE_RE.match(lines.texts[i + 1])):
            start += quote.end()
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


class _Rows(NamedTuple):
    """Lines in lists: numbers that are read one by one are read four times as fast as from arrays."""

    texts: list[str]
    speeches: set[int]
    """Those that begin with a dash as who speaks does."""
    follows: bytes
    """1 where the next line continues it, else 0."""
    looks: bytes
    indents: list[int]
    margins: list[int]
    """Columns that its piece of code is set in, or -1."""
    gaps: list[int]


_Shape = tuple[BlockKind, int, str]
"""What a block is, its level, and how it reads."""
_Shaped = tuple[int, int, BlockKind, int, str]
"""The first and the last line of such a block, and its shape."""


def _make_blocks(
    lines: Lines, *, may_fence: bool, may_join: bool
) -> tuple[list[Block], list[str], BlockTable]:
    """The blocks, their texts, and their table: all lines become paragraphs or items, but for those that are joined or
    may be something else."""
    margins = _find_margins(lines)
    is_code = margins >= 0
    joins = np.zeros(len(is_code), np.bool_)
    is_fence, is_fenced = find_fences(lines.texts) if may_fence else (joins, joins)
    if may_join:
        joins = (find_joins(lines, is_code) | _join_columns(lines) | _join_capitals(lines)) & ~is_code
        joins[:-1] &= ~is_code[1:]
    if may_fence:
        is_apart = is_fence | is_fenced
        joins &= ~is_apart
        joins[:-1] &= ~is_apart[1:]
    speeches = find_speeches(lines, joins)
    columns = (column.tolist() for column in (lines.indents, margins, lines.gaps))
    rows = _Rows(lines.texts, set(speeches), joins.tobytes(), lines.looks.tobytes(), *columns)
    is_entry = _find_entries(lines.looks, joins) & ~is_code
    is_entry[speeches] = False
    is_odd = ((joins | _find_odd(lines)) & ~is_entry & ~is_code) | is_fence | is_fenced
    begins, shaped = bytearray(b"\1" * len(joins)), list(_shape_code(rows, is_code & ~is_odd))
    fences, fenced = (set(np.flatnonzero(mask).tolist()) for mask in (is_fence, is_fenced))
    for first, stop, shape in _shape_anew(rows, is_odd, fences=fences, fenced=fenced):
        if shape:
            shaped.append((first, stop - 1, *shape))
            first += 1
        if first < stop:
            begins[first:stop] = bytes(stop - first)
    return _assemble(lines, is_entry, begins, shaped=shaped)


def _assemble(
    lines: Lines, is_entry: NDArray[np.bool_], begins: bytearray, *, shaped: list[_Shaped]
) -> tuple[list[Block], list[str], BlockTable]:
    """A block of every line that begins one: of those of a shape, or as it stands."""
    texts, kinds = list(lines.texts), ["paragraph"] * len(lines.texts)
    for i in np.flatnonzero(is_entry).tolist():
        texts[i], kinds[i] = "- " + texts[i][2:], "item"
    for i, _, kind, _, text in shaped:
        texts[i], kinds[i] = text, kind
    sizes, ends = lines.sizes.copy(), lines.starts + lines.sizes
    numbers = np.where(is_entry, KIND_NUMBERS["item"], KIND_NUMBERS["paragraph"])
    levels = np.where(is_entry, 1 + lines.indents // 4, 0)
    if shaped:
        at, lasts, own_kinds, own_levels, own_texts = map(list, zip(*shaped, strict=True))
        sizes[at], ends[at] = measure_texts(own_texts), ends[lasts]
        numbers[at], levels[at] = list(map(KIND_NUMBERS.__getitem__, own_kinds)), own_levels
    left = np.flatnonzero(np.frombuffer(begins, np.bool_))
    table = BlockTable(
        *(column[left] for column in (sizes, numbers, levels, ends - lines.starts, lines.gaps))
    )
    texts, kinds = list(compress(texts, begins)), list(compress(kinds, begins))
    places = (
        lines.starts[left].tolist(),
        ends[left].tolist(),
        repeat(-1),
        repeat(0),
        repeat(0),
        table.gaps.tolist(),
    )
    rows = zip(texts, kinds, table.levels.tolist(), *places, strict=False)
    blocks = list(map(tuple.__new__, repeat(Block), rows))  # a third of the time of Block()
    return blocks, texts, table


def _shape_anew(
    rows: _Rows, odd: NDArray[np.bool_], *, fences: Set[int], fenced: Set[int]
) -> Iterator[tuple[int, int, _Shape | None]]:
    """The lines [first, stop) that become one block, or none, of those that are `odd`; some are `fenced` code."""
    texts, done = rows.texts, 0
    for i in np.flatnonzero(odd).tolist():
        if i < done:
            continue
        in_fence, done = i in fenced, rows.follows.index(0, i) + 1
        if i in fences:
            yield i, done, None
        elif len(texts[i]) == 1 and rows.margins[i] < 0 and MARKER_RE.match(texts[i]):
            if done < len(texts) and rows.gaps[done] in (0, 1):  # a bullet on a line of its own
                done = rows.follows.index(0, done) + 1
            yield i, done, _shape_lines(rows, i, done, is_code=in_fence) if done > i + 1 else None
        else:
            yield i, done, _shape_lines(rows, i, done, is_code=in_fence)


def _shape_code(rows: _Rows, is_code: NDArray[np.bool_]) -> Iterator[_Shaped]:
    """The lines of code that is set in, without its margin."""
    for i in np.flatnonzero(is_code).tolist():
        text = rows.texts[i] if rows.texts[i].isascii() else unify(rows.texts[i])
        yield i, i, "code", 0, " " * (rows.indents[i] - rows.margins[i]) + text


def _find_margins(lines: Lines) -> NDArray[np.int64]:
    """Of each line the columns that all lines of its piece of code are set in, -1 where it is of none."""
    margins = np.full(len(lines.texts), -1)
    for first, stop in find_code(lines):
        margins[first:stop] = lines.indents[first:stop].min()
    return margins


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


def _join_capitals(lines: Lines) -> NDArray[np.bool_]:
    """Joins of capitals that were dropped on lines of their own: "T", "he passenger ferry ..."."""
    texts, joins = lines.texts, np.zeros(len(lines.texts), np.bool_)
    at = np.flatnonzero((lines.sizes[:-1] == 1) & (lines.sizes[1:] >= _BELOW_CAPITAL)).tolist()
    at = [i for i in at if texts[i].isupper() and texts[i + 1][0].islower() and 0 <= lines.gaps[i + 1] <= 1]
    counts = Counter(_WORD_RE.findall("\n".join(texts).lower())) if at else Counter[str]()
    for i in at:
        rest = word[0].lower() if (word := _WORD_RE.match(texts[i + 1][:100])) else ""
        whole, alone = counts[texts[i].lower() + rest], counts[rest]
        is_new = alone == 1 and len(rest) >= _LEAST_REST and texts[i] not in _LONE_CAPITALS
        joins[i] = rest != "" and (is_new or 0 < whole >= alone - 1)
    return joins


def _find_odd(lines: Lines) -> NDArray[np.bool_]:
    """Which lines may be anything but a paragraph as they stand."""
    texts = lines.texts
    odd: NDArray[np.bool_] = lines.looks & ODD != 0
    for i in np.flatnonzero(~odd & (lines.looks & LATE != 0)).tolist():
        odd[i] = texts[i].startswith(_CODE_STARTS)
    for i in np.flatnonzero(~odd & (lines.looks & LOOSE != 0)).tolist():
        odd[i] = not unicodedata.is_normalized("NFC", texts[i])
    return odd


def _shape_lines(rows: _Rows, first: int, stop: int, *, is_code: bool) -> _Shape | None:
    """The shape of the lines [first, stop), or None where there is nothing but marks."""
    text = rows.texts[first] if stop == first + 1 else join_lines(rows.texts[first:stop])
    kind: BlockKind
    if first in rows.speeches and not is_code:
        kind, level, text = "paragraph", 0, unify(" ".join(drop_hidden(text).split()))
    elif not is_code and text[0] in BULLETS and text[1:2] == " " and text[2:].isascii() and "  " not in text:
        kind, level, text = "item", 1, "- " + text[2:]
    else:
        is_plain = not (is_code or rows.looks[first] & (ODD | LATE))
        kind, level = ("paragraph", 0) if is_plain else _kind_of(rows.texts[first], is_code=is_code)
        text = _read_as(kind, text)
    if not (is_code or text[:1].isalnum() or text[-1:].isalnum() or text.strip(HUSKS)):
        return None
    if kind == "item":
        level = 1 + rows.indents[first] // 4
    elif kind == "code":
        text = " " * rows.indents[first] + text
    return kind, level, text


def _read_as(kind: BlockKind, text: str) -> str:
    """How a text reads as a block of that kind."""
    if kind == "row":
        cells = map(str.strip, _CELLS_RE.split(text))
        text = " ".join(" | ".join(cell for cell in cells if cell and not _RULED_CELL_RE.match(cell)).split())
    elif kind != "code" and (
        "  " in text or not text.isprintable()
    ):  # as other white space and what is hidden
        text = " ".join(drop_hidden(text).split())
    if kind == "item":
        text = "- " + MARKER_RE.sub("", text, count=1).lstrip()
    elif kind == "heading":
        text = _CLOSING_RE.sub("", HEADING_RE.sub("", text, count=1))
    return text if text.isascii() else unify(text)


def _kind_of(text: str, *, is_code: bool) -> tuple[BlockKind, int]:
    if is_code:
        return "code", 0
    first = text[0]
    if first == "#" and (heading := HEADING_RE.match(text)):
        return "heading", len(heading[1])
    if (first == "o" or not first.isalnum()) and MARKER_RE.match(text):
        return "item", 1
    if (
        "\t" in text
        or text.count("|") > 1
        or (not text.isascii() and any(bar in text for bar in BARS[1:]))
        or ("   " in text[:300] and len(_COLUMNS_RE.findall(text[:300])) > 1)
    ):
        return "row", 0
    if (text[-1] in ";{}:()" or first in "<>$})]") and (_CODE_RE.search(text) or is_statement(text)):
        return "code", 0
    return "paragraph", 0


def mend_capitals(blocks: list[Block], words: WordHashes) -> dict[int, str]:
    """The texts of the blocks whose drop capitals are put back on their words ("W hen" -> "When"), by their numbers.

    Only where the whole word occurs elsewhere in the text and its rest does not as often: "T cells" and "C compilers"
    stay. In a text's first paragraphs and below headings the word may be new, if neither its rest nor the capital
    stands alone elsewhere. `words` are those of the blocks.
    """
    has, firsts = find_first_words(words)
    is_letter = find_members(words.values[firsts], _letter_hashes()) >= 0
    found = [(i, match) for i in has[is_letter].tolist() if (match := _DROPPED_RE.match(blocks[i].text))]
    if not found:
        return {}
    sought = hash_words(
        [part for _, match in found for part in (match[1] + match[2], match[2], match[1])]
    ).values
    members, which = np.unique(sought, return_inverse=True)
    at = find_members(words.values, members)
    counts = np.bincount(at[at >= 0], minlength=len(members))[which].reshape(-1, 3)
    early = _find_opening(blocks)
    return {
        i: match[1] + blocks[i].text[match.start(2) :]
        for (i, match), (whole, rest, letter) in zip(found, counts.tolist(), strict=True)
        if (whole > 0 and whole >= rest - 1)
        or (rest == letter == 1 and _may_be_new(match, blocks, i, is_early=i <= early))
    }


def _drop_edits(blocks: list[Block], plain: str) -> dict[int, str]:
    """The texts of the headings that a wiki's link to edit them stands behind, without it, by their numbers."""
    if not _EDITS_RE.search(plain):
        return {}
    ends = (
        (i, block.text) for i, block in enumerate(blocks) if block.text[-1] == "]" and block.kind != "code"
    )
    found = ((i, _EDIT_RE.sub("", text)) for i, text in ends if len(text) <= _HEADING_CHARS)
    return {i: text for i, text in found if text not in ("", blocks[i].text)}


def _find_opening(blocks: list[Block]) -> int:
    """The number of the block that the first paragraphs end with."""
    long = (i for i, block in enumerate(blocks) if _is_long(block))
    return max(islice(long, _OPENING_PARAGRAPHS), default=-1)


def _is_long(block: Block) -> bool:
    return block.kind == "paragraph" and len(block.text) >= _DROPPED_CHARS


def _may_be_new(match: regex.Match[str], blocks: list[Block], i: int, *, is_early: bool) -> bool:
    is_place = is_early or (i > 0 and blocks[i - 1].kind == "heading")
    return (
        is_place and _is_long(blocks[i]) and match[1] not in _LONE_CAPITALS and len(match[2]) >= _LEAST_REST
    )


@cache
def _letter_hashes() -> NDArray[np.uint64]:
    letters = filter(str.islower, map(chr, range(ord("a"), _FOREIGN_LETTERS)))
    return np.unique(hash_words(list(letters)).values)


def join_lines(texts: list[str]) -> str:
    """A wrapped paragraph's lines as one: no space inside CJK text, nor after a hyphen, if only a soft one."""
    lasts = {text[-1] for text in texts[:-1]}
    if len(texts[0]) > 1 and "-" not in lasts and max(lasts) < "\u00ad":  # as of nearly all
        return " ".join(texts)
    parts = [texts[0]]
    for before, after in pairwise(texts):
        a, b = before[-1], after[0]
        if (
            a == "\u00ad"
            or (
                before is texts[0]
                and len(before) == 1
                and len(after) >= _BELOW_CAPITAL
                and a.isupper()
                and b.islower()
            )
            or (is_unspaced(a) and is_unspaced(b))
            or (a == "-" and len(before) > 1 and before[-2].isalpha() and b.islower())
        ):
            parts.append(after)
        else:
            parts.append(" " + after)
    return "".join(parts)
