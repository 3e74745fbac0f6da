"""Which of the engine's pictures a page shows: by its bytes, or, where it was encoded anew for the records, by its looks."""

import hashlib
from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

SIGN_PX: Final = (24, 10)
ALIKE: Final = 4.0
"""Mean difference in grey levels up to which two are the same picture, encoded twice."""

Sign = list[int]
"""Grey levels of a picture that was made very small, row by row."""


def hashed(jpeg: bytes) -> str:
    """Return the hash of a picture's bytes."""
    return hashlib.sha256(jpeg).hexdigest()


def sign_of(jpeg: bytes) -> Sign:
    """Return what a picture looks like; an empty one has none."""
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE) if jpeg else None
    if picture is None:
        return []
    return [int(level) for level in cv2.resize(picture, SIGN_PX, interpolation=cv2.INTER_AREA).ravel()]


@dataclass(slots=True)
class KnownPictures:
    """The pictures that the engine made, and whose vehicle each shows (empty: not known)."""

    owners: dict[str, str] = field(default_factory=dict)
    _signs: dict[str, NDArray[np.int16]] = field(default_factory=dict)

    def add(self, key: str, sign: Sign, owner: str) -> None:
        """Take in a picture by its hash."""
        self.owners[key] = owner or self.owners.get(key, "")
        if sign:
            self._signs[key] = np.asarray(sign, np.int16)

    def key_of(self, jpeg: bytes) -> str | None:
        """Return the hash of the picture that this is, None when it is none that is known."""
        key = hashed(jpeg)
        if key in self.owners:
            return key
        sign = np.asarray(sign_of(jpeg), np.int16)
        apart = {k: float(np.abs(one - sign).mean()) for k, one in self._signs.items() if one.shape == sign.shape}
        nearest = min(apart, key=apart.__getitem__, default=None)
        return nearest if nearest is not None and apart[nearest] <= ALIKE else None
