"""The example pages come out as a reader would cut them, and the example scripts run."""

from __future__ import annotations

import gzip
import importlib.util
import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import dehusk

ROOT = Path(__file__).parent.parent
PAGES = ROOT / "examples" / "pages"
CASES: list[dict[str, Any]] = json.loads((ROOT / "tests/cases/examples.json").read_text(encoding="utf-8"))
LOADERS = ("datasets", "polars", "duckdb")
FACT = "It turns on 48 steel rollers"


def run(*arguments: str | Path, cwd: Path) -> str:
    command = [sys.executable, "-W", "error", *map(str, arguments)]
    if "load_with" in str(arguments[0]):
        command[1:3] = []  # what other packages warn of is not ours to mend
    done = subprocess.run(command, capture_output=True, text=True, cwd=cwd, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


@cache
def clean_example(name: str) -> list[dehusk.Article]:
    return dehusk.clean_page(read_example(name))


def read_example(name: str) -> dehusk.Page:
    return next(iter(dehusk.read_pages([PAGES / name])))


def read_lines(files: list[Path]) -> list[dict[str, Any]]:
    return [json.loads(line) for file in files for line in gzip.open(file, "rt", encoding="utf-8")]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("run") / "corpus"
    run("-m", "dehusk", PAGES, "-o", out, "-j", "1", cwd=out.parent)
    return out


def as_params(part: str) -> list[Any]:
    """One parameter a case; what a case's "xfail" says of `part` is a known failure."""
    return [pytest.param(case, id=case["label"], marks=_marks(case, part)) for case in CASES]


def _marks(case: dict[str, Any], part: str) -> list[pytest.MarkDecorator]:
    why = case.get("xfail", {}).get(part)
    return [pytest.mark.xfail(reason=why, strict=True)] if why else []


@pytest.mark.parametrize("case", as_params("keep"))
def test_page_keeps_its_content(case: dict[str, Any]) -> None:
    text = "\n".join(article.text for article in clean_example(case["page"]))
    assert [snippet for snippet in case["keep"] if snippet not in text] == []


@pytest.mark.parametrize("case", as_params("drop"))
def test_page_loses_its_husk(case: dict[str, Any]) -> None:
    text = "\n".join(article.text for article in clean_example(case["page"]))
    assert [snippet for snippet in case["drop"] if snippet in text] == []


@pytest.mark.parametrize("case", as_params("records"))
def test_page_gives_its_number_of_records(case: dict[str, Any]) -> None:
    assert [article.part for article in clean_example(case["page"])] == [*range(1, case["records"] + 1)]


@pytest.mark.parametrize("case", as_params("language"))
def test_page_is_in_its_language(case: dict[str, Any]) -> None:
    articles = clean_example(case["page"])
    if case["records"]:
        assert articles[0].language == case["language"]


def test_blocks_bear_the_labels_that_the_records_show() -> None:
    page = "holding-blog.html"  # headings that link to their posts came back
    shown = [item.block.text for item in dehusk.explain_page(read_example(page)) if item.is_kept]
    assert shown == "\n".join(article.text for article in clean_example(page)).split("\n")


def test_every_page_has_a_case_with_snippets_of_it() -> None:
    assert sorted(case["page"] for case in CASES) == sorted(file.name for file in PAGES.iterdir())


def test_fact_sheet_is_kept_once(corpus: Path) -> None:
    kept = [row for row in read_lines(sorted(corpus.glob("[0-9]*.jsonl.gz"))) if FACT in row["text"]]
    assert len(kept) == 1
    dropped = read_lines(sorted(corpus.glob("dropped/*.jsonl.gz")))
    copies = [row for row in dropped if FACT in row.get("text", "")]
    assert copies
    assert {row["duplicate_of"] for row in copies} == {kept[0]["id"]}


@pytest.mark.parametrize("library", LOADERS)
def test_corpus_loads_at_the_first_try(library: str, corpus: Path, tmp_path: Path) -> None:
    if importlib.util.find_spec(library) is None:
        pytest.skip(f"{library} is not installed: pip install 'dehusk[examples]'")
    printed = run(ROOT / f"examples/load_with_{library}.py", corpus, cwd=tmp_path)
    counts = dict(line.split() for line in printed.splitlines())
    kept = read_lines(sorted(corpus.glob("[0-9]*.jsonl.gz")))
    assert sum(map(int, counts.values())) == len(kept)
    assert {"ar", "de", "en", "es", "fr", "ja", "ru", "zh"} <= set(counts)


def test_library_example_runs(tmp_path: Path) -> None:
    printed = run(ROOT / "examples/as_library.py", PAGES, cwd=tmp_path)
    assert "Ellermouth" in printed


def test_generator_example_runs(tmp_path: Path) -> None:
    printed = run(ROOT / "examples/from_a_generator.py", PAGES, tmp_path / "out.jsonl.gz", cwd=tmp_path)
    assert f"wrote {len(list(dehusk.read_records(tmp_path / 'out.jsonl.gz')))} records" in printed
    assert list(tmp_path.iterdir()) == [tmp_path / "out.jsonl.gz"]


@pytest.mark.parametrize(
    ("script", "package"), [("to_langchain", "langchain_core"), ("to_llama_index", "llama_index")]
)
def test_corpus_becomes_documents(script: str, package: str, corpus: Path, tmp_path: Path) -> None:
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    kept = read_lines(sorted(corpus.glob("[0-9]*.jsonl.gz")))
    printed = run(ROOT / f"examples/{script}.py", corpus, cwd=tmp_path)
    assert printed.startswith(f"{len(kept)} documents")


def test_corpus_becomes_vertical_text(corpus: Path, tmp_path: Path) -> None:
    lines = run(ROOT / "examples/to_vertical.py", corpus, cwd=tmp_path).splitlines()
    kept = read_lines(sorted(corpus.glob("[0-9]*.jsonl.gz")))
    assert sum(line.startswith("<doc id=") for line in lines) == lines.count("</doc>") == len(kept)
    assert lines.count("<p>") == lines.count("</p>") == sum(row["text"].count("\n") + 1 for row in kept)
    assert "rollers" in lines
    assert not [line for line in lines if " " in line and not line.startswith("<doc ")]


def test_pages_are_cleaned_inside_datasets(tmp_path: Path) -> None:
    if importlib.util.find_spec("datasets") is None:
        pytest.skip("datasets is not installed: pip install 'dehusk[examples]'")
    environment = {**os.environ, "HF_HOME": str(tmp_path)}
    command = [sys.executable, ROOT / "examples/in_datasets.py"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=True)
    assert re.match(r"21 pages, 2\d articles", done.stdout)
