"""Do short pages come out of a small dump as they do alone?

    python benchmarks/bench_small_dumps.py [--json OUT] [--verbose]

`short_pages.json` holds short news pages in 16 languages, each language with the menu and the footer that its site has
around every page. *sites* are two or three pages of one language, in every order; *mixed* are pages of all languages,
each in its own site's menu and footer, 2, 3, 5, 10 and all together, drawn ten times. And each page alone. The shares
of paragraphs that the records hold, of pages of which none is kept, of lines of menus and footers that stay, and of
borders at which a record begins. jusText judges the same lines as paragraphs, without stop words; it does not cut.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from itertools import permutations
from pathlib import Path
from typing import NamedTuple

import numpy as np
from bench_foreign_pages import put_out, read_arguments
from bench_text import run_justext

import dehusk
from dehusk.blocks.text import read_text

SIZES, DRAWS = (2, 3, 5, 10), 10


class Short(NamedTuple):
    language: str
    title: str
    paragraphs: list[str]
    menu: list[str]
    footer: list[str]

    @property
    def text(self) -> str:
        return "\n".join([*self.menu, self.title, *self.paragraphs, *self.footer]) + "\n"


def read_sites() -> list[list[Short]]:
    sites = json.loads(Path(__file__).with_name("short_pages.json").read_text(encoding="utf-8"))
    return [
        [
            Short(site["language"], page["title"], page["paragraphs"], site["menu"], site["footer"])
            for page in site["pages"]
        ]
        for site in sites
    ]


def draw_mixed(pages: list[Short], size: int) -> Iterator[list[Short]]:
    for seed in range(DRAWS):
        yield random.Random(seed).sample(pages, size)


def clean_by_dehusk(text: str) -> tuple[list[str], list[int]]:
    """The lines that stay, and where records begin."""
    articles = dehusk.clean_page(dehusk.Page(text, kind="text"), dehusk.Options(dedup=False, min_words=1))
    lines = [line for article in articles for line in (article.title, *article.text.split("\n"))]
    return lines, [article.spans[0][0] for article in articles]


def clean_by_justext(text: str) -> tuple[list[str], list[int]]:
    document = read_text(dehusk.Page(text, kind="text"))
    kept = run_justext(document, None)
    return [block.text for block, stays in zip(document.blocks, kept, strict=True) if stays], []


def score(pages: Sequence[Short], tool: str, *, verbose: bool) -> np.ndarray:
    """Paragraphs kept, all; pages lost, all; lines of husk left, all; borders found, all."""
    text = "".join(page.text for page in pages)
    lines, firsts = TOOLS[tool](text)
    found, husk = set(lines), {line for page in pages for line in (*page.menu, *page.footer)}
    counts, at = np.array([0, 0, 0, 0, len(husk & found), len(husk), 0, 0]), 0
    for page in pages:
        kept = [paragraph in found for paragraph in page.paragraphs]
        stop = at + len(page.text)
        begins = any(at <= first < stop for first in firsts)
        counts += (sum(kept), len(kept), not any(kept), 1, 0, 0, begins and at > 0, at > 0)
        if verbose and tool == "dehusk" and not any(kept):
            print("lost", page.language, page.title, "of", len(pages))
        at = stop
    return counts


TOOLS = {"dehusk": clean_by_dehusk, "jusText": clean_by_justext}
NAMES = ("paragraphs kept", "pages lost", "husk left", "borders found")


def summarise(dumps: Sequence[Sequence[Short]], tool: str, *, verbose: bool) -> dict[str, float]:
    counts = sum(score(pages, tool, verbose=verbose) for pages in dumps)
    shares = zip(NAMES, counts[::2].tolist(), counts[1::2].tolist(), strict=True)
    return {name: round(part / whole, 3) for name, part, whole in shares if whole}


def main() -> None:
    args = read_arguments(__doc__)
    sites = read_sites()
    pages = [page for site in sites for page in site]
    sets: dict[str, list[Sequence[Short]]] = {"alone": [[page] for page in pages]}
    for size in (2, 3):
        sets[f"sites of {size}"] = [order for site in sites for order in permutations(site, size)]
    for size in (*SIZES, len(pages)):
        sets[f"mixed, {size}"] = list(draw_mixed(pages, size))
    found = {
        name: {tool: summarise(dumps, tool, verbose=args.verbose) for tool in TOOLS}
        for name, dumps in sets.items()
    }
    put_out(("jusText",), {"pages": len(pages), "sets": found}, args.json)


if __name__ == "__main__":
    main()
