"""Train what finds breaks inside sentences: train_text_nodes.py GOLD [--without VAL.jsonl.gz] [--out OUT.npz] [--cv]

GOLD is a folder laid out as WCXB is. Of each page every text node becomes a line. A break at which no block element
begins or ends is one inside a paragraph; boosted trees learn to tell it from others by what the lines look like. They
see each text three times: as it is, without capitals, and as in a script without blanks. Nothing is learned from breaks
in code, nor from those inside paragraphs that are not in the gold text: they part links of menus. --cv prints how many
are found, in folds of domains, and writes nothing. Pages of the domains of those that a file of dumps holds are left
out with --without. Deterministic: one thread, seeded.

Needs lxml, CatBoost, and what make_text_pages.py does.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from catboost import CatBoostClassifier
from export_trees import export_trees, pack_trees
from make_text_pages import choose_pages
from text_nodes import BETWEEN, INSIDE, UNKNOWN, NodeText, read_node_texts

from dehusk.blocks import text_nodes as model
from dehusk.blocks.text_nodes import Shapes
from dehusk.trees import Trees, run_trees

FOLDS = 5
HUSK_WEIGHT, MASKED_WEIGHT = 0.3, 0.5
"""What a break between two blocks of husk weighs, and one of a text whose letters are hidden."""
WIDE_LETTERS = 3
"""Letters of an alphabet that a character of a script without blanks says as much as."""
BARS = (1.0, 1.5, 1.75, 2.0, 2.5)
TREES = {"iterations": 190, "depth": 6, "learning_rate": 0.15, "l2_leaf_reg": 5, "border_count": 64}
MASKS = ("as it is", "without capitals", "without blanks")
PACKAGE = Path(__file__).parents[2] / "src" / "dehusk" / "blocks"


class Table(NamedTuple):
    """Breaks of all texts: a column, or a number, for each."""

    rows: np.ndarray
    breaks: np.ndarray
    gold: np.ndarray
    site: np.ndarray


def hide(shapes: Shapes, mask: str) -> Shapes:
    """The shapes as they would be in another script."""
    if mask == MASKS[0]:
        return shapes
    letters = [
        np.where(column <= model._CAPITAL, np.where(column < 0, column, model._LETTER), column)
        for column in shapes[:4]
    ]
    counts = shapes.counts.copy()
    counts[5:] = 0
    if mask == MASKS[2]:
        chars = np.ceil(counts[0] / WIDE_LETTERS)
        counts[:4] = chars, 0 * chars, chars, chars
        letters[1] = np.where(letters[1] == model._BLANK, model._LETTER, letters[1])
        letters[3] = letters[0]
    return Shapes(*letters, counts, *shapes[5:])


def make_table(texts: Sequence[NodeText], mask: str) -> Table:
    parts = list[tuple[np.ndarray, ...]]()
    for text in texts:
        blocks, table = text.document.blocks, text.document.table
        shapes = model.read_shapes(blocks, table, model.find_stops(blocks, text.text))
        signs = model.find_signs(shapes)
        at = model.find_places(shapes, signs)
        if len(at):
            rows = model.describe(hide(shapes, mask), signs, at)
            parts.append((rows, text.breaks[at], text.gold[at], np.full(len(at), text.site)))
    return Table(*(np.concatenate(column, axis=-1) for column in zip(*parts)))


def weigh(table: Table, mask: str) -> np.ndarray:
    weight = np.where((table.gold == 0) & (table.breaks == BETWEEN), HUSK_WEIGHT, 1.0)
    weight[(table.breaks == UNKNOWN) | ((table.gold == 0) & (table.breaks == INSIDE))] = 0
    return weight * (1 if mask == MASKS[0] else MASKED_WEIGHT)


def fit(tables: dict[str, Table], unseen: np.ndarray) -> Trees:
    rows, target, weight = list[np.ndarray](), list[np.ndarray](), list[np.ndarray]()
    for mask, table in tables.items():
        own = weigh(table, mask)
        use = (own > 0) & ~np.isin(table.site, unseen)
        rows.append(table.rows[:, use].T)
        target.append(table.breaks[use])
        weight.append(own[use])
    fitted = CatBoostClassifier(
        random_seed=1, thread_count=1, verbose=False, allow_writing_files=False, **TREES
    )
    return export_trees(
        fitted.fit(np.concatenate(rows), np.concatenate(target), sample_weight=np.concatenate(weight))
    )


def cross_validate(tables: dict[str, Table]) -> None:
    sites = sorted(set(tables[MASKS[0]].site.tolist()))
    random.Random(5).shuffle(sites)
    folds = [np.array(sites[fold::FOLDS]) for fold in range(FOLDS)]
    trees = [fit(tables, fold) for fold in folds]
    for mask, table in tables.items():
        odds = np.zeros(len(table.site), np.float32)
        for fold, own in zip(folds, trees):
            seen = np.isin(table.site, fold)
            odds[seen] = run_trees(own, table.rows[:, seen])
        for bar in BARS:
            parts = [
                (table.gold == 2) & (table.breaks == INSIDE),
                *((table.gold == count) & (table.breaks == BETWEEN) for count in (2, 1, 0)),
            ]
            print(
                f"{mask:<18}{bar:>6}", *(f"{(odds[part] > bar).mean():.4f} of {part.sum()}" for part in parts)
            )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", type=Path)
    parser.add_argument("--without", type=Path)
    parser.add_argument("--out", type=Path, default=PACKAGE / "text_nodes.npz")
    parser.add_argument("--cv", action="store_true")
    args = parser.parse_args()
    texts = list(read_node_texts(args.gold, choose_pages(args.gold, args.without)))
    tables = {mask: make_table(texts, mask) for mask in MASKS}
    if args.cv:
        cross_validate(tables)
    else:
        np.savez_compressed(args.out, **pack_trees("trees", fit(tables, np.array([], str))))


if __name__ == "__main__":
    main()
