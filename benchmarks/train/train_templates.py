"""Weights for what repeats across a site: src/dehusk/templates/weights.npz.

    python train_templates.py GOLD [--folds 5] [--out weights.npz]

Sites are made of the pages of GOLD (see ../site_set.py), every fold of domains by itself: chromes and contents of a
fold are in no other. Prints the cross-validated figures, then fits on all folds.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))
from align import cover_blocks, read_words
from site_set import PLANTS, Gold, SitePage, Supply, flatten, read_gold, split_domains

from dehusk.model import Options, Page
from dehusk.stages import page as stage
from dehusk.stages.page import Cleaned, work_page
from dehusk.templates import LEAST_PAGES, Found, Prints, count_parts, count_prints, look_up
from dehusk.templates.judge import describe_repeats

SITES = ((10, 1, 4), (30, 1, 2), (100, 1, 1), (12, 2, 2), (30, 2, 1), (30, 3, 2))
"""Pages, templates, and how many of them a fold. As many again are ragged, and as many have a shared part."""
UNRELATED = (10, 30, 100)
PLANTED = ((12, 1), (24, 1), (24, 2), (30, 3))
"""Pages and templates."""
BAR = 3.25
BARS = (1.0, 2.0, 3.0, 3.25, 4.0, 6.0)
STAYS = 6.0
OPTIONS = Options(dedup=False)


class Case(NamedTuple):
    """A page of a site with what its blocks truly are."""

    fold: int
    kind: str
    """"sites", "ragged", "shared", "unrelated", or what was planted; with " text" or " dump" behind it."""
    prints: Prints
    found: Found
    is_content: np.ndarray
    """For each block whether the gold text has it."""
    texts: list[str]


def make_sites(golds: list[Gold], rng: Random) -> Iterator[tuple[str, list[SitePage]]]:
    supply = Supply(golds)
    for pages, templates, count in SITES:
        made = min(pages, len(supply.contents) - templates)
        for kind in ("sites", "ragged", "shared"):
            how = {} if kind == "sites" else {kind: True}
            for _ in range(count):
                yield kind, supply.make_site(rng, made, templates=templates, **how)
    for name, plant in PLANTS.items():
        for pages, templates in PLANTED:
            yield name, supply.make_site(rng, pages, templates=templates, plant=plant)
    for pages in UNRELATED:
        chosen = rng.sample(golds, min(pages, len(golds)))
        yield "unrelated", [SitePage(one.html.decode("utf-8", "replace"), one.text) for one in chosen]


def collect_fold(fold: int, golds: list[Gold]) -> list[Case]:
    rng = Random(fold + 1)
    cases: list[Case] = []
    for kind, site in make_sites(golds, rng):
        cases += read_site(fold, kind, site)
        texts = [SitePage(flatten(page.html), page.text, page.planted) for page in site]
        cases += read_site(fold, f"{kind} text", texts)
        cases.append(read_dump(fold, f"{kind} dump", texts, cases[-len(texts) :]))
    return cases


def read_site(fold: int, kind: str, site: list[SitePage]) -> list[Case]:
    """Each page with the evidence of all."""
    is_text = kind.endswith(" text")
    done = []
    for i, page in enumerate(site):
        one = Page(page.html, source=f"site/{i}", kind="text" if is_text else "html", is_single=is_text)
        cleaned = work_page(one, OPTIONS)
        if cleaned.prints:
            texts = [item.block.text for item in cleaned.labelled]
            done.append((cleaned.prints, find_content(texts, page), texts))
    table = count_prints([prints for prints, _, _ in done])
    return [Case(fold, kind, prints, look_up([table], prints), known, texts) for prints, known, texts in done]


def find_content(texts: list[str], page: SitePage) -> np.ndarray:
    """Which blocks the gold text has; what was planted is known by its words, for alignment misses short lines."""
    planted = {tuple(read_words(text)) for text in page.planted}
    shares = cover_blocks(texts, page.text)
    return np.array(
        [share >= 0.5 or tuple(read_words(text)) in planted for text, share in zip(texts, shares)]
    )


def read_dump(fold: int, kind: str, site: list[SitePage], known: list[Case]) -> Case:
    """The texts of a site run into one; what its lines are is known from the pages."""
    truth = {text: is_content for case in known for text, is_content in zip(case.texts, case.is_content)}
    cleaned, prints = work_dump("\n\n".join(page.html for page in site))
    texts = [item.block.text for item in cleaned.labelled]
    is_content = np.array([truth.get(text, True) for text in texts])
    return Case(fold, kind, prints, count_parts(prints), is_content, texts)


def work_dump(text: str) -> tuple[Cleaned, Prints]:
    """A dump and its prints, which cleaning uses up; nothing is cut by the weights that there are."""
    held: list[Prints] = []
    make, find = stage.make_prints, stage.find_change

    def keep(*args: object, **options: object) -> Prints:
        held.append(make(*args, **options))
        return held[-1]

    stage.make_prints, stage.find_change = keep, lambda *_, **__: None
    try:
        cleaned = work_page(Page(text, source="dump", kind="text"), OPTIONS)
    finally:
        stage.make_prints, stage.find_change = make, find
    return cleaned, held[-1]


class Table(NamedTuple):
    """The candidates of all cases: repeated blocks that were kept."""

    rows: np.ndarray
    is_husk: np.ndarray
    chars: np.ndarray
    """Share of its page's kept characters."""
    folds: np.ndarray
    kinds: np.ndarray


def read_table(cases: list[Case]) -> Table:
    parts = []
    for case in cases:
        if case.found.pages < LEAST_PAGES:
            continue
        rows = case.prints.rows
        judged, columns = describe_repeats(rows, case.found)
        if len(judged):
            chars = rows["chars"][judged] / max(1, rows["chars"][rows["part"] > 0].sum())
            many = np.full(len(judged), case.fold), np.full(len(judged), case.kind)
            parts.append((columns.T, ~case.is_content[judged], chars, *many))
    return Table(*map(np.concatenate, zip(*parts)))


def weigh(table: Table) -> np.ndarray:
    """Between every block alike and every character alike; text that must stay counts six times."""
    is_made = np.isin([kind.split()[0] for kind in table.kinds], ("sites", "ragged", "shared"))
    return np.sqrt(table.chars) * np.where(table.is_husk, np.where(is_made, 1.0, 0.5), STAYS)


def fit(table: Table) -> np.ndarray:
    """Weights of the columns of `describe_repeats`, log odds of husk out."""
    from sklearn.linear_model import LogisticRegression

    rows = table.rows[:, 1:]
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    model = LogisticRegression(C=1.0, max_iter=3000)
    model.fit((rows - mean) / scale, table.is_husk, sample_weight=weigh(table))
    weights = model.coef_[0] / scale
    return np.concatenate(([model.intercept_[0] - weights @ mean], weights))


def show(table: Table, odds: np.ndarray) -> None:
    """For each kind how much of the repeated husk goes at several bars, and of the repeated content."""
    names = np.array([kind.split()[0] for kind in table.kinds])
    print(f"{'bar':>12}" + "".join(f"{bar:>16.1f}" for bar in BARS))
    for name in sorted(set(names)):
        cells = []
        for bar in BARS:
            for is_husk in (True, False):
                some = (names == name) & (table.is_husk == is_husk)
                cells.append(table.chars[some & (odds > bar)].sum() / max(1e-9, table.chars[some].sum()))
        pairs = zip(cells[::2], cells[1::2])
        print(f"{name:>12}" + "".join(f"{husk:>9.3f}{content:>7.4f}" for husk, content in pairs))


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("gold", type=Path)
    args.add_argument("--folds", type=int, default=5)
    args.add_argument("--jobs", type=int, default=2)
    args.add_argument("--out", type=Path)
    wanted = args.parse_args()
    folds = list(split_domains(read_gold(wanted.gold), wanted.folds, 1))
    with multiprocessing.Pool(wanted.jobs) as pool:
        table = read_table([case for part in pool.starmap(collect_fold, enumerate(folds)) for case in part])
    odds = np.zeros(len(table.rows))
    for fold in range(wanted.folds):
        held = table.folds == fold
        odds[held] = table.rows[held] @ fit(Table(*(column[~held] for column in table)))
    show(table, odds)
    if wanted.out:
        np.savez(wanted.out, weights=fit(table), bar=np.float64(BAR))


if __name__ == "__main__":
    main()
