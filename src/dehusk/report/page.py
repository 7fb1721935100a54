"""A finished run -> report.html: one file, no network, no script, and nothing that a page put there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from dehusk.records import as_corrupt, atomic_file, read_json
from dehusk.report.frame import make_page, safe
from dehusk.report.plots import show_counts, show_histogram
from dehusk.report.sample import Leaf, read_leaves, show_sample
from dehusk.report.twins import Group, find_groups, show_groups

SECTIONS = {
    "books": "The books",
    "stripped": "What was stripped",
    "articles": "The articles",
    "pages": "Slowest and largest",
    "copies": "Near-duplicates",
    "sample": "Sample of pages",
    "run": "The run",
}


def write_report(out: Path) -> None:
    """Write `report.html` beside the `stats.json` of a finished run.

    Raises:
        UnreadablePage: "corrupt": what is in the folder is damaged, or no run's.
        RecordWriteError: it cannot be written.
    """
    with as_corrupt(out, LookupError, ValueError, TypeError, AttributeError):
        timing = read_json(out / "timing.json") if (out / "timing.json").exists() else {}
        stats = read_json(out / "stats.json")
        html = make_report(stats, timing=timing, groups=find_groups(out), leaves=read_leaves(out))
    with atomic_file(out / "report.html") as file:
        file.write(html)


def make_report(
    stats: Mapping[str, Any],
    *,
    timing: Mapping[str, Any] | None = None,
    groups: Iterable[Group] = (),
    leaves: Iterable[Leaf] = (),
) -> bytes:
    """The page for what a run left: its stats.json, timing.json, groups of copies and sample."""
    books, timing = stats["books"], timing or {}
    bodies = {
        "books": _show_books(books),
        "stripped": _show_stripped(books),
        "articles": _show_articles(books),
        "pages": _show_pages(timing),
        "copies": show_groups(list(groups)),
        "sample": show_sample(list(leaves)),
        "run": _show_run(stats, timing),
    }
    shown = {name: body for name, body in bodies.items() if body}
    links = "".join(f'<li><a href="#{name}">{SECTIONS[name]}</a></li>' for name in shown)
    sections = "".join(
        f"<section id={name}><h2>{SECTIONS[name]}</h2>{body}</section>" for name, body in shown.items()
    )
    return make_page(
        "What became of the pages",
        '<a class=skip href="#books">Skip to the content</a>'
        f"<header><h1>What became of the pages</h1>{_show_cards(books, timing)}</header>"
        f'<nav class=top aria-label="Sections"><ul>{links}</ul></nav><main>{sections}</main>'
        f"<footer><p>dehusk {safe(str(stats['run']['version']))}. This page loads nothing and runs nothing."
        "</p></footer>",
    )


def _show_cards(books: Mapping[str, Any], timing: Mapping[str, Any]) -> str:
    copies = sum(
        count
        for reason, count in books["reasons"]["articles"]["dropped"].items()
        if reason in ("same", "near", "contained")
    )
    cards = [
        (books["pages"]["all"], "pages read"),
        (books["articles"]["kept"], "articles kept"),
        (books["words"], "words kept"),
        (copies, "near-duplicates dropped"),
        (books["files"]["failed"] + books["pages"]["failed"], "failed"),
    ]
    shown = "".join(f"<div class=card><b>{count:,}</b>{name}</div>" for count, name in cards)
    if seconds := sum(timing.get("seconds", {}).values()):
        rate = f"{books['pages']['all'] / seconds:,.0f} pages/s"
        shown += f"<div class=card><b>{seconds:,.1f} s</b>{rate}</div>"
    return f"<div class=cards>{shown}</div>"


def _show_books(books: Mapping[str, Any]) -> str:
    """Each line adds up: what is found equals what became of it."""
    rows = []
    for name in ("files", "pages", "articles"):
        fates = {fate: count for fate, count in books[name].items() if fate != "all"}
        sums = " + ".join(f"{count:,} {fate}" for fate, count in fates.items())
        rows.append(
            f"<tr><td><b>{name}</b></td><td class=number>{books[name]['all']:,}</td><td>= {sums}</td></tr>"
        )
    reasons = "".join(
        show_counts(f"{name.capitalize()} {fate}, by reason", counts)
        for name, fates in books["reasons"].items()
        for fate, counts in fates.items()
    )
    return f"<table>{''.join(rows)}</table><div class=pair>{reasons}</div>"


def _show_stripped(books: Mapping[str, Any]) -> str:
    labels = {label: count for label, count in books["blocks"].items() if label != "content"}
    total, kept = sum(books["blocks"].values()), books["blocks"].get("content", 0)
    if not total:
        return ""
    return (
        f"<p>{total - kept:,} of {total:,} blocks were stripped, {kept:,} kept.</p><div class=pair>"
        f"{show_counts('Blocks by label', labels, most=16)}"
        f"{show_counts('Blocks by rule', books.get('rules', {}), most=16)}</div>"
    )


def _show_articles(books: Mapping[str, Any]) -> str:
    lengths = {int(least): count for least, count in books.get("lengths", {}).items()}
    bits = sorted(least.bit_length() for least in lengths)
    columns = (
        [(f"{1 << b >> 2:,}", lengths.get(1 << (b - 1), 0)) for b in range(bits[0], bits[-1] + 1)]
        if bits
        else []
    )
    steps = [f"{n / 20:.2f}" for n in range(20)]
    sure = [(step, books.get("confidences", {}).get(step, 0)) for step in steps]
    return (
        "<div class=pair>"
        f"{show_counts('Languages', books['languages'])}{show_counts('Page types', books['page_types'])}"
        f"{show_histogram('Lengths', columns, unit='words, from the number below a column on', every=2)}"
        f"{show_histogram('Confidence', sure, unit='from the number below a column on', every=4)}</div>"
    )


def _show_pages(timing: Mapping[str, Any]) -> str:
    return "".join(
        f"<div><h3>{title}</h3><table><tr><th>page</th><th class=number>seconds</th>"
        f"<th class=number>characters</th></tr>{''.join(map(_page_row, timing[name]))}</table></div>"
        for name, title in (("slowest", "Slowest"), ("largest", "Largest"))
        if timing.get(name)
    ).join(("<div class=pair>", "</div>") if timing.get("slowest") else ("", ""))


def _page_row(row: Mapping[str, Any]) -> str:
    return (
        f"<tr><td>{safe(str(row['source']))}</td><td class=number>{row['seconds']:.3f}</td>"
        f"<td class=number>{row['characters']:,}</td></tr>"
    )


def _show_run(stats: Mapping[str, Any], timing: Mapping[str, Any]) -> str:
    run = stats["run"]
    values = {"version": run["version"], "seed": stats["seed"], "inputs": run.get("inputs", "")}
    values |= {f"seconds to {name}": f"{seconds:.1f}" for name, seconds in timing.get("seconds", {}).items()}
    values |= {name: value for name, value in run["options"].items() if name != "limits"}
    values |= {f"at most, {name}": f"{most:,}" for name, most in run["options"].get("limits", {}).items()}
    rows = "".join(
        f"<tr><td>{safe(name)}</td><td>{safe(str(value))}</td></tr>" for name, value in values.items()
    )
    return f"<table>{rows}</table>"
