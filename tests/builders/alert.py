"""Alerts: hits and faults as a crew meets them."""

from datetime import datetime

from anpr.values import Alert, AlertKind, AlertState, Fault, Hit
from tests.builders.hit import hit
from tests.builders.sighting import NOW


def alert(
    *hits: Hit,
    alert_id: int = 1,
    state: AlertState = AlertState.RAISED,
    raised_utc: datetime = NOW,
    frame_age_ms: float = 40.0,
    repeats: int = 0,
    past: bool = False,
    seen: bool = False,
) -> Alert:
    """An alert on hits (one, unless they are given), with the first one's probability and the highest priority."""
    shown = hits or (hit(),)
    return Alert(
        alert_id, AlertKind.HIT, state, max(one.hotlist.priority for one in shown), raised_utc, frame_age_ms,
        shown, None, shown[0].probability, repeats, past, (), seen,
    )  # fmt: skip


def fault_alert(fault: Fault | None = None, *, alert_id: int = 1, state: AlertState = AlertState.RAISED) -> Alert:
    """An alert on a fault: a frozen front camera unless another is given."""
    shown = fault or Fault("camera_frozen", "front", "The front camera stands still.", "Unplug it.", NOW)
    return Alert(alert_id, AlertKind.FAULT, state, shown.priority, NOW, fault=shown)
