"""Train which line of an article is its title: train_text_titles.py GOLD DUMPS [--out OUT.json]

DUMPS is a folder of text dumps with a label for each line, GOLD the folder laid out as WCXB is that they were made of,
whose ground truth has titles. The articles are those that the shipped models make of the dumps of train, and of those
in `written/`, as they are, without blank lines, and page by page; an article counts if the gold title is one of its
lines. A conditional logit model (the chances of an article's lines add up to one), fitted by L-BFGS. Prints how often
it is right on these, and on what it does not learn from: val and `../event_dumps`. Deterministic.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
from make_text_written import WRITTEN, read_tags
from scipy.optimize import minimize
from train_text_lines import label_lines, read_dump, read_golds

import dehusk
from dehusk.articles import add_left_out
from dehusk.metadata.text_titles import FEATURES, describe_titles, tidy_title
from dehusk.metadata.titles import fold
from dehusk.stages.windows import Worked, work_windows

SHRINKAGE = 1.0
LEAST_CHARS = 150
PACKAGE = Path(__file__).parents[2] / "src" / "dehusk"
EVENTS = Path(__file__).parents[1] / "event_dumps"


class Case(NamedTuple):
    rows: np.ndarray
    right: np.ndarray
    """The lines that are the title."""


class Line(NamedTuple):
    """Of a dump whose lines have tags, as in `written/`."""

    tag: str
    text: str
    page: int


def read_cases(gold: Path, dumps: Path, split: str) -> list[Case]:
    """Of each page of the dumps the article that holds most of its kept text."""
    cases = []
    for dump in read_golds(dumps, split):
        text = read_dump(dumps, dump)
        found = work_windows(dehusk.Page(text, kind="text"), dehusk.Options(dedup=False))
        lines = label_lines(text)
        starts = [page["start"] for page in dump["pages"]]
        for page, first, stop in zip(dump["pages"], starts, [*starts[1:], len(lines)]):
            truth = json.loads((gold / "ground-truth" / f"{page['page']}.json").read_text(encoding="utf-8"))
            title = truth["ground_truth"].get("title") or ""
            cases += make_case(found, lines[first][0], lines[stop - 1][1], {title})
    return cases


def make_case(found: Worked, low: int, high: int, titles: set[str]) -> list[Case]:
    """The article of a text that holds most of [low, high), if a title is one of its lines; none or one."""
    shares = [
        sum(max(0, min(item.block.end, high) - max(item.block.start, low)) for item in group)
        for group in found.groups
    ]
    if not shares or max(shares) < LEAST_CHARS:
        return []
    best = int(np.argmax(shares))
    end = found.groups[best - 1][-1].block.end if best else 0
    candidates = describe_titles(add_left_out(found.groups[best], found.labels.blocks, end))
    folded = {fold(tidy_title(title)) for title in titles} - {""}
    right = np.array([fold(title) in folded for title in candidates.titles])
    return [Case(candidates.rows, right)] if right.any() else []


def read_tagged_cases(folder: Path) -> list[Case]:
    """Of the dumps of a folder, whose headlines have tags."""
    cases = []
    for path in sorted(folder.glob("*.txt")):
        lines, page = list[Line](), -1
        for tag, text in read_tags(path):
            page += tag == "P"
            if tag != "P":
                lines.append(Line(tag, text, page))
        cases += make_tagged_cases(lines) + make_tagged_cases([line for line in lines if line.tag != "B"])
        for one in range(page + 1):
            cases += make_tagged_cases([line for line in lines if line.page == one])
    return cases


def make_tagged_cases(lines: list[Line]) -> list[Case]:
    """Of each page of one text from its headline to the end of its text."""
    text = "\n".join(line.text for line in lines)
    found = work_windows(dehusk.Page(text, kind="text"), dehusk.Options(dedup=False))
    ends = np.cumsum([len(line.text) + 1 for line in lines]) - 1
    cases = []
    for page in sorted({line.page for line in lines}):
        kept = [i for i, line in enumerate(lines) if line.page == page and line.tag in "HK"]
        if kept:
            titles = {lines[i].text for i in kept if lines[i].tag == "H"}
            cases += make_case(
                found, int(ends[kept[0]]) - len(lines[kept[0]].text), int(ends[kept[-1]]), titles
            )
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
    train, written = read_cases(args.gold, args.dumps, "train"), read_tagged_cases(WRITTEN)
    means, weights = fit(train + written)
    judged = {
        "train": train,
        "written": written,
        "val": read_cases(args.gold, args.dumps, "val"),
        "event_dumps": read_tagged_cases(EVENTS),
    }
    for name, cases in judged.items():
        print(f"{name}: right {count_right(cases, means, weights):.3f} of {len(cases)}")
    model = {
        part: {name: round(float(value), 4) for name, value in zip(FEATURES, values)}
        for part, values in (("means", means), ("weights", weights))
    }
    args.out.write_text(json.dumps(model, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
