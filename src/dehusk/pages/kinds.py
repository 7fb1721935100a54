"""What an input is, told from its first bytes; its name is evidence that helps, never the judge.

`tell_kind` gives "html" or "text", a container or compression to open ("gzip", "zip", "jsonl" ...), or
the kind under which it is skipped ("image", "script", "json" ...).
"""

from __future__ import annotations

import json
import re

from dehusk.pages.charsets import find_bom
from dehusk.pages.mhtml import is_mhtml
from dehusk.pages.rows import CONTENT_FIELDS
from dehusk.pages.unpack import MAGIC
from dehusk.pages.utf16 import guess_utf_16

HEAD_BYTES = 65_536
"""Bytes of an input that are looked at to tell its kind."""
PEEK_CHARS = 16_384
"""Characters that the slower tests look at."""

SIGNATURES = (
    (b"%PDF-", "pdf"),
    (b"%!PS-Adobe", "postscript"),
    (b"%!PS\n", "postscript"),
    (b"%!PS\r", "postscript"),
    (b"{\\rtf", "office"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office"),
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"\x00\x00\x01\x00", "image"),
    (b"\x00\x01\x00\x00", "font"),
    (b"\x1aE\xdf\xa3", "media"),
    (b"FLV\x01", "media"),
    (b"\x7fELF", "binary"),
    (b"\x00asm", "binary"),
    (b"\xca\xfe\xba\xbe", "binary"),
    (b"Rar!\x1a\x07", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"SQLite format 3\x00", "binary"),
    (b"bplist00", "binary"),
    (b"filedesc://", "arc"),
)
LETTER_SIGNATURES = (
    (b"GIF87a", "image"),
    (b"GIF89a", "image"),
    (b"8BPS", "image"),
    (b"wOFF", "font"),
    (b"wOF2", "font"),
    (b"OTTO", "font"),
    (b"ID3", "media"),
    (b"OggS", "media"),
    (b"fLaC", "media"),
    (b"PAR1", "parquet"),
)
"""Prose may begin with them, too: they count where one of the next bytes is in no text."""
_NEAR_BYTES = 32
_BZIP2_RE = re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)")
"""The start of a stream and of its first block, or of its end."""
_CRAWL_RE = re.compile(rb"WARC/\d\.\d{1,3}(?:\r?\n(?:[\w-]{1,80}(?::|\Z)|\Z)|\r?\Z)")
"""The first line of a record and the name of its first field, which prose about the format does not have; as much of
them as there is, where the input ends there."""
SUFFIX_HINTS = {
    kind: frozenset(suffixes.split())
    for kind, suffixes in {
        "html": "html htm xhtml xht shtml mhtml asp aspx jsp php",
        "plain": "txt text md markdown rst adoc tex log",
        "script": "js mjs cjs ts jsx tsx py sh bash pl rb php ps1 bat vbs",
        "stylesheet": "css scss sass less",
        "jsonl": "jsonl ndjson jsonlines",
        "tar": "tar tgz tbz tbz2 txz tzst",
    }.items()
}
TABLE_SUFFIXES = frozenset(("csv", "tsv"))
HTML_TAGS = (
    "a abbr address article aside b big blockquote body br button center cite code dd div dl dt em embed"
    " fieldset figure font footer form frameset h1 h2 h3 h4 h5 h6 head header hr html i iframe img input"
    " ins label li link main meta nav noscript ol option p pre s script section select small span strike"
    " strong style sub sup table tbody td textarea th thead title tr tt u ul video"
)
_TAG_RE = re.compile(rf"</?(?:{HTML_TAGS.replace(' ', '|')})(?:\s[^<>]{{0,1000}})?/?>", re.IGNORECASE)
_HTML_START_RE = re.compile(
    rf"<(?:!doctype\s+html|(?:{HTML_TAGS.replace(' ', '|')})(?=[\s/>]))", re.IGNORECASE
)
_WHOLE_PAGE_RE = re.compile(r"<!doctype\s+html|<html[\s>]|<body[\s>]", re.IGNORECASE)
_ROOT_RE = re.compile(r"<(?:[\w.-]{1,50}:)?([a-z][\w.-]{0,50})[\s/>]", re.IGNORECASE)
XML_ROOTS = {
    "html": "html",
    "rss": "feed",
    "feed": "feed",
    "rdf": "feed",
    "urlset": "sitemap",
    "sitemapindex": "sitemap",
    "svg": "image",
}
_JSON_START_RE = re.compile(r'[\[{]\s*(?:["\[{}\]\d-]|true|false|null)')
_ROW_RE = re.compile(rf'"(?:{"|".join(CONTENT_FIELDS)})"\s{{0,9}}:\s{{0,9}}"')
_JSON_TOKEN_RE = re.compile(r'[\s{}\[\],:]+|"(?:[^"\\\n]|\\.)*(?:"|\\?$)|-?\d[\d.eE+-]*|true|false|null|\w+$')
_CSS_BLOCK_RE = re.compile(r"\{([^{}]*)\}")
_CSS_DECLARATION_RE = re.compile(r"\s*[\w-]{1,60}\s*:\s*[^\s:]")
_SCRIPT_START_RE = re.compile(
    r"#!/|<\?php|['\"]use strict['\"]|[!;+(]*function\b|[(!]*\(\s*(?:function|\(\)|async)\b"
    r"|(?:var|let|const)\s+[\w$]+\s*[=;,]|(?:let|const|var)\s*\{|import\s+[\w*{'\"].{0,200}['\"];"
    r"|import\s*['\"{]|export\s+(?:default|const|function|class|\{)|(?:window|document|self|jQuery|\$)[.([]"
    r"|(?:try|if)\s*[({]|async\s+function|define\(|require\("
)
_CDX_LINE = r"[^\s)]{1,300}\)\S{0,2000} \d{14} \S[^\n]*(?:\n|\Z)"
_CDX_RE = re.compile(rf" CDX(?: [A-Za-z]){{3,}}\s*\n|(?:![\w-]+ [^\n]*\n|{_CDX_LINE}){_CDX_LINE}")
"""The index of a crawl, which stands beside it: a header of field letters, or lines of an address turned round and a
time stamp. Source: https://iipc.github.io/warc-specifications/specifications/cdx-format/cdx-2015/"""
_ROBOTS_RE = re.compile(r"(?:#[^\n]{0,200}\n|\s)*user-agent\s*:", re.IGNORECASE)
_CODE_CHARS_RE = re.compile(r"[(){}\[\];=&|<>+*/\\$]")
_PROGRAM_RE = re.compile(r"#!/|<\?php")
"""A script whatever else is in it: its manual, or a page."""
_COMMENT_RE = re.compile(r"/\*.*?(?:\*/|\Z)|(?m:^[ \t]*//[^\n]*)", re.DOTALL)
_BRACES_RE = re.compile(r"\{[^{}]*\}")
_BRACES_DEEP = 20
_QUOTED_RE = re.compile(r"`[^`]*`|\"[^\"\n]*\"")
_SENTENCE_END_RE = re.compile(r"[.!?…][\"'”’»)]?(?:\s|$)|[。！？]")
_WORD_RE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\d_]{2,}")
LEAST_LINE_WORDS, LEAST_PROSE_WORDS = 8, 40
"""Of a line of prose, and of an article behind the rules of a style or script that are not taken for one."""
CODE_SHARE = 0.08
"""Of code marks in what begins like a script. Prose has about .01, code in a manual .05, scripts .12-.25."""
CODE_SHARE_HINTED = 0.03
CONTROL_SHARE = 0.02
ZERO_SHARE = 0.001
_CONTROLS = bytes(c for c in range(32) if c not in b"\t\n\v\f\r\x1b\b") + b"\x7f"


def tell_kind(head: bytes, name: str = "") -> str:
    """What an input is that begins with `head`: see this file's first lines; "empty" without a byte.

    >>> tell_kind(b"\\xef\\xbb\\xbf<!-- saved --><!DOCTYPE html><p>Hi"), tell_kind(b"1 < 2, and b > a")
    ('html', 'text')
    >>> tell_kind(b"\\x89PNG\\r\\n\\x1a\\n\\0\\0"), tell_kind(b'{"a": [1, 2]}')
    ('image', 'json')
    """
    if not head:
        return "empty"
    if kind := _tell_signature(head):
        return kind
    if head[0] == 0 and not head.strip(b"\x00") and _suffix_of(name) in SUFFIX_HINTS["tar"]:
        return "tar"  # without a member: what a tar ends with is all there is
    text = _peek(head)
    if not text[_skip_preamble(text) :].startswith("<"):  # markup may hold a zero byte or two
        kind = _tell_binary(head)
    return kind or tell_text_kind(text, name) or _tell_binary(head) or "text"


def _tell_signature(head: bytes) -> str:
    for kind, magics in MAGIC.items():
        if head.startswith(magics) and (kind != "bzip2" or _BZIP2_RE.match(head)):
            return kind
    has_controls = _count_controls(head[:_NEAR_BYTES]) > 0
    for magic, kind in SIGNATURES + (LETTER_SIGNATURES if has_controls else ()):
        if head.startswith(magic):
            return kind
    if is_crawl(head):
        return "warc"
    if is_mhtml(head):
        return "mhtml"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _tell_zip(head)
    if head[257:262] == b"ustar":
        return "tar"
    if head[:4] == b"RIFF" and has_controls:
        return "image" if head[8:12] == b"WEBP" else "media"
    if head[4:8] == b"ftyp" and has_controls:
        return "image" if head[8:12] in (b"avif", b"heic", b"mif1") else "media"
    if head[:2] == b"BM" and b"\x00" in head[:32]:
        return "image"
    if head[:2] == b"\xff\xfb":
        return "media"
    return "pdf" if b"%PDF-" in head[:1024] and b"\x00" in head else ""


def is_crawl(head: bytes) -> bool:
    """Whether a record of a WARC stands at the start.

    >>> is_crawl(b"WARC/1.1\\r\\nWARC-Type: response"), is_crawl(b"WARC/1.0 is a format")
    (True, False)
    """
    return _CRAWL_RE.match(head) is not None


def _tell_zip(head: bytes) -> str:
    if b"[Content_Types].xml" in head[:4096] or b"mimetypeapplication/vnd" in head[:100]:
        return "office"
    if b"mimetypeapplication/epub" in head[:100]:
        return "ebook"
    return "zip"


def _peek(head: bytes) -> str:
    """The start as characters, good for ASCII marks in every charset, without a BOM."""
    is_narrow = (
        head.lstrip()[:1] == b"<" and b"\x00" not in head[:256]
    )  # markup, and not in UTF-16: no need to guess
    codec = "latin-1" if is_narrow else guess_wide(head) or "latin-1"
    text = head.decode(codec, "replace")
    return text.removeprefix("\ufeff").removeprefix("\xef\xbb\xbf")


def guess_wide(head: bytes) -> str:
    """The codec of text in UTF-16 or, with a byte-order mark, UTF-32; "" for other bytes."""
    codec, _ = find_bom(head)
    if not codec.startswith("utf-32"):
        return guess_utf_16(head)
    return codec if "\ufffd" not in head.decode(codec, "replace").removesuffix("\ufffd") else ""


def tell_text_kind(text: str, name: str = "") -> str:
    """The kind that the start of a text shows, "" when there is none to see."""
    suffix = _suffix_of(name)
    if _CDX_RE.match(text):
        return "cdx"
    if suffix in SUFFIX_HINTS["jsonl"] and any(map(_is_json_object, text[:PEEK_CHARS].split("\n"))):
        return "jsonl"  # whatever its first line is: a broken row costs itself alone
    start = _skip_preamble(text)
    body = text[start : start + PEEK_CHARS]
    if body.startswith("<"):
        kind = _tell_markup(text[:start], body, suffix)
        if kind:
            return kind
    if body[:1] in ("{", "["):
        kind = _tell_json(text.lstrip(), suffix)
        if kind:
            return kind
    if suffix in TABLE_SUFFIXES and not _HTML_START_RE.match(body):
        return suffix
    if _WHOLE_PAGE_RE.search(body) and suffix not in SUFFIX_HINTS["plain"] and _tag_share(body) > 0.02:
        return "html"
    return _tell_code(text, suffix) or _tell_fragment(body, suffix)


def _suffix_of(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def _skip_preamble(text: str) -> int:
    """Where white space, comments and processing instructions end."""
    at = 0
    while True:
        while at < len(text) and text[at] in " \t\r\n\f\0":
            at += 1
        if text.startswith("<!--", at):
            end = text.find("-->", at + 4)
            at = end + 3 if end >= 0 else len(text)
        elif text.startswith("<?xml", at):
            end = text.find(">", at)
            at = end + 1 if end >= 0 else len(text)
        else:
            return at


def _tell_markup(preamble: str, body: str, suffix: str) -> str:
    if suffix in SUFFIX_HINTS["plain"] and not _WHOLE_PAGE_RE.search(body):
        return ""
    root = _ROOT_RE.search(body)
    if re.match(r"<!doctype\s+html", body, re.IGNORECASE):
        return "html"
    if root and root.group(1).lower() in XML_ROOTS:
        return XML_ROOTS[root.group(1).lower()]
    if "<?xml" in preamble or body.startswith("<!DOCTYPE"):
        return "xml"
    if _HTML_START_RE.match(body):
        return "html"
    if root and root.start() == 0:
        return "html" if _TAG_RE.search(body) or suffix in SUFFIX_HINTS["html"] else "xml"
    return ""


def _tag_share(text: str) -> float:
    return sum(len(tag) for tag in _TAG_RE.findall(text)) / max(1, len(text))


def _tell_fragment(body: str, suffix: str) -> str:
    """A fragment may begin with text; prose about HTML holds a tag here and there and remains text."""
    if suffix in SUFFIX_HINTS["plain"]:
        return ""
    least = 0.005 if suffix in SUFFIX_HINTS["html"] else 0.03
    is_fragment = _tag_share(body) >= least and "</" in body and "```" not in body
    return "html" if is_fragment or (suffix in SUFFIX_HINTS["html"] and _TAG_RE.search(body)) else ""


def _tell_json(text: str, suffix: str) -> str:
    if not _JSON_START_RE.match(text):
        return ""
    first, newline, rest = text.partition("\n")
    if first.startswith("{") and (rest.lstrip().startswith("{") or suffix in SUFFIX_HINTS["jsonl"]):
        return "jsonl" if not newline or _is_json_object(first) else ""
    if suffix != "json" and not rest.strip() and _ROW_RE.search(first) and _is_row(first):
        return "jsonl"  # of one row
    if not newline and suffix != "json" and len(text) > PEEK_CHARS and _ROW_RE.search(first):
        return "jsonl"  # a first row so long that no second one is in sight
    sample = text[:PEEK_CHARS]
    covered = _cover_json(sample)
    if covered < 0.95 * len(sample):
        return ""
    return "json" if suffix == "json" or not has_prose(text[_cover_json(text) :]) else ""


def _cover_json(text: str) -> int:
    """Where what may be JSON ends."""
    covered = 0
    for token in _JSON_TOKEN_RE.finditer(text):
        if token.start() != covered:
            break
        covered = token.end()
    return covered


def _is_json_object(line: str) -> bool:
    return isinstance(_parse(line), dict)


def _is_row(line: str) -> bool:
    row = _parse(line)
    return isinstance(row, dict) and any(isinstance(row.get(field), str) for field in CONTENT_FIELDS)


def _parse(line: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _tell_code(text: str, suffix: str) -> str:
    start = _skip_code_comments(text[:PEEK_CHARS])
    body = text[start:PEEK_CHARS]
    if not body:
        return ""
    if _ROBOTS_RE.match(body):
        return "robots"
    is_hinted = suffix in SUFFIX_HINTS["script"]
    least = CODE_SHARE_HINTED if is_hinted else CODE_SHARE
    is_style = suffix in SUFFIX_HINTS["stylesheet"]
    kind = ""
    if (is_hinted or _SCRIPT_START_RE.match(body)) and _code_share(body) >= least:
        kind = "script"
    elif _css_share(body) >= (0.15 if is_style else 0.35):
        kind = "stylesheet"
    is_sure = is_hinted or is_style or not kind or _PROGRAM_RE.match(body)
    return kind if is_sure or not has_prose(text[start:]) else ""


def has_prose(text: str) -> bool:
    """Whether sentences stand between and behind rules and statements: in none of their blocks, comments and strings.

    >>> rules, line = "a { color: red }\\n" * 9, "The mill has ground the grain for long. "
    >>> has_prose(rules + f"/* {line * 9} */"), has_prose(rules + line * 9)
    (False, True)
    """
    if text.isascii() or max(text) > "\xff":
        left = text
    else:  # UTF-8, as far as its ASCII marks go
        left = text.encode("latin-1").decode("utf-8", "ignore")
    left = _QUOTED_RE.sub("", _COMMENT_RE.sub("", left))
    for _ in range(_BRACES_DEEP):
        left, count = _BRACES_RE.subn(" ", left)
        if not count:
            break
    words = 0
    for line in left.split("\n"):
        found = len(_WORD_RE.findall(line))
        if found >= LEAST_LINE_WORDS and _SENTENCE_END_RE.search(line) and _code_share(line) < CODE_SHARE:
            words += found
    return words >= LEAST_PROSE_WORDS


def _skip_code_comments(text: str) -> int:
    at = 0
    while True:
        while at < len(text) and text[at].isspace():
            at += 1
        if text.startswith("/*", at):
            end = text.find("*/", at + 2)
            at = end + 2 if end >= 0 else len(text)
        elif text.startswith("//", at):
            end = text.find("\n", at)
            at = end + 1 if end >= 0 else len(text)
        else:
            return at


def _code_share(text: str) -> float:
    return len(_CODE_CHARS_RE.findall(text)) / len(text)


def _css_share(text: str) -> float:
    """Of the characters that stand in blocks of declarations: .6 to .8 in most stylesheets."""
    blocks = _CSS_BLOCK_RE.findall(text)
    styled = [block for block in blocks if _is_style(block)]
    if not styled or 2 * len(styled) < len(blocks):
        return 0.0
    return sum(len(block) for block in styled) / len(text)


def _is_style(block: str) -> bool:
    parts = [part for part in block.split(";") if part.strip()]
    return bool(parts) and all(_CSS_DECLARATION_RE.match(part) for part in parts)


def _tell_binary(head: bytes) -> str:
    if guess_wide(head):
        return ""
    is_binary = _count_controls(head) > CONTROL_SHARE * len(head) or head.count(0) > ZERO_SHARE * len(head)
    return "binary" if is_binary else ""


def _count_controls(data: bytes) -> int:
    return len(data) - len(data.translate(None, _CONTROLS))
