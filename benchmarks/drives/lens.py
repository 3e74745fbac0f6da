"""What lamps, weather, lens and sensor add to a picture."""

from typing import Final

import cv2
import numpy as np

from anpr.values import Image
from benchmarks.drives.camera import Camera, Points
from benchmarks.drives.conditions import Conditions

_NOISE_SIGMA: Final = 16.0


class Lens:
    """The effects of one clip; everything random is drawn once, then only moved about."""

    def __init__(self, camera: Camera, rng: np.random.Generator) -> None:
        self._camera = camera
        height, width = camera.height_px, camera.width_px
        self._seed = int(rng.integers(2**31))
        grain = rng.normal(0, _NOISE_SIGMA, (height + 64, width + 64, 1)) * 0.8
        grain = grain + rng.normal(0, _NOISE_SIGMA, (height + 64, width + 64, 3)) * 0.6
        self._noise = np.clip(grain + 128, 0, 255).astype(np.uint8)
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        beam = np.exp(-(((x - width * 0.46) / (width * 0.42)) ** 2)) * np.clip(
            (y - height * 0.44) / (height * 0.12), 0, 1
        )
        self._beam = (beam * 255).astype(np.uint8)
        sun = (width * rng.uniform(0.2, 0.8), height * rng.uniform(0.12, 0.3))
        far = np.sqrt((x - sun[0]) ** 2 + (y - sun[1]) ** 2) / width
        veil = 150 * np.exp(-((far / 0.10) ** 2)) + 120 * np.exp(-far / 0.22) + 22
        self._veil = (np.clip(veil, 0, 255)[:, :, None] * np.array([0.72, 0.92, 1.0])).astype(np.uint8)
        self._streaks = _rain(height + 200, width + 200, rng)
        self._drops = [
            (int(rng.uniform(20, width - 60)), int(rng.uniform(20, height - 60)), int(rng.uniform(5, 15)))
            for _ in range(26)
        ]
        ramp = np.linspace(-1, 1, 65)
        self._blob = np.exp(-5.0 * (ramp[:, None] ** 2 + ramp[None, :] ** 2)).astype(np.float32)
        self._core = (ramp[:, None] ** 2 + ramp[None, :] ** 2 < 0.05).astype(np.float32)

    def light_road(self, picture: Image, now: Conditions) -> None:
        """Add the camera car's own beam on the road ahead."""
        if now.headlights > 0.02:
            lit = cv2.multiply(picture, cv2.merge([self._beam] * 3), scale=now.headlights * 7.0 / 255)
            cv2.add(picture, lit, dst=picture)

    def smear(self, picture: Image, shake_px: Points) -> Image:
        """Return the picture blurred along the way that the camera turned during the exposure."""
        length = float(np.linalg.norm(shake_px))
        if length < 0.7:
            return picture
        size = 2 * int(np.ceil(length / 2)) + 1
        kernel = np.zeros((size, size), np.float32)
        middle = np.array([size // 2, size // 2])
        ends = [np.round((middle + side * np.asarray(shake_px) / 2) * 16).astype(int) for side in (-1, 1)]
        cv2.line(kernel, (int(ends[0][0]), int(ends[0][1])), (int(ends[1][0]), int(ends[1][1])), 1.0, 1, cv2.LINE_8, 4)
        return np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()), np.uint8)

    def glow(
        self, picture: Image, centre_px: Points, px_per_m: float, bright: float, colour: tuple[int, int, int]
    ) -> None:
        """Add a lamp: a bright core of 8 cm and the light that the lens scatters around it."""
        for shape, radius, strength in (
            (self._blob, (0.25 + 0.5 * bright) * px_per_m + 6 * bright, bright),
            (self._core, 0.32 * px_per_m, 1.5),
        ):
            size = max(int(2 * radius), 3)
            x0, y0 = round(float(centre_px[0])) - size // 2, round(float(centre_px[1])) - size // 2
            left, top = max(x0, 0), max(y0, 0)
            right, bottom = min(x0 + size, picture.shape[1]), min(y0 + size, picture.shape[0])
            if right <= left or bottom <= top or size > 900:
                continue
            spot = cv2.resize(shape, (size, size), interpolation=cv2.INTER_AREA if size < 65 else cv2.INTER_LINEAR)
            spot = (
                spot[top - y0 : bottom - y0, left - x0 : right - x0, None]
                * np.array(colour, np.float32)
                * strength
                * min(1.0, bright * 1.6)
            )
            part = picture[top:bottom, left:right]
            part[:] = cv2.add(part, np.clip(spot, 0, 255).astype(np.uint8))

    def finish(self, picture: Image, now: Conditions, index: int) -> Image:
        """Return the picture as the camera gives it: weather, glare, focus, colour, noise."""
        rng = np.random.default_rng([self._seed, index])
        height, width = picture.shape[:2]
        if now.rain > 0.02:
            dy, dx = int(rng.integers(200)), int(rng.integers(200))
            cv2.scaleAdd(
                self._streaks[dy : dy + height, dx : dx + width],
                now.rain * (0.3 + 0.7 * now.ambient),
                picture,
                dst=picture,
            )
            self._wet_glass(picture)
        if now.glare > 0.02:
            picture = np.asarray(cv2.addWeighted(picture, 1.0 - 0.25 * now.glare, self._veil, now.glare, 0), np.uint8)
        if self._camera.focus_sigma_px > 0.05:
            picture = np.asarray(cv2.GaussianBlur(picture, (3, 3), self._camera.focus_sigma_px), np.uint8)
        if now.grey > 0.5:
            picture = np.asarray(cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR), np.uint8)
        dy, dx = int(rng.integers(64)), int(rng.integers(64))
        grain = self._noise[dy : dy + height, dx : dx + width]
        if now.grey > 0.5:
            grain = np.asarray(cv2.merge([grain[:, :, 1]] * 3), np.uint8)
        share = now.noise_sigma / _NOISE_SIGMA
        return np.asarray(cv2.addWeighted(picture, 1.0, grain, share, -128.0 * share), np.uint8)

    def _wet_glass(self, picture: Image) -> None:
        """Bend the picture through the drops on the windscreen: upside down and blurred."""
        for x, y, radius in self._drops:
            part = picture[y : y + 2 * radius, x : x + 2 * radius]
            bent = cv2.blur(cv2.flip(part, 0), (5, 5))
            mask = np.zeros(part.shape[:2], np.uint8)
            cv2.circle(mask, (radius, radius), radius - 1, 255, -1)
            cv2.copyTo(cv2.convertScaleAbs(bent, alpha=0.94, beta=8), mask, part)


def _rain(height: int, width: int, rng: np.random.Generator) -> Image:
    """Return falling drops as bright streaks, near ones longer."""
    streaks = np.zeros((height, width, 3), np.uint8)
    for _ in range(900):
        x, y, near = rng.uniform(0, width), rng.uniform(0, height), rng.random() ** 2
        length, bright = 6 + 26 * near, int(26 + 40 * rng.random())
        end = (int(x + length * 0.12), int(y + length))
        cv2.line(streaks, (int(x), int(y)), end, (bright, bright, bright), 1, cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(streaks, (0, 0), 0.7), np.uint8)
