"""From CatBoost's oblivious trees to arrays that the package evaluates with numpy."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from catboost import CatBoostClassifier

from dehusk.trees import Trees


def export_trees(model: CatBoostClassifier) -> Trees:
    """The model as arrays, by way of its JSON form; short trees are filled up with questions about nothing."""
    path = Path(f"{id(model)}.tmp.json")
    model.save_model(str(path), format="json")
    content = json.loads(path.read_text())
    path.unlink()
    trees = content["oblivious_trees"]
    depth = max(len(tree["splits"] or []) for tree in trees)
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


def pack_trees(name: str, trees: Trees) -> dict[str, np.ndarray]:
    """What `dehusk.trees.unpack_trees` reads."""
    return {
        f"{name}.features": trees.features.astype(np.uint16),
        f"{name}.borders": trees.borders,
        f"{name}.leaves": trees.leaves.astype(np.float16),
        f"{name}.bias": np.asarray(trees.bias, np.float64),
    }
