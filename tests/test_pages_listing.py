"""Listing: every entry once, in one order, and what is not read is named."""

from __future__ import annotations

import inspect
import os
import pickle
import sys
import time
from pathlib import Path

import pytest

from dehusk.errors import UnreadablePage
from dehusk.model import Dropped
from dehusk.pages import Input, find_file, find_page, list_inputs


def make_tree(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("<p>A page of " + name, encoding="utf-8")
    return root


def listed(*paths: str | Path, **options: object) -> tuple[list[str], list[tuple[str, str, str]]]:
    drops: list[Dropped] = []
    found = [item.source for item in list_inputs(paths, on_drop=drops.append, **options)]  # type: ignore[arg-type]
    return found, [(drop.source, drop.stage, drop.reason) for drop in drops]


def test_order_is_bytewise_by_whole_path(tmp_path: Path) -> None:
    names = ["a/b.html", "a-c.html", "a.html", "a/B.html", "a0", "é.html", "z/y/x/w.txt", "Z"]
    make_tree(tmp_path, *names)
    assert listed(tmp_path)[0] == sorted(names, key=str.encode)


def test_sources_begin_with_the_path_only_where_several_are_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_tree(tmp_path, "one/a.html", "two/a.html")
    monkeypatch.chdir(tmp_path)
    assert listed("one/")[0] == ["a.html"]
    assert listed("one/a.html")[0] == ["a.html"]
    assert listed("./two/", "one/a.html")[0] == ["./two/a.html", "one/a.html"]
    assert listed(".")[0] == ["one/a.html", "two/a.html"]


@pytest.mark.parametrize(
    ("glob", "expected"),
    [
        ("b", ["a/b/c.html", "b/d.html"]),
        ("b/", ["a/b/c.html", "b/d.html"]),
        ("a/b", ["a/b/c.html"]),
        ("./b", ["a/b/c.html", "b/d.html"]),
        ("**/*.html", ["a/b/c.html", "b/d.html", "e.html"]),
        ("a/**/c.html", ["a/b/c.html"]),
        ("a/b/**/c.html", ["a/b/c.html"]),
        ("**/b/**", ["a/b/c.html", "b/d.html"]),
        ("[ae].*", ["e.html"]),
        ("*.txt", ["f.txt"]),
        ("h", []),
    ],
)
def test_a_pattern_matches_files_and_what_is_below_folders(
    tmp_path: Path, glob: str, expected: list[str]
) -> None:
    names = ["a/b/c.html", "b/d.html", "e.html", "f.txt"]
    make_tree(tmp_path, *names)
    assert listed(tmp_path, include=[glob])[0] == expected
    assert listed(tmp_path, include=glob)[0] == expected  # a str is one, not its letters
    assert listed(tmp_path, exclude=glob)[0] == [name for name in names if name not in expected]


def test_a_limit_stops_reading_but_not_naming_what_is_not_there(tmp_path: Path) -> None:
    make_tree(tmp_path, "a.html", "b.html", "c/d.html")
    found, dropped = listed(tmp_path, tmp_path / "none", tmp_path / "c", "no\0name", limit=2)
    assert [Path(source).name for source in found] == ["a.html", "b.html"]
    assert [reason for _, _, reason in dropped] == ["not-found", "not-found"]


def test_a_folder_that_a_run_wrote_is_read_where_it_is_given(tmp_path: Path) -> None:
    make_tree(tmp_path, "c/stats.json", "c/timing.json", "c/dropped/a", "c/00000.jsonl.gz")
    assert {item.is_found for item in list_inputs([tmp_path / "c"])} == {False}
    make_tree(tmp_path, "a.html")
    assert {item.is_found for item in list_inputs([tmp_path], on_drop=print)} == {True}


def test_what_two_given_paths_share_is_listed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_tree(tmp_path, "one/a.html", "one/sub/b.html", "one/.c/d.html")
    monkeypatch.chdir(tmp_path)
    assert listed("one", "one/a.html", "one")[0] == ["one/a.html", "one/sub/b.html"]
    assert listed("one/a.html", "one")[0] == ["one/a.html", "one/sub/b.html"]
    assert listed("one", "one/.c")[0][-1] == "one/.c/d.html"


@pytest.mark.parametrize(
    ("later", "is_listed"),
    [
        ("one/sub/b.html", False),
        ("one/sub", False),
        ("one/.c/e/d.html", True),
        ("one/.c", True),
        ("ones/x.html", True),
    ],
)
def test_what_a_listed_folder_holds_is_listed_but_for_what_it_hides(
    tmp_path: Path, later: str, is_listed: bool
) -> None:
    make_tree(tmp_path, "one/sub/b.html", "one/.c/e/d.html", "ones/x.html")
    found = listed(tmp_path / "one", tmp_path / later)[0]
    assert len(found) == (2 if is_listed else 1)


def test_many_given_paths_take_linear_time(tmp_path: Path) -> None:
    paths = [str(tmp_path / f"{number}.html") for number in range(16_000)]
    start = time.process_time()
    assert len(listed(*paths)[1]) == len(paths)
    assert time.process_time() - start < 6  # one; a look at all earlier ones for each took 16


def test_hidden_and_ignored_are_passed_over(tmp_path: Path) -> None:
    make_tree(tmp_path, "a.html", ".git/b.html", ".c.html", "out/d.html", "e.jsonl")
    assert listed(tmp_path, ignore=[tmp_path / "out", tmp_path / "e.jsonl"]) == (["a.html"], [])


@pytest.mark.parametrize(
    "names",
    [
        ("stats.json", "timing.json", "dropped/00000.jsonl.gz", "00000.jsonl.gz"),
        (".work/manifest.json", "00000.jsonl.gz"),
    ],
)
def test_what_a_run_wrote_is_no_input(tmp_path: Path, names: tuple[str, ...]) -> None:
    """Neither finished nor interrupted; but for whoever gives the folder itself."""
    make_tree(tmp_path, "a.html", "b/stats.json", *(f"corpus/{name}" for name in names))
    assert listed(tmp_path) == (["a.html", "b/stats.json"], [("corpus", "skipped", "corpus")])
    found, skipped = listed(tmp_path / "corpus")
    assert found == ["00000.jsonl.gz"]
    assert skipped == [
        (name.split("/")[0], "skipped", "corpus") for name in sorted(names) if name[0] in "dst"
    ]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"include": ["*.html"]}, ["a.html", "d/b.html"]),
        ({"exclude": ["d/*"]}, ["a.html", "c.txt"]),
        ({"include": ["d/*"], "exclude": ["*.html"]}, []),
    ],
)
def test_globs(tmp_path: Path, options: dict[str, list[str]], expected: list[str]) -> None:
    make_tree(tmp_path, "a.html", "d/b.html", "c.txt")
    assert listed(tmp_path, **options)[0] == expected


def test_links(tmp_path: Path) -> None:
    tree = make_tree(tmp_path / "in", "a.html", "sub/b.html")
    outside = make_tree(tmp_path / "out", "c.html")
    for name, target in {
        "good": "a.html",
        "dangling": "nothing",
        "loop": "loop",
        "sub/up": "..",
        "outside": outside / "c.html",
        "folder": "sub",
    }.items():
        (tree / name).symlink_to(target)
    found, drops = listed(tree)
    assert found == ["a.html", "good", "sub/b.html"]
    assert drops == [
        ("dangling", "failed", "dangling-link"),
        ("folder", "skipped", "link"),
        ("loop", "failed", "looping-link"),
        ("outside", "failed", "outside-link"),
        ("sub/up", "failed", "looping-link"),
    ]


def test_a_given_link_is_followed(tmp_path: Path) -> None:
    make_tree(tmp_path / "real", "a.html")
    (tmp_path / "link").symlink_to("real")
    assert listed(tmp_path / "link") == (["a.html"], [])


def test_special_files_are_skipped_by_kind(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert listed(tmp_path) == ([], [("pipe", "skipped", "fifo")])
    assert listed(tmp_path / "pipe") == ([], [("pipe", "skipped", "fifo")])
    assert listed("/dev/null") == ([], [("null", "skipped", "device")])


def test_a_missing_path_is_reported_or_raised(tmp_path: Path) -> None:
    assert listed("") == ([], [("", "failed", "not-found")])  # and not all files from / on
    assert listed(tmp_path / "gone.html") == ([], [("gone.html", "failed", "not-found")])
    with pytest.raises(UnreadablePage, match="not-found"):
        list(list_inputs([tmp_path / "gone.html"]))


@pytest.mark.parametrize("name", ["a\0", "\0", "a\ud800b"])
def test_a_name_that_no_file_can_have_is_a_failed_input(tmp_path: Path, name: str) -> None:
    make_tree(tmp_path, "a.html")
    found, drops = listed(name, tmp_path / "a.html")
    assert found == [f"{tmp_path}/a.html"]
    assert drops == [(name, "failed", "not-found")]
    with pytest.raises(UnreadablePage, match="not-found"):
        list(list_inputs([name]))


def test_a_folder_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_tree(tmp_path, "a.html", "shut/b.html", "z.html")
    scandir = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("shut"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert listed(tmp_path) == (["a.html", "z.html"], [("shut", "failed", "unreadable")])


def test_bytes_of_a_name_that_are_not_utf_8(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9 \xe2\x80\xae.html")).write_text("x")
    assert listed(tmp_path)[0] == ["caf%E9 \u202e.html"]


def test_no_two_names_are_written_alike(tmp_path: Path) -> None:
    for name in (b"c%FF.html", b"c\xff.html", b"c%25FF.html", b"100%.html"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text("x")
    sources = ["100%.html", "c%2525FF.html", "c%25FF.html", "c%FF.html"]
    assert listed(tmp_path)[0] == sources
    for source, name in zip(
        sources, (b"100%.html", b"c%25FF.html", b"c%FF.html", b"c\xff.html"), strict=True
    ):
        assert os.fsencode(find_file(f"{tmp_path}/{source}")) == os.fsencode(tmp_path) + b"/" + name
        assert find_page(f"{tmp_path}/{source}").source == source
    assert find_file(f"{tmp_path}/c%ff.html") == f"{tmp_path}/c%ff.html"
    assert listed(tmp_path, include=["c%FF.html"])[0] == ["c%25FF.html", "c%FF.html"]


def test_a_deep_tree_does_not_meet_the_recursion_limit(tmp_path: Path) -> None:
    make_tree(tmp_path, "d/" * 150 + "a.html")
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + 100)
    try:
        assert listed(tmp_path)[0] == ["d/" * 150 + "a.html"]
    finally:
        sys.setrecursionlimit(limit)


def test_standard_input_and_a_file_of_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_tree(tmp_path, "-")
    monkeypatch.chdir(tmp_path)
    assert list(list_inputs(["-"])) == [Input("-", "-")]
    assert [item.path for item in list_inputs(["-", Path("-"), "-"])] == ["-", "./-"]
    assert [item.path for item in list_inputs([Path("-")])] == ["./-"]
    assert [item.path for item in list_inputs(["."])] == ["./-"]


def test_inputs_pickle() -> None:
    item = Input("a", "b", 3)
    assert pickle.loads(pickle.dumps(item)) == item
