"""Article <-> JSON lines and Parquet: the only room that writes output.

Everything is written under a temporary name in the same folder, synced and renamed: a file that carries
its name is whole.
"""

from __future__ import annotations

from dehusk.records.corpus import (
    find_damage,
    holds_dropped,
    holds_records,
    is_records_file,
    read_records,
    read_stats,
    stream_records,
    write_records,
)
from dehusk.records.files import (
    TEMPORARY,
    as_corrupt,
    as_write_error,
    atomic_file,
    find_stream,
    list_left_over,
    open_lines,
    read_json,
    write_json,
    write_lines,
)
from dehusk.records.lines import (
    KEYS,
    article_from_dict,
    article_from_json,
    article_to_dict,
    article_to_json,
    block_to_dict,
    clean_value,
    dropped_from_dict,
    dropped_to_dict,
    dropped_to_json,
    relabel_blocks,
    to_json,
)
from dehusk.records.locks import load_locks, take_lock
from dehusk.records.log import RowLog

__all__ = [
    "KEYS",
    "TEMPORARY",
    "RowLog",
    "article_from_dict",
    "article_from_json",
    "article_to_dict",
    "article_to_json",
    "as_corrupt",
    "as_write_error",
    "atomic_file",
    "block_to_dict",
    "clean_value",
    "dropped_from_dict",
    "dropped_to_dict",
    "dropped_to_json",
    "find_damage",
    "find_stream",
    "holds_dropped",
    "holds_records",
    "is_records_file",
    "list_left_over",
    "load_locks",
    "open_lines",
    "read_json",
    "read_records",
    "read_stats",
    "relabel_blocks",
    "stream_records",
    "take_lock",
    "to_json",
    "write_json",
    "write_lines",
    "write_records",
]
