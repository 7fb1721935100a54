"""Limits as options: whatever is over one of them is a counted failure with its reason, and the rest goes on.

And what options and limits may hold at all.
"""

from __future__ import annotations

import gzip
import json
import math
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from dehusk.cli import main
from dehusk.errors import BadOptions
from dehusk.model import Limits, Options, Page
from dehusk.stages.page import clean_page

WORDS = "Plain words about the mill and its river stand in the valley of the grain. "
GOOD = f"<p>{WORDS * 4}</p>".encode()
OVER = {
    "bytes.html": ("too-large", GOOD * 80),
    "ratio.txt.gz": ("ratio", gzip.compress(b"word " * 2_200_000)),
    "unpacked.txt.gz": (
        "unpacked",
        gzip.compress("\n".join(f"{WORDS} {n}" for n in range(150_000)).encode()),
    ),
    "depth.html": ("too-deep", b"<div>" * 400 + GOOD),
    "tags.html": ("too-many-tags", b"<i></i>" * 2_000 + GOOD),
    "attributes.html": (
        "too-many-attributes",
        b"<p " + b" ".join(b"a%d=1" % n for n in range(40)) + b">" + GOOD,
    ),
    "formatting.html": ("too-many-open-tags", b"<p><font size=1>x</p>" * 200 + b"<i></i>" * 500 + GOOD),
}
GIVEN = {
    "bytes": "20000",
    "ratio": "100",
    "unpacked": "12_000_000",
    "depth": "300",
    "tags": "3000",
    "attributes": "30",
    "formatting": "20",
    "seconds": "20",
}


def test_every_limit_is_an_option(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert set(GIVEN) == {field.name for field in fields(Limits)}
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "good.html").write_bytes(GOOD)
    for name, (_, content) in OVER.items():
        (tmp_path / "in" / name).write_bytes(content)
    out, dropped = tmp_path / "out.jsonl", tmp_path / "dropped.jsonl"
    options = [word for name, value in GIVEN.items() for word in (f"--max-{name}", value)]
    assert (
        main([str(tmp_path / "in"), "-o", str(out), "--dropped", str(dropped), "-j1", "--no-dedup", *options])
        == 1
    )
    kept = {json.loads(line)["source"] for line in out.read_text().splitlines()}
    assert kept - set(OVER) == {"good.html"}
    rows = [json.loads(line) for line in dropped.read_text().splitlines()]
    failed = {row["source"]: row["reason"] for row in rows if row["stage"] == "failed"}
    assert failed == {name: reason for name, (reason, _) in OVER.items()}
    errors = capsys.readouterr().err
    assert all(f"failed: {name}: {reason}" in errors for name, reason in failed.items())


@pytest.mark.parametrize("name", [field.name for field in fields(Limits)])
@pytest.mark.parametrize("value", ["x", "9", None, True, math.nan])
def test_a_limit_that_is_no_number_is_refused(name: str, value: Any) -> None:
    with pytest.raises(BadOptions, match=f"{name} must be|limit of {name}"):
        Limits(**{name: value})


def test_a_limit_of_infinity_and_of_half_a_byte() -> None:
    assert Limits(seconds=math.inf, ratio=2).ratio == 2
    with pytest.raises(BadOptions, match="bytes must be a whole number"):
        Limits(bytes=0.5)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", [field.name for field in fields(Limits)])
@pytest.mark.parametrize("value", [10**15 + 1, 2**62, 2**64 + 1])
def test_a_limit_that_kernels_cannot_hold_is_refused(name: str, value: int) -> None:
    with pytest.raises(BadOptions, match=f"the limit of {name} must be at most"):
        Limits(**{name: value})


@pytest.mark.parametrize("name", [field.name for field in fields(Limits)])
def test_the_highest_limit_is_none(name: str) -> None:
    options = Options(limits=Limits(**{name: 10**15}))
    assert len(clean_page(Page(GOOD.replace(b"<p>", b"<p a=1 b=2>"), kind="html"), options)) == 1


WRONG = {
    "mode": ["x", "Recall", None, ["recall"]],
    "min_words": [-1, 2.0, math.nan, "2", True],
    "split": [0, "no", None],
    "dedup": [0, "no", None],
    "threshold": [0, 1.1, math.nan, "0.8", True],
    "keep": ["x", None, frozenset({"first"})],
    "languages": ["", "en,de", ["en", "xx"], None, 1, frozenset({1})],
    "extractor": ["y", None],
    "templates": [0, "x", None],
    "seed": [1.0, "1", None],
    "window": [9_999, 1e9, math.nan, None],
    "limits": [None, {"bytes": 9}],
}


def test_every_option_has_wrong_values() -> None:
    assert set(WRONG) == {field.name for field in fields(Options)}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in WRONG for value in WRONG[name]])
def test_an_option_outside_its_range_is_refused(name: str, value: Any) -> None:
    with pytest.raises(BadOptions, match=f"^{name} must "):
        Options(**{name: value})


def test_options_at_the_edge_of_their_range_are_taken() -> None:
    Options(
        mode="recall", min_words=0, threshold=1, languages=frozenset({"de", "zh"}), seed=-1, window=10_000
    )


@pytest.mark.parametrize("given", ["en", {"en"}, ["EN"], ("en-GB",), frozenset({"eng"}), ["en", "en_US"]])
def test_one_language_or_several_in_any_collection_and_code(given: Any) -> None:
    assert Options(languages=given).languages == frozenset({"en"})


@pytest.mark.parametrize("name", [field.name for field in fields(Limits)])
def test_a_limit_of_nothing_is_refused(name: str) -> None:
    with pytest.raises(BadOptions, match=name):
        Limits(**{name: 0})
