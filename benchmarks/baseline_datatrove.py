"""datatrove's own pipeline as its examples show: reader, trafilatura extractor, MinHash in four stages, writer.

usage: baseline_datatrove.py PAGES.jsonl OUT_FOLDER JOBS

For bench_clean.py, in an environment of its own (datatrove pins other versions): PAGES.jsonl has a row
{"text": HTML, "id": ...} a page, split into JOBS files.
"""

from __future__ import annotations

import sys
from pathlib import Path

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup import (
    MinhashDedupBuckets,
    MinhashDedupCluster,
    MinhashDedupFilter,
    MinhashDedupSignature,
)
from datatrove.pipeline.dedup.minhash import MinhashConfig
from datatrove.pipeline.extractors import Trafilatura
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter


def main(pages: str, out: str, jobs: str) -> None:
    config = MinhashConfig()
    base, workers = Path(out), int(jobs)
    steps = [
        ([JsonlReader(pages), Trafilatura(timeout=30), JsonlWriter(f"{base}/extracted")], workers),
        ([JsonlReader(f"{base}/extracted"), MinhashDedupSignature(f"{base}/signatures", config)], workers),
        ([MinhashDedupBuckets(f"{base}/signatures", f"{base}/buckets", config=config)], config.num_buckets),
        ([MinhashDedupCluster(f"{base}/buckets", f"{base}/removed", config)], 1),
        (
            [
                JsonlReader(f"{base}/extracted"),
                MinhashDedupFilter(f"{base}/removed"),
                JsonlWriter(f"{base}/kept"),
            ],
            workers,
        ),
    ]
    for number, (pipeline, tasks) in enumerate(steps):
        LocalPipelineExecutor(
            pipeline, tasks=tasks, workers=workers, logging_dir=f"{base}/logs/{number}"
        ).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
