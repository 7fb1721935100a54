"""Are the lines of which a text browser made two or more one again, and no others?

    python benchmarks/bench_wrapping.py GOLD [--pages 150] [--json OUT]

GOLD is a folder laid out as WCXB is; a seeded sample of its pages and the 52 of `foreign_pages/` go through w3m and
lynx at widths of 60 to 100 columns, and at one so large that no line is broken. A page counts where the letters are the
same at both. *joined* is the share of the browser's breaks at which no block begins, *false* the share of all other
line ends at which none does, though a line did. Beside it what a user would write: a block ends where a blank line is.
By language are the foreign pages at 72, 80 and 100 columns, of both browsers. lynx counts a wide character as one
column, w3m as two.
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import accumulate
from pathlib import Path

import numpy as np
from bench_foreign_pages import PAGES, put_out

from dehusk.blocks.text import read_text
from dehusk.model import Page

sys.path.insert(0, str(Path(__file__).parent / "train"))
from make_text_pages import run_lynx, run_w3m

WIDTHS = (60, 72, 80, 100)
BROWSERS: dict[str, tuple[Callable[[str, int], str], int]] = {
    "w3m": (run_w3m, 2000),
    "lynx": (lambda html, columns: run_lynx(html, columns, "-nolist"), 1000),
}
"""And a width at which they break no line."""
COUNTS = ("joined", "breaks", "false", "ends")


def read_pages(gold: Path, count: int) -> Iterator[tuple[str, str]]:
    """Language, "gold" for those of GOLD, and markup."""
    for case in json.loads((PAGES / "cases.json").read_text(encoding="utf-8")):
        yield case["language"].split("-")[0], (PAGES / case["page"]).read_text(encoding="utf-8")
    paths = sorted((gold / "html").glob("*.html.gz"))
    for i in np.random.default_rng(5).choice(len(paths), min(count, len(paths)), replace=False).tolist():
        yield "gold", gzip.decompress(paths[i].read_bytes()).decode("utf-8", "replace")


def count_letters(text: str) -> list[int]:
    """Letters and digits before each character, and in all."""
    return [0, *accumulate(map(str.isalnum, text))]


def find_lines(text: str) -> set[int]:
    """How many letters stand before each line that has some."""
    sums = np.cumsum([0, *(sum(map(str.isalnum, line)) for line in text.splitlines())])
    return set(sums[:-1][np.diff(sums) > 0].tolist())


def find_blocks(text: str) -> set[int]:
    letters = count_letters(text)
    return {letters[block.start] for block in read_text(Page(text, kind="text")).blocks}


def find_paragraphs(text: str) -> set[int]:
    """The same for what stands between blank lines."""
    lines, letters, starts, is_open = text.splitlines(), 0, set[int](), False
    for line in lines:
        own = sum(map(str.isalnum, line))
        if own and not is_open:
            starts.add(letters)
        is_open = bool(line.strip()) and (is_open or own > 0)
        letters += own
    return starts


def score(text: str, wide: str, found: set[int]) -> np.ndarray:
    """COUNTS of one text."""
    lines, own = find_lines(text), find_lines(wide)
    breaks, ends = lines - own, lines & own
    return np.array([len(breaks - found), len(breaks), len(ends - found), len(ends)])


def show(counts: np.ndarray) -> dict[str, float]:
    joined, breaks, false, ends = counts.tolist()
    return {
        "joined": round(joined / max(1, breaks), 3), "of": breaks,
        "false": round(false / max(1, ends), 4), "line ends": ends,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", type=Path)
    parser.add_argument("--pages", type=int, default=150)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    totals: dict[tuple[str, ...], np.ndarray] = defaultdict(lambda: np.zeros(len(COUNTS), np.int64))
    for language, html in read_pages(args.gold, args.pages):
        group = "gold" if language == "gold" else "foreign"
        for browser, (run, most) in BROWSERS.items():
            try:
                wide, *texts = [run(html, columns) for columns in (most, *WIDTHS)]
            except subprocess.SubprocessError:
                continue
            totals[group, f"{browser}, no breaks", "dehusk"] += score(wide, wide, find_blocks(wide))
            said = "".join(filter(str.isalnum, wide))
            for columns, text in zip(WIDTHS, texts, strict=True):
                if "".join(filter(str.isalnum, text)) != said:
                    continue
                ours = score(text, wide, find_blocks(text))
                totals[group, f"{browser}, {columns} columns", "dehusk"] += ours
                totals[group, f"{browser}, {columns} columns", "blank lines"] += score(
                    text, wide, find_paragraphs(text)
                )
                if columns > WIDTHS[0] and group == "foreign":
                    totals["by language", language, "dehusk"] += ours
    result: dict[str, dict[str, dict[str, dict[str, float]]]] = {}
    for (group, name, way), counts in totals.items():
        result.setdefault(group, {}).setdefault(name, {})[way] = show(counts)
    put_out((), result, args.json)


if __name__ == "__main__":
    main()
