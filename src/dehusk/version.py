"""Which version this is."""

from __future__ import annotations


def read_version() -> str:
    """The version that is installed; "unknown" in a source tree that is not."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("dehusk")
    except PackageNotFoundError:
        return "unknown"
