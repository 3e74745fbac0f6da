"""A made road: a detector and reader that find the plates that a test puts there, frame by frame."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from anpr.values import Box, Detection, Image, Read
from tests.builders.read import read_of

START: Final = datetime(2026, 1, 1, tzinfo=UTC)

Plates = dict[int, list[tuple[Box, Any]]]
"""By frame number: the box and the text or evidence of each plate."""


class Road:
    """A detector and reader for a made road: plates by frame number."""

    input_width = 640

    def __init__(self, plates: Plates) -> None:
        self.plates = plates
        self.now = 0
        self.read_calls = 0
        self.looked_again: list[bool] = []

    def detect(self, image: Image) -> list[Detection]:
        return [Detection(box, 0.9) for box, _ in self.plates.get(self.now, [])]

    def read(self, image: Image, detections: Sequence[Detection], *, look_again: bool | None = None) -> list[Read]:
        self.read_calls += len(detections)
        self.looked_again.append(bool(look_again))
        texts = dict(self.plates[self.now])
        return [read_of(texts[d.box_px], 0, d.box_px) for d in detections]


def passing(text: object, first: int, last: int, x: float = 300) -> Plates:
    return {i: [((x + 3 * i, 400, x + 100 + 3 * i, 425), text)] for i in range(first, last)}
