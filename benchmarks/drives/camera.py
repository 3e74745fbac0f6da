"""The camera: a pinhole on a moving, shaking car, with exposure time and a rolling shutter."""

from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""World or picture points, shape (n, 3) in metres or (n, 2) in pixels."""

NEAR_M: Final = 0.4
"""Nothing closer to the camera than this is projected truly; such points are moved out to it."""


class Motion(Protocol):
    """A set of points that move together or apart."""

    @property
    def count(self) -> int:
        """How many points."""

    def at(self, times_s: NDArray[np.float64]) -> Points:
        """Return point i at time i, shape (count, 3)."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """Points of the world that stand still."""

    points_m: Points

    @property
    def count(self) -> int:
        """How many points."""
        return len(self.points_m)

    def at(self, times_s: NDArray[np.float64]) -> Points:
        """Return the points, whatever the times."""
        del times_s
        return self.points_m


@dataclass(frozen=True, slots=True)
class Camera:
    """What a camera is and how it takes pictures.

    `readout_s` is the time between the exposure of the top and of the bottom row (0: global shutter); a frame's
    time is the middle of the exposure of its middle row.
    """

    width_px: int = 1280
    height_px: int = 720
    focal_px: float = 2300.0
    fps: float = 30.0
    exposure_s: float = 0.001
    readout_s: float = 0.016
    mount_height_m: float = 1.25
    mount_pitch_rad: float = -0.012
    mount_yaw_rad: float = 0.03
    focus_sigma_px: float = 0.45
    """Blur of lens and focus."""


@dataclass(frozen=True, slots=True)
class Shake:
    """How the car rocks (1-2 Hz, springs) and trembles (9-17 Hz, engine and road): sums of sines."""

    amplitudes_rad: NDArray[np.float64]
    """Shape (3, k): pitch, yaw and roll of each of k components."""
    frequencies_hz: NDArray[np.float64]
    phases_rad: NDArray[np.float64]

    @classmethod
    def of_a_road(cls, rng: np.random.Generator, roughness: float = 1.0) -> "Shake":
        """Return the shake of a drive; `roughness` 1 is an ordinary road at 30-60 mph."""
        slow = np.array([[0.0022], [0.0012], [0.0020]]) * rng.uniform(0.5, 1.2, (3, 2))
        fast = np.array([[0.00022], [0.00010], [0.00012]]) * rng.uniform(0.5, 1.2, (3, 3))
        frequencies = np.concatenate([rng.uniform(0.7, 1.9, (3, 2)), rng.uniform(9, 17, (3, 3))], axis=1)
        return cls(np.concatenate([slow, fast], axis=1) * roughness, frequencies, rng.uniform(0, 2 * np.pi, (3, 5)))

    def angles(self, times_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return pitch, yaw and roll at each time, shape (n, 3)."""
        turns = 2 * np.pi * self.frequencies_hz[None] * times_s[:, None, None] + self.phases_rad[None]
        return np.asarray((self.amplitudes_rad[None] * np.sin(turns)).sum(axis=2))


@dataclass(frozen=True, slots=True)
class MountedCamera:
    """A camera on a car that drives along the road at a constant speed."""

    camera: Camera
    shake: Shake
    speed_mps: float
    sway_m: float = 0.12
    """Half the width of the slow sway within the lane."""
    centre_px: tuple[float, float] = field(init=False)

    def __post_init__(self) -> None:
        """Put the principal point into the middle of the picture."""
        object.__setattr__(self, "centre_px", ((self.camera.width_px - 1) / 2, (self.camera.height_px - 1) / 2))

    def place(self, times_s: NDArray[np.float64]) -> Points:
        """Return the camera's position at each time, shape (n, 3)."""
        sway = self.sway_m * np.sin(2 * np.pi * 0.11 * times_s)
        return np.stack([sway, np.full_like(times_s, self.camera.mount_height_m), self.speed_mps * times_s], axis=1)

    def see(self, points_m: Points, times_s: NDArray[np.float64]) -> tuple[Points, NDArray[np.float64]]:
        """Return where each point appears at its own instant, (n, 2) px, and its depth in metres, (n,)."""
        pitch, yaw, roll = self.shake.angles(times_s).T
        offset = points_m - self.place(times_s)
        yaw, pitch = yaw + self.camera.mount_yaw_rad, pitch + self.camera.mount_pitch_rad
        x = offset[:, 0] * np.cos(yaw) - offset[:, 2] * np.sin(yaw)
        depth = offset[:, 0] * np.sin(yaw) + offset[:, 2] * np.cos(yaw)
        y = offset[:, 1] * np.cos(pitch) - depth * np.sin(pitch)
        depth = offset[:, 1] * np.sin(pitch) + depth * np.cos(pitch)
        x, y = x * np.cos(roll) - y * np.sin(roll), x * np.sin(roll) + y * np.cos(roll)
        away = np.maximum(depth, NEAR_M)
        focal, (centre_x, centre_y) = self.camera.focal_px, self.centre_px
        return np.stack([centre_x + focal * x / away, centre_y - focal * y / away], axis=1), depth

    def row_times(self, rows_px: NDArray[np.float64], time_s: float) -> NDArray[np.float64]:
        """Return the middle of the exposure of each row of the frame at `time_s`."""
        within = np.clip(rows_px / self.camera.height_px, 0.0, 1.0) - 0.5
        return np.asarray(time_s + within * self.camera.readout_s)

    def project(self, motion: Motion, time_s: float, shift_s: float = 0.0) -> tuple[Points, NDArray[np.float64]]:
        """Return where the points of a moving shape appear in the frame at `time_s`: (n, 2) px, and depths, (n,).

        Each point is taken at the instant when the row on which it falls is exposed (rolling shutter), found by
        iteration. `shift_s` moves all instants within the exposure, from -exposure/2 to +exposure/2.
        """
        times = np.full(motion.count, time_s)
        pixels, depth = self.see(motion.at(times + shift_s), times + shift_s)
        if self.camera.readout_s > 0:
            # One round is enough: what is left is the square of the way in one read-out, below 0.05 px.
            times = self.row_times(pixels[:, 1], time_s)
            pixels, depth = self.see(motion.at(times + shift_s), times + shift_s)
        return pixels, depth
