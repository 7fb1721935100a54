"""What a page holds beside its text and no reader takes for it: marks of permalinks, numbers of lines, notes for
screen readers, a formula told a second time; and the text that a picture stands for, a formula's."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

_LEFT_OUT_RE = re.compile(r"editsection|viewcode-(?:link|back)|srclink", re.IGNORECASE | re.ASCII)
"""What links to a section's editor are marked with, and links to the code that a manual describes, and back."""
_TWIN_RE = re.compile(r"katex-html|mjx_assistive_mathml", re.IGNORECASE | re.ASCII)
"""The second of two tellings of a formula, where it is not the only one."""
_SPOKEN_RE = re.compile(
    r"sr-only|screen-reader|screenreader|visually-hidden|visuallyhidden|show-for-sr", re.IGNORECASE | re.ASCII
)
_SHOWN_RE = re.compile(r"not-sr-only", re.IGNORECASE | re.ASCII)
_PERMALINKS = frozenset(("¶", "#", "§", "🔗", "⚓", "⚓\ufe0e", "↩", "↩\ufe0e", "↩\ufe0f"))
_ICONS = ("\ue000", "\uf8ff")  # for private use, as fonts of icons do
_PERMALINK_BYTES = 64  # of a link's text with the white space around it
_NUMBERED = frozenset(
    "gutter rouge-gutter lineno linenos linenodiv line-number line-numbers linenumber linenumbers crayon-nums lnt"
    " lntd ln source-line-no file-line-num diff-line-num".split()
)
_FORMULA_MARKS = frozenset("latex tex math mathtex ql-img-inline-formula ql-img-displayed-equation".split())
_FORMULA_SOURCES = ("latex.php", "latex.codecogs", "mathtex.cgi", "mimetex.cgi")
_LISTING_LINES = frozenset(("line", "foldopen"))
_TOOLTIP = "ttc"
DIGITS = frozenset("0123456789")
_COUNT_CHARS = DIGITS | set(" \t\n\r\f")


def is_left_out(node: LexborNode) -> bool:
    """Whether an inline element is a link to edit what stands beside it, or to its code, or tells a formula again."""
    marks = node.attributes.get("class")
    if not marks:
        return False
    return bool(_LEFT_OUT_RE.search(marks) or (_TWIN_RE.search(marks) and node.prev is not None))


def is_spoken(node: LexborNode) -> bool:
    """Whether an inline element is said to screen readers alone."""
    marks = node.attributes.get("class")
    return bool(marks and _SPOKEN_RE.search(marks) and not _SHOWN_RE.search(marks))


def has_digit(node: LexborNode) -> bool:
    """Whether there is one in its text: prices are said once to the eye and once to the ear."""
    return not DIGITS.isdisjoint(node.text())


def is_permalink(node: LexborNode) -> bool:
    """Whether a link to a place on a page shows nothing but the mark of such links.

    >>> from selectolax.lexbor import LexborHTMLParser
    >>> [is_permalink(a) for a in LexborHTMLParser('<a href="#use">#</a><a href="#c2">#2</a>').css("a")]
    [True, False]
    """
    if "#" not in (node.attributes.get("href") or ""):
        return False
    text = node.text()
    mark = text.strip()
    is_icon = len(mark) == 1 and _ICONS[0] <= mark <= _ICONS[1]
    return (is_icon or mark in _PERMALINKS) and len(text.encode()) < _PERMALINK_BYTES


def is_line_number(node: LexborNode) -> bool:
    """Whether an element is marked as the numbers beside the lines of code, and holds nothing else."""
    marks = node.attributes.get("class") or ""
    if not marks.isascii() or _NUMBERED.isdisjoint(marks.lower().split()):
        return False
    chars = set(node.text())
    return chars <= _COUNT_CHARS and not chars.isdisjoint(DIGITS)


def is_listing(node: LexborNode) -> bool:
    """Whether an element is code as Doxygen writes it: a `<div>` a line, in which white space counts by its style.

    >>> from selectolax.lexbor import LexborHTMLParser
    >>> html = "<div class=fragment><div class=line>x = 1</div></div><div class=fragment><p>x</p></div>"
    >>> [is_listing(div) for div in LexborHTMLParser(html).css(".fragment")]
    [True, False]
    """
    if node.tag != "div" or "fragment" not in _list_names(node):
        return False
    first = node.first_child
    return first is not None and first.tag == "div" and not _LISTING_LINES.isdisjoint(_list_names(first))


def is_tooltip(node: LexborNode) -> bool:
    """Whether an element is what such code shows where the mouse rests."""
    return node.tag == "div" and _TOOLTIP in _list_names(node)


def _list_names(node: LexborNode) -> list[str]:
    return (node.attributes.get("class") or "").lower().split()


def read_formula(picture: LexborNode) -> str:
    """What a picture of a formula says instead of it, in TeX mostly: a part of the sentence; "" of other pictures.

    >>> from selectolax.lexbor import LexborHTMLParser
    >>> [read_formula(img) for img in LexborHTMLParser("<img class=latex alt=G><img alt=Gate>").css("img")]
    ['G', '']
    """
    attributes = picture.attributes
    text = attributes.get("alt") or ""
    marks, source = attributes.get("class") or "", attributes.get("src") or ""
    if not text or text.isspace():
        return ""
    is_marked = marks.isascii() and not _FORMULA_MARKS.isdisjoint(marks.lower().split())
    return text if is_marked or any(part in source for part in _FORMULA_SOURCES) else ""
