"""The records as the crew's desk uses them: writes are put to the file's owner, reads open the file anew."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TypeVar

from anpr import sqlite
from anpr.alerting.decisions import Choice, Decision
from anpr.engine.engine import Step
from anpr.engine.latency import LatencyBook
from anpr.errors import StoreError
from anpr.records.alerts import RecordedAlert, past_alerts
from anpr.records.drafts import drafts_of, erase_drafts, keep_draft
from anpr.records.full_disk import with_room
from anpr.records.recorder import Recorder
from anpr.records.rows import recorded_sighting
from anpr.records.store import RecordStore
from anpr.screen.port import Enter, not_entered
from anpr.set_aside import identity, is_damage
from anpr.trust.deed import Entry
from anpr.values import Alert, Hit, HotlistInfo, RecordedSighting

T = TypeVar("T")


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


@dataclass(frozen=True, slots=True)
class DraftTyped:
    """What stands in a field of an alert's form and was not sent yet."""

    alert_id: int
    actor: str
    field: str
    text: str
    at_utc: datetime


@dataclass(frozen=True, slots=True, eq=False)
class FoundLookingBack:
    """A recorded sighting that a new entry hits, and the alerts that were raised for it."""

    sighting_id: int
    hit: Hit
    alerts: tuple[Alert, ...]


@dataclass(frozen=True, slots=True, eq=False)
class DamageSeen:
    """The records file, the one that was `seen` (`anpr.set_aside.identity`), turned out to be in pieces."""

    error: StoreError
    seen: tuple[int, int] | None


def typed_back(choice: Choice) -> str:
    """Return the mark that was typed: instead of the read, or from the picture before a hit was confirmed."""
    if choice.typed_vrm or choice.decision is not Decision.CONFIRMED or choice.look is None:
        return choice.typed_vrm
    return choice.look.typed_vrm


def record_found(store: RecordStore, found: FoundLookingBack) -> None:
    """Write what looking back has found: hits, and alerts with the pictures of the recorded sighting."""
    store.record_hits(found.sighting_id, (found.hit,))
    store.seal_sighting(found.sighting_id)
    for alert in found.alerts:
        store.keep_recorded_pictures(found.sighting_id, alert.hits[0].sighting)
        store.record_alert(alert, found.sighting_id)


def record_made(store: RecordStore, made: DecisionMade, enter: Enter = not_entered) -> None:
    """Write a decision and its entry in the audit, in one transaction where `enter` allows that, else the entry first.

    What was half-typed for it is wanted no more, and goes first: again, should the decision fail.
    """
    entry = enter if isinstance(enter, Entry) else None
    if entry is None:
        enter()
    with_room(lambda _: erase_drafts(store.connection, made.alert_id), store.path, store.shed_pictures)
    store.record_decision(
        made.alert_id,
        camera_id=made.camera_id,
        decision=made.decision,
        actor=made.actor,
        at_utc=made.at_utc,
        note=made.note,
        typed_vrm=made.typed_vrm,
        stop_record=dict(made.answers),
        enter=entry.within if entry is not None else lambda _: None,
    )
    if entry is not None:
        entry.recorded()


def record_typed(store: RecordStore, typed: DraftTyped) -> None:
    """Write what stands in a field of an alert's form now."""
    with_room(
        lambda _: keep_draft(
            store.connection, typed.alert_id, actor=typed.actor, field=typed.field, text=typed.text, at_utc=typed.at_utc
        ),
        store.path,
        store.shed_pictures,
    )


def record_item(recorder: Recorder, item: object) -> None:
    """Write whatever was put into the recording thread's queue."""
    match item:
        case Step():
            recorder.record(item)
        case AlertsChanged(alerts):
            recorder.alerts(alerts, None)
        case FoundLookingBack():
            recorder.write(partial(record_found, recorder.store, item))
        case DraftTyped():
            recorder.write(partial(record_typed, recorder.store, item))
        case DamageSeen(error, seen):
            recorder.damage_seen(error, seen)
        case _:
            raise TypeError(f"{type(item).__name__} cannot be recorded")


@dataclass(slots=True)
class CrewRecords:
    """The records file at `path`; any thread may call it.

    `put` takes what is to be written to whoever owns the file, where `record_item` writes it. What a crew decides is written at once.
    """

    path: Path
    put: Callable[[object], None]
    latencies: LatencyBook
    clock_utc: Callable[[], datetime]
    reading: Lock = field(default_factory=Lock)

    def alerts(self, alerts: tuple[Alert, ...]) -> None:
        """Record changed alerts."""
        self.put(AlertsChanged(alerts))

    def decision(self, alert_id: int, camera_id: str, choice: Choice, actor: str, enter: Enter = not_entered) -> None:
        """Record a decision with its entry in the audit (`record_made`). Raises StoreError, and neither is there."""
        made = DecisionMade(
            alert_id, camera_id, choice.decision.value, actor, self.clock_utc(), choice.note, typed_back(choice)
        )
        with self._open() as store:
            record_made(store, made, enter)

    def stop(
        self, alert_id: int, camera_id: str, answers: Mapping[str, str], actor: str, enter: Enter = not_entered
    ) -> None:
        """Record what was done at a stop, as `decision`."""
        told = tuple(sorted(answers.items()))
        made = DecisionMade(alert_id, camera_id, "confirmed", actor, self.clock_utc(), answers=told)
        with self._open() as store:
            record_made(store, made, enter)

    def step(self, step: Step) -> None:
        """Record what was made by hand as what a step of the engine brought."""
        self.put(step)

    def sightings_of(self, vrm: str, most: int) -> tuple[list[RecordedSighting], int]:
        """Return the latest sightings of a mark, or of what fits its `?` and `*`, and how many there are in all."""
        with self._open() as store:
            return store.sightings_of(vrm, most), store.count_of(vrm)

    def draft(self, alert_id: int, actor: str, field: str, text: str) -> None:
        """Keep what stands in a field of an alert's form."""
        self.put(DraftTyped(alert_id, actor, field, text, self.clock_utc()))

    def drafts(self, alert_id: int, actor: str) -> dict[str, str]:
        """Return what one person has typed on an alert and not sent, by field."""
        with self._open() as store:
            return drafts_of(store.connection, alert_id, actor)

    def within(self, write: Callable[[sqlite.Connection], T]) -> T:
        """Return what one transaction gives, on disk by then. Raises StoreError, and nothing is written."""
        with self._open() as store:
            return store.within(write)

    def read(self, read: Callable[[sqlite.Connection], T]) -> T:
        """Return what is read. Raises StoreError."""
        with self._open() as store:
            return read(store.connection)

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
        with self._open() as store:
            return past_alerts(
                store.connection, before, count, run_from=run_from, waiting=waiting, lists=lists, hits_only=hits_only
            )

    def picture(self, pictures_id: str, kind: str) -> bytes | None:
        """Return a recorded picture by the name that goes with its moment, or None."""
        with self._open() as store:
            sighting_id = recorded_sighting(pictures_id)
            return store.moment_picture(pictures_id, kind) if sighting_id is None else store.picture(sighting_id, kind)

    def not_decided(self) -> int:
        """Return how many alerts were closed because nobody had decided."""
        with self._open() as store:
            return store.not_decided()

    def decisions(self) -> list[tuple[str, str]]:
        """Return (camera id, decision) of the decided alerts."""
        with self._open() as store:
            return store.decisions()

    @contextmanager
    def _open(self) -> Iterator[RecordStore]:
        seen = identity(self.path)
        try:
            with self.reading, closing(RecordStore(self.path, "screen")) as store:
                try:
                    yield store
                except sqlite.Error as error:
                    raise StoreError(f"the records file {self.path} cannot be read ({error}): try again") from error
        except StoreError as error:
            if is_damage(error):
                self.put(DamageSeen(error, seen))
            raise

    @contextmanager
    def released(self) -> Iterator[None]:
        """Let go of the file meanwhile, so that another can take its place; whoever wants to read waits."""
        with self.reading:
            yield

    def painted(self, alert_id: int, paint_ms: float) -> None:
        """Take in a measured time from grab to paint."""
        del alert_id
        self.latencies.add("grab_to_paint", paint_ms)
