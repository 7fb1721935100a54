"""What a site has between its pages: the footer's last lines, and above the next page those with which the text begins.

No single page of 2,777 (dumps-dev's, and 94 of another maker in twelve flattenings) has lines that pass for it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise

from dehusk.sentences import PROSE_ENDS, is_stopless
from dehusk.words import count_letters

SEAM = "seam "
"""With which such a form begins; then how many of its lines end a page, and on lines of their own all of them."""
MENU_LINES = 5
"""So many lines in a row are no chance where they come again."""
_MOST_LINES, _LINE_CHARS, _NAME_CHARS = 12, 175, 45
"""Of a footer, and of what is above a page; and characters of the first of these: of a menu, or of a name."""
_BRIEF_CHARS, _BRIEF_SHARE = 60, 0.1
"""Between two seams there is so much text, but for a few."""
_FEWEST, _FEWEST_WITHIN, _SEAM_CHARS = 2, 4, 30
"""There are so many seams, of so many characters, if the text ends as they begin, and so many if it does not; or one
that has two lines or more on both sides."""
_TOP_CHARS, _PROSE_CHARS = 12, 60
"""Where pages have no footer, their first lines have so many, and a sentence of so many ends right above each."""
RUN_ON_SHARE, _SENTENCE_CHARS = 0.1, 60
"""Over more of them no sentence goes on, as over the ends of printed pages, where the line above has so many
characters."""
_SITE_RE = re.compile(
    r"©|\(c\) ?(?:19|20)\d\d|\bwww\.|\brss\b|\b(?:home ?page|skip to|log ?in|sign (?:in|up)|subscribe|newsletter"
    r"|cookies?|site ?map|privacy|terms of (?:use|service)|all rights reserved|back to top|main menu|about us"
    r"|contact us)\b"
    r"|^(?:home|menu|search|contact|kontakt|impressum|startseite|accueil|inicio|início|strona główna|ana ?sayfa|hjem"
    r"|hem|etusivu|domů|úvod|kezdőlap|acasă|начало|почетна|головна|главная|beranda|trang chủ|الرئيسية|خانه"
    r"|首页|首頁|ホーム|홈|หน้าแรก|หน้าหลัก|होम|मुख्य पृष्ठ|मुखपृष्ठ|হোম|প্রচ্ছদ|דף הבית|ראשי)$"
    r"|datenschutz|mentions légales|aviso legal|note legali|política de privacidad|privacidade|confidentialité"
    r"|privacybeleid|polityka prywatności|все права защищены|конфиденциальност|gizlilik|حقوق|版权所有|版權所有"
    r"|隐私政策|隱私權|無断転載|プライバシー|개인정보|무단|الخصوصية|ความเป็นส่วนตัว|สงวนลิขสิทธิ์|गोपनीयता|सर्वाधिकार|গোপনীয়তা"
    r"|פרטיות|כל הזכויות",
    re.IGNORECASE,
)
"""What is of a site, in many languages."""
_PARTS_RE = re.compile(r" [|·•»›/–-] ")
"""Between the items of a menu in one line."""


def find_seam(texts: Sequence[str]) -> str:
    """The form of the seams between a text's pages, "" for a text without; `texts` are its lines that hold something.

    >>> words = "The council has closed the bridge, and nobody in the whole town knows why."
    >>> pages = [line for i in range(3) for line in ("The Ludworth Courier", f"{i}. {words}", "Privacy policy")]
    >>> find_seam(pages).splitlines()
    ['seam 1', 'Privacy policy', 'The Ludworth Courier']
    """
    if not texts or len(texts[0]) > (_LINE_CHARS if _is_menu(texts[0]) else _NAME_CHARS):
        return ""
    if not (again := find_all(texts, texts[0])[1:]):
        return ""
    above, _ = Counter(texts[i - 1] for i in again).most_common(1)[0]
    return _read_seam(texts, [i for i in again if texts[i - 1] == above]) or _read_seam(texts, again)


def _read_seam(texts: Sequence[str], at: list[int]) -> str:
    """The form if pages begin at these lines, and with the first one."""
    is_whole = texts[-1] == texts[at[0] - 1]
    size = _count_same([texts[i : i + _MOST_LINES] for i in (0, *at)])
    ends = [*at, len(texts)] if is_whole else at
    below = _count_same([texts[max(0, i - _MOST_LINES) : i][::-1] for i in ends])
    top, bottom = texts[:size], texts[at[0] - below : at[0]]
    edges = [0, *at, len(texts)]
    brief = sum(_is_brief(texts[first + size : stop - below]) for first, stop in pairwise(edges))
    if brief > _BRIEF_SHARE * (len(edges) - 1):
        return ""
    is_long = min(size, below) >= MENU_LINES and len(at) >= _FEWEST
    if not bottom:
        is_told = len(at) >= _FEWEST and _may_be_masthead(top) and all(_is_prose(texts[i - 1]) for i in at)
    else:
        fewest = _FEWEST if is_whole else _FEWEST_WITHIN
        are_many = is_long or len(at) >= fewest or (is_whole and min(size, below) >= _FEWEST)
        is_told = are_many and sum(map(count_letters, (*top, *bottom))) >= _SEAM_CHARS
    is_site = is_long or any(map(_is_of_site, (*top, *bottom)))
    joins = [(texts[i - below - 1], texts[i + size]) for i in at if i + size < len(texts)]
    is_seam = is_told and is_site and not run_on(joins, most=RUN_ON_SHARE)
    return "\n".join([f"{SEAM}{below}", *bottom, *top]) if is_seam else ""


def find_seams(texts: Sequence[str], form: str) -> list[tuple[int, int]]:
    """The lines [first, end) of each seam of a form, in order; first of all those with which the text begins."""
    count, *lines = form.removeprefix(SEAM).split("\n")
    below, size = int(count), len(lines)
    found = [(0, size - below)] if list(texts[: size - below]) == lines[below:] else []
    at = [i for i in find_all(texts, lines[0]) if i >= size - below and list(texts[i : i + size]) == lines]
    seams = [*found, *((i, i + size) for i in at)]
    return sorted([*seams, *_find_tops(texts, lines[below:], seams)])


def _find_tops(
    texts: Sequence[str], top: Sequence[str], seams: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Where a site's menu stands below the page of another: in fewer places than the seams, as no page has it twice."""
    if len(top) < MENU_LINES:
        return []
    ends = {end for _, end in seams}
    at = [i for i in find_all(texts, top[0]) if list(texts[i : i + len(top)]) == list(top)]
    alone = [(i, i + len(top)) for i in at if i + len(top) not in ends]
    return alone if len(alone) < len(seams) else []


def find_all(values: Sequence[str], wanted: str) -> list[int]:
    """Where a value stands, in a tenth of the time of a loop.

    >>> find_all(["a", "b", "a"], "a")
    [0, 2]
    """
    found, at = list[int](), -1
    with suppress(ValueError):
        while True:
            at = values.index(wanted, at + 1)
            found.append(at)
    return found


def _count_same(lists: Sequence[Sequence[str]]) -> int:
    """How many values all lists begin with."""
    count = 0
    for values in zip(*lists, strict=False):
        if len(set(values)) > 1:
            break
        count += 1
    return count


def _is_brief(texts: Sequence[str]) -> bool:
    return sum(map(len, texts)) < _BRIEF_CHARS and sum(map(count_letters, texts)) < _BRIEF_CHARS


def _may_be_masthead(top: Sequence[str]) -> bool:
    """Whether lines are of a site's head: one alone may be the running head of a book."""
    return sum(map(count_letters, top)) >= _TOP_CHARS and (len(top) > 1 or _is_menu(top[0]))


def _is_menu(text: str) -> bool:
    return len(_PARTS_RE.findall(text)) > 1


def _is_of_site(text: str) -> bool:
    """Whether a line is of a site's head or footer: verses, letters and printed pages have such as come again, too."""
    return _is_menu(text) or _SITE_RE.search(text) is not None


def run_on(joins: Sequence[tuple[str, str]], *, most: float) -> bool:
    """Whether sentences seem to go on from one line to another at more than such a share of these pairs of lines."""
    return sum(map(_runs_over, joins)) > most * len(joins)


def _runs_over(join: tuple[str, str]) -> bool:
    above, below = join
    is_open = above[-1].isalnum() and not is_stopless(above[-1])
    return below[0].islower() or (is_open and count_letters(above) > _SENTENCE_CHARS)


def _is_prose(text: str) -> bool:
    return text[-1] in PROSE_ENDS and count_letters(text) >= _PROSE_CHARS
