"""A multi-layer perceptron by Adam, in numpy: train_net(rows, targets, weights, ...) -> Net."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from dehusk.nets import Net, scale_rows


def train_net(rows, targets, weights, *, hidden, epochs, seed, rate=2e-3, decay=1e-5, batch=2048):
    """A multi-layer perceptron by Adam on weighted log loss."""
    rng = np.random.default_rng(seed)
    mean = rows[:: max(1, len(rows) // 200000)].mean(0, dtype=np.float64).astype(np.float32)
    deviation = rows[:: max(1, len(rows) // 200000)].std(0, dtype=np.float64).astype(np.float32)
    scale = (1 / np.maximum(deviation, 1e-2)).astype(np.float32)
    sizes = [rows.shape[1], *hidden, 1]
    params = []
    for a, b in pairwise(sizes):
        params += [(rng.standard_normal((a, b)) * np.sqrt(2 / a)).astype(np.float32), np.zeros(b, np.float32)]
    params[-2] *= 0.1
    moments = [(np.zeros_like(p), np.zeros_like(p)) for p in params]
    steps = epochs * (len(rows) // batch)
    step = 0
    for _ in range(epochs):
        order = rng.permutation(len(rows))
        for at in range(0, len(order) - batch + 1, batch):
            pick = order[at : at + batch]
            values = [scale_rows(rows[pick].astype(np.float32), mean, scale)]
            for i in range(0, len(params), 2):
                out = values[-1] @ params[i] + params[i + 1]
                values.append(np.maximum(out, 0) if i + 2 < len(params) else out)
            p = 1 / (1 + np.exp(-values[-1][:, 0]))
            w = weights[pick]
            grad = ((p - targets[pick]) * w / w.sum())[:, None].astype(np.float32)
            step += 1
            lr = rate * min(1, step / 200) * 0.5 * (1 + np.cos(np.pi * step / (steps + 1)))
            for i in range(len(params) - 2, -1, -2):
                gw, gb = values[i // 2].T @ grad, grad.sum(0)
                if i:
                    grad = (grad @ params[i].T) * (values[i // 2] > 0)
                for k, g in ((i, gw), (i + 1, gb)):
                    m, v = moments[k]
                    m += 0.1 * (g - m)
                    v += 0.01 * (g * g - v)
                    params[k] -= lr * (
                        m / (1 - 0.9**step) / (np.sqrt(v / (1 - 0.99**step)) + 1e-8) + decay * params[k]
                    )
    return Net(mean, scale, tuple((params[i], params[i + 1]) for i in range(0, len(params), 2)))
