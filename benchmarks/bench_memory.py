"""Memory of a long run: `clean PAGES.jsonl` with the memory of its processes sampled all the while.

usage: bench_memory.py PAGES.jsonl [-j JOBS] [--out results/memory.json]

PAGES.jsonl is made by make_pages.py. For each sample: seconds, records written so far, resident megabytes of the
parent (which holds the index of near-duplicates) and of its largest worker. The plot stands beside the result.
Interrupted, it stops the run and tells what was measured so far: `is_whole` says which it was.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SECONDS = 2.0


def read_status(pid: int) -> dict[str, int]:
    """Kilobytes by name: RssAnon, RssFile ..."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return {}
    pairs = (line.split(":", 1) for line in lines if line.endswith(" kB"))
    return {name: int(value.split()[0]) for name, value in pairs}


def list_descendants(pid: int) -> list[int]:
    """Its children, and theirs: the workers are a fork server's."""
    return [one for child in list_children(pid) for one in (child, *list_descendants(child))]


def list_children(pid: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(stat.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(stat.parent.name))
        except OSError:
            continue
    return found


def count_lines(path: Path, seen: list[int]) -> int:
    """Lines so far; `seen` holds the bytes and lines that were counted before."""
    if path.exists():
        with path.open("rb") as file:
            file.seek(seen[0])
            while block := file.read(1 << 24):
                seen[0] += len(block)
                seen[1] += block.count(b"\n")
    return seen[1]


def sample(process: subprocess.Popen[bytes], out: Path) -> list[dict[str, float]]:
    started, rows, seen = time.monotonic(), [], [0, 0]
    while not is_over(process, SECONDS):
        parent = read_status(process.pid)
        workers = [read_status(child) for child in list_descendants(process.pid)]
        rows.append(
            {
                "seconds": round(time.monotonic() - started, 1),
                "records": count_lines(out, seen),
                "parent_mb": round(parent.get("VmRSS", 0) / 1000, 1),
                "worker_mb": round(max((one.get("VmRSS", 0) for one in workers), default=0) / 1000, 1),
            }
        )
    return rows


def is_over(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait for its end so long; interrupted, end it."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    except KeyboardInterrupt:
        process.send_signal(signal.SIGINT)
        process.wait()
    return True


def read_summary(process: subprocess.Popen[bytes]) -> dict[str, Any] | None:
    """What the command says at its end; None if it was interrupted."""
    said = (process.stderr.read() if process.stderr else b"").splitlines()
    return json.loads(said[-1]) if process.returncode in (0, 1) else None


def fit_slope(rows: list[dict[str, float]]) -> float:
    """Bytes of the parent a record, over the second half of the run."""
    half = [row for row in rows if row["records"] >= rows[-1]["records"] / 2]
    if len(half) < 3:
        return 0.0
    mean_x = sum(row["records"] for row in half) / len(half)
    mean_y = sum(row["parent_mb"] for row in half) / len(half)
    over = sum((row["records"] - mean_x) * (row["parent_mb"] - mean_y) for row in half)
    under = sum((row["records"] - mean_x) ** 2 for row in half)
    return 1e6 * over / under if under else 0.0


def plot(rows: list[dict[str, float]], path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4))
    records = [row["records"] / 1000 for row in rows]
    axes.plot(records, [row["parent_mb"] for row in rows], label="parent, with the index of near-duplicates")
    axes.plot(records, [row["worker_mb"] for row in rows], label="largest worker")
    axes.set(xlabel="thousand records written", ylabel="resident memory, MB", ylim=(0, None))
    axes.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=100)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("pages", type=Path)
    parser.add_argument("-j", "--jobs", type=int, default=2)
    parser.add_argument("--out", type=Path, default=HERE / "results" / "memory.json")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as held:
        records = Path(held) / "records"
        command = [sys.executable, "-m", "dehusk", str(wanted.pages), "-j", str(wanted.jobs), "--json"]
        with records.open("wb") as file:
            process = subprocess.Popen(command, stdout=file, stderr=subprocess.PIPE)
            rows = sample(process, records)
            summary = read_summary(process)
    result = {
        "question": "how much memory a long run takes, and how much a record",
        "machine": {"processor": platform.processor() or platform.machine(), "cores": wanted.jobs},
        "python": platform.python_version(),
        "versions": {name: version(name) for name in ("selectolax", "numpy")},
        "is_whole": summary is not None,
        "pages": summary["pages"]["all"] if summary else None,
        "kept": summary["articles"]["kept"] if summary else rows[-1]["records"],
        "exit_status": process.returncode,
        "seconds": rows[-1]["seconds"],
        "kept_a_second": round(rows[-1]["records"] / rows[-1]["seconds"], 1),
        "load_at_end": round(os.getloadavg()[0], 1),
        "parent_mb_at_most": max(row["parent_mb"] for row in rows),
        "worker_mb_at_most": max(row["worker_mb"] for row in rows),
        "parent_bytes_a_record": round(fit_slope(rows)),
        "samples": rows[:: max(1, len(rows) // 200)],
    }
    wanted.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    plot(rows, wanted.out.with_suffix(".png"))
    print(json.dumps({name: value for name, value in result.items() if name != "samples"}, indent=1))


if __name__ == "__main__":
    main()
