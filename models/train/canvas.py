"""The blank of a number plate and what is put on it: characters, bands, seals, bolts, borders, small print."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from anpr.vrm import ALPHABET
from models.train.glyphs import Face

Colour = tuple[int, int, int]
"""Blue, green, red, 0..255."""

_BITS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Plate:
    """A number plate seen flat and from the front.

    `image` is uint8 BGR of shape (H, W, 3); `coverage` uint8 of shape (H, W), 255 where the plate is (its corners
    are round); `text` holds characters of ALPHABET only, line by line, without band and seal letters;
    `character_boxes_px` is float32 of shape (len(text), 4), xyxy, in the order of `text`; `lines` is 1 or 2;
    `style` names country and kind.
    """

    image: NDArray[np.uint8]
    coverage: NDArray[np.uint8]
    text: str
    character_boxes_px: NDArray[np.float32]
    lines: int
    style: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Something between characters that is no character: a `gap`, `dash`, `dot`, `seal`, `sticker` or `crest`."""

    kind: str
    width_mm: float


Item = str | Mark


class Canvas:
    """A plate in the making; positions are millimetres from its top left corner."""

    def __init__(self, size_mm: tuple[float, float], px_per_mm: float, colour: Colour, style: str) -> None:
        self.width_mm, self.height_mm = size_mm
        self.scale = px_per_mm
        self.style = style
        self.size_px = (round(size_mm[0] * px_per_mm), round(size_mm[1] * px_per_mm))
        self.image = np.full((self.size_px[1], self.size_px[0], 3), colour, np.uint8)
        self.ink = np.zeros((self.size_px[1], self.size_px[0]), np.uint8)
        self.text = ""
        self.lines = 0
        self._boxes: list[tuple[float, float, float, float]] = []

    def _fixed(self, *values: float) -> tuple[int, ...]:
        return tuple(round(v * self.scale * (1 << _BITS)) for v in values)

    def rectangle(self, x: float, y: float, w: float, h: float, colour: Colour) -> None:
        """Fill a rectangle."""
        s = self.scale
        self.image[round(max(y, 0) * s) : round((y + h) * s), round(max(x, 0) * s) : round((x + w) * s)] = colour

    def disc(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """Fill a disc."""
        fx, fy, fr = self._fixed(x, y, radius)
        cv2.circle(self.image, (fx, fy), fr, colour, -1, cv2.LINE_AA, _BITS)

    def ring(self, x: float, y: float, radius: float, line: float, colour: Colour) -> None:
        """Draw a circle with a line of the given width."""
        fx, fy, fr = self._fixed(x, y, radius)
        cv2.circle(self.image, (fx, fy), fr, colour, max(1, round(line * self.scale)), cv2.LINE_AA, _BITS)

    def polygon(self, points: Sequence[tuple[float, float]], colour: Colour) -> None:
        """Fill a polygon."""
        fixed = np.round(np.array(points) * self.scale * (1 << _BITS)).astype(np.int32)
        cv2.fillPoly(self.image, [fixed], colour, cv2.LINE_AA, _BITS)

    def line(self, start: tuple[float, float], end: tuple[float, float], width: float, colour: Colour) -> None:
        """Draw a straight line."""
        a, b = self._fixed(*start), self._fixed(*end)
        cv2.line(self.image, (a[0], a[1]), (b[0], b[1]), colour, max(1, round(width * self.scale)), cv2.LINE_AA, _BITS)

    def border(self, inset: float, line: float, colour: Colour, radius: float = 8.0) -> None:
        """Draw a rounded frame `inset` from the edge."""
        height, width = self.ink.shape
        outer = rounded(width, height, round(inset * self.scale), round(radius * self.scale))
        inner = rounded(width, height, round((inset + line) * self.scale), max(0, round((radius - line) * self.scale)))
        self.blend(np.asarray(cv2.subtract(outer, inner), np.uint8), colour)

    def blend(self, alpha: NDArray[np.uint8], colour: Colour) -> None:
        """Lay a colour over the picture where alpha (H, W) says so."""
        paint = np.empty_like(self.image)
        paint[:] = colour
        weight = cv2.merge([alpha, alpha, alpha])
        over = cv2.multiply(paint, weight, scale=1 / 255)
        under = cv2.multiply(self.image, cv2.bitwise_not(weight), scale=1 / 255)
        self.image = np.asarray(cv2.add(over, under), np.uint8)

    def caption(self, words: str, x: float, y: float, height: float, colour: Colour) -> None:
        """Write small print centred at (x, y); its characters are not part of the text."""
        mask = _words(words, max(4, round(height * self.scale)))
        self._stamp(mask, round(x * self.scale - mask.shape[1] / 2), round(y * self.scale - mask.shape[0] / 2), colour)

    def _stamp(self, mask: NDArray[np.uint8], x: int, y: int, colour: Colour) -> None:
        height, width = self.ink.shape
        x0, y0, x1, y1 = max(x, 0), max(y, 0), min(x + mask.shape[1], width), min(y + mask.shape[0], height)
        if x0 >= x1 or y0 >= y1:
            return
        alpha = mask[y0 - y : y1 - y, x0 - x : x1 - x, None].astype(np.float32) / 255
        part = self.image[y0:y1, x0:x1]
        part[:] = (part * (1 - alpha) + np.array(colour, np.float32) * alpha + 0.5).astype(np.uint8)

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
    ) -> list[tuple[Mark, float, float]]:
        """Write one line of characters into `ink` and return each mark with its left edge and width.

        `area_mm` is left and right edge of the room; `gap` the distance of characters, `top` their upper edge; `align` 0 sets the line to the left, 1 to the right of the area.
        A line that is too long for the area gets narrower gaps, then narrower characters. `jitter` moves each
        character up or down, in millimetres.
        """
        left, right = area_mm
        masks = [face.mask(item, height_px) if isinstance(item, str) else None for item in items]
        widths = [i.width_mm if isinstance(i, Mark) else face.mask(i, height_px).shape[1] / self.scale for i in items]
        gaps = [gap if isinstance(a, str) and isinstance(b, str) else 0.0 for a, b in pairwise(items)]
        room, wanted = right - left, sum(widths) + sum(gaps)
        tight = min(1.0, max(0.45, (room - sum(widths)) / max(sum(gaps), 1e-6))) if wanted > room else 1.0
        squeeze = min(1.0, (room - tight * sum(gaps)) / sum(widths)) if wanted > room else 1.0
        x = left + (room - squeeze * sum(widths) - tight * sum(gaps)) * align
        marks: list[tuple[Mark, float, float]] = []
        for i, item in enumerate(items):
            mask = masks[i]
            width = widths[i] * squeeze
            if isinstance(item, Mark):
                marks.append((item, x, width))
            elif mask is not None:
                lift = 0.0 if jitter is None else float(jitter[i])
                self._character(item, mask, (x, top + lift), squeeze)
            x += width + (tight * gaps[i] if i < len(gaps) else 0.0)
        self.lines += 1
        return marks

    def _character(
        self, character: str, mask: NDArray[np.uint8], corner_mm: tuple[float, float], squeeze: float
    ) -> None:
        if squeeze < 1:
            mask = np.asarray(
                cv2.resize(mask, (max(2, round(mask.shape[1] * squeeze)), mask.shape[0]), interpolation=cv2.INTER_AREA),
                np.uint8,
            )
        height, width = self.ink.shape
        x = min(max(round(corner_mm[0] * self.scale), 0), width - 2)
        y = min(max(round(corner_mm[1] * self.scale), 0), height - 2)
        part = self.ink[y : y + mask.shape[0], x : x + mask.shape[1]]
        np.maximum(part, mask[: part.shape[0], : part.shape[1]], out=part)
        self.text += character
        self._boxes.append((x, y, x + part.shape[1], y + part.shape[0]))

    def plate(self, radius_mm: float) -> Plate:
        """Return the finished plate."""
        height, width = self.ink.shape
        return Plate(
            self.image,
            rounded(width, height, 0, round(radius_mm * self.scale)),
            self.text,
            np.array(self._boxes, np.float32).reshape(-1, 4),
            self.lines,
            self.style,
        )


@lru_cache(maxsize=4000)
def rounded(width: int, height: int, inset: int, radius: int) -> NDArray[np.uint8]:
    """Return coverage of a rectangle with round corners, `inset` from the edges of a (height, width) picture."""
    mask = np.zeros((height, width), np.uint8)
    radius = max(0, min(radius, (min(width, height) - 2 * inset) // 2 - 1))
    left, top, right, bottom = inset, inset, width - 1 - inset, height - 1 - inset
    mask[top + radius : bottom - radius + 1, left : right + 1] = 255
    mask[top : bottom + 1, left + radius : right - radius + 1] = 255
    for x in (left + radius, right - radius):
        for y in (top + radius, bottom - radius):
            cv2.circle(mask, (x, y), radius, 255, -1, cv2.LINE_AA)
    mask.flags.writeable = False
    return mask


@lru_cache(maxsize=3000)
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


def shade(rng: np.random.Generator, colour: Colour, spread: float = 8.0) -> Colour:
    """Return the colour a little changed: lighter or darker, and a touch of another hue."""
    moved = np.array(colour) + rng.normal(0, spread) + rng.normal(0, spread / 3, 3)
    b, g, r = np.clip(moved, 0, 255).astype(int)
    return int(b), int(g), int(r)


def random_text(rng: np.random.Generator, length: int) -> str:
    """Return characters of ALPHABET drawn alike, so that a reader can learn no language from them."""
    return "".join(ALPHABET[i] for i in rng.integers(0, len(ALPHABET), length))


def pattern_text(rng: np.random.Generator, pattern: str, letters: str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ") -> str:
    """Return a text of the pattern: `A` becomes one of `letters`, `0` a digit, anything else stays.

    A lower-case letter stands for itself as a capital, so that `jA` gives J and any letter.
    """
    out = []
    for c in pattern:
        if c == "A":
            out.append(letters[int(rng.integers(len(letters)))])
        elif c == "0":
            out.append(str(int(rng.integers(10))))
        else:
            out.append(c.upper())
    return "".join(out)


def items_of(text: str, group_gap: float) -> list[Item]:
    """Return the items of a text: spaces become group gaps."""
    return [Mark("gap", group_gap) if c == " " else c for c in text]
