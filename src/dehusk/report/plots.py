"""Counts as tables with bars and as histograms: inline SVG, which needs neither network nor script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dehusk.report.frame import safe

WIDTH, HEIGHT, BOTTOM, TOP = 360, 170, 28, 18


def show_counts(title: str, counts: Mapping[str, int], *, most: int = 12) -> str:
    """A table of names and numbers, most frequent first, each with a bar; the rest in one row.

    >>> "<b>" in show_counts("Labels", {"<b>": 1})
    False
    """
    if not counts:
        return ""
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    shown, rest = ranked[:most], ranked[most:]
    largest, total = shown[0][1], sum(counts.values())
    rows = "".join(
        f"<tr><td>{safe(name or 'not known')}</td><td class=number>{count:,}</td>"
        f"<td class=number>{count / total:.1%}</td><td class=bars>{_bar(count / largest)}</td></tr>"
        for name, count in shown
    )
    if rest:
        count = sum(count for _, count in rest)
        rows += (
            f"<tr class=dim><td>{len(rest):,} more</td><td class=number>{count:,}</td>"
            f"<td class=number>{count / total:.1%}</td><td></td></tr>"
        )
    return f"<div><h3>{safe(title)}</h3><table class=counts>{rows}</table></div>"


def _bar(share: float) -> str:
    return (
        '<svg viewBox="0 0 100 10" preserveAspectRatio="none" height="10" aria-hidden="true">'
        f'<rect class="bar" width="{max(100 * share, 0.5):.1f}" height="10" rx="1"/></svg>'
    )


def show_histogram(title: str, columns: Sequence[tuple[str, int]], *, unit: str, every: int = 1) -> str:
    """Columns side by side, in the order given, every `every`th with its name below it."""
    if not any(count for _, count in columns):
        return ""
    largest, wide = max(count for _, count in columns), WIDTH / len(columns)
    parts = []
    for i, (name, count) in enumerate(columns):
        height, x = (HEIGHT - BOTTOM - TOP) * count / largest, i * wide
        y = HEIGHT - BOTTOM - height
        parts.append(
            f'<rect class="bar" x="{x + 1:.1f}" y="{y:.1f}" width="{wide - 2:.1f}" height="{height:.1f}">'
            f"<title>{safe(name)}: {count:,}</title></rect>"
        )
        if count == largest:
            parts.append(f'<text class="mid" x="{x + wide / 2:.1f}" y="{y - 5:.1f}">{count:,}</text>')
        if i % every == 0:
            parts.append(f'<text class="dim" x="{x:.1f}" y="{HEIGHT - BOTTOM + 15}">{safe(name)}</text>')
    axis = HEIGHT - BOTTOM
    label = ", ".join(f"{name}: {count:,}" for name, count in columns if count)
    return (
        f'<div><h3>{safe(title)}</h3><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{safe(label)}">'
        f'<line class="axis" x1="0" x2="{WIDTH}" y1="{axis}" y2="{axis}"/>{"".join(parts)}</svg>'
        f"<p class=dim>{safe(unit)}</p></div>"
    )
