"""Document (text) -> list[Labelled]: what stays is the model's decision, what goes gets its name by rules."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from itertools import compress, pairwise, repeat, takewhile
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.block_table import KIND_NUMBERS, tabulate
from dehusk.label.text_adverts import find_adverts, is_advert
from dehusk.label.text_bars import (
    BARS,
    choose_bars,
    choose_slacks,
    find_holes,
    find_long_prose,
    find_pieces,
    find_torn,
    find_torn_numbers,
    keep_prose,
    level_pieces,
)
from dehusk.label.text_comments import find_comments
from dehusk.label.text_features import measure_blocks
from dehusk.label.text_foreign import look_again
from dehusk.label.text_model import Weights, load_weights, score_measures
from dehusk.label.text_pages import FirstView, find_lost_pages, is_sentence
from dehusk.label.text_rules import Rule, find_rule, wake_rules
from dehusk.listings import find_entries, is_list_head
from dehusk.model import Block, BlockTable, Document, Label, Labelled, Mode, Options, PageMark
from dehusk.nets import Rows
from dehusk.trails import LONGEST, find_trails
from dehusk.words import NUMBER, WordHashes, find_first_words, hash_words

Mask = NDArray[np.bool_]
_Name = tuple[Label, str]
"""What a block is called, and why."""
_Score = Callable[[list[Block], WordHashes, BlockTable], tuple[Rows, Mask]]
_RULED_ODDS: dict[str, float] = {
    **dict.fromkeys(("counts views, replies or the like", "chooses how large letters are"), 1.5),
    **dict.fromkeys(("advert", "caption", "menu", "footer", "newsletter", "share", "related"), 1.5),
    **dict.fromkeys(("cookies", "form", "search"), 0.5),
}
"""Log odds below which a block goes that a rule names, by the rule's reason or label: of those on train, by nets that
had not seen the page, less than half were content (0 of 48 captions, 2 of 23 menu lines, 6 of 76 forms; of bylines,
which hold the date, all stay). Of counts 2 of 83 that nets keep are content, on train and val."""
_TRAIL_ODDS = 3.0
"""The same for trails: of the five that such nets keep none is content."""
_STRETCH, _OVERLAP = 16_000, 256
"""Blocks that are measured at a time: what is frequent, or comes again, is counted among them. The models learned from
texts of up to some thousand blocks, and what is made of so many stays in the cache: of a large window all at once would
take a quarter more time, and be no better (character F1 of the pages of dumps-dev/train run together .929 for .931)."""
_CHOICES, _CHOICE_CHARS, _CHOICE_ODDS = 15, 40, 1.5
"""So many short blocks in alphabetical order are the choices of a form, or an index (4 % of 13,997 such blocks on the
pages of dumps-dev/train are content; of 408 that were kept by nets that had not seen the page, 36)."""
_ENTRY_CHARS = 60
_KEPT, _GONE, _SHORT = range(3)
_UNRULED: tuple[Label, ...] = ("content", "boilerplate", "menu")
_UNRULED_REASONS = (
    "reads like an article, as do its neighbours",
    *2 * ("unlike an article, by its shape and its neighbours",),
)
"""What a block is called that no rule names, and why: one that is kept, one that goes, and of these a short item."""
_TRAIL: _Name = ("menu", "says where in its site the page stands")
_CHOICE: _Name = ("form", "one of a long list in alphabetical order")
_COMMENT: _Name = ("comments", "among readers' comments, below an article")
_LONG: _Name = ("content", "long running prose inside an article's text")
_LISTED: _Name = ("related", "listed below a heading that points to other pages")
_ENTRY: _Name = ("search", "an entry of a numbered list of snippets")
_ECHO: _Name = ("caption", "says the line above once more")
_ECHO_CHARS, _ECHO_PROSE_CHARS = 10, 80
"""A line that is said twice has more characters; so many has a line of prose beside it: between short lines it may be a
refrain."""
_MOST_ELSEWHERE = 1
"""A line that comes more often in other pages of a dump, and is no sentence, is not its page's own, whatever it looks
like alone."""
_LISTED_SCORE = 0.1  # at most
_HEADER: _Name = ("byline", "of the header that this dump has above a page")
_SEAM: _Name = ("menu", "of what the site has between its pages")
_ADVERT_REASON = "says where an advertisement stood"
_NO_ODDS = -8.0
"""Log odds that an article, or a page, begins with an advert."""
_LISTED_CHARS = 140
_NUMBERED_RE = re.compile(r"\d{1,2}(?:[.)]|\s)\s*[^\W\d]")


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
    view = _view(document)
    apart = _set_apart(document, view)
    if not apart:
        return _label_blocks(document, view, options, weights=weights, with_words=with_words)
    is_rest = np.ones(len(document.blocks), np.bool_)
    is_rest[list(apart)] = False
    view = _choose_view(view, is_rest)
    blocks = list(compress(document.blocks, is_rest.tolist()))
    rest = replace(document, blocks=blocks, words=view.words, table=view.table)
    found = iter(_label_blocks(rest, view, options, weights=weights, with_words=with_words))
    return [apart.get(i) or next(found) for i in range(len(document.blocks))]


def _set_apart(document: Document, view: _View) -> dict[int, Labelled]:
    """What the models are not to see, since they know no such lines, or take what is between them for husk."""
    blocks = document.blocks
    adverts = {
        i: Labelled(blocks[i], "advert", _ADVERT_REASON, 0.0, _NO_ODDS, _NO_ODDS)
        for i in find_adverts(view.words)
    }
    headers = {
        i: Labelled(blocks[i], *(_SEAM if mark == "menu" else _HEADER), 0.0)
        for i, mark in _find_headers(document)
    }
    return adverts | headers


class _View(NamedTuple):
    """What is known of each block before a model has seen it."""

    texts: list[str]
    words: WordHashes
    table: BlockTable
    pieces: NDArray[np.int64]
    """The piece of code that it is of, or -1."""
    wakes: list[int]
    """A bit for each rule of whose triggers it has one."""
    asks: Mask
    """Whether a rule may name it."""
    ruled: dict[str, Rule | None]
    """What was found for texts that were asked for: menus come again on every page of a site."""


class _Judged(NamedTuple):
    """What the models say of each block."""

    odds: Rows
    """(blocks, 3), as those of `score_measures`."""
    bars: NDArray[np.float64]
    """The probability above which it stays."""
    is_english: Mask
    """Whether it stands in English."""


def _label_blocks(
    document: Document, view: _View, options: Options, *, weights: Weights, with_words: bool
) -> list[Labelled]:
    """Every block by the models and rules."""
    if not document.blocks:
        return []
    judged = _judge_blocks(
        document, view, options.mode, score=partial(_score_blocks, weights=weights, with_words=with_words)
    )
    kept, named = _choose_blocks(view, judged, options.mode)
    if document.are_pieces:
        holes = find_holes(view.texts, view.table, kept)
        kept[[i for i in holes if i not in named and not _is_of_site(view, i)]] = True
    if options.mode != "recall":
        named |= _drop_comments(document, view, kept)
    is_entry = (view.table.kinds == KIND_NUMBERS["item"]) & (view.table.sizes < _ENTRY_CHARS)
    sorts = np.where(kept, _KEPT, np.where(is_entry, _SHORT, _GONE))
    labels, reasons = (np.array(names, object)[sorts].tolist() for names in (_UNRULED, _UNRULED_REASONS))
    scores = (1 / (1 + np.exp(-judged.odds[:, 0]))).tolist()
    names = _name_husk(view, kept) | named
    for i in find_long_prose(view.texts, view.table.sizes, kept):
        names[i], scores[i] = _LONG, max(scores[i], float(judged.bars[i]))
    for i, name in _find_lists(view).items():
        names[i], scores[i] = name, min(scores[i], _LISTED_SCORE)
    names |= dict.fromkeys(find_echoes(view.texts, view.table, kept), _ECHO)
    for i, name in names.items():
        labels[i], reasons[i] = name
    rows = zip(document.blocks, labels, reasons, scores, *judged.odds[:, 1:].T.tolist(), strict=True)
    return list(map(tuple.__new__, repeat(Labelled), rows))  # a third of the time of Labelled()


def _view(document: Document) -> _View:
    texts = [block.text for block in document.blocks]
    words, table = document.words or hash_words(texts), document.table or tabulate(document.blocks)
    wakes = wake_rules(words)
    is_ascii = np.fromiter(map(str.isascii, texts), np.bool_, len(texts))
    return _View(texts, words, table, find_pieces(table), wakes.tolist(), (wakes != 0) | ~is_ascii, {})


def _choose_view(view: _View, chosen: Mask) -> _View:
    """The view of the chosen blocks alone."""
    texts, wakes = list(compress(view.texts, chosen.tolist())), list(compress(view.wakes, chosen.tolist()))
    words, table, asks = view.words.choose(chosen), view.table.choose(chosen), view.asks[chosen]
    return _View(texts, words, table, find_pieces(table), wakes, asks, view.ruled)


def _judge_blocks(document: Document, view: _View, mode: Mode, *, score: _Score) -> _Judged:
    """What `score` says of all blocks, and of pages that would go whole once more by themselves."""
    sizes = view.table.sizes
    odds, is_english = score(document.blocks, view.words, view.table)
    odds[:, 0] = level_pieces(odds[:, 0], view.pieces)
    bars = choose_bars(odds[:, 0], sizes, BARS[mode])
    if not document.is_single:
        is_low = odds[:, 0] < np.log(bars / (1 - bars))
        count_texts = cache(partial(Counter[str], view.texts))
        seen = FirstView(
            view.texts, sizes, is_low, is_english, view.asks, partial(_ask_rules, view), count_texts
        )
        for first, stop in list(find_lost_pages(seen, document)):
            page, is_own = slice(first, stop), _are_own(view.texts[first:stop], count_texts())
            alone, _ = score(document.blocks[page], view.words.cut(first, stop), view.table.cut(first, stop))
            odds[page, 0] = np.where(is_own, np.maximum(odds[page, 0], alone[:, 0]), odds[page, 0])
            bars[page] = np.where(is_own, choose_bars(odds[page, 0], sizes[page], BARS[mode]), bars[page])
    return _Judged(odds, bars, is_english)


def _are_own(texts: Sequence[str], counts: Mapping[str, int]) -> Mask:
    """Which lines of a page are its own; `counts` says how often each comes in the whole text."""
    here = Counter(texts)
    return np.array([counts[text] - here[text] <= _MOST_ELSEWHERE or is_sentence(text) for text in texts])


def _choose_blocks(view: _View, judged: _Judged, mode: Mode) -> tuple[Mask, dict[int, _Name]]:
    """Which blocks stay, and what those are called that go for what they are among their neighbours."""
    sizes, odds, is_apart = view.table.sizes, judged.odds[:, 0], view.pieces < 0
    margins = level_pieces(odds - np.log(judged.bars / (1 - judged.bars)), view.pieces)
    slacks = choose_slacks(judged.is_english, mode)
    prose = keep_prose(view.texts, sizes, margins, slacks=slacks, is_aside=partial(_is_aside, view))
    kept = np.where(is_apart, prose, margins >= 0)
    trails = list[int]()
    if mode != "recall":
        _drop_ruled(view, odds, kept)
        is_doubtful = kept & is_apart & (odds < _TRAIL_ODDS) & (sizes <= LONGEST)
        trails = find_trails(view.texts, np.flatnonzero(is_doubtful).tolist())
        kept[trails] = False
    if mode != "precision":
        torn = find_torn(view.table, kept) + find_torn_numbers(view.texts, view.words, kept)
        kept[[i for i in torn if not _ask_rules(view, i)]] = True
    is_choice = find_choices(view.texts, sizes, kept & (odds < _CHOICE_ODDS) & is_apart)
    kept &= ~is_choice
    return kept, dict.fromkeys(np.flatnonzero(is_choice).tolist(), _CHOICE) | dict.fromkeys(trails, _TRAIL)


def _drop_comments(document: Document, view: _View, kept: Mask) -> dict[int, _Name]:
    """Take readers' comments from the `kept` blocks, and say which blocks are of them."""
    found = dict[int, _Name]()
    places = [block.start for block in document.blocks] if document.starts else []
    starts = sorted({bisect_left(places, start.page) for start in document.starts})
    stretches = find_comments(view.texts, view.words, view.table.sizes, kept=kept, starts=starts)
    for first, stop in list(stretches):
        kept[first:stop] = False
        found |= dict.fromkeys(range(first, stop), _COMMENT)
    return found


def _ask_rules(view: _View, i: int) -> Rule | None:
    """The rule that speaks of a block."""
    text = view.texts[i]
    if text not in view.ruled:
        view.ruled[text] = find_rule(text, view.wakes[i])
    return view.ruled[text]


def _is_of_site(view: _View, i: int) -> bool:
    """Whether a rule says that a block is of the site around the page."""
    rule = _ask_rules(view, i)
    return rule is not None and rule.label not in ("caption", "byline")


def _is_aside(view: _View, i: int) -> bool:
    """Whether a block is a teaser or an advert."""
    rule = _ask_rules(view, i)
    return (rule is not None and rule.label == "related") or is_advert(view.words, i)


def _name_husk(view: _View, kept: Mask) -> dict[int, _Name]:
    """What rules call the blocks that go."""
    found = dict[int, _Name]()
    for i in np.flatnonzero(~kept & view.asks & (view.pieces < 0)).tolist():
        if rule := _ask_rules(view, i):
            found[i] = rule.label, rule.reason
    return found


def _find_lists(view: _View) -> dict[int, _Name]:
    """The blocks of lists that point to other pages."""
    found = dict.fromkeys(find_listed(view.texts, view.words, view.table), _LISTED)
    for entry in find_entries(view.texts, view.words):
        found |= dict.fromkeys(range(entry.first, entry.end), _ENTRY)
    return found


def _find_headers(document: Document) -> Iterator[tuple[int, PageMark]]:
    """The blocks of what stands above pages to say that they begin, and how it says so."""
    headers = [start for start in document.starts if start.has_lines]
    places = [block.start for block in document.blocks] if headers else []
    for header in headers:
        for i in range(bisect_left(places, header.start), bisect_left(places, header.end)):
            yield i, header.mark


def _score_blocks(
    blocks: list[Block], words: WordHashes, table: BlockTable, *, weights: Weights, with_words: bool
) -> tuple[Rows, Mask]:
    """`score_measures` of all blocks, a stretch at a time, each with some of what is around it: memory is bounded. And
    whether each stands in English."""
    odds, is_english = np.empty((len(blocks), 3), np.float32), np.empty(len(blocks), np.bool_)
    for start in range(0, len(blocks), _STRETCH):
        low, high = max(0, start - _OVERLAP), min(len(blocks), start + _STRETCH + _OVERLAP)
        measures = measure_blocks(blocks[low:high], words.cut(low, high), table.cut(low, high))
        found = np.clip(score_measures(measures, weights, with_words=with_words), -30, 30)
        look_again(measures, found)
        inner = slice(start - low, start - low + _STRETCH)
        odds[start : start + _STRETCH] = found[inner]
        is_english[start : start + _STRETCH] = measures.is_english[inner]
    return odds, is_english


def _drop_ruled(view: _View, odds: NDArray[np.float32], kept: Mask) -> None:
    """Take from the `kept` blocks those that are doubtful and that a rule names as husk; of code no rule speaks."""
    may_go = kept & view.asks & (view.pieces < 0) & (odds < max(_RULED_ODDS.values()))
    for i in np.flatnonzero(may_go).tolist():
        rule = _ask_rules(view, i)
        if rule and odds[i] < _RULED_ODDS.get(rule.reason, _RULED_ODDS.get(rule.label, -np.inf)):
            kept[i] = False


def find_choices(texts: list[str], sizes: NDArray[np.int64], doubtful: Mask) -> Mask:
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


def find_listed(texts: list[str], words: WordHashes, table: BlockTable) -> Iterator[int]:
    """Two short items or more, with bullets or numbers, that stand right below "Most read" or a heading like it.

    Line by line they read like the paragraphs of an article about something else.
    """
    is_short = (table.sizes <= _LISTED_CHARS) & (table.gaps >= 0) & (table.gaps <= 1)
    is_item = is_short & (table.kinds == KIND_NUMBERS["item"])
    has, firsts = find_first_words(words)
    may_be = is_item.copy()
    may_be[has] |= (words.flags[firsts] & NUMBER != 0) & is_short[has]
    edges = np.flatnonzero(np.diff(may_be, prepend=False, append=False)).reshape(-1, 2)
    for start, stop in edges[edges[:, 1] - edges[:, 0] > 1].tolist():
        if start and is_list_head(texts[start - 1]):  # which begins with no number
            items = list(takewhile(lambda i: is_item[i] or _NUMBERED_RE.match(texts[i]), range(start, stop)))
            yield from items if len(items) > 1 else ()


def find_echoes(texts: list[str], table: BlockTable, kept: Mask) -> list[int]:
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
