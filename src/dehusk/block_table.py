"""The blocks of a text once more, in columns: what the rooms that work a text count over all of them."""

from __future__ import annotations

from collections.abc import Sequence
from operator import sub
from typing import get_args

import numpy as np

from dehusk.model import Block, BlockKind, BlockTable

KIND_NUMBERS = {kind: number for number, kind in enumerate(get_args(BlockKind))}


def tabulate(blocks: Sequence[Block]) -> BlockTable:
    """The table of any blocks; a text that is read has one already.

    >>> [column.tolist() for column in tabulate([Block("- one", "item", 1, 0, 6, gap=2)])]
    [[5], [2], [1], [6], [2]]
    """
    texts, kinds, levels, starts, ends, *_, gaps = zip(*blocks, strict=True) if blocks else ((),) * 9
    columns = map(len, texts), map(KIND_NUMBERS.__getitem__, kinds), levels, map(sub, ends, starts), gaps
    return BlockTable(*(np.fromiter(column, np.int64, len(blocks)) for column in columns))
