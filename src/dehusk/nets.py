"""Weights that ship with the package, and small neural nets, evaluated with numpy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from dehusk.native import find_address, load_kernels

Rows = NDArray[np.float32]
_Float = TypeVar("_Float", np.float32, np.float64)
_ONE_THREAD_MAX = 400_000  # multiplications; OpenBLAS takes threads from about half a million
_CACHED = 512  # rows that stay in the nearest cache
LIMIT = 6  # of a scaled value
_BATCH = 4096  # rows at a time: what a layer makes of them stays in the cache


class Net(NamedTuple):
    """A multi-layer perceptron with its inputs' scale; ReLU between layers, log odds out."""

    mean: Rows
    scale: Rows
    layers: tuple[tuple[Rows, Rows], ...]


def read_arrays(package: str, name: str) -> dict[str, NDArray[Any]]:
    """The arrays of a weights file that ships in a package, read-only; nothing of it is ever unpickled."""
    with files(package).joinpath(name).open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        found = {key: arrays[key] for key in arrays.files}
    for array in found.values():
        array.setflags(write=False)
    return found


def unpack_net(arrays: Mapping[str, NDArray[Any]], name: str) -> Net:
    """The net whose arrays are called `name`.mean, .scale, .w0, .b0, .w1 ..."""
    depth = sum(key.startswith(f"{name}.w") for key in arrays)
    layers = [
        (arrays[f"{name}.w{i}"].astype(np.float32), arrays[f"{name}.b{i}"].astype(np.float32))
        for i in range(depth)
    ]
    mean, scale = (arrays[f"{name}.{part}"].astype(np.float32) for part in ("mean", "scale"))
    return Net(mean, scale, tuple(layers))


def run_net(net: Net, rows: Rows) -> Rows:
    """Log odds, one a row of `rows` (float32)."""
    if not len(rows):
        return np.zeros(0, np.float32)
    return np.concatenate([_run_batch(net, rows[at : at + _BATCH]) for at in range(0, len(rows), _BATCH)])


def _run_batch(net: Net, rows: Rows) -> Rows:
    values = scale_rows([rows], net.mean, net.scale)
    for i, (weight, bias) in enumerate(net.layers):
        values = multiply(values, weight)
        values += bias
        if i + 1 < len(net.layers):
            np.maximum(values, 0, out=values)
    return values[:, 0]


def multiply(rows: NDArray[_Float], weight: NDArray[_Float]) -> NDArray[_Float]:
    """The matrix product, in pieces so small that BLAS works each on one thread.

    Nobody tells a library's user to keep BLAS to one thread, and for a page's few hundred blocks its waking and waiting
    was forty times the work (4.2 ms of CPU time on two cores, against 0.1).
    """
    step = max(1, _ONE_THREAD_MAX // weight.size)
    out = np.empty((len(rows), weight.shape[1]), rows.dtype)
    whole = len(rows) // step * step
    if whole:
        pieces, found = (some[:whole].reshape(-1, step, some.shape[1]) for some in (rows, out))
        np.matmul(pieces, weight, out=found)
    if whole < len(rows):
        np.matmul(rows[whole:], weight, out=out[whole:])
    return out


def scale_rows(parts: Sequence[Rows], mean: Rows, scale: Rows) -> Rows:
    """The columns of `parts` side by side, about zero and one in size, outliers cut."""
    values = np.empty((len(parts[0]), len(mean)), np.float32)
    scale_part = _scale_part if load_kernels() is None else _scale_part_compiled
    start = 0
    for part in parts:
        some = slice(start, start + part.shape[1])
        scale_part(part, values[:, some], mean=mean[some], scale=scale[some])
        start = some.stop
    return values


def _scale_part(part: Rows, scaled: Rows, *, mean: Rows, scale: Rows) -> None:
    np.subtract(part, mean, out=scaled)
    for first in range(0, len(scaled), _CACHED):
        some = scaled[first : first + _CACHED]
        some *= scale
        np.clip(some, -LIMIT, LIMIT, out=some)


def _scale_part_compiled(part: Rows, scaled: Rows, *, mean: Rows, scale: Rows) -> None:
    part = np.ascontiguousarray(part, np.float32)
    load_kernels().scale_rows(
        find_address(part), *part.shape, find_address(mean), find_address(scale), LIMIT, find_address(scaled),
        scaled.strides[0] // scaled.itemsize,
    )  # fmt: skip


def stack_columns(parts: Sequence[NDArray[Any]]) -> Rows:
    """Columns, (rows,), and matrices, (rows, columns), side by side as float32.

    >>> stack_columns([np.array([True, False]), np.array([[2.0, 3.0], [4.0, 5.0]])]).tolist()
    [[1.0, 2.0, 3.0], [0.0, 4.0, 5.0]]
    """
    matrices = [part if part.ndim == 2 else part[:, None] for part in parts]
    # In one go: without a type numpy makes a matrix of the widest one first.
    return np.ascontiguousarray(np.concatenate(matrices, axis=1, dtype=np.float32, casting="same_kind"))
