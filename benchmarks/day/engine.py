"""The engine of a day, as a process of its own: `anpr run` as it is, but for its clock, and a witness that writes down what it tells.

`python -m benchmarks.day.engine …` opens a whole patrol and shows it as the command does, as JSON lines or in the terminal:
signals, pipes, files and locks are those of the product. What goes by the machine's own time (upkeep of the records, the
look whether a sync is due) comes more often, as a second here holds many of the car's.
"""

import argparse
import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final
from unittest import mock

from anpr.address import Address
from anpr.alerting.decisions import Choice, Decision
from anpr.alerting.lifecycle import FINISHED
from anpr.cli.live_view import show_until_stopped
from anpr.config.car import CameraConfig, GpsConfig, PatrolConfig, SyncConfig
from anpr.config.data_folder import log_file
from anpr.engine.engine import Step
from anpr.errors import AnprError
from anpr.patrol.parts import Parts, open_parts
from anpr.patrol.patrol import Patrol
from anpr.support.log import logged
from anpr.threads import QueueThread
from anpr.values import Alert, AlertKind, Fault
from benchmarks.day.car import LEAST_FREE_MB
from benchmarks.day.clock import DayClock, Told
from benchmarks.day.script import SYNC_S
from hotlists.sync.follower import Follower

CAMERA: Final = "front"
UPKEEP_S: Final = 0.3
LOOKS_S: Final = 1.0
"""Seconds of the car between two looks whether a sync is due: it sleeps so often that few are awake."""
DECIDED_S: Final = 90.0
"""The crew decides on each hit so long after it was raised."""
READS_PX: Final = 480
_COUNT_S: Final = 0.003


def car_config(camera: str, gps: str, served: Path, key: Path) -> PatrolConfig:
    """Return the configuration of the day's car."""
    config = PatrolConfig()
    return replace(
        config,
        camera=(CameraConfig(id=CAMERA, source=Address(camera)),),
        gps=GpsConfig(port=gps, baud=9600),
        perception=replace(config.perception, input_width=READS_PX),
        records=replace(config.records, least_free_mb=LEAST_FREE_MB),
        sync=SyncConfig(url=Address(str(served)), root=key, every_s=SYNC_S),
    )


class DayWitness:
    """Writes a line for everything that is told, in the thread that tells it: a kill right after it finds it written."""

    def __init__(self, path: Path, clock: DayClock) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._clock = clock
        self._seen: set[int] = set()

    def line(self, **content: Any) -> None:
        """Write one line, whole."""
        text = json.dumps({"at": self._clock.monotonic_ns(), **content}, default=str)
        os.write(self._file, text.encode() + b"\n")

    def step(self, step: Step) -> None:
        """Write down the sightings and alerts of a step."""
        self.alerts(step.faults)
        for matched in step.sightings:
            seen = matched.sighting
            if seen.text and not seen.final and seen.track_id not in self._seen:
                self._seen.add(seen.track_id)
                self.line(k="seen", text=seen.text, track=seen.track_id)
            if seen.final and seen.text:
                self._seen.discard(seen.track_id)
                self.line(k="sighting", text=seen.text, last_utc=seen.last_utc.isoformat(), track=seen.track_id,
                          confidence=round(seen.confidence, 4))  # fmt: skip
            self.alerts(matched.alerts)
        if step.result is not None:
            self._clock.tell_of(Told.READ_NS, step.result.frame.captured_ns)

    def alerts(self, alerts: tuple[Alert, ...]) -> None:
        """Write down alerts and faults."""
        for alert in alerts:
            fault = alert.fault
            self.line(
                k="alert", id=alert.alert_id, kind=alert.kind.value, state=alert.state.value,
                fault=fault.name if fault else "", text=fault.text if fault else alert.hits[0].entry.vrm,
            )  # fmt: skip


class Attendant:
    """Looks at the parts of a car: decides as a crew would, and tells marks and lists when they change."""

    def __init__(self, parts: Parts, clock: DayClock, witness: DayWitness) -> None:
        self._parts, self._clock, self._witness = parts, clock, witness
        self._first_seen: dict[int, int] = {}
        self._told: dict[str, object] = {}

    def look(self, now_utc: datetime) -> Fault | None:
        """Look once; a condition of the car's watch that never has a fault."""
        del now_utc
        now_ns = self._clock.monotonic_ns()
        for mark in self._parts.desk.around.health():
            if mark.name == "clock":
                self._tell("clock", [mark.level, mark.text])
        lists = {one.info.name: one.info.revision for one in self._parts.matcher.in_force.lists}
        self._tell("lists", lists)
        for alert in self._parts.engine.board.queue():
            if alert.kind is AlertKind.HIT and alert.state not in FINISHED:
                first_ns = self._first_seen.setdefault(alert.alert_id, now_ns)
                if now_ns - first_ns > DECIDED_S * 1e9:
                    self._decide(alert.alert_id)
        self._clock.tell_of(Told.LOOKED_NS, now_ns)
        return None

    def _decide(self, alert_id: int) -> None:
        try:
            self._parts.desk.decide(alert_id, Choice(Decision.NO_ACTION), "day")
        except AnprError as error:
            self._witness.line(k="refused", id=alert_id, text=str(error))

    def _tell(self, what: str, value: object) -> None:
        if self._told.get(what) != value:
            self._told[what] = value
            self._witness.line(k=what, value=value)


@contextmanager
def quick_upkeep(clock: DayClock) -> Iterator[None]:
    """Have what goes by the machine's time come more often, and the follower go by the car's date."""
    with (
        mock.patch("anpr.patrol.parts.QueueThread", partial(QueueThread, upkeep_s=UPKEEP_S)),
        mock.patch(
            "anpr.patrol.opening.Follower", partial(Follower, clock=clock.utc, check_s=LOOKS_S, pause=clock.wait)
        ),
    ):
        yield


def main() -> None:
    """Patrol until a signal; `Told.READY` says that it has begun."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("data", "clock", "witness", "served", "key"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--camera", required=True)
    parser.add_argument("--gps", required=True)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    config = car_config(asked.camera, asked.gps, asked.served, asked.key)
    clock = DayClock.opened(asked.clock)
    witness = DayWitness(asked.witness, clock)
    over = threading.Event()
    with logged(log_file(asked.data), "day", config):
        with quick_upkeep(clock):
            parts = open_parts(config, asked.data, clock=clock)
        patrol = Patrol(parts)
        patrol.on_step = witness.step
        parts.news.listen(witness.alerts)
        parts.watch.conditions.append(Attendant(parts, clock, witness).look)
        counting = threading.Thread(target=_count, args=(parts, clock, over), name="counts", daemon=True)
        try:
            show_until_stopped(patrol, _begin(patrol, clock, witness, counting), as_json=asked.json, seconds=None)
        finally:
            over.set()
            patrol.stop()
            witness.line(k="ended")


def _begin(
    patrol: Patrol, clock: DayClock, witness: DayWitness, counting: threading.Thread
) -> Callable[[], str | None]:
    def begin() -> None:
        waiting = [one.alert_id for one in patrol.parts.engine.board.queue() if one.kind is AlertKind.HIT]
        witness.line(k="started", waiting=waiting)
        patrol.start()
        counting.start()
        clock.tell_of(Told.READY, 1)

    return begin


def _count(parts: Parts, clock: DayClock, over: threading.Event) -> None:
    while not over.wait(_COUNT_S):
        clock.tell_of(Told.LEFT_OUT, parts.loop.left_out)
        clock.tell_of(Told.PROCESSED, parts.loop.processed)
        clock.tell_of(Told.TURNED_NS, parts.loop.last_turn_ns)
        clock.tell_of(Told.SENTENCES, parts.gps.counts.good if parts.gps is not None else 0)


if __name__ == "__main__":
    main()
