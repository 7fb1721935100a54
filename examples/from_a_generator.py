"""Clean pages that come from your own crawler or database, as a stream.

Nothing is collected: a page is cleaned, compared with what was kept, and written, before the next one.

python examples/from_a_generator.py [PAGES] [OUT.jsonl.gz]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import dehusk

folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "pages"
out = Path(sys.argv[2]) if len(sys.argv) > 2 else Path("corpus.jsonl.gz")


def fetch_pages() -> Iterator[dehusk.Page]:
    """Stands for a crawler: bytes as they came, and what it knew about them."""
    for file in sorted(folder.glob("*.html")):
        yield dehusk.Page(file.read_bytes(), source=file.name, url=f"https://example.org/{file.name}")


# clean_pages drops near-duplicates by itself; here it is done apart, to count what was dropped.
options = dehusk.Options(dedup=False)
dropped: list[dehusk.Dropped] = []
articles = dehusk.clean_pages(fetch_pages(), options=options, on_failure=print)
dehusk.write_records(dehusk.drop_near_duplicates(articles, on_drop=dropped.append), out)

print(f"wrote {sum(1 for _ in dehusk.read_records(out))} records to {out}")
for drop in dropped:
    print(f"dropped {drop.source}: {drop.reason}, similarity {drop.similarity:.2f} to {drop.duplicate_of}")
