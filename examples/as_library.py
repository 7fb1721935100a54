"""Clean one page, see why each block was kept or not, then clean a folder.

python examples/as_library.py [PAGES]
"""

from __future__ import annotations

import sys
from pathlib import Path

import dehusk

pages = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "pages"

page = next(dehusk.read_pages([pages], on_failure=print))
for article in dehusk.clean_page(page):
    print(f"{article.source} part {article.part}: {article.title!r}, {article.words} words")

print("\nIts first blocks, each with its label and the reason:")
for labelled in dehusk.explain_page(page)[:12]:
    print(f"  {labelled.label:<12} {labelled.reason:<32} {labelled.block.text[:48]}")

print("\nThe whole folder:")
articles = dehusk.clean_pages(dehusk.read_pages([pages], on_failure=print))
for article in articles:
    print(f"  {article.language:<3} {article.words:>5} words  {article.source}  {article.title[:48]}")
