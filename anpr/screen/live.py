"""Which hits are live: the one rule by which the driver view shows a hit as something that is out there now."""

from collections.abc import Iterable

from anpr.screen.port import AlertView


def live_ids(alerts: Iterable[AlertView], now_ns: int, live_s: float) -> list[int]:
    """Return the ids of the live ones, in their order; `now_ns` by the clock of `AlertView.last_seen_ns`.

    A hit is live until `live_s` after its vehicle was last seen, unless it was decided. One from looking back or from an
    earlier run was seen by no frame of this run and never is; a fault is no hit.
    """
    return [alert.alert_id for alert in alerts if _is_live(alert, now_ns, live_s)]


def _is_live(alert: AlertView, now_ns: int, live_s: float) -> bool:
    if alert.kind != "hit" or alert.past or alert.decided is not None or alert.last_seen_ns <= 0:
        return False
    return now_ns - alert.last_seen_ns < live_s * 1e9
