"""Records: one line an article, whole files only."""

from __future__ import annotations

import gzip
import io
import json
import math
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dehusk.errors import BadOptions, MissingExtra, RecordWriteError, UnreadablePage
from dehusk.model import Article, Block, Dropped, Labelled
from dehusk.records import (
    RowLog,
    article_from_json,
    article_to_json,
    block_to_dict,
    dropped_to_json,
    read_records,
    relabel_blocks,
    stream_records,
    to_json,
    write_records,
)

ARTICLE = Article(
    id="a1", text="Größe\n東京", title="T", author="", date="2026-01-02", language="de",
    language_score=0.98765, url="https://example.org/a", site="", source="a.html",
    part=1, kind="html", page_type="article", words=3,
    spans=((0, 5), (7, 9)), confidence=0.5,
)  # fmt: skip
LINE = article_to_json(ARTICLE)
CONTRACT_KEYS = [
    "id", "text", "title", "author", "date", "language", "url", "site", "language_score", "source", "part",
    "kind", "page_type", "words", "spans", "confidence", "duplicates",
]  # fmt: skip
TEXT_KEYS = [*CONTRACT_KEYS[:8], "source", "page_type"]

any_text = st.text(st.characters(exclude_categories=()), max_size=20)
int64s = st.integers(0, (1 << 63) - 1)
articles = st.builds(
    Article,
    **dict.fromkeys(TEXT_KEYS, any_text),
    language_score=st.floats(0, 1),
    part=st.integers(1, 9),
    kind=st.sampled_from(["html", "text"]),
    words=int64s,
    spans=st.lists(st.tuples(int64s, int64s), max_size=3).map(tuple),
    confidence=st.floats(0, 1),
)  # fmt: skip


def test_keys_are_the_contracts_in_its_order() -> None:
    assert list(json.loads(article_to_json(ARTICLE))) == CONTRACT_KEYS


def test_text_is_written_as_it_is_and_fractions_with_four_digits() -> None:
    line = article_to_json(ARTICLE)
    assert "Größe\\n東京" in line
    assert '"language_score":0.9877' in line


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain\n\ttext", "plain\n\ttext"),
        ("nul\0", "nul�"),
        ("lone \ud800 and \udfff", "lone � and �"),
        ("\x1b]0;title\x07bell\r\x7f\x85", "]0;titlebell"),
        ("\u2028 \u202e is no control character", "\u2028 \u202e is no control character"),
        ("😀", "😀"),
    ],
)
def test_unfit_characters(text: str, expected: str) -> None:
    for key in ("text", "source"):
        assert json.loads(article_to_json(replace(ARTICLE, **{key: text})))[key] == expected


@given(articles)
def test_any_article_is_one_line_of_utf8_and_comes_back(article: Article) -> None:
    line = article_to_json(article)
    assert len(line.encode().splitlines()) == 1
    again = article_from_json(line)
    assert article_to_json(again) == line
    assert (again.spans, again.words, again.kind) == (article.spans, article.words, article.kind)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "[]",
        "{}",
        "nul",
        '{"id": null}',
        "[" * 5000,
        *(
            LINE.replace("[0,5]", spans)
            for spans in ("[0]", '["0","5"]', "[0,5.0]", "[0,true]", f"[0,{1 << 63}]")
        ),
        LINE.replace('"words":3', f'"words":{10**30}'),
        LINE.replace('"confidence":0.5', '"confidence":1' + "0" * 400),
    ],
)
def test_what_is_no_record_is_named(line: str) -> None:
    with pytest.raises(UnreadablePage, match="not-a-record"):
        article_from_json(line)


def test_numbers_that_are_none_are_never_null() -> None:
    for number in (math.nan, math.inf, -math.inf):
        article = replace(ARTICLE, confidence=number, language_score=number)
        row = json.loads(article_to_json(article))
        assert (row["confidence"], row["language_score"]) == (0.0, 0.0)
        copy = Dropped("a", "dropped", "near", article=article, duplicate_of="b", similarity=number)
        assert "null" not in dropped_to_json(copy)


@pytest.mark.parametrize("name", ["c\0.jsonl", "c\0.jsonl.gz", "c\0.parquet"])
def test_no_file_has_a_nul_in_its_name(name: str) -> None:
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow")
    with pytest.raises(RecordWriteError, match="a NUL in its name"):
        write_records([ARTICLE], name)
    with pytest.raises(UnreadablePage, match="a NUL in its name"):
        list(read_records(name))


def test_what_a_table_cannot_hold_is_a_write_error(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    for wrong in ({"words": 1 << 70}, {"spans": ((0, 1 << 63),)}, {"title": 3}):
        with pytest.raises(RecordWriteError, match="cannot write"):
            write_records([replace(ARTICLE, **wrong)], tmp_path / "c.parquet")  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_dropped_rows() -> None:
    page = json.loads(dropped_to_json(Dropped("a\x1b.html", "failed", "timeout", "30 s")))
    assert page == {"source": "a.html", "stage": "failed", "reason": "timeout", "detail": "30 s"}
    copy = Dropped("a.html", "dropped", "near", article=ARTICLE, duplicate_of="a0", similarity=0.91234)
    row = json.loads(dropped_to_json(copy))
    assert list(row)[: len(CONTRACT_KEYS)] == CONTRACT_KEYS
    assert (row["reason"], row["duplicate_of"], row["similarity"]) == ("near", "a0", 0.9123)


def test_block_row() -> None:
    row = block_to_dict(Labelled(Block("Menu\0", "item", 1, 0, 5), "menu", "short links", 0.1))
    assert (row["label"], row["reason"], row["text"]) == ("menu", "short links", "Menu�")


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("c.jsonl", b'{"id"'),
        ("c.jsonl.gz", b"\x1f\x8b"),
        ("C.JSONL.GZ", b"\x1f\x8b"),
        ("c.jsonl.zst", b"\x28\xb5\x2f\xfd"),
        ("c.jsonl.Zst", b"\x28\xb5\x2f\xfd"),
        ("c.parquet", b"PAR1"),
        ("c.Parquet", b"PAR1"),
    ],
)
def test_round_trip_through_a_file(tmp_path: Path, name: str, start: bytes) -> None:
    if name.lower().endswith("zst"):
        pytest.importorskip("zstandard")
    if name.lower().endswith("parquet"):
        pytest.importorskip("pyarrow")
    fit = replace(ARTICLE, language_score=0.25)
    many = [replace(fit, part=part) for part in range(1, 4)]
    assert write_records(iter(many), tmp_path / name) == 3
    assert (tmp_path / name).read_bytes().startswith(start)
    assert list(read_records(tmp_path / name)) == many
    assert write_records([], tmp_path / name) == 0
    assert list(read_records(tmp_path / name)) == []


def test_a_zst_file_that_is_cut_where_a_line_ends_is_no_whole_one(tmp_path: Path) -> None:
    zstandard = pytest.importorskip("zstandard")
    path, line = tmp_path / "c.jsonl.zst", article_to_json(ARTICLE).encode() + b"\n"
    packer = zstandard.ZstdCompressor().compressobj()
    begun = packer.compress(line) + packer.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
    frame = zstandard.compress(line)
    path.write_bytes(frame + frame)
    assert [article.id for article in read_records(path)] == ["a1", "a1"]
    for cut in (begun, frame + begun, frame + frame[:3]):
        path.write_bytes(cut)
        with pytest.raises(UnreadablePage, match="cut off"):
            list(read_records(path))


@pytest.mark.parametrize(("name", "package"), [("c.jsonl.zst", "zstandard"), ("c.parquet", "pyarrow")])
def test_missing_extra_names_the_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, package: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtra, match=r"pip install 'dehusk\[\w+\]'"):
        write_records([ARTICLE], tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_gzip_bytes_do_not_depend_on_name_or_time(tmp_path: Path) -> None:
    for name in ("one.jsonl.gz", "two.jsonl.gz"):
        write_records([ARTICLE], tmp_path / name)
    one, two = ((tmp_path / name).read_bytes() for name in ("one.jsonl.gz", "two.jsonl.gz"))
    assert one == two
    assert gzip.decompress(one).decode() == article_to_json(ARTICLE) + "\n"


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    def broken() -> Iterator[Article]:
        yield ARTICLE
        raise KeyError("the caller's own")

    path = tmp_path / "c.jsonl"
    write_records([ARTICLE], path)
    before = path.read_bytes()
    with pytest.raises(KeyError):
        write_records(broken(), path)
    assert [p.name for p in tmp_path.iterdir()] == ["c.jsonl"]
    assert path.read_bytes() == before


def test_errors_name_the_file_and_the_mend(tmp_path: Path) -> None:
    with pytest.raises(RecordWriteError, match="nowhere"):
        write_records([ARTICLE], tmp_path / "nowhere" / "c.jsonl")
    with pytest.raises(BadOptions, match="parquet"):
        write_records([ARTICLE], tmp_path / "c.csv")
    (tmp_path / "bad.jsonl").write_text(article_to_json(ARTICLE) + "\n{}\n")
    with pytest.raises(UnreadablePage, match="line 2"):
        list(read_records(tmp_path / "bad.jsonl"))


@pytest.mark.parametrize("name", ["c.jsonl.gz", "c.jsonl.zst", "c.parquet"])
@pytest.mark.parametrize("damage", ["cut off", "another format", "turned bytes"])
def test_a_damaged_file_is_named(tmp_path: Path, name: str, damage: str) -> None:
    pytest.importorskip("pyarrow" if name.endswith("parquet") else "zstandard")
    path = tmp_path / name
    write_records([replace(ARTICLE, part=part, text=str(part**9) * 9) for part in range(1, 999)], path)
    whole = path.read_bytes()
    half = len(whole) // 2
    turned = bytes(255 - byte for byte in whole[half : half + 100])
    path.write_bytes(
        {
            "cut off": whole[:half],
            "another format": article_to_json(ARTICLE).encode(),
            "turned bytes": whole[:half] + turned + whole[half + 100 :],
        }[damage]
    )
    with pytest.raises(UnreadablePage) as caught:
        list(read_records(path))
    assert caught.value.source == str(path)
    assert caught.value.reason in ("corrupt", "not-a-record")
    assert caught.value.detail


@pytest.mark.parametrize("column", ["site", "text", "spans"])
def test_a_table_with_a_damaged_name_is_named(tmp_path: Path, column: str) -> None:
    """What the package raises then is none of its own errors."""
    pytest.importorskip("pyarrow")
    path = tmp_path / "c.parquet"
    write_records([ARTICLE], path)
    name = column.encode()
    path.write_bytes(path.read_bytes().replace(name, name[:-1] + b"\xff", 1))
    with pytest.raises(UnreadablePage, match=r"c\.parquet: corrupt: it is damaged or cut off: 'utf-8'"):
        list(read_records(path))


def test_a_table_of_something_else_is_named(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(arrow.table({"text": ["a"]}), tmp_path / "c.parquet")
    with pytest.raises(UnreadablePage, match=r"c\.parquet: not-a-record: row 1: "):
        list(read_records(tmp_path / "c.parquet"))


@pytest.mark.parametrize("name", ["c.jsonl", "c.jsonl.gz", "c.jsonl.zst", "c.parquet"])
def test_a_file_that_is_not_there_is_named(tmp_path: Path, name: str) -> None:
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow")
    with pytest.raises(UnreadablePage, match=rf"{name}: not-found: No such file"):
        list(read_records(tmp_path / name))


@pytest.mark.parametrize("name", ["c.jsonl.gz", "c.jsonl.zst"])
def test_an_emptied_packed_file_is_damaged(tmp_path: Path, name: str) -> None:
    if name.endswith("zst"):
        pytest.importorskip("zstandard")
    write_records([], tmp_path / name)
    assert list(read_records(tmp_path / name)) == []
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(UnreadablePage, match="corrupt: it is empty"):
        list(read_records(tmp_path / name))


def test_a_folder_without_a_corpus_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<p>Hello")
    with pytest.raises(UnreadablePage, match="no-corpus: there is neither"):
        list(read_records(tmp_path))


def test_a_run_that_is_not_finished_is_no_smaller_corpus(tmp_path: Path) -> None:
    write_records([ARTICLE], tmp_path / "00000.jsonl.gz")
    (tmp_path / ".work").mkdir()
    (tmp_path / ".work" / "manifest.json").write_text("{}")
    with pytest.raises(UnreadablePage, match=r"unfinished: .* the same command resumes it"):
        list(read_records(tmp_path))
    (tmp_path / "stats.json").write_text(
        '{"files": {}}'
    )  # its work is left over: it was stopped while it cleared up
    assert len(list(read_records(tmp_path))) == 1


@pytest.mark.parametrize(
    ("damage", "why"),
    [("missing", "00001.jsonl.gz is missing"), ("cut", "00001.jsonl.gz has 9 of"), ("stats", "stats.json")],
)
def test_a_folder_that_lost_something_is_no_smaller_corpus(tmp_path: Path, damage: str, why: str) -> None:
    shards = [tmp_path / "00000.jsonl.gz", tmp_path / "00001.jsonl.gz"]
    for shard in shards:
        write_records([ARTICLE], shard)
    files = {shard.name: {"bytes": shard.stat().st_size} for shard in shards}
    stats = tmp_path / "stats.json"
    stats.write_text(json.dumps({"files": files | {"dropped/00000.jsonl.gz": {"bytes": 1}}}))
    assert len(list(read_records(tmp_path))) == 2
    if damage == "missing":
        shards[1].unlink()
    elif damage == "cut":
        shards[1].write_bytes(shards[1].read_bytes()[:9])
    else:
        stats.write_bytes(b"")
    with pytest.raises(UnreadablePage, match=f"corrupt: .*{why}" if damage != "stats" else f"{why}: corrupt"):
        list(read_records(tmp_path))


def test_the_callers_own_read_error_is_not_called_a_write_error(tmp_path: Path) -> None:
    def reading() -> Iterator[Article]:
        (tmp_path / "elsewhere" / "gone").read_text()
        yield ARTICLE

    with pytest.raises(FileNotFoundError, match="gone"):
        write_records(reading(), tmp_path / "c.jsonl")


class _Terminal(io.BytesIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_no_text_that_turns() -> None:
    article = replace(ARTICLE, text="abc\u202e txt.exe \u2067 and \u200f so on")
    plain, terminal = io.BytesIO(), _Terminal()
    for file in (plain, terminal):
        stream_records([article], file)
    assert json.loads(terminal.getvalue()) == json.loads(plain.getvalue())
    assert "\u202e" in plain.getvalue().decode()
    assert b"\\u202e txt.exe \\u2067 and \\u200f" in terminal.getvalue()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_devices_are_written_to_as_they_are() -> None:
    assert write_records([ARTICLE], "/dev/null") == 1
    with pytest.raises(RecordWriteError, match="No space left"):
        write_records([ARTICLE], "/dev/full")
    with (
        Path("/dev/full").open("wb", buffering=0) as full,
        pytest.raises(RecordWriteError, match="cannot write standard output: No space"),
    ):
        stream_records([ARTICLE], full)  # type: ignore[arg-type]
    assert Path("/dev/full").is_char_device()


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs names of descriptors")
@pytest.mark.parametrize("name", ["/dev/fd/{}", "/proc/self/fd/{}", "/proc/{pid}/fd/{}", "link"])
def test_an_open_file_is_written_to_where_it_is(tmp_path: Path, name: str) -> None:
    log = tmp_path / "log"
    (tmp_path / "link").symlink_to("link2")
    with log.open("ab") as file:
        (tmp_path / "link2").symlink_to(f"/dev/fd/{file.fileno()}")
        file.write(b"before\n")
        file.flush()
        inode = log.stat().st_ino
        given = str(tmp_path / name) if name == "link" else name.format(file.fileno(), pid=os.getpid())
        assert write_records([ARTICLE], given) == 1
        file.write(b"after\n")
    assert log.read_bytes() == b"before\n" + article_to_json(ARTICLE).encode() + b"\nafter\n"
    assert log.stat().st_ino == inode


def test_blank_lines_between_records_are_none(tmp_path: Path) -> None:
    line = article_to_json(ARTICLE)
    (tmp_path / "a.jsonl").write_text(f"\n{line}\n \n{line}\n\n", encoding="utf-8")
    assert [article.id for article in read_records(tmp_path / "a.jsonl")] == ["a1", "a1"]


def test_a_folder_is_read_shard_by_shard(tmp_path: Path) -> None:
    for part in (2, 1):
        write_records([replace(ARTICLE, part=part)], tmp_path / f"0000{part}.jsonl.gz")
    (tmp_path / "stats.json").write_text("{}")
    assert [article.part for article in read_records(tmp_path)] == [1, 2]


@pytest.mark.parametrize("torn", [b"", b'{"n": 2', b"\0\0\0", b"[1]\n", b'{"n": 2}'])
def test_a_log_is_taken_up_behind_its_last_whole_row(tmp_path: Path, torn: bytes) -> None:
    part = tmp_path / "log.part"
    part.write_bytes(b'{"n": 0}\n{"n": 1}\n' + torn)
    with RowLog(tmp_path / "log") as log:
        assert [row["n"] for row in log.take_up()] == [0, 1]
        log.add('{"n": 2}')
        assert [row["n"] for row in log.rows()] == [0, 1, 2]
        assert not (tmp_path / "log").exists()
        log.finish()
    assert (tmp_path / "log").read_bytes() == b'{"n": 0}\n{"n": 1}\n{"n": 2}\n'
    assert not part.exists()


def test_a_log_that_went_away_is_a_write_error(tmp_path: Path) -> None:
    with RowLog(tmp_path / "log") as log:
        (tmp_path / "log.part").unlink()
        for use in (lambda: list(log.take_up()), lambda: list(log.rows()), log.finish):
            with pytest.raises(RecordWriteError, match="cannot write"):
                use()
    with pytest.raises(RecordWriteError, match="cannot write"):
        RowLog(tmp_path / "nowhere" / "log")


def test_a_log_has_one_writer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("fcntl")
    monkeypatch.setattr("dehusk.records.log.WAIT_SECONDS", 0)
    with RowLog(tmp_path / "log"), pytest.raises(RecordWriteError, match="another process is at work on it"):
        RowLog(tmp_path / "log")
    with RowLog(tmp_path / "log") as log:
        log.finish()


STRINGS = st.text(max_size=9) | st.sampled_from(
    ['},{"label":', ',"score":', "},{", ",", '\\"', "\\", '"label":']
)


@given(st.lists(st.tuples(STRINGS, STRINGS), min_size=1, max_size=6), st.data())
def test_blocks_are_relabelled_as_if_they_were_parsed(
    texts: list[tuple[str, str]], data: st.DataObject
) -> None:
    blocks = [
        block_to_dict(Labelled(Block(text, "paragraph", 0, 0, 1), "menu", reason, 0.5))
        for text, reason in texts
    ]
    named = data.draw(st.dictionaries(st.integers(0, len(blocks) - 1), st.tuples(STRINGS, STRINGS)))
    line = relabel_blocks(to_json(blocks), named)
    for i, (label, reason) in named.items():
        blocks[i] |= {"label": label, "reason": reason}
    assert line == to_json(blocks)
