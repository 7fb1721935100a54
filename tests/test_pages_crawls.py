"""WARC and WET: records with what their headers say, cut and damaged archives named, the rest read."""

from __future__ import annotations

import gzip
import io
import re
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from archive_files import PAGE, make_record, make_response
from test_pages_archives import names, read

from dehusk.errors import UnreadablePage
from dehusk.model import Limits, Page
from dehusk.pages import Input, crawls, decode_page, find_page, read_input

pytest.importorskip("fastwarc")
RUSSIAN = "<p>Мельница стоит на реке"
RECORDS = [
    make_record(b"warcinfo", 0, b"software: none\r\n", b"application/warc-fields"),
    make_response(1, PAGE),
    make_record(b"request", 1, b"GET / HTTP/1.1\r\n\r\n", b"application/http; msgtype=request"),
    make_response(2, RUSSIAN.encode("cp1251"), b"Content-Type: text/html; charset=Windows-1251\r\n"),
    make_response(3, b"Gone", status=b"404 Not Found"),
    make_response(4, b""),
    make_response(5, b"\x89PNG\r\n\x1a\n\0\0"),
    make_response(6, PAGE),
]
KINDS = ["html", "html", "http-status", "empty", "image", "html"]


def pages_of(path: Path) -> list[Page]:
    return list(read_input(Input(str(path), "x"), on_drop=lambda _: None))


def offsets(packed: list[bytes]) -> list[int]:
    starts = [sum(map(len, packed[:n])) for n in range(len(packed))]
    return [start for n, start in enumerate(starts) if n not in (0, 2)]


def check_pages(path: Path) -> None:
    first, second, _ = pages_of(path)
    assert (first.url, first.crawled, first.content) == (
        "https://example.org/1",
        "2024-01-02T03:04:05Z",
        PAGE,
    )
    assert (second.charset, decode_page(second).content) == ("Windows-1251", RUSSIAN)


def test_records(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    assert names(read(path, b"".join(RECORDS))) == [
        f"x#{at} {kind}" for at, kind in zip(offsets(RECORDS), KINDS, strict=True)
    ]
    check_pages(path)


@pytest.mark.parametrize("method", ["gzip", "zstd"])
def test_packed_records_go_by_their_place_in_the_file(tmp_path: Path, method: str) -> None:
    packed = [pack(method, record) for record in RECORDS]
    path = tmp_path / "a.warc.gz"
    assert names(read(path, b"".join(packed))) == [
        f"x#{at} {kind}" for at, kind in zip(offsets(packed), KINDS, strict=True)
    ]
    last = pages_of(path)[-1]
    found = find_page(f"{path}#{offsets(packed)[-1]}")
    assert isinstance(found, Page)
    assert found.content == last.content
    with pytest.raises(UnreadablePage, match="not-found"):
        find_page(f"{path}#{offsets(packed)[-1] + 1}")


def pack(method: str, data: bytes) -> bytes:
    if method == "gzip":
        return gzip.compress(data)
    packed: bytes = pytest.importorskip("zstandard").ZstdCompressor().compress(data)
    return packed


def test_packed_as_a_whole_records_go_by_their_place_in_the_member(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    found = names(read(path, gzip.compress(b"".join(RECORDS))))
    assert found == [f"x#0+{at} {kind}" for at, kind in zip(offsets(RECORDS), KINDS, strict=True)]
    page = find_page(f"{path}#0+{offsets(RECORDS)[-1]}")
    assert isinstance(page, Page)
    assert page.url == "https://example.org/6"


@pytest.mark.parametrize("method", ["gzip", "zstd"])
@pytest.mark.parametrize("size", [60_000, 66_000, 1_000_000])
def test_large_records_that_are_packed(tmp_path: Path, method: str, size: int) -> None:
    records = [
        make_response(n, b"<p>%d " % n + Random(n).randbytes(size // 2).hex().encode()) for n in range(3)
    ]
    for data in (b"".join(pack(method, record) for record in records), pack(method, b"".join(records))):
        pages = read(tmp_path / "a.warc", data)
        assert [len(page.content) > size for page in pages if isinstance(page, Page)] == [True] * 3


def test_a_dictionary_that_comes_first(tmp_path: Path) -> None:
    zstandard = pytest.importorskip("zstandard")
    samples = [make_response(n, PAGE + b"%d" % n) for n in range(1000)]
    held = zstandard.train_dictionary(2048, samples)
    packer = zstandard.ZstdCompressor(dict_data=held)
    for dictionary in (held.as_bytes(), pack("zstd", held.as_bytes())):
        start = b"\x5d\x2a\x4d\x18" + len(dictionary).to_bytes(4, "little") + dictionary
        data = start + b"".join(map(packer.compress, samples[:3]))
        found = names(read(tmp_path / "a.warc.zst", data))
        assert (len(found), found[0]) == (3, f"x#{len(start)} html")
    assert names(read(tmp_path / "a.warc.zst", start[:-9])) == ["x corrupt"]


def test_resources_of_the_web_are_pages(tmp_path: Path) -> None:
    """Tools that make a crawl of saved files write them so; crawlers write notes of their own."""
    page = make_record(b"resource", 1, RUSSIAN.encode("cp1251"), b"text/html; charset=windows-1251")
    note = page.replace(b"https://example.org/1", b"urn:note:example.org/1")
    (tmp_path / "a").write_bytes(note + page + make_record(b"resource", 2, PAGE, b"text/html") + RECORDS[1])
    found = pages_of(tmp_path / "a")
    assert [one.url[-1] for one in found] == ["1", "2", "1"]
    assert (decode_page(found[0]).content, found[1].content) == (RUSSIAN, PAGE)


def test_conversions_are_single_pages(tmp_path: Path) -> None:
    text = "Plain words.\n\n" * 50
    records = [make_record(b"conversion", n, text.encode()) for n in range(2)]
    records.append(make_record(b"conversion", 3, b" \n"))
    assert [kind.split()[1] for kind in names(read(tmp_path / "a.wet", b"".join(records)))] == [
        "text",
        "text",
        "empty",
    ]
    pages = pages_of(tmp_path / "a.wet")
    assert all(page.is_single and page.kind == "text" and page.crawled for page in pages)
    assert [page.url for page in pages] == ["https://example.org/0", "https://example.org/1"]


def brotli(data: bytes) -> bytes:
    from fastwarc.stream_io import BrotliWriter

    file = io.BytesIO()
    writer = BrotliWriter(file)
    writer.write(data)
    writer.close()
    return file.getvalue()


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (b"Transfer-Encoding: chunked", b"1d\r\n" + PAGE + b"\r\n0\r\n\r\n"),
        (b"Transfer-Encoding: chunked", b"5;x=y\r\n" + PAGE[:5] + b"\r\n18\r\n" + PAGE[5:] + b"\r\n"),
        (b"Transfer-Encoding: chunked", PAGE),  # the crawler has joined them already
        (b"Content-Encoding: gzip", gzip.compress(PAGE)),
        (b"Content-Encoding: gzip", PAGE),
        (b"Content-Encoding: deflate", zlib.compress(PAGE)),
        (b"Content-Encoding: deflate", zlib.compress(PAGE)[2:-4]),
        (b"Content-Encoding: deflate", PAGE),
        (b"Content-Encoding: br", brotli(PAGE)),
        (b"Content-Encoding: br", PAGE),
        (
            b"Transfer-Encoding: chunked\r\nContent-Encoding: gzip",
            b"%x\r\n" % len(gzip.compress(PAGE)) + gzip.compress(PAGE) + b"\r\n0\r\n\r\n",
        ),
    ],
)
def test_transfer_and_content_encodings(tmp_path: Path, headers: bytes, body: bytes) -> None:
    (tmp_path / "a").write_bytes(make_response(1, body, headers + b"\r\n"))
    (page,) = pages_of(tmp_path / "a")
    assert page.content == PAGE


def test_a_body_that_cannot_be_unpacked_fails_alone(tmp_path: Path) -> None:
    bad = make_response(1, gzip.compress(PAGE)[:-8], b"Content-Encoding: gzip\r\n")
    bad += make_response(2, b"\xff" * 99, b"Content-Encoding: br\r\n")
    found = names(read(tmp_path / "a", bad + make_response(3, PAGE)))
    assert [one.split()[1] for one in found] == ["truncated", "corrupt", "html"]


@pytest.mark.parametrize("is_raw", [True, False])
def test_a_body_that_is_cut_or_a_bomb_is_not_a_page(tmp_path: Path, is_raw: bool) -> None:
    deflated, bomb = (zlib.compress(data) for data in (PAGE * 99, PAGE + bytes(30_000_000)))
    if is_raw:
        deflated, bomb = deflated[2:-4], bomb[2:-4]
    bodies = [(b"deflate", deflated[:-9]), (b"deflate", bomb), (b"br", brotli(PAGE + bytes(30_000_000)))]
    records = [make_response(1, body, b"Content-Encoding: " + name + b"\r\n") for name, body in bodies]
    found = names(read(tmp_path / "a", b"".join(records) + make_response(3, PAGE)))
    assert [one.split()[1] for one in found] == ["truncated", "ratio", "ratio", "html"]


@pytest.mark.parametrize(
    "text", ["<p>Hi", "The mill", "Tile", "der Fluß", "川が氾濫", "UUUUUU", "mmm\n", "ee ee"]
)
def test_text_that_was_unpacked_already_is_left_alone(tmp_path: Path, text: str) -> None:
    (tmp_path / "a").write_bytes(make_response(1, text.encode(), b"Content-Encoding: deflate\r\n"))
    (page,) = pages_of(tmp_path / "a")
    assert page.content == text.encode()


CUTS = [1, 3, 30, 60, 190, 300]


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("is_packed", [True, False])
def test_a_cut_crawl_gives_what_is_whole_and_is_named(tmp_path: Path, cut: int, is_packed: bool) -> None:
    records = [gzip.compress(record) if is_packed else record for record in RECORDS]
    data = b"".join(records)
    cut = min(cut, len(records[-1]) - 12)
    found = names(read(tmp_path / "a", data[:-cut]))
    whole = names(read(tmp_path / "a", data))
    if not is_packed and cut <= 3:  # the record is whole: only the empty lines after it are gone
        assert found[: len(whole)] == whole
    else:
        assert (found[-1], found[:-1]) == ("x truncated", whole[: len(found) - 1])
        assert len(found) - 1 >= len(whole) - 1


def test_damage_in_a_packed_crawl_costs_one_record(tmp_path: Path) -> None:
    packed = [bytearray(gzip.compress(record)) for record in RECORDS]
    packed[3][30:40] = b"!" * 10
    found = names(read(tmp_path / "a", b"".join(packed)))
    assert [one.split()[1] for one in found] == ["html", "corrupt", *KINDS[2:]]


@pytest.mark.parametrize("damaged", [(0,), (0, 1)])
@pytest.mark.parametrize("place", [slice(30, 40), slice(-8, -4)])
def test_damage_at_the_start_of_a_packed_crawl_costs_one_record(
    tmp_path: Path, place: slice, damaged: tuple[int, ...]
) -> None:
    packed = [bytearray(gzip.compress(record)) for record in RECORDS]
    for number in damaged:
        packed[number][place] = b"!" * len(packed[number][place])
    found = names(read(tmp_path / "a", b"".join(packed)))
    assert found[0] == "x#0 corrupt"
    assert [one.split()[1] for one in found if "corrupt" not in one] == KINDS[len(damaged) - 1 :]


@pytest.mark.parametrize("number", [1, 3, len(RECORDS) - 1])
def test_a_packed_record_that_does_not_begin_as_one_is_named(tmp_path: Path, number: int) -> None:
    packed = [bytearray(gzip.compress(record)) for record in RECORDS]
    packed[number][0] ^= 255
    found = names(read(tmp_path / "a", b"".join(packed)))
    start = sum(map(len, packed[:number]))
    whole = names(read(tmp_path / "a", b"".join(gzip.compress(record) for record in RECORDS)))
    assert found.count(f"x#{start} corrupt") == 1
    assert [one for one in found if "corrupt" not in one] == [
        one for one in whole if not one.startswith(f"x#{start} ")
    ]


def test_a_packed_file_that_is_damaged_and_no_crawl(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(PAGE * 9) + gzip.compress(PAGE))
    packed[-8] ^= 255
    assert names(read(tmp_path / "a", bytes(packed))) == ["x corrupt"]
    packed[12:20] = b"!" * 8
    assert names(read(tmp_path / "a", bytes(packed))) == ["x corrupt"]


def claim(record: bytes, size: int) -> bytes:
    """The record with another Content-Length."""
    return re.sub(rb"Content-Length: \d+", b"Content-Length: %d" % size, record)


WORDS = make_record(b"conversion", 2, b"Plain words. " * 20)
LONG_HEAD = WORDS.replace(b"WARC-Date", b"X-Long: " + b"a" * 70_000 + b"\r\nWARC-Date")


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize(
    ("record", "kinds"),
    [
        (LONG_HEAD, ["html", "corrupt", "html"]),
        (LONG_HEAD * 3, ["html", "corrupt", "html"]),
        (claim(WORDS, 99), ["html", "text", "corrupt", "html"]),
        (claim(WORDS, 0), ["html", "empty", "corrupt", "html"]),
        (claim(WORDS, 9_999), ["html", "corrupt", "html"]),
        (b"\r\n\r\nno record, and words \r\n" * 20_000, ["html", "corrupt", "html"]),
        (make_record(b"request", 1, b"GET"), ["html", "html"]),
    ],
)
def test_a_crawl_goes_on_behind_a_damaged_record(
    tmp_path: Path, record: bytes, kinds: list[str], pack: Callable[[bytes], bytes]
) -> None:
    data = RECORDS[1] + record + b"\r\n\r\n" + RECORDS[7]
    found = names(read(tmp_path / "a", pack(data)))
    assert [one.split()[1] for one in found] == kinds
    at = len(data) - len(RECORDS[7])
    assert found[-1].split()[0] == (f"x#{at}" if pack is bytes else f"x#0+{at}")


def test_damaged_records_are_not_read_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crawls, "_RESUMED_BYTES", 10_000)
    found = names(read(tmp_path / "a", (RECORDS[1] + claim(WORDS, 0)) * 1000))
    assert found[-1] == "x corrupt"
    assert len(found) < 100


def test_limits_hold_for_one_record(tmp_path: Path) -> None:
    data = make_response(1, PAGE * 100) + make_response(2, PAGE)
    assert [one.split()[1] for one in names(read(tmp_path / "a", data, Limits(bytes=500)))] == [
        "too-large",
        "html",
    ]


def test_without_the_package_the_way_to_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fastwarc", None)
    monkeypatch.setitem(sys.modules, "fastwarc.warc", None)
    (found,) = read(tmp_path / "a", RECORDS[1])
    assert "pip install 'dehusk[warc]'" in getattr(found, "detail", "")


def make_bare(record: bytes) -> bytes:
    """The record with bare line feeds around its content, which stays as it was counted."""
    head, _, content = record.partition(b"\r\n\r\n")
    return head.replace(b"\r\n", b"\n") + b"\n\n" + content.removesuffix(b"\r\n\r\n") + b"\n\n"


BARE = [make_bare(record) for record in RECORDS]


@pytest.mark.parametrize("name", ["a.warc", "a.wet", "a.txt"])
def test_bare_line_feeds(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    found = names(read(path, b"".join(BARE)))
    assert found == [f"x#{at} {kind}" for at, kind in zip(offsets(BARE), KINDS, strict=True)]
    check_pages(path)
    assert find_page(f"{path}#{offsets(BARE)[-1]}").url == "https://example.org/6"


@pytest.mark.parametrize("method", ["gzip", "zstd"])
def test_bare_line_feeds_packed(tmp_path: Path, method: str) -> None:
    packed = [pack(method, record) for record in BARE]
    path = tmp_path / "a.warc.gz"
    found = names(read(path, b"".join(packed)))
    assert found == [f"x#{at} {kind}" for at, kind in zip(offsets(packed), KINDS, strict=True)]
    assert find_page(f"{path}#{offsets(packed)[-1]}").url == "https://example.org/6"
    found = names(read(path, pack(method, b"".join(BARE))))
    assert found == [f"x#0+{at} {kind}" for at, kind in zip(offsets(BARE), KINDS, strict=True)]


def test_line_feeds_that_were_made_bare_in_the_content_too(tmp_path: Path) -> None:
    """As an editor does it: then each Content-Length is too long by the line ends of the HTTP header."""
    records = [record.replace(b"\r\n", b"\n") for record in (*RECORDS[:6], *RECORDS[7:])]
    starts = [sum(map(len, records[:n])) for n in (1, 3, 4, 5, 6)]
    kinds = ["html", "html", "http-status", "empty", "html"]
    for tail in (b"\n\n", b"\n", b""):
        found = names(read(tmp_path / "a", b"".join(records).rstrip(b"\n") + tail))
        assert found == [f"x#{at} {kind}" for at, kind in zip(starts, kinds, strict=True)]
    assert [page.content for page in pages_of(tmp_path / "a")] == [PAGE, RUSSIAN.encode("cp1251"), PAGE]


@pytest.mark.parametrize(
    ("record", "text"),
    [
        (b"Content-Length: 9\n\nTwo words\n\n", b"Two words"),
        (b"content-length:9\nX: y\n z\n\nTwo words\n", b"Two words"),
        (b"Content-Length: 12\n\n\nTwo\nwords\n\n", b"\nTwo\nwords"),  # they were CR LF once
        (b"Content-Length: 6\n\nTwo words\n\n", b"Two words"),  # in another charset it was shorter
        (b"Content-Length: many\n\nTwo words\n\n", b"Two words"),
        (b"X: y\n\nTwo words\n\n", b"Two words"),
        (b"Content-Length: 11\n\nWARC/1.0\nis\n\n", b"WARC/1.0\nis"),
        (b"Content-Length: 12\n\n\nWARC/1.0\nA:\n\n", b"\nWARC/1.0\nA:"),  # it holds because its length does
        (b"Content-Length: 9\r\n\r\nTwo words\r\n\r\n", b"Two words"),
        (b"Content-Length: 0\n\n\n\n", None),
    ],
)
def test_where_a_record_with_bare_line_feeds_ends(tmp_path: Path, record: bytes, text: bytes | None) -> None:
    record = b"WARC/1.0\nWARC-Type: conversion\n" + record
    for data in (record * 3, record * 3 + BARE[1]):
        path = tmp_path / "a"
        found = names(read(path, data))
        assert found[:3] == [f"x#{n * len(record)} {'empty' if text is None else 'text'}" for n in range(3)]
        assert found[3:] == ([f"x#{3 * len(record)} html"] if data != record * 3 else [])
        pages = [str(decode_page(page).content).rstrip() for page in pages_of(path) if page.kind == "text"]
        assert pages == ([] if text is None else [text.decode()] * 3)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (BARE[1] + BARE[3][:-40] + b"\n\n" + BARE[7], ["html", "truncated", "html"]),
        (BARE[1] + BARE[3][:-40], ["html", "truncated"]),
        (BARE[1] + BARE[3][:90], ["html", "truncated"]),
        (b"WARC/1.0\n", ["truncated"]),
        (b"WARC/1.0\nA: format.\n\n", ["corrupt"]),
        (b"WARC/1.0\nis a format.\n\n" * 9, ["text"]),  # not damaged: there is no crawl
        (b"WARC/1.0\nA:" + b"b" * 99_999, ["corrupt"]),
        (b"WARC/1.0\nContent-Length: 3\n\nabc\n\n" + BARE[1], ["corrupt", "html"]),
        (BARE[1] + BARE[1][:-2] + b"\n" * 300 + BARE[1], ["html"] * 3),
        (BARE[1] + RECORDS[1] + BARE[1], ["html"] * 3),
        (RECORDS[1] + BARE[1] + RECORDS[1], ["html", "corrupt", "html", "html"]),
        (RECORDS[1] + BARE[1] + BARE[1], ["html", "corrupt", "html", "html"]),
        (RECORDS[1].replace(b"WARC-Type: response\r\n", b"") + RECORDS[1], ["corrupt", "html"]),
    ],
)
def test_damage_among_bare_line_feeds_is_named(tmp_path: Path, data: bytes, found: list[str]) -> None:
    assert [one.split()[1] for one in names(read(tmp_path / "a", data))] == found


def test_limits_hold_for_a_record_with_bare_line_feeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, size in (("HEAD_BYTES", 500), ("PIECE_BYTES", 300)):
        monkeypatch.setattr(f"dehusk.pages.bare_crawls.{name}", size)
        monkeypatch.setattr(f"dehusk.pages.crawls.{name}", size, raising=False)
    large = make_bare(make_response(1, PAGE * 1000))
    cases = (
        large,
        large.replace(b"Content-Length: ", b"Content-Length: 99999999999"),
        large.replace(b"Content-Length: ", b"Content-Length: 0"),
        large.replace(b"Content-Length: ", b"Content-Length: 1\nX-Length: "),
        make_bare(make_response(1, PAGE * 40)),
        make_bare(make_record(b"conversion", 1, b"word " * 200)),
    )
    for data in cases:
        found = names(read(tmp_path / "a", BARE[1] + data + BARE[1], Limits(bytes=800)))
        assert [one.split()[1] for one in found] == ["html", "too-large", "html"]


def test_no_cut_or_byte_goes_unnamed(tmp_path: Path) -> None:
    for records in (RECORDS[1:4], BARE[1:4]):
        data = b"".join(records)
        for at in range(9, len(data)):
            assert read(tmp_path / "a", data[:at]), at
            for change in (data[:at] + data[at + 1 :], data[: at - 1] + b"\n" + data[at:]):
                assert read(tmp_path / "a", change), at


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_the_line_ends_of_http(tmp_path: Path, end: bytes) -> None:
    message = end.join(
        (b"HTTP/1.1 200 OK", b"Content-Type: text/html;", b" charset=cp1251", b"", b"<p>Words\n\nhere")
    )
    for content_type in (b"application/http", b""):
        (tmp_path / "a").write_bytes(make_record(b"response", 1, message, content_type))
        (page,) = pages_of(tmp_path / "a")
        assert (page.content, page.charset) == (b"<p>Words\n\nhere", "cp1251")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<p>No header", "http-status"),
        (b"HTTP/1.1 301 Moved\r\nLocation: /b\r\n\r\nMoved", "http-status"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 99_999 + b"\r\n\r\n<p>Words", "http-status"),
        (b"HTTP/1.1 200 OK\r\n", "empty"),
        (b"HTTP/1.1 200 OK", "empty"),
    ],
)
def test_responses_without_a_page_are_named(tmp_path: Path, content: bytes, reason: str) -> None:
    data = make_record(b"response", 1, content, b"application/http")
    assert names(read(tmp_path / "a", data)) == [f"x#0 {reason}"]


def test_a_crawl_without_a_page_is_empty(tmp_path: Path) -> None:
    for records in (RECORDS, BARE):
        for data in (records[0] + records[2], gzip.compress(records[0])):
            assert names(read(tmp_path / "a", data)) == ["x empty"]
    dns = make_record(b"response", 1, b"20240102030405\nexample.org. 5 IN A 192.0.2.1\n", b"text/dns")
    assert names(read(tmp_path / "a", dns + make_record(b"x-own", 2, b"words"))) == ["x empty"]
