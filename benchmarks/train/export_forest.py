"""From LightGBM's trees to arrays that the package evaluates with numpy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import lightgbm
import numpy as np

Arrays = dict[str, np.ndarray]


def export_forest(models: Sequence[lightgbm.Booster]) -> Arrays:
    """The models' trees as `dehusk.label.forest.unpack_forest` reads them, without the name before the dot.

    Their sum is the mean of the models.
    """
    trees = [tree["tree_structure"] for model in models for tree in model.dump_model()["tree_info"]]
    asked = list(enumerate(trees))
    used = [0] * len(trees)  # leaves of each tree that have a number
    columns: dict[str, list[Any]] = {name: [] for name in ("counts", "questions", "asks", "places", "leaves")}
    while asked:
        columns["counts"].append(len(asked))
        columns["questions"] += [(node["split_feature"], _round_down(node["threshold"])) for _, node in asked]
        below = [(number, node[f"{side}_child"]) for side in ("left", "right") for number, node in asked]
        columns["asks"] += ["split_feature" in node for _, node in below]
        asked = []
        for number, node in below:
            if "split_feature" in node:
                asked.append((number, node))
            else:
                columns["places"].append(used[number] * len(trees) + number)
                columns["leaves"].append(node["leaf_value"] / len(models))
                used[number] += 1
    return _pack(columns)


def _pack(columns: dict[str, list[Any]]) -> Arrays:
    """Each question is written once: the trees of a page model ask most of theirs twice."""
    questions = sorted(set(columns["questions"]))
    numbers = {question: number for number, question in enumerate(questions)}
    features, borders = zip(*questions)
    return {
        "features": np.array(features, np.uint16),
        "borders": np.array(borders, np.float32),
        "counts": np.array(columns["counts"], np.uint16),
        "asked": np.array([numbers[question] for question in columns["questions"]], np.uint16),
        "asks": np.array(columns["asks"], np.uint8),
        "places": np.array(columns["places"], np.uint16),
        "leaves": np.array(columns["leaves"], np.float16),
    }


def _round_down(border: float) -> np.float32:
    """LightGBM asks whether a value is at most a double: for a float it is the same with the float below."""
    rounded = np.float32(border)
    return np.nextafter(rounded, np.float32(-np.inf)) if rounded > border else rounded
