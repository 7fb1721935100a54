"""Counting pages as they come, in bounded memory: what a stream knows of its sites."""

from __future__ import annotations

from dehusk.templates.look import Found, look_up
from dehusk.templates.prints import Prints
from dehusk.templates.table import Templates, count_prints, prune_templates, sum_templates

BATCH_PAGES = 64
MOST_ENTRIES = 4_000_000
"""Of 24 bytes each. With more than that, texts on the fewest pages are forgotten: they come out a little too rare."""


class Learner:
    """Counts pages; what is counted is seen once a batch of BATCH_PAGES is full, whoever works how fast."""

    def __init__(self, *, batch_pages: int = BATCH_PAGES, most_entries: int = MOST_ENTRIES) -> None:
        self._batch_pages, self._most_entries = batch_pages, most_entries
        self._batch: list[Prints] = []
        self._levels: list[Templates] = []  # each at least twice as large as the next

    @property
    def entries(self) -> int:
        """How many texts are held."""
        return sum(len(level.keys) for level in self._levels)

    def add(self, prints: Prints) -> None:
        self._batch.append(prints)
        if len(self._batch) == self._batch_pages:
            self._close_batch()

    def _close_batch(self) -> None:
        self._levels.append(count_prints(self._batch))
        self._batch = []
        while len(self._levels) > 1 and len(self._levels[-2].keys) < 2 * len(self._levels[-1].keys):
            self._levels[-2:] = [sum_templates(self._levels[-2:])]
        if self.entries > self._most_entries:
            self._levels = [self._forget(sum_templates(self._levels))]

    def _forget(self, table: Templates) -> Templates:
        """Down to half of what may be held, so that it is not done again at once."""
        least = 2
        while len(table.keys) > self._most_entries // 2:
            table = prune_templates(table, least)
            least *= 2
        return table

    def look_up(self, prints: Prints) -> Found:
        """What the full batches before it show of a page."""
        return look_up(self._levels, prints)

    def count(self) -> Templates:
        """All that was counted."""
        self._close_batch()
        return sum_templates(self._levels)

    def finish(self) -> Templates:
        """All that was counted, without what is too rare to matter."""
        return prune_templates(self.count())
