"""The blank of a number plate and what is put on it: characters, shapes, small print, raised and pressed ink."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from models.plates.glyphs import Face

Colour = tuple[int, int, int]
"""Blue, green, red, 0..255."""

Picture = NDArray[np.uint8]
"""Shape (H, W, 3) BGR, or (H, W, 4) with coverage."""

FINISHES: Final = ("flat", "pressed", "domed", "raised", "two-tone")
"""How ink stands on the plate: printed, pressed metal, domed resin (3D), cut acrylic (4D), printed in two tones."""

_BITS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Plate:
    """A number plate seen flat and from the front.

    `image` is uint8 BGR of shape (H, W, 3); `coverage` uint8 of shape (H, W), 255 where the plate is (its corners
    are round; a dealer's frame, if any, belongs to it); `text` holds characters of ALPHABET only, line by line,
    without band and seal letters; `character_boxes_px` is float32 of shape (len(text), 4), xyxy, in the order of
    `text`; `lines` is 1 or 2; `style` names country and kind.
    """

    image: NDArray[np.uint8]
    coverage: NDArray[np.uint8]
    text: str
    character_boxes_px: NDArray[np.float32]
    lines: int
    style: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Something between characters that is no character: a gap, dash, dot, seal, sticker, crest or hologram."""

    kind: str
    width_mm: float


Item = str | Mark


class Canvas:
    """A plate in the making; positions are millimetres from its top left corner."""

    def __init__(self, size_mm: tuple[float, float], px_per_mm: float, colour: Colour, style: str) -> None:
        self.width_mm, self.height_mm = size_mm
        self.scale = px_per_mm
        self.style = style
        width, height = round(size_mm[0] * px_per_mm), round(size_mm[1] * px_per_mm)
        self.image = np.empty((height, width, 3), np.uint8)
        self.image.reshape(height, width * 3)[:] = np.tile(np.array(colour, np.uint8), width)
        self.ink = np.zeros((height, width), np.uint8)
        self.text = ""
        self.lines = 0
        self._boxes: list[tuple[float, float, float, float]] = []

    def _fixed(self, *values: float) -> tuple[int, ...]:
        return tuple(round(v * self.scale * (1 << _BITS)) for v in values)

    def rectangle(self, x: float, y: float, w: float, h: float, colour: Colour) -> None:
        """Fill a rectangle."""
        corner = (round(x * self.scale), round(y * self.scale))
        opposite = (round((x + w) * self.scale) - 1, round((y + h) * self.scale) - 1)
        cv2.rectangle(self.image, corner, opposite, colour, -1)

    def disc(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """Fill a disc."""
        fx, fy, fr = self._fixed(x, y, radius)
        cv2.circle(self.image, (fx, fy), fr, colour, -1, cv2.LINE_AA, _BITS)

    def ring(self, x: float, y: float, radius: float, line: float, colour: Colour) -> None:
        """Draw a circle with a line of the given width."""
        fx, fy, fr = self._fixed(x, y, radius)
        cv2.circle(self.image, (fx, fy), fr, colour, max(1, round(line * self.scale)), cv2.LINE_AA, _BITS)

    def line(self, start: tuple[float, float], end: tuple[float, float], width: float, colour: Colour) -> None:
        """Draw a straight line with flat ends along the axes."""
        a, b = self._fixed(*start), self._fixed(*end)
        cv2.line(self.image, (a[0], a[1]), (b[0], b[1]), colour, max(1, round(width * self.scale)), cv2.LINE_AA, _BITS)

    def border(self, inset: float, line: float, colour: Colour, radius: float = 8.0) -> None:
        """Draw a rounded frame line, its middle `inset` from the edge."""
        left, top = inset, inset
        right, bottom = self.width_mm - inset, self.height_mm - inset
        r = min(radius, self.height_mm / 2 - inset)
        px = max(1, round(line * self.scale))
        for a, b in (
            ((left + r, top), (right - r, top)),
            ((left + r, bottom), (right - r, bottom)),
            ((left, top + r), (left, bottom - r)),
            ((right, top + r), (right, bottom - r)),
        ):
            self.line(a, b, line, colour)
        for x, y, angle in (
            (left + r, top + r, 180),
            (right - r, top + r, 270),
            (right - r, bottom - r, 0),
            (left + r, bottom - r, 90),
        ):
            fx, fy, fr = self._fixed(x, y, r)
            cv2.ellipse(self.image, (fx, fy), (fr, fr), angle, 0, 90, colour, px, cv2.LINE_AA, _BITS)

    def caption(self, words: str, x: float, y: float, height: float, colour: Colour, room: float = 1000.0) -> None:
        """Write small print centred at (x, y), condensed to `room`; its characters are not part of the text."""
        mask = _words(words, max(4, round(height * self.scale)))
        if mask.shape[1] > room * self.scale:
            size = (max(2, int(room * self.scale)), mask.shape[0])
            mask = np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), np.uint8)
        part = np.empty((*mask.shape, 4), np.uint8)
        part[:] = (*colour, 0)
        part[..., 3] = mask
        self.stamp(part, x, y)

    def stamp(self, picture: Picture, x: float, y: float) -> None:
        """Lay a picture with coverage (H, W, 4) on the plate, its middle at (x, y)."""
        left, top = round(x * self.scale - picture.shape[1] / 2), round(y * self.scale - picture.shape[0] / 2)
        height, width = self.ink.shape
        x0, y0 = max(left, 0), max(top, 0)
        x1, y1 = min(left + picture.shape[1], width), min(top + picture.shape[0], height)
        if x0 >= x1 or y0 >= y1:
            return
        cut = picture[y0 - top : y1 - top, x0 - left : x1 - left]
        self.image[y0:y1, x0:x1] = _over(self.image[y0:y1, x0:x1], cut[..., :3], cut[..., 3])

    def write(
        self,
        items: Sequence[Item],
        face: Face,
        area_mm: tuple[float, float],
        *,
        height_px: int,
        gap: float,
        top: float,
        align: float = 0.5,
        jitter: NDArray[np.float64] | None = None,
        cell: float = 0.0,
    ) -> list[tuple[Mark, float, float]]:
        """Write one line of characters into `ink` and return each mark with its left edge and width.

        `area_mm` is left and right edge of the room; `gap` the distance of characters, `top` their upper edge;
        `align` 0 sets the line to the left, 1 to the right of the room. A line that is too long gets narrower
        gaps, then narrower characters. `jitter` moves each item's character up or down, in millimetres. Each
        character takes at least the width `cell`, as where 1 and I stand as far apart as any other.
        """
        left, right = area_mm
        own = [i.width_mm if isinstance(i, Mark) else face.mask(i, height_px).shape[1] / self.scale for i in items]
        widths = [w if isinstance(i, Mark) else max(w, cell) for w, i in zip(own, items, strict=True)]
        gaps = [gap if isinstance(a, str) and isinstance(b, str) else 0.0 for a, b in pairwise(items)]
        room, wanted = right - left, sum(widths) + sum(gaps)
        tight = min(1.0, max(0.45, (room - sum(widths)) / max(sum(gaps), 1e-6))) if wanted > room else 1.0
        squeeze = min(1.0, (room - tight * sum(gaps)) / sum(widths)) if wanted > room else 1.0
        x = left + (room - squeeze * sum(widths) - tight * sum(gaps)) * align
        marks: list[tuple[Mark, float, float]] = []
        for i, item in enumerate(items):
            width = widths[i] * squeeze
            if isinstance(item, Mark):
                marks.append((item, x, width))
            else:
                lift = 0.0 if jitter is None else float(jitter[i])
                self._character(
                    item, face.mask(item, height_px), (x + squeeze * (widths[i] - own[i]) / 2, top + lift), squeeze
                )
            x += width + (tight * gaps[i] if i < len(gaps) else 0.0)
        self.lines += 1
        return marks

    def _character(
        self, character: str, mask: NDArray[np.uint8], corner_mm: tuple[float, float], squeeze: float
    ) -> None:
        if squeeze < 1:
            size = (max(2, round(mask.shape[1] * squeeze)), mask.shape[0])
            mask = np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), np.uint8)
        height, width = self.ink.shape
        x = min(max(round(corner_mm[0] * self.scale), 0), width - 2)
        y = min(max(round(corner_mm[1] * self.scale), 0), height - 2)
        part = self.ink[y : y + mask.shape[0], x : x + mask.shape[1]]
        np.maximum(part, mask[: part.shape[0], : part.shape[1]], out=part)
        self.text += character
        self._boxes.append((x, y, x + part.shape[1], y + part.shape[0]))

    def text_span_mm(self) -> tuple[float, float]:
        """Return left and right edge of what was written."""
        return min(b[0] for b in self._boxes) / self.scale, max(b[2] for b in self._boxes) / self.scale

    def set_ink(
        self, colour: Colour, finish: str = "flat", strength: float = 30.0, spare: Colour = (90, 90, 90)
    ) -> None:
        """Paint what `write` wrote, in one of FINISHES.

        `strength` is how bright the edges of pressed and domed characters are (grey levels), `spare` the second
        tone or the side walls of raised characters.
        """
        if not self._boxes:
            return
        boxes = np.array(self._boxes)
        x0, y0 = (int(v) for v in np.maximum(boxes[:, :2].min(axis=0) - 4, 0))
        x1, y1 = (int(v) + 4 for v in boxes[:, 2:].max(axis=0))
        ink, area = self.ink[y0:y1, x0:x1], self.image[y0:y1, x0:x1]
        paint = np.empty_like(area)
        paint.reshape(len(area), -1)[:] = np.tile(np.array(colour, np.uint8), area.shape[1])
        step = max(1, round(self.scale * 2.2))
        if finish == "raised":
            walls = np.empty_like(area)
            walls.reshape(len(area), -1)[:] = np.tile(np.array(spare, np.uint8), area.shape[1])
            area[:] = _over(area, walls, _moved(ink, step, step))
        elif finish == "two-tone":
            paint[paint.shape[0] // 2 :] = spare
        area[:] = _over(area, paint, ink)
        if finish in {"pressed", "domed"}:
            edge = cv2.subtract(ink, _moved(ink, 1, 1))
            far = cv2.subtract(ink, _moved(ink, -1, -1)) if finish == "domed" else cv2.subtract(_moved(ink, 1, 1), ink)
            light = cv2.convertScaleAbs(edge, alpha=strength / 255)
            dark = cv2.convertScaleAbs(far, alpha=strength / (510 if finish == "domed" else 255))
            area[:] = cv2.add(area, cv2.merge([light, light, light]))
            area[:] = (cv2.add if finish == "domed" else cv2.subtract)(area, cv2.merge([dark, dark, dark]))

    def plate(self, radius_mm: float, frame: tuple[float, float, Colour, str] | None = None) -> Plate:
        """Return the finished plate; a dealer's `frame` is its rim and foot in millimetres, colour and words."""
        boxes = np.array(self._boxes, np.float32).reshape(-1, 4)
        if frame is not None:
            rim_mm, foot_mm, colour, words = frame
            rim, foot = max(1, round(rim_mm * self.scale)), max(1, round(foot_mm * self.scale))
            self.image = np.asarray(
                cv2.copyMakeBorder(self.image, rim, foot, rim, rim, cv2.BORDER_CONSTANT, value=colour), np.uint8
            )
            self.ink = np.asarray(cv2.copyMakeBorder(self.ink, rim, foot, rim, rim, cv2.BORDER_CONSTANT), np.uint8)
            boxes += rim
            bright: Colour = (225, 225, 225) if sum(colour) < 380 else (30, 30, 30)
            x = self.ink.shape[1] / 2 / self.scale
            self.caption(words, x, self.ink.shape[0] / self.scale - foot_mm / 2, foot_mm * 0.55, bright)
        height, width = self.ink.shape
        cover = rounded(width, height, round(radius_mm * self.scale))
        return Plate(self.image, cover, self.text, boxes, self.lines, self.style)


def _over(under: Picture, paint: Picture, alpha: NDArray[np.uint8]) -> Picture:
    """Return paint laid over a picture of the same shape."""
    weight = cv2.merge([alpha, alpha, alpha])
    over = cv2.multiply(paint, weight, scale=1 / 255)
    return np.asarray(cv2.add(over, cv2.multiply(under, cv2.bitwise_not(weight), scale=1 / 255)), np.uint8)


def _moved(mask: NDArray[np.uint8], right: int, down: int) -> NDArray[np.uint8]:
    """Return the mask moved by whole pixels, empty where nothing comes in."""
    out = np.zeros_like(mask)
    height, width = mask.shape
    out[max(down, 0) : height + min(down, 0), max(right, 0) : width + min(right, 0)] = mask[
        max(-down, 0) : height + min(-down, 0), max(-right, 0) : width + min(-right, 0)
    ]
    return out


def rounded(width: int, height: int, radius: int) -> NDArray[np.uint8]:
    """Return coverage of a rectangle with round corners, shape (height, width)."""
    radius = max(0, min(radius, min(width, height) // 2 - 1))
    mask = np.full((height, width), 255, np.uint8)
    corner = _corner(radius)
    mask[:radius, :radius] = corner
    mask[:radius, width - radius :] = corner[:, ::-1]
    mask[height - radius :, :radius] = corner[::-1]
    mask[height - radius :, width - radius :] = corner[::-1, ::-1]
    return mask


@lru_cache(maxsize=64)
def _corner(radius: int) -> NDArray[np.uint8]:
    """Return coverage of the top left corner, shape (radius, radius)."""
    away = np.arange(radius) + 0.5 - radius
    distance = np.hypot(away[:, None], away[None, :])
    return np.asarray(np.clip(radius - distance + 0.5, 0, 1) * 255, np.uint8)


@lru_cache(maxsize=4000)
def _words(words: str, height_px: int) -> NDArray[np.uint8]:
    """Return small print as coverage, shape (height_px, its width)."""
    large = np.zeros((64, 40 * len(words) + 20), np.uint8)
    cv2.putText(large, words, (8, 48), cv2.FONT_HERSHEY_DUPLEX, 1.4, 255, 3, cv2.LINE_AA)
    rows, columns = np.flatnonzero(large.max(axis=1)), np.flatnonzero(large.max(axis=0))
    if not len(rows):
        return np.zeros((height_px, 1), np.uint8)
    cut = large[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    width = max(1, round(cut.shape[1] * height_px / cut.shape[0]))
    return np.asarray(cv2.resize(cut, (width, height_px), interpolation=cv2.INTER_AREA), np.uint8)
