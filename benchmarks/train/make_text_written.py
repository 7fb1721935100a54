"""Dumps about one event or question, written to be learned from: `written/NAME.txt`, each line with its tag.

Of what a search for one event finds, web pages for training hold hardly anything. These dumps were written, page by
page, as such pages look when they are scraped: with husk that reads like prose and text that does not, in many house
styles, most pages right behind one another. `P` begins a page; `H` is its headline, `K` text that stays,
`J` husk, `O` what may stay or go (a byline, a date), `B` a blank line.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from make_text_dumps import Chunk, count_kept, space_out, trim

WRITTEN = Path(__file__).with_name("written")
_LABELS = {"H": "k", "K": "k", "J": "d", "O": "a", "B": ""}
_FOREIGN_RE = re.compile(r"[a-z]{2}_")
"""How the names of dumps in other languages begin."""
TRIMMED_SHARE, WRAPPED_SHARE = 0.35, 0.1
"""Of pages, that lose most of their husk; and whose lines are broken at a fixed width."""


def read_written(folder: Path = WRITTEN) -> dict[str, list[Chunk]]:
    """The pages of every dump, by its name."""
    return {path.stem: _read_pages(path) for path in sorted(folder.glob("*.txt"))}


def split_halves(dumps: dict[str, list[Chunk]]) -> list[dict[str, list[Chunk]]]:
    """The dumps of each half: what judges those of one has learned from the other."""
    return [dict(list(dumps.items())[half::2]) for half in (0, 1)]


def list_husks(dumps: dict[str, list[Chunk]]) -> list[list[Chunk]]:
    """For each half the pages in English, whose husk other stories may have."""
    return [
        [page for name, pages in half.items() if not _FOREIGN_RE.match(name) for page in pages]
        for half in split_halves(dumps)
    ]


def is_written(flat: str) -> bool:
    """Whether a page's flattening is that of a written dump: its name."""
    return flat.endswith("/")


def read_tags(path: Path) -> Iterator[tuple[str, str]]:
    """The lines of a dump, each with its tag."""
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line:
            tag, _, text = line.partition(" ")
            yield tag, text


def _read_pages(path: Path) -> list[Chunk]:
    pages: list[Chunk] = []
    for tag, text in read_tags(path):
        if tag == "P":
            pages.append(Chunk(f"{path.stem}/{len(pages)}", f"{path.stem}/", [], []))
        else:
            pages[-1].lines.append(text)
            pages[-1].labels.append(_LABELS[tag])
    return pages


def vary(pages: list[Chunk], rng: np.random.Generator, *, trimmed: float = TRIMMED_SHARE) -> list[Chunk]:
    """Some or all pages of a dump in another order, with other blank lines, some with little husk, some wrapped."""
    size = len(pages) if rng.random() < 0.5 else int(rng.integers(2, len(pages) + 1))
    form = str(rng.choice(["as written", "dense", "spaced"]))
    most = int(rng.choice([0, 2, 5]))
    chosen = []
    for i in rng.choice(len(pages), size, replace=False).tolist():
        page = pages[i]
        if form != "as written":
            page = drop_blanks(page)
        if form == "spaced":
            page = space_out(page)
        if rng.random() < trimmed and count_kept(page):
            before, after = rng.integers(most + 1, size=2).tolist()
            page = trim(page, before, after)
        if rng.random() < WRAPPED_SHARE:
            page = wrap(page, int(rng.integers(66, 100)))
        chosen.append(page)
    return chosen


def drop_blanks(page: Chunk) -> Chunk:
    filled = [(line, label) for line, label in zip(page.lines, page.labels) if label]
    return page._replace(lines=[line for line, _ in filled], labels=[label for _, label in filled])


def wrap(page: Chunk, width: int) -> Chunk:
    """The page's long lines broken at a fixed width."""
    lines: list[str] = []
    labels: list[str] = []
    for line, label in zip(page.lines, page.labels):
        parts = textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False) or [""]
        lines += parts
        labels += [label] * len(parts)
    return page._replace(lines=lines, labels=labels)
