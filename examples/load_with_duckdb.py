"""Load a corpus with DuckDB: pip install duckdb.

python examples/load_with_duckdb.py [CORPUS]
"""

from __future__ import annotations

import sys

import duckdb

corpus = sys.argv[1] if len(sys.argv) > 1 else "corpus"
records = duckdb.read_json(f"{corpus}/[0-9]*.jsonl.gz", format="newline_delimited")
counts = records.aggregate("language, count(*) AS n", "language").order("language")
for language, count in counts.fetchall():
    print(language, count)
