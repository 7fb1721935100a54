"""Load a corpus with polars: pip install polars.

python examples/load_with_polars.py [CORPUS]
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

corpus = Path(sys.argv[1] if len(sys.argv) > 1 else "corpus")
# All shards under one schema: read file by file, polars would guess each one's types anew.
records = pl.scan_ndjson(sorted(corpus.glob("[0-9]*.jsonl.gz")), infer_schema_length=None).collect()
for language, count in records.group_by("language").len().sort("language").rows():
    print(language, count)
