"""argv -> what is wanted. Nothing heavy is loaded here: `clean --help` answers at once."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable
from pathlib import Path

from dehusk.cli.parser import Parser, ShowAll, ShowCompletion
from dehusk.cli.status import STATUS
from dehusk.language_tags import find_tag, tell_unknown
from dehusk.model import Limits, Options

EXAMPLES = """\
  clean pages/ -o corpus/             a folder: records, what was dropped and why, a report
  clean pages/ > corpus.jsonl         a stream of records, one JSON object a line
  clean dump.txt -o corpus.jsonl.gz   a text that holds many articles
  cat page.html | clean               standard input
  clean explain page.html             what was kept and stripped of a page, and why
  clean learn pages/ -o site.templates   what repeats on each site, for --templates
  clean diff corpus/ corpus2/         what changed between two runs
  clean report corpus/                make the report of a finished run anew
"""
COMMON = (
    "-o", "-j", "--precision", "--recall", "--language", "--min-words", "--no-split", "--no-dedup", "--index",
    "--keep-stripped", "--dropped", "--config", "--dry-run", "--progress", "--json", "-q", "-v", "--help-all",
)  # fmt: skip
STEPS = """\
steps, in order; a step that is done is not done again:
  clean stage plan PATH... -o OUT [options]    cut the inputs into shards, print how many
  clean stage clean OUT N...                   clean shards (from 0); any number at a time, anywhere
  clean stage learn OUT                        add up what repeats on sites, when all are cleaned
  clean stage cut OUT N...                     cut it out of shards; any number at a time
  clean stage decide OUT                       find which articles repeat others
  clean stage filter OUT N...                  write what stays of shards; any number at a time
  clean stage finish OUT                       sum up, write the report, and clear the work away

Without N, clean, cut and filter take all shards that are not done. Decide takes learn and cut too, where they
are not done. OUT and the inputs must be on a disk that all machines see under the same path.
"""
STEP_NAMES = ("plan", "clean", "learn", "cut", "decide", "filter", "finish")
INPUTS = 'files, folders, or "-" for standard input'

Add = Callable[..., object]
"""`add_argument` of a parser or of a group in it. A command has only the options that it heeds."""


def clean_parser() -> Parser:
    parser = Parser(
        prog="clean",
        usage="clean [PATH ...] [-o OUT] [options]\n       clean explain|learn|diff|report|stage ...",
        description="Turn scraped pages and text dumps into a clean corpus, and lose nothing silently.",
        examples=EXAMPLES,
        common=COMMON,
        epilog=STATUS,
    )
    parser.add_argument("paths", type=_path, nargs="*", metavar="PATH", help=INPUTS)
    _add_output(parser)
    add_cleaning = _add_cleaning(parser)
    _add_repeats(add_cleaning)
    _add_keep(add_cleaning)
    _add_work(_add_reading(parser))
    _add_seconds(_add_limits(parser))
    add = parser.add_argument
    add("--config", metavar="FILE", help="options; else dehusk.toml or [tool.dehusk] of pyproject.toml here")
    add("--version", action="store_true", help="print the version and end")
    add("--help-all", action=ShowAll, nargs=0, help="show all options and end")
    add(
        "--print-completion",
        action=ShowCompletion,
        choices=["bash", "zsh", "tcsh"],
        help="print what completes options in a shell, and end",
    )
    return parser


def _add_output(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("output")
    add = group.add_argument
    add("-o", dest="out", type=_path, metavar="OUT", help="a folder, FILE.jsonl[.gz|.zst] or FILE.parquet")
    add("--dropped", type=_file, metavar="FILE", help="write what a streaming run did not keep")
    _add_held(add)
    add("--dry-run", action="store_true", help="list the inputs and their kinds, with --json an object each")
    add("--json", action="store_true", help="the summary as one JSON object on standard error")
    add(
        "--progress",
        choices=["auto", "json", "none"],
        default="auto",
        help="a bar on a terminal, a JSON line a second on standard error, or none",
    )
    loudness = group.add_mutually_exclusive_group()
    loudness.add_argument("-q", "--quiet", action="store_true", help="name failures only")
    loudness.add_argument("-v", "--verbose", action="store_true", help="name all that was dropped")


def _add_held(add: Add) -> None:
    """What a run holds on to besides its inputs; a plan writes it down."""
    add("--index", type=_file, metavar="PATH", help="judge against what earlier runs kept, and add to it")
    _add_templates(add)
    add("--keep-stripped", action="store_true", help="write every block that was removed (a folder only)")


def _add_templates(add: Add) -> None:
    add("--templates", type=_file, metavar="FILE", help="what repeats on sites, by clean learn")


def _add_cleaning(parser: argparse.ArgumentParser) -> Add:
    group = parser.add_argument_group("cleaning")
    modes = group.add_mutually_exclusive_group()
    for mode, meaning in (
        ("precision", "rather lose text than keep husk"),
        ("recall", "the reverse"),
    ):
        modes.add_argument(f"--{mode}", dest="mode", action="store_const", const=mode, help=meaning)
    parser.set_defaults(mode="balanced")
    add = group.add_argument
    add(
        "--language",
        type=_languages,
        default=frozenset(),
        metavar="EN,DE",
        help="keep only articles in these languages",
    )
    add("--min-words", type=int, default=10, metavar="N", help="of an article (%(default)s)")
    add("--no-split", dest="split", action="store_false", help="one page, one article")
    return add


def _add_repeats(add: Add) -> None:
    add("--no-dedup", dest="dedup", action="store_false", help="keep near-duplicates")
    add("--no-templates", dest="learns", action="store_false", help="keep what repeats across a site's pages")
    add(
        "--threshold",
        type=float,
        metavar="T",
        help=f"similarity of near-duplicates ({Options().threshold})",
    )
    add("--extractor", choices=["dehusk", "trafilatura"], default="dehusk", help="for HTML (%(default)s)")


def _add_keep(add: Add) -> None:
    add("--keep", choices=["first", "longest"], help="of near-duplicates (stream: first, folder: longest)")


def _add_reading(parser: argparse.ArgumentParser) -> Add:
    add = parser.add_argument_group("reading").add_argument
    add("--limit", type=int, metavar="N", help="read only the first N files, in sorted order")
    glob = "a file, or a folder with all below it: * any characters, / too; ? one; [ab] one of these"
    add("--include", action="append", default=[], metavar="GLOB", help=f"read only what matches: {glob}")
    add("--exclude", action="append", default=[], metavar="GLOB", help="do not read what matches, as above")
    return add


def _add_work(add: Add) -> None:
    _add_jobs(add)
    add("--engine", choices=["local", "ray"], default="local", help="what places the shards of a folder run")
    add("--ray-address", default="", metavar="ADDRESS", help="of a cluster; without it Ray is started here")


def _add_jobs(add: Add) -> None:
    add("-j", dest="jobs", type=int, default=allowed_cores(), metavar="JOBS", help="processes (%(default)s)")


def _add_limits(parser: argparse.ArgumentParser) -> Add:
    add = parser.add_argument_group("limits of one page; what is over one fails by name").add_argument
    usual = Limits()
    cut = "plain text is cut into pieces of 6 MB, or of N if less"
    add("--max-bytes", type=int, metavar="N", help=f"decompressed ({usual.bytes}); {cut}")
    add("--max-ratio", type=float, metavar="N", help=f"decompressed to compressed ({usual.ratio:g})")
    add("--max-unpacked", type=int, metavar="N", help=f"decompressed, of one input ({usual.unpacked})")
    add("--max-depth", type=int, metavar="N", help=f"nesting of elements ({usual.depth})")
    add("--max-tags", type=int, metavar="N", help=f"of one page ({usual.tags})")
    add("--max-attributes", type=int, metavar="N", help=f"of one tag ({usual.attributes})")
    add("--max-formatting", type=int, metavar="N", help=f"open formatting tags ({usual.formatting})")
    return add


def _add_seconds(add: Add) -> None:
    usual = Limits().seconds
    add("--max-seconds", type=float, metavar="N", help=f"of work, also inside a parser ({usual:g})")


def explain_parser() -> Parser:
    """It works in one process, in the order of the pages: it stops no page, and has no choice of which copy stays."""
    parser = Parser(
        prog="clean explain",
        usage="clean explain FILE [options]",
        description="Show a page as its blocks: kept ones plain, stripped ones with their label and reason.",
        epilog=STATUS,
    )
    shown = 'one page or folder, a record\'s source ("rows.jsonl#3"), or "-" for standard input'
    # Several, as a shell gives them for a pattern, are refused with a word on what to do.
    parser.add_argument("paths", type=_path, nargs="+", metavar="FILE", help=shown)
    add = parser.add_argument
    add("--json", action="store_true", help="one JSON object a page, with its articles and blocks")
    _add_templates(add)
    add("--html", metavar="OUT", help="write a page for a browser instead, in one file")
    add("--config", metavar="FILE", help="as for clean")
    _add_repeats(_add_cleaning(parser))
    _add_limits(parser)
    return parser


def learn_parser() -> Parser:
    """It compares no articles, knows one extractor, and works on this machine: it has no options for these."""
    parser = Parser(
        prog="clean learn",
        description="Count what repeats across the pages of each site, for clean --templates FILE.",
        epilog=STATUS,
    )
    parser.add_argument("paths", type=_path, nargs="+", metavar="PATH", help=INPUTS)
    add = parser.add_argument
    add("-o", dest="out", type=_file, metavar="FILE", required=True, help="the file to write")
    add("--progress", choices=["auto", "json", "none"], default="auto", help="as for clean")
    add("--json", action="store_true", help="the summary as one JSON object on standard error")
    add("-q", "--quiet", action="store_true", help="name failures only")
    add("--config", metavar="FILE", help="as for clean")
    _add_cleaning(parser)
    _add_jobs(_add_reading(parser))
    _add_seconds(_add_limits(parser))
    return parser


def plan_parser() -> Parser:
    """What decides what comes out of a run, and nothing of how it goes: the steps after it say that."""
    parser = Parser(
        prog="clean stage plan",
        usage="clean stage plan PATH [PATH ...] -o OUT [options]",
        description="Cut the inputs of a directory run into shards, and print how many.",
    )
    parser.add_argument("paths", type=_path, nargs="+", metavar="PATH", help=INPUTS)
    add = parser.add_argument
    add("-o", dest="out", type=_path, metavar="OUT", required=True, help="the folder of the run")
    _add_held(add)
    add("--config", metavar="FILE", help="as for clean")
    add_cleaning = _add_cleaning(parser)
    _add_repeats(add_cleaning)
    _add_keep(add_cleaning)
    _add_reading(parser)
    _add_seconds(_add_limits(parser))
    return parser


def stage_parser() -> Parser:
    """Of every step but the plan, which has a parser of its own."""
    parser = Parser(prog="clean stage", description="Take one step of a directory run.", epilog=STEPS)
    parser.add_argument("name", choices=STEP_NAMES, metavar="NAME", help=f"one of {', '.join(STEP_NAMES)}")
    parser.add_argument("out", type=_file, metavar="OUT", help="the folder of the run")
    parser.add_argument("numbers", type=int, nargs="*", metavar="N", help="of shards")
    return parser


def diff_parser() -> Parser:
    parser = Parser(
        prog="clean diff",
        description="Compare the records of two runs: what is the same, changed (and in which lines), lost, new.",
        epilog="exit status: 0 no differences, 1 some, 2 trouble",
    )
    parser.add_argument(
        "paths", type=_path, nargs=2, metavar="RUN", help="a folder that clean wrote, or a records file"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a difference, the counts last")
    parser.add_argument("-q", "--quiet", action="store_true", help="name the records only, not their lines")
    return parser


def report_parser() -> Parser:
    parser = Parser(prog="clean report", description="Make the report.html of a finished run anew.")
    parser.add_argument("path", metavar="FOLDER", help="a folder that clean wrote")
    return parser


def allowed_cores() -> int:
    """The cores that this process may run on, which containers and batch systems set."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _path(value: str) -> str:
    if not value:
        raise argparse.ArgumentTypeError("an empty path: is a variable not set?")
    if re.match("https?://", value):
        raise argparse.ArgumentTypeError(
            f"{value} is an address: pages are not fetched, give the file you saved"
        )
    return value


def _file(value: str) -> Path:
    return Path(_path(value))


def _languages(value: str) -> frozenset[str]:
    """The tags that records have: "de-AT" and "ger" are asked for as "de"."""
    tags = [tag.strip() for tag in value.split(",") if tag.strip()]
    if not tags:
        raise argparse.ArgumentTypeError(f"{value!r} names no language: English is en, German de")
    for tag in tags:
        if not find_tag(tag):
            raise argparse.ArgumentTypeError(tell_unknown(tag))
    return frozenset(map(find_tag, tags))
