"""Pages a second, end to end: `clean FOLDER` against two other pipelines, alternating in one run.

usage: bench_clean.py FOLDER [-j JOBS] [--rounds N] [--limit N] [--datatrove PYTHON] [--out results/clean.json]

The baseline is trafilatura in a process pool with datasketch's LSH (baseline_pipeline.py); with --datatrove, the
interpreter of an environment that has it, its own pipeline too (baseline_datatrove.py; the pages are written as the
JSON lines it reads before the clock starts).

FOLDER holds pages (.html or .html.gz). Every run is a new process and pays for its start. Wall time and CPU
time (of all processes) are the median over the rounds; for the ratio, of each round's own.
"""

from __future__ import annotations

import argparse
import ctypes
import gzip
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
PR_SET_CHILD_SUBREAPER = 36


def commands(
    folder: Path, out: Path, jobs: int, *, rows: Path | None, datatrove: str
) -> dict[str, list[str]]:
    clean = [sys.executable, "-m", "dehusk", str(folder), "-j", str(jobs), "-q"]
    baseline = [sys.executable, str(HERE / "baseline_pipeline.py"), str(folder)]
    found = {
        "clean, stream": [*clean, "-o", f"{out}/stream.jsonl"],
        "clean, folder": [*clean, "-o", f"{out}/folder"],
        "baseline": [*baseline, f"{out}/baseline.jsonl", str(jobs)],
    }
    if rows:
        script = str(HERE / "baseline_datatrove.py")
        found["datatrove"] = [datatrove, script, str(rows), f"{out}/datatrove", str(jobs)]
    return found


def write_rows(files: list[Path], folder: Path, jobs: int) -> Path:
    """The pages as JSON lines, in as many files as there are jobs."""
    folder.mkdir()
    for job in range(jobs):
        with (folder / f"{job}.jsonl").open("w", encoding="utf-8") as file:
            for path in files[job::jobs]:
                data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
                file.write(json.dumps({"text": data.decode("utf-8", "replace"), "id": path.name}) + "\n")
    return folder


def run_once(command: list[str]) -> dict[str, float]:
    """Wall and CPU seconds of a command and its children."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    status = subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode
    wait_for_orphans()
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if status not in (0, 1 if "dehusk" in command else 0):  # 1: some pages failed
        raise SystemExit(f"{command} ended with {status}")
    return {"wall": wall, "cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime}


def adopt_orphans() -> None:
    """Processes whose parent is gone become ours: datatrove's workers would be counted nowhere."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)


def wait_for_orphans() -> None:
    with suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)


def measure(
    folder: Path, jobs: int, rounds: int, *, rows: Path | None, datatrove: str
) -> dict[str, list[dict[str, float]]]:
    times: dict[str, list[dict[str, float]]] = {}
    for number in range(rounds):
        with tempfile.TemporaryDirectory() as out:
            for name, command in commands(folder, Path(out), jobs, rows=rows, datatrove=datatrove).items():
                times.setdefault(name, []).append(run_once(command))
                last = times[name][-1]
                print(
                    f"round {number + 1}: {name}: {last['wall']:.2f} s, CPU {last['cpu']:.2f} s", flush=True
                )
    return times


def read_versions(python: str) -> dict[str, str]:
    """Of datatrove, and of the trafilatura that it takes: an older one than the baseline's."""
    names = ("datatrove", "trafilatura")
    code = f"from importlib.metadata import version\nprint(*map(version, {names}))"
    found = subprocess.run([python, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    return dict(zip(("datatrove", "datatrove's trafilatura"), found))


def describe(times: dict[str, list[dict[str, float]]], pages: int) -> dict[str, dict[str, float]]:
    table = {}
    for name, runs in times.items():
        pairs = list(zip(times["baseline"], runs, strict=True))
        table[name] = {
            "wall_seconds": round(median(run["wall"] for run in runs), 3),
            "cpu_seconds": round(median(run["cpu"] for run in runs), 3),
            "pages_a_cpu_second": round(pages / median(run["cpu"] for run in runs), 1),
            "pages_a_second": round(pages / median(run["wall"] for run in runs), 1),
            "times_the_baseline": round(median(base["wall"] / run["wall"] for base, run in pairs), 2),
            "times_the_baseline_cpu": round(median(base["cpu"] / run["cpu"] for base, run in pairs), 2),
        }
    return table


def plot(results: dict[str, dict[str, float]], path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 2.5))
    names = list(results)[::-1]
    bars = axes.barh(names, [results[name]["pages_a_cpu_second"] for name in names])
    axes.bar_label(bars, padding=3)
    axes.set(xlabel="pages a second of CPU time, all processes", xmargin=0.15)
    figure.tight_layout()
    figure.savefig(path, dpi=100)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("-j", "--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--datatrove", default="", metavar="PYTHON", help="an interpreter that has it")
    parser.add_argument("--limit", type=int, default=0, help="take only the first pages")
    parser.add_argument("--out", type=Path, default=HERE / "results" / "clean.json")
    wanted = parser.parse_args()
    adopt_orphans()
    with tempfile.TemporaryDirectory() as held, tempfile.TemporaryDirectory() as rows_held:
        folder, files = wanted.folder, sorted(path for path in wanted.folder.iterdir() if path.is_file())
        if wanted.limit:
            folder, files = Path(held), files[: wanted.limit]
            for path in files:
                shutil.copy(path, folder)
        rows = write_rows(files, Path(rows_held) / "rows", wanted.jobs) if wanted.datatrove else None
        times = measure(folder, wanted.jobs, wanted.rounds, rows=rows, datatrove=wanted.datatrove)
    result = {
        "question": "pages a second from a folder to a corpus without near-duplicates",
        "machine": {"processor": platform.processor() or platform.machine(), "cores": wanted.jobs},
        "python": platform.python_version(),
        "versions": {name: version(name) for name in ("selectolax", "numpy", "trafilatura", "datasketch")}
        | (read_versions(wanted.datatrove) if wanted.datatrove else {}),
        "pages": len(files),
        "bytes": sum(path.stat().st_size for path in files),
        "rounds": wanted.rounds,
        "load_at_end": round(os.getloadavg()[0], 1),
        "results": describe(times, len(files)),
    }
    wanted.out.parent.mkdir(exist_ok=True)
    plot(result["results"], wanted.out.with_suffix(".png"))
    wanted.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result["results"], indent=1))


if __name__ == "__main__":
    main()
