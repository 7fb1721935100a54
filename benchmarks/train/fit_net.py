"""Training of the small neural nets that the package evaluates with numpy."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from dehusk.nets import Net, scale_rows

_SCALE_ROWS = 200_000  # rows that the inputs' mean and deviation are taken from
_WARM_UP_STEPS = 200


def fit_net(
    rows: np.ndarray,
    targets: np.ndarray,
    weights: np.ndarray,
    *,
    hidden: Sequence[int],
    epochs: int,
    seed: int,
    rate: float = 2e-3,
    decay: float = 1e-5,
    batch: int = 2048,
) -> Net:
    """A multi-layer perceptron by Adam (D. Kingma and J. Ba 2015) on weighted log loss, its rate falling as a cosine.

    The same rows and seed give the same bits on one machine.
    """
    rng = np.random.default_rng(seed)
    some = rows[:: max(1, len(rows) // _SCALE_ROWS)]
    mean = some.mean(0, dtype=np.float64).astype(np.float32)
    scale = (1 / np.maximum(some.std(0, dtype=np.float64), 1e-2)).astype(np.float32)
    params: list[np.ndarray] = []
    for before, after in pairwise([rows.shape[1], *hidden, 1]):
        weight = rng.standard_normal((before, after)) * np.sqrt(2 / before)
        params += [weight.astype(np.float32), np.zeros(after, np.float32)]
    params[-2] *= np.float32(0.1)
    moments = [(np.zeros_like(p), np.zeros_like(p)) for p in params]
    steps = epochs * (len(rows) // batch)
    step = 0
    for _ in range(epochs):
        order = rng.permutation(len(rows))
        for at in range(0, len(order) - batch + 1, batch):
            pick = order[at : at + batch]
            step += 1
            slope = rate * min(1, step / _WARM_UP_STEPS) * 0.5 * (1 + np.cos(np.pi * step / (steps + 1)))
            values = scale_rows([rows[pick].astype(np.float32)], mean, scale)
            gradients = _find_gradients(params, values, targets[pick], weights[pick])
            for param, gradient, (first, second) in zip(params, gradients, moments, strict=True):
                first += 0.1 * (gradient - first)
                second += 0.01 * (gradient * gradient - second)
                change = first / (1 - 0.9**step) / (np.sqrt(second / (1 - 0.99**step)) + 1e-8)
                param -= (slope * (change + decay * param)).astype(np.float32)
    return Net(mean, scale, tuple((params[i], params[i + 1]) for i in range(0, len(params), 2)))


def _find_gradients(
    params: list[np.ndarray], rows: np.ndarray, targets: np.ndarray, weights: np.ndarray
) -> list[np.ndarray]:
    """Of the mean log loss, one for each of `params`."""
    values = [rows]
    for i in range(0, len(params), 2):
        out = values[-1] @ params[i] + params[i + 1]
        values.append(np.maximum(out, 0) if i + 2 < len(params) else out)
    guess = 1 / (1 + np.exp(-np.clip(values[-1][:, 0], -30, 30)))
    error = ((guess - targets) * weights / weights.sum())[:, None].astype(np.float32)
    found: list[np.ndarray] = []
    for i in range(len(params) - 2, -1, -2):
        before = values[i // 2]
        found += [error.sum(0), before.T @ error]
        if i:
            error = (error @ params[i].T) * (before > 0)
    return found[::-1]
