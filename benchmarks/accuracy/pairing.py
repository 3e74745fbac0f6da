"""Which sighting is of which vehicle: by place where the truth has boxes, else by time and likeness of the text."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from anpr.values import Box
from benchmarks.accuracy.replayed import Seen, SeenRead
from benchmarks.accuracy.truth_file import ClipTruth

LEAST_OVERLAP: Final = 0.15
"""Least intersection over union of a read's box with a plate's; a read whose centre lies on the plate counts too."""
MERGED_SHARE: Final = 0.2
"""A sighting is merged when at least this share of its located reads (and two) lies on another vehicle."""
TIME_SLACK_S: Final = 1.0
"""Own clips give time spans by eye; a sighting may lie this far outside."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """The vehicle of a sighting (index in the truth; None: of none), and whether it mixes two."""

    vehicle: int | None
    merged: bool = False
    on_vehicle: tuple[SeenRead, ...] = ()


def overlap(a: Box, b: Box) -> float:
    """Return intersection over union of two boxes."""
    wide, tall = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if wide <= 0 or tall <= 0:
        return 0.0
    common = wide * tall
    whole = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - common
    return common / whole if whole > 0 else 0.0


def distance(a: str, b: str) -> int:
    """Return the fewest single-character changes, insertions and deletions that turn a into b (Levenshtein)."""
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, right in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (left != right))
    return row[-1]


def vehicle_of_read(truth: ClipTruth, read: SeenRead) -> int | None:
    """Return the index of the vehicle whose plate the read lies on, or None."""
    best, found = 0.0, None
    x, y = (read.box[0] + read.box[2]) / 2, (read.box[1] + read.box[3]) / 2
    for number, plate in truth.by_frame.get(read.frame, ()):
        on_plate = plate.box[0] <= x <= plate.box[2] and plate.box[1] <= y <= plate.box[3]
        score = overlap(read.box, plate.box) + (0.5 if on_plate else 0.0)
        if score > best and score >= LEAST_OVERLAP:
            best, found = score, number
    return found


def assign(truth: ClipTruth, seen: Seen) -> Assigned:
    """Return which vehicle a sighting is of."""
    if not truth.located:
        return _by_time(truth, seen)
    owners = [vehicle_of_read(truth, read) for read in seen.reads]
    counts = Counter(owner for owner in owners if owner is not None)
    if not counts:
        return Assigned(None)
    vehicle, most = counts.most_common(1)[0]
    others = sum(counts.values()) - most
    mine = tuple(read for read, owner in zip(seen.reads, owners, strict=True) if owner == vehicle)
    return Assigned(vehicle, others >= 2 and others >= MERGED_SHARE * sum(counts.values()), mine)


def _by_time(truth: ClipTruth, seen: Seen) -> Assigned:
    near = [
        (distance(seen.text, vehicle.vrm), number)
        for number, vehicle in enumerate(truth.vehicles)
        if seen.first_s <= vehicle.last_s + TIME_SLACK_S and seen.last_s >= vehicle.first_s - TIME_SLACK_S
    ]
    if not near:
        return Assigned(None)
    far, number = min(near)
    if far > len(truth.vehicles[number].vrm) / 2:
        return Assigned(None)
    return Assigned(number, False, seen.reads)
