"""The records as the crew's desk uses them: writes are put to the file's owner, reads open the file anew."""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from anpr.alerting.decisions import Choice
from anpr.engine.engine import Step
from anpr.engine.latency import LatencyBook
from anpr.records.alerts import RecordedAlert, past_alerts
from anpr.records.recorder import Recorder
from anpr.records.store import RecordStore
from anpr.values import Alert, HotlistInfo, RecordedSighting


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
            recorder.record(item)
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
class CrewRecords:
    """The records file at `path`; any thread may call it.

    `put` takes what is to be written to whoever owns the file, where `record_item` writes it.
    """

    path: Path
    put: Callable[[object], None]
    latencies: LatencyBook
    clock_utc: Callable[[], datetime]

    def alerts(self, alerts: tuple[Alert, ...]) -> None:
        """Record changed alerts."""
        self.put(AlertsChanged(alerts))

    def decision(self, alert_id: int, camera_id: str, choice: Choice, actor: str) -> None:
        """Record a decision."""
        self.put(
            DecisionMade(
                alert_id, camera_id, choice.decision.value, actor, self.clock_utc(), choice.note, choice.typed_vrm
            )
        )

    def stop(self, alert_id: int, camera_id: str, answers: Mapping[str, str], actor: str) -> None:
        """Record what was done at a stop."""
        self.put(
            DecisionMade(
                alert_id, camera_id, "confirmed", actor, self.clock_utc(), answers=tuple(sorted(answers.items()))
            )
        )

    def sightings_of(self, vrm: str) -> list[RecordedSighting]:
        """Return the latest sightings of a mark."""
        with closing(RecordStore(self.path, "screen")) as store:
            return store.sightings_of(vrm)

    def past_alerts(
        self,
        before: int | None,
        count: int,
        *,
        run_from: int,
        waiting: frozenset[int],
        lists: Mapping[str, HotlistInfo],
        hits_only: bool,
    ) -> list[RecordedAlert]:
        """Return recorded alerts, latest first (`anpr.records.alerts.past_alerts`)."""
        with closing(RecordStore(self.path, "screen")) as store:
            return past_alerts(
                store.connection, before, count, run_from=run_from, waiting=waiting, lists=lists, hits_only=hits_only
            )

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
