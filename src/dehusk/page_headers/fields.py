"""The lines of a header: fields such as "Title: ..." and addresses, and what they say of a page."""

from __future__ import annotations

import re
from collections.abc import Sequence

FACTS = ("url", "title", "author", "date")
"""What is taken from a header, and from a row of JSONL or Parquet."""
_ADDRESS_RE = re.compile(r"[<\[]?((?:https?://|www\.)[^\s<>]+?)>?$", re.IGNORECASE)
_FIELD_RE = re.compile(
    r"(?:\[\d{1,4}\] |#{1,6} )?[\"'*_]{0,2}([^\W\d_](?:[^\W\d]|[ &/\u0307\u0900-\u0dff\u0e31-\u0e4e-]){0,24}?"
    r"|[Hh][1-6])[\"'*_]{0,2}\s{0,10}"
    r"(?:[:=](?:\s+|$|(?<=[\u3041-\ufaff]:))|:(?=[^\W\d_a-z])|：\s*)(.*)$"
)
"""In Chinese and Japanese, and before a capital, nothing need stand behind the colon. Search results are numbered: "[1]
Title: ..."; in Markdown it may be a heading: "## Source: ..."."""
CONTENTS = frozenset(
    "markdown content|content|text|body|main content|page content|text content|full text|page text|article text"
    "|article body|article content|extracted content|raw text|raw content|contenuto|testo|inhalt|contenu|texte"
    "|contenido|conteúdo|conteudo|texto|inhoud|tekst|treść|içerik|metin|содержание|текст|зміст|المحتوى|内容|內容"
    "|正文|本文|내용|본문|isi|konten|nội dung|متن|محتوا|सामग्री|विवरण|বিষয়বস্তু|เนื้อหา|תוכן|κείμενο|περιεχόμενο|obsah"
    "|tartalom|innehåll|innhold|indhold|conținut|съдържание|sadržaj".split("|")
)
"""The page itself follows: below, or behind such a name on its line."""
FIELDS = {
    **dict.fromkeys(
        "url|uri|link|source|source url|url source|page url|original url|canonical|canonical url|permalink|address"
        "|sourceurl|warc-target-uri|file|web page|webpage|website|page|href|page link|article link|article url"
        "|link to article|original link|post url|news url|story url|url of pdf|scraped from|extracted from"
        "|content from|data from|quelle|adresse|lien|fuente|enlace|fonte|conteúdo extraído de"
        "|conteúdo da página|źródło|bron|kaynak|источник|ссылка|адрес|джерело|المصدر|الرابط|出典|来源|來源|链接|鏈接"
        "|网址|網址|原文链接|来源链接|來源連結|원문|출처|링크|لینک|پیوند|آدرس|लिंक|লিংক|ลิงก์|קישור|σύνδεσμος|odkaz|länk|lenke|връзка"
        "|link gốc|tautan|sumber|nguồn".split("|"), "url",
    ),
    **dict.fromkeys(
        "title|headline|page title|og title|article title|news title|post title|titel|titre|título|titulo|titolo"
        "|tytuł|başlık|заголовок|название|назва|العنوان|標題|标题|题名|页面标题|頁面標題|タイトル|제목|judul|tiêu đề"
        "|überschrift|عنوان|शीर्षक|শিরোনাম|หัวข้อ|ชื่อเรื่อง|כותרת|τίτλος|titulek|název|cím|overskrift|titlu|заглавие|naslov"
        .split("|"), "title",
    ),
    **dict.fromkeys(
        "author|authors|author name|by|byline|creator|written by|autor|autorin|auteur"
        "|autore|autora|yazar|автор|الكاتب|作者|著者|저자|penulis"
        "|نویسنده|लेखक|লেখক|ผู้เขียน|מחבר|συγγραφέας|szerző|författare|forfatter|tác giả".split("|"), "author",
    ),
    **dict.fromkeys(
        "date|published|published time|published at|published on|published date|publication date|publish date|pubdate"
        "|datepublished|date published|date & time|date/time|date and time|article date|posted|posted on|created at"
        "|datum|fecha|data|tarih|дата|опубликовано|التاريخ|日期|日付|发布时间|發佈時間|發布時間|公開日|날짜|tanggal"
        "|veröffentlicht|publié le|تاریخ|तारीख|दिनांक|তারিখ|วันที่|תאריך|ημερομηνία|dátum|dato|ngày".split("|"), "date",
    ),
    **dict.fromkeys(
        "description|summary|excerpt|language|lang|tags|keywords|category|categories|section|site|site name|sitename"
        "|domain|hostname|publisher|content-type|content type|content-length|length|word count|id|slug|status"
        "|status code|layout|image|images|image url|image source|videos|updated|modified|last modified|last updated"
        "|last updated on|created|crawled|crawled at|fetched|fetched at|retrieved|accessed|scraped|scraped at"
        "|date scraped|timestamp|depth|warning|number of pages|fingerprint|score|article id|document id|doc id"
        "|page id|chunk id|chunk|post id|markdown url|jina url|metadata|sentiment|polarity|highlight scores|imagen"
        "|imagem|immagine|categoría|categoria|kategorie|kategori|catégorie|etiquetas|palabras clave|mots-clés"
        "|schlagworte".split("|"), "",
    ),
    **dict.fromkeys(CONTENTS, ""),
}  # fmt: skip
"""What the lines of headers are called, and which of FACTS they tell."""
HEADER_LINES, LONGEST_LINE = 40, 1000
"""A header's lines, and their characters."""
_VALUE_CHARS, _UNKNOWN_CHARS = 300, 80
"""What a field says is no longer, and that of an unknown one between known ones."""
_MOST_UNKNOWN = 2
"""Lines of unknown fields above the text itself."""
_PATHS = frozenset(("url", "uri", "link", "href", "page url"))
AMBIGUOUS = frozenset(("عنوان", "cím"))
"""Names of titles that are those of postal addresses, too."""
_SUMMARIES = frozenset(
    "summary|resumen|resumo|riassunto|résumé|zusammenfassung|özet|ringkasan|tóm tắt".split("|")
)
"""What the page itself may be called, too, if there is no more of it."""
_LABELS = CONTENTS | _SUMMARIES
_LEVEL_RE = re.compile(r"h[1-6]$")
"""The headings of a page, listed above it."""
_NOTHING = frozenset(("", "null", "none", "n/a", "nan", "undefined", "unknown", "untitled"))
_CLOSING = {'"': '"', "'": "'", "*": "*", "[": "]"}
_EMPHASIS = "*_"
QUOTES = "\"'*_"
"""What may stand around the name of a field."""


def read_fields(
    texts: Sequence[str], gaps: Sequence[int], first: int, *, may_head: bool = False
) -> tuple[dict[str, str], int]:
    """What the fields say that stand together from a line on, and the line behind them.

    Headings are such only if they `may_head` a page and the first line is one of them.
    """
    facts: dict[str, str] = {}
    seen, end = set[str](), first
    most = min(1, max(0, gaps[first + 1])) if first + 1 < len(texts) else 0
    heads = first < len(texts) and may_head and texts[first][0] == "#"
    for i in range(first, min(len(texts), first + HEADER_LINES)):
        name, value = read_field(texts[i])
        is_last = name in CONTENTS
        if (
            not name
            or (i > first and not 0 <= gaps[i] <= max(most, is_last))
            or (texts[i][0] == "#" and not heads)
        ):
            break
        if is_last:
            if not value:
                end = i + 1
            elif first < end and i <= end + _MOST_UNKNOWN:  # and something is said before
                end = i
            break
        if not is_known(name, value):  # of a header only if one follows that is known
            if i == first or gaps[i] or (len(value) > _UNKNOWN_CHARS and not _LEVEL_RE.match(name)):
                break
            continue
        if len(value) > _VALUE_CHARS or name in seen:
            break
        seen.add(name)
        take(facts, name, value)
        end = i + 1
    return facts, end


def is_known(name: str, value: str) -> bool:
    """Whether a field is one that headers have; one of addresses is, if it has one."""
    return name in FIELDS and (FIELDS[name] != "url" or read_address(value) != "" or _is_path(name, value))


def _is_path(name: str, value: str) -> bool:
    """Whether a field says where on its site a page is, and not on which."""
    return name in _PATHS and value[:1] == "/" and " " not in value


def find_content(text: str) -> int:
    """Where a page begins in a line that names it so, behind the name; 0 where no such name stands before it.

    >>> find_content("Text: The road is closed."), find_content("Text:"), find_content("Note: closed")
    (6, 0, 0)
    """
    field = _FIELD_RE.match(text)
    return field.start(2) if field and field[2] and _read_name(field) in _LABELS else 0


def take(facts: dict[str, str], name: str, value: str) -> None:
    """Add what a field says, if it is known and says something; the first of several wins."""
    field = FIELDS.get(name)
    said = read_address(value) if field == "url" else value
    if field and said and said.lower() not in _NOTHING:
        facts.setdefault(field, said)


def read_address(text: str) -> str:
    """The address that a line is, in brackets or not; "" for another line.

    >>> read_address("[https://site.example/a]"), read_address("see https://site.example/a")
    ('https://site.example/a', '')
    """
    found = _ADDRESS_RE.match(text)
    return found[1].removesuffix("]") if found and text[0] == "[" else found[1] if found else ""


def read_field(text: str) -> tuple[str, str]:
    """The name of a field, in lower case, and what it says; "" and "" for another line."""
    field = _FIELD_RE.match(text) if len(text) <= LONGEST_LINE else None
    if not field:
        return "", ""
    value = field[2].strip().rstrip(",")
    if text[0] in _EMPHASIS and text[field.end(1)] != text[0] and value[:1] != text[0]:  # of the whole line
        value = value.removesuffix(text[0])
    return _read_name(field), _unquote(value)


def _read_name(field: re.Match[str]) -> str:
    return field[1].lower().replace("_", " ").replace("i\u0307", "i")  # of a Turkish capital


def _unquote(text: str) -> str:
    """Without quotes, brackets or stars that stand around the whole of it."""
    while len(text) > 1 and _CLOSING.get(text[0]) == text[-1]:
        inside = text[1:-1].replace(f"\\{text[-1]}", "")
        if text[0] in inside.strip("*") or text[-1] in inside.strip("*"):  # of two that stand side by side
            break
        text = text[1:-1].replace(f"\\{text[-1]}", text[-1]).strip()
    return text
