"""Lines of a text that say on which day an article came out: a day and hardly anything else."""

from __future__ import annotations

import re
from typing import NamedTuple

from dehusk.metadata.authors import PARTS_RE, read_byline
from dehusk.metadata.dates import Day, find_days
from dehusk.metadata.jobs import drop_jobs

_CHARS = 160
_BESIDE_DAY_CHARS = 30
"""Letters that may stand beside the day in a dateline: "Posted on", a place, a name; a sentence has more."""

_HEAD_CHARS = 120
_SIGN_RE = re.compile(r"--|[—–]|-\s")
_PLACE_RE = re.compile(r"(?:(?:[^\W\d_][\w.'’/-]*|\([^()]{2,40}\)|[—–|-]),?\s+){1,8}")
"""What stands before the day: where, and perhaps who says so."""
_AGENCY_RE = re.compile(r"\([^()]{2,40}\)")
_PARTED_RE = re.compile(r"[,)—–|-]")
_WORD_RE = re.compile(r"[^\W\d_][\w.'’/-]*")
_IN_PLACES = frozenset("le la les de del der den di da do du of the an y et und i e".split())
"""Words in small letters that stand in places, or between them and a day."""
_NO_PLACES = frozenset(
    "on in at since by from until before after update updated am im seit vom le du depuis en el desde il dal em".split()
)
"""What a sentence with a day begins with."""
_BEHIND_RE = re.compile(r"[\s,]*(?:(?:\([^()]{2,40}\)|/[^/]{2,30}/)\.?\s*)?(?:--|[—–]|-\s)")
"""What stands behind it: perhaps an agency, and a dash."""
_NO_DATELINE_RE = re.compile(
    r"©|\(c\)|copyright|join(?: date|ed)|regist|expires|valid until|due|inscri|дата рег|注册|登録日|member since"
    r"|\w\([\"'“]|[\"'”]\)|[={}]",  # code
    re.IGNORECASE,
)
_CHANGED = (
    r"updated?|modified|accepted|received|revised|reviewed|edited|aktualisiert|geändert|bearbeitet|eingereicht|eingegangen"
    r"|angenommen|mise? à jour|modifi(?:é|ée|cation|cado|cada|cato|cata|ca|cação|cación)|reçue?|acceptée?"
    r"|actualizad[oa]|actualización|recibido|aceptado|aggiornat[oa]|aggiornamento|ricevuto|accettato|atualizad[oa]|atualização|recebido|aceit[oe]"
    r"|bijgewerkt|gewijzigd|ontvangen|geaccepteerd|zaktualizowano|aktualizacja|zmodyfikowano|poprawiony|otrzymano|przyjęto"
    r"|aktualizováno|upraveno|změněno|přijato|обновлен[оаы]?|обновление|изменен[оаы]?|поступила|принята|оновлено|змінено"
    r"|надійшла|прийнята|güncelleme|güncellendi|güncellenme|更新|最終|수정|최종|업데이트|تحديث|تعديل"
)
"""What a day is named that is not the one of publication: it counts where there is no other."""
_CHANGED_RE = re.compile(rf"\b(?:{_CHANGED})\b|更新|수정|업데이트", re.IGNORECASE)
_SAID_OF_DAYS_RE = re.compile(
    rf"\b(?:(?:{_CHANGED}|first|last(?:ly)?|originally|published|posted|created|added|submitted|online|available|date"
    r"|am|pm|words|uhr|zuletzt|erstellt|erschienen|veröffentlicht|stand|datum|publiée?|mis en ligne"
    r"|dernière|date de|publicad[oa]|fecha de|última?|pubblicat[oa]|data di|ultim[oa]|criado"
    r"|gepubliceerd|geplaatst|laatst|opublikowano|opublikowany|dodano|ostatnia|data|publikacji|publikováno"
    r"|zveřejněno|vydáno|vloženo|naposledy|опубликован[оаы]?|размещено|добавлено|дата|публикации|в редакцию|к печати"
    r"|опубліковано|додано|публікації|до редакції|yayınlanma|yayınlandı|yayın|tarihi|son|eklenme|نشر|نُشر|تاريخ|آخر)\b)"
    r"|公開日?|更新日?|投稿日?|掲載日?|作成日?|最終|发布|發布|发表|时间|時間|日期|등록|입력|게시|작성|수정|최종",
    re.IGNORECASE,
)


class Dateline(NamedTuple):
    """The day that a line is about."""

    day: str
    is_change: bool
    """Whether it is that of a change, or of some other step before an article came out."""


def read_dateline(line: str) -> Dateline | None:
    """The day of publication in a line that is about little else; of a change, if that is all; None in other lines.

    >>> read_dateline("By Harriet Oduya · Published January 17, 2023 · Updated March 2, 2024")
    Dateline(day='2023-01-17', is_change=False)
    >>> read_dateline("Received: 14 March 2019 / Accepted: 30 August 2019 / Published: 5 November 2019").day
    '2019-11-05'
    >>> read_dateline("Last updated: 4 May 2022"), read_dateline("June 3, 1931 - February 8, 2020")
    (Dateline(day='2022-05-04', is_change=True), None)
    """
    days = find_days(line) if len(line) <= _CHARS else []
    dated = [i for i, day in enumerate(days) if day.day]
    if not dated or any(day.is_early for day in days) or _NO_DATELINE_RE.search(line):
        return None
    if _count_beside(line, days) > _BESIDE_DAY_CHARS:
        return None
    ends = [0, *(day.end for day in days)]
    labels = (line[ends[i] : days[i].start] for i in dated)
    changes = [_CHANGED_RE.search(label) is not None for label in labels]
    best = changes.index(False) if False in changes else 0
    return Dateline(days[dated[best]].day, changes[best])


def find_release_day(paragraph: str) -> str:
    """The day in the dateline that a paragraph begins with, as that of a press release does; "" for none.

    >>> find_release_day("LEEDS, England, Sept. 12, 2023 /Newswire/ -- Calder Optics today named a new head of sales.")
    '2023-09-12'
    >>> find_release_day("On Sept. 12, 2023 -- a Tuesday -- Calder Optics named a new head of sales.")
    ''
    """
    head = paragraph[:_HEAD_CHARS]
    days = find_days(head) if _SIGN_RE.search(head) else []
    if not days or not days[0].day or days[0].is_early:
        return ""
    place, behind = head[: days[0].start], head[days[0].end :]
    is_place = _PLACE_RE.fullmatch(place) and _PARTED_RE.search(place) and _BEHIND_RE.match(behind)
    words = _WORD_RE.findall(_AGENCY_RE.sub("", place))
    if not is_place or not words or words[0].lower() in _NO_PLACES:
        return ""
    return days[0].day if all(word in _IN_PLACES or not word[0].islower() for word in words) else ""


def _count_beside(line: str, days: list[Day]) -> int:
    """Letters of a line besides its days, what is said of them, and the name of a byline."""
    for day in reversed(days):
        line = f"{line[: day.start]} | {line[day.end :]}"
    parts = (part.strip() for part in PARTS_RE.split(line))
    beside = "".join(drop_jobs(part).replace(read_byline(part), "") for part in parts)
    return sum(map(str.isalpha, _SAID_OF_DAYS_RE.sub("", beside)))
