"""What a page or article is called, who wrote it, when and where it stands."""

from __future__ import annotations

from dehusk.metadata.html import find_metadata
from dehusk.metadata.notes import find_notes
from dehusk.metadata.text import read_text_metadata

__all__ = ["find_metadata", "find_notes", "read_text_metadata"]
