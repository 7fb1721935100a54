"""The article that a page holds only as data for its own scripts: JSON, which is read here and never run."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from html import escape, unescape
from typing import Any, NamedTuple
from urllib.parse import unquote

MOST_SHOWN = 1_000
"""Characters; a page that shows more is read as it stands."""
_LEAST_CHARS = 600
_TIMES = 3  # as long as all that is shown
_SCRIPT_CHARS = 500
_MAX_CHARS = 3_000_000  # of all scripts of a page together
_MAX_TRIES = 3_000  # places where JSON may begin: those in code soon show that none does
_MAX_READ = 10_000_000
_MAX_DEPTH = 60
_VALUE_RE = re.compile(
    r"\A[\s/*]*(?:<!\[CDATA\[\s*)?(?=[{\[])|[\w$\])]\s*=\s*(?=[{\[])|JSON\.parse\(\s*(?=\")"
)
"""What JSON stands behind: the script's beginning, the name that it is given to, the call that reads it."""
_DECODER = json.JSONDecoder(strict=False)
_TAG_RE = re.compile(r"<[^<>]*>")  # of many "<" none looks farther than to the next
_MARKUP_RE = re.compile(r"</[a-z]|<(?:br|p)\b", re.IGNORECASE)
_END_RE = re.compile(r"[.!?…]['\"”’)»]*(?:\s|$)|[。！？]")
_PROSE_CHARS = 60
_MAIN_SHARE = 0.6  # of what a list holds: the one part that has it is what the list is there for
_KEY_SHARE = 0.15
_HEADING_KEYS = ("title", "headline", "heading", "header", "subtitle", "subheading", "question")
_HEADING_CHARS = 200
_ITEMS_KEY = "items"
_OTHER_KEY_RE = re.compile(
    r"^(?:alt|alt_?text|caption|bio|excerpt|summary|meta\w*|json_?ld|i18n\w*|translations?|messages|locales?|labels|config|tos)$"
    r"|seo|related|recommend|comment|author|sidebar|footer|navigation|menu|cookie|consent|disclaimer|terms|legal|policy|privacy|newsletter"
    r"|advert|popular|trending",
    re.IGNORECASE,
)  # fmt: skip
"""Keys of what is no part of an article."""
_LOOK_KEYS = ("type", "_type", "style", "tag", "tagName", "name", "nodeType", "kind", "component", "role")
_HEADING_RE = re.compile(r"h([1-6])|(?:sub)?head(?:ing|er)?(?:[-_]?([1-6]))?", re.IGNORECASE)
_ITEM_RE = re.compile(r"li|list[-_]?item", re.IGNORECASE)


class _Piece(NamedTuple):
    """A string of the article."""

    text: str
    tag: str
    """The element that it is to stand in."""
    part: int
    """The part of the article that it is in, by number: of one part, pieces may be of one line."""
    key: str


def find_data_article(scripts: Iterable[str], shown: Sequence[str]) -> str:
    """The article in the JSON of a page's scripts as markup, "" where there is none or the page shows as much itself.

    What shows a sentence of its data was written out before it was sent, and shows its article. Of each list of parts
    all strings are taken that stand under the keys which most of its prose stands under.

    >>> body = json.dumps({"post": {"title": "Rain", "body": "<p>It rained again.</p>" * 60}})
    >>> find_data_article([f"window.__STATE__ = {body};"], ["Home"])[:50]
    '<article><h1>Rain</h1><div><p>It rained again.</p>'
    """
    least = max(_LEAST_CHARS, _TIMES * sum(map(len, shown)))
    values = [_unfold(value, _MAX_DEPTH) for value in _read_values(scripts)]
    weights: dict[int, int] = {}
    best = max(values, key=lambda value: _weigh(value, weights), default=None)
    starts = [text[:_PROSE_CHARS] for text in shown if len(text) >= _PROSE_CHARS]
    if best is None or weights[id(best)] < least or (starts and _say_any(values, starts)):
        return ""
    title, found = _descend(best, weights)
    return f"<article>{_write_heading(title)}{''.join(_write(_list_pieces(found)))}</article>"


def _read_values(scripts: Iterable[str]) -> Iterator[Any]:
    room, tries, left = _MAX_CHARS, _MAX_TRIES, _MAX_READ
    for script in scripts:
        if not _SCRIPT_CHARS <= len(script) <= room:
            continue
        room -= len(script)
        text = unquote(script) if script.lstrip()[:3].lower() in ("%7b", "%5b") else script
        at = 0
        while tries and left > 0 and (opener := _VALUE_RE.search(text, at)):
            at = opener.end()
            value, end = _decode(text, at)
            tries, left = tries - 1, left - (end - at)
            if value is None:
                at += 1  # else the script's beginning, which is no name, would be found again
            else:
                at = end
                yield value


def _decode(text: str, start: int) -> tuple[Any, int]:
    """The JSON value that begins there, None for what is none, and how far it was read."""
    try:
        return _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError) as error:
        return None, getattr(error, "pos", len(text))


def _unfold(value: Any, depth: int) -> Any:
    """The value without what is no part of an article, and with the JSON in its strings read."""
    if not depth:
        return None
    if isinstance(value, str):
        if value[:1] not in ("{", "[") or len(value) < _SCRIPT_CHARS:
            return value
        inner, end = _decode(value, 0)
        is_whole = inner is not None and not value[end:].strip()  # not so "[1] The road is closed"
        return _unfold(inner, depth - 1) if is_whole else value
    if isinstance(value, dict):
        return {
            key: _unfold(child, depth - 1) for key, child in value.items() if not _OTHER_KEY_RE.search(key)
        }
    return [_unfold(child, depth - 1) for child in value] if isinstance(value, list) else None


def _weigh(value: Any, weights: dict[int, int]) -> int:
    """Characters of prose: of a list those of all its parts, of an object those of one."""
    if isinstance(value, str):
        weight = _count_prose(value)
    elif isinstance(value, list):
        weight = sum(_weigh(child, weights) for child in value)
    elif isinstance(value, dict):
        weight = max((_weigh(child, weights) for child in value.values()), default=0)
    else:
        weight = 0
    weights[id(value)] = weight
    return weight


def _count_prose(text: str) -> int:
    """Its characters if it has sentences, and is no style sheet, script or address; else 0."""
    if len(text) < _PROSE_CHARS:
        return 0
    plain = _TAG_RE.sub("", text)
    is_prose = len(plain) >= _PROSE_CHARS and _END_RE.search(plain) and 100 * plain.count("{") < len(plain)
    return len(plain) if is_prose else 0


def _say_any(value: Any, texts: list[str]) -> bool:
    """Whether one of the texts stands in a string of the value."""
    if isinstance(value, str):
        return any(text in value for text in texts)
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(_say_any(child, texts) for child in children)


def _descend(value: Any, weights: dict[int, int]) -> tuple[str, Any]:
    """The list or the string that holds the most prose, and the title beside it or above."""
    title = ""
    while not isinstance(value, str):
        children = list(value.values()) if isinstance(value, dict) else value
        main = max(children, key=lambda child: weights[id(child)])
        if isinstance(value, dict):
            title = _find_heading(value, _HEADING_KEYS[:2]) or title
        elif weights[id(main)] < _MAIN_SHARE * weights[id(value)]:
            break
        value = main
    return title, value


def _find_heading(value: dict[str, Any], keys: Iterable[str]) -> str:
    found = (text for key in keys if isinstance(text := value.get(key), str))
    return next((text.strip() for text in found if 0 < len(text) <= _HEADING_CHARS), "")


def _list_pieces(value: Any) -> list[_Piece]:
    if isinstance(value, str):
        return [_Piece(value, "p", 0, "")]
    pieces = [piece for part, child in enumerate(value) for piece in _gather(child, "p", part=part, key="")]
    prose: Counter[str] = Counter()
    for piece in pieces:
        prose[piece.key] += _count_prose(piece.text)
    least = _KEY_SHARE * prose.total()
    text_keys = {key for key, chars in prose.items() if chars > least}
    if "" in text_keys and 2 * sum(map(_is_prose, bare := [p for p in pieces if not p.key])) < len(bare):
        pieces = [piece for piece in pieces if piece.key or _is_prose(piece)]
    text_keys |= {*_HEADING_KEYS, _ITEMS_KEY}
    return [piece for piece in pieces if piece.key in text_keys]


def _is_prose(piece: _Piece) -> bool:
    return _count_prose(piece.text) > 0


def _gather(value: Any, tag: str, *, part: int, key: str) -> Iterator[_Piece]:
    """The strings in a part in their order, headings first."""
    if isinstance(value, str):
        yield _Piece(value, tag, part, key)
    elif isinstance(value, list):
        for child in value:
            yield from _gather(child, tag, part=part, key=key)
    elif isinstance(value, dict):
        tag = _find_tag(value) or tag
        for name, child in sorted(value.items(), key=lambda item: item[0] not in _HEADING_KEYS):
            is_heading = name in _HEADING_KEYS and isinstance(child, str)
            inner = "h2" if is_heading else "li" if name == _ITEMS_KEY else tag
            yield from _gather(child, inner, part=part, key=name)


def _find_tag(value: dict[str, Any]) -> str:
    """The element that a part calls itself, if it is no paragraph."""
    for look in (look for key in _LOOK_KEYS if isinstance(look := value.get(key), str)):
        if heading := _HEADING_RE.fullmatch(look):
            return f"h{heading[1] or heading[2] or 2}"
        if _ITEM_RE.fullmatch(look):
            return "li"
    return ""


def _write(pieces: list[_Piece]) -> Iterator[str]:
    """Markup; what was said before is left out, and pieces of one line are together."""
    seen: set[str] = set()
    line, before = "", None
    for piece in pieces:
        plain = " ".join(_TAG_RE.sub(" ", piece.text).split())
        if len(start := plain[:_PROSE_CHARS]) == _PROSE_CHARS:
            if start in seen:
                continue
            seen.add(start)
        if before and not _are_of_one_line(before, piece):
            yield _write_line(line, before.tag)
            line = ""
        line, before = line + piece.text, piece
    if before:
        yield _write_line(line, before.tag)


def _are_of_one_line(before: _Piece, after: _Piece) -> bool:
    is_same = before.part == after.part and before.key == after.key and before.tag == after.tag
    return is_same and (before.text[-1:].isspace() or after.text[:1] in " \u00a0,.;:!?)")


def _write_line(line: str, tag: str) -> str:
    """Text with markup in it as it is, other text a paragraph a line."""
    if _MARKUP_RE.search(line):
        return f"<div>{line}</div>"
    plain = (escape(unescape(text.strip()), quote=False) for text in line.split("\n"))
    return "".join(f"<{tag}>{text}</{tag}>" for text in plain if text)


def _write_heading(title: str) -> str:
    return f"<h1>{escape(title, quote=False)}</h1>" if title else ""
