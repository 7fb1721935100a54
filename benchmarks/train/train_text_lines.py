"""Train the line labeller of texts: train_text_lines.py DUMPS PAGES OUT.npz [--held-out] [--jobs N]

DUMPS is a folder as the scorer of dumps reads it: train.jsonl.gz, val.jsonl.gz with line labels, and the texts. PAGES
is one made by make_text_pages.py: web pages flattened in many ways, which are run together to dumps here. The written
dumps of make_text_written.py are learned from besides.
Deterministic: one thread a net, seeded. Two ways:

- all of both, for the weights that ship: no score on these dumps says anything of them;
- --held-out, for all figures: val is not used (PAGES must then be made --without it). Besides OUT.npz come
  OUT.half0.npz and OUT.half1.npz, trained on half of the pages each, for training what comes after: the labels of
  pages that the labeller has not seen. Their score on those pages is the cross-validated one, and is printed.
"""

from __future__ import annotations

import argparse
import gzip
import json
import multiprocessing
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import chain
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import make_text_dumps
import numpy as np
import torch
from make_text_dumps import Chunk, cut_chunks, dress, shorten, transliterate, trim
from make_text_news import find_title, is_story, write_up
from make_text_scripts import SCRIPTS, transcribe
from make_text_written import is_written, list_husks, read_written, split_halves, vary

from dehusk.blocks.text import read_text
from dehusk.label import text_model as tm
from dehusk.label.text_features import Measures, measure_blocks
from dehusk.label.text_hints import HINTS, describe_hints
from dehusk.model import Page
from dehusk.nets import scale_rows
from dehusk.words import WordHashes

FOLDS = 4
TABLE_FOLDS = 5
FLATTENINGS = 6
"""Of each page: more of the same pages brought nothing."""
WAYS = (True, False)
"""With tables or without: each net has texts of its own."""
SCRIPT_SHARES = {True: 0.12, False: 0.3}
"""Of the dumps that are joined, that are in another script: for the net with tables in one of three, for the other in
one of ten, two thirds of them with its words for what is listed. The former reads English, and has no hints: see
TRIED.md."""
VERSIONS = 6
"""Of each written dump."""
NEWS_SHARE = 0.35
"""Of the flattened stories, that are written up as newspapers do."""
DRESSED_SHARE = 0.2
"""Of them, that have the husk of written pages in place of their own."""


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


def label_rows(blocks, text: str, gold: dict) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Share of each block's judged characters that is kept, its judged characters, its page's number, and whether only
    its words tell what it is."""
    lines, labels = label_lines(text), gold["labels"]
    starts = np.array([s for s, _ in lines])
    pages = np.searchsorted([p["start"] for p in gold["pages"]], np.arange(len(lines)), "right") - 1
    kept, judged, page = np.zeros(len(blocks)), np.zeros(len(blocks)), np.zeros(len(blocks), np.int64)
    is_note = np.zeros(len(blocks), bool)
    for i, block in enumerate(blocks):
        j = int(np.searchsorted(starts, block.start, "right")) - 1
        page[i] = pages[max(j, 0)]
        j = max(j, 0)
        while j < len(lines) and lines[j][0] < block.end:
            size = max(0, min(lines[j][1], block.end) - max(lines[j][0], block.start))
            if labels[j] in "kdn":
                judged[i] += size
                kept[i] += size * (labels[j] == "k")
                is_note[i] |= labels[j] == "n"
            j += 1
    return kept / np.maximum(judged, 1), judged, page, is_note


class Text(NamedTuple):
    """The blocks of one text, in numbers."""

    rows: np.ndarray
    words: WordHashes
    is_english: np.ndarray
    target: np.ndarray
    """1 where most of a block's judged characters are kept."""
    judged: np.ndarray
    """Characters."""
    page: np.ndarray
    is_note: np.ndarray
    """Whether only its words tell that a block is no content."""
    flats: list[str]
    """How each of the pages, in order, was flattened."""


def join_pages(
    folder: Path,
    rng: np.random.Generator,
    husks: list[list[Chunk]],
    half_of: dict[str, int],
    *,
    with_tables: bool,
) -> Iterator[tuple[str, dict]]:
    """Some flattenings of every page, run together with others that were flattened as they were, for one of the nets.

    Some stories are written up as news, some get the husk of a written page of their half, some pages lose most of
    their junk, some dumps are written in another script.
    """
    by_page: dict[str, list[dict]] = {}
    for gold in read_golds(folder, "more"):
        by_page.setdefault(gold["pages"][0]["page"], []).append(gold)
    chosen = [golds[i] for golds in by_page.values() for i in rng.permutation(len(golds))[:FLATTENINGS]]
    firsts = [cut_chunks(read_dump(folder, golds[0]), golds[0])[0] for golds in by_page.values()]
    titles = [find_title(chunk) for chunk in firsts if is_story(chunk)]
    rest: dict[str, list[dict]] = {}
    for i in rng.permutation(len(chosen)).tolist():
        rest.setdefault(chosen[i]["pages"][0]["flat"], []).append(chosen[i])
    while rest:
        flat = str(rng.choice(sorted(rest)))
        size = int(rng.integers(5, 30)) if rng.random() < 0.5 else int(rng.integers(1, 4))
        part, rest[flat] = rest[flat][:size], rest[flat][size:]
        if not rest[flat]:
            del rest[flat]
        chunks = [cut_chunks(read_dump(folder, gold), gold)[0] for gold in part]
        changed = [change(chunk, titles, husks[half_of[chunk.page]], rng) for chunk in chunks]
        yield join_chunks(changed, rng, with_tables=with_tables)


def change(chunk: Chunk, titles: list[str], husks: list[Chunk], rng: np.random.Generator) -> Chunk:
    """The page as it is or, at random, written up as news or in other husk, shortened or trimmed."""
    draw = rng.random()
    if draw < NEWS_SHARE + DRESSED_SHARE and is_story(chunk):
        if draw < NEWS_SHARE:
            chunk = write_up(chunk, titles, rng)
        else:
            chunk = dress(chunk, husks[int(rng.integers(len(husks)))])
    if rng.random() < 0.12 and "k" in chunk.labels:
        if rng.random() < 0.3:
            chunk = shorten(chunk, int(rng.integers(3, 13)))
        chunk = trim(chunk, int(rng.integers(13)), int(rng.integers(13)))
    return chunk


def join_written(
    dumps: dict[str, list[Chunk]], rng: np.random.Generator, *, with_tables: bool
) -> Iterator[tuple[str, dict]]:
    """Every written dump some times, each time varied."""
    for pages in dumps.values():
        for _ in range(VERSIONS):
            yield join_chunks(vary(pages, rng), rng, with_tables=with_tables)


def join_chunks(chunks: list[Chunk], rng: np.random.Generator, *, with_tables: bool) -> tuple[str, dict]:
    scripts = make_text_dumps.SCRIPTS if with_tables else SCRIPTS
    script = str(rng.choice(scripts)) if rng.random() < SCRIPT_SHARES[with_tables] else ""
    with_hints = not with_tables and bool(rng.random() < 0.65)
    text, labels, pages = "", "", []
    for chunk in chunks:
        pages.append({"page": chunk.page, "flat": chunk.flat, "start": len(labels)})
        labels += "".join(chunk.labels)
        text += "\n".join(chunk.lines).strip("\n") + "\n" * (1 + int(rng.integers(3)))
    if script and with_tables:
        text = transliterate(text, script)
    elif script:
        text = transcribe(text, script, with_hints=with_hints)
    return text, {"labels": labels, "pages": pages}


def measure_text(text: str, gold: dict, numbers: dict[str, int]) -> Text | None:
    document = read_text(Page(text, kind="text"))
    if not document.blocks or document.words is None:
        return None
    kept, judged, page, is_note = label_rows(document.blocks, text, gold)
    measures = measure_blocks(document.blocks, document.words)
    flats = [gold["pages"][i]["flat"] for i in np.unique(page)]
    page = np.array([numbers[p["page"]] for p in gold["pages"]])[page]
    rows = np.concatenate([measures.rows, describe_hints(document.words)], axis=1).astype(np.float16)
    target = (kept > 0.5).astype(np.float32)
    return Text(rows, document.words, measures.is_english, target, judged, page, is_note, flats)


def count_tables(texts: list[Text], use: list[np.ndarray]) -> list[np.ndarray]:
    """Log odds of words and of pairs of words, times 16, in int8; blocks where `use` says so."""
    sizes = (1 << tm.WORD_BITS, 1 << tm.PAIR_BITS)
    counts = [np.zeros((2, size)) for size in sizes]
    for text, chosen in zip(texts, use):
        chosen = np.repeat(chosen & text.is_english & (text.judged > 0), np.diff(text.words.bounds))
        if not chosen.any():
            continue
        target = np.repeat(text.target > 0.5, np.diff(text.words.bounds))[chosen].astype(np.int64)
        words = (text.words.values & np.uint64(sizes[0] - 1)).astype(np.int64)
        pairs = tm.find_pairs(text.words).astype(np.int64)
        pairs[np.minimum(text.words.bounds[:-1], len(pairs) - 1)] = 0
        for table, values in zip(counts, (words[chosen], pairs[chosen])):
            table += np.bincount(target * table.shape[1] + values, minlength=table.size).reshape(2, -1)
    out = []
    for table, strength in zip(counts, (20.0, 8.0)):
        prior = table[1].sum() / max(1, table.sum())
        odds = np.log((table[1] + strength * prior) / (table[0] + strength * (1 - prior))) - np.log(
            prior / (1 - prior)
        )
        out.append(np.clip(np.round(odds * 16), -127, 127).astype(np.int8))
    return out


def look_up(text: Text, tables: list[np.ndarray]) -> np.ndarray:
    return tm.look_up_tables(text.words, text.is_english, tables)


def weigh(judged: np.ndarray, page: np.ndarray) -> np.ndarray:
    """A block counts with its judged characters; pages of many count less, but not as little as others."""
    weight = np.where(judged > 0, 0.35 + np.minimum(judged, 600) / 150, 0)
    weight /= np.maximum(np.bincount(page, weight), 1)[page] ** 0.3
    return (weight / weight[weight > 0].mean()).astype(np.float32)


def stress_heads(weight: np.ndarray, target: np.ndarray, pages: list[tuple[int, int, str]]) -> np.ndarray:
    """The weights with more of it for what pages begin with: a title is short, and where it is lost its article is."""
    stressed = weight.copy()
    for start, stop, _ in pages:
        kept = start + np.flatnonzero((target[start:stop] > 0.5) & (weight[start:stop] > 0))
        stressed[kept[:1]] *= HEAD_WEIGHT
        stressed[kept[1:3]] *= HEAD_WEIGHT**0.5
    return stressed / stressed[stressed > 0].mean()


class Data(NamedTuple):
    """All blocks of all texts, one after another."""

    rows: np.ndarray
    """Features; for the net with tables without hints, but then what the tables say: of each page, those of other
    domains."""
    target: np.ndarray
    weight: np.ndarray
    fold: np.ndarray
    is_note: np.ndarray
    pages: list[tuple[int, int, str]]
    """[start, stop) of each page's blocks, and how it was flattened."""


class Reader(torch.nn.Module):
    """text_model.Convolutions."""

    def __init__(self, columns: int, channels: int):
        super().__init__()
        self.first = torch.nn.Conv1d(columns, channels, 1)
        self.layers = torch.nn.ModuleList(
            torch.nn.Conv1d(channels, channels, 3, padding=d, dilation=d) for d in tm.DILATIONS
        )
        for layer in self.layers:
            layer.weight.data *= 0.7
        self.out = torch.nn.Conv1d(channels, 3, 1)
        torch.nn.init.zeros_(self.out.weight)
        self.out.bias.data[1:] = -5

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        drop = torch.nn.functional.dropout
        state = torch.relu(self.first(rows))
        for layer in self.layers:
            state = state + torch.relu(layer(drop(state, DROPOUT, self.training)))
        return self.out(drop(state, DROPOUT, self.training))


CHANNELS, DROPOUT, RATE, EPOCHS = 40, 0.2, 3e-3, 12.0
HEAD_WEIGHT = 4.0  # of a page's first kept block; the two kept ones after it have the root of it
STRETCH, PAD, BATCH = 1024, 64, 4
MASKED_SHARE = 0.2  # of stretches, for which the tables say nothing, as where a page is in another language
GAP_COLUMN = 49  # of measure_blocks: no blank line before; after; a hard boundary before


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


def mix_pages(pages: list[tuple[int, int, str]], target: np.ndarray, rng: np.random.Generator) -> Mix:
    """All pages in a new order, as they are or with most of their junk trimmed, as files or joined to dumps."""
    blocks, joint, trimmed, begins = [], [], [], []
    for page in order_pages(pages, rng):
        start, stop, _ = pages[page]
        kept = np.flatnonzero(target[start:stop] > 0.5)
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
    """A new order, in which most pages stand beside some that were flattened as they were, written ones beside others
    of their dump."""
    rest: dict[str, list[int]] = {}
    for i in rng.permutation(len(pages)).tolist():
        rest.setdefault(pages[i][2], []).append(i)
    order: list[int] = []
    while rest:
        flats = sorted(rest)
        sizes = np.array([len(rest[flat]) for flat in flats], float)
        flat = str(rng.choice(flats, p=sizes / sizes.sum()))
        size = int(rng.integers(3, 12)) if is_written(flat) or rng.random() < 0.3 else 1
        order += rest[flat][:size]
        rest[flat] = rest[flat][size:]
        if not rest[flat]:
            del rest[flat]
    return order


def train_net(data: Data, use: np.ndarray, *, with_tables: bool, seed: int) -> dict[str, np.ndarray]:
    """A net after Adam on weighted log loss with the blocks that `use` says, as arrays."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    rng = np.random.default_rng(seed)
    rows, mean, scale = scale_all(data.rows)
    target = np.append(data.target, 0).astype(np.float32)
    counts = use if with_tables else use & ~data.is_note
    weight = np.append(np.where(counts, data.weight, 0), 0).astype(np.float32)
    used = np.append(use, False)
    net = Reader(rows.shape[1], CHANNELS)
    optimizer = torch.optim.AdamW(net.parameters(), RATE, weight_decay=0.01)
    pages = [page for page in data.pages if use[page[0]]]
    steps, step = int(EPOCHS * sum(stop - start for start, stop, _ in pages) / STRETCH / BATCH), 0
    while step < steps:
        mix = mix_pages(pages, data.target, rng)
        for at in range(0, len(mix.blocks) - BATCH + 1, BATCH):
            pick, joint, trimmed, begins = (part[at : at + BATCH] for part in mix)
            batch = rows[pick].astype(np.float32)
            set_gaps(batch, joint, mean, scale)
            if with_tables:
                batch[rng.random(BATCH) < MASKED_SHARE, :, -tm.TABLE_COLUMNS :] = 0
            for group in optimizer.param_groups:
                group["lr"] = (
                    RATE * min(1, (step + 1) / 100) * 0.5 * (1 + np.cos(np.pi * min(1, step / steps)))
                )
            odds = net(torch.from_numpy(batch).transpose(1, 2))
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
    return pack_net(net, mean, scale)


def scale_all(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The rows scaled, with one of zeros behind them; their mean and scale."""
    mean = rows[::5].mean(0, dtype=np.float64).astype(np.float32)
    scale = (1 / np.maximum(rows[::5].std(0, dtype=np.float64), 1e-2)).astype(np.float32)
    scaled = np.zeros((len(rows) + 1, rows.shape[1]), np.float16)
    for at in range(0, len(rows), 1 << 18):
        part = slice(at, min(len(rows), at + (1 << 18)))
        scaled[part] = scale_rows([rows[part].astype(np.float32)], mean, scale)
    return scaled, mean, scale


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
        weight = layer.weight.detach().numpy().transpose(2, 1, 0).astype(np.float16)
        arrays[f"w{i}"], arrays[f"b{i}"] = weight if i else weight[0], layer.bias.detach().numpy()
    arrays["out"], arrays["bias"] = net.out.weight.detach().numpy()[:, :, 0].T, net.out.bias.detach().numpy()
    return arrays


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("dumps", type=Path)
    parser.add_argument("pages", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--held-out", action="store_true")
    parser.add_argument("--jobs", type=int, default=1)
    args = parser.parse_args()
    start = time.time()
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(args.jobs, mp_context=fork) as pool:
        read = {
            way: read_all(args.dumps, args.pages, pool, held_out=args.held_out, with_tables=way)
            for way in WAYS
        }
    print(f"read {[sum(len(t.target) for t in texts) for texts, *_ in read.values()]} blocks, "
          f"{time.time() - start:.0f} s", flush=True)  # fmt: skip
    data = {way: gather(*found, with_tables=way) for way, found in read.items()}
    parts = (*(("half0", "half1") if args.held_out else ()), "all")
    tasks = [(part, way) for part in parts for way in WAYS]
    with ProcessPoolExecutor(args.jobs, mp_context=fork, initializer=_held.update, initargs=(data,)) as pool:
        nets = dict(zip(tasks, pool.map(_train, tasks)))
    print(f"trained, {time.time() - start:.0f} s", flush=True)
    odds = {way: np.zeros(len(data[way].target), np.float32) for way in WAYS}
    for part in parts:
        texts, use = read[True][0], choose(data[True].fold, part)
        words, pairs = count_tables(texts, [use[at] for at in slice_texts(texts)])
        arrays = {"words": words, "pairs": pairs}
        for way, kind in zip(WAYS, ("reader", "plain")):
            arrays |= {f"{kind}.{key}": value for key, value in nets[part, way].items()}
        out = args.out if part == "all" else args.out.with_suffix(f".{part}.npz")
        np.savez_compressed(out, **arrays)
        for way in WAYS if part != "all" else ():
            weights, use = tm.unpack_weights(arrays), choose(data[way].fold, part)
            for text, at in zip(read[way][0], slice_texts(read[way][0])):
                odds[way][at] = np.where(use[at], odds[way][at], score_text(text, weights, with_words=way))
    for way, name in zip(WAYS, ("words", "shape and hints alone")) if args.held_out else ():
        report(name, odds[way], data[way].target, np.concatenate([text.judged for text in read[way][0]]))
    print(f"{args.out.stat().st_size / 1e3:.0f} KB, {time.time() - start:.0f} s")


def choose(fold: np.ndarray, part: str) -> np.ndarray:
    """Which blocks a net learns from: those that do not belong to the half it is named after, or all."""
    return np.ones(len(fold), bool) if part == "all" else fold % 2 != int(part[-1])


_held: dict[bool, Data] = {}


def _train(task: tuple[str, bool]) -> dict[str, np.ndarray]:
    part, with_tables = task
    data = _held[with_tables]
    return train_net(data, choose(data.fold, part), with_tables=with_tables, seed=1)


def read_all(
    dumps: Path, pages: Path, pool: ProcessPoolExecutor, *, held_out: bool, with_tables: bool
) -> tuple[list[Text], np.ndarray, np.ndarray]:
    """All texts; of each page number the fold (those of train_text_borders.py), and its domain's."""
    golds = [g for split in (("train",) if held_out else ("train", "val")) for g in read_golds(dumps, split)]
    domains = {p["page"]: p["domain"] for g in read_golds(pages, "more") for p in g["pages"]}
    names = sorted({p["page"] for g in golds for p in g["pages"]})
    names += sorted(domains.keys() - set(names))
    fold = list(np.arange(len(names)) % FOLDS)
    written = read_written()
    for half, dumps_of_half in enumerate(split_halves(written)):
        for name, own in dumps_of_half.items():
            names += [chunk.page for chunk in own]
            fold += [half] * len(own)
            domains |= dict.fromkeys((chunk.page for chunk in own), name)
    numbers = {name: i for i, name in enumerate(names)}
    given = ((read_dump(dumps, gold), gold) for gold in golds)
    half_of = {name: int(fold[i]) % 2 for name, i in numbers.items()}
    husks = list_husks(written)
    made = join_pages(pages, np.random.default_rng(5), husks, half_of, with_tables=with_tables)
    more = join_written(written, np.random.default_rng(6), with_tables=with_tables)
    found = pool.map(partial(measure_text, numbers=numbers), *zip(*chain(given, made, more)), chunksize=8)
    texts = [text for text in found if text]
    domain = np.array([crc32(domains.get(name, name).encode()) % TABLE_FOLDS for name in names])
    return texts, np.array(fold), domain


def gather(texts: list[Text], fold: np.ndarray, domain: np.ndarray, *, with_tables: bool) -> Data:
    rows = [text.rows for text in texts]
    if with_tables:
        tables = look_up_apart(texts, domain)
        rows = [np.concatenate([own[:, :-HINTS], table], axis=1) for own, table in zip(rows, tables)]
    page = np.concatenate([text.page for text in texts])
    target, pages = np.concatenate([text.target for text in texts]), list_pages(texts)
    weight = weigh(np.concatenate([text.judged for text in texts]), page)
    return Data(
        rows=np.concatenate(rows),
        target=target,
        weight=stress_heads(weight, target, pages),
        fold=fold[page],
        is_note=np.concatenate([text.is_note for text in texts]),
        pages=pages,
    )


def look_up_apart(texts: list[Text], domain: np.ndarray) -> list[np.ndarray]:
    """What tables counted on other domains say of each page."""
    tables = [np.zeros((len(text.target), tm.TABLE_COLUMNS), np.float16) for text in texts]
    for number in range(TABLE_FOLDS):
        counted = count_tables(texts, [domain[text.page] != number for text in texts])
        for text, table in zip(texts, tables):
            mine = domain[text.page] == number
            if mine.any():
                table[mine] = look_up(text, counted)[mine]
    return tables


def slice_texts(texts: list[Text]) -> list[slice]:
    """Where the blocks of each text are among all."""
    ends = np.cumsum([len(text.target) for text in texts]).tolist()
    return [slice(end - len(text.target), end) for text, end in zip(texts, ends)]


def list_pages(texts: list[Text]) -> list[tuple[int, int, str]]:
    """[start, stop) of every page in all blocks, and how it was flattened."""
    found, at = [], 0
    for text in texts:
        firsts = np.flatnonzero(np.diff(text.page, prepend=-1)).tolist()
        stops = [*firsts[1:], len(text.page)]
        found += [(at + a, at + b, flat) for a, b, flat in zip(firsts, stops, text.flats)]
        at += len(text.page)
    return found


def score_text(text: Text, weights: tm.Weights, *, with_words: bool) -> np.ndarray:
    """Log odds of content, one a block."""
    measures = Measures(text.rows[:, :-HINTS].astype(np.float32), text.words, text.is_english)
    odds: np.ndarray = tm.score_measures(measures, weights, with_words=with_words)[:, 0]
    return odds


def report(way: str, odds: np.ndarray, target: np.ndarray, judged: np.ndarray) -> None:
    """Character F1 at a few thresholds, by labellers that have not seen the page."""
    for bar in (0.3, 0.34, 0.38, 0.42, 0.46, 0.5, 0.54):
        got = 1 / (1 + np.exp(-odds)) > bar
        right = (target * judged * got).sum()
        print(f"{way}, threshold {bar}: P {right / (judged * got).sum():.3f} "
              f"R {right / (target * judged).sum():.3f} "
              f"F1 {2 * right / ((judged * got).sum() + (target * judged).sum()):.4f}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
