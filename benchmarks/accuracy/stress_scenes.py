"""Labelled plates in their street scenes, put behind posts, cut by the picture's edge, turned, soiled and made small.

Every change is of one kind and one level, so that a figure says what it is the figure of. Where characters stand is
found on the untouched plate (`first_and_last`), so a post over the first letter lies over the first letter.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from anpr.values import Box, Image
from benchmarks.accuracy.stress_stuck import PLACES, STUFFS, stuck

WIDEST_SCENE: Final = 5.0
LEAST_SCENE_PX: Final = 480
"""A scene is this many plates wide, but not below so many pixels, and never wider than its frame."""

CAP: Final = 0.085
"""Radius of a screw's cap as a share of a British plate's height: caps are 16 to 20 mm wide, a plate 111 mm high."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A piece of a street with one labelled plate: its box in it, its text, and the middles of its characters across, px."""

    image: Image
    box_px: Box
    text: str
    middles_px: tuple[float, ...]

    @property
    def first_px(self) -> float:
        """The first character's middle."""
        return self.middles_px[0]

    @property
    def last_px(self) -> float:
        """The last character's middle."""
        return self.middles_px[-1]

    @property
    def width_px(self) -> float:
        """The plate's width."""
        return self.box_px[2] - self.box_px[0]


Map = NDArray[np.float64]
"""Shape (3, 3): from px of the scene to px of the changed picture."""

Change = Callable[[Scene, np.random.Generator], tuple[Image, Map]]
"""Returns the changed picture and where the scene's pixels went."""


def scene_around(frame: Image, box: Box, text: str, middles: tuple[float, ...]) -> Scene:
    """Return the scene of a plate: `middles` are those of its characters, or of the first and the last alone, as shares of the box's width."""
    height, width = frame.shape[:2]
    wide = min(max(WIDEST_SCENE * (box[2] - box[0]), LEAST_SCENE_PX), width)
    tall = min(wide * 0.75, height)
    x = int(min(max((box[0] + box[2] - wide) / 2, 0), width - wide))
    y = int(min(max((box[1] + box[3] - tall) / 2, 0), height - tall))
    piece = frame[y : y + int(tall), x : x + int(wide)].copy()
    inside = (box[0] - x, box[1] - y, box[2] - x, box[3] - y)
    return Scene(piece, inside, text, tuple(inside[0] + share * (inside[2] - inside[0]) for share in middles))


def untouched(scene: Scene, _: np.random.Generator) -> tuple[Image, Map]:
    """Return the scene as it is."""
    return scene.image, np.eye(3)


def post(share: float, place: str) -> Change:
    """Return a change that stands a post of `share` of the plate's width before it.

    `place` is "first" or "last" (over that character) or a share of the plate's width as text. Posts are grey, dark, pale
    or of a colour, round or flat, leaning by up to two degrees, and reach from the scene's top to its bottom.
    """

    def change(scene: Scene, rng: np.random.Generator) -> tuple[Image, Map]:
        wide = share * scene.width_px
        if place in {"first", "last"}:
            middle = scene.first_px if place == "first" else scene.last_px
        else:
            middle = scene.box_px[0] + float(place) * scene.width_px
        height, width = scene.image.shape[:2]
        lean = np.tan(np.radians(rng.uniform(-2, 2)))
        row = (np.arange(height) - (scene.box_px[1] + scene.box_px[3]) / 2)[:, None]
        across = (np.arange(width)[None, :] - middle - lean * row) / (wide / 2)
        cover = np.clip((1 - np.abs(across)) * wide / 2 + 0.5, 0, 1)[:, :, None]
        base = rng.uniform(20, 230) + rng.normal(0, 6, 3) if rng.random() < 0.75 else rng.uniform(10, 230, 3)
        light = 1.0 - rng.uniform(0.0, 0.6) * np.clip(across * rng.choice([-1, 1]) * 0.5 + 0.5, 0, 1)[:, :, None]
        grain = (
            1.0 + rng.uniform(0, 0.1) * cv2.resize(rng.standard_normal((height // 3 + 1, 1)), (1, height))[:, :, None]
        )
        paint = np.clip(base * light * grain, 0, 255)
        paint = cv2.GaussianBlur(paint + rng.normal(0, 3, paint.shape), (3, 3), 0.6)
        return _mixed(scene.image, paint, cover), np.eye(3)

    return change


def cut_edge(place: str) -> Change:
    """Return a change that lets the picture end in the middle of the "first" or the "last" character."""

    def change(scene: Scene, _: np.random.Generator) -> tuple[Image, Map]:
        if place == "first":
            start = round(scene.first_px)
            return scene.image[:, start:].copy(), np.array([[1.0, 0, -start], [0, 1, 0], [0, 0, 1]])
        return scene.image[:, : round(scene.last_px)].copy(), np.eye(3)

    return change


def turned(roll: float = 0.0, yaw: float = 0.0, pitch: float = 0.0, *, above: float = 0.0) -> Change:
    """Return a change that turns the scene, taken for a flat wall, around the plate's middle by angles in degrees.

    With `pitch` the plate is tipped and then turned by `yaw`, and its upper edge stays level. Seen by a camera that looks down by
    `above`, as from a lorry's cab, a bridge or a helicopter, a plate turned by `yaw` leans as well: by 22 degrees at 50 and 20.
    """

    def change(scene: Scene, _: np.random.Generator) -> tuple[Image, Map]:
        turn = _turn(scene, roll, yaw, pitch, above)
        size = (scene.image.shape[1], scene.image.shape[0])
        source = (
            cv2.GaussianBlur(scene.image, (0, 0), 0.5 / np.cos(np.radians(yaw)), sigmaY=0.3)
            if abs(yaw) > 45
            else scene.image
        )
        picture = cv2.warpPerspective(source, turn, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        return np.asarray(picture, np.uint8), turn

    return change


def _turn(scene: Scene, roll: float, yaw: float, pitch: float, above: float) -> Map:
    """Return the map of a flat scene seen from twelve plate widths away."""
    x0, y0, x1, y1 = scene.box_px
    middle = np.array([(x0 + x1) / 2, (y0 + y1) / 2])
    r, w, p, a = np.radians((roll, yaw, pitch, above))
    turn = (
        np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
        @ np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
        @ np.array([[np.cos(w), 0, np.sin(w)], [0, 1, 0], [-np.sin(w), 0, np.cos(w)]])
        @ np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    )
    away = 12.0 * scene.width_px
    half = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]]) - middle
    seen = np.column_stack((half, np.zeros(4))) @ turn.T
    target = seen[:, :2] * (away / (away + seen[:, 2:])) + middle
    return np.asarray(
        cv2.getPerspectiveTransform((half + middle).astype(np.float32), target.astype(np.float32)), np.float64
    )


def screws(scene: Scene, rng: np.random.Generator) -> tuple[Image, Map]:
    """Return the scene with two dark caps at the places where British plates are screwed on, the plate 130 px wide."""
    image, ratio = _scaled(scene, 130.0)
    x0, y0, x1, y1 = (v * ratio for v in scene.box_px)
    radius = min(CAP * (x1 - x0) * 111 / 520, CAP * (y1 - y0))
    shade = rng.uniform(10, 70)
    for share in (0.18, 0.82):
        centre = (x0 + (share + rng.normal(0, 0.02)) * (x1 - x0), (y0 + y1) / 2 + rng.normal(0, 0.04) * (y1 - y0))
        image = _disc(image, centre, radius, shade)
    return image, np.diag([ratio, ratio, 1.0])


def _disc(image: Image, centre: tuple[float, float], radius: float, shade: float) -> Image:
    y, x = np.mgrid[: image.shape[0], : image.shape[1]]
    away = np.hypot(x - centre[0], y - centre[1])
    cover = np.clip(radius - away + 0.5, 0, 1)[:, :, None]
    return _mixed(image, shade + np.zeros(3) + np.clip(1 - away / max(radius, 1), 0, 1)[:, :, None] * 40, cover)


def dirt(share: float) -> Change:
    """Return a change that covers `share` of the plate with opaque patches of mud, each about as large as a character."""

    def change(scene: Scene, rng: np.random.Generator) -> tuple[Image, Map]:
        x0, y0, x1, y1 = (round(v) for v in scene.box_px)
        tall, wide = max(y1 - y0, 4), max(x1 - x0, 8)
        clouds = cv2.resize(
            rng.standard_normal((4, max(round(4 * wide / tall), 6))), (wide, tall), interpolation=cv2.INTER_CUBIC
        )
        limit = float(np.quantile(clouds, 1 - share))
        cover = np.zeros(scene.image.shape[:2])
        there = np.clip((clouds - limit) * 6 + 0.5, 0, 1)
        top, left = max(y0, 0), max(x0, 0)
        part = cover[top:y1, left:x1]
        part[:] = there[top - y0 : top - y0 + part.shape[0], left - x0 : left - x0 + part.shape[1]]
        mud = rng.uniform((30, 45, 60), (90, 115, 140)) + rng.normal(0, 5, (*cover.shape, 3))
        return _mixed(
            scene.image, np.asarray(cv2.GaussianBlur(mud, (3, 3), 0.7), np.float64), cover[:, :, None] * 0.97
        ), np.eye(3)

    return change


def over_a_character(stuff: str, place: str) -> Change:
    """Return a change that sticks one of STUFFS over one whole character, at one of PLACES."""

    def change(scene: Scene, rng: np.random.Generator) -> tuple[Image, Map]:
        return stuck(scene.image, scene.box_px, scene.middles_px, stuff, place, rng), np.eye(3)

    return change


def small(width_px: float) -> Change:
    """Return a change that brings the scene to a size at which the plate is `width_px` wide."""

    def change(scene: Scene, _: np.random.Generator) -> tuple[Image, Map]:
        image, ratio = _scaled(scene, width_px)
        return image, np.diag([ratio, ratio, 1.0])

    return change


def _scaled(scene: Scene, width_px: float) -> tuple[Image, float]:
    ratio = width_px / scene.width_px
    size = (max(round(scene.image.shape[1] * ratio), 16), max(round(scene.image.shape[0] * ratio), 16))
    method = cv2.INTER_AREA if ratio < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(scene.image, size, interpolation=method), np.uint8), ratio


def _mixed(image: Image, paint: NDArray[np.float64], cover: NDArray[np.float64]) -> Image:
    there = image.astype(np.float64)
    return np.asarray(np.clip(there + (paint - there) * cover, 0, 255), np.uint8)


LEVELS: Final[dict[str, dict[str, Change]]] = {
    "untouched": {"as it is": untouched},
    "post": {
        f"{100 * share:.0f} % at {name}": post(share, place)
        for share in (0.06, 0.12)
        for name, place in (("first", "first"), ("a third", "0.33"), ("60 %", "0.6"), ("last", "last"))
    },
    "cut edge": {"through first": cut_edge("first"), "through last": cut_edge("last")},
    "screws": {"two dark caps, 130 px": screws},
    "dirt": {f"{100 * share:.0f} %": dirt(share) for share in (0.05, 0.1, 0.2)},
    "stuck": {f"{stuff}, {place}": over_a_character(stuff, place) for stuff in STUFFS for place in PLACES},
    "roll": {f"{angle:+d}°": turned(roll=angle) for angle in (-45, -30, -25, -20, -15, -10, 10, 15, 20, 25, 30, 45)},
    "yaw and pitch": {
        "yaw 60": turned(yaw=60),
        "yaw 70": turned(yaw=70),
        "yaw 50, pitch 20": turned(yaw=50, pitch=20),
        "yaw 45, pitch 30": turned(yaw=45, pitch=30),
        **{
            f"yaw {yaw}, from {above}° above": turned(yaw=yaw, above=above)
            for yaw, above in ((50, 20), (-50, 20), (45, 30), (-45, 30))
        },
    },
    "width": {f"{px} px": small(px) for px in (60, 48, 42, 36, 30)},
}
"""Kind of stress: level: change."""

HIDING: Final = ("post", "cut edge", "screws", "dirt")
"""Kinds that hide characters: of those together the share that is sure and wrong is a floor of its own. What sticks to a plate is told apart."""
