"""Are dumps with hardly any junk cut right? Sets made from the val pages of a folder of dumps with line labels.

    python benchmarks/bench_text_borders.py DUMPS [--json OUT] [--lines LINES.npz --borders BORDERS.npz]

Two sets, each joined by no blank line and by one: pages of one topic, and pages blended to one event (the names and
frequent words of one page in all of them). Of the junk around an article at most 8 lines are left on a side, or at
most 4, or, the hard way, up to 8 but mostly few (1.9 in the mean, none on two sides of five). Single pages trimmed the
hard way say how often one is cut. The hard dumps once more with a search listing below that names two thirds of their
pages, in order and among others: what is it worth as a table of contents? For honest figures give weights that were
trained with --held-out.
"""

from __future__ import annotations

import argparse
import json
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent / "train"))
from make_text_dumps import Dump, cut_chunks, make_dumps
from train_text_lines import read_dump, read_golds

from dehusk.blocks.text import read_text
from dehusk.label import text_model as lines_model
from dehusk.label.text import label_with
from dehusk.model import Options, Page
from dehusk.segment import text_model as borders_model
from dehusk.segment.text import split_with

SETS = {"same-topic": "topic_trim", "blended": "blend"}
MOST_JUNK = 8
"""Lines on a side of an article."""
LISTED_SHARE = 0.67
SNIPPET_WORDS = (18, 40)
TITLE_WORDS = (3, 14)
SNIPPET_REACH = 150  # words of a page among which its snippet begins


def append_listing(dump: Dump, others: list[Dump], rng: np.random.Generator) -> Dump:
    """The dump with a search listing: some of its pages, in order, each followed by a page of another dump or none."""
    pages = [page for page in read_pages(dump) if rng.random() < LISTED_SHARE]
    strange = [page for other in others for page in read_pages(other)]
    entries = []
    for page in pages:
        entries.append(page)
        if strange and rng.random() < 0.5:
            entries.append(strange[int(rng.integers(len(strange)))])
    lines = [""]
    for number, (title, words) in enumerate(entries, 1):
        first = int(rng.integers(max(1, min(SNIPPET_REACH, len(words) - SNIPPET_WORDS[1]))))
        snippet = words[first : first + int(rng.integers(*SNIPPET_WORDS))]
        lines += [f"{number}. {title}", f"{' '.join(snippet)} ...", ""]
    offsets = len(dump.text) + 1 + np.cumsum([0, *(len(line) + 1 for line in lines[:-1])])
    return dump._replace(
        text="\n".join([dump.text, *lines]),
        lines=dump.lines + offsets.tolist(),
        marks=dump.marks + ["d" if line else "" for line in lines],
    )


def read_pages(dump: Dump) -> list[tuple[str, list[str]]]:
    """Of each page a title and the words that are kept.

    Nothing says what is a title: it is the first short line that is kept above the first long one, else the longest
    that is not.
    """
    edges = [*dump.lines, len(dump.text)]
    lines: list[list[tuple[str, str]]] = [[] for _ in dump.starts]
    for mark, (first, end) in zip(dump.marks, pairwise(edges), strict=True):
        page = int(np.searchsorted(dump.starts, first, "right")) - 1
        lines[page].append((mark, dump.text[first:end].strip()))
    pages = []
    for found in lines:
        is_body = [mark == "k" and len(line.split()) > TITLE_WORDS[1] for mark, line in found]
        head = found[: is_body.index(True)] if any(is_body) else found
        short = [(mark, line) for mark, line in head if TITLE_WORDS[0] <= len(line.split()) <= TITLE_WORDS[1]]
        titles = [line for mark, line in short if mark == "k"] or sorted(
            (line for _, line in short), key=len
        )[-1:]
        words = [word for mark, line in found if mark == "k" for word in line.split()]
        pages.append((titles[0] if titles else "A title that is nowhere", words))
    return [page for page in pages if page[1]]


def cut_dump(dump: Dump, lines: lines_model.Weights, borders: borders_model.Weights) -> list[np.ndarray]:
    """Of each record the characters it covers of every line."""
    document = read_text(Page(dump.text, kind="text"))
    labelled = label_with(document, Options(), weights=lines)
    if not any(item.is_kept for item in labelled):
        return []
    edges = np.array([*dump.lines, len(dump.text)])
    records = []
    for group in split_with(labelled, weights=borders):
        cover = np.zeros(len(dump.lines), np.int64)
        for item in group:
            first = np.searchsorted(edges, item.block.start, "right") - 1
            for i in range(first, np.searchsorted(edges, item.block.end)):
                cover[i] += min(edges[i + 1], item.block.end) - max(edges[i], item.block.start)
        records.append(cover)
    return records


def score_gaps(dump: Dump, records: list[np.ndarray]) -> tuple[int, int, int]:
    """Borders found, false ones, missed ones; right is one after a page's last kept line, up to the next's first."""
    starts = [dump.lines[int(np.flatnonzero(cover)[0])] for cover in records if cover.any()]
    starts, hits = sorted(starts)[1:], 0
    left = list(starts)
    kept = [k for k in dump.kept if k[0] >= 0]
    for (_, last), (first, _) in pairwise(kept):
        inside = [s for s in left if last <= s <= first]
        if inside:
            left.remove(inside[0])
            hits += 1
    return hits, len(starts) - hits, len(kept) - 1 - hits


def score_articles(dump: Dump, records: list[np.ndarray]) -> list[float]:
    """Best character F1 of any record for each page with 150 kept characters or more."""
    marks = np.array([mark or " " for mark in dump.marks])
    sizes = np.diff([*dump.lines, len(dump.text) + 1]) - 1
    page = np.searchsorted(dump.starts, dump.lines, "right") - 1
    judged = np.isin(marks, ["k", "d"])
    found = []
    for number in range(len(dump.starts)):
        kept = (page == number) & (marks == "k")
        size = sizes[kept].sum()
        if size >= 150:
            found.append(max((2 * c[kept].sum() / (c[judged].sum() + size) for c in records), default=0.0))
    return found


def score_set(
    dumps: list[Dump], lines: lines_model.Weights, borders: borders_model.Weights
) -> dict[str, float]:
    hits = false = missed = 0
    articles: list[float] = []
    for dump in dumps:
        records = cut_dump(dump, lines, borders)
        hit, wrong, miss = score_gaps(dump, records)
        hits, false, missed = hits + hit, false + wrong, missed + miss
        articles += score_articles(dump, records)
    return {
        "dumps": len(dumps),
        "borders": hits + missed,
        "P": round(hits / max(1, hits + false), 3),
        "R": round(hits / max(1, hits + missed), 3),
        "F1": round(2 * hits / max(1, 2 * hits + false + missed), 3),
        "art80": round(float(np.mean([f >= 0.8 for f in articles])), 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("dumps", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--lines", type=Path)
    parser.add_argument("--borders", type=Path)
    parser.add_argument("--count", type=int, default=40)
    args = parser.parse_args()
    lines = lines_model.load_weights() if not args.lines else lines_model.unpack_weights(np.load(args.lines))
    borders = (
        borders_model.load_weights()
        if not args.borders
        else borders_model.unpack_weights(np.load(args.borders))
    )
    golds = read_golds(args.dumps, "val")
    chunks = [chunk for gold in golds for chunk in cut_chunks(read_dump(args.dumps, gold), gold)]
    result: dict[str, object] = {}
    for name, kind in SETS.items():
        for blank in (0, 1):
            made = {
                junk: make_dumps(
                    chunks, 40 + blank, {kind: args.count}, blanks=((blank,),), is_plain=True, junk=junk
                )
                for junk in (MOST_JUNK, MOST_JUNK // 2, None)
            }
            for junk, dumps in made.items():
                left = "up to 8, mostly few," if junk is None else f"at most {junk}"
                result[f"{name}, {blank} blank lines, {left} junk lines on a side"] = score_set(
                    dumps, lines, borders
                )
            rng = np.random.default_rng(43)
            hard = made[None]
            listed = [append_listing(d, hard[i - 1 : i], rng) for i, d in enumerate(hard)]
            result[f"{name}, {blank} blank lines, the same with a listing"] = score_set(
                listed, lines, borders
            )
    singles = make_dumps(chunks, 42, {"single_trim": 4 * args.count}, is_plain=True)
    result["single pages cut"] = round(
        float(np.mean([len(cut_dump(d, lines, borders)) > 1 for d in singles])), 3
    )
    print(json.dumps(result, indent=1))
    if args.json:
        args.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
