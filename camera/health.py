"""What is wrong with one camera, in words: from its pictures, its errors and its silence."""

import threading
from datetime import datetime
from typing import Final

from anpr.clock import Clock
from anpr.faults import FaultKind
from anpr.values import Fault, Image
from camera.picture_checks import HealthLimits, PictureChecks
from camera.sources.source import Miss

_NS: Final = 1_000_000_000

SILENT_AFTER_S: Final = 1.4
"""No frame for this long is a fault, whatever the driver is doing."""


class CameraHealth:
    """Keeps the faults of one camera; each clears by itself once good frames come.

    The capture thread reports (`seen`, `lost`, `hung`), any thread may ask (`faults`, `is_gone`); one lock guards
    all. Times are those of the clock that the capture thread uses.
    """

    def __init__(
        self,
        camera_id: str,
        clock: Clock,
        *,
        limits: HealthLimits | None = None,
        sharpness_baseline: float | None = None,
    ) -> None:
        self._camera_id = camera_id
        self._clock = clock
        self._lock = threading.Lock()
        self._checks = PictureChecks(limits, sharpness_baseline)
        self._awaited_since_ns: int | None = None
        self._missed: tuple[Miss, int] | None = None
        self._missing_since_ns = 0
        self._trouble: tuple[FaultKind, str] | None = None
        self._trouble_ns = 0
        self._has_hung = False
        self._was_there = False
        self._since: dict[FaultKind, datetime] = {}

    @property
    def sharpness_baseline(self) -> float | None:
        """The camera's usual sharpness, worth keeping for the next run."""
        with self._lock:
            return self._checks.sharpness_baseline

    @property
    def gone_since_ns(self) -> int | None:
        """Since when the device has been away (unplugged, not reachable); None while it is there."""
        with self._lock:
            if self._trouble is not None and self._trouble[0].gone:
                return self._trouble_ns
            return None

    @property
    def was_there(self) -> bool:
        """Whether any frame has come since the start: a camera that never gave one was not taken away."""
        with self._lock:
            return self._was_there

    def expect_frames(self, expected: bool) -> None:
        """Say whether frames are to come: silence counts from now on, or (a recording has ended) no more."""
        with self._lock:
            self._awaited_since_ns = self._clock.monotonic_ns() if expected else None

    def seen(self, image: Image, now_ns: int, speed_mps: float | None = None, *, is_damaged: bool = False) -> None:
        """Take note of a frame: it ends every trouble with the connection, and its picture is judged."""
        with self._lock:
            if self._trouble is not None or self._has_hung:
                self._trouble, self._has_hung = None, False
                self._checks.restart()
            self._awaited_since_ns, self._missed = now_ns, None
            self._was_there = True
            self._checks.look(image, now_ns, speed_mps, is_damaged=is_damaged)

    def missed(self, miss: Miss, now_ns: int) -> None:
        """Take note of what came in place of a frame: the camera is there and does not hang."""
        with self._lock:
            if self._trouble is not None or self._has_hung:
                self._trouble, self._has_hung, self._missed = None, False, None
                self._checks.restart()
            if self._missed is None or self._missed[0] is not miss:
                self._missing_since_ns = now_ns
            self._missed = (miss, now_ns)
            if miss is Miss.UNDECODABLE:
                self._checks.count_lost(now_ns)

    def lost(self, kind: FaultKind, detail: str) -> None:
        """Take note that the camera could not be opened or read, and how."""
        with self._lock:
            if self._trouble is None or self._trouble[0].gone != kind.gone:
                self._trouble_ns = self._clock.monotonic_ns()
            self._trouble = (kind, detail)

    def hung(self) -> None:
        """Take note that the driver did not return and its thread was given up."""
        with self._lock:
            self._has_hung = True

    def faults(self, now_ns: int) -> tuple[Fault, ...]:
        """Return what is wrong now, each with the time since when; empty when the camera reads well."""
        with self._lock:
            found = self._found(now_ns)
            now_utc = self._clock.utc()
            self._since = {kind: self._since.get(kind, now_utc) for kind, _ in found}
            return tuple(kind.fault(self._since[kind], self._camera_id, detail) for kind, detail in found)

    def _found(self, now_ns: int) -> list[tuple[FaultKind, str]]:
        found = []
        if self._has_hung:
            found.append((FaultKind.CAMERA_HUNG, ""))
        if self._trouble is not None:
            found.append(self._trouble)
        if found:
            return found
        if self._awaited_since_ns is None:
            return []
        if now_ns - self._awaited_since_ns >= SILENT_AFTER_S * _NS:
            return [self._why_no_frame(now_ns)]
        damage = self._checks.damage
        return [
            (kind, damage if kind is FaultKind.CAMERA_DAMAGED else "")
            for kind in sorted(self._checks.faults, key=lambda kind: kind.id)
        ]

    def _why_no_frame(self, now_ns: int) -> tuple[FaultKind, str]:
        if self._missed is None or now_ns - self._missed[1] >= SILENT_AFTER_S * _NS:
            return FaultKind.CAMERA_SILENT, ""
        if self._missed[0] is Miss.NO_KEY_FRAME:
            waited_s = (now_ns - self._missing_since_ns) / _NS
            return FaultKind.CAMERA_NO_KEY_FRAME, f"waiting for a key frame, {waited_s:.0f} s"
        return FaultKind.CAMERA_DAMAGED, self._checks.damage
