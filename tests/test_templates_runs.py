"""Templates in runs: what repeats on a site goes, whoever works how fast and however it was interrupted."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from test_cluster import stage
from test_pipeline import plan_of, read_rows, read_tree

import dehusk
from dehusk.cli import main
from dehusk.engines import map_on_ray
from dehusk.errors import BadOptions, RunRefused, UnreadablePage, UnreadableTemplates
from dehusk.model import Options, Page
from dehusk.pipeline import run_directory, run_stream
from dehusk.pipeline.learn import learn_sites
from dehusk.records import read_records

SITE = 12
SLOGAN = "We have been telling the people of the valley what they need to know since the old mill was built."
ABOUT = "Our reporters live where you live, and they are paid by nobody but the readers of this paper."
HEADING = "What we know so far"
WORDS = (
    "barge bridge harbour ferry council mayor river storm lantern market flood engine captain keeper stone quarry "
    "orchard winter bell ledger window garden letter winding island ladder candle copper signal hollow"
).split()

MENU = [f"All about the {word}" for word in WORDS[:12]]


def write_sentence(random: Random) -> str:
    words = [random.choice(WORDS) for _ in range(random.randint(9, 16))]
    return f"The {' '.join(words[:4])} of the {' '.join(words[4:8])} was {' and '.join(words[8:])}."


def make_page(number: int, *, law: str = "") -> str:
    """Its own text, a heading that all pages have, and what the site says on all of them."""
    random = Random(number)
    paragraphs = [" ".join(write_sentence(random) for _ in range(4)) for _ in range(6)]
    lines = [f"<p>{text}</p>" for text in paragraphs]
    lines[3:3] = [f"<h2>{HEADING}</h2>"]
    lines[5:5] = [f"<p>{law}</p>"] if law else []
    menu = "".join(f"<li><a href=/{number}>{name}</a></li>" for number, name in enumerate(MENU))
    return (
        f"<title>Story {number}</title><nav><ul>{menu}</ul></nav>"
        f"<main><h1>The {random.choice(WORDS)} {number}</h1>{''.join(lines)}"
        f"<p>{SLOGAN}</p><p>{ABOUT}</p></main><footer>All rights reserved</footer>"
    )


def write_site(folder: Path, pages: int = SITE, make: Callable[[int], str] = make_page) -> Path:
    folder.mkdir(exist_ok=True)
    for number in range(pages):
        (folder / f"{number:03}.html").write_text(make(number))
    return folder


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_site(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def cut(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("cut")
    run_directory(plan_of(site), out, keep_stripped=True)
    return out


@pytest.fixture(scope="module")
def learnt(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("learnt") / "site.templates"
    learn_sites(plan_of(site), path)
    return path


def stop(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def texts(path: Path) -> dict[str, str]:
    return {article.source: article.text for article in read_records(path)}


def test_alone_a_page_keeps_what_its_site_repeats() -> None:
    (article,) = dehusk.clean_page(Page(make_page(0)))
    assert SLOGAN in article.text
    assert ABOUT in article.text
    assert HEADING in article.text


def test_a_folder_loses_what_repeats_and_nothing_else(site: Path, cut: Path) -> None:
    (alone,) = dehusk.clean_page(Page((site / "005.html").read_text()))
    found = texts(cut)
    assert len(found) == SITE
    assert found["005.html"] == alone.text.replace(f"\n{SLOGAN}\n{ABOUT}", "")
    assert all(HEADING in text and SLOGAN not in text for text in found.values())


def test_the_books_the_sample_and_the_stripped_blocks_say_so(cut: Path) -> None:
    books = json.loads((cut / "stats.json").read_text())["books"]
    assert books["blocks"]["template"] == books["rules"]["template: repeats across the site"] == 2 * SITE
    reason = f"on {SITE} of {SITE} pages of this site"
    gone = [row for row in read_rows(cut / "stripped") if row["label"] == "template"]
    assert {(row["text"], row["reason"]) for row in gone} == {(SLOGAN, reason), (ABOUT, reason)}
    shown = [block for row in read_rows(cut / "sample") for block in row["blocks"] if block["text"] == SLOGAN]
    assert {(block["label"], block["reason"]) for block in shown} == {("template", reason)}
    kept = sum(block["label"] == "content" for row in read_rows(cut / "sample") for block in row["blocks"])
    assert kept == books["blocks"]["content"]


def test_the_records_are_whole(cut: Path) -> None:
    for article in read_records(cut):
        assert article.words == dehusk.clean_page(Page(f"<p>{article.text}"))[0].words
        assert article.id == dehusk.model.make_id(article.source, article.part, article.text)


@pytest.mark.parametrize("pages", [1, 4])
def test_few_pages_change_nothing(tmp_path: Path, pages: int) -> None:
    folder = write_site(tmp_path / "site", pages)
    for name, has in (("with", True), ("without", False)):
        run_directory(plan_of(folder, templates=has), tmp_path / name, keep_stripped=True)
    trees = [read_tree(tmp_path / name) for name in ("with", "without")]
    for tree in trees:
        del tree["stats.json"]  # it holds the option
    assert trees[0] == trees[1]


@pytest.fixture
def many_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dehusk.pipeline.manifest.LEAST_INPUTS", 3)
    monkeypatch.setattr("dehusk.pipeline.manifest.SHARDS", 4)
    monkeypatch.setattr("dehusk.pipeline.directory.SHARDS_A_WORKER", 1)


@pytest.mark.usefixtures("many_shards")
def test_any_number_of_workers_and_steps_give_the_same_bytes(site: Path, cut: Path, tmp_path: Path) -> None:
    run_directory(plan_of(site), tmp_path / "one", keep_stripped=True)
    run_directory(plan_of(site, jobs=2), tmp_path / "two", keep_stripped=True)
    assert read_tree(tmp_path / "one") == read_tree(tmp_path / "two")
    assert texts(tmp_path / "one") == texts(cut)


@pytest.mark.usefixtures("many_shards")
def test_on_ray_it_is_the_same(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("ray")
    placed: list[str] = []

    def note(act: Callable[..., Any], tasks: list[Any], **options: Any) -> Any:
        placed.extend([act.__name__] * len(tasks))
        return map_on_ray(act, tasks, **options)

    run_directory(plan_of(site), tmp_path / "local", keep_stripped=True)
    monkeypatch.setattr("dehusk.pipeline.directory.map_on_ray", note)
    run_directory(replace(plan_of(site, jobs=2), engine="ray"), tmp_path / "ray", keep_stripped=True)
    assert placed == [name for name in ("clean_step", "cut_step", "filter_step") for _ in range(4)]
    assert read_tree(tmp_path / "ray") == read_tree(tmp_path / "local")


@pytest.mark.usefixtures("many_shards")
@pytest.mark.parametrize("at", ["steps.merge_files", "steps.cut_shard", "steps.decide", "steps.filter_shard"])
def test_interrupted_it_resumes_to_the_same_bytes(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    run_directory(plan_of(site), tmp_path / "undisturbed", keep_stripped=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"dehusk.pipeline.{at}", stop)
        with pytest.raises(KeyboardInterrupt):
            run_directory(plan_of(site), tmp_path / "out", keep_stripped=True)
    run_directory(plan_of(site), tmp_path / "out", keep_stripped=True)
    assert read_tree(tmp_path / "out") == read_tree(tmp_path / "undisturbed")


@pytest.mark.usefixtures("many_shards")
def test_killed_while_it_cuts_it_resumes_to_the_same_bytes(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second shard dies after its files were written anew and before it says that it is done."""
    run_directory(plan_of(site), tmp_path / "undisturbed", keep_stripped=True)

    def die(path: Path, value: Any) -> None:
        if path.name == "00001.json" and path.parent.name == "cut":
            raise KeyboardInterrupt
        dehusk.records.write_json(path, value)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dehusk.stages.cleaning.write_json", die)
        with pytest.raises(KeyboardInterrupt):
            run_directory(plan_of(site), tmp_path / "out", keep_stripped=True)
    run_directory(plan_of(site), tmp_path / "out", keep_stripped=True)
    assert read_tree(tmp_path / "out") == read_tree(tmp_path / "undisturbed")


def test_step_by_step_it_is_the_same(site: Path, tmp_path: Path) -> None:
    run_directory(plan_of(site, keep="longest"), tmp_path / "local")
    out = tmp_path / "out"
    stage("plan", site, "-o", out)
    for step in ("clean", "learn", "cut", "decide", "filter", "finish"):
        stage(step, out)
    trees = [read_tree(tmp_path / "local"), read_tree(out)]
    assert {name: held for name, held in trees[1].items() if name != "report.html"} == trees[0]


def test_a_shard_is_not_cut_before_it_is_learnt_what_repeats(site: Path, tmp_path: Path) -> None:
    stage("plan", site, "-o", tmp_path / "out")
    stage("clean", tmp_path / "out")
    with pytest.raises(RunRefused, match="not learnt"):
        dehusk.pipeline.steps.cut_step(dehusk.pipeline.steps.open_step(tmp_path / "out", 0))


def test_a_stream_cuts_by_a_file(site: Path, cut: Path, learnt: Path, tmp_path: Path) -> None:
    plan = replace(plan_of(site), templates=learnt)
    run_stream(plan, out=tmp_path / "one.jsonl")
    run_stream(replace(plan, jobs=2), out=tmp_path / "two.jsonl")
    assert texts(tmp_path / "one.jsonl") == texts(cut)
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()


def test_a_folder_cuts_by_a_file_and_knows_it_again(
    site: Path, cut: Path, learnt: Path, tmp_path: Path
) -> None:
    few = write_site(tmp_path / "few", 2)
    plan = replace(plan_of(few), templates=learnt)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dehusk.pipeline.steps.filter_shard", stop)
        with pytest.raises(KeyboardInterrupt):
            run_directory(plan, tmp_path / "out")
    with pytest.raises(RunRefused, match="templates"):
        run_directory(replace(plan, templates=None), tmp_path / "out")
    run_directory(plan, tmp_path / "out")
    # The folder is another site by its path: only where pages bear urls does a file speak of other folders.
    assert set(texts(tmp_path / "out")) == {"000.html", "001.html"}


def test_the_library_and_explain_cut_by_the_same_file(site: Path, cut: Path, learnt: Path) -> None:
    templates = dehusk.read_templates(learnt)
    pages = list(dehusk.read_pages([site]))
    articles = list(dehusk.clean_pages(pages, templates=templates))
    assert {article.source: article.text for article in articles} == texts(cut)
    assert [article.text for article in dehusk.clean_page(pages[3], templates=templates)] == [
        articles[3].text
    ]
    gone = [item for item in dehusk.explain_page(pages[3], templates=templates) if item.label == "template"]
    assert [(item.block.text, item.reason) for item in gone] == [
        (SLOGAN, "on 12 of 12 pages of this site"),
        (ABOUT, "on 12 of 12 pages of this site"),
    ]


def test_the_library_learns_what_the_command_learns(site: Path, learnt: Path, tmp_path: Path) -> None:
    templates = dehusk.learn_templates(dehusk.read_pages([site]))
    dehusk.write_templates(templates, tmp_path / "t")
    assert (tmp_path / "t").read_bytes() == learnt.read_bytes()


def test_a_page_that_cannot_be_read_is_named_to_whoever_asks(site: Path) -> None:
    pages = list(dehusk.read_pages([site]))
    deep = Page("<p>" + "<b>" * 100_000, source="deep.html")
    named = list[UnreadablePage]()
    templates = dehusk.learn_templates([deep, *pages], on_failure=named.append)
    assert [(error.source, error.reason) for error in named] == [("deep.html", "too-deep")]
    assert all(map(np.array_equal, templates, dehusk.learn_templates(pages)))
    with pytest.raises(UnreadablePage, match="too-deep"):
        dehusk.learn_templates([deep])


def test_nothing_is_learned_by_options_that_ask_for_nothing() -> None:
    with pytest.raises(BadOptions, match="templates=False"):
        dehusk.learn_templates([], options=Options(templates=False))


def test_pages_that_bear_urls_are_of_one_site_wherever_they_lie() -> None:
    pages = [Page(make_page(n), source=f"{n}/x.html", url=f"https://w{n}.example.com/{n}") for n in range(20)]
    templates = dehusk.learn_templates(pages)
    (article,) = dehusk.clean_page(pages[19], templates=templates)
    assert SLOGAN not in article.text
    (article,) = dehusk.clean_page(replace(pages[19], url="https://example.org/"), templates=templates)
    assert SLOGAN in article.text


def test_a_stream_cuts_by_the_full_batches_before(tmp_path: Path) -> None:
    folder = write_site(tmp_path / "site", 70)
    for jobs in (1, 2):
        run_stream(plan_of(folder, jobs=jobs), out=tmp_path / f"{jobs}.jsonl")
    assert (tmp_path / "1.jsonl").read_bytes() == (tmp_path / "2.jsonl").read_bytes()
    has_slogan = [SLOGAN in text for text in texts(tmp_path / "1.jsonl").values()]
    assert has_slogan == [True] * 64 + [False] * 6
    articles = dehusk.clean_pages(dehusk.read_pages([folder]))
    assert [SLOGAN in article.text for article in articles] == has_slogan


def test_flattened_pages_lose_it_too_and_their_spans_skip_it(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    for number in range(SITE):
        (article,) = dehusk.clean_page(Page(make_page(number)))
        lines = [*MENU, f"Story {number}", *article.text.split("\n")]
        (tmp_path / "site" / f"{number}.txt").write_text("\n\n".join(lines))
    run_directory(plan_of(tmp_path / "site"), tmp_path / "out")
    for article in read_records(tmp_path / "out"):
        text = (tmp_path / "site" / article.source).read_text()
        assert SLOGAN not in article.text
        covered = "\n".join(text[start:end] for start, end in article.spans)
        assert covered.split() == article.text.replace("- ", "").split()


def test_a_page_fetched_many_times_keeps_its_text(tmp_path: Path) -> None:
    """What stands on all pages because they are one page is no template."""
    folder = write_site(tmp_path / "site", 10, lambda number: make_page(number // 9))
    run_directory(plan_of(folder, dedup=False), tmp_path / "out")
    (alone,) = dehusk.clean_page(Page(make_page(0)))
    assert texts(tmp_path / "out")["003.html"] == alone.text


def test_a_law_that_many_pages_cite_stays(tmp_path: Path) -> None:
    law = "Whoever keeps a mill upon the river shall leave the water as clean as it was when it reached the wheel."
    folder = write_site(
        tmp_path / "site", 20, lambda number: make_page(number, law=law if number % 2 else "")
    )
    run_directory(plan_of(folder), tmp_path / "out")
    found = texts(tmp_path / "out")
    assert sum(law in text for text in found.values()) == 10
    assert not any(SLOGAN in text for text in found.values())


def test_no_templates_switches_it_off(site: Path, tmp_path: Path) -> None:
    run_directory(plan_of(site, templates=False), tmp_path / "out")
    assert all(SLOGAN in text for text in texts(tmp_path / "out").values())


def test_the_command_learns_and_uses_what_it_learnt(
    site: Path, learnt: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [sys.executable, "-m", "dehusk", "learn", str(site), "-o", str(tmp_path / "t"), "-j2", "-q"]
    subprocess.run(command, check=True)
    assert (tmp_path / "t").read_bytes() == learnt.read_bytes()
    assert main([str(site), "--templates", str(tmp_path / "t"), "-o", str(tmp_path / "o.jsonl"), "-q"]) == 0
    assert not any(SLOGAN in text for text in texts(tmp_path / "o.jsonl").values())
    assert main([str(site), "--templates", str(tmp_path / "t"), "--no-templates"]) == 2
    (tmp_path / "t").write_bytes(b"dehusk templates\n")
    assert main([str(site), "--templates", str(tmp_path / "t"), "-o", str(tmp_path / "p.jsonl"), "-q"]) == 2
    assert "templates" in capsys.readouterr().err.splitlines()[-1]


def test_learning_overwrites_no_page(site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`-o pages/*.html`: the shell makes the first page the output, and the others the input."""
    page = tmp_path / "000.html"
    shutil.copy(site / "000.html", page)
    assert main(["learn", str(site), "-o", str(page), "-q"]) == 2
    assert "000.html is there and holds no templates" in capsys.readouterr().err
    assert page.read_bytes() == (site / "000.html").read_bytes()


def test_a_damaged_file_stops_a_folder_run_before_it_begins(site: Path, tmp_path: Path) -> None:
    (tmp_path / "t").write_bytes(b"no templates")
    with pytest.raises(UnreadableTemplates):
        run_directory(replace(plan_of(site), templates=tmp_path / "t"), tmp_path / "out")


def test_options_say_whether(site: Path) -> None:
    page = Page((site / "000.html").read_text(), source="a/b.html")
    assert dehusk.stages.page.work_page(page, Options()).prints is not None
    assert dehusk.stages.page.work_page(page, Options(templates=False)).prints is None
