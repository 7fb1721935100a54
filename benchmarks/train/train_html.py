"""Make the weights of the web page model from a folder of pages with gold main content.

usage: train_html.py GOLD [--out WEIGHTS.npz] [--cv --records OUT.jsonl] [--seed N] [--jobs N]

GOLD     html/ID.html.gz, ground-truth/ID.json, metadata.json (domain of each page), as in WCXB.
--out    where the weights go (default: into the package's folder).
--cv     5-fold cross-validation grouped by domain instead; writes the out-of-fold records of all pages.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
from align import cover_blocks
from catboost import CatBoostClassifier, Pool
from sklearn.linear_model import LogisticRegression

from dehusk.articles import join_blocks
from dehusk.blocks import read_blocks
from dehusk.label.html_features import PageRows, read_page
from dehusk.label.html_model import choose_blocks, second_features, sigmoid
from dehusk.label.page_type import PAGE_TYPES, TypeWeights, find_page_type, type_features
from dehusk.label.trees import Trees, run_trees
from dehusk.model import Document, Page
from dehusk.pages import decode_page

FOLDS = 5
SETTINGS = {  # chosen by cross-validation on WCXB: see README.md beside this file
    "first": {"iterations": 200, "learning_rate": 0.12, "rsm": 0.2},
    "second": {"iterations": 150, "learning_rate": 0.1, "rsm": 0.2},
}
COMMON = {"depth": 6, "border_count": 32, "bootstrap_type": "Bernoulli", "subsample": 0.7}
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


class Model(NamedTuple):
    first: Trees
    second: Trees
    types: TypeWeights


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
    return Sample(key, fold, document, page, truth, 1000 * weight / weight.sum(), page_type, row)


def fit_trees(rows: list[np.ndarray], samples: list[Sample], *, stage: str, seed: int, jobs: int) -> Trees:
    pool = Pool(
        np.concatenate(rows),
        np.concatenate([sample.truth for sample in samples]).astype(int),
        weight=np.concatenate([sample.weight for sample in samples]),
    )
    settings = SETTINGS[stage] | COMMON
    model = CatBoostClassifier(
        random_seed=seed, thread_count=jobs, verbose=False, allow_writing_files=False, **settings
    )
    return export_trees(model.fit(pool))


def export_trees(model: CatBoostClassifier) -> Trees:
    """The model as arrays, by way of its JSON form; short trees are filled up with questions about nothing."""
    path = Path(f"{id(model)}.tmp.json")
    model.save_model(str(path), format="json")
    content = json.loads(path.read_text())
    path.unlink()
    depth, trees = COMMON["depth"], content["oblivious_trees"]
    features = np.zeros((depth, len(trees)), np.int64)
    borders = np.full((depth, len(trees)), np.inf, np.float32)
    leaves = np.zeros((len(trees), 1 << depth), np.float32)
    for t, tree in enumerate(trees):
        for level, split in enumerate(tree["splits"] or []):
            features[level, t] = split["float_feature_index"]
            borders[level, t] = split["border"]
        leaves[t, : len(tree["leaf_values"])] = tree["leaf_values"]
    scale, (bias,) = content["scale_and_bias"]
    return Trees(features, borders, leaves * np.float32(scale), float(bias))


def fit_types(samples: list[Sample]) -> TypeWeights:
    """Multinomial logistic regression."""
    rows = np.stack([sample.type_row for sample in samples])
    mean, scale = rows.mean(axis=0), 1 / (rows.std(axis=0) + 1e-6)
    scaled = np.clip((rows - mean) * scale, -5, 5)
    truth = [PAGE_TYPES.index(sample.page_type) for sample in samples]
    model = LogisticRegression(C=0.01, max_iter=500).fit(scaled.astype(np.float64), truth)
    if len(model.classes_) != len(PAGE_TYPES):
        raise SystemExit("the pages must be of all types")
    return TypeWeights(mean, scale, model.coef_.T.astype(np.float32), model.intercept_.astype(np.float32))


def fit_model(samples: list[Sample], *, seed: int, jobs: int) -> Model:
    """Both stages and the types; the second stage learns from first stages that had not seen the page."""
    odds: dict[str, np.ndarray] = {}
    for fold in range(FOLDS):
        train = [s for s in samples if s.fold != fold]
        held_out = [s for s in samples if s.fold == fold]
        if held_out:
            trees = fit_trees([s.page.features for s in train], train, stage="first", seed=seed, jobs=jobs)
            odds |= {s.key: run_trees(trees, s.page.features) for s in held_out}
    first = fit_trees([s.page.features for s in samples], samples, stage="first", seed=seed, jobs=jobs)
    rows = [add_second(s.page, odds[s.key]) for s in samples]
    second = fit_trees(rows, samples, stage="second", seed=seed, jobs=jobs)
    return Model(first, second, fit_types(samples))


def add_second(page: PageRows, odds: np.ndarray) -> np.ndarray:
    return np.concatenate([page.features, second_features(page, odds)], axis=1, dtype=np.float32)


def apply_model(model: Model, sample: Sample) -> np.ndarray:
    odds = run_trees(model.first, sample.page.features)
    return sigmoid(run_trees(model.second, add_second(sample.page, odds)))


def cross_validate(samples: list[Sample], *, seed: int, jobs: int) -> list[dict[str, object]]:
    """The records of all pages, each by a model that saw no page of its domain."""
    records = []
    for fold in range(FOLDS):
        model = fit_model([s for s in samples if s.fold != fold], seed=seed, jobs=jobs)
        for sample in samples:
            if sample.fold == fold:
                page_type = find_page_type(sample.type_row, model.types)
                records.append(make_record(sample, apply_model(model, sample)) | {"page_type": page_type})
        print(f"fold {fold + 1} of {FOLDS}", file=sys.stderr, flush=True)
    return sorted(records, key=lambda record: str(record["source"]))


def make_record(sample: Sample, content: np.ndarray) -> dict[str, object]:
    keep, confidence = choose_blocks(content, sample.page.words)
    blocks = [block for block, is_kept in zip(sample.document.blocks, keep, strict=True) if is_kept]
    return {
        "source": f"{sample.key}.html.gz",
        "part": 1,
        "text": join_blocks(blocks),
        "confidence": confidence,
    }


def save_weights(model: Model, path: Path) -> None:
    arrays = {f"type.{name}": array for name, array in model.types._asdict().items()}
    for name, trees in (("first", model.first), ("second", model.second)):
        arrays[f"{name}.features"] = trees.features.astype(np.uint16)
        arrays[f"{name}.borders"] = trees.borders
        arrays[f"{name}.leaves"] = trees.leaves.astype(np.float16)
        arrays[f"{name}.bias"] = np.float64(trees.bias)
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)


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
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    samples = read_samples(args.gold)
    if args.cv:
        records = cross_validate(samples, seed=args.seed, jobs=args.jobs)
        lines = [json.dumps(record, ensure_ascii=False) + "\n" for record in records]
        args.records.write_text("".join(lines), encoding="utf-8")
    else:
        save_weights(fit_model(samples, seed=args.seed, jobs=args.jobs), args.out)


if __name__ == "__main__":
    main()
