"""Where a text is cut: a glance at every gap, two models that judge what is left, one that decides among a file's own.

The glance is a small net. What it lets pass is judged by boosted trees and by a net, and of places with hardly any text
between them the strongest is a candidate. Other trees judge each candidate beside its rivals in the file.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.nets import Net, Rows, read_arrays, run_net, unpack_net
from dehusk.segment.text_features import Gaps, Ints, Tables, describe_places
from dehusk.segment.text_rivals import describe_rivals, thin_out
from dehusk.trees import Trees, run_trees, unpack_trees

GLANCE_ODDS = -3.5
"""Below it a gap is not looked at again: an eighth of them is, and 94 % of the borders of the training dumps."""
WEAKEST_ODDS = -4.5
"""Of both judges' mean; below it a place is no candidate."""


class Weights(NamedTuple):
    tables: Tables
    glance: Net
    trees: Trees
    net: Net
    rivals: Trees
    heads: Trees


class Candidates(NamedTuple):
    """The places of a file where an article may begin."""

    after: Ints
    """The block that would be its first."""
    odds: Rows


@cache
def load_weights() -> Weights:
    """The weights that ship, read once; all arrays are read-only."""
    return unpack_weights(read_arrays("dehusk.segment", "text_weights.npz"))


def unpack_weights(arrays: dict[str, NDArray[Any]]) -> Weights:
    glance, net = (unpack_net(arrays, name) for name in ("glance", "net"))
    trees, rivals, heads = (unpack_trees(arrays, name) for name in ("trees", "rivals", "heads"))
    return Weights(arrays["tables"], glance, trees, net, rivals, heads)


def judge_gaps(gaps: Gaps, weights: Weights) -> Candidates:
    """The candidates of a text with the log odds that an article begins there."""
    places = np.flatnonzero(run_net(weights.glance, gaps.glances) > GLANCE_ODDS)
    rows = describe_places(gaps, places)
    votes = [run_trees(weights.trees, rows.T), run_net(weights.net, rows)]
    at, found = find_rivals(gaps, places, votes)
    return Candidates(gaps.after[at], run_trees(weights.rivals, found.T))


def find_rivals(gaps: Gaps, places: Ints, votes: list[Rows]) -> tuple[Ints, Rows]:
    """The gaps that are candidates, and what each is among the others."""
    odds = np.mean(votes, axis=0)
    strongest, mass = thin_out(gaps.sure[places], odds)
    use = odds[strongest] > WEAKEST_ODDS
    strongest, mass = strongest[use], mass[use]
    at = places[strongest]
    return at, describe_rivals(gaps, at, [vote[strongest] for vote in votes], mass=mass)
