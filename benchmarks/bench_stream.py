"""Memory while one large text streams: `clean TEXT -j 2 > OUT`, the memory of all its processes sampled every second.

usage: bench_stream.py DUMPS [--bytes 2000000000] [-j JOBS] [--json results/stream.json]

The text is that of a folder of dumps, again and again: from the second round on most articles are copies, so that the
index of near-duplicates does not grow (a record kept takes 300 to 450 bytes, see bench_memory.py). Memory is the
proportional set size, which counts what processes share once. Interrupted, it stops the run and tells what was
measured so far: `is_whole` says which it was.
"""

from __future__ import annotations

import argparse
import gzip
import json
import platform
import subprocess
import sys
import tempfile
import time
from itertools import cycle
from pathlib import Path

from bench_memory import is_over, list_children

PARTS = 10  # of the run, each with its largest sample


def write_text(path: Path, dumps: Path, size: int) -> None:
    found = sorted(dumps.glob("*/*.txt.gz"))
    with path.open("wb") as file:
        for dump in cycle(found):
            file.write(gzip.decompress(dump.read_bytes()) + b"\n\n")
            if file.tell() >= size:
                break


def read_memory(pid: int) -> float:
    """Megabytes of a process and all below it."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    own = sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024 / 1e6
    return own + sum(map(read_memory, list_children(pid)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("dumps", type=Path)
    parser.add_argument("--bytes", type=int, default=2_000_000_000)
    parser.add_argument("-j", "--jobs", type=int, default=2)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as held:
        text = Path(held) / "text.txt"
        write_text(text, args.dumps, args.bytes)
        command = [
            sys.executable,
            "-m",
            "dehusk",
            str(text),
            "-q",
            "-j",
            str(args.jobs),
            "--max-seconds",
            "600",
        ]
        started, samples = time.monotonic(), [0.0]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        while not is_over(process, 1):
            samples.append(read_memory(process.pid))
        result = {
            "bytes": text.stat().st_size,
            "is_whole": process.returncode == 0,
            "jobs": args.jobs,
            "seconds": round(time.monotonic() - started),
            "mb_at_most": round(max(samples)),
            "mb_by_part": [
                round(max(samples[i * len(samples) // PARTS : (i + 1) * len(samples) // PARTS] or [0]))
                for i in range(PARTS)
            ],
            "python": platform.python_version(),
        }
    print(json.dumps(result, indent=1))
    if args.json:
        args.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
