"""What the crew's desk needs of the rest of the car: hotlists, records, and what it asks for the present moment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from anpr.alerting.decisions import Choice
from anpr.screen.port import AlertView, CameraView, DrivingView, HealthMark, ListedView, ListView, NewEntry
from anpr.values import Alert, Image, RecordedSighting


class CrewLists(Protocol):
    """What the desk needs of the hotlists."""

    def views(self, muted: frozenset[str]) -> tuple[ListView, ...]:
        """Return the lists in the car, without covert ones."""

    def look_up(self, vrm: str) -> tuple[ListedView, ...]:
        """Return the entries of a mark."""

    def add(self, entry: NewEntry) -> None:
        """Add an entry by hand; raises UserError when the list does not allow it."""

    def set_enabled(self, list_name: str, enabled: bool) -> None:
        """Switch a list on or off; raises UserError when that is not allowed."""


class CrewRecords(Protocol):
    """What the desk needs of the records; called from any thread."""

    def alerts(self, alerts: tuple[Alert, ...]) -> None:
        """Record changed alerts."""

    def decision(self, alert_id: int, camera_id: str, choice: Choice, actor: str) -> None:
        """Record a decision."""

    def stop(self, alert_id: int, camera_id: str, answers: Mapping[str, str], actor: str) -> None:
        """Record what was done at a stop."""

    def sightings_of(self, vrm: str) -> list[RecordedSighting]:
        """Return the latest sightings of a mark."""

    def past_alerts(
        self, before: int | None, count: int, *, run_from: int, waiting: frozenset[int], lists: Mapping[str, ListView]
    ) -> list[AlertView]:
        """Return recorded alerts, latest first (`anpr.desk.history`)."""

    def picture(self, sighting_id: int, kind: str) -> bytes | None:
        """Return the picture (`plate` or `overview`) of a recorded sighting, or None."""

    def decisions(self) -> list[tuple[str, str]]:
        """Return (camera id, decision) of the decided alerts."""

    def painted(self, alert_id: int, paint_ms: float) -> None:
        """Take in a measured time from grab to paint."""


@dataclass(frozen=True, slots=True)
class DeskSurroundings:
    """What the desk asks others for each time it shows the present moment."""

    health: Callable[[], tuple[HealthMark, ...]]
    driving: Callable[[], DrivingView]
    cameras: tuple[CameraView, ...]
    newest_image: Callable[[str], Image | None]
    engine_silent_s: Callable[[], float]
    clock_utc: Callable[[], datetime]
