"""How long the engine takes: every frame's stages on one clip, then the clip at its own pace with what it dropped."""

import json
from pathlib import Path
from typing import Any, Final

import numpy as np

from anpr.config.car import PatrolConfig
from anpr.engine.engine import Step
from anpr.patrol.opening import open_replay_engine
from anpr.patrol.replay import replay
from benchmarks.accuracy.programs import OWN_ENGINE, arguments, run_program
from camera.sources import open_source

DEMO_CLIP: Final = Path(__file__).parents[2] / "anpr" / "demo" / "clip.mp4"


def latency_section(clip: Path, realtime: bool = True) -> dict[str, Any]:
    """Return stages of every frame (as fast as it goes), and frames dropped and ages in real time."""
    stages: dict[str, list[float]] = {}

    def note(step: Step) -> None:
        for stage, milliseconds in step.stage_ms.items():
            stages.setdefault(stage, []).append(milliseconds)

    source = open_source(str(clip))
    engine = open_replay_engine(PatrolConfig(), None, live=False)
    replay(source, engine, note)
    frames = len(stages.get("total", []))
    section = {
        "kind": "latency",
        "title": f"Latency on {clip.name}, {frames} frames",
        "stage_ms": {name: _percentiles(values) for name, values in stages.items()},
        "histogram_ms": [round(v, 2) for v in stages.get("total", [])],
        "errors": [],
    }
    if realtime:
        run = run_program(arguments(f"{OWN_ENGINE} --realtime", clip=clip), 900.0)
        summary = json.loads(run.lines[-1])
        section["rows"] = [{
            "at its own pace": clip.name, "frames read": summary["frames"], "frames dropped": summary["dropped"],
            "CPU s per minute of video": round(60 * run.cpu_s / max((source.length or frames) / (source.fps or 30.0), 1e-6), 1),
            **{f"{stage} {p} ms": summary["ms"].get(stage, {}).get(p, "") for stage in ("grab_to_done",) for p in ("p50", "p95", "p99")},
        }]  # fmt: skip
    return section


def _percentiles(values: list[float]) -> dict[str, float]:
    return {f"p{share}": round(float(np.percentile(values, share)), 2) for share in (50, 95, 99)}
