"""What people see: safe on a terminal, safe in a page, and of a size that opens at once."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dehusk.cli import main
from dehusk.model import Dropped
from dehusk.records import write_lines
from dehusk.report import escape_controls
from dehusk.report.page import make_report
from dehusk.report.plots import show_counts, show_histogram
from dehusk.report.sample import Leaf, read_leaves, show_sample
from dehusk.report.twins import find_groups, show_groups
from dehusk.stages import Books

LINE = "The mill by the river has ground the grain of the whole valley for three hundred years. "
EVIL = "<script>document.title='owned'</script>"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text, Größe, 東京, العربية, 😀", "plain text, Größe, 東京, العربية, 😀"),
        ("\x1b[2J\x07", r"\x1b[2J\x07"),
        ("\u202etxt.exe", r"\u202etxt.exe"),
        ("zero\u200bwidth\ufeff", r"zero\u200bwidth\ufeff"),
        ("line\nbreak\r", r"line\x0abreak\x0d"),
        ("\udcff\U000e0041", r"\udcff\U000e0041"),
    ],
)
def test_escape_controls(text: str, shown: str) -> None:
    assert escape_controls(text) == shown


@given(st.text(st.characters(exclude_categories=())))
def test_whatever_is_shown_can_be_printed_and_is_one_line(text: str) -> None:
    shown = escape_controls(text)
    shown.encode()
    assert len(shown.splitlines()) <= 1
    assert not any(character in shown for character in "\x1b\x9b\u202e\u2066\u200f")


def test_a_report_holds_no_markup_of_others() -> None:
    books = Books()
    books.count(Dropped("a", "skipped", "<script>alert(1)</script>\u202e"))
    html = make_report(
        {"books": books.summary(), "run": {"version": "1", "options": {"mode": "<b>"}}, "seed": 1},
        timing={
            "slowest": [{"source": "<i>\u202e", "seconds": 1.0, "characters": 1}],
            "seconds": {"<u>": 1.0},
        },
    ).decode()
    assert not re.search(r"<(script|i|u)>", html)
    assert "<td><b>" not in html.partition("id=run")[2]
    assert "&lt;script&gt;" in html
    assert r"\u202e" in html


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of pages that would be scripts, links and styles if they could, two of them near-duplicates."""
    folder = tmp_path_factory.mktemp("report")
    (folder / "pages").mkdir()
    for number, last in enumerate((EVIL.replace("<", "&lt;"), "Quite another end.")):
        (folder / "pages" / f"{number}<img src=x onerror=alert(1)>.html").write_text(
            f"<title>&lt;script>document.title='owned'&lt;/script></title><nav><a href=/>Home {number}</a></nav>"
            + "".join(f"<p>In {year} {LINE}</p>" for year in range(1900, 1930))
            + f"<p>{last}</p>"
        )
    assert main([str(folder / "pages"), "-o", str(folder / "out"), "-q", "-j", "1"]) == 0
    return folder / "out" / "report.html"


def test_it_tells_everything_and_loads_nothing(report: Path) -> None:
    html = report.read_text("utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]+)', html)
    assert policy
    assert policy[1].startswith("default-src 'none'; style-src 'sha256-")
    assert not re.search(r"<(script|img|link|iframe|object|form)\b|url\(|@import|\sstyle=", html)
    sections = re.findall(r"<section id=(\w+)>", html)
    assert sections == ["books", "stripped", "articles", "pages", "copies", "sample", "run"]
    assert "&lt;script&gt;" in html.partition("<section id=copies>")[2]
    assert "Quite another end." in html
    targets = set(re.findall(r'href="#(\w+)"', html))
    assert targets <= set(re.findall(r"id=(\w+)", html))


def test_it_can_be_made_anew(report: Path) -> None:
    before = report.read_bytes()
    report.unlink()
    assert main(["report", str(report.parent)]) == 0
    assert report.read_bytes() == before
    assert main(["report", str(report.parent.parent)]) == 2


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
def test_a_browser_shows_it_and_runs_none_of_it(report: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [str(CHROMIUM), "--headless=new", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
         f"--user-data-dir={tmp_path}", "--dump-dom", report.as_uri()],
        capture_output=True, text=True, encoding="utf-8", timeout=120,
    )  # fmt: skip
    assert "<title>What became of the pages</title>" in done.stdout
    assert "&lt;script&gt;" in done.stdout
    assert "<script" not in done.stdout
    assert "CONSOLE" not in done.stderr  # neither errors nor violations of the policy


def test_a_sample_of_large_pages_stays_small_and_shows_all_of_them() -> None:
    runs = [f"<p>{LINE}</p>"] * 3_000
    html = show_sample([Leaf(f"{number}.html", 1, 2, "", runs) for number in range(200)])
    assert len(html) < 2_000_000
    assert html.count("<article") == 200


def test_line_ends_inside_a_block_are_spaces_where_lines_are_short(tmp_path: Path) -> None:
    blocks = [
        {"text": text, "label": label, "reason": "why", "kind": "code"}
        for text, label in (("def f():\n\treturn 1", "content"), ("a\n b", "menu"))
    ]
    (tmp_path / "sample").mkdir()
    with write_lines(tmp_path / "sample" / "00000.jsonl.gz") as write:
        write(json.dumps({"source": "a", "blocks": blocks}))
    (leaf,) = read_leaves(tmp_path)
    assert leaf.teaser == "def f(): return 1"
    assert "\\x0a" not in show_sample([leaf])
    assert "def f():\n\treturn 1" in leaf.runs[0]  # which keeps white space


def test_copies_of_an_earlier_run_are_shown_alone(report: Path, tmp_path: Path) -> None:
    shutil.copytree(report.parent / "dropped", tmp_path / "dropped")
    (group,) = find_groups(tmp_path)
    assert (group.kept, group.count, len(group.copies)) == (None, 1, 1)
    assert "an earlier run" in show_groups([group])


def test_counts_and_histograms_draw_what_is_there() -> None:
    assert show_counts("None", {}) == show_histogram("None", [("0", 0)], unit="") == ""
    assert show_counts("Many", {str(n): n + 1 for n in range(20)}, most=5).count("<tr") == 6
    assert 'aria-label="a: 1, c: 3"' in show_histogram("Three", [("a", 1), ("b", 0), ("c", 3)], unit="")


def test_stats_of_a_run_have_what_the_report_draws(report: Path) -> None:
    books = json.loads((report.parent / "stats.json").read_text("utf-8"))["books"]
    kept = books["articles"]["kept"]
    assert sum(books["lengths"].values()) == sum(books["confidences"].values()) == kept == 1
    stripped = sum(count for label, count in books["blocks"].items() if label != "content")
    assert sum(books["rules"].values()) == stripped
    timing = json.loads((report.parent / "timing.json").read_text("utf-8"))
    assert len(timing["slowest"]) == len(timing["largest"]) == 2
