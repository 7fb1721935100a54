"""UTF-16 without a byte-order mark, told by its zero bytes and by which order gives text."""

from __future__ import annotations

PROBE_BYTES = 4096
ANCHORS = "\t\r\n\u3000、。「」，！？"
ALPHABET_ROWS = 8
"""Of 256 code points each, in a text in one alphabet: Greek with quotation marks has 4."""
LETTER_SHARE = 0.4
"""Of the even bytes and of the odd ones, where a page in ASCII holds stray zeros; in UTF-16 one of the two is
the number of an alphabet."""
_LETTERS = b" ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def guess_utf_16(data: bytes) -> str:
    """ "utf-16-le", "utf-16-be", or "" where the bytes do not look like either.

    >>> guess_utf_16("Hello".encode("utf-16-le")), guess_utf_16(b"Hello")
    ('utf-16-le', '')
    """
    if data[:2] == b"\xff\xfe" and data[2:4] != b"\x00\x00":
        return "utf-16-le"
    if data[:2] == b"\xfe\xff":
        return "utf-16-be"
    probe = data[: PROBE_BYTES if len(data) > PROBE_BYTES else len(data) // 2 * 2]
    if len(probe) < 4 or b"\x00" not in probe or _is_ascii(probe):
        return ""
    little, big = probe.decode("utf-16-le", "replace"), probe.decode("utf-16-be", "replace")
    if _is_likelier(little, big):
        return "utf-16-le"
    return "utf-16-be" if _is_likelier(big, little) else ""


def _is_ascii(probe: bytes) -> bool:
    halves = probe[0::2], probe[1::2]
    return all(len(half) - len(half.translate(None, _LETTERS)) > LETTER_SHARE * len(half) for half in halves)


def _is_likelier(text: str, swapped: str) -> bool:
    """An alphabet's high bytes are few; Chinese, whose are many, has marks that no swap makes."""
    anchors = _count_anchors(text)
    if not anchors or not _is_text(text):
        return False
    rows, swapped_rows = (len({ord(char) >> 8 for char in one}) for one in (text, swapped))
    if rows <= ALPHABET_ROWS and 1.5 * rows <= swapped_rows:
        return True
    return anchors >= 3 * _count_anchors(swapped) and anchors >= 0.01 * len(text)


def _is_text(text: str) -> bool:
    odd_chars = sum(not (char.isprintable() or char.isspace()) or char == "\ufffd" for char in text)
    return odd_chars <= 0.01 * len(text) + 1


def _count_anchors(text: str) -> int:
    return sum(" " <= char < "\x7f" or char in ANCHORS for char in text)
