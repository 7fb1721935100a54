"""Zip and tar: every member under its own name, hostile ones by themselves, nothing lost in silence."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from archive_files import PAGE, make_tar, make_zip

from dehusk.errors import UnreadablePage
from dehusk.model import Dropped, Limits, Page
from dehusk.pages import Input, archives, find_page, read_found, unpack

MEMBERS = {
    "./a.html": PAGE,
    "deep/b.txt.gz": gzip.compress(b"Plain words that were packed."),
    "c.png": b"\x89PNG\r\n\x1a\n\0\0",
    ".hidden/d.html": PAGE,
    "__MACOSX/._a.html": b"\0\5\x16\7",
    "../../etc/e.html": PAGE,
    "f.html": b"",
    "g.html.gz": gzip.compress(PAGE)[:-9],
    "rows.jsonl": b'{"text": "A row."}\n{"text": "Another."}\n',
}
EXPECTED = [
    "x!a.html html",
    "x!deep/b.txt.gz text",
    "x!c.png image",
    "x!../../etc/e.html html",
    "x!f.html empty",
    "x!g.html.gz truncated",
    "x!rows.jsonl#1 text",
    "x!rows.jsonl#2 text",
]


def read(path: Path, data: bytes, limits: Limits = Limits()) -> list[Page | Dropped]:  # noqa: B008
    """What is found; an archive that breaks off is a failure at the end."""
    path.write_bytes(data)
    found: list[Page | Dropped] = []
    try:
        found.extend(iter(read_found(Input(str(path), "x"), limits)))
    except UnreadablePage as error:
        found.append(Dropped(error.source, "failed", error.reason, error.detail))
    return found


def names(found: list[Page | Dropped]) -> list[str]:
    return [f"{one.source} {one.kind if isinstance(one, Page) else one.reason}" for one in found]


@pytest.mark.parametrize("make", [make_zip, make_tar])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, lzma.compress])
def test_members(tmp_path: Path, make: Callable[[object], bytes], pack: Callable[[bytes], bytes]) -> None:
    before = set(tmp_path.parent.iterdir())
    assert names(read(tmp_path / "a", pack(make(MEMBERS)))) == EXPECTED
    assert set(tmp_path.iterdir()) == {tmp_path / "a"}
    assert set(tmp_path.parent.iterdir()) == before


def test_archives_in_archives(tmp_path: Path) -> None:
    data = make_zip({"inner.tar.gz": gzip.compress(make_tar({"a.html": PAGE}))})
    assert names(read(tmp_path / "a", data)) == ["x!inner.tar.gz!a.html html"]
    for _ in range(3):
        data = make_tar({"a": data, "b.html": PAGE})
    found = names(read(tmp_path / "a", data))
    assert found == ["x!a!a!a!inner.tar.gz too-deep", "x!a!a!b.html html", "x!a!b.html html", "x!b.html html"]


def test_the_same_name_twice_gives_two_sources(tmp_path: Path) -> None:
    file = io.BytesIO(make_tar({"a.html": PAGE}))
    with tarfile.open(fileobj=file, mode="a") as archive:
        member = tarfile.TarInfo("a.html")
        member.size = len(PAGE)
        archive.addfile(member, io.BytesIO(PAGE))
    assert names(read(tmp_path / "a", file.getvalue())) == ["x!a.html html", "x!a.html~2 html"]


def test_a_made_name_may_be_a_members_own(tmp_path: Path) -> None:
    data = make_zip({"a.html": PAGE, "b.html": PAGE, "a.html~2": PAGE, "c.html": PAGE})
    data = data.replace(b"b.html", b"a.html").replace(b"c.html", b"a.html")
    assert names(read(tmp_path / "a", data)) == [f"x!a.html{end} html" for end in ("", "~2", "~2~2", "~3")]


def test_a_member_without_a_name(tmp_path: Path) -> None:
    data = bytearray(make_zip({"a.html": PAGE, "b": PAGE}))
    del data[data.rindex(b"PK\x05\x06") - 1]  # the last byte of the list is its name
    at, end = data.rindex(b"PK\x01\x02"), data.rindex(b"PK\x05\x06")
    data[at + 28] = 0
    data[end + 12] -= 1
    assert names(read(tmp_path / "a", bytes(data))) == ["x!a.html html", "x! corrupt"]


@pytest.mark.parametrize("name", [".hidden", "a.bin", "a/"])
def test_what_is_passed_over_in_a_tar_may_be_long(tmp_path: Path, name: str) -> None:
    data = make_tar({name: bytes(archives.HEADER_BYTES + 100_000), "b.html": PAGE})
    assert names(read(tmp_path / "a", data))[-1] == "x!b.html html"


def make_sparse(size: int) -> bytes:
    """A tar with a member that claims `size` bytes, of which all but the first are a gap, and another one."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, headers in (("a.txt", {"size": str(size), "map": f"0,{len(PAGE)}"}), ("b.html", {})):
            member = tarfile.TarInfo(name)
            member.size = len(PAGE)
            member.pax_headers = {f"GNU.sparse.{key}": value for key, value in headers.items()}
            archive.addfile(member, io.BytesIO(PAGE))
    return file.getvalue()


@pytest.mark.parametrize(("size", "kind"), [(1000, "html"), (10**15, "ratio")])
def test_gaps_of_a_sparse_member_are_no_bytes(tmp_path: Path, size: int, kind: str) -> None:
    assert names(read(tmp_path / "a", make_sparse(size))) == [f"x!a.txt {kind}", "x!b.html html"]


def test_many_sparse_members_are_a_bomb_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "RATIO_FREE_BYTES", 1_000)
    assert names(read(tmp_path / "a", make_sparse(5_000_000), Limits(ratio=100))) == ["x ratio"]


def test_a_tar_that_ends_long_before_a_member_does(tmp_path: Path) -> None:
    member = tarfile.TarInfo(".hidden")
    member.size = 10**15
    data = make_tar({"a.html": PAGE}).rstrip(b"\0").ljust(1024, b"\0")
    found = names(read(tmp_path / "a", data + member.tobuf(tarfile.GNU_FORMAT) + bytes(9999)))
    assert found == ["x!a.html html", "x truncated"]


def test_names_that_are_not_utf_8(tmp_path: Path) -> None:
    data = make_tar({"caf-.html": PAGE}).replace(b"caf-.html", b"caf\xe9.html")
    header = bytearray(data[:512])
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    assert names(read(tmp_path / "a", bytes(header) + data[512:])) == ["x!caf%E9.html html"]
    packed = make_zip({"n--.html": PAGE}).replace(b"n--.html", "né.html".encode())
    assert names(read(tmp_path / "a", packed)) == ["x!né.html html"]


def test_members_that_are_no_files(tmp_path: Path) -> None:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE):
            member = tarfile.TarInfo(f"m{kind.decode()}")
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)
    assert names(read(tmp_path / "a", file.getvalue())) == ["x!m2 link", "x!m1 link", "x!m6 device"]


def test_an_encrypted_member_fails_alone(tmp_path: Path) -> None:
    data = bytearray(make_zip({"a.html": PAGE, "b.html": PAGE}))
    at = data.index(b"PK\x01\x02")
    data[6] |= 1  # the flag in the member's own header, and in the list
    data[at + 8] |= 1
    assert names(read(tmp_path / "a", bytes(data))) == ["x!a.html encrypted", "x!b.html html"]


def test_a_method_nobody_knows_fails_alone(tmp_path: Path) -> None:
    data = bytearray(make_zip({"a.html": PAGE, "b.html": PAGE}))
    at = data.index(b"PK\x01\x02")
    data[8] = data[at + 10] = 97
    assert names(read(tmp_path / "a", bytes(data))) == ["x!a.html unsupported", "x!b.html html"]


def test_a_bomb_among_members_fails_alone(tmp_path: Path) -> None:
    bomb = gzip.compress(PAGE + b" " * 30_000_000)
    for make in (make_zip, make_tar):
        found = names(read(tmp_path / "a", make({"a.html.gz": bomb, "b.html": PAGE})))
        assert found == ["x!a.html.gz ratio", "x!b.html html"]
    large = make_zip({"a.html": PAGE + b" " * 30_000_000, "b.html": PAGE})
    found = names(read(tmp_path / "a", large, Limits(bytes=1_000_000)))
    assert found == ["x!a.html too-large", "x!b.html html"]


def test_many_members_that_are_a_bomb_together_end_the_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpack, "RATIO_FREE_BYTES", 100_000)
    members = {f"{n}.html": PAGE + b" " * 90_000 for n in range(30)}
    found = names(read(tmp_path / "a", make_zip(members), Limits(ratio=100)))
    assert found[-1] == "x ratio"
    assert 5 < len(found) < 20
    found = names(read(tmp_path / "a", make_zip(members), Limits(unpacked=300_000)))
    assert (found[-1], len(found)) == ("x unpacked", 4)


@pytest.mark.parametrize("make", [make_zip, make_tar])
def test_a_cut_archive_gives_what_is_whole_and_is_named(
    tmp_path: Path, make: Callable[[object], bytes]
) -> None:
    data = make({f"{n}.html": PAGE * 40 for n in range(9)})
    found = names(read(tmp_path / "a", data[: len(data) * 2 // 3]))
    if make is make_zip:  # its list of members stands at the end
        assert found == ["x corrupt"]
    else:
        assert found[:4] == [f"x!{n}.html html" for n in range(4)]
        assert found[-1] == "x truncated"
    found = names(read(tmp_path / "a", gzip.compress(data)[:-20]))
    assert found[-1] == "x truncated"


def damage(data: bytes, at: int, replacement: bytes) -> bytes:
    return data[:at] + replacement + data[at + len(replacement) :]


TAR = make_tar({f"{n}.html": PAGE for n in range(9)})  # a header and a block each
AT = 4 * 1024


@pytest.mark.parametrize(
    ("label", "data", "members", "reason"),
    [
        ("as it should be", TAR, 9, ""),
        ("a header's check sum", damage(TAR, AT + 150, b"\xff"), 4, "corrupt"),
        ("a header that is none", damage(TAR, AT, b"\xee" * 512), 4, "corrupt"),
        ("zeros instead of a header", damage(TAR, AT, bytes(512)), 4, "corrupt"),
        ("cut inside a header", TAR[: AT + 100], 4, "truncated"),
        ("cut between two members", TAR[:AT], 4, "truncated"),
        ("only one block of zeros at the end", TAR[: 9 * 1024 + 512], 9, ""),
        ("zeros up to a multiple of something", TAR + bytes(100_000), 9, ""),
        ("another tar behind it", TAR + TAR, 9, "corrupt"),
    ],
)
def test_what_ends_a_tar_before_its_end_is_named(
    tmp_path: Path, label: str, data: bytes, members: int, reason: str
) -> None:
    found = [f"x!{n}.html html" for n in range(members)] + [f"x {reason}"] * bool(reason)
    assert names(read(tmp_path / "a", data)) == found


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_what_stands_between_packed_members_is_named(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    member = pack(b'{"text": "A row."}\n')
    rows = ["x#1 text", "x#2 text"]
    for between, found in ((b"", rows), (bytes(600), rows), (b"!", [rows[0], "x corrupt"])):
        assert names(read(tmp_path / "a", member + between + member)) == found
    assert names(read(tmp_path / "a", member + b"not packed")) == ["x#1 text"]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_what_stands_before_a_cut_is_read_however_soon_it_comes(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    row = b'{"text": "A row."}\n'
    first, *_, last = names(read(tmp_path / "a", pack(row) + pack(row)[:-5]))
    assert (first, last) == ("x#1 text", "x truncated")
    assert names(read(tmp_path / "a", pack(PAGE) + pack(PAGE)[:-5])) == ["x truncated"]


def test_zips_run_together_are_named(tmp_path: Path) -> None:
    first, second = make_zip({"a.html": PAGE}), make_zip({"b.html": PAGE})
    assert names(read(tmp_path / "a", first + second)) == ["x!b.html html", "x corrupt"]
    with_stub = first.replace(b"PK\x03\x04", b"PK\x05\x06", 1)  # what a zip may stand behind
    assert names(read(tmp_path / "a", with_stub + second)) == ["x!b.html html"]


def test_a_window_that_is_too_long_is_no_damage(tmp_path: Path) -> None:
    zstandard = pytest.importorskip("zstandard")
    for window_log, found in ((27, "html"), (28, "unsupported")):
        parameters = zstandard.ZstdCompressionParameters(window_log=window_log)
        packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
        assert names(read(tmp_path / "a", packer.compress(PAGE) + packer.flush())) == [f"x {found}"]


def test_damage_in_a_zip_costs_one_member(tmp_path: Path) -> None:
    data = bytearray(make_zip({"a.html": PAGE * 9, "b.html": PAGE}))
    data[45] ^= 255
    assert names(read(tmp_path / "a", bytes(data))) == ["x!a.html corrupt", "x!b.html html"]


def test_a_header_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "HEADER_BYTES", 100_000)
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(tarfile.TarInfo("n" * 300_000))
    found = read(tmp_path / "a", file.getvalue() + make_tar({"a.html": PAGE}))
    assert names(found) == ["x corrupt"]


def test_a_list_of_members_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "DIRECTORY_BYTES", 200)
    data = make_zip({f"{n}": b"" for n in range(9)})
    assert names(read(tmp_path / "a", data)) == ["x too-large"]
    assert names(read(tmp_path / "a", hide_list(data))) == ["x too-large"]


def hide_list(data: bytes) -> bytes:
    """The zip with an end record that says little, and the truth in the one for large archives, which wins."""
    at = data.rindex(b"PK\x05\x06")
    size, start = struct.unpack_from("<LL", data, at + 12)
    large = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 9, 9, size, start)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, at, 1)
    return data[:at] + large + locator + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, 46, 0, 0)


def test_a_list_of_members_in_the_record_for_large_archives_is_read(tmp_path: Path) -> None:
    assert names(read(tmp_path / "a", hide_list(make_zip({f"{n}": PAGE for n in range(9)})))) == [
        f"x!{n} html" for n in range(9)
    ]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.zip", make_zip({})),
        ("a", make_zip({".hidden/a.html": PAGE})),
        ("a", make_tar({".hidden": PAGE})),
        ("a.tar", make_tar({})),
        ("A.TAR", bytes(1024)),
        ("a.tar.gz", gzip.compress(make_tar({}))),
        ("a.tgz", gzip.compress(make_tar({}))),
    ],
)
def test_an_archive_without_a_page_is_skipped_as_empty(tmp_path: Path, name: str, data: bytes) -> None:
    (found,) = read(tmp_path / name, data)
    assert isinstance(found, Dropped)
    assert (found.source, found.stage, found.reason) == ("x", "skipped", "empty")
    (found,) = read(tmp_path / "b", make_zip({name: data}))
    assert (found.source, getattr(found, "reason", "")) == (f"x!{name}", "empty")


def test_a_page_is_found_by_its_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a#b.zip").write_bytes(make_zip(MEMBERS))
    Path("in").mkdir()
    for folder in ("", "in/", "./in/", f"{tmp_path}/in/"):
        Path(f"{folder}a#b.zip").write_bytes(make_zip(MEMBERS))
        for end, content in (("!a.html", PAGE), ("!rows.jsonl#2", "Another.")):
            found = find_page(f"{folder}a#b.zip{end}")
            assert isinstance(found, Page)
            assert (found.source, found.content) == (f"a#b.zip{end}", content)
        assert find_page(f"{folder}a#b.zip").source == "a#b.zip!a.html"
    for source, stage, reason in (("!c.png", "skipped", "image"), ("!g.html.gz", "failed", "truncated")):
        dropped = find_page(f"a#b.zip{source}")
        assert isinstance(dropped, Dropped)
        assert (dropped.source, dropped.stage, dropped.reason) == (f"a#b.zip{source}", stage, reason)
    with pytest.raises(UnreadablePage, match="not-found"):
        find_page("a#b.zip!none")
