"""Where a text is cut: one net judges each gap by itself, a second decides among one file's candidates."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dehusk.nets import Net, Rows, read_arrays, run_net, unpack_net
from dehusk.segment.text_features import Gaps, Tables

CANDIDATE = -4.0
"""Log odds of the first net below which a gap is no candidate."""


COHESION, STYLE = 44, 27
"""How many columns of the gaps' rows, the last ones, tell of cohesion and of house style."""


class Weights(NamedTuple):
    tables: Tables
    first: Net
    twin: Net
    """As the first, but blind to cohesion: in a file about one event the words say nothing."""
    second: Net
    heads: Net


class Candidates(NamedTuple):
    """The gaps of a file that may be borders."""

    after: NDArray[np.int64]
    """The block that would begin an article."""
    odds: Rows
    chars: NDArray[np.int64]


@cache
def load_weights() -> Weights:
    """The weights that ship, read once; all arrays are read-only."""
    return unpack_weights(read_arrays("dehusk.segment", "text_weights.npz"))


def unpack_weights(arrays: dict[str, NDArray[Any]]) -> Weights:
    first, twin, second, heads = (unpack_net(arrays, name) for name in ("first", "twin", "second", "heads"))
    return Weights(arrays["tables"], first, twin, second, heads)


def judge_gaps(gaps: Gaps, weights: Weights) -> Candidates:
    """The candidates of a text with the log odds that an article begins there, both nets' word."""
    if not len(gaps.before):
        return Candidates(gaps.after, np.zeros(0, np.float32), gaps.chars)
    first = run_net(weights.first, gaps.rows)
    twin = run_net(weights.twin, hide_cohesion(gaps.rows))
    at, rows = describe_candidates(gaps, first, twin)
    return Candidates(gaps.after[at], run_net(weights.second, rows), gaps.chars[at])


def hide_cohesion(rows: Rows) -> Rows:
    return np.concatenate([rows[:, : -COHESION - STYLE], rows[:, -STYLE:]], axis=1)


def describe_candidates(gaps: Gaps, first: Rows, twin: Rows) -> tuple[NDArray[np.int64], Rows]:
    """Which gaps are candidates, and what each is among the others of its file: (candidates, features)."""
    at = np.flatnonzero(np.maximum(first, twin) > CANDIDATE)
    odds = first[at].astype(np.float64)
    share = 1 / (1 + np.exp(-odds))
    all_share = 1 / (1 + np.exp(-first.astype(np.float64)))
    sums = np.concatenate(([0.0], np.cumsum(all_share)))
    n, chars = len(first), gaps.chars.astype(np.float64)
    total = chars[-1] if n else 1.0
    rank = np.empty(len(at))
    rank[np.argsort(-odds, kind="stable")] = np.arange(len(at))
    columns = [
        odds, share, np.log1p(rank), rank / max(1, len(at)),
        np.log1p(n) + 0 * odds, np.log1p(total) + 0 * odds,
        *(np.log1p((share > bar).sum()) + 0 * odds for bar in (0.1, 0.3, 0.5, 0.8, 0.95)),
        *((share > bar).sum() / (n + 20) * 20 + 0 * odds for bar in (0.3, 0.7)),
        *(_top(share, k) - share for k in (1, 2, 3, 5, 10)),
        np.log1p(chars[at]), np.log1p(total - chars[at]),
    ]  # fmt: skip
    for reach in (1, 3, 8, 25):
        low, high = np.maximum(at - reach, 0), np.minimum(at + reach + 1, n)
        columns.append(sums[high] - sums[low] - share)
        columns.append(_max_near(first, at, reach) - odds)
    for bar in (-1.0, 0.0, 1.5):
        columns += _measure_neighbours(at, odds, chars, bar=bar, total=total)
    columns += _measure_stronger(at, odds, chars)
    columns += _describe_twin(at, first, twin)
    columns += [gaps.rows[at, i] for i in range(-COHESION - STYLE, 0)]
    return at, np.column_stack(columns).astype(np.float32) if len(at) else np.zeros(
        (0, len(columns)), np.float32
    )


def _describe_twin(at: NDArray[np.int64], first: Rows, twin: Rows) -> list[NDArray[np.float64]]:
    """The other net's view of the candidates, and how far the two agree over the file."""
    odds = twin[at].astype(np.float64)
    share = 1 / (1 + np.exp(-twin.astype(np.float64)))
    sums = np.concatenate(([0.0], np.cumsum(share)))
    n = len(twin)
    columns = [
        odds,
        odds - first[at],
        share[at],
        *(np.log1p((share[at] > bar).sum()) + 0 * odds for bar in (0.1, 0.3, 0.6, 0.9)),
    ]
    for reach in (1, 3, 8):
        columns.append(sums[np.minimum(at + reach + 1, n)] - sums[np.maximum(at - reach, 0)])
        columns.append(_max_near(twin, at, reach) - odds)
    rank = np.empty(len(at))
    rank[np.argsort(-odds, kind="stable")] = np.arange(len(at))
    return [*columns, np.log1p(rank)]


def _top(share: NDArray[np.float64], k: int) -> float:
    return float(np.sort(share)[-k]) if len(share) >= k else 0.0


def _max_near(first: Rows, at: NDArray[np.int64], reach: int) -> NDArray[np.float64]:
    """The strongest other gap within `reach`."""
    n = len(first)
    best = np.full(len(at), -12.0)
    for step in range(1, reach + 1):
        for place in (at - step, at + step):
            inside = (place >= 0) & (place < n)
            best[inside] = np.maximum(best[inside], first[place[inside]])
    return best


def _measure_neighbours(
    at: NDArray[np.int64], odds: NDArray[np.float64], chars: NDArray[np.float64], *, bar: float, total: float
) -> list[NDArray[np.float64]]:
    """Characters to the last and the next candidate above `bar`: the articles that would come out."""
    strong = np.flatnonzero(odds > bar)
    places = chars[at]
    before = np.concatenate(([0.0], places[strong]))
    after = np.concatenate((places[strong], [total]))
    left = places - before[np.searchsorted(strong, np.arange(len(at)), "left")]
    right = after[np.searchsorted(strong, np.arange(len(at)), "right")] - places
    return [np.log1p(left), np.log1p(right), np.log1p(np.minimum(left, right))]


def _measure_stronger(
    at: NDArray[np.int64], odds: NDArray[np.float64], chars: NDArray[np.float64]
) -> list[NDArray[np.float64]]:
    """How far it is, in gaps and characters, to a stronger candidate on either side."""
    m = len(at)
    left, right = np.full(m, -1), np.full(m, -1)
    stack: list[int] = []
    for i in range(m):
        while stack and odds[stack[-1]] <= odds[i]:
            right[stack.pop()] = i
        left[i] = stack[-1] if stack else -1
        stack.append(i)
    columns = []
    for side in (left, right):
        far = np.where(side >= 0, np.abs(at - at[side]), 500)
        columns.append(np.log1p(np.minimum(far, 500)))
        columns.append(np.log1p(np.where(side >= 0, np.abs(chars[at] - chars[at[side]]), 100000.0)))
    return columns
