"""The blocks of a text once more, in columns: what the rooms that work a text count over all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import itemgetter, sub
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from dehusk.model import Block, BlockKind, BlockTable

KIND_NUMBERS = {kind: number for number, kind in enumerate(get_args(BlockKind))}


def read_lasts(texts: Iterable[str]) -> NDArray[np.uint32]:
    """The last character of each of some texts that are not empty."""
    lasts = "".join(map(itemgetter(-1), texts))
    return np.frombuffer(lasts.encode("utf-32-le", "surrogatepass"), "<u4")


def tabulate(blocks: Sequence[Block]) -> BlockTable:
    """The table of any blocks; a text that is read has one already.

    >>> [column.tolist() for column in tabulate([Block("- one", "item", 1, 0, 6, gap=2)])]
    [[5], [2], [1], [6], [2]]
    """
    texts, kinds, levels, starts, ends, *_, gaps = zip(*blocks, strict=True) if blocks else ((),) * 9
    columns = map(len, texts), map(KIND_NUMBERS.__getitem__, kinds), levels, map(sub, ends, starts), gaps
    return BlockTable(*(np.fromiter(column, np.int64, len(blocks)) for column in columns))
