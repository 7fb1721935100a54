"""One page at a time: how clean, and how fast, beside what a user would pick instead.

usage: bench_pages.py PAGES [--gold FOLDER] [--limit N] [--rounds N] [--out results/pages.json]

PAGES    a folder of .html or .html.gz files.
--gold   a folder with ground-truth/ID.json as WCXB has it: word precision, recall and F1 are counted too
         (macro mean over pages of bags of lower-cased words). The weights that ship were trained on WCXB's development
         pages: for these give the figures of train/train_html.py --cv instead.

CPU time, page after page, every tool in turn on the same page: whatever else the machine does hits all alike.
Bytes are read and decoded before; a tool that takes bytes gets bytes. A second table says where dehusk's time goes.
"""

from __future__ import annotations

import argparse
import gzip
import json
import platform
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from statistics import mean, median
from typing import Any

import trafilatura
from resiliparse.extract.html2text import extract_plain_text
from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser

import dehusk
from dehusk.articles import make_articles
from dehusk.blocks import read_blocks
from dehusk.blocks.guard import check_markup
from dehusk.label import label_blocks
from dehusk.label.html_model import estimate, load_weights
from dehusk.label.html_rows import read_page as read_features
from dehusk.language import identify_language
from dehusk.metadata import find_metadata
from dehusk.model import Options
from dehusk.pages import decode_page
from dehusk.segment import split_articles

WORD_RE = re.compile(r"\w+")
Tool = Callable[[str], str]


def clean(html: str) -> str:
    articles = dehusk.clean_page(dehusk.Page(html, kind="html"))
    return "\n".join(article.text for article in articles)


def parse_only(html: str | bytes) -> str:
    LexborHTMLParser(html, options=LexborDocumentOptions.WO_EVENTS)
    return ""


def trafilatura_default(html: str) -> str:
    found = trafilatura.bare_extraction(html, with_metadata=True)
    return (found.text or "") if found else ""


def trafilatura_fast(html: str) -> str:
    found = trafilatura.bare_extraction(html, with_metadata=True, fast=True)
    return (found.text or "") if found else ""


def resiliparse_main(html: str) -> str:
    return str(extract_plain_text(html, main_content=True))


TOOLS: dict[str, Tool] = {
    "lexbor, parse only": parse_only,
    "dehusk": clean,
    "resiliparse main_content": resiliparse_main,
    "trafilatura fast": trafilatura_fast,
    "trafilatura default": trafilatura_default,
}


def measure_steps(paths: list[Path]) -> dict[str, dict[str, float]]:
    """CPU time of dehusk's steps, each alone, page after page; those set in are parts of the one above."""
    seconds: defaultdict[str, float] = defaultdict(float)

    def run(name: str, step: Callable[..., Any], *args: Any, **options: Any) -> Any:
        started = time.process_time()
        result = step(*args, **options)
        seconds[name] += time.process_time() - started
        return result

    options, weights = Options(dedup=False), load_weights()
    for path in paths:
        page = dehusk.Page(read_page(path), kind="html")
        markup = str(page.content).encode()
        run("blocks", read_blocks, page)
        run("  guard", check_markup, markup, options.limits)
        run("  parse", parse_only, markup)
        document = read_blocks(page)
        if not document.blocks:
            continue
        labels = run("labels", label_blocks, document, options)
        rows = run("  features", read_features, document)
        run("  model", estimate, rows, weights)
        groups = run("borders", split_articles, labels.blocks, document, options)
        articles = run("articles", make_articles, groups, document, page, labels=labels)
        run("  metadata", find_metadata, document, page)
        for article in articles:
            run("  language", identify_language, article.text)
    return {
        name: {
            "ms_mean": round(1000 * total / len(paths), 2),
            "times_the_parse": round(total / seconds["  parse"], 2),
        }
        for name, total in seconds.items()
    }


def read_page(path: Path) -> str:
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return str(decode_page(dehusk.Page(content, kind="html")).content)


def word_scores(text: str, gold: str) -> tuple[float, float, float]:
    found, wanted = (Counter(WORD_RE.findall(side.lower())) for side in (text, gold))
    if not found or not wanted:
        return (float(not found and not wanted),) * 3
    shared = (found & wanted).total()
    precision, recall = shared / found.total(), shared / wanted.total()
    return precision, recall, 2 * precision * recall / (precision + recall) if shared else 0.0


def measure(paths: list[Path], gold: Path | None, rounds: int) -> dict[str, dict[str, float]]:
    seconds: defaultdict[str, list[float]] = defaultdict(list)
    scores: defaultdict[str, list[tuple[float, float, float]]] = defaultdict(list)
    for tool in TOOLS.values():
        tool(read_page(paths[0]))  # loads what it loads at first use
    for path in paths:
        html = read_page(path)
        for name, tool in TOOLS.items():
            times = []
            for _ in range(rounds):
                started = time.process_time()
                text = tool(html)
                times.append(time.process_time() - started)
            seconds[name].append(min(times))
            if gold is not None and tool is not parse_only:
                truth = json.loads(
                    (gold / "ground-truth" / f"{path.name.split('.')[0]}.json").read_text("utf-8")
                )
                scores[name].append(word_scores(text, truth["ground_truth"]["main_content"] or ""))
    return {
        name: summarise(seconds[name], scores[name], sum(seconds["lexbor, parse only"])) for name in TOOLS
    }


def summarise(
    seconds: list[float], scores: list[tuple[float, float, float]], parse: float
) -> dict[str, float]:
    row = {
        "ms_mean": round(1000 * mean(seconds), 2),
        "ms_median": round(1000 * median(seconds), 2),
        "times_the_parse": round(sum(seconds) / parse, 2),
    }
    if scores:
        row |= {
            name: round(mean(score[i] for score in scores), 4)
            for i, name in enumerate(("precision", "recall", "f1"))
        }
    return row


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pages", type=Path)
    parser.add_argument("--gold", type=Path)
    parser.add_argument("--limit", type=int, default=0, help="every n-th page, so that about N are taken")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    paths = sorted(path for path in args.pages.iterdir() if path.is_file())
    paths = paths[:: max(1, len(paths) // args.limit)] if args.limit else paths
    table = measure(paths, args.gold, args.rounds)
    steps = measure_steps(paths)
    for name, row in (table | steps).items():
        print(f"{name:<26}", "  ".join(f"{key} {value}" for key, value in row.items()))
    if args.out:
        packages = ("selectolax", "numpy", "trafilatura", "resiliparse")
        machine = {
            "python": platform.python_version(),
            "machine": platform.machine(),
            "system": platform.system(),
        }
        versions = {package: version(package) for package in packages}
        result = {
            "pages": len(paths),
            "machine": machine,
            "versions": versions,
            "table": table,
            "steps": steps,
        }
        args.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
