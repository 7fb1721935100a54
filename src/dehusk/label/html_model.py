"""The model of web pages: the probability of each block to be content, and which blocks to keep."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.label.forest import Forest, run_forest, unpack_forest
from dehusk.label.html_context import context_features
from dehusk.label.html_features import Floats, PageRows, running_sum
from dehusk.label.html_gaps import fill_gaps
from dehusk.label.html_strays import find_strays
from dehusk.label.page_type import TypeWeights, unpack_type_weights
from dehusk.nets import read_arrays


class Aim(NamedTuple):
    """What a choice of blocks is to be good at, besides the expected F1."""

    caution: float = 1.0
    """Kept words count this many times in the expected F1: above 1 buys precision, below 1 recall."""
    purity: float = 0.0
    """How much the expected precision counts beside it."""


_BALANCED = Aim(caution=3.0)
_BALANCED_TYPES = {
    "article": Aim(caution=4.5), "documentation": Aim(caution=0.6), "service": Aim(), "forum": Aim(caution=2.0),
    "listing": Aim(caution=2.0),
}  # fmt: skip
"""Of an article what is doubtful is mostly husk; pages of the others have more content than the model is sure of."""
_MODES = {"precision": Aim(caution=4.5, purity=2.5), "recall": Aim(caution=0.55)}
"""That --precision keeps nothing that the default drops, and so on, needs cautions in this order."""
_LONE_TYPES = ("documentation", "service", "forum")
"""Whose blocks are no surer by what stands around them: a post is content where its signature is not."""
_GRID_TYPES = ("product", "collection")
"""What stands between their kept blocks is other products as often as not."""
_COMPANY_SHARE = 0.35  # of a block's chance
_COMPANY_LEVELS = slice(1, 5)  # of the ancestors in PageRows.ranges
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


def sigmoid(log_odds: NDArray[np.floating[Any]]) -> Floats:
    found: Floats = (1 / (1 + np.exp(-np.clip(log_odds, -30, 30)))).astype(np.float32)
    return found


def find_aim(mode: str, page_type: str) -> Aim:
    """By an option's mode, "balanced" by default, and one of PAGE_TYPES."""
    return _MODES.get(mode) or _BALANCED_TYPES.get(page_type, _BALANCED)


def keep_content(
    content: Floats, page: PageRows, *, mode: str, page_type: str
) -> tuple[NDArray[np.bool_], float]:
    """Which blocks to keep, by their probability to be content, and the word F1 (0..1) that may be expected of them.

    Caution is for what stands apart, so that what it left out of the text comes back, but not with --precision; and
    what looks like the text and is another goes again, but not with --recall.
    """
    chances = content if page_type in _LONE_TYPES else add_company(content, page)
    keep = choose_blocks(chances, page.words, find_aim(mode, page_type))
    if mode == "precision":
        keep &= keep_content(content, page, mode="balanced", page_type=page_type)[0]
    elif page_type not in _GRID_TYPES:
        keep = fill_gaps(keep, content, page, runs_on=page_type not in _LONE_TYPES)
    if page_type == "article" and mode == "balanced":
        strays = find_strays(keep, content, page)
        keep, content = keep & ~strays, content * ~strays
    return keep, expect_f1(keep, content, page.words)


def add_company(content: Floats, page: PageRows) -> Floats:
    """The probability of each block, and a part of those of the blocks in the elements around it.

    Content is whole sections rather than blocks: a doubtful paragraph between sure ones stays, a promising one in a
    section of husk does not.
    """
    right, words = running_sum(content * page.words, page.words)
    first, end = page.ranges[:, _COMPANY_LEVELS]
    around: Floats = (
        ((right[end] - right[first]) / (words[end] - words[first])).mean(axis=0).astype(np.float32)
    )
    return (1 - _COMPANY_SHARE) * content + _COMPANY_SHARE * around


def choose_blocks(content: Floats, words: Floats, aim: Aim) -> NDArray[np.bool_]:
    """Which blocks to keep for what is aimed at.

    The k most probable blocks are kept, for the best k. Source: the plug-in rule for F measures, N. Ye et al. 2012.
    """
    order = np.argsort(-content, kind="stable")
    kept_words = np.cumsum(words[order])
    right_words = np.cumsum((content * words)[order])
    gain = 2 * right_words / (aim.caution * kept_words + right_words[-1] + 1e-9)
    gain += aim.purity * right_words / (kept_words + 1e-9)
    keep = np.zeros(len(content), np.bool_)
    keep[order[: int(np.argmax(gain)) + 1]] = True
    return keep


def expect_f1(keep: NDArray[np.bool_], content: Floats, words: Floats) -> float:
    """The word F1 (0..1) that may be expected of what is kept."""
    right = content * words
    return min(1.0, float(2 * right[keep].sum() / (words[keep].sum() + right.sum() + 1e-9)))
