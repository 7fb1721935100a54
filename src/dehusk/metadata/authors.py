"""Names of authors out of bylines: what stands before and after a name is cut off."""

from __future__ import annotations

import re
from functools import lru_cache

from dehusk.metadata.dates import split_at_day
from dehusk.metadata.jobs import JOB, drop_jobs, is_role

MAX_CHARS = 120
PARTS_RE = re.compile(r"[|•·⋅»—–\s](?:(?<=\S)|[-/]\s|\s+)")
"""What parts a name, a day and other things in one line: a sign, or white space that a dash, slash or more follows."""
_MAX_WORDS = 16

_WRITER = (
    r"authors?|autor(?:in|ka|a|es|zy|i)?|auteure?s?|autor[ei]|автор(?:ка|ы|и)?|yazar|yazan|الكاتب(?:ة)?|المؤلف|लेखक|लेखिका|संवाददाता"
    r"|författare|forfatter|kirjoittaja|szerző|penulis|tác giả|συντάκτης|نویسنده"
)
_WRITER_WIDE = r"著者|作者|筆者|投稿者|文責|ライター|記者|记者|文|撰文|執筆|글|글쓴이|작성자"
_BY_WORDS = (
    rf"by|von|vom|par|por|di|de|da|door|av|af|przez|{_WRITER}|authored by|{_WRITER_WIDE}|기자|كتبه|بقلم|מאת|โดย"
    r"|tekst|text|texte|testo|texto|द्वारा"
)
_DONE_WORDS = (
    r"(?:story|words|text) (?:and|&) (?:photos?|photographs|pictures|images|illustrations)"
    r"|reported|written|posted|post|published|authored|words|story|article|reporting|created|guide|review|recipe|contributed"
    r"|submitted|asked|started|geschrieben|verfasst|veröffentlicht|écrit|publié|rédigé|escrito|publicado|scritto"
    r"|pubblicato|geschreven|geplaatst|skrevet|skriv(?:et|en)|napisał|napisan[ey]|opublikowan[ey]"
)
_DONE = rf"(?:this (?:post|article) was )?(?:{_DONE_WORDS})"
# What names a writer in words of its own, beside a photographer or in an interview.
_CREDIT = (
    r"(?:words|text|texte|tekst|testo|texto|текст)(?: (?:et|und|and|y|e|en|och|и) (?:photos?|fotos?|bilder|фото))?"
    r"\s*[:：＝]\s*|texte et photos\s+|propos recueillis par\s+"
    r"|(?:本报|本刊|特约|实习)?(?:记者|記者)\s*[:：/＝\s]\s*|(?:取材・文|文・(?:写真|取材|構成|撮影|編集)|文|取材|構成)\s*[＝=:：/／]\s*"
    r"|(?:كتب(?:ت|ه|ها)?|بقلم|بواسطة|إعداد|حاور(?:ه|ها))(?:\s*[:–-]\s*|\s+)"
    r"|द्वारा\s*:\s*|द्वारा\s+(?=\S+(?:\s[^\s|•]+){0,3}\s*(?:[|•]|$))|文・(?=[ぁ-ヿ一-鿿々]{3,8}(?:\s|$))"
)
# A text that its writer is named beside; "di" and "de" follow titles of works too, so only after few of these. The look
# ahead spares most words the search for a noun that they end with.
_REPORT = (
    r"(?:eine?n?\s+)?(?=\w+\s+[vd])\w*(?:bericht|artikel|beitrag|rezension|kritik|reportage|kolumne|column|kommentar|analyse|interview"
    r"|protokoll|essay|glosse)\s+(?:von|vom|van|door)|aufgezeichnet\s+von"
    r"|(?:une?\s+)?(?:article|reportage|récit|texte|chronique|entretien|compte rendu|dossier|tribune)"
    r"\s+(?:de|par)"
    r"|(?:una?\s+|uma?\s+)?(?:artículo|artigo|reportaje|reportagem|crónica|crônica|texto|reseña|resenha)\s+(?:de|por)"
    r"|(?:un\s+|un')?(?:articolo|servizio|testo|intervista)\s+(?:di|a cura di)|a cura di|článek\s+od"
    r"|(?:an?\s+)?(?:analysis|opinion|commentary|column|essay|interview|op-ed)\s+by"
)
# The same with a verb or a noun before the name; news and headlines begin with such words too.
_DESK = (
    r"(?:oprac(?:\.|ował[ao]?)|opracowanie|rozmawiał[ao]?|zpracoval[ao]?|připravil[ao]?|napsal[ao]?|беседовал[аи]?"
    r"|подготовил[аи]?|записал[аи]?|підготува(?:в|ла|ли)|γράφει\s+[οη])(?:\s*:\s*|\s+)"
    r"|(?:haber|haberi|muhabir|röportaj|derleyen|reportagem|autoria|journalist|skribent|escribe|oleh)\s*:\s*"
    r"|das (?:gespräch|interview) führten?\s+"
    r"|(?:von|par|por|de|dal(?:la)?|door|od)\s+(?:unsere[rm]|notre|nuestr[oa]|nostr[oa]|noss[oa]|onze|naszego|naszej)"
    rf"\s+(?:{JOB})\s+"
)
_TAIWAN_LEAD = r"[〔［\[(（【]?記者(?=[一-鿿]{2,4}\s?[/／])"
# A name in Korean is a family name of this list and two syllables more, nearly always.
_KOREAN = (
    r"[김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구민류나진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕"
    r"금옥육인맹제모탁국][가-힣]{2}"
)
_KOREAN_LEAD = (
    r"\[\s*(?:[가-힣A-Za-z]{1,12}\s*=\s*)?"
    rf"(?={_KOREAN}\s+(?:[가-힣]{{2,3}})?기자)"
    rf"|기자명\s+(?={_KOREAN}\b)|글(?:\s?[·ㆍ・,]\s?사진)?\s*[=\s]\s*(?={_KOREAN}(?<!기)(?:\s|$))"
)
# What may be cut off before a name, in a text that is known to hold one.
_LEAD_RE = re.compile(
    rf"^(?:{_KOREAN_LEAD}|{_TAIWAN_LEAD})|^\W{{0,5}}(?:thread starter\s+|via\s+|(?:{_REPORT})\s+|{_DESK}|{_CREDIT})"
    rf"|^\W{{0,5}}(?:{_DONE}\s+)?(?:{_BY_WORDS})(?:\s*[:：/／|｜]\s*|\s+)"
    r"|^(?-i:By(?=[A-Z][a-z]))",
    re.IGNORECASE,
)
# What shows by itself that a name follows.
_BYLINE_RE = re.compile(
    rf"^\W{{0,5}}(?:{_DONE}\s+)?by(?:\s*:\s*|\s+)(?=\S)"
    rf"|^(?:(?:{_DONE_WORDS})\s+)?(?:von|par|por|d[ai]|door|av|af)\s*:?\s+(?=[^\W\d_])"
    r"|^(?:מאת|โดย)(?:\s*:\s*|\s)(?=(?:[^\s|]+\s?){1,4}(?:$|[|•·\d]))"
    rf"|^(?:{_WRITER})\s*:\s*|^thread starter\s|^(?:{_WRITER_WIDE})\s*[:：/／]\s*|^(?:作者|撰文|文|記者)\s*[|｜]\s*"
    r"|^[가-힣]{2,4}\s기자(?:\s|$)"
    rf"|^{_KOREAN}\s(?:(?:인턴|수습|선임|전문|객원)기자|특파원)(?:\s|$)|^(?:{_KOREAN_LEAD}|{_TAIWAN_LEAD})"
    rf"|^{_KOREAN}(?:\s?[·ㆍ,]\s?{_KOREAN})+\s기자"
    r"|^(?-i:By(?=[A-Z][a-z]+\s[A-Z]))"
    rf"|^(?:{_CREDIT})(?!(?:small|medium|large|größe|kleiner|größer|plus|size)\b)(?=[^\W\d_])",
    re.IGNORECASE,
)
_DONE_RE = re.compile(rf"\W{{0,5}}(?:{_DONE}|{_WRITER})\b", re.IGNORECASE)
_REPORT_RE = re.compile(rf"(?:(?:{_REPORT})\s+|{_DESK})(?=[^\W\d_])", re.IGNORECASE)
_BY_BEHIND = ("द्वारा", "tarafından")
_NAME_BEFORE_RE = re.compile(
    rf"(?P<name>[^\W\d_]\S*(?:\s\S+){{1,2}})\s(?:{'|'.join(_BY_BEHIND)})(?=\s*(?:[|•·–-]|$))"
)
"""Where the by-word is behind the name."""
_LONE_BY_RE = re.compile(
    rf"\W{{0,3}}(?:(?i:{_DONE_WORDS})\s+)?"
    r"(?:[Bb]y|BY|[Vv]on|[Pp]ar|[Pp]or|[Dd]i|[Dd]e|[Dd]oor|[Pp]rzez|[Aa]v|[Aa]f)\s*:?"
    r"|(?i:scritto|pubblicato)\s+da\s*:?|(?i:a cura di)\s*:?|द्वारा\s*:?"
    rf"|(?i:{_WRITER}|{_WRITER_WIDE}|بقلم|מאת|โดย|written|words|text|texte|texto|testo|tekst|текст)\s*[:：]"
)
"""A by-word alone; in capitals most are codes of languages ("DE")."""
_AND = r"(?:and|und|et|y|e|en|i|a|och|og|и|і|та|ve|و)"
_NAME_SEPARATOR_RE = re.compile(rf"\s*[,;،、]\s*(?:{_AND}\s+)?|\s*&\s*|\s+{_AND}\s+")
_PERSON_RE = re.compile(r"(?:[^\W\d_][\w'’-]*+\.?\s?){2,5}")
_OPENING_NAME_RE = re.compile(
    r"[^\W\d_a-z][\w.'’-]*(?:\s[^\W\d_][\w.'’-]*){0,3}?\s[^\W\d_a-z][\w'’-]+(?=\s[^\W\d_A-Z]|\s[–—-])"
)
_AFFILIATION_RE = re.compile(r"(?<=[^\W\d_])\s?(?:\d{1,2}(?:,\d{1,2})*|[*†‡§¹²³⁴⁵⁶⁷⁸⁹]+)(?![\w.])")
_COMPANIES = frozenset(
    "GmbH AG KG Co Co. Inc Inc. Ltd Ltd. LLC Corp Corp. Sons SA S.A. SL S.L. Srl SpA BV B.V. e.V. Sp.".split()
)
_GROUPS = frozenset(
    "afp agence agencia agency agenzia agentur ap desk dpa editors foundation group institute international jazeera"
    " media monde news newsroom online país post press publishing redaktion research service staff team times"
    " university watch zeitung".split()
)
"""Words of names that write, but are no people."""
_PARTICLES = frozenset("von van der den de da do dos das di del della du la le el al bin ibn af av y".split())
# The same of a name that is stated as one: what may be a part of it (Di Wu, De Niro) is cut off only before a colon, or
# behind a word as "written".
_NAME_PARTS = r"von|vom|par|por|d[eai]|door|av|af|文|글"
_STATED_LEAD_RE = re.compile(
    rf"^(?:{_KOREAN_LEAD}|{_TAIWAN_LEAD})|^\W{{0,5}}(?:thread starter\s+|via\s+|{_DESK}|{_CREDIT})"
    rf"|^\W{{0,5}}(?!(?:{_NAME_PARTS})\s+[^\s:：/|])(?:{_DONE}\s+)?"
    rf"(?:{_BY_WORDS})(?:\s*[:：/／|｜]\s*|\s+)"
    r"|^(?-i:By(?=[A-Z][a-z]))",
    re.IGNORECASE,
)
_PUBLISHED = (
    r"veröffentlicht|erschienen|aktualisiert|publiée?|mise? à jour|modifiée?|publicad[oa]|actualizad[oa]|atualizad[oa]"
    r"|pubblicat[oa]|aggiornat[oa]|gepubliceerd|bijgewerkt|publicer(?:et|at|ad)|publisert|oppdatert|uppdaterad|opdateret"
    r"|opublikowan[oey]|zaktualizowano|publikováno|aktualizováno|опубликован[оа]|обновлено|опубліковано|оновлено"
    r"|yayınlanma|yayınlandı|güncelleme|güncellendi|giriş"
)
_CHINESE_LABELS = (
    r"责任编辑|責任編輯|责编|编辑|編輯|校对|审核|(?:信息|文章|稿件|本文)?(?:来源|來源)|出处|稿源|(?:发布|發布|更新)?(?:时间|時間|日期)"
    r"|点击|点击量|阅读|阅读量|浏览|浏览量|浏览次数|人气|字号|字体|分享到?"
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
# Where a name ends within a byline.
_ENDS = (
    r"\s*[|•·⋅»«›~—–●■✓/\n(\[]|\s-\s|\s{2,}|https?:|\s@\w|@\w+\s*$|\s<?[\w.+-]+@[\w-]+\.\w",
    rf"[\s.,;]+(?:{_PUBLISHED})\b",
    r"\s(?:with|avec|con|com|mit|met)\s(?-i:AFP|AP|dpa|Reuters|EFE|ANSA|PA)\b"
    r"|\s(?:with|avec|con|com|mit|met|and|und|et|y|e)\s(?:the\s|l['’]|las?\s|les?\s|des\s)?(?:agenc|agênc|agentur)",
    r"\s+(?:投稿日|公開|更新|掲載|発行日|发布|發布|发表|發表|입력|등록|승인|수정|प्रकाशित|अपडेट|تاريخ النشر|نُشر|نشر في)",
    rf"(?:{_CHINESE_LABELS})\s?[:：]",
    r"[\s.;,]*\b(?:photos?|fotos?|bilder|pictures|images?|фото|zdjęcia|写真|摄影|編集|编辑|圖|图)\s*[:：＝/]"
    r"|[／｜]|\s(?:사진|通讯员|通訊員)\s|[\s;,]+(?:additional\s+)?(?:editing|reporting|translation)\s+by\s|(?-i:\sfor\sThe\s[A-Z])",
    r"[\s.;,]*\b(?:and\s+)?(?:photos?|photograph(?:y|s|ies?)|fotos|fotografi[ae]s?|fotografías?|illustrations?"
    r"|pictures|bilder)\s+(?:by|von|par|di|de|por|door)\s"
    r"|(?<=[가-힣])\s(?:(?:인턴|수습|선임|전문|객원)?기자|특파원)\b",
    r"\s\d|[,;]\s*\d|\d{1,4}[./-]\d|\b(?:19|20)\d\d\b|\d+\s*(?:min(?:ute)?s?|hours?|days?|comments?)\b",
    rf"\b{_MONTH}[a-z]*\.?\s+\d",
    r"\b(?:am|le|el|il|op|den|vom|del|em|dia|dnia|dne|den|от|від)\s+(?:\w+,?\s+)?\d",
    r"(?-i:(?<=[a-z])(?:Published|Updated|Posted|Modified|Last Updated)\b)",
    rf"(?-i:(?<=[a-z])(?={_MONTH.title()}))[a-z]+\.?\s+\d",
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
# What stands for a name where nobody is named, and lines that are about something else.
_NO_CHINESE_NAME = (
    r"未知|佚名|匿名|不详|无|网络(?:整理|转载)?|互联网|本站(?:原创|编辑|整理)?|本网|原创|转载|(?:系统)?管理员|小编|编辑部?|版权(?:声明|所有)"
    r"|(?:相关|推荐|热门|最新)(?:文章|新闻|阅读|推荐)|(?:我已|我要|您的|您已|请|点击|扫一扫|登录|查看|返回).*"
    rf"|发布于?|發布於?|发表于?|發表於?|{_CHINESE_LABELS}"
)
_NO_NAME_RE = re.compile(
    r"https?:|www\.|\.(?:com|org|net)\b|^@|^\W*$|^\d+$|^\d?\d[:.]\d\d|[{}<>=]"
    r"|^(?:admin(?:istrator)?|author|autor|editor|guest|user|unknown|anonymous|none|null|undefined|staff|team"
    r"|n/a|webmaster|root|default|super ?user|by|member|topic author|name|get|posted|published|read more|share"
    rf"|{_NO_CHINESE_NAME}|.*\b(?:taboola|outbrain)|discuz! .*"
    rf"|follow|(?:about|contact|e-?mail|mail|follow)(?: to)?(?: the| this)? (?:author|writer)|subscribe|{_BY_WORDS})$",
    re.IGNORECASE,
)
_RANK_RE = re.compile(
    r"(?:(?:senior|junior|new|super|full|active|regular|well-known|veteran|premium|global)\s+)?"
    r"(?:member|moderator|administrator|newbie|mitglied|moderatorin|membre|modérateur|miembro|usuario|moderador|utente"
    r"|membro|moderatore|lid|użytkownik|bywalec|člen|moderátor|участник|пользователь|модератор|новичок|учасник|üye|moderatör"
    r"|مشرف|عضو|会员|會員|版主|회원|会員)(?:\s+(?:attivo|actif|activo|aktywny))?"
    r"|(?:level|livello|niveau|nivel|nível|poziom|уровень)\s\d+"
    r"|(?:join date|joined|posts|messages|location|beiträge|registriert seit|dabei seit|inscrit|inscription|mensajes"
    r"|messaggi|iscritto|mensagens|berichten|dołączył|posty|příspěvky|сообщений|сообщения|откуда|регистрация|повідомлень|mesajlar|mesaj|katılım)\s*:.*",
    re.IGNORECASE,
)
_BY_WORD_CHARS, _NAME_BELOW_CHARS, _NAMES_CHARS, _RANK_CHARS = 24, 50, 300, 60
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
    name = drop_jobs(name)
    return name if _is_name(name) else ""


@lru_cache(maxsize=1 << 8)  # the lines around a title are asked for it, and again for the author
def read_byline(text: str) -> str:
    """The name in a line of text that begins as a byline does ("By X", "Von X", "作者:X"), else "".

    >>> read_byline("By Ann Roe, Chicago"), read_byline("By the time we left it rained and nobody came.")
    ('Ann Roe, Chicago', '')
    >>> read_byline("Text: Eva Groß  Fotos: Bo Li"), read_byline("Propos recueillis par Léa Roy")
    ('Eva Groß', 'Léa Roy')
    """
    if len(text) > 160:
        return ""
    if _BYLINE_RE.match(text):
        name = clean_author(text)
        return name if _looks_like_people(name) else ""
    if report := _REPORT_RE.match(text):
        name = clean_author(text[report.end() :])
        return name if _is_person(name) or read_names(name) else ""
    before = _NAME_BEFORE_RE.match(text) if any(map(text.__contains__, _BY_BEHIND)) else None
    return before["name"] if before and _looks_like_people(before["name"]) else ""


def says_done(text: str) -> bool:
    """Whether a byline says what somebody did ("Written by", "Author:"), where those of teasers have "by" alone.

    >>> says_done("Written by Ann Roe"), says_done("By Ann Roe")
    (True, False)
    """
    return _DONE_RE.match(text) is not None


def is_by_word(text: str) -> bool:
    """Whether a line is "By", "Von", "Автор:" or the like and nothing else: the name is in the line below.

    >>> is_by_word("By"), is_by_word("Written by:"), is_by_word("DE"), is_by_word("Author")
    (True, True, False, False)
    """
    return len(text) < _BY_WORD_CHARS and _LONE_BY_RE.fullmatch(text) is not None


def read_name_below(text: str) -> str:
    """The name in the line below a by-word: one word, or a few in capitals; else ""."""
    name = clean_author(text) if len(text) <= _NAME_BELOW_CHARS else ""
    words = name.split()
    is_handle = len(words) == 1 and not name[0].isdigit()
    is_capital = 2 <= len(words) <= 5 and all(not word[0].islower() or word in _PARTICLES for word in words)
    return name if is_handle or is_capital else ""


def read_names(text: str) -> str:
    """Two or more full names and nothing else, as papers have them, without the numbers of affiliations; else "".

    >>> read_names("Ann B. Roe1, Bo Li2 and Eva Groß*"), read_names("Ann Roe"), read_names("News, Sport, Storm Warning")
    ('Ann B. Roe, Bo Li and Eva Groß', '', '')
    """
    text = _AFFILIATION_RE.sub("", text)
    names = _NAME_SEPARATOR_RE.split(text) if len(text) <= _NAMES_CHARS else []
    return text if len(names) >= 2 and all(map(_is_person, names)) else ""


def list_people(author: str) -> list[str]:
    """The full names in an article's author: no single words, no others in small letters, and nobody that is a company.

    >>> list_people("Ann B. Roe and Bo Li, Chicago"), list_people("Harbour News"), list_people("admin")
    (['Ann B. Roe', 'Bo Li'], [], [])
    """
    names = _NAME_SEPARATOR_RE.split(author)
    return [name for name in names if " " in name and _may_be_person(name.split())]


def _may_be_person(words: list[str]) -> bool:
    return (
        words[0].lower() != "the"
        and _COMPANIES.isdisjoint(words)
        and _GROUPS.isdisjoint(map(str.lower, words))
        and not any(word[0].islower() and word not in _PARTICLES for word in words)
    )


def read_described(text: str) -> str:
    """The full name with which a text begins that says what the bearer writes, as below an article, else "".

    >>> read_described("Ann B. Roe is a reporter in Chicago."), read_described("Ann Roe told reporters of it.")
    ('Ann B. Roe', '')
    """
    found = _OPENING_NAME_RE.match(text)
    if found is None or not _is_person(found[0]) or not list_people(found[0]):
        return ""
    return found[0] if is_role(text[found.end() :].lstrip()) else ""


def find_name_beside_day(text: str) -> str:
    """The name in a line that holds a day and a name and hardly more, else "".

    >>> find_name_beside_day("Ann Roe • Oct 20, 2025"), find_name_beside_day("May 5, 2024 | by Bo Li")
    ('Ann Roe', 'Bo Li')
    >>> find_name_beside_day("Sale ends May 5, 2024")
    ''
    """
    before, after = split_at_day(text)
    if before == text:
        return ""
    parts = [part for side in (after, before) for part in PARTS_RE.split(side) if part.strip()]
    by = next((part for part in parts if _BYLINE_RE.match(part.strip())), "")
    if by:
        return read_byline(by.strip())
    names = [
        name
        for part in parts
        if (name := clean_author(part)) and 2 <= len(name.split()) <= 4 and not name[0].isdigit()  # a time
    ]
    return names[0] if len(names) == 1 and _is_all_capital(names[0]) else ""


def is_rank(text: str) -> bool:
    """Whether a line is what a forum says of whoever wrote a post: the line above is the name.

    >>> is_rank("Senior Member"), is_rank("Posts: 1,204"), is_rank("Members")
    (True, True, False)
    """
    return len(text) <= _RANK_CHARS and _RANK_RE.fullmatch(text) is not None


def is_author_like(name: str) -> bool:
    """Whether the text of an element marked "author" is a name or a handle, not a sentence or a label."""
    return bool(name) and (len(name.split()) == 1 or _looks_like_people(name))


def _is_all_capital(name: str) -> bool:
    return all(word[0].isupper() and not word.isupper() for word in name.split())


def _is_person(name: str) -> bool:
    """Two to five words in capitals but for particles and initials, as a full name is written."""
    words = name.split()
    return (
        2 <= len(words) <= 5
        and _COMPANIES.isdisjoint(words)
        and _PERSON_RE.fullmatch(name) is not None
        and words[0][0].isupper()
        and words[-1][0].isupper()
        and all(word[0].isupper() or word in _PARTICLES for word in words)
        and any(len(word) > 1 and not word.isupper() for word in words)
    )


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
