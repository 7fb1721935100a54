"""Flatten web pages to texts in many ways, each line labelled: make_text_pages.py GOLD OUT [--without VAL.jsonl.gz]

GOLD is a folder laid out as WCXB is. OUT becomes a folder of dumps as train_text_lines.py reads it, one page a text:
`more.jsonl.gz` and `more/ID.txt.gz`. Pages of the domains of those that a file of dumps holds are left out with
--without, so that its scores stay honest. A line is kept if half of its words stand in the gold text, by the ordered
alignment of `align.py`; lines without words and the page's title have no label that counts.

Needs inscriptis, html2text and resiliparse, and the text browsers w3m and lynx.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import subprocess
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import html2text
import inscriptis
from align import cover_blocks, read_words
from resiliparse.extract.html2text import extract_plain_text
from selectolax.lexbor import LexborHTMLParser

SECONDS = 30  # that a text browser may take
_LINK_RE = re.compile(r"(\s\d+\. )(?:file|https?)://(?:localhost)?/tmp/\S+")
_SPACE_RE = re.compile(r"[ \t\xa0]+")


def run_w3m(html: str, columns: int) -> str:
    return _run(
        ["w3m", "-dump", "-T", "text/html", "-I", "UTF-8", "-O", "UTF-8", "-cols", str(columns)], html
    )


def run_lynx(html: str, columns: int, *options: str) -> str:
    charset = ["-assume_charset=utf-8", "-display_charset=utf-8"]
    text = _run(["lynx", "-dump", "-stdin", "-force_html", *charset, f"-width={columns}", *options], html)
    return _LINK_RE.sub(r"\1https://site.example/", text)


def _run(command: list[str], html: str) -> str:
    done = subprocess.run(command, input=html.encode(), capture_output=True, timeout=SECONDS, check=True)
    return done.stdout.decode("utf-8", "replace")


def run_html2text(html: str, *, mark: str, headings: bool) -> str:
    writer = html2text.HTML2Text(bodywidth=0)
    writer.ignore_links = writer.ignore_images = writer.ignore_emphasis = True
    writer.ul_item_mark = mark
    text = writer.handle(html).replace("\\-", "-").replace("\\.", ".").replace("\\+", "+")
    return text if headings else re.sub(r"^#+ ", "", text, flags=re.MULTILINE)


def join_nodes(html: str) -> str:
    """Every text node a line."""
    tree = LexborHTMLParser(html)
    for node in tree.css("script,style,noscript,template"):
        node.decompose()
    return tree.body.text(separator="\n") if tree.body else ""


def strip_layout(html: str) -> str:
    """A line a block, no blank lines, no bullets."""
    lines = extract_plain_text(html, preserve_formatting=True, alt_texts=False).split("\n")
    bare = [_SPACE_RE.sub(" ", line).strip().removeprefix("•").strip() for line in lines]
    return "\n".join(line for line in bare if line)


FLATTENINGS: dict[str, Callable[[str], str]] = {
    "resi": partial(extract_plain_text, preserve_formatting=True, alt_texts=False),
    "resialt": partial(extract_plain_text, preserve_formatting=True, alt_texts=True, form_fields=True),
    "resimain": partial(extract_plain_text, preserve_formatting=True, alt_texts=False, main_content=True),
    "inscr": inscriptis.get_text,
    "h2t": partial(run_html2text, mark="*", headings=False),
    "md": partial(run_html2text, mark="-", headings=True),
    "wet": strip_layout,
    "sel": join_nodes,
    "w3m": partial(run_w3m, columns=80),
    "w3mwide": partial(run_w3m, columns=2000),
    "lynx": lambda html: run_lynx(html, 100, "-nolist"),
    "lynxref": lambda html: run_lynx(html, 80),
}


def label_lines(lines: list[str], gold: str, title: str) -> str:
    """k, d, t or a for each line."""
    shares = cover_blocks(lines, gold)
    labels = []
    for line, share in zip(lines, shares):
        words = read_words(line)
        is_title = share < 0.5 and len(words) > 2 and " ".join(words) in title
        labels.append("k" if share >= 0.5 else "t" if is_title else "d" if words else "a")
    return "".join(labels)


def flatten_page(key: str, gold: Path) -> list[tuple[dict, str]]:
    """Every flattening of a page that worked, and its gold."""
    html = gzip.decompress((gold / "html" / f"{key}.html.gz").read_bytes()).decode("utf-8", "replace")
    truth = json.loads((gold / "ground-truth" / f"{key}.json").read_text(encoding="utf-8"))
    content = truth["ground_truth"].get("main_content") or ""
    title = " ".join(read_words(truth["ground_truth"].get("title") or ""))
    made = []
    for name, flatten in FLATTENINGS.items():
        try:
            text = flatten(html)
        except (subprocess.SubprocessError, ValueError, RecursionError, AssertionError):
            continue
        lines = [bare for line in text.split("\n") if (bare := line.strip())]
        if lines:
            page = {"page": key, "flat": name, "start": 0}
            labels = label_lines(lines, content, title)
            made.append(({"id": f"more_{key}_{name}", "split": "more", "kind": "single", "pages": [page],
                          "labels": labels}, text))  # fmt: skip
    return made


def choose_pages(gold: Path, without: Path | None) -> dict[str, str]:
    """All pages, but for those whose domain a file of dumps has a page of, and the domain of each."""
    files = json.loads((gold / "metadata.json").read_text(encoding="utf-8"))["files"]
    domains = {key: row["domain"] for key, row in sorted(files.items())}
    barred = set()
    if without:
        with gzip.open(without, "rt", encoding="utf-8") as lines:
            barred = {domains[page["page"]] for line in lines for page in json.loads(line)["pages"]}
    return {key: domain for key, domain in domains.items() if domain not in barred}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--without", type=Path)
    parser.add_argument("--jobs", type=int, default=1)
    args = parser.parse_args()
    (args.out / "more").mkdir(parents=True, exist_ok=True)
    domains = choose_pages(args.gold, args.without)
    with ProcessPoolExecutor(args.jobs) as pool, gzip.open(args.out / "more.jsonl.gz", "wt") as golds:
        made = pool.map(partial(flatten_page, gold=args.gold), domains, chunksize=4)
        for domain, rows in zip(domains.values(), made):
            for row, text in rows:
                row["pages"][0]["domain"] = domain
                golds.write(json.dumps(row) + "\n")
                (args.out / "more" / f"{row['id']}.txt.gz").write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main()
