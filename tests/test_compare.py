"""Two runs side by side: what is the same, changed, lost and new, and in which lines."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dehusk.cli import main
from dehusk.compare import align_lines, compare_records
from dehusk.model import Article
from dehusk.records import write_records

LINES = [f"The mill number {n} by the river has ground grain for {n * n + 40} years." for n in range(9)]
OTHER = [f"Ship {n} came into the harbour with {n + 3} barrels of salt on its deck." for n in range(9)]


def record(source: str, lines: list[str], part: int = 1, *, title: str = "") -> Article:
    text = "\n".join(lines)
    return Article(
        f"{source}{part}", text, title, "", "", "en", 1.0, "", "", source, part, "text", "article",
        len(text.split()), ((0, 1),), 1.0,
    )  # fmt: skip


def compare(old: list[Article], new: list[Article]) -> list[tuple[str, int, int]]:
    with closing(compare_records(lambda: old, lambda: new)) as compared:
        return [(d.kind, d.old.part if d.old else 0, d.new.part if d.new else 0) for d in compared]


@pytest.mark.parametrize(
    ("label", "old", "new", "expected"),
    [
        ("nothing at all", [], [], []),
        ("the same", [record("a", LINES)], [record("a", LINES)], []),
        ("another part number only", [record("a", LINES, 2)], [record("a", LINES, 1)], []),
        ("a line less", [record("a", LINES)], [record("a", LINES[1:])], [("changed", 1, 1)]),
        ("a title", [record("a", LINES)], [record("a", LINES, title="T")], [("changed", 1, 1)]),
        ("all other, same place", [record("a", LINES)], [record("a", OTHER)], [("changed", 1, 1)]),
        ("gone and come", [record("a", LINES)], [record("b", OTHER)], [("lost", 1, 0), ("new", 0, 1)]),
        ("a renamed page", [record("a", LINES)], [record("b", LINES[:-1])], [("changed", 1, 1)]),
        (
            "the first part gone, the second changed",
            [record("a", LINES, 1), record("a", OTHER, 2)],
            [record("a", OTHER[1:], 1)],
            [("lost", 1, 0), ("changed", 2, 1)],
        ),
        ("one of two copies", [record("a", LINES), record("a", LINES, 2)], [record("a", LINES)], [("lost", 2, 0)]),
    ],
)  # fmt: skip
def test_matching(
    label: str, old: list[Article], new: list[Article], expected: list[tuple[str, int, int]]
) -> None:
    assert compare(old, new) == expected


@pytest.mark.parametrize(("count", "kinds"), [(50, {"changed"}), (51, {"lost", "new"})])
def test_what_stands_in_many_records_is_no_likeness(count: int, kinds: set[str]) -> None:
    old = [record(f"a{n}", [*LINES, OTHER[0] * n]) for n in range(count)]
    new = [record(f"b{n}", [*LINES, OTHER[1] * n]) for n in range(count)]
    assert {kind for kind, _, _ in compare(old, new)} == kinds


def test_what_stands_in_many_records_hides_no_likeness() -> None:
    """Half of what a record says of its own is the same."""
    old = [record(f"a{n}", [*LINES, f"{n} {OTHER[0]}", f"{n} {OTHER[1]}"]) for n in range(60)]
    new = [record(f"b{n}", [*LINES, f"{n} {OTHER[0]}", f"{n} {OTHER[2]}"]) for n in range(60)]
    with closing(compare_records(lambda: old, lambda: new)) as compared:
        pairs = [(d.old and d.old.source[1:], d.new and d.new.source[1:]) for d in compared]
    assert pairs == [(str(n), str(n)) for n in range(60)]


def test_scores_are_no_difference() -> None:
    assert compare([record("a", LINES)], [replace(record("a", LINES), confidence=0.1, duplicates=3)]) == []


@given(st.lists(st.sampled_from("abc"), max_size=12), st.lists(st.sampled_from("abc"), max_size=12))
def test_alignment_holds_both_texts_in_order(left: list[str], right: list[str]) -> None:
    rows = align_lines(left, right)
    assert [row.left for row in rows if row.left is not None] == left
    assert [row.right for row in rows if row.right is not None] == right
    assert all(row.left == row.right for row in rows if row.kind == "same")


def test_long_texts_that_differ_all_over_take_no_time() -> None:
    left, right = [f"l{n}" for n in range(30_000)], [f"r{n}" for n in range(30_000)]
    assert len(align_lines([*left, "both", "x"], [*right, "both"])) == 60_002


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    old, new = tmp_path / "old.jsonl", tmp_path / "new.jsonl.gz"
    write_records([record("a", LINES), record("b\x1b", OTHER)], old)
    write_records([record("a", ["first \x1b[31m", *LINES[1:]]), record("b\x1b", OTHER)], new)
    return [str(old), str(new)]


def test_command_shows_lines_and_ends_as_diff_does(
    files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diff", *files]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == ["changed  a part 1, 117 -> 106 words", f"  - {LINES[0]}", "  + first [31m"]
    assert lines[-1].startswith("1 same, 1 changed, 0 lost, 0 new; ")
    assert main(["diff", files[0], files[0]]) == 0
    assert main(["diff", files[0], "no-such-folder"]) == 2


def test_command_speaks_json(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "--json", *files]) == 1
    change, counts = map(json.loads, capsys.readouterr().out.splitlines())
    assert (change["kind"], change["removed"], change["added"]) == ("changed", [LINES[0]], ["first [31m"])
    assert counts["counts"]["same"] == 1


def test_a_lost_record_says_what_the_other_run_did_with_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pages").mkdir()
    for name in "ab":
        (tmp_path / "pages" / f"{name}.html").write_text(f"<p>{' '.join(LINES)}</p>")
    for name, option in (("all", "--no-dedup"), ("once", "-q")):
        assert main([str(tmp_path / "pages"), "-o", str(tmp_path / name), "-j", "1", "-q", option]) == 0
    assert main(["diff", "-q", str(tmp_path / "all"), str(tmp_path / "once")]) == 1
    assert "(dropped: same of " in capsys.readouterr().out
