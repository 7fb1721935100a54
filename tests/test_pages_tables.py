"""Parquet: a page a row, with what the other columns know."""

from __future__ import annotations

import gzip
import io
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from archive_files import PAGE, make_zip
from test_pages_archives import names, read

from dehusk.model import Limits, Page
from dehusk.pages import find_page, unpack

arrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")


def make_table(columns: dict[str, Any], **options: Any) -> bytes:
    file = io.BytesIO()
    parquet.write_table(arrow.table(columns), file, **options)
    return file.getvalue()


def test_rows(tmp_path: Path) -> None:
    data = make_table(
        {
            "html": [PAGE, None, None, b"", None],
            "text": [None, "Plain words.", None, "", None],
            "markdown": [None, None, None, None, "# Head"],
            "url": ["https://example.org/1", None, None, None, None],
            "date": [date(2024, 1, 2), None, None, None, None],
            "title": ["T", "U", None, None, None],
            "score": [1.0, 2.0, 3.0, 4.0, 5.0],
        },
        row_group_size=2,
    )
    path = tmp_path / "a.parquet"
    found = read(path, data)
    assert found[:2] == [
        Page(PAGE, "x#1", "https://example.org/1", "html", title="T", date="2024-01-02"),
        Page("Plain words.", "x#2", kind="text", title="U", is_single=True),
    ]
    assert names(found[2:4]) == ["x#3 empty", "x#4 empty"]
    assert found[4] == Page("# Head", "x#5", kind="text", is_single=True)
    assert find_page(f"{path}#2").title == "U"
    assert names(read(path, gzip.compress(data))) == names(found)
    assert names(read(path, make_zip({"t": data})))[1] == "x!t#2 text"


def test_many_rows_in_order(tmp_path: Path) -> None:
    texts = [f"Row {n}" for n in range(1, 1001)]
    found = read(tmp_path / "a", make_table({"text": texts}, row_group_size=300))
    assert [(one.source, one.content) for one in found if isinstance(one, Page)] == [
        (f"x#{n}", text) for n, text in enumerate(texts, 1)
    ]


@pytest.mark.parametrize(
    ("data", "limits", "expected"),
    [
        (make_table({"other": ["a"]}), Limits(), ["x parquet"]),
        (make_table({"text": [1]}), Limits(), ["x#1 parquet"]),
        (make_table({"text": ["long " * 99, "short"]}), Limits(bytes=99), ["x#1 too-large", "x#2 text"]),
        (make_table({"text": ["a"]})[:-9], Limits(), ["x corrupt"]),
        (b"PAR1" + bytes(99) + b"PAR1", Limits(), ["x corrupt"]),
    ],
)
def test_odd_tables(tmp_path: Path, data: bytes, limits: Limits, expected: list[str]) -> None:
    assert names(read(tmp_path / "a", data, limits)) == expected


def test_a_value_that_cannot_be_read_costs_its_row(tmp_path: Path) -> None:
    bad = arrow.array([b"One.", b"\xff\xfe", b"Three."]).view(arrow.string())
    assert names(read(tmp_path / "a", make_table({"text": bad}))) == ["x#1 text", "x#2 corrupt", "x#3 text"]
    found = read(tmp_path / "a", make_table({"title": bad, "text": ["a", "b", "c"]}))
    assert [one.title for one in found if isinstance(one, Page)] == ["One.", "", "Three."]


@pytest.mark.parametrize("has_pandas", [True, False])
@pytest.mark.parametrize(
    ("values", "kind", "dates"),
    [
        ([2**45, 1_700_000_000], arrow.timestamp("s"), ["", "2023-11-14T22:13:20"]),
        ([2**30, 1], arrow.date32(), ["", "1970-01-02"]),
        ([1_700_000_000] * 2, arrow.timestamp("s", "Mars/Phobos"), ["", ""]),
        ([1_700_000_000_123_456_789, None], arrow.timestamp("ns"), ["2023-11-14T22:13:20.123456", ""]),
        ([2**62] * 2, arrow.duration("s"), ["", ""]),
    ],
)
def test_dates_that_no_calendar_has_are_not_known(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    has_pandas: bool,
    values: list[int],
    kind: Any,
    dates: list[str],
) -> None:
    if not has_pandas:
        monkeypatch.setitem(sys.modules, "pandas", None)
    found = read(tmp_path / "a", make_table({"text": ["a", "b"], "date": arrow.array(values, kind)}))
    assert [one.date for one in found if isinstance(one, Page)] == dates


def test_of_columns_of_one_name_the_first_counts(tmp_path: Path) -> None:
    file = io.BytesIO()
    parquet.write_table(arrow.table([["a", "b"], ["c", "d"]], names=["text", "text"]), file)
    found = read(tmp_path / "a", file.getvalue())
    assert [one.content for one in found if isinstance(one, Page)] == ["a", "b"]


def test_a_table_of_repeats_is_a_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "RATIO_FREE_BYTES", 100_000)
    data = make_table({"text": ["word " * 1000] * 1000})
    found = names(read(tmp_path / "a", data, Limits(ratio=10)))
    assert found[-1] == "x ratio"
    assert len(found) < 400


def test_without_the_package_the_way_to_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (found,) = read(tmp_path / "a", make_table({"text": ["a"]}))
    assert "pip install 'dehusk[parquet]'" in getattr(found, "detail", "")
