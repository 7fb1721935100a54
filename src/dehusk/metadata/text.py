"""Metadata of one article of a text dump: the lines at its start and end are all there is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from dehusk.metadata.authors import find_name_beside_day, read_byline
from dehusk.metadata.dates import find_day, split_at_day
from dehusk.metadata.text_titles import REFERENCE_RE, choose_text_title
from dehusk.model import Labelled, Metadata, Page

_FIRST_BLOCKS = 6
_LAST_BLOCKS = 2
_ABOVE = 3
"""Lines above an article's first one in which its author and date may stand."""
_BYLINE_CHARS = 80
_NAME_CHARS = 40
_BESIDE_DAY_CHARS = 30
"""Letters that may stand beside the day in a dateline: "Posted on", a place, a name; a sentence has more."""

_NO_DATELINE_RE = re.compile(
    r"©|\(c\)|copyright|joined|regist|expires|valid until|due|inscri|registr|дата рег|注册|登録日|member since",
    re.IGNORECASE,
)
_NAME_RE = re.compile(r"[^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*){1,3}")
_PLACE_RE = re.compile(r"[^\W\d_][^\d|•·]*,\s+(?:\w+\.?\s+)?\d")
"""Where a dateline begins, with a place."""
_NO_NAMES = frozenset(
    "home news blog about contact share menu search more read view all how what why best top guide review "
    "reviews post article articles by the release breaking press edition image credit photo live update updated "
    "world sport sports business politics opinion latest issue print pdf download comments kommentare drucken "
    "teilen imprimer partager commentaires imprimir compartir comentarios stampa condividi commenti".split()
)


def read_text_metadata(lines: Sequence[Labelled], page: Page) -> Metadata:
    """Title, author and date of one article, from its first and last lines; "" rather than a guess.

    `lines` are the article's kept blocks and what was left out right above and between them: bylines are no text, but
    say who wrote it. The title is the likeliest line (`choose_text_title`); a date counts where hardly anything else
    stands in its line, a name without "by" where such a line is next to it. `page.title`, `page.author`, `page.date`
    and `page.url` win. The site stays "".

    >>> from dehusk.model import Block
    >>> texts = ["Storm hits the coast", "By Ann Roe", "May 5, 2024", "The wind came at night and took all."]
    >>> lines = [Labelled(Block(text, "paragraph", 0, 0, 0), "content", "", 1.0) for text in texts]
    >>> read_text_metadata(lines, Page(""))
    Metadata(title='Storm hits the coast', author='Ann Roe', date='2024-05-05', site='', url='')
    """
    kept = [i for i, line in enumerate(lines) if line.is_kept]
    top = range(kept[0], kept[:_FIRST_BLOCKS][-1] + 1) if kept else range(0)
    above = range(top.start - 1, max(-1, top.start - 1 - _ABOVE), -1)
    places = [*top, *above, *kept[_FIRST_BLOCKS:][-_LAST_BLOCKS:]]
    beside = [_strip_references(lines[i].block.text) for i in places if _may_say(lines[i])]
    return Metadata(
        title=page.title.strip() or choose_text_title(lines),
        author=page.author.strip() or _first(map(_read_author, beside)) or _find_bare_name(lines, top),
        date=find_day(page.date[:100]) or _first(map(_read_dateline, beside)) or find_day(page.crawled[:40]),
        url=page.url,
    )


def _may_say(line: Labelled) -> bool:
    return line.label in ("content", "byline", "boilerplate")


def _strip_references(text: str) -> str:
    return REFERENCE_RE.sub("", text).strip()


def _find_bare_name(lines: Sequence[Labelled], top: range) -> str:
    """A line that is a name and nothing else, next to one that is a date, in the `top` of an article or right above."""
    for i in range(max(0, top.start - _ABOVE), top.stop):
        if not _may_say(lines[i]) or not _read_dateline(lines[i].block.text):
            continue
        for line, is_title in ((lines[j], j == top.start) for j in (i - 1, i + 1) if 0 <= j < len(lines)):
            name = _strip_references(line.block.text[:_BYLINE_CHARS])
            if not is_title and _may_say(line) and _is_name(name):
                return name
    return ""


def _is_name(text: str) -> bool:
    words = text.split()
    return (
        len(text) <= _NAME_CHARS
        and _NAME_RE.fullmatch(text) is not None
        and all(word[0].isupper() and not (word.isupper() and len(word) > 3) for word in words)
        and not any(word.lower() in _NO_NAMES for word in words)
    )


def _first(values: Iterable[str]) -> str:
    return next(filter(None, values), "")


def _read_author(line: str) -> str:
    if len(line) > _BYLINE_CHARS:
        return ""
    beside = "" if _PLACE_RE.match(line) else find_name_beside_day(line)
    return read_byline(line) or (beside if _is_name(beside) else "")


def _read_dateline(line: str) -> str:
    if len(line) > 2 * _BYLINE_CHARS or _NO_DATELINE_RE.search(line):
        return ""
    beside = "".join(split_at_day(line))
    return find_day(line) if sum(map(str.isalpha, beside)) <= _BESIDE_DAY_CHARS else ""
