"""`clean report FOLDER`: the report of a finished run, made anew."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from dehusk.errors import BadOptions
from dehusk.pipeline.manifest import read_finished, refuse_damaged
from dehusk.report import write_report


def remake_report(wanted: Namespace) -> int:
    """Write the folder's report.html from what the run left there; returns the exit status.

    Raises:
        BadOptions: there is no finished run in it.
        RunRefused: files that the run wrote are missing or damaged.
    """
    out = Path(wanted.path)
    if not (out / "stats.json").exists():
        raise BadOptions(f"{out} holds no finished run: give a folder that clean -o FOLDER wrote")
    refuse_damaged(out, read_finished(out))
    write_report(out)
    return 0
