"""Labels for the blocks of a web page: the model decides what stays, the evidence names what goes."""

from __future__ import annotations

import numpy as np

from dehusk.label.html_features import Floats, PageRows, read_page
from dehusk.label.html_model import CAUTION, choose_blocks, estimate, load_weights
from dehusk.label.marks import MARK_KINDS, TAG_KINDS, TEXT_KINDS
from dehusk.label.page_type import find_page_type, type_features
from dehusk.model import Block, Document, Label, Labelled, Options, PageLabels

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
# What the words of a short text make of it: these whatever stands around it ...
_STRONG_WORDS: dict[str, Label] = {
    "cookie": "cookies", "newsletter": "newsletter", "legal": "footer", "comment": "comments", "advert": "advert",
}  # fmt: skip
# ... and these where the elements around it say nothing.
_WEAK_WORDS: dict[str, Label] = {
    "share": "share", "search": "search", "account": "form", "related": "related", "credit": "caption",
    "byline": "byline", "menu": "menu", "shop": "form", "date": "byline", "cta": "form",
}  # fmt: skip
_SHORT_WORDS = 25
_LINKED_SHARE = 0.5


def label_html(document: Document, options: Options) -> PageLabels:
    """One Labelled a block. `score` is the model's probability; the reason of husk names its best evidence."""
    if not document.blocks:
        return PageLabels([], "other", 0.0)
    page, weights = read_page(document), load_weights()
    content = estimate(page, weights)
    keep, expected_f1 = choose_blocks(content, page.words, caution=CAUTION[options.mode])
    evidence = _Evidence(page)
    judged = zip(document.blocks, keep.tolist(), content.tolist(), strict=True)
    labelled = [
        Labelled(block, "content", "the model keeps it", score)
        if is_kept
        else Labelled(block, *evidence.find_label(i, block), score)
        for i, (block, is_kept, score) in enumerate(judged)
    ]
    return PageLabels(labelled, find_page_type(type_features(document, page), weights.types), expected_f1)


class _Evidence:
    """Names for what the model dropped, from the bits that it saw."""

    def __init__(self, page: PageRows) -> None:
        self.near, self.around = page.near.tolist(), page.around.tolist()
        self.is_short = (page.words <= _SHORT_WORDS).tolist()
        self.strong = _find_words(page.said, _STRONG_WORDS)
        self.weak = _find_words(page.said, _WEAK_WORDS)
        self.marked: dict[tuple[int, int], tuple[Label, str] | None] = {}

    def find_label(self, i: int, block: Block) -> tuple[Label, str]:
        """Telling words of a short text, the elements around it, its links, its other words: the first that speaks."""
        if self.is_short[i] and (kind := self.strong[i]):
            return _STRONG_WORDS[kind], f"short, with {kind} words"
        bits = (self.near[i], self.around[i])
        if bits not in self.marked:
            self.marked[bits] = _find_marked(bits[0], "in") or _find_marked(bits[1], "inside")
        if marked := self.marked[bits]:
            return marked
        if block.link_chars > _LINKED_SHARE * len(block.text):
            return "menu", "mostly links"
        if self.is_short[i] and (kind := self.weak[i]):
            return _WEAK_WORDS[kind], f"short, with {kind} words"
        return "boilerplate", "the model drops it"


def _find_words(said: Floats, labels: dict[str, Label]) -> list[str]:
    """For each block the first of the kinds that it has a word of, or ""."""
    kinds = ["", *labels]
    has_word = said[[TEXT_KINDS.index(kind) for kind in labels]] > 0
    first = np.where(has_word.any(axis=0), has_word.argmax(axis=0) + 1, 0)
    return [kinds[at] for at in first.tolist()]


def _find_marked(bits: int, place: str) -> tuple[Label, str] | None:
    for bit, tag in enumerate(TAG_KINDS, start=len(MARK_KINDS)):
        if tag in _TAG_LABELS and bits >> bit & 1:
            return _TAG_LABELS[tag], f"{place} <{tag}>"
    for kind, label in _MARK_LABELS:
        if bits >> MARK_KINDS.index(kind) & 1:
            return label, f"{place} an element marked {kind}"
    return None
