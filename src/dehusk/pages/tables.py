"""Parquet -> pages: a row with `html`, `text` or `markdown` is a page, its number the end of its source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import IO, Any

from dehusk.errors import MissingExtra, UnreadablePage
from dehusk.model import Dropped, Limits, Page
from dehusk.page_headers import FACTS
from dehusk.pages.rows import CONTENT_FIELDS, CORPUS_DETAIL, RECORD_FIELDS, take_row
from dehusk.pages.unpack import Meter

BATCH_ROWS = 64


def read_table(
    file: IO[bytes], page: Page, limits: Limits, *, meter: Meter, is_found: bool = False
) -> Iterator[Page | Dropped]:
    """One page for each row that holds one, numbered from 1; none for records of ours that nobody named (`is_found`).

    Raises:
        UnreadablePage: "corrupt", "ratio".
        MissingExtra: the package that reads such files is not installed.
    """
    arrow, parquet = _load_parquet()
    try:
        with parquet.ParquetFile(file, pre_buffer=False, buffer_size=1 << 20) as table:
            if is_found and set(table.schema_arrow.names) == RECORD_FIELDS:
                yield Dropped(page.source, "skipped", "corpus", CORPUS_DETAIL)
                return
            columns = [name for name in table.schema_arrow.names if name in CONTENT_FIELDS + FACTS]
            if not set(columns) & set(CONTENT_FIELDS):
                yield Dropped(page.source, "skipped", "parquet", "it has no column html, text or markdown")
                return
            number = 0
            for batch in table.iter_batches(batch_size=BATCH_ROWS, columns=columns, use_threads=False):
                for row in range(batch.num_rows):
                    number += 1
                    named = replace(page, source=f"{page.source}#{number}")
                    yield _make_page(_Row(batch, row), named, limits, meter)
    except (arrow.ArrowException, OSError, ValueError, OverflowError) as error:
        if isinstance(error, UnreadablePage):
            raise
        raise UnreadablePage(page.source, "corrupt", f"not a whole Parquet file: {error}"[:500]) from error


def _load_parquet() -> tuple[Any, Any]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise MissingExtra("reading .parquet needs a package: pip install 'dehusk[parquet]'") from None
    return pyarrow, pyarrow.parquet


class _Row(Mapping[str, Any]):
    """A row's values, each made when it is asked for: a column of repeats is small until it is written out."""

    def __init__(self, batch: Any, row: int) -> None:
        self._batch, self._row = batch, row

    def __getitem__(self, name: str) -> Any:
        index = self._batch.schema.get_field_index(name)
        if index < 0:
            raise KeyError(name)
        return self._batch.column(index)[self._row].as_py()

    def __iter__(self) -> Iterator[str]:
        return iter(self._batch.schema.names)

    def __len__(self) -> int:
        return int(self._batch.num_columns)


def _make_page(row: Mapping[str, Any], page: Page, limits: Limits, meter: Meter) -> Page | Dropped:
    field = next((name for name in CONTENT_FIELDS if row.get(name)), "")
    content = row[field] if field else ""
    if not isinstance(content, str | bytes):
        return Dropped(page.source, "skipped", "parquet", f"its {field} is neither text nor bytes")
    if not content:
        return Dropped(page.source, "dropped", "empty")
    meter.give(len(content))
    if len(content) > limits.bytes:
        return Dropped(page.source, "failed", "too-large", f"more than {limits.bytes:,} bytes in one row")
    return take_row(row, field, content, page)
