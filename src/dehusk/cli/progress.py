"""How far a run is: a line that is drawn anew on a terminal, or a JSON line a second for a program."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from dehusk.pipeline import Books, read_under_way

REDRAW_SECONDS = 0.2
JSON_SECONDS = 1.0
FOLLOW_SECONDS = 1.0


def tell(line: str) -> None:
    """On standard error in one piece: with its end apart, another thread's line may come between."""
    print(f"{line}\n", end="", file=sys.stderr, flush=True)


class Progress(Protocol):
    """What shows it."""

    def say(self, message: str) -> None: ...
    def show(self, books: Books, share: float | None = None) -> None: ...
    def expect(self, count: Callable[[], int | None]) -> None: ...
    def close(self) -> None: ...


def measure(books: Books, *, seconds: float, files: int | None, share: float | None = None) -> dict[str, Any]:
    """The state of a run as numbers; `files` is how many there are, None where that is not known.

    `share` is what is done of the whole, 0..1, for want of a number of files.

    >>> measure(Books(), seconds=2.0, files=None)["pages_per_second"]
    0.0
    """
    counts, seconds = books.counts, max(seconds, 0.001)
    done = counts["files"]
    share = done / files if files else share
    left = seconds / share * (1 - share) if share else None
    return {
        "seconds": round(seconds, 1),
        "files": done,
        "files_total": files,
        "pages": counts["pages"],
        "pages_per_second": round(counts["pages"] / seconds, 1),
        "mb_per_second": round(counts["bytes"] / seconds / 1e6, 2),
        "kept": books.total("articles/kept"),
        "dropped": books.total("articles/dropped"),
        "failed": books.failed,
        "share_done": None if share is None else round(min(share, 1.0), 4),
        "seconds_left": None if left is None else round(max(left, 0.0), 1),
    }


def write_line(state: dict[str, Any]) -> str:
    """The state for a person.

    >>> write_line(measure(Books(), seconds=1.0, files=None))
    '0 pages, 0/s, 0.0 MB/s, 0 kept, 0 dropped'
    """
    line = (
        f"{state['pages']:,} pages, {state['pages_per_second']:,.0f}/s, {state['mb_per_second']:,.1f} MB/s, "
        f"{state['kept']:,} kept, {state['dropped']:,} dropped"
    )
    return line + (f", {state['failed']:,} failed" if state["failed"] else "")


class _Watch:
    """When the run began, and how many files it has, once that is known."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._files: int | None = None

    def expect(self, count: Callable[[], int | None]) -> None:
        """Learn the number of files, while the run goes on already."""

        def learn() -> None:
            self._files = count()

        threading.Thread(target=learn, daemon=True).start()


class Bar(_Watch):
    """Pages and megabytes a second, kept, dropped, failed; the time left once the files are counted."""

    def __init__(self) -> None:
        from rich.console import Console  # only where there is a terminal to draw on
        from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as RichProgress

        self._progress = RichProgress(
            TextColumn("{task.fields[line]}"),
            BarColumn(bar_width=20),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
            redirect_stdout=False,
        )
        super().__init__()
        self._task = self._progress.add_task("", total=None, line="starting")
        self._shown = 0.0
        self._progress.start()

    def say(self, message: str) -> None:
        self._progress.console.print(message, markup=False, emoji=False, highlight=False, soft_wrap=True)

    def show(self, books: Books, share: float | None = None) -> None:
        now = time.monotonic()
        if now - self._shown < REDRAW_SECONDS:
            return
        self._shown = now
        state = measure(books, seconds=now - self._started, files=self._files, share=share)
        done = state["share_done"]
        total = None if done is None else 1.0
        self._progress.update(self._task, completed=done or 0.0, total=total, line=write_line(state))

    def close(self) -> None:
        self._progress.stop()


class JsonLines(_Watch):
    """The state as one JSON object a second on standard error, whether or not anything happened."""

    def __init__(self) -> None:
        super().__init__()
        self._books = Books()
        self._share: float | None = None
        self._lock = threading.Lock()
        self._is_over = threading.Event()
        self._ticker = threading.Thread(target=self._tick, daemon=True)
        self._ticker.start()

    def say(self, message: str) -> None:
        tell(message)

    def show(self, books: Books, share: float | None = None) -> None:
        with self._lock:  # the books go on changing in the run's own thread
            self._books, self._share = Books(books.counts.copy()), share

    def close(self) -> None:
        """The last line says that it is over."""
        self._is_over.set()
        self._ticker.join()
        self._print(is_done=True)

    def _tick(self) -> None:
        while not self._is_over.wait(JSON_SECONDS):
            self._print(is_done=False)

    def _print(self, *, is_done: bool) -> None:
        with self._lock:
            seconds = time.monotonic() - self._started
            state = measure(self._books, seconds=seconds, files=self._files, share=self._share)
        tell(json.dumps(state | {"done": is_done}))


class Follower:
    """Shows, between the shards of a folder run, how far those under way are."""

    def __init__(self, show: Callable[[Books, float | None], object], out: Path) -> None:
        self._show, self._out = show, out
        self._told: Counter[str] = Counter()
        self._shards = 0
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def tell(self, books: Books) -> None:
        """The books of the shards that are done; called after each."""
        self._told = books.counts.copy()
        self._shards += 1

    def close(self) -> None:
        self._is_over.set()
        self._thread.join()
        self._show(Books(self._told), 1.0)

    def _follow(self) -> None:
        while not self._is_over.wait(FOLLOW_SECONDS):
            books = Books(self._told.copy())
            under_way, shards = read_under_way(self._out)
            books.add(under_way)
            self._show(books, self._shards / shards if shards else None)
