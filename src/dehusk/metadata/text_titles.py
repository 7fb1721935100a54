"""Which line of an article of a text is its title: none says so, and a masthead or a menu may stand above it."""

from __future__ import annotations

import json
import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence, Set
from functools import cache
from importlib.resources import files
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.link_numbers import REFERENCE_RE
from dehusk.listings import is_list_head
from dehusk.metadata.authors import is_rank, read_byline
from dehusk.metadata.dates import find_day
from dehusk.metadata.jobs import is_job
from dehusk.model import Labelled
from dehusk.native import find_address, load_kernels
from dehusk.native.tables import char_bits
from dehusk.trails import fold_line

MAX_CHARS = 160
_ABOVE, _KEPT = 12, 4
"""Lines right above an article's first kept one, and kept ones, that may be its title."""
_LEAST_CHANCE = 0.3
_BODY_BLOCKS, _BODY_WORDS = 60, 500
"""As much of an article is looked through for the words of a line: titles say what texts are about."""
_LIKELY_CHARS = 5_000
"""In which nearly always so many words are."""
_PROSE_CHARS = 120
_ECHO_CHARS = 60
_RIVAL_WORDS = 3, 20
_LEAST_ODDS = -6
_NEAR_BELOW, _ENTRY_WORDS = 4, 3
_FACT_WORDS = 8
"""A line of a name or a day has fewer."""
_LOOK_CHARS = 80

_BULLET_RE = re.compile(r"^(?:[-*•·‣▪◦–—#]+\s+)+(?=\w)")
"""What a title has as an item of a list, or as a heading of Markdown in a text that is none."""
_BUTTON = "(BUTTON)"
"""So lynx shows one."""
_LEADS = tuple(":：–—-([\"“'")
_WIDE_LEAST = 6
_PREFIX_RE = re.compile(
    r"(?:\[(?:title|título|titre|titel|titolo)\]|(?:thread|topic|subject|thema|sujet|тема|tema|tópico|hilo|discussione|onderwerp"
    r"|temat|wątek|téma|vlákno|konu|başlık|الموضوع|スレッド|トピック|主题|主題|주제|title|headline|título|titre|titel|titolo"
    r"|заголовок|标题|標題)\s*[:：])\s*(?=\S)",
    re.IGNORECASE,
)
"""What a forum, or who wrote the file, puts before a title."""
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
    r"|editors?['’]?s? (?:picks?|choice)|read (?:more|next|also)"
    # of those who wrote the file
    r"|<[a-z/].*>|<?(?:https?://|www\.)\S+|(?:source|url|link|fuente|quelle|fonte|источник)\s?[:：].*"
    r"|[^\w\s]{0,20}\s*(?:page|seite|página|pagina|страница)\s*\d+\W*)$",
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
        """Without a text where the line says what somebody is whose name stands above."""
        title = _strip_signs(self.titles[i])
        is_of_writer = i > 0 and is_job(title) and read_byline(self.titles[i - 1]) != ""
        return Title("" if is_of_writer else title, self.first + i)


def choose_text_title(lines: Sequence[Labelled]) -> Title:
    """The likeliest title among an article's first lines and those right above it.

    `lines` are its kept blocks in order and, as far as there are any, the ones that were left out above and between.
    A conditional logit model: the chances of the lines add up to one.
    """
    candidates = describe_titles(lines)
    if not candidates.titles:
        return Title("", -1)
    odds = candidates.rows @ _load_weights()
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
def _load_weights() -> NDArray[np.float64]:
    """Those of the features; their means change all odds alike, and so no chance."""
    found = json.loads(files("dehusk.metadata").joinpath("text_titles.json").read_text(encoding="utf-8"))
    return np.array([found["weights"][name] for name in FEATURES])


def tidy_title(text: str) -> str:
    """Without a text browser's reference numbers and the words of a menu around it; of a trail ("Home > News > Title")
    the last step.

    >>> tidy_title("Home News Sport Weather Storm hits the coast Share Tweet")
    'Storm hits the coast'
    """
    step = REFERENCE_RE.sub(" ", text[:500])
    if ">" in step or not step.isascii():
        step = _TRAIL_RE.split(step)[-1]
    step = step.strip()
    prefix = _PREFIX_RE.match(step) if ":" in step or "：" in step or step[:1] == "[" else None
    words = step[prefix.end() if prefix else 0 :].split()
    first = _count_first(words, _MENU_WORDS)
    last = _count_first(words[::-1], _SHARE_WORDS)
    inner = words[first * (first >= _MENU_LEAST) : len(words) - last * (last >= _SHARE_LEAST)]
    return " ".join(inner or words)


def _strip_signs(title: str) -> str:
    """Without bullet, the mark of a permalink, and the buttons behind it."""
    parts = [part.strip() for part in title.split(_BUTTON)]
    bare = parts[0] or (parts[1] if len(parts) == 2 and len(parts[1].split()) > _RIVAL_WORDS[0] else "")
    return _BULLET_RE.sub("", bare).rstrip(" ¶")


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
    lines = lines[: kept[-1] + 1]  # what was left out below it says nothing
    low, high = max(0, kept[0] - _ABOVE), kept[:_KEPT][-1] + 1
    start = max(0, low - _ABOVE)
    around = [REFERENCE_RE.sub(" ", line.block.text[:500]).strip() for line in lines[start : high + 8]]
    folded = [fold_line(text[:300]) for text in around]
    prose = next((i for i in kept if len(lines[i].block.text) >= _PROSE_CHARS), kept[-1])
    own, here = lines[low:high], slice(low - start, high - start)
    texts = around[here]
    below = [*around[here.start + 1 : here.stop + 1], ""][: len(own)]
    are_bylines = list(map(_is_byline, around[here.start : here.stop + _NEAR_BELOW]))
    titles = [tidy_title(line.block.text) for line in own]
    can_be = [
        line.block.kind == "heading" or (_can_be_title(_strip_signs(title)) and not is_rank(under))
        for line, title, under in zip(own, titles, below, strict=True)
    ]
    places = _describe_places(own, first=kept[0] - low, prose=prose - low)
    odds = _describe_odds(own)
    said = _count_said(lines, kept, texts, low=low)
    rivals = _describe_rivals(
        lines[low : max(high + _NEAR_BELOW, prose)],
        [*zip(odds[0], said[1], strict=True)],
        can_be,
        prose=prose - low,
        are_bylines=are_bylines,
    )
    columns = [
        *places,
        *odds,
        *_describe_shapes(own, texts),
        *_count_echoes(titles, texts, folded, here=here),
        *said,
        *([*are_bylines[1:], False][: len(own)], [len(text) >= _PROSE_CHARS for text in below]),
        *_describe_kinds(own, texts, are_bylines),
        *rivals,
    ]
    return Candidates(low, titles, can_be, np.array(columns, np.float64).T)


_Columns = tuple[Sequence[float], ...]
"""Some of FEATURES, with a value for each candidate."""


def _describe_places(lines: Sequence[Labelled], *, first: int, prose: int) -> _Columns:
    """FEATURES to "first": `first` is where the article begins, `prose` where its first long paragraph stands."""
    at = range(len(lines))
    return (
        [line.is_kept for line in lines],
        [line.block.kind == "heading" for line in lines],
        [i < first for i in at],
        [math.log1p(max(0, first - i)) for i in at],
        [math.log1p(max(0, i - first)) for i in at],
        [math.log1p(max(0, prose - i)) for i in at],
        [i > prose for i in at],
        [i == first for i in at],
    )


def _describe_odds(lines: Sequence[Labelled]) -> _Columns:
    """FEATURES to "tops"."""
    *_, scores, begins, tops = zip(*lines, strict=True)
    limited = (_limit(score, 1e-4, 1 - 1e-4) for score in scores)
    return (
        [_limit(math.log(score / (1 - score)), _LEAST_ODDS, -_LEAST_ODDS) for score in limited],
        [_limit(value, -8, 4) for value in begins],
        [_limit(value, -8, 4) for value in tops],
    )


def _limit(value: float, low: float, high: float) -> float:
    return low if value < low else high if value > high else value


def _describe_shapes(lines: Sequence[Labelled], texts: Sequence[str]) -> _Columns:
    """FEATURES to "small letter"."""
    sizes = [min(3.0, math.log1p(len(text.split()) + _count_wide(text) / 3)) for text in texts]
    return (
        sizes,
        [size * size for size in sizes],
        [len(line.block.text) > MAX_CHARS for line in lines],
        list(map(_is_stopped, texts)),
        [text[-1:] in (":", "：") for text in texts],
        ["|" in text or _PARTED_RE.search(text) is not None for text in texts],
        [text[:1].islower() for text in texts],
    )


def _describe_kinds(lines: Sequence[Labelled], texts: Sequence[str], are_bylines: Sequence[bool]) -> _Columns:
    """FEATURES to "no letter"."""
    counts = [len(text.split()) for text in texts]
    return (
        [line.label not in ("content", "boilerplate") for line in lines],
        [line.label == "boilerplate" for line in lines],
        [is_byline and count < _FACT_WORDS for is_byline, count in zip(are_bylines, counts, strict=False)],
        [count == 1 for count in counts],
        [line.block.kind == "item" for line in lines],
        [not any(map(str.isalpha, text)) for text in texts],
    )


def _describe_rivals(
    lines: Sequence[Labelled],
    known: Sequence[tuple[float, float]],
    can_be: Sequence[bool],
    *,
    prose: int,
    are_bylines: Sequence[bool],
) -> _Columns:
    """FEATURES from "husk below" on: below a masthead stand menus and the title, below the title a byline and the text.

    `lines` are the candidates, of which `known` are "score" and "words said below", with those below them; `prose` is
    the number of the first long paragraph.
    """
    are_husk = [not line.is_kept and line.label != "byline" for line in lines]
    near = lines[: len(known) + _NEAR_BELOW]
    words = [len(line.block.text[:500].split()) for line in near]
    are_menus = [is_husk and count <= _ENTRY_WORDS for is_husk, count in zip(are_husk, words, strict=False)]
    husk, rivals, surest, most = sum(are_husk[len(known) : prose]), 0, float(_LEAST_ODDS), 0.0
    found = []
    for i in reversed(range(len(known))):
        score, said = known[i]
        stretch = slice(i + 1, i + 1 + _NEAR_BELOW)
        found.append(
            (
                math.log1p(husk),
                min(3, rivals),
                any(are_bylines[stretch]),
                _limit(surest - score, _LEAST_ODDS, -_LEAST_ODDS),
                most - said,
                sum(are_menus[stretch]),
            )
        )
        husk += are_husk[i] and i < prose
        if can_be[i] and i < prose and _RIVAL_WORDS[0] <= words[i] <= _RIVAL_WORDS[-1]:
            rivals, surest, most = rivals + 1, max(surest, score), max(most, said)
    return tuple(zip(*reversed(found), strict=True))


def _can_be_title(title: str) -> bool:
    if len(title) > MAX_CHARS or _is_stopped(title) or not any(map(str.isalpha, title)):
        return False
    is_small = title[0].islower() and not _CODE_RE.fullmatch(title)
    is_known = _NO_TITLE_RE.match(title) or is_list_head(title)
    return not is_small and not is_known and not _is_facts(title)


def _is_facts(title: str) -> bool:
    """Whether it is a byline, or a day, and little else."""
    if len(title.split()) < _FACT_WORDS:
        return _is_byline(title)
    return len(title) < 100 and read_byline(title) != "" and find_day(title) != ""


def _is_stopped(text: str) -> bool:
    return text[-1:] in _NO_TITLE_ENDS and not _SHORTENED_RE.search(text[-5:])


def _count_said(
    lines: Sequence[Labelled], kept: Sequence[int], texts: Sequence[str], *, low: int
) -> _Columns:
    """The share of each line's words that the article says elsewhere, and less of it for a few."""
    body = [lines[i].block.text[:5000] for i in kept[:_BODY_BLOCKS]]
    counted = set(kept[:_BODY_BLOCKS])
    are_counted = [i in counted for i in range(low, low + len(texts))]
    counts, said = find_said(texts, body, are_counted)
    sizes = [max(1, count) for count in counts]
    return (
        [count / size for count, size in zip(said, sizes, strict=True)],
        [count * min(size, 8) / 8 / size for count, size in zip(said, sizes, strict=True)],
    )


_Said = tuple[list[int], list[int]]
"""How many words each line has, and how many of them the article says elsewhere."""


def find_said(texts: Sequence[str], body: Sequence[str], are_counted: Sequence[bool]) -> _Said:
    """How many words of three letters or more each of some lines has, and how many of them the first blocks of an
    article (`body`) say, besides the line itself where it is one of these.

    >>> find_said(["The old storm", "A new storm"], ["A new storm", "the storm"], [False, True])
    ([3, 2], [2, 1])
    """
    few = bisect_left([*accumulate(map(len, body))], _LIKELY_CHARS) + 1
    found = _find_said_compiled(texts, body[:few], are_counted, is_whole=few >= len(body))
    if found is None and few < len(body):
        found = _find_said_compiled(texts, body, are_counted, is_whole=True)
    return found or _find_said_here(texts, body, are_counted)


def _find_said_compiled(
    texts: Sequence[str], body: Sequence[str], are_counted: Sequence[bool], *, is_whole: bool
) -> _Said | None:
    """None where there is no kernel, it does not know all characters, or it would have to read more of an article."""
    kernels = load_kernels()
    if kernels is None:
        return None
    codes, bits = "\0".join([*texts, *body]).lower().encode("utf-32-le", "surrogatepass"), char_bits()
    slots = 1 << (sum(map(len, texts)) // 3 + 1).bit_length() + 1
    found, keys = np.empty((2, len(texts)), np.int64), np.zeros(slots, np.uint64)
    room = np.empty(3 * slots, np.int64)
    read = kernels.count_said(
        codes, len(codes) // 4, find_address(bits), bytes(are_counted), len(texts), len(texts) + len(body) - 1,
        _BODY_WORDS, slots, *map(find_address, (keys, room, found)),
    )  # fmt: skip
    counts, said = found.tolist()
    return (counts, said) if read > _BODY_WORDS or (read >= 0 and is_whole) else None


def _find_said_here(texts: Sequence[str], body: Sequence[str], are_counted: Sequence[bool]) -> _Said:
    own_words = [set(_WORD_RE.findall(text.lower())) for text in texts]
    asked = set().union(*own_words)
    once, twice = set[str](), set[str]()
    words = 0
    for text in body:
        block = _WORD_RE.findall(text.lower())
        found = asked.intersection(block)
        twice |= once & found
        once |= found
        words += len(block)
        if words > _BODY_WORDS:
            break
    said = [
        len(own & (twice if is_counted else once))
        for own, is_counted in zip(own_words, are_counted, strict=True)
    ]
    return list(map(len, own_words)), said


def _count_echoes(
    titles: Sequence[str], texts: Sequence[str], folded: Sequence[str], *, here: slice
) -> _Columns:
    """How often each title stands among the lines nearby, and with more words, besides in its own line."""
    names = [
        own if title == text else fold_line(title[:300])
        for title, text, own in zip(titles, texts, folded[here], strict=True)
    ]
    same, longer = Counter(folded), _count_longer(set(names), folded)
    pairs = list(zip(names, folded[here], strict=True))
    return (
        [min(3, same[name] - (name == own)) if name else 0 for name, own in pairs],
        [min(3, longer[name] - _is_longer(own, name)) if name else 0 for name, own in pairs],
    )


def _is_longer(line: str, name: str) -> bool:
    """Whether it is a name and some words behind or before it, as a browser's tab has beside a title."""
    return 0 < len(line) - len(name) < _ECHO_CHARS and (
        line.startswith(name + " ") or line.endswith(" " + name)
    )


def _count_longer(names: Set[str], lines: Sequence[str]) -> Counter[str]:
    """How many lines are each name and more: found in order, so that time stays linear."""
    ordered, turned = sorted(lines), sorted(line[::-1] for line in lines)
    found = Counter[str]()
    for name in names:
        for line in _list_beginning(ordered, name):
            found[name] += _is_longer(line, name)
        for line in _list_beginning(turned, name[::-1]):
            found[name] += _is_longer(line[::-1], name) and not line.endswith(f" {name[::-1]}")
    return found


def _list_beginning(lines: Sequence[str], name: str) -> Sequence[str]:
    """Of lines in order those that begin with a name and a space: few names are any line's beginning."""
    first = bisect_left(lines, f"{name} ")
    if first == len(lines) or not lines[first].startswith(f"{name} "):
        return ()
    return lines[first : bisect_left(lines, f"{name}!", first)]  # what follows a space


def _is_byline(text: str) -> bool:
    return len(text) < 100 and bool(read_byline(text) or find_day(text[:_LOOK_CHARS]))
