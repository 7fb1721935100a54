"""`clean explain FILE`: every block of a page, kept ones plain, stripped ones with their label and reason."""

from __future__ import annotations

import sys
from argparse import Namespace

from dehusk.cli.clean import make_options
from dehusk.cli.terminal import say, wants_colour
from dehusk.errors import UnreadablePage
from dehusk.model import Labelled
from dehusk.pipeline import read_pages
from dehusk.pipeline.library import explain_page
from dehusk.report import escape_controls

DIM, PLAIN = "\x1b[2m", "\x1b[0m"


def explain_file(wanted: Namespace) -> int:
    """Print the blocks of each page in a file; returns the exit status."""
    options = make_options(wanted)
    has_colour = wants_colour(sys.stdout)
    try:
        for page in read_pages(wanted.paths, limits=options.limits):
            for labelled in explain_page(page, options):
                print(write_block(labelled, has_colour=has_colour))
    except UnreadablePage as error:
        say(f"failed: {error}")
        return 1
    return 0


def write_block(labelled: Labelled, *, has_colour: bool) -> str:
    """A block as one line.

    >>> from dehusk.model import Block
    >>> block = Block("Home", "item", 1, 0, 4)
    >>> write_block(Labelled(block, "menu", "short links", 0.1), has_colour=False)
    '[menu: short links] Home'
    """
    text = escape_controls(labelled.block.text).replace("\\x0a", "\n").replace("\\x09", "\t")
    if labelled.is_kept:
        return text
    line = f"[{labelled.label}: {escape_controls(labelled.reason)}] {text}"
    return f"{DIM}{line}{PLAIN}" if has_colour else line
