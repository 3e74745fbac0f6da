"""Pictures of plates and of vehicles on a road at dusk, drawn for the tests of the screen."""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

_YELLOW, _WHITE = (30, 196, 244), (240, 240, 240)
_PAINTS = ((60, 58, 54), (120, 24, 24), (30, 30, 130), (150, 150, 150), (28, 70, 40), (190, 190, 185))


@lru_cache(maxsize=64)
def plate_jpeg(vrm: str, seed: int, rear: bool = True) -> bytes:
    """Return a plate cut out, 120 x 40 pixels, as a camera sees it: soft, noisy, unevenly lit."""
    rng = np.random.default_rng(seed)
    large = _plate(vrm, rear, 520, 111)
    shade = np.linspace(0.72, 1.0, 520)[None, :, None] * np.linspace(1.0, 0.86, 111)[:, None, None]
    large = (large * shade).astype(np.uint8)
    shift = rng.uniform(-6, 6, (4, 2)).astype(np.float32)
    corners = np.array([[0, 0], [520, 0], [520, 111], [0, 111]], np.float32)
    turned = cv2.warpPerspective(
        large, cv2.getPerspectiveTransform(corners, corners + shift), (520, 111), borderValue=(40, 40, 40)
    )
    small = cv2.resize(cv2.GaussianBlur(turned, (0, 0), 2.0), (120, 40), interpolation=cv2.INTER_AREA)
    noisy = small.astype(np.float32) + rng.normal(0, 5, small.shape)
    return _jpeg(np.clip(noisy, 0, 255).astype(np.uint8), 80)


@lru_cache(maxsize=32)
def overview_jpeg(vrm: str, seed: int, width: int = 480) -> bytes:
    """Return a vehicle from behind on a road at dusk, 16 to 9."""
    rng = np.random.default_rng(seed)
    w, h = 960, 540
    sky = np.linspace(70, 128, 300)[:, None, None] * np.array([1.0, 0.86, 0.78])
    picture = np.zeros((h, w, 3), np.float32)
    picture[:300] = sky
    picture[300:] = np.linspace(52, 74, 240)[:, None, None]
    out = picture.astype(np.uint8)
    cv2.fillPoly(out, [np.array([[0, 300], [0, 210], [180, 236], [300, 296], [430, 300]])], (40, 46, 38))
    cv2.fillPoly(out, [np.array([[960, 300], [960, 190], [760, 240], [600, 300]])], (38, 42, 36))
    for x0, x1 in ((470, 120), (490, 840)):
        cv2.line(out, (x0, 305), (x1, 540), (150, 150, 150), 5, cv2.LINE_AA)
    paint = _PAINTS[seed % len(_PAINTS)]
    dark = tuple(int(c * 0.55) for c in paint)
    cv2.ellipse(out, (480, 478), (250, 26), 0, 0, 360, (26, 26, 26), -1, cv2.LINE_AA)
    cv2.rectangle(out, (270, 420), (340, 482), (20, 20, 20), -1)
    cv2.rectangle(out, (620, 420), (690, 482), (20, 20, 20), -1)
    roof = np.array([[330, 262], [372, 186], [588, 186], [630, 262]])
    cv2.fillPoly(out, [roof], paint, cv2.LINE_AA)
    cv2.fillPoly(out, [np.array([[352, 258], [386, 198], [574, 198], [608, 258]])], (70, 62, 52), cv2.LINE_AA)
    body = np.array([[262, 296], [330, 258], [630, 258], [698, 296], [704, 440], [256, 440]])
    cv2.fillPoly(out, [body], paint, cv2.LINE_AA)
    cv2.rectangle(out, (256, 400), (704, 446), dark, -1)
    for x in (270, 628):
        cv2.rectangle(out, (x, 300), (x + 62, 336), (40, 40, 205), -1)
    plate = cv2.resize(_plate(vrm, True, 520, 111), (150, 34), interpolation=cv2.INTER_AREA)
    out[352:386, 405:555] = plate
    soft = cv2.GaussianBlur(out, (0, 0), 1.3).astype(np.float32) + rng.normal(0, 4, out.shape)
    small = cv2.resize(np.clip(soft, 0, 255).astype(np.uint8), (width, width * 9 // 16), interpolation=cv2.INTER_AREA)
    return _jpeg(small.astype(np.uint8), 72)


def _plate(vrm: str, rear: bool, width: int, height: int) -> Picture:
    plate = np.empty((height, width, 3), np.uint8)
    plate[:] = _YELLOW if rear else _WHITE
    text = f"{vrm[:4]} {vrm[4:]}" if len(vrm) == 7 else vrm
    for scale in np.arange(3.4, 1.0, -0.1):
        (w, h), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_DUPLEX, scale, 12)
        if w < width - 36 and h < height - 20:
            break
    cv2.putText(
        plate,
        text,
        ((width - w) // 2, (height + h) // 2),
        cv2.FONT_HERSHEY_DUPLEX,
        scale,
        (22, 22, 22),
        12,
        cv2.LINE_AA,
    )
    cv2.rectangle(plate, (3, 3), (width - 4, height - 4), (60, 60, 60), 2)
    return plate


def _jpeg(picture: Picture, quality: int) -> bytes:
    return bytes(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes())
