"""What the screen says of alerts, compared with the truth: in driver view, in the queue and on the alert's own panel."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from benchmarks.shift.script import ENCOUNTER_S, Act, Event, Role
from benchmarks.shift.statements import HIDDEN, LAG_S, Reading, Statement, agrees, clock_gap, clock_of, plain, times_of
from benchmarks.shift.truth import AGE_S, PLACE_M, TIME_S, AlertSaid, Truth

PERCENT: Final = 1.0
LIVE_S: Final = 60.0
"""So long after its vehicle was last seen a hit passes for live, as a car is configured by default."""
_FAULTS: Final = (("camera", Event.CAMERA_LOST), ("gps", Event.GPS_LOST))
_MEASURES: Final = ("budget", "effort")
"""Faults that tell how fast this machine is: told apart, since no script knows it."""
_UNITS: Final = {"s": 1.0, "min": 60.0, "h": 3600.0}


@dataclass(slots=True)
class AlertJudge:
    """Judges what is shown of alerts; `words` are (at least, words) of probabilities, the highest first."""

    truth: Truth
    words: tuple[tuple[float, str], ...] = ()
    hashes: dict[str, str] = field(default_factory=dict)
    """The hash of the bytes that the page got for a picture's id."""

    def driver(self, at_s: float, shown: Reading) -> Iterator[Statement]:
        """Yield what driver view says of its alert, if it shows one."""
        if shown["alert"] is None:
            return
        said = self.truth.alerts.get(shown["alert"])
        if said is None:
            yield Statement(
                at_s, "state", f"alert {shown['alert']}", shown["text"], "there is no such alert", right=False
            )
            return
        if said.latest["kind"] == "fault":
            yield self._fault(at_s, shown["alert"], said, shown["text"])
            return
        about, is_withdrawn = f"alert {shown['alert']}, driver view", shown["state"] == "withdrawn"
        yield from self._whose(at_s, about, shown["vrm"], said, is_withdrawn)
        yield self._undecided(at_s, about, shown["alert"])
        yield from self._ages(at_s, about, shown["text"], said)
        if shown["waiting"] is not None:  # a page that lets hits step back when their vehicle is gone
            yield self._is_live(at_s, about, said)
        vehicle = self.truth.vehicle(plain(shown["vrm"] or ""))
        if vehicle is not None and vehicle.role is Role.LISTED and shown["short"]:
            yield Statement(at_s, "text", about, shown["short"], vehicle.paint, vehicle.paint in shown["short"])
        yield from self._tags(at_s, about, shown["tags"], said)

    def card(self, at_s: float, card: Reading) -> Iterator[Statement]:
        """Yield what a card of the queue says."""
        said = self.truth.alerts.get(card["alert"])
        about = f"alert {card['alert']}, queue"
        if said is None:
            yield Statement(at_s, "state", about, card["text"], "there is no such alert", right=False)
            return
        if "is-fault" in card["classes"]:
            yield self._fault(at_s, card["alert"], said, card["text"])
            return
        yield from self._whose(at_s, about, card["vrm"], said, "is-withdrawn" in card["classes"])
        yield self._undecided(at_s, about, card["alert"])
        yield from self._ages(at_s, about, card["text"], said)
        if clock := re.search(r"\b(\d\d):(\d\d)\b", card["when"] or ""):
            minutes = {clock_of(self.truth, line["seen_utc"])[:5] for line in said.around(at_s - LAG_S, at_s)}
            told, passed = (
                clock[0],
                {
                    self.truth.utc_at(s).strftime("%H:%M")
                    for w in self.truth.passes_of(said.owner)
                    for s in (w.from_s - TIME_S, w.to_s + TIME_S)
                },
            )
            yield Statement(
                at_s, "time", about, told, f"{sorted(minutes)}, passed {sorted(passed)}", told in minutes & passed
            )
        if card["picture"]:
            yield self._picture(at_s, about, card["picture"], said)
        is_seen = "is-seen" in card["classes"]
        seen = {line["seen"] for line in said.around(at_s - LAG_S, at_s)}
        yield Statement(at_s, "state", about, f"seen: {is_seen}", f"seen: {sorted(seen)}", is_seen in seen)
        acted = any(one.at_s <= at_s for one in self.truth.done_about(card["alert"]))
        yield Statement(at_s, "state", about, f"seen: {is_seen}", f"the officer saw it: {acted}", acted or not is_seen)

    def panel(self, at_s: float, panel: Reading) -> Iterator[Statement]:
        """Yield what the panel of the open alert says."""
        said = self.truth.alerts.get(panel["alert"])
        if said is None or said.latest["kind"] == "fault":
            return
        about, versions = f"alert {panel['alert']}, panel", said.around(at_s - LAG_S, at_s)
        if panel["listed"]:
            letters = "".join(panel["listed"])
            marks = {line["vrm"] for line in versions}
            yield Statement(
                at_s, "mark", about, letters, str(sorted(marks)), any(agrees(letters, mark) for mark in marks)
            )
        if panel["read"]:
            letters, reads = "".join(panel["read"]), {line["read"] for line in versions}
            yield Statement(
                at_s, "mark", about, letters, f"read as {sorted(reads)}", any(agrees(letters, one) for one in reads)
            )
        if panel["chance"]:
            yield from self._chance(at_s, about, panel, versions)
        facts = panel["facts"]
        if "Seen" in facts:
            yield from self._seen(at_s, about, facts, said, versions)
        if "Before" in facts:
            yield self._before(at_s, about, facts["Before"], said)
        for kind in ("plate", "overview"):
            if panel[kind]:
                yield self._picture(at_s, f"{about}, {kind}", panel[kind], said)
        if panel["decided"]:
            acts = [one.act for one in self.truth.done_about(panel["alert"])]
            told = panel["decided"].casefold()
            yield Statement(
                at_s, "state", about, told, str(acts), any(act.value.replace("_", " ") in told for act in acts)
            )
        yield from self._ages(at_s, about, " ".join(panel["steps"]), said)

    def _chance(self, at_s: float, about: str, panel: Reading, versions: list[dict[str, Any]]) -> Iterator[Statement]:
        shown = float(re.sub(r"[^\d.]", "", panel["chance"]))
        chances = [line["probability"] for line in versions]
        near = any(abs(min(chance * 100, 99 if chance < 1 else 100) - shown) <= PERCENT for chance in chances)
        yield Statement(at_s, "probability", about, panel["chance"], str([round(one, 4) for one in chances]), near)
        if self.words and panel["words"]:
            fitting = {next((words for least, words in self.words if chance >= least), "") for chance in chances}
            yield Statement(at_s, "text", about, panel["words"], str(sorted(fitting)), panel["words"] in fitting)

    def _seen(
        self, at_s: float, about: str, facts: dict[str, str], said: AlertSaid, versions: list[dict[str, Any]]
    ) -> Iterator[Statement]:
        clock = re.search(r"\d\d:\d\d:\d\d", facts["Seen"])
        if clock is None:
            yield Statement(at_s, "time", about, facts["Seen"], "a time", right=False)
            return
        seconds = [self.truth.second_utc(datetime.fromisoformat(line["seen_utc"])) for line in versions]
        shown_s = min(seconds, key=lambda one: clock_gap(self.truth, clock[0], one))
        passed = clock_gap(self.truth, clock[0], shown_s) <= TIME_S and self.truth.in_view(said.owner, shown_s)
        yield Statement(
            at_s, "time", about, clock[0], f"{said.owner} in view {times_of(self.truth, said.owner)}", passed
        )
        if where := re.match(r"(-?\d+\.\d+), (-?\d+\.\d+)", facts.get("Where", "")):
            off_m = self.truth.script.is_from((float(where[1]), float(where[2])), shown_s)
            old = "old fix" in facts["Where"]
            well, away = self.truth.may_be(Event.GPS_LOST, shown_s)
            right = (off_m <= PLACE_M and well) or (old and away)
            yield Statement(
                at_s, "place", about, facts["Where"], f"{off_m:.0f} m off, GPS well: {well}, away: {away}", right
            )

    def _before(self, at_s: float, about: str, shown: str, said: AlertSaid) -> Statement:
        times = 1 if "once" in shown else int(next(iter(re.findall(r"(\d+) times", shown)), "0"))
        earlier = self.truth.passes_of(said.owner, at_s)
        met = sum(1 for a, b in pairwise(earlier) if b.from_s - a.to_s > ENCOUNTER_S)
        return Statement(
            at_s,
            "before",
            about,
            shown,
            f"at most {len(earlier) - 1} passes before, {met} encounters",
            1 <= times < max(len(earlier), 1),
        )

    def _tags(self, at_s: float, about: str, tags: list[str], said: AlertSaid) -> Iterator[Statement]:
        passes = self.truth.passes_of(said.owner, at_s)
        typed = self.truth.typed_s.get(said.owner)
        for tag in tags:
            if tag.startswith("Seen before"):
                yield Statement(at_s, "before", about, tag, f"{len(passes)} passes so far", len(passes) > 1)
            elif tag.startswith("Seen earlier"):
                yield Statement(at_s, "state", about, tag, f"typed at {typed}", typed is not None)
            elif match := re.match(r"× ?(\d+)", tag):
                yield Statement(at_s, "count", about, tag, f"{len(passes)} passes so far", int(match[1]) <= len(passes))

    def _whose(
        self, at_s: float, about: str, vrm: str | None, said: AlertSaid, is_withdrawn: bool
    ) -> Iterator[Statement]:
        mark = plain(vrm or "")
        marks = {line["vrm"] for line in said.around(at_s - LAG_S, at_s)}
        yield Statement(at_s, "mark", about, mark, f"hit on {sorted(marks)}", any(agrees(mark, one) for one in marks))
        owner = said.owner or "a vehicle that is not known"
        lists = self.truth.lists_of(owner, at_s)
        states = {line["state"] == "withdrawn" for line in said.around(at_s - LAG_S, at_s)}
        # of a mark with hidden characters the alert's own counts: blanks agree with every mark
        about_marks = marks if any(c in HIDDEN for c in mark) else {mark}
        if owner in about_marks:
            yield Statement(
                at_s,
                "live",
                about,
                "withdrawn" if is_withdrawn else "live",
                f"{owner} passed, on {lists}",
                bool(lists) and not is_withdrawn,
            )
        else:
            yield Statement(
                at_s,
                "live",
                about,
                f"{mark} {'withdrawn' if is_withdrawn else 'live'}",
                f"{owner} passed",
                is_withdrawn,
            )
        yield Statement(
            at_s, "state", about, f"withdrawn: {is_withdrawn}", f"withdrawn: {sorted(states)}", is_withdrawn in states
        )

    def _undecided(self, at_s: float, about: str, alert_id: int) -> Statement:
        acts = [
            one for one in self.truth.done_about(alert_id) if one.act in {Act.CONFIRM, Act.NO_ACTION, Act.WRONG_PLATE}
        ]
        over = any(one.at_s < at_s - LAG_S for one in acts)
        return Statement(
            at_s, "state", about, "waits", str([(one.act.value, round(one.at_s)) for one in acts]), not over
        )

    def _ages(self, at_s: float, about: str, text: str, said: AlertSaid) -> Iterator[Statement]:
        for number, unit in re.findall(r"(\d+)\s*(s|min|h) ago", text or ""):
            shown_s, grain_s = float(number) * _UNITS[unit], _UNITS[unit] / 2 if unit != "s" else 0.0
            seconds = [
                self.truth.second_utc(datetime.fromisoformat(line["seen_utc"]))
                for line in said.around(at_s - LAG_S, at_s)
            ]
            near = [
                seen_s
                for seen_s in seconds
                if abs(at_s - seen_s - shown_s) <= AGE_S + grain_s and self.truth.in_view(said.owner, seen_s)
            ]
            yield Statement(
                at_s, "age", about, f"{number} {unit} ago", f"{[round(at_s - one, 1) for one in seconds]} s", bool(near)
            )

    def _is_live(self, at_s: float, about: str, said: AlertSaid) -> Statement:
        ages = [
            at_s - self.truth.second_utc(datetime.fromisoformat(line["seen_utc"]))
            for line in said.around(at_s - LAG_S, at_s)
        ]
        young = min(ages) <= LIVE_S + AGE_S
        return Statement(at_s, "live", about, "shown as live", f"{[round(age) for age in ages]} s ago", young)

    def _picture(self, at_s: float, about: str, picture: str, said: AlertSaid) -> Statement:
        shows = self.truth.pictures.owners.get(self.hashes.get(picture, ""))
        shown = shows if shows is not None else "a picture that is not known"
        return Statement(at_s, "picture", about, shown, said.owner, shows is not None and shows == said.owner)

    def _fault(self, at_s: float, alert_id: int, said: AlertSaid, text: str) -> Statement:
        name = said.latest["fault"]
        device = next((event for word, event in _FAULTS if word in name), None)
        if device is None:
            return Statement(
                at_s,
                "fault",
                f"alert {alert_id}",
                f"{name}: {text}",
                "not of the script",
                any(word in name for word in _MEASURES),
            )
        away = self.truth.may_be(device, at_s)[1]
        return Statement(at_s, "fault", f"alert {alert_id}", f"{name}: {text}", f"away: {away}", away)
