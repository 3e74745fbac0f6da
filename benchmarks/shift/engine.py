"""The engine of a shift, as a process of its own that can be killed: how it is started, and what it runs.

`python -m benchmarks.shift.engine …` is a whole patrol with its screen, as `anpr run` opens it, but for the clock, which
the shift sets forward, and for the witness.
"""

import argparse
import subprocess
import sys
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from anpr.address import Address
from anpr.cli.demo_officer import demo_officer
from anpr.cli.stop_signals import StopSignals
from anpr.config.car import CameraConfig, GpsConfig, PatrolConfig
from anpr.config.data_folder import log_file
from anpr.desk.records import CrewRecords
from anpr.patrol.parts import Parts, open_parts
from anpr.patrol.patrol import Patrol
from anpr.patrol.serve_screen import open_screen
from anpr.support.log import logged
from benchmarks.shift.car import PretendCamera, PretendGps
from benchmarks.shift.clock import Count, ShiftClock
from benchmarks.shift.witness import WitnessWriter

CAMERA: Final = "front"
READY: Final = "ready"
START_S: Final = 60.0
"""Time given to the engine to start, on a machine that does other work as well."""
_COUNT_S: Final = 0.003


@dataclass(slots=True)
class Car:
    """The pretend car, the engine's process and the page."""

    folder: Path
    clock: ShiftClock
    camera: PretendCamera
    gps: PretendGps
    port: int
    engine: subprocess.Popen[str] | None = None
    ready: threading.Event = field(default_factory=threading.Event)

    def start_engine(self) -> None:
        """Start the engine; `ready` is set once its pages can be fetched."""
        self.ready.clear()
        command = [
            sys.executable, "-m", "benchmarks.shift.engine", "--data", str(self.folder / "data"), "--clock", str(self.folder / "clock"),
            "--witness", str(self.folder / "witness"), "--camera", self.camera.address, "--gps", self.gps.port, "--port", str(self.port),
        ]  # fmt: skip
        with (self.folder / "engine.log").open("a") as log:
            engine = self.engine = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)

        def listen() -> None:
            for line in engine.stdout or ():
                if line.strip() == READY:
                    self.ready.set()

        threading.Thread(target=listen, name="engine's words", daemon=True).start()

    def end_engine(self, *, kill: bool = False) -> None:
        """Stop the engine, or kill it."""
        if self.engine is None:
            return
        if kill:
            self.engine.kill()
        else:
            self.engine.terminate()
        try:
            self.engine.wait(15.0)
        except subprocess.TimeoutExpired:
            self.engine.kill()
            self.engine.wait()


class WitnessedRecords(CrewRecords):
    """The desk's records, which tell the witness of each time from grab to paint as well."""

    witness: WitnessWriter

    def painted(self, alert_id: int, paint_ms: float) -> None:
        """Take in a measured time from grab to paint."""
        self.witness.put({"k": "paint", "id": alert_id, "ms": paint_ms})
        super().painted(alert_id, paint_ms)


def car_config(camera: str, gps: str, port: int) -> PatrolConfig:
    """Return the configuration of the pretend car."""
    config = PatrolConfig()
    return replace(
        config,
        camera=(CameraConfig(id=CAMERA, source=Address(camera)),),
        gps=GpsConfig(port=gps, baud=9600),
        screen=replace(config.screen, port=port),
    )


def main() -> None:
    """Patrol until SIGTERM; says `ready` on stdout once pages can be fetched."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("data", "clock", "witness"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--camera", required=True)
    parser.add_argument("--gps", required=True)
    parser.add_argument("--port", type=int, required=True)
    asked = parser.parse_args()
    config = car_config(asked.camera, asked.gps, asked.port)
    clock = ShiftClock.opened(asked.clock)
    with StopSignals() as ending, logged(log_file(asked.data), "shift", config):
        parts = open_parts(config, asked.data, clock=clock)
        witness = WitnessWriter(asked.witness, clock, parts)
        given = parts.desk.records
        kept = WitnessedRecords(given.path, given.put, given.latencies, given.clock_utc)
        kept.witness = witness
        parts.desk.records = kept
        patrol = Patrol(parts)
        patrol.on_step = witness.put
        parts.desk.on_announce = witness.put
        screen = open_screen(parts, by_itself=demo_officer(asked.data).member)
        patrol.start()
        screen.start()
        print(READY, flush=True)
        while not ending.wait(_COUNT_S):
            _tell_counts(parts, clock)
        screen.stop()
        patrol.stop()
        witness.close()


def _tell_counts(parts: Parts, clock: ShiftClock) -> None:
    """Tell what has been taken in; of the frames, those that are done with last, lest one in hand be overlooked."""
    done = parts.loop.processed + parts.loop.left_out + sum(parts.slot.dropped.values())
    clock.tell(Count.DONE, done)
    clock.tell(Count.GRABBED, parts.cameras[CAMERA].grabbed)
    if parts.gps is not None:
        clock.tell(Count.SENTENCES, parts.gps.counts.good)


if __name__ == "__main__":
    main()
