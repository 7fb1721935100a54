"""One article's kept blocks, and what is known of the page -> Article."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, pairwise, takewhile
from operator import attrgetter
from typing import NamedTuple

from dehusk.language import identify_language
from dehusk.metadata import find_metadata, find_notes, read_text_metadata
from dehusk.model import (
    Article,
    Block,
    Document,
    Labelled,
    Metadata,
    Page,
    PageLabels,
    PageStart,
    make_id,
    mean_score,
)
from dehusk.words import count_words, unify

_MARKERS = "-*•·‣▪◦–—"
_TOP_BLOCKS, _ABOVE_BLOCKS, _BELOW_BLOCKS = 8, 24, 2
"""Of an article, above it and below it, among which there may be a title and bylines that were left out."""
_BETWEEN_BLOCKS = 150
"""Below and above each of them, likewise: farther away is what makes no difference, and would cost time."""
_find_start = attrgetter("block.start")


class Made(NamedTuple):
    """The articles of a page, what they are made of, and what belongs to none of them."""

    articles: list[Article]
    groups: list[list[Labelled]]
    """The blocks of each."""
    notes: list[Labelled]
    """Those of a text's kept blocks that say who an author is."""


class _Written(NamedTuple):
    """The text of an article, and what is known by it alone."""

    text: str
    language: tuple[str, float]
    words: int


def make_articles(
    groups: list[list[Labelled]], document: Document, page: Page, *, labels: PageLabels
) -> Made:
    """One Article a group of kept blocks, numbered from 1; `page` is the decoded one the document came from.

    The labels' confidence is the whole page's: its only article gets it, one of several its own blocks' mean score.
    """
    described = list(_describe(groups, document, page, labelled=labels.blocks))
    groups, notes = _leave_notes(groups, described) if document.kind == "text" else (groups, [])
    pieces = [[item.block for item in group] for group in groups]
    source = str(page.content) if document.are_pieces else ""
    texts = [join_blocks(blocks, source=source) for blocks in pieces]
    # One question after another for all articles: what answers it, as tables of languages, then stays in the cache.
    languages, counts = list(map(identify_language, texts)), list(map(count_words, texts))
    written = map(_Written, texts, languages, counts)
    articles = [
        _make_article(
            blocks,
            document,
            page,
            written=own,
            metadata=metadata,
            part=part,
            page_type=labels.page_type,
            confidence=labels.confidence if len(groups) == 1 else mean_score(group),
        )
        for part, (group, blocks, own, metadata) in enumerate(
            zip(groups, pieces, written, described, strict=True), start=1
        )
    ]
    return Made(articles, groups, notes)


def _leave_notes(
    groups: list[list[Labelled]], described: Sequence[Metadata]
) -> tuple[list[list[Labelled]], list[Labelled]]:
    """The blocks of each article without the notes on its author, and these."""
    left, notes = list(groups), list[Labelled]()
    for part, (group, metadata) in enumerate(zip(groups, described, strict=True)):
        if at := find_notes(group, metadata.author):
            notes += map(group.__getitem__, at)
            left[part] = [item for i, item in enumerate(group) if i not in at]
    return left, notes


def join_blocks(blocks: Sequence[Block], *, source: str = "") -> str:
    """The text of an article: a block a line, list items with a marker; of pieces of the source's lines, if that is
    given, those together that were.

    >>> join_blocks([Block("Two things", "paragraph", 0, 0, 9), Block("one", "item", 2, 0, 9)])
    'Two things\\n  - one'
    """
    lines = map(write_block, blocks)
    if not source:
        return "\n".join(lines)
    breaks = ["", *("\n" if is_break else " " for is_break in _list_breaks(blocks, source))]
    return "".join(chain.from_iterable(zip(breaks, lines, strict=True)))


def write_block(block: Block) -> str:
    """Its line in the text of an article, or its lines."""
    if block.kind != "item" or block.text[0] in _MARKERS:
        return block.text
    return "  " * (block.level - 1) + "- " + block.text


def join_spans(blocks: Sequence[Block], source: str) -> tuple[tuple[int, int], ...]:
    """Where the blocks came from: [start, end) code points of the source, in order, joined over white space.

    >>> blocks = [Block("a", "paragraph", 0, 0, 1), Block("b", "paragraph", 0, 3, 4), Block("c", "paragraph", 0, 7, 8)]
    >>> join_spans(blocks, "a\\n\\nb x c ")
    ((0, 4), (7, 8))
    """
    if not blocks:
        return ()
    spans: list[tuple[int, int]] = []
    first, last = blocks[0].start, blocks[0].end
    for block in blocks:
        start = block.start
        if start > last and source[last:start].strip():
            spans.append((first, last))
            first, last = start, block.end
        else:
            last = max(last, block.end)
    return (*spans, (first, last))


def cut_article(
    article: Article, gone: Sequence[bool], *, lines: Sequence[int | str], places: Sequence[tuple[int, int]]
) -> Article:
    """The article without some of its blocks, and with others.

    `lines` measures each block's line, or is the line itself where it was not in the article and is to be; `places`
    are each block's start and end.

    >>> from dehusk.model import Article
    >>> known = dict.fromkeys(Article.__slots__, "") | {"text": "One\\nTwo", "spans": ((9, 16),), "kind": "text"}
    >>> cut = cut_article(Article(**known), [True, False], lines=[3, 3], places=[(0, 3), (4, 7)])
    >>> cut.text, cut.spans
    ('Two', ((13, 16),))
    """
    left, at, above = [], 0, "\n"
    for line, is_gone in zip(lines, gone, strict=True):
        if isinstance(line, str):
            left += ["\n", line]
            continue
        if not is_gone:
            left += [above, article.text[at : at + line]]
        at += line + 1
        above = "\n" if is_gone else article.text[at - 1 : at]  # a space between pieces of a line
    if article.kind == "text":
        article = replace(article, spans=_cut_spans(article.spans, places, gone=gone, lines=lines))
    return rewrite(article, "".join(left[1:]))


def rewrite(article: Article, text: str) -> Article:
    """The article with another text, and what is known by that."""
    language, language_score = identify_language(text)
    return replace(
        article,
        id=make_id(article.source, article.part, text),
        text=text,
        language=language,
        language_score=language_score,
        words=count_words(text),
    )


def _cut_spans(
    spans: Sequence[tuple[int, int]],
    places: Sequence[tuple[int, int]],
    *,
    gone: Sequence[bool],
    lines: Sequence[int | str],
) -> tuple[tuple[int, int], ...]:
    """The spans without the places that go, and with those that come; places may count from another start."""
    is_new = [isinstance(line, str) for line in lines]
    shift = spans[0][0] - places[is_new.index(False)][0]
    found: list[tuple[int, int]] = []
    at, last = 0, -1  # the span that a place is in, and the one that the place before was in
    for (start, end), is_gone, comes in zip(places, gone, is_new, strict=True):
        start, end = start + shift, end + shift
        while not comes and spans[at][1] < end:
            at += 1
        if is_gone:
            last = -1
            continue
        if found and ((at == last and not comes) or start <= found[-1][1]):
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
        last = -1 if comes else at
    return tuple(found)


def _describe(
    groups: Sequence[Sequence[Labelled]], document: Document, page: Page, *, labelled: Sequence[Labelled]
) -> Iterator[Metadata]:
    """The metadata of each group; only a page's single article has what the page says of itself."""
    if document.kind == "html" and len(groups) == 1:
        yield find_metadata(document, page)
        return
    around = find_metadata(document, page) if document.kind == "html" else Metadata()
    end = 0
    for group in groups:
        blocks = [item.block for item in group]
        lines = list(group) if document.kind == "html" else add_left_out(group, labelled, end)
        lines = drop_header_lines(lines, document.starts)
        given = _add_header(page, document.starts, blocks, end=end)
        own = read_text_metadata(lines, given, is_alone=len(groups) == 1)
        end = blocks[-1].end if blocks else end
        title, author = own.title, own.author
        if document.kind == "html":
            title = next((b.text for b in blocks if b.kind == "heading"), title)
        elif document.are_pieces and _are_pieces(blocks, str(page.content)):
            if not given.title and title not in _list_whole(lines):
                title = ""  # where it ends nothing shows
            if not given.author and " " not in author and author.lower() != author.upper():
                author = ""  # a first name, cut before the other
        yield Metadata(
            title=title,
            author=author,
            date=own.date,
            site=own.site or around.site,
            url=own.url or around.url,
        )


def _are_pieces(blocks: Sequence[Block], source: str) -> bool:
    """Whether some blocks are of one line: only in a part of a text may pages be lines."""
    return len(blocks) == 1 or not all(_list_breaks(blocks, source))


def _list_breaks(blocks: Sequence[Block], source: str) -> list[bool]:
    """Whether each block but the first begins a line of the source, or stands behind something that was left out."""
    between = (source[above.end : below.start] for above, below in pairwise(blocks))
    return [
        block.gap != 0 or len(space) > 1 or space.splitlines() == [""]
        for block, space in zip(blocks[1:], between, strict=True)
    ]


def _list_whole(pieces: Sequence[Labelled]) -> list[str]:
    """Of the pieces of lines the texts of those that are whole ones."""
    gaps = [*(item.block.gap for item in pieces), 1]
    return [
        item.block.text for item, above, below in zip(pieces, gaps, gaps[1:], strict=False) if above and below
    ]


def add_left_out(group: Sequence[Labelled], labelled: Sequence[Labelled], end: int) -> list[Labelled]:
    """An article's blocks with those that were left out right above, none before `end`, between its first ones, and
    right below."""
    top = group[:_TOP_BLOCKS]
    if not top:
        return []
    own = {id(item.block) for item in top}
    after, *at = (bisect_left(labelled, place, key=_find_start) for place in (end, *map(_find_start, top)))
    around = [*labelled[max(at[0] - _ABOVE_BLOCKS, after) : at[0]]]
    for above, below in pairwise(at):
        first, last = above + 1, max(above + 1, below - _BETWEEN_BLOCKS)
        around += [*labelled[first : min(first + _BETWEEN_BLOCKS, last)], *labelled[last:below]]
    left_out = [item for item in around if not item.is_kept and id(item.block) not in own]
    last = bisect_right(labelled, group[-1].block.start, key=_find_start)
    footer = takewhile(lambda item: not item.is_kept, labelled[last : last + _BELOW_BLOCKS])
    return [*sorted([*top, *left_out], key=_find_start), *group[_TOP_BLOCKS:], *footer]


def drop_header_lines(lines: Sequence[Labelled], starts: Sequence[PageStart]) -> list[Labelled]:
    """The lines that are of no page's header: what these say is known, and "===== a.txt =====" is no title."""
    if not starts:
        return list(lines)
    above = [bisect_right(starts, line.block.start, key=attrgetter("start")) for line in lines]
    return [
        line
        for line, at in zip(lines, above, strict=True)
        if not at or line.block.start >= starts[at - 1].end
    ]


def _add_header(page: Page, starts: Sequence[PageStart], blocks: Sequence[Block], *, end: int = 0) -> Page:
    """The page with what the header says that blocks stand below, if they stand below one.

    If another article, which ends at `end`, stands between, the blocks are of a page that has no header.
    """
    at = bisect_right(starts, blocks[0].start, key=attrgetter("page")) if blocks else 0
    if not at or (at < len(starts) and starts[at].page <= blocks[-1].start):
        return page
    header = starts[at - 1]
    if header.mark == "header" and header.page < end:
        return page
    return replace(
        page,
        url=page.url or header.url,
        title=page.title or header.title,
        author=page.author or header.author,
        date=page.date or header.date,
    )


def _write_line(text: str) -> str:
    """A value as one line in NFC: what a row or a header says may have line breaks."""
    line = " ".join(text.split())
    return line if line.isascii() else unify(line)


def _make_article(
    blocks: list[Block],
    document: Document,
    page: Page,
    *,
    written: _Written,
    metadata: Metadata,
    part: int,
    page_type: str,
    confidence: float,
) -> Article:
    content = page.content if isinstance(page.content, str) else ""
    return Article(
        id=make_id(page.source, part, written.text),
        text=written.text,
        title=_write_line(metadata.title),
        author=_write_line(metadata.author),
        date=metadata.date,
        language=written.language[0],
        language_score=written.language[1],
        url=metadata.url,
        site=metadata.site,
        source=page.source,
        part=part,
        kind=document.kind,
        page_type=page_type,
        words=written.words,
        spans=join_spans(blocks, content) if document.kind == "text" else ((0, document.length),),
        confidence=confidence,
    )
