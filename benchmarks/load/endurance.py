"""A long patrol with a camera that fails again and again: memory must not grow, every fault be seen and cleared.

`python -m benchmarks.load.endurance --minutes 60 --fail-every 60` plays the demo clip in a loop and in real time as a
network camera (a process of its own) into a whole patrol: capture, perception, matching, alerts, records. The camera
is unplugged, freezes and goes black in turn. Ends with code 1 when a fault was missed or memory grew by more than 5 %.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import psutil

from anpr.address import Address
from anpr.config.car import CameraConfig, GpsConfig, PatrolConfig
from anpr.faults import FaultKind
from anpr.patrol.parts import Parts, open_parts
from anpr.patrol.patrol import Patrol

DEMO_CLIP: Final = Path(__file__).parents[2] / "anpr" / "demo" / "clip.mp4"
CAMERA: Final = "front"
MOST_GROWTH: Final = 0.05

EXPECTED: Final = {
    "unplug": frozenset((FaultKind.CAMERA_UNREACHABLE.id, FaultKind.CAMERA_SILENT.id)),
    "freeze": frozenset((FaultKind.CAMERA_FROZEN.id,)),
    "black": frozenset((FaultKind.CAMERA_BLACK.id,)),
}
"""What each failure must be called on the alert board."""

_LOOK_S: Final = 0.05
_GIVE_UP_S: Final = 15.0
_SAMPLE_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure of the camera: after how many seconds it stood on the board, and after its end had left it."""

    kind: str
    at_s: float
    named_as: str | None
    named_after_s: float | None
    cleared_after_s: float | None


@dataclass(slots=True)
class Endurance:
    """What a run showed; memory in megabytes of the patrol's process, sampled every five seconds."""

    minutes: float = 0.0
    failures: list[Failure] = field(default_factory=list)
    memory_mb: list[tuple[float, float]] = field(default_factory=list)
    grabbed: int = 0
    processed: int = 0
    dropped: int = 0
    threads: tuple[int, int] = (0, 0)
    cpu_s_per_minute: float = 0.0
    latency_ms: dict[str, Any] = field(default_factory=dict)

    def growth(self) -> float:
        """Return how much memory grew, as a share: the last sixth of the run against its second sixth.

        The first sixth does not count: models, caches and the first tracks fill memory once.
        """
        if len(self.memory_mb) < 6:
            return 0.0
        sixth = len(self.memory_mb) // 6
        early = statistics.median(mb for _, mb in self.memory_mb[sixth : 2 * sixth])
        late = statistics.median(mb for _, mb in self.memory_mb[-sixth:])
        return late / early - 1.0

    def missed(self) -> list[Failure]:
        """Return the failures that were not named, or whose fault stayed."""
        return [f for f in self.failures if f.named_after_s is None or f.cleared_after_s is None]

    def summary(self) -> dict[str, Any]:
        """Return the figures as one JSON object."""
        named = [f.named_after_s for f in self.failures if f.named_after_s is not None]
        cleared = [f.cleared_after_s for f in self.failures if f.cleared_after_s is not None]
        return {
            "type": "endurance",
            "minutes": round(self.minutes, 2),
            "failures": len(self.failures),
            "named": len(named),
            "cleared": len(cleared),
            "slowest_to_name_s": max(named, default=None),
            "slowest_to_clear_s": max(cleared, default=None),
            "memory_mb": {
                "first": self.memory_mb[0][1] if self.memory_mb else None,
                "last": self.memory_mb[-1][1] if self.memory_mb else None,
                "peak": max((mb for _, mb in self.memory_mb), default=None),
                "growth": round(self.growth(), 4),
            },
            "frames": {"grabbed": self.grabbed, "processed": self.processed, "dropped": self.dropped},
            "threads": {"first": self.threads[0], "last": self.threads[1]},
            "cpu_s_per_minute": round(self.cpu_s_per_minute, 1),
            "ms": self.latency_ms,
        }


class _Run:
    """One run: the patrol, its camera, and the clock by which both are watched."""

    def __init__(self, parts: Parts, tell: Callable[[str], None], note: Callable[[dict[str, Any]], None]) -> None:
        self._parts = parts
        self._tell = tell
        self._note = note
        self._process = psutil.Process()
        self._started_s = time.monotonic()
        self._sampled_s = float("-inf")
        self.result = Endurance(threads=(self._process.num_threads(), 0))

    def passed_s(self) -> float:
        """Return the seconds since the start."""
        return time.monotonic() - self._started_s

    def wait(self, done: Callable[[], bool], at_most_s: float) -> bool:
        """Watch memory until something is so or the time is over; return whether it is so."""
        until_s = time.monotonic() + at_most_s
        while not done():
            if time.monotonic() >= until_s:
                return False
            if self.passed_s() - self._sampled_s >= _SAMPLE_S:
                self._sampled_s = self.passed_s()
                used = round(self._process.memory_info().rss / 1e6, 1)
                self.result.memory_mb.append((round(self._sampled_s, 1), used))
            time.sleep(_LOOK_S)
        return True

    def standing(self) -> frozenset[str]:
        """Return the names of the camera's faults on the alert board."""
        waiting = self._parts.engine.board.queue()
        return frozenset(a.fault.name for a in waiting if a.fault is not None and a.fault.subject == CAMERA)

    def fail(self, kind: str, hold_s: float) -> None:
        """Let the camera fail once and recover."""
        # A fault that stands already (a machine too busy to read, say) must not pass for this one.
        self.wait(lambda: not self.standing(), _GIVE_UP_S)
        at_s = time.monotonic()
        self._tell(kind)
        is_named = self.wait(lambda: bool(self.standing() & EXPECTED[kind]), _GIVE_UP_S)
        named_after_s = round(time.monotonic() - at_s, 2) if is_named else None
        names = self.standing() & EXPECTED[kind]
        self.wait(lambda: False, hold_s - (time.monotonic() - at_s))
        self._tell("ok")
        restored_s = time.monotonic()
        is_cleared = self.wait(lambda: not self.standing(), _GIVE_UP_S)
        cleared_after_s = round(time.monotonic() - restored_s, 2) if is_cleared else None
        failure = Failure(
            kind, round(at_s - self._started_s, 1), min(names, default=None), named_after_s, cleared_after_s
        )
        self.result.failures.append(failure)
        self._note({"type": "failure", **asdict(failure), "memory_mb": self.result.memory_mb[-1:]})

    def finish(self) -> Endurance:
        """Return the result of the run as it is now."""
        found, parts = self.result, self._parts
        found.minutes = self.passed_s() / 60
        found.grabbed = sum(c.grabbed for c in parts.cameras.values())
        found.processed = parts.loop.processed
        found.dropped = sum(parts.slot.dropped.values()) + parts.loop.left_out
        found.threads = (found.threads[0], self._process.num_threads())
        used = self._process.cpu_times()
        found.cpu_s_per_minute = (used.user + used.system) / max(found.minutes, 1e-6)
        percentiles = parts.engine.latencies.percentiles()
        found.latency_ms = {
            stage: asdict(p) if hasattr(p, "__dataclass_fields__") else p for stage, p in percentiles.items()
        }
        return found


@contextmanager
def failing_camera(clip: Path) -> Iterator[tuple[str, Callable[[str], None]]]:
    """Start the camera's process; gives its address and what tells it how to fail."""
    command = [sys.executable, "-m", "benchmarks.load.failing_camera", str(clip)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the camera's process has no pipes")
        orders = process.stdin

        def tell(state: str) -> None:
            orders.write(f"{state}\n")
            orders.flush()

        yield process.stdout.readline().strip(), tell
        orders.close()


def endure(
    clip: Path, *, minutes: float, fail_every_s: float, hold_s: float = 6.0, note: Callable[[dict[str, Any]], None]
) -> Endurance:
    """Run a patrol on a failing camera for that long; each failure is told to `note` when it is over."""
    # A folder that is still written to by a thread that ends late must not spoil the result.
    with failing_camera(clip) as (address, tell), tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        config = PatrolConfig(camera=(CameraConfig(id=CAMERA, source=Address(address)),), gps=GpsConfig(enabled=False))
        parts = open_parts(config, Path(folder))
        patrol = Patrol(parts)
        patrol.start()
        try:
            run = _Run(parts, tell, note)
            kinds = list(EXPECTED)
            run.wait(lambda: parts.loop.processed > 0, _GIVE_UP_S)
            while run.passed_s() < minutes * 60:
                next_s = run.passed_s() + fail_every_s
                run.wait(lambda: False, fail_every_s / 2)
                run.fail(kinds[len(run.result.failures) % len(kinds)], hold_s)
                run.wait(lambda: False, min(next_s, minutes * 60) - run.passed_s())
            return run.finish()
        finally:
            patrol.stop()


def main() -> None:
    """Run from the command line; one JSON object a line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clip", type=Path, default=DEMO_CLIP, help="what the camera sees, in a loop")
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--fail-every", type=float, default=60.0, metavar="SECONDS")
    asked = parser.parse_args()
    result = endure(
        asked.clip,
        minutes=asked.minutes,
        fail_every_s=asked.fail_every,
        note=lambda item: print(json.dumps(item), flush=True),
    )
    print(json.dumps(result.summary()), flush=True)
    sys.exit(1 if result.missed() or result.growth() > MOST_GROWTH else 0)


if __name__ == "__main__":
    main()
