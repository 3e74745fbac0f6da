"""What each event of a day does to the car, and how its cause is taken away again."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from typing import Final

from anpr import sqlite
from anpr.config.data_folder import hotlists_db, records_db
from anpr.errors import Failure
from anpr.sealing.data_key import make_keys
from benchmarks.day.car import MARKS, PASSING_BY
from benchmarks.day.clock import DayClock
from benchmarks.day.judge import Under
from benchmarks.day.playing import CLOSE_S, Day
from benchmarks.day.process import EngineProcess
from benchmarks.day.script import CLOCK_MARK, Event, Group, Planned

_BUSY_S: Final = 4.0


def begin(day: Day, planned: Planned) -> None:
    """Let an event begin; one that takes no time ends at once."""
    under = day.judge.begin(planned, day.now_s, _asked(day, planned))
    day.note(f"{day.now_s:8.1f} s  {planned.number:3} {planned.event} begins")
    _ACTIONS[planned.rule.group](day, under)
    day.active.append(under)
    day.fine_until_s = day.now_s + CLOSE_S
    if not planned.lasts_s or under.skipped:
        end(day, under)
    elif not planned.rule.blinds:
        day.pass_due_s = day.now_s + min(planned.lasts_s / 3, 5.0)


def end(day: Day, under: Under) -> None:
    """Take an event's cause away; reading must go on, and what was told must go."""
    day.active.remove(under)
    if not under.skipped:
        _ENDINGS[under.planned.rule.group](day, under)
    day.judge.end(under, day.now_s)
    day.settled_s = max(day.settled_s, day.now_s + max(under.planned.rule.clear_s, 12.0) + 3.0)
    day.fine_until_s = day.now_s + CLOSE_S
    day.pass_due_s = day.now_s + 2.0
    day.note(f"{day.now_s:8.1f} s  {under.planned.number:3} {under.planned.event} over {under.skipped or under.told}")


def _asked(day: Day, planned: Planned) -> frozenset[str] | None:
    """Return the faults that are asked of an event where they are not those of its rule: a terminal that goes is no fault."""
    is_quiet = planned.event is Event.OUTPUT_CLOSED and not day.engine.is_json
    is_skipped = planned.rule.group is Group.DISK and not day.disk.is_own
    return frozenset() if is_quiet or is_skipped else None


def _camera(day: Day, under: Under) -> None:
    day.camera.become(under.planned.event)


def _camera_ends(day: Day, under: Under) -> None:
    del under
    day.camera.become(None)


def _date(day: Day, under: Under) -> None:
    event, chance = under.planned.event, under.planned.chance
    if event is Event.GPS_NO_FIX:
        day.gps.has_fix = False
    elif event is Event.GPS_SILENT:
        day.is_gps_silent = True
    elif event is Event.GPS_ROLLOVER:
        day.satellites.rounds = 1
    elif event is Event.SUSPEND:
        day.sleep(30 + chance * 3000)
    elif event is Event.SUSPEND_STILL:
        day.sleep(30 + chance * 3000, counted=False)
    else:
        by_s = {
            Event.CLOCK_YEARS: (-1) ** round(chance) * round(365 * 86_400 * (1 + 18 * chance)),
            Event.CLOCK_MINUTES: (-1) ** round(chance) * round(120 + 3000 * chance),
            Event.CLOCK_BACK: -round(86_400 * (1 + 20 * chance)),
        }[event]
        under.notes.append(f"the clock is {by_s} s wrong")
        day.clock.set_wrong(by_s)


def _date_ends(day: Day, under: Under) -> None:
    if under.planned.event is Event.GPS_ROLLOVER and CLOCK_MARK in day.judge.standing:
        day.judge.fail("other", day.now_s, "a receiver's week rollover made the clock's mark a fault")
    day.gps.has_fix, day.is_gps_silent, day.satellites.rounds = True, False, 0
    day.clock.set_wrong(0)


def _disk(day: Day, under: Under) -> None:
    if not day.disk.is_own:
        under.skipped = "no file system of its own may be mounted here"
        return
    day.disk.fill(0 if under.planned.event is Event.DISK_FULL else 20_000_000)


def _disk_ends(day: Day, under: Under) -> None:
    del under
    day.disk.free()


_IMPORTS: Final = (Event.IMPORT_CUT, Event.IMPORT_GIBBERISH, Event.IMPORT_SHORT)


def _lists(day: Day, under: Under) -> None:
    event = under.planned.event
    if event in _IMPORTS:
        refusal = day.clerk.import_broken(event)
        under.notes.append(f"refused: {refusal}" if refusal else "taken")
        if not refusal:
            day.judge.fail("other", day.now_s, f"{event}: it was put in force")
            day.clerk.import_good()
    elif event in (Event.LIST_COMES, Event.LIST_WITHDRAWN):
        day.office.is_offered = event is Event.LIST_COMES
        day.office.publish()
    else:
        day.office.spoil(event)


def _lists_end(day: Day, under: Under) -> None:
    event = under.planned.event
    if event in (Event.LIST_COMES, Event.LIST_WITHDRAWN):
        is_there = PASSING_BY in day.judge.lists
        under.notes.append(f"in force: {', '.join(f'{name} {n}' for name, n in day.judge.lists.items())}")
        if is_there != day.office.is_offered:
            day.judge.fail("other", day.now_s, f"{event}: in force are {', '.join(day.judge.lists)}")
    missing = (MARKS.keys() - {PASSING_BY}) - day.judge.lists.keys()
    if missing:
        day.judge.fail("other", day.now_s, f"{event}: {', '.join(missing)} is no longer in force")
    if event not in _IMPORTS:  # what a clerk imports leaves alone what the back office serves
        day.office.repair()


def _engine(day: Day, under: Under) -> None:
    event = under.planned.event
    if event is Event.OUTPUT_CLOSED:
        under.notes.append("JSON" if day.engine.is_json else "terminal")
        day.engine.close_output()
        return
    if event is Event.BUSY:
        _busy(day)
        return
    if event is Event.RECORDS_DAMAGED:
        under.skipped = _damaged(day, under)
        return
    if event is Event.KILL_PASSING:
        day.play_pass(0.3 + under.planned.chance * 0.7)
        time.sleep(under.planned.chance * 0.05)
    how = {Event.RESTART: signal.SIGTERM, Event.HANG_UP: signal.SIGHUP}.get(event, signal.SIGKILL)
    code = day.engine.end(how)
    if how is not signal.SIGKILL:
        day.check_end(code)
    day.start_engine()


def _engine_ends(day: Day, under: Under) -> None:
    if under.planned.event is Event.OUTPUT_CLOSED:
        day.engine.end(signal.SIGTERM)
        day.start_engine()


def _busy(day: Day) -> None:
    """Let time go on as it is for some seconds while every core is taken."""
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2 * (os.cpu_count() or 1))]
    day.clock.go()
    try:
        ends_s = time.monotonic() + _BUSY_S
        while time.monotonic() < ends_s:
            day.gps.speak()
            day.camera.send(day.now_s)
            time.sleep(0.2)
    finally:
        day.clock.stand()
        for loop in loops:
            loop.kill()
            loop.wait()
    day.judge.blinded(day.now_s)


def _damaged(day: Day, under: Under) -> str:
    """Start an engine on a copy of the data whose records file is damaged; returns why it is left out, nothing if it began."""
    data = day.folder / "damaged"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir()
    for source, name in (
        (hotlists_db(day.folder / "data"), "hotlists.db"),
        (records_db(day.folder / "data"), "records.db"),
    ):
        with closing(sqlite.connect(source)) as whole:
            sqlite.export(whole, data / name, make_keys(data).current)
    records = data / "records.db"
    whole_bytes = records.read_bytes()
    records.write_bytes(
        b"\x00" * 4096 + whole_bytes[4096:] if under.planned.chance < 0.5 else whole_bytes[: len(whole_bytes) // 2]
    )
    clock_path = day.folder / "damaged-clock"
    clock = DayClock.made(clock_path)
    arguments = list(day.engine.arguments)
    for name, value in (("--data", data), ("--clock", clock_path), ("--witness", day.folder / "damaged-witness")):
        arguments[arguments.index(name) + 1] = str(value)
    other = EngineProcess(day.folder, arguments, clock)
    try:
        other.start(as_json=True)
    except Failure:
        other.end(signal.SIGKILL)
        return "the engine does not start with damaged records"
    time.sleep(1.0)
    code = other.end(signal.SIGTERM)
    under.notes.append(f"it started, and ended with {code}")
    return ""


_ACTIONS: Final[dict[Group, Callable[[Day, Under], None]]] = {
    Group.CAMERA: _camera, Group.DATE: _date, Group.DISK: _disk, Group.LISTS: _lists, Group.ENGINE: _engine,
}  # fmt: skip
_ENDINGS: Final[dict[Group, Callable[[Day, Under], None]]] = {
    Group.CAMERA: _camera_ends, Group.DATE: _date_ends, Group.DISK: _disk_ends, Group.LISTS: _lists_end,
    Group.ENGINE: _engine_ends,
}  # fmt: skip
