"""`clean explain FILE`: every block of a page, kept ones plain, stripped ones with their label and reason."""

from __future__ import annotations

import json
import re
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

from dehusk.cli.clean import make_options, refuse_foreign_file, refuse_same_files
from dehusk.cli.status import GOOD, SOME_FAILED
from dehusk.cli.terminal import describe_dropped, paint, say, wants_colour
from dehusk.errors import BadOptions, UnreadablePage
from dehusk.model import Article, Dropped, Explained, Limits, Page
from dehusk.pipeline import find_file, find_page, read_pages
from dehusk.pipeline.explain import explain_pages
from dehusk.records import article_to_dict, atomic_file, block_to_dict, dropped_to_dict
from dehusk.report import (
    escape_controls,
    find_borders,
    is_page,
    list_facts,
    tell_why_dropped,
    tell_why_stripped,
    write_explained,
)

STYLES = {"kept": "", "stripped": "\x1b[2m", "border": "\x1b[1;36m", "gone": "\x1b[1;33m"}
RULE = "─" * 4


OnFailure = Callable[[UnreadablePage], object]


def explain_file(wanted: Namespace) -> int:
    """Show each page in a file or folder, and name those that cannot be read; returns the exit status."""
    options = make_options(wanted)
    if len(wanted.paths) > 1:
        raise BadOptions(f"explain shows one file or folder: give {wanted.paths[0]} alone, or the folder")
    files = {"--html": wanted.html, "--templates": wanted.templates}
    refuse_same_files(
        [find_file(wanted.paths[0])], {name: Path(file) for name, file in files.items() if file}
    )
    if wanted.html:
        refuse_foreign_file("--html", Path(wanted.html), holds=is_page, what="explained pages")
    failed: list[UnreadablePage] = []

    def on_failure(error: UnreadablePage) -> None:
        failed.append(error)
        _name(Dropped(error.source, "failed", error.reason, error.detail))

    found = _find_pages(wanted.paths[0], options.limits, on_failure)
    pages = explain_pages(found, options, templates=wanted.templates, on_failure=on_failure)
    if wanted.html:
        held = list(pages)
        if held or not failed:  # else it would say that there is no page, where there is one
            _write_html(held, Path(wanted.html))
    elif wanted.json:
        for page in pages:
            print(json.dumps(explained_to_dict(page), ensure_ascii=True))
    else:
        _print_all(pages, has_colour=wants_colour(sys.stdout), has_scores=sys.stdout.isatty())
    return SOME_FAILED if failed else GOOD


def _find_pages(path: str, limits: Limits, on_failure: OnFailure) -> Iterator[Page]:
    """All pages of a file, or the one that a record's source names: `archive!member`, `crawl.warc.gz#offset`."""
    if path == "-" or Path(path).exists() or not re.search("[!#%]", path):
        yield from read_pages([path], limits=limits, on_drop=_name, on_failure=on_failure)
        return
    try:
        found = find_page(path, limits)
    except UnreadablePage as error:
        on_failure(error)
        return
    if isinstance(found, Page):
        yield found
    elif found.stage == "failed":
        on_failure(UnreadablePage(found.source, found.reason, found.detail))
    else:
        _name(found)


def _name(dropped: Dropped) -> None:
    say(describe_dropped(dropped))


def _write_html(pages: Sequence[Explained], out: Path) -> None:
    with atomic_file(out) as file:
        file.write(write_explained(pages))


def _print_all(pages: Iterator[Explained], *, has_colour: bool, has_scores: bool) -> None:
    """One page as it is; each of several under its name."""
    held = list(islice(pages, 2))
    is_one = len(held) < 2
    for page in chain(held, pages):
        if not is_one:
            _print("border", f"{RULE}{RULE} {escape_controls(page.source)}", has_colour=has_colour)
        for style, line in show_lines(page, has_scores=has_scores):
            _print(style, line, has_colour=has_colour)


def _print(style: str, line: str, *, has_colour: bool) -> None:
    print(paint(line, STYLES[style] if has_colour else ""))


def show_lines(page: Explained, *, has_scores: bool = False) -> Iterator[tuple[str, str]]:
    """Style and text of each line: "kept", "stripped", a "border" of an article, what is "gone".

    Blocks `has_scores` in front of them: the labeller's estimate that they are content.

    >>> from dehusk.model import Block, Labelled
    >>> menu = Labelled(Block("Home", "item", 1, 0, 4), "menu", "mostly links", 0.1)
    >>> list(show_lines(Explained("a", "html", [menu], [0], [], {}, {})))
    [('stripped', '[menu: mostly links] Home')]
    """
    begins, ends = find_borders(page)
    for number, item in enumerate(page.blocks):
        if article := begins.get(number):
            yield _open(article, page.dropped.get(article.part))
        text = escape_controls(item.block.text, keep="\n\t")
        score = f"{item.score:.2f} " if has_scores else ""
        if has_scores:
            text = text.replace("\n", "\n" + " " * len(score))
        if why := tell_why_stripped(page, number):
            yield "stripped", f"{score}[{escape_controls(why)}] {text}"
        else:
            yield "kept", score + text
        if article := ends.get(number):
            yield "border", f"{RULE} end of article {article.part}"
    if 0 in page.dropped:
        yield "gone", f"{RULE} no article: the page is dropped ({escape_controls(page.dropped[0].reason)})"


def _open(article: Article, dropped: Dropped | None) -> tuple[str, str]:
    title = [f'"{article.title}"'] if article.title else []
    line = f"{RULE} article {article.part}: {', '.join(title + list_facts(article))}"
    if dropped is None:
        return "border", escape_controls(line)
    return "gone", escape_controls(f"{line}, dropped ({tell_why_dropped(dropped)})")


def explained_to_dict(page: Explained) -> dict[str, Any]:
    """For programs: the page's articles with what became of them, and its blocks in order."""
    blocks = []
    for number, (item, part) in enumerate(zip(page.blocks, page.parts, strict=True)):
        block = block_to_dict(item) | {"part": part}
        if number in page.origins:
            block["copy_of_part"] = page.origins[number]
        blocks.append(block)
    return {
        "source": page.source,
        "kind": page.kind,
        "articles": [_article_row(article, page.dropped.get(article.part)) for article in page.articles],
        "dropped": page.dropped[0].reason if 0 in page.dropped else "",
        "blocks": blocks,
    }


def _article_row(article: Article, dropped: Dropped | None) -> dict[str, Any]:
    names = ("id", "part", "title", "author", "date", "language", "page_type", "words", "confidence")
    record = article_to_dict(article)
    row = {name: record[name] for name in names}
    gone = dropped_to_dict(dropped) if dropped else {}
    gone_names = ("reason", "detail", "duplicate_of", "similarity", "containment")
    return row | {name: gone[name] for name in gone_names if name in gone}
