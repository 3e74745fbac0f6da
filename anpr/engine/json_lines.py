"""The JSON lines that `anpr replay` and `anpr read` write; their fields are a contract (docs/ARCHITECTURE.md, "The JSON contract")."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from anpr.engine.latency import Percentiles
from anpr.values import Alert, Box, Hidden, Hit, Read, Readings, Sighting

ALTERNATIVES = 5
"""Readings that are listed beside a text."""


def line(content: Mapping[str, Any]) -> str:
    """Return one JSON object on one line."""
    return json.dumps(content, ensure_ascii=False, separators=(", ", ": "))


def sighting_json(sighting: Sighting, origin_ns: int = 0) -> dict[str, Any]:
    """Return a finished sighting; times are seconds from the clip's start (`origin_ns`), frames are names or indices."""
    return {
        "type": "sighting",
        "text": sighting.text,
        "confidence": round(sighting.confidence, 4),
        "first_s": _seconds(sighting.first_ns - origin_ns),
        "last_s": _seconds(sighting.last_ns - origin_ns),
        "frames": [_frame(read) for read in sighting.reads],
        "reads": [
            {
                "frame": _frame(read),
                "box": box_json(read.detection.box_px),
                "text": read.text,
                "confidence": round(read.confidence, 4),
                "hidden": hidden_json(read.hidden),
            }
            for read in sighting.reads
        ],
        "alternatives": alternatives_json(sighting.alternatives),
        "hidden": hidden_json(sighting.hidden),
        "motion": sighting.motion.value,
        "camera": sighting.camera_id,
        "track": sighting.track_id,
    }


def hit_json(sighting: Sighting, hit: Hit, origin_ns: int = 0) -> dict[str, Any]:
    """Return a hit of a finished sighting."""
    return {
        "type": "hit",
        "text": sighting.text,
        "vrm": hit.entry.vrm,
        "list": hit.hotlist.name,
        "list_revision": hit.hotlist.revision,
        "own": hit.hotlist.own,
        "probability": round(hit.probability, 4),
        "exact": hit.exact,
        "possible": hit.possible,
        "reading": hit.reading,
        "action": hit.entry.action,
        "track": sighting.track_id,
        "first_s": _seconds(sighting.first_ns - origin_ns),
        "last_s": _seconds(sighting.last_ns - origin_ns),
    }


def alert_json(alert: Alert, second: float) -> dict[str, Any]:
    """Return one change of an alert at a time of the clip."""
    led = alert.hits[0] if alert.hits else None
    return {
        "type": "alert",
        "id": alert.alert_id,
        "kind": alert.kind.value,
        "state": alert.state.value,
        "vrm": led.entry.vrm if led else None,
        "list": led.hotlist.name if led else None,
        "fault": alert.fault.name if alert.fault else None,
        "probability": round(alert.probability, 4),
        "possible": bool(led and led.possible),
        "priority": alert.priority,
        "repeats": alert.repeats,
        "at_s": round(second, 3),
    }


def percentiles_json(stages: Mapping[str, Percentiles]) -> dict[str, dict[str, float]]:
    """Return the latencies of the stages in milliseconds."""
    return {
        name: {"p50": round(p.p50_ms, 2), "p95": round(p.p95_ms, 2), "p99": round(p.p99_ms, 2)}
        for name, p in stages.items()
    }


def picture_json(file: str, plates: Iterable[tuple[Read, Readings]], milliseconds: float) -> dict[str, Any]:
    """Return what was read in one still picture."""
    return {
        "file": file,
        "plates": [
            {
                "text": read.text,
                "confidence": round(read.confidence, 4),
                "box": box_json(read.detection.box_px),
                "alternatives": alternatives_json(readings),
                "hidden": hidden_json(read.hidden),
            }
            for read, readings in plates
        ],
        "ms": round(milliseconds, 2),
    }


def alternatives_json(readings: Readings) -> list[list[Any]]:
    """Return the most probable texts with their probabilities."""
    return [[text, round(p, 4)] for text, p in readings[:ALTERNATIVES]]


def hidden_json(hidden: Iterable[Hidden]) -> list[dict[str, float]]:
    """Return the places of a text where a character may be hidden: how many of its characters stand before, how probable."""
    return [{"position": one.position, "probability": round(one.probability, 4)} for one in hidden]


def box_json(box: Box | Sequence[float]) -> list[float]:
    """Return a box in pixels, to a tenth."""
    return [round(float(v), 1) for v in box]


def _frame(read: Read) -> str | int:
    return int(read.frame_name) if read.frame_name.isdigit() else read.frame_name


def _seconds(ns: int) -> float:
    return round(ns * 1e-9, 3)
