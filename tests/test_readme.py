"""README.md says what is so: its commands, keys, options, packages and its example."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import dehusk
from dehusk.cli import status
from dehusk.records import article_to_json

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BEFORE, AFTER = re.findall(r"```(?:html|json)\n(.*?)\n```", README, re.S)[:2]


def read_table(heading: str) -> list[str]:
    """The first column of the first table below `heading`."""
    below = README.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \|", below.partition("\n|---")[2].partition("\n\n")[0], re.M)
    assert rows
    return rows


def test_commands_are_one_line_each_and_the_check_script_finds_its_own() -> None:
    commands = re.findall(r"^python3 -m venv .+$", README, re.M)
    assert [command.split(" && ")[-1] for command in commands] == [
        ".venv/bin/clean examples/pages -o corpus",
        ".venv/bin/python -m pytest",
    ]
    pattern = re.search(r"grep -E '(.+)' README.md", (ROOT / ".ci/run").read_text(encoding="utf-8"))
    assert pattern
    assert re.findall(pattern[1], README, re.M) == commands[1:]


def test_links_lead_to_files() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_keys_are_those_of_a_record() -> None:
    named = re.findall(r"`(\w+)`", "\n".join(read_table("A record")))
    assert sorted(named) == sorted(dehusk.Article.__dataclass_fields__)


def test_packages_are_those_that_are_installed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {re.split(r"[<>=]", line)[0] for line in project["dependencies"]}
    assert {row.split()[0] for row in read_table("What it depends on")} == wanted


def test_sizes_are_told_alike() -> None:
    assert len(set(re.findall(r"(\d+) MB (?:of packages|in \d+ packages)", README))) == 1


def test_statuses_are_those_of_the_command() -> None:
    named = {int(number) for number in re.findall(r"\d+", " ".join(read_statuses()))}
    given = {value for value in vars(status).values() if isinstance(value, int)}
    assert named == given == {int(number) for number in re.findall(r"\b\d+\b", status.STATUS)}


def read_statuses() -> list[str]:
    """The first column of the table of exit statuses."""
    return re.findall(r"^\| (.+?) \|", README.partition("\n| exit status |")[2].partition("\n\n")[0], re.M)


def test_options_exist() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "dehusk", "--help-all"], capture_output=True, text=True, check=True, timeout=60
    )
    named = set(re.findall(r"`(-[-\w]+)", "\n".join(read_table("As a command"))))
    assert {option for option in named if option not in done.stdout} == set()


def test_every_limit_is_in_the_table() -> None:
    named = re.findall(r"`--max-(\w+)`", "\n".join(read_table("Limits")))
    assert sorted(named) == sorted(dehusk.Limits.__dataclass_fields__)


def test_python_snippet_uses_public_names() -> None:
    used = set(re.findall(r"dehusk\.(\w+)", re.findall(r"```python\n(.*?)```", README, re.S)[0]))
    assert used <= set(dehusk.__all__)


def test_example_is_real() -> None:
    shown = json.loads(AFTER)
    file = ROOT / "examples/pages" / shown["source"]
    page = file.read_text(encoding="utf-8")
    assert [line for line in BEFORE.splitlines() if line.removesuffix("...") not in page] == []
    article = dehusk.clean_page(next(iter(dehusk.read_pages([file]))))[shown["part"] - 1]
    record = json.loads(article_to_json(article))
    assert record.pop("text").startswith(shown.pop("text").removesuffix("..."))
    assert shown == record


@pytest.mark.parametrize("file", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_nothing_is_left_open(file: str) -> None:
    assert re.findall(r"\bTODO\b|@[A-Z]{3,}@|\bXXX\b", (ROOT / file).read_text(encoding="utf-8")) == []
