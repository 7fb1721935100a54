"""What stands between pages and not above the first: tokens, odd lines, and the address of the page above.

No first lines show it: it tells itself by how it comes again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate, pairwise
from operator import itemgetter
from statistics import median
from urllib.parse import urlsplit

from dehusk.page_headers.fields import FIELDS, read_address, read_field
from dehusk.page_headers.rules import are_apart
from dehusk.page_headers.shapes import is_end
from dehusk.words import count_letters

BREAK, BELOW = "break ", "below "
"""With which the forms begin; of the second one, what the page above is."""
_TOKENS = frozenset(
    "<|endoftext|> <|end_of_text|> <|end_of_document|> <|endofdocument|> <|document|> <|eod|> <eod> <eos> </s> [sep] "
    "[eos] [eod] [doc]".split()
)
_FEWEST_TOKENS, _FEWEST_ODD, _FEWEST_ADDRESSES, _MANY_ADDRESSES = 2, 3, 3, 20
_ODD_SIGNS, _ODD_CHARS, _ODD_KINDS = "<>@%$&!|\\", (6, 200), 3
"""Of such signs and so long is an odd line, and of so many different ones at most: no rule of a page itself is, no
field of a form and nothing in code, nor do they rate anything, as stars do."""
_FIRST_RE, _LAST_RE = re.compile(r"[<>@%$&!|\\\[]"), re.compile("[=*~#<>-]")
"""With which odd lines and tokens begin, and with which a line ends that says that a page does: "--- END ---"."""
_EARLY_LINES = 1000
"""Among so many lines the first page ends, if that is said."""
_APART_CHARS = 200
"""Between most addresses there is so much text."""
_LAST_LINES = 2
"""Among the last so many lines of a text the last page's address stands."""


def find_break_form(texts: Sequence[str], firsts: str = "", lasts: str = "") -> str:
    """The form of the lines between the pages of a text, "" for none; `firsts` and `lasts` are their first and last
    characters, if known.

    >>> brief = "The road is closed until noon on Thursday, as far as is known here."
    >>> find_break_form([brief, "[SEP]", brief, "[SEP]", brief])
    'break [SEP]'
    """
    return _find_line(texts, firsts, lasts) or _find_below(texts)


def _find_line(texts: Sequence[str], firsts: str, lasts: str) -> str:
    # Signs are looked for in one string: that takes a third of the time.
    firsts = firsts or "".join(map(itemgetter(0), texts))
    lasts = lasts[:_EARLY_LINES] or "".join(map(itemgetter(-1), texts[:_EARLY_LINES]))
    found = filter(_may_break, (texts[match.start()] for match in _FIRST_RE.finditer(firsts)))
    ends = filter(is_end, (texts[match.start()] for match in _LAST_RE.finditer(lasts)))
    places: dict[str, list[int]] = {line: [] for line in (*found, *ends)}
    if places:  # all of them at once: a hostile text has a thousand, and each three times
        for i, text in enumerate(texts):
            if text in places:
                places[text].append(i)
    sums = _add_up(texts) if places else []
    for line, at in places.items():
        is_often = len(at) >= (_FEWEST_TOKENS if line.lower() in _TOKENS else _FEWEST_ODD)
        if is_often and are_apart(_measure_between(sums, at)):
            return BREAK + line
    return ""


def _may_break(text: str) -> bool:
    is_size = _ODD_CHARS[0] <= len(text) <= _ODD_CHARS[1]
    is_odd = is_size and not text.strip(_ODD_SIGNS) and len(set(text)) <= _ODD_KINDS
    return is_odd or text.lower() in _TOKENS


def _find_below(texts: Sequence[str]) -> str:
    """The form of the addresses that stand below their pages: of one site, each another, the last one at the end."""
    wanted = next((key for key, _ in map(read_below, texts[: -_LAST_LINES - 1 : -1]) if key), "")
    below = enumerate(map(read_below, texts)) if wanted else ()
    found = {i: address for i, (key, address) in below if key == wanted}
    are_others = len(set(found.values())) == len(found) >= _FEWEST_ADDRESSES <= min(found)
    if not are_others or len(set(map(read_host, found.values()))) > 1:
        return ""
    between = _measure_between(_add_up(texts), [-1, *found])
    return BELOW + wanted if are_apart(between) and median(between) >= _APART_CHARS else ""


def end_below(lines: list[str]) -> list[str]:
    """The lines of the first part of a text, to the last address if there are so many that they may be of pages."""
    found = [i for i, line in enumerate(lines) if read_below(line)[0]]
    return lines[: found[-1] + 1] if len(found) >= _MANY_ADDRESSES else lines


def read_below(text: str) -> tuple[str, str]:
    """What the line of an address is called, and the address; "" and "" for another line."""
    if "://" not in text and text[:4] != "www.":
        return "", ""
    if address := read_address(text):
        return "address", address
    name, value = read_field(text)
    address = read_address(value) if FIELDS.get(name) == "url" else ""
    return (f"field {name}", address) if address else ("", "")


def read_host(address: str) -> str:
    """The host of an address; one that is none, as with a single bracket in it, is a host of its own."""
    try:
        return urlsplit(address.lower())[1]
    except ValueError:
        return address


def _add_up(texts: Sequence[str]) -> list[int]:
    """Letters above each line, and in all."""
    return list(accumulate(map(count_letters, texts), initial=0))


def _measure_between(sums: Sequence[int], places: Sequence[int]) -> list[int]:
    """Letters between one line and the next; `sums` are those above each."""
    return [sums[below] - sums[above + 1] for above, below in pairwise(places)]
