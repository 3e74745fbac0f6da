"""The records as the crew's desk uses them: writes go to the recording thread, reads open the file anew."""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from anpr.alerting.decisions import Choice
from anpr.desk.history import past_alerts
from anpr.engine.engine import Step
from anpr.engine.latency import LatencyBook
from anpr.records.recorder import Recorder
from anpr.records.store import RecordStore
from anpr.screen.port import AlertView, ListView
from anpr.threads import QueueThread
from anpr.values import Alert, RecordedSighting


@dataclass(frozen=True, slots=True, eq=False)
class AlertsChanged:
    """Alerts that changed outside a step of the engine."""

    alerts: tuple[Alert, ...]


@dataclass(frozen=True, slots=True)
class DecisionMade:
    """A decision, or the record of a stop (`answers`), of the crew."""

    alert_id: int
    camera_id: str
    decision: str
    actor: str
    at_utc: datetime
    note: str = ""
    typed_vrm: str = ""
    answers: tuple[tuple[str, str], ...] = ()


def record_item(recorder: Recorder, item: object) -> None:
    """Write whatever was put into the recording thread's queue."""
    match item:
        case Step():
            recorder.take(item)
        case AlertsChanged(alerts):
            recorder.alerts(alerts, None)
        case DecisionMade():
            recorder.store.record_decision(
                item.alert_id,
                camera_id=item.camera_id,
                decision=item.decision,
                actor=item.actor,
                at_utc=item.at_utc,
                note=item.note,
                typed_vrm=item.typed_vrm,
                stop_record=dict(item.answers),
            )
        case _:
            raise TypeError(f"{type(item).__name__} cannot be recorded")


@dataclass(slots=True)
class ThreadedCrewRecords:
    """Implements `anpr.desk.desk.CrewRecords`."""

    path: Path
    thread: QueueThread
    latencies: LatencyBook
    clock_utc: Callable[[], datetime]

    def alerts(self, alerts: tuple[Alert, ...]) -> None:
        """Record changed alerts."""
        self.thread.put(AlertsChanged(alerts))

    def decision(self, alert_id: int, camera_id: str, choice: Choice, actor: str) -> None:
        """Record a decision."""
        self.thread.put(
            DecisionMade(
                alert_id, camera_id, choice.decision.value, actor, self.clock_utc(), choice.note, choice.typed_vrm
            )
        )

    def stop(self, alert_id: int, camera_id: str, answers: Mapping[str, str], actor: str) -> None:
        """Record what was done at a stop."""
        self.thread.put(
            DecisionMade(
                alert_id, camera_id, "confirmed", actor, self.clock_utc(), answers=tuple(sorted(answers.items()))
            )
        )

    def sightings_of(self, vrm: str) -> list[RecordedSighting]:
        """Return the latest sightings of a mark."""
        with closing(RecordStore(self.path, "screen")) as store:
            return store.sightings_of(vrm)

    def past_alerts(
        self, before: int | None, count: int, *, run_from: int, waiting: frozenset[int], lists: Mapping[str, ListView]
    ) -> list[AlertView]:
        """Return recorded alerts, latest first."""
        with closing(RecordStore(self.path, "screen")) as store:
            return past_alerts(store.connection, before, count, run_from=run_from, waiting=waiting, lists=lists)

    def picture(self, sighting_id: int, kind: str) -> bytes | None:
        """Return the picture of a recorded sighting, or None."""
        with closing(RecordStore(self.path, "screen")) as store:
            return store.picture(sighting_id, kind)

    def decisions(self) -> list[tuple[str, str]]:
        """Return (camera id, decision) of the decided alerts."""
        with closing(RecordStore(self.path, "screen")) as store:
            return store.decisions()

    def painted(self, alert_id: int, paint_ms: float) -> None:
        """Take in a measured time from grab to paint."""
        del alert_id
        self.latencies.add("grab_to_paint", paint_ms)
