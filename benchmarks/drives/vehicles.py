"""Other vehicles: their bodies as textured panels, where their plates and lamps sit, and how they move."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from benchmarks.drives import bodywork
from benchmarks.drives.camera import Points
from benchmarks.drives.raster import Pyramid

End = Literal["front", "rear"]


@dataclass(frozen=True, slots=True)
class Path:
    """A straight or evenly curved way over the ground; the heading's direction is the vehicle's own forward."""

    x_m: float
    z_m: float
    heading_rad: float
    speed_mps: float
    turn_rad_per_s: float = 0.0
    sway_m: float = 0.0
    start_s: float = 0.0

    def at(self, times_s: NDArray[np.float64]) -> tuple[Points, NDArray[np.float64]]:
        """Return the position on the ground, (n, 2) as x and z, and the heading, (n,), at each time."""
        t = times_s - self.start_s
        heading = self.heading_rad + self.turn_rad_per_s * t
        if abs(self.turn_rad_per_s) < 1e-6:
            along = self.speed_mps * t
            x = self.x_m + along * np.sin(self.heading_rad)
            z = self.z_m + along * np.cos(self.heading_rad)
        else:
            radius = self.speed_mps / self.turn_rad_per_s
            x = self.x_m - radius * (np.cos(heading) - np.cos(self.heading_rad))
            z = self.z_m + radius * (np.sin(heading) - np.sin(self.heading_rad))
        return np.stack([x + self.sway_m * np.sin(2 * np.pi * 0.13 * t + self.z_m), z], axis=1), heading


@dataclass(frozen=True, slots=True)
class OnVehicle:
    """Points fixed to a moving vehicle: x to its right, y up, z forward, from the ground under its middle."""

    local_m: Points
    path: Path

    @property
    def count(self) -> int:
        """How many points."""
        return len(self.local_m)

    def at(self, times_s: NDArray[np.float64]) -> Points:
        """Return point i at time i in the world."""
        place, heading = self.path.at(times_s)
        right, up, ahead = self.local_m.T
        x = place[:, 0] + right * np.cos(heading) + ahead * np.sin(heading)
        z = place[:, 1] - right * np.sin(heading) + ahead * np.cos(heading)
        return np.stack([x, up, z], axis=1)


@dataclass(frozen=True, slots=True)
class Panel:
    """One flat part of a body: its corners seen from outside (top left, top right, …), and its picture."""

    corners_m: Points
    picture: Pyramid
    end: End | None = None
    """Set on the panel that carries the plate of that end."""

    @property
    def normal(self) -> Points:
        """The direction out of the body."""
        across, down = self.corners_m[1] - self.corners_m[0], self.corners_m[3] - self.corners_m[0]
        normal = np.cross(across, -down)
        return np.asarray(-normal / max(float(np.linalg.norm(normal)), 1e-9))


@dataclass(frozen=True, slots=True)
class Lamp:
    """A lamp: where, which way it shines and its colour (BGR)."""

    local_m: Points
    end: End
    colour: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Body:
    """A vehicle at rest: panels, lamps, places for plates, and its outer measures."""

    kind: str
    paint: str
    length_m: float
    width_m: float
    height_m: float
    panels: tuple[Panel, ...]
    lamps: tuple[Lamp, ...]
    plate_heights_m: dict[End, float]

    def hull(self) -> Points:
        """Return the eight corners of the box around the body."""
        half, end = self.width_m / 2, self.length_m / 2
        return np.array([[x, y, z] for x in (-half, half) for y in (0.15, self.height_m) for z in (-end, end)])


MEASURES: Final = {
    "hatch": (4.1, 1.78, 1.48), "saloon": (4.6, 1.82, 1.43), "suv": (4.5, 1.88, 1.70), "van": (5.2, 2.0, 2.2),
    "lorry": (8.2, 2.45, 3.5),
}  # fmt: skip
"""Length, width and height in metres of common kinds of vehicle."""


def quad(
    left: float, right: float, top: tuple[float, float], bottom: tuple[float, float], taper: float = 0.0
) -> Points:
    """Return a panel across the vehicle: `top` and `bottom` are (y, z), `left` and `right` as seen from outside."""
    (top_y, top_z), (bottom_y, bottom_z) = top, bottom
    inner = 1.0 - taper
    return np.array(
        [
            [left * inner, top_y, top_z],
            [right * inner, top_y, top_z],
            [right, bottom_y, bottom_z],
            [left, bottom_y, bottom_z],
        ]
    )


def make_body(kind: str, paint: str, rng: np.random.Generator) -> Body:
    """Return a vehicle of one of the kinds of `MEASURES` in one of the colours of `bodywork.PAINTS`."""
    length, width, height = (m * rng.uniform(0.96, 1.04) for m in MEASURES[kind])
    build = _box_panels if kind in {"van", "lorry"} else _car_panels
    panels = tuple(build(kind, length, width, height, bodywork.PAINTS[paint], rng))
    tail, head = (0.5, 0.66) if kind in {"van", "lorry"} else (0.78, 0.66)
    lamps = [
        Lamp(np.array([[side * width * 0.42, tail, -length / 2 - 0.02]]), "rear", (40, 30, 255)) for side in (-1, 1)
    ]
    lamps += [
        Lamp(np.array([[side * width * 0.38, head, length / 2 + 0.02]]), "front", (225, 245, 255)) for side in (-1, 1)
    ]
    rear_height = {"hatch": 0.74, "saloon": 0.72, "suv": 0.86, "van": 0.62, "lorry": 0.62}[kind]
    heights: dict[End, float] = {"front": rng.uniform(0.38, 0.5), "rear": rear_height + rng.uniform(-0.06, 0.06)}
    if kind == "saloon" and rng.random() < 0.4:
        heights["rear"] = 0.46
    return Body(kind, paint, length, width, height, panels, tuple(lamps), heights)


def _car_panels(
    kind: str, length: float, width: float, height: float, paint: bodywork.Colour, rng: np.random.Generator
) -> Iterator[Panel]:
    half, tail, nose = width / 2, -length / 2, length / 2
    belt, bonnet = height * 0.66, height * 0.54
    hatch = kind != "saloon"
    boot = tail + (0.12 if hatch else 0.62)
    screen, roof_front, roof_rear = nose - 1.05, nose - 1.75, tail + (0.35 if hatch else 1.3)
    lean, roof = 0.14, height
    yield Panel(
        quad(-half, half, (belt, tail), (0.0, tail)),
        Pyramid.of(bodywork.rear(width, belt, paint, not hatch, rng)),
        "rear",
    )
    if not hatch:
        yield Panel(quad(-half, half, (belt + 0.04, boot), (belt, tail)), Pyramid.of(bodywork.blank(width, 0.6, paint)))
    yield Panel(
        quad(-half, half, (roof, roof_rear), (belt, boot if not hatch else tail), lean),
        Pyramid.of(bodywork.glass(width, roof - belt, paint, True)),
    )
    yield Panel(
        quad(-half * (1 - lean), half * (1 - lean), (roof, roof_front), (roof, roof_rear)),
        Pyramid.of(bodywork.blank(width, 1.2, paint)),
    )
    yield Panel(
        quad(half, -half, (roof, roof_front), (belt, screen), lean),
        Pyramid.of(bodywork.glass(width, roof - belt, paint, False)),
    )
    yield Panel(quad(half, -half, (belt, screen), (bonnet, nose)), Pyramid.of(bodywork.blank(width, 1.0, paint)))
    yield Panel(
        quad(half, -half, (bonnet, nose), (0.0, nose)), Pyramid.of(bodywork.front(width, bonnet, paint, rng)), "front"
    )
    lower, upper = bodywork.lower_side(length, belt, paint), bodywork.upper_side(length, roof - belt, paint, hatch)
    for side, first, last in ((1, tail, nose), (-1, nose, tail)):
        x = side * half
        low = np.array([[x, belt, first], [x, belt, last], [x, 0.0, last], [x, 0.0, first]])
        high = np.array(
            [[x * (1 - lean), roof, first], [x * (1 - lean), roof, last], [x, belt, last], [x, belt, first]]
        )
        flip = np.s_[:, ::side]
        yield Panel(low, Pyramid.of(np.ascontiguousarray(lower[flip])))
        yield Panel(high, Pyramid.of(np.ascontiguousarray(upper[flip])))


def _box_panels(
    kind: str, length: float, width: float, height: float, paint: bodywork.Colour, rng: np.random.Generator
) -> Iterator[Panel]:
    half, tail, nose = width / 2, -length / 2, length / 2
    bonnet, screen = (1.15, nose - 0.5) if kind == "van" else (1.5, nose - 0.1)
    roof = nose - (1.1 if kind == "van" else 0.3)
    yield Panel(
        quad(-half, half, (height, tail), (0.0, tail)),
        Pyramid.of(bodywork.box_rear(width, height, paint, kind == "lorry")),
        "rear",
    )
    yield Panel(quad(-half, half, (height, roof), (height, tail)), Pyramid.of(bodywork.blank(width, 2.0, paint)))
    yield Panel(
        quad(half, -half, (height, roof), (bonnet, screen), 0.05),
        Pyramid.of(bodywork.glass(width, height - bonnet, paint, False)),
    )
    yield Panel(
        quad(half, -half, (bonnet, screen), (bonnet - 0.1, nose)), Pyramid.of(bodywork.blank(width, 0.5, paint))
    )
    yield Panel(
        quad(half, -half, (bonnet - 0.1, nose), (0.0, nose)),
        Pyramid.of(bodywork.front(width, bonnet - 0.1, paint, rng)),
        "front",
    )
    picture = bodywork.box_side(length, height, paint)
    for side, first, last in ((1, tail, nose), (-1, nose, tail)):
        x = side * half
        corners = np.array([[x, height, first], [x, height, last], [x, 0.0, last], [x, 0.0, first]])
        yield Panel(corners, Pyramid.of(np.ascontiguousarray(picture[:, ::side])))


def plate_corners(body: Body, end: End, size_m: tuple[float, float], offset_m: float, tilt_rad: float) -> Points:
    """Return the corners of a plate on that end, 15 mm in front of the body, seen from outside: (4, 3).

    `offset_m` moves it sideways, `tilt_rad` leans its top back.
    """
    width, height = size_m
    sign = -1.0 if end == "front" else 1.0
    z = (body.length_m / 2 + 0.015) * (1.0 if end == "front" else -1.0)
    across = np.array([-width / 2, width / 2, width / 2, -width / 2]) * sign + offset_m
    up = np.array([height / 2, height / 2, -height / 2, -height / 2])
    lean = up * np.sin(tilt_rad) * sign
    return np.stack([across, body.plate_heights_m[end] + up * np.cos(tilt_rad), z + lean], axis=1)
