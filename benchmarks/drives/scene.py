"""Drawing a drive frame by frame: scenery, vehicles with their plates and lamps, weather, and what the camera adds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np

from anpr.values import Image
from benchmarks.drives.camera import Fixed, MountedCamera, Points, Shake
from benchmarks.drives.conditions import Conditions, conditions
from benchmarks.drives.lens import Lens
from benchmarks.drives.number_plate import CHARACTER_MM, NumberPlate, make_plate
from benchmarks.drives.plan import Drive, Mover
from benchmarks.drives.raster import Pyramid, draw, quad_size
from benchmarks.drives.truth import LEAST_CHARACTER_PX, MPH, VehicleTruth, plate_in_frame
from benchmarks.drives.vehicles import Body, OnVehicle, Path, make_body, plate_corners
from benchmarks.drives.world import World

MOST_INSTANTS: Final = 12
"""How many instants of the exposure are drawn at most for a plate; bodies get at most 4."""
_FAR_M, _NEAR_M = 150.0, 2.0
_STILL_M: Final = 50.0
"""Beyond it nothing moves by a pixel within 2 ms."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A vehicle in the scene with the plate that the camera can see."""

    mover: Mover
    body: Body
    path: Path
    plate: NumberPlate
    corners: OnVehicle
    truth: VehicleTruth

    def distance(self, mounted: MountedCamera, time_s: float) -> float:
        """Return how far its plate is ahead of the camera along the road, in metres."""
        times = np.array([time_s])
        points = OnVehicle(self.corners.local_m[:1], self.path).at(times)
        return float(points[0, 2] - mounted.place(times)[0, 2])


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
        corners = OnVehicle(plate_corners(body, mover.end, plate.size_m, float(offset), float(tilt)), path)
        truth = VehicleTruth(
            number, plate.vrm, mover.kind, mover.body, mover.paint, mover.lane, mover.end, round(mover.closing_mph, 1)
        )
        return Actor(mover, body, path, plate, corners, truth)

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
        present = [(actor.distance(self.mounted, time_s), actor) for actor in self.actors]
        present = sorted(((d, a) for d, a in present if _NEAR_M < d < _FAR_M), key=lambda pair: -pair[0])
        for distance, actor in present:
            self._draw_actor(picture, actor, distance, time_s, exposure, now)
        self._note_truth(present, index, time_s, exposure)
        return self._lens.finish(picture, now, index)

    def _note_truth(self, present: list[tuple[float, Actor]], index: int, time_s: float, exposure: float) -> None:
        """Add the plates that are large enough to the truth of their vehicles."""
        farthest = 1.2 * self.mounted.camera.focal_px * CHARACTER_MM / 1000 / LEAST_CHARACTER_PX
        near = [(distance, actor) for distance, actor in present if distance < farthest]
        hulls = [self.mounted.project(OnVehicle(actor.body.hull(), actor.path), time_s)[0] for _, actor in near]
        for distance, actor in near:
            before = [hull for hull, (other, _) in zip(hulls, near, strict=True) if other < distance - 0.5]
            row = plate_in_frame(self.mounted, actor.plate, actor.corners, index, time_s, exposure, before)
            if row is not None:
                actor.truth.frames.append(row)

    def _shake_px(self, time_s: float, exposure: float) -> Points:
        far = Fixed(self.mounted.place(np.array([time_s])) + np.array([[0.0, 0.0, 3000.0]]))
        before, _ = self.mounted.project(far, time_s, -exposure / 2)
        after, _ = self.mounted.project(far, time_s, exposure / 2)
        return np.asarray((after - before)[0])

    def _ends(self, motion: OnVehicle, time_s: float, exposure: float) -> tuple[Points, Points]:
        """Return where the points appear at the beginning and at the end of the exposure."""
        return self.mounted.project(motion, time_s, -exposure / 2)[0], self.mounted.project(
            motion, time_s, exposure / 2
        )[0]

    def _draw_actor(
        self, picture: Image, actor: Actor, distance: float, time_s: float, exposure: float, now: Conditions
    ) -> None:
        haze = now.haze(distance)
        self._draw_shadow(picture, actor, time_s, now)
        camera = self.mounted.place(np.array([time_s]))[0]
        heading = float(actor.path.at(np.array([time_s]))[1][0])
        panels = actor.body.panels
        motion = OnVehicle(np.concatenate([panel.corners_m for panel in panels]), actor.path)
        pixels, depths = self.mounted.project(motion, time_s)
        still = distance > _STILL_M and exposure < 0.002
        first, last = (pixels, pixels) if still else self._ends(motion, time_s, exposure)
        places = motion.at(np.full(motion.count, time_s)).reshape(-1, 4, 3).mean(axis=1)
        facing = set()
        for index in np.argsort(-np.linalg.norm(places - camera, axis=1)):
            part, panel = slice(4 * index, 4 * index + 4), panels[index]
            if depths[part].min() <= 0.8 or cv2.contourArea(pixels[part].astype(np.float32), True) <= 0:
                continue
            normal = panel.normal
            turned = normal[0] * np.cos(heading) + normal[2] * np.sin(heading)
            sun = float(np.clip(0.55 * normal[1] + 0.45 * turned + 0.3, 0, 1))
            draw(
                picture,
                panel.picture,
                instants(first[part], last[part], 4),
                now.body_gain(distance, sun, 1.0 if panel.end else 0.3),
                haze,
            )
            facing.add(panel.end)
            if panel.end == actor.mover.end:
                plate = instants(*self._ends(actor.corners, time_s, exposure), MOST_INSTANTS)
                finer = 3 if quad_size(plate[0])[0] < 240 else 1
                draw(picture, actor.plate.picture, plate, now.plate_gain(distance, sun), haze, finer)
        for lamp in actor.body.lamps:
            if lamp.end in facing and now.lamps > 0.02:
                spot, depth = self.mounted.project(OnVehicle(lamp.local_m, actor.path), time_s)
                bright = now.lamps * (1.0 if lamp.end == "front" else 0.45)
                self._lens.glow(picture, spot[0], float(self.mounted.camera.focal_px / depth[0]), bright, lamp.colour)

    def _draw_shadow(self, picture: Image, actor: Actor, time_s: float, now: Conditions) -> None:
        half, end = actor.body.width_m / 2 + 0.25, actor.body.length_m / 2 + 0.35
        ground = np.array([[-half, 0.0, end], [half, 0.0, end], [half, 0.0, -end], [-half, 0.0, -end]])
        pixels, depth = self.mounted.project(OnVehicle(ground, actor.path), time_s)
        if depth.min() > 1.0:
            if cv2.contourArea(pixels.astype(np.float32), True) < 0:
                pixels = pixels[[1, 0, 3, 2]]
            draw(picture, self._shadow, [pixels], (1.0, 1.0, 1.0), now.haze(float(depth.mean())))

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
