"""Adds up a shift: statements, wrong ones, swallowed hits, flaps, paint times; and whether each floor was met."""

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

import numpy as np

from anpr.faults import FaultKind
from benchmarks.shift.script import ENCOUNTER_S, Event, Role
from benchmarks.shift.statements import Reading, Statement, agrees, plain
from benchmarks.shift.truth import TIME_S, AlertSaid, HitHeard, Truth

VISIBLE_S: Final = 2.0
"""A hit must be on the screen so long after it reached its threshold."""
PAINT_P99_MS: Final = 150.0
MOST_TOLD: Final = 60
SAME_S: Final = 1.0
"""A fault that is raised again within so long has another text, and was not over."""
LOAD_FAULTS: Final = (FaultKind.BUDGET_MISSED.id, FaultKind.EFFORT_LOWERED.id)
"""Faults that say how fast this machine was just then, which no script knows: they are counted, and are no flaps."""
_NEVER_S: Final = 1e12


@dataclass(slots=True)
class Told:
    """A wrong statement: how often it was read, and when first and last."""

    first: Statement
    last_s: float
    times: int = 1


@dataclass(slots=True)
class Tally:
    """Takes statements and readings as they come; `section` sums up."""

    truth: Truth
    statements: int = 0
    readings: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    wrong: dict[tuple[str, str, str], Told] = field(default_factory=dict)
    wrong_count: int = 0
    visible: set[tuple[int, str]] = field(default_factory=set)
    swallowed: list[HitHeard] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    """What the shift itself could not do."""
    _judged: set[tuple[int, str]] = field(default_factory=set)

    def add(self, statements: list[Statement]) -> None:
        """Count the statements of one reading."""
        self.readings += 1
        self.statements += len(statements)
        for one in statements:
            self.kinds[one.kind] += 1
            if one.right:
                continue
            self.wrong_count += 1
            known = self.wrong.get((one.kind, one.about, one.shown))
            if known is None:
                self.wrong[one.kind, one.about, one.shown] = Told(one, one.at_s)
            else:
                known.last_s, known.times = one.at_s, known.times + 1

    def look(self, at_s: float, reading: Reading) -> None:
        """See which hits are on the screen; one that should be by now and never was is swallowed."""
        for key, heard in self.truth.hits.items():
            if key in self._judged or at_s < heard.at_s:
                continue
            if self._shows(reading, heard, at_s):
                self._judged.add(key)
                self.visible.add(key)
            elif at_s > heard.at_s + VISIBLE_S:
                self._judged.add(key)
                self.swallowed.append(heard)

    def _shows(self, reading: Reading, heard: HitHeard, at_s: float) -> bool:
        marks = [card["vrm"] for card in reading["cards"]]
        driver = reading["driver"]
        if driver is not None:
            marks.append(driver["vrm"])
        if any(agrees(plain(mark or ""), heard.vrm) for mark in marks):
            return True
        if any(_took_in_decided(said, heard) for said in self.truth.alerts.values()):
            return True
        if driver is None:
            return False
        waiting = [
            said
            for said in self.truth.alerts.values()
            if said.latest["vrm"] == heard.vrm and said.latest["state"] != "decided"
        ]
        if not waiting:
            return False
        if any(
            word in f"{driver['foot'] or ''} {driver['text'] or ''} {driver['waiting'] or ''}"
            for word in (" more", " waiting")
        ):
            return True
        # seen by the officer within this encounter: the vehicle's alert is in the queue, and not news
        return any(
            said.latest["seen"] and at_s - heard.at_s < ENCOUNTER_S and said.latest["repeats"] > 0 for said in waiting
        )

    def unread(self) -> list[tuple[int, str]]:
        """Return passes of listed vehicles that no hit was heard of."""
        listed = [
            (one.number, v.vrm) for one in self.truth.script.passes for v in one.vehicles if v.role is Role.LISTED
        ]
        played = {(w.pass_number, w.vrm) for w in self.truth.windows}
        return [key for key in listed if key in played and key not in self.truth.hits]

    def flaps(self) -> list[str]:
        """Return what was raised, taken back and raised again though the truth was the same."""
        found = []
        for alert_id, said in self.truth.alerts.items():
            again = said.latest["steps"].count("raised_again")
            if again:
                found.append(f"alert {alert_id} on {said.latest['vrm']}: raised again {again} times")
        episodes: dict[str, list[tuple[float, float]]] = {}
        for said in self.truth.alerts.values():
            if said.latest["kind"] == "fault":
                over = said.versions[-1][0] if said.latest["state"] == "cleared" else _NEVER_S
                episodes.setdefault(said.latest["fault"], []).append((said.versions[0][0], over))
        for name, times in episodes.items():
            for (began_s, over_s), (again_s, _) in pairwise(sorted(times)):
                changed = any(began_s < s <= again_s for s in self._changes_of(name))
                if not changed and again_s - over_s > SAME_S and name not in LOAD_FAULTS:
                    found.append(f"fault {name}: over at {over_s:.1f} s, raised again at {again_s:.1f} s")
        return found

    def _load_faults(self) -> int:
        """Return how often the machine's load was a fault."""
        return sum(1 for said in self.truth.alerts.values() if said.latest.get("fault") in LOAD_FAULTS)

    def _changes_of(self, fault: str) -> list[float]:
        """Return when the truth of a fault changed for the worse, or the engine began anew."""
        return [*self.truth.started, *(one.from_s for one in self.truth.outages if _is_of(fault, one.event))]

    def section(self, title: str, *, quiet_machine: bool = True) -> dict[str, Any]:
        """Return the section of the report."""
        flaps, unread = self.flaps(), self.unread()
        paint = spread(self.truth.paints_ms)
        floors = (
            ("wrong", self.wrong_count, 0.0), ("swallowed", float(len(self.swallowed)), 0.0), ("flaps", float(len(flaps)), 0.0),
            ("grab to paint p99, ms", paint.get("p99"), PAINT_P99_MS if quiet_machine else None),
        )  # fmt: skip
        errors = [
            f"shift: {name} is {value if value is not None else 'not measured'}, the floor is {floor:g}"
            for name, value, floor in floors
            if floor is not None and (value is None or value > floor)
        ]
        rows: list[dict[str, Any]] = [
            {"measure": name, "value": value, "floor": floor} for name, value, floor in floors
        ]
        counts = {"statements": self.statements, "readings": self.readings, "listed passes hit": len(self.truth.hits), "unread": len(unread),
                  "covert hits, none shown": self.truth.covert_hits, "times that effort or budget was a fault": self._load_faults()}  # fmt: skip
        rows += [{"measure": name, "value": value} for name, value in counts.items()]
        return {
            "kind": "rows", "title": title, "rows": rows, "errors": errors + [f"shift: {one}" for one in self.failures],
            "statements": self.statements, "wrong": self.wrong_count, "swallowed": len(self.swallowed), "flaps": len(flaps),
            "unread": len(unread), "readings": self.readings, "by_kind": dict(self.kinds), "grab_to_paint_ms": paint,
            "wrong_list": [_told(one) for one in sorted(self.wrong.values(), key=lambda one: one.first.at_s)[:MOST_TOLD]],
            "swallowed_list": [f"{h.vrm} in pass {h.pass_number}, {h.at_s:.1f} s" for h in self.swallowed],
            "flaps_list": flaps[:MOST_TOLD], "unread_list": [f"{vrm} in pass {number}" for number, vrm in unread],
        }  # fmt: skip


def _took_in_decided(said: AlertSaid, heard: HitHeard) -> bool:
    """Return whether the hit was taken in by an alert of its vehicle that the crew had decided: that stands in the history."""
    latest_s, latest = said.versions[-1]
    return (
        latest["vrm"] == heard.vrm
        and latest["state"] == "decided"
        and latest["repeats"] > 0
        and latest_s >= heard.at_s - TIME_S
    )


def _told(one: Told) -> dict[str, Any]:
    first = one.first
    return {"from_s": round(first.at_s, 1), "to_s": round(one.last_s, 1), "times": one.times, "kind": first.kind, "about": first.about,
            "shown": first.shown, "truth": first.truth}  # fmt: skip


def _is_of(fault: str, event: Event) -> bool:
    return (event is Event.CAMERA_LOST and "camera" in fault) or (event is Event.GPS_LOST and "gps" in fault)


def spread(values: list[float]) -> dict[str, float]:
    """Return the percentiles of some milliseconds and how many they are."""
    if not values:
        return {"count": 0}
    p50, p95, p99 = (round(float(p), 1) for p in np.percentile(values, (50, 95, 99)))
    return {"p50": p50, "p95": p95, "p99": p99, "count": len(values)}
