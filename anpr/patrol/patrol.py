"""A car on patrol: the order in which its parts start and stop.

Undocking takes cameras and GPS away; everything else goes on. Stopping loses nothing that was seen.
"""

from collections.abc import Callable
from dataclasses import dataclass

from anpr.engine.engine import Step
from anpr.patrol.parts import Parts


@dataclass(slots=True)
class Patrol:
    """Starts and stops the parts of one car; `start` and `stop` belong to the main thread.

    With `hold_cameras` reading begins at `start_cameras`, not at `start`. `on_step` gets every step of the engine, in the
    perception thread.
    """

    parts: Parts
    hold_cameras: bool = False
    on_step: Callable[[Step], None] = lambda _: None
    _all_ended: bool | None = None

    def __post_init__(self) -> None:
        self.parts.steps.listen(self._tell)

    def start(self) -> None:
        """Begin to read; when one part does not start, those before it are stopped and its error is raised."""
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self) -> None:
        parts = self.parts
        parts.recording.start()
        parts.looking_back.start()
        parts.matcher.on_change = lambda before, after: parts.looking_back.put((before, after))
        if parts.follower is not None:
            parts.follower.start()
        if parts.enquiries is not None:
            parts.enquiries.start()
        if parts.reading_gps is not None:
            parts.reading_gps.start()
        if not self.hold_cameras:
            self.start_cameras()
        parts.perception.start()
        parts.watching.start()

    def start_cameras(self) -> None:
        """Begin to read from all cameras."""
        for capture in self.parts.cameras.values():
            capture.start()

    def stop(self) -> bool:
        """End reading, finish all tracks, record what waits, close; returns whether all ended in time.

        A second call does nothing, and returns what the first did.
        """
        if self._all_ended is None:
            self._all_ended = False
            with self.parts.opened:
                self._all_ended = self._stop()
        return self._all_ended

    def _stop(self) -> bool:
        parts = self.parts
        for camera in parts.cameras.values():
            camera.stop(0.0)
        ended = [camera.stop(1.6) for camera in parts.cameras.values()]
        repeating = (parts.reading_gps, parts.watching)
        ended += [thread.stop(0.5) for thread in repeating if thread is not None]
        ended.append(parts.perception.stop())
        if parts.enquiries is not None:
            parts.enquiries.stop()
        if parts.follower is not None:
            parts.follower.stop()
        parts.matcher.on_change = None
        ended.append(parts.looking_back.stop())
        try:
            parts.steps(parts.engine.finish())
        finally:
            ended.append(parts.recording.stop())
        return all(ended)

    def _tell(self, step: Step) -> None:
        self.on_step(step)

    def is_over(self) -> bool:
        """Whether every camera was a recording and has come to its end."""
        return self.parts.slot.is_over
