"""Plays a script and sums up: `anpr bench shift`, or `python -m benchmarks.shift.play [--quick]`."""

import argparse
import json
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page, sync_playwright

from anpr.config.car import PatrolConfig
from anpr.errors import Failure, InputError
from anpr.screen.rules import load_screen_rules
from benchmarks.shift.car import PretendCamera, PretendGps
from benchmarks.shift.clock import ShiftClock
from benchmarks.shift.engine import START_S, Car
from benchmarks.shift.judge import Judge
from benchmarks.shift.lists import import_lists
from benchmarks.shift.officer import Officer
from benchmarks.shift.pictures import Clip, drawn
from benchmarks.shift.player import Player
from benchmarks.shift.playing import Shift
from benchmarks.shift.script import Script, full_script, quick_script, shortest_script
from benchmarks.shift.tally import Tally
from benchmarks.shift.truth import Truth
from benchmarks.shift.witness import WitnessReader

CACHE: Final = Path(__file__).parents[1] / "out" / "shift"
PAGE_JS: Final = Path(__file__).with_name("page.js")
_FLAGS: Final = ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"]


def play(
    script: Script, *, cache: Path = CACHE, workers: int = 2, keep: Path | None = None,
    note: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:  # fmt: skip
    """Play a script and return the section of the report.

    With `keep` the car's data, the engine's log, the witness and a picture of each wrong screen stay in that folder. Raises Failure
    where Chromium is missing or the engine does not start.
    """
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        raise Failure("Chromium is not installed: install it, then run this again")
    began_s = time.monotonic()
    clips = drawn(script, cache, workers, lambda done, every: note(f"drew {done} of {every} passes"))
    drew_s = time.monotonic() - began_s
    with ExitStack() as stack:
        shift = _opened(stack, script, clips, chromium, keep)
        shift.note = note
        shift.run()
        if keep is not None:
            _keep_unread(shift, keep)
    minutes = (time.monotonic() - began_s - drew_s) / 60
    note(f"played {script.length_s / 60:.0f} minutes in {minutes:.1f}, drawn in {drew_s:.0f} s")
    return shift.tally.section(f"Shift of {script.length_s / 60:.0f} minutes, seed {script.seed}")


def _opened(stack: ExitStack, script: Script, clips: dict[int, Clip], chromium: str, keep: Path | None) -> Shift:
    """Return a shift ready to be run; the stack puts it away."""
    folder = _folder(stack, keep)
    import_lists(folder / "data", script)
    clock = ShiftClock.made(folder / "clock")
    truth = Truth(script, clips, clock.monotonic_ns(), clock.utc())

    def now_s() -> float:
        return truth.second_of(clock.monotonic_ns())

    def moving() -> bool:
        return script.moving_at(now_s())

    camera = PretendCamera()
    stack.callback(camera.close)
    gps = PretendGps(clock, lambda: (*script.place_at(now_s()), moving()))
    stack.callback(gps.close)
    car = Car(folder, clock, camera, gps, _free_port())
    player = Player(camera, gps, clips, clock, moving, lambda c, f, ns: truth.played(c, f, truth.second_of(ns)))
    stack.callback(player.close)
    stack.callback(car.end_engine)
    player.run()
    car.start_engine()
    if not car.ready.wait(START_S):
        raise Failure(f"the engine did not start: {(folder / 'engine.log').read_text()[-600:]}")
    page = _page(stack, chromium, car.port)
    truth.zero_ns, truth.zero_utc = clock.monotonic_ns(), clock.utc()
    truth.windows.clear()
    truth.started.append(0.0)
    judge = Judge(truth, tuple(load_screen_rules(PatrolConfig().screen).probability_words))
    witness = WitnessReader(folder / "witness")
    stack.callback(witness.close)
    return Shift(script, car, page, player, truth, judge, Tally(truth), Officer(page, now_s), witness, keep)


def _keep_unread(shift: Shift, folder: Path) -> None:
    """Keep the middle legible picture of each listed vehicle that was not read, as the camera gave it."""
    for number, vrm in shift.tally.unread():
        clip = shift.truth.clips[number]
        legible = [n for n, plates in enumerate(clip.plates) if any(p.vrm == vrm and p.legible for p in plates)]
        if legible:
            (folder / f"unread-{number}-{vrm}.jpg").write_bytes(clip.jpegs[legible[len(legible) // 2]])


def _folder(stack: ExitStack, keep: Path | None) -> Path:
    if keep is None:
        made = tempfile.TemporaryDirectory(prefix="anpr-shift-", ignore_cleanup_errors=True)
        folder = Path(stack.enter_context(made))
    else:
        folder = keep.resolve()
        if (folder / "data").exists():
            raise InputError(f"{keep} holds a shift already: name another folder")
    (folder / "data").mkdir(parents=True)
    return folder


def _page(stack: ExitStack, chromium: str, port: int) -> Page:
    browser = stack.enter_context(sync_playwright()).chromium.launch(executable_path=chromium, args=_FLAGS)
    stack.callback(browser.close)
    context = browser.new_context(viewport={"width": 1920, "height": 1200}, timezone_id="UTC", locale="en-GB")
    context.add_init_script(path=PAGE_JS)
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{port}/")
    page.wait_for_selector(".driver, .full")
    return page


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def shift_section(
    *, quick: bool, seed: int = 1, keep: Path | None = None, note: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """Return the section of `anpr bench shift`."""
    return play(quick_script(seed) if quick else full_script(seed), keep=keep, note=note)


def main() -> int:
    """Play a shift and print its section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--shortest", action="store_true")
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    script = (shortest_script if asked.shortest else quick_script if asked.quick else full_script)(asked.seed)
    section = play(script, keep=asked.keep, note=lambda text: print(text, file=sys.stderr))
    print(json.dumps(section, indent=1))
    return 1 if section["errors"] else 0


if __name__ == "__main__":
    sys.exit(main())
