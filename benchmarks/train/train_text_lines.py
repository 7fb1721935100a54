"""Train the line labeller of texts: train_text_lines.py DUMPS OUT.npz [--held-out]

DUMPS is a folder as the scorer of dumps reads it: train.jsonl.gz, val.jsonl.gz with line labels, and the texts.
With --held-out only train is used (for figures); without it both (what ships). Deterministic (one thread).
Besides OUT.npz come OUT.half0.npz and OUT.half1.npz, trained on half of the pages each, for training what comes
after: the labels of pages that the labeller has not seen.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from make_text_dumps import SCRIPTS, cut_chunks, shorten, transliterate, trim

from dehusk.blocks.text import read_text
from dehusk.label import text_model as tm
from dehusk.label.text_features import Measures, measure_blocks
from dehusk.model import Page
from dehusk.nets import scale_rows
from dehusk.words import hash_words

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


def weigh(judged: np.ndarray, page: np.ndarray) -> np.ndarray:
    """A block counts with its judged characters; pages of many count less, but not as little as others."""
    weight = np.where(judged > 0, 0.35 + np.minimum(judged, 600) / 150, 0)
    weight /= np.maximum(np.bincount(page, weight), 1)[page] ** 0.3
    return (weight / weight[weight > 0].mean()).astype(np.float32)


class Data(NamedTuple):
    """All blocks of all texts, one after another."""

    rows: np.ndarray
    tables: np.ndarray
    ids: np.ndarray
    """(blocks, 2 * EDGE_WORDS) rows of the table of words, 0 for none."""
    target: np.ndarray
    weight: np.ndarray
    fold: np.ndarray
    pages: list[tuple[int, int, str]]
    """[start, stop) of each page's blocks, and how it was flattened."""


class Reader(torch.nn.Module):
    """text_model.Convolutions, with the meanings of words if `words`."""

    def __init__(self, columns: int, channels: int, words: int):
        super().__init__()
        self.meanings = torch.nn.Embedding(1 << tm.WORD_BITS, words) if words else None
        if words:
            self.meanings.weight.data *= 0.05
        self.first = torch.nn.Conv1d(columns + words, channels, 3, padding=1)
        self.layers = torch.nn.ModuleList(
            torch.nn.Conv1d(channels, channels, 3, padding=d, dilation=d) for d in tm.DILATIONS
        )
        for layer in self.layers:
            layer.weight.data *= 0.7
        self.out = torch.nn.Conv1d(channels, 3, 1)
        torch.nn.init.zeros_(self.out.weight)
        self.out.bias.data[1:] = -5

    def forward(self, rows: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
        drop = torch.nn.functional.dropout
        if self.meanings is not None:
            if self.training:
                ids = ids * (torch.rand(ids.shape) > 0.2)
            use = (ids > 0).unsqueeze(-1)
            meant = (self.meanings(ids) * use).sum(2) / torch.sqrt(use.sum(2) + 1.0)
            if self.training:
                meant = meant * (torch.rand(len(rows), 1, 1) > 0.3)
            rows = torch.cat([rows, drop(meant, 0.2, self.training).transpose(1, 2)], 1)
        state = torch.relu(self.first(rows))
        for layer in self.layers:
            state = state + torch.relu(layer(drop(state, 0.1, self.training)))
        return self.out(drop(state, 0.1, self.training))


SHRINKAGE = 0.6
"""Of the words' meanings after training: of pages not seen the labels are better so (character F1 + .002)."""
STRETCH, PAD, BATCH = 1024, 64, 16
GAP_COLUMN = 58  # of measure_blocks: no blank line before; after; a hard boundary before


class Mix(NamedTuple):
    """Pages run together, (n, STRETCH) each."""

    blocks: np.ndarray
    """Indices of blocks, -1 for nothing."""
    joint: np.ndarray
    """At a page's first block 1 (no blank line before it), 2 (some), 3 (a hard boundary), elsewhere 0."""
    trimmed: np.ndarray
    """Whether most of the page's junk was taken away."""
    begins: np.ndarray
    """1 at a page's first kept block, -1 (either is right) above it, else 0."""


def mix_pages(data: Data, rng: np.random.Generator) -> Mix:
    """All pages in a new order, as they are or with most of their junk trimmed, as files or joined to dumps."""
    blocks, joint, trimmed, begins = [], [], [], []
    for page in order_pages(data.pages, rng):
        start, stop, _ = data.pages[page]
        kept = np.flatnonzero(data.target[start:stop] > 0.5)
        low, high = 0, stop - start
        is_trimmed = len(kept) > 0 and rng.random() < 0.2
        if is_trimmed:
            most = int(rng.choice([0, 2, 5, 8, 20]))
            low = max(0, kept[0] - int(rng.integers(most + 1)))
            high = min(high, kept[-1] + 1 + int(rng.integers(most + 1)))
            if rng.random() < 0.3:  # a short article
                cut = kept[min(len(kept) - 1, int(rng.integers(2, 15)))] + 1
                high = min(high, cut + int(rng.integers(most + 1)))
        mark = np.zeros(high - low, np.int8)
        first = kept[0] - low if len(kept) else 0
        mark[:first] = -1
        mark[first : first + 1] = len(kept) > 0
        side = np.zeros(high - low, np.int8)
        side[0] = 3 if rng.random() < 0.03 else 1 + (rng.random() < 0.6)
        blocks.append(np.arange(start + low, start + high))
        joint.append(side)
        trimmed.append(np.full(high - low, is_trimmed))
        begins.append(mark)
        if rng.random() < 0.4:
            for parts, value in ((blocks, -1), (joint, 0), (trimmed, False), (begins, 0)):
                parts.append(np.full(PAD, value))
    lines = [np.concatenate(parts) for parts in (blocks, joint, trimmed, begins)]
    n = len(lines[0]) // STRETCH
    order = rng.permutation(n)
    return Mix(*(line[: n * STRETCH].reshape(n, STRETCH)[order] for line in lines))


def order_pages(pages: list[tuple[int, int, str]], rng: np.random.Generator) -> list[int]:
    """A new order, in which most pages stand beside some that were flattened as they were."""
    rest: dict[str, list[int]] = {}
    for i in rng.permutation(len(pages)).tolist():
        rest.setdefault(pages[i][2], []).append(i)
    order: list[int] = []
    while rest:
        flat = str(rng.choice(sorted(rest)))
        size = int(rng.integers(3, 12)) if rng.random() < 0.3 else 1
        order += rest[flat][:size]
        rest[flat] = rest[flat][size:]
        if not rest[flat]:
            del rest[flat]
    return order


def train_reader(data: Data, use: np.ndarray, *, words: int, epochs: float, seed: int, channels: int):
    """The net after Adam on weighted log loss with the blocks that `use` says, as arrays."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    rng = np.random.default_rng(seed)
    rows = np.concatenate([data.rows, data.tables], axis=1) if words else data.rows
    mean = rows[::3].mean(0, dtype=np.float64).astype(np.float32)
    scale = (1 / np.maximum(rows[::3].std(0, dtype=np.float64), 1e-2)).astype(np.float32)
    rows = np.concatenate([scale_rows(rows.astype(np.float32), mean, scale).astype(np.float16),
                           np.zeros((1, rows.shape[1]), np.float16)])  # fmt: skip
    ids = np.concatenate([data.ids, np.zeros((1, data.ids.shape[1]), data.ids.dtype)])
    target = np.append(data.target, 0).astype(np.float32)
    weight = np.append(np.where(use, data.weight, 0), 0).astype(np.float32)
    used = np.append(use, False)
    net = Reader(rows.shape[1], channels, words)
    learned = list(net.meanings.parameters()) if words else []
    others = [p for name, p in net.named_parameters() if not name.startswith("meanings")]
    optimizer = torch.optim.AdamW(
        [{"params": others, "weight_decay": 0.01}, {"params": learned, "weight_decay": 0.1}], 3e-3
    )
    steps, step = int(epochs * len(use) / STRETCH / BATCH), 0
    while step < steps:
        mix = mix_pages(data, rng)
        for at in range(0, len(mix.blocks) - BATCH + 1, BATCH):
            pick, joint, trimmed, begins = (part[at : at + BATCH] for part in mix)
            batch = rows[pick].astype(np.float32)
            set_gaps(batch, joint, mean, scale)
            if words:
                batch[rng.random(BATCH) < 0.3, :, -tm.TABLE_COLUMNS :] = 0
            for group in optimizer.param_groups:
                group["lr"] = (
                    3e-3 * min(1, (step + 1) / 100) * 0.5 * (1 + np.cos(np.pi * min(1, step / steps)))
                )
            odds = net(torch.from_numpy(batch).transpose(1, 2), torch.from_numpy(ids[pick].astype(np.int64)))
            on = used[pick].astype(np.float32)
            w = weight[pick] * np.where(trimmed, 0.4, 1)
            loss = measure_loss(odds[:, 0], target[pick], w / max(1, w.sum()))
            for head, mark in ((1, begins), (2, joint > 0)):
                w = on * (mark >= 0) * np.where(mark > 0, 3, 1) * np.where(trimmed, 3, 1)
                loss = loss + 3 * measure_loss(odds[:, head], (mark > 0), w / max(1, on.sum()))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step += 1
            if step >= steps:
                break
    if words:  # the looked-up numbers go in as they are
        mean, scale = np.append(mean, np.zeros(words, "f")), np.append(scale, np.ones(words, "f"))
    return pack_net(net, mean, scale)


def measure_loss(odds: torch.Tensor, target: np.ndarray, weight: np.ndarray) -> torch.Tensor:
    lost = torch.nn.functional.binary_cross_entropy_with_logits(
        odds, torch.from_numpy(target.astype(np.float32)), reduction="none"
    )
    return (lost * torch.from_numpy(weight.astype(np.float32))).sum()


def set_gaps(batch: np.ndarray, joint: np.ndarray, mean: np.ndarray, scale: np.ndarray) -> None:
    """What the blocks' layout says of the blank lines where pages were joined."""
    row, at = np.nonzero(joint)
    side = joint[row, at]
    sides = ((0, GAP_COLUMN, side == 1), (-1, GAP_COLUMN + 1, side == 1), (0, GAP_COLUMN + 2, side == 3))
    for shift, column, value in sides:
        inside = at + shift >= 0
        scaled = (value.astype(np.float32) - mean[column]) * scale[column]
        batch[row[inside], at[inside] + shift, column] = np.clip(scaled, -6, 6)[inside]


def pack_net(net: Reader, mean: np.ndarray, scale: np.ndarray) -> dict[str, np.ndarray]:
    arrays = {"mean": mean, "scale": scale}
    for i, layer in enumerate([net.first, *net.layers]):
        arrays[f"w{i}"] = layer.weight.detach().numpy().transpose(2, 1, 0).astype(np.float16)
        arrays[f"b{i}"] = layer.bias.detach().numpy()
    arrays["out"], arrays["bias"] = net.out.weight.detach().numpy()[:, :, 0].T, net.out.bias.detach().numpy()
    if net.meanings is not None:
        meanings = net.meanings.weight.detach().numpy() * SHRINKAGE
        arrays["meanings"] = np.clip(np.round(meanings * 64), -127, 127).astype(np.int8)
    return arrays


def train_all(data: Data, use: np.ndarray, tables: list[np.ndarray], epochs: float) -> dict[str, np.ndarray]:
    """What text_model.unpack_weights reads."""
    reader = train_reader(data, use, words=8, epochs=epochs, seed=1, channels=40)
    arrays = {"words": tables[0], "pairs": tables[1], "meanings": reader.pop("meanings")}
    return arrays | {f"reader.{key}": value for key, value in reader.items()}


def list_edge_words(m: Measures) -> np.ndarray:
    """text_model.find_edge_words as a table with a row a block."""
    ids, owners = tm.find_edge_words(m)
    out = np.zeros((len(m.rows), 2 * tm.EDGE_WORDS), np.uint16)
    if len(ids):
        firsts = np.flatnonzero(np.diff(owners, prepend=-1))
        place = np.arange(len(ids)) - np.repeat(firsts, np.diff(np.append(firsts, len(ids))))
        out[owners, place] = ids
    return out


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("dumps", type=Path)
    args.add_argument("out", type=Path)
    args.add_argument("--held-out", action="store_true")
    args.add_argument("--epochs", type=float, default=7)
    args = args.parse_args()
    golds = [
        g
        for split in (("train",) if args.held_out else ("train", "val"))
        for g in read_golds(args.dumps, split)
    ]
    pages = {page: i for i, page in enumerate(sorted({p["page"] for g in golds for p in g["pages"]}))}
    start = time.time()
    measures, kept, judged, page, flats = [], [], [], [], []
    for text, gold in vary_all(args.dumps, golds):
        blocks = read_text(Page(text, kind="text")).blocks
        if not blocks:
            continue
        k, j, p = label_rows(blocks, text, gold)
        measures.append(measure_blocks(blocks, hash_words([block.text for block in blocks])))
        kept.append(k)
        judged.append(j)
        page.append(np.array([pages[p["page"]] for p in gold["pages"]])[p])
        flats.append([gold["pages"][i]["flat"] for i in np.unique(p)])
    folds = [p % FOLDS for p in page]
    print(f"read {sum(map(len, kept))} blocks, {time.time() - start:.0f} s", flush=True)
    tables = [np.zeros((len(k), tm.TABLE_COLUMNS), np.float32) for k in kept]
    for fold in range(FOLDS):
        words, pairs = count_tables(measures, kept, [(f != fold) & (j > 0) for f, j in zip(folds, judged)])
        for m, table, f in zip(measures, tables, folds):
            table[f == fold] = tm.look_up_tables(m, words, pairs)[f == fold]
    data = Data(
        rows=np.concatenate([m.rows.astype(np.float16) for m in measures]),
        tables=np.concatenate(tables).astype(np.float16),
        ids=np.concatenate([list_edge_words(m) for m in measures]),
        target=np.concatenate(kept).astype(np.float32),
        weight=weigh(np.concatenate(judged), np.concatenate(page)),
        fold=np.concatenate(folds),
        pages=list_pages(page, flats),
    )
    odds = [np.zeros(len(k), np.float32) for k in kept]
    for half in (0, 1):
        own = count_tables(measures, kept, [(f % 2 != half) & (j > 0) for f, j in zip(folds, judged)])
        arrays = train_all(data, data.fold % 2 != half, own, args.epochs)
        np.savez_compressed(args.out.with_suffix(f".half{half}.npz"), **arrays)
        weights = tm.unpack_weights(arrays)
        for m, f, o in zip(measures, folds, odds):
            o[f % 2 == half] = tm.score_measures(m, weights)[f % 2 == half, 0]
        print(f"half {half}: {time.time() - start:.0f} s", flush=True)
    report(np.concatenate(odds), data.target, np.concatenate(judged))
    all_tables = count_tables(measures, kept, [j > 0 for j in judged])
    np.savez_compressed(args.out, **train_all(data, np.ones(len(data.target), bool), all_tables, args.epochs))
    print(f"{args.out.stat().st_size / 1e3:.0f} KB, {time.time() - start:.0f} s")


def list_pages(page: list[np.ndarray], flats: list[list[str]]) -> list[tuple[int, int, str]]:
    """[start, stop) of every page in all blocks, given the page of each block, text by text."""
    found, at = [], 0
    for numbers, names in zip(page, flats):
        firsts = np.flatnonzero(np.diff(numbers, prepend=-1)).tolist()
        stops = [*firsts[1:], len(numbers)]
        found += [(at + a, at + b, name) for a, b, name in zip(firsts, stops, names)]
        at += len(numbers)
    return found


def report(odds: np.ndarray, target: np.ndarray, judged: np.ndarray) -> None:
    """Character F1 at a few thresholds, by labellers that have not seen the page."""
    for bar in (0.3, 0.34, 0.38, 0.42, 0.46, 0.5):
        got = 1 / (1 + np.exp(-odds)) > bar
        right = (target * judged * got).sum()
        print(f"threshold {bar}: P {right / (judged * got).sum():.3f} R {right / (target * judged).sum():.3f} "
              f"F1 {2 * right / ((judged * got).sum() + (target * judged).sum()):.4f}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
