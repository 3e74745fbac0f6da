"""Finds number plates in a picture: box, four corners and the probability that it is a plate.

The network (models/train/detector/network.py) gives 13 numbers for each cell of 8 x 8 px of its input; here the picture is
brought to the input's size, and the cells that speak of one plate are merged into one detection.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from anpr.perception.model_files import ModelFile, model_file
from anpr.perception.rectification import by_matrix
from anpr.values import Detection, Image

STRIDE: Final = 8
"""Pixels of the network's input to a cell of its output."""

SIZE_MULTIPLE: Final = 32
"""Height and width of the network's input are multiples of this."""

PADDING: Final = 114
"""Grey around a picture that doesn't fill the input, as in training (models/train/scenes/scene_maker.py)."""

MARGIN: Final = 0.25
"""Grey added on each side of a small picture, in parts of its longer side: a plate that fills it needs surroundings."""

SAME_PLATE_OVERLAP: Final = 0.3
"""Intersection over union from which two boxes are the same plate."""

SAME_PLATE_INSIDE: Final = 0.7
"""Share of the smaller box inside the larger from which both are the same plate."""

MOST_CANDIDATES: Final = 256
"""Cells looked at in one picture; a street full of plates lights about 60."""

LEANS_DEG: Final = 14.0
"""A plate turned by more is looked at again, turned level, since the corners of level plates are known best: on labelled
plates the corners of the first look are a hundredth of the plate's width off when level, 0.03 at 30 degrees, 0.06 at 45."""

LEVEL_SIZE: Final = (320, 192)
LEVEL_WIDTH_PX: Final = 150.0
LEVEL_ZOOM: Final = 1.25
"""The second look's size (width, height), how wide the plate is in it, and by how much it is enlarged at most."""

LEVEL_REACH: Final = 0.3
"""What the second look finds is the same plate if its middle is so near, in widths of the plate."""

STILL_WIDTHS: Final = (320, 640, 960, 1600, 2560)
"""Longer sides at which a still picture is searched by `detect_multi_scale`."""

FloatArray = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class _Candidates:
    """Merged cells: boxes (n, 4), corners (n, 4, 2) and confidences (n,), most confident first."""

    boxes: FloatArray
    corners: FloatArray
    confidences: FloatArray


class PlateDetector:
    """The plate detector; not for several threads at once.

    `model` is the manifest's entry (by default the shipped one), `threads` the CPU threads that one call uses,
    `input_width` the longer side, in px, to which a picture is brought (a multiple of 32; smaller is faster and
    sees less far: 640 takes under half the time of 960 and loses plates below about 100 px of a 1280 px frame), `confidence_floor` the probability
    below which nothing is returned. Raises ModelError when the model's file isn't the one in the manifest.
    """

    def __init__(
        self,
        model: ModelFile | None = None,
        *,
        threads: int = 1,
        input_width: int = 960,
        confidence_floor: float | None = None,
    ) -> None:
        if input_width < SIZE_MULTIPLE or input_width % SIZE_MULTIPLE:
            raise ValueError(f"input_width is {input_width}, must be a multiple of {SIZE_MULTIPLE}")
        self.model = model if model is not None else model_file("detector")
        self.input_width = input_width
        calibration = self.model.calibration
        self.confidence_floor = calibration["floor"] if confidence_floor is None else confidence_floor
        self._slope, self._offset = calibration["slope"], calibration["offset"]
        self._session = self.model.open(threads=threads)
        self._session.warm_up({self.model.input.name: np.zeros((1, 544, 960, 3), np.uint8)})

    def detect(self, image: Image) -> list[Detection]:
        """Return the plates in a picture of any size, most confident first; box and corners in its pixels.

        The picture is shrunk so that its longer side is `input_width`, never enlarged; one smaller than that gets a
        grey margin, so that a plate which fills it is found too. Plates that lean are looked at once more, each in a small
        picture of its own, for their corners; level ones cost no more time.
        """
        return _detections(self._levelled(image, self._search(image, self.input_width)))

    def detect_multi_scale(self, image: Image, widths: Sequence[int] = STILL_WIDTHS) -> list[Detection]:
        """Return the plates in a still picture, searched at several sizes: slower, sees farther and nearer.

        Sizes larger than the picture are left out but for the first of them, at which it's searched as it is.
        """
        longer = max(image.shape[:2])
        chosen = [width for width in widths if width < longer]
        chosen += [width for width in widths if width >= longer][:1]
        found = [self._search(image, width) for width in chosen]
        boxes = np.concatenate([each.boxes for each in found])
        corners = np.concatenate([each.corners for each in found])
        confidences = np.concatenate([each.confidences for each in found])
        order = np.argsort(-confidences, kind="stable")
        return _detections(self._levelled(image, _merged(boxes[order], corners[order], confidences[order])))

    def _search(self, image: Image, width: int) -> _Candidates:
        """Search one picture at one size."""
        if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or 0 in image.shape:
            raise ValueError(f"picture of shape {image.shape} and type {image.dtype}, expected uint8 (h, w, 3)")
        canvas, scale, left, top = _fitted(image, width)
        found = self._candidates(canvas)
        shift = np.array([left, top], np.float32)
        passed = int(np.searchsorted(-found.confidences, -self.confidence_floor, side="right"))
        return _Candidates(
            (found.boxes[:passed] - np.tile(shift, 2)) / np.float32(scale),
            (found.corners[:passed] - shift) / np.float32(scale),
            found.confidences[:passed],
        )

    def _candidates(self, canvas: Image) -> _Candidates:
        """Run the network on a picture as it takes it; return what it finds from half the floor on, in its px."""
        maps = np.asarray(self._session.run({self.model.input.name: canvas[None]})[0], np.float32)
        # cells down to half the floor lend their geometry to the plates that pass it
        lowest = self.confidence_floor / 2
        lowest_logit = (np.log(lowest / (1.0 - lowest)) - self._offset) / self._slope
        logits, corners = _decoded(maps[0], float(lowest_logit))
        confidences = (1.0 / (1.0 + np.exp(-(self._slope * logits + self._offset)))).astype(np.float32)
        return _merged(corners[1], corners[0], confidences)

    def _levelled(self, image: Image, found: _Candidates) -> _Candidates:
        """Look again at the plates that lean, turned level, and give them the corners that are found then."""
        leans = [_lean_deg(corners) for corners in found.corners]
        if all(abs(lean) <= LEANS_DEG for lean in leans):
            return found
        boxes, all_corners = found.boxes.copy(), found.corners.copy()
        for i, lean in enumerate(leans):
            if abs(lean) <= LEANS_DEG:
                continue
            matrix, width = _level_matrix(found.corners[i], lean)
            again = self._candidates(by_matrix(image, matrix, LEVEL_SIZE))
            away = again.corners.mean(axis=1) - np.array(LEVEL_SIZE, np.float32) / 2
            here = np.flatnonzero(np.hypot(away[:, 0], away[:, 1]) < LEVEL_REACH * width)
            if len(here) and abs(_lean_deg(again.corners[here[0]])) <= LEANS_DEG:
                back = np.linalg.inv(matrix)[:2]
                all_corners[i] = again.corners[here[0]] @ back[:, :2].T + back[:, 2]
                boxes[i] = np.concatenate([all_corners[i].min(axis=0), all_corners[i].max(axis=0)])
        return _Candidates(boxes, all_corners, found.confidences)


def _lean_deg(corners: FloatArray) -> float:
    """Return by how many degrees the upper and lower edge of a plate with corners (4, 2) are turned, clockwise."""
    across = corners[1] + corners[2] - corners[0] - corners[3]
    return float(np.degrees(np.arctan2(across[1], across[0])))


def _level_matrix(corners: FloatArray, lean_deg: float) -> tuple[NDArray[np.float64], float]:
    """Return the map (3, 3) from px of the picture to those of a small one with the plate level in its middle, and its width there."""
    across = float(np.hypot(*(corners[1] + corners[2] - corners[0] - corners[3]))) / 2
    zoom = min(LEVEL_WIDTH_PX / max(across, 1.0), LEVEL_ZOOM)
    c, s = zoom * np.cos(np.radians(lean_deg)), zoom * np.sin(np.radians(lean_deg))
    turn = np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])
    turn[:2, 2] = np.array(LEVEL_SIZE) / 2 - turn[:2, :2] @ corners.mean(axis=0)
    return turn, zoom * across


def _fitted(image: Image, width: int) -> tuple[Image, float, int, int]:
    """Return the network's input with the scale of the picture in it and the place of its top left corner.

    A scene is put at the top left, so that only the ends of the input are padded, as in training.
    """
    high, wide = image.shape[:2]
    longer = max(high, wide)
    if longer < width:
        scale, size = 1.0, (wide, high)
        left = top = int(MARGIN * longer) + 1
        high, wide = high + 2 * top, wide + 2 * left
        content = image
    else:
        scale, left, top = width / longer, 0, 0
        size = (max(1, round(wide * scale)), max(1, round(high * scale)))
        # above half size two pixels a side are all there is to average, and the mean over areas takes far longer
        method = cv2.INTER_LINEAR if scale > 0.5 else cv2.INTER_AREA
        content = np.asarray(cv2.resize(image, size, interpolation=method), np.uint8) if longer > width else image
        wide, high = size
    canvas_wide = -(-wide // SIZE_MULTIPLE) * SIZE_MULTIPLE
    canvas_high = -(-high // SIZE_MULTIPLE) * SIZE_MULTIPLE
    if (canvas_wide, canvas_high) == size:
        return content, scale, left, top
    canvas = np.full((canvas_high, canvas_wide, 3), PADDING, np.uint8)
    canvas[top : top + size[1], left : left + size[0]] = content
    return canvas, scale, left, top


def _decoded(maps: FloatArray, floor_logit: float) -> tuple[FloatArray, tuple[FloatArray, FloatArray]]:
    """Turn maps (13, h, w) into logits (n,), corners (n, 4, 2) and boxes (n, 4) of the cells above the floor, best first."""
    rows, columns = np.nonzero(maps[0] > floor_logit)
    logits = maps[0, rows, columns]
    best = np.argsort(-logits, kind="stable")[:MOST_CANDIDATES]
    rows, columns, logits = rows[best], columns[best], logits[best]
    numbers = maps[:, rows, columns].astype(np.float32)
    x, y = (numbers[1] + columns + 0.5) * STRIDE, (numbers[2] + rows + 0.5) * STRIDE
    half_wide, half_high = np.exp(np.clip(numbers[3:5], -2.0, 5.0)) * (STRIDE / 2)
    boxes = np.stack([x - half_wide, y - half_high, x + half_wide, y + half_high], axis=1)
    signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float32)
    residuals = numbers[5:13].T.reshape(-1, 4, 2)
    centre, half = np.stack([x, y], axis=1), np.stack([half_wide, half_high], axis=1)
    corners = centre[:, None] + half[:, None] * (signs + residuals)
    return logits, (corners.astype(np.float32), boxes.astype(np.float32))


def _same_plate(boxes: FloatArray) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return intersection over union (n, n) of boxes (n, 4), and which pairs are one plate."""
    low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    shared = np.clip(high - low, 0.0, None).prod(axis=2)
    area = np.clip(boxes[:, 2:] - boxes[:, :2], 0.0, None).prod(axis=1)
    union = area[:, None] + area[None] - shared
    overlap = shared / np.maximum(union, 1e-6)
    inside = shared / np.maximum(np.minimum(area[:, None], area[None]), 1e-6)
    return overlap.astype(np.float32), (overlap > SAME_PLATE_OVERLAP) | (inside > SAME_PLATE_INSIDE)


def _merged(boxes: FloatArray, corners: FloatArray, confidences: FloatArray) -> _Candidates:
    """Merge candidates (most confident first) of the same plate into the best one, its geometry averaged.

    Cells beside the best one see the same plate from other places; the mean of those that nearly agree, weighted by
    confidence, lies closer to its true corners than the best cell alone.
    """
    count = len(boxes)
    if not count:
        return _Candidates(boxes.reshape(0, 4), corners.reshape(0, 4, 2), confidences)
    overlap, same = _same_plate(boxes)
    free = np.ones(count, np.bool_)
    kept: list[int] = []
    out_boxes, out_corners = boxes.copy(), corners.copy()
    for i in range(count):
        if not free[i]:
            continue
        agree = free & (overlap[i] > 0.6) & (confidences > 0.5 * confidences[i])
        weights = confidences[agree] / confidences[agree].sum()
        out_boxes[i] = weights @ boxes[agree]
        out_corners[i] = np.tensordot(weights, corners[agree], axes=1)
        free &= ~same[i]
        kept.append(i)
    return _Candidates(out_boxes[kept], out_corners[kept], confidences[kept])


def _detections(found: _Candidates) -> list[Detection]:
    return [
        Detection((float(box[0]), float(box[1]), float(box[2]), float(box[3])), float(confidence), corners)
        for box, corners, confidence in zip(found.boxes, found.corners, found.confidences, strict=True)
    ]
