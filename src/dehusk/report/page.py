"""stats.json -> report.html: one file, no network, no script, and nothing that a page put there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from typing import Any

from dehusk.records import atomic_file, read_json
from dehusk.report.escape import escape_controls

# The policy forbids everything, scripts and images above all, but the style below.
_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>What became of the pages</title>
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { padding: .2rem .8rem; border-bottom: 1px solid #8886; text-align: left; overflow-wrap: anywhere; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
</style></head><body>
"""


def write_report(out: Path) -> None:
    """Write `report.html` beside the `stats.json` of a finished run.

    Raises:
        RecordWriteError: it cannot be written.
    """
    html = make_report(read_json(out / "stats.json"))
    with atomic_file(out / "report.html") as file:
        file.write(html.encode("utf-8", "backslashreplace"))


def make_report(stats: Mapping[str, Any]) -> str:
    """The page for the contents of a stats.json."""
    books, run = stats["books"], stats["run"]
    ledgers = [_ledger_row(name, books) for name in ("files", "pages", "articles")]
    options = [(name, str(value)) for name, value in run["options"].items()]
    parts = [
        "<h1>What became of the pages</h1>",
        _table("The books", ["", "all", "of these"], ledgers),
        *(
            _counts(f"{name.capitalize()} {fate}", reasons)
            for name, fates in books["reasons"].items()
            for fate, reasons in fates.items()
        ),
        _counts("Blocks by label", books["blocks"]),
        _counts("Articles by language", books["languages"]),
        _counts("Articles by page type", books["page_types"]),
        _table("Options", ["option", "value"], options),
        f"<p>dehusk {_safe(run['version'])}, seed {stats['seed']}, {books['words']:,} words kept</p>",
    ]
    return _HEAD + "\n".join(parts) + "\n</body></html>\n"


def _ledger_row(name: str, books: Mapping[str, Any]) -> tuple[str, int, str]:
    others = ", ".join(f"{count:,} {fate}" for fate, count in books[name].items() if fate != "all")
    return name, books[name]["all"], others


def _counts(title: str, counts: Mapping[str, int]) -> str:
    return _table(title, ["", "number"], counts.items()) if counts else ""


def _table(title: str, heads: Iterable[str], rows: Iterable[tuple[str | int, ...]]) -> str:
    head = "".join(f"<th>{_safe(name)}</th>" for name in heads)
    body = "\n".join("<tr>" + "".join(map(_cell, row)) + "</tr>" for row in rows)
    return f"<h2>{_safe(title)}</h2>\n<table><tr>{head}</tr>\n{body}\n</table>"


def _cell(value: str | int) -> str:
    if isinstance(value, int):
        return f'<td class="number">{value:,}</td>'
    return f"<td>{_safe(value)}</td>"


def _safe(text: str) -> str:
    return escape(escape_controls(text))
