"""The model of web pages: the probability of each block to be content, and which blocks to keep."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.label.forest import Forest, run_forest, unpack_forest
from dehusk.label.html_context import context_features
from dehusk.label.html_features import Floats, PageRows
from dehusk.label.page_type import TypeWeights, unpack_type_weights
from dehusk.nets import read_arrays


class Aim(NamedTuple):
    """What a choice of blocks is to be good at, besides the expected F1."""

    caution: float = 1.0
    """Kept words count this many times in the expected F1: above 1 buys precision, below 1 recall."""
    purity: float = 0.0
    """How much the expected precision counts beside it."""


_BALANCED = Aim(caution=2.0)
_BALANCED_TYPES = {
    "article": Aim(caution=2.5), "documentation": Aim(caution=0.6), "listing": Aim(caution=1.4), "service": Aim(),
}  # fmt: skip
"""Of an article the model is sure of nearly all there is; pages of the others have more content than it is sure of."""
_MODES = {"precision": Aim(caution=3.0, purity=4.5), "recall": Aim(caution=0.5)}
"""That --precision keeps nothing that the default drops, and so on, needs cautions in this order."""
_WEIGHTS = "html.npz"


class Weights(NamedTuple):
    first: Forest
    second: Forest
    """It sees what the first says of the blocks around, too."""
    types: TypeWeights


@cache
def load_weights() -> Weights:
    """The weights in the package, read once a process."""
    return unpack_weights(read_arrays("dehusk.label", _WEIGHTS))


def unpack_weights(arrays: Mapping[str, NDArray[Any]]) -> Weights:
    """From the arrays that train_html.py saves."""
    return Weights(
        unpack_forest(arrays, "first"), unpack_forest(arrays, "second"), unpack_type_weights(arrays)
    )


def estimate(page: PageRows, weights: Weights) -> Floats:
    """For each block the probability, 0..1, that it is content."""
    return sigmoid(
        run_forest(weights.second, extend_features(page, run_forest(weights.first, page.features)))
    )


def extend_features(page: PageRows, log_odds: Floats) -> Floats:
    """What the second forest sees, for the first one's log odds."""
    return np.concatenate([page.features, context_features(page, log_odds)])


def sigmoid(log_odds: Floats) -> Floats:
    return (1 / (1 + np.exp(-np.clip(log_odds, -30, 30)))).astype(np.float32)


def find_aim(mode: str, page_type: str) -> Aim:
    """By an option's mode, "balanced" by default, and one of PAGE_TYPES."""
    return _MODES.get(mode) or _BALANCED_TYPES.get(page_type, _BALANCED)


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
