"""Are sentences put together that were torn at their links, and no other lines?

    python benchmarks/bench_text_nodes.py READABILITY [--json OUT]

READABILITY is a folder laid out as WCXB is. Of each page every text node becomes a line, as get_text("\\n", strip=True)
of BeautifulSoup has it, and the text is cleaned. Of the breaks between two lines that are both kept *inside* are those
inside paragraphs of the gold text, *between* those between two of them, *edge* those between one and another block,
*husk* those between two blocks that the gold text has not. *joined* is the share at which no block begins any more.
Breaks in code, and those that a style may have set apart, count as neither. Beside it the rule that a user would write:
a line goes on where the next one begins with a small letter or a closing mark, or where it ends with a comma or an
opening one. jusText and trafilatura join no lines of a text.

Needs lxml.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import numpy as np
from bench_foreign_pages import put_out, read_folders

from dehusk.blocks.text_nodes import may_have_nodes
from dehusk.model import Options, Page
from dehusk.stages.text_nodes import join_nodes
from dehusk.stages.windows import work_windows

sys.path.insert(0, str(Path(__file__).parent / "train"))
from text_nodes import BETWEEN, INSIDE, NodeText, read_node_texts

KINDS = {"inside": (INSIDE, 2), "between": (BETWEEN, 2), "edge": (BETWEEN, 1), "husk": (BETWEEN, 0)}
CLOSING, OPENING = ",.;:!?)]}»”’…、。，；：！？）」』،؛؟", ",([{«“„（「『"


def find_joined(text: NodeText) -> tuple[np.ndarray, np.ndarray]:
    """For each break whether both of its lines are kept before any are joined, and whether they are in one block."""
    worked = work_windows(Page(text.text, kind="text"), Options())
    kept = np.array([item.is_kept for item in worked.labels.blocks])
    joined = join_nodes(worked, text.text) if may_have_nodes(text.text) else worked
    starts = {block.start for block in joined.document.blocks}
    is_one = np.array([block.start not in starts for block in text.document.blocks])
    return kept[:-1] & kept[1:], is_one[1:]


def join_by_rule(text: NodeText) -> np.ndarray:
    texts = [block.text for block in text.document.blocks]
    return np.array(
        [
            below[0].islower() or below[0] in CLOSING or above[-1] in OPENING
            for above, below in pairwise(texts)
        ],
        np.bool_,
    )


def main() -> None:
    args = read_folders(__doc__, "gold")
    counts: dict[str, dict[str, np.ndarray]] = defaultdict(lambda: defaultdict(lambda: np.zeros(2, np.int64)))
    pages = 0
    for text in read_node_texts(args.gold):
        if len(text.document.blocks) < 2:
            continue
        pages += 1
        kept, joined = find_joined(text)
        for name, ours in (("dehusk", joined), ("rule", join_by_rule(text))):
            for kind, (value, gold) in KINDS.items():
                chosen = kept & (text.breaks == value) & (text.gold == gold)
                counts[name][kind] += ours[chosen].sum(), chosen.sum()
    found = {
        name: {kind: {"joined": round(hits / max(1, of), 4), "of": of} for kind, (hits, of) in own.items()}
        for name, own in ((name, {k: c.tolist() for k, c in kinds.items()}) for name, kinds in counts.items())
    }
    put_out((), {"pages": pages, **found}, args.json)


if __name__ == "__main__":
    main()
