"""The alert board: what the crew is told of hits and faults, from the first confident frame on.

An alert is raised by the first version of a sighting whose probability passes its list's threshold. Later versions of
the same sighting strengthen, confirm, correct or withdraw it, and each step is kept. Further sightings of the same
entry are folded into the alert that stands. Nothing leaves the queue by itself.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import update_wrapper
from threading import RLock
from typing import Concatenate, Final, ParamSpec, TypeVar

from anpr.alerting.disclosure import may_show, shown_hits
from anpr.alerting.queue import FINISHED, AlertQueue
from anpr.alerting.steps import stepped
from anpr.errors import InputError
from anpr.geodesy import distance_m
from anpr.values import Alert, AlertKind, AlertState, AlertStep, Fault, Hit, Position, Sighting, StepKind

_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """When an alert changes its state.

    It is withdrawn when its probability falls below `withdraw_share` of the threshold that raised it. It counts as
    confirmed by evidence at `confirmed_probability`, or when the vehicle has passed and the probability still
    holds. What counts as a repeat is a rule of each list (`HotlistInfo.repeat_s`, `repeat_m`). At most `kept`
    finished alerts stay on the board; the records keep all.
    """

    withdraw_share: float = 0.5
    confirmed_probability: float = 0.99
    kept: int = 500


@dataclass(frozen=True, slots=True)
class _Seen:
    """When and where the vehicle of an alert was last seen."""

    last_utc: datetime
    position: Position | None


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
    _last_seen: dict[int, _Seen] = field(default_factory=dict)
    _next_id: int = 0
    _lock: RLock = field(default_factory=RLock)

    def __post_init__(self) -> None:
        self._next_id = self.first_id

    @_guarded
    def consider(
        self, sighting: Sighting, hits: Sequence[Hit], *, now_utc: datetime, frame_age_ms: float
    ) -> tuple[Alert, ...]:
        """Raise, change or withdraw the alert of this sighting, given what it matches now and may be told."""
        hits = shown_hits(hits)
        passing = tuple(h for h in hits if h.probability >= h.hotlist.threshold)
        standing = self._by_track.get(sighting.track_id)
        if standing is not None:
            return self._follow(self._queue.get(standing), sighting, hits, passing, now_utc)
        if not passing:
            return ()
        repeated = self._repeated(passing[0], sighting, now_utc)
        if repeated is not None:
            return self._fold(repeated, sighting, passing, now_utc)
        alert = Alert(
            alert_id=self._take_id(),
            kind=AlertKind.HIT,
            state=AlertState.RAISED,
            priority=max(h.hotlist.priority for h in passing),
            raised_utc=now_utc,
            frame_age_ms=frame_age_ms,
            hits=passing,
            probability=passing[0].probability,
            steps=(AlertStep(StepKind.RAISED, now_utc, passing[0].probability),),
        )
        return (self._put(self._confirmed_if_sure(alert, sighting, now_utc), sighting),)

    @_guarded
    def join_tracks(self, gone: int, kept: int) -> None:
        """Follow the alert of a track that turned out to be of the same vehicle as another."""
        alert_id = self._by_track.pop(gone, None)
        if alert_id is not None:
            self._by_track.setdefault(kept, alert_id)

    @_guarded
    def restore(self, alert: Alert) -> None:
        """Take in an undecided alert of an earlier run, which nothing follows any more."""
        self._queue.put(alert)

    @_guarded
    def look_back(self, hit: Hit, now_utc: datetime) -> tuple[Alert, ...]:
        """Raise an alert, marked as past, for a sighting recorded before its entry was on a list (if it may be told)."""
        if not may_show(hit.hotlist):
            return ()
        alert = Alert(
            alert_id=self._take_id(),
            kind=AlertKind.HIT,
            state=AlertState.RAISED,
            priority=hit.hotlist.priority,
            raised_utc=now_utc,
            hits=(hit,),
            probability=hit.probability,
            past=True,
            steps=(AlertStep(StepKind.RAISED_LOOKING_BACK, now_utc, hit.probability),),
        )
        return (self._put(alert, None),)

    @_guarded
    def raise_fault(self, fault: Fault, now_utc: datetime) -> tuple[Alert, ...]:
        """Show a fault; one that already stands is left as it is."""
        if self._queue.standing_fault(fault.name, fault.subject) is not None:
            return ()
        _log.warning("fault raised: %s %s", fault.name, fault.subject)
        alert = Alert(
            self._take_id(), AlertKind.FAULT, AlertState.RAISED, fault.priority, now_utc, fault=fault, probability=1.0,
            steps=(AlertStep(StepKind.RAISED, now_utc),),
        )  # fmt: skip
        return (self._put(alert, None),)

    @_guarded
    def clear_fault(self, name: str, subject: str, now_utc: datetime) -> tuple[Alert, ...]:
        """End a fault that no longer holds."""
        alert = self._queue.standing_fault(name, subject)
        if alert is None:
            return ()
        _log.warning("fault cleared: %s %s", name, subject)
        return (self._put(stepped(alert, AlertState.CLEARED, AlertStep(StepKind.CLEARED, now_utc)), None),)

    @_guarded
    def acknowledge(self, alert_id: int, now_utc: datetime) -> tuple[Alert, ...]:
        """The crew has seen the alert; raises InputError when there is none of this id.

        What was withdrawn stays so: it only waits for a decision like any other.
        """
        alert = self.get(alert_id)
        if alert.seen or alert.state in FINISHED:
            return ()
        state = AlertState.WITHDRAWN if alert.state is AlertState.WITHDRAWN else AlertState.ACKNOWLEDGED
        return (self._put(replace(stepped(alert, state, AlertStep(StepKind.ACKNOWLEDGED, now_utc)), seen=True), None),)

    @_guarded
    def decide(self, alert_id: int, decision: str, now_utc: datetime) -> tuple[Alert, ...]:
        """The crew has decided on a hit; a later decision replaces an earlier one, both are kept as steps."""
        alert = self.get(alert_id)
        if alert.kind is not AlertKind.HIT:
            raise InputError("a fault needs no decision: it clears when its cause is gone")
        step = AlertStep(StepKind.DECIDED, now_utc, decision=decision)
        return (self._put(stepped(alert, AlertState.DECIDED, step), None),)

    @_guarded
    def get(self, alert_id: int) -> Alert:
        """Return one alert; raises InputError when there is none of this id."""
        if alert_id not in self._queue:
            raise InputError(f"there is no alert {alert_id} on the board: reload the screen")
        return self._queue.get(alert_id)

    @_guarded
    def queue(self, start: int = 0, count: int | None = None) -> tuple[Alert, ...]:
        """Return what still wants the crew's attention, from a place on: by priority, then the earlier first."""
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
        self, alert: Alert, sighting: Sighting, hits: Sequence[Hit], passing: tuple[Hit, ...], now_utc: datetime
    ) -> tuple[Alert, ...]:
        """Bring an alert up to date with a later version of its own sighting."""
        if not passing:
            return self._weaken(alert, sighting, hits, now_utc)
        best, before = passing[0], alert.hits[0]
        changed = replace(alert, hits=passing, probability=best.probability)
        priority = max(h.hotlist.priority for h in passing)
        if best.entry.vrm != before.entry.vrm:
            step = AlertStep(StepKind.CORRECTED, now_utc, best.probability, before.entry.vrm, best.entry.vrm)
            changed = _asking_again(changed, AlertState.RAISED, step)
        elif alert.state is AlertState.WITHDRAWN:
            step = AlertStep(StepKind.RAISED_AGAIN, now_utc, best.probability)
            changed = _asking_again(changed, AlertState.RAISED, step)
        changed = replace(changed, priority=max(priority, alert.priority))
        changed = self._confirmed_if_sure(changed, sighting, now_utc)
        return (self._put(changed, sighting),)

    def _weaken(self, alert: Alert, sighting: Sighting, hits: Sequence[Hit], now_utc: datetime) -> tuple[Alert, ...]:
        """The evidence no longer passes the threshold: say so, and withdraw when it has fallen far."""
        led = alert.hits[0]
        now = max((h.probability for h in hits if h.entry.vrm == led.entry.vrm), default=0.0)
        changed = replace(alert, probability=now)
        fallen = now < led.hotlist.threshold * self.settings.withdraw_share
        undecided = alert.state in {AlertState.RAISED, AlertState.CONFIRMED_BY_EVIDENCE, AlertState.ACKNOWLEDGED}
        if fallen and undecided:
            step = AlertStep(StepKind.WITHDRAWN, now_utc, now)
            changed = _asking_again(changed, AlertState.WITHDRAWN, step)
        return (self._put(changed, sighting),)

    def _confirmed_if_sure(self, alert: Alert, sighting: Sighting, now_utc: datetime) -> Alert:
        sure = sighting.final or (alert.probability >= self.settings.confirmed_probability and len(sighting.reads) > 1)
        if alert.state is AlertState.RAISED and sure:
            step = AlertStep(StepKind.CONFIRMED, now_utc, alert.probability)
            return stepped(alert, AlertState.CONFIRMED_BY_EVIDENCE, step)
        return alert

    def _repeated(self, hit: Hit, sighting: Sighting, now_utc: datetime) -> Alert | None:
        """Return the alert into which a hit on the same entry is folded by its list's rule of time and distance."""
        rule = hit.hotlist
        for alert in self._queue.hits_on(hit.entry.vrm):
            if alert.past or alert.state is AlertState.WITHDRAWN:
                continue
            if not any(h.entry.vrm == hit.entry.vrm and h.hotlist.name == rule.name for h in alert.hits):
                continue
            last = self._last_seen.get(alert.alert_id)
            seen_utc = last.last_utc if last is not None else alert.raised_utc
            apart_m = distance_m(last.position if last is not None else None, sighting.position)
            if now_utc - seen_utc <= timedelta(seconds=rule.repeat_s) and (apart_m or 0.0) <= rule.repeat_m:
                return alert
        return None

    def _fold(self, alert: Alert, sighting: Sighting, passing: tuple[Hit, ...], now_utc: datetime) -> tuple[Alert, ...]:
        best = passing[0]
        changed = replace(alert, repeats=alert.repeats + 1, hits=passing, probability=best.probability)
        step = AlertStep(StepKind.SEEN_AGAIN, now_utc, best.probability)
        return (self._put(stepped(changed, alert.state, step), sighting),)

    def _put(self, alert: Alert, sighting: Sighting | None) -> Alert:
        self._queue.put(alert)
        if sighting is not None:
            self._last_seen[alert.alert_id] = _Seen(sighting.last_utc, sighting.position)
            if sighting.final:
                self._by_track.pop(sighting.track_id, None)
            else:
                self._by_track[sighting.track_id] = alert.alert_id
        self._forget_oldest()
        return alert

    def _forget_oldest(self) -> None:
        if self._queue.finished_count <= self.settings.kept:
            return
        followed = set(self._by_track.values())
        for alert_id in self._queue.finished_beyond(self.settings.kept):
            if alert_id not in followed:
                self._queue.drop(alert_id)
                self._last_seen.pop(alert_id, None)

    def _take_id(self) -> int:
        self._next_id += 1
        return self._next_id - 1


def _asking_again(alert: Alert, state: AlertState, step: AlertStep) -> Alert:
    """What the crew saw no longer holds, so the alert counts as not seen; one that is decided stays as it is."""
    decided = alert.state is AlertState.DECIDED
    return replace(stepped(alert, AlertState.DECIDED if decided else state, step), seen=decided)
