"""Document (text) -> list[Labelled]: what stays is the model's decision, what goes gets its name by rules."""

from __future__ import annotations

import numpy as np

from dehusk.label.text_features import measure_blocks
from dehusk.label.text_listings import find_listings
from dehusk.label.text_model import Weights, load_weights, score_measures
from dehusk.label.text_rules import find_rule
from dehusk.model import Block, Document, Label, Labelled, Options

_THRESHOLDS = {"balanced": 0.38, "precision": 0.6, "recall": 0.2}
"""Of the probability that a block is content; "balanced" has the best F1 on the pages it was trained on."""


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
    return [
        Labelled(block, "search", "an entry of a numbered list of snippets", min(score, 0.1))
        if i in listings
        else _label_block(block, score, threshold)
        for i, (block, score) in enumerate(zip(document.blocks, scores, strict=True))
    ]


def _label_block(block: Block, score: float, threshold: float) -> Labelled:
    if score >= threshold:
        return Labelled(block, "content", "reads like an article, as do its neighbours", score)
    rule = find_rule(block.text)
    if rule:
        return Labelled(block, rule.label, rule.reason, score)
    label: Label = "menu" if block.kind == "item" and len(block.text) < 60 else "boilerplate"
    return Labelled(block, label, "unlike an article, by its shape and its neighbours", score)
