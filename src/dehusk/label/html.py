"""Labels for the blocks of a web page: the model decides what stays, the evidence names what goes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache, partial
from itertools import repeat
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.label.html_features import LINK_SHARE, LINKED_SHARE, Floats, PageRows
from dehusk.label.html_gaps import SHORT_WORDS
from dehusk.label.html_model import estimate, keep_content, load_weights
from dehusk.label.html_rows import read_page
from dehusk.label.marks import HUSK_KINDS, MARK_KINDS, TAG_KINDS, TEXT_KINDS
from dehusk.label.page_type import correct_page_type, find_page_type, type_features
from dehusk.model import Document, Label, Labelled, Options, PageLabels

# What the names of the elements around a block make of it, the strongest first.
_MARK_LABELS: tuple[tuple[str, Label], ...] = (
    ("cookie", "cookies"), ("newsletter", "newsletter"), ("share", "share"), ("advert", "advert"),
    ("comment", "comments"), ("search", "search"), ("related", "related"), ("foot", "footer"), ("nav", "menu"),
    ("toc", "menu"), ("lang", "menu"), ("byline", "byline"), ("caption", "caption"), ("form", "form"),
    ("modal", "form"), ("button", "form"), ("tag", "menu"), ("side", "related"), ("head", "menu"),
)  # fmt: skip
_TAG_LABELS: dict[str, Label] = {
    "nav": "menu", "footer": "footer", "form": "form", "button": "form", "dialog": "form", "aside": "related",
    "header": "menu",
}  # fmt: skip
_SIGNS = [
    *(
        (1 << bit, _TAG_LABELS[tag], f"<{tag}>")
        for bit, tag in enumerate(TAG_KINDS, start=len(MARK_KINDS))
        if tag in _TAG_LABELS
    ),
    *((1 << MARK_KINDS.index(kind), label, f"an element marked {kind}") for kind, label in _MARK_LABELS),
]
"""Bits of PageRows.near, and what they make of a block, the strongest first."""
_ALL_SIGNS = sum(sign for sign, _, _ in _SIGNS)
# What the words of a short text make of it: these whatever stands around it ...
_STRONG_LABELS: tuple[Label, ...] = ("cookies", "newsletter", "footer", "comments", "advert")
_STRONG_WORDS = dict(zip(HUSK_KINDS, _STRONG_LABELS, strict=True))
# ... and these where the elements around it say nothing.
_WEAK_WORDS: dict[str, Label] = {
    "share": "share", "search": "search", "account": "form", "related": "related", "credit": "caption",
    "byline": "byline", "menu": "menu", "shop": "form", "date": "byline", "cta": "form",
}  # fmt: skip
_UNNAMED = "the model drops it"
_KEPT: tuple[Label, str] = ("content", "the model keeps it")


def label_html(document: Document, options: Options) -> PageLabels:
    """One Labelled a block. `score` is the model's probability; the reason of husk names its best evidence."""
    if not document.blocks:
        return PageLabels([], "other", 0.0)
    page, weights = read_page(document), load_weights()
    content = estimate(page, weights)
    page_type = find_page_type(type_features(document, page), weights.types)
    page_type = correct_page_type(page_type, content, page)
    keep, expected_f1 = keep_content(content, page, mode=options.mode, page_type=page_type)
    labels, reasons = _name_blocks(keep, page)
    rows = zip(document.blocks, labels, reasons, content.tolist(), repeat(0.0), repeat(0.0), strict=False)
    labelled = list(map(partial(tuple.__new__, Labelled), rows))  # a third of the time of Labelled()
    return PageLabels(labelled, page_type, expected_f1)


class _Evidence(NamedTuple):
    """What may name a block; its words only if it is short."""

    strong: str
    """The kind of its telling words."""
    near: int
    """The bits of the elements near it."""
    around: int
    """Those of all elements around it."""
    inner: int
    """Those of all but the page itself."""
    is_linked: bool
    """Whether it is mostly links."""
    weak: str
    """The kind of its weaker words."""


def _name_blocks(keep: NDArray[np.bool_], page: PageRows) -> tuple[list[Label], list[str]]:
    """Label and reason of each block; blocks with the same evidence have the same name."""
    known: dict[_Evidence, tuple[Label, str]] = {}
    labels, reasons = ([value] * len(keep) for value in _KEPT)
    husk = np.flatnonzero(~keep)
    for i, seen in zip(husk.tolist(), _gather_evidence(page, husk), strict=True):
        if (name := known.get(seen)) is None:
            name = known[seen] = _name_husk(seen)
        labels[i], reasons[i] = name
    return labels, reasons  # type: ignore[return-value]


def _gather_evidence(page: PageRows, husk: NDArray[np.int64]) -> Iterator[_Evidence]:
    """Of the blocks with these numbers."""
    said, is_short = page.said[:, husk], page.words[husk] <= SHORT_WORDS
    strong, weak = (_find_words(said, labels, where=is_short) for labels in (_STRONG_WORDS, _WEAK_WORDS))
    is_linked = page.features[LINK_SHARE, husk] > LINKED_SHARE
    signs = ((bits[husk] & _ALL_SIGNS).tolist() for bits in (page.near, page.around, page.inner))
    return map(partial(tuple.__new__, _Evidence), zip(strong, *signs, is_linked.tolist(), weak, strict=True))


def _name_husk(seen: _Evidence) -> tuple[Label, str]:
    """Telling words of a short text, the elements around it, its links, its other words: the first that speaks."""
    if seen.strong:
        return _STRONG_WORDS[seen.strong], f"short, with {seen.strong} words"
    if marked := _find_marked(seen.near, "in") or _find_marked(seen.around, "inside"):
        label, reason, sign = marked
        return label, reason if sign & seen.inner else _UNNAMED
    if seen.is_linked:
        return "menu", "mostly links"
    if seen.weak:
        return _WEAK_WORDS[seen.weak], f"short, with {seen.weak} words"
    return "boilerplate", _UNNAMED


def _find_words(said: Floats, labels: dict[str, Label], *, where: NDArray[np.bool_]) -> list[str]:
    """For each block the first of the kinds that it has a word of, or ""; and "" but where asked."""
    kinds = ["", *labels]
    has_word = (said[[TEXT_KINDS.index(kind) for kind in labels]] > 0) & where
    first = np.where(has_word.any(axis=0), has_word.argmax(axis=0) + 1, 0)
    return [kinds[at] for at in first.tolist()]


@lru_cache(maxsize=1 << 14)
def _find_marked(bits: int, place: str) -> tuple[Label, str, int] | None:
    if bits & _ALL_SIGNS:
        for sign, label, what in _SIGNS:
            if bits & sign:
                return label, f"{place} {what}", sign
    return None
