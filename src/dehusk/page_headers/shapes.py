"""Headers of no known form: lines of one shape that hold an address or a file's name, as "# https://site.example/a".

Whoever writes such a line above a page writes it above each. The address or name, numbers and dates differ, and what
stands around these does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dehusk.page_headers.fields import read_address

_ADDRESS, _FILE, _TITLE = "{address}", "{file}", "{title}"
_ADDRESS_RE = re.compile(r"(?:https?://|(?<![\w.])www\.)[^\s<>\"'{}|\\^`]+", re.IGNORECASE)
_FILE_RE = re.compile(
    r"(?<![\w.@%~/\\-])[\w.@%~/\\-]{0,200}\w\.(?:x?html?|txt|text|md|json|xml|pdf|docx?|php|aspx?)(?![\w.])",
    re.IGNORECASE,
)
_CLOSING = ".,;:!?)]"
_NUMBER_RE = re.compile(r"\d{1,2}\.? [^\W\d_]{3,10}\.?,? \d{4}|[^\W\d_]{3,10} \d{1,2},? \d{4}|\d+")
"""A date in words counts as a number."""
_AROUND_CHARS, _AROUND_WORDS = 60, 6
"""No more than that stands around the address or name: there is a sentence where there is more."""
_WORD_RE = re.compile(r"[^\W\d_]{2,}")
_DIFFERS_RE = re.compile("[{0]")
_NUMBERED_RE = re.compile(r"[\[(#]? ?\d{1,6} ?[\]).:]{0,2}\s+(?=\S)")
_LEAD_RE = re.compile(r"^[^\w\s<\[({\"']{1,3}\s*")
_TITLED_RE = re.compile(rf"((?:{_LEAD_RE.pattern})?)([^\W_].{{0,198}}[^:,;.。：])$")
"""A title above an address, with signs before either or not."""
_NO_TITLE_RE = re.compile(r"\W*(?:page|document|article|item|result|source)?[\W\d_]*$", re.IGNORECASE)
_LINE_CHARS = 500
_FEWEST, _OTHERS_SHARE = 3, 0.9
"""So many headers, and such a share of them names what no other one does."""
_OF_BROWSERS = ("IFRAME:", "REFRESH(")
"""So lynx shows what a page holds of others, and where it leads."""
_END_RE = re.compile(
    r"([^\w\s])\1{1,20} ?/?(?:end|ende|fin|fine|fim|конец)\b[\w ]{0,30}[^\w\s]{2,21}$", re.IGNORECASE
)


class Named(NamedTuple):
    """What a line of some shape names."""

    shape: str
    """With marks for what differs; "" for a line of none."""
    name: str = ""
    url: str = ""
    """The name, if it is an address."""
    title: str = ""
    size: int = 1
    """Lines."""


def read_shape(texts: Sequence[str], first: int) -> Named:
    """The shape of the header that a line begins, and what it names.

    >>> read_shape(["Scraped from https://site.example/a on 2024-05-01"], 0)[:2]
    ('Scraped from {address} on 0-0-0', 'https://site.example/a')
    """
    text, below = texts[first], texts[first + 1] if first + 1 < len(texts) else ""
    if len(text) > _LINE_CHARS or text.startswith(_OF_BROWSERS):
        return Named("")
    if (address := read_address(below)) and (number := _NUMBERED_RE.match(text)):
        return Named(f"{_blank(number[0])}{_TITLE}", address, address, text[number.end() :], 2)
    if (address := read_address(_LEAD_RE.sub("", below))) and (titled := _TITLED_RE.match(text)):
        title = titled[2].rstrip(f" {titled[1]}")
        return Named(f"{titled[1]}{_TITLE}", address, address, "" if is_number(title) else title, 2)
    for sign, pattern in ((_ADDRESS, _ADDRESS_RE), (_FILE, _FILE_RE)):
        if found := pattern.search(text):
            name = found[0].rstrip(_CLOSING)
            around = [text[: found.start()], text[found.start() + len(name) :]]
            is_bare = _is_bare(around) and not pattern.search(around[1])
            shape = sign.join(map(_blank, around)) if is_bare else ""
            return Named(shape, name, name if sign == _ADDRESS else "")
    return Named("")


def is_number(text: str) -> bool:
    """Whether a line is a page's number and no title: "Document 7"."""
    return _NO_TITLE_RE.match(text) is not None


def _blank(text: str) -> str:
    return _NUMBER_RE.sub("0", text)


def _is_bare(around: Sequence[str]) -> bool:
    rest = _blank(" ".join(around))
    return len(rest) <= _AROUND_CHARS and len(_WORD_RE.findall(rest)) <= _AROUND_WORDS


def find_shaped(texts: Sequence[str], shape: str) -> Iterator[tuple[int, Named]]:
    """The headers of one shape: their lines, and what they name."""
    start = _DIFFERS_RE.split(shape, maxsplit=1)[0]
    signs = {_ADDRESS: ("://", "www."), _FILE: (".",), _TITLE: ("",)}
    first, second = next((*signs[sign], "\n")[:2] for sign in signs if sign in shape)
    for i, text in enumerate(texts):
        if text.startswith(start) and (first in text or second in text):
            named = read_shape(texts, i)
            if named.shape == shape:
                yield i, named


def is_titled(shape: str) -> bool:
    """Whether headers of a shape are a title without a number, and an address below it: so are entries of listings."""
    return shape.endswith(_TITLE) and "0" not in shape


def are_others(names: Sequence[str]) -> bool:
    """Whether what headers name are pages: enough of them, and hardly one twice."""
    return len(names) >= _FEWEST and len(set(names)) >= _OTHERS_SHARE * len(names)


def is_end(text: str) -> bool:
    """Whether a line says that a page ends above it.

    >>> is_end("<<< END >>>"), is_end("--- END OF DOCUMENT ---"), is_end("The end")
    (True, True, False)
    """
    return _END_RE.match(text) is not None
