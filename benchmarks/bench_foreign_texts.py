"""Do pages of the old web and in other languages come out right once they are plain text?

    python benchmarks/bench_foreign_texts.py [--json OUT] [--verbose]

The 52 pages of `foreign_pages/` (see bench_foreign_pages.py), flattened in seven ways, each text one page. The shares
of passages that are there, of those to keep and of those to drop that the text holds, white space aside; all, and by
language. jusText judges the same lines as paragraphs, with its stop words where it has any of the language;
trafilatura has the lines in <p>.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from bench_foreign_pages import PAGES, clean_by_dehusk, put_out, read_arguments
from bench_text import run_justext, run_trafilatura

import dehusk
from dehusk.blocks.text import read_text

sys.path.insert(0, str(Path(__file__).parent / "train"))
from make_text_pages import FLATTENINGS

WAYS = ("resi", "resialt", "inscr", "h2t", "md", "wet", "sel")
STOPLISTS = {
    "ar": "Arabic", "bn": "Bengali", "de": "German", "el": "Greek", "en": "English", "es": "Spanish", "fa": "Persian",
    "fr": "French", "he": "Hebrew", "hi": "Hindi", "ko": "Korean", "pl": "Polish", "pt": "Portuguese", "ru": "Russian",
    "tr": "Turkish", "uk": "Ukrainian", "vi": "Vietnamese",
}  # fmt: skip


class Flat(NamedTuple):
    language: str
    text: str
    keep: list[str]
    drop: list[str]


def read_flats() -> Iterator[Flat]:
    for case in json.loads((PAGES / "cases.json").read_text(encoding="utf-8")):
        markup = (PAGES / case["page"]).read_text(encoding="utf-8")
        for way in WAYS:
            text = FLATTENINGS[way](markup)
            held = squeeze(text)
            keep, drop = ([p for p in map(squeeze, case[key]) if p in held] for key in ("keep", "drop"))
            yield Flat(case["language"].split("-")[0], text, keep, drop)


def squeeze(text: str) -> str:
    return "".join(text.split())


def clean_by_justext(flat: Flat) -> str:
    document = read_text(dehusk.Page(flat.text, kind="text"))
    kept = run_justext(document, STOPLISTS.get(flat.language))
    return "\n".join(block.text for block, stays in zip(document.blocks, kept, strict=True) if stays)


def clean_by_trafilatura(flat: Flat) -> str:
    return run_trafilatura(read_text(dehusk.Page(flat.text, kind="text"))) or ""


TOOLS: dict[str, Callable[[Flat], str]] = {
    "dehusk": lambda flat: clean_by_dehusk(dehusk.Page(flat.text, kind="text", is_single=True)),
    "jusText": clean_by_justext,
    "trafilatura": clean_by_trafilatura,
}


def score(flats: list[Flat], clean: Callable[[Flat], str], *, verbose: bool) -> dict[str, Any]:
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for flat in flats:
        found = squeeze(clean(flat))
        lost, left = [p for p in flat.keep if p not in found], [p for p in flat.drop if p in found]
        if verbose and (lost or left):
            print(flat.language, "lost", lost, "left", left)
        for key in ("all", flat.language):
            counts = len(flat.keep) - len(lost), len(flat.keep), len(left), len(flat.drop)
            sums[key] = [a + b for a, b in zip(sums[key], counts, strict=True)]
    return {
        key: {"kept": round(kept / max(1, wanted), 3), "husk left": round(husk / max(1, unwanted), 3)}
        for key, (kept, wanted, husk, unwanted) in sums.items()
    }


def main() -> None:
    args = read_arguments(__doc__)
    flats = list(read_flats())
    found = {
        name: score(flats, clean, verbose=args.verbose and name == "dehusk") for name, clean in TOOLS.items()
    }
    put_out(("jusText", "trafilatura"), {"texts": len(flats), "tools": found}, args.json)


if __name__ == "__main__":
    main()
