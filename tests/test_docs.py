"""The documentation says what is so: its commands run, its options exist, its pages find what they quote."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from dehusk.cli import arguments

ROOT = Path(__file__).parent.parent
PAGES = sorted((ROOT / "docs").rglob("*.md"))
COMMAND_RE = re.compile(r"^\s*(?:\w+=\$\()?(clean (?!stage).*?)(?: [|>#&] ?.*|\))?$", re.M)


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


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=lambda page: page.stem)
def test_options_in_commands_exist(page: Path) -> None:
    blocks = "\n".join(re.findall(r"```(?:sh|console)\n(.*?)```", page.read_text(encoding="utf-8"), re.S))
    for command in COMMAND_RE.findall(blocks.replace("$ clean", "clean").replace("\\\n", " ")):
        words = shlex.split(command)[1:]
        name = words[0] if words[0] in ("explain", "learn", "diff", "report") else "clean"
        parser = getattr(arguments, f"{name}_parser")()
        if "--print-completion" not in words and "--version" not in words:
            parser.parse_args(words if name == "clean" else words[1:])


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
