"""Plays a day and sums up: `anpr bench day`, or `python -m benchmarks.day.play --seed 1 --events 200`.

The car and the judge live in this process, the engine in one of its own, on a small file system of its own: the whole runs in
a mount namespace (`unshare`), which needs no root where the system lets users have one. Where it does not, events of a full
disk are skipped and said to be.
"""

import argparse
import json
import signal
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from anpr.config.data_folder import hotlists_db, records_db
from anpr.errors import Failure
from benchmarks.day.car import BackOffice, Clerk, Disk, Footage, LyingCamera, Satellites
from benchmarks.day.clock import DayClock
from benchmarks.day.happenings import begin, end
from benchmarks.day.judge import MOST_GROWTH, Judge
from benchmarks.day.playing import AWAKE_S, COARSE_S, Day
from benchmarks.day.process import EngineProcess
from benchmarks.day.script import FULL_EVENTS, Planned, draw
from benchmarks.shift.car import PretendCamera, PretendGps
from benchmarks.shift.witness import WitnessReader

_PLACE: Final = (51.75, -0.35)


def run(day: Day, script: tuple[Planned, ...]) -> None:
    """Play the events in order, and a minute after the last."""
    day.drive(AWAKE_S, COARSE_S)
    coming = deque(script)
    while coming or day.active:
        ends = min(day.active, key=lambda one: one.planned.lasts_s + one.began_s, default=None)
        ends_s = ends.began_s + ends.planned.lasts_s if ends is not None else float("inf")
        if ends is not None and (not coming or ends_s <= coming[0].at_s):
            day.advance(ends_s)
            end(day, ends)
        else:
            day.advance(coming[0].at_s)
            begin(day, coming.popleft())
    day.advance(max(day.now_s, day.settled_s) + 60.0)
    code = day.engine.end(signal.SIGTERM)
    day.look()
    day.check_end(code)
    day.judge.judge_records(records_db(day.folder / "data"), day.now_s)


def play(
    seed: int,
    events: int,
    *,
    brief: bool = False,
    keep: Path | None = None,
    note: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Play the day of a seed in this process and return the section of the report; `keep` keeps the car's folder."""
    script = draw(seed, events, brief=brief)
    with ExitStack() as stack:
        folder = keep or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="anpr-day-", ignore_cleanup_errors=True))
        )
        day = _opened(stack, folder, seed, note)
        try:
            run(day, script)
        finally:
            day.engine.end(signal.SIGKILL)
        return section(day, seed, events)


def _opened(stack: ExitStack, folder: Path, seed: int, note: Callable[[str], None]) -> Day:
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    disk = Disk.mounted(folder / "data")
    stack.callback(disk.close)
    note(f"the data lie on {'a file system of their own' if disk.is_own else 'the disk of this machine'}")
    clock = DayClock.made(folder / "clock")
    clock.stand()
    office = BackOffice(folder / "office", clock)
    clerk = Clerk(hotlists_db(folder / "data"), folder, clock)
    clerk.import_good()
    footage = Footage()
    camera = PretendCamera()
    stack.callback(camera.close)
    satellites = Satellites(clock)
    gps = PretendGps(satellites, lambda: (*_PLACE, True))
    stack.callback(gps.close)
    witness = WitnessReader(folder / "witness")
    stack.callback(witness.close)
    arguments = [
        "--data", str(folder / "data"), "--clock", str(folder / "clock"), "--witness", str(folder / "witness"),
        "--served", str(office.served), "--key", str(office.root), "--camera", camera.address, "--gps", gps.port,
    ]  # fmt: skip
    engine = EngineProcess(folder, arguments, clock)
    lying = LyingCamera(camera, footage)
    day = Day(
        folder, clock, engine, lying, gps, satellites, disk, office, clerk, footage, witness, Judge(clock.monotonic_ns()), note, seed
    )  # fmt: skip
    day.start_engine()
    return day


COUNTS: Final = ("records_lost", "reading_stopped", "faults_untold", "faults_left_standing", "other")


def section(day: Day, seed: int, events: int) -> dict[str, Any]:
    """Return the section of the report: counts that must all be 0, the failures, a line for each event."""
    judge = day.judge
    counts = {name: sum(one.count == name for one in judge.failures) for name in COUNTS}
    over, within = judge.growth()
    grown = max((one for one in (over, within) if one is not None), default=None)
    errors = [f"day, seed {seed}, {events} events: {one.count} at {one.at_s} s: {one.words}" for one in judge.failures]
    if grown is not None and grown > MOST_GROWTH:
        errors.append(f"day, seed {seed}, {events} events: memory grew by {grown:.0%}, the limit is {MOST_GROWTH:.0%}")
    lines = [one.line() for one in judge.events]
    told = sum(one.was_told for one in judge.events)
    rows: list[dict[str, Any]] = [
        {"measure": name.replace("_", " "), "value": value, "floor": 0} for name, value in counts.items()
    ]
    facts = {
        "memory, most growth (share)": None if grown is None else round(grown, 3), "events": len(lines),
        "events skipped": sum(bool(one["skipped"]) for one in lines), "events with a fault that was told": told,
        "starts of the engine": judge.starts, "sightings told": len(judge.sightings),
        "alerts and faults told": len(judge.alerts), "passes": day.passes, "hours": round(day.now_s / 3600, 2),
        "hours awake": round(day.awake_s / 3600, 2), "steps that were not waited for to the end": day.late_steps,
    }  # fmt: skip
    rows += [{"measure": name, "value": value} for name, value in facts.items()]
    return {
        "kind": "rows", "title": f"Day of {events} events, seed {seed}", "rows": rows, "errors": errors, "seed": seed, **counts,
        "memory": {"over_the_day": over, "within_a_start": within, "bound": MOST_GROWTH, "samples": len(judge.memory_mb),
                   "last_mb": judge.memory_mb[-1][2] if judge.memory_mb else None, "mb": judge.memory_mb},
        "disk": "tmpfs of its own" if day.disk.is_own else "none of its own: full disks are skipped", "events": lines,
    }  # fmt: skip


def day_section(
    *,
    seed: int,
    events: int,
    brief: bool = False,
    keep: Path | None = None,
    note: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Play a day in a process of its own, in a mount namespace where one may be had, and return its section."""
    command = [sys.executable, "-m", "benchmarks.day.play", "--seed", str(seed), "--events", str(events)]
    if brief:
        command.append("--brief")
    if keep is not None:
        command += ["--keep", str(keep)]
    with subprocess.Popen(
        [*namespace(), *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        said: deque[str] = deque(maxlen=30)

        def listen() -> None:
            for line in process.stderr or ():
                said.append(line)
                note(line.rstrip())

        listening = threading.Thread(target=listen, name="notes", daemon=True)
        listening.start()
        text = process.stdout.read() if process.stdout is not None else ""
        listening.join()
    try:
        found: dict[str, Any] = json.loads(text)
    except ValueError as error:
        raise Failure(f"the day could not be played: {''.join(said)[-800:]}") from error
    return found


def namespace() -> list[str]:
    """Return the command that gives a program mounts of its own, nothing where that may not be."""
    command = ["unshare", "--user", "--map-root-user", "--mount"]
    try:
        may = subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0
    except OSError:
        may = False
    return command if may else []


def main() -> int:
    """Play a day and print its section as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--events", type=int, default=FULL_EVENTS)
    parser.add_argument("--brief", action="store_true", help="each event as short as it may be")
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    found = play(
        asked.seed,
        asked.events,
        brief=asked.brief,
        keep=asked.keep,
        note=lambda text: print(text, file=sys.stderr, flush=True),
    )
    print(json.dumps(found))
    return 1 if found["errors"] else 0


if __name__ == "__main__":
    sys.exit(main())
