"""Faults for real: processes killed, disks full or read-only, inputs that change under the reader."""

from __future__ import annotations

import gzip
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
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


@contextmanager
def running(pages: Path, out: Path, *more: str) -> Iterator[subprocess.Popen[str]]:
    """A run and its workers, in a group of their own of which nobody is left when the block ends."""
    command = [sys.executable, "-m", "dehusk", str(pages), "-o", str(out), *NAMES, *more]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, start_new_session=True, **pipes) as process:
        try:
            yield process
        finally:
            kill_all(process)


def run(pages: Path, out: Path, *more: str) -> tuple[int, str]:
    with running(pages, out, *more) as process:
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
    return any(size_of(path) for path in (out / ".work" / "clean").glob("*"))


def size_of(path: Path) -> int:
    with suppress(OSError):  # it was renamed meanwhile
        return path.stat().st_size
    return 0


def has_written(out: Path, since: int) -> bool:
    """Whether a run that began then has added to what was there before it."""
    with suppress(OSError):  # folders come and go while they are looked through
        return any(path.is_file() and path.stat().st_mtime_ns > since for path in out.rglob("*"))
    return False


def wait_for(is_true: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while not is_true() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)


def workers_of(pid: int) -> list[int]:
    """The processes that its fork server has forked."""
    return [worker for server in children_of(pid) for worker in children_of(server)]


def is_bound(worker: int) -> bool:
    """Whether it will die with its server: it asks for that before it maps the counter that it shares with the run.

    One that is stopped before would outlive the server, and wake for nobody.
    """
    with suppress(OSError):  # it is dead
        return "memfd:counter" in Path(f"/proc/{worker}/maps").read_text()
    return True


def children_of(pid: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[1]) == pid and b"spawn_main" in (stat.parent / "cmdline").read_bytes():
                found.append(int(stat.parent.name))
    return found


def kill_all(process: subprocess.Popen[str]) -> None:
    with suppress(ProcessLookupError):  # nobody is left of the group
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def halted(pages: Path, out: Path) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """A run whose workers stand still while there are pages to clean: what is done to it meets it in mid-run."""
    for _ in range(10):
        with running(pages, out) as process:
            wait_for(lambda: has_begun(out), process)
            workers = workers_of(process.pid)
            for worker in sorted(workers, key=is_bound, reverse=True):
                wait_for(partial(is_bound, worker), process)
                os.kill(worker, signal.SIGSTOP)
            if any((out / ".work" / "clean").glob("*.part")):
                yield process, workers
                return
        shutil.rmtree(out)
    pytest.fail("it was always done before it could be stopped")


def test_a_killed_worker_costs_nothing(pages: Path, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    with halted(pages, tmp_path / "out") as (process, workers):
        for worker in workers:
            os.kill(worker, signal.SIGKILL)
        _, errors = process.communicate(timeout=120)
    assert workers
    assert (process.returncode, errors) == (0, "")
    assert read_tree(tmp_path / "out") == undisturbed


def test_a_killed_fork_server_costs_nothing(
    pages: Path, undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    """Its workers die with it."""
    with halted(pages, tmp_path / "out") as (process, workers):
        for server in children_of(process.pid):
            os.kill(server, signal.SIGKILL)
        _, errors = process.communicate(timeout=120)
    assert workers
    assert (process.returncode, errors) == (0, "")
    assert read_tree(tmp_path / "out") == undisturbed


@pytest.mark.parametrize("times", [3, pytest.param(10, marks=pytest.mark.slow)])
def test_killed_at_random_moments_it_resumes_to_the_same_bytes(
    pages: Path, undisturbed: dict[str, bytes], tmp_path: Path, times: int
) -> None:
    """A kill counts that met the run at work; one that came too late lets the next ones come sooner."""
    random, killed, longest = Random(times), 0, 0.6
    out = tmp_path / "out"
    while killed < times:
        since = time.time_ns()
        with running(pages, out) as process:
            wait_for(partial(has_written, out, since), process)
            time.sleep(random.uniform(0, longest))
            kill_all(process)
        if process.returncode == -signal.SIGKILL and not (out / "stats.json").exists():
            killed += 1
        else:  # it was done first, but for its work folder perhaps, which the next call clears away: begin anew
            assert run(pages, out)[0] == 0
            assert read_tree(out) == undisturbed
            out, longest = tmp_path / f"out{killed}-{longest}", longest * 0.8
    assert run(pages, out) == (0, "")
    assert read_tree(out) == undisturbed


def test_a_report_that_was_not_finished_is_cleared_away(
    pages: Path, undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    """A kill after the last shard, while the report was being written."""
    assert run(pages, tmp_path / "out")[0] == 0
    (tmp_path / "out" / ".dehusk-0123456789ab.part").write_bytes(b"<!doctype")
    (tmp_path / "out" / "report.html").unlink()
    assert run(pages, tmp_path / "out")[0] == 0
    assert read_tree(tmp_path / "out") == undisturbed


@pytest.mark.parametrize(
    ("number", "status", "word"), [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")]
)
def test_interrupted_a_folder_run_resumes_to_the_same_bytes(
    pages: Path, undisturbed: dict[str, bytes], tmp_path: Path, number: signal.Signals, status: int, word: str
) -> None:
    with halted(pages, tmp_path / "out") as (process, _):
        os.kill(process.pid, number) if word == "terminated" else os.killpg(process.pid, number)
        _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (status, f"{word}: the same command resumes\n")
    assert run(pages, tmp_path / "out") == (0, "")
    assert read_tree(tmp_path / "out") == undisturbed


def test_a_second_run_in_the_same_folder_is_refused(
    pages: Path, undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    with halted(pages, tmp_path / "out") as (first, workers):
        status, errors = run(pages, tmp_path / "out")
        assert (status, "another run" in errors) == (2, True)
        for worker in workers:
            os.kill(worker, signal.SIGCONT)
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


def test_few_open_files_are_allowed_until_more_are_asked_for(tmp_path: Path) -> None:
    """The soft limit: 1,024 for most, which a folder run of 1,000 shards is over. The hard one is named."""
    (tmp_path / "pages").mkdir()
    for number in range(640):
        (tmp_path / "pages" / f"{number}.html").write_text(make_page(number))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    for hard, status, said in (
        (18, 2, "clean: Too many open files: raise the limit (ulimit -n)"),
        (most, 0, ""),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "dehusk", str(tmp_path / "pages"), "-o", str(tmp_path / "out"), *NAMES],
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=partial(resource.setrlimit, resource.RLIMIT_NOFILE, (18, hard)),
        )
        assert (done.returncode, done.stderr[: len(said) or None]) == (status, said)
    assert len(list((tmp_path / "out").glob("0*.jsonl.gz"))) == 10


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
