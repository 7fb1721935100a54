"""One page, from bytes to articles: the whole of what dehusk does, in the order in which it does it."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import accumulate, chain, compress, repeat
from operator import attrgetter, itemgetter

import numpy as np

from dehusk.articles import Made, make_articles, rewrite, write_block
from dehusk.blocks.text_nodes import may_have_nodes
from dehusk.dedupe import CopiedArticle, StrippedCopies, drop_remnants, put_back, strip_copies
from dehusk.dedupe.copies import COPY_CHARS, DROP_SHARE, Stream
from dehusk.errors import BadOptions
from dehusk.link_numbers import has_link_numbers
from dehusk.model import Article, Document, Dropped, Labelled, Options, Page, PageLabels
from dehusk.pages import decode_keeping_bytes
from dehusk.records import clean_value
from dehusk.segment import cut_around_copies
from dehusk.stages.link_numbers import drop_link_numbers
from dehusk.stages.peer import read_with_trafilatura
from dehusk.stages.repeats import cut_articles, find_change, why_unwanted
from dehusk.stages.spares import Spare, find_spares
from dehusk.stages.stated import find_empty_pages
from dehusk.stages.text_nodes import join_nodes
from dehusk.stages.windows import work_windows
from dehusk.templates import (
    LEAST_PAGES,
    Found,
    Prints,
    Templates,
    count_parts,
    find_site,
    hash_site,
    look_up,
    make_prints,
)
from dehusk.words import WordHashes

_DEFAULT = Options()
_ROUNDS = 8
"""What is put back into an article may make it one that is not kept, in its turn."""
_SHOWN_CHARS = 60
_SCRAP = "left around a copy"
_NOTE = "says who the author is"


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What a page came to, with the middle value that explains it."""

    articles: list[Article]
    labelled: list[Labelled]
    """Every block in reading order, with its label and reason."""
    dropped: list[Dropped]
    """The articles that were not kept; the page itself, if it has none."""
    groups: list[list[Labelled]] = field(default_factory=list)
    """The blocks of article 1, 2, ..., of those that were not kept too."""
    origins: dict[int, int] = field(default_factory=dict)
    """id of a copied block -> the article in which it stood before."""
    prints: Prints | None = None
    """What tells what repeats on its site, while that is not known yet."""
    spares: tuple[Spare, ...] = ()
    """What may come back when it is."""


def clean_page(
    page: Page,
    options: Options = _DEFAULT,
    *,
    templates: Templates | None = None,
    on_drop: Callable[[Dropped], object] | None = None,
) -> list[Article]:
    """The articles of one page, in order; none if it holds none (`on_drop` then hears why).

    `templates` is what was learnt of its site: what repeats there goes.

    Raises:
        UnreadablePage: the content is neither HTML nor text, or over one of `options.limits`. Their
            `seconds` are held by the command's worker processes, not by this call.
        BadOptions: `page` is no Page, `options` are no Options, or `templates` no Templates.
    """
    with uncollected():
        articles, all_dropped = _clean_page(page, options, templates)
    if on_drop:
        for dropped in all_dropped:
            on_drop(dropped)
    return articles


def _clean_page(
    page: Page, options: Options, templates: Templates | None
) -> tuple[list[Article], list[Dropped]]:
    """Its blocks are gone when it returns."""
    cleaned = work_page(page, options, templates, has_prints=False)
    return cleaned.articles, cleaned.dropped


def explain_page(
    page: Page, options: Options = _DEFAULT, *, templates: Templates | None = None
) -> list[Labelled]:
    """Every block of a page in reading order, with its label and the reason for it.

    It is `clean_page`'s own middle value: what is labelled "content" is what `clean_page` gives, or drops
    with a reason, as an article that is too short or in a language that is not wanted.

    Raises:
        UnreadablePage: as `clean_page` does.
    """
    return work_page(page, options, templates, has_prints=False).labelled


def work_page(
    page: Page, options: Options, templates: Templates | None = None, *, has_prints: bool = True
) -> Cleaned:
    """Both of them: the one path there is. Prints are made for who learns of many pages, or where they are needed."""
    if not isinstance(page, Page):
        raise BadOptions(f"a page must be a dehusk.Page, as Page(html), not {_shorten(repr(page))}")
    if not isinstance(options, Options):
        raise BadOptions(f"options must be dehusk.Options, not {_shorten(repr(options))}")
    check_templates(templates)
    with uncollected():
        return _work_page(page, options, templates, has_prints=has_prints)


def check_templates(templates: object) -> None:
    """Raise BadOptions for what is neither None nor templates: the command takes a file's name, a call does not."""
    if not isinstance(templates, Templates | None):
        raise BadOptions(
            f"templates must come from read_templates or learn_templates, not be {_shorten(repr(templates))}"
        )


def _shorten(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARS else text[:_SHOWN_CHARS] + "..."


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the garbage collector, which otherwise looks through all blocks again and again while they are made.

    They are hundred thousands of tuples and no cycle is among them; of a dump it took a quarter of the time. Who needs
    no block afterwards lets go of them inside: at the end the collector looks through what is left.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _work_page(page: Page, options: Options, templates: Templates | None, *, has_prints: bool) -> Cleaned:
    page, utf8 = decode_keeping_bytes(page)
    if options.extractor == "trafilatura" and page.kind == "html":
        page, document, labels = read_with_trafilatura(page, options.limits)
        return _work_groups(
            [labels.blocks] if labels.blocks else [], page, document, options=options, labels=labels
        )
    worked = work_windows(page, options, utf8=utf8)
    if page.kind == "text" and isinstance(page.content, str):
        if has_link_numbers(page.content):
            worked = drop_link_numbers(worked)
        if may_have_nodes(page.content):
            worked = join_nodes(worked, page.content)
    document, labels, groups = worked
    cleaned = _work_groups(groups, page, document, options=options, labels=labels)
    if empty := find_empty_pages(document, groups, page):
        cleaned = replace(cleaned, dropped=cleaned.dropped + empty)
    has_pages = document.kind == "text" and len(cleaned.articles) >= LEAST_PAGES
    if not (options.templates and cleaned.articles and (has_prints or templates is not None or has_pages)):
        return cleaned
    spares = find_spares(cleaned.labelled, document.kind) if len(cleaned.groups) == 1 else ()
    cleaned = replace(cleaned, prints=_print_page(cleaned, page, document), spares=spares)
    if has_pages:
        return cut_cleaned(cleaned, count_parts, options=options)
    if templates:
        return cut_cleaned(cleaned, partial(look_up, [templates]), options=options)
    return cleaned


def _work_groups(
    groups: list[list[Labelled]], page: Page, document: Document, *, options: Options, labels: PageLabels
) -> Cleaned:
    may_repeat = (document.kind == "text" or len(groups) > 1) and _is_copy_long(groups)
    if not (options.dedup and may_repeat):
        made = _make_written(groups, document, page, labels=labels)
        labelled = _relabel(labels.blocks, _name_notes(made.notes))
        return replace(_sift(made.articles, page, options, labelled=labelled), groups=made.groups)
    stream = Stream(groups, _choose_words(groups, document))
    left = strip_copies(groups, stream)
    if options.split and not page.is_single:
        parted = cut_around_copies(groups, left.stripped, left.origins)
        if parted.scraps or len(parted.groups) > len(groups):
            groups = parted.groups
            if parted.scraps:
                stream = Stream(groups, _choose_words(groups, document))
            left = strip_copies(groups, stream)
            scraps = [item._replace(label="boilerplate", reason=_SCRAP) for item in parted.scraps]
            labels = labels._replace(blocks=_relabel(labels.blocks, scraps))
    left = drop_remnants(left, groups, labels.blocks)
    made = _make_written(_show_whole(left, groups), document, page, labels=labels)
    for _ in range(_ROUNDS):
        unwanted = _find_unwanted(left, made.articles, options)
        back = put_back(left, groups, unwanted=unwanted) if unwanted else left
        if len(back.stripped) == len(left.stripped):
            break
        left = back
        made = _make_written(_show_whole(left, groups), document, page, labels=labels)
    kept, copies = _part_copies(made.articles, left.dropped)
    labelled = _relabel(labels.blocks, [*_name_notes(made.notes), *left.stripped])
    cleaned = _sift(kept, page, options, labelled=labelled)
    origins = {id(item.block): of + 1 for item, of in zip(left.stripped, left.origins, strict=True)}
    return replace(cleaned, dropped=copies + cleaned.dropped, groups=made.groups, origins=origins)


def _name_notes(notes: Sequence[Labelled]) -> list[Labelled]:
    return [item._replace(label="byline", reason=_NOTE) for item in notes]


def _show_whole(left: StrippedCopies, groups: Sequence[list[Labelled]]) -> list[list[Labelled]]:
    """What is left; an article that is all copy as it was, so that it can be shown as it was dropped."""
    gone = {copy.group for copy in left.dropped}
    return [group if g in gone else left.groups[g] for g, group in enumerate(groups)]


def _find_unwanted(left: StrippedCopies, articles: Sequence[Article], options: Options) -> set[int]:
    """Of the articles in which something stood that was taken out of others those that are not kept."""
    return {
        g for g in {*left.origins, *(copy.of for copy in left.dropped)} if why_unwanted(articles[g], options)
    }


def _is_copy_long(groups: Sequence[Sequence[Labelled]]) -> bool:
    """Whether a text is as long as a copy inside it has to be."""
    sizes = accumulate(len(item.block.text) for group in groups for item in group)
    return any(size >= COPY_CHARS for size in sizes)


def _choose_words(groups: Sequence[Sequence[Labelled]], document: Document) -> WordHashes | None:
    """The words of a text's blocks that are in articles, if those of all its blocks are known."""
    if document.words is None:
        return None
    own = set(map(id, map(_read_block, chain.from_iterable(groups))))
    is_own = map(own.__contains__, map(id, document.blocks))
    return document.words.choose(np.fromiter(is_own, np.bool_, len(document.blocks)))


def _make_written(
    groups: list[list[Labelled]], document: Document, page: Page, *, labels: PageLabels
) -> Made:
    made = make_articles(groups, document, page, labels=labels)
    return made._replace(articles=_shift(list(map(_as_written, made.articles)), page.offset))


_read_block = itemgetter(0)
"""Of what was labelled: in a third of the time of its name."""
_read_free = attrgetter("text", "title", "author", "url", "site", "source")
"""What came from the page or its file as it was."""


def _as_written(article: Article) -> Article:
    """The article as its record has it, so that all that is known of its text holds for whoever reads that."""
    free = _read_free(article)
    written = tuple(map(clean_value, free))
    if written == free:
        return article
    text, title, author, url, site, source = written
    return rewrite(replace(article, title=title, author=author, url=url, site=site, source=source), text)


def _print_page(cleaned: Cleaned, page: Page, document: Document) -> Prints:
    at = _find_parts(cleaned)
    return make_prints(
        cleaned.labelled,
        at,
        _measure_lines(cleaned.labelled, at, document),
        site=hash_site(find_site(page), document.kind),
        words=document.words,
        columns=document.columns,
    )


def _find_parts(cleaned: Cleaned) -> list[int]:
    """For each block the part of the article that it is in, 0 for none."""
    parts = {
        id(item.block): article.part
        for article in cleaned.articles
        for item in cleaned.groups[article.part - 1]
    }
    return list(map(parts.get, map(id, map(_read_block, cleaned.labelled)), repeat(0)))


def _measure_lines(labelled: Sequence[Labelled], parts: Sequence[int], document: Document) -> list[int]:
    """The characters of each block's line in the record of its part, or in the page."""
    if document.columns:
        sizes: list[int] = document.columns.blocks[3].tolist()
    elif document.table:
        sizes = document.table.sizes.tolist()
    else:
        sizes = [len(item.block.text) for item in labelled]
    for i in compress(range(len(parts)), parts):
        block = labelled[i].block
        if not block.text.isprintable():  # what prints has nothing to be cleaned of, and is told apart faster
            sizes[i] = len(clean_value(write_block(block)))
        elif block.kind == "item":
            sizes[i] = len(write_block(block))
    return sizes


def cut_cleaned(cleaned: Cleaned, look_up: Callable[[Prints], Found], *, options: Options) -> Cleaned:
    """What a page comes to when it is known what repeats on its site; its blocks say so."""
    prints = cleaned.prints
    assert prints
    change = find_change(
        prints, look_up(prints), articles=cleaned.articles, spares=cleaned.spares, options=options
    )
    judged = replace(cleaned, prints=None, spares=())
    if change is None:
        return judged
    articles, dropped = cut_articles(
        cleaned.articles, cleaned.dropped, prints=prints, change=change, options=options
    )
    labelled = list(cleaned.labelled)
    for i, (label, reason) in change.names().items():
        labelled[i] = labelled[i]._replace(label=label, reason=reason)
    cut = {id(labelled[i].block) for i in change.repeats.indices()}
    groups = [[item for item in group if id(item.block) not in cut] for group in cleaned.groups]
    if change.back:  # to a page's one article
        groups = [[item for item in labelled if item.is_kept]]
    return replace(judged, articles=articles, labelled=labelled, dropped=dropped, groups=groups)


def _part_copies(articles: list[Article], copied: list[CopiedArticle]) -> tuple[list[Article], list[Dropped]]:
    by_group = {copy.group: copy for copy in copied}
    kept = [article for group, article in enumerate(articles) if group not in by_group]
    dropped = [
        Dropped(
            articles[copy.group].source,
            "dropped",
            "contained" if copy.containment >= DROP_SHARE else "near",
            "it stood earlier in the same source",
            article=articles[copy.group],
            duplicate_of=articles[copy.of].id,
            similarity=copy.similarity,
            containment=copy.containment,
        )
        for copy in copied
    ]
    return kept, dropped


def _relabel(labelled: list[Labelled], others: list[Labelled]) -> list[Labelled]:
    """The page's blocks with some that bear other labels, as those that were copies do."""
    if not others:
        return labelled
    by_block = {id(item.block): item for item in others}
    return [by_block.get(id(item.block), item) for item in labelled]


def _sift(articles: list[Article], page: Page, options: Options, *, labelled: list[Labelled]) -> Cleaned:
    kept: list[Article] = []
    dropped: list[Dropped] = []
    for article in articles:
        if reason := why_unwanted(article, options):
            dropped.append(Dropped(article.source, "dropped", reason, article=article))
        else:
            kept.append(article)
    if not articles:
        dropped.append(Dropped(page.source, "dropped", "no-article"))
    return Cleaned(kept, labelled, dropped)


def _shift(articles: list[Article], offset: int) -> list[Article]:
    """A text too large for one page comes in pieces: spans count from the start of the whole."""
    if not offset:
        return articles
    return [
        replace(article, spans=tuple((start + offset, end + offset) for start, end in article.spans))
        for article in articles
    ]
