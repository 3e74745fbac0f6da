"""A shift being played: the script's agenda, the screen read all the while, and the officer at it.

Passes, changes and failures run in real time, the quiet between them is skipped by the shift's clock; the screen is read at
every change, at least once a second, and every ten seconds of what is skipped.
"""

import base64
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Error, Page

from benchmarks.shift.engine import START_S, Car
from benchmarks.shift.judge import Judge
from benchmarks.shift.lists import HAND
from benchmarks.shift.officer import CannotAct, Officer
from benchmarks.shift.player import Player
from benchmarks.shift.script import Act, Event, Happening, Pass, Script
from benchmarks.shift.statements import Reading, Statement
from benchmarks.shift.tally import Tally
from benchmarks.shift.truth import RECOVER_S, Done, Outage, Truth
from benchmarks.shift.witness import WitnessReader

POLL_S: Final = 0.1
EVERY_S: Final = 1.0
QUIET_EVERY_S: Final = 10.0
SETTLE_S: Final = 0.7
LONGEST_SETTLE_S: Final = 3.0
_LEAD_S, _AFTER_PASS_S, _AFTER_ACT_S = 2.5, 3.5, 2.5


@dataclass(slots=True)
class Shift:
    """One shift being played."""

    script: Script
    car: Car
    page: Page
    player: Player
    truth: Truth
    judge: Judge
    tally: Tally
    officer: Officer
    witness: WitnessReader
    keep: Path | None = None
    note: Callable[[str], None] = lambda _: None
    agenda: list[tuple[float, Callable[[], None]]] = field(default_factory=list)
    live: list[tuple[float, float]] = field(default_factory=list)
    _read_s: float = -1.0
    _changes: int = -1

    @property
    def now_s(self) -> float:
        """The second of the shift."""
        return self.truth.second_of(self.car.clock.monotonic_ns())

    def run(self) -> None:
        """Play the whole script."""
        self._plan()
        while self.now_s < self.script.length_s or self.agenda:
            if self._is_live(self.now_s):
                self._tick()
            else:
                self._skip_to(min((a for a, _ in self.live if a > self.now_s), default=self.script.length_s))
        self._end()

    def _plan(self) -> None:
        for one in self.script.passes:
            self._at(one.at_s, lambda one=one: self.player.play(one.number), one.seconds + _AFTER_PASS_S)  # type: ignore[misc]
            if one.act is not Act.NOTHING:
                at_s = one.at_s + one.seconds + one.act_after_s
                self._at(at_s, lambda one=one: self._act(one), _AFTER_ACT_S, one.act_after_s)  # type: ignore[misc]
        for phase in self.script.phases[1:]:
            self._at(phase.from_s, lambda: None, 6.0)
        for what in self.script.happenings:
            self._at(what.at_s, lambda what=what: self._happen(what), 5.0)  # type: ignore[misc]
            if what.lasts_s:
                self._at(what.at_s + what.lasts_s, lambda what=what: self._recover(what), RECOVER_S + 2.0, 2.0)  # type: ignore[misc]
            if what.event is Event.CAMERA_LOST:
                self.live.append((what.at_s, what.at_s + what.lasts_s))
        self.live.append((-1.0, 5.0))
        self.agenda.sort(key=lambda one: one[0])

    def _at(self, at_s: float, do: Callable[[], None], after_s: float, before_s: float = _LEAD_S) -> None:
        self.agenda.append((at_s, do))
        self.live.append((at_s - before_s, at_s + after_s))

    def _is_live(self, at_s: float) -> bool:
        return any(a <= at_s <= b for a, b in self.live)

    def _tick(self) -> None:
        while self.agenda and self.agenda[0][0] <= self.now_s:
            self.agenda.pop(0)[1]()
            self.note(f"{self.now_s:.0f} s: {self.tally.statements} statements, {self.tally.wrong_count} wrong")
        self._look()

    def _look(self) -> None:
        """Wait a moment; read when the page has changed, or a second has passed."""
        self.page.wait_for_timeout(POLL_S * 1000)
        if self._ask("window.__shift?.changes ?? -1") != self._changes or self.now_s - self._read_s >= EVERY_S:
            self.read()

    def _ask(self, expression: str, given: object = None) -> Any:
        """Ask the page; None while it is being loaded anew, as it is after the engine began anew."""
        try:
            return self.page.evaluate(expression, given)
        except Error:
            return None

    def read(self) -> Reading | None:
        """Read the screen, hear the witness, judge."""
        reading: Reading | None = self._ask("window.__shift?.read?.() ?? null")
        if reading is None:
            return None
        self._changes, self._read_s = reading["changes"], self.now_s
        for line in self.witness.fresh():
            self.truth.hear(line)
        self._know_pictures(reading)
        known = len(self.tally.wrong)
        self.tally.add(self.judge.judge(reading))
        if self.keep is not None and len(self.tally.wrong) > known:
            self._keep(self.keep, known)
        at_s = self.truth.second_utc(datetime.fromtimestamp(reading["at_ms"] / 1000, self.truth.zero_utc.tzinfo))
        self.tally.look(at_s, reading)
        return reading

    def _keep(self, folder: Path, known: int) -> None:
        """Keep a picture of a wrong screen, and what is wrong with it."""
        self.page.screenshot(path=folder / f"wrong-{self.now_s:.0f}.png")
        with (folder / "wrong.txt").open("a", encoding="utf-8") as file:
            for told in list(self.tally.wrong.values())[known:]:
                one = told.first
                file.write(f"{one.at_s:.1f} s, {one.kind}, {one.about}: {one.shown!r} is not so: {one.truth}\n")

    def _know_pictures(self, reading: Reading) -> None:
        """Learn which of the engine's pictures the page shows."""
        wanted = {seen["picture"] for seen in (*reading["strip"], *reading["cards"])}
        if reading["panel"] is not None:
            wanted |= {reading["panel"]["plate"], reading["panel"]["overview"]}
        for picture in wanted - {""} - self.judge.hashes.keys():
            coded = self._ask("(id) => window.__shift.picture(id)", picture)
            key = self.truth.pictures.key_of(base64.b64decode(coded)) if coded else None
            if key is not None:
                self.judge.hashes[picture] = key

    def _skip_to(self, until_s: float) -> None:
        while (left_s := until_s - self.now_s) > 0:
            self._set_page(skipping=True)
            self.player.hold()
            self.player.skip(min(left_s, QUIET_EVERY_S))
            self.player.run()
            self._set_page(skipping=False)
            self.page.wait_for_timeout(SETTLE_S * 1000)
            self._await_engine()
            self.read()

    def _await_engine(self) -> None:
        """Wait until the page has heard that the engine works: to it the time that was skipped was silence."""
        ends_s = self.now_s + LONGEST_SETTLE_S
        while self.now_s < ends_s and self._ask("!document.getElementById('lost').hidden"):
            self.page.wait_for_timeout(POLL_S * 1000)

    def _set_page(self, *, skipping: bool) -> None:
        self._ask(
            "([ahead, skipping]) => window.__shift.set(ahead, skipping)", [self.car.clock.ahead_ns / 1e6, skipping]
        )

    def _act(self, one: Pass) -> None:
        mark = one.vehicles[0].vrm
        mine = [
            (i, s)
            for i, s in self.truth.alerts.items()
            if s.owner == mark and s.latest["vrm"] == mark and s.latest["state"] != "decided"
        ]
        if not mine and (one.number, mark) not in self.truth.hits:
            return  # it was never read, which is told apart
        if not mine:
            self.tally.failures.append(f"pass {one.number}: there is no alert on {mark} to act on ({one.act.value})")
            return
        alert_id = max(i for i, _ in mine)
        try:
            acted = self.officer.act(one.act, alert_id, mark)
        except CannotAct as error:
            self.tally.failures.append(f"pass {one.number}, alert {alert_id}: {error}")
            return
        self.truth.done += [Done(about, one.act, at_s) for about, at_s in acted]

    def _happen(self, what: Happening) -> None:
        if what.event is Event.CAMERA_LOST:
            self.car.camera.lose(True)
            self.truth.outages.append(Outage(what.event, self.now_s))
        elif what.event is Event.GPS_LOST:
            self.car.gps.has_fix = False
            self.truth.outages.append(Outage(what.event, self.now_s))
        elif what.event is Event.KILL:
            self._kill()
        elif what.vehicle is not None:
            try:
                self.truth.typed_s[what.vehicle.vrm] = self.officer.type_entry(what.vehicle.vrm, HAND)
            except CannotAct as error:
                self.tally.failures.append(str(error))
                return
            self._expect_look_back(what.vehicle.vrm)

    def _recover(self, what: Happening) -> None:
        if what.event is Event.CAMERA_LOST:
            self.car.camera.lose(False)
        elif what.event is Event.GPS_LOST:
            self.car.gps.has_fix = True
        for outage in self.truth.outages:
            if outage.event is what.event:
                outage.to_s = min(outage.to_s, self.now_s)

    def _kill(self) -> None:
        """Kill the engine, start it again, and see whether what nobody had decided is back."""
        reading = self.read()
        before = {one["alert"] for one in reading["cards"] if "is-fault" not in one["classes"]} if reading else set()
        outage = Outage(Event.KILL, self.now_s)
        self.truth.outages.append(outage)
        self.car.end_engine(kill=True)
        self._live_for(3.5)
        self.car.start_engine()
        ends_s = time.monotonic() + START_S
        while not self.car.ready.is_set() and time.monotonic() < ends_s:
            self._live_for(0.2)
        outage.to_s = self.now_s
        self.truth.started.append(outage.to_s)
        self._live_for(RECOVER_S)
        reading = self.read()
        after = {one["alert"] for one in reading["cards"]} if reading else set()
        for alert_id in before:
            self.tally.add(
                [
                    Statement(
                        self.now_s,
                        "restart",
                        f"alert {alert_id}",
                        f"queue {sorted(after)}",
                        "is back",
                        alert_id in after,
                    )
                ]
            )

    def _expect_look_back(self, vrm: str) -> None:
        ends_s = self.now_s + 6.0
        while self.now_s < ends_s:
            self._live_for(0.3)
            reading = self.read()
            if reading and any((card["vrm"] or "").replace(" ", "") == vrm for card in reading["cards"]):
                self.tally.add([Statement(self.now_s, "look-back", vrm, "shown", "typed after it passed", right=True)])
                return
        self.tally.add([Statement(self.now_s, "look-back", vrm, "not shown", "typed after it passed", right=False)])

    def _live_for(self, seconds: float) -> None:
        ends_s = self.now_s + seconds
        while self.now_s < ends_s:
            self._look()

    def _end(self) -> None:
        """Read the history; the script ends standing."""
        self._live_for(1.0)
        if self._ask("document.body.dataset.view") == "full":
            self.officer.show_history()
            self._live_for(1.5)
            self.officer.show_alerts()
            self._live_for(1.5)
