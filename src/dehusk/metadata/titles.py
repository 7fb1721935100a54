"""The title of a page among its headings, its <title> and what it tells others its title is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable, Sequence
from itertools import chain

MAX_CHARS = 400
MAX_HEADINGS = 12
MAX_SITE_PARTS = 4
_SEPARATOR_RE = re.compile(
    r"\s*[|｜¦]\s*|\s+(?:[-–—·•»«›‹/~:]|::|--)\s+|\s*[»«]\s*"
    "|(?<=[\u3041-\u9fff\uac00-\ud7a3\uff01-\uff5e])_|_(?=[\u3041-\u9fff\uac00-\ud7a3])"
)
"""Chinese titles have a low line between their parts."""
_BAR_RE = re.compile("[|｜¦]")
_SEPARATORS = frozenset("|｜¦-–—·•»«›‹/~:_")
"""One of them is in every separator: most titles have none, and the search tries every space."""
_WORD_RE = re.compile(r"\w+")
SPACELESS_RE = re.compile("[\u3041-\u30fa\u3400-\u9fff\u0e00-\u0eff\u1780-\u17ff]")
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
_OPENING = tuple("([（［【〔〈＜<「『《")
_LEAST_UNSPACED = 6
"""A title has so many letters, where they are whole words; what has fewer is a section."""
LINKED_COST = 0.3
"""So much more must a heading agree that is all link, where there are others: to the site's first page, or what the
page is a part of."""
LEAST_AGREEMENT = 0.45
_EDGES = " \t\n_|｜¦:·•»«›‹/~–—-¶#§"


def choose_title(
    headings: Sequence[str],
    stated: Sequence[str],
    sites: Sequence[str],
    *,
    lower: Sequence[str] = (),
    linked: Container[str] = (),
    lines: Sequence[str] = (),
) -> str:
    """The heading that a stated title (<title>, og:title, headline) agrees with, else the best stated one.

    `headings` are the page's first-level headings in order, `stated` the titles in order of trust, `sites`
    the names that the page's site goes by, `lower` all its headings, `linked` those that are links from end to end,
    `lines` what else on the page may be the title where that is Chinese or Japanese: no space parts it from the site.
    "" where all are empty.

    >>> choose_title(["ACME", "Rain today"], ["Rain today | ACME News"], ["ACME News"])
    'Rain today'
    >>> choose_title([], ["Storm – Daily Post"], ["Daily Post"])
    'Storm'
    >>> choose_title(["Loom Talk"], ["Warp tension - Loom Talk"], [], lower=["Loom Talk", "Warp tension"])
    'Warp tension'
    >>> choose_title(["Our Loom", "class Heddle"], ["Class Our::Loom::Heddle"], [], linked={"Our Loom"})
    'class Heddle'
    >>> choose_title([], ["河边的老桥修好了-江城网"], [], lines=["河边的老桥修好了"])
    '河边的老桥修好了'
    >>> choose_title(["Six looms"], ["Untitled Document"], []), choose_title([], ["L_2024099EN.01000101.xml"], [])
    ('Six looms', '')
    """
    site_keys = {key for key in map(fold, sites) if key}
    written = (tidy for title in stated if not _NO_TITLE_RE.fullmatch(tidy := _tidy(title)))
    titles = [clean for title in written if (clean := strip_site(_TOPIC_RE.sub("", title, 1), site_keys))]
    cleaned = [(strip_site(_tidy(head), site_keys), head in linked) for head in headings[:MAX_HEADINGS]]
    heads = [head for head, _ in cleaned if head]
    agreed = _most_agreed([pair for pair in cleaned if pair[0] and fold(pair[0]) not in site_keys], titles)
    if not agreed or (agreed, True) in cleaned:
        said = _find_said(titles, [*(heading for heading in lower if heading not in linked), *lines])
        if said:
            return said
    if agreed:
        beside = _find_beside_site(agreed, titles, lower)
        if not beside and (agreed, True) in cleaned:
            beside = _find_below_site(agreed, titles, heads[heads.index(agreed) + 1 :])
        return beside or agreed
    if titles:
        first = lower[:MAX_HEADINGS]
        return ("" if heads else _find_behind_site(titles[0], first, linked)) or _best_stated(titles, first)
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


def _most_agreed(heads: Sequence[tuple[str, bool]], titles: Sequence[str]) -> str:
    """Of headings, with whether they are all link."""
    best, best_share = "", 0.0
    for head, is_linked in heads:
        share = max((_agreement(head, title) for title in titles), default=0.0)
        if is_linked and len(heads) > 1:
            share -= LINKED_COST
        if share > best_share:
            best, best_share = head, share
    return best if best_share >= LEAST_AGREEMENT else ""


def _find_said(titles: Sequence[str], lines: Iterable[str]) -> str:
    """The longest line that a stated title without spaces begins or ends with: what is beside it is the site."""
    found = (
        tidy
        for line in lines
        if len(line) <= MAX_CHARS and len(SPACELESS_RE.findall(tidy := _tidy(line))) >= _LEAST_UNSPACED
        for title in titles
        if _is_part(tidy, title)
    )
    return max(found, key=len, default="")


def _is_part(line: str, title: str) -> bool:
    """Whether a title begins or ends with a line, and no letter stands right beside it; brackets are of the title."""
    if title.startswith(line):
        rest = title[len(line) :]
        return not rest[:1].isalnum() and not rest.lstrip().startswith(_OPENING)
    return title.endswith(line) and not title.removesuffix(line)[-1:].isalnum()


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


def _find_below_site(head: str, titles: Sequence[str], below: Sequence[str]) -> str:
    """The heading below a linked one, which a title ends in, with all the words of what that title begins with."""
    for title in titles:
        rest = title.removesuffix(head).rstrip()
        words = _words(rest) if rest != title and rest[-1:] in _SEPARATORS else set()
        found = next((heading for heading in below if words and words <= _words(heading)), "")
        if found:
            return found
    return ""


def _find_behind_site(title: str, headings: Sequence[str], linked: Container[str]) -> str:
    """The heading that is in a title's last part, none being in what stands before it, which then is the site.

    Of those that are links the one that is the last part: a post's heading leads to the post.
    """
    separators = _find_separators(title)
    if not separators:
        return ""
    before, last = title[: separators[-1].start()], title[separators[-1].end() :]
    plain = [heading for heading in headings if heading not in linked]
    if any(_is_in(heading, before) for heading in plain):
        return ""
    whole = (heading for heading in headings if fold(heading) == fold(last))
    inside = (heading for heading in plain if _is_in(heading, last))
    return _tidy(next(chain(whole, inside), ""))


def _is_in(heading: str, part: str) -> bool:
    """Whether all its words are, and are half of it at least."""
    words, all_words = _words(heading), _words(part)
    return bool(words) and words <= all_words and 2 * len(words) >= len(all_words)


def _best_stated(titles: Sequence[str], headings: Sequence[str]) -> str:
    """The first title, cut to what a heading says of its begin or of its end, to another that it goes on from, else at
    its last separator.

    What stands behind it is the site under a name that is not known, or a section, nearly always.
    """
    separators = _find_separators(titles[0])
    said = {fold(heading) for heading in headings}
    parts = (titles[0][: separator.start()] for separator in reversed(separators))
    shorter = [part for part in parts if " " in part and fold(part) in said]
    shorter += [title for title in titles[1:] if titles[0].endswith(f" {title}") and fold(title) in said]
    shorter += [title for title in titles[1:] if titles[0].startswith(title)]
    if shorter:
        return shorter[0]
    before = titles[0][: separators[-1].start()] if separators else ""
    is_whole = before.count("(") == before.count(")")
    return before if " " in before and is_whole else titles[0]


def _agreement(head: str, title: str) -> float:
    """Share of the heading's words that the title has too, and a little of the other way round, 0..1."""
    head_words, title_words = _words(head), _words(title)
    common = len(head_words & title_words)
    if not common:
        return 0.0
    return 0.7 * common / len(head_words) + 0.3 * common / len(title_words)


def _words(text: str) -> set[str]:
    if SPACELESS_RE.search(text):
        return {text[i : i + 2] for i in range(len(text) - 1)}
    return set(_WORD_RE.findall(text.casefold()))
