"""Cleaning for library users: in their process, from any iterator of pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from dehusk.dedupe import drop_near_duplicates
from dehusk.errors import BadOptions, UnreadablePage
from dehusk.model import Article, Dropped, Options, Page
from dehusk.records import atomic_file
from dehusk.stages.outcomes import PageOutcome, PartCounter
from dehusk.stages.page import check_templates, clean_page, explain_page, work_page
from dehusk.stages.repeats import StreamCutter
from dehusk.templates import Learner, Templates, open_templates, save_templates

__all__ = [
    "Templates", "clean_page", "clean_pages", "explain_page", "learn_templates", "read_templates", "write_templates"
]  # fmt: skip

_DEFAULT = Options()


def clean_pages(
    pages: Iterable[Page],
    *,
    options: Options = _DEFAULT,
    templates: Templates | None = None,
    on_drop: Callable[[Dropped], object] | None = None,
    on_failure: Callable[[UnreadablePage], object] | None = None,
) -> Iterator[Article]:
    """The articles of the pages, lazily and in order.

    What repeats on a page's site goes, by `templates` or, without them, by the full batches of 64 pages before it.
    With `options.dedup`, an article that repeats an earlier one is dropped, and up to 128 are read ahead of the one
    that is given; where `pages` raises or a page fails, what was read before comes first, and then the error.
    `on_drop` hears of every page
    and article that is not kept, `on_failure` of each page that cannot be cleaned. What stood earlier in its source
    is told of first, and may name an article that is dropped thereafter.

    Raises:
        UnreadablePage: a page cannot be cleaned, and there is no `on_failure`.
        BadOptions: what is given are no pages or options, or `options.keep` is "longest", for which all articles would
            have to be seen before the first is given.

    >>> page = Page("<p>" + "Grain is kept, and the husk is gone with the wind. " * 3)
    >>> [article.words for article in clean_pages([page])]
    [33]
    """
    _check_call("clean_pages", pages, options)
    check_templates(templates)
    if options.keep == "longest":
        raise BadOptions('keep="longest" is for folder runs of the command: a stream keeps the first')
    cutter = StreamCutter(options, templates)
    articles = _clean_each(pages, options, cutter=cutter, on_drop=on_drop, on_failure=on_failure)
    if not options.dedup:
        return articles
    return drop_near_duplicates(articles, threshold=options.threshold, on_drop=on_drop)


def _check_call(name: str, pages: object, options: object) -> None:
    """Raise BadOptions at the call for what would fail at its first page, or be taken for pages letter by letter."""
    if isinstance(pages, Page | str | bytes) or not isinstance(pages, Iterable):
        raise BadOptions(f"{name} takes pages, as a list or a generator: one as [page], for files read_pages")
    if not isinstance(options, Options):
        raise BadOptions(f"options must be dehusk.Options, not {type(options).__name__}")


def _clean_each(
    pages: Iterable[Page],
    options: Options,
    *,
    cutter: StreamCutter,
    on_drop: Callable[[Dropped], object] | None,
    on_failure: Callable[[UnreadablePage], object] | None,
) -> Iterator[Article]:
    parts = PartCounter()
    for page in pages:
        try:
            cleaned = work_page(page, options)
        except UnreadablePage as error:
            if not on_failure:
                raise
            on_failure(error)
            continue
        found = PageOutcome(
            page.source,
            cleaned.articles,
            cleaned.dropped,
            prints=cleaned.prints,
            spares=cleaned.spares,
            is_more=page.offset > 0,
        )
        outcome = parts.number(cutter.cut(found))
        assert isinstance(outcome, PageOutcome)
        if on_drop:
            for dropped in outcome.dropped:
                on_drop(dropped)
        yield from outcome.articles


def learn_templates(
    pages: Iterable[Page],
    *,
    options: Options = _DEFAULT,
    on_failure: Callable[[UnreadablePage], object] | None = None,
) -> Templates:
    """On how many pages of each site a text stands: for `clean_page`, `clean_pages` and `explain_page`.

    Raises:
        BadOptions: what is given are no pages or options, or `options.templates` is False, which asks for nothing to be
            learned.
        UnreadablePage: a page cannot be cleaned, and there is no `on_failure`.
    """
    _check_call("learn_templates", pages, options)
    if not options.templates:
        raise BadOptions(
            "templates=False learns nothing: call learn_templates with options that have it True"
        )
    learner = Learner()
    for page in pages:
        try:
            prints = work_page(page, options).prints
        except UnreadablePage as error:
            if not on_failure:
                raise
            on_failure(error)
            continue
        if prints:
            learner.add(prints)
    return learner.finish()


def read_templates(path: str | Path) -> Templates:
    """What `clean learn` or `write_templates` wrote, mapped and not loaded.

    Raises:
        UnreadableTemplates: it is none, is damaged, or was made by another version.
    """
    return open_templates(Path(path))


def write_templates(templates: Templates, path: str | Path) -> None:
    """Write templates for `read_templates` and `clean --templates`.

    Raises:
        BadOptions: they are no templates.
        RecordWriteError: the file cannot be written.
    """
    if templates is None:
        raise BadOptions("there are no templates to write: learn_templates gives some")
    check_templates(templates)
    with atomic_file(path) as file:
        save_templates(templates, file)
