"""`anpr bench label`: vehicles of a clip are found, then a page is served on which a person says what they are."""

import webbrowser
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from anpr.cli.stop_signals import StopSignals
from anpr.errors import InputError

if TYPE_CHECKING:
    from benchmarks.accuracy.passings import Found


def label_in_browser(clip: Path, fps: float | None, light: str, weather: str, *, open_browser: bool, port: int) -> None:
    """Serve the page until the program is told to stop, then say where the labelling stands.

    Raises InputError for a clip that cannot be played, or that is labelled already.
    """
    from benchmarks.accuracy.label import LabelPage, LabelServer  # noqa: PLC0415 - only this command needs them
    from benchmarks.accuracy.labelling import Labelling, progress_words, resumed  # noqa: PLC0415

    if not clip.exists():
        raise InputError(f"{clip}: no such clip or folder of frames")
    if clip.is_dir() and fps is None:
        raise InputError(f"{clip}: how many frames a second? Give --fps")
    labelling = resumed(clip)
    if labelling is None:
        labelling = Labelling(clip, _found(clip, fps), light, weather)
        labelling.save()
    elif labelling.answers:
        click.echo(f"Going on: {progress_words(labelling)}.")
    server = LabelServer(LabelPage(labelling), port)
    server.start()
    with ExitStack() as ending, StopSignals() as stopping:
        ending.callback(server.stop)
        click.echo(f"Label {clip.name} at {server.address} (Ctrl-C ends)")
        if open_browser and not webbrowser.open(server.address):
            click.echo("No browser was found: open that address in one.")
        while not stopping.wait(0.5):
            pass
    click.echo(progress_words(labelling))


def _found(clip: Path, fps: float | None) -> "Found":
    from benchmarks.accuracy.passings import find_passings  # noqa: PLC0415 - as above

    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("find vehicles", total=None)
        return find_passings(clip, fps, lambda done, total: shown.update(task, completed=done, total=total))
