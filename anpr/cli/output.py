"""Steps of the engine as JSON lines on stdout, for replays and patrols alike."""

import sys
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from anpr.engine.engine import MatchedSighting, Step
from anpr.engine.json_lines import alert_json, hit_json, line, sighting_json
from anpr.values import Alert, Hit


def shown_hits(matched: MatchedSighting) -> list[Hit]:
    """Return the hits of a sighting that pass their list's threshold and may be shown."""
    return [h for h in matched.hits if h.probability >= h.hotlist.threshold and not h.hotlist.covert]


def write_line(content: Mapping[str, Any]) -> None:
    """Write one JSON object on one line, at once; whole lines also from several threads."""
    with _WRITING:
        sys.stdout.write(line(content) + "\n")
        sys.stdout.flush()


_WRITING: Final = threading.Lock()


@dataclass(slots=True)
class JsonWriter:
    """Writes finished sightings, their hits, and each new step of an alert; times count from `origin_ns`.

    Without an origin the first frame is it.
    """

    origin_ns: int | None = None
    _told: dict[int, int] = field(default_factory=dict)
    _at_ns: int = 0

    def take(self, step: Step) -> None:
        """Write what a step brought."""
        if step.result is not None:
            self._at_ns = step.result.frame.captured_ns
            if self.origin_ns is None:
                self.origin_ns = self._at_ns
        origin = self.origin_ns or 0
        for matched in step.sightings:
            self.alerts(matched.alerts)
            if matched.sighting.final:
                write_line(sighting_json(matched.sighting, origin))
                for hit in shown_hits(matched):
                    write_line(hit_json(matched.sighting, hit, origin))
        self.alerts(step.faults)

    def alerts(self, alerts: Iterable[Alert]) -> None:
        """Write those alerts that took a new step since they were last written."""
        for alert in alerts:
            if len(alert.steps) != self._told.get(alert.alert_id, 0):
                self._told[alert.alert_id] = len(alert.steps)
                write_line(alert_json(alert, (self._at_ns - (self.origin_ns or 0)) * 1e-9))
