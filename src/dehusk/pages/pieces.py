"""A text that is too large to be held, in decoded pieces that end where a page seems to.

What follows is read before a piece is cut: the last one goes to the end of the text.
"""

from __future__ import annotations

import codecs
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from dehusk.model import Page
from dehusk.page_headers import (
    HEADING_CHARS,
    HEADING_RULE,
    PARTING_RULES,
    even_breaks,
    find_headers,
    find_regular_rules,
    is_below,
    read_form,
    take_filled,
)
from dehusk.pages.charsets import (
    choose_codec,
    choose_next_codec,
    decode_lines,
    find_bom,
    is_bom_start,
    is_by_lines,
)
from dehusk.pages.detect import HIGH
from dehusk.pages.unpack import Source, read_up_to

_CUT_BYTES = 3
"""As much may be there of a character that is cut off."""
_SENTENCE_CHARS = 60
"""A longer line that ends in a letter goes on over a form feed."""


def read_pieces(data: bytes, source: Source, page: Page, *, most: int) -> Iterator[Page]:
    """Consecutive pages of one text, which begins with `data` and goes on in `source`.

    None has many more than `most` code points. Each has its offset, and the form of the headers that the text's first
    lines show.
    """
    while is_bom_start(data) and (more := read_up_to(source, 1)):  # the least of limits ends within a mark
        data += more
    codec, skip = find_bom(data)
    decoder = _Decoder(page.charset)
    if codec:
        decoder.set_codec(codec)
    data = data[skip:]
    left, form, offset = "", None, 0
    while data:
        left += decoder.decode(data)
        form = read_form(left, goes_on=True) if form is None else form
        cut = _find_cut(left, form)
        data = read_up_to(source, max(1, most - len(left) + cut))
        if data and cut:
            piece = replace(page, content=left[:cut], kind="text", offset=offset, header_form=form)
            ready, left = [piece], left[cut:]
            del piece
            yield ready.pop()  # nothing of it is held here while it is worked
            offset += cut
    left += decoder.decode(b"", is_last=True)
    if left or not offset:  # a text without a character is one, too: the books name every input
        yield replace(page, content=left, kind="text", offset=offset, header_form=form or "")


@dataclass(slots=True)
class _Decoder:
    """Decodes a text bit by bit; its charset is told by the first bit that is more than ASCII, and by each one where
    lines may be in several."""

    charset: str
    decoder: codecs.IncrementalDecoder | None = None
    codec: str = ""
    """Of the last line, where each may have its own."""
    held: bytes = b""
    """Of a character that may be cut off, behind nothing but ASCII."""
    is_in_line: bool = False

    def decode(self, data: bytes, *, is_last: bool = False) -> str:
        if not self.decoder:
            data, self.held = self.held + data, b""
            held_bytes = 0 if is_last else len(data) - len(data.rstrip(HIGH))
            known = data if held_bytes > _CUT_BYTES else data[: len(data) - held_bytes]
            codec = choose_codec(known, charset=self.charset, is_html=False, goes_on=not is_last)
            if codec == "utf-8" and known.isascii():  # not so UTF-16, or what escapes to Japanese
                self.held = data[len(known) :]
                self.is_in_line = known[-1:] not in (b"", b"\n")
                return known.decode()
            self.set_codec(codec)
        assert self.decoder
        return self._decode_lines(data, is_last) if self.codec else self.decoder.decode(data, is_last)

    def set_codec(self, codec: str) -> None:
        self.decoder = codecs.getincrementaldecoder(codec)("replace")
        self.codec = codec if is_by_lines(codec) else ""

    def _decode_lines(self, data: bytes, is_last: bool) -> str:
        """The end of a line that was begun, whole lines, and the beginning of one that goes on."""
        assert self.decoder
        begun = data.find(b"\n") + 1 or len(data) if self.is_in_line else 0
        end = max(begun, data.rfind(b"\n") + 1)
        text = self.decoder.decode(data[:begun], is_last or data[begun - 1 : begun] == b"\n") if begun else ""
        if lines := data[begun:end]:
            codec = choose_next_codec(lines, self.codec, charset=self.charset)
            found, self.codec = decode_lines(lines, codec, charset=self.charset, known=self.codec)
            text += found
        if (rest := data[end:]) or begun < end:
            self.codec = choose_next_codec(rest, self.codec, charset=self.charset, goes_on=not is_last)
            self.decoder = codecs.getincrementaldecoder(self.codec)("replace")
        self.is_in_line = data[-1:] != b"\n" if data else self.is_in_line
        return text + self.decoder.decode(rest, is_last)


def _find_cut(text: str, form: str) -> int:
    """Where the next piece begins, in the last quarter: at the last header, else behind the last rule or form feed that
    parts pages, blank line, line or space; if there is none, at the end."""
    least = len(text) * 3 // 4
    raws = text[least:].splitlines(keepends=True)
    starts = list(accumulate(map(len, raws), initial=least))
    bares = list(map(str.strip, raws))
    headers = _find_header_lines(bares, form)
    rules = {
        bisect_right(starts, at) for at in find_regular_rules(even_breaks(text))
    }  # with the numbers of the lines below

    def is_parted(i: int) -> bool:
        return i in rules or _ends_page(raws[i - 1], bares[i - 2 : i + 1])

    for is_cut in (headers.__contains__, is_parted, lambda i: not bares[i - 1], bool):
        if at := next(filter(is_cut, range(len(raws) - 1, 0, -1)), 0):
            return starts[at]
    return text.rfind(" ", least) + 1 or len(text)


def _find_header_lines(bares: Sequence[str], form: str) -> set[int]:
    at, texts, gaps = take_filled(bares if form else [])
    headers = find_headers(texts, gaps, form)
    if is_below(form):  # the line is of the page above
        return {at[header.first] + 1 for header in headers}
    return {at[header.first] for header in headers}


def _ends_page(raw: str, lines: Sequence[str]) -> bool:
    """Whether the middle one of three lines, `raw` with its break, parts pages: a rule or form feed does if what is
    above seems to be complete."""
    if len(lines) < 3:
        return False
    above, bare, below = lines
    if raw[-1] == "\f":
        above = bare or above
        return not below[:1].islower() and not (len(above) > _SENTENCE_CHARS and above[-1].isalnum())
    if not bare or len(bare) < PARTING_RULES.get(bare[0], len(bare) + 1) or bare.strip(bare[0]):
        return False
    return len(bare) >= HEADING_RULE or len(above) >= HEADING_CHARS or above[-1:] in ("", ".", "!", "?")
