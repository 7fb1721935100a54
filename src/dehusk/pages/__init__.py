"""Paths -> pages: the only room that reads input. Listing, unpacking, kinds, character sets."""

from __future__ import annotations

from dehusk.pages.finding import find_file, find_page
from dehusk.pages.listing import Input, list_inputs
from dehusk.pages.reading import (
    decode_keeping_bytes,
    decode_page,
    open_stdin,
    read_found,
    read_input,
    read_pages,
)

__all__ = [
    "Input",
    "decode_keeping_bytes",
    "decode_page",
    "find_file",
    "find_page",
    "list_inputs",
    "open_stdin",
    "read_found",
    "read_input",
    "read_pages",
]
