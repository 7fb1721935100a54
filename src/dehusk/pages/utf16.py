"""UTF-16 without a byte-order mark, told by where its zero bytes stand."""

from __future__ import annotations

PROBE_BYTES = 4096
ZERO_SHARE = 0.02
"""Of one half of the bytes. English has 1.0; Chinese and Russian have zeros in spaces and line ends alone."""


def guess_utf_16(data: bytes) -> str:
    """ "utf-16-le", "utf-16-be", or "" where the bytes do not look like either.

    >>> guess_utf_16("Hello".encode("utf-16-le")), guess_utf_16(b"Hello")
    ('utf-16-le', '')
    """
    if data[:2] == b"\xff\xfe" and data[2:4] != b"\x00\x00":
        return "utf-16-le"
    if data[:2] == b"\xfe\xff":
        return "utf-16-be"
    probe = data[:PROBE_BYTES]
    if len(probe) < 4:
        return ""
    half = len(probe) // 2
    even, odd = probe[0::2].count(0) / half, probe[1::2].count(0) / half
    if odd >= ZERO_SHARE and even <= odd / 3 and _is_text(probe, "utf-16-le"):
        return "utf-16-le"
    if even >= ZERO_SHARE and odd <= even / 3 and _is_text(probe, "utf-16-be"):
        return "utf-16-be"
    return ""


def _is_text(probe: bytes, codec: str) -> bool:
    text = probe[: len(probe) // 2 * 2].decode(codec, "replace")
    odd_chars = sum(not (char.isprintable() or char.isspace()) or char == "\ufffd" for char in text)
    return odd_chars <= 0.01 * len(text) + 1
