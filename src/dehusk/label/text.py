"""Document (text) -> list[Labelled]: rules, the shape of a line, and what stands around it."""

from __future__ import annotations

import re

import numpy as np

from dehusk.label.text_rules import Rule, find_rule
from dehusk.model import Block, Document, Label, Labelled, Options

_SENTENCE_END_RE = re.compile(r"[.!?…:。！？؟।][\"'”’»)\]]*\s*$")
_THRESHOLDS = {"balanced": 0.5, "precision": 0.65, "recall": 0.35}


def label_text(document: Document, options: Options) -> list[Labelled]:
    """Every block of a text with its label, the reason for it and the estimate that it is content."""
    blocks = document.blocks
    rules = [find_rule(block.text) for block in blocks]
    scores = _score_blocks(blocks, rules)
    threshold = _THRESHOLDS[options.mode]
    return [
        _label_block(block, rule, score, threshold=threshold)
        for block, rule, score in zip(blocks, rules, scores.tolist(), strict=True)
    ]


def _score_blocks(blocks: list[Block], rules: list[Rule | None]) -> np.ndarray:
    own = np.array([_score_shape(b.text, b.kind == "item") for b in blocks], dtype=np.float64)
    own[[i for i, rule in enumerate(rules) if rule]] -= 3
    weight = np.array([min(len(b.text), 300) for b in blocks], dtype=np.float64)
    around = _average_near(own, weight, 3)
    scores = 1 / (1 + np.exp(-(0.4 * own + 1.0 * around + 0.35)))
    scores[[i for i, rule in enumerate(rules) if rule and rule.is_sure]] *= 0.5
    return np.asarray(scores)


def _average_near(values: np.ndarray, weights: np.ndarray, reach: int) -> np.ndarray:
    """Weighted mean of the values within `reach` lines."""
    kernel = np.ones(2 * reach + 1)
    total = np.convolve(values * weights, kernel)[reach : reach + len(values)]
    mass = np.convolve(weights, kernel)[reach : reach + len(values)]
    return np.asarray(total / np.maximum(mass, 1))


def _score_shape(text: str, is_item: bool) -> float:
    size = len(text) + sum("\u2e80" <= c <= "\u9fff" for c in text[:100])
    score = min(2.0, (size - 70) / 40)
    if _SENTENCE_END_RE.search(text[-8:]):
        score += 1
    return score - 0.5 * is_item


def _label_block(block: Block, rule: Rule | None, score: float, *, threshold: float) -> Labelled:
    if score >= threshold:
        return Labelled(block, "content", "prose, by its length and its neighbours", score)
    if rule:
        return Labelled(block, rule.label, rule.reason, score)
    label: Label = "menu" if block.kind == "item" else "boilerplate"
    return Labelled(block, label, "short lines in a run of short lines", score)
