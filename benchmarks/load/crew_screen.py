"""The crew's screen in Chromium beside a whole patrol that reads the shipped clip in real time.

`python -m benchmarks.load.crew_screen paint [--minutes 5] [--view driver|full]`: grab of the frame to painted pixels, as the
page reports them. `… burst [--alerts 500]`: alerts all at once. `… shift [--hours 8] [--pace 24]`: an alert a second
for a shift, as a time-lapse of so many a second, two of three decided; the page's memory and frame time and the
engine's latency for each eighth. Each ends with one JSON object on stdout and code 1 when a floor is missed.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from playwright.sync_api import Page, sync_playwright

from anpr import sqlite
from anpr.address import Address
from anpr.alerting.decisions import Choice, Decision
from anpr.cli.demo_officer import demo_officer
from anpr.clock import utc_now
from anpr.config.car import CameraConfig, GpsConfig, PatrolConfig
from anpr.config.data_folder import hotlists_db, records_db
from anpr.desk.records import CrewRecords
from anpr.engine.engine import Step
from anpr.evidence import spell
from anpr.patrol.parts import Parts, open_parts
from anpr.patrol.patrol import Patrol
from anpr.patrol.serve_screen import open_screen
from anpr.values import AlertKind, Hit, HotlistEntry, HotlistInfo, Sighting
from benchmarks.load.screen_section import FLOORS_MS
from hotlists.importers.import_list import import_list
from hotlists.store.settings import ListSettings
from hotlists.store.store import HotlistStore

DEMO: Final = Path(__file__).parents[2] / "anpr" / "demo"
GIVEN_S: Final = 3.0
"""An alert that was not painted within so many seconds is one that the screen did not paint."""
LEAST_FRAMES: Final = 50
"""With fewer frames in an eighth of a (short) shift, the engine's latency is told but not judged."""

_FLAGS: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--autoplay-policy=no-user-gesture-required",
    "--js-flags=--expose-gc",
]
_PRIORITIES: Final = (20, 40, 70, 90, 95)
_FRAME_MS: Final = """() => new Promise((done) => { const gaps = []; let last = performance.now();
  const step = (now) => { gaps.push(now - last); last = now;
    if (gaps.length < 40) requestAnimationFrame(step); else done(gaps.sort((a, b) => a - b)[20]); };
  requestAnimationFrame(step); })"""


class PaintTimes(CrewRecords):
    """The desk's records, which keep each time from grab to paint as well."""

    times_ms: dict[int, float]

    def painted(self, alert_id: int, paint_ms: float) -> None:
        """Keep the first time of each alert."""
        self.times_ms.setdefault(alert_id, paint_ms)
        super().painted(alert_id, paint_ms)


@dataclass(slots=True)
class Bench:
    """A patrol, its open page, and how old each frame was when the engine was done with it."""

    patrol: Patrol
    page: Page
    paints: PaintTimes
    ages_ms: list[float] = field(default_factory=list)

    def decide(self, alert_id: int) -> None:
        """Decide an alert as a crew does that lets it go."""
        self.patrol.parts.desk.decide(alert_id, Choice(Decision.NO_ACTION), "bench")

    def look(self, seconds: float) -> None:
        """Let time pass while the page lives."""
        self.page.wait_for_timeout(seconds * 1000)


@contextmanager
def running(view: str) -> Iterator[Bench]:
    """Run a patrol on the shipped clip, again and again, with its screen open in Chromium."""
    config = PatrolConfig(
        camera=(CameraConfig(id="front", source=Address(str(DEMO / "clip.mp4"))),),
        gps=GpsConfig(enabled=False),
        screen=replace(PatrolConfig().screen, port=0, unlock_s=3600),
    )
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        raise SystemExit("Chromium is not installed: install it, then run this again")
    with tempfile.TemporaryDirectory(prefix="anpr-screen-bench-", ignore_cleanup_errors=True) as folder:
        _import_all_vehicles(Path(folder))
        parts = open_parts(config, Path(folder), loop_clips=True)
        patrol = Patrol(parts, hold_cameras=True)
        patrol.start()
        given = parts.desk.records
        paints = PaintTimes(given.path, given.put, given.latencies, given.clock_utc)
        paints.times_ms = {}
        parts.desk.records = paints
        screen = open_screen(parts, by_itself=demo_officer(Path(folder)).member)
        screen.start()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=_FLAGS)
                page = browser.new_page(viewport={"width": 1920, "height": 1200})
                page.goto(screen.address)
                page.wait_for_selector(".driver")
                if view == "full":
                    page.locator(".hold").hover()
                    page.mouse.down()
                    page.wait_for_selector(".full")
                    page.mouse.up()
                bench = Bench(patrol, page, paints)
                patrol.on_step = lambda step: _note_age(bench, step)
                patrol.start_cameras()
                bench.look(5)
                yield bench
                browser.close()
        finally:
            screen.stop()
            patrol.stop()


def paint(minutes: float, view: str) -> dict[str, Any]:
    """Measure grab to paint for as many alerts as the clip's vehicles give.

    The driver view shows one alert at a time, so one that was raised while another was shown has no paint of its own
    to measure: it is counted as `behind`, and decided with the one before it so that the next finds a free screen.
    """
    with running(view) as bench:
        end = time.monotonic() + minutes * 60
        first_seen: dict[int, float] = {}
        behind: set[int] = set()
        times = bench.paints.times_ms
        while time.monotonic() < end:
            bench.look(0.05)
            hits = [alert for alert in bench.patrol.parts.engine.board.queue() if alert.kind is AlertKind.HIT]
            for alert in hits:
                first_seen.setdefault(alert.alert_id, time.monotonic())
            over = {i for alert in hits if (i := alert.alert_id) in times or time.monotonic() - first_seen[i] > GIVEN_S}
            if over and view == "driver":
                behind |= {alert.alert_id for alert in hits} - over
                over |= behind & {alert.alert_id for alert in hits}
            for alert_id in over:
                bench.decide(alert_id)
        unpainted = first_seen.keys() - times.keys() - behind
        unpainted -= {i for i in unpainted if end - first_seen[i] < GIVEN_S}  # too new to tell
        result = {"view": view, "alerts": len(first_seen), "painted": len(times), "behind": len(behind - times.keys()),
                  "unpainted": len(unpainted), "grab_to_paint_ms": _spread(list(times.values()))}  # fmt: skip
    missed = [name for name, most in FLOORS_MS.items() if not times or result["grab_to_paint_ms"][name] > most]  # type: ignore[index]
    missed += ["unpainted"] if unpainted else []
    return {**result, "frame_done_ms": _spread(bench.ages_ms), "missed": missed}


def burst(alerts: int) -> dict[str, Any]:
    """Raise alerts all at once and read the whole queue off the page."""
    with running("full") as bench:
        calm = bench.ages_ms[:]
        bench.ages_ms.clear()
        began = time.monotonic()
        ids = [_raise_one(bench.patrol.parts, n) for n in range(alerts)]
        raised_s = time.monotonic() - began
        bench.look(3)
        while bench.page.locator("button.rest").count():
            bench.page.locator("button.rest").click()
            bench.look(0.2)
        shown = bench.page.locator(".card").evaluate_all("nodes => nodes.map((node) => Number(node.dataset.alert))")
        queue = [alert.alert_id for alert in bench.patrol.parts.engine.board.queue()]
        mine = set(ids)  # the clip's own alerts go on coming meanwhile
        lost = len(mine - set(shown))
        busy = bench.ages_ms[:]
    missed = [
        name
        for name, wrong in (
            ("lost", lost),
            ("order", [i for i in shown if i in mine] != [i for i in queue if i in mine]),
        )
        if wrong
    ]
    return {"alerts": alerts, "raised_s": round(raised_s, 2), "lost": lost, "order_right": "order" not in missed,
            "frame_done_before_ms": _spread(calm), "frame_done_during_ms": _spread(busy), "missed": missed}  # fmt: skip


def shift(hours: float, pace: float) -> dict[str, Any]:
    """Raise an alert for each second of a shift and sample page and engine after each eighth of it."""
    count = round(hours * 3600)
    eighths: list[dict[str, Any]] = []
    raised: list[int] = []
    with running("full") as bench:
        session = bench.page.context.new_cdp_session(bench.page)
        session.send("Performance.enable")
        began = time.monotonic()
        for n in range(count):
            raised.append(_raise_one(bench.patrol.parts, n))
            if n % 3:
                bench.decide(raised[-1])
            if (ahead := began + (n + 1) / pace - time.monotonic()) > 0.05:
                bench.look(ahead)
            if (n + 1) * 8 // count > len(eighths):
                session.send("HeapProfiler.collectGarbage")
                found = {m["name"]: m["value"] for m in session.send("Performance.getMetrics")["metrics"]}
                eighths.append({
                    "page_mb": round(found["JSHeapUsedSize"] / 1e6, 2), "nodes": found["Nodes"],
                    "frame_ms": round(bench.page.evaluate(_FRAME_MS), 1), "frame_done_ms": _spread(bench.ages_ms),
                })  # fmt: skip
                bench.ages_ms.clear()
                print(json.dumps(eighths[-1]), file=sys.stderr)
        bench.look(3)
        shown = bench.page.locator(".card").evaluate_all("nodes => nodes.map((node) => Number(node.dataset.alert))")
        order_right = shown == [alert.alert_id for alert in bench.patrol.parts.engine.board.queue(0, len(shown))]
        path = records_db(bench.patrol.parts.folder)
        with closing(sqlite.connect(path)) as records:
            kept = {row[0] for row in records.execute("SELECT id FROM alerts")}
        lost = len(set(raised) - kept)
    ages = [eighth["frame_done_ms"] for eighth in eighths]
    judged = min(age["count"] for age in ages) >= LEAST_FRAMES
    missed = [
        name for name, wrong in (
            ("lost", lost > 0), ("order", not order_right),
            ("page memory", eighths[-1]["page_mb"] > eighths[1]["page_mb"] * 1.25 + 2),
            ("frame time", eighths[-1]["frame_ms"] > eighths[1]["frame_ms"] * 1.25 + 2),
            ("engine latency", judged and ages[-1]["p50"] > ages[0]["p50"] * 1.25 + 2),
        ) if wrong
    ]  # fmt: skip
    return {"alerts": count, "lost": lost, "order_right": order_right, "latency_judged": judged, "eighths": eighths,
            "missed": missed}  # fmt: skip


def _import_all_vehicles(folder: Path) -> None:
    """Put every vehicle of the clip on a list whose further sightings are alerts of their own."""
    vehicles = json.loads((DEMO / "truth.json").read_text(encoding="utf-8"))["vehicles"]
    csv = folder / "all.csv"
    csv.write_text("".join(f"{v['vrm']},,,{v['colour']},STOP{',' * 11}\n" for v in vehicles), encoding="utf-8")
    with HotlistStore(hotlists_db(folder)) as store:
        import_list(store, csv, ListSettings("All vehicles", priority=90, encounter_s=0.0))


def _raise_one(parts: Parts, n: int) -> int:
    """Raise one made-up alert on the board and return its id."""
    now, vrm, priority = utc_now(), f"B{n % 1_000_000:06d}", _PRIORITIES[n % len(_PRIORITIES)]
    sighting = Sighting(10_000_000 + n, "front", 0, True, vrm, 0.98, ((vrm, 0.98),), spell(vrm), (), 0, 0, now, now)
    hotlist = HotlistInfo(f"Made up {priority}", 1, now, now, priority, threshold=0.8)
    hit = Hit(sighting, HotlistEntry(vrm, hotlist.name, reason="made up"), hotlist, 0.98, True, vrm, 60.0)
    changed = parts.engine.board.consider(sighting, (hit,), now_utc=now, frame_age_ms=0.0)
    parts.desk.announce(changed)
    return changed[0].alert_id


def _note_age(bench: Bench, step: Step) -> None:
    if step.result is not None:
        bench.ages_ms.append((bench.patrol.parts.clock.monotonic_ns() - step.result.frame.captured_ns) * 1e-6)


def _spread(values: list[float]) -> dict[str, float]:
    if not values:
        return {"count": 0}
    p50, p95, p99 = (round(float(p), 1) for p in np.percentile(values, (50, 95, 99)))
    return {"p50": p50, "p95": p95, "p99": p99, "count": len(values)}


def main() -> int:
    """Run one of the three and print what it found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("paint", "burst", "shift"))
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--view", choices=("driver", "full"), default="driver")
    parser.add_argument("--alerts", type=int, default=500)
    parser.add_argument("--hours", type=float, default=8.0)
    parser.add_argument("--pace", type=float, default=24.0)
    asked = parser.parse_args()
    if asked.what == "paint":
        result = paint(asked.minutes, asked.view)
    else:
        result = burst(asked.alerts) if asked.what == "burst" else shift(asked.hours, asked.pace)
    print(json.dumps(result))
    return 1 if result["missed"] else 0


if __name__ == "__main__":
    sys.exit(main())
