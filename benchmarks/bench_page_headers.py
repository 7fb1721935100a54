"""Is a dump cut where it says itself that its pages begin, and nowhere else?

    python benchmarks/bench_page_headers.py DUMPS [--json OUT]

The single pages of DUMPS, a folder of text dumps, in val, which the models that ship have not seen, are run together by
2, 6 and 15 with what scripts write above each of them, or between two, and with a blank line alone. Of the joins
between two pages, how many lie inside of a record; cuts inside of a page, for each page; pages without a record, and
records that have a line of a header in their text. No other tool that we know of cuts text.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from pathlib import Path

from bench_foreign_pages import put_out, read_folders

import dehusk

sys.path.insert(0, str(Path(__file__).parent / "train"))
from train_text_lines import read_dump, read_golds

FORMS = {
    "a blank line": "\n{text}\n",
    "Title, URL Source": "\nTitle: {title}\n\nURL Source: {url}\n\nDate: 2024-05-01\n\nMarkdown Content:\n{text}\n",
    "URL, Title": "\nURL: {url}\nTitle: {title}\n\n{text}\n",
    "an address": "\n{url}\n\n{text}\n",
    "front matter": "---\ntitle: {title}\nurl: {url}\ndate: 2024-05-01\n---\n\n{text}\n",
    "<doc>": '<doc id="{number}" url="{url}" title="{title}">\n{text}\n</doc>\n',
    "===== a file =====": "===== pages/{number}.txt =====\n{text}\n",
    "--- a number ---": "\n--- Document {number} ---\n\n{text}\n",
    "a title, URL": "{title}\nURL: {url}\n\n{text}\n\n",
    "Article 7, fields": "Article {number}\nTitle: {title}\nURL: {url}\nContent: {text}\n\n",
    "# Title (/docs/7)": "# {title} (/docs/{number})\n\n{text}\n\n",
    "<noticia>": "<noticia> {number} </noticia>\n<titulo>{title}</titulo>\n<cuerpo>\n{text}\n</cuerpo>\n\n",
    "=====": f"\n{'=' * 80}\n{{text}}\n",
    "-----": f"\n{'-' * 80}\n{{text}}\n",
    "a form feed": "{text}\n\f",
    "a WET header": "WARC/1.0\nWARC-Type: conversion\nWARC-Target-URI: {url}\n\n{text}\n\n",
}  # fmt: skip
HEADS = ("site.example/", "Document ", "Article ", "<titulo>", "(/docs/")
SIZES = {2: 24, 6: 12, 15: 6}
"""How many dumps of so many pages."""
LEAST_CHARS = 200
"""Of a page in a record, to be part of it."""


def count_dump(form: str, chosen: list[tuple[str, str]]) -> Counter[str]:
    text, ends = "", []
    for number, (title, page) in enumerate(chosen, 1):
        url = f"https://site.example/{number}"
        text += FORMS[form].format(title=title, number=number, url=url, text=page)
        ends.append(len(text))
    counts = Counter(joins=len(chosen) - 1, pages=len(chosen))
    parts, held = Counter[int](), set[int]()
    for article in dehusk.clean_page(dehusk.Page(text, kind="text")):
        chars = Counter[int]()
        for start, end in article.spans:
            for number, (top, bottom) in enumerate(zip([0, *ends], ends, strict=False)):
                chars[number] += max(0, min(end, bottom) - max(start, top))
        held |= {number for number, size in chars.items() if size}
        of = [number for number, size in chars.items() if size > LEAST_CHARS]
        parts.update(of)
        counts["records"] += 1
        counts["merged"] += max(0, len(of) - 1)
        lines = article.text.split("\n")[:4]
        counts["with header"] += any(head in line for line in lines for head in HEADS)
    counts["cut"] = sum(size - 1 for size in parts.values())
    counts["lost"] = len(chosen) - len(held)
    return counts


def read_pages(dumps: Path) -> list[tuple[str, str]]:
    """Title and text of the single pages on which five lines or more are to be kept."""
    pages = []
    for gold in read_golds(dumps, "val"):
        if gold["kind"] == "single" and gold["labels"].count("k") >= 5:
            text = read_dump(dumps, {**gold, "split": "val"}).strip("\n")
            lines = [bare for line in text.split("\n") if (bare := line.strip())]
            pages.append((lines[gold["labels"].index("k")][:100], text))
    return pages


def main() -> None:
    args = read_folders(__doc__, "dumps")
    pages, found = read_pages(args.dumps), {}
    for form in FORMS:
        for size, dumps in SIZES.items():
            counts = Counter[str]()
            for seed in range(dumps):
                counts += count_dump(form, random.Random(seed).sample(pages, size))
            found[f"{form}, {size}"] = {
                "joins inside of records": round(counts["merged"] / counts["joins"], 3),
                "cuts inside of a page": round(counts["cut"] / counts["pages"], 3),
                "pages without a record": round(counts["lost"] / counts["pages"], 3),
                "records with a header's line": round(counts["with header"] / counts["records"], 3),
            }
    put_out((), {"dumps": found}, args.json)


if __name__ == "__main__":
    main()
