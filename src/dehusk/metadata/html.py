"""Metadata of an HTML page out of its head and blocks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import chain
from string import ascii_letters, digits
from urllib.parse import urljoin, urlsplit

from dehusk.metadata.authors import (
    clean_author,
    clean_stated_author,
    find_name_beside_day,
    is_author_like,
    read_byline,
)
from dehusk.metadata.chinese import read_field, read_lead, read_line
from dehusk.metadata.dates import find_day, find_day_in_url, may_hold_day
from dehusk.metadata.json_ld import MAX_NAMES, Facts, read_facts, resolve
from dehusk.metadata.titles import MAX_CHARS, SPACELESS_RE, choose_title, fold, list_parts, strip_site
from dehusk.model import Block, Document, Head, Metadata, Page

_AUTHOR_METAS = (
    "author", "parsely-author", "sailthru.author", "cxenseparse:author", "citation_author", "dc.creator",
    "dc:creator", "dcterms.creator", "article:author_name", "og:author", "bc:authors", "creator",
    "article:author", "byl", "citation_authors",
)  # fmt: skip
_LAST_FIRST_METAS = frozenset(("citation_author", "dc.creator", "dcterms.creator"))
"""In these a name with a comma begins with the family's, as in a library's catalogue."""
_LAST_FIRST_RE = re.compile(
    r"([^\W\d][^,;]{0,40}), ?(?!(?:jr|sr|ph\.?d|m\.?d|inc|ltd)\b)([^\W\d][^,;]{0,40})", re.IGNORECASE
)
_YEARS_RE = re.compile(r"(?: ?\([^\W\d][^()]*\))?, ?\d{1,4}\??(?: BCE)?-.{0,12}$")
"""Behind a catalogue's names: those in full, the years of a life."""
_PUBLISHED_METAS = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished",
    "sailthru.date", "parsely-pub-date", "cxenseparse:publishtime", "og:publish_date", "publish_date",
    "publish-date", "pubdate", "publishdate", "published", "published_date", "date", "dc.date.issued",
    "dcterms.issued", "dc.date", "dcterms.created", "citation_publication_date", "citation_date",
    "article.published", "date-pub", "datecreated", "originalpublicationdate", "article_date_original",
    "ms.date", "apub:time", "og:time", "firstpublishedtime", "dateupdate",
)  # fmt: skip
_MODIFIED_METAS = (
    "article:modified_time",
    "datemodified",
    "og:updated_time",
    "last-modified",
    "dcterms.modified",
)
_BLOCK_CHARS = 160
_BLOCKS_AFTER_TITLE = 25
_BLOCKS_BEFORE_TITLE = 4
_PUBLISHED_RE = re.compile(
    r"\b(?:publi|posted|veröffentlicht|erschienen|stand|date|datum|fecha|pubblicat|geplaatst|udgivet|publicerad"
    r"|written|dodano|yayın|опубликован|дата|by)|公開|掲載|投稿|등록|입력|(?:发布|發布|发表)(?=\S{0,3}\W{0,3}\d)|[\d日]\s?(?:发布|發布|发表)",
    re.IGNORECASE,
)
_UPDATED = r"updated|modified|aktualisiert|mis à jour|actualizado|aggiornato|bijgewerkt|обновлено|更新"
_UPDATED_RE = re.compile(_UPDATED, re.IGNORECASE)
_NOT_PUBLISHED_RE = re.compile(
    rf"©|\(c\)|copyright|all rights reserved|reviewed|joined|registered|member since|{_UPDATED}",
    re.IGNORECASE,
)
_SAYS_PUBLISHED_RE = re.compile(
    r"^\W{0,5}(?:posted|published|veröffentlicht|publié|publicado|pubblicato)\b", re.IGNORECASE
)
_HIDDEN_MARK = "-hidden"
_UTC_RE = re.compile(r"(?:Z|[+-]00:?00|GMT|UTC)$")
_AUTHOR_MARK_RE = re.compile(r"(?<![a-z])(?:author|byline)(?!s?[-_]?(?:bio|box|desc|info|image|avatar|card))")
_PUBLIC_LABELS = frozenset(
    ("com", "co", "org", "net", "gov", "edu", "ac", "www", "blog", "news", "shop", "en", "de", "fr", "us")
)
_NAMES_WRITER_RE = re.compile(
    r"\W{0,5}(?:written by|posted by|authored by|authors?\s?:|thread starter|this (?:post|article) was written by"
    r"|geschrieben von|écrit par|escrito por|scritto da|geschreven door)",
    re.IGNORECASE,
)
_CREDIT_RE = re.compile(
    r"\W*(?:photo|foto|image|picture|illustration|bild)|\s*(?:©|\(c\))|authors? \w+$", re.IGNORECASE
)
"""Whose work something other than the text is, or whose rights; and entries of menus, as "Author interviews"."""
_OWNED_RE = re.compile(
    r"©|\(c\)|copyright|版权所有|all rights reserved|\b(?:19|20)\d\d\b|[\s,.-]+$", re.IGNORECASE
)
_AND_RE = re.compile(r"\s(?:and|und|et|y|e|en|i|a|och|og|и|і|та|ve|και|&|/)\s")
_COMMA_RE = re.compile(r"(?<=[^\W\d_]),(?=[^\W\d_])")
_NO_WRITER, _NOT_PUBLISHED = (
    frozenset(ascii_letters + digits) - {*letters, *letters.upper()} for letters in ("wpatges", "pv")
)
"""First characters of which neither pattern begins: a quick look at them spares most blocks the pattern."""
_US_MONTH_FIRST_RE = re.compile(r"^en(?:[-_](?:us|ph|ca))?$", re.IGNORECASE)


def find_metadata(document: Document, page: Page) -> Metadata:
    """Title, author, date, site and address of an HTML page.

    What `page` says (`title`, `author`, `date`, `url`) wins over the page's own word. The date is the day of
    publication as written, without a time zone; an author is a name or several joined by ", ". Where
    nothing fits a field is "". Never raises: whatever cannot be read is passed over.

    >>> from dehusk.model import Head
    >>> head = Head(title="Rain | Post", metas={"og:site_name": "Post", "author": "By Ann Roe"})
    >>> find_metadata(Document("html", [], 0, head=head), Page(""))
    Metadata(title='Rain', author='Ann Roe', date='', site='Post', url='')
    """
    facts = read_facts(document.head.json_ld)
    url = _find_url(document, page)
    site = _find_site(document, facts, url)
    names = _site_names(document, facts, url)
    title = page.title.strip() or _find_title(document, facts, names)
    near = _blocks_near_title(document.blocks, title)
    return Metadata(
        title=title,
        author=page.author.strip()
        or _find_author(document, facts, near, title=title, site_keys={fold(name) for name in names}),
        date=find_day(page.date[:100])
        or _find_date(document, facts, near, url=url)
        or find_day(page.crawled[:40]),
        site=site,
        url=url,
    )


def _find_url(document: Document, page: Page) -> str:
    head = document.head
    stated = (head.canonical, head.metas.get("og:url", ""))
    base = next((url for url in (page.url, *stated) if _is_web_url(url)), "")
    joined = (_join(base, url.strip()) for url in stated if url.strip())
    return next((url for url in (page.url.strip(), *joined) if _is_web_url(url)), "")


def _join(base: str, url: str) -> str:
    try:
        return urljoin(base, url)
    except ValueError:
        return ""


def _is_web_url(url: str) -> bool:
    try:
        parts = urlsplit(url.strip())
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.") if _is_web_url(url) else ""


def _find_site(document: Document, facts: Facts, url: str) -> str:
    metas = document.head.metas
    named = (
        metas.get("og:site_name"),
        metas.get("application-name"),
        facts.website,
        facts.publisher,
        _host(url),
    )
    found = next((name for name in named if name and len(name) <= 100), "")
    return _host(found) or found


def _site_names(document: Document, facts: Facts, url: str) -> list[str]:
    """All the names a site may go by in titles and bylines: stated ones, its host and parts of it."""
    metas = document.head.metas
    host = _host(url)
    labels = host.split(".")
    named = metas.get("og:site_name", "")
    owner = _OWNED_RE.sub("", metas.get("copyright", ""))
    names = [
        named,
        owner,
        *list_parts(named),
        metas.get("application-name"),
        facts.website,
        facts.publisher,
        host,
    ]
    names += [label for label in labels[:-1] if len(label) > 1 and label not in _PUBLIC_LABELS] + [
        "www." + host
    ]
    return [name for name in names if name]


def _find_title(document: Document, facts: Facts, names: Sequence[str]) -> str:
    head = document.head
    headings = [block for block in document.blocks if block.kind == "heading"]
    main = [block.text for block in headings if block.level == 1] or _find_marked_title(document)
    stated = (head.title, head.metas.get("og:title", ""), facts.headline, head.metas.get("twitter:title", ""))
    titles = [resolve(title) for title in stated if title]
    lower = [block.text for block in headings]
    linked = set(lower).difference(block.text for block in headings if block.link_chars < len(block.text))
    lines = _list_unspaced_lines(document.blocks, titles)
    return choose_title(main, titles, names, lower=lower, linked=linked, lines=lines)


def _list_unspaced_lines(blocks: Sequence[Block], titles: Sequence[str]) -> list[str]:
    """Lines that are no links and part of a title, where that has letters of a script without spaces."""
    whole = "\n".join(titles)
    if not SPACELESS_RE.search(whole):
        return []
    plain = (block.text for block in blocks if block.kind != "heading" and not block.link_chars)
    return [text for text in plain if len(text) <= MAX_CHARS and text in whole]


def _find_marked_title(document: Document) -> list[str]:
    """The first line above all headings whose element is of the class "title": Doxygen's pages have it alone."""
    for block in document.blocks:
        if block.kind == "heading":
            break
        marks = document.elements[block.element].marks if block.element >= 0 else ""
        if "title" in marks and "title" in marks.split() and block.link_chars < len(block.text) <= MAX_CHARS:
            return [block.text]
    return []


def _blocks_near_title(blocks: Sequence[Block], title: str) -> Sequence[Block]:
    """The blocks around the title; the first ones where it is not among them."""
    place = _find_place(blocks, title)
    return blocks[max(0, place - _BLOCKS_BEFORE_TITLE) : place + _BLOCKS_AFTER_TITLE]


def _find_place(blocks: Sequence[Block], title: str) -> int:
    headings = (i for i, block in enumerate(blocks) if block.kind == "heading" and title in block.text)
    lines = (i for i, block in enumerate(blocks) if block.text == title)
    main_headings = (i for i, block in enumerate(blocks) if block.level == 1 and block.kind == "heading")
    return next(chain(headings, lines, main_headings), 0) if title else 0


def _find_author(
    document: Document, facts: Facts, near: Sequence[Block], *, title: str, site_keys: set[str]
) -> str:
    """The first name that is not the site's own; that where there is no other."""
    site = ""
    for name in filter(None, _list_authors(document, facts, near, title=title, site_keys=site_keys)):
        if fold(name) not in site_keys:
            return _COMMA_RE.sub(", ", _cut_role(name, document.head.bylines))
        site = site or name
    return site


def _cut_role(name: str, bylines: Sequence[str]) -> str:
    """The name without what its writer is, where an element holds it alone: "Ann Roe Senior Editor, Island Post"."""
    alone = (clean_author(text) for text in bylines)
    return next(
        (
            short
            for short in alone
            if " " in short
            and name.startswith(f"{short} ")
            and is_author_like(short)
            and not _AND_RE.match(name, len(short))
        ),
        name,
    )


def _list_authors(
    document: Document, facts: Facts, near: Sequence[Block], *, title: str, site_keys: set[str]
) -> Iterator[str]:
    """Names that may be the author's or "", in order of trust; later ones are looked for only when needed."""
    metas = document.head.metas
    yield clean_stated_author(strip_site(facts.author, site_keys))
    yield from (_read_author_meta(name, metas[name], site_keys) for name in _AUTHOR_METAS if name in metas)
    if "by" in metas.get("twitter:label1", "").lower():
        yield clean_stated_author(metas.get("twitter:data1", ""))
    yield from (
        read_byline(block.text)
        for block in near
        if len(block.text) <= _BLOCK_CHARS and not _CREDIT_RE.match(block.text)
    )
    fields = (clean_author(read_field(block.text)) for block in near)
    yield from (name for name in fields if name)
    yield from (
        name
        for text in document.head.bylines[:3]
        if not _CREDIT_RE.match(text) and is_author_like(name := clean_author(text))
    )
    short = [block for block in near if len(block.text) <= 60]
    marked = (block.text for block in short if _is_marked_author(document, block))
    yield from (name for text in marked if is_author_like(name := clean_author(text)))
    plain = (block.text for block in near if len(block.text) <= 80 and block.kind != "heading")
    yield from (find_name_beside_day(text) for text in plain if text[:20] not in title)
    yield from (read_lead(block.text) for block in near)
    names_writer = _NAMES_WRITER_RE.match
    yield from (
        read_byline(text)
        for block in document.blocks
        if (text := block.text)[0] not in _NO_WRITER and names_writer(text)
    )
    yield from (read_line(block.text) for block in document.blocks[_find_place(document.blocks, title) :])


def _read_author_meta(name: str, value: str, site_keys: set[str]) -> str:
    """The names in a meta element, or in several of one name."""
    names = [part.strip() for part in resolve(value).split(";")]
    if name in _LAST_FIRST_METAS:
        names = [_YEARS_RE.sub("", name) for name in names]
        turned = map(_LAST_FIRST_RE.fullmatch, names)
        names = [
            f"{match[2]} {match[1]}" if match else part for match, part in zip(turned, names, strict=True)
        ]
    cleaned = (clean_stated_author(strip_site(part, site_keys)) for part in names[:MAX_NAMES])
    return ", ".join(dict.fromkeys(filter(None, cleaned)))


def _is_marked_author(document: Document, block: Block) -> bool:
    return block.element >= 0 and bool(_AUTHOR_MARK_RE.search(document.elements[block.element].marks))


def _find_date(document: Document, facts: Facts, near: Sequence[Block], *, url: str) -> str:
    """The day of publication, else the one the page shows, else that of the last change to an article."""
    head = document.head
    month_first = bool(_US_MONTH_FIRST_RE.match(head.language)) if head.language else None

    def first_day(texts: Iterable[str]) -> str:
        return next(filter(None, (find_day(text, month_first=month_first) for text in texts if text)), "")

    texts = [facts.published, *(head.metas[name] for name in _PUBLISHED_METAS if name in head.metas)]
    stated = next((text for text in texts if first_day([text])), "")
    shown = first_day(_dated_lines(document, near))
    if stated and shown:
        modified = first_day([facts.modified])
        return _choose_day(shown, first_day([stated]), modified=modified, is_utc=bool(_UTC_RE.search(stated)))
    return (
        first_day([stated])
        or find_day_in_url(url)
        or first_day(head.times[:3])
        or shown
        or first_day([facts.created])
        or first_day(_published_lines(document.blocks))
        or first_day(block.text for block in near if _says_updated(block))
        or (first_day(_modified(head, facts)) if _is_article(head, facts) else "")
    )


def _choose_day(shown: str, stated: str, *, modified: str, is_utc: bool) -> str:
    """The day stated in the head, but the one shown near the title where that is surely better.

    A day apart, a time in UTC is not yet the page's own day. Where "published" is the day of the last
    change and the page shows an earlier one, the site's software has made it up.
    """
    apart = (date.fromisoformat(stated) - date.fromisoformat(shown)).days
    is_made_up = apart > 0 and stated >= modified > ""
    return shown if is_made_up or (is_utc and abs(apart) == 1) else stated


def _dated_lines(document: Document, near: Sequence[Block]) -> list[str]:
    """Short lines near the title that may hold the day; those that say "published" first, hidden ones last."""
    dated = [block for block in near if len(block.text) <= _BLOCK_CHARS and may_hold_day(block.text)]
    if len(dated) > 1:
        dated.sort(key=lambda block: _is_hidden(document, block))
    short = [_before_update(block.text) for block in dated]
    marked = [text for text in short if _PUBLISHED_RE.search(text)]
    return marked + [text for text in short if len(text) <= 80]


def _is_hidden(document: Document, block: Block) -> bool:
    """Whether the page hides a block, as an archive's toolbar is until it is asked for."""
    at = block.element
    while at >= 0:
        _, at, marks = document.elements[at]
        if _HIDDEN_MARK in marks:
            return True
    return False


def _before_update(text: str) -> str:
    """A line up to where it speaks of a change, a copyright or a member's joining."""
    other = _NOT_PUBLISHED_RE.search(text)
    return text[: other.start()] if other else text


def _published_lines(blocks: Sequence[Block]) -> Iterator[str]:
    says_published = _SAYS_PUBLISHED_RE.match
    for block in blocks:
        text = block.text
        if text[0] not in _NOT_PUBLISHED and len(text) <= 80 and says_published(text) and may_hold_day(text):
            yield text


def _says_updated(block: Block) -> bool:
    return len(block.text) <= 80 and may_hold_day(block.text) and bool(_UPDATED_RE.search(block.text))


def _is_article(head: Head, facts: Facts) -> bool:
    return bool(facts.headline) or head.metas.get("og:type", "").lower() == "article"


def _modified(head: Head, facts: Facts) -> list[str]:
    return [facts.modified, *(head.metas.get(name, "") for name in _MODIFIED_METAS)]
