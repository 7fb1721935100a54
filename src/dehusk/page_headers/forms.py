"""The forms that headers have, and the headers of a form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from html import unescape
from itertools import chain, pairwise
from statistics import median
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.page_headers.breaks import BELOW, BREAK, end_below, find_break_form, read_below, read_host
from dehusk.page_headers.elements import find_closing, list_names, name_pages, read_elements, read_start
from dehusk.page_headers.fields import (
    AMBIGUOUS,
    CONTENTS,
    FIELDS,
    HEADER_LINES,
    LONGEST_LINE,
    QUOTES,
    is_known,
    read_address,
    read_field,
    read_fields,
    take,
)
from dehusk.page_headers.headings import HEADINGS, find_headed, find_heading_form
from dehusk.page_headers.leads import count_steps, find_lead, has_lead, read_lead
from dehusk.page_headers.mail import find_mail_start, read_mail
from dehusk.page_headers.page_lines import LINES, are_pages, find_page_lines
from dehusk.page_headers.ruled import RULED, find_ruled, find_ruled_form, read_ruled
from dehusk.page_headers.seams import MENU_LINES, RUN_ON_SHARE, SEAM, find_all, find_seam, find_seams, run_on
from dehusk.page_headers.shapes import are_others, find_shaped, is_end, is_titled, read_shape
from dehusk.page_headers.tails import find_tails, measure_tail
from dehusk.sentences import PROSE_ENDS
from dehusk.words import count_letters

_FRONT_MARKS = ("---", "+++")
_FRAMES = {"=": "=", "-": "-", "#": "#", "*": "*", "~": "~", "<": ">", "[": "]"}
"""What a line may begin with, three times or more, and then ends with."""
_TAG_RE = re.compile(
    r"<(?:!-- ?)?(doc|document|page|article|file|item|source|page[_ ]start)\b([^<]{0,1000})>$", re.IGNORECASE
)
_END_TAG_RE = re.compile(
    r"</(?:doc|document|page|article|file|item|source)>$|<!-- ?page[_ ]end\b[^<]{0,200}>$", re.IGNORECASE
)
_ATTRIBUTE_RE = re.compile(r"\b(url|href|src|title|date|author)\s*=\s*([\"'])(.*?)\2", re.IGNORECASE)
_NAMED_RE = re.compile(r"\d|\w/\w|\w\.\w{2,5}$")
"""What a frame around a file's name or a page's number has, and one around a heading mostly has not."""
_PATH_RE = re.compile(r"\w/\w|\w\.[a-z]{2,5}$", re.IGNORECASE)
_PRINTED_RE = re.compile(
    r"(?:page|p\.|seite|slide|página|стр\.?)?\s*\d+(?:\s*(?:of|von|de|/)\s*\d+)?$", re.IGNORECASE
)
_SIGNS = r"[^\w\s]{0,20}\s{0,3}"
_WORDS = (
    r"document|doc|dokument|documento|документ|file|datei|fichier|archivo|файл|record|文档|文件|文書|문서"
    r"|(?:search )?result|source|website|web ?page|quelle|fuente|источник|来源|出典"
)
"""What a page is called by whoever numbers them."""
COUNTED_RE = re.compile(
    rf"{_SIGNS}({_WORDS}|第|(?=\d{{1,6}} of \d{{1,6}} documents?$)"
    r"|page|seite|página|pagina|strona|страница|(?:article|artikel|artículo|artigo|articolo|статья|entry|item|post|story"
    r"|text|blog|news)(?=[ .:#№-]{0,3}\d{1,6} (?:of|von|de|di|из) \d|_\d))"
    r"[ .:#№_-]{0,3}(?P<number>\d{1,6})"
    r"(?:篇|\s(?:of|von|de|di|из)\s\d{1,6}(?: documents?)?)?\s{0,3}[^\w\s]{0,20}$",
    re.IGNORECASE,
)
"""A document's number alone: "### Document 7 ###", "[Doc 7]", "7 of 11 DOCUMENTS"."""
_ENTRY_RE = re.compile(
    rf"{_SIGNS}(?:(?:{_WORDS})[ .:#№-]{{0,3}}|(?<=\[))(?P<number>\d{{1,6}})[\])]?[ .:|–—-]{{1,5}}"
    r"(?=\w)(?P<title>.{1,200}?)[^\w.!?)\"”]*$",
    re.IGNORECASE,
)
"""The same with a title: "Source 7: Snow on the moor", "[7] Snow on the moor"."""
_TOKEN_RE = re.compile(
    r"<\|(?:[a-z_-]{1,40}[_-])?(?P<number>\d{1,6})(?:[_-][a-z_-]{1,40})?\|>$", re.IGNORECASE
)
"""As crawlers for language models write it: "<|firecrawl-page-7-lllmstxt|>"."""
_FEWEST_PAGES = 3
_PAGE_RE = re.compile(r"(?:page|seite|página|pagina|strona|страница)\W*$")
"""With which the form of printed pages' numbers ends."""
_HEADED_RE = re.compile(
    r"#{1,6} +((?:(?:page|seite|página|страница)(?: \d{1,6})?: +)?<?(?:https?://|www\.)\S+)$", re.IGNORECASE
)
"""A heading that is an address: "## https://site.example/a", "### Page 2: https://site.example/a"."""
_HEADING_RE = re.compile(r"#{1,3} +\w")
_WIKI_RE = re.compile(r"= ([^\s=](?:.*[^\s=])?) =$")
_FIRST_LINES, _BANNER_LINES, _PREFACE_LINES, _TITLE_CHARS = 3, 12, 100, 150
"""Among the first so many lines the first header begins, or below so long a banner or preface; the lines of the first
are no longer."""
_LONG_RULE = 5
"""Signs of `=` that stand around no heading."""
_FEWEST_OF_ONE, _FEWEST_ADDRESSES, _FEWEST_FRAMES, _FEWEST_TITLES, APART_CHARS = 2, 4, 2, 3, 200
"""So many addresses are headers, if they are of one site, or of several; so many frames; so many titles and nothing
else; and between most there is so much."""
_TITLED_CHARS = 500
"""So much is between most titles with an address below, or a number: of a listing's entries less."""
_FEWEST_OF_BRIEF = 5
"""Titles alone above pages as brief as those."""
_PLAIN_KINDS, _SHORT_CHARS = ("tag", "front", "mail"), 60
"""Headers that can be nothing else, as those with an address; between most of these there is so much."""
_COUNTED_SHARE = 0.9
"""So many of the numbers of documents are those after the ones above."""
_OWN_ADDRESSES = frozenset(("url", "source url", "page url", "source"))
"""What the address of a page is called below its front matter."""
_TITLED_FACTS = frozenset(("url", "date", "author"))
"""Of which one is said below the heading that stands below a tag, if fields are."""
_NAMING = frozenset(("url", "title"))
"""Facts of which a header has one, if it has no other."""
_ENOUGH_FACTS = 2
"""Of the facts that the first header has, the others have so many at least."""
_MENU, _SHAPE, _ELEMENTS = "menu ", "shape ", ("tag ", "element ")  # with which such forms begin
_ABOVE_MENU, _MENU_CHARS = 1, 175
"""A menu, of no more characters in all, begins with the text's first line or with the second (the first may be the
page's title): most menus that a page has twice begin elsewhere."""


class Header(NamedTuple):
    """A header, in lines of the text that hold something."""

    first: int
    end: int
    facts: dict[str, str]
    """What it says of its page: url, title, author, date."""
    is_sure: bool
    """Whether it shows by itself that it is one."""
    name: str
    """What tells it from others, if it is an address or a frame."""


def find_form(
    texts: Sequence[str],
    gaps: Sequence[int],
    *,
    ruled: str = "",
    firsts: str = "",
    lasts: str = "",
    sizes: NDArray[np.int64] | None = None,
) -> str:
    """The form that the headers of a text have, "" for a text without: its first lines must show it.

    `texts` are its lines that hold something, stripped, `gaps` the blank lines above each (or -1). `ruled` is what
    `find_ruled_form` says of all lines, if rules are not among these; `firsts` and `lasts` their first and last
    characters, and `sizes` their numbers of characters, if known.

    >>> find_form(["URL: https://site.example/a", "Words."], [0, 0])
    'field url: url'
    """
    if ruled:
        return ruled
    form, found = _find_written_form(texts, gaps)
    if not form and (form := find_heading_form(texts, gaps)):
        found = _find_headers(texts, gaps, form)
    is_unsure = not form or (form.startswith("count ") and _PAGE_RE.search(form) is not None)
    if is_unsure and (parting := find_break_form(texts, firsts, lasts)):
        form, found = parting, _find_headers(texts, gaps, parting)
    if form:
        return _add_edges(form, found, texts=texts, gaps=gaps)
    return LINES if are_pages(texts, sizes) else find_seam(texts) or _find_menu(texts)


def _find_written_form(texts: Sequence[str], gaps: Sequence[int]) -> tuple[str, list[Header]]:
    """The form of the first lines that show one, and all its headers; of a lone one only if none of the same site comes
    again."""
    lone, host, tried = ("", list[Header]()), "", {""}
    for i in range(min(_PREFACE_LINES, len(texts))):
        is_titled = i > 0 and texts[i - 1][0] == "#"
        is_named = i < _BANNER_LINES and (_names_address(texts[i]) or _tells_address(texts[i]))
        if i >= _FIRST_LINES and not (is_titled or is_named):
            continue
        if lone[0] and i >= _BANNER_LINES:
            break
        known = _find_mail_form(texts, gaps, i) or _form_of(texts[i])
        form, found = ("", []) if known in tried else _complete(texts, gaps, i, form=known)
        tried.add(known)  # what is not first above is not here
        if not form:
            form, found = _find_shape(texts, gaps, i)
        if lone[0] and len(found) >= _FEWEST_PAGES and _is_plain(form):
            between = texts[lone[1][0].end : found[0].first]
            is_banner = all(text[0] in "#-" or read_field(text)[0] for text in between)
            if is_banner or _find_hosts(found) == {host}:
                return form, found
        if form and not lone[0]:
            if len(found) > 1 or form.startswith("front"):
                return form, found
            lone, host = (form, found), read_host(found[0].facts.get("url", ""))
        if (
            known
            and not form
            and not lone[0]
            and texts[i] not in _FRONT_MARKS
            and not known.startswith(("frame", "entry", "element"))
            and not (known.startswith("field") and _begins_with_heading(texts))  # of the whole file
        ):
            break
    return lone


def _begins_with_heading(texts: Sequence[str]) -> bool:
    """Whether the first line is a heading of Markdown, and no comment in code."""
    return _HEADING_RE.match(texts[0]) is not None and len(texts) > 1 and texts[1][0] != "#"


def _is_plain(form: str) -> bool:
    """Whether no page itself has lines of a form, if they hold addresses."""
    return form.startswith(("frame", "tag", "count <", "field #"))


def _find_hosts(found: Sequence[Header]) -> set[str]:
    return {read_host(header.facts.get("url", "")) for header in found}


def _names_address(text: str) -> bool:
    """Whether a line names an address as no page of itself does: in a frame, or as a heading."""
    inside = _read_frame(text) or (text if text[0] == "#" else "")
    return inside != "" and _find_address(inside) != ""


def _tells_address(text: str) -> bool:
    """Whether a line is a field with an address that is no other's: pages name sources, and link to others."""
    name, value = read_field(text)
    return "url" in name and FIELDS.get(name) == "url" and read_address(value) != ""


def _find_address(name: str) -> str:
    """The address that a frame's text is, or has a name or a few words before it for."""
    return read_address(read_field(name)[1] or name) or read_shape([name], 0).url


def _complete(texts: Sequence[str], gaps: Sequence[int], i: int, *, form: str) -> tuple[str, list[Header]]:
    """The form that a line has if it is the first of headers, with the fields of these; and all of them."""
    if not form:
        return "", []
    if header := _read_header(texts, gaps, i, kind=form.partition(" ")[0]):
        form = f"{form} {'+'.join(sorted(header.facts))}" if form.startswith("field") else form
    found = _find_headers(texts, gaps, form)
    are_titles = all(len(text) <= _TITLE_CHARS for text in texts[:i])
    if texts[i][0] == "#" or i >= _FIRST_LINES:  # no introduction to sections of a page, nor its code
        are_titles &= not any(text[-1] in PROSE_ENDS or text.startswith("```") for text in texts[:i])
    is_first = bool(found) and found[0].first == i and (i == 0 or (found[0].is_sure and are_titles))
    if i >= _FIRST_LINES:  # below a preface: all have a heading above, or name addresses as no page does
        are_headed = all(header.is_sure and texts[header.first - 1][:1] == "#" for header in found)
        are_named = are_titles and all(
            header.is_sure and _names_address(texts[header.first]) for header in found
        )
        pages = {header.facts.get("url") for header in found}
        are_told = are_titles and _tells_address(texts[i]) and len(pages) == len(found) >= _FEWEST_PAGES
        are_told &= len(_find_hosts(found)) == 1  # else of a list of sites
        is_first = len(found) > 1 and (are_headed or are_named or are_told)
    return (form, found) if is_first and _are_headers(found, texts, form) else ("", [])


def _find_shape(texts: Sequence[str], gaps: Sequence[int], first: int) -> tuple[str, list[Header]]:
    """The form of headers that have the shape of a line, which nothing but a rule stands above; and all of them."""
    if any(any(map(str.isalnum, text)) for text in texts[:first]) or not (
        shape := read_shape(texts, first)[0]
    ):
        return "", []
    form = f"{_SHAPE}{shape}"
    found = _find_headers(texts, gaps, form)
    return (
        (form, found) if found and found[0].first == first and _are_headers(found, texts, form) else ("", [])
    )


def _find_mail_form(texts: Sequence[str], gaps: Sequence[int], first: int) -> str:
    start = find_mail_start(texts[first])
    return f"mail {start}" if start and read_mail(texts, gaps, first)[0] else ""


def _find_menu(texts: Sequence[str]) -> str:
    """The form of the menu with which the text begins, if it comes again."""
    for first in range(_ABOVE_MENU + 1):
        lines = texts[first : first + MENU_LINES]
        form = f"{_MENU}{chr(10).join(lines)}"
        are_short = len(lines) == MENU_LINES and sum(map(len, lines)) <= _MENU_CHARS
        if are_short and len(set(lines)) >= MENU_LINES - 1 and len(_find_menus(texts, form)) > 1:
            return form
    return ""


def _find_menus(texts: Sequence[str], form: str) -> list[int]:
    """The lines where the menu of the form begins."""
    lines = form.removeprefix(_MENU).split("\n")
    return [i for i in find_all(texts, lines[0]) if list(texts[i : i + MENU_LINES]) == lines]


def is_menu(form: str) -> bool:
    """Whether a form is no header's, but a menu's: pages may begin without it, too."""
    return form.startswith(_MENU)


def is_seam(form: str) -> bool:
    """Whether a form is no header's, but what a site has around every page."""
    return form.startswith(SEAM)


def are_lines(form: str) -> bool:
    """Whether a form says that every line is a page."""
    return form == LINES


def is_ruled(form: str) -> bool:
    """Whether rules belong to the headers of a form."""
    return form.startswith(RULED)


def is_below(form: str) -> bool:
    """Whether the lines of a form say what the page above is."""
    return form.startswith(BELOW)


def find_headers(texts: Sequence[str], gaps: Sequence[int], form: str) -> list[Header]:
    """The headers of a form, in order; none of the form "". What pages end with belongs to the header below."""
    form, lead, kinds = _part_form(form)
    found = _find_headers(texts, gaps, form)
    if lead:
        found = [_add_lead(header, lead, texts=texts, gaps=gaps) for header in found]
    if form.startswith(_ELEMENTS):
        names = set().union(*(list_names(texts[header.first : header.end]) for header in found))
        if (rest := find_closing(texts, len(texts), names)) < len(texts):
            found.append(Header(rest, len(texts), {}, True, ""))
    if not (kinds and found):
        return found
    ends = [*(header.first for header in found[1:]), len(texts)]
    tails = [
        measure_tail(header.end, end, kinds=kinds, texts=texts)
        for header, end in zip(found, ends, strict=True)
    ]
    above = [0, *(depth for depth, _ in tails)]
    whole = [
        header._replace(first=header.first - depth, facts=said | header.facts)
        for header, depth, (_, said) in zip(found, above, tails, strict=False)
    ]
    rest = len(texts) - above[-1]
    return [*whole, *([Header(rest, len(texts), {}, True, "")] if above[-1] else [])]


def _part_form(form: str) -> tuple[str, int, frozenset[str]]:
    """A form of headers by itself, the lines above each, and what the pages end with."""
    if is_menu(form) or is_seam(form):
        return form, 0, frozenset()
    form, *more = form.split("\n")
    lead, kinds = more or ("0", "")
    return form, int(lead), frozenset(filter(None, kinds.split("|")))


def _add_edges(form: str, found: Sequence[Header], *, texts: Sequence[str], gaps: Sequence[int]) -> str:
    """The form of the headers that were found, with the lines above each and what nearly all pages end with."""
    if len(found) < _FEWEST_PAGES or is_below(form):
        return form
    are_titled = 2 * sum("title" in header.facts for header in found) > len(found)
    edges = [header[:2] for header in found]
    lead = 0 if is_ruled(form) else find_lead(edges, texts, gaps, are_titled=are_titled)
    facts = frozenset(chain.from_iterable(header.facts for header in found))
    kinds = find_tails([(first - lead, end) for first, end in edges], facts, texts)
    return f"{form}\n{lead}\n{'|'.join(kinds)}" if lead or kinds else form


def _add_lead(header: Header, size: int, *, texts: Sequence[str], gaps: Sequence[int]) -> Header:
    first = header.first
    if not has_lead(first, size, texts=texts, gaps=gaps):
        return header
    return header._replace(first=first - size, facts=read_lead(texts[first - size : first]) | header.facts)


def _find_headers(texts: Sequence[str], gaps: Sequence[int], form: str) -> list[Header]:
    """The headers themselves."""
    if not form:
        return []
    if is_menu(form):
        return [Header(i, i, {}, False, "") for i in _find_menus(texts, form)]
    if is_seam(form):
        return [Header(first, end, {}, False, "") for first, end in find_seams(texts, form)]
    if are_lines(form):
        return [Header(i, i, {}, False, "") for i in find_page_lines(texts)]
    if is_ruled(form):
        ruled = find_ruled(texts, gaps, form)
        return [
            Header(first, end, facts, True, "")
            for (first, _), (facts, end) in zip(ruled, read_ruled(texts, gaps, ruled), strict=True)
        ]
    if form.startswith(BREAK):
        return [
            Header(i, i + 1, {}, True, "") for i, text in enumerate(texts) if text == form.removeprefix(BREAK)
        ]
    if is_below(form):
        below = enumerate(map(read_below, texts))
        return [
            Header(i, i + 1, {"url": url}, True, url)
            for i, (key, url) in below
            if form == BELOW + key and key
        ]
    if form.startswith(_SHAPE):
        return list(_find_shaped(texts, gaps, form.removeprefix(_SHAPE)))
    if form.startswith(HEADINGS):
        return [Header(*headed, True, "") for headed in find_headed(texts, gaps, form)]
    kind, _, start = form.partition(" ")
    wanted = set[str]()
    if kind == "field":
        start, _, names = start.partition(": ")
        wanted, form = set(names.split("+")), f"field {start}:"
    firsts = f"{QUOTES}[" if start[:1] == "[" else QUOTES
    found, done = list[Header](), 0
    for i, text in enumerate(texts):
        if i < done or (text[: len(start)].lower() != start and text[0] not in firsts):
            continue
        if (kind != "mail" and _form_of(text) != form) or not (
            header := _read_header(texts, gaps, i, kind=kind)
        ):
            continue
        shared = wanted & header.facts.keys()
        if "url" in wanted - shared or len(shared) < min(_ENOUGH_FACTS, len(wanted)):
            continue
        found.append(header)
        done = header.end
    return found


def _find_shaped(texts: Sequence[str], gaps: Sequence[int], shape: str) -> Iterator[Header]:
    """Headers of that shape, each from the end of the page above on, and what stands below the last page."""
    last, least = -1, 0
    shaped = list(find_shaped(texts, shape))
    if is_titled(shape):  # where there are blank lines above most of them
        shaped = [(i, named) for i, named in shaped if gaps[i + 1] <= 0]
        least = 2 * sum(i == 0 or gaps[i] > 0 for i, _ in shaped) > len(shaped)
    for i, named in shaped:
        if i < last or (i and gaps[i] < least):
            continue
        begin = i - (i > last + 1 and is_end(texts[i - 1]))
        facts, last = read_fields(texts, gaps, i + named.size)
        said = {"url": named.url, "title": named.title}
        facts |= {fact: value for fact, value in said.items() if value}
        yield Header(begin, last, facts, True, named.name)
    if 0 <= last < len(texts) and is_end(texts[-1]):
        yield Header(len(texts) - 1, len(texts), {}, True, "")


def read_form(text: str, *, goes_on: bool = False) -> str:
    """`find_form` of a text, or of the first part of one that goes on."""
    lines = list(map(str.strip, text.splitlines()))
    lines = end_below(lines) if goes_on else lines
    _, texts, gaps = take_filled(lines)
    return find_form(texts, gaps, ruled=find_ruled_form(texts, gaps))


def take_filled(lines: Sequence[str]) -> tuple[list[int], list[str], list[int]]:
    """The numbers of the stripped lines that hold something, these lines, and the blank lines above each.

    >>> take_filled(["", "Ash", "", "", "Oak"])
    ([1, 4], ['Ash', 'Oak'], [1, 2])
    """
    at = [i for i, line in enumerate(lines) if line]
    gaps = [below - above - 1 for above, below in pairwise([-1, *at])]
    return at, [lines[i] for i in at], gaps


def _form_of(text: str) -> str:
    """The form of a header that begins with a line: its kind and how the line begins; "" if none does."""
    if read_address(text):
        return "address "
    if text in _FRONT_MARKS:
        return f"front {text}"
    if (tag := _TAG_RE.match(text)) and (
        text[1] != "!" or _ATTRIBUTE_RE.search(text)
    ):  # "<!-- Page 3 -->" is a sheet
        return f"tag {text[: tag.end(1)].lower()}"
    if element := read_start(text):
        return f"element <{element}"
    if (counted := _read_count(text)) and (text[0] == "#" or not _read_frame(text)):
        return f"count {text[: counted.start('number')].lower()}"
    if _WIKI_RE.match(text):
        return "wiki ="
    if _read_frame(text):
        return f"frame {text[: len(text) - len(text.lstrip(text[0]))]}"
    name, value = read_field(text)
    number = "[0] " if text[0] == "[" else f"{text.split(None, 1)[0]} " if text[0] == "#" else ""
    if name not in CONTENTS and value and is_known(name, value):
        return f"field {number}{name}:"
    entry = _ENTRY_RE.match(text) if len(text) <= LONGEST_LINE else None
    return f"entry {text[: entry.start('number')].lower()}" if entry else ""


def _read_count(text: str) -> re.Match[str] | None:
    return (_TOKEN_RE if text[:2] == "<|" else COUNTED_RE).match(text)


def _read_header(texts: Sequence[str], gaps: Sequence[int], first: int, *, kind: str) -> Header | None:
    """The header that begins with a line of that kind."""
    text = texts[first]
    if kind == "front":
        return _read_front(texts, first)
    if kind == "mail":
        said, end = read_mail(texts, gaps, first)
        return Header(first, end, said, True, "") if said else None
    if kind == "wiki":
        title = _WIKI_RE.match(text)
        return Header(first, first + 1, {"title": title[1]} if title else {}, False, text)
    if kind == "count":
        said, end = read_fields(texts, gaps, first + 1)
        facts, end = (said, end) if said.keys() & _NAMING else _add_address(texts, {}, first + 1)
        return Header(first, end, facts, text[0] == "<", text)
    facts, end = read_fields(texts, gaps, first + (kind != "field"), may_head=kind == "field")
    if kind == "entry" and (entry := _ENTRY_RE.match(text)):
        facts, end = _add_address(texts, {"title": entry["title"]} | facts, end)
        return Header(first, end, facts, False, text)
    if kind == "field":
        is_header = facts.keys() & _NAMING or len(facts) > 1
        return Header(first, end, facts, "url" in facts, "") if is_header else None
    if kind in ("tag", "element"):
        said, end = read_elements(texts, first if kind == "element" else end)
        if kind == "element" and end == first:
            return None
        facts |= said
        if not facts and end + 1 < len(texts) and texts[end][:1] == "#":  # a heading, and fields below it
            below, stop = read_fields(texts, gaps, end + 1)
            if below.keys() & _TITLED_FACTS:
                facts, end = {"title": texts[end].strip("# ")} | below, stop
        for name, _, value in _ATTRIBUTE_RE.findall(text):
            fact = FIELDS.get(name.lower(), "url")
            if fact != "url" or "url" not in facts or read_address(value):  # not its path alone
                facts[fact] = unescape(value)
        begin = find_closing(texts, first, list_names(texts[first:end]))
        begin -= begin > 0 and _END_TAG_RE.match(texts[begin - 1]) is not None
        return Header(begin, end, facts, bool(facts), "")
    name = _read_frame(text) if kind == "frame" else text
    if address := _find_address(name) if kind == "frame" else read_address(name):
        facts["url"] = address
    elif kind == "frame" and not _NAMED_RE.search(name):
        facts.setdefault("title", name)
    return Header(first, end, facts, "url" in facts and len(facts) > (kind == "address"), name)


def _add_address(texts: Sequence[str], facts: dict[str, str], end: int) -> tuple[dict[str, str], int]:
    """The same, and the address that the line `end` is, if it is one, and the line behind."""
    address = read_address(texts[end]) if end < len(texts) else ""
    return ({"url": address} | facts, end + 1) if address else (facts, end)


def _read_front(texts: Sequence[str], first: int) -> Header | None:
    """Front matter: lines between two marks, most of them fields, a title or an address among them."""
    end = next(
        (j for j in range(first + 1, min(len(texts), first + HEADER_LINES)) if texts[j] == texts[first]), 0
    )
    inside = [read_field(text) for text in texts[first + 1 : end]]
    facts: dict[str, str] = {}
    for (above, said), (name, value) in pairwise([("", ""), *inside]):
        if said or not above:  # what stands below a name alone is of it
            take(facts, name, value)
    named = sum(bool(name) for name, _ in inside)
    listed = sum(text[:2] in ("- ", "[", "]") for text in texts[first + 1 : end])
    if not (end and facts.keys() & _NAMING and 2 * (named + listed) > len(inside)):
        return None
    name, value = read_field(texts[end + 1]) if end + 1 < len(texts) else ("", "")
    address = read_address(value) if name in _OWN_ADDRESSES else ""
    if address and (address == facts.get("url") or (name != "source" and "url" not in facts)):
        return Header(first, end + 2, {"url": address} | facts, True, "")  # said once more, or below
    return Header(first, end + 1, facts, True, "")


def _read_frame(text: str) -> str:
    """What is written between two rules on one line; or the address that a heading is."""
    if text[0] == "#" and (headed := _HEADED_RE.match(text)):
        return headed[1]
    if text.startswith("==> ") and text.endswith(" <=="):  # as head and tail write it above several files
        return text[4:-4].strip()
    rule = text[:3]
    if len(text) > LONGEST_LINE or rule[:1] not in _FRAMES or rule != rule[:1] * 3:
        return ""
    other = _FRAMES[rule[0]]
    inside = text.strip(rule[0] + other).strip()
    return inside if text.endswith(other * 3) and any(map(str.isalnum, inside)) else ""


def _are_headers(found: list[Header], texts: Sequence[str], form: str) -> bool:
    """Whether what has a form is of headers, and not of lines as pages have them."""
    sizes = measure_between(found, texts)
    kind, names = form.partition(" ")[0], {header.name for header in found}
    is_plain = kind in _PLAIN_KINDS or all("url" in header.facts for header in found)
    if texts[found[0].first][0] == "#" and kind in ("field", "frame") and is_plain:  # of sections, too
        above = sum(any(map(str.isalnum, text)) for text in texts[: found[0].first])
        is_top = above < _FIRST_LINES and len(_find_hosts(found)) == 1
        fewest, apart = (2, APART_CHARS) if is_top else (_FEWEST_PAGES, _TITLED_CHARS)
        return len(names if kind == "frame" else found) >= fewest and median(sizes) >= apart
    if form.startswith("field #"):
        return False
    least = _SHORT_CHARS if is_plain or _have_tails(found, texts, form) else APART_CHARS
    if sizes and median(sizes) < least:
        return False
    if form.startswith(_SHAPE):
        are_brief = is_titled(form) and sizes and median(sizes) < _TITLED_CHARS
        return not are_brief and are_others([header.name for header in found if header.name])
    if kind == "field" and form.removeprefix("field ").removesuffix(": title") in AMBIGUOUS:
        return False
    if kind == "wiki" or (kind == "field" and form.endswith(": title")):  # and nothing else
        return len({header.facts["title"] for header in found}) >= _FEWEST_TITLES
    if kind == "count":
        is_page = _PAGE_RE.search(form) is not None
        is_printed = is_page and (len(found) < _FEWEST_PAGES or _are_printed(found, texts, most=0))
        return _count_up(found) and not is_printed
    if kind == "entry":
        return (
            len(found) >= _FEWEST_TITLES
            and median(sizes) >= _TITLED_CHARS
            and _count_up(found, _ENTRY_RE.match)
        )
    if kind == "element":
        closed = sum(texts[header.first].startswith("</") for header in found[1:])
        named = sum(bool(h.facts) or name_pages(texts[h.first : h.end]) for h in found)
        are_most = min(closed + 1, named) >= _COUNTED_SHARE * len(found)
        return len(found) >= _FEWEST_TITLES and are_most
    if kind == "address":
        are_of_one = len(set(map(read_host, names))) == 1
        return len(names) >= (_FEWEST_OF_ONE if are_of_one else _FEWEST_ADDRESSES)
    if kind == "frame":
        is_named = form[-1] != "#" and all(_NAMED_RE.search(header.name) for header in found)
        is_known = all("url" in header.facts or _PATH_RE.search(header.name) for header in found)
        is_long = form.count("=") >= _LONG_RULE
        if len(names) < _FEWEST_FRAMES or not (is_named or is_known or is_long):
            return False
        are_printed = all(_PRINTED_RE.match(name) for name in names)
        return not (are_printed and _are_printed(found, texts, most=RUN_ON_SHARE))
    return found[0].is_sure or len(found) > 1


def _have_tails(found: Sequence[Header], texts: Sequence[str], form: str) -> bool:
    """Whether the headers are many titles, of which nearly all have a field at their page's end, too."""
    if form != "field title: title" or len(found) < _FEWEST_OF_BRIEF:
        return False
    return find_tails([header[:2] for header in found], frozenset(("title",)), texts) != []


def measure_between(found: Sequence[Header], texts: Sequence[str]) -> list[int]:
    """Letters between one header and the next."""
    return [sum(map(count_letters, texts[above.end : below.first])) for above, below in pairwise(found)]


def _are_printed(found: list[Header], texts: Sequence[str], *, most: float) -> bool:
    """Whether sentences run on over more than such a share of headers, as over the ends of printed pages."""
    joins = [(texts[header.first - 1], texts[header.end]) for header in found[1:] if header.end < len(texts)]
    return run_on(joins, most=most)


def _count_up(found: list[Header], read: Callable[[str], re.Match[str] | None] = _read_count) -> bool:
    """Whether the numbers of documents begin with the first one, and go on with the next."""
    matches = [match for header in found if (match := read(header.name))]
    numbers = [int(match["number"]) for match in matches]
    return numbers[0] <= 1 and count_steps(numbers) >= max(1, _COUNTED_SHARE * (len(numbers) - 1))
