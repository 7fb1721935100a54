"""Document (text) -> list[Labelled]: what stays is the model's decision, what goes gets its name by rules."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.block_table import KIND_NUMBERS, tabulate
from dehusk.english import has_english
from dehusk.label.text_features import cumulate, measure_blocks, sum_window
from dehusk.label.text_model import Weights, load_weights, score_measures
from dehusk.label.text_pages import LEAST_CHARS, FirstLook, find_lost_pages, is_sentence
from dehusk.label.text_rules import LIST_HEADS, Rule, find_rule, fold_heading, wake_rules
from dehusk.listings import find_entries
from dehusk.model import Block, BlockTable, Document, Label, Labelled, Options
from dehusk.nets import Rows
from dehusk.trails import LONGEST, find_trails
from dehusk.words import NUMBER, WordHashes, find_first_words, hash_words


class Bars(NamedTuple):
    """A block stays above a share of the F1 that is expected around it, within limits."""

    share: float
    """Half is right for chances that are true."""
    least: float
    most: float


_BARS = {
    "balanced": Bars(0.5, 0.005, 0.5),
    "precision": Bars(0.8, 0.5, 0.75),
    "recall": Bars(0.28, 0.003, 0.25),
}
"""Of the probability that a block is content; borders were trained on what stays above them."""
_AROUND, _ROUNDS = 300, 3
"""Blocks before and behind of which F1 is expected; bars hardly move after so many rounds."""


_RULED_ODDS: dict[str, float] = {
    "counts views, replies or the like": 1.5,
    **dict.fromkeys(("advert", "caption", "menu", "footer", "newsletter", "share", "related"), 1.5),
    **dict.fromkeys(("cookies", "form", "search"), 0.5),
}
"""Log odds below which a block goes that a rule names, by the rule's reason or label: of those on train, by nets that
had not seen the page, less than half were content (0 of 48 captions, 2 of 23 menu lines, 6 of 76 forms; of bylines,
which hold the date, all stay). Of counts 2 of 83 that nets keep are content, on train and val."""
_TRAIL_ODDS = 3.0
"""The same for trails: of the five that such nets keep none is content."""
_PIECE, _OVERLAP = 16_000, 256
"""Blocks that are measured at a time: what is frequent, or comes again, is counted among them. The models learned from
texts of up to some thousand blocks, and what is made of so many stays in the cache: of a large window all at once would
take a quarter more time, and be no better (character F1 of the pages of dumps-dev/train run together .929 for .931)."""
_CHOICES, _CHOICE_CHARS, _CHOICE_ODDS = 15, 40, 1.5
"""So many short blocks in alphabetical order are the choices of a form, or an index (4 % of 13,997 such blocks on the
pages of dumps-dev/train are content; of 408 that were kept by nets that had not seen the page, 36)."""
_SLACK, _SHORT_CHARS, _NEAR = 1.35, 800, 100
"""Log odds below its bar that prose may be beside what is kept; fewer characters than that, within so many blocks, are
little."""
_FOREIGN_SLACKS = {"balanced": 3.0, "precision": _SLACK, "recall": 3.0}
"""The same where there is no English: the last sentences of an article are doubtful there."""
_BELOW_SLACK = 3.0
"""The same for a sentence right below another one that is kept, which may be an article's last."""
_SHORT_SLACKS = {"balanced": 4.5, "precision": _SLACK, "recall": 4.5}
"""What it may be below its bar there."""
_LONG_CHARS = 1000
_SENTENCE_CHARS = 400
_ENTRY_CHARS = 60
_UNRULED: tuple[tuple[Label, str], ...] = (
    ("content", "reads like an article, as do its neighbours"),
    ("boilerplate", "unlike an article, by its shape and its neighbours"),
    ("menu", "unlike an article, by its shape and its neighbours"),
)
"""What a block is called that no rule names, and why: one that is kept, one that goes, and of these a short item."""
_TRAIL: tuple[Label, str] = ("menu", "says where in its site the page stands")
_LISTED: tuple[Label, str] = ("related", "listed below a heading that points to other pages")
_ENTRY: tuple[Label, str] = ("search", "an entry of a numbered list of snippets")
_ECHO: tuple[Label, str] = ("caption", "says the line above once more")
_ECHO_CHARS, _ECHO_PROSE_CHARS = 10, 80
"""A line that is said twice has more characters; so many has a line of prose beside it: between short lines it may be a
refrain."""
_LISTED_SCORE = 0.1  # at most
_HEADER_REASON = "of the header that this dump has above a page"
_LOWER_SHARE = 0.6
_LISTED_CHARS, _HEAD_CHARS = 140, 60
_NUMBERED_RE = re.compile(r"\d{1,2}(?:[.)]|\s)\s*[^\W\d]")
_SENTENCE_END_RE = re.compile(r"[^\W\d_A-Z](?:[.!?][\"'”’)]?(?:\s|$)|[。！？।؟])")


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
    if headers := set(_find_headers(document)):  # the models know no such lines, which come again and again
        rest = [block for i, block in enumerate(blocks) if i not in headers]
        others = replace(document, blocks=rest, words=None, table=None, starts=())
        found = iter(_label_blocks(others, options, weights=weights, with_words=with_words))
        return [
            Labelled(block, "byline", _HEADER_REASON, 0.0) if i in headers else next(found)
            for i, block in enumerate(blocks)
        ]
    return _label_blocks(document, options, weights=weights, with_words=with_words)


def _label_blocks(
    document: Document, options: Options, *, weights: Weights, with_words: bool
) -> list[Labelled]:
    """Every block by the models and rules."""
    blocks = document.blocks
    if not blocks:
        return []
    texts = [block.text for block in blocks]
    words, table = document.words or hash_words(texts), document.table or tabulate(blocks)
    odds, is_english = _score_blocks(blocks, words, table, weights, with_words=with_words)
    pieces = find_pieces(table)
    odds[:, 0] = level_pieces(odds[:, 0], pieces)
    aim = _BARS[options.mode]
    bars = choose_bars(odds[:, 0], table.sizes, aim)
    wakes = wake_rules(words)
    asks = (wakes != 0) | ~np.fromiter(map(str.isascii, texts), np.bool_, len(texts))
    if not document.is_single:
        is_low = odds[:, 0] < np.log(bars / (1 - bars))
        look = FirstLook(texts, table.sizes, is_low, is_english, wakes, asks)
        for first, stop in find_lost_pages(look, document):
            page = slice(first, stop)
            parts = blocks[page], words.cut(first, stop), table.cut(first, stop)
            alone, _ = _score_blocks(*parts, weights, with_words=with_words)
            odds[page, 0] = np.maximum(odds[page, 0], alone[:, 0])
            bars[page] = choose_bars(odds[page, 0], table.sizes[page], aim)
    scores = (1 / (1 + np.exp(-odds[:, 0]))).tolist()
    margins = level_pieces(odds[:, 0] - np.log(bars / (1 - bars)), pieces)
    is_apart = pieces < 0
    slacks = np.where(is_english, _SLACK, _FOREIGN_SLACKS[options.mode])
    prose = keep_prose(texts, table.sizes, margins, slacks, _SHORT_SLACKS[options.mode])
    kept = np.where(is_apart, prose, margins >= 0)
    asks &= is_apart
    trails = list[int]()
    if options.mode != "recall":
        drop_ruled(texts, odds[:, 0], kept, wakes, asks)
        is_doubtful = kept & is_apart & (odds[:, 0] < _TRAIL_ODDS) & (table.sizes <= LONGEST)
        trails = find_trails(texts, np.flatnonzero(is_doubtful).tolist())
        kept[trails] = False
    is_choice = find_choices(texts, table.sizes, kept & (odds[:, 0] < _CHOICE_ODDS) & is_apart)
    kept &= ~is_choice
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
    for i in np.flatnonzero(is_choice).tolist():
        labels[i], reasons[i] = "form", "one of a long list in alphabetical order"
    for i in trails:
        labels[i], reasons[i] = _TRAIL
    for i in find_long_prose(texts, table.sizes, kept):
        labels[i], reasons[i] = "content", "long running prose inside an article's text"
        scores[i] = max(scores[i], float(bars[i]))
    listed: dict[int, tuple[Label, str]] = dict.fromkeys(find_listed(texts, words, table), _LISTED)
    for entry in find_entries(texts, words):
        listed |= dict.fromkeys(range(entry.first, entry.end), _ENTRY)
    for i, (label, reason) in listed.items():
        labels[i], reasons[i], scores[i] = label, reason, min(scores[i], _LISTED_SCORE)
    for i in find_echoes(texts, table, kept):
        labels[i], reasons[i] = _ECHO
    rows = zip(blocks, labels, reasons, scores, *odds[:, 1:].T.tolist(), strict=True)
    return list(map(partial(tuple.__new__, Labelled), rows))  # a third of the time of Labelled()


def _find_headers(document: Document) -> Iterator[int]:
    """The blocks of headers of pages."""
    headers = [start for start in document.starts if start.end > start.start]
    places = [block.start for block in document.blocks] if headers else []
    for header in headers:
        yield from range(bisect_left(places, header.start), bisect_left(places, header.end))


def _score_blocks(
    blocks: list[Block], words: WordHashes, table: BlockTable, weights: Weights, *, with_words: bool
) -> tuple[Rows, NDArray[np.bool_]]:
    """`score_measures` of all blocks, piece by piece, each with some of what is around it: memory is bounded. And
    whether each stands in English."""
    odds, is_english = np.empty((len(blocks), 3), np.float32), np.empty(len(blocks), np.bool_)
    for start in range(0, len(blocks), _PIECE):
        low, high = max(0, start - _OVERLAP), min(len(blocks), start + _PIECE + _OVERLAP)
        measures = measure_blocks(blocks[low:high], words.cut(low, high), table.cut(low, high))
        found = np.clip(score_measures(measures, weights, with_words=with_words), -30, 30)
        inner = slice(start - low, start - low + _PIECE)
        odds[start : start + _PIECE] = found[inner]
        is_english[start : start + _PIECE] = measures.is_english[inner]
    return odds, is_english


def find_pieces(table: BlockTable) -> NDArray[np.int64]:
    """Of each block the number of the piece of code, of two lines or more, that it is of, -1 where it is of none."""
    is_code = table.kinds == KIND_NUMBERS["code"]
    pieces = np.full(len(is_code), -1)
    goes_on = is_code[1:] & is_code[:-1] & (table.gaps[1:] >= 0) & (table.gaps[1:] <= 1)
    edges = np.flatnonzero(np.diff(goes_on, prepend=False, append=False)).reshape(-1, 2)
    for number, (start, stop) in enumerate(edges.tolist()):
        pieces[start : stop + 1] = number
    return pieces


def level_pieces(values: NDArray[Any], pieces: NDArray[np.int64]) -> NDArray[Any]:
    """The values, those of a piece their mean: code stays or goes as a whole."""
    is_piece = pieces >= 0
    numbers = pieces[is_piece]
    means = np.bincount(numbers, values[is_piece]) / np.maximum(np.bincount(numbers), 1)
    levelled = values.copy()
    levelled[is_piece] = means[numbers]
    return levelled


def choose_bars(odds: NDArray[np.float32], sizes: NDArray[np.int64], aim: Bars) -> NDArray[np.float64]:
    """The probability above which each block stays.

    What is above half of the best expected F1 is the set of which just that is expected. Here it is the F1 of what is
    within 300 blocks, by characters: sure pages and doubtful ones, as those in a language of which little is known, by
    their own. `odds` are log odds, `sizes` characters.

    Source: Z. Lipton, C. Elkan and B. Naryanaswamy, Optimal thresholding of classifiers to maximize F1 measure, 2014.
    """
    n = len(odds)
    chance, at = 1 / (1 + np.exp(-odds.astype(np.float64))), np.arange(n)
    low, high = np.maximum(at - _AROUND, 0), np.minimum(at + _AROUND + 1, n)

    def add_up(values: NDArray[Any]) -> NDArray[np.float64]:
        sums = np.concatenate(([0.0], np.cumsum(values)))
        around: NDArray[np.float64] = sums[high] - sums[low]
        return around

    wanted = add_up(chance * sizes)
    bars = np.full(n, aim.most)
    for _ in range(_ROUNDS):
        taken = (chance > bars) * sizes
        expected = 2 * add_up(chance * taken) / np.maximum(add_up(taken) + wanted, 1e-9)
        bars = np.clip(aim.share * expected, aim.least, aim.most)
    return bars


def keep_prose(
    texts: list[str],
    sizes: NDArray[np.int64],
    margins: NDArray[np.floating],
    slacks: NDArray[np.floating],
    short_slack: float,
) -> NDArray[np.bool_]:
    """Which blocks are above their bar, or below it, whole sentences, and next to one that is kept.

    Where little is kept around they may be far below and a block apart, and what is little below between two that are
    kept stays: of a short article little would be left. `margins` are the blocks' log odds above those of their bars,
    `sizes` those of the texts, `slacks` how far below they may be, `short_slack` how far where little is kept.
    """
    kept: NDArray[np.bool_] = margins >= 0
    around = sum_window(cumulate((kept * sizes)[:, None].astype(np.float32)), before=_NEAR, after=_NEAR)[:, 0]
    is_short = around < _SHORT_CHARS
    may_stay = (margins > np.where(is_short, -short_slack, -slacks)) & ~kept & (sizes >= LEAST_CHARS)
    doubtful = [
        i
        for i in np.flatnonzero(may_stay).tolist()
        if is_sentence(texts[i]) and (margins[i] > -_SLACK or is_short[i] or not has_english(texts[i]))
    ]
    reaches = (1 + is_short).tolist()
    for i in doubtful + doubtful[::-1]:
        kept[i] = kept[max(0, i - reaches[i]) : i + 1 + reaches[i]].any()
    below = ~kept[1:] & kept[:-1] & (margins[1:] > -_BELOW_SLACK) & (sizes[1:] >= LEAST_CHARS)
    for i in (np.flatnonzero(below) + 1).tolist():
        kept[i] = is_sentence(texts[i - 1]) and is_sentence(texts[i])
    kept[1:-1] |= is_short[1:-1] & (margins[1:-1] > -_SLACK) & kept[:-2] & kept[2:]
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
        if rule and odds[i] < _RULED_ODDS.get(rule.reason, _RULED_ODDS.get(rule.label, -np.inf)):
            kept[i] = False


def find_choices(
    texts: list[str], sizes: NDArray[np.int64], doubtful: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Which doubtful blocks are of a long list in alphabetical order, as of countries.

    `sizes` are those of the texts.
    """
    found = np.zeros(len(texts), np.bool_)
    edges = np.flatnonzero(np.diff(sizes < _CHOICE_CHARS, prepend=False, append=False)).reshape(-1, 2)
    for start, stop in edges[edges[:, 1] - edges[:, 0] >= _CHOICES].tolist():
        if doubtful[start:stop].any():
            keys = [text.lstrip("-•* ").casefold() for text in texts[start:stop]]
            breaks = np.flatnonzero([below <= above for above, below in pairwise(keys)]) + 1
            for first, end in pairwise([0, *breaks.tolist(), len(keys)]):
                if end - first >= _CHOICES and not keys[first][:1].isdigit():
                    found[start + first : start + end] = True
    return found & doubtful


def find_long_prose(texts: list[str], sizes: NDArray[np.int64], kept: NDArray[np.bool_]) -> set[int]:
    """Blocks of 1,000 characters or more of whole sentences, with content within two blocks on both sides.

    The model has seen few lines so long that are not a page's flattened menus. `sizes` are those of the texts.
    """
    return {
        i
        for i in np.flatnonzero(sizes >= _LONG_CHARS).tolist()
        if kept[max(0, i - 2) : i].any() and kept[i + 1 : i + 3].any() and _reads_as_prose(texts[i])
    }


def find_listed(texts: list[str], words: WordHashes, table: BlockTable) -> Iterator[int]:
    """Two short items or more, with bullets or numbers, that stand right below "Most read" or a heading like it.

    Line by line they read like the paragraphs of an article about something else.
    """
    is_short = (table.sizes <= _LISTED_CHARS) & (table.gaps >= 0) & (table.gaps <= 1)
    is_item = is_short & (table.kinds == KIND_NUMBERS["item"])
    has, firsts = find_first_words(words)
    for i in has[(words.flags[firsts] & NUMBER != 0) & (is_short & ~is_item)[has]].tolist():
        is_item[i] = _NUMBERED_RE.match(texts[i]) is not None
    edges = np.flatnonzero(np.diff(is_item, prepend=False, append=False)).reshape(-1, 2)
    for start, stop in edges[edges[:, 1] - edges[:, 0] > 1].tolist():
        if start and fold_heading(texts[start - 1][:_HEAD_CHARS]) in LIST_HEADS:
            yield from range(start, stop)


def find_echoes(texts: list[str], table: BlockTable, kept: NDArray[np.bool_]) -> list[int]:
    """Blocks that stay and say what the one that stays above them does, as a picture's text and caption, or two titles.

    Of 76 such blocks on dumps-dev that the gold texts have or have not, 58 are not in them; the others are once.
    """
    at = np.flatnonzero(kept)
    if len(at) < 2:
        return []
    sizes, is_code = table.sizes[at], table.kinds[at] == KIND_NUMBERS["code"]
    is_long = sizes >= _ECHO_PROSE_CHARS
    is_beside = is_long | np.append(is_long[1:], False) | np.concatenate(([False, False], is_long[:-2]))
    may_be = (sizes[1:] == sizes[:-1]) & (sizes[1:] >= _ECHO_CHARS) & ~is_code[1:] & is_beside[1:]
    pairs = zip(at[1:][may_be].tolist(), at[:-1][may_be].tolist(), strict=True)
    return [i for i, above in pairs if texts[i] == texts[above]]


def _reads_as_prose(text: str) -> bool:
    words = text.split()
    sentences = len(_SENTENCE_END_RE.findall(text))
    lower = sum(word[0].isalpha() and not word[0].isupper() for word in words)  # or of a script without cases
    return sentences * _SENTENCE_CHARS >= len(text) and lower >= _LOWER_SHARE * len(words)
