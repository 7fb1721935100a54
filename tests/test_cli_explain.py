"""`clean explain`: what was kept and what went, for a terminal, a program and a browser; obeying nothing."""

from __future__ import annotations

import gzip
import json
import re
import zipfile
from pathlib import Path
from random import Random

import pytest

from dehusk.cli import main
from dehusk.cli.explain import explained_to_dict, show_lines
from dehusk.model import Article, Block, Dropped, Explained, Labelled
from dehusk.report import write_explained

LINE = "The mill by the river has ground the grain of the whole valley for three hundred years. "
HOSTILE = "Sh\u202eop\x1b[31m<script>alert(1)</script>"


def make_article(part: int, title: str) -> Article:
    return Article(
        f"id{part}", "text", title, "", "", "en", 1.0, "javascript:alert(1)", "", "a.txt", part, "text",
        "article", 9, ((0, 1),), 0.123456,
    )  # fmt: skip


def label(text: str, name: str = "content") -> Labelled:
    return Labelled(Block(text, "paragraph", 0, 0, 1), name, "why <b>", 0.5)  # type: ignore[arg-type]


@pytest.fixture
def explained() -> Explained:
    """Two articles, the second a copy of the first and dropped."""
    first, second = make_article(1, f"One {HOSTILE}"), make_article(2, "Two")
    dropped = Dropped("a.txt", "dropped", "contained", "a copy of article 1", second, duplicate_of="id1")
    blocks = [
        label(HOSTILE, "menu"),
        label("kept"),
        label("inside", "share"),
        label("more"),
        label("c", "copy"),
    ]
    return Explained("a\x1b.txt", "text", blocks, [0, 1, 0, 1, 2], [first, second], {2: dropped}, {4: 1})


def test_lines_tell_borders_titles_reasons_and_partners(explained: Explained) -> None:
    styles, lines = zip(*show_lines(explained), strict=True)
    assert styles == (
        "stripped", "border", "kept", "stripped", "kept", "border", "gone", "stripped", "border"
    )  # fmt: skip
    assert lines[0].startswith("[menu: why <b>] Sh\\u202eop\\x1b[31m")
    assert 'article 1: "One' in lines[1]
    assert lines[2] == "kept"
    assert lines[3] == "[share: why <b>] inside"
    assert "dropped (contained: a copy of article 1)" in lines[6]
    assert lines[7] == "[copy: stands in article 1] c"
    assert not any(character in "".join(lines) for character in "\x1b\u202e")


def test_a_page_for_a_browser_escapes_everything_and_loads_nothing(explained: Explained) -> None:
    html = write_explained([explained]).decode()
    assert "default-src 'none'" in html
    assert "<script" not in html
    assert "javascript:" not in html
    assert "&lt;script&gt;" in html
    assert r"\u202e" in html
    assert not re.search(r"<(img|link|iframe|object|embed|form)\b|url\(|@import", html)


def test_json_has_articles_and_blocks(explained: Explained) -> None:
    row = explained_to_dict(explained)
    assert [(a["part"], a.get("reason")) for a in row["articles"]] == [(1, None), (2, "contained")]
    assert row["articles"][0]["confidence"] == 0.1235  # as in the record
    assert [(b["label"], b["part"]) for b in row["blocks"]][-1] == ("copy", 2)
    assert row["blocks"][-1]["copy_of_part"] == 1


def test_each_way_out_works_on_a_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        f"<title>Mill</title><nav><a href=/>Home</a> <a href=/b>{HOSTILE}</a></nav><p>{LINE * 3}</p>"
    )
    assert main(["explain", str(page)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert (LINE * 3).strip() in lines
    assert lines[0].startswith("[menu: ")
    assert "\x1b" not in "".join(lines)  # plain when piped
    assert main(["explain", str(page), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["articles"][0]["part"] == 1
    assert main(["explain", str(page), "--html", str(tmp_path / "out.html")]) == 0
    assert "Mill" in (tmp_path / "out.html").read_text("utf-8")


def test_pages_that_repeat_each_other_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [json.dumps({"html": f"<p>{LINE * 3}</p>", "title": title}) for title in ("First", "Second")]
    (tmp_path / "rows.jsonl").write_text("\n".join(rows))
    assert main(["explain", str(tmp_path / "rows.jsonl")]) == 0
    shown = capsys.readouterr().out
    assert "dropped (same: a copy of article 1 of rows.jsonl#" in shown
    assert len([line for line in shown.splitlines() if re.match("─+ rows.jsonl#", line)]) == 2


def test_a_text_in_pieces_is_shown_as_it_is_cleaned(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["".join(Random(seed).choices("abdeiklmnorstu", k=6)) for seed in range(700)]
    lines = [" ".join(words[at : at + 20]).capitalize() + ".\n\n" for at in range(0, 700, 20)]
    pages = ["".join(lines[at : at + 5]) for at in range(0, 35, 5)]
    text = "==========\n".join([*pages, pages[-1]])
    (tmp_path / "dump.txt").write_text(text)
    dropped, options = tmp_path / "dropped.jsonl", ["--max-bytes", "2000"]
    assert main([str(tmp_path / "dump.txt"), "-q", *options, "--dropped", str(dropped)]) == 0
    records = list(map(json.loads, (capsys.readouterr().out + dropped.read_text()).splitlines()))
    assert main(["explain", "--json", *options, str(tmp_path / "dump.txt")]) == 0
    pieces = list(map(json.loads, capsys.readouterr().out.splitlines()))
    assert len(pieces) > 2
    cleaned = {row["part"]: row["id"] for row in records}
    shown = [(row["part"], row["id"]) for piece in pieces for row in piece["articles"]]
    assert shown == sorted(cleaned.items())
    blocks = [block for piece in pieces for block in piece["blocks"]]
    assert all(text[block["start"] : block["end"]].split() == block["text"].split() for block in blocks)
    assert {block["part"] for block in blocks} - {0} == cleaned.keys()
    (copy,) = (row for row in records if row.get("reason") == "contained")
    origins = {block["copy_of_part"] for block in blocks if block["part"] == copy["part"]}
    assert origins == {copy["part"] - 1} != {1}
    assert all(text[row["spans"][0][0] :].startswith(row["text"][:60]) for row in records)


def test_a_member_of_an_archive_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with zipfile.ZipFile(tmp_path / "crawl.zip", "w") as archive:
        archive.writestr("a/other.html", "<p>nothing</p>")
        archive.writestr("a/page.html", f"<p>{LINE * 3}</p>")
    assert main(["explain", f"{tmp_path}/crawl.zip!a/page.html"]) == 0
    assert capsys.readouterr().out.splitlines()[1] == (LINE * 3).strip()
    assert main(["explain", f"{tmp_path}/crawl.zip!none.html"]) == 1


def test_a_page_that_is_not_there_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(tmp_path / "none.html")]) == 1
    assert "not-found" in capsys.readouterr().err


def make_folder(folder: Path) -> Path:
    """Two good pages; before, between and behind them such as cannot be read, or are over a limit."""
    folder.mkdir()
    (folder / "a.html").symlink_to("nowhere")
    (folder / "b.html").write_text(f"<p>First. {LINE * 3}</p>")
    (folder / "c.html").write_text("<div>" * 5000 + LINE)
    (folder / "d.html").write_text(f"<p>Second, of other stuff. {LINE.replace('grain', 'malt') * 3}</p>")
    (folder / "e.html.gz").write_bytes(gzip.compress(LINE.encode() * 99)[:-20])
    return folder


@pytest.mark.parametrize("option", ["", "--json", "--html"])
def test_a_folder_is_shown_beyond_what_fails(
    option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.html"
    options = {"": [], "--json": [option], "--html": [option, str(out)]}[option]
    assert main(["explain", str(make_folder(tmp_path / "pages")), *options]) == 1
    printed, errors = capsys.readouterr()
    named = re.findall(r"^failed: (\S+): ([\w-]+)", errors, re.M)
    assert named == [("a.html", "dangling-link"), ("c.html", "too-deep"), ("e.html.gz", "truncated")]
    shown = out.read_text("utf-8") if option == "--html" else printed
    assert 0 < shown.index("First.") < shown.index("Second, of other stuff.")


def test_a_page_that_fails_leaves_no_page_for_a_browser(tmp_path: Path) -> None:
    assert main(["explain", str(tmp_path / "none.html"), "--html", str(tmp_path / "out.html")]) == 1
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_page_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    assert main(["explain", str(tmp_path / "logo.png")]) == 0
    assert capsys.readouterr().err == "skipped: logo.png: image\n"


def test_help_names_one_file(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["explain", "--help"])
    assert capsys.readouterr().out.startswith("usage: clean explain FILE [options]\n")


def test_a_terminal_gets_colour(
    explained: Explained, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr("dehusk.cli.explain.explain_pages", lambda pages, options, **_: iter([explained]))
    assert main(["explain", "-"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert re.match(r"\x1b\[2m\d\.\d\d \[menu", lines[0])
    assert lines[0].count("\x1b") == 2  # the page's own escapes do not reach the terminal
    assert re.fullmatch(r"\d\.\d\d kept", lines[2])
    monkeypatch.setenv("NO_COLOR", "1")
    assert main(["explain", "-"]) == 0
    assert "\x1b" not in capsys.readouterr().out
