"""WARC and WET: records with what their headers say, cut and damaged archives named, the rest read."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from pathlib import Path

import pytest
from archive_files import PAGE, make_record, make_response
from test_pages_archives import names, read

from dehusk.errors import UnreadablePage
from dehusk.model import Limits, Page
from dehusk.pages import Input, decode_page, find_page, read_input

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


def test_records(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    assert names(read(path, b"".join(RECORDS))) == [
        f"x#{at} {kind}" for at, kind in zip(offsets(RECORDS), KINDS, strict=True)
    ]
    first, second, _ = pages_of(path)
    assert (first.url, first.crawled, first.content) == (
        "https://example.org/1",
        "2024-01-02T03:04:05Z",
        PAGE,
    )
    assert (second.charset, decode_page(second).content) == ("Windows-1251", RUSSIAN)


@pytest.mark.parametrize("method", ["gzip", "zstd"])
def test_packed_records_go_by_their_place_in_the_file(tmp_path: Path, method: str) -> None:
    packed = [pack(method, record) for record in RECORDS]
    path = tmp_path / "a.warc.gz"
    assert names(read(path, b"".join(packed))) == [
        f"x#{at} {kind}" for at, kind in zip(offsets(packed), KINDS, strict=True)
    ]
    last = pages_of(path)[-1]
    assert find_page(f"{path}#{offsets(packed)[-1]}").content == last.content
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
    assert find_page(f"{path}#0+{offsets(RECORDS)[-1]}").url == "https://example.org/6"


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
