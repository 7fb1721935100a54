"""Which line of an article of a text is its title: none says so, and a masthead or a menu may stand above it."""

from __future__ import annotations

import json
import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from functools import cache
from importlib.resources import files
from itertools import repeat
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.link_numbers import REFERENCE_RE
from dehusk.listings import is_list_head
from dehusk.metadata.authors import is_rank, read_byline
from dehusk.metadata.dates import find_day
from dehusk.model import Labelled
from dehusk.trails import fold_line

_Test = Callable[[str], bool]
MAX_CHARS = 160
_ABOVE, _KEPT = 12, 4
"""Lines right above an article's first kept one, and kept ones, that may be its title."""
_LEAST_CHANCE = 0.3
_BODY_BLOCKS, _BODY_WORDS = 60, 500
"""As much of an article is looked through for the words of a line: titles say what texts are about."""
_PROSE_CHARS = 120
_ECHO_CHARS = 60
_RIVAL_WORDS = 3, 20
_LEAST_ODDS = -6
_NEAR_BELOW, _ENTRY_WORDS = 4, 3
_LOOK_CHARS = 80

_LEADS = tuple(":：–—-([\"“'")
_WIDE_LEAST = 6
_PREFIX_RE = re.compile(
    r"(?:thread|topic|subject|thema|sujet|тема|tema|tópico|hilo|discussione|onderwerp|temat|wątek|téma|vlákno|konu|başlık|الموضوع"
    r"|スレッド|トピック|主题|主題|주제)\s*[:：]\s*(?=\S)",
    re.IGNORECASE,
)
"""What a forum puts before the title of a thread."""
_CODE_RE = re.compile(r"[\w.:]+\(.{0,60}\)|\w+(?:(?:\.|::|->|_)\w+)+|[a-z]{1,2}[A-Z]\w*(?:\s.*)?")
"""What begins with a small letter though it is a title: "pool.acquire()", "iPhone"."""
_TRAIL_RE = re.compile(r"\s[>»›]\s?")
_PARTED_RE = re.compile(r"\s[|>»›→/•·–—:-]\s")
_NO_TITLE_ENDS = tuple(".,;…。，；")
"""Questions and exclamations may be titles."""
_SHORTENED_RE = re.compile(r"\b[^\W\d_]\.[^\W\d_]\.$")
"""What ends with a stop though it is no sentence: "in the U.S.", "at 9 a.m."."""
_NO_TITLE_RE = re.compile(
    r"^(?:introduction|overview|contents|table of contents|summary|key (?:points|takeaways)"
    r"|share|einleitung|inhalt|überblick|introducción|resumen|sommaire|résumé|введение|содержание"
    r"|目次|目录"
    # of lists of other pages, besides those of `is_list_head`
    r"|(?:trending|popular|recommended|related|latest|top|more|featured)"
    r"(?: (?:topics?|now|stories|articles|posts|news|reads|for you))?"
    r"|editors?['’]?s? (?:picks?|choice)|read (?:more|next|also))$",
    re.IGNORECASE,
)
_SHARE_WORDS = frozenset(
    "share tweet email print save copy link facebook twitter whatsapp linkedin telegram pinterest reddit "
    "subscribe login register comments teilen drucken merken kommentieren abo anmelden partager imprimer "
    "abonnez-vous connexion compartir suscribirse condividi stampa compartilhar поделиться".split()
)
_MENU_WORDS = _SHARE_WORDS.union(
    "home news sport sports weather business politics world local opinion culture lifestyle travel tech "
    "technology science health education video videos photos live money finance entertainment food menu search "
    "post mail contact about blog shop podcast podcasts newsletter newsletters startseite politik wirtschaft "
    "wetter kultur panorama meinung reise wissen gesundheit suche accueil actualités politique économie monde "
    "société météo rechercher inicio noticias política economía deportes mundo sociedad cultura opinión tiempo "
    "imprimir buscar cronaca economia mondo notícias esportes brasil главная новости политика экономика "
    "общество спорт культура погода".split()
)
_MENU_LEAST, _SHARE_LEAST = 4, 2
"""Words in a row that are a menu, at the start of a line, and at its end."""
_WORD_RE = re.compile(r"\w{3,}")
_WIDE_RE = re.compile("[\u2e80-\U0010ffff]+")
FEATURES = (
    "kept", "heading", "above", "far above", "far below", "far from prose", "below prose", "first", "score", "begins",
    "tops", "words", "words squared", "long", "stop", "colon", "parted", "small letter", "echoes", "longer echoes",
    "said below", "words said below", "before a byline", "before prose", "named", "boilerplate", "byline", "one word",
    "item", "no letter", "husk below", "rivals below", "near a byline", "surer below", "said more below", "near menus",
)  # fmt: skip
"""Columns of `describe_titles`."""


class Title(NamedTuple):
    """A title, and the number of the line that it stands in; "" and -1 where none is likely."""

    text: str
    at: int


class Candidates(NamedTuple):
    """The lines of an article that may be its title."""

    first: int
    """The number of the first of them."""
    titles: list[str]
    """Each line as it would be the title."""
    can_be: list[bool]
    """Whether it reads like one: no sentence, piece of one, or "Introduction"."""
    rows: NDArray[np.float64]
    """(lines, len(FEATURES))."""

    def read_title(self, i: int) -> Title:
        return Title(self.titles[i], self.first + i)


def choose_text_title(lines: Sequence[Labelled]) -> Title:
    """The likeliest title among an article's first lines and those right above it.

    `lines` are its kept blocks in order and, as far as there are any, the ones that were left out above and between.
    A conditional logit model: the chances of the lines add up to one.
    """
    candidates = describe_titles(lines)
    if not candidates.titles:
        return Title("", -1)
    means, weights = _load_model()
    odds = (candidates.rows - means) @ weights
    chances = np.exp(odds - odds.max())
    best = int((chances * candidates.can_be).argmax())
    is_likely = candidates.can_be[best] and chances[best] >= _LEAST_CHANCE * chances.sum()
    return candidates.read_title(_find_shorter(candidates, best)) if is_likely else Title("", -1)


def _find_shorter(candidates: Candidates, best: int) -> int:
    """The candidate that stands at the end of the best one behind steps of a trail, which nothing may part from it."""
    title = candidates.titles[best]
    ends = [
        i
        for i, other in enumerate(candidates.titles)
        if candidates.can_be[i]
        and len(other) < len(title)
        and title.endswith(other)
        and _is_long(other)
        and _is_trail(title[: -len(other)])
    ]
    return min(ends, key=lambda i: len(candidates.titles[i]), default=best)


def _is_long(title: str) -> bool:
    return len(title.split()) > _RIVAL_WORDS[0] or _count_wide(title) >= _WIDE_LEAST


def _count_wide(text: str) -> int:
    """Its characters of Chinese, Japanese or Korean."""
    return 0 if text.isascii() else sum(map(len, _WIDE_RE.findall(text)))


def _is_trail(before: str) -> bool:
    """Steps in capitals, or glued to what follows."""
    return before[-1].isalnum() or (
        before.rstrip()[-1:] not in _LEADS and not any(word[0].islower() for word in before.split())
    )


@cache
def _load_model() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Means and weights of the features."""
    found = json.loads(files("dehusk.metadata").joinpath("text_titles.json").read_text(encoding="utf-8"))
    means, weights = (np.array([found[part][name] for name in FEATURES]) for part in ("means", "weights"))
    return means, weights


def tidy_title(text: str) -> str:
    """Without a text browser's reference numbers and the words of a menu around it; of a trail ("Home > News > Title")
    the last step.

    >>> tidy_title("Home News Sport Weather Storm hits the coast Share Tweet")
    'Storm hits the coast'
    """
    step = _TRAIL_RE.split(REFERENCE_RE.sub(" ", text[:500]))[-1].strip()
    prefix = _PREFIX_RE.match(step)
    words = step[prefix.end() if prefix else 0 :].split()
    first = _count_first(words, _MENU_WORDS)
    last = _count_first(words[::-1], _SHARE_WORDS)
    inner = words[first * (first >= _MENU_LEAST) : len(words) - last * (last >= _SHARE_LEAST)]
    return " ".join(inner or words)


def _count_first(words: Sequence[str], listed: Set[str]) -> int:
    """How many of the first words are listed, capitals, or signs between them."""
    for i, word in enumerate(words):
        bare = word.strip("|•·,")
        if bare and (bare[0].islower() or bare.lower() not in listed):
            return i
    return len(words)


def describe_titles(lines: Sequence[Labelled]) -> Candidates:
    """What is known of each line that may be the title."""
    kept = [i for i, line in enumerate(lines) if line.is_kept]
    if not kept:
        return Candidates(0, [], [], np.zeros((0, len(FEATURES))))
    low, high = max(0, kept[0] - _ABOVE), kept[:_KEPT][-1] + 1
    start = max(0, low - _ABOVE)
    around = [REFERENCE_RE.sub(" ", line.block.text[:500]).strip() for line in lines[start : high + 8]]
    fold = cache(fold_line)  # most lines would be titles as they are
    folded = [fold(text[:300]) for text in around]
    is_byline = cache(_is_byline)  # lines are asked as candidates, as what stands below, and as rivals
    prose = next((i for i in kept if len(lines[i].block.text) >= _PROSE_CHARS), kept[-1])
    titles = [tidy_title(line.block.text) for line in lines[low:high]]
    names = [fold(title[:300]) for title in titles]
    same, longer = Counter(folded), _count_longer(set(names), folded)
    own_words = [set(_WORD_RE.findall(text.lower())) for text in around[low - start : high - start]]
    body, in_body = _count_body(lines, kept, asked=set().union(*own_words)), set(kept[:_BODY_BLOCKS])
    can_be = [
        lines[i].block.kind == "heading"
        or (_can_be_title(title, is_byline) and not is_rank("".join(around[i - start + 1 : i - start + 2])))
        for i, title in enumerate(titles, low)
    ]
    rows = [
        (
            *_describe_place(lines[i], i, first=kept[0], prose=prose),
            *_describe_odds(lines[i]),
            *_describe_shape(lines[i], around[i - start]),
            *_count_echoes(names[i - low], same, longer, own=folded[i - start]),
            *_count_said(own_words[i - low], body, is_counted=i in in_body),
            *_describe_below("".join(around[i - start + 1 : i - start + 2]), is_byline),
            *_describe_kind(lines[i], around[i - start], is_byline),
        )
        for i in range(low, high)
    ]
    own = np.array(rows, np.float64)
    below = lines[low : max(high + _NEAR_BELOW, prose)]
    are_bylines = np.array([*map(is_byline, around[low - start : high + _NEAR_BELOW - start])])
    return Candidates(
        low,
        titles,
        can_be,
        np.hstack([own, _describe_rivals(below, own, can_be, prose=prose - low, are_bylines=are_bylines)]),
    )


def _describe_place(line: Labelled, at: int, *, first: int, prose: int) -> tuple[float, ...]:
    """FEATURES to "first": `first` is where the article begins, `prose` where its first long paragraph stands."""
    return (
        line.is_kept,
        line.block.kind == "heading",
        at < first,
        math.log1p(max(0, first - at)),
        math.log1p(max(0, at - first)),
        math.log1p(max(0, prose - at)),
        at > prose,
        at == first,
    )


def _describe_odds(line: Labelled) -> tuple[float, ...]:
    """FEATURES to "tops"."""
    odds = math.log(max(line.score, 1e-4) / max(1 - line.score, 1e-4))
    return min(max(odds, _LEAST_ODDS), -_LEAST_ODDS), min(max(line.begins, -8), 4), min(max(line.tops, -8), 4)


def _describe_shape(line: Labelled, text: str) -> tuple[float, ...]:
    """FEATURES to "small letter"."""
    size = min(3.0, math.log1p(len(text.split()) + _count_wide(text) / 3))
    return (
        size,
        size * size,
        len(line.block.text) > MAX_CHARS,
        _is_stopped(text),
        text[-1:] in (":", "："),
        "|" in text or _PARTED_RE.search(text) is not None,
        text[:1].islower(),
    )


def _describe_below(below: str, is_byline: _Test) -> tuple[float, ...]:
    """FEATURES to "before prose", of the line below."""
    return is_byline(below), len(below) >= _PROSE_CHARS


def _describe_kind(line: Labelled, text: str, is_byline: _Test) -> tuple[float, ...]:
    """FEATURES to "no letter"."""
    return (
        line.label not in ("content", "boilerplate"),
        line.label == "boilerplate",
        _is_line_of_facts(text, is_byline),
        len(text.split()) == 1,
        line.block.kind == "item",
        not any(map(str.isalpha, text)),
    )


def _describe_rivals(
    lines: Sequence[Labelled],
    rows: NDArray[np.float64],
    can_be: list[bool],
    *,
    prose: int,
    are_bylines: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """FEATURES from "husk below" on: below a masthead stand menus and the title, below the title a byline and the text.

    `lines` are the candidates, of which `rows` are the other features, with those below them; `prose` is the number of
    the first long paragraph.
    """
    n = len(rows)
    words = np.array([len(line.block.text[:500].split()) for line in lines])
    is_husk = np.array([not line.is_kept and line.label != "byline" for line in lines])
    is_rival = np.array(can_be) & (words[:n] >= _RIVAL_WORDS[0]) & (words[:n] <= _RIVAL_WORDS[-1])
    is_rival[max(0, prose) :] = False
    score, said = rows[:, FEATURES.index("score")], rows[:, FEATURES.index("words said below")]
    surest = _find_most_below(np.where(is_rival, score, _LEAST_ODDS), _LEAST_ODDS)
    return np.column_stack(
        [
            np.log1p(_count_below(is_husk[:prose], n, len(lines))),
            np.minimum(3, _count_below(is_rival, n, n)),
            _count_below(are_bylines, n, _NEAR_BELOW) > 0,
            np.clip(surest - score, _LEAST_ODDS, -_LEAST_ODDS),
            _find_most_below(np.where(is_rival, said, 0), 0) - said,
            _count_below(is_husk & (words <= _ENTRY_WORDS), n, _NEAR_BELOW),
        ]
    )


def _count_below(is_one: NDArray[np.bool_], size: int, reach: int) -> NDArray[np.int64]:
    """How many of the `reach` lines below each of the first `size` ones are such."""
    sums = np.concatenate(([0], np.cumsum(is_one)))
    first = np.minimum(np.arange(1, size + 1), len(is_one))
    found: NDArray[np.int64] = sums[np.minimum(first + reach, len(is_one))] - sums[first]
    return found


def _find_most_below(values: NDArray[np.float64], least: float) -> NDArray[np.float64]:
    """The largest of the values below each, `least` below the last."""
    return np.append(np.maximum.accumulate(values[::-1])[::-1][1:], least)


def _can_be_title(title: str, is_byline: _Test) -> bool:
    if len(title) > MAX_CHARS or _is_stopped(title) or not any(map(str.isalpha, title)):
        return False
    is_small = title[0].islower() and not _CODE_RE.fullmatch(title)
    is_known = _NO_TITLE_RE.match(title) or is_list_head(title)
    return not is_small and not is_known and not _is_line_of_facts(title, is_byline)


def _is_stopped(text: str) -> bool:
    return text[-1:] in _NO_TITLE_ENDS and not _SHORTENED_RE.search(text[-5:])


def _count_body(lines: Sequence[Labelled], kept: Sequence[int], *, asked: set[str]) -> Counter[str]:
    """In how many blocks of an article, from its first on, each of the words asked for stands."""
    found: Counter[str] = Counter()
    words = 0
    for i in kept[:_BODY_BLOCKS]:
        own = _WORD_RE.findall(lines[i].block.text[:5000].lower())
        found.update(asked.intersection(own))
        words += len(own)
        if words > _BODY_WORDS:
            break
    return found


def _count_said(own: Set[str], body: Counter[str], *, is_counted: bool) -> tuple[float, float]:
    """The share of a line's words that the article says elsewhere, less of it for a few; it may itself be counted."""
    said = sum(count > is_counted for count in map(body.get, own, repeat(0)))
    return said / max(1, len(own)), said * min(len(own), 8) / 8 / max(1, len(own))


def _count_echoes(
    name: str, same: Mapping[str, int], longer: Mapping[str, int], *, own: str
) -> tuple[int, int]:
    """How often a title stands nearby, and with more words, besides in its own line."""
    if not name:
        return 0, 0
    return min(3, same.get(name, 0) - (name == own)), min(3, longer[name] - _is_longer(own, name))


def _is_longer(line: str, name: str) -> bool:
    """Whether it is a name and some words behind or before it, as a browser's tab has beside a title."""
    return 0 < len(line) - len(name) < _ECHO_CHARS and (
        line.startswith(name + " ") or line.endswith(" " + name)
    )


def _count_longer(names: Set[str], lines: Sequence[str]) -> dict[str, int]:
    """How many lines are each name and more: found in order, so that time stays linear."""
    ordered, turned = sorted(lines), sorted(line[::-1] for line in lines)
    found = {}
    for name in names:
        begin = _list_beginning(ordered, name)
        end = [line[::-1] for line in _list_beginning(turned, name[::-1])]
        found[name] = sum(_is_longer(line, name) for line in begin) + sum(
            _is_longer(line, name) and not line.startswith(name + " ") for line in end
        )
    return found


def _list_beginning(lines: Sequence[str], name: str) -> Sequence[str]:
    """Of lines in order those that begin with a name and a space."""
    first = bisect_left(lines, name + " ")
    return lines[first : bisect_left(lines, name + "!", first)]  # what follows a space


def _is_byline(text: str) -> bool:
    return len(text) < 100 and bool(read_byline(text) or find_day(text[:_LOOK_CHARS]))


def _is_line_of_facts(text: str, is_byline: _Test) -> bool:
    return len(text.split()) < 8 and is_byline(text)
