"""`clean explain FILE`: every block of a page, kept ones plain, stripped ones with their label and reason."""

from __future__ import annotations

import json
import re
import sys
from argparse import Namespace
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

from dehusk.cli.clean import make_options
from dehusk.cli.terminal import say, wants_colour
from dehusk.errors import BadOptions, UnreadablePage
from dehusk.model import Article, Dropped, Explained, Limits, Page
from dehusk.pipeline import find_page, read_pages
from dehusk.pipeline.explain import explain_pages
from dehusk.records import atomic_file, block_to_dict, dropped_to_dict
from dehusk.report import escape_controls, write_explained

PLAIN = "\x1b[0m"
STYLES = {"kept": "", "stripped": "\x1b[2m", "border": "\x1b[1;36m", "gone": "\x1b[1;33m"}
RULE = "─" * 4


def explain_file(wanted: Namespace) -> int:
    """Show each page in a file; returns the exit status."""
    options = make_options(wanted)
    if len(wanted.paths) > 1:
        raise BadOptions(f"explain shows one file or folder: give {wanted.paths[0]} alone, or the folder")
    found = _find_pages(wanted.paths[0], options.limits)
    pages = explain_pages(found, options, templates=wanted.templates)
    try:
        if wanted.html:
            with atomic_file(Path(wanted.html)) as file:
                file.write(write_explained(list(pages)))
        elif wanted.json:
            for page in pages:
                print(json.dumps(explained_to_dict(page), ensure_ascii=True))
        else:
            _print_all(pages, has_colour=wants_colour(sys.stdout))
    except UnreadablePage as error:
        say(f"failed: {error}")
        return 1
    return 0


def _find_pages(path: str, limits: Limits) -> Iterator[Page]:
    """All pages of a file, or the one that a record's source names: `archive!member`, `crawl.warc.gz#offset`."""
    if path != "-" and not Path(path).exists() and re.search("[!#]", path):
        yield find_page(path, limits)
    else:
        yield from read_pages([path], limits=limits, on_drop=_name_no_page)


def _name_no_page(dropped: Dropped) -> None:
    say(f"{dropped.stage}: {dropped.source}: {dropped.reason}")


def _print_all(pages: Iterator[Explained], *, has_colour: bool) -> None:
    """One page as it is; each of several under its name."""
    held = list(islice(pages, 2))
    is_one = len(held) < 2
    for page in chain(held, pages):
        if not is_one:
            _paint("border", f"{RULE}{RULE} {escape_controls(page.source)}", has_colour=has_colour)
        for style, line in show_lines(page):
            _paint(style, line, has_colour=has_colour)


def _paint(style: str, line: str, *, has_colour: bool) -> None:
    colour = STYLES[style] if has_colour else ""
    print(f"{colour}{line}{PLAIN}" if colour else line)


def show_lines(page: Explained) -> Iterator[tuple[str, str]]:
    """Style and text of each line: "kept", "stripped", a "border" of an article, what is "gone".

    >>> from dehusk.model import Block, Labelled
    >>> menu = Labelled(Block("Home", "item", 1, 0, 4), "menu", "mostly links", 0.1)
    >>> list(show_lines(Explained("a", "html", [menu], [0], [], {}, {})))
    [('stripped', '[menu: mostly links] Home')]
    """
    articles = {article.part: article for article in page.articles}
    last = {part: number for number, part in enumerate(page.parts) if part}
    begun: set[int] = set()
    for number, (item, part) in enumerate(zip(page.blocks, page.parts, strict=True)):
        if part and part not in begun and part in articles:
            begun.add(part)
            yield _open(articles[part], page.dropped.get(part))
        text = escape_controls(item.block.text).replace("\\x0a", "\n").replace("\\x09", "\t")
        if item.is_kept and part not in page.dropped:
            yield "kept", text
        else:
            yield "stripped", f"[{_why(page, number)}] {text}"
        if part in begun and last[part] == number:
            yield "border", f"{RULE} end of article {part}"
    if 0 in page.dropped:
        yield "gone", f"{RULE} no article: the page is dropped ({escape_controls(page.dropped[0].reason)})"


def _open(article: Article, dropped: Dropped | None) -> tuple[str, str]:
    known = (article.title and f'"{article.title}"', article.author, article.date, article.language)
    facts = [*filter(None, known), f"{article.words:,} words", f"confidence {article.confidence:.2f}"]
    line = escape_controls(f"{RULE} article {article.part}: {', '.join(facts)}")
    if dropped is None:
        return "border", line
    why = f"{dropped.reason}: {dropped.detail}" if dropped.detail else dropped.reason
    return "gone", f"{line}, dropped ({escape_controls(why)})"


def _why(page: Explained, number: int) -> str:
    item, part = page.blocks[number], page.parts[number]
    if item.is_kept:
        return f"dropped with article {part}"
    if number in page.origins:
        return f"{item.label}: stands in article {page.origins[number]}"
    return f"{item.label}: {escape_controls(item.reason)}"


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
    row = {name: getattr(article, name) for name in names}
    gone = dropped_to_dict(dropped) if dropped else {}
    gone_names = ("reason", "detail", "duplicate_of", "similarity", "containment")
    return row | {name: gone[name] for name in gone_names if name in gone}
