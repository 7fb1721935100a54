"""What a person reads while a run goes on and after it: on standard error, escaped, never in the way."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from dehusk.cli.progress import Bar, Follower, JsonLines, Progress, tell
from dehusk.model import Dropped
from dehusk.pipeline import Books, Outcome, list_dropped
from dehusk.report import escape_controls

NAMED_OF_A_KIND = 10
PLAIN = "\x1b[0m"
_NEAR = {
    "supersets": ("kept article contains", "kept articles contain", "a shorter one that is kept too"),
    "full_buckets": (
        "time",
        "times",
        "near-duplicates were not looked for by one of an article's 32 bands: too many share it",
    ),
    "known": (
        "kept article is",
        "kept articles are",
        "in the index already, with the same id: a record is never a duplicate of itself",
    ),
}
"""What is said of one, of several, and of both."""


def say(message: str) -> None:
    """A line on standard error."""
    tell(escape_controls(message))


def wants_colour(stream: Any) -> bool:
    return bool(stream.isatty()) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def paint(line: str, colour: str) -> str:
    """The line between an escape sequence and the one that undoes it; as it is, if there is none."""
    return f"{colour}{line}{PLAIN}" if colour else line


def describe_dropped(dropped: Dropped) -> str:
    """What is not kept, and why.

    >>> describe_dropped(Dropped("a.gz", "failed", "truncated", "it ends early"))
    'failed: a.gz: truncated (it ends early)'
    """
    detail = f" ({dropped.detail})" if dropped.detail else ""
    return f"{dropped.stage}: {dropped.source}: {dropped.reason}{detail}"


class Reporter:
    """Names what failed, and the first of every kind that was skipped; shows progress on a terminal."""

    def __init__(self, *, is_quiet: bool, is_verbose: bool, progress: str = "auto") -> None:
        self._is_quiet, self._is_verbose = is_quiet, is_verbose
        self._named: Counter[str] = Counter()
        self._progress: Progress | None = None
        if progress == "json":
            self._progress = JsonLines()
        elif progress == "auto" and not is_quiet and wants_colour(sys.stderr):
            self._progress = Bar()

    def hear(self, dropped: Dropped) -> None:
        """Failures are always named: a run that loses something must not look like one that does not."""
        is_first = False
        if dropped.stage == "skipped" and not self._is_quiet:
            self._named[dropped.reason] += 1
            is_first = self._named[dropped.reason] <= NAMED_OF_A_KIND
        if dropped.stage == "failed" or self._is_verbose or is_first:
            self.say(describe_dropped(dropped))

    def hear_outcome(self, outcome: Outcome, books: Books) -> None:
        """What a stream tells of each input and page."""
        for dropped in list_dropped(outcome):
            self.hear(dropped)
        self.show(books)

    def say(self, message: str) -> None:
        if self._progress:
            self._progress.say(escape_controls(message))
        else:
            say(message)

    def show(self, books: Books) -> None:
        if self._progress:
            self._progress.show(books)

    def expect(self, count: Callable[[], int | None]) -> None:
        """Learn the number of files, while the run goes on already."""
        if self._progress:
            self._progress.expect(count)

    @contextmanager
    def following(self, out: Path) -> Iterator[Callable[[Books], object]]:
        """A folder run in `out`: gives the function to tell of its shards that are done."""
        if self._progress is None:
            yield lambda books: None
            return
        with closing(Follower(self._progress.show, out)) as follower:
            yield follower.tell

    def close(self) -> None:
        if self._progress:
            self._progress.close()


def say_summary(books: Books, *, seconds: float, is_json: bool = False) -> None:
    for line in summarise(books, seconds=seconds, is_json=is_json).splitlines():
        say(line)


def summarise(books: Books, *, seconds: float, is_json: bool) -> str:
    """The books in a few lines for a person, or as one object for a program; `seconds` 0 if not of this run."""
    summary = books.summary()
    if is_json:
        return json.dumps({**summary, "seconds": round(seconds, 3)}, ensure_ascii=False)
    lines = [_line(summary, name) for name in ("files", "pages", "articles")]
    for name, count in summary["near_duplicates"].items():
        one, several, said = _NEAR[name]
        lines.append(f"{count:,} {one if count == 1 else several} {said}")
    last = f"{summary['words']:,} words kept"
    if seconds:
        last += f" in {seconds:.1f} s, {summary['pages']['all'] / seconds:,.0f} pages/s"
    return "\n".join([*lines, last])


def _line(summary: Mapping[str, Any], name: str) -> str:
    """`pages: 12 = 10 kept + 2 dropped (2 no-article) + 0 failed`"""
    parts = []
    for stage, count in summary[name].items():
        if stage != "all":
            reasons = summary["reasons"][name].get(stage, {})
            listed = ", ".join(f"{number:,} {reason}" for reason, number in reasons.items())
            parts.append(f"{count:,} {stage}" + (f" ({listed})" if listed else ""))
    return f"{name}: {summary[name]['all']:,} = " + " + ".join(parts)
