"""Characters as strokes: the geometry that draws a letter from a few named points.

A character is written as a short text. Strokes are separated by `|`; a stroke is a list of points `u,v` or
`u,v,k`. u runs from 0 (centre line of a stroke along the left edge) to 1 (right edge), v from 0 (top) to 1
(bottom), so the drawing keeps its stroke width when box or stroke change. k rounds the corner: 1 is the face's
full corner radius, 0 (if left out) is a mitre. A stroke that begins or ends with `+` runs on and is cut by the
character's box, which gives diagonals their flat ends; one that ends with `z` is closed. A stroke that begins
with `!` is cut out of what was drawn before it (the slit of a forgery-proof 0).
"""

from cmath import exp, phase
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

_SUPERSAMPLING = 3
_ARC_STEPS = 6
_FIXED_POINT_BITS = 4

Mask = NDArray[np.uint8]
"""Coverage 0..255, shape (height, width)."""


@dataclass(frozen=True, slots=True)
class Pen:
    """Box, stroke and corner of a face, in millimetres; `slant` is dx per dy, leaning right when positive."""

    width: float
    height: float
    stroke: float
    corner: float
    slant: float = 0.0


def draw(strokes: str, pen: Pen, height_px: int) -> Mask:
    """Return the character's coverage, shape (height_px, about width * height_px / height)."""
    scale = height_px * _SUPERSAMPLING / pen.height * (1 << _FIXED_POINT_BITS)
    lean = abs(pen.slant) * pen.height
    width_px = max(2, round((pen.width + lean) * height_px / pen.height))
    canvas = np.zeros((height_px * _SUPERSAMPLING, width_px * _SUPERSAMPLING), np.uint8)
    for stroke in strokes.split("|"):
        value = 0 if stroke.startswith("!") else 255
        for piece in _pieces(stroke.lstrip("!"), pen):
            fixed = [
                (round((p.real + pen.slant * (pen.height / 2 - p.imag) + lean / 2) * scale), round(p.imag * scale))
                for p in piece
            ]
            cv2.fillConvexPoly(canvas, np.array(fixed, np.int32), value, cv2.LINE_8, _FIXED_POINT_BITS)
    return np.asarray(cv2.resize(canvas, (width_px, height_px), interpolation=cv2.INTER_AREA), np.uint8)


def _pieces(stroke: str, pen: Pen) -> list[list[complex]]:
    """Return convex pieces whose union is one stroke; points are x + iy in millimetres."""
    words = stroke.split()
    closed = words[-1] == "z"
    words = words[:-1] if closed else words
    run_in, run_out = words[0].startswith("+"), words[-1].endswith("+")
    half = pen.stroke / 2
    points, radii = [], []
    for word in words:
        u, v, *k = (float(n) for n in word.strip("+").split(","))
        points.append(complex(half + u * (pen.width - pen.stroke), half + v * (pen.height - pen.stroke)))
        radii.append(k[0] * pen.corner if k else 0.0)
    path = _rounded(points, radii, closed=closed)
    if len(path) < 2:
        return []
    if run_in:
        path[0] -= _unit(path[1] - path[0]) * pen.stroke * 1.5
    if run_out:
        path[-1] += _unit(path[-1] - path[-2]) * pen.stroke * 1.5
    return _ribbon(path + path[:1] if closed else path, half, closed=closed)


def _unit(vector: complex) -> complex:
    return vector / max(abs(vector), 1e-9)


def _rounded(points: list[complex], radii: list[float], *, closed: bool) -> list[complex]:
    """Return the path with each corner replaced by an arc of its radius, as far as its sides have room."""
    last = len(points) - 1
    path: list[complex] = []
    for i, point in enumerate(points):
        if radii[i] <= 0 or (not closed and i in {0, last}):
            path.append(point)
            continue
        room = []
        for j in ((i - 1) % len(points), (i + 1) % len(points)):
            # A neighbour that is rounded too needs half of the side; an end of the stroke needs nothing.
            share = 1.0 if (not closed and j in {0, last}) or radii[j] <= 0 else 0.5
            room.append(abs(points[j] - point) * share)
        before, after = _unit(points[i - 1] - point), _unit(points[(i + 1) % len(points)] - point)
        turn = phase(after / -before)
        if abs(turn) < 0.02:
            path.append(point)
            continue
        half = np.tan(abs(turn) / 2)
        tangent = min(radii[i] * half, *room)
        start = point + before * tangent
        centre = start + (1j if turn > 0 else -1j) * -before * tangent / half
        path += [centre + (start - centre) * exp(1j * turn * s / _ARC_STEPS) for s in range(_ARC_STEPS + 1)]
    path = path[:1] + [q for p, q in pairwise(path) if abs(q - p) > 1e-6]
    return path[:-1] if closed and abs(path[0] - path[-1]) <= 1e-6 else path


def _ribbon(path: list[complex], half: float, *, closed: bool) -> list[list[complex]]:
    """Return a quadrilateral for each segment and a wedge for each joint: mitred when blunt, bevelled when sharp."""
    pieces: list[list[complex]] = []
    ways = [_unit(q - p) for p, q in pairwise(path)]
    for i, (start, end) in enumerate(pairwise(path)):
        normal = ways[i] * 1j * half
        pieces.append([start + normal, end + normal, end - normal, start - normal])
        if i == len(ways) - 1 and not closed:
            break
        turn = ways[(i + 1) % len(ways)] / ways[i]
        if abs(turn.imag) < 1e-6:
            continue
        outer = -normal if turn.imag > 0 else normal
        wedge = [end, end + outer, end + outer * turn]
        if turn.real > -0.2:
            wedge.insert(2, end + _unit(outer + outer * turn) * half / np.sqrt((1 + turn.real) / 2))
        pieces.append(wedge)
    return pieces
