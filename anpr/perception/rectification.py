"""Cutting a plate out of a frame and turning it flat: by its corners where they are known, else by its box."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from anpr.values import Box, Detection, Image

MARGIN: Final = (0.05, 0.10)
"""Share of the cut picture's width and height left free on each side of a plate cut by its corners."""

BOX_MARGIN: Final = (0.03, 0.06)
"""Share of a box's width and height added on each side before cutting by it."""


def by_matrix(frame: Image, to_cut: NDArray[np.float64], size: tuple[int, int]) -> Image:
    """Return the cut of `size` (w, h) px under the 3x3 map from frame px to cut px, smoothed where it shrinks."""
    w, h = size
    corners = np.array([[0, 0, 1], [w, 0, 1], [w, h, 1], [0, h, 1]], np.float64) @ np.linalg.inv(to_cut).T
    seen = corners[:, :2] / corners[:, 2:]
    shrink = max(
        float(np.linalg.norm(seen[1] - seen[0]) + np.linalg.norm(seen[2] - seen[3])) / (2 * w),
        float(np.linalg.norm(seen[3] - seen[0]) + np.linalg.norm(seen[2] - seen[1])) / (2 * h),
    )
    if shrink > 1.5:
        x0, y0 = np.maximum(np.floor(seen.min(axis=0)) - 2, 0).astype(int)
        x1 = min(int(np.ceil(seen[:, 0].max())) + 2, frame.shape[1])
        y1 = min(int(np.ceil(seen[:, 1].max())) + 2, frame.shape[0])
        if x1 - x0 > 2 and y1 - y0 > 2:
            part = frame[y0:y1, x0:x1]
            small = (max(2, round((x1 - x0) / shrink)), max(2, round((y1 - y0) / shrink)))
            frame = np.asarray(cv2.resize(part, small, interpolation=cv2.INTER_AREA), np.uint8)
            fx, fy = (x1 - x0) / small[0], (y1 - y0) / small[1]
            to_cut = to_cut @ np.array([[fx, 0, x0], [0, fy, y0], [0, 0, 1]])
    cut = cv2.warpPerspective(frame, to_cut, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cut, np.uint8)


def corner_matrix(
    corners_px: NDArray[np.float32], size: tuple[int, int], margin: tuple[float, float] = MARGIN
) -> NDArray[np.float64]:
    """Return the map from frame px to a cut in which the corners (4, 2; from top left, clockwise) form a rectangle."""
    w, h = size
    mx, my = margin[0] * w, margin[1] * h
    target = np.array([[mx, my], [w - mx, my], [w - mx, h - my], [mx, h - my]], np.float32)
    return np.asarray(cv2.getPerspectiveTransform(corners_px.astype(np.float32), target), np.float64)


def box_matrix(box_px: Box, size: tuple[int, int], margin: tuple[float, float] = BOX_MARGIN) -> NDArray[np.float64]:
    """Return the map from frame px to a cut that holds the box and a margin of shares of it on each side."""
    x0, y0, x1, y1 = box_px
    bw, bh = max(x1 - x0, 1.0), max(y1 - y0, 1.0)
    sx, sy = size[0] / (bw * (1 + 2 * margin[0])), size[1] / (bh * (1 + 2 * margin[1]))
    return np.array([[sx, 0, -(x0 - margin[0] * bw) * sx], [0, sy, -(y0 - margin[1] * bh) * sy], [0, 0, 1]], np.float64)


def cut_matrix(detection: Detection, size: tuple[int, int]) -> NDArray[np.float64]:
    """Return the map for a detection: by its corners if it has them and they are a true quadrilateral, else its box."""
    corners = detection.corners_px
    if corners is not None and cv2.isContourConvex(corners.astype(np.float32)) and cv2.contourArea(corners) > 16:
        return corner_matrix(corners, size)
    return box_matrix(detection.box_px, size)
