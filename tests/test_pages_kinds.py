"""Kinds: what is a page, what is skipped, and what only looks like something else."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import tarfile
import time
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dehusk.errors import UnreadablePage
from dehusk.model import Page
from dehusk.pages import decode_page
from dehusk.pages.kinds import tell_kind

PROSE = "The committee met on Tuesday. It decided, after a long debate, to keep the old bridge.\n" * 4
MINIFIED = (
    '!function(e,t){"use strict";var n=e.document;function r(e){return null==e?"":String(e)}t.x=r}(this,{});'
)
RULES = ".a, .b > p { color: red; margin: 0 }\n@media print { .x { display: none } }\n" * 40
SCRIPT = (
    'var a = 1;\nfunction go(x) {\n  return document.querySelector(".a[b=\\"c\\"]") || {x: [1, 2]};\n}\n' * 12
)
RUSSIAN = "Комитет собрался во вторник и после долгих споров решил сохранить старый мост.\n" * 8
CHINESE = "委员会星期二开会，经过长时间的辩论，决定保留旧桥。\n" * 8
CODE_LIKE = """How to sort a list in JavaScript

First, call sort() on the array; it compares strings (sadly). For numbers, write:

    const sorted = list.sort((a, b) => a - b);

Then the array is in order, and you can go on with the rest of the page as usual.
"""
MARKDOWN = """# A page title

Write `<div class="box">` to open a box and `</div>` to close it; **bold** goes in stars.

```html
<p>Example</p><p>Another</p>
```

- a list item
"""


def zip_of(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return buffer.getvalue()


def tar_of(name: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo(name))
    return buffer.getvalue()


CASES: list[tuple[str, str, bytes | str]] = [
    # HTML, whatever it begins with and is called
    ("html", "", "<!DOCTYPE html><html><body>Hi"),
    ("html", "", "\ufeff\n <!-- saved from (0014)about:internet -->\n<!doctype HTML><p>x"),
    ("html", "", '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n<html>'),
    ("html", "", "<p>Just a paragraph"),
    ("html", "", "<div\nclass='x'>Hi</div>"),
    ("html", "", "<!-- a --><!-- b --><h1>T</h1>"),
    ("html", "", "<p>Грюсе".encode("utf-16-le")),
    ("html", "", "<html><p>x".encode("utf-16")),
    ("html", "", "\ufeff<!DOCTYPE html><p>Grüße".encode("utf-32-le")),
    ("html", "", "<my-app><p>x</p></my-app>"),
    ("html", "a.js", "<!DOCTYPE html><title>404</title><h1>Not found</h1>"),
    ("html", "a.png", "<html><body>Not found</body></html>"),
    ("html", "a.txt", "<!DOCTYPE html><html><body><p>Hi"),
    ("html", "", "Some text <b>first</b>.<br><p>Then a paragraph</p><ul><li>one</li><li>two</li></ul>"),
    ("html", "", "Warning: failed\n<!DOCTYPE html><html><head></head><body><p>Hi</p></body></html>"),
    ("html", "x.html", "Only a <b>word</b> of markup in a fragment. " + PROSE),
    ("html", "", "<html>\0\0\0<body>nulls"),
    # text, even where it holds marks of something else
    ("text", "", PROSE),
    ("text", "", "If a < b and b > c, then <b> is no tag here. " + PROSE),
    ("text", "", "[Music] Hello and welcome. [Applause] Thank you."),
    ("text", "", "{curly} beginnings are rare\n" + PROSE),
    ("text", "", "- item one\n- item two\n"),
    ("text", "", "<john@example.org> wrote:\n> quoted\n" + PROSE),
    ("text", "", "<3 you all\n" + PROSE),
    ("text", "README.md", '<p align="center"><img src="a.png"></p>\n\n# Name\n' + PROSE),
    ("text", "notes.md", MARKDOWN),
    ("text", "", MARKDOWN),
    ("text", "", CODE_LIKE),
    ("text", "a.js", PROSE),
    ("text", "a.css", PROSE),
    ("text", "a.json", PROSE),
    ("text", "", "function of the liver: (1) bile; (2) storage.\n" + PROSE),
    ("text", "", "Let us go.\nImport duties rose; export fell.\n" + PROSE),
    ("text", "", "Привет, мир. ".encode("cp1251") * 20),
    ("text", "", "你好，世界。".encode("gb18030") * 20),
    ("text", "", "すべての人間は。".encode("iso-2022-jp") * 20),
    ("text", "", "Grüße aus dem Süden.\n".encode("utf-16-be")),
    ("text", "", "\ufeffGrüße aus dem Süden.\n".encode("utf-32-le")),
    ("text", "", "\ufeff你好，世界。".encode("utf-32-be") + b"\0"),
    ("text", "", b"page one\x0cpage two\x0c" * 9),
    *(("text", "otto.txt", f"{start}. {PROSE}") for start in (
        "OTTO VON BISMARCK", "ID3 tags", "PAR1 is a gene", "BZh", "BZh9 is a size", "GIF89a is a format", "RIFF is",
        "OggS", "wOFF", "8BPS", "fLaC", "abcdftyp is", "%!PS no", "BM",
    )),
    ("empty", "", b""),
    # the rest, by kind
    ("script", "", MINIFIED),
    ("script", "x", "/*! jQuery v3 | (c) */\n" + MINIFIED),
    ("script", "main.js", "// a comment of some words\nwindow.dataLayer = window.dataLayer || [];\nrun();\n"),
    ("script", "", "#!/bin/sh\nset -e\nfor f in *; do echo \"$f\"; done\n[ -z \"$x\" ] && exit 1\n"),
    ("stylesheet", "", "/**/ body{margin:0;padding:0}\n.a,.b>p{color:red}\na:hover{top:1px}"),
    ("stylesheet", "s.css", "@media print{.x{display:none}}\nbody { color: #111; }\n.y { top: 0 }"),
    ("json", "", '{"a": 1, "b": [1, 2, {"c": "d"}]}'),
    ("json", "", "[1, 2, 3]"),
    ("json", "", '{"a": "' + "long " * 20_000 + '"}'),
    ("jsonl", "", '{"text": "a"}\n{"text": "b"}\n'),
    ("jsonl", "", '{"text": "a"}'),
    ("jsonl", "", '{"markdown": "# A", "url": null}\n\n'),
    ("json", "", '{"a": {"text": "b"}}'),
    ("json", "", '{"text": ["b"]}'),
    ("json", "x.json", '{"text": "a"}'),
    ("jsonl", "", '{"markdown": "' + "long " * 20_000),
    ("jsonl", "x.jsonl", '{"text": "a"}\n'),
    ("jsonl", "x.jsonl", '{"text": "cut of\n{"text": "b"}\n'),
    ("jsonl", "x.jsonl", '# a comment\n{"text": "b"}\n'),
    ("text", "x.txt", '# a comment\n{"text": "b"}\n'),
    ("jsonl", "x.jsonl", '{"html": "<!DOCTYPE html><html><body><p>A page</p></body></html>"}\n'),
    ("jsonl", "", '{"html": "<html><body><p>A page</p></body></html>"}\n' * 2),
    ("jsonl", "x.jsonl", '{"html": "<html><body>' + "<p>A long page</p>" * 9999 + '"}'),
    ("jsonl", "", '{"url": "u", "html": "<html><body>' + "<p>A long page</p>" * 9999 + '"}'),
    ("xml", "", '<?xml version="1.0"?><note><to>x</to></note>'),
    ("xml", "", "<catalog><book>x</book></catalog>"),
    ("feed", "", '<?xml version="1.0"?>\n<rss version="2.0"><channel>'),
    ("feed", "", '<feed xmlns="http://www.w3.org/2005/Atom">'),
    ("feed", "", '<rdf:RDF xmlns="http://purl.org/rss/1.0/">'),
    ("sitemap", "", '<?xml version="1.0"?><urlset xmlns="x"><url>'),
    ("image", "", '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0"/></svg>'),
    ("image", "a.html", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    ("image", "", b"\xff\xd8\xff\xe0\0\x10JFIF"),
    ("image", "", b"RIFF\0\0\0\0WEBPVP8 "),
    ("pdf", "", b"%PDF-1.7\n%\xe2\xe3\n"),
    ("office", "", zip_of("[Content_Types].xml", "word/document.xml")),
    ("office", "", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 20),
    ("zip", "", zip_of("a.html")),
    ("tar", "", tar_of("a.html")),
    ("gzip", "", gzip.compress(b"x")),
    ("bzip2", "", bz2.compress(b"x", 1)),
    ("bzip2", "", bz2.compress(b"")),
    ("parquet", "", b"PAR1\x15\x04\x15\x10\x15\x14"),
    ("font", "", b"OTTO\0\x0a\0\x80\0\x03\0\x20CFF "),
    ("font", "", b"wOF2OTTO\0\0\x20\0"),
    ("image", "", b"GIF89a\x10\x20\x10\x20\xf7\0\0"),
    ("image", "", b"8BPS\0\x01"),
    ("media", "", b"ID3\x04\0\0"),
    ("media", "", b"OggS\0\x02"),
    ("media", "", b"fLaC\0\0\0\x22"),
    ("media", "", b"\0\0\0\x20ftypisom"),
    ("image", "", b"\0\0\0\x20ftypavif"),
    ("media", "", b"RIFF\x24\x08\0\0WAVEfmt "),
    ("postscript", "", b"%!PS-Adobe-3.0 EPSF-3.0\n"),
    ("postscript", "", b"%!PS\n/x 1 def\n"),
    ("binary", "", b"\0" * 1000),
    ("binary", "", b"\xff\xfe\0\0" + bytes(range(256))),
    ("binary", "", b"\0\0\xfe\xff" + bytes(range(256))),
    ("text", "", "A style such as body {color: red; margin: 0} is named here. " + PROSE),
    ("text", "", "default\n{}\n" + PROSE),
    # an article behind what is none
    *(("text", name, head + article) for name in ("", "a.txt") for head in (
        RULES, RULES.replace("\n", " ") + "\n", MINIFIED * 9 + "\n", SCRIPT, '{"@type": "Article", "x": [1, 2]}\n',
        '{"a": [' + "1, " * 9_000 + "1]}\n",
    ) for article in (PROSE, RUSSIAN, CHINESE)),
    *(("stylesheet", name, RULES + f"/* {PROSE} */\n" + RULES) for name in ("", "a.css")),
    ("stylesheet", "a.css", RULES + PROSE),
    *(("script", name, SCRIPT + f"/* {PROSE} */ let x = `{PROSE}`;\nfunction f() {{\n{PROSE}}}\n" + MINIFIED * 9)
      for name in ("", "a.js")),
    ("script", "a.js", MINIFIED * 9 + PROSE),
    ("script", "", "#!/usr/bin/perl\n" + SCRIPT * 4 + PROSE),
    ("json", "a.json", '{"a": [' + "1, " * 9_000 + "1]}\n" + PROSE),
    ("json", "", json.dumps([{"text": PROSE}] * 40)),
    ("csv", "a.csv", "name,town\nAnn,Ellermouth\n" * 9),
    ("csv", "a.csv", "name,page\nAnn,<p>Ellermouth</p>\n" * 9),
    ("tsv", "a.TSV", "name\ttown\nAnn\tEllermouth\n" * 9),
    ("html", "a.csv", "<!DOCTYPE html><title>404</title><h1>Not found</h1>"),
    ("jsonl", "a.csv", '{"text": "a"}\n{"text": "b"}\n'),
    ("text", "", "name,town\nAnn,Ellermouth\n" * 9),
    ("binary", "", b"a{top:0}.b{left:0}" + b"\0" * 5),
    ("binary", "a.txt", bytes(range(256)) * 4),
    ("cdx", "a.cdx", " CDX N b a m s k r\norg,example)/ 20240102030405 https://example.org/ text/html 200\n"),
    ("cdx", "a.txt", 'org,example)/a?b 20240102030405 {"url": "a?b"}\norg,example)/c 20240102030405 {}'),
    ("cdx", "a.idx", '!meta 0 {"format": "cdxj"}\norg,example)/ 20240102030405 {}'),
    ("arc", "a.html", "filedesc://a.arc 0.0.0.0 20080101000000 text/plain 9\n1 0 Alexa\n\n<html><p>A page</p></html>"),
    ("text", "a.txt", "org,example)/a 20240102030405 {} is a line of an index.\nThis is none."),
    ("robots", "robots.txt", "# hi\nUser-agent: *\nDisallow: /x\n"),
    ("warc", "", b"WARC/1.0\r\nWARC-Type: response\r\n"),
    ("warc", "", b"WARC/0.18\nWARC-Type: response\n"),
    ("warc", "", b"WARC/1.1\r\nWARC-Ty"),  # cut off
    ("text", "", b"WARC/1.0 is what a crawler writes: one record a response.\n"),
    ("text", "", b"WARC/1.0\r\nis what a crawler writes: one record a response.\n"),
    ("text", "", b"WARC/1.0: the format\n\nType: a container\n"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "name", "content"), CASES)
def test_kinds(kind: str, name: str, content: bytes | str) -> None:
    data = content.encode() if isinstance(content, str) else content
    assert tell_kind(data, name) == kind


def test_decode_page_refuses_what_is_no_page() -> None:
    with pytest.raises(UnreadablePage) as caught:
        decode_page(Page(b"%PDF-1.7", source="x.html"))
    assert (caught.value.source, caught.value.reason) == ("x.html", "pdf")
    assert decode_page(Page(b"%PDF-1.7", kind="text")).content == "%PDF-1.7"
    assert decode_page(Page("<p>Hi")).kind == "html"
    assert decode_page(Page("")).kind == "text"


@given(st.binary(max_size=400), st.sampled_from(["", "a.html", "a.js", "b.css", "c.jsonl", "d.txt"]))
def test_any_bytes_have_a_kind(data: bytes, name: str) -> None:
    assert tell_kind(data, name)


@pytest.mark.parametrize(
    "piece",
    ["<", "<!--", "<!-- -->", "<?xml ", "<p ", "<p", "</p", "{", "[", '{"', '"\\', "a{b:", "a{", "/*", "/**/",
     "//\n", "&", "a", " ", "\n", "(", "<a:", "import '", "#\n", "<body", "-", "1", "{a:b}", "é"],
)  # fmt: skip
def test_kinds_are_told_in_linear_time(piece: str) -> None:
    head = (piece * (65_536 // len(piece)))[:65_536]
    for name in ("", "a.html", "a.css", "a.js", "a.jsonl"):
        start = time.process_time()
        tell_kind(head.encode(), name)
        tell_kind(("x" + head).encode(), name)
        assert time.process_time() - start < 0.5
