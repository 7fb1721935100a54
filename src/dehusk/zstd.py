"""The package that packs and unpacks .zst, an extra."""

from __future__ import annotations

from typing import Any

from dehusk.errors import MissingExtra

ZSTD_BYTES = 1024
"""Fed at a time, they give 32 MB at most: the package takes no limit of its own."""


def load_zstandard() -> Any:
    """The module.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        import zstandard
    except ImportError as error:
        raise MissingExtra("reading and writing .zst needs a package: pip install 'dehusk[zstd]'") from error
    return zstandard
