"""Finding plates in the next frame while the last one is read: the two halves of perception, each on a core of its own.

Where plates are in a frame depends on that frame alone, so finding may run ahead; reading, tracking and what follows depend on the
frames before and stay with the thread that takes what was found, in its order. At most one frame waits between the two.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from anpr.values import Detection, Frame, Image

IDLE_S: Final = 0.1
"""Time after which a thread without frames looks whether it should stop."""

_PAUSE_S: Final = 0.005

_log: Final = logging.getLogger("anpr.perception")


class Frames(Protocol):
    """Where frames come from."""

    def take(self, timeout_s: float | None = None) -> Frame | None:
        """Return the next frame, None when none comes in time."""
        ...


class Finder(Protocol):
    """What finds plates."""

    def detect(self, image: Image) -> list[Detection]:
        """Return the plates in a picture (H, W, 3) BGR, most confident first."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The plates of a frame, when finding them began (monotonic ns) and what it took; `error` is what went wrong instead."""

    frame: Frame
    detections: Sequence[Detection]
    began_ns: int
    took_ms: float
    error: Exception | None = None


class FindingAhead:
    """Finds plates in a thread of its own, until it is stopped; `take` gives what was found, frame after frame.

    `wanted` says of each frame, in that thread, whether plates are to be found in it at all.
    """

    def __init__(
        self,
        frames: Frames,
        finder: Finder,
        clock_ns: Callable[[], int],
        wanted: Callable[[Frame], bool] = lambda _: True,
    ) -> None:
        self._frames = frames
        self._finder = finder
        self._clock_ns = clock_ns
        self._wanted = wanted
        self._stopping = threading.Event()
        self._changed = threading.Condition()
        self._waiting: Found | None = None
        self._thread = self._new_thread()
        self.last_turn_ns = 0
        """When it last looked for a frame or found in one; 0 before it began."""
        self.in_hand = False
        """Whether it looks for a frame now, or has one whose plates nobody has taken yet."""

    def _new_thread(self) -> threading.Thread:
        return threading.Thread(target=self._live, name="finding", daemon=True)

    def start(self) -> None:
        """Start finding."""
        self._thread.start()

    def stop(self, timeout_s: float = 1.5) -> bool:
        """Stop after the frame in hand; returns whether that was in time."""
        self._stopping.set()
        with self._changed:
            self._changed.notify_all()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def revive(self) -> bool:
        """Begin anew when the thread was started and has ended without being stopped; returns whether it had."""
        if self._stopping.is_set() or self._thread.ident is None or self._thread.is_alive():
            return False
        _log.error("the thread that finds plates had ended: a new one begins")
        self._thread = self._new_thread()
        self._thread.start()
        return True

    def take(self, timeout_s: float) -> Found | None:
        """Return the next frame with its plates; None when none comes in time."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting is not None, timeout_s)
            found, self._waiting = self._waiting, None
            self.in_hand = False
            self._changed.notify_all()
            return found

    def _live(self) -> None:
        while not self._stopping.is_set():
            self.last_turn_ns = self._clock_ns()
            if not self._is_free():
                continue
            self.in_hand = True
            frame = self._frames.take(IDLE_S)
            if frame is None or not self._wanted(frame):
                self.in_hand = False
                if frame is None:  # a source that is over says so at once
                    self._stopping.wait(_PAUSE_S)
                continue
            found = self._find(frame)
            with self._changed:
                self._waiting = found
                self._changed.notify_all()

    def _is_free(self) -> bool:
        """Wait a moment until what was found last has been taken: a frame is the newer the later it is taken."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting is None or self._stopping.is_set(), IDLE_S)
            return self._waiting is None and not self._stopping.is_set()

    def _find(self, frame: Frame) -> Found:
        began_ns = self._clock_ns()
        try:
            detections = self._finder.detect(frame.image)
        except Exception as error:  # noqa: BLE001 - raised again by whoever takes it, where it becomes a visible fault
            return Found(frame, (), began_ns, 0.0, error)
        return Found(frame, detections, began_ns, (self._clock_ns() - began_ns) * 1e-6)
