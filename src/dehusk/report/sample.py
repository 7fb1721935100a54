"""The sample of pages, kept beside stripped, to leaf through without a script: one page is the target."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from dehusk.records import open_lines
from dehusk.report.frame import safe, safe_lines

BUDGET = 1_500_000
"""Bytes of markup for all pages together; the longest are cut first."""
KEPT_CHARS, CUT_CHARS, TEASER_CHARS = 1_000, 300, 60


class Leaf(NamedTuple):
    """A page of the sample."""

    source: str
    kept: int
    blocks: int
    teaser: str
    runs: list[str]
    """Markup: runs of kept and of stripped blocks, in order, as far as `BUDGET` could ever hold them."""
    rest: int = 0
    """How many more there are."""


def read_leaves(out: Path) -> list[Leaf]:
    return [_make_leaf(row) for file in sorted((out / "sample").glob("*.jsonl.gz")) for row in _read(file)]


def _read(file: Path) -> Iterator[dict[str, Any]]:
    with open_lines(file) as lines:
        yield from map(orjson.loads, lines)


def _make_leaf(row: dict[str, Any]) -> Leaf:
    blocks = row["blocks"]
    kept = [block["text"] for block in blocks if block["label"] == "content"]
    runs, used, rest = list[str](), 0, 0
    for run in _show_runs(blocks):
        used += len(run)
        if used <= BUDGET:
            runs.append(run)
        else:
            rest += 1
    return Leaf(row["source"], len(kept), len(blocks), _shorten(_fold(kept)), runs, rest)


def _fold(texts: Iterable[str], between: str = " ") -> str:
    """In one line: code has line ends of its own."""
    return between.join(" ".join(text.split()) for text in texts)


def _shorten(text: str) -> str:
    return text if len(text) <= TEASER_CHARS else text[:TEASER_CHARS].rpartition(" ")[0] + "\u2026"


def _show_runs(blocks: Sequence[dict[str, Any]]) -> Iterator[str]:
    for (label, reason), run in groupby(blocks, key=lambda block: (block["label"], block["reason"])):
        if label == "content":
            for block in run:
                yield f'<p class="kept {safe(block["kind"])}">{safe_lines(block["text"][:KEPT_CHARS])}</p>'
        else:
            text = _fold((block["text"] for block in run), " \u00b7 ")
            cut = safe(text[:CUT_CHARS]) + ("\u2026" if len(text) > CUT_CHARS else "")
            yield f'<p class="cut"><span class=chip>{safe(label)}: {safe(reason)}</span> {cut}</p>'


def show_sample(leaves: Sequence[Leaf]) -> str:
    """A list of the pages, and each as a section of which one is seen at a time."""
    if not leaves:
        return ""
    most = _find_cap([_size(leaf) for leaf in leaves], BUDGET)
    rows = "".join(_show_row(number, leaf) for number, leaf in enumerate(leaves, 1))
    pages = "".join(_show_leaf(number, leaf, most, last=len(leaves)) for number, leaf in enumerate(leaves, 1))
    return (
        '<div class=list tabindex=0 role=region aria-label="Pages of the sample"><table>'
        f"<tr><th class=number>no.</th><th>page</th><th class=number>blocks kept</th></tr>{rows}</table></div>"
        f"{pages}"
    )


def _size(leaf: Leaf) -> int:
    return sum(len(run.encode("utf-8", "replace")) for run in leaf.runs)


def _find_cap(sizes: Sequence[int], budget: int) -> int:
    """What a page may have so that all together have no more than `budget`: small ones leave theirs to large.

    >>> _find_cap([10, 100, 100], 110)
    50
    """
    left, count = budget, len(sizes)
    for size in sorted(sizes):
        if size * count > left:
            return left // count
        left, count = left - size, count - 1
    return max(sizes, default=0)


def _show_row(number: int, leaf: Leaf) -> str:
    return (
        f'<tr><td class=number>{number}</td><td><a href="#p{number}">{safe(leaf.source)}</a>'
        f"<br><span class=dim>{safe(leaf.teaser)}</span></td>"
        f"<td class=number>{leaf.kept:,} of {leaf.blocks:,}</td></tr>"
    )


def _show_leaf(number: int, leaf: Leaf, most: int, *, last: int) -> str:
    runs: list[str] = []
    used = 0
    for run in leaf.runs:
        used += len(run.encode("utf-8", "replace"))
        if used > most and runs:
            break
        runs.append(run)
    rest = len(leaf.runs) - len(runs) + leaf.rest
    more = f"<p class=dim>\u22ef {rest:,} more runs of blocks: see the folder sample/</p>" if rest else ""
    first = " first" if number == 1 else ""
    following, previous = number % last + 1, (number - 2) % last + 1
    return (
        f'<article class="leaf{first}" id=p{number}><p class=turn>'
        f'<a class=next href="#p{following}">next \u2192</a>'
        f'<a class=previous href="#p{previous}">\u2190 previous</a><a href="#sample">list</a></p>'
        f"<h3>{number} of {last}: {safe(leaf.source)}</h3>"
        f"<p class=dim>{leaf.kept:,} of {leaf.blocks:,} blocks kept</p>"
        f'<div class="blocks sides"><h3 class=cut>stripped</h3><h3 class=kept>kept</h3>{"".join(runs)}</div>'
        f"{more}</article>"
    )
