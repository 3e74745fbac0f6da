"""Pictures for the crew's screen: those of the last minutes from memory, older ones from the records.

A pair of pictures, plate and overview, has one name for good (`Sighting.pictures_id`), in memory and in the records alike;
`NAME-plate` and `NAME-overview` are the opaque ids by which screens ask for them.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from secrets import token_hex
from threading import Lock
from typing import Final

import cv2
import numpy as np

from anpr.screen.views import OVERVIEW, PLATE, picture_id
from anpr.values import Image, Sighting

KEPT_PICTURES: Final = 600
"""Pictures kept for the screen as JPEG (about 20 KB each); older ones are in the records."""

KEPT_RAW: Final = 24
"""How many are kept as they came beside them, since most are never looked at and encoding takes time."""

JPEG_QUALITY: Final = 88

LIVE_WIDTH: Final = 640
"""Width of the live camera picture, pixels."""


@dataclass(slots=True)
class CrewPictures:
    """Keeps pictures as they come and encodes them when a screen asks; safe from several threads.

    `recorded(pictures_id, kind)` returns the JPEG from the records, or None; `kind` is `plate` or `overview`.
    """

    recorded: Callable[[str, str], bytes | None]
    _raw: OrderedDict[str, Image] = field(default_factory=OrderedDict)
    _encoded: OrderedDict[str, bytes] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def keep(self, sighting: Sighting) -> None:
        """Keep the pictures of a version of a sighting, if they have a name and are not kept yet."""
        if not sighting.pictures_id:
            return
        with self._lock:
            for kind, image in ((PLATE, sighting.plate_image), (OVERVIEW, sighting.overview_image)):
                one = picture_id(sighting, kind)
                if image is None or one in self._raw or one in self._encoded:
                    continue
                self._raw[one] = image
            while len(self._raw) > KEPT_RAW:
                oldest_id, oldest = self._raw.popitem(last=False)
                if data := jpeg(oldest, JPEG_QUALITY):
                    self._encoded[oldest_id] = data
            while len(self._encoded) > KEPT_PICTURES:
                self._encoded.popitem(last=False)

    def keep_image(self, image: Image) -> str:
        """Keep a picture that belongs to no sighting and return its id."""
        one = f"{token_hex(9)}-{OVERVIEW}"
        with self._lock:
            self._raw[one] = image
        return one

    def picture(self, one: str) -> bytes | None:
        """Return a picture by its id as JPEG, or None when it is kept nowhere."""
        with self._lock:
            image, data = self._raw.get(one), self._encoded.get(one)
        if image is not None:
            return jpeg(image, JPEG_QUALITY)
        if data is not None:
            return data
        pictures_id, _, kind = one.rpartition("-")
        return self.recorded(pictures_id, kind) if pictures_id and kind in {PLATE, OVERVIEW} else None

    def image(self, one: str) -> Image | None:
        """Return a picture by its id as an image, or None when it is kept nowhere."""
        with self._lock:
            image = self._raw.get(one)
        if image is not None:
            return image
        data = self.picture(one) if one else None
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
