"""How often and when vehicles were met before: by the alerts on the board, by those it has let go, and by earlier runs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from anpr.alerting.decisions import Decision
from anpr.alerting.encounter import mark_of
from anpr.alerting.steps import last_decision
from anpr.values import Alert, AlertState, SeenBefore

OTHER_VEHICLE: Final = frozenset({Decision.WRONG_PLATE.value, Decision.WRONG_VEHICLE.value})
"""Decisions by which an alert was not of the listed vehicle: it says nothing of the next vehicle that is read so."""


def was_met(alert: Alert) -> bool:
    """Return whether the alert is of a vehicle that was met: not of one that was read so and was another, or may have been."""
    if not alert.hits or alert.state is AlertState.WITHDRAWN:
        return False
    decision = last_decision(alert.steps)
    return decision == Decision.CONFIRMED.value if alert.hits[0].possible else decision not in OTHER_VEHICLE


def met(alerts: Iterable[Alert]) -> dict[str, SeenBefore]:
    """Return by mark how often the vehicles of these alerts were met, and when last."""
    found: dict[str, SeenBefore] = {}
    for alert in filter(was_met, alerts):
        mark = mark_of(alert.hits[0])
        found[mark] = _together(found.get(mark), SeenBefore(1, alert.hits[0].sighting.last_utc))
    return found


@dataclass(slots=True)
class MetBefore:
    """The vehicles of alerts that are not on the board; those that are on it are given when it is asked."""

    _gone: dict[str, SeenBefore] = field(default_factory=dict)

    @classmethod
    def of(cls, earlier: Mapping[str, SeenBefore]) -> "MetBefore":
        """Return what is known from earlier runs, by mark."""
        return cls(dict(earlier))

    def let_go(self, alert: Alert) -> None:
        """Remember the vehicle of an alert that leaves the board."""
        for mark, seen in met((alert,)).items():
            self._gone[mark] = _together(self._gone.get(mark), seen)

    def before(self, mark: str, on_board: Iterable[Alert]) -> SeenBefore | None:
        """Return how often and when the vehicle was met, these alerts on the board included; None for never."""
        here = met(alert for alert in on_board if alert.hits and mark_of(alert.hits[0]) == mark).get(mark)
        gone = self._gone.get(mark)
        return gone if here is None else _together(gone, here)


def _together(one: SeenBefore | None, other: SeenBefore) -> SeenBefore:
    return other if one is None else SeenBefore(one.times + other.times, max(one.last_utc, other.last_utc))
