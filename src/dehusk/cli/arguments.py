"""argv -> what is wanted. Nothing heavy is loaded here: `clean --help` answers at once."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

EXAMPLES = """\
examples:
  clean pages/ > corpus.jsonl         a stream of records, one JSON object a line
  clean pages/ -o corpus/             a folder: shards, what was dropped and why, a report
  clean dump.txt -o corpus.jsonl.gz   a text that holds many articles
  cat page.html | clean               standard input
  clean explain page.html             every block of a page, its label and the reason

exit status: 0 all good; 1 finished, but some inputs failed; 2 usage or I/O error; 130 interrupted;
141 the reader of the output is gone
"""


def clean_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="clean",
        usage="clean [PATH ...] [-o OUT] [options]\n       clean explain FILE",
        description="Turn scraped pages and text dumps into a clean corpus, and lose nothing silently.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("paths", nargs="*", metavar="PATH", help='files, folders, or "-" for standard input')
    _add_output(parser)
    _add_cleaning(parser)
    _add_reading(parser)
    _add_limits(parser)
    parser.add_argument("--version", action="store_true", help="print the version and end")
    return parser


def _add_output(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("output")
    group.add_argument(
        "-o", dest="out", metavar="OUT", help="a folder, or FILE.jsonl[.gz|.zst] or FILE.parquet"
    )
    group.add_argument("--dropped", type=Path, metavar="FILE", help="write what a streaming run did not keep")
    group.add_argument("--keep-stripped", action="store_true", help="folder: every block that was removed")
    group.add_argument("--dry-run", action="store_true", help="list the inputs and their kinds, read no more")
    group.add_argument("--json", action="store_true", help="the summary as one JSON object on standard error")
    loudness = group.add_mutually_exclusive_group()
    loudness.add_argument("-q", "--quiet", action="store_true", help="no summary, no progress")
    loudness.add_argument("-v", "--verbose", action="store_true", help="name every page that was dropped")


def _add_cleaning(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("cleaning")
    modes = group.add_mutually_exclusive_group()
    modes.add_argument("--precision", dest="mode", action="store_const", const="precision", default="balanced",
                       help="rather lose text than keep husk")  # fmt: skip
    modes.add_argument("--recall", dest="mode", action="store_const", const="recall",
                       help="rather keep husk than lose text")  # fmt: skip
    group.add_argument("--language", type=_languages, default=frozenset(), metavar="EN,DE",
                       help="keep only articles in these languages")  # fmt: skip
    group.add_argument("--min-words", type=int, default=10, metavar="N", help="of an article (%(default)s)")
    group.add_argument("--no-split", dest="split", action="store_false", help="one page, one article")
    group.add_argument("--no-dedup", dest="dedup", action="store_false", help="keep near-duplicates")
    group.add_argument("--threshold", type=float, default=0.8, metavar="T",
                       help="Jaccard similarity of word 5-grams that makes a near-duplicate (%(default)s)")  # fmt: skip
    group.add_argument("--keep", choices=["first", "longest"],
                       help="which of two near-duplicates stays (stream: first; folder: longest)")  # fmt: skip
    group.add_argument("--extractor", choices=["dehusk", "trafilatura"], default="dehusk",
                       help="what finds the text of HTML pages (%(default)s)")  # fmt: skip


def _add_reading(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("reading")
    group.add_argument("-j", dest="jobs", type=int, metavar="JOBS", default=allowed_cores(),
                       help="worker processes (%(default)s, the cores allowed)")  # fmt: skip
    group.add_argument("--limit", type=int, default=0, metavar="N", help="read only the first N files")
    group.add_argument("--include", action="append", default=[], metavar="GLOB", help="read only these")
    group.add_argument("--exclude", action="append", default=[], metavar="GLOB", help="do not read these")


def _add_limits(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("limits of one page; what is over one fails by name")
    for name, kind, help_text in (
        ("bytes", int, "decompressed bytes (64000000)"),
        ("ratio", float, "decompressed to compressed bytes (1000)"),
        ("depth", int, "nesting of elements (2000)"),
        ("attributes", int, "attributes of one tag (2000)"),
        ("formatting", int, "open formatting tags (1000)"),
        ("seconds", float, "time, also inside a parser (30)"),
    ):
        group.add_argument(f"--max-{name}", type=kind, metavar="N", help=help_text)


def explain_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="clean explain",
        description="Show a page as its blocks: kept ones plain, stripped ones with their label and reason.",
        allow_abbrev=False,
    )
    parser.add_argument("paths", nargs=1, metavar="FILE", help='a page, or "-" for standard input')
    _add_cleaning(parser)
    _add_limits(parser)
    return parser


def allowed_cores() -> int:
    """The cores that this process may run on, which containers and batch systems set."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _languages(value: str) -> frozenset[str]:
    return frozenset(tag.strip().lower().partition("-")[0] for tag in value.split(",") if tag.strip())
