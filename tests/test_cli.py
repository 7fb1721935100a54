"""The command: exit statuses, what goes where, and nothing hostile on the terminal."""

from __future__ import annotations

import gzip
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tarfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import dehusk
from dehusk.cli import main
from dehusk.cli.main import with_signals
from dehusk.records import take_lock
from dehusk.report import escape_controls

LINE = "The mill by the river has ground the grain of the whole valley for three hundred years. "
PAGE = f"<title>Mill</title><nav><a href=/>Home</a> <a href=/b>Shop</a></nav><p>{LINE * 3}</p>"
COMMAND = [sys.executable, "-m", "dehusk"]


@pytest.fixture(scope="module")
def messy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One good page, and everything that a crawl folder can hold besides."""
    folder = tmp_path_factory.mktemp("messy")
    (folder / "good.html").write_text(PAGE)
    (folder / "a\x1b[31m\u202egnp.html").symlink_to("nowhere")
    (folder / "loop.html").symlink_to("loop.html")
    (folder / "empty.html").touch()
    (folder / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    (folder / "style.css").write_text("body { color: red }\np { margin: 0 }\n")
    (folder / "cut.html.gz").write_bytes(gzip.compress(PAGE.encode())[:-20])
    (folder / "deep.html").write_text("<div>" * 5000 + LINE)
    os.mkfifo(folder / "fifo")
    return folder


def run(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *map(str, arguments)], capture_output=True, text=True, encoding="utf-8", **options
    )


@pytest.fixture(scope="module")
def messy_run(messy: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    dropped = tmp_path_factory.mktemp("dropped") / "dropped.jsonl"
    return run(messy, "--dropped", dropped, "--json"), dropped


def test_the_good_page_comes_out_and_each_other_is_named(messy_run: tuple[Any, Path]) -> None:
    done, dropped = messy_run
    assert done.returncode == 1
    assert [json.loads(line)["source"] for line in done.stdout.splitlines()] == ["good.html"]
    rows = [json.loads(line) for line in dropped.read_text("utf-8").splitlines()]
    assert sorted((row["source"], row["stage"], row["reason"]) for row in rows) == [
        ("a[31m\u202egnp.html", "failed", "dangling-link"),
        ("cut.html.gz", "failed", "truncated"),
        ("deep.html", "failed", "too-deep"),
        ("empty.html", "dropped", "empty"),
        ("fifo", "skipped", "fifo"),
        ("logo.png", "skipped", "image"),
        ("loop.html", "failed", "looping-link"),
        ("style.css", "skipped", "stylesheet"),
    ]
    for row in rows:
        is_named = row["source"].removeprefix("a[31m\u202e") in done.stderr
        assert is_named == (row["stage"] != "dropped")


def test_the_books_balance_and_the_summary_tells_them(messy_run: tuple[Any, Path]) -> None:
    books = json.loads(messy_run[0].stderr.splitlines()[-1])
    assert books["files"] == {"all": 9, "pages": 3, "skipped": 3, "failed": 3}
    assert books["pages"] == {"all": 3, "kept": 1, "dropped": 1, "failed": 1}
    assert books["articles"] == {"all": 1, "kept": 1, "dropped": 0}


def test_a_hostile_name_cannot_command_the_terminal(messy_run: tuple[Any, Path]) -> None:
    assert "\x1b" not in messy_run[0].stderr
    assert "\u202e" not in messy_run[0].stderr
    assert r"a\x1b[31m\u202egnp.html" in messy_run[0].stderr


def test_a_folder_gives_the_same_and_is_refused_to_others(messy: Path, tmp_path: Path) -> None:
    out = tmp_path / "corpus"
    assert main([str(messy), "-o", str(out), "-q"]) == 1
    stats = json.loads((out / "stats.json").read_text())
    assert stats["books"]["files"] == {"all": 9, "pages": 3, "skipped": 3, "failed": 3}
    assert main([str(messy), "-o", str(out), "-q"]) == 0  # done before
    assert main([str(messy), "-o", str(out), "-q", "--no-split"]) == 2
    report = (out / "report.html").read_text("utf-8")
    assert "default-src &#x27;none&#x27;" in report or "default-src 'none'" in report
    assert "dangling-link" in report


def test_standard_input_and_a_file_for_output(tmp_path: Path) -> None:
    done = run("-o", tmp_path / "out.jsonl", input=PAGE)
    assert (done.returncode, done.stdout) == (0, "")
    assert json.loads((tmp_path / "out.jsonl").read_text())["source"] == "-"


def test_dry_run_lists_kinds(messy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(messy), "--dry-run"]) == 1
    listed = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    rows = {source: kind for kind, source in listed}
    assert rows["good.html"] == "html"
    assert rows["fifo"] == "skipped: fifo"
    assert rows["cut.html.gz"] == "failed: truncated"
    assert main([str(messy), "--dry-run", "--json"]) == 1
    objects = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [[row["kind"], escape_controls(row["source"])] for row in objects] == listed


def test_dry_run_lists_a_text_in_pieces_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "dump.txt").write_text("This is a line.\n" * 100)
    assert main([str(tmp_path / "dump.txt"), "--dry-run", "--max-bytes", "500"]) == 0
    assert capsys.readouterr().out == "text\tdump.txt\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--min-words", "-1", "x"], "--min-words must be 0 or more"),
        (["--max-seconds", "0", "x"], "--max-seconds must be above 0"),
        (["--limit", "0", "x"], "--limit must be 1 or more, not 0"),
        (["--threshold", "2", "x"], "threshold"),
        (["-j", "0", "x"], "-j must be 1"),
        (["--keep", "longest", "x"], "-o FOLDER"),
        (["--keep-stripped", "x"], "-o FOLDER"),
        (["-o", "no-such-folder-yet", "--dropped", "d", "x"], "--dropped"),
        (["-o", "/dev/null/x.jsonl", "x"], "/dev/null"),
        (["-o", "no-such-folder-yet/x.jsonl", "x"], "make it first"),
        (["-o", "x.txt", "x"], ".jsonl.gz"),
        (["-o", "x.jsonl.bz2", "x"], ".jsonl.gz"),
        (["--dropped", "-", "/dev/null"], "cannot write --dropped -: it is a file"),
        (["--dropped", "no-such-file-yet.Parquet", "/dev/null"], "JSON lines"),
        (["-o", "no-such-folder-yet", "no-such-page.html"], "nothing to clean"),
        (["-o", "no-such-file-yet.jsonl", "no-such-page.html"], "nothing to clean"),
        (["explain", "a.html", "b.html"], "give a.html alone"),
        (["explain", "x", "--templates", "t", "--no-templates"], "contradict"),
        (["stage", "plan", "no-such-page.html", "-o", "no-such-folder-yet"], "nothing to clean"),
        (["stage", "plan", "x", "-o", "no-such-file-yet.jsonl"], "needs a folder"),
        (["stage", "plan", "/dev/null", "-o", "c", "--templates", "t", "--no-templates"], "contradict"),
    ],
)
def test_errors_of_usage_and_output_end_with_2(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert message in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--no-such-option"], "--no-such-option"),
        (["--keep", "shortest"], "shortest"),
        (["-j", "many"], "many"),
        ([""], "empty path"),
        (["https://example.org/a.html"], "not fetched"),
        (["-o", "", "x"], "empty path"),
        (["--dropped", "", "x"], "empty path"),
        (["--index=", "x"], "empty path"),
        (["--prec", "x"], "did you mean --precision?"),
        (["--language", "en,english", "x"], "no language is told as 'english': did you mean en (English)"),
        (["--language", ",", "x"], "',' names no language"),
        (["--language", "", "x"], "'' names no language"),
        (["explain", "x", "--keep", "first"], "--keep"),
        (["explain", "x", "--max-seconds", "5"], "--max-seconds"),
        (["learn", "x", "-o", "t", "--engine", "ray"], "--engine"),
        (["learn", "x", "-o", "t", "--ray-address", "a"], "--ray-address"),
        (["learn", "x", "-o", "t", "--threshold", "0.9"], "--threshold"),
        (["learn", "x", "-o", "t", "--keep", "longest"], "--keep"),
        (["learn", "x", "-o", "t", "--no-dedup"], "--no-dedup"),
        (["learn", "x", "-o", "t", "--no-templates"], "--no-templates"),
        (["learn", "x", "-o", "t", "--extractor", "trafilatura"], "--extractor"),
        (["stage", "plan", "x", "-o", "c", "--dry-run"], "--dry-run"),
        (["stage", "plan", "x", "-o", "c", "--dropped", "d"], "--dropped"),
        (["stage", "plan", "x", "-o", "c", "--json"], "--json"),
        (["stage", "plan", "x", "-o", "c", "--engine", "ray"], "--engine"),
        (["stage", "plan", "x"], "required: -o"),
        (["stage", "dcide", "c"], "did you mean decide?"),
    ],
)
def test_wrong_options_end_with_2(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("a.txt -o a.txt", "the file of -o"),
        ("rows.jsonl -o rows.jsonl", "rows.jsonl is an input and the file of -o"),
        ("rows.jsonl -o rows.jsonl --dry-run", "the file of -o"),
        ("a.txt rows.jsonl -o ../in/rows.jsonl", "the file of -o"),
        ("rows.jsonl -o link.jsonl", "the file of -o"),
        ("link.jsonl -o rows.jsonl", "link.jsonl is an input"),
        ("a.txt -o k.jsonl --dropped a.txt", "the file of --dropped"),
        ("a.txt --dropped a.txt", "the file of --dropped"),
        ("a.txt --index a.txt", "the file of --index"),
        ("a.txt --templates a.txt", "the file of --templates"),
        ("learn a.txt -o a.txt", "the file of -o"),
        ("learn . link.txt -o a.txt", "the file of -o"),
        ("explain a.txt --html a.txt", "the file of --html"),
        ("explain rows.jsonl#1 --html rows.jsonl", "the file of --html"),
        ("explain a.txt --html b.html --templates b.html", "--html and --templates name the same file"),
        ("stage plan a.txt -o out --index a.txt", "the file of --index"),
        ("folder -o folder", "the file of -o"),
        ("a.txt -o k.jsonl --dropped k.jsonl", "-o and --dropped name the same file, k.jsonl"),
        ("a.txt -o k.jsonl --dropped ./k.jsonl", "name the same file"),
        ("a.txt -o dangling.jsonl --dropped k.jsonl", "name the same file"),
        ("a.txt -o k.jsonl --index k.jsonl", "-o and --index"),
        ("a.txt -o k.jsonl --templates k.jsonl", "-o and --templates"),
        ("a.txt --dropped k.jsonl --index k.jsonl", "--dropped and --index"),
        ("a.txt -o corpus --index corpus", "-o and --index"),
    ],
)
def test_a_file_with_two_uses_is_refused_and_not_touched(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    message: str,
) -> None:
    folder = tmp_path / "in"
    (folder / "folder").mkdir(parents=True)
    (folder / "a.txt").write_text(LINE * 3)
    (folder / "rows.jsonl").write_text(json.dumps({"text": LINE * 3}) + "\n")
    for name, target in (("link.txt", "a.txt"), ("link.jsonl", "rows.jsonl"), ("dangling.jsonl", "k.jsonl")):
        (folder / name).symlink_to(target)
    before = {path.name: path.is_file() and path.read_bytes() for path in folder.iterdir()}
    monkeypatch.chdir(folder)
    assert main(command.split()) == 2
    assert message in capsys.readouterr().err.splitlines()[-1]
    assert {path.name: path.is_file() and path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize(
    ("command", "what"),
    [
        ("a.txt -o rows.jsonl", "records"),
        ("a.txt -o page.jsonl", "records"),
        ("a.txt -o link.jsonl", "records"),
        ("a.txt -o text.jsonl.gz", "records"),
        ("a.txt -o text.parquet", "records"),
        ("a.txt -o dropped.jsonl", "records"),
        (". -o page.jsonl", "records"),
        (". -o page.html", "records"),
        (". --dropped page.html", "rows of what was dropped"),
        (". --dropped records.jsonl.gz", "rows of what was dropped"),
        ("explain a.txt --html page.html", "explained pages"),
        ("a.txt --index page.html", "index"),
        ("learn a.txt -o page.html", "templates"),
    ],
)
def test_a_file_of_others_is_not_overwritten(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    what: str,
) -> None:
    if "parquet" in command:
        pytest.importorskip("pyarrow")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text(LINE * 3)
    for name, held in (
        ("rows.jsonl", json.dumps({"text": LINE * 3})),
        ("page.jsonl", PAGE),
        ("page.html", PAGE),
        ("text.jsonl.gz", LINE),
        ("text.parquet", LINE),
        ("dropped.jsonl", '{"source":"a","stage":"failed","reason":"corrupt","detail":""}'),
    ):
        (tmp_path / name).write_text(held)
    (tmp_path / "link.jsonl").symlink_to("page.html")
    assert main(["a.txt", "-o", "records.jsonl.gz", "-q", "-j1"]) == 0
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    assert main(command.split()) == 2
    assert f"no {what}" in capsys.readouterr().err.splitlines()[-1]
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_write_protected_file_is_not_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text(LINE * 3)
    out = tmp_path / "out.jsonl"
    command = [str(tmp_path / "a.txt"), "-o", str(out), "-q", "-j1"]
    assert main(command) == 0
    out.chmod(0o444)
    if os.access(out, os.W_OK):
        pytest.skip("nothing is protected from root")
    assert main(command) == 2
    assert "out.jsonl is write-protected" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names are UTF-8 in every locale")
def test_a_source_is_the_same_in_every_locale(tmp_path: Path) -> None:
    (folder := tmp_path / "ärger").mkdir()
    for name in ("müll.html", os.fsdecode(b"caf\xe9.html")):
        (folder / name).write_text(PAGE)
    with tarfile.open(folder / "a.tar", "w") as tar:
        tar.add(folder / "müll.html", "öl.html")
    plain = os.environ | {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    command = ("ärger", "--no-dedup", "--include", "*[äüöa]*")
    told = [run(*command, env=env, cwd=tmp_path).stdout for env in (None, plain)]
    assert told[0] == told[1]
    sources = [json.loads(line)["source"] for line in told[0].splitlines()]
    assert sources == ["a.tar!öl.html", "caf%E9.html", "müll.html"]
    for source in sources:
        assert run("explain", f"ärger/{source}", env=plain, cwd=tmp_path).returncode == 0


@pytest.mark.parametrize("ending", ["jsonl", "jsonl.gz", "jsonl.zst", "parquet"])
def test_what_a_run_wrote_and_empty_files_are_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    for end, package in (("zst", "zstandard"), ("parquet", "pyarrow")):
        if ending.endswith(end):
            pytest.importorskip(package)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text(LINE * 3)
    (tmp_path / "short.txt").write_text("Short.")
    out, dropped = f"out.{ending}", "dropped.gz" if "gz" in ending else "dropped"
    for name in (out, dropped, "a.html"):
        (tmp_path / name).touch()
    for name in ("a.txt", "short.txt", "a.txt"):  # records, none, and their places taken again
        assert main([name, "-o", out, "--dropped", dropped, "-q", "-j1"]) == 0
        assert main(["explain", name, "--html", "a.html"]) == 0
    assert len(list(dehusk.read_records(out))) == 1


def test_what_a_killed_run_left_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(LINE * 3)
    for name in (".dehusk-0.part", ".dehusk-1.part"):
        (tmp_path / name).write_text("{")
    with (tmp_path / ".dehusk-1.part").open("ab") as held:
        assert take_lock(held.fileno())  # as a run at work does
        told = run("a.txt", "-o", "b.jsonl", "-j1", cwd=tmp_path).stderr
    assert re.findall(r"warning: (\S+) is left of a run", told) == [".dehusk-0.part"]
    assert "warning" not in run("a.txt", "-o", "b.jsonl", "-qj1", cwd=tmp_path).stderr


def test_an_output_may_lie_in_a_folder_of_inputs_and_devices_may_be_named_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text(LINE * 3)
    (tmp_path / "-").write_text(LINE * 3 + "It is not standard input. ")
    for _ in range(2):  # what the first run wrote is overwritten, and not read
        assert main([".", "-o", "k.jsonl", "--dropped", "d.jsonl", "--index", "i", "-j1"]) == 0
    assert main([".", "-o", "/dev/null", "--dropped", "/dev/null", "-j1"]) == 0
    assert run("./-", "-o", "-").stdout.count('"source":"-"') == 1


def test_behind_two_dashes_all_are_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("-q", "--help", "a.html"):
        (tmp_path / name).write_text(f"{PAGE}<p>{name} {LINE}")
    assert main(["-o", "o.jsonl", "-qj1", "--no-dedup", "--", "-q", "a.html", "--help"]) == 0
    assert [one.source for one in dehusk.read_records("o.jsonl")] == ["./-q", "a.html", "./--help"]
    assert main(["explain", "--", "--help"]) == 0


@pytest.mark.parametrize("rest", ["-q", "-o c.jsonl", "-o c", "--dry-run"])
def test_a_closed_standard_input_is_named(tmp_path: Path, rest: str) -> None:
    command = f"{' '.join(map(shlex.quote, COMMAND))} - {rest} <&-"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=tmp_path)
    shown = done.stdout + done.stderr
    assert done.returncode == (1 if rest == "--dry-run" else 2)
    assert "Traceback" not in shown
    assert "standard input is closed" in shown or "failed: unreadable\t-" in shown


@pytest.mark.parametrize("mode", ["w", "a"])
def test_a_stream_does_not_read_what_it_writes(tmp_path: Path, mode: str) -> None:
    (tmp_path / "a.html").write_text(PAGE)
    for _ in range(2):
        with (tmp_path / "corpus.jsonl").open(mode) as out, (tmp_path / "log.txt").open("w") as log:
            command = [*COMMAND, ".", "--dropped", "d.jsonl", "-j1"]
            assert subprocess.run(command, stdout=out, stderr=log, cwd=tmp_path).returncode == 0
        assert (tmp_path / "log.txt").read_text().startswith("files: 1 = 1 pages")


def test_what_the_shell_writes_to_is_no_input(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(LINE * 3)
    with (tmp_path / "a.txt").open("a") as out:
        done = subprocess.run(
            [*COMMAND, "a.txt"], stdout=out, stderr=subprocess.PIPE, text=True, cwd=tmp_path
        )
    assert (done.returncode, (tmp_path / "a.txt").read_text()) == (2, LINE * 3)
    assert "a.txt is an input and the file of standard output" in done.stderr


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs names of descriptors")
@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
def test_a_name_of_standard_output_is_the_stream(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.html").write_text(PAGE)
    out, log = tmp_path / "out", tmp_path / "log"
    with out.open("w") as stdout, log.open("w") as stderr:
        command = [*COMMAND, "a.html", "none.html", "-o", name, "--dropped", "/dev/stderr"]
        done = subprocess.run(command, stdout=stdout, stderr=stderr, cwd=tmp_path)
        assert done.returncode == 1
    assert [json.loads(line)["source"] for line in out.read_text().splitlines()] == ["a.html"]
    lines = log.read_text().splitlines()
    assert any(line.startswith("failed: none.html") for line in lines)
    assert any(line.startswith('{"source":"none.html","stage":"failed"') for line in lines)
    assert lines[-1].endswith("pages/s")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "log", "out"]


def test_a_run_that_was_done_tells_what_had_failed(messy: Path, tmp_path: Path) -> None:
    """A scheduler that tries again is told the truth and goes on: another try of the same inputs mends nothing."""
    out = tmp_path / "out"
    assert run(messy, "-o", out, "-q").returncode == 1
    for loudness in ("-v", "-q", "--json"):
        done = run(messy, "-o", out, loudness)
        assert (done.returncode, done.stdout) == (0, "")
        said = (
            f'{out} holds this run already: nothing to do; 4 of its inputs failed, see "stage":"failed" in '
        )
        assert done.stderr.startswith(f"{said}{out / 'dropped'}\n")
    with gzip.open(out / "dropped" / "00000.jsonl.gz") as rows:
        assert [json.loads(row)["stage"] for row in rows].count("failed") == 4


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        ("rm 00000.jsonl.gz", "00000.jsonl.gz is missing"),
        (": > 00000.jsonl.gz", "00000.jsonl.gz has 0 of"),
        ("rm -r dropped", "dropped/00000.jsonl.gz is missing"),
        (": > stats.json", "stats.json: it is damaged or cut off"),
        ("echo '{}' > stats.json", "stats.json lacks run, stats.json lacks counts"),
    ],
)
def test_a_damaged_corpus_is_not_called_finished(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], damage: str, named: str
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.html").write_text(PAGE)
    out = tmp_path / "c"
    command = [str(tmp_path / "in"), "-o", str(out), "-j1", "-q"]
    assert (main(command), main(command)) == (0, 0)
    capsys.readouterr()
    subprocess.run(damage, shell=True, cwd=out, check=True)
    for again in (command, ["report", str(out)]):
        assert main(again) == 2
        message = capsys.readouterr().err
        assert named in message
        assert "delete the folder" in message
    if "dropped" not in damage and "echo" not in damage:
        assert main(["diff", str(out), str(out)]) == 2


def test_the_summary_tells_what_the_index_knew_by_the_same_id(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for count, said in (
        (1, "1 kept article is in the index already"),
        (2, "2 kept articles are in the index already"),
    ):
        page = tmp_path / "a.jsonl"
        page.write_text(
            "".join(json.dumps({"text": f"{LINE * 3}{n} " * (n + 1)}) + "\n" for n in range(count))
        )
        for _ in range(2):
            assert main([str(page), "--index", str(tmp_path / f"i{count}"), "--no-templates", "-j1"]) == 0
        assert said in capsys.readouterr().err


@pytest.mark.parametrize("rest", [[], ["-o", "c"], ["-o", "c.jsonl"], ["--dry-run"], ["--limit", "1"]])
def test_a_path_that_is_not_there_is_a_failed_input_beside_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], rest: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["none", *rest]) == main(["learn", "none", "-o", "c.templates"]) == 2
    assert capsys.readouterr().err == "clean: there is no none: nothing to clean\n" * 2
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.html").write_text(PAGE)
    assert main(["in", "none", *rest]) == 1
    shown = capsys.readouterr()
    assert "failed: none: not-found" in shown.err or "failed: not-found\tnone" in shown.out


def test_a_name_that_ends_in_a_slash_is_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.html").write_text(PAGE)
    assert main(["a.html", "-o", "c.jsonl/", "-j1", "-q"]) == 0
    assert (tmp_path / "c.jsonl" / "stats.json").exists()
    assert main(["stage", "plan", "a.html", "-o", "d.jsonl/"]) == 0
    assert main(["a.html", "-o", "c.txt/", "-q"]) == 0
    assert (tmp_path / "c.txt" / "stats.json").exists()
    assert main(["a.html", "-o", "e", "--index", "e/x.index"]) == 2
    assert "e/x.index lies in the folder of this run" in capsys.readouterr().err
    assert not (tmp_path / "e").exists()
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / ".work").touch()
    assert main(["a.html", "-o", "f"]) == 2
    said = "clean: f/.work is not the work folder of a run: choose another folder, or move it away\n"
    assert capsys.readouterr().err == said


def test_a_threshold_for_nothing_is_said_to_be_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.html").write_text(PAGE)
    command = [str(tmp_path / "a.html"), "--threshold", "0.7", "-j1"]
    assert main(command) == 0
    assert "warning" not in capsys.readouterr().err
    assert main([*command, "--no-dedup"]) == 0
    assert capsys.readouterr().err.startswith("warning: a threshold is for near-duplicates")


@pytest.mark.parametrize(
    ("arguments", "warning"),
    [
        (["in"], "warning: no file in in\n"),
        (["in", "-o", "c"], "warning: no file in in\n"),
        (["in", "--include", "*.x"], "warning: no file in in is left by --include *.x\n"),
        (["in", "--dry-run"], "warning: no file in in\n"),
        (["learn", "in", "-o", "t"], "warning: no file in in\n"),
        (["stage", "plan", "in", "-o", "c"], "warning: no file in in\n"),
        (["in", "-q"], ""),
    ],
)
def test_a_run_of_nothing_says_so(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    warning: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    assert main(arguments) == 0
    err = capsys.readouterr().err
    assert err.startswith(warning) if warning else not err


def test_a_reader_that_leaves_ends_it_quietly(messy: Path) -> None:
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([*COMMAND, messy / "good.html", "-q"], **pipes) as process:  # type: ignore[call-overload]
        process.stdout.close()
        assert (process.wait(30), process.stderr.read()) == (141, b"")


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["explain", "é.html"], "M\\xfchle"),
        (["--dry-run", "é.html"], "html\t\\xe9.html"),
        (["diff", "a.jsonl", "b.jsonl"], "- title: M\\xfchle"),
        (["é.html"], "Mühle"),
    ],
)
def test_a_terminal_that_knows_few_characters_is_shown_escapes(
    arguments: list[str], shown: str, tmp_path: Path
) -> None:
    (tmp_path / "é.html").write_text(f"<title>Mühle</title><h1>Mühle</h1><p>{LINE * 3}</p>", encoding="utf-8")
    [article] = dehusk.clean_page(dehusk.Page((tmp_path / "é.html").read_bytes()))
    for name, title in (("a.jsonl", "Mühle"), ("b.jsonl", "Mill")):
        dehusk.write_records([replace(article, title=title)], tmp_path / name)
    done = run(*arguments, cwd=tmp_path, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert "Traceback" not in done.stderr
    assert shown in done.stdout


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 143)]
)
def test_interrupted_it_cleans_up(tmp_path: Path, number: signal.Signals, status: int) -> None:
    os.mkfifo(tmp_path / "pipe")  # as standard input it stays open: the run waits for its end
    (tmp_path / "out").mkdir()
    with (tmp_path / "pipe").open("r+b", buffering=0) as pipe:
        command = [*COMMAND, "-o", tmp_path / "out" / "out.jsonl"]
        process = subprocess.Popen(
            command, stdin=pipe, stderr=subprocess.PIPE, text=True,
            preexec_fn=partial(signal.signal, number, signal.SIG_DFL),  # where nohup runs the tests it is ignored
        )  # fmt: skip
        deadline = time.monotonic() + 20
        while not any((tmp_path / "out").iterdir()) and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(number)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == status
    assert "Traceback" not in errors
    assert list((tmp_path / "out").iterdir()) == []


def test_what_nohup_ignores_stays_ignored() -> None:
    before = [(number, signal.getsignal(number)) for number in (signal.SIGTERM, signal.SIGHUP)]
    try:
        for wanted in (signal.SIG_IGN, signal.SIG_DFL):
            signal.signal(signal.SIGHUP, wanted)
            with_signals()
            assert (signal.getsignal(signal.SIGHUP) == wanted) == (wanted == signal.SIG_IGN)
    finally:
        for number, handler in before:
            signal.signal(number, handler)


SAYING = [
    "a.html", "a.html --dry-run", "explain a.html", "explain a.html --json", "--version", "--help", "--help-all",
    "explain --help", "diff out.jsonl out.jsonl",
]  # fmt: skip


@pytest.mark.parametrize("buffered", ["", "1"])
@pytest.mark.parametrize("arguments", SAYING)
def test_an_output_that_takes_nothing_is_told_by_the_status(
    tmp_path: Path, arguments: str, buffered: str
) -> None:
    (tmp_path / "a.html").write_text(PAGE)
    main([str(tmp_path / "a.html"), "-o", str(tmp_path / "out.jsonl"), "-q"])
    env = os.environ | {"PYTHONUNBUFFERED": buffered}
    read_end, write_end = os.pipe()
    os.close(read_end)
    command = [*COMMAND, *arguments.split(), *(["-q"] if arguments == "a.html" else [])]
    with os.fdopen(write_end, "wb") as pipe:
        closed = subprocess.run(
            command, cwd=tmp_path, env=env, stdout=pipe, stderr=subprocess.PIPE, check=False
        )
    assert (closed.returncode, closed.stderr) == (141, b"")
    if Path("/dev/full").exists():
        with Path("/dev/full").open("wb") as full:
            told = subprocess.run(
                command, cwd=tmp_path, env=env, stdout=full, stderr=subprocess.PIPE, check=False
            )
        assert told.returncode == 2
        assert told.stderr.startswith(b"clean: ")
        assert told.stderr.endswith(b"No space left on device\n")
        assert told.stderr.count(b"\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize(
    "arguments", ["a.html logo.png -o out.jsonl", "a.html -o out/", "nowhere", "explain logo.png"]
)
def test_a_full_log_is_no_failed_input(tmp_path: Path, arguments: str) -> None:
    """Whoever reads 1 as "finished" would take a part for the whole."""
    (tmp_path / "a.html").write_text(PAGE)
    (tmp_path / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    command = f"{shlex.join(COMMAND)} {arguments} 2>/dev/full"
    assert subprocess.run(["sh", "-c", command], cwd=tmp_path, check=False).returncode == 2


INTERRUPTED_AT = """
import os, signal, sys

class Interrupt:
    def find_spec(self, name, *rest):
        if name == "{module}":
            sys.meta_path.remove(self)
            os.killpg(0, signal.SIGINT)

from dehusk.__main__ import main
sys.meta_path.insert(0, Interrupt())
sys.argv[1:] = ["a.html", "-o", "out", "-j2"]
sys.exit(main())
"""


@pytest.mark.parametrize(
    "module",
    ["dehusk.cli", "argparse", "dehusk.cli.clean", "numpy", "dehusk.report", "dehusk.pipeline.steps"],
)
def test_an_interrupt_at_the_start_is_one_line(tmp_path: Path, module: str) -> None:
    """To the whole group, as a terminal sends it: also to what is being started."""
    (tmp_path / "a.html").write_text(PAGE)
    command = [sys.executable, "-c", INTERRUPTED_AT.format(module=module)]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False, start_new_session=True
    )
    assert (done.returncode, done.stderr, done.stdout) == (130, "interrupted\n", "")


def test_help_is_quick_and_says_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    assert "clean explain" in capsys.readouterr().out
    loaded = "import sys, dehusk.cli.main, dehusk.cli.arguments as a; a.clean_parser(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert not {"numpy", "selectolax", "rich", "multiprocessing", "scipy"} & set(done.stdout.split())


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("dehusk ")


DAMAGED = ["{}", "not JSON", "[]", "3", '{"run": 1, "counts": []}', "[" * 100_000]


@pytest.mark.parametrize("content", DAMAGED)
def test_a_stats_file_that_is_none_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    (page := tmp_path / "a.html").write_text(PAGE)
    (out := tmp_path / "out").mkdir()
    (out / "stats.json").write_text(content)
    for command in (["report", out], ["diff", out, out], [page, "-o", out], ["stage", "finish", out]):
        assert main(list(map(str, command))) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert str(out) in line
    assert (out / "stats.json").read_text() == content


@pytest.mark.parametrize(
    "content", [*DAMAGED, '{"options": [], "shards": 1}', '{"options": {}, "shards": "x"}']
)
def test_a_manifest_that_is_none_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    (page := tmp_path / "a.html").write_text(PAGE)
    (work := tmp_path / "out" / ".work").mkdir(parents=True)
    (work / "manifest.json").write_text(content)
    steps = ([name, work.parent] for name in ("clean", "learn", "cut", "decide", "filter", "finish"))
    for command in ([page, "-o", work.parent], *(["stage", *step] for step in steps)):
        assert main(list(map(str, command))) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert "choose another folder" in line
    assert (work / "manifest.json").read_text() == content


def test_what_is_no_report_of_drops_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.html").write_text(PAGE)
    for name, least in (("out", "1"), ("out2", "9999")):
        command = [str(tmp_path / "a.html"), "-q", "--min-words", least, "-o", str(tmp_path / name)]
        assert main(command) == 0
    with gzip.open(tmp_path / "out2" / "dropped" / "00000.jsonl.gz", "wt") as file:
        file.write("[]\n")
    capsys.readouterr()
    for command, said in (
        (["diff", "out", "out2"], "dropped/00000.jsonl.gz: corrupt"),
        (["report", "out2"], "finished but damaged: dropped/00000.jsonl.gz has "),
    ):
        assert main([command[0], *(str(tmp_path / name) for name in command[1:])]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert said in line


@pytest.mark.skipif(os.name != "posix", reason="needs a shell")
@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        ("a.html >&-", 2, ["clean: cannot write standard output: standard output is closed"]),
        ("--dry-run a.html >&-", 2, ["clean: standard output is closed"]),
        ("explain a.html >&-", 2, ["clean: standard output is closed"]),
        ("diff out.jsonl out.jsonl >&-", 2, ["clean: standard output is closed"]),
        ("- <&-", 2, ["clean: -: unreadable: standard input is closed"]),
        ("explain - <&-", 1, ["failed: -: unreadable (standard input is closed)"]),
        ("a.html -v -o out.jsonl 2>&-", 0, []),
        ("a.html logo.png -v 2>&- >out.jsonl", 0, []),
        ("a.html logo.png -v -o out.jsonl <&- >&- 2>&-", 0, []),
        ("nowhere -o b.jsonl 2>&-", 2, []),
    ],
)
def test_closed_streams_are_named_and_get_nothing(
    tmp_path: Path, arguments: str, status: int, said: list[str]
) -> None:
    (tmp_path / "a.html").write_text(PAGE)
    (tmp_path / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    (tmp_path / "out.jsonl").touch()
    command = f"{shlex.join(COMMAND)} {arguments}"
    done = subprocess.run(
        ["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stderr.splitlines(), done.stdout) == (status, said, "")
    records = (tmp_path / "out.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["source"] for line in records] == ([] if status else ["a.html"])
