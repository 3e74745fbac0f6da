"""`anpr replay`: a clip or a folder of frames through the engine."""

from contextlib import nullcontext
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from anpr.cli.options import config_option, settled_config
from anpr.cli.output import JsonWriter, alerting_hits, write_line
from anpr.config.data_folder import data_folder, log_file
from anpr.engine.engine import Engine, Step
from anpr.engine.governor import Governor
from anpr.engine.json_lines import percentiles_json
from anpr.hidden import marked_of
from anpr.patrol.opening import open_governor, open_replay_engine
from anpr.patrol.replay import Tally, replay_in_real_time
from anpr.patrol.replay import replay as replay_clip
from anpr.support.log import logged
from camera.sources import open_source
from camera.sources.source import FrameSource


@click.command()
@click.argument("path")
@click.option("--hotlists", "hotlists_db", type=click.Path(path_type=Path), help="Hotlists file to match against.")
@click.option("--realtime", is_flag=True, help="Play at the clip's own pace, dropping frames that come too fast.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout, nothing else there.")
@click.option("--fps", type=float, help="Frames a second of a folder, or to override a clip's own.")
@config_option
@click.pass_obj
def replay(
    data: Path | None,
    path: str,
    hotlists_db: Path | None,
    realtime: bool,
    as_json: bool,
    fps: float | None,
    config: Path | None,
) -> None:
    """Take PATH, a clip or a folder of frames in name order, through the same engine as on patrol.

    It needs no data folder; where --data names one, it logs there.
    """
    settings = settled_config(config)
    with logged(log_file(data_folder(data)), "replay", settings) if data is not None else nullcontext():
        engine = open_replay_engine(settings, hotlists_db, live=realtime)
        _play(open_source(path, fps=fps), engine, open_governor(settings), realtime=realtime, as_json=as_json)


def _play(source: FrameSource, engine: Engine, governor: Governor, *, realtime: bool, as_json: bool) -> None:
    table = _SightingsTable()
    writer = JsonWriter(None if realtime else 0)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=as_json) as progress:
        task = progress.add_task("replay", total=None)

        def on_step(step: Step) -> None:
            progress.update(task, advance=1 if step.result else 0, total=source.length)
            (writer.write if as_json else table.add)(step)

        if realtime:
            tally = replay_in_real_time(source, engine, on_step, governor, engine.pipeline.set_input_width)
        else:
            tally = replay_clip(source, engine, on_step)
    for sentence in tally.damage:
        Console(stderr=True).print(f"anpr: {sentence}", highlight=False, markup=False, soft_wrap=True)
    if as_json:
        write_line(_summary(engine, tally))
    else:
        table.print(engine, tally)


def _summary(engine: Engine, tally: Tally) -> dict[str, object]:
    return {
        "type": "summary",
        "frames": tally.frames,
        "dropped": tally.dropped,
        "sightings": tally.sightings,
        "unread": engine.pipeline.unread_tracks,
        "hits": tally.hits,
        "alerts": tally.alerts,
        "damage": list(tally.damage),
        "ms": percentiles_json(engine.latencies.percentiles()),
    }


class _SightingsTable:
    """Finished sightings for people, and the latencies."""

    def __init__(self) -> None:
        self._table = Table("VRM", "confidence", "from s", "to s", "reads", "motion", "hits")
        self._origin_ns: int | None = None

    def add(self, step: Step) -> None:
        """Take down the sightings that a step finished."""
        if self._origin_ns is None and step.result is not None:
            self._origin_ns = step.result.frame.captured_ns
        for matched in step.sightings:
            sighting = matched.sighting
            if sighting.final:
                first, last = ((ns - (self._origin_ns or 0)) * 1e-9 for ns in (sighting.first_ns, sighting.last_ns))
                hits = [
                    f"{h.hotlist.name}: {h.entry.vrm} {h.probability:.2f}{' possible' if h.possible else ''}"
                    for h in alerting_hits(matched)
                ]
                self._table.add_row(
                    marked_of(sighting), f"{sighting.confidence:.3f}", f"{first:.1f}", f"{last:.1f}",
                    str(len(sighting.reads)), sighting.motion.value, "\n".join(hits),
                )  # fmt: skip

    def print(self, engine: Engine, tally: Tally) -> None:
        """Print the table, the latencies and what was dropped."""
        console = Console()
        console.print(self._table)
        console.print(
            f"{tally.sightings} sightings in {tally.frames} frames, {tally.dropped} frames dropped, "
            f"{engine.pipeline.unread_tracks} vehicles followed but not read, {tally.alerts} alerts."
        )
        latency = Table("stage, ms", "p50", "p95", "p99")
        for stage, p in percentiles_json(engine.latencies.percentiles()).items():
            latency.add_row(stage, *(f"{p[key]:.1f}" for key in ("p50", "p95", "p99")))
        console.print(latency)
