"""Help that fits a screen, errors that name the mend, and options from a file."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest

from dehusk.cli import main
from dehusk.cli.arguments import clean_parser, explain_parser, learn_parser, plan_parser
from dehusk.cli.clean import DESTS
from dehusk.cli.config import FORBIDDEN, parse_with_config
from dehusk.cli.parser import Parser
from dehusk.errors import BadOptions
from dehusk.model import Limits, Options


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def parse(*arguments: str) -> object:
    return parse_with_config(clean_parser(), list(arguments))


def test_help_fits_a_screen_and_begins_with_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    lines = capsys.readouterr().out.splitlines()
    assert 24 <= len(lines) <= 40
    assert max(map(len, lines)) <= 110
    assert lines[2].startswith("  clean pages/ -o corpus/")


def test_help_all_has_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--help-all"])
    shown = capsys.readouterr().out
    assert [
        name for action in clean_parser()._actions for name in action.option_strings if name not in shown
    ] == []


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["--presicion", "x"], "did you mean --precision?"),
        (["--min-word=3", "x"], "did you mean --min-words?"),
        (["--keep", "longset", "x"], "did you mean longest?"),
        (["explain", "--hmtl", "x", "y"], "did you mean --html?"),
    ],
)
def test_errors_name_what_was_meant(
    arguments: list[str], hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert hint in capsys.readouterr().err


def test_a_misspelt_command_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explian", "page.html"]) == 2
    assert "did you mean explain?" in capsys.readouterr().err


@pytest.mark.skipif(importlib.util.find_spec("shtab") is not None, reason="shtab is installed")
def test_a_missing_extra_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--print-completion", "bash"]) == 2
    assert "pip install 'dehusk[completion]'" in capsys.readouterr().err


@pytest.mark.skipif(importlib.util.find_spec("shtab") is None, reason="there is no shtab")
def test_completion_knows_the_options(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--print-completion", "bash"])
    assert "--keep-stripped" in capsys.readouterr().out


CONFIG = """
min-words = 40
max_seconds = 5
precision = true
recall = false
no-split = false
language = ["en", "de-AT"]
include = ["*.html"]
jobs = 3
"""


@pytest.mark.parametrize(
    ("name", "text", "arguments"),
    [
        ("dehusk.toml", CONFIG, []),
        ("pyproject.toml", f"[project]\nname = 'x'\n[tool.dehusk]{CONFIG}", []),
        ("other.toml", CONFIG, ["--config", "other.toml"]),
        ("tools.toml", f"[tool.dehusk]{CONFIG}", ["--config", "tools.toml"]),
        ("dehusk.toml", f"[tool.other]\nx = 1\n[tool.dehusk]{CONFIG}", []),
    ],
)
def test_options_come_from_a_file_and_the_command_line_wins(
    name: str, text: str, arguments: list[str], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / name).write_text(text)
    wanted = vars(parse("x", "--min-words", "7", "--include", "*.txt", *arguments))
    assert (wanted["min_words"], wanted["max_seconds"], wanted["mode"]) == (7, 5, "precision")
    assert (wanted["split"], wanted["jobs"], wanted["include"]) == (True, 3, ["*.txt"])
    assert wanted["language"] == frozenset({"en", "de"})
    assert capsys.readouterr().err == f"options from {name}\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("out = 'x'", "may not set out"),
        ("index = 'x'", "may not set index"),
        ("ray_address = 'x'", "may not set ray-address"),
        ("min-word = 3", "did you mean min-words"),
        ("min-words = 'many'", "must be a whole number"),
        ("min-words = true", "must be a whole number"),
        ("precision = 1", "must be true or false"),
        ("keep = 'longset'", "did you mean longest"),
        ("include = '*.html'", "must be a list"),
        ("language = 'english'", "language: no language is told as 'english': did"),
        ("language = ['en', 'german']", "language: no language is told as 'german': did"),
        ("language = ''", "language: '' names no language"),
        ("not toml", "is no TOML file"),
        ("precision = true\nrecall = true", "sets precision and recall"),
        ("verbose = true\nquiet = true", "sets verbose and quiet"),
    ],
)
def test_a_file_that_says_what_it_may_not_is_refused(text: str, message: str, here: Path) -> None:
    (here / "dehusk.toml").write_text(text)
    with pytest.raises(BadOptions, match=message):
        parse("x")


@pytest.mark.parametrize("text", ["tool = 1 # tool.dehusk", "tool.dehusk = 1", "[tool.dehusks]\nout = 'x'"])
def test_a_project_without_a_table_of_ours_sets_nothing(text: str, here: Path) -> None:
    (here / "pyproject.toml").write_text(text)
    assert vars(parse("x"))["min_words"] == 10


def test_the_documentation_names_what_no_file_may_say() -> None:
    page = (Path(__file__).parents[1] / "docs/reference/command.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([\w-]+)`", page.partition("The command line wins.")[2].partition("```")[0]))
    at_once = {"o", "paths", "help", "help-all", "version", "print-completion", "html"}  # no options of a run
    assert named == FORBIDDEN - at_once


def test_no_file_no_options(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    (here / "pages").mkdir()
    (here / "pages" / "dehusk.toml").write_text("min-words = 99")  # a config in the input is none
    assert vars(parse("pages"))["min_words"] == 10
    assert capsys.readouterr().err == ""
    assert main(["--config", "none.toml", "pages"]) == 2


def test_every_option_of_a_run_has_its_place_on_the_command_line() -> None:
    dests = set(vars(parse("x")))
    assert set(DESTS.values()) | {"keep"} <= dests
    assert {*DESTS, "keep", "limits", "seed", "window"} >= {field.name for field in fields(Options)}
    assert {f"max_{field.name}" for field in fields(Limits)} <= dests


@pytest.mark.parametrize("parser", [explain_parser, learn_parser, plan_parser])
def test_a_command_passes_over_what_it_has_not_of_a_file(parser: Callable[[], Parser], here: Path) -> None:
    (here / "dehusk.toml").write_text(
        f'{CONFIG}engine = "ray"\nkeep = "longest"\nno-dedup = true\njson = true'
    )
    wanted = vars(parse_with_config(parser(), ["x", *([] if parser is explain_parser else ["-o", "y"])]))
    assert (wanted["min_words"], wanted["mode"]) == (40, "precision")
    assert "engine" not in wanted
    assert wanted.get("jobs", 3) == 3


def test_explain_takes_what_it_has_of_a_file(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "dehusk.toml").write_text("jobs = 2\nmin-words = 500\n")
    (here / "a.html").write_text("<p>" + "The mill has ground the grain of the valley for long. " * 5)
    assert main(["explain", "a.html"]) == 0
    assert "dropped (too-short)" in capsys.readouterr().out
