"""dehusk inside other pipelines. What their packages do is stood for by the least that has the same shape."""

from __future__ import annotations

import importlib
import json
import pickle
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

import dehusk
from dehusk.errors import BadOptions, MissingExtra
from dehusk.integrations import CleanBatch
from dehusk.integrations.batches import SPARK_SCHEMA
from dehusk.model import Options
from dehusk.records import KEYS

LINE = "The mill by the river has ground the grain of the whole valley for three hundred years. "
PAGE = f"<title>Mill</title><nav><a href=/>Home</a> <a href=/b>Shop</a></nav><p>{LINE * 3}</p>"


@pytest.mark.parametrize(
    ("label", "pages"),
    [
        ("text", [PAGE, "<p>", None]),
        ("bytes", [PAGE.encode(), b"", b"\x89PNG\r\n\x1a\n" + bytes(50)]),
        ("numpy text", np.array([PAGE, "", "<p>"])),
        ("numpy objects", np.array([PAGE.encode(), b"", None], dtype=object)),
        (
            "bytes of other kinds",
            [bytearray(PAGE.encode()), memoryview(b""), np.frombuffer(b"<p>", np.uint8)],
        ),
    ],
)
def test_a_batch_of_columns_gives_columns(label: str, pages: Any) -> None:
    batch = CleanBatch(carry=("n",))({"html": pages, "url": ["http://a.org/", "", ""], "n": [5, 6, 7]})
    assert set(batch) == {*KEYS, "n"}
    assert {len(column) for column in batch.values()} == {1}
    assert (batch["title"], batch["url"], batch["n"]) == (["Mill"], ["http://a.org/"], [5])
    assert batch["text"] == [(LINE * 3).strip()]
    assert batch["spans"] == [[[0, len(PAGE)]]]


@pytest.mark.parametrize("carry", ["id", ("n", "text"), ["url"]])
def test_a_column_of_the_record_is_not_carried(carry: Any) -> None:
    with pytest.raises(BadOptions, match="another name"):
        CleanBatch(carry=carry)


@pytest.mark.parametrize("carry", ["shelf", ("shelf",), ["shelf", "shelf"]])
def test_one_column_or_several_are_carried(carry: Any) -> None:
    batch = CleanBatch(carry=carry)({"html": [PAGE], "shelf": [7]})
    assert batch["shelf"] == [7]
    assert set(batch) == {*KEYS, "shelf"}


@pytest.mark.parametrize("value", [float("nan"), np.float64("nan"), 5, np.int64(5), True, ["<p>"], {}])
def test_what_is_no_page_or_address_is_none(value: Any) -> None:
    batch = CleanBatch()({"html": [value, PAGE], "url": ["http://a.org/", value]})
    assert batch["text"] == [(LINE * 3).strip()]
    assert (batch["url"], batch["source"]) == ([""], [""])


def test_a_source_may_be_a_number() -> None:
    assert CleanBatch()({"html": [PAGE], "source": [np.int64(7)]})["source"] == ["7"]


def test_a_batch_without_articles_has_all_columns() -> None:
    assert CleanBatch(html="body")({"body": []}) == {key: [] for key in KEYS}


def test_it_pickles_with_its_options() -> None:
    clean = CleanBatch(html="body", options=Options(min_words=1_000))
    assert pickle.loads(pickle.dumps(clean)) == clean
    assert clean({"body": [PAGE]})["text"] == []


def test_the_schema_for_spark_has_every_key() -> None:
    assert re.findall(r"(\w+) [a-z<>]+", SPARK_SCHEMA) == list(KEYS)


def test_frames_of_spark() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"html": [PAGE, "<p>"], "url": ["http://a.org/", None]})
    (cleaned,) = CleanBatch().in_pandas([frame])
    assert list(cleaned.columns) == list(KEYS)
    assert cleaned["title"].tolist() == ["Mill"]


def test_the_recipes_for_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of the documentation, each with the least that has the shape of what it is for."""
    text = (Path(__file__).parents[1] / "docs/how-to/integrations.md").read_text(encoding="utf-8")
    section = text.partition("## Columns of pages")[2].partition("\n## ")[0]
    recipes = re.findall(r"^ *```python\n(.*?)^ *```", section, re.S | re.M)
    built, datasets, _, _, daft, apart = map(dedent, recipes)
    columns = {"content": [PAGE, "<p>"], "url": ["http://a.org/", ""], "crawl_id": [5, 6]}
    names: dict[str, Any] = {"dehusk": dehusk}
    exec(built, names)

    names["pages"] = SimpleNamespace(map=lambda clean, **_: clean(columns), column_names=list(columns))
    exec(datasets, names)
    assert (names["articles"]["title"], names["articles"]["crawl_id"]) == (["Mill"], [5])

    monkeypatch.chdir(tmp_path)
    row = json.dumps({name: values[0] for name, values in names["articles"].items()})
    Path("articles.jsonl").write_text(f"{row}\n" + row.replace("http://a.org/", "http://b.org/"))
    exec(apart, names)
    assert [article.title for article in dehusk.read_records("corpus.jsonl.gz")] == ["Mill"]

    types = SimpleNamespace(list=lambda of: None, string=lambda: None)
    batch = SimpleNamespace(batch=lambda return_dtype: lambda act: act)
    names["daft"] = SimpleNamespace(Series=list, DataType=types, func=batch)
    names["pages"] = DaftPages(columns)
    exec(daft, names)
    assert names["articles"] == [(LINE * 3).strip()]


class DaftPages(dict[str, Any]):
    """Columns, as many rows of a column as its lists hold."""

    def __getitem__(self, name: str) -> Any:
        return SimpleNamespace(to_pylist=lambda: self.get(name))

    def with_column(self, name: str, lists: list[list[str]]) -> Any:
        return SimpleNamespace(explode=lambda _: [text for texts in lists for text in texts])


class DropItem(Exception):
    pass


@pytest.fixture
def scrapy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name, values in {
        "scrapy": {}, "scrapy.exceptions": {"DropItem": DropItem}, "itemadapter": {"ItemAdapter": lambda item: item}
    }.items():  # fmt: skip
        module = ModuleType(name)
        module.__dict__.update(values)
        monkeypatch.setitem(sys.modules, name, module)
    yield importlib.import_module("dehusk.integrations.scrapy")


def test_an_item_goes_on_with_its_articles(scrapy: Any) -> None:
    crawler = SimpleNamespace(settings={"DEHUSK_HTML_FIELD": "body", "DEHUSK_OPTIONS": {"min_words": 5}})
    pipeline = scrapy.CleanItem.from_crawler(crawler)
    item = pipeline.process_item({"body": PAGE.encode(), "url": "http://a.org/", "shelf": 3}, None)
    assert set(item) == {"url", "shelf", "articles"}
    assert [article["title"] for article in item["articles"]] == ["Mill"]


@pytest.mark.parametrize("body", ["<p>", b"\x89PNG\r\n\x1a\n" + bytes(50)])
def test_an_item_without_an_article_is_dropped(scrapy: Any, body: Any) -> None:
    with pytest.raises(DropItem, match=r"no-article|image"):
        scrapy.CleanItem().process_item({"html": body, "url": "http://a.org/"})


@pytest.fixture
def datatrove(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    class BaseExtractor:
        def __init__(self, timeout: float) -> None:
            self.timeout = timeout

    for name in ("datatrove", "datatrove.pipeline", "datatrove.pipeline.extractors"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    base = ModuleType("datatrove.pipeline.extractors.base")
    base.BaseExtractor = BaseExtractor  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, base.__name__, base)
    module = importlib.import_module("dehusk.integrations.datatrove")
    yield module
    module.make_extractor.cache_clear()


def test_datatrove_gets_text_for_html(datatrove: Any) -> None:
    extractor = pickle.loads(pickle.dumps(datatrove.Dehusk(timeout=3)))
    assert extractor.timeout == 3
    assert extractor.extract("") == ""
    assert extractor.extract(PAGE) == (LINE * 3).strip()


@pytest.mark.skipif(importlib.util.find_spec("datatrove") is not None, reason="datatrove is installed")
def test_without_datatrove_the_error_names_it() -> None:
    with pytest.raises(MissingExtra, match="pip install datatrove"):
        importlib.import_module("dehusk.integrations.datatrove").Dehusk()
