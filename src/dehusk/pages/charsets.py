"""Bytes -> characters: byte-order mark, then what HTTP said, then the page's own word, then detection.

UTF-8 comes first of all where the bytes allow it, or most of them do: text in another charset is hardly ever valid
UTF-8, and pages that are UTF-8 but say otherwise are common. A charset that is named but does not fit is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

from dehusk.pages.detect import Sample, detect_codec, does_fit, is_mostly_utf_8, sample_bytes
from dehusk.pages.labels import find_codec
from dehusk.pages.mixed import TOLD_BYTES, find_runs, is_utf_8
from dehusk.pages.utf16 import guess_utf_16

BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
META_BYTES = 16_384
"""How far a page's own word is looked for: browsers take the first 1,024 bytes, real pages are late."""
_META_RE = re.compile(
    rb"<meta\b[^>]{0,500}?\bcharset\s{0,20}=\s{0,20}[\"']?\s{0,20}([\w.:-]{1,40})", re.IGNORECASE
)
_XML_RE = re.compile(rb"\s{0,20}<\?xml\b[^>]{0,200}?\bencoding\s{0,9}=\s{0,9}[\"']([\w.:-]{1,40})[\"']")


def decode_other(data: bytes, *, charset: str, is_html: bool) -> str:
    """The text of what `decode_utf8` does not take; bytes that mean nothing become U+FFFD.

    `charset` is what an HTTP header said; only the labels of the WHATWG encoding standard count.

    >>> decode_other("Привет, мир".encode("cp1251"), charset="windows-1251", is_html=False)
    'Привет, мир'
    """
    codec, skip = find_bom(data)
    if codec == "utf-8" and not is_html:  # a file that begins so may go on with another one
        return decode_lines(data[skip:], codec, charset=charset, known=codec)[0]
    if codec:
        return data[skip:].decode(codec, "replace")
    codec = choose_codec(data, charset=charset, is_html=is_html)
    return data.decode(codec, "replace") if is_html else decode_lines(data, codec, charset=charset)[0]


def decode_utf8(data: bytes) -> str | None:
    """The text of `data` where that is UTF-8 without a byte-order mark: encoded again it is `data`. Else None."""
    is_wide = b"\x00" in data[:4096] and guess_utf_16(data)
    if find_bom(data)[0] or is_wide or _is_iso_2022_jp(data):
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def choose_codec(data: bytes, *, charset: str = "", is_html: bool = True, goes_on: bool = False) -> str:
    """The Python codec for bytes that need not be valid in it.

    Where `data` `goes_on`, its last character may be cut off.
    """
    codec, _ = find_bom(data)
    codec = codec or guess_utf_16(data)
    if codec:
        return codec
    if _is_iso_2022_jp(data):
        return "iso2022_jp"
    sample = sample_bytes(data, goes_on=goes_on)
    if not sample.pieces or does_fit(sample, "utf-8") or is_mostly_utf_8(sample):
        return "utf-8"
    return _choose_other(sample, labels=(charset, find_declared(data) if is_html else ""))


def _choose_other(sample: Sample, *, labels: Sequence[str]) -> str:
    """The codec of a sample that is no UTF-8: the first that is named and fits, else the likeliest."""
    for label in labels:
        codec = find_codec(label)
        if codec.startswith("utf"):  # it was not UTF-8; a page that says UTF-16 in ASCII means UTF-8
            continue
        if codec and does_fit(sample, codec):
            return codec
    return detect_codec(sample)


def decode_lines(data: bytes, codec: str, *, charset: str = "", known: str = "") -> tuple[str, str]:
    """The lines of a text in `codec`, or, if some are UTF-8 and others are not, each in its own; and the last codec.

    `charset` is what an HTTP header said, `known` the codec of what stands above.

    >>> decode_lines("Déjà vu à l'été, né à Orléans, zélé.\\n".encode() + "Où, élève?".encode("cp1252"), "utf-8")
    ("Déjà vu à l'été, né à Orléans, zélé.\\nOù, élève?", 'cp1252')
    """
    if not is_by_lines(codec):
        return data.decode(codec, "replace"), codec
    if codec == "utf-8" or data.isascii():
        try:
            return data.decode(), codec
        except UnicodeDecodeError:
            pass  # some lines are not
    choose = partial(_choose_other, labels=(charset,))
    runs = find_runs(data, codec, choose, is_below_utf_8=known == "utf-8")
    return "\n".join(run.data.decode(run.codec, "replace") for run in runs), runs[-1].codec


def choose_next_codec(data: bytes, known: str, *, charset: str = "", goes_on: bool = False) -> str:
    """The codec for more lines of a text, of which those above are in `known`."""
    if data.isascii():
        return known
    try:
        data.decode()
    except UnicodeDecodeError as error:
        if goes_on and error.reason == "unexpected end of data" and is_utf_8(data[: error.start], known):
            return "utf-8"
    else:
        return "utf-8" if is_utf_8(data, known) else known
    sample = sample_bytes(data, goes_on=goes_on)
    if known != "utf-8" and sample.high_bytes < TOLD_BYTES and does_fit(sample, known):
        return known
    codec = choose_codec(data, charset=charset, is_html=False, goes_on=goes_on)
    return codec if is_by_lines(codec) else known


def is_by_lines(codec: str) -> bool:
    """Whether lines of a text in this codec may be read each alone: a byte that ends a line is one in all of these."""
    return codec != "iso2022_jp" and not codec.startswith(("utf-16", "utf-32"))


def find_bom(data: bytes) -> tuple[str, int]:
    """The codec that a byte-order mark names, and the mark's length; ("", 0) without one."""
    for mark, codec in BOMS:
        if data.startswith(mark):
            return codec, len(mark)
    return "", 0


def is_bom_start(data: bytes) -> bool:
    """Whether `data` is nothing but a byte-order mark, or the start of one."""
    return any(mark.startswith(data) for mark, _ in BOMS)


def find_declared(data: bytes) -> str:
    """The charset that a page names in a meta element or an XML declaration, as written there."""
    head = data[:META_BYTES]
    found = _XML_RE.match(head) or _META_RE.search(_without_comments(head))
    return found.group(1).decode("ascii", "replace") if found else ""


def _without_comments(head: bytes) -> bytes:
    """By hand: a pattern for comments is quadratic where none of them is closed."""
    kept, at = [], 0
    while (start := head.find(b"<!--", at)) >= 0:
        end = head.find(b"-->", start + 4)
        if end < 0:
            break
        kept.append(head[at:start])
        at = end + 3
    return b"".join(kept) + head[at:]


def _is_iso_2022_jp(data: bytes) -> bool:
    """It is pure ASCII with escapes, hence valid UTF-8 too."""
    if b"\x1b" not in data:  # a search for one byte is ten times as fast as one for two
        return False
    at = data.find(b"\x1b$")
    return at >= 0 and data[at + 2 : at + 3] in (b"B", b"@") and data.isascii()
