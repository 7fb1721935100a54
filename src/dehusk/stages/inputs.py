"""Inputs -> outcomes: every page of every input, and nothing that one of them does stops the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from dehusk.dedupe import Signed, sign_texts
from dehusk.errors import UnreadablePage
from dehusk.model import Dropped, Labelled, Options, Page
from dehusk.pages import Input, read_found
from dehusk.stages.outcomes import Outcome, PageOutcome, count_labels, list_articles

Begin = Callable[[], tuple[bool, str]]
"""An engine's: begins an item. It gives whether the item's outcome was delivered before, and is not to be
given again, and the reason for which it must be passed over, or ""."""
OnLabelled = Callable[[Page, list[Labelled]], object]

_REASONS = {
    "timeout": "it took longer than the limit of {seconds:g} seconds",
    "worker-killed": "a worker process died over it three times",
}


Found = Input | Dropped
"""What listing gives: an input, or something that is none and is counted where it was found."""
PORTION_OUTCOMES = 64
PORTION_CHARS = 2_000_000
"""A batch of any size is delivered in portions, none larger than one page more than this."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A task for the workers of a streaming run: inputs to read, or pages that another worker read."""

    found: tuple[Found | Page, ...]
    options: Options


class CleanedBatch(NamedTuple):
    outcomes: list[Outcome]
    signed: Signed
    """Of all their articles, in order; of none without near-duplicate removal."""


def clean_batch(batch: Batch, begin: Begin) -> Iterator[CleanedBatch]:
    """The outcomes of what a batch holds, in order, signed for whoever judges near-duplicates."""
    for outcomes in _cut(clean_found(batch.found, batch.options, begin=begin)):
        articles = list_articles(outcomes) if batch.options.dedup else []
        yield CleanedBatch(outcomes, sign_texts([article.text for article in articles]))


def _cut(outcomes: Iterable[Outcome]) -> Iterator[list[Outcome]]:
    held: list[Outcome] = []
    chars = 0
    for outcome in outcomes:
        held.append(outcome)
        chars += sum(len(article.text) for article in list_articles([outcome]))
        if len(held) >= PORTION_OUTCOMES or chars >= PORTION_CHARS:
            yield held
            held, chars = [], 0
    if held:
        yield held


def read_batch(batch: Batch, begin: Begin) -> Iterator[Batch]:
    """A batch with its inputs read: batches of pages, small enough to share out among the workers."""
    held: list[Found | Page] = []
    size = 0
    for one in batch.found:
        for is_delivered, found in _open(one, batch.options, begin):
            if is_delivered:
                continue
            held.append(found)
            size += len(found.content) if isinstance(found, Page) else 0
            del found  # a piece of a text is not to be held while the next one is read
            if len(held) >= PORTION_OUTCOMES or size >= PORTION_CHARS:
                ready, held, size = [replace(batch, found=tuple(held))], [], 0
                yield ready.pop()
    if held:
        yield replace(batch, found=tuple(held))


def clean_found(
    found: Iterable[Found | Page],
    options: Options,
    *,
    begin: Begin,
    on_labelled: OnLabelled | None = None,
) -> Iterator[Outcome]:
    """One outcome for each page of what is found, and for each thing in it that is none; never an error.

    Reading a page and cleaning it are an item of the engine's each: what is given up while it is read takes
    the rest of its input with it.
    """
    for one in found:
        for is_delivered, page in _open(one, options, begin):
            if isinstance(page, Page):
                is_delivered, given_up = begin()
                if not is_delivered:
                    yield _clean(page, options, given_up=given_up, on_labelled=on_labelled)
            elif not is_delivered:
                yield page


def warm_up() -> None:
    """Load what cleaning a web page loads, so that the first one's limit does not pay for it.

    The models of texts take a tenth of a second more, which the first text takes: most runs have none.
    """
    from dehusk.stages.page import work_page

    line = "The mill has ground the grain of the whole valley for three hundred years and more. "
    work_page(Page(f"<h1>Mill</h1><p>{line * 5}", kind="html"), Options())


def _open(one: Found | Page, options: Options, begin: Begin) -> Iterator[tuple[bool, Page | Dropped]]:
    """What is in it, and whether that was delivered before: a reader has to pass it all the same."""
    if isinstance(one, Page):
        yield False, one
    elif isinstance(one, Dropped):
        yield begin()[0], one
    else:
        yield from _read(one, options, begin)


def _read(found: Input, options: Options, begin: Begin) -> Iterator[tuple[bool, Page | Dropped]]:
    reading = read_found(found, options.limits)
    while True:
        is_delivered, given_up = begin()
        one = _read_next(reading, found, options, given_up=given_up)
        if not one:
            return
        ready = [one]
        del one
        yield is_delivered, ready.pop()
        if given_up:
            return


def _read_next(
    reading: Iterator[Page | Dropped], found: Input, options: Options, *, given_up: str
) -> Page | Dropped | None:
    if given_up:
        return _failed(found.source, given_up, options)
    try:
        return next(reading, None)
    except UnreadablePage as error:
        return Dropped(error.source or found.source, "failed", error.reason, error.detail)
    except Exception as error:  # noqa: BLE001 - a worker's edge: it becomes a counted failure
        return _crashed(found.source, error)


def _clean(page: Page, options: Options, *, given_up: str, on_labelled: OnLabelled | None) -> PageOutcome:
    if given_up:
        return _fail(page, _failed(page.source, given_up, options))
    # Parsers and models are loaded in the workers, not in the process that hands out the work: both start
    # at once, and a small run ends sooner.
    from dehusk.stages.page import uncollected

    with uncollected():
        return _work(page, options, on_labelled)


def _work(page: Page, options: Options, on_labelled: OnLabelled | None) -> PageOutcome:
    from dehusk.stages.page import work_page

    try:
        cleaned = work_page(page, options)
    except UnreadablePage as error:
        return _fail(page, Dropped(page.source, "failed", error.reason, error.detail))
    except Exception as error:  # noqa: BLE001 - a worker's edge: it becomes a counted failure
        return _fail(page, _crashed(page.source, error))
    if on_labelled:
        on_labelled(page, cleaned.labelled)
    labels, rules = count_labels(cleaned.labelled)
    return PageOutcome(
        page.source,
        cleaned.articles,
        cleaned.dropped,
        labels,
        rules,
        size=len(page.content),
        prints=cleaned.prints,
        spares=cleaned.spares,
        is_more=page.offset > 0,
    )


def _fail(page: Page, why: Dropped) -> PageOutcome:
    return PageOutcome(page.source, [], [why], is_more=page.offset > 0)


def _failed(source: str, reason: str, options: Options) -> Dropped:
    detail = _REASONS.get(reason, reason).format(seconds=options.limits.seconds)
    return Dropped(source, "failed", reason, detail)


def _crashed(source: str, error: Exception) -> Dropped:
    return Dropped(source, "failed", "error", f"{type(error).__name__}: {error}"[:500])
