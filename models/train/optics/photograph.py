"""The world between a flat plate and the reader's input: view, light, weather, lens, sensor, compression, crop.

`photograph` puts one rendered plate in front of a camera and cuts it out as the engine would. Everything is drawn
at the size at which a camera sees it (characters of 8 to 45 px), so that blur, noise and compression act where
they do in a camera; only then is the plate resampled to the reader's input. `strength` 0..1 scales everything from
a clean scan to full difficulty, for a curriculum.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from models.plates.canvas import Plate
from models.train.optics.camera import Floats, sensor
from models.train.optics.light import lighten
from models.train.optics.surroundings import background, holder, neighbour

Image = NDArray[np.uint8]
INPUT_SIZE: Final = (160, 48)
MAX_YAW_DEG: Final = 55.0
MAX_PITCH_DEG: Final = 25.0
MARGIN: Final = (0.05, 0.10)
"""Share of the input's width and height left on each side of a plate cut out by its corners."""


@dataclass(frozen=True, slots=True, eq=False)
class Photograph:
    """One input of the reader with its truth.

    `image` is uint8 BGR of shape (48, 160, 3). `text` holds the characters whose middle lies within the picture.
    `places` is float32 (len(text), 3): x of each character's middle and its width in px of the input, and its row.
    `to_input` (3, 3) maps px of the flat plate to px of the input, where one was rendered.
    """

    image: Image
    text: str
    places: NDArray[np.float32]
    to_input: NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class PreparedPlate:
    """A flat plate with its coverage as fourth channel, at full and at half size: made once, photographed often."""

    plate: Plate
    full: Image
    half: Image
    character_height_px: float


def prepare(plate: Plate) -> PreparedPlate:
    """Return the plate with its layers stacked."""
    full = np.dstack((plate.image, plate.coverage))
    half = cv2.resize(full, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    boxes = plate.character_boxes_px
    return PreparedPlate(plate, full, np.asarray(half, np.uint8), float(np.median(boxes[:, 3] - boxes[:, 1])))


def _view(rng: np.random.Generator, width: float, height: float, strength: float) -> NDArray[np.float32]:
    """Return the corners (4, 2) of a plate of that size turned in front of a camera, in px around the origin."""
    yaw = float(np.clip(rng.normal(0, 20 * strength), -MAX_YAW_DEG, MAX_YAW_DEG))
    if rng.random() < 0.12 * strength:
        yaw = float(rng.uniform(-MAX_YAW_DEG, MAX_YAW_DEG))
    pitch = float(np.clip(rng.normal(0, 8 * strength), -MAX_PITCH_DEG, MAX_PITCH_DEG))
    roll = float(rng.normal(0, 4 * strength)) if rng.random() < 0.7 else float(rng.uniform(-1, 1) * 16 * strength)
    y, p, r = np.radians((yaw, pitch, roll))
    turn = (
        np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
        @ np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
        @ np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    )
    half = np.array([[-width, -height, 0], [width, -height, 0], [width, height, 0], [-width, height, 0]]) / 2
    seen = half @ turn.T
    distance = width * float(rng.uniform(3, 20))
    return np.asarray(seen[:, :2] * (distance / (distance + seen[:, 2:])), np.float32)


def set_into_scene(
    rng: np.random.Generator,
    plate: PreparedPlate,
    scale: float,
    frames: Sequence[Image],
    strength: float,
    taken_for_end: float,
    around: tuple[float, float] = (0.10, 0.25),
    upright: float = 1.0,
) -> tuple[Floats, NDArray[np.float32], NDArray[np.float64]]:
    """Return the scene (h, w, 3) float32, the corners taken for the plate's, and the map from flat plate px to scene px.

    `around`: shares of the plate's width and height, least and most, that the scene shows beside it on each side; of its
    height `upright` times as much.
    """
    fh, fw = plate.full.shape[:2]
    corners = _view(rng, fw * scale, fh * scale, strength)
    low, high = corners.min(axis=0), corners.max(axis=0)
    room = (high - low) * rng.uniform(*around) * np.array((1.0, upright), np.float32) + 6
    beside = rng.random() < 0.15 * strength
    if beside:
        room[0] += 1.2 * fh * scale
    size = (int(high[0] - low[0] + 2 * room[0]), int(high[1] - low[1] + 2 * room[1]))
    corners = corners - low + room + rng.uniform(0, 1, 2).astype(np.float32)
    scene = background(rng, size, frames)
    if rng.random() < 0.5:
        holder(rng, scene, corners)
    taken = neighbour(rng, scene, corners, taken_for_end) if beside else corners
    layers, shrink = plate.full, min(1.0, scale * 1.4)
    if shrink < 0.5:
        layers, shrink = plate.half, 2 * shrink
    if shrink < 0.85:
        layers = np.asarray(cv2.resize(layers, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), np.uint8)
    lh, lw = layers.shape[:2]
    source = np.array([[0, 0], [lw, 0], [lw, lh], [0, lh]], np.float32)
    warp = cv2.getPerspectiveTransform(source, corners)
    seen = cv2.warpPerspective(layers, warp, size, flags=cv2.INTER_LINEAR).astype(np.float32)
    cover = seen[:, :, 3:] * (1 / 255)
    mixed = scene.astype(np.float32)
    mixed += (seen[:, :, :3] - mixed) * cover
    full = warp @ np.diag([lw / fw, lh / fh, 1.0])
    return mixed, np.asarray(taken, np.float32), np.asarray(full, np.float64)


def random_cut(rng: np.random.Generator, corners: NDArray[np.float32], strength: float) -> NDArray[np.float64]:
    """Return the map from scene px to the reader's input, as the engine cuts: by four corners or by a box."""
    w, h = INPUT_SIZE
    height = float(np.linalg.norm(corners[3] - corners[0]))
    if rng.random() < 0.55:
        spread = float(abs(rng.normal(0, 0.06))) * strength + 0.01
        found = corners + rng.normal(0, spread, (4, 2)) * height
        mx, my = w * rng.normal(MARGIN[0], 0.012, 2), h * rng.normal(MARGIN[1], 0.03, 2)
        target = np.array([[mx[0], my[0]], [w - mx[1], my[0]], [w - mx[1], h - my[1]], [mx[0], h - my[1]]])
        return np.asarray(cv2.getPerspectiveTransform(found.astype(np.float32), target.astype(np.float32)))
    low, high = corners.min(axis=0), corners.max(axis=0)
    side = (high - low).astype(np.float64)
    wide = 0.25 if rng.random() < 0.3 else 0.12
    grow = rng.uniform(-0.01 - 0.02 * strength, wide, 4)
    x0, y0 = low - grow[:2] * side * (0.5, 1.2)
    x1, y1 = high + grow[2:] * side * (0.5, 1.2)
    sx, sy = w / (x1 - x0), h / (y1 - y0)
    return np.array([[sx, 0, -x0 * sx], [0, sy, -y0 * sy], [0, 0, 1]])


def places_of(plate: Plate, to_input: NDArray[np.float64]) -> tuple[str, NDArray[np.float32]]:
    """Return the characters whose middle falls into the input, with middle, width (px) and row of each."""
    boxes = plate.character_boxes_px.astype(np.float64)
    if len(boxes) == 0:
        return "", np.zeros((0, 3), np.float32)
    middle_y = (boxes[:, 1] + boxes[:, 3]) / 2
    ends = np.stack([np.stack([boxes[:, k], middle_y, np.ones(len(boxes))], axis=1) for k in (0, 2)])
    mapped = ends @ to_input.T
    mapped = mapped[:, :, :2] / mapped[:, :, 2:]
    x = mapped[:, :, 0].mean(axis=0)
    y = mapped[:, :, 1].mean(axis=0)
    rows = np.zeros(len(boxes))
    if plate.lines > 1:
        rows = (middle_y > (middle_y.min() + middle_y.max()) / 2).astype(np.float64)
    kept = (x > 1.5) & (x < INPUT_SIZE[0] - 1.5) & (y > 0) & (y < INPUT_SIZE[1])
    places = np.stack([x, np.abs(mapped[1, :, 0] - mapped[0, :, 0]), rows], axis=1)[kept]
    text = "".join(c for c, k in zip(plate.text, kept, strict=True) if k)
    return text, np.asarray(places, np.float32)


def character_height(rng: np.random.Generator, strength: float) -> float:
    """Return the height in px at which a camera sees the characters: 7.5 to 45, small ones more often."""
    smallest = 24 - 16.5 * strength
    return float(np.exp(rng.uniform(np.log(smallest), np.log(45 if rng.random() < 0.5 else 24.5))))


def photograph(
    rng: np.random.Generator,
    plate: PreparedPlate,
    *,
    strength: float = 1.0,
    frames: Sequence[Image] = (),
    least_height: float = 0.0,
    most_blur: float = np.inf,
    taken_for_end: float = 0.6,
) -> Photograph:
    """Return the plate as the reader gets it.

    `frames` are road scenes for backgrounds, half size. For measuring, characters can be kept from being smaller
    than `least_height` px and blur from being wider than `most_blur` strokes, and what stands beside a plate from being
    taken for its end (`taken_for_end`, the share of such cases in which it is).
    """
    height = max(character_height(rng, strength), least_height)
    scene, corners, full = set_into_scene(
        rng, plate, height / plate.character_height_px, frames, strength, taken_for_end
    )
    scene = lighten(rng, scene, corners, strength)
    picture = sensor(
        rng, scene, height, strength, most_blur=most_blur, least_height=max(least_height, 8.0), corners=corners
    )
    cut = random_cut(rng, corners, strength)
    smooth = cv2.INTER_CUBIC if rng.random() < 0.3 else cv2.INTER_LINEAR
    image = cv2.warpPerspective(picture, cut, INPUT_SIZE, flags=smooth, borderMode=cv2.BORDER_REPLICATE)
    text, places = places_of(plate.plate, cut @ full)
    return Photograph(np.asarray(image, np.uint8), text, places, cut @ full)


def no_plate(rng: np.random.Generator, frames: Sequence[Image], strength: float = 1.0) -> Photograph:
    """Return something that is no plate, with an empty text."""
    w = int(rng.integers(40, 200))
    scene = background(rng, (w, max(12, int(w * rng.uniform(0.22, 0.6)))), frames).astype(np.float32)
    picture = sensor(rng, scene, 20.0, strength)
    image = cv2.resize(picture, INPUT_SIZE, interpolation=cv2.INTER_LINEAR)
    return Photograph(np.asarray(image, np.uint8), "", np.zeros((0, 3), np.float32))
