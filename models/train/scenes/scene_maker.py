"""Scenes for the detector: streets with plates in them and the places of their corners.

Half of the scenes are real drive frames (scaled, turned, mirrored), with rendered plates set over the real ones and
beside them; the rest is made up (`backgrounds.py`), often with real vehicles cut from the frames. Things that are no plates
(`decoys.py`) are set everywhere, and all goes through one lens (`lens.py`). Some scenes, if asked for, are seen aslant
(`slant.py`).
"""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from anpr.values import Image
from models.plates.random_plate import Plate, random_plate
from models.train.scenes.backgrounds import clutter, street, vehicle
from models.train.scenes.decoys import random_decoy
from models.train.scenes.frames import RealFrame, Scene, view_of
from models.train.scenes.lens import gain_table, through_the_lens
from models.train.scenes.pasting import (
    Quad,
    apart,
    box_quads,
    faded,
    light_around,
    light_at,
    own_blur,
    paint_around,
    set_into,
    turned_quad,
    usual_width,
)
from models.train.scenes.slant import BORDERS, ROOM, Slant, random_slant, seen_aslant, slant_matrix

SMALLEST_PX: Final = 13.0
"""Plates narrower than this in the detector's input are neither plate nor background in training."""

LIT: Final = np.array([[0.0] * 3, [255.0] * 3])
"""Black and white (2, 3) of things that shine by themselves."""

PADDING: Final = 114
"""Grey level around a picture that doesn't fill the detector's input."""


class SceneMaker:
    """Makes scenes of one size, from real frames (may be none) and rendered parts.

    Plates and decoys come from banks that are renewed a little with every scene, because drawing one anew for each
    place would cost more than training on it. `slanted` is the share of scenes that are seen aslant.
    """

    def __init__(
        self,
        rng: np.random.Generator,
        frames: Sequence[RealFrame],
        size: tuple[int, int] = (640, 384),
        bank: int = 400,
        drives: Sequence[RealFrame] = (),
        slanted: float = 0.0,
    ) -> None:
        self.rng = rng
        self.frames = frames
        self.drives = drives
        self.size = size
        self.slanted = slanted
        self._slant: Slant | None = None
        self.width, self.height = size  # of the scene that is being composed
        self.plates = [random_plate(rng) for _ in range(bank)]
        self.decoys = [random_decoy(rng) for _ in range(bank)]

    def scene(self) -> Scene:
        """Return the next scene."""
        rng = self.rng
        if rng.random() < 0.4:
            self.plates[int(rng.integers(len(self.plates)))] = random_plate(rng)
            self.decoys[int(rng.integers(len(self.decoys)))] = random_decoy(rng)
        self._slant = random_slant(rng) if self.slanted and rng.random() < self.slanted else None
        self.width, self.height = self.size if self._slant is None else (round(ROOM * side) for side in self.size)
        kind = rng.random()
        if kind < 0.06:
            return self._close_up()
        if self.drives and kind < 0.34:
            return self._real_scene(self.drives[int(rng.integers(len(self.drives)))])
        if self.frames and kind < 0.7:
            return self._real_scene(self.frames[int(rng.integers(len(self.frames)))])
        return self._made_up_scene()

    # -- real frames -------------------------------------------------------------------------------------------

    def _real_scene(self, frame: RealFrame) -> Scene:
        rng = self.rng
        matrix = view_of(rng, frame, (self.width, self.height))
        source, matrix_px = frame.image, matrix
        scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
        if scale < 0.75:
            source, matrix_px = frame.half, matrix @ np.diag([2.0, 2.0, 1.0])
            # cell centres: pixel i of the half-size picture lies at 2 i + 0.5 of the full one
            matrix_px = np.hstack([matrix[:, :2] * 2.0, (matrix[:, :2] @ [0.5, 0.5] + matrix[:, 2])[:, None]])
        canvas = np.asarray(
            cv2.warpAffine(source, matrix_px, (self.width, self.height), borderValue=(PADDING,) * 3), np.uint8
        )
        # the box of a plate that will be turned is not the turned box
        places = frame.quads if self._slant is None else frame.corners
        quads = (places @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)
        if np.linalg.det(matrix[:, :2]) < 0:
            quads = quads[:, [1, 0, 3, 2]]
        exact = np.full(len(quads), frame.exact) if self._slant is None else frame.exact | frame.known
        ignored = ~frame.legible
        for i in range(len(quads)):
            if rng.random() < (0.1 if frame.exact else 0.45):
                quads[i] = self._cover(canvas, quads[i])
                exact[i], ignored[i] = True, False
        self._set_decoys(canvas, quads, int(rng.choice([0, 0, 1, 2, 3])), usual_width(quads))
        more_quads = self._set_plates(canvas, quads, int(rng.choice([0, 0, 0, 1, 2])))
        count = len(more_quads)
        quads = np.concatenate([quads, more_quads])
        exact = np.concatenate([exact, np.ones(count, np.bool_)])
        ignored = np.concatenate([ignored, np.zeros(count, np.bool_)])
        gains = frame.gains if rng.random() < 0.6 and not frame.exact else None
        return self._finished(canvas, quads, exact, ignored, True, gains)

    def _cover(self, canvas: Image, quad: Quad) -> Quad:
        """Set a rendered plate over a real one, in its light, and return its corners."""
        rng = self.rng
        plate = self.plates[int(rng.integers(len(self.plates)))]
        centre, across = quad.mean(axis=0), (quad[1] - quad[0] + quad[2] - quad[3]) / 2
        down = (quad[3] - quad[0] + quad[2] - quad[1]) / 2
        aspect = plate.image.shape[0] / plate.image.shape[1]
        real_aspect = float(np.hypot(*down) / max(1e-3, np.hypot(*across)))
        # labels of real plates are loose: a one-line plate fills them, a two-line one stands out
        tall = 1.05 if plate.lines == 1 else max(1.05, aspect / real_aspect)
        half_x, half_y = across / 2 * 1.04, down / 2 * tall
        jitter = rng.normal(0, 0.015, (4, 2)) * np.hypot(*across)
        signs = ((-1, -1), (1, -1), (1, 1), (-1, 1))
        corners: Quad = np.array([centre + x * half_x + y * half_y for x, y in signs], np.float32)
        corners += jitter.astype(np.float32)
        self._set_plate(canvas, plate, corners, light_at(rng, canvas, quad))
        return corners

    def _set_plate(self, canvas: Image, plate: Plate, quad: Quad, tone: NDArray[np.float64]) -> None:
        """Set a plate into the canvas; some are faded, some are smeared more than what is around them."""
        blur = own_blur(self.rng, float(np.ptp(quad[:, 0]))) if self.rng.random() < 0.3 else None
        set_into(canvas, plate.image, plate.coverage, quad, faded(self.rng, tone), blur)

    # -- made-up scenes ----------------------------------------------------------------------------------------

    def _made_up_scene(self) -> Scene:
        rng = self.rng
        draw = street if rng.random() < 0.65 else clutter
        canvas = draw(rng, self.width, self.height)
        quads = np.zeros((0, 4, 2), np.float32)
        exact = np.zeros(0, np.bool_)
        self._set_decoys(canvas, quads, int(rng.integers(0, 6)), float(np.exp(rng.uniform(np.log(16), np.log(150)))))
        for _ in range(int(rng.choice([0, 1, 1, 2, 3]))):
            add = self._real_vehicle if self.frames and rng.random() < 0.4 else self._drawn_vehicle
            quad = add(canvas, quads)
            if quad is not None:
                quads, exact = np.concatenate([quads, quad[None]]), np.append(exact, True)
        more = self._set_plates(canvas, quads, int(rng.choice([0, 0, 1, 2])))
        quads, exact = np.concatenate([quads, more]), np.append(exact, np.ones(len(more), np.bool_))
        return self._finished(canvas, quads, exact, np.zeros(len(quads), np.bool_), False, None)

    def _width(self, usual: float | None = None) -> float:
        """Draw the width of a plate in px: near the usual one of the scene, else anything from far to filling it."""
        if usual is not None and self.rng.random() < 0.6:
            return float(np.clip(usual * np.exp(self.rng.normal(0, 0.35)), 12, 0.8 * self.width))
        top = 0.4 if self.rng.random() < 0.85 else 0.85
        return float(np.exp(self.rng.uniform(np.log(14), np.log(top * self.width))))

    def _free_place(self, quads: Quad, width: float, aspect: float, wild: float) -> Quad | None:
        """Return a quad that touches none of the others, or None when there is no room."""
        for _ in range(6):
            centre = (self.rng.uniform(0.03, 0.97) * self.width, self.rng.uniform(0.03, 0.97) * self.height)
            quad = turned_quad(self.rng, centre, width, aspect, wild)
            if apart(quad, quads):
                return quad
        return None

    def _set_decoys(self, canvas: Image, quads: Quad, count: int, usual: float) -> None:
        rng = self.rng
        for _ in range(count):
            decoy = self.decoys[int(rng.integers(len(self.decoys)))]
            width = min(usual * decoy.relative_width * np.exp(rng.normal(0, 0.4)), 0.9 * self.width)
            quad = self._free_place(quads, max(8.0, width), decoy.image.shape[0] / decoy.image.shape[1], 0.7)
            if quad is not None:
                tone = LIT * rng.uniform(0.7, 1.1) if decoy.lit else light_around(rng, canvas, quad)
                if rng.random() < (0.7 if decoy.on_paint else 0.0 if decoy.lit else 0.2):
                    paint_around(rng, canvas, quad, quads, tone, 60 if decoy.on_paint else 10)
                set_into(canvas, decoy.image, decoy.mask, quad, tone)

    def _set_plates(self, canvas: Image, quads: Quad, count: int) -> Quad:
        """Set plates anywhere, most on a patch of plain paint or shadow as on a bumper; return their corners."""
        rng = self.rng
        added = np.zeros((0, 4, 2), np.float32)
        for _ in range(count):
            plate = self.plates[int(rng.integers(len(self.plates)))]
            width = self._width(float(np.ptp(quads[..., 0], axis=1).mean()) if len(quads) else None)
            width *= 0.6 if plate.lines == 2 else 1.0
            aspect = plate.image.shape[0] / plate.image.shape[1]
            quad = self._free_place(np.concatenate([quads, added]), width, aspect, 1.0)
            if quad is None:
                continue
            tone = light_around(rng, canvas, quad)
            if rng.random() < 0.7:
                paint_around(rng, canvas, quad, np.concatenate([quads, added]), tone, 10)
            self._set_plate(canvas, plate, quad, tone)
            added = np.concatenate([added, quad[None]])
        return added

    def _drawn_vehicle(self, canvas: Image, quads: Quad) -> Quad | None:
        """Draw a vehicle with its plate; return the plate's corners, or None when there is no room."""
        rng = self.rng
        plate = self.plates[int(rng.integers(len(self.plates)))]
        width = self._width()
        body, mask, (x, y) = vehicle(rng, width)
        for _ in range(int(rng.integers(0, 3))):
            self._letter(body, width)
        height, wide = body.shape[:2]
        spot = self._free_place(quads, wide, height / wide, 0.5)
        if spot is None:
            return None
        set_into(canvas, body, mask, spot, light_around(rng, canvas, spot))
        across = width * (0.6 if plate.lines == 2 else 1.0)
        flat = turned_quad(rng, (x, y), across, plate.image.shape[0] / plate.image.shape[1], 0.1)
        corners = np.array([[0, 0], [wide, 0], [wide, height], [0, height]], np.float32)
        matrix = cv2.getPerspectiveTransform(corners, spot)
        quad: Quad = np.asarray(cv2.perspectiveTransform(flat[None], matrix)[0], np.float32)
        self._set_plate(canvas, plate, quad, light_around(rng, canvas, quad))
        return quad

    def _letter(self, body: Image, plate_width: float) -> None:
        """Put a decoy on a vehicle, away from the plate's height."""
        decoy = self.decoys[int(self.rng.integers(len(self.decoys)))]
        centre = (body.shape[1] * self.rng.uniform(0.2, 0.8), body.shape[0] * self.rng.uniform(0.1, 0.5))
        width = max(8.0, plate_width * min(2.5, decoy.relative_width))
        quad = turned_quad(self.rng, centre, width, decoy.image.shape[0] / decoy.image.shape[1], 0.2)
        set_into(body, decoy.image, decoy.mask, quad, np.array([[0.0] * 3, [self.rng.uniform(90, 255)] * 3]))

    def _real_vehicle(self, canvas: Image, quads: Quad) -> Quad | None:
        """Set a real vehicle, cut out around its plate, with a rendered plate; return the corners or None."""
        rng = self.rng
        frame = self.frames[int(rng.integers(len(self.frames)))]
        if len(frame.boxes) != 1:
            return None
        x0, y0, x1, y1 = frame.boxes[0]
        reach = float(x1 - x0)
        left, top = max(0, int(x0 - 1.7 * reach)), max(0, int(y0 - 2.2 * reach))
        right, low = min(1280, int(x1 + 1.7 * reach)), min(720, int(y1 + 0.9 * reach))
        cut = np.asarray(cv2.LUT(frame.image[top:low, left:right], gain_table(frame.gains)), np.uint8)
        scale = min(self._width() / reach, 1.5)
        wide, high = (right - left) * scale, (low - top) * scale
        spot = self._free_place(quads, wide, high / wide, 0.3)
        if spot is None:
            return None
        edge = max(2, min(cut.shape[:2]) // 8)
        mask = np.zeros(cut.shape[:2], np.uint8)
        mask[edge:-edge, edge:-edge] = 255
        mask = np.asarray(cv2.blur(mask, (edge, edge)), np.uint8)
        set_into(canvas, cut, mask, spot, np.array([[0.0] * 3, [255.0 * rng.uniform(0.8, 1.6)] * 3]))
        corners = np.array([[left, top], [right, top], [right, low], [left, low]], np.float32)
        matrix = cv2.getPerspectiveTransform(corners, spot)
        place: Quad = np.asarray(cv2.perspectiveTransform(box_quads(frame.boxes), matrix)[0], np.float32)
        return self._cover(canvas, place)

    def _close_up(self) -> Scene:
        """Return a plate cut out tightly, sometimes into its edge, on the grey that surrounds small pictures."""
        rng = self.rng
        plate = self.plates[int(rng.integers(len(self.plates)))]
        aspect = plate.image.shape[0] / plate.image.shape[1]
        width = float(np.exp(rng.uniform(np.log(40), np.log(0.75 * self.width))))
        width = min(width, 0.75 * self.height / aspect)
        wide, high = (max(8, int(width * rng.uniform(0.98, 1.4) * part)) for part in (1.0, aspect))
        wide, high = min(wide, self.width), min(high, self.height)
        cut = (clutter if rng.random() < 0.5 else street)(rng, max(wide, 64), max(high, 64))[:high, :wide].copy()
        quad = turned_quad(rng, (wide / 2, high / 2), width, aspect, 0.25)
        self._set_plate(cut, plate, quad, light_around(rng, cut, quad))
        x, y = int(rng.integers(self.width - wide + 1)), int(rng.integers(self.height - high + 1))
        canvas = np.full((self.height, self.width, 3), PADDING, np.uint8)
        canvas[y : y + high, x : x + wide] = cut
        quads = (quad + np.array([x, y], np.float32))[None]
        return self._finished(canvas, quads, np.ones(1, np.bool_), np.zeros(1, np.bool_), False, None)

    def _finished(
        self, canvas: Image, quads: Quad, exact: NDArray[np.bool_], ignored: NDArray[np.bool_], real: bool,
        gains: NDArray[np.float32] | None,
    ) -> Scene:  # fmt: skip
        """Turn the scene and put it through the lens; plates that are tiny or mostly outside are not to be learned."""
        if self._slant is not None:
            matrix = slant_matrix(self._slant, (self.width, self.height), self.size)
            border = BORDERS[int(self.rng.integers(len(BORDERS)))]
            canvas, quads, mirrored = seen_aslant(canvas, quads, matrix, self.size, border)
            quads = np.concatenate([quads, mirrored])
            exact = np.append(exact, np.zeros(len(mirrored), np.bool_))
            ignored = np.append(ignored, np.ones(len(mirrored), np.bool_))
        image = canvas if self.rng.random() < 0.15 else through_the_lens(self.rng, canvas, gains)
        limit = np.array(self.size, np.float32)
        clipped = np.clip(quads, 0, limit)
        whole = np.ptp(quads, axis=1).prod(axis=1) if len(quads) else np.zeros(0)
        seen = np.ptp(clipped, axis=1).prod(axis=1) if len(quads) else np.zeros(0)
        wide = np.ptp(quads[..., 0], axis=1) if len(quads) else np.zeros(0)
        share = seen / np.maximum(whole, 1e-6)
        keep = share > 0.02
        ignored = ignored | (share < 0.75) | (wide < SMALLEST_PX)
        return Scene(image, quads[keep], exact[keep], ignored[keep], real)
