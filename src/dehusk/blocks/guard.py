"""What the parser must never be given: one linear scan of the markup before it.

Lexbor is quadratic or worse in nesting depth (100,000 <div> took 23 s), in the attributes of one tag (40,000
took 26 s), in open formatting tags (a page of 60 KB took 21 s) and in the different names of attributes of a page
(320,000 took 42 s), and has no limits of its own.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from dehusk.errors import UnreadablePage
from dehusk.model import Limits
from dehusk.native import find_address, load_kernels

# Of the standard's list without "a" and "nobr", of which a second one closes the first.
_FORMATTING = frozenset("b big code em font i s small strike strong tt u".split())
# Elements that never nest by themselves: void ones, and those that end where another of them begins.
_FLAT = (
    "area|base|basefont|br|col|embed|frame|hr|image|img|input|link|meta|param|source|track|wbr"
    "|p|li|dt|dd|tr|td|th|tbody|thead|tfoot|option|optgroup|rb|rp|rt|rtc"
)
_FOREIGN = ("svg", "math")
# HTML elements that end an <svg> or <math> they are found in.
_BREAKOUT = frozenset(
    "b big blockquote body center code div dl em h1 h2 h3 h4 h5 h6 head i menu nobr ol pre ruby s small span"
    " strong strike sub sup table tt u ul var font".split()
)
_FEW_TAGS = 1_000  # what so few tags can make the parser do is done in a tenth of a second
# A page of so few tags is parsed in half a second however they nest; the walk over its tree holds it to the limit.
_HARMLESS_TAGS = 20_000
_WORK_MAX = 20_000_000  # open formatting tags x tags: what the parser may have to make anew (2 s)
NAMES_MAX = 20_000  # of attributes of a page: 20 ms, each ten times 0.16 s; 80,000 take 0.3 s, 320,000 42 s
_CUTS_TRIED = 20  # in four thousand characters: one of the first three does on nearly all pages


def _table(size: int, codes: Iterable[int]) -> NDArray[np.bool_]:
    table = np.zeros(size, np.bool_)
    table[list(codes)] = True
    table.setflags(write=False)
    return table


_IS_SPACE = _table(256, b" \t\n\v\f\r/")  # with what else parts attributes
_IS_QUOTE = _table(256, b"\"'")
_TAG_START_RE = re.compile(rb"<[/a-zA-Z]")
_SPACES_MAX = 20  # before a quote; with more of them it counts as one that opens a value
_IS_FORMATTING = _table(
    1 << 16,
    (
        ord(first) << 8 | ord(second)
        for name in _FORMATTING
        for first in (name[0], name[0].upper())
        for second in ((name[1], name[1].upper()) if len(name) > 1 else "/> \t\n\v\f\r")
    ),
)

# The tokeniser of the HTML standard as far as it decides where a tag ends: quoted values may hold ">", comments
# and raw text may hold anything. Every repeat is possessive: nothing is ever tried twice.
_ATTRIBUTE = r"[\s/]*+[^\s>/][^\s>/=]*+(?:\s*+=\s*+(?:\"[^\"]*+\"?+|'[^']*+'?+|[^\s>]*+))?+"
_COMMENT = r"<!--(?:-?+>|(?:[^-]++|-(?!-!?+>))*+(?:--!?+>|\Z))"
_ANY_ATTRIBUTES = rf"(?:{_ATTRIBUTE})*+[\s/]*+>?+"
# <script> inside <!-- inside <script> hides one </script>: the standard's "double escaped" state.
_DOUBLE_ESCAPED = r"(?:[^<-]++|-(?!->)|<(?!/script[\s/>]))*+(?:</script[\s/>]|(?=-->)|\Z)"
_ESCAPED = rf"<!--(?:[^<-]++|-(?!->)|<script[\s/>]{_DOUBLE_ESCAPED}|<(?!/?+script[\s/>]))*+(?:-->)?+"
_SCRIPT = rf"<script(?=[\s/>]){_ANY_ATTRIBUTES}(?:[^<]++|{_ESCAPED}|<(?!/script[\s/>]|!--))*+"
_RAW_TEXT = "|".join(
    rf"<{name}(?=[\s/>]){_ANY_ATTRIBUTES}(?:[^<]++|<(?!/{name}[\s/>]))*+"
    for name in ("style", "textarea", "title", "xmp", "iframe", "noembed", "noframes")
)
_WHOLE_TAG_RE = re.compile(
    rf"(?:{_SCRIPT}|{_RAW_TEXT}|{_COMMENT})|<(/?+)(?!(?:{_FLAT})[\s/>])([a-z][^\s/>]*+)(?:{_ATTRIBUTE})*+\s*+(/?+)",
    re.IGNORECASE,
)

_TAG_OR_RAW_RE = re.compile(rf"{_SCRIPT}|{_RAW_TEXT}|{_COMMENT}|</?+[a-z]".encode(), re.IGNORECASE)
_OPENED_RE = re.compile(rf"</?+[a-z][^\s>/]*+((?:{_ATTRIBUTE})*+)".encode(), re.IGNORECASE)
_NAME_RE = re.compile(_ATTRIBUTE.replace(r"[^\s>/][^\s>/=]*+", r"([^\s>/][^\s>/=]*+)", 1).encode())


def _compile_scanner(attributes: int) -> re.Pattern[str]:
    """Matches as much of a page as has no tag with more attributes than allowed."""
    tag = rf"</?+[a-zA-Z][^\s>/]*+(?:{_ATTRIBUTE}){{0,{attributes}}}+[\s/]*+(?:>|\Z)"
    other = r"<[!?](?!--)[^>]*+>?+|</(?![a-zA-Z])[^>]*+>?+|<(?![a-zA-Z/!?])"
    return re.compile(
        rf"(?:[^<]++|(?=<[st]|<[xin])(?:{_SCRIPT}|{_RAW_TEXT})|{tag}|{_COMMENT}|{other})*+", re.IGNORECASE
    )


@cache
def _compile_tag(attributes: int) -> re.Pattern[bytes]:
    """Matches a whole tag that has no more attributes than allowed."""
    tag = rf"</?+[a-zA-Z][^\s>/]*+(?:{_ATTRIBUTE}){{0,{attributes}}}+[\s/]*+(?:>|\Z)"
    return re.compile(tag.encode())


_DEFAULT_ATTRIBUTES = Limits().attributes
_DEFAULT_SCANNER_RE = _compile_scanner(_DEFAULT_ATTRIBUTES)


def check_markup(markup: bytes, limits: Limits, *, source: str = "") -> None:
    """Refuse what would take the parser more than linear time; nothing comes back.

    Raises:
        UnreadablePage: "too-large", "too-many-tags", "too-many-attributes", "too-deep" or
            "too-many-open-tags".

    >>> check_markup(b"<div>" * 50_000, Limits(), source="a.html")
    Traceback (most recent call last):
    ...
    dehusk.errors.UnreadablePage: a.html: too-deep: elements nest deeper than 2000
    """
    if len(markup) > limits.bytes:
        raise UnreadablePage(source, "too-large", f"more than {limits.bytes} bytes")
    tags, formatting = _count_tags(markup)
    if tags > limits.tags:
        raise UnreadablePage(source, "too-many-tags", f"more than {limits.tags} tags")
    if not _has_short_tags(markup, limits.attributes):
        _check_attributes(markup.decode(), limits, source)
    if not _has_few_names(markup):
        _check_names(markup, source)
    if tags > _FEW_TAGS:
        _check_nesting(markup, tags, formatting, limits=limits, source=source)


def _check_attributes(content: str, limits: Limits, source: str) -> None:
    scanner = _DEFAULT_SCANNER_RE
    if limits.attributes != _DEFAULT_ATTRIBUTES:
        scanner = _compile_scanner(limits.attributes)
    match = scanner.match(content)
    if match is not None and match.end() < len(content):
        raise UnreadablePage(
            source, "too-many-attributes", f"a tag has more than {limits.attributes} attributes"
        )


def _has_few_names(data: bytes) -> bool:
    """Whether the tags of a page cannot have too many different names of attributes; "no" means nothing yet."""
    if len(data) <= 2 * NAMES_MAX:
        return True
    kernels = load_kernels()
    if kernels is None:
        return _count_begins(data) <= NAMES_MAX
    return bool(kernels.has_few_names(data, len(data), NAMES_MAX))


def _check_names(content: bytes, source: str) -> None:
    """Tag by tag, those in scripts and comments not among them."""
    names: set[bytes] = set()
    at = 0
    while found := _TAG_OR_RAW_RE.search(content, at):
        at = found.end()
        if opened := _OPENED_RE.match(content, found.start()):  # the tag, or that of a script
            names.update(map(bytes.lower, _NAME_RE.findall(opened[1])))
            at = max(at, opened.end())
        if len(names) > NAMES_MAX:
            detail = f"its tags have more than {NAMES_MAX} different attributes"
            raise UnreadablePage(source, "too-many-attributes", detail)


def _has_short_tags(data: bytes, attributes: int) -> bool:
    """Whether no tag can have more attributes than allowed; "no" means nothing yet."""
    kernels = load_kernels()
    if kernels is None:
        return _has_short_tags_here(data, attributes)
    return bool(kernels.has_short_tags(data, len(data), attributes))


def _has_short_tags_here(data: bytes, attributes: int) -> bool:
    """The same without the kernels; one of the two may say "no" where the other says "yes".

    An attribute takes two characters, so that no tag is too long where a ">" that ends any tag stands every so often.
    Whatever looks like the start of a tag counts, in scripts and comments too.
    """
    reach = 2 * attributes
    safe, left = 0, 2 * len(data)
    while len(data) - safe > reach:
        cut = _find_last_cut(data, safe, safe + reach)
        if not cut:
            cut = _find_next_cut(data, safe, reach)
            left -= _read_tags(data, safe, cut, attributes=attributes)
            if left < 0:
                return False
        safe = cut
    return True


def _find_last_cut(data: bytes, safe: int, end: int) -> int:
    """The offset behind the last ">" that ends any tag that began at `safe` or later, 0 for none."""
    for _ in range(_CUTS_TRIED):
        end = data.rfind(b">", safe, end)
        if end < 0:
            return 0
        if not _may_be_quoted(data, safe, end):
            return end + 1
    return 0


def _find_next_cut(data: bytes, safe: int, distance: int) -> int:
    """The same of a ">" at least so far behind `safe`; the end of the data for none. Looks farther away each time."""
    while (at := safe + distance) < len(data):
        for _ in range(_CUTS_TRIED):
            at = data.find(b">", at) + 1
            if not at:
                return len(data)
            if not _may_be_quoted(data, safe, at - 1):
                return at
        distance = max(2 * distance, at - safe)
    return len(data)


def _may_be_quoted(data: bytes, safe: int, at: int) -> bool:
    """Whether what stands there may be inside a quoted value of a tag that began at `safe` or later.

    Then the last quote of that kind before it follows an equals sign, with or without white space between.
    """
    quotes = (data.rfind(kind, safe, at) for kind in (b'"', b"'"))
    return any(quote >= 0 and _is_after_equals(data, quote) for quote in quotes)


def _is_after_equals(data: bytes, at: int) -> bool:
    before = data[max(0, at - _SPACES_MAX) : at].rstrip()
    return not before or before.endswith(b"=")


def _read_tags(data: bytes, start: int, end: int, *, attributes: int) -> int:
    """How many bytes the tags that begin in [start, end) have together, more than there are if one is too long.

    Only those are read that have room before `end` for too many attributes.
    """
    pattern = _compile_tag(attributes)
    openers = [match.start() for match in _TAG_START_RE.finditer(data, start, end)]
    if openers:
        last = _find_last_long(data, openers[0], end, attributes=attributes)
        del openers[bisect_left(openers, last) :]
    size = 0
    for opener in openers:
        match = pattern.match(data, opener)
        if match is None:
            return 3 * len(data)
        size += match.end() - opener
        if size > 2 * len(data):
            break
    return size


def _find_last_long(data: bytes, start: int, end: int, *, attributes: int) -> int:
    """From this offset on no tag that ends before `end` can have more attributes than allowed.

    An attribute begins behind white space, a slash or a quote.
    """
    begins = np.flatnonzero(_may_begin(np.frombuffer(data, np.uint8, end - start, start)))
    return start + int(begins[-attributes]) if len(begins) >= attributes else start


def _may_begin(codes: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Behind which bytes an attribute may begin."""
    is_space = _IS_SPACE[codes]
    return (is_space[:-1] & ~is_space[1:]) | _IS_QUOTE[codes[:-1]]


def _count_begins(data: bytes) -> int:
    return int(np.count_nonzero(_may_begin(np.frombuffer(data, np.uint8))))


def _count_tags(data: bytes) -> tuple[int, int]:
    """How many tags there are, and at least how many formatting ones, by their first two characters."""
    kernels = load_kernels()
    if kernels is None:
        return _count_tags_here(data)
    counts = np.empty(2, np.int64)
    kernels.count_tags(data, len(data), find_address(_IS_FORMATTING), find_address(counts))
    return int(counts[0]), int(counts[1])


def _count_tags_here(data: bytes) -> tuple[int, int]:
    codes = np.frombuffer(data, np.uint8)
    openers = np.flatnonzero(codes == ord("<"))
    inner = openers[openers < len(codes) - 2]
    pairs = codes[inner + 1].astype(np.uint16) << 8 | codes[inner + 2]
    return len(openers), int(np.count_nonzero(_IS_FORMATTING[pairs]))


def _check_nesting(markup: bytes, tags: int, formatting: int, *, limits: Limits, source: str) -> None:
    """Cheap counts from above first; only a page that fails one is read tag by tag."""
    is_small = formatting <= limits.formatting and formatting * tags <= _WORK_MAX
    if is_small and tags <= _HARMLESS_TAGS:
        return
    depth, formatting = _count_open(markup.decode())
    if depth > limits.depth:
        raise UnreadablePage(source, "too-deep", f"elements nest deeper than {limits.depth}")
    if formatting > limits.formatting or formatting * tags > _WORK_MAX:
        raise UnreadablePage(
            source, "too-many-open-tags", f"{formatting} formatting tags are open at one time"
        )


def _count_open(content: str) -> tuple[int, int]:
    """How many elements, and how many of them formatting ones, are open at most at one time.

    At least so many: an end tag closes at most one element, one of its own name. Those in scripts, comments and values
    do not count.
    """
    open_by_name: defaultdict[str, int] = defaultdict(int)
    depth = deepest = formatting = most = 0
    for slash, name, end in _WHOLE_TAG_RE.findall(content):
        if not name:  # a script, a comment
            continue
        name = name.lower()
        if slash:
            if not open_by_name[name]:
                continue
            step = -1
        else:
            if end and name not in _BREAKOUT and any(open_by_name[foreign] for foreign in _FOREIGN):
                continue  # <path/> is whole in an <svg>, and only there
            if name in _BREAKOUT:
                depth -= sum(open_by_name.pop(foreign, 0) for foreign in _FOREIGN)
            step = 1
        open_by_name[name] += step
        depth += step
        if depth > deepest:
            deepest = depth
        if name in _FORMATTING:
            formatting += step
            if formatting > most:
                most = formatting
    return deepest, most
