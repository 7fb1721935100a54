"""Train where texts are cut: train_text_borders.py DUMPS LINES.npz OUT.npz [--news NEWS] [--held-out]

LINES is what train_text_lines.py wrote; its halves LINES.half0.npz and .half1.npz label the pages they have not seen,
so that the labels here are as doubtful as those in use. NEWS is the folder laid out as WCXB is that the dumps were made
of: of the gold texts of its articles, if the dumps hold the page, more dumps are made, with titles, authors and dates
above running text as news has them; and more of the written dumps of make_text_written.py. Prints what models of one
half of the pages make of dumps of the other. Deterministic (one thread).
"""

from __future__ import annotations

import argparse
import pickle
import time
from itertools import chain, pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from catboost import CatBoostClassifier
from export_trees import export_trees, pack_trees
from fit_net import fit_net
from make_text_dumps import (
    BLANKS,
    SCRIPTS,
    Chunk,
    Dump,
    count_kept,
    cut_chunks,
    dress,
    join,
    make_dumps,
    read_news,
    shorten,
    space_out,
    transliterate,
)
from make_text_news import find_title, is_story, write_up
from make_text_written import TRIMMED_SHARE, read_written, split_halves, vary
from train_text_lines import FOLDS, read_dump, read_golds

from dehusk.blocks.text import read_text
from dehusk.label import text as label_room
from dehusk.label import text_model as lines_model
from dehusk.model import Options, Page
from dehusk.nets import Net, run_net
from dehusk.segment import text_features as tf
from dehusk.segment import text_model as sm
from dehusk.segment.text import choose_cuts
from dehusk.segment.text_heads import Heads, describe_heads
from dehusk.trees import Trees, run_trees
from dehusk.words import hash_words

COUNTS = {
    "rand": 110, "topic": 84, "trim": 48, "topic_trim": 190, "blend": 440, "single": 400, "single_trim": 180,
}  # fmt: skip
PLAIN = {"rand": 20, "topic": 20, "topic_trim": 20, "blend": 36, "single": 40, "single_trim": 24}
NEWS = {"rand": 12, "topic_trim": 60, "blend": 110, "single": 36, "single_trim": 36}
PRESS = {
    "rand": 20, "topic": 40, "topic_trim": 50, "blend": 100, "event": 160, "single": 100, "single_trim": 40,
}  # fmt: skip
BRIEF = {"rand": 60, "topic": 30, "topic_trim": 60, "blend": 60, "single": 60}
BRIEF_LINES = (2, 13)  # kept lines, the second number left out
SCRIPTED = {"rand": 12, "topic_trim": 10, "single": 28, "single_trim": 10}
WRITTEN = {"written": 10, "written trim": 6, "written single": 10}
"""Dumps of every kind for each half of the pages; PLAIN ones twice, joined by no blank line and by one; NEWS ones of
gold texts, PRESS ones of stories written up as news; BRIEF ones of pages cut to a few of their kept lines; SCRIPTED
ones for each script that pages are put into, so that what is learned of words and letters is not English alone; WRITTEN
ones of each written dump."""
TREES = {
    "trees": {"iterations": 1000, "depth": 6, "learning_rate": 0.06, "rsm": 0.15, "l2_leaf_reg": 10},
    "heads": {"iterations": 300, "depth": 6, "learning_rate": 0.1, "rsm": 0.2, "l2_leaf_reg": 10},
    "rivals": {"iterations": 900, "depth": 6, "learning_rate": 0.04, "rsm": 0.2, "l2_leaf_reg": 20},
}
READ_CHARS = 100
"""Of each line that samples keep: as much as is looked at for datelines and bylines (`text_press`)."""
SINGLE_WEIGHT = 0.5
"""Of candidates in single pages: with all of it, short articles in small dumps were judged to be parts of one page."""
NETS = {
    "glance": {"hidden": (24,), "epochs": 8, "seed": 5, "batch": 1024},
    "net": {"hidden": (64, 16), "epochs": 6, "seed": 3, "batch": 512},
}


class Sample(NamedTuple):
    """A dump with what its gaps are."""

    kind: str
    half: int
    gaps: tf.Gaps
    border: np.ndarray
    """The number of the border that a cut in each gap would hit, -1 for none."""
    target: np.ndarray
    """Whether a gap is one that borders are to be found by: where the page begins, or the last one before its text."""
    borders: int
    heads: Heads
    head_target: np.ndarray
    head_weight: np.ndarray


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


def find_borders(dump: Dump, before: np.ndarray, after: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
    """`Sample.border`, `.target` and `.borders`, given the offsets of the blocks around each gap.

    A cut is right after a page's last kept line and up to the next one's first, which may be brought back as a head.
    """
    lines = np.array(dump.lines)
    line_before, line_after = (np.searchsorted(lines, at, "right") - 1 for at in (before, after))
    crosses = np.searchsorted(dump.starts, before, "right") != np.searchsorted(dump.starts, after, "right")
    kept = [kept for kept in dump.kept if kept[0] >= 0]
    border, target = np.full(len(after), -1), np.zeros(len(after), bool)
    for number, ((_, last), (first, _)) in enumerate(pairwise(kept)):
        low, high = np.searchsorted(lines, last - 1, "right") - 1, np.searchsorted(lines, first, "right") - 1
        right = np.flatnonzero((line_after > low) & (line_before < high))
        border[right] = number
        target[right[-1:]] = True
        target[right[crosses[right]]] = True
    return border, target, len(kept) - 1


def describe(dump: Dump, half: int, weights: lines_model.Weights, tables: np.ndarray) -> Sample | None:
    document = read_text(Page(dump.text, kind="text"))
    labelled = label_room.label_with(document, Options(), weights=weights)
    if sum(item.is_kept for item in labelled) < 2:
        return None
    gaps = tf.describe_gaps(labelled, tables, words=document.words)
    starts = np.array([item.block.start for item in labelled])
    border, target, borders = find_borders(dump, starts[gaps.before], starts[gaps.after])
    last = {number: gap for gap, number in enumerate(border.tolist()) if number >= 0}
    heads = describe_heads(gaps, np.concatenate((gaps.before[:1], gaps.after[sorted(last.values())])))
    page = np.searchsorted(dump.starts, starts, "right")
    marks = np.array([dump.mark_of(start) for start in starts.tolist()])[heads.at]
    is_head = (np.isin(marks, ["k", "t"]) & (page[heads.at] == page[heads.below])).astype(np.float32)
    weight = np.where(marks == "k", 3.0, np.where(marks == "t", 0.5, 1.0)).astype(np.float32)
    return Sample(dump.kind, half, gaps, border, target, borders, heads, is_head, weight)


def slim(sample: Sample) -> Sample:
    """The sample at half the memory, without what only its description needed."""
    blocks, glances, rows = (
        x.astype(np.float16) for x in (sample.gaps.blocks, sample.gaps.glances, sample.heads.rows)
    )
    texts = [text[:READ_CHARS] for text in sample.gaps.texts]
    gaps = sample.gaps._replace(blocks=blocks, glances=glances, words=hash_words([]), texts=texts)
    return sample._replace(gaps=gaps, heads=sample.heads._replace(rows=rows))


def widen(gaps: tf.Gaps) -> tf.Gaps:
    """The gaps with what each block is in single precision again: sums and exponentials are made of it."""
    return gaps._replace(blocks=gaps.blocks.astype(np.float32))


def make_all(chunks: list[Chunk], news: list[Chunk], half: int, scale: float) -> list[Dump]:
    """The dumps of one half of the pages."""

    def count(counts: dict[str, int]) -> dict[str, int]:
        return {kind: max(1, round(number * scale)) for kind, number in counts.items()}

    dumps = make_dumps(chunks, half + 1, count(COUNTS))
    for blank in (0, 1):
        plain = make_dumps(chunks, half + 21 + 10 * blank, count(PLAIN), blanks=((blank,),), is_plain=True)
        dumps += [dump._replace(kind=f"plain {dump.kind}") for dump in plain]
    rng = np.random.default_rng(half + 50)
    for number, script in enumerate(SCRIPTS):
        some = [
            write_in(chunks[i], script)
            for i in rng.choice(len(chunks), len(chunks) // 4, replace=False).tolist()
        ]
        made = make_dumps(some, half + 61 + 2 * number, count(SCRIPTED))
        dumps += [dump._replace(kind=f"{script} {dump.kind}") for dump in made]
    rng = np.random.default_rng(half + 101)
    briefs = [shorten(chunk, int(rng.integers(*BRIEF_LINES))) for chunk in chunks if count_kept(chunk)]
    made = make_dumps(briefs, half + 103, count(BRIEF))
    dumps += [dump._replace(kind=f"brief {dump.kind}") for dump in made]
    press = make_dumps(write_stories(chunks, half + 71), half + 81, count(PRESS))
    dumps += [dump._replace(kind=f"press {dump.kind}") for dump in press]
    if news:
        others = [chunk for chunk in chunks if "k" in chunk.labels]
        dressed = []
        for chunk in news:
            spaced = space_out(chunk) if rng.random() < 0.5 else chunk
            for other in rng.choice(len(others), 3).tolist():
                dressed.append(dress(spaced, others[other])._replace(flat=others[other].flat))
        dumps += [d._replace(kind=f"news {d.kind}") for d in make_dumps(dressed, half + 11, count(NEWS))]
    return dumps


def make_written(dumps: list[list[Chunk]], seed: int) -> list[Dump]:
    """Dumps of the pages of each written one."""
    rng = np.random.default_rng(seed)
    made = []
    for pages in dumps:
        for kind, count in WRITTEN.items():
            for _ in range(count):
                chosen = vary(pages, rng, trimmed=1.0 if "trim" in kind else TRIMMED_SHARE)
                chosen = [chunk for chunk in chosen if count_kept(chunk)]
                chosen = chosen[:1] if "single" in kind else chosen
                made.append(join(chosen, kind, rng, BLANKS[int(rng.integers(len(BLANKS)))]))
    return made


def write_stories(chunks: list[Chunk], seed: int) -> list[Chunk]:
    """The stories among the pages, written up as news."""
    rng = np.random.default_rng(seed)
    stories = [chunk for chunk in chunks if is_story(chunk)]
    titles = sorted({find_title(chunk) for chunk in stories})
    return [write_up(chunk, titles, rng) for chunk in stories]


def write_in(chunk: Chunk, script: str) -> Chunk:
    return chunk._replace(lines=[transliterate(line, script) for line in chunk.lines])


def fit_trees(rows: np.ndarray, target: np.ndarray, name: str, weight: np.ndarray | None = None) -> Trees:
    model = CatBoostClassifier(
        random_seed=1, thread_count=1, verbose=False, allow_writing_files=False, bootstrap_type="Bernoulli",
        subsample=0.7, border_count=64, **TREES[name],
    )  # fmt: skip
    return export_trees(model.fit(rows, target.astype(int), sample_weight=weight))


def fit_glance(samples: list[Sample]) -> Net:
    """From the gaps that are borders or certainly none, borders counting four times."""
    rows = np.concatenate([s.gaps.glances for s in samples])
    target = np.concatenate([s.target for s in samples])
    sure = np.concatenate([s.target | (s.border < 0) for s in samples])
    weight = np.where(target[sure], 4, 1).astype(np.float32)
    return fit_net(rows[sure], target[sure].astype(np.float32), weight, **NETS["glance"])


class Judges(NamedTuple):
    trees: Trees
    net: Net

    def vote(self, rows: np.ndarray) -> list[np.ndarray]:
        return [run_trees(self.trees, rows.T), run_net(self.net, rows)]


class Places(NamedTuple):
    """What the glance lets pass of a sample."""

    at: np.ndarray
    rows: np.ndarray


def find_places(sample: Sample, glance: Net) -> Places:
    at = np.flatnonzero(run_net(glance, sample.gaps.glances) > sm.GLANCE_ODDS)
    return Places(at, tf.describe_places(widen(sample.gaps), at).astype(np.float16))


def fit_judges(samples: list[Sample], places: list[Places]) -> Judges:
    rows = np.concatenate([p.rows for p in places])
    target = np.concatenate([s.target[p.at] for s, p in zip(samples, places)])
    sure = target | (np.concatenate([s.border[p.at] for s, p in zip(samples, places)]) < 0)
    rows, target = rows[sure].astype(np.float32), target[sure]
    net = fit_net(rows, target.astype(np.float32), np.ones(len(rows), np.float32), **NETS["net"])
    return Judges(fit_trees(rows, target, "trees"), net)


class Rivals(NamedTuple):
    """The candidates of a sample."""

    at: np.ndarray
    rows: np.ndarray
    target: np.ndarray
    """Whether each is the strongest at its border: a second one there is wrong."""
    weight: np.ndarray


def find_rivals(sample: Sample, places: Places, judges: Judges) -> Rivals:
    at, rows = sm.find_rivals(widen(sample.gaps), places.at, judges.vote(places.rows.astype(np.float32)))
    border, odds = sample.border[at], rows[:, 0]
    target, seen = np.zeros(len(at), bool), {-1}
    for i in np.argsort(-odds, kind="stable").tolist():
        target[i] = int(border[i]) not in seen
        seen.add(int(border[i]))
    weight = np.full(len(at), SINGLE_WEIGHT if "single" in sample.kind else 1.0)
    return Rivals(at, rows, target, weight)


def fit_rivals(rivals: list[Rivals]) -> Trees:
    rows, target, weight = (
        np.concatenate([getattr(r, name) for r in rivals]) for name in ("rows", "target", "weight")
    )
    return fit_trees(rows, target, "rivals", weight)


def fit_heads(samples: list[Sample]) -> Trees:
    """What belongs to the article below, among the blocks above its first kept one."""
    rows = np.concatenate([s.heads.rows for s in samples]).astype(np.float32)
    target = np.concatenate([s.head_target for s in samples])
    weight = np.concatenate([s.head_weight for s in samples])
    return fit_trees(rows, target, "heads", weight)


def report(samples: list[Sample], cuts: list[np.ndarray]) -> None:
    """Precision, recall and F1 of the borders by kind, and how many single pages are cut."""
    for kind in sorted({s.kind for s in samples}):
        mine = [(s, cut) for s, cut in zip(samples, cuts) if s.kind == kind]
        hits = sum(len(set(s.border[cut].tolist()) - {-1}) for s, cut in mine)
        got, real = sum(len(cut) for _, cut in mine), sum(s.borders for s, _ in mine)
        split = np.mean([len(cut) > 0 for _, cut in mine])
        found = (
            f"P {hits / max(1, got):.3f} R {hits / max(1, real):.3f} F1 {2 * hits / max(1, got + real):.3f}"
        )
        print(f"{kind:<20} {f'split {split:.3f}' if 'single' in kind else found}", flush=True)


def report_heads(trees: Trees, samples: list[Sample]) -> None:
    """How many of the blocks brought back are right, and how many articles begin no later than they should."""
    odds = [run_trees(trees, s.heads.rows.T.astype(np.float32)) for s in samples]
    target = np.concatenate([s.head_target for s in samples]) > 0
    ways = {f"{bar:+.1f}": [o > bar for o in odds] for bar in (-2.0, -1.5, -1.0, -0.5, 0.0)}
    for way, chosen in ways.items():
        got = np.concatenate(chosen)
        right = np.concatenate([find_right_starts(s, some) for s, some in zip(samples, chosen)])
        print(f"heads {way}: P {(got & target).sum() / max(1, got.sum()):.3f} "
              f"R {(got & target).sum() / target.sum():.3f}, right starts {right.mean():.3f}", flush=True)  # fmt: skip


def find_right_starts(sample: Sample, is_head: np.ndarray) -> np.ndarray:
    """Of the articles with blocks to bring back, whether the first one brought back is none of the article above."""
    at, below = sample.heads.at, sample.heads.below
    is_kept = sample.head_weight == 3
    found = []
    for article in np.unique(below).tolist():
        mine = below == article
        wanted, others = (at[mine & is_kept & (sample.head_target == side)] for side in (1, 0))
        start = int(at[mine & is_head].min(initial=article))
        found.append(others.max(initial=-1) < start <= wanted.min(initial=article))
    return np.array(found, bool)


def cross_fit(samples: list[Sample], keep: Path | None) -> tuple[list[Places], list[Rivals]]:
    """Places and candidates of each half by models of the other; says how well its borders are found."""
    halves = [[s for s in samples if s.half == half] for half in (0, 1)]
    glances = [fit_glance(half) for half in halves]
    places = [[find_places(s, glances[1 - i]) for s in half] for i, half in enumerate(halves)]
    judges = [fit_judges(half, own) for half, own in zip(halves, places)]
    rivals = [
        [find_rivals(s, p, judges[1 - i]) for s, p in zip(half, places[i])] for i, half in enumerate(halves)
    ]
    cuts: list[np.ndarray] = []
    odds: list[np.ndarray] = []
    for i in (0, 1):
        trees = fit_rivals(rivals[1 - i])
        odds += [run_trees(trees, r.rows.T) for r in rivals[i]]
        cuts += [choose_cuts(sm.Candidates(r.at, o)) for r, o in zip(rivals[i], odds[-len(rivals[i]) :])]
    report(halves[0] + halves[1], cuts)
    report_heads(fit_heads(halves[0]), halves[1])
    if keep:
        found = zip(halves[0] + halves[1], rivals[0] + rivals[1], odds)
        keep.write_bytes(pickle.dumps([(s.kind, s.border, s.borders, r.at, r.rows, o) for s, r, o in found]))
    return places[0] + places[1], rivals[0] + rivals[1]


def read_samples(args: argparse.Namespace) -> tuple[list[Sample], np.ndarray]:
    """The described dumps, those of the first half of the pages first, and the tables of all words."""
    splits = ("train",) if args.held_out else ("train", "val")
    golds = [gold for split in splits for gold in read_golds(args.dumps, split)]
    pages = sorted({page["page"] for gold in golds for page in gold["pages"]})
    half_of = {page: i % FOLDS % 2 for i, page in enumerate(pages)}
    chunks = [chunk for gold in golds for chunk in cut_chunks(read_dump(args.dumps, gold), gold)]
    news = [chunk for chunk in read_news(args.news) if chunk.page in half_of] if args.news else []
    written = [list(half.values()) for half in split_halves(read_written())]
    samples: list[Sample] = []
    for half in (0, 1):
        weights = lines_model.unpack_weights(dict(np.load(args.lines.with_suffix(f".half{half}.npz"))))
        others = [chunk for chunk in chunks if half_of[chunk.page] != half]
        tables = count_tables(others + write_stories(others, half) + list(chain(*written[1 - half])))
        own = [chunk for chunk in chunks if half_of[chunk.page] == half]
        mine = [chunk for chunk in news if half_of[chunk.page] == half]
        for dump in make_all(own, mine, half, args.scale) + make_written(written[half], half + 91):
            if sample := describe(dump, half, weights, tables):
                samples.append(slim(sample))
    everything = chunks + write_stories(chunks, 2) + list(chain(*written[0], *written[1]))
    return samples, count_tables(everything)


def pack_net(name: str, net: Net) -> dict[str, np.ndarray]:
    arrays = {f"{name}.mean": net.mean, f"{name}.scale": net.scale}
    for i, (weight, bias) in enumerate(net.layers):
        arrays |= {f"{name}.w{i}": weight.astype(np.float16), f"{name}.b{i}": bias}
    return arrays


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("dumps", type=Path)
    parser.add_argument("lines", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--news", type=Path)
    parser.add_argument("--held-out", action="store_true", help="without val, for figures")
    parser.add_argument("--scale", type=float, default=1.0, help="times the dumps of each kind")
    parser.add_argument("--keep", type=Path, help="where to leave the judged candidates")
    args = parser.parse_args()
    start = time.process_time()
    samples, tables = read_samples(args)
    print(f"{sum(len(s.border) for s in samples)} gaps, {sum(s.borders for s in samples)} borders, "
          f"{time.process_time() - start:.0f} s", flush=True)  # fmt: skip
    places, rivals = cross_fit(samples, args.keep)
    judges = fit_judges(samples, places)
    arrays = {"tables": tables}
    for name, net in (("glance", fit_glance(samples)), ("net", judges.net)):
        arrays |= pack_net(name, net)
    for name, trees in (
        ("trees", judges.trees),
        ("rivals", fit_rivals(rivals)),
        ("heads", fit_heads(samples)),
    ):
        arrays |= pack_trees(name, trees)
    np.savez_compressed(args.out, **arrays)
    print(f"{args.out.stat().st_size / 1e3:.0f} KB, {time.process_time() - start:.0f} s")


if __name__ == "__main__":
    main()
