"""How well and how fast near-duplicates are found, against datasketch and rensa.

    python benchmarks/bench_dedupe.py GOLD_FOLDER [--sizes 1000 10000 100000 1000000]

GOLD_FOLDER holds wcxb records (`ground_truth.main_content`). Quality: pairs of a text and its copy, all
judged together, and pages of one template (dedupe_set.py). Speed: CPU time, the candidates in turn,
the best of three rounds. Results go to results/dedupe.json, the plot to results/dedupe.png.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from dedupe_set import KINDS, Pair, Text, make_negatives, make_pairs, read_texts

from dehusk.dedupe import Deduplicator, Signed, drop_near_duplicates, sign_texts
from dehusk.dedupe.bands import BandTable, hash_bands
from dehusk.dedupe.signatures import Sets, sign_rows
from dehusk.model import Article, Dropped

RESULTS = Path(__file__).parent / "results"
SEED = 1
WORDS = 500
BATCH = 128
Drops = dict[str, str]
"""Name of the dropped text -> name of the one it was dropped for."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000, 1_000_000])
    args = parser.parse_args()
    texts = read_texts(args.gold)
    datasketch_sizes = [size for size in args.sizes if size <= 100_000]
    results: dict[str, Any] = {  # memory is measured first, while little has been freed
        "datasketch_index": [measure_datasketch_index(size) for size in datasketch_sizes],
        "index": [measure_index(size) for size in args.sizes],
        "machine": describe_machine(),
        "quality": measure_quality(texts),
        "signing": measure_signing(cut_articles(texts)),
        "judging": [measure_judging(size) for size in args.sizes if size <= 100_000],
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "dedupe.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    plot(results, RESULTS / "dedupe.png")
    print(json.dumps(results, indent=1))


def describe_machine() -> dict[str, Any]:
    packages = {name: version(name) for name in ("numpy", "datasketch", "rensa")}
    return {"cpu": read_cpu(), "cores": os.cpu_count(), "python": platform.python_version(), **packages}


def read_cpu() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    return next((line.split(":")[1].strip() for line in lines if "model name" in line), platform.processor())


# quality


def measure_quality(texts: list[str]) -> dict[str, Any]:
    pairs = make_pairs(texts, seed=SEED)
    negatives = make_negatives(texts, seed=SEED)
    streaming = [text for pair in pairs for text in (pair.original, pair.copy)]
    orders = {
        "directory run (longest first)": sorted(streaming, key=lambda text: -len(text.text)),
        "streaming (original first)": streaming,
    }
    found: dict[str, Any] = {"pairs": Counter(pair.kind for pair in pairs)}
    for order, judged in orders.items():
        found[f"dehusk, {order}"] = score(pairs, drop_with_dehusk(judged))
    for threshold in (0.8, 0.7):
        found[f"datasketch as documented, {threshold}"] = score(
            pairs, drop_with_datasketch(streaming, threshold)
        )
    groups = {"the rule was chosen on": (0, 6), "it was mended on": (6, 16), "kept out": (16, 18)}
    names = list(negatives)
    for label, (first, last) in groups.items():
        pages = [page for name in names[first:last] for page in negatives[name]]
        found[f"false drops, templates {label}"] = {
            "pages": len(pages),
            "dehusk": len(drop_with_dehusk(pages)),
            "datasketch as documented, 0.8": len(drop_with_datasketch(pages, 0.8)),
            "datasketch as documented, 0.7": len(drop_with_datasketch(pages, 0.7)),
        }
    return found


def score(pairs: list[Pair], drops: Drops) -> dict[str, Any]:
    """Share of the pairs of each kind of which one was dropped; and drops for a text of another pair."""
    total, hit = Counter(pair.kind for pair in pairs), Counter[str]()
    for pair in pairs:
        names = (pair.original.name, pair.copy.name)
        hit[pair.kind] += any(name in drops for name in names)
    across = sum(name[:-1] != other[:-1] for name, other in drops.items())
    return {**{kind: round(hit[kind] / total[kind], 3) for kind in KINDS}, "dropped for a stranger": across}


def drop_with_dehusk(texts: list[Text]) -> Drops:
    dropped: list[Dropped] = []
    list(drop_near_duplicates(map(make_article, texts), on_drop=dropped.append))
    return {drop.article.id: drop.duplicate_of for drop in dropped if drop.article}


def drop_with_datasketch(texts: list[Text], threshold: float) -> Drops:
    """As its documentation shows: an update a shingle, and what the index returns is a duplicate."""
    from datasketch import MinHashLSH

    index, drops = MinHashLSH(threshold=threshold, num_perm=128), {}
    for text in texts:
        signature = sign_with_datasketch(text.text)
        hits = index.query(signature)
        if hits:
            drops[text.name] = min(hits)
        else:
            index.insert(text.name, signature)
    return drops


def make_article(text: Text) -> Article:
    return Article(
        text.name,
        text.text,
        "",
        "",
        "",
        "en",
        1.0,
        "",
        "",
        text.name,
        1,
        "html",
        "article",
        0,
        ((0, 1),),
        1.0,
    )


# speed


def cut_articles(texts: list[str], *, count: int = 1280) -> list[str]:
    """Articles of 500 words, one after another from the texts."""
    words = (word for text in texts for word in text.split(" "))
    stream = [word for _, word in zip(range(count * WORDS), words, strict=False)]
    return [" ".join(stream[i : i + WORDS]) for i in range(0, len(stream) - WORDS + 1, WORDS)]


def make_shingles(text: str) -> set[str]:
    words = text.lower().split()
    return {" ".join(words[i : i + 5]) for i in range(len(words) - 4)}


def sign_with_datasketch(text: str) -> Any:
    from datasketch import MinHash

    signature = MinHash(num_perm=128)
    for shingle in make_shingles(text):
        signature.update(shingle.encode())
    return signature


def sign_with_datasketch_bulk(texts: list[str]) -> None:
    from datasketch import MinHash

    MinHash.bulk([[s.encode() for s in make_shingles(text)] for text in texts], num_perm=128)


def sign_with_rensa(texts: list[str]) -> None:
    from rensa import RMinHash

    for text in texts:
        signature = RMinHash(num_perm=128, seed=42)
        signature.update(list(make_shingles(text)))
        signature.digest()


def measure_signing(articles: list[str]) -> dict[str, Any]:
    """Articles of 500 words a second of CPU, from text to signature."""
    batches = [articles[i : i + BATCH] for i in range(0, len(articles), BATCH)]
    few = batches[:1]
    runs: dict[str, tuple[list[list[str]], Callable[[list[str]], Any]]] = {
        "dehusk": (batches, sign_rows),
        "dehusk, with the sets to verify": (batches, sign_texts),
        "datasketch as documented": (few, lambda texts: [sign_with_datasketch(text) for text in texts]),
        "datasketch bulk": (few, sign_with_datasketch_bulk),
        "rensa": (batches, sign_with_rensa),
    }
    best: dict[str, float] = dict.fromkeys(runs, 0.0)
    for _ in range(3):
        for name, (work, sign) in runs.items():
            seconds = time_cpu(lambda work=work, sign=sign: [sign(batch) for batch in work])
            best[name] = max(best[name], sum(map(len, work)) / seconds)
    return {name: round(rate) for name, rate in best.items()}


def time_cpu(work: Callable[[], Any]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def measure_judging(size: int) -> dict[str, Any]:
    """The whole of it, with a tenth of copies: articles of 100 random words, signed and judged."""
    judge = Deduplicator()
    start = time.process_time()
    for batch in random_articles(size):
        judge.judge(batch)
    seconds = time.process_time() - start
    return {"articles": size, "per_second": round(size / seconds), "dropped": sum(judge.counts.values())}


def random_articles(size: int) -> Iterator[list[Article]]:
    rng = random.Random(SEED)
    vocabulary = [f"word{i}" for i in range(20_000)]
    made: list[str] = []
    for start in range(0, size, BATCH):
        batch = []
        for i in range(start, min(start + BATCH, size)):
            text = " ".join(rng.choices(vocabulary, k=100)) if i % 10 else rng.choice(made or ["a b c d e"])
            if i % 100 == 1:
                made.append(text)
            batch.append(make_article(Text(str(i), text)))
        yield batch


def measure_index(size: int) -> dict[str, Any]:
    """The band table alone: look up and enter random signatures."""
    table, generator, before = BandTable(), np.random.default_rng(SEED), peak_memory()
    seconds = 0.0
    for start in range(0, size, 1024):
        signed = random_signatures(min(1024, size - start), generator)
        begin = time.process_time()
        keys, _ = hash_bands(signed)
        table.reserve(len(keys))
        found = table.find(keys)
        table.add(
            keys, np.repeat(np.arange(start, start + len(signed.keys), dtype=np.uint32), 33), found.ends
        )
        seconds += time.process_time() - begin
    return {
        "articles": size,
        "per_second": round(size / seconds),
        "table_bytes_each": round(table.slots.nbytes / size),
        "with_8_bit_signatures_bytes_each": round(table.slots.nbytes / size) + 128,
        "process_peak_growth_mb": peak_memory() - before,
    }


def measure_datasketch_index(size: int) -> dict[str, Any]:
    from datasketch import LeanMinHash, MinHashLSH

    index, generator, before = (
        MinHashLSH(threshold=0.8, num_perm=128),
        np.random.default_rng(SEED),
        resident(),
    )
    signed = random_signatures(size, generator)
    signatures = [LeanMinHash(seed=1, hashvalues=row, scheme="affine32") for row in signed.rows]
    before, begin = resident(), time.process_time()
    for i, signature in enumerate(signatures):
        index.query(signature)
        index.insert(i, signature)
    seconds = time.process_time() - begin
    return {
        "articles": size,
        "bands": index.b,
        "per_second": round(size / seconds),
        "bytes_each": round((resident() - before) / size),
    }


def random_signatures(size: int, generator: np.random.Generator) -> Signed:
    rows = generator.integers(0, 1 << 32, (size, 128), np.uint32)
    one_each = Sets(np.zeros(size, np.uint32), np.arange(size + 1))
    return Signed(rows, generator.integers(0, 1 << 63, size).astype(np.uint64), one_each, one_each)


def resident() -> int:
    fields = Path("/proc/self/statm").read_text(encoding="ascii").split()
    return int(fields[1]) * resource.getpagesize()


def peak_memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def plot(results: dict[str, Any], path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (cost, memory) = pyplot.subplots(1, 2, figsize=(10, 4))
    for name, key in (("dehusk: band table", "index"), ("datasketch: LSH", "datasketch_index")):
        rows = results[key]
        sizes = [row["articles"] for row in rows]
        cost.plot(sizes, [1e6 / row["per_second"] for row in rows], marker="o", label=name)
        each = [row.get("with_8_bit_signatures_bytes_each", row.get("bytes_each")) for row in rows]
        memory.plot(sizes, each, marker="o", label=name)
    rows = results["judging"]
    sizes = [row["articles"] for row in rows]
    cost.plot(sizes, [1e6 / row["per_second"] for row in rows], marker="o", label="dehusk: sign and judge")
    for axes, label in ((cost, "CPU, microseconds an article"), (memory, "memory, bytes an article")):
        axes.set(xscale="log", yscale="log", xlabel="articles", ylabel=label)
        axes.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=120)


if __name__ == "__main__":
    main()
