"""Look for input that makes dehusk raise what it must not, crash or hang, for as long as it is given.

usage: fuzz.py [FOLDER ...] [--seconds N] [--seed N] [-j JOBS] [--limit SECONDS] [--keep FOLDER]

Random bytes behind the first bytes of every format, random HTML and text, and mutated pages (of
examples/pages, and of the folders given), packed now and then into archives, crawls and tables. Each case
follows from its number alone: what is found is named by it, and `--keep` writes the input. Exit status 1 if
anything was found.
"""

from __future__ import annotations

import argparse
import bz2
import gzip
import io
import json
import lzma
import os
import sys
import tempfile
import time
import traceback
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from archive_files import make_record, make_response, make_tar, make_zip  # noqa: E402

from dehusk.dedupe import sign_texts  # noqa: E402
from dehusk.engines import Begin, map_ordered  # noqa: E402
from dehusk.errors import DehuskError  # noqa: E402
from dehusk.model import Options, Page  # noqa: E402
from dehusk.pages import Input, read_found  # noqa: E402
from dehusk.records import article_from_json, article_to_json, dropped_to_json  # noqa: E402
from dehusk.stages.page import work_page  # noqa: E402

STARTS = (
    b"", b"\x1f\x8b\x08\0", b"BZh9", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd", b"\x5d\x2a\x4d\x18\x10\0\0\0",
    b"PK\x03\x04", b"PK\x05\x06", bytes(257) + b"ustar\x0000", b"PAR1", b"WARC/1.0\r\n", b"<p>", b"<!DOCTYPE html>",
    b"WARC/1.0\nA: b\n", b'{"text": "', b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"%PDF-", b"\x1b$B",
    b"Title: a\n\nURL Source: https://a.b/1\n\n", b"[a](/b) **c**\n\n",
)  # fmt: skip
TAGS = (
    "p div span a b i font table tr td th ul ol li h1 h2 h6 article section nav header footer main pre code br hr"
    " img script style noscript template svg math select option form input button iframe title meta time html body"
    " head blockquote dl dt dd details summary figure figcaption x-y plaintext textarea"
).split()
ATTRIBUTES = (
    'class="menu nav"', "class=content", 'id="main"', 'href="/a?b=1#c"', "href='javascript:1'", "hidden",
    'style="display:none"', 'datetime="2024-13-45T99:00"', 'itemprop="author"', 'role="banner"', 'lang="de"',
    'content="text/html; charset=utf-7"', 'property="article:published_time"', "aria-label=x", "a" * 3000,
)  # fmt: skip
WORDS = (
    "The mill by the river ground grain in 1847 &amp; &#x110000; &nbsp; &#0; Мельница 磨坊 水車小屋 مطحنة โรงสี"
    " \u202e \ufeff \x00 \x1b[31m \ud7ff e\u0301 \u0130 ﷺ 👨\u200d👩\u200d👧 --- === *** - • 1. | http://a.b/c @user"
    ' ](/a ](/a) ![c](d.png) [e] **f** _g_ `h` ``` > "b" \n=====\n \f'
).split(" ")


@dataclass(frozen=True, slots=True)
class Task:
    """Cases `first` to `first + count`, without the last."""

    first: int
    count: int
    corpus: tuple[str, ...]
    folder: str


def make_case(number: int, corpus: tuple[str, ...]) -> bytes:
    random = Random(number)
    data = random.choice((make_bytes, make_html, make_text, mutate_page, mutate_page))(random, corpus)
    while random.random() < 0.2:
        data = pack(random, data)
    if random.random() < 0.3:
        data = mutate(random, data, random.choice((1, 3, 20)))
    return data


def make_bytes(random: Random, corpus: tuple[str, ...]) -> bytes:
    return random.choice(STARTS) + random.randbytes(random.choice((3, 50, 600, 20_000)))


def make_html(random: Random, corpus: tuple[str, ...]) -> bytes:
    pieces = []
    for _ in range(random.choice((5, 60, 800))):
        tag = random.choice(TAGS)
        given = " ".join(random.choices(ATTRIBUTES, k=random.choice((0, 0, 1, 2))))
        pieces.append(
            random.choice((f"<{tag} {given}>", f"</{tag}>", f"<{tag}>", "<!--", "-->", "<", "<![CDATA["))
        )
        pieces.append(" ".join(random.choices(WORDS, k=random.choice((0, 1, 12)))))
        if random.random() < 0.02:
            pieces.append(f"<{tag}>" * random.choice((30, 700)))
    return encode(random, random.choice(("", "<!DOCTYPE html><html><body>")) + "".join(pieces))


def make_text(random: Random, corpus: tuple[str, ...]) -> bytes:
    lines = [
        " ".join(random.choices(WORDS, k=random.choice((0, 1, 5, 15, 80))))
        for _ in range(random.choice((3, 200)))
    ]
    if random.random() < 0.3:
        lines += lines[: len(lines) // 2]
    return encode(random, random.choice(("\n", "\r\n", "\n\n", "\r", "\f", "\u2028")).join(lines))


def encode(random: Random, text: str) -> bytes:
    codec = random.choice(
        ("utf-8", "utf-8", "utf-16", "utf-16-be", "gb18030", "cp1251", "cp932", "utf-7", "latin-1")
    )
    return text.encode(codec, "replace")


def mutate_page(random: Random, corpus: tuple[str, ...]) -> bytes:
    path = Path(random.choice(corpus))
    data = path.read_bytes()
    if data.startswith(b"\x1f\x8b"):
        data = gzip.decompress(data)
    return mutate(random, data[:600_000], random.choice((0, 1, 5, 50, 400)))


def mutate(random: Random, data: bytes, times: int) -> bytes:
    held = bytearray(data)
    for _ in range(times):
        at, size = random.randrange(len(held) + 1), random.choice((1, 4, 60, 3000))
        change = random.randrange(5)
        if change == 0:
            del held[at : at + size]
        elif change == 1:
            held[at:at] = random.randbytes(min(size, 60))
        elif change == 2:
            held[at : at + 1] = bytes([random.randrange(256)])
        elif change == 3 and len(held) < 3_000_000:
            held[at:at] = held[at : at + size] * random.choice((2, 50))
        elif random.random() < 0.1:
            del held[at:]
    return bytes(held)


def pack(random: Random, data: bytes) -> bytes:
    members = {"a/b.html": data, random.choice(("../c.txt", "c.gz", "d")): data[: len(data) // 2]}
    row = {"html": data.decode("utf-8", "replace"), "url": "https://example.org/"}
    packers: tuple[Callable[[], bytes], ...] = (
        lambda: gzip.compress(data, 1),
        lambda: bz2.compress(data, 1),
        lambda: lzma.compress(data, preset=0),
        lambda: make_zip(members),
        lambda: make_tar(members),
        lambda: (json.dumps(row) + "\n").encode() * 2,
        lambda: (
            make_response(1, data) + make_response(2, zlib.compress(data), b"Content-Encoding: deflate\r\n")
        ),
        lambda: (
            gzip.compress(make_record(b"conversion", 1, data), 1) + gzip.compress(make_response(2, data), 1)
        ),
        lambda: (make_record(b"conversion", 1, data) + make_response(2, data)).replace(b"\r\n", b"\n"),
        lambda: make_table(row),
    )
    return random.choice(packers)()


def make_table(row: dict[str, str]) -> bytes:
    import pyarrow
    import pyarrow.parquet

    file = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table({name: [value] * 2 for name, value in row.items()}), file)
    return file.getvalue()


def try_cases(task: Task, begin: Begin) -> Iterator[tuple[int, str]]:
    """(case, what went wrong or "") for each case."""
    for number in range(task.first, task.first + task.count):
        is_delivered, given_up = begin()
        if not is_delivered:
            yield number, given_up or try_case(number, task)


def try_case(number: int, task: Task) -> str:
    path = Path(task.folder) / f"{os.getpid()}.case"
    path.write_bytes(make_case(number, task.corpus))
    try:
        for found in read_found(Input(str(path), "case")):
            if isinstance(found, Page):
                try_page(found, Random(number))
            else:
                dropped_to_json(found).encode()
    except DehuskError:
        return ""
    except Exception:  # noqa: BLE001 - what we are looking for
        return traceback.format_exc()
    return ""


def try_page(page: Page, random: Random) -> None:
    options = Options(
        mode=random.choice(("balanced", "precision", "recall")), min_words=random.choice((0, 10))
    )
    try:
        cleaned = work_page(page, options)
    except DehuskError:
        return
    for article in cleaned.articles:
        line = article_to_json(article)
        line.encode()
        held = article_from_json(line)
        assert held.text.strip(), "an article without text"
        assert held.spans, "an article without spans"
        assert all(start <= end for start, end in held.spans), f"spans that run backwards: {held.spans}"
    sign_texts([article.text for article in cleaned.articles])
    for dropped in cleaned.dropped:
        dropped_to_json(dropped).encode()


def fuzz(wanted: argparse.Namespace) -> list[tuple[int, str]]:
    folders = [ROOT / "examples" / "pages", *wanted.folders]
    corpus = tuple(str(path) for folder in folders for path in sorted(folder.rglob("*")) if path.is_file())
    ends = time.monotonic() + wanted.seconds
    found: list[tuple[int, str]] = []
    count = 0
    with tempfile.TemporaryDirectory() as held:

        def tasks() -> Iterator[Task]:
            first = wanted.seed * 100_000_000
            while time.monotonic() < ends:
                yield Task(first, 20, corpus, held)
                first += 20

        for number, problem in map_ordered(try_cases, tasks(), jobs=wanted.jobs, seconds=wanted.limit):
            count += 1
            if problem:
                found.append((number, problem))
                print(f"case {number}: {problem}", flush=True)
                if wanted.keep:
                    (wanted.keep / f"{number}.case").write_bytes(make_case(number, corpus))
    print(f"{count:,} cases, {len(found)} of them went wrong")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-j", "--jobs", type=int, default=1)
    parser.add_argument("--limit", type=float, default=30.0, help="seconds of a case")
    parser.add_argument("--keep", type=Path)
    return 1 if fuzz(parser.parse_args()) else 0


if __name__ == "__main__":
    sys.exit(main())
