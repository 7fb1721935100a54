"""The command: argv -> options -> a run -> an exit status."""

from __future__ import annotations

from dehusk.cli.main import main

__all__ = ["main"]
