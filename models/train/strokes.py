"""Characters as strokes: the geometry that draws a letter from a few named points.

A character is written as a short text. Strokes are separated by `|`; a stroke is a list of points `u,v` or
`u,v,k`. u runs from 0 (centre line of a stroke along the left edge) to 1 (right edge), v from 0 (top) to 1
(bottom), so the drawing keeps its stroke width when box or stroke change. k rounds the corner: 1 is the face's
full corner radius, 0 (if left out) is a mitre. A stroke that begins or ends with `+` runs on and is cut by the
character's box, which gives diagonals their flat ends; one that ends with `z` is closed.
"""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

_SUPERSAMPLING = 4
_ARC_STEPS = 7
_FIXED_POINT_BITS = 4

Points = NDArray[np.float64]
Mask = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Pen:
    """Box, stroke and corner of a face, in millimetres; `slant` is dx per dy, leaning right when positive."""

    width: float
    height: float
    stroke: float
    corner: float
    slant: float = 0.0


def draw(strokes: str, pen: Pen, height_px: int) -> Mask:
    """Return the character's coverage, 0..255, shape (height_px, about width * height_px / height)."""
    scale = height_px * _SUPERSAMPLING / pen.height
    lean = abs(pen.slant) * pen.height
    width_px = max(2, round((pen.width + lean) * height_px / pen.height))
    canvas = np.zeros((height_px * _SUPERSAMPLING, width_px * _SUPERSAMPLING), np.uint8)
    for stroke in strokes.split("|"):
        for quad in _quads(stroke, pen):
            shifted = quad.copy()
            shifted[:, 0] += pen.slant * (pen.height / 2 - quad[:, 1]) + lean / 2
            fixed = np.round(shifted * scale * (1 << _FIXED_POINT_BITS)).astype(np.int32)
            cv2.fillConvexPoly(canvas, fixed, 255, cv2.LINE_8, _FIXED_POINT_BITS)
    return np.asarray(cv2.resize(canvas, (width_px, height_px), interpolation=cv2.INTER_AREA), np.uint8)


def _quads(stroke: str, pen: Pen) -> list[Points]:
    """Return the convex pieces, in millimetres, whose union is one stroke."""
    words = stroke.split()
    closed = words[-1] == "z"
    words = words[:-1] if closed else words
    run_in, run_out = words[0].startswith("+"), words[-1].endswith("+")
    corners = [tuple(float(n) for n in word.strip("+").split(",")) for word in words]
    half = pen.stroke / 2
    points = np.array(
        [(half + c[0] * (pen.width - pen.stroke), half + c[1] * (pen.height - pen.stroke)) for c in corners]
    )
    radii = [c[2] * pen.corner if len(c) > 2 else 0.0 for c in corners]
    path = _rounded(points, radii, closed=closed)
    if run_in:
        path[0] -= _unit(path[1] - path[0]) * pen.stroke * 1.5
    if run_out:
        path[-1] += _unit(path[-1] - path[-2]) * pen.stroke * 1.5
    if closed:
        path = np.vstack([path, path[:1]])
    return _ribbon(path, half, closed=closed)


def _unit(vector: Points) -> Points:
    return vector / max(float(np.hypot(vector[0], vector[1])), 1e-9)


def _rounded(points: Points, radii: list[float], *, closed: bool) -> Points:
    """Return the path with each corner replaced by an arc of its radius, as far as its sides have room."""
    count = len(points)
    path: list[Points] = []
    for i in range(count):
        if radii[i] <= 0 or (not closed and i in {0, count - 1}):
            path.append(points[i])
            continue
        before, after = points[i - 1] - points[i], points[(i + 1) % count] - points[i]
        a, b = _unit(before), _unit(after)
        half_angle = np.arccos(np.clip(a @ b, -1, 1)) / 2
        # A neighbour that is rounded too needs half of the side; an end of the stroke needs nothing.
        room = min(
            np.hypot(*side) * (1.0 if not closed and j in {0, count - 1} else 0.5)
            for side, j in ((before, (i - 1) % count), (after, (i + 1) % count))
        )
        tangent = min(radii[i] / np.tan(half_angle), room)
        radius = tangent * np.tan(half_angle)
        centre = points[i] + _unit(a + b) * radius / np.sin(half_angle)
        start, end = points[i] + a * tangent - centre, points[i] + b * tangent - centre
        sweep = np.arctan2(start[0] * end[1] - start[1] * end[0], start @ end)
        for t in np.linspace(0, sweep, _ARC_STEPS + 1):
            cos, sin = np.cos(t), np.sin(t)
            path.append(centre + np.array([start[0] * cos - start[1] * sin, start[0] * sin + start[1] * cos]))
    kept = [path[0]] + [p for q, p in pairwise(path) if np.hypot(*(p - q)) > 1e-6]
    return np.array(kept)


def _ribbon(path: Points, half: float, *, closed: bool) -> list[Points]:
    """Return a quadrilateral for each segment and a wedge for each joint: mitred when blunt, bevelled when sharp."""
    pieces: list[Points] = []
    count = len(path) - 1
    directions = [_unit(path[i + 1] - path[i]) for i in range(count)]
    for i, way in enumerate(directions):
        normal = np.array([-way[1], way[0]]) * half
        start, end = path[i], path[i + 1]
        pieces.append(np.array([start + normal, end + normal, end - normal, start - normal]))
        if i == count - 1 and not closed:
            break
        following = directions[(i + 1) % count]
        turn = float(way[0] * following[1] - way[1] * following[0])
        if abs(turn) < 1e-6:
            continue
        side = -np.sign(turn)
        outer = end + side * normal
        outer_next = end + side * np.array([-following[1], following[0]]) * half
        wedge = [end, outer, outer_next]
        cosine = float(way @ following)
        if cosine > -0.2:
            wedge.insert(2, end + _unit(outer - end + outer_next - end) * half / np.sqrt((1 + cosine) / 2))
        pieces.append(np.array(wedge))
    return pieces
