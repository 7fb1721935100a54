"""Train which line of an article is its title: train_text_titles.py GOLD DUMPS [--out OUT.json]

DUMPS is a folder of text dumps with a label for each line, GOLD the folder laid out as WCXB is that they were made of,
whose ground truth has titles. The articles are those that the shipped models make of the dumps of train; an article
counts if the gold title is one of its lines. A conditional logit model (the chances of an article's lines add up to
one), fitted by L-BFGS. Prints how often it is right on train, and on val, which it does not learn from. Deterministic.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from train_text_lines import label_lines, read_dump, read_golds

import dehusk
from dehusk.articles import add_left_out
from dehusk.metadata.text_titles import FEATURES, describe_titles
from dehusk.metadata.titles import fold
from dehusk.stages.windows import work_windows

SHRINKAGE = 1.0
LEAST_CHARS = 150
PACKAGE = Path(__file__).parents[2] / "src" / "dehusk"


class Case(NamedTuple):
    rows: np.ndarray
    right: np.ndarray
    """The lines that are the title."""


def read_cases(gold: Path, dumps: Path, split: str) -> list[Case]:
    """Of each page of the dumps the article that holds most of its kept text."""
    cases = []
    for dump in read_golds(dumps, split):
        text = read_dump(dumps, dump)
        found = work_windows(dehusk.Page(text, kind="text"), dehusk.Options(dedup=False))
        ends = [0, *(group[-1].block.end for group in found.groups)]
        lines = label_lines(text)
        starts = [page["start"] for page in dump["pages"]]
        for page, first, stop in zip(dump["pages"], starts, [*starts[1:], len(lines)]):
            low, high = lines[first][0], lines[stop - 1][1]
            shares = [
                sum(max(0, min(item.block.end, high) - max(item.block.start, low)) for item in group)
                for group in found.groups
            ]
            if not shares or max(shares) < LEAST_CHARS:
                continue
            best = int(np.argmax(shares))
            article = add_left_out(found.groups[best], found.labels.blocks, ends[best])
            candidates = describe_titles(article)
            truth = json.loads((gold / "ground-truth" / f"{page['page']}.json").read_text(encoding="utf-8"))
            title = fold(truth["ground_truth"].get("title") or "")
            right = np.array(
                [bool(title) and fold(found_title) == title for found_title in candidates.titles]
            )
            if right.any():
                cases.append(Case(candidates.rows, right))
    return cases


def fit(cases: list[Case]) -> tuple[np.ndarray, np.ndarray]:
    rows = np.concatenate([case.rows for case in cases])
    means, scales = rows.mean(axis=0), rows.std(axis=0) + 1e-6

    def lose(weights: np.ndarray) -> tuple[float, np.ndarray]:
        loss, slope = SHRINKAGE * weights @ weights / 2, SHRINKAGE * weights
        for case in cases:
            scaled = (case.rows - means) / scales
            odds = scaled @ weights
            chances = np.exp(odds - odds.max())
            chances /= chances.sum()
            own = chances * case.right
            loss -= np.log(own.sum() + 1e-12)
            slope = slope + scaled.T @ (chances - own / (own.sum() + 1e-12))
        return float(loss), slope

    found = minimize(lose, np.zeros(len(FEATURES)), jac=True, method="L-BFGS-B")
    return means, found.x / scales


def count_right(cases: list[Case], means: np.ndarray, weights: np.ndarray) -> float:
    return float(np.mean([case.right[np.argmax((case.rows - means) @ weights)] for case in cases]))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", type=Path)
    parser.add_argument("dumps", type=Path)
    parser.add_argument("--out", type=Path, default=PACKAGE / "metadata" / "text_titles.json")
    args = parser.parse_args()
    cases = read_cases(args.gold, args.dumps, "train")
    means, weights = fit(cases)
    for split, some in (("train", cases), ("val", read_cases(args.gold, args.dumps, "val"))):
        print(f"{split}: right {count_right(some, means, weights):.3f} of {len(some)}")
    model = {
        part: {name: round(float(value), 4) for name, value in zip(FEATURES, values)}
        for part, values in (("means", means), ("weights", weights))
    }
    args.out.write_text(json.dumps(model, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
