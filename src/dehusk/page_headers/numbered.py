"""Pages with numbers in a text that begins with something else: the documents of an archive's export, a digest's mails.

One after the other from the first one on, and with text between, such lines need no place at the text's beginning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from operator import itemgetter
from statistics import median

from dehusk.page_headers.forms import APART_CHARS, COUNTED_RE, Header, measure_between
from dehusk.page_headers.mail import read_mail

_LINE_CHARS, _FEWEST = 40, 3
"""A line that numbers a page is no longer, and so many follow upon each other."""
_MESSAGE_RE = re.compile(r"Message: (\d{1,4})$")
_DIGIT_RE = re.compile(r"\d")
_TOTAL_RE = re.compile(r" (?:of|von|de|di|из) \d")
_KINDS = ("document", "doc", "dokument", "documento", "документ", "record", "文档", "文件", "文書", "문서")
"""What exports number; of a page's own stories, items and sheets it has as many, too."""
_FIRSTS = frozenset("M" + "".join(kind[0] + kind[0].upper() for kind in _KINDS))
"""With which such a line begins, if it is a letter."""


def find_numbered(
    texts: Sequence[str], gaps: Sequence[int], *, goes_on: bool = False, lasts: str = ""
) -> list[Header]:
    """The headers that number documents or mails: from the first one on, or from any if the text goes on from another.

    `lasts` are the last characters of the lines, if known.

    >>> brief = "The road is closed until noon on Thursday, as far as is known here. " * 4
    >>> texts = ["A page.", "Document 1 of 3", brief, "Document 2 of 3", brief, "Document 3 of 3", brief]
    >>> [header.first for header in find_numbered(texts, [0] * 7)]
    [1, 3, 5]
    """
    runs, last = list[list[Header]](), 0
    for number, header in _read_numbers(texts, gaps, lasts or "".join(map(itemgetter(-1), texts))):
        if runs and number == last + 1 and header.name == runs[-1][-1].name:
            runs[-1].append(header)
        elif number == 1 or (goes_on and not runs):
            runs.append([header])
        else:
            continue
        last = number
    runs = [run for run in runs if len(run) >= _FEWEST and median(measure_between(run, texts)) >= APART_CHARS]
    return list(chain.from_iterable(runs))


def _read_numbers(texts: Sequence[str], gaps: Sequence[int], lasts: str) -> Iterator[tuple[int, Header]]:
    """The numbers and the headers that have them, each with the name of what is numbered."""
    for match in _DIGIT_RE.finditer(lasts):  # those that end with one are few
        i = match.start()
        if len(texts[i]) > _LINE_CHARS or (texts[i][0] not in _FIRSTS and texts[i][0].isalnum()):
            continue
        if message := _MESSAGE_RE.match(texts[i]):
            said, end = read_mail(texts, gaps, i)
            if said:
                yield int(message[1]), Header(i, end, said, True, "message")
        elif _TOTAL_RE.search(texts[i]) and (counted := COUNTED_RE.match(texts[i])):
            kind = counted[1].lower()
            if kind in _KINDS:
                yield int(counted[2]), Header(i, i + 1, {}, False, f"{kind}{counted[0][counted.end(2) :]}")
