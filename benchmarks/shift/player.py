"""Plays the pictures of a shift to the engine: in real time by a thread of its own, or one by one while time is skipped."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from benchmarks.shift.car import PretendCamera, PretendGps
from benchmarks.shift.clock import Count, ShiftClock
from benchmarks.shift.pictures import FPS, ROAD_MOVING, ROAD_STANDING, Clip

STEP_S: Final = 1.2
"""So far the clock is set forward at once: so long without a frame or a sentence is no fault yet."""
_GPS_S: Final = 0.25
_TAKEN_S: Final = 1.3
"""Less than the silence after which a stream is given up (`camera.sources.stream`)."""
_CALM_S: Final = 0.12
_SETTLED_S: Final = 0.006
"""What the engine does after it counted a frame (`anpr.patrol.perception_loop`) takes less."""


@dataclass(slots=True)
class Player:
    """Sends frames and sentences. `sent` is called with clip, frame and monotonic time of each; `moving` tells the road."""

    camera: PretendCamera
    gps: PretendGps
    clips: dict[int, Clip]
    clock: ShiftClock
    moving: Callable[[], bool]
    sent: Callable[[int, int, int], None]
    _coming: deque[tuple[int, int]] = field(default_factory=deque)
    _road: int = 0
    _spoke_s: float = 0.0
    _running: threading.Event = field(default_factory=threading.Event)
    _held: threading.Event = field(default_factory=threading.Event)
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._live, name="player", daemon=True)
        self._thread.start()

    def play(self, clip: int) -> None:
        """Play a pass from now on."""
        self._coming.extend((clip, frame) for frame in range(len(self.clips[clip].jpegs)))

    def run(self) -> None:
        """Go on in real time."""
        self.clock.go()
        self._held.clear()
        self._running.set()

    def hold(self) -> None:
        """Stop the clock; returns when the engine is done with the last frame."""
        self._running.clear()
        self._held.wait(2.0)
        self.clock.stand()
        done = -1
        while done != (done := self.clock.count(Count.DONE)):
            time.sleep(_CALM_S)

    def close(self) -> None:
        """End."""
        self._over.set()
        self._running.set()
        self._thread.join()

    def skip(self, seconds: float) -> None:
        """Let time pass in steps while held: after each a sentence and a frame, awaited until the engine has done with them."""
        left_s = seconds
        while left_s > 1e-6:
            step_s = min(STEP_S, left_s)
            left_s -= step_s
            self.clock.skip(step_s)
            done, sentences = self.clock.count(Count.DONE), self.clock.count(Count.SENTENCES)
            self.gps.speak()
            self._send()
            ends_s = time.monotonic() + _TAKEN_S
            while time.monotonic() < ends_s and not (
                self.clock.count(Count.DONE) > done and self.clock.count(Count.SENTENCES) > sentences
            ):
                time.sleep(0.002)
            time.sleep(_SETTLED_S)

    def _live(self) -> None:
        due_s = time.monotonic()
        while not self._over.is_set():
            if not self._running.is_set():
                self._held.set()
                self._running.wait()
                due_s = time.monotonic()
                continue
            self._send()
            if time.monotonic() - self._spoke_s >= _GPS_S:
                self._spoke_s = time.monotonic()
                self.gps.speak()
            due_s = max(due_s + 1 / FPS, time.monotonic() - 0.2)
            self._over.wait(max(due_s - time.monotonic(), 0.0))

    def _send(self) -> None:
        if self._coming:
            clip, frame = self._coming.popleft()
        else:
            clip = ROAD_MOVING if self.moving() else ROAD_STANDING
            self._road = (self._road + 1) % len(self.clips[clip].jpegs)
            frame = self._road
        self.sent(clip, frame, self.clock.monotonic_ns())
        self.camera.send(self.clips[clip].jpegs[frame])
