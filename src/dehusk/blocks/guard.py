"""What the parser must never be given: one linear scan of the markup before it.

Lexbor is quadratic or worse in nesting depth (100,000 <div> took 23 s), in the attributes of one tag (40,000
took 26 s) and in open formatting tags (a page of 60 KB took 21 s), and has no limits of its own.
"""

from __future__ import annotations

import re
from collections import defaultdict

from dehusk.errors import UnreadablePage
from dehusk.model import Limits

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
_NESTING_TAG_RE = re.compile(rf"<(/?+(?!(?i:{_FLAT})[\s/>])[a-zA-Z][^\s/>]*+)")
# Case is ignored inside a group, so that the scan for "<" before it stays a plain one.
_FORMATTING_TAG_RE = re.compile(rf"<(?i:{'|'.join(sorted(_FORMATTING))})[\s/>]")
_WHOLE_TAG_RE = re.compile(
    rf"(?:{_SCRIPT}|{_RAW_TEXT}|{_COMMENT})|<(/?+)(?!(?:{_FLAT})[\s/>])([a-z][^\s/>]*+)(?:{_ATTRIBUTE})*+\s*+(/?+)",
    re.IGNORECASE,
)


def _compile_scanner(attributes: int) -> re.Pattern[str]:
    """Matches as much of a page as has no tag with more attributes than allowed."""
    tag = rf"</?+[a-zA-Z][^\s>/]*+(?:{_ATTRIBUTE}){{0,{attributes}}}+[\s/]*+(?:>|\Z)"
    other = r"<[!?](?!--)[^>]*+>?+|</(?![a-zA-Z])[^>]*+>?+|<(?![a-zA-Z/!?])"
    return re.compile(
        rf"(?:[^<]++|(?=<[st]|<[xin])(?:{_SCRIPT}|{_RAW_TEXT})|{tag}|{_COMMENT}|{other})*+", re.IGNORECASE
    )


_DEFAULT_ATTRIBUTES = Limits().attributes
_DEFAULT_SCANNER_RE = _compile_scanner(_DEFAULT_ATTRIBUTES)


def check_markup(content: str, limits: Limits, *, source: str = "") -> None:
    """Refuse what would take the parser more than linear time; nothing comes back.

    Raises:
        UnreadablePage: "too-large", "too-many-attributes", "too-deep" or "too-many-open-tags".

    >>> check_markup("<div>" * 50_000, Limits(), source="a.html")
    Traceback (most recent call last):
    ...
    dehusk.errors.UnreadablePage: a.html: too-deep: elements nest deeper than 2000
    """
    if len(content) > limits.bytes:
        raise UnreadablePage(source, "too-large", f"more than {limits.bytes} bytes")
    scanner = _DEFAULT_SCANNER_RE
    if limits.attributes != _DEFAULT_ATTRIBUTES:
        scanner = _compile_scanner(limits.attributes)
    match = scanner.match(content)
    if match is not None and match.end() < len(content):
        raise UnreadablePage(
            source, "too-many-attributes", f"a tag has more than {limits.attributes} attributes"
        )
    _check_nesting(content, limits, source)


def _check_nesting(content: str, limits: Limits, source: str) -> None:
    """Cheap counts from above first; only a page that fails one is read tag by tag."""
    tags = content.count("<")
    if tags <= _FEW_TAGS:
        return
    opened = len(_FORMATTING_TAG_RE.findall(content))
    if (
        opened <= limits.formatting
        and opened * tags <= _WORK_MAX
        and _bound_depth(content, tags) <= limits.depth
    ):
        return
    depth, formatting = _count_open(content)
    if depth > limits.depth:
        raise UnreadablePage(source, "too-deep", f"elements nest deeper than {limits.depth}")
    if formatting > limits.formatting or formatting * tags > _WORK_MAX:
        raise UnreadablePage(
            source, "too-many-open-tags", f"{formatting} formatting tags are open at one time"
        )


def _bound_depth(content: str, tags: int) -> int:
    """At least the depth of nesting: an end tag closes at most one element, one of its own name."""
    if tags <= _HARMLESS_TAGS:
        return 0
    open_by_name: defaultdict[str, int] = defaultdict(int)
    depth = deepest = 0
    for tag in _NESTING_TAG_RE.findall(content):
        if tag[0] != "/":
            open_by_name[tag.lower()] += 1
            depth += 1
            if depth > deepest:
                deepest = depth
        elif open_by_name[name := tag[1:].lower()]:
            open_by_name[name] -= 1
            depth -= 1
    return deepest


def _count_open(content: str) -> tuple[int, int]:
    """How many elements, and how many of them formatting ones, are open at most at one time.

    As `_bound_depth`, but scripts and comments are passed over and "/>" counts inside an <svg>.
    """
    open_by_name: defaultdict[str, int] = defaultdict(int)
    depth = deepest = formatting = most = 0
    for match in _WHOLE_TAG_RE.finditer(content):
        slash, name, end = match.groups()
        if name is None:  # a script, a comment
            continue
        name = name.lower()
        if slash and not open_by_name[name]:
            continue
        if end and not slash and name not in _BREAKOUT and any(open_by_name[foreign] for foreign in _FOREIGN):
            continue  # <path/> is whole in an <svg>, and only there
        if name in _BREAKOUT and not slash:
            depth -= sum(open_by_name.pop(foreign, 0) for foreign in _FOREIGN)
        step = -1 if slash else 1
        open_by_name[name] += step
        depth += step
        deepest = max(deepest, depth)
        if name in _FORMATTING:
            formatting += step
            most = max(most, formatting)
    return deepest, most
