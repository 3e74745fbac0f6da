"""The alert board: what the crew is told of hits and faults, from the first confident frame on.

It decides which alert a version of a track belongs to; `anpr.alerting.lifecycle` says what that does to the alert.

- A hit is **raised** where no alert of the same entry is in its encounter, and else **folded** into that alert: the same
  vehicle, seen on and off. An alert that the crew decided to be a wrong plate or a wrong vehicle, one that was withdrawn,
  and one of an earlier run take nothing in. A hit on a further list asks for the crew's attention again; where the crew had
  decided, it is an alert of its own.
- A track that was folded into an alert and turns out to be another vehicle leaves it as it was.
- What an alert's only track reads otherwise is **corrected**; where the crew had decided, that is a new alert.
- A vehicle that comes back after the encounter is a new alert, which says how often and when it was met before.

Nothing leaves the queue by itself.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import update_wrapper
from threading import RLock
from typing import Concatenate, Final, ParamSpec, TypeVar

from anpr.alerting import lifecycle
from anpr.alerting.decisions import Decision
from anpr.alerting.disclosure import may_show, shown_hits
from anpr.alerting.encounter import Encounter, Support, fallen, led_by, passing
from anpr.alerting.lifecycle import FINISHED, AlertSettings
from anpr.alerting.queue import AlertQueue
from anpr.alerting.steps import last_decision
from anpr.errors import InputError
from anpr.values import Alert, AlertState, Fault, Hit, SeenBefore, Sighting

_log: Final = logging.getLogger(__name__)

_OTHER_VEHICLE: Final = frozenset({Decision.WRONG_PLATE.value, Decision.WRONG_VEHICLE.value})
"""Decisions by which an alert was not of the listed vehicle: it says nothing of the next vehicle that is read so."""

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

    Changed alerts are returned by each method, for the records and the screen. Nothing that the crew may not be told
    of comes onto it (`disclosure`), whoever asks.
    """

    settings: AlertSettings = field(default_factory=AlertSettings)
    first_id: int = 1
    _queue: AlertQueue = field(default_factory=AlertQueue)
    _by_track: dict[int, int] = field(default_factory=dict)
    _encounters: dict[int, Encounter] = field(default_factory=dict)
    _absorbed: dict[int, list[int]] = field(default_factory=dict)
    """Alerts whose track was absorbed by this one, until this one has said whether they hold."""
    _next_id: int = 0
    _lock: RLock = field(default_factory=RLock)

    def __post_init__(self) -> None:
        self._next_id = self.first_id

    @_guarded
    def consider(
        self, sighting: Sighting, hits: Sequence[Hit], *, now_utc: datetime, frame_age_ms: float
    ) -> tuple[Alert, ...]:
        """Raise, change or withdraw the alerts of this track, given what it matches now.

        Hits that the crew may not be told of are passed over.
        """
        hits = shown_hits(hits)
        changed: dict[int, Alert] = {}
        over = passing(hits)
        standing = self._by_track.get(sighting.track_id)
        if standing is not None:
            over = self._follow(standing, sighting, hits, over, now_utc, changed)
        if over:
            self._raise_or_fold(sighting, over, now_utc, frame_age_ms, changed)
        self._settle_absorbed(sighting, hits, now_utc, changed)
        if sighting.final:
            self._by_track.pop(sighting.track_id, None)
        self._forget_oldest()
        return tuple(changed.values())

    @_guarded
    def join_tracks(self, gone: int, kept: int) -> None:
        """Take two tracks for one vehicle: `kept` speaks for both from its next version on."""
        waiting = self._absorbed.pop(gone, [])
        alert_id = self._by_track.pop(gone, None)
        if alert_id is not None:
            encounter = self._encounters.get(alert_id)
            support = encounter.supports.pop(gone, None) if encounter is not None else None
            if self._by_track.setdefault(kept, alert_id) != alert_id:
                waiting.append(alert_id)
            elif encounter is not None and support is not None:
                encounter.supports.setdefault(kept, support)
        if waiting:
            self._absorbed.setdefault(kept, []).extend(waiting)

    @_guarded
    def restore(self, alert: Alert) -> None:
        """Take in an undecided alert of an earlier run, which nothing follows any more."""
        self._queue.put(alert)

    @_guarded
    def look_back(self, hit: Hit, now_utc: datetime) -> tuple[Alert, ...]:
        """Raise an alert for a sighting recorded before its entry was on a list; marked as past.

        A hit that the crew may not be told of raises none.
        """
        if not may_show(hit.hotlist):
            return ()
        return (self._put(lifecycle.raised(self._take_id(), (hit,), now_utc, past=True)),)

    @_guarded
    def raise_fault(self, fault: Fault, now_utc: datetime) -> tuple[Alert, ...]:
        """Show a fault; one that already stands is left as it is."""
        if self._queue.standing_fault(fault.name, fault.subject) is not None:
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
    def decide(self, alert_id: int, decision: str, now_utc: datetime) -> tuple[Alert, ...]:
        """The crew has decided on a hit; a later decision replaces an earlier one, both are kept as steps."""
        return (self._put(lifecycle.decided(self.get(alert_id), decision, now_utc)),)

    @_guarded
    def get(self, alert_id: int) -> Alert:
        """Return one alert; raises InputError when there is none of this id."""
        if alert_id not in self._queue:
            raise InputError(f"there is no alert {alert_id} on the board: reload the screen")
        return self._queue.get(alert_id)

    @_guarded
    def queue(self, start: int = 0, count: int | None = None) -> tuple[Alert, ...]:
        """Return what still wants the crew's attention, from a place on: hits before faults, by priority, the earlier first."""
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
        """Return decided and cleared alerts that are still kept here, latest first, `before` an id if one is given."""
        return self._queue.finished(before, count)

    def _follow(
        self,
        alert_id: int,
        sighting: Sighting,
        hits: Sequence[Hit],
        over: tuple[Hit, ...],
        now_utc: datetime,
        changed: dict[int, Alert],
    ) -> tuple[Hit, ...]:
        """Bring the alert of a track up to date with its newer version; return the hits that want another alert."""
        alert, encounter = self._queue.get(alert_id), self._encounters[alert_id]
        led, track = alert.hits[0], sighting.track_id
        if any(h.entry.vrm == led.entry.vrm for h in over):
            further = {(h.hotlist.name, h.entry.vrm) for h in over} - {
                (h.hotlist.name, h.entry.vrm) for h in alert.hits
            }
            if further and alert.state is AlertState.DECIDED:
                self._leave(alert, sighting, now_utc, changed)
                return over
            encounter.hear(track, Support(led_by(over, led.entry.vrm), passes=True, is_final=sighting.final))
            changed[alert_id] = self._shown(alert, encounter, sighting, now_utc, asks_again=bool(further))
            return ()
        holds = encounter.holds_without(track)
        low = fallen(led, sighting, hits)
        if not over and (low.probability >= self.settings.falls_below(led) or not holds):
            encounter.hear(track, Support((low,), passes=False, is_final=sighting.final))
            changed[alert_id] = self._shown(alert, encounter, sighting, now_utc)
            return ()
        if not over or holds or alert.state is AlertState.DECIDED:
            self._leave(alert, sighting, now_utc, changed)
            return over
        if self._in_encounter(over, sighting) is not None:  # the vehicle has an alert already: this one was a misread
            encounter.hear(track, Support((low,), passes=False, is_final=True))
            changed[alert_id] = self._shown(alert, encounter, sighting, now_utc)
            self._by_track.pop(track, None)
            return over
        encounter.supports = {}
        encounter.hear(track, Support(over, passes=True, is_final=sighting.final))
        changed[alert_id] = self._confirmed(lifecycle.corrected(alert, over, now_utc), sighting, now_utc)
        return ()

    def _leave(self, alert: Alert, sighting: Sighting, now_utc: datetime, changed: dict[int, Alert]) -> None:
        """Take a track out of the alert that is not of its vehicle, or that the crew has decided."""
        encounter = self._encounters[alert.alert_id]
        self._by_track.pop(sighting.track_id, None)
        encounter.forget(sighting.track_id)
        if encounter.holds:
            changed[alert.alert_id] = self._shown(lifecycle.other_vehicle(alert, now_utc), encounter, sighting, now_utc)

    def _raise_or_fold(
        self,
        sighting: Sighting,
        over: tuple[Hit, ...],
        now_utc: datetime,
        frame_age_ms: float,
        changed: dict[int, Alert],
    ) -> None:
        standing = self._in_encounter(over, sighting)
        if standing is None:
            before = self._seen_before(over[0].entry.vrm)
            alert = lifecycle.raised(self._take_id(), over, now_utc, frame_age_ms=frame_age_ms, seen_before=before)
            encounter = self._encounters[alert.alert_id] = Encounter(sighting.last_ns, sighting.last_utc)
            encounter.hear(sighting.track_id, Support(over, passes=True, is_final=sighting.final))
            self._by_track[sighting.track_id] = alert.alert_id
            changed[alert.alert_id] = self._confirmed(alert, sighting, now_utc)
            return
        led = standing.hits[0]
        further = {h.hotlist.name for h in over} - {h.hotlist.name for h in standing.hits}
        encounter = self._encounters[standing.alert_id]
        ordered = led_by(over, led.entry.vrm)
        encounter.hear(sighting.track_id, Support(ordered, passes=True, is_final=sighting.final))
        self._by_track[sighting.track_id] = standing.alert_id
        again = lifecycle.seen_again(standing, now_utc, ordered[0].probability)
        changed[standing.alert_id] = self._shown(again, encounter, sighting, now_utc, asks_again=bool(further))

    def _in_encounter(self, over: tuple[Hit, ...], sighting: Sighting) -> Alert | None:
        """Return the alert whose vehicle this is by its best hit, seen on and off; None for a new encounter."""
        best = over[0]
        for alert in self._queue.hits_on(best.entry.vrm):
            encounter = self._encounters.get(alert.alert_id)
            if encounter is None or alert.hits[0].entry.vrm != best.entry.vrm or not self._stands(encounter):
                continue
            if encounter.is_over(sighting, best.hotlist.encounter_s):
                continue
            if alert.state is AlertState.DECIDED:
                if not encounter.holds:
                    continue
                known = {h.hotlist.name for h in alert.hits}
                if last_decision(alert.steps) in _OTHER_VEHICLE or any(h.hotlist.name not in known for h in over):
                    continue
            return alert
        return None

    def _stands(self, encounter: Encounter) -> bool:
        """Whether the evidence has not fallen so far that this was another vehicle after all."""
        shown = encounter.shown
        return shown is not None and (shown.passes or shown.led.probability >= self.settings.falls_below(shown.led))

    def _seen_before(self, vrm: str) -> SeenBefore | None:
        """Return how often and when the vehicle was met before, as far as the board remembers; None for never."""
        met = [
            alert
            for alert in self._queue.hits_on(vrm)
            if alert.hits[0].entry.vrm == vrm
            and alert.state is not AlertState.WITHDRAWN
            and last_decision(alert.steps) not in _OTHER_VEHICLE
        ]
        if not met:
            return None
        return SeenBefore(len(met), max(alert.hits[0].sighting.last_utc for alert in met))

    def _settle_absorbed(
        self, sighting: Sighting, hits: Sequence[Hit], now_utc: datetime, changed: dict[int, Alert]
    ) -> None:
        """Withdraw what a track raised that was absorbed by this one, where this one does not bear it out."""
        for alert_id in self._absorbed.pop(sighting.track_id, ()):
            encounter = self._encounters.get(alert_id)
            if encounter is None or self._by_track.get(sighting.track_id) == alert_id or encounter.holds:
                continue
            alert = self._queue.get(alert_id)
            low = fallen(alert.hits[0], sighting, hits)
            encounter.hear(sighting.track_id, Support((low,), passes=False, is_final=True))
            changed[alert_id] = self._shown(alert, encounter, sighting, now_utc)

    def _shown(
        self, alert: Alert, encounter: Encounter, sighting: Sighting, now_utc: datetime, *, asks_again: bool = False
    ) -> Alert:
        """Have an alert show what its tracks say now, and change its state accordingly."""
        support = encounter.shown
        if support is not None:
            alert = lifecycle.showing(alert, support, now_utc, self.settings)
        return self._confirmed(lifecycle.asking_again(alert) if asks_again else alert, sighting, now_utc)

    def _confirmed(self, alert: Alert, sighting: Sighting, now_utc: datetime) -> Alert:
        return self._put(lifecycle.confirmed_if_sure(alert, sighting, now_utc, self.settings))

    def _put(self, alert: Alert) -> Alert:
        self._queue.put(alert)
        return alert

    def _forget_oldest(self) -> None:
        if self._queue.finished_count <= self.settings.kept:
            return
        followed = set(self._by_track.values())
        for alert_id in self._queue.finished_beyond(self.settings.kept):
            if alert_id not in followed:
                self._queue.drop(alert_id)
                self._encounters.pop(alert_id, None)

    def _take_id(self) -> int:
        self._next_id += 1
        return self._next_id - 1
