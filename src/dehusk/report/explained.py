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
    articles = {article.part: article for article in page.articles}
    last = {part: number for number, part in enumerate(page.parts) if part}
    begun: set[int] = set()
    if 0 in page.dropped:
        yield f'<p class="border gone">No article: the page is dropped ({safe(page.dropped[0].reason)})</p>'
    for number, part in enumerate(page.parts):
        if part in articles and part not in begun:
            begun.add(part)
            yield _show_border(articles[part], page.dropped.get(part))
        yield _show_block(page, number)
        if part in begun and last[part] == number:
            yield f'<p class="border end dim">end of article {part}</p>'


def _show_border(article: Article, dropped: Dropped | None) -> str:
    title = link_source(article.url, article.title or "(no title)")
    known = (article.author, article.date, article.language, article.page_type)
    facts = [*filter(None, known), f"{article.words:,} words", f"confidence {article.confidence:.2f}"]
    gone = ""
    if dropped:
        why = f"{dropped.reason}: {dropped.detail}" if dropped.detail else dropped.reason
        gone = f"<br><span class=gone>dropped ({safe(why)})</span>"
    return (
        f'<div class=border id="article-{safe(article.id)}"><b>Article {article.part}: {title}</b>'
        f"<br><span class=dim>{safe(', '.join(facts))}</span>{gone}</div>"
    )


def _show_block(page: Explained, number: int) -> str:
    item, part = page.blocks[number], page.parts[number]
    text = safe_lines(item.block.text)
    if item.is_kept and part not in page.dropped:
        return f'<p class="kept {item.block.kind}">{text}</p>'
    label, reason = (item.label, item.reason) if not item.is_kept else ("dropped", f"with article {part}")
    if number in page.origins:
        reason = f"stands in article {page.origins[number]}"
    return (
        f'<p class="cut {item.block.kind}"><span class=chip>{safe(label)}: {safe(reason)}</span> {text}</p>'
    )
