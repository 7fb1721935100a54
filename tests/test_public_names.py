"""The front door: what it gives, and what it does not load."""

from __future__ import annotations

import pickle
import re
import subprocess
import sys
from pathlib import Path

import pytest

import dehusk
from dehusk import errors

HEAVY = {"scipy", "trafilatura", "datasketch", "rich", "htmldate", "lxml", "pyarrow"}


def test_all_is_sorted_and_everything_in_it_is_there() -> None:
    assert dehusk.__all__ == sorted(dehusk.__all__)
    assert dir(dehusk) == dehusk.__all__
    for name in dehusk.__all__:
        assert getattr(dehusk, name).__doc__
    with pytest.raises(AttributeError, match="no_such_name"):
        dehusk.no_such_name  # type: ignore[attr-defined]  # noqa: B018


def test_every_error_is_public() -> None:
    made = {name for name, value in vars(errors).items() if isinstance(value, type)}
    assert made <= set(dehusk.__all__)


def test_the_reference_has_all_public_names_and_no_other() -> None:
    text = (Path(__file__).parents[1] / "docs/reference/library.md").read_text(encoding="utf-8")
    ours = text.partition("## Inside other tools")[0]
    names = set(re.findall(r"^::: dehusk\.[\w.]+\.(\w+)$", ours, re.M))
    assert names | {name for name in vars(errors) if name[0].isupper()} == set(dehusk.__all__)


def loaded_after(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def test_importing_loads_nothing_heavy() -> None:
    assert not (HEAVY | {"numpy", "selectolax"}) & loaded_after("import dehusk")


def test_cleaning_a_page_loads_nothing_heavy() -> None:
    code = "import dehusk; dehusk.clean_page(dehusk.Page('<p>' + 'The mill is old and grinds well. ' * 30))"
    assert not HEAVY & loaded_after(code)


def test_values_pickle() -> None:
    values = [dehusk.Page(b"x"), dehusk.Options(), dehusk.UnreadablePage("a", "b", "c")]
    again = pickle.loads(pickle.dumps(values))
    assert again[:2] == values[:2]
    assert str(again[2]) == "a: b: c"


def test_the_contracts_example() -> None:
    line = "The mill by the river has ground the grain of the whole valley for three hundred years. "
    html = f"<p>{line * 2}</p>".encode()
    pages = [dehusk.Page(html, source=source, url="https://example.org/a") for source in ("one", "two")]
    dropped: list[dehusk.Dropped] = []
    articles = list(dehusk.clean_pages(pages, on_drop=dropped.append))
    assert [article.url for article in articles] == ["https://example.org/a"]
    assert dropped[0].reason == "same"
    assert list(dehusk.drop_near_duplicates(articles)) == articles
