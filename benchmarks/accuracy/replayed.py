"""What a program said of a clip: the JSON lines of `anpr replay`, or of any program that writes the same."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from anpr.errors import InputError
from anpr.values import Box
from anpr.vrm import normalise
from benchmarks.accuracy.truth_file import FrameName


@dataclass(frozen=True, slots=True)
class SeenRead:
    """One read of one frame."""

    frame: FrameName
    box: Box
    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Seen:
    """One sighting as reported."""

    text: str
    confidence: float
    first_s: float
    last_s: float
    reads: tuple[SeenRead, ...]


@dataclass(frozen=True, slots=True)
class AlertAt:
    """The moment of the clip at which an alert for a mark was raised."""

    vrm: str
    second: float


@dataclass(slots=True)
class Replayed:
    """Everything reported of one clip."""

    sightings: list[Seen] = field(default_factory=list)
    alerts: list[AlertAt] = field(default_factory=list)
    summary: dict[str, Any] = field(default_factory=dict)


def parse(lines: Iterable[str]) -> Replayed:
    """Read the lines; raises InputError naming the first line that is not as the contract says.

    Unknown types of lines are passed over, so that programs may say more. A missing summary is an error: the
    program did not finish.
    """
    said = Replayed()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
            kind = item["type"]
            if kind == "sighting":
                said.sightings.append(_sighting(item))
            elif kind == "alert" and item.get("vrm") and item.get("state") == "raised":
                said.alerts.append(AlertAt(normalise(item["vrm"]), float(item["at_s"])))
            elif kind == "summary":
                said.summary = item
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(
                f"line {number} of the replay is not as expected ({error!r}): {line.strip()[:120]}"
            ) from error
    if not said.summary:
        raise InputError("the replay ended without its summary line")
    return said


def _sighting(item: dict[str, Any]) -> Seen:
    reads = tuple(
        SeenRead(r["frame"], _box(r["box"]), normalise(r["text"]), float(r["confidence"])) for r in item["reads"]
    )
    return Seen(
        normalise(item["text"]), float(item["confidence"]), float(item["first_s"]), float(item["last_s"]), reads
    )


def _box(values: list[float]) -> Box:
    x0, y0, x1, y1 = values
    return float(x0), float(y0), float(x1), float(y1)
