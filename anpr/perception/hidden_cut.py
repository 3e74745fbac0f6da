"""What the network of hidden characters sees: the plate with much around it, and what the reader made of it, step by step."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from anpr.perception.second_looks import INPUT_SIZE
from anpr.values import Image
from anpr.vrm import NOTHING

HIDDEN_SIZE: Final = (160, 48)
"""Width and height in px of the network's picture."""

ZOOM_OUT: Final = (1.35, 1.9)
"""How many times as much as the reader's cut it shows, across and upright: what stands before a plate reaches beyond it."""

BEYOND: Final = (255, 0, 255)
"""Blue, green, red of what lies outside the frame: a colour that no street has."""

COLUMNS: Final = 40
"""Columns of the network's answer, each a fortieth of its picture's width."""

_ROWS: Final = 2
_SMALLEST_PX: Final = 2


def hidden_matrix(to_cut: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the map from frame px to the network's picture, for a plate that `to_cut` (3, 3) brings to the reader's input."""
    w, h = HIDDEN_SIZE
    sx, sy = w / INPUT_SIZE[0] / ZOOM_OUT[0], h / INPUT_SIZE[1] / ZOOM_OUT[1]
    out = np.array([[sx, 0, w / 2 - sx * INPUT_SIZE[0] / 2], [0, sy, h / 2 - sy * INPUT_SIZE[1] / 2], [0, 0, 1]])
    return np.asarray(out @ to_cut)


def hidden_cut(frame: Image, to_cut: NDArray[np.float64]) -> Image:
    """Return the network's picture (48, 160, 3) of a plate in a frame; `to_cut` as in `hidden_matrix`."""
    matrix = hidden_matrix(to_cut)
    w, h = HIDDEN_SIZE
    corners = np.array([[0, 0, 1], [w, 0, 1], [w, h, 1], [0, h, 1]], np.float64) @ np.linalg.inv(matrix).T
    seen = corners[:, :2] / corners[:, 2:]
    shrink = max(float(np.linalg.norm(seen[1] - seen[0])) / w, float(np.linalg.norm(seen[3] - seen[0])) / h)
    if shrink > 1.5:
        x0, y0 = np.maximum(np.floor(seen.min(axis=0)) - 2, 0).astype(int)
        x1 = min(int(np.ceil(seen[:, 0].max())) + 2, frame.shape[1])
        y1 = min(int(np.ceil(seen[:, 1].max())) + 2, frame.shape[0])
        if x1 - x0 > _SMALLEST_PX and y1 - y0 > _SMALLEST_PX:
            part = frame[y0:y1, x0:x1]
            small = (max(2, round((x1 - x0) / shrink)), max(2, round((y1 - y0) / shrink)))
            frame = np.asarray(cv2.resize(part, small, interpolation=cv2.INTER_AREA), np.uint8)
            matrix = matrix @ np.array([[(x1 - x0) / small[0], 0, x0], [0, (y1 - y0) / small[1], y0], [0, 0, 1]])
    cut = cv2.warpPerspective(
        frame, matrix, HIDDEN_SIZE, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=BEYOND
    )
    return np.asarray(cut, np.uint8)


def column_of(x: float) -> float:
    """Return the column, 0 to COLUMNS, of a place in the reader's cut, a share of its width."""
    return (0.5 + (x - 0.5) / ZOOM_OUT[0]) * COLUMNS


def said_at_columns(log_posteriors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what the reader said (160, 37) at each column: (40, 74), the sum of its steps there, both rows side by side."""
    steps = np.exp(log_posteriors).reshape(_ROWS, -1, NOTHING + 1)
    gathered = np.matmul(_GATHER, steps).transpose(1, 0, 2)
    return np.asarray(gathered.reshape(COLUMNS, -1), np.float32)


def _gathering(steps: int) -> NDArray[np.float32]:
    """Return how much of each step of a row falls into each column, (COLUMNS, steps)."""
    edges = np.array([column_of(s / steps) for s in range(steps + 1)])
    low, high = (
        np.maximum(edges[:-1], np.arange(COLUMNS)[:, None]),
        np.minimum(edges[1:], np.arange(1, COLUMNS + 1)[:, None]),
    )
    return np.asarray(np.clip(high - low, 0, None) / (edges[1:] - edges[:-1]), np.float32)


_GATHER: Final = _gathering(80)
