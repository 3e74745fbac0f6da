"""Where a plate will be: a Kalman filter over time, not over frames, for vehicles at constant speed in the world.

The state is the plate's centre and the logarithm of its width, each with its rate. At constant closing speed the
distance d falls linearly, and width and offset from the vanishing point go as 1/d. With r the rate of the log
width, after dt both have grown by the stretch 1 / (1 - r dt), and the centre has moved by its rate times dt times the
stretch. Noise is stated in plate widths, so that near and far are treated alike; that of a detection has a part in px
as well, which rules where plates are few pixels wide. Pixels and seconds.

Plain floats, an axis at a time: every plate of every frame is held against every track, and arrays of three numbers
cost ten times as much as the numbers.
"""

import math
from dataclasses import dataclass
from typing import Final

from anpr.values import Box

Three = tuple[float, float, float]
"""Centre x, centre y and log width."""

MEASUREMENT_NOISE: Final = (0.06, 0.06, 0.07)
"""Standard deviation of a detection's centre (plate widths) and log width."""

PIXEL_NOISE: Final = (2.5, 0.8, 2.0)
"""The same in px, added in squares: measured on the made drive that ships (by its truth), where the centres of plates 25 px
wide lie 2.7 and 0.8 px beside the truth and their widths are 9 % wrong."""

ACCELERATION_NOISE: Final = (8.0, 5.0, 1.5)
"""Standard deviation of unmodelled acceleration, plate widths (or log width) a second squared."""

NEARER: Final = 3.0
"""A prediction never makes a plate grow, or shrink, more than this many times in one step."""

FIRST_RATE: Final = (8.0, 4.0, 2.0)
"""Standard deviation of a new plate's rate: oncoming at 31 m/s, 10 m away and 2 m aside moves 12 widths a second."""

SURPRISE: Final = 5.0
"""Standard deviations between expectation and detection beyond which the motion begins anew."""

WIDEST_LOG: Final = 12.0
"""Logarithm of a width in px beyond which no plate is followed."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One number of the state: its value and rate, with their variances and covariance."""

    value: float
    rate: float
    var: float
    cov: float
    rate_var: float


Axes = tuple[Axis, Axis, Axis]


def measure(box: Box) -> Three:
    """Return centre x, centre y and log width of a box."""
    x0, y0, x1, y1 = box
    return ((x0 + x1) / 2, (y0 + y1) / 2, math.log(max(x1 - x0, 1.0)))


@dataclass(slots=True)
class Kinematics:
    """Filtered motion of one plate; `at_ns` is the time of the state."""

    axes: Axes
    at_ns: int

    @classmethod
    def start(cls, box: Box, at_ns: int) -> "Kinematics":
        """Begin at a first detection, with unknown rate."""
        x, y, log_width = measure(box)
        begun = [
            Axis(value, 0.0, noise, 0.0, (rate * scale) ** 2)
            for value, noise, rate, scale in zip(
                (x, y, log_width), _noise(log_width), FIRST_RATE, _scales(log_width), strict=True
            )
        ]
        return cls((begun[0], begun[1], begun[2]), at_ns)

    @property
    def state(self) -> Three:
        """The plate's centre x, centre y and log width."""
        x, y, width = self.axes
        return (x.value, y.value, width.value)

    def predicted(self, at_ns: int) -> tuple[Three, Three]:
        """Return the expected measurement (centre x, y, log width) at a time, and its variances."""
        x, y, width = self._forward(at_ns)
        noise = _noise(width.value)
        return (x.value, y.value, width.value), (x.var + noise[0], y.var + noise[1], width.var + noise[2])

    def box_at(self, at_ns: int, aspect: float = 0.25) -> Box:
        """Return the expected box at a time, with the given ratio of height to width."""
        x, y, log_width = self.predicted(at_ns)[0]
        half = math.exp(min(log_width, WIDEST_LOG)) / 2
        return (x - half, y - half * aspect, x + half, y + half * aspect)

    def log_odds(self, box: Box, at_ns: int, picture_wh: tuple[int, int]) -> float:
        """Compare "this plate moved there" with "an unrelated plate is there", natural logarithm.

        An unrelated plate stands anywhere in the picture, with a width of 40 to 500 pixels, all equally likely (in log).
        """
        expected, variances = self.predicted(at_ns)
        mine = 0.0
        for found, wanted, var in zip(measure(box), expected, variances, strict=True):
            mine -= 0.5 * ((found - wanted) ** 2 / var + math.log(2 * math.pi * var))
        anywhere = -math.log(picture_wh[0] * picture_wh[1]) - math.log(math.log(500 / 40))
        return mine - anywhere

    def update(self, box: Box, at_ns: int) -> None:
        """Take in a detection of this plate (Kalman update, each of the three axes by itself).

        A plate that is far from where it could be (its characters told that it is this one) did not move as expected: all
        that is known of its motion is forgotten.
        """
        forward = self._forward(at_ns)
        taken = []
        for axis, found, noise in zip(forward, measure(box), _noise(forward[2].value), strict=True):
            total = axis.var + noise
            gap = found - axis.value
            if gap * gap > SURPRISE * SURPRISE * total:
                self.axes, self.at_ns = Kinematics.start(box, at_ns).axes, at_ns
                return
            gain, rate_gain = axis.var / total, axis.cov / total
            taken.append(
                Axis(
                    axis.value + gain * gap,
                    axis.rate + rate_gain * gap,
                    (1 - gain) * axis.var,
                    (1 - gain) * axis.cov,
                    axis.rate_var - rate_gain * axis.cov,
                )
            )
        self.axes = (taken[0], taken[1], taken[2])
        self.at_ns = at_ns

    def _forward(self, at_ns: int) -> Axes:
        """Return the state at a time."""
        dt = (at_ns - self.at_ns) * 1e-9
        width = self.axes[2]
        stretch = 1.0 / (1.0 - min(max(width.rate * dt, 1.0 - NEARER), 1.0 - 1.0 / NEARER))
        log_width = width.value + math.log(stretch)
        scale = math.exp(min(log_width, WIDEST_LOG))
        step, grown = dt * stretch, stretch * stretch
        return (
            _moved(
                self.axes[0],
                self.axes[0].value + self.axes[0].rate * step,
                grown,
                step,
                dt,
                ACCELERATION_NOISE[0] * scale,
            ),
            _moved(
                self.axes[1],
                self.axes[1].value + self.axes[1].rate * step,
                grown,
                step,
                dt,
                ACCELERATION_NOISE[1] * scale,
            ),
            _moved(width, log_width, grown, step, dt, ACCELERATION_NOISE[2], width.rate * stretch),
        )


def _moved(
    axis: Axis, value: float, grown: float, step: float, dt: float, noise: float, rate: float | None = None
) -> Axis:
    """Return an axis with a new value after dt, and what its uncertainty has grown to.

    `step` and `grown` are the derivatives of value and rate by the rate before; the rate grows by `grown` as well unless
    a new one is given.
    """
    q = noise * noise
    return Axis(
        value,
        axis.rate * grown if rate is None else rate,
        axis.var + 2 * step * axis.cov + step * step * axis.rate_var + q * dt**4 / 4,
        grown * (axis.cov + step * axis.rate_var) + q * dt**3 / 2,
        grown * grown * axis.rate_var + q * dt * dt,
    )


def _scales(log_width: float) -> Three:
    """Return what one plate width is on each axis: noise is stated in them."""
    width = math.exp(min(log_width, WIDEST_LOG))
    return (width, width, 1.0)


def _noise(log_width: float) -> Three:
    """Return the variances of a detection's centre (px squared) and log width."""
    width = math.exp(min(log_width, WIDEST_LOG))
    share, px = MEASUREMENT_NOISE, PIXEL_NOISE
    return (
        (share[0] * width) ** 2 + px[0] ** 2,
        (share[1] * width) ** 2 + px[1] ** 2,
        share[2] ** 2 + (px[2] / width) ** 2,
    )
