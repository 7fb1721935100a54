"""Named rules for the husk of texts: what a line that goes is called, and why.

A rule names, it does not decide. To add one: a `_rule` with its label, the reason that people will read, the
longest line it may speak of, the words of which one must occur (so that few patterns run), and the pattern. One that is
searched for begins with a look at its first letters, (?=[...]): a third of the time. One that is matched does not go back
over what it took (\\W*+, .{0,40}+), which in a line of signs alone takes a hundred times as long.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.link_numbers import REFERENCE_RE
from dehusk.model import Label
from dehusk.native import find_address, load_kernels, make_once
from dehusk.words import NUMBER, WordHashes, find_first_words, find_members, hash_words


class Rule(NamedTuple):
    label: Label
    reason: str
    find: Callable[[str], re.Match[str] | None]
    """A search; a match, which is far quicker, where the pattern begins with ^ (as a whole, not in one branch)."""
    longest: int
    """Longer lines are prose that happens to speak of the thing."""
    triggers: frozenset[str]
    """Lower-case words of which a line in ASCII letters must have one; "0" for a number to begin with that has a number or
    a unit of time behind it, "" for no word at all."""
    is_opened: bool
    """Whether that word is the line's first one, but for numbers."""
    is_strict: bool
    """Whether lines in other letters must have one, too."""


def _rule(
    label: Label,
    reason: str,
    longest: int,
    triggers: str,
    pattern: str,
    *,
    is_opened: bool = False,
    is_strict: bool = False,
) -> Rule:
    words = frozenset(triggers.replace("_", "").split()) | ({""} if "_" in triggers else set())
    compiled = re.compile(pattern, re.IGNORECASE)
    find = compiled.match if pattern.startswith("^") else compiled.search
    return Rule(label, reason, find, longest, words, is_opened, is_strict)


_COUNTED_ASCII = (
    "posts replies reply views likes comments comment reviews review ratings threads topics votes upvotes shares answers antworten "
    "aufrufe bewertungen kommentare vues avis commentaires mensajes respuestas visitas comentarios opiniones messaggi risposte visite "
    "commenti recensioni mensagens respostas odpowiedzi komentarze komentarzy opinie opinii posty berichten reacties weergaven "
    "beoordelingen mesajlar yorumlar yorum"
)
_COUNTED = (
    f"{_COUNTED_ASCII.replace(' ', '|')}|beiträge|réponses|visualizações|avaliações|wiadomości|wyświetlenia|görüntülenme"
    "|сообщени[йея]|ответов|ответы|просмотров|просмотры|комментари(?:ев|и)|отзывов|отзывы|репутация"
    "|件の(?:レビュー|コメント)|条?评论|条?评价|则评论|개의\\s댓글"
)
"""What is counted below posts, products and threads. Of 194 lines as "Posts: 12" on dumps-dev none is content, of 540 as "12
Replies" 25, 22 of which are of one page and go anyway."""

_FOUND_HELPFUL = (
    r"(?:\d[\d.,]*+ (?:(?:out )?of|von) \d[\d.,]*+|\d[\d.,]*+|one) ?(?:people|person|users?|customers?)? (?:found|fanden) "
    r"(?:this|it|dies) (?:\w+ )?(?:helpful|useful|hilfreich)|aantal gebruikers dat dit nuttig vond: \d+ van \d+"
    r"|utilisateurs qui ont trouvé cela utile : \d+ sur \d+|usuarios a los que les pareció útil: \d+ de \d+"
    r"|usuários que acharam isso útil: \d+ de \d+|utenti che ritengono sia utile: \d+ su \d+"
    r"|liczba użytkowników, którzy uważają to za przydatne: \d+ z \d+|пользователи, считающие этот материал полезным: \d+ из \d+"
    r"|\d+ ?人中 ?\d+ ?人.{2,20}役に立.{0,15}|\d+ ?人.{0,3}共 ?\d+ ?人.{0,3}觉得有帮助|\d+명 중 \d+명이 도움이 되었.{0,10}"
)
"""As help centres say below each article how many it helped."""

RULES: tuple[Rule, ...] = (
    _rule(
        "cookies",
        "speaks of cookies or consent",
        400,
        "cookie cookies",
        r"(?=[acmnrsuvи使])(?:"
        r"(?:use|uses|using|accept|reject|manage|about|strictly necessary|nutzen|verwenden|utilis\w+|usamos|"
        r"utiliza\w*|accepter|aceptar|akzeptieren|используем|使用)\W+(?:\w+\W+){0,3}(?:cookies?|файлы cookie)\b|"
        r"\bcookie (?:policy|settings|preferences|notice|consent|richtlinie|einstellungen))",
        is_strict=True,
    ),
    _rule(
        "cookies",
        "speaks of cookies or consent",
        400,
        "consent privacy sell",
        r"(?=[cdy])(?:\bconsent (?:choices|preferences|manager)\b|\byour privacy choices\b|do not sell (?:or share )?my)",
        is_strict=True,
    ),
    _rule(
        "newsletter",
        "asks to subscribe or sign up",
        260,
        "subscribe sign signing newsletter enter already opt unsubscribe abonnieren bestellen abonner",
        r"(?=[订購メaensyп])(?=[^aensyп]|\b)(?:"
        r"\b(?:subscribe|sign up|signing up|sign me up)\b.{0,60}\b(?:newsletter|inbox|e-?mail|updates?|list|today|now|here|for free)\b|"
        r"^(?:subscribe|sign up)\b|\bnewsletter\b.{0,80}(?:sign|subscri|inbox|abonn)|\benter your e-?mail|"
        r"\balready (?:a|an) (?:\w+ )?(?:subscriber|member)\b|\byou (?:may|can) (?:opt out|unsubscribe)|"
        r"\bnewsletter (?:abonnieren|bestellen)|s['’]abonner|suscr[ií]b|подпис(?:аться|ка|ывайтесь)|订阅|購読|メルマガ)",
    ),
    _rule(
        "share",
        "a share or follow bar",
        90,
        "share tweet pin print e mail email follow like teilen drucken partager compartir imprimir facebook twitter x linkedin pinterest whatsapp reddit instagram youtube telegram tiktok copy link bluesky threads rss",
        r"^\W*+(?:share|tweet|pin|print|e-?mail|follow us|like us|teilen|drucken|partager|compartir|imprimir|"
        r"поделиться|分享|シェア|facebook|twitter|x|linkedin|pinterest|whatsapp|reddit|instagram|youtube|telegram|"
        r"tiktok|copy link|link copied|bluesky|threads|rss)"
        r"(?:[\s,|/·•:&+-]++(?:this|on|via|to|the|article|page|story|post|share|tweet|pin|print|e-?mail|facebook|twitter|x|"
        r"linkedin|pinterest|whatsapp|reddit|instagram|youtube|telegram|tiktok|copy|link|bluesky|threads|rss|us|auf))*\W*+$",
        is_opened=True,
    ),
    _rule(
        "footer",
        "copyright or legal line",
        400,
        "c copyright reserved vorbehalten droits derechos",
        r"(?=[©(版無무جكحتสसכactв])(?=[^actв]|\b)(?:"
        r"(?:©|\(c\)\s*(?:19|20)\d\d|\bcopyright\b)\s*.{0,60}|\ball rights reserved\b|alle rechte vorbehalten|"
        r"tous droits r[ée]serv|todos los derechos|все права защищены|版权所有|無断転載|무단\s?(?:전재|복제)|"
        r"(?:جميع|كل) الحقوق محفوظة|حقوق (?:النشر|الطبع) محفوظة|تمامی حقوق|สงวนลิขสิทธิ์|सर्वाधिकार सुरक्षित|כל הזכויות שמורות)",
    ),
    _rule(
        "footer",
        "copyright or legal line",
        400,
        "privacy terms impressum datenschutz datenschutzhinweise mentions aviso accessibility sitemap site contact about advertise careers "
        "retrieved abgerufen",
        r"^\W*+(?:privacy (?:policy|notice|statement)|terms (?:of (?:use|service|sale)|and conditions|& conditions)|"
        r"impressum|datenschutz\w*|mentions l[ée]gales|aviso legal|accessibility(?: statement)?|sitemap|site map|"
        r"contact us|about us|advertise(?: with us)?|careers|(?:retrieved from|abgerufen von) .{0,2}https?://\S+)\W*+$",
        is_opened=True,
    ),
    _rule(
        "comments",
        "counts views, replies or the like",
        80,
        f"{_COUNTED_ASCII} found fanden vond",
        rf"^\W*+(?:{_FOUND_HELPFUL}|(?:{_COUNTED})\s*+[:：]\s*+\(?\d[\d., km]*+\)?|"
        rf"(?:[0-5](?:[.,]\d)?(?: ?/ ?5)? )?\(?\d[\d., ]*+[km]?\+?\)?\s?(?:verified |customer |global )?(?:{_COUNTED}))\W*+$",
    ),
    _rule(
        "comments",
        "a comment form",
        160,
        "leave post add join log sign please article cancel no your required reply kommentar laisser deja comments comment",
        r"^\W*+(?:leave a (?:reply|comment)|post a comment|add a comment|join the (?:conversation|discussion)|"
        r"(?:please )?(?:log|sign) in to (?:reply|comment|leave a comment)|article is closed for comments|cancel reply|your e-?mail address will not be published|"
        r"required fields are marked|reply|kommentar (?:schreiben|hinterlassen)|laisser un commentaire|"
        r"deja (?:un comentario|una respuesta)|комментари[ий]|\d+ comments?|no comments(?: yet)?|comments?)\b.{0,60}$",
        is_opened=True,
    ),
    _rule(
        "related",
        "points to other pages",
        110,
        "related read more most trending popular recommended you recent recently latest featured top see up next previous learn view show load mehr meistgelesen lesen lire lea",
        r"^\W*+(?:related(?: (?:articles?|stories|posts?|content|topics?|links|products?|news|reading|searches))?|"
        r"read (?:more|next|also|full story).{0,40}+|more (?:from|on|in|about|stories|news|articles)\b.{0,50}+|"
        r"more (?:opinion|comment|coverage|headlines|sport|business|politics|culture|videos?|reviews?|reading)|most (?:read|popular|viewed|recent|shared)|"
        r"trending(?: now)?|popular (?:posts?|articles|now)|recommended(?: for you)?|you (?:may|might) (?:also )?(?:like|be interested).{0,30}+|"
        r"(?:recent|latest|featured|top) (?:posts?|news|articles?|stories|videos?|comments)|recently viewed(?: (?:articles|products|items))?|see also|up next|next (?:article|post|page)|"
        r"previous (?:article|post|page)|learn more|see (?:all|more).{0,30}+|view (?:all|more).{0,30}+|show (?:all|more)|load more|"
        r"mehr zum thema|meistgelesen|lesen sie auch|lire aussi|à lire aussi|lea tambi[ée]n|читайте также|相关阅读|相关新闻|関連記事|اقرأ أيضا)\W*+$",
        is_opened=True,
    ),
    _rule(
        "search",
        "a search form or listing",
        120,
        "search suche recherche rechercher buscar results result sort filter showing",
        r"^\W*+(?:search(?: (?:for|results?|our|the|this|by)\b.{0,60}+)?|suche|rechercher?|buscar|поиск|搜索|検索|بحث|"
        r"(?:about )?[\d,.]+ results?\b.{0,50}+|sort by.{0,40}+|filter(?: by)?.{0,40}+|showing \d+.{0,40}+)\W*+$",
    ),
    _rule(
        "menu",
        "navigation",
        120,
        "skip jump toggle open close show hide main menu navigation home back log login sign signin return submit have register logout my shopping cart wish wishlist breadcrumb breadcrumbs table on zum startseite accueil inicio "
        "from aus un da de uit origem z",
        r"^\W*+(?:(?:skip|jump) to .{1,40}+|(?:toggle|open|close|show|hide|main) (?:menu|navigation|search|submenu).{0,30}+|menu|navigation|"
        r"home|(?:back|return) to (?:top|home).{0,20}+|(?:have more questions\? )?submit a request(?: sign in)?|log ?in|sign ?in|register|log ?out|my account|shopping cart|cart|wish ?list|"
        r"from wikipedia, the free encyclopedia|aus wikipedia, der freien enzyklopädie|da wikipedia, l'enciclopedia libera|"
        r"un article de wikipédia, l'encyclopédie libre|de wikipedia, la enciclopedia libre|origem: wikipédia, a enciclopédia livre|"
        r"z wikipedii, wolnej encyklopedii|uit wikipedia, de vrije encyclopedie|материал из википедии — свободной энциклопедии|"
        r"出典: フリー百科事典.{2,20}|维基百科，自由的百科全书|維基百科，自由的百科全書|위키백과, 우리 모두의 백과사전|"
        r"breadcrumbs?|table of contents|on this page|zum inhalt.{0,20}+|startseite|accueil|inicio|главная|首页|ホーム|الرئيسية)\W*+$",
        is_opened=True,
    ),
    _rule(
        "advert",
        "an advertisement",
        90,
        "advertisement advertisements sponsored promoted ad ads anzeige werbung publicidad story article",
        r"^\W*+(?:advertisements?|sponsored(?: content| by.{0,30}+)?|promoted|ad|ads|anzeige|werbung|publicit[ée]|publicidad|реклама|广告|広告|"
        r"story continues below.{0,30}+|article continues (?:below|after).{0,30}+)\W*+$",
        is_opened=True,
    ),
    _rule(
        "form",
        "a form or its controls",
        90,
        "submit send cancel apply reset close ok yes no loading please name first last e email mail password username phone button x _",
        r"^(?:\W*+(?:submit|send|cancel|apply|reset|close|ok|yes|no|loading|please (?:wait|select|enter).{0,40}+|"
        r"(?:first |last )?name|e-?mail(?: address)?|password|username|phone(?: number)?|_{4,})|"
        r"\W*?(?:\[[x_ ]*+\]|\(button\).{0,60}+))\W*+$",
        is_opened=True,
    ),
    _rule(
        "form",
        "chooses how large letters are",
        60,
        "",
        r"^\W*+(?:字[号號体體](?:大小)?|文字サイズ)\W*+(?:(?:特?大|中|小|標準)\W*+){2,4}(?:(?:打印|关闭|印刷)\W*+)*$",
    ),
    _rule(
        "caption",
        "names a picture",
        200,
        "caption image photo photograph picture foto bild credit getty photos images illustration illustrations file jpg jpeg png gif svg webp",
        r"^\W*+(?:(?:image|photo|photograph|picture|foto|bild)s?(?: credit| caption)?: .{1,150}+|caption: .{1,150}+|"
        r"image|photo|photograph|picture|foto|bild|credit|image credit|photo credit|getty images?|"
        r"(?:photo|image|illustration)s? (?:by|:|via|courtesy).{0,80}+|(?:.{0,80}?/|(?<=/))getty images|"
        r"(?:.{0,80}?\(|(?<=\())(?:photo|ap photo|getty)(?>.{0,60}\))|"
        r"(?:[\w.-]+\.|(?<=[.-]\.))(?:jpe?g|png|gif|svg|webp)|file photo.{0,60}+)\W*+$",
    ),
    _rule(
        "related",
        "points to other pages",
        160,
        "lire aussi lesen lea leggi leia baca lees ook citajte xem czytaj przeczytaj haber oku okuyun les lue olvassa citeste "
        "lexoni voir lexo",
        r"^\W*+(?:(?:à )?lire (?:aussi|également)|voir aussi|lesen sie auch|mehr zum thema|lea tambi[ée]n|lee tambi[ée]n|leggi anche|"
        r"leia (?:tamb[ée]m|mais)|baca juga|lees ook|czytaj (?:też|także|również|więcej)|przeczytaj (?:też|także|również)|"
        r"[iİ]lg[iİ]l[iİ] haber|ayr[ıi]ca oku(?:yun)?|xem thêm|đọc thêm|čtěte také|läs (?:också|även|mer)|læs også|les også|lue myös|"
        r"olvassa el|cite[șş]te și|διαβάστε επίσης|читайте (?:также|также по теме|ещё)|читайте також|по теме|延伸阅读|相关阅读|"
        r"相關閱讀|延伸閱讀|あわせて読みたい|関連記事|合わせて読みたい|관련\s?기사|اقرأ أيضا[ًّ]*|यह भी पढ़ें|อ่านเพิ่มเติม|อ่านต่อ)"
        r"\s*[:：].{2,140}+$",
    ),
    _rule(
        "form",
        "asks whether the page was of use",
        120,
        "helpful useful solve hilfreich geholfen utile util przydatna pomocna nuttig",
        r"^\W*+(?:(?:was|is|did) (?:this|the) (?:page |article |information |content |answer |post |topic |guide |section )?(?:helpful|useful)"
        r"(?: to you)?|did you find this\b.{0,40}+|did this (?:help )?solve\b.{0,30}+|how (?:helpful|useful) was this\b.{0,30}+|"
        r"(?:war|ist|waren) (?:diese[rs]?|die) \w+ (?:für sie )?(?:hilfreich|nützlich)|hat ihnen (?:dieser|diese|die) .{2,30}geholfen|"
        r"(?:cette|cet|ce|ces) \w+ (?:vous a-t-(?:elle|il)|vous ont-elles) été utiles?|avez-vous trouvé .{2,40}utile|"
        r"¿?(?:te|le) (?:ha (?:sido|resultado)|fue|resultó|es) útil .{2,40}+|¿?(?:te|le) ha sido útil|¿?fue útil .{2,40}+|"
        r"(?:questa|questo) \w+ (?:ti è stat[ao]|è stat[ao]) utile|(?:esta|este) \w+ (?:foi|é|lhe foi) útil|(?:isso|isto) foi útil|"
        r"czy (?:ta|ten|to) .{2,30}(?:przydatn|pomocn)\w+|была ли (?:эта )?(?:статья|информация|страница) полезн\w+|"
        r"(?:статья|информация|страница) (?:была|оказалась) (?:вам )?полезн\w+|вам помогла эта .{2,20}|чи була ця .{2,20}корисн\w+|"
        r"was deze .{2,20}(?:nuttig|behulpzaam)|bu (?:makale|sayfa|bilgi|içerik|cevap) (?:size )?(?:yardımcı|yararlı|faydalı) oldu mu|"
        r"apakah .{2,30}(?:membantu|bermanfaat|berguna)|この(?:情報|記事|ページ|回答)は.{0,6}役に立ちましたか|(?:该|此|这篇|本)?(?:文章|页面|内容|信息)对您?你?有(?:没有)?帮助吗|"
        r"(?:이|본) (?:글|문서|페이지|정보|답변)\w{0,2} 도움이 되(?:었나요|셨나요|었습니까)|هل كان(?:ت)? (?:هذ[اه] )?.{2,20}مفيد[اةً]*)"
        r"\W*+(?:(?:yes|no|ja|nein|oui|non|sí|si|sì|não|sim|tak|nie|да|нет|nee|evet|hayır)\W*+){0,2}$",
    ),
    _rule(
        "related",
        "a file to load down",
        160,
        "pdf doc docx xls xlsx ppt pptx zip odt rtf epub",
        r"^.{0,110}?[(\[ .](?:(?:pdf|docx?|xlsx?|pptx?|zip|odt|rtf|epub)\b\W{1,4}\d[\d.,]*+\s?(?:[kmg]i?[bo]|[кмг]б|bytes)|"
        r"\d[\d.,]*+\s?(?:[kmg]i?[bo]|[кмг]б)\W{1,3}(?:pdf|docx?|xlsx?|pptx?|zip|odt|rtf|epub))\W*+$",
        is_strict=True,
    ),
    _rule(
        "byline",
        "author or date line",
        120,
        "by published posted updated last written 0 jan january feb february mar march apr april may jun june jul july aug "
        "august sep sept september oct october nov november dec december",
        r"^\W*+(?:(?=[bpulw])(?:by\s+[A-Z].{1,60}+|(?:published|posted|updated|last updated|written by)\b.{0,80}+)|"
        r"(?=[mtwfsjaond])(?:mon|tues|wednes|thurs|fri|satur|sun)?(?:day)?,? ?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}.{0,30}+|"
        r"(?=\d)(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}.{0,20}+|\d{4}-\d\d-\d\d.{0,20}+|\d+ min(?:ute)?s? (?:read|ago)|"
        r"\d+ (?:hours?|days?|weeks?|months?|years?) ago))\W*+$",
    ),
)  # fmt: skip

_FOREIGN_RE = re.compile(r"[^\0-\x7f‘’“”–—…•·→›»«\xa0]")
"""What a line may hold that speaks to rules in other languages: not quotes, dashes and bullets."""
_LONGEST = max(rule.longest for rule in RULES)
_ANY = (1 << len(RULES)) - 1
_FOREIGN = sum(1 << i for i, rule in enumerate(RULES) if not rule.is_strict)


def find_rule(text: str, wakes: int = _ANY) -> Rule | None:
    """The first rule that fits a line, or None; `wakes` has a bit for every rule that may (`wake_rules`).

    >>> find_rule("Share on Facebook").label
    'share'
    """
    if not wakes and text.isascii():
        return None
    bare = text[2:] if text[:2] == "- " else text
    if "[" in bare:
        bare = REFERENCE_RE.sub("", bare)
    size = len(bare)
    if size > _LONGEST:
        return None
    is_foreign = not bare.isascii() and _FOREIGN_RE.search(bare) is not None
    for longest, find, rule in _list_awake(wakes | _FOREIGN if is_foreign else wakes):
        if size <= longest and find(bare):
            return rule
    return None


@cache
def _list_awake(wakes: int) -> tuple[tuple[int, Callable[[str], re.Match[str] | None], Rule], ...]:
    return tuple((rule.longest, rule.find, rule) for i, rule in enumerate(RULES) if wakes >> i & 1)


def wake_rules(words: WordHashes) -> NDArray[np.int64]:
    """For each text a bit for every rule of whose triggers it has one: few of the patterns need to run."""
    wakes = (_find_triggers if load_kernels() is None else _find_triggers_compiled)(words)
    wakes[_find_times(words)] |= _wake("0")
    wakes[words.bounds[1:] == words.bounds[:-1]] = _wake("")
    return wakes


def _find_triggers(words: WordHashes) -> NDArray[np.int64]:
    """What the triggers in each text wake."""
    wakes, triggers = np.zeros(len(words.bounds) - 1, np.int64), _list_triggers()
    has, firsts = find_first_words(words)
    if not len(has):
        return wakes
    at = find_members(words.values, triggers.hashes)
    names = np.concatenate(([0], np.cumsum(words.flags & NUMBER == 0)))[:-1]  # before each word
    is_opening = names == np.repeat(names[firsts], np.diff(words.bounds)[has])
    found = np.where(is_opening, triggers.opening[at], triggers.inside[at])
    found[at < 0] = 0
    wakes[has] = np.bitwise_or.reduceat(found, firsts)
    return wakes


def _find_triggers_compiled(words: WordHashes) -> NDArray[np.int64]:
    wakes, triggers = np.zeros(len(words.bounds) - 1, np.int64), _list_triggers()
    load_kernels().find_triggers(
        find_address(words.values), find_address(words.flags), find_address(words.bounds), len(wakes),
        *map(find_address, triggers), len(triggers.hashes), find_address(wakes),
    )  # fmt: skip
    return wakes


def _find_times(words: WordHashes) -> NDArray[np.int64]:
    """The texts that begin with a number with a number or a unit of time behind it."""
    has, firsts = find_first_words(words)
    is_numbered = words.flags[firsts] & NUMBER != 0
    seconds = np.minimum(firsts[is_numbered] + 1, len(words.values) - 1)
    is_unit = find_members(words.values[seconds], _unit_hashes()) >= 0
    times: NDArray[np.int64] = has[is_numbered][(words.flags[seconds] & NUMBER != 0) | is_unit]
    return times


@cache
def _unit_hashes() -> NDArray[np.uint64]:
    units = "min mins minute minutes hour hours day days week weeks month months year years"
    return np.unique(hash_words(units.split()).values)


def _wake(trigger: str, *, is_opening: bool = True) -> int:
    return sum(
        1 << i
        for i, rule in enumerate(RULES)
        if trigger in rule.triggers and (is_opening or not rule.is_opened)
    )


class _Triggers(NamedTuple):
    looks: NDArray[np.uint8]
    """By the last 16 bits of a word's hash: whether it may be one."""
    hashes: NDArray[np.uint64]
    """Ascending."""
    opening: NDArray[np.int64]
    """What each wakes where there are but numbers before it."""
    inside: NDArray[np.int64]
    """What it wakes elsewhere."""


@make_once
def _list_triggers() -> _Triggers:
    names = sorted(frozenset().union(*(rule.triggers for rule in RULES)) - {"", "0"})
    hashes = hash_words(names).values
    order = np.argsort(hashes)
    looks = np.zeros(1 << 16, np.uint8)
    looks[hashes & np.uint64(0xFFFF)] = 1
    opening, inside = (
        np.array([_wake(name, is_opening=is_opening) for name in names], np.int64)[order]
        for is_opening in (True, False)
    )
    return _Triggers(looks, hashes[order], opening, inside)
