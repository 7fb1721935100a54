"""What an element calls itself: its class, id, role and their like, and whether the page hides it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

_HIDDEN_STYLE_RE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_MARK_ATTRIBUTES = frozenset({"class", "id", "role", "itemprop", "itemtype", "aria-label", "data-testid"})
_HIDING_ATTRIBUTES = frozenset({"hidden", "aria-hidden", "style"})
_CAMEL_CASE_RE = re.compile(r"(?<=[a-z])(?=[A-Z])")
_MARKS_MAX = 400  # characters of class, id ... that are looked at: utility classes go on for thousands


def read_marks(attributes: Mapping[str, str | None]) -> str:
    """Class, id, role and their like, lower-cased ("navItem" as "nav-item"); "-hidden" where the page hides it."""
    if not attributes:
        return ""
    if len(attributes) == 1 and (value := attributes.get("class")):  # as most of them are
        return _fold_marks(value)
    values = [value for name, value in attributes.items() if value and name in _MARK_ATTRIBUTES]
    marks = _fold_marks(" ".join(values))
    if not _HIDING_ATTRIBUTES.isdisjoint(attributes) and _is_hidden(attributes):
        return f"{marks} -hidden" if marks else "-hidden"
    return marks


def _fold_marks(marks: str) -> str:
    marks = marks[:_MARKS_MAX]
    return marks if not marks or marks.islower() else _part_names(marks)


@lru_cache(maxsize=1 << 14)
def _part_names(marks: str) -> str:
    """Remembered: it took a quarter of the walk, and a page's elements have few different ones."""
    return _CAMEL_CASE_RE.sub("-", marks).lower()


def _is_hidden(attributes: Mapping[str, str | None]) -> bool:
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    return bool((style := attributes.get("style")) and _HIDDEN_STYLE_RE.search(style))
