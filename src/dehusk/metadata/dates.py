"""Days out of attributes, addresses and lines of text, in the forms of many languages.

A day is "YYYY-MM-DD", as written: no time zone is applied, for what a reader of the page sees is its date.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import NamedTuple

EARLIEST = date(1990, 1, 1)
"""The web is not older; years before are birthdays, foundings and the zero of a clock."""
LATEST = date(2030, 12, 31)
"""A fixed day, not today: the same page must give the same record whenever it is cleaned."""

_YEAR = r"(?:19|20)\d\d"
_NUMBER = r"[0-3]?\d"
# Not \w: vowel signs of Indian scripts are none. Four months of the Levant have two words.
_WORD = r"(?:(?:كانون|تشرين) (?:الأول|الثاني)|[^\s\d.,;:/()|•·⋅_\-]{2,14})"
_ISO_RE = re.compile(rf"(?<!\d)({_YEAR})([-/.])([01]?\d)\2({_NUMBER})(?!\d)")
_COMPACT_RE = re.compile(rf"({_YEAR})([01]\d)([0-3]\d)(?!\d)")
_CJK_RE = re.compile(rf"({_YEAR})\s?[年년]\s?([01]?\d)\s?[月월]\s?({_NUMBER})\s?[日일号號]")
_SPACED_RE = re.compile(rf"(?<!\d)({_YEAR})\.\s([01]?\d)\.\s({_NUMBER})(?=\.|\s*(?:$|[|(·]|\d?\d:))")
_DAY_FIRST_RE = re.compile(
    rf"(?<![\d.,])({_NUMBER})(?:st|nd|rd|th|er|\.|º|ª|°)?[\s\-/]{{0,2}}(?:de |of )?"
    rf"(?=\D{{2}})({_WORD})[.,]?[\s\-/](?:de |del |,)?\s?({_YEAR})(?!\d)"
)
_MONTH_FIRST_RE = re.compile(
    rf"(?<!\w)({_WORD})[.,]?\s({_NUMBER})(?:st|nd|rd|th)?(?:,\s?|\s|\.\s)(?:\d\d:\d\d(?::\d\d)?\s(?:[A-Z]{{2,5}}\s|[+-]\d{{4}}\s)?)?"
    rf"({_YEAR})(?!\d)"
)
_YEAR_FIRST_RE = re.compile(rf"(?<!\d)({_YEAR})[.,]?\s(?:m\.\s)?({_WORD})\s({_NUMBER})(?!\d)")
_DOTTED_RE = re.compile(rf"(?<![\d.])({_NUMBER})\.\s?([01]?\d)\.\s?({_YEAR})(?!\d)")
_SLASHED_RE = re.compile(rf"(?<![\d/])({_NUMBER})([/-])({_NUMBER})\2({_YEAR})(?![\d/])")
_HALF_DAY_RE = re.compile(r",?\s{1,2}(?:at\s)?[01]?\d(?:[:.]\d\d){0,2}\s?[ap]\.?m\b", re.IGNORECASE)
"""A clock of twelve hours behind three numbers: who writes it puts the month first, nearly always."""
_URL_RE = re.compile(rf"/({_YEAR})([/-]?)([01]\d)\2([0-3]\d)(?!\d)")
_VIETNAMESE_RE = re.compile(
    rf"(?<!\d)({_NUMBER})\stháng\s([01]?\d),?\s(?:năm\s)?({_YEAR})(?!\d)", re.IGNORECASE
)
_THAI_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "มกราคม ม.ค.", "กุมภาพันธ์ ก.พ.", "มีนาคม มี.ค.", "เมษายน เม.ย.", "พฤษภาคม พ.ค.", "มิถุนายน มิ.ย.",
            "กรกฎาคม ก.ค.", "สิงหาคม ส.ค.", "กันยายน ก.ย.", "ตุลาคม ต.ค.", "พฤศจิกายน พ.ย.", "ธันวาคม ธ.ค.",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_THAI_RE = re.compile(
    rf"(?<!\d)({_NUMBER})\s?({'|'.join(map(re.escape, _THAI_MONTHS))})\s?(?:[พค]\.ศ\.\s?)?"
    r"((?:19|20|25)\d\d)(?!\d)"
)
_BUDDHIST_YEARS = 543  # ahead of ours
# 25: Thai years. What begins with a look back is tried at every place, which takes twice the time.
_MAY_HOLD_RE = re.compile(r"(?:19|20|25)(?<!\d\d\d)\d\d(?!\d)")
# Arabic, Persian, Devanagari, Bengali, Thai and full-width digits.
_ZEROS = "\u0660\u06f0\u0966\u09e6\u0e50\uff10"
_NATIVE_DIGITS = {ord(zero) + digit: str(digit) for zero in _ZEROS for digit in range(10)}
_NATIVE_RE = re.compile(f"[{''.join(map(chr, _NATIVE_DIGITS))}]")

# With the groups of year, month and day, and signs of which one is in each such day, if there are any: a quick look
# before a search that begins at every place.
_FORMS = (
    (_ISO_RE, (1, 3, 4), "-/."),
    (_CJK_RE, (1, 2, 3), "年년"),
    (_SPACED_RE, (1, 2, 3), "."),
    (_DOTTED_RE, (3, 2, 1), "."),
    (_DAY_FIRST_RE, (3, 2, 1), ""),
    (_MONTH_FIRST_RE, (3, 1, 2), ""),
    (_YEAR_FIRST_RE, (1, 2, 3), ""),
    (_VIETNAMESE_RE, (3, 2, 1), "áÁ"),
)

# Full names, genitives and abbreviations; a language is here when its pages are common on the web.
_MONTH_NAMES = (
    "january jan januar jänner januari janvier janv enero ene gennaio gen janeiro tammikuuta stycznia"
    " ledna leden января янв січня ocak ianuarie január ιανουαρίου ιαν يناير كانون_الثاني جانفي जनवरी"
    " januára jaanuar sausio siječnja януари јануара јануар ינואר בינואר ژانویه جنوری জানুয়ারি"
    " জানুয়ারী ஜனவரி जानेवारी gener",
    "february feb februar februari février févr fév febrero febbraio febbr fevereiro fev helmikuuta"
    " lutego února únor февраля фев лютого şubat februarie február φεβρουαρίου φεβ فبراير شباط فيفري"
    " फरवरी फ़रवरी februára veebruar vasario veljače февруари фебруара פברואר בפברואר فوریه فروری"
    " ফেব্রুয়ারি ফেব্রুয়ারী பிப்ரவரி फेब्रुवारी febrer",
    "march mar märz mär maart mrt mars marzo março maaliskuuta marca března březen марта мар березня"
    " mart maret martie március μαρτίου μαρ مارس آذار मार्च märts kovo ožujka מרץ מרס במרץ במרס مارچ"
    " মার্চ மார்ச் març",
    "april apr avril avr abril abr aprile huhtikuuta kwietnia dubna duben апреля апр квітня nisan"
    " aprilie április απριλίου απρ أبريل إبريل ابريل نيسان أفريل अप्रैल apríla aprila aprill"
    " balandžio travnja април априла אפריל באפריל آوریل اپریل এপ্রিল ஏப்ரல் एप्रिल",
    "may mai mei maj mayo maggio mag maio toukokuuta maja května květen мая май травня mayıs május"
    " μαΐου μαϊ مايو أيار ماي मई mája gegužės svibnja мај маја מאי במאי مه مئی মে மே मे maig",
    "june jun juni juin junio giugno giu junho kesäkuuta czerwca června červen июня июн червня"
    " haziran iunie június ιουνίου ιουν يونيو حزيران جوان जून júna juuni birželio lipnja juna junija"
    " юни јуна јун יוני ביוני ژوئن জুন ஜூன் juny",
    "july jul juli juillet juil julio luglio lug julho heinäkuuta lipca července červenec июля июл"
    " липня temmuz iulie július ιουλίου ιουλ يوليو تموز يوليوز جويلية जुलाई júla juuli liepos srpnja"
    " jula julija юли јула јул יולי ביולי ژوئیه جولائی জুলাই ஜூலை जुलै juliol julai",
    "august aug augustus août agosto ago augusti elokuuta sierpnia srpna srpen августа авг серпня"
    " ağustos agustus augusztus αυγούστου αυγ أغسطس اغسطس آب غشت أوت अगस्त augusta avgust avgusta"
    " rugpjūčio kolovoza август אוגוסט באוגוסט اوت اگست আগস্ট ஆகஸ்ட் ऑगस्ट agost ogos",
    "september sept sep septembre septiembre settembre set setembro syyskuuta września září сентября"
    " сен вересня eylül septembrie szeptember σεπτεμβρίου σεπ سبتمبر أيلول شتنبر सितंबर सितम्बर"
    " septembra rugsėjo rujna септември септембра ספטמבר בספטמבר سپتامبر ستمبر সেপ্টেম্বর செப்டம்பர்"
    " सप्टेंबर setembre",
    "october oct oktober okt octobre octubre ottobre ott outubro out lokakuuta października října"
    " říjen октября окт жовтня ekim octombrie október οκτωβρίου οκτ أكتوبر اكتوبر تشرين_الأول अक्टूबर"
    " अक्तूबर októbra oktobra oktoober spalio октомври октобра אוקטובר באוקטובר اکتبر اکتوبر অক্টোবর"
    " அக்டோபர் ऑक्टोबर",
    "november nov novembre noviembre novembro marraskuuta listopada listopadu ноября ноя листопада"
    " kasım noiembrie νοεμβρίου νοε نوفمبر تشرين_الثاني نونبر नवंबर नवम्बर novembra lapkričio"
    " studenoga studenog ноември новембра נובמבר בנובמבר نوامبر نومبر নভেম্বর நவம்பர் नोव्हेंबर",
    "december dec dezember dez décembre déc diciembre dic dicembre dezembro joulukuuta grudnia"
    " prosince prosinec декабря дек грудня aralık desember decembrie δεκεμβρίου δεκ ديسمبر"
    " كانون_الأول دجنبر दिसंबर दिसम्बर decembra detsember gruodžio prosinca декември децембра דצמבר"
    " בדצמבר دسامبر دسمبر ডিসেম্বর டிசம்பர் डिसेंबर disember desembre",
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}


class Day(NamedTuple):
    """What has the form of a day, and where it stands."""

    start: int
    end: int
    day: str
    """"YYYY-MM-DD", or "" where there is no such day, or it is out of the years that count."""
    is_early: bool
    """Whether it is before 1990, as a birthday is."""


def find_day(text: str, *, month_first: bool | None = None) -> str:
    """The first day written out in `text`, or "" when there is none, or only impossible ones.

    A day of three numbers with slashes is read day first unless that is impossible or `month_first`, which None leaves
    to the clock behind it: month first before AM or PM.
    Days before 1990 or after 2030 are none.

    >>> find_day("Published: Aug. 5th, 2024"), find_day("vom 3. März 2021"), find_day("2020年1月2日")
    ('2024-08-05', '2021-03-03', '2020-01-02')
    >>> find_day("١٢ مارس ٢٠٢٤"), find_day("12 มี.ค. 2567"), find_day("ngày 12 tháng 3 năm 2024")
    ('2024-03-12', '2024-03-12', '2024-03-12')
    >>> find_day("02/13/2020"), find_day("13/02/2020"), find_day("99/99/2020"), find_day("03-08-2016, 07:41 PM")
    ('2020-02-13', '2020-02-13', '', '2016-03-08')
    """
    text = _fold_digits(text)
    if not _may_hold(text):
        return ""
    return _find_first(text, month_first=month_first).day


def may_hold_day(text: str) -> bool:
    """Whether a year stands in `text`: a quick look before a closer one."""
    return _may_hold(_fold_digits(text))


def _may_hold(text: str) -> bool:
    may_be = "20" in text or "19" in text or "25" in text
    return may_be and bool(_MAY_HOLD_RE.search(text) or _COMPACT_RE.match(text))


def _fold_digits(text: str) -> str:
    """The text with ASCII's digits for those of its script, place by place."""
    return text if text.isascii() or not _NATIVE_RE.search(text) else text.translate(_NATIVE_DIGITS)


def split_at_day(text: str) -> tuple[str, str]:
    """What stands before and after the day that `find_day` finds; all of it before, if there is none."""
    folded = _fold_digits(text)
    if not _may_hold(folded):
        return text, ""
    found = _find_first(folded)
    return text[: found.start], text[found.end :]


def find_days(text: str) -> list[Day]:
    """All that has the form of a day, in order, without what overlaps an earlier one."""
    found: list[Day] = []
    text = _fold_digits(text)
    if _may_hold(text):
        for day in sorted(_list_days(text, None)):
            if not found or day.start >= found[-1].end:
                found.append(day)
    return found


def find_day_in_url(url: str) -> str:
    """The day in a path like /2024/08/05/ or /2024-08-05-name, or "".

    >>> find_day_in_url("https://example.org/news/2024/08/05/storm")
    '2024-08-05'
    """
    match = _URL_RE.search(url)
    return _make_day(match.span(), match.group(1, 3, 4)).day if match else ""


def _find_first(text: str, *, month_first: bool | None = None) -> Day:
    days = (found for found in _list_days(text, month_first) if found.day)
    return min(days, default=Day(len(text), len(text), "", is_early=False))


@lru_cache(maxsize=1 << 8)  # a line near a title is asked for its days up to five times
def _list_days(text: str, month_first: bool | None) -> tuple[Day, ...]:
    """All that has the form of a day."""
    found = [
        _make_day(match.span(), (match[year], _read_month(match[month]), match[day]))
        for pattern, (year, month, day), signs in _FORMS
        if not signs or any(map(text.__contains__, signs))
        for match in pattern.finditer(text)
    ]
    for match in () if text.isascii() else _THAI_RE.finditer(text):
        year = int(match[3]) - (_BUDDHIST_YEARS if match[3].startswith("25") else 0)
        found.append(_make_day(match.span(), (str(year), str(_THAI_MONTHS[match[2]]), match[1])))
    if compact := _COMPACT_RE.match(text):  # in the middle of a text it is some other number
        found.append(_make_day(compact.span(), compact.group(1, 2, 3)))
    for match in _SLASHED_RE.finditer(text):
        is_half_day = _HALF_DAY_RE.match(text, match.end()) is not None
        found.append(_read_slashed(match, month_first=is_half_day if month_first is None else month_first))
    return tuple(found)


def _read_month(text: str) -> str:
    return text if text.isdecimal() else str(_MONTHS.get(text.lower().replace(" ", "_"), 0))


def _read_slashed(match: re.Match[str], *, month_first: bool) -> Day:
    first, second, year = match[1], match[3], match[4]
    likely, other = (first, second) if month_first else (second, first)
    found = _make_day(match.span(), (year, likely, other))
    return found if found.day else _make_day(match.span(), (year, other, likely))


def _make_day(span: tuple[int, int], numbers: tuple[str, ...]) -> Day:
    """Of the numbers of a year, a month and a day."""
    year, month, day = numbers
    try:
        made = date(int(year), int(month), int(day))
    except ValueError:
        return Day(*span, "", is_early=False)
    return Day(*span, made.isoformat() if EARLIEST <= made <= LATEST else "", made < EARLIEST)
