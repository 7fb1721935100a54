"""What one would write without dehusk: trafilatura in a process pool, datasketch's LSH as its docs show.

usage: baseline_pipeline.py FOLDER OUT.jsonl JOBS

The measure for bench_clean.py: the same input, a comparable record, near-duplicates dropped as they come.
"""

from __future__ import annotations

import gzip
import json
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from datasketch import MinHash, MinHashLSH

SHINGLE_WORDS = 5
PERMUTATIONS = 128


def extract(path: Path) -> dict[str, str | None] | None:
    """The text and metadata that trafilatura finds in a file."""
    from trafilatura import bare_extraction

    raw = path.read_bytes()
    html = gzip.decompress(raw) if path.suffix == ".gz" else raw
    document = bare_extraction(html, with_metadata=True)
    if document is None or not document.text:
        return None
    return {
        "id": path.name,
        "text": document.text,
        "title": document.title,
        "author": document.author,
        "date": document.date,
    }


def sign(text: str) -> MinHash:
    """A MinHash of a text's word 5-grams."""
    words = text.lower().split()
    count = max(1, len(words) - SHINGLE_WORDS + 1)
    signature = MinHash(num_perm=PERMUTATIONS)
    signature.update_batch([" ".join(words[i : i + SHINGLE_WORDS]).encode() for i in range(count)])
    return signature


def main(folder: str, out: str, jobs: str) -> None:
    index = MinHashLSH(threshold=0.8, num_perm=PERMUTATIONS)
    paths = sorted(Path(folder).iterdir())
    with ProcessPoolExecutor(int(jobs)) as pool, Path(out).open("w", encoding="utf-8") as file:
        for record in pool.map(extract, paths, chunksize=8):
            if record is None:
                continue
            signature = sign(record["text"] or "")
            if index.query(signature):
                continue
            index.insert(record["id"], signature)
            file.write(json.dumps(record, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
