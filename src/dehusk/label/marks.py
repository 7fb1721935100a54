"""What class names, ids, roles, tags and the words of short texts hint at, as bits.

A word counts in whatever order and language it stands; what it is worth is the model's business. The lists
hold no name of a site.
"""

from __future__ import annotations

import re

_MARK_WORDS = {
    "cookie": "cookie cookies consent gdpr ccpa onetrust privacy cmp tcf",
    "newsletter": "newsletter newsletters subscribe subscription subscriptions subscriber signup mailing mail email optin mailchimp mc paywall regwall leadgen",
    "share": "share shares sharing shared social socials addtoany sharedaddy follow facebook twitter pinterest whatsapp linkedin instagram print bookmark",
    "related": "related recommend recommended recommendation recommendations recirc more popular trending also similar teaser teasers outbrain taboola next prev previous latest recent suggested suggestions upsell crosssell most readmore",
    "comment": "comment comments commentlist disqus respond reply replies livefyre discussion",
    "advert": "ad ads advert adverts advertisement adsense sponsor sponsored promo promos promotion dfp commercial gpt adslot adunit",
    "search": "search searchform facet facets filter filters sort sorting refine results result",
    "nav": "nav navs navbar navigation navi menu menus submenu megamenu menuitem breadcrumb breadcrumbs pagination pager paging toolbar topbar drawer offcanvas skip dropdown hamburger",
    "side": "sidebar side sidenav aside widget widgets rail complementary secondary rightcol leftcol right left",
    "toc": "toc contents index anchors jump",
    "head": "header head masthead banner top logo hero",
    "foot": "footer foot colophon copyright legal contentinfo bottom siteinfo disclaimer",
    "form": "form forms login signin register account input field fieldset captcha checkout cart basket wishlist buy",
    "modal": "modal popup popover overlay dialog lightbox tooltip toast alert notice notification snackbar",
    "button": "button buttons btn btns cta action actions control controls toggle link links tabs tab tablist",
    "byline": "byline author authors meta metadata date dateline time timestamp published posted bio avatar contributor profile",
    "caption": "caption captions figcaption credit credits figure image images img gallery photo photos media thumbnail thumb slider carousel swiper slide video",
    "tag": "tag tags tagcloud category categories topic topics label labels badge chip keywords",
    "article": "article articles articlebody post posts entry story stories blogpost blog news",
    "body": "body content contents text copy prose markdown richtext wysiwyg rte paragraph paragraphs readable",
    "main": "main primary page container wrapper maincontent center middle column col",
    "title": "title titles headline heading headings subtitle subhead deck summary intro lead excerpt description desc dek standfirst abstract",
    "product": "product products price prices sku spec specs specification specifications item items offer shop store woocommerce review reviews rating ratings stars variant feature features",
    "list": "list lists listing listings grid card cards tile tiles row rows loop archive collection catalog feed stream",
    "forum": "forum topic thread threads message messages bbcode quote quoted postbody posttext answer answers question questions vote votes user username signature member members",
    "docs": "doc docs documentation api reference code highlight example examples param params method section sections chapter",
    "faq": "faq faqs accordion accordions collapse collapsible question panel",
    "hidden": "hidden hide sr screen visually invisible offscreen collapsed noprint",
    "lang": "lang language languages locale locales translate country region currency",
    "event": "testimonial testimonials event events team partners partner clients location locations map address contact",
}  # fmt: skip
_TAGS = (
    "nav", "header", "footer", "aside", "article", "main", "section", "form", "table", "ul", "ol", "li", "dl", "figure",
    "blockquote", "button", "details", "dialog", "td", "p", "h1", "h2", "h3", "pre", "body", "div", "center", "fieldset",
)  # fmt: skip
_TEXT_WORDS = {
    "cookie": "cookie cookies consent gdpr datenschutz privacy privacidad confidentialité конфиденциальности",
    "newsletter": "newsletter newsletters subscribe subscribed subscriber subscribers subscription subscriptions inbox unsubscribe signup email e-mail mail abonnieren abonnez abonner suscríbete suscribirse iscriviti assine подпишитесь подписаться rss",
    "share": "share shares tweet facebook twitter pinterest whatsapp linkedin instagram youtube telegram reddit tiktok follow print teilen partager compartir condividi compartilhar поделиться",
    "related": "related recommended popular trending latest recent similar featured previous next more also read weiterlesen mehr suite más leggi leia читайте",
    "comment": "comment comments reply replies commented kommentar kommentare commentaire commentaires comentario comentarios commenti комментарии комментарий",
    "legal": "copyright © rights reserved privacy terms policy disclaimer trademark trademarks impressum agb legal rechte droits derechos diritti права",
    "search": "search results filter filters sort showing results sorted refine relevance suche buscar recherche поиск",
    "account": "login log sign register account password username forgot anmelden registrieren connexion ingresar войти",
    "shop": "cart price shipping add buy stock quantity checkout basket wishlist usd eur sale discount order delivery warenkorb panier carrito",
    "cta": "click here download contact get started demo free try learn view see book now submit start join call request apply",
    "advert": "advertisement advertising sponsored ad ads affiliate promoted anzeige werbung publicité publicidad реклама",
    "byline": "by posted published updated author written edited reviewed editor reporter von par por von автор опубликовано",
    "date": "january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday ago am pm min januar februar märz mai juni juli oktober dezember janvier février mars avril juin juillet août septembre octobre novembre décembre enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "credit": "photo photos image images credit getty shutterstock courtesy photograph screenshot caption source foto bild quelle crédit фото",
    "menu": "home menu skip back top navigation toggle close open faq about contact us blog news careers help support sitemap startseite accueil inicio",
    "forum": "posts joined member members posted quote quoted wrote thread topic user views likes votes answer answers joined",
    "prose": "the of and to in a is that for was with as on are it this be from have he his but they which not were der die und das ist nicht den von zu mit le la les et des est une que dans pour el los de y una es por con il che di è per и в не на что с как",
}  # fmt: skip
MARK_KINDS = tuple(_MARK_WORDS)
TAG_KINDS = _TAGS
TEXT_KINDS = tuple(_TEXT_WORDS)
_WORD_RE = re.compile(r"[a-z]+")


def _invert(words: dict[str, str]) -> dict[str, int]:
    """Word -> bits of the kinds it belongs to."""
    bits: dict[str, int] = {}
    for bit, listed in enumerate(words.values()):
        for word in listed.split():
            bits[word] = bits.get(word, 0) | 1 << bit
    return bits


_MARK_BITS = _invert(_MARK_WORDS)
_TAG_BITS = {tag: 1 << bit for bit, tag in enumerate(_TAGS)}
TEXT_BITS = _invert(_TEXT_WORDS)


def read_mark_bits(marks: str) -> int:
    """Bits of `MARK_KINDS` for the words in an element's marks.

    >>> [kind for bit, kind in enumerate(MARK_KINDS) if read_mark_bits("site-footer js-x") >> bit & 1]
    ['foot']
    """
    bits = 0
    for word in _WORD_RE.findall(marks):
        bits |= _MARK_BITS.get(word, 0)
    return bits


def read_tag_bits(tag: str) -> int:
    """The bit of `TAG_KINDS` for a tag; 0 for one that is not listed."""
    return _TAG_BITS.get(tag, 0)
