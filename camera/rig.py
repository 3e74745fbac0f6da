"""All cameras and the GPS of one car: started, watched and stopped together."""

import threading
from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from anpr.values import Fault, Position
from camera.capture import CaptureThread, RepeatingThread
from camera.clock import Clock
from camera.docking import Dock, DockState
from camera.faults import fault
from camera.gps import GpsReceiver
from camera.hand_over import NewestFrame

WATCH_S = 0.2
"""How often the watch looks: often enough to name a fault within 2 s, rarely enough to cost nothing."""


class CameraRig:
    """Owns the capture threads, the GPS thread and the watch that finds hanging drivers and undocking.

    `docked` are the ids of the cameras that the dock connects (all, if None). The owner starts and stops it once;
    `faults`, `dock` and `position` may be asked by any thread at any time.
    """

    def __init__(
        self,
        captures: Sequence[CaptureThread],
        slot: NewestFrame,
        clock: Clock,
        *,
        gps: GpsReceiver | None = None,
        docked: Collection[str] | None = None,
    ) -> None:
        self.captures = tuple(captures)
        self._slot = slot
        self._clock = clock
        self._gps = gps
        self._docked = {c.camera_id for c in captures} if docked is None else set(docked)
        self._state = DockState()
        self._lock = threading.Lock()
        self._errors: dict[str, tuple[datetime, str]] = {}
        self._threads = [self._repeating("watch", self.watch, WATCH_S)]
        if gps is not None:
            self._threads.append(self._repeating("gps", gps.step, 0.0))

    @property
    def dock(self) -> Dock:
        """Whether the tablet is docked."""
        return self._state.state

    def start(self) -> None:
        """Start all threads."""
        for capture in self.captures:
            capture.start()
        for thread in self._threads:
            thread.start()

    def stop(self, timeout_s: float = 1.5) -> bool:
        """Stop all threads and close the slot; return whether all ended in time."""
        deadline_ns = self._clock.monotonic_ns() + round(timeout_s * 1e9)
        self._slot.close()
        for capture in self.captures:
            capture.stop(0.0)
        ended = True
        parts: list[CaptureThread | RepeatingThread] = [*self.captures, *self._threads]
        for part in parts:
            left_s = (deadline_ns - self._clock.monotonic_ns()) / 1e9
            ended = part.stop(max(0.05, left_s)) and ended
        if self._gps is not None:
            self._gps.close()
        return ended

    def position(self, now_ns: int) -> Position | None:
        """Return the newest position, stale or not; None without GPS or before the first fix."""
        return None if self._gps is None else self._gps.current(now_ns)

    def faults(self, now_ns: int) -> tuple[Fault, ...]:
        """Return everything that is wrong with cameras and GPS now; undocking is a state and not among them."""
        found = [f for capture in self.captures for f in capture.health.faults(now_ns)]
        if self._gps is not None:
            found += self._gps.faults(now_ns)
        with self._lock:
            found += [fault("capture_failed", part, since, words) for part, (since, words) in self._errors.items()]
            return self._state.shown(now_ns, found)

    def watch(self) -> None:
        """Look once after drivers that hang and after the dock; the watch thread calls this all the time."""
        now_ns = self._clock.monotonic_ns()
        for capture in self.captures:
            capture.check(now_ns)
        gone = {c.camera_id: c.health.gone_since_ns for c in self.captures if c.camera_id in self._docked}
        if self._gps is not None:
            gone["gps"] = self._gps.gone_since_ns
        with self._lock:
            before = self._state.state
            is_back = self._state.update(now_ns, gone) is Dock.DOCKED and before is Dock.UNDOCKED
        if is_back:
            for capture in self.captures:
                capture.retry_now()

    def _repeating(self, name: str, step: Callable[[], None], period_s: float) -> RepeatingThread:
        def guarded() -> None:
            step()
            with self._lock:
                self._errors.pop(name, None)

        def failed(error: Exception) -> None:
            with self._lock:
                self._errors.setdefault(name, (self._clock.utc(), f"{type(error).__name__}: {error}"))

        return RepeatingThread(name, guarded, self._clock, period_s=period_s, failed=failed)
