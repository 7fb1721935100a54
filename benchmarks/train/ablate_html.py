"""What each group of the web page model's features is worth: the first stage's net without it, cross-validated.

usage: ablate_html.py GOLD [--seed N]

GOLD     as for train_html.py. The net alone is taken, since it trains in a tenth of the trees' time; its word F1
         is .01 below theirs.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from fit_net import fit_net
from train_html import FOLDS, NET, Judged, Sample, make_record, read_samples, score_words

from dehusk.label.html_model import sigmoid
from dehusk.label.marks import MARK_KINDS, TAG_KINDS, TEXT_KINDS
from dehusk.nets import run_net

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
    """Word precision, recall and F1 of the net that sees these rows of the features."""
    scores = []
    for fold in range(FOLDS):
        train = [sample for sample in samples if sample.fold != fold]
        features = np.concatenate([sample.page.features[rows] for sample in train], axis=1).T.copy()
        truth = np.concatenate([sample.truth for sample in train]).astype(np.float32)
        weight = np.concatenate([sample.weight for sample in train]).astype(np.float32)
        net = fit_net(features, truth, weight, seed=seed, **NET)
        for sample in samples:
            if sample.fold == fold:
                content = sigmoid(run_net(net, sample.page.features[rows].T))
                scores.append(score_words(make_record(Judged(sample, content, ""), "balanced"), sample))
    precision, recall, f1 = np.mean(scores, axis=0).tolist()
    return precision, recall, f1


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
