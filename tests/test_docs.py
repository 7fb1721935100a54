"""The documentation says what is so: its commands run, its options exist, its pages find what they quote."""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import Any

import pytest

import dehusk
from dehusk import cli
from dehusk.cli import arguments
from dehusk.language_tags import NAMES, OTHERS

ROOT = Path(__file__).parent.parent
PAGES = sorted((ROOT / "docs").rglob("*.md"))
COMMAND_RE = re.compile(r"^\s*(?:\w+=\$\()?(clean .*?)(?: (?:[|&]{1,2}|>>?|#)(?: .*)?|\))?$", re.M)
PAGE = "<p>" + "The mill by the river has ground the grain of the whole valley for three hundred years. " * 3


@pytest.fixture(scope="module")
def hooks() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hooks", ROOT / "docs/hooks.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read_console(text: str) -> list[tuple[str, str]]:
    """The commands of the console blocks, each with what it is said to print."""
    blocks = "".join(re.findall(r"```console\n(.*?)```", text, re.S))
    return [
        (part.partition("\n")[0], part.partition("\n")[2])
        if not part.startswith("python3 -c")
        else _split(part)
        for part in re.split(r"^\$ ", blocks, flags=re.M)[1:]
    ]


def _split(part: str) -> tuple[str, str]:
    """A command of several lines ends where its quotes do."""
    lines = part.split("\n")
    for end in range(1, len(lines) + 1):
        command = "\n".join(lines[:end])
        if command.count('"') % 2 == 0:
            return command, "\n".join(lines[end:])
    return part, ""


def as_pattern(shown: str) -> str:
    """What is shown as a pattern: "..." stands for anything, any number for any other."""
    text = re.sub(r"\d+(?:[.,]\d+)*", "\0", shown.strip())
    return re.escape(text).replace(re.escape("..."), ".*").replace(re.escape("\0"), r"[\d.,]+")


@pytest.mark.skipif(os.name == "nt", reason="the tutorial is for a Unix shell")
def test_tutorial_runs_as_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (tmp_path / "bin").mkdir()
    for name, module in (("clean", "-m dehusk"), ("python3", "")):
        (tmp_path / "bin" / name).write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {module} "$@"\n')
        (tmp_path / "bin" / name).chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}
    steps = read_console((ROOT / "docs/tutorial.md").read_text(encoding="utf-8"))
    assert len(steps) > 8
    for command, shown in steps:
        done = subprocess.run(
            ["bash", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
        )
        assert "Traceback" not in done.stderr
        printed = (done.stderr + done.stdout).strip()
        assert re.fullmatch(as_pattern(shown), printed, re.S), (command, printed)


def test_the_days_of_the_guide_know_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first two commands and the stream, on pages that come again under the same name."""
    monkeypatch.chdir(tmp_path)
    for day in ("monday", "tuesday", "wednesday"):
        Path("crawls", day).mkdir(parents=True)
        Path("crawls", day, "a.html").write_text(PAGE)
    text = (ROOT / "docs/how-to/incremental.md").read_text(encoding="utf-8")
    days = [command for command in find_commands(text) if "--index" in command]
    assert [command.split()[3] for command in days] == ["monday", "tuesday", "wednesday"]
    for command in days:
        assert cli.main(shlex.split(command)[1:]) == 0
    kept = [len(list(dehusk.read_records(f"corpus-{day}"))) for day in ("monday", "tuesday")]
    assert kept == [1, 0]
    with gzip.open("corpus-tuesday/dropped/00000.jsonl.gz") as rows:
        [row] = map(json.loads, rows)
    assert [row["duplicate_of"]] == [article.id for article in dehusk.read_records("corpus-monday")]


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=lambda page: page.stem)
def test_options_in_commands_exist(page: Path) -> None:
    for command in find_commands(page.read_text(encoding="utf-8")):
        words = shlex.split(command)[1:]
        if {"--print-completion", "--version"}.isdisjoint(words):
            parser, words = choose_parser(words)
            parser.parse_args(words)


def find_commands(text: str) -> list[str]:
    """Those in blocks, those that a batch system is given in quotes, and those with a path inside a sentence."""
    fenced = re.findall(r"```(?:sh|console)\n(.*?)```", text, re.S)
    indented = re.findall(r"^    clean (?!=).*", text, re.M)
    spoken = re.findall(r"`(clean [^`]*/[^`]*)`", text)
    blocks = "\n".join([*fenced, *indented, *spoken]).replace("$ clean", "clean").replace("\\\n", " ")
    quoted = re.findall(r"'(clean .*?)(?: \|\| .*?)?'", blocks)
    return [command.replace("$SLURM_ARRAY_TASK_ID", "0") for command in COMMAND_RE.findall(blocks) + quoted]


def choose_parser(words: list[str]) -> tuple[argparse.ArgumentParser, list[str]]:
    """The parser of a command and the arguments that it gets."""
    if words[:2] == ["stage", "plan"]:
        return arguments.plan_parser(), words[2:]
    if words[0] in ("explain", "learn", "diff", "report", "stage"):
        return getattr(arguments, f"{words[0]}_parser")(), words[1:]
    return arguments.clean_parser(), words


def test_commands_are_found_wherever_they_stand() -> None:
    commands = find_commands((ROOT / "docs/how-to/cluster.md").read_text(encoding="utf-8"))
    steps = {choose_parser(shlex.split(command)[1:])[1][0] for command in commands if " stage " in command}
    assert steps == {"crawl/", "clean", "learn", "cut", "decide", "filter", "finish"}


def read_python(page: Path) -> list[str]:
    """The blocks of Python, in tabs too, in their order."""
    found = re.findall(r"^( *)```python\n(.*?)^ *```", page.read_text(encoding="utf-8"), re.S | re.M)
    return [dedent(code) for _, code in found]


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=lambda page: page.stem)
def test_python_is_python(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    blocks = read_python(page)
    assert len(blocks) == text.count("```python")
    for code in blocks:
        compile(code, page.name, "exec")


@pytest.mark.parametrize(
    ("page", "number"),
    [
        ("README.md", 0),
        ("docs/how-to/integrations.md", 0),
        ("docs/how-to/integrations.md", -1),
        ("docs/how-to/sites.md", 0),
    ],
)
def test_python_that_needs_nothing_else_runs(
    page: str, number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pages").mkdir()
    Path("pages/a.html").write_text(PAGE)
    names: dict[str, Any] = {
        "dehusk": dehusk,
        "html_bytes": PAGE.encode(),
        "page": dehusk.Page(PAGE),
        "crawl": lambda: [("https://example.org/a", PAGE.encode(), "utf-8")],
    }
    exec(read_python(ROOT / page)[number], names)
    if "articles" in names:
        assert [article.words for article in names["articles"]] == [51]


def test_pages_find_what_they_quote(hooks: ModuleType) -> None:
    for page in PAGES:
        text = hooks.on_page_markdown(page.read_text(encoding="utf-8"))
        assert not re.search(r"<!-- (help|readme|figure|bars):", text)
    with pytest.raises(ValueError, match="no section"):
        hooks.on_page_markdown("<!-- readme: No Such Section -->")


def test_every_page_is_in_the_navigation() -> None:
    nav = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:")[2]
    assert sorted(re.findall(r": ([\w/-]+\.md)", nav)) == sorted(
        page.relative_to(ROOT / "docs").as_posix() for page in PAGES
    )


def test_the_languages_are_listed() -> None:
    rows = re.findall(
        r"^\| (.+) \| (.+) \| (.*) \|$", (ROOT / "docs/reference/languages.md").read_text("utf-8"), re.M
    )
    listed = {tag.strip("`"): (name, tuple(re.findall(r"\w+", others))) for tag, name, others in rows[1:]}
    assert listed == {tag: (NAMES[tag], OTHERS[tag]) for tag in NAMES}
