"""A run step by step, on Ray, and by the recipes of docs/how-to/cluster.md: the bytes of a local run."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from test_pipeline import make_page, plan_of

from dehusk.cli import main
from dehusk.engines import ray as ray_engine
from dehusk.errors import MissingExtra, RunRefused
from dehusk.pipeline import run_directory
from dehusk.pipeline.lock import locked_file
from dehusk.pipeline.manifest import LEAST_BYTES, RunFolder, open_shards
from dehusk.pipeline.steps import (
    clean_step,
    decide_step,
    filter_step,
    finish_step,
    open_step,
    plan_step,
)

GUIDE = (Path(__file__).parents[1] / "docs" / "how-to" / "cluster.md").read_text(encoding="utf-8")
TIMED = ("timing.json", "report.html")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    for number in range(70):  # two shards
        (folder / f"{number:03}.html").write_text(make_page(number - 3 if number % 7 == 6 else number))
    return folder


@pytest.fixture(scope="module")
def local(pages: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("local")
    run_directory(plan_of(pages, keep="longest"), out)
    return read_tree(out)


def read_tree(out: Path) -> dict[str, bytes]:
    files = [path for path in out.rglob("*") if path.is_file() and path.name not in TIMED]
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in files}


def stage(*arguments: str | Path) -> str:
    command = [sys.executable, "-m", "dehusk", "stage", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_steps_as_commands_give_what_a_local_run_gives(
    pages: Path, local: dict[str, bytes], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert stage("plan", pages, "-o", out) == "2"
    stage("clean", out, "1", "0")
    stage("decide", out)
    stage("filter", out)
    stage("finish", out)
    assert read_tree(out) == local
    (out / "report.html").unlink()  # as if finish had been killed
    assert stage("plan", pages, "-o", out) == "2"
    for step in (("clean", out, "0"), ("learn", out), ("cut", out, "1"), ("decide", out), ("filter", out)):
        assert stage(*step) == ""
    stage("finish", out)
    assert read_tree(out) == local
    assert (out / "report.html").exists()


def test_steps_from_any_folder_hold_the_index(
    pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (elsewhere := tmp_path / "elsewhere").mkdir()
    out, index = str(tmp_path / "out"), tmp_path / "index"
    monkeypatch.chdir(tmp_path)
    assert main(["stage", "plan", str(pages / "000.html"), "-o", out, "--index", "index"]) == 0
    monkeypatch.chdir(elsewhere)
    assert main(["stage", "clean", out]) == 0
    for name in ("decide", "filter", "finish"):
        with locked_file(index):
            assert main(["stage", name, out]) == (0 if name == "filter" else 2)
        assert main(["stage", name, out]) == 0
    assert capsys.readouterr().err.count("another run is writing to") == 2
    assert index.exists()
    assert list(elsewhere.iterdir()) == []


def test_steps_out_of_turn_are_refused(pages: Path, tmp_path: Path) -> None:
    with pytest.raises(RunRefused, match="plan one first"):
        open_shards(tmp_path)
    assert plan_step(plan_of(pages, keep="longest"), tmp_path / "out") == 2
    shards = open_shards(tmp_path / "out")
    with pytest.raises(RunRefused, match="2 shards are not cleaned yet: 0, 1"):
        decide_step(shards)
    with pytest.raises(RunRefused, match="not decided"):
        filter_step(shards[0])
    with pytest.raises(RunRefused, match="not filtered"):
        finish_step(RunFolder(tmp_path / "out"), shards, {})
    with pytest.raises(RunRefused, match="none of number 2"):
        open_step(tmp_path / "out", 2)
    with pytest.raises(RunRefused, match="min_words"):
        plan_step(plan_of(pages, min_words=3), tmp_path / "out")


def test_a_few_large_inputs_are_shared_out(tmp_path: Path) -> None:
    """A plan opens none of them; these hold nothing, whatever their size."""
    (tmp_path / "crawl").mkdir()
    for number in range(4):
        with (tmp_path / "crawl" / f"{number}.warc").open("wb") as file:
            file.truncate(LEAST_BYTES - 1)
    assert plan_step(plan_of(tmp_path / "crawl"), tmp_path / "out") == 2


class LocalRows:
    """Spark's part in the recipe: rows in partitions, and a function over each partition."""

    def __init__(self, partitions: list[list[Any]]) -> None:
        self._partitions = partitions

    def mapPartitions(self, act: Callable[[Iterator[Any]], Iterable[Any]]) -> LocalRows:
        return LocalRows([list(act(iter(part))) for part in self._partitions])

    def sum(self) -> int:
        return sum(sum(part) for part in self._partitions)


def recipe(title: str) -> str:
    section = GUIDE.split(f"## {title}")[1].split("\n## ")[0]
    (code,) = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    return str(code)


def test_the_recipe_for_spark(
    pages: Path, local: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    plan_step(plan_of(pages, keep="longest"), Path("corpus"))
    context = SimpleNamespace(parallelize=lambda rows, parts: LocalRows([[row] for row in rows]))
    names: dict[str, Any] = {"spark": SimpleNamespace(sparkContext=context)}
    exec(recipe("Spark"), names)
    assert (names["pages"], names["kept"]) == (70, 60)
    assert read_tree(tmp_path / "corpus") == local
    assert not Path("corpus/report.html").exists()
    assert main(["report", "corpus"]) == 0  # as the guide says
    assert Path("corpus/report.html").exists()


def test_the_recipe_for_slurm(pages: Path, local: dict[str, bytes], tmp_path: Path) -> None:
    """With an `sbatch` that does at once what it is given, in the order of the array."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "crawl").symlink_to(pages)
    script = """#!/bin/sh
    array=0
    for word; do case "$word" in --array=0-*) array=$(seq 0 ${word#--array=0-});; esac; last="$word"; done
    for SLURM_ARRAY_TASK_ID in $array; do export SLURM_ARRAY_TASK_ID; sh -c "$last" 1>&2 || exit 1; done
    echo 7
    """
    clean = f'#!/bin/sh\nexec {sys.executable} -m dehusk "$@"\n'
    for name, text in (("sbatch", script), ("clean", clean)):
        (tmp_path / "bin" / name).write_text(text)
        (tmp_path / "bin" / name).chmod(0o755)
    (code,) = re.findall(r"## Slurm.*?```sh\n(.*?)```", GUIDE, re.DOTALL)
    command = f'export PATH="{tmp_path}/bin:$PATH"; set -e; {code}'
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert read_tree(tmp_path / "corpus") == local


def test_on_ray(pages: Path, local: dict[str, bytes], tmp_path: Path) -> None:
    pytest.importorskip("ray")
    options = ["-o", tmp_path / "out", "--engine", "ray", "-j", "2", "-q"]
    command = [sys.executable, "-m", "dehusk", pages, *options]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert read_tree(tmp_path / "out") == local


def test_without_ray_the_way_to_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingExtra, match=r"pip install 'dehusk\[ray\]'"):
        next(ray_engine.map_on_ray(clean_step, [None], jobs=1))  # type: ignore[list-item]
