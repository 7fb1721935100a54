"""Make both files of text weights from the data, with all that is between: train_text.py GOLD DUMPS WORK

GOLD is a folder laid out as WCXB is, DUMPS a folder of text dumps with a label for each line. Into WORK, a new folder,
go the flattened pages and the weights of each step; those that ship are copied into the package, or to OUT. No page or
domain of DUMPS' val is used, so that its figures stay honest. The same as the three commands it runs: see README.md.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
PACKAGE = HERE.parents[1] / "src" / "dehusk"


def run(script: str, *args: str | Path | float) -> None:
    command = [sys.executable, str(HERE / script), *map(str, args)]
    print(*command, flush=True)
    subprocess.run(command, check=True, env=os.environ | {"OMP_NUM_THREADS": "1"})


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", type=Path)
    parser.add_argument("dumps", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--out", type=Path, default=PACKAGE, help="there label/ and segment/")
    parser.add_argument("--jobs", type=int, default=1)
    args = parser.parse_args()
    args.work.mkdir()
    pages, lines, borders = (args.work / name for name in ("pages", "lines.npz", "borders.npz"))
    jobs = ("--jobs", args.jobs)
    run("make_text_pages.py", args.gold, pages, "--without", args.dumps / "val.jsonl.gz", *jobs)
    run("train_text_lines.py", args.dumps, pages, lines, "--held-out", *jobs)
    news = ("--news", args.gold, "--held-out")
    run("train_text_borders.py", args.dumps, lines, borders, *news)
    for made, room in ((lines, "label"), (borders, "segment")):
        (args.out / room).mkdir(parents=True, exist_ok=True)
        shutil.copy(made, args.out / room / "text_weights.npz")


if __name__ == "__main__":
    main()
