"""`anpr demo`: the main job on the clip and hotlist that are shipped."""

import csv
import tempfile
import webbrowser
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.table import Table

from anpr.address import Address
from anpr.cli.live_view import LiveView, show_until_stopped
from anpr.config.car import CameraConfig, GpsConfig, PatrolConfig
from anpr.config.data_folder import hotlists_db, log_file
from anpr.engine.json_lines import percentiles_json
from anpr.patrol.parts import Parts, open_parts
from anpr.patrol.patrol import Patrol
from anpr.patrol.serve_screen import open_screen
from anpr.support.log import logged
from hotlists.importers.import_list import import_list
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


@click.command()
@click.option("--no-browser", is_flag=True, help="Do not open a browser; say the screen's address only.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port of the screen; 0 takes a free one.")
@click.option("--repeat", is_flag=True, help="Play the clip again and again until stopped (Ctrl-C).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout, nothing else there.")
def demo(no_browser: bool, port: int, repeat: bool, as_json: bool) -> None:
    """Show the shipped clip as if it came from a camera: screen, alerts, and how fast it was.

    Works on a data folder of its own, which is removed at the end.
    """
    config = PatrolConfig(
        camera=(CameraConfig(id="front", source=Address(str(SHIPPED / "clip.mp4"))),),
        gps=GpsConfig(enabled=False),
        screen=replace(PatrolConfig().screen, port=port),
    )
    with (
        tempfile.TemporaryDirectory(prefix="anpr-demo-", ignore_cleanup_errors=True) as folder,
        logged(log_file(Path(folder)), "demo", config),
    ):
        _import_lists(Path(folder))
        parts = open_parts(config, Path(folder), loop_clips=repeat)
        with ExitStack() as ending:
            patrol = Patrol(parts, hold_cameras=True)
            ending.callback(patrol.stop)
            screen = open_screen(parts)
            patrol.start()
            screen.start()
            ending.callback(screen.stop)
            note = Console(stderr=True)
            note.print(f"The crew's screen: {screen.address}", highlight=False)
            if not no_browser and not webbrowser.open(screen.address):
                note.print("No browser was found: open that address in one.", highlight=False)
            patrol.start_cameras()
            view = show_until_stopped(patrol, screen.address, as_json=as_json, seconds=None, until_over=not repeat)
        if not as_json:
            _report(parts, view)


def _import_lists(folder: Path) -> None:
    """Import the shipped hotlist, one list for each reason."""
    with (SHIPPED / "hotlist.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    with HotlistStore(hotlists_db(folder)) as store:
        for reason, settings in LISTS.items():
            part = folder / f"{settings.name}.csv"
            with part.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows(row for row in rows if row[6] == reason)
            import_list(store, part, settings)


def _report(parts: Parts, view: LiveView) -> None:
    console = Console()
    alerts = Table("alert", "list", "probability", "state", "ms from grab", title="Alerts")
    for alert in (*parts.engine.board.queue(), *parts.engine.board.finished()):
        if alert.hits:
            led = alert.hits[0]
            alerts.add_row(
                led.sighting.text, led.hotlist.name, f"{alert.probability:.3f}", alert.state.value,
                f"{alert.frame_age_ms:.0f}",
            )  # fmt: skip
    console.print(alerts)
    latency = Table("stage, ms", "p50", "p95", "p99", title="How fast")
    for stage, p in percentiles_json(parts.engine.latencies.percentiles()).items():
        latency.add_row(stage, *(f"{p[key]:.1f}" for key in ("p50", "p95", "p99")))
    console.print(latency)
    dropped = sum(parts.slot.dropped.values()) + parts.loop.left_out
    console.print(f"{view.sightings} sightings in {view.frames} frames, {dropped} frames dropped.")
