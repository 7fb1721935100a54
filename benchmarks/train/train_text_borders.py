"""Train where texts are cut: train_text_borders.py DUMPS LINES.npz OUT.npz [--held-out]

LINES is what train_text_lines.py wrote; its halves LINES.half0.npz and .half1.npz label the pages they have not seen,
so that the labels here are as doubtful as those in use. Deterministic.
"""

from __future__ import annotations

import argparse
import pickle
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
from fit_net import fit_net
from make_text_dumps import Chunk, Dump, cut_chunks, join, make_dumps
from train_text_lines import FOLDS, read_dump, read_golds

from dehusk.blocks.text import read_text
from dehusk.label import text as label_room
from dehusk.label import text_model as lines_model
from dehusk.model import Options, Page
from dehusk.nets import Net, run_net
from dehusk.segment import text_features as tf
from dehusk.segment import text_model as sm
from dehusk.segment.text_heads import describe_heads
from dehusk.words import hash_words

COUNTS = {
    "rand": 80, "topic": 40, "trim": 60, "topic_trim": 100, "blend": 280, "single": 360, "single_trim": 330,
}  # fmt: skip


def count_tables(chunks: list[Chunk]) -> np.ndarray:
    """Log odds (times 16) of words in a page's first three blocks, its first kept ones, its last three."""
    size = 1 << tf.TABLE_BITS
    counts = np.zeros((3, 2, size))
    rng = np.random.default_rng(0)
    for chunk in chunks:
        dump = join([chunk], "", rng, (0,))
        blocks = read_text(Page(dump.text, kind="text")).blocks
        if not blocks:
            continue
        words = hash_words([b.text for b in blocks])
        owners = np.repeat(np.arange(len(blocks)), np.diff(words.bounds))
        values = (words.values & np.uint64(size - 1)).astype(np.int64)
        first = next((i for i, b in enumerate(blocks) if b.start >= dump.kept[0][0]), 0)
        marks = (owners < 3, (owners >= first - 1) & (owners <= first), owners >= len(blocks) - 3)
        for table, mark in zip(counts, marks):
            table[0] += np.bincount(values[~mark], minlength=size)
            table[1] += np.bincount(values[mark], minlength=size)
    prior = counts[:, 1].sum(1, keepdims=True) / counts.sum((1, 2))[:, None]
    odds = np.log((counts[:, 1] + 10 * prior) / (counts[:, 0] + 10 * (1 - prior))) - np.log(
        prior / (1 - prior)
    )
    return np.clip(np.round(odds * 16), -127, 127).astype(np.int8)


def describe(dump: Dump, weights: lines_model.Weights, tables: np.ndarray):
    """Gaps of a dump, with targets (1 a border) and weights (0 where either is right)."""
    document = read_text(Page(dump.text, kind="text"))
    labelled = label_room.label_with(document, Options(), weights=weights)
    gaps = tf.describe_gaps(labelled, tables)
    starts = np.array([item.block.start for item in labelled])
    page = np.searchsorted(dump.starts, starts, "right") - 1
    target = (page[gaps.before] != page[gaps.after]).astype(np.float32)
    weight = np.ones(len(target), np.float32)
    ends = [kept for kept in dump.kept if kept[0] >= 0]
    begin = starts[gaps.after]
    for (_, last), (first, _) in pairwise(ends):
        weight[(begin > last) & (begin <= first) & (target == 0)] = 0
    heads = describe_heads(
        gaps, np.concatenate((np.minimum(gaps.before[:1], gaps.after[:1]), gaps.after[target > 0]))
    )
    same = page[heads.at] == page[heads.below]
    marks = np.array([dump.mark_of(item.block.start) for item in labelled])
    head_target = (np.isin(marks[heads.at], ["k", "t"]) & same).astype(np.float32)
    head_weight = np.where(marks[heads.at] == "k", 3.0, np.where(marks[heads.at] == "t", 0.5, 1.0)).astype(
        np.float32
    )
    nothing = {"blocks": gaps.blocks[:0], "words": None, "frequent": gaps.frequent[:0]}  # these are large
    gaps = gaps._replace(rows=gaps.rows.astype(np.float16), **nothing)
    return gaps, target, weight, (heads, head_target, head_weight)


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("dumps", type=Path)
    args.add_argument("lines", type=Path)
    args.add_argument("out", type=Path)
    args.add_argument("--held-out", action="store_true")
    args.add_argument("--keep", help="where to leave the judged candidates, for choosing how to decide")
    args.add_argument("--scale", type=float, default=1.0)
    args = args.parse_args()
    start = time.time()
    golds = [
        g
        for split in (("train",) if args.held_out else ("train", "val"))
        for g in read_golds(args.dumps, split)
    ]
    fold_of = {
        page: i % FOLDS for i, page in enumerate(sorted({p["page"] for g in golds for p in g["pages"]}))
    }
    chunks = [c for g in golds for c in cut_chunks(read_dump(args.dumps, g), g)]
    halves = [[c for c in chunks if fold_of[c.page] % 2 == h] for h in (0, 1)]
    made: list[list] = [[], []]
    kinds: list[list[str]] = [[], []]
    for h in (0, 1):
        weights = lines_model.unpack_weights(dict(np.load(args.lines.with_suffix(f".half{h}.npz"))))
        tables = count_tables(halves[1 - h])
        dumps = make_dumps(halves[h], h + 1, {k: int(n * args.scale) for k, n in COUNTS.items()})
        for dump in dumps:
            found = describe(dump, weights, tables)
            if len(found[1]):
                made[h].append(found)
                kinds[h].append(dump.kind)
        print(f"half {h}: {sum(len(m[1]) for m in made[h])} gaps, {sum(m[1].sum() for m in made[h]):.0f} borders, "
              f"{time.time() - start:.0f} s", flush=True)  # fmt: skip

    def stack(sets: list) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """All borders and a third of the other gaps, which then count three times."""
        rng = np.random.default_rng(9)
        picks = [np.flatnonzero((s[1] > 0) | (rng.random(len(s[1])) < 1 / 3)) for s in sets]
        rows = np.concatenate([s[0].rows[p] for s, p in zip(sets, picks)])
        target = np.concatenate([s[1][p] for s, p in zip(sets, picks)])
        weight = np.concatenate([s[2][p] for s, p in zip(sets, picks)])
        return rows, target, weight * np.where(target > 0, 1, 3).astype(np.float32)

    settings = {"hidden": (64, 16), "epochs": 6, "seed": 3, "batch": 1024, "rate": 1.5e-3}
    rows, targets, weights2 = [], [], []
    firsts, places = [], []
    for h in (0, 1):
        rows_, *rest = stack(made[1 - h])
        net = fit_net(rows_, *rest, **settings)
        blind = fit_net(sm.hide_cohesion(rows_), *rest, **settings)
        for gaps, target, weight, _ in made[h]:
            odds = run_net(net, gaps.rows.astype(np.float32))
            twin = run_net(blind, sm.hide_cohesion(gaps.rows).astype(np.float32))
            at, found = sm.describe_candidates(gaps, odds, twin)
            places.append((gaps.chars[at], int(gaps.chars[-1]), at))
            rows.append(found)
            targets.append(target[at])
            weights2.append(weight[at])
            firsts.append((odds, target, weight))
    missed = sum(float(t.sum()) for _, t, _ in firsts) - sum(float(t.sum()) for t in targets)
    print(
        f"{sum(map(len, targets))} candidates, {missed:.0f} borders are none, {time.time() - start:.0f} s",
        flush=True,
    )
    names = kinds[0] + kinds[1]
    report(firsts, names, "first")
    groups = np.arange(len(rows)) % 2  # halves of the files, to see what the second net is worth
    held = []
    for g in (0, 1):
        use = [i for i in range(len(rows)) if groups[i] != g]
        net = fit_net(np.concatenate([rows[i] for i in use]), np.concatenate([targets[i] for i in use]),
                        np.concatenate([weights2[i] for i in use]), hidden=(32, 12), epochs=20, seed=4,
                        batch=256)  # fmt: skip
        held.append(net)
    seconds = [(run_net(held[g], r), t, w) for g, r, t, w in zip(groups, rows, targets, weights2)]
    report(seconds, names, "second")
    if args.keep:
        with Path(args.keep).open("wb") as file:
            pickle.dump([(k, o, t, w, *p) for k, (o, t, w), p in zip(names, seconds, places)], file)
    second = fit_net(np.concatenate(rows), np.concatenate(targets), np.concatenate(weights2),
                       hidden=(32, 12), epochs=20, seed=4, batch=256)  # fmt: skip
    rows_, *rest = stack(made[0] + made[1])
    first = fit_net(rows_, *rest, **settings)
    twin = fit_net(sm.hide_cohesion(rows_), *rest, **settings)
    heads = train_heads(made)
    arrays = {"tables": count_tables(chunks)}
    for name, net in (("first", first), ("twin", twin), ("second", second), ("heads", heads)):
        arrays |= {f"{name}.mean": net.mean, f"{name}.scale": net.scale}
        for i, (w, b) in enumerate(net.layers):
            arrays |= {f"{name}.w{i}": w.astype(np.float16), f"{name}.b{i}": b}
    np.savez_compressed(args.out, **arrays)
    print(f"{args.out.stat().st_size / 1e3:.0f} KB, {time.time() - start:.0f} s")


def train_heads(made: list[list]) -> Net:
    """What belongs to the article below, among the blocks above its first kept one."""
    parts = [[x[3] for x in half if len(x[3][1])] for half in made]

    def stack(sets: list) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return tuple(
            np.concatenate([f(s) for s in sets])
            for f in (lambda s: s[0].rows, lambda s: s[1], lambda s: s[2])
        )

    settings = {"hidden": (32, 12), "epochs": 6, "seed": 7, "batch": 512}
    net, (rows, target, _) = fit_net(*stack(parts[0]), **settings), stack(parts[1])
    odds = run_net(net, rows)
    for bar in (-1.0, -0.5, 0.0, 0.5, 1.0):
        hit, got = (odds > bar) & (target > 0), odds > bar
        print(
            f"heads {bar:+.1f}: P {hit.sum() / max(1, got.sum()):.3f} R {hit.sum() / target.sum():.3f}",
            flush=True,
        )
    return fit_net(*stack(parts[0] + parts[1]), **settings)


def report(judged: list, kinds: list[str], name: str) -> None:
    """Precision and recall by kind at a few thresholds (close repeats of a border count against it)."""
    for bar in (-0.5, 0.0, 0.5, 1.0):
        parts = []
        for kind in COUNTS:
            mine = [(o, t, w) for (o, t, w), k in zip(judged, kinds) if k == kind]
            tp = sum(((o > bar) & (t > 0)).sum() for o, t, w in mine)
            fp = sum(((o > bar) & (t == 0) & (w > 0)).sum() for o, t, w in mine)
            fn = sum(((o <= bar) & (t > 0)).sum() for o, t, w in mine)
            cut = np.mean([((o > bar) & (w > 0)).any() for o, t, w in mine])
            parts.append(
                f"{kind} split {cut:.3f}"
                if kind.startswith("single")
                else f"{kind} P {tp / max(1, tp + fp):.2f} R {tp / max(1, tp + fn):.2f}"
            )
        print(f"{name} {bar:+.1f}", "; ".join(parts), flush=True)


if __name__ == "__main__":
    main()
