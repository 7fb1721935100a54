"""Engines: order, limits, and workers that die."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dehusk.engines import Begin, fork_server, local, map_ordered, map_pickled
from dehusk.errors import RecordWriteError, UnreadablePage, WorkerLost

SECONDS = 1.0
CAN_FORK = sys.platform == "linux"


def act(task: list[str], begin: Begin) -> Iterator[list[str]]:
    """Each item is a word that says what happens; one result for all of them."""
    yield [begin().given_up or _act_item(item) for item in task]


def act_each(task: list[str], begin: Begin) -> Iterator[str]:
    """The same with a result for each item."""
    for item in task:
        start = begin()
        if not start.is_delivered:
            yield start.given_up or _act_item(item)


def _act_item(item: str) -> str:
    verb, _, rest = item.partition(" ")
    if verb == "hang":
        time.sleep(60)
    elif verb == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    elif verb == "die-once" and not Path(rest).exists():
        Path(rest).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    elif verb == "raise":
        raise UnreadablePage("a", "odd", "thing")
    elif verb == "full":
        raise RecordWriteError("disk full")
    elif verb == "parent":
        return str(os.getppid())
    elif verb == "orphan" and not Path(rest).exists():
        Path(rest).touch()
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(60)
    elif verb == "threads":
        return os.environ["OMP_NUM_THREADS"]
    elif verb == "print":
        print("this must not reach standard output")
    elif verb == "count":
        with Path(rest).open("a") as file:
            file.write("x")
    elif verb == "nap":
        time.sleep(float(rest))
    elif verb == "large":
        return "x" * int(rest)
    elif verb == "unpicklable":
        return lambda: 1  # type: ignore[return-value]
    return verb


def die_at_once(task: str, begin: Begin) -> Iterator[str]:
    os.kill(os.getpid(), signal.SIGKILL)
    yield task


def run(*tasks: list[str], jobs: int = 2) -> list[list[str]]:
    return list(map_ordered(act, tasks, jobs=jobs, seconds=SECONDS))


@pytest.fixture(params=["forked", "spawned"])
def either_start(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "spawned":
        monkeypatch.setattr("dehusk.engines.forking.CAN_FORK", False)
    elif not CAN_FORK:
        pytest.skip("nothing is forked on this system")


@pytest.mark.usefixtures("either_start")
def test_bad_items_are_given_up_and_the_rest_is_done_in_order(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    tasks = [[f"a{i}"] for i in range(5)]
    tasks += [
        ["b1", "hang", "b2"],
        ["c1", "die", "c2", f"die-once {tmp_path / 'mark'}"],
        ["threads", "print"],
    ]
    results = run(*tasks)
    assert results == [
        *tasks[:5],
        ["b1", "timeout", "b2"],
        ["c1", "worker-killed", "c2", "die-once"],
        ["1", "print"],
    ]
    assert capfd.readouterr().out == ""
    assert "OMP_NUM_THREADS" not in os.environ


def test_an_error_of_the_work_is_raised_here(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UnreadablePage, match="a: odd: thing") as caught:
        run(["raise"], jobs=1)
    assert "_act_item" in caught.value.__notes__[0]


def test_an_error_of_the_disk_is_raised_here_too() -> None:
    with pytest.raises(RecordWriteError, match="disk full"):
        run(["full"], jobs=1)


def test_what_cannot_be_sent_back_is_named() -> None:
    with pytest.raises(WorkerLost, match="lambda"):
        run(["unpicklable"], jobs=1)


def test_workers_that_die_before_they_begin_end_the_run() -> None:
    with pytest.raises(WorkerLost, match="before they began"):
        list(map_ordered(die_at_once, ["x"], jobs=1, seconds=SECONDS))


def test_tasks_are_taken_only_a_few_ahead() -> None:
    taken = []

    def tasks() -> Iterator[list[str]]:
        for number in range(1000):
            taken.append(number)
            yield ["x"]

    results = map_ordered(act, tasks(), jobs=1, seconds=SECONDS)
    next(results)
    assert len(taken) < 10
    results.close()


def test_no_tasks_start_no_process() -> None:
    started = time.monotonic()
    assert run() == []
    assert time.monotonic() - started < 0.05


def test_an_error_while_warming_up_is_raised_here() -> None:
    with pytest.raises(ZeroDivisionError):
        list(map_ordered(act, [["x"]], jobs=1, seconds=SECONDS, warm=divide_by_zero))


def divide_by_zero() -> None:
    raise ZeroDivisionError


@pytest.mark.skipif(not CAN_FORK, reason="nothing is forked on this system")
def test_one_server_forks_the_workers_of_all_and_is_gone_with_the_last() -> None:
    with fork_server(None):
        parents = {parent for _ in range(2) for (parent,) in run(["parent"], ["parent"])}
    (server,) = parents
    assert server != str(os.getpid())
    assert not Path("/proc", server).exists()
    assert run(["parent"], jobs=1) != [[server]]


@pytest.mark.skipif(not CAN_FORK, reason="nothing is forked on this system")
def test_a_killed_server_is_replaced(tmp_path: Path) -> None:
    tasks = [["a"], [f"orphan {tmp_path / 'mark'}"], ["b"]]
    assert run(*tasks, jobs=2) == [["a"], ["orphan"], ["b"]]
    assert (tmp_path / "mark").exists()


def give_and_die(task: tuple[str, int], begin: Begin) -> Iterator[str]:
    """Dies once, when its only result was delivered and nobody knows yet that it was the last."""
    name, items = task
    for _ in range(items):
        begin()
    yield name
    mark = Path(name)
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("items", [0, 1, 3])
def test_what_was_delivered_last_is_not_delivered_again(tmp_path: Path, items: int) -> None:
    names = [str(tmp_path / name) for name in "ab"]
    tasks = [(name, items) for name in names]
    assert list(map_ordered(give_and_die, tasks, jobs=2, seconds=SECONDS)) == names
    assert all(Path(name).exists() for name in names)


def test_what_was_delivered_is_not_done_again(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    task = [f"count {mark}", "die", f"count {mark}", "hang", "x"]
    results = list(map_ordered(act_each, [task, ["y"]], jobs=2, seconds=SECONDS))
    assert results == ["count", "worker-killed", "count", "timeout", "x", "y"]
    assert mark.read_text() == "xx"


def test_what_one_worker_gives_is_handed_on_to_others_as_it_is() -> None:
    lists = map_pickled(act_each, [["x", "y"], ["z"]], jobs=1, seconds=SECONDS)
    assert list(
        map_ordered(act_each, ([pickle.loads(one.body)] for one in lists), jobs=2, seconds=SECONDS)
    ) == list("xyz")
    shouts = map_pickled(shout_lists, [["x"], ["y"]], jobs=1, seconds=SECONDS)
    assert list(map_ordered(act_each, shouts, jobs=2, seconds=SECONDS)) == ["x!", "y!"]


def shout_lists(task: list[str], begin: Begin) -> Iterator[list[str]]:
    begin()
    yield [f"{one}!" for one in task]


def test_tasks_and_results_larger_than_a_pipe_block_nobody() -> None:
    tasks = [["large 300000", "x" * 300_000]] * 6
    before = signal.signal(
        signal.SIGALRM, lambda *_: pytest.fail("the parent and its workers wait for each other")
    )
    signal.alarm(30)
    try:
        results = list(map_ordered(act_each, tasks, jobs=2, seconds=60))
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    assert list(map(len, results)) == [300_000] * 12


def test_a_worker_ahead_of_its_turn_waits_and_is_not_taken_for_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "HELD_BYTES", 1_000_000)
    slow, large = ["nap 0.1"] * 25, ["large 500000"] * 40
    crew: local._Crew[list[str], str] = local._Crew(act_each, jobs=2, seconds=SECONDS, warm=None)
    most = 0
    lengths = []
    for result in crew.run([slow, large]):
        most = max(most, *(task.held_bytes for task in crew._open))
        lengths.append(len(pickle.loads(result)))
    crew.stop()
    assert lengths == [3] * 25 + [500_000] * 40
    assert most < 2_500_000
