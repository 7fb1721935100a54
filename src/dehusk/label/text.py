"""Document (text) -> list[Labelled]: what stays is the model's decision, what goes gets its name by rules."""

from __future__ import annotations

import re

import numpy as np

from dehusk.label.text_features import measure_blocks
from dehusk.label.text_listings import find_listings
from dehusk.label.text_model import Weights, load_weights, score_measures
from dehusk.label.text_rules import find_rule
from dehusk.model import Block, Document, Label, Labelled, Options

_THRESHOLDS = {"balanced": 0.38, "precision": 0.6, "recall": 0.2}
"""Of the probability that a block is content; "balanced" has the best F1 on the pages it was trained on."""


_LONG_CHARS = 1000
_SENTENCE_CHARS = 400
_LOWER_SHARE = 0.6
_SENTENCE_END_RE = re.compile(r"[^\W\d_A-Z][.!?][\"'”’)]?(?:\s|$)")


def label_text(document: Document, options: Options) -> list[Labelled]:
    """Every block of a text with its label, the reason for it and the estimate that it is content.

    >>> label_text(Document("text", [], 0), Options())
    []
    """
    return label_with(document, options, weights=load_weights())


def label_with(
    document: Document, options: Options, *, weights: Weights, with_words: bool = True
) -> list[Labelled]:
    """`label_text` with other weights than those that ship."""
    if not document.blocks:
        return []
    odds = score_measures(measure_blocks(document.blocks), weights, with_words=with_words)
    scores = (1 / (1 + np.exp(-np.clip(odds, -30, 30)))).tolist()
    threshold = _THRESHOLDS[options.mode]
    listings = find_listings(document.blocks)
    prose = find_long_prose(document.blocks, scores, threshold)
    return [
        Labelled(block, "search", "an entry of a numbered list of snippets", min(score, 0.1))
        if i in listings
        else Labelled(block, "content", "long running prose inside an article's text", max(score, threshold))
        if i in prose
        else _label_block(block, score, threshold)
        for i, (block, score) in enumerate(zip(document.blocks, scores, strict=True))
    ]


def find_long_prose(blocks: list[Block], scores: list[float], threshold: float) -> set[int]:
    """Blocks of 1,000 characters or more of whole sentences, with content within two blocks on both sides.

    The model has seen few lines so long that are not a page's flattened menus.
    """
    return {
        i
        for i, block in enumerate(blocks)
        if len(block.text) >= _LONG_CHARS
        and max(scores[max(0, i - 2) : i], default=0) >= threshold
        and max(scores[i + 1 : i + 3], default=0) >= threshold
        and _reads_as_prose(block.text)
    }


def _reads_as_prose(text: str) -> bool:
    words = text.split()
    sentences = len(_SENTENCE_END_RE.findall(text))
    lower = sum(word[0].islower() for word in words)
    return sentences * _SENTENCE_CHARS >= len(text) and lower >= _LOWER_SHARE * len(words)


def _label_block(block: Block, score: float, threshold: float) -> Labelled:
    if score >= threshold:
        return Labelled(block, "content", "reads like an article, as do its neighbours", score)
    rule = find_rule(block.text)
    if rule:
        return Labelled(block, rule.label, rule.reason, score)
    label: Label = "menu" if block.kind == "item" and len(block.text) < 60 else "boilerplate"
    return Labelled(block, label, "unlike an article, by its shape and its neighbours", score)
