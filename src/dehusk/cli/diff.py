"""`clean diff A B`: what became of one run's records in another, for judging an option or a version."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from dehusk.cli.terminal import paint, wants_colour
from dehusk.compare import Comparison, Difference, align_lines, compare_records
from dehusk.errors import BadOptions
from dehusk.model import Article
from dehusk.pipeline.manifest import RunFolder, read_finished
from dehusk.records import as_corrupt, open_lines, read_records
from dehusk.report import escape_controls

SAME, DIFFERENT = 0, 1
STYLES = {"head": "\x1b[1m", "-": "\x1b[31m", "+": "\x1b[32m", "": ""}


def diff_runs(wanted: Namespace) -> int:
    """Print the differences and their counts; returns 0 if there are none, else 1, as `diff` does."""
    paths = [Path(path) for path in wanted.paths]
    for path in paths:
        _refuse_no_run(path)
    with closing(compare_records(lambda: read_records(paths[0]), lambda: read_records(paths[1]))) as compared:
        if wanted.json:
            _print_json(compared, paths)
        else:
            _print_lines(compared, paths, is_quiet=wanted.quiet)
        return DIFFERENT if compared.has_differences else SAME


def _refuse_no_run(path: Path) -> None:
    if path.is_dir() and not any(path.glob("[0-9]*.jsonl*")):
        if not (path / "stats.json").exists():
            raise BadOptions(f"{path} holds no run: give a folder that clean wrote, or a records file")
        read_finished(RunFolder(path))  # a run may have kept nothing
    if not path.exists():
        raise BadOptions(f"there is no {path}: give a folder that clean wrote, or a records file")


def _print_lines(compared: Comparison, paths: list[Path], *, is_quiet: bool) -> None:
    has_colour = wants_colour(sys.stdout)
    reasons = [_Reasons(path) for path in paths]
    for difference in compared:
        for style, line in show_difference(difference, why=_why(difference, reasons), is_quiet=is_quiet):
            print(paint(line, STYLES[style] if has_colour else ""))
    print(show_counts(compared.counts))


def show_difference(
    difference: Difference, *, why: str = "", is_quiet: bool = False
) -> Iterator[tuple[str, str]]:
    """Style and text of each line: a head, the fields that changed, and the lines that went or came."""
    shown = difference.new or difference.old
    assert shown is not None
    words = [f"{one.words:,}" for one in difference if one is not None]
    head = f"{difference.kind:<8} {shown.source} part {shown.part}, {' -> '.join(words)} words"
    yield (
        "head",
        escape_controls(head + (f': "{shown.title}"' if shown.title else "") + (f" ({why})" if why else "")),
    )
    if is_quiet:
        return
    for name in difference.fields:
        yield "-", escape_controls(f"  - {name}: {getattr(difference.old, name)}")
        yield "+", escape_controls(f"  + {name}: {getattr(difference.new, name)}")
    for row in align_lines(_lines(difference.old), _lines(difference.new)):
        if row.kind == "changed" and row.left is not None:
            yield "-", escape_controls(f"  - {row.left}")
        if row.kind == "changed" and row.right is not None:
            yield "+", escape_controls(f"  + {row.right}")


def _lines(article: Article | None) -> list[str]:
    return article.text.split("\n") if article else []


def show_counts(counts: dict[str, int]) -> str:
    parts = [f"{counts[name]:,} {name}" for name in ("same", "changed", "lost", "new")]
    return f"{', '.join(parts)}; words {counts['words_old']:,} -> {counts['words_new']:,}"


def _print_json(compared: Comparison, paths: list[Path]) -> None:
    reasons = [_Reasons(path) for path in paths]
    for difference in compared:
        print(json.dumps(_difference_row(difference, _why(difference, reasons))))
    print(json.dumps({"counts": compared.counts}))


def _difference_row(difference: Difference, why: str) -> dict[str, Any]:
    rows = [
        row for row in align_lines(_lines(difference.old), _lines(difference.new)) if row.kind == "changed"
    ]
    return {
        "kind": difference.kind,
        "old": _article_row(difference.old),
        "new": _article_row(difference.new),
        "reason": why,
        "fields": {name: [getattr(one, name) for one in difference] for name in difference.fields},
        "removed": [row.left for row in rows if row.left is not None],
        "added": [row.right for row in rows if row.right is not None],
    }


def _article_row(article: Article | None) -> dict[str, Any]:
    names = ("id", "source", "part", "title", "words", "confidence")
    return {name: getattr(article, name) for name in names} if article else {}


def _why(difference: Difference, reasons: list[_Reasons]) -> str:
    """What the run that lacks a record says of it."""
    if difference.old is not None and difference.new is None:
        return reasons[1].find(difference.old)
    if difference.new is not None and difference.old is None:
        return reasons[0].find(difference.new)
    return ""


class _Reasons:
    """Why a run's folder dropped what it did: by source and words, for the part of a record may differ."""

    def __init__(self, path: Path) -> None:
        self._files = sorted(path.glob("dropped/*.jsonl.gz")) if path.is_dir() else []
        self._found: dict[tuple[str, int], str] | None = None

    def find(self, article: Article) -> str:
        if self._found is None:
            self._found = dict(self._read())
        found = self._found
        return found.get((article.source, article.words)) or found.get((article.source, 0), "")

    def _read(self) -> Iterator[tuple[tuple[str, int], str]]:
        for file in self._files:
            with open_lines(file) as lines, as_corrupt(file, LookupError, ValueError, AttributeError):
                for row in map(json.loads, lines):
                    of = f" of {row['duplicate_of']}" if row.get("duplicate_of") else ""
                    yield (row["source"], row.get("words", 0)), f"dropped: {row['reason']}{of}"
