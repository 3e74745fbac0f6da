"""A day that is played: time passes in steps, pictures and sentences come with them, the tablet sleeps in between."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from anpr.patrol.parts import GPS_S
from benchmarks.day.car import BackOffice, Clerk, Disk, Footage, LyingCamera, Satellites
from benchmarks.day.clock import DayClock, Told
from benchmarks.day.judge import MEASURES, WARM, Judge, Under
from benchmarks.day.process import EngineProcess
from benchmarks.shift.car import PretendGps
from benchmarks.shift.witness import WitnessReader

STEP_REAL_S: Final = 4.0
"""Real time that is waited for the engine to be done with a step."""
AGAIN_REAL_S: Final = 0.15
"""Real time after which a picture is sent again: a stream that sends nothing for 1.5 s is given up (`camera.sources.stream`)."""
HEARD_REAL_S: Final = 0.3
"""Real time that is waited for a sentence to be heard; a receiver that was just plugged in is not listened to yet."""
AWAKE_S: Final = 15.0
"""So long the car drives before an event, and after what is told of the one before is settled; in between the tablet sleeps."""
FINE_S, COARSE_S, PASS_S = 0.25, 1.0, 0.1
"""Steps of time: while something is wrong, while nothing is, while vehicles pass."""
CLOSE_S: Final = 10.0
"""After the beginning and the end of an event time passes in fine steps for so long."""
RSS_EVERY_S: Final = 30.0
DOWN_S: Final = 3.0
"""Car time from the end of an engine to the start of the next."""


@dataclass(slots=True)
class Day:
    """A day that is played: the car around the engine, the script, and the judge."""

    folder: Path
    clock: DayClock
    engine: EngineProcess
    camera: LyingCamera
    gps: PretendGps
    satellites: Satellites
    disk: Disk
    office: BackOffice
    clerk: Clerk
    footage: Footage
    witness: WitnessReader
    judge: Judge
    note: Callable[[str], None]
    seed: int
    settled_s: float = 0.0
    passes: int = 0
    late_steps: int = 0
    awake_s: float = 0.0
    is_gps_silent: bool = False
    _spoke_s: float = 0.0
    _sampled_s: float = 0.0
    pass_due_s: float = 0.0
    fine_until_s: float = 0.0
    active: list[Under] = field(default_factory=list)

    @property
    def now_s(self) -> float:
        """The second of the day."""
        return (self.clock.monotonic_ns() - self.judge.zero_ns) * 1e-9

    def advance(self, until_s: float) -> None:
        """Let time pass until then: awake while something is wrong or not settled yet, and before what comes; else asleep."""
        while self.now_s < until_s - 1e-6:
            left_s = until_s - self.now_s
            is_calm = not self.active and self.now_s >= self.settled_s and not self.judge.standing.keys() - MEASURES
            if self.pass_due_s and self.now_s >= self.pass_due_s and not self._is_blind():
                self.play_pass()
            elif is_calm and left_s > 3 * AWAKE_S:
                self.drive(AWAKE_S, COARSE_S)
                self.sleep(until_s - self.now_s - AWAKE_S)
            else:
                is_fine = self.now_s < self.fine_until_s or not self.camera.sends
                self.step(min(FINE_S if is_fine else COARSE_S, left_s))

    def drive(self, seconds: float, step_s: float) -> None:
        """Drive on for a while in steps."""
        ends_s = self.now_s + seconds
        while self.now_s < ends_s - 1e-6:
            self.step(min(step_s, ends_s - self.now_s))

    def sleep(self, seconds: float, *, counted: bool = True) -> None:
        """Let the tablet sleep: time goes on without it, and (on Linux) without its monotonic clock."""
        if counted:
            self.clock.skip(seconds)
        else:
            self.clock.sleep_without_monotonic(seconds)
        self.judge.slept(self.now_s)
        self.step(PASS_S)

    def step(self, step_s: float, picture: bytes | None = None) -> None:
        """Let so much time pass: a sentence each second, a picture, and wait until the engine has done with it."""
        if self.engine.process is not None and self.engine.process.poll() is not None:
            self.judge.fail(
                "reading_stopped", self.now_s, f"the engine ended by itself, {self.engine.process.returncode}"
            )
            self.engine.close_output()
            self.engine.process = None
            self.start_engine()
        heard = self.clock.told(Told.SENTENCES)
        has_spoken = self._speak(self.now_s + step_s)
        self.clock.skip(step_s)
        now_ns, now_s = self.clock.monotonic_ns(), self.now_s
        self.awake_s += step_s
        left_out = self.clock.told(Told.LEFT_OUT)
        if has_spoken and step_s >= GPS_S:
            self._wait_until_heard(heard)
        self.camera.send(now_s, picture)
        ends_s = time.monotonic() + STEP_REAL_S
        again_s = time.monotonic() + AGAIN_REAL_S
        while time.monotonic() < ends_s and not self._has_done(now_ns, left_out):
            self.clock.pause()
            if time.monotonic() > again_s:
                again_s = time.monotonic() + AGAIN_REAL_S
                self.camera.send_again()
        self.late_steps += time.monotonic() >= ends_s
        self.look()
        self.judge.tick(self.now_s, (self.clock.told(Told.READ_NS) - self.judge.zero_ns) * 1e-9)
        if now_s - self._sampled_s >= RSS_EVERY_S and self.clock.told(Told.PROCESSED) > WARM and self.engine.rss_mb:
            self._sampled_s = now_s
            way = "json" if self.engine.is_json else "terminal"
            self.judge.memory_mb.append((self.judge.starts, way, round(self.engine.rss_mb, 1)))

    def _speak(self, now_s: float) -> bool:
        """Say a sentence each second; returns whether one was said. The engine looks for it once time has passed."""
        if now_s - self._spoke_s < 1.0 - 1e-6 or self.is_gps_silent:
            return False
        self._spoke_s = now_s
        self.gps.speak()
        return True

    def _wait_until_heard(self, before: int) -> None:
        """Wait until a sentence was heard, else a receiver may seem silent because time flies here."""
        ends_s = time.monotonic() + HEARD_REAL_S
        while self.clock.told(Told.SENTENCES) <= before and time.monotonic() < ends_s:
            self.clock.pause()

    def _has_done(self, now_ns: int, left_out: int) -> bool:
        has_looked = self.clock.told(Told.LOOKED_NS) >= now_ns - round(FINE_S * 1e9)
        is_read = self.clock.told(Told.READ_NS) >= now_ns or self.clock.told(Told.LEFT_OUT) > left_out
        has_turned = not self.camera.sends and self.clock.told(Told.TURNED_NS) >= now_ns
        return has_looked and (is_read or has_turned)

    def look(self) -> None:
        """Take in what the engine has told."""
        self.judge.take(self.witness.fresh())

    def _is_blind(self) -> bool:
        return any(one.planned.rule.blinds for one in self.active)

    def play_pass(self, share: float = 1.0) -> None:
        """Have two vehicles pass, of which one must be told, or the first part of it."""
        self.pass_due_s = 0.0
        pictures = self.footage.passes[self.passes % len(self.footage.passes)]
        self.passes += 1
        before = self.judge.seen
        for picture in pictures[: round(len(pictures) * share)]:
            self.step(PASS_S, picture)
        if share < 1.0:
            return
        self.drive(3.0, FINE_S)
        if self.judge.seen == before and not self._is_blind():
            self.judge.fail("reading_stopped", self.now_s, "two vehicles passed and none was told")

    def start_engine(self) -> None:
        """Start the engine, in one of its two ways of showing."""
        as_json = random.Random(f"{self.seed} {self.judge.starts}").random() < 0.65
        self.clock.skip(DOWN_S)
        self.engine.start(as_json=as_json)
        self.judge.blinded(self.now_s)
        self._spoke_s = 0.0
        self.step(PASS_S)

    def check_end(self, code: int) -> None:
        """Count an end in order that was none: an exit code, or JSON without its summary."""
        if code:
            self.judge.fail("other", self.now_s, f"the engine was stopped and ended with {code}")
        if self.engine.is_json and b'"summary"' not in self.engine.last_line:
            self.judge.fail("other", self.now_s, "the JSON output did not end with its summary")
