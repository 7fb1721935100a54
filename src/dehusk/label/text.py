"""Document (text) -> list[Labelled]: what stays is the model's decision, what goes gets its name by rules."""

from __future__ import annotations

import re
from functools import partial
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from dehusk.block_table import KIND_NUMBERS, tabulate
from dehusk.label.text_features import measure_blocks
from dehusk.label.text_model import Weights, load_weights, score_measures
from dehusk.label.text_rules import Rule, find_rule, wake_rules
from dehusk.listings import find_entries
from dehusk.model import Block, BlockTable, Document, Label, Labelled, Options
from dehusk.nets import Rows
from dehusk.words import WordHashes, hash_words

_THRESHOLDS = {"balanced": 0.4, "precision": 0.65, "recall": 0.22}
"""Of the probability that a block is content; "balanced" has the best line F1 of pages of train not trained on, and
that of characters is flat from there to .5."""


_RULED_ODDS: dict[Label, float] = {
    **dict.fromkeys(("advert", "caption", "menu", "footer", "newsletter", "share", "related"), 1.5),
    **dict.fromkeys(("cookies", "form", "search"), 0.5),
}
"""Log odds below which a block goes that a rule names: of those on train, by nets that had not seen the page, less than
half were content (0 of 48 captions, 2 of 23 menu lines, 6 of 76 forms; of bylines, which hold the date, all stay)."""
_PIECE, _OVERLAP = 16_000, 256
"""Blocks that are measured at a time: what is frequent, or comes again, is counted among them. The models learned from
texts of up to some thousand blocks, and what is made of so many stays in the cache: of a large window all at once would
take a quarter more time, and be no better (character F1 of the pages of dumps-dev/train run together .929 for .931)."""
_SLACK, _PROSE_CHARS, _STOPS = 1.1, 60, frozenset('.!?…。！？؟।"”»’')
_LONG_CHARS = 1000
_SENTENCE_CHARS = 400
_ENTRY_CHARS = 60
_UNRULED: tuple[tuple[Label, str], ...] = (
    ("content", "reads like an article, as do its neighbours"),
    ("boilerplate", "unlike an article, by its shape and its neighbours"),
    ("menu", "unlike an article, by its shape and its neighbours"),
)
"""What a block is called that no rule names, and why: one that is kept, one that goes, and of these a short item."""
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
    texts = [block.text for block in blocks]
    words, table = document.words or hash_words(texts), document.table or tabulate(blocks)
    odds = np.clip(_score_blocks(blocks, words, table, weights, with_words=with_words), -30, 30)
    scores = (1 / (1 + np.exp(-odds[:, 0]))).tolist()
    threshold = _THRESHOLDS[options.mode]
    wakes = wake_rules(words)
    asks = (wakes != 0) | ~np.fromiter(map(str.isascii, texts), np.bool_, len(texts))
    kept = keep_prose(texts, table.sizes, odds[:, 0], float(np.log(threshold / (1 - threshold))))
    if options.mode != "recall":
        drop_ruled(texts, odds[:, 0], kept, wakes, asks)
    is_entry = (table.kinds == KIND_NUMBERS["item"]) & (table.sizes < _ENTRY_CHARS)
    kinds = np.where(kept, 0, 1 + is_entry).tolist()
    labels = list(map([label for label, _ in _UNRULED].__getitem__, kinds))
    reasons = list(map([reason for _, reason in _UNRULED].__getitem__, kinds))
    known: dict[str, Rule | None] = {}  # menus come again on every page of a site
    for i in np.flatnonzero(~kept & asks).tolist():
        text = texts[i]
        if text not in known:
            known[text] = find_rule(text, int(wakes[i]))
        if rule := known[text]:
            labels[i], reasons[i] = rule.label, rule.reason
    for i in find_long_prose(texts, table.sizes, scores, threshold):
        labels[i], reasons[i] = "content", "long running prose inside an article's text"
        scores[i] = max(scores[i], threshold)
    entries = find_entries(texts, words)
    for i in chain.from_iterable(range(entry.first, entry.end) for entry in entries):
        labels[i], reasons[i] = "search", "an entry of a numbered list of snippets"
        scores[i] = min(scores[i], 0.1)
    rows = zip(blocks, labels, reasons, scores, *odds[:, 1:].T.tolist(), strict=True)
    return list(map(partial(tuple.__new__, Labelled), rows))  # a third of the time of Labelled()


def _score_blocks(
    blocks: list[Block], words: WordHashes, table: BlockTable, weights: Weights, *, with_words: bool
) -> Rows:
    """`score_measures` of all blocks, piece by piece, each with some of what is around it: memory is bounded."""
    odds = np.empty((len(blocks), 3), np.float32)
    for start in range(0, len(blocks), _PIECE):
        low, high = max(0, start - _OVERLAP), min(len(blocks), start + _PIECE + _OVERLAP)
        bounds = words.bounds[low : high + 1]
        part = WordHashes(
            words.values[bounds[0] : bounds[-1]], words.flags[bounds[0] : bounds[-1]], bounds - bounds[0]
        )
        measures = measure_blocks(blocks[low:high], part, table.cut(low, high))
        found = score_measures(measures, weights, with_words=with_words)
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
    texts: list[str],
    odds: NDArray[np.float32],
    kept: NDArray[np.bool_],
    wakes: NDArray[np.int64],
    asks: NDArray[np.bool_],
) -> None:
    """Take from the `kept` blocks those that are doubtful and that a rule names as husk.

    `wakes` are their triggers; of blocks of which `asks` says no, no rule speaks.
    """
    for i in np.flatnonzero(kept & asks & (odds < max(_RULED_ODDS.values()))).tolist():
        rule = find_rule(texts[i], int(wakes[i]))
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
