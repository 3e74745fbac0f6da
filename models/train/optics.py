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

from models.train.canvas import Plate
from models.train.optics_camera import Floats, sensor
from models.train.optics_light import lighten

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


def background(rng: np.random.Generator, size: tuple[int, int], frames: Sequence[Image]) -> Image:
    """Return a picture (h, w, 3) of what may be around a plate: a piece of a road scene, or a car's paint."""
    w, h = size
    if frames and rng.random() < 0.5:
        frame = frames[int(rng.integers(len(frames)))]
        zoom = float(rng.uniform(0.5, 2.5))
        cw, ch = min(int(w * zoom) + 2, frame.shape[1]), min(int(h * zoom) + 2, frame.shape[0])
        x, y = int(rng.integers(frame.shape[1] - cw + 1)), int(rng.integers(frame.shape[0] - ch + 1))
        piece = cv2.resize(frame[y : y + ch, x : x + cw], size, interpolation=cv2.INTER_LINEAR)
        gain = float(rng.uniform(0.5, 2.0))
        return np.asarray(cv2.convertScaleAbs(piece, alpha=gain), np.uint8)
    base = rng.uniform(0, 255, 3) if rng.random() < 0.4 else np.full(3, rng.uniform(0, 230)) + rng.normal(0, 8, 3)
    coarse = base + rng.normal(0, 25, (3, 4, 3)) * float(rng.random())
    paint = cv2.resize(np.clip(coarse, 0, 255).astype(np.uint8), size, interpolation=cv2.INTER_CUBIC)
    for _ in range(int(rng.integers(0, 4))):
        shade = tuple(float(v) for v in np.clip(base + rng.normal(0, 70), 0, 255))
        ends = rng.integers(-5, max(w, h) + 5, 4)
        cv2.line(
            paint,
            (int(ends[0]), int(ends[1] * h / w)),
            (int(ends[2]), int(ends[3] * h / w)),
            shade,
            int(rng.integers(1, 6)),
        )
    return np.asarray(paint, np.uint8)


def _holder(rng: np.random.Generator, scene: Image, corners: NDArray[np.float32]) -> None:
    """Draw a plate holder, at times with a dealer's line, or a recess in the body, around the plate."""
    middle = corners.mean(axis=0)
    height = float(np.linalg.norm(corners[3] - corners[0]))
    width = float(np.linalg.norm(corners[1] - corners[0]))
    grow = rng.uniform(0.01, 0.16, 4) * height
    ex = (corners[1] - corners[0]) / max(width, 1)
    ey = (corners[3] - corners[0]) / max(height, 1)
    outer = corners + np.stack(
        [
            -ex * grow[0] - ey * grow[1],
            ex * grow[2] - ey * grow[1],
            ex * grow[2] + ey * grow[3],
            -ex * grow[0] + ey * grow[3],
        ]
    )
    shade = float(rng.uniform(0, 60)) if rng.random() < 0.75 else float(rng.uniform(60, 240))
    cv2.fillConvexPoly(scene, np.round(outer * 8).astype(np.int32), (shade, shade, shade), cv2.LINE_AA, 3)
    if grow[3] > 0.09 * height and rng.random() < 0.6:
        words = "".join(rng.choice(list("ABCDEFGHIKLMNOPRSTUVWaeiourst.  "), int(rng.integers(8, 30))))
        ink = 255 - shade if rng.random() < 0.8 else shade
        place = middle + ey * (height / 2 + grow[3] * 0.85) - ex * width * float(rng.uniform(0.1, 0.4))
        size = grow[3] * 0.75 / 22
        cv2.putText(
            scene,
            words,
            (int(place[0]), int(place[1])),
            cv2.FONT_HERSHEY_SIMPLEX,
            size,
            (ink, ink, ink),
            1,
            cv2.LINE_AA,
        )


def _neighbour(rng: np.random.Generator, scene: Image, corners: NDArray[np.float32]) -> None:
    """Draw something with a letter or two right beside the plate: a country's oval, a sticker, a second plate's end."""
    right = rng.random() < 0.6
    near, far = (corners[1], corners[2]) if right else (corners[0], corners[3])
    height = float(np.linalg.norm(far - near))
    along = (corners[1] - corners[0]) / max(float(np.linalg.norm(corners[1] - corners[0])), 1.0)
    away = along if right else -along
    gap, wide = float(rng.uniform(0.0, 0.25)) * height, float(rng.uniform(0.3, 1.2)) * height
    quad = np.stack([near + away * gap, near + away * (gap + wide), far + away * (gap + wide), far + away * gap])
    paper = rng.uniform(150, 255, 3) if rng.random() < 0.7 else rng.uniform(0, 255, 3)
    ink = paper - rng.uniform(110, 200) if paper.mean() > 120 else paper + 130
    colour = (float(paper[0]), float(paper[1]), float(paper[2]))
    if rng.random() < 0.3:
        axes = (int(wide / 2 * 8), int(height / 2 * 7))
        middle = quad.mean(axis=0) * 8
        cv2.ellipse(scene, (int(middle[0]), int(middle[1])), axes, 0, 0, 360, colour, -1, cv2.LINE_AA, 3)
    else:
        cv2.fillConvexPoly(scene, np.round(quad * 8).astype(np.int32), colour, cv2.LINE_AA, 3)
    letters = "".join(rng.choice(list("ABCDEFGHIKLNPRSTUVZ"), 1 if rng.random() < 0.7 else 2))
    size = height * float(rng.uniform(0.4, 0.75)) / 22
    place = quad[[0, 3]].mean(axis=0) if right else quad[[1, 2]].mean(axis=0)
    cv2.putText(
        scene,
        letters,
        (int(place[0] + wide * 0.15), int(place[1] + size * 11)),
        cv2.FONT_HERSHEY_DUPLEX,
        size,
        (float(ink[0]), float(ink[1]), float(ink[2])),
        max(1, round(height / 12)),
        cv2.LINE_AA,
    )


def _set_into(
    rng: np.random.Generator, plate: PreparedPlate, scale: float, frames: Sequence[Image], strength: float
) -> tuple[Floats, NDArray[np.float32], NDArray[np.float64]]:
    """Return the scene (h, w, 3) float32, the plate's corners in it, and the map from flat plate px to scene px."""
    fh, fw = plate.full.shape[:2]
    corners = _view(rng, fw * scale, fh * scale, strength)
    low, high = corners.min(axis=0), corners.max(axis=0)
    room = (high - low) * rng.uniform(0.10, 0.25) + 6
    size = (int(high[0] - low[0] + 2 * room[0]), int(high[1] - low[1] + 2 * room[1]))
    corners = corners - low + room + rng.uniform(0, 1, 2).astype(np.float32)
    scene = background(rng, size, frames)
    if rng.random() < 0.5:
        _holder(rng, scene, corners)
    if rng.random() < 0.12 * strength:
        _neighbour(rng, scene, corners)
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
    return mixed, np.asarray(corners, np.float32), np.asarray(full, np.float64)


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
) -> Photograph:
    """Return the plate as the reader gets it.

    `frames` are road scenes for backgrounds, half size. For measuring, characters can be kept from being smaller
    than `least_height` px and blur from being wider than `most_blur` strokes.
    """
    height = max(character_height(rng, strength), least_height)
    scene, corners, full = _set_into(rng, plate, height / plate.character_height_px, frames, strength)
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
