"""Do the pages that a search for one event finds, run together to one text, come out as its articles?

    python benchmarks/bench_event_dumps.py [--folder FOLDER] [--json OUT] [--verbose]

The dumps of `event_dumps/` were written as such pages look when they are scraped, each line with a tag
(see train/make_text_written.py; nothing is trained on these, and FOLDER may be train/written for a look at what is).
By dump and in all: precision, recall and F1 of the borders; articles that one record holds with F1 .8 and .9 of their
characters; character F1, and how much of the husk and of the headlines is kept. Lines that may stay or go count
nowhere. jusText judges the same lines as paragraphs, trafilatura has the lines in <p>; they do not cut.
"""

from __future__ import annotations

import argparse
import sys
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from bench_foreign_pages import put_out
from bench_text import run_justext, run_trafilatura

from dehusk.blocks.text import read_text
from dehusk.model import Options, Page
from dehusk.stages.windows import work_windows

sys.path.insert(0, str(Path(__file__).parent / "train"))
from make_text_written import read_tags

DUMPS = Path(__file__).with_name("event_dumps")
KEPT = ("H", "K")


class Dump(NamedTuple):
    """The lines of a dump that hold something."""

    text: str
    places: list[int]
    """Offset of each line."""
    tags: list[str]
    pages: list[int]

    def find_lines(self, start: int, end: int) -> range:
        """Those in [start, end) of the text."""
        return range(bisect_right(self.places, start) - 1, bisect_left(self.places, end))

    def size(self, line: int) -> int:
        end = self.places[line + 1] if line + 1 < len(self.places) else len(self.text)
        return len(self.text[self.places[line] : end].rstrip())


def read_dump(path: Path) -> Dump:
    dump, at = Dump("", [], [], []), 0
    texts, page = [], -1
    for tag, line in read_tags(path):
        if tag == "P":
            page += 1
            continue
        if tag != "B":
            dump.places.append(at)
            dump.tags.append(tag)
            dump.pages.append(page)
        texts.append(line)
        at += len(line) + 1
    return dump._replace(text="\n".join(texts))


def find_gaps(dump: Dump) -> list[tuple[int, int]]:
    """For each border the lines that an article may begin with, first and last: between the text of two pages, or with
    the lower one's first line that is no headline."""
    lasts = {page: i for i, (tag, page) in enumerate(zip(dump.tags, dump.pages, strict=True)) if tag in KEPT}
    firsts: dict[int, int] = {}
    for i, (tag, page) in enumerate(zip(dump.tags, dump.pages, strict=True)):
        if tag == "K":
            firsts.setdefault(page, i)
    return [(lasts[above] + 1, firsts[below]) for above, below in pairwise(sorted(lasts))]


def judge(dump: Dump, groups: list[list[range]], *, verbose: bool = False) -> Counter[str]:
    """Counts of one dump; `groups` are the lines of each record's blocks."""
    gaps, cuts = find_gaps(dump), [group[0][0] for group in groups[1:]]
    missed = [(low, high) for low, high in gaps if not any(low <= cut <= high for cut in cuts)]
    wrong = [cut for cut in cuts if not any(low <= cut <= high for low, high in gaps)]
    if verbose:
        tell(dump, missed, wrong)
    hits = len(gaps) - len(missed)
    found = Counter(borders=len(gaps), hits=hits, cuts=hits + len(wrong), pages=1 + dump.pages[-1])
    sums: list[Counter[tuple[str, int]]] = []
    for group in groups:
        mine = {line for lines in group for line in lines}
        sums.append(Counter())
        for line in mine:
            sums[-1][dump.tags[line], dump.pages[line]] += dump.size(line)
            found[f"kept {dump.tags[line]}"] += dump.size(line)
    wanted: Counter[int] = Counter()
    for line, (tag, page) in enumerate(zip(dump.tags, dump.pages, strict=True)):
        found[f"all {tag}"] += dump.size(line)
        wanted[page] += dump.size(line) * (tag in KEPT)
    for page, size in wanted.items():
        shares = [
            2
            * sum(own[tag, page] for tag in KEPT)
            / (size + sum(v for (tag, _), v in own.items() if tag != "O"))
            for own in sums
        ]
        for bar in (0.8, 0.9):
            found[f"articles {bar}"] += max(shares, default=0) >= bar
    return found


def tell(dump: Dump, missed: list[tuple[int, int]], wrong: list[int]) -> None:
    """Where borders are missed or wrong."""

    def show(lines: Iterable[int]) -> None:
        for i in lines:
            if 0 <= i < len(dump.places):
                print("   ", dump.tags[i], dump.text[dump.places[i] : dump.places[i] + 100].split("\n")[0])

    for low, high in missed:
        print("missed")
        show(range(low - 1, high + 1))
    for cut in wrong:
        print("wrong, at the third of")
        show(range(cut - 2, cut + 3))


def summarize(found: Counter[str]) -> dict[str, float]:
    precision, recall = found["hits"] / max(1, found["cuts"]), found["hits"] / max(1, found["borders"])
    kept, wanted = (sum(found[f"{which} {tag}"] for tag in KEPT) for which in ("kept", "all"))
    return {
        "border P": precision,
        "border R": recall,
        "border F1": 2 * found["hits"] / max(1, found["cuts"] + found["borders"]),
        "articles of F1 .8": found["articles 0.8"] / found["pages"],
        "articles of F1 .9": found["articles 0.9"] / found["pages"],
        "character F1": 2 * kept / (kept + found["kept J"] + wanted),
        "text kept": kept / wanted,
        "headlines kept": found["kept H"] / max(1, found["all H"]),
        "husk left": found["kept J"] / found["all J"],
    }


def clean(dump: Dump) -> list[list[range]]:
    groups = work_windows(Page(dump.text, kind="text"), Options()).groups
    return [[dump.find_lines(item.block.start, item.block.end) for item in group] for group in groups]


def clean_by_justext(dump: Dump) -> list[list[range]]:
    document = read_text(Page(dump.text, kind="text"))
    blocks = [b for b, stays in zip(document.blocks, run_justext(document), strict=True) if stays]
    return [[dump.find_lines(block.start, block.end) for block in blocks]]


def clean_by_trafilatura(dump: Dump) -> list[list[range]]:
    document = read_text(Page(dump.text, kind="text"))
    kept = set((run_trafilatura(document) or "").splitlines())
    return [[dump.find_lines(b.start, b.end) for b in document.blocks if b.text in kept]]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, default=DUMPS)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    tools = {"dehusk": clean, "jusText": clean_by_justext, "trafilatura": clean_by_trafilatura}
    sums: dict[str, Counter[str]] = {name: Counter() for name in tools}
    result: dict[str, dict[str, float]] = {}
    for path in sorted(args.folder.glob("*.txt")):
        dump = read_dump(path)
        for name, run in tools.items():
            found = judge(dump, run(dump), verbose=args.verbose and name == "dehusk")
            sums[name] += found
            if name == "dehusk":
                result[path.stem] = summarize(found)
    result |= {f"all, {name}": summarize(found) for name, found in sums.items()}
    rounded = {key: {name: round(value, 3) for name, value in row.items()} for key, row in result.items()}
    put_out(("jusText", "trafilatura"), {"dumps": rounded}, args.json)


if __name__ == "__main__":
    main()
