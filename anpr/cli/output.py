"""What commands write: JSON lines on stdout for programs, consoles for people, and steps of the engine as JSON."""

import json
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from anpr.alerting.disclosure import shown_hits
from anpr.cli.streams import console, print_line, progress_console
from anpr.engine.engine import MatchedSighting, Step
from anpr.engine.json_lines import alert_json, hit_json, line, sighting_json
from anpr.values import Alert, Hit

__all__ = [
    "JsonWriter",
    "age_words",
    "alerting_hits",
    "as_json",
    "console",
    "print_json",
    "progress_console",
    "write_line",
]


def alerting_hits(matched: MatchedSighting) -> list[Hit]:
    """Return the hits of a sighting that the crew is told of and that may be shown."""
    return [hit for hit in shown_hits(matched.hits) if hit.passes]


def write_line(content: Mapping[str, Any]) -> None:
    """Write one JSON object on one line, at once; whole lines also from several threads."""
    with _WRITING:
        sys.stdout.write(line(content) + "\n")
        sys.stdout.flush()


_WRITING: Final = threading.Lock()

_REMEMBERED: Final = 4096
"""Alerts of which it is remembered how much was told: the latest, so that a run of weeks does not grow."""


@dataclass(slots=True)
class JsonWriter:
    """Hands finished sightings, their hits, and each new step of an alert to `put`; times count from `origin_ns`.

    Without an origin the first frame is it.
    """

    origin_ns: int | None = None
    put: Callable[[Mapping[str, Any]], None] = write_line
    _told: dict[int, int] = field(default_factory=dict)
    _at_ns: int = 0

    def write(self, step: Step) -> None:
        """Write what a step brought."""
        if step.result is not None:
            self._at_ns = step.result.frame.captured_ns
            if self.origin_ns is None:
                self.origin_ns = self._at_ns
        origin = self.origin_ns or 0
        for matched in step.sightings:
            self.alerts(matched.alerts)
            if matched.sighting.final:
                self.put(sighting_json(matched.sighting, origin))
                for hit in alerting_hits(matched):
                    self.put(hit_json(matched.sighting, hit, origin))
        self.alerts(step.faults)

    def alerts(self, alerts: Iterable[Alert]) -> None:
        """Write those alerts that took a new step since they were last written."""
        for alert in alerts:
            if len(alert.steps) != self._told.get(alert.alert_id, 0):
                self._told[alert.alert_id] = len(alert.steps)
                if len(self._told) > _REMEMBERED:
                    del self._told[next(iter(self._told))]
                self.put(alert_json(alert, (self._at_ns - (self.origin_ns or 0)) * 1e-9))


def as_json(value: Any) -> Any:
    """Return a value as JSON can hold it: times as ISO text, paths as text, dataclasses as objects."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: as_json(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, dict):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(item) for item in value]
    return value


def print_json(kind: str, **values: Any) -> None:
    """Print one JSON object on a line of its own."""
    print_line(json.dumps({"type": kind, **as_json(values)}, ensure_ascii=False))


def age_words(seconds: float | None) -> str:
    """Return an age in the largest unit that tells enough.

    >>> age_words(7300)
    '2.0 h'
    """
    if seconds is None:
        return "–"
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length or (unit == "min" and seconds >= 60):
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.0f} s"
