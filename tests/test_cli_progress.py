"""Progress: numbers that are right, a line a second for programs, nothing when it is not wanted."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from dehusk.cli import main
from dehusk.cli.progress import Bar, Follower, JsonLines, measure, write_line
from dehusk.model import Dropped
from dehusk.stages import Books, PageOutcome
from dehusk.stages.pulse import Pulse

LINE = "The mill by the river has ground the grain of the whole valley for three hundred years. "


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("JSON_SECONDS", "FOLLOW_SECONDS"):
        monkeypatch.setattr(f"dehusk.cli.progress.{name}", 0.01)


def make_books() -> Books:
    books = Books()
    books.count(PageOutcome("a", [], [Dropped("a", "dropped", "no-article")], size=3_000_000))
    books.count(Dropped("b", "failed", "truncated"))
    return books


def test_measure_tells_rates_and_the_time_left() -> None:
    state = measure(make_books(), seconds=4.0, files=10)
    assert (state["files"], state["pages"], state["failed"]) == (2, 1, 1)
    assert (state["pages_per_second"], state["mb_per_second"], state["seconds_left"]) == (0.2, 0.75, 16.0)
    assert measure(make_books(), seconds=4.0, files=None)["seconds_left"] is None
    assert measure(make_books(), seconds=4.0, files=None, share=0.25)["seconds_left"] == 12.0
    assert write_line(state).endswith("1 failed")


def test_json_lines_come_though_nothing_happens(capsys: pytest.CaptureFixture[str]) -> None:
    lines = JsonLines()
    lines.expect(lambda: 2)
    time.sleep(0.1)
    lines.show(make_books())
    lines.close()
    states = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert len(states) > 2
    assert [state["done"] for state in states] == [False] * (len(states) - 1) + [True]
    assert (states[-1]["files"], states[-1]["files_total"]) == (2, 2)


def test_the_bar_says_names_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    name = "failed: bad:smile:[red]1[/].pdf: https://example.org/" + "x" * 200
    bar = Bar()
    bar.say(name)
    bar.close()
    assert name in capsys.readouterr().err


@pytest.mark.parametrize(("options", "lines"), [([], 0), (["--progress", "json"], 1)])
def test_it_is_quiet_where_there_is_no_terminal(
    options: list[str], lines: int, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.html").write_text(f"<p>{LINE * 3}</p>")
    assert main([str(tmp_path / "a.html"), "-q", "-j", "1", "-o", str(tmp_path / "o.jsonl"), *options]) == 0
    errors = capfd.readouterr().err.splitlines()
    assert len([line for line in errors if json.loads(line)["done"]]) == lines


@pytest.mark.parametrize(
    ("options", "others"),
    [
        ([], {"failed", "skipped", "files", "pages", "articles", "51 words kept in"}),
        (["-q"], {"failed"}),
        (["--json"], {"failed", "skipped"}),
    ],
)
def test_its_lines_are_told_from_other_messages(
    options: list[str], others: set[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.html").write_text(f"<p>{LINE * 3}</p>")
    (tmp_path / "b.html").symlink_to("nowhere")
    (tmp_path / "c.css").write_text("body { color: red }\np { margin: 0 }\n")
    out = tmp_path / "o.jsonl"
    assert main([str(tmp_path), "-j", "1", "-o", str(out), "--progress", "json", *options]) == 1
    errors = capfd.readouterr().err.splitlines()
    objects = [json.loads(line) for line in errors if line[0] == "{"]
    assert sum(one.get("done", False) for one in objects) == 1
    assert ("words" in objects[-1]) == ("--json" in options)  # the summary, last of all
    messages = [line for line in errors if line[0] != "{"]
    assert {next(name for name in others if line.startswith(name)) for line in messages} == others


def test_a_folder_run_is_followed_inside_its_shards(tmp_path: Path) -> None:
    (tmp_path / ".work" / "pulse").mkdir(parents=True)
    books = Books()
    books.count(Dropped("b", "failed", "truncated"))
    Pulse(tmp_path / ".work" / "pulse" / "00000.json").tell(books)
    shown: list[Books] = []
    (tmp_path / ".work" / "manifest.json").write_text('{"shards": 4}')
    shares: list[float | None] = []
    follower = Follower(lambda books, share: (shares.append(share), shown.append(books)), tmp_path)
    follower.tell(make_books())
    deadline = time.monotonic() + 10
    while len(shown) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    follower.close()
    assert shown[-1].counts["files"] == 2
    assert 3 in [books.counts["files"] for books in shown]
    assert (shares[-2], shares[-1]) == (0.25, 1.0)


def test_a_finished_run_leaves_no_pulse(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.html").write_text(f"<p>{LINE * 3}</p>")
    assert main([str(tmp_path / "a.html"), "-q", "-o", str(tmp_path / "out"), "--progress", "json"]) == 0
    assert json.loads(capfd.readouterr().err.splitlines()[-1])["kept"] == 1
    assert not list(tmp_path.rglob("pulse"))
