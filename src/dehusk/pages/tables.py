"""Parquet -> pages: a row with `html`, `text` or `markdown` is a page, its number the end of its source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import IO, Any

from dehusk.errors import MissingExtra, UnreadablePage
from dehusk.model import Dropped, Page
from dehusk.page_headers import FACTS
from dehusk.pages.rows import CONTENT_FIELDS, CORPUS_DETAIL, RECORD_FIELDS, take_row
from dehusk.pages.unpack import Meter

BATCH_ROWS = 64
CELL_ERRORS = (ValueError, OverflowError, LookupError, NotImplementedError)
"""Of a value that cannot be made: bytes that are not UTF-8, a day beyond the year 9999, an unknown time zone."""


def read_table(
    file: IO[bytes], page: Page, meter: Meter, *, is_found: bool = False
) -> Iterator[Page | Dropped]:
    """One page for each row that holds one, numbered from 1; none for records of ours that nobody named (`is_found`).

    Of columns of one name the first counts. A row whose content cannot be read fails alone; other values that cannot be
    are not known.

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
                held = _name_columns(batch, arrow)
                for row in range(batch.num_rows):
                    number += 1
                    named = replace(page, source=f"{page.source}#{number}")
                    yield _make_page(_Row(held, row), named, meter)
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


def _name_columns(batch: Any, arrow: Any) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        if arrow.types.is_timestamp(column.type) and column.type.unit == "ns":  # datetime has none
            column = column.cast(arrow.timestamp("us", column.type.tz), safe=False)
        columns.setdefault(name, column)
    return columns


class _Row(Mapping[str, Any]):
    """A row's values, each made when it is asked for: a column of repeats is small until it is written out.

    It has no value where that cannot be made.
    """

    def __init__(self, columns: Mapping[str, Any], row: int) -> None:
        self._columns, self._row = columns, row

    def read(self, name: str) -> Any:
        """The value, or one of CELL_ERRORS."""
        return self._columns[name][self._row].as_py() if name in self._columns else None

    def __getitem__(self, name: str) -> Any:
        try:
            return self.read(name)
        except CELL_ERRORS as error:
            raise KeyError(name) from error

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


def _find_content(row: _Row) -> tuple[str, Any]:
    for name in CONTENT_FIELDS:
        if content := row.read(name):
            return name, content
    return "", ""


def _make_page(row: _Row, page: Page, meter: Meter) -> Page | Dropped:
    try:
        field, content = _find_content(row)
    except CELL_ERRORS as error:
        return Dropped(page.source, "failed", "corrupt", f"its content cannot be read: {error}"[:500])
    if not isinstance(content, str | bytes):
        return Dropped(page.source, "skipped", "parquet", f"its {field} is neither text nor bytes")
    if not content:
        return Dropped(page.source, "dropped", "empty")
    meter.give(len(content))
    if len(content) > (most := meter.limits.bytes):
        return Dropped(page.source, "failed", "too-large", f"more than {most:,} bytes in one row")
    return take_row(row, page, field=field, content=content)
