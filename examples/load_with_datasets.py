"""Load a corpus with Hugging Face datasets: pip install datasets.

python examples/load_with_datasets.py [CORPUS]
"""

from __future__ import annotations

import sys
from collections import Counter

from datasets import load_dataset

corpus = sys.argv[1] if len(sys.argv) > 1 else "corpus"
records = load_dataset("json", data_files=f"{corpus}/[0-9]*.jsonl.gz", split="train")
for language, count in sorted(Counter(records["language"]).items()):
    print(language, count)
