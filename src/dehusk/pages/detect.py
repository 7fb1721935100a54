"""The charset of bytes that say nothing about it, from a bounded sample of their non-ASCII parts."""

from __future__ import annotations

import re
from dataclasses import dataclass

SAMPLE_BYTES = 65_536
BLOCK_BYTES = 65_536
_PIECE_RE = re.compile(rb"[<>\r\n]+")
ERROR_SHARE = 0.02
"""Of the bytes above 127 that may be undecodable: pages are cut, joined and mixed."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Pieces of running text that hold a byte above 127, free of tags, bounded in size."""

    pieces: tuple[bytes, ...]

    @property
    def high_bytes(self) -> int:
        return sum(len(piece) - len(piece.translate(None, _HIGH)) for piece in self.pieces)


_HIGH = bytes(range(128, 256))


def sample_bytes(data: bytes) -> Sample:
    """What of `data` tells its charset; the rest is passed over at the speed of `isascii`."""
    pieces: list[bytes] = []
    size = 0
    for start in range(0, len(data), BLOCK_BYTES):
        block = data[start : start + BLOCK_BYTES]
        if block.isascii():
            continue
        for piece in _PIECE_RE.split(block):
            if not piece.isascii():
                pieces.append(piece)
                size += len(piece)
        if size >= SAMPLE_BYTES:
            break
    return Sample(tuple(pieces))


def does_fit(sample: Sample, codec: str) -> bool:
    """Whether the sample decodes with hardly an error."""
    bad = sum(piece.decode(codec, "replace").count("\ufffd") for piece in sample.pieces)
    return bad <= ERROR_SHARE * sample.high_bytes


def detect_codec(sample: Sample) -> str:
    from charset_normalizer import from_bytes

    found = from_bytes(b"\n".join(sample.pieces)).best()
    return found.encoding if found else "cp1252"
