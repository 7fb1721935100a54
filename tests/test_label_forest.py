"""Trees evaluated bit by bit say what walking down each of them says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dehusk.label.forest import Forest, run_forest, unpack_forest

FEATURES = 6
Tree = dict[str, Any]
Node = Tree | float
"""A question with what is below it, or a leaf's log odds."""


def grow_tree(random: np.random.Generator, depth: int) -> Tree:
    def grow_below() -> Node:
        return (
            grow_tree(random, depth - 1) if depth and random.random() < 0.7 else float(random.integers(-9, 9))
        )

    return {
        "feature": int(random.integers(FEATURES)),
        "border": float(random.integers(3)),
        "below": [grow_below(), grow_below()],
    }


def walk_down(node: Node, row: np.ndarray) -> float:
    while isinstance(node, dict):
        node = node["below"][int(row[node["feature"]] > node["border"])]
    return node


def pack_trees(trees: list[Tree]) -> Forest:
    asked: list[tuple[int, Tree]] = list(enumerate(trees))
    used = [0] * len(trees)
    columns: dict[str, list[Any]] = {
        name: [] for name in ("features", "borders", "counts", "asked", "asks", "places", "leaves")
    }
    while asked:
        columns["counts"].append(len(asked))
        columns["asked"] += range(len(columns["features"]), len(columns["features"]) + len(asked))
        columns["features"] += [node["feature"] for _, node in asked]
        columns["borders"] += [node["border"] for _, node in asked]
        below = [(number, node["below"][answer]) for answer in (0, 1) for number, node in asked]
        asked = []
        for number, node in below:
            columns["asks"].append(isinstance(node, dict))
            if isinstance(node, dict):
                asked.append((number, node))
            else:
                columns["places"].append(used[number] * len(trees) + number)
                columns["leaves"].append(node)
                used[number] += 1
    return unpack_forest({f"it.{name}": np.array(column) for name, column in columns.items()}, "it")


@pytest.mark.parametrize("blocks", [1, 7, 64, 65, 2500])
@pytest.mark.parametrize("depth", [0, 1, 5])
def test_forest_says_what_its_trees_say(depth: int, blocks: int) -> None:
    random = np.random.default_rng(depth)
    trees = [grow_tree(random, depth) for _ in range(9)]
    rows = random.integers(4, size=(FEATURES, blocks)).astype(np.float32)
    expected = [sum(walk_down(tree, row) for tree in trees) for row in rows.T]
    assert run_forest(pack_trees(trees), rows).tolist() == expected


def test_no_blocks_have_no_odds() -> None:
    forest = pack_trees([grow_tree(np.random.default_rng(1), 2)])
    assert run_forest(forest, np.zeros((FEATURES, 0), np.float32)).tolist() == []
