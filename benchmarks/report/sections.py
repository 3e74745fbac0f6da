"""The parts of a report as plain data: what the tables, the JSON, the page and the comparison are made from."""

import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import cv2
import numpy as np
import psutil

from anpr.support.version import this_build
from benchmarks.accuracy.clips import ClipResult
from benchmarks.accuracy.intervals import LIMITS, NOTHING, Estimate, draws, percentile, ratio
from benchmarks.accuracy.measures import BREAKDOWNS, accuracy, broken_down, by_height, reliability
from benchmarks.accuracy.programs import engine_fingerprint

FORMAT: Final = "patrol-anpr-report/1"


def new_report(jobs: int, quick: bool) -> dict[str, Any]:
    """Return a report without sections: when, which engine, which machine."""
    return {
        "format": FORMAT,
        "made_utc": datetime.now(UTC).isoformat(timespec="seconds"),
        "version": this_build().version,
        "engine": engine_fingerprint(),
        "machine": {
            "processor": platform.processor() or platform.machine(),
            "cores": psutil.cpu_count(logical=False),
            "threads": psutil.cpu_count(),
            "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
            "system": platform.platform(terse=True),
            "python": platform.python_version(),
            "opencv": cv2.__version__,
            "load_before": round(psutil.getloadavg()[0], 2),
        },
        "jobs": jobs,
        "quick": quick,
        "sections": {},
    }


def clip_section(title: str, results: Sequence[ClipResult], troubles: Sequence[str] = ()) -> dict[str, Any]:
    """Return what the clips show: accuracy in all and broken down, cost, latency, and what could not be measured."""
    good = [result for result in results if not result.error]
    outcomes = [one for result in good for one in result.outcomes]
    return {
        "kind": "clips",
        "title": title,
        "clips": len(good),
        "vehicles": sum(bool(one.vrm) for one in outcomes),
        "legible_vehicles": sum(bool(one.vrm) and one.legible for one in outcomes),
        "errors": [result.error for result in results if result.error] + list(troubles),
        "accuracy": _plain(accuracy(outcomes)),
        "breakdowns": {
            by: {name: _plain(group) for name, group in broken_down(outcomes, by).items()} for by in BREAKDOWNS
        },
        "by_height": [
            {**row, "read": row["read"].as_json(), "right": row["right"].as_json()} for row in by_height(outcomes)
        ],
        "reliability": reliability(outcomes),
        "first_right_read_s": sorted(round(o.first_right_s, 3) for o in outcomes if o.first_right_s is not None),
        "alert_s": sorted(round(o.alert_s, 3) for o in outcomes if o.alert_s is not None),
        "cost": _plain(_cost(good)),
        "stage_ms": _stages(good),
    }


def clip_rows(results: Sequence[ClipResult]) -> list[dict[str, Any]]:
    """Return a row for each clip: vehicles that a person can read, and what became of them; `seconds` is its length."""
    rows = []
    for result in results:
        mine = [one for one in result.outcomes if one.vrm and one.legible]
        right = sum(any(told.right for told in one.told) for one in mine)
        missed = sum(not one.told for one in mine)
        rows.append({
            "clip": result.clip, "vehicles": len(mine), "read right": right, "misread": len(mine) - right - missed,
            "missed": missed, "sightings of no plate": sum(len(one.told) for one in result.outcomes if not one.vrm),
            "seconds": round(result.video_s, 1), "error": result.error,
        })  # fmt: skip
    return rows


def _plain(estimates: dict[str, Estimate]) -> dict[str, Any]:
    return {name: estimate.as_json() for name, estimate in estimates.items()}


def _cost(results: Sequence[ClipResult]) -> dict[str, Estimate]:
    """Return cost over clips (not vehicles), start-up included."""
    video = np.array([result.video_s for result in results])
    frames = np.array([float(result.summary.get("frames", 0)) for result in results])
    dropped = np.array([float(result.summary.get("dropped", 0)) for result in results])
    memory = np.array([result.memory_bytes / 2**20 for result in results])
    if not len(results):
        return {}
    return {
        "cpu_s_per_video_minute": _unbounded(np.array([r.cpu_s for r in results]), video / 60),
        "wall_s_per_video_s": _unbounded(np.array([r.wall_s for r in results]), video),
        "peak_memory_mb": percentile(memory, 100),
        "frames_dropped": ratio(dropped, np.maximum(frames + dropped, 1)),
    }


def _unbounded(parts: np.ndarray[Any, np.dtype[np.float64]], wholes: np.ndarray[Any, np.dtype[np.float64]]) -> Estimate:
    """Return a ratio that is no share of anything, with the interval over clips."""
    if not wholes.sum():
        return NOTHING
    drawn = draws(len(parts))
    low, high = np.percentile(parts[drawn].sum(axis=1) / np.maximum(wholes[drawn].sum(axis=1), 1e-9), LIMITS)
    return Estimate(float(parts.sum() / wholes.sum()), float(low), float(high), len(parts))


def _stages(results: Sequence[ClipResult]) -> dict[str, dict[str, float]]:
    """Return per stage the median over clips of p50, and the worst clip's p95 and p99, in milliseconds."""
    stages: dict[str, list[dict[str, float]]] = {}
    for result in results:
        for stage, percentiles in result.summary.get("ms", {}).items():
            stages.setdefault(stage, []).append(percentiles)
    return {
        stage: {
            "p50": round(float(np.median([row["p50"] for row in rows])), 2),
            "p95": max(row["p95"] for row in rows),
            "p99": max(row["p99"] for row in rows),
        }
        for stage, rows in stages.items()
    }
