"""Compares each statement on the screen with the truth of the shift; what is compared and how closely is in benchmarks/MEASURES.md.

Works on readings (`benchmarks/shift/page.js`), plain values, so that a test can make up any. A statement is right, or wrong
with what was so beside it.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from benchmarks.shift.alert_judge import AlertJudge
from benchmarks.shift.script import Act, Event, Role
from benchmarks.shift.statements import LAG_S, Reading, Statement, clock_gap, plain, seconds_between, times_of
from benchmarks.shift.truth import AGE_S, TIME_S, Truth

_DEVICES: Final = {"cameras": Event.CAMERA_LOST, "gps": Event.GPS_LOST}


class Judge:
    """Judges readings against one truth."""

    def __init__(self, truth: Truth, words: tuple[tuple[float, str], ...] = ()) -> None:
        self.truth = truth
        self.alerts = AlertJudge(truth, words)
        self.hashes = self.alerts.hashes

    def judge(self, reading: Reading) -> list[Statement]:
        """Return every statement of a reading with what was so."""
        at_s = self.truth.second_utc(datetime.fromtimestamp(reading["at_ms"] / 1000, self.truth.zero_utc.tzinfo))
        may_be_lost, must_be_lost = self.truth.engine_away(at_s)
        said = [
            self._state(
                at_s,
                "lost",
                "engine",
                reading["lost"] or "there",
                reading["lost"] is not None,
                may_be_lost,
                must_be_lost,
            )
        ]
        if reading["lost"] is not None or may_be_lost or not self.truth.started:
            return said  # the page itself says that nothing it shows is live
        said += self._covert(at_s, reading)
        said += self._marks(at_s, reading)
        if reading["driver"] is not None:
            said += self.alerts.driver(at_s, reading["driver"])
            said += self._idle(at_s, reading["driver"])
        for card in reading["cards"]:
            said += self.alerts.card(at_s, card)
        if reading["panel"] is not None and reading["panel"]["alert"] is not None:
            said += self.alerts.panel(at_s, reading["panel"])
        for seen in reading["strip"]:
            said += self._sighting(at_s, seen)
        said += self._counts(at_s, reading)
        said += self._history(at_s, reading)
        return said

    def _state(
        self, at_s: float, kind: str, about: str, shown: str, is_on: bool, may_be: bool, must_be: bool
    ) -> Statement:
        truth = "on" if must_be else "on or off" if may_be else "off"
        return Statement(at_s, kind, about, shown, truth, must_be <= is_on <= may_be)

    def _covert(self, at_s: float, reading: Reading) -> Iterator[Statement]:
        for vehicle in self.truth.script.vehicles:
            if vehicle.role is Role.COVERT:
                alerted = [card["vrm"] for card in (*reading["cards"], *reading["history"])]
                alerted.append((reading["driver"] or {}).get("vrm"))
                names = [one for one in alerted if one is not None and plain(one) == vehicle.vrm]
                told = vehicle.list_name in repr(reading)
                yield Statement(
                    at_s, "covert", "list", ", ".join(names) or str(told), "never shown", not names and not told
                )

    def _marks(self, at_s: float, reading: Reading) -> Iterator[Statement]:
        for mark in reading["marks"]:
            name = (mark["name"] or "").split(":")[0].strip().casefold()
            if name in _DEVICES:
                well, away = self.truth.may_be(_DEVICES[name], at_s)
                allowed = (well and mark["level"] == "ok") or (away and mark["level"] != "ok")
                yield Statement(
                    at_s,
                    "health",
                    name,
                    f"{mark['level']}: {mark['say'] or ''}",
                    f"well: {well}, away: {away}",
                    allowed,
                )
            elif name == "lists":
                yield Statement(at_s, "health", name, mark["level"], "ok", mark["level"] == "ok")
        trouble = reading["trouble"]
        if reading["view"] == "full":
            bad = any(mark["level"] in {"warning", "fault"} for mark in reading["marks"])
            yield Statement(
                at_s,
                "trouble",
                "bar",
                str(trouble and trouble["text"]),
                "shown" if bad else "hidden",
                bad == (trouble is not None),
            )

    def _sighting(self, at_s: float, seen: Reading) -> Iterator[Statement]:
        if not seen["vrm"]:
            return
        mark, about = plain(seen["vrm"]), "strip"
        passes = self.truth.passes_of(mark, at_s)
        yield Statement(at_s, "mark", about, mark, "passed" if passes else "no such vehicle passed", bool(passes))
        if clock := re.search(r"\d\d:\d\d(:\d\d)?", seen["when"] or ""):
            near = [
                w
                for w in passes
                if any(clock_gap(self.truth, clock[0], s) <= TIME_S for s in seconds_between(w.from_s, w.to_s))
            ]
            yield Statement(at_s, "time", about, f"{mark} {clock[0]}", times_of(self.truth, mark), bool(near))
        if seen["picture"] and passes:
            shows = self.truth.pictures.owners.get(self.hashes.get(seen["picture"], ""))
            yield Statement(at_s, "picture", about, str(shows), mark, shows == mark)

    def _counts(self, at_s: float, reading: Reading) -> Iterator[Statement]:
        queues = self.truth.queued(at_s - LAG_S, at_s)
        if reading["view"] == "full" and (number := re.search(r"\d+", reading["count"] or "0")):
            sizes = {len(queue) for queue in queues}
            if reading["count"] is not None or reading["cards"]:
                yield Statement(at_s, "count", "queue", number[0], str(sorted(sizes)), int(number[0]) in sizes)
        driver = reading["driver"]
        if driver is None:
            return
        more = _number(driver["foot"] or "", "more")
        if driver["alert"] is not None:
            unseen = [_unseen(queue) for queue in queues]
            yield Statement(
                at_s, "count", "driver view", f"{more} more", f"{unseen} unseen", any(more < size for size in unseen)
            )
        if driver["waiting"] is not None:
            shown = _number(driver["waiting"], "waiting")
            live = 0 if driver["alert"] is None else 1 + more
            hits = [sum(1 for _, _, kind in queue if kind == "hit") for queue in queues]
            right = any(shown == size - live for size in hits)
            yield Statement(at_s, "count", "driver view", f"{shown} waiting", f"{hits} hits, {live} live", right)

    def _idle(self, at_s: float, driver: Reading) -> Iterator[Statement]:
        """Yield what driver view says while it shows no alert: that it watches, or that it does not."""
        if driver["alert"] is not None or driver["waiting"] is None:
            return  # a page that knows no other idle view than "Watching"
        well, away = self.truth.may_be(Event.CAMERA_LOST, at_s)
        watches = "Watching" in (driver["text"] or "")
        yield Statement(
            at_s,
            "reading",
            "driver view",
            driver["text"] or "",
            f"well: {well}, away: {away}",
            well if watches else away,
        )

    def _history(self, at_s: float, reading: Reading) -> Iterator[Statement]:
        decided = [one for one in self.truth.done if one.act in {Act.CONFIRM, Act.NO_ACTION, Act.WRONG_PLATE}]
        for row in reading["history"]:
            match = re.search(r"(Confirmed|No action|Wrong plate)\b.* by .*?(\d\d:\d\d:\d\d)", row["text"] or "")
            if match is None or not row["vrm"]:
                continue
            act, mark = match[1].casefold().replace(" ", "_"), plain(row["vrm"])
            near = [
                one
                for one in decided
                if one.act.value == act
                and clock_gap(self.truth, match[2], one.at_s) <= AGE_S
                and self._is_of(one.alert_id, mark)
            ]
            yield Statement(
                at_s,
                "history",
                mark,
                row["text"],
                str([(one.act.value, round(one.at_s)) for one in decided]),
                bool(near),
            )

    def _is_of(self, alert_id: int, mark: str) -> bool:
        said = self.truth.alerts.get(alert_id)
        return said is not None and said.latest["vrm"] == mark


def _number(text: str, word: str) -> int:
    match = re.search(rf"(\d+) {word}", text)
    return int(match[1]) if match else 0


def _unseen(queue: list[list[Any]]) -> int:
    return sum(1 for _, seen, _ in queue if not seen)
