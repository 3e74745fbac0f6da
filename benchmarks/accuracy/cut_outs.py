"""Plates cut out of made clips, so that readers can be set side by side on the same pictures of a drive.

One picture for each vehicle, so that pictures are independent: the middle one of its legible frames, neither its
easiest nor its hardest. Cut straight, with a margin around the plate, since no reader is told the corners.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from anpr.errors import AnprError, Failure
from anpr.values import Box, Image
from benchmarks.accuracy.stills import Labelled
from benchmarks.accuracy.truth_file import ClipTruth, FrameName, PlateAt, load_truth
from camera.sources import open_source
from camera.sources.source import next_grab

MARGIN: Final = 0.15
"""Margin on each side, as a share of the plate's height."""


def cut_out_plates(
    truths: Sequence[Path], folder: Path, tick: Callable[[], None] = lambda: None
) -> tuple[list[Labelled], list[str]]:
    """Cut one plate of each legible vehicle of the clips into the folder; the group is the clip's set.

    Returns the pictures, in order of clip and vehicle, and a sentence for each clip that could not be used. Raises
    Failure when the folder cannot be written.
    """
    found: list[Labelled] = []
    errors: list[str] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in truths:
            try:
                found += _of_clip(load_truth(path), folder)
            except AnprError as error:
                errors.append(f"{path.name}: {error}")
            tick()
    except OSError as error:
        raise Failure(f"{folder} cannot be written ({error.strerror}): free space or name another folder") from error
    return found, errors


def _of_clip(truth: ClipTruth, folder: Path) -> list[Labelled]:
    chosen = {number: row for number, vehicle in enumerate(truth.vehicles) if (row := _middle(vehicle.frames))}
    wanted: dict[FrameName, list[int]] = {}
    for number, row in chosen.items():
        wanted.setdefault(row.frame, []).append(number)
    found: dict[int, Labelled] = {}
    for frame, picture in _frames(truth, wanted):
        for number in wanted[frame]:
            vrm = truth.vehicles[number].vrm
            file = folder / f"{truth.clip.stem}-{number:02d}-{vrm}.png"
            file.write_bytes(cv2.imencode(".png", cut(picture, chosen[number].box))[1].tobytes())
            found[number] = Labelled(file, vrm, truth.set_name)
    return [found[number] for number in sorted(found)]


def _middle(rows: Sequence[PlateAt]) -> PlateAt | None:
    legible = [row for row in rows if row.legible]
    return legible[len(legible) // 2] if legible else None


def _frames(truth: ClipTruth, wanted: dict[FrameName, list[int]]) -> Iterator[tuple[FrameName, Image]]:
    source = open_source(str(truth.clip), fps=truth.fps if truth.clip.is_dir() else None)
    source.open()
    try:
        while (grab := next_grab(source)) is not None:
            name: FrameName | None = next((n for n in (grab.index, grab.name) if n in wanted), None)
            if name is not None:
                yield name, grab.image
    finally:
        source.close()


def cut(picture: Image, box_px: Box, margin: float = MARGIN) -> Image:
    """Return the part of a picture around a box, as far as the picture reaches."""
    x0, y0, x1, y1 = box_px
    around = margin * (y1 - y0)
    left, top = max(int(x0 - around), 0), max(int(y0 - around), 0)
    return np.ascontiguousarray(picture[top : int(np.ceil(y1 + around)), left : int(np.ceil(x1 + around))])
