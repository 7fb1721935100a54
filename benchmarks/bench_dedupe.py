"""How well and how fast near-duplicates are found, against datasketch and rensa.

    python benchmarks/bench_dedupe.py GOLD_FOLDER [--sizes 1000 10000 100000 1000000] [--parts quality speed ...]

GOLD_FOLDER holds wcxb records (`ground_truth.main_content`). Quality: pairs of a text and its copy, all
judged together, and pages of one template (dedupe_set.py). Speed: CPU time, the candidates in turn, the
best of three rounds; what is measured by size, each size in a process of its own, twice in turn. Results
go to results/dedupe.json (a part that is not run keeps its last result), the plot to results/dedupe.png.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from dedupe_set import HELD_OUT, KINDS, TEMPLATES, Pair, Text, make_negatives, make_pairs, read_texts

from dehusk import clean_page
from dehusk.dedupe import Deduplicator, Signed, drop_near_duplicates, sign_texts
from dehusk.dedupe.bands import make_keys, shorten
from dehusk.dedupe.kept import Kept
from dehusk.dedupe.signatures import Sets, sign_rows
from dehusk.dedupe.table import BandTable
from dehusk.model import Article, Dropped, Page

RESULTS = Path(__file__).parent / "results"
SEED = 1
WORDS = 500
BATCH = 128
INDEX_BATCH = 256
Drops = dict[str, str]
"""Name of the dropped text -> name of the one it was dropped for."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--parts", nargs="+", choices=[*PARTS, "plot"], default=list(PARTS))
    parser.add_argument(
        "--child", nargs=2, metavar=("NAME", "SIZE"), help="one measurement, for this script itself"
    )
    args = parser.parse_args()
    if args.child:
        print(json.dumps(SIZED[args.child[0]](int(args.child[1]))))
        return
    path = RESULTS / "dedupe.json"
    results: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    results["machine"] = describe_machine()
    for part in args.parts:
        if part != "plot":
            results[part] = PARTS[part](args)
        path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    plot(results, RESULTS / "dedupe.png")
    print(json.dumps(results, indent=1))


def measure_by_size(args: argparse.Namespace) -> dict[str, list[dict[str, Any]]]:
    """Each measurement at each size, in a process of its own: what it frees helps no other. The better of two."""
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in SIZED}
    for size in args.sizes:
        for name in (name for name in SIZED if size <= LARGEST[name.split(",")[0]]):
            rows = [run_child(args.gold, name, size) for _ in range(1 if size > 1_000_000 else 2)]
            found[name].append(max(rows, key=lambda row: float(row["per_second"])))
    return found


def run_child(gold: Path, name: str, size: int) -> dict[str, Any]:
    command = [sys.executable, __file__, str(gold), "--child", name, str(size)]
    row: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return row


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
    for label, path in (("the rule was chosen on", TEMPLATES), ("kept out of every choice", HELD_OUT)):
        negatives = make_negatives(path, texts, seed=SEED)
        pages = [page for fillings in negatives.values() for page in fillings]
        found[f"false drops, templates {label}"] = {
            "templates": len(negatives),
            "pages": len(pages),
            "dehusk": len(drop_with_dehusk(pages)),
            "dehusk, longest first": len(drop_with_dehusk(sorted(pages, key=lambda page: -len(page.text)))),
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
    judge, before = Deduplicator(), resident()
    seconds = sum(time_cpu(lambda batch=batch: judge.judge(batch)) for batch in random_articles(size))
    return {
        "articles": size,
        "per_second": round(size / seconds),
        "dropped": sum(judge.counts.values()),
        "resident_bytes_each": round((resident() - before) / size),
        "process_peak_mb": peak_memory(),
    }


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
    """Random signatures, 256 a call: looked up, compared, remembered and entered."""
    kept = Kept()
    table, generator, before = BandTable(kept.hashes_of), np.random.default_rng(SEED), resident()
    seconds = 0.0
    for start in range(0, size, INDEX_BATCH):
        signed = random_signatures(min(INDEX_BATCH, size - start), generator)
        seconds += time_cpu(lambda signed=signed: enter(signed, kept, table))
    return {
        "articles": size,
        "per_second": round(size / seconds),
        "table_bytes_each": round(table.nbytes / size),
        "with_8_bit_signatures_bytes_each": round(
            (table.nbytes + kept.bands.nbytes + kept.keys.nbytes) / size
        ),
        "resident_bytes_each": round((resident() - before) / size),
        "process_peak_mb": peak_memory(),
    }


def enter(signed: Signed, kept: Kept, table: BandTable) -> None:
    bands, number = shorten(signed), len(kept)
    keys = make_keys(signed, bands)
    table.reserve(len(keys.hashes), records=number + len(bands))
    found = table.find(keys.hashes, keys.tags)
    is_right = kept.words_of(found.numbers, keys.columns[found.places]) == keys.words[found.places]
    assert np.count_nonzero(is_right) < size_of_chance(number)
    kept.keys.extend(signed.keys)
    kept.bands.extend(bands)
    table.add(found.ends, number + keys.texts, keys.tags)


def size_of_chance(records: int) -> int:
    """More equal bands than this among random signatures would be a fault."""
    return 10 + records // 1000


def measure_datasketch(size: int, **parameters: Any) -> dict[str, Any]:
    from datasketch import LeanMinHash, MinHashLSH

    index = MinHashLSH(num_perm=128, **parameters)
    generator = np.random.default_rng(SEED)
    before, seconds = resident(), 0.0
    for start in range(0, size, INDEX_BATCH):
        rows = random_signatures(min(INDEX_BATCH, size - start), generator).rows
        signatures = [LeanMinHash(seed=1, hashvalues=row, scheme="affine32") for row in rows]
        begin = time.process_time()
        for i, signature in enumerate(signatures, start):
            index.query(signature)
            index.insert(i, signature)
        seconds += time.process_time() - begin
    return {
        "articles": size,
        "bands": index.b,
        "rows": index.r,
        "per_second": round(size / seconds),
        "resident_bytes_each": round((resident() - before) / size),
        "process_peak_mb": peak_memory(),
    }


def measure_degenerate(_: argparse.Namespace) -> dict[str, Any]:
    """Seconds of CPU at a tenth of the size and at the whole: linear is ten times. Then what was dropped wrongly."""
    found = {}
    for label, size, work in (
        ("empty articles", 1_000_000, lambda n: judge_all(lambda i: "", n)),
        ("articles of one word, all different", 1_000_000, lambda n: judge_all(lambda i: f"w{i}", n)),
        ("articles of one equal line", 1_000_000, lambda n: judge_all(lambda i: EQUAL_LINE, n)),
        (
            "a dump of equal lines",
            1_000_000,
            lambda n: (clean_page(Page(f"{EQUAL_LINE}\n" * n, kind="text")), 0)[1],
        ),
        ("different articles that share half of themselves", 100_000, judge_bucket),
    ):
        rows = []
        for part in (size // 10, size):
            begin = time.process_time()
            kept = work(part)
            rows.append({"articles": part, "seconds": round(time.process_time() - begin, 2), "kept": kept})
        found[label] = rows
    return found


EQUAL_LINE = "The mill has ground the grain of the whole valley."


def judge_all(text_of: Callable[[int], str], size: int) -> int:
    """How many of so many articles are kept."""
    articles = (make_article(Text(str(i), text_of(i))) for i in range(size))
    return sum(1 for _ in drop_near_duplicates(articles))


def judge_bucket(size: int) -> int:
    """Articles half of which is the same for all; the other half is of words that no other has."""
    rng = random.Random(SEED)
    shared = " ".join(rng.choices([f"word{i}" for i in range(5000)], k=60))
    return judge_all(lambda i: shared + " " + " ".join(f"Own{i}x{j}" for j in range(60)), size)


def measure_memory(size: int) -> dict[str, Any]:
    """A stream of small pages, none a copy: the process's growth while it judges them."""
    judge, before, seconds = Deduplicator(), resident(), 0.0
    for first in range(0, size, BATCH):
        numbers = range(first, min(size, first + BATCH))
        batch = [make_article(Text(f"{i:020x}", small_page(i))) for i in numbers]
        seconds += time_cpu(lambda batch=batch: judge.judge(batch))
    return {
        "articles": size,
        "per_second": round(size / seconds),
        "resident_bytes_each": round((resident() - before) / size),
        "process_peak_mb": peak_memory(),
    }


def small_page(number: int) -> str:
    return " ".join(f"w{number * 31 + j * 17 % 1009:x}" for j in range(30))


def random_signatures(size: int, generator: np.random.Generator) -> Signed:
    rows = generator.integers(0, 1 << 32, (size, 128), np.uint32)
    one_each = Sets(np.zeros(size, np.uint32), np.arange(size + 1))
    return Signed(rows, generator.integers(0, 1 << 63, size).astype(np.uint64), one_each, one_each)


SIZED: dict[str, Callable[[int], dict[str, Any]]] = {
    "dehusk": measure_index,
    "datasketch, threshold 0.5": lambda size: measure_datasketch(size, threshold=0.5),
    "datasketch, threshold 0.8": lambda size: measure_datasketch(size, threshold=0.8),
    "datasketch, 32 bands of 4": lambda size: measure_datasketch(size, params=(32, 4)),
    "judge, with signing": lambda size: measure_judging(size),
    "judge, small pages": measure_memory,
}
LARGEST = {"dehusk": 10_000_000, "datasketch": 100_000, "judge": 1_000_000}
PARTS: dict[str, Callable[[argparse.Namespace], Any]] = {
    "quality": lambda args: measure_quality(read_texts(args.gold)),
    "signing": lambda args: measure_signing(cut_articles(read_texts(args.gold))),
    "by_size": measure_by_size,
    "degenerate": measure_degenerate,
}


def resident() -> int:
    fields = Path("/proc/self/statm").read_text(encoding="ascii").split()
    return int(fields[1]) * resource.getpagesize()


def peak_memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def plot(results: dict[str, Any], path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (cost, memory) = pyplot.subplots(1, 2, figsize=(11, 4.5))
    for name, rows in results["by_size"].items():
        sizes = [row["articles"] for row in rows]
        cost.plot(sizes, [1e6 / row["per_second"] for row in rows], marker="o", label=name)
        large = [
            row for row in rows if row["articles"] >= 10_000
        ]  # of few, it is what the process took before
        memory.plot(
            [row["articles"] for row in large],
            [row["resident_bytes_each"] for row in large],
            marker="o",
            label=name,
        )
    for axes, label in (
        (cost, "CPU, microseconds an article"),
        (memory, "resident memory, bytes an article"),
    ):
        axes.set(xscale="log", yscale="log", xlabel="articles", ylabel=label)
        axes.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(path, dpi=120)


if __name__ == "__main__":
    main()
