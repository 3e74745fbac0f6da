"""The truth of a clip as it is written: every vehicle, its plate in every frame, and when a person could read it."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

FORMAT: Final = "patrol-anpr-truth/1"
MPH: Final = 0.44704


@dataclass(frozen=True, slots=True)
class PlateInFrame:
    """One plate in one frame. Corners in px: top left, top right, bottom right, bottom left of the plate."""

    frame: int
    box: tuple[float, float, float, float]
    corners: tuple[tuple[float, float], ...]
    distance_m: float
    character_px: float
    blur_px: float
    visible: float
    legible: bool


@dataclass(slots=True)
class VehicleTruth:
    """One vehicle of a clip and its plate in every frame in which it appears."""

    vehicle: int
    vrm: str
    kind: str
    body: str
    colour: str
    lane: str
    end: str
    closing_mph: float
    frames: list[PlateInFrame] = field(default_factory=list)

    def legible_frames(self) -> list[int]:
        """Return the frames in which a person could read the plate."""
        return [row.frame for row in self.frames if row.legible]

    def as_json(self, fps: float) -> dict[str, Any]:
        """Return this vehicle for the truth file, with the first and last legible time."""
        legible = self.legible_frames()
        times = (
            {"first_s": legible[0] / fps, "last_s": legible[-1] / fps} if legible else {"first_s": None, "last_s": None}
        )
        return {**asdict(self), **times, "frames": [asdict(row) for row in self.frames]}


def write_truth(path: Path, header: dict[str, Any], vehicles: list[VehicleTruth], fps: float) -> None:
    """Write the truth file of a clip: a header, then one vehicle a line."""
    lines = ",\n".join(json.dumps(vehicle.as_json(fps)) for vehicle in vehicles)
    head = json.dumps({"format": FORMAT, **header})
    path.write_text(f'{head[:-1]},\n"vehicles": [\n{lines}\n]}}\n', encoding="utf-8")
