"""How long an import takes and how much memory, run as users run it: the command, in a program of its own."""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.hotlist_scale.made_up_lists import vrms, write_police_csv


@dataclass(frozen=True, slots=True)
class ImportMeasure:
    """One import: rows, seconds from start to end of the program and on the processor, highest resident memory, totals."""

    rows: int
    file_mb: float
    seconds: float
    cpu_seconds: float
    peak_mb: float
    entries: int
    merged: int
    rejected: int


def measure(folder: Path, rows: int, seed: int = 3) -> ImportMeasure:
    """Make a police CSV of so many rows, import it, and leave the data folder `folder / "data"` as it is."""
    file = write_police_csv(folder / f"{rows}.csv", vrms(rows, seed), seed)
    command = [
        sys.executable, "-m", "anpr", "--data", str(folder / "data"), "hotlist", "import", str(file),
        "--list", "list", "--json",
    ]  # fmt: skip
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        peak, cpu_seconds = _follow(process)
        output = process.stdout.read() if process.stdout is not None else ""
    seconds = time.perf_counter() - started
    if process.returncode != 0:
        raise RuntimeError(f"the import ended with exit code {process.returncode}")
    totals = json.loads(output)
    measured = ImportMeasure(
        rows, file.stat().st_size / 1e6, seconds, cpu_seconds, peak / 1e6,
        totals["entries"], totals["merged"], totals["rejected"],
    )  # fmt: skip
    file.unlink()
    return measured


def _follow(process: subprocess.Popen[str]) -> tuple[int, float]:
    """Return the highest resident memory of the program (private and mapped pages alike) and its processor seconds."""
    watched = psutil.Process(process.pid)
    peak, cpu_seconds = 0, 0.0
    while process.poll() is None:
        try:
            peak = max(peak, watched.memory_info().rss)
            times = watched.cpu_times()
            cpu_seconds = times.user + times.system
        except psutil.NoSuchProcess:
            break
        try:
            process.wait(0.02)
        except subprocess.TimeoutExpired:
            continue
    return peak, cpu_seconds
