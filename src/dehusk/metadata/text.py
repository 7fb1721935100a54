"""Metadata of one article of a text dump: the lines around it are all there is."""

from __future__ import annotations

from collections.abc import Sequence

from dehusk.metadata.authors import read_byline
from dehusk.metadata.dates import find_day
from dehusk.model import Block, Metadata, Page

_FIRST_BLOCKS = 6
_LAST_BLOCKS = 2
_LINE_CHARS = 160
_TITLE_CHARS = (8, 160)


def read_text_metadata(blocks: Sequence[Block], page: Page) -> Metadata:
    """Title, author and date of one article, from its first and last lines; "" rather than a guess.

    The title is a heading, or a short line without a full stop among the first ones; `page.title`,
    `page.author`, `page.date` and `page.url` win. The site stays "".

    >>> lines = ["Storm hits the coast", "By Ann Roe", "May 5, 2024", "The wind came at night and took all."]
    >>> read_text_metadata([Block(line, "paragraph", 0, 0, 0) for line in lines], Page(""))
    Metadata(title='Storm hits the coast', author='Ann Roe', date='2024-05-05', site='', url='')
    """
    first = list(blocks[:_FIRST_BLOCKS])
    ends = [block.text for block in (*first, *blocks[_FIRST_BLOCKS:][-_LAST_BLOCKS:])]
    short = [text for text in ends if len(text) <= _LINE_CHARS]
    author = next(filter(None, map(read_byline, short)), "")
    return Metadata(
        title=page.title.strip() or _find_title(first),
        author=page.author.strip() or author,
        date=find_day(page.date[:100]) or next(filter(None, map(find_day, short)), ""),
        url=page.url,
    )


def _find_title(first: Sequence[Block]) -> str:
    for block in first[:3]:
        if block.kind == "heading" or _is_headline(block):
            return " ".join(block.text.split())[: _TITLE_CHARS[1]]
        if len(block.text) > _TITLE_CHARS[1]:  # the article's text has begun
            return ""
    return ""


def _is_headline(block: Block) -> bool:
    text = block.text
    if block.kind != "paragraph" or not _TITLE_CHARS[0] <= len(text) <= _TITLE_CHARS[1]:
        return False
    if text[-1] in ".,;:…。，；：" or "|" in text or read_byline(text) or find_day(text):
        return False
    return text[0].isupper() or not text[0].islower()
