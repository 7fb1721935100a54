"""What class names, ids, roles, tags and the words of short texts hint at, as bits.

A word counts in whatever order and language it stands; what it is worth is the model's business. The lists
hold no name of a site, and only whole words: where no spaces part them, they are looked for inside.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from string import ascii_lowercase

_MARK_WORDS = {
    "cookie": "cookie cookies consent gdpr ccpa onetrust privacy cmp tcf",
    "newsletter": "newsletter newsletters subscribe subscription subscriptions subscriber signup mailing mail email optin mailchimp mc paywall regwall leadgen",
    "share": "share shares sharing shared social socials addtoany sharedaddy follow facebook twitter pinterest whatsapp linkedin instagram print bookmark",
    "related": "related recommend recommended recommendation recommendations recirc more popular trending also similar teaser teasers outbrain taboola next prev previous latest recent suggested suggestions upsell crosssell most readmore",
    "comment": "comment comments commentlist disqus respond reply replies livefyre discussion",
    "advert": "ad ads advert adverts advertisement adsense sponsor sponsored promo promos promotion dfp commercial gpt adslot adunit",
    "search": "search searchform facet facets filter filters sort sorting refine results result",
    "nav": "nav navs navbar navigation navi menu menus submenu megamenu menuitem breadcrumb breadcrumbs pagination pager paging toolbar topbar drawer offcanvas skip dropdown hamburger navheader navfooter",
    "side": "sidebar sphinxsidebar side sidenav aside widget widgets rail complementary secondary rightcol leftcol right left",
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
    "cookie": "cookie cookies consent gdpr datenschutz privacy privacidad confidentialité конфиденциальности cookie-richtlinie integritetspolicy privacybeleid informativa gizlilik çerez çerezler ciasteczka 隐私政策 隱私政策 プライバシーポリシー クッキー 개인정보처리방침 الخصوصية 隐私 隱私 個人情報保護方針 개인정보 쿠키 פרטיות עוגיות गोपनीयता απορρήτου конфіденційності",
    "newsletter": "newsletter newsletters subscribe subscribed subscriber subscribers subscription subscriptions inbox unsubscribe signup email e-mail mail abonnieren abonnez abonner suscríbete suscribirse iscriviti assine подпишитесь подписаться rss nieuwsbrief nyhetsbrev bülten biuletyn boletín boletim infolettre rassylka рассылка рассылку 订阅 訂閱 電子報 メルマガ 購読 登録する 구독 뉴스레터 اشترك النشرة 邮箱 メールマガジン メールアドレス 이메일 ניוזלטר подписка підписатися εγγραφή",
    "share": "share shares tweet facebook twitter pinterest whatsapp linkedin instagram youtube telegram reddit tiktok follow print teilen partager compartir condividi compartilhar поделиться deel dela paylaş udostępnij sdílet 分享 分享到 微信 微博 転送 シェア シェアする ツイート 공유 공유하기 شارك مشاركة تويتر فيسبوك واتساب вконтакте 转发 轉發 分享给 推荐给 打印 列印 印刷 인쇄 שתף שיתוף הדפס साझा แชร์ поделитесь поширити распечатать печати κοινοποίηση compartilhe",
    "related": "related recommended popular trending latest recent similar featured previous next more also read weiterlesen mehr suite más leggi leia читайте verwandte ähnliche ähnlich meistgelesen beliebt articles-liés connexes similaires recommandés relacionados relacionadas recomendados correlati potrebbe gerelateerd populair relaterade ilgili powiązane související также похожие смотрите популярное популярные 相关 相关新闻 相关阅读 相关文章 相关推荐 推荐 推荐阅读 热门 热门文章 最新 最新文章 上一篇 下一篇 延伸閱讀 相關新聞 関連 関連記事 関連ニュース おすすめ おすすめ記事 ランキング 人気記事 最新記事 次の記事 前の記事 관련 관련기사 인기 추천 المزيد ذات صلة مقالات الأكثر قراءة اقرأ أيضا أيضاً 相關 相關文章 推薦 熱門 熱門文章 排行 排行榜 点击排行 點閱 上一頁 下一頁 上一页 下一页 前へ 次へ 関連リンク 最近の記事 新着 이전글 다음글 인기글 관련글 최신 קרא עוד נוספות קשורות संबंधित और-पढ़ें ข่าวที่เกี่ยวข้อง далее ранее предыдущая следующая похожее популярні схожі σχετικά podobne najnowsze",
    "comment": "comment comments reply replies commented kommentar kommentare commentaire commentaires comentario comentarios commenti комментарии комментарий reacties kommentarer yorum yorumlar komentarze komentáře 评论 发表评论 留言 コメント コメントする 댓글 تعليق تعليقات التعليقات 評論 留言板 发表 發表 回复 回覆 网友评论 返信 書き込み 의견 답글 תגובות תגובה टिप्पणी टिप्पणियाँ ความคิดเห็น ответить коментарі σχόλια bình-luận",
    "legal": "copyright © rights reserved privacy terms policy disclaimer trademark trademarks impressum agb legal rechte droits derechos diritti права datenschutzerklärung mentions légales aviso rechten voorbehouden rättigheter yasal zastrzeżone vyhrazena защищены 版权所有 版權所有 保留所有权利 备案 利用規約 著作権 無断転載 저작권 حقوق محفوظة الحقوق 版权 版權 声明 聲明 转载 轉載 免责声明 法律 icp 許可 禁じます 無断 재배포 금지 무단 שמורות הזכויות सर्वाधिकार सुरक्षित สงวนลิขสิทธิ์ перепечатка защищено захищено δικαιώματα",
    "search": "search results filter filters sort showing results sorted refine relevance suche buscar recherche поиск zoeken sök ara szukaj hledat pesquisar buscador cerca найти искать 搜索 搜尋 検索 검색 بحث البحث 搜一搜 站内搜索 検索する 검색어 חיפוש खोज ค้นหา пошук αναζήτηση",
    "account": "login log sign register account password username forgot anmelden registrieren connexion ingresar войти anmeldung passwort einloggen inloggen konto connecter compte cuenta accedi entrar giriş zaloguj přihlásit регистрация вход пароль 登录 登入 注册 註冊 ログイン 会員登録 新規登録 로그인 회원가입 تسجيل الدخول 会员 會員 用户名 密码 密碼 帐号 帳號 パスワード ユーザー 회원 아이디 비밀번호 התחברות הרשמה סיסמה लॉगिन เข้าสู่ระบบ авторизация логин увійти σύνδεση",
    "shop": "cart price shipping add buy stock quantity checkout basket wishlist usd eur sale discount order delivery warenkorb panier carrito kaufen bestellen lieferung versand prix acheter livraison precio comprar envío prezzo acquista preço winkelwagen köp sepete koszyk koszyka корзину купить доставка 购物车 加入购物车 价格 カートに入れる 価格 送料 장바구니 구매 السعر سلة 價格 购买 購買 下单 注文 購入 在庫 税込 주문 배송 가격 מחיר סל-קניות कीमत ราคา цена ціна",
    "cta": "click here download contact get started demo free try learn view see book now submit start join call request apply jetzt hier klicken mehr-erfahren cliquez ici découvrir descargar contacto contatti scarica baixar klik download-nu подробнее скачать 下载 联系我们 立即 詳細 お問い合わせ 詳しくはこちら ダウンロード 다운로드 문의 اتصل تحميل 联系 聯絡 聯繫 点击 點擊 进入 こちら お申し込み 바로가기 신청 צור קשר संपर्क ติดต่อ связаться",
    "advert": "advertisement advertising sponsored ad ads affiliate promoted anzeige werbung publicité publicidad реклама annonce reklam reklama inserat gesponsert publicidade pubblicità 广告 廣告 広告 光告 광고 إعلان إعلانات 赞助 贊助 スポンサー प्रचार विज्ञापन פרסומת โฆษณา",
    "byline": "by posted published updated author written edited reviewed editor reporter von par por von автор опубликовано autor autorin auteur autore redaktion veröffentlicht publié publicado pubblicato bijgewerkt yazar tarafından автора 作者 来源 編輯 编辑 记者 責任編輯 责任编辑 著者 執筆 記者 更新 公開 기자 입력 작성자 بقلم كتب نشر 发布 發布 发表于 發表於 编者 責任 文責 投稿者 撰文 글쓴이 글 등록 מאת פורסם लेखक द्वारा โดย автором дата опубліковано συντάκτης autorzy",
    "date": "january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday ago am pm min januar februar märz mai juni juli oktober dezember janvier février mars avril juin juillet août septembre octobre novembre décembre enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre января февраля марта апреля мая июня июля августа сентября октября ноября декабря gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre janeiro fevereiro março abril maio junho julho setembro outubro novembro dezembro januari februari maart mei augustus ocak şubat nisan haziran temmuz ağustos eylül ekim kasım aralık montag dienstag mittwoch donnerstag freitag samstag sonntag lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo uhr heures 年 月 日 时间 時間 日期 발행 יום ינואר जनवरी",
    "credit": "photo photos image images credit getty shutterstock courtesy photograph screenshot caption source foto bild quelle crédit фото bildquelle photographie fotografía fotograaf foto: 图片来源 图 写真 撮影 사진 صورة تصوير",
    "menu": "home menu skip back top navigation toggle close open faq about contact us blog news careers help support sitemap startseite accueil inicio hauptmenü navigazione menú hem strona główna главная меню контакты контакт 首页 首頁 菜单 导航 ホーム メニュー トップ サイトマップ 홈 메뉴 الرئيسية القائمة 网站首页 返回首页 返回顶部 关于我们 网站地图 當前位置 当前位置 位置 導覽 トップページ ページ先頭 会社概要 처음으로 목록 목록보기 דף הבית ראשי אודות मुख्य होम หน้าแรก головна αρχική",
    "forum": "posts joined member members posted quote quoted wrote thread topic user views likes votes answer answers joined",
    "prose": "the of and to in a is that for was with as on are it this be from have he his but they which not were der die und das ist nicht den von zu mit le la les et des est une que dans pour el los de y una es por con il che di è per и в не на что с как och att det som är på av för het een van dat met zijn voor niet bir bu ve için ile olarak się nie jest na do że w z jak na je se že فی من على في إلى التي الذي أن عن 他 的 了 在 是 不 和 也 就 都 而 与 與 着 著 很 这 這 那 她 我们 我們 他们 他們 有 个 個 上 到 说 說 要 去 会 會 没有 沒有 自己 以 为 為 之 其 从 從 对 對 把 被 让 讓 但 因为 因為 所以 如果 已经 已經 可以 一个 一個 は が を に の で と も へ や から まで より です ます でした ました した して いる いた った ない という こと もの この その それ 이 그 수 것 것은 것이 있는 있다 및 등 더 또 그리고 하지만 그러나 때문에 위해 대한 한 할 하는 של את על הוא היא לא זה עם גם כי או אבל היה אל מה יש בין כל के है में की से को और का एक यह हैं पर ने भी थी था कि नहीं तो जो इस लिए και το της του η ο να στο την για με από που είναι δεν τα των θα і та що з у він як до це за від але було його її są był od po và của là một những được cho trong với có không các người này từ khi để đã dan yang dengan untuk dari ini itu pada tidak dalam ja ei että oli kun mutta egy az és hogy nem volt meg si în cu pe este nu sau mai og er til ikke jeg har deze ook maar bij nog naar uit aan os um uma não em com mais ao da no dos como mas però sono della dei delle nel alla anche qui aux sur sont pas plus avec ce sich auf dem im für auch aus bei nach wie sie wird hat oder это из от так же было но ко бы для و هذا هذه كان لم ما لا هو هي مع قد كما به که را با است از این آن تا هم می",
}  # fmt: skip
MARK_KINDS = tuple(_MARK_WORDS)
TAG_KINDS = _TAGS
TEXT_KINDS = tuple(_TEXT_WORDS)
HUSK_KINDS = ("cookie", "newsletter", "legal", "comment", "advert")
"""Those of TEXT_KINDS that tell of husk in a short text, whatever stands around it."""
_LETTERS_ONLY = bytes(code if chr(code) in ascii_lowercase else ord(" ") for code in range(256))


def _invert(words: dict[str, str]) -> dict[str, int]:
    """Word -> bits of the kinds it belongs to."""
    bits: dict[str, int] = {}
    for bit, listed in enumerate(words.values()):
        for word in listed.split():
            bits[word] = bits.get(word, 0) | 1 << bit
    return bits


MARK_BITS = _invert(_MARK_WORDS)
_ENCODED_BITS = {word.encode(): bits for word, bits in MARK_BITS.items()}
"""By words as bytes: parting marks at all but a to z is three times as fast so as by a pattern."""
TAG_BITS = {tag: 1 << bit for bit, tag in enumerate(_TAGS, start=len(MARK_KINDS))}
TEXT_BITS = _invert(_TEXT_WORDS)
_UNSPACED = "[\u3040-\u9fff]"  # kana and Han
UNSPACED_RE = re.compile(_UNSPACED)


@lru_cache(maxsize=1 << 16)
def read_element_bits(tag: str, marks: str) -> int:
    """The bits of `MARK_KINDS` for the words in an element's marks, and above them that of `TAG_KINDS` for its tag.

    Remembered: the pages of a site, and the elements of a page, have few different ones.

    >>> bits = read_element_bits("nav", "site-footer js-x")
    >>> [kind for bit, kind in enumerate(MARK_KINDS + TAG_KINDS) if bits >> bit & 1]
    ['foot', 'nav']
    """
    bits = TAG_BITS.get(tag, 0)
    for word in marks.encode(errors="replace").translate(_LETTERS_ONLY).split():
        bits |= _ENCODED_BITS.get(word, 0)
    return bits


def find_bits(marks: Sequence[str], tags: Sequence[str]) -> int:
    """The bits of elements with any of these marks or tags, as `read_element_bits` has them."""
    return sum(1 << MARK_KINDS.index(kind) for kind in marks) | sum(
        1 << len(MARK_KINDS) + TAG_KINDS.index(tag) for tag in tags
    )


def read_token_bits(token: str) -> list[int]:
    """The bits of `TEXT_KINDS` of each word in what stands between two spaces, in lower case.

    >>> [[kind for bit, kind in enumerate(TEXT_KINDS) if bits >> bit & 1] for bits in read_token_bits("相关新闻2024")]
    [['related'], []]
    """
    words = _unspaced_words().findall(token) if UNSPACED_RE.search(token) else [token]
    return [TEXT_BITS.get(word, 0) for word in words]


@cache
def _unspaced_words() -> re.Pattern[str]:
    """What counts as a word where no spaces part them: the longest listed one, else two characters, or all up to the
    next such character."""
    listed = sorted((word for word in TEXT_BITS if UNSPACED_RE.match(word)), key=len, reverse=True)
    any_listed = "|".join(listed)
    return re.compile(
        f"{any_listed}|{_UNSPACED}(?:(?!{any_listed}){_UNSPACED})?|(?:(?!{_UNSPACED}).)+", re.DOTALL
    )
