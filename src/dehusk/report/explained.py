"""`clean explain --html`: a page's blocks in order, kept ones plain, stripped ones dimmed, articles framed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dehusk.model import Article, Dropped, Explained
from dehusk.report.frame import link_source, make_page, safe, safe_lines


def write_explained(pages: Sequence[Explained]) -> bytes:
    """One self-contained HTML page for all of them."""
    name = pages[0].source if pages else "no page"
    title = f"{name} explained" if len(pages) < 2 else f"{name} and {len(pages) - 1:,} more, explained"
    body = (
        "\n".join(_show_page(page) for page in pages) or "<section><p>There is no page in it.</p></section>"
    )
    head = (
        f"<header><h1>{safe(title)}</h1><p class=dim>Green bar: kept. Dotted: stripped, with label "
        "and reason.</p></header>"
    )
    return make_page(title, f"{head}<main>{body}</main>")


def _show_page(page: Explained) -> str:
    kept = sum(item.is_kept for item in page.blocks)
    facts = f"{page.kind}, {len(page.articles)} articles, {kept:,} of {len(page.blocks):,} blocks kept"
    return (
        f"<section><h2>{safe(page.source)}</h2><p class=dim>{facts}</p>"
        f"<div class=blocks>{''.join(_show_blocks(page))}</div></section>"
    )


def _show_blocks(page: Explained) -> Iterator[str]:
    begins, ends = find_borders(page)
    if 0 in page.dropped:
        yield f'<p class="border gone">No article: the page is dropped ({safe(page.dropped[0].reason)})</p>'
    for number in range(len(page.blocks)):
        if article := begins.get(number):
            yield _show_border(article, page.dropped.get(article.part))
        yield _show_block(page, number)
        if article := ends.get(number):
            yield f'<p class="border end dim">end of article {article.part}</p>'


def _show_border(article: Article, dropped: Dropped | None) -> str:
    title = link_source(article.url, article.title or "(no title)")
    gone = f"<br><span class=gone>dropped ({safe(tell_why_dropped(dropped))})</span>" if dropped else ""
    return (
        f'<div class=border id="article-{safe(article.id)}"><b>Article {article.part}: {title}</b>'
        f"<br><span class=dim>{safe(', '.join(list_facts(article)))}</span>{gone}</div>"
    )


def _show_block(page: Explained, number: int) -> str:
    item = page.blocks[number]
    text, why = safe_lines(item.block.text), tell_why_stripped(page, number)
    if not why:
        return f'<p class="kept {item.block.kind}">{text}</p>'
    return f'<p class="cut {item.block.kind}"><span class=chip>{safe(why)}</span> {text}</p>'


def find_borders(page: Explained) -> tuple[dict[int, Article], dict[int, Article]]:
    """The articles by the numbers of the blocks with which they begin, and by those with which they end."""
    articles = {article.part: article for article in page.articles}
    inside = [(number, part) for number, part in enumerate(page.parts) if part in articles]
    begins = {part: number for number, part in reversed(inside)}
    ends = {part: number for number, part in inside}
    return (
        {number: articles[part] for part, number in begins.items()},
        {number: articles[part] for part, number in ends.items()},
    )


def list_facts(article: Article) -> list[str]:
    """What is known of an article besides its title."""
    known = (article.author, article.date, article.language, article.page_type)
    return [*filter(None, known), f"{article.words:,} words", f"confidence {article.confidence:.2f}"]


def tell_why_dropped(dropped: Dropped) -> str:
    return f"{dropped.reason}: {dropped.detail}" if dropped.detail else dropped.reason


def tell_why_stripped(page: Explained, number: int) -> str:
    """The label of a block and the reason for it, for one that copies another where that stands; "" if it is kept."""
    item, part = page.blocks[number], page.parts[number]
    if item.is_kept:
        return f"dropped with article {part}" if part in page.dropped else ""
    origin = page.origins.get(number)
    return f"{item.label}: {f'stands in article {origin}' if origin else item.reason}"
