"""The pictures of a shift: every pass drawn as the made drives are, kept in a folder, and each frame told apart.

A frame carries its place in a row of squares at its lower edge, so that whoever gets it over the network knows which
vehicles of the script stand in it, and where.
"""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from anpr.values import Box, Image
from benchmarks.drives.camera import Camera
from benchmarks.drives.plan import Drive, Mover
from benchmarks.drives.scene import Scene
from benchmarks.shift.script import MEET_S, OWN_MPH, Pass, Script

FPS: Final = 15.0
ROAD_S: Final = 2.0
"""Length of the empty road that is played between passes, over and over."""
ROAD_STANDING, ROAD_MOVING = 1023, 1022
"""Numbers of the empty roads, beside those of the passes."""
SQUARE_PX: Final = 12
BITS: Final = 20
_DARK, _BRIGHT, _MIDDLE = 64, 192, 128
_QUALITY: Final = 88
_CLOSING_MPH: Final = 34.0
_PLATES: Final = "plates.json"
_VERSION: Final = 1
"""Raised when the same script draws other pictures."""


@dataclass(frozen=True, slots=True)
class PlateSeen:
    """A plate of the script in one frame, in pixels; `legible` as benchmarks/MEASURES.md has it."""

    vrm: str
    box: Box
    legible: bool


@dataclass(frozen=True, slots=True)
class Clip:
    """The frames of one pass, or of an empty road, as JPEG, and the plates in each."""

    number: int
    jpegs: tuple[bytes, ...]
    plates: tuple[tuple[PlateSeen, ...], ...]


def marked(picture: Image, clip: int, frame: int) -> Image:
    """Return the picture with its place written into it."""
    code = (clip << 10) | frame
    top = picture.shape[0] - SQUARE_PX
    for bit in range(BITS):
        grey = _BRIGHT if code >> bit & 1 else _DARK
        picture[top:, bit * SQUARE_PX : (bit + 1) * SQUARE_PX] = grey
    return picture


def place_of(picture: Image) -> tuple[int, int]:
    """Return the clip's number and the frame's that are written into a picture."""
    row = picture[picture.shape[0] - SQUARE_PX // 2, :, 1]
    middles = row[np.arange(BITS) * SQUARE_PX + SQUARE_PX // 2]
    code = sum(1 << bit for bit, grey in enumerate(middles) if grey > _MIDDLE)
    return code >> 10, code & 1023


def drawn(
    script: Script, folder: Path, workers: int = 2, tick: Callable[[int, int], None] = lambda _done, _all: None
) -> dict[int, Clip]:
    """Return all clips of a script by their numbers, drawn where the folder does not have them yet."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = list(_drives(script))
    missing = [(number, drive) for number, drive in wanted if not _kept(folder, number, drive).exists()]
    if missing:
        with ProcessPoolExecutor(workers) as pool:
            for done, _ in enumerate(pool.map(_draw, [(folder, number, drive) for number, drive in missing]), start=1):
                tick(done, len(missing))
    return {number: _opened(_kept(folder, number, drive), number) for number, drive in wanted}


def _drives(script: Script) -> Iterator[tuple[int, Drive]]:
    for number, moving in ((ROAD_STANDING, False), (ROAD_MOVING, True)):
        yield number, _drive(script.seed, (), moving, ROAD_S)
    for one in script.passes:
        yield one.number, _drive(script.seed * 1000 + one.number, _movers(one), one.moving, one.seconds)


def _movers(one: Pass) -> list[Mover]:
    own_mph = OWN_MPH if one.moving else 0.0
    return [
        Mover(v.words, v.kind, "oncoming", own_mph + _CLOSING_MPH, MEET_S + 1.2 * n, 13.0, body=v.body, paint=v.paint)
        for n, v in enumerate(one.vehicles)
    ]


def _drive(seed: int, movers: Sequence[Mover], moving: bool, seconds: float) -> Drive:
    own_mph = OWN_MPH if moving else 0.0
    return Drive("shift", seed, tuple(movers), own_mph=own_mph, seconds=seconds, camera=Camera(fps=FPS))


def _kept(folder: Path, number: int, drive: Drive) -> Path:
    what = json.dumps(
        [_VERSION, _QUALITY, number, drive.seed, drive.own_mph, drive.seconds, [asdict(m) for m in drive.movers]]
    )
    return folder / f"{hashlib.sha256(what.encode()).hexdigest()[:20]}.zip"


def _draw(task: tuple[Path, int, Drive]) -> None:
    folder, number, drive = task
    cv2.setNumThreads(1)
    scene = Scene(drive)
    jpegs = {f"{frame:04d}.jpg": _jpeg(marked(picture, number, frame)) for frame, picture in enumerate(scene.frames())}
    rows = [
        {"frame": seen.frame, "vrm": vehicle.vrm, "box": seen.box, "legible": seen.legible}
        for vehicle in scene.truth()[1]
        for seen in vehicle.frames
    ]
    path = _kept(folder, number, drive)
    half = path.with_suffix(".part")
    with zipfile.ZipFile(half, "w") as kept:
        kept.writestr(_PLATES, json.dumps(rows))
        for name, jpeg in jpegs.items():
            kept.writestr(name, jpeg)
    half.replace(path)


def _opened(path: Path, number: int) -> Clip:
    with zipfile.ZipFile(path) as kept:
        rows = json.loads(kept.read(_PLATES))
        jpegs = tuple(kept.read(name) for name in sorted(kept.namelist()) if name != _PLATES)
    plates = tuple(
        tuple(PlateSeen(r["vrm"], tuple(r["box"]), r["legible"]) for r in rows if r["frame"] == frame)
        for frame in range(len(jpegs))
    )
    return Clip(number, jpegs, plates)


def _jpeg(picture: Image) -> bytes:
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1].tobytes()
