"""`anpr demo`: the main job on the clip and hotlist that are shipped, or on anybody's own."""

import csv
import re
import sys
import tempfile
import threading
import webbrowser
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.table import Table

from anpr.address import Address
from anpr.cli.demo_officer import BY_ITSELF, demo_officer, network_names
from anpr.cli.live_view import LiveView, show_until_stopped
from anpr.cli.second_device import tell_second_device
from anpr.clock import SystemClock
from anpr.config.car import CameraConfig, CarConfig, PatrolConfig, RecordsConfig
from anpr.config.data_folder import hotlists_db, log_file
from anpr.demo.drive import DemoDrive
from anpr.engine.json_lines import percentiles_json
from anpr.errors import InputError
from anpr.hidden import marked_of
from anpr.patrol.parts import Parts, open_parts
from anpr.patrol.patrol import Patrol
from anpr.patrol.rehearsal import Rehearsal
from anpr.patrol.serve_screen import open_screen
from anpr.support.log import logged
from camera.gps import GpsReceiver
from camera.sources import open_source
from camera.sources.source import next_grab
from hotlists.importers.import_list import ImportOptions, import_list
from hotlists.store.settings import ListSettings
from hotlists.store.store import HotlistStore

SHIPPED: Final = Path(__file__).parents[1] / "demo"

LISTS: Final = {
    "STOLEN": ListSettings("Stolen", priority=90, colour="#c62828"),
    "WANTED": ListSettings("Wanted", priority=95, colour="#8e24aa"),
    "NO INSURANCE": ListSettings("No insurance", priority=30, colour="#ef6c00", crew_may_disable=True),
    "INTELLIGENCE": ListSettings("Intelligence", priority=60, colour="#00695c"),
}
"""The lists of the demonstration by the reason of their entries."""

KEPT_DAYS: Final = 0.01
"""A quarter of an hour: records of a demonstration go so soon, so that a day of it needs no more disk than that."""

TO_TRY: Final = (
    "Try 1: open an alert, look at the plate, tick what agrees, confirm it.",
    "Try 2: Look up: type a mark of the strip, or SV95 HKO.",
    "Try 3: when the car drives, tap Seen; hold the sign at the top left to unlock.",
)

MOST_REJECTS: Final = 0.9
"""Share of an own list's rows that may be refused: what can be used is shown, and how many cannot be."""

_LEAD_S: Final = 4.0
"""The car stands for so long before the clip begins: the page counts as moving until it has seen the car stand."""


@click.command()
@click.argument("clip", type=click.Path(path_type=Path), required=False)
@click.option(
    "--hotlist", "hotlists", type=click.Path(path_type=Path), multiple=True,
    help="A list to match against, in any format that is imported; may be repeated. Default: the shipped one.",
)  # fmt: skip
@click.option("--no-browser", is_flag=True, help="Do not open a browser; say the screen's address only.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port of the screen; 0 takes a free one.")
@click.option(
    "--network", is_flag=True, help="Also serve other devices on this network, with a demo officer to log in."
)
@click.option("--repeat/--once", default=None, help="Play until stopped (default in a terminal), or once.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout, nothing else there.")
def demo(
    clip: Path | None, hotlists: tuple[Path, ...], no_browser: bool, port: int, network: bool, repeat: bool | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Show CLIP (default: the shipped one) as if it came from a camera: screen, alerts, and how fast it was.

    In a terminal the clip repeats until Ctrl-C, each playing a new shift; elsewhere it is played once. The car stands and
    drives in turn: place and speed are made up. Works on a data folder of its own, which is removed at the end.
    """
    repeats = sys.stdout.isatty() if repeat is None else repeat
    names = network_names() if network else ()
    config = _config(_playable(clip), port, names)
    drive = DemoDrive(SystemClock())
    note = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)
    with (
        tempfile.TemporaryDirectory(prefix="anpr-demo-", ignore_cleanup_errors=True) as name,
        logged(log_file(Path(name)), "demo", config),
    ):
        folder = Path(name)
        for line in _import_lists(folder, hotlists, is_own_clip=clip is not None):
            note.print(line)
        officer = demo_officer(folder)
        gps = GpsReceiver(drive.clock, port="demo", baud=9600, open_port=lambda _name, _baud: drive)
        rehearsal = Rehearsal(gps, repeats)
        parts = open_parts(config, folder, loop_clips=repeats, rehearsal=rehearsal)
        with ExitStack() as ending:
            patrol = Patrol(parts, hold_cameras=True)
            ending.callback(patrol.stop)
            screen = open_screen(parts, by_itself=officer.member)
            patrol.start()
            screen.start()
            ending.callback(screen.stop)
            device = f"Second device: {screen.network_address} - {officer.how}" if network else ""
            for line in (f"The crew's screen: {screen.address}", BY_ITSELF, device, *TO_TRY):
                if line:
                    note.print(line)
            tell_second_device(screen.network_address if network else None)
            if not no_browser and not webbrowser.open(screen.address):
                note.print("No browser was found: open that address in one.")
            if repeats:
                threading.Event().wait(_LEAD_S)

            def begin() -> str:
                drive.begin()
                patrol.start_cameras()
                return screen.address

            def notes() -> Sequence[str]:
                return (*((device,) if device else ()), f"Shift {rehearsal.shift}. {drive.words}", *TO_TRY)

            view = show_until_stopped(patrol, begin, as_json=as_json, seconds=None, until_over=not repeats, notes=notes)
        if not as_json:
            _report(parts, view)


def _config(clip: Path, port: int, names: tuple[str, ...]) -> PatrolConfig:
    screen = replace(PatrolConfig().screen, port=port)
    if names:
        screen = replace(screen, on_network=True, network_port=0, network_names=names)
    return PatrolConfig(
        car=CarConfig(name="Demo car"),
        camera=(CameraConfig(id="front", source=Address(str(clip))),),
        records=RecordsConfig(KEPT_DAYS, KEPT_DAYS, KEPT_DAYS, KEPT_DAYS),
        screen=screen,
    )


def _playable(clip: Path | None) -> Path:
    """Return the clip whole, once a frame of it was seen; raises InputError for what cannot be played."""
    path = (clip or SHIPPED / "clip.mp4").absolute()
    if not path.exists():
        raise InputError(f"{clip}: no such clip or folder of frames; a live camera is shown by 'anpr run'")
    source = open_source(str(path))
    if source.is_live:
        raise InputError(f"{clip}: is a live camera; it is shown by 'anpr run'")
    try:
        source.open()
        if next_grab(source) is None:
            raise InputError(f"{clip}: holds no frame; name another clip")
    finally:
        source.close()
    return path


def _import_lists(folder: Path, hotlists: Sequence[Path], *, is_own_clip: bool) -> list[str]:
    """Import the lists that were named, or with the shipped clip the shipped ones; return what to say of them."""
    if not hotlists and is_own_clip:
        return ["No list to match against: name one with --hotlist."]
    with HotlistStore(hotlists_db(folder)) as store:
        if not hotlists:
            for part, settings in _shipped_lists(folder):
                import_list(store, part, settings)
            return []
        said = []
        for number, path in enumerate(hotlists, 1):
            report = import_list(
                store, path, ListSettings(_list_name(path, number)), ImportOptions(most_rejects=MOST_REJECTS)
            )
            refused = f", {report.rejected:,} rows refused" if report.rejected else ""
            said.append(f"List {report.list_name}: {report.entries:,} entries{refused}.")
        return said


def _list_name(path: Path, number: int) -> str:
    """Return a list's name after its file, unlike those before it."""
    words = re.sub(r"[^\w .+-]", " ", path.stem).strip(" .+-")[:50]
    return f"{words} {number}" if words and number > 1 else words or f"List {number}"


def _shipped_lists(folder: Path) -> list[tuple[Path, ListSettings]]:
    """Return the shipped hotlist in files, one for each reason."""
    with (SHIPPED / "hotlist.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    parts = []
    for reason, settings in LISTS.items():
        part = folder / f"{settings.name}.csv"
        with part.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(row for row in rows if row[6] == reason)
        parts.append((part, settings))
    return parts


def _report(parts: Parts, view: LiveView) -> None:
    console = Console()
    alerts = Table("alert", "list", "probability", "state", "ms from grab", title="Alerts")
    for alert in (*parts.engine.board.queue(), *parts.engine.board.finished()):
        if alert.hits:
            led = alert.hits[0]
            alerts.add_row(
                marked_of(led.sighting), led.hotlist.name, f"{alert.probability:.3f}", f"{alert.state.value}, possible" if led.possible else alert.state.value,
                f"{alert.frame_age_ms:.0f}",
            )  # fmt: skip
    console.print(alerts)
    latency = Table("stage, ms", "p50", "p95", "p99", title="How fast")
    for stage, p in percentiles_json(parts.engine.latencies.percentiles()).items():
        latency.add_row(stage, *(f"{p[key]:.1f}" for key in ("p50", "p95", "p99")))
    console.print(latency)
    dropped = sum(parts.slot.dropped.values()) + parts.loop.left_out
    console.print(f"{view.sightings} sightings in {view.frames} frames, {dropped} frames dropped.")
