"""The model of web pages: the probability of each block to be content, and which blocks to keep."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.label.forest import Forest, run_forest, unpack_forest
from dehusk.label.html_features import Floats, PageRows
from dehusk.label.page_type import TypeWeights, unpack_type_weights
from dehusk.nets import read_arrays


class Aim(NamedTuple):
    """What a choice of blocks is to be good at, besides the expected F1."""

    caution: float = 1.0
    """Kept words count this many times in the expected F1: above 1 buys precision, below 1 recall."""
    purity: float = 0.0
    """How much the expected precision counts beside it."""


AIMS = {"balanced": Aim(caution=1.4), "precision": Aim(caution=1.4, purity=10.0), "recall": Aim(caution=0.4)}
"""By mode. That --precision keeps nothing that the default drops, and so on, needs cautions in this order."""
_WEIGHTS = "html.npz"


class Weights(NamedTuple):
    trees: Forest
    types: TypeWeights


@cache
def load_weights() -> Weights:
    """The weights in the package, read once a process."""
    return unpack_weights(read_arrays("dehusk.label", _WEIGHTS))


def unpack_weights(arrays: Mapping[str, NDArray[Any]]) -> Weights:
    """From the arrays that train_html.py saves."""
    return Weights(unpack_forest(arrays, "trees"), unpack_type_weights(arrays))


def estimate(page: PageRows, weights: Weights) -> Floats:
    """For each block the probability, 0..1, that it is content."""
    return sigmoid(run_forest(weights.trees, page.features))


def sigmoid(log_odds: Floats) -> Floats:
    return (1 / (1 + np.exp(-np.clip(log_odds, -30, 30)))).astype(np.float32)


def choose_blocks(content: Floats, words: Floats, aim: Aim) -> tuple[NDArray[np.bool_], float]:
    """Which blocks to keep for what is aimed at, and the word F1 (0..1) that may be expected of them.

    The k most probable blocks are kept, for the best k. Source: the plug-in rule for F measures, N. Ye et al. 2012.
    """
    order = np.argsort(-content, kind="stable")
    kept_words = np.cumsum(words[order])
    right_words = np.cumsum((content * words)[order])
    gain = 2 * right_words / (aim.caution * kept_words + right_words[-1] + 1e-9)
    gain += aim.purity * right_words / (kept_words + 1e-9)
    best = int(np.argmax(gain)) + 1
    keep = np.zeros(len(content), np.bool_)
    keep[order[:best]] = True
    f1 = 2 * right_words[best - 1] / (kept_words[best - 1] + right_words[-1] + 1e-9)
    return keep, float(min(1.0, f1))
