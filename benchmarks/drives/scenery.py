"""What stands along the road: ground with its markings, buildings, trees, signs, lamp posts, the horizon."""

from dataclasses import dataclass
from typing import Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from anpr.values import Image
from benchmarks.drives import bodywork
from benchmarks.drives.camera import Points
from benchmarks.drives.raster import Pyramid

RoadKind = Literal["street", "dual"]
PERIOD_M: Final = 12.0
"""Length after which the markings repeat."""
HALF_WIDTH_M: Final = 30.0
GROUND_PX_PER_M: Final = 60
LANE_M: Final = 3.5


@dataclass(frozen=True, slots=True)
class Thing:
    """A flat piece of scenery."""

    corners_m: Points
    picture: Pyramid


def _stripe(
    ground: Image,
    left_m: float,
    right_m: float,
    colour: tuple[int, int, int],
    from_m: float = 0.0,
    to_m: float = PERIOD_M,
) -> None:
    x0, x1 = (int((x + HALF_WIDTH_M) * GROUND_PX_PER_M) for x in (left_m, right_m))
    y0, y1 = (int(y * GROUND_PX_PER_M) for y in (from_m, to_m))
    ground[y0:y1, x0:x1] = colour


def make_ground(kind: RoadKind, rng: np.random.Generator) -> Image:
    """Return one period of the ground from above: rows along the road, columns from left to right."""
    height, width = int(PERIOD_M * GROUND_PX_PER_M), int(2 * HALF_WIDTH_M * GROUND_PX_PER_M)
    ground = np.empty((height, width, 3), np.uint8)
    ground[:] = (62, 104, 84)
    left = -5.6 if kind == "street" else -8.2
    right = 5.6 if kind == "street" else 9.2
    if kind == "street":
        _stripe(ground, left - 2.4, right + 2.4, (142, 146, 150))
        _stripe(ground, left - 0.14, right + 0.14, (168, 170, 172))
    _stripe(ground, left, right, (104, 101, 98))
    white = (226, 228, 228)
    for start in (0.0, 6.0):
        _stripe(ground, 1.69, 1.81, white, start, start + (4.0 if kind == "street" else 2.0))
    if kind == "dual":
        for start in (0.0, 6.0):
            _stripe(ground, -1.81, -1.69, white, start, start + 2.0)
        _stripe(ground, -5.35, -5.2, white)
        _stripe(ground, 5.2, 5.35, white)
    else:
        _stripe(ground, left + 0.25, left + 0.33, (60, 200, 230))
        _stripe(ground, right - 0.33, right - 0.25, (60, 200, 230))
    noise = np.tile(rng.normal(0, 1, (height // 8, width // 8)).astype(np.float32), (3, 1))
    noise = np.asarray(cv2.resize(cv2.GaussianBlur(noise, (0, 0), 4), (width, 3 * height)), np.float32)
    coarse = noise[height : 2 * height]  # the middle of three, so that both ends fit together
    fine = rng.normal(0, 5, (height, width)).astype(np.float32)
    return np.clip(ground + (coarse * 60 + fine)[:, :, None], 0, 255).astype(np.uint8)


def make_sky(camera_width: int, horizon: int, kind: RoadKind, rng: np.random.Generator) -> Pyramid:
    """Return opacity of what stands on the horizon: distant hills and trees, as a strip with see-through sky."""
    width, height = camera_width + 400, max(horizon // 3, 60)
    strip = np.zeros((height, width, 4), np.uint8)
    x = np.arange(width)
    for base, colour, rough in ((0.45, (150, 146, 132), 60.0), (0.72, (84, 98, 86), 14.0)):
        wave = sum(
            rng.uniform(0.3, 1) * np.sin(x / (rough * rng.uniform(0.5, 3)) + rng.uniform(0, 6)) for _ in range(7)
        )
        top = (base + 0.05 * np.asarray(wave)) * height
        strip[np.arange(height)[:, None] >= top[None, :]] = (*colour, 255)
    if kind == "street":
        for left in range(0, width, 90):
            wide, roof = int(rng.uniform(50, 110)), int(height * rng.uniform(0.3, 0.6))
            strip[roof:, left : left + wide] = (*(int(c) for c in rng.uniform(90, 150, 3)), 255)
    return Pyramid.of(strip)


def _facade(width_m: float, height_m: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return the front of a row of houses: brick or render, windows, doors."""
    scale = 24
    panel = np.zeros((int(height_m * scale), int(width_m * scale), 3), np.uint8)
    brick = np.array([(70, 88, 138), (148, 172, 188), (190, 200, 206), (84, 98, 126)][rng.integers(4)]) * rng.uniform(
        0.8, 1.1
    )
    panel[:] = np.clip(brick, 0, 255)
    panel[:: scale // 6] = np.clip(brick * 0.9, 0, 255)
    for floor in range(int(height_m // 2.9)):
        y = int((height_m - 2.3 - 2.9 * floor) * scale)
        for k in range(int(width_m // 2.4)):
            x = int((0.7 + 2.4 * k) * scale)
            door = floor == 0 and k % 3 == 1
            colour = tuple(int(c) for c in rng.uniform(30, 120, 3)) if door else (96, 84, 74)
            cv2.rectangle(
                panel,
                (x - 2, y - 2),
                (x + int(1.1 * scale) + 2, y + int((2.2 if door else 1.35) * scale) + 2),
                (222, 224, 224),
                -1,
            )
            cv2.rectangle(panel, (x, y), (x + int(1.1 * scale), y + int((2.2 if door else 1.35) * scale)), colour, -1)
    panel[: scale // 2] = (58, 56, 62)
    return panel


def _tree(rng: np.random.Generator) -> NDArray[np.uint8]:
    panel = np.zeros((256, 180, 4), np.uint8)
    cv2.rectangle(panel, (84, 150), (96, 255), (44, 58, 74, 255), -1)
    for _ in range(70):
        centre = (int(rng.normal(90, 30)), int(rng.normal(96, 36)))
        green = rng.uniform(0.6, 1.2)
        cv2.circle(
            panel,
            centre,
            int(rng.uniform(10, 24)),
            (int(40 * green), int(92 * green), int(62 * green), 255),
            -1,
            cv2.LINE_AA,
        )
    return panel


def _sign(rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return a road sign: a speed limit or a direction sign with words, which must not be read as a plate."""
    if rng.random() < 0.5:
        panel = np.zeros((120, 120, 4), np.uint8)
        cv2.circle(panel, (60, 60), 58, (40, 30, 200, 255), -1, cv2.LINE_AA)
        cv2.circle(panel, (60, 60), 44, (240, 240, 240, 255), -1, cv2.LINE_AA)
        cv2.putText(
            panel,
            str(rng.choice([20, 30, 40, 50])),
            (28, 76),
            cv2.FONT_HERSHEY_SIMPLEX,
            1.6,
            (20, 20, 20, 255),
            5,
            cv2.LINE_AA,
        )
        return panel
    panel = np.zeros((120, 260, 4), np.uint8)
    panel[:] = [(90, 96, 24, 255), (150, 80, 20, 255), (240, 240, 240, 255)][rng.integers(3)]
    ink = (20, 20, 20, 255) if panel[0, 0, 0] > 200 else (240, 240, 240, 255)
    cv2.rectangle(panel, (4, 4), (255, 115), ink, 3)
    cv2.putText(
        panel,
        str(rng.choice(["Town centre", "Station", "Ring road"])),
        (16, 50),
        cv2.FONT_HERSHEY_SIMPLEX,
        1.1,
        ink,
        3,
        cv2.LINE_AA,
    )
    cv2.putText(panel, f"A{rng.integers(10, 999)}", (16, 98), cv2.FONT_HERSHEY_SIMPLEX, 1.2, ink, 3, cv2.LINE_AA)
    return panel


def _upright(x: float, z: float, width_m: float, bottom_m: float, top_m: float) -> Points:
    half = width_m / 2
    return np.array([[x - half, top_m, z], [x + half, top_m, z], [x + half, bottom_m, z], [x - half, bottom_m, z]])


def make_things(kind: RoadKind, length_m: float, rng: np.random.Generator) -> list[Thing]:
    """Return what stands beside the road along its length."""
    post = Pyramid.of(bodywork.blank(0.12, 6.0, (120, 122, 122)))
    things: list[Thing] = []
    for side in (-1, 1):
        things += _houses(side, length_m, rng) if kind == "street" else _trees(side, length_m, rng)
        things += [
            Thing(_upright(side * 7.2, z, 0.14, 0.0, 6.5), post) for z in np.arange(rng.uniform(5, 30), length_m, 42.0)
        ]
        for z in np.arange(rng.uniform(20, 60), length_m, rng.uniform(60, 90)):
            sign = _sign(rng)
            width = 0.75 if sign.shape[0] == sign.shape[1] else 2.2
            top = 2.0 + width * sign.shape[0] / sign.shape[1]
            things.append(Thing(_upright(side * 6.9, z, width, 2.0, top), Pyramid.of(sign)))
            things.append(Thing(_upright(side * 6.9, z + 0.05, 0.08, 0.0, 2.1), post))
    return things


def _houses(side: int, length_m: float, rng: np.random.Generator) -> list[Thing]:
    facades = [Pyramid.of(_facade(20.0, 7.5, rng)) for _ in range(6)]
    houses = []
    for start in np.arange(0.0, length_m, 20.0):
        x = side * rng.uniform(9.5, 11.0)
        first, last = (start, start + 19.5) if side < 0 else (start + 19.5, start)
        corners = np.array([[x, 7.5, first], [x, 7.5, last], [x, 0.0, last], [x, 0.0, first]])
        houses.append(Thing(corners, facades[rng.integers(6)]))
    return houses


def _trees(side: int, length_m: float, rng: np.random.Generator) -> list[Thing]:
    trees = [Pyramid.of(_tree(rng)) for _ in range(5)]
    return [
        Thing(_upright(side * rng.uniform(13, 20), z + rng.uniform(0, 8), 5.0, 0.0, 7.0), trees[rng.integers(5)])
        for z in np.arange(0.0, length_m, 14.0)
    ]
