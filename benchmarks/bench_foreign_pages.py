"""Do pages of the old web and in other languages than English come out right?

    python benchmarks/bench_foreign_pages.py [--json OUT] [--verbose]

`foreign_pages/` holds 52 pages in 21 languages that were written for this: articles, threads, listings, products and
documentation, half of them as the web of 1998 to 2012 shows them, in tables, and in lines broken by <br>. Of each it
is known what a reader would keep, and what not. The first set was looked at while the training for such pages was made;
the second, by other hands, only to see whether that helped and which of two weights it should have.

The shares of passages that are there: of those to keep, and of those to drop; and of pages with all of the first and
none of the second. A title that is a record's `title` is there.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import platform
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import trafilatura
from bench_pages import resiliparse_main

import dehusk

PAGES = Path(__file__).parent / "foreign_pages"


def clean_by_dehusk(page: dehusk.Page) -> str:
    return "\n".join(f"{article.title}\n{article.text}" for article in dehusk.clean_page(page))


def clean_by_trafilatura(markup: str, *, fast: bool = False) -> str:
    found = trafilatura.bare_extraction(markup, with_metadata=True, fast=fast)
    return f"{found.title or ''}\n{found.text or ''}" if found else ""


TOOLS: dict[str, Callable[[str], str]] = {
    "dehusk": lambda markup: clean_by_dehusk(dehusk.Page(markup, kind="html")),
    "trafilatura": clean_by_trafilatura,
    "trafilatura fast": lambda markup: clean_by_trafilatura(markup, fast=True),
    "resiliparse main_content": resiliparse_main,
}


def score(cases: list[dict[str, Any]], clean: Callable[[str], str], *, verbose: bool) -> dict[str, float]:
    kept = wanted = husk = unwanted = right = 0
    for case in cases:
        text = clean((PAGES / case["page"]).read_text(encoding="utf-8"))
        lost = [passage for passage in case["keep"] if passage not in text]
        left = [passage for passage in case["drop"] if passage in text]
        if verbose and (lost or left):
            print(case["page"], "lost", lost, "left", left)
        kept, wanted = kept + len(case["keep"]) - len(lost), wanted + len(case["keep"])
        husk, unwanted = husk + len(left), unwanted + len(case["drop"])
        right += not lost and not left
    return {
        "pages": len(cases),
        "kept": round(kept / wanted, 3),
        "husk left": round(husk / unwanted, 3),
        "pages right": right,
    }


def read_arguments(description: str | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", type=Path)
    parser.add_argument("--verbose", action="store_true", help="name what dehusk gets wrong")
    return parser.parse_args()


def read_folders(description: str | None, *names: str) -> argparse.Namespace:
    """The arguments of a script that reads folders of these names."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in names:
        parser.add_argument(name, type=Path)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def put_out(versions: Sequence[str], found: dict[str, Any], path: Path | None) -> None:
    """Print what was found, with the machine and the versions of the peers, and write it to `path`, if given."""
    result = {
        "machine": {"python": platform.python_version(), "machine": platform.machine()},
        "versions": {name: importlib.metadata.version(name) for name in versions},
        **found,
    }
    print(json.dumps(result, indent=1, ensure_ascii=False))
    if path:
        path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> None:
    args = read_arguments(__doc__)
    cases = json.loads((PAGES / "cases.json").read_text(encoding="utf-8"))
    sets = {number: [case for case in cases if case["set"] == number] for number in (1, 2)}
    found = {
        f"set {number}": {
            name: score(chosen, clean, verbose=args.verbose and name == "dehusk")
            for name, clean in TOOLS.items()
        }
        for number, chosen in sets.items()
    }
    put_out(("trafilatura", "resiliparse"), {"sets": found}, args.json)


if __name__ == "__main__":
    main()
