"""Does a dump whose lines are whole pages come out as well as pages with a line for each element?

    python benchmarks/bench_page_lines.py GOLD DUMPS [--json OUT]

GOLD is a folder laid out as WCXB is; of it are taken the pages that DUMPS, a folder of text dumps, has in val, which
the models that ship have not seen. The text of each page's body becomes one line, and all lines one dump; beside that
each page by itself, with a line for each of its texts. Word F1 against the gold text, mean of the pages; jusText's
heuristics judge the lines; "all" is all that is in them. Besides: of how many pages anything is kept, and how many
records hold more than one page; and the same where each line stands below its address, as scripts write it.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import Any

from bench_foreign_pages import put_out, read_folders
from bench_markdown import clean_by_dehusk, clean_by_justext, read_pages
from bench_pages import word_scores
from selectolax.lexbor import LexborHTMLParser

import dehusk

UNSEEN = "script, style, noscript, template, svg"
LEAST_CHARS = 200
ABOVE = f"{'=' * 80}\nURL: https://site.example/{{}}\n\n"


def write_lines(html: str) -> list[str]:
    """The texts of a page, in order."""
    tree = LexborHTMLParser(html)
    for node in tree.css(UNSEEN):
        node.decompose()
    text = tree.body.text(separator="\n") if tree.body else ""
    return [line for line in (" ".join(line.split()) for line in text.splitlines()) if line]


def clean_dump(lines: list[str], above: str = "") -> tuple[list[str], int]:
    """What stays of each line, and how many records have something of more than one; `above` is its header."""
    written = [above.format(number) + line for number, line in enumerate(lines)]
    text = "\n".join(written)
    starts = [0, *accumulate(len(line) + 1 for line in written)]
    kept, mixed = [""] * len(lines), 0
    for article in dehusk.clean_page(
        dehusk.Page(text, kind="text"), dehusk.Options(min_words=1, dedup=False)
    ):
        owners = set()
        for start, end in article.spans:
            owner = bisect_right(starts, start) - 1
            owners |= {owner, bisect_right(starts, end - 1) - 1}
            kept[owner] += "\n" + text[start:end]
        mixed += len(owners) > 1
    return kept, mixed


def main() -> None:
    args = read_folders(__doc__, "gold", "dumps")
    written = [(write_lines(html), gold) for html, gold in read_pages(args.gold, args.dumps)]
    written = [(lines, gold) for lines, gold in written if sum(map(len, lines)) >= LEAST_CHARS]
    whole = [" ".join(lines) for lines, _ in written]
    kept, mixed = clean_dump(whole)
    below, mixed_below = clean_dump(whole, ABOVE)

    def score(texts: list[str]) -> float:
        scores = [word_scores(text, gold)[2] for text, (_, gold) in zip(texts, written, strict=True)]
        return round(sum(scores) / len(scores), 3)

    found: dict[str, Any] = {
        "pages": len(written),
        "pages of which anything is kept": sum(map(bool, kept)),
        "pages of which anything is kept, below addresses": sum(map(bool, below)),
        "records of more than one page": mixed,
        "records of more than one page, below addresses": mixed_below,
        "word F1": {
            "dehusk, a page a line": score(kept),
            "dehusk, a page a line below its address": score(below),
            "dehusk, a text a line": score([clean_by_dehusk("\n".join(lines)) for lines, _ in written]),
            "jusText, a page a line": score(list(map(clean_by_justext, whole))),
            "jusText, a text a line": score([clean_by_justext("\n".join(lines)) for lines, _ in written]),
            "all": score(whole),
        },
    }
    put_out(("jusText", "selectolax"), found, args.json)


if __name__ == "__main__":
    main()
