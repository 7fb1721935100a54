"""How fast text is cleaned: MB of UTF-8 a second of CPU time, on one core, beside what else reads such text.

    python benchmarks/bench_text.py FOLDER [--json OUT]

FOLDER holds dumps (*.txt or *.txt.gz). Every contender sees the same texts, one after another, round by round:
dehusk (blocks, label, segment, and all three; then whole records, with their titles, authors, dates, languages and
without copies inside a dump), jusText's heuristics on the same logical lines as paragraphs, and trafilatura on the same
lines wrapped in <p>. Then dehusk alone on sizes from 10 KB to 100 MB and on one line of 10 MB.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import json
import platform
import time
from collections.abc import Callable
from html import escape
from importlib.metadata import version
from pathlib import Path

from dehusk.blocks.text import read_text
from dehusk.label.text import label_text
from dehusk.model import Document, Labelled, Options, Page
from dehusk.pages.reading import TEXT_PIECE_BYTES
from dehusk.segment.text import split_text
from dehusk.stages.page import clean_page
from dehusk.stages.windows import work_windows

OPTIONS = Options()


def read_folder(folder: Path, limit: int) -> list[str]:
    texts: list[str] = []
    for path in sorted(folder.glob("*_dump_*.txt*")) or sorted(folder.glob("*.txt*")):
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        texts.append(raw.decode("utf-8"))
        if sum(map(len, texts)) > limit:
            break
    return texts


def clean(text: str) -> list[list[Labelled]]:
    """In pieces and windows, as a large file is read and worked."""
    pieces = (text[at : at + TEXT_PIECE_BYTES] for at in range(0, len(text), TEXT_PIECE_BYTES))
    return [group for piece in pieces for group in work_windows(Page(piece, kind="text"), OPTIONS).groups]


def run_justext(document: Document, language: str | None = "English") -> list[bool]:
    """Which blocks its heuristics keep, with its stop words of a language or, for None, without any."""
    from justext.core import classify_paragraphs, revise_paragraph_classification
    from justext.paragraph import Paragraph
    from justext.utils import get_stoplist

    class Path_:
        dom = xpath = "html.body.p"

    paragraphs = []
    for block in document.blocks:
        paragraph = Paragraph(Path_())
        paragraph.append_text(block.text)
        paragraphs.append(paragraph)
    if language:
        classify_paragraphs(paragraphs, get_stoplist(language))
    else:
        classify_paragraphs(paragraphs, frozenset(), stopwords_low=0, stopwords_high=0)
    revise_paragraph_classification(paragraphs)
    return [not p.is_boilerplate for p in paragraphs]


def run_trafilatura(document: Document) -> str | None:
    from trafilatura import extract

    body = "".join(f"<p>{escape(block.text)}</p>" for block in document.blocks)
    return extract(f"<html><body>{body}</body></html>")


def measure(run: Callable[[], object]) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start


def compare(texts: list[str], rounds: int) -> dict[str, float]:
    """MB/s of each contender, best of `rounds`, alternating."""
    size = sum(len(text.encode()) for text in texts) / 1e6
    documents = [read_text(Page(text, kind="text")) for text in texts]
    labelled = [label_text(document, OPTIONS) for document in documents]
    contenders: dict[str, Callable[[], object]] = {
        "dehusk": lambda: [clean(text) for text in texts],
        "dehusk blocks": lambda: [read_text(Page(text, kind="text")) for text in texts],
        "dehusk label": lambda: [label_text(document, OPTIONS) for document in documents],
        "dehusk segment": lambda: [
            split_text(items, document, OPTIONS) for items, document in zip(labelled, documents, strict=True)
        ],
        "dehusk records": lambda: [clean_page(Page(text, kind="text"), OPTIONS) for text in texts],
        "jusText heuristics": lambda: [run_justext(document) for document in documents],
        "trafilatura": lambda: [run_trafilatura(document) for document in documents],
    }
    best = dict.fromkeys(contenders, float("inf"))
    for _ in range(rounds):
        for name, run in contenders.items():
            best[name] = min(best[name], measure(run))
    return {name: round(size / seconds, 2) for name, seconds in best.items()}


def measure_sizes(texts: list[str]) -> dict[str, float]:
    """Seconds for each size: linear in it."""
    whole = "\n".join(texts)
    while len(whole) < 100_000_000:
        whole += "\n" + whole
    found = {
        f"{size:,}": measure(lambda size=size: clean(whole[:size]))
        for size in (10_000, 100_000, 1_000_000, 10_000_000, 100_000_000)
    }
    found["one line of 10,000,000"] = measure(lambda: clean("word " * 2_000_000))
    return {name: round(seconds, 3) for name, seconds in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--limit", type=int, default=4_000_000, help="characters to read")
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    texts = read_folder(args.folder, args.limit)
    gc.disable()  # as it is while a page is worked
    clean(texts[0])
    result = {
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "versions": {name: version(name) for name in ("numpy", "jusText", "trafilatura")},
        "characters": sum(map(len, texts)),
        "mb_per_second": compare(texts, args.rounds),
        "seconds_by_characters": measure_sizes(texts),
    }
    print(json.dumps(result, indent=1))
    if args.json:
        args.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
