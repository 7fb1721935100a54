"""Are lines of dumps labelled right, with word tables and without them? Held-out dumps with line labels.

    python benchmarks/bench_text_labels.py DUMPS [--json OUT] [--lines LINES.npz]

Characters and lines of dumps-dev/val that the labeller keeps, before anything is cut into articles. A line is kept
when half of its characters are. For honest figures give weights that were trained with --held-out.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent / "train"))
from train_text_lines import label_lines, read_dump, read_golds

from dehusk.blocks.text import read_text
from dehusk.label.text import label_with
from dehusk.label.text_model import Weights, load_weights, unpack_weights
from dehusk.model import Options, Page


def count_dump(text: str, labels: str, weights: Weights, *, with_words: bool) -> np.ndarray:
    """Kept rightly, kept wrongly, lost: characters, then lines."""
    document = read_text(Page(text, kind="text"))
    lines = np.array(label_lines(text)).reshape(-1, 2)
    cover = np.zeros(len(lines))
    for item in label_with(document, Options(), weights=weights, with_words=with_words):
        block = item.block
        first = max(0, int(np.searchsorted(lines[:, 0], block.start, "right")) - 1)
        part = slice(first, int(np.searchsorted(lines[:, 0], block.end)))
        if item.is_kept:
            cover[part] += np.minimum(lines[part, 1], block.end) - np.maximum(lines[part, 0], block.start)
    sizes, marks = lines[:, 1] - lines[:, 0], np.array(list(labels))
    gold, junk, is_kept = marks == "k", marks == "d", 2 * cover >= sizes
    chars = [cover[gold].sum(), cover[junk].sum(), (sizes - cover)[gold].sum()]
    return np.array([*chars, (gold & is_kept).sum(), (junk & is_kept).sum(), (gold & ~is_kept).sum()])


def score(right: float, wrong: float, lost: float) -> dict[str, float]:
    precision, recall = right / (right + wrong), right / (right + lost)
    return {
        "P": round(precision, 3),
        "R": round(recall, 3),
        "F1": round(2 * right / (2 * right + wrong + lost), 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("dumps", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--lines", type=Path)
    parser.add_argument("--split", default="val")
    args = parser.parse_args()
    weights = unpack_weights(np.load(args.lines)) if args.lines else load_weights()
    golds = read_golds(args.dumps, args.split)
    result = {}
    for name, with_words in (("with word tables", True), ("without word tables", False)):
        counts = sum(
            count_dump(read_dump(args.dumps, gold), gold["labels"], weights, with_words=with_words)
            for gold in golds
        )
        result[name] = {"char": score(*counts[:3]), "line": score(*counts[3:])}
    print(json.dumps(result, indent=1))
    if args.json:
        args.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
