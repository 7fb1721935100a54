"""Faults for real: processes killed, disks full or read-only, inputs that change under the reader."""

from __future__ import annotations

import gzip
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random

import pytest
from archive_files import PAGE
from test_cluster import read_tree
from test_pipeline import make_page

from dehusk.errors import UnreadablePage
from dehusk.model import Page
from dehusk.pages import Input, read_input

PAGES = 140
NAMES = ("-q", "-j2", "--keep-stripped")


def start(pages: Path, out: Path, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "dehusk", str(pages), "-o", str(out), *NAMES, *more]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def run(pages: Path, out: Path, *more: str) -> tuple[int, str]:
    process = start(pages, out, *more)
    _, errors = process.communicate(timeout=120)
    return process.returncode, errors


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    for number in range(PAGES):
        (folder / f"{number:03}.html").write_text(make_page(number - 3 if number % 7 == 6 else number))
    return folder


@pytest.fixture(scope="module")
def undisturbed(pages: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("whole") / "out"
    assert run(pages, out) == (0, "")
    return read_tree(out)


def has_begun(out: Path) -> bool:
    """Whether pages are being cleaned."""
    return any(path.stat().st_size for path in (out / ".work" / "clean").glob("*"))


def wait_for(is_true: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while not is_true() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)


def workers_of(pid: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        command = (stat.parent / "cmdline").read_bytes()
        if int(fields[1]) == pid and b"spawn_main" in command:
            found.append(int(stat.parent.name))
    return found


def kill_all(process: subprocess.Popen[str]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def test_a_killed_worker_costs_nothing(pages: Path, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    process = start(pages, tmp_path / "out")
    wait_for(lambda: has_begun(tmp_path / "out"), process)
    for worker in workers_of(process.pid):
        os.kill(worker, signal.SIGKILL)
    _, errors = process.communicate(timeout=120)
    assert (process.returncode, errors) == (0, "")
    assert read_tree(tmp_path / "out") == undisturbed


@pytest.mark.parametrize("times", [3, pytest.param(10, marks=pytest.mark.slow)])
def test_killed_at_random_moments_it_resumes_to_the_same_bytes(
    pages: Path, undisturbed: dict[str, bytes], tmp_path: Path, times: int
) -> None:
    random, killed = Random(times), 0
    out = tmp_path / "out"
    while killed < times:
        process = start(pages, out)
        wait_for(partial(has_begun, out), process)
        time.sleep(random.uniform(0, 0.6))
        is_cut_short = process.poll() is None
        kill_all(process)
        killed += is_cut_short
        if not is_cut_short:  # it was done first: begin anew
            assert read_tree(out) == undisturbed
            out = tmp_path / f"out{killed}-{random.random()}"
    assert run(pages, out) == (0, "")
    assert read_tree(out) == undisturbed


def test_interrupted_a_folder_run_resumes_to_the_same_bytes(
    pages: Path, undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    process = start(pages, tmp_path / "out")
    wait_for(lambda: has_begun(tmp_path / "out"), process)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (130, "interrupted\n")
    assert run(pages, tmp_path / "out") == (0, "")
    assert read_tree(tmp_path / "out") == undisturbed


def test_a_second_run_in_the_same_folder_is_refused(
    pages: Path, undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    first = start(pages, tmp_path / "out")
    wait_for(lambda: (tmp_path / "out" / ".work").exists(), first)
    status, errors = run(pages, tmp_path / "out")
    assert (status, "another run" in errors) == (2, True)
    first.communicate(timeout=120)
    assert (first.returncode, read_tree(tmp_path / "out")) == (0, undisturbed)


@pytest.mark.parametrize("size", [2_000, 60_000])
def test_a_full_disk_ends_the_run_and_nothing_is_half_there(
    pages: Path, undisturbed: dict[str, bytes], tmp_path: Path, size: int
) -> None:
    """A limit on the size of files: the system refuses to write as it does on a full disk."""
    for out in (tmp_path / "out", tmp_path / "out.jsonl"):
        if out.suffix and size == 60_000:
            continue
        command = [sys.executable, "-m", "dehusk", str(pages), "-o", str(out), "-q", "-j1"]
        command += ["--keep-stripped"] if not out.suffix else []
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
        )
        assert done.returncode == 2
        assert done.stderr.startswith("clean: cannot write ")
        assert done.stderr.count("\n") == 1
        assert not (tmp_path / "out.jsonl").exists()
    assert run(pages, tmp_path / "out") == (0, "")
    assert read_tree(tmp_path / "out") == undisturbed


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting is not allowed here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_that_fills_up_and_is_enlarged(
    pages: Path, undisturbed: dict[str, bytes], small_disk: Path
) -> None:
    status, errors = run(pages, small_disk / "out")
    assert status == 2
    assert "No space left" in errors
    subprocess.run(["mount", "-o", "remount,size=50m", str(small_disk)], check=True)
    assert run(pages, small_disk / "out") == (0, "")
    assert read_tree(small_disk / "out") == undisturbed


def test_a_read_only_disk_is_named(pages: Path, small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    for out in ("out", "out.jsonl"):
        command = [sys.executable, "-m", "dehusk", str(pages), "-o", str(small_disk / out), "-q", "-j1"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert "Read-only file system" in done.stderr
        assert "Traceback" not in done.stderr


ROWS = b'{"text": "A row of words."}\n'


def read_and_change(path: Path, change: Callable[[Path], object]) -> list[Page]:
    """The pages of a file that something happens to once its first page is read."""
    stream = read_input(Input(str(path), "x"), on_drop=lambda _: None)
    first = next(stream)
    change(path)
    return [first, *stream]


def append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(ROWS * 3)


def test_a_file_that_grows_or_goes_while_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(ROWS * 100_000)
    assert len(read_and_change(path, append)) == 100_003
    assert len(read_and_change(path, Path.unlink)) == 100_003
    path.write_bytes(ROWS * 100_000)
    assert 1 <= len(read_and_change(path, lambda path: os.truncate(path, 0))) < 100_000
    path.write_bytes(gzip.compress(os.urandom(50) + PAGE * 10) + gzip.compress(PAGE))
    with pytest.raises(UnreadablePage, match="not-found"):
        list(read_input(Input(str(tmp_path / "gone"), "gone")))
    packed = tmp_path / "b.jsonl.gz"
    packed.write_bytes(
        gzip.compress(b"".join(b'{"text": "%d"}\n' % (n * 7919 % 1_000_003) for n in range(400_000)))
    )
    with pytest.raises(UnreadablePage, match="truncated"):
        read_and_change(packed, lambda path: os.truncate(path, path.stat().st_size // 2))
