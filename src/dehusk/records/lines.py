"""One record, one line of JSON: always the same keys in the same order, never null.

The keys stand in the order that a person reads them in: what it is, where it is from, how sure we are.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from operator import attrgetter
from typing import Any

import orjson

from dehusk.errors import UnreadablePage
from dehusk.model import Article, Dropped, Labelled

KEYS = (
    "id", "text", "title", "author", "date", "language", "url", "site", "language_score", "source", "part",
    "kind", "page_type", "words", "spans", "confidence", "duplicates",
)  # fmt: skip
_TYPES: dict[str, type] = {
    **dict.fromkeys(KEYS, str),
    **dict.fromkeys(("part", "words", "duplicates"), int),
    **dict.fromkeys(("language_score", "confidence"), float),
    "spans": list,
}
_FRACTIONS = tuple(key for key, kind in _TYPES.items() if kind is float)

# One search over clean text, the common case, is all that a value costs.
_UNFIT_RE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_UNDECODABLE_RE = re.compile("[\x00\ud800-\udfff]")

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_values = attrgetter(*KEYS)


def to_json(row: Any) -> str:
    """The one way in which a row becomes a line."""
    try:
        return orjson.dumps(row).decode()
    except TypeError:  # a number of more than 64 bits
        return _encode(row)


def clean_value(text: str) -> str:
    r"""`text` fit for UTF-8 and for a line: no lone surrogates, and no control characters but \n and tab.

    >>> clean_value("a\x00b\x1b[31mc\td")
    'a\ufffdb[31mc\td'
    """
    if _UNFIT_RE.search(text) is None:
        return text
    return _UNFIT_RE.sub("", _UNDECODABLE_RE.sub("\ufffd", text))


def article_to_json(article: Article) -> str:
    r"""The article as one line of JSON, without its line end.

    Keys stand in the contract's order; fractions have four digits; text is written as it is, not as
    escapes, but for lone surrogates and NUL (U+FFFD) and other control characters (gone).
    """
    return to_json(article_to_dict(article))


def article_to_dict(article: Article) -> dict[str, Any]:
    values = _values(article)
    row = dict(zip(KEYS, values, strict=True))
    for key in _FRACTIONS:
        row[key] = _plain(row[key])
    if _UNFIT_RE.search("".join([value for value in values if isinstance(value, str)])):
        row |= {key: _plain(value) for key, value in row.items()}
    return row


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return clean_value(value)
    if isinstance(value, float):
        return round(value, 4) if math.isfinite(value) else 0.0
    return value


def article_from_json(line: str | bytes) -> Article:
    """The article of one line; keys that no record has (a dropped record's `reason`) are passed over.

    Raises:
        UnreadablePage: the line is no JSON object, or a key is missing or of another type.

    >>> article_from_json('{"id": 1}')
    Traceback (most recent call last):
    ...
    dehusk.errors.UnreadablePage: not-a-record: "id" is not a string
    """
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UnreadablePage("", "not-a-record", f"no JSON: {error}") from None
    if not isinstance(row, dict):
        raise UnreadablePage("", "not-a-record", "no JSON object")
    return article_from_dict(row)


_TYPE_NAMES = {str: "a string", int: "a whole number of 64 bits", float: "a number", list: "a list of pairs"}


def article_from_dict(row: Mapping[str, Any]) -> Article:
    values = {key: _checked(key, row.get(key)) for key in KEYS}
    return Article(**values)


def _checked(key: str, value: Any) -> Any:
    wanted = _TYPES[key]
    if wanted is list and _is_spans(value):
        return tuple((start, end) for start, end in value)
    if wanted is float and (type(value) is float or _is_int64(value)):
        return float(value)
    if (wanted is str and type(value) is str) or (wanted is int and _is_int64(value)):
        return value
    raise UnreadablePage("", "not-a-record", f'"{key}" is not {_TYPE_NAMES[wanted]}')


def _is_spans(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(span, list) and len(span) == 2 and all(map(_is_int64, span)) for span in value
    )


def _is_int64(value: Any) -> bool:
    """A whole number that every form of a corpus can hold."""
    return type(value) is int and -(1 << 63) <= value < 1 << 63


def dropped_to_json(dropped: Dropped) -> str:
    """What was not kept, as one line: the whole record if there was one, else the source; then the reason.

    >>> print(dropped_to_json(Dropped("a.png", "skipped", "image")))
    {"source":"a.png","stage":"skipped","reason":"image","detail":""}
    """
    return to_json(dropped_to_dict(dropped))


def dropped_to_dict(dropped: Dropped) -> dict[str, Any]:
    row: dict[str, Any] = {"source": clean_value(dropped.source)}
    if dropped.article is not None:
        row = article_to_dict(dropped.article)
    row |= {"stage": dropped.stage, "reason": dropped.reason, "detail": clean_value(dropped.detail)}
    if dropped.duplicate_of:
        row["duplicate_of"] = dropped.duplicate_of
        row["similarity"] = _plain(dropped.similarity)
        row["containment"] = _plain(dropped.containment)
    return row


def dropped_from_dict(row: Mapping[str, Any]) -> Dropped:
    """What `dropped_to_dict` wrote."""
    return Dropped(
        row["source"],
        row["stage"],
        row["reason"],
        row["detail"],
        article=article_from_dict(row) if "id" in row else None,
        duplicate_of=row.get("duplicate_of", ""),
        similarity=row.get("similarity", 0.0),
        containment=row.get("containment", 0.0),
    )


def block_to_dict(labelled: Labelled, offset: int = 0) -> dict[str, Any]:
    """The block with its label and reason; `offset` is where its page begins in the source."""
    block = labelled.block
    return {
        "label": labelled.label,
        "reason": clean_value(labelled.reason),
        "score": _plain(float(labelled.score)),
        "kind": block.kind,
        "level": block.level,
        "start": block.start + offset,
        "end": block.end + offset,
        "text": clean_value(block.text),
    }


_NEXT_BLOCK, _SCORE = '},{"label":', ',"score":'


def relabel_blocks(blocks: str, named: Mapping[int, tuple[str, str]]) -> str:
    """A JSON list of `block_to_dict`s with other labels and reasons of some, by their index.

    Nothing is parsed: inside a string of JSON a quote has a backslash before it, and behind its end no key follows.

    >>> relabel_blocks('[{"label":"menu","reason":"links","score":0.1}]', {0: ("template", "on all")})
    '[{"label":"template","reason":"on all","score":0.1}]'
    """
    parts = blocks.split(_NEXT_BLOCK)
    for i, (label, reason) in named.items():
        opening = '[{"label":' if i == 0 else ""
        parts[i] = f'{opening}{to_json(label)},"reason":{to_json(reason)}{parts[i][parts[i].index(_SCORE) :]}'
    return _NEXT_BLOCK.join(parts)
