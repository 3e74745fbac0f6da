"""Truth and replay of one clip brought together: what became of each vehicle, and of each sighting without one."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from anpr.vrm import fold
from benchmarks.accuracy.pairing import assign
from benchmarks.accuracy.replayed import AlertAt, Replayed, Seen
from benchmarks.accuracy.truth_file import ClipTruth, PlateAt, Vehicle

HEIGHTS_PX: Final = (0, 6, 8, 10, 12, 15, 20, 30, 1000)
"""Edges of the classes of character heights for which frames are counted."""


@dataclass(frozen=True, slots=True)
class Told:
    """One sighting, judged. `exact`: right in every character; `right`: the same, O and 0, I and 1 being alike."""

    text: str
    confidence: float
    right: bool
    exact: bool
    merged: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one vehicle; `vrm` is empty for the sightings of a clip that are of no vehicle.

    Times are seconds after the first legible frame, negative before it; None: never. `heights` gives for each class
    of `HEIGHTS_PX` the frames with a legible plate of that height, those with a read, and those with a right one.
    """

    clip: str
    set_name: str
    vrm: str
    legible: bool
    lane: str
    light: str
    weather: str
    closing_mph: float | None
    character_px: float | None
    distance_m: float | None
    legible_frames: int
    told: tuple[Told, ...]
    first_right_s: float | None
    alert_s: float | None
    heights: tuple[tuple[int, int, int], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return a plain dictionary."""
        return asdict(self)

    @classmethod
    def from_json(cls, item: dict[str, Any]) -> "Outcome":
        """Return the outcome that `as_json` gave."""
        told = tuple(Told(**one) for one in item["told"])
        return cls(**{**item, "told": told, "heights": tuple((a, b, c) for a, b, c in item["heights"])})


def outcomes(truth: ClipTruth, said: Replayed) -> list[Outcome]:
    """Return the outcome of every vehicle, and one with an empty mark that holds the sightings of none."""
    owned: list[list[tuple[Seen, Told]]] = [[] for _ in truth.vehicles]
    stray: list[Told] = []
    for seen in said.sightings:
        found = assign(truth, seen)
        if found.vehicle is None:
            if not _is_of_unreadable(truth, seen):
                stray.append(Told(seen.text, seen.confidence, False, False, False))
            continue
        vrm = truth.vehicles[found.vehicle].vrm
        told = Told(seen.text, seen.confidence, fold(seen.text) == fold(vrm), seen.text == vrm, found.merged)
        mine = Seen(seen.text, seen.confidence, seen.first_s, seen.last_s, found.on_vehicle)
        owned[found.vehicle].append((mine, told))
    result = [_outcome(truth, vehicle, mine, said.alerts) for vehicle, mine in zip(truth.vehicles, owned, strict=True)]
    return [*result, _nobody(truth, tuple(stray))]


def _is_of_unreadable(truth: ClipTruth, seen: Seen) -> bool:
    """Whether a person saw a vehicle then that nobody can read: neither right nor wrong can be said of it."""
    return any(seen.first_s <= last and seen.last_s >= first for first, last in truth.unreadable)


def _nobody(truth: ClipTruth, stray: tuple[Told, ...]) -> Outcome:
    return Outcome(
        truth.clip.name, truth.set_name, "", False, "none", truth.light, truth.weather, None, None, None, 0, stray, None, None
    )  # fmt: skip


def _outcome(truth: ClipTruth, vehicle: Vehicle, mine: list[tuple[Seen, Told]], alerts: Sequence[AlertAt]) -> Outcome:
    legible = [row for row in vehicle.frames if row.legible]
    heights = [row.character_px for row in legible if row.character_px is not None]
    places = [row.distance_m for row in legible if row.distance_m is not None]
    raised = [alert.second for alert in alerts if fold(alert.vrm) == fold(vehicle.vrm)]
    return Outcome(
        truth.clip.name,
        truth.set_name,
        vehicle.vrm,
        vehicle.legible,
        vehicle.lane,
        truth.light,
        truth.weather,
        vehicle.closing_mph,
        max(heights) if heights else None,
        min(places) if places else None,
        len(legible),
        tuple(told for _, told in mine),
        _first_right_s(truth, vehicle, [seen for seen, _ in mine]),
        min(raised) - vehicle.first_s if raised and vehicle.legible else None,
        _by_height(legible, vehicle.vrm, [seen for seen, _ in mine]),
    )


def _first_right_s(truth: ClipTruth, vehicle: Vehicle, seen: list[Seen]) -> float | None:
    """Return when a frame was first read right, after the vehicle's first legible frame."""
    frames = [read.frame for one in seen for read in one.reads if fold(read.text) == fold(vehicle.vrm)]
    numbers = [frame for frame in frames if isinstance(frame, int)]
    return min(numbers) / truth.fps - vehicle.first_s if numbers and vehicle.legible else None


def _by_height(legible: list[PlateAt], vrm: str, seen: list[Seen]) -> tuple[tuple[int, int, int], ...]:
    reads = {read.frame: fold(read.text) == fold(vrm) for one in seen for read in one.reads}
    counts = [[0, 0, 0] for _ in HEIGHTS_PX[1:]]
    for row in legible:
        if row.character_px is None:
            return ()
        place = sum(row.character_px >= edge for edge in HEIGHTS_PX[1:-1])
        counts[place][0] += 1
        counts[place][1] += row.frame in reads
        counts[place][2] += reads.get(row.frame, False)
    return tuple((a, b, c) for a, b, c in counts) if legible else ()
