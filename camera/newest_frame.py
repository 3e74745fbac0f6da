"""The place where capture threads leave frames and the perception thread takes them: newest wins, drops counted."""

import threading

from anpr.values import Frame


class NewestFrame:
    """Holds at most one frame of each camera; any number of threads may put, one takes.

    A frame that is replaced before it was taken is counted as dropped. The camera that waited longest since it was
    last served goes first, so that a fast camera cannot starve a slow one.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: dict[str, Frame] = {}
        self._served: dict[str, int] = {}
        self._dropped: dict[str, int] = {}
        self._finished: set[str] = set()
        self._turn = 0
        self._closed = False

    def register(self, camera_id: str) -> None:
        """Make the camera known; its frames are awaited until `finish`."""
        with self._changed:
            self._served.setdefault(camera_id, 0)
            self._dropped.setdefault(camera_id, 0)
            self._finished.discard(camera_id)

    def put(self, frame: Frame) -> None:
        """Leave a frame; an older one of the same camera that nobody took is dropped and counted."""
        with self._changed:
            camera_id = frame.camera_id
            self._served.setdefault(camera_id, 0)
            self._dropped.setdefault(camera_id, 0)
            if self._closed:
                return
            if camera_id in self._waiting:
                self._dropped[camera_id] += 1
            self._waiting[camera_id] = frame
            self._changed.notify()

    def count_dropped(self, camera_id: str, frames: int) -> None:
        """Count frames that a camera gave but that nobody decoded."""
        with self._changed:
            self._dropped[camera_id] = self._dropped.get(camera_id, 0) + frames

    def take(self, timeout_s: float | None = None) -> Frame | None:
        """Return the next frame, waiting for one; None when the time is over, or nothing can come any more."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._waiting) or self._is_over(), timeout_s)
            if not self._waiting:
                return None
            camera_id = min(self._waiting, key=lambda c: self._served[c])
            self._turn += 1
            self._served[camera_id] = self._turn
            return self._waiting.pop(camera_id)

    def finish(self, camera_id: str) -> None:
        """Say that no more frames of this camera will come; what waits can still be taken."""
        with self._changed:
            self._finished.add(camera_id)
            self._changed.notify_all()

    def close(self) -> None:
        """Drop what waits and wake the taker for good."""
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._changed.notify_all()

    @property
    def is_over(self) -> bool:
        """Whether `take` can give nothing any more: closed, or every camera finished and emptied."""
        with self._changed:
            return self._is_over() and not self._waiting

    @property
    def dropped(self) -> dict[str, int]:
        """How many frames of each camera came and were taken by nobody."""
        with self._changed:
            return dict(self._dropped)

    def _is_over(self) -> bool:
        return self._closed or (bool(self._served) and self._finished >= set(self._served))
