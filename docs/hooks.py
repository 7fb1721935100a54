"""What the pages show of the code and of the benchmarks' results: put in when they are built, so it is so.

<!-- help: clean -->                             every option of a command
<!-- readme: Figures -->                         a section of README.md
<!-- bars: clean.json | results/*/pages_a_second | pages a second -->
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from typing import Any

from dehusk.cli import arguments

ROOT = Path(__file__).parent.parent
_MARK_RE = re.compile(r"<!-- (help|readme|figure|bars): (.*?) -->")


def on_page_markdown(markdown: str, **rest: object) -> str:
    """Called by mkdocs with the text of each page."""
    return _MARK_RE.sub(lambda found: FILLERS[found[1]](found[2]), markdown)


def show_help(command: str) -> str:
    parser = getattr(arguments, f"{command}_parser")()
    return f"```text\n{parser.format_all()}```"


def quote_readme(heading: str) -> str:
    """A section of README.md without its heading; its links to files of the repository become plain text."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    body = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    if not body:
        raise ValueError(f"README.md has no section {heading}")
    return re.sub(r"\[([^]]+)\]\((?!http)[^)]+\)", r"\1", body.strip())


def draw_bars(wanted: str) -> str:
    """Horizontal bars of the numbers at a path of a results file; "*" stands for every name."""
    name, path, unit = (part.strip() for part in wanted.split("|"))
    results = json.loads((ROOT / "benchmarks" / "results" / name).read_text(encoding="utf-8"))
    rows = list(_find(results, path.split("/")))
    if not rows:
        raise ValueError(f"{name} has no {path}")
    return _draw(rows, title=f"{unit}, from benchmarks/results/{name}")


def draw_figure(start: str) -> str:
    """The row that begins so: "dehusk" for the number without a name."""
    found = re.search(rf"^\| ({re.escape(start)}.*?) \| (.*?) \|$", quote_readme("Figures"), re.M)
    if not found:
        raise ValueError(f"README's figures have no row that begins with {start!r}")
    pieces = re.split("[;,]", re.sub(r"\(.*?\)", "", found[2]))
    parsed = [re.fullmatch(r"\s*(.*?)\s*(\d*\.\d+)\s*", piece) for piece in pieces]
    rows = [(piece[1] or "dehusk", float(piece[2])) for piece in parsed if piece]
    return _draw(rows, title=found[1]) if len(rows) > 1 else ""


def _draw(rows: list[tuple[str, float]], *, title: str) -> str:
    largest, parts = max(number for _, number in rows), []
    for i, (label, number) in enumerate(rows):
        y, width = 28 * i, 300 * number / largest
        parts.append(
            f'<text x="0" y="{y + 15}">{escape(label)}</text>'
            f'<rect x="250" y="{y + 2}" width="{width:.1f}" height="18" rx="2" fill="#00897b"/>'
            f'<text x="{255 + width:.1f}" y="{y + 15}">{number:g}</text>'
        )
    height = 28 * len(rows)
    return (
        f'<figure style="width:100%;margin-left:0"><svg viewBox="0 0 640 {height}" role="img" '
        f'aria-label="{escape(title)}" '
        f'style="width:100%;max-width:40rem;font-size:14px;fill:currentColor">{"".join(parts)}</svg>'
        f"<figcaption>{escape(title)}</figcaption></figure>"
    )


def _find(value: Any, path: list[str], label: str = "") -> Iterator[tuple[str, float]]:
    if not path:
        if isinstance(value, int | float):
            yield label, value
    elif path[0] == "*":
        for name, inner in value.items():
            yield from _find(inner, path[1:], name)
    elif isinstance(value, dict) and path[0] in value:
        yield from _find(value[path[0]], path[1:], label)


FILLERS: dict[str, Callable[[str], str]] = {
    "help": show_help,
    "readme": quote_readme,
    "figure": draw_figure,
    "bars": draw_bars,
}
