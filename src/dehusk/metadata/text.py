"""Metadata of one article of a text dump: the lines at its start and end are all there is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from dehusk.metadata.authors import read_byline
from dehusk.metadata.dates import find_day, split_at_day
from dehusk.model import Block, Metadata, Page

_FIRST_BLOCKS = 6
_LAST_BLOCKS = 2
_TITLE_BLOCKS = 3
_BYLINE_CHARS = 80
_TITLE_MIN_CHARS = 8
_TITLE_MAX_CHARS = 160
_BESIDE_DAY_CHARS = 30
"""Letters that may stand beside the day in a dateline: "Posted on", a place, a name; a sentence has more."""

_REFERENCE_RE = re.compile(r"\[\d{1,3}\]")
_TRAIL_RE = re.compile(r"\s[>»›]\s?")
_NO_DATELINE_RE = re.compile(r"©|\(c\)|copyright|joined|registered|expires|valid until|due", re.IGNORECASE)
_NO_TITLE_RE = re.compile(
    r"^(?:introduction|overview|contents|table of contents|summary|about us|key (?:points|takeaways)"
    r"|share|einleitung|inhalt|überblick|introducción|resumen|sommaire|résumé|введение|содержание"
    r"|目次|目录)$",
    re.IGNORECASE,
)


def read_text_metadata(blocks: Sequence[Block], page: Page) -> Metadata:
    """Title, author and date of one article, from its first and last lines; "" rather than a guess.

    The title is a heading, or a short line without a full stop among the first three; a date counts where
    hardly anything else stands in its line. `page.title`, `page.author`, `page.date` and `page.url` win. The
    site stays "". Lines taken for bylines should be among `blocks` where the caller still has them.

    >>> lines = ["Storm hits the coast", "By Ann Roe", "May 5, 2024", "The wind came at night and took all."]
    >>> read_text_metadata([Block(line, "paragraph", 0, 0, 0) for line in lines], Page(""))
    Metadata(title='Storm hits the coast', author='Ann Roe', date='2024-05-05', site='', url='')
    """
    first = [block.text for block in blocks[:_FIRST_BLOCKS]]
    last = [block.text for block in blocks[_FIRST_BLOCKS:][-_LAST_BLOCKS:]]
    return Metadata(
        title=page.title.strip() or _find_title(blocks),
        author=page.author.strip() or _first(map(_read_author, first + last)),
        date=find_day(page.date[:100]) or _first(map(_read_dateline, first + last)) or page.crawled[:10],
        url=page.url,
    )


def _first(values: Iterable[str]) -> str:
    return next(filter(None, values), "")


def _read_author(line: str) -> str:
    return read_byline(line) if len(line) <= _BYLINE_CHARS else ""


def _read_dateline(line: str) -> str:
    if len(line) > 2 * _BYLINE_CHARS or _NO_DATELINE_RE.search(line):
        return ""
    beside = "".join(split_at_day(line))
    return find_day(line) if sum(map(str.isalpha, beside)) <= _BESIDE_DAY_CHARS else ""


def _find_title(blocks: Sequence[Block]) -> str:
    for place, block in enumerate(blocks[:_TITLE_BLOCKS]):
        following = blocks[place + 1].text if place + 1 < len(blocks) else ""
        title = _tidy_title(block.text)
        if (block.kind == "heading" and title) or _is_headline(title, block, following):
            return title[:_TITLE_MAX_CHARS]
        if len(block.text) > _TITLE_MAX_CHARS:  # the article's text has begun
            return ""
    return ""


def _tidy_title(text: str) -> str:
    """Without a text browser's reference numbers; of a trail ("Home > News > Title") the last step."""
    return " ".join(_TRAIL_RE.split(_REFERENCE_RE.sub(" ", text[:500]))[-1].split())


def _is_headline(title: str, block: Block, following: str) -> bool:
    if block.kind != "paragraph" or not _TITLE_MIN_CHARS <= len(title) <= _TITLE_MAX_CHARS:
        return False
    if title[-1] in ".,;:…。，；：" or "|" in title or _NO_TITLE_RE.match(title):
        return False
    if title[0].islower() or following[:1].islower():  # a piece of a sentence
        return False
    return any(map(str.isalpha, title)) and not read_byline(title) and not find_day(title[:_BYLINE_CHARS])
