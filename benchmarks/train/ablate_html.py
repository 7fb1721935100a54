"""What each group of the web page model's features is worth: trees without it, cross-validated.

usage: ablate_html.py GOLD [--seed N]

GOLD     as for train_html.py. A third as many trees as ship learn from every third block and no cropped pages: that
         takes a twentieth of the time.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from samples import FOLDS, Sample, read_samples
from train_html import FIRST, Judged, fit_trees, make_record, score_words

from dehusk.label.html_model import sigmoid
from dehusk.label.marks import MARK_KINDS, TAG_KINDS, TEXT_KINDS

HINTS = len(MARK_KINDS) + len(TAG_KINDS)
GROUPS = {  # name: rows of the feature matrix, in its order
    "kind, length, links, position": 13,
    "shape of the text": 21,
    "words of the text, title": 2 * len(TEXT_KINDS) + 2,
    "marks and tags of the 3 nearest elements": HINTS,
    "marks and tags of all elements around": HINTS,
    "what the 6 levels of elements around hold": 48,
    "blocks that look like it": 5,
    "neighbours": 22,
    "distance to title, heading, prose; repeated": 5,
    "the page": 13,
}


def cross_validate(samples: list[Sample], rows: np.ndarray, seed: int) -> tuple[float, float, float]:
    """Word precision, recall and F1 of trees that see these rows of the features."""
    scores, thinned = [], [thin_sample(sample, rows) for sample in samples]
    for fold in range(FOLDS):
        learned = [sample for sample in thinned if sample.fold != fold]
        settings = FIRST | {"num_iterations": FIRST["num_iterations"] // 3, "seed": seed}
        model = fit_trees(learned, [sample.page.features for sample in learned], settings)
        for sample in samples:
            if sample.fold == fold:
                content = sigmoid(model.predict(sample.page.features[rows].T, raw_score=True))
                scores.append(score_words(make_record(Judged(sample, content, ""), "balanced"), sample))
    precision, recall, f1 = np.mean(scores, axis=0).tolist()
    return precision, recall, f1


def thin_sample(sample: Sample, rows: np.ndarray) -> Sample:
    """These rows of the features, of every third block."""
    page = sample.page._replace(features=sample.page.features[rows, ::3])
    return sample._replace(page=page, truth=sample.truth[::3], sizes=sample.sizes[::3])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    samples = read_samples(args.gold)
    width = samples[0].page.features.shape[0]
    if sum(GROUPS.values()) != width:
        raise SystemExit(f"the groups have {sum(GROUPS.values())} rows, the features {width}")
    first = 0
    print("| without | rows | precision | recall | F1 |\n|---|---|---|---|---|")
    for name, size in {"nothing": 0, **GROUPS}.items():
        rows = np.concatenate([np.arange(first), np.arange(first + size, width)])
        precision, recall, f1 = cross_validate(samples, rows, args.seed)
        print(f"| {name} | {size} | {precision:.4f} | {recall:.4f} | {f1:.4f} |", flush=True)
        first += size


if __name__ == "__main__":
    main()
