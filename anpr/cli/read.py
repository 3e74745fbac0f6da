"""`anpr read`: still pictures."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click
from rich.table import Table

from anpr.cli.options import config_option, settled_config
from anpr.cli.streams import console, progress_console
from anpr.engine.json_lines import line, picture_json
from anpr.errors import InputError
from anpr.patrol.opening import open_stills
from camera.sources.pictures import PICTURE_SUFFIXES, open_picture


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--crops", is_flag=True, help="Each picture is one plate already cut out.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout, nothing else there.")
@config_option
def read(paths: tuple[Path, ...], crops: bool, as_json: bool, config: Path | None) -> None:
    """Find and read the plates in pictures; a folder stands for the pictures in it.

    A picture that cannot be used is named on stderr, the others are still read, and the exit code is 2.
    """
    stills = open_stills(settled_config(config).perception)
    errors = progress_console()
    failed = 0
    table = Table("file", "VRM", "confidence", "alternatives")
    for path in paths:
        try:
            for file in _pictures(path):
                try:
                    picture = open_picture(file)
                except InputError as error:
                    failed += 1
                    errors.print(f"anpr: {error}", highlight=False, markup=False, soft_wrap=True)
                    continue
                started = time.perf_counter_ns()
                plates = stills.crop(picture.image) if crops else stills.picture(picture.image, picture.reduced_by)
                milliseconds = (time.perf_counter_ns() - started) * 1e-6
                if as_json:
                    sys.stdout.write(line(picture_json(str(file), plates, milliseconds)) + "\n")
                    sys.stdout.flush()
                for plate, readings in plates:
                    others = ", ".join(f"{text} {p:.2f}" for text, p in readings[1:4])
                    table.add_row(file.name, plate.text, f"{plate.confidence:.3f}", others)
        except InputError as error:
            failed += 1
            errors.print(f"anpr: {error}", highlight=False, markup=False, soft_wrap=True)
    if not as_json:
        console().print(table)
    if failed:
        sys.exit(InputError.exit_code)


def _pictures(path: Path) -> Iterator[Path]:
    """Yield the picture itself, or those of a folder in name order; raises InputError when there are none."""
    if not path.exists():
        raise InputError(f"{path}: no such file or folder; check the name")
    if not path.is_dir():
        yield path
        return
    found = sorted(f for f in path.iterdir() if f.suffix.lower() in PICTURE_SUFFIXES)
    if not found:
        raise InputError(f"{path}: holds no pictures; name a folder with JPEG or PNG files")
    yield from found
