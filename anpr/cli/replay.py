"""`anpr replay`: a clip or a folder of frames through the engine."""

import sys
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from anpr.app import open_replay_engine
from anpr.cli.options import config_option, settled_config
from anpr.engine import Engine, Step
from anpr.json_lines import alert_json, hit_json, line, percentiles_json, sighting_json
from anpr.realtime import replay_in_real_time
from anpr.replay import Tally
from anpr.replay import replay as replay_clip
from anpr.values import Sighting
from camera.sources import FrameSource, open_source


@click.command("replay")
@click.argument("path")
@click.option("--hotlists", "hotlists_db", type=click.Path(path_type=Path), help="Hotlists file to match against.")
@click.option("--realtime", is_flag=True, help="Play at the clip's own pace, dropping frames that come too fast.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout, nothing else there.")
@click.option("--fps", type=float, help="Frames a second of a folder, or to override a clip's own.")
@config_option
def replay(
    path: str, hotlists_db: Path | None, realtime: bool, as_json: bool, fps: float | None, config: Path | None
) -> None:
    """Take PATH, a clip or a folder of frames in name order, through the same engine as on patrol."""
    settings = settled_config(config)
    source = open_source(path, fps=fps)
    engine = open_replay_engine(settings, hotlists_db, live=realtime)
    printer = _Printer(as_json)
    with printer.progress(source) as progress:
        task = progress.add_task("replay", total=None)

        def on_step(step: Step) -> None:
            progress.update(task, advance=1 if step.result else 0, total=source.length)
            printer.step(step)

        play = replay_in_real_time if realtime else replay_clip
        tally = play(source, engine, on_step)
    printer.summary(engine, tally)


class _Printer:
    """Writes steps as JSON lines, or keeps them for a table."""

    def __init__(self, as_json: bool) -> None:
        self._json = as_json
        self._rows: list[tuple[Sighting, list[str]]] = []
        self._steps_told: dict[int, int] = {}

    def progress(self, source: FrameSource) -> Progress:
        del source
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        return Progress(*columns, console=Console(stderr=True), transient=True, disable=self._json)

    def step(self, step: Step) -> None:
        for matched in step.sightings:
            if self._json:
                for alert in matched.alerts:
                    if len(alert.steps) != self._steps_told.get(alert.alert_id, 0):
                        self._steps_told[alert.alert_id] = len(alert.steps)
                        self._write(alert_json(alert, matched.sighting.last_ns * 1e-9))
            if not matched.sighting.final:
                continue
            passing = [h for h in matched.hits if h.probability >= h.hotlist.threshold]
            self._rows.append((replace(matched.sighting, plate_image=None, overview_image=None), [
                f"{h.hotlist.name}: {h.entry.vrm} {h.probability:.2f}" for h in passing
            ]))  # fmt: skip
            if self._json:
                self._write(sighting_json(matched.sighting))
                for hit in passing:
                    self._write(hit_json(matched.sighting, hit))

    def summary(self, engine: Engine, tally: Tally) -> None:
        stages = percentiles_json(engine.latencies.percentiles())
        for sentence in tally.damage:
            Console(stderr=True).print(f"anpr: {sentence}", highlight=False, markup=False, soft_wrap=True)
        if self._json:
            self._write(
                {
                    "type": "summary",
                    "frames": tally.frames,
                    "dropped": tally.dropped,
                    "sightings": tally.sightings,
                    "unread": engine.pipeline.unread_tracks,
                    "hits": tally.hits,
                    "alerts": tally.alerts,
                    "damage": list(tally.damage),
                    "ms": stages,
                }
            )
            return
        console = Console()
        table = Table(title=f"{tally.sightings} sightings in {tally.frames} frames, {tally.dropped} dropped")
        for name in ("VRM", "confidence", "from s", "to s", "reads", "motion", "hits"):
            table.add_column(name, justify="right" if name in {"confidence", "from s", "to s", "reads"} else "left")
        for sighting, hits in self._rows:
            table.add_row(
                sighting.text, f"{sighting.confidence:.3f}", f"{sighting.first_ns * 1e-9:.1f}",
                f"{sighting.last_ns * 1e-9:.1f}", str(len(sighting.reads)), sighting.motion.value, "\n".join(hits),
            )  # fmt: skip
        console.print(table)
        latency = Table(title="milliseconds")
        for name in ("stage", "p50", "p95", "p99"):
            latency.add_column(name, justify="left" if name == "stage" else "right")
        for stage, p in stages.items():
            latency.add_row(stage, *(f"{p[key]:.1f}" for key in ("p50", "p95", "p99")))
        console.print(latency)
        console.print(f"{engine.pipeline.unread_tracks} vehicles were followed but not read.")

    @staticmethod
    def _write(content: dict[str, object]) -> None:
        sys.stdout.write(line(content) + "\n")
        sys.stdout.flush()
