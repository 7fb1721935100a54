"""Document (text) -> list[Labelled]: what stays is the model's decision, what goes gets its name by rules."""

from __future__ import annotations

import re
from functools import partial
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from dehusk.label.text_features import measure_blocks
from dehusk.label.text_model import Weights, load_weights, score_measures
from dehusk.label.text_rules import find_rule, wake_rules
from dehusk.listings import find_entries
from dehusk.model import Block, Document, Label, Labelled, Options
from dehusk.nets import Rows
from dehusk.words import WordHashes, hash_words, measure_texts

_THRESHOLDS = {"balanced": 0.4, "precision": 0.65, "recall": 0.22}
"""Of the probability that a block is content; "balanced" has the best line F1 of pages of train not trained on, and
that of characters is flat from there to .5."""


_RULED_ODDS: dict[Label, float] = {
    **dict.fromkeys(("advert", "caption", "menu", "footer", "newsletter", "share", "related"), 1.5),
    **dict.fromkeys(("cookies", "form", "search"), 0.5),
}
"""Log odds below which a block goes that a rule names: of those on train, by nets that had not seen the page, less than
half were content (0 of 48 captions, 2 of 23 menu lines, 6 of 76 forms; of bylines, which hold the date, all stay)."""
_PIECE, _OVERLAP = 100_000, 500
"""Blocks that are measured at a time: what is frequent, or comes again, is counted among them."""
_SLACK, _PROSE_CHARS, _STOPS = 1.1, 60, frozenset('.!?…。！？؟।"”»’')
_LONG_CHARS = 1000
_SENTENCE_CHARS = 400
_ENTRY_CHARS = 60
_UNNAMED: tuple[Label, str] = ("boilerplate", "unlike an article, by its shape and its neighbours")
_UNNAMED_ENTRY: tuple[Label, str] = ("menu", _UNNAMED[1])
"""What a block that goes is called where no rule fits, and why it goes."""
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
    blocks = document.blocks
    if not blocks:
        return []
    words = document.words or hash_words([block.text for block in blocks])
    texts = [block.text for block in blocks]
    sizes = measure_texts(texts)
    odds = np.clip(_score_blocks(blocks, words, weights, with_words=with_words), -30, 30)
    scores = (1 / (1 + np.exp(-odds[:, 0]))).tolist()
    threshold = _THRESHOLDS[options.mode]
    wakes = wake_rules(words).tolist()
    kept = keep_prose(texts, sizes, odds[:, 0], float(np.log(threshold / (1 - threshold))))
    if options.mode != "recall":
        drop_ruled(texts, odds[:, 0], kept, wakes)
    labels: list[Label] = ["content"] * len(blocks)
    reasons = ["reads like an article, as do its neighbours"] * len(blocks)
    known: dict[str, tuple[Label, str] | None] = {}  # menus come again on every page of a site
    for i in np.flatnonzero(~kept).tolist():
        text = texts[i]
        if text not in known:
            rule = find_rule(text, wakes[i])
            known[text] = (rule.label, rule.reason) if rule else None
        is_entry = blocks[i].kind == "item" and len(text) < _ENTRY_CHARS
        labels[i], reasons[i] = known[text] or (_UNNAMED_ENTRY if is_entry else _UNNAMED)
    for i in find_long_prose(texts, sizes, scores, threshold):
        labels[i], reasons[i] = "content", "long running prose inside an article's text"
        scores[i] = max(scores[i], threshold)
    entries = find_entries(texts, words)
    for i in chain.from_iterable(range(entry.first, entry.end) for entry in entries):
        labels[i], reasons[i] = "search", "an entry of a numbered list of snippets"
        scores[i] = min(scores[i], 0.1)
    rows = zip(blocks, labels, reasons, scores, *odds[:, 1:].T.tolist(), strict=True)
    return list(map(partial(tuple.__new__, Labelled), rows))  # a third of the time of Labelled()


def _score_blocks(blocks: list[Block], words: WordHashes, weights: Weights, *, with_words: bool) -> Rows:
    """`score_measures` of all blocks, piece by piece, each with some of what is around it: memory is bounded."""
    odds = np.empty((len(blocks), 3), np.float32)
    for start in range(0, len(blocks), _PIECE):
        low, high = max(0, start - _OVERLAP), min(len(blocks), start + _PIECE + _OVERLAP)
        bounds = words.bounds[low : high + 1]
        part = WordHashes(
            words.values[bounds[0] : bounds[-1]], words.flags[bounds[0] : bounds[-1]], bounds - bounds[0]
        )
        found = score_measures(measure_blocks(blocks[low:high], part), weights, with_words=with_words)
        odds[start : start + _PIECE] = found[start - low :][:_PIECE]
    return odds


def keep_prose(
    texts: list[str], sizes: NDArray[np.int64], odds: NDArray[np.float32], bar: float
) -> NDArray[np.bool_]:
    """Which blocks are above the bar, or little below it, whole sentences, and next to one that is kept.

    It costs and gains nothing on dumps-dev/train, but short articles stay whole. `sizes` are those of the texts.
    """
    kept: NDArray[np.bool_] = odds >= bar
    may_stay = (odds > bar - _SLACK) & ~kept & (sizes >= _PROSE_CHARS)
    doubtful = [i for i in np.flatnonzero(may_stay).tolist() if texts[i][-1] in _STOPS]
    for i in doubtful + doubtful[::-1]:
        kept[i] = kept[max(0, i - 1) : i + 2].any()
    return kept


def drop_ruled(
    texts: list[str], odds: NDArray[np.float32], kept: NDArray[np.bool_], wakes: list[int]
) -> None:
    """Take from the `kept` blocks those that are doubtful and that a rule names as husk, `wakes` its triggers."""
    for i in np.flatnonzero(kept & (odds < max(_RULED_ODDS.values()))).tolist():
        rule = find_rule(texts[i], wakes[i])
        if rule and odds[i] < _RULED_ODDS.get(rule.label, -np.inf):
            kept[i] = False


def find_long_prose(
    texts: list[str], sizes: NDArray[np.int64], scores: list[float], threshold: float
) -> set[int]:
    """Blocks of 1,000 characters or more of whole sentences, with content within two blocks on both sides.

    The model has seen few lines so long that are not a page's flattened menus. `sizes` are those of the texts.
    """
    return {
        i
        for i in np.flatnonzero(sizes >= _LONG_CHARS).tolist()
        if max(scores[max(0, i - 2) : i], default=0) >= threshold
        and max(scores[i + 1 : i + 3], default=0) >= threshold
        and _reads_as_prose(texts[i])
    }


def _reads_as_prose(text: str) -> bool:
    words = text.split()
    sentences = len(_SENTENCE_END_RE.findall(text))
    lower = sum(word[0].islower() for word in words)
    return sentences * _SENTENCE_CHARS >= len(text) and lower >= _LOWER_SHARE * len(words)
