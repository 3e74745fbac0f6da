"""A made-up truth and readings of a made-up screen, for the comparison's tests."""

from datetime import UTC, datetime
from typing import Any

from benchmarks.shift.script import STOP_LIST, Pass, Phase, Role, Script, Vehicle
from benchmarks.shift.truth import Truth, Window

ZERO = datetime(2027, 3, 1, 12, 0, 0, tzinfo=UTC)
LISTED = Vehicle("EX46 CDG", "current", "suv", "BLACK", Role.LISTED, STOP_LIST)
ALIKE = Vehicle("FX46 CDG", "current", "suv", "BLACK", Role.LOOK_ALIKE)
COVERT = Vehicle("RA47 ZED", "current", "van", "WHITE", Role.COVERT, "Observed")


def script() -> Script:
    """A minute's stand, at which all three pass."""
    passes = tuple(
        Pass(n, at_s, (v,), moving=False) for n, (at_s, v) in enumerate([(10.0, LISTED), (20.0, ALIKE), (30.0, COVERT)])
    )
    return Script(1, 60.0, (Phase(0.0, 60.0, moving=False),), passes, ())


def truth() -> Truth:
    """What was so: each passed for two seconds, and the listed one raised alert 7."""
    made = Truth(script(), {}, 0, ZERO)
    made.started.append(-100.0)
    made.windows = [
        Window(n, v.vrm, at_s, at_s + 2.0)
        for n, (at_s, v) in enumerate([(10.0, LISTED), (20.0, ALIKE), (30.0, COVERT)])
    ]
    hear(made, 11.5, alert_line(7, 11.0))
    made.alerts[7].owner = LISTED.vrm
    made.queue.append((11.5, [[7, False, "hit"]]))
    made.pictures.add("plate-hash", [], LISTED.vrm)
    made.pictures.add("other-hash", [], ALIKE.vrm)
    return made


def hear(made: Truth, at_s: float, line: dict[str, Any]) -> None:
    """Have the truth hear a line of the witness."""
    made.hear({"at": round(at_s * 1e9), **line})


def alert_line(alert_id: int, seen_s: float, **changes: Any) -> dict[str, Any]:
    """A line of the witness on the alert of the listed vehicle."""
    seen = datetime.fromtimestamp(ZERO.timestamp() + seen_s, UTC).isoformat()
    return {
        "k": "alert", "id": alert_id, "kind": "hit", "state": "raised", "seen": False, "probability": 0.973, "repeats": 0, "past": False,
        "vrm": LISTED.vrm, "read": LISTED.vrm, "lists": [STOP_LIST], "track": 1, "seen_utc": seen, "fault": "", "steps": ["raised"], "met": 0,
        **changes,
    }  # fmt: skip


def reading(at_s: float = 15.0, **changes: Any) -> dict[str, Any]:
    """A reading of a full view that says nothing wrong: one card, its panel, one sighting."""
    marks = [{"name": name, "level": "ok", "say": ""} for name in ("Cameras", "GPS", "Lists")]
    return {
        "at_ms": (ZERO.timestamp() + at_s) * 1000, "changes": 1, "view": "full", "lost": None, "driver": None, "cards": [card()],
        "panel": panel(), "marks": marks, "trouble": None, "count": "1 waiting", "rest": None, "rail": "1", "clock": "12:00",
        "strip": [{"vrm": "EX46 CDG", "when": "12:00:11", "picture": "p1"}], "history": [], **changes,
    }  # fmt: skip


def card(**changes: Any) -> dict[str, Any]:
    """The card of alert 7."""
    return {
        "alert": 7, "vrm": "EX46 CDG", "when": "12:00", "about": "STOLEN · Stop", "classes": ["card", "is-new"], "current": True,
        "picture": "", "text": "EX46 CDG 12:00 STOLEN · Stop", **changes,
    }  # fmt: skip


def panel(**changes: Any) -> dict[str, Any]:
    """The panel of alert 7."""
    lat, lon = script().place_at(11.0)
    return {
        "alert": 7, "label": "Stolen", "tags": [], "chance": "97 %", "words": "Very likely", "seen": False, "decided": None, "plate": "p1",
        "overview": "", "read": list("EX46CDG"), "listed": list("EX46CDG"), "legend": "", "steps": [], "from": "Stop",
        "facts": {"Seen": "1 Mar, 12:00:11 · Front", "Where": f"{lat:.5f}, {lon:.5f} heading NE"}, **changes,
    }  # fmt: skip


def driver(**changes: Any) -> dict[str, Any]:
    """Driver view with alert 7."""
    return {
        "alert": 7, "state": "raised", "vrm": "EX46 CDG", "short": "BLACK NISSAN QASHQAI", "way": "Front · Towards us", "tags": [], "label": "Stolen",
        "text": "Stolen EX46 CDG", "foot": "Seen", "waiting": None, "trouble": None, "idle": "driver-alert", **changes,
    }  # fmt: skip
