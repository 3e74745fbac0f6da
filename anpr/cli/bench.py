"""`anpr bench`: the benchmarks; each writes the same kind of report, `all` runs every one."""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console

from anpr.cli.bench_report import Section, finish, report_options
from anpr.errors import InputError

FURTHER: Final = {
    "hotlists": ("benchmarks.load.records", "hotlists_section"),
    "records": ("benchmarks.load.records", "records_section"),
    "screen": ("benchmarks.load.screen_section", "screen_section"),
}
"""Sub-benchmarks of other parts: module, and function of one argument `quick` that returns a section."""


@click.group()
def bench() -> None:
    """Measure accuracy, delay and cost, on made drives, own clips and pictures (benchmarks/MEASURES.md)."""


def clip_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of everything that replays clips."""
    for option in (
        click.option(
            "--out", type=click.Path(path_type=Path), help="Folder for clips and results; default benchmarks/out."
        ),
        click.option("--jobs", type=click.IntRange(1), help="Clips at a time; default half the processor's threads."),
        click.option("--dask", default="", metavar="ADDRESS", help="Run on this Dask cluster instead."),
        click.option(
            "--program", default="", help="Another program, with {clip}, that writes the JSON lines of `anpr replay`."
        ),
    ):
        command = option(command)
    return command


peer_option = click.option(
    "--peer", "peers", multiple=True, help="rapidocr, easyocr, or NAME=COMMAND with {picture}; may be repeated."
)
backgrounds_option = click.option(
    "--backgrounds", type=click.Path(path_type=Path), help="Folder of pictures to use instead of made scenery."
)


@bench.command("drives")
@click.option("--sets", default="", help="Sets and clips of each, such as day=6,infrared=4; default all.")
@click.option("--seed", default=1, show_default=True)
@click.option("--seconds", type=click.FloatRange(1.0), help="Length of each clip; default 8, quick 3.")
@backgrounds_option
@click.option("--quick", is_flag=True, help="Two short clips.")
@peer_option
@clip_options
@report_options
def drives_command(
    sets: str, seed: int, seconds: float | None, backgrounds: Path | None, quick: bool, peers: tuple[str, ...],
    out: Path | None, jobs: int | None, dask: str, program: str, **shown: Any,
) -> None:  # fmt: skip
    """Made drives with exact truth: any light, any closing speed, made once and kept; plates cut out for peers."""
    from benchmarks import suite  # noqa: PLC0415 - other commands do without
    from benchmarks.accuracy import drive_sets  # noqa: PLC0415 - other commands do without

    counts = _counts(sets) if sets else dict(drive_sets.QUICK if quick else drive_sets.FULL)
    length = seconds or (drive_sets.QUICK_SECONDS if quick else drive_sets.SECONDS)
    place, count, quiet = out or suite.OUT, jobs or suite.DEFAULT_JOBS, shown["as_json"]
    sections: dict[str, Section] = {
        "drives": lambda: suite.drives(
            counts, seed=seed, seconds=length, out=place, jobs=count, dask=dask, program=program,
            backgrounds=backgrounds, quiet=quiet,
        )
    }  # fmt: skip
    if peers:
        sections["readers_on_drives"] = lambda: suite.readers_on_drives(
            counts, peers, seed=seed, seconds=length, out=place, jobs=count, backgrounds=backgrounds, quiet=quiet
        )
    finish(sections, count, quick, **shown)


def _counts(sets: str) -> dict[str, int]:
    try:
        return {name: int(count or 1) for name, _, count in (part.partition("=") for part in sets.split(","))}
    except ValueError as error:
        raise InputError(f"--sets {sets}: expected names with numbers, such as day=6,infrared=4") from error


@bench.command("generate")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--sets", default="day=1", show_default=True, help="Sets and clips of each, such as day=6,infrared=4.")
@click.option("--seed", default=1, show_default=True)
@click.option("--seconds", type=click.FloatRange(0.1), default=8.0, show_default=True)
@backgrounds_option
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True)
def generate_command(folder: Path, sets: str, seed: int, seconds: float, backgrounds: Path | None, jobs: int) -> None:
    """Only make clips with their truth, into FOLDER."""
    from benchmarks import suite  # noqa: PLC0415
    from benchmarks.accuracy import drive_sets  # noqa: PLC0415

    counts = _counts(sets)
    with suite.progress(False) as shown:
        task = shown.add_task("make clips", total=sum(counts.values()))
        made = drive_sets.make_sets(
            counts, folder, seed=seed, seconds=seconds, workers=jobs, backgrounds=backgrounds,
            done=lambda _: shown.advance(task),
        )  # fmt: skip
    for clip in made:
        click.echo(clip.error or str(clip.truth), err=bool(clip.error))
    if any(clip.error for clip in made):
        sys.exit(1)


@bench.command("clips")
@click.argument("folder", type=click.Path(path_type=Path))
@clip_options
@report_options
def clips_command(folder: Path, out: Path | None, jobs: int | None, dask: str, program: str, **shown: Any) -> None:
    """Own clips and folders of frames in FOLDER, each with its truth file beside it (`anpr bench label`)."""
    from benchmarks import suite  # noqa: PLC0415

    count = jobs or suite.DEFAULT_JOBS
    finish({
        "clips": lambda: suite.own_clips(
            folder, out=out or suite.OUT, jobs=count, dask=dask, program=program, quiet=shown["as_json"]
        )
    }, count, False, **shown)  # fmt: skip


@bench.command("label")
@click.argument("clip", type=click.Path(path_type=Path))
@click.option("--fps", type=float, help="Frames a second of a folder of frames.")
@click.option("--light", default="unknown", help="day, dusk, night, infrared, …")
@click.option("--weather", default="unknown", help="dry, rain, …")
@click.option("--no-browser", is_flag=True, help="Do not open a browser; say the page's address only.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port of the page; 0 takes a free one.")
def label_command(clip: Path, fps: float | None, light: str, weather: str, no_browser: bool, port: int) -> None:
    """Write the truth of CLIP on a page in the browser: look at each vehicle, type its mark; Ctrl-C ends.

    What the engine read is shown after you have typed, never before. The same command goes on where you were.
    """
    from anpr.cli.bench_label import label_in_browser  # noqa: PLC0415

    label_in_browser(clip, fps, light, weather, open_browser=not no_browser, port=port)


@bench.command("stills")
@click.argument("folder", type=click.Path(path_type=Path))
@peer_option
@click.option("--most", type=int, default=0, help="At most this many pictures, spread over the folder.")
@report_options
def stills_command(folder: Path, peers: tuple[str, ...], most: int, **shown: Any) -> None:
    """Readers side by side on the cut-out plates of FOLDER (its labels.tsv: file, text, country)."""
    from benchmarks import suite  # noqa: PLC0415

    finish({"stills": lambda: suite.stills(folder, peers, most=most, quiet=shown["as_json"])}, 1, False, **shown)


@bench.command("stress")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--limit", type=click.IntRange(0), default=40, show_default=True, help="So many plates, at random; 0: all."
)
@click.option("--seed", default=1, show_default=True, help="Another seed is other plates, posts and dirt.")
@click.option("--kinds", default="", help="Only these, such as post,dirt; default all.")
@report_options
def stress_command(folder: Path, limit: int, seed: int, kinds: str, **shown: Any) -> None:
    """Plates of FOLDER (labels.json) behind posts, cut, turned, soiled, small: right, sure and wrong, none by level.

    Only plates marked clear are taken; of the drive set, those of fold 1 were never trained on and are shown apart.
    """
    from benchmarks import suite  # noqa: PLC0415

    chosen = tuple(part.strip() for part in kinds.split(",") if part.strip())
    finish(
        {"stress": lambda: suite.stress(folder, limit=limit, seed=seed, kinds=chosen, quiet=shown["as_json"])},
        1, False, **shown,
    )  # fmt: skip


@bench.command("hidden")
@click.option("--passes", type=click.IntRange(1), default=200, show_default=True, help="Vehicles, each a short clip.")
@click.option("--seed", default=1, show_default=True, help="Another seed is other vehicles.")
@click.option(
    "--hiders",
    default="",
    help="Only these of post, tow bar, dirt, cut, and nothing (whole plates, to compare); default the first four.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Folder for clips; default benchmarks/out.")
@report_options
def hidden_command(passes: int, seed: int, hiders: str, out: Path | None, **shown: Any) -> None:
    """Made drives of vehicles with a character hidden, their marks and the shortened ones listed: what is alerted.

    By post, tow bar, dirt and the picture's edge: alerts confirmed on another vehicle's mark (none may be), and own marks told.
    """
    from benchmarks import suite  # noqa: PLC0415

    chosen = tuple(part.strip() for part in hiders.split(",") if part.strip())
    finish(
        {
            "hidden": lambda: suite.hidden_drives(
                passes, seed=seed, out=out or suite.OUT, hiders=chosen, quiet=shown["as_json"]
            )
        },
        1, False, **shown,
    )  # fmt: skip


@bench.command("latency")
@click.argument("clip", type=click.Path(path_type=Path), required=False)
@click.option("--no-realtime", is_flag=True, help="Leave out the replay at the clip's own pace.")
@report_options
def latency_command(clip: Path | None, no_realtime: bool, **shown: Any) -> None:
    """Milliseconds of every stage on CLIP (default: the demo's), and frames dropped at its own pace."""
    from benchmarks.load import latency  # noqa: PLC0415

    finish({"latency": lambda: latency.latency_section(clip or latency.DEMO_CLIP, not no_realtime)}, 1, False, **shown)


@bench.command("hotlists")
@click.option("--quick", is_flag=True, help="Small lists.")
@report_options
def hotlists_command(quick: bool, **shown: Any) -> None:
    """Import, look-up, swap and exchange of large hotlists (more: python -m benchmarks.hotlist_scale)."""
    finish({"hotlists": _further("hotlists", quick)}, 1, quick, **shown)


@bench.command("records")
@click.option("--quick", is_flag=True, help="Few records.")
@report_options
def records_command(quick: bool, **shown: Any) -> None:
    """Milliseconds to keep a capture record with its pictures, and to find it again."""
    finish({"records": _further("records", quick)}, 1, quick, **shown)


@bench.command("screen")
@click.option("--quick", is_flag=True, help="A quarter of a minute.")
@report_options
def screen_command(quick: bool, **shown: Any) -> None:
    """Milliseconds from the grab of a frame to the alert painted in Chromium (more: python -m benchmarks.load.crew_screen)."""
    finish({"screen": _further("screen", quick)}, 1, quick, **shown)


@bench.command("shift")
@click.option("--quick", is_flag=True, help="Six vehicles instead of forty, in about four minutes.")
@click.option("--seed", default=1, show_default=True, help="Another seed is another shift.")
@click.option("--keep", type=click.Path(path_type=Path), help="Keep the car's data and pictures of wrong screens here.")
@report_options
def shift_command(quick: bool, seed: int, keep: Path | None, **shown: Any) -> None:
    """An hour on a pretend car in Chromium: every statement on the screen compared with what was so."""
    from benchmarks.shift import play  # noqa: PLC0415

    note = (lambda _: None) if shown["as_json"] else (lambda text: click.echo(text, err=True))
    finish({"shift": lambda: play.shift_section(quick=quick, seed=seed, keep=keep, note=note)}, 1, quick, **shown)


@bench.command("theft")
@click.option("--quick", is_flag=True, help="Four copies instead of twenty, in about half a minute.")
@click.option("--seed", default=1, show_default=True, help="Another seed is other moments and marks.")
@report_options
def theft_command(quick: bool, seed: int, **shown: Any) -> None:
    """A patrol's disk, copied at random moments and searched for what a thief must not find (kills: python -m benchmarks.theft.kills)."""
    from benchmarks.theft import play  # noqa: PLC0415

    note = (lambda _: None) if shown["as_json"] else (lambda text: click.echo(text, err=True))
    finish({"theft": lambda: play.theft_section(quick, seed, note)}, 1, quick, **shown)


@bench.command("day")
@click.option("--seed", default=1, show_default=True, help="Another seed is another day; the same is the same script.")
@click.option(
    "--events", default=200, show_default=True, type=click.IntRange(1, 10_000),
    help="200 are 24 hours; fewer are as much less.",
)  # fmt: skip
@click.option(
    "--keep", type=click.Path(path_type=Path), help="Keep the car's data, the engine's log and its witness here."
)
@report_options
def day_command(seed: int, events: int, keep: Path | None, **shown: Any) -> None:
    """A day in time-lapse: clocks, cameras, GPS, disk, lists, pipes and the engine go wrong by a script, nothing may be lost."""
    from benchmarks.day import play  # noqa: PLC0415

    def note(text: str) -> None:
        click.echo(text, err=True)

    finish({"day": lambda: play.day_section(seed=seed, events=events, keep=keep, note=note)}, 1, False, **shown)


@bench.command("compare")
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
def compare_command(before: Path, after: Path) -> None:
    """What became better or worse beyond noise between two reports."""
    from benchmarks.report import compare, tables  # noqa: PLC0415

    tables.print_changes(compare.compare(compare.load_report(before), compare.load_report(after)), Console())


@bench.command("all")
@click.option("--quick", is_flag=True, help="In under two minutes.")
@click.option(
    "--stills", "pictures", type=click.Path(path_type=Path), help="Also read the cut-out plates of this folder."
)
@click.option(
    "--stress", "stressed", type=click.Path(path_type=Path), help="Also stress the labelled plates of this folder."
)
@peer_option
@click.option("--seed", default=1, show_default=True)
@clip_options
@report_options
def all_command(
    quick: bool, pictures: Path | None, stressed: Path | None, peers: tuple[str, ...], seed: int, out: Path | None,
    jobs: int | None, dask: str, program: str, **shown: Any,
) -> None:  # fmt: skip
    """The whole state of the project in one report: drives, latency, hotlists, records and screen.

    Other readers on the same plates and folders of pictures, read or stressed, come into it too, if named.
    """
    from benchmarks import suite  # noqa: PLC0415
    from benchmarks.accuracy import drive_sets  # noqa: PLC0415
    from benchmarks.load import latency  # noqa: PLC0415

    count, quiet, place = jobs or suite.DEFAULT_JOBS, shown["as_json"], out or suite.OUT
    sets = drive_sets.QUICK if quick else drive_sets.FULL
    seconds = drive_sets.QUICK_SECONDS if quick else drive_sets.SECONDS
    sections: dict[str, Section] = {
        "drives": lambda: suite.drives(
            sets, seed=seed, seconds=seconds, out=place, jobs=count, dask=dask, program=program, quiet=quiet
        ),
        "latency": lambda: latency.latency_section(latency.DEMO_CLIP, not quick),
        **{name: _further(name, quick) for name in FURTHER},
    }  # fmt: skip
    if peers:
        sections["readers_on_drives"] = lambda: suite.readers_on_drives(
            sets, peers, seed=seed, seconds=seconds, out=place, jobs=count, quiet=quiet
        )
    if (folder := pictures) is not None:
        sections["stills"] = lambda: suite.stills(folder, peers, most=60 if quick else 0, quiet=quiet)
    if (scenes := stressed) is not None:
        sections["stress"] = lambda: suite.stress(scenes, limit=2 if quick else 40, seed=seed, quiet=quiet)
    finish(sections, count, quick, **shown)


def _further(name: str, quick: bool) -> Section:
    def run() -> dict[str, Any]:
        module, function = FURTHER[name]
        section: dict[str, Any] = getattr(importlib.import_module(module), function)(quick=quick)
        return section

    return run
