"""A camera at 25 frames a second whose pictures are good or bad as a test wants, and its health."""

from collections.abc import Callable

import cv2
import numpy as np

from anpr.values import Image
from camera.health import CameraHealth
from camera.picture_checks import HealthLimits
from tests.camera.parts import HandClock, noisy, scene

FPS = 25

SCENES = [scene(n, shift=9 * n) for n in range(12)]

BLACK = [noisy(np.full((360, 640, 3), 3, np.uint8), n) for n in range(4)]

STILL = np.ascontiguousarray(SCENES[0])

PLAIN = np.full((360, 640, 3), (0, 128, 0), np.uint8)

GLARE = [np.asarray(cv2.circle(s.copy(), (320, 180), 260, (255, 255, 255), -1), np.uint8) for s in SCENES[:4]]

SMEARED = [noisy(cv2.GaussianBlur(s, (0, 0), 3.0).astype(np.uint8), n) for n, s in enumerate(SCENES)]

SMEARED_ACROSS = [noisy(cv2.blur(s, (25, 3)).astype(np.uint8), n) for n, s in enumerate(SCENES)]


class Watched:
    """A camera at 25 frames a second and its health."""

    def __init__(self, limits: HealthLimits | None = None, speed_mps: float | None = None) -> None:
        self.clock = HandClock()
        self.health = CameraHealth("front", self.clock, limits=limits)
        self.speed_mps = speed_mps
        self.count = 0
        self.made: tuple[object, int, Image] | None = None
        self.drive(8.0)

    def show(self, seconds: float, picture: Callable[[int], Image]) -> None:
        for _ in range(max(1, round(seconds * FPS))):
            now_ns = self.clock.advance(1 / FPS)
            if self.made is None or self.made[:2] != (picture, self.count // 5):
                # Only every fifth frame is looked at, so only these are made.
                self.made = (picture, self.count // 5, picture(self.count // 5))
            self.health.seen(self.made[2], now_ns, self.speed_mps)
            self.count += 1

    def drive(self, seconds: float) -> None:
        self.show(seconds, lambda n: SCENES[n % len(SCENES)])

    def names(self) -> list[str]:
        return [f.name for f in self.health.faults(self.clock.monotonic_ns())]

    def seconds_until(self, name: str, picture: Callable[[int], Image], at_most: float = 30.0) -> float:
        started_ns = self.clock.monotonic_ns()
        while name not in self.names():
            self.show(1 / FPS, picture)
            passed_s = (self.clock.monotonic_ns() - started_ns) / 1e9
            assert passed_s <= at_most, f"{name} was not named; there is {self.names()}"
        return (self.clock.monotonic_ns() - started_ns) / 1e9

    def seconds_until_clear(self) -> float:
        started_ns = self.clock.monotonic_ns()
        while self.names():
            self.drive(1 / FPS)
            assert self.clock.monotonic_ns() - started_ns < 10e9, self.names()
        return (self.clock.monotonic_ns() - started_ns) / 1e9
