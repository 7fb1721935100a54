"""The title of a page among its headings, its <title> and what it tells others its title is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

MAX_CHARS = 400
MAX_HEADINGS = 12
MAX_SITE_PARTS = 4
_SEPARATOR_RE = re.compile(r"\s*[|｜¦]\s*|\s+(?:[-–—·•»«›‹/~:]|::|--)\s+|\s*[»«]\s*")
_BAR_RE = re.compile("[|｜¦]")
_SEPARATORS = frozenset("|｜¦-–—·•»«›‹/~:")
"""One of them is in every separator: most titles have none, and the search tries every space."""
_WORD_RE = re.compile(r"\w+")
_SPACELESS_RE = re.compile("[\u3041-\u30fa\u3400-\u9fff\u0e00-\u0eff\u1780-\u17ff]")
_TOPIC_RE = re.compile(
    r"^.{1,100}?\s(?:::|•)\s(?:view topic|thema anzeigen|voir le sujet|ver tema|leggi argomento|zobacz temat"
    r"|bekijk onderwerp|просмотр темы|ver tópico|visa tråd|zobrazit téma)\s-\s",
    re.IGNORECASE,
)
"""What phpBB writes before a topic: "Loom Talk :: View topic - "."""
_NO_TITLE_RE = re.compile(
    r"untitled(?:[ -]document)?(?: ?\d+)?|(?:new|untitled) page(?: ?\d+)?|no title|page title|null|undefined"
    r"|microsoft word - .*|\*\|.*\|\*|\{\{.*\}\}|<%.*%>|%%.*%%"
    r"|[\w-]+(?:\.[\w-]+)*\.(?:x?html?|xml|php|aspx?|jsp|docx?|pdf|rtf|odt|pptx?|indd)",
    re.IGNORECASE,
)
"""What an editor writes where nobody wrote a title, places that a template left unfilled, and names of files."""
_EDGES = " \t\n|｜¦:·•»«›‹/~–—-¶#§"


def choose_title(
    headings: Sequence[str], stated: Sequence[str], sites: Sequence[str], *, lower: Sequence[str] = ()
) -> str:
    """The heading that a stated title (<title>, og:title, headline) agrees with, else the best stated one.

    `headings` are the page's first-level headings in order, `stated` the titles in order of trust, `sites`
    the names that the page's site goes by, `lower` all its headings. "" where all are empty.

    >>> choose_title(["ACME", "Rain today"], ["Rain today | ACME News"], ["ACME News"])
    'Rain today'
    >>> choose_title([], ["Storm – Daily Post"], ["Daily Post"])
    'Storm'
    >>> choose_title(["Loom Talk"], ["Warp tension - Loom Talk"], [], lower=["Loom Talk", "Warp tension"])
    'Warp tension'
    >>> choose_title(["Six looms"], ["Untitled Document"], []), choose_title([], ["L_2024099EN.01000101.xml"], [])
    ('Six looms', '')
    """
    site_keys = {key for key in map(fold, sites) if key}
    written = (tidy for title in stated if not _NO_TITLE_RE.fullmatch(tidy := _tidy(title)))
    titles = [clean for title in written if (clean := strip_site(_TOPIC_RE.sub("", title, 1), site_keys))]
    heads = [clean for head in headings[:MAX_HEADINGS] if (clean := strip_site(_tidy(head), site_keys))]
    agreed = _most_agreed([head for head in heads if fold(head) not in site_keys], titles)
    if agreed:
        return _find_beside_site(agreed, titles, lower) or agreed
    if titles:
        return _best_stated(titles)
    return heads[0] if heads else ""


def _is_site(part: str, keys: set[str]) -> bool:
    """Whether the last part of a title is the site: its name, cut short or with a little more."""
    key = fold(part)
    return key in keys or any(
        len(name) >= 3 and len(key) >= 3 and (key.startswith(name) or name.startswith(key)) for name in keys
    )


def strip_site(title: str, site_keys: Iterable[str]) -> str:
    """A title without the site's name before or after a separator; as it was when nothing would be left."""
    keys = set(site_keys)
    for _ in range(MAX_SITE_PARTS):
        separators = _find_separators(title)
        if separators and _is_site(title[separators[-1].end() :], keys):
            title = title[: separators[-1].start()]
        elif separators and fold(title[: separators[0].start()]) in keys:
            title = title[separators[0].end() :]
        else:
            break
    return title


def list_parts(name: str) -> list[str]:
    """What stands between the bars of a site's name, if it has any.

    >>> list_parts("Blogs | Island Notes"), list_parts("Island Notes")
    (['Blogs', 'Island Notes'], [])
    """
    parts = [part.strip() for part in _BAR_RE.split(name)]
    return [part for part in parts if part] if len(parts) > 1 else []


def fold(text: str) -> str:
    """Letters and digits alone, lower-cased: what two spellings of one name have in common."""
    text = text[: 4 * MAX_CHARS]  # normalising takes time quadratic in the marks on a letter
    return "".join(_WORD_RE.findall(unicodedata.normalize("NFKC", text).casefold()))


def _find_separators(title: str) -> list[re.Match[str]]:
    return [] if _SEPARATORS.isdisjoint(title) else [*_SEPARATOR_RE.finditer(title)]


def _tidy(text: str) -> str:
    return " ".join(text[: 4 * MAX_CHARS].split())[:MAX_CHARS].rstrip(_EDGES)


def _most_agreed(heads: Sequence[str], titles: Sequence[str]) -> str:
    best, best_share = "", 0.0
    for head in heads:
        share = max((_agreement(head, title) for title in titles), default=0.0)
        if share > best_share:
            best, best_share = head, share
    return best if best_share >= 0.45 else ""


def _find_beside_site(head: str, titles: Sequence[str], headings: Sequence[str]) -> str:
    """The heading that a stated title has beside the first-level one, which then is the site's name, or a book's.

    Titles end in that, or begin with it and a colon.
    """
    known = dict[str, str]()
    for title in titles:
        rest = title.removesuffix(head).rstrip()
        if title.startswith(f"{head}: "):
            rest = title[len(head) + 1 :]
        elif rest == title or rest[-1:] not in _SEPARATORS:
            continue
        known = known or {fold(heading): heading for heading in reversed(headings)}
        rest = rest.strip(_EDGES)
        separators = _find_separators(rest)
        for part in (rest, rest[: separators[0].start()] if separators else ""):
            if part and (found := known.get(fold(part))):
                return _tidy(found)
    return ""


def _best_stated(titles: Sequence[str]) -> str:
    """The first title, cut to another that it goes on from, else at its last separator.

    What stands behind it is the site under a name that is not known, or a section, nearly always.
    """
    shorter = [title for title in titles[1:] if titles[0].startswith(title)]
    if shorter:
        return shorter[0]
    separators = _find_separators(titles[0])
    before = titles[0][: separators[-1].start()] if separators else ""
    return before if " " in before else titles[0]


def _agreement(head: str, title: str) -> float:
    """Share of the heading's words that the title has too, and a little of the other way round, 0..1."""
    head_words, title_words = _words(head), _words(title)
    common = len(head_words & title_words)
    if not common:
        return 0.0
    return 0.7 * common / len(head_words) + 0.3 * common / len(title_words)


def _words(text: str) -> set[str]:
    if _SPACELESS_RE.search(text):
        return {text[i : i + 2] for i in range(len(text) - 1)}
    return set(_WORD_RE.findall(text.casefold()))
