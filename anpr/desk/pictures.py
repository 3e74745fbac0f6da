"""Pictures for the crew's screen, by opaque ids: those of this run from memory, older ones from the records."""

import re
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

import cv2
import numpy as np

from anpr.values import Image

KEPT_PICTURES: Final = 600
"""Pictures kept for the screen as JPEG (about 20 KB each); older ones are in the records."""

KEPT_RAW: Final = 24
"""Of these, how many are kept as they came, since most are never looked at and encoding takes time."""

JPEG_QUALITY: Final = 88

LIVE_WIDTH: Final = 640
"""Width of the live camera picture, pixels."""

_RECORDED: Final = re.compile(r"recorded-(\d{1,15})-(plate|overview)")


@dataclass(slots=True)
class CrewPictures:
    """Keeps pictures as they come and encodes them when a screen asks; safe from several threads.

    `recorded(sighting_id, kind)` returns the JPEG of a recorded sighting, or None.
    """

    recorded: Callable[[int, str], bytes | None]
    _raw: OrderedDict[str, Image] = field(default_factory=OrderedDict)
    _encoded: OrderedDict[str, bytes] = field(default_factory=OrderedDict)
    _ids: dict[int, str] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def keep(self, image: Image | None) -> str:
        """Keep a picture and return its id, the same for the same array; nothing for no picture."""
        if image is None:
            return ""
        with self._lock:
            known = self._ids.get(id(image))
            if known is not None and self._raw.get(known) is image:
                return known
            picture_id = secrets.token_urlsafe(12)
            self._raw[picture_id] = image
            self._ids[id(image)] = picture_id
            while len(self._raw) > KEPT_RAW:
                oldest_id, oldest = self._raw.popitem(last=False)
                self._ids.pop(id(oldest), None)
                self._encoded[oldest_id] = jpeg(oldest, JPEG_QUALITY) or b""
            while len(self._encoded) > KEPT_PICTURES:
                self._encoded.popitem(last=False)
        return picture_id

    def picture(self, picture_id: str) -> bytes | None:
        """Return a picture as JPEG, or None when it is no longer kept."""
        if match := _RECORDED.fullmatch(picture_id):
            return self.recorded(int(match[1]), match[2])
        with self._lock:
            image = self._raw.get(picture_id)
            if image is None:
                return self._encoded.get(picture_id)
        return jpeg(image, JPEG_QUALITY)

    def image(self, picture_id: str) -> Image | None:
        """Return a picture as an image, or None when it is no longer kept."""
        with self._lock:
            image = self._raw.get(picture_id)
        if image is not None:
            return image
        data = self.picture(picture_id) if picture_id else None
        decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
        return None if decoded is None else np.asarray(decoded, np.uint8)


def part_about(image: Image, place: tuple[float, float], share: float) -> Image:
    """Return the part of a picture about a place (shares of its width and height), so wide, and 16 to 9."""
    height, width = image.shape[:2]
    wide = max(round(width * share), 1)
    tall = min(max(round(wide * 9 / 16), 1), height)
    x = min(max(round(place[0] * width - wide / 2), 0), width - wide)
    y = min(max(round(place[1] * height - tall / 2), 0), height - tall)
    return np.ascontiguousarray(image[y : y + tall, x : x + wide])


def recorded_id(sighting_id: int, kind: str) -> str:
    """Return the id of a recorded sighting's picture; `kind` is `plate` or `overview`."""
    return f"recorded-{sighting_id}-{kind}"


def live_jpeg(image: Image | None) -> bytes | None:
    """Return a camera's newest picture, small, or None."""
    if image is None:
        return None
    height, width = image.shape[:2]
    scale = min(LIVE_WIDTH / width, 1.0)
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    return jpeg(np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8), 70)


def jpeg(image: Image, quality: int) -> bytes | None:
    """Return the picture as JPEG, or None when it cannot be encoded."""
    done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return data.tobytes() if done else None
