"""The pictures that belong to a sighting: the plate cut out, its surroundings, and both as small JPEG files."""

from typing import Final

import cv2
import numpy as np

from anpr.errors import Failure
from anpr.values import Box, Detection, Image

PLATE_WIDTH: Final = 240
"""Width in pixels of a plate picture kept in memory; the screen enlarges it."""

PLATE_LIMIT: Final = (120, 60, 3 * 1024)
"""Width, height and bytes of a recorded plate picture (docs/DOMAIN.md, records and images)."""

OVERVIEW_LIMIT: Final = (480, 270, 25 * 1024)
"""Width, height and bytes of a recorded overview picture (bytes: docs/DOMAIN.md; size: ours)."""


def cut_plate(image: Image, detection: Detection, margin: float = 0.08, beside: float = 0.0) -> Image:
    """Return the plate of a detection, straightened where its corners are known, `PLATE_WIDTH` wide.

    `margin` is added on every side, as a share of the plate's height; `beside` at the left and right besides, as a share of
    its width, and half of that above and below: so that what hides a character is seen.
    """
    corners = detection.corners_px
    x0, y0, x1, y1 = detection.box_px
    if corners is None:
        corners = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float32)
    across = (np.linalg.norm(corners[1] - corners[0]) + np.linalg.norm(corners[2] - corners[3])) / 2
    down = (np.linalg.norm(corners[3] - corners[0]) + np.linalg.norm(corners[2] - corners[1])) / 2
    aspect = min(max(float(down) / max(float(across), 1.0), 0.12), 1.0)
    high = aspect * PLATE_WIDTH / (1.0 + 2.0 * beside)
    height = max(int(high + beside * PLATE_WIDTH / (1.0 + 2.0 * beside)), 1)
    edge = high * margin
    side = edge + beside * PLATE_WIDTH / (1.0 + 2.0 * beside)
    above = edge + (height - high) / 2 if beside else edge
    inner = (side, above, PLATE_WIDTH - 1 - side, height - 1 - above)
    target = np.array(
        [[inner[0], inner[1]], [inner[2], inner[1]], [inner[2], inner[3]], [inner[0], inner[3]]], np.float32
    )
    warp = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    cut = cv2.warpPerspective(image, warp, (PLATE_WIDTH, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cut, np.uint8)


def cut_overview(image: Image, box: Box, plate_share: float = 0.22) -> Image:
    """Return the vehicle's surroundings: the plate takes about `plate_share` of the width, 16:9, at most 480 wide."""
    height, width = image.shape[:2]
    wide = min(max((box[2] - box[0]) / plate_share, 160.0), float(width))
    tall = min(wide * 9 / 16, float(height))
    x = min(max((box[0] + box[2]) / 2 - wide / 2, 0.0), width - wide)
    y = min(max((box[1] + box[3]) / 2 - tall * 0.6, 0.0), height - tall)
    part = image[int(y) : max(int(y + tall), int(y) + 1), int(x) : max(int(x + wide), int(x) + 1)]
    return _fit(part, OVERVIEW_LIMIT[0], OVERVIEW_LIMIT[1])


def encode_within(image: Image, limit: tuple[int, int, int]) -> bytes:
    """Return a JPEG of at most the given width, height (pixels) and size (bytes), of the best quality that fits.

    Raises Failure when even a heavily reduced picture is larger (never seen with the limits here).
    """
    picture = _fit(image, limit[0], limit[1])
    while True:
        for quality in (90, 80, 70, 60, 50, 40, 30, 20, 10):
            done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
            if done and data.size <= limit[2]:
                return data.tobytes()
        if min(picture.shape[:2]) < 4:
            raise Failure(f"a picture cannot be encoded in {limit[2]} bytes: raise the limit")
        picture = _fit(picture, picture.shape[1] * 3 // 4, picture.shape[0] * 3 // 4)


def _fit(image: Image, width: int, height: int) -> Image:
    scale = min(width / image.shape[1], height / image.shape[0], 1.0)
    if scale == 1.0:
        return np.ascontiguousarray(image)
    size = (max(round(image.shape[1] * scale), 1), max(round(image.shape[0] * scale), 1))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
