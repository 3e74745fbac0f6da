"""Judges a day: what the engine told, against what the script says must hold, and against what is in the records in the end."""

import statistics
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from anpr import sqlite
from anpr.faults import FaultKind
from benchmarks.day.script import CLOCK_MARK, READING_S, Group, Planned

MEASURES: Final = frozenset((FaultKind.BUDGET_MISSED.id, FaultKind.EFFORT_LOWERED.id))
"""Faults that tell how fast this machine is."""
UNCAUSED_S: Final = 20.0
"""A fault for which the script has no cause may stand so long: a moment's, such as that after a suspend."""
MOST_GROWTH: Final = 0.10
"""Memory may grow so much within one start of the engine, and from the first half of the starts to the second, as a share."""
FEWEST: Final = 3
"""Samples of one start that its memory is the median of."""
FEWEST_STARTS: Final = 4
"""Starts of one way of showing of which halves can be compared."""
WARM: Final = 400
"""Models and caches fill memory once: before so many frames of a start it is not looked at."""
_BESIDE: Final = {
    Group.CAMERA: ("camera_",),
    Group.DISK: tuple(
        kind.id
        for kind in (
            FaultKind.DISK_FULL,
            FaultKind.RECORDS_UNWRITABLE,
            FaultKind.LOG_FAILED,
            FaultKind.HOTLIST_SYNC_FAILED,
            FaultKind.HOTLIST_RELOAD_FAILED,
        )
    ),
    Group.DATE: (
        "gps_",
        CLOCK_MARK,
        FaultKind.HOTLIST_SYNC_FAILED.id,
    ),  # while the date is not sure nothing signed is taken
}
"""Faults that may stand beside those that must: names, or their beginnings."""


@dataclass(slots=True)
class Under:
    """An event that is under way or was: when it began and ended, what is asked of it, and what was seen."""

    planned: Planned
    faults: frozenset[str]
    began_s: float
    asked_from_s: float
    told_s: float | None = None
    told: str = ""
    ended_s: float | None = None
    cleared_s: float | None = None
    is_untold: bool = False
    was_told: bool = False
    notes: list[str] = field(default_factory=list)
    skipped: str = ""

    def line(self) -> dict[str, Any]:
        """Return the event as a line of the report."""
        one = self.planned
        return {
            "number": one.number, "event": one.event.value, "from_s": round(self.began_s, 1),
            "to_s": round(self.ended_s, 1) if self.ended_s is not None else None, "told": self.told,
            "told_after_s": round(self.told_s - self.asked_from_s, 1) if self.told_s is not None else None,
            "cleared_after_s": round(self.cleared_s - self.ended_s, 1)
            if self.cleared_s is not None and self.ended_s is not None else None,
            "skipped": self.skipped, "seen": self.notes,
        }  # fmt: skip


@dataclass(slots=True)
class Failure:
    """Something that must not be: of which count, when, and in words."""

    count: str
    at_s: float
    words: str


@dataclass(slots=True)
class Judge:
    """Takes in the witness's lines and the steps of time; `zero_ns` is the clock's time at the day's beginning."""

    zero_ns: int
    events: list[Under] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    standing: dict[str, float] = field(default_factory=dict)
    lists: dict[str, int] = field(default_factory=dict)
    sightings: list[tuple[str, str, float]] = field(default_factory=list)
    alerts: dict[int, tuple[str, str, float]] = field(default_factory=dict)
    """Kind and last state told of each alert, and when."""
    memory_mb: list[tuple[int, str, float]] = field(default_factory=list)
    """Number of the engine's start, its way of showing, megabytes."""
    seen: int = 0
    """How often a vehicle was told, for the first time or as final."""
    starts: int = 0
    ended_in_order: bool = False
    _uncaused: dict[str, float] = field(default_factory=dict)
    _counted: set[str] = field(default_factory=set)
    _blind_until_s: float = 0.0
    _is_stopped: bool = False

    def begin(self, planned: Planned, now_s: float, faults: frozenset[str] | None = None) -> Under:
        """Take note that an event begins; `faults` instead of those of its rule."""
        made = Under(planned, planned.rule.faults if faults is None else faults, now_s, now_s)
        self.events.append(made)
        return made

    def end(self, under: Under, now_s: float) -> None:
        """Take note that its cause is gone."""
        under.ended_s = now_s
        if under.planned.rule.blinds:
            self.blinded(now_s)

    def blinded(self, now_s: float) -> None:
        """Take note that nothing can have been read until now."""
        self._blind_until_s = max(self._blind_until_s, now_s)

    def slept(self, now_s: float) -> None:
        """Take note that the tablet slept until now: nothing can have been told or cleared meanwhile."""
        self.blinded(now_s)
        self._uncaused.clear()

    def fail(self, count: str, now_s: float, words: str) -> None:
        """Count something that must not be."""
        self.failures.append(Failure(count, round(now_s, 1), words))

    def take(self, lines: Iterable[dict[str, Any]]) -> None:
        """Take in what the engine told."""
        for line in lines:
            at_s = (line["at"] - self.zero_ns) * 1e-9
            match line["k"]:
                case "seen":
                    self.seen += 1
                case "sighting":
                    self.seen += 1
                    self.sightings.append((line["text"], line["last_utc"], at_s))
                case "alert":
                    self._alert(line, at_s)
                case "clock":
                    self._fault(CLOCK_MARK, at_s, is_over=line["value"][0] != "fault")
                case "lists":
                    self.lists = line["value"]
                case "started":
                    self._started(line["waiting"], at_s)
                case "ended":
                    self.ended_in_order = True

    def tick(self, now_s: float, read_s: float) -> None:
        """Look at everything at a moment; `read_s` is when the frame was grabbed that was read last."""
        if any(one.ended_s is None and one.planned.rule.blinds for one in self.events):
            self.blinded(now_s)
        self._look_at_reading(now_s, read_s)
        for one in self.events:
            self._look_at(one, now_s)
        self._look_for_uncaused(now_s)

    def _alert(self, line: dict[str, Any], at_s: float) -> None:
        if line["kind"] == "fault":
            self._fault(line["fault"], at_s, is_over=line["state"] == "cleared")
        self.alerts[line["id"]] = line["kind"], line["state"], at_s

    def _fault(self, name: str, at_s: float, *, is_over: bool) -> None:
        if is_over:
            self.standing.pop(name, None)
        else:
            self.standing.setdefault(name, at_s)

    def _started(self, waiting: list[int], at_s: float) -> None:
        gone = {
            number for number, (kind, state, _) in self.alerts.items()
            if kind == "hit" and state not in {"decided", "withdrawn", "not_decided", "cleared"} and number not in waiting
        }  # fmt: skip
        for number in sorted(gone):
            self.fail("records_lost", at_s, f"alert {number} waited for a decision and is not there after the start")
        self.standing.clear()
        self._uncaused.clear()
        self.starts += 1
        self.ended_in_order = False
        self.blinded(at_s)
        for one in self.events:
            if one.ended_s is None:
                one.asked_from_s, one.told_s, one.is_untold = at_s, None, False

    def _look_at_reading(self, now_s: float, read_s: float) -> None:
        if now_s - read_s <= READING_S:
            self._is_stopped = False
        elif not self._is_stopped and now_s - self._blind_until_s > READING_S:
            self._is_stopped = True
            causes = ", ".join(one.planned.event for one in self.events[-2:])
            self.fail("reading_stopped", now_s, f"nothing was read for {now_s - read_s:.0f} s, after: {causes}")

    def _look_at(self, one: Under, now_s: float) -> None:
        rule, here = one.planned.rule, one.faults & self.standing.keys()
        if one.ended_s is None:
            if here and one.told_s is None:
                one.told_s, one.told, one.was_told = now_s, ", ".join(sorted(here)), True
            elif one.faults and one.told_s is None and not one.is_untold and now_s - one.asked_from_s > rule.tell_s:
                one.is_untold = True
                self.fail("faults_untold", now_s, f"{one.planned.event}: none of {', '.join(sorted(one.faults))} after"
                                                  f" {now_s - one.asked_from_s:.0f} s")  # fmt: skip
        elif one.faults and one.cleared_s is None and not here:
            one.cleared_s = now_s

    def _look_for_uncaused(self, now_s: float) -> None:
        """Count faults that stand without a cause for longer than they may, once each time."""
        for name in self.standing.keys() - MEASURES:
            if any(_explains(one, name, now_s) for one in self.events):
                self._uncaused.pop(name, None)
                continue
            since_s = self._uncaused.setdefault(name, now_s)
            if now_s - since_s > UNCAUSED_S and name not in self._counted:
                self._counted.add(name)
                last = ", ".join(f"{one.planned.event}" for one in self.events[-2:])
                self.fail("faults_left_standing", now_s, f"{name} stands without a cause, after: {last}")
        self._counted &= self.standing.keys()
        self._uncaused = {name: since for name, since in self._uncaused.items() if name in self.standing}

    def judge_records(self, path: Path, now_s: float) -> None:
        """Compare what was told as final with the records file."""
        with closing(sqlite.connect(path)) as records:
            kept = set(records.execute("SELECT vrm, last_utc FROM sightings WHERE final = 1").fetchall())
            alerts = dict(records.execute("SELECT id, state FROM alerts").fetchall())
            integrity = records.execute("PRAGMA integrity_check").fetchone()[0]
        if integrity != "ok":
            self.fail("records_lost", now_s, f"the records file is not sound: {integrity}")
        for text, last_utc, at_s in self.sightings:
            if (text, last_utc) not in kept:
                self.fail("records_lost", at_s, f"sighting {text} was told at {at_s:.1f} s and is not in the records")
        for number, (kind, state, at_s) in self.alerts.items():
            if number not in alerts:
                self.fail("records_lost", at_s, f"alert {number} ({kind}, {state}) was told and is not in the records")

    def growth(self) -> tuple[float | None, float | None]:
        """Return how much memory grew: from the first half of the starts to the second, and the most within one start.

        Each is a share, None where the day was too short to tell. Starts are held against those that show in the same way, since
        the two ways need different parts; one start alone says little, as its memory depends on what happened in it.
        """
        by_start: dict[tuple[str, int], list[float]] = {}
        for start, way, mb in self.memory_mb:
            by_start.setdefault((way, start), []).append(mb)
        within = [
            statistics.median(all_[-FEWEST:]) / statistics.median(all_[:FEWEST]) - 1
            for all_ in by_start.values() if len(all_) >= 2 * FEWEST
        ]  # fmt: skip
        fresh: dict[str, list[float]] = {}
        for (way, _), all_ in sorted(by_start.items()):
            if len(all_) >= FEWEST:
                fresh.setdefault(way, []).append(statistics.median(all_[:FEWEST]))
        halves = [
            (each[: len(each) // 2], each[-(len(each) // 2) :]) for each in fresh.values() if len(each) >= FEWEST_STARTS
        ]
        over = [statistics.median(late) / statistics.median(early) - 1 for early, late in halves]
        return max(over, default=None), max(within, default=None)


def _explains(one: Under, name: str, now_s: float) -> bool:
    rule = one.planned.rule
    if one.ended_s is not None and now_s > one.ended_s + rule.clear_s:
        return False
    return name in one.faults or name.startswith(_BESIDE.get(rule.group, ("-",)))
