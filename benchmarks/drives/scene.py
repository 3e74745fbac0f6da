"""Drawing a drive frame by frame: scenery, vehicles with their plates and lamps, weather, and what the camera adds."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import cv2
import numpy as np

from anpr.values import Image
from benchmarks.drives.actors import Actor, Shot
from benchmarks.drives.camera import Fixed, MountedCamera, Points, Shake
from benchmarks.drives.conditions import Conditions, conditions
from benchmarks.drives.lens import Lens
from benchmarks.drives.number_plate import make_plate
from benchmarks.drives.plan import Drive, Mover
from benchmarks.drives.plate_in_frame import is_facing, plate_in_frame
from benchmarks.drives.raster import Pyramid, draw, quad_size
from benchmarks.drives.truth import MPH, VehicleTruth
from benchmarks.drives.vehicles import make_body
from benchmarks.drives.world import World

MOST_INSTANTS: Final = 12
"""How many instants of the exposure are drawn at most for a plate; bodies get at most 4."""
_FAR_M, _NEAR_M = 150.0, 2.0
_STILL_M: Final = 50.0
_SHORT_S: Final = 0.002
"""Beyond that distance nothing moves by a pixel within that time."""


class Scene:
    """A drive made ready: every texture is drawn once, then `frames` gives the pictures and fills the truth."""

    def __init__(self, drive: Drive, backgrounds: Sequence[Image] = ()) -> None:
        self.drive = drive
        self._rng = np.random.default_rng(drive.seed)
        now = conditions(drive.light, drive.weather)
        self._later = conditions(drive.later_light, drive.weather) if drive.later_light else now
        self._now = now
        own_mps = drive.own_mph * MPH
        self.mounted = MountedCamera(
            drive.camera, Shake.of_a_road(self._rng, min(0.4 + drive.own_mph / 45, 1.6)), own_mps
        )
        exposure = self._exposure(0.0)
        self._world = World(drive.road, own_mps * drive.seconds + 260.0, self.mounted, exposure, self._rng)
        self._backgrounds = backgrounds
        self.actors = [self._actor(number, mover, own_mps) for number, mover in enumerate(drive.movers)]
        self._lens = Lens(drive.camera, self._rng)
        self._shadow = _shadow()

    def _exposure(self, time_s: float) -> float:
        if self.drive.exposure_s is not None:
            return self.drive.exposure_s
        return self.conditions_at(time_s).exposure_s

    def conditions_at(self, time_s: float) -> Conditions:
        """Return light and weather at a time of the clip."""
        return (
            self._now.toward(self._later, min(max(time_s / self.drive.seconds, 0.0), 1.0))
            if self.drive.later_light
            else self._now
        )

    def _actor(self, number: int, mover: Mover, own_mps: float) -> Actor:
        body = make_body(mover.body, mover.paint, self._rng)
        plate = make_plate(
            mover.words, mover.kind, rear=mover.end == "rear", band=mover.band, two_lines=mover.two_lines
        )
        path = mover.path(own_mps)
        tilt, offset = self._rng.normal(0.0, 0.05), self._rng.normal(0.0, 0.02)
        truth = VehicleTruth(
            number, plate.vrm, mover.kind, mover.body, mover.paint, mover.lane, mover.end, round(mover.closing_mph, 1)
        )
        return Actor.of(mover, body, path, plate, truth, (float(offset), float(tilt)))

    @property
    def count(self) -> int:
        """How many frames the clip has."""
        return round(self.drive.seconds * self.drive.camera.fps)

    def frames(self) -> Iterator[Image]:
        """Yield every frame and add each to the truth of its vehicles."""
        for index in range(self.count):
            yield self.frame(index)

    def frame(self, index: int) -> Image:
        """Draw one frame and add it to the truth."""
        time_s = index / self.drive.camera.fps
        now, exposure = self.conditions_at(time_s), self._exposure(time_s)
        size = (self.drive.camera.height_px, self.drive.camera.width_px)
        if self._backgrounds:
            picture = self._backgrounds[index % len(self._backgrounds)].copy()
        else:
            picture = np.zeros((*size, 3), np.uint8)
            self._world.draw(picture, time_s, now)
            self._lens.light_road(picture, now)
            picture = self._lens.smear(picture, self._shake_px(time_s, exposure))
        shots = self._shots(time_s, exposure)
        for shot in shots:
            self._draw_shot(picture, shot, now)
        self._note_truth(shots, index)
        return self._lens.finish(picture, now, index)

    def _shots(self, time_s: float, exposure: float) -> list[Shot]:
        """Return the vehicles before the camera, the farthest first."""
        distances = [(actor.distance(self.mounted, time_s), actor) for actor in self.actors]
        near = sorted(((d, a) for d, a in distances if _NEAR_M < d < _FAR_M), key=lambda pair: -pair[0])
        return [
            actor.shoot(self.mounted, d, time_s, exposure, still=d > _STILL_M and exposure < _SHORT_S)
            for d, actor in near
        ]

    def _note_truth(self, shots: list[Shot], index: int) -> None:
        """Add the plates that are large enough to the truth of their vehicles."""
        for shot in shots:
            before = [o.pixels[o.actor.hull_part] for o in shots if o.distance_m < shot.distance_m - 0.5]
            row = plate_in_frame(self.drive.camera, shot, index, before)
            if row is not None:
                shot.actor.truth.frames.append(row)

    def _shake_px(self, time_s: float, exposure: float) -> Points:
        far = Fixed(self.mounted.place(np.array([time_s])) + np.array([[0.0, 0.0, 3000.0]]))
        before, _ = self.mounted.project(far, time_s, -exposure / 2)
        after, _ = self.mounted.project(far, time_s, exposure / 2)
        return np.asarray((after - before)[0])

    def _draw_shot(self, picture: Image, shot: Shot, now: Conditions) -> None:
        actor, haze = shot.actor, now.haze(shot.distance_m)
        self._draw_shadow(picture, shot, now)
        panels = actor.body.panels
        corners = shot.from_camera[: 4 * len(panels)].reshape(-1, 4, 3)
        facing = set()
        for index in np.argsort(-np.linalg.norm(corners.mean(axis=1), axis=1)):
            part, panel = slice(4 * index, 4 * index + 4), panels[index]
            if shot.depths_m[part].min() <= 0.8 or not is_facing(shot.pixels[part]):
                continue
            normal = panel.normal
            turned = normal[0] * np.cos(shot.heading_rad) + normal[2] * np.sin(shot.heading_rad)
            sun = float(np.clip(0.55 * normal[1] + 0.45 * turned + 0.3, 0, 1))
            gain = now.body_gain(shot.distance_m, sun, 1.0 if panel.end else 0.3)
            draw(picture, panel.picture, instants(shot.first_px[part], shot.last_px[part], 4), gain, haze)
            facing.add(panel.end)
            if panel.end == actor.mover.end:
                plate = instants(shot.first_px[actor.plate_part], shot.last_px[actor.plate_part], MOST_INSTANTS)
                finer = 3 if quad_size(plate[0])[0] < 240 else 1
                draw(picture, actor.plate.picture, plate, now.plate_gain(shot.distance_m, sun), haze, finer)
        if now.lamps < 0.02:
            return
        spots = zip(shot.pixels[actor.lamps_part], shot.depths_m[actor.lamps_part], strict=True)
        for lamp, (spot, depth) in zip(actor.body.lamps, spots, strict=True):
            if lamp.end in facing:
                bright = now.lamps * (1.0 if lamp.end == "front" else 0.45)
                self._lens.glow(picture, spot, float(self.mounted.camera.focal_px / depth), bright, lamp.colour)

    def _draw_shadow(self, picture: Image, shot: Shot, now: Conditions) -> None:
        part = shot.actor.shadow_part
        pixels, depth = shot.pixels[part], shot.depths_m[part]
        if depth.min() > 1.0:
            turned = pixels if is_facing(pixels) else pixels[[1, 0, 3, 2]]
            draw(picture, self._shadow, [turned], (1.0, 1.0, 1.0), now.haze(float(depth.mean())))

    def truth(self) -> tuple[dict[str, Any], list[VehicleTruth]]:
        """Return the header of the truth file and the vehicles that were seen, once the frames are drawn."""
        drive, camera = self.drive, self.drive.camera
        header = {
            "name": drive.name, "seed": drive.seed, "frames": self.count, "fps": camera.fps,
            "size": [camera.width_px, camera.height_px], "light": drive.light, "later_light": drive.later_light,
            "weather": drive.weather, "road": drive.road, "own_mph": round(drive.own_mph, 2),
            "exposure_s": self._exposure(0.0), "focal_px": camera.focal_px, "readout_s": camera.readout_s,
        }  # fmt: skip
        return header, [actor.truth for actor in self.actors if actor.truth.frames]


def instants(first: Points, last: Points, most: int) -> list[Points]:
    """Return the corners at evenly spaced instants between two: one for every 0.6 px of way, at most `most`."""
    count = int(np.clip(np.ceil(np.linalg.norm(last - first, axis=1).max() / 0.6), 1, most))
    return [first + (last - first) * share for share in (np.arange(count) + 0.5) / count]


def _shadow() -> Pyramid:
    """Return the soft shadow under a vehicle."""
    mask = np.zeros((160, 80), np.uint8)
    cv2.rectangle(mask, (12, 12), (67, 147), 190, -1)
    mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), 6), np.uint8)
    return Pyramid.of(np.dstack([np.zeros((160, 80, 3), np.uint8), mask]))
