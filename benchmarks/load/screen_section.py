"""The crew's screen as a part of the one report: from the grab of a frame to the alert painted in Chromium."""

import json
import subprocess
import sys
from typing import Any, Final

MINUTES: Final = 1.0
QUICK_MINUTES: Final = 0.25
START_S: Final = 120.0
"""Time given to the patrol and Chromium to start and to end, beside the minutes measured."""
FLOORS_MS: Final = {"p50": 120.0, "p99": 250.0}
"""From the grab of a frame to the alert painted, at most."""
_TITLE: Final = "Screen, full view"


def screen_section(quick: bool) -> dict[str, Any]:
    """Return the paint times of the alerts of a patrol on the demo's clip, by `python -m benchmarks.load.crew_screen paint`.

    It runs as a process of its own, so that its threads end with it. Where Chromium or Playwright is missing, the section
    says so and is no error: readers of a report on a tablet need no browser for tests.
    """
    minutes = QUICK_MINUTES if quick else MINUTES
    command = [
        sys.executable,
        "-m",
        "benchmarks.load.crew_screen",
        "paint",
        "--view",
        "full",
        "--minutes",
        str(minutes),
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=minutes * 60 + START_S, check=False)
    except subprocess.TimeoutExpired:
        return _failed(f"did not end within {minutes * 60 + START_S:.0f} s: run {' '.join(command[1:])} to see why")
    last_words = (done.stderr.strip().splitlines() or ["no word"])[-1]
    if "No module named 'playwright'" in last_words or "Chromium is not installed" in last_words:
        return _rows([{"measure": "grab to paint", "value": f"not measured: {last_words}"}])
    if done.returncode not in (0, 1) or not done.stdout.strip():
        return _failed(last_words)
    return section_of(json.loads(done.stdout.strip().splitlines()[-1]))


def section_of(found: dict[str, Any]) -> dict[str, Any]:
    """Return the section of what `crew_screen paint` printed."""
    times, done = found["grab_to_paint_ms"], found["frame_done_ms"]
    rows: list[dict[str, Any]] = [
        {"measure": "alerts", "value": found["alerts"]},
        {"measure": "alerts without a paint time", "value": found["unpainted"], "floor": 0},
    ]
    for name, floor in FLOORS_MS.items():
        value = times.get(name)
        verdict = "floor met" if value is not None and value <= floor else "MISSED"
        rows.append({"measure": f"grab of the frame to the alert painted, {name}", "value": value, "unit": "ms",
                     "floor": floor, "": verdict})  # fmt: skip
    rows += [
        {"measure": f"age of a frame that the engine is done with, {name}", "value": done.get(name), "unit": "ms"}
        for name in ("p50", "p99")
    ]
    return _rows(rows)


def _rows(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"kind": "rows", "title": _TITLE, "rows": rows, "errors": []}


def _failed(why: str) -> dict[str, Any]:
    return {"kind": "failed", "title": _TITLE, "errors": [f"screen: {why}"]}
