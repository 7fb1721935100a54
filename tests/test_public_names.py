"""The front door: what it gives, and what it does not load."""

from __future__ import annotations

import dataclasses
import inspect
import pickle
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

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
    assert re.fullmatch(r"\d+\.\d+.*|unknown", dehusk.__version__)


USE = """import dehusk
dehusk.foo
print(dehusk.__version__.upper(), dehusk.clean_page)
from datetime import date
from pathlib import Path
page = dehusk.Page(bytearray(b"<p>"), source=Path("a"), title=None, date=date(2025, 3, 14), kind=None)
page.title.upper()
dehusk.Page(None, url=7)
def count(dropped: dehusk.Dropped) -> int:
    return len(dropped.source)
pages = dehusk.read_pages("a", on_drop=count)
articles = dehusk.drop_near_duplicates(dehusk.clean_pages(pages, on_drop=count), on_drop=count)
dehusk.clean_page(page, on_drop=count)
"""


def test_a_type_checker_knows_the_names(tmp_path: Path) -> None:
    api = pytest.importorskip("mypy.api")
    (tmp_path / "use.py").write_text(USE)
    found, _, status = api.run(
        [
            "--strict",
            "--cache-dir",
            str(tmp_path / "cache"),
            "--follow-imports=silent",
            str(tmp_path / "use.py"),
        ]
    )
    assert status == 1
    assert re.findall(r":(\d+): error: (.+)  \[", found) == [
        ("2", 'Module has no attribute "foo"'),
        (
            "8",
            'Argument "url" to "Page" has incompatible type "int"; expected "str | PurePath | date | None"',
        ),
    ]


@pytest.mark.parametrize("kind", [dehusk.Article, dehusk.Block, dehusk.Limits, dehusk.Options, dehusk.Page])
def test_help_describes_every_field(kind: Any) -> None:
    text = inspect.cleandoc(kind.__doc__ or "")  # Python 3.13 does so itself
    described = re.findall(r"^    (\w+): ", text.partition("Raises:")[0], re.M)
    fields = getattr(kind, "_fields", None) or [field.name for field in dataclasses.fields(kind)]
    assert described == list(fields)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"url": None, "source": None, "title": None}, {"url": "", "source": "", "title": ""}),
        ({"date": date(2025, 3, 14)}, {"date": "2025-03-14"}),
        ({"crawled": datetime(2025, 3, 14, 7)}, {"crawled": "2025-03-14T07:00:00"}),
        ({"source": Path("a") / "b.html"}, {"source": "a/b.html"}),
        ({"content": None}, {"content": b""}),
        ({"kind": None}, {"kind": ""}),
        ({"url": "https://example.org/a"}, {"source": "https://example.org/a"}),
        ({"url": "https://example.org/a", "source": "a"}, {"source": "a"}),
    ],
)
def test_a_page_takes_what_people_have(values: dict[str, Any], expected: dict[str, str]) -> None:
    page = dehusk.Page(**{"content": "<p>Hello", **values})
    assert {name: getattr(page, name) for name in expected} == expected
    dehusk.clean_page(page)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"content": 7}, "content of a Page must be bytes or a text, not int"),
        ({"content": b"<p>", "kind": "HTML"}, "kind of a Page must be"),
        ({"content": "<p>", "kind": "HTML"}, "kind of a Page must be"),
        ({"content": "<p>", "url": b"x"}, "url of a Page must be a text, not b'x'"),
        ({"content": "<p>", "title": 3}, "title of a Page must be a text, not 3"),
        ({"content": "<p>", "is_single": 1}, "is_single must be True or False"),
        ({"content": "<p>", "offset": "1"}, "offset must be a whole number"),
    ],
)
def test_a_page_of_other_values_is_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(dehusk.BadOptions, match=message):
        dehusk.Page(**values)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: dehusk.clean_page(b"<p>"), "a page must be a dehusk.Page, as Page.html., not b'<p>'"),
        (lambda: dehusk.explain_page("<p>"), "a page must be a dehusk.Page"),
        (lambda: dehusk.clean_page(dehusk.Page("<p>"), {"min_words": 1}), "options must be dehusk.Options"),
        (lambda: dehusk.clean_pages(dehusk.Page("<p>")), "takes pages"),
        (lambda: dehusk.clean_pages(None), "takes pages"),
        (lambda: dehusk.clean_pages([], options=3), "options must be dehusk.Options"),
        (lambda: list(dehusk.clean_pages(["<p>"])), "a page must be a dehusk.Page"),
        (lambda: dehusk.clean_pages([], options=dehusk.Options(keep="longest")), "a stream keeps the first"),
        (lambda: list(dehusk.read_pages(b"x")), "paths must be texts or Paths, not b'x'"),
        (lambda: list(dehusk.read_pages(None)), "paths must be texts or Paths, not None"),
        (lambda: list(dehusk.read_pages([7])), "a path must be a text or a Path, not 7"),
        (lambda: dehusk.clean_pages("pages/"), "for files read_pages"),
        (
            lambda: dehusk.clean_pages([], templates="a"),
            "templates must come from read_templates or .* not be 'a'",
        ),
        (lambda: dehusk.explain_page(dehusk.Page("<p>"), templates="a"), "templates must come from"),
        (lambda: dehusk.learn_templates("pages/"), "learn_templates takes pages, .* for files read_pages"),
        (lambda: dehusk.learn_templates([], options=3), "options must be dehusk.Options"),
        (lambda: dehusk.write_templates("a", "b"), "templates must come from"),
        (lambda: dehusk.write_templates(None, "b"), "no templates to write"),
        (lambda: dehusk.drop_near_duplicates([], threshold=5), r"threshold must lie in \(0, 1\], not 5"),
        (
            lambda: list(dehusk.drop_near_duplicates(["a text"])),
            "an article must be a dehusk.Article, not str",
        ),
        (
            lambda: dehusk.write_records([{"text": "a"}], "a.jsonl"),
            "an article must be a dehusk.Article, not dict",
        ),
        (
            lambda: dehusk.write_records(7, "a.jsonl"),
            "articles must come as a list or a generator, not as int",
        ),
        (lambda: dehusk.sign("a text"), "sign takes several articles or texts"),
        (lambda: list(dehusk.read_records(["a.jsonl"])), "records are read from one path at a time"),
    ],
)
def test_a_call_with_something_else_says_what_it_wants(call: Any, message: str) -> None:
    with pytest.raises(dehusk.BadOptions, match=message):
        call()


def test_a_page_with_an_address_alone_is_called_by_it() -> None:
    url = "https://example.org/style.css?x=.html"
    dropped: list[dehusk.Dropped] = []
    assert not dehusk.clean_page(dehusk.Page("<p>Short.", url=url), on_drop=dropped.append)
    assert [drop.source for drop in dropped] == [url]
    with pytest.raises(dehusk.UnreadablePage, match=r"style\.css\?x=\.html: stylesheet"):
        dehusk.clean_page(dehusk.Page("a { color: red; margin: 0 }\n" * 9, url=url))


@pytest.mark.parametrize("options", [dehusk.Options(), dehusk.Options(dedup=False)])
def test_what_was_read_before_an_error_is_not_lost(options: dehusk.Options) -> None:
    def pages() -> Iterator[dehusk.Page]:
        for number in range(3):
            yield dehusk.Page(f"<p>{f'The mill number {number} has ground its grain for a long time. ' * 3}")
        raise ConnectionError("the line is dead")

    got: list[dehusk.Article] = []
    with pytest.raises(ConnectionError, match="the line is dead"):
        got.extend(dehusk.clean_pages(pages(), options=dataclasses.replace(options, templates=False)))
    assert [article.text[:17] for article in got] == [f"The mill number {number}" for number in range(3)]


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
