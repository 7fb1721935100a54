"""Reading: the good page comes out, everything else is named, and nothing is inflated past its limit."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import pickle
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dehusk.errors import DehuskError, UnreadablePage
from dehusk.model import Article, Dropped, Limits, Page
from dehusk.pages import Input, decode_page, list_inputs, read_found, read_input, read_pages, reading
from dehusk.pages.joined import part_joined
from dehusk.pages.unpack import Meter
from dehusk.records import dropped_to_json, write_records

PAGE = b"<!DOCTYPE html><p>A good page"
# Does not shrink, and is the same in every run: of other noise, one damaged bzip2 in 140 reads on past its end,
# which nobody can tell from one that was cut off.
NOISE = Random(1).randbytes(40_000)


def read_one(path: Path, limits: Limits = Limits()) -> list[Page]:  # noqa: B008
    return list(read_input(Input(str(path), path.name), limits))


def fail_reason(path: Path, limits: Limits = Limits()) -> str:  # noqa: B008
    with pytest.raises(UnreadablePage) as caught:
        read_one(path, limits)
    assert caught.value.source == path.name
    assert caught.value.detail
    return caught.value.reason


def save(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def make_hostile_folder(root: Path) -> None:
    for name, data in {
        "good.html": PAGE,
        "empty.html": b"",
        "empty.txt.gz": gzip.compress(b""),
        "logo.html": b"\x89PNG\r\n\x1a\n\0\0",
        "style.css": b"body{margin:0}\n.a{color:red}",
        "cut.html.gz": gzip.compress(NOISE[:5000])[:-700],
        "odd.html.gz": b"\x1f\x8bnonsense",
        "shut.html": PAGE,
        "bomb.html.gz": gzip.compress(PAGE + b" " * 30_000_000),
    }.items():
        save(root / name, data)
    os.mkfifo(root / "pipe.html")
    (root / "broken.html").symlink_to("nowhere.html")
    (root / "round.html").symlink_to("round.html")


@pytest.mark.parametrize("make", [bytes, bytearray, memoryview])
@pytest.mark.parametrize("data", [PAGE, "Größe".encode("latin-1") * 20])
def test_whatever_holds_bytes_is_decoded(make: Callable[[bytes], bytes], data: bytes) -> None:
    page, utf8 = reading.decode_keeping_bytes(Page(make(data)))
    assert page == decode_page(Page(data))
    assert utf8 is None or type(utf8) is bytes


def test_a_single_path_is_one(tmp_path: Path) -> None:
    save(tmp_path / "a.html", PAGE)
    for path in (tmp_path, str(tmp_path), [tmp_path]):
        assert [page.source for page in read_pages(path)] == ["a.html"]


def test_one_good_page_among_bad_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_hostile_folder(tmp_path)
    refuse_to_open(monkeypatch, "shut.html")
    drops: list[Dropped] = []
    failures: list[UnreadablePage] = []
    pages = list(read_pages([tmp_path], on_drop=drops.append, on_failure=failures.append))
    assert pages == [Page(PAGE, source="good.html", kind="html")]
    assert {(drop.source, drop.stage, drop.reason) for drop in drops} == {
        ("empty.html", "dropped", "empty"),
        ("empty.txt.gz", "dropped", "empty"),
        ("logo.html", "skipped", "image"),
        ("pipe.html", "skipped", "fifo"),
        ("style.css", "skipped", "stylesheet"),
    }
    assert {(failure.source, failure.reason) for failure in failures} == {
        ("bomb.html.gz", "ratio"),
        ("broken.html", "dangling-link"),
        ("cut.html.gz", "truncated"),
        ("odd.html.gz", "corrupt"),
        ("round.html", "looping-link"),
        ("shut.html", "unreadable"),
    }
    assert len(drops) + len(failures) + len(pages) == len(list(tmp_path.iterdir()))


def refuse_to_open(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Root may read everything, so that the modes of a file show nothing."""
    open_file = os.open

    def refuse(path: str, *rest: int) -> int:
        if str(path).endswith(name):
            raise PermissionError(13, "Permission denied")
        return open_file(path, *rest)

    monkeypatch.setattr(os, "open", refuse)


def test_without_on_failure_a_bad_input_raises(tmp_path: Path) -> None:
    save(tmp_path / "a.html.gz", gzip.compress(PAGE)[:-9])
    with pytest.raises(UnreadablePage, match=r"a\.html\.gz: truncated"):
        list(read_pages([tmp_path]))


@pytest.mark.parametrize(
    ("globs", "read"),
    [
        ({"include": ["*.html"]}, ["a.html", "d/b.html"]),
        ({"exclude": ["d/*", "*.png"]}, ["a.html", "c.txt"]),
        ({"include": ["d/*", "c.*"], "exclude": ["*.html"]}, ["c.txt"]),
    ],
)
def test_globs_choose_what_is_read(tmp_path: Path, globs: dict[str, list[str]], read: list[str]) -> None:
    """What they leave out is not named either, as what is skipped is."""
    (tmp_path / "d").mkdir()
    for name in ("a.html", "c.txt", "d/b.html", "e.png"):
        save(tmp_path / name, b"\x89PNG\r\n\x1a\n\0\0" if name == "e.png" else PAGE)
    dropped: list[Dropped] = []
    include, exclude = globs.get("include", []), globs.get("exclude", [])
    pages = read_pages([tmp_path], include=include, exclude=exclude, on_drop=dropped.append)
    assert [page.source for page in pages] == read
    assert dropped == []


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
@pytest.mark.parametrize("tail", [b"", b"\0" * 512, b"trailing garbage"])
def test_compressed_pages(tmp_path: Path, pack: object, tail: bytes) -> None:
    assert callable(pack)
    path = save(tmp_path / "page", pack(PAGE) + tail)
    assert read_one(path) == [Page(PAGE, source="page", kind="html")]
    path = save(tmp_path / "page", pack(PAGE) + pack(b" and more") + tail)
    assert read_one(path)[0].content == PAGE + b" and more"
    data = pack(NOISE)
    assert fail_reason(save(tmp_path / "page", data[:-5000])) == "truncated"
    assert fail_reason(save(tmp_path / "page", data[:20_000] + b"!" * 9 + data[20_009:])) == "corrupt"


JOINED = "<!DOCTYPE html>\n<html lang=en><head><title>{0}</title></head><body><p>The {0} of the mill.</body></html>"


@pytest.mark.parametrize("between", ["", "\n", "\n<!-- cached -->\n"])
@pytest.mark.parametrize("name", ["all.html", "all.txt"])
def test_web_pages_run_together(tmp_path: Path, between: str, name: str) -> None:
    pages = [JOINED.format(word) for word in ("wheel", "weir", "stone")]
    (tmp_path / name).write_text(between.join(pages), encoding="utf-8")
    found = read_one(tmp_path / name)
    assert [str(decode_page(page).content).removesuffix(between) for page in found] == pages
    data = (tmp_path / name).read_bytes()
    starts = [int(page.source.removeprefix(f"{name}#")) for page in found]
    assert all(data[start:].startswith(b"<!DOCTYPE") for start in starts)


@pytest.mark.parametrize(
    "inside",
    [
        "<div><html><p>A widget.</html><!DOCTYPE html><html><p>Another.</html></div>",
        "<!--[if IE]><html class=ie><![endif]-->",
        "<pre>&lt;/html&gt;&lt;html&gt;</pre>",
        "<script>var a = '</html>' + '<html>'</script>",
    ],
)
def test_what_stands_in_a_page_parts_it_not(tmp_path: Path, inside: str) -> None:
    page = JOINED.format(f"weir{inside}")
    (tmp_path / "a.html").write_text(page, encoding="utf-8")
    assert [found.source for found in read_one(tmp_path / "a.html")] == ["a.html"]
    (tmp_path / "b.html").write_text(f"{JOINED.format('wheel')}\n{page}", encoding="utf-8")
    assert len(read_one(tmp_path / "b.html")) == 2


@pytest.mark.parametrize(
    "data",
    [
        f"See https://site.example/a\n\n{JOINED}\n\nor\n\n{JOINED}",
        "<html><head><title>A</title></head></html><html><body><p>The mill.</body></html>",
        f"<p>A sample:<xmp>{JOINED}</xmp> or <xmp>{JOINED}</xmp>",
        f"{JOINED} and text {JOINED}",
    ],
)
def test_what_is_no_page_behind_another_stays_in_one(tmp_path: Path, data: str) -> None:
    (tmp_path / "a.txt").write_text(data, encoding="utf-8")
    assert [found.source for found in read_one(tmp_path / "a.txt")] == ["a.txt"]


def test_looking_for_pages_takes_linear_time() -> None:
    for piece in (
        b"</html><html>",
        b"</html>",
        b"<!--",
        b"</html>" + b" " * 900,
        b"https://a.b\n",
        b"\nwww.",
    ):
        data = b"<html><body>" + piece * (3_000_000 // len(piece))
        start = time.process_time()
        assert b"".join(page.content for page in part_joined(data, Page(b""))).count(b"html") == data.count(
            b"html"
        )
        assert time.process_time() - start < 5


def test_compressed_twice_and_too_often(tmp_path: Path) -> None:
    data = PAGE
    for _ in range(3):
        data = gzip.compress(data)
    assert read_one(save(tmp_path / "a", data))[0].content == PAGE
    drops: list[Dropped] = []
    path = save(tmp_path / "b", gzip.compress(gzip.compress(data)))
    assert list(read_input(Input(str(path), "b"), on_drop=drops.append)) == []
    assert [(drop.stage, drop.reason) for drop in drops] == [("skipped", "gzip")]


def test_limits(tmp_path: Path) -> None:
    page = save(tmp_path / "a.html", PAGE + b" word" * 1000)
    assert fail_reason(page, Limits(bytes=1000)) == "too-large"
    packed = save(tmp_path / "b.html.gz", gzip.compress(PAGE + bytes(100) * 200_000))
    assert fail_reason(packed) == "ratio"
    assert fail_reason(packed, Limits(ratio=1e9, bytes=5_000_000)) == "too-large"


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "utf-32", "gb18030", "cp1251"])
def test_a_text_above_the_limit_comes_in_windows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, charset: str
) -> None:
    monkeypatch.setattr(reading, "TEXT_PIECE_BYTES", 3001)
    language = "汉字" if charset == "gb18030" else "Слово"
    text = "".join(f"{language} {n}\n" + "\n" * (n % 7 == 0) for n in range(3000))
    pages = read_one(save(tmp_path / "dump.txt", text.encode(charset)), Limits(bytes=10_000))
    assert len(pages) > 5
    assert "".join(str(page.content) for page in pages) == text
    assert all(text[page.offset :].startswith(str(page.content)) for page in pages)
    assert all(str(page.content).endswith("\n") for page in pages)
    assert {page.kind for page in pages} == {"text"}
    assert decode_page(pages[1]) == pages[1]


FIRST_BEYOND_ASCII = [
    ("at once", "Grüße. ", "cp1252"),
    ("in a later window", "Words. " * 2000 + "Grüße. ", "cp1252"),
    ("in the last one", "Words. " * 2900 + "Grüße", "cp1252"),
    ("two bytes at a cut", "a" * 2999 + " — so. ", "utf-8"),
    ("three bytes at a cut", "a" * 3000 + "— so. ", "utf-8"),
    ("all at a cut", "a" * 3000 + "é. ", "cp1252"),
    ("ASCII that escapes", "Words. " * 1000 + "すべての人間は", "iso2022_jp"),
    ("zero bytes", "Words. ", "utf-16-le"),
    ("behind a mark", "Words. " * 1000 + "Grüße. ", "utf-8-sig"),
    ("the last byte", "a" * 9000 + "é", "cp1252"),
]


@pytest.mark.parametrize(
    ("start", "codec"), [c[1:] for c in FIRST_BEYOND_ASCII], ids=[c[0] for c in FIRST_BEYOND_ASCII]
)
def test_windows_of_ascii_leave_the_charset_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: str, codec: str
) -> None:
    monkeypatch.setattr(reading, "TEXT_PIECE_BYTES", 3000)
    text = start + "Words. " * 1000 * (start[-1] == " ")
    pages = read_one(save(tmp_path / "dump.txt", text.encode(codec)))
    assert "".join(str(page.content) for page in pages) == text


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("漢字漢字。", "utf-8"),
        ("“漢", "utf-8"),
        ("😀😀", "utf-8"),
        ("日本語の文章", "utf-8"),
        ("漢字" * 5, "utf-8"),
        ("你好世界的人", "gb18030"),
        ("Où “ça”… là", "cp1252"),
    ],
)
def test_the_end_of_a_window_may_cut_any_character(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, codec: str
) -> None:
    """The first read, of 3001 bytes, ends behind each byte of what is beyond ASCII in turn."""
    monkeypatch.setattr(reading, "TEXT_PIECE_BYTES", 3000)
    for known_bytes in range(1, len(text.encode(codec))):
        whole = "a" * (3001 - known_bytes) + f"{text}\n" * 400
        pages = read_one(save(tmp_path / "dump.txt", whole.encode(codec)))
        assert "".join(str(page.content) for page in pages) == whole, known_bytes


@pytest.mark.parametrize("most", [1, 7, 1000])
def test_no_window_is_larger_than_the_limit(tmp_path: Path, most: int) -> None:
    text = "".join(f"word {number}\n" for number in range(500))
    pages = read_one(save(tmp_path / "dump.txt", text.encode()), Limits(bytes=most))
    assert "".join(str(page.content) for page in pages) == text
    assert max(len(page.content) for page in pages) <= most + 1


@pytest.mark.parametrize("most", [700, 5_000])
def test_each_page_of_a_large_dump_is_in_its_own_charset(tmp_path: Path, most: int) -> None:
    pages = [
        ("Mañana habrá más información sobre la situación económica del país.\n" * 20, "utf-8"),
        ("Les élèves ont déjà été reçus à la mairie où la fête avait été préparée.\n" * 20, "cp1252"),
        ("Všichni lidé rodí se svobodní a sobě rovní co do důstojnosti a práv.\n" * 20, "utf-8"),
        ("Все люди рождаются свободными и равными в своём достоинстве и правах.\n" * 20, "cp1251"),
        ("This page has nothing but letters of ASCII in it.\n" * 20, "ascii"),
        ("人人生而自由，在尊严和权利上一律平等。\n" * 20, "utf-8"),
    ]
    data = b"".join(text.encode(codec) for text, codec in pages)
    found = read_one(save(tmp_path / "dump.txt", data), Limits(bytes=most))
    assert len(found) > 1
    assert "".join(str(page.content) for page in found) == "".join(text for text, _ in pages)


def test_pieces_of_a_text_in_utf_8_are(tmp_path: Path) -> None:
    """Though letters such as "ș" and "ư" are in none of the old charsets."""
    text = "Casa\nși\nLocuitorii orașului au protestat împotriva creșterii prețurilor.\nTư\nlưu\n" * 200
    found = read_one(save(tmp_path / "dump.txt", text.encode()), Limits(bytes=3_000))
    assert "".join(str(page.content) for page in found) == text


@pytest.mark.parametrize("most", [1, 2, 3, 4])
@pytest.mark.parametrize("text", ["", "Größe\n"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_a_byte_order_mark_may_fill_the_first_read(tmp_path: Path, most: int, text: str, codec: str) -> None:
    path = save(tmp_path / "dump.txt", f"\ufeff{text}".encode(codec))
    pages = [decode_page(page) for page in read_one(path, Limits(bytes=most))]
    assert pages, "passed over in silence"
    assert "".join(str(page.content) for page in pages) == text


def test_one_line_above_the_limit_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "TEXT_PIECE_BYTES", 3000)
    pages = read_one(save(tmp_path / "dump.txt", b"word " * 10_000), Limits(bytes=10_000))
    assert "".join(str(page.content) for page in pages) == "word " * 10_000
    assert min(len(page.content) for page in pages) > 1000  # no sliver of its own


PARAGRAPHS = "\n\n".join(f"{name} of the page. " + "It is said here at some length. " * 5 for name in "ABC")
PARTED = [
    ("rules", "\n" + "=" * 10 + "\n", "", "\n"),
    ("rules and carriage returns", "\n\n" + "-" * 10 + "\n", "", "\r\n"),
    ("form feeds", "\n\f", "", "\n"),
    ("addresses", "\n\n", "https://site.example/{}\n", "\n"),
    ("frames below blank lines", "\n\n\n", "===== {}.txt =====\n\n", "\n"),
]


@pytest.mark.parametrize(
    ("between", "above", "line_end"), [p[1:] for p in PARTED], ids=[p[0] for p in PARTED]
)
def test_windows_end_where_pages_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, between: str, above: str, line_end: str
) -> None:
    """A page is a tenth of a window."""
    monkeypatch.setattr(reading, "TEXT_PIECE_BYTES", 6000)
    texts = [above.format(number) + f"Page {number}. {PARAGRAPHS}" for number in range(40)]
    data = between.join(texts).replace("\n", line_end).encode()
    windows = [str(page.content) for page in read_one(save(tmp_path / "dump.txt", data))]
    assert "".join(windows).encode() == data
    assert len(windows) > 3
    assert sum(text.replace("\n", line_end) in window for text in texts for window in windows) == 40


def test_windows_end_below_the_addresses_of_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first window, which shows the form, ends within a page."""
    monkeypatch.setattr(reading, "TEXT_PIECE_BYTES", 12_000)
    texts = [f"Page {number}\n{PARAGRAPHS}\nhttps://site.example/{number}\n" for number in range(80)]
    windows = list(read_one(save(tmp_path / "dump.txt", "".join(texts).encode())))
    assert {window.header_form for window in windows} == {"below address"}
    assert sum(text in str(window.content) for text in texts for window in windows) == 80


def test_a_rule_that_comes_again_ends_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line above each is short and no sentence."""
    monkeypatch.setattr(reading, "TEXT_PIECE_BYTES", 6000)
    texts = [f"Page {number}\n{PARAGRAPHS}\nLudworth, {number} May\n" for number in range(40)]
    data = "========\n".join(texts).encode()
    windows = [str(page.content) for page in read_one(save(tmp_path / "dump.txt", data))]
    assert sum(text in window for text in texts for window in windows) == 40


def test_a_rule_below_a_heading_ends_no_window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "TEXT_PIECE_BYTES", 3000)
    text = "\n\n".join(f"Part {number}\n=====\n" + "It is said here. " * 3 for number in range(100))
    windows = [str(page.content) for page in read_one(save(tmp_path / "dump.txt", text.encode()))]
    assert [window[:5] for window in windows] == ["Part "] * 3


@pytest.mark.parametrize("break_", ["\n", "\r", "\r\n", "\u2028"])
@pytest.mark.parametrize("times", [1, 2])
def test_windows_end_with_a_line_and_the_last_one_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, break_: str, times: int
) -> None:
    monkeypatch.setattr(reading, "TEXT_PIECE_BYTES", 3000)
    text = "".join(f"This is line {number}, and it ends here.{break_ * times}" for number in range(100))
    windows = [page.content for page in read_one(save(tmp_path / "dump.txt", text.encode()))]
    assert "".join(map(str, windows)) == text
    assert len(windows) == 1 + len(text.encode()) // 3000
    assert all(str(window).endswith(break_ * times) for window in windows)


def test_prose_about_warc_is_read_whole(tmp_path: Path) -> None:
    text = b"WARC/1.0 is the line with which every record of a crawl begins.\n"
    path = save(tmp_path / "a.txt.gz", gzip.compress(text) + gzip.compress(text))
    (page,) = read_one(path)
    assert (page.content, page.kind) == (text * 2, "text")


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(gzip.compress(PAGE))))
    assert list(read_pages(["-"])) == [Page(PAGE, source="-", kind="html")]


def test_a_file_that_became_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert fail_reason(tmp_path / "pipe") == "unreadable"


def test_files_are_closed(tmp_path: Path) -> None:
    make_hostile_folder(tmp_path)
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    list(read_pages([tmp_path], on_failure=str))
    stream = read_pages([tmp_path], on_failure=str)
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


def test_pages_pickle(tmp_path: Path) -> None:
    save(tmp_path / "a.html", PAGE)
    [found] = list_inputs([tmp_path])
    [page] = read_input(pickle.loads(pickle.dumps(found)))
    assert pickle.loads(pickle.dumps(page)) == page


MAGICS = [
    b"",
    b"\x1f\x8b\x08\0",
    b"BZh9",
    b"\xfd7zXZ\0",
    b"PK\x03\x04",
    b"<p>",
    b"{",
    b"\xff\xfe",
    b"WARC/1.0\r\n",
    b"WARC/1.0\nWARC-Type: conversion\n",
    b"PAR1",
    bytes(257) + b"ustar\x0000",
]


@given(st.sampled_from(MAGICS), st.binary(max_size=300), st.booleans())
def test_any_bytes_give_pages_or_an_unreadable_page(magic: bytes, data: bytes, is_packed: bool) -> None:
    content = gzip.compress(magic + data) if is_packed else magic + data
    reader = reading._Reader(Limits(), Meter("x", Limits()))
    file = io.BytesIO(content)
    try:
        found = list(reader.read(file, Page(b"", source="x"), "x", file=file))
    except DehuskError:
        return
    assert found, "passed over in silence"
    assert all(isinstance(decode_page(page).content, str) for page in found if isinstance(page, Page))


def test_rows_of_json_lines(tmp_path: Path) -> None:
    rows = [
        '{"html": "<p>Hi", "url": "https://example.org/a", "title": "T", "date": "2024", "author": null}',
        '{"text": "Plain"}',
        "",
        '{"text": "cut',
        '{"body": 1}',
        '{"text": ""}',
        '{"text": "%s"}' % ("long " * 100),
        '{"markdown": "# Head", "text": null}',
        '{"markdown": "# Head", "html": "", "text": "Plain"}',
        '["text"]',
        '{"html": null, "url": "https://example.org/b"}',
        '{"text": 7}',
    ]
    path = save(tmp_path / "rows.jsonl.gz", gzip.compress("\n".join(rows).encode()))
    drops: list[Dropped] = []
    pages = list(read_input(Input(str(path), "r"), Limits(bytes=300), on_drop=drops.append))
    assert pages == [
        Page("<p>Hi", "r#1", "https://example.org/a", "html", title="T", date="2024"),
        Page("Plain", "r#2", kind="text", is_single=True),
        Page("# Head", "r#8", kind="text", is_single=True),
        Page("Plain", "r#9", kind="text", is_single=True),
    ]
    assert [(drop.source, drop.stage, drop.reason) for drop in drops] == [
        ("r#4", "failed", "corrupt"),
        ("r#5", "skipped", "json"),
        ("r#6", "dropped", "empty"),
        ("r#7", "failed", "too-large"),
        ("r#10", "skipped", "json"),
        ("r#11", "dropped", "empty"),
        ("r#12", "skipped", "json"),
    ]
    assert drops[-1].detail == "its text is no text"
    with pytest.raises(UnreadablePage, match="r#4: corrupt"):
        list(read_input(Input(str(path), "r")))
    assert (
        drops[1].detail
        == "a row without html, text or markdown; it has body: rename the one that is the page"
    )


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_rows_in_wide_characters(tmp_path: Path, codec: str, pack: Callable[[bytes], bytes]) -> None:
    texts = [f"Größe, 東京 \u010a {number}" for number in range(20_000)]
    rows = "".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts)
    path = save(tmp_path / "rows.jsonl", pack(rows.encode(codec)))
    assert [page.content for page in read_input(Input(str(path), "r"))] == texts


TAGGED = b"Some text with <b>tags</b> and <i>more</i> of them <p>here</p> and <p>there</p>."


@pytest.mark.parametrize(
    "name", ["a", "a.txt", "a.txt.gz", "a.html", "a.md", "a.md.gz", "b.txt/a", "a.TXT.GZ", ".txt"]
)
@pytest.mark.parametrize("data", [TAGGED, b"\xef\xbb\xbf" + TAGGED, PAGE, TAGGED.decode().encode("utf-16")])
def test_a_page_is_told_as_a_file_of_its_name_is(tmp_path: Path, name: str, data: bytes) -> None:
    """Unpacked already, whatever the name says; a url's query is no name."""
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    packed = gzip.compress(data) if name.lower().endswith("gz") else data
    (read,) = read_one(save(path, packed))
    assert decode_page(Page(data, source=name)) == replace(decode_page(read), source=name)
    assert decode_page(Page(data, url=f"https://example.org/{name}?v=1.html#a.b")).kind == read.kind


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
def test_a_file_that_became_a_folder_is_unreadable_and_leaves_no_handle(tmp_path: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        with pytest.raises(UnreadablePage, match="no longer a plain file"):
            list(read_found(Input(str(tmp_path), "x")))
    assert len(list(Path("/proc/self/fd").iterdir())) == before


@pytest.mark.parametrize("name", ["c.jsonl", "c.jsonl.gz", "c.jsonl.zst", "c.parquet", "d.jsonl"])
def test_records_of_an_earlier_run_are_read_only_by_their_name(tmp_path: Path, name: str) -> None:
    if name.endswith("zst"):
        pytest.importorskip("zstandard")
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow")
    text = "The grain is kept, the husk is gone. " * 9
    article = Article(
        "0" * 16, text * 300, "", "", "", "en", 1.0, "", "", "a", 1, "html", "article", 9, (), 1.0
    )
    if name == "d.jsonl":
        row = dropped_to_json(Dropped("a", "dropped", "near", article=article, duplicate_of="1"))
        (tmp_path / name).write_text(row + "\n")
    else:
        write_records([article], tmp_path / name)
    (tmp_path / "rows.jsonl").write_text(json.dumps({"id": "1", "text": text, "title": ""}) + "\n")
    drops: list[Dropped] = []
    assert [page.source for page in read_pages([tmp_path], on_drop=drops.append)] == ["rows.jsonl#1"]
    assert [(drop.source, drop.stage, drop.reason) for drop in drops] == [(name, "skipped", "corpus")]
    assert [page.source for page in read_pages([tmp_path / name])] == [f"{name}#1"]
