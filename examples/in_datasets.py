"""Clean a column of pages inside Hugging Face datasets: pip install datasets.

python examples/in_datasets.py [PAGES]
"""

from __future__ import annotations

import sys
from pathlib import Path

from datasets import Dataset

from dehusk.integrations import CleanBatch

folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "pages"
files = sorted(folder.glob("*.html"))
pages = Dataset.from_dict({"html": [file.read_bytes() for file in files], "source": [f.name for f in files]})
# The columns of the pages go: a page gives as many rows as it has articles.
articles = pages.map(CleanBatch(), batched=True, batch_size=8, remove_columns=pages.column_names)
print(f"{len(pages)} pages, {len(articles)} articles, {sum(articles['words']):,} words")
