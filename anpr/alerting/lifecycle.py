"""The life of an alert: every step that may change one, and nothing else.

    raised ──▶ confirmed by evidence ──▶ acknowledged ──▶ decided
       ▲ │            │                       │              ▲
       │ ▼            ▼                       ▼              │
     withdrawn ◀──────┴───────────────────────┴──────────────┘

    what nobody has decided when its pictures' retention ends ──▶ not decided

- Evidence raises, confirms, corrects, withdraws and raises again; the crew acknowledges and decides, in any of these states.
- Whenever evidence changes what an alert says, it counts as not seen.
- A possible hit, of which a character may be hidden, is never confirmed by evidence. Seen whole it is an ordinary one.
- What is decided stays decided and keeps what it showed then, unless its own track still bears it out.
- What nobody has decided while its pictures were kept can be confirmed no more: time closes it as not decided.
- A fault is raised and cleared, and may be acknowledged; it needs no decision.

`anpr.alerting.encounter` says which evidence belongs to an alert, `anpr.alerting.board` keeps them all. docs/ALERTS.md tells
the same to people who use it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from anpr.alerting.encounter import Support, shown_mark
from anpr.alerting.steps import stepped, was_seen_whole
from anpr.errors import InputError
from anpr.values import Alert, AlertKind, AlertState, AlertStep, Fault, Hit, SeenBefore, Sighting, StepKind

PASSED_PROBABILITY: Final = 0.95
"""The least probability at which a hit of a vehicle that has passed counts as confirmed by evidence: from here on a statement of this
program has to be right. A list's threshold may be far lower, and no further read will come."""

FINISHED = frozenset({AlertState.DECIDED, AlertState.CLEARED, AlertState.NOT_DECIDED})
"""States that take an alert out of the queue."""


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """When an alert changes its state.

    It is withdrawn when its probability falls below `withdraw_share` of the threshold that raised it (of a possible hit, when
    what offered it falls so far as well). It counts as
    confirmed by evidence at `confirmed_probability`, or when the vehicle has passed and it still holds at
    `PASSED_PROBABILITY` or more. How long an encounter lasts is a rule of each list (`HotlistInfo.encounter_s`). At most `kept`
    finished alerts stay on the board; the records keep all.
    """

    withdraw_share: float = 0.5
    confirmed_probability: float = 0.99
    kept: int = 500

    def holds(self, led: Hit) -> bool:
        """Whether an alert that is led by this hit is not withdrawn; of a possible hit what offered it counts likewise."""
        return led.stands(self.withdraw_share)


def raised(
    alert_id: int,
    hits: tuple[Hit, ...],
    now_utc: datetime,
    *,
    frame_age_ms: float = 0.0,
    seen_before: SeenBefore | None = None,
    past: bool = False,
) -> Alert:
    """Return a new alert of these hits of one sighting; `past` when it comes from looking back."""
    kind = StepKind.RAISED_LOOKING_BACK if past else StepKind.RAISED
    return Alert(
        alert_id, AlertKind.HIT, AlertState.RAISED, priority_of(hits), now_utc, frame_age_ms, hits,
        probability=hits[0].probability, past=past, steps=(AlertStep(kind, now_utc, hits[0].probability),),
        seen_before=seen_before,
    )  # fmt: skip


def raised_fault(alert_id: int, fault: Fault, now_utc: datetime) -> Alert:
    """Return a new alert of a fault."""
    return Alert(
        alert_id, AlertKind.FAULT, AlertState.RAISED, fault.priority, now_utc, fault=fault, probability=1.0,
        steps=(AlertStep(StepKind.RAISED, now_utc),),
    )  # fmt: skip


def cleared(alert: Alert, now_utc: datetime) -> Alert:
    """Return the alert of a fault that no longer holds."""
    return stepped(alert, AlertState.CLEARED, AlertStep(StepKind.CLEARED, now_utc))


def acknowledged(alert: Alert, now_utc: datetime) -> Alert:
    """Return the alert as seen by the crew; what was withdrawn stays so, it only waits for a decision like any other."""
    state = AlertState.WITHDRAWN if alert.state is AlertState.WITHDRAWN else AlertState.ACKNOWLEDGED
    return replace(stepped(alert, state, AlertStep(StepKind.ACKNOWLEDGED, now_utc)), seen=True)


def decided(alert: Alert, decision: str, now_utc: datetime) -> Alert:
    """Return the alert with the crew's decision; raises InputError for a fault, and for what time has closed."""
    if alert.kind is not AlertKind.HIT:
        raise InputError("a fault needs no decision: it clears when its cause is gone")
    if alert.state is AlertState.NOT_DECIDED:
        raise InputError("this alert was closed as not decided, as its pictures are kept no longer: see the history")
    return stepped(alert, AlertState.DECIDED, AlertStep(StepKind.DECIDED, now_utc, decision=decision))


def not_decided(alert: Alert, now_utc: datetime) -> Alert:
    """Return the alert of a hit that nobody has decided while its pictures were kept."""
    return stepped(alert, AlertState.NOT_DECIDED, AlertStep(StepKind.NOT_DECIDED, now_utc))


def seen_again(alert: Alert, now_utc: datetime, probability: float) -> Alert:
    """Return the alert of a vehicle that has come into view once more within its encounter."""
    step = AlertStep(StepKind.SEEN_AGAIN, now_utc, probability)
    return replace(stepped(alert, alert.state, step), repeats=alert.repeats + 1)


def other_vehicle(alert: Alert, now_utc: datetime) -> Alert:
    """Return the alert without its last sighting again, which turned out to be of another vehicle."""
    if not alert.repeats:
        return alert
    step = AlertStep(StepKind.OTHER_VEHICLE, now_utc)
    return replace(stepped(alert, alert.state, step), repeats=alert.repeats - 1)


def on_further_list(alert: Alert, now_utc: datetime) -> Alert:
    """Return the alert as one that wants to be seen, whether it was or not: its vehicle is on a further list."""
    state = AlertState.RAISED if alert.state is AlertState.ACKNOWLEDGED else alert.state
    step = AlertStep(StepKind.FURTHER_LIST, now_utc, alert.probability)
    return replace(stepped(alert, state, step), seen=False)


def corrected(alert: Alert, hits: tuple[Hit, ...], now_utc: datetime) -> Alert:
    """Return the alert with another mark: its only track reads it otherwise now."""
    led = hits[0]
    step = AlertStep(StepKind.CORRECTED, now_utc, led.probability, shown_mark(alert.hits[0]), shown_mark(led))
    changed = replace(alert, hits=hits, probability=led.probability, priority=priority_of(hits), seen=False)
    return stepped(changed, AlertState.RAISED, step)


def showing(alert: Alert, support: Support, now_utc: datetime, settings: AlertSettings) -> Alert:
    """Return the alert with what its tracks say now, one moment as a whole, withdrawn or raised again by it."""
    if alert.state is AlertState.NOT_DECIDED or (alert.state is AlertState.DECIDED and not support.passes):
        return alert
    led, state = support.led, alert.state
    changed = replace(alert, hits=support.hits, probability=led.probability)
    if support.passes:
        changed = replace(changed, priority=max(priority_of(support.hits), alert.priority))
        if state is AlertState.WITHDRAWN:
            return _unseen(changed, AlertState.RAISED, StepKind.RAISED_AGAIN, now_utc)
    elif not settings.holds(led) and state is not AlertState.WITHDRAWN:
        return _unseen(changed, AlertState.WITHDRAWN, StepKind.WITHDRAWN, now_utc)
    if state not in FINISHED | {AlertState.WITHDRAWN} and alert.hits[0].possible and not led.possible:
        if alert.seen or not was_seen_whole(alert.steps):
            return _unseen(changed, AlertState.RAISED, StepKind.SEEN_WHOLE, now_utc)
    elif state is AlertState.CONFIRMED_BY_EVIDENCE and (led.possible or not support.passes):
        return stepped(changed, AlertState.RAISED, AlertStep(StepKind.IN_DOUBT, now_utc, led.probability))
    return changed


def _unseen(alert: Alert, state: AlertState, kind: StepKind, now_utc: datetime) -> Alert:
    """Return the alert after a step that changes what it says, so that it wants to be seen again."""
    return replace(stepped(alert, state, AlertStep(kind, now_utc, alert.probability)), seen=False)


def confirmed_if_sure(alert: Alert, sighting: Sighting, now_utc: datetime, settings: AlertSettings) -> Alert:
    """Return the alert as confirmed by evidence where this version of its track bears it out: never a possible hit."""
    if alert.hits[0].possible:
        return alert
    sure = sighting.final and alert.probability >= max(alert.hits[0].hotlist.threshold, PASSED_PROBABILITY)
    sure = sure or (alert.probability >= settings.confirmed_probability and len(sighting.reads) > 1)
    if alert.state is AlertState.RAISED and sure and alert.hits[0].sighting.track_id == sighting.track_id:
        step = AlertStep(StepKind.CONFIRMED, now_utc, alert.probability)
        return stepped(alert, AlertState.CONFIRMED_BY_EVIDENCE, step)
    return alert


def priority_of(hits: Sequence[Hit]) -> int:
    """Return the priority of an alert of these hits: that of the most important list."""
    return max(hit.hotlist.priority for hit in hits)
