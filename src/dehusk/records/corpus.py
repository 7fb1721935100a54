"""A whole corpus in a file: read and write records, the form told by the file's name."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO

from dehusk.errors import BadOptions, MissingExtra, RecordWriteError, UnreadablePage
from dehusk.model import Article, check_articles
from dehusk.records.files import (
    as_corrupt,
    as_write_error,
    atomic_file,
    find_ending,
    find_stream,
    open_lines,
    read_json,
    write_lines,
)
from dehusk.records.lines import (
    KEYS,
    article_from_dict,
    article_from_json,
    article_to_dict,
    article_to_json,
    dropped_from_dict,
)

ENDINGS = (".jsonl", ".jsonl.gz", ".jsonl.zst", ".parquet")
_ROWS_A_GROUP = 10_000
_TURN_RE = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What turns the direction of a text, so that it shows as another."""


def is_records_file(path: str | Path) -> bool:
    """Whether the name is one that `write_records` can write to; any other names a folder.

    >>> is_records_file("corpus.jsonl.gz"), is_records_file("corpus")
    (True, False)
    """
    return Path(path).name.lower().endswith(ENDINGS)


def write_records(articles: Iterable[Article], path: str | Path) -> int:
    """Write the articles to `path` (.jsonl, .jsonl.gz, .jsonl.zst or .parquet); returns how many.

    The file appears under its name when it is whole, and not at all if the articles or the disk fail. A
    device (`/dev/stdout`) is written to as JSON lines.

    Raises:
        BadOptions: the name has none of these endings, or what is given are no articles.
        MissingExtra: .zst or .parquet, and the package for it is not installed.
        RecordWriteError: the file cannot be written.
    """
    articles = check_articles(articles)
    if find_ending(path) == ".parquet":
        return _write_parquet(articles, path)
    is_plain = Path(path).is_file() or not Path(path).exists()
    if not is_records_file(path) and is_plain and not find_stream(path):
        raise BadOptions(f"cannot tell how to write {path}: let its name end in {', '.join(ENDINGS)}")
    with write_lines(path) as write:
        return _write_each(articles, write)


def stream_records(articles: Iterable[Article], file: BinaryIO) -> int:
    """Write the articles to standard output, open as `file`, each as soon as it comes; returns how many.

    On a terminal what would turn the direction of its text is written as JSON escapes it.

    Raises:
        RecordWriteError: it cannot be written.
    """
    with as_write_error("standard output"):
        show = _escape_turns if file.isatty() else str
        count = _write_each(articles, lambda line: file.write(show(line).encode() + b"\n"))
        file.flush()
        return count


def _escape_turns(line: str) -> str:
    return _TURN_RE.sub(lambda turn: f"\\u{ord(turn[0]):04x}", line)


def _write_each(articles: Iterable[Article], write: Callable[[str], object]) -> int:
    count = 0
    for article in articles:
        write(article_to_json(article))
        count += 1
    return count


def read_records(path: str | Path) -> Iterator[Article]:
    """The articles of a file that `write_records` wrote, or of the shards of an output folder, in order.

    Raises:
        UnreadablePage: a line or row is no record (`detail` says which one, and why), the file is damaged or cannot be
            opened, no file can bear the name, or the folder holds no corpus, one that is not finished, or lacks a shard
            that its stats.json names.
        MissingExtra: .zst or .parquet, and the package for it is not installed.
        BadOptions: it is no path.
    """
    if not isinstance(path, str | PathLike):
        raise BadOptions(f"records are read from one path at a time, not from {type(path).__name__}")
    path = Path(path)
    if "\0" in str(path):
        raise UnreadablePage(str(path), "not-found", "a NUL in its name")
    if path.is_dir():
        for shard in _list_shards(path):
            yield from read_records(shard)
    else:
        try:
            yield from _read_file(path)
        except OSError as error:
            reason = "not-found" if isinstance(error, FileNotFoundError) else "unreadable"
            raise UnreadablePage(str(path), reason, error.strerror or str(error)) from error


def _list_shards(folder: Path) -> list[Path]:
    shards = sorted(folder.glob("[0-9]*.jsonl*"))
    if (folder / "stats.json").exists():
        if damage := find_damage(folder, read_stats(folder), are_records=True):
            raise UnreadablePage(str(folder), "corrupt", "; ".join(damage))
    elif (folder / ".work" / "manifest.json").exists():  # some of its shards may be there
        detail = "the run in it is at work, or was interrupted: the same command resumes it"
        raise UnreadablePage(str(folder), "unfinished", detail)
    elif not shards:
        detail = "there is neither a shard of records nor a stats.json in it"
        raise UnreadablePage(str(folder), "no-corpus", detail)
    return shards


def read_stats(folder: Path) -> dict[str, Any]:
    """What a finished run says of itself.

    Raises:
        UnreadablePage: "corrupt": it is no JSON, or of another shape.
    """
    path = folder / "stats.json"
    with as_corrupt(path, LookupError, ValueError, TypeError, AttributeError):
        stats = dict(read_json(path))
        for held in stats.get("files", {}).values():
            int(held["bytes"])  # which it has, then
        return stats


def find_damage(folder: Path, stats: Mapping[str, Any], *, are_records: bool = False) -> list[str]:
    """What of the files that a run's stats name, or of those with records, is missing or has another size, in words.

    Their checksums are not looked at: for these the whole corpus would have to be read.
    """
    found = []
    for name, held in stats.get("files", {}).items():
        if are_records and "/" in name:
            continue
        path = folder / name
        if not path.is_file():
            found.append(f"{name} is missing")
        elif (size := path.stat().st_size) != held["bytes"]:
            found.append(f"{name} has {size:,} of {held['bytes']:,} bytes")
    return found


def _read_file(path: Path) -> Iterator[Article]:
    if find_ending(path) == ".parquet":
        for number, row in enumerate(_read_parquet(path), 1):
            yield _parse(article_from_dict, row, path=path, place=f"row {number}")
    else:
        with open_lines(path) as lines:
            for number, line in enumerate(lines, 1):
                if not line.isspace():
                    yield _parse(article_from_json, line, path=path, place=f"line {number}")


def holds_records(path: Path) -> bool:
    """Whether `write_records` may have written it, by its first record or its columns; one without any it may."""
    try:
        if find_ending(path) == ".parquet":
            return _read_columns(path) >= set(KEYS)
        next(_read_file(path), None)
    except (UnreadablePage, OSError):
        return False
    return True


def holds_dropped(path: Path) -> bool:
    """The same of what a run did not keep."""
    try:
        with open_lines(path) as lines, as_corrupt(path, LookupError, ValueError, TypeError):
            for line in islice(lines, 1):
                dropped_from_dict(json.loads(line))
    except (UnreadablePage, OSError, RecursionError):
        return False
    return True


def _read_columns(path: Path) -> set[str]:
    arrow, parquet = _load_parquet()
    with as_corrupt(path, arrow.ArrowException, ValueError):
        return set(parquet.read_schema(path).names)


def _parse(parse: Callable[[Any], Article], row: Any, *, path: Path, place: str) -> Article:
    try:
        return parse(row)
    except UnreadablePage as error:
        raise UnreadablePage(str(path), error.reason, f"{place}: {error.detail}") from None


def _load_parquet() -> tuple[Any, Any]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise MissingExtra(
            "reading and writing .parquet needs a package: pip install 'dehusk[parquet]'"
        ) from None
    return pyarrow, pyarrow.parquet


def _schema(arrow: Any) -> Any:
    """The contract's table; fixed, so that an empty corpus and every part of a large one have the same."""
    text, number, fraction = arrow.string(), arrow.int64(), arrow.float64()
    kinds = {
        "language_score": fraction,
        "part": number,
        "words": number,
        "spans": arrow.list_(arrow.list_(number)),
        "confidence": fraction,
        "duplicates": number,
    }
    return arrow.schema([(key, kinds.get(key, text)) for key in KEYS])


def _write_parquet(articles: Iterable[Article], path: str | Path) -> int:
    arrow, parquet = _load_parquet()
    schema, count, rows = _schema(arrow), 0, map(article_to_dict, articles)
    with atomic_file(path) as file, parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        while group := list(islice(rows, _ROWS_A_GROUP)):
            try:
                writer.write_table(arrow.Table.from_pylist(group, schema=schema))
            except (arrow.ArrowException, OverflowError) as error:
                raise RecordWriteError(f"cannot write {path}: {error}") from error
            count += len(group)
    return count


def _read_parquet(path: Path) -> Iterator[dict[str, Any]]:
    arrow, parquet = _load_parquet()
    with (
        path.open("rb") as file,
        as_corrupt(path, arrow.ArrowException, OSError, ValueError, OverflowError),
        parquet.ParquetFile(file) as table,
    ):
        for batch in table.iter_batches():
            yield from batch.to_pylist()
