"""What the engine of a shift says of itself, line by line in a file: frames, reads, hits, alerts, the queue, paint times.

The engine's process writes, whoever judges reads. The witness tells what the engine found; what was so is the script's
to say.
"""

import json
import os
import queue
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from anpr.clock import Clock
from anpr.desk.pictures import JPEG_QUALITY, jpeg
from anpr.engine.engine import MatchedSighting, Step
from anpr.patrol.parts import Parts
from anpr.values import Alert, Image
from benchmarks.shift.known_pictures import Sign, hashed, sign_of
from benchmarks.shift.pictures import place_of

_LOOK_S: Final = 0.02
_REMEMBERED: Final = 64
_NICE: Final = 10


class WitnessWriter:
    """Takes steps, alerts and paint times from any thread and writes them from one of its own."""

    def __init__(self, path: Path, clock: Clock, parts: Parts) -> None:
        self._file = path.open("a", encoding="utf-8", buffering=1)
        self._clock = clock
        self._parts = parts
        self._waiting: queue.SimpleQueue[tuple[int, object] | None] = queue.SimpleQueue()
        self._known: dict[int, tuple[Image, tuple[str, Sign]]] = {}
        self._queued: list[object] = []
        self._thread = threading.Thread(target=self._live, name="witness", daemon=True)
        self._thread.start()

    def put(self, what: object) -> None:
        """Hand over a step, a tuple of alerts or a dictionary to be written."""
        self._waiting.put((self._clock.monotonic_ns(), what))

    def close(self) -> None:
        """Write what waits and end."""
        self._waiting.put(None)
        self._thread.join()
        self._file.close()

    def _live(self) -> None:
        if hasattr(os, "setpriority"):  # what is measured must not wait for who measures
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
        while True:
            try:
                item = self._waiting.get(timeout=_LOOK_S)
            except queue.Empty:
                self._look_at_queue()
                continue
            if item is None:
                return
            at_ns, what = item
            if isinstance(what, Step):
                self._step(at_ns, what)
            elif isinstance(what, tuple):
                for alert in what:
                    self._write(at_ns, _alert(alert))
            elif isinstance(what, dict):
                self._write(at_ns, what)
            self._look_at_queue()

    def _look_at_queue(self) -> None:
        board = self._parts.engine.board
        now: list[object] = [[alert.alert_id, alert.seen, alert.kind.value] for alert in board.queue()]
        if now != self._queued:
            self._queued = now
            self._write(self._clock.monotonic_ns(), {"k": "queue", "alerts": now})

    def _step(self, at_ns: int, step: Step) -> None:
        frame = step.result.frame if step.result is not None else None
        place = place_of(frame.image) if frame is not None else (-1, -1)
        captured_ns = frame.captured_ns if frame is not None else 0
        if step.sightings:
            seen = [self._sighting(matched, captured_ns) for matched in step.sightings]
            told = {"captured": captured_ns, "place": place, "sightings": seen, "ms": step.stage_ms}
            self._write(at_ns, {"k": "step", **told})
        for alert in (*step.faults, *(a for matched in step.sightings for a in matched.alerts)):
            self._write(at_ns, _alert(alert))

    def _sighting(self, matched: MatchedSighting, captured_ns: int) -> dict[str, Any]:
        seen = matched.sighting
        return {
            "track": seen.track_id, "text": seen.text, "confidence": seen.confidence, "final": seen.final,
            "boxes": [read.detection.box_px for read in seen.reads if read.captured_ns == captured_ns],
            "pictures": [self._told(seen.plate_image), self._told(seen.overview_image)],
            "hits": [
                {"vrm": h.entry.vrm, "list": h.hotlist.name, "probability": h.probability, "threshold": h.hotlist.threshold,
                 "covert": h.hotlist.covert}
                for h in matched.hits
            ],
        }  # fmt: skip

    def _told(self, image: Image | None) -> tuple[str, Sign]:
        """Return hash and looks of the JPEG that the screen gets of a picture; the looks once, then only the hash."""
        if image is None:
            return "", []
        known = self._known.get(id(image))
        if known is not None and known[0] is image:
            return known[1][0], []
        coded = jpeg(image, JPEG_QUALITY) or b""
        told = hashed(coded), sign_of(coded)
        self._known[id(image)] = image, told
        while len(self._known) > _REMEMBERED:
            del self._known[next(iter(self._known))]
        return told

    def _write(self, at_ns: int, line: dict[str, Any]) -> None:
        self._file.write(json.dumps({"at": at_ns, **line}, default=float) + "\n")


def _alert(alert: Alert) -> dict[str, Any]:
    led = alert.hits[0] if alert.hits else None
    return {
        "k": "alert", "id": alert.alert_id, "kind": alert.kind.value, "state": alert.state.value, "seen": alert.seen,
        "probability": alert.probability, "repeats": alert.repeats, "past": alert.past,
        "vrm": led.entry.vrm if led else "", "read": led.sighting.text if led else "",
        "lists": [hit.hotlist.name for hit in alert.hits], "track": led.sighting.track_id if led else None,
        "seen_utc": led.sighting.last_utc.isoformat() if led else "",
        "fault": alert.fault.name if alert.fault else "", "steps": [step.kind.value for step in alert.steps],
        "met": alert.seen_before.times if alert.seen_before else 0,
    }  # fmt: skip


class WitnessReader:
    """Reads what the engine has written since the last time."""

    def __init__(self, path: Path) -> None:
        path.touch()
        self._file = path.open(encoding="utf-8")
        self._begun = ""

    def fresh(self) -> Iterator[dict[str, Any]]:
        """Yield the lines that are new and whole; one that a kill cut off is left out."""
        while line := self._file.readline():
            if not line.endswith("\n"):
                self._begun += line
                return
            text, self._begun = self._begun + line, ""
            try:
                yield json.loads(text)
            except ValueError:  # cut off by the kill, and gone on with by the next engine
                yield from _last_of(text)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _last_of(text: str) -> Iterator[dict[str, Any]]:
    start = text.rfind('{"at"')
    if start > 0:
        yield json.loads(text[start:])
