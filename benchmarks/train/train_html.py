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
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import lightgbm
import numpy as np
from aged_samples import age_samples
from export_forest import export_forest
from samples import FOLDS, WORD_RE, Sample, crop_samples, graft_samples, read_samples
from sklearn.linear_model import LogisticRegression

from dehusk.articles import join_blocks
from dehusk.label.forest import Forest, run_forest, unpack_forest
from dehusk.label.html_model import Weights, estimate, extend_features, keep_content, unpack_weights
from dehusk.label.page_type import PAGE_TYPES, TypeWeights, correct_page_type, find_page_type

BINS = {"max_bin": 63, "force_col_wise": True, "verbose": -1}
SETTINGS = BINS | {  # chosen by cross-validation on WCXB: see TRIED.md beside this file
    "objective": "binary",
    "num_leaves": 31,
    "learning_rate": 0.08,
    "bagging_fraction": 0.3,
    "bagging_freq": 1,
    "min_sum_hessian_in_leaf": 20,
    "lambda_l2": 5,
    "num_threads": 1,
    "deterministic": True,
}
FIRST = {"num_iterations": 240, "feature_fraction": 0.25}
SECOND = {"num_iterations": 120, "feature_fraction": 0.2}
TYPE_WORTHS = {"whole": 1.0, "aged": 0.3}
MODES = ("balanced", "precision", "recall")
FURTHER = 100  # from one seed to the other of the second forest's

Arrays = dict[str, np.ndarray]
Matrix = np.ndarray


class Judged(NamedTuple):
    """A page as a model sees it that did not learn from it."""

    sample: Sample
    content: np.ndarray
    page_type: str


def fit_types(samples: list[Sample]) -> TypeWeights:
    """Multinomial logistic regression, on whole pages and old ones."""
    samples = [sample for sample in samples if sample.form in TYPE_WORTHS]
    worths = [TYPE_WORTHS[sample.form] for sample in samples]
    rows = np.stack([sample.type_row for sample in samples])
    mean, scale = rows.mean(axis=0), 1 / (rows.std(axis=0) + 1e-6)
    scaled = np.clip((rows - mean) * scale, -5, 5)
    truth = [PAGE_TYPES.index(sample.page_type) for sample in samples]
    model = LogisticRegression(C=0.01, max_iter=500).fit(scaled.astype(np.float64), truth, worths)
    if len(model.classes_) != len(PAGE_TYPES):
        raise SystemExit("the pages must be of all types")
    return TypeWeights(mean, scale, model.coef_.T.astype(np.float32), model.intercept_.astype(np.float32))


def fit_forest(
    samples: Sequence[Sample], rows: Sequence[Matrix], settings: dict[str, Any], *, seeds: Sequence[int]
) -> Arrays:
    """The mean of as many trainings as there are seeds; `rows` are the features, by blocks, of each sample."""
    return export_forest([fit_trees(samples, rows, settings | {"seed": seed}) for seed in seeds])


def fit_trees(
    samples: Sequence[Sample], rows: Sequence[Matrix], settings: dict[str, Any]
) -> lightgbm.Booster:
    truth = np.concatenate([sample.truth for sample in samples])
    weight = np.concatenate([sample.weight for sample in samples])
    table = np.concatenate(rows, axis=1).T
    data = lightgbm.Dataset(table, truth, weight=weight, params=BINS)
    data.construct()  # now: the seed moves no bin
    return lightgbm.train(SETTINGS | settings, data)


class FirstForests:
    """Forests of the first opinion, each made once, by the folds whose pages it has not seen."""

    def __init__(self, samples: Sequence[Sample], seed: int) -> None:
        self.samples, self.seed = samples, seed
        self.known: dict[frozenset[int], tuple[Arrays, Forest]] = {}

    def fit(self, *unseen: int) -> tuple[Arrays, Forest]:
        """As arrays and as it is run."""
        folds = frozenset(unseen)
        if folds not in self.known:
            learned = [sample for sample in self.samples if sample.fold not in folds]
            rows = [sample.page.features for sample in learned]
            arrays = fit_forest(learned, rows, FIRST, seeds=[self.seed])
            named = {f"first.{name}": array for name, array in arrays.items()}
            self.known[folds] = named, unpack_forest(named, "first")
            print(f"a first forest that has not seen {sorted(folds)}", file=sys.stderr, flush=True)
        return self.known[folds]

    def extend(self, sample: Sample, *unseen: int) -> Matrix:
        """What the second forest sees of a page, which the first one has not seen."""
        _, forest = self.fit(*unseen, sample.fold)
        return extend_features(sample.page, run_forest(forest, sample.page.features))


def fit_arrays(firsts: FirstForests, *unseen: int) -> Arrays:
    """The weights as they are saved, of all pages but those of some folds.

    The second forest learns from opinions of pages that the first one had not seen, as it will meet them.
    """
    samples = [sample for sample in firsts.samples if sample.fold not in unseen]
    rows = [firsts.extend(sample, *unseen) for sample in samples]
    second = fit_forest(samples, rows, SECOND, seeds=[firsts.seed, firsts.seed + FURTHER])
    types = {f"type.{name}": array for name, array in fit_types(samples)._asdict().items()}
    return types | firsts.fit(*unseen)[0] | {f"second.{name}": array for name, array in second.items()}


def cross_validate(samples: list[Sample], seed: int) -> list[Judged]:
    """What models that saw no page of a page's domain think of it, in order of key."""
    judged = []
    firsts = FirstForests(samples, seed)
    for fold in range(FOLDS):
        model = unpack_weights(fit_arrays(firsts, fold))
        judged += [judge(s, model) for s in samples if s.fold == fold and s.is_whole]
        print(f"fold {fold + 1} of {FOLDS}", file=sys.stderr, flush=True)
    return sorted(judged, key=lambda one: one.sample.key)


def judge(sample: Sample, model: Weights) -> Judged:
    content = estimate(sample.page, model)
    page_type = find_page_type(sample.type_row, model.types)
    return Judged(sample, content, correct_page_type(page_type, content, sample.page))


def make_record(judged: Judged, mode: str) -> dict[str, object]:
    sample = judged.sample
    keep, confidence = keep_content(judged.content, sample.page, mode=mode, page_type=judged.page_type)
    blocks = [block for block, is_kept in zip(sample.document.blocks, keep, strict=True) if is_kept]
    return {
        "source": f"{sample.key}.html.gz",
        "part": 1,
        "text": join_blocks(blocks),
        "confidence": confidence,
        "page_type": judged.page_type,
    }


def write_records(judged: list[Judged], path: Path) -> None:
    for mode in MODES:
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
    cropped = crop_samples(samples)
    samples += cropped + graft_samples(samples) + age_samples(samples + cropped)
    if args.cv:
        judged = cross_validate(samples, args.seed)
        write_records(judged, args.records)
        report_types(judged)
    else:
        with args.out.open("wb") as file:
            np.savez_compressed(file, **fit_arrays(FirstForests(samples, args.seed)))


if __name__ == "__main__":
    main()
