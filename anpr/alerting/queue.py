"""Where the alert board keeps its alerts: each in its place of the queue, and found without going through them all.

A shift may leave tens of thousands of alerts undecided, and the engine asks at every frame, so nothing here but the
making of whole lists may cost more for a long queue than for a short one.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from anpr.alerting.encounter import mark_of
from anpr.alerting.lifecycle import FINISHED
from anpr.values import Alert, AlertKind

_Place = tuple[int, int, datetime, int]


@dataclass(slots=True)
class AlertQueue:
    """The alerts of one board by id, in the order of the queue, by mark and by fault."""

    _alerts: dict[int, Alert] = field(default_factory=dict)
    _waiting: list[_Place] = field(default_factory=list)
    _unseen: list[_Place] = field(default_factory=list)
    _unseen_ids: list[int] = field(default_factory=list)
    _finished: list[int] = field(default_factory=list)
    _by_mark: dict[str, dict[int, None]] = field(default_factory=dict)
    _faults: dict[tuple[str, str], int] = field(default_factory=dict)

    def __contains__(self, alert_id: object) -> bool:
        return alert_id in self._alerts

    def get(self, alert_id: int) -> Alert:
        """Return one alert; raises KeyError when it is not here."""
        return self._alerts[alert_id]

    def put(self, alert: Alert) -> None:
        """Take in an alert or its new version."""
        before = self._alerts.get(alert.alert_id)
        if before is not None:
            self._take_out(before)
        self._alerts[alert.alert_id] = alert
        if alert.state in FINISHED:
            insort(self._finished, alert.alert_id)
        else:
            insort(self._waiting, _place(alert))
            if not alert.seen:
                insort(self._unseen, _place(alert))
                insort(self._unseen_ids, alert.alert_id)
            if alert.fault is not None:
                self._faults[alert.fault.name, alert.fault.subject] = alert.alert_id
        for mark in _marks(alert):
            self._by_mark.setdefault(mark, {})[alert.alert_id] = None

    def drop(self, alert_id: int) -> None:
        """Forget an alert."""
        self._take_out(self._alerts.pop(alert_id))

    @property
    def waiting(self) -> int:
        """How many alerts are undecided."""
        return len(self._waiting)

    def queue(self, start: int = 0, count: int | None = None) -> tuple[Alert, ...]:
        """Return undecided alerts from a place of the queue on: hits, possible hits, faults, each by priority, then the earlier first."""
        end = None if count is None else start + count
        return tuple(self._alerts[alert_id] for *_, alert_id in self._waiting[start:end])

    def unseen_beyond(self, start: int, count: int) -> tuple[Alert, ...]:
        """Return what nobody has seen yet from a place of the queue on: the first `count` and the latest `count`."""
        if start >= len(self._waiting):
            return ()
        edge = self._waiting[start]
        first = bisect_left(self._unseen, edge)
        latest = (_place(self._alerts[alert_id]) for alert_id in reversed(self._unseen_ids))
        chosen = {*self._unseen[first : first + count], *islice((p for p in latest if p >= edge), count)}
        return tuple(self._alerts[alert_id] for *_, alert_id in sorted(chosen))

    def finished(self, before: int | None = None, count: int | None = None) -> tuple[Alert, ...]:
        """Return decided and cleared alerts, latest first, `before` an id if one is given."""
        end = len(self._finished) if before is None else bisect_left(self._finished, before)
        start = 0 if count is None else max(0, end - count)
        return tuple(self._alerts[alert_id] for alert_id in reversed(self._finished[start:end]))

    def finished_beyond(self, kept: int) -> Iterator[int]:
        """Yield the ids of finished alerts other than the latest `kept`, the oldest first."""
        yield from list(islice(self._finished, max(0, len(self._finished) - kept)))

    @property
    def finished_count(self) -> int:
        """How many finished alerts are here."""
        return len(self._finished)

    def hits_on(self, mark: str) -> Iterator[Alert]:
        """Yield the alerts of a vehicle's mark (`mark_of`), the latest first."""
        for alert_id in reversed(self._by_mark.get(mark, {})):
            yield self._alerts[alert_id]

    def standing_fault(self, name: str, subject: str) -> Alert | None:
        """Return the alert of a fault that is not over."""
        alert_id = self._faults.get((name, subject))
        return None if alert_id is None else self._alerts[alert_id]

    def standing_faults(self) -> tuple[Alert, ...]:
        """Return the alerts of all faults that are not over, in the order of the queue."""
        return tuple(sorted((self._alerts[alert_id] for alert_id in self._faults.values()), key=_place))

    def _take_out(self, alert: Alert) -> None:
        if alert.state in FINISHED:
            del self._finished[bisect_left(self._finished, alert.alert_id)]
        else:
            del self._waiting[bisect_left(self._waiting, _place(alert))]
            if not alert.seen:
                del self._unseen[bisect_left(self._unseen, _place(alert))]
                del self._unseen_ids[bisect_left(self._unseen_ids, alert.alert_id)]
            if alert.fault is not None:
                del self._faults[alert.fault.name, alert.fault.subject]
        for mark in _marks(alert):
            known = self._by_mark[mark]
            del known[alert.alert_id]
            if not known:
                del self._by_mark[mark]


def _place(alert: Alert) -> _Place:
    return _rank(alert), -alert.priority, alert.raised_utc, alert.alert_id


def _rank(alert: Alert) -> int:
    """Hits go before those that are only possible, as improbable ones of an important list may be, and all before faults."""
    if alert.kind is AlertKind.FAULT:
        return 2
    return int(bool(alert.hits) and alert.hits[0].possible)


def _marks(alert: Alert) -> frozenset[str]:
    return frozenset(map(mark_of, alert.hits)) if alert.kind is AlertKind.HIT else frozenset()
