"""Does a page come out as well when it is Markdown as when it is plain text?

    python benchmarks/bench_markdown.py GOLD DUMPS [--json OUT]

GOLD is a folder laid out as WCXB is; of it are taken the pages that DUMPS, a folder of text dumps, has in val, which
the models that ship have not seen. Each is turned to Markdown in several ways by what scrapers use, and to plain text
as one of them writes it. Word F1 against the gold text, mean of the pages, and CPU time a page. Peers: trafilatura and
resiliparse on the Markdown made HTML again (markdown-it), jusText's heuristics on the lines as dehusk reads them.
"""

from __future__ import annotations

import gzip
import json
import re
import time
from collections.abc import Callable
from pathlib import Path

import html2text
import markdownify
from bench_foreign_pages import put_out, read_folders
from bench_pages import resiliparse_main, trafilatura_default, word_scores
from bench_text import run_justext
from markdown_it import MarkdownIt

import dehusk
from dehusk.blocks.text import read_text

_UNSEEN_RE = re.compile(r"<(script|style|noscript|template|svg)\b.*?</\1>", re.IGNORECASE | re.DOTALL)


def write_by_html2text(html: str, **options: object) -> str:
    writer = html2text.HTML2Text(bodywidth=0)
    for name, value in options.items():
        setattr(writer, name, value)
    return writer.handle(html)


def write_by_markdownify(html: str) -> str:
    return str(markdownify.markdownify(_UNSEEN_RE.sub("", html), heading_style="ATX"))


WAYS: dict[str, Callable[[str], str]] = {
    "plain text": lambda html: write_by_html2text(
        html, ignore_links=True, ignore_images=True, ignore_emphasis=True
    ),
    "html2text": lambda html: write_by_html2text(html, body_width=78),
    "html2text, not wrapped": write_by_html2text,
    "html2text, addresses below": lambda html: write_by_html2text(html, inline_links=False),
    "html2text, no links": lambda html: write_by_html2text(html, ignore_links=True, ignore_images=True),
    "markdownify": write_by_markdownify,
}


def clean_by_dehusk(text: str) -> str:
    page = dehusk.Page(text, kind="text", is_single=True)
    return "\n".join(article.text for article in dehusk.clean_page(page))


def clean_by_justext(text: str) -> str:
    document = read_text(dehusk.Page(text, kind="text"))
    kept = run_justext(document)
    return "\n".join(block.text for block, stays in zip(document.blocks, kept, strict=True) if stays)


_render = MarkdownIt("commonmark").enable("table").render
TOOLS: dict[str, Callable[[str], str]] = {
    "dehusk": clean_by_dehusk,
    "trafilatura": lambda text: trafilatura_default(f"<html><body>{_render(text)}</body></html>"),
    "resiliparse": lambda text: resiliparse_main(f"<html><body>{_render(text)}</body></html>"),
    "jusText": clean_by_justext,
}


def read_pages(gold: Path, dumps: Path) -> list[tuple[str, str]]:
    """HTML and gold text of the pages of val."""
    with gzip.open(dumps / "val.jsonl.gz", "rt", encoding="utf-8") as lines:
        keys = sorted({page["page"] for line in lines for page in json.loads(line)["pages"]})
    pages = []
    for key in keys:
        html = gzip.decompress((gold / "html" / f"{key}.html.gz").read_bytes()).decode("utf-8", "replace")
        truth = json.loads((gold / "ground-truth" / f"{key}.json").read_text(encoding="utf-8"))
        pages.append((html, truth["ground_truth"].get("main_content") or ""))
    return pages


def main() -> None:
    args = read_folders(__doc__, "gold", "dumps")
    pages = read_pages(args.gold, args.dumps)
    found: dict[str, dict[str, dict[str, float]]] = {}
    for way, write in WAYS.items():
        texts = [write(html) for html, _ in pages]
        sums = {tool: [0.0, 0.0] for tool in TOOLS}
        for text, (_, gold) in zip(texts, pages, strict=True):
            for tool, clean in TOOLS.items():
                start = time.process_time()
                cleaned = clean(text)
                sums[tool][1] += time.process_time() - start
                sums[tool][0] += word_scores(cleaned, gold)[2]
        found[way] = {
            tool: {"F1": round(total / len(pages), 3), "ms a page": round(1e3 * seconds / len(pages), 2)}
            for tool, (total, seconds) in sums.items()
        }
    peers = ("html2text", "jusText", "markdown-it-py", "markdownify", "resiliparse", "trafilatura")
    put_out(peers, {"pages": len(pages), "ways": found}, args.json)


if __name__ == "__main__":
    main()
