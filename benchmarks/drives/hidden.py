"""Passes of one vehicle with a character of its plate hidden all the while: by a post, a tow bar, dirt, or the picture's edge.

What hides it goes with the vehicle (a rack's upright, a tow bar, mud), so that no frame of the pass shows the character; where the
picture's edge does, the camera follows the vehicle. Everything else is as in other made drives: light, weather, speed, camera.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from anpr.errors import InputError
from anpr.values import Image
from anpr.vrm import normalise
from benchmarks.drives.actors import Shot
from benchmarks.drives.camera import Camera, Points
from benchmarks.drives.conditions import Conditions
from benchmarks.drives.marks import random_mark
from benchmarks.drives.number_plate import NumberPlate
from benchmarks.drives.plan import SETS, Drive, Lane, plan
from benchmarks.drives.plate_in_frame import is_facing
from benchmarks.drives.raster import Pyramid, draw, quad_size
from benchmarks.drives.scene import MOST_INSTANTS, Scene, instants
from benchmarks.drives.truth import VehicleTruth

HIDERS: Final = ("post", "tow bar", "dirt", "cut")
NOTHING: Final = "nothing"
"""No hider: the vehicle shows its whole plate, so that what is asked of hidden ones can be seen to cost nothing here."""

_LANES: Final[tuple[Lane, ...]] = ("oncoming", "overtaken", "following")
_USED: Final = ("day", "low_sun", "rain", "dusk", "night", "infrared")
_FPS: Final = 15.0
_INK: Final = 70
"""Plates' characters are darker than this in every colour."""

_TALL_PX: Final = 160
"""Height of a plate in the textures of what stands before it."""


@dataclass(frozen=True, slots=True)
class HiddenPass:
    """A drive with one vehicle, and which character of its mark is hidden and by what."""

    drive: Drive
    hider: str
    place: int

    @property
    def vrm(self) -> str:
        """The vehicle's mark."""
        return normalise(self.drive.movers[0].words)

    @property
    def shortened(self) -> str:
        """The mark without the hidden character: that of another vehicle."""
        return self.vrm[: self.place] + self.vrm[self.place + 1 :]


def plan_pass(hider: str, index: int, seed: int, seconds: float = 2.4) -> HiddenPass:
    """Return the pass number `index` whose character one of HIDERS hides, or NOTHING; `seed` makes others of the same kind.

    A third each hide the first, the last and some inner character; the picture's edge hides the first or the last. Raises InputError
    for a hider that there isn't.
    """
    if hider not in (*HIDERS, NOTHING):
        raise InputError(f"there is no hider {hider!r}: choose among {', '.join((*HIDERS, NOTHING))}")
    rng = np.random.default_rng([seed, index, *hider.encode()])
    setting = _USED[int(rng.integers(len(_USED)))]
    usual = plan(setting, index, seed, seconds)
    words, kind = random_mark(rng)
    while len(normalise(words)) < 5:
        words, kind = random_mark(rng)
    length = len(normalise(words))
    ends = (0, length - 1)
    inner = int(rng.integers(1, length - 1))
    place = int(rng.choice(ends)) if hider == "cut" or rng.random() < 2 / 3 else inner
    lane = "following" if hider == "tow bar" else _LANES[int(rng.integers(len(_LANES)))]
    low, high = SETS[setting].oncoming_mph
    closing = {
        "oncoming": float(rng.uniform(max(low, usual.own_mph + 3), high)),
        "overtaken": float(min(rng.uniform(6, 20), usual.own_mph)),
        "following": float(rng.uniform(-1, 1)),
    }[lane]
    meet_m = float(rng.uniform(9, 17)) if lane == "following" else 12.0
    mover = replace(usual.movers[0], words=words, kind=kind, lane=lane, closing_mph=closing, meet_s=seconds * 0.7,
                    meet_m=meet_m, two_lines=False)  # fmt: skip
    drive = replace(
        usual, name=f"hidden-{hider.replace(' ', '-')}-{seed}-{index:03d}", movers=(mover,), camera=Camera(fps=_FPS)
    )
    return HiddenPass(drive, hider, place)


class HiddenScene(Scene):
    """The scene of a pass: what hides the character is drawn before the plate, in its light, as blurred as it is."""

    def __init__(self, hidden: HiddenPass) -> None:
        super().__init__(hidden.drive)
        self._hidden = hidden
        rng = np.random.default_rng([hidden.drive.seed, 7])
        self._span = character_spans(self.actors[0].plate)[hidden.place]
        self._thing = _thing(rng, hidden.hider, self._span, self.actors[0].plate)

    def frames(self) -> Iterator[Image]:
        """Yield every frame; where the picture's edge hides the character, moved so that it runs through it."""
        for index in range(self.count):
            picture = self.frame(index)
            rows = self.actors[0].truth.frames
            if self._hidden.hider == "cut" and rows and rows[-1].frame == index:
                picture = self._cut(picture, np.asarray(rows[-1].corners))
            yield picture

    def _draw_shot(self, picture: Image, shot: Shot, now: Conditions) -> None:
        super()._draw_shot(picture, shot, now)
        part = shot.actor.plate_part
        if self._thing is None or shot.depths_m[part].min() <= 0.8 or not is_facing(shot.pixels[part]):
            return
        texture, area = self._thing
        corners = [_on_plate(quad, area) for quad in instants(shot.first_px[part], shot.last_px[part], MOST_INSTANTS)]
        finer = 3 if quad_size(corners[0])[0] < 240 else 1
        draw(picture, texture, corners, now.plate_gain(shot.distance_m, 0.5), now.haze(shot.distance_m), finer)

    def _cut(self, picture: Image, corners: Points) -> Image:
        """Return the picture moved along so that its edge goes through the character's middle."""
        middle = _on_plate(corners, (self._span[0], 0.0, self._span[1], 1.0)).mean(axis=0)[0]
        first = self._hidden.place == 0
        width = picture.shape[1]
        along = round(-middle) if first else round(width - middle)
        move = np.array([[1, 0, along], [0, 1, 0]], np.float64)
        moved = cv2.warpAffine(picture, move, (width, picture.shape[0]), borderMode=cv2.BORDER_WRAP)
        return np.asarray(moved, np.uint8)

    def vehicle(self) -> VehicleTruth:
        """Return the vehicle's truth, once the frames are drawn."""
        return self.actors[0].truth

    def header(self) -> dict[str, Any]:
        """Return what hides which character, for a file of truth."""
        one = self._hidden
        return {"hider": one.hider, "place": one.place, "vrm": one.vrm, "shortened": one.shortened}


def character_spans(plate: NumberPlate) -> list[tuple[float, float]]:
    """Return left and right end of each character of a plate of one line, as shares of its width."""
    dark = (plate.flat < _INK).all(axis=2).any(axis=0)
    steps = np.flatnonzero(np.diff(np.pad(dark, 1).astype(np.int8)))
    spans = [(float(a), float(b)) for a, b in zip(steps[::2], steps[1::2], strict=True)]
    wide = plate.flat.shape[1]
    return [(a / wide, b / wide) for a, b in spans]


def _on_plate(quad: Points, area: tuple[float, float, float, float]) -> Points:
    """Return the corners in px of an area (x0, y0, x1, y1; shares of the plate, beyond 0 to 1 too) of a plate with `quad`."""
    unit = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    matrix = cv2.getPerspectiveTransform(unit, quad.astype(np.float32))
    x0, y0, x1, y1 = area
    corners = np.array([[[x0, y0], [x1, y0], [x1, y1], [x0, y1]]], np.float64)
    return np.asarray(cv2.perspectiveTransform(corners, matrix)[0], np.float64)


def _thing(
    rng: np.random.Generator, hider: str, span: tuple[float, float], plate: NumberPlate
) -> tuple[Pyramid, tuple[float, float, float, float]] | None:
    """Return the texture of what hides a character and where it lies, in shares of the plate; None where nothing is drawn."""
    if hider in {"cut", NOTHING}:
        return None
    middle, wide = (span[0] + span[1]) / 2, max(span[1] - span[0], 0.07)
    tall_to_wide = plate.size_m[0] / plate.size_m[1]
    if hider == "post":
        half = wide * float(rng.uniform(0.55, 0.75))
        area = (middle - half, -1.5, middle + half, 3.0)
        return Pyramid.of(
            _painted(rng, np.full((round(4.5 * _TALL_PX), round(2 * half * tall_to_wide * _TALL_PX)), 255, np.uint8))
        ), area
    if hider == "tow bar":
        radius = max(wide * tall_to_wide * float(rng.uniform(0.6, 0.75)), 0.38)
        half = radius / tall_to_wide
        area = (middle - half, 0.5 - radius, middle + half, 3.0)
        mask = np.zeros((round((2.5 + radius) * _TALL_PX), round(2 * radius * _TALL_PX)), np.uint8)
        at = mask.shape[1] // 2
        cv2.circle(mask, (at, at), at - 1, 255, -1, cv2.LINE_AA)
        neck = round(0.75 * at)
        cv2.rectangle(mask, (at - neck, at), (at + neck, mask.shape[0]), 255, -1)
        return Pyramid.of(_painted(rng, mask)), area
    return Pyramid.of(_muddy(rng, span, tall_to_wide)), (0.0, 0.0, 1.0, 1.0)


def _painted(rng: np.random.Generator, mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a mask as a round thing of some paint, BGR + opacity."""
    base = np.full(3, float(rng.uniform(15, 200))) + rng.normal(0, 8, 3)
    across = np.linspace(-1, 1, mask.shape[1])
    light = 1.0 - 0.5 * np.abs(across - float(rng.uniform(-0.4, 0.4)))
    paint = np.clip(base[None, None] * light[None, :, None] + rng.normal(0, 3, (*mask.shape, 1)), 0, 255)
    return np.dstack([paint.astype(np.uint8), mask])


def _muddy(rng: np.random.Generator, span: tuple[float, float], tall_to_wide: float) -> NDArray[np.uint8]:
    """Return mud over a plate, BGR + opacity: thick over one character, splashes of it elsewhere."""
    tall, wide = _TALL_PX, round(_TALL_PX * tall_to_wide)
    clouds = cv2.resize(rng.standard_normal((5, round(5 * tall_to_wide))), (wide, tall), interpolation=cv2.INTER_CUBIC)
    y, x = np.mgrid[:tall, :wide] / np.array([tall, wide])[:, None, None]
    reach = (span[1] - span[0]) / 2 + 0.012
    away = np.maximum(np.abs(x - (span[0] + span[1]) / 2) / reach, np.abs(y - 0.5) / 0.48)
    thick = (1.15 - away) * 6 + 0.35 * clouds
    splashes = (clouds - 2.3) * 4
    cover = np.clip(np.maximum(thick, splashes), 0, 1)
    mud = (
        rng.uniform((25, 40, 55), (85, 110, 135))
        + cv2.GaussianBlur(rng.normal(0, 14, (tall, wide)), (0, 0), 3)[:, :, None] * 3
    )
    return np.dstack([np.clip(mud, 0, 255).astype(np.uint8), (cover * 250).astype(np.uint8)])
