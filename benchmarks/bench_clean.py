"""Pages a second, end to end: `clean FOLDER` against the baseline script, alternating in one run.

usage: bench_clean.py FOLDER [-j JOBS] [--rounds N] [--limit N] [--out results/clean.json]

FOLDER holds pages (.html or .html.gz). Every run is a new process and pays for its start. Wall time and CPU
time (of all processes) are the median over the rounds; for the ratio, of each round's own.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent


def commands(folder: Path, out: Path, jobs: int) -> dict[str, list[str]]:
    clean = [sys.executable, "-m", "dehusk", str(folder), "-j", str(jobs), "-q"]
    baseline = [sys.executable, str(HERE / "baseline_pipeline.py"), str(folder)]
    return {
        "clean, stream": [*clean, "-o", f"{out}/stream.jsonl"],
        "clean, folder": [*clean, "-o", f"{out}/folder"],
        "baseline": [*baseline, f"{out}/baseline.jsonl", str(jobs)],
    }


def run_once(command: list[str]) -> dict[str, float]:
    """Wall and CPU seconds of a command and its children."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    status = subprocess.run(command, check=False).returncode
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if status not in (0, 1):
        raise SystemExit(f"{command} ended with {status}")
    return {"wall": wall, "cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime}


def measure(folder: Path, jobs: int, rounds: int) -> dict[str, list[dict[str, float]]]:
    times: dict[str, list[dict[str, float]]] = {}
    for number in range(rounds):
        with tempfile.TemporaryDirectory() as out:
            for name, command in commands(folder, Path(out), jobs).items():
                times.setdefault(name, []).append(run_once(command))
                last = times[name][-1]
                print(
                    f"round {number + 1}: {name}: {last['wall']:.2f} s, CPU {last['cpu']:.2f} s", flush=True
                )
    return times


def describe(times: dict[str, list[dict[str, float]]], pages: int) -> dict[str, dict[str, float]]:
    table = {}
    for name, runs in times.items():
        pairs = list(zip(times["baseline"], runs, strict=True))
        table[name] = {
            "wall_seconds": round(median(run["wall"] for run in runs), 3),
            "cpu_seconds": round(median(run["cpu"] for run in runs), 3),
            "pages_a_second": round(pages / median(run["wall"] for run in runs), 1),
            "times_the_baseline": round(median(base["wall"] / run["wall"] for base, run in pairs), 2),
            "times_the_baseline_cpu": round(median(base["cpu"] / run["cpu"] for base, run in pairs), 2),
        }
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("-j", "--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--limit", type=int, default=0, help="take only the first pages")
    parser.add_argument("--out", type=Path, default=HERE / "results" / "clean.json")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as held:
        folder, files = wanted.folder, sorted(path for path in wanted.folder.iterdir() if path.is_file())
        if wanted.limit:
            folder, files = Path(held), files[: wanted.limit]
            for path in files:
                shutil.copy(path, folder)
        times = measure(folder, wanted.jobs, wanted.rounds)
    result = {
        "question": "pages a second from a folder to a corpus without near-duplicates",
        "machine": {"processor": platform.processor() or platform.machine(), "cores": wanted.jobs},
        "python": platform.python_version(),
        "versions": {name: version(name) for name in ("selectolax", "numpy", "trafilatura", "datasketch")},
        "pages": len(files),
        "bytes": sum(path.stat().st_size for path in files),
        "rounds": wanted.rounds,
        "load_at_end": round(os.getloadavg()[0], 1),
        "results": describe(times, len(files)),
    }
    wanted.out.parent.mkdir(exist_ok=True)
    wanted.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result["results"], indent=1))


if __name__ == "__main__":
    main()
