"""Train the line labeller of texts: train_text_lines.py DUMPS OUT.npz [--held-out]

DUMPS is a folder as the scorer of dumps reads it: train.jsonl.gz, val.jsonl.gz with line labels, and the texts.
With --held-out only train is used (for figures); without it both (what ships). Deterministic.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
from make_text_dumps import SCRIPTS, cut_chunks, shorten, transliterate, trim

from dehusk.blocks.text import read_text
from dehusk.label import text_model as tm
from dehusk.label.text_features import Measures, measure_blocks
from dehusk.model import Page
from dehusk.nets import Net, run_net, scale_rows

FOLDS = 4


def read_golds(folder: Path, split: str) -> list[dict]:
    with gzip.open(folder / f"{split}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def read_dump(folder: Path, gold: dict) -> str:
    with gzip.open(
        folder / gold["split"] / f"{gold['id']}.txt.gz", "rt", encoding="utf-8", newline=""
    ) as file:
        return file.read()


def label_lines(text: str) -> list[tuple[int, int]]:
    spans, at = [], 0
    for line in text.split("\n"):
        if bare := line.strip():
            first = at + line.index(bare[0])
            spans.append((first, first + len(bare)))
        at += len(line) + 1
    return spans


def label_rows(blocks, text: str, gold: dict) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Share of each block's judged characters that is kept, its judged characters, and its page's number."""
    lines, labels = label_lines(text), gold["labels"]
    starts = np.array([s for s, _ in lines])
    pages = np.searchsorted([p["start"] for p in gold["pages"]], np.arange(len(lines)), "right") - 1
    kept, judged, page = np.zeros(len(blocks)), np.zeros(len(blocks)), np.zeros(len(blocks), np.int64)
    for i, block in enumerate(blocks):
        j = int(np.searchsorted(starts, block.start, "right")) - 1
        page[i] = pages[max(j, 0)]
        j = max(j, 0)
        while j < len(lines) and lines[j][0] < block.end:
            size = max(0, min(lines[j][1], block.end) - max(lines[j][0], block.start))
            if labels[j] in "kd":
                judged[i] += size
                kept[i] += size * (labels[j] == "k")
            j += 1
    return kept / np.maximum(judged, 1), judged, page


def train_net(rows, targets, weights, *, hidden, epochs, seed, rate=2e-3, decay=1e-5, batch=2048):
    """A multi-layer perceptron by Adam on weighted log loss."""
    rng = np.random.default_rng(seed)
    mean = rows[:: max(1, len(rows) // 200000)].mean(0, dtype=np.float64).astype(np.float32)
    deviation = rows[:: max(1, len(rows) // 200000)].std(0, dtype=np.float64).astype(np.float32)
    scale = (1 / np.maximum(deviation, 1e-2)).astype(np.float32)
    sizes = [rows.shape[1], *hidden, 1]
    params = []
    for a, b in pairwise(sizes):
        params += [(rng.standard_normal((a, b)) * np.sqrt(2 / a)).astype(np.float32), np.zeros(b, np.float32)]
    params[-2] *= 0.1
    moments = [(np.zeros_like(p), np.zeros_like(p)) for p in params]
    steps = epochs * (len(rows) // batch)
    step = 0
    for _ in range(epochs):
        order = rng.permutation(len(rows))
        for at in range(0, len(order) - batch + 1, batch):
            pick = order[at : at + batch]
            values = [scale_rows(rows[pick].astype(np.float32), mean, scale)]
            for i in range(0, len(params), 2):
                out = values[-1] @ params[i] + params[i + 1]
                values.append(np.maximum(out, 0) if i + 2 < len(params) else out)
            p = 1 / (1 + np.exp(-values[-1][:, 0]))
            w = weights[pick]
            grad = ((p - targets[pick]) * w / w.sum())[:, None].astype(np.float32)
            step += 1
            lr = rate * min(1, step / 200) * 0.5 * (1 + np.cos(np.pi * step / (steps + 1)))
            for i in range(len(params) - 2, -1, -2):
                gw, gb = values[i // 2].T @ grad, grad.sum(0)
                if i:
                    grad = (grad @ params[i].T) * (values[i // 2] > 0)
                for k, g in ((i, gw), (i + 1, gb)):
                    m, v = moments[k]
                    m += 0.1 * (g - m)
                    v += 0.01 * (g * g - v)
                    params[k] -= lr * (
                        m / (1 - 0.9**step) / (np.sqrt(v / (1 - 0.99**step)) + 1e-8) + decay * params[k]
                    )
    return Net(mean, scale, tuple((params[i], params[i + 1]) for i in range(0, len(params), 2)))


def count_tables(measures: list[Measures], kept: list[np.ndarray], use: list[np.ndarray]):
    """Log odds of words and of pairs of words, times 16, in int8; blocks where `use` says so."""
    sizes = (1 << tm.WORD_BITS, 1 << tm.PAIR_BITS)
    counts = [np.zeros((2, size)) for size in sizes]
    for m, k, u in zip(measures, kept, use):
        chosen = (u & m.is_english)[m.owners]
        if not chosen.any():
            continue
        target = (k > 0.5)[m.owners][chosen].astype(np.int64)
        words = (m.words.values & np.uint64(sizes[0] - 1)).astype(np.int64)[chosen]
        pairs = tm.find_pairs(m.words).astype(np.int64)
        pairs[np.minimum(m.words.bounds[:-1], len(pairs) - 1)] = 0
        pairs = pairs[chosen]
        for table, values in zip(counts, (words, pairs)):
            table += np.bincount(target * table.shape[1] + values, minlength=2 * table.shape[1]).reshape(
                2, -1
            )
    out = []
    for table, strength in zip(counts, (20.0, 8.0)):
        prior = table[1].sum() / max(1, table.sum())
        odds = np.log((table[1] + strength * prior) / (table[0] + strength * (1 - prior))) - np.log(
            prior / (1 - prior)
        )
        out.append(np.clip(np.round(odds * 16), -127, 127).astype(np.int8))
    return out


def vary_all(folder: Path, golds: list[dict]) -> Iterator[tuple[str, dict]]:
    """Every dump as it is; some pages again in another script, some again without most of their junk."""
    rng = np.random.default_rng(11)
    for gold in golds:
        text = read_dump(folder, gold)
        yield text, gold
        if gold["kind"] != "single":
            continue
        if rng.random() < 0.4:
            yield transliterate(text, SCRIPTS[int(rng.integers(len(SCRIPTS)))]), gold
        if rng.random() < 0.5 and "k" in gold["labels"]:
            chunk = cut_chunks(text, gold)[0]
            if rng.random() < 0.5:
                chunk = shorten(chunk, int(rng.integers(3, 13)))
            chunk = trim(chunk, int(rng.integers(13)), int(rng.integers(13)))
            text = "\n".join(chunk.lines)
            if rng.random() < 0.4:
                text = transliterate(text, SCRIPTS[int(rng.integers(len(SCRIPTS)))])
            yield text, {**gold, "labels": "".join(chunk.labels), "pages": [{**gold["pages"][0], "start": 0}]}


def weigh(judged: np.ndarray) -> np.ndarray:
    return np.where(judged > 0, 0.35 + np.minimum(judged, 600) / 150, 0).astype(np.float32)


def pack(words, pairs, nets: dict[str, Net]) -> dict[str, np.ndarray]:
    arrays = {"words": words, "pairs": pairs}
    for name, net in nets.items():
        arrays |= {f"{name}.mean": net.mean, f"{name}.scale": net.scale}
        for i, (w, b) in enumerate(net.layers):
            arrays |= {f"{name}.w{i}": w.astype(np.float16), f"{name}.b{i}": b}
    return arrays


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("dumps", type=Path)
    args.add_argument("out", type=Path)
    args.add_argument("--held-out", action="store_true")
    args.add_argument("--epochs", type=int, default=3)
    args = args.parse_args()
    golds = [
        g
        for split in (("train",) if args.held_out else ("train", "val"))
        for g in read_golds(args.dumps, split)
    ]
    domains = {p["page"] for g in golds for p in g["pages"]}
    fold_of = {page: i % FOLDS for i, page in enumerate(sorted(domains))}
    start = time.time()
    measures, kept, judged, folds = [], [], [], []
    for text, gold in vary_all(args.dumps, golds):
        blocks = read_text(Page(text, kind="text")).blocks
        if not blocks:
            continue
        k, j, page = label_rows(blocks, text, gold)
        measures.append(measure_blocks(blocks))
        kept.append(k)
        judged.append(j)
        folds.append(np.array([fold_of[p["page"]] for p in gold["pages"]])[page])
    print(f"read {sum(map(len, kept))} blocks, {time.time() - start:.0f} s", flush=True)

    rng = np.random.default_rng(5)
    tables: list[np.ndarray] = [np.zeros((len(k), tm.TABLE_COLUMNS), np.float32) for k in kept]
    for fold in range(FOLDS):
        words, pairs = count_tables(measures, kept, [(f != fold) & (j > 0) for f, j in zip(folds, judged)])
        for m, table, f in zip(measures, tables, folds):
            looked = tm.look_up_tables(m, words, pairs)
            table[f == fold] = looked[f == fold]
    for table in tables:
        if rng.random() < 0.3:
            table[:] = 0
    target, weight = np.concatenate(kept).astype(np.float32), weigh(np.concatenate(judged))
    fold = np.concatenate(folds)
    rows = np.concatenate([tm.add_context(m.rows, t).astype(np.float16) for m, t in zip(measures, tables)])
    print(f"{rows.shape} rows, {time.time() - start:.0f} s", flush=True)
    use = weight > 0
    settings = {"hidden": (64, 24), "epochs": args.epochs, "seed": 1, "rate": 1.5e-3}
    first = np.zeros(len(rows), np.float32)
    halves = []
    for f in range(2):
        half = use & (fold % 2 != f)
        net = train_net(rows[half], target[half], weight[half], **settings)
        for at in range(0, len(rows), 50000):
            block = slice(at, at + 50000)
            first[block] = np.where(
                fold[block] % 2 == f, run_net(net, rows[block].astype(np.float32)), first[block]
            )
        halves.append(net)
        other = use & (fold % 2 == f)
        loss = np.log1p(np.exp(-np.where(target[other] > 0.5, 1, -1) * first[other]))
        print(
            f"half {f}: loss {np.average(loss, weights=weight[other]):.4f}, {time.time() - start:.0f} s",
            flush=True,
        )
    first_net = train_net(rows[use], target[use], weight[use], **settings)
    del rows
    at = np.cumsum([0, *map(len, kept)])
    rows = np.concatenate(
        [
            tm.add_judgements(m.rows, t, first[a:b]).astype(np.float16)
            for m, t, a, b in zip(measures, tables, at[:-1], at[1:])
        ]
    )
    second_net = train_net(rows[use], target[use], weight[use], hidden=(48, 16), epochs=args.epochs, seed=2)
    words, pairs = count_tables(measures, kept, [j > 0 for j in judged])
    np.savez_compressed(args.out, **pack(words, pairs, {"first": first_net, "second": second_net}))
    for f, net in enumerate(
        halves
    ):  # for training what comes after: a labeller that has not seen half of the pages
        half_tables = count_tables(measures, kept, [(x % 2 != f) & (j > 0) for x, j in zip(folds, judged)])
        path = args.out.with_suffix(f".half{f}.npz")
        np.savez_compressed(path, **pack(*half_tables, {"first": net, "second": second_net}))
    print(f"{args.out.stat().st_size / 1e3:.0f} KB, {time.time() - start:.0f} s")


if __name__ == "__main__":
    main()
