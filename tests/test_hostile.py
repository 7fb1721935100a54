"""Hostile pages among good ones: the good come out unchanged, the hostile are kept correctly or named."""

from __future__ import annotations

import gzip
import io
import json
import os
import resource
import subprocess
import sys
import time
import zipfile
import zlib
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from test_pipeline import make_page

ENGLISH = "Plain words about the mill and its river stand in the valley of the grain. " * 8
RUSSIAN = "Мельница стоит на реке уже триста лет, и люди из долины привозят сюда зерно. " * 8
CHINESE = "磨坊在河边已经有三百年了，山谷里的人们把粮食运到这里来，磨成面粉。" * 12
JAPANESE = "水車小屋は三百年も前から川のほとりにあり、谷の人々はここへ穀物を運んでくる。" * 12
KEPT = "kept"
GIGABYTES = 2.0
SECONDS = 120


class Hostile(NamedTuple):
    """A page that means harm: what may become of it, and what its text must hold if it is kept."""

    content: bytes
    fates: set[str]
    text: str = ""


def zeros(size: int) -> bytes:
    """A gzip bomb, made a piece at a time."""
    packer = zlib.compressobj(9, wbits=31)
    pieces = [packer.compress(bytes(1 << 24)) for _ in range(size >> 24)]
    return b"".join([*pieces, packer.flush()])


def zip_of_zeros(size: int) -> bytes:
    """A page that is one long paragraph of zeros, never held as a whole: this process is measured too."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.html", "w") as member:
        member.write(b"<p>")
        for _ in range(size >> 24):
            member.write(b"0" * (1 << 24))
    return file.getvalue()


def page(text: str, codec: str = "utf-8", head: str = "") -> bytes:
    return f"<html><head>{head}</head><body><h1>{text[:9]}</h1><p>{text}</p></body></html>".encode(codec)


def make_hostile(scale: int) -> dict[str, Hostile]:
    """By name; sizes are divided by `scale`."""
    many = 100_000 // scale
    markup = {
        "no-article",
        "too-deep",
        "too-many-tags",
        "too-many-attributes",
        "too-many-open-tags",
        "too-short",
        KEPT,
        "timeout",
        "binary",
    }
    cases = {
        "deep.html": Hostile(b"<html>" + b"<div>" * max(many, 5_000) + b"x", {"too-deep"}),
        "attributes.html": Hostile(
            b"<html><div " + b" ".join(b"a%d=1" % n for n in range(max(many, 5_000))) + b">text</div>",
            markup,
        ),
        "formatting.html": Hostile(
            (b"<html>" + b"".join(b"<font size=%d>" % n for n in range(4500)))[:60_000] + b"<p>x" * 500,
            markup,
        ),
        "cells.html": Hostile(b"<table><tr>" + b"<td>cell" * (6_250_000 // scale), markup),
        "less.html": Hostile(b"<" * (1_000_000 // scale), markup | {"text"}),
        "ampersands.html": Hostile(b"<p>" + b"&" * (1_000_000 // scale), markup),
        "nul.html": Hostile(b"<p>" + b"\0" * (1_000_000 // scale), markup),
        "line.txt": Hostile(ENGLISH.encode() * (10_000_000 // scale // len(ENGLISH)), {KEPT}, "the mill"),
        "json-ld.html": Hostile(
            page(
                ENGLISH,
                head='<script type="application/ld+json">{"@type":'
                + " " * (290_000 // scale)
                + "1}</script>",
            ),
            {KEPT},
            "the mill",
        ),
        "bomb.html.gz": Hostile(zeros((1 << 30) // scale), {"binary", "ratio", "too-large"}),
        "bomb.zip": Hostile(zip_of_zeros((1 << 30) // min(scale, 16)), {"ratio", "too-large"}),
        "russian.html": Hostile(page(RUSSIAN, "cp1251"), {KEPT}, RUSSIAN[:70]),
        "utf16.html": Hostile(page(RUSSIAN, "utf-16"), {KEPT}, RUSSIAN[:70]),
        "chinese.html": Hostile(page(CHINESE, "gb18030"), {KEPT}, CHINESE[:33]),
        "japanese.html": Hostile(page(JAPANESE, "shift_jis"), {KEPT}, JAPANESE[:30]),
        "empties.html": Hostile(b"<b></b>" * (5_000_000 // scale), markup),
        "evil\x1b[31m\u202e.html": Hostile(page("1" + ENGLISH), {KEPT}, "the mill"),
        "new\nline.html": Hostile(page("2" + ENGLISH), {KEPT}, "the mill"),
        os.fsdecode(b"bad\xff.html"): Hostile(page("3" + ENGLISH), {KEPT}, "the mill"),
    }
    for charset in ("utf-7", "idna", "unicode_escape"):
        cases[f"{charset}.html"] = Hostile(
            page(f"{charset} +ADw-script+AD4- \\x41 {ENGLISH}", head=f"<meta charset={charset}>"),
            {KEPT},
            "+ADw-",
        )
    if zstandard := sys.modules.get("zstandard") or _import_zstandard():
        packer = zstandard.ZstdCompressor().compressobj()
        bomb = b"".join(
            [*(packer.compress(bytes(1 << 24)) for _ in range(64 // min(scale, 64))), packer.flush()]
        )
        cases["bomb.html.zst"] = Hostile(bomb, {"binary", "ratio", "too-large"})
    return cases


def _import_zstandard() -> Any:
    try:
        import zstandard
    except ImportError:
        return None
    return zstandard


def run(folder: Path, out: Path, *, seconds: float) -> dict[str, Any]:
    """The summary of a run."""
    command = [sys.executable, "-m", "dehusk", str(folder), "-o", str(out), "-j2", "-q", "--json"]
    command += ["--no-dedup", "--max-seconds", f"{seconds}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stderr
    assert "\u202e" not in done.stderr
    summary: dict[str, Any] = json.loads(done.stderr.splitlines()[-1])
    return summary


def read_rows(folder: Path) -> list[dict[str, Any]]:
    files = sorted(folder.glob("*.jsonl.gz"))
    return [json.loads(line) for path in files for line in gzip.decompress(path.read_bytes()).splitlines()]


def try_all(tmp_path: Path, *, scale: int, good: int, seconds: float) -> dict[str, list[dict[str, Any]]]:
    """Run the good pages alone, and with the hostile ones; gives what became of each of these."""
    cases = make_hostile(scale)
    for name in ("good", "all"):
        (tmp_path / name).mkdir()
        for number in range(good):
            (tmp_path / name / f"good{number:03}.html").write_text(make_page(number))
    for name, case in cases.items():
        (tmp_path / "all" / name).write_bytes(case.content)
    run(tmp_path / "good", tmp_path / "out-good", seconds=seconds)
    summary = run(tmp_path / "all", tmp_path / "out-all", seconds=seconds)
    rows = read_rows(tmp_path / "out-all")
    assert len(
        {row["source"] for row in [*rows, *read_rows(tmp_path / "out-all" / "dropped")]}
    ) == good + len(cases)
    assert summary["files"]["all"] >= good + len(
        cases
    )  # a large text counts once for each piece it is read in
    assert [row for row in rows if row["source"].startswith("good")] == read_rows(tmp_path / "out-good")
    fates: dict[str, list[dict[str, Any]]] = {}
    for row in [*rows, *read_rows(tmp_path / "out-all" / "dropped")]:
        fates.setdefault(row["source"].partition("!")[0], []).append(row)
    return fates


def check(fates: dict[str, list[dict[str, Any]]], scale: int) -> None:
    for name, case in make_hostile(scale).items():
        rows = fates[name.replace("\udcff", "%FF").replace("\x1b", "").replace("\n", "\n")]
        assert {row.get("reason", KEPT) for row in rows} <= case.fates, f"{name!r}: {rows!r:.300}"
        for row in rows:
            if "reason" not in row:
                assert case.text in row["text"], name


def test_small_hostile_pages_among_good_ones(tmp_path: Path) -> None:
    check(try_all(tmp_path, scale=50, good=12, seconds=5), scale=50)


@pytest.mark.slow
def test_hostile_pages_among_a_hundred_good_ones(tmp_path: Path) -> None:
    started = time.monotonic()
    fates = try_all(tmp_path, scale=1, good=100, seconds=30)
    seconds = time.monotonic() - started
    gigabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
    print(f"{seconds:.1f} s for all pages, the good ones twice; the largest process had {gigabytes:.2f} GB")
    for name, rows in sorted(fates.items()):
        if not name.startswith("good"):
            print(f"{name!r}: {', '.join(row.get('reason', KEPT) for row in rows)[:60]}")
    check(fates, scale=1)
    assert gigabytes < GIGABYTES
    assert seconds < SECONDS
