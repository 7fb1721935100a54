"""Metadata of one article of a text dump: the lines at its start and end are all there is."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import takewhile

from dehusk.link_numbers import REFERENCE_RE
from dehusk.metadata.authors import (
    PARTS_RE,
    find_name_beside_day,
    is_by_word,
    is_rank,
    list_people,
    read_byline,
    read_described,
    read_name_below,
    read_names,
    says_done,
)
from dehusk.metadata.datelines import Dateline, find_release_day, read_dateline
from dehusk.metadata.dates import find_day, split_at_day
from dehusk.metadata.jobs import drop_jobs, is_job
from dehusk.metadata.text_titles import choose_text_title
from dehusk.model import Labelled, Metadata, Page
from dehusk.sentences import SENTENCE_ENDS

_FIRST_BLOCKS = 6
_LAST_BLOCKS = 2
_ABOVE = 3
"""Lines right above the title, or an article's first line, in which its author and date may stand."""
_FAR_ABOVE, _OF_OTHER = 20, 2
"""If no author or day is near the title, lines above an article's first one among which only one may stand; and how
many of all lines, the first, may be right below another article, and say who wrote that."""
_BRIEF_WORDS = 3
"""Below a byline that stands below an article: more are a title."""
_REACH = 40
"""Lines below the title that are looked through for a byline, if no long paragraph comes before."""
_PROSE_CHARS, _PROSE_SENTENCES = 120, 3
_BYLINE_CHARS, _LONG_CHARS = 80, 160
"""Of a byline, and of a line that may hold one among other things."""
_NAME_CHARS = 40
_BETWEEN = 2
"""Lines that may stand between a name and a day."""
_BODY_BLOCKS, _BODY_CHARS = 200, 20_000
"""As much of an article is looked through for words in small letters."""

_NAME_RE = re.compile(r"[^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*){1,3}")
_PLACE_RE = re.compile(r"[^\W\d_][^\d|•·]*,\s+(?:\w+\.?\s+)?\d(?!.*\b\d\d?[:.]\d\d\b(?![.\d]))")
"""Where a dateline begins, with a place: beside one no clock time stands, beside a name it may."""
_SOURCE_RE = re.compile(r"(?:来源|來源|出处|出處|입력)\s?[:：]?")
_FIELD_RE = re.compile(r"\s+(?=[一-鿿]{2,4}\s?[:：]|(?:作者|记者|記者)\s|[가-힣]{3}(?<!부)\s기자(?:\s|$))")
"""Between what stands in one line with a day or a source: "2024-03-18 来源：江城晚报 记者 何思远 编辑：吴敏"."""
_AT_PLACE_RE = re.compile(r"\s(?:at|in)\s(?=[^\W\d_a-z])")
_ADDRESS_RE = re.compile(r"@\w[\w.]{1,30}|\S+@\S+\.\w+")
_CLOCK_RE = re.compile(
    r"^[\s,|@–—-]*(?:(?:at|um|à|om|kl\.?|a las|alle|às|в|o)\s+)?\d?\d[:.h]\d\d(?::\d\d)?"
    r"(?:\s?[ap]\.?m\.?|\s?uhr)?(?:\s(?-i:[A-Z]{2,4}))?[\s,|–—-]*",
    re.IGNORECASE,
)
_BUTTON_RE = re.compile(r"\(BUTTON\)\s?|\[ (?=\w)| (?<=\w )\]")
"""A name that is a button: "(BUTTON) Ann Roe" in lynx, "[ Ann Roe ]" in w3m."""
_HANDLE_RE = re.compile(r"[^\W\d][\w.'’-]{1,24}")
_SMALL_WORD_RE = re.compile(r"\b[^\W\d_]{3,}")
_NO_NAMES = frozenset(
    "home news blog about contact share menu search more read view all how what why best top guide review "
    "reviews post article articles by the release breaking press edition image credit photo live update updated "
    "world sport sports business politics opinion latest issue print pdf download comments kommentare drucken "
    "teilen imprimer partager commentaires imprimir compartir comentarios stampa condividi commenti "
    "thread tools display modes rating options logo faq".split()
)
_PLACES = frozenset(
    "bad bahía baía belo buenos campo cape castel cidade ciudad city county del east el fort hong islas kuala la las le"
    " los monte mount new north nova novi novo nueva nuevo porto port puerto reggio rio río saint salt san sankt santa"
    " santo south st st. são tel united upper villa vila west белая великий ростов санкт нижний новый старый".split()
)
"""Words that names of places begin with, which are set before a day as names are: "San Antonio, 7 October 2020"."""
_DESKS = frozenset(
    "redacción redaktion rédaction redazione redação redactie redakcja redakce редакция редакція".split()
)
"""What signs an article that nobody signs, each a line of its own."""


def read_text_metadata(lines: Sequence[Labelled], page: Page, *, is_alone: bool = False) -> Metadata:
    """Title, author and date of one article, from its first and last lines; "" rather than a guess.

    `lines` are the article's kept blocks and what was left out right above and between them: bylines are no text, but
    say who wrote it. The title is the likeliest line (`choose_text_title`); a date counts where hardly anything else
    stands in its line, a name without "by" where such a line is next to it. `page.title`, `page.author`, `page.date`
    and `page.url` win. The site stays "". A day far above a text that `is_alone` is hardly another's.

    >>> from dehusk.model import Block
    >>> texts = ["Storm hits the coast", "By Ann Roe", "May 5, 2024", "The wind came at night and took all."]
    >>> lines = [Labelled(Block(text, "paragraph", 0, 0, 0), "content", "", 1.0) for text in texts]
    >>> read_text_metadata(lines, Page(""))
    Metadata(title='Storm hits the coast', author='Ann Roe', date='2024-05-05', site='', url='')
    """
    kept = [i for i, line in enumerate(lines) if line.is_kept]
    title = choose_text_title(lines)
    near = _list_near(lines, kept, title.at)
    texts = {i: _strip_marks(lines[i].block.text) for i in near}
    datelines = {i: line for i, text in texts.items() if (line := read_dateline(text))}
    above = range(max(_OF_OTHER, kept[0] - _FAR_ABOVE), kept[0]) if kept else range(0)
    below = range(kept[-1] + 1, len(lines)) if kept else range(0)
    return Metadata(
        title=page.title.strip() or title.text,
        author=page.author.strip()
        or _find_author(lines, texts, datelines, title=title.at)
        or _find_far_author(lines, above=above, below=below)
        or _first(read_described(_read(lines, i)) for i in (*kept[_FIRST_BLOCKS:][-_LAST_BLOCKS:], *below)),
        date=find_day(page.date[:100])
        or _find_date([*datelines.values()])
        or _find_release_day(lines, [i for i in kept if i > title.at])
        or (_find_far_day(lines, above) if is_alone or title.at < 0 else "")
        or find_day(page.crawled[:40]),
        url=page.url,
    )


def _list_near(lines: Sequence[Labelled], kept: Sequence[int], title: int) -> list[int]:
    """Numbers of the lines that may say who wrote an article and when, in the order in which they are asked.

    From its title down to its first long paragraph, then right above, then its last ones.
    """
    if not kept:
        return []
    first = title if title >= 0 else kept[0]
    prose = _find_prose(lines, [i for i in kept[: _FIRST_BLOCKS + _REACH] if i >= first])
    stop = max(min(prose, first + _REACH), kept[:_FIRST_BLOCKS][-1])  # below a standfirst a byline may stand
    above = range(first - 1, max(-1, min(first, kept[0]) - 1 - _ABOVE), -1)
    last = (i for i in kept[_FIRST_BLOCKS:][-_LAST_BLOCKS:] if i > stop)
    return [i for i in (*range(first, stop + 1), *above, *last) if _may_say(lines[i])]


def _find_prose(lines: Sequence[Labelled], kept: Sequence[int]) -> int:
    """The first of `kept` that is a long paragraph, or the third of short sentences; -1 for none."""
    sentences = 0
    for i in kept:
        text = lines[i].block.text
        sentences += text[-1:] in SENTENCE_ENDS
        if len(text) >= _PROSE_CHARS or sentences == _PROSE_SENTENCES:
            return i
    return kept[-1] if kept else -1


def _find_release_day(lines: Sequence[Labelled], kept: Sequence[int]) -> str:
    """The day in the dateline of the first long paragraph of `kept`, if it is among the first ones."""
    prose = _find_prose(lines, kept[:_FIRST_BLOCKS])
    return find_release_day(lines[prose].block.text) if prose >= 0 else ""


def _may_say(line: Labelled) -> bool:
    return line.label in ("content", "byline", "boilerplate")


def _strip_marks(text: str) -> str:
    """A line without what browsers of text set at links and buttons."""
    if "[" in text or "]" in text or "(" in text:
        text = _BUTTON_RE.sub("", REFERENCE_RE.sub("", text))
    return text.strip()


def _find_date(datelines: Sequence[Dateline]) -> str:
    """The first day of publication, else of a change."""
    return next((line.day for line in datelines if not line.is_change), datelines[0].day if datelines else "")


def _find_author(
    lines: Sequence[Labelled], texts: Mapping[int, str], datelines: Container[int], *, title: int
) -> str:
    """Whom a line of `texts` says that it is by, else a bare name of which no word is a common noun in the article."""
    said = (_read_author(text, texts.get(i + 1, "")) for i, text in texts.items() if i != title)
    return _first(said) or _first(_drop_nouns(_iterate_bare_names(lines, texts, datelines), lines))


def _find_far_author(lines: Sequence[Labelled], *, above: range, below: range) -> str:
    """The full name in a byline right below an article, or in the only one in the lines above it."""
    near = takewhile(lambda i: lines[i].label not in ("comments", "related"), below)
    found = _list_signers(lines, filter(partial(_may_sign, lines), near))[:1]
    if not found and len(signers := _list_signers(lines, above)) == 1:  # a menu's "By Brand" is a rival, too
        found = signers
    return found[0] if found and list_people(found[0]) else ""


def _may_sign(lines: Sequence[Labelled], at: int) -> bool:
    """Whether a byline below an article is not a teaser's: it says what was done, or no title is above or below it."""
    if says_done(_read(lines, at)):
        return True
    below = lines[at + 1].block.text if at + 1 < len(lines) else ""
    return lines[at - 1].is_kept and len(below.split()) <= _BRIEF_WORDS


def _find_far_day(lines: Sequence[Labelled], above: range) -> str:
    """The only day of publication in the lines above an article; below it are those of comments and other stories."""
    days = {line.day for i in above if (line := read_dateline(_read(lines, i)))}
    return days.pop() if len(days) == 1 else ""


def _list_signers(lines: Sequence[Labelled], at: Iterable[int]) -> list[str]:
    """The different names in bylines."""
    found = (_read_author(_read(lines, i), _read(lines, i + 1)) for i in at)
    return list(dict.fromkeys(filter(None, found)))


def _read(lines: Sequence[Labelled], at: int) -> str:
    """A line that may say something, else ""."""
    return _strip_marks(lines[at].block.text) if at < len(lines) and _may_say(lines[at]) else ""


def _read_author(text: str, below: str) -> str:
    """The name in a byline, or in the line below a by-word alone."""
    if is_by_word(text):
        return read_name_below(below)
    parts = [text, *PARTS_RE.split(text)] if len(text) <= _LONG_CHARS else []
    before, after = split_at_day(text) if parts else ("", "")
    is_sourced = _SOURCE_RE.match(text) is not None
    # "Monday 5 May 2020, 6:08 PM by Ann Roe": in a sentence more stands before the day.
    if len(before.split()) <= 1 and not is_sourced:
        parts.append(_CLOCK_RE.sub("", after))
    if parts and (before != text or is_sourced) and text[-1:] not in SENTENCE_ENDS:
        parts = _FIELD_RE.split(text) + parts
    asked = dict.fromkeys(part.strip() for part in parts if len(part) <= _BYLINE_CHARS)
    return _first(map(read_byline, asked))


def _iterate_bare_names(
    lines: Sequence[Labelled], texts: Mapping[int, str], datelines: Container[int]
) -> Iterator[str]:
    """Names without a "by": several right below the title, one in a line with a day, next to one, or above a rank.

    `texts` begin with the title, or where that may be.
    """
    if not texts:
        return
    first = next(iter(texts))
    yield read_names(texts.get(first + 1, ""))
    for i, text in texts.items():
        name = find_name_beside_day(text) if i != first and len(text) <= _BYLINE_CHARS else ""
        if _is_name(name) and (not _PLACE_RE.match(text) or _is_signed(name, texts, lines, at=i)):
            yield name
    for i, text in texts.items():
        if i > first and i + 1 < len(lines) and is_rank(lines[i + 1].block.text) and not is_rank(text):
            yield text if _HANDLE_RE.fullmatch(text) else ""
        if i in datelines:
            beside = (_find_beside(texts, i, step) for step in (-1, 1))
            yield from (_read_beside(texts, lines, j) for j in beside if j > first)


def _find_beside(texts: Mapping[int, str], day: int, step: int) -> int:
    """The line next to a day in which a name may stand: handle, address, job or the name again may come between."""
    at = day + step
    while abs(at - day) <= _BETWEEN and _is_about_writer(texts.get(at, ""), texts.get(at + step, "")):
        at += step
    return at


def _is_about_writer(text: str, name: str) -> bool:
    """Whether a line says no more of whoever has the `name` beside it than their address or job, or name and handle."""
    handle = text.removeprefix(f"{name} ")
    if handle != text and _is_name(name) and _HANDLE_RE.fullmatch(handle):
        return True
    return len(text) <= _BYLINE_CHARS and (_ADDRESS_RE.fullmatch(text) is not None or is_job(text))


def _read_beside(texts: Mapping[int, str], lines: Sequence[Labelled], at: int) -> str:
    """The name that a line next to a day is, without a place and a job; in capitals right below the head alone."""
    name = drop_jobs(_AT_PLACE_RE.split(texts.get(at, "")[:_LONG_CHARS])[0])
    if _is_name(name):
        return name
    is_capital = name.isupper() and _is_name(name.title())
    return name if is_capital and _is_signed(name, texts, lines, at=at) else ""


def _is_signed(name: str, texts: Mapping[int, str], lines: Sequence[Labelled], *, at: int) -> bool:
    """Whether what may also be a place or a section is rather a name.

    It stands below the title or a standfirst, nothing else in the article has it, and places seldom begin so.
    """
    above = texts.get(at - 1, "")
    is_below_head = above[-1:] in SENTENCE_ENDS or at - 1 == next(iter(texts))
    if not above or not is_below_head or name.split()[0].lower() in _PLACES:
        return False
    kept = (line.block.text[:_BODY_CHARS] for line in lines[:_BODY_BLOCKS] if line.is_kept)
    return not any(name.casefold() in text.casefold() for text in kept if len(text) > _BYLINE_CHARS)


def _drop_nouns(names: Iterator[str], lines: Sequence[Labelled]) -> Iterator[str]:
    """Names but those with a word that the article has in small letters: "Thread Tools" is none."""
    for name in filter(None, names):
        words = {word.lower() for word in _SMALL_WORD_RE.findall(name) if word[0].isupper()}
        text = _join_body(lines)
        if not any(map(text.__contains__, words)) or words.isdisjoint(_SMALL_WORD_RE.findall(text)):
            yield name


def _join_body(lines: Sequence[Labelled]) -> str:
    return " ".join(line.block.text[:_BODY_CHARS] for line in lines[:_BODY_BLOCKS] if line.is_kept)[
        :_BODY_CHARS
    ]


def _is_name(text: str) -> bool:
    words = text.split()
    return text.lower() in _DESKS or (
        len(text) <= _NAME_CHARS
        and _NAME_RE.fullmatch(text) is not None
        and all(word[0].isupper() and not (word.isupper() and len(word) > 3) for word in words)
        and not any(word.lower() in _NO_NAMES for word in words)
        and not any(map(str.isdigit, text))
    )


def _first(values: Iterable[str]) -> str:
    return next(filter(None, values), "")
