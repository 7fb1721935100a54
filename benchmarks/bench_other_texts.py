"""Are dumps of pages right that no model and no dump of dumps-dev comes from?

    python benchmarks/bench_other_texts.py GOLD [--json OUT]

GOLD is a folder laid out as WCXB is, of another maker's pages (readability-dev); pages of little text and of "lorem
ipsum", with which parsers are tested, are left out. The others are flattened as `train/make_text_pages.py` does, in
twelve ways, and 80 dumps are made of 4 to 20 of them in one way or in several. What is counted, and against whom, is
that of `bench_event_dumps.py`; titles, and lines without a word, count nowhere. Needs inscriptis, html2text,
resiliparse, and the text browsers w3m and lynx.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench_event_dumps import Dump, clean, clean_by_justext, clean_by_trafilatura, judge, summarize
from bench_foreign_pages import put_out, read_folders

sys.path.insert(0, str(Path(__file__).parent / "train"))
from make_text_dumps import Chunk, cut_chunks
from make_text_pages import flatten_page

DUMPS, SIZES, SEED = 80, (4, 20), 7
LEAST_CHARS = 600  # of a page's gold text
BLANKS = ((0,), (1,), (0, 1, 2))
"""Blank lines between two pages of a dump: one of these, drawn for each dump."""
TAGS = {"k": "K", "d": "J"}


def read_chunks(gold: Path) -> dict[str, dict[str, Chunk]]:
    """By page and way of flattening."""
    found = defaultdict[str, dict[str, Chunk]](dict)
    for key in sorted(json.loads((gold / "metadata.json").read_text(encoding="utf-8"))["files"]):
        truth = json.loads((gold / "ground-truth" / f"{key}.json").read_text(encoding="utf-8"))
        content = truth["ground_truth"].get("main_content") or ""
        if len(content) < LEAST_CHARS or "lorem ipsum" in content.lower():
            continue
        for row, text in flatten_page(key, gold):
            for chunk in cut_chunks(text, row):
                if "k" in chunk.labels:
                    found[key][chunk.flat] = chunk
    return found


def make_dumps(chunks: dict[str, dict[str, Chunk]]) -> Iterator[Dump]:
    rng, pages = random.Random(SEED), sorted(chunks)
    for _ in range(DUMPS):
        picks = rng.sample(pages, rng.randint(*SIZES))
        way = rng.choice([*chunks[picks[0]], *[""] * 5])  # three dumps of ten are mixed
        blanks = rng.choice(BLANKS)
        mine = [chunks[pick].get(way) or chunks[pick][rng.choice(sorted(chunks[pick]))] for pick in picks]
        yield join(mine, [rng.choice(blanks) for _ in mine])


def join(chunks: Sequence[Chunk], blanks: Sequence[int]) -> Dump:
    dump, lines, at = Dump("", [], [], []), list[str](), 0
    for page, (chunk, count) in enumerate(zip(chunks, blanks, strict=True)):
        for line, label in zip([*chunk.lines, *[""] * count], [*chunk.labels, *[""] * count], strict=True):
            if label:
                dump.places.append(at)
                dump.tags.append(TAGS.get(label, "O"))
                dump.pages.append(page)
            lines.append(line)
            at += len(line) + 1
    return dump._replace(text="\n".join(lines))


def main() -> None:
    args = read_folders(__doc__, "gold")
    dumps = list(make_dumps(read_chunks(args.gold)))
    result = {}
    for name, run in (
        ("dehusk", clean), ("jusText heuristics", clean_by_justext), ("trafilatura", clean_by_trafilatura)
    ):  # fmt: skip
        counts = sum((judge(dump, run(dump)) for dump in dumps), Counter[str]())
        figures = summarize(counts)
        del figures["headlines kept"]  # there are none that must stay
        result[name] = {key: round(value, 3) for key, value in figures.items()}
    put_out(("trafilatura", "justext", "resiliparse"), {"dumps": len(dumps), "tools": result}, args.json)


if __name__ == "__main__":
    main()
