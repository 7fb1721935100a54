#!/usr/bin/env python3
"""How often title, author and date come out right, and what they cost, beside trafilatura.

usage: bench_metadata.py GOLD [--step N] [--json FILE]

GOLD holds html/NAME.html.gz and ground-truth/NAME.json (ground_truth.title, .author, .publish_date). Counted
are: title equal after folding case and punctuation; author by token F1 where the gold has one; date by equal
day where the gold has one, and over all pages, where a date that the gold lacks is an error. `head` and
`find_metadata` are what a page costs beyond parsing it, `parse` is that; `trafilatura` is its
extract_metadata, which parses too; all CPU time, alternating page by page. Pages are read without their
address.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.metadata
import json
import platform
import re
import time
import unicodedata
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser

from dehusk.blocks.head import read_head
from dehusk.blocks.html import read_html
from dehusk.blocks.walk_native import find_bylines, walk_tree
from dehusk.metadata import find_metadata
from dehusk.model import Limits, Metadata, Page

Fields = dict[str, str]


def fold(text: str) -> str:
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold()))


def token_f1(predicted: str, gold: str) -> float:
    mine, reference = Counter(fold(predicted).split()), Counter(fold(gold).split())
    total = sum(mine.values()) + sum(reference.values())
    return 2 * sum((mine & reference).values()) / total if total else 1.0


def mean(values: list[Any]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0


def score(predicted: dict[str, Fields], gold: dict[str, Fields]) -> dict[str, float]:
    pairs = [(predicted[key], gold[key]) for key in gold]
    return {
        "title": mean([fold(p["title"]) == fold(g["title"]) for p, g in pairs if g["title"]]),
        "author": mean([token_f1(p["author"], g["author"]) for p, g in pairs if g["author"]]),
        "date": mean([p["date"] == g["date"] for p, g in pairs if g["date"]]),
        "date_all_pages": mean([p["date"] == g["date"] for p, g in pairs]),
    }


def read_gold(folder: Path, step: int) -> dict[str, Fields]:
    gold = {}
    for path in sorted((folder / "ground-truth").glob("*.json"))[::step]:
        truth = json.loads(path.read_text(encoding="utf-8"))["ground_truth"]
        day = (truth.get("publish_date") or "")[:10]
        gold[path.stem] = {
            "title": truth.get("title") or "",
            "author": truth.get("author") or "",
            "date": day,
        }
    return gold


def read_page(folder: Path, key: str) -> str:
    content = gzip.decompress((folder / "html" / f"{key}.html.gz").read_bytes())
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def timed(function: Callable[[], Any], spent: Counter[str], name: str) -> Any:
    start = time.process_time()
    result = function()
    spent[name] += time.process_time() - start  # type: ignore[assignment]  # seconds, not a count
    return result


def run_ours(text: str, spent: Counter[str]) -> Fields:
    tree = timed(lambda: LexborHTMLParser(text, options=LexborDocumentOptions.WO_EVENTS), spent, "parse")
    walked = walk_tree(tree, len(text), max_depth=Limits().depth, source="")  # it notes them on its way
    timed(lambda: read_head(tree, walked.noted, find_bylines), spent, "head")
    document = read_html(Page(text), Limits())
    found: Metadata = timed(lambda: find_metadata(document, Page("")), spent, "find_metadata")
    return {"title": found.title, "author": found.author, "date": found.date}


def run_trafilatura(text: str, spent: Counter[str]) -> Fields:
    import trafilatura

    found = timed(lambda: trafilatura.extract_metadata(text), spent, "trafilatura")
    values = found.as_dict() if found else {}
    return {name: str(values.get(name) or "") for name in ("title", "author", "date")}


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("gold", type=Path)
    args.add_argument("--step", type=int, default=1, help="take every N-th page")
    args.add_argument("--json", type=Path)
    options = args.parse_args()
    gold = read_gold(options.gold, options.step)
    spent: Counter[str] = Counter()
    ours: dict[str, Fields] = {}
    peer: dict[str, Fields] = {}
    for key in gold:
        text = read_page(options.gold, key)
        ours[key] = run_ours(text, spent)
        peer[key] = run_trafilatura(text, spent)
    result = {
        "gold": options.gold.name,
        "pages": len(gold),
        "dehusk": score(ours, gold),
        "trafilatura": score(peer, gold),
        "cpu_ms_per_page": {name: round(1000 * seconds / len(gold), 3) for name, seconds in spent.items()},
        "versions": {
            name: importlib.metadata.version(name) for name in ("trafilatura", "htmldate", "selectolax")
        },
        "python": platform.python_version(),
    }
    print(json.dumps(result, indent=1))
    if options.json:
        options.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
