"""The alert board: what the crew is told of hits and faults, from the first confident frame on.

`anpr.alerting.following` decides which alert a version of a track belongs to, `anpr.alerting.lifecycle` says what that does
to the alert. Nothing leaves the queue by itself, but for what nobody has decided while its pictures were kept.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import InitVar, dataclass, field, replace
from datetime import datetime
from functools import update_wrapper
from threading import RLock
from typing import Concatenate, Final, ParamSpec, TypeVar

from anpr.alerting import lifecycle
from anpr.alerting.disclosure import may_show, shown_hits
from anpr.alerting.encounter import mark_of
from anpr.alerting.following import Following
from anpr.alerting.lifecycle import FINISHED, AlertSettings
from anpr.alerting.met import MetBefore
from anpr.alerting.queue import AlertQueue
from anpr.errors import InputError
from anpr.values import Alert, AlertKind, AlertState, Fault, Hit, SeenBefore, Sighting

_log: Final = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")


def _guarded(method: "Callable[Concatenate[AlertBoard, P], R]") -> "Callable[Concatenate[AlertBoard, P], R]":
    """Let one thread at a time into the board."""

    def guarded(self: "AlertBoard", /, *args: P.args, **kwargs: P.kwargs) -> R:
        with self._lock:
            return method(self, *args, **kwargs)

    update_wrapper(guarded, method)
    return guarded


@dataclass(slots=True)
class AlertBoard:
    """All alerts of one car; safe from several threads (the engine raises, the screen acknowledges and decides).

    `met` says by mark how often vehicles were met in earlier runs, leaving out the alerts that are restored.
    Changed alerts are returned by each method, for the records and the screen. Nothing that the crew may not be told
    of comes onto it (`disclosure`), whoever asks.
    """

    settings: InitVar[AlertSettings | None] = None
    first_id: int = 1
    met: InitVar[Mapping[str, SeenBefore] | None] = None
    _queue: AlertQueue = field(default_factory=AlertQueue)
    _following: Following = field(init=False)
    _next_id: int = 0
    _lock: RLock = field(default_factory=RLock)

    def __post_init__(self, settings: AlertSettings | None, met: Mapping[str, SeenBefore] | None) -> None:
        self._next_id = self.first_id
        known = MetBefore.of(met or {})
        self._following = Following(self._queue, settings or AlertSettings(), known, self._take_id)

    @_guarded
    def consider(
        self, sighting: Sighting, hits: Sequence[Hit], *, now_utc: datetime, frame_age_ms: float
    ) -> tuple[Alert, ...]:
        """Raise, change or withdraw the alerts of this track, given what it matches now.

        Hits that the crew may not be told of are passed over. Alerts keep of the pictures their name alone.
        """
        return self._following.consider(sighting, shown_hits(hits), now_utc=now_utc, frame_age_ms=frame_age_ms)

    @_guarded
    def join_tracks(self, gone: int, kept: int) -> None:
        """Take two tracks for one vehicle: `kept` speaks for both from its next version on."""
        self._following.join(gone, kept)

    @_guarded
    def restore(self, alert: Alert) -> None:
        """Take in an undecided alert of an earlier run, which nothing follows any more."""
        self._queue.put(alert)

    @_guarded
    def begin_shift(self, stays: Callable[[Alert], bool]) -> None:
        """Start afresh, as when the program starts: what comes from now on was not met before.

        All tracks must have ended. Standing faults stay, and of the other alerts those for which `stays` returns True, as
        alerts of an earlier run, which nothing follows any more; the rest leaves the board. The records keep all.
        """
        self.first_id = self._next_id
        self._following.begin_shift(self._next_id)
        for alert in (*self._queue.queue(), *self._queue.finished()):
            stands = alert.kind is AlertKind.FAULT and alert.state not in FINISHED
            if not stands and not stays(alert):
                self._queue.drop(alert.alert_id)

    @_guarded
    def look_back(self, hit: Hit, now_utc: datetime) -> tuple[Alert, ...]:
        """Raise an alert for a sighting recorded before its entry was on a list; marked as past.

        A hit that the crew may not be told of raises none, nor does one that an alert of that very sighting shows already.
        """
        if not may_show(hit.hotlist) or self._following.shows(hit):
            return ()
        return (self._put(lifecycle.raised(self._take_id(), (hit,), now_utc, past=True)),)

    @_guarded
    def raise_fault(self, fault: Fault, now_utc: datetime) -> tuple[Alert, ...]:
        """Show a fault; one that already stands only takes its words, whose figures may have changed (that is no step)."""
        standing = self._queue.standing_fault(fault.name, fault.subject)
        if standing is not None:
            if standing.fault is not None and standing.fault.text != fault.text:
                self._queue.put(replace(standing, fault=replace(standing.fault, text=fault.text)))
            return ()
        _log.warning("fault raised: %s %s", fault.name, fault.subject)
        return (self._put(lifecycle.raised_fault(self._take_id(), fault, now_utc)),)

    @_guarded
    def clear_fault(self, name: str, subject: str, now_utc: datetime) -> tuple[Alert, ...]:
        """End a fault that no longer holds."""
        alert = self._queue.standing_fault(name, subject)
        if alert is None:
            return ()
        _log.warning("fault cleared: %s %s", name, subject)
        return (self._put(lifecycle.cleared(alert, now_utc)),)

    @_guarded
    def acknowledge(self, alert_id: int, now_utc: datetime) -> tuple[Alert, ...]:
        """The crew has seen the alert; raises InputError when there is none of this id."""
        alert = self.get(alert_id)
        if alert.seen or alert.state in FINISHED:
            return ()
        return (self._put(lifecycle.acknowledged(alert, now_utc)),)

    @_guarded
    def decide(
        self, alert_id: int, decision: str, now_utc: datetime, *, on: Alert | None = None, typed_vrm: str = ""
    ) -> tuple[Alert, ...]:
        """The crew has decided on a hit; a later decision replaces an earlier one, both are kept as steps.

        `on` is the alert as they saw it. Where evidence has just made another mark of it, that is what they decided on, and
        what is read now is an alert of its own; so is, with a wrong plate or a wrong vehicle, what was hit on other marks, of which `typed_vrm` leaves one alone.
        """
        now = alert = self.get(alert_id)
        if on is not None and (_says(alert) != _says(on) or alert.state is AlertState.NOT_DECIDED):
            alert = on
        done = self._put(lifecycle.decided(alert, decision, now_utc))
        return (done, *self._following.decided(alert, now, now_utc, typed_vrm))

    @_guarded
    def close_undecided(self, seen_before: datetime, now_utc: datetime) -> tuple[Alert, ...]:
        """Close hits that nobody has decided and that show a moment before this time: their pictures are kept no longer."""
        due = [
            alert
            for alert in self._queue.queue()
            if alert.kind is AlertKind.HIT and _pictured_utc(alert.hits[0].sighting) < seen_before
        ]
        return tuple(self._put(lifecycle.not_decided(alert, now_utc)) for alert in due)

    @_guarded
    def get(self, alert_id: int) -> Alert:
        """Return one alert; raises InputError when there is none of this id."""
        if alert_id not in self._queue:
            raise InputError(f"there is no alert {alert_id} on the board: reload the screen")
        return self._queue.get(alert_id)

    @_guarded
    def queue(self, start: int = 0, count: int | None = None) -> tuple[Alert, ...]:
        """Return what still wants the crew's attention, from a place on: hits, possible hits, faults; by priority, the earlier first."""
        return self._queue.queue(start, count)

    @_guarded
    def unseen_beyond(self, start: int, count: int) -> tuple[Alert, ...]:
        """Return alerts from a place of the queue on that nobody has seen: the first `count` and the latest `count`."""
        return self._queue.unseen_beyond(start, count)

    @_guarded
    def counts(self) -> tuple[int, int]:
        """Return how many alerts wait, and how many finished ones are kept here."""
        return self._queue.waiting, self._queue.finished_count

    @_guarded
    def standing_faults(self) -> tuple[Fault, ...]:
        """Return every fault that is not over."""
        return tuple(alert.fault for alert in self._queue.standing_faults() if alert.fault is not None)

    @_guarded
    def finished(self, before: int | None = None, count: int | None = None) -> tuple[Alert, ...]:
        """Return alerts that wait no more and are still kept here, latest first, `before` an id if one is given."""
        return self._queue.finished(before, count)

    def _put(self, alert: Alert) -> Alert:
        self._queue.put(alert)
        return alert

    def _take_id(self) -> int:
        self._next_id += 1
        return self._next_id - 1


def _says(alert: Alert) -> tuple[object, ...]:
    return tuple(what for hit in alert.hits[:1] for what in (hit.sighting.text, mark_of(hit), hit.possible))


def _pictured_utc(sighting: Sighting) -> datetime:
    return sighting.pictured_utc or sighting.last_utc
