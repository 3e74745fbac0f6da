"""The scenery of a clip, drawn from wherever the camera is."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from anpr.values import Image
from benchmarks.drives.camera import Fixed, MountedCamera, Points
from benchmarks.drives.conditions import Conditions
from benchmarks.drives.raster import draw
from benchmarks.drives.scenery import GROUND_PX_PER_M, PERIOD_M, RoadKind, make_ground, make_sky, make_things


@dataclass(frozen=True, slots=True)
class Band:
    """A strip of road between two distances before the camera, and how finely its picture is kept."""

    near_m: float
    far_m: float
    half_width_m: float
    across_px_per_m: float
    along_px_per_m: float


BANDS: Final = (Band(90.0, 420.0, 30.0, 20.0, 0.5), Band(34.0, 92.0, 30.0, 40.0, 2.5), Band(15.0, 35.0, 16.0, 60.0, 10.0),
                Band(3.0, 15.5, 9.0, 60.0, 30.0))  # fmt: skip


class World:
    """The scenery of one clip, drawn from wherever the camera is."""

    def __init__(
        self, kind: RoadKind, length_m: float, mounted: MountedCamera, exposure_s: float, rng: np.random.Generator
    ) -> None:
        self._mounted = mounted
        ground = make_ground(kind, rng)
        # Everything of the ground moves along the road alike, so its motion blur is a mean along the road.
        smear = max(int(mounted.speed_mps * exposure_s * GROUND_PX_PER_M), 1)
        ground = np.asarray(cv2.blur(np.concatenate([ground] * 3), (1, smear)), np.uint8)[len(ground) : 2 * len(ground)]
        self._strips = [_strip(ground, band) for band in BANDS]
        self._things = make_things(kind, length_m, rng)
        self._depths = np.array([thing.corners_m[:, 2].mean() for thing in self._things])
        self._far = make_sky(mounted.camera.width_px, mounted.camera.height_px // 2, kind, rng)
        cloud = cv2.resize(rng.normal(0, 14, (5, 9)).astype(np.float32), (320, 180), interpolation=cv2.INTER_CUBIC)
        self._cloud = np.clip(cloud, 0, 60).astype(np.uint8)

    def draw(self, picture: Image, time_s: float, now: Conditions) -> None:
        """Draw sky, road and scenery into the picture."""
        camera_z = float(self._mounted.place(np.array([time_s]))[0, 2])
        horizon = self._horizon(camera_z, time_s)
        self._draw_sky(picture, horizon, now)
        lit = now.body_gain(30.0, 0.6 - 0.5 * now.wet)
        for band, strip in zip(BANDS, self._strips, strict=True):
            self._draw_band(picture, band, strip, camera_z, time_s, now)
        distances = self._depths - camera_z
        near = [index for index in np.argsort(-self._depths) if 4.0 < distances[index] < 170.0]
        if not near:
            return
        corners = np.concatenate([self._things[index].corners_m for index in near])
        pixels, depths = self._mounted.project(Fixed(corners), time_s)
        for place, index in enumerate(near):
            if depths[4 * place : 4 * place + 4].min() > 1.0:
                thing, quad = self._things[index], pixels[4 * place : 4 * place + 4]
                draw(picture, thing.picture, [quad], lit, now.haze(float(distances[index])))

    def _horizon(self, camera_z: float, time_s: float) -> Points:
        far = np.array([[0.0, 0.0, camera_z + 4000.0]])
        return np.asarray(self._mounted.project(Fixed(far), time_s)[0][0])

    def _draw_sky(self, picture: Image, horizon: Points, now: Conditions) -> None:
        height, width = picture.shape[:2]
        row = min(max(int(horizon[1]) + 2, 1), height)
        share = np.linspace(0, 1, row)[:, None]
        gradient = (np.array(now.sky_top) * (1 - share) + np.array(now.sky_bottom) * share)[:, None, :]
        sky = cv2.resize(np.clip(gradient, 0, 255).astype(np.uint8), (width, row), interpolation=cv2.INTER_NEAREST)
        lift = cv2.resize(cv2.convertScaleAbs(self._cloud, alpha=now.ambient), (width, row))
        cv2.add(sky, cv2.merge([lift, lift, lift]), dst=picture[:row])
        picture[row:] = tuple(int(g * c) for g, c in zip(now.body_gain(60.0, 0.6), (62, 104, 84), strict=True))
        left, strip_height, strip_width = horizon[0] - width / 2 - 200, self._far.levels[0].shape[0], width + 400
        corners = np.array(
            [
                [left, row - strip_height],
                [left + strip_width, row - strip_height],
                [left + strip_width, row],
                [left, row],
            ],
            np.float64,
        )
        draw(picture, self._far, [corners], now.body_gain(300.0, 0.5), now.haze(500.0))

    def _draw_band(
        self, picture: Image, band: Band, strip: Image, camera_z: float, time_s: float, now: Conditions
    ) -> None:
        near, far = camera_z + band.near_m, camera_z + band.far_m
        corners = np.array(
            [
                [-band.half_width_m, 0, far],
                [band.half_width_m, 0, far],
                [band.half_width_m, 0, near],
                [-band.half_width_m, 0, near],
            ]
        )
        pixels, _ = self._mounted.project(Fixed(corners), time_s)
        first = (far % PERIOD_M) * band.along_px_per_m
        length = band.along_px_per_m * (band.far_m - band.near_m)
        # Rows of the strip run from far to near; `first` is the row of the far edge.
        offset = PERIOD_M * band.along_px_per_m - first
        source = np.array(
            [
                [-0.5, offset - 0.5],
                [strip.shape[1] - 0.5, offset - 0.5],
                [strip.shape[1] - 0.5, offset + length - 0.5],
                [-0.5, offset + length - 0.5],
            ],
            np.float32,
        )
        top = int(max(np.floor(pixels[:, 1].min()), 0))
        bottom = int(min(np.ceil(pixels[:, 1].max()) + 1, picture.shape[0]))
        if bottom <= top:
            return
        target = (pixels - (0, top)).astype(np.float32)
        matrix = cv2.getPerspectiveTransform(source, target)
        size = (picture.shape[1], bottom - top)
        flat = cv2.warpPerspective(strip, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        inside = np.zeros((bottom - top, picture.shape[1]), np.uint8)
        cv2.fillConvexPoly(inside, np.round(target * 16).astype(np.int32), 255, shift=4)
        distance = (band.near_m + band.far_m) / 2
        gain = now.body_gain(60.0, 0.6)
        darker = 1 - 0.35 * now.wet
        cv2.multiply(flat, np.array([*(g * darker for g in gain), 0.0]), dst=flat)
        share, colour = now.haze(distance)
        if share > 0.02:
            cv2.addWeighted(flat, 1 - share, np.full_like(flat, colour), share, 0, dst=flat)
        cv2.copyTo(flat, inside, picture[top:bottom])


def _strip(ground: Image, band: Band) -> Image:
    """Return the ground of a band's width at its detail, long enough to start anywhere within a period."""
    centre, half = ground.shape[1] // 2, int(band.half_width_m * GROUND_PX_PER_M)
    cut = ground[:, centre - half : centre + half]
    size = (int(2 * band.half_width_m * band.across_px_per_m), max(int(PERIOD_M * band.along_px_per_m), 1))
    one = cv2.resize(cut, size, interpolation=cv2.INTER_AREA)[::-1]
    repeats = int(np.ceil((band.far_m - band.near_m) / PERIOD_M)) + 2
    return np.ascontiguousarray(np.concatenate([one] * repeats))
