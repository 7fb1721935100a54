"""Shadow trees that a page states in its markup: browsers show them, parsers do not.

They are `<template shadowrootmode>`, and `<template shadowmode>` in what Chrome saves as MHTML.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

_STATED = b"<template shadow"  # as all that writes them does: a long search is the quickest
_TEMPLATE_RE = re.compile(rb"<(/?)template(?=[\s/>])([^<>]*)>", re.IGNORECASE)
_ROOT_RE = re.compile(rb"\sshadow(?:root|rootmode|mode)(?=[\s=/]|$)", re.IGNORECASE)
_NAME = b"shadow-root"
_SLOT_RE = re.compile(rb"<slot")


def open_shadow_roots(markup: bytes) -> bytes:
    """The markup with each shadow tree as an element of its own, where it is stated.

    What an element holds beside its shadow tree is shown only in that one's slots. One without a slot, with text right
    behind it, says that text in another form (times on GitHub do), and stays closed.

    >>> open_shadow_roots(b'<x-a><template shadowrootmode="open"><p>Rain</template></x-a>')
    b'<x-a><shadow-root><p>Rain</shadow-root></x-a>'
    >>> open_shadow_roots(b'<x-t><template shadowrootmode=open>May 5</template>yesterday</x-t>')
    b'<x-t><template shadowrootmode=open>May 5</template>yesterday</x-t>'
    """
    if _STATED not in markup:
        return markup
    opened: list[re.Match[bytes]] = []
    cuts: list[tuple[int, int, bytes]] = []
    slots = [slot.start() for slot in _SLOT_RE.finditer(markup)]
    for tag in _TEMPLATE_RE.finditer(markup):
        if not tag[1]:
            opened.append(tag)
        elif opened:
            start = opened.pop()
            if _ROOT_RE.search(start[2]) and (_is_alone(markup, tag) or _has_any(slots, start, tag)):
                cuts += [(*start.span(), b"<%b>" % _NAME), (*tag.span(), b"</%b>" % _NAME)]
    return _replace(markup, sorted(cuts))


def _is_alone(markup: bytes, end: re.Match[bytes]) -> bool:
    """Whether no text stands right behind the end tag."""
    behind = markup[end.end() : end.end() + 1]
    return behind in (b"", b"<") or behind.isspace()


def _has_any(slots: Sequence[int], start: re.Match[bytes], end: re.Match[bytes]) -> bool:
    """Whether one of the slots is between the tags."""
    return bisect_left(slots, start.end()) < bisect_left(slots, end.start())


def _replace(markup: bytes, cuts: list[tuple[int, int, bytes]]) -> bytes:
    parts, at = [], 0
    for start, end, name in cuts:
        parts += [markup[at:start], name]
        at = end
    return b"".join([*parts, markup[at:]])
