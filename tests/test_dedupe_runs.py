"""Near-duplicates over whole runs: any number of workers, streams and folders, and the index across runs."""

from __future__ import annotations

import gzip
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dehusk.dedupe import Deduplicator, read_state
from dehusk.errors import BadOptions, RunRefused, UnreadableIndex
from dehusk.model import Options
from dehusk.pages import read_pages
from dehusk.pipeline import Plan, run_directory, run_stream, steps
from dehusk.pipeline.explain import explain_pages
from dehusk.pipeline.lock import locked_file
from dehusk.records import read_records

WORDS = [a + b + c for a in "bdfgklmnprst" for b in "aeiou" for c in ("lan", "mer", "nos", "rit", "sen")]


def make_text(seed: int, words: int = 250) -> str:
    rng = random.Random(seed)
    return " ".join(rng.choice(WORDS) for _ in range(words)) + "."


def write_rows(path: Path, texts: list[str]) -> Path:
    path.write_text("\n".join(json.dumps({"html": f"<article><p>{text}</p></article>"}) for text in texts))
    return path


def read_rows(folder: Path) -> list[dict[str, Any]]:
    content = gzip.decompress((folder / "00000.jsonl.gz").read_bytes())
    return [json.loads(line) for line in content.splitlines()]


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of every three pages the second is a part of the first, and the third of the first with more."""
    texts = []
    for seed in range(20):
        text = make_text(seed, 120)
        texts += [text, text[: len(text) * 3 // 4], text + " " + make_text(1000 + seed, 20)]
    return write_rows(tmp_path_factory.mktemp("in") / "pages.jsonl", texts)


def plan_of(rows: Path, *, index: Path | None = None, jobs: int = 1, **options: Any) -> Plan:
    return Plan((str(rows),), options=Options(**options), jobs=jobs, index=index)


def stream(plan: Plan, out: Path) -> list[str]:
    run_stream(plan, out=out)
    return [article.id for article in read_records(out)]


def fill(plan: Plan, out: Path) -> list[str]:
    run_directory(plan, out)
    return [article.id for article in read_records(out)]


RUNS: dict[str, Callable[[Plan, Path], list[str]]] = {"stream.jsonl": stream, "folder": fill}


def test_streams_and_folders_keep_the_same_for_any_number_of_workers(rows: Path, tmp_path: Path) -> None:
    kept = [
        run(plan_of(rows, jobs=jobs, keep="first"), tmp_path / f"{jobs}{name}")
        for jobs in (1, 2)
        for name, run in RUNS.items()
    ]
    assert all(ids == kept[0] for ids in kept[1:])
    assert len(kept[0]) == 20


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.parametrize("keep", ["first", "longest"])
def test_the_same_input_twice_is_all_kept(rows: Path, tmp_path: Path, name: str, keep: str) -> None:
    if (name, keep) == ("stream.jsonl", "longest"):
        pytest.skip("a stream keeps the first")
    index = tmp_path / "index"
    first = RUNS[name](plan_of(rows, index=index, keep=keep), tmp_path / f"a{name}")
    content = index.read_bytes()
    assert RUNS[name](plan_of(rows, index=index, keep=keep), tmp_path / f"b{name}") == first
    assert index.read_bytes() == content
    if name == "folder":
        stats = [json.loads((tmp_path / f"{run}{name}" / "stats.json").read_text()) for run in "ab"]
        known = [one["books"]["near_duplicates"].get("known") for one in stats]
        assert known == [None, len(first)]


@pytest.mark.parametrize("name", RUNS)
def test_what_an_earlier_run_kept_comes_first(rows: Path, tmp_path: Path, name: str) -> None:
    """Also where the later text is longer and the longest is kept."""
    index = tmp_path / "index"
    [kept] = stream(
        plan_of(write_rows(tmp_path / "a.jsonl", [make_text(3, 120)]), index=index), tmp_path / "a.out.jsonl"
    )
    later = write_rows(tmp_path / "b.jsonl", [make_text(3, 120) + " one word more", make_text(4)])
    keep = "first" if name == "stream.jsonl" else "longest"
    assert len(RUNS[name](plan_of(later, index=index, keep=keep), tmp_path / name)) == 1
    if name == "folder":
        [row] = read_rows(tmp_path / name / "dropped")
        assert (row["reason"], row["duplicate_of"]) == ("contained", kept)


@pytest.mark.parametrize("name", RUNS)
def test_two_pages_of_one_id_are_one_record(tmp_path: Path, name: str) -> None:
    """Their sources are written alike: one's name is not UTF-8, the other's is what is written for it."""
    pages = tmp_path / "pages"
    pages.mkdir()
    same, other = (f"<article><p>{make_text(seed)}</p></article>" for seed in range(2))
    for file_name, content in ((b"caf%E9.html", same), (b"cafZ.html", other), (b"caf\xe9.html", same)):
        (pages / os.fsdecode(file_name)).write_text(content)
    ids = RUNS[name](plan_of(pages, dedup=False), tmp_path / f"all-{name}")
    assert ids[0] == ids[2] != ids[1]
    assert RUNS[name](plan_of(pages), tmp_path / name) == ids[:2]


def make_dumps(folder: Path) -> Path:
    """The second file's first page stands in the first file, and once more as its own third page."""

    def page(number: int, seed: int) -> str:
        paragraphs = (make_text(10 * seed + n, 70).capitalize() for n in range(6))
        return (
            f"URL: https://example.org/{number}\nTitle: Page {number}\n\n" + "\n\n".join(paragraphs) + "\n\n"
        )

    folder.mkdir()
    (folder / "a.txt").write_text(page(1, 1) + make_text(5, 70))
    (folder / "b.txt").write_text(page(2, 1) + page(3, 2) + page(4, 1))
    return folder


@pytest.mark.parametrize("name", RUNS)
def test_a_copy_of_a_copy_names_the_record_that_is_kept(tmp_path: Path, name: str) -> None:
    plan, out, drops = plan_of(make_dumps(tmp_path / "in")), tmp_path / name, tmp_path / "drops.jsonl"
    if name == "folder":
        ids = fill(plan, out)
        dropped = read_rows(out / "dropped")
        assert [article.duplicates for article in read_records(out)] == [2, 0]
    else:
        run_stream(plan, out=out, dropped=drops)
        ids = [article.id for article in read_records(out)]
        dropped = [json.loads(line) for line in drops.read_text().splitlines()]
    assert sorted((row["part"], row["duplicate_of"]) for row in dropped) == [(1, ids[0]), (3, ids[0])]


def test_explaining_names_it_too(tmp_path: Path) -> None:
    _, second = explain_pages(read_pages([make_dumps(tmp_path / "in")]), Options())
    assert [(part, one.detail) for part, one in sorted(second.dropped.items())] == [
        (part, 'a copy of article 1 of a.txt "Page 1"') for part in (1, 3)
    ]


def test_a_folder_names_the_supersets_that_it_keeps(tmp_path: Path) -> None:
    texts = [make_text(1, 100), make_text(1, 100) + make_text(2, 100), make_text(5)]
    pages = write_rows(tmp_path / "in.jsonl", texts)
    out = tmp_path / "out"
    ids = fill(plan_of(pages, keep="first"), out)
    [row] = read_rows(out / "supersets")
    assert row == {"id": ids[1], "contains": ids[0]}
    stats = json.loads((out / "stats.json").read_text())
    assert stats["books"]["near_duplicates"] == {"supersets": 1}
    assert run_stream(plan_of(pages), out=tmp_path / "out.jsonl").summary()["near_duplicates"] == {
        "supersets": 1
    }


def test_a_second_writer_is_refused(rows: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    command = [sys.executable, "-m", "dehusk", str(rows), "--index", str(index)]
    with locked_file(index):
        for out in ("a.jsonl", "a"):
            done = subprocess.run(
                [*command, "-o", str(tmp_path / out)], capture_output=True, text=True, check=False
            )
            assert done.returncode == 2
            assert "another run is writing to" in done.stderr
            assert "wait until it is done, or give another index" in done.stderr
        assert not (tmp_path / "a.jsonl").exists()
    assert not index.exists()
    assert subprocess.run([*command, "-o", str(tmp_path / "a"), "-q"], check=False).returncode == 0
    assert [path.name for path in tmp_path.glob(".*")] == []


@pytest.mark.parametrize("name", RUNS)
def test_what_is_no_index_is_refused(rows: Path, tmp_path: Path, name: str) -> None:
    index = tmp_path / "index"
    index.write_bytes(b"not one")
    with pytest.raises(UnreadableIndex, match="delete it to make a new index"):
        RUNS[name](plan_of(rows, index=index), tmp_path / name)
    assert index.read_bytes() == b"not one"


def test_an_index_without_removal_is_refused(rows: Path, tmp_path: Path) -> None:
    for run in (stream, fill, steps.plan_step):
        with pytest.raises(BadOptions, match="leave one of the two out"):
            run(plan_of(rows, index=tmp_path / "index", dedup=False), tmp_path / "out")


@pytest.mark.parametrize("name", RUNS)
def test_a_run_of_no_inputs_leaves_the_index_as_it_was(rows: Path, tmp_path: Path, name: str) -> None:
    index = tmp_path / "index"
    (tmp_path / "empty").mkdir()
    stream(plan_of(rows, index=index), tmp_path / "a.jsonl")
    before = index.read_bytes()
    assert RUNS[name](plan_of(tmp_path / "empty", index=index), tmp_path / name) == []
    assert index.read_bytes() == before
    assert name != "folder" or (tmp_path / name / "stats.json").exists()


@pytest.mark.parametrize(
    ("out", "number"),
    [("out.jsonl", signal.SIGKILL), ("out", signal.SIGTERM), ("-", signal.SIGINT)],
)
def test_a_run_that_ends_early_leaves_the_index_as_it_was(
    rows: Path, tmp_path: Path, out: str, number: signal.Signals
) -> None:
    index = tmp_path / "index"
    stream(plan_of(write_rows(tmp_path / "a.jsonl", [make_text(999)]), index=index), tmp_path / "a.out.jsonl")
    before = index.read_bytes()
    command = [sys.executable, "-m", "dehusk", "-", "-o", out, "--index", str(index), "-j1", "-q"]
    run = subprocess.Popen(command, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    assert run.stdin
    run.stdin.write(rows.read_bytes())
    run.stdin.flush()
    wait_for((tmp_path / ".index.lock").exists)
    time.sleep(0.2)  # until it waits for more input: an interpreter may miss what comes just before that
    run.send_signal(number)
    assert run.wait(20) != 0
    run.stdin.close()
    assert index.read_bytes() == before
    with locked_file(index):  # nobody is held up
        pass


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


class Killed(BaseException):
    """A run that dies here leaves things as a killed one does."""


def die(*args: Any, **named: Any) -> None:
    raise Killed


@pytest.mark.parametrize(
    ("label", "place"),
    [
        ("deciding", (steps, "decide")),
        ("filtering", (steps, "filter_shard")),
        ("before the index", (steps.Judged, "commit")),
        ("between the index and the end", (steps.shutil, "rmtree")),
        ("before the end is noted", (steps, "_describe")),
    ],
)
def test_a_resumed_run_commits_once(
    rows: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, label: str, place: tuple[Any, str]
) -> None:
    plan = plan_of(rows, index=tmp_path / "index")
    expected = fill(plan_of(rows, index=tmp_path / "expected"), tmp_path / "undisturbed")
    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(*place, die)
        run_directory(plan, tmp_path / "out")
    assert fill(plan, tmp_path / "out") == expected
    assert (tmp_path / "index").read_bytes() == (tmp_path / "expected").read_bytes()


def test_a_run_killed_just_after_its_index_was_written_commits_once(
    rows: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_of(rows, index=tmp_path / "index")
    with monkeypatch.context() as patched, pytest.raises(Killed):
        write = steps.write_json
        patched.setattr(
            steps,
            "write_json",
            lambda path, value: die() if path.name == "stats.json" else write(path, value),
        )
        run_directory(plan, tmp_path / "out")
    content = (tmp_path / "index").read_bytes()
    assert len(fill(plan, tmp_path / "out")) == 20
    assert (tmp_path / "index").read_bytes() == content


def test_a_resumed_run_decides_anew_if_another_has_changed_the_index(
    rows: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = tmp_path / "index"
    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(steps.Judged, "commit", die)
        run_directory(plan_of(rows, index=index), tmp_path / "out")
    others = write_rows(tmp_path / "others.jsonl", [make_text(0, 120), make_text(1, 120)])
    of_others = stream(plan_of(others, index=index), tmp_path / "others.out.jsonl")
    assert len(fill(plan_of(rows, index=index), tmp_path / "out")) == 18
    dropped = read_rows(tmp_path / "out" / "dropped")
    assert set(of_others) <= {row["duplicate_of"] for row in dropped}
    assert len(Deduplicator.from_index(index)._kept) == 20


def test_a_run_killed_while_it_works_resumes_with_the_same_index(rows: Path, tmp_path: Path) -> None:
    pages = tmp_path / "in"
    pages.mkdir()
    for number in range(70):
        (pages / f"{number:03}.html").write_text(f"<article><p>{make_text(number)}</p></article>")
    fill(plan_of(pages, index=tmp_path / "expected", keep="longest"), tmp_path / "undisturbed")
    out, index = tmp_path / "out", tmp_path / "index"
    command = [sys.executable, "-m", "dehusk", str(pages), "-o", str(out), "-j1", "-q", "--index", str(index)]
    run = subprocess.Popen(command)
    wait_for((out / ".work" / "clean" / "00000.jsonl").exists)
    run.kill()
    run.wait()
    assert not index.exists()
    assert subprocess.run(command, check=False).returncode == 0
    assert index.read_bytes() == (tmp_path / "expected").read_bytes()
    assert read_state(index)


def test_a_finished_run_leaves_the_index_alone(rows: Path, tmp_path: Path) -> None:
    plan = plan_of(rows, index=tmp_path / "index")
    fill(plan, tmp_path / "out")
    content = (tmp_path / "index").read_bytes()
    assert run_directory(plan, tmp_path / "out").was_done
    assert (tmp_path / "index").read_bytes() == content
    with pytest.raises(RunRefused, match="other index"):
        run_directory(plan_of(rows, index=tmp_path / "other"), tmp_path / "out")
