"""Names of authors out of bylines: what stands before and after a name is cut off."""

from __future__ import annotations

import re

from dehusk.metadata.dates import find_day, split_at_day

MAX_CHARS = 120
_MAX_WORDS = 16

_BY_WORDS = (
    r"by|von|vom|par|por|di|de|da|door|av|af|przez|autorka?|autor[ae]?|auteure?|autore|author(?:ed by)?"
    r"|authors|автор|著者|作者|記者|记者|文|撰文|執筆|글|기자|كتبه|بقلم|yazar|yazan|tekst|text|texte|testo|texto"
)
_DONE_WORDS = (
    r"written|posted|post|published|authored|words|story|article|reporting|created|guide|review|recipe|contributed"
    r"|submitted|asked|started|geschrieben|verfasst|veröffentlicht|écrit|publié|rédigé|escrito|publicado|scritto"
    r"|pubblicato|geschreven|skrevet|napisał"
)
# What names a writer in words of its own, beside a photographer or in an interview.
_CREDIT = (
    r"(?:words|text|texte|tekst|testo|texto|текст)(?: (?:et|und|and|y|e|en|och|и) (?:photos?|fotos?|bilder|фото))?"
    r"\s*[:：＝]\s*|texte et photos\s+|propos recueillis par\s+"
    r"|(?:本报|本刊|特约|实习)?(?:记者|記者)\s*[:：/＝\s]\s*|(?:文|取材|構成)\s*＝\s*"
    r"|(?:كتب(?:ت|ه|ها)?|بقلم|بواسطة|إعداد|حاور(?:ه|ها))(?:\s*:\s*|\s+)"
)
# What may be cut off before a name, in a text that is known to hold one.
_LEAD_RE = re.compile(
    rf"^\W{{0,5}}(?:thread starter\s+|via\s+|{_CREDIT})"
    rf"|^\W{{0,5}}(?:(?:this (?:post|article) was )?(?:{_DONE_WORDS})\s+)?(?:{_BY_WORDS})(?:\s*[:：/|]\s*|\s+)"
    r"|^(?-i:By(?=[A-Z][a-z]))",
    re.IGNORECASE,
)
# What shows by itself that a name follows.
_BYLINE_RE = re.compile(
    rf"^\W{{0,5}}(?:(?:this (?:post|article) was )?(?:{_DONE_WORDS})\s+)?by(?:\s*:\s*|\s+)(?=\S)"
    rf"|^(?:(?:{_DONE_WORDS})\s+)?(?:von|par|por|d[ai]|door|av|af)\s*:?\s+(?=[^\W\d_])"
    r"|^(?:authors?|autor(?:in)?|auteur|autore|автор|yazar)\s*:\s*|^thread starter\s"
    r"|^(?:著者|作者|記者|记者|文|撰文|執筆|글)\s*[:：/]\s*"
    rf"|^(?:{_CREDIT})(?!(?:small|medium|large|größe|kleiner|größer|plus|size)\b)(?=[^\W\d_])",
    re.IGNORECASE,
)
# The same of a name that is stated as one: what may be a part of it (Di Wu, De Niro) is cut off only before a colon, or
# behind a word as "written".
_NAME_PARTS = r"von|vom|par|por|d[eai]|door|av|af|文|글"
_STATED_LEAD_RE = re.compile(
    rf"^\W{{0,5}}(?:thread starter\s+|via\s+|{_CREDIT})"
    rf"|^\W{{0,5}}(?!(?:{_NAME_PARTS})\s+[^\s:：/|])(?:(?:this (?:post|article) was )?(?:{_DONE_WORDS})\s+)?"
    rf"(?:{_BY_WORDS})(?:\s*[:：/|]\s*|\s+)"
    r"|^(?-i:By(?=[A-Z][a-z]))",
    re.IGNORECASE,
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
# Where a name ends within a byline.
_ENDS = (
    r"\s*[|•·⋅»«›~—–●■✓/\n(\[]|\s-\s|\s{2,}|https?:|@\w+\s*$",
    r"[\s.;]*\b(?:photos?|fotos?|bilder|pictures|images?|фото|写真|摄影|編集|编辑)\s*[:：＝/]",
    r"\s\d|[,;]\s*\d|\d{1,4}[./-]\d|\b(?:19|20)\d\d\b|\d+\s*(?:min|hours?|days?|comments?)\b",
    rf"\b{_MONTH}[a-z]*\.?\s+\d",
    r"\b(?:am|le|el|il|op|den|vom|del)\s+(?:\w+,?\s+)?\d",
    r"\b(?:last\s+)?(?:updated|modified|published|posted|reviewed|edited|checked)\b",
    r"\s(?:member|moderator|thread starter|discussion starter|joined|messages|reputation)\b",
    r"(?-i:(?<=[a-z]{2})[.!?:]\s+[A-Z]\w+\s+\w+)",
)
_WEEKDAY = r"\b(?:mon|tue|wed|thu|fri|sat|sun)"
_LONG_WEEKDAY = r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b"
_END_RE = re.compile(
    "|".join((*_ENDS, rf"{_WEEKDAY},?\s+(?:\d|{_MONTH})", _LONG_WEEKDAY, r"\b(?:on|at|in)\s")), re.IGNORECASE
)
# In Sook Kim, Sun Mario Chen and Sunday Oliseh are names.
_STATED_END_RE = re.compile(
    "|".join(
        (
            *_ENDS,
            rf"{_WEEKDAY},?\s+(?:\d|{_MONTH}[a-z]*\.?\s+\d)",
            rf"\s{_LONG_WEEKDAY}",
            r"\s(?-i:on|at|in)\s",
        )
    ),
    re.IGNORECASE,
)
_NO_NAME_RE = re.compile(
    r"https?:|www\.|\.(?:com|org|net)\b|^@|^\W*$|^\d+$|[{}<>=]"
    r"|^(?:admin(?:istrator)?|author|autor|editor|guest|user|unknown|anonymous|none|null|undefined|staff|team"
    r"|n/a|webmaster|root|default|superuser|by|member|topic author|name|get|posted|published|read more|share"
    rf"|follow|about the author|subscribe|{_BY_WORDS})$",
    re.IGNORECASE,
)
_EMAIL_RE = re.compile(r"\S+@\S+\.\w+")


def clean_author(text: str) -> str:
    """The name or names in a byline, or "" when it holds an address, a handle or no name.

    >>> clean_author("By Ann Roe | Senior Editor"), clean_author("Written by: Bo Li on May 5, 2024")
    ('Ann Roe', 'Bo Li')
    >>> clean_author("https://example.org/ann"), clean_author("admin"), clean_author("Von Eva Groß")
    ('', '', 'Eva Groß')
    """
    return _cut_name(text, _LEAD_RE, _END_RE)


def clean_stated_author(text: str) -> str:
    """The same of what a page's head states as its author's name: a word that may be part of a name is one.

    >>> clean_stated_author("Di Wu"), clean_stated_author("In Sook Kim"), clean_stated_author("By Ann Roe on May 5")
    ('Di Wu', 'In Sook Kim', 'Ann Roe')
    """
    return _cut_name(text, _STATED_LEAD_RE, _STATED_END_RE)


def _cut_name(text: str, leads: re.Pattern[str], ends: re.Pattern[str]) -> str:
    text = text[:400].strip()
    lead = leads.match(text)
    if lead:
        text = text[lead.end() :]
    end = ends.search(text)
    name = " ".join((text[: end.start()] if end else text).split()).strip(" ,;:.-–—\"'*")
    return name if _is_name(name) else ""


def read_byline(text: str) -> str:
    """The name in a line of text that begins as a byline does ("By X", "Von X", "作者:X"), else "".

    >>> read_byline("By Ann Roe, Chicago"), read_byline("By the time we left it rained and nobody came.")
    ('Ann Roe, Chicago', '')
    >>> read_byline("Text: Eva Groß  Fotos: Bo Li"), read_byline("Propos recueillis par Léa Roy")
    ('Eva Groß', 'Léa Roy')
    """
    if len(text) > 160 or not _BYLINE_RE.match(text):
        return ""
    name = clean_author(text)
    return name if _looks_like_people(name) else ""


def find_name_beside_day(text: str) -> str:
    """The name in a line that holds a day and a name and hardly more, else "".

    >>> find_name_beside_day("Ann Roe • Oct 20, 2025"), find_name_beside_day("May 5, 2024 | by Bo Li")
    ('Ann Roe', 'Bo Li')
    >>> find_name_beside_day("Sale ends May 5, 2024")
    ''
    """
    if not find_day(text):
        return ""
    before, after = split_at_day(text)
    parts = [part for side in (after, before) for part in re.split(r"[|•·⋅»—–]", side) if part.strip()]
    by = next((part for part in parts if _BYLINE_RE.match(part.strip())), "")
    if by:
        return read_byline(by.strip())
    names = [name for part in parts if (name := clean_author(part)) and 2 <= len(name.split()) <= 4]
    return names[0] if len(names) == 1 and _is_all_capital(names[0]) else ""


def is_author_like(name: str) -> bool:
    """Whether the text of an element marked "author" is a name or a handle, not a sentence or a label."""
    return bool(name) and (len(name.split()) == 1 or _looks_like_people(name))


def _is_all_capital(name: str) -> bool:
    return all(word[0].isupper() and not word.isupper() for word in name.split())


def _is_name(name: str) -> bool:
    return (
        1 < len(name) <= MAX_CHARS
        and len(name.split()) <= _MAX_WORDS
        and not _NO_NAME_RE.search(name)
        and not _EMAIL_RE.fullmatch(name)
    )


def _looks_like_people(name: str) -> bool:
    """Most words begin with a capital, or the script has none; no sentence."""
    name = re.sub(r"^the\s", "", name)
    words = [word for word in re.split(r"[\s,]+", name) if word[:1].isalpha()]
    if not words or len(words) > 10 or name[0].islower():
        return False
    capital = sum(not word[0].islower() for word in words)
    return capital / len(words) >= 0.6
