"""Memory while one large text streams: `clean TEXT -j 2 > OUT`, the memory of all its processes sampled every second.

usage: bench_stream.py DUMPS [--bytes 2000000000] [-j JOBS] [--folder] [--json results/stream.json]

With --folder `clean TEXT -j 2 -o FOLDER`, which writes a report and a sample besides.

The text is that of a folder of dumps, again and again; from the second round on every fifth word is another one of its
dump (seeded), so that few articles are copies and the index of near-duplicates grows as with a crawl. Memory is the
proportional set size, which counts what processes share once; `mb_by_process` is of the sample in which all of them
together held most. Interrupted, it stops the run and tells what was measured so far: `is_whole` says which it was.
"""

from __future__ import annotations

import argparse
import gzip
import json
import platform
import random
import subprocess
import sys
import tempfile
import time
from itertools import cycle
from pathlib import Path

from bench_memory import is_over, list_children

PARTS = 10  # of the run, each with its largest sample


def write_text(path: Path, dumps: Path, size: int) -> None:
    found = sorted(dumps.glob("*/*.txt.gz") if (dumps / "train").is_dir() else dumps.glob("*.txt.gz"))
    rng = random.Random(1)
    with path.open("wb") as file:
        for at, dump in enumerate(cycle(found)):
            text = gzip.decompress(dump.read_bytes())
            file.write((vary(text, rng) if at >= len(found) else text) + b"\n\n")
            if file.tell() >= size:
                break


def vary(text: bytes, rng: random.Random) -> bytes:
    """The text with every fifth word replaced by another one of it; what ends or begins a line stays."""
    words = text.split(b" ")
    places = [at for at in range(rng.randrange(5), len(words), 5) if b"\n" not in words[at]]
    chosen = [words[at] for at in places]
    rng.shuffle(chosen)
    for at, word in zip(places, chosen):
        words[at] = word
    return b" ".join(words)


def read_memory(pid: int) -> list[float]:
    """Megabytes of a process and of each below it."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return []
    own = sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024 / 1e6
    return [round(own, 1), *(one for child in list_children(pid) for one in read_memory(child))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("dumps", type=Path)
    parser.add_argument("--bytes", type=int, default=2_000_000_000)
    parser.add_argument("-j", "--jobs", type=int, default=2)
    parser.add_argument("--folder", action="store_true")
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
            *(["-o", str(Path(held) / "out")] if args.folder else []),
        ]
        started, samples, most = time.monotonic(), [0.0], [0.0]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        while not is_over(process, 1):
            held_by = read_memory(process.pid)
            samples.append(sum(held_by))
            most = max(most, held_by, key=sum)
        result = {
            "bytes": text.stat().st_size,
            "is_whole": process.returncode == 0,
            "jobs": args.jobs,
            "folder": args.folder,
            "seconds": round(time.monotonic() - started),
            "mb_at_most": round(max(samples)),
            "mb_by_process": most,
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
