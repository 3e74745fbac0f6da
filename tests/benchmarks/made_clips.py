"""Small clips with truth, and programs that stand in for an engine, for the tests of the benchmarks."""

import json
import shlex
import sys
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from anpr.cli.bench import bench
from benchmarks.accuracy.clips import ClipJob
from benchmarks.accuracy.truth_file import truths_in

FAKE = Path(__file__).parent / "fake_engine.py"
"""A program that writes the JSON lines it finds beside the clip."""
FAKE_COMMAND = f"{shlex.quote(sys.executable)} {shlex.quote(str(FAKE))} {{clip}}"


def plate(frame: int, x: float, legible: bool = True, height: float = 12.0) -> dict[str, Any]:
    return {
        "frame": frame,
        "box": [x, 100.0, x + 80, 120.0],
        "legible": legible,
        "character_px": height,
        "distance_m": 15.0,
    }


def vehicle(vrm: str, frames: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    legible = [f["frame"] for f in frames if f["legible"]]
    span = {"first_s": legible[0] / 10, "last_s": legible[-1] / 10} if legible else {"first_s": None, "last_s": None}
    return {"vrm": vrm, "lane": "oncoming", "closing_mph": 50.0, **span, "frames": frames, **more}


def sighting(
    text: str, frames: list[int], x: float, confidence: float = 0.9, texts: list[str] | None = None
) -> dict[str, Any]:
    reads = [
        {"frame": f, "box": [x + 1, 101, x + 79, 119], "text": t, "confidence": 0.8}
        for f, t in zip(frames, texts or [text] * len(frames), strict=True)
    ]
    times = {"first_s": frames[0] / 10, "last_s": frames[-1] / 10}
    return {"type": "sighting", "text": text, "confidence": confidence, **times, "frames": frames, "reads": reads}


def summary(frames: int = 20) -> dict[str, Any]:
    return {"type": "summary", "frames": frames, "dropped": 0, "ms": {"total": {"p50": 10, "p95": 20, "p99": 30}}}


def write_clip(
    folder: Path, name: str, vehicles: list[dict[str, Any]], said: list[dict[str, Any]], **header: Any
) -> Path:
    """Write a clip (any bytes), its truth, and what the stand-in engine shall say; return the truth's path."""
    (folder / f"{name}.mp4").write_bytes(b"clip")
    (folder / f"{name}.mp4.lines").write_text("\n".join(json.dumps(item) for item in said) + "\n", encoding="utf-8")
    head = {
        "format": "patrol-anpr-truth/1",
        "clip": f"{name}.mp4",
        "fps": 10,
        "frames": 20,
        "light": "day",
        "weather": "dry",
    }
    path = folder / f"{name}.truth.json"
    path.write_text(json.dumps({**head, **header, "vehicles": vehicles}), encoding="utf-8")
    return path


def many_vehicles(folder: Path, right: int, count: int = 30) -> None:
    """One clip with `count` vehicles, the first `right` of them read right, the others wrong."""
    folder.mkdir(exist_ok=True)
    marks = [f"AB{n:02d}CDE" for n in range(count)]
    said = [sighting(m if k < right else m[:-1] + "F", [2, 3], 100.0 * k) for k, m in enumerate(marks)]
    vehicles = [
        vehicle(m, [plate(f, 100.0 * k) for f in range(1, 5)], closing_mph=10.0 * (k % 7)) for k, m in enumerate(marks)
    ]
    write_clip(folder, "day-000", vehicles, [*said, summary()])


def bench_clips(folder: Path, *more: str) -> tuple[int, str]:
    """Run `anpr bench clips` on a folder with the stand-in engine; return its exit code and output."""
    result = CliRunner().invoke(
        bench, ["clips", str(folder), "--program", FAKE_COMMAND, "--out", str(folder / "out"), *more]
    )
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


def clip_jobs(folder: Path, count: int = 3) -> list[ClipJob]:
    """Jobs of clips with one vehicle each; the second is misread."""
    marks = ["AB46CDE", "KX95LMN", "P123RST", "Z1"][:count]
    for number, vrm in enumerate(marks):
        said = [sighting(vrm if number != 1 else "KX95LNN", [2, 3], 10), summary()]
        write_clip(folder, f"day-{number:03d}", [vehicle(vrm, [plate(f, 10) for f in range(1, 5)])], said)
    return [ClipJob(path, FAKE_COMMAND, "1") for path in truths_in(folder)]


def lines(items: list[dict[str, Any]]) -> list[str]:
    """What an engine prints: each item as a JSON line."""
    return [json.dumps(item) for item in items]
