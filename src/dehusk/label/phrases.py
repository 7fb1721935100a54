"""The words that give husk away: in class names and ids, and in short texts of several languages."""

from __future__ import annotations

import re

import regex

from dehusk.model import Label


def _marks(words: str) -> re.Pattern[str]:
    """Matches any of the words where a part of a class name or id begins."""
    return re.compile(rf"(?:^|[\s_-])(?:{words})", re.ASCII)


# What an element's class, id, role or label says of all that is inside it. The first that matches counts.
MARK_RULES: tuple[tuple[Label, re.Pattern[str]], ...] = (
    ("cookies", _marks("cookie|consent|gdpr|ccpa|onetrust|privacy-banner|privacy-notice")),
    ("newsletter", _marks("newsletter|subscri|signup|sign-up|mailing|optin|opt-in|paywall|regwall|lead-?gen|mc4wp|mailchimp")),
    ("share", _marks("shar(?:e|ing)|social|addtoany|sharedaddy|follow-us|print-?link")),
    ("related", _marks(
        "related|recommend|recirc|more-?(?:from|stories|posts|articles|on|like)|most-?(?:read|popular|viewed)|popular|trending"
        "|you-?may|also-?(?:like|read|viewed)|read-?(?:next|also)|up-?next|next-?(?:up|post)|prev(?:ious)?-?post|outbrain|taboola"
        "|latest-?(?:news|posts)|teasers?\\b|similar|upsell|cross-?sell|post-?nav|nav-?(?:links|single)")),
    ("comments", _marks("comment-?(?:form|reply|respond)|comments?\\b|comments-|commentlist|respond\\b|disqus|livefyre|reply")),
    ("advert", _marks("ad\\b|ads\\b|advert|adsense|ad-(?:slot|unit|wrap|container|box)|sponsor|promo|dfp|google_ads|banner-ad|commercial")),
    ("search", _marks("search-?(?:form|box|bar|field|filter|refine)|facet|filter|sort-?by|sorting|refine")),
    ("menu", _marks(
        "nav\\b|nav[-_]|navbar|navigation|menu|mega-?menu|breadcrumb|pagination|pager|paging|toolbar|topbar|top-bar|sidebar|side-bar|sidenav"
        "|site-?header|global-?header|page-?header-nav|masthead|drawer|off-?canvas|skip-?(?:link|to)|tabs?-?(?:list|nav)|toc\\b|table-of-contents"
        "|language-?(?:switch|select)|lang-?switch|hamburger|(?<![\\w-])widget(?:s|-area)?\\b|rail\\b|right-?(?:col|rail)|quick-?links|tag-?(?:list|cloud|links)|tags\\b|tagcloud")),
    ("footer", _marks("footer|foot\\b|colophon|copyright|legal|site-?info|bottom-?bar|disclaimer|contentinfo")),
    ("form", _marks("form\\b|login|log-in|signin|sign-in|modal|popup|pop-up|overlay|dialog|lightbox|tooltip|alert\\b|toast|captcha|add-to-cart|cart\\b|btn|button|controls")),
    ("byline", _marks("byline|author(?:-(?:bio|box|info|card|name))?\\b|post-?meta|entry-?meta|article-?meta|dateline|timestamp|published|publish-?(?:date|time)|posted-on|meta\\b|reading-?time|about-the-author|bio\\b")),
    ("caption", _marks("caption|credit|wp-caption|photo-?credit|image-?credit|figcaption")),
)  # fmt: skip
CONTENT_MARKS_RE = _marks(
    "article(?:-?(?:body|content|text))?\\b|articlebody|post-?(?:body|content|text)?\\b|entry-?(?:content|body)?\\b|story-?(?:body|content|text)?\\b"
    "|content-?body|body-?(?:content|text|copy)|main-?(?:content|text)?\\b|rich-?text|prose|markdown|wysiwyg|page-?content|blog-?(?:post|content)|mw-parser"
)  # fmt: skip
TAG_RULES: dict[str, Label] = {
    "nav": "menu", "footer": "footer", "aside": "related", "form": "form", "button": "form", "dialog": "form", "menu": "menu",
}  # fmt: skip
ROLE_RULES: dict[str, Label] = {
    "navigation": "menu", "banner": "menu", "contentinfo": "footer", "complementary": "related", "dialog": "form",
    "alertdialog": "cookies", "search": "search", "menubar": "menu", "tablist": "menu",
}  # fmt: skip


def _phrases(words: str) -> regex.Pattern[str]:
    return regex.compile(rf"(?<![\p{{L}}\p{{N}}])(?:{words})", regex.IGNORECASE)


# What a short block's text says of it. English first; the other languages where the phrase is as set as there.
PHRASE_RULES: tuple[tuple[Label, regex.Pattern[str], int], ...] = (
    ("cookies", _phrases(
        "(?:we|this (?:web)?site|our (?:web)?site|our partners)\\b[^.]{0,60}\\bcookies|accept (?:all )?cookies|cookie (?:policy|settings|preferences|notice)"
        "|manage (?:your )?(?:cookie|consent|privacy)|(?:diese|unsere) (?:web)?seite (?:verwendet|nutzt) cookies|wir (?:verwenden|nutzen)[^.]{0,40}cookies"
        "|(?:utilizamos|usamos)[^.]{0,40}cookies|nous utilisons[^.]{0,40}cookies|utilizziamo[^.]{0,40}cookie|мы используем[^.]{0,40}cookie"
        "|файлы cookie|使用[^。]{0,20}cookie|ملفات تعريف الارتباط"), 600),
    ("newsletter", _phrases(
        "(?:sign|signing) up (?:for|to|now|here)|subscribe (?:to|now|today|for)|newsletter|join (?:our|the) mailing list|enter your e-?mail|your e-?mail address"
        "|get (?:the|our) (?:latest|best)[^.]{0,60}(?:inbox|e-?mail)|delivered (?:straight |directly )?to your inbox|unsubscribe|already (?:a|have an?) (?:subscriber|account|member)"
        "|create (?:a free|an) account|abonnieren|s[’']abonner|abonnez-vous|suscr[ií]b|iscriviti|подпи(?:сат|шит)|assine|订阅|購読|メルマガ"), 300),
    ("share", _phrases(
        "share (?:this|on|via|with|article|story)|follow us|tweet|pin it|copy link|e-?mail this|print this|share\\s*$|facebook\\s*$|whatsapp\\s*$|twitter\\s*$|linkedin\\s*$"
        "|teilen|partager|compartir|condividi|compartilh|поделиться|分享|シェア"), 80),
    ("related", _phrases(
        "related (?:articles?|posts?|stories|content|topics?|products|links|reading|news)|(?:read|see|view|learn|show|load) (?:more|all|next|also)|you (?:may|might) (?:also )?(?:like|be interested)"
        "|recommended (?:for you|articles|reading)|more (?:from|stories|articles|on this|like this|news|in)|most (?:read|popular|viewed|shared)|popular (?:posts|articles|now)"
        "|trending|latest (?:news|posts|articles|stories)|recent (?:posts|articles|comments)|up next|next (?:article|post|story)|previous (?:article|post|story)|also read|editor[’']?s[’']? picks?"
        "|featured (?:articles?|posts?|stories)|customers (?:also|who)|continue reading|keep reading|weiterlesen|mehr zum thema|lesen sie auch|das könnte (?:sie|dich) (?:auch )?interessieren|à lire aussi|lire aussi|lire la suite"
        "|te puede interesar|leer más|noticias relacionadas|leggi anche|potrebbe interessarti|leia (?:mais|também)|читайте также|相关(?:文章|阅读|新闻)|関連(?:記事|リンク)|اقرأ أيضا"), 90),
    ("comments", _phrases(
        "leave a (?:reply|comment)|post a comment|add a comment|write a comment|your e-?mail address will not be published|required fields are marked|\\d+ comments?\\b|no comments|comments? (?:are )?closed"
        "|(?:log|sign) in to (?:comment|reply)|join the (?:conversation|discussion)|kommentar (?:schreiben|hinterlassen)|laisser un commentaire|deja un comentario|lascia un commento|оставить комментарий|发表评论|コメントを"), 160),
    ("footer", _phrases(
        "(?:copyright|©|\\(c\\))\\s*(?:\\d{4}|by\\b|©)|all rights reserved|privacy (?:policy|notice|statement)|terms (?:of|and|&) (?:use|service|conditions?|sale)|powered by|alle rechte vorbehalten|datenschutz(?:erklärung)?\\s*$|impressum\\s*$"
        "|tous droits réservés|mentions légales|todos los derechos|aviso legal|tutti i diritti|todos os direitos|все права защищены|版权所有|著作権"), 250),
    ("menu", _phrases(
        "skip to (?:main )?(?:content|navigation)|back to (?:top|home|blog|all)|jump to (?:recipe|section|main)|toggle (?:navigation|menu|search)|table of contents|in this (?:article|section|page|post)|on this page|main menu|"
        "home\\s*[>»/›]|sign in\\s*$|log ?in\\s*$|register\\s*$|my account|zum inhalt|aller au contenu|saltar al contenido"), 90),
    ("advert", _phrases("advertisement|sponsored(?: by| content)?\\s*$|ad\\s*$|anzeige\\s*$|publicidad|publicité|werbung|реклама|广告|as an amazon associate|affiliate (?:links?|commission)"), 200),
    ("search", _phrases("search (?:results|for)|\\d+ results?\\b|sort(?:ed)? by|filter(?:ed)? by|showing \\d+|no results|clear (?:all|filters)|items? per page|page \\d+ of \\d+"), 60),
    ("form", _phrases("add to (?:cart|bag|basket|wishlist|compare)|buy now|book now|get started|request a (?:demo|quote)|contact (?:us|sales)\\s*$|submit\\s*$|download now|click here|sign up\\s*$|try (?:it )?(?:for )?free|choose an option|out of stock|in den warenkorb"), 50),
    ("byline", _phrases(
        "by (?-i:\\p{Lu}[\\p{L}.'’-]+(?: \\p{Lu}[\\p{L}.'’-]*){0,4})\\s*(?:$|[|,·•–-])|(?:posted|published|updated|last (?:updated|modified|reviewed)|written|reviewed) (?:on|by|at|:)|\\d+ min(?:ute)?s?\\.? read|(?:von|par|por|di) (?-i:\\p{Lu}[\\p{L}-]+ \\p{Lu}[\\p{L}-]+)\\s*$"), 120),
    ("caption", _phrases("(?:photo|image|picture|foto|bild|crédit|credit|source)s?\\s*(?:by|credit|:|courtesy|/)|getty images|shutterstock|file photo|screenshot (?:by|from)|illustration:"), 200),
)  # fmt: skip
