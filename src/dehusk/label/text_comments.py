"""Readers' comments below an article: above each stand a day and a time in one form, and a word to answer with.

The net that reads English leaves most of them out. In other languages they read like the article's paragraphs.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import chain, pairwise, takewhile
from statistics import median
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.words import NUMBER, WordHashes, count_letters, find_members, hash_words

_HEAD_CHARS, _MOMENT_CHARS, _OTHER_WORDS = 110, 40, 8
"""What says who wrote a comment and when is no longer; nor is the moment; and so many words stand beside it."""
_FEWEST, _REACH, _FAR_REACH = 4, 30, 60
"""Comments of one form; blocks from one to the next, and where one is longer."""
_COMMENT_CHARS, _TIMES = 1500, 5
"""Of one at most, or so many times the median."""
_USUAL_CHARS, _HEADED_CHARS = 700, 1000
"""Which is no more, below a heading than the latter: posts and pages of a site are longer. Where comments begin with a
word to answer with, none has more either, or so many times the median."""
_ARTICLE_LETTERS, _ABOVE, _FAR_ABOVE = 1500, 60, 150
"""What stays above the first one, within so many blocks, or below a heading so many: further up it may be another
page's. A thread has its first post there, with a moment of its own: above comments is one at most, the article's."""
_NEAR, _BETWEEN_CHARS, _LINE_CHARS, _HEADING_CHARS = 12, 300, 60, 100
"""A heading that says what follows stands so many blocks above at most, and so much text. A word to answer with, or a
name, is no longer; nor is such a heading."""

_CLOCK_RE = re.compile(
    r"\d(?<![\d:+]\d)(?:(?<=[01])\d|(?<=2)[0-3])?(?::[0-5]\d|\s?h\s?[0-5]\d|\.[0-5]\d(?=\s?uhr))(?!\d)",
    re.IGNORECASE,
)
"""A search is quick where the pattern begins with what it takes, not with a look back."""
_TIME_RE = re.compile(r"\d?\d[:.h]\d\d(?::\d\d)?(?:[.,]\d{1,3})?")
"""The whole of what a clock says."""
_AGOS = (
    "vor il hace há fa geleden назад тому önce temu siden sedan sitten lalu trước atrás 前 전 منذ قبل לפני"
)
"""Words of which each way to say how long ago it was has one."""
_AGO_RE = re.compile(
    r"\bvor\s\d+\s[^\W\d]+|\bil\sy\sa\s\d+\s[^\W\d]+|\bh(?:ace|á)\s\d+\s[^\W\d]+"
    r"|\b\d+\s[^\W\d]+\s(?:fa|geleden|назад|тому|önce|temu|siden|sedan|sitten|lalu|trước|atrás)\b"
    r"|\d+\s?(?:秒|分钟|分鐘|小时|小時|天|周|週|个月|個月|年|分|時間|日|か月|ヶ月|초|분|시간|일|주|개월|년)\s?[前전]"
    r"|(?:منذ|قبل|לפני)\s\d+\s[^\W\d]+",
    re.IGNORECASE,
)
_NUMBER_RE, _WORD_RE = re.compile(r"\d+"), re.compile(r"[^\W\d_]+")
_FEWEST_NUMBERS = 3  # of a moment that is not said by how long ago it was
_MAIL_RE = re.compile(
    r"\W*(?:date|sent|from|datum|gesendet|envoyé|fecha|enviado|data|дата)\s*:", re.IGNORECASE
)
_ANSWERS = (
    "reply respond antworten antwort répondre réponse responder respuesta rispondi beantwoorden reageer reageren "
    "odpowiedz odpowiedź svara svar vastaa yanıtla cevapla odpovědět odpovedať răspunde válasz απάντηση ответить "
    "відповісти balas 回复 回覆 返信 返信する 답글 رد הגב ตอบกลับ जवाब"
)
_ANSWER_RE = re.compile(rf"(?:^|\W)(?:{_ANSWERS.replace(' ', '|')}|trả lời)(?:$|\W)", re.IGNORECASE)
_COMMENTS = (
    "comments comment kommentare kommentar commentaires commentaire comentários comentário comentarios comentario "
    "commenti комментарии комментариев комментарий komentarze komentarzy komentarz yorum yorumlar reacties "
    "kommentarer komentáře 評論 留言 تعليقات תגובות"
)
_COMMENTS_RE = re.compile(
    rf"(?:^|\W)(?:{_COMMENTS.replace(' ', '|')})(?:$|\W)|评论|コメント|댓글", re.IGNORECASE
)
_REPLIES_RE = re.compile(
    r"(?:^|\W)(?:replies|responses|antworten|réponses|respuestas|respostas|thoughts on|gedanken zu)(?:$|\W)",
    re.IGNORECASE,
)

_QUOTE_RE = re.compile(
    r"(?:^|\W)(?:quote|posts|joined|zitat|zitieren|beiträge|registriert|citer|citation|messages|inscrit|citar|cita|mensajes|"
    r"mensagens|quota|messaggi|citeren|berichten|cytuj|posty|цитата|цитировать|сообщений|регистрация|alıntı|引用)(?:$|\W)",
    re.IGNORECASE,
)
"""What a forum has at each post."""
_THREAD_RE = re.compile(
    r"\b(?:forums?|threads?|original poster|last post|asked|foro|fórum|форум)\b", re.IGNORECASE
)
"""What it has above the first one."""

_FORMS = (
    r"leave write post add submit hinterlass\w* schreib\w* verfass\w* abgeben laisse[rz]? écri(?:re|vez) ajoute[rz]? "
    r"deja dejar escrib\w* añad\w* publica\w* lascia\w* scriv\w* aggiung\w* deix\w* escrev\w* adicion\w* plaats\w* "
    r"schrijf napisz dodaj zostaw добав\w* напис\w* остав\w* yaz\w* no keine? aucune? sin nessun sem geen brak нет "
    r"off closed disabled geschlossen deaktiviert fermés cerrados chiusi encerrados gesloten закрыты"
)
_FORM_RE = re.compile(rf"\b(?:{_FORMS.replace(' ', '|')}|be the first)\b|发表|發表|投稿|する", re.IGNORECASE)
"""What asks for a comment, or says that there is none, stands below comments, or where there are none."""


class _View(NamedTuple):
    """What is known of the blocks."""

    texts: Sequence[str]
    kept: NDArray[np.bool_]
    sums: NDArray[np.int64]
    """The characters above each block that stay."""
    starts: Sequence[int]
    """With which blocks pages are said to begin, ascending."""

    def count_chars(self, first: int, stop: int) -> int:
        return int(self.sums[stop] - self.sums[first])

    def find_top(self, block: int) -> int:
        """Where the block's page begins."""
        at = bisect_right(self.starts, block)
        return self.starts[at - 1] if at else 0

    def find_end(self, block: int) -> int:
        at = bisect_right(self.starts, block)
        return self.starts[at] if at < len(self.starts) else len(self.texts)


def find_comments(
    texts: Sequence[str],
    words: WordHashes,
    sizes: NDArray[np.int64],
    *,
    kept: NDArray[np.bool_],
    starts: Sequence[int] = (),
) -> Iterator[tuple[int, int]]:
    """The stretches of blocks, [first, stop), that are comments below an article; of the blocks the `kept` ones stay.

    `sizes` are those of the texts; `starts`, ascending, the blocks with which pages are known to begin.
    """
    view = _View(texts, kept, np.concatenate(([0], np.cumsum(sizes * kept))), starts)
    moments = _find_moments(texts, words, sizes)
    forms = defaultdict[str, list[int]](list)
    for i, form in moments.items():
        forms[form].append(i)
    for heads in forms.values():
        for stretch in _find_stretches(heads, view, moments):
            for i in range(*stretch):  # which speak of no post above those of another form
                moments.pop(i, None)
            yield stretch


def _find_stretches(
    heads: Sequence[int], view: _View, moments: Mapping[int, str]
) -> Iterator[tuple[int, int]]:
    """The comments whose moments have one form."""
    for section in _part(heads, lambda above, below: below - above > _ABOVE or view.find_top(below) > above):
        if len(section) < _FEWEST:
            continue
        is_headed = bool(_find_headings(section[0], view))
        manner = _read_manner(section, view, is_headed=is_headed)
        if manner is None or not _is_below_article(section[0], view, moments, is_headed=is_headed):
            continue
        for run in _part(section, partial(_are_apart, view=view, manner=manner)):
            if len(run) >= _FEWEST and _are_comments(run, view):
                yield _find_first(view.texts, run[0]), _find_stop(run, view, manner)


def _find_moments(texts: Sequence[str], words: WordHashes, sizes: NDArray[np.int64]) -> dict[int, str]:
    """The blocks that say a moment, in order, and its form."""
    counts = np.diff(np.searchsorted(np.flatnonzero(words.flags & NUMBER != 0), words.bounds))
    is_near = (counts > 0) & (sizes <= _HEAD_CHARS)
    agos = np.flatnonzero(find_members(words.values, _list_agos()) >= 0)
    may_count = np.zeros(len(texts), np.bool_)
    may_count[np.searchsorted(words.bounds, agos, "right") - 1] = True
    asked = np.flatnonzero(is_near & (may_count | (counts >= _FEWEST_NUMBERS)))  # "11h40" is one word
    forms = {i: read_moment(texts[i], may_count=bool(may_count[i])) for i in asked.tolist()}
    return {i: form for i, form in forms.items() if form}


@cache
def _list_agos() -> NDArray[np.uint64]:
    return np.unique(hash_words([_AGOS]).values)


def read_moment(text: str, *, may_count: bool = True) -> str:
    """The form of the moment that a line says, beside a name at most; empty if it says none.

    Whether it may say how long ago it was is asked only where it `may_count`.

    >>> read_moment("Ann Roe 8. April 2019 @ 11:40"), read_moment("vor 3 Tagen"), read_moment("It was 11:40 by then.")
    ('0.a0@0:0', 'a0a', '')
    """
    if may_count and (match := _AGO_RE.search(text)):
        first, stop = match.span()
    else:
        first, stop = _find_day_and_clock(text)
    moment = text[first:stop]
    if not moment or len(moment) > _MOMENT_CHARS or len((text[:first] + text[stop:]).split()) > _OTHER_WORDS:
        return ""
    return "".join(_WORD_RE.sub("a", _NUMBER_RE.sub("0", moment)).split())


def _find_day_and_clock(text: str) -> tuple[int, int]:
    """From the first number to the last, where one clock and a day's number are among them; else nothing."""
    if ":" not in text and "h" not in text and "H" not in text:  # no clock is without: a third of the time
        return 0, 0
    if len(_CLOCK_RE.findall(text)) != 1 or _MAIL_RE.match(text):
        return 0, 0
    numbers = list(_NUMBER_RE.finditer(text))
    if len(numbers) < _FEWEST_NUMBERS or not _NUMBER_RE.search(_TIME_RE.sub("", text)):
        return 0, 0
    while len(numbers) > _FEWEST_NUMBERS and text[: numbers[0].start()][-1:].isalpha():
        del numbers[0]  # of a name: "annroe77 8 April, 11:40"
    return numbers[0].start(), numbers[-1].end()


def _part(heads: Sequence[int], are_apart: Callable[[int, int], bool]) -> Iterator[list[int]]:
    run = list(heads[:1])
    for above, below in pairwise(heads):
        if are_apart(above, below):
            yield run
            run = []
        run.append(below)
    yield run


def _is_below_article(first: int, view: _View, moments: Mapping[int, str], *, is_headed: bool) -> bool:
    reach = _FAR_ABOVE if is_headed else _ABOVE
    above = range(max(view.find_top(first), first - reach), first)
    letters = sum(count_letters(view.texts[i]) for i in above if view.kept[i])
    return letters >= _ARTICLE_LETTERS and sum(i in moments for i in above[-_ABOVE:]) <= 1


class _Manner(NamedTuple):
    """How comments look."""

    longest: float
    """Characters of one, as a rule."""
    asks_first: bool
    """Whether the word to answer with stands above what one says, not below."""


def _read_manner(heads: Sequence[int], view: _View, *, is_headed: bool) -> _Manner | None:
    """None for what is too long to be comments."""
    asks = sum(map(_is_answer, (view.texts[i + 1] for i in heads[:-1])))
    usual = median(view.count_chars(above, below) for above, below in pairwise(heads))
    if usual > (_HEADED_CHARS if is_headed else _USUAL_CHARS):
        return None
    asks_first = 2 * asks >= len(heads)
    return _Manner(max(_USUAL_CHARS if asks_first else _COMMENT_CHARS, _TIMES * usual), asks_first)


def _are_apart(above: int, below: int, *, view: _View, manner: _Manner) -> bool:
    """Whether what stands between two heads is no comment, but ends one and is something else.

    A long one is one comment if the word to answer with is at its end.
    """
    between = () if manner.asks_first else range(above + 1, below)
    answers = [i for i in between if _is_answer(view.texts[i])]
    if answers:
        return below - above > _FAR_REACH or view.count_chars(answers[-1], below) > 2 * _LINE_CHARS
    return below - above > _REACH or view.count_chars(above, below) > manner.longest


def _find_headings(first: int, view: _View) -> list[str]:
    """The lines that say that comments follow, right above the first one."""
    near = range(max(view.find_top(first), first - _NEAR), first)
    return [
        view.texts[i]
        for i in near
        if _is_heading(view.texts[i]) and view.count_chars(i + 1, first) <= _BETWEEN_CHARS
    ]


def _is_heading(text: str) -> bool:
    is_said = len(text) <= _HEADING_CHARS and (_COMMENTS_RE.search(text) or _REPLIES_RE.search(text))
    return bool(is_said) and not _FORM_RE.search(text)


def _is_answer(text: str) -> bool:
    return (
        len(text) <= _LINE_CHARS
        and text[-1:] not in ":："
        and _ANSWER_RE.search(text) is not None
        and not _FORM_RE.search(text)
    )


def _is_answered(head: int, stop: int, view: _View) -> bool:
    """Whether a word to answer with stands beside a head, or right above the next one, with short lines between."""
    below = takewhile(lambda i: len(view.texts[i]) <= _LINE_CHARS, range(head, stop))
    above = takewhile(lambda i: len(view.texts[i]) <= _LINE_CHARS, range(stop - 1, head, -1))
    return any(_is_answer(view.texts[i]) for i in chain(below, above))


def _are_comments(run: Sequence[int], view: _View) -> bool:
    """Whether there is a word to answer with at every third of them, or a heading above that says what they are.

    What has comments itself, counted at every second one, is a post or an entry of a list; and a thread has a forum's
    words, if nothing says above how many comments follow.
    """
    top, end = view.find_top(run[0]), min(run[-1] + _NEAR, view.find_end(run[-1]))
    lines = [text for text in view.texts[run[0] : end] if len(text) <= _LINE_CHARS]
    if 2 * sum(map(_is_count, lines)) >= len(run):
        return False
    headings = _find_headings(run[0], view)
    if any(map(_is_count, headings)):
        return True
    answers = sum(_is_answered(head, stop, view) for head, stop in pairwise([*run, end]))
    above = view.texts[max(top, run[0] - _NEAR) : run[0]]
    return (bool(headings) or 3 * answers >= len(run)) and not _is_thread(above, lines, len(run))


def _is_count(text: str) -> bool:
    """Whether it says how many comments there are."""
    return len(text) <= _HEADING_CHARS and bool(_NUMBER_RE.search(text) and _COMMENTS_RE.search(text))


def _is_thread(above: Sequence[str], lines: Sequence[str], posts: int) -> bool:
    """Whether a forum's words stand above the first post, or at every third."""
    is_told = any(len(text) <= _LINE_CHARS and _THREAD_RE.search(text) for text in above)
    return is_told or 3 * sum(_QUOTE_RE.search(text) is not None for text in lines) >= posts


def _find_first(texts: Sequence[str], head: int) -> int:
    """Where the first comment begins: with the name above its head."""
    return head - 1 if head and len(texts[head - 1]) <= _LINE_CHARS else head


def _find_stop(run: Sequence[int], view: _View, manner: _Manner) -> int:
    """Where the last one ends: with the word to answer with, before what does not stay, or as the others do."""
    first, usual = run[-1] + 1, int(median(below - above for above, below in pairwise(run)))
    last = view.find_end(run[-1])
    stop = min(first + usual - 1, last)  # the last block is the next one's name
    if not manner.asks_first:
        for i in range(first, stop):
            if _is_answer(view.texts[i]):
                return i + 1
    stays = view.kept[first : min(first + _REACH, last)].tolist()
    own = stays.index(True) if True in stays[:usual] else len(stays)
    end = first + stays.index(False, own) if False in stays[own:] else stop
    return end if view.count_chars(first, end) <= manner.longest else stop
