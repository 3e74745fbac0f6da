"""Where a plate will be: a Kalman filter over time, not over frames, for vehicles at constant speed in the world.

The state is the plate's centre and the logarithm of its width, each with its rate. At constant closing speed the
distance d falls linearly, and width and offset from the vanishing point go as 1/d. With r the rate of the log
width, after dt both have grown by the stretch 1 / (1 - r dt), and the centre has moved by its rate times dt times the
stretch. All noise is stated in plate widths, so that near and far are treated alike. Pixels and seconds.
"""

import math
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from anpr.values import Box

Vector = NDArray[np.float64]

MEASUREMENT_NOISE: Final = np.array([0.06, 0.06, 0.07])
"""Standard deviation of a detection's centre (plate widths) and log width."""

ACCELERATION_NOISE: Final = np.array([8.0, 5.0, 1.5])
"""Standard deviation of unmodelled acceleration, plate widths (or log width) a second squared."""

NEARER: Final = 3.0
"""A prediction never makes a plate grow, or shrink, more than this many times in one step."""

FIRST_RATE: Final = np.array([8.0, 4.0, 2.0])
"""Standard deviation of a new plate's rate: oncoming at 31 m/s, 10 m away and 2 m aside moves 12 widths a second."""


def measure(box: Box) -> Vector:
    """Return centre x, centre y and log width of a box."""
    x0, y0, x1, y1 = box
    return np.array([(x0 + x1) / 2, (y0 + y1) / 2, math.log(max(x1 - x0, 1.0))])


@dataclass(slots=True)
class Kinematics:
    """Filtered motion of one plate; `at_ns` is the time of the state."""

    state: Vector
    at_ns: int
    rate: Vector = field(default_factory=lambda: np.zeros(3))
    _var: Vector = field(default_factory=lambda: np.zeros(3))
    _cov: Vector = field(default_factory=lambda: np.zeros(3))
    _rate_var: Vector = field(default_factory=lambda: np.zeros(3))

    @classmethod
    def start(cls, box: Box, at_ns: int) -> "Kinematics":
        """Begin at a first detection, with unknown rate."""
        state = measure(box)
        scale = _scale(state)
        motion = cls(state, at_ns)
        motion._var = (MEASUREMENT_NOISE * scale) ** 2
        motion._rate_var = (FIRST_RATE * scale) ** 2
        return motion

    def predicted(self, at_ns: int) -> tuple[Vector, Vector]:
        """Return the expected measurement (centre x, y, log width) at a time, and its variances."""
        state, _, (var, _, _) = self._forward(at_ns)
        return state, var + (MEASUREMENT_NOISE * _scale(state)) ** 2

    def box_at(self, at_ns: int, aspect: float = 0.25) -> Box:
        """Return the expected box at a time, with the given ratio of height to width."""
        x, y, log_width = self.predicted(at_ns)[0]
        half = math.exp(min(log_width, 12.0)) / 2
        return (x - half, y - half * aspect, x + half, y + half * aspect)

    def log_odds(self, box: Box, at_ns: int, picture_wh: tuple[int, int]) -> float:
        """Compare "this plate moved there" with "an unrelated plate is there", natural logarithm.

        An unrelated plate stands anywhere in the picture, with a width of 40 to 500 pixels, all equally likely (in log).
        """
        expected, var = self.predicted(at_ns)
        gap = measure(box) - expected
        mine = -0.5 * float(np.sum(gap * gap / var + np.log(2 * math.pi * var)))
        anywhere = -math.log(picture_wh[0] * picture_wh[1]) - math.log(math.log(500 / 40))
        return mine - anywhere

    def update(self, box: Box, at_ns: int) -> None:
        """Take in a detection of this plate (Kalman update, each of the three axes by itself)."""
        state, rate, (var, cov, rate_var) = self._forward(at_ns)
        total = var + (MEASUREMENT_NOISE * _scale(state)) ** 2
        gap = measure(box) - state
        gain, rate_gain = var / total, cov / total
        self.state = state + gain * gap
        self.rate = rate + rate_gain * gap
        self._var = (1 - gain) * var
        self._rate_var = rate_var - rate_gain * cov
        self._cov = (1 - gain) * cov
        self.at_ns = at_ns

    def _forward(self, at_ns: int) -> tuple[Vector, Vector, tuple[Vector, Vector, Vector]]:
        """Return state, rate and their (co)variances at a time."""
        dt = (at_ns - self.at_ns) * 1e-9
        stretch = 1.0 / (1.0 - min(max(float(self.rate[2]) * dt, -NEARER), 1.0 - 1.0 / NEARER))
        far = dt * stretch
        state = self.state + np.array([self.rate[0] * far, self.rate[1] * far, math.log(stretch)])
        rate = self.rate * np.array([stretch * stretch, stretch * stretch, stretch])
        step = np.array([far, far, dt])
        q = (ACCELERATION_NOISE * _scale(state)) ** 2
        var = self._var + 2 * step * self._cov + step * step * self._rate_var + q * dt**4 / 4
        cov = self._cov + step * self._rate_var + q * dt**3 / 2
        return state, rate, (var, cov, self._rate_var + q * dt * dt)


def _scale(state: Vector) -> Vector:
    width = math.exp(min(float(state[2]), 12.0))
    return np.array([width, width, 1.0])
