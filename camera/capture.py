"""The threads of this room: one for each camera, one that watches them, one for the GPS. No other file has any."""

import logging
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from anpr.clock import Clock
from anpr.errors import AnprError
from anpr.faults import CameraError, FaultKind
from anpr.values import Frame, Position
from camera.health import CameraHealth
from camera.newest_frame import NewestFrame
from camera.sources.source import FrameSource, Grab, Miss, played_at_ns

_NS: Final = 1_000_000_000

_log: Final = logging.getLogger(__name__)

HANG_AFTER_S: Final = 8.0
"""A driver that has not returned for so long is given up; longer than any time limit of our own sources."""

MOST_ABANDONED: Final = 3
"""So many threads of one camera may hang in its driver; beyond that a new one would hang too."""

SLEPT_S: Final = 4.0
"""A check that comes so long after the one before says that the machine slept, not that a driver hangs."""

_LATE_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waiting times between attempts: doubled from `first_s` to `cap_s`, each varied by up to `jitter`.

    The cap keeps reading within 3 s of docking; the variation keeps cameras on one bus from starting at once.
    """

    first_s: float = 0.25
    cap_s: float = 1.6
    jitter: float = 0.2

    def wait_s(self, failures: int, chance: float) -> float:
        """Return the wait after that many failures in a row (1 or more); `chance` is in [0, 1)."""
        return min(self.cap_s, self.first_s * 2.0 ** min(failures - 1, 16)) * (1 + self.jitter * (2 * chance - 1))


@dataclass(slots=True)
class _Run:
    """One life of a capture thread; an abandoned one must not touch anything any more."""

    thread: threading.Thread | None = None
    beat_ns: int = 0
    is_waiting: bool = False
    is_abandoned: bool = False


class CaptureThread:
    """Reads one camera in a thread of its own and leaves the newest frame in the slot.

    `source_factory` makes a new source for each connection; it runs in the capture thread, so it may take time. A
    camera is reconnected for ever, with growing pauses. A recording is played once (`loop`: again and again) at its
    own pace, and its end finishes the camera in the slot. `position` gives the car's place for a frame.

    Frames are stamped right after the grab. A recording's are played when they are due by its own stamps, and stamped
    as much earlier as their decoding took, as a camera's are.
    `start`, `stop` and `check` are for the owner's thread; `health`, `damage` and the counts for any.
    """

    def __init__(
        self,
        source_factory: Callable[[], FrameSource],
        camera_id: str,
        slot: NewestFrame,
        clock: Clock,
        *,
        health: CameraHealth | None = None,
        position: Callable[[int], Position | None] | None = None,
        backoff: Backoff | None = None,
        loop: bool = False,
        hang_after_s: float = HANG_AFTER_S,
    ) -> None:
        self.camera_id = camera_id
        self.health = health or CameraHealth(camera_id, clock)
        self._source_factory = source_factory
        self._slot = slot
        self._clock = clock
        self._position = position or (lambda _now_ns: None)
        self._backoff = backoff or Backoff()
        self._loop = loop
        self._hang_after_ns = round(hang_after_s * _NS)
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._hurry = threading.Event()
        self._run = _Run()
        self._checked_ns: int | None = None
        self._abandoned: list[_Run] = []
        self._seq = 0
        self._zero_ns: int | None = None
        self._due_ns = 0
        self._playing_from = 0
        self.failure: AnprError | None = None
        self.damage: tuple[str, ...] = ()
        slot.register(camera_id)

    @property
    def grabbed(self) -> int:
        """How many frames were grabbed so far."""
        return self._seq

    @property
    def playing_from(self) -> int:
        """Sequence number of the first frame of the present playing of a looped recording."""
        return self._playing_from

    @property
    def is_alive(self) -> bool:
        """Whether the thread runs; a recording's ends by itself."""
        thread = self._run.thread
        return thread is not None and thread.is_alive()

    def start(self) -> None:
        """Start reading."""
        run = _Run(beat_ns=self._clock.monotonic_ns())
        run.thread = threading.Thread(target=self._live, args=(run,), name=f"capture-{self.camera_id}", daemon=True)
        self._run = run
        self.health.expect_frames(True)
        run.thread.start()

    def stop(self, timeout_s: float = 2.0) -> bool:
        """Stop reading; return whether the thread ended in time. One that hangs is left behind as a daemon."""
        self._stopping.set()
        self._hurry.set()
        thread = self._run.thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout_s)
            return not thread.is_alive()
        return True

    def retry_now(self) -> None:
        """End a pause between attempts: the device has just come back."""
        self._hurry.set()

    def check(self, now_ns: int) -> None:
        """Give up a thread that hangs in its driver and start another; called a few times a second."""
        run = self._run
        has_slept = self._checked_ns is not None and now_ns - self._checked_ns > SLEPT_S * _NS
        self._checked_ns = now_ns
        if has_slept:
            run.beat_ns = max(run.beat_ns, now_ns)
        if run.is_waiting or self._stopping.is_set() or not self.is_alive:
            return
        if now_ns - run.beat_ns < self._hang_after_ns:
            return
        self._abandoned = [r for r in self._abandoned if r.thread is not None and r.thread.is_alive()]
        self.health.hung()
        if len(self._abandoned) >= MOST_ABANDONED:
            return
        with self._lock:
            run.is_abandoned = True
        self._abandoned.append(run)
        self.start()

    def _live(self, run: _Run) -> None:
        failures = 0
        while not self._is_over(run):
            seen_before = self._seq
            try:
                is_finished = self._play(run)
            except AnprError as error:
                is_finished = self._fail(run, error)
            except Exception as error:  # noqa: BLE001 -- a thread's top: whatever it is, it becomes a visible fault
                _log.exception("reading camera %s met an error that nobody expected", self.camera_id)
                # the kind alone: a foreign error's text may hold the address with its password
                is_finished = self._fail(run, CameraError(type(error).__name__, FaultKind.CAMERA_FAILED))
            if is_finished:
                self.health.expect_frames(False)
                self._slot.finish(self.camera_id)
                return
            failures = 1 if self._seq > seen_before else failures + 1
            if self._is_over(run):
                return
            run.is_waiting = True
            self._clock.wait(self._hurry, self._backoff.wait_s(failures, random.random()))
            if not self._stopping.is_set():
                self._hurry.clear()
            run.beat_ns, run.is_waiting = self._clock.monotonic_ns(), False

    def _play(self, run: _Run) -> bool:
        """Read one connection to its end; return whether nothing more can come. Raises what the source raises."""
        source = self._source_factory()
        try:
            source.open()
            self._zero_ns = None
            expected = 0
            while not self._is_over(run):
                run.beat_ns = self._clock.monotonic_ns()
                grab = self._read(source)
                if grab is None:
                    return True
                if isinstance(grab, Miss):
                    self._miss(run, grab)
                    continue
                if source.is_live and grab.index > expected:
                    self._slot.count_dropped(self.camera_id, grab.index - expected)
                expected = grab.index + 1
                captured_ns = grab.grabbed_ns
                if not source.is_live:
                    decoding_ns = self._clock.monotonic_ns() - run.beat_ns
                    captured_ns = self._await_turn(run, played_at_ns(grab, source)) - decoding_ns
                self._leave(run, grab, captured_ns)
        finally:
            self.damage = source.damage or self.damage
            source.close()
        return False

    def _read(self, source: FrameSource) -> Grab | Miss | None:
        """Return the next frame, of a looped recording the first one again after its last."""
        grab = source.read()
        if grab is None and self._loop:
            self.damage = source.damage
            source.close()
            source.open()
            grab = source.read()
            self._zero_ns = round(self._due_ns + _NS / (source.fps or 25.0))
            self._playing_from = self._seq
        return grab

    def _miss(self, run: _Run, miss: Miss) -> None:
        with self._lock:
            if not run.is_abandoned:
                self.health.missed(miss, self._clock.monotonic_ns())

    def _fail(self, run: _Run, error: AnprError) -> bool:
        """Report; return whether it is for good: a recording does not become readable by trying again."""
        with self._lock:
            if run.is_abandoned:
                return False
            if isinstance(error, CameraError):
                self.health.lost(error.fault, str(error))
                return False
            self.failure = error
            self.health.lost(FaultKind.CAMERA_WRONG_ADDRESS, str(error))
            return True

    def _await_turn(self, run: _Run, at_ns: int) -> int:
        """Wait until a recording's frame is due, `at_ns` after its first; return when that was."""
        now_ns = self._clock.monotonic_ns()
        if self._zero_ns is None or now_ns - (self._zero_ns + at_ns) > _LATE_S * _NS:
            self._zero_ns = now_ns - at_ns
        self._due_ns = self._zero_ns + at_ns
        run.is_waiting = True
        while now_ns < self._due_ns and not self._stopping.is_set():
            self._clock.wait(self._stopping, (self._due_ns - now_ns) / _NS)
            now_ns = self._clock.monotonic_ns()
        run.beat_ns, run.is_waiting = now_ns, False
        return now_ns

    def _leave(self, run: _Run, grab: Grab, captured_ns: int) -> None:
        # The wall clock is read later than the grab; the monotonic clock knows by how much.
        late_us = (self._clock.monotonic_ns() - captured_ns) / 1000
        captured_utc = self._clock.utc() - timedelta(microseconds=late_us)
        position = self._position(captured_ns)
        with self._lock:
            if run.is_abandoned or self._stopping.is_set():
                return
            seq, self._seq = self._seq, self._seq + 1
            frame = Frame(self.camera_id, seq, captured_ns, captured_utc, grab.image, position, grab.name)
            self._slot.put(frame)
        speed_mps = None if position is None or position.stale else position.speed_mps
        self.health.seen(grab.image, captured_ns, speed_mps, is_damaged=grab.is_damaged)

    def _is_over(self, run: _Run) -> bool:
        return self._stopping.is_set() or run.is_abandoned
