"""Make the weights of the web page model from a folder of pages with gold main content.

usage: train_html.py GOLD [--out WEIGHTS.npz] [--seed N]
       train_html.py GOLD --cv --records OUT.jsonl [--seed N]

GOLD     html/ID.html.gz, ground-truth/ID.json, metadata.json (domain of each page), as in WCXB.
--out    where the weights go (default: into the package's folder).
--cv     5-fold cross-validation grouped by domain instead; prints word precision, recall and F1 by type of page.
--records  where the out-of-fold records of all pages go; those of --precision and --recall go beside it, to
         OUT.precision.jsonl and OUT.recall.jsonl.

One thread does all of it, so that the same pages and seed give the same bytes.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import zlib
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import lightgbm
import numpy as np
from align import cover_blocks
from export_forest import export_forest
from sklearn.linear_model import LogisticRegression

from dehusk.articles import join_blocks
from dehusk.blocks import read_blocks
from dehusk.label.html_features import PageRows
from dehusk.label.html_model import AIMS, choose_blocks, estimate, unpack_weights
from dehusk.label.html_rows import read_page
from dehusk.label.page_type import PAGE_TYPES, TypeWeights, find_page_type, type_features
from dehusk.model import Document, Page
from dehusk.pages import decode_page

FOLDS = 5
TREES = 240
BINS = {"max_bin": 63, "force_col_wise": True, "verbose": -1}
SETTINGS = BINS | {  # chosen by cross-validation on WCXB: see README.md beside this file
    "objective": "binary",
    "num_leaves": 31,
    "learning_rate": 0.08,
    "feature_fraction": 0.25,
    "bagging_fraction": 0.5,
    "bagging_freq": 1,
    "min_sum_hessian_in_leaf": 20,
    "lambda_l2": 5,
    "num_threads": 1,
    "deterministic": True,
}
CROP_WEIGHT = 0.3  # of a page's own
WORD_RE = re.compile(r"\w+")


class Sample(NamedTuple):
    key: str
    fold: int
    document: Document
    page: PageRows
    truth: np.ndarray
    weight: np.ndarray
    page_type: str
    type_row: np.ndarray
    gold: str
    is_whole: bool = True


class Judged(NamedTuple):
    """A page as a model sees it that did not learn from it."""

    sample: Sample
    content: np.ndarray
    page_type: str


def read_samples(folder: Path) -> list[Sample]:
    """One sample a page that has blocks, in order of its key."""
    known = json.loads((folder / "metadata.json").read_text(encoding="utf-8"))["files"]
    samples = []
    for path in sorted((folder / "html").glob("*")):
        key = path.name.split(".")[0]
        gold = json.loads((folder / "ground-truth" / f"{key}.json").read_text(encoding="utf-8"))
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        document = read_blocks(decode_page(Page(content, kind="html")))
        if document.blocks:
            text = gold["ground_truth"]["main_content"] or ""
            samples.append(make_sample(key, document, text, known=known[key]))
    return samples


def crop_samples(samples: list[Sample]) -> list[Sample]:
    """Each page once more with most of its husk gone, some of them with only the beginning of their text.

    On pages with little around the text the net without them loses it: word F1 .876 on another maker's 125 pages, most
    of them small, against .896 with them.
    """
    rng = np.random.default_rng(5)
    return [crop_sample(sample, rng) for sample in samples if sample.truth.sum() > 1]


def crop_sample(sample: Sample, rng: np.random.Generator) -> Sample:
    """At most eleven blocks before the first and after the last of the content, and a share of those between."""
    content = np.flatnonzero(sample.truth)
    first, end, count = content[0], content[-1] + 1, len(sample.truth)
    keep = sample.truth.copy()
    keep[max(0, first - int(rng.integers(12))) : first] = True
    keep[end : min(count, end + int(rng.integers(12)))] = True
    keep[first:end] |= rng.random(end - first) < rng.random()
    if rng.random() < 0.5 and len(content) > 6:
        keep[content[int(rng.integers(3, len(content)))] :] = False
    kept = np.flatnonzero(keep)
    document = replace(sample.document, blocks=[sample.document.blocks[i] for i in kept])
    weight = sample.weight[kept]
    return sample._replace(
        key=f"{sample.key}~",
        document=document,
        page=read_page(document),
        truth=sample.truth[kept],
        weight=CROP_WEIGHT * 1000 * weight / weight.sum(),
        is_whole=False,
    )


def make_sample(key: str, document: Document, gold: str, *, known: dict[str, str]) -> Sample:
    """A block is content when the gold has half of it; every page weighs the same, and long blocks more."""
    texts = [block.text for block in document.blocks]
    truth = np.array(cover_blocks(texts, gold)) >= 0.5
    words = np.array([len(WORD_RE.findall(text)) for text in texts], np.float64)
    weight = (words + 1) ** 0.7
    page = read_page(document)
    page_type = known["page_type"].replace("category", "collection")
    fold = zlib.crc32(known["domain"].encode()) % FOLDS
    row = type_features(document, page)
    return Sample(key, fold, document, page, truth, 1000 * weight / weight.sum(), page_type, row, gold)


def fit_types(samples: list[Sample]) -> TypeWeights:
    """Multinomial logistic regression."""
    samples = [sample for sample in samples if sample.is_whole]
    rows = np.stack([sample.type_row for sample in samples])
    mean, scale = rows.mean(axis=0), 1 / (rows.std(axis=0) + 1e-6)
    scaled = np.clip((rows - mean) * scale, -5, 5)
    truth = [PAGE_TYPES.index(sample.page_type) for sample in samples]
    model = LogisticRegression(C=0.01, max_iter=500).fit(scaled.astype(np.float64), truth)
    if len(model.classes_) != len(PAGE_TYPES):
        raise SystemExit("the pages must be of all types")
    return TypeWeights(mean, scale, model.coef_.T.astype(np.float32), model.intercept_.astype(np.float32))


def fit_trees(samples: list[Sample], seed: int, *, count: int = TREES) -> lightgbm.Booster:
    rows = np.concatenate([sample.page.features for sample in samples], axis=1).T
    truth = np.concatenate([sample.truth for sample in samples])
    weight = np.concatenate([sample.weight for sample in samples])
    data = lightgbm.Dataset(rows, truth, weight=weight, params=BINS).construct()  # now: the seed moves no bin
    return lightgbm.train(SETTINGS | {"seed": seed}, data, count)


def fit_arrays(samples: list[Sample], seed: int) -> dict[str, np.ndarray]:
    """The weights as they are saved."""
    types = {f"type.{name}": array for name, array in fit_types(samples)._asdict().items()}
    trees = export_forest(fit_trees(samples, seed))
    return types | {f"trees.{name}": array for name, array in trees.items()}


def cross_validate(samples: list[Sample], seed: int) -> list[Judged]:
    """What models that saw no page of a page's domain think of it, in order of key."""
    judged = []
    for fold in range(FOLDS):
        model = unpack_weights(fit_arrays([s for s in samples if s.fold != fold], seed))
        judged += [
            Judged(s, estimate(s.page, model), find_page_type(s.type_row, model.types))
            for s in samples
            if s.fold == fold and s.is_whole
        ]
        print(f"fold {fold + 1} of {FOLDS}", file=sys.stderr, flush=True)
    return sorted(judged, key=lambda one: one.sample.key)


def make_record(judged: Judged, mode: str) -> dict[str, object]:
    sample = judged.sample
    keep, confidence = choose_blocks(judged.content, sample.page.words, AIMS[mode])
    blocks = [block for block, is_kept in zip(sample.document.blocks, keep, strict=True) if is_kept]
    return {
        "source": f"{sample.key}.html.gz",
        "part": 1,
        "text": join_blocks(blocks),
        "confidence": confidence,
        "page_type": judged.page_type,
    }


def write_records(judged: list[Judged], path: Path) -> None:
    for mode in AIMS:
        lines = [json.dumps(make_record(one, mode), ensure_ascii=False) + "\n" for one in judged]
        target = path if mode == "balanced" else path.with_suffix(f".{mode}{path.suffix}")
        target.write_text("".join(lines), encoding="utf-8")


def report_types(judged: list[Judged]) -> None:
    """Macro means over pages."""
    scores = [(one.sample.page_type, score_words(make_record(one, "balanced"), one.sample)) for one in judged]
    for name in ("", *PAGE_TYPES):
        rows = [score for kind, score in scores if name in ("", kind)]
        means = "".join(f"{mean:8.4f}" for mean in np.mean(rows, axis=0))
        print(f"{name or 'all':<14}{len(rows):>5}{means}")


def score_words(record: dict[str, object], sample: Sample) -> tuple[float, float, float]:
    """Precision, recall and F1 of bags of lower-cased words."""
    found, wanted = (Counter(WORD_RE.findall(str(t).lower())) for t in (record["text"], sample.gold))
    shared = (found & wanted).total()
    if not shared:
        return (float(not found and not wanted),) * 3
    precision, recall = shared / found.total(), shared / wanted.total()
    return precision, recall, 2 * precision * recall / (precision + recall)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", type=Path)
    package = Path(__file__).parents[2] / "src" / "dehusk" / "label"
    parser.add_argument("--out", type=Path, default=package / "html.npz")
    parser.add_argument("--cv", action="store_true")
    parser.add_argument("--records", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    samples = read_samples(args.gold)
    samples += crop_samples(samples)
    if args.cv:
        judged = cross_validate(samples, args.seed)
        write_records(judged, args.records)
        report_types(judged)
    else:
        with args.out.open("wb") as file:
            np.savez_compressed(file, **fit_arrays(samples, args.seed))


if __name__ == "__main__":
    main()
