"""Groups of near-duplicates: what was dropped beside what it was dropped for, line by line."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dehusk.compare import Row, align_lines
from dehusk.records import open_lines
from dehusk.report.frame import safe

GROUPS = 24
COPIES = 3
ROWS, CHARS, CONTEXT = 60, 400, 2
TAIL = 200
"""The last keys of a line that tells of a copy are in so many bytes."""
HELD = 200_000
"""Ids that are counted at most: the report of a corpus with more shows the groups of its beginning."""


@dataclass(slots=True)
class Group:
    """A record that was kept, and some of those dropped for it."""

    count: int
    least: float
    """The smallest similarity among them."""
    copies: list[dict[str, Any]] = field(default_factory=list)
    kept: dict[str, Any] | None = None


def find_groups(out: Path) -> list[Group]:
    """The largest groups of a run's folder, and those whose copies are least alike: there the rule may err.

    Two passes over what was dropped and one over the records, line by line; only what is shown is held, and
    only that is parsed.
    """
    groups = _choose(out)
    for name, similarity, line in _read_copies(out):
        group = groups.get(name)
        if group and (len(group.copies) < COPIES - 1 or similarity <= group.least):
            group.copies = [*group.copies, json.loads(line)][-COPIES:]
    missing = set(groups)
    for shard in sorted(out.glob("[0-9]*.jsonl.gz")) if missing else ():
        for line in _lines(shard):
            if (name := _id_of(line)) in missing:
                missing.remove(name)
                groups[name].kept = json.loads(line)
    return list(groups.values())


def _choose(out: Path) -> dict[str, Group]:
    counts: Counter[str] = Counter()
    least: defaultdict[str, float] = defaultdict(lambda: 1.0)
    for name, similarity, _ in _read_copies(out):
        if len(counts) < HELD or name in counts:
            counts[name] += 1
            least[name] = min(least[name], similarity)
    unlike = sorted(least, key=lambda name: (least[name], name))[: GROUPS // 2]
    common = [name for name, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
    chosen = dict.fromkeys([*unlike, *common][: GROUPS + len(unlike)])
    return {name: Group(counts[name], least[name]) for name in list(chosen)[:GROUPS]}


_COPY_RE = re.compile(rb'"duplicate_of":"([^"]+)","similarity":([0-9.e-]+),"containment":[0-9.e-]+}\s*$')
_ID_RE = re.compile(rb'\{"id":"([^"]+)"')


def _read_copies(out: Path) -> Iterator[tuple[str, float, bytes]]:
    """Id of the kept one, similarity and line of each copy that was dropped."""
    for file in sorted((out / "dropped").glob("*.jsonl.gz")):
        for line in _lines(file):
            if found := _COPY_RE.search(line, max(0, len(line) - TAIL)):
                yield found[1].decode(), float(found[2]), line


def _lines(path: Path) -> Iterator[bytes]:
    with open_lines(path) as lines:
        yield from lines


def _id_of(line: bytes) -> str:
    found = _ID_RE.match(line)
    return found[1].decode() if found else ""


def show_groups(groups: Sequence[Group]) -> str:
    return "".join(map(_show_group, groups))


def _show_group(group: Group) -> str:
    kept = group.kept or {"title": group.copies[0]["title"], "source": "an earlier run", "text": ""}
    copies = "".join(_show_copy(kept, copy) for copy in group.copies)
    plural = "copy" if group.count == 1 else "copies"
    return (
        f"<details><summary><b>{safe(kept['title'] or kept['source'])}</b> "
        f"<span class=dim>{group.count:,} {plural}, least alike {group.least:.2f}</span></summary>"
        f"<div>{copies}</div></details>"
    )


def _show_copy(kept: dict[str, Any], copy: dict[str, Any]) -> str:
    facts = f"similarity {copy['similarity']:.2f}, {copy['containment']:.0%} of its shingles in the kept one"
    rows = align_lines(kept["text"].split("\n"), copy["text"].split("\n"))
    words = (frozenset(kept["text"].split()), frozenset(copy["text"].split()))
    return (
        f"<h3>{safe(copy['source'])} <span class=chip>{safe(copy['reason'])}</span></h3>"
        f"<p class=dim>{facts}</p><div class=twins>"
        f"<p class=left><b>kept</b> <span class=dim>{safe(kept['source'])}</span></p>"
        f"<p class=right><b>dropped</b> <span class=dim>{safe(copy['source'])}</span></p>"
        f"{''.join(_show_rows(rows, words))}</div>"
    )


def _show_rows(rows: Sequence[Row], words: tuple[frozenset[str], frozenset[str]]) -> Iterator[str]:
    """Changed rows with those around them; at most ROWS."""
    changed = [i for i, row in enumerate(rows) if row.kind == "changed"]
    near = {j for i in changed for j in range(i - CONTEXT, i + CONTEXT + 1)} or set(range(CONTEXT))
    shown = [i for i in range(len(rows)) if i in near][:ROWS]
    last = -1
    for i in shown:
        if i > last + 1:
            yield _skip(i - last - 1)
        yield _show_row(rows[i], words)
        last = i
    if len(rows) > last + 1:
        yield _skip(len(rows) - last - 1)


def _skip(count: int) -> str:
    return f'<p class="skip-row">\u22ef {count:,} more {"line" if count == 1 else "lines"}</p>'


def _show_row(row: Row, words: tuple[frozenset[str], frozenset[str]]) -> str:
    if row.kind == "same":
        text = _cut(row.left or "")
        return f"<p class=left>{text}</p><p class=right>{text}</p>"
    left = "" if row.left is None else f'<p class="left del">{_mark(row.left, words[1])}</p>'
    right = "" if row.right is None else f'<p class="right add">{_mark(row.right, words[0])}</p>'
    return left + right


def _cut(text: str) -> str:
    return safe(text[:CHARS]) + ("\u2026" if len(text) > CHARS else "")


def _mark(text: str, known: frozenset[str]) -> str:
    """The line, with the words marked that the other text has nowhere: facts that differ, if any do."""
    words = [safe(word) if word in known else f"<mark>{safe(word)}</mark>" for word in text[:CHARS].split()]
    end = "\u2026" if len(text) > CHARS else ""
    return " ".join(words).replace("</mark> <mark>", " ") + end
