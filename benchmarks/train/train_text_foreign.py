"""Train the second look at texts without English: train_text_foreign.py PAGES [--out OUT.npz] [--cv] [--jobs N]

PAGES has a folder for each site, with its web pages in it (SITE/*.html), in any languages but English. They need no
gold: where dehusk and trafilatura agree on most of a page's text, what both take is content and what neither takes is
husk; other pages are left out. Each page is flattened in six ways, by itself and run together with others in its
language, as it comes and in other forms. Boosted trees learn what to add to the odds of the line labeller that ships.
--cv prints what that gains, by language, in folds of sites, and writes nothing. Deterministic: one thread for the
trees, seeded.

Needs trafilatura, CatBoost, inscriptis, html2text and resiliparse.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
import trafilatura
from catboost import CatBoostClassifier, Pool
from export_trees import export_trees, pack_trees
from make_text_pages import FLATTENINGS

import dehusk
from dehusk.blocks.text import read_text
from dehusk.label.text_bars import BARS, choose_bars
from dehusk.label.text_features import measure_blocks
from dehusk.label.text_foreign import describe, find_foreign
from dehusk.label.text_model import load_weights, score_measures
from dehusk.model import Page
from dehusk.pages.reading import decode_page
from dehusk.trees import Trees, run_trees
from dehusk.words import hash_words

WAYS = ("sel", "inscr", "resi", "wet", "md", "h2t")
LEAST_LETTERS, LEAST_UNSPACED, UNSPACED = 700, 250, ("zh", "ja", "ko", "th")
LEAST_CONFIDENCE, LEAST_AGREEMENT = 0.6, 0.75
LEAST_LINE = 4
"""Letters: shorter lines stand in the text of any page."""
ROUNDS, SIZES, SEPARATORS = 2, (2, 3, 5, 8), ("\n", "\n\n")
"""How often every page is run together with others, with how many, and what stands between them."""
DUMP_SHARE = 0.6
"""What a page weighs in a text of several."""
FORMS, FORM_SHARES = ("whole", "cropped", "verse", "cropped verse"), (0.55, 0.15, 0.15, 0.15)
"""Pages as they are; with few lines of husk around their content; and with that broken into short lines without stops,
as poems, lists and recipes are, of which these pages have none."""
FORM_WAYS = 3
"""In so many ways each page is flattened once more by itself, for each form."""
CROPS = (0, 1, 3, 6, 12)
"""Lines of husk that are left on a side."""
COMMON = 30
"""Pages: of a language that has more, each weighs less."""
FOLDS = 4
SHARE = 0.7
"""Of what the trees would add: most of the pages are German or Chinese."""
TREES = {
    "iterations": 200, "depth": 6, "learning_rate": 0.1, "l2_leaf_reg": 5, "rsm": 0.3, "border_count": 32,
}  # fmt: skip
PACKAGE = Path(__file__).parents[2] / "src" / "dehusk" / "label"


_STOPS_RE = re.compile(r"[\s,.;:!?،؛؟、，。；：！？।]*[,.;:!?،؛؟、，。；：！？।]+\s*")


class Source(NamedTuple):
    site: str
    language: str
    both: tuple[str, str]
    """The letters of its text, as two extractors have it."""
    flats: dict[str, str]


class Text(NamedTuple):
    """A page, or some run together; a row or number for each block, but for those with English near."""

    rows: np.ndarray
    """What the trees see."""
    odds: np.ndarray
    sizes: np.ndarray
    target: np.ndarray
    """1 content, 0 husk, -1 unknown."""
    page: np.ndarray
    """The number of the source."""
    is_whole: bool
    """Whether all pages are as they come."""


def read_source(path: Path) -> Source | None:
    """A page whose text two extractors agree on, and that is not in English."""
    raw = path.read_bytes()
    try:
        articles = dehusk.clean_page(Page(raw, kind="html"))
    except dehusk.UnreadablePage:
        return None
    other = squeeze(trafilatura.extract(raw, include_comments=False) or "")
    if not articles or articles[0].language in ("en", "") or (articles[0].confidence or 0) < LEAST_CONFIDENCE:
        return None
    language, own = articles[0].language, squeeze("".join(article.text for article in articles))
    least = LEAST_UNSPACED if language in UNSPACED else LEAST_LETTERS
    if len(own) < least or measure_agreement(own, other) < LEAST_AGREEMENT:
        return None
    markup = str(decode_page(Page(raw, kind="html")).content)
    return Source(path.parent.name, language, (own, other), {way: FLATTENINGS[way](markup) for way in WAYS})


def squeeze(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def measure_agreement(one: str, other: str) -> float:
    """F1 of bags of three letters."""
    bags = [Counter(text[i : i + 3] for i in range(len(text) - 2)) for text in (one, other)]
    return 2 * (bags[0] & bags[1]).total() / max(1, bags[0].total() + bags[1].total())


Part = tuple[int, str]
"""The number of a source, and the form that it has."""


def run_together(sources: list[Source], rng: random.Random) -> Iterator[tuple[str, str, tuple[Part, ...]]]:
    """How they are flattened, what stands between them, and the parts of each text."""
    for i in range(len(sources)):
        for form in FORMS:
            for way in WAYS if form == "whole" else rng.sample(WAYS, FORM_WAYS):
                yield way, "\n", ((i, form),)
    by_language: defaultdict[str, list[int]] = defaultdict(list)
    for i, source in enumerate(sources):
        by_language[source.language].append(i)
    for numbers in by_language.values():
        for way in WAYS * ROUNDS:
            rng.shuffle(numbers)
            at = 0
            while at < len(numbers):
                some = numbers[at : at + rng.choice(SIZES)]
                forms = rng.choices(FORMS, FORM_SHARES, k=len(some))
                yield way, rng.choice(SEPARATORS), tuple(zip(some, forms))
                at += len(some)


def put_in_form(source: Source, way: str, form: str) -> str:
    lines = source.flats[way].strip("\n").split("\n")
    if form == "whole":
        return "\n".join(lines)
    rng = random.Random(f"{way} {form} {source.both[0][:100]}")
    is_content = [label_line(squeeze(line), source.both) == 1 for line in lines]
    if "cropped" in form and any(is_content):
        first, last = is_content.index(True), len(lines) - is_content[::-1].index(True)
        kept = slice(max(0, first - rng.choice(CROPS)), last + rng.choice(CROPS))
        lines, is_content = lines[kept], is_content[kept]
    if "verse" in form:
        lines = [part for line, own in zip(lines, is_content) for part in (break_up(line) if own else [line])]
    return "\n".join(lines)


def break_up(line: str) -> list[str]:
    return [part for part in _STOPS_RE.split(line) if part.strip()]


def make_text(job: tuple[str, str, list[Source], tuple[Part, ...]]) -> Text | None:
    way, separator, sources, parts = job
    forms = [form for _, form in parts]
    pages = [put_in_form(source, way, form) + separator for source, form in zip(sources, forms)]
    blocks = read_text(Page("".join(pages), kind="text")).blocks
    if not blocks:
        return None
    measures = measure_blocks(blocks, hash_words([block.text for block in blocks]))
    odds = score_measures(measures, load_weights())
    firsts = np.cumsum([0, *map(len, pages)])
    owners = np.searchsorted(firsts, [block.start for block in blocks], side="right") - 1
    target = [label_line(squeeze(block.text), sources[i].both) for block, i in zip(blocks, owners)]
    where = find_foreign(measures.is_english)
    return Text(
        describe(measures, odds)[where].astype(np.float16),
        odds[where, 0],
        np.array([len(block.text) for block in blocks])[where],
        np.array(target)[where],
        np.array([number for number, _ in parts])[owners][where],
        set(forms) == {"whole"},
    )


def label_line(letters: str, both: tuple[str, str]) -> int:
    found = {letters in text for text in both}
    return -1 if len(letters) < LEAST_LINE or len(found) == 2 else int(found.pop())


def weigh(text: Text, shares: np.ndarray) -> np.ndarray:
    """Each page of a text weighs as much as another, but for how many others there are in its language."""
    sizes = text.sizes**0.8 * (text.target >= 0)
    totals = np.bincount(text.page, sizes, minlength=len(shares))[text.page]
    share = DUMP_SHARE if len(np.unique(text.page)) > 1 else 1
    return 1000 * sizes / np.maximum(totals, 1e-9) * shares[text.page] * share


def fit(texts: list[Text], shares: np.ndarray, unseen: np.ndarray) -> Trees:
    """What is to be added to the odds, from the blocks of all pages but those that `unseen` says."""
    chosen = [(text, (text.target >= 0) & ~unseen[text.page], weigh(text, shares)) for text in texts]
    rows, odds, target, weight = (
        np.concatenate(parts)
        for parts in zip(*((t.rows[use], t.odds[use], t.target[use], w[use]) for t, use, w in chosen))
    )
    model = CatBoostClassifier(
        random_seed=1, thread_count=1, verbose=False, allow_writing_files=False, bootstrap_type="Bernoulli",
        subsample=0.5, **TREES,
    )  # fmt: skip
    trees = export_trees(model.fit(Pool(rows.astype(np.float32), target, weight=weight, baseline=odds)))
    return trees._replace(leaves=trees.leaves * np.float32(SHARE), bias=trees.bias * SHARE)


def score(text: Text, odds: np.ndarray) -> Iterator[tuple[int, tuple[float, float, float]]]:
    """Precision, recall and F1 of each page of a text, by characters, without rules."""
    keep = 1 / (1 + np.exp(-odds)) > choose_bars(odds, text.sizes, BARS["balanced"])
    for page in np.unique(text.page).tolist():
        known = (text.page == page) & (text.target >= 0)
        sizes, kept, right = text.sizes[known], keep[known], text.target[known] == 1
        if (wanted := sizes[right].sum()) >= LEAST_LETTERS / 4:
            found, both = sizes[kept].sum(), sizes[kept & right].sum()
            yield page, (both / max(1, found), both / wanted, 2 * both / (found + wanted))


def cross_validate(texts: list[Text], sources: list[Source], shares: np.ndarray) -> None:
    sites = sorted({source.site for source in sources})
    random.Random(2).shuffle(sites)
    fold = np.array([sites.index(source.site) % FOLDS for source in sources])
    after = [text.odds.astype(np.float32) for text in texts]
    for unseen in range(FOLDS):
        trees = fit(texts, shares, fold == unseen)
        for text, odds in zip(texts, after):
            if (own := fold[text.page] == unseen).any():
                odds[own] += run_trees(trees, text.rows[own].T.astype(np.float32))
    kinds = {"alone": (False, True), "alone, in other forms": (False, False), "run together": (True, False)}
    for name, kind in kinds.items():
        scores: defaultdict[str, list[tuple[float, ...]]] = defaultdict(list)
        for text, odds in zip(texts, after):
            if (len(np.unique(text.page)) > 1, text.is_whole) == kind and len(text.odds):
                for (page, old), (_, new) in zip(score(text, text.odds), score(text, odds), strict=True):
                    scores[sources[page].language].append(old + new)
        means = {language: np.mean(rows, axis=0) for language, rows in sorted(scores.items())}
        for language, mean in {**means, "all": np.mean(list(means.values()), axis=0)}.items():
            print(f"{name:<24}{language:<4}{len(scores.get(language, ())):>6}", *(f"{x:.3f}" for x in mean))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pages", type=Path)
    parser.add_argument("--out", type=Path, default=PACKAGE / "text_foreign.npz")
    parser.add_argument("--cv", action="store_true")
    parser.add_argument("--jobs", type=int, default=1)
    args = parser.parse_args()
    with ProcessPoolExecutor(args.jobs) as pool:
        read = pool.map(read_source, sorted(args.pages.glob("*/*.html")), chunksize=8)
        # The same page may be saved twice.
        sources = list({source.both[0][:500]: source for source in read if source}.values())
        jobs = (
            (way, separator, [sources[i] for i, _ in parts], parts)
            for way, separator, parts in run_together(sources, random.Random(1))
        )
        texts = [text for text in pool.map(make_text, jobs, chunksize=8) if text]
    counts = Counter(source.language for source in sources)
    print(
        f"{len(sources)} pages, {sum(len(text.odds) for text in texts)} blocks; pages by language:",
        dict(counts),
    )
    shares = np.array([np.sqrt(min(1, COMMON / counts[source.language])) for source in sources])
    if args.cv:
        cross_validate(texts, sources, shares)
    else:
        trees = fit(texts, shares, np.zeros(len(sources), bool))
        np.savez_compressed(args.out, **pack_trees("trees", trees))


if __name__ == "__main__":
    main()
