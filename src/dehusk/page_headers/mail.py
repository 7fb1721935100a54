"""The header of a mail in an archive: "From ann@site.example Tue May 14 09:12:44 2019", "From: ...", "Subject: ..."."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from email.errors import HeaderParseError
from email.header import decode_header, make_header

from dehusk.page_headers.fields import HEADER_LINES, LONGEST_LINE

_MBOX_RE = re.compile(r"From \S.{0,100}?\d{1,2}:\d\d.{0,20}\b\d{4}\b.{0,10}$")
"""As files of many mails have it above each of them."""
_FIELD_RE = re.compile(r"([A-Za-z][A-Za-z-]{1,40}):(?:\s+(.*))?$")
_SAID = frozenset(("from", "subject", "date", "to", "message-id", "newsgroups"))
_FEWEST_SAID, _LAST_LINES = 3, 3
"""Of these so many are in the header of a mail, besides who wrote it; and so many lines of a field that goes on at most
stand at its end."""
_REPLY_RE = re.compile(
    r"(?:(?:re|aw|antw|antwort|sv|rv|rif|odp|fwd?|wg|tr)(?:\[\d+\])?\s*[:：]\s*)+", re.IGNORECASE
)
_CHARSET_RE = re.compile(
    r"us-ascii|utf-8|iso-8859-\d{1,2}|windows-125\d|koi8-[ru]|gb(?:2312|k|18030)|big5|euc-(?:jp|kr)|shift_jis|iso-2022-jp",
    re.IGNORECASE,
)
"""Of what a mail names, what browsers know: Python would look up any other (idna, unicode_escape)."""
_NAME_RE = re.compile(r"\"?([^<>\"]+?)\"?\s*<[^<>]*>$|\S+(?: at \S+)?\s+\((.+)\)$")
"""In front of an address, or behind it."""


def find_mail_start(text: str) -> str:
    """How a line begins that may be the first of a mail's header, in small letters; "" for another."""
    if _MBOX_RE.match(text):
        return "from "
    field = _FIELD_RE.match(text[:LONGEST_LINE])
    return f"{field[1].lower()}:" if field and text[:1].isupper() else ""


def read_mail(texts: Sequence[str], gaps: Sequence[int], first: int) -> tuple[dict[str, str], int]:
    """What the header says that begins with a line, and the line behind it; nothing and `first` where it is none.

    It ends with a blank line, and stands below one, and has a date or number: a mail quotes the headers of others.
    """
    begin = first + bool(_MBOX_RE.match(texts[first]))
    end = begin
    while end < min(len(texts), begin + HEADER_LINES) and (end == begin or gaps[end] == 0):
        end += 1
    fields = dict[str, str]()
    last = begin
    for i, name, value in _unfold(texts[begin:end]):
        fields.setdefault(name, value)
        last = begin + i
    known = _SAID & fields.keys()
    is_glued = end - last > _LAST_LINES  # to the text
    is_one = "from" in known and (begin > first or not known.isdisjoint(("date", "message-id")))
    if not is_one or len(known) < _FEWEST_SAID - (begin > first) or (first and gaps[first] == 0):
        return {}, first
    facts = {
        "title": fields.get("subject", ""),
        "author": _read_name(fields["from"]),
        "date": fields.get("date", ""),
    }
    title = decode_words(facts["title"])
    reply = _REPLY_RE.match(title)
    facts["title"] = title[reply.end() if reply else 0 :]
    return {fact: said for fact, said in facts.items() if said}, last + 1 if is_glued else end


def _unfold(texts: Sequence[str]) -> Iterator[tuple[int, str, str]]:
    """The fields from the first line on: the number of each one's line, its name, what it says over its lines."""
    found = list[tuple[int, str, str]]()
    for i, text in enumerate(texts):
        if field := _FIELD_RE.match(text[:LONGEST_LINE]):
            found.append((i, field[1].lower(), field[2] or ""))
        elif found and i - found[-1][0] < _LAST_LINES:
            found[-1] = (*found[-1][:2], f"{found[-1][2]} {text[:LONGEST_LINE]}".strip())
        else:
            break
    return iter(found)


def _read_name(sender: str) -> str:
    """The name of who sent a mail; "" where only the address is known."""
    found = _NAME_RE.match(" ".join(decode_words(sender).split()))  # many spaces took time
    name = (found[1] or found[2] or "").strip() if found else ""
    return "" if "@" in name else name


def decode_words(value: str) -> str:
    """What a field says in letters: "=?utf-8?q?Gr=C3=BC=C3=9Fe?=" is ASCII's way to say it."""
    if "=?" not in value:
        return value
    try:
        parts = decode_header(value)
        is_known = all(charset is None or _CHARSET_RE.fullmatch(charset) for _, charset in parts)
        return str(make_header(parts)) if is_known else value
    except (HeaderParseError, LookupError, UnicodeError):
        return value
