"""A vehicle of a scene, and how it appears in one frame: all its points are projected together."""

from dataclasses import dataclass

import numpy as np

from benchmarks.drives.camera import MountedCamera, Points
from benchmarks.drives.number_plate import NumberPlate
from benchmarks.drives.plan import Mover
from benchmarks.drives.truth import VehicleTruth
from benchmarks.drives.vehicles import Body, OnVehicle, Path, plate_corners


@dataclass(frozen=True, slots=True)
class Shot:
    """An actor in one frame: its points in px at the beginning, middle and end of their rows' exposures, and depths."""

    actor: "Actor"
    distance_m: float
    heading_rad: float
    from_camera: Points
    """Places in metres relative to the camera, (n, 3)."""
    first_px: Points
    pixels: Points
    last_px: Points
    depths_m: Points


@dataclass(frozen=True, slots=True)
class Actor:
    """A vehicle in the scene with the plate that the camera can see.

    `points` holds four corners for each panel, then the slices named here.
    """

    mover: Mover
    body: Body
    path: Path
    plate: NumberPlate
    truth: VehicleTruth
    points: OnVehicle
    plate_part: slice
    shadow_part: slice
    hull_part: slice
    lamps_part: slice

    @classmethod
    def of(
        cls, mover: Mover, body: Body, path: Path, plate: NumberPlate, truth: VehicleTruth, place: tuple[float, float]
    ) -> "Actor":
        """Put a plate on a body; `place` is its offset to the side in metres and its tilt in radians."""
        half, end = body.width_m / 2 + 0.25, body.length_m / 2 + 0.35
        parts = [
            plate_corners(body, mover.end, plate.size_m, *place),
            np.array([[-half, 0.0, end], [half, 0.0, end], [half, 0.0, -end], [-half, 0.0, -end]]),
            body.hull(),
            *(lamp.local_m for lamp in body.lamps),
        ]
        panels = np.concatenate([panel.corners_m for panel in body.panels])
        at = len(panels)
        points = OnVehicle(np.concatenate([panels, *parts]), path)
        slices = (slice(at, at + 4), slice(at + 4, at + 8), slice(at + 8, at + 16), slice(at + 16, points.count))
        return cls(mover, body, path, plate, truth, points, *slices)

    def distance(self, mounted: MountedCamera, time_s: float) -> float:
        """Return how far its plate is ahead of the camera along the road, in metres."""
        times = np.array([time_s])
        corner = OnVehicle(self.points.local_m[self.plate_part][:1], self.path).at(times)
        return float(corner[0, 2] - mounted.place(times)[0, 2])

    def shoot(
        self, mounted: MountedCamera, distance_m: float, time_s: float, exposure_s: float, *, still: bool
    ) -> Shot:
        """Return how it appears; `still` when nothing can move within the exposure."""
        pixels, depths = mounted.project(self.points, time_s)
        first = last = pixels
        if not still:
            first, last = (mounted.project(self.points, time_s, side * exposure_s / 2)[0] for side in (-1, 1))
        now = np.full(self.points.count, time_s)
        relative = self.points.at(now) - mounted.place(now)
        return Shot(self, distance_m, float(self.path.at(now[:1])[1][0]), relative, first, pixels, last, depths)
