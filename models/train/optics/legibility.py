"""How much of each character a photograph of a rendered plate still shows.

A character that glare, shadow, saturation, dirt or the cut took away cannot be read by anybody, and a test that counts
it says nothing of a reader. The measure is a matched filter: each character's own drawing, brought to where it lies in
the picture, is correlated with what the picture shows there. 1 is the drawing itself, 0 is nothing of it.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from models.plates.canvas import Plate
from models.train.optics.photograph import INPUT_SIZE, Photograph

LEGIBLE: Final = 0.4
"""A character is legible from this correlation on: a sixth of what varies around it is the character itself. Chosen by eye:
of rendered plates below it few can be read, above it nearly all."""

_AROUND: Final = 0.12
"""Share of a character's width and height added on each side: its outline has to show as well."""


def visibility(plate: Plate, taken: Photograph) -> NDArray[np.float64]:
    """Return the correlation, -1..1, of each of the plate's characters with the picture: the best of its channels.

    Raises ValueError for a photograph of no rendered plate.
    """
    if taken.to_input is None:
        raise ValueError("the photograph shows no rendered plate")
    drawn = cv2.cvtColor(plate.image, cv2.COLOR_BGR2GRAY)
    scale = np.sqrt(abs(np.linalg.det(taken.to_input[:2, :2])))
    if scale < 1.0:
        drawn = cv2.GaussianBlur(drawn, (0, 0), 0.4 / scale)
    there = cv2.warpPerspective(drawn, taken.to_input, INPUT_SIZE, flags=cv2.INTER_LINEAR).astype(np.float64)
    inside = cv2.warpPerspective(np.full_like(drawn, 255), taken.to_input, INPUT_SIZE) > 127
    seen = [taken.image[:, :, k].astype(np.float64) for k in range(3)] + [taken.image.mean(axis=2)]
    found = []
    for box in plate.character_boxes_px:
        where = _outline(box, taken.to_input) & inside
        found.append(max((_correlation(there[where], channel[where]) for channel in seen), default=0.0))
    return np.array(found)


def is_legible(plate: Plate, taken: Photograph) -> bool:
    """Return whether every character of the plate shows."""
    return taken.text == plate.text and bool((visibility(plate, taken) >= LEGIBLE).all())


def _outline(box: NDArray[np.float32], to_input: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return the pixels (48, 160) of the input in which a character lies."""
    x0, y0, x1, y1 = (float(v) for v in box)
    w, h = (x1 - x0) * _AROUND, (y1 - y0) * _AROUND
    corners = np.array([[[x0 - w, y0 - h], [x1 + w, y0 - h], [x1 + w, y1 + h], [x0 - w, y1 + h]]])
    mask = np.zeros(INPUT_SIZE[::-1], np.uint8)
    cv2.fillConvexPoly(mask, np.round(cv2.perspectiveTransform(corners, to_input)[0]).astype(np.int32), 1)
    return mask > 0


def _correlation(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Return Pearson's correlation, 0 where one of them does not vary or there are too few pixels to tell."""
    if len(a) < 12 or a.std() < 1.0 or b.std() < 1.0:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])
