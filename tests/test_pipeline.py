"""Runs: the same bytes for any number of workers, hostile pages, interrupted runs, folders of others."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from archive_files import make_record, make_tar, make_zip

from dehusk.engines import Begin
from dehusk.errors import BadOptions, MissingExtra, RecordWriteError, RunRefused, UnreadablePage
from dehusk.model import Article, Document, Dropped, Limits, Options, Page, make_id
from dehusk.pages import Input, read_pages
from dehusk.pipeline import Books, Plan, list_dropped, run_directory, run_stream
from dehusk.pipeline.library import clean_pages
from dehusk.pipeline.lock import locked_folder
from dehusk.pipeline.manifest import LEAST_INPUTS, RunFolder, begin_work, clear_work
from dehusk.pipeline.plan import list_kinds, make_batches, stdin_spooled
from dehusk.records import read_records, to_json, write_json, write_lines
from dehusk.stages import Batch, CleanedBatch, Outcome, PageOutcome, clean_batch
from dehusk.stages.cleaning import clean_shard
from dehusk.stages.shards import Shard, ShardNews, filter_shard, outcome_to_dict
from dehusk.words import count_words

PAGES = 70  # two shards


def make_page(number: int) -> str:
    random = Random(number)

    def word() -> str:
        return random.choice("bdfgklmnprst") + random.choice("aeiou") + random.choice("lmnrst")

    lines = [f"<p>Of {' '.join(word() for _ in range(40))}, as in {number + i}." for i in range(10)]
    return f"<title>Page {number}</title><nav><a href=/>Home</a></nav>{''.join(lines)}"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages, every seventh of which is a copy: of one before it, with more text."""
    folder = tmp_path_factory.mktemp("pages")
    for number in range(PAGES):
        text = make_page(number)
        if number % 7 == 6:
            text = make_page(number - 3) + "<p>And then one line more than before.</p>"
        (folder / f"{number:03}.html").write_text(text)
    (folder / "image.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(99))
    (folder / "empty.html").touch()
    return folder


def plan_of(folder: Path, *, jobs: int = 1, **options: Any) -> Plan:
    return Plan((str(folder),), options=Options(**options), jobs=jobs)


def read_tree(folder: Path) -> dict[str, bytes]:
    """All that must be the same for any number of workers."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "timing.json"
    }


@pytest.fixture(scope="module")
def undisturbed(pages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out")
    run_directory(plan_of(pages, keep="longest"), out, keep_stripped=True)
    return out


@pytest.fixture(scope="module")
def streamed(pages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("stream")
    run_stream(plan_of(pages), out=out / "out.jsonl", dropped=out / "dropped.jsonl")
    return out


def test_a_stream_is_the_same_for_any_number_of_workers(pages: Path, streamed: Path, tmp_path: Path) -> None:
    books = run_stream(plan_of(pages, jobs=2), out=tmp_path / "out.jsonl", dropped=tmp_path / "dropped.jsonl")
    assert read_tree(tmp_path) == read_tree(streamed)
    kept = [article.source for article in read_records(tmp_path / "out.jsonl")]
    assert kept == sorted(kept)
    assert books.total("pages/kept") == len(kept) == PAGES - 10


def test_a_folder_is_the_same_for_any_number_of_workers(
    pages: Path, undisturbed: Path, tmp_path: Path
) -> None:
    run_directory(plan_of(pages, jobs=2, keep="longest"), tmp_path / "out", keep_stripped=True)
    assert read_tree(tmp_path / "out") == read_tree(undisturbed)


def test_a_folder_keeps_the_longest_and_counts_the_copies(pages: Path, undisturbed: Path) -> None:
    kept = {article.source: article for article in read_records(undisturbed)}
    assert len(kept) == PAGES - 10
    assert {source: article.duplicates for source, article in kept.items() if article.duplicates} == {
        f"{number:03}.html": 1 for number in range(6, PAGES, 7)
    }
    dropped = read_rows(undisturbed / "dropped")
    copies = [row for row in dropped if "id" in row]
    assert len(copies) == 10
    assert all(row["duplicate_of"] in {a.id for a in kept.values()} for row in copies)
    assert all(row["similarity"] >= 0.8 for row in copies)


def read_rows(folder: Path) -> list[dict[str, Any]]:
    return [
        json.loads(line)
        for path in sorted(folder.glob("*.jsonl.gz"))
        for line in gzip.decompress(path.read_bytes()).splitlines()
    ]


def test_a_folder_and_a_stream_agree_with_keep_first(pages: Path, streamed: Path, tmp_path: Path) -> None:
    run_directory(plan_of(pages, keep="first"), tmp_path / "out")
    kept = [replace(article, duplicates=0) for article in read_records(tmp_path / "out")]
    assert kept == list(read_records(streamed / "out.jsonl"))


def test_what_a_folder_holds(undisturbed: Path) -> None:
    stats = json.loads((undisturbed / "stats.json").read_text())
    assert set(stats["files"]) == {
        *(f"{folder}{n:05}.jsonl.gz" for folder in ("", "dropped/", "stripped/") for n in range(2)),
        "inputs/00000.jsonl.gz",
        "sample/00000.jsonl.gz",
    }
    # Whoever reads *.jsonl.gz of the folder gets records, and nothing of another shape.
    assert all({"id", "text", "spans"} <= set(row) for row in read_rows(undisturbed))
    assert not (undisturbed / ".work").exists()
    sample = read_rows(undisturbed / "sample")
    assert {block["label"] for row in sample for block in row["blocks"]} > {"content"}
    assert [row["source"] for row in sample] == [f"{number:03}.html" for number in range(PAGES)]
    assert {row["label"] for row in read_rows(undisturbed / "stripped")} == {"menu"}


@pytest.mark.parametrize("templates", [True, False])
def test_the_sample_is_full_where_most_inputs_are_no_pages(tmp_path: Path, templates: bool) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(90):
        (folder / f"{number:03}.html").write_text(make_page(number))
    for number in range(200):
        (folder / f"a{number:03}.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    sources = []
    for jobs in (1, 2):
        run_directory(plan_of(folder, jobs=jobs, templates=templates), out := tmp_path / f"out{jobs}")
        rows = gzip.decompress((out / "sample" / "00000.jsonl.gz").read_bytes()).splitlines()
        sources.append([json.loads(row)["source"] for row in rows])
    assert sources == [[f"{number:03}.html" for number in range(90)]] * 2


def test_a_source_is_written_alike_everywhere(pages: Path, tmp_path: Path) -> None:
    """Control characters go from names as from all values."""
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "a\x1b\x85.html").write_bytes((pages / "001.html").read_bytes())
    run_directory(plan_of(tmp_path / "pages"), tmp_path / "out", keep_stripped=True)
    for folder in ("", "sample", "stripped"):
        assert {row["source"] for row in read_rows(tmp_path / "out" / folder)} == {"a.html"}


def test_interrupted_between_two_shards_it_resumes_to_the_same_bytes(
    pages: Path, undisturbed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, plan = tmp_path / "out", plan_of(pages, keep="longest")
    monkeypatch.setattr("dehusk.pipeline.steps.filter_shard", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run_directory(plan, out, keep_stripped=True)
    monkeypatch.undo()
    before = {path: path.stat().st_mtime_ns for path in (out / ".work" / "clean").iterdir()}
    with pytest.raises(RunRefused, match="min_words"):
        run_directory(replace(plan, options=Options(keep="longest", min_words=3)), out, keep_stripped=True)
    (pages / "more.html").write_text(make_page(999))
    with pytest.raises(RunRefused, match="inputs"):
        run_directory(plan, out, keep_stripped=True)
    (pages / "more.html").unlink()
    assert before == {path: path.stat().st_mtime_ns for path in (out / ".work" / "clean").iterdir()}
    monkeypatch.setattr("dehusk.pipeline.directory.clean_one", interrupted)  # no page is cleaned again
    news: list[Dropped | None] = []
    done = run_directory(plan, out, keep_stripped=True, on_news=lambda one, _: news.append(one))
    assert not done.was_done
    assert [one.reason for one in news if one] == ["image"]
    assert read_tree(out) == read_tree(undisturbed)


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def test_killed_it_resumes_to_the_same_bytes(pages: Path, undisturbed: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "dehusk", str(pages), "-o", str(out), "-j1", "--keep-stripped", "-q"]
    run = subprocess.Popen(command)
    deadline = time.monotonic() + 30
    while not (out / ".work" / "clean" / "00000.jsonl").exists() and time.monotonic() < deadline:
        time.sleep(0.005)
    run.kill()
    run.wait()
    (out / "dropped" / ".dehusk-0.part").touch()  # as a kill while a file is written leaves it
    assert not (out / "stats.json").exists()
    run_directory(plan_of(pages, keep="longest"), out, keep_stripped=True)
    assert read_tree(out) == {
        name: held for name, held in read_tree(undisturbed).items() if name != "report.html"
    }


def test_a_finished_run_is_not_done_again(pages: Path, undisturbed: Path) -> None:
    before = read_tree(undisturbed)
    done = run_directory(plan_of(pages, keep="longest"), undisturbed, keep_stripped=True)
    assert done.was_done
    assert done.books.total("pages/kept") == PAGES - 10
    with pytest.raises(RunRefused, match=r"other threshold \(0\.8 there, 0\.\d+ here\)"):
        run_directory(plan_of(pages, keep="longest", threshold=0.5), undisturbed, keep_stripped=True)
    with pytest.raises(
        RunRefused, match=r"other limit \(0 there, 3 here\), keep_stripped \(true there, false here\): "
    ):
        run_directory(replace(plan_of(pages, keep="longest"), limit=3), undisturbed)
    assert read_tree(undisturbed) == before


def test_inputs_that_were_changed_are_not_done_already(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (page := tmp_path / "in" / "a.html").parent.mkdir()
    page.write_text(make_page(1))
    plan, out, before = plan_of(page.parent), tmp_path / "out", page.stat()
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr("dehusk.pipeline.steps.filter_shard", interrupted)
        run_directory(plan, out)
    page.write_text(make_page(1).replace("Page", "Pale"))
    with pytest.raises(RunRefused, match="were changed"):
        run_directory(plan, out)
    page.write_text(make_page(1))
    os.utime(page, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert not run_directory(plan, out).was_done
    assert run_directory(plan, out).was_done
    os.utime(page, ns=(before.st_atime_ns, before.st_mtime_ns + 1000))
    with pytest.raises(RunRefused, match="copied without their times"):
        run_directory(plan, out)


def test_a_copy_of_the_inputs_gives_the_same_bytes(pages: Path, undisturbed: Path, tmp_path: Path) -> None:
    shutil.copytree(pages, tmp_path / "in", copy_function=shutil.copyfile)
    run_directory(plan_of(tmp_path / "in", keep="longest"), tmp_path / "out", keep_stripped=True)
    assert read_tree(tmp_path / "out") == read_tree(undisturbed)


def test_another_output_among_the_inputs_changes_no_run(tmp_path: Path) -> None:
    for number in range(LEAST_INPUTS):  # a shard is full
        (tmp_path / f"{number}.html").write_text(make_page(number % 3))
    for name in ("one", "two", "one", "two"):
        done = run_directory(plan_of(tmp_path), tmp_path / name)
    assert done.was_done
    assert sorted(path.name for path in (tmp_path / "two").glob("0*")) == ["00000.jsonl.gz"]
    assert done.books.summary()["reasons"]["files"]["skipped"] == {"corpus": 1}
    (tmp_path / "0.html").unlink()
    with pytest.raises(RunRefused, match=r"other inputs, 0\.html is missing"):
        run_directory(plan_of(tmp_path), tmp_path / "one")


@pytest.mark.parametrize("is_finished", [True, False])
def test_a_run_of_other_inputs_is_told_the_first_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_finished: bool
) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    names = [b"a.html", b"b.png", b"caf\xe9.html", b"c.html"]
    for number, name in enumerate(names):
        (folder / os.fsdecode(name)).write_text(make_page(number))
    if not is_finished:
        monkeypatch.setattr("dehusk.pipeline.directory._clean", raise_interrupt)
        with pytest.raises(KeyboardInterrupt):
            run_directory(plan_of(folder), out)
    else:
        run_directory(plan_of(folder), out)
    (folder / "c.html").rename(tmp_path / "c.html")
    for change, said in (
        (lambda: None, "c.html is missing: "),
        (lambda: (folder / "b2.html").write_text("x"), "b2.html is new: "),
        (lambda: (folder / "a.html").write_text("x"), "a.html has changed: "),
    ):
        change()
        with pytest.raises(RunRefused, match=f"other inputs, {said}.*clean diff"):
            run_directory(plan_of(folder), out)


@pytest.mark.parametrize("listing", ["[]\n", "no JSON\n", '{"source": 1}\n'])
def test_a_listing_that_is_damaged_tells_no_change(tmp_path: Path, listing: str) -> None:
    (page := tmp_path / "in" / "a.html").parent.mkdir()
    page.write_text(make_page(1))
    run_directory(plan_of(page.parent), tmp_path / "out")
    with gzip.open(tmp_path / "out" / "inputs" / "00000.jsonl.gz", "wt") as file:
        file.write(listing)
    with pytest.raises(RunRefused, match=r"finished but damaged: inputs/00000\.jsonl\.gz has "):
        run_directory(plan_of(page.parent), tmp_path / "out")
    page.write_text(make_page(22222))
    with pytest.raises(RunRefused, match="has other inputs: choose"):
        run_directory(plan_of(page.parent), tmp_path / "out")


def raise_interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def test_an_engine_that_is_not_there_leaves_nothing_behind(
    pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingExtra, match=r"dehusk\[ray\]"):
        run_directory(replace(plan_of(pages), engine="ray"), tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_under_standard_input_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "stdin").symlink_to("/dev/full")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"a page")))
    said = f"cannot write {tmp_path}/stdin: No space left"
    with pytest.raises(RecordWriteError, match=said), stdin_spooled(Plan(("-",)), tmp_path):
        pass


def test_folders_of_others_are_left_alone(pages: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(RunRefused, match="not empty"):
        run_directory(plan_of(pages), tmp_path)
    with pytest.raises(RunRefused, match="is a file"):
        run_directory(plan_of(pages), tmp_path / "thesis.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def make_foreign_work(out: Path, kind: str) -> Path:
    """A `.work` in `out` that no run made; gives a file that must stay."""
    kept = out.parent / "scratch" / "clean" if kind == "link" else out / ".work"
    kept.mkdir(parents=True, exist_ok=True)
    if kind == "link":
        (out / ".work").symlink_to(kept.parent, target_is_directory=True)
    (kept / "notes").write_text("years of work")
    return kept / "notes"


@pytest.mark.parametrize("kind", ["folder", "link"])
def test_work_of_others_is_left_alone(pages: Path, tmp_path: Path, kind: str) -> None:
    (out := tmp_path / "out").mkdir()
    kept = make_foreign_work(out, kind)
    with pytest.raises(RunRefused, match="not the work folder of a run"):
        run_directory(plan_of(pages), out)
    assert kept.read_text() == "years of work"


def test_a_finished_run_beside_the_work_of_others(undisturbed: Path, pages: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(undisturbed, out)
    kept = make_foreign_work(out, "folder")
    with pytest.raises(RunRefused, match="not the work folder of a run"):
        run_directory(plan_of(pages, keep="longest"), out, keep_stripped=True)
    assert kept.exists()


def test_patterns_of_bytes_that_are_not_utf_8(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in (b"caf\xe9.html", b"b.html"):
        (folder / os.fsdecode(name)).write_text(make_page(len(name)))
    plan = replace(plan_of(folder), include=(os.fsdecode(b"*\xe9*"), "b*"))
    for was_done in (False, True):
        done = run_directory(plan, tmp_path / "out")
        assert done.was_done is was_done
    assert done.books.counts["pages"] == 2
    assert json.loads((tmp_path / "out" / "stats.json").read_text("utf-8"))["run"]["include"][1] == "b*"


def test_an_empty_work_folder_is_taken(pages: Path, tmp_path: Path) -> None:
    (tmp_path / ".work").mkdir()
    run_directory(replace(plan_of(pages), limit=2), tmp_path)
    assert not (tmp_path / ".work").exists()


def test_only_what_a_run_wrote_is_cleared_away(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    begin_work(folder)
    (folder.work / "signs").mkdir()
    (elsewhere := tmp_path / "elsewhere").mkdir()
    (elsewhere / "kept").touch()
    (folder.work / "clean").symlink_to(elsewhere, target_is_directory=True)
    (folder.work / "notes").touch()
    clear_work(folder.work)
    assert [path.name for path in folder.work.iterdir()] == ["notes"]
    assert (elsewhere / "kept").exists()


def test_a_second_run_in_one_folder_is_refused(pages: Path, tmp_path: Path) -> None:
    fcntl = pytest.importorskip("fcntl")
    handle = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    with pytest.raises(RunRefused, match="another run"):
        run_directory(plan_of(pages), tmp_path)
    os.close(handle)


def clean_hostile(batch: Batch, begin: Begin) -> Iterator[CleanedBatch]:
    """A worker in which some pages hang."""
    import dehusk.stages.windows as windows_module
    from dehusk.blocks import read_blocks

    def hostile(page: Page, limits: Limits, **known: Any) -> Document:
        if "HANG" in page.content:  # type: ignore[operator]
            time.sleep(60)
        return read_blocks(page, limits, **known)

    windows_module.read_blocks = hostile
    return clean_batch(batch, begin)


def test_a_page_that_hangs_fails_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(12):
        (tmp_path / f"{number:02}.html").write_text(make_page(number))
    (tmp_path / "07.html").write_text("<p>HANG")
    monkeypatch.setattr("dehusk.pipeline.stream.clean_batch", clean_hostile)
    failed: list[Dropped] = []

    def listen(outcome: Outcome, books: Books) -> None:
        failed.extend(one for one in list_dropped(outcome) if one.stage == "failed")

    plan = plan_of(tmp_path, jobs=2, limits=Limits(seconds=1.0))
    books = run_stream(plan, out=tmp_path / "out.jsonl", on_outcome=listen)
    assert [(one.source, one.reason) for one in failed] == [("07.html", "timeout")]
    assert [article.source for article in read_records(tmp_path / "out.jsonl")] == [
        f"{number:02}.html" for number in range(12) if number != 7
    ]
    assert (books.total("pages/failed"), books.failed) == (1, 1)


def clean_hanging_shard(shard: Shard, begin: Begin) -> Iterator[ShardNews]:
    """A worker that is lost in some pages, and dies over others; it notes which it works at."""
    import dehusk.stages.windows as windows_module
    from dehusk.blocks import read_blocks

    def hostile(page: Page, limits: Limits, **known: Any) -> Document:
        with (shard.out.parent / "seen").open("a") as file:
            file.write(page.source + "\n")
        if "HANG" in page.content:  # type: ignore[operator]
            time.sleep(60)
        if "DIE" in page.content:  # type: ignore[operator]
            os.kill(os.getpid(), signal.SIGKILL)
        return read_blocks(page, limits, **known)

    windows_module.read_blocks = hostile
    yield clean_shard(shard, begin)


def test_in_a_folder_run_a_page_that_hangs_or_kills_costs_itself_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in").mkdir()
    for number in range(12):
        text = {4: "<p>HANG", 7: "<p>DIE"}.get(number, make_page(number))
        (tmp_path / "in" / f"{number:02}.html").write_text(text)
    monkeypatch.setattr("dehusk.pipeline.directory.clean_one", clean_hanging_shard)
    plan = plan_of(tmp_path / "in", limits=Limits(seconds=1.0), keep="longest")
    done = run_directory(plan, tmp_path / "out", keep_stripped=True)
    assert done.books.summary()["reasons"]["pages"]["failed"] == {"timeout": 1, "worker-killed": 1}
    seen = (tmp_path / "seen").read_text().split()
    assert Counter(seen) == {f"{n:02}.html": 3 if n == 7 else 1 for n in range(12)}
    monkeypatch.undo()
    for number in (4, 7):
        (tmp_path / "in" / f"{number:02}.html").unlink()
    run_directory(plan, tmp_path / "good", keep_stripped=True)
    for name in ("", "stripped", "sample"):
        assert read_rows(tmp_path / "out" / name) == read_rows(tmp_path / "good" / name)


def test_a_large_input_is_shared_out_among_the_workers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in").mkdir()
    rows = [json.dumps({"html": make_page(number)}) for number in range(40)]
    (tmp_path / "in" / "a.jsonl").write_text("\n".join(rows))
    (tmp_path / "in" / "b.html").write_text(make_page(40))
    monkeypatch.setattr("dehusk.pipeline.stream.LARGE_BYTES", 10_000)
    for jobs in (1, 2):
        run_stream(plan_of(tmp_path / "in", jobs=jobs), out=tmp_path / f"{jobs}.jsonl")
        sources = [article.source for article in read_records(tmp_path / f"{jobs}.jsonl")]
        assert sources == [*(f"a.jsonl#{n}" for n in range(1, 41)), "b.html"]
    assert (tmp_path / "1.jsonl").read_bytes() == (tmp_path / "2.jsonl").read_bytes()


def test_a_text_in_windows_has_each_part_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dehusk.pages.reading.TEXT_PIECE_BYTES", 4_000)
    text = "\n\n".join(re.sub("<[^>]*>", "\n", make_page(number)) for number in range(9))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "dump.txt").write_text(text)
    limits = Limits(bytes=5_000)
    articles = list(clean_pages(read_pages([tmp_path / "in"], limits=limits), options=Options(limits=limits)))
    assert [article.part for article in articles] == list(range(1, len(articles) + 1))
    assert len(articles) > 3


def test_blocks_of_a_text_in_windows_are_placed_in_the_whole_of_it(tmp_path: Path) -> None:
    text = "\n\n".join(re.sub("<[^>]*>", "\n", make_page(number)) for number in range(9))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "dump.txt").write_text(text)
    run_directory(plan_of(tmp_path / "in", limits=Limits(bytes=5_000)), tmp_path / "out", keep_stripped=True)
    (sampled,) = read_rows(tmp_path / "out/sample")  # of a text of any size one piece
    assert max(block["end"] for block in sampled["blocks"]) < 6_000
    blocks = sampled["blocks"] + list(read_rows(tmp_path / "out/stripped"))
    assert max(block["start"] for block in blocks) > 5_000
    assert all(text[block["start"] : block["end"]].split() == block["text"].split() for block in blocks)


def test_ids_are_those_of_the_text_that_is_written(tmp_path: Path) -> None:
    """Where there are control characters: in the pieces of a large text, in a title, in a file's name."""
    text = "\n\n".join(re.sub("<[^>]*>", "\n", make_page(number)) for number in range(9))
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "dump.txt").write_text(text.replace("Of ", "Of\x01 a\x01b "))
    (folder / "a\x02.html").write_text(make_page(20).replace("a", "a\x01").replace("Page", "Pa\x01ge"))
    limits = Limits(bytes=5_000)
    plan = plan_of(folder, limits=limits)
    run_stream(plan, out=tmp_path / "stream.jsonl")
    run_directory(plan, tmp_path / "out")
    streamed, kept = (list(read_records(tmp_path / name)) for name in ("stream.jsonl", "out"))
    assert len(streamed) > 3
    assert max(article.part for article in streamed) > 2
    for article in streamed:
        assert article.id == make_id(article.source, article.part, article.text)
        assert article.words == count_words(article.text)
    assert [replace(article, duplicates=0) for article in kept] == streamed
    in_process = list(clean_pages(read_pages([folder], limits=limits), options=plan.options))
    assert [(one.id, one.text, one.title, one.source) for one in in_process] == [
        (one.id, one.text, one.title, one.source) for one in streamed
    ]


def test_neighbours_of_one_source_are_each_numbered_from_one(tmp_path: Path) -> None:
    """A member of an archive, and a file that has the name of its source."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "x").write_bytes(make_zip({"a.html": make_page(0).encode()}))
    (folder / "x!a.html").write_text(make_page(1))
    plan = plan_of(folder)
    run_stream(plan, out=tmp_path / "stream.jsonl")
    run_directory(plan, tmp_path / "out")
    in_process = list(clean_pages(read_pages([folder]), options=plan.options))
    for articles in (read_records(tmp_path / "stream.jsonl"), read_records(tmp_path / "out"), in_process):
        assert [(one.source, one.part) for one in articles] == [("x!a.html", 1)] * 2


def test_copies_inside_a_source_are_counted_too(tmp_path: Path) -> None:
    one, two, copy = (article_of(n, text) for n, text in ((1, "one"), (2, "two"), (3, "one")))
    inside = Dropped("dump", "dropped", "contained", article=copy, duplicate_of="1")
    shard = Shard(0, work=tmp_path, out=tmp_path, options=Options())
    for folder in ("clean", "dropped", "verdicts", "filter"):
        (tmp_path / folder).mkdir()
    with write_lines(shard.file("clean")) as write:
        write(to_json(outcome_to_dict(PageOutcome("dump", [one, two], [inside]))))
    verdicts = {"copies": {"1": ["near", "1", 0.9, 0.9]}, "counts": {"1": 1}}
    write_json(shard.file("verdicts", "json"), verdicts)
    books = filter_shard(shard)
    assert [(article.id, article.duplicates) for article in read_records(tmp_path)] == [("1", 2)]
    assert books.summary()["articles"] == {"all": 3, "kept": 1, "dropped": 2}


def article_of(number: int, text: str) -> Article:
    return Article(
        f"{number}", text, "", "", "", "en", 1.0, "", "", "dump", number, "text", "article", 1, ((0, 3),), 1.0
    )


def test_standard_input_fills_a_folder_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for was_done in (False, True):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(make_page(1).encode())))
        assert run_directory(Plan(("-",)), tmp_path / "out").was_done is was_done
    assert [article.source for article in read_records(tmp_path / "out")] == ["-"]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"<p>other")))
    with pytest.raises(RunRefused, match="other inputs"):
        run_directory(Plan(("-",)), tmp_path / "out")


def test_batches_grow_and_do_not_depend_on_the_workers() -> None:
    found = [Input(f"{n}", f"{n}", size=0) for n in range(200)]
    batches = list(make_batches(iter(found), Options()))
    sizes = [len(batch.found) for batch in batches]
    assert (
        sizes
        == [1] * 4 + [2] * 4 + [3] * 4 + [4] * 4 + [5] * 4 + [6] * 4 + [7] * 4 + [8] * 4 + [9] * 4 + [10] * 2
    )
    assert [one for batch in batches for one in batch.found] == found
    large = [Input(f"{n}", f"{n}", size=10**9) for n in range(99)]
    assert {len(batch.found) for batch in make_batches(iter(large), Options())} == {1}


@pytest.mark.parametrize(("name", "value"), [("jobs", 0), ("limit", -1)])
def test_a_plan_that_cannot_be(name: str, value: int) -> None:
    with pytest.raises(BadOptions, match=name):
        Plan(("pages",), **{name: value})


def test_clean_pages_is_lazy_and_drops_copies() -> None:
    taken: list[int] = []

    def read() -> Iterator[Page]:
        for number in range(1000):
            taken.append(number)
            yield Page(make_page(number % 3), source=f"{number}")

    dropped: list[Dropped] = []
    articles: Iterator[Article] = clean_pages(read(), on_drop=dropped.append)
    assert [next(articles).source for _ in range(3)] == ["0", "1", "2"]
    assert len(taken) <= 128
    plain = clean_pages(read(), options=Options(dedup=False))
    assert [next(plain).source for _ in range(5)] == ["0", "1", "2", "3", "4"]


def test_clean_pages_tells_of_failures_or_raises() -> None:
    pages = [Page(make_page(1)), Page(b"\x89PNG\r\n\x1a\n" + bytes(50), source="image"), Page(make_page(2))]
    failures: list[UnreadablePage] = []
    assert len(list(clean_pages(pages, on_failure=failures.append))) == 2
    assert [one.source for one in failures] == ["image"]
    with pytest.raises(UnreadablePage, match="image"):
        list(clean_pages(pages))


def test_no_input_goes_unnamed(tmp_path: Path) -> None:
    pytest.importorskip("fastwarc")
    (tmp_path / "in").mkdir()
    words = " ".join(re.sub("<[^>]*>", "\n", make_page(1)).split())
    made = {
        "a.zip": make_zip({}),
        "b.tar": make_tar({}),
        "c.warc": make_record(b"warcinfo", 0, b"software: none\r\n"),
        "d.wet": make_record(b"conversion", 1, words.encode()).replace(b"\r\n", b"\n"),
        "e.html": b"",
    }
    for name, data in made.items():
        (tmp_path / "in" / name).write_bytes(data)
    skipped = ["a.zip", "b.tar", "c.warc"]

    found = list(list_kinds(plan_of(tmp_path / "in")))
    assert found == [
        *((source, "skipped: empty", False) for source in skipped),
        ("d.wet#0", "text", False),
        ("e.html", "dropped: empty", False),
    ]
    dropped: list[Dropped] = []
    assert [page.source for page in read_pages([tmp_path / "in"], on_drop=dropped.append)] == ["d.wet#0"]
    assert [one.source for one in dropped if one.stage == "skipped"] == skipped

    files = {"all": 5, "pages": 2, "skipped": 3, "failed": 0}
    for jobs in (1, 2):
        plan = plan_of(tmp_path / "in", jobs=jobs)
        streamed = run_stream(
            plan, out=tmp_path / f"{jobs}.jsonl", dropped=tmp_path / f"{jobs}.dropped.jsonl"
        )
        done = run_directory(plan, tmp_path / f"{jobs}")
        for books in (streamed, done.books):
            assert books.summary()["files"] == files
            assert books.summary()["reasons"]["files"]["skipped"] == {"empty": 3}
        lines = (tmp_path / f"{jobs}.dropped.jsonl").read_text().splitlines()
        assert [json.loads(line)["source"] for line in lines] == [*skipped, "e.html"]
    assert read_tree(tmp_path / "1") == read_tree(tmp_path / "2")


def refuse_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, *arguments: Any) -> int:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("dehusk.pipeline.lock.os.open", refuse)


def test_where_there_are_no_locks_none_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fcntl", None)
    refuse_folders(monkeypatch)  # as Windows does
    with locked_folder(tmp_path / "out"), locked_folder(tmp_path / "out"):
        assert (tmp_path / "out").is_dir()


def test_a_folder_that_cannot_be_opened_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse_folders(monkeypatch)
    with (
        pytest.raises(RecordWriteError, match=r"cannot open .*out: Permission denied"),
        locked_folder(tmp_path / "out"),
    ):
        pass


def test_a_folder_is_held_by_one(tmp_path: Path) -> None:
    with (
        locked_folder(tmp_path / "out"),
        pytest.raises(RunRefused, match="another run is at work"),
        locked_folder(tmp_path / "out"),
    ):
        pass
